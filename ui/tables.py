"""Tables as visitors read them: columns in words, numbers the way their language writes them."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st

from ui import scripts
from words import Words


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

    Not Streamlit's own: that one is a picture to a screen reader, cuts what does not fit and speaks English.

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
    rows = list(table.index)

    def changed() -> None:
        place = st.session_state[key].get("chosen")
        if on_choose is not None and place is not None and place < len(rows):
            on_choose(rows[place])

    scripts.run(
        "shell/table.js",
        key=key,
        data={
            "labels": [column.label for column in columns],
            "numeric": [bool(column.spec) for column in columns],
            "rows": list(
                zip(*(_cells(say, table[column.name], column.spec) for column in columns), strict=True)
            ),
            "listens": on_choose is not None,
            "chosen": rows.index(chosen) if chosen in rows else None,
        },
        heard={"chosen": changed},
        isolate_styles=False,
    )


def _cells(say: Words, values: "pd.Series[Any]", spec: str) -> list[tuple[str, str | float | None]]:
    """Give every value as it is read and as it is sorted."""
    unknown = (say("planner.unknown"), None)
    return [
        unknown if missing else (say.number(float(value), spec), float(value)) if spec else (str(value),) * 2
        for value, missing in zip(values, values.isna(), strict=True)
    ]
