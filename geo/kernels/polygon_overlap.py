"""Which drawing shares how much ground with which area, for very many drawings at once.

The area of a drawing S within a unit U is the integral of x dy along the border of what they share: the
pieces of S's outline inside U and the pieces of U's outline inside S. With P the running integral along a
ring, and every ring run with its own ground on the left, that becomes a sum over crossings only::

    area = sum over crossings of sign * (P_U - P_S)
         + area of each ring of S that starts inside U + area of each ring of U that starts inside S

with sign 1 where S's outline enters U and -1 where it leaves. No geometry is made and the number of corners
of the units does not matter. Holes and parts are rings like any other.
"""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.kernels.area_index import UnitIndex, span
from geo.kernels.geometry_arrays import CHUNK, Outlines, chunks
from geo.kernels.predicates import compiled, crossing, inside


@dataclass(frozen=True)
class Overlaps:
    """Pairs of a drawing and an area that share ground.

    Attributes
    ----------
    sketch, unit
        Their numbers, int64 and int32 of shape (pairs,); in the order of the drawings, then of the units.
    area_m2
        Ground they share, float64 of shape (pairs,), always more than 0.
    fell_back
        How many drawings GEOS computed because rounding left a doubt.
    """

    sketch: NDArray[np.int64]
    unit: NDArray[np.int32]
    area_m2: NDArray[np.float64]
    fell_back: int = 0

    @classmethod
    def merge(cls, parts: Iterable["Overlaps"]) -> "Overlaps":
        """Return the results of chunks joined in order; merging merged parts is the same.

        Parameters
        ----------
        parts
            Results of `overlap`, in the order of the chunks.

        Returns
        -------
        Overlaps
            All their pairs.
        """
        held = list(parts)
        if not held:
            return cls(np.empty(0, np.int64), np.empty(0, np.int32), np.empty(0, np.float64))
        return cls(
            np.concatenate([part.sketch for part in held]),
            np.concatenate([part.unit for part in held]),
            np.concatenate([part.area_m2 for part in held]),
            sum(part.fell_back for part in held),
        )


@compiled
def _overlap(  # one loop over outlines; calls in it would cost a third more
    xy: Any, ring_at: Any, shape_at: Any, hole: Any, first: int,
    piece: Any, piece_ring: Any, piece_sum: Any, ring_unit: Any, ring_x: Any, ring_y: Any, ring_area: Any,
    start_at: Any, start_ring: Any, cell_at: Any, cell_piece: Any, cover_at: Any, cover_unit: Any,
    unsure: Any, unit_area: Any, box: Any, columns: int, rows: int,
    tried: Any, seen: Any, inner: Any, state: Any, total: Any, touched: Any,
    out_sketch: Any, out_unit: Any, out_area: Any, doubtful: Any,
) -> tuple[int, int]:  # fmt: skip
    """Fill the output from shape `first` on; give the shape where it was full and the number of pairs."""
    x0, y0, cell, per_m = box
    margin = cell * 1e-7
    made = 0
    edge = tried[len(tried) - 1]  # a number for each outline piece, so no border is tried twice for it
    for s in range(first, len(shape_at) - 1):
        if shape_at[s] == shape_at[s + 1]:
            continue
        doubt = False
        many = 0
        origin = ring_at[shape_at[s]]
        ox = xy[origin, 0]
        oy = xy[origin, 1]
        own = 0.0
        min_x = max_x = ox
        min_y = max_y = oy
        for ring in range(shape_at[s], shape_at[s + 1]):
            begin = ring_at[ring]
            end = ring_at[ring + 1] - 1
            area = 0.0
            for i in range(begin, end):
                area += ((xy[i, 0] + xy[i + 1, 0]) / 2 - ox) * (xy[i + 1, 1] - xy[i, 1])
                min_x = min(min_x, xy[i, 0])
                max_x = max(max_x, xy[i, 0])
                min_y = min(min_y, xy[i, 1])
                max_y = max(max_y, xy[i, 1])
            turn = 1.0 if (area > 0) != hole[ring] else -1.0
            own += turn * area

            # Which units hold the first point of this ring: those over the middle of its cell, changed by
            # each border between that middle and the point.
            px = xy[begin, 0]
            py = xy[begin, 1]
            fx = (px - x0) * per_m
            fy = (py - y0) * per_m
            here = -1
            if 0 <= fx < columns and 0 <= fy < rows:
                column = int(fx)
                row = int(fy)
                here = row * columns + column
                if unsure[here]:
                    doubt = True
                    break
                for k in range(cover_at[here], cover_at[here + 1]):
                    u = cover_unit[k]
                    if seen[u] != s:
                        seen[u] = s
                        total[u] = 0.0
                        state[u] = 0
                        touched[many] = u
                        many += 1
                    state[u] ^= 1
                if cell_at[here] < cell_at[here + 1]:
                    mx = x0 + (column + 0.5) * cell
                    my = y0 + (row + 0.5) * cell
                    for k in range(cell_at[here], cell_at[here + 1]):
                        j = cell_piece[k]
                        way = crossing(mx, my, px, py, piece[j, 0], piece[j, 1], piece[j, 2], piece[j, 3])
                        if way == 0:
                            continue
                        if way == 2:
                            doubt = True
                            break
                        for at_side in range(2):
                            r = piece_ring[j, at_side]
                            if r < 0:
                                continue
                            u = ring_unit[r]
                            if seen[u] != s:
                                seen[u] = s
                                total[u] = 0.0
                                state[u] = 0
                                touched[many] = u
                                many += 1
                            state[u] ^= 1
                if doubt:
                    break
                for k in range(many):
                    u = touched[k]
                    inner[u] = state[u]
                    if state[u]:
                        total[u] += turn * area
            else:
                for k in range(many):
                    inner[touched[k]] = 0

            # Walk the ring and add what each crossing gives.
            run = 0.0
            before = here
            for i in range(begin, end):
                px = xy[i, 0]
                py = xy[i, 1]
                qx = xy[i + 1, 0]
                qy = xy[i + 1, 1]
                fx = (qx - x0) * per_m
                fy = (qy - y0) * per_m
                after = -1
                if 0 <= fx < columns and 0 <= fy < rows:
                    after = int(fy) * columns + int(fx)
                single = before == after and before >= 0
                if single:
                    row_low = row_high = 0
                else:
                    row_low = max(0, int(np.floor((min(py, qy) - margin - y0) * per_m)))
                    row_high = min(rows - 1, int(np.floor((max(py, qy) + margin - y0) * per_m)))
                    edge += 1
                met = False
                for row in range(row_low, row_high + 1):
                    if single:
                        key_low = key_high = before
                    else:
                        least, most = span(px, py, qx, qy, y0 + row * cell, y0 + (row + 1) * cell, margin)
                        left = max(0, int(np.floor((least - x0) * per_m)))
                        right = min(columns - 1, int(np.floor((most - x0) * per_m)))
                        if left > right:
                            continue
                        key_low = row * columns + left
                        key_high = row * columns + right
                    for k in range(cell_at[key_low], cell_at[key_high + 1]):
                        j = cell_piece[k]
                        if not single:
                            if tried[j] == edge:
                                continue
                            tried[j] = edge
                        ax = piece[j, 0]
                        ay = piece[j, 1]
                        bx = piece[j, 2]
                        by = piece[j, 3]
                        way = crossing(px, py, qx, qy, ax, ay, bx, by)
                        if way == 0:
                            continue
                        if way == 2:
                            if px == qx and py == qy:
                                continue  # a repeated point has no length to cross with
                            doubt = True
                            break
                        met = True
                        # Where they cross, from the first point of the drawing for the sake of rounding.
                        from_p = (ax - px) * (by - py) - (ay - py) * (bx - px)
                        from_q = (ax - qx) * (by - qy) - (ay - qy) * (bx - qx)
                        t = from_p / (from_p - from_q)
                        cx = (px - ox) + t * (qx - px)
                        cy = (py - oy) + t * (qy - py)
                        mine = run + (cy - (py - oy)) * ((px - ox) + cx) / 2
                        for at_side in range(2):
                            r = piece_ring[j, at_side]
                            if r < 0:
                                continue
                            u = ring_unit[r]
                            if seen[u] != s:
                                seen[u] = s
                                total[u] = 0.0
                                state[u] = 0
                                inner[u] = 0
                                touched[many] = u
                                many += 1
                            if at_side == 0:
                                sx = ax
                                sy = ay
                                sign = way
                            else:
                                sx = bx
                                sy = by
                                sign = -way
                            theirs = (
                                piece_sum[j, at_side]
                                + (ring_x[r] - ox) * (sy - ring_y[r])
                                + (cy - (sy - oy)) * ((sx - ox) + cx) / 2
                            )
                            total[u] += turn * sign * (theirs - mine)
                            state[u] += sign
                    if doubt:
                        break
                if doubt:
                    break
                if met:
                    # In or out, nothing else: a border met twice or missed would show here.
                    for k in range(many):
                        if state[touched[k]] < 0 or state[touched[k]] > 1:
                            doubt = True
                run += (qy - py) * ((px - ox) + (qx - ox)) / 2
                before = after
            if doubt:
                break
            for k in range(many):
                u = touched[k]
                if state[u] != inner[u]:
                    doubt = True
                state[u] = 0
                inner[u] = 0
        # Rings of units that begin inside the drawing.
        if not doubt:
            row_low = max(0, int(np.floor((min_y - y0) * per_m)))
            row_high = min(rows - 1, int(np.floor((max_y - y0) * per_m)))
            left = max(0, int(np.floor((min_x - x0) * per_m)))
            right = min(columns - 1, int(np.floor((max_x - x0) * per_m)))
            if left <= right:
                for row in range(row_low, row_high + 1):
                    for k in range(start_at[row * columns + left], start_at[row * columns + right + 1]):
                        r = start_ring[k]
                        x = ring_x[r]
                        y = ring_y[r]
                        if x < min_x or x > max_x or y < min_y or y > max_y:
                            continue
                        found = inside(x, y, xy, ring_at, shape_at[s], shape_at[s + 1])
                        if found == 2:
                            doubt = True
                        elif found == 1:
                            u = ring_unit[r]
                            if seen[u] != s:
                                seen[u] = s
                                total[u] = 0.0
                                state[u] = 0
                                inner[u] = 0
                                touched[many] = u
                                many += 1
                            total[u] += ring_area[r]
        if not doubt:
            for k in range(many):
                u = touched[k]
                room = 1e-3 + 1e-9 * unit_area[u]
                if total[u] < -room or total[u] > min(own, unit_area[u]) + room:
                    doubt = True
        if doubt:
            doubtful[s] = 1
            continue
        if made + many > len(out_sketch):
            for k in range(many):
                seen[touched[k]] = -1  # this drawing is done again in a fresh output
            tried[len(tried) - 1] = edge
            return s, made
        touched[:many].sort()
        for k in range(many):
            u = touched[k]
            if total[u] > 0.0:
                out_sketch[made] = s
                out_unit[made] = u
                out_area[made] = total[u]
                made += 1
    tried[len(tried) - 1] = edge
    return len(shape_at) - 1, made


def _by_geos(outlines: Outlines, numbers: NDArray[np.int64], index: UnitIndex) -> Overlaps:
    """Compute the doubtful few the plain way."""
    shapes = np.array([outlines.shape(int(number)) for number in numbers], dtype=object)
    row, unit = index.tree.query(shapes, predicate="intersects")
    area = shapely.area(shapely.intersection(shapes[row], index.units[unit]))
    some = area > 0
    return Overlaps(numbers[row[some]], unit[some].astype(np.int32), area[some], len(numbers))


def overlap(sketches: NDArray[np.object_] | Outlines, index: UnitIndex, *, first: int = 0) -> Overlaps:
    """Return the shared area of each sketch of one chunk with each official area.

    Parameters
    ----------
    sketches
        Valid polygons and multipolygons, or their `Outlines`, in the CRS of the areas.
    index
        Index of the areas, from `area_index.prepare`.
    first
        Number of the first sketch of this chunk among all.

    Returns
    -------
    Overlaps
        Equal to the area of `shapely.intersection` to a millionth, or to 1 cm² where that is more.

    Examples
    --------
    A drawing of 400 m2 half over the border of two areas, the second with a hole under it.

    >>> from geo.kernels.area_index import prepare
    >>> east = shapely.box(100, 0, 200, 100).difference(shapely.box(103, 53, 105, 55))
    >>> index = prepare(np.array([shapely.box(0, 0, 100, 100), east]))
    >>> found = overlap(np.array([shapely.box(90.5, 50.5, 110.5, 70.5)]), index)
    >>> found.unit.tolist(), found.area_m2.round(6).tolist()
    ([0, 1], [190.0, 206.0])
    """
    outlines = sketches if isinstance(sketches, Outlines) else Outlines.of(sketches)
    units = len(index)
    room = max(units + 1, 4096, 6 * len(outlines))
    tried = np.zeros(len(index.piece) + 1, np.int32)
    seen = np.full(units, -1, np.int64)
    doubtful = np.zeros(len(outlines), np.uint8)
    found: list[Overlaps] = []
    at = 0
    while at < len(outlines):
        sketch, unit, area = np.empty(room, np.int64), np.empty(room, np.int32), np.empty(room)
        at, made = _overlap(
            outlines.xy, outlines.ring_at, outlines.shape_at, outlines.hole, at,
            index.piece, index.piece_ring, index.piece_sum,
            index.ring_unit, index.ring_x, index.ring_y, index.ring_area,
            index.start_at, index.start_ring, index.cell_at, index.cell_piece,
            index.cover_at, index.cover_unit, index.unsure, index.area_m2,
            index.box, index.columns, index.rows,
            tried, seen, np.zeros(units, np.int32), np.zeros(units, np.int32), np.empty(units),
            np.empty(units, np.int32), sketch, unit, area, doubtful,
        )  # fmt: skip
        found.append(Overlaps(sketch[:made], unit[:made], area[:made]))
    if doubtful.any():
        found.append(_by_geos(outlines, np.flatnonzero(doubtful), index))
    pairs = Overlaps.merge(found)
    if doubtful.any():
        order = np.lexsort((pairs.unit, pairs.sketch))
        pairs = Overlaps(pairs.sketch[order], pairs.unit[order], pairs.area_m2[order], pairs.fell_back)
    return Overlaps(pairs.sketch + first, pairs.unit, pairs.area_m2, pairs.fell_back)


def overlaps(
    sketches: NDArray[np.object_], index: UnitIndex, *, threads: int = 1, size: int = CHUNK
) -> Overlaps:
    """Return the shared area of any number of sketches with each official area.

    The work is done a chunk at a time.

    Parameters
    ----------
    sketches
        Valid polygons and multipolygons in the CRS of the areas.
    index
        Index of the areas, from `area_index.prepare`.
    threads
        Chunks computed at the same time; the result is the same for any number.
    size
        Sketches in a chunk, which limits the memory used beside the result itself.

    Returns
    -------
    Overlaps
        As from `overlap`.

    Examples
    --------
    >>> from geo.kernels.area_index import prepare
    >>> squares = shapely.box(np.arange(3), 0.0, np.arange(3) + 1.0, 1.0)
    >>> overlaps(squares, prepare(np.array([shapely.box(0.25, -1, 1.5, 2)]))).area_m2.tolist()
    [0.75, 0.5]
    """
    with ThreadPoolExecutor(threads) as pool:
        return Overlaps.merge(
            pool.map(lambda part: overlap(part[1], index, first=part[0]), chunks(sketches, size))
        )
