"""How permeable official borders are: the share of sketches that cross each piece."""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.borders.lines import Shapes, areas_beside
from geo.measures.vectorised import divide_or_nan
from geo.privacy_limits import MIN_PEOPLE
from geo.schemas import SKETCHES

WIDTH_M = 15.0
"""Who draws a border as seen on a map is right to about half a street: nearer than this is on the border."""


def permeability(
    cut: gpd.GeoDataFrame,
    sketches: gpd.GeoDataFrame,
    *,
    width_m: float = WIDTH_M,
    least: int = MIN_PEOPLE,
    home: pd.Series | None = None,
) -> gpd.GeoDataFrame:
    """Return per border piece the share of residents near it whose sketch crosses it.

    A sketch reaches the left of a piece if it covers the place `width_m` metres left of the middle of the
    piece, and likewise on the right. An edge within that width thus follows the border and does not cross it.
    On a bend sharper than the width, that place may lie in a third area.

    Parameters
    ----------
    cut
        Result of `cut_borders`.
    sketches
        SKETCHES in the same plane.
    width_m
        Largest distance in metres between a sketched edge and the border it represents.
    least
        With fewer residents at a piece no share is computed.
    home
        Code of the area where each resident lives, per sketch_id; where passed, crossings are also counted
        per side of home.

    Returns
    -------
    GeoDataFrame
        `cut` with ``n_left``, ``n_right``, ``n_both``, ``n_either``: residents; ``n_border``: residents who
        reach any piece of the same border, each counted once; ``permeability``: n_both / n_either, from 0
        where everybody stops to 1 where nobody stops, NaN below `least`; ``hardness``: 1 minus that. With
        `home`: ``n_home_left`` and ``n_home_right``, residents of either side who reach the piece, and
        ``crosses_from_left`` and ``crosses_from_right``, the share of them whose sketch crosses it, NaN below
        `least`.

    Raises
    ------
    FrameColumnsMissing
        When `sketches` lacks a column of the schema.
    FrameNotPlanar
        When `sketches` is not in a plane in metres.

    Notes
    -----
    A measure of our own; at each place it is the Jaccard index of those who come to the left and to the
    right.

    Examples
    --------
    Three draw the west, two of them on into the east; one draws only the east.

    >>> from geo.borders.lines import shared_borders
    >>> from geo.borders.pieces import cut_borders
    >>> from shapely import box
    >>> official = gpd.GeoDataFrame(
    ...     {"name": ["West", "East"]},
    ...     geometry=[box(0, 0, 100, 20), box(100, 0, 200, 20)],
    ...     index=pd.Index(["w", "e"], name="code"),
    ...     crs=28992,
    ... )
    >>> drawn = gpd.GeoDataFrame(
    ...     geometry=[box(0, 0, 100, 20), box(0, 0, 180, 20), box(0, 0, 190, 20), box(100, 0, 200, 20)],
    ...     index=pd.Index(list("abcd"), name="sketch_id"),
    ...     crs=28992,
    ... )
    >>> permeability(cut_borders(shared_borders(official), drawn), drawn, least=1).permeability.to_list()
    [0.5]
    """
    shapes = SKETCHES.validate(sketches).geometry.to_numpy()
    left, right = side_visits(cut, shapes, width_m)
    visits = np.sort(np.concatenate([left, right]))
    again = _again(visits)
    both, either = visits[again], visits[~again]

    def counted(visits: NDArray[np.int64]) -> NDArray[np.int64]:
        return np.bincount(visits // max(len(shapes), 1), minlength=len(cut))

    n_both, n_either = counted(both), counted(either)
    share = np.where(n_either >= least, divide_or_nan(n_both, n_either), np.nan)
    found = cut.assign(
        n_left=counted(left),
        n_right=counted(right),
        n_both=n_both,
        n_either=n_either,
        n_border=_at_border(cut, either, len(shapes)),
        permeability=share,
        hardness=1.0 - share,
    )
    if home is None:
        return found
    lives = home.reindex(sketches.index).to_numpy()
    for side in ("left", "right"):
        code = cut.index.get_level_values(side).to_numpy()
        from_here, over = (
            counted(visits[code[visits // len(shapes)] == lives[visits % len(shapes)]])
            for visits in (either, both)
        )
        found[f"n_home_{side}"] = from_here
        found[f"crosses_from_{side}"] = np.where(from_here >= least, divide_or_nan(over, from_here), np.nan)
    return found


def visitors(cut: gpd.GeoDataFrame, sketches: gpd.GeoDataFrame, *, width_m: float = WIDTH_M) -> pd.DataFrame:
    """Return who comes to each border, as `permeability` counts them.

    Parameters
    ----------
    cut
        What `cut_borders` gave.
    sketches
        SKETCHES in the same plane.
    width_m
        As in `permeability`.

    Returns
    -------
    DataFrame
        ``left`` and ``right``: codes; ``sketch_id``; each once.
    """
    shapes = SKETCHES.validate(sketches).geometry.to_numpy()
    visits = distinct(np.concatenate(side_visits(cut, shapes, width_m)))
    piece, drawing = np.divmod(visits, max(len(shapes), 1))
    return pd.DataFrame(
        {
            "left": cut.index.get_level_values("left").to_numpy()[piece],
            "right": cut.index.get_level_values("right").to_numpy()[piece],
            "sketch_id": sketches.index.to_numpy()[drawing],
        }
    ).drop_duplicates()


def side_visits(
    cut: gpd.GeoDataFrame, shapes: Shapes, width_m: float
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return who comes to the left and to the right, as piece * (number of sketches) + sketch.

    Parameters
    ----------
    cut
        Result of `cut_borders`.
    shapes
        Drawings in the same plane.
    width_m
        Distance beside the line at which the sides are taken, in metres.

    Returns
    -------
    array
        Of the left, unordered.
    array
        Of the right.
    """
    lines = cut.geometry.to_numpy()
    middle = shapely.line_interpolate_point(lines, 0.5, normalized=True)
    sides = []
    for spots in areas_beside(lines, middle, width_m):
        # Asked of the drawings, because a tree prepares what it is asked about: each drawing once.
        drawing, piece = shapely.STRtree(spots).query(shapes, predicate="intersects")
        sides.append(piece.astype(np.int64) * len(shapes) + drawing)
    return sides[0], sides[1]


def distinct(numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return whole numbers in order, each once.

    `np.unique` is ten times as slow on millions in no order.

    Parameters
    ----------
    numbers
        In any order.

    Examples
    --------
    >>> distinct(np.array([3, 1, 3, 2, 1])).tolist()
    [1, 2, 3]
    """
    ordered = np.sort(numbers)
    return ordered[~_again(ordered)]


def _again(ordered: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return which of the sorted numbers equal the one before."""
    found = np.zeros(len(ordered), dtype=bool)
    found[1:] = ordered[1:] == ordered[:-1]
    return found


def _at_border(cut: gpd.GeoDataFrame, visits: NDArray[np.int64], many: int) -> NDArray[np.int64]:
    """Count for each piece who comes to any piece of its border, once each."""
    border = cut.index.droplevel("piece").factorize()[0].astype(np.int64)
    if not many:
        return np.zeros(len(cut), dtype=np.int64)
    who = distinct(border[visits // many] * many + visits % many)
    found: NDArray[np.int64] = np.bincount(who // many, minlength=len(cut))[border]
    return found


def summarise_borders(measured: gpd.GeoDataFrame, *, least: int = MIN_PEOPLE) -> pd.DataFrame:
    """Return the permeability of each official border, summed over its pieces.

    Parameters
    ----------
    measured
        Result of `permeability`.
    least
        With fewer residents at a border no share is computed.

    Returns
    -------
    DataFrame
        Index (left, right). ``length_m``; ``crossed_m``: metres times residents who cross; ``visited_m``:
        metres times residents who reach it; ``n``: residents at the busiest piece; ``residents``: those who
        reach any piece of it, each counted once; ``permeability``: crossed_m / visited_m, from 0 to 1, NaN
        where `residents` is below `least`; ``hardness``: 1 minus that.
    """
    summed = pd.DataFrame(
        {
            "length_m": measured["length_m"],
            "crossed_m": measured["length_m"] * measured["n_both"],
            "visited_m": measured["length_m"] * measured["n_either"],
        }
    )
    by = ["left", "right"]
    found = summed.groupby(level=by, sort=False).sum()
    found[["n", "residents"]] = measured[["n_either", "n_border"]].groupby(level=by, sort=False).max()
    share = divide_or_nan(found["crossed_m"].to_numpy(), found["visited_m"].to_numpy())
    found["permeability"] = np.where(found["residents"] >= least, share, np.nan)
    found["hardness"] = 1.0 - found["permeability"]
    return found
