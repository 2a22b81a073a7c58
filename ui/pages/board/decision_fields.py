"""What is decided about a card, as the fields of a form: on the desk and at a meeting of the panel."""

from collections.abc import Sequence
from datetime import date

import streamlit as st

from i18n import Translator
from study.board.cards import CARD_OWNERS
from ui.pages.board.day_text import format_day

OWNERS = ("", *CARD_OWNERS)
"""Who can have a card in hand; "" for nobody."""


def show(
    say: Translator,
    turn: str,
    statuses: Sequence[str],
    *,
    status: str,
    owner: str,
    why: str,
    due: date | None,
) -> None:
    """Show status, owner, reason and day; their values stand in the session's state as ``status_`` and so on.

    Parameters
    ----------
    turn
        Ends the key of each field: another one is another form.
    statuses
        What can be chosen.
    status, owner, why, due
        What stands there before anybody changes it; the first status where this one cannot be chosen.
    """
    st.selectbox(
        say("desk.status"),
        statuses,
        index=statuses.index(status) if status in statuses else 0,
        format_func=lambda one: say(f"board.status_{one}"),
        key=f"status_{turn}",
    )
    st.selectbox(
        say("desk.owner"),
        OWNERS,
        index=OWNERS.index(owner),
        format_func=lambda one: say(f"board.owner_{one}") if one else say("desk.nobody"),
        key=f"owner_{turn}",
    )
    st.text_input(say("desk.why"), value=why, max_chars=280, key=f"why_{turn}")
    st.text_input(say("board.due_ask"), value=format_day(due), max_chars=10, key=f"due_{turn}")
