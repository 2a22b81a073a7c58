"""What everybody sees of the board, what its sender sees, and what who moderates it sees."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from geo import errors as E
from settings import BUDGETS
from store import Actor, Project
from store.models import editions
from store.repositories.board import rows
from study import context, datasets, permissions
from study.board import cards
from study.board.cards import Card
from tests.support.store_factories import contribution
from tests.support.temp_store import own_store

PLANNER = Actor("planner", account="a1")


@pytest.fixture
def code(tmp_path: Path) -> Iterator[str]:
    """Return a code for the board of the made-up town, in a store of its own."""
    with own_store(tmp_path):
        yield cards.create_code("demo")


def send(code: str, text: str, **more: str) -> Card:
    kind, theme = more.get("kind", "signal"), more.get("theme", "")
    return cards.send_card(Card("demo", kind, text, theme=theme), code, device="phone")  # type: ignore[arg-type]


def test_people_are_counted_anew_only_when_something_changed(
    code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who reacts, takes that back, joins cards or withdraws changes the numbers; who looks again costs nothing."""
    private_store = context.get_store()
    drawn = [str(private_store.contributions.submit(contribution(at)).code) for at in range(6)]
    one, other = send(code, "Bank weg"), send(code, "Bankje weg")
    for card in (one, other):
        cards.release_card(card.id, by=PLANNER)
        for each in drawn[:5]:
            cards.set_reaction(card.id, "same", each, is_on=True, device="phone")
    made: list[str] = []

    def counted(secret: bytes, kind: str, value: str) -> str:
        made.append(kind)
        return editions.token(secret, kind, value)

    def told() -> tuple[list[int | None], bool]:
        made.clear()
        return [card.people["same"] for card in cards.public_cards("demo")], bool(made)

    assert told() == ([5, 5], False)  # none was joined, so nobody is looked for
    private_store.board.join_card(other.id, one.id, was="", by=PLANNER)
    monkeypatch.setattr(rows, "token", counted)
    assert told() == ([5], True)
    assert told() == ([5], False)
    cards.set_reaction(other.id, "same", drawn[0], is_on=False, device="phone")
    cards.set_reaction(one.id, "same", drawn[0], is_on=False, device="phone")
    assert told() == ([None], True)
    cards.set_reaction(other.id, "same", drawn[5], is_on=True, device="phone")
    assert told() == ([5], True)
    private_store.contributions.withdraw(drawn[5], device="phone")
    assert told() == ([None], True)
    assert told() == ([None], False)


def test_only_released_cards_are_public_and_keep_their_number(code: str) -> None:
    """Initiatives first; a filter changes no number; what waits or is hidden is not there."""
    bench = send(code, "Bank weg", theme="bench")
    tea = send(code, "Samen thee drinken", kind="initiative")
    hidden = send(code, "Iets lelijks")
    send(code, "Dit wacht")
    for card in (bench, tea, hidden):
        cards.release_card(card.id, by=PLANNER)
    cards.hide_card("demo", hidden.id, by=PLANNER)
    shown = {one.card.text: one.number for one in cards.public_cards("demo")}
    assert list(shown) == ["Samen thee drinken", "Bank weg"]
    assert sorted(shown.values()) == [1, 2]
    (only,) = cards.public_cards("demo", theme="bench")
    assert (only.card.text, only.number) == ("Bank weg", shown["Bank weg"])
    assert [one.card.text for one in cards.public_cards("demo", theme="other")] == ["Samen thee drinken"]
    cards.decide(bench, "done", owner="upkeep", why="", by=PLANNER)
    assert [one.card.text for one in cards.public_cards("demo", status="done")] == ["Bank weg"]


def test_fewer_than_five_people_are_not_told(code: str) -> None:
    """Four who drew: nothing; five: about five; seven: about five. A code of the board adds nobody."""
    card = send(code, "Te donker bij de brug")
    cards.release_card(card.id, by=PLANNER)
    told = []
    for at in range(7):
        drawn = str(context.get_store().contributions.submit(contribution(at)).code)
        for each in (drawn, cards.create_code("demo")):
            cards.set_reaction(card.id, "same", each, is_on=True, device="phone")
        (one,) = cards.public_cards("demo")
        told.append(one.people["same"])
    assert told == [None, None, None, None, 5, 5, 5]
    assert one.people["join"] is None


def test_a_place_is_a_square_of_100_m_with_the_numbers_of_its_cards(code: str) -> None:
    spot = datasets.initial_view("GM9901")
    for text in ("Een", "Twee"):
        made = cards.send_card(Card("demo", "signal", text), code, device="phone", degrees=spot)
        cards.release_card(made.id, by=PLANNER)
    found = cards.squares("demo", cards.public_cards("demo"))
    assert found["name"].tolist() == ["1, 2"]
    assert found.area.tolist() == [10_000.0]
    assert cards.bounds_in_degrees([found])[0] == pytest.approx(spot[0], abs=0.002)


def test_a_place_outside_the_project_is_refused(code: str) -> None:
    """Nobody points at another town: that of the municipality, else of the last edition; without either anywhere."""
    west, south, east, north = datasets.bounds_wgs84("GM9901")
    within, outside = ((west + east) / 2, (south + north) / 2), (east + 0.01, north)
    with pytest.raises(E.PlaceOutside):
        cards.send_card(Card("demo", "signal", "Ver weg"), code, device="phone", degrees=outside)
    assert cards.send_card(Card("demo", "signal", "Dichtbij"), code, device="phone", degrees=within).x
    own = Project("los", "Los", "", date(2099, 1, 1))
    context.get_store().projects.save(own)
    loose = cards.create_code("los")
    assert cards.send_card(Card("los", "signal", "Ver weg"), loose, device="phone", degrees=outside).x


def test_the_sender_sees_what_was_decided(code: str) -> None:
    card = cards.decide(send(code, "Bank weg"), "wijkpanel", owner="panel", why="", by=PLANNER)
    cards.decide(card, "done", owner="upkeep", why="Hij staat er weer", by=PLANNER)
    (own,) = cards.own_cards("demo", code, device="phone")
    assert [event.status for event in own.events] == ["done", "wijkpanel"]
    cards.withdraw_card(own.card.id, code, device="phone")
    assert cards.own_cards("demo", code, device="phone") == []


def test_floods_and_words_to_look_at_are_marked(code: str) -> None:
    for n in (BUDGETS.cards_unremarkable, BUDGETS.cards_unremarkable + 1):
        cards.send_card(Card("demo", "signal", f"Nummer {n}"), code, device="phone", n_from_address=n)
    found = {one.card.text: (one.is_marked, one.is_flood) for one in cards.list_desk("demo")}
    assert sorted(found.values()) == [(True, False), (True, True)]
    assert not any(one.card.is_released for one in cards.list_desk("demo"))


def test_the_map_of_the_board_is_the_last_edition(code: str) -> None:
    """The made-up town has an edition: the areas that half of the people share, and no drawing."""
    shared = cards.shared_areas("demo")
    edition = context.get_store().editions.latest("demo")
    assert (shared is None) == (edition is None)


def test_who_may_moderate_stands_in_the_table() -> None:
    assert permissions.minimum_role("board") == "resident"
    assert permissions.minimum_role("panel", "moderate") == permissions.minimum_role("panel") == "planner"


@pytest.mark.parametrize("role", ["resident", "facilitator"])
def test_nobody_else_moderates(code: str, role: str) -> None:
    card = send(code, "Bank weg")
    by = Actor(role, session="s")  # type: ignore[arg-type]
    with pytest.raises(E.AccessDenied):
        cards.release_card(card.id, by=by)
    with pytest.raises(E.AccessDenied):
        cards.hide_card("demo", card.id, by=by)
    with pytest.raises(E.AccessDenied):
        cards.decide(card, "done", owner="upkeep", why="", by=by)
