"""How often an outline crosses itself, counted before anything that costs by the crossing.

Repairing an outline of n random points costs about n²/8 crossings: 2,000 points took a minute. Counting them, up to
a limit, takes milliseconds.
"""

import numpy as np
import shapely
from numpy.typing import NDArray

MAX_CROSSINGS = 2_000
"""More than an honest line has; a repair of as many takes a hundredth of a second."""
MAX_PAIRS = 1_000_000
"""Pairs of segments with boxes that meet; parallel diagonals have many of those and not one crossing."""
_FIRST_BLOCK = 16
_BLOCK_PAIRS = 100_000

Numbers = NDArray[np.float64]
Places = NDArray[np.intp]


def exceeds_crossings(
    shapes: NDArray[np.object_], *, max_crossings: int = MAX_CROSSINGS, max_pairs: int = MAX_PAIRS
) -> bool:
    """Return whether outlines cross too often to be repaired cheaply.

    The crossings of all shapes count together.

    Parameters
    ----------
    shapes
        Polygons or lines of one sketch, in any plane.
    max_crossings
        Largest accepted number of crossings, of segments that do not follow each other.
    max_pairs
        Largest number of segment pairs to inspect; beyond it the answer is True.

    Returns
    -------
    bool
        True when either limit is exceeded.

    Notes
    -----
    The count stops at the limit, so that it costs no more for the worst shape than for one just over it.

    Examples
    --------
    >>> zigzag = [(x, (x % 2) * 10) for x in range(60)] + [(60 - y / 10, y % 10) for y in range(60)]
    >>> exceeds_crossings(np.array([shapely.LineString(zigzag)]), max_crossings=10)
    True
    >>> exceeds_crossings(np.array([shapely.box(0, 0, 1, 1)]), max_crossings=0)
    False
    """
    start, end, chain = _segments(shapes)
    n = len(start)
    if n * (n - 3) / 2 <= min(max_crossings, max_pairs):
        return False
    sides: NDArray[np.object_] = np.asarray(shapely.linestrings(np.stack([start, end], axis=1)), dtype=object)
    tree = shapely.STRtree(sides)
    seen = crossings = 0
    first, size = 0, _FIRST_BLOCK
    while first < n:
        last = min(first + size, n)
        one, other = tree.query(sides[first:last])
        one += first
        seen += int(np.count_nonzero(one < other))
        if seen > max_pairs:
            return True
        apart = (one + 1 < other) & ~_is_closing(one, other, chain)
        crossings += _count_meetings(start, end, one[apart], other[apart])
        if crossings > max_crossings:
            return True
        size = max(1, min(4 * size, int((last - first) * _BLOCK_PAIRS / max(len(one), 1))))
        first = last
    return False


def _segments(shapes: NDArray[np.object_]) -> tuple[Numbers, Numbers, Places]:
    """Return the starts, the ends and the number of the ring of every segment that has a length."""
    lines = np.concatenate([shapely.get_rings(shapes), shapes[shapely.get_dimensions(shapes) == 1]])
    coordinates, of = shapely.get_coordinates(lines, return_index=True)
    start, end = coordinates[:-1], coordinates[1:]
    real = (of[1:] == of[:-1]) & (start != end).any(axis=1)
    return start[real], end[real], of[:-1][real]


def _is_closing(one: Places, other: Places, chain: Places) -> NDArray[np.bool_]:
    """Return which pairs are the first and the last segment of one ring: they meet where it closes."""
    first = np.searchsorted(chain, chain[one], side="left")
    last = np.searchsorted(chain, chain[one], side="right") - 1
    return np.asarray((one == first) & (other == last))


def _count_meetings(start: Numbers, end: Numbers, one: Places, other: Places) -> int:
    """Count the pairs of segments that cross or touch."""
    a, b, c, d = start[one], end[one], start[other], end[other]
    return int(
        np.count_nonzero((_turn(a, b, c) * _turn(a, b, d) <= 0) & (_turn(c, d, a) * _turn(c, d, b) <= 0))
    )


def _turn(a: Numbers, b: Numbers, c: Numbers) -> Numbers:
    """Return on which side of the line from a to b each c lies."""
    (ux, uy), (vx, vy) = (b - a).T, (c - a).T
    return np.asarray(np.sign(ux * vy - uy * vx))
