"""Take one layer in: every feature becomes a row, or a refusal with its name and the reason."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from geo.errors import (
    FileAxesSwapped,
    FileColumnUnknown,
    FileCrsUnknown,
    FileCrsWrong,
    FileNothingTaken,
    FileOnlyOpenLines,
    FileOnlyPoints,
    FileRoleUnknown,
    FileThemeUnknown,
    FileWithoutShapes,
)
from geo.frames import AREAS, FACILITIES, SKETCHES
from layers.files import guess
from layers.files.kinds import kind_of, theme_of
from layers.files.place import Place, find, fits, to_metres, turn
from layers.files.raw import Layer, Opened, Source
from layers.files.rivals import BY_KEY

NEARLY_CLOSED = 0.15
"""A line whose ends lie nearer than this share of its length goes round; with a longer gap it is a street."""
LEAST_LOOP = 4
"""Corners of a line that can go round, its end included."""
LONGEST_VALUE = 500
"""Characters of one value; longer texts are cut."""
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True)
class Note:
    """What was said of one feature: its number in the file from 1, its name there, and a reason as key."""

    number: int
    feature: str
    reason: str


@dataclass(frozen=True)
class Taken:
    """What came of a file; ``n_in == n_taken + n_refused``, and every refusal is named.

    ``frame`` is SKETCHES (shapes as drawn, crossings included), AREAS or FACILITIES, in metres. Its rows may
    be fewer than ``n_taken`` for areas only: parts with one code are one area. ``repairs`` names what was
    mended, ``stripped`` the columns left out because they say who somebody is, ``warnings`` are keys.
    """

    frame: gpd.GeoDataFrame
    role: str
    format: str
    layer: str
    tool: str | None
    place: Place
    mapping: dict[str, str]
    n_in: int
    n_taken: int
    n_repaired: int
    n_refused: int
    repairs: tuple[Note, ...]
    refusals: tuple[Note, ...]
    stripped: tuple[str, ...]
    warnings: tuple[str, ...]


@dataclass
class _Table:
    """The features on their way: which are still in, what was mended, what was refused."""

    shapes: NDArray[Any]
    rows: list[dict[str, Any]]
    labels: list[str]
    alive: NDArray[np.bool_]
    refusals: list[Note] = field(default_factory=list)
    repairs: dict[int, str] = field(default_factory=dict)

    def refuse(self, index: int, reason: str) -> None:
        if self.alive[index]:
            self.alive[index] = False
            self.refusals.append(Note(index + 1, self.labels[index], reason))

    def mend(self, index: int, reason: str) -> None:
        self.repairs.setdefault(index, reason)


def take_layer(
    layer: Layer,
    opened: Opened,
    source: Source,
    *,
    role: str | None,
    crs: CRS | None,
    mapping: Mapping[str, str] | None,
    swap: bool | None,
    plane: CRS | None,
    keep_personal: bool,
) -> Taken:
    """Carry one layer from numbers to a table; see `layers.files.take`."""
    if not any(shape is not None for shape in layer.shapes) and not layer.rows:
        raise FileWithoutShapes(name=source.name)
    as_role = role or guess.role(layer)
    if as_role not in guess.ROLES:
        raise FileRoleUnknown(name=source.name)
    fields = _fields(layer, as_role, mapping, source)
    table = _table(layer, fields)
    _practice(table, layer)
    _stop_when_empty(table, source)
    place = _place(layer, table, source, crs, swap)
    table_crs = _to_metres(table, place, plane, swap=place.swapped and bool(swap))
    _keep_form(table, as_role)
    _stop_when_empty(table, source)
    if as_role == "facilities":
        kinds = _kinds(table, fields, layer, source)
    if as_role != "sketches":
        _repair(table)
    _stop_when_empty(table, source)
    warnings = _warnings(layer, place, table_crs)
    stripped = () if keep_personal else guess.personal_columns(layer, as_role, _columns_of(fields))
    told = _told(table, layer, set(stripped), mask=not keep_personal)
    live = np.flatnonzero(table.alive)
    if as_role == "facilities":
        frame = _facilities(told, fields, [kinds[i] for i in live], source)
    elif as_role == "areas":
        frame = _areas(told, fields, source)
    else:
        frame = _sketches(told, fields, layer)
    found = gpd.GeoDataFrame(frame, geometry=table.shapes[live], crs=table_crs)
    if as_role == "areas":
        found, merged = _one_row_an_area(found)
        warnings += ("parts_merged",) if merged else ()
        found.attrs = {
            "division": guess.division(found.index), "year": None, "source": source.name, "licence": None
        }  # fmt: skip
    frame_of = {"sketches": SKETCHES, "areas": AREAS, "facilities": FACILITIES}[as_role]
    repairs = tuple(
        Note(i + 1, table.labels[i], reason) for i, reason in sorted(table.repairs.items()) if table.alive[i]
    )
    return Taken(
        frame=frame_of.check(found) if as_role == "sketches" else frame_of.admit(found),
        role=as_role,
        format=opened.format,
        layer=layer.name,
        tool=layer.tool,
        place=place,
        mapping=fields,
        n_in=len(layer.shapes),
        n_taken=len(live),
        n_repaired=len(repairs),
        n_refused=len(table.refusals),
        repairs=repairs,
        refusals=tuple(sorted(table.refusals, key=lambda note: note.number)),
        stripped=stripped,
        warnings=warnings,
    )


# --- Columns ----------------------------------------------------------------------------------------


def _fields(layer: Layer, as_role: str, mapping: Mapping[str, str] | None, source: Source) -> dict[str, str]:
    fields = guess.mapping(layer, as_role)
    columns = layer.columns()
    for ours, theirs in (mapping or {}).items():
        if not theirs:
            fields.pop(ours, None)
            continue
        if not theirs.startswith("=") and theirs not in columns:
            raise FileColumnUnknown(name=source.name, column=theirs, columns=", ".join(columns))
        fields[ours] = theirs
    return fields


def _columns_of(fields: Mapping[str, str]) -> list[str]:
    return [theirs for theirs in fields.values() if not theirs.startswith("=")]


def clean_text(value: Any) -> Any:
    """Cut a text to what a table needs and leave out signs that cannot be seen; numbers stay numbers.

    Examples
    --------
    >>> clean_text("Oranje\\x00buurt\\ud800 "), clean_text(12), len(clean_text("a" * 900))
    ('Oranjebuurt', 12, 500)
    """
    if value is None or isinstance(value, bool | int | float):
        return value
    # Half of a sign of two parts cannot be written.
    whole = str(value)[: 4 * LONGEST_VALUE].encode("utf-8", "ignore").decode()
    return _CONTROL.sub("", whole).strip()[:LONGEST_VALUE]


def _table(layer: Layer, fields: Mapping[str, str]) -> _Table:
    shapes = np.empty(len(layer.shapes), dtype=object)
    shapes[:] = layer.shapes
    callers = [fields[key] for key in ("name", "code", "sketch_id", "facility_id") if key in fields]
    labels = []
    for number, row in enumerate(layer.rows, 1):
        names = (
            str(clean_text(row[c]))[:60]
            for c in callers
            if not c.startswith("=") and row.get(c) not in (None, "")
        )
        labels.append(next(names, f"#{number}"))
    table = _Table(shapes, layer.rows, labels, np.ones(len(shapes), dtype=bool))
    empty = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    for index in np.flatnonzero(empty).tolist():
        table.refuse(index, layer.faults[index] or "no_geometry")
    for index, reason in enumerate(layer.mended):
        if reason:
            table.mend(index, reason)
    return table


def _practice(table: _Table, layer: Layer) -> None:
    tool = BY_KEY.get(layer.tool or "")
    if tool is None:
        return
    seen: set[str] = set()
    for index, row in enumerate(table.rows):
        drawing = str(row.get(tool.repeats)) if tool.repeats else ""
        if tool.practice(row):
            table.refuse(index, "practice")
        elif drawing in seen:
            table.refuse(index, "same_drawing")
        elif drawing:
            seen.add(drawing)


def _told(table: _Table, layer: Layer, without: set[str], *, mask: bool) -> pd.DataFrame:
    columns = [column for column in layer.columns() if column not in without]
    rows = [row for row, alive in zip(table.rows, table.alive, strict=True) if alive]
    told = {}
    for column in columns:
        texts = [clean_text(row.get(column)) for row in rows]
        if mask:
            texts = [masked(text) if isinstance(text, str) else text for text in texts]
        told[column] = texts
    return pd.DataFrame(told, index=range(len(rows)))


def masked(text: str) -> str:
    """Put a dash in the place of e-mail addresses and telephone numbers in a remark.

    Examples
    --------
    >>> masked("bel 06-12345678 of mail jan@voorbeeld.nl, plein 1944")
    'bel – of mail –, plein 1944'
    """
    if "@" in text:
        text = guess.EMAIL.sub("–", text)
    return guess.PHONE.sub("–", text) if "0" in text or "+31" in text else text


# --- Shapes -----------------------------------------------------------------------------------------


def _keep_form(table: _Table, as_role: str) -> None:
    """Keep of each feature what its role can use: areas and lines that go round; facilities may be all."""
    if as_role == "facilities":
        return
    kinds = shapely.get_type_id(table.shapes)
    for index in np.flatnonzero(table.alive & ~np.isin(kinds, (3, 6))):
        shape, reason, whole = areal(table.shapes[index])
        if shape is None:
            table.refuse(int(index), reason)
        else:
            table.shapes[index] = shape
            table.mend(int(index), reason if whole else "parts_dropped")


def areal(shape: Any) -> tuple[Any, str, bool]:
    """Give the areas of a mixed shape, lines that go round included.

    Returns
    -------
    shape or None, str, bool
        The areas, raw; the reason why there are none, or what was done; whether all of it was used.

    Examples
    --------
    >>> areal(shapely.LineString([(0, 0), (10, 0), (10, 10), (0, 10), (0, 1)]))[1]
    'line_closed'
    >>> areal(shapely.Point(0, 0))[1], areal(shapely.LineString([(0, 0), (9, 0)]))[1]
    ('point_not_area', 'line_not_closed')
    """
    parts = list(shapely.get_parts(shape))
    while any(part.geom_type == "GeometryCollection" or part.geom_type.startswith("Multi") for part in parts):
        parts = list(shapely.get_parts(parts))
    areas = [part for part in parts if part.geom_type == "Polygon"]
    lines = [part for part in parts if part.geom_type in ("LineString", "LinearRing")]
    loops = [loop for line in lines if (loop := _loop(line)) is not None]
    found = areas + loops
    if not found:
        return None, "line_not_closed" if lines else "point_not_area", False
    whole = len(found) == len(parts)
    reason = "line_closed" if loops else "collection_taken_apart"
    return (found[0] if len(found) == 1 else shapely.MultiPolygon(found)), reason, whole


def _loop(line: Any) -> shapely.Polygon | None:
    corners = shapely.get_coordinates(line)
    gap = float(np.hypot(*(corners[0] - corners[-1])))
    if len(corners) < LEAST_LOOP or gap >= NEARLY_CLOSED * line.length:
        return None
    if gap:
        corners = np.vstack([corners, corners[:1]])
    return shapely.Polygon(corners)


def _place(layer: Layer, table: _Table, source: Source, crs: CRS | None, swap: bool | None) -> Place:
    there = list(table.shapes[table.alive])
    place = find(
        there,
        layer.crs,
        crs,
        degrees_unless_said=layer.degrees_unless_said,
        stated_how=layer.crs_proof,
    )
    if place.crs is None:
        x, y = shapely.get_coordinates(there[0])[0]
        raise FileCrsUnknown(name=source.name, x=float(x), y=float(y))
    if not fits(there, place.crs):
        raise FileCrsWrong(name=source.name, crs=place.crs.to_string())
    if place.swapped and swap is None:
        raise FileAxesSwapped(name=source.name)
    return place


def _to_metres(table: _Table, place: Place, plane: CRS | None, *, swap: bool) -> CRS:
    live = np.flatnonzero(table.alive)
    shapes = table.shapes[live]
    if swap:
        shapes = turn(shapes)
    assert place.crs is not None
    moved, crs, nowhere = to_metres(shapes, place.crs, plane)
    table.shapes[live] = moved
    for index in live[nowhere]:
        table.refuse(int(index), "not_on_earth")
    return crs


def _repair(table: _Table) -> None:
    """Make what is kept sound; a shape of which nothing is left is refused."""
    live = np.flatnonzero(table.alive)
    unsound = live[~shapely.is_valid(table.shapes[live])]
    if not len(unsound):
        return
    mended = shapely.make_valid(table.shapes[unsound], method="structure", keep_collapsed=False)
    for index, shape in zip(unsound, mended, strict=True):
        dimension = shapely.get_dimensions(table.shapes[index])
        if shape.is_empty or shapely.get_dimensions(shape) < dimension:
            table.refuse(int(index), "nothing_left")
        else:
            table.shapes[index] = shape
            table.repairs[int(index)] = "made_valid"


def _stop_when_empty(table: _Table, source: Source) -> None:
    if table.alive.any():
        return
    if not table.refusals:
        raise FileWithoutShapes(name=source.name)
    first = table.refusals[0]
    reasons = {note.reason for note in table.refusals}
    kind = FileNothingTaken
    if reasons == {"point_not_area"}:
        kind = FileOnlyPoints
    elif reasons <= {"line_not_closed", "line_of_one_point"}:
        kind = FileOnlyOpenLines
    raise kind(name=source.name, n=len(table.refusals), feature=first.feature, reason=first.reason)


def _warnings(layer: Layer, place: Place, crs: CRS) -> tuple[str, ...]:
    found = []
    if place.swapped:
        found.append("axes_turned")
    if place.proof.startswith(("range", "looks")):
        found.append(f"place_{place.proof}")
    if crs.to_epsg() != 28992:
        found.append("outside_netherlands")
    if layer.tool == "seasketch" and "is_practice" not in layer.columns():
        found.append("practice_unknown")
    return tuple(found)


# --- Tables -----------------------------------------------------------------------------------------


def _pick(told: pd.DataFrame, fields: Mapping[str, str], key: str) -> pd.Series | None:
    theirs = fields.get(key)
    if theirs is None:
        return None
    if theirs.startswith("="):
        return pd.Series([theirs[1:]] * len(told), index=told.index, dtype=object)
    return told.get(theirs)


def _texts(column: pd.Series | None, n: int) -> list[str | None]:
    if column is None:
        return [None] * n
    return [None if value is None or value == "" or pd.isna(value) else _as_text(value) for value in column]


def _as_text(value: Any) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _keys(column: pd.Series | None, n: int, start: str) -> list[str]:
    """Give unique keys: theirs, with a number behind repeats, or counted ones."""
    seen: dict[str, int] = {}
    keys = []
    for number, told in enumerate(_texts(column, n), 1):
        key = told or f"{start}{number}"
        seen[key] = seen.get(key, 0) + 1
        keys.append(key if seen[key] == 1 else f"{key}-{seen[key]}")
    return keys if len(set(keys)) == n else [f"{start}{number}" for number in range(1, n + 1)]


def _sketches(told: pd.DataFrame, fields: Mapping[str, str], layer: Layer) -> pd.DataFrame:
    n = len(told)
    names = _texts(_pick(told, fields, "name"), n)
    if layer.tool == "dnainfo" and "otherNeighborhood" in told:
        other = _texts(told["otherNeighborhood"], n)
        names = [o or name if name == "Other" else name for name, o in zip(names, other, strict=True)]
    frame = told.drop(columns=["geometry", "name", "sketch_id"], errors="ignore")
    frame.insert(0, "name", names)
    frame.index = pd.Index(_keys(_pick(told, fields, "sketch_id"), n, "s"), name="sketch_id")
    return frame


def _areas(told: pd.DataFrame, fields: Mapping[str, str], source: Source) -> pd.DataFrame:
    n = len(told)
    codes, names = _texts(_pick(told, fields, "code"), n), _texts(_pick(told, fields, "name"), n)
    frame = told.drop(columns=["geometry", "code", "name"], errors="ignore")
    stem = re.sub(r"\W+", "-", source.name.rsplit(".", 1)[0])[:40]
    if all(code is None for code in codes):
        keys = _keys(pd.Series(names, dtype=object), n, f"{stem}-")
    else:
        keys = [code or f"{stem}-{number}" for number, code in enumerate(codes, 1)]
    frame.insert(0, "name", [name or key for name, key in zip(names, keys, strict=True)])
    frame.index = pd.Index(keys, name="code")
    return frame


def _one_row_an_area(areas: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, bool]:
    """Put parts that have one code together."""
    if areas.index.is_unique:
        return areas, False
    first = areas[~areas.index.duplicated()].copy()
    for code in areas.index[areas.index.duplicated()].unique():
        first.loc[[code], "geometry"] = [shapely.union_all(areas.geometry.loc[code].to_numpy())]
    return first, True


def _kinds(table: _Table, fields: Mapping[str, str], layer: Layer, source: Source) -> list[str | None]:
    column = fields.get("kind", "")
    if column.startswith("="):
        if theme_of(column[1:]) is None:
            raise FileThemeUnknown(name=source.name, feature=table.labels[0])
        return [column[1:]] * len(table.rows)
    called = re.sub(r"\.\w+$", "", source.name)
    name_column = fields.get("name")
    kinds = [kind_of(row, column or None, name_column, f"{layer.name} {called}") for row in table.rows]
    live = np.flatnonzero(table.alive)
    if all(kinds[i] is None for i in live):
        raise FileThemeUnknown(name=source.name, feature=table.labels[live[0]])
    for index in live:
        if kinds[index] is None:
            table.refuse(int(index), "kind_unknown")
    return kinds


def _facilities(
    told: pd.DataFrame, fields: Mapping[str, str], kinds: list[str | None], source: Source
) -> pd.DataFrame:
    n = len(told)
    frame = told.drop(columns=[*FACILITIES.columns, "facility_id"], errors="ignore")
    ours = pd.DataFrame(
        {
            "theme": [theme_of(str(kind)) for kind in kinds],
            "kind": kinds,
            "name": _texts(_pick(told, fields, "name"), n),
            "source": [source.name] * n,
            "date": [text[:10] if text else None for text in _texts(_pick(told, fields, "date"), n)],
        },
        index=told.index,
    )
    frame = pd.concat([ours, frame], axis=1)
    frame.index = pd.Index(_keys(_pick(told, fields, "facility_id"), n, "f"), name="facility_id")
    return frame
