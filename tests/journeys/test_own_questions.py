"""A planner makes questions, residents answer them on a phone, and the answers come back as filters and counts."""

import re
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import date
from urllib.parse import quote

import pytest
import shapely
from playwright.sync_api import expect

import i18n
from geo import crs
from store import Contribution, Project, Store
from tests.journeys.conftest import TOWN
from tests.journeys.test_administrator import sign_in
from tests.support import controls
from tests.support.browser import App, Visit

pytestmark = pytest.mark.browser
Visiting = Callable[..., AbstractContextManager[Visit]]
W = i18n.get_translator("nl")
SQUARE = shapely.box(155_000, 463_000, 155_400, 463_400)
BUSY, BIKE = "own.Hoe_druk_is_het", "own.Fietst_u"


@pytest.fixture
def codes(private_store: Store) -> list[str]:
    """Return the withdrawal codes of six who drew in a project that asks none of our questions."""
    private_store.projects.save(Project("vragen", "Vragen", TOWN, date(2099, 1, 1)))
    raw = str(shapely.to_geojson(crs.to_wgs84(SQUARE)))
    made = []
    for n in range(6):
        sent = Contribution(str(uuid.UUID(int=900 + n, version=4)), "vragen", raw, SQUARE, date(2025, 5, 1))
        receipt = private_store.contributions.submit(sent, device=f"phone {n}")
        made.append(str(receipt.code))
    return made


def test_a_question_is_made_answered_counted_and_ended(
    app: App, visiting: Visiting, private_store: Store, codes: list[str]
) -> None:
    desk = f"{app.url}/eigen-vragen?project=vragen"
    with visiting(app, altered=True) as visit:
        page = visit.page
        sign_in(page, app, "planner")
        page.goto(f"{app.url}/inlezen?project=vragen")
        controls.rest(page)
        controls.press(page, "own_questions.title")
        controls.said(page, "own_questions.about")
        controls.fill(page, "own_questions.text_nl", "Hoe druk is het?", key="own_new_nl")
        controls.fill(page, "own_questions.text_en", "How busy is it?", key="own_new_en")
        controls.press(page, "own_questions.add")
        controls.rest(page)
        controls.said(page, "own_questions.added")
        controls.unfold(page, "own_questions.new")
        controls.fill(page, "own_questions.text_nl", "Fietst u?", key="own_new_nl")
        controls.fill(page, "own_questions.choices", "Ja | Yes\nNee | No", key="own_new_lines")
        controls.press(page, "own_questions.add")
        controls.rest(page)
        preview = page.locator(".st-key-own_preview")
        expect(preview.get_by_role("radiogroup")).to_have_count(2)
        controls.press(page, "own_questions.down", key="own_down_0")
        controls.rest(page)
        expect(preview.get_by_test_id("stRadio").first).to_contain_text("Fietst u?")
        controls.press(page, "own_questions.up", key="own_up_1")
        controls.rest(page)
        expect(preview.get_by_test_id("stRadio").first).to_contain_text("Hoe druk is het?")
        controls.pick(page, "own_questions.preview_in", "English", key="own_language")
        controls.rest(page)
        expect(preview).to_contain_text("How busy is it?")
        controls.unfold(page, "own_questions.word", key="own_question_1")
        controls.fill(page, "own_questions.text_nl", "Fietst u vaak?", key="own_nl_1")
        controls.fill(page, "own_questions.text_en", "Do you cycle?", key="own_en_1")
        controls.fill(page, "own_questions.choices_again", "Ja, vaak | Yes\nNee | No", key="own_lines_1")
        controls.press(page, "own_questions.save_words", key="own_save_1")
        controls.rest(page)
        expect(preview).to_contain_text("Do you cycle?")

    with visiting(app, touch=True) as visit:
        page = visit.page
        page.goto(f"{app.url}/?project=vragen&stap=code")
        controls.fill(page, "withdraw.code", codes[0])
        controls.press(page, "withdraw.show")
        controls.press(page, key="questions_left")
        controls.said(page, "questions.screen_own")
        controls.pick(page, "", "4", key="answer_own-Hoe_druk_is_het")
        controls.pick(page, "", "Ja, vaak", key="answer_own-Fietst_u")
        controls.rest(page)
        mine = private_store.contributions.find_by_code(codes[0], device="test").contribution
        assert mine.answers == {BUSY: "4", BIKE: "Ja"}
        # A second tap takes an answer back.
        page.get_by_role("radiogroup", name="Hoe druk is het?").get_by_text("4", exact=True).click()
        controls.rest(page)
        mine = private_store.contributions.find_by_code(codes[0], device="test").contribution
        assert mine.answers == {BIKE: "Ja"}

    for n, code in enumerate(codes[1:]):
        before = private_store.contributions.find_by_code(code, device=f"phone {n + 1}").contribution
        private_store.contributions.replace(
            code, replace(before, answers={BIKE: "Ja" if n < 4 else "Nee"}), device=f"phone {n + 1}"
        )
    with visiting(app, altered=True) as visit:
        page = visit.page
        sign_in(page, app, "planner")
        page.goto(desk)
        rows = page.locator(".st-key-own_answers_1 tbody tr")
        expect(rows.first).to_contain_text("Ja, vaak")
        expect(rows.first).to_contain_text("5")
        expect(rows.nth(1)).to_contain_text(W("planner.fewer_than", n=5))
        controls.press(page, "own_questions.remove", key="own_remove_1")
        controls.rest(page)
        controls.said(page, "own_questions.refused_has_answers")
        controls.press(page, "own_questions.remove", key="own_remove_0")
        controls.rest(page)
        controls.said(page, "own_questions.removed")
        controls.press(page, "own_questions.end", key="own_end_0")
        controls.rest(page)
        expect(page.locator(".st-key-own_question_0")).to_contain_text(W("own_questions.ended"))
        controls.said(page, "own_questions.none_asked")
        page.goto(f"{app.url}/vergelijk?project=vragen&deel={quote(W('planner.section_overview'))}")
        controls.press(page, "planner.filters")
        controls.choose(page, "planner.own_columns", "Fietst u: Ja")
        page.get_by_text(re.compile(r"U kijkt naar 5 van de 6 tekeningen")).wait_for(timeout=60_000)
        page.goto(desk)
        controls.press(page, "own_questions.again", key="own_end_0")
        controls.rest(page)
        expect(page.locator(".st-key-own_preview")).to_be_visible()
