"""T12, T13 and T17 before anything is published: who plants drawings counts for as few people as can be.

The attacker opens as many browsers as there are people to make up. What a person did not look at counts for
nobody, so that an edition never rests on it.
"""

import dataclasses
import random

import pytest
import shapely

from geo.errors import AccessDenied, TooFewSketches
from store import Actor, Filters, Store, WorkshopSession
from study.publishing import editions
from study.publishing.sessions.editions import latest_edition, publish_if_due
from study.review_queue import held_drawings, release_held
from study.workshop import sessions
from study.workshop.live_editions import session_counters
from tests.disclosure.residents import DAY, NARROW, PLANNER, draw, resident
from tests.support.laws import seeds

ATTACKER = "192.0.2.7"


def counting(private_store: Store) -> int:
    """Return how many people count."""
    return len(private_store.contributions.read_sketches("echt", filters=Filters(one_per_person=True)))


def planted(number: int) -> shapely.Polygon:
    """A disc round a street, by one more browser of the attacker: a little larger or smaller each time."""
    disc: shapely.Polygon = shapely.Point(142_900, 510_600).buffer(600 + number % 3)
    return disc


@pytest.mark.parametrize("seed", seeds(10, 200))
def test_copies_of_four_phones_count_once(private_store: Store, seed: int) -> None:
    """Nine planted discs and a resident are ten browsers and two people: there is nothing to read."""
    shape, _ = resident(random.Random(seed))
    for number in range(9):
        draw(private_store, number, planted(number), address="")
    draw(private_store, 9, shape, address="")
    assert counting(private_store) == 2
    assert held_drawings("echt").copies == 8
    with pytest.raises(TooFewSketches):
        editions.publish("echt", by=PLANNER)


@pytest.mark.parametrize("seed", seeds(10, 200))
def test_one_address_counts_for_a_household(private_store: Store, seed: int) -> None:
    """Nine different drawings from one address beside three from elsewhere: four of the nine count."""
    chance = random.Random(seed)
    for number in range(12):
        shape, _ = resident(chance)
        draw(private_store, number, shape, address=f"198.51.100.{number}" if number < 3 else ATTACKER)
    assert counting(private_store) == 3 + 4
    assert held_drawings("echt").from_one_address == 5
    with pytest.raises(TooFewSketches):
        editions.publish("echt", by=PLANNER)


def test_a_library_among_many_counts(private_store: Store) -> None:
    """Of twenty drawings ten come from one address, after the others: it is not most of them."""
    chance = random.Random(1)
    for number in range(20):
        shape, _ = resident(chance)
        draw(private_store, number, shape, address=f"198.51.100.{number}" if number < 10 else ATTACKER)
    assert counting(private_store) == 20


def test_an_hour_later_the_address_is_forgotten(
    private_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Copies wait within ten minutes of each other; nothing of when and from where is there after an hour."""
    repository = private_store.contributions
    for seconds in (0, 599, 1_200, 4_900):
        monkeypatch.setattr(repository, "_now_s", lambda at=seconds: 1_800_000_000 + at)
        draw(private_store, seconds, NARROW, address=ATTACKER)
    assert held_drawings("echt").copies == 1
    with repository._engine.read() as tx:
        kept = tx.query("SELECT what, who FROM tries")
    assert sorted(what for what, _ in kept) == ["address", "arrived", "outline echt ", "submit"]
    assert not [who for _, who in kept if ATTACKER in who]


def test_an_address_is_set_beside_the_same_hour(
    private_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ten at twelve, four of a library at ten to one, and one more of it at five past: nobody waits."""
    repository, chance = private_store.contributions, random.Random(4)
    for number, seconds in enumerate([0] * 10 + [3_000] * 4 + [3_900]):
        monkeypatch.setattr(repository, "_now_s", lambda at=seconds: 1_800_000_000 + at)
        address = ATTACKER if seconds else f"198.51.100.{number}"
        draw(private_store, number, resident(chance)[0], address=address)
    assert counting(private_store) == 15


def test_the_facilitator_of_the_room_lets_them_count(private_store: Store) -> None:
    """A hall on one Wi-Fi: told on the screen, counted after one press, and held again after another."""
    evening, _ = sessions.create_session(WorkshopSession("echt", "Zaal", DAY), by=PLANNER)
    other, _ = sessions.create_session(WorkshopSession("echt", "Elders", DAY), by=PLANNER)
    chance = random.Random(2)
    for number in range(14):
        shape, _ = resident(chance)
        draw(private_store, number, shape, session=evening.id, address="192.0.2.99")
    assert session_counters(evening.id).held == 10
    assert not publish_if_due(evening.id, by=PLANNER)
    stranger = Actor("facilitator", session=other.id)
    with pytest.raises(AccessDenied):
        release_held("echt", evening.id, released=True, by=stranger)
    release_held("echt", other.id, released=True, by=stranger)
    assert session_counters(evening.id).held == 10
    facilitator = Actor("facilitator", session=evening.id)
    release_held("echt", evening.id, released=True, by=facilitator)
    assert session_counters(evening.id).held == 0
    assert publish_if_due(evening.id, by=facilitator)
    assert latest_edition(evening.id) is not None
    shape, _ = resident(chance)
    draw(private_store, 14, shape, session=evening.id, address="192.0.2.99")
    assert session_counters(evening.id).held == 0, "one press is enough for the hall"
    draw(private_store, 15, shape, session=evening.id, address="192.0.2.99")
    assert session_counters(evening.id).held == 1, "a copy waits as before"
    release_held("echt", evening.id, released=False, by=facilitator)
    assert session_counters(evening.id).held == 11
    draw(private_store, 17, resident(chance)[0], session=evening.id, address="192.0.2.99")
    assert session_counters(evening.id).held == 12


def test_what_is_held_stays_held_when_it_is_drawn_anew(private_store: Store) -> None:
    """Another outline takes a release back; an answer does not, and no change lets a drawing out."""
    draw(private_store, 0, NARROW, address="")
    code = draw(private_store, 1, NARROW, address="")
    mine = private_store.contributions.find_by_code(code, device="phone 1").contribution
    elsewhere = shapely.affinity.translate(NARROW, 0, 300)
    assert isinstance(elsewhere, shapely.Polygon)
    moved = dataclasses.replace(mine, geometry=elsewhere)
    private_store.contributions.replace(code, moved, device="phone 1")
    assert counting(private_store) == 1
    private_store.moderation.record_decision("echt", mine.id, "accept", by=PLANNER)
    named = dataclasses.replace(moved, name="Oost")
    private_store.contributions.replace(code, named, device="phone 1")
    assert counting(private_store) == 2
    private_store.contributions.replace(code, dataclasses.replace(named, geometry=NARROW), device="phone 1")
    assert counting(private_store) == 1


def test_a_file_holds_nobody(private_store: Store) -> None:
    """Rows of a file did not arrive over the network: copies in it count, as each row is a person."""
    for number in range(12):
        draw(private_store, number, NARROW)
    assert counting(private_store) == 12
    assert editions.publish("echt", by=PLANNER) is not None
