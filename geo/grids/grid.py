"""From outlines to cells and back: the grid under the consensus surface.

A cell belongs to an area when its *centre* lies inside. A centre exactly on an outline belongs to the area
on its east or north side, so two neighbours never share a cell and never leave one between them.

The cost follows the length of the outlines, not the size of the areas: each outline is met once per row of
cells, and each meeting is a step up or down in a difference array. A running sum along the row gives the
counts.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy import sparse

from geo.errors import GridTooLarge

MAX_CELLS = 250_000_000
"""The Netherlands at 25 m has 136 million cells; more than this does not fit a common machine."""

CELL_M = 25.0
"""Side of the cells on which common ground is counted, m, where nothing else is asked."""

PLENTY = 4_000_000
"""50 km by 50 km at 25 m. A grid of one neighbourhood grows beyond it only by a stray sketch."""

BLOCK = 4096
"""Outlines handled at a time, so that memory does not grow with the number of sketches."""

Geometries = NDArray[np.object_]


@dataclass(frozen=True)
class Grid:
    """A block of square cells whose edges lie on multiples of ``cell_m``.

    Parameters
    ----------
    column, row
        Number of the most western column and most southern row, counted in cells from the origin of the
        plane.
    columns, rows
        Size.
    cell_m
        Side of a cell in metres.
    """

    column: int
    row: int
    columns: int
    rows: int
    cell_m: float

    @classmethod
    def covering(cls, areas: Geometries, cell_m: float, *, held_by: int = 1) -> Self:
        """Return the smallest aligned grid of the area that ``held_by`` or more share.

        The area shared by k areas lies east of the k-th most western western edge, and likewise on the other
        sides: nothing that k areas share is lost.

        Parameters
        ----------
        areas
            Shapes in metres; empty ones are ignored.
        cell_m
            Side of a cell in metres.
        held_by
            Number of areas, from 1.

        Returns
        -------
        Grid
            Without cells when there are fewer than `held_by` areas.

        Examples
        --------
        >>> Grid.covering(np.array([shapely.box(30, 0, 60, 50)]), 25.0)
        Grid(column=1, row=0, columns=2, rows=2, cell_m=25.0)
        """
        column, row, columns, rows = _extent(areas, cell_m, held_by)
        return cls(column, row, columns, rows, cell_m)

    @property
    def west_m(self) -> float:
        """Western edge in metres."""
        return self.column * self.cell_m

    @property
    def south_m(self) -> float:
        """Southern edge in metres."""
        return self.row * self.cell_m

    @property
    def cells(self) -> int:
        """Number of cells."""
        return self.columns * self.rows

    def zeros(self, kind: type, *, past: int = 0) -> NDArray[Any]:
        """Return an array of zeros for the grid.

        Parameters
        ----------
        kind
            Type of the numbers.
        past
            Number of extra columns on the east side.

        Returns
        -------
        array
            Rows x columns, with `past` columns more; the first row is the most southern.

        Raises
        ------
        GridTooLarge
            When the array would not fit in memory.
        """
        if self.cells > MAX_CELLS:
            raise GridTooLarge(cells=self.cells, most=MAX_CELLS, cell_m=self.cell_m)
        return np.zeros((self.rows, self.columns + past), dtype=kind)

    def intersection(self, other: "Grid") -> "Grid":
        """Return the part that both grids contain.

        Parameters
        ----------
        other
            Grid with the same cell size.

        Returns
        -------
        Grid
            Without cells where the grids do not overlap.

        Examples
        --------
        >>> Grid(0, 0, 2, 2, 25.0).intersection(Grid(1, 0, 4, 1, 25.0))
        Grid(column=1, row=0, columns=1, rows=1, cell_m=25.0)
        """
        column, row = max(self.column, other.column), max(self.row, other.row)
        columns = min(self.column + self.columns, other.column + other.columns) - column
        rows = min(self.row + self.rows, other.row + other.rows) - row
        return Grid(column, row, max(columns, 0), max(rows, 0), self.cell_m)

    def union(self, other: "Grid") -> "Grid":
        """Return the smallest grid that contains both.

        Parameters
        ----------
        other
            Grid with the same cell size; one without cells changes nothing.

        Returns
        -------
        Grid
            The joint grid.

        Examples
        --------
        >>> Grid(0, 0, 2, 2, 25.0).union(Grid(3, 0, 1, 1, 25.0))
        Grid(column=0, row=0, columns=4, rows=2, cell_m=25.0)
        """
        if not other.cells:
            return self
        if not self.cells:
            return other
        column, row = min(self.column, other.column), min(self.row, other.row)
        east = max(self.column + self.columns, other.column + other.columns)
        north = max(self.row + self.rows, other.row + other.rows)
        return Grid(column, row, east - column, north - row, self.cell_m)

    def padded(self) -> "Grid":
        """Return this grid with one cell more on every side.

        Returns
        -------
        Grid
            A grid of the same cell size.
        """
        return Grid(self.column - 1, self.row - 1, self.columns + 2, self.rows + 2, self.cell_m)

    def window(self, part: "Grid") -> tuple[slice, slice]:
        """Return the rows and columns of this grid that ``part`` occupies.

        Parameters
        ----------
        part
            Grid with the same cell size that lies within this one.

        Returns
        -------
        rows
            Slice of the rows.
        columns
            Slice of the columns.
        """
        row, column = part.row - self.row, part.column - self.column
        return slice(row, row + part.rows), slice(column, column + part.columns)

    def centres(self) -> tuple[NDArray[Any], NDArray[Any]]:
        """Return x of every column's centre and y of every row's centre.

        Returns
        -------
        x
            Metres, one per column, rising.
        y
            Metres, one per row, rising.

        Examples
        --------
        >>> [list(map(float, axis)) for axis in Grid(4, 0, 2, 1, 25.0).centres()]
        [[112.5, 137.5], [12.5]]
        """
        x = (self.column + 0.5 + np.arange(self.columns, dtype=np.float64)) * self.cell_m
        y = (self.row + 0.5 + np.arange(self.rows, dtype=np.float64)) * self.cell_m
        return x, y


def _extent(areas: Geometries, cell_m: float, held_by: int) -> tuple[int, int, int, int]:
    bounds = shapely.bounds(areas[~shapely.is_empty(areas)]) / cell_m
    if len(bounds) < held_by:
        return 0, 0, 0, 0
    west, south = np.partition(bounds[:, :2], held_by - 1, axis=0)[held_by - 1]
    east, north = np.partition(bounds[:, 2:], len(bounds) - held_by, axis=0)[len(bounds) - held_by]
    column, row = math.floor(west), math.floor(south)
    return column, row, max(math.ceil(east) - column, 0), max(math.ceil(north) - row, 0)


def choose_extent(areas: Geometries, cell_m: float) -> tuple[Grid, int]:
    """Return the grid for a group, without a few stray areas that would enlarge it.

    One sketch on the wrong side of the country would otherwise cost a gigabyte. In that case the grid is
    limited to the area that at least 2, 3, 4 or 5 of the sketches share, or more where even that does not fit
    in memory; never more than a quarter of them, so that a core of 25 % stays complete.

    Parameters
    ----------
    areas
        Areas in metres.
    cell_m
        Side of a cell in metres.

    Returns
    -------
    grid
        The grid.
    held_by
        The area shared by at least this many is wholly on the grid; 1 when nothing is cut off.

    Examples
    --------
    >>> near, far = shapely.box(0, 0, 50, 50), shapely.box(9e6, 9e6, 9.1e6, 9.1e6)
    >>> choose_extent(np.array([near] * 7 + [far]), 25.0)
    (Grid(column=0, row=0, columns=2, rows=2, cell_m=25.0), 2)
    """
    quarter = max(1, -(-len(areas) // 4))
    tried = [(range(1, min(5, quarter) + 1), PLENTY), ([1], MAX_CELLS), (range(6, quarter + 1, 5), PLENTY)]
    for held_bys, most in tried:
        for held_by in held_bys:
            *_, columns, rows = _extent(areas, cell_m, held_by)
            if columns * rows <= most:
                return Grid.covering(areas, cell_m, held_by=held_by), held_by
    return Grid.covering(areas, cell_m, held_by=quarter), quarter


@dataclass(frozen=True)
class Steps:
    """Where outlines meet rows of cells: +1 where an area begins, -1 just past where it ends.

    ``at`` is the place in a difference array of ``rows`` x ``columns + 1``; ``area`` is which area made the
    step.
    """

    area: NDArray[np.int64]
    at: NDArray[np.int64]
    step: NDArray[np.int32]


def row_steps(areas: Geometries, grid: Grid) -> Steps:
    """Return every step that the outlines make on the grid.

    Parameters
    ----------
    areas
        Valid polygons and multipolygons, any ring direction, holes allowed.
    grid
        What lies outside is left out.

    Returns
    -------
    Steps
        One per meeting of an outline with a row of cells.

    Examples
    --------
    One square of two by two cells: in each of two rows it begins at column 0 and is over at column 2.

    >>> found = row_steps(np.array([shapely.box(0, 0, 50, 50)]), Grid(0, 0, 2, 2, 25.0))
    >>> sorted(zip(found.at.tolist(), found.step.tolist(), strict=True))
    [(0, 1), (2, -1), (3, 1), (5, -1)]
    """
    # With shells counter-clockwise and holes clockwise, the inside lies left of every edge.
    parts, area_of_part = shapely.get_parts(shapely.orient_polygons(areas), return_index=True)
    rings, part_of_ring = shapely.get_rings(parts, return_index=True)
    points, ring_of_point = shapely.get_coordinates(rings, return_index=True)
    same = ring_of_point[1:] == ring_of_point[:-1]
    first, last = points[:-1][same] / grid.cell_m, points[1:][same] / grid.cell_m
    area = area_of_part[part_of_ring[ring_of_point[:-1][same]]]

    # Both neighbours of a shared edge must meet a row at the same x to the last bit, so always compute
    # upwards.
    down = first[:, 1] > last[:, 1]
    low, high = np.where(down[:, None], last, first), np.where(down[:, None], first, last)
    row_first, row_past = np.ceil(low[:, 1] - 0.5), np.ceil(high[:, 1] - 0.5)
    times = (row_past - row_first).astype(np.int64)
    edge = np.repeat(np.arange(len(times)), times)
    row = row_first[edge] + np.arange(len(edge)) - np.repeat(np.cumsum(times) - times, times)
    rise = (row + 0.5 - low[edge, 1]) / (high[edge, 1] - low[edge, 1])
    column = np.ceil(low[edge, 0] + rise * (high[edge, 0] - low[edge, 0]) - 0.5)
    row, column = row - grid.row, np.clip(column - grid.column, 0, grid.columns)
    on = (row >= 0) & (row < grid.rows)
    at = (row * (grid.columns + 1) + column)[on].astype(np.int64)
    return Steps(area[edge][on], at, np.where(down[edge], 1, -1)[on].astype(np.int32))


def _blocks(areas: Geometries) -> Iterator[slice]:
    return (slice(start, start + BLOCK) for start in range(0, len(areas), BLOCK))


def shared_cells(
    areas: Geometries, grid: Grid, *, progress: Callable[[float], None] = lambda _part: None
) -> sparse.csr_array:
    """Count the cells that every two areas share.

    All rows of cells are treated as one line on which an area is a set of intervals. Two areas share what
    their intervals share, so only intervals that overlap are compared.

    Parameters
    ----------
    areas
        Valid polygons and multipolygons.
    grid
        What lies outside is left out.
    progress
        Called with the finished part, 0 to 1; an exception that it raises ends the work.

    Returns
    -------
    csr_array of int32, areas x areas
        Symmetric, the own number of cells on the diagonal; pairs that share no cell are not stored.

    Examples
    --------
    >>> areas = np.array([shapely.box(0, 0, 50, 25), shapely.box(25, 0, 75, 25)])
    >>> shared_cells(areas, Grid(0, 0, 3, 1, 25.0)).toarray().tolist()
    [[2, 1], [1, 2]]
    """
    # Loading the compiler takes longer than a small grid does otherwise; this is for large ones.
    from geo.kernels import interval_overlap  # noqa: PLC0415

    nothing = (np.empty(0, np.int64),) * 3
    parts = [nothing, *(_stretches(areas[block], grid, block.start) for block in _blocks(areas))]
    first, past, owner = (np.concatenate(column) for column in zip(*parts, strict=True))
    del parts
    return interval_overlap.shared(first, past, owner, len(areas), progress=progress)


def _stretches(
    areas: Geometries, grid: Grid, number: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return where the stretches of areas begin and end on the line of all rows, and whose they are."""
    met = row_steps(areas, grid)
    table = sparse.csr_array(
        (met.step, (met.area, met.at)), shape=(len(areas), grid.rows * (grid.columns + 1))
    )
    table.sum_duplicates()
    owner = np.repeat(np.arange(number, number + len(areas)), np.diff(table.indptr))
    held = np.cumsum(table.data) > 0  # every area steps down as often as up
    changed = np.flatnonzero(np.diff(held, prepend=False))
    at = table.indices.astype(np.int64)
    return at[changed[::2]], at[changed[1::2]], owner[changed[::2]]
