"""What a layer seems to be and what its columns seem to mean: proposals, shown before it is taken in."""

import re
from collections.abc import Iterable
from typing import Any

import numpy as np
import shapely

from layers.files.raw import Layer
from layers.files.rivals import BY_KEY

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
    "postcode6", "postcode5", "postcode4", "postalcode", "zipcode", "zip",
)  # fmt: skip
NAME_COLUMNS = (
    "buurtnaam", "wijknaam", "statnaam", "gemeentenaam", "naam", "name", "naamnl", "title", "titel", "label",
    "omschrijving",
)  # fmt: skip
PLACE_COLUMNS = (
    "neighbourhood", "neighborhood", "neighborhoodlive", "buurtnaam", "buurt", "wijk", "naam_buurt",
    "entry_name", "naam", "name", "title", "titel",
)  # fmt: skip
KIND_COLUMNS = (
    "bgtplustype", "plus_type", "plustype", "bgt_type", "osm_keyword", "amenity", "leisure", "kind", "soort",
    "type", "categorie", "category", "thema", "theme", "subtype",
)  # fmt: skip
ID_COLUMNS = (
    "sketch_id", "facility_id", "identificatie", "lokaal_id", "lokaalid", "osm_id", "objectid", "id", "uuid",
    "_uuid", "globalid", "fid",
)  # fmt: skip
DATE_COLUMNS = (
    "tijdstipregistratie",
    "date",
    "datum",
    "peildatum",
    "updated_at",
    "published_at",
    "_submission_time",
)
SKETCH_COLUMNS = frozenset(
    {"neighborhoodlive", "yearslived", "tekening", "respondent", "respondent_id", "thema", "bron"}
)
FACILITY_COLUMNS = frozenset({"bgtplustype", "plus_type", "plustype", "amenity", "leisure", "facility_id"})

PERSONAL = re.compile(
    r"e-?mail|telefoon|telephone|phone|mobiel|voornaam|achternaam|first_?name|last_?name|surname|full_?name|"
    r"author|auteur|respondent_?name|naam_?respondent|uw_?naam|your_?name|submitted_?by|user_?name|gebruikersnaam|"
    r"account|creator|created_by|editor|contact|adres|address|straat|street|huisnummer|house_?number|"
    r"geboorte|birth|\bip\b|ip_?address|device_?id|user_data__",
    re.IGNORECASE,
)
NOT_PERSONAL = re.compile(
    r"datum|date|omgevingsadressen|adressendichtheid|adressen_per|stedelijkheid", re.IGNORECASE
)
EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}")
PHONE = re.compile(r"(?<![\w.])(?:\+31|0031|0)[ -]?[1-9](?:[ -]?\d){8}(?![\w.])")


def role(layer: Layer) -> str | None:  # noqa: PLR0911  # one sign a line, from sure to weak
    """Guess whether these are sketches, areas or facilities; ``None`` when nothing tells.

    A tool that residents draw with means sketches; points are facilities; shapes that lie over each other are
    sketches and those that lie side by side are areas; codes of the CBS mean areas.
    """
    there = [shape for shape in layer.shapes if shape is not None and not shape.is_empty]
    if not there:
        return None
    dimensions = shapely.get_dimensions(there[:LOOKED_AT])
    columns = {column.lower() for column in layer.columns()}
    if (dimensions == 0).mean() > 0.5:
        return "facilities"
    if layer.tool is not None or (dimensions == 1).mean() > 0.5:
        return "sketches"
    if columns & FACILITY_COLUMNS:
        return "facilities"
    if len(columns & SKETCH_COLUMNS) < 2 and "sketch_id" not in columns:
        if code_column(layer) is not None:
            return "areas"
        if len(there) == 1:
            return None
        if overlapping(there) <= OVERLAP_OF_SKETCHES:
            return "areas"
    return "sketches"


def overlapping(shapes: list[Any]) -> float:
    """Give how many times the ground is covered: 1 for areas side by side.

    Examples
    --------
    >>> overlapping([shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)])
    1.0
    >>> overlapping([shapely.box(0, 0, 1, 1), shapely.box(0, 0, 1, 1)])
    2.0
    """
    some = shapely.make_valid(np.array(shapes[:LOOKED_AT]), method="structure", keep_collapsed=False)
    ground = shapely.union_all(some).area
    return float(shapely.area(some).sum() / ground) if ground else 1.0


def values(layer: Layer, column: str) -> list[str]:
    """Give the texts of a column, without what is absent."""
    return [str(row[column]).strip() for row in layer.rows if row.get(column) not in (None, "")]


def code_column(layer: Layer) -> str | None:
    """Find the column with the code of an official area: named as one, or full of codes of the CBS."""
    columns = layer.columns()
    for wanted in CODE_COLUMNS:
        for column in columns:
            if column.lower() == wanted and _mostly_different(values(layer, column)):
                return column
    return next((column for column in columns if _holds_codes(values(layer, column))), None)


def _holds_codes(texts: list[str]) -> bool:
    return _mostly_different(texts) and all(re.match(r"^(BU|WK|GM)\d{4}", text) for text in texts)


def _mostly_different(texts: list[str]) -> bool:
    return bool(texts) and len(set(texts)) >= 0.8 * len(texts)


def _first(columns: Iterable[str], wanted: tuple[str, ...]) -> str | None:
    by_lower = {column.lower(): column for column in reversed(list(columns))}
    return next((by_lower[name] for name in wanted if name in by_lower), None)


def mapping(layer: Layer, as_role: str) -> dict[str, str]:
    """Propose which column gives which of our fields.

    Returns
    -------
    dict
        Our field -> their column; fields without a column are left out. The fields are ``sketch_id`` and
        ``name`` (what the resident calls it) for sketches; ``code`` and ``name`` for areas; ``facility_id``,
        ``kind``, ``name`` and ``date`` for facilities.
    """
    columns = layer.columns()
    tool = BY_KEY.get(layer.tool or "")
    found: dict[str, str | None]
    if as_role == "sketches":
        found = {
            "sketch_id": (tool.sketch_id if tool else None) or _unique(layer, ID_COLUMNS),
            "name": tool.place if tool and tool.place else _first(columns, PLACE_COLUMNS),
        }
        if tool is not None and tool.key == "sketch_map_tool":
            found["name"] = None  # there it is the name of the photograph
    elif as_role == "areas":
        code = code_column(layer)
        found = {"code": code, "name": _name_beside(columns, code)}
    else:
        found = {
            "facility_id": _unique(layer, ID_COLUMNS),
            "kind": _first(columns, KIND_COLUMNS),
            "name": _first(columns, NAME_COLUMNS),
            "date": _first(columns, DATE_COLUMNS),
        }
    return {field: column for field, column in found.items() if column is not None and column in columns}


def _unique(layer: Layer, wanted: tuple[str, ...]) -> str | None:
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


def division(codes: Iterable[str]) -> str | None:
    """Tell of which official division codes are; ``None`` for any other.

    Examples
    --------
    >>> division(["BU16210101", "BU0363AF08"]), division(["2651"]), division(["x"])
    ('buurt', 'pc4', None)
    """
    texts = list(codes)
    for name, form in DIVISION_OF:
        if texts and all(form.match(text) for text in texts):
            return name
    return None


def personal_columns(layer: Layer, as_role: str, kept: Iterable[str]) -> tuple[str, ...]:
    """Find columns that say who somebody is: by what the tool writes, by name, or by what is in them.

    Official areas and facilities have addresses of their own, which are nobody's secret: there only e-mail
    addresses and names of people count.
    """
    tool = BY_KEY.get(layer.tool or "")
    needed = set(kept)
    found = []
    for column in layer.columns():
        if column in needed:
            continue
        named = bool(PERSONAL.search(column)) and not NOT_PERSONAL.search(column)
        if as_role != "sketches":
            named = bool(re.search(r"e-?mail|author|user_data__|phone|telefoon", column, re.IGNORECASE))
        told = tool is not None and column in tool.personal
        if told or named or _full_of_addresses(layer, column):
            found.append(column)
    return tuple(found)


def _full_of_addresses(layer: Layer, column: str) -> bool:
    texts = [text for row in layer.rows[:LOOKED_AT] if isinstance(text := row.get(column), str) and text]
    return bool(texts) and sum(bool(EMAIL.fullmatch(text.strip())) for text in texts) > 0.5 * len(texts)
