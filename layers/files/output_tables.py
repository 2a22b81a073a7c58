"""Build the sketches, areas and facilities tables of an import."""

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.errors import FileThemeUnknown
from geo.schemas import FACILITIES
from layers.catalogue import MAX_MISSING
from layers.files.detection import layer_type
from layers.files.detection.facility_kinds import (
    OSM_BARE,
    OSM_KEYS,
    kind_of,
    kind_of_subject,
    known_types,
    theme_of,
)
from layers.files.import_state import ImportTable, refuse_when_empty
from layers.files.models import RawLayer, UploadedFile
from layers.files.text_cleaning import clean_text

_MISSING = re.compile(r"^-9999[0-9]+(?:[.,]0+)?$")
MAX_LISTED = 8
"""Values of a column that are stated in one sentence."""
OSM_COLUMNS = OSM_KEYS | {*OSM_BARE}
STATUS_COLUMNS = frozenset({"status", "fase", "bgt_status", "plus_status", "bgtstatus", "plusstatus"})
END_COLUMNS = frozenset(
    {
        "eindregistratie",
        "eind_registratie",
        "objecteindtijd",
        "eindgeldigheid",
        "termination_date",
        "vervallen",
    }
)
ABSENT_STATUS = frozenset(
    {"plan", "gepland", "vervallen", "verwijderd", "historie", "voormalig", "opgeheven", "gesloten"}
)
"""Words for what is not there yet or any more."""


# --- Tables -----------------------------------------------------------------------------------------


def _pick(table: pd.DataFrame, fields: Mapping[str, str], key: str) -> pd.Series | None:
    theirs = fields.get(key)
    if theirs is None:
        return None
    if theirs.startswith("="):
        return pd.Series([theirs[1:]] * len(table), index=table.index, dtype=object)
    return table.get(theirs)


def _texts(column: pd.Series | None, n: int) -> list[str | None]:
    if column is None:
        return [None] * n
    return [None if value is None or value == "" or pd.isna(value) else _as_text(value) for value in column]


def _as_text(value: Any) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _keys(column: pd.Series | None, n: int, start: str) -> list[str]:
    """Return unique keys: theirs, with a number behind repeats, or counted ones."""
    seen: dict[str, int] = {}
    keys = []
    for number, stated in enumerate(_texts(column, n), 1):
        key = stated or f"{start}{number}"
        seen[key] = seen.get(key, 0) + 1
        keys.append(key if seen[key] == 1 else f"{key}-{seen[key]}")
    return keys if len(set(keys)) == n else [f"{start}{number}" for number in range(1, n + 1)]


def build_sketches(table: pd.DataFrame, fields: Mapping[str, str], layer: RawLayer) -> pd.DataFrame:
    """Return the sketches table of an import."""
    n = len(table)
    names = _texts(_pick(table, fields, "name"), n)
    if layer.tool == "dnainfo" and "otherNeighborhood" in table:
        other = _texts(table["otherNeighborhood"], n)
        names = [o or name if name == "Other" else name for name, o in zip(names, other, strict=True)]
    frame = table.drop(columns=["geometry", "name", "sketch_id"], errors="ignore")
    frame.insert(0, "name", names)
    frame.index = pd.Index(_keys(_pick(table, fields, "sketch_id"), n, "s"), name="sketch_id")
    return frame


def build_areas(table: pd.DataFrame, fields: Mapping[str, str], source: UploadedFile) -> pd.DataFrame:
    """Return the areas table of an import, each area with a code and a name."""
    n = len(table)
    codes, names = _texts(_pick(table, fields, "code"), n), _texts(_pick(table, fields, "name"), n)
    frame = table.drop(columns=["geometry", "code", "name"], errors="ignore").map(_known)
    stem = re.sub(r"\W+", "-", source.name.rsplit(".", 1)[0])[:40]
    if all(code is None for code in codes):
        keys = _keys(pd.Series(names, dtype=object), n, f"{stem}-")
    else:
        keys = [code or f"{stem}-{number}" for number, code in enumerate(codes, 1)]
    frame.insert(0, "name", [name or key for name, key in zip(names, keys, strict=True)])
    frame.index = pd.Index(keys, name="code")
    return frame


def _known(value: Any) -> Any:
    """Return a value, or nothing for the numbers by which CBS says that it is not known."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return None if value <= MAX_MISSING else value
    return None if isinstance(value, str) and _MISSING.match(value) else value


def dissolve_by_code(areas: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, bool, bool]:
    """Return the areas with parts of one code and one name joined; another name is another area.

    Returns
    -------
    GeoDataFrame, bool, bool
        The areas under codes that differ; whether parts were merged; whether a code was given twice.
    """
    if areas.index.is_unique:
        return areas, False, False
    same = pd.MultiIndex.from_arrays([areas.index, areas["name"]])
    first = areas[~same.duplicated()].copy()
    merged = same[same.duplicated()].unique()
    for code, name in merged:
        parts = areas.geometry[(areas.index == code) & (areas["name"] == name)]
        first.loc[(first.index == code) & (first["name"] == name), "geometry"] = [
            shapely.union_all(parts.to_numpy())
        ]
    doubled = not first.index.is_unique
    if doubled:
        keys = _keys(pd.Series(first.index.to_numpy(), dtype=object), len(first), "")
        first.index = pd.Index(keys, name=areas.index.name)
    return first, bool(len(merged)), doubled


def refuse_water(table: ImportTable, fields: Mapping[str, str], layer: RawLayer) -> None:
    """Refuse the water of areas of which the land stands in the same table, under the same code."""
    water = next((column for column in layer.columns() if column.lower() == "water"), None)
    code = fields.get("code")
    if water is None or code is None:
        return
    is_water = [str(row.get(water)).strip().upper() == "JA" for row in table.rows]
    land = {row.get(code) for row, wet in zip(table.rows, is_water, strict=True) if not wet}
    for index, row in enumerate(table.rows):
        if is_water[index] and row.get(code) in land:
            table.refuse(index, "is_water")


def read_facility_kinds(
    table: ImportTable, fields: Mapping[str, str], layer: RawLayer, source: UploadedFile
) -> list[str | None]:
    """Return the kind of every facility, None where it is not recognised."""
    column = fields.get("kind", "")
    if column.startswith("="):
        if theme_of(column[1:]) is None:
            raise FileThemeUnknown(name=source.name, feature=column[1:])
        return [column[1:]] * len(table.rows)
    refuse_absent_facilities(table, layer)
    refuse_when_empty(table, source)
    types = layer_type.values(layer, column) if column else []
    called = re.sub(r"\.\w+$", "", source.name)
    names = layer_type.name_columns(layer, fields.get("name"))
    subject = kind_of_subject(layer.name, called)
    live = np.flatnonzero(table.alive)
    if types and column.lower() not in OSM_COLUMNS and not known_types(types):
        raise FileThemeUnknown(name=source.name, feature=list_briefly(types))
    kinds = [kind_of(row, column or None, names, subject) for row in table.rows]
    if all(kinds[i] is None for i in live):
        raise FileThemeUnknown(name=source.name, feature=list_briefly(types) or table.labels[live[0]])
    for index in live:
        if kinds[index] is None:
            table.refuse(int(index), "kind_unknown")
    _refuse_repeated(table, layer, kinds)
    return kinds


def _refuse_repeated(table: ImportTable, layer: RawLayer, kinds: list[str | None]) -> None:
    """Refuse a place that stands there again: our own lists have one in each of its themes."""
    column = layer_type.place_id_column(layer.columns())
    seen: set[tuple[str, str | None, bytes]] = set()
    for index in np.flatnonzero(table.alive).tolist():
        ident = str(table.rows[index].get(column) or "") if column else ""
        key = (ident, kinds[index], shapely.to_wkb(table.shapes[index]))
        if ident and key in seen:
            table.refuse(index, "same_place")
        seen.add(key)


def refuse_absent_facilities(table: ImportTable, layer: RawLayer) -> None:
    """Refuse places that are not there: planned, ended or closed, as for objects that come of the BGT."""
    status = [column for column in layer.columns() if column.lower() in STATUS_COLUMNS]
    ended = [column for column in layer.columns() if column.lower() in END_COLUMNS]
    for index, row in enumerate(table.rows):
        stated = {str(row.get(column) or "").strip().lower() for column in status}
        if stated & ABSENT_STATUS or any(str(row.get(column) or "").strip() for column in ended):
            table.refuse(index, "not_there")


def list_briefly(types: list[str]) -> str:
    """Write the most frequent values with their counts."""
    counts = Counter(types).most_common(MAX_LISTED)
    return ", ".join(f"{clean_text(value)[:40]} ({count})" for value, count in counts)


def build_facilities(
    table: pd.DataFrame, fields: Mapping[str, str], kinds: list[str | None], source: UploadedFile
) -> pd.DataFrame:
    """Return the facilities table of an import."""
    n = len(table)
    frame = table.drop(columns=[*FACILITIES.columns, "facility_id"], errors="ignore")
    ours = pd.DataFrame(
        {
            "theme": [theme_of(str(kind)) for kind in kinds],
            "kind": kinds,
            "name": _texts(_pick(table, fields, "name"), n),
            "source": [source.name] * n,
            "date": [text[:10] if text else None for text in _texts(_pick(table, fields, "date"), n)],
        },
        index=table.index,
    )
    frame = pd.concat([ours, frame], axis=1)
    frame.index = pd.Index(_keys(_pick(table, fields, "facility_id"), n, "f"), name="facility_id")
    return frame
