"""Facilities, figures, groups and liveability on a town of two squares, where one can work the answers out."""

import shutil
import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from shapely.geometry import Polygon, box

import layers
from geo import crs
from geo.consensus.clustering import CUT
from geo.errors import GroupsTooFew, SketchTooSmall
from geo.measures import similarity
from layers import cache, custom_layers
from maps.interactive.topojson import build_topology
from store import Contribution, Project
from store.models.contributions import Place, ViewFacts
from study import context, progress, review_queue
from study.analysis import (
    area_fit,
    comparison,
    facilities,
    groups,
    key_figures,
    liveability,
    neighbourhoods,
    overview,
)
from study.analysis.borders import border_table
from study.answer_cache import ANSWERS
from study.context import Study
from study.publishing.public_tables import best_fitting_division
from tests.conftest import ROOT
from tests.maps.interactive.test_topojson import read
from tests.support.editions import published
from tests.support.temp_store import own_store

WEST, SOUTH = 155_000, 463_000
DIVISION = "own_two_squares"


def ground(left: float, right: float, low: float = 0, high: float = 400) -> Polygon:
    """A rectangle, m from the corner of the town."""
    return box(WEST + left, SOUTH + low, WEST + right, SOUTH + high)


@pytest.fixture(scope="module", autouse=True)
def demo_loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Two official squares side by side, 400 m each way, and four benches; no town, no figures."""
    folder: Path = tmp_path_factory.mktemp("house")
    shutil.copytree(ROOT / "data" / "boundaries" / "GM9901", folder / "GM9901")
    with own_store(folder, BUURT_DATA=str(folder)):
        squares = gpd.GeoDataFrame(
            {"name": ["West", "Oost"]},
            geometry=[ground(0, 400), ground(400, 800)],
            index=["W", "O"],
            crs=crs.RD,
        ).rename_axis("code")
        custom_layers.save_custom_layer(squares, role="areas", name="two squares", date="2026-01-01")
        benches = gpd.GeoDataFrame(
            {
                "theme": "bench",
                "kind": "bench",
                "name": list("abcd"),
                "source": "made up",
                "date": "2026-01-01",
            },
            geometry=[shapely.Point(WEST + x, SOUTH + 200) for x in (50, 200, 450, 700)],
            index=list("abcd"),
            crs=crs.RD,
        ).rename_axis("facility_id")
        custom_layers.save_custom_layer(benches, role="facilities", name="benches", date="2026-01-01")
        yield


def town(
    key: str,
    drawings: Sequence[Polygon],
    *,
    screens: Sequence[str] = (),
    answers: Sequence[Mapping[str, int]] = (),
    edges: Sequence[str] = (),
    places: Sequence[Place] = (),
    municipality: str = "",
) -> Study:
    """Return a project with these drawings; the places come from the first resident."""
    private_store = context.get_store()
    private_store.projects.save(Project(key, key, municipality, date(2099, 1, 1)))
    for at, drawn in enumerate(drawings):
        private_store.contributions.submit(
            Contribution(
                str(uuid.uuid5(uuid.UUID(int=1), f"{key}{at}")),
                key,
                str(shapely.to_geojson(crs.to_wgs84(drawn))),
                drawn,
                date.today(),
                view=ViewFacts(screen=screens[at] if screens else ""),
                answers=answers[at] if answers else {},
                edge_certainty=edges[at] if edges else "",
            ),
            places if at == 0 else (),
        )
    return context.current_study(key)


# --- Facilities -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def ten(demo_loaded: None) -> Study:
    """Ten people draw the same rectangle: 300 m of West and 100 m of Oost."""
    sent = [
        Place("met", "bench", shapely.Point(WEST + 204, SOUTH + 204)),
        Place(
            "vanished", "bench", shapely.Point(WEST + 300, SOUTH + 100), year=2011, what_was_lost="praatje"
        ),
        Place("missing", "bench", shapely.Point(WEST + 9_000, SOUTH)),
    ]
    return town("ten", [ground(100, 500)] * 10, places=sent)


def test_benches_in_the_core_in_the_square_and_in_only_one(ten: Study) -> None:
    """Core 100-500, West 0-400: bench a is West's only, b is both's, c the core's only, d is neither's."""
    both = facilities.compared_areas(ten, 1, DIVISION)
    assert (both.area, both.n) == ("West", 10)
    assert both.core.area == pytest.approx(160_000)
    row = facilities.facility_counts(ten, 1, DIVISION).T["bench"]
    assert [row[key] for key in ("in_core", "in_area", "only_core", "only_area")] == [2, 2, 1, 1]
    where = facilities.list_facilities(ten, 1, DIVISION, "bench")["where"]
    assert where.to_dict() == {"a": "official_only", "b": "both", "c": "core_only"}


def test_a_core_needs_nine_and_a_band_five(demo_loaded: None) -> None:
    """Of six only 75 % rests on five people; of nine also the core; a quarter of them is three.

    Where the core is not shown nothing else is stated of it: no overlap, no supply.
    """
    for key, many, shown in (("half-6", 6, [75]), ("half-9", 9, [50, 75])):
        study = town(key, [ground(100, 500)] * many)
        bands = comparison.contours(study, 1)
        assert list(bands.index[~bands.is_empty]) == shown
        assert [percent for percent in bands.index if bands["area_m2"][percent] > 0] == shown
        row = neighbourhoods.neighbourhood_table(study, DIVISION).T[1]
        assert bool(np.isnan(row["area_ha"])) == (50 not in shown)
        assert facilities.compared_areas(study, 1, DIVISION).core.is_empty == (50 not in shown)


def test_how_sure_a_neighbourhood_is(ten: Study) -> None:
    """Ten equal drawings: whoever drew, the same core; but ten heads carry no further than indicative."""
    row = neighbourhoods.neighbourhood_table(ten, DIVISION).T[1]
    assert (row["repeatability"], row["level"], row["needed"]) == (1.0, "indicative", "10_to_30")
    found = neighbourhoods.stability(ten, 1, DIVISION)
    assert (found.low, found.high, found.repeatability) == (1.0, 1.0, 1.0)
    assert (found.area_low_ha, found.area_high_ha) == (16.0, 16.0)
    # 300 x 400 m of 400 x 400 m both ways: 12 of 20 ha.
    assert (found.iou_low, found.iou_high) == pytest.approx((0.6, 0.6))


def test_no_list_is_not_a_gap(ten: Study) -> None:
    """We have no list of play areas: nothing is said of them, and no ground is called far from one."""
    assert not facilities.facility_counts(ten, 1, DIVISION).T["play_area"]["known"]
    reach = facilities.core_accessibility(ten, 1, "play_area", 400.0)
    assert (reach.covered, reach.within, reach.homes) == (None, None, 0)
    assert reach.gap.is_empty


def test_a_list_without_one_play_area_is_a_gap(ten: Study) -> None:
    """The town was asked and is covered: there are none, so the whole core is far from one."""
    empty = layers.read_facilities("GM9901", "play_area").iloc[:0]
    kept = {
        "file": "facilities.gpkg",
        "key": "play_area",
        "source": "made up",
        "licence": "",
        "made_up": True,
    }
    day = {"date": "2026-01-01", "fetched": "2026-01-01T00:00:00+00:00"}
    for covered in (True, False):
        cache.write_layer(
            empty,
            code="GM9901",
            municipality="Zuiderwaard",
            layer="play_area",
            coverage={"made up": covered},
            **kept,
            **day,
        )
        key = f"covered-{covered}"
        found = town(key, [ground(100, 500)] * 10, municipality="GM9901")
        reach = facilities.core_accessibility(found, 1, "play_area", 400.0)
        known = facilities.facility_counts(found, 1, DIVISION)["known"]
        assert known["play_area"] == covered
        assert reach.covered == (0 if covered else None)
        assert reach.gap.area == pytest.approx(160_000 if covered else 0)
        made = published(found.project)
        assert ("play_area" in made.absent) == (not covered)


def test_with_a_norm_of_half_a_kilometre_everybody_is_near_a_bench(ten: Study) -> None:
    near = facilities.core_accessibility(ten, 1, "bench", 500.0)
    assert near.covered == pytest.approx(1.0)
    assert near.gap.is_empty
    # No bench within 10 m of most of the ground: two discs of 10 m lie in the core, and half of none.
    scarce = facilities.core_accessibility(ten, 1, "bench", 10.0)
    assert scarce.covered == pytest.approx(2 * np.pi * 100 / 160_000, rel=0.01)


def test_places_lie_in_the_ground_and_tell_nobodys_spot_exactly(ten: Study) -> None:
    """The one far away does not count; the others are stated to the nearest 10 m."""
    counted = facilities.count_resident_places(ten, 1, DIVISION)
    assert counted.T["bench"].to_dict() == {"met": 1, "missing": 0, "vanished": 1}
    places = facilities.resident_places(ten, 1, DIVISION).set_index("kind")
    assert places.geometry["met"].equals(shapely.Point(WEST + 200, SOUTH + 200))
    assert (places["year"]["vanished"], places["lost"]["vanished"]) == (2011, "praatje")
    assert "sketch_id" not in places


# --- Figures --------------------------------------------------------------------------------------


def test_weights_are_parts_of_the_squares(ten: Study) -> None:
    """300 of West's 400 m and 100 of Oost's lie in the core."""
    weights = key_figures.crosswalk_weights(ten, DIVISION, 1)["weight"]
    assert weights["W", 50] == pytest.approx(0.75)
    assert weights["O", 50] == pytest.approx(0.25)


def test_without_figures_there_is_no_figure(ten: Study) -> None:
    assert key_figures.interpolated_figures(ten, DIVISION, 1).empty
    assert (
        key_figures.estimate_inhabitants(ten, DIVISION, comparison.division_areas(ten, DIVISION)).isna().all()
    )


def test_a_count_is_carried_over_by_the_weights_of_the_town() -> None:
    """The made-up town: people in a core are the weights times the people of each buurt."""
    demo = context.current_study()
    cluster = int(comparison.neighbourhoods(demo).index[0])
    weights = key_figures.crosswalk_weights(demo, "buurt", cluster)["weight"].xs(50, level="target")
    people = overview.inhabitants(demo, "buurt")
    found = key_figures.interpolated_figures(demo, "buurt", cluster).T["aantal_inwoners"]
    assert found["core_50"] == pytest.approx(float((weights * people.reindex(weights.index)).sum()))
    assert found["low"] <= found["core_50"] <= found["high"]


# --- Groups ---------------------------------------------------------------------------------------


def test_one_group_draws_smaller(demo_loaded: None) -> None:
    """Squares of 200, 202 ... 218 m by phone, of 300, 302 ... 318 m by laptop; three by tablet are too few.

    The middle of all hundred ratios of a phone's ground to a laptop's, all in one place: some 0.46.
    """
    sides = [low + 2 * step for low in (200, 300) for step in range(10)] + [250] * 3
    study = town(
        "groups",
        [ground(0, side, 0, side) for side in sides],
        screens=["phone"] * 10 + ["laptop"] * 10 + ["tablet"] * 3,
    )
    assert groups.group_sizes(study, "screen").to_dict() == {"phone": 10, "laptop": 10, "tablet": 3}
    found = groups.compare_groups(study, "screen", DIVISION)
    assert found.attrs["refused"] == ["tablet"]
    row = found.xs("size", level="measure").T["laptop", "phone"]
    area = np.log(np.square(sides, dtype=float))
    middle = np.median(area[:10, None] - area[None, 10:20])
    assert row["effect"] == pytest.approx(np.exp(middle), rel=1e-3)
    assert row["effect"] == pytest.approx(0.46, abs=0.005)
    assert (row["n_within"], row["smallest"] > 1) == (20, True)
    assert row["high"] < 1
    assert row["p"] < 0.01
    with pytest.raises(GroupsTooFew):
        groups.compare_groups(study, "age", DIVISION)


# --- Stopping -------------------------------------------------------------------------------------


class Stopped(Exception):
    """Nobody waits for the answer any longer."""


def test_work_that_is_stopped_is_kept_nowhere(demo_loaded: None) -> None:
    """Five draw West and five Oost: two neighbourhoods. Stopped after the first there is no answer, then both."""
    apart = town("apart", [ground(0, 400)] * 5 + [ground(400, 800)] * 5)
    parts_done: list[float] = []

    def stop(step: str, part: float) -> None:
        assert step == "grouping"
        parts_done.append(part)
        if part >= 0.5:
            raise Stopped

    key = ("study.analysis.comparison.cluster_of_sketch", (apart, CUT), ())
    with progress.listen(stop), pytest.raises(Stopped):
        comparison.neighbourhoods(apart, CUT)
    assert parts_done == sorted(parts_done)
    assert key not in ANSWERS
    assert comparison.neighbourhoods(apart, CUT)["n"].to_list() == [5, 5]
    assert key in ANSWERS


# --- How sure the edge is -------------------------------------------------------------------------


def test_part_of_the_drawers_that_calls_the_edge_vague(demo_loaded: None) -> None:
    """Twelve drew it, ten told: three call it vague, two a part of it. That is 30 % and 20 % of ten."""
    certainties = ["vague"] * 3 + ["partly"] * 2 + ["sure"] * 5 + [""] * 2
    hazy = town("hazy", [ground(100, 500)] * 12, edges=certainties)
    assert neighbourhoods.edge_certainty(hazy, 1) == neighbourhoods.EdgeCertainty(
        n=10, vague_percent=30, partly_percent=20
    )


def test_parts_that_call_the_edge_vague_are_never_more_than_all(demo_loaded: None) -> None:
    """Of eight two call it vague (25 %, told as 30) and six a part of it (75 %, told as 70 and not as 80)."""
    unsure = town("unsure", [ground(100, 500)] * 8, edges=["vague"] * 2 + ["partly"] * 6)
    assert neighbourhoods.edge_certainty(unsure, 1) == neighbourhoods.EdgeCertainty(
        n=8, vague_percent=30, partly_percent=70
    )


def test_of_four_who_told_how_sure_the_edge_is_nothing_is_told(demo_loaded: None) -> None:
    """Nine drew it, and four told: one less than may be shown."""
    reticent = town("reticent", [ground(100, 500)] * 9, edges=["vague"] * 4 + [""] * 5)
    assert neighbourhoods.edge_certainty(reticent, 1) is None


# --- Leefbaarheid ---------------------------------------------------------------------------------


def test_marks_of_ten_people_have_a_mean_and_those_of_three_have_none(demo_loaded: None) -> None:
    """In West five say 6 and five say 8: 7. In Oost three answer: no mean."""
    study = town(
        "marks",
        [ground(0, 400)] * 10 + [ground(400, 800)] * 3,
        answers=[{"clean": 6}] * 5 + [{"clean": 8}] * 5 + [{"clean": 1}] * 3,
    )
    means = liveability.select_score(liveability.scores_by_area(study, DIVISION), "clean")
    assert means["mean"]["W"] == pytest.approx(7.0)
    assert means["low"]["W"] < 7.0 < means["high"]["W"]
    assert np.isnan(means["mean"]["O"])
    assert liveability.select_score(liveability.scores_by_area(study, DIVISION), "safe").empty
    beside = liveability.scores_side_by_side(study, DIVISION, "clean").iloc[0]
    assert (beside["mean"], beside["official"], beside["official_mean"]) == (7.0, "West", 7.0)


# --- Bad input ------------------------------------------------------------------------------------


def test_all_alike_is_seen_and_the_core_is_that_one_shape(ten: Study) -> None:
    assert comparison.has_only_duplicates(ten)
    core = comparison.contours(ten, 1).geometry[75]
    assert core.symmetric_difference(ground(100, 500)).area == pytest.approx(0)


def test_one_drawing_has_no_neighbourhood_and_nothing_to_review(demo_loaded: None) -> None:
    one = town("one", [ground(0, 400)])
    assert not comparison.has_only_duplicates(one)
    assert neighbourhoods.neighbourhood_table(one, DIVISION).empty
    assert review_queue.review_queue(one).empty
    assert review_queue.compare_with_without_flagged(one).empty


def test_an_outline_of_a_planner_is_judged_like_a_residents(ten: Study) -> None:
    with pytest.raises(SketchTooSmall):
        review_queue.clean_adjusted_outline(ten, crs.to_wgs84(shapely.Point(WEST, SOUTH).buffer(1e-7)))


# --- The shipped town -----------------------------------------------------------------------------


def test_the_shipped_town_gives_the_answers_it_gave() -> None:
    """Pins, not proofs: where a formula or the town itself changes, these are read again and set anew."""
    demo = context.current_study()
    assert comparison.bounds_wgs84(demo) == pytest.approx((5.17541, 52.55434, 5.24827, 52.59731), abs=1e-5)
    fit = area_fit.area_fit(demo, "buurt").dropna(subset=["iou"]).nlargest(3, "iou")
    assert list(fit["name"]) == ["Oude Haven", "Schippersbuurt", "Centrum"]
    assert list(fit["n"]) == [15, 10, 12]
    assert list(fit["iou"]) == pytest.approx([0.793, 0.719, 0.710], abs=0.005)
    borders = border_table(demo, "buurt")
    assert borders["kind"].value_counts().to_dict() == {"soft": 17, "between": 16, "unknown": 5}
    assert borders["hardness"].iloc[0] == pytest.approx(0.384, abs=0.005)
    found = neighbourhoods.neighbourhood_table(demo, "buurt")
    assert (len(found), list(found["n"].head(3))) == (17, [13, 12, 9])
    assert list(found["area_ha"].head(3)) == pytest.approx([28.4, 51.9, 23.4], abs=0.1)
    where = overview.response_by_area(demo, "buurt")
    assert (int(where["n"].max()), int(where["blank"].sum())) == (17, 3)


def test_map_data_of_the_shipped_town_are_the_cores_where_they_lie() -> None:
    """One shape a neighbourhood, on the same ground to a hundredth."""
    cores = neighbourhoods.neighbourhood_cores(context.current_study(), CUT)[["geometry"]]
    sent = build_topology({"areas": cores})
    assert [shape["id"] for shape in sent["objects"]["areas"]["geometries"]] == [
        str(key) for key in cores.index
    ]
    for core, shown in zip(cores.geometry, read(sent), strict=True):
        assert similarity.iou(core, shown) > 0.99


def test_own_list_beside_the_fetched_one_counts_a_place_once(tmp_path: Path) -> None:
    """128 fetched benches brought again as an own list are 128; instead of them they are those of the list."""
    there = layers.read_facilities("GM9901", "bench")
    drawn = shapely.box(*there.total_bounds)
    study = town("twice", [drawn], municipality="GM9901")
    n = len(there[there["kind"] == "bench"])
    again = there[there["kind"] == "bench"][["theme", "kind", "name", "source", "date", "geometry"]]
    key = custom_layers.save_custom_layer(
        again, role="facilities", name="again", date="2026-01-01", project="twice"
    ).key
    try:
        found = facilities.facilities_of_theme(context.current_study("twice"), "bench")
        assert (found["kind"] == "bench").sum() == n
        custom_layers.save_custom_layer(
            again.iloc[:3], role="facilities", name="again", date="2026-01-01", project="twice", replaces=True
        )
        found = facilities.facilities_of_theme(context.current_study("twice"), "bench")
        assert (found["kind"] == "bench").sum() == 3
        assert len(found) == len(there) - n + 3
    finally:
        custom_layers.remove_files(key)
    assert len(facilities.facilities_of_theme(study, "bench")) == len(there)


def test_uploaded_figures_of_own_areas_are_those_of_the_division(tmp_path: Path) -> None:
    figures = pd.DataFrame({"aantal_inwoners": [300.0, 500.0]}, index=pd.Index(["W", "O"], name="code"))
    key = custom_layers.save_custom_layer(
        figures, role="figures", name="cijfers", date="2026-01-01", year=2024, areas=DIVISION
    ).key
    try:
        study = town("with_figures", [ground(0, 400)])
        found = overview.key_figures(study, DIVISION)
        assert found["aantal_inwoners"].to_dict() == {"W": 300, "O": 500}
        assert found.attrs["years"] == {"aantal_inwoners": 2024}
    finally:
        custom_layers.remove_files(key)


def test_an_edition_stands_on_the_division_that_fits_best_beyond_chance() -> None:
    """Squares as large as a drawing overlap them more than wijken do, wherever drawings lie: by chance alone."""
    west, south, east, north = comparison.division_areas(context.current_study("demo"), "wijk").total_bounds
    lefts, lows = np.meshgrid(np.arange(west, east, 700), np.arange(south, north, 700))
    squares = shapely.box(lefts.ravel(), lows.ravel(), lefts.ravel() + 700, lows.ravel() + 700)
    codes = pd.Index([f"s{number}" for number in range(len(squares))], name="code")
    table = gpd.GeoDataFrame({"name": codes}, geometry=squares, crs=crs.RD, index=codes)
    key = custom_layers.save_custom_layer(table, role="areas", name="ruiten", date="2026-01-01").key
    study = context.current_study("demo")
    try:
        plain = comparison.division_ranking(study, ("wijk",)).index
        assert plain.get_loc(key) < plain.get_loc("wijk")
        assert best_fitting_division(study, ("wijk", key)) == "wijk"
    finally:
        custom_layers.remove_files(key)
