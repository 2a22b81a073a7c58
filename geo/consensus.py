"""Where do residents agree: how many of them call each spot their neighbourhood.

Every share here is a share of the people whose sketches are given. Give a defined group, such as the
residents of one area or the sketches of one cluster; a share of all who drew anywhere in town means nothing.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self, cast

import contourpy
import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import ArrayLike, NDArray
from shapely import Geometry
from shapely.geometry import MultiPolygon

from geo.errors import PercentOutOfRange, SketchNotCounted, SurfacesDiffer, TooFewSketches, TooManySketches
from geo.frames import SKETCHES
from geo.grid import PLENTY, Geometries, Grid, Runs, cropped, outline, portions, roomy, tally, tally_weights

LEAST_SHOWN = 5
"""Below this a share says more about one person than about a neighbourhood."""

MOST_EXACT = 200
"""Pairs and faces grow with the square of the sketches; above this the grid is faster and as good."""

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
        counts = grid.blank(np.int32)
        window = grid.window(self.grid)
        counts[window] = self.counts
        weighted = None
        if self.weighted is not None:
            weighted = grid.blank(np.float64)
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
    counts = grid.blank(np.int32)
    weighted = None if first.weighted is None else grid.blank(np.float64)
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


# --- How firm is it -------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Bootstrap:
    """The core as it would be had other residents of the same kind turned up.

    Parameters
    ----------
    area_m2
        Area of the core of everybody.
    low_m2, high_m2
        The middle 95 % of the replicates' areas lies between these.
    replicates
        Surface whose ``counts`` say in how many of its ``n`` replicates a cell lies in the core.
    """

    area_m2: float
    low_m2: float
    high_m2: float
    replicates: Surface


def bootstrap(
    sketches: gpd.GeoDataFrame,
    *,
    percent: int,
    seed: int,
    n_replicates: int = 500,
    groups: Sequence[Any] | None = None,
    cell_m: float = 25.0,
    least: int = LEAST_SHOWN,
) -> Bootstrap:
    """Draw other groups of residents from these and see how the core moves.

    At n = 10 the 95 % interval of the area is some 57 % of it wide, at 20 40 %, at 30 32 %, at 50 24 %; it
    holds the true core's area in 92 to 96 % of cases.

    Parameters
    ----------
    sketches
        One row a resident.
    percent
        Of the core, 1 to 100.
    seed
        The same seed gives the same answer.
    n_replicates
        How many groups are drawn.
    groups
        Workshop session of each sketch, where people talked while they drew. Then whole sessions are drawn,
        which is honest about how few independent opinions there are. None: residents are drawn.
    cell_m
        Side of a cell.
    least
        Refuse below this number of residents.

    Returns
    -------
    Bootstrap

    Raises
    ------
    TooFewSketches, PercentOutOfRange

    References
    ----------
    .. [1] B. Efron, Bootstrap methods: another look at the jackknife, The Annals of Statistics 7 (1979).
    """
    _enough(len(sketches), least)
    _check_percent(percent)
    runs, held_by = _runs(sketches, cell_m)
    chance = np.random.default_rng(seed)
    member = (
        np.arange(len(sketches)) if groups is None else np.unique(np.asarray(groups), return_inverse=True)[1]
    )
    units = int(member.max()) + 1
    inside_times = np.zeros(len(runs.cells), dtype=np.int32)
    areas = []
    for times in portions(n_replicates, len(runs.cells)):
        votes = chance.multinomial(units, np.full(units, 1 / units), size=times)[:, member].astype(np.int32)
        inside = _inside(runs.sums(votes), votes.sum(axis=1), percent)
        inside_times += inside.sum(axis=0, dtype=np.int32)
        areas.append(_count(inside, runs.cells))
    everyone = np.ones((1, len(sketches)), dtype=np.int32)
    whole = _count(_inside(runs.sums(everyone), everyone.sum(axis=1), percent), runs.cells)
    low, high = np.quantile(np.concatenate(areas), [0.025, 0.975])
    shares = Surface(runs.spread(inside_times), n_replicates, runs.grid, sketches.crs, held_by=held_by)
    return Bootstrap(float(whole[0] * cell_m**2), float(low * cell_m**2), float(high * cell_m**2), shares)


def leave_one_out(
    sketches: gpd.GeoDataFrame, *, percent: int, cell_m: float = 25.0, least: int = LEAST_SHOWN
) -> pd.DataFrame:
    """See for every sketch how the core would be without it.

    Where one drawing changes the area by more than 20 %, that drawing makes the map: say so, name no one.

    Returns
    -------
    DataFrame
        Index as the sketches; ``area_change`` (without minus with, as a share of with; missing when there is
        no core) and ``iou`` of the two cores (missing when both are empty).

    Raises
    ------
    TooFewSketches, PercentOutOfRange
    """
    _enough(len(sketches), least)
    _check_percent(percent)
    runs, _ = _runs(sketches, cell_m)
    n = len(sketches)
    total = runs.sums(np.ones((1, n), dtype=np.int32))
    whole = _inside(total, np.array([n]), percent)
    area = _count(whole, runs.cells)[0]
    change, alike = np.full(n, np.nan), np.full(n, np.nan)
    start = 0
    for size in portions(n, len(runs.cells)):
        votes = np.zeros((size, n), dtype=np.int32)
        votes[np.arange(size), np.arange(start, start + size)] = 1
        without = _inside(total - runs.sums(votes), np.full(size, n - 1), percent)
        rows = slice(start, start + size)
        alike[rows] = _iou(without, whole, runs.cells)
        if area:
            change[rows] = (_count(without, runs.cells) - area) / area
        start += size
    return pd.DataFrame({"area_change": change, "iou": alike}, index=sketches.index)


def split_half(
    sketches: gpd.GeoDataFrame,
    *,
    percent: int,
    seed: int,
    n_splits: int = 100,
    cell_m: float = 25.0,
    least: int = LEAST_SHOWN,
) -> float | None:
    """Give the mean IoU of the cores of two random halves of the residents.

    What two other groups of half this size would agree on; the whole group does better. A correction for
    test length (Spearman-Brown) does not apply to IoU.

    Returns
    -------
    float or None
        0 to 1; None when no split gives either half a core.

    Raises
    ------
    TooFewSketches, PercentOutOfRange
    """
    _enough(len(sketches), least)
    _check_percent(percent)
    runs, _ = _runs(sketches, cell_m)
    n = len(sketches)
    chance = np.random.default_rng(seed)
    found = []
    for times in portions(n_splits, 2 * len(runs.cells)):
        first = (chance.permuted(np.tile(np.arange(n), (times, 1)), axis=1) < n // 2).astype(np.int32)
        one, other = (_inside(runs.sums(half), half.sum(axis=1), percent) for half in (first, 1 - first))
        found.append(_iou(one, other, runs.cells))
    alike = np.concatenate(found)
    return None if np.isnan(alike).all() else float(np.nanmean(alike))


def _runs(sketches: gpd.GeoDataFrame, cell_m: float) -> tuple[Runs, int]:
    areas: Geometries = SKETCHES.check(sketches).geometry.to_numpy()
    grid, held_by = roomy(areas, cell_m)
    return Runs.of(areas, grid), held_by


def _inside(sums: NDArray[np.int32], people: NDArray[np.int64], percent: int) -> NDArray[np.bool_]:
    return sums >= (-(-percent * people.astype(np.int64) // 100))[:, None]


def _count(inside: NDArray[np.bool_], cells: NDArray[np.int64]) -> NDArray[np.float64]:
    # A product of whole numbers is not left to BLAS; in float64 it is, and counts of cells are exact there.
    return inside.astype(np.float64) @ cells.astype(np.float64)


def _iou(one: NDArray[np.bool_], other: NDArray[np.bool_], cells: NDArray[np.int64]) -> NDArray[np.float64]:
    both, either = _count(one & other, cells), _count(one | other, cells)
    return np.asarray(np.divide(both, either, out=np.full(len(both), np.nan), where=either > 0))


# --- How much alike -------------------------------------------------------------------------------


def pairwise_iou(
    sketches: gpd.GeoDataFrame,
    *,
    cell_m: float | None = None,
    progress: Callable[[float], None] = lambda _part: None,
) -> NDArray[np.float64]:
    """Give the IoU of every two sketches.

    Parameters
    ----------
    sketches
        One row a resident.
    cell_m
        None: exactly, 60 microseconds a pair. Else counted on cells of this size, ten times as fast; with 25
        m the IoU of two sketches of some km2 is within 0.007 and the mean over many within 0.0001.
    progress
        Told which part is done, 0 to 1; what it raises ends the work.

    Returns
    -------
    array of float64, n x n
        Symmetric, 1 on the diagonal.

    Examples
    --------
    >>> drawn = gpd.GeoDataFrame(
    ...     geometry=[shapely.box(0, 0, 100, 100), shapely.box(50, 0, 150, 100), shapely.box(0, 0, 50, 100)],
    ...     index=["A", "B", "E"], crs="EPSG:28992").rename_axis("sketch_id")
    >>> pairwise_iou(drawn).round(3).tolist()
    [[1.0, 0.333, 0.5], [0.333, 1.0, 0.0], [0.5, 0.0, 1.0]]
    """
    areas: Geometries = SKETCHES.check(sketches).geometry.to_numpy()
    shared = (
        _shared_m2(areas, progress)
        if cell_m is None
        else _runs(sketches, cell_m)[0].shared(progress=progress)
    )
    size = np.diag(shared)
    either = size[:, None] + size[None, :] - shared
    # Two sketches too small for the cells have no common ground that we know of.
    alike = np.divide(shared, either, out=np.zeros_like(shared), where=either > 0)
    np.fill_diagonal(alike, 1)
    return np.clip(alike, 0, 1)


def _shared_m2(areas: Geometries, progress: Callable[[float], None]) -> NDArray[np.float64]:
    found = np.diag(shapely.area(areas))
    tree = shapely.STRtree(areas)
    for start in range(0, len(areas), 512):
        progress(start / len(areas))
        one, other = tree.query(areas[start : start + 512], predicate="intersects")
        one += start
        one, other = one[one < other], other[one < other]
        found[one, other] = found[other, one] = shapely.area(shapely.intersection(areas[one], areas[other]))
    return found


@dataclass(frozen=True)
class Agreement:
    """How much the sketches of a group are alike.

    Parameters
    ----------
    n
        Residents.
    mean, median
        IoU over all pairs of different residents.
    low, high
        95 % interval of the mean, from drawing other residents.
    """

    n: int
    mean: float
    median: float
    low: float
    high: float

    @property
    def label(self) -> str:
        """Compared with 68 American neighbourhoods: "low" below 0.42, "high" above 0.56, else "typical"."""
        return "low" if self.mean < 0.42 else "high" if self.mean > 0.56 else "typical"


def agreement(
    sketches: gpd.GeoDataFrame, *, seed: int, n_replicates: int = 500, least: int = LEAST_SHOWN
) -> Agreement:
    """Give the mean pairwise IoU: how much of what two residents drew together they both drew.

    Exact up to 200 residents, counted on cells of 25 m above that (see :func:`pairwise_iou`).

    Not kappa: that rises when empty cells are added round the map. IoU is hard on differences in size; a
    street drawn by one within the quarter drawn by another counts as nearly no agreement.

    Parameters
    ----------
    sketches
        One row a resident.
    seed
        The same seed gives the same interval.
    n_replicates
        Groups drawn for the interval. Pairs of one resident with himself are left out.
    least
        Refuse below this number of residents.

    Raises
    ------
    TooFewSketches
    """
    _enough(len(sketches), least)
    n = len(sketches)
    alike = pairwise_iou(sketches, cell_m=None if n <= MOST_EXACT else 25.0)
    pairs = alike[np.triu_indices(n, 1)]
    np.fill_diagonal(alike, 0)
    votes = (
        np.random.default_rng(seed).multinomial(n, np.full(n, 1 / n), size=n_replicates).astype(np.float64)
    )
    weight = n**2 - (votes**2).sum(axis=1)
    means = ((votes @ alike) * votes).sum(axis=1)[weight > 0] / weight[weight > 0]
    low, high = np.quantile(means, [0.025, 0.975])
    return Agreement(n, float(pairs.mean()), float(np.median(pairs)), float(low), float(high))


def fleiss_kappa(base: Surface, *, empty_cells: int = 0) -> float | None:
    """Give agreement beyond chance, in or out per cell, over the cells that anybody drew.

    For the appendix only. It moves with the extent of the map: on the same drawings it can be -0.35 or +0.17
    by nothing but three empty cells.

    Parameters
    ----------
    base
        Unweighted surface of at least two residents.
    empty_cells
        Cells round the drawings to count as unanimously out.

    Returns
    -------
    float or None
        At most 1; None with fewer than two residents or when chance alone gives full agreement.

    References
    ----------
    .. [1] J.L. Fleiss, Measuring nominal scale agreement among many raters, Psychological Bulletin 76 (1971).

    Examples
    --------
    Three cells held by 2, 2 and 1 of 3.

    >>> base = Surface(np.array([[2, 2, 1]], dtype=np.int32), 3, Grid(0, 0, 3, 1, 50.0), "EPSG:28992")
    >>> round(fleiss_kappa(base), 6), round(fleiss_kappa(base, empty_cells=3), 6)
    (-0.35, 0.169231)
    """
    observed, p = _unanimity(base, empty_cells)
    chance = p**2 + (1 - p) ** 2
    return None if chance == 1 else (observed - chance) / (1 - chance)


def krippendorff_alpha(base: Surface, *, empty_cells: int = 0) -> float | None:
    """Give Krippendorff's alpha for in or out per cell; the same caveats as :func:`fleiss_kappa`.

    References
    ----------
    .. [1] K. Krippendorff, Content analysis: an introduction to its methodology (1980).

    Examples
    --------
    >>> base = Surface(np.array([[2, 2, 1]], dtype=np.int32), 3, Grid(0, 0, 3, 1, 50.0), "EPSG:28992")
    >>> round(krippendorff_alpha(base), 6), round(krippendorff_alpha(base, empty_cells=3), 6)
    (-0.2, 0.215385)
    """
    observed, p = _unanimity(base, empty_cells)
    judgements = base.n * (int(np.count_nonzero(base.counts)) + empty_cells)
    by_chance = 2 * p * (1 - p) * judgements / (judgements - 1) if judgements > 1 else 0.0
    return None if by_chance == 0 else 1 - (1 - observed) / by_chance


def _unanimity(base: Surface, empty_cells: int) -> tuple[float, float]:
    """Give the share of pairs who judge a cell alike, and the share of judgements that say "in"."""
    counts = base.counts[base.counts > 0].astype(np.float64)
    n, cells = base.n, len(counts) + empty_cells
    if n < 2 or not cells:
        return 1.0, 1.0
    alike = (counts * (counts - 1) + (n - counts) * (n - counts - 1)) / (n * (n - 1))
    return float((alike.sum() + empty_cells) / cells), float(counts.sum() / (n * cells))


# --- Sizes ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Fuzziness:
    """How blurred the neighbourhood is.

    Parameters
    ----------
    area_m2
        Sum of cell area times share: the mean area of the sketches.
    fuzziness
        0 when everybody drew the same, 1 when half of the people hold every cell: mean of 1 - abs(2p - 1)
        over the ground that anybody drew.
    zone_m
        Width of the border zone: difference of the radii of circles as large as the 25 % and 75 % cores.
    """

    area_m2: float
    fuzziness: float
    zone_m: float


def fuzziness(base: Surface, *, least: int = LEAST_SHOWN) -> Fuzziness:
    """Measure how blurred the neighbourhood is.

    Raises
    ------
    TooFewSketches

    Examples
    --------
    Columns of 5,000 m2 held by 2/3, 2/3 and 1/3: 8,333 m2 on average, each cell a third away from one half.

    >>> base = Surface(np.array([[2, 2, 1]] * 2, dtype=np.int32), 3, Grid(0, 0, 3, 2, 50.0), "EPSG:28992")
    >>> found = fuzziness(base, least=3)
    >>> round(found.area_m2), round(found.fuzziness, 3)
    (8333, 0.667)
    """
    _enough(base.n, least)
    share = base.share[base.counts > 0]
    wide, narrow = (base.reached_by(percent).sum() * base.cell_m2 for percent in (25, 75))
    return Fuzziness(
        area_m2=float(share.sum() * base.cell_m2),
        fuzziness=float((1 - np.abs(2 * share - 1)).mean()) if len(share) else 0.0,
        zone_m=math.sqrt(wide / math.pi) - math.sqrt(narrow / math.pi),
    )


def effective_n(weights: ArrayLike) -> float:
    """Give how many equal residents the weighted ones are worth: (sum of w)^2 / sum of w^2.

    References
    ----------
    .. [1] L. Kish, Survey sampling (1965).

    Examples
    --------
    >>> round(effective_n([1, 1, 2]), 6)
    2.666667
    """
    weight = np.asarray(weights, dtype=np.float64)
    return float(weight.sum() ** 2 / (weight**2).sum())


@dataclass(frozen=True)
class Spread:
    """How far apart the middles of the sketches lie.

    Parameters
    ----------
    distance_m
        Standard distance: root of the mean squared distance to their mean.
    major_m, minor_m
        Half axes of the standard ellipse: roots of the eigenvalues of the covariance. Other programs print
        them sqrt(2) as long.
    bearing_deg
        Direction of the long axis, clockwise from north, 0 to 180.
    """

    distance_m: float
    major_m: float
    minor_m: float
    bearing_deg: float


def spread(sketches: gpd.GeoDataFrame) -> Spread | None:
    """Measure how far apart the middles of the sketches lie; None without sketches.

    Examples
    --------
    Middles at two metres west and east and one metre south and north.

    >>> middles = shapely.points([(2, 0), (-2, 0), (0, 1), (0, -1)])
    >>> drawn = gpd.GeoDataFrame(geometry=shapely.buffer(middles, 1), crs="EPSG:28992",
    ...     index=list("abcd")).rename_axis("sketch_id")
    >>> found = spread(drawn)
    >>> [round(x, 6) for x in (found.distance_m, found.major_m, found.minor_m, found.bearing_deg)]
    [1.581139, 1.414214, 0.707107, 90.0]
    """
    areas: Geometries = SKETCHES.check(sketches).geometry.to_numpy()
    if not len(areas):
        return None
    middles = shapely.get_coordinates(shapely.centroid(areas))
    off = middles - middles.mean(axis=0)
    values, axes = np.linalg.eigh(off.T @ off / len(off))
    minor, major = np.sqrt(np.maximum(values, 0))
    east, north = axes[:, 1]
    bearing = math.degrees(math.atan2(east, north)) % 180
    return Spread(math.sqrt(float((off**2).sum()) / len(off)), float(major), float(minor), bearing)


# --- The exact form -------------------------------------------------------------------------------


def exact_faces(sketches: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Cut the ground along every line that was drawn and count the residents of each piece, without a grid.

    Returns
    -------
    GeoDataFrame
        Columns ``count`` (at least 1) and ``geometry``.

    Raises
    ------
    TooManySketches
        More than 200: faces grow with the square of the sketches.

    Examples
    --------
    >>> drawn = gpd.GeoDataFrame(
    ...     geometry=[shapely.box(0, 0, 100, 100), shapely.box(50, 0, 150, 100), shapely.box(0, 0, 50, 100)],
    ...     index=["A", "B", "E"], crs="EPSG:28992").rename_axis("sketch_id")
    >>> found = exact_faces(drawn)
    >>> sorted(zip(found.bounds["minx"], found["count"], found.area, strict=True))
    [(0.0, 2, 5000.0), (50.0, 2, 5000.0), (100.0, 1, 5000.0)]
    """
    areas: Geometries = SKETCHES.check(sketches).geometry.to_numpy()
    if len(areas) > MOST_EXACT:
        raise TooManySketches(n=len(areas), most=MOST_EXACT)
    lines = shapely.get_parts(shapely.union_all(shapely.boundary(areas)))
    faces = shapely.get_parts(shapely.polygonize(lines))
    inside = shapely.STRtree(areas).query(shapely.point_on_surface(faces), predicate="within")[0]
    counts = np.bincount(inside, minlength=len(faces))
    return gpd.GeoDataFrame({"count": counts[counts > 0]}, geometry=faces[counts > 0], crs=sketches.crs)
