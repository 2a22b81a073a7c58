"""The planner's map as a workbench: grounds, layers, a card with numbers, the whole screen, names that stay apart."""

import base64
import re
import shutil
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path
from urllib.parse import quote

import geopandas as gpd
import pytest
import shapely
from playwright.sync_api import Page, Route, expect

import i18n
import store
from geo import crs
from geo.errors import SettingRefused
from store import Contribution, Project
from study.imports.file_import import import_file
from tests.support import controls
from tests.support.browser import ROOT, App, Visit, serious
from ui.components import basemap
from ui.server.security import content_security_policy

Visiting = Callable[..., AbstractContextManager[Visit]]
FIT = f"/vergelijk?deel={quote('Beleefd en officieel')}"
TILE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPj/HwADBwIAMCbHYQAAAABJRU5ErkJggg=="
)
N_DRAWN = 150


def at(page: Page, *layers: str) -> None:
    """Wait until these layers lie on the ground and the page is at rest."""
    arrived = "".join(f"[data-arrived~={layer}]" for layer in ("ground", *layers))
    page.locator(f".canvas{arrived}").first.wait_for(timeout=60_000)
    controls.rest(page)


def touching_names(page: Page) -> list[list[str]]:
    """Return the pairs of names on the map that lie over each other, or "none at all"."""
    names = page.locator(".canvas .area-name:not([hidden])").evaluate_all(
        "all => all.map(one => [one.textContent, one.getBoundingClientRect()])"
        ".map(([text, {left, right, top, bottom}]) => ({text, left, right, top, bottom}))"
    )
    if not names:
        return [["none", "at all"]]
    return [
        [one["text"], other["text"]]
        for place, one in enumerate(names)
        for other in names[:place]
        if one["left"] < other["right"]
        and other["left"] < one["right"]
        and one["top"] < other["bottom"]
        and other["top"] < one["bottom"]
    ]


@pytest.fixture(scope="module")
def online(start_app: Callable[..., App]) -> App:
    """Return the made-up town at an operator who offers a map in grey and photos from the air."""
    return start_app(BUURT_BASEMAPS="grey,aerial")


def test_a_ground_is_asked_for_when_it_is_chosen_and_the_address_keeps_map_and_layers(
    online: App, visiting: Visiting
) -> None:
    """Nobody is asked before; whose photos they are stands on the map; a colleague opens the same."""
    asked: list[str] = []

    def answer(route: Route) -> None:
        asked.append(route.request.url)
        route.fulfill(body=TILE, content_type="image/png")

    with visiting(online, altered=True) as visit:
        page = visit.page
        visit.context.route(re.compile(r"^https://service\.pdok\.nl/"), answer)
        page.goto(online.url + FIT)
        at(page, "cores", "areas-buurt")
        ground = page.get_by_role("combobox", name="Ondergrond")
        assert ground.locator("option").all_inner_texts() == [
            "Eigen kaart",
            "Kadaster, grijs",
            "Luchtfoto",
            "Geen",
        ]
        assert asked == []
        cores = page.locator(".canvas .leaflet-cores-pane g > path")
        n_cores = cores.count()
        assert n_cores > 5
        ground.select_option("aerial")
        expect(page.locator(".canvas .credit")).to_have_text(
            "verzonnen voorbeeld · Luchtfoto: Beeldmateriaal.nl / PDOK (CC BY 4.0)"
        )
        expect(page.locator(".canvas .leaflet-tile-loaded").first).to_be_attached()
        assert asked
        assert all("/hwh/luchtfotorgb/" in url for url in asked)
        # One layer off, another at less than half its strength: both at once, without the page being made anew.
        panel = page.get_by_role("group", name="Lagen van de kaart")
        panel.get_by_role("checkbox", name="Kernen").uncheck()
        expect(cores).to_have_count(0)
        slider = panel.get_by_role("slider", name="Hoe sterk: Buurt")
        slider.focus()
        for _ in range(6):
            page.keyboard.press("ArrowLeft")
        line = page.locator(".canvas .leaflet-lines-pane path").first
        expect(line).to_have_css("opacity", "0.4")
        # Choosing an area leaves all of it as it is.
        page.locator(".st-key-fit_table tbody tr input").first.press("Space")
        page.wait_for_url("**gebied=**")
        at(page, "chosen")
        expect(cores).to_have_count(0)
        expect(line).to_have_css("opacity", "0.4")
        address = page.url
        assert "ondergrond=aerial" in address
        assert "lagen=-cores%2Careas-buurt%3A40" in address
        page.goto(address)
        at(page, "chosen")
        expect(panel.get_by_role("checkbox", name="Kernen")).not_to_be_checked()
        expect(cores).to_have_count(0)
        expect(ground).to_have_value("aerial")
        panel.get_by_role("checkbox", name="Kernen").check()
        expect(cores).not_to_have_count(0)
        # This device remembers the ground of this project, and the address that of a colleague.
        page.goto(f"{online.url}/vergelijk?deel=Grenzen")
        at(page, "borders")
        expect(page.get_by_role("combobox", name="Ondergrond")).to_have_value("aerial")
        visit.asked[:] = [url for url in visit.asked if "service.pdok.nl" not in url]


def test_the_card_says_name_and_numbers_by_pointer_and_by_keyboard(app: App, visiting: Visiting) -> None:
    """What is chosen in the table with the arrow keys has its card on the map too, and it is read out."""
    with visiting(app) as visit:
        page = visit.page
        page.goto(app.url + FIT)
        at(page, "cores", "areas-buurt")
        card = page.locator(".canvas .card:not(.card-chosen)")
        x, y = visit.middle()
        page.mouse.move(x, y)
        page.mouse.move(x + 3, y + 2)
        expect(card).to_be_visible()
        expect(card).to_contain_text("tekenaars")
        inside = page.locator(".canvas .stage").bounding_box()
        box = card.bounding_box()
        assert inside is not None
        assert box is not None
        assert box["x"] >= inside["x"]
        assert box["x"] + box["width"] <= inside["x"] + inside["width"]
        rows = page.locator(".st-key-fit_table tbody tr")
        rows.get_by_text("Noorderschans").first.click()
        chosen = page.locator(".canvas").get_by_role("status")
        expect(chosen).to_contain_text("Noorderschans")
        expect(chosen).to_contain_text("17 tekenaars")
        expect(chosen).to_contain_text("Kern en gebied vallen 22 % samen")
        rows.locator("input:checked").press("ArrowDown")
        expect(chosen).not_to_contain_text("Noorderschans")
        expect(chosen).to_contain_text("tekenaars")


def test_the_whole_screen_has_map_and_layers_and_the_way_back_leads_to_the_first_view(
    app: App, visiting: Visiting
) -> None:
    with visiting(app) as visit:
        page = visit.page
        page.goto(f"{app.url}/vergelijk?deel={quote('Beleefde buurten')}")
        at(page, "cores", "areas-buurt")
        scale = page.locator(".canvas .leaflet-control-scale-line")
        first = scale.inner_text()
        assert touching_names(page) == []
        for _ in range(2):
            page.get_by_role("button", name="Inzoomen").click()
        expect(scale).not_to_have_text(first)
        assert touching_names(page) == []
        page.get_by_role("button", name="Terug naar het begin").click()
        expect(scale).to_have_text(first)
        whole = page.get_by_role("button", name="Hele scherm")
        whole.click()
        expect(whole).to_have_attribute("aria-pressed", "true")
        size = page.viewport_size
        assert size is not None
        expect(page.locator(".canvas .map")).to_have_css("height", f"{size['height']}px")
        expect(page.get_by_role("combobox", name="Ondergrond")).to_be_visible()
        assert serious(page) == []
        whole.click()
        expect(whole).to_have_attribute("aria-pressed", "false")


def test_drawings_of_new_york_lie_on_the_areas_that_came_with_them(
    start_app: Callable[..., App],
    visiting: Visiting,
    shared: Callable[[str], Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """No municipality: the ground is the own areas; names by the room there is, and a card that says who drew."""
    monkeypatch.setenv("BUURT_DATA", str(tmp_path))
    shutil.copytree(ROOT / "data" / "boundaries" / "GM9901", tmp_path / "GM9901")
    import_file(shared("boundaries/new_york_neighbourhoods.geojson"))
    drawn = gpd.read_file(shared("sketches/new_york_dnainfo_2015.gpkg"), layer="sketches", rows=3 * N_DRAWN)
    utm = "EPSG:32618"
    shapes = drawn.to_crs(utm).geometry
    shapes = shapes[shapes.is_valid & shapes.area.between(1e5, 1e7)].head(N_DRAWN)
    app = start_app(BUURT_DATA=str(tmp_path))
    with store.open_store(f"sqlite:///{app.store}") as private_store:
        private_store.projects.save(Project("nyc", "New York", "", date(2099, 1, 1), crs=utm, is_demo=True))
        for number, shape in enumerate(shapes):
            written = str(shapely.to_geojson(crs.to_wgs84(shape, utm)))
            name = str(uuid.uuid5(uuid.UUID(int=3), str(number)))
            private_store.contributions.submit(Contribution(name, "nyc", written, shape, date.today()))
    with visiting(app) as visit:
        page = visit.page
        page.goto(f"{app.url}/vergelijk?project=nyc&deel=Overzicht")
        at(page, "fits")
        ground = page.get_by_role("combobox", name="Ondergrond")
        assert ground.locator("option").all_inner_texts() == ["Eigen kaart", "Geen"]
        land = page.locator(".canvas .leaflet-ground-pane path")
        assert land.count() > 100
        for _ in range(3):
            page.get_by_role("button", name="Inzoomen").click()
        expect(page.locator(".canvas .area-name:not([hidden])")).not_to_have_count(0)
        assert touching_names(page) == []
        ground.select_option("none")
        expect(land).to_have_count(0)
        page.locator(".st-key-where_table tbody tr input").first.press("Space")
        expect(page.locator(".canvas").get_by_role("status")).to_contain_text("tekenaars")


def test_what_is_offered_is_what_the_operator_allows_and_nothing_of_others_offline(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert basemap.online_maps() == ()
    monkeypatch.setenv("BUURT_BASEMAPS", "aerial, colour")
    assert basemap.online_maps() == ("colour", "aerial")
    content_security_policy.cache_clear()
    assert "img-src 'self' data: blob: https://service.pdok.nl" in content_security_policy("three.example")
    monkeypatch.setenv("BUURT_TILES", "brt")
    assert basemap.online_maps() == ("grey", "colour", "aerial")
    offered = basemap.planner_basemaps(i18n.get_translator("nl"), "GM9901", (5.2, 52.1), None)
    assert [one.key for one in offered] == ["grey", "colour", "aerial", "own", "none"]
    monkeypatch.setenv("BUURT_OFFLINE", "1")
    content_security_policy.cache_clear()
    offered = basemap.planner_basemaps(i18n.get_translator("nl"), "GM9901", (5.2, 52.1), None)
    assert [one.key for one in offered] == ["own", "none"]
    assert "pdok" not in content_security_policy("four.example")
    content_security_policy.cache_clear()
    monkeypatch.setenv("BUURT_BASEMAPS", "satellite")
    with pytest.raises(SettingRefused, match="grey, colour or aerial"):
        basemap.online_maps()
