"""Guess first, then reveal: a question of which the session's own edition holds the answer, and how the room guessed.

The answer leaves this module once the round is closed, and with it the official border is free for phones.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from geo.errors import InputRefused
from store import Actor, VoteRound
from study import context
from study.publishing.sessions.editions import edition_numbered, latest_edition
from study.publishing.sessions.parts import EditionView, Neighbourhood
from study.workshop import sessions

__all__ = ["Guess", "GuessQuestion", "GuessResult", "VoteRound"]

OUTSIDE, UNUSED = "outside", "unused"
BIN = 10
"""Guesses are shown in bins of so many per cent."""

LEAST_GUESSES, LEAST_OF_TABLE = 5, 3
"""Below these no bins, and no table, are shown: it would be known who guessed what."""

STEPS_BEFORE, STEPS_AFTER = ("drawings", "core"), ("official", "outside", "places")
"""Steps of the story on a phone: those that answer no question, and those that answer one."""

Guess = tuple[str, int]
"""The table of who guessed, empty for none, and a percentage."""


@dataclass(frozen=True)
class GuessQuestion:
    """A question with a percentage for an answer.

    Attributes
    ----------
    key
        As a round keeps it.
    kind
        "outside" or "unused", of the ground of a neighbourhood and of its official area; else how a place was
        named: "met", "missing" or "vanished".
    theme
        Of the place.
    neighbourhood
        None for a place.
    """

    key: str
    kind: str
    theme: str = ""
    neighbourhood: Neighbourhood | None = None


@dataclass(frozen=True)
class GuessResult:
    """How a room guessed, once the round is closed.

    Attributes
    ----------
    n
        Guesses.
    bins
        Guesses from 0, 10, ... and 90 per cent on, 100 in the last; None below `LEAST_GUESSES`.
    nearest
        The guesses that are nearest to the answer: one, or two at the same distance; empty below `LEAST_GUESSES`.
    tables
        The tables that are nearest by the guess in the middle of each; empty where none has `LEAST_OF_TABLE`.
    """

    answer: int
    n: int
    bins: tuple[int, ...] | None
    nearest: tuple[int, ...]
    tables: tuple[str, ...]


def offered_questions(session: str) -> list[GuessQuestion]:
    """Return the questions that the latest edition of a session answers."""
    return _questions(latest_edition(session))


def _questions(shown: EditionView | None) -> list[GuessQuestion]:
    if shown is None:
        return []
    ground = [
        GuessQuestion(f"{kind} {one.number}", kind, neighbourhood=one)
        for one in shown.facts.neighbourhoods
        if one.code
        for kind in (OUTSIDE, UNUSED)
    ]
    places = [
        GuessQuestion(f"{one.kind} {one.theme}", one.kind, theme=one.theme) for one in shown.facts.mentions
    ]
    return ground + places


def _answer(shown: EditionView, asked: GuessQuestion) -> int:
    if asked.neighbourhood is not None:
        return asked.neighbourhood.outside if asked.kind == OUTSIDE else asked.neighbourhood.unused
    return next(
        one.percent for one in shown.facts.mentions if (one.kind, one.theme) == (asked.kind, asked.theme)
    )


def start_guessing(session: str, question: str, *, by: Actor) -> VoteRound:
    """Make a round of guesses about the latest edition, and open it.

    Raises
    ------
    AccessDenied, AnotherRoundOpen
    InputRefused
        When the edition does not answer that.
    """
    shown = latest_edition(session)
    if shown is None or question not in {one.key for one in _questions(shown)}:
        raise InputRefused(field="question", reason="unknown_choice")
    return context.get_store().rounds.create(
        session, "guess", question=question, edition=str(shown.number), is_open=True, by=by
    )


def close_guessing(one: VoteRound, *, by: Actor) -> VoteRound:
    """Close a round of guesses: its answer is known from then on, and phones may show the official border.

    Where its edition was taken down it closes without an answer, and the border stays as it is.

    Raises
    ------
    AccessDenied, DecidedMeanwhile, UnknownSubject
    """
    shown, asked = edition_of(one), question_of(one)
    if shown is None or asked is None:
        return context.get_store().rounds.close(one.id, by=by)
    closed = context.get_store().rounds.close(one.id, answer=_answer(shown, asked), by=by)
    sessions.free_border(one.session, by=by)
    return closed


def edition_of(one: VoteRound) -> EditionView | None:
    """Return the edition that a round of guesses is about."""
    return edition_numbered(one.session, int(one.edition))


def question_of(one: VoteRound) -> GuessQuestion | None:
    """Return what a round of guesses asks; None where its edition is gone."""
    return next((asked for asked in _questions(edition_of(one)) if asked.key == one.question), None)


def steps_on_phones(session: str) -> tuple[str, ...]:
    """Return the steps of the story that a phone shows: none that answers what the room has yet to guess.

    What answers a question waits for the border, and again while another guess waits or is open.
    """
    made = context.get_store().rounds.list_all(session)
    is_guessing = any(one.kind == "guess" and one.state != "closed" for one in made)
    is_over = not sessions.get_session(session).is_open
    if is_over or (sessions.shows_border(session) and not is_guessing):
        return STEPS_BEFORE + STEPS_AFTER
    return STEPS_BEFORE


def save_guess(round_id: str, percent: int, *, group: str = "", device: str, ticket: str = "") -> None:
    """Save the guess of a ticket or device; another one replaces it until the round is closed.

    Raises
    ------
    InputRefused, RoundNotOpen, SessionClosed, TicketUnknown, UnknownSubject
    """
    context.get_store().rounds.save_guess(round_id, percent, group=group, device=device, ticket=ticket)


def guess_of(round_id: str, *, device: str, ticket: str = "") -> int | None:
    """Return what one ticket or device guessed; None before it did.

    Raises
    ------
    TicketUnknown, UnknownSubject
    """
    return context.get_store().rounds.guess_of(round_id, device=device, ticket=ticket)


def count_guesses(one: VoteRound) -> int:
    """Return how many guessed; that is all a screen shows while the round is open."""
    return context.get_store().rounds.count_voters(one.id)


def result_of(one: VoteRound) -> GuessResult:
    """Return how the room guessed.

    Raises
    ------
    RoundNotClosed, UnknownSubject
    """
    found = context.get_store().rounds.guesses(one.id)
    return summarise(one.answer or 0, found)


def summarise(answer: int, guesses: Sequence[Guess]) -> GuessResult:
    """Return how guesses lie around an answer.

    Examples
    --------
    >>> found = summarise(21, [("a", 10), ("a", 20), ("b", 60), ("b", 60), ("b", 90)])
    >>> found.bins, found.nearest, found.tables
    ((0, 1, 1, 0, 0, 0, 2, 0, 0, 1), (20,), ('b',))
    """
    n, tables = len(guesses), defaultdict[str, list[int]](list)
    for table, percent in guesses:
        if table:
            tables[table].append(percent)
    middles = {
        name: abs(median(each) - answer) for name, each in tables.items() if len(each) >= LEAST_OF_TABLE
    }
    nearest_tables = tuple(name for name, off in middles.items() if off == min(middles.values()))
    if n < LEAST_GUESSES:
        return GuessResult(answer, n, None, (), nearest_tables)
    bins = [0] * (100 // BIN)
    for _, percent in guesses:
        bins[min(percent // BIN, len(bins) - 1)] += 1
    off = min(abs(percent - answer) for _, percent in guesses)
    nearest = sorted({percent for _, percent in guesses if abs(percent - answer) == off})
    return GuessResult(answer, n, tuple(bins), tuple(nearest), nearest_tables)
