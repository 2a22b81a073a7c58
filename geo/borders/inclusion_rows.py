"""Squares at risk of being left out of somebody's neighbourhood, and what lies on the way to them."""

from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

SQUARE_M = 100.0
"""Side of a square."""

_SIDES = ((0, 1), (0, -1), (1, 0), (-1, 0))


def squares_at_risk(
    sketch: shapely.Geometry, home: shapely.Point, *, square_m: float = SQUARE_M
) -> pd.DataFrame:
    """Return the squares that touch a square of the sketch nearer home.

    A square belongs to a sketch when its middle lies inside; the square of the home always does.

    Parameters
    ----------
    sketch
        What a resident drew, in metres.
    home
        Where they live.
    square_m
        Side of a square; its edges are multiples of it.

    Returns
    -------
    DataFrame
        One row a square at risk: ``column`` and ``row`` of the square, ``from_column`` and ``from_row`` of the
        neighbour in the sketch that lies nearest home, ``left_out`` and ``distance_m`` of its middle from that of
        the home square.

    Examples
    --------
    Somebody who draws the own square only: the four beside it are at risk and left out.

    >>> found = squares_at_risk(shapely.box(0, 0, 100, 100), shapely.Point(50, 50))
    >>> len(found), bool(found["left_out"].all()), found["distance_m"].unique().tolist()
    (4, True, [100.0])
    """
    home_at = np.floor([home.x / square_m, home.y / square_m]).astype(np.int64)
    west, south, east, north = np.floor(shapely.bounds(sketch) / square_m).astype(np.int64)
    first = np.minimum([west, south], home_at) - 1
    last = np.maximum([east, north], home_at) + 1
    columns, rows = np.arange(first[0], last[0] + 1), np.arange(first[1], last[1] + 1)
    x, y = np.meshgrid((columns + 0.5) * square_m, (rows + 0.5) * square_m)
    inside = shapely.contains_xy(sketch, x, y)
    inside[home_at[1] - first[1], home_at[0] - first[0]] = True
    far = np.hypot(x - (home_at[0] + 0.5) * square_m, y - (home_at[1] + 0.5) * square_m)
    best = np.full(inside.shape, np.inf)
    step = np.zeros((*inside.shape, 2), dtype=np.int64)
    # The rim is outside the sketch, so that what a roll brings in from the other side never counts.
    for down, right in _SIDES:
        held = np.roll(inside, (down, right), axis=(0, 1))
        away = np.roll(far, (down, right), axis=(0, 1))
        nearer = held & (away < far) & (away < best)
        best = np.where(nearer, away, best)
        step[nearer] = (-down, -right)
    at_row, at_column = np.nonzero(np.isfinite(best))
    return pd.DataFrame(
        {
            "column": columns[at_column],
            "row": rows[at_row],
            "from_column": columns[at_column] + step[at_row, at_column, 1],
            "from_row": rows[at_row] + step[at_row, at_column, 0],
            "left_out": ~inside[at_row, at_column],
            "distance_m": far[at_row, at_column],
        }
    )


def crossings(
    rows: pd.DataFrame,
    lines: Mapping[str, NDArray[np.object_]],
    areas: Mapping[str, gpd.GeoDataFrame],
    *,
    square_m: float = SQUARE_M,
) -> pd.DataFrame:
    """Return what lies on the straight way from the nearer square to the square at risk.

    Parameters
    ----------
    rows
        Result of :func:`squares_at_risk`, of any number of people together.
    lines
        Name to the shapes of a thing that may be crossed, such as a railway.
    areas
        Name to areas without overlap, such as postcodes: the way crosses their border when both ends lie in
        different ones. With a column ``kind``, such as the period most homes are of, when both kinds are known and
        differ. An end in no area crosses nothing.
    square_m
        Side of a square.

    Returns
    -------
    DataFrame
        Index as `rows`; one column a name, 0 or 1.
    """
    keys = rows[["column", "row", "from_column", "from_row"]].to_numpy()
    ways, which = np.unique(keys, axis=0, return_inverse=True)
    middles = (ways + 0.5) * square_m
    segments = shapely.linestrings(middles.reshape(-1, 2, 2))
    found = {}
    for name, shapes in lines.items():
        crossed = np.zeros(len(ways))
        crossed[shapely.STRtree(shapes).query(segments, predicate="intersects")[0]] = 1.0
        found[name] = crossed[which.ravel()]
    for name, units in areas.items():
        ends = [_area_at(units, middles[:, at : at + 2]) for at in (0, 2)]
        crossed = ((ends[0] != ends[1]) & (ends[0] >= 0) & (ends[1] >= 0)).astype(np.float64)
        found[name] = crossed[which.ravel()]
    return pd.DataFrame(found, index=rows.index)


def _area_at(units: gpd.GeoDataFrame, middles: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the number of the area, or of its kind, at each middle; -1 for none."""
    number = pd.factorize(units["kind"])[0] if "kind" in units else np.arange(len(units))
    found = np.full(len(middles), -1, dtype=np.int64)
    points, at = shapely.STRtree(units.geometry.to_numpy()).query(
        shapely.points(middles), predicate="intersects"
    )
    found[points[::-1]] = number[at[::-1]]
    return found
