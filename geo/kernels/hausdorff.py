"""The largest distance between two outlines, for very many pairs; most corners are left early."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo.kernels.geometry_arrays import Outlines
from geo.kernels.predicates import compiled, distance2


@compiled
def _one_way(
    xy: Any, begin: int, end: int, other: Any, ring_at: Any, first: int, last: int, worst: float
) -> float:
    """Return the largest squared distance from the corners of one outline to another, at least `worst`."""
    start_ring = first
    start = ring_at[first]
    for i in range(begin, end):
        x = xy[i, 0]
        y = xy[i, 1]
        best = np.inf
        near_ring = start_ring
        near = start
        # From the piece that was nearest to the corner before, onwards round its ring, then the other rings.
        for turn in range(last - first):
            ring = start_ring + turn
            if ring >= last:
                ring -= last - first
            low = ring_at[ring]
            count = ring_at[ring + 1] - 1 - low
            at = start if turn == 0 else low
            for _ in range(count):
                d2 = distance2(x, y, other[at, 0], other[at, 1], other[at + 1, 0], other[at + 1, 1])
                if d2 < best:
                    best = d2
                    near = at
                    near_ring = ring
                    if best <= worst:
                        break
                at += 1
                if at == low + count:
                    at = low
            if best <= worst:
                break
        start = near
        start_ring = near_ring
        worst = max(worst, best)
    return worst


@compiled
def _distances(
    xy: Any, ring_at: Any, shape_at: Any, other: Any, other_ring_at: Any, other_shape_at: Any,
    one: Any, two: Any, out: Any,
) -> None:  # fmt: skip
    for k in range(len(one)):
        first, last = shape_at[one[k]], shape_at[one[k] + 1]
        other_first, other_last = other_shape_at[two[k]], other_shape_at[two[k] + 1]
        if first == last or other_first == other_last:
            out[k] = np.nan
            continue
        worst = 0.0
        for ring in range(first, last):
            worst = _one_way(
                xy, ring_at[ring], ring_at[ring + 1] - 1,
                other, other_ring_at, other_first, other_last, worst,
            )  # fmt: skip
        for ring in range(other_first, other_last):
            worst = _one_way(
                other, other_ring_at[ring], other_ring_at[ring + 1] - 1, xy, ring_at, first, last, worst
            )
        out[k] = np.sqrt(worst)


def distances(
    sketches: Outlines, units: Outlines, sketch: NDArray[np.int64], unit: NDArray[np.int32]
) -> NDArray[np.float64]:
    """Return the Hausdorff distance of each pair, measured at the corners of both.

    Parameters
    ----------
    sketches, units
        The outlines, in metres.
    sketch, unit
        Numbers of the two of each pair, of shape (pairs,).

    Returns
    -------
    float64 of shape (pairs,)
        Metres, as `shapely.hausdorff_distance` of the boundaries; NaN where one is empty. Pairs are
        independent: parts of chunks are joined in their order.

    Examples
    --------
    >>> import shapely
    >>> one = Outlines.of(np.array([shapely.box(0, 0, 10, 10)]))
    >>> two = Outlines.of(np.array([shapely.box(0, 0, 10, 14)]))
    >>> distances(one, two, np.array([0]), np.array([0], np.int32)).tolist()
    [4.0]
    """
    found = np.empty(len(sketch))
    _distances(
        sketches.xy, sketches.ring_at, sketches.shape_at, units.xy, units.ring_at, units.shape_at,
        sketch, unit, found,
    )  # fmt: skip
    return found
