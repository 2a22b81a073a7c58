"""What a phone in the room does after drawing: it looks up, and goes on with the others; the border waits for them."""

import html

import streamlit as st

from i18n import Translator
from study.workshop import sessions
from study.workshop.sessions import Participant
from ui import workers
from ui.pages.big_link import big_link
from ui.pages.resident.visit_state import ResidentVisit
from ui.routes import Page, Query, page_path
from ui.session.request_context import current_ticket

EVERY_S = 4


def is_border_waiting(guest: Participant | None) -> bool:
    """Return whether the official border is kept for the room: it is shown to all at once."""
    return guest is not None and not workers.run_in_worker(sessions.shows_border, guest.session.id)


def show(say: Translator, visit: ResidentVisit, *, waits: bool) -> None:
    """Show where the session goes on; a shared screen is for the next person."""
    guest = visit.guest
    if guest is None or visit.is_on_shared_screen:
        return
    st.html(f'<p class="buurt-told">{html.escape(say("join.look_up"))}</p>')
    if guest.session.is_open:
        asked = {Query.CODE: guest.session.code, Query.GROUP: guest.group, Query.TICKET: current_ticket()}
        address = page_path(Page.VOTE, {str(key): value for key, value in asked.items() if value})
        big_link(say("join.go_on"), address, main=True)
    if waits:
        _watch(guest.session.id)


@st.fragment(run_every=EVERY_S)
def _watch(session: str) -> None:
    """Look whether the border is free by now; then the page shows it."""
    if workers.run_in_worker(sessions.shows_border, session):
        st.rerun(scope="app")
