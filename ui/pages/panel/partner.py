"""For a partner of the neighbourhood: the cards it has in hand, to take, answer with a day, and close."""

import streamlit as st

from geo.errors import BuurtError
from i18n import Translator
from study.board import partners
from study.board.cards import Card
from study.board.partners import PARTNERS, Answer
from ui import workers
from ui.pages.board import card_text
from ui.pages.board.day_text import format_day, parse_day
from ui.pages.panel import scope
from ui.pages.panel.scope import PROBLEM
from ui.routes import Page
from ui.session.request_context import acting_actor, current_translator


def page() -> None:
    """Show the cards of one organisation: the partner's own, or for a planner the one that is chosen."""
    say = current_translator()
    card_text.sheet()
    entered = scope.enter(say, Page.PARTNER, "partner.title")
    if entered is None:
        return
    project, actor = entered
    owner = actor.owner or st.selectbox(
        say("partner.which"), PARTNERS, format_func=lambda one: say(f"board.owner_{one}"), key="partner_which"
    )
    left, closed = workers.run_in_worker(partners.cards_of_partner, project.id, owner)
    st.subheader(say("partner.left", n=len(left)), anchor=False)
    st.write(say("partner.how", owner=say(f"board.owner_{owner}")) if left else say("partner.nothing"))
    for card in left:
        _card(say, card)
    if closed:
        with st.expander(say("partner.closed", n=len(closed)), key="partner_closed"):
            for card in closed:
                st.html(card_text.plain_card(say, card))


def _card(say: Translator, card: Card) -> None:
    """Show a card, with three answers where it waits for one; one that was answered meanwhile has another form."""
    turn = f"{card.id}_{card.status}_{hash(card)}"
    with st.container(key=f"given_{card.id}"):
        st.html(card_text.plain_card(say, card))
        if not card.can_be_answered:
            return
        with st.form(f"answer_{turn}", border=False):
            st.text_input(say("partner.words"), max_chars=280, key=f"words_{turn}")
            st.text_input(say("board.due_ask"), value=format_day(card.due), max_chars=10, key=f"due_{turn}")
            with st.container(horizontal=True):
                st.form_submit_button(
                    say("partner.take"),
                    key=f"take_{turn}",
                    type="primary",
                    on_click=_answer,
                    args=(say, card, "take", turn),
                )
                st.form_submit_button(
                    say("partner.done"),
                    key=f"done_{turn}",
                    on_click=_answer,
                    args=(say, card, "done", turn),
                )
                st.form_submit_button(
                    say("partner.return"),
                    key=f"return_{turn}",
                    on_click=_answer,
                    args=(say, card, "return", turn),
                )
            st.caption(say("desk.why_how"))


def _answer(say: Translator, card: Card, kind: Answer, turn: str) -> None:
    words = st.session_state[f"words_{turn}"]
    if kind == "return" and not words.strip():
        st.session_state[PROBLEM] = say("partner.why_first")
        return
    try:
        day = parse_day(st.session_state[f"due_{turn}"])
    except ValueError:
        st.session_state[PROBLEM] = say("board.day_wrong")
        return
    try:
        workers.run_in_worker(partners.answer, card, kind, words=words, due=day, by=acting_actor())
    except BuurtError as problem:
        st.session_state[PROBLEM] = say.explain(problem)
