"""Rounds of dots at a workshop session: what the facilitator opens and closes, and what a screen may show of it."""

from dataclasses import dataclass
from typing import Literal

from geo.errors import InputRefused
from store import THEMES, Actor, VoteKind, VoteRound
from study import context
from study.workshop import sessions

__all__ = ["DOT_KINDS", "MAX_REASON", "THEMES", "RoundLine", "RoundView", "VoteKind", "VoteRound"]

DOT_KINDS: tuple[VoteKind, ...] = ("name", "theme", "signal")
"""Kinds of rounds in which dots are given, in the order of an evening."""

MAX_REASON = 200
"""Characters of the reason why a round is begun anew; the store keeps no more."""

FIRST = 3
"""So many go on to a second round; who has as many dots as the last of them goes along."""


@dataclass(frozen=True)
class RoundLine:
    """Something dots can be given to in a round.

    Attributes
    ----------
    words
        A name or signal that somebody released; the key of a theme.
    dots
        None until the round is closed.
    """

    subject: str
    kind: str
    words: str
    dots: int | None


@dataclass(frozen=True)
class RoundView:
    """What a screen may show of a round: how many gave something, and what they gave once it is closed.

    Attributes
    ----------
    lines
        The most dots first once they are known, else in the order in which they were listed.
    voters
        Tickets or devices that gave something.
    number
        Which round of dots of the session it is, as people count: guesses are no rounds to them.
    """

    round: VoteRound
    lines: tuple[RoundLine, ...]
    voters: int
    number: int = 1


def start_round(session: str, kind: VoteKind, *, by: Actor) -> VoteRound:
    """Make a round of dots about everything of a kind that was released, and open it.

    Raises
    ------
    AccessDenied, AnotherRoundOpen
    InputRefused
        When there is nothing to choose from.
    """
    found = subjects(session, kind)
    return context.get_store().rounds.create(session, kind, subjects=found, is_open=True, by=by)


def subjects(session: str, kind: VoteKind) -> tuple[str, ...]:
    """Return what a round of this kind would be about."""
    if kind == "theme":
        return THEMES
    found = sorted(sessions.released_votables(session), key=lambda one: one.words.casefold())
    return tuple(one.id for one in found if (one.kind == "name") == (kind == "name"))


def make_second_round(first: RoundView, *, by: Actor) -> VoteRound:
    """Make a round about the first of a closed one; it waits to be opened.

    Raises
    ------
    AccessDenied
    InputRefused
        When nothing got a dot.
    """
    chosen = first_of(first)
    if not chosen:
        raise InputRefused(field="subjects", reason="missing")
    return context.get_store().rounds.create(
        first.round.session, first.round.kind, subjects=[one.subject for one in chosen], by=by
    )


def first_of(view: RoundView) -> tuple[RoundLine, ...]:
    """Return the first three of a closed round, and who has as many dots as the third; nothing without a dot.

    Examples
    --------
    >>> from store import VoteRound
    >>> lines = [RoundLine(key, "name", key, dots) for key, dots in zip("abcde", (5, 4, 2, 2, 0))]
    >>> found = first_of(RoundView(VoteRound("s", "name", state="closed"), tuple(lines), 5))
    >>> [line.subject for line in found]
    ['a', 'b', 'c', 'd']
    """
    counted = sorted((line.dots or 0 for line in view.lines), reverse=True)[:FIRST]
    least = max(1, counted[-1]) if counted else 1
    return tuple(line for line in view.lines if (line.dots or 0) >= least)


def open_round(round_id: str, *, by: Actor) -> VoteRound:
    """Open a round that waits.

    Raises
    ------
    AccessDenied, AnotherRoundOpen, DecidedMeanwhile, UnknownSubject
    """
    return context.get_store().rounds.open(round_id, by=by)


def close_round(round_id: str, *, by: Actor) -> VoteRound:
    """Close a round of dots, which freezes it.

    Raises
    ------
    AccessDenied, DecidedMeanwhile, UnknownSubject
    """
    return context.get_store().rounds.close(round_id, by=by)


def reset_round(round_id: str, reason: str, *, by: Actor) -> VoteRound:
    """Erase what was given in a round, so that it can be opened again; the reason is shown and logged.

    Raises
    ------
    AccessDenied, InputRefused, InputTooLarge, UnknownSubject
    """
    return context.get_store().rounds.reset(round_id, reason, by=by)


def change_vote(
    round_id: str, subject: str, change: Literal[1, -1], *, device: str, ticket: str = ""
) -> None:
    """Add or remove one dot of a ticket or device.

    Raises
    ------
    RoundNotOpen, SessionClosed, TicketUnknown, TooManyDots, UnknownSubject
    """
    context.get_store().rounds.change_vote(round_id, subject, change, device=device, ticket=ticket)


def votes_of(round_id: str, *, device: str, ticket: str = "") -> dict[str, int]:
    """Return the dots that one ticket or device gave in a round, by what it gave them to.

    Raises
    ------
    TicketUnknown, UnknownSubject
    """
    return context.get_store().rounds.votes_of(round_id, device=device, ticket=ticket)


def current_round(session: str) -> VoteRound | None:
    """Return the round a room is at: the one that is open, else the last that was made; None before the first."""
    made = context.get_store().rounds.list_all(session)
    return next((one for one in made if one.state == "open"), made[-1] if made else None)


def view_round(one: VoteRound) -> RoundView:
    """Return what a screen may show of a round; words that were held back since are left out.

    A round of guesses has no lines: `study.workshop.guesses` tells of it.
    """
    rounds = context.get_store().rounds
    known = {each.id: each for each in sessions.released_votables(one.session)}
    is_counted = one.state == "closed" and one.kind in DOT_KINDS
    counted = rounds.tally(one.id) if is_counted else dict.fromkeys(one.subjects)
    lines = [
        RoundLine(subject, "theme", subject, dots)
        if one.kind == "theme"
        else RoundLine(subject, known[subject].kind, known[subject].words, dots)
        for subject, dots in counted.items()
        if one.kind == "theme" or subject in known
    ]
    if one.state == "closed":
        lines.sort(key=lambda line: (-(line.dots or 0), line.words.casefold()))
    earlier = [each for each in rounds.list_all(one.session) if each.number < one.number]
    number = 1 + sum(each.kind in DOT_KINDS for each in earlier)
    return RoundView(one, tuple(lines), rounds.count_voters(one.id), number)


def closed_rounds(session: str) -> list[RoundView]:
    """Return the rounds of dots that are closed, of each kind the last: what a room decided."""
    last = {
        one.kind: one
        for one in context.get_store().rounds.list_all(session)
        if one.state == "closed" and one.kind in DOT_KINDS
    }
    return [view_round(last[kind]) for kind in DOT_KINDS if kind in last]
