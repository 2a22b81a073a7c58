"""Sources: whose facts and borders these are, how old, under which licence; and fetching more."""

import pandas as pd
import streamlit as st

from geo.errors import BuurtError, FetchCancelled
from study import access, collection
from ui import tables, waiting
from ui.tables import Column
from ui.visitor import actor_of_visitor, words_of_visitor
from words import Words

INTERNAL = ("places", "signals", "sketches")
"""What the made-up residents of the made-up town told: no source of facts."""

FETCHING = "fetching"
"""What this page may be stopped at."""


def page() -> None:
    """Show the table; let a planner fetch a municipality."""
    say = words_of_visitor()
    st.title(say("sources.title"), anchor=False)
    st.write(say("sources.intro"))
    table = _table(say)
    towns = sorted(set(table["town"]))
    town = st.selectbox(say("sources.town"), towns, key="sources_town") if len(towns) > 1 else towns[0]
    shown = table[table["town"] == town]
    columns = [
        Column("layer", say("sources.col_layer")),
        Column("source", say("sources.col_source")),
        Column("date", say("sources.col_date")),
        Column("age", say("sources.col_age"), ",.0f"),
        Column("rows", say("sources.col_rows"), ",.0f"),
        Column("licence", say("sources.col_licence")),
    ]
    # What is made up was never fetched, so it has no age.
    known = [column for column in columns if column.name != "age" or shown["age"].notna().any()]
    tables.show(say, shown, known, key="sources_table")
    for line in dict.fromkeys(shown["attribution"]):
        st.text(line)
    # A page without a project: whoever is nobody in particular fetches nothing.
    if access.may(access.least("bronnen", "fetch"), None, actor_of_visitor()):
        _fetch(say)


def _table(say: Words) -> pd.DataFrame:
    names = say.section("sources")
    return pd.DataFrame(
        [
            {
                "town": row.municipality.name,
                "layer": _name(names, row.entry.key, row.entry.year),
                "source": row.entry.source,
                "date": row.entry.date,
                "age": row.age_days,
                "rows": row.entry.rows,
                "licence": row.entry.licence,
                "attribution": row.entry.attribution or row.entry.source,
            }
            for row in collection.sources()
            if row.entry.key not in INTERNAL
        ]
    )


def _name(names: dict[str, str], key: str, year: int | None) -> str:
    name = names.get(f"layer_{key}", key)
    return name if year is None else f"{name} {year}"


def _fetch(say: Words) -> None:
    st.subheader(say("sources.fetch_title"), anchor=False)
    st.write(say("sources.fetch_intro"))
    with st.form("fetch", border=False):
        asked = st.text_input(say("sources.municipality"), max_chars=60, key="municipality")
        again = st.checkbox(say("sources.again"), key="fetch_again")
        pressed = st.form_submit_button(say("sources.fetch"), type="primary")
    if waiting.stopped(FETCHING):
        st.info(say.error(FetchCancelled()))
    if not pressed or not asked.strip():
        return
    place = st.empty()
    show = waiting.line(say, FETCHING, place)

    def progress(step: collection.Progress) -> None:
        share = step.done / max(1, step.total)
        show(share, say("sources.step", done=step.done, total=step.total, mb=step.received_bytes / 1e6))

    show(0.0, say("sources.starting"))
    try:
        access.require(access.least("bronnen", "fetch"), None, actor_of_visitor())
        report = collection.fetch(asked.strip(), again=again, progress=progress)
    except BuurtError as problem:
        st.error(say.error(problem))
        return
    finally:
        place.empty()
    st.success(say("sources.fetched", name=report.name, new=len(report.new), kept=len(report.kept)))
