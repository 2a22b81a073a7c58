"""Doubles, what came of the meeting before, and minutes, by hand."""

import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from string import ascii_lowercase

import geopandas as gpd
import openpyxl
import pandas as pd
import pytest

import i18n
from geo import errors as E
from maps.documents.minutes_pdf import render_minutes
from store import Actor, Card, Meeting
from study import context, datasets
from study.board import cards, doubles, export, meetings, minutes, partners
from tests.support.store_factories import contribution
from tests.support.temp_store import own_store

PANEL = Actor("panel", account="p", project="demo")
UPKEEP = Actor("partner", account="u", project="demo", owner="upkeep")
FIRST, SECOND = date(2026, 3, 2), date(2099, 1, 1)
SAY = i18n.get_translator("nl")


@pytest.fixture
def code(tmp_path: Path) -> Iterator[str]:
    """Return a code for the board of the made-up town, in a store of its own."""
    with own_store(tmp_path):
        yield cards.create_code("demo")


def released(code: str, text: str) -> Card:
    """Return a card on the board."""
    made = cards.send_card(Card("demo", "signal", text), code, device="phone")
    cards.release_card(made.id, by=PANEL)
    return next(one.card for one in cards.public_cards("demo") if one.card.id == made.id)


def card(key: str, text: str, *, x: float | None = None, **more: object) -> Card:
    """Return a card of no store, on the line y = 50 m."""
    made = Card("demo", "signal", text, x=x, y=None if x is None else 50.0, id=key, is_released=True)
    return replace(made, **more)  # type: ignore[arg-type]


def test_likeness_is_the_share_of_runs_of_three_letters() -> None:
    """ "bank" has " ba", "ban", "ank", "nk "; "bankje" has 6, 3 of them the same: 2 x 3 / 10."""
    assert doubles.likeness("Bank", "Bankje") == pytest.approx(0.6)
    assert doubles.likeness("de", "het") == 0.0
    assert doubles.likeness("Café", "cafe") == 1.0


def test_doubles_by_words_alone_or_by_words_and_place() -> None:
    """0.47 alike: proposed in the same or a touching square, not 200 m further; the older one would stand."""
    bench, weak = "De bank bij de brug is weg", "Bankje bij de brug verdwenen"
    assert 0.4 < doubles.likeness(bench, weak) < 0.5
    near = doubles.find_doubles([card("b", weak, x=150.0), card("a", bench, x=50.0)])
    assert [(one.into.id, one.card.id, one.is_near) for one in near] == [("a", "b", True)]
    assert doubles.find_doubles([card("a", bench, x=50.0), card("b", weak, x=250.0)]) == []
    assert doubles.find_doubles([card("a", bench), card("b", weak, x=50.0)]) == []
    same = [card("a", bench), card("b", bench, joined_into="a"), card("c", bench, is_hidden=True)]
    assert doubles.find_doubles(same) == []
    assert doubles.find_doubles([card("a", bench), card("b", bench)])[0].likeness == 1.0


def test_the_newest_cards_are_compared_however_many_there_are() -> None:
    """Two alike among the 300 newest are proposed; two that are older, or one older and one newer, are not."""
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(doubles.MAX_COMPARED + 2)]
    board = [
        card(str(n), "".join(Random(n).choices(ascii_lowercase, k=12)), added=day)
        for n, day in enumerate(days)
    ]
    for one, other, n_proposed in ((0, 1, 0), (1, 2, 0), (2, 301, 1)):
        same = [replace(made, text="Bank weg") if n in (one, other) else made for n, made in enumerate(board)]
        assert [double.into.id for double in doubles.find_doubles(same)] == [str(one)] * n_proposed


def test_a_double_is_joined_into_what_is_on_the_board_or_in_hand() -> None:
    """The older one would stand, unless it waits or the newer one was promised; two that wait are read first."""
    same = "De bank bij de brug is weg"

    def proposed(older: dict[str, object], newer: dict[str, object]) -> list[str]:
        return [
            one.into.id for one in doubles.find_doubles([card("a", same, **older), card("b", same, **newer)])
        ]

    waits: dict[str, object] = {"is_released": False}
    promised: dict[str, object] = {"status": "planned", "owner": "upkeep"}
    assert proposed({}, waits) == ["a"]
    assert proposed(waits, {}) == ["b"]
    assert proposed(waits, waits) == []
    assert proposed({}, promised) == ["b"]
    assert proposed(promised, promised) == []


def test_who_sent_what_was_joined_reads_what_becomes_of_the_other(code: str) -> None:
    first, other = released(code, "Bank weg"), cards.create_code("demo")
    second = released(other, "Bankje weg")
    doubles.join(second, first.id, by=PANEL)
    cards.decide(first, "done", owner="upkeep", why="Hij staat er weer", by=PANEL)
    (own,) = cards.own_cards("demo", other, device="phone")
    assert own.joined is not None
    assert (own.joined.id, [event.why for event in own.events]) == (first.id, ["Hij staat er weer"])
    cards.hide_card("demo", first.id, by=PANEL)  # it went with nobody's card: this one stands by itself again
    (own,) = cards.own_cards("demo", other, device="phone")
    assert (own.joined, own.events) == (None, ())
    assert [one.card.id for one in cards.public_cards("demo")] == [second.id]


def test_the_next_meeting_begins_with_what_was_done_since(code: str) -> None:
    """One card was done by upkeep, of one nothing was heard and its day is past; the first meeting has no before."""
    bench, lamp = released(code, "Bank weg"), released(code, "Lamp kapot")
    first = meetings.save_meeting(Meeting("demo", FIRST, "Buurthuis", n_present=7), was=None, by=PANEL)
    meetings.put_on_agenda(first, [bench.id, lamp.id], by=PANEL)
    for one in meetings.read_agenda(first):
        made = replace(
            one.item, outcome="adopted", way="consent", status="planned", owner="upkeep", reason="Ja"
        )
        meetings.decide(made, was=one, due=date(2026, 4, 1), by=PANEL)
    (mine, *_), closed = partners.cards_of_partner("demo", "upkeep")
    assert (mine.id in {bench.id, lamp.id}, closed) == (True, [])
    bench = next(one.card for one in meetings.read_agenda(first) if one.card and one.card.id == bench.id)
    partners.answer(bench, "done", words="Hij staat er weer", due=None, by=UPKEEP)
    with pytest.raises(E.InputRefused):
        partners.answer(mine, "return", words=" ", due=None, by=UPKEEP)
    second = meetings.save_meeting(Meeting("demo", SECOND, "School"), was=None, by=PANEL)
    assert meetings.since_last(first) == (None, [])
    last, since = meetings.since_last(second)
    assert last == first
    by_card = {one.decided.item.card: minutes.since_words(one, SAY, today=date(2026, 4, 2)) for one in since}
    assert "Hij staat er weer" in by_card[bench.id]
    assert by_card[lamp.id] == f"{SAY('meeting.since_none')} {SAY('board.late')}"


def test_an_agenda_names_the_card_that_stands_for_one(code: str) -> None:
    first, second, last = (released(code, text) for text in ("Bank weg", "Bankje weg", "Bank is weg"))
    made = meetings.save_meeting(Meeting("demo", FIRST, "Buurthuis"), was=None, by=PANEL)
    meetings.put_on_agenda(made, [first.id], by=PANEL)
    doubles.join(first, second.id, by=PANEL)
    doubles.join(second, last.id, by=PANEL)
    (one,) = meetings.read_agenda(made)
    assert one.standing is not None
    assert (one.standing.id, minutes.decision_words(one, SAY)) == (
        last.id, SAY("minutes.joined", words="Bank is weg"),
    )  # fmt: skip
    assert [card.id for card in meetings.cards_for_agenda(made)] == [last.id]


def test_files_of_the_board_hold_what_is_on_it(code: str, tmp_path: Path) -> None:
    """One card in a square, one without a place; what waits or was joined is in no byte; four people are no number."""
    spot = datasets.initial_view("GM9901")
    placed = cards.send_card(Card("demo", "signal", "=Bank weg"), code, device="phone", degrees=spot)
    cards.release_card(placed.id, by=PANEL)
    cards.decide(placed, "planned", owner="upkeep", why="", due=date(2026, 4, 1), by=PANEL)
    released(code, "Samen planten")
    doubles.join(released(code, "Samengevoegd woord"), placed.id, by=PANEL)
    cards.send_card(Card("demo", "signal", "Wachtend woord"), code, device="phone")
    for at in range(5):
        drawn = str(context.get_store().contributions.submit(contribution(at)).code)
        for kind in ("join", "same")[: 2 if at else 1]:
            cards.set_reaction(placed.id, kind, drawn, is_on=True, device="phone")  # type: ignore[arg-type]
    sheet = openpyxl.load_workbook(io.BytesIO(export.to_xlsx("demo", SAY))).worksheets[0]
    rows = {row[3]: row for row in sheet.iter_rows(values_only=True)}
    assert rows["=Bank weg"][4:6] == (SAY("board.status_planned"), SAY("board.owner_upkeep"))
    assert rows["=Bank weg"][9:] == ("2026-04-01", 5, SAY("board_file.few"), SAY("board_file.few"))
    (tmp_path / "b.gpkg").write_bytes(export.to_geopackage("demo", SAY))
    layer = gpd.read_file(tmp_path / "b.gpkg").set_index("words")
    assert set(layer.index) == {"=Bank weg", "Samen planten"} == set(rows) - {SAY("board_file.words")}
    assert layer.geometry["=Bank weg"].area == pytest.approx(10_000)
    assert layer.geometry["Samen planten"] is None
    assert (layer["join"]["=Bank weg"], pd.isna(layer["same"]["=Bank weg"])) == (5, True)


def test_minutes_hold_outcomes_and_no_words_that_are_hidden_by_now(code: str) -> None:
    shown, gone = released(code, "Bank weg"), released(code, "Geheim woord")
    made = meetings.save_meeting(
        Meeting("demo", FIRST, "Buurthuis", organisations=("housing",), n_present=7), was=None, by=PANEL
    )
    meetings.put_on_agenda(made, [shown.id, gone.id], by=PANEL)
    seen = meetings.read_agenda(made)[0]
    voted = replace(
        seen.item, outcome="changed", way="vote", n_for=6, n_against=1, status="declined", reason="Te duur"
    )
    meetings.decide(voted, was=seen, by=PANEL)
    cards.hide_card("demo", gone.id, by=PANEL)
    document = minutes.build_minutes(
        context.get_project("demo"),
        made,
        SAY,
        agenda=meetings.read_agenda(made),
        before=meetings.since_last(made),
        today=FIRST,
    )
    rows = document.chapters[-1].tables[0].rows
    assert rows[0][1:] == (
        "Bank weg",
        "Aangepast aangenomen: Gaat niet door. Te duur",
        "Gestemd: 6 voor, 1 tegen.",
    )
    assert rows[1][1:] == (SAY("minutes.card_gone"), SAY("meeting.undecided"), "")
    assert "Geheim" not in repr(document)
    assert [number for number, _ in document.facts] == ["2", "1", "7"]
    pdf = render_minutes(document, moment())
    assert b"pdfuaid" in pdf
    assert b"StructTreeRoot" in pdf


def moment() -> datetime:
    """Return a moment that the test chose."""
    return datetime(2026, 3, 2, 21, 0, tzinfo=UTC)
