"""Client of the PDOK Locatieserver: suggestions, look-up and reverse geocoding."""

import difflib
import html
import re
from dataclasses import dataclass
from typing import Any

import shapely

from geo.crs import to_planar
from geo.errors import AnswerUnreadable
from layers.services.addresses import LOCATIE
from layers.services.http import HttpClient

# --- Locatieserver ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class AddressMatch:
    """One place that was found: what to show, and where it is, in RD metres.

    ``kind`` is ``street``, ``postcode``, ``pc4``, ``buurt``, ``wijk``, ``town``, ``municipality`` or ``address``;
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

MIN_LETTERS = 3


def suggest(session: HttpClient, text: str, *, code: str | None = None, rows: int = 10) -> list[AddressMatch]:
    """Return places whose name begins like this; without coordinates, see `look_up`.

    Parameters
    ----------
    text
        Personal data: it is sent to PDOK from this machine, and kept nowhere.
    code
        Only in this municipality.
    """
    if len(text.strip()) < MIN_LETTERS:
        return []
    filters = WITHOUT_NUMBERS if code is None else f"{WITHOUT_NUMBERS} AND gemeentecode:{code[2:]}"
    params = {"q": text.strip(), "rows": str(rows), "fq": filters}
    body = _locatie(session, "suggest", params)
    return [place for doc in _docs(body) if _fits(text, place := _place_of(doc))]


def lookup(session: HttpClient, ident: str) -> AddressMatch | None:
    """Return one suggestion with its coordinates and the codes of its gemeente, wijk and buurt."""
    found = _docs(_locatie(session, "lookup", {"id": ident, "fl": "*"}))
    return _place_of(found[0]) if found else None


def reverse_geocode(session: HttpClient, x: float, y: float) -> AddressMatch | None:
    """Return the street nearest to a spot in RD metres, without a house number."""
    found = _docs(
        _locatie(session, "reverse", {"X": f"{x:.0f}", "Y": f"{y:.0f}", "type": "weg", "rows": "1"})
    )
    return _place_of(found[0]) if found else None


def _locatie(session: HttpClient, verb: str, params: dict[str, str]) -> dict[str, Any]:
    answer = session.get_json(
        "Locatieserver", f"{LOCATIE.addresses()[0]}/{verb}", params=params, private=True
    )
    body: dict[str, Any] = answer.body
    return body


def _docs(body: dict[str, Any]) -> list[dict[str, Any]]:
    try:
        docs = body["response"]["docs"]
    except (KeyError, TypeError) as problem:
        raise AnswerUnreadable(service="Locatieserver", reason="it holds no list of places") from problem
    return [doc for doc in docs if isinstance(doc, dict) and doc.get("type") in KINDS]


def _place_of(doc: dict[str, Any]) -> AddressMatch:
    x, y = _spot(doc)
    number = str(doc.get("gemeentecode") or "").strip()
    return AddressMatch(
        label=strip_markup(str(doc.get("weergavenaam", ""))),
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


def strip_markup(text: str) -> str:
    """Remove the markup from a text of others.

    Examples
    --------
    >>> strip_markup("<b>Kerkweg</b>, Aadorp")
    'Kerkweg, Aadorp'
    """
    return html.unescape(re.sub(r"<[^>]*>", "", text))


def _fits(text: str, place: AddressMatch) -> bool:
    """Return whether a match shares a word with the query: the service also answers nonsense.

    Examples
    --------
    >>> _fits("Krekweg", AddressMatch("Kerkweg, Aadorp", "street", "weg-1"))
    True
    >>> _fits("xyzzy", AddressMatch("Kerkweg, Aadorp", "street", "weg-1"))
    False
    """
    wanted = re.findall(r"\w{3,}", text.casefold())
    shown = re.findall(r"\w+", place.label.casefold())
    return any(
        any(word in other for other in shown) or difflib.get_close_matches(word, shown, cutoff=0.7)
        for word in wanted
    )
