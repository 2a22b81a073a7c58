"""Past its date nothing that somebody gave or decided stays of a project, and nothing is added to it."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from geo.errors import ProjectClosed
from store import Actor, Meeting, Signal, Store, WorkshopSession
from store.maintenance import retention
from tests.support.store_factories import TODAY, Clock

PLANNER = Actor("planner", "an-account")
PAST_S = 250 * 86_400
"""After the last day of the project."""


def session_of(private_store: Store) -> str:
    return private_store.sessions.create(WorkshopSession("demo", "Zaal", TODAY), by=PLANNER)[0].id


def a_meeting(private_store: Store) -> None:
    private_store.meetings.save(Meeting("demo", TODAY, "Buurthuis"), was=None, by=PLANNER)


def a_round(private_store: Store) -> None:
    asked = private_store.rounds.create(
        session_of(private_store), "theme", subjects=["bench"], is_open=True, by=PLANNER
    )
    private_store.rounds.change_vote(asked.id, "bench", 1, device="d")


def a_guess(private_store: Store) -> None:
    asked = private_store.rounds.create(
        session_of(private_store), "guess", question="q", edition="e", is_open=True, by=PLANNER
    )
    private_store.rounds.save_guess(asked.id, 35, device="d")


def a_proposal(private_store: Store) -> None:
    private_store.sessions.propose_name(session_of(private_store), "Vogelbuurt", device="d")


def a_ticket(private_store: Store) -> None:
    private_store.tickets.create("demo", 1, session="", by=PLANNER)


def a_code(private_store: Store) -> None:
    private_store.board.create_code("demo")


@pytest.mark.parametrize("left", [a_meeting, a_round, a_guess, a_proposal, a_ticket, a_code])
def test_any_of_it_alone_has_a_project_erased(
    private_store: Store, clock: Clock, left: Callable[[Store], None]
) -> None:
    left(private_store)
    assert private_store.maintenance.erase_expired().projects == ()
    clock.now_s += PAST_S
    assert private_store.maintenance.erase_expired().projects == ("demo",)
    with private_store._engine.read() as tx:
        for table in (*retention._OF_PROJECT, *retention._OF_SESSION, "round_dot", "guess"):
            assert tx.query(f"SELECT count(*) FROM {table}") == [(0,)], table
    assert private_store.maintenance.erase_expired().projects == (), "what is erased is not erased again"


def test_nothing_is_said_or_decided_past_the_last_day(private_store: Store, clock: Clock) -> None:
    """A round, a name and a meeting of before: on the day after, none is added to, opened or changed."""
    sessions, rounds, meetings = private_store.sessions, private_store.rounds, private_store.meetings
    made = session_of(private_store)
    waiting = rounds.create(made, "theme", subjects=["bench"], by=PLANNER)
    dots = rounds.create(made, "theme", subjects=["bench"], is_open=True, by=PLANNER)
    held = meetings.save(Meeting("demo", TODAY, "Buurthuis"), was=None, by=PLANNER)
    clock.now_s += PAST_S
    for act in (
        lambda: rounds.create(made, "theme", subjects=["bench"], by=PLANNER),
        lambda: rounds.open(waiting.id, by=PLANNER),
        lambda: rounds.change_vote(dots.id, "bench", 1, device="d"),
        lambda: rounds.reset(dots.id, "nog een keer", by=PLANNER),
        lambda: sessions.propose_name(made, "Vogelbuurt", device="d"),
        lambda: sessions.add_signal("demo", Signal("signal", "Donkere hoek"), session=made, by=PLANNER),
        lambda: meetings.save(Meeting("demo", TODAY, "School"), was=None, by=PLANNER),
        lambda: meetings.save(replace(held, place="School"), was=held, by=PLANNER),
        lambda: meetings.add_items(held.id, ["any"], by=PLANNER),
    ):
        with pytest.raises(ProjectClosed):
            act()
    assert rounds.close(dots.id, by=PLANNER).state == "closed", "what is open can still end"
    assert rounds.tally(dots.id) == {"bench": 0}


def test_no_guess_is_taken_past_the_last_day(private_store: Store, clock: Clock) -> None:
    asked = private_store.rounds.create(
        session_of(private_store), "guess", question="q", edition="e", is_open=True, by=PLANNER
    )
    clock.now_s += PAST_S
    with pytest.raises(ProjectClosed):
        private_store.rounds.save_guess(asked.id, 35, device="d")
