"""A signal from phone to board to panel to partner to done and back; a panel's evening of ten cards by keyboard."""

import io
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date

import docx
import pypdfium2
import pytest
from playwright.sync_api import Page, expect

import i18n
from store import Actor, Card, Project, Store
from tests.journeys.conftest import PASSWORD
from tests.journeys.test_administrator import sign_in
from tests.journeys.test_board import send
from tests.support import controls
from tests.support.browser import App, Visit, serious

pytestmark = pytest.mark.browser
Visiting = Callable[..., AbstractContextManager[Visit]]
W = i18n.get_translator("nl")
PANEL = "wijkpanel-noord"
UPKEEP = "beheer-noord"
FIRST, SECOND = date(2026, 3, 2), date(2026, 4, 13)
BENCH, SAME = "De bank bij de brug is weg", "Er is geen bank meer bij de brug"


@pytest.fixture
def project(private_store: Store) -> Project:
    """Return a real project, with a board that is empty."""
    return private_store.projects.save(
        Project(f"panel-{uuid.uuid4().hex[:8]}", "De Panelbuurt", "GM9901", date(2099, 1, 1))
    )


def member(private_store: Store, project: Project) -> tuple[str, Actor]:
    """Return (account, actor) of the panel of a project, as an administrator makes it."""
    label = f"wijkpanel-{uuid.uuid4().hex[:6]}"
    made = private_store.accounts.create(label, "panel", PASSWORD, project=project.id)
    return label, Actor("panel", account=made.id, project=project.id)


def card_of(private_store: Store, project: Project, text: str) -> Card:
    """Return the one card with these words, as it is now."""
    return next(card for card in private_store.board.list_cards(project.id) if card.text == text)


def new_meeting(page: Page, day: date) -> None:
    """Make a meeting on a day."""
    controls.fill(page, "meeting.day", f"{day:%d-%m-%Y}")
    controls.fill(page, "meeting.place", "Buurthuis")
    controls.press(page, "meeting.save")
    controls.said(page, "meeting.agenda")


def put(page: Page, *words: str) -> None:
    """Put cards on the agenda."""
    for text in words:
        controls.choose(page, "meeting.add", text)
    controls.press(page, "meeting.put")
    expect(page.locator("[class*='st-key-item_']").filter(has_text=words[-1])).to_have_count(1)


def assert_accessible(page: Page) -> None:
    """Check a page once it is made: while it is made anew its letters are pale."""
    controls.rest(page)
    assert not serious(page)


def words_of(pdf: bytes) -> str:
    """Return the text of a PDF, its spaces single."""
    document = pypdfium2.PdfDocument(pdf)
    return " ".join(" ".join(page.get_textpage().get_text_range() for page in document).split())


def test_from_phone_to_panel_to_partner_and_back(
    app: App, visiting: Visiting, private_store: Store, project: Project
) -> None:
    """Two say the same; the panel joins them, gives them to upkeep, upkeep is done, and both senders read so."""
    with visiting(app) as visit:  # who looks after the house gives two functions an account, and no person
        page = visit.page
        sign_in(page, app, "beheer")
        page.goto(f"{app.url}/beheer")
        for label, role, owner in ((PANEL, "panel", ""), (UPKEEP, "partner", "upkeep")):
            controls.press(page, "manage.accounts")
            controls.fill(page, "manage.label", label)
            controls.choose(page, "manage.role", W(f"manage.role_{role}"))
            controls.choose(page, "manage.scope", project.name, key="account_project")
            if owner:
                controls.choose(page, "manage.organisation", W(f"board.owner_{owner}"), key="account_owner")
            controls.fill(page, "signin.password", PASSWORD, key="new_password")
            controls.press(page, "manage.make")
            controls.said(page, "manage.made")
    with visiting(app, touch=True) as visit:  # a phone
        page = visit.page
        page.goto(f"{app.url}/bord?project={project.id}")
        controls.unfold(page, "board.join")
        controls.press(page, "board.new_code")
        code = page.locator(".buurt-code").inner_text()
        send(page, BENCH, kind="signal", theme="bench")
    own = private_store.board.create_code(project.id)
    private_store.board.add_card(Card(project.id, "signal", SAME, theme="bench"), own)
    first, second = (card_of(private_store, project, text) for text in (BENCH, SAME))
    older, newer = sorted((first, second), key=lambda card: card.id)  # both of one day
    with visiting(app) as visit:
        page = visit.page
        sign_in(page, app, PANEL)
        controls.said(page, "signin.as_panel")
        controls.press(page, "desk.menu")
        for card in (first, second):
            controls.press(page, "desk.release", key=f"release_{card.id}")
            expect(page.locator(f".st-key-release_{card.id}")).to_have_count(0)
        controls.press(page, "desk.join", key=f"join_{newer.id}_{older.id}")
        controls.unfold(page, "desk.joined")
        controls.press(page, "desk.split", key=f"split_{newer.id}")
        expect(page.locator(".st-key-desk_joined")).to_have_count(0)
        controls.press(page, "desk.join", key=f"join_{newer.id}_{older.id}")
        controls.unfold(page, "desk.joined")
        assert_accessible(page)
        assert controls.download(page, "desk.xlsx").startswith(b"PK")
        assert controls.download(page, "desk.geopackage").startswith(b"SQLite format 3")
        controls.press(page, "meeting.menu")
        new_meeting(page, FIRST)
        controls.said(page, "meeting.first")
        put(page, older.text)
        controls.pick(page, "meeting.outcome", W("meeting.outcome_adopted"))
        controls.choose(page, "desk.status", W("board.status_planned"))
        controls.press(page, "meeting.save_decision")
        controls.said(page, "desk.owner_or_why")
        controls.choose(page, "desk.owner", W("board.owner_upkeep"))
        controls.fill(page, "desk.why", "Een bank hoort daar.")
        controls.press(page, "meeting.save_decision")
        controls.said(page, "meeting.all_decided")
        assert_accessible(page)
    with visiting(app) as visit:  # upkeep: what it was given, and no word that waits
        page = visit.page
        private_store.board.add_card(Card(project.id, "signal", "Wachtwoord geheim"), own)
        sign_in(page, app, UPKEEP)
        controls.press(page, "partner.menu")
        controls.said(page, "partner.left")
        expect(page.locator(".board-card")).to_have_count(1)
        assert "Wachtwoord geheim" not in page.content()
        controls.press(page, "partner.return")
        controls.said(page, "partner.why_first")
        controls.fill(page, "partner.words", "Wij zetten een nieuwe neer.")
        controls.fill(page, "board.due_ask", "1-4-2026")
        controls.press(page, "partner.take")
        expect(page.locator(".board-card")).to_contain_text(W("board.due", day=date(2026, 4, 1)))
        controls.fill(page, "partner.words", "De bank staat er weer.")
        assert_accessible(page)
        controls.press(page, "partner.done")
        controls.said(page, "partner.closed")
    assert card_of(private_store, project, older.text).status == "done"
    with visiting(app) as visit:  # the next evening begins with what was done
        page = visit.page
        sign_in(page, app, PANEL)
        controls.press(page, "meeting.menu")
        controls.choose(page, "meeting.which", W("meeting.new"), key="meeting")
        new_meeting(page, SECOND)
        expect(page.locator(".board-list")).to_contain_text("De bank staat er weer.")
        assert_accessible(page)
    for sent in (code, own):
        with visiting(app) as visit:
            page = visit.page
            page.goto(f"{app.url}/bord?project={project.id}")
            controls.unfold(page, "board.join")
            controls.fill(page, "board.code", sent)
            controls.press(page, "board.enter")
            expect(page.locator(".board-history").first).to_contain_text("De bank staat er weer.")


def test_an_evening_of_ten_cards_by_keyboard(
    app: App, visiting: Visiting, private_store: Store, project: Project
) -> None:
    """Per card eight keys and the words of owner and reason; the minutes hold all ten, and no name."""
    label, by = member(private_store, project)
    own = private_store.board.create_code(project.id)
    texts = [f"Tegel {n} voor nummer {n} ligt los" for n in range(10)]
    for text in texts:
        card = private_store.board.add_card(Card(project.id, "signal", text), own)
        private_store.moderation.release_words(card.id, by=by)
    with visiting(app) as visit:
        page = visit.page
        sign_in(page, app, label)
        controls.press(page, "meeting.menu")
        new_meeting(page, FIRST)
        put(page, *texts)
        for n in range(10, 0, -1):
            expect(page.get_by_text(W("meeting.left", n=n))).to_be_visible()
            controls.rest(page)
            page.get_by_role("radio", name=W("meeting.outcome_adopted"), exact=True).focus()
            for key in ("Tab", "Tab"):
                page.keyboard.press(key)
            page.keyboard.type("beheer")
            for key in ("Enter", "Tab"):
                page.keyboard.press(key)
            page.keyboard.type("Dat is gevaarlijk.")
            page.keyboard.press("Enter")
        controls.said(page, "meeting.all_decided")
        minutes = words_of(controls.download(page, "minutes.fetch_pdf"))
        word = docx.Document(io.BytesIO(controls.download(page, "minutes.fetch_docx")))
    assert all(text in minutes for text in texts)
    assert minutes.count("Dat is gevaarlijk.") == 10
    assert label not in minutes
    cells = [cell.text for table in word.tables for row in table.rows for cell in row.cells]
    assert all(any(text in cell for cell in cells) for text in texts)
    cards = private_store.board.list_cards(project.id)
    assert {(card.status, card.owner, card.why) for card in cards} == {
        ("planned", "upkeep", "Dat is gevaarlijk.")
    }


def test_a_meeting_is_prepared_changed_and_voted_in(
    app: App, visiting: Visiting, private_store: Store, project: Project
) -> None:
    """Order, taking off, who is there, a vote, returning; and another member decides in between."""
    label, by = member(private_store, project)
    own = private_store.board.create_code(project.id)
    cards = [private_store.board.add_card(Card(project.id, "signal", text), own) for text in ("Eik", "Linde")]
    for card in cards:
        private_store.moderation.release_words(card.id, by=by)
    oak, lime = cards
    with visiting(app) as visit:
        page = visit.page
        sign_in(page, app, label)
        controls.press(page, "meeting.menu")
        controls.press(page, "meeting.save")
        controls.said(page, "meeting.no_place")
        new_meeting(page, FIRST)
        controls.unfold(page, "meeting.change")
        controls.rest(page)
        controls.press(page, "meeting.delete", key="meeting_delete")
        expect(page.locator(".st-key-meeting_change")).to_have_count(0)
        assert private_store.meetings.list_meetings(project.id) == []
        new_meeting(page, FIRST)
        put(page, "Eik", "Linde")
        controls.press(page, "meeting.earlier", key=f"earlier_{lime.id}")
        expect(page.locator(".board-card").first).to_contain_text("Linde")
        controls.press(page, "meeting.off", key=f"off_{oak.id}")
        expect(page.locator(f".st-key-item_{oak.id}")).to_have_count(0)
        put(page, "Eik")
        controls.unfold(page, "meeting.change")
        controls.choose(page, "meeting.organisations", W("board.owner_housing"))
        controls.fill(page, "meeting.n_present", "9")
        controls.press(page, "meeting.save")
        controls.choose(page, "desk.card", "Linde", key="agenda_card")
        controls.pick(page, "meeting.outcome", W("meeting.outcome_returned"))
        controls.press(page, "meeting.save_decision")
        controls.said(page, "meeting.why_first")
        controls.pick(page, "meeting.outcome", W("meeting.outcome_returned"))
        controls.pick(page, "meeting.way", W("meeting.way_vote"))
        controls.fill(page, "meeting.n_for", "6")
        controls.fill(page, "meeting.n_against", "3")
        controls.fill(page, "desk.why", "Eerst kijken.")
        controls.press(page, "meeting.save_decision")
        expect(page.locator(f".st-key-item_{lime.id}")).to_contain_text(
            W("meeting.told_vote", n_for=6, n_against=3)
        )
        (made,) = private_store.meetings.list_meetings(project.id)
        assert (made.organisations, made.n_present) == (("housing",), 9)
        item = next(one for one in private_store.meetings.list_items(made.id) if one.card == oak.id)
        controls.fill(page, "board.due_ask", "32-6-2026")
        controls.press(page, "meeting.save_decision")
        controls.said(page, "board.day_wrong")
        controls.fill(page, "board.due_ask", "1-6-2026")
        controls.choose(page, "desk.owner", W("board.owner_upkeep"))
        # Another member was a moment earlier.
        elsewhere = type(item)(
            item.meeting, item.card, item.seq, "adopted", "consent", status="done", owner="residents"
        )
        seen = card_of(private_store, project, "Eik")
        private_store.meetings.decide_item(elsewhere, was=item, seen=seen, by=by)
        controls.press(page, "meeting.save_decision")
        expect(page.get_by_text(W.section("errors")["DecidedMeanwhile"])).to_be_visible()
        assert card_of(private_store, project, "Eik").owner == "residents"
        assert_accessible(page)
    with visiting(app) as visit:  # a planner may answer for an organisation that phoned
        page = visit.page
        sign_in(page, app, "planner")
        page.goto(f"{app.url}/partnerkaartjes?project={project.id}")
        controls.choose(page, "partner.which", W("board.owner_police"), key="partner_which")
        controls.said(page, "partner.nothing")
        page.goto(f"{app.url}/bordbeheer?project={project.id}")
        controls.choose(page, "desk.card", "Linde", key="desk_card")
        controls.choose(page, "desk.status", W("board.status_planned"))
        controls.fill(page, "board.due_ask", "1/6/2026")
        controls.press(page, "desk.save")
        expect(page.locator(".board-card").first).to_contain_text(W("board.late"))
        assert card_of(private_store, project, "Linde").due == date(2026, 6, 1)
        seen = card_of(private_store, project, "Linde")
        private_store.board.decide(seen, "done", owner="panel", why="Kan niet", by=by)
        controls.choose(page, "desk.status", W("board.status_declined"))
        controls.press(page, "desk.save")
        expect(page.get_by_text(W.section("errors")["DecidedMeanwhile"])).to_be_visible()
    assert card_of(private_store, project, "Linde").status == "done"
