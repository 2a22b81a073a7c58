"""Data dictionary and provenance of an export."""

from datetime import date
from typing import Any

import pandas as pd

import settings
from geo.metric_registry import METHOD
from i18n import Translator
from study.publishing.cell_values import KEYED, to_builtin, translate_value
from study.publishing.publication import Provenance, Publication

LICENCES = {
    "CC0-1.0": "https://creativecommons.org/publicdomain/zero/1.0/",
    "CC-BY-4.0": "https://creativecommons.org/licenses/by/4.0/",
}
"""Licences that the operator can choose for what editions say, and where their text is."""


def results_licence() -> str:
    """Return the licence of what residents drew, as the operator chose it; empty where nobody did."""
    return settings.current().licence


def licence_of(origin: Provenance) -> str:
    """Return the licence of a table: that of the source in it, else that of what residents drew."""
    return origin.licence or (results_licence() if origin.drawn else "")


def data_dictionary(made: Publication, say: Translator) -> pd.DataFrame:
    """Return the meaning of every column of every table, and of every key in it.

    Returns
    -------
    DataFrame
        ``table``, ``column``, ``meaning``, ``values`` (key = word).
    """
    rows = []
    for name, table in made.tables.items():
        for column in to_builtin(table).columns:
            meaning = say(f"export.column_{column}")
            rows.append((name, column, meaning, _values(table.reset_index()[column], column, say)))
    return pd.DataFrame(rows, columns=["table", "column", "meaning", "values"])


def _values(found: "pd.Series[Any]", column: str, say: Translator) -> str:
    if column not in KEYED:
        return ""
    keys = sorted({str(key) for key in found.dropna()} - {""})
    return "; ".join(f"{key} = {translate_value(column, key, say)}" for key in keys)


def provenance_table(made: Publication, say: Translator) -> pd.DataFrame:
    """Return what every table rests on.

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
            "licence": [licence_of(origin) for origin in made.origins],
            "n": pd.array([origin.n for origin in made.origins], dtype="Int64"),
            "edition": made.number,
            "day": made.day.isoformat(),
            "method": METHOD,
            "rules": say("export.rules", least=made.least),
        }
    )


def selection_sentence(made: Publication, say: Translator) -> str:
    """Return which drawings an edition of a selection is made of, in a sentence; empty for everybody."""
    asked = made.selection
    days = {key: date.fromisoformat(asked[key]) for key in ("first_day", "last_day") if asked.get(key)}
    parts = [
        *([say("selection.from", day=days["first_day"])] if "first_day" in days else []),
        *([say("selection.until", day=days["last_day"])] if "last_day" in days else []),
        *asked.get("sessions", ()),
        *asked.get("groups", ()),
        *([say("selection.unflagged")] if asked.get("without_flagged") else []),
    ]
    return say("selection.sentence", what=", ".join(parts)) if parts else ""


def description(made: Publication, say: Translator) -> str:
    """Describe a file in one line: the project, how many drew, and whether it is a demo."""
    asked = made.project
    facts = {"name": asked.name, "n": made.n, "method": METHOD}
    line = say("export.about", edition=made.number, day=made.day, **facts)
    if made.selection:
        line = f"{line} {selection_sentence(made, say)}"
    return f"{say('demo.label').capitalize()}. {line}" if asked.is_demo else line
