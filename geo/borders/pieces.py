"""Official borders cut into pieces of equal length."""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.borders.lines import SAME_PLACE_TOLERANCE_M, Numbers, Places, Shapes
from geo.schemas import SKETCHES

PIECE_M = 25.0
"""No piece of a border is longer."""


def cut_borders(
    lines: gpd.GeoDataFrame, sketches: gpd.GeoDataFrame | None, *, piece_m: float = PIECE_M
) -> gpd.GeoDataFrame:
    """Return the borders cut where outlines cross them and every `piece_m` metres.

    Parameters
    ----------
    lines
        Result of `shared_borders` or `near_borders`.
    sketches
        SKETCHES in the same plane; None cuts every `piece_m` only. Very many sketches cut a border into tiny
        pieces, while differences within `piece_m` no longer matter.
    piece_m
        Greatest length of a piece in metres.

    Returns
    -------
    GeoDataFrame
        Index (left, right, piece): pieces counted from 0 along the border. ``length_m``: metres.

    Raises
    ------
    FrameColumnsMissing
        When `sketches` lacks a column of the schema.
    FrameNotPlanar
        When `sketches` is not in a plane in metres.

    Examples
    --------
    >>> from geo.borders.lines import shared_borders
    >>> from shapely import box
    >>> official = gpd.GeoDataFrame(
    ...     {"name": ["West", "East"]},
    ...     geometry=[box(0, 0, 100, 30), box(100, 0, 200, 30)],
    ...     index=pd.Index(["w", "e"], name="code"),
    ...     crs=28992,
    ... )
    >>> cut_borders(shared_borders(official), None).length_m.to_list()
    [15.0, 15.0]
    """
    rims = (
        np.empty(0, dtype=object)
        if sketches is None
        else shapely.boundary(SKETCHES.validate(sketches).geometry.to_numpy())
    )
    parts, border = shapely.get_parts(lines.geometry.to_numpy(), return_index=True)
    line, stop = _stops(parts, rims, piece_m)
    cut, of = _cut(parts, line, stop)
    first = np.unique(border[of], return_index=True)[1]
    number = np.arange(len(of)) - np.repeat(first, np.diff(first, append=len(of)))
    names = [lines.index.get_level_values(side).take(border[of]) for side in ("left", "right")]
    return gpd.GeoDataFrame(
        {"length_m": shapely.length(cut)},
        geometry=cut,
        index=pd.MultiIndex.from_arrays([*names, number], names=["left", "right", "piece"]),
        crs=lines.crs,
    )


def _stops(parts: Shapes, rims: Shapes, piece_m: float) -> tuple[Places, Numbers]:
    """Return where lines are to be cut: number of the line and metres along it, both ends included."""
    line, rim = shapely.STRtree(rims).query(parts, predicate="intersects")
    met = shapely.extract_unique_points(shapely.intersection(parts[line], rims[rim]))
    spots, of = shapely.get_parts(met, return_index=True)
    length, every = shapely.length(parts), np.arange(len(parts))
    along = np.concatenate([shapely.line_locate_point(parts[line[of]], spots), 0 * length, length])
    ends = np.unique(np.stack([np.concatenate([line[of], every, every]), np.round(along, 6)], axis=1), axis=0)
    # From crossing to crossing in equal steps.
    at, start = ends[:, 0].astype(np.intp), ends[:, 1]
    far = np.append(start[1:], 0.0)
    last = np.append(at[1:] != at[:-1], True)[: len(at)]
    steps = np.where(last, 1, np.ceil((far - start) / piece_m - 1e-9)).astype(np.intp)
    step = np.arange(steps.sum()) - np.repeat(np.cumsum(steps) - steps, steps)
    wide = np.repeat(np.where(last, 0.0, far - start) / steps, steps)
    stop = np.repeat(start, steps) + step * wide
    stop[np.cumsum(steps)[last] - 1] = length  # as it is, not as it was rounded
    return np.repeat(at, steps), stop


def _cut(parts: Shapes, line: Places, stop: Numbers) -> tuple[Shapes, Places]:
    """Cut lines at their stops; give the pieces in order and the line each is of."""
    corners, of = shapely.get_coordinates(parts, return_index=True)
    moved = np.hypot(*np.diff(corners, axis=0, prepend=corners[:1]).T)
    # All lines one after the other, 1 m apart, so that one search finds the stops round every corner.
    moved[np.flatnonzero(np.diff(of)) + 1] = 1.0
    walked = np.cumsum(moved)
    placed = walked[np.unique(of, return_index=True)[1]][line] + stop
    after = np.clip(np.searchsorted(placed, walked, side="right") - 1, 0, None)
    ahead = np.minimum(after + 1, len(stop) - 1)
    inner = (
        (walked - placed[after] > SAME_PLACE_TOLERANCE_M)
        & (placed[ahead] - walked > SAME_PLACE_TOLERANCE_M)
        & (line[after] == of)
    )
    spots = shapely.get_coordinates(shapely.line_interpolate_point(parts[line], stop))
    begin = np.flatnonzero(line[1:] == line[:-1])
    xy = np.concatenate([spots[begin], corners[inner], spots[begin + 1]])
    piece = np.concatenate([begin, after[inner], begin])
    order = np.lexsort((np.concatenate([placed[begin], walked[inner], placed[begin + 1]]), piece))
    made = shapely.linestrings(xy[order], indices=np.unique(piece[order], return_inverse=True)[1])
    return np.asarray(made), line[begin]
