"""Records: meetings of a panel, and what each of them made of a card."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from store.models.values import AgendaOutcome, AgendaWay, CardOwner, SignalStatus


@dataclass(frozen=True)
class Meeting:
    """A meeting of the panel of a project; who was there is told as organisations and a number, never as names.

    Attributes
    ----------
    place
        Where it is, such as "Buurthuis".
    organisations
        Kinds of organisations that were there.
    n_present
        How many people were there; 0 while nobody counted.
    """

    project: str
    day: date
    place: str
    id: str = ""
    organisations: tuple[CardOwner, ...] = ()
    n_present: int = 0


@dataclass(frozen=True)
class AgendaItem:
    """A card on the agenda of a meeting.

    Attributes
    ----------
    seq
        Its place on the agenda, from 1.
    outcome, way
        What was made of it, and how; "" before that.
    n_for, n_against
        Votes, where it was put to the vote.
    status, owner, reason
        What was decided about the card; "" before that.
    """

    meeting: str
    card: str
    seq: int
    outcome: AgendaOutcome = ""
    way: AgendaWay = ""
    n_for: int = 0
    n_against: int = 0
    status: SignalStatus | Literal[""] = ""
    owner: CardOwner | str = ""
    reason: str = ""
