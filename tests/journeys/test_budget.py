"""A wijkbudget from the plans to the result: two phones, a vote that is changed, one on paper, every button pressed."""

import io
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, timedelta

import openpyxl
import pytest
from playwright.sync_api import Page, expect

import i18n
from store import BudgetRound, Card, Project, Store
from tests.journeys.conftest import PASSWORD, TOWN
from tests.support import controls
from tests.support.browser import App, Visit, serious

pytestmark = pytest.mark.browser
Visiting = Callable[..., AbstractContextManager[Visit]]
W = i18n.get_translator("nl")
NAME = "Buurtbudget Noord"
PLANS = {"Bankjes": 6000, "Speeltuin": 5000, "Bomen": 4000}


@pytest.fixture(scope="module")
def noord(private_store: Store) -> Project:
    """Return a project that people vote in."""
    return private_store.projects.save(Project("budget-noord", "Noord kiest", TOWN, date(2099, 1, 1)))


def the_round(private_store: Store, noord: Project) -> BudgetRound:
    (made,) = private_store.budget.list_rounds(noord.id)
    return made


def at_the_desk(page: Page, app: App, noord: Project) -> None:
    """Sign in as the planner, and follow the link at the foot."""
    page.goto(f"{app.url}/inloggen?project={noord.id}")
    controls.fill(page, "signin.label", "planner")
    controls.fill(page, "signin.password", PASSWORD, key="password")
    with page.expect_response("**/api/sessie"):
        controls.press(page, "signin.enter")
    controls.press(page, "budget.menu")
    expect(page.get_by_role("heading", level=1)).to_have_text(W("budget.menu"))


@pytest.fixture(scope="module")
def card(private_store: Store, noord: Project) -> str:
    """Return the id of a card on the board, whose words somebody released."""
    by = private_store.accounts.authenticate("planner", PASSWORD, device="test")
    code = private_store.board.create_code(noord.id)
    made = private_store.board.add_card(Card(noord.id, "initiative", "Zet bomen in de straat"), code)
    private_store.moderation.release_words(made.id, released=True, by=by)
    return made.id


def stands(private_store: Store, noord: Project) -> tuple[str, str]:
    """Return the status of the card, and why."""
    (found,) = private_store.board.list_cards(noord.id)
    return found.status, found.why


def make_round(page: Page) -> None:
    """Make a round of 10,000 euros with three plans, one of a card; one more plan is made and removed."""
    today = datetime.now(UTC).date()
    controls.fill(page, "budget.round_title", NAME)
    controls.fill(page, "budget.about", "Wat wordt er beter op en rond het plein?")
    controls.fill(page, "budget.amount", "10000")
    controls.date(page, "budget.opens", today)
    controls.date(page, "budget.closes", today + timedelta(days=14))
    controls.pick(page, "budget.ballot_rule", W("budget.ballot_amount"))
    controls.fill(page, "budget.most_choices", "2")
    controls.pick(page, "budget.method", W("budget.method_votes"))
    controls.press(page, "budget.save_round")
    controls.said(page, "budget.round_saved")
    for title, cost in (*PLANS.items(), ("Fontein", 9000)):
        controls.rest(page)
        controls.fill(page, "budget.plan_title", title)
        controls.fill(page, "budget.cost", str(cost))
        controls.fill(page, "budget.cost_source", "Beheer openbare ruimte")
        controls.fill(page, "budget.place", "Dorpsplein")
        controls.fill(page, "budget.plan_text", "Gevraagd op het bord van de buurt.")
        if title == "Bomen":
            controls.choose(page, "budget.card", "Zet bomen")
        controls.press(page, "budget.save_plan")
        page.get_by_text(W("budget.plan_saved", title=title)).wait_for()
    controls.choose(page, "budget.which_plan", "Fontein", key="budget_plan")
    controls.press(page, "budget.remove_plan")
    page.get_by_text(W("budget.plan_removed", title="Fontein")).wait_for()


def open_round(page: Page) -> list[str]:
    """Make six voting cards, open, go back, and open again; return the codes."""
    controls.fill(page, "budget.how_many", "6", key="budget_ticket_n")
    controls.press(page, "budget.make_tickets")
    listed = controls.download(page, "ticket.list").decode("utf-8")
    assert "<svg" in controls.download(page, "ticket.cards").decode("utf-8")
    controls.press(page, "budget.open")
    controls.said(page, "budget.opened")
    controls.press(page, "budget.to_draft")
    controls.said(page, "budget.is_draft")
    controls.press(page, "budget.open")
    controls.said(page, "budget.opened")
    return [line.split(";")[0] for line in listed.splitlines()[1:]]


def begin(page: Page, app: App, made: BudgetRound, code: str) -> None:
    """Follow the code on a card."""
    page.goto(f"{app.url}/wijkbudget?project={made.project}&ronde={made.id}&kaart={code}")
    controls.press(page, "budget.start")


def test_a_round_from_plans_to_result(
    app: App, visiting: Visiting, private_store: Store, noord: Project, card: str
) -> None:
    """Bankjes 6,000 with 3 votes, Speeltuin 5,000 with 2, Bomen 4,000 with 1: Bankjes and Bomen, nothing left.

    The card that Bomen comes from goes along, to "done".
    """
    with visiting(app) as desk:
        page = desk.page
        at_the_desk(page, app, noord)
        make_round(page)
        codes, made = open_round(page), the_round(private_store, noord)
        plans = private_store.budget.list_plans(made.id)
        number, key = ({plan.title: plan.number for plan in plans}, {plan.title: plan.id for plan in plans})
        assert sorted(number.values()) == [1, 2, 3]
        assert stands(private_store, noord) == ("budget", W("budget.card_open", title=NAME))

        with visiting(app, touch=True) as first:
            begin(first.page, app, made, codes[0])
            total = first.page.get_by_role("status").filter(has_text="10.000")
            controls.press(first.page, key=f"budget_plan_{key['Speeltuin']}")
            expect(total).to_contain_text("Er is nog € 5.000 van € 10.000")
            dear = first.page.get_by_role("checkbox", name="Bankjes")
            expect(dear).to_be_disabled()
            first.page.get_by_text(W("budget.full_amount")).wait_for()
            assert serious(first.page) == []
            controls.press(first.page, "budget.vote")
            controls.said(first.page, "budget.saved")
            controls.press(first.page, "budget.change")
            controls.press(first.page, key=f"budget_plan_{key['Speeltuin']}")
            controls.press(first.page, key=f"budget_plan_{key['Bankjes']}")
            controls.press(first.page, key=f"budget_plan_{key['Bomen']}")
            controls.press(first.page, "budget.vote")
            controls.said(first.page, "budget.saved")
            controls.press(first.page, "budget.next")
            expect(first.page.get_by_label(W("budget.code"))).to_have_value("")
            for code, title in ((codes[1], "Bankjes"), (codes[2], "Speeltuin"), (codes[3], "Speeltuin")):
                controls.fill(first.page, "budget.code", code)
                controls.press(first.page, "budget.start")
                controls.press(first.page, key=f"budget_plan_{key[title]}")
                controls.press(first.page, "budget.vote")
                controls.said(first.page, "budget.saved")
                controls.press(first.page, "budget.next")

        with visiting(
            app, touch=True
        ) as second:  # another phone, a card that was used already: that it voted, never what
            begin(second.page, app, made, codes[0])
            closes = made.closes
            second.page.get_by_text(W("budget.already_cast", closes=closes)).wait_for()
            expect(second.page.get_by_text("Bankjes")).to_have_count(0)
            controls.press(second.page, "budget.change")
            expect(second.page.get_by_role("checkbox", name="Bankjes")).not_to_be_checked()
            assert serious(second.page) == []

        for line, said in (
            (codes[4], W("budget.paper_blank", code=codes[4])),
            (f"{codes[4]} {number['Bankjes']}", W("budget.paper_replaced")),
            (f"{codes[0]} 1", W("errors.VotedOnPhone")),
            (f"{codes[5]} 9", "Er is geen plan met dat nummer"),
        ):
            controls.fill(page, "budget.paper_line", line, key="budget_paper_line")
            controls.press(page, "budget.paper_keep")
            page.get_by_text(said).wait_for()
        field = page.locator(".st-key-budget_paper_line input")
        field.fill(f"{codes[5]} x")
        field.press("Enter")
        page.get_by_text(W("budget.paper_invalid", code=codes[5])).wait_for()
        expect(field).to_have_value("")
        expect(field).to_be_focused()

        controls.press(page, "budget.close_sure", key="budget_sure")
        controls.press(page, "budget.close")
        controls.said(page, "budget.closed")
        assert stands(private_store, noord) == ("planned", W("budget.card_chosen", title=NAME))
        chosen = page.locator(".budget-list li.chosen .head")
        expect(chosen).to_have_count(2)
        expect(chosen.nth(0)).to_contain_text("Bankjes")
        expect(chosen.nth(1)).to_contain_text("Bomen")
        assert serious(page) == []
        text = controls.download(page, "budget.csv").decode("utf-8-sig")
        assert "Bankjes;Dorpsplein;6000;minder dan vijf;gaat door" in text
        book = openpyxl.load_workbook(io.BytesIO(controls.download(page, "budget.xlsx")))
        assert book.active is not None
        assert book.active.max_row == 4

        controls.choose(page, "budget.followed_plan", "Bomen", key="budget_followed")
        controls.choose(page, "budget.status", W("budget.status_done"))
        controls.fill(page, "budget.note", "Twaalf linden geplant")
        controls.fill(page, "budget.paid_field", "3900")
        controls.press(page, "budget.save_status")
        page.get_by_text(W("budget.status_saved", title="Bomen")).wait_for()
        assert stands(private_store, noord) == ("done", "Twaalf linden geplant")
        controls.choose(page, "budget.which", W("budget.new_round"), key="budget_round")
        expect(page.get_by_label(W("budget.round_title"))).to_have_value("")

        with visiting(app, touch=True) as later:
            page = later.page
            page.goto(f"{app.url}/wijkbudget?project={noord.id}&kaart={codes[1]}")
            controls.said(page, "budget.chosen_plans")
            page.get_by_text("Twaalf linden geplant").wait_for()
            expect(page.get_by_role("button", name=W("budget.start"))).to_have_count(0)
            assert serious(page) == []


def test_a_wrong_code_says_what_to_do(
    app: App, visiting: Visiting, noord: Project, private_store: Store
) -> None:
    """And a page without a round says so."""
    with visiting(app, touch=True) as visit:
        empty = private_store.projects.save(Project("leeg", "Leeg", TOWN, date(2099, 1, 1)))
        visit.page.goto(f"{app.url}/wijkbudget?project={empty.id}")
        controls.said(visit.page, "budget.none")
        today = datetime.now(UTC).date()
        by = private_store.accounts.authenticate("planner", PASSWORD, device="test")
        made = private_store.budget.save_round(BudgetRound(empty.id, "R", 10, today, today), by=by)
        visit.page.goto(f"{app.url}/wijkbudget?project={empty.id}&ronde={made.id}")
        visit.page.get_by_text(W("errors.UnknownBudgetRound")).wait_for()
