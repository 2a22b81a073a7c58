"""The 100 m squares in which CBS publishes: names of squares, and their middles."""

import re
from math import floor

from shapely import Point

SIDE_M = 100
"""Side of a square, m."""

_NAME = re.compile(r"E(\d{4})N(\d{4})")


def grid_cell(spot: Point) -> str:
    """Return the name of the 100 m square around a point: its lower left corner in hectometres.

    Parameters
    ----------
    spot
        In RD New, m.

    Returns
    -------
    str
        As CBS writes it.

    Examples
    --------
    >>> grid_cell(Point(93_571.2, 447_599.9))
    'E0935N4475'
    """
    return f"E{floor(spot.x / SIDE_M):04d}N{floor(spot.y / SIDE_M):04d}"


def is_grid_cell(name: str) -> bool:
    """Return whether a text is the name of a square.

    Examples
    --------
    >>> is_grid_cell("E0935N4475"), is_grid_cell("E935N4475")
    (True, False)
    """
    return _NAME.fullmatch(name) is not None


def grid_cell_centre(name: str) -> Point | None:
    """Return the middle of a square.

    Parameters
    ----------
    name
        As `grid_cell` gives it.

    Returns
    -------
    Point or None
        In RD New, m; None for what is no square.

    Examples
    --------
    >>> print(grid_cell_centre("E0935N4475"))
    POINT (93550 447550)
    """
    read = _NAME.fullmatch(name)
    if read is None:
        return None
    east, north = (int(part) * SIDE_M + SIDE_M / 2 for part in read.groups())
    return Point(east, north)


def centre_of_cell_around(spot: Point) -> Point:
    """Return the middle of the 100 m square around a point, in any plane in metres.

    Examples
    --------
    >>> print(centre_of_cell_around(Point(-12.0, 447_599.9)))
    POINT (-50 447550)
    """
    return Point(*((floor(part / SIDE_M) + 0.5) * SIDE_M for part in (spot.x, spot.y)))
