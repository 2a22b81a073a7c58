"""Agreeing: one round at a time on the beamer, its dots once it is closed, and what goes to the wijkpanel."""

import html
from functools import partial
from typing import Protocol

import streamlit as st

from geo.errors import BuurtError, InputRefused
from study.publishing.sessions.editions import latest_edition
from study.workshop import guesses, rounds, sessions
from study.workshop.live_editions import session_counters
from study.workshop.rounds import MAX_REASON, RoundView
from study.workshop.sessions import Actor, SignalKind, SignalStatus, Votable
from ui import workers
from ui.pages.workshop import downloads, guess_view, round_view, session_page
from ui.pages.workshop.session_page import WorkshopContext
from ui.routes import Page, Query, page_path
from ui.session.request_context import site_address

KINDS: tuple[SignalKind, ...] = ("signal", "initiative")
EVERY_S = 3
PROBLEM = "undecided"
"""Key in the session's state of why a decision was not taken, for the run that shows it."""

REFUSED = "round_refused"
"""The same of an act with a round; that part of the page runs apart."""


class Act(Protocol):
    """Something that is done by who leads the session."""

    def __call__(self, *, by: Actor) -> object:
        """Do it as `by`."""
        ...


def page() -> None:
    """Propose, open and close rounds, decide."""
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
        _steer(room)
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
    room.require_standing()
    say, found = room.say, workers.run_in_worker(sessions.released_votables, room.workshop_session.id)
    at = workers.run_in_worker(_look, room)
    if at is not None and at.round.kind == "guess":
        guess_view.show(room, at.round)
    elif at is not None:
        _round(room, at)
    waiting = workers.run_in_worker(sessions.count_waiting, room.workshop_session.id)
    if waiting:
        st.info(say("agree.waiting", n=waiting))
    in_round = set(at.round.subjects) if at is not None else set()
    names = [one.words for one in found if one.kind == "name" and one.id not in in_round]
    if names or at is None or at.round.kind != "name":  # those of the round stand above
        st.subheader(say("agree.names"), anchor=False)
        listed = "".join(round_view.line_html(name) for name in names)
        st.html(listed or f"<p>{html.escape(say('agree.no_names'))}</p>")
    st.subheader(say("agree.signals"), anchor=False)
    signals = [one for one in found if one.kind != "name"]
    if not signals:
        st.html(f"<p>{html.escape(say('agree.no_signals'))}</p>")
    for one in signals:
        list_column, chosen = st.columns([4, 1.4], vertical_alignment="center")
        with list_column:
            st.html(round_view.line_html(one.words))
        with chosen:
            # A button and no switch: a switch that another screen turned would be turned back by this one.
            goes = one.status == sessions.TO_WIJKPANEL
            st.button(
                say("agree.not_to_panel" if goes else "agree.to_panel"),
                key=f"panel_{one.id}",
                type="primary" if goes else "secondary",
                width="stretch",
                disabled=one.status not in {"new", sessions.TO_WIJKPANEL},
                on_click=_decide,
                args=(room, one),
            )
    if PROBLEM in st.session_state:
        st.error(st.session_state.pop(PROBLEM))


def _look(room: WorkshopContext) -> RoundView | None:
    one = rounds.current_round(room.workshop_session.id)
    return None if one is None else rounds.view_round(one)


def _round(room: WorkshopContext, at: RoundView) -> None:
    """Show the round the room is at: how many take part while it is open, the dots once it is closed."""
    say = room.say
    st.subheader(round_view.title(say, at), anchor=False)
    if at.round.state == "closed":
        drawn = workers.run_in_worker(session_counters, room.workshop_session.id).drawn
        round_view.status_line(round_view.from_whom(say, at.round, at.voters, drawn))
        round_view.result(say, at)
    elif at.round.state == "open":
        round_view.status_line(say("rounds.open" if at.voters != 1 else "rounds.open_one", n=at.voters))
        st.html("".join(round_view.line_html(round_view.words(say, line)) for line in at.lines))
    else:
        round_view.status_line(say("rounds.waiting"))
    if at.round.reason:
        st.html(f"<p>{html.escape(say('rounds.again', reason=at.round.reason))}</p>")


@st.fragment(run_every=EVERY_S)
def _steer(room: WorkshopContext) -> None:
    """Offer what the facilitator can do with rounds now."""
    room.require_standing()
    say, at = room.say, workers.run_in_worker(_look, room)
    state = at.round.state if at is not None else "closed"
    if at is not None:
        _steer_round(room, at)
    if state != "open":
        for kind in rounds.DOT_KINDS:
            start = partial(rounds.start_round, room.workshop_session.id, kind)
            _act(room, f"rounds.start_{kind}", f"round_{kind}", start)
        _ask_to_guess(room)
    if at is not None and state != "waiting":  # also before anybody gave something: it may be the wrong one
        with st.form("anew", border=False, clear_on_submit=True):
            st.text_input(say("rounds.reason"), max_chars=MAX_REASON, key="reason")
            st.form_submit_button(
                say("rounds.reset_guess" if at.round.kind == "guess" else "rounds.reset"),
                key="round_reset", width="stretch",
                on_click=_begin_anew, args=(room, at.round.id),
            )  # fmt: skip
    if REFUSED in st.session_state:
        st.error(st.session_state.pop(REFUSED))


def _steer_round(room: WorkshopContext, at: RoundView) -> None:
    """Offer what can be done with the round the room is at."""
    one = at.round
    if one.state == "open" and one.kind == "guess":
        _act(room, "guess.close", "guess_close", partial(guesses.close_guessing, one), main=True)
    elif one.state == "open":
        _act(room, "rounds.close", "round_close", partial(rounds.close_round, one.id), main=True)
    elif one.state == "waiting":
        _act(room, "rounds.open_it", "round_open", partial(rounds.open_round, one.id), main=True)
    elif rounds.first_of(at):
        _act(room, "rounds.second", "round_second", partial(rounds.make_second_round, at))


def _ask_to_guess(room: WorkshopContext) -> None:
    """Offer the questions that the edition answers."""
    say = room.say
    offered = {
        one.key: guess_view.question(say, one)
        for one in workers.run_in_worker(guesses.offered_questions, room.workshop_session.id)
    }
    if not offered:
        st.caption(say("guess.none"))
        return
    st.selectbox(
        say("guess.which"), list(offered), format_func=lambda key: offered.get(key, key), key="guess_question"
    )
    st.button(
        say("guess.start"), key="guess_start", width="stretch", on_click=_start_guessing, args=(room,)
    )  # fmt: skip


def _start_guessing(room: WorkshopContext) -> None:
    asked = str(st.session_state["guess_question"])
    _carry_out(room, partial(guesses.start_guessing, room.workshop_session.id, asked))


def _act(room: WorkshopContext, text: str, key: str, act: Act, *, main: bool = False) -> None:
    st.button(
        room.say(text), key=key, width="stretch", type="primary" if main else "secondary",
        on_click=_carry_out, args=(room, act),
    )  # fmt: skip


def _carry_out(room: WorkshopContext, act: Act) -> None:
    """Do what was pressed, as who stands here now; what prevents it is told by the run that follows."""
    try:
        workers.run_in_worker(act, by=room.acting())
    except InputRefused:
        st.session_state[REFUSED] = room.say("rounds.nothing")
    except BuurtError as problem:
        st.session_state[REFUSED] = room.say.explain(problem)


def _begin_anew(room: WorkshopContext, round_id: str) -> None:
    reason = str(st.session_state.get("reason") or "").strip()
    if not reason:
        st.session_state[REFUSED] = room.say("rounds.no_reason")
        return
    _carry_out(room, partial(rounds.reset_round, round_id, reason))


def _decide(room: WorkshopContext, one: Votable) -> None:
    """Decide about a signal otherwise than this screen showed."""
    was: SignalStatus = sessions.TO_WIJKPANEL if one.status == sessions.TO_WIJKPANEL else "new"
    to: SignalStatus = "new" if was == sessions.TO_WIJKPANEL else sessions.TO_WIJKPANEL
    try:
        workers.run_in_worker(sessions.set_signal_status, one.id, to, was=was, by=room.acting())
    except BuurtError as problem:
        st.session_state[PROBLEM] = room.say.explain(problem)


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
                by=room.acting(),
            )
        elif kind in KINDS:
            workers.run_in_worker(
                sessions.add_signal, room.workshop_session.id, kind, words, by=room.acting()
            )
    except BuurtError as problem:
        st.error(say.explain(problem))
        return
    st.rerun()
