"""Cards on the board of a neighbourhood, on both engines."""

import sqlite3
import tempfile
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import store
from geo import errors as E
from store import Actor, Card, ReactionKind, Store
from store.repositories.board import rows
from tests.support.store_factories import NOON_S, TODAY, Clock, contribution, project

PLANNER = Actor("planner", account="a1")
BENCH = Card("demo", "signal", "De bank bij de brug is weg", theme="bench", x=150_123.4, y=520_287.9)


@pytest.fixture
def code(private_store: Store) -> str:
    """Return the code of a drawing."""
    return drawn(private_store)


def drawn(opened: Store, at: int = 0, *, device: str = "") -> str:
    """Return the code of one more drawing."""
    return str(opened.contributions.submit(contribution(at), device=device).code)


def test_a_card_waits_and_is_on_the_board_after_its_release(private_store: Store, code: str) -> None:
    made = private_store.board.add_card(BENCH, code)
    assert (made.status, made.added, made.is_released) == ("new", TODAY, False)
    assert private_store.board.released_cards("demo") == []
    private_store.moderation.release_words(made.id, by=PLANNER)
    assert [card.text for card in private_store.board.released_cards("demo")] == [BENCH.text]
    private_store.moderation.record_decision("demo", made.id, "hide", aspect="words", by=PLANNER)
    assert private_store.board.released_cards("demo") == []
    assert private_store.board.list_cards("demo")[0].is_hidden


def test_its_place_is_the_centre_of_a_square_of_100_m(private_store: Store, code: str) -> None:
    made = private_store.board.add_card(BENCH, code)
    assert (made.x, made.y) == (150_150.0, 520_250.0)
    assert private_store.board.list_cards("demo") == [made]


def test_the_same_card_twice_is_one_card(private_store: Store, code: str) -> None:
    first = private_store.board.add_card(BENCH, code)
    assert private_store.board.add_card(BENCH, code.lower().replace("-", " ")) == first
    assert len(private_store.board.list_cards("demo")) == 1


def test_a_code_of_the_board_does_what_that_of_a_drawing_does(private_store: Store, code: str) -> None:
    own = private_store.board.create_code("demo")
    made = private_store.board.add_card(BENCH, own)
    assert private_store.board.cards_of("demo", own) == [made]
    assert private_store.board.cards_of("demo", code) == []
    assert private_store.board.withdraw_all("demo", own) == 1
    with pytest.raises(E.CodeUnknown):
        private_store.board.cards_of("demo", own, device="phone")


def test_no_other_code_opens_the_board(private_store: Store) -> None:
    """Neither a made-up code nor that of another project; ten wrong ones in an hour, and the device waits."""
    private_store.projects.save(project("other"))
    elsewhere = private_store.board.create_code("other")
    for typed in ("", "AAAA-BBBB-CCCC", elsewhere):
        with pytest.raises(E.CodeUnknown):
            private_store.board.add_card(BENCH, typed, device="phone")
    for _ in range(7):
        with pytest.raises(E.CodeUnknown):
            private_store.board.require_code("demo", "AAAA", device="phone")
    with pytest.raises(E.TooManyTries):
        private_store.board.require_code("demo", "AAAA", device="phone")


@pytest.mark.parametrize(
    "wrong",
    [
        Card("demo", "signal", "   "),
        Card("demo", "signal", "x" * 281),
        Card("demo", "plan", "Bank terug"),  # type: ignore[arg-type]
        Card("demo", "signal", "Bank terug", theme="nothing"),
        Card("demo", "signal", "Bank terug", x=4.5, y=52.0),
        Card("demo", "signal", "Bank terug", x=150_000.0),
        Card("demo", "signal", "Bank terug", x=float("nan"), y=520_000.0),
    ],
)
def test_what_is_no_card_is_refused(private_store: Store, code: str, wrong: Card) -> None:
    with pytest.raises((E.InputRefused, E.InputTooLarge)):
        private_store.board.add_card(wrong, code)
    assert private_store.board.list_cards("demo") == []


def test_a_code_has_twenty_cards_at_most(private_store: Store, code: str) -> None:
    for n in range(20):
        private_store.board.add_card(Card("demo", "signal", f"Tegel {n} ligt los"), code)
    with pytest.raises(E.InputRefused):
        private_store.board.add_card(Card("demo", "signal", "Nog een"), code)


def test_a_closed_project_takes_no_cards(private_store: Store, clock: Clock, code: str) -> None:
    clock.now_s = NOON_S + 300 * 86_400
    with pytest.raises(E.ProjectClosed):
        private_store.board.add_card(BENCH, code)
    with pytest.raises(E.ProjectClosed):
        private_store.board.create_code("demo")


def test_one_reaction_of_each_kind_a_code(private_store: Store, code: str) -> None:
    made, other = private_store.board.add_card(BENCH, code), drawn(private_store, 1)
    with pytest.raises(E.UnknownSubject):  # nobody reacts to what nobody released
        private_store.board.set_reaction(made.id, "same", other)
    private_store.moderation.release_words(made.id, by=PLANNER)
    for _ in range(3):
        for each in (code, other):
            private_store.board.set_reaction(made.id, "same", each)
    private_store.board.set_reaction(made.id, "join", other)
    assert private_store.board.count_reactions("demo") == {(made.id, "same"): 2, (made.id, "join"): 1}
    assert private_store.board.reactions_of("demo", other) == {(made.id, "same"), (made.id, "join")}
    private_store.board.set_reaction(made.id, "join", other, is_on=False)
    assert private_store.board.count_reactions("demo") == {(made.id, "same"): 2}


def test_who_drew_counts_once_however_many_codes(private_store: Store) -> None:
    """One phone drew twice and made three codes of the board: those have a tick of their own, and count for nobody."""
    first, second = (drawn(private_store, at, device="phone 1") for at in range(2))
    made = private_store.board.add_card(BENCH, first)
    private_store.moderation.release_words(made.id, by=PLANNER)
    for _ in range(3):
        own = private_store.board.create_code("demo")
        private_store.board.set_reaction(made.id, "same", own, device="phone 1")
        assert private_store.board.reactions_of("demo", own) == {(made.id, "same")}
    assert private_store.board.count_reactions("demo") == {}
    # The code of a drawing stands for who drew, on whichever screen it is typed.
    private_store.board.set_reaction(made.id, "same", first, device="phone 3")
    private_store.board.set_reaction(made.id, "same", second, device="phone 1")
    assert private_store.board.count_reactions("demo") == {(made.id, "same"): 1}
    private_store.board.set_reaction(made.id, "same", first, is_on=False)
    assert private_store.board.count_reactions("demo") == {(made.id, "same"): 1}
    private_store.board.set_reaction(made.id, "same", second, is_on=False)
    assert private_store.board.count_reactions("demo") == {}


def test_where_tickets_are_out_only_who_has_one_counts(private_store: Store) -> None:
    """The others may say what they like: it is kept with them, and counted nowhere."""
    (ticket,) = private_store.tickets.create("demo", 1, by=PLANNER)
    own, without = (
        str(private_store.contributions.submit(contribution(), device=f"phone {n}", ticket=code).code)
        for n, code in enumerate((ticket, ""))
    )
    made = private_store.board.add_card(BENCH, own)
    private_store.moderation.release_words(made.id, by=PLANNER)
    for n, each in enumerate((own, without, private_store.board.create_code("demo"))):
        private_store.board.set_reaction(made.id, "same", each, device=f"phone {n}")
        assert private_store.board.reactions_of("demo", each) == {(made.id, "same")}
    assert private_store.board.count_reactions("demo") == {(made.id, "same"): 1}


def test_who_redeems_a_ticket_after_reacting_counts_when_saying_it_again(private_store: Store) -> None:
    (ticket,) = private_store.tickets.create("demo", 1, by=PLANNER)
    late = drawn(private_store)
    made = private_store.board.add_card(BENCH, late)
    private_store.moderation.release_words(made.id, by=PLANNER)
    private_store.board.set_reaction(made.id, "same", late)
    assert private_store.board.count_reactions("demo") == {}
    private_store.contributions.replace(late, contribution(), device="phone", ticket=ticket)
    private_store.board.set_reaction(made.id, "same", late)
    assert private_store.board.count_reactions("demo") == {(made.id, "same"): 1}


def test_a_reaction_is_taken_back_while_its_card_is_hidden(private_store: Store, code: str) -> None:
    made = private_store.board.add_card(BENCH, code)
    private_store.moderation.release_words(made.id, by=PLANNER)
    private_store.board.set_reaction(made.id, "same", code)
    private_store.moderation.record_decision("demo", made.id, "hide", aspect="words", by=PLANNER)
    with pytest.raises(E.UnknownSubject):
        private_store.board.set_reaction(made.id, "join", code)
    private_store.board.set_reaction(made.id, "same", code, is_on=False)
    assert private_store.board.count_reactions("demo") == {}


def test_reading_ones_reactions_writes_nothing(
    private_store: Store, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More cards than one query holds, and before the first reaction as well as after it."""
    monkeypatch.setattr(rows, "_AT_ONCE", 2)
    made = [private_store.board.add_card(Card("demo", "signal", f"Tegel {n}"), code) for n in range(3)]
    for card in made:
        private_store.moderation.release_words(card.id, by=PLANNER)
    with monkeypatch.context() as patched:
        patched.setattr(private_store.board._engine, "write", None)
        assert private_store.board.reactions_of("demo", code) == frozenset()
    for card in (made[0], made[-1]):
        private_store.board.set_reaction(card.id, "solved", code)
    private_store.board.set_reaction(made[0].id, "same", private_store.board.create_code("demo"))
    with monkeypatch.context() as patched:
        patched.setattr(private_store.board._engine, "write", None)
        assert private_store.board.reactions_of("demo", code) == {
            (made[0].id, "solved"), (made[-1].id, "solved"),
        }  # fmt: skip


def test_nothing_on_the_board_makes_the_analysis_anew(private_store: Store, code: str) -> None:
    """The revision of a project is what its analysis is kept by."""
    before = private_store.projects.revision_token("demo")
    made = private_store.board.add_card(BENCH, code)
    private_store.moderation.release_words(made.id, by=PLANNER)
    private_store.board.set_reaction(made.id, "same", code)
    private_store.board.decide(made, "wijkpanel", owner="panel", by=PLANNER)
    private_store.moderation.record_decision("demo", made.id, "hide", aspect="words", by=PLANNER)
    private_store.board.withdraw_card(made.id, code)
    private_store.board.withdraw_all("demo", private_store.board.create_code("demo"))
    assert private_store.projects.revision_token("demo") == before


def test_who_decides_sees_what_stands(private_store: Store, code: str) -> None:
    made = private_store.board.add_card(BENCH, code)
    with pytest.raises(E.AccessDenied):
        private_store.board.decide(made, "done", owner="upkeep", by=Actor("facilitator"))
    with pytest.raises(E.InputRefused):
        private_store.board.decide(made, "done", by=PLANNER)
    with pytest.raises(E.InputRefused):
        private_store.board.decide(made, "done", owner="Jan", by=PLANNER)
    seen = private_store.board.decide(made, "wijkpanel", owner="panel", by=PLANNER)
    with pytest.raises(E.DecidedMeanwhile):
        private_store.board.decide(made, "declined", why="Te duur", by=PLANNER)
    done = private_store.board.decide(seen, "done", owner="upkeep", why="De bank staat er weer", by=PLANNER)
    assert (done.status, done.owner, done.why) == ("done", "upkeep", "De bank staat er weer")
    assert [(event.status, event.role) for event in private_store.board.list_events("demo")] == [
        ("wijkpanel", "planner"), ("done", "planner"),
    ]  # fmt: skip
    assert private_store.board.list_events("demo", since=date(2026, 5, 5)) == []
    assert [row.action for row in private_store.accounts.list_audit()][-1] == "decide about a card: done"


def test_withdrawing_a_drawing_takes_its_cards_and_reactions_along(private_store: Store, code: str) -> None:
    other = private_store.board.create_code("demo")
    mine, theirs = (
        private_store.board.add_card(BENCH, code),
        private_store.board.add_card(Card("demo", "initiative", "Samen planten"), other),
    )
    for card in (mine, theirs):
        private_store.moderation.release_words(card.id, by=PLANNER)
        private_store.board.set_reaction(card.id, "join", code)
        private_store.board.decide(card, "wijkpanel", owner="panel", by=PLANNER)
    private_store.contributions.withdraw(code, device="phone")
    assert [card.id for card in private_store.board.list_cards("demo")] == [theirs.id]
    assert private_store.board.count_reactions("demo") == {}
    assert {event.card for event in private_store.board.list_events("demo")} == {theirs.id}


def test_only_the_sender_withdraws_a_card(private_store: Store, code: str) -> None:
    made, other = private_store.board.add_card(BENCH, code), private_store.board.create_code("demo")
    with pytest.raises(E.UnknownSubject):
        private_store.board.withdraw_card(made.id, other)
    private_store.board.withdraw_card(made.id, code)
    assert private_store.board.list_cards("demo") == []


def test_a_backup_brings_back_no_card_that_was_withdrawn(
    private_store: Store, url: str, code: str, tmp_path: Path
) -> None:
    own = private_store.board.create_code("demo")
    kept = private_store.board.add_card(BENCH, own)
    gone = [
        private_store.board.add_card(Card("demo", "signal", "Een"), own),
        private_store.board.add_card(Card("demo", "signal", "Twee"), code),
    ]
    private_store.maintenance.write_backup(tmp_path / "b.gpkg")
    private_store.board.withdraw_card(gone[0].id, own)
    private_store.contributions.withdraw(code, device="phone")
    store.restore_backup(tmp_path / "b.gpkg", url, replace=True)
    assert [card.id for card in private_store.board.list_cards("demo")] == [kept.id]
    assert private_store.board.cards_of("demo", own) == [kept]


def test_the_board_goes_with_the_retention_of_its_project(
    private_store: Store, clock: Clock, code: str
) -> None:
    private_store.contributions.withdraw(code, device="phone")
    own = private_store.board.create_code("demo")
    made = private_store.board.add_card(BENCH, own)
    private_store.moderation.release_words(made.id, by=PLANNER)
    private_store.board.set_reaction(made.id, "join", own)
    clock.now_s = NOON_S + 300 * 86_400
    assert private_store.maintenance.erase_expired().projects == ("demo",)
    assert private_store.board.list_cards("demo") == []
    assert private_store.board.count_reactions("demo") == {}


def test_a_card_of_a_kit_comes_home_undecided(private_store: Store, clock: Clock, tmp_path: Path) -> None:
    """Whatever a file says was decided: words wait for somebody to read them, and the code works here too."""
    private_store.projects.save(project("demo", is_demo=False))
    with store.open_store(f"sqlite:///{tmp_path}/kit.gpkg", clock=clock) as kit:
        kit.projects.save(project("demo", is_demo=False))
        own = kit.board.create_code("demo")
        made = kit.board.add_card(BENCH, own)
        kit.moderation.release_words(made.id, by=PLANNER)
        kit.board.decide(made, "done", owner="upkeep", by=PLANNER)
    for _ in range(2):
        private_store.maintenance.merge_from(tmp_path / "kit.gpkg")
    (found,) = private_store.board.cards_of("demo", own)
    assert (found.text, found.status, found.is_released) == (BENCH.text, "new", False)
    private_store.board.withdraw_card(found.id, own)
    private_store.maintenance.merge_from(tmp_path / "kit.gpkg")
    assert private_store.board.list_cards("demo") == []


def test_codes_and_ties_are_nowhere_in_the_file(tmp_path: Path, clock: Clock) -> None:
    """No code stands in the file, and one code's reactions at two cards have nothing in common."""
    with store.open_store(f"sqlite:///{tmp_path}/buurt.gpkg", clock=clock) as private_store:
        private_store.projects.save(project())
        own = private_store.board.create_code("demo")
        for text in ("Een", "Twee"):
            made = private_store.board.add_card(Card("demo", "signal", text), own)
            private_store.moderation.release_words(made.id, by=PLANNER)
            for kind in store.REACTION_KINDS[:2]:
                private_store.board.set_reaction(made.id, kind, own)
    with sqlite3.connect(tmp_path / "buurt.gpkg") as connection:
        tokens = [row[0] for row in connection.execute("SELECT token FROM card_reaction")]
    assert len(set(tokens)) == 4
    whole = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert own.encode() not in whole
    assert own.replace("-", "").encode() not in whole


@given(
    acts=st.lists(
        st.tuples(st.integers(0, 2), st.integers(0, 1), st.sampled_from(store.REACTION_KINDS), st.booleans()),
        max_size=12,
    )
)
@settings(max_examples=5)
def test_law_a_code_counts_once_a_card_and_kind(acts: list[tuple[int, int, ReactionKind, bool]]) -> None:
    """Whatever is pressed, in whatever order and however often: the counts are those of what was pressed last."""
    with tempfile.TemporaryDirectory() as folder, store.open_store(f"sqlite:///{folder}/b.gpkg") as opened:
        opened.projects.save(project(retention_until=date(2199, 1, 1)))
        codes = [drawn(opened, at) for at in range(3)]
        cards = [opened.board.add_card(Card("demo", "signal", text), codes[0]).id for text in ("Een", "Twee")]
        for card in cards:
            opened.moderation.release_words(card, by=PLANNER)
        last: dict[tuple[str, ReactionKind, int], bool] = {}
        for who, which, kind, is_on in acts:
            opened.board.set_reaction(cards[which], kind, codes[who], is_on=is_on)
            last[cards[which], kind, who] = is_on
        expected = Counter((card, kind) for (card, kind, _), is_on in last.items() if is_on)
        assert opened.board.count_reactions("demo") == dict(expected)
