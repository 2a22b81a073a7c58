"""A publication as files others can work with: GeoPackage, GeoJSON, CSV and xlsx.

Every file says where its numbers come from, and holds only what `study.publication` lets through. Text of
residents or registers stays text wherever it is opened: no cell of ours is ever a formula.
"""

import csv
import io
import json
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pyogrio
import shapely
from openpyxl.cell import Cell, MergedCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from geo import crs
from geo.errors import ExportKindUnknown
from geo.metrics import METHOD
from layers.cache import replacing
from store import Actor
from study import comparison
from study.projects import Study, opened, project
from study.publication import Publication
from words import Words

SHARES = (
    "agreement", "iou", "core_inside", "area_inside", "split", "own", "hardness", "mean_iou", "median_iou",
    "reached", "split_index", "share", "inhabitants",
)  # fmt: skip
"""Columns from 0 to 1 that people read as percentages."""

KEYED = {
    "level": "export.level_",
    "verdict": "export.verdict_",
    "kind": "export.kind_",
    "lies_on": "export.lies_on_",
    "theme": "export.theme_",
    "age": "export.age_",
    "division": "export.division_",
}
"""Columns that hold keys, and where their words are."""

BOOK = ("neighbourhoods", "areas", "divisions", "borders", "disputed", "supply", "ages", "facilities")
"""Sheets of a workbook, in order."""

FORMULA = re.compile(r"[=+\-@\t\r]")
"""A text that begins like this is a formula to a spreadsheet."""

DEGREES = 7
"""Decimals of a degree: about a centimetre."""


def write(made: Publication, path: Path, say: Words, styles: Mapping[str, str], *, table: str = "") -> None:
    """Write a publication in the form its name asks for.

    Parameters
    ----------
    path
        ``.gpkg``, ``.geojson``, ``.csv`` or ``.xlsx``; what is there is replaced in one move.
    styles
        For a GeoPackage: QGIS style (QML) by the name of the table.
    table
        For a CSV, which holds one: its name. The comparison with official areas when empty.

    Raises
    ------
    ExportKindUnknown
        No such form, or no such table in this study.
    """
    writers: dict[str, Callable[[Path], object]] = {
        ".gpkg": lambda draft: geopackage(made, draft, say, styles),
        ".geojson": lambda draft: draft.write_text(geojson(made, say), encoding="utf-8"),
        ".csv": lambda draft: draft.write_bytes(comma_separated(made, say, table)),
        ".xlsx": lambda draft: draft.write_bytes(workbook(made, say)),
    }
    kind = path.suffix.lower()
    if kind not in writers:
        raise ExportKindUnknown(asked=kind or path.name, known=", ".join(writers))
    with replacing(path.absolute()) as draft:
        writers[kind](draft)


def packed(made: Publication, kind: str, say: Words, styles: Mapping[str, str]) -> bytes:
    """Give the same as bytes, to download; ``kind`` is ``.gpkg``, ``.geojson``, ``.csv`` or ``.xlsx``."""
    with tempfile.TemporaryDirectory() as room:
        path = Path(room) / f"export{kind}"
        write(made, path, say, styles)
        return path.read_bytes()


def raw(study: Study, by: Actor | None) -> bytes:
    """Give the drawings of one project as they were drawn, in a GeoPackage; for planners, and it is logged.

    Raises
    ------
    AccessDenied
    """
    drawings = opened().sketches(study.project, filters=study.filters, raw=True, by=by)
    with tempfile.TemporaryDirectory() as room:
        path = Path(room) / "raw.gpkg"
        facts = _plain(drawings)
        shapes = gpd.GeoDataFrame(facts, geometry=drawings.geometry.array, crs=drawings.crs)
        pyogrio.write_dataframe(shapes, path, layer="drawings", driver="GPKG", promote_to_multi=True)
        return path.read_bytes()


# --- GeoPackage -----------------------------------------------------------------------------------


def geopackage(made: Publication, path: Path, say: Words, styles: Mapping[str, str]) -> None:
    """Write every table as a layer, with its QGIS style, a dictionary of columns and the origins.

    Layers are in the plane of the project (RD New in the Netherlands). Keys stay keys; the dictionary and the
    styles say them in words.
    """
    told = {"dictionary": dictionary(made, say), "provenance": provenance(made, say)}
    for name, rows in {**made.tables, **told}.items():
        pyogrio.write_dataframe(
            _one_kind(rows) if isinstance(rows, gpd.GeoDataFrame) else _plain(rows),
            path,
            layer=name,
            driver="GPKG",
            # Older than it need be: what municipalities have installed reads it without a warning.
            dataset_options={"VERSION": "1.3"},
            layer_options={"IDENTIFIER": called(name, say), "DESCRIPTION": about(made, say)},
        )
    _embed(path, {name: styles[name] for name in made.spatial if name in styles}, say)


def _one_kind(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Give the facts with shapes of one kind: all points, all lines in parts or all areas in parts."""
    shapes = table.geometry.to_numpy()
    if len(np.unique(shapely.get_dimensions(shapes))) > 1:
        # A list of facilities may hold areas among its points.
        shapes = shapely.point_on_surface(shapes)
    makers: dict[int, Callable[[Any], Any]] = {0: shapely.point_on_surface, 1: _lines, 2: _areas}
    make = makers[int(shapely.get_dimensions(shapes)[0])]
    return gpd.GeoDataFrame(_plain(table), geometry=list(make(shapes)), crs=table.crs)


def _lines(shapes: Any) -> list[shapely.MultiLineString]:
    return [shapely.MultiLineString(list(shapely.get_parts(shape))) for shape in shapes]


def _areas(shapes: Any) -> list[shapely.MultiPolygon]:
    return [shapely.MultiPolygon(list(shapely.get_parts(shape))) for shape in shapes]


def _embed(path: Path, styles: Mapping[str, str], say: Words) -> None:
    """Put the styles in the table that QGIS looks for when it opens a layer."""
    rows = pd.DataFrame(
        {
            "f_table_catalog": "",
            "f_table_schema": "",
            "f_table_name": list(styles),
            "f_geometry_column": "geom",
            "styleName": [called(name, say) for name in styles],
            "styleQML": list(styles.values()),
            "styleSLD": "",
            "useAsDefault": True,
            "description": say("export.style_by"),
            "owner": "",
            "ui": "",
            "update_time": pd.Timestamp(datetime.now(UTC)),
        }
    )
    pyogrio.write_dataframe(rows, path, layer="layer_styles", driver="GPKG", layer_options={"FID": "id"})


def dictionary(made: Publication, say: Words) -> pd.DataFrame:
    """Say of every column of every table what it means, and of every key in it.

    Returns
    -------
    DataFrame
        ``table``, ``column``, ``meaning``, ``values`` (key = word).
    """
    rows = []
    for name, table in made.tables.items():
        for column in _plain(table).columns:
            meaning = say(f"export.column_{column}")
            rows.append((name, column, meaning, _values(table.reset_index()[column], column, say)))
    return pd.DataFrame(rows, columns=["table", "column", "meaning", "values"])


def _values(found: "pd.Series[Any]", column: str, say: Words) -> str:
    if column not in KEYED:
        return ""
    keys = sorted({str(key) for key in found.dropna()} - {""})
    return "; ".join(f"{key} = {worded(column, key, say)}" for key in keys)


def provenance(made: Publication, say: Words) -> pd.DataFrame:
    """Say of every table what it rests on.

    Returns
    -------
    DataFrame
        ``table``, ``rests_on``, ``source``, ``year``, ``licence``, ``n``, ``method``, ``rules``.
    """
    kinds = {True: say("export.rests_on_drawings"), False: say("export.rests_on_source")}
    return pd.DataFrame(
        {
            "table": [origin.table for origin in made.origins],
            "rests_on": [kinds[origin.drawn] for origin in made.origins],
            "source": [origin.source for origin in made.origins],
            "year": [origin.year for origin in made.origins],
            "licence": [origin.licence for origin in made.origins],
            "n": pd.array([origin.n for origin in made.origins], dtype="Int64"),
            "method": METHOD,
            "rules": say("export.rules", least=made.least),
        }
    )


def about(made: Publication, say: Words) -> str:
    """Say in one line what a file is: the project, how many drew, and whether it is made up."""
    asked = project(made.study.project)
    line = say("export.about", name=asked.name, n=made.n, method=METHOD)
    return f"{say('demo.label').capitalize()}. {line}" if asked.is_made_up else line


# --- GeoJSON --------------------------------------------------------------------------------------


def geojson(made: Publication, say: Words) -> str:
    """Write all that stands on a map as one GeoJSON text after RFC 7946.

    Degrees on WGS 84, outer rings counterclockwise, no more decimals than mean something. Each feature says
    in ``layer`` which table it is of; the origins stand in the member ``provenance``.
    """
    features = [feature for name, table in made.spatial.items() for feature in _features(name, table)]
    boxes = np.array([feature["bbox"] for feature in features])
    told = provenance(made, say).astype(object)
    found = {
        "type": "FeatureCollection",
        "name": project(made.study.project).name,
        "description": about(made, say),
        "provenance": told.where(told.notna(), None).to_dict("records"),
        "bbox": [*boxes[:, :2].min(axis=0).tolist(), *boxes[:, 2:].max(axis=0).tolist()],
        "features": features,
    }
    return json.dumps(found, ensure_ascii=False, separators=(",", ":"), allow_nan=False) + "\n"


def _features(name: str, table: gpd.GeoDataFrame) -> Iterator[dict[str, Any]]:
    shapes = crs.to_wgs84(table.geometry.to_numpy(), crs=table.crs)
    shapes = shapely.orient_polygons(shapely.transform(shapes, lambda spots: spots.round(DEGREES)))
    facts = _plain(table).astype(object)
    records = facts.where(facts.notna(), None).to_dict("records")
    written = shapely.to_geojson(shapes)
    for shape, text, record in zip(shapes, written, records, strict=True):
        yield {
            "type": "Feature",
            "bbox": list(shape.bounds),
            "geometry": json.loads(text),
            "properties": {"layer": name, **record},
        }


# --- Tables for a spreadsheet ---------------------------------------------------------------------


def comma_separated(made: Publication, say: Words, table: str = "") -> bytes:
    """Write one table so that the visitor's spreadsheet opens it right.

    With a byte order mark; in Dutch with ``;`` between columns and a decimal comma, as Dutch Excel expects.

    Raises
    ------
    ExportKindUnknown
        This study has no such table.
    """
    name = table or ("areas" if "areas" in made.tables else "neighbourhoods")
    if name not in made.tables:
        raise ExportKindUnknown(asked=name, known=", ".join(made.tables))
    comma = say.number(0.5, ".1f") == "0,5"
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";" if comma else ",", lineterminator="\r\n")
    rows = _worded(made.tables[name], say)
    writer.writerow([inert(str(column)) for column in rows.columns])
    for row in rows.itertuples(index=False):
        writer.writerow([_field(value, comma) for value in row])
    return out.getvalue().encode("utf-8-sig")


def _field(value: Any, comma: bool) -> str:
    if value is None or pd.isna(value):
        return ""
    if isinstance(value, float | np.floating):
        plain = f"{value:.10g}"
        return plain.replace(".", ",") if comma else plain
    return str(value) if isinstance(value, int | np.integer) else inert(str(value))


def inert(text: str) -> str:
    """Write text so that no spreadsheet takes it for a formula.

    Examples
    --------
    >>> inert("=1+1"), inert("Oranjebuurt")
    ("'=1+1", 'Oranjebuurt')
    """
    return f"'{text}" if FORMULA.match(text) else text


def workbook(made: Publication, say: Words) -> bytes:
    """Write all tables in one workbook: real numbers, a sheet a table, and first where they come from."""
    book = openpyxl.Workbook()
    first = book.active
    if not isinstance(first, Worksheet):
        raise TypeError("a new workbook opens with a sheet")
    first.title = say("export.sheet_about")
    _introduce(first, made, say)
    for name in BOOK:
        if name in made.tables:
            _sheet(book.create_sheet(called(name, say)[:31]), _worded(made.tables[name], say))
    told = dictionary(made, say)[["table", "column", "meaning"]]
    told["table"] = [called(name, say) for name in told["table"]]
    told["column"] = [say(f"export.head_{column}") for column in told["column"]]
    told.columns = pd.Index([say(f"export.head_{column}") for column in told.columns])
    _sheet(book.create_sheet(say("export.table_dictionary")[:31]), told.drop_duplicates())
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def listing(rows: pd.DataFrame, title: str) -> bytes:
    """Write one list in a workbook of its own: text stays text, whatever somebody typed."""
    book = openpyxl.Workbook()
    first = book.active
    if not isinstance(first, Worksheet):
        raise TypeError("a new workbook opens with a sheet")
    first.title = title[:31]
    _sheet(first, rows)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _introduce(sheet: Worksheet, made: Publication, say: Words) -> None:
    sheet.append([about(made, say)])
    sheet.append([say("export.rules", least=made.least)])
    sheet.append([])
    origins = provenance(made, say).drop(columns=["method", "rules"])
    origins["table"] = [called(name, say) for name in origins["table"]]
    origins.columns = pd.Index([say(f"export.head_{column}") for column in origins.columns])
    _fill(sheet, origins, top=4)
    sheet["A1"].font = Font(bold=True, size=13)


def _sheet(sheet: Worksheet, rows: pd.DataFrame) -> None:
    _fill(sheet, rows, top=1)
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions


def _fill(sheet: Worksheet, rows: pd.DataFrame, *, top: int) -> None:
    """Write a table from row `top` on; text is marked as text, so that none becomes a formula."""
    shares = rows.attrs.get("shares", ())
    for column, head in enumerate(rows.columns, start=1):
        cell = sheet.cell(top, column)
        _text(cell, str(head))
        cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="E8EEF2")
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        values = rows.iloc[:, column - 1].astype(object).tolist()
        for row, value in enumerate(values, start=top + 1):
            if value is not None and not pd.isna(value):
                _put(sheet.cell(row, column), value, is_share=head in shares)
        longest = max((len(str(value)) for value in values), default=0)
        sheet.column_dimensions[get_column_letter(column)].width = min(48, max(11, longest + 2))


def _put(cell: Cell | MergedCell, value: object, *, is_share: bool) -> None:
    if isinstance(value, bool | int | float | np.number):
        cell.value = value.item() if isinstance(value, np.generic) else value
        if is_share:
            cell.number_format = "0%"
        elif isinstance(value, float | np.floating):
            cell.number_format = "#,##0.0"
    else:
        _text(cell, str(value))


def _text(cell: Cell | MergedCell, value: str) -> None:
    # Signs a workbook cannot hold become a space; a name with a bell in it is still a name.
    cell.value = openpyxl.cell.cell.ILLEGAL_CHARACTERS_RE.sub(" ", value)
    cell.data_type = "s"
    cell.quotePrefix = bool(FORMULA.match(value))


# --- Words of tables ------------------------------------------------------------------------------


def worded(column: str, key: object, say: Words) -> str:
    """Say a key of a column in words; what has none is given as it is.

    Examples
    --------
    >>> import words
    >>> worded("theme", "bench", words.of("nl"))
    'Banken'
    """
    if column == "division" and (brought := comparison.own_name(str(key))):
        return brought
    section, start = KEYED[column].split(".")
    return say.section(section).get(f"{start}{key}", str(key))


def _worded(table: pd.DataFrame, say: Words) -> pd.DataFrame:
    """Give a table as people read it: heads and keys in words, no geometry."""
    rows = _plain(table)
    for column in rows.columns:
        if column in KEYED:
            rows[column] = [_cell(column, key, say) for key in rows[column]]
    heads = [say(f"export.head_{column}") for column in rows.columns]
    rows.attrs = {"shares": [heads[at] for at, column in enumerate(rows.columns) if column in SHARES]}
    return rows.set_axis(heads, axis="columns")


def _cell(column: str, key: Any, say: Words) -> str:
    if key is None or pd.isna(key) or key == "":
        return ""
    return worded(column, key, say)


def _plain(table: pd.DataFrame) -> pd.DataFrame:
    """Give the facts of a table, its index as columns, without geometry."""
    facts = pd.DataFrame(table.drop(columns="geometry", errors="ignore")).reset_index()
    for column in facts.columns:
        if pd.api.types.is_float_dtype(facts[column]):
            facts[column] = facts[column].round(4)
        elif facts[column].dtype == object:
            facts[column] = [
                None if value is None or pd.isna(value) else str(value) for value in facts[column]
            ]
    return facts


def called(name: str, say: Words) -> str:
    """Say what a table is called; a further division goes by its own name.

    Examples
    --------
    >>> import words
    >>> called("cores", words.of("nl")), called("wijk", words.of("nl"))
    ('Kernen van beleefde buurten', 'Officiële lijnen: wijk')
    """
    table, _, theme = name.partition("/")
    if table not in {*BOOK, "cores", "dictionary", "provenance"}:
        return say("export.table_lines", division=worded("division", table, say))
    told = say(f"export.table_{table}")
    return f"{told}: {say(f'export.theme_{theme}')}" if theme else told
