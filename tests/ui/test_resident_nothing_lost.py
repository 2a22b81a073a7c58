"""Whatever a resident told survives every way of leaving a step, and no step is passed over by a second tap."""

import pytest
from playwright.sync_api import Page, expect

from tests.support import controls
from tests.support.browser import App
from tests.ui.test_resident import Visiting, accept, at, button, still

pytestmark = pytest.mark.browser
NAME = "Hoe noemt u deze buurt?"


def forgotten(page: Page, entry: str) -> None:
    """Wait until the tab keeps nothing under a name: the server has it."""
    for _ in range(300):
        if page.evaluate("name => sessionStorage.getItem(name)", entry) is None:
            return
        page.wait_for_timeout(50)  # between two looks in the tab
    pytest.fail(f"{entry} is still in the tab")


def test_answers_survive_back_forward_reload_and_a_link_at_the_foot(app: App, visiting: Visiting) -> None:
    """Ticks, a choice, a taken-back choice, a name and an idea, over every way of leaving."""
    with visiting(app) as visit:
        page = visit.page
        visit.open()
        accept(visit)
        page.get_by_label(NAME).fill("De Plas")
        page.get_by_text("Nee, de rand is vaag").click()
        visit.press("adjust")
        visit.wait("add")
        visit.press("ready")
        visit.press("right")
        expect(page.get_by_label(NAME)).to_have_value("De Plas")
        expect(page.get_by_role("radio", name="Nee, de rand is vaag")).to_be_checked()
        still(page)
        button(page, "Verder").click()
        at(page, "Plekken in uw buurt")
        button(page, "Sla dit over").click()
        at(page, "Waarom is dit uw buurt?")
        tick, certain = (
            page.get_by_label("Mensen die ik ken"),
            page.get_by_role("radiogroup", name="Hoe zeker"),
        )
        page.get_by_text("Mensen die ik ken").click()
        certain.get_by_text("4", exact=True).click()
        expect(certain.get_by_role("radio", name="4")).to_be_checked()
        still(page)
        button(page, "Terug").click()
        at(page, "Plekken in uw buurt")
        page.go_back()
        at(page, "Waarom is dit uw buurt?")
        expect(tick).to_be_checked()
        page.reload()
        at(page, "Waarom is dit uw buurt?")
        expect(tick).to_be_checked()
        expect(certain.get_by_role("radio", name="4")).to_be_checked()
        foot = page.locator(".st-key-buurt_foot a")
        assert foot.all_inner_texts() == ["English", "Privacy", "Toegankelijkheid"], (
            "no work on a resident's step"
        )
        controls.press(page, "foot.privacy")
        at(page, "Uw privacy")
        page.get_by_role("link", name="Terug naar waar u was").click()
        at(page, "Waarom is dit uw buurt?")
        expect(tick).to_be_checked()
        page.get_by_role("link", name="English").click()
        at(page, "Why is this your neighbourhood?")
        expect(page.get_by_label("People I know")).to_be_checked()
        page.get_by_role("link", name="Nederlands").click()
        at(page, "Waarom is dit uw buurt?")
        certain.get_by_text("4", exact=True).click()
        expect(certain.get_by_role("radio", checked=True)).to_have_count(0)
        still(page)
        page.reload()
        at(page, "Waarom is dit uw buurt?")
        expect(tick).to_be_checked()
        expect(certain.get_by_role("radio", checked=True)).to_have_count(0)


def test_text_that_is_being_typed_survives_a_reload_at_once(app: App, visiting: Visiting) -> None:
    """Typed and the page gone within the same moment: it is back, in the store, and no longer in the tab."""
    with visiting(app) as visit:
        page = visit.page
        visit.open()
        accept(visit)
        page.get_by_label(NAME).press_sequentially("Zeeheldenbuurt")
        page.reload()
        expect(page.get_by_label(NAME)).to_have_value("Zeeheldenbuurt")
        forgotten(page, "buurt:typed:demo")
        page.reload()
        expect(page.get_by_label(NAME)).to_have_value("Zeeheldenbuurt")


def test_place_that_is_not_complete_survives_leaving_it(app: App, visiting: Visiting) -> None:
    with visiting(app) as visit:
        page = visit.page
        visit.open()
        accept(visit)
        button(page, "Verder").click()
        at(page, "Plekken in uw buurt")
        button(page, "Hier was iets, en het is weg").click()
        page.get_by_text("Bankje", exact=True).click()
        visit.wait("picking")
        page.mouse.click(*visit.middle())
        page.get_by_label("Wat is daarmee verloren gegaan?").fill("Een praatje")
        page.get_by_text("3 tot 7 jaar geleden").click()
        expect(page.get_by_role("radio", name="3 tot 7 jaar geleden")).to_be_checked()
        still(page)
        for leave in ("Terug", "reload"):
            if leave == "Terug":
                button(page, "Terug").click()
                at(page, "Plekken in uw buurt")
                button(page, "Hier was iets, en het is weg").click()
            else:
                page.reload()
            expect(page.get_by_label("Wat is daarmee verloren gegaan?")).to_have_value("Een praatje")
            expect(page.get_by_role("radio", name="Bankje")).to_be_checked()
            expect(page.get_by_role("radio", name="3 tot 7 jaar geleden")).to_be_checked()
            expect(button(page, "Bewaar deze plek")).to_be_enabled()
        still(page)
        button(page, "Bewaar deze plek").click()
        page.get_by_text("1. Verdwenen: Bankje").wait_for()
        forgotten(page, "buurt:unsaved:demo")


def test_second_tap_passes_over_no_step(app: App, visiting: Visiting) -> None:
    """A second tap where *Verder* stood, at four gaps, by finger: always one step."""
    with visiting(app, touch=True) as visit:
        page = visit.page
        visit.open()
        accept(visit, touch=True)
        for gap_ms in (100, 200, 300, 450):
            still(page)
            tapped = button(page, "Verder")
            tapped.scroll_into_view_if_needed()
            box = tapped.bounding_box()
            assert box is not None
            spot = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
            page.touchscreen.tap(*spot)
            page.wait_for_timeout(gap_ms)  # the gap between two taps is what is tried
            page.touchscreen.tap(*spot)
            at(page, "Plekken in uw buurt")
            page.go_back()
            at(page, "Bewaard")
            visit.wait("accepted")
