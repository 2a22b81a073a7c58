"""Rounds of a workshop session: nothing counts outside an open one, a voter counts once, and closing is final."""

from dataclasses import replace
from typing import Literal

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

import geo.errors as E
from store import Actor, Store, VoteRound, WorkshopSession
from tests.support.laws import examples
from tests.support.store_factories import TODAY

PLANNER = Actor("planner", "an-account")
SUBJECTS = ("a", "b", "c")


def hall(private_store: Store, *, dots: int = 3) -> WorkshopSession:
    wanted = WorkshopSession("demo", "Zaal", TODAY, groups=("rood", "blauw"), dots=dots)
    return private_store.sessions.create(wanted, by=PLANNER)[0]


def opened(private_store: Store, session: str) -> VoteRound:
    return private_store.rounds.create(session, "name", subjects=SUBJECTS, is_open=True, by=PLANNER)


def test_a_round_waits_opens_freezes_and_begins_anew_with_a_reason(private_store: Store) -> None:
    made, rounds = hall(private_store), private_store.rounds
    one = rounds.create(made.id, "name", subjects=SUBJECTS, by=PLANNER)
    with pytest.raises(E.RoundNotOpen):
        rounds.change_vote(one.id, "a", 1, device="d1")
    with pytest.raises(E.DecidedMeanwhile):
        rounds.close(one.id, by=PLANNER)
    assert rounds.open(one.id, by=PLANNER) == rounds.open(one.id, by=PLANNER)
    rounds.change_vote(one.id, "a", 1, device="d1")
    rounds.change_vote(one.id, "a", 1, device="d2")
    with pytest.raises(E.RoundNotClosed):
        rounds.tally(one.id)
    assert rounds.count_voters(one.id) == 2
    assert rounds.close(one.id, by=PLANNER) == rounds.close(one.id, by=PLANNER)
    with pytest.raises(E.RoundNotOpen):
        rounds.change_vote(one.id, "a", -1, device="d1")
    with pytest.raises(E.DecidedMeanwhile):
        rounds.open(one.id, by=PLANNER)
    assert rounds.tally(one.id) == {"a": 2, "b": 0, "c": 0}
    with pytest.raises(E.InputRefused):
        rounds.reset(one.id, "  ", by=PLANNER)
    fresh = rounds.reset(one.id, "Tafel 3 deed nog niet mee", by=PLANNER)
    assert (fresh.state, fresh.reason, rounds.count_voters(one.id)) == (
        "waiting",
        "Tafel 3 deed nog niet mee",
        0,
    )
    logged = [row.action for row in private_store.accounts.list_audit() if "round" in row.action]
    assert logged == ["make a round: name", "open a round", "close a round", "begin a round anew"]


def test_a_room_has_one_round_open_and_its_facilitator_leads(private_store: Store) -> None:
    made, other, rounds = hall(private_store), hall(private_store), private_store.rounds
    waiting = rounds.create(made.id, "theme", subjects=["bench"], by=PLANNER)
    one = opened(private_store, made.id)
    for act in (lambda: rounds.open(waiting.id, by=PLANNER), lambda: opened(private_store, made.id)):
        with pytest.raises(E.AnotherRoundOpen):
            act()
    assert len(rounds.list_all(made.id)) == 2, "what could not be opened was not made"
    assert opened(private_store, other.id).number == 1
    stranger, leader = Actor("facilitator", session=other.id), Actor("facilitator", session=made.id)
    for by in (stranger, Actor("resident")):
        for act in (
            lambda by=by: rounds.create(made.id, "name", subjects=SUBJECTS, by=by),
            lambda by=by: rounds.open(waiting.id, by=by),
            lambda by=by: rounds.close(one.id, by=by),
            lambda by=by: rounds.reset(one.id, "zomaar", by=by),
        ):
            with pytest.raises(E.AccessDenied):
                act()
    assert rounds.close(one.id, by=leader).state == "closed"
    for kind, subjects in (("name", ()), ("guess", SUBJECTS), ("odd", SUBJECTS)):
        with pytest.raises(E.InputRefused):
            rounds.create(made.id, kind, subjects=subjects, by=PLANNER)  # type: ignore[arg-type]


def test_dots_are_divided_once_a_device_and_anew_in_another_round(private_store: Store) -> None:
    made, rounds = hall(private_store), private_store.rounds
    one = opened(private_store, made.id)
    for subject in ("a", "a", "b"):
        rounds.change_vote(one.id, subject, 1, device="d1")
    with pytest.raises(E.TooManyDots):  # together four, though no more than two on any
        rounds.change_vote(one.id, "c", 1, device="d1")
    rounds.change_vote(one.id, "b", -1, device="d1")
    rounds.change_vote(one.id, "b", -1, device="d1")  # not given, so not taken back
    rounds.change_vote(one.id, "c", 1, device="d1")
    assert rounds.votes_of(one.id, device="d1") == {"a": 2, "c": 1}
    for subject in ("elsewhere", "bench"):
        with pytest.raises(E.UnknownSubject):
            rounds.change_vote(one.id, subject, 1, device="d2")
    rounds.close(one.id, by=PLANNER)
    second = rounds.create(made.id, "name", subjects=["a", "c"], is_open=True, by=PLANNER)
    assert rounds.votes_of(second.id, device="d1") == {}
    rounds.change_vote(second.id, "c", 1, device="d1")
    rounds.close(second.id, by=PLANNER)
    assert (rounds.tally(one.id), rounds.tally(second.id)) == ({"a": 2, "b": 0, "c": 1}, {"a": 0, "c": 1})


def test_where_tickets_were_made_a_ticket_is_the_voter(private_store: Store) -> None:
    """One ticket on two phones has one set of dots; a phone without one has none."""
    made, rounds = hall(private_store), private_store.rounds
    mine, yours = private_store.tickets.create("demo", 2, session=made.id, by=PLANNER)
    one = opened(private_store, made.id)
    assert one.by_ticket
    for ticket in ("", "AAAAA-22222"):
        with pytest.raises(E.TicketUnknown):
            rounds.change_vote(one.id, "a", 1, device="d1", ticket=ticket)
        with pytest.raises(E.TicketUnknown):
            rounds.votes_of(one.id, device="d1", ticket=ticket)
    for device, ticket in (("d1", mine), ("d2", mine.lower()), ("d1", yours)):
        rounds.change_vote(one.id, "a", 1, device=device, ticket=ticket)
    assert rounds.votes_of(one.id, device="d3", ticket=mine) == {"a": 2}
    assert rounds.count_voters(one.id) == 2


def test_tickets_made_while_a_round_is_open_are_for_the_next(private_store: Store) -> None:
    """Three phones give a dot, then three tickets are made: still three voters, of phones; the next is by ticket."""
    made, rounds = hall(private_store), private_store.rounds
    waiting = rounds.create(made.id, "name", subjects=SUBJECTS, by=PLANNER)
    one, phones = opened(private_store, made.id), ("d1", "d2", "d3")
    for device in phones:
        rounds.change_vote(one.id, "a", 1, device=device)
    tickets = private_store.tickets.create("demo", 3, session=made.id, by=PLANNER)
    for device, ticket in zip(phones, tickets, strict=True):
        rounds.change_vote(one.id, "b", 1, device=device, ticket=ticket)
    assert (rounds.count_voters(one.id), rounds.votes_of(one.id, device="d1")) == (3, {"a": 1, "b": 1})
    assert not rounds.close(one.id, by=PLANNER).by_ticket
    assert rounds.open(waiting.id, by=PLANNER).by_ticket
    with pytest.raises(E.TicketUnknown):
        rounds.change_vote(waiting.id, "a", 1, device="d1")
    assert rounds.close(waiting.id, by=PLANNER).by_ticket
    assert rounds.reset(one.id, "Nu met kaartjes", by=PLANNER).state == "waiting"
    assert rounds.open(one.id, by=PLANNER).by_ticket


def test_a_round_left_open_takes_nothing_once_the_session_is_over(private_store: Store) -> None:
    """A dot and a guess are refused after the end; the facilitator still closes the round with what was given."""
    for kind in ("name", "guess"):
        made, rounds = hall(private_store), private_store.rounds
        one = (
            opened(private_store, made.id)
            if kind == "name"
            else rounds.create(made.id, "guess", question="outside 1", edition="1", is_open=True, by=PLANNER)
        )

        def give(device: str, one: VoteRound = one) -> None:
            if one.kind == "name":
                private_store.rounds.change_vote(one.id, "a", 1, device=device)
            else:
                private_store.rounds.save_guess(one.id, 20, device=device)

        give("d1")
        private_store.sessions.update(replace(made, is_open=False), by=PLANNER)
        with pytest.raises(E.SessionClosed):
            give("d2")
        assert (rounds.count_voters(one.id), rounds.close(one.id, by=PLANNER).state) == (1, "closed")


def test_a_guess_is_replaced_until_it_is_closed(private_store: Store) -> None:
    made, rounds = hall(private_store), private_store.rounds
    one = rounds.create(made.id, "guess", question="outside 1", edition="e1", is_open=True, by=PLANNER)
    rounds.save_guess(one.id, 10, group="rood", device="d1")
    rounds.save_guess(one.id, 25, group="rood", device="d1")
    rounds.save_guess(one.id, 60, group="another hall", device="d2")
    for odd in (-5, 105, 12):
        with pytest.raises(E.InputRefused):
            rounds.save_guess(one.id, odd, device="d3")
    with pytest.raises(E.RoundNotClosed):
        rounds.guesses(one.id)
    assert (rounds.guess_of(one.id, device="d1"), rounds.guess_of(one.id, device="d3")) == (25, None)
    assert rounds.close(one.id, answer=21, by=PLANNER).answer == 21
    with pytest.raises(E.RoundNotOpen):
        rounds.save_guess(one.id, 20, device="d1")
    assert rounds.guesses(one.id) == [("rood", 25), ("", 60)]
    dots = opened(private_store, made.id)
    with pytest.raises(E.InputRefused):
        rounds.save_guess(dots.id, 20, device="d1")


@examples(25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    presses=st.lists(
        st.tuples(st.sampled_from(("d1", "d2")), st.sampled_from(SUBJECTS), st.sampled_from((1, -1)))
    )
)
def test_no_press_of_any_tab_gives_more_than_there_is(
    private_store: Store, presses: list[tuple[str, str, Literal[1, -1]]]
) -> None:
    """Any order of presses: what a device gave is from none to all of its dots, and the counts are their sum."""
    made, rounds = hall(private_store, dots=2), private_store.rounds
    one = opened(private_store, made.id)
    counted = {device: dict.fromkeys(SUBJECTS, 0) for device in ("d1", "d2")}
    for device, subject, change in presses:
        mine = counted[device]
        try:
            rounds.change_vote(one.id, subject, change, device=device)
        except E.TooManyDots:
            assert sum(mine.values()) == 2
            assert change == 1
            continue
        mine[subject] = max(0, mine[subject] + change)
    for device, mine in counted.items():
        assert rounds.votes_of(one.id, device=device) == {key: n for key, n in mine.items() if n}
        assert 0 <= sum(mine.values()) <= 2
    rounds.close(one.id, by=PLANNER)
    assert rounds.count_voters(one.id) == sum(any(mine.values()) for mine in counted.values())
    assert rounds.tally(one.id) == {key: sum(mine[key] for mine in counted.values()) for key in SUBJECTS}
