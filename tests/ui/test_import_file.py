"""A file is looked at, seen on the map, and only then kept; in the real browser."""

import contextlib
import io
import json
import sqlite3
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import shapely
from playwright.sync_api import Page

import store
from tests.support import controls
from tests.support.browser import App
from tests.support.temp_store import own_data

pytestmark = pytest.mark.browser
Visiting = Callable[..., Any]

SQUARE = shapely.box(160_000, 503_000, 160_400, 503_400)
"""Four hundred metres of polder, in RD."""


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return own_data(tmp_path_factory.mktemp("house"))


@pytest.fixture(scope="module")
def at_home(start_app: Callable[..., App], data: Path) -> App:
    """Return the app as `make run` starts it: for this computer only."""
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
    handed = drawn(*areas, line, code=["A", "B", "C"], naam=["Oost", "West", "Streep"])
    with visiting(at_home) as visit:
        page = visit.page
        page.goto(at_home.url + "/inlezen")
        hand(page, "Wijken van ons.geojson", handed)
        seen(page, "de getallen passen alleen bij het Nederlandse kaartstelsel")
        seen(page, "Van de 3 regels kunnen wij er")
        page.wait_for_selector(".canvas[data-arrived~=areas-brought]", timeout=60_000)
        assert not list(data.glob("own/*"))
        page.get_by_role("button", name="Overnemen").click()
        seen(page, "Het bestand is overgenomen.")
    (saved,) = (data / "own").glob("own_wijken_van_ons*.json")
    kept = json.loads(saved.read_text(encoding="utf-8"))
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
        controls.pick(page, "intake.layer", "wijken")
        seen(page, "met 2 regels")
        controls.pick(page, "intake.layer", "buurten")
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
        # What a person opened stays open: other columns are proposed for another role, other sentences stand above.
        controls.unfold(page, "intake.columns")
        controls.pick(page, "intake.role", "Gebieden")
        controls.pick(page, "intake.role", "Voorzieningen")
        controls.choose(page, "intake.crs", "RD (meters, Nederland)")
        controls.choose(page, "intake.field_kind", "alles is: bank")
        seen(page, "Van de 2 regels kunnen wij er")
        page.wait_for_selector(".canvas[data-arrived~=facilities-bench]", timeout=60_000)


def test_north_and_east_exchanged_is_asked_never_imposed(at_home: App, visiting: Visiting) -> None:
    turned = shapely.transform(SQUARE, lambda corners: corners[:, ::-1])
    with visiting(at_home) as visit:
        page = visit.page
        page.goto(at_home.url + "/inlezen")
        hand(page, "om.geojson", drawn(turned, code=["A"]))
        seen(page, "Noord en oost lijken verwisseld")
        controls.pick(page, "intake.role", "Tekeningen van bewoners")
        controls.pick(page, "intake.role", "Gebieden")
        assert page.locator(".canvas").count() == 0
        controls.pick(page, "files.warning_axes_swapped", "Ja, draai ze om")
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


def test_columns_of_the_place_are_pointed_at_and_the_place_is_asked_about(
    at_home: App, visiting: Visiting
) -> None:
    """No column says where it is; with two pointed at, three benches lie in the country, on its borders."""
    rows = ["soort;een;twee", "bank;92310;446120", "bank;92330;446140", "bank;92350;446160"]
    with visiting(at_home) as visit:
        page = visit.page
        page.goto(at_home.url + "/inlezen")
        hand(page, "Banken.csv", "\n".join(rows))
        controls.pick(page, "intake.table", "Cijfers van gebieden, met een kolom codes")
        controls.pick(page, "intake.table", "Plekken: ik wijs de kolommen aan")
        controls.choose(page, "intake.place_x", "een")
        controls.choose(page, "intake.place_y", "twee")
        seen(page, "bank: 3")
        page.wait_for_selector(".canvas[data-arrived~=areas-gemeente]", timeout=60_000)
        page.wait_for_selector(".canvas[data-arrived~=facilities-bench]", timeout=60_000)
        seen(page, "3 van 3 liggen in")
        seen(page, "Klopt de plek?")


def test_own_layers_stay_until_somebody_says_otherwise(at_home: App, visiting: Visiting, data: Path) -> None:
    """A second file of one name replaces only when told; a layer is described, made a ground, and deleted."""

    def bring(name: str, contents: str) -> None:
        page.goto(at_home.url + "/inlezen")
        hand(page, name, contents)

    def keep() -> None:
        page.get_by_role("button", name="Overnemen").click()
        seen(page, "Het bestand is overgenomen.")

    def layers(start: str) -> list[dict[str, Any]]:
        return [json.loads(path.read_text()) for path in sorted((data / "own").glob(f"{start}*.json"))]

    rows = ["soort;x;y", *(f"bank;{160_000 + 20 * n};503100" for n in range(3))]
    squares = [SQUARE, shapely.box(160_400, 503_000, 160_800, 503_400)]
    with visiting(at_home) as visit:
        page = visit.page
        bring("Zitplekken.csv", "\n".join(rows))
        controls.pick(
            page, "intake.list", "De lijst komt in de plaats van wat is opgehaald, voor deze soorten"
        )
        keep()
        bring("Zitplekken.csv", "\n".join(rows[:2]))
        controls.pick(page, "intake.there", "Die vervangen wij door dit bestand")
        keep()
        (kept,) = layers("own_zitplekken")
        assert (kept["rows"], kept["replaces"]) == (1, False)
        page.goto(at_home.url + "/inlezen")
        controls.choose(page, "layers.which", "Zitplekken")
        controls.fill(page, "layers.name", "Onze banken")
        controls.fill(page, "layers.source", "Wijkraad")
        controls.fill(page, "layers.licence", "CC0 1.0")
        controls.fill(page, "layers.year", "2025")
        controls.choose(page, "layers.project", "Zuiderwaard")
        controls.press(page, "layers.instead")
        controls.press(page, "layers.save")
        seen(page, "De laag 'Onze banken' is bewaard.")
        (kept,) = layers("own_zitplekken")
        told = [kept[name] for name in ("title", "source", "licence", "year", "project", "replaces")]
        assert told == ["Onze banken", "Wijkraad", "CC0 1.0", 2025, "demo", True]
        bring("Vakken.geojson", drawn(*squares, code=["P", "Q"], naam=["Oost", "West"]))
        keep()
        page.goto(at_home.url + "/inlezen")
        controls.choose(page, "layers.which", "Vakken: gebieden")
        controls.press(page, "layers.ground")
        seen(page, "U kunt nu bij Beheer een project maken in 'Vakken'")
        controls.choose(page, "layers.which", "Onze banken")
        controls.press(page, "layers.sure")
        controls.press(page, "layers.delete")
        seen(page, "De laag 'Onze banken' is gewist.")
    assert layers("own_zitplekken") == []


def test_figures_of_own_areas_are_taken_in(at_home: App, visiting: Visiting, data: Path) -> None:
    with visiting(at_home) as visit:
        page = visit.page
        page.goto(at_home.url + "/inlezen")
        hand(page, "Cijfers 2024.csv", "buurtcode;inwoners\nBU16210101;10\nBU16210102;20\n")
        seen(page, "inwoners: 2")
        page.get_by_role("button", name="Overnemen").click()
        seen(page, "Het bestand is overgenomen.")
        page.goto(at_home.url + "/inlezen")
        hand(page, "Artsen.csv", "buurtcode;g_afs_hp\nBU16210101;1.234\nBU16210102;2.345\n")
        seen(page, "kunnen op twee manieren gelezen worden")
        controls.pick(page, "intake.decimal", "De punt: 1.234 is iets meer dan één")
        seen(page, "naar de huisarts (km): 2")
    (saved,) = (data / "own").glob("own_cijfers_2024*.json")
    kept = json.loads(saved.read_text(encoding="utf-8"))
    assert (kept["role"], kept["rows"], kept["year"]) == ("figures", 2, 2024)


def test_a_column_is_pointed_at_for_a_question(at_home: App, visiting: Visiting, data: Path) -> None:
    """Who brings a survey says which column tells how people go about; the answers come with the drawings."""
    areas = [shapely.box(160_000 + 500 * n, 503_000, 160_400 + 500 * n, 503_400) for n in range(7)]
    with visiting(at_home) as visit:
        page = visit.page
        page.goto(at_home.url + "/inlezen")
        told = {
            "nummer": list("abcdefg"),
            "vervoer": ["Lopend", "Met de auto"] + [""] * 5,
            "wanneer": ["1-5-2024"] * 7,
            "avond": ["Dorpshuis"] * 4 + ["De Brug"] * 3,
            "woonduur": [None] * 6 + ["12"],  # further down than the rows that are shown first
        }
        hand(page, "vragen.geojson", drawn(*areas, **told))
        controls.pick(page, "intake.role", "Tekeningen van bewoners")
        controls.unfold(page, "intake.answers")
        controls.choose(page, "intake.field_day", "wanneer")
        controls.choose(page, "intake.field_session", "avond")
        controls.choose(page, "intake.field_answer", "vervoer", key="intake_answer_travel")
        seen(page, "Hoe gaat u meestal door uw buurt? (vervoer)")
        seen(page, "(woonduur)")
        controls.press(page, "intake.keep")
        controls.said(page, "intake.kept")
    with store.open_store(f"sqlite:///{at_home.store}") as private_store:
        held = private_store.sessions.list_all("vragen")
        assert sorted((one.place, f"{one.day:%d-%m-%Y}", one.is_open) for one in held) == [
            ("De Brug", "01-05-2024", False),
            ("Dorpshuis", "01-05-2024", False),
        ]


def test_stop_pressed_when_the_work_is_as_good_as_done_says_what_is_kept(
    at_home: App, visiting: Visiting
) -> None:
    """Three drawings wait for the store, which somebody else writes in: Stop ends nothing, and the page knows."""
    areas = [shapely.box(160_000 + 500 * n, 504_000, 160_400 + 500 * n, 504_400) for n in range(3)]
    with visiting(at_home) as visit, contextlib.closing(sqlite3.connect(at_home.store)) as other:
        page = visit.page
        page.goto(at_home.url + "/inlezen")
        hand(page, "laat.geojson", drawn(*areas, nummer=list("abc")))
        controls.pick(page, "intake.role", "Tekeningen van bewoners")
        controls.find(page, "intake.keep").wait_for()
        other.execute("BEGIN IMMEDIATE")
        page.get_by_role("button", name="Overnemen").click()
        page.get_by_role("button", name="Stoppen").click()
        page.get_by_test_id("stSpinner").wait_for()
        other.rollback()
        seen(page, "Het bestand is overgenomen.")
        assert page.get_by_text("Er is niets van dit bestand bewaard").count() == 0
