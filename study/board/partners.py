"""Cards that a partner of the neighbourhood has in hand: it takes them, answers with a day, closes them."""

from datetime import date
from typing import Literal

from geo.errors import InputRefused
from store import PARTNERS, Actor, Card, CardOwner, SignalStatus
from study import context

__all__ = ["PARTNERS", "Answer", "answer", "cards_of_partner"]

Answer = Literal["take", "done", "return"]
_STATUS: dict[Answer, SignalStatus] = {"take": "planned", "done": "done", "return": "wijkpanel"}


def cards_of_partner(project: str, owner: CardOwner | str) -> tuple[list[Card], list[Card]]:
    """Return (open, closed) cards on the board that an organisation has in hand, the oldest first.

    Raises
    ------
    UnknownProject
    """
    released = context.get_store().board.released_cards(project)
    mine = sorted((card for card in released if card.owner == owner), key=lambda card: (card.added, card.id))
    closed = [card for card in mine if card.status in {"done", "declined"}]
    return [card for card in mine if card not in closed], closed


def answer(card: Card, kind: Answer, *, words: str, due: date | None, by: Actor) -> Card:
    """Answer for the organisation that has a card in hand, as seen by who saw it as it is.

    Parameters
    ----------
    kind
        "take" it, "done", or "return" it to the panel.
    words
        One sentence that everybody reads; what is returned needs one.
    due
        Day by which it is done, with "take".

    Raises
    ------
    AccessDenied, DecidedMeanwhile, InputTooLarge, UnknownSubject
    InputRefused
        When it is returned without a reason.
    """
    if kind == "return" and not words.strip():
        raise InputRefused(field="why", reason="empty")
    return context.get_store().board.decide(
        card,
        _STATUS[kind],
        owner="panel" if kind == "return" else card.owner,
        why=words,
        due=due if kind == "take" else None,
        by=by,
    )
