"""Taking part in the board: type a code or get one, and send a card."""

import html

import streamlit as st

from geo.errors import BuurtError, TooManyFromAddress
from i18n import Translator
from settings import BUDGETS
from study import datasets
from study.board import cards
from study.board.cards import Card, SignalKind, Theme
from study.permissions import Project
from study.workshop import sessions
from ui import canvas, workers
from ui.components import basemap
from ui.pages.resident.visit_state import ResidentVisit
from ui.session import admission

KINDS: tuple[SignalKind, ...] = ("initiative", "signal")
THEMES: tuple[Theme | None, ...] = ("bench", "play_area", "meeting_place", "social_infrastructure", None)
CODE, FRESH, SENT = "board_code", "board_fresh", "board_sent"
"""Keys in the session's state: (project, code) that takes part, whether it was just made, whether a card was sent."""


def show(say: Translator, project: Project) -> str:
    """Show how to take part, or what who takes part can do; return the code, "" without one."""
    code = current_code(project)
    with st.container(key="board_join"):
        if not code:
            with st.expander(say("board.join"), key="board_ask"):
                _ask(say, project)
            return ""
        if st.session_state.get(FRESH):
            st.html(
                f'<div class="buurt-code-card"><p>{html.escape(say("board.your_code"))}</p>'
                f'<p class="buurt-code">{html.escape(code)}</p></div>'
            )
            st.write(say("board.keep_code"))
        if st.session_state.pop(SENT, False):
            st.success(say("board.sent"))
        with st.expander(say("board.send_title"), key="board_send"):
            _send(say, project, code)
        st.button(say("board.leave"), key="board_leave", on_click=forget_code, width="stretch")
    return code


def device() -> str:
    """Return the token of this visit, for the limit on wrong codes."""
    return str(st.session_state.setdefault("device", sessions.new_device_token()))


def address() -> str:
    """Return the network address of who asks, for the budget of an address."""
    return st.context.ip_address or ""


def explain(say: Translator, problem: BuurtError) -> str:
    """Return why something was not kept, and what to do: no phone tries this again by itself."""
    if isinstance(problem, TooManyFromAddress):
        return say("board.busy", wait_s=problem.facts["wait_s"])
    return say.explain(problem)


def current_code(project: Project) -> str:
    """Return the code that was typed or made here, else that of the drawing of this visit."""
    known = st.session_state.get(CODE)
    if known and known[0] == project.id:
        return str(known[1])
    visit = st.session_state.get("visit")
    if not isinstance(visit, ResidentVisit) or visit.project.id != project.id or known == ():
        return ""
    return visit.mine.code if visit.mine is not None and not visit.is_on_shared_screen else ""


def forget_code() -> None:
    """Forget the code on this screen, so that the next person begins anew."""
    st.session_state[CODE] = ()
    st.session_state.pop(FRESH, None)


def _ask(say: Translator, project: Project) -> None:
    st.write(say("board.join_how"))
    with st.form("board_code_form", border=False):
        typed = st.text_input(say("board.code"), max_chars=20, autocomplete="off", key="board_typed")
        pressed = st.form_submit_button(say("board.enter"), type="primary", width="stretch")
    if pressed and typed:
        try:
            workers.run_in_worker(cards.require_code, project.id, typed, device=device())
        except BuurtError as problem:
            st.error(say.explain(problem))
        else:
            st.session_state[CODE] = (project.id, typed)
            st.rerun()
    if st.button(say("board.new_code"), key="board_new", width="stretch"):
        try:
            admission.admit("card", address(), burst=BUDGETS.cards_burst, hour=BUDGETS.cards_hour)
            made = workers.submit_save(cards.create_code, project.id).result()
        except BuurtError as problem:
            st.error(explain(say, problem))
        else:
            st.session_state[CODE], st.session_state[FRESH] = (project.id, made), True
            st.rerun()


def _pick_place(say: Translator, project: Project, turn: int) -> canvas.CanvasPoint | None:
    st.caption(say("board.where"))
    longitude, latitude = workers.run_in_worker(datasets.initial_view, project.municipality)
    return canvas.pick_point(
        "board_place",
        layers=basemap.basemap_layers(project.municipality),
        start=canvas.InitialView(longitude, latitude, float(project.start_width_m)),
        words=say,
        turn=turn,
        credit=basemap.map_attribution(project.municipality, basemap.areas_credit(say, project)),
    )


def _send(say: Translator, project: Project, code: str) -> None:
    turn = int(st.session_state.get("board_turn", 0))
    spot = _pick_place(say, project, turn) if project.municipality else None
    with st.form("board_card_form", border=False):
        kind = st.radio(
            say("board.kind"),
            KINDS,
            format_func=lambda key: say(f"board.kind_{key}_long"),
            key=f"kind_{turn}",
        )
        theme = st.selectbox(
            say("board.about"),
            THEMES,
            format_func=lambda key: say(f"places.theme_{key}") if key else say("board.theme_other"),
            key=f"theme_{turn}",
        )
        words = st.text_area(say("board.words"), max_chars=280, key=f"words_{turn}")
        st.caption(say("board.read_first"))
        pressed = st.form_submit_button(say("board.send"), type="primary", width="stretch")
    if not pressed:
        return
    if not (words or "").strip():
        st.error(say("board.no_words"))
        return
    try:
        n = admission.admit("card", address(), burst=BUDGETS.cards_burst, hour=BUDGETS.cards_hour)
        workers.submit_save(
            cards.send_card,
            Card(project.id, kind or "signal", words or "", theme=theme or ""),
            code,
            device=device(),
            degrees=None if spot is None else (spot.longitude, spot.latitude),
            n_from_address=n,
        ).result()
    except BuurtError as problem:
        st.error(explain(say, problem))
        return
    st.session_state["board_turn"], st.session_state[SENT] = turn + 1, True
    st.rerun()
