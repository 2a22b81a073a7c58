"""How many facilities lie within reach of each drawing, for very many drawings."""

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.kernels.geometry_arrays import CHUNK, Outlines, chunks
from geo.kernels.predicates import compiled, distance2, side

_POINTS_PER_CELL = 2.0
_MAX_CELLS = 4_000_000
_RUN = 8  # outline pieces that share one box


@dataclass(frozen=True)
class PointIndex:
    """Points sorted into cells; build it once with `prepare`.

    Attributes
    ----------
    xy
        The points cell by cell, in metres, float64 of shape (points, 2).
    cell_at
        Offset of each cell in `xy`, int64 of shape (cells + 1,).
    box
        Least x and y, cell size and its inverse, in metres: float64 of shape (4,).
    columns, rows
        Size of the grid.
    """

    xy: NDArray[np.float64]
    cell_at: NDArray[np.int64]
    box: NDArray[np.float64]
    columns: int
    rows: int

    @cached_property
    def tree(self) -> shapely.STRtree:
        """The same points for the drawings that GEOS must compute."""
        return shapely.STRtree(np.asarray(shapely.points(self.xy)))

    def __getstate__(self) -> dict[str, Any]:
        """Leave the tree out: it cannot travel and is built again soon."""
        return {name: value for name, value in self.__dict__.items() if name != "tree"}


def prepare(xy: NDArray[np.float64]) -> PointIndex:
    """Return points sorted into cells of about two points each.

    Parameters
    ----------
    xy
        Finite coordinates in metres, of shape (points, 2).

    Returns
    -------
    PointIndex
        The points and where each cell begins.

    Examples
    --------
    >>> prepare(np.array([[0.0, 0.0], [30.0, 40.0]])).xy.shape
    (2, 2)
    """
    xy = np.asarray(xy, np.float64).reshape(-1, 2)
    if len(xy) == 0:
        return PointIndex(xy, np.zeros(2, np.int64), np.array([0.0, 0.0, 1.0, 1.0]), 1, 1)
    least = xy.min(axis=0)
    wide, high = np.maximum(xy.max(axis=0) - least, 1.0)
    wanted = min(_MAX_CELLS, max(1.0, len(xy) / _POINTS_PER_CELL))
    cell = max(float(np.sqrt(wide * high / wanted)), wide / wanted, high / wanted)
    columns, rows = int(wide / cell) + 1, int(high / cell) + 1
    at = np.minimum(((xy - least) / cell).astype(np.int64), [columns - 1, rows - 1])
    key = at[:, 1] * columns + at[:, 0]
    cell_at = np.zeros(columns * rows + 1, np.int64)
    np.cumsum(np.bincount(key, minlength=columns * rows), out=cell_at[1:])
    box = np.array([least[0], least[1], cell, 1.0 / cell])
    return PointIndex(np.ascontiguousarray(xy[np.argsort(key, kind="stable")]), cell_at, box, columns, rows)


@compiled
def _count(
    xy: Any, ring_at: Any, shape_at: Any, points: Any, cell_at: Any, box: Any, columns: int, rows: int,
    reach: Any, runs: Any, out: Any, doubtful: Any,
) -> None:  # fmt: skip
    x0, y0, _, per_m = box
    most = len(reach)
    far = reach[most - 1]
    near2 = reach[0] * reach[0] * (1 - 1e-9)
    for s in range(len(shape_at) - 1):
        if shape_at[s] == shape_at[s + 1]:
            continue
        many = 0
        min_x = min_y = np.inf
        max_x = max_y = -np.inf
        for ring in range(shape_at[s], shape_at[s + 1]):
            last = ring_at[ring + 1] - 1
            for begin in range(ring_at[ring], last, _RUN):
                end = min(begin + _RUN, last)
                left = right = xy[begin, 0]
                low = high = xy[begin, 1]
                for i in range(begin + 1, end + 1):
                    left = min(left, xy[i, 0])
                    right = max(right, xy[i, 0])
                    low = min(low, xy[i, 1])
                    high = max(high, xy[i, 1])
                runs[many, 0] = left
                runs[many, 1] = low
                runs[many, 2] = right
                runs[many, 3] = high
                runs[many, 4] = begin
                runs[many, 5] = end
                many += 1
                min_x = min(min_x, left)
                max_x = max(max_x, right)
                min_y = min(min_y, low)
                max_y = max(max_y, high)
        left_column = max(0, int(np.floor((min_x - far - x0) * per_m)))
        right_column = min(columns - 1, int(np.floor((max_x + far - x0) * per_m)))
        row_low = max(0, int(np.floor((min_y - far - y0) * per_m)))
        row_high = min(rows - 1, int(np.floor((max_y + far - y0) * per_m)))
        if left_column > right_column:
            continue
        doubt = False
        start = 0  # the run that was nearest to the last point is probably near this one
        for row in range(row_low, row_high + 1):
            for k in range(cell_at[row * columns + left_column], cell_at[row * columns + right_column + 1]):
                x = points[k, 0]
                y = points[k, 1]
                dx = max(min_x - x, 0.0, x - max_x)
                dy = max(min_y - y, 0.0, y - max_y)
                if dx * dx + dy * dy > far * far * (1 + 1e-9):
                    continue
                odd = 0
                if dx == 0.0 and dy == 0.0:
                    for n in range(many):
                        if runs[n, 1] > y or runs[n, 3] < y or runs[n, 2] < x:
                            continue
                        for i in range(int(runs[n, 4]), int(runs[n, 5])):
                            ay = xy[i, 1]
                            by = xy[i + 1, 1]
                            if max(ay, by) < y or min(ay, by) > y:
                                continue
                            ax = xy[i, 0]
                            bx = xy[i + 1, 0]
                            if max(ax, bx) < x:
                                continue
                            if ay == by:
                                if min(ax, bx) <= x:
                                    doubt = True
                                continue
                            where = side(ax, ay, bx, by, x, y)
                            if where == 0:
                                doubt = True
                            elif (ay <= y < by and where == 1) or (by <= y < ay and where == -1):
                                odd ^= 1
                if odd:
                    for m in range(most):
                        out[s, m] += 1
                    continue
                if far == 0.0:
                    continue
                best = far * far * (1 + 2e-9)
                from_run = start
                for step in range(many):
                    n = from_run + step
                    if n >= many:
                        n -= many
                    dx = max(runs[n, 0] - x, 0.0, x - runs[n, 2])
                    dy = max(runs[n, 1] - y, 0.0, y - runs[n, 3])
                    if dx * dx + dy * dy >= best:
                        continue
                    for i in range(int(runs[n, 4]), int(runs[n, 5])):
                        d2 = distance2(x, y, xy[i, 0], xy[i, 1], xy[i + 1, 0], xy[i + 1, 1])
                        if d2 < best:
                            best = d2
                            start = n
                    if best < near2:
                        break
                for m in range(most):
                    r2 = reach[m] * reach[m]
                    if r2 > 0.0 and abs(best - r2) <= 1e-9 * r2:
                        doubt = True
                    if best <= r2 and r2 > 0.0:
                        out[s, m] += 1
        if doubt:
            doubtful[s] = 1


def counts(
    sketches: NDArray[np.object_] | Outlines, facilities: PointIndex, reach_m: Sequence[float]
) -> NDArray[np.int32]:
    """Count for each sketch of one chunk the facilities inside or within reach.

    Parameters
    ----------
    sketches
        Valid polygons and multipolygons, or their `Outlines`, in metres.
    facilities
        Index of points, from `prepare`.
    reach_m
        Distances in metres in rising order; 0 counts what lies inside or on the outline.

    Returns
    -------
    array
        Int32, sketches x distances. Equal to `shapely.dwithin`, a distance of exactly `reach_m` included.

    Examples
    --------
    A bench inside, one 30 m off the corner (18 east, 24 north) and one far away.

    >>> benches = prepare(np.array([[5.0, 5.0], [28.0, 34.0], [900.0, 0.0]]))
    >>> counts(np.array([shapely.box(0, 0, 10, 10)]), benches, (0.0, 29.0, 30.0)).tolist()
    [[1, 1, 2]]
    """
    outlines = sketches if isinstance(sketches, Outlines) else Outlines.of(sketches)
    reach = np.asarray(reach_m, np.float64)
    found = np.zeros((len(outlines), len(reach)), np.int32)
    if len(outlines) == 0 or len(reach) == 0:
        return found
    doubtful = np.zeros(len(outlines), np.uint8)
    pieces = np.diff(outlines.ring_at[outlines.shape_at])
    longest = int(pieces.max(initial=0)) // _RUN + int(np.diff(outlines.shape_at).max(initial=0)) + 1
    _count(
        outlines.xy, outlines.ring_at, outlines.shape_at,
        facilities.xy, facilities.cell_at, facilities.box, facilities.columns, facilities.rows,
        reach, np.empty((longest, 6)), found, doubtful,
    )  # fmt: skip
    for number in np.flatnonzero(doubtful):
        shape = outlines.shape(int(number))
        found[number] = [len(facilities.tree.query(shape, predicate="dwithin", distance=r)) for r in reach]
    return found


def merge(parts: Iterable[NDArray[np.int32]]) -> NDArray[np.int32]:
    """Return the counts of chunks joined in order; merging merged parts is the same.

    Parameters
    ----------
    parts
        Results of `counts`, in the order of the chunks.

    Returns
    -------
    array
        Int32, sketches x distances.
    """
    return np.concatenate(list(parts))


def all_counts(
    sketches: NDArray[np.object_],
    facilities: PointIndex,
    reach_m: Sequence[float],
    *,
    threads: int = 1,
    size: int = CHUNK,
) -> NDArray[np.int32]:
    """Count for any number of sketches, a chunk at a time.

    See `counts`.

    Parameters
    ----------
    sketches
        Valid polygons and multipolygons in metres.
    facilities
        Index of points, from `prepare`.
    reach_m
        Distances in metres in rising order.
    threads
        Chunks computed at the same time; the result is the same for any number.
    size
        Sketches in a chunk, which limits the memory used.

    Returns
    -------
    array
        Int32, sketches x distances.

    Examples
    --------
    >>> squares = shapely.box(np.arange(3) * 100.0, 0, np.arange(3) * 100.0 + 10, 10)
    >>> all_counts(squares, prepare(np.array([[5.0, 5.0], [150.0, 5.0]])), (0.0, 50.0)).tolist()
    [[1, 1], [0, 1], [0, 1]]
    """
    if len(sketches) == 0:
        return counts(sketches, facilities, reach_m)
    with ThreadPoolExecutor(threads) as pool:
        return merge(pool.map(lambda part: counts(part[1], facilities, reach_m), chunks(sketches, size)))
