"""Rounds on a screen: dots are told once a round is closed, and the first three go on to a second one."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from geo.errors import InputRefused
from store import THEMES, Actor, Project, Store, WorkshopSession
from study import context
from study.workshop import rounds, sessions
from tests.support.temp_store import own_store

PLANNER = Actor("planner", account="demo")
PROJECT = "echt"


@pytest.fixture
def private_store(tmp_path: Path) -> Iterator[Store]:
    """Return the store of this process, with one project."""
    with own_store(tmp_path):
        opened = context.get_store()
        opened.projects.save(Project(PROJECT, "Echt", "GM9901", date(2099, 1, 1)))
        yield opened


@pytest.fixture
def session(private_store: Store) -> str:
    """Return a session where four names were released and a fifth was not."""
    made, _ = private_store.sessions.create(WorkshopSession(PROJECT, "Zaal", date(2026, 3, 4)), by=PLANNER)
    for name in ("Dijk", "Brug", "Polder", "Kade"):
        sessions.propose_name(made.id, name, device=name, by=PLANNER)
    sessions.propose_name(made.id, "Nog niet gelezen", device="d")
    return made.id


def give(one: rounds.VoteRound, dots: dict[str, int]) -> None:
    """Give dots to names by their words, each from a phone of its own."""
    ids = {line.words: line.subject for line in rounds.view_round(one).lines}
    for name, n in dots.items():
        for at in range(n):
            rounds.change_vote(one.id, ids[name], 1, device=f"{name} {at}")


def shown(view: rounds.RoundView) -> list[tuple[str, int | None]]:
    return [(line.words, line.dots) for line in view.lines]


def test_dots_are_hidden_until_the_round_is_closed(session: str) -> None:
    """Five phones: Kade 3, Brug 1, Polder 1. Brug and Polder are second and third; Dijk has none."""
    assert rounds.current_round(session) is None
    with pytest.raises(InputRefused):
        rounds.start_round(session, "signal", by=PLANNER)
    one = rounds.start_round(session, "name", by=PLANNER)
    give(one, {"Kade": 3, "Brug": 1, "Polder": 1})
    assert rounds.current_round(session) == one
    view = rounds.view_round(one)
    assert (shown(view), view.voters) == ([(name, None) for name in ("Brug", "Dijk", "Kade", "Polder")], 5)
    assert rounds.closed_rounds(session) == []
    assert {each.dots for each in sessions.list_votables(session)} == {0}
    closed = rounds.view_round(rounds.close_round(one.id, by=PLANNER))
    assert shown(closed) == [("Kade", 3), ("Brug", 1), ("Polder", 1), ("Dijk", 0)]
    assert rounds.closed_rounds(session) == [closed]
    assert [(each.words, each.dots) for each in sessions.released_votables(session)] == shown(closed)


def test_a_second_round_is_about_the_first_three(session: str) -> None:
    """Kade 3, Brug 2, Polder 1: Dijk stays behind. In the second Brug wins, and stands first in every list."""
    one = rounds.start_round(session, "name", by=PLANNER)
    give(one, {"Kade": 3, "Brug": 2, "Polder": 1})
    first = rounds.view_round(rounds.close_round(one.id, by=PLANNER))
    second = rounds.make_second_round(first, by=PLANNER)
    assert (second.state, second.number) == ("waiting", 2)
    assert (first.number, rounds.view_round(second).number) == (1, 2)
    give(rounds.open_round(second.id, by=PLANNER), {"Brug": 1})
    rounds.close_round(second.id, by=PLANNER)
    (decided,) = rounds.closed_rounds(session)
    assert shown(decided) == [("Brug", 1), ("Kade", 0), ("Polder", 0)]
    assert [one.words for one in sessions.released_votables(session)] == ["Brug", "Kade", "Polder", "Dijk"]
    rounds.reset_round(second.id, "Verkeerde vraag", by=PLANNER)
    assert rounds.closed_rounds(session) == [first]


def test_a_round_of_guesses_does_not_count_among_those_of_dots(private_store: Store, session: str) -> None:
    """Guess, dots, guess, dots: the room reads round 1 and round 2, where four were made."""
    for number in (1, 2):
        asked = private_store.rounds.create(
            session, "guess", question="missing bench", edition="1", is_open=True, by=PLANNER
        )
        private_store.rounds.close(asked.id, answer=45, by=PLANNER)
        one = rounds.start_round(session, "theme", by=PLANNER)
        assert (one.number, rounds.view_round(one).number) == (2 * number, number)
        rounds.close_round(one.id, by=PLANNER)


def test_nothing_got_a_dot_so_there_is_no_second_round(session: str) -> None:
    one = rounds.start_round(session, "theme", by=PLANNER)
    view = rounds.view_round(rounds.close_round(one.id, by=PLANNER))
    assert sorted(line.words for line in view.lines) == sorted(THEMES)
    with pytest.raises(InputRefused):
        rounds.make_second_round(view, by=PLANNER)
