"""Agreeing: names and signals on the beamer with their dots, and what goes to the wijkpanel."""

import html

import streamlit as st

from geo.errors import BuurtError
from study.publishing.sessions.editions import latest_edition
from study.workshop import sessions
from study.workshop.sessions import SignalKind, SignalStatus, Votable
from ui import workers
from ui.pages.workshop import downloads, session_page
from ui.pages.workshop.session_page import WorkshopContext
from ui.routes import Page, Query, page_path
from ui.session.request_context import site_address

KINDS: tuple[SignalKind, ...] = ("signal", "initiative")
EVERY_S = 3
PROBLEM = "undecided"
"""Key in the session's state of why a decision was not taken, for the run that shows it."""


def page() -> None:
    """Propose, count dots, decide."""
    session_page.sheet()
    room = session_page.open_context()
    if room is None:
        return
    say = room.say
    session_page.heading(room, say("agree.title"))
    left, right = st.columns([3, 1], gap="large")
    with left:
        _lists(room)
    with right:
        target = f"{site_address()}/{page_path(Page.VOTE, {Query.CODE: room.workshop_session.code})}"
        st.html(
            f"{session_page.code_picture(target, say('agree.qr'))}<p class='code'>{room.workshop_session.code}</p>"
        )
        st.write(say("agree.how", dots=room.workshop_session.dots))
        _write(room)
        st.download_button(
            say("workshop.file_outcome"), lambda: _paper(room), file_name="uitkomst.pdf",
            mime="application/pdf", key="outcome", on_click="ignore", width="stretch", type="primary",
        )  # fmt: skip
    session_page.page_links(room, Page.VOTING)


def _paper(room: WorkshopContext) -> bytes:
    shown = workers.run_in_worker(latest_edition, room.workshop_session.id)
    number = shown.facts.neighbourhoods[0].number if shown and shown.facts.neighbourhoods else 1
    return downloads.outcome_file(room, shown, number)


@st.fragment(run_every=EVERY_S)
def _lists(room: WorkshopContext) -> None:
    say, found = room.say, workers.run_in_worker(sessions.released_votables, room.workshop_session.id)
    waiting = workers.run_in_worker(sessions.count_waiting, room.workshop_session.id)
    if waiting:
        st.info(say("agree.waiting", n=waiting))
    st.subheader(say("agree.names"), anchor=False)
    names = [one for one in found if one.kind == "name"]
    st.html(_lines(room, names) if names else f"<p>{html.escape(say('agree.no_names'))}</p>")
    st.subheader(say("agree.signals"), anchor=False)
    signals = [one for one in found if one.kind != "name"]
    if not signals:
        st.html(f"<p>{html.escape(say('agree.no_signals'))}</p>")
    for one in signals:
        list_column, chosen = st.columns([4, 1.4], vertical_alignment="center")
        with list_column:
            st.html(_line(room, one))
        with chosen:
            # What the store says, whatever this screen showed before: another screen may have decided.
            st.session_state[f"panel_{one.id}"] = one.status == sessions.TO_WIJKPANEL
            st.toggle(
                say("agree.to_panel"),
                key=f"panel_{one.id}",
                disabled=one.status not in {"new", sessions.TO_WIJKPANEL},
                on_change=_decide,
                args=(room, one),
            )
    if PROBLEM in st.session_state:
        st.error(st.session_state.pop(PROBLEM))


def _decide(room: WorkshopContext, one: Votable) -> None:
    """Switch the decision on a signal from what this screen showed."""
    was: SignalStatus = sessions.TO_WIJKPANEL if one.status == sessions.TO_WIJKPANEL else "new"
    to: SignalStatus = "new" if was == sessions.TO_WIJKPANEL else sessions.TO_WIJKPANEL
    try:
        workers.run_in_worker(sessions.set_signal_status, one.id, to, was=was, by=room.actor)
    except BuurtError as problem:
        st.session_state[PROBLEM] = room.say.explain(problem)


def _lines(room: WorkshopContext, subjects: list[Votable]) -> str:
    return "".join(_line(room, one) for one in subjects)


def _line(room: WorkshopContext, one: Votable) -> str:
    dots_text = room.say("agree.dot" if one.dots == 1 else "agree.dots", n=one.dots)
    dots = f"{'●' * min(one.dots, 20)} {dots_text}"
    return f'<p class="line">{html.escape(one.words)} <span class="dots">{html.escape(dots)}</span></p>'


def _write(room: WorkshopContext) -> None:
    say = room.say
    with st.form("write", border=False, clear_on_submit=True):
        kind = st.radio(
            say("agree.kind"), ("name", *KINDS), format_func=lambda key: say(f"agree.kind_{key}"), key="kind"
        )
        words = st.text_input(say("agree.words"), max_chars=300, key="words")
        pressed = st.form_submit_button(say("agree.add"), width="stretch", key="write_add")
    if not pressed or not words:
        return
    try:
        if kind == "name":
            workers.run_in_worker(
                sessions.propose_name,
                room.workshop_session.id,
                words,
                device=f"room {room.workshop_session.id}",
                by=room.actor,
            )
        elif kind in KINDS:
            workers.run_in_worker(sessions.add_signal, room.workshop_session.id, kind, words, by=room.actor)
    except BuurtError as problem:
        st.error(say.explain(problem))
        return
    st.rerun()
