"""Tables as visitors read them: columns in words, numbers the way their language writes them."""

import math
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st

from words import Words

MOST_STYLED = 20_000
"""More cells than this are shown as plain numbers: writing each in Dutch would take longer than computing."""

CHOSEN = "background-color: #f6e3c5; font-weight: 600"
ROW_PX, MOST_PX = 38, 500


@dataclass(frozen=True)
class Column:
    """One column: its name in the table, what stands above it, and how a number is written (empty: text)."""

    name: str
    label: str
    spec: str = ""


def show(
    say: Words,
    table: pd.DataFrame,
    columns: Sequence[Column],
    *,
    key: str,
    chosen: Hashable = None,
    on_choose: Callable[[Hashable], None] | None = None,
) -> None:
    """Show a table, unless it has no rows; a row can be chosen when somebody listens.

    Parameters
    ----------
    table
        The index names the rows for `chosen` and `on_choose`.
    columns
        Those shown, in order.
    chosen
        Row to mark.
    on_choose
        Called with the index of a row that is chosen.
    """
    if table.empty:
        return
    shown = pd.DataFrame({column.label: _plain(table[column.name]) for column in columns})
    shown.index = pd.RangeIndex(len(table))
    height = min(MOST_PX, ROW_PX * (len(shown) + 1) + 8)
    data = _written(say, shown, columns, _place(table.index, chosen)) if shown.size <= MOST_STYLED else shown
    if on_choose is None:
        st.dataframe(
            data,
            hide_index=True,
            height=height,
            row_height=ROW_PX,
            placeholder=say("planner.unknown"),
            key=key,
        )
        return
    rows = list(table.index)

    def changed() -> None:
        picked = st.session_state[key]["selection"]["rows"]
        if picked and picked[0] < len(rows):
            on_choose(rows[picked[0]])

    st.dataframe(
        data,
        hide_index=True,
        height=height,
        row_height=ROW_PX,
        placeholder=say("planner.unknown"),
        key=key,
        on_select=changed,
        selection_mode="single-row",
    )


def _plain(column: "pd.Series[Any]") -> "pd.Series[Any]":
    return column.reset_index(drop=True)


def _place(index: pd.Index, chosen: Hashable) -> int | None:
    return None if chosen is None or chosen not in index else list(index).index(chosen)


def _written(
    say: Words, shown: pd.DataFrame, columns: Sequence[Column], marked: int | None
) -> "pd.io.formats.style.Styler":
    def writer(spec: str) -> Callable[[object], str]:
        def write(value: object) -> str:
            if value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value)):
                return say("planner.unknown")
            return say.number(float(str(value)), spec) if spec else str(value)

        return write

    styled = shown.style.format({column.label: writer(column.spec) for column in columns})
    if marked is None:
        return styled
    return styled.apply(lambda row: [CHOSEN if row.name == marked else ""] * len(row), axis="columns")
