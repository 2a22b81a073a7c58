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
from shapely.geometry import MultiPolygon

from geo.errors import GridTooLarge

MOST_CELLS = 250_000_000
"""The Netherlands at 25 m has 136 million cells; more than this does not fit a common machine."""

PLENTY = 4_000_000
"""50 km by 50 km at 25 m. A grid of one neighbourhood grows beyond it only by a stray sketch."""

MANY = 30_000
"""From so many areas on the compiled kernel is sooner done, counting the time to load it."""

BLOCK = 4096
"""Outlines handled at a time, so that memory does not grow with the number of sketches."""

PORTION = 16_000_000
"""Numbers handled at a time where a table of sketches by runs would be too large."""

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
    def over(cls, areas: Geometries, cell_m: float, *, held_by: int = 1) -> Self:
        """Give the smallest aligned grid with all ground that at least ``held_by`` of the areas share.

        Ground shared by k areas lies east of the k-th most western western edge, and so on round: beyond
        that nothing that k share is lost.

        Returns
        -------
        Grid
            Empty when there are no areas.

        Examples
        --------
        >>> Grid.over(np.array([shapely.box(30, 0, 60, 50)]), 25.0)
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

    def blank(self, kind: type, *, past: int = 0) -> NDArray[Any]:
        """Give an array of zeros: rows x columns, with ``past`` columns more.

        Raises
        ------
        GridTooLarge
            It would not fit in memory.
        """
        if self.cells > MOST_CELLS:
            raise GridTooLarge(cells=self.cells, most=MOST_CELLS, cell_m=self.cell_m)
        return np.zeros((self.rows, self.columns + past), dtype=kind)

    def common(self, other: "Grid") -> "Grid":
        """Give the part that both hold.

        Examples
        --------
        >>> Grid(0, 0, 2, 2, 25.0).common(Grid(1, 0, 4, 1, 25.0))
        Grid(column=1, row=0, columns=1, rows=1, cell_m=25.0)
        """
        column, row = max(self.column, other.column), max(self.row, other.row)
        columns = min(self.column + self.columns, other.column + other.columns) - column
        rows = min(self.row + self.rows, other.row + other.rows) - row
        return Grid(column, row, max(columns, 0), max(rows, 0), self.cell_m)

    def joined(self, other: "Grid") -> "Grid":
        """Give the smallest grid that holds both.

        Examples
        --------
        >>> Grid(0, 0, 2, 2, 25.0).joined(Grid(3, 0, 1, 1, 25.0))
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

    def widened(self) -> "Grid":
        """Give this grid with one cell more on every side."""
        return Grid(self.column - 1, self.row - 1, self.columns + 2, self.rows + 2, self.cell_m)

    def window(self, part: "Grid") -> tuple[slice, slice]:
        """Give the rows and columns of this grid that ``part`` takes up."""
        row, column = part.row - self.row, part.column - self.column
        return slice(row, row + part.rows), slice(column, column + part.columns)

    def centres(self) -> tuple[NDArray[Any], NDArray[Any]]:
        """Give x of every column's centre and y of every row's centre, in metres.

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


def roomy(areas: Geometries, cell_m: float) -> tuple[Grid, int]:
    """Choose the grid for a group: all ground, unless a few stray areas would make it enormous.

    One drawing on the wrong side of the country must not cost a gigabyte. Then the grid is cut to the ground
    that at least 2, 3, 4 or 5 of the areas share; and where even that does not fit in memory, more. Never
    more than a quarter of them, so that a core of 25 % stays whole.

    Returns
    -------
    grid
        The grid.
    held_by
        Ground shared by at least so many areas is all on the grid; 1 when nothing is cut.

    Examples
    --------
    >>> near, far = shapely.box(0, 0, 50, 50), shapely.box(9e6, 9e6, 9.1e6, 9.1e6)
    >>> roomy(np.array([near] * 7 + [far]), 25.0)
    (Grid(column=0, row=0, columns=2, rows=2, cell_m=25.0), 2)
    """
    quarter = max(1, -(-len(areas) // 4))
    tried = [(range(1, min(5, quarter) + 1), PLENTY), ([1], MOST_CELLS), (range(6, quarter + 1, 5), PLENTY)]
    for held_bys, most in tried:
        for held_by in held_bys:
            *_, columns, rows = _extent(areas, cell_m, held_by)
            if columns * rows <= most:
                return Grid.over(areas, cell_m, held_by=held_by), held_by
    return Grid.over(areas, cell_m, held_by=quarter), quarter


@dataclass(frozen=True)
class Steps:
    """Where outlines meet rows of cells: +1 where an area begins, -1 just past where it ends.

    ``at`` is the place in a difference array of ``rows`` x ``columns + 1``; ``area`` is which area made the
    step.
    """

    area: NDArray[np.int64]
    at: NDArray[np.int64]
    step: NDArray[np.int32]


def steps(areas: Geometries, grid: Grid) -> Steps:
    """Give every step that the outlines make on the grid.

    Parameters
    ----------
    areas
        Valid polygons and multipolygons, any ring direction, holes allowed.
    grid
        What lies outside is left out.

    Examples
    --------
    One square of two by two cells: in each of two rows it begins at column 0 and is over at column 2.

    >>> found = steps(np.array([shapely.box(0, 0, 50, 50)]), Grid(0, 0, 2, 2, 25.0))
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


def tally(areas: Geometries, grid: Grid) -> NDArray[np.int32]:
    """Count for every cell how many areas hold its centre.

    Returns
    -------
    array of int32, rows x columns
        First row is the most southern.

    Raises
    ------
    GridTooLarge

    Examples
    --------
    >>> areas = np.array([shapely.box(0, 0, 50, 25), shapely.box(25, 0, 75, 25)])
    >>> tally(areas, Grid(0, 0, 3, 1, 25.0)).tolist()
    [[1, 2, 1]]
    """
    difference = grid.blank(np.int32, past=1).ravel()
    if len(areas) >= MANY:
        _add_compiled(areas, grid, difference)
        return _running(difference, grid)
    for block in _blocks(areas):
        met = steps(areas[block], grid)
        np.add.at(difference, met.at, met.step)
    return _running(difference, grid)


def _add_compiled(areas: Geometries, grid: Grid, difference: NDArray[np.int32]) -> None:
    """Add the same steps, to the last one, with the compiled kernel."""
    # Loading the compiler costs more than it saves for fewer, so it is not loaded for them.
    from geo.kernels import tally as kernel  # noqa: PLC0415
    from geo.kernels.outlines import Outlines  # noqa: PLC0415

    table = difference.reshape(grid.rows, grid.columns + 1)
    for block in _blocks(areas):
        kernel.steps(
            Outlines.of(areas[block]),
            np.ones(len(areas[block]), np.int32),
            column=grid.column,
            row=grid.row,
            columns=grid.columns,
            rows=grid.rows,
            cell_m=grid.cell_m,
            onto=table,
        )


def tally_weights(areas: Geometries, weights: NDArray[np.float64], grid: Grid) -> NDArray[np.float64]:
    """Add up for every cell the weights of the areas that hold its centre.

    Sums of fractions leave specks of 1e-16 where nobody drew; compare with a tolerance.
    """
    difference = grid.blank(np.float64, past=1).ravel()
    for block in _blocks(areas):
        met = steps(areas[block], grid)
        np.add.at(difference, met.at, met.step * weights[block][met.area])
    return _running(difference, grid)


def _blocks(areas: Geometries) -> Iterator[slice]:
    return (slice(start, start + BLOCK) for start in range(0, len(areas), BLOCK))


def _running(difference: NDArray[Any], grid: Grid) -> NDArray[Any]:
    table = difference.reshape(grid.rows, grid.columns + 1)
    np.cumsum(table, axis=1, out=table)
    return table[:, :-1].copy()


@dataclass(frozen=True)
class Runs:
    """The same grid cut into runs of cells between two steps, within which nothing changes for anyone.

    A resampled surface costs one product over the steps instead of one pass over all cells of all sketches.

    Parameters
    ----------
    steps
        Sparse, areas x runs: the step each area makes at the start of each run.
    cells
        How many cells each run is long.
    at
        Place of each run's first cell in a ``rows`` x ``columns + 1`` array.
    grid
        The grid that is cut.
    """

    steps: sparse.csr_array
    cells: NDArray[np.int64]
    at: NDArray[np.int64]
    grid: Grid

    @classmethod
    def of(cls, areas: Geometries, grid: Grid) -> Self:
        """Cut the grid at every step of every area."""
        met = steps(areas, grid)
        at, run = np.unique(met.at, return_inverse=True)
        table = sparse.csr_array((met.step, (met.area, run)), shape=(len(areas), len(at)), dtype=np.int32)
        table.sum_duplicates()
        cells = np.diff(at, append=at[-1:])
        # The last step in a row closes everything: no run starts there.
        cells[np.diff(at // (grid.columns + 1), append=-1) != 0] = 0
        return cls(table, cells, at, grid)

    def sums(self, votes: NDArray[np.int32]) -> NDArray[np.int32]:
        """Add up votes per run.

        Parameters
        ----------
        votes
            Replicates x areas: how often each area counts.

        Returns
        -------
        array of int32, replicates x runs
        """
        return np.cumsum((self.steps.T @ votes.T).T, axis=1, dtype=np.int32)

    def shared(self, *, progress: Callable[[float], None] = lambda _part: None) -> NDArray[np.float64]:
        """Count the cells that every two areas share: areas x areas, the own size on the diagonal.

        All rows of cells lie one after the other on one line, and an area is some stretches of it. Two areas
        share what their stretches share, so only stretches that overlap are looked at. `progress` is told
        which part is done; what it raises ends the work.
        """
        # Loading the compiler takes longer than a small grid does otherwise; this is for large ones.
        from geo.kernels import stretches  # noqa: PLC0415

        table = self.steps
        owner = np.repeat(np.arange(table.shape[0]), np.diff(table.indptr))
        held = np.cumsum(table.data) > 0  # every area steps down as often as up
        changed = np.flatnonzero(np.diff(held, prepend=False))
        begin, end = changed[::2], changed[1::2]
        at = self.at[table.indices]
        return stretches.shared(at[begin], at[end], owner[begin], table.shape[0], progress=progress)

    def spread(self, values: NDArray[np.int32]) -> NDArray[np.int32]:
        """Lay one value per run back over the cells: rows x columns."""
        difference = self.grid.blank(np.int32, past=1).ravel()
        # Where a row ends no run starts and the value is 0, so one row never leaks into the next.
        difference[self.at] = np.diff(np.where(self.cells > 0, values, 0), prepend=0)
        return _running(difference, self.grid)


def outline(inside: NDArray[np.bool_], grid: Grid) -> MultiPolygon:
    """Draw the outline of the cells that are marked: exact, valid, without a point too many.

    Cells that touch at a corner only become two parts.

    Parameters
    ----------
    inside
        Rows x columns, first row most southern.

    Examples
    --------
    >>> outline(np.array([[True, True, False]]), Grid(0, 0, 3, 1, 25.0)).wkt
    'MULTIPOLYGON (((0 0, 50 0, 50 25, 0 25, 0 0)))'
    """
    if not inside.any():
        return MultiPolygon()
    inside, grid = cropped(inside, grid)
    padded = np.pad(inside, 1).astype(np.int8)
    across = np.diff(padded, axis=0)[:, 1:-1]
    along = np.diff(padded, axis=1)[1:-1, :]
    level, west, east = _straights(across)
    column, south, north = _straights(along.T)
    ends = np.concatenate(
        [np.stack([west, level, east, level], axis=1), np.stack([column, south, column, north], axis=1)]
    ).astype(np.float64)
    corners = ends.reshape(-1, 2, 2) + np.array([grid.column, grid.row])
    lines: Geometries = np.asarray(shapely.linestrings(corners * grid.cell_m))
    faces: Geometries = np.asarray(shapely.get_parts(shapely.polygonize(lines)))
    # Every line parts inside from outside, so a face is all one or all the other: ask one point of each.
    point = shapely.get_coordinates(shapely.point_on_surface(faces)) / grid.cell_m
    column, row = (np.floor(point) - (grid.column, grid.row)).astype(np.int64).T
    return MultiPolygon(shapely.orient_polygons(shapely.normalize(faces[inside[row, column]])).tolist())


def cropped(values: NDArray[Any], grid: Grid) -> tuple[NDArray[Any], Grid]:
    """Cut the empty rows and columns off round what is not zero; something must not be."""
    rows, columns = np.flatnonzero(values.any(axis=1)), np.flatnonzero(values.any(axis=0))
    south, north, west, east = rows[0], rows[-1] + 1, columns[0], columns[-1] + 1
    part = Grid(
        grid.column + int(west), grid.row + int(south), int(east - west), int(north - south), grid.cell_m
    )
    return values[south:north, west:east], part


def portions(total: int, width: int) -> list[int]:
    """Cut ``total`` rows into portions of a bounded number of numbers, so that memory is bounded too.

    Examples
    --------
    >>> portions(5, PORTION // 2)
    [2, 2, 1]
    """
    size = max(1, PORTION // max(width, 1))
    return [min(size, total - start) for start in range(0, total, size)]


def _straights(edge: NDArray[np.int8]) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Give line number, begin and end of each straight piece whose inside lies on one side all along."""
    change = np.diff(edge, axis=1, prepend=0, append=0)
    before = np.pad(edge, ((0, 0), (1, 0)))
    after = np.pad(edge, ((0, 0), (0, 1)))
    begin = np.nonzero((change != 0) & (after != 0))
    end = np.nonzero((change != 0) & (before != 0))
    return begin[0], begin[1], end[1]
