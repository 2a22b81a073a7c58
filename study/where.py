"""Where a resident starts from: found by name or pointed at, used at once, and never kept.

Of a home the store gets three facts at most: whether it lies in the drawing, in which official buurt, and in
which 100 m square of CBS where enough people live to vanish among.
"""

from dataclasses import dataclass
from math import floor, isnan

import shapely
from shapely import Point, Polygon
from shapely.geometry import MultiPolygon

import layers
from geo import crs as planes
from geo.errors import LayerError
from store import HomeFacts
from study import atlas

LEAST_PEOPLE = 5
"""Fewest inhabitants of the postcode around a home before its 100 m square is kept, as CBS publishes them."""

CELL_M = 100


@dataclass(frozen=True)
class Found:
    """A street, postcode or buurt that was searched for; it stands for a point in RD, m."""

    label: str
    kind: str
    place: layers.Place


def search(municipality: str, typed: str) -> list[Found]:
    """Find streets and postcodes by name; what is typed is passed on to the search and forgotten.

    Raises
    ------
    FetchError
        The national search does not answer, and there is no map of our own to search.
    """
    return [Found(place.label, place.kind, place) for place in layers.search_address(typed, municipality)]


def point(found: Found) -> Point | None:
    """Give the point, in RD; None when the service does not know it any more.

    Raises
    ------
    FetchError
    """
    there = layers.locate(found.place)
    return None if there is None or there.x is None or there.y is None else Point(there.x, there.y)


def from_degrees(longitude: float, latitude: float) -> Point:
    """Give a point that was tapped on the map, in RD.

    Examples
    --------
    >>> spot = from_degrees(5.3872, 52.1552)
    >>> round(spot.x, -1), round(spot.y, -1)
    (155000.0, 463000.0)
    """
    spot: Point = planes.to_planar(Point(longitude, latitude))
    return spot


def in_degrees(spot: Point) -> tuple[float, float]:
    """Give longitude and latitude of a point in RD."""
    there = planes.to_wgs84(spot)
    return float(there.x), float(there.y)


def facts(municipality: str, home: Point | None, drawn: Polygon | MultiPolygon) -> HomeFacts:
    """Give what may be kept of a home; without a home nothing.

    The square is left out where fewer than five people are known to share the postcode.
    """
    if home is None:
        return HomeFacts()
    code, _ = _around(municipality, "buurt", home)
    _, people = _around(municipality, "pc6", home)
    return HomeFacts(
        inside=bool(shapely.covers(drawn, home)),
        unit=code,
        cell=cell(home) if people >= LEAST_PEOPLE else "",
    )


def cell(spot: Point) -> str:
    """Name the 100 m square of CBS around a point in RD by its lower left corner.

    Examples
    --------
    >>> cell(Point(93_571.2, 447_599.9))
    'E0935N4475'
    """
    return f"E{floor(spot.x / CELL_M):04d}N{floor(spot.y / CELL_M):04d}"


def _around(municipality: str, division: str, spot: Point) -> tuple[str, float]:
    """Give the code of the area around a point and how many live there; "" and 0 when that is not known."""
    years = atlas.divisions(municipality).get(division)
    if not years:
        return "", 0.0
    try:
        areas = atlas.compared(municipality, division, years[-1])
    except LayerError:
        return "", 0.0
    here = areas[areas.covers(spot)]
    if here.empty:
        return "", 0.0
    people = here["aantal_inwoners"].iloc[0] if "aantal_inwoners" in here else None
    return str(here.index[0]), 0.0 if people is None or isnan(people) else float(people)
