"""Cores and contours: ground that a given share of the sketches has in common."""

import math
from collections.abc import Sequence
from typing import Any, cast

import contourpy
import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import MultiPolygon

from geo.consensus.surface import Surface, require_enough
from geo.grids.outlining import trace_outline, trim
from geo.privacy_limits import MIN_PEOPLE


def core_area(base: Surface, percent: int, *, least: int = MIN_PEOPLE) -> MultiPolygon:
    """Return the area that at least ``percent`` of the residents drew.

    25 % is the sphere of influence, 50 % the core of the majority, 75 % the hard core. With an even number of
    residents "at least half" gives a slightly larger core than "more than half" would (5 % at n = 10): show n
    beside it.

    Parameters
    ----------
    base
        Surface of the residents.
    percent
        Whole number, 1 to 100; a cell is in when ``100 * count >= percent * n``.
    least
        Smallest number of residents for which a result is given.

    Returns
    -------
    MultiPolygon
        Along cell edges, valid; empty when no cell reaches the percentage.

    Raises
    ------
    TooFewSketches
        When the surface has fewer than `least` residents.
    PercentOutOfRange
        When `percent` is not a whole number from 1 to 100.

    Examples
    --------
    >>> from geo.consensus.surface import consensus_surface
    >>> drawn = gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 100, 100)] * 5, crs="EPSG:28992",
    ...     index=list("abcde")).rename_axis("sketch_id")
    >>> core_area(consensus_surface(drawn), 50).area
    10000.0
    """
    require_enough(base.n, least)
    return trace_outline(base.at_least(percent), base.grid)


def contours(
    base: Surface, percents: Sequence[int] = (25, 50, 75), *, smooth: bool = False, least: int = MIN_PEOPLE
) -> gpd.GeoDataFrame:
    """Return the cores of several percentages, each within the lower ones.

    Parameters
    ----------
    base
        Surface of the residents.
    percents
        Whole numbers, 1 to 100.
    smooth
        Smooth the outlines between the centres of the cells, for display only. Never compute with smooth
        outlines.
    least
        Smallest number of residents for which a result is given.

    Returns
    -------
    GeoDataFrame
        Index ``percent``; columns ``people`` (the smallest number that makes the percentage; None with
        weights), ``area_m2`` (always of the exact cells) and ``geometry`` (may be empty).

    Raises
    ------
    TooFewSketches
        When the surface has fewer than `least` residents.
    PercentOutOfRange
        When a percentage is not a whole number from 1 to 100.
    """
    require_enough(base.n, least)
    inside = [base.at_least(percent) for percent in percents]
    people = [-(-percent * base.n // 100) if base.weighted is None else None for percent in percents]
    shapes = (
        [_smooth(base, percent) for percent in percents]
        if smooth
        else [trace_outline(i, base.grid) for i in inside]
    )
    table = gpd.GeoDataFrame(
        {"people": people, "area_m2": [float(i.sum() * base.cell_m2) for i in inside]},
        geometry=np.array(shapes, dtype=object),
        index=list(percents),
        crs=base.crs,
    )
    return table.rename_axis("percent")


def _smooth(base: Surface, percent: int) -> MultiPolygon:
    if not base.at_least(percent).any():
        return MultiPolygon()
    values: NDArray[np.float64]
    if base.weighted is None:
        # Between two whole numbers, so that no line runs through a cell's centre and levels never touch.
        values, threshold = base.counts.astype(np.float64), -(-percent * base.n // 100) - 0.5
    else:
        values, threshold = base.weighted, (percent - 1e-7) * base.total_weight / 100
    ring = trim(values >= threshold, base.grid)[1].padded()
    window = np.pad(values, 1)[base.grid.padded().window(ring)]
    lines = contourpy.contour_generator(*ring.centres(), window, fill_type="OuterOffset")
    filled = cast("tuple[list[NDArray[Any]], list[NDArray[Any]]]", lines.filled(threshold, math.inf))
    parts = []
    for points, offsets in zip(*filled, strict=True):
        rings = np.split(points, offsets[1:-1])
        parts.append(shapely.Polygon(rings[0], rings[1:]))
    return MultiPolygon(parts)


# --- The exact form -------------------------------------------------------------------------------
