"""Words of one cell, name or table of the report."""

from typing import Any

import pandas as pd

from i18n import Translator
from i18n.document import Table
from study.publishing.cell_values import KEYED, SHARES, translate_value
from study.publishing.publication import Publication

MAX_ROWS = 30
"""Longest table in a report; the rest is in the data."""

MAX_TEXT = 200
"""Most signs of a name in a report."""


def make_table(
    title: str,
    columns: tuple[str, ...],
    rows: list[tuple[str, ...]],
    whole: int,
    say: Translator,
    *,
    made: Publication | None = None,
) -> Table:
    """Return a table of the report with its heads in words, and a note where rows are left out."""
    caption = say(title) if made is None else say(title, division=many_areas(made, say))
    note = say("report.rest", shown=len(rows), n=whole) if len(rows) < whole else ""
    heads = tuple(say(f"export.head_{column}") for column in columns)
    worded = {"name", "official", *KEYED}
    return Table(caption, heads, tuple(rows), tuple(column not in worded for column in columns), note)


def word_cell(column: str, value: Any, say: Translator) -> str:
    """Return one value as a reader of the report sees it."""
    if value is None or pd.isna(value):
        return say("report.dash")
    if column in KEYED:
        return translate_value(column, value, say)
    if column in SHARES:
        return say.number(float(value), ".0%")
    if column in ("area_ha", "weighted_ha"):
        return say.number(float(value), ",.1f")
    if column == "same_groups":
        return say.number(float(value), ".1f")
    return shorten(value) if column == "official" else say.number(int(value))


def many_areas(made: Publication, say: Translator) -> str:
    """Return what the areas of the compared division are called."""
    return say.section("report").get(f"many_{made.division}", say("report.many_own"))


def neighbourhood_name(number: object, name: str, say: Translator) -> str:
    """Return the name of a neighbourhood, or its number where nobody released one."""
    return shorten(name) if name else say("report.nameless", number=number)


def word_hectares(area_ha: float, say: Translator) -> str:
    """Write an area with as many decimals as mean something.

    Examples
    --------
    >>> import i18n
    >>> word_hectares(34.87, i18n.get_translator("nl")), word_hectares(0.43, i18n.get_translator("nl"))
    ('35', '0,4')
    """
    return say.number(area_ha, ",.0f" if area_ha >= 10 else ",.1f")


def shorten(name: object) -> str:
    """Return a name on one line, no longer than a report can hold."""
    text = " ".join(str(name).split())
    return text if len(text) <= MAX_TEXT else f"{text[: MAX_TEXT - 1]}…"
