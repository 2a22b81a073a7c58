"""What a layer seems to be and what its columns seem to mean: proposals, shown before it is taken in."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import shapely

from geo.sketches.crossings import exceeds_crossings
from layers.files.detection.facility_kinds import known_types
from layers.files.detection.own_exports import own_table
from layers.files.detection.place_columns import number
from layers.files.models import RawLayer
from layers.files.survey_tools import BY_KEY, OWN_DRAWINGS

ROLES = ("sketches", "areas", "facilities")
OVERLAP_OF_SKETCHES = 1.3
"""Official areas lie side by side (ratio 1); drawings of one town lie on top of each other."""
LOOKED_AT = 400
"""Shapes looked at for a guess."""

DIVISION_OF = (
    ("buurt", re.compile(r"^BU\d{4}[0-9A-Z]{4}$")),
    ("wijk", re.compile(r"^WK\d{4}[0-9A-Z]{2}$")),
    ("gemeente", re.compile(r"^GM\d{4}$")),
    ("pc6", re.compile(r"^\d{4} ?[A-Z]{2}$")),
    ("pc5", re.compile(r"^\d{4} ?[A-Z]$")),
    ("pc4", re.compile(r"^[1-9]\d{3}$")),
)
CODE_COLUMNS = (
    "buurtcode", "wijkcode", "cbscode", "statcode", "gemeentecode", "code", "pc6", "pc5", "pc4",
    "postcode6", "postcode5", "postcode4", "postcode", "postalcode", "zipcode", "zip",
)  # fmt: skip
NAME_COLUMNS = (
    "buurtnaam", "wijknaam", "statnaam", "gemeentenaam", "naam", "name", "naamnl", "title", "titel", "label",
    "omschrijving",
)  # fmt: skip
PLACE_COLUMNS = (
    "neighbourhood", "neighborhood", "neighborhoodlive", "buurtnaam", "buurt", "wijk", "naam_buurt", "area_name",
    "entry_name", "naam", "name", "title", "titel",
)  # fmt: skip
KIND_COLUMNS = (
    "bgtplustype", "plus_type", "plustype", "bgt_type", "osm_keyword", "amenity", "leisure", "kind", "soort",
    "type", "categorie", "category", "thema", "theme", "subtype",
)  # fmt: skip
DESCRIPTION_COLUMNS = frozenset(
    {"omschrijving", "beschrijving", "description", "toelichting", "naam", "name"}
)
ID_COLUMNS = (
    "sketch_id", "facility_id", "kenmerk", "identifier", "identificatie", "lokaal_id", "lokaalid", "osm_id",
    "objectid", "id", "uuid", "_uuid", "globalid", "fid",
)  # fmt: skip
PLACE_IDS = ("facility_id", "kenmerk", "identifier")
DATE_COLUMNS = (
    "tijdstipregistratie",
    "date",
    "datum",
    "peildatum",
    "updated_at",
    "published_at",
    "_submission_time",
)
RADIUS_COLUMNS = {
    "radius": 1.0, "radius_m": 1.0, "straal": 1.0, "straal_m": 1.0, "radiusinmeters": 1.0,
    "radiusinkm": 1_000.0, "radiuskilometers": 1_000.0, "radius_km": 1_000.0, "straal_km": 1_000.0,
}  # fmt: skip
"""Column -> metres of one unit in it."""
MAX_RADIUS_M = 20_000.0
SKETCH_COLUMNS = frozenset(
    {"neighborhoodlive", "yearslived", "tekening", "respondent", "respondent_id", "thema", "bron"}
)
FACILITY_COLUMNS = frozenset({"bgtplustype", "plus_type", "plustype", "amenity", "leisure", "facility_id"})

PERSONAL = re.compile(
    r"e-?mail|telefoon|telephone|phone|mobiel|voornaam|achternaam|first_?name|last_?name|surname|full_?name|"
    r"author|auteur|respondent_?name|naam_?respondent|uw_?naam|your_?name|submitted_?by|user_?name|gebruikersnaam|"
    r"account|creator|created_by|editor|contact|adres|address|straat|street|huisnummer|house_?number|"
    r"geboorte|birth|\bip\b|ip_?address|device_?id|user_data__|wat is (?:je|uw|jouw) (?:naam|leeftijd)|hoe heet|"
    r"hoe oud|waar woon|geslacht|initialen|\bbsn\b|(?:^|_)klas$|handtekening",
    re.IGNORECASE,
)
NOT_PERSONAL = re.compile(
    r"datum|date|omgevingsadressen|adressendichtheid|adressen_per|stedelijkheid", re.IGNORECASE
)
PERSON_OR_PLACE = frozenset({"naam", "name", "deelnemer", "respondent", "bewoner", "tekenaar"})
BESIDE_A_PERSON = re.compile(
    r"leeftijd|\bage\b|hoe oud|geslacht|\bsex\b|gender|e-?mail|telefoon|phone|mobiel|geboorte|achternaam",
    re.IGNORECASE,
)
FIRST_AND_LAST = re.compile(
    r"^(?!(?:De|Het|Oude?|Nieuwe?|Noord|Oost|Zuid|West|Klein|Groot|Sint|Park|Plan|Park|Wijk|Buurt) )"
    r"[A-Z][a-zà-ÿ]+(?: (?:van|de|der|den|ter|ten|te|el|al|von))* [A-Z][a-zà-ÿ-]+$"
)
SHARE_OF_NAMES = 0.8
EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}")
PHONE = re.compile(r"(?<![\w.])(?:\+31|0031|0)[ -]?[1-9](?:[ -]?\d){8}(?![\w.])")


def detect_role(layer: RawLayer) -> str | None:  # noqa: PLR0911  # one sign a line, from sure to weak
    """Guess whether these are sketches, areas or facilities; ``None`` when nothing tells.

    A table of our own editions is what it was. A tool that residents draw with means sketches; points are
    facilities; shapes that lie over each other are sketches and those that lie side by side are areas; codes of the
    CBS mean areas.
    """
    there = [shape for shape in layer.shapes if shape is not None and not shape.is_empty]
    if not there:
        return None
    ours = own_table(layer)
    if ours is not None:
        return ours.role or None
    dimensions = shapely.get_dimensions(there[:LOOKED_AT])
    columns = {column.lower() for column in layer.columns()}
    if (dimensions == 0).mean() > 0.5:
        circles = sum(radius_of(row) is not None for row in layer.rows[:LOOKED_AT])
        return "sketches" if circles > 0.5 * min(len(layer.rows), LOOKED_AT) else "facilities"
    if layer.tool is not None or (dimensions == 1).mean() > 0.5:
        return "sketches"
    if columns & FACILITY_COLUMNS:
        return "facilities"
    if len(columns & SKETCH_COLUMNS) < 2 and "sketch_id" not in columns:
        if code_column(layer) is not None:
            return "areas"
        if len(there) == 1:
            return None
        if coverage_factor(there) <= OVERLAP_OF_SKETCHES:
            return "areas"
    return "sketches"


def radius_of(row: Mapping[str, Any]) -> float | None:
    """Return the radius in metres by which a point is a circle; ``None`` for any other point.

    Examples
    --------
    >>> radius_of({"radius": 150}), radius_of({"radiusInKm": "0,2"}), radius_of({"isCircle": False, "radius": 9})
    (150.0, 200.0, None)
    """
    by_lower = {str(key).lower(): value for key, value in row.items()}
    if str(by_lower.get("iscircle", True)).lower() in ("false", "0"):
        return None
    for name, metres in RADIUS_COLUMNS.items():
        if by_lower.get(name) not in (None, ""):
            radius = number(by_lower[name]) * metres
            return radius if 0 < radius <= MAX_RADIUS_M else None
    return None


def coverage_factor(shapes: list[Any]) -> float:
    """Return how many times the ground is covered: 1 for areas side by side.

    Examples
    --------
    >>> coverage_factor([shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)])
    1.0
    >>> coverage_factor([shapely.box(0, 0, 1, 1), shapely.box(0, 0, 1, 1)])
    2.0
    """
    seen = np.array(shapes[:LOOKED_AT])
    cheap = [bool(shapely.is_valid(shape)) or not exceeds_crossings(np.array([shape])) for shape in seen]
    some = shapely.make_valid(seen[cheap], method="structure", keep_collapsed=False)
    ground = shapely.union_all(some).area
    return float(shapely.area(some).sum() / ground) if ground else 1.0


def values(layer: RawLayer, column: str) -> list[str]:
    """Return the texts of a column, without what is absent."""
    return [str(row[column]).strip() for row in layer.rows if row.get(column) not in (None, "")]


def code_column(layer: RawLayer) -> str | None:
    """Return the column with the code of an official area: named as one, or full of codes of the CBS.

    A code may repeat: parts of one area, its water, or its editions have the same.
    """
    columns = layer.columns()
    for wanted in CODE_COLUMNS:
        for column in columns:
            if column.lower() == wanted and (
                _mostly_different(values(layer, column)) or _holds_codes(values(layer, column))
            ):
                return column
    return next(
        (
            column
            for column in columns
            if _mostly_different(values(layer, column)) and _holds_codes(values(layer, column), official=True)
        ),
        None,
    )


def _holds_codes(texts: list[str], *, official: bool = False) -> bool:
    """Return whether all texts are codes, of CBS only or of postcodes too."""
    forms = [form for name, form in DIVISION_OF if not official or name in ("buurt", "wijk", "gemeente")]
    return bool(texts) and any(all(form.match(text) for text in texts) for form in forms)


def _mostly_different(texts: list[str]) -> bool:
    return bool(texts) and len(set(texts)) >= 0.8 * len(texts)


def _first(columns: Iterable[str], wanted: tuple[str, ...]) -> str | None:
    by_lower = {column.lower(): column for column in reversed(list(columns))}
    return next((by_lower[name] for name in wanted if name in by_lower), None)


def propose_mapping(layer: RawLayer, as_role: str) -> dict[str, str]:
    """Propose which column gives which of our fields.

    Returns
    -------
    dict
        Our field -> their column; fields without a column are left out. The fields are ``sketch_id`` and
        ``name`` (what the resident calls it) for sketches; ``code`` and ``name`` for areas; ``facility_id``,
        ``kind``, ``name`` and ``date`` for facilities.
    """
    columns = layer.columns()
    ours = own_table(layer)
    if ours is not None and ours.role == as_role:
        return {field: column for field, column in ours.fields if column in columns}
    tool = BY_KEY.get(layer.tool or "")
    found: dict[str, str | None]
    if as_role == "sketches":
        found = {
            "sketch_id": (tool.sketch_id if tool else None) or _unique(layer, ID_COLUMNS),
            "name": tool.place if tool and tool.place else _first(columns, PLACE_COLUMNS),
        }
        if found["name"] is not None and names_people(layer, found["name"]):
            found["name"] = _first([one for one in columns if not names_people(layer, one)], PLACE_COLUMNS)
        if tool is not None and tool.key == "sketch_map_tool":
            found["name"] = None  # there it is the name of the photograph
    elif as_role == "areas":
        code = code_column(layer)
        found = {"code": code, "name": _name_beside(columns, code)}
    else:
        found = {
            "facility_id": _unique(layer, ID_COLUMNS) or place_id_column(columns),
            "kind": _kind_column(layer),
            "name": _first(columns, NAME_COLUMNS),
            "date": _first(columns, DATE_COLUMNS),
        }
    return {field: column for field, column in found.items() if column is not None and column in columns}


def place_id_column(columns: Iterable[str]) -> str | None:
    """Return the column by which one place is known that stands in more than one row, as in our own lists.

    Examples
    --------
    >>> place_id_column(("Kenmerk", "Thema", "Soort")), place_id_column(("id", "soort"))
    ('Kenmerk', None)
    """
    return _first(columns, PLACE_IDS)


def _kind_column(layer: RawLayer) -> str | None:
    """Find the column with types of which we know at least one, else the first that is called as one."""
    by_lower = {column.lower(): column for column in reversed(layer.columns())}
    named = [by_lower[name] for name in KIND_COLUMNS if name in by_lower]
    return next((column for column in named if known_types(values(layer, column))), next(iter(named), None))


def name_columns(layer: RawLayer, name: str | None) -> tuple[str, ...]:
    """Return the columns in whose words a place may be described, the surest first."""
    described = [column for column in layer.columns() if column.lower() in DESCRIPTION_COLUMNS]
    return tuple(dict.fromkeys([*([name] if name else []), *described]))


def _unique(layer: RawLayer, wanted: tuple[str, ...]) -> str | None:
    by_lower = {column.lower(): column for column in reversed(layer.columns())}
    for name in wanted:
        column = by_lower.get(name)
        if column is not None:
            texts = values(layer, column)
            if len(texts) == len(layer.rows) == len(set(texts)):
                return column
    return None


def _name_beside(columns: tuple[str, ...], code: str | None) -> str | None:
    """Prefer ``buurtnaam`` beside ``buurtcode``."""
    if code is not None and code.lower().endswith("code"):
        beside = code[: -len("code")].lower() + "naam"
        for column in columns:
            if column.lower() == beside:
                return column
    return _first(columns, NAME_COLUMNS) or _first(columns, ("neighbourhood", "neighborhood", "po_name"))


def detect_division(codes: Iterable[str]) -> str | None:
    """Return which official division the codes are of; ``None`` for any other.

    Examples
    --------
    >>> detect_division(["BU16210101", "BU0363AF08"]), detect_division(["2651"]), detect_division(["x"])
    ('buurt', 'pc4', None)
    """
    texts = list(codes)
    for name, form in DIVISION_OF:
        if texts and all(form.match(text) for text in texts):
            return name
    return None


def names_people(layer: RawLayer, column: str) -> bool:
    """Return whether a column called *naam* holds names of people rather than of neighbourhoods.

    It does beside an age, a sex or an address to write to; and when all its values differ and are a first and
    a last name.
    """
    if column.lower() not in PERSON_OR_PLACE or layer.tool == OWN_DRAWINGS:
        return False
    beside = any(BESIDE_A_PERSON.search(other) for other in layer.columns() if other != column)
    texts = values(layer, column)
    alike = sum(bool(FIRST_AND_LAST.match(text)) for text in texts)
    whole = len(texts) > 1 and len(set(texts)) == len(texts) and alike > SHARE_OF_NAMES * len(texts)
    return beside or whole


def personal_columns(layer: RawLayer, as_role: str, kept: Iterable[str]) -> tuple[str, ...]:
    """Find columns that say who somebody is: by what the tool writes, by name, or by what is in them.

    Official areas and facilities have addresses of their own, which are nobody's secret: there only e-mail
    addresses and names of people count.
    """
    ours = own_table(layer)
    if ours is not None and ours.role == "areas":
        return ()  # an edition says nothing of a person; its `first_name` is that of a neighbourhood
    tool = BY_KEY.get(layer.tool or "")
    needed = set(kept)
    found = []
    for column in layer.columns():
        if column in needed:
            continue
        named = bool(PERSONAL.search(column)) and not NOT_PERSONAL.search(column)
        if as_role != "sketches":
            named = bool(re.search(r"e-?mail|author|user_data__|phone|telefoon", column, re.IGNORECASE))
        is_stated = tool is not None and column in tool.personal
        if as_role == "sketches" and names_people(layer, column):
            named = True
        if is_stated or named or _full_of_addresses(layer, column):
            found.append(column)
    return tuple(found)


def _full_of_addresses(layer: RawLayer, column: str) -> bool:
    texts = [text for row in layer.rows[:LOOKED_AT] if isinstance(text := row.get(column), str) and text]
    return bool(texts) and sum(bool(EMAIL.fullmatch(text.strip())) for text in texts) > 0.5 * len(texts)
