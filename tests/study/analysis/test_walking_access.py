"""How far people walk in the shipped town, and what is said where there are no streets."""

import json
import shutil

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geo.accessibility import covered_share
from geo.crs import RD
from geo.networks.street_graph import attach
from geo.networks.walking_distance import nearest_by_street
from layers.cache import BASEMAP_FILE, write_layer
from study import datasets
from study.analysis import comparison, facilities
from study.analysis.key_figures import dwelling_points
from study.context import current_study
from study.demo_project import PROJECT
from tests.conftest import ROOT
from tests.support.temp_store import own_store


@pytest.fixture(scope="module")
def shipped(tmp_path_factory):
    with own_store(tmp_path_factory.mktemp("town")):
        yield current_study(PROJECT)


@pytest.mark.parametrize(
    ("theme", "straight", "walked"),
    [
        ("meeting_place", 0.86, 0.52),
        ("bench", 0.40, 0.13),
        ("play_area", 0.97, 0.68),
        ("social_infrastructure", 0.98, 0.76),
    ],
)
def test_share_of_homes_within_the_norm_in_the_shipped_town(shipped, theme, straight, walked) -> None:
    """Known answers: along streets far fewer homes are within the norm than in a straight line."""
    homes = dwelling_points(shipped)
    people, norm_m = homes["count"].to_numpy(), facilities.NORMS[theme].reach_m
    assert people.sum() == 13_737
    found = facilities.home_distances(shipped, theme)
    near = homes.geometry.apply(
        lambda door: facilities.facilities_of_theme(shipped, theme).distance(door).min()
    )
    assert (people * (near <= norm_m)).sum() / people.sum() == pytest.approx(straight, abs=0.01)
    assert (people * (found <= norm_m)).sum() / people.sum() == pytest.approx(walked, abs=0.01)
    assert (found >= near - 1e-6).all(), "nobody walks less than the straight line"


def test_core_in_the_shipped_town_is_measured_along_streets(shipped) -> None:
    """The parts within the norm are those of the homes in the core; who is farther lies in a square of the gap."""
    theme = "bench"
    core = comparison.contours(shipped, 1).geometry[50]
    reach = facilities.core_accessibility(shipped, 1, theme, 125.0)
    homes = dwelling_points(shipped)
    doors, people = homes.geometry.to_numpy(), homes["count"].to_numpy()
    held = shapely.intersects(doors, core)
    metres = facilities.home_distances(shipped, theme)
    assert (reach.basis, reach.homes, reach.cut_off) == ("streets", people[held].sum(), 0.0)
    assert reach.streets_date == "2025-06-01"
    assert reach.within == pytest.approx((people * (metres <= 125))[held].sum() / people[held].sum())
    assert shapely.intersects(reach.gap, doors[held & (metres > 125)]).all()
    assert reach.gap.area < core.area
    assert shapely.difference(reach.gap, core).area == pytest.approx(0, abs=1e-3)


@pytest.fixture
def folder(tmp_path):
    """A data folder of our own, with the shipped town in it as far as it is fetched in a real municipality."""
    shutil.copytree(ROOT / "data" / "boundaries" / "GM9901", tmp_path / "GM9901")
    lock = tmp_path / "GM9901" / "lock.json"
    kept = json.loads(lock.read_text("utf-8"))
    kept["layers"] = [entry for entry in kept["layers"] if entry["layer"] != "addresses"]
    lock.write_text(json.dumps(kept), "utf-8")
    with own_store(tmp_path, BUURT_DATA=str(tmp_path)):
        yield tmp_path


def test_ground_is_measured_along_streets_where_homes_are_not_known(folder) -> None:
    """A real municipality brings no dwellings: the middles of 50 m squares are asked instead."""
    study = current_study(PROJECT)
    core = comparison.contours(study, 1).geometry[50]
    reach = facilities.core_accessibility(study, 1, "play_area", 401.0)
    assert (reach.basis, reach.homes, reach.within, reach.median_m) == ("streets", 0, None, None)
    table = facilities.facilities_of_theme(study, "play_area")
    assert 0.2 < reach.covered < covered_share(core, table, reach_m=401.0) - 0.05
    assert reach.gap.area == pytest.approx((1 - reach.covered) * core.area, rel=0.05)
    wide = facilities.core_accessibility(study, 1, "play_area", 4000.0)
    assert (wide.covered, wide.gap.is_empty) == (1.0, True)


def test_streets_fetched_from_openstreetmap_are_walked_too(folder) -> None:
    """They come under the name streets; a bridge meets nothing below it, a motorway is not walked."""
    lines = [((0, 0), (100, 0)), ((50, -50), (50, 50)), ((0, 40), (100, 40)), ((0, 80), (100, 80))]
    kinds = {"kind": ["residential", "footway", "residential", "motorway"], "level": [0, 1, 0, 0]}
    streets = gpd.GeoDataFrame(kinds, geometry=shapely.linestrings(lines), crs=RD)
    tracks = [((0, 10), (100, 10)), ((0, 45), (100, 45))]
    rail = gpd.GeoDataFrame({"kind": ["rail", "tram"]}, geometry=shapely.linestrings(tracks), crs=RD)
    about = {"source": "made up", "licence": "", "date": "2026-05-01", "fetched": "2026-05-01T00:00:00+00:00"}
    for name, table in (("streets", streets), ("railways", rail)):
        write_layer(
            table, code="GM0001", municipality="Elders", layer=name, file=BASEMAP_FILE, key=name, **about
        )
    assert sorted(datasets.basemap("GM0001")) == ["rail", "roads"]
    assert datasets.streets_date("GM0001") == "2026-05-01"
    graph = datasets.street_graph("GM0001")
    assert (len(graph.lines), len(graph.barriers)) == (3, 1)
    home, goal = np.array([shapely.Point(10, 12)]), np.array([shapely.Point(90, 40)])
    # Not to the street at 12 m, which is over the railway: 28 m to the other one, and 80 m along it.
    assert nearest_by_street(graph, attach(graph, home), 1, goal).metres.tolist() == [108.0]


def test_without_streets_it_is_a_straight_line(folder) -> None:
    assert datasets.street_graph("GM0002") is None
    assert datasets.streets_date("GM0002") == ""
