"""A resident's visit with second thoughts: every way back and every other way does what it was pressed for."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from playwright.sync_api import expect

import i18n
from store import Store
from study import datasets
from study.demo_project import MUNICIPALITY
from tests.support import controls
from tests.support.browser import App, Visit
from tests.ui.test_resident import accept, at, still

pytestmark = pytest.mark.browser
Visiting = Callable[..., AbstractContextManager[Visit]]
W = i18n.get_translator("nl")


def test_there_and_back_without_drawing(app: App, visiting: Visiting, private_store: Store) -> None:
    """A child and an adult, a home on the map and none; an area of parts, put together and taken apart."""
    before = len(private_store.contributions.read_sketches("demo"))
    with visiting(app) as visit:
        page = visit.page
        page.goto(app.url)
        controls.press(page, "start.children")
        at(page, "Welke buurt is van jou?")
        controls.press(page, "start.adults")
        at(page, W("start.title"))
        controls.press(page, "start.have_code")
        at(page, W("withdraw.title"))
        controls.press(page, "steps.back", key="back_code")
        at(page, W("start.title"))
        controls.press(page, "start.join")
        visit.wait("ready")
        controls.press(page, "steps.back", key="back_draw")
        at(page, W("start.title"))
        controls.press(page, "start.join")
        visit.wait("ready")
        controls.press(page, "draw.without")
        at(page, W("parts.title"))
        controls.fill(page, "home.search", "Kerkstraat", key="parts_typed")
        controls.press(page, "home.find", key="find_parts")
        controls.press(page, key="parts_place_0")
        controls.said(page, "parts.nothing")
        controls.press(page, "parts.add")
        read = page.locator(".buurt-read-out")
        expect(read).to_contain_text("km²")
        whole = read.inner_text()
        controls.pick(page, "parts.kind", W("parts.kind_street"))
        controls.choose(page, "parts.which_street", "Kerkstraat")
        controls.press(page, "parts.cut")
        controls.said(page, "parts.taken_away")
        still(page)
        expect(read).not_to_have_text(whole)
        controls.press(page, "parts.remove", key="parts_remove_1")
        expect(page.get_by_text(controls.text_of("parts.taken_away"))).to_have_count(0)
        still(page)
        expect(read).to_have_text(whole)
        controls.press(page, "parts.draw")
        visit.wait("ready")
        controls.press(page, "draw.without")
        at(page, W("parts.title"))
        expect(read).to_have_text(whole)
        controls.press(page, "parts.right")
        controls.said(page, "draw.kept")
    assert len(private_store.contributions.read_sketches("demo")) == before + 1


def test_places_and_answers_and_a_code(app: App, visiting: Visiting, private_store: Store) -> None:
    """Each kind of place, one taken away again; a reason ticked; by the code all of it is seen and erased."""
    with visiting(app) as visit:
        page = visit.page
        visit.open()
        accept(visit)
        controls.press(page, "steps.next")
        at(page, W("places.title"))
        for sort in ("meet", "sit", "play", "missing", "vanished"):
            controls.press(page, f"places.sort_{sort}")
            at(page, W(f"places.sort_{sort}"))
            controls.press(page, "steps.back", key="back_place")
            at(page, W("places.title"))
        for n, sort in enumerate(("meet", "sit")):
            controls.press(page, f"places.sort_{sort}")
            if sort == "meet":
                controls.pick(page, "places.themes", W("places.theme_bench"))
            visit.wait("picking")
            page.mouse.click(*visit.middle())
            controls.press(page, "places.keep")
            page.get_by_text(re.compile(rf"^{n + 1}\. ")).wait_for()
        controls.press(page, "places.remove", key="remove_1")
        expect(page.get_by_text(re.compile(r"^2\. "))).to_have_count(0)
        expect(page.get_by_text("1. " + W("places.met_bench"))).to_be_visible()
        controls.press(page, "steps.next")
        at(page, "Waarom is dit uw buurt?")
        controls.press(page, "questions.reasons_people")
        controls.press(page, "steps.next")
        at(page, "Samen leven")
        controls.press(page, "steps.back", key="back_vragen-2")
        at(page, "Waarom is dit uw buurt?")
        expect(controls.find(page, "questions.reasons_people")).to_be_checked()
        page.goto(f"{app.url}/?stap=klaar")
        code = page.locator(".buurt-code").inner_text()
        mine = private_store.contributions.find_by_code(code, device="test")
        assert mine.contribution.answers["reasons"] == ("people",)
        assert [one.theme for one in mine.places] == ["bench"]
        assert controls.download(page, "reveal.picture").startswith(b"\x89PNG")
        controls.press(page, "reveal.change")
        at(page, W("withdraw.title"))
        controls.press(page, "withdraw.places")
        at(page, W("places.title"))
        page.goto(f"{app.url}/?stap=klaar")
        controls.press(page, "reveal.finish")
        at(page, W("start.title"))
        controls.press(page, "start.have_code")
        controls.fill(page, "withdraw.code", code)
        controls.press(page, "withdraw.show")
        controls.press(page, "withdraw.redraw")
        visit.wait("accepted")
        page.go_back()
        controls.unfold(page, "withdraw.erase")
        controls.press(page, "withdraw.sure")
        controls.press(page, "withdraw.erase_now")
        controls.said(page, "withdraw.erased")
        assert mine.contribution.id not in private_store.contributions.read_sketches("demo").index
        controls.press(page, "withdraw.to_start")
        at(page, W("start.title"))


def test_own_place_stays_on_the_device_and_a_slip_finds_the_street(app: App, visiting: Visiting) -> None:
    """*Mijn plek* moves the map and tells nobody; a name that only resembles one is found on *Zoek*."""
    longitude, latitude = (round(degrees + 0.004123, 6) for degrees in datasets.initial_view(MUNICIPALITY))
    told: list[str | bytes] = []

    def note(frame: str | bytes) -> None:
        told.append(frame)

    with visiting(app, altered=True) as visit:
        page = visit.page
        visit.context.grant_permissions(["geolocation"], origin=app.url)
        visit.context.set_geolocation({"longitude": longitude, "latitude": latitude})
        page.on("websocket", lambda line: line.on("framesent", note))
        visit.open()
        page.get_by_role("button", name=W("canvas.locate")).click()
        expect(page.locator(".search-status")).to_have_text(W("canvas.located"))
        field = page.get_by_role("combobox", name=W("canvas.search"))
        field.fill("Kerkstrat")
        page.get_by_role("button", name=W("canvas.find")).click()
        page.get_by_role("option", name="Kerkstraat", exact=True).click()
        expect(page.locator(".home-sign")).to_have_text("Kerkstraat")
        accept(visit)
        asked = [request.encode() for request in visit.asked]
    sent = [frame.encode() if isinstance(frame, str) else frame for frame in told]
    assert any(b"Kerkstrat" in frame for frame in sent)
    for number in (longitude, latitude):
        # To a hundred metres: no rounded form of it either.
        assert not any(f"{number:.3f}".encode() in text for text in [*sent, *asked])
