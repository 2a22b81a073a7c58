"""A signal from a phone to the board and to done, and back to the page of who sent it."""

import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date

import pytest
from playwright.sync_api import Page, expect

import i18n
from benchmarks.streamlit_client import Phone
from store import Actor, Card, Project, Store
from tests.journeys.test_administrator import sign_in
from tests.support import controls
from tests.support.browser import App, Visit, serious
from tests.support.coroutines import run_coroutine
from tests.ui.test_resident import accept, at, still

pytestmark = pytest.mark.browser
Visiting = Callable[..., AbstractContextManager[Visit]]
W = i18n.get_translator("nl")
PLANNER = Actor("planner", account="test")
BENCH = "De bank bij de brug is weg"
RUDE = "Piet Jansen op nummer 12 maakt lawaai"


@pytest.fixture
def project(private_store: Store) -> Project:
    """Return a real project, with a board that is empty."""
    return private_store.projects.save(
        Project(f"bord-{uuid.uuid4().hex[:8]}", "De Bordbuurt", "GM9901", date(2099, 1, 1))
    )


def send(page: Page, words: str, *, kind: str, theme: str) -> None:
    """Write a card and send it."""
    controls.unfold(page, "board.send_title")
    page.locator(".canvas[data-state=picking]").wait_for(timeout=60_000)
    controls.pick(page, "board.kind", W(f"board.kind_{kind}_long"))
    controls.choose(page, "board.about", W(f"places.theme_{theme}"))
    controls.fill(page, "board.words", words)
    controls.press(page, "board.send")
    controls.said(page, "board.sent")


def test_from_phone_to_done_and_back(
    app: App, visiting: Visiting, private_store: Store, project: Project
) -> None:
    """The sender has a drawing; a neighbour has no code; the moderator reads both; a stranger sees what is shown."""
    board = f"{app.url}/bord?project={project.id}"
    with visiting(app, touch=True) as visit:  # a phone: draw, then send a card with the code of the drawing
        page = visit.page
        visit.open(f"/?project={project.id}&stap=teken")
        accept(visit, touch=True)
        page.goto(f"{app.url}/?project={project.id}&stap=klaar")
        code = page.locator(".buurt-code").inner_text()
        controls.press(page, "foot.board")  # who comes from their drawing need not type its code
        controls.unfold(page, "board.send_title")
        page.locator(".canvas[data-state=picking]").wait_for(timeout=60_000)
        page.touchscreen.tap(*visit.middle())
        controls.pick(page, "board.kind", W("board.kind_signal_long"))
        controls.choose(page, "board.about", W("places.theme_bench"))
        controls.press(page, "board.send")
        controls.said(page, "board.no_words")
        controls.fill(page, "board.words", BENCH)
        controls.press(page, "board.send")
        controls.said(page, "board.sent")
        controls.said(page, "board.own_waiting")
        assert not serious(page)
        controls.press(page, "board.leave")
        controls.said(page, "board.nothing")
    (card,) = private_store.board.list_cards(project.id)
    assert (card.text, card.kind, card.theme, card.is_released) == (BENCH, "signal", "bench", False)
    assert card.x is not None
    with visiting(app) as visit:  # a neighbour without a drawing, who writes what nobody should read
        page = visit.page
        page.goto(board)
        controls.unfold(page, "board.join")
        controls.press(page, "board.new_code")
        own = page.locator(".buurt-code").inner_text()
        send(page, RUDE, kind="initiative", theme="meeting_place")
        assert private_store.board.cards_of(project.id, own)[0].x is None
    with visiting(app) as visit:
        page = visit.page
        sign_in(page, app, "planner")
        page.goto(board)
        controls.press(page, "desk.menu")
        controls.said(page, "publish.marked")
        rude = next(one for one in private_store.board.list_cards(project.id) if one.text == RUDE)
        controls.press(page, "desk.hide", key=f"hide_{rude.id}")
        expect(page.locator(f".st-key-hide_{rude.id}")).to_have_count(0)
        controls.press(page, "desk.release", key=f"release_{card.id}")
        expect(page.locator(f".st-key-release_{card.id}")).to_have_count(0)
        controls.unfold(page, "desk.hidden")
        controls.press(page, "desk.release_after_all", key=f"again_{rude.id}")
        expect(page.locator(f".st-key-again_{rude.id}")).to_have_count(0)
        controls.choose(page, "desk.card", RUDE)
        controls.press(page, "desk.take_down", key=f"down_{rude.id}")
        expect(page.locator(f".st-key-down_{rude.id}")).to_have_count(0)
        assert [one.id for one in private_store.board.released_cards(project.id)] == [card.id]
        controls.choose(page, "desk.card", BENCH)
        controls.choose(page, "desk.status", W("board.status_done"))
        controls.press(page, "desk.save")
        controls.said(page, "desk.owner_or_why")
        controls.choose(page, "desk.owner", W("board.owner_upkeep"))
        controls.fill(page, "desk.why", "De bank staat er weer.")
        controls.press(page, "desk.save")
        expect(page.locator(".board-status-done")).to_have_count(1)
        assert controls.download(page, "desk.poster_fetch").startswith(b"%PDF")
        assert not serious(page)
    with visiting(app) as visit:  # anybody
        page = visit.page
        page.goto(board)
        expect(page.locator(".board-list li")).to_have_count(1)
        expect(page.locator(".board-list")).to_contain_text("minder dan vijf")
        page.locator(".canvas[data-arrived~=cards]").wait_for(timeout=60_000)
        controls.choose(page, "board.theme", W("places.theme_play_area"))
        controls.said(page, "board.nothing_left")
        controls.choose(page, "board.theme", W("places.theme_bench"))
        controls.choose(page, "board.status", W("board.status_done"))
        expect(page.locator(".board-list")).to_contain_text(BENCH)
        controls.unfold(page, "board.join")
        controls.fill(page, "board.code", own)
        controls.press(page, "board.enter")
        controls.press(page, "board.react_join", key=f"react_join_{card.id}")
        still(page)
        assert private_store.board.reactions_of(project.id, own) == {(card.id, "join")}
        assert private_store.board.count_reactions(project.id) == {}  # who has no drawing counts for nobody
        controls.press(page, "board.leave")
        controls.unfold(page, "board.join")
        controls.fill(page, "board.code", code)
        controls.press(page, "board.enter")
        for kind in ("join", "same", "solved"):
            controls.press(page, f"board.react_{kind}", key=f"react_{kind}_{card.id}")
            still(page)
        assert private_store.board.count_reactions(project.id) == {
            (card.id, kind): 1 for kind in ("join", "same", "solved")
        }
        controls.press(page, "board.react_same", key=f"react_same_{card.id}")
        still(page)
        assert (card.id, "same") not in private_store.board.count_reactions(project.id)
        assert not serious(page)
    with visiting(app) as visit:  # the sender, with the code
        page = visit.page
        page.goto(f"{app.url}/?project={project.id}&stap=code")
        controls.fill(page, "withdraw.code", code)
        controls.press(page, "withdraw.show")
        at(page, W("withdraw.title"))
        expect(page.locator(".board-history")).to_contain_text("Gedaan")
        expect(page.locator(".board-history")).to_contain_text("De bank staat er weer.")
        controls.unfold(page, "board.withdraw", key=f"withdraw_{card.id}")
        controls.press(page, "board.withdraw_now", key=f"withdraw_now_{card.id}")
        expect(page.locator(".board-history")).to_have_count(0)
    assert private_store.board.released_cards(project.id) == []


def test_a_stranger_gets_nothing_that_was_not_released(
    app: App, private_store: Store, project: Project
) -> None:
    """No byte of what waits or is hidden reaches who has no code, in no language and under no filter."""
    own = private_store.board.create_code(project.id)
    waiting = private_store.board.add_card(Card(project.id, "signal", "Wachtwoord geheim"), own)
    hidden = private_store.board.add_card(Card(project.id, "signal", "Verborgen praat"), own)
    shown = private_store.board.add_card(Card(project.id, "signal", "Meer groen"), own)
    for card in (hidden, shown):
        private_store.moderation.release_words(card.id, by=PLANNER)
    private_store.moderation.record_decision(project.id, hidden.id, "hide", aspect="words", by=PLANNER)

    async def look() -> list[bytes]:
        async with Phone(app.url) as phone:
            pages = []
            for query in ("", "&taal=en", "&board_status=new", f"&kaart={waiting.id}"):
                await phone.open(f"/bord?project={project.id}{query}")
                pages.append(b"".join(one.SerializeToString() for one in phone.elements))
            return pages

    for page in run_coroutine(look()):
        assert b"Meer groen" in page
        for secret in (waiting.text, hidden.text, waiting.id, hidden.id, own):
            assert secret.encode() not in page
