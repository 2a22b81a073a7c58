"""Cards that may say the same, by likeness of words and place: proposed here, joined by a person."""

import math
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from store import Actor, Card
from study import context
from study.board.cards import SQUARE_M

MIN_LIKENESS = 0.5
"""Words alone: half of what both say is the same."""

MIN_LIKENESS_NEAR = 0.4
"""Words of cards in the same square, or in squares that touch."""

MAX_COMPARED = 300
"""Cards that are compared, the newest: every pair is looked at whenever the desk is drawn."""

MAX_PROPOSALS = 20
"""As many as an evening can look at."""

_NEAR_M = SQUARE_M * math.sqrt(2) + 1
_WORD = re.compile(r"[a-z0-9]+")
_SMALL_WORDS = frozenset(
    re.findall(
        r"[a-z]+",
        "aan al als at be bij can dan dat de den der deze die dit door een en er gaat geen had heb heeft het"
        " hier hij ik in is it je kan maar meer met mij mijn moet naar niet nog nu of om ons ook op over te"
        " the this tot u uit uw van veel voor wat we wel wij wil willen worden wordt zo zijn and are not our"
        " there to with",
    )
)


@dataclass(frozen=True)
class Double:
    """Two cards that may say the same.

    Attributes
    ----------
    card, into
        The one that would be joined, and the one on the board that would stand for both: the older one, unless that
        waits still or somebody has the newer one in hand.
    likeness
        Of their words, 0 to 1.
    is_near
        Whether they are about the same square, or squares that touch.
    """

    card: Card
    into: Card
    likeness: float
    is_near: bool


def likeness(one: str, other: str) -> float:
    """Compute how much two texts say the same: shared runs of three letters of their words, small words left out.

    Returns
    -------
    float
        0 for nothing in common, 1 for the same words in any order (Dice 1945); 0 where a text has small words only.

    Examples
    --------
    >>> likeness("De bank bij de brug is weg", "Weg is de bank bij de brug!")
    1.0
    >>> likeness("De bank is weg", "Te donker")
    0.0
    """
    return _shared(_pieces(one), _pieces(other))


def _shared(first: set[str], second: set[str]) -> float:
    if not first or not second:
        return 0.0
    return 2 * len(first & second) / (len(first) + len(second))


def _pieces(text: str) -> set[str]:
    plain = unicodedata.normalize("NFKD", text.lower()).encode("ascii", "ignore").decode()
    words = [word for word in _WORD.findall(plain) if word not in _SMALL_WORDS]
    return {
        padded[at : at + 3] for padded in (f" {word} " for word in words) for at in range(len(padded) - 2)
    }


def find_doubles(cards: Sequence[Card]) -> list[Double]:
    """Return pairs of cards that may say the same, the most alike first.

    Parameters
    ----------
    cards
        Of one board; those that are hidden or were joined already are left out, and of the others the newest are
        compared.
    """
    left = sorted(comparable(cards), key=lambda card: (card.added, card.id))[-MAX_COMPARED:]
    pieces = {card.id: _pieces(card.text) for card in left}  # once a card, not once a pair
    found = []
    for one, other in combinations(left, 2):
        alike, near = _shared(pieces[one.id], pieces[other.id]), _is_near(one, other)
        if alike >= (MIN_LIKENESS_NEAR if near else MIN_LIKENESS):
            found += [Double(card, into, alike, near) for card, into in _may_join(one, other)]
    return sorted(found, key=lambda double: (-double.likeness, not double.is_near))[:MAX_PROPOSALS]


def comparable(cards: Sequence[Card]) -> list[Card]:
    """Return the cards that stand by themselves, of which two may say the same: those that wait too."""
    return [card for card in cards if not card.is_hidden and not card.joined_into]


def _may_join(one: Card, other: Card) -> list[tuple[Card, Card]]:
    """Return (card, into) of the older and the newer of two cards; nothing where neither may be joined."""
    asked = [(other, one), (one, other)]
    return [(card, into) for card, into in asked if into.is_released and not card.is_in_hand][:1]


def _is_near(one: Card, other: Card) -> bool:
    if one.x is None or one.y is None or other.x is None or other.y is None:
        return False
    return math.hypot(one.x - other.x, one.y - other.y) <= _NEAR_M


def join(card: Card, into: str, *, by: Actor) -> None:
    """Join a card, as seen by who joins it, into another one; with "" it stands by itself again.

    Raises
    ------
    AccessDenied, CardInHand, DecidedMeanwhile, InputRefused, UnknownSubject
    """
    context.get_store().board.join_card(card.id, into, was=card.joined_into, by=by)
