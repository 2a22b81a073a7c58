"""Finding a street or postcode without asking anybody: in the municipality's own map."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.errors import LayerNotFetched
from layers.basemap import vector
from layers.official.areas import read_areas
from layers.search.name_matching import name_similarity, normalised_name
from layers.services.locatieserver import MIN_LETTERS, AddressMatch

MAX_RESULTS = 10
NEAR_M = 1_000.0
"""Pieces of one name that lie farther apart than this are different streets."""

NO_STREETS = frozenset({"canals", "railways", "rail"})
"""Parts of the base map that are lines with a name, and where nobody lives."""

AROUND = {"street": "buurt", "buurt": "wijk"}
"""Which division tells two places of one kind and one name apart."""


def search_local(text: str, code: str) -> list[AddressMatch]:
    """Return the streets, postcodes and buurten of a municipality that are called like this, the likest first.

    Names that only resemble what was typed are given when none holds it: then it was a slip. A house number
    is passed over: nobody needs to give it.
    """
    wanted = normalised_name(
        re.sub(r"\s+\d+\s*\w?$", "", text) if not _POSTCODE.match(text.strip()) else text
    )
    if len(wanted) < MIN_LETTERS:
        return []
    places = list(_named_places(code))
    ranked = [
        (name_similarity(wanted, normalised_name(place.label)), labelled)
        for place, labelled in zip(places, _label_apart(places, code), strict=True)
    ]
    held = [(score, place) for score, place in ranked if score >= 1.0]
    fit = held or [(score, place) for score, place in ranked if score >= 0.75]
    fit.sort(key=lambda pair: (-pair[0], pair[1].label))
    return [place for _, place in fit[:MAX_RESULTS]]


_POSTCODE = re.compile(r"^\d{4}(\s?[A-Za-z]{2})?$")


def list_places(code: str) -> list[AddressMatch]:
    """Return every street, postcode and buurt of a municipality that its own map knows, with a point of it.

    Where several have one name, each is called with the name of the buurt or wijk around it as well.
    """
    return _label_apart(list(_named_places(code)), code)


def _named_places(code: str) -> Iterator[AddressMatch]:
    ground = _read(code, "gemeente")
    boundary = None if ground is None else shapely.union_all(ground.geometry.to_numpy())
    lines = [
        part[["name", "geometry"]]
        for key, part in vector.read_basemap(code).items()
        if key not in NO_STREETS
        and "name" in part
        and len(part)
        and (shapely.get_dimensions(part.geometry.to_numpy()) == 1).all()
    ]
    if lines:
        yield from _streets(_inside(gpd.GeoDataFrame(pd.concat(lines)), boundary))
    for division, kind in (("pc6", "postcode"), ("pc4", "pc4"), ("buurt", "buurt")):
        areas = _read(code, division)
        if areas is None:
            continue
        areas = _inside(areas, boundary)
        for key, name, spot in zip(areas.index, areas["name"], areas.geometry.centroid, strict=True):
            buurt = str(key) if division == "buurt" else None
            yield AddressMatch(str(name), kind, str(key), spot.x, spot.y, gemeente=code, buurt=buurt)


def _read(code: str, division: str) -> gpd.GeoDataFrame | None:
    try:
        return read_areas(code, division)
    except LayerNotFetched:
        return None


def _inside(table: gpd.GeoDataFrame, boundary: shapely.Geometry | None) -> gpd.GeoDataFrame:
    """Return what lies within the municipality: the base map goes on to the edges of its box."""
    if boundary is None:
        return table
    shapely.prepare(boundary)
    table = table[shapely.intersects(boundary, table.geometry.to_numpy())]
    shapes = table.geometry.to_numpy().copy()
    crossing = ~shapely.covers(boundary, shapes)
    shapes[crossing] = shapely.intersection(shapes[crossing], boundary)
    return table.set_geometry(gpd.GeoSeries(shapes, index=table.index, crs=table.crs))[
        shapely.length(shapes) > 0
    ]


def _streets(lines: gpd.GeoDataFrame) -> Iterator[AddressMatch]:
    """Return each street once, with the point on it that is nearest to the middle of all its pieces."""
    named = lines[lines["name"].fillna("").ne("")]
    for name, pieces in named.groupby("name"):
        for whole in _near_groups(shapely.union_all(pieces.geometry.to_numpy())):
            spot = shapely.get_point(shapely.shortest_line(whole, shapely.centroid(whole)), 0)
            x, y = shapely.get_coordinates(spot)[0].tolist()
            yield AddressMatch(str(name), "street", f"own:{name}", x, y)


def _near_groups(lines: shapely.Geometry) -> list[shapely.Geometry]:
    """Return the pieces of one name in groups: villages of one municipality may each have a street of it.

    Examples
    --------
    >>> far = shapely.from_wkt("MULTILINESTRING ((0 0, 100 0), (900 0, 1000 0), (5000 0, 5100 0))")
    >>> [group.length for group in _near_groups(far)]
    [200.0, 100.0]
    """
    west, south, east, north = shapely.bounds(lines)
    if max(east - west, north - south) <= NEAR_M:
        return [lines]
    pieces = shapely.get_parts(lines)
    grounds = shapely.get_parts(shapely.union_all(shapely.buffer(pieces, NEAR_M / 2)))
    return [shapely.union_all(pieces[shapely.intersects(ground, pieces)]) for ground in grounds]


def _label_apart(places: list[AddressMatch], code: str) -> list[AddressMatch]:
    """Return the places with the name of what lies around those whose name is not theirs alone."""
    times = Counter(place.label for place in places)
    shared = [n for n, place in enumerate(places) if times[place.label] > 1]
    found = list(places)
    for kind, division in AROUND.items():
        numbers = [n for n in shared if places[n].kind == kind]
        areas = _read(code, division) if numbers else None
        if areas is None:
            continue
        spots = shapely.points(np.array([(places[n].x, places[n].y) for n in numbers], dtype=np.float64))
        near, area = areas.sindex.query(spots, predicate="intersects")
        around = dict(zip(near.tolist(), areas["name"].to_numpy()[area].tolist(), strict=True))
        for at, name in around.items():
            one = places[numbers[at]]
            found[numbers[at]] = replace(one, label=f"{one.label} ({name})")
    return found
