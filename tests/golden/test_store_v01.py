"""A store made by release 0.1 opens, is whole, and reads as it was written."""

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import store
from store import ALL, Actor, Ballot, BudgetPlan, BudgetRound, Store
from tests.golden import HERE, as_json, expected

NOON_S = 1_777_896_000.0  # 4 May 2026, 12:00 UTC: the day on which it was written


@pytest.fixture
def old(tmp_path: Path) -> Iterator[Store]:
    """Return the old store, opened in a copy."""
    shutil.copyfile(HERE / "store_v01.gpkg", tmp_path / "buurt.gpkg")
    with store.open_store(f"sqlite:///{tmp_path}/buurt.gpkg", clock=lambda: NOON_S) as opened:
        yield opened


@pytest.fixture
def known() -> dict[str, Any]:
    """Return what was in it, and the codes, link and password to it; all of it made up."""
    found: dict[str, Any] = expected("store_v01")
    return found


def test_it_is_whole(old: Store, known: dict[str, Any]) -> None:
    found = old.maintenance.verify()
    counted = [found.contributions, found.sketches, found.places, found.signals]
    assert (counted, found.altered) == (known["counted"], ())


def test_drawings_and_answers_are_equal(old: Store, known: dict[str, Any]) -> None:
    table = old.contributions.read_sketches("old", filters=ALL)
    assert table.geometry.to_wkb(hex=True).to_dict() == known["outlines"]
    assert as_json(table[["name", "mode", "group", "edge"]].to_dict("index")) == known["facts"]
    assert as_json(table["answers"].to_dict()) == known["answers"]
    assert table.crs == "EPSG:28992"


def test_a_resident_finds_and_withdraws_by_code(old: Store, known: dict[str, Any]) -> None:
    for sketch, code in known["codes"].items():
        assert old.contributions.find_by_code(code, device=sketch).contribution.id == sketch
    sketch, code = next(iter(known["codes"].items()))
    assert old.contributions.withdraw(code, device="phone").id == sketch
    assert sketch not in old.contributions.read_sketches("old", filters=ALL).index


def test_a_workshop_session_is_joined_and_led(old: Store, known: dict[str, Any]) -> None:
    made = old.sessions.find_by_code(known["join_code"], device="phone")
    assert (made.id, made.place, list(made.groups)) == (known["session"], "Buurthuis", ["Tafel 1", "Tafel 2"])
    assert old.sessions.authenticate_facilitator(made.id, known["link"], device="laptop") == Actor(
        "facilitator", session=made.id
    )
    # What was given before there were rounds is told as closed ones.
    rounds = old.rounds.list_all(made.id)
    assert {one.state for one in rounds} == {"closed"}
    assert {key: n for one in rounds for key, n in old.rounds.tally(one.id).items()} == known["votes"]


def test_editions_are_equal(old: Store, known: dict[str, Any]) -> None:
    edition = old.editions.latest("old")
    assert edition is not None
    found = [edition.number, edition.n, edition.day.isoformat(), dict(edition.parts), edition.method]
    assert as_json(found) == known["edition"]
    assert list(old.editions.members(edition.id)) == known["members"]


def test_the_account_signs_in(old: Store, known: dict[str, Any]) -> None:
    actor = old.accounts.authenticate(known["account"], known["password"], device="laptop")
    assert actor.role == "planner"
    assert [row.action for row in old.accounts.list_audit()] == [*known["audit"], "sign in"]


def test_decisions_stand(old: Store, known: dict[str, Any]) -> None:
    found = [
        [flag.subject, flag.aspect, flag.reason, flag.decision] for flag in old.moderation.list_flags("old")
    ]
    assert found == known["flags"]
    assert set(known["outlines"]) - set(old.contributions.read_sketches("old").index) == {
        known["flags"][0][0]
    }


def test_people_vote_in_it(old: Store) -> None:
    """Tables that came later are there, and hold what is written in them."""
    planner, day = Actor("planner", account="test"), date(2026, 5, 4)
    made = old.budget.save_round(BudgetRound("old", "Budget", 1000, day, day), by=planner)
    for cost in (400, 600):
        old.budget.save_plan(BudgetPlan(made.id, "Plan", cost), by=planner)
    (code,) = old.budget.create_tickets(made.id, 1, by=planner)
    old.budget.open_round(made.id, by=planner)
    old.budget.vote(made.id, code, (1, 2), device="phone")
    assert old.budget.find_way(made.id, code, device="phone") == "phone"
    old.budget.close_round(made.id, by=planner)
    assert old.budget.list_ballots(made.id) == [Ballot((1, 2))]
