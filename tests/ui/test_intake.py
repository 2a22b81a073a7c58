"""A file is looked at, seen on the map, and only then kept; in the real browser."""

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import shapely
from playwright.sync_api import Page

from tests.browser import App
from tests.stores import own_data

pytestmark = pytest.mark.browser
Visiting = Callable[..., Any]

SQUARE = shapely.box(160_000, 503_000, 160_400, 503_400)
"""Four hundred metres of polder, in RD."""


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return own_data(tmp_path_factory.mktemp("house"))


@pytest.fixture(scope="module")
def at_home(start_app: Callable[..., App], data: Path) -> App:
    """Give the app as `make run` starts it: for this computer only."""
    return start_app(BUURT_DATA=str(data), STREAMLIT_SERVER_ADDRESS="localhost")


def hand(page: Page, name: str, contents: bytes | str) -> None:
    """Bring a file of this name."""
    plain = contents.encode() if isinstance(contents, str) else contents
    page.locator("input[type=file]").set_input_files(
        {"name": name, "mimeType": "application/octet-stream", "buffer": plain}
    )


def seen(page: Page, text: str) -> None:
    """Wait until this stands on the page."""
    page.get_by_text(text).first.wait_for(timeout=60_000)


def drawn(*shapes: shapely.Geometry, **columns: list[Any]) -> str:
    """Write shapes as a GeoJSON that says nothing of its numbers."""
    table = gpd.GeoDataFrame(columns, geometry=list(shapes))
    return json.dumps(json.loads(table.to_json()) | {"crs": None})


def test_rd_without_a_word_about_it_is_proven_shown_and_kept(
    at_home: App, visiting: Visiting, data: Path
) -> None:
    """Two areas beside each other and a line: the proof is said, the map comes first, the line is named."""
    areas = [SQUARE, shapely.box(160_400, 503_000, 160_800, 503_400)]
    line = shapely.LineString([(160_000, 503_000), (160_300, 503_000)])
    told = drawn(*areas, line, code=["A", "B", "C"], naam=["Oost", "West", "Streep"])
    with visiting(at_home) as visit:
        page = visit.page
        page.goto(at_home.url + "/inlezen")
        hand(page, "Wijken van ons.geojson", told)
        seen(page, "de getallen passen alleen bij het Nederlandse kaartstelsel")
        seen(page, "Van de 3 regels kunnen wij er")
        page.wait_for_selector(".canvas[data-arrived~=areas-brought]", timeout=60_000)
        assert not list(data.glob("own/*"))
        page.get_by_role("button", name="Overnemen").click()
        seen(page, "Het bestand is overgenomen.")
    kept = json.loads((data / "own" / "own_wijken_van_ons.json").read_text(encoding="utf-8"))
    assert (kept["role"], kept["rows"]) == ("areas", 2)


def test_zip_with_two_layers_asks_which(at_home: App, visiting: Visiting, tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, n in (("wijken", 2), ("buurten", 4)):
            squares = [shapely.box(160_000 + 400 * i, 503_000, 160_400 + 400 * i, 503_400) for i in range(n)]
            table = gpd.GeoDataFrame({"naam": [f"{name} {i}" for i in range(n)]}, geometry=squares, crs=28992)
            table.to_file(tmp_path / f"{name}.shp")
            for part in tmp_path.glob(f"{name}.*"):
                archive.write(part, f"kaart/{part.name}")
    with visiting(at_home) as visit:
        page = visit.page
        page.goto(at_home.url + "/inlezen")
        hand(page, "kaart.zip", packed.getvalue())
        seen(page, "Welke laag?")
        page.get_by_text("wijken", exact=False).first.wait_for()
        page.get_by_role("radiogroup").get_by_text("wijken").click()
        seen(page, "met 2 regels")
        page.get_by_role("radiogroup").get_by_text("buurten").click()
        seen(page, "met 4 regels")
        page.wait_for_selector(".canvas[data-arrived~=areas-brought]", timeout=60_000)


def test_csv_with_decimal_commas_says_which_columns_are_personal_and_takes_a_kind(
    at_home: App, visiting: Visiting
) -> None:
    """Two places without a kind: nothing is taken until somebody says that all of them are benches."""
    rows = [
        "naam;e-mail;x;y",
        "Brug;a@voorbeeld.nl;160100,5;503100,5",
        "Plein;b@voorbeeld.nl;160200,5;503200,5",
    ]
    with visiting(at_home) as visit:
        page = visit.page
        page.goto(at_home.url + "/inlezen")
        hand(page, "plekken.csv", "\n".join(rows))
        seen(page, "Deze kolommen kunnen zeggen wie iemand is")
        page.get_by_text("Kolommen", exact=True).click()
        page.get_by_role("combobox", name="Soort voorziening").click()
        page.keyboard.type("alles is: bank")
        page.get_by_role("option", name="alles is: bank").click()
        seen(page, "Van de 2 regels kunnen wij er")
        page.wait_for_selector(".canvas[data-arrived~=facilities-bench]", timeout=60_000)


def test_north_and_east_exchanged_is_asked_never_imposed(at_home: App, visiting: Visiting) -> None:
    turned = shapely.transform(SQUARE, lambda corners: corners[:, ::-1])
    with visiting(at_home) as visit:
        page = visit.page
        page.goto(at_home.url + "/inlezen")
        hand(page, "om.geojson", drawn(turned, code=["A"]))
        seen(page, "Noord en oost lijken verwisseld")
        assert page.locator(".canvas").count() == 0
        page.get_by_text("Ja, draai ze om").click()
        page.wait_for_selector(".canvas[data-arrived~=areas-brought]", timeout=60_000)


def test_instruction_file_under_a_map_name_is_refused_in_one_sentence(
    at_home: App, visiting: Visiting
) -> None:
    attack = (
        '<OGRVRTDataSource><OGRVRTLayer name="passwd"><SrcDataSource>CSV:/etc/passwd</SrcDataSource>'
        "</OGRVRTLayer></OGRVRTDataSource>"
    )
    with visiting(at_home) as visit:
        page = visit.page
        page.goto(at_home.url + "/inlezen")
        hand(page, "buurt.geojson", attack)
        alert = page.get_by_test_id("stAlert")
        alert.wait_for(timeout=60_000)
        assert "root:" not in page.content()
        assert page.locator(".canvas").count() == 0
        assert page.get_by_role("button", name="Overnemen").count() == 0


def test_in_the_open_a_visitor_may_look_and_not_keep(app: App, visiting: Visiting) -> None:
    """The app that most tests share is one that others can reach."""
    with visiting(app) as visit:
        page = visit.page
        page.goto(app.url + "/inlezen")
        hand(
            page, "s.geojson", drawn(SQUARE, shapely.box(160_400, 503_000, 160_800, 503_400), code=["A", "B"])
        )
        seen(page, "Bewaren kan alleen wie als planner is ingelogd")
        assert page.get_by_role("button", name="Overnemen").count() == 0
