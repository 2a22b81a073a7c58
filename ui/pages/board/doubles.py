"""Cards that may say the same, for who moderates the board: join two, or undo that."""

import html

import streamlit as st

from geo.errors import BuurtError
from i18n import Translator
from study.board import doubles
from study.board.cards import Card
from ui import workers
from ui.pages.board import card_text
from ui.session.request_context import acting_actor

PROBLEM = "desk_problem"
"""Key in the session's state of why an act was refused, for the run that shows it."""


def show(say: Translator, found: list[Card]) -> None:
    """Show what may be double, most alike first, and what was joined; nothing where there is neither."""
    proposed = workers.run_in_worker(doubles.find_doubles, found)
    words = {card.id: card.text for card in found}
    joined = [card for card in found if card.joined_into]
    is_more = len(doubles.comparable(found)) > doubles.MAX_COMPARED
    if not proposed and not joined and not is_more:
        return
    st.subheader(say("desk.doubles", n=len(proposed)), anchor=False)
    if is_more:
        st.caption(say("desk.doubles_newest", n=doubles.MAX_COMPARED))
    if proposed:
        st.write(say("desk.doubles_how"))
    for one in proposed:
        with st.container(key=f"double_{one.card.id}_{one.into.id}", border=True):
            st.html(card_text.plain_card(say, one.into))
            st.html(card_text.plain_card(say, one.card))
            near = "desk.near" if one.is_near else "desk.alike"
            st.caption(say(near, percent=round(100 * one.likeness)))
            st.button(
                say("desk.join"),
                key=f"join_{one.card.id}_{one.into.id}",
                on_click=_join,
                args=(say, one.card, one.into.id),
            )
    if joined:
        with st.expander(say("desk.joined", n=len(joined)), key="desk_joined"):
            for card in joined:
                into = words.get(card.joined_into, "")
                st.html(
                    f"<p><b>{html.escape(card.text)}</b><br>{html.escape(say('desk.joined_into', words=into))}</p>"
                )
                st.button(say("desk.split"), key=f"split_{card.id}", on_click=_join, args=(say, card, ""))


def _join(say: Translator, card: Card, into: str) -> None:
    try:
        workers.run_in_worker(doubles.join, card, into, by=acting_actor())
    except BuurtError as problem:
        st.session_state[PROBLEM] = say.explain(problem)
