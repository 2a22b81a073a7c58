"""Servers on this machine that answer as PDOK, Overpass, the Locatieserver and StatLine do, faults included.

One program plays all four, each under its own path, as they are known to behave: cursors that start again
without a word, coordinates whose plane only a header tells, a time-out that comes with status 200.

Paths, filters and columns come from ``layers/contracts.toml``, so that no answer here is kinder than what we may
count on: a row with another column does not get in (`published`), a filter that is not in the file is refused.

A town of our own lies on them, small enough to count by head (`Town`); real answers can be laid on them too.
"""

import base64
import json
import re
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import geopandas as gpd
import shapely
from shapely.geometry import mapping

from geo.crs import RD, to_wgs84
from layers.contracts import CONTRACTS, FIGURE_TERMS, STATLINE_TABLES

RD_URI = "http://www.opengis.net/def/crs/EPSG/0/28992"
CRS84_URI = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
GEOJSON = "application/geo+json"
PROBLEM = "application/problem+json"


@dataclass
class Fault:
    """What goes wrong with an answer.

    Attributes
    ----------
    where
        Part of the request line it goes wrong at, or several with ``*`` between them.
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
        if self.times == 0 or not all(part in line for part in self.where.split("*")):
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
    has_moments: bool = False
    """Whether it can be asked as it was at a moment."""
    uuids: bool = False
    """Whether a feature's id is one of its version, as the BGT has it."""
    enums: dict[str, tuple[int, ...]] = field(default_factory=dict)
    """Values a filter may have; another is refused in other words than a filter that is not there."""


def published(line: str, rows: list[dict[str, Any]], year: int = 0) -> tuple[str, Collection]:
    """Return the path and the collection of a contract line; a column it does not promise is a fault of the test."""
    terms = CONTRACTS[line]
    kinder = {column for row in rows for column in row} - {"geometry"} - terms.columns(year or terms.year)
    assert not kinder, f"{line} of {year or terms.year} has no {sorted(kinder)}"
    path = f"{terms.path.format(year=year)}/collections/{terms.collection}"
    enums = {terms.year_column: terms.years} if terms.year_column in terms.parameters and terms.years else {}
    uuids = terms.path.startswith("/lv/bgt")
    return path, Collection(table(rows), tuple(terms.parameters), uuids=uuids, enums=enums)


@dataclass
class Land:
    """Everything the servers know."""

    collections: dict[str, Collection] = field(default_factory=dict)
    elements: list[dict[str, Any]] = field(default_factory=list)
    elements_then: list[dict[str, Any]] = field(default_factory=list)
    places: list[dict[str, Any]] = field(default_factory=list)
    observations: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)
    lists_measures: bool = True
    """Whether StatLine takes a list of measures in one question."""
    page: int = 1000
    base_date: str | None = None
    """When the map of Overpass was made; None, as with the real one, for two minutes ago."""


# --- OGC API ----------------------------------------------------------------------------------------


def fnv(params: dict[str, str]) -> str:
    """Return the checksum that binds a cursor to its question (FNV-1a, 32 bits, keys sorted)."""
    text = "".join(params[key] for key in sorted(params) if key not in {"f", "cursor"})
    number = 0x811C9DC5
    for byte in text.encode():
        number = ((number ^ byte) * 0x01000193) & 0xFFFFFFFF
    return base64.urlsafe_b64encode(number.to_bytes(4, "big").lstrip(b"\0")).decode().rstrip("=")


def cursor(fid: int, params: dict[str, str]) -> str:
    """Return the cursor that follows a feature."""
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


class SolrRefusal(Exception):
    """A refusal in the form of Solr, the program behind the Locatieserver."""


KNOWN = {"f", "limit", "cursor", "crs", "bbox", "bbox-crs", "datetime"}


def _refuse_wrong(params: dict[str, str], collection: Collection) -> None:
    if "datetime" in params and not collection.has_moments:
        raise Refusal(400, "datetime param is currently not supported for this collection")
    for key, value in params.items():
        if key not in KNOWN and key not in collection.queryables:
            raise Refusal(400, f"unknown query parameter(s) found: {key}")
        if key in collection.enums and value not in map(str, collection.enums[key]):
            allowed = ",".join(map(str, collection.enums[key]))
            raise Refusal(
                400,
                f'request doesn\'t conform to OpenAPI spec: parameter "{key}" in query has an error: '
                f"value is not one of the allowed values [{allowed}]",
            )
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
            "id": str(uuid.uuid5(uuid.NAMESPACE_URL, f"{path}/{fid}")) if collection.uuids else str(fid),
            "properties": dict(sorted(row.items())),
            "geometry": None if shape is None else mapping(shape),
        }
        for fid, row, shape in zip(page.index, facts.to_dict("records"), shapes, strict=True)
    ]
    links = [
        {
            "rel": rel,
            "title": f"This document as {form}",
            "type": kind,
            "href": f"{base}{path}/items?f={short}",
        }
        for rel, form, kind, short in (
            ("self", "GeoJSON", GEOJSON, "json"),
            ("alternate", "JSON-FG", "application/vnd.ogc.fg+json", "jsonfg"),
            ("alternate", "HTML", "text/html", "html"),
        )
    ]
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


def description(land: Land, path: str) -> dict[str, Any]:
    """Answer ``/api?f=json``: of each collection what it may be filtered by, with the values there are."""
    paths = {}
    for key, collection in land.collections.items():
        root, _, name = key.partition("/collections/")
        if root == path:
            asked = [
                {"name": queryable, "schema": {"enum": list(collection.enums.get(queryable, ()))}}
                for queryable in collection.queryables
            ]
            paths[f"/collections/{name}/items"] = {"get": {"parameters": asked}}
    if not paths:
        raise Refusal(404, f"there is no {path}/api")
    return {"openapi": "3.0.2", "paths": paths}


def index(land: Land, base: str) -> dict[str, Any]:
    roots = sorted({path.split("/collections/")[0] for path in land.collections})
    return {"apis": [{"title": root, "links": [{"rel": "root", "href": f"{base}{root}"}]} for root in roots]}


# --- Overpass ---------------------------------------------------------------------------------------


def matches(statement: str, tags: dict[str, str]) -> bool:
    for absent, key, sign, value in re.findall(r'\[(!?)"([^"]+)"(?:([!~=]+)"([^"]*)")?\]', statement):
        said = tags.get(key)
        if absent:
            if said is not None:
                return False
            continue
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
    made = land.base_date or f"{datetime.now(UTC) - timedelta(minutes=2):%Y-%m-%dT%H:%M:%SZ}"
    return {
        "version": 0.6,
        "generator": "Overpass API 0.7.62",
        "osm3s": {"timestamp_osm_base": made, "copyright": "OpenStreetMap, ODbL"},
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
            raise SolrRefusal(f"undefined field {key} in {params}")
    if verb == "lookup":
        docs = [doc for doc in land.places if doc["id"] == params["id"]]
    elif verb == "reverse":
        docs = [{**doc, "afstand": 12.5} for doc in land.places if doc["type"] == params["type"]][:1]
    else:
        wanted = re.search(r"type:\(([^)]*)\)", params.get("fq", ""))
        kinds = re.findall(r"\w+", wanted[1]) if wanted else [doc["type"] for doc in land.places]
        number = re.search(r"gemeentecode:(\d+)", params.get("fq", ""))
        words = params["q"].casefold().split()
        docs = [
            {**{k: doc[k] for k in ("type", "weergavenaam", "id")}, "score": 15.2}
            for doc in sorted(
                land.places, key=lambda d: -sum(w in d["weergavenaam"].casefold() for w in words)
            )
            if doc["type"] in kinds and (number is None or doc.get("gemeentecode") == number[1])
        ][: int(params.get("rows", 10))]
    return {
        "response": {"numFound": len(docs), "start": 0, "numFoundExact": True, "docs": docs},
        "spellcheck": {"suggestions": [], "collations": []},
        "highlighting": {doc["id"]: {"suggest": [f"<b>{doc['weergavenaam']}</b>"]} for doc in docs},
    }


# --- StatLine ---------------------------------------------------------------------------------------


def odata(land: Land, table: str, what: str, params: dict[str, str], base: str) -> dict[str, Any]:
    if table not in land.titles:
        raise Refusal(404, "no such table")
    context = {"@odata.context": f"{base}/odata/v1/CBS/{table}/$metadata#{what}"}
    if what == "Properties":
        properties = {"Identifier": table, "Title": land.titles[table], "Version": "202606250000"}
        return {**context, **properties, "TemporalCoverage": land.titles[table][-4:]}
    if what == "MeasureCodes":
        listed = dict.fromkeys(row["Measure"] for row in land.observations[table])
        return {**context, "value": [{"Identifier": measure} for measure in listed]}
    if " in (" in params.get("$filter", "") and not land.lists_measures:
        raise Refusal(400, "The query specified in the URI is not valid.")
    prefixes = re.findall(r"startswith\(WijkenEnBuurten,'([^']+)'\)", params.get("$filter", ""))
    measures = re.findall(r"Measure in \(([^)]*)\)", params.get("$filter", ""))
    single = re.findall(r"Measure eq '([^']+)'", params.get("$filter", ""))
    wanted = set(re.findall(r"'([^']+)'", measures[0])) if measures else set(single)
    rows = [
        {"Id": number, "StringValue": None, **row}
        for number, row in enumerate(land.observations[table])
        if row["Measure"] in wanted and row["WijkenEnBuurten"].startswith(tuple(prefixes))
    ]
    skip = int(params.get("$skip", 0))
    body: dict[str, Any] = {**context, "value": rows[skip : skip + land.page]}
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
        self.at_overpass = self.most_at_overpass = 0
        self.closing = threading.Event()
        self.guard = threading.Lock()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def settings(self) -> dict[str, str]:
        """Return the settings that put this program behind every service."""
        return {
            "BUURT_PDOK_URL": self.address,
            "BUURT_OVERPASS_URL": f"{self.address}/overpass/api",
            "BUURT_LOCATIE_URL": f"{self.address}/bzk/locatieserver/search/v3_1",
            "BUURT_CBS_URL": f"{self.address}/odata/v1/CBS",
            "BUURT_CONTACT": "kaart@voorbeeld.nl",
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
            server.at_overpass += "/overpass/api/interpreter" in line
            server.most_at_overpass = max(server.most_at_overpass, server.at_overpass)
            fault = next((f for f in server.faults if f.strikes(line)), None)
        try:
            self._answer(form, fault)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True
        finally:
            with server.guard:
                server.now_open -= 1
                server.at_overpass -= "/overpass/api/interpreter" in line

    def _answer(self, form: str, fault: Fault | None) -> None:
        parts = urlsplit(self.path)
        params = dict(parse_qsl(parts.query, keep_blank_values=True))
        try:
            kind, body, headers = self._route(parts.path, params, form)
            status = 200
        except SolrRefusal as problem:
            status, kind, headers = 400, "application/json", {}
            body = {
                "error": {"metadata": ["error-class", "org.apache.solr"], "msg": str(problem), "code": 400}
            }
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
        if path.endswith("/ogc/v1/api"):
            return "application/json", description(land, path.removesuffix("/api")), {}
        if path == "/overpass/api/interpreter":
            if server.at_overpass > 1:
                raise Refusal(429, "rate_limited")
            agent = self.headers.get("User-Agent", "")
            if "@" not in agent and "http" not in agent:
                raise Refusal(406, "Not Acceptable")
            return "application/json", overpass(land, dict(parse_qsl(form))["data"]), {}
        if path == "/overpass/api/status":
            return "text/plain", "Rate limit: 2\n2 slots available now.\n", {}
        if hit := re.fullmatch(r"/bzk/locatieserver/search/v3_1/(\w+)", path):
            return "application/json", locatie(land, hit[1], params), {}
        if hit := re.fullmatch(r"/odata/v1/CBS/(\w+)/(\w+)", path):
            return "application/json", odata(land, hit[1], hit[2], params, server.address), {}
        hit = re.fullmatch(r"(/.+/collections/\w+)/items", path)
        if hit and hit[1] in land.collections:
            body, headers = items(land, hit[1], params, server.address)
            return GEOJSON, body, headers
        raise Refusal(404, f"there is no {path}")


# --- A town to count by head ------------------------------------------------------------------------

CODE, NAME = "GM1999", "Testdam"
WEST, SOUTH = 93_000.0, 446_000.0


def box(x: float, y: float, width: float, height: float) -> shapely.Polygon:
    """A rectangle in RD, x and y from the town's south-west corner."""
    return shapely.box(WEST + x, SOUTH + y, WEST + x + width, SOUTH + y + height)


def table(rows: list[dict[str, Any]]) -> gpd.GeoDataFrame:
    """Features, numbered from 1."""
    return gpd.GeoDataFrame(rows, geometry="geometry", crs=RD, index=range(1, len(rows) + 1))


def areas(year: int) -> dict[str, Collection]:
    """Testdam: 2,000 by 1,000 m of land, two wijken of two buurten each, a lake; and a neighbour, Elders."""
    of = {"gemeentecode": CODE, "gemeentenaam": NAME, "jaar": year, "water": "NEE"}
    more = {"woningvoorraad": 500, "aantal_wmo_clienten_per_1000_inwoners": -99995} if year < 2025 else {}
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
                "indelingswijziging_wijken_en_buurten": 1,
                **more,
                "geometry": box(1000 * w + 500 * b, 0, 500, 1000),
            }
            for b in range(2)
        ]
    buurten.append(
        {**lake, "buurtcode": "BU19990399", "buurtnaam": None, "geometry": box(0, 1000, 2000, 500)}
    )
    wijken.append({**lake, "wijkcode": "WK199903", "wijknaam": "Meer", "geometry": box(0, 1000, 2000, 500)})
    figures = {"aantal_inwoners": 300, "aantal_huishoudens": 130}
    wijken.append(
        {
            **there,
            **figures,
            "wijkcode": "WK199801",
            "wijknaam": "Elders",
            "geometry": box(2000, 0, 500, 1000),
        }
    )
    for code, name, ground in (
        ("BU19980101", "Elders", box(2000, 0, 500, 1000)),
        ("BU19980102", "Verweg", box(2800, 1800, 200, 200)),  # in the box of the belt, 1,131 m from Testdam
    ):
        buurten.append({**there, **figures, "buurtcode": code, "buurtnaam": name, "geometry": ground})
    rows = {"gemeente": gemeenten, "wijk": wijken, "buurt": buurten}
    return dict(published(line, found, year) for line, found in rows.items())


PERIODS = (
    "voor_1945", "45_tot_65", "65_tot_75", "75_tot_85", "85_tot_95", "95_tot_05", "05_tot_15", "15_en_later",
)  # fmt: skip


def homes_of_pc6(n: int) -> dict[str, object]:
    """Twenty homes each: the first four of before 1945, the others of around 1980; every second in blocks."""
    built = "voor_1945" if n < 4 else "75_tot_85"
    return {
        "aantal_woningen": 20,
        "aantal_meergezins_woningen": 20 if n % 2 else 0,
        **{f"aantal_woningen_bouwjaar_{period}": 20 if period == built else -99997 for period in PERIODS},
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
                    **homes_of_pc6(n),
                    "geometry": box(250 * n, 0, 250, 1000),
                }
            )
    return dict([published("pc4", four), published("pc6", six)])


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
    return dict([published("municipalities", rows)])


def bgt() -> dict[str, Collection]:
    """Three benches (one gone, one planned), a picnic table, a shelter; two swings; a playground."""
    at = {"tijdstip_registratie": "2024-05-01T10:00:00Z", "eind_registratie": None, "status": "bestaand"}
    gone = {"termination_date": "2025-02-01"}

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
        thing(12, "bank", 1200, 100, status="voormalig", **gone),
        thing(13, "bank", 1250, 100, plus_status="historie", **gone),
        thing(1, "bank", 100, 90, eind_registratie="2024-05-01T10:00:00Z"),  # an older version of B1
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
    return dict([published("straatmeubilair", furniture), published("functioneelgebied", [ground, garden])])


def degrees(shape: shapely.Geometry) -> list[tuple[float, float]]:
    """Return corners in degrees as OpenStreetMap keeps them: with seven decimals."""
    return [(round(x, 7), round(y, 7)) for x, y in shapely.get_coordinates(to_wgs84(shape)).tolist()]


def node(number: int, x: float, y: float, **tags: str) -> dict[str, Any]:
    """A point of OpenStreetMap."""
    lon, lat = degrees(shapely.Point(WEST + x, SOUTH + y))[0]
    return {"type": "node", "id": number, "lat": lat, "lon": lon, "tags": _tags(tags)}


def way(number: int, shape: shapely.Geometry, **tags: str) -> dict[str, Any]:
    """A line or a ground of OpenStreetMap; `shape` in RD."""
    line = shape.exterior if shape.geom_type == "Polygon" else shape
    spots = [{"lon": x, "lat": y} for x, y in degrees(line)]
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
        way(27, line((450, 300), (550, 300)), highway="footway", bridge="yes"),
        way(28, line((0, 700), (90, 700)), highway="service", access="private"),
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


BESIDE = ("WK199801", "BU19980101")


def observations(year: int) -> list[dict[str, Any]]:
    """StatLine's figures of five areas: 7 people of whom 2 are 65 or older (29 %), 3 homes; no figure that comes later.

    Elders beyond the border has the same.

    One number of homes is secret; of 2024 there are 45 clients of the Wmo in 1,000, of 2025 not one row.
    """
    numbers = {"T001036": 7.0, "80200": 2.0, "M000297": 3.0, "M001342_2": 45.0}
    later = {row.measure for row in FIGURE_TERMS.values() if year in row.later}
    rows = []
    for code in ("GM1999", "WK199901", "BU199901A1", "BU199901A2", "BU199902A1", *BESIDE):
        for measure, number in numbers.items():
            if measure in later:
                continue
            secret = code == "BU199901A1" and measure in ("M000297", "M001342_2")
            rows.append(
                {
                    "WijkenEnBuurten": code,
                    "Measure": measure,
                    "Value": None if secret else number,
                    "ValueAttribute": "Impossible" if secret else "None",
                }
            )
    return rows


def town(base_date: str | None = None) -> Land:
    """Everything the four services know of Testdam; the date of the map for who brings a clock of its own."""
    return Land(
        base_date=base_date,
        collections={**areas(2024), **areas(2025), **postcodes(), **directory(), **bgt()},
        elements=elements(),
        places=places(),
        observations={STATLINE_TABLES[year]: observations(year) for year in (2024, 2025)},
        titles={STATLINE_TABLES[year]: f"Kerncijfers wijken en buurten {year}" for year in (2024, 2025)},
    )
