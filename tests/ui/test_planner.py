"""The planner's page in a real browser: every section, three ways to choose, an address that opens it again."""

import re
import shutil
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

import geopandas as gpd
import pandas as pd
import pytest
import shapely
import streamlit as st
from playwright.sync_api import Page, expect

import i18n
import store
from geo import crs
from layers import custom_layers
from store import Contribution, Project
from tests.support import controls
from tests.support.browser import ROOT, App, Visit, serious
from ui.pages.planner import key_figures, overview
from ui.pages.planner.section import chart_rows

Visiting = Callable[..., AbstractContextManager[Visit]]

MAX_MAP_BYTES = 300_000
PATIENCE_MS = 30_000

SECTIONS = {
    "Overzicht": ("overview_map", "fits areas-buurt"),
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


WORK = ("Groepen", "Te beoordelen")
"""Sections that are read from top to bottom; the others answer in their first screen."""


def lowest(page: Page) -> float:
    """Return how far down the first screen goes: the whole map and chart, and where the table begins."""
    ends = page.locator(".canvas .map, [data-testid=stVegaLiteChart]").evaluate_all(
        "all => all.slice(0, 2).map(one => one.getBoundingClientRect().bottom + scrollY)"
    )
    table = page.locator(".st-key-planner_panes .buurt-table").first.bounding_box()
    assert len(ends) == 2
    assert table is not None
    return float(max(*ends, table["y"]))


@pytest.fixture(scope="module")
def app(start_app: Callable[..., App]) -> App:
    """Return an app of these tests alone: they count what was drawn in the town."""
    return start_app()


def at(page: Page, section: str) -> None:
    """Wait until a section is there: every layer of its map, and a table."""
    map_key, layers = SECTIONS[section]
    if map_key:
        arrived = "".join(f"[data-arrived~={layer}]" for layer in ("ground", *layers.split()))
        page.locator(f".st-key-{map_key} .canvas{arrived}").wait_for(timeout=PATIENCE_MS)
    else:
        page.get_by_text("Vergelijk naar").wait_for(timeout=PATIENCE_MS)
    page.locator(".buurt-table, .buurt-review").first.wait_for(timeout=PATIENCE_MS)
    controls.rest(page)


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
            controls.pick(page, "planner.sections", section)
            if section == "Voorzieningen":  # what single residents left stands behind one switch
                controls.press(page, "planner.single_show")
            at(page, section)
            assert page.get_by_text("verzonnen voorbeeld").count() > 0, section
            assert page.locator("[data-testid=stException]").count() == 0, section
            expect(page.get_by_role("heading", level=1)).to_have_text(section)
            assert page.title().startswith(f"{section} · ")
            if section not in WORK:
                assert lowest(page) <= page.viewport_size["height"], section  # type: ignore[index]
            barriers[section] = serious(page)
    assert {section: found for section, found in barriers.items() if found} == {}
    assert 0 < sum(fetched.values()) < MAX_MAP_BYTES


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
        for way in ("map", "table", "arrows", "chart", "list"):
            if way == "map":
                page.mouse.click(*visit.middle())
            elif way == "table":
                rows.get_by_text("ligt verschoven").first.click()
            elif way == "arrows":
                rows.locator("input:checked").press("ArrowDown")
            elif way == "chart":
                dots = page.locator(".st-key-fit_chart path[aria-label^=Noorderschans]")
                told = r"22\s% \(95\s%: 6\s% tot 54\s%\); 17 tekenaars"
                expect(dots).to_have_attribute("aria-label", re.compile(told))
                controls.mark(page, key="fit_chart", name="Noorderschans")
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
        assert len(seen) == 6
        page.locator(".canvas[data-arrived~=chosen]").wait_for()
        sentence = page.get_by_text("een oordeel geven wij vanaf tien")
        expect(sentence).to_contain_text("Rietkraag")
        address, read_out = page.url, sentence.inner_text()
    with visiting(app) as colleague:
        colleague.page.goto(address)
        colleague.page.locator(".canvas[data-arrived~=chosen]").wait_for(timeout=PATIENCE_MS)
        expect(colleague.page.get_by_text("een oordeel geven wij vanaf tien")).to_have_text(read_out)


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
        # Searched, a table says how many are left; a column that is chosen stands beside the others.
        rows = visit.page.locator(".st-key-fit_table tbody tr")
        visit.page.get_by_role("searchbox", name="Zoek in deze tabel").fill("verspreide OOST")
        expect(rows).to_have_count(1)
        expect(visit.page.locator(".st-key-fit_table .buurt-table-count")).to_have_text("1 van 18 rijen")
        split = visit.page.locator(".st-key-fit_table th", has_text="gesplitst")
        expect(split).to_be_hidden()
        visit.page.locator(".st-key-fit_table summary", has_text="Kolommen").click()
        visit.page.get_by_role("checkbox", name="gesplitst").check()
        expect(split).to_be_visible()
        visit.page.locator(".st-key-fit_table").get_by_role("searchbox").fill("")
        visit.page.locator(".st-key-fit_table summary", has_text="Filter").click()
        # Other tests may have drawn in this town: how many fit that well is theirs to say.
        above = sum(share >= known[len(known) // 2] for share in known)
        visit.page.get_by_role("textbox", name="valt samen: van").fill(f"{known[len(known) // 2]}%")
        expect(rows).to_have_count(above)


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
        # What a single resident drew is on no screen before somebody asks.
        controls.press(page, "planner.single_show")
        at(page, "Te beoordelen")
        line = page.get_by_text(re.compile(r"^Tekening 1 \("))
        before = line.inner_text()
        controls.press(page, "planner.triage_mend")
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
        expect(line).not_to_have_text(before)
        assert page.evaluate(drafts) == []
        controls.press(page, "planner.triage_mend")
        expect(page.get_by_text("Zoals de bewoner tekende")).to_be_visible()
        page.get_by_role("button", name="Terugdraaien").click()
        expect(line).to_have_text(before)


def test_what_becomes_of_a_signal_is_chosen_with_its_row(app: App, visiting: Visiting) -> None:
    with visiting(app) as visit:
        page = visit.page
        page.goto(f"{app.url}/vergelijk?deel=Leefbaarheid")
        at(page, "Leefbaarheid")
        controls.press(page, "planner.single_show")
        rows = page.locator(".st-key-signals_table tbody tr")
        rows.first.locator("input").press("Space")
        controls.pick(page, "planner.signal_status", "gepland")
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
        controls.pick(page, "planner.signal_status", "gedaan")
        expect(rows.last.locator("td").last).to_have_text("gedaan")
        expect(heading).to_have_attribute("aria-sort", "descending")


@pytest.fixture
def poor(start_app: Callable[..., App], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> App:
    """Return an app with projects that lack something, and two areas that overlap."""
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
    custom_layers.save_custom_layer(areas, role="areas", name="dubbel", date="2026-01-01")
    app = start_app(BUURT_DATA=str(tmp_path))
    with store.open_store(f"sqlite:///{app.store}") as private_store:
        for key, drawings in {
            "leeg": [],
            "een": [here],
            "gelijk": [here] * 10,
            "elders": [there] * 6,
            "ver": [here] * 20 + [there],
        }.items():
            private_store.projects.save(Project(key, key, "", date(2099, 1, 1), is_demo=True))
            for at, drawn in enumerate(drawings):
                written, name = (
                    str(shapely.to_geojson(crs.to_wgs84(drawn))),
                    uuid.uuid5(uuid.UUID(int=2), f"{key}{at}"),
                )
                private_store.contributions.submit(Contribution(str(name), key, written, drawn, date.today()))
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
        # One of 21 lies 140 km off: the map opens on the others, and on all for who asks.
        visit.page.goto(f"{poor.url}/vergelijk?project=ver")
        scale = visit.page.locator(".st-key-overview_map .leaflet-control-scale-line")
        expect(scale).to_have_text(re.compile(r"^\d+ m$"))
        controls.press(visit.page, "planner.show_far", key="far_overview_map")
        expect(scale).to_have_text(re.compile(r"^\d+ km$"))


def test_a_dot_of_a_chart_says_whose_it_is_and_what_its_range_is() -> None:
    """Areas of one name are two rows; a series has its name in the sentence; a range of borders is no interval."""
    table = pd.DataFrame(
        {"name": ["Dorp", "Dorp"], "mean": [4.0, 5.0], "low": 3.0, "high": 6.0, "n": 12}, index=["a", "b"]
    )
    view: Any = SimpleNamespace(say=i18n.get_translator("nl"))
    ends = "planner.chart_range"
    rows = chart_rows(view, table, "mean", between=("low", "high"), spec=".1f", ends=ends, series="kern")
    assert rows["name"].tolist() == ["Dorp (a)", "Dorp (b)"]
    assert rows["text"]["a"] == "Dorp (a), kern: 4,0 (bereik: 3,0 tot 6,0); 12 tekenaars"


def test_what_is_not_known_is_left_out_of_the_sentences(monkeypatch: pytest.MonkeyPatch) -> None:
    """No range of any age: no smallest difference. No core of a half: its figures are of ground, and no fault."""
    said: list[str] = []
    for way in ("markdown", "caption"):
        monkeypatch.setattr(st, way, said.append)
    for section in (overview, key_figures):
        monkeypatch.setattr(section.table, "show_table", lambda *_args, **_facts: None)
    say = i18n.get_translator("nl")
    ages = pd.DataFrame(
        {"n": 3, "share": 1.0, "low": float("nan"), "high": float("nan"), "inhabitants": 0.2}, index=["young"]
    )
    ages.attrs["answered"] = 3
    monkeypatch.setattr(overview.overview, "age_distribution", lambda _study: ages)
    view: Any = SimpleNamespace(say=say, study=None)
    overview._ages(view)
    assert said == [say("planner.ages_note", n=3)]
    ways = [f"core_{percent}" for percent in (25, 50, 75)]
    found = pd.DataFrame(columns=[*ways, "low", "high", "year"])
    found.attrs["basis"] = None
    key_figures._figures(say, found)
    assert said[-1] == say("planner.figures_bounds", basis=say("planner.basis_area"))
