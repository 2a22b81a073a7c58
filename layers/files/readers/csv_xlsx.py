"""Tables of text and of Excel: which column holds the shape, and how its numbers are written."""

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, Literal

import numpy as np

from geo.crs import transform
from geo.errors import (
    FileBroken,
    FileColumnsAsked,
    FileColumnUnknown,
    FileFormulasNotComputed,
    FileKindUnknown,
    FileNumbersChanged,
    FileTooManyFeatures,
    FileTooManyValues,
    FileWithoutShapes,
)
from layers.files.detection.crs import parse_crs_name
from layers.files.detection.place_columns import (
    PlaceColumns,
    axis,
    named_columns,
    one_column,
    proposed_columns,
    two_columns,
)
from layers.files.detection.table_header import is_filled, is_number, is_title, widest_row
from layers.files.geometry_parsing import EWKB, WKT, from_geojson, from_text
from layers.files.models import (
    DetectedFile,
    ParsedGeometry,
    RawLayer,
    UploadedFile,
    limit_count,
    unique_names,
)
from layers.files.sandbox.runner import read_cells, read_in_sandbox
from layers.files.survey_tools import MAX_TEXT, detect_tool, parse_corner_list

MAX_COLUMNS = 1_000
MAX_SHEETS = 20
LOOKED_AT = 200
SHARE_TOO_LONG = 0.5
"""When more rows than this have too many values, the table is cut up the wrong way."""
SHARE_OF_SHAPES = 0.8
"""A column is one of shapes when at least this share of what is in it can be read as one (anchors.md e7)."""
HEADER_WITHIN = 20
"""Rows in which the names of the columns are sought."""
_SRID = re.compile(r"^\s*SRID\s*=\s*(\d+)\s*;\s*", re.IGNORECASE)
DELIMITERS = ";\t,|"

Row = dict[str, Any]

csv.field_size_limit(MAX_TEXT)  # a shape written as text is longer than any other value


@dataclass(frozen=True)
class Table:
    """One table as found: its rows under their names, and the rows that have more values than names."""

    title: str
    rows: list[Row]
    too_long: dict[int, int]
    """Row -> how many values it has."""


@dataclass(frozen=True)
class ShapeColumn:
    """How the shape of a row is written: in one column of shapes, or as the numbers of a place."""

    name: str
    columns: tuple[str, ...]
    read: Callable[[Row], ParsedGeometry]
    degrees: bool = False
    changed: tuple[str, str] | None = None


def open_text(source: UploadedFile) -> DetectedFile:
    """Read a table of text: comma, semicolon, tab or bar; UTF-8, UTF-16 or the old code page of Windows.

    Raises
    ------
    FileKindUnknown
        It is no text.
    FileBroken, FileTooManyFeatures, FileTooManyValues, FileWithoutShapes
    """
    lines = list(islice(_lines(source), source.limits.most_features + HEADER_WITHIN + 1))
    if any(len(line) > MAX_COLUMNS for line in lines[:HEADER_WITHIN]):  # before its cells are looked at
        raise FileTooManyValues(name=source.name, most=MAX_COLUMNS)
    return _opened(
        "csv", [_within_limit(_table(Path(source.name).stem or "table", lines, source), source)], source
    )


def read_rows(source: UploadedFile) -> list[Row]:
    """Read the rows of a table of text with its names in the first row, every value as its text.

    Raises
    ------
    FileKindUnknown, FileBroken, FileTooManyFeatures
    """
    lines = list(limit_count(filter(any, _lines(source)), source, None))
    return _under(lines, 0, Path(source.name).stem, source).rows


def _lines(source: UploadedFile) -> Iterator[list[Any]]:
    text = _decoded(source)
    first, _, rest = text.partition("\n")
    match = re.fullmatch(r"sep=(.)\s*", first.strip(), re.IGNORECASE)
    if match:
        text, delimiter = rest, match.group(1)
    else:
        delimiter = _delimiter(text.splitlines()[:HEADER_WITHIN])
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    except csv.Error as problem:
        raise FileBroken(name=source.name, format="CSV") from problem


def _delimiter(start: list[str]) -> str:
    """Return what stands between the values: the sign that most lines have equally often, the row of names too.

    Examples
    --------
    >>> _delimiter(["Banken, per 1 mei", "naam;x;y", "A;4,5;52,1", "B;4,6;52,2"])
    ';'
    """
    counted = {sign: [line.count(sign) for line in start if sign in line] for sign in DELIMITERS}
    alike = {sign: max(Counter(counts).values(), default=0) for sign, counts in counted.items()}
    first = start[0] if start else ""
    return max(DELIMITERS, key=lambda sign: (alike[sign], first.count(sign), sum(counted[sign])))


def _table(title: str, lines: list[list[Any]], source: UploadedFile) -> Table:
    """Find the row with the names of the columns, by what stands below them, and read the rest under it."""
    header_row = source.hints.header_row
    if header_row is not None:
        return _under(lines, header_row - 1, title, source)
    filled = [at for at, line in enumerate(lines[:HEADER_WITHIN]) if any(map(is_filled, line))]
    for at in () if source.hints.placeless else filled:
        if at != filled[0] and any(map(is_number, lines[at])):
            break  # a row of values: the names stand above it
        sample = lines[: at + LOOKED_AT]
        if is_title(sample, at):
            continue
        if shape_columns(_under(sample, at, title, source).rows):
            return _under(lines, at, title, source)
    return _under(lines, widest_row(lines, filled), title, source)


def _under(lines: list[list[Any]], header: int, title: str, source: UploadedFile) -> Table:
    names = lines[header] if 0 <= header < len(lines) else []
    if len(names) > MAX_COLUMNS:
        raise FileTooManyValues(name=source.name, most=MAX_COLUMNS)
    stated = [str(cell).strip() if cell is not None else "" for cell in names]
    unique = [name if text else "" for name, text in zip(unique_names(stated), stated, strict=True)]
    rows: list[Row] = []
    too_long: dict[int, int] = {}
    for line in lines[header + 1 :]:
        if not any(is_filled(cell) for cell in line):
            continue
        if any(is_filled(cell) for cell in line[len(unique) :]):
            too_long[len(rows)] = len(line)
        rows.append({name: value for name, value in zip(unique, line, strict=False) if name})
    if len(too_long) > SHARE_TOO_LONG * len(rows):
        raise FileBroken(name=source.name, format="CSV")
    return Table(title, rows, too_long)


def _decoded(source: UploadedFile) -> str:
    data = source.path.read_bytes()
    encodings: tuple[str, ...] = ("utf-8-sig", "cp1252", "latin-1")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ("utf-16",)
    elif b"\x00" in data:
        raise FileKindUnknown(name=source.name)
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeError:
            continue
    raise FileKindUnknown(name=source.name)


def open_excel(source: UploadedFile) -> DetectedFile:
    """Read the sheets of an xlsx file, values only; formulas are not computed, links not followed.

    The zip around it was checked before (`layers.files.readers.archives`).

    Raises
    ------
    FileBroken, FileTooManyFeatures, FileWithoutShapes
    """
    import openpyxl  # noqa: PLC0415  # half a second, only where somebody hands over a sheet

    try:
        with source.path.open("rb") as file:
            book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
            sheets = [_sheet(sheet, source) for sheet in book.worksheets[:MAX_SHEETS]]
            book.close()
    except (KeyError, ValueError, TypeError, OSError, SyntaxError, AttributeError, EOFError) as problem:
        raise FileBroken(name=source.name, format="xlsx") from problem
    try:
        return _opened("xlsx", sheets, source)
    except FileWithoutShapes as problem:
        if _has_bare_formulas(source):
            raise FileFormulasNotComputed(name=source.name) from problem
        raise


def _has_bare_formulas(source: UploadedFile) -> bool:
    """Return whether cells hold formulas of which no value was kept."""
    import openpyxl  # noqa: PLC0415

    with source.path.open("rb") as file:
        book = openpyxl.load_workbook(file, read_only=True, keep_links=False)
        found = any(
            isinstance(cell, str) and cell.startswith("=")
            for sheet in book.worksheets[:MAX_SHEETS]
            for line in sheet.iter_rows(values_only=True, max_row=LOOKED_AT, max_col=MAX_COLUMNS)
            for cell in line
        )
        book.close()
    return found


def open_cells(source: UploadedFile, kind: str) -> DetectedFile:
    """Open an old Excel or an OpenDocument workbook, of which the child reads the cells.

    Raises
    ------
    FileBroken, FileReadTooLong, FileTooManyFeatures, FileWithoutShapes
    """
    most = source.limits.most_features + HEADER_WITHIN + 2
    tables = [
        _within_limit(_table(title, lines, source), source)
        for title, lines in read_cells(source, kind, most)
        if lines
    ]
    return _opened(kind, tables, source)


def _sheet(sheet: Any, source: UploadedFile) -> Table:
    most = source.limits.most_features
    lines = [
        [_cell(cell) for cell in line]
        for line in sheet.iter_rows(values_only=True, max_row=most + HEADER_WITHIN + 2, max_col=MAX_COLUMNS)
    ]
    return _within_limit(_table(sheet.title, lines, source), source)


def _within_limit(table: Table, source: UploadedFile) -> Table:
    if len(table.rows) > source.limits.most_features:
        raise FileTooManyFeatures(name=source.name, most=source.limits.most_features)
    return table


def _cell(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


# --- Where the shape is -----------------------------------------------------------------------------


def _opened(kind: str, tables: list[Table], source: UploadedFile) -> DetectedFile:
    if source.hints.placeless:
        return _opened_placeless(kind, tables, source)
    found = [(table, column) for table in tables for column in _columns_of(table, source)]
    if not found:
        raise FileWithoutShapes(name=source.name)
    several = len({table.title for table, _ in found}) < len(found)
    names = unique_names(
        [f"{table.title}: {column.name}" if several else table.title for table, column in found]
    )

    def read(wanted: str, most: int | None) -> RawLayer:
        table, column = found[names.index(wanted)]
        hidden = {c for _, other in found for c in other.columns}
        layer = _layer(table, column, hidden, most, source)
        layer.name = wanted
        return layer

    return DetectedFile(kind, names, read)


def _opened_placeless(kind: str, tables: list[Table], source: UploadedFile) -> DetectedFile:
    """Return every table with rows as a layer of which no row has a shape."""
    there = [table for table in tables if table.rows]
    if not there:
        raise FileWithoutShapes(name=source.name)
    names = unique_names([table.title for table in there])

    def read(wanted: str, most: int | None) -> RawLayer:
        layer = RawLayer(wanted)
        for row in there[names.index(wanted)].rows[:most]:
            layer.add(ParsedGeometry(None), row)
        return layer

    return DetectedFile(kind, names, read)


def _columns_of(table: Table, source: UploadedFile) -> list[ShapeColumn]:
    """Return how the shapes of a table are written: as somebody says, as its names say, or after a question.

    Raises
    ------
    FileColumnUnknown
        Somebody named a column that is not there.
    FileColumnsAsked, FileNumbersChanged
        Only the values say which columns hold the place, or a spreadsheet changed them: somebody must agree.
    """
    hints, rows = source.hints, table.rows
    stated = [column for column in (hints.x, hints.y, hints.place) if column is not None]
    if stated and rows:
        for column in stated:
            if column not in rows[0]:
                raise FileColumnUnknown(name=source.name, column=column, columns=", ".join(rows[0]))
        if hints.place is not None:
            shape = _column_of_text(hints.place, rows)
            return [shape if shape is not None else _of_numbers(one_column(rows, hints.place))]
        if hints.x is not None and hints.y is not None:
            degrees = axis(hints.x) == "lon"
            return [_of_numbers(two_columns(rows, hints.x, hints.y, degrees=degrees))]
    found = shape_columns(rows)
    if found and found[0].changed is not None:
        was, meant = found[0].changed
        x, y = found[0].columns
        raise FileNumbersChanged(name=source.name, x=x, y=y, was=was, meant=meant)
    if not found and (proposed := proposed_columns(rows)) is not None:
        x, y = (proposed.columns * 2)[:2]
        raise FileColumnsAsked(name=source.name, x=x, y=y)
    return found


def _of_numbers(found: PlaceColumns) -> ShapeColumn:
    return ShapeColumn("point", found.columns, found.read, found.degrees, found.changed)


def _layer(
    table: Table, column: ShapeColumn, hidden: set[str], most: int | None, source: UploadedFile
) -> RawLayer:
    layer = RawLayer(table.title, degrees_unless_said=column.degrees, rows_in_all=len(table.rows))
    for place, row in enumerate(table.rows[:most]):
        made = column.read(row)
        if place in table.too_long:
            made = ParsedGeometry(None, "values_too_many")
            layer.facts[place] = {"n": table.too_long[place], "n_header": len(table.rows[0])}
        layer.add(made, {key: value for key, value in row.items() if key not in hidden and value != ""})
    layer.tool = detect_tool(tuple(table.rows[0]))
    if column.changed is not None:
        layer.warnings.append("numbers_mended")
    if len(column.columns) == 1:
        texts = [row.get(column.columns[0]) for row in table.rows[:most]]
        _straighten(layer, texts, source)
        _use_one_system(layer, [_srid(text) for text in texts])
    return layer


def _straighten(layer: RawLayer, texts: list[Any], source: UploadedFile) -> None:
    """Convert curved shapes, which GEOS does not have, to straight edges with GDAL."""
    curved = [place for place, fault in enumerate(layer.faults) if fault == "edge_curved"]
    if not curved:
        return
    path = source.path.with_name("curves.csv")
    with path.open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(["place", "shape"])
        out.writerows([place, _SRID.sub("", str(texts[place]).strip())] for place in curved)
    straight = read_in_sandbox(source, path, driver="CSV", layer="curves", most=None)
    path.unlink()
    for row, shape in zip(straight.rows, straight.shapes, strict=True):
        if shape is not None and not shape.is_empty:
            place = int(row["place"])
            layer.shapes[place], layer.faults[place] = shape, None


def _use_one_system(layer: RawLayer, codes: list[int | None]) -> None:
    """Carry each shape from its own system to the one that most are in."""
    counts = Counter(code for code in codes if code)
    if not counts:
        return
    layer.crs = parse_crs_name(counts.most_common(1)[0][0])
    for code in counts:
        crs = parse_crs_name(code)
        if crs is None or layer.crs is None or crs == layer.crs:
            continue
        places = [
            place
            for place, own in enumerate(codes)
            if own == code and place < len(layer.shapes) and layer.shapes[place] is not None
        ]
        moved = transform(np.array([layer.shapes[place] for place in places], dtype=object), crs, layer.crs)
        for place, shape in zip(places, moved, strict=True):
            layer.shapes[place] = shape
        layer.warnings.append("systems_differ")


def _srid(text: Any) -> int | None:
    """Return the code of the system that one shape written as text names."""
    if not isinstance(text, str):
        return None
    match = _SRID.match(text)
    if match:
        return int(match.group(1))
    bare = text.strip()
    if EWKB.match(bare) and len(bare) >= 18:
        order: Literal["little", "big"] = "little" if bare[:2] == "01" else "big"
        kind = int.from_bytes(bytes.fromhex(bare[2:10]), order)
        if kind & 0x2000_0000:
            return int.from_bytes(bytes.fromhex(bare[10:18]), order) or None
    return None


def shape_columns(rows: list[Row]) -> list[ShapeColumn]:
    """Find the columns that hold a shape: WKT, EWKB, GeoJSON, rows of numbers, or two coordinates.

    A second column with the same shapes as an earlier one is left out.

    Examples
    --------
    >>> [c.name for c in shape_columns([{"vlak": "POLYGON ((0 0, 1 0, 1 1, 0 0))", "naam": "Oost"}])]
    ['vlak']
    >>> [c.columns for c in shape_columns([{"X": "92300,5", "Y": "446100"}])]
    [('X', 'Y')]
    """
    if not rows:
        return []
    found: list[ShapeColumn] = []
    for column in rows[0]:
        made = _column_of_text(column, rows)
        if made is not None and not any(_same(made, other, rows) for other in found):
            found.append(made)
    if found:
        return found
    named = named_columns(rows)
    return [] if named is None else [_of_numbers(named)]


def _column_of_text(column: str, rows: list[Row]) -> ShapeColumn | None:
    texts = [text for row in rows if isinstance(text := row.get(column), str) and text.strip()][:LOOKED_AT]
    if not texts:
        return None
    for fits, make, degrees in (
        (lambda text: bool(WKT.match(text) or EWKB.match(text.strip())), _of_wkt, False),
        (lambda text: text.lstrip().startswith("{") and '"type"' in text[:200], _of_geojson, True),
        (_has_corners, _of_corners, True),
    ):
        if sum(fits(text) for text in texts) >= SHARE_OF_SHAPES * len(texts):
            return ShapeColumn(column, (column,), partial(_one, column=column, make=make), degrees)
    return None


def _one(row: Row, *, column: str, make: Callable[[Any], ParsedGeometry]) -> ParsedGeometry:
    return make(row.get(column))


def _has_corners(text: str) -> bool:
    found = parse_corner_list(text)
    # two bare numbers may be a house number with its addition: a survey writes height and accuracy too
    return found is not None and (found["type"] != "Point" or len(text.split()) == 4)


def _of_wkt(text: Any) -> ParsedGeometry:
    return from_text(text) if isinstance(text, str) and text.strip() else ParsedGeometry(None, "no_geometry")


def _of_geojson(text: Any) -> ParsedGeometry:
    if not isinstance(text, str) or not text.strip():
        return ParsedGeometry(None, "no_geometry")
    try:
        return from_geojson(json.loads(text))
    except (ValueError, RecursionError):
        return ParsedGeometry(None, "coordinates_broken")


def _of_corners(text: Any) -> ParsedGeometry:
    if not isinstance(text, str) or not text.strip():
        return ParsedGeometry(None, "no_geometry")
    found = parse_corner_list(text)
    return from_geojson(found) if found is not None else ParsedGeometry(None, "coordinates_broken")


def _same(one: ShapeColumn, other: ShapeColumn, rows: list[Row]) -> bool:
    pairs = [(one.read(row).shape, other.read(row).shape) for row in rows[:20]]
    return all(
        (a is None and b is None) or (a is not None and b is not None and a.equals(b)) for a, b in pairs
    )
