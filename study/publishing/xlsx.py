"""Spreadsheet export."""

import io

import numpy as np
import openpyxl
import pandas as pd
from openpyxl.cell import Cell, MergedCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from i18n import Translator
from study.publishing.cell_values import BOOK, FORMULA, point_places, table_title, translate_columns
from study.publishing.dictionary import data_dictionary, description, provenance_table
from study.publishing.publication import Publication

XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
"""Media type of such a file."""


def to_xlsx(made: Publication, say: Translator) -> bytes:
    """Write all tables in one workbook: real numbers, a sheet a table, and first where they come from."""
    book = openpyxl.Workbook()
    first = book.active
    if not isinstance(first, Worksheet):
        raise TypeError("a new workbook opens with a sheet")
    first.title = say("export.sheet_about")
    _introduce(first, made, say)
    for name in BOOK:
        if name in made.tables:
            _sheet(book.create_sheet(table_title(name, say)[:31]), translate_columns(made.tables[name], say))
    columns = pd.concat([data_dictionary(made, say), _of_places(made, say)])[["table", "column", "meaning"]]
    columns["table"] = [table_title(name, say) for name in columns["table"]]
    columns["column"] = [say(f"export.head_{column}") for column in columns["column"]]
    columns.columns = pd.Index([say(f"export.head_{column}") for column in columns.columns])
    _sheet(book.create_sheet(say("export.table_dictionary")[:31]), columns.drop_duplicates())
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _of_places(made: Publication, say: Translator) -> pd.DataFrame:
    """Return what the columns mean that a sheet of points has beside those of its table."""
    rows = [
        (name, column, say(f"export.column_{column}"))
        for name in BOOK
        for column in point_places(made.tables.get(name, pd.DataFrame()))
    ]
    return pd.DataFrame(rows, columns=["table", "column", "meaning"])


def list_to_xlsx(rows: pd.DataFrame, title: str) -> bytes:
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


def _introduce(sheet: Worksheet, made: Publication, say: Translator) -> None:
    sheet.append([description(made, say)])
    sheet.append([say("export.rules", least=made.least)])
    sheet.append([])
    origins = provenance_table(made, say).drop(columns=["edition", "day", "method", "rules"])
    origins["table"] = [table_title(name, say) for name in origins["table"]]
    origins.columns = pd.Index([say(f"export.head_{column}") for column in origins.columns])
    _fill(sheet, origins, top=4)
    sheet["A1"].font = Font(bold=True, size=13)


def _sheet(sheet: Worksheet, rows: pd.DataFrame) -> None:
    _fill(sheet, rows, top=1)
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions


def _fill(sheet: Worksheet, rows: pd.DataFrame, *, top: int) -> None:
    """Write a table from row `top` on; text is marked as text, so that none becomes a formula."""
    forms = dict.fromkeys(rows.attrs.get("shares", ()), "0%")
    forms |= dict.fromkeys(rows.attrs.get("degrees", ()), "0.000000")
    for column, head in enumerate(rows.columns, start=1):
        cell = sheet.cell(top, column)
        _text(cell, str(head))
        cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="E8EEF2")
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        values = rows.iloc[:, column - 1].astype(object).tolist()
        for row, value in enumerate(values, start=top + 1):
            if value is not None and not pd.isna(value):
                _put(sheet.cell(row, column), value, form=forms.get(head, "#,##0.0"))
        longest = max((len(str(value)) for value in values), default=0)
        sheet.column_dimensions[get_column_letter(column)].width = min(48, max(11, longest + 2))


def _put(cell: Cell | MergedCell, value: object, *, form: str) -> None:
    if isinstance(value, bool | int | float | np.number):
        cell.value = value.item() if isinstance(value, np.generic) else value
        if form == "0%" or isinstance(value, float | np.floating):
            cell.number_format = form
    else:
        _text(cell, str(value))


def _text(cell: Cell | MergedCell, value: str) -> None:
    # Signs a workbook cannot hold become a space; a name with a bell in it is still a name.
    cell.value = openpyxl.cell.cell.ILLEGAL_CHARACTERS_RE.sub(" ", value)
    cell.data_type = "s"
    cell.quotePrefix = bool(FORMULA.match(value))
