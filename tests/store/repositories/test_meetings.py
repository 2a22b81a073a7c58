"""The panel of a neighbourhood on both engines: its scope, doubles, meetings, and partners."""

import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import store
from geo import errors as E
from store import Actor, AgendaItem, Card, Meeting, Role, Store
from store.models import editions
from store.repositories.board import rows
from tests.support.store_factories import NOON_S, TODAY, Clock, contribution, project

PLANNER = Actor("planner", account="a1")
PANEL = Actor("panel", account="a2", project="demo")
OTHER_PANEL = Actor("panel", account="a3", project="other")
UPKEEP = Actor("partner", account="a4", project="demo", owner="upkeep")
PASSWORD = "een lange zin van vier"


def released(opened: Store, text: str, code: str = "") -> Card:
    """Return a card on the board."""
    sender = code or opened.board.create_code("demo")
    made = opened.board.add_card(Card("demo", "signal", text), sender)
    opened.moderation.release_words(made.id, by=PANEL)
    return on_disk(opened, made)


def on_disk(opened: Store, card: Card) -> Card:
    """Return a card as it is by now."""
    return next(one for one in opened.board.list_cards("demo") if one.id == card.id)


def meeting(opened: Store, *cards: Card, day: date = TODAY) -> Meeting:
    """Return a meeting with cards on its agenda."""
    made = opened.meetings.save(Meeting("demo", day, "Buurthuis"), was=None, by=PANEL)
    opened.meetings.add_items(made.id, [card.id for card in cards], by=PANEL)
    return made


def adopted(item: AgendaItem, **more: object) -> AgendaItem:
    """Return an item that was adopted by consent, and given to upkeep."""
    asked = {"outcome": "adopted", "way": "consent", "status": "planned", "owner": "upkeep", **more}
    return replace(item, **asked)  # type: ignore[arg-type]


# --- Accounts and their scope ---------------------------------------------------------------------


def test_an_account_of_a_panel_has_its_project_and_keeps_it(private_store: Store) -> None:
    made = private_store.accounts.create("panel-noord", "panel", PASSWORD, project="demo")
    partner = private_store.accounts.create(
        "beheer-noord", "partner", PASSWORD, project="demo", owner="upkeep"
    )
    assert [(one.role, one.project, one.owner) for one in (made, partner)] == [
        ("panel", "demo", ""), ("partner", "demo", "upkeep"),
    ]  # fmt: skip
    assert private_store.accounts.list_all() == sorted((made, partner), key=lambda one: one.label)
    actor = private_store.accounts.authenticate("beheer-noord", PASSWORD, device="d")
    assert (actor.role, actor.project, actor.owner) == ("partner", "demo", "upkeep")


@pytest.mark.parametrize(
    ("role", "scope", "owner"),
    [
        ("panel", "", ""),
        ("panel", "demo", "upkeep"),
        ("partner", "demo", ""),
        ("partner", "demo", "residents"),
        ("planner", "demo", ""),
        ("administrator", "", "upkeep"),
    ],
)
def test_an_account_with_another_scope_is_refused(
    private_store: Store, role: Role, scope: str, owner: str
) -> None:
    with pytest.raises(E.InputRefused):
        private_store.accounts.create("een", role, PASSWORD, project=scope, owner=owner)
    with pytest.raises(E.UnknownProject):
        private_store.accounts.create("een", "panel", PASSWORD, project="nergens")
    assert private_store.accounts.list_all() == []


# --- What a panel may -----------------------------------------------------------------------------

Act = Callable[[Store, Card, Card, Meeting, Actor], object]
ACTS: dict[str, Act] = {
    "release": lambda s, card, _, __, by: s.moderation.release_words(card.id, by=by),
    "hold": lambda s, card, _, __, by: s.moderation.release_words(card.id, released=False, by=by),
    "hide": lambda s, card, _, __, by: s.moderation.record_decision(
        "demo", card.id, "hide", aspect="words", by=by
    ),
    "decide": lambda s, card, _, __, by: s.board.decide(card, "done", owner="panel", by=by),
    "join": lambda s, card, other, _, by: s.board.join_card(card.id, other.id, was="", by=by),
    "save": lambda s, _, __, made, by: s.meetings.save(replace(made, place="School"), was=made, by=by),
    "make": lambda s, _, __, ___, by: s.meetings.save(Meeting("demo", TODAY, "School"), was=None, by=by),
    "add": lambda s, _, other, made, by: s.meetings.add_items(made.id, [other.id], by=by),
    "remove": lambda s, card, _, made, by: s.meetings.remove_item(made.id, card.id, by=by),
    "move": lambda s, card, _, made, by: s.meetings.move_earlier(made.id, card.id, was=1, by=by),
    "outcome": lambda s, card, _, made, by: s.meetings.decide_item(
        adopted(AgendaItem(made.id, card.id, 1)), was=AgendaItem(made.id, card.id, 1), seen=card, by=by
    ),
    "delete": lambda s, _, __, made, by: s.meetings.delete(made.id, by=by),
}


@pytest.mark.parametrize("act", ACTS)
def test_every_act_in_every_role(private_store: Store, act: str) -> None:
    """A planner and the panel of this project may; a partner, another panel and all others change nothing."""
    private_store.projects.save(project("other"))
    card, other = released(private_store, "Bank weg"), released(private_store, "Bankje weg")
    made = meeting(private_store, card)
    card = on_disk(private_store, card)
    before = state(private_store)
    nobody = (Actor("resident"), Actor("facilitator", session="s"), Actor("panel"), OTHER_PANEL, UPKEEP)
    for by in nobody:
        with pytest.raises(E.AccessDenied):
            ACTS[act](private_store, card, other, made, by)
        assert state(private_store) == before, by
    ACTS[act](private_store, card, other, made, PANEL)


def state(opened: Store) -> object:
    meetings = opened.meetings.list_meetings("demo")
    items = [opened.meetings.list_items(one.id) for one in meetings]
    return opened.board.list_cards("demo"), opened.board.list_events("demo"), meetings, items


def test_a_panel_decides_about_no_drawing_or_evening(private_store: Store) -> None:
    """Its right to hide words is one about cards: the same act about a drawing is refused."""
    drawn = private_store.contributions.submit(contribution())
    for aspect in ("words", "shape", "name"):
        with pytest.raises(E.AccessDenied):
            private_store.moderation.record_decision("demo", drawn.id, "hide", aspect=aspect, by=PANEL)
    with pytest.raises(E.AccessDenied):
        private_store.moderation.undo_decisions("demo", [drawn.id], by=PANEL)
    with pytest.raises(E.AccessDenied):
        private_store.contributions.read_sketches("demo", raw=True, by=PANEL)
    with pytest.raises(E.AccessDenied):
        private_store.maintenance.export_raw("nergens.gpkg", by=PANEL)


# --- Doubles --------------------------------------------------------------------------------------


def test_what_was_joined_keeps_source_and_reactions_and_can_be_undone(private_store: Store) -> None:
    """Two who drew react to both cards, a third to the first only: three people, and two again after undoing."""
    codes = [str(private_store.contributions.submit(contribution(at)).code) for at in range(3)]
    one, other = (
        released(private_store, "Bank weg", codes[0]),
        released(private_store, "Bankje weg", codes[1]),
    )
    for card, who in ((one, codes), (other, codes[:2])):
        for code in who:
            private_store.board.set_reaction(card.id, "same", code)
    private_store.board.join_card(other.id, one.id, was="", by=PANEL)
    assert private_store.board.count_reactions("demo") == {(one.id, "same"): 3}
    assert [card.id for card in private_store.board.released_cards("demo")] == [one.id]
    assert private_store.board.cards_of("demo", codes[1])[0].joined_into == one.id
    private_store.board.join_card(other.id, "", was=one.id, by=PANEL)
    assert private_store.board.count_reactions("demo") == {(one.id, "same"): 3, (other.id, "same"): 2}
    assert len(private_store.board.released_cards("demo")) == 2
    assert [row.action for row in private_store.accounts.list_audit()][-2:] == [
        "join cards", "undo joining cards",
    ]  # fmt: skip


def test_who_reacted_to_several_joined_cards_counts_once_at_little_cost(
    private_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Six react to the first, one of them to the second too, two to the third: six people, and a seventh who did not.

    Everybody is made anew for the second and the third at most, and the first is asked about those two only.
    """
    codes = [str(private_store.contributions.submit(contribution(at)).code) for at in range(7)]
    first, second, third = (released(private_store, f"Bank {n} weg") for n in range(3))
    for card, who in ((first, codes[:6]), (second, codes[:1]), (third, codes[:2])):
        for code in who:
            private_store.board.set_reaction(card.id, "same", code)
    for card in (second, third):
        private_store.board.join_card(card.id, first.id, was="", by=PANEL)
    made: list[str] = []

    def counted(secret: bytes, kind: str, value: str) -> str:
        made.append(kind)
        return editions.token(secret, kind, value)

    monkeypatch.setattr(rows, "token", counted)
    assert private_store.board.count_reactions("demo") == {(first.id, "same"): 6}
    assert len(made) <= 2 * 7 + 2


def test_two_who_join_at_once_see_each_other(private_store: Store) -> None:
    one, two, three = (released(private_store, f"Tegel {n}") for n in range(3))
    private_store.board.join_card(three.id, one.id, was="", by=PANEL)
    with pytest.raises(E.DecidedMeanwhile):
        private_store.board.join_card(three.id, two.id, was="", by=PLANNER)
    private_store.board.join_card(three.id, one.id, was="", by=PLANNER)  # the same again is no other wish


def test_cards_are_never_joined_in_a_ring_nor_into_what_is_not_on_the_board(private_store: Store) -> None:
    one, two, hidden = (released(private_store, f"Tegel {n}") for n in range(3))
    waiting = private_store.board.add_card(
        Card("demo", "signal", "Wacht"), private_store.board.create_code("demo")
    )
    private_store.moderation.record_decision("demo", hidden.id, "hide", aspect="words", by=PANEL)
    private_store.board.join_card(two.id, one.id, was="", by=PANEL)
    for into in (two.id, hidden.id, waiting.id, one.id, "nergens"):
        with pytest.raises(E.InputRefused):
            private_store.board.join_card(one.id, into, was="", by=PANEL)


def test_a_card_is_not_moved_into_what_was_joined_into_it(private_store: Store) -> None:
    """Third into second into first; the second may not go into the third: none of them would stand any more."""
    first, second, third = (released(private_store, f"Tegel {n}").id for n in range(3))
    private_store.board.join_card(second, first, was="", by=PANEL)
    private_store.board.join_card(third, second, was="", by=PANEL)
    with pytest.raises(E.InputRefused):
        private_store.board.join_card(second, third, was=first, by=PANEL)


@given(steps=st.lists(st.tuples(st.integers(0, 3), st.integers(-1, 3)), max_size=12))
@settings(max_examples=20)
def test_law_any_joins_leave_every_card_in_one_standing_card(steps: list[tuple[int, int]]) -> None:
    """Whatever is joined and undone: no ring, and each of four cards has a place on the board."""
    with tempfile.TemporaryDirectory() as folder, store.open_store(f"sqlite:///{folder}/b.gpkg") as opened:
        opened.projects.save(project(retention_until=date(2199, 1, 1)))
        cards = [released(opened, f"Tegel {n}").id for n in range(4)]
        for at, into in steps:
            now = {card.id: card.joined_into for card in opened.board.list_cards("demo")}
            with suppress(E.InputRefused):
                aim = cards[into] if into >= 0 else ""
                opened.board.join_card(cards[at], aim, was=now[cards[at]], by=PANEL)
        into_of = {card.id: card.joined_into for card in opened.board.list_cards("demo")}
        standing = {card.id for card in opened.board.released_cards("demo")}
        for card in into_of:
            walked = [card]
            while into_of[walked[-1]]:
                walked.append(into_of[walked[-1]])
                assert len(walked) <= len(cards)
            assert walked[-1] in standing


TAKEN_DOWN: dict[str, Callable[[Store, Card], object]] = {
    "hide": lambda s, card: s.moderation.record_decision("demo", card.id, "hide", aspect="words", by=PANEL),
    "hold": lambda s, card: s.moderation.release_words(card.id, released=False, by=PANEL),
    "undo": lambda s, card: s.moderation.undo_decisions("demo", [card.id], aspect="words", by=PLANNER),
}


@pytest.mark.parametrize("act", TAKEN_DOWN)
def test_what_was_joined_stays_when_the_standing_card_goes(private_store: Store, act: str) -> None:
    one, other = released(private_store, "Bank weg"), released(private_store, "Bankje weg")
    private_store.board.join_card(other.id, one.id, was="", by=PANEL)
    TAKEN_DOWN[act](private_store, one)
    assert [card.id for card in private_store.board.released_cards("demo")] == [other.id]


def test_a_promised_card_is_never_joined_away(private_store: Store) -> None:
    """It would be on no list of the partner, with its day; asked of one is as good as promised."""
    one, other = released(private_store, "Bank weg"), released(private_store, "Bankje weg")
    for status, due in (("wijkpanel", None), ("planned", date(2026, 9, 1))):
        seen = private_store.board.decide(
            on_disk(private_store, other), status, owner="upkeep", due=due, by=PANEL
        )
        with pytest.raises(E.CardInHand):
            private_store.board.join_card(other.id, one.id, was="", by=PANEL)
        assert seen in private_store.board.released_cards("demo")
    private_store.board.join_card(one.id, other.id, was="", by=PANEL)
    assert private_store.board.released_cards("demo") == [seen]


def test_who_withdraws_the_standing_card_gives_the_others_back(private_store: Store) -> None:
    own = private_store.board.create_code("demo")
    one, other = released(private_store, "Bank weg", own), released(private_store, "Bankje weg")
    made = meeting(private_store, one)
    private_store.board.join_card(other.id, one.id, was="", by=PANEL)
    private_store.board.withdraw_card(one.id, own)
    assert [card.id for card in private_store.board.released_cards("demo")] == [other.id]
    assert private_store.meetings.list_items(made.id) == []


# --- Meetings -------------------------------------------------------------------------------------


def test_a_card_follows_what_the_meeting_makes_of_it(private_store: Store) -> None:
    """New, with the panel, with upkeep by a day, done: each is an event in the role that decided."""
    card = released(private_store, "Bank weg")
    made = meeting(private_store, card)
    (item,) = private_store.meetings.list_items(made.id)
    assert item == AgendaItem(made.id, card.id, 1)
    due = date(2026, 9, 1)
    agreed, seen = adopted(item, reason="Hij hoort daar"), on_disk(private_store, card)
    private_store.meetings.decide_item(agreed, was=item, seen=seen, due=due, by=PANEL)
    (now,) = private_store.board.released_cards("demo")
    assert (now.status, now.owner, now.why, now.due) == ("planned", "upkeep", "Hij hoort daar", due)
    private_store.board.decide(now, "done", owner="upkeep", why="Hij staat er", by=UPKEEP)
    assert [(event.status, event.role, event.due) for event in private_store.board.list_events("demo")] == [
        ("wijkpanel", "panel", None), ("planned", "panel", due), ("done", "partner", None),
    ]  # fmt: skip


def test_two_members_at_once_see_each_other(private_store: Store) -> None:
    """The second hears that it was decided; who says the same again changes nothing."""
    card = released(private_store, "Bank weg")
    made = meeting(private_store, card)
    (item,) = private_store.meetings.list_items(made.id)
    seen = on_disk(private_store, card)
    private_store.meetings.decide_item(adopted(item), was=item, seen=seen, by=PANEL)
    with pytest.raises(E.DecidedMeanwhile):
        private_store.meetings.decide_item(adopted(item, owner="housing"), was=item, seen=seen, by=PANEL)
    with pytest.raises(E.DecidedMeanwhile):
        private_store.meetings.remove_item(made.id, card.id, by=PANEL)
    private_store.meetings.decide_item(adopted(item), was=item, seen=seen, by=PANEL)
    assert len(private_store.board.list_events("demo")) == 2
    with pytest.raises(E.DecidedMeanwhile):
        private_store.meetings.save(replace(made, place="School"), was=replace(made, place="Kerk"), by=PANEL)


MEANWHILE: dict[str, dict[str, object]] = {
    "status": {"status": "declined", "owner": "panel", "why": "Te duur", "by": PLANNER},
    "owner": {"status": "wijkpanel", "owner": "housing", "by": PANEL},
    "why": {"status": "wijkpanel", "owner": "upkeep", "why": "Dat is van jullie", "by": PANEL},
    "due": {"status": "wijkpanel", "owner": "upkeep", "due": date(2026, 9, 1), "by": PLANNER},
}
"""What differs to what somebody decided while others had the card on their screen; it was with upkeep."""


LATE: dict[str, Callable[[Store, AgendaItem, Card], object]] = {
    "desk": lambda s, _, seen: s.board.decide(seen, "planned", owner="upkeep", by=PLANNER),
    "partner": lambda s, _, seen: s.board.decide(seen, "planned", owner="upkeep", by=UPKEEP),
    "meeting": lambda s, item, seen: s.meetings.decide_item(adopted(item), was=item, seen=seen, by=PANEL),
}


@pytest.mark.parametrize("what", MEANWHILE)
@pytest.mark.parametrize("by", LATE)
def test_nobody_overwrites_what_was_decided_meanwhile(private_store: Store, what: str, by: str) -> None:
    """Whoever has a form open hears it, also where the status is the same: nothing gets lost."""
    card = released(private_store, "Bank weg")
    made = meeting(private_store, card)
    seen = private_store.board.decide(on_disk(private_store, card), "wijkpanel", owner="upkeep", by=PANEL)
    (item,) = private_store.meetings.list_items(made.id)
    stands = private_store.board.decide(seen, **MEANWHILE[what])  # type: ignore[arg-type]
    refusals = (E.DecidedMeanwhile, E.AccessDenied) if by == "partner" else (E.DecidedMeanwhile,)
    with pytest.raises(refusals):  # a partner has no say at all in what was given to another
        LATE[by](private_store, item, seen)
    assert on_disk(private_store, card) == stands
    assert private_store.meetings.list_items(made.id) == [item]


GONE: dict[str, Callable[[Store, Card, Card], object]] = {
    "joined": lambda s, card, other: s.board.join_card(card.id, other.id, was="", by=PANEL),
    "hidden": lambda s, card, _: s.moderation.record_decision(
        "demo", card.id, "hide", aspect="words", by=PANEL
    ),
}


@pytest.mark.parametrize("act", GONE)
def test_nothing_is_decided_about_a_card_that_stands_no_longer(private_store: Store, act: str) -> None:
    """It was joined or hidden while it was on the agenda: nobody would read the decision."""
    card, other = released(private_store, "Bank weg"), released(private_store, "Bankje weg")
    made = meeting(private_store, card)
    (item,), seen = private_store.meetings.list_items(made.id), on_disk(private_store, card)
    GONE[act](private_store, card, other)
    before = state(private_store)
    with pytest.raises(E.UnknownSubject):
        private_store.meetings.decide_item(adopted(item), was=item, seen=seen, by=PANEL)
    if act == "joined":
        with pytest.raises(E.UnknownSubject):
            private_store.board.decide(seen, "planned", owner="upkeep", by=PLANNER)
    assert state(private_store) == before


def test_who_corrects_votes_only_undoes_nothing_that_was_done_since(private_store: Store) -> None:
    """Upkeep said that the bench stands; the meeting had counted six hands and not five."""
    card = released(private_store, "Bank weg")
    made = meeting(private_store, card)
    (item,) = private_store.meetings.list_items(made.id)
    five, six = (adopted(item, way="vote", n_for=n) for n in (5, 6))
    private_store.meetings.decide_item(five, was=item, seen=on_disk(private_store, card), by=PANEL)
    done = private_store.board.decide(
        on_disk(private_store, card), "done", owner="upkeep", why="Hij staat er", by=UPKEEP
    )
    private_store.meetings.decide_item(six, was=five, seen=done, by=PANEL)
    assert private_store.meetings.list_items(made.id) == [six]
    assert on_disk(private_store, card) == done


@pytest.mark.parametrize(
    "wrong",
    [
        {"outcome": ""},
        {"way": ""},
        {"outcome": "changed"},
        {"outcome": "returned", "reason": "Later"},
        {"outcome": "returned", "status": "wijkpanel", "owner": "panel"},
        {"status": "declined", "owner": ""},
        {"status": "declined"},
        {"status": "new"},
        {"status": "wijkpanel"},
        {"owner": "Jan"},
        {"owner": ""},
        {"n_for": 3},
        {"way": "vote", "n_for": -1},
        {"reason": "x" * 281, "way": "vote"},
    ],
)
def test_what_is_no_outcome_is_refused(private_store: Store, wrong: dict[str, object]) -> None:
    card = released(private_store, "Bank weg")
    made = meeting(private_store, card)
    (item,) = private_store.meetings.list_items(made.id)
    seen = on_disk(private_store, card)
    with pytest.raises((E.InputRefused, E.InputTooLarge)):
        private_store.meetings.decide_item(adopted(item, **wrong), was=item, seen=seen, by=PANEL)
    assert private_store.meetings.list_items(made.id) == [item]


def test_an_agenda_has_its_order_and_takes_what_is_on_the_board_only(private_store: Store) -> None:
    one, two, hidden = (released(private_store, f"Tegel {n}") for n in range(3))
    waiting = private_store.board.add_card(
        Card("demo", "signal", "Wacht"), private_store.board.create_code("demo")
    )
    private_store.moderation.record_decision("demo", hidden.id, "hide", aspect="words", by=PANEL)
    made = meeting(private_store, one, two, one)
    assert [item.card for item in private_store.meetings.list_items(made.id)] == [one.id, two.id]
    for card in (hidden, waiting):
        with pytest.raises(E.UnknownSubject):
            private_store.meetings.add_items(made.id, [card.id], by=PANEL)
    private_store.meetings.move_earlier(made.id, two.id, was=2, by=PANEL)
    assert [item.card for item in private_store.meetings.list_items(made.id)] == [two.id, one.id]
    with pytest.raises(E.DecidedMeanwhile):
        private_store.meetings.move_earlier(made.id, two.id, was=2, by=PANEL)
    private_store.meetings.remove_item(made.id, two.id, by=PANEL)
    assert [item.card for item in private_store.meetings.list_items(made.id)] == [one.id]


def test_a_meeting_that_decided_stays(private_store: Store) -> None:
    card = released(private_store, "Bank weg")
    empty, made = meeting(private_store), meeting(private_store, card)
    private_store.meetings.delete(empty.id, by=PANEL)
    (item,) = private_store.meetings.list_items(made.id)
    private_store.meetings.decide_item(adopted(item), was=item, seen=on_disk(private_store, card), by=PANEL)
    with pytest.raises(E.InputRefused):
        private_store.meetings.delete(made.id, by=PANEL)
    assert private_store.meetings.list_meetings("demo") == [made]
    for wrong in (
        replace(made, place=" "),
        replace(made, organisations=("Jan",)),
        replace(made, n_present=-1),
    ):  # type: ignore[arg-type]
        with pytest.raises(E.InputRefused):
            private_store.meetings.save(wrong, was=made, by=PANEL)
    asked = replace(made, organisations=("housing", "residents"), n_present=9)
    assert private_store.meetings.save(asked, was=made, by=PANEL) == asked
    assert private_store.meetings.list_meetings("demo") == [asked]


def test_meetings_go_with_the_retention_of_their_project(private_store: Store, clock: Clock) -> None:
    meeting(private_store, released(private_store, "Bank weg"))
    clock.now_s = NOON_S + 300 * 86_400
    assert private_store.maintenance.erase_expired().projects == ("demo",)
    assert private_store.meetings.list_meetings("demo") == []


# --- Partners -------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["new", "budget", "done", "declined"])
def test_a_partner_opens_nothing_that_others_closed(private_store: Store, status: str) -> None:
    """What was declined, done or is voted about is the panel's to open again, whoever has it in hand."""
    card = private_store.board.decide(
        released(private_store, "Bank weg"), "wijkpanel", owner="upkeep", by=PANEL
    )
    closed = private_store.board.decide(card, status, owner="upkeep", why="Zo is het", by=PANEL)  # type: ignore[arg-type]
    with pytest.raises(E.DecidedMeanwhile):
        private_store.board.decide(card, "planned", owner="upkeep", by=UPKEEP)
    for answer, owner in (("planned", "upkeep"), ("done", "upkeep"), ("wijkpanel", "panel")):
        with pytest.raises(E.AccessDenied):
            private_store.board.decide(closed, answer, owner=owner, why="Toch wel", by=UPKEEP)  # type: ignore[arg-type]
    assert on_disk(private_store, card) == closed


def test_a_partner_answers_for_what_it_has_in_hand_only(private_store: Store) -> None:
    card, own = released(private_store, "Bank weg"), private_store.board.create_code("demo")
    with pytest.raises(E.AccessDenied):  # it is nobody's yet
        private_store.board.decide(card, "planned", owner="upkeep", by=UPKEEP)
    card = private_store.board.decide(card, "wijkpanel", owner="upkeep", by=PANEL)
    for status, owner in (("planned", "housing"), ("declined", "upkeep"), ("budget", "upkeep"), ("new", "")):
        with pytest.raises(E.AccessDenied):
            private_store.board.decide(card, status, owner=owner, why="Nee", by=UPKEEP)  # type: ignore[arg-type]
    for by in (replace(UPKEEP, owner="housing"), replace(UPKEEP, project="other"), replace(UPKEEP, owner="")):
        with pytest.raises(E.AccessDenied):
            private_store.board.decide(card, "planned", owner="upkeep", by=by)
    card = private_store.board.decide(card, "planned", owner="upkeep", by=UPKEEP)
    card = private_store.board.decide(card, "wijkpanel", owner="panel", why="Niet van ons", by=UPKEEP)
    with pytest.raises(E.AccessDenied):  # it is the panel's again
        private_store.board.decide(card, "done", owner="upkeep", by=UPKEEP)
    held = private_store.board.add_card(Card("demo", "signal", "Wacht"), own)
    held = private_store.board.decide(held, "wijkpanel", owner="upkeep", by=PANEL)
    with pytest.raises(E.AccessDenied):  # nobody released its words
        private_store.board.decide(held, "planned", owner="upkeep", by=UPKEEP)
