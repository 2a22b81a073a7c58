"""Sources: whose facts and borders these are, how old, under which licence; and fetching more."""

import pandas as pd
import streamlit as st

from geo.errors import BuurtError, FetchCancelled, FetchError, FetchOffline, ServiceAddressRefused
from i18n import Translator
from study import datasets, download_report, permissions
from ui.components.progress import progress_line, was_stopped
from ui.components.table import Column, show_table
from ui.session.request_context import current_actor, current_translator

INTERNAL = ("places", "signals", "sketches")
"""What the made-up residents of the made-up town contributed: no source of facts."""

FETCHING = "fetching"
"""What this page may be stopped at."""

EXAMINING = "examining"
"""What this page may be stopped at, too."""

CAME = "fetching_came"
"""Key in the session's state of what came of fetching, for the run that shows it: a report or a problem."""


def page() -> None:
    """Show the table; let a planner fetch a municipality."""
    say = current_translator()
    st.title(say("sources.title"), anchor=False)
    st.write(say("sources.intro"))
    table = _table(say)
    towns = sorted(set(table["town"]))
    came = st.session_state.pop(CAME, None)
    if isinstance(came, datasets.FetchReport):
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
    show_table(say, shown, known, key="sources_table")
    for line in dict.fromkeys(shown["attribution"]):
        st.text(line)
    for row in shown[shown["lacking"].map(len).gt(0)].itertuples():
        for line in row.lacking:
            st.text(f"{row.layer}: {line}")
    # A page without a project: whoever is nobody in particular fetches nothing.
    if permissions.has_role(permissions.minimum_role("sources", "fetch"), None, current_actor()):
        _fetch(say, came)
        _examine(say)


def _table(say: Translator) -> pd.DataFrame:
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
                "lacking": download_report.absence_lines(say, row.entry.not_fetched, row.entry.absent),
            }
            for row in datasets.sources()
            if row.entry.key not in INTERNAL
        ]
    )


def _municipality(say: Translator) -> str:
    """Show the list of municipalities, or a text field until it is known; return the choice."""
    known = {one.code: f"{one.name} ({one.code})" for one in datasets.all_municipalities()}
    label = say("sources.municipality")
    if not known:
        return st.text_input(label, max_chars=60, key="municipality_typed").strip()
    picked = st.selectbox(
        label,
        known,
        index=None,
        format_func=known.__getitem__,
        placeholder=say("sources.pick"),
        key="municipality",
    )
    return picked or ""


def _name(names: dict[str, str], key: str, year: int | None) -> str:
    name = names.get(f"layer_{key}", key)
    return name if year is None else f"{name} {year}"


def _fetch(say: Translator, came: datasets.FetchReport | BuurtError | None) -> None:
    st.subheader(say("sources.fetch_title"), anchor=False)
    st.write(say("sources.fetch_intro"))
    with st.form("fetch", border=False):
        asked = _municipality(say)
        again = st.checkbox(say("sources.again"), key="fetch_again")
        pressed = st.form_submit_button(say("sources.fetch"), type="primary")
    if was_stopped(FETCHING):
        st.info(say.explain(FetchCancelled()))
    elif isinstance(came, BuurtError):
        st.error(say.explain(came))
        if isinstance(came, FetchError) and not isinstance(came, FetchOffline | ServiceAddressRefused):
            st.write(say("sources.rest"))
    elif came is not None:
        st.success(say("sources.fetched", name=came.name, new=len(came.new), kept=len(came.kept)))
        for line in download_report.failure_lines(say, came):
            st.warning(line)
    if not pressed or not asked:
        return
    place = st.empty()
    show = progress_line(say, FETCHING, place)

    def progress(step: datasets.FetchProgress) -> None:
        share = step.done / max(1, step.total)
        show(share, say("sources.step", done=step.done, total=step.total, mb=step.received_bytes / 1e6))

    show(0.0, say("sources.starting"))
    try:
        permissions.require_role(permissions.minimum_role("sources", "fetch"), None, current_actor())
        st.session_state[CAME] = datasets.fetch(asked, again=again, progress=progress)
    except BuurtError as problem:
        st.session_state[CAME] = problem
    finally:
        place.empty()
    st.rerun()  # the table tells of what came, also when it is not all


def _examine(say: Translator) -> None:
    """Show how the services answered the last time, and let a planner check them now."""
    st.subheader(say("doctor.title"), anchor=False)
    st.write(say("doctor.intro"))
    if st.button(say("doctor.check"), key="doctor"):
        place = st.empty()
        show = progress_line(say, EXAMINING, place)
        permissions.require_role(permissions.minimum_role("sources", "fetch"), None, current_actor())
        try:
            found: download_report.Diagnosis | None = download_report.diagnose(
                progress=lambda done, total: show(
                    done / total, say("doctor.checking", done=done, total=total)
                )
            )
        finally:
            place.empty()
    else:
        found = download_report.last_diagnosis()
    if found is None:
        st.caption(say("doctor.never"))
        return
    st.write(f"{say('doctor.last', day=found.day)} {say(f'doctor.outcome_{found.exit_code}')}")
    outcome = pd.DataFrame(
        {
            "what": [download_report.check_place(say, result) for result in found.results],
            "outcome": [download_report.check_line(say, result) for result in found.results],
        }
    )
    columns = [Column("what", say("doctor.col_what")), Column("outcome", say("doctor.col_outcome"))]
    show_table(say, outcome, columns, key="doctor_table")
