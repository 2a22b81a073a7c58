"""How a table writes its numbers: which mark groups thousands and which one is the decimal mark."""

import re
from collections.abc import Iterable

import pandas as pd

from layers.catalogue import FIGURES

POINT, COMMA = "point", "comma"
DECIMAL_MARKS = (POINT, COMMA)
"""What somebody can say that the decimal mark of a table is."""

COUNTED = frozenset({"people", "households", "homes", "people per km2", "addresses per km2"})
"""Units of figures that are whole numbers."""

_GROUPED = {
    COMMA: re.compile(r"-?[1-9]\d{0,2}(?:\.\d{3})+(?:,\d+)?"),
    POINT: re.compile(r"-?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?"),
}
"""Decimal mark -> a number of which the other mark groups the thousands."""

_SPACED = re.compile(r"-?[1-9]\d{0,2}(?:[\s\u00a0\u202f'’]\d{3})+(?:[.,]\d+)?")
_ONE_MARK = re.compile(r"-?\d*[.,]\d+")
_GROUP_MARK = {COMMA: ".", POINT: ","}


def plain_numbers(
    raw: pd.DataFrame, columns: Iterable[str], decimal: str = ""
) -> tuple[pd.DataFrame, list[str]]:
    """Return a table with the numbers of columns written plainly, a point before the decimals.

    A column is judged as a whole. A mark that cannot group thousands somewhere is its decimal mark everywhere, and
    where a column leaves it open the others of its table decide. What is counted has no decimals: there a mark
    before three digits groups thousands.

    Parameters
    ----------
    columns
        Those with figures; others stay as they are.
    decimal
        ``"point"`` or ``"comma"``, where somebody said so: for the columns that can be read both ways.

    Returns
    -------
    tuple
        The table, and the columns that can be read both ways; those are left as they were.

    Examples
    --------
    >>> counted = pd.DataFrame({"inwoners": ["950", "1.234", "12.345.678"]})
    >>> plain_numbers(counted, ["inwoners"])[0]["inwoners"].tolist()
    ['950', '1234', '12345678']
    >>> near = pd.DataFrame({"g_afs_hp": ["1.234", "2.345"]})
    >>> plain_numbers(near, ["g_afs_hp"])[1]
    ['g_afs_hp']
    >>> plain_numbers(near, ["g_afs_hp"], "point")[0]["g_afs_hp"].tolist()
    ['1.234', '2.345']
    """
    columns = sorted(columns)
    counts = _counted_columns()
    seen = {column: _marks(raw[column]) for column in columns}
    sure = {mark for proven, _ in seen.values() for mark in proven}
    table, doubtful = raw.copy(), []
    for column in columns:
        proven, open_marks = seen[column]
        mark = _decimal_mark(proven, open_marks, sure, counted=_bare(column) in counts)
        if not mark and open_marks and not decimal:
            doubtful.append(column)
            continue
        read = [_plainly(value, mark or decimal or COMMA) for value in raw[column]]
        table[column] = pd.Series(read, index=raw.index, dtype=object)
    return table, doubtful


def _decimal_mark(proven: set[str], open_marks: set[str], sure: set[str], *, counted: bool) -> str:
    """Return the decimal mark of a column; empty while it can be read both ways."""
    if len(proven) == 1:
        return min(proven)
    if not open_marks or proven:
        return "" if open_marks else COMMA
    if counted and len(open_marks) == 1:
        whole = min(open_marks)
        # The mark before three digits groups, unless it is the decimal mark of another column.
        return whole if not sure or sure == {whole} else ""
    return min(sure) if len(sure) == 1 else ""


def _marks(column: "pd.Series[str]") -> tuple[set[str], set[str]]:
    """Return the decimal marks that values of a column prove, and those with which others would be whole."""
    proven, open_marks = set[str](), set[str]()
    for value in column:
        text = value.strip() if isinstance(value, str) else ""
        grouped = [mark for mark in DECIMAL_MARKS if _GROUPED[mark].fullmatch(text)]
        if grouped:
            (mark,) = grouped
            marks = sum(text.count(sign) for sign in ".,")
            (proven if marks > 1 else open_marks).add(mark)
        elif _ONE_MARK.fullmatch(text):
            proven.add(COMMA if "," in text else POINT)
    return proven, open_marks


def _plainly(value: object, mark: str) -> object:
    """Return one value with this decimal mark as a plain number; what is no number stays as it is."""
    if not isinstance(value, str):
        return value
    text = value.strip()
    if _SPACED.fullmatch(text):
        text = re.sub(r"[^\d.,-]", "", text)
    elif _GROUPED[mark].fullmatch(text):
        text = text.replace(_GROUP_MARK[mark], "")
    return text.replace(",", ".")


def _bare(column: str) -> str:
    return re.sub(r"_\d+$", "", column)


def _counted_columns() -> set[str]:
    """Return the names of columns in which something is counted."""
    whole = {name for row in FIGURES.values() if row.unit in COUNTED for name in row.names}
    return whole | {name for row in FIGURES.values() for name in row.counts}
