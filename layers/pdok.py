"""PDOK: official areas and street furniture (OGC API Features), and the search for an address.

Every ``api.pdok.nl/.../ogc/v1`` is the same program, so one client does for all. Two traps shape it: the
answer's coordinates are in the CRS of a header and nowhere else, and a cursor that does not fit its question
starts again at page 1 without a word.
"""

import difflib
import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import geopandas as gpd
import pandas as pd
import shapely
from shapely.geometry import shape

from geo.crs import RD, to_planar
from geo.errors import AnswerIncomplete, AnswerUnreadable, ServiceRefused
from layers.settings import LOCATIE, PDOK
from layers.transport import Session

RD_URI = "http://www.opengis.net/def/crs/EPSG/0/28992"
PAGE = 1000
RD_REACH = (-10_000.0, 300_000.0, 300_000.0, 640_000.0)
"""West, south, east, north of everything Dutch in RD, in metres: what lies outside is in another CRS."""

Box = tuple[float, float, float, float]


# --- OGC API Features -------------------------------------------------------------------------------


def items(
    session: Session, path: str, collection: str, *, filters: dict[str, str], box: Box | None = None
) -> gpd.GeoDataFrame:
    """Give every feature of a collection that fits, in RD, or nothing at all.

    Parameters
    ----------
    path
        Of the service, for instance ``/lv/bgt/ogc/v1``.
    filters
        Exact values of properties the service can be asked for; see `queryables`.
    box
        Only what touches this box, in RD metres.

    Returns
    -------
    GeoDataFrame
        The properties as they came, and ``geometry`` (2D, may be null), in RD.

    Raises
    ------
    AnswerUnreadable
        Another CRS than asked for, a page that came before, a feature that came before.
    AnswerIncomplete
        A page that holds fewer features than it says.
    FetchError
        See `Session.ask`.
    """
    service = f"PDOK {collection}"
    base = f"{PDOK.addresses()[0]}{path}/collections/{collection}/items"
    params: dict[str, str] = {"f": "json", "limit": str(PAGE), "crs": RD_URI, **filters}
    if box is not None:
        params |= {"bbox": ",".join(f"{side:.3f}" for side in box), "bbox-crs": RD_URI}
    rows: list[dict[str, Any]] = []
    shapes: list[Any] = []
    seen: set[str] = set()
    for feature in _features(session, service, base, params):
        key = str(feature.get("id"))
        if key in seen:
            raise AnswerUnreadable(service=service, reason=f"feature {key} came twice: paging started again")
        seen.add(key)
        rows.append(feature.get("properties") or {})
        try:
            shapes.append(shape(feature["geometry"]) if feature.get("geometry") else None)
        except (KeyError, TypeError, ValueError, AttributeError, shapely.errors.ShapelyError) as problem:
            raise AnswerUnreadable(
                service=service, reason=f"feature {key} has no readable shape"
            ) from problem
    table = gpd.GeoDataFrame(pd.DataFrame(rows), geometry=shapely.force_2d(shapes), crs=RD)
    _in_rd(service, table)
    return table


def _features(session: Session, service: str, base: str, params: dict[str, str]) -> Iterator[dict[str, Any]]:
    """Walk the pages; the link to the next is followed as it stands, because its cursor is bound to it."""
    answer = session.ask(service, base, params=params)
    seen = {base}
    while True:
        found = answer.headers.get("content-crs", "").strip("<> ")
        if found != RD_URI:
            reason = f"coordinates are in '{found or 'an unnamed CRS'}', asked was EPSG:28992"
            raise AnswerUnreadable(service=service, reason=reason)
        features = answer.body.get("features")
        if not isinstance(features, list) or not all(isinstance(feature, dict) for feature in features):
            raise AnswerUnreadable(service=service, reason="it holds no list of features")
        promised = answer.body.get("numberReturned", len(features))
        if promised != len(features):
            reason = f"a page promises {promised} features and holds {len(features)}"
            raise AnswerIncomplete(service=service, reason=reason)
        yield from features
        links = answer.body.get("links") or []
        following = next((link["href"] for link in links if link.get("rel") == "next"), None)
        if following is None:
            return
        if not features:
            raise AnswerIncomplete(service=service, reason="an empty page says there is more")
        if _place(following) != _place(base):
            raise AnswerUnreadable(service=service, reason="the next page lies at another address")
        if following in seen:
            raise AnswerUnreadable(
                service=service, reason="the next page is one we had: paging started again"
            )
        seen.add(following)
        answer = session.ask(service, following)


def _place(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.netloc, parts.path


def _in_rd(service: str, table: gpd.GeoDataFrame) -> None:
    """Refuse coordinates that cannot be RD, whatever the header says."""
    if table.geometry.notna().any():
        spots = shapely.get_coordinates(table.geometry.to_numpy())
        inside = ((spots >= RD_REACH[:2]) & (spots <= RD_REACH[2:])).all(axis=1)
        if not inside.all():
            x, y = spots[~inside][0]
            raise AnswerUnreadable(
                service=service, reason=f"coordinates such as {x:.4f}, {y:.4f} are not in RD"
            )


def queryables(session: Session, path: str, collection: str) -> set[str]:
    """Give the properties a collection can be filtered by."""
    url = f"{PDOK.addresses()[0]}{path}/collections/{collection}/queryables"
    known = session.ask(f"PDOK {collection}", url, params={"f": "json"}).body.get("properties")
    return set(known) if isinstance(known, dict) else set()


def years(session: Session, path: str) -> list[int]:
    """Give the years of which PDOK publishes a service, read from its own list of services.

    Parameters
    ----------
    path
        With ``{year}`` in it, for instance ``/cbs/wijken-en-buurten-{year}/ogc/v1``.
    """
    body = session.ask("PDOK", f"{PDOK.addresses()[0]}/index.json").body
    pattern = re.compile(re.escape(path).replace(r"\{year\}", r"(\d{4})") + r"/?$")
    found = set()
    for service in body.get("apis") or []:
        for link in service.get("links") or []:
            if hit := pattern.search(urlsplit(str(link.get("href", ""))).path):
                found.add(int(hit[1]))
    return sorted(found)


def unknown_parameter(problem: ServiceRefused) -> bool:
    """Tell whether a refusal is about a filter this collection does not have."""
    return problem.facts["status"] == 400 and "unknown query parameter" in str(problem.facts["detail"])


# --- Locatieserver ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Place:
    """One place that was found: what to show, and where it is, in RD metres.

    ``kind`` is ``street``, ``postcode``, ``buurt``, ``wijk``, ``town``, ``municipality`` or ``address``;
    ``ident`` is the service's own key for `look_up`.
    """

    label: str
    kind: str
    ident: str
    x: float | None = None
    y: float | None = None
    gemeente: str | None = None
    wijk: str | None = None
    buurt: str | None = None


KINDS = {
    "weg": "street",
    "postcode": "postcode",
    "buurt": "buurt",
    "wijk": "wijk",
    "woonplaats": "town",
    "gemeente": "municipality",
    "adres": "address",
}
WITHOUT_NUMBERS = "type:(weg OR postcode OR buurt)"
"""What is searched by default: nobody needs to type a house number."""

LEAST_LETTERS = 3


def suggest(session: Session, text: str, *, code: str | None = None, rows: int = 10) -> list[Place]:
    """Give places whose name begins like this; without coordinates, see `look_up`.

    Parameters
    ----------
    text
        Personal data: it is sent to PDOK from this machine, and kept nowhere.
    code
        Only in this municipality.
    """
    if len(text.strip()) < LEAST_LETTERS:
        return []
    filters = WITHOUT_NUMBERS if code is None else f"{WITHOUT_NUMBERS} AND gemeentecode:{code[2:]}"
    params = {"q": text.strip(), "rows": str(rows), "fq": filters}
    body = _locatie(session, "suggest", params)
    return [place for doc in _docs(body) if _fits(text, place := _place_of(doc))]


def look_up(session: Session, ident: str) -> Place | None:
    """Give one suggestion with its coordinates and the codes of its gemeente, wijk and buurt."""
    found = _docs(_locatie(session, "lookup", {"id": ident, "fl": "*"}))
    return _place_of(found[0]) if found else None


def reverse(session: Session, x: float, y: float) -> Place | None:
    """Give the street nearest to a spot in RD metres, without a house number."""
    found = _docs(
        _locatie(session, "reverse", {"X": f"{x:.0f}", "Y": f"{y:.0f}", "type": "weg", "rows": "1"})
    )
    return _place_of(found[0]) if found else None


def _locatie(session: Session, verb: str, params: dict[str, str]) -> dict[str, Any]:
    answer = session.ask("Locatieserver", f"{LOCATIE.addresses()[0]}/{verb}", params=params, private=True)
    body: dict[str, Any] = answer.body
    return body


def _docs(body: dict[str, Any]) -> list[dict[str, Any]]:
    try:
        docs = body["response"]["docs"]
    except (KeyError, TypeError) as problem:
        raise AnswerUnreadable(service="Locatieserver", reason="it holds no list of places") from problem
    return [doc for doc in docs if isinstance(doc, dict) and doc.get("type") in KINDS]


def _place_of(doc: dict[str, Any]) -> Place:
    x, y = _spot(doc)
    number = str(doc.get("gemeentecode") or "").strip()
    return Place(
        label=plain(str(doc.get("weergavenaam", ""))),
        kind=KINDS[doc["type"]],
        ident=str(doc.get("id", "")),
        x=x,
        y=y,
        gemeente=f"GM{number.removeprefix('GM').zfill(4)}" if number else None,
        wijk=doc.get("wijkcode"),
        buurt=doc.get("buurtcode"),
    )


def _spot(doc: dict[str, Any]) -> tuple[float | None, float | None]:
    """Read the centre, in RD as it is published; only where that is absent, from degrees."""
    for column, degrees in (("centroide_rd", False), ("centroide_ll", True)):
        if doc.get(column):
            try:
                spot = shapely.from_wkt(doc[column])
            except shapely.errors.ShapelyError as problem:
                raise AnswerUnreadable(
                    service="Locatieserver", reason=f"{column} is not a point"
                ) from problem
            spot = to_planar(spot) if degrees else spot
            return float(spot.x), float(spot.y)
    return None, None


def plain(text: str) -> str:
    """Take the markup out of a text of others.

    Examples
    --------
    >>> plain("<b>Kerkweg</b>, Aadorp")
    'Kerkweg, Aadorp'
    """
    return html.unescape(re.sub(r"<[^>]*>", "", text))


def _fits(text: str, place: Place) -> bool:
    """Keep a place only if it has a word like ours: the service always answers, even to nonsense.

    Examples
    --------
    >>> _fits("Krekweg", Place("Kerkweg, Aadorp", "street", "weg-1"))
    True
    >>> _fits("xyzzy", Place("Kerkweg, Aadorp", "street", "weg-1"))
    False
    """
    wanted = re.findall(r"\w{3,}", text.casefold())
    shown = re.findall(r"\w+", place.label.casefold())
    return any(
        any(word in other for other in shown) or difflib.get_close_matches(word, shown, cutoff=0.7)
        for word in wanted
    )
