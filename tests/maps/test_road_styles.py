"""Roads look alike on every medium, and on a paper sheet as they did on the sheets that lie with residents."""

from pathlib import Path

import cv2
import geopandas as gpd
import numpy as np
import shapely

from geo.paper_sheet import PaperSheet
from geo.road_classes import PATHS, ROAD_CLASSES
from maps import style
from maps.documents.paper_sheet_map import render_map

GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "paper_sheet_roads.png"
KINDS = (
    "motorway", "trunk", "primary", "secondary", "tertiary", "unclassified", "residential", "living_street",
    "pedestrian", "service", "cycleway", "footway", "path", "track", "steps", "raceway",
)  # fmt: skip
SHEET = PaperSheet("demo", "5f0c1f6b2a", 7, "A4", 143_000, 509_500, 8_000, "", "b81c22aa01")


def road_of_every_kind() -> gpd.GeoDataFrame:
    """Roads from side to side of the sheet, each with a bend and its kind for a name."""
    west, south, east, north = SHEET.ground.bounds
    step, width = (north - south) / (len(KINDS) + 1), east - west
    lines = [
        shapely.LineString(
            [
                (west, south + step * (place + 0.6)),
                (west + 0.55 * width, south + step * (place + 0.6)),
                (west + 0.65 * width, south + step * (place + 1.1)),
                (east, south + step * (place + 1.1)),
            ]
        )
        for place in range(len(KINDS))
    ]
    names = [kind.title() for kind in KINDS]
    return gpd.GeoDataFrame({"kind": KINDS, "name": names}, geometry=lines, crs=28992)


def test_roads_on_a_sheet_look_as_they_did_when_the_golden_picture_was_made() -> None:
    """A photo of a sheet is compared with a fresh print: were roads wider now, sheets in the field were lost."""
    found = render_map(SHEET, {"roads": road_of_every_kind()}, px_per_mm=3.0)[:, :, ::-1]
    golden = cv2.imread(str(GOLDEN))
    assert golden is not None
    assert found.shape == golden.shape
    assert np.abs(found.astype(int) - golden.astype(int)).max() <= 2


def test_every_class_has_one_look_whose_colours_there_are() -> None:
    assert set(style.ROADS) == set(ROAD_CLASSES)
    for road in style.ROADS.values():
        assert road.color in style.GROUND
        assert road.edge is None or road.edge in style.GROUND


def test_a_more_important_road_is_never_narrower() -> None:
    by_rank = sorted(ROAD_CLASSES.values(), key=lambda row: row.rank)
    for low in by_rank:
        for high in by_rank:
            if high.rank > low.rank:
                one, other = style.ROADS[low.name], style.ROADS[high.name]
                assert other.screen_px >= one.screen_px
                assert other.figure_pt >= one.figure_pt
                assert other.sheet_mm >= one.sheet_mm


def test_a_browser_hears_of_every_class_and_of_every_other_kind_of_path() -> None:
    options = style.road_options()
    assert set(options) == set(ROAD_CLASSES) | set(PATHS)
    assert all(options[kind] == options["path"] for kind in PATHS)
