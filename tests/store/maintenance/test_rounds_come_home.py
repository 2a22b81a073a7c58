"""Rounds of a packed session come home: every one of them, with what became of it in the hall."""

from collections.abc import Iterator
from pathlib import Path

import pytest

import store
from store import Actor, Store, WorkshopSession
from tests.support.store_factories import TODAY, Clock

PLANNER = Actor("planner", "an-account")
NAMES = ("Vogelbuurt", "Molenhoek", "Ruwe Hoek", "Late Buurt")


@pytest.fixture
def made(private_store: Store) -> WorkshopSession:
    return private_store.sessions.create(WorkshopSession("demo", "Zaal", TODAY), by=PLANNER)[0]


@pytest.fixture
def kit(private_store: Store, made: WorkshopSession, tmp_path: Path, clock: Clock) -> Iterator[Store]:
    private_store.maintenance.pack_session(made.id, tmp_path / "kit.gpkg", by=PLANNER)
    with store.open_store(f"sqlite:///{tmp_path}/kit.gpkg", clock=clock) as kit:
        yield kit


def held(where: Store, session: str, voters: int, *, subjects: tuple[str, ...] = ("a", "b")) -> str:
    """Hold a round in which so many devices gave a dot to the first subject, and return its id."""
    one = where.rounds.create(session, "theme", subjects=subjects, is_open=True, by=PLANNER)
    for at in range(voters):
        where.rounds.change_vote(one.id, subjects[0], 1, device=f"d{at}")
    return one.id


def came_home(private_store: Store, tmp_path: Path) -> tuple[str, ...]:
    return private_store.maintenance.merge_from(tmp_path / "kit.gpkg").conflicts


def test_a_practice_at_the_office_takes_no_place_of_a_round_of_the_hall(
    private_store: Store, kit: Store, made: WorkshopSession, tmp_path: Path
) -> None:
    """The practice is number 1; the two of the hall come after it, in their order, with 7 and 4 voters."""
    practice = held(private_store, made.id, 1)
    private_store.rounds.close(practice, by=PLANNER)
    first = held(kit, made.id, 7)
    kit.rounds.close(first, by=PLANNER)
    second = held(kit, made.id, 4)
    kit.rounds.close(second, by=PLANNER)
    for _ in range(2):
        assert came_home(private_store, tmp_path) == ()
        found = private_store.rounds.list_all(made.id)
        assert [(one.id, one.number) for one in found] == [(practice, 1), (first, 2), (second, 3)]
        assert [private_store.rounds.count_voters(one.id) for one in found] == [1, 7, 4]
    assert private_store.rounds.create(made.id, "theme", subjects=["a"], by=PLANNER).number == 4


def test_what_went_on_in_the_hall_comes_home_the_second_time(
    private_store: Store, kit: Store, made: WorkshopSession, tmp_path: Path
) -> None:
    """Open with 2 voters at first; at the second time closed with 3, of whom one moved the dot."""
    one = held(kit, made.id, 2)
    guess = kit.rounds.create(made.id, "guess", question="q", edition="e", by=PLANNER)
    assert came_home(private_store, tmp_path) == ()
    assert [found.state for found in private_store.rounds.list_all(made.id)] == ["open", "waiting"]
    kit.rounds.change_vote(one, "a", -1, device="d1")
    kit.rounds.change_vote(one, "b", 1, device="d1")
    kit.rounds.change_vote(one, "b", 1, device="d2")
    kit.rounds.close(one, by=PLANNER)
    kit.rounds.open(guess.id, by=PLANNER)
    kit.rounds.save_guess(guess.id, 35, device="d1")
    kit.rounds.close(guess.id, answer=40, by=PLANNER)
    for _ in range(2):
        assert came_home(private_store, tmp_path) == ()
        assert private_store.rounds.tally(one) == {"a": 1, "b": 2}
        assert private_store.rounds.guesses(guess.id) == [("", 35)]
        assert private_store.rounds.list_all(made.id)[1].answer == 40
    kit.rounds.reset(one, "Tafel 3 deed niet mee", by=PLANNER)
    assert came_home(private_store, tmp_path) == ()
    again = private_store.rounds.list_all(made.id)[0]
    assert (again.state, again.reason, private_store.rounds.count_voters(one)) == (
        "waiting",
        "Tafel 3 deed niet mee",
        0,
    )


def test_what_the_office_did_since_is_not_written_over(
    private_store: Store, kit: Store, made: WorkshopSession, tmp_path: Path
) -> None:
    """Closed at the office with 2 voters: a third of the hall is reported, and what is closed stays as it is."""
    one = held(kit, made.id, 2)
    came_home(private_store, tmp_path)
    private_store.rounds.close(one, by=PLANNER)
    assert came_home(private_store, tmp_path) == (), "nothing new in the hall is no news"
    kit.rounds.change_vote(one, "b", 1, device="d2")
    kit.rounds.close(one, by=PLANNER)
    assert came_home(private_store, tmp_path) == (one,)
    assert private_store.rounds.tally(one) == {"a": 2, "b": 0}


def test_a_room_has_one_round_open_when_another_comes_home(
    private_store: Store, kit: Store, made: WorkshopSession, tmp_path: Path
) -> None:
    """What is open in the hall waits beside that of the office, and loses nothing."""
    here, there = held(private_store, made.id, 1), held(kit, made.id, 3)
    for _ in range(2):
        assert came_home(private_store, tmp_path) == ()
        states = {one.id: one.state for one in private_store.rounds.list_all(made.id)}
        assert states == {here: "open", there: "waiting"}
        assert private_store.rounds.count_voters(there) == 3
    private_store.rounds.close(here, by=PLANNER)
    kit.rounds.close(there, by=PLANNER)
    assert came_home(private_store, tmp_path) == ()
    assert private_store.rounds.tally(there) == {"a": 3, "b": 0}


def test_a_copy_of_the_office_opens_no_round_again(
    private_store: Store, made: WorkshopSession, tmp_path: Path
) -> None:
    """What an older copy says else about a round is in the report only."""
    one = held(private_store, made.id, 1)
    private_store.maintenance.write_backup(tmp_path / "kit.gpkg")
    assert came_home(private_store, tmp_path) == ()
    private_store.rounds.close(one, by=PLANNER)
    assert came_home(private_store, tmp_path) == (one,)
    assert private_store.rounds.list_all(made.id)[0].state == "closed"


def test_what_the_hall_released_is_released_at_home(
    private_store: Store, kit: Store, made: WorkshopSession, tmp_path: Path
) -> None:
    """Two names released and one hidden in the hall; the second time one of them is held again, and one more is out."""
    bird, mill, rude, late = (kit.sessions.propose_name(made.id, name, device="d").id for name in NAMES)
    for name in (bird, mill):
        kit.moderation.release_words(name, by=PLANNER)
    kit.moderation.record_decision("demo", rude, "hide", aspect="words", by=PLANNER)
    assert came_home(private_store, tmp_path) == ()
    assert private_store.moderation.released_words("demo") == {bird, mill}
    assert {one.id for one in private_store.sessions.list_proposals(made.id)} == {bird, mill, late}
    kit.moderation.release_words(mill, released=False, by=PLANNER)
    kit.moderation.release_words(late, by=PLANNER)
    for _ in range(2):
        assert came_home(private_store, tmp_path) == ()
        assert private_store.moderation.released_words("demo") == {bird, late}


def test_what_the_office_decided_about_a_name_stays_and_is_reported(
    private_store: Store, kit: Store, made: WorkshopSession, tmp_path: Path
) -> None:
    """Hidden at the office after it came home: that the hall released it since is in the report only."""
    name = kit.sessions.propose_name(made.id, NAMES[0], device="d").id
    came_home(private_store, tmp_path)
    private_store.moderation.record_decision("demo", name, "hide", aspect="words", by=PLANNER)
    kit.moderation.release_words(name, by=PLANNER)
    assert came_home(private_store, tmp_path) == (name,)
    assert private_store.moderation.released_words("demo") == frozenset()
    assert private_store.sessions.list_proposals(made.id) == []


def test_a_name_that_no_page_lets_through_stays_out(
    private_store: Store, kit: Store, made: WorkshopSession, tmp_path: Path
) -> None:
    name = kit.sessions.propose_name(made.id, NAMES[0], device="d").id
    with kit._engine.write() as tx:  # as a forger would
        tx.execute("UPDATE proposal SET words = ? WHERE id = ?", ("x" * 1_000, name))
    came_home(private_store, tmp_path)
    assert private_store.sessions.list_proposals(made.id) == []
