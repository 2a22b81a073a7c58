"""The planner's page in a real browser: every section, three ways to choose, an address that opens it again."""

import re
import shutil
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import quote

import geopandas as gpd
import pytest
import shapely
from playwright.sync_api import Page, expect

import store
from geo import crs
from layers import own
from store import Contribution, Project
from tests.browser import ROOT, App, Visit, serious

Visiting = Callable[..., AbstractContextManager[Visit]]

MOST_MAP_BYTES = 300_000
PATIENCE_MS = 30_000

SECTIONS = {
    "Overzicht": ("overview_map", "turnout areas-buurt"),
    "Beleefd en officieel": ("fit_map", "cores areas-buurt"),
    "Grenzen": ("borders_map", "borders"),
    "Beleefde buurten": ("neighbourhoods_map", "cores areas-buurt"),
    "Voorzieningen": ("facilities_map", "core areas-buurt chosen facilities-meeting_place places"),
    "Cijfers": ("figures_map", "cores areas-buurt"),
    "Groepen": ("", ""),
    "Leefbaarheid": ("scores_map", "scores cores areas-buurt"),
    "Te beoordelen": ("triage_map", "triage"),
}
"""Every section with a table, the key of its map, and the layers that lie on it above the ground."""


def at(page: Page, section: str) -> None:
    """Wait until a section is there: every layer of its map, and a table."""
    map_key, layers = SECTIONS[section]
    if map_key:
        arrived = "".join(f"[data-arrived~={layer}]" for layer in ("ground", *layers.split()))
        page.locator(f".st-key-{map_key} .canvas{arrived}").wait_for(timeout=PATIENCE_MS)
    else:
        page.get_by_text("Vergelijk naar").wait_for(timeout=PATIENCE_MS)
    page.locator(".buurt-table").first.wait_for(timeout=PATIENCE_MS)
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for(timeout=PATIENCE_MS)


def test_every_section_has_its_map_its_table_and_no_barrier(app: App, visiting: Visiting) -> None:
    """One visit walks all nine; together they fetch less than one section may."""
    fetched: dict[str, int] = {}
    barriers: dict[str, list[Any]] = {}
    with visiting(app) as visit:
        page = visit.page
        page.on(
            "response",
            lambda answer: (
                fetched.update({answer.url: int(answer.headers.get("content-length", 0))})
                if "/geo/" in answer.url
                else None
            ),
        )
        page.goto(f"{app.url}/vergelijk")
        for section in SECTIONS:
            page.get_by_test_id("stButtonGroup").get_by_text(section, exact=True).click(timeout=PATIENCE_MS)
            at(page, section)
            assert page.get_by_text("verzonnen voorbeeld").count() > 0, section
            assert page.locator("[data-testid=stException]").count() == 0, section
            barriers[section] = serious(page)
    assert {section: found for section, found in barriers.items() if found} == {}
    assert 0 < sum(fetched.values()) < MOST_MAP_BYTES


def test_what_is_chosen_lights_up_everywhere_and_the_address_keeps_it(app: App, visiting: Visiting) -> None:
    """By a click on the map, a row of the table, the arrow keys there and the list; a colleague opens the same."""
    with visiting(app) as visit:
        page = visit.page
        page.goto(f"{app.url}/vergelijk?deel={quote('Beleefd en officieel')}")
        at(page, "Beleefd en officieel")
        page.locator(".canvas[data-arrived~=areas-buurt]").wait_for()
        list_of_areas = page.get_by_role("combobox", name="Gebied")
        rows = page.locator(".st-key-fit_table tbody tr")
        seen = {""}
        for way in ("map", "table", "arrows", "list"):
            if way == "map":
                page.mouse.click(*visit.middle())
            elif way == "table":
                rows.get_by_text("ligt verschoven").first.click()
            elif way == "arrows":
                rows.locator("input:checked").press("ArrowDown")
            else:
                list_of_areas.focus()
                page.keyboard.type("Rietkraag")
                page.keyboard.press("Enter")
            known = "|".join(re.escape(one) for one in seen)
            expect(page).not_to_have_url(re.compile(f"[?&]gebied=({known})(&|$)|^[^?]*$"))
            page.wait_for_url("**gebied=**")
            seen.add(page.url.partition("gebied=")[2].partition("&")[0])
            at(page, "Beleefd en officieel")
            expect(rows.locator("input:checked")).to_have_count(1)
        assert len(seen) == 5
        page.locator(".canvas[data-arrived~=chosen]").wait_for()
        sentence = page.get_by_text("Van de grond in kern of gebied")
        expect(sentence).to_contain_text("Rietkraag")
        address, told = page.url, sentence.inner_text()
    with visiting(app) as colleague:
        colleague.page.goto(address)
        colleague.page.locator(".canvas[data-arrived~=chosen]").wait_for(timeout=PATIENCE_MS)
        expect(colleague.page.get_by_text("Van de grond in kern of gebied")).to_have_text(told)


def test_a_heading_sorts_its_column_and_what_is_unknown_comes_last(app: App, visiting: Visiting) -> None:
    with visiting(app) as visit:
        visit.page.goto(f"{app.url}/vergelijk?deel={quote('Beleefd en officieel')}")
        at(visit.page, "Beleefd en officieel")
        heading = visit.page.locator(".st-key-fit_table th", has_text="valt samen")
        for way in ("ascending", "descending"):
            heading.get_by_role("button").press("Enter")
            expect(heading).to_have_attribute("aria-sort", way)
            cells = visit.page.locator(".st-key-fit_table td:nth-child(3)").all_inner_texts()
            known = [int(cell.removesuffix("%")) for cell in cells if cell.endswith("%")]
            assert known == sorted(known, reverse=way == "descending")
            assert len(known) > 5
            assert set(cells[len(known) :]) <= {"onbekend"}


def test_filters_come_from_the_address(app: App, visiting: Visiting) -> None:
    with visiting(app) as visit:
        visit.page.goto(f"{app.url}/vergelijk?deel=Overzicht&groep=tafel+1")
        at(visit.page, "Overzicht")
        # Other tests may have drawn in this town: how many there are in all is theirs to say.
        expect(visit.page.get_by_text(re.compile(r"U kijkt naar 25 van de \d+ tekeningen"))).to_be_visible()


def test_a_planner_changes_a_border_and_takes_it_back(app: App, visiting: Visiting) -> None:
    """Cut a corner off with the brush that residents use: it counts at once, and undoing brings the old one."""
    with visiting(app) as visit:
        page = visit.page
        page.goto(f"{app.url}/vergelijk?deel={quote('Te beoordelen')}")
        at(page, "Te beoordelen")
        told = page.get_by_text(re.compile(r"^Tekening 1 \("))
        before = told.inner_text()
        page.get_by_text("Zelf de grens veranderen").click()
        visit.wait("accepted")
        visit.press("adjust")
        visit.press("cut")
        x, y = visit.middle()
        visit.mouse([(x - 150, y), (x - 60, y - 40), (x + 60, y - 40), (x + 150, y)])
        visit.press("ready")
        # Nothing of a resident's drawing is left on the planner's device, halfway or after.
        drafts = "Object.keys(localStorage).filter(name => name.includes('draft'))"
        assert page.evaluate(drafts) == []
        visit.press("right")
        expect(told).not_to_have_text(before)
        assert page.evaluate(drafts) == []
        page.get_by_text("Zelf de grens veranderen").click()
        expect(page.get_by_text("Zoals de bewoner tekende")).to_be_visible()
        page.get_by_role("button", name="Terugdraaien").click()
        expect(told).to_have_text(before)


def test_what_becomes_of_a_signal_is_chosen_with_its_row(app: App, visiting: Visiting) -> None:
    with visiting(app) as visit:
        page = visit.page
        page.goto(f"{app.url}/vergelijk?deel=Leefbaarheid")
        at(page, "Leefbaarheid")
        rows = page.locator(".st-key-signals_table tbody tr")
        rows.first.locator("input").press("Space")
        page.get_by_test_id("stButtonGroup").get_by_text("gepland", exact=True).click()
        # What is decided goes below what is new.
        expect(rows.last.locator("td").last).to_have_text("gepland")
        expect(rows.last).to_have_class("chosen")
        expect(page.get_by_role("group", name="Signalen en initiatieven")).to_be_visible()
        # Whoever sorted keeps that order when a row changes.
        heading = page.locator(".st-key-signals_table th").last
        for _ in range(2):
            heading.get_by_role("button").press("Enter")
        rows.first.locator("input").press("Space")
        expect(rows.first).to_have_class("chosen")
        page.get_by_test_id("stButtonGroup").get_by_text("gedaan", exact=True).click()
        expect(rows.last.locator("td").last).to_have_text("gedaan")
        expect(heading).to_have_attribute("aria-sort", "descending")


@pytest.fixture
def poor(start_app: Callable[..., App], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> App:
    """Give an app with projects that lack something, and two areas that overlap."""
    monkeypatch.setenv("BUURT_DATA", str(tmp_path))
    shutil.copytree(ROOT / "data" / "boundaries" / "GM9901", tmp_path / "GM9901")
    here, there = (
        shapely.box(155_000, 463_000, 155_400, 463_400),
        shapely.box(30_000, 390_000, 30_400, 390_400),
    )
    areas = gpd.GeoDataFrame(
        {"name": ["West", "Oost"]},
        geometry=[here, shapely.box(155_200, 463_000, 155_600, 463_400)],
        index=["W", "O"],
        crs=crs.RD,
    ).rename_axis("code")
    own.keep(areas, role="areas", name="dubbel", date="2026-01-01")
    app = start_app(BUURT_DATA=str(tmp_path))
    with store.open(f"sqlite:///{app.store}") as door:
        for key, drawings in {"leeg": [], "een": [here], "gelijk": [here] * 6, "elders": [there] * 6}.items():
            door.save_project(Project(key, key, "", date(2099, 1, 1), is_made_up=True))
            for at, drawn in enumerate(drawings):
                told, name = (
                    str(shapely.to_geojson(crs.to_wgs84(drawn))),
                    uuid.uuid5(uuid.UUID(int=2), f"{key}{at}"),
                )
                door.submit(Contribution(str(name), key, told, drawn, date.today()))
    return app


def test_what_is_missing_is_said_in_one_sentence(poor: App, visiting: Visiting) -> None:
    """Empty, one, all alike, areas over each other, another place, no figures, no list."""
    expected = {
        "project=leeg": "Er zijn nog geen tekeningen.",
        "project=een": "Er is één tekening.",
        "project=gelijk": "Alle tekeningen zijn gelijk.",
        "project=gelijk&taal=nl": "liggen gebieden over elkaar heen (8 ha)",
        "project=elders": "Er zijn geen officiële gebieden op deze plek.",
        "project=gelijk&deel=Cijfers": "zijn geen cijfers bekend",
        "project=gelijk&deel=Voorzieningen": "is geen lijst van ontmoetingsplekken geladen",
    }
    with visiting(poor) as visit:
        for address, sentence in expected.items():
            visit.page.goto(f"{poor.url}/vergelijk?{address}")
            visit.page.get_by_text(sentence).first.wait_for(timeout=PATIENCE_MS)
