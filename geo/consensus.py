"""Where do residents agree: how many of them call each spot their neighbourhood.

Every share here is a share of the people whose sketches are given. Give a defined group, such as the
residents of one area or the sketches of one cluster; a share of all who drew anywhere in town means nothing.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Self, cast

import contourpy
import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from shapely import Geometry
from shapely.geometry import MultiPolygon

from geo.errors import PercentOutOfRange, SketchNotCounted, SurfacesDiffer, TooFewSketches
from geo.frames import SKETCHES
from geo.grid import PLENTY, Geometries, Grid, cropped, outline, roomy, tally, tally_weights

LEAST_SHOWN = 5
"""Below this a share says more about one person than about a neighbourhood."""

Z = 1.959963984540054
"""Standard normal deviate of a two-sided 95 % interval."""

LEVELS = ((30, "solid"), (20, "usable"), (10, "indicative"), (LEAST_SHOWN, "first_impression"))

CERTAINTIES = ("outside", "disputed", "inside")


@dataclass(frozen=True, eq=False)
class Surface:
    """How many residents hold each cell to be theirs.

    Parameters
    ----------
    counts
        Int32, rows x columns, first row most southern: residents whose sketch holds the cell's centre.
    n
        Residents in all, also those whose sketch is smaller than a cell.
    grid
        Where the cells lie; edges are multiples of the cell size, in RD as in any plane.
    crs
        The plane, in metres.
    weighted
        Float64, as ``counts``: sum of their weights. None when everybody counts once.
    total_weight, squared_weight
        Sum of the weights and of their squares over all residents.
    held_by
        Ground that at least so many residents share is all on the grid. 1 as a rule; more when a stray
        sketch would have made the grid enormous and lies outside it (it still counts in ``n``).
    """

    counts: NDArray[np.int32]
    n: int
    grid: Grid
    crs: Any
    weighted: NDArray[np.float64] | None = None
    total_weight: float = 0.0
    squared_weight: float = 0.0
    held_by: int = 1

    @property
    def cell_m2(self) -> float:
        """Area of a cell."""
        return self.grid.cell_m**2

    @property
    def share(self) -> NDArray[np.float64]:
        """Share of the residents, 0 to 1, by weight where there are weights."""
        return self.counts / self.n if self.weighted is None else self.weighted / self.total_weight

    @property
    def effective_n(self) -> float:
        """How many equal residents the weighted ones are worth (Kish)."""
        return float(self.n) if self.weighted is None else self.total_weight**2 / self.squared_weight

    def reached_by(self, percent: int) -> NDArray[np.bool_]:
        """Mark the cells that at least this percentage of the residents hold to be theirs.

        People are compared as whole numbers: ``counts >= 0.55 * 20`` would ask for 12 residents instead of
        11.
        """
        _check_percent(percent)
        if self.weighted is None:
            return 100 * self.counts.astype(np.int64) >= percent * self.n
        # Weights are fractions; a billionth of the whole is no person.
        return 100 * self.weighted >= (percent - 1e-7) * self.total_weight

    def on(self, grid: Grid) -> Self:
        """Lay this surface on a larger grid, with nobody outside."""
        if grid == self.grid:
            return self
        counts = np.zeros((grid.rows, grid.columns), dtype=np.int32)
        window = grid.window(self.grid)
        counts[window] = self.counts
        weighted = None
        if self.weighted is not None:
            weighted = np.zeros(counts.shape)
            weighted[window] = self.weighted
        return replace(self, counts=counts, weighted=weighted, grid=grid)


def surface(
    sketches: gpd.GeoDataFrame,
    *,
    cell_m: float = 25.0,
    weights: ArrayLike | None = None,
    grid: Grid | None = None,
) -> Surface:
    """Count for every cell how many residents drew it as their neighbourhood.

    A cell counts when its centre lies inside. With 25 m cells the area of a core differs 0.1 % from that of
    10 m cells, with 100 m cells up to 4.5 %.

    Parameters
    ----------
    sketches
        One row a resident, see :data:`geo.frames.SKETCHES`; none gives an empty surface.
    cell_m
        Side of a cell in metres.
    weights
        One positive number per sketch, for instance from post-stratification.
    grid
        Count on this grid and no further; for chunks that are merged later. By default all ground that was
        drawn, see :func:`geo.grid.roomy`.

    Returns
    -------
    Surface
        p(c) = sum of w_i over the sketches that hold c, divided by the sum of all w_i.

    Raises
    ------
    GridTooLarge
        A stray sketch would make the grid too large for memory.

    Examples
    --------
    Two of three people hold the first two columns of 50 m to be theirs.

    >>> drawn = gpd.GeoDataFrame(
    ...     geometry=[shapely.box(0, 0, 100, 100), shapely.box(50, 0, 150, 100), shapely.box(0, 0, 50, 100)],
    ...     index=["A", "B", "E"], crs="EPSG:28992").rename_axis("sketch_id")
    >>> surface(drawn, cell_m=50.0).counts.tolist()
    [[2, 2, 1], [2, 2, 1]]
    """
    areas: Geometries = SKETCHES.check(sketches).geometry.to_numpy()
    held_by = 1
    if grid is None:
        grid, held_by = roomy(areas, cell_m)
    found = Surface(tally(areas, grid), len(areas), grid, sketches.crs, held_by=held_by)
    if weights is None:
        return found
    weight = np.asarray(weights, dtype=np.float64)
    return replace(
        found,
        weighted=tally_weights(areas, weight, grid),
        total_weight=float(weight.sum()),
        squared_weight=float((weight**2).sum()),
    )


def merge(surfaces: Sequence[Surface]) -> Surface:
    """Add surfaces of different people up, in any order and any grouping.

    This makes a chunk of sketches a task of its own: chunk in, surface out, merge at the end.

    Raises
    ------
    SurfacesDiffer
        Not the same cell size, plane or kind of weights.
    """
    first = surfaces[0]
    grid = first.grid
    for other in surfaces[1:]:
        if other.grid.cell_m != first.grid.cell_m:
            raise SurfacesDiffer(what="cell size")
        if other.crs != first.crs:
            raise SurfacesDiffer(what="plane")
        if (other.weighted is None) != (first.weighted is None):
            raise SurfacesDiffer(what="weights")
        grid = grid.joined(other.grid)
    counts = np.zeros((grid.rows, grid.columns), dtype=np.int32)
    weighted = None if first.weighted is None else np.zeros(counts.shape)
    for part in surfaces:
        window = grid.window(part.grid)
        counts[window] += part.counts
        if weighted is not None and part.weighted is not None:
            weighted[window] += part.weighted
    return Surface(
        counts,
        sum(part.n for part in surfaces),
        grid,
        first.crs,
        weighted,
        sum(part.total_weight for part in surfaces),
        sum(part.squared_weight for part in surfaces),
        # Ground off the grid was held by at most held_by - 1 people in each part.
        1 + sum(part.held_by - 1 for part in surfaces),
    )


def add(base: Surface, sketch: Geometry, *, weight: float = 1.0) -> Surface:
    """Give the surface with one more resident; the work follows the length of one outline.

    A sketch so far off that the grid would become enormous counts in ``n`` but does not stretch the grid.
    """
    areas = np.array([sketch], dtype=object)
    own = Grid.over(areas, base.grid.cell_m)
    joined = base.grid.joined(own)
    if joined.cells > PLENTY:
        own = base.grid.common(own)
        return _changed(replace(base, held_by=base.held_by + 1), areas, own, weight, people=1)
    return _changed(base.on(joined), areas, own, weight, people=1)


def remove(base: Surface, sketch: Geometry, *, weight: float = 1.0) -> Surface:
    """Give the surface without one resident who was on it; the grid stays as large as it was.

    Raises
    ------
    SketchNotCounted
        Somewhere fewer than nobody would remain.
    """
    areas = np.array([sketch], dtype=object)
    own = Grid.over(areas, base.grid.cell_m)
    if base.n == 0 or (base.held_by == 1 and base.grid.joined(own) != base.grid):
        raise SketchNotCounted(n=base.n)
    return _changed(base, areas, base.grid.common(own), weight, people=-1)


def _changed(base: Surface, areas: Geometries, own: Grid, weight: float, *, people: int) -> Surface:
    window, mine = base.grid.window(own), people * tally(areas, own)
    counts = base.counts.copy()
    counts[window] += mine
    if (counts[window] < 0).any():
        raise SketchNotCounted(n=base.n)
    changed = replace(base, counts=counts, n=base.n + people)
    if base.weighted is None:
        return changed
    weighted = base.weighted.copy()
    weighted[window] += weight * mine
    return replace(
        changed,
        weighted=weighted,
        total_weight=base.total_weight + people * weight,
        squared_weight=base.squared_weight + people * weight**2,
    )


def _check_percent(percent: int) -> None:
    if not (1 <= percent <= 100 and percent == int(percent)):
        raise PercentOutOfRange(percent=percent)


def _enough(n: int, least: int) -> None:
    if n < least:
        raise TooFewSketches(n=n, least=least)


def level(n: int) -> str:
    """Name how far ``n`` sketches of one neighbourhood carry.

    The 50 % core of n sketches has a median IoU with that of many of 0.81 (n = 5), 0.87 (10), 0.91 (20),
    0.93 (30), over 68 neighbourhoods with some 24,000 drawings.

    Returns
    -------
    str
        "none" (nothing is shown), "first_impression" from 5, "indicative" from 10, "usable" from 20, "solid"
        from 30.

    Examples
    --------
    >>> [level(n) for n in (4, 5, 10, 20, 30)]
    ['none', 'first_impression', 'indicative', 'usable', 'solid']
    """
    return next((key for least, key in LEVELS if n >= least), "none")


def core(base: Surface, percent: int, *, least: int = LEAST_SHOWN) -> MultiPolygon:
    """Draw the ground that at least ``percent`` of the residents hold to be theirs.

    25 % is the sphere of influence, 50 % the core of the majority, 75 % the hard core. At an even number of
    residents "at least half" draws a slightly larger core than "more than half" would (5 % at n = 10): print
    n beside it.

    Parameters
    ----------
    base
        The surface.
    percent
        Whole number, 1 to 100; a cell is in when ``100 * count >= percent * n``.
    least
        Refuse below this number of residents.

    Returns
    -------
    MultiPolygon
        Along cell edges, valid; empty when nobody agrees so far.

    Raises
    ------
    TooFewSketches, PercentOutOfRange

    Examples
    --------
    >>> drawn = gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 100, 100)] * 5, crs="EPSG:28992",
    ...     index=list("abcde")).rename_axis("sketch_id")
    >>> core(surface(drawn), 50).area
    10000.0
    """
    _enough(base.n, least)
    return outline(base.reached_by(percent), base.grid)


def contours(
    base: Surface, percents: Sequence[int] = (25, 50, 75), *, smooth: bool = False, least: int = LEAST_SHOWN
) -> gpd.GeoDataFrame:
    """Draw the cores of several percentages, each within the lower ones.

    Parameters
    ----------
    base
        The surface.
    percents
        Whole numbers, 1 to 100.
    smooth
        Round the outlines off for the eye, between the centres of the cells. Never compute with smooth
        outlines.
    least
        Refuse below this number of residents.

    Returns
    -------
    GeoDataFrame
        Index ``percent``; columns ``people`` (the least number that makes the percentage; None with weights),
        ``area_m2`` (always of the exact cells) and ``geometry`` (may be empty).

    Raises
    ------
    TooFewSketches, PercentOutOfRange
    """
    _enough(base.n, least)
    inside = [base.reached_by(percent) for percent in percents]
    people = [-(-percent * base.n // 100) if base.weighted is None else None for percent in percents]
    shapes = (
        [_smooth(base, percent) for percent in percents]
        if smooth
        else [outline(i, base.grid) for i in inside]
    )
    table = gpd.GeoDataFrame(
        {"people": people, "area_m2": [float(i.sum() * base.cell_m2) for i in inside]},
        geometry=np.array(shapes, dtype=object),
        index=list(percents),
        crs=base.crs,
    )
    return table.rename_axis("percent")


def _smooth(base: Surface, percent: int) -> MultiPolygon:
    if not base.reached_by(percent).any():
        return MultiPolygon()
    values: NDArray[np.float64]
    if base.weighted is None:
        # Between two whole numbers, so that no line runs through a cell's centre and levels never touch.
        values, threshold = base.counts.astype(np.float64), -(-percent * base.n // 100) - 0.5
    else:
        values, threshold = base.weighted, (percent - 1e-7) * base.total_weight / 100
    ring = cropped(values >= threshold, base.grid)[1].widened()
    window = np.pad(values, 1)[base.grid.widened().window(ring)]
    lines = contourpy.contour_generator(*ring.centres(), window, fill_type="OuterOffset")
    filled = cast("tuple[list[NDArray[Any]], list[NDArray[Any]]]", lines.filled(threshold, math.inf))
    parts = []
    for points, offsets in zip(*filled, strict=True):
        rings = np.split(points, offsets[1:-1])
        parts.append(shapely.Polygon(rings[0], rings[1:]))
    return MultiPolygon(parts)


def wilson(count: ArrayLike, n: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give the 95 % interval of a share of people.

    Parameters
    ----------
    count
        How many of them, any shape.
    n
        Of how many.

    Returns
    -------
    low, high
        Between 0 and 1, of the shape of ``count``.

    References
    ----------
    .. [1] E.B. Wilson, Probable inference, the law of succession, and statistical inference, Journal of the
       American Statistical Association 22 (1927).

    Examples
    --------
    >>> [round(float(bound), 5) for bound in wilson(15, 20)]
    [0.5313, 0.88814]
    """
    p = np.asarray(count, dtype=np.float64) / n
    centre = (p + Z**2 / (2 * n)) / (1 + Z**2 / n)
    half = Z / (1 + Z**2 / n) * np.sqrt(p * (1 - p) / n + Z**2 / (4 * n**2))
    return centre - half, centre + half


def certainty_classes(base: Surface) -> NDArray[np.int8]:
    """Class every cell: 1 surely within the majority's neighbourhood, -1 surely outside it, 0 disputed.

    Surely within: the whole Wilson interval of the share lies above one half. With weights the interval is
    that of the effective number of residents.
    """
    n = base.effective_n
    low, high = wilson(base.share * n, n)
    return np.where(low > 0.5, 1, np.where(high < 0.5, -1, 0)).astype(np.int8)


def certainty(base: Surface, *, least: int = LEAST_SHOWN) -> gpd.GeoDataFrame:
    """Divide all ground that anybody drew by how sure we are that the majority holds it to be theirs.

    Returns
    -------
    GeoDataFrame
        Index ``certainty``: "outside", "disputed", "inside"; columns ``area_m2``, ``geometry``. Together
        they are the ground that at least one resident drew.

    Raises
    ------
    TooFewSketches
    """
    _enough(base.n, least)
    drawn = base.counts > 0
    classes = certainty_classes(base)
    shapes = [outline(drawn & (classes == value), base.grid) for value in (-1, 0, 1)]
    table = gpd.GeoDataFrame(
        {"area_m2": [shape.area for shape in shapes]},
        geometry=np.array(shapes, dtype=object),
        index=list(CERTAINTIES),
        crs=base.crs,
    )
    return table.rename_axis("certainty")
