"""How much of each drawing's outline runs along official borders, exactly and for very many drawings."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo.kernels.area_index import UnitIndex
from geo.kernels.geometry_arrays import CHUNK, Outlines, chunks
from geo.kernels.predicates import compiled


@compiled
def _tidy(intervals: Any, count: int) -> int:
    """Sort intervals and join those that meet; give how many remain."""
    order = np.argsort(intervals[:count, 0])
    sorted_ = intervals[:count][order]
    kept = 0
    intervals[0] = sorted_[0]
    for n in range(1, count):
        if sorted_[n, 0] <= intervals[kept, 1]:
            intervals[kept, 1] = max(intervals[kept, 1], sorted_[n, 1])
        else:
            kept += 1
            intervals[kept] = sorted_[n]
    return kept + 1


@compiled
def _disc(px: float, py: float, ex: float, ey: float, cx: float, cy: float, d2: float) -> tuple[float, float]:
    """Return the part of p + t e (0 <= t <= 1) within a disc as t from, t to; from > to where there is none."""
    length2 = ex * ex + ey * ey
    wx = px - cx
    wy = py - cy
    half = wx * ex + wy * ey
    # The distance of the line by the cross product, not by a difference of large squares.
    cross = wx * ey - wy * ex
    left = d2 * length2 - cross * cross
    if left < 0:
        return 1.0, 0.0
    root = np.sqrt(left)
    return (-half - root) / length2, (-half + root) / length2


@compiled
def near_piece(
    px: float, py: float, ex: float, ey: float,
    ax: float, ay: float, bx: float, by: float, within: float,
) -> tuple[float, float]:  # fmt: skip
    """Return the part of a line segment within a distance of another segment.

    The first segment is p + t e with 0 <= t <= 1, the other a-b. All points within a distance of a segment
    are a disc at each end and a rectangle between: one convex shape, so a line has one interval in it.

    Parameters
    ----------
    px, py
        Start of the first segment, in metres.
    ex, ey
        Its direction and length.
    ax, ay, bx, by
        The ends of the other segment.
    within
        Distance in metres.

    Returns
    -------
    t_from
        Begin of the part, from 0 to 1.
    t_to
        End of the part; not above `t_from` when nothing is within the distance.

    Examples
    --------
    A line of 10 m past the end of a border 3 m aside: within 5 m until 4 m past the end.

    >>> near_piece(0.0, 3.0, 10.0, 0.0, -9.0, 0.0, 2.0, 0.0, 5.0)
    (0.0, 0.6)
    """
    d2 = within * within
    least, most = _disc(px, py, ex, ey, ax, ay, d2)
    if least > most:
        least, most = np.inf, -np.inf
    low, high = _disc(px, py, ex, ey, bx, by, d2)
    if low <= high:
        least = min(least, low)
        most = max(most, high)
    ux = bx - ax
    uy = by - ay
    length = np.sqrt(ux * ux + uy * uy)
    if length > 0.0:
        ux /= length
        uy /= length
        low, high = -np.inf, np.inf
        for across in range(2):
            if across:
                begin = (px - ax) * -uy + (py - ay) * ux + within
                slope = ex * -uy + ey * ux
                room = 2 * within
            else:
                begin = (px - ax) * ux + (py - ay) * uy
                slope = ex * ux + ey * uy
                room = length
            if slope == 0.0:
                if begin < 0.0 or begin > room:
                    low, high = np.inf, -np.inf
            else:
                one = -begin / slope
                two = (room - begin) / slope
                low = max(low, min(one, two))
                high = min(high, max(one, two))
        if low <= high:
            least = min(least, low)
            most = max(most, high)
    return max(least, 0.0), min(most, 1.0)


@compiled
def _followed(
    xy: Any, ring_at: Any, shape_at: Any, piece: Any, cell_at: Any, cell_piece: Any, box: Any,
    columns: int, rows: int, within: float, tried: Any, out: Any,
) -> None:  # fmt: skip
    x0, y0, _, per_m = box
    intervals = np.empty((256, 2))
    edge = 0
    for s in range(len(shape_at) - 1):
        near = 0.0
        for ring in range(shape_at[s], shape_at[s + 1]):
            for i in range(ring_at[ring], ring_at[ring + 1] - 1):
                px = xy[i, 0]
                py = xy[i, 1]
                ex = xy[i + 1, 0] - px
                ey = xy[i + 1, 1] - py
                length = np.sqrt(ex * ex + ey * ey)
                if length == 0.0:
                    continue
                min_x = min(px, px + ex) - within
                max_x = max(px, px + ex) + within
                min_y = min(py, py + ey) - within
                max_y = max(py, py + ey) + within
                left = max(0, int(np.floor((min_x - x0) * per_m)))
                right = min(columns - 1, int(np.floor((max_x - x0) * per_m)))
                low = max(0, int(np.floor((min_y - y0) * per_m)))
                high = min(rows - 1, int(np.floor((max_y - y0) * per_m)))
                if left > right:
                    continue
                edge += 1
                count = 0
                whole = False
                for row in range(low, high + 1):
                    for k in range(cell_at[row * columns + left], cell_at[row * columns + right + 1]):
                        j = cell_piece[k]
                        if tried[j] == edge:
                            continue
                        tried[j] = edge
                        ax = piece[j, 0]
                        ay = piece[j, 1]
                        bx = piece[j, 2]
                        by = piece[j, 3]
                        if max(ax, bx) < min_x or min(ax, bx) > max_x:
                            continue
                        if max(ay, by) < min_y or min(ay, by) > max_y:
                            continue
                        begin, end = near_piece(px, py, ex, ey, ax, ay, bx, by, within)
                        if begin >= end:
                            continue
                        if begin == 0.0 and end == 1.0:
                            whole = True
                            break
                        if count == len(intervals):
                            count = _tidy(intervals, count)
                            if 2 * count > len(intervals):
                                larger = np.empty((2 * len(intervals), 2))
                                larger[:count] = intervals[:count]
                                intervals = larger
                        intervals[count, 0] = begin
                        intervals[count, 1] = end
                        count += 1
                    if whole:
                        break
                if whole:
                    near += length
                elif count == 1:
                    near += length * (intervals[0, 1] - intervals[0, 0])
                elif count:
                    count = _tidy(intervals, count)
                    for k in range(count):
                        near += length * (intervals[k, 1] - intervals[k, 0])
        out[s] = near


def followed(
    sketches: NDArray[np.object_] | Outlines, index: UnitIndex, *, within_m: float
) -> NDArray[np.float64]:
    """Return the length of each outline within a distance of any border of any unit.

    Parameters
    ----------
    sketches
        One chunk of valid polygons and multipolygons, or their `Outlines`, in metres; holes are outline too.
    index
        Index of the areas, from `area_index.prepare`.
    within_m
        Distance in metres, more than 0.

    Returns
    -------
    array
        Metres, one per sketch, 0 or more. Exact: `shapely.intersection(outline,
        borders.buffer(within_m)).length` approaches it as the buffer gets rounder.

    Examples
    --------
    Of the outline of a 10 x 40 m plot, 10 m lies on the border and 5 m of each long side within 5 m of it.

    >>> import shapely
    >>> from geo.kernels.area_index import prepare
    >>> index = prepare(np.array([shapely.box(0, 0, 100, 100)]))
    >>> followed(np.array([shapely.box(50, 60, 60, 100)]), index, within_m=5.0).tolist()
    [20.0]
    """
    outlines = sketches if isinstance(sketches, Outlines) else Outlines.of(sketches)
    found = np.zeros(len(outlines))
    _followed(
        outlines.xy, outlines.ring_at, outlines.shape_at, index.piece, index.cell_at, index.cell_piece,
        index.box, index.columns, index.rows, within_m, np.zeros(len(index.piece), np.int32), found,
    )  # fmt: skip
    return found


def merge(parts: Iterable[NDArray[np.float64]]) -> NDArray[np.float64]:
    """Return the lengths of chunks joined in order; merging merged parts is the same.

    Parameters
    ----------
    parts
        Results of `followed`, in the order of the chunks.

    Returns
    -------
    array
        Metres, one per sketch.
    """
    return np.concatenate(list(parts))


def all_followed(
    sketches: NDArray[np.object_],
    index: UnitIndex,
    *,
    within_m: float,
    threads: int = 1,
    size: int = CHUNK,
) -> NDArray[np.float64]:
    """Return the lengths for any number of sketches, a chunk at a time.

    See `followed`.

    Parameters
    ----------
    sketches
        Valid polygons and multipolygons in metres.
    index
        Index of the areas, from `area_index.prepare`.
    within_m
        Distance in metres, more than 0.
    threads
        Chunks computed at the same time; the result is the same for any number.
    size
        Sketches in a chunk, which limits the memory used.

    Returns
    -------
    array
        Metres, one per sketch, 0 or more.

    Examples
    --------
    >>> import shapely
    >>> from geo.kernels.area_index import prepare
    >>> squares = shapely.box(np.arange(3) * 100.0, 0, np.arange(3) * 100.0 + 10, 10)
    >>> all_followed(squares, prepare(shapely.box([0], [10], [110], [50])), within_m=2.0).tolist()
    [14.0, 14.0, 0.0]
    """
    if len(sketches) == 0:
        return followed(sketches, index, within_m=within_m)
    with ThreadPoolExecutor(threads) as pool:
        return merge(
            pool.map(lambda part: followed(part[1], index, within_m=within_m), chunks(sketches, size))
        )
