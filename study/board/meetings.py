"""Meetings of a panel: the agenda, what was made of each card, and what came of the meeting before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from geo.errors import UnknownSubject
from store import (
    AGENDA_OUTCOMES,
    Actor,
    AgendaItem,
    AgendaOutcome,
    AgendaWay,
    Card,
    CardEvent,
    Meeting,
    SignalStatus,
)
from study import context
from study.board.cards import standing_for

__all__ = [
    "AGENDA_OUTCOMES",
    "AgendaItem",
    "AgendaOutcome",
    "AgendaWay",
    "Meeting",
]

STATUSES_OF: dict[AgendaOutcome, tuple[SignalStatus, ...]] = {
    "adopted": ("planned", "budget", "done", "declined"),
    "changed": ("planned", "budget", "done", "declined"),
    "returned": ("wijkpanel",),
}
"""What a card may become by each outcome, the most usual first."""


@dataclass(frozen=True)
class AgendaCard:
    """A card on an agenda.

    Attributes
    ----------
    card
        As it is now; None once it is hidden: then nobody reads its words again.
    standing
        The card on the board that it was joined into since; None for one that stands by itself.
    """

    item: AgendaItem
    card: Card | None
    standing: Card | None = None


@dataclass(frozen=True)
class LastTime:
    """What was decided about a card in the meeting before, and what happened since.

    Attributes
    ----------
    events
        Since that decision, the oldest first.
    """

    decided: AgendaCard
    events: tuple[CardEvent, ...]


def list_meetings(project: str) -> list[Meeting]:
    """Return the meetings of a project, the latest day first.

    Raises
    ------
    UnknownProject
    """
    return context.get_store().meetings.list_meetings(project)


def save_meeting(meeting: Meeting, *, was: Meeting | None, by: Actor) -> Meeting:
    """Save a meeting, new or changed, as seen by who saw it as `was`.

    Raises
    ------
    AccessDenied, DecidedMeanwhile, InputRefused, InputTooLarge, UnknownProject, UnknownSubject
    """
    return context.get_store().meetings.save(meeting, was=was, by=by)


def delete_meeting(meeting: Meeting, *, by: Actor) -> None:
    """Delete a meeting that decided nothing yet.

    Raises
    ------
    AccessDenied, InputRefused, UnknownSubject
    """
    context.get_store().meetings.delete(meeting.id, by=by)


def read_agenda(meeting: Meeting) -> list[AgendaCard]:
    """Return the agenda of a meeting, in its order."""
    private_store = context.get_store()
    shown = {card.id: card for card in private_store.board.list_cards(meeting.project) if card.is_released}
    found = []
    for item in private_store.meetings.list_items(meeting.id):
        card = shown.get(item.card)
        standing = None if card is None else standing_for(card, shown)
        found.append(AgendaCard(item, card, None if standing == card else standing))
    return found


def cards_for_agenda(meeting: Meeting) -> list[Card]:
    """Return the cards on the board that are not on this agenda: undecided ones first, then the oldest."""
    private_store = context.get_store()
    there = {item.card for item in private_store.meetings.list_items(meeting.id)}
    left = [card for card in private_store.board.released_cards(meeting.project) if card.id not in there]
    return sorted(left, key=lambda card: (card.status not in {"new", "wijkpanel"}, card.added, card.id))


def put_on_agenda(meeting: Meeting, cards: Sequence[str], *, by: Actor) -> None:
    """Add cards to the end of an agenda; a new one is with the panel from then on.

    Raises
    ------
    AccessDenied, InputRefused, UnknownSubject
    """
    context.get_store().meetings.add_items(meeting.id, cards, by=by)


def take_off_agenda(item: AgendaItem, *, by: Actor) -> None:
    """Remove a card from an agenda, while nothing was decided about it there.

    Raises
    ------
    AccessDenied, DecidedMeanwhile, UnknownSubject
    """
    context.get_store().meetings.remove_item(item.meeting, item.card, by=by)


def move_earlier(item: AgendaItem, *, by: Actor) -> None:
    """Move a card one place up, as seen by who saw it where it is.

    Raises
    ------
    AccessDenied, DecidedMeanwhile, UnknownSubject
    """
    context.get_store().meetings.move_earlier(item.meeting, item.card, was=item.seq, by=by)


def decide(made: AgendaItem, *, was: AgendaCard, due: date | None = None, by: Actor) -> None:
    """Save what the meeting made of a card, as seen by who saw it as `was`; the card follows.

    Raises
    ------
    AccessDenied, DecidedMeanwhile, InputRefused, InputTooLarge, UnknownSubject
    """
    if was.card is None:
        raise UnknownSubject(subject=was.item.card)
    context.get_store().meetings.decide_item(made, was=was.item, seen=was.card, due=due, by=by)


def since_last(meeting: Meeting) -> tuple[Meeting | None, list[LastTime]]:
    """Return the meeting before this one with what came of each of its decisions; None and nothing for the first.

    Raises
    ------
    UnknownProject
    """
    before = [one for one in list_meetings(meeting.project) if (one.day, one.id) < (meeting.day, meeting.id)]
    if not before:
        return None, []
    last = max(before, key=lambda one: (one.day, one.id))
    events = context.get_store().board.list_events(meeting.project, since=last.day)
    return last, [
        LastTime(one, _after(one.item, [event for event in events if event.card == one.item.card]))
        for one in read_agenda(last)
        if one.item.outcome
    ]


def _after(item: AgendaItem, events: Sequence[CardEvent]) -> tuple[CardEvent, ...]:
    """Return the events of a card behind the one of the decision itself."""
    decision = (item.status, item.owner, item.reason)
    at = [n for n, event in enumerate(events) if (event.status, event.owner, event.why) == decision]
    return tuple(events[at[0] + 1 :] if at else events)
