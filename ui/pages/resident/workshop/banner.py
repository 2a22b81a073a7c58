"""What a resident sees of the session they take part in, and the shared tablet that forgets for the next person."""

import html

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from i18n import Translator
from study.workshop.sessions import Participant
from ui.pages.resident.thank_you import finish, forget_visit
from ui.pages.resident.visit_state import ResidentVisit
from ui.routes import Query, Step
from ui.session import presenter_bridge
from ui.session.request_context import current_participant

IDLE_S, IDLE_AT_END_S = 180, 45
"""Seconds without a touch after which a shared tablet starts anew."""


def watch_page_beside(say: Translator, residents: StreamlitPage) -> None:
    """Watch a page beside the steps on a shared tablet: left there, it counts down and starts anew.

    Parameters
    ----------
    residents
        The residents' page.
    """
    guest = current_participant()
    if guest is None or not guest.kiosk:
        return
    if presenter_bridge.listen_to_browser(idle_s=IDLE_S, idle_words=say.section("idle")).idle:
        visit = st.session_state.get("visit")
        if isinstance(visit, ResidentVisit):
            forget_visit(visit)
        st.switch_page(residents, query_params={**st.query_params.to_dict(), Query.STEP: Step.START})


def show(say: Translator, visit: ResidentVisit, guest: Participant) -> None:
    """Show which session this is, that practice does not count, and the reset of a shared tablet."""
    lines = [say("join.at", place=guest.session.place)]
    if guest.practice:
        lines.append(say("join.practising"))
    if guest.helped_by:
        lines.append(say("join.helping", initials=guest.helped_by))
    st.html(f'<p class="buurt-session">{html.escape(" ".join(lines))}</p>')
    if not guest.kiosk:
        return
    at_start = visit.step == Step.START and visit.mine is None
    waits = IDLE_AT_END_S if visit.step == Step.THANKS else IDLE_S
    if presenter_bridge.listen_to_browser(
        idle_s=0 if at_start else waits, idle_words=say.section("idle"), forget=at_start
    ).idle:
        finish()
