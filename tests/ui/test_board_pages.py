"""The board, walked page by page without a browser: from who sends a card to who reads it, and back to the sender."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

import i18n
from settings import BUDGETS
from store import Actor, Card, Meeting
from study import context, datasets
from study.board import cards, doubles, meetings
from tests.support.store_factories import contribution
from tests.support.temp_store import own_store
from ui.components import basemap
from ui.pages.board import joining
from ui.session import address_limits, admission, login_sessions

W = i18n.get_translator("nl")
PLANNER = Actor("planner", account="p1")
BENCH = "De bank bij de brug is <b>weg</b>"
WAIT_S = 120
REAL = "echt"
BARE = "kaal"


@pytest.fixture(autouse=True)
def town(tmp_path: Path) -> Iterator[None]:
    """Have the made-up town in a store of its own."""
    with own_store(tmp_path):
        yield


@pytest.fixture
def signed_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a planner read the cards of a project that is no example, and everybody look at its board."""
    real: Any = context.get_project("demo")
    context.get_store().projects.save(replace(real, id=REAL, name="Echt", is_demo=False))
    monkeypatch.setattr(login_sessions, "logged_in_actor", lambda: PLANNER)


def opened(module: str, package: str = "board", **address: str) -> AppTest:
    """Open a page of `ui.pages.board`, or of another package there, at an address."""
    page = AppTest.from_string(
        f"from ui.pages.{package} import {module}; {module}.page()", default_timeout=WAIT_S
    )
    page.query_params["project"] = "demo"
    for key, value in address.items():
        page.query_params[key] = value
    return page.run()


def press(page: AppTest, label: str) -> AppTest:
    """Press the button with the text of this key."""
    found = next(one for one in page.button if one.label == W(label))
    done: AppTest = found.click().run()
    assert not done.exception
    return done


def read(page: AppTest) -> str:
    """Return all that a visitor reads, HTML as it is sent."""
    kinds: tuple[str, ...] = ("html", "markdown", "title", "subheader", "info", "success", "error", "caption")
    return " ".join(str(one.value) for kind in kinds for one in page.get(kind))


def send(page: AppTest, words: str) -> AppTest:
    """Write a card and send it, with a new code."""
    page = press(page, "board.new_code")
    page.radio(key="kind_0").set_value("signal")
    page.selectbox(key="theme_0").set_value("bench")
    page.text_area(key="words_0").input(words)
    return press(page, "board.send")


def only_card(project: str = REAL) -> Card:
    (card,) = context.get_store().board.list_cards(project)
    return card


def test_from_the_sender_to_done_and_back(signed_in: None) -> None:
    sender = opened("public", project=REAL)
    assert W("board.nothing") in read(sender)
    sender = send(sender, BENCH)
    assert W("board.sent") in read(sender)
    assert W("board.own_waiting") in read(sender)
    assert "weg" not in read(opened("public", project=REAL)), "nobody has read it yet"

    desk = opened("desk", project=REAL)
    assert W("desk.waiting", n=1) in read(desk)
    desk = press(desk, "desk.hide")
    assert only_card().is_hidden
    desk = press(desk, "desk.release_after_all")
    desk = press(desk, "desk.save")  # nothing was changed
    assert context.get_store().board.list_events(REAL) == []
    status = next(one for one in desk.selectbox if one.label == W("desk.status"))
    desk = press(status.set_value("done") and desk, "desk.save")
    assert W("desk.owner_or_why") in read(desk)
    why = next(one for one in desk.text_input if one.label == W("desk.why"))
    desk = press(why.input("Hij staat er weer") and desk, "desk.save")
    assert (only_card().status, only_card().why) == ("done", "Hij staat er weer")

    anybody = opened("public", project=REAL)
    shown = read(anybody)
    assert "De bank bij de brug is &lt;b&gt;weg&lt;/b&gt;" in shown
    assert W("board.people_few") in shown
    anybody.selectbox(key="board_status").set_value("new").run()
    assert W("board.nothing_left") in read(anybody)
    anybody.selectbox(key="board_status").set_value("done").run()
    assert "Hij staat er weer" in read(anybody)

    sender.run()
    assert W("board.own_shown") in read(sender)
    assert "Gedaan" in read(sender)
    press(sender, "board.withdraw_now")
    assert context.get_store().board.list_cards(REAL) == []


def test_the_desk_says_when_only_the_newest_cards_are_compared(
    signed_in: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doubles, "MAX_COMPARED", 2)
    code, told = cards.create_code(REAL), W("desk.doubles_newest", n=2)
    for text, is_told in (("Bank weg", False), ("Lamp kapot", False), ("Samen planten", True)):
        cards.send_card(Card(REAL, "signal", text), code, device="d")
        assert (told in read(opened("desk", project=REAL))) == is_told


def test_a_form_that_is_open_saves_nothing_once_the_account_ended(
    signed_in: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On the desk, in a meeting and at a partner: who acts is asked when the button is pressed."""
    board, code = context.get_store().board, cards.create_code(REAL)
    given, _ = (cards.send_card(Card(REAL, "signal", text), code, device="d") for text in (BENCH, "Lamp"))
    cards.release_card(given.id, by=PLANNER)
    cards.decide(given, "wijkpanel", owner="upkeep", why="", by=PLANNER)
    made = meetings.save_meeting(Meeting(REAL, date(2026, 3, 2), "Buurthuis"), was=None, by=PLANNER)
    meetings.put_on_agenda(made, [given.id], by=PLANNER)
    before = board.list_cards(REAL), meetings.read_agenda(made)
    for package, module, label in (
        ("board", "desk", "desk.release"),
        ("board", "desk", "desk.hide"),
        ("board", "desk", "desk.take_down"),
        ("panel", "meeting", "meeting.off"),
        ("panel", "meeting", "meeting.delete"),
        ("panel", "partner", "partner.take"),
    ):
        page = opened(module, package, project=REAL)
        if module == "partner":
            page = page.selectbox(key="partner_which").set_value("upkeep").run()
        with monkeypatch.context() as ended:
            ended.setattr(login_sessions, "logged_in_actor", lambda: None)
            press(page, label)
        assert (board.list_cards(REAL), meetings.read_agenda(made)) == before, label
        assert meetings.list_meetings(REAL) == [made]


def test_a_code_reacts_once_of_each_kind_and_takes_it_back() -> None:
    code = str(context.get_store().contributions.submit(contribution()).code)
    card = cards.send_card(Card("demo", "signal", BENCH), code, device="phone")
    cards.release_card(card.id, by=PLANNER)
    page = opened("public")
    page.text_input(key="board_typed").input("AAAA-BBBB-CCCC")
    assert W("errors.CodeUnknown") in read(press(page, "board.enter"))
    page.text_input(key="board_typed").input(code.lower())
    page = press(page, "board.enter")
    count = context.get_store().board.count_reactions
    for key in ("join", "same", "solved"):
        page.checkbox(key=f"react_{key}_{card.id}").check().run()
    assert set(count("demo").values()) == {1}
    assert len(count("demo")) == 3
    page.checkbox(key=f"react_same_{card.id}").uncheck().run()
    assert (card.id, "same") not in count("demo")
    assert page.checkbox(key=f"react_join_{card.id}").value is True
    page = press(page, "board.leave")
    assert not page.checkbox


def test_new_codes_in_one_tab_add_nobody() -> None:
    """With the code of a drawing, and then with new codes one after another: one person, and the page says why."""
    code = str(context.get_store().contributions.submit(contribution()).code)
    card = cards.send_card(Card("demo", "signal", BENCH), code, device="phone")
    cards.release_card(card.id, by=PLANNER)
    page = opened("public")
    page.text_input(key="board_typed").input(code)
    page = press(page, "board.enter")
    for again in (True, True, False):
        page.checkbox(key=f"react_same_{card.id}").check().run()
        assert context.get_store().board.count_reactions("demo") == {(card.id, "same"): 1}
        assert "Alleen reacties met de code van een tekening tellen mee." in read(page)
        page = press(page, "board.leave")
        page = press(page, "board.new_code") if again else page


def test_a_flood_of_one_address_is_told_to_wait_and_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Above the budget of an address nothing is kept, the text stays on the page, and it says how long to wait."""
    monkeypatch.setattr(joining, "address", lambda: "192.0.2.7")
    page = send(opened("public"), "Kaart 0")
    for n in range(1, BUDGETS.cards_burst + 1):  # the code took one of the budget
        page.text_area(key=f"words_{min(n, BUDGETS.cards_burst - 1)}").input(f"Kaart {n}")
        page = press(page, "board.send")
    found = context.get_store().board.list_cards("demo")
    assert len(found) == BUDGETS.cards_burst - 1
    assert "Uw tekst staat er nog" in read(page)
    assert page.text_area(key=f"words_{BUDGETS.cards_burst - 1}").value == f"Kaart {BUDGETS.cards_burst}"
    assert any(one.is_flood for one in cards.list_desk("demo"))
    address_limits.LIMITS = address_limits.AddressLimits()


def test_only_who_may_sees_the_desk(monkeypatch: pytest.MonkeyPatch) -> None:
    real: Any = context.get_project("demo")
    context.get_store().projects.save(
        type(real)(**{**vars(real), "id": "echt", "name": "Echt", "is_demo": False})
    )
    code = cards.create_code("echt")
    cards.send_card(Card("echt", "signal", "Geheim praatje"), code, device="phone")
    page = opened("desk", project="echt")
    assert W("errors.AccessDenied") in read(page)
    assert "Geheim praatje" not in read(page)


def test_nobody_shows_words_in_the_example() -> None:
    """Everybody may open the made-up town: whoever released their own words would show them to all."""
    cards.send_card(Card("demo", "signal", BENCH), cards.create_code("demo"), device="phone")
    desk = opened("desk")
    assert W("desk.not_in_example") in read(desk)
    assert not desk.button


def test_a_moderator_sees_where_a_card_points(signed_in: None) -> None:
    """A card with a place has the number of its square on the map; one without a place has none."""
    code, spot = cards.create_code(REAL), datasets.initial_view("GM9901")
    cards.send_card(Card(REAL, "signal", BENCH), code, device="phone", degrees=spot)
    desk = opened("desk", project=REAL)
    assert '<span class="board-number">1</span>' in read(desk)
    assert "desk_map" in str(desk.main)
    cards.release_card(only_card().id, by=PLANNER)
    assert "desk_card_map" in str(opened("desk", project=REAL).main)


def test_the_board_of_a_project_without_a_municipality(signed_in: None) -> None:
    """No map to point at, and all the rest."""
    bare = replace(context.get_project(REAL), id=BARE, municipality="")
    context.get_store().projects.save(bare)
    assert basemap.areas_credit(W, bare) == ""
    page = opened("public", project=BARE)
    assert not page.exception
    page = send(page, BENCH)
    assert W("board.sent") in read(page)
    assert only_card(BARE).x is None
    cards.send_card(Card(BARE, "signal", "Los"), cards.create_code(BARE), device="phone", degrees=(5.2, 52.5))
    for card in context.get_store().board.list_cards(BARE):
        cards.release_card(card.id, by=PLANNER)
    assert "Los" in read(opened("public", project=BARE))
    assert not opened("desk", project=BARE).exception


def test_a_code_that_ends_under_the_page_is_forgotten() -> None:
    """Each run with it would be a wrong try, and after ten of those the visit waits an hour."""
    for text in ("Een", ""):
        page = press(opened("public"), "board.new_code")
        code = page.session_state[joining.CODE][1]
        if text:
            shown = cards.send_card(Card("demo", "signal", text), cards.create_code("demo"), device="phone")
            cards.release_card(shown.id, by=PLANNER)
        else:
            cards.hide_card("demo", shown.id, by=PLANNER)
        context.get_store().board.withdraw_all("demo", code)
        page.run()
        assert W("errors.CodeUnknown") in read(page)
        assert (text or W("board.nothing")) in read(page)
        for _ in range(12):
            page.run()
        assert W("errors.CodeUnknown") not in read(page)
        press(page, "board.new_code")


def test_taking_a_reaction_back_costs_no_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who ticked as often as an address may, can still take it back."""
    monkeypatch.setattr(joining, "address", lambda: "192.0.2.8")
    code = str(context.get_store().contributions.submit(contribution()).code)
    card = cards.send_card(Card("demo", "signal", BENCH), code, device="phone")
    cards.release_card(card.id, by=PLANNER)
    page = opened("public")
    page.text_input(key="board_typed").input(code)
    page = press(page, "board.enter")
    page.checkbox(key=f"react_same_{card.id}").check().run()
    for _ in range(BUDGETS.reactions_burst - 1):
        admission.admit("reaction", "192.0.2.8", burst=BUDGETS.reactions_burst, hour=BUDGETS.reactions_hour)
    page.checkbox(key=f"react_same_{card.id}").uncheck().run()
    assert context.get_store().board.count_reactions("demo") == {}
    page.checkbox(key=f"react_same_{card.id}").check().run()
    assert context.get_store().board.count_reactions("demo") == {}
    address_limits.LIMITS = address_limits.AddressLimits()
