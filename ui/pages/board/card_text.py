"""A card in words, as HTML: the same on the board, on the page of its sender and before who moderates it."""

import html
from datetime import UTC, date, datetime
from pathlib import Path

import streamlit as st

from i18n import Translator
from study.board import minutes
from study.board.cards import REACTION_KINDS, Card, OwnCard, PublicCard
from study.board.meetings import AgendaCard, LastTime

SHEET = Path(__file__).with_name("board.css")


def sheet() -> None:
    """Show the look of the board."""
    st.html(SHEET)


def theme_name(say: Translator, theme: str) -> str:
    """Return what a theme is called; that of no theme is "something else"."""
    return say("board.theme_other") if theme in ("", "other") else say(f"places.theme_{theme}")


def public_card(say: Translator, one: PublicCard) -> str:
    """Return a card of the board."""
    counted = [(kind, one.people[kind]) for kind in REACTION_KINDS]
    people = " · ".join(say(f"board.people_{kind}", n=n) for kind, n in counted if n is not None)
    reactions = f'<p class="board-people">{html.escape(people or say("board.people_few"))}</p>'
    return _card(say, one.card, _number(one.number), reactions)


def own_card(say: Translator, own: OwnCard) -> str:
    """Return a card to who sent it: whether it is on the board, and what was decided."""
    card = own.card
    state = "shown" if card.is_released else "hidden" if card.is_hidden else "waiting"
    sentence = say("board.own_joined", words=own.joined.text) if own.joined else say(f"board.own_{state}")
    history = "".join(f"<li>{html.escape(minutes.event_words(event, say))}</li>" for event in own.events)
    listed = f'<ul class="board-history">{history}</ul>' if history else ""
    return _card(say, card, "", f"<p>{html.escape(sentence)}</p>{listed}")


def plain_card(say: Translator, card: Card, number: int | None = None) -> str:
    """Return a card to who moderates it, with its number on the map beside it; None for one without a place."""
    return _card(say, card, "" if number is None else _number(number), "")


def agenda_card(say: Translator, one: AgendaCard, number: int | None) -> str:
    """Return a card on an agenda, with what was decided about it; one that is hidden by now is not read again."""
    sign = "" if number is None else _number(number)
    sentence = " ".join(filter(None, (minutes.decision_words(one, say), minutes.way_words(one, say))))
    decided = (
        f'<p class="board-decided">{html.escape(sentence)}</p>' if one.item.outcome or one.standing else ""
    )
    if one.card is None:
        gone = html.escape(minutes.card_words(None, say))
        return f'<article class="board-card"><p>{sign}{gone}</p>{decided}</article>'
    return _card(say, one.card, sign, decided)


def last_time(say: Translator, one: LastTime, *, today: date) -> str:
    """Return what a meeting decided about a card, and what happened since."""
    words = html.escape(minutes.card_words(one.decided.card, say))
    decided, since = minutes.decision_words(one.decided, say), minutes.since_words(one, say, today=today)
    return (
        f'<article class="board-card"><p class="board-words">{words}</p><p>{html.escape(decided)}</p>'
        f'<p class="board-decided">{html.escape(since)}</p></article>'
    )


def _number(number: int) -> str:
    return f'<span class="board-number">{number}</span>'


def _card(say: Translator, card: Card, number: str, more: str) -> str:
    facts = [
        say(f"board.kind_{card.kind}"),
        theme_name(say, card.theme),
        say("board.added", day=card.added),
    ]
    held = say("board.owner", owner=say(f"board.owner_{card.owner}")) if card.owner else ""
    due = say("board.due", day=card.due) if card.due is not None and card.status == "planned" else ""
    late = say("board.late") if minutes.is_late(card, today=datetime.now(UTC).date()) else ""
    decided = " ".join(filter(None, (held, due, late, card.why)))
    named = html.escape(say(f"board.status_{card.status}"))
    status = f'<span class="board-status board-status-{card.status}">{named}</span>'
    return (
        f'<article class="board-card board-{card.kind}">'
        f'<p class="board-words">{number}{html.escape(card.text)}</p>'
        f'<p class="board-facts">{status} {html.escape(" · ".join(facts))}</p>'
        + (f"<p>{html.escape(decided)}</p>" if decided else "")
        + f"{more}</article>"
    )
