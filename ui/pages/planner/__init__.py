"""The planner's page: one study, looked at in nine ways and taken along."""

from collections.abc import Callable
from datetime import date
from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from geo.errors import BuurtError
from study import access, comparison, filtering, projects
from study.projects import Study
from ui import waiting
from ui.markdown import plain
from ui.pages.planner import (
    borders,
    facilities,
    figures,
    fit,
    frame,
    groups,
    liveability,
    neighbourhoods,
    overview,
    take,
    triage,
)
from ui.pages.planner.frame import View
from ui.visitor import actor_of_visitor, project_of_visitor, words_of_visitor
from words import Words

SECTIONS: dict[str, Callable[[View], None]] = {
    "overview": overview.show,
    "fit": fit.show,
    "borders": borders.show,
    "neighbourhoods": neighbourhoods.show,
    "facilities": facilities.show,
    "figures": figures.show,
    "groups": groups.show,
    "liveability": liveability.show,
    "triage": triage.show,
    "take": take.show,
}
WITHOUT_DIVISION = ("triage",)

LEAST_DOUBLED_M2 = 10_000.0
"""Less ground than this in two areas at once is a matter of rounding."""


def page() -> None:
    """Choose a project, filters, a division and a section; each section computes only what it shows."""
    say = words_of_visitor()
    try:
        project = projects.project(project_of_visitor())
        access.require("planner", project, actor_of_visitor())
    except BuurtError as problem:
        st.title(say("planner.title"))
        st.info(say.error(problem))
        return
    whole = projects.now(project.id)
    filters = _head(say, whole, project)
    if projects.drawn(whole).empty:
        st.info(say("planner.empty"))
        return
    with filters:
        study = _filtered(say, whole)
    section = _section(say)
    if study != whole:
        st.info(
            say("planner.filtered", n=len(projects.drawn(study)), whole=len(projects.drawn(whole))),
            icon=":material/filter_alt:",
        )
    if projects.drawn(study).empty:
        st.info(say("planner.filtered_empty"))
        return
    known = comparison.divisions(study)
    if not known:
        st.info(say("planner.no_division"))
        return
    division = known[0] if section in WITHOUT_DIVISION else _division(say, known)
    view = View(say, study, project, division)
    if view.n == 1:
        st.info(say("planner.one"))
    if comparison.all_alike(study):
        st.info(say("planner.identical"))
    doubled = comparison.doubled_m2(study, division)
    if doubled >= LEAST_DOUBLED_M2:
        st.info(say("planner.overlapping", division=view.named_division, ha=doubled / 1e4))
    try:
        waiting.run(say, (section, study, division), partial(SECTIONS[section], view))
    except BuurtError as problem:
        frame.refused(view, problem)


def _head(say: Words, whole: Study, project: access.Project) -> DeltaGenerator:
    """Say which project this is; give the place for the filters."""
    left, right, last = st.columns([4, 2, 1], vertical_alignment="bottom")
    with left:
        st.title(say("planner.title"))
        label = f" · {say('demo.label')}" if project.is_made_up else ""
        st.markdown(
            say("planner.intro", n=len(projects.drawn(whole)), town=plain(project.name)) + label,
            text_alignment="left",
        )
    visitor = actor_of_visitor()
    others = [one for one in projects.projects() if access.may("planner", one, visitor)]
    if len(others) > 1:
        with right:
            keys = [one.id for one in others]
            st.selectbox(
                say("planner.project"),
                keys,
                index=keys.index(project.id),
                format_func=lambda key: next(one.name for one in others if one.id == key),
                key="chosen_project",
                on_change=_go,
            )
    return last


def _go() -> None:
    st.query_params["project"] = st.session_state["chosen_project"]


def _section(say: Words) -> str:
    chosen = st.pills(
        say("planner.sections"),
        list(SECTIONS),
        default="overview",
        format_func=lambda key: say(f"planner.section_{key}"),
        key="deel",
        bind="query-params",
        label_visibility="collapsed",
        required=True,
    )
    return str(chosen or "overview")


def _division(say: Words, known: list[str]) -> str:
    first = "buurt" if "buurt" in known else known[0]
    chosen = st.pills(
        say("planner.division"),
        known,
        default=first,
        format_func=lambda key: frame.division_name(say, key),
        key="indeling",
        bind="query-params",
        required=True,
    )
    return str(chosen or first)


def _filtered(say: Words, whole: Study) -> Study:
    known = filtering.choices(whole)
    with st.popover(say("planner.filters"), icon=":material/filter_alt:", width="stretch"):
        columns = [st.container() for _ in range(4)]
        first, last = known.first_day or date.today(), known.last_day or date.today()
        with columns[0]:
            period = st.date_input(
                say("planner.period"),
                (first, last),
                min_value=first,
                max_value=last,
                format="DD-MM-YYYY",
                key="periode",
                bind="query-params",
            )
        with columns[1]:
            sessions = st.multiselect(
                say("planner.session"),
                list(known.sessions),
                format_func=lambda key: known.sessions[key],
                key="avond",
                bind="query-params",
                placeholder=say("planner.all"),
            )
        with columns[2]:
            groups = st.multiselect(
                say("planner.group"),
                list(known.groups),
                key="groep",
                bind="query-params",
                placeholder=say("planner.all"),
            )
        with columns[3]:
            plain = st.toggle(say("planner.unflagged"), key="zonder_opmerking", bind="query-params")
    return filtering.narrowed(
        whole,
        sessions=tuple(sessions),
        groups=tuple(groups),
        first_day=period[0] if period else None,
        last_day=period[1] if len(period) > 1 else None,
        flagged=not plain,
    )
