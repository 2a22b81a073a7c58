"""Tickets: where they were handed out, a person is who has one, however many browsers somebody opens."""

import dataclasses
import random
import uuid
from typing import Any

import pytest
from shapely.affinity import translate
from shapely.geometry import mapping

from geo.crs import to_wgs84
from geo.errors import AccessDenied, TooFewSketches
from store import Actor, Filters, Store, WorkshopSession
from study.contributions.submission import DrawingSubmission, save_sent_drawing
from study.contributions.tickets import (
    count_without_ticket,
    create_tickets,
    is_ticket_needed,
    is_ticket_valid,
)
from study.publishing import editions
from study.publishing.publication import find_publication
from study.publishing.sessions.editions import publish_if_due
from study.review_queue import held_drawings
from study.workshop import sessions
from tests.disclosure.residents import DAY, NARROW, PLANNER, WIDE, draw, resident


def counting(private_store: Store) -> int:
    """Return how many people count."""
    return len(private_store.contributions.read_sketches("echt", filters=Filters(one_per_person=True)))


def test_only_who_has_a_ticket_counts(private_store: Store) -> None:
    """Nine with a ticket and forty without are nine people: nothing leaves. The tenth ticket makes ten."""
    codes = create_tickets("echt", 10, by=PLANNER)
    assert len(set(codes)) == 10
    chance = random.Random(3)
    for number in range(9):
        draw(private_store, number, NARROW, ticket=codes[number], address="")
    for number in range(9, 49):
        draw(private_store, number, resident(chance)[0], address=f"198.51.100.{number}")
    assert counting(private_store) == 9
    assert count_without_ticket("echt") == 40
    assert count_without_ticket("echt", session="another") == 0
    with pytest.raises(TooFewSketches):
        editions.publish("echt", by=PLANNER)
    draw(private_store, 50, NARROW, ticket=codes[9].lower().replace("-", " "), address="")
    assert counting(private_store) == 10
    assert editions.publish("echt", by=PLANNER) is not None
    made = find_publication("echt")
    assert made is not None
    assert made.n == 10


def test_one_ticket_is_one_person(private_store: Store) -> None:
    """Ten browsers with one ticket count once, the last drawing; who withdraws may use the ticket again."""
    (code,) = create_tickets("echt", 1, by=PLANNER)
    withdrawal = [draw(private_store, number, WIDE, ticket=code) for number in range(9)]
    draw(private_store, 9, NARROW, ticket=code)
    drawn = private_store.contributions.read_sketches("echt", filters=Filters(one_per_person=True))
    assert list(drawn.geometry) == [NARROW]
    for one in withdrawal:
        private_store.contributions.withdraw(one, device="phone")
    assert counting(private_store) == 1


def test_a_ticket_that_comes_later_counts(private_store: Store) -> None:
    """Drawn without the letter at hand, and sent again with it: the same drawing, or one that is changed."""
    first, other = create_tickets("echt", 2, by=PLANNER)
    draw(private_store, 0, NARROW, address="")
    code = draw(private_store, 1, NARROW, address="")
    assert counting(private_store) == 0
    draw(private_store, 0, NARROW, ticket=first, address="")
    assert counting(private_store) == 1
    mine = private_store.contributions.find_by_code(code, device="phone 1").contribution
    private_store.contributions.replace(code, mine, device="phone 1", ticket="AAAAA-AAAAA")
    assert counting(private_store) == 1
    private_store.contributions.replace(code, mine, device="phone 1", ticket=other)
    assert counting(private_store) == 2


def test_who_has_a_ticket_keeps_it_when_the_drawing_is_changed(private_store: Store) -> None:
    """Drawn anew without the letter at hand, near another's drawing: still that person, and nothing waits."""
    (code,) = create_tickets("echt", 1, by=PLANNER)
    withdrawal = draw(private_store, 0, WIDE, ticket=code, address="")
    draw(private_store, 1, NARROW, address="")
    mine = private_store.contributions.find_by_code(withdrawal, device="phone 0").contribution
    for ticket in ("", "AAAAA-AAAAA"):
        moved = dataclasses.replace(mine, geometry=translate(NARROW, len(ticket), 0))
        private_store.contributions.replace(withdrawal, moved, device="phone 0", ticket=ticket)
        assert counting(private_store) == 1
        assert held_drawings("echt").waiting == ()


def test_a_drawing_in_the_browser_takes_a_later_ticket(private_store: Store) -> None:
    """The same outline, its strokes or another outline: each save of a known drawing brings the ticket along."""
    codes = create_tickets("echt", 3, by=PLANNER)
    again: tuple[tuple[float, tuple[dict[str, Any], ...]], ...] = ((0, ()), (0, ({"points": []},)), (50, ()))
    for number, (moved, strokes) in enumerate(again):
        at = translate(NARROW, 20 * number, 0)
        key = str(uuid.UUID(int=number + 1, version=4))
        for shape, marks, ticket in ((at, (), ""), (translate(at, moved, 0), strokes, codes[number])):
            sent = DrawingSubmission(key, mapping(to_wgs84(shape)), strokes=marks)
            save_sent_drawing(
                "echt",
                sent,
                code="",
                home=None,
                language="nl",
                device=f"d {number}",
                address="",
                ticket=ticket,
            )
        assert counting(private_store) == number + 1


def test_a_made_up_code_counts_for_nobody(private_store: Store) -> None:
    """A code of another project, or of nothing, is no ticket; the drawing is kept."""
    create_tickets("echt", 3, by=PLANNER)
    for number, code in enumerate(("", "AAAAA-AAAAA", "\0", "x" * 80)):
        draw(private_store, number, NARROW, ticket=code)
        assert not is_ticket_valid("echt", code)
    assert counting(private_store) == 0
    assert len(private_store.contributions.read_sketches("echt")) == 4


def test_tickets_of_a_session_are_for_its_room(private_store: Store) -> None:
    """Cards on the tables of one evening: at that evening only they count, elsewhere devices do as before."""
    evening, _ = sessions.create_session(WorkshopSession("echt", "Zaal", DAY), by=PLANNER)
    facilitator = Actor("facilitator", session=evening.id)
    codes = create_tickets("echt", 10, session=evening.id, by=facilitator)
    with pytest.raises(AccessDenied):
        create_tickets("echt", 10, by=facilitator)
    assert is_ticket_needed("echt", session=evening.id)
    assert not is_ticket_needed("echt")
    assert is_ticket_valid("echt", codes[0], session=evening.id)
    assert not is_ticket_valid("echt", codes[0])
    for number in range(9):
        draw(private_store, number, NARROW, session=evening.id, ticket=codes[number])
    for number in range(9, 30):
        draw(private_store, number, NARROW, session=evening.id)
    assert not publish_if_due(evening.id, by=facilitator)
    draw(private_store, 30, NARROW, session=evening.id, ticket=codes[9])
    assert publish_if_due(evening.id, by=facilitator)
    draw(private_store, 31, NARROW, ticket=codes[9])
    assert counting(private_store) == 11


def test_no_code_is_kept(private_store: Store) -> None:
    """The store can say that a code is good, and not which codes there are."""
    (code,) = create_tickets("echt", 1, by=PLANNER)
    with private_store.tickets._engine.read() as tx:
        kept = str(tx.query("SELECT project, session, token FROM ticket"))
    assert code not in kept
    assert code.replace("-", "") not in kept
    assert "make tickets" in [one.action for one in private_store.accounts.list_audit()]
