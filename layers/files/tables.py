"""Tables of text and of Excel: which column holds the shape, and how its numbers are written."""

import csv
import io
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from geo.errors import FileBroken, FileKindUnknown, FileTooManyFeatures, FileTooManyValues, FileWithoutShapes
from layers.files.place import by_name
from layers.files.raw import Layer, Made, Opened, Source, counted, unique_names
from layers.files.rivals import LONGEST_TEXT, corners_of, recognise
from layers.files.shapes import EWKB, WKT, from_geojson, from_text

MOST_COLUMNS = 1_000
MOST_SHEETS = 20
LOOKED_AT = 200
SHARE_OF_SHAPES = 0.8
"""A column is one of shapes when at least this share of what is in it can be read as one (anchors.md e7)."""
LON = ("lon", "lng", "long", "longitude", "lengtegraad", "lon_wgs84")
LAT = ("lat", "latitude", "breedtegraad", "lat_wgs84")
EAST = ("rd_x", "x_rd", "rdx", "xrd", "x_coordinaat", "xcoordinaat", "x_coord", "xcoord", "xcord", "x")
NORTH = ("rd_y", "y_rd", "rdy", "yrd", "y_coordinaat", "ycoordinaat", "y_coord", "ycoord", "ycord", "y")
DELIMITERS = ";\t,|"

Row = dict[str, Any]

csv.field_size_limit(LONGEST_TEXT)  # a shape written as text is longer than any other value


@dataclass(frozen=True)
class ShapeColumn:
    """How the shape of a row is written: in one column, or as two numbers."""

    name: str
    columns: tuple[str, ...]
    read: Callable[[Row], Made]
    degrees: bool = False


def open_text(source: Source) -> Opened:
    """Read a table of text: comma, semicolon, tab or bar; UTF-8, UTF-16 or the old code page of Windows.

    Raises
    ------
    FileKindUnknown
        It is no text.
    FileBroken, FileTooManyFeatures, FileWithoutShapes
    """
    return _opened("csv", [(Path(source.name).stem or "table", read_rows(source))], source)


def read_rows(source: Source) -> list[Row]:
    """Read the rows of a table of text, every value as its text.

    Raises
    ------
    FileKindUnknown, FileBroken, FileTooManyFeatures
    """
    text = _decoded(source)
    first, _, rest = text.partition("\n")
    told = re.fullmatch(r"sep=(.)\s*", first.strip(), re.IGNORECASE)
    if told:
        text, delimiter = rest, told.group(1)
    else:
        delimiter = max(DELIMITERS, key=first.count)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        header = next(lines, [])
        if len(header) > MOST_COLUMNS:
            raise FileTooManyValues(name=source.name, most=MOST_COLUMNS)
        names = unique_names([name.strip() for name in header])
        rows = [_row(names, line, source) for line in counted(filter(any, lines), source, None)]
    except csv.Error as problem:
        raise FileBroken(name=source.name, format="CSV") from problem
    return rows


def _row(names: tuple[str, ...], line: list[str], source: Source) -> Row:
    if any(line[len(names) :]):
        raise FileBroken(name=source.name, format="CSV")
    return {name: value for name, value in zip(names, line, strict=False) if name}


def _decoded(source: Source) -> str:
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


def open_excel(source: Source) -> Opened:
    """Read the sheets of an xlsx file, values only; formulas are not computed, links not followed.

    The zip around it was checked before (`layers.files.archives`).

    Raises
    ------
    FileBroken, FileTooManyFeatures, FileWithoutShapes
    """
    import openpyxl  # noqa: PLC0415  # half a second, only where somebody hands over a sheet

    try:
        with source.path.open("rb") as file:
            book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
            sheets = [(sheet.title, _sheet(sheet, source)) for sheet in book.worksheets[:MOST_SHEETS]]
            book.close()
    except (KeyError, ValueError, TypeError, OSError, SyntaxError, AttributeError, EOFError) as problem:
        raise FileBroken(name=source.name, format="xlsx") from problem
    return _opened("xlsx", sheets, source)


def _sheet(sheet: Any, source: Source) -> list[Row]:
    most = source.limits.most_features
    lines = sheet.iter_rows(values_only=True, max_row=most + 2, max_col=MOST_COLUMNS)
    header = next(lines, ())
    names = unique_names([str(cell).strip() if cell is not None else "" for cell in header])
    rows = [
        {name: _cell(cell) for name, cell in zip(names, line, strict=False) if name}
        for line in lines
        if any(cell is not None for cell in line)
    ]
    if len(rows) > most:
        raise FileTooManyFeatures(name=source.name, most=most)
    return rows


def _cell(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


# --- Where the shape is -----------------------------------------------------------------------------


def _opened(kind: str, tables: list[tuple[str, list[Row]]], source: Source) -> Opened:
    found = [(name, rows, column) for name, rows in tables for column in shape_columns(rows)]
    if not found:
        raise FileWithoutShapes(name=source.name)
    several = len({name for name, _, _ in found}) < len(found)
    names = unique_names([f"{name}: {column.name}" if several else name for name, _, column in found])

    def read(wanted: str, most: int | None) -> Layer:
        _, rows, column = found[names.index(wanted)]
        hidden = {c for _, _, other in found for c in other.columns}
        return _layer(wanted, rows, column, hidden, most)

    return Opened(kind, names, read)


def _layer(name: str, rows: list[Row], column: ShapeColumn, hidden: set[str], most: int | None) -> Layer:
    layer = Layer(name, degrees_unless_said=column.degrees, rows_in_all=len(rows))
    for row in rows[:most]:
        layer.add(
            column.read(row), {key: value for key, value in row.items() if key not in hidden and value != ""}
        )
    layer.tool = recognise(tuple(rows[0]))
    if len(column.columns) == 1:
        layer.crs = _srid(rows, column.columns[0])
    return layer


def _srid(rows: list[Row], column: str) -> Any:
    first = next((str(row[column]).strip() for row in rows if row.get(column)), "")
    told = WKT.match(first)
    if told and told.group(1):
        return by_name(told.group(1))
    if EWKB.match(first):
        number = int(shapely.get_srid(shapely.from_wkb(bytes.fromhex(first), on_invalid="ignore")))
        return by_name(number) if number else None
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
    by_lower = {re.sub(r"[\s-]+", "_", column.lower()): column for column in reversed(list(rows[0]))}
    for east, north, degrees in ((LON, LAT, True), (EAST, NORTH, False)):
        x = next((by_lower[name] for name in east if name in by_lower), None)
        y = next((by_lower[name] for name in north if name in by_lower), None)
        if x is not None and y is not None:
            return [ShapeColumn("point", (x, y), partial(_point, x=x, y=y), degrees)]
    return []


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


def _one(row: Row, *, column: str, make: Callable[[Any], Made]) -> Made:
    return make(row.get(column))


def _has_corners(text: str) -> bool:
    found = corners_of(text)
    # two bare numbers may be a house number with its addition: a survey writes height and accuracy too
    return found is not None and (found["type"] != "Point" or len(text.split()) == 4)


def _of_wkt(text: Any) -> Made:
    return from_text(text) if isinstance(text, str) and text.strip() else Made(None, "no_geometry")


def _of_geojson(text: Any) -> Made:
    if not isinstance(text, str) or not text.strip():
        return Made(None, "no_geometry")
    try:
        return from_geojson(json.loads(text))
    except (ValueError, RecursionError):
        return Made(None, "coordinates_broken")


def _of_corners(text: Any) -> Made:
    if not isinstance(text, str) or not text.strip():
        return Made(None, "no_geometry")
    found = corners_of(text)
    return from_geojson(found) if found is not None else Made(None, "coordinates_broken")


def _same(one: ShapeColumn, other: ShapeColumn, rows: list[Row]) -> bool:
    pairs = [(one.read(row).shape, other.read(row).shape) for row in rows[:20]]
    return all(
        (a is None and b is None) or (a is not None and b is not None and a.equals(b)) for a, b in pairs
    )


def number(value: Any) -> float:
    """Read a number as people write it, with a point or a comma; NaN when it is none.

    Examples
    --------
    >>> number("92.300,5"), number("4,48"), number("92,300.5"), number(" 12 "), number("x")
    (92300.5, 4.48, 92300.5, 12.0, nan)
    """
    if isinstance(value, int | float):
        return float(value)
    text = str(value).strip().replace("\u00a0", "").replace(" ", "")
    if "," in text and "." in text:
        thousands, decimal = (".", ",") if text.rfind(",") > text.rfind(".") else (",", ".")
        text = text.replace(thousands, "").replace(decimal, ".")
    elif text.count(".") > 1:
        text = text.replace(".", "")
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return float("nan")


def _point(row: Row, *, x: str, y: str) -> Made:
    if row.get(x) in (None, "") or row.get(y) in (None, ""):
        return Made(None, "no_geometry")
    place = [number(row[x]), number(row[y])]
    return from_geojson({"type": "Point", "coordinates": place}) if np.isfinite(place).all() else Made(
        None, "coordinates_broken"
    )  # fmt: skip
