"""What every compiled kernel asks of points and lines, answered for certain or not at all."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

_Function = TypeVar("_Function", bound=Callable[..., Any])

# Compiled once for a machine (kept on disk); other Python threads run on while a kernel works.
compiled = cast("Callable[[_Function], _Function]", numba.njit(cache=True, nogil=True))

# (3 + 16 u) u with u = 2**-53: Shewchuk's bound for the orientation determinant.
_UNSURE = 3.3306690738754716e-16


@compiled
def side(ax: float, ay: float, bx: float, by: float, cx: float, cy: float) -> int:
    """Return on which side of the line from a to b point c lies.

    Parameters
    ----------
    ax, ay, bx, by, cx, cy
        Three points, in metres; any finite numbers.

    Returns
    -------
    int
        1 left, -1 right, 0 on the line or too near to tell in floating point.

    Examples
    --------
    >>> side(0.0, 0.0, 1.0, 0.0, 0.5, 1.0), side(0.0, 0.0, 1.0, 0.0, 0.5, 0.0)
    (1, 0)
    """
    left = (ax - cx) * (by - cy)
    right = (ay - cy) * (bx - cx)
    turn = left - right
    bound = _UNSURE * (abs(left) + abs(right))
    if turn > bound:
        return 1
    if -turn > bound:
        return -1
    return 0


@compiled
def distance2(x: float, y: float, ax: float, ay: float, bx: float, by: float) -> float:
    """Return the squared distance of a point to the segment from a to b.

    Parameters
    ----------
    x, y
        The point, in metres.
    ax, ay, bx, by
        The ends of the segment, in metres; they may be equal.

    Returns
    -------
    float
        Square metres, 0 or more.

    Examples
    --------
    >>> distance2(3.0, 4.0, -1.0, 0.0, 0.0, 0.0), distance2(3.0, 4.0, 0.0, 0.0, 9.0, 0.0)
    (25.0, 16.0)
    """
    ex = bx - ax
    ey = by - ay
    ax -= x
    ay -= y
    length = ex * ex + ey * ey
    along = -(ax * ex + ay * ey)
    if along > 0.0 and length > 0.0:
        t = min(along / length, 1.0)
        ax += t * ex
        ay += t * ey
    return float(ax * ax + ay * ay)


@compiled
def crossing(px: float, py: float, qx: float, qy: float, ax: float, ay: float, bx: float, by: float) -> int:
    """Return whether segment p-q crosses segment a-b, and in which direction.

    Parameters
    ----------
    px, py, qx, qy
        The ends of the segment that may cross, in metres.
    ax, ay, bx, by
        The ends of the segment that may be crossed, in metres.

    Returns
    -------
    int
        1 if it goes from the right of a-b to the left, -1 if from left to right, 0 if they do not meet, 2 if
        they touch or floating point cannot decide.

    Examples
    --------
    >>> crossing(0.0, -1.0, 0.0, 1.0, -1.0, 0.0, 1.0, 0.0)
    1
    >>> crossing(0.0, 0.0, 0.0, 1.0, -1.0, 0.0, 1.0, 0.0)
    2
    """
    if max(px, qx) < min(ax, bx) or max(ax, bx) < min(px, qx):
        return 0
    if max(py, qy) < min(ay, by) or max(ay, by) < min(py, qy):
        return 0
    start = side(ax, ay, bx, by, px, py)
    end = side(ax, ay, bx, by, qx, qy)
    if start == end and start != 0:
        return 0
    tail = side(px, py, qx, qy, ax, ay)
    head = side(px, py, qx, qy, bx, by)
    if tail == head and tail != 0:
        return 0
    if start == 0 or end == 0 or tail == 0 or head == 0:
        return 2
    return end


@compiled
def inside(x: float, y: float, xy: Any, ring_at: Any, first: int, last: int) -> int:
    """Return whether a point lies within the rings `first` up to `last`.

    The rule is even-odd, so holes count as outside.

    Parameters
    ----------
    x, y
        The point, in metres.
    xy, ring_at
        Coordinates (n, 2) and the offset of each ring in them, as in `geometry_arrays.Outlines`.
    first, last
        The rings of one sketch.

    Returns
    -------
    int
        1 inside, 0 outside, 2 on an outline or where floating point cannot decide.
    """
    odd = 0
    for ring in range(first, last):
        for i in range(ring_at[ring], ring_at[ring + 1] - 1):
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
                    return 2
                continue
            where = side(ax, ay, bx, by, x, y)
            if where == 0:
                return 2
            # Half open, so a corner at the height of the point counts once.
            if (ay <= y < by and where == 1) or (by <= y < ay and where == -1):
                odd ^= 1
    return odd
