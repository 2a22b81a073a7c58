"""For who moderates the board: read what came in, release or hide it, join doubles, and decide about a card."""

import html

import streamlit as st

from geo.errors import BuurtError
from i18n import Translator
from maps.documents import workshop_handouts
from maps.documents.workshop_handouts import Poster
from maps.static import qr
from study import context, jobs, permissions
from study.board import cards, export
from study.board.cards import Card, DeskCard, PublicCard, SignalStatus
from study.permissions import Project
from study.publishing.xlsx import XLSX_TYPE
from ui import workers
from ui.pages.board import card_text, decision_fields, doubles, square_map
from ui.pages.board.day_text import parse_day
from ui.pages.board.doubles import PROBLEM
from ui.routes import Page, Query, page_path
from ui.session.request_context import (
    acting_actor,
    current_actor,
    current_project,
    current_translator,
    only_here,
    site_address,
)

STATUSES: tuple[SignalStatus, ...] = ("new", "wijkpanel", "budget", "planned", "done", "declined")


def page() -> None:
    """Show the cards of the project in the address to who may moderate them."""
    say = current_translator()
    card_text.sheet()
    try:
        project, actor = context.get_project(current_project()), current_actor()
        permissions.require_permission(Page.PANEL.key, "see", project, actor)
    except BuurtError as problem:
        st.error(say.explain(problem))
        return
    st.title(say("desk.title"), anchor=False)
    st.html(f'<p class="buurt-session">{html.escape(project.name)}</p>')
    if project.is_demo or actor is None:
        st.info(say("desk.not_in_example"))
        return
    if PROBLEM in st.session_state:
        st.error(st.session_state.pop(PROBLEM))
    found = workers.run_in_worker(cards.list_desk, project.id)
    waiting = [
        one for one in found if not (one.card.is_released or one.card.is_hidden or one.card.joined_into)
    ]
    hidden = [one for one in found if one.card.is_hidden]
    placed = [one.card for one in (*waiting, *hidden) if one.card.x is not None]
    numbers = {card.id: n for n, card in enumerate(placed, start=1)}
    _waiting(say, project, waiting, numbers)
    doubles.show(say, [one.card for one in found])
    standing = [one.card for one in found if one.card.is_released and not one.card.joined_into]
    _decide(say, project, standing)
    _hidden(say, project, hidden, numbers)
    _files(say, project)
    _poster(say, project)


def _map(say: Translator, project: Project, found: list[DeskCard], numbers: dict[str, int], key: str) -> None:
    """Show where cards point: a place can say more than the words, such as which house is meant."""
    numbered = [PublicCard(numbers[one.card.id], one.card, {}) for one in found if one.card.id in numbers]
    square_map.show(say, project, numbered, key)


def _waiting(say: Translator, project: Project, waiting: list[DeskCard], numbers: dict[str, int]) -> None:
    st.subheader(say("desk.waiting", n=len(waiting)), anchor=False)
    st.write(say("desk.waiting_how" if waiting else "desk.nothing_waits"))
    _map(say, project, waiting, numbers, "desk_map")
    for one in waiting:
        with st.container(key=f"waiting_{one.card.id}"):
            st.html(card_text.plain_card(say, one.card, numbers.get(one.card.id)))
            if one.is_marked:
                st.caption(say("publish.marked"))
            if one.is_flood:
                st.caption(say("desk.flood"))
            with st.container(horizontal=True):
                st.button(
                    say("desk.release"),
                    key=f"release_{one.card.id}",
                    type="primary",
                    on_click=_release,
                    args=(say, one.card),
                )
                st.button(
                    say("desk.hide"),
                    key=f"hide_{one.card.id}",
                    on_click=_hide,
                    args=(say, project, one.card),
                )


def _hidden(say: Translator, project: Project, hidden: list[DeskCard], numbers: dict[str, int]) -> None:
    if not hidden:
        return
    with st.expander(say("desk.hidden", n=len(hidden)), key="desk_hidden"):
        _map(say, project, hidden, numbers, "desk_hidden_map")
        for one in hidden:
            st.html(card_text.plain_card(say, one.card, numbers.get(one.card.id)))
            st.button(
                say("desk.release_after_all"),
                key=f"again_{one.card.id}",
                on_click=_release,
                args=(say, one.card),
            )


def _release(say: Translator, card: Card) -> None:
    try:
        workers.run_in_worker(cards.release_card, card.id, by=acting_actor())
    except BuurtError as problem:
        st.session_state[PROBLEM] = say.explain(problem)


def _hide(say: Translator, project: Project, card: Card) -> None:
    try:
        workers.run_in_worker(cards.hide_card, project.id, card.id, by=acting_actor())
    except BuurtError as problem:
        st.session_state[PROBLEM] = say.explain(problem)


def _decide(say: Translator, project: Project, shown: list[Card]) -> None:
    st.subheader(say("desk.decide"), anchor=False)
    if not shown:
        st.write(say("desk.nothing_shown"))
        return
    words = {card.id: card.text for card in shown}
    known = {card.id: card for card in shown}
    key = st.selectbox(say("desk.card"), list(words), format_func=lambda one: words[one], key="desk_card")
    card = known[str(key)]
    st.html(card_text.plain_card(say, card))
    square_map.show(say, project, [PublicCard(1, card, {})], "desk_card_map")
    st.button(say("desk.take_down"), key=f"down_{card.id}", on_click=_hide, args=(say, project, card))
    turn = f"{card.id}_{hash(card)}"
    with st.form(f"decide_{turn}"):
        decision_fields.show(
            say, turn, STATUSES, status=card.status, owner=card.owner, why=card.why, due=card.due
        )
        st.caption(say("desk.why_how"))
        # The card as it was when this form was made: who decides is told when somebody else did meanwhile.
        st.form_submit_button(say("desk.save"), type="primary", on_click=_save, args=(say, card, turn))


def _save(say: Translator, card: Card, turn: str) -> None:
    given = st.session_state
    status, owner, why = given[f"status_{turn}"], given[f"owner_{turn}"], given[f"why_{turn}"]
    if status != "new" and not owner and not why.strip():
        given[PROBLEM] = say("desk.owner_or_why")
        return
    try:
        due = parse_day(given[f"due_{turn}"]) if status == "planned" else None
    except ValueError:
        given[PROBLEM] = say("board.day_wrong")
        return
    try:
        workers.run_in_worker(cards.decide, card, status, owner=owner, why=why, due=due, by=acting_actor())
    except BuurtError as problem:
        given[PROBLEM] = say.explain(problem)


def _files(say: Translator, project: Project) -> None:
    """Offer what is on the board, as a spreadsheet and as a layer."""
    st.subheader(say("desk.files"), anchor=False)
    st.write(say("desk.files_how"))
    with st.container(horizontal=True):
        st.download_button(
            say("desk.xlsx"),
            lambda: export.to_xlsx(project.id, say),
            file_name=f"bord-{project.id}.xlsx",
            mime=XLSX_TYPE,
            key="board_xlsx",
            on_click="ignore",
        )
        st.download_button(
            say("desk.geopackage"),
            lambda: export.to_geopackage(project.id, say),
            file_name=f"bord-{project.id}.gpkg",
            mime="application/geopackage+sqlite3",
            key="board_gpkg",
            on_click="ignore",
        )


def _poster(say: Translator, project: Project) -> None:
    st.subheader(say("desk.poster"), anchor=False)
    target = f"{site_address()}/{page_path(Page.BOARD, {Query.PROJECT: project.id})}"
    st.write(target)
    if only_here():
        st.warning(say("workshop.only_here"))
    st.download_button(
        say("desk.poster_fetch"), lambda: poster_file(say, project, target), file_name="bord-van-de-buurt.pdf",
        mime="application/pdf", key="board_poster", on_click="ignore",
    )  # fmt: skip


def poster_file(say: Translator, project: Project, target: str) -> bytes:
    """Set the poster for a window, with the address of the board as a QR code."""
    poster = Poster(
        language=say.language,
        title=say("board.title"),
        subtitle=project.name,
        how=say("desk.poster_how"),
        address=target,
        footer="",
    )
    return jobs.run(
        jobs.DOCUMENT, ("poster", poster), workshop_handouts.poster_pdf, poster, qr=qr.svg(target)
    )
