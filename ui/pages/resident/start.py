"""Start: what this is for, who asks, what is kept and until when; and whether somebody wants to take part."""

import html

import streamlit as st

from geo.errors import BuurtError
from i18n import Translator
from study.contributions.submission import find_by_code
from study.contributions.tickets import is_ticket_needed, is_ticket_valid
from ui import workers
from ui.components.first_screen import SKETCH, language_links, sender_lines
from ui.pages.resident import children
from ui.pages.resident.thank_you import forget_visit
from ui.pages.resident.visit_state import (
    ResidentVisit,
    begin_turn,
    choose_audience,
    go_to_step,
    step_header,
)
from ui.routes import Query, Step
from ui.session.request_context import current_ticket


def title(say: Translator, _visit: ResidentVisit) -> str:
    """Return the title."""
    return say("start.title")


def show(say: Translator, visit: ResidentVisit) -> None:
    """Show what it is for and ask for consent."""
    project = visit.project
    st.html(f'<p class="buurt-languages">{language_links(say, st.query_params.to_dict())}</p>')
    st.html(SKETCH)
    step_header(say, visit, title(say, visit), counted=False)
    if project.is_demo:
        st.badge(say("demo.label"), color="gray")
    asked_by = project.asked_by or project.name
    if visit.children:
        children.show_pictures()
        consent = say("start.consent", button=say("start.join"))
        children.read_aloud(say, say("start.why", asked_by=asked_by), say("start.how"), consent)
    kept = "start.kept_demo" if project.is_demo else "start.kept"
    _lead(say("start.why", asked_by=asked_by), say("start.how"))
    _remembered(say, visit)
    if visit.drafted:
        st.info(say("start.draft"))
    _ticket(say, visit)
    if not project.municipality:
        st.info(say("start.no_ground"))
        return
    _join(say, visit)
    # The button stands above the fold; what is kept stands below it.
    _lead(say(kept, until=project.retention_until), say("start.code"))
    if sender := sender_lines(say, project):
        st.html(f'<div class="buurt-lead">{sender}</div>')
    with st.container(horizontal=True):
        if st.button(say("start.have_code"), key="have_code", width="stretch"):
            go_to_step(Step.CODE)
        if st.button(
            say("start.adults" if visit.children else "start.children"), key="kids", width="stretch"
        ):
            other = not visit.children
            if visit.drawn_by_child not in {None, other}:
                visit = forget_visit(visit)  # who draws now is somebody else
            choose_audience(visit, children=other)


def _join(say: Translator, visit: ResidentVisit) -> None:
    _lead(say("start.consent", button=say("start.join")))
    if st.button(say("start.join"), key="join", type="primary", width="stretch"):
        if visit.done and visit.guest is not None and visit.guest.helped_by:
            begin_turn(visit.project, visit.guest)
        visit.done = False
        go_to_step(Step.DRAW)


def _lead(*sentences: str) -> None:
    lines = "".join(f"<p>{html.escape(line)}</p>" for line in sentences)
    st.html(f'<div class="buurt-lead">{lines}</div>')


def _remembered(say: Translator, visit: ResidentVisit) -> None:
    """Offer the drawing that this phone remembers, to look at or to change."""
    known = visit.remembered
    if known is None or visit.is_on_shared_screen:
        return
    if st.button(say("start.remembered", day=known.day), key="remembered", width="stretch"):
        try:
            visit.mine = workers.run_in_worker(find_by_code, known.code, device=visit.device)
        except BuurtError as problem:
            st.error(say.explain(problem))
            return
        visit.browser_id, visit.taken, visit.done = "", None, False
        visit.stated_child = known.children
        go_to_step(Step.CODE)


def _ticket(say: Translator, visit: ResidentVisit) -> None:
    """Offer a field for the code of a letter or table card, where only who has one counts."""
    session = "" if visit.guest is None else visit.guest.session.id
    if not workers.run_in_worker(is_ticket_needed, visit.project.id, session=session):
        return
    known = current_ticket()
    if known and workers.run_in_worker(is_ticket_valid, visit.project.id, known, session=session):
        st.success(say("ticket.known"))
        return
    if known:
        st.warning(say("ticket.unknown"))
    st.info(say("ticket.asked"))
    typed = st.text_input(say("ticket.type"), max_chars=20, key="ticket_typed")
    if typed and typed != known:
        st.query_params[Query.TICKET] = typed
        st.rerun()
