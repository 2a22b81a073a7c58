"""What became of the cards that were sent with a code, to who has the code."""

import streamlit as st

from geo.errors import BuurtError, CodeUnknown
from i18n import Translator
from study.board import cards
from ui import workers
from ui.pages.board import card_text, joining

PROBLEM = "card_problem"
"""Key in the session's state of why a card was not withdrawn, for the run that shows it."""


def show(say: Translator, project: str, code: str, *, device: str) -> None:
    """Show the cards of a code, each with a button to withdraw it; nothing where there are none."""
    try:
        mine = workers.run_in_worker(cards.own_cards, project, code, device=device)
    except BuurtError as problem:
        if isinstance(problem, CodeUnknown):  # it ended meanwhile: asked again, each run is a wrong try
            joining.forget_code()
        st.error(say.explain(problem))
        return
    if PROBLEM in st.session_state:
        st.error(st.session_state.pop(PROBLEM))
    if not mine:
        return
    card_text.sheet()
    st.subheader(say("board.own_title"), anchor=False)
    for own in mine:
        with st.container(key=f"own_{own.card.id}"):
            st.html(card_text.own_card(say, own))
            with st.expander(say("board.withdraw"), key=f"withdraw_{own.card.id}"):
                st.write(say("board.withdraw_how"))
                st.button(
                    say("board.withdraw_now"),
                    key=f"withdraw_now_{own.card.id}",
                    on_click=_withdraw,
                    args=(say, own.card.id, code, device),
                )


def _withdraw(say: Translator, card: str, code: str, device: str) -> None:
    try:
        workers.run_in_worker(cards.withdraw_card, card, code, device=device)
    except BuurtError as problem:
        st.session_state[PROBLEM] = say.explain(problem)
