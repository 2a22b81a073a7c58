"""Where a resident starts from: found by name or pointed at, used at once, and never kept.

Of a home the store gets three facts at most: whether it lies in the drawing, in which official buurt, and in
which 100 m square of CBS where enough people live to vanish among.
"""

from dataclasses import dataclass
from math import isnan

import numpy as np
import shapely
from shapely import Point, Polygon
from shapely.geometry import MultiPolygon

import layers
from geo import crs as planes
from geo.errors import LayerError
from geo.grids.census_grid import grid_cell
from geo.privacy_limits import MIN_PEOPLE
from store import HomeFacts
from study import datasets

HOMES = frozenset({"street", "postcode"})
"""Kinds of places that tell where somebody lives; the middle of a larger one is nobody's home."""


@dataclass(frozen=True)
class SearchResult:
    """A street, postcode or buurt that was searched for; it stands for a point in RD, m."""

    label: str
    kind: str
    place: layers.AddressMatch


def search_address(municipality: str, typed: str) -> list[SearchResult]:
    """Find streets and postcodes by name; what is typed is passed on to the search and forgotten.

    Raises
    ------
    FetchError
        The national search does not answer, and there is no map of our own to search.
    """
    return [
        SearchResult(place.label, place.kind, place) for place in layers.search_address(typed, municipality)
    ]


def list_places(municipality: str) -> list[tuple[str, float, float, str]]:
    """Return what can be searched for without asking anybody: name, longitude, latitude and kind.

    Streets, buurten and postcodes of the municipality's own map.
    """
    places = [
        place for place in layers.list_places(municipality) if place.x is not None and place.y is not None
    ]
    if not places:
        return []
    spots = planes.to_wgs84(
        shapely.points(np.array([(place.x, place.y) for place in places], dtype=np.float64))
    )
    # A metre is near enough for a first view.
    degrees = shapely.get_coordinates(spots).round(5).tolist()
    return [
        (place.label, longitude, latitude, place.kind)
        for place, (longitude, latitude) in zip(places, degrees, strict=True)
    ]


def locate(found: SearchResult) -> Point | None:
    """Return the point, in RD; None when the service does not know it any more.

    Raises
    ------
    FetchError
    """
    there = layers.locate(found.place)
    return None if there is None or there.x is None or there.y is None else Point(there.x, there.y)


def point_from_degrees(longitude: float, latitude: float) -> Point:
    """Return a point that was tapped on the map, in RD.

    Examples
    --------
    >>> spot = point_from_degrees(5.3872, 52.1552)
    >>> round(spot.x, -1), round(spot.y, -1)
    (155000.0, 463000.0)
    """
    spot: Point = planes.to_planar(Point(longitude, latitude))
    return spot


def in_degrees(spot: Point) -> tuple[float, float]:
    """Return longitude and latitude of a point in RD."""
    there = planes.to_wgs84(spot)
    return float(there.x), float(there.y)


def home_facts(municipality: str, home: Point | None, drawn: Polygon | MultiPolygon) -> HomeFacts:
    """Return what may be kept of a home; without a home nothing.

    The square is left out where fewer than five people are known to share the postcode.
    """
    if home is None:
        return HomeFacts()
    code, _ = _around(municipality, "buurt", home)
    _, people = _around(municipality, "pc6", home)
    return HomeFacts(
        inside=bool(shapely.covers(drawn, home)),
        unit=code,
        cell=grid_cell(home) if people >= MIN_PEOPLE else "",
    )


def _around(municipality: str, division: str, spot: Point) -> tuple[str, float]:
    """Return the code of the area around a point and how many live there; "" and 0 when that is not known."""
    years = datasets.divisions(municipality).get(division)
    if not years:
        return "", 0.0
    try:
        areas = datasets.land_areas(municipality, division, years[-1])
    except LayerError:
        return "", 0.0
    here = areas[areas.covers(spot)]
    if here.empty:
        return "", 0.0
    people = here["aantal_inwoners"].iloc[0] if "aantal_inwoners" in here else None
    return str(here.index[0]), 0.0 if people is None or isnan(people) else float(people)
