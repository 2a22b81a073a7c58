"""The agenda of a meeting: put cards on it, order them, and decide about one after the other."""

from dataclasses import replace
from typing import Literal

import streamlit as st

from geo.errors import BuurtError
from i18n import Translator
from study.board import meetings, minutes
from study.board.cards import SignalStatus
from study.board.meetings import STATUSES_OF, AgendaCard, AgendaItem, AgendaOutcome, AgendaWay, Meeting
from ui import workers
from ui.pages.board import card_text, decision_fields
from ui.pages.board.day_text import parse_day
from ui.pages.panel.scope import PROBLEM
from ui.session.request_context import acting_actor

OUTCOMES: tuple[AgendaOutcome, ...] = ("adopted", "changed", "returned")
WAYS: tuple[AgendaWay, ...] = ("consent", "vote")
STATUSES: tuple[SignalStatus, ...] = STATUSES_OF["adopted"]
CHOSEN = "agenda_card"
"""Key in the session's state of the card that is decided about."""
UNDECIDED = "agenda_undecided"
"""Key in the session's state of why a decision was not saved: it stands beside its form, in sight of the button."""


def show(say: Translator, made: Meeting, items: list[AgendaCard]) -> None:
    """Show the agenda in its order, and what can be added to it."""
    st.subheader(say("meeting.agenda"), anchor=False)
    if not items:
        st.write(say("meeting.nothing"))
    for n, one in enumerate(items, start=1):
        with st.container(key=f"item_{one.item.card}"):
            st.html(card_text.agenda_card(say, one, n))
            if one.standing is not None:
                st.caption(say("meeting.joined_how"))
            with st.container(horizontal=True):
                if n > 1:
                    st.button(
                        say("meeting.earlier"),
                        key=f"earlier_{one.item.card}",
                        on_click=_act,
                        args=(say, "earlier", one.item),
                    )
                if not one.item.outcome:
                    st.button(
                        say("meeting.off"),
                        key=f"off_{one.item.card}",
                        on_click=_act,
                        args=(say, "off", one.item),
                    )
    _add(say, made)


def _act(say: Translator, what: Literal["earlier", "off"], item: AgendaItem) -> None:
    act = meetings.move_earlier if what == "earlier" else meetings.take_off_agenda
    try:
        workers.run_in_worker(act, item, by=acting_actor())
    except BuurtError as problem:
        st.session_state[PROBLEM] = say.explain(problem)


def _add(say: Translator, made: Meeting) -> None:
    words = {card.id: card.text for card in workers.run_in_worker(meetings.cards_for_agenda, made)}
    if not words:
        st.caption(say("meeting.all_on"))
        return
    with st.form("agenda_add", clear_on_submit=True):
        st.multiselect(
            say("meeting.add"),
            list(words),
            format_func=lambda one: words[one],
            placeholder=say("manage.none"),
            key="agenda_cards",
        )
        st.form_submit_button(say("meeting.put"), key="agenda_put", on_click=_put, args=(say, made))


def _put(say: Translator, made: Meeting) -> None:
    try:
        workers.run_in_worker(
            meetings.put_on_agenda, made, st.session_state["agenda_cards"], by=acting_actor()
        )
    except BuurtError as problem:
        st.session_state[PROBLEM] = say.explain(problem)


def decide(say: Translator, made: Meeting, items: list[AgendaCard]) -> None:
    """Show the form for one card of the agenda, the first that nothing was decided about."""
    shown: dict[str, AgendaCard] = {
        one.item.card: one for one in items if one.card is not None and one.standing is None
    }
    if not shown:
        _undecided()
        return
    st.subheader(say("meeting.decide"), anchor=False)
    left = [key for key, one in shown.items() if not one.item.outcome]
    if st.session_state.get(CHOSEN) not in shown:
        st.session_state[CHOSEN] = (left or list(shown))[0]
    st.write(say("meeting.left", n=len(left)) if left else say("meeting.all_decided"))
    key = st.selectbox(
        say("desk.card"),
        list(shown),
        format_func=lambda one: minutes.card_words(shown[one].card, say),
        key=CHOSEN,
    )
    _decision(say, made, shown[str(key)], left)
    _undecided()


def _undecided() -> None:
    """Show why a decision was not saved, once."""
    if UNDECIDED in st.session_state:
        st.error(st.session_state.pop(UNDECIDED))


def _decision(say: Translator, made: Meeting, one: AgendaCard, left: list[str]) -> None:
    """Show what can be decided about a card; one that was decided about meanwhile has another form."""
    item, card = one.item, one.card
    assert card is not None  # those that are hidden are not offered
    turn = f"{made.id}_{item.card}_{hash(item)}_{hash(card)}"
    st.html(card_text.agenda_card(say, one, None))
    st.write(say("meeting.objection"))
    with st.form(f"decision_{turn}"):
        st.radio(
            say("meeting.outcome"),
            OUTCOMES,
            index=OUTCOMES.index(item.outcome) if item.outcome else 0,
            format_func=lambda key: say(f"meeting.outcome_{key}"),
            horizontal=True,
            key=f"outcome_{turn}",
        )
        decision_fields.show(
            say, turn, STATUSES, status=item.status, owner=item.owner, why=item.reason, due=card.due
        )
        _way(say, item, turn)
        st.caption(say("meeting.returned_how"))
        st.form_submit_button(
            say("meeting.save_decision"),
            type="primary",
            key=f"decide_{turn}",
            on_click=_decide,
            args=(say, one, left, turn),
        )


def _way(say: Translator, item: AgendaItem, turn: str) -> None:
    st.radio(
        say("meeting.way"),
        WAYS,
        index=WAYS.index(item.way) if item.way else 0,
        format_func=lambda key: say(f"meeting.way_{key}"),
        horizontal=True,
        key=f"way_{turn}",
    )
    with st.container(horizontal=True):
        st.number_input(say("meeting.n_for"), 0, 500, item.n_for, key=f"for_{turn}")
        st.number_input(say("meeting.n_against"), 0, 500, item.n_against, key=f"against_{turn}")


def _decide(say: Translator, was: AgendaCard, left: list[str], turn: str) -> None:
    """Save the form as it was filled in, for the item and card it was made with; go on with the next card."""
    given = st.session_state
    outcome, way = given[f"outcome_{turn}"], given[f"way_{turn}"]
    try:
        due = parse_day(given[f"due_{turn}"])
    except ValueError:
        given[UNDECIDED] = say("board.day_wrong")
        return
    is_returned, is_vote = outcome == "returned", way == "vote"
    made = replace(
        was.item,
        outcome=outcome,
        way=way,
        n_for=int(given[f"for_{turn}"]) if is_vote else 0,
        n_against=int(given[f"against_{turn}"]) if is_vote else 0,
        status="wijkpanel" if is_returned else given[f"status_{turn}"],
        owner="panel" if is_returned else given[f"owner_{turn}"],
        reason=given[f"why_{turn}"],
    )
    needs_words = outcome != "adopted" or made.status == "declined"
    if not made.reason.strip() and (needs_words or not made.owner):
        given[UNDECIDED] = say("meeting.why_first" if needs_words else "desk.owner_or_why")
        return
    try:
        promised = due if made.status == "planned" else None
        workers.run_in_worker(meetings.decide, made, was=was, due=promised, by=acting_actor())
    except BuurtError as problem:
        given[UNDECIDED] = say.explain(problem)
        return
    following = [key for key in left if key != was.item.card]
    if following:
        given[CHOSEN] = following[0]
