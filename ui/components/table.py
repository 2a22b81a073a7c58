"""Tables as visitors read them: columns in words, numbers the way their language writes them."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st

from i18n import Translator
from ui.components.browser_component import run_component


@dataclass(frozen=True)
class Column:
    """One column of a table.

    Attributes
    ----------
    name
        Of the column in the data.
    label
        What stands above it.
    spec
        How a number is written; empty for text.
    is_extra
        Whether it is not shown before somebody chooses it.
    """

    name: str
    label: str
    spec: str = ""
    is_extra: bool = False


def show_table(
    say: Translator,
    table: pd.DataFrame,
    columns: Sequence[Column],
    *,
    key: str,
    chosen: Hashable = None,
    on_choose: Callable[[Hashable], None] | None = None,
    public: str = "",
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
    public
        The rows of the latest edition as text to copy; empty for none. What the table itself shows is live, and
        goes nowhere.
    """
    if table.empty:
        return
    rows = list(table.index)

    def changed() -> None:
        place = st.session_state[key].get("chosen")
        if on_choose is not None and place is not None and place < len(rows):
            on_choose(rows[place])

    run_component(
        "ui/browser/table.js",
        key=key,
        data={
            "labels": [column.label for column in columns],
            "numeric": [bool(column.spec) for column in columns],
            "extra": [column.is_extra for column in columns],
            "words": say.section("table"),
            "public": public,
            "rows": list(
                zip(*(_cells(say, table[column.name], column.spec) for column in columns), strict=True)
            ),
            "listens": on_choose is not None,
            "chosen": rows.index(chosen) if chosen in rows else None,
        },
        heard={"chosen": changed},
        isolate_styles=False,
    )


def _cells(say: Translator, values: "pd.Series[Any]", spec: str) -> list[tuple[str, str | float | None]]:
    """Return every value as it is read and as it is sorted."""
    unknown = (say("planner.unknown"), None)
    return [
        unknown if missing else (say.number(float(value), spec), float(value)) if spec else (str(value),) * 2
        for value, missing in zip(values, values.isna(), strict=True)
    ]
