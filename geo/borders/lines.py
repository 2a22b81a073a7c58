"""One official border under many drawings: who stops there, who goes on, and who drew it.

A border is what two neighbouring areas share. It is cut into pieces, and of each piece is asked who draws
ground on its left, who on its right, and who on both.
"""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.schemas import AREAS

Shapes = NDArray[np.object_]
Places = NDArray[np.intp]
Numbers = NDArray[np.float64]
SAME_PLACE_TOLERANCE_M = 1e-6
"""Places on a line nearer to each other than this are one place."""
SIDE_TOLERANCE_M = 1e-3
"""How far beside a line we look which area lies on its left."""


def shared_borders(areas: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the border between every two areas that share one.

    Parameters
    ----------
    areas
        AREAS that touch with the same corners, as official layers of one source do. Where neighbours do not
        match to the millimetre they share no border here; see `near_borders`.

    Returns
    -------
    GeoDataFrame
        Index (left, right): two codes, the first in the order of `areas` on the left. Geometry: LineString or
        MultiLineString, running with `left` on its left-hand side. ``length_m``: metres, above 0.

    Raises
    ------
    FrameColumnsMissing
        When the table lacks a column of the schema.
    FrameNotPlanar
        When the table is not in a plane in metres.

    Examples
    --------
    >>> from shapely import box
    >>> official = gpd.GeoDataFrame(
    ...     {"name": ["West", "East"]},
    ...     geometry=[box(0, 0, 100, 100), box(100, 0, 200, 100)],
    ...     index=pd.Index(["w", "e"], name="code"),
    ...     crs=28992,
    ... )
    >>> shared_borders(official).geometry.to_dict()
    {('w', 'e'): <LINESTRING (100 0, 100 100)>}
    """
    shapes = AREAS.validate(areas).geometry.to_numpy()
    one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    ahead = one < other
    order = np.lexsort((other[ahead], one[ahead]))
    one, other = one[ahead][order], other[ahead][order]
    rims = shapely.boundary(shapes)
    shared = shapely.line_merge(_lines_only(shapely.intersection(rims[one], rims[other])))
    long = shapely.length(shared) > 0
    one, other, shared = one[long], other[long], shared[long]
    names = pd.MultiIndex.from_arrays(
        [areas.index.take(one), areas.index.take(other)], names=["left", "right"]
    )
    turned = _left_first(shared, shapes[one])
    return gpd.GeoDataFrame(
        {"length_m": shapely.length(turned)}, geometry=list(turned), index=names, crs=areas.crs
    )


def near_borders(areas: gpd.GeoDataFrame, *, tolerance_m: float) -> gpd.GeoDataFrame:
    """Return the borders of areas that do not quite match: with gaps or overlaps.

    No line is moved. The border of two areas is the outline of the first, as published, where straight across
    it, at most `tolerance_m` away, the second begins; where several do, it is the border with the nearest.
    Where the outlines match it equals the result of `shared_borders`. The resolution is `tolerance_m`, so a
    border of that length may be missed.

    Parameters
    ----------
    areas
        AREAS. Parts of one area in several rows must be joined first.
    tolerance_m
        Largest distance between the outlines of neighbours, in metres; less than half the width of any area,
        or the area behind a narrow one is taken for a neighbour.

    Returns
    -------
    GeoDataFrame
        As `shared_borders`, with ``apart_m``: the largest distance in metres between the two outlines along
        the border, 0 where they match.

    Raises
    ------
    FrameColumnsMissing
        When the table lacks a column of the schema.
    FrameNotPlanar
        When the table is not in a plane in metres.

    Examples
    --------
    A ditch of 2 m lies between two areas; the border is the edge of the first.

    >>> from shapely import box
    >>> official = gpd.GeoDataFrame(
    ...     {"name": ["West", "East"]},
    ...     geometry=[box(0, 0, 100, 100), box(102, 0, 200, 100)],
    ...     index=pd.Index(["w", "e"], name="code"),
    ...     crs=28992,
    ... )
    >>> near_borders(official, tolerance_m=5).drop(columns="geometry").loc[("w", "e")].to_dict()
    {'length_m': 100.0, 'apart_m': 2.0}
    """
    shapes = AREAS.validate(areas).geometry.to_numpy()
    # Shells anticlockwise and holes clockwise: ground on the left hand, the neighbour on the right.
    rims = shapely.segmentize(shapely.boundary(shapely.orient_polygons(shapes)), tolerance_m)
    parts, of_part = shapely.get_parts(rims, return_index=True)
    corners, of_line = shapely.get_coordinates(parts, return_index=True)
    inner = of_line[1:] == of_line[:-1]
    ends = np.stack([corners[:-1][inner], corners[1:][inner]], axis=1)
    along = ends[:, 1] - ends[:, 0]
    length = np.hypot(*along.T)
    real = length > 0
    ends, along, length, one = ends[real], along[real], length[real], of_part[of_line[:-1][inner]][real]
    middle = ends.mean(axis=1)
    across = np.stack([along[:, 1], -along[:, 0]], axis=1) / length[:, None] * tolerance_m
    feeler = shapely.linestrings(np.stack([middle, middle + across], axis=1))
    step, other = shapely.STRtree(shapes).query(feeler, predicate="intersects")
    spots = shapely.points(middle[step])
    apart = shapely.distance(spots, rims[other])
    others = (one[step] != other) & (apart <= tolerance_m)
    step, other, apart, spots = step[others], other[others], apart[others], spots[others]
    away = np.round(shapely.distance(spots, shapes[other]), 6)
    order = np.lexsort((other, away, step))
    nearest = order[np.unique(step[order], return_index=True)[1]]
    chosen = nearest[one[step[nearest]] < other[nearest]]
    pair = np.stack([one[step[chosen]], other[chosen]], axis=1)
    keys, of_pair = np.unique(pair, axis=0, return_inverse=True)
    turned: Shapes = np.full(len(keys), None, dtype=object)
    order = np.lexsort((step[chosen], of_pair))
    lines = shapely.linestrings(ends[step[chosen]][order])
    shapely.multilinestrings(lines, indices=of_pair[order], out=turned)
    turned = shapely.line_merge(turned, directed=True)
    farthest = np.zeros(len(keys))
    np.maximum.at(farthest, of_pair, apart[chosen])
    names = pd.MultiIndex.from_arrays(
        [areas.index.take(keys[:, 0]), areas.index.take(keys[:, 1])], names=["left", "right"]
    )
    return gpd.GeoDataFrame(
        {"length_m": shapely.length(turned), "apart_m": np.round(farthest, 6)},
        geometry=list(turned),
        index=names,
        crs=areas.crs,
    )


def _lines_only(shapes: Shapes) -> Shapes:
    """Leave out the corners where areas merely touch."""
    parts, of = shapely.get_parts(shapes, return_index=True)
    lineal = shapely.get_dimensions(parts) == 1
    lines: Shapes = np.full(len(shapes), None, dtype=object)
    shapely.multilinestrings(parts[lineal], indices=of[lineal], out=lines)
    return lines


def _left_first(lines: Shapes, left: Shapes) -> Shapes:
    """Turn each line so that its area lies on the left hand."""
    parts, of = shapely.get_parts(lines, return_index=True)
    middle = shapely.line_interpolate_point(parts, 0.5, normalized=True)
    beside, _ = areas_beside(parts, middle, SIDE_TOLERANCE_M)
    parts = np.where(shapely.intersects(left[of], beside), parts, shapely.reverse(parts))
    turned: Shapes = np.full(len(lines), None, dtype=object)
    shapely.multilinestrings(parts, indices=of, out=turned)
    single = shapely.get_num_geometries(turned) == 1
    turned[single] = shapely.get_geometry(turned[single], 0)
    return turned


def areas_beside(lines: Shapes, spots: Shapes, away_m: float) -> tuple[Shapes, Shapes]:
    """Return the points left and right of spots on lines, square to the line there.

    Parameters
    ----------
    lines
        Lines in metres, one per spot.
    spots
        Points on the lines.
    away_m
        Distance of each point from its spot, in metres.

    Returns
    -------
    left
        One point per spot, on the left of the line.
    right
        One point per spot, on the right of the line.
    """
    at = shapely.line_locate_point(lines, spots)
    length = shapely.length(lines)
    step = np.minimum(length, 1.0) / 4
    behind = shapely.get_coordinates(shapely.line_interpolate_point(lines, np.maximum(at - step, 0)))
    ahead = shapely.get_coordinates(shapely.line_interpolate_point(lines, np.minimum(at + step, length)))
    along = ahead - behind
    along /= np.hypot(*along.T)[:, None]
    square = np.stack([-along[:, 1], along[:, 0]], axis=1) * away_m
    here = shapely.get_coordinates(spots)
    return np.asarray(shapely.points(here + square)), np.asarray(shapely.points(here - square))
