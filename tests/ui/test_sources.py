"""Fetching a municipality from the page "Bronnen", in a real browser, from services on this machine."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

import store
from tests.layers.download.test_fetch import ALL
from tests.support import controls, fake_services
from tests.support.browser import App, Visit, serious
from tests.support.fake_services import CODE, Fault, Netherlands
from tests.support.temp_store import own_data

pytestmark = pytest.mark.browser

WORDS = "vier lange woorden samen"
OVERPASS = "/overpass/"
THEMES = {"meeting_place", "bench", "play_area", "social_infrastructure"}


@pytest.fixture(scope="module")
def netherlands() -> Iterator[Netherlands]:
    """Run the services with Testdam on them."""
    with fake_services.serving(fake_services.town()) as server:
        yield server


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return own_data(tmp_path_factory.mktemp("house"))


@pytest.fixture(scope="module")
def sources_app(start_app: Callable[..., App], netherlands: Netherlands, data: Path) -> App:
    """Return an app with one planner, before these services."""
    app = start_app(BUURT_DATA=str(data), **netherlands.settings())
    with store.open_store(f"sqlite:///{app.store}") as private_store:
        private_store.accounts.create("planner", "planner", WORDS)
    return app


def sign_in(page: Page, app: App) -> None:
    page.goto(f"{app.url}/inloggen")
    page.get_by_label("Account").fill("planner")
    page.get_by_label("Wachtwoord").fill(WORDS)
    with page.expect_response("**/api/sessie"):
        page.get_by_role("button", name="Inloggen", exact=True).click()


def kept(data: Path) -> dict[str, int]:
    """Return the layers of Testdam with their rows."""
    lock = data / CODE / "lock.json"
    return {e["layer"]: e["rows"] for e in json.loads(lock.read_text())["layers"]} if lock.exists() else {}


def lacking(data: Path) -> set[str]:
    """Return the layers of Testdam that lack a source."""
    lock = json.loads((data / CODE / "lock.json").read_text())
    return {entry["layer"] for entry in lock["layers"] if entry.get("not_fetched")}


def fetch(page: Page, name: str) -> None:
    """Ask for a municipality: typed while we know no names, picked from the list afterwards."""
    field = page.get_by_label("Naam of code van de gemeente")
    if field.get_attribute("role") == "combobox":
        controls.choose(page, "sources.municipality", name, key="municipality")
    else:
        controls.fill(page, "sources.municipality", name, key="municipality_typed")
    controls.press(page, "sources.fetch")


def test_a_planner_fetches_a_municipality(
    sources_app: App,
    visiting: Callable[..., AbstractContextManager[Visit]],
    netherlands: Netherlands,
    data: Path,
) -> None:
    """A service that fails, a planner who stops, and then all of it; nothing half is kept on the way.

    Residents of that town then draw on a map that names all its makers, beside its scale and not over it.
    """
    with visiting(sources_app) as visit:
        page = visit.page
        sign_in(page, sources_app)
        page.goto(f"{sources_app.url}/bronnen")
        netherlands.faults[:] = [Fault(OVERPASS, status=400)]
        fetch(page, "testdam")
        page.get_by_text("Van OpenStreetMap hebben we nog niets").first.wait_for()
        page.get_by_text("Banken: OpenStreetMap: niet gekregen").wait_for()
        first = kept(data)
        assert first["buurt_2025"] == 5
        assert lacking(data) == first.keys() & THEMES != set()
        lacking_first = lacking(data)
        netherlands.faults[:] = [Fault(OVERPASS, way="drip")]
        fetch(page, "Testdam")
        page.get_by_text(re.compile(r"Vraag \d+ van")).wait_for()
        expect(page.get_by_role("progressbar")).to_be_visible()
        controls.press(page, "waiting.stop")
        page.get_by_text("gestopt").wait_for()
        assert kept(data) == first
        netherlands.faults.clear()
        fetch(page, "Testdam")
        page.get_by_text(
            f"Testdam is klaar. Nieuw: {len(ALL) - len(first) + len(lacking_first)} lagen."
        ).wait_for()
        assert kept(data) == ALL
        assert lacking(data) == set()
        controls.press(page, "doctor.check")
        page.get_by_text("Laatste controle").wait_for()
        controls.press(page, "sources.again")
        fetch(page, "Testdam")
        page.get_by_text(f"Testdam is klaar. Nieuw: {len(ALL)} lagen.").wait_for()
        assert serious(page) == []
    with store.open_store(f"sqlite:///{sources_app.store}") as private_store:
        private_store.projects.save(store.Project("testdam", "Testdam", CODE, date(2099, 1, 1)))
    with visiting(sources_app, touch=True) as visit:
        visit.open("/?project=testdam&stap=teken")
        makers, scale = (
            visit.page.locator(f".canvas {one}") for one in (".credit", ".leaflet-control-scale")
        )
        expect(makers).to_contain_text("CBS")
        expect(makers).to_contain_text("© OpenStreetMap-bijdragers")
        above, below = scale.bounding_box(), makers.bounding_box()
        assert above is not None
        assert below is not None
        assert above["y"] + above["height"] <= below["y"]
