"""The offline kit of a workshop session, with a base map that somebody gave: its tiles, and nobody asked."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from study import datasets, demo_project
from study.workshop import offline_kit as boxes
from tests.support.browser import App
from tests.support.tile_files import Bounds, over, over_town, pmtiles, streets
from tests.ui.test_server import get
from ui.components import basemap

Visiting = Callable[..., Any]
MAKERS = "Kaart: Kartografen"


@dataclass(frozen=True)
class Opened:
    """A box and its app."""

    app: App
    box: boxes.OfflineKit


@pytest.fixture(scope="module")
def opened(start_app: Callable[..., App], tmp_path_factory: pytest.TempPathFactory) -> Opened:
    """Pack a box with streets at levels 13 to 16 over the town, and open it."""
    room = tmp_path_factory.mktemp("box")
    bounds = datasets.bounds_wgs84(demo_project.MUNICIPALITY)
    file = pmtiles(
        room / "kaart.pmtiles", over_town(), bounds, credit=f"<a href='https://x.example'>{MAKERS}</a>"
    )
    boxes.create_kit("Zuiderwaard", room / "doos", where="Buurthuis", day=date.today(), tables=("a",))
    boxes.add_basemap("Zuiderwaard", room / "doos", file)
    file.unlink()  # the box has its own
    box = boxes.open_kit(room / "doos")
    return Opened(start_app(**box.settings), box)


def test_a_tile_is_given_and_not_sent_twice(opened: Opened) -> None:
    zoom, column, row = next(over(datasets.bounds_wgs84(demo_project.MUNICIPALITY), range(14, 15)))
    path = f"/geo/tiles/{zoom}/{column}/{row}"
    answer, body = get(opened.app, path)
    assert (answer.status, body) == (200, streets(14))
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["cache-control"] == "public, max-age=3600"
    assert answer.headers["x-content-type-options"] == "nosniff"
    again, nothing = get(opened.app, path, {"If-None-Match": answer.headers["etag"]})
    assert (again.status, nothing) == (304, b"")


def test_a_tile_that_is_not_there(opened: Opened) -> None:
    """In the world but not in the file: nothing, and no complaint. What is no number is absent."""
    for place in ("14/0/0", "3/4/2", "14/99999/0", "99/0/0"):
        answer, body = get(opened.app, f"/geo/tiles/{place}")
        assert (answer.status, body) == (204, b"")
    odd = ("14/0/0.png", "14/-1/0", "14/0x1/0", "14/%2e%2e/0", f"14/{'9' * 5_000}/0", "14/0", "14/०/0")
    for place in odd:
        answer, body = get(opened.app, f"/geo/tiles/{quote(place, safe='/%')}", {"Accept": "text/html"})
        assert answer.status in {400, 404}, place
        assert b"<html" not in body


def test_a_town_the_file_does_not_touch_keeps_its_own_map(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The made-up town to practise in goes along in every box, and lies nowhere on a real map."""
    far: Bounds = (5.9, 50.7, 6.0, 50.8)
    spots = {at: streets(14) for at in over(far, range(14, 15))}
    monkeypatch.setenv("BUURT_TILES", str(pmtiles(tmp_path / "far", spots, far, credit=MAKERS)))
    assert (
        basemap.basemap_layers(demo_project.MUNICIPALITY)[0].settings["url"]
        == f"geo/{demo_project.MUNICIPALITY}/basemap.topojson"
    )
    assert basemap.map_attribution(demo_project.MUNICIPALITY, "CBS") == "CBS"
    monkeypatch.setenv(
        "BUURT_TILES",
        str(pmtiles(tmp_path / "here", over_town(), datasets.bounds_wgs84(demo_project.MUNICIPALITY))),
    )
    assert (
        basemap.basemap_layers(demo_project.MUNICIPALITY)[0]
        .settings["url"]
        .startswith("geo/tiles/{z}/{x}/{y}?")
    )


@pytest.mark.browser
def test_every_map_of_the_session_stands_on_it_and_nobody_else_is_asked(
    opened: Opened, visiting: Visiting
) -> None:
    """A resident's phone and the beamer: tiles that arrived, their makers named, our own shapes not drawn."""
    workshop_session = opened.box.workshop_session
    for path in ("/?stap=teken", f"/scherm?avond={workshop_session.id}"):
        with visiting(opened.app, touch=path.startswith("/?")) as visit:
            visit.page.goto(opened.app.url + path)
            visit.page.wait_for_selector(".canvas[data-arrived~=ground]")
            assert visit.page.locator("img.leaflet-tile-loaded").count() > 0
            assert MAKERS in visit.page.locator(".credit").inner_text()
        assert not [url for url in visit.asked if "basemap.topojson" in url]
