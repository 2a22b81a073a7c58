"""Guess first: the known answer of five guesses, what is told of few, and what a phone reads before."""

import json
import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.crs import to_wgs84
from store import Actor, Contribution, Project, Store, WorkshopSession
from study import context
from study.answer_cache import ANSWERS
from study.publishing.sessions.editions import publish_if_due
from study.workshop import guesses, rounds, sessions
from study.workshop.guesses import GuessResult, steps_on_phones, summarise
from tests.support.laws import examples
from tests.support.temp_store import own_store

PLANNER = Actor("planner", account="demo")
PROJECT = "echt"
SQUARE = shapely.box(142_600, 510_300, 143_200, 510_900)
PERCENT = st.integers(0, 20).map(lambda step: 5 * step)


def test_known_answer() -> None:
    """Guesses 10, 20, 60, 60 and 90 of 21: nearest is 20. Middle of a 20, off by 1; middle of b 60, off by 39."""
    found = summarise(21, [("a", 10), ("a", 20), ("a", 60), ("b", 60), ("b", 90), ("b", 60)])
    assert summarise(21, [("", one) for one in (10, 20, 60, 60, 90)]) == GuessResult(
        21, 5, (0, 1, 1, 0, 0, 0, 2, 0, 0, 1), (20,), ()
    )
    assert (found.nearest, found.tables) == ((20,), ("a",))


def test_few_guesses_tell_nothing_of_anybody() -> None:
    """Four guesses: no bins and no nearest. A table of two is not told; of three it is. 100 is in the last bin."""
    four = [("a", 20), ("a", 25), ("b", 90), ("", 100)]
    assert summarise(21, four) == GuessResult(21, 4, None, (), ())
    assert summarise(21, [*four[:3], ("a", 80)]).tables == ("a",)
    assert summarise(95, [*four, ("", 100)]).bins == (0, 0, 2, 0, 0, 0, 0, 0, 0, 3)
    assert summarise(95, [*four, ("", 100)]).nearest == (90, 100)


@examples(100)
@given(answer=st.integers(0, 100), guesses=st.lists(st.tuples(st.sampled_from(("", "a", "b")), PERCENT)))
def test_every_guess_is_in_one_bin_in_any_order(answer: int, guesses: list[tuple[str, int]]) -> None:
    found = summarise(answer, guesses)
    assert found.n == len(guesses)
    assert sum(found.bins or ()) == (found.n if found.n >= 5 else 0)
    again = summarise(answer, guesses[::-1])
    assert replace(again, tables=()) == replace(found, tables=())
    assert sorted(again.tables) == sorted(found.tables)
    for one in found.nearest:
        assert min(abs(percent - answer) for _, percent in guesses) == abs(one - answer)


@pytest.fixture
def private_store(tmp_path: Path) -> Iterator[Store]:
    """Return the store of this process, with one project."""
    with own_store(tmp_path):
        opened = context.get_store()
        opened.projects.save(Project(PROJECT, "Echt", "GM9901", date(2099, 1, 1)))
        yield opened


@pytest.fixture
def session(private_store: Store) -> str:
    """Return an open session of that project."""
    made, _ = private_store.sessions.create(WorkshopSession(PROJECT, "Zaal", date(2026, 3, 4)), by=PLANNER)
    return made.id


def test_a_phone_reads_no_answer_before_it_is_revealed(private_store: Store, session: str) -> None:
    """Places and border answer questions: they wait for the border, and for every guess after it."""
    before, all_steps = ("drawings", "core"), ("drawings", "core", "official", "outside", "places")
    assert steps_on_phones(session) == before, "what may be asked next is not to be read in advance"
    sessions.free_border(session, by=PLANNER)
    assert steps_on_phones(session) == all_steps
    rounds = private_store.rounds
    one = rounds.create(session, "guess", question="missing bench", edition="1", is_open=True, by=PLANNER)
    assert steps_on_phones(session) == before
    rounds.close(one.id, answer=45, by=PLANNER)
    assert steps_on_phones(session) == all_steps
    rounds.reset(one.id, "Tafel 3 deed nog niet mee", by=PLANNER)
    assert steps_on_phones(session) == before
    sessions.set_open(session, by=PLANNER)
    assert steps_on_phones(session) == all_steps, "an evening that is over hides nothing"


def draw(private_store: Store, session: str, number: int) -> str:
    """Let resident `number` draw the square; return the code to withdraw it."""
    raw = json.dumps({"type": "Feature", "geometry": shapely.geometry.mapping(to_wgs84(SQUARE))})
    sent = Contribution(
        str(uuid.UUID(int=number + 1, version=4)), PROJECT, raw, SQUARE, date(2026, 3, 4), session=session
    )
    return private_store.contributions.submit(sent).code


@pytest.mark.parametrize("is_in_memory", [True, False])
def test_a_guess_of_which_the_edition_was_taken_down_closes_without_an_answer(
    private_store: Store, session: str, *, is_in_memory: bool
) -> None:
    """Twelve draw and eleven withdraw: nothing is told of the one, and the next round can be opened."""
    codes = [draw(private_store, session, number) for number in range(12)]
    assert publish_if_due(session, by=PLANNER)
    one = guesses.start_guessing(session, "outside 1", by=PLANNER)
    assert guesses.question_of(one) is not None
    for code in codes[1:]:
        private_store.contributions.withdraw(code, device="d")
    if not is_in_memory:
        ANSWERS.clear()
    assert (guesses.edition_of(one), guesses.question_of(one)) == (None, None)
    closed = guesses.close_guessing(one, by=PLANNER)
    assert (closed.state, closed.answer) == ("closed", None)
    assert not sessions.shows_border(session), "nothing was revealed"
    assert rounds.start_round(session, "theme", by=PLANNER).state == "open"
