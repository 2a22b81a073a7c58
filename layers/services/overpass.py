"""OpenStreetMap through Overpass: objects with their tags and shapes, or a clear failure.

Overpass says "200, here are no elements" when it ran out of time; only a line called ``remark`` tells.
Whoever overlooks it shows a neighbourhood without benches.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from geo.crs import RD, to_planar, to_wgs84
from geo.errors import AnswerIncomplete, AnswerUnreadable, FetchError, ServiceUnreachable
from layers.catalogue import Rule
from layers.contracts import CONTRACTS, SERVICE_TERMS
from layers.services.addresses import OVERPASS
from layers.services.http import HttpClient

SERVICE = SERVICE_TERMS["overpass"].name
QUERY_S = 25
"""Seconds the server may work on one question: less than we are willing to wait for its first word."""

TOO_MANY = 429
OLDEST_S = 7 * 24 * 3600.0
"""A mirror whose map is older than this is not asked further."""

MAX_INCOMPLETE = 0.1
"""Of all objects; a relation that is being repaired now and then is no fault of the answer."""

SPLITS = 2
"""How often a box is cut in four when the server runs out of time: at most sixteen small boxes."""

LINEAR = frozenset({"barrier", "highway", "waterway", "railway"})
"""A closed line with one of these is a loop, not an area, unless it says ``area=yes``."""

Box = tuple[float, float, float, float]


@dataclass
class OsmObjects:
    """What was found in one box.

    Attributes
    ----------
    table
        Index ``type/id``; columns ``tags`` (a dict) and ``geometry`` (point, line or area), in RD.
    date
        The moment the map is of, as the server says.
    incomplete
        Objects left out because parts of their shape are missing.
    """

    table: gpd.GeoDataFrame
    date: str
    incomplete: int


@dataclass
class _Harvest:
    """One question to one address, and what came of it so far."""

    session: HttpClient
    address: str
    statements: list[str]
    at: str | None
    elements: dict[str, dict[str, Any]] = field(default_factory=dict)
    dates: list[str] = field(default_factory=list)


def fetch_objects(
    session: HttpClient, rules: Iterable[Rule], box: Box, *, at: str | None = None
) -> OsmObjects:
    """Return every object under one of the rules that touches a box.

    Parameters
    ----------
    box
        In RD metres; what lies in it but not in the municipality is for the caller to cut off.
    at
        Ask the map as it was at this moment, ISO 8601; today when None.

    Raises
    ------
    FetchError
        When a part of the box could not be had from any address.
    """
    west, south, east, north = shapely.bounds(to_wgs84(shapely.box(*box)))
    statements = [rule.overpass() for rule in rules]
    failure: FetchError | None = None
    for address in OVERPASS.addresses():
        harvest = _Harvest(session, address, statements, at)
        try:
            _gather(harvest, (west, south, east, north), SPLITS)
        except (ServiceUnreachable, AnswerUnreadable, AnswerIncomplete) as problem:
            if f"status {TOO_MANY}" in str(problem.facts.get("reason", "")):
                raise  # the operators ask not to go on to another server when one has no room
            failure = problem
            continue
        return _table(harvest)
    raise failure or ServiceUnreachable(service=SERVICE, tries=0, reason="no address is set")


def build_query(statements: list[str], box: Box, at: str | None = None) -> str:
    """Write the question.

    Examples
    --------
    >>> print(build_query(['nwr["amenity"="bench"];'], (4.4, 51.9, 4.5, 52.0)))
    [out:json][timeout:25][maxsize:134217728][bbox:51.900000,4.400000,52.000000,4.500000];
    (nwr["amenity"="bench"];);
    out body geom qt;
    """
    west, south, east, north = box
    date = f'[date:"{at}"]' if at else ""
    head = f"[out:json][timeout:{QUERY_S}][maxsize:134217728]{date}"
    sides = f"[bbox:{south:.6f},{west:.6f},{north:.6f},{east:.6f}];"
    return f"{head}{sides}\n({''.join(statements)});\nout body geom qt;"


def _gather(harvest: _Harvest, box: Box, splits: int) -> None:
    """Fetch one box; where the server runs out of time, fetch its four quarters."""
    try:
        body = _ask(harvest, box)
    except (ServiceUnreachable, AnswerIncomplete) as problem:
        if not splits or not _too_much(problem):
            raise
        for quarter in _quarters(box):
            _gather(harvest, quarter, splits - 1)
        return
    harvest.dates.append(body["osm3s"]["timestamp_osm_base"])
    for element in body["elements"]:
        # Ids of nodes, ways and relations overlap. An object may come twice, on the border of two quarters or
        # once as itself and once as somebody's corner, which has no tags.
        key = f"{element['type']}/{element['id']}"
        if key not in harvest.elements or element.get("tags"):
            harvest.elements[key] = element


def _ask(harvest: _Harvest, box: Box) -> dict[str, Any]:
    session, address = harvest.session, harvest.address

    def until_a_slot_is_free(status: int) -> float | None:
        if status != TOO_MANY:
            return None
        wait_s = seconds_until_slot(session.get_text(SERVICE, address + CONTRACTS["slots"].path))
        return max(wait_s or 0.0, session.busy_wait_s)

    answer = session.get_json(
        SERVICE,
        address + CONTRACTS["interpreter"].path,
        form={"data": build_query(harvest.statements, box, harvest.at)},
        before_retry=until_a_slot_is_free,
    )
    body: dict[str, Any] = answer.body
    if "remark" in body:
        raise AnswerIncomplete(service=SERVICE, reason=str(body["remark"])[:200])
    try:
        made = datetime.fromisoformat(body["osm3s"]["timestamp_osm_base"])
        known = all("type" in element and "id" in element for element in body["elements"])
    except (KeyError, TypeError, ValueError) as problem:
        raise AnswerUnreadable(service=SERVICE, reason="it holds no elements or no date") from problem
    if not known:
        raise AnswerUnreadable(service=SERVICE, reason="an element has no type or id")
    age_s = session.now() - made.timestamp()
    if harvest.at is None and age_s > OLDEST_S:
        raise AnswerUnreadable(service=SERVICE, reason=f"its map is {age_s / 86400:.0f} days old")
    return body


def _too_much(problem: FetchError) -> bool:
    reason = str(problem.facts.get("reason", ""))
    return bool(re.search(r"timed out|out of memory|status 504|ReadTimeout", reason))


def _quarters(box: Box) -> Iterator[Box]:
    west, south, east, north = box
    across, up = (west + east) / 2, (south + north) / 2
    yield west, south, across, up
    yield across, south, east, up
    yield west, up, across, north
    yield across, up, east, north


def seconds_until_slot(status: str) -> float | None:
    """Read from the server's status page how many seconds until it has room.

    Examples
    --------
    >>> seconds_until_slot("Rate limit: 2\\nSlot available after: 2026-11-21T10:00:12Z, in 12 seconds.")
    12.0
    >>> seconds_until_slot("2 slots available now.")
    """
    waits = [float(seconds) for seconds in re.findall(r"in (\d+) seconds", status)]
    return max(waits, default=None)


# --- Shapes -----------------------------------------------------------------------------------------


def _table(harvest: _Harvest) -> OsmObjects:
    keys, tags, shapes, incomplete = [], [], [], 0
    spots = {e["id"]: e for e in harvest.elements.values() if e["type"] == "node"}
    for key, element in harvest.elements.items():
        if element["type"] == "node" and not element.get("tags"):
            continue  # only a corner of some way
        try:
            form = element_geometry(_with_corners(element, spots))
        except (KeyError, TypeError, ValueError, shapely.errors.ShapelyError) as problem:
            raise AnswerUnreadable(service=SERVICE, reason=f"{key} has no readable shape") from problem
        if form is None or shapely.is_empty(form):
            incomplete += 1
            continue
        keys.append(key)
        tags.append(dict(element.get("tags", {})))
        shapes.append(form)
    if incomplete > 1 and incomplete > MAX_INCOMPLETE * (incomplete + len(shapes)):
        reason = f"{incomplete} of {incomplete + len(shapes)} objects come without their shape"
        raise AnswerIncomplete(service=SERVICE, reason=reason)
    if not (np.abs(shapely.get_coordinates(shapes)) <= (180, 90)).all():
        raise AnswerUnreadable(service=SERVICE, reason="coordinates that are not on Earth")
    table = gpd.GeoDataFrame({"tags": tags}, geometry=to_planar(shapes), crs=RD, index=keys)
    table.index.name = "ident"
    # The oldest part tells the date of the whole.
    return OsmObjects(table, min(harvest.dates), incomplete)


def _with_corners(element: dict[str, Any], spots: dict[int, dict[str, Any]]) -> dict[str, Any]:
    """Return a way its corners where the answer sent them as nodes apart."""
    if element["type"] != "way" or "geometry" in element or not element.get("nodes") or not spots:
        return element
    return {**element, "geometry": [spots.get(node) for node in element["nodes"]]}


def element_geometry(element: dict[str, Any]) -> shapely.Geometry | None:
    """Create the shape of one element, in degrees; None when parts of it are missing.

    Examples
    --------
    >>> element_geometry({"type": "node", "lat": 52.0, "lon": 4.5}).wkt
    'POINT (4.5 52)'
    """
    if element["type"] == "node":
        return shapely.Point(element["lon"], element["lat"])
    if element["type"] == "way" and "geometry" in element:
        return _way(element)
    if element["type"] == "relation" and "members" in element:
        return _relation(element)
    if "center" in element:
        return shapely.Point(element["center"]["lon"], element["center"]["lat"])
    return None


def _line(spots: list[dict[str, float] | None]) -> list[tuple[float, float]] | None:
    if not spots or any(spot is None for spot in spots):
        return None
    return [(spot["lon"], spot["lat"]) for spot in spots if spot is not None]


def _way(element: dict[str, Any]) -> shapely.Geometry | None:
    line = _line(element["geometry"])
    if line is None or len(line) < 2:
        return None
    return way_geometry(shapely.LineString(line), element.get("tags", {}))


def way_geometry(line: shapely.LineString, tags: dict[str, str]) -> shapely.Geometry:
    """Return a way as an area where it is closed and its tags do not make it a loop, else as a line.

    Examples
    --------
    >>> loop = shapely.LineString([(0, 0), (1, 0), (1, 1), (0, 0)])
    >>> way_geometry(loop, {"leisure": "park"}).geom_type, way_geometry(loop, {"highway": "service"}).geom_type
    ('Polygon', 'LineString')
    """
    closed = len(line.coords) > 3 and line.is_closed
    linear = (LINEAR & tags.keys() or tags.get("amenity") == "bench") and tags.get("area") != "yes"
    if closed and not linear and tags.get("area") != "no":
        return shapely.make_valid(shapely.Polygon(line), method="structure", keep_collapsed=False)
    return line


def _relation(element: dict[str, Any]) -> shapely.Geometry | None:
    """Join the outer lines and subtract the inner ones; an unclosed one is incomplete."""
    rings: dict[str, list[shapely.LineString]] = {"outer": [], "inner": []}
    for member in element["members"]:
        if member["type"] != "way":
            continue
        line = _line(member.get("geometry") or [])
        if line is None or len(line) < 2:
            return None
        rings["inner" if member.get("role") == "inner" else "outer"].append(shapely.LineString(line))
    outer, inner = (_closed(rings[role]) for role in ("outer", "inner"))
    if outer is None or inner is None:
        return None
    return shapely.difference(outer, inner)


def _closed(lines: list[shapely.LineString]) -> shapely.Geometry | None:
    if not lines:
        return shapely.Polygon()
    faces, cuts, dangles, invalid = shapely.polygonize_full(lines)
    if any(len(shapely.get_parts(rest)) for rest in (cuts, dangles, invalid)):
        return None
    return shapely.union_all(shapely.get_parts(faces))


# --- Benches that are gone --------------------------------------------------------------------------


def vanished(then: OsmObjects, today: OsmObjects) -> gpd.GeoDataFrame:
    """Return the objects that were on the map then and are not now.

    Only this direction means something: more benches over the years mostly means more mapping. And one that
    was drawn again under a new number within two metres has not gone.
    """
    gone = then.table[~then.table.index.isin(today.table.index)]
    if gone.empty or today.table.empty:
        return gone
    tree = shapely.STRtree(today.table.geometry.to_numpy())
    near = tree.query(gone.geometry.to_numpy(), predicate="dwithin", distance=2.0)[0]
    return gone.drop(index=gone.index[list(set(near.tolist()))])
