"""Where do residents agree: how many of them call each spot their neighbourhood.

Every share here is a share of the people whose sketches are given. Give a defined group, such as the
residents of one area or the sketches of one cluster; a share of all who drew anywhere in town means nothing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from scipy import sparse
from shapely import Geometry

from geo.errors import PercentOutOfRange, SketchNotCounted, SurfacesDiffer, TooFewSketches
from geo.grids.cell_counts import count_cells, sum_weights
from geo.grids.grid import CELL_M, PLENTY, Geometries, Grid, choose_extent, shared_cells
from geo.schemas import SKETCHES

MAX_EXACT = 200
"""Pairs and faces grow with the square of the sketches; above this the grid is faster and as good."""


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

    def at_least(self, percent: int) -> NDArray[np.bool_]:
        """Return the cells that at least this percentage of the residents drew.

        People are compared as whole numbers: ``counts >= 0.55 * 20`` would require 12 residents instead of
        11.

        Parameters
        ----------
        percent
            Whole number, 1 to 100; by weight where there are weights.

        Returns
        -------
        array
            True for those cells; of the shape of the surface.

        Raises
        ------
        PercentOutOfRange
            When `percent` is not a whole number from 1 to 100.
        """
        check_percent(percent)
        if self.weighted is None:
            return 100 * self.counts.astype(np.int64) >= percent * self.n
        # Weights are fractions; a billionth of the whole is no person.
        return 100 * self.weighted >= (percent - 1e-7) * self.total_weight

    def resized_to(self, grid: Grid) -> Self:
        """Return this surface on a larger grid, with 0 in the added cells.

        Parameters
        ----------
        grid
            Grid of the same cell size that contains the present one.

        Returns
        -------
        Surface
            The surface itself where the grid is the same, otherwise a copy.
        """
        if grid == self.grid:
            return self
        counts = grid.zeros(np.int32)
        window = grid.window(self.grid)
        counts[window] = self.counts
        weighted = None
        if self.weighted is not None:
            weighted = grid.zeros(np.float64)
            weighted[window] = self.weighted
        return replace(self, counts=counts, weighted=weighted, grid=grid)


def consensus_surface(
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
        One row per resident, see :data:`geo.schemas.SKETCHES`; none gives an empty surface.
    cell_m
        Side of a cell in metres.
    weights
        One positive number per sketch, for instance from post-stratification.
    grid
        Count on this grid only; for chunks that are merged later. By default all sketched area, see
        :func:`geo.grids.grid.choose_extent`.

    Returns
    -------
    Surface
        p(c) = sum of w_i over the sketches that hold c, divided by the sum of all w_i.

    Raises
    ------
    GridTooLarge
        When a stray sketch would make the grid too large for memory.

    Examples
    --------
    Two of three people hold the first two columns of 50 m to be theirs.

    >>> drawn = gpd.GeoDataFrame(
    ...     geometry=[shapely.box(0, 0, 100, 100), shapely.box(50, 0, 150, 100), shapely.box(0, 0, 50, 100)],
    ...     index=["A", "B", "E"], crs="EPSG:28992").rename_axis("sketch_id")
    >>> consensus_surface(drawn, cell_m=50.0).counts.tolist()
    [[2, 2, 1], [2, 2, 1]]
    """
    areas: Geometries = SKETCHES.validate(sketches).geometry.to_numpy()
    held_by = 1
    if grid is None:
        grid, held_by = choose_extent(areas, cell_m)
    found = Surface(count_cells(areas, grid), len(areas), grid, sketches.crs, held_by=held_by)
    if weights is None:
        return found
    weight = np.asarray(weights, dtype=np.float64)
    return replace(
        found,
        weighted=sum_weights(areas, weight, grid),
        total_weight=float(weight.sum()),
        squared_weight=float((weight**2).sum()),
    )


def merge_surfaces(surfaces: Sequence[Surface]) -> Surface:
    """Merge surfaces of different people, in any order and any grouping.

    Each chunk of sketches can thus be counted by a separate task and merged at the end.

    Parameters
    ----------
    surfaces
        At least one surface; no resident may be in two of them.

    Returns
    -------
    Surface
        The sum, on the smallest grid that contains all their grids.

    Raises
    ------
    SurfacesDiffer
        When cell size, plane or the presence of weights differs.
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
        grid = grid.union(other.grid)
    counts = grid.zeros(np.int32)
    weighted = None if first.weighted is None else grid.zeros(np.float64)
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


def add_sketch(base: Surface, sketch: Geometry, *, weight: float = 1.0) -> Surface:
    """Return the surface with one more resident.

    The work grows with the length of one outline. A sketch so far away that the grid would become too large
    counts in ``n`` but does not enlarge the grid.

    Parameters
    ----------
    base
        Surface to start from; it is not changed.
    sketch
        The resident's area, in the plane of the surface.
    weight
        The resident's weight; ignored on a surface without weights.

    Returns
    -------
    Surface
        A new surface, on a larger grid where the sketch needs it.
    """
    areas = np.array([sketch], dtype=object)
    own = Grid.covering(areas, base.grid.cell_m)
    joined = base.grid.union(own)
    if joined.cells > PLENTY:
        own = base.grid.intersection(own)
        return _changed(replace(base, held_by=base.held_by + 1), areas, own, weight, people=1)
    return _changed(base.resized_to(joined), areas, own, weight, people=1)


def remove_sketch(base: Surface, sketch: Geometry, *, weight: float = 1.0) -> Surface:
    """Return the surface without one resident; the grid stays as large as it was.

    Parameters
    ----------
    base
        Surface to start from; it is not changed.
    sketch
        The area with which the resident was counted.
    weight
        The weight with which the resident was counted; ignored on a surface without weights.

    Returns
    -------
    Surface
        A new surface on the same grid.

    Raises
    ------
    SketchNotCounted
        When the sketch cannot be on the surface: a cell would hold fewer than 0 residents, the surface is
        empty, or the sketch lies outside its grid.
    """
    areas = np.array([sketch], dtype=object)
    own = Grid.covering(areas, base.grid.cell_m)
    if base.n == 0 or (base.held_by == 1 and base.grid.union(own) != base.grid):
        raise SketchNotCounted(n=base.n)
    return _changed(base, areas, base.grid.intersection(own), weight, people=-1)


def _changed(base: Surface, areas: Geometries, own: Grid, weight: float, *, people: int) -> Surface:
    window, mine = base.grid.window(own), people * count_cells(areas, own)
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


def check_percent(percent: int) -> None:
    """Raise `PercentOutOfRange` unless percent is a whole number from 1 to 100.

    Parameters
    ----------
    percent
        The percentage to check.

    Raises
    ------
    PercentOutOfRange
        When `percent` is not a whole number from 1 to 100.
    """
    if not (1 <= percent <= 100 and percent == int(percent)):
        raise PercentOutOfRange(percent=percent)


def require_enough(n: int, least: int) -> None:
    """Raise `TooFewSketches` when there are fewer than `least` sketches.

    Parameters
    ----------
    n
        Number of sketches.
    least
        Smallest number accepted.

    Raises
    ------
    TooFewSketches
        When `n` is below `least`.
    """
    if n < least:
        raise TooFewSketches(n=n, least=least)


def count_inside(inside: NDArray[np.bool_], cells: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the number of cells inside, per row.

    Parameters
    ----------
    inside
        One row per sample, one column per run: whether the run lies inside.
    cells
        Number of cells in each run.

    Returns
    -------
    array
        Cell counts, exact whole numbers in float64.
    """
    # A product of whole numbers is not left to BLAS; in float64 it is, and counts of cells are exact there.
    return inside.astype(np.float64) @ cells.astype(np.float64)


def shared_ground(
    sketches: gpd.GeoDataFrame, *, progress: Callable[[float], None] = lambda _part: None
) -> sparse.csr_array:
    """Compute the area that every two sketches share.

    In m² up to 200 sketches, in cells of 25 m above. Memory grows with the pairs that share area, 24 bytes
    each, not with all pairs.

    Parameters
    ----------
    sketches
        One row per resident.
    progress
        Called with the finished part, 0 to 1; an exception that it raises ends the work.

    Returns
    -------
    csr_array
        Symmetric, n x n, each sketch's own area on the diagonal; pairs that share nothing are not stored.

    Examples
    --------
    >>> drawn = gpd.GeoDataFrame(
    ...     geometry=[shapely.box(0, 0, 100, 100), shapely.box(50, 0, 150, 100)],
    ...     index=["A", "B"], crs="EPSG:28992").rename_axis("sketch_id")
    >>> shared_ground(drawn).toarray().tolist()
    [[10000.0, 5000.0], [5000.0, 10000.0]]
    """
    areas: Geometries = SKETCHES.validate(sketches).geometry.to_numpy()
    if len(areas) <= MAX_EXACT:
        return shared_area_m2(areas, progress)
    return shared_cells(areas, choose_extent(areas, CELL_M)[0], progress=progress)


def shared_area_m2(areas: Geometries, progress: Callable[[float], None]) -> sparse.csr_array:
    """Return the area that every two shapes share.

    Parameters
    ----------
    areas
        Valid areas in metres.
    progress
        Called with the finished part, 0 to 1; an exception that it raises ends the work.

    Returns
    -------
    csr_array
        Square metres; symmetric, n x n, each shape's own area on the diagonal; pairs that do not intersect
        are not stored.
    """
    tree = shapely.STRtree(areas)
    rows, columns = [np.arange(len(areas))], [np.arange(len(areas))]
    ground = [shapely.area(areas)]
    for start in range(0, len(areas), 512):
        progress(start / len(areas))
        one, other = tree.query(areas[start : start + 512], predicate="intersects")
        one += start
        one, other = one[one < other], other[one < other]
        common = shapely.area(shapely.intersection(areas[one], areas[other]))
        rows += [one, other]
        columns += [other, one]
        ground += [common, common]
    values = np.concatenate(ground), (np.concatenate(rows), np.concatenate(columns))
    return sparse.csr_array(values, shape=(len(areas),) * 2)
