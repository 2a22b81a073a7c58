"""The board as everybody sees it: what was released, on a map and as a list; with a code, react and send a card."""

import html
from typing import Any

import streamlit as st

from geo.errors import BuurtError, CodeUnknown
from i18n import Translator
from maps.class_styles import CORES
from settings import BUDGETS
from study import context
from study.board import cards
from study.board.cards import Card, PublicCard, ReactionKind
from study.permissions import Project
from ui import canvas, workers
from ui.components import basemap
from ui.components.legend import legend_swatch
from ui.pages.board import card_text, joining, own_cards, square_map
from ui.session import admission
from ui.session.request_context import current_project, current_translator

REACTIONS: tuple[ReactionKind, ...] = ("join", "same", "solved")
FILTER_THEMES = ("", "bench", "play_area", "meeting_place", "social_infrastructure", "other")
FILTER_STATUSES = ("", "new", "wijkpanel", "budget", "planned", "done", "declined")
PROBLEM = "reaction_problem"
"""Key in the session's state of why a reaction was not kept, for the run that shows it."""


def page() -> None:
    """Show the board of the project in the address."""
    say = current_translator()
    card_text.sheet()
    st.html('<span class="buurt-resident"></span>')
    st.title(say("board.title"), anchor=False)
    try:
        project = context.get_project(current_project())
    except BuurtError as problem:
        st.info(say.explain(problem))
        return
    st.html(f'<p class="buurt-session">{html.escape(project.name)}</p>')
    if project.is_demo:
        st.badge(say("demo.label"), color="gray")
    st.write(say("board.intro"))
    code = joining.show(say, project)
    every = workers.run_in_worker(cards.public_cards, project.id)
    _map(say, project, every)
    shown = _filtered(say, project) if every else every
    st.subheader(say("board.list"), anchor=False)
    if PROBLEM in st.session_state:
        st.error(st.session_state.pop(PROBLEM))
    if not shown:
        st.info(say("board.nothing_left" if every else "board.nothing"))
    elif code:
        _with_reactions(say, project, shown, code)
    else:
        _list(say, shown)
    if code and joining.current_code(project):
        own_cards.show(say, project.id, code, device=joining.device())


def _filtered(say: Translator, project: Project) -> list[PublicCard]:
    with st.container(horizontal=True, key="board_filter"):
        theme = st.selectbox(
            say("board.theme"),
            FILTER_THEMES,
            format_func=lambda key: card_text.theme_name(say, key) if key else say("board.every_theme"),
            key="board_theme",
        )
        status = st.selectbox(
            say("board.status"),
            FILTER_STATUSES,
            format_func=lambda key: say(f"board.status_{key}") if key else say("board.every_status"),
            key="board_status",
        )
    return workers.run_in_worker(cards.public_cards, project.id, theme=theme or "", status=status or "")


def _map(say: Translator, project: Project, shown: list[PublicCard]) -> None:
    """Show what people share and which squares the cards are about; nothing where there is neither."""
    shared = workers.run_in_worker(cards.shared_areas, project.id)
    squares = workers.run_in_worker(cards.squares, project.id, shown)
    layers: list[Any] = list(basemap.basemap_layers(project.municipality))
    signs, boxes = [], []
    if shared is not None:
        layers.append(square_map.layer("shared", shared, CORES, labels=False))
        signs.append((CORES["50"], say("board.sign_shared")))
        boxes.append(shared)
    if len(squares):
        layers.append(square_map.layer("cards", squares, square_map.SQUARES, labels=True))
        signs.append((square_map.SQUARES["card"], say("board.sign_cards")))
        boxes.append(squares)
    if not boxes:
        return
    bounds = workers.run_in_worker(cards.bounds_in_degrees, boxes)
    credit = basemap.map_attribution(project.municipality, basemap.areas_credit(say, project))
    canvas.map_view(layers, "board_map", words=say, bounds=bounds, credit=credit, tall="min(38dvh, 28rem)")
    rows = "".join(f"<li>{legend_swatch(look)}<span>{html.escape(text)}</span></li>" for look, text in signs)
    st.html(
        f'<ul class="buurt-legend buurt-classes" aria-label="{html.escape(say("board.signs"))}">{rows}</ul>'
    )


def _list(say: Translator, shown: list[PublicCard]) -> None:
    rows = "".join(f"<li>{card_text.public_card(say, one)}</li>" for one in shown)
    st.html(f'<ol class="board-list">{rows}</ol>')
    st.caption(say("board.rounded"))


def _with_reactions(say: Translator, project: Project, shown: list[PublicCard], code: str) -> None:
    """Show the cards, each with the boxes for what one says about it."""
    try:
        given = workers.run_in_worker(cards.reactions_of, project.id, code, device=joining.device())
    except BuurtError as problem:
        if isinstance(problem, CodeUnknown):  # it ended meanwhile: asked again, each run is a wrong try
            joining.forget_code()
        st.error(say.explain(problem))
        _list(say, shown)
        return
    for one in shown:
        with st.container(key=f"card_{one.card.id}"):
            st.html(card_text.public_card(say, one))
            with st.container(horizontal=True):
                for kind in REACTIONS:
                    key = f"react_{kind}_{one.card.id}"
                    # What the store says, whatever this page showed before: another screen may have changed it.
                    st.session_state[key] = (one.card.id, kind) in given
                    st.checkbox(
                        say(f"board.react_{kind}"),
                        key=key,
                        on_change=_react,
                        args=(say, one.card, kind, code, (one.card.id, kind) not in given),
                    )
    st.caption(say("board.rounded"))


def _react(say: Translator, card: Card, kind: ReactionKind, code: str, is_on: bool) -> None:
    try:
        if is_on:
            admission.admit(
                "reaction", joining.address(), burst=BUDGETS.reactions_burst, hour=BUDGETS.reactions_hour
            )
        workers.submit_save(
            cards.set_reaction, card.id, kind, code, is_on=is_on, device=joining.device()
        ).result()
    except BuurtError as problem:
        st.session_state[PROBLEM] = joining.explain(say, problem)
