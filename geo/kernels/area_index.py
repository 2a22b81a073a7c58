"""Official areas made ready once: their borders in a grid, with running totals along each ring."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.errors import FrameGeometryUnsound
from geo.kernels.geometry_arrays import Outlines
from geo.kernels.predicates import compiled

_CELLS_PER_BORDER_PIECE = 16.0  # measured best from 5 to 40; finer makes long outlines walk more cells
_MAX_CELLS = 6_000_000  # some 100 MB for the national layers
_MIN_CELL_M = 8.0


@dataclass(frozen=True)
class UnitIndex:
    """Areas of any kind (gaps, overlaps, holes, parts) prepared for questions about very many drawings.

    A border that two areas share is kept once, with the ring on its left and the ring on its right. Build it
    once for a layer with `prepare` and keep it; it is plain arrays, so it may be pickled.

    Attributes
    ----------
    units
        The areas as they were given, geometries of shape (units,).
    area_m2
        Their areas, float64 of shape (units,).
    piece
        Border pieces from a to b, those of a cell together: ax, ay, bx, by in metres, float64 of shape
        (pieces, 4).
    piece_ring
        Ring on the left and on the right of each piece, int32 of shape (pieces, 2); -1 where there is none.
    piece_sum
        Integral of (x - start of ring) dy up to where that ring enters the piece, float64 of shape
        (pieces, 2).
    ring_unit, ring_x, ring_y, ring_area
        Per ring: its area's number, its first point and its signed area (a hole is negative).
    start_at, start_ring
        The rings by the cell of their first point.
    cell_at, cell_piece
        The pieces by cell.
    cover_at, cover_unit
        The areas over the middle of each cell.
    unsure
        Cells whose middle lies too near a border to say what covers it, uint8 of shape (cells,).
    box
        Least x and y, cell size and its inverse, in metres: float64 of shape (4,).
    columns, rows
        Size of the grid.
    """

    units: NDArray[np.object_]
    area_m2: NDArray[np.float64]
    piece: NDArray[np.float64]
    piece_ring: NDArray[np.int32]
    piece_sum: NDArray[np.float64]
    ring_unit: NDArray[np.int32]
    ring_x: NDArray[np.float64]
    ring_y: NDArray[np.float64]
    ring_area: NDArray[np.float64]
    start_at: NDArray[np.int32]
    start_ring: NDArray[np.int32]
    cell_at: NDArray[np.int64]
    cell_piece: NDArray[np.int32]
    cover_at: NDArray[np.int64]
    cover_unit: NDArray[np.int32]
    unsure: NDArray[np.uint8]
    box: NDArray[np.float64]
    columns: int
    rows: int
    outlines: Outlines = field(repr=False)

    def __len__(self) -> int:
        """Return the number of areas."""
        return len(self.units)

    @cached_property
    def tree(self) -> shapely.STRtree:
        """The areas by their boxes, for the drawings that GEOS must compute."""
        return shapely.STRtree(self.units)

    def __getstate__(self) -> dict[str, Any]:
        """Leave the tree out: it cannot travel and is built again in milliseconds."""
        return {name: value for name, value in self.__dict__.items() if name != "tree"}


@compiled
def _pair_up(ends: Any) -> tuple[Any, Any]:
    """Find for each piece the same piece run the other way by a neighbour; keep such a pair once."""
    count = len(ends)
    size = 1
    while size < 2 * count:
        size *= 2
    table = np.full(size, -1, np.int32)
    other = np.full(count, -1, np.int32)
    kept = np.ones(count, np.uint8)
    words = ends.view(np.uint64)
    for i in range(count):
        # The same for a-b and b-a, so both fall into one place.
        a = words[i, 0] * np.uint64(0x9E3779B97F4A7C15) ^ words[i, 1] * np.uint64(0xC2B2AE3D27D4EB4F)
        b = words[i, 2] * np.uint64(0x9E3779B97F4A7C15) ^ words[i, 3] * np.uint64(0xC2B2AE3D27D4EB4F)
        mixed = (a + b) * np.uint64(0xD6E8FEB86659FD93)
        at = np.int64((mixed ^ (mixed >> np.uint64(32))) & np.uint64(size - 1))
        while True:
            j = table[at]
            if j < 0:
                table[at] = i
                break
            if (
                other[j] < 0
                and ends[j, 0] == ends[i, 2]
                and ends[j, 1] == ends[i, 3]
                and ends[j, 2] == ends[i, 0]
                and ends[j, 3] == ends[i, 1]
            ):
                other[j] = i
                kept[i] = 0
                break
            at = (at + 1) & (size - 1)
    return other, kept


@compiled
def _sums_before(step: Any, ring: Any) -> Any:
    """Add up the steps before each one in its own ring (one sum over all rings would round far more)."""
    before = np.zeros(len(step), np.float64)
    for i in range(1, len(step)):
        if ring[i] == ring[i - 1]:
            before[i] = before[i - 1] + step[i - 1]
    return before


@compiled
def span(
    ax: float, ay: float, bx: float, by: float, low: float, high: float, margin: float
) -> tuple[float, float]:
    """Return the smallest and largest x of a segment between two heights.

    Parameters
    ----------
    ax, ay, bx, by
        The ends of the segment, in metres.
    low, high
        Range of y to which the segment is clipped.
    margin
        Extra width on both sides, in metres.

    Returns
    -------
    west
        Smallest x, minus the margin.
    east
        Largest x, plus the margin.
    """
    least = min(ax, bx)
    most = max(ax, bx)
    dy = by - ay
    if dy != 0.0 and least != most:
        bottom = max(low - margin, min(ay, by))
        top = min(high + margin, max(ay, by))
        one = ax + (bottom - ay) / dy * (bx - ax)
        two = ax + (top - ay) / dy * (bx - ax)
        least = max(least, min(one, two))
        most = min(most, max(one, two))
    return least - margin, most + margin


@compiled
def _fill_cells(piece: Any, box: Any, columns: int, rows: int) -> tuple[Any, Any]:
    """Fill the list of pieces of every cell they cross (counted first, then filled)."""
    x0, y0, cell, per_m = box
    margin = cell * 1e-7
    at = np.zeros(columns * rows + 1, np.int64)
    listed = np.empty(0, np.int32)
    for filling in range(2):
        for i in range(len(piece)):
            ax, ay, bx, by = piece[i]
            low = max(0, int((min(ay, by) - margin - y0) * per_m))
            high = min(rows - 1, int((max(ay, by) + margin - y0) * per_m))
            for row in range(low, high + 1):
                least, most = span(ax, ay, bx, by, y0 + row * cell, y0 + (row + 1) * cell, margin)
                left = max(0, int((least - x0) * per_m))
                right = min(columns - 1, int((most - x0) * per_m))
                for column in range(left, right + 1):
                    key = row * columns + column
                    if filling:
                        listed[at[key]] = i
                    at[key + (1 - filling)] += 1
        if filling == 0:
            for key in range(columns * rows):
                at[key + 1] += at[key]
            listed = np.empty(at[columns * rows], np.int32)
        else:
            for key in range(columns * rows, 0, -1):
                at[key] = at[key - 1]
            at[0] = 0
    return at, listed


@compiled
def _row_covers(
    low_x: Any, unit: Any, begin: int, end: int, box: Any, columns: int, row: int, unsure: Any, out: Any
) -> int:
    """Turn the places where borders cross one line of middles into (column, unit) pairs; give how many."""
    x0 = box[0]
    per_m = box[3]
    made = 0
    for k in range(begin, end):
        where = (low_x[k] - x0) * per_m - 0.5
        near = round(where)
        if 0 <= near < columns and abs(where - near) < 1e-6:
            unsure[row * columns + near] = 1
    k = begin
    while k + 1 < end:
        if unit[k] != unit[k + 1]:
            k += 1  # cannot happen for closed rings
            continue
        first = max(0, int(np.ceil((low_x[k] - x0) * per_m - 0.5)))
        last = min(columns - 1, int(np.ceil((low_x[k + 1] - x0) * per_m - 0.5)) - 1)
        for column in range(first, last + 1):
            if len(out) > 0:
                out[made, 0] = column
                out[made, 1] = unit[k]
            made += 1
        k += 2
    return made


@compiled
def _covers(xy: Any, ring_at: Any, ring_unit: Any, box: Any, columns: int, rows: int) -> tuple[Any, Any, Any]:
    """List the units over the middle of each cell, by sweeping each line of middles."""
    x0, y0, cell, per_m = box
    unsure = np.zeros(columns * rows, np.uint8)
    at = np.zeros(rows + 1, np.int64)
    where = np.empty(0, np.float64)
    whose = np.empty(0, np.int32)
    for filling in range(2):
        for ring in range(len(ring_at) - 1):
            for i in range(ring_at[ring], ring_at[ring + 1] - 1):
                ax = xy[i, 0]
                ay = xy[i, 1]
                bx = xy[i + 1, 0]
                by = xy[i + 1, 1]
                low = min(ay, by)
                high = max(ay, by)
                first = max(0, int(np.ceil((low - y0) * per_m - 0.5)) - 1)
                for row in range(first, rows):
                    middle = y0 + (row + 0.5) * cell
                    if middle < low:
                        continue
                    if middle >= high:
                        if low == high == middle:
                            # A border along the line of middles: no telling what is on it.
                            for column in range(
                                max(0, int((min(ax, bx) - x0) * per_m)),
                                min(columns - 1, int((max(ax, bx) - x0) * per_m)) + 1,
                            ):
                                unsure[row * columns + column] = 1
                        break
                    if filling:
                        where[at[row]] = ax + (middle - ay) / (by - ay) * (bx - ax)
                        whose[at[row]] = ring_unit[ring]
                    at[row + (1 - filling)] += 1
        if filling == 0:
            for row in range(rows):
                at[row + 1] += at[row]
            where = np.empty(at[rows], np.float64)
            whose = np.empty(at[rows], np.int32)
        else:
            for row in range(rows, 0, -1):
                at[row] = at[row - 1]
            at[0] = 0
    total = 0
    nothing = np.empty((0, 2), np.int32)
    for row in range(rows):
        part = slice(at[row], at[row + 1])
        order = np.argsort(where[part])
        by_x = where[part][order]
        units = whose[part][order]
        order = np.argsort(units, kind="mergesort")  # stable: within a unit still by x
        where[part] = by_x[order]
        whose[part] = units[order]
        total += _row_covers(where, whose, at[row], at[row + 1], box, columns, row, unsure, nothing)
    cover_at = np.zeros(columns * rows + 1, np.int64)
    cover_unit = np.empty(total, np.int32)
    pairs = np.empty((max(1, total), 2), np.int32)
    done = 0
    for row in range(rows):
        made = _row_covers(where, whose, at[row], at[row + 1], box, columns, row, unsure, pairs)
        base = row * columns
        for k in range(made):
            cover_at[base + pairs[k, 0] + 1] += 1
        for column in range(columns):
            cover_at[base + column + 1] += cover_at[base + column]
        for k in range(made):
            key = base + pairs[k, 0]
            cover_unit[cover_at[key]] = pairs[k, 1]
            cover_at[key] += 1
        for column in range(columns - 1, -1, -1):
            key = base + column
            cover_at[key] = cover_at[key - 1] if column > 0 else done
        done += made
        cover_at[base + columns] = done
    return cover_at, cover_unit, unsure


def _grid(xy: NDArray[np.float64], pieces: int, area_m2: float) -> tuple[NDArray[np.float64], int, int]:
    """Choose the cells: about two for each border piece, and bounded."""
    if len(xy) == 0:
        return np.array([0.0, 0.0, 1.0, 1.0]), 1, 1
    least, most = xy.min(axis=0), xy.max(axis=0)
    wide, high = np.maximum(most - least, 1.0)
    wanted = min(_MAX_CELLS, max(64.0, _CELLS_PER_BORDER_PIECE * pieces))
    cell = float(np.sqrt(wide * high / wanted))
    cell = max(cell, wide / wanted, high / wanted, _MIN_CELL_M)
    cell = max(cell, float(np.sqrt(area_m2 / (2 * _MAX_CELLS))))  # many areas on top of each other
    # Off any round number, so that borders at whole metres do not run through the middles of cells.
    cell *= 1.0 + 1.0 / np.pi / 1000
    corner = least - cell * np.array([0.6180339, 0.4142135])
    columns, rows = (np.floor((most - corner) / cell).astype(int) + 2).tolist()
    return np.array([corner[0], corner[1], cell, 1.0 / cell]), columns, rows


def prepare(units: NDArray[np.object_]) -> UnitIndex:
    """Return the index of a layer of areas, for the overlap and coincidence kernels.

    Parameters
    ----------
    units
        Valid polygons and multipolygons in a metre CRS; they may overlap and leave gaps.

    Returns
    -------
    UnitIndex
        About 100 bytes for each corner and 20 for each cell of the grid.

    Raises
    ------
    FrameGeometryUnsound
        When a shape is invalid, because its area would be wrong without any warning; repair it first.

    Examples
    --------
    >>> index = prepare(np.array([shapely.box(0, 0, 100, 100), shapely.box(100, 0, 200, 100)]))
    >>> len(index), len(index.piece)  # the border they share is kept once
    (2, 7)
    """
    units = np.asarray(units, dtype=object)
    unsound = np.flatnonzero(~shapely.is_valid(units))
    if len(unsound):
        reason = str(shapely.is_valid_reason(units[unsound[0]]))
        raise FrameGeometryUnsound(frame="units", key=int(unsound[0]), reason=reason)
    outlines = Outlines.of(shapely.orient_polygons(units))
    xy, ring_at = outlines.xy, outlines.ring_at
    rings = len(ring_at) - 1
    ring_unit = np.repeat(np.arange(len(units), dtype=np.int32), np.diff(outlines.shape_at))
    ring_of = np.repeat(np.arange(rings, dtype=np.int32), np.diff(ring_at))
    first = xy[ring_at[:-1]] if rings else np.empty((0, 2))

    inner = np.flatnonzero(ring_of[:-1] == ring_of[1:]) if len(xy) else np.empty(0, np.int64)
    a, b, ring = xy[inner], xy[inner + 1], ring_of[inner]
    step = ((a[:, 0] + b[:, 0]) / 2 - first[ring, 0]) * (b[:, 1] - a[:, 1])
    before = _sums_before(step, ring)
    ring_area = np.bincount(ring, step, rings).astype(np.float64)
    real = (a != b).any(axis=1)  # repeated points make no border
    ends = np.ascontiguousarray(np.hstack([a, b])[real])
    ring, before = ring[real], before[real]

    other, kept = _pair_up(ends)
    mine = np.flatnonzero(kept)
    right = other[mine]
    box, columns, rows = _grid(xy, len(mine), float(shapely.area(units).sum()))
    middle = (ends[mine, :2] + ends[mine, 2:]) / 2
    cell = np.floor((middle - box[:2]) * box[3]).astype(np.int64)
    order = np.argsort(cell[:, 1] * columns + cell[:, 0], kind="stable")
    mine, right = mine[order], right[order]
    piece = np.ascontiguousarray(ends[mine])
    matched = right >= 0
    piece_ring = np.stack([ring[mine], np.where(matched, ring[right], -1)], axis=1).astype(np.int32)
    piece_sum = np.stack([before[mine], np.where(matched, before[right], 0.0)], axis=1)

    cell_at, cell_piece = _fill_cells(piece, box, columns, rows)
    cover_at, cover_unit, unsure = _covers(xy, ring_at, ring_unit, box, columns, rows)
    start = np.floor((first - box[:2]) * box[3]).astype(np.int64)
    key = start[:, 1] * columns + start[:, 0]
    start_ring = np.argsort(key, kind="stable").astype(np.int32)
    start_at = np.zeros(columns * rows + 1, np.int32)
    np.cumsum(np.bincount(key, minlength=columns * rows), out=start_at[1:])
    return UnitIndex(
        units=units,
        area_m2=shapely.area(units),
        piece=piece,
        piece_ring=piece_ring,
        piece_sum=piece_sum,
        ring_unit=ring_unit,
        ring_x=np.ascontiguousarray(first[:, 0]),
        ring_y=np.ascontiguousarray(first[:, 1]),
        ring_area=ring_area,
        start_at=start_at,
        start_ring=start_ring,
        cell_at=cell_at,
        cell_piece=cell_piece,
        cover_at=cover_at,
        cover_unit=cover_unit,
        unsure=unsure,
        box=box,
        columns=columns,
        rows=rows,
        outlines=outlines,
    )
