"""The phone of who is in the room: what to do now, the dots of the round that is open, and the outcome afterwards."""

import html
from collections.abc import Callable
from functools import partial
from typing import Literal

import streamlit as st

from geo.errors import BuurtError, TicketUnknown, TooManyFromAddress
from i18n import Translator
from settings import BUDGETS
from study.workshop import guesses, rounds, sessions
from study.workshop.rounds import RoundLine, RoundView, VoteRound
from study.workshop.sessions import WorkshopSession
from ui import workers
from ui.pages.board import joining
from ui.pages.workshop import guess_view, participant, round_view
from ui.routes import Query
from ui.session import admission, presenter_bridge
from ui.session.request_context import current_ticket

EVERY_S = 3
STEP = 5
"""Of the slider, per cent: nobody guesses finer."""

PROBLEM = "refused"
"""Key in the session's state of why a press was refused, for the run that shows it."""


def vote() -> None:
    """Show what this phone can do now: give dots while a round is open, and propose a name."""
    opened = participant.open_page("agree.vote_title", closed=True)
    if opened is None:
        return
    say, workshop_session = opened
    if not workshop_session.is_open:
        participant.show_outcome(say, workshop_session)
        return
    heard = presenter_bridge.listen_to_browser(device=True)
    if not heard.device:
        return
    _now(say, workshop_session, heard.device)
    _propose(say, workshop_session, heard.device)


@st.fragment(run_every=EVERY_S)
def _now(say: Translator, workshop_session: WorkshopSession, device: str) -> None:
    """Show what this phone can do now; it looks again by itself, so that nobody has to."""
    try:
        if not workers.run_in_worker(sessions.get_session, workshop_session.id).is_open:
            st.rerun(scope="app")
        one = workers.run_in_worker(rounds.current_round, workshop_session.id)
        if one is None or one.state == "waiting":
            round_view.status_line(say("rounds.look"))
        else:
            _round(say, one, device)
    except BuurtError as problem:
        st.error(say.explain(problem))
    if PROBLEM in st.session_state:
        st.error(st.session_state.pop(PROBLEM))


def _round(say: Translator, one: VoteRound, device: str) -> None:
    """Show the round the room is at: what can be given while it is open, and what came of it."""
    if one.kind == "guess":
        _guessing(say, one, device)
        return
    view = workers.run_in_worker(rounds.view_round, one)
    round_view.status_line(round_view.title(say, view))
    if one.state == "open":
        _dots(say, view, device)
    else:
        round_view.result(say, view)


def _guessing(say: Translator, one: VoteRound, device: str) -> None:
    """Offer a guess while the round is open; then the answer, beside one's own guess."""
    asked = workers.run_in_worker(guesses.question_of, one)
    if asked is None:
        round_view.status_line(say("rounds.look"))
        return
    round_view.status_line(guess_view.question(say, asked))
    try:
        mine = workers.run_in_worker(guesses.guess_of, one.id, device=device, ticket=current_ticket())
    except TicketUnknown as problem:
        if one.state == "open":
            _ask_ticket(say, say.explain(problem))
            return
        mine = None
    if one.state != "open":
        result = workers.run_in_worker(guesses.result_of, one)
        own = [] if mine is None else [say("guess.mine_was", percent=mine)]
        st.html(f"<p class='line'>{html.escape(' '.join([*own, *guess_view.sentences(say, result)]))}</p>")
        return
    st.slider(
        say("guess.slide"), 0, 100, 50 if mine is None else mine, STEP, format="%d %%", key=f"guess_{one.id}"
    )
    st.button(
        say("guess.give"), key="guess_give", type="primary", width="stretch",
        on_click=_save_guess, args=(say, one, device),
    )  # fmt: skip
    if mine is not None:
        st.html(f'<p class="line" role="status">{html.escape(say("guess.mine", percent=mine))}</p>')


def _save_guess(say: Translator, one: VoteRound, device: str) -> None:
    """Save what the slider says now, whatever it said when the button was drawn."""
    percent, table = int(st.session_state[f"guess_{one.id}"]), st.query_params.get(Query.GROUP, "")
    save = partial(guesses.save_guess, one.id, percent, group=table, device=device, ticket=current_ticket())
    _carry_out(say, save)


def _dots(say: Translator, view: RoundView, device: str) -> None:
    """Offer the subjects of an open round, and the dots that are left of this ticket or phone."""
    one = view.round
    try:
        given = workers.run_in_worker(rounds.votes_of, one.id, device=device, ticket=current_ticket())
    except TicketUnknown as problem:
        _ask_ticket(say, say.explain(problem))
        return
    left = one.dots - sum(given.values())
    dots = f'<span class="dots">{"●" * left}</span>'
    st.html(f'<p class="line" role="status">{html.escape(say("agree.left", n=left))} {dots}</p>')
    for line in view.lines:
        _give(say, one, line, given=given, device=device)


def _give(say: Translator, one: VoteRound, line: RoundLine, *, given: dict[str, int], device: str) -> None:
    mine, left = given.get(line.subject, 0), one.dots - sum(given.values())
    with st.container(border=True):
        st.html(
            f'<p class="line">{html.escape(round_view.words(say, line))} '
            f'<span class="dots" aria-label="{html.escape(say("agree.dots", n=mine))}">{"●" * mine}</span></p>'
        )
        with st.container(horizontal=True):  # side by side also where columns would stand below each other
            st.button(
                say("agree.less"), key=f"less_{line.subject}", disabled=mine == 0, width="stretch",
                on_click=_change, args=(say, one, line.subject, -1, device),
            )  # fmt: skip
            st.button(
                say("agree.more"), key=f"more_{line.subject}", disabled=left == 0, width="stretch",
                on_click=_change, args=(say, one, line.subject, 1, device),
            )  # fmt: skip


def _change(say: Translator, one: VoteRound, subject: str, change: Literal[1, -1], device: str) -> None:
    act = partial(rounds.change_vote, one.id, subject, change, device=device, ticket=current_ticket())
    _carry_out(say, act)


def _carry_out(say: Translator, act: Callable[[], None]) -> None:
    """Do what was pressed, within the budget of an address; what prevents it is told by the run that follows."""
    try:
        admission.admit("vote", joining.address(), burst=BUDGETS.votes_burst, hour=BUDGETS.votes_hour)
        workers.run_in_worker(act)
    except TooManyFromAddress as problem:
        st.session_state[PROBLEM] = say("rounds.busy", wait_s=problem.facts["wait_s"])
    except BuurtError as problem:
        st.session_state[PROBLEM] = say.explain(problem)


def _ask_ticket(say: Translator, problem: str) -> None:
    """Show a field for the code of a card, where only who has one votes."""
    if current_ticket():
        st.warning(problem)
    st.info(say("rounds.ticket"))
    typed = st.text_input(say("ticket.type"), max_chars=20, key="ticket_typed")
    if typed and typed != current_ticket():
        st.query_params[Query.TICKET] = typed
        st.rerun(scope="app")


def _propose(say: Translator, workshop_session: WorkshopSession, device: str) -> None:
    with st.form("propose", border=True, clear_on_submit=True):
        words = st.text_input(say("agree.propose"), max_chars=40, key="proposal")
        pressed = st.form_submit_button(say("agree.add"), width="stretch", key="propose_add")
    if pressed and words:
        try:
            workers.run_in_worker(sessions.propose_name, workshop_session.id, words, device=device)
        except BuurtError as problem:
            st.error(say.explain(problem))
        else:
            st.success(say("agree.proposed"))
    st.caption(say("agree.shown_where"))
