"""Small areas whose answers can be worked out by head; tests and docstrings share them.

All in metres near the origin; `in_netherlands` moves them to where drawings are taken.
"""

from typing import Any

import shapely
from shapely import Geometry, MultiPolygon, Polygon

A = shapely.box(0, 0, 100, 100)
"""A hectare."""
B = shapely.box(50, 0, 150, 100)
"""A hectare, half over A."""
D = shapely.box(25, 25, 75, 75)
"""A quarter of A, in its middle."""
E = shapely.box(0, 0, 50, 100)
"""The western half of A; it touches B along a line."""
L = Polygon([(0, 0), (100, 0), (100, 50), (50, 50), (50, 100), (0, 100)])
"""A without its north-eastern quarter."""
O = Polygon(A.exterior, [D.exterior])  # noqa: E741  # the letter looks like it
"""A with D as a hole."""
TWO = MultiPolygon([shapely.box(0, 0, 50, 100), shapely.box(60, 0, 110, 100)])
"""One neighbourhood in two parts, with a canal between."""
BOW_TIE = Polygon([(0, 0), (100, 100), (100, 0), (0, 100)])
"""The outline crosses itself in the middle: 0 m² as drawn, 5,000 m² untangled."""
LOOP = Polygon([(0, 0), (200, 0), (200, 100), (90, -10), (0, 100)])
"""A slip near the closing point makes a speck of 90.9 m² beside 9,090.9 m²."""
SPIKE = Polygon([(0, 0), (100, 0), (100, 100), (50, 100), (50, 300), (50, 100), (0, 100)])
"""A with a walk to the north and straight back."""
THERE_AND_BACK = Polygon([(0, 0), (100, 0), (0, 0), (0, 0)])
"""A ring of two places, padded until it looks like an area."""
SPOT = Polygon([(5, 5)] * 4)
"""A ring of one place."""
ROW = tuple(shapely.box(x, 0, x + 100, 100) for x in (0, 100, 200))
"""Three official areas in a row."""
EMPTY: tuple[Geometry, ...] = (
    Polygon(),
    MultiPolygon(),
    shapely.Point(),
    shapely.LineString(),
    shapely.GeometryCollection(),
)
"""Every way to have drawn nothing."""

CORNER = (155_000.0, 463_000.0)
"""The origin of RD, in Amersfoort."""


def in_netherlands(shape: Any) -> Any:
    """Return a shape, or an array of them, moved from the origin to Amersfoort in RD New.

    Parameters
    ----------
    shape
        Shape or array of shapes in metres near the origin.

    Returns
    -------
    Geometry or array
        Of the same size and form.

    Examples
    --------
    >>> in_netherlands(A).bounds
    (155000.0, 463000.0, 155100.0, 463100.0)
    """
    return shapely.transform(shape, lambda coordinates: coordinates + CORNER)
