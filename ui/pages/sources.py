"""Sources: whose facts and borders these are, how old, under which licence; and fetching more."""

import pandas as pd
import streamlit as st

from geo.errors import BuurtError, FetchCancelled, FetchError, FetchOffline, ServiceAddressRefused
from study import access, collection
from ui import tables, waiting
from ui.tables import Column
from ui.visitor import actor_of_visitor, words_of_visitor
from words import Words

INTERNAL = ("places", "signals", "sketches")
"""What the made-up residents of the made-up town told: no source of facts."""

FETCHING = "fetching"
"""What this page may be stopped at."""

CAME = "fetching_came"
"""Key in the session's state of what came of fetching, for the run that shows it: a report or a problem."""


def page() -> None:
    """Show the table; let a planner fetch a municipality."""
    say = words_of_visitor()
    st.title(say("sources.title"), anchor=False)
    st.write(say("sources.intro"))
    table = _table(say)
    towns = sorted(set(table["town"]))
    came = st.session_state.pop(CAME, None)
    if isinstance(came, collection.Report):
        st.session_state["sources_town"] = came.name
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
        _fetch(say, came)


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


def _municipality(say: Words) -> str:
    """Let a municipality be picked from all there are; typed until we know those. Gives its code or name."""
    known = {one.code: f"{one.name} ({one.code})" for one in collection.all_municipalities()}
    label, key = say("sources.municipality"), "municipality"
    if not known:
        return st.text_input(label, max_chars=60, key=f"{key}_typed").strip()
    picked = st.selectbox(
        label, known, index=None, format_func=known.__getitem__, placeholder=say("sources.pick"), key=key
    )
    return picked or ""


def _name(names: dict[str, str], key: str, year: int | None) -> str:
    name = names.get(f"layer_{key}", key)
    return name if year is None else f"{name} {year}"


def _fetch(say: Words, came: collection.Report | BuurtError | None) -> None:
    st.subheader(say("sources.fetch_title"), anchor=False)
    st.write(say("sources.fetch_intro"))
    with st.form("fetch", border=False):
        asked = _municipality(say)
        again = st.checkbox(say("sources.again"), key="fetch_again")
        pressed = st.form_submit_button(say("sources.fetch"), type="primary")
    if waiting.stopped(FETCHING):
        st.info(say.error(FetchCancelled()))
    elif isinstance(came, BuurtError):
        st.error(say.error(came))
        if isinstance(came, FetchError) and not isinstance(came, FetchOffline | ServiceAddressRefused):
            st.write(say("sources.rest"))
    elif came is not None:
        st.success(say("sources.fetched", name=came.name, new=len(came.new), kept=len(came.kept)))
    if not pressed or not asked:
        return
    place = st.empty()
    show = waiting.line(say, FETCHING, place)

    def progress(step: collection.Progress) -> None:
        share = step.done / max(1, step.total)
        show(share, say("sources.step", done=step.done, total=step.total, mb=step.received_bytes / 1e6))

    show(0.0, say("sources.starting"))
    try:
        access.require(access.least("bronnen", "fetch"), None, actor_of_visitor())
        st.session_state[CAME] = collection.fetch(asked, again=again, progress=progress)
    except BuurtError as problem:
        st.session_state[CAME] = problem
    finally:
        place.empty()
    st.rerun()  # the table tells of what came, also when it is not all
