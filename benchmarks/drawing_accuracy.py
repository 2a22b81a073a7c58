"""Draw real outlines with a scripted finger in a real browser; compare what is stored with what was meant.

    python -m benchmarks.drawing_accuracy --n 200 --sketches FILE --json OUT

Every outline of the file is scaled into the made-up town to lie on a phone's screen, and drawn with one
finger that trembles, from the link to the accepted area. Only outlines that are one sound area take part: of
a line that crosses itself nobody knows what was meant.
"""

import argparse
import json
import math
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from playwright.sync_api import Page, sync_playwright
from shapely import Polygon

import store
from geo import crs as planes
from study import datasets
from study.demo_project import MUNICIPALITY, PROJECT
from tests.support.browser import App, Hand, find_chromium, free_port

PHONE = {"width": 390, "height": 844}
STEP_PX = 5.0
TREMOR_PX = 1.0
"""Standard deviation of a finger's jitter; it comes and goes over some 30 pixels of way."""

ROOM = 0.78
"""Part of the map's width and height that the largest outline takes."""

MIN_M2, MAX_M2 = 20_000.0, 25_000_000.0
SEED = 20250401


@dataclass(frozen=True)
class Drawn:
    """One outline that was drawn: what was meant, in RD, and how many taps it took."""

    meant: Polygon
    taps: int


def main(arguments: list[str] | None = None) -> int:
    """Draw, compare, and write the numbers."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.drawing_accuracy", description=__doc__)
    parser.add_argument("--n", type=int, default=200)
    parser.add_argument("--sketches", type=Path, required=True, help="file with real outlines")
    parser.add_argument("--json", type=Path, required=True, help="where the numbers go")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        app = App(Path(folder) / "store.gpkg", free_port(), Path(folder) / "log.txt")
        app.start()
        try:
            numbers = run(app, chosen(given.sketches, given.n))
        finally:
            app.kill()
    given.json.write_text(json.dumps(numbers, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(numbers, indent=2))
    return 0


def chosen(file: Path, n: int) -> list[Polygon]:
    """Return `n` outlines by lot, in metres: sound, of one part, from 2 hectares to 25 km2."""
    table = gpd.read_file(file)
    plane = planes.planar(tuple(table.to_crs(planes.WGS84).total_bounds))
    shapes = table.to_crs(plane).geometry.to_numpy()
    fit = (shapely.get_type_id(shapes) == 3) & shapely.is_valid(shapes)
    area = shapely.area(shapes)
    fit &= (area >= MIN_M2) & (area <= MAX_M2)
    lot = np.random.default_rng(SEED).permutation(np.flatnonzero(fit))[:n]
    return [Polygon(shapes[at].exterior) for at in lot]


def run(app: App, outlines: list[Polygon]) -> dict[str, Any]:
    """Draw every outline and sum up."""
    before = _named(app)
    drawn: list[Drawn] = []
    began = time.monotonic()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=["--no-sandbox"])
        context = browser.new_context(
            viewport=PHONE, has_touch=True, is_mobile=True, locale="nl-NL", reduced_motion="reduce"
        )
        page = context.new_page()
        for number, outline in enumerate(outlines):
            drawn.append(draw(page, app, outline, number))
            print(f"{number + 1}/{len(outlines)}", end="\r", flush=True)
        browser.close()
    kept = _named(app)
    own = kept[~kept.index.isin(before.index)]
    overlap = [
        iou(found.geometry.iloc[0], one.meant)
        for number, one in enumerate(drawn)
        if len(found := own[own["name"] == _name(number)])
    ]
    lost = len(drawn) - len(overlap)
    return {
        "n": len(drawn),
        "stored": len(own),
        "lost": lost,
        "double": len(own) - (len(drawn) - lost),
        "iou_median": round(float(np.median(overlap)), 4) if overlap else None,
        "iou_min": round(float(np.min(overlap)), 4) if overlap else None,
        "taps_max": max((one.taps for one in drawn), default=0),
        "seconds": round(time.monotonic() - began),
    }


def draw(page: Page, app: App, outline: Polygon, number: int) -> Drawn:
    """Go from the link to an accepted area, as a resident on a phone does who was never here before."""
    page.goto(f"{app.url}/healthz")
    page.evaluate("sessionStorage.clear(); localStorage.clear()")
    page.goto(app.url)
    page.get_by_role("button", name="Ik doe mee", exact=True).tap()
    taps = 1
    page.wait_for_selector(".canvas[data-state=ready]")
    page.wait_for_selector(".canvas[data-arrived~=ground]")
    box = page.locator(".canvas .map").bounding_box()
    if box is None:
        raise RuntimeError("the map is not to be seen")
    width, height = box["width"] - 2, box["height"] - 2
    line = on_screen(outline, width, height)
    middle = np.array([box["x"] + box["width"] / 2, box["y"] + box["height"] / 2])
    hand = Hand(page.context.new_cdp_session(page))
    hand.stroke([(float(x), float(y)) for x, y in finger(line, number) + middle])
    page.wait_for_selector(".canvas[data-state=drawn]")
    page.locator("[data-act=right]").tap()
    taps += 1
    _call(page, _name(number))
    return Drawn(_ground(line, box["width"]), taps)


def _call(page: Page, name: str) -> None:
    """Return the area a name of its own, so that it can be found again."""
    page.get_by_label("Hoe noemt u deze buurt?").fill(name)
    page.get_by_role("button", name="Verder", exact=True).tap()
    page.get_by_role("heading", level=1, name="Plekken in uw buurt").wait_for()


def on_screen(outline: Polygon, width: float, height: float) -> NDArray[np.float64]:
    """Return the closed outline in pixels round (0, 0), as large as fits; y goes down. It begins at the top.

    The buttons on the map lie at its foot, and a stroke that begins on a button is none.
    """
    west, south, east, north = outline.bounds
    scale = ROOM * min(width / (east - west), height / (north - south))
    corners = shapely.get_coordinates(outline.exterior) - [(west + east) / 2, (south + north) / 2]
    pixels = (corners * [scale, -scale])[:-1]
    first = int(pixels[:, 1].argmin())
    return np.concatenate([pixels[first:], pixels[: first + 1]])


def finger(line: NDArray[np.float64], seed: int) -> NDArray[np.float64]:
    """Walk along the outline in small steps with a hand that trembles."""
    way = shapely.LineString(line)
    at = np.append(np.arange(0.0, way.length, STEP_PX), way.length)
    steps = shapely.get_coordinates(shapely.line_interpolate_point(way, at))
    noise = np.random.default_rng(SEED + seed).normal(0.0, 1.0, steps.shape)
    smooth = np.array([np.convolve(noise[:, axis], np.ones(6) / 6**0.5, "same") for axis in (0, 1)]).T
    return steps + TREMOR_PX * smooth


def _ground(line: NDArray[np.float64], width_px: float) -> Polygon:
    """Return the ground in RD under an outline in pixels round the middle of the first view."""
    longitude, latitude = datasets.initial_view(MUNICIPALITY)
    around_m = 2 * math.pi * 6378137.0 * math.cos(math.radians(latitude))
    # The world's width in pixels, such that the start width in metres lies across the map.
    world = around_m * width_px / _start_width_m()
    x = longitude + line[:, 0] / world * 360
    merc = math.log(math.tan(math.pi / 4 + math.radians(latitude) / 2)) - line[:, 1] / world * 2 * math.pi
    y = np.degrees(2 * np.arctan(np.exp(merc)) - math.pi / 2)
    ground: Polygon = planes.to_planar(Polygon(np.column_stack([x, y])))
    return ground


def _start_width_m() -> int:
    return store.Project(PROJECT, "", MUNICIPALITY, store.records.date.max).start_width_m


def iou(one: shapely.Geometry, other: shapely.Geometry) -> float:
    """Area in both as a share of the area in either."""
    return float(shapely.intersection(one, other).area / shapely.union(one, other).area)


def _named(app: App) -> gpd.GeoDataFrame:
    with store.open_store(f"sqlite:///{app.store}") as private_store:
        return private_store.contributions.read_sketches(PROJECT)


def _name(number: int) -> str:
    return f"outline {number}"


if __name__ == "__main__":
    raise SystemExit(main())
