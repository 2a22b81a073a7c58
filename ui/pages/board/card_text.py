"""A card in words, as HTML: the same on the board, on the page of its sender and before who moderates it."""

import html
from pathlib import Path

import streamlit as st

from i18n import Translator
from study.board.cards import REACTION_KINDS, Card, CardEvent, OwnCard, PublicCard

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
    history = "".join(f"<li>{html.escape(_event(say, event))}</li>" for event in own.events)
    listed = f'<ul class="board-history">{history}</ul>' if history else ""
    return _card(say, card, "", f"<p>{html.escape(say(f'board.own_{state}'))}</p>{listed}")


def plain_card(say: Translator, card: Card, number: int | None = None) -> str:
    """Return a card to who moderates it, with its number on the map beside it; None for one without a place."""
    return _card(say, card, "" if number is None else _number(number), "")


def _number(number: int) -> str:
    return f'<span class="board-number">{number}</span>'


def _card(say: Translator, card: Card, number: str, more: str) -> str:
    facts = [
        say(f"board.kind_{card.kind}"),
        theme_name(say, card.theme),
        say("board.added", day=card.added),
    ]
    held = say("board.owner", owner=say(f"board.owner_{card.owner}")) if card.owner else ""
    decided = " ".join(filter(None, (held, card.why)))
    named = html.escape(say(f"board.status_{card.status}"))
    status = f'<span class="board-status board-status-{card.status}">{named}</span>'
    return (
        f'<article class="board-card board-{card.kind}">'
        f'<p class="board-words">{number}{html.escape(card.text)}</p>'
        f'<p class="board-facts">{status} {html.escape(" · ".join(facts))}</p>'
        + (f"<p>{html.escape(decided)}</p>" if decided else "")
        + f"{more}</article>"
    )


def _event(say: Translator, event: CardEvent) -> str:
    owner = say("board.owner", owner=say(f"board.owner_{event.owner}")) if event.owner else ""
    status = say("board.event", day=event.day, status=say(f"board.status_{event.status}"))
    return " ".join(filter(None, (status, owner, event.why)))
