"""Servers on this machine that answer as PDOK, Overpass, the Locatieserver and StatLine do, faults included.

One program plays all four, each under its own path, as they are known to behave: cursors that start again
without a word, coordinates whose plane only a header tells, a time-out that comes with status 200.

A town of our own lies on them, small enough to count by head (`Town`); real answers can be laid on them too.
"""

import base64
import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import geopandas as gpd
import shapely
from shapely.geometry import mapping

from geo.crs import RD, to_wgs84

RD_URI = "http://www.opengis.net/def/crs/EPSG/0/28992"
CRS84_URI = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
GEOJSON = "application/geo+json"
PROBLEM = "application/problem+json"
LATEST = "2026-11-21T09:58:00Z"


@dataclass
class Fault:
    """What goes wrong with an answer.

    Attributes
    ----------
    where
        Part of the request line it goes wrong at.
    skip, times
        How many such requests go well first, and at how many it then goes wrong; -1 is for ever.
    status, kind, raw
        Another status, content type or body.
    headers
        Other headers, None to leave one out.
    body
        A change to the JSON that would have been sent.
    way
        ``cut`` closes the line half-way, ``hang`` falls silent half-way, ``drip`` sends byte by byte.
    """

    where: str
    skip: int = 0
    times: int = -1
    status: int | None = None
    kind: str | None = None
    raw: bytes | None = None
    headers: dict[str, str | None] = field(default_factory=dict)
    body: Callable[[Any], Any] | None = None
    way: str = ""

    def strikes(self, line: str) -> bool:
        if self.where not in line or self.times == 0:
            return False
        if self.skip > 0:
            self.skip -= 1
            return False
        self.times -= self.times > 0
        return True


@dataclass
class Collection:
    """One collection of the OGC API: features in RD, and what it may be filtered by."""

    table: gpd.GeoDataFrame
    queryables: tuple[str, ...] = ()


@dataclass
class Land:
    """Everything the servers know."""

    collections: dict[str, Collection] = field(default_factory=dict)
    elements: list[dict[str, Any]] = field(default_factory=list)
    elements_then: list[dict[str, Any]] = field(default_factory=list)
    places: list[dict[str, Any]] = field(default_factory=list)
    observations: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)
    page: int = 1000
    base_date: str = LATEST


# --- OGC API ----------------------------------------------------------------------------------------


def fnv(params: dict[str, str]) -> str:
    """Give the checksum that binds a cursor to its question (FNV-1a, 32 bits, keys sorted)."""
    text = "".join(params[key] for key in sorted(params) if key not in {"f", "cursor"})
    number = 0x811C9DC5
    for byte in text.encode():
        number = ((number ^ byte) * 0x01000193) & 0xFFFFFFFF
    return base64.urlsafe_b64encode(number.to_bytes(4, "big").lstrip(b"\0")).decode().rstrip("=")


def cursor(fid: int, params: dict[str, str]) -> str:
    """Give the cursor that follows a feature."""
    number = fid.to_bytes((fid.bit_length() + 7) // 8 or 1, "big")
    return f"{base64.urlsafe_b64encode(number).decode().rstrip('=')}|{fnv(params)}"


def uncursor(text: str, params: dict[str, str]) -> int:
    """Read where to go on; a cursor of another question starts again at the first, as the real one does."""
    number, _, check = text.partition("|")
    if check != fnv(params):
        return 0
    return int.from_bytes(base64.urlsafe_b64decode(number + "=" * (-len(number) % 4)), "big")


class Refusal(Exception):
    def __init__(self, status: int, detail: str) -> None:
        self.status, self.detail = status, detail
        super().__init__(detail)


KNOWN = {"f", "limit", "cursor", "crs", "bbox", "bbox-crs"}


def _refuse_wrong(params: dict[str, str], collection: Collection) -> None:
    for key in params:
        if key not in KNOWN and key not in collection.queryables:
            raise Refusal(400, f"unknown query parameter(s) found: {key}")
    for key in ("crs", "bbox-crs"):
        if key in params and not params[key].startswith("http://www.opengis.net/def/crs/"):
            raise Refusal(400, f"{key} must be a URI")
    if not params.get("limit", "10").isdigit():
        raise Refusal(400, "limit must be a number")


def items(land: Land, path: str, params: dict[str, str], base: str) -> tuple[dict[str, Any], dict[str, str]]:
    """Answer ``/collections/{id}/items``."""
    collection = land.collections[path]
    _refuse_wrong(params, collection)
    size = min(int(params.get("limit", "10")), land.page)
    table = collection.table
    for key, value in params.items():
        if key not in KNOWN:
            table = table[table[key].astype(str).eq(value)]
    if "bbox" in params:
        sides = [float(side) for side in params["bbox"].split(",")]
        box = shapely.box(*sides)
        if box.area == 0:
            raise Refusal(400, "bbox has no surface area")
        table = table[table.intersects(box)]
    start = uncursor(params["cursor"], params) if "cursor" in params else 0
    rest = table[table.index > start]
    page = rest.head(size)
    in_rd = params.get("crs") == RD_URI
    shapes = page.geometry.to_numpy() if in_rd else to_wgs84(page.geometry.to_numpy())
    facts = page.drop(columns="geometry").astype(object)
    facts = facts.where(facts.notna(), None)
    features = [
        {
            "type": "Feature",
            "id": str(fid),
            "properties": dict(sorted(row.items())),
            "geometry": None if shape is None else mapping(shape),
        }
        for fid, row, shape in zip(page.index, facts.to_dict("records"), shapes, strict=True)
    ]
    links = [{"rel": "self", "href": f"{base}{path}/items"}]
    if len(rest) > size:
        following = {**{k: v for k, v in params.items() if k != "cursor"}}
        following["cursor"] = cursor(int(page.index[-1]), following)
        links.append({"rel": "next", "href": f"{base}{path}/items?{urlencode(sorted(following.items()))}"})
    body = {
        "type": "FeatureCollection",
        "timeStamp": "2026-11-21T10:00:00Z",
        "links": links,
        "features": features,
        "numberReturned": len(features),
    }
    return body, {"Content-Crs": f"<{RD_URI if in_rd else CRS84_URI}>"}


def queryables(land: Land, path: str) -> dict[str, Any]:
    known = {key: {"type": "string"} for key in land.collections[path].queryables}
    return {"type": "object", "properties": {"geometry": {"x-ogc-role": "primary-geometry"}, **known}}


def index(land: Land, base: str) -> dict[str, Any]:
    roots = sorted({path.split("/collections/")[0] for path in land.collections})
    return {"apis": [{"title": root, "links": [{"rel": "root", "href": f"{base}{root}"}]} for root in roots]}


# --- Overpass ---------------------------------------------------------------------------------------


def matches(statement: str, tags: dict[str, str]) -> bool:
    for key, sign, value in re.findall(r'\["([^"]+)"(?:([!~=]+)"([^"]*)")?\]', statement):
        said = tags.get(key)
        if not sign:
            hit = said is not None
        elif "~" in sign:
            hit = said is not None and re.search(value, said) is not None
        else:
            hit = said == value
        if hit is sign.startswith("!"):
            return False
    return True


def overpass(land: Land, query: str) -> dict[str, Any]:
    """Answer a question of the few forms we ask: a box, a date, statements of tags."""
    south, west, north, east = map(float, re.search(r"\[bbox:([^\]]+)\]", query)[1].split(","))
    box = shapely.box(west, south, east, north)
    elements = land.elements_then if "[date:" in query else land.elements
    statements = re.findall(r"nwr((?:\[[^\]]+\])+);", query)
    found = [
        element
        for element in elements
        if any(matches(s, element.get("tags", {})) for s in statements) and _touches(element, box)
    ]
    return {
        "version": 0.6,
        "generator": "Overpass API 0.7.62",
        "osm3s": {"timestamp_osm_base": land.base_date, "copyright": "OpenStreetMap, ODbL"},
        "elements": found,
    }


def _touches(element: dict[str, Any], box: shapely.Polygon) -> bool:
    if element["type"] == "node":
        return box.intersects(shapely.Point(element["lon"], element["lat"]))
    lines = [element] if element["type"] == "way" else element["members"]
    spots = [(p["lon"], p["lat"]) for line in lines for p in line.get("geometry") or [] if p]
    return bool(spots) and box.intersects(shapely.MultiPoint(spots).envelope)


# --- Locatieserver ----------------------------------------------------------------------------------

LOCATIE_KNOWN = {
    "suggest": {"q", "rows", "fq", "fl", "start", "sort", "lat", "lon"},
    "lookup": {"id", "fl"},
    "reverse": {"X", "Y", "lat", "lon", "type", "rows", "fl"},
    "free": {"q", "rows", "fq", "fl", "start", "sort", "lat", "lon"},
}


def locatie(land: Land, verb: str, params: dict[str, str]) -> dict[str, Any]:
    """Answer as Solr does: the likest first, and something for every question."""
    for key in params:
        if key not in LOCATIE_KNOWN[verb]:
            raise Refusal(400, f"Onbekende parameter '{key}' voor vraag {params}")
    if verb == "lookup":
        docs = [doc for doc in land.places if doc["id"] == params["id"]]
    elif verb == "reverse":
        docs = [{**doc, "afstand": 12.5} for doc in land.places if doc["type"] == params["type"]][:1]
    else:
        kinds = re.findall(r"\w+", re.search(r"type:\(([^)]*)\)", params.get("fq", ""))[1])
        number = re.search(r"gemeentecode:(\d+)", params.get("fq", ""))
        words = params["q"].casefold().split()
        docs = [
            {k: doc[k] for k in ("type", "weergavenaam", "id")}
            for doc in sorted(
                land.places, key=lambda d: -sum(w in d["weergavenaam"].casefold() for w in words)
            )
            if doc["type"] in kinds and (number is None or doc.get("gemeentecode") == number[1])
        ][: int(params.get("rows", 10))]
    return {
        "response": {"numFound": len(docs), "start": 0, "docs": docs},
        "highlighting": {doc["id"]: {"suggest": [f"<b>{doc['weergavenaam']}</b>"]} for doc in docs},
    }


# --- StatLine ---------------------------------------------------------------------------------------


def odata(land: Land, table: str, what: str, params: dict[str, str], base: str) -> dict[str, Any]:
    if table not in land.titles:
        raise Refusal(404, "no such table")
    if what == "Properties":
        return {"Identifier": table, "Title": land.titles[table]}
    prefixes = re.findall(r"startswith\(WijkenEnBuurten,'([^']+)'\)", params.get("$filter", ""))
    measures = re.findall(r"Measure in \(([^)]*)\)", params.get("$filter", ""))
    wanted = set(re.findall(r"'([^']+)'", measures[0])) if measures else set()
    rows = [
        {"Id": number, "StringValue": None, **row}
        for number, row in enumerate(land.observations[table])
        if row["Measure"] in wanted and row["WijkenEnBuurten"].startswith(tuple(prefixes))
    ]
    skip = int(params.get("$skip", 0))
    body: dict[str, Any] = {"value": rows[skip : skip + land.page]}
    if skip + land.page < len(rows):
        following = {**params, "$skip": str(skip + land.page)}
        body["@odata.nextLink"] = f"{base}/odata/v1/CBS/{table}/Observations?{urlencode(following)}"
    return body


# --- The program ------------------------------------------------------------------------------------


class Netherlands(ThreadingHTTPServer):
    """All four services at one address; `asked` is every request line, `most_at_once` the busiest moment."""

    daemon_threads = True

    def __init__(self, land: Land) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.land = land
        self.faults: list[Fault] = []
        self.asked: list[str] = []
        self.agents: set[str] = set()
        self.now_open = self.most_at_once = 0
        self.closing = threading.Event()
        self.guard = threading.Lock()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def settings(self) -> dict[str, str]:
        """Give the settings that put this program behind every service."""
        return {
            "BUURT_PDOK_URL": self.address,
            "BUURT_OVERPASS_URL": f"{self.address}/overpass/api",
            "BUURT_LOCATIE_URL": f"{self.address}/bzk/locatieserver/search/v3_1",
            "BUURT_CBS_URL": f"{self.address}/odata/v1/CBS",
        }


@contextmanager
def serving(land: Land) -> Iterator[Netherlands]:
    """Run the program as long as the block lasts."""
    server = Netherlands(land)
    thread = threading.Thread(target=lambda: server.serve_forever(poll_interval=0.02), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.closing.set()
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    server: Netherlands
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Keep silent."""

    def do_GET(self) -> None:
        self._serve("")

    def do_POST(self) -> None:
        self._serve(self.rfile.read(int(self.headers["Content-Length"])).decode())

    def _serve(self, form: str) -> None:
        server = self.server
        line = f"{self.path} {form}".strip()
        with server.guard:
            server.asked.append(line)
            server.agents.add(self.headers.get("User-Agent", ""))
            server.now_open += 1
            server.most_at_once = max(server.most_at_once, server.now_open)
            fault = next((f for f in server.faults if f.strikes(line)), None)
        try:
            self._answer(form, fault)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True
        finally:
            with server.guard:
                server.now_open -= 1

    def _answer(self, form: str, fault: Fault | None) -> None:
        parts = urlsplit(self.path)
        params = dict(parse_qsl(parts.query, keep_blank_values=True))
        try:
            kind, body, headers = self._route(parts.path, params, form)
            status = 200
        except Refusal as problem:
            status, kind, headers = problem.status, PROBLEM, {}
            body = {"detail": problem.detail, "status": status, "title": "Bad Request"}
        if fault:
            status = fault.status or status
            kind = fault.kind or kind
            headers |= fault.headers
            if fault.body:
                body = fault.body(json.loads(json.dumps(body)))
        raw = body.encode() if isinstance(body, str) else json.dumps(body).encode()
        if fault and fault.raw is not None:
            raw = fault.raw
        self._send(status, {"Content-Type": kind, **headers}, raw, fault.way if fault else "")

    def _send(self, status: int, headers: dict[str, str | None], raw: bytes, way: str) -> None:
        self.send_response(status)
        for key, value in {**headers, "Content-Length": str(len(raw))}.items():
            if value is not None:
                self.send_header(key, value)
        self.end_headers()
        if not way:
            self.wfile.write(raw)
            return
        self.close_connection = True
        if way == "drip":
            for byte in raw:
                self.wfile.write(bytes([byte]))
                if self.server.closing.wait(0.02):
                    return
            return
        self.wfile.write(raw[: len(raw) // 2])
        if way == "hang":
            self.server.closing.wait(5)

    def _route(self, path: str, params: dict[str, str], form: str) -> tuple[str, Any, dict[str, Any]]:
        server, land = self.server, self.server.land
        if path == "/index.json":
            return "application/json", index(land, server.address), {}
        if path == "/overpass/api/interpreter":
            agent = self.headers.get("User-Agent", "")
            if not agent or agent.startswith("python-"):
                raise Refusal(406, "Not Acceptable")
            return "application/json", overpass(land, dict(parse_qsl(form))["data"]), {}
        if path == "/overpass/api/status":
            return "text/plain", "Rate limit: 2\n2 slots available now.\n", {}
        if hit := re.fullmatch(r"/bzk/locatieserver/search/v3_1/(\w+)", path):
            return "application/json", locatie(land, hit[1], params), {}
        if hit := re.fullmatch(r"/odata/v1/CBS/(\w+)/(\w+)", path):
            return "application/json", odata(land, hit[1], hit[2], params, server.address), {}
        hit = re.fullmatch(r"(/.+/collections/\w+)/(items|queryables)", path)
        if hit and hit[1] in land.collections:
            if hit[2] == "queryables":
                return "application/schema+json", queryables(land, hit[1]), {}
            body, headers = items(land, hit[1], params, server.address)
            return GEOJSON, body, headers
        raise Refusal(404, f"there is no {path}")


# --- A town to count by head ------------------------------------------------------------------------

CODE, NAME = "GM1999", "Testdam"
WEST, SOUTH = 93_000.0, 446_000.0
WIJKEN = "/cbs/wijken-en-buurten-{year}/ogc/v1/collections/{what}"


def box(x: float, y: float, width: float, height: float) -> shapely.Polygon:
    """A rectangle in RD, x and y from the town's south-west corner."""
    return shapely.box(WEST + x, SOUTH + y, WEST + x + width, SOUTH + y + height)


def table(rows: list[dict[str, Any]]) -> gpd.GeoDataFrame:
    """Features, numbered from 1."""
    return gpd.GeoDataFrame(rows, geometry="geometry", crs=RD, index=range(1, len(rows) + 1))


def areas(year: int) -> dict[str, Collection]:
    """Testdam: 2,000 by 1,000 m of land, two wijken of two buurten each, a lake; and a neighbour, Elders."""
    of = {"gemeentecode": CODE, "gemeentenaam": NAME, "jaar": year, "water": "NEE"}
    lake = {**of, "water": "JA", "aantal_inwoners": -99997}
    there = {"gemeentecode": "GM1998", "gemeentenaam": "Elders", "jaar": year, "water": "NEE"}
    gemeenten = [
        {**of, "aantal_inwoners": 4000, "geometry": box(0, 0, 2000, 1000)},
        {**lake, "geometry": box(0, 1000, 2000, 500)},
        {**there, "aantal_inwoners": 10, "geometry": box(2000, 0, 500, 1000)},
    ]
    wijken, buurten = [], []
    for w in range(2):
        wijk = {**of, "wijkcode": f"WK19990{w + 1}", "wijknaam": f"Wijk {w + 1}"}
        wijken.append({**wijk, "aantal_inwoners": 2000, "geometry": box(1000 * w, 0, 1000, 1000)})
        buurten += [
            {
                **of,
                "buurtcode": f"BU19990{w + 1}A{b + 1}",
                "buurtnaam": "Oranjebuurt" if b else f"Buurt {w + 1}",
                "wijkcode": wijk["wijkcode"],
                "aantal_inwoners": 1000 if b else -99997,
                "aantal_huishoudens": "480",
                "percentage_personen_65_jaar_en_ouder": 20,
                "geometry": box(1000 * w + 500 * b, 0, 500, 1000),
            }
            for b in range(2)
        ]
    buurten.append(
        {**lake, "buurtcode": "BU19990399", "buurtnaam": None, "geometry": box(0, 1000, 2000, 500)}
    )
    wijken.append({**lake, "wijkcode": "WK199903", "wijknaam": "Meer", "geometry": box(0, 1000, 2000, 500)})
    buurten.append(
        {**there, "buurtcode": "BU19980101", "buurtnaam": "Elders", "geometry": box(2000, 0, 500, 1000)}
    )
    by = ("gemeentecode",)
    return {
        WIJKEN.format(year=year, what="gemeenten"): Collection(table(gemeenten), by),
        WIJKEN.format(year=year, what="wijken"): Collection(table(wijken), by),
        WIJKEN.format(year=year, what="buurten"): Collection(table(buurten), by),
    }


def postcodes() -> dict[str, Collection]:
    """Of two years: two PC4, one of them partly in Elders; eight PC6 of 250 m wide, and one in Elders."""
    four, six = [], []
    for year in (2023, 2024):
        for n, (x, width) in enumerate([(0, 1000), (1000, 1500)]):
            four.append(
                {
                    "postcode": 1990 + n,
                    "jaarcode": year,
                    "aantal_inwoners": 2000,
                    "geometry": box(x, 0, width, 1000),
                }
            )
        for n in range(9):
            code = f"{1990 + n // 4}A{'ABCD'[n % 4]}"
            six.append(
                {
                    "postcode6": code,
                    "jaarcode": year,
                    "aantal_inwoners": 40,
                    "geometry": box(250 * n, 0, 250, 1000),
                }
            )
    return {
        "/cbs/postcode4/ogc/v1/collections/postcode4": Collection(table(four), ("jaarcode",)),
        "/cbs/postcode6/ogc/v1/collections/postcode6": Collection(table(six), ("jaarcode", "postcode6")),
    }


def directory() -> dict[str, Collection]:
    """A list of 342 municipalities."""
    rows = [
        {
            "statcode": f"GM{2000 + n}",
            "statnaam": f"Gemeente {n}",
            "jaarcode": 2025,
            "geometry": box(n, 0, 1, 1),
        }
        for n in range(341)
    ]
    rows.append({"statcode": CODE, "statnaam": NAME, "jaarcode": 2025, "geometry": box(0, 0, 2000, 1000)})
    path = "/cbs/gebiedsindelingen/ogc/v1/collections/gemeente_gegeneraliseerd"
    return {path: Collection(table(rows), ("jaarcode",))}


def bgt() -> dict[str, Collection]:
    """Three benches (one gone, one planned), a picnic table, a shelter; two swings; a playground."""
    at = {"tijdstip_registratie": "2024-05-01T10:00:00Z", "eind_registratie": None, "status": "bestaand"}

    def thing(number: int, plus: str, x: float, y: float, **more: Any) -> dict[str, Any]:
        spot = shapely.Point(WEST + x, SOUTH + y)
        return {"lokaal_id": f"B{number}", "plus_type": plus, **at, **more, "geometry": spot}

    furniture = [
        thing(1, "bank", 100, 100),
        thing(2, "niet-bgt:bank", 300, 100),
        thing(3, "bank", 500, 100, eind_registratie="2025-01-01T00:00:00Z"),
        thing(4, "bank", 700, 100, status="plan"),
        thing(5, "picknicktafel", 900, 100),
        thing(6, "abri", 1100, 100),
        thing(7, "speelvoorziening", 110, 510),
        thing(8, "speelvoorziening", 1500, 500),
        thing(9, "speelvoorziening", 1510, 500),
        thing(10, "lichtpunt", 10, 10),
        thing(11, "bank", 2100, 100),
    ]
    ground = {
        "lokaal_id": "F1",
        "plus_type": "niet-bgt:recreatie: speeltuin",
        **at,
        "geometry": box(100, 500, 40, 40),
    }
    garden = {
        **ground,
        "lokaal_id": "F2",
        "plus_type": "recreatie: volkstuin",
        "geometry": box(1800, 800, 100, 100),
    }
    path = "/lv/bgt/ogc/v1/collections"
    return {
        f"{path}/straatmeubilair": Collection(table(furniture)),
        f"{path}/functioneelgebied": Collection(table([ground, garden])),
    }


def node(number: int, x: float, y: float, **tags: str) -> dict[str, Any]:
    """A point of OpenStreetMap."""
    lon, lat = shapely.get_coordinates(to_wgs84(shapely.Point(WEST + x, SOUTH + y)))[0].tolist()
    return {"type": "node", "id": number, "lat": lat, "lon": lon, "tags": _tags(tags)}


def way(number: int, shape: shapely.Geometry, **tags: str) -> dict[str, Any]:
    """A line or a ground of OpenStreetMap; `shape` in RD."""
    line = shape.exterior if shape.geom_type == "Polygon" else shape
    spots = [{"lon": x, "lat": y} for x, y in shapely.get_coordinates(to_wgs84(line)).tolist()]
    return {"type": "way", "id": number, "geometry": spots, "tags": _tags(tags)}


def _tags(tags: dict[str, str]) -> dict[str, str]:
    return {key.replace("__", ":"): value for key, value in tags.items()}


def line(*spots: tuple[float, float]) -> shapely.LineString:
    """A line in RD, x and y from the town's south-west corner."""
    return shapely.LineString([(WEST + x, SOUTH + y) for x, y in spots])


def elements() -> list[dict[str, Any]]:
    """What OpenStreetMap has of Testdam."""
    return [
        node(1, 103, 100, amenity="bench", backrest="yes", seats="3"),  # 3 m from B1: the same bench
        node(2, 1300, 100, amenity="bench"),
        node(3, 1400, 100, amenity="bench", access="private"),
        node(4, 1101, 100, highway="bus_stop", bench="yes", name="Station"),
        node(5, 2200, 100, amenity="bench"),  # in Elders
        node(6, 600, 600, amenity="community_centre", name="Huis van de Buurt"),
        way(6, box(590, 590, 30, 30), amenity="community_centre", name="Huis van de Buurt"),
        node(7, 800, 300, amenity="cafe", name="<script>alert(1)</script>"),
        node(8, 820, 300, amenity="restaurant", name="Eethuis"),
        node(9, 850, 300, amenity="social_facility", social_facility="food_bank"),
        node(10, 860, 300, amenity="social_facility", social_facility="shelter", name="Blijf"),
        node(11, 870, 300, amenity="social_facility", social_facility="group_home"),
        node(12, 900, 300, amenity="school", name="De Regenboog"),
        node(13, 950, 300, shop="supermarket", name="Super"),
        node(14, 960, 300, club="scout", name="Scouting"),
        way(15, box(110, 505, 50, 50), leisure="playground", name="Het Klimrek"),  # over F1
        node(16, 112, 512, playground="swing"),  # 3 m from B7: the same swing
        node(17, 130, 530, playground="slide"),
        way(18, box(1200, 600, 200, 200), leisure="sports_centre", name="VV Testdam"),
        way(19, box(1210, 610, 90, 60), leisure="pitch", sport="soccer"),  # the club's
        way(20, box(700, 700, 30, 20), leisure="pitch", sport="basketball"),
        way(21, box(0, 900, 400, 100), leisure="park", name="Stadspark"),
        way(22, line((0, 200), (1000, 200)), highway="residential", name="Kerkstraat"),
        way(23, line((1000, 200), (2000, 200)), highway="residential", name="Kerkstraat"),
        way(24, line((0, 400), (2000, 400)), highway="secondary", name="'s-Gravenweg"),
        way(25, line((500, 0), (500, 1000)), waterway="canal", name="Vaart"),
        {
            "type": "relation",
            "id": 26,
            "tags": {"type": "multipolygon", "natural": "water", "name": "Meer"},
            "members": [
                {**way(27, line((1500, 800), (1700, 800), (1700, 900))), "role": "outer", "ref": 27},
                {**way(28, line((1700, 900), (1500, 900), (1500, 800))), "role": "outer", "ref": 28},
            ],
        },
    ]


def places() -> list[dict[str, Any]]:
    """What the Locatieserver knows."""
    of = {"gemeentecode": "1999", "gemeentenaam": NAME, "bron": "BAG"}
    return [
        {
            **of,
            "type": "weg",
            "weergavenaam": "Kerkstraat, Testdam",
            "id": "weg-1",
            "centroide_rd": "POINT(94000 446200)",
            "buurtcode": "BU19990101",
            "wijkcode": "WK199901",
        },
        {**of, "type": "postcode", "weergavenaam": "Kerkstraat, 1990AA Testdam", "id": "pcd-1"},
        {**of, "type": "adres", "weergavenaam": "Kerkstraat 1, 1990AA Testdam", "id": "adr-1"},
        {"gemeentecode": "0307", "type": "weg", "weergavenaam": "Kerkstraat, Amersfoort", "id": "weg-2"},
    ]


def observations(year: int) -> list[dict[str, Any]]:
    """StatLine's figures: one secret, one that also comes with the areas, one only here."""
    rows = []
    for code in ("GM1999", "WK199901", "BU199901A1", "BU199901A2", "BU199902A1"):
        secret = code == "BU199901A1"
        rows.append(
            {
                "WijkenEnBuurten": code,
                "Measure": "M001342_2",
                "Value": None if secret else 45.0,
                "ValueAttribute": "Impossible" if secret else "None",
            }
        )
        rows.append({"WijkenEnBuurten": code, "Measure": "T001036", "Value": 7.0, "ValueAttribute": "None"})
    return rows


def town() -> Land:
    """Everything the four services know of Testdam."""
    return Land(
        collections={**areas(2024), **areas(2025), **postcodes(), **directory(), **bgt()},
        elements=elements(),
        places=places(),
        observations={"86165NED": observations(2025), "85984NED": observations(2024)},
        titles={
            "86165NED": "Kerncijfers wijken en buurten 2025",
            "85984NED": "Kerncijfers wijken en buurten 2024",
        },
    )
