"""The planner's page: one study, looked at in nine ways, taken along, and what it does not say."""

from collections.abc import Callable
from datetime import date
from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from geo.errors import BuurtError
from i18n import Translator
from study import context, permissions
from study.analysis import comparison
from study.context import Study
from study.filters import available_filters, own_column_name, with_filters
from study.permissions import Project
from ui.components import progress
from ui.components.markdown_escape import escape_markdown
from ui.pages.planner import (
    area_fit,
    borders,
    export,
    facilities,
    groups,
    key_figures,
    liveability,
    neighbourhoods,
    overview,
    review,
)
from ui.pages.planner.evidence import limits
from ui.pages.planner.section import PlannerContext, division_name, refused
from ui.routes import Query
from ui.session.request_context import current_actor, current_project, current_translator

SECTIONS: dict[str, Callable[[PlannerContext], None]] = {
    "overview": overview.show,
    "fit": area_fit.show,
    "borders": borders.show,
    "neighbourhoods": neighbourhoods.show,
    "facilities": facilities.show,
    "figures": key_figures.show,
    "groups": groups.show,
    "liveability": liveability.show,
    "triage": review.show,
    "take": export.show,
    "limits": limits.show,
}
WITHOUT_DIVISION = ("triage", "limits")

MIN_DOUBLED_M2 = 10_000.0
"""Less ground than this in two areas at once is a matter of rounding."""


def page() -> None:
    """Choose a project, a section, a division and filters; each section computes only what it shows."""
    say = current_translator()
    try:
        project = context.get_project(current_project())
        permissions.require_role("planner", project, current_actor())
    except BuurtError as problem:
        st.title(say("planner.title"))
        st.info(say.explain(problem))
        return
    whole = context.current_study(project.id)
    if context.read_sketches(whole).empty:
        st.title(say("planner.title"))
        _projects(say, project)
        st.info(say("planner.empty"))
        return
    with st.container(key="planner"):
        menu, body = st.columns([2, 13], gap="medium")
        with menu:
            _projects(say, project)
            section = _section(say)
        with body:
            _show_section(say, whole, project, section)


def _show_section(say: Translator, whole: Study, project: Project, section: str) -> None:
    name = say(f"planner.section_{section}")
    st.set_page_config(page_title=f"{name} · {project.name} · {say('canvas.product')}")
    with st.container(key="planner_head", horizontal=True, vertical_alignment="center", gap="small"):
        st.title(name, width="stretch")
        beside = st.container(width="content", horizontal=True, vertical_alignment="center", gap="xsmall")
        with st.container(width=150):
            study = _filtered(say, whole)
    view = _view(say, study, project, section, beside)
    if view is None:
        return
    _notes(view, section, len(context.read_sketches(whole)))
    try:
        progress.run_with_progress(say, (section, study, view.division), partial(SECTIONS[section], view))
    except BuurtError as problem:
        refused(view, problem)


def _view(
    say: Translator, study: Study, project: Project, section: str, beside: DeltaGenerator
) -> PlannerContext | None:
    """Return what is looked at, with the choice of a division; None, with a sentence, where there is nothing."""
    if context.read_sketches(study).empty:
        st.info(say("planner.filtered_empty"))
        return None
    known = comparison.divisions(study)
    if not known:
        st.info(say("planner.no_division"))
        return None
    if section in WITHOUT_DIVISION:
        return PlannerContext(say, study, project, known[0])
    with beside:
        return PlannerContext(say, study, project, _division(say, known))


def _notes(view: PlannerContext, section: str, whole: int) -> None:
    """Show how many drawings these are, what this is not for, and what to bear in mind."""
    say = view.say
    facts = [say("planner.intro", n=view.n, town=escape_markdown(view.project.name))]
    if view.project.is_demo:
        facts.append(say("demo.label"))
    if section != "take":
        facts.append(say("planner.live"))
    st.caption(" · ".join(facts))
    if view.is_filtered:
        st.info(say("planner.filtered", n=view.n, whole=whole), icon=":material/filter_alt:")
        export.offer_selection(view)
    if view.n == 1:
        st.info(say("planner.one"))
    if comparison.has_only_duplicates(view.study):
        st.info(say("planner.identical"))
    doubled = comparison.overlap_area_m2(view.study, view.division)
    if doubled >= MIN_DOUBLED_M2:
        st.info(say("planner.overlapping", division=view.named_division, ha=doubled / 1e4))


def _projects(say: Translator, project: Project) -> None:
    """Show the choice of a project, where there is one."""
    visitor = current_actor()
    others = [one for one in context.list_projects() if permissions.has_role("planner", one, visitor)]
    if len(others) > 1:
        keys = [one.id for one in others]
        st.selectbox(
            say("planner.project"),
            keys,
            index=keys.index(project.id),
            format_func=lambda key: next(one.name for one in others if one.id == key),
            key="chosen_project",
            on_change=_go,
        )


def _go() -> None:
    st.query_params[Query.PROJECT] = st.session_state["chosen_project"]


def _section(say: Translator) -> str:
    chosen = st.radio(
        say("planner.sections"),
        list(SECTIONS),
        format_func=lambda key: say(f"planner.section_{key}"),
        key="deel",
        bind="query-params",
        label_visibility="collapsed",
    )
    return str(chosen or "overview")


def _division(say: Translator, known: list[str]) -> str:
    first = "buurt" if "buurt" in known else known[0]
    if st.session_state.get("indeling", first) not in known:  # of a project with other areas
        st.session_state["indeling"] = first
    st.caption(say("planner.division"), width="content")
    chosen = st.selectbox(
        say("planner.division"),
        known,
        index=known.index(first),
        format_func=lambda key: division_name(say, key),
        key="indeling",
        bind="query-params",
        label_visibility="collapsed",
        width=260,  # the name of a file of areas is long
    )
    return str(chosen or first)


def _filtered(say: Translator, whole: Study) -> Study:
    known = available_filters(whole)
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
                key=Query.SESSION,
                bind="query-params",
                placeholder=say("planner.all"),
            )
        with columns[2]:
            groups = st.multiselect(
                say("planner.group"),
                list(known.groups),
                key=Query.GROUP,
                bind="query-params",
                placeholder=say("planner.all"),
            )
        own: list[str] = []
        chosen = {f"{own_column_name(key)}: {value}": (key, value) for key, value in known.own}
        with columns[3]:
            if chosen:
                own = st.multiselect(
                    say("planner.own_columns"),
                    list(chosen),
                    key="kolom",
                    bind="query-params",
                    placeholder=say("planner.all"),
                )
            plain = st.toggle(say("planner.unflagged"), key="zonder_opmerking", bind="query-params")
    return with_filters(
        whole,
        sessions=tuple(sessions),
        groups=tuple(groups),
        first_day=period[0] if period else None,
        last_day=period[1] if len(period) > 1 else None,
        flagged=not plain,
        own=tuple(chosen[one] for one in own),
    )
