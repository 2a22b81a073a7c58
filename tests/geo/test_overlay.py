"""Many drawings against many official areas."""

import json
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import CRS
from scipy import stats
from shapely import box

from geo import agreement, overlay, sketch
from geo.errors import FrameColumnsMissing, FrameNotPlanar
from geo.examples import ROW
from geo.overlay import Verdict
from tests import strategies
from tests.strategies import official, sketches

THREE = official(list(ROW), ["1", "2", "3"])


def one(shape: shapely.Geometry, areas: gpd.GeoDataFrame = THREE) -> pd.DataFrame:
    return overlay.pairs(sketches([shape]), areas)


def verdict(shape: shapely.Geometry, areas: gpd.GeoDataFrame = THREE) -> pd.Series:
    return overlay.verdicts(one(shape, areas), sketches([shape])).loc["s0"]


# --- Pairs ----------------------------------------------------------------------------------------


def test_drawing_over_a_border_is_split_by_area() -> None:
    """A 160 x 100 m drawing: 100 m in the first area, 60 m in the second, nothing in the third."""
    found = one(box(0, 0, 160, 100))
    assert found["area_m2"].to_dict() == {("s0", "1"): 10_000, ("s0", "2"): 6_000}
    assert found["share_of_sketch"].to_list() == [0.625, 0.375]
    assert found["share_of_area"].to_list() == [1, 0.6]
    assert found["iou"].to_list() == [0.625, 0.3]


def test_shares_are_of_the_whole_drawing_not_of_what_lies_inside() -> None:
    """Half of the drawing lies west of all areas."""
    found = one(box(-100, 0, 100, 100))
    assert found["share_of_sketch"].to_dict() == {("s0", "1"): 0.5}
    assert overlay.outside(found, sketches([box(-100, 0, 100, 100)])).to_dict() == {"s0": 0.5}


def test_neighbours_that_only_touch_are_no_pair() -> None:
    assert one(box(0, 100, 100, 200)).empty


def test_drawing_in_no_area_lies_wholly_outside() -> None:
    drawn = sketches([box(0, 0, 10, 10), box(900, 0, 910, 10)])
    found = overlay.pairs(drawn, THREE)
    assert overlay.outside(found, drawn).to_dict() == {"s0": 0, "s1": 1}
    assert overlay.covered(found).to_dict() == {"s0": True}


def test_exactly_half_is_not_more_than_half() -> None:
    assert not overlay.covered(one(box(-50, 0, 50, 100))).any()


def test_rows_of_one_code_are_one_area() -> None:
    """A postcode of two rows that lie over each other for 50 m is 150 m wide."""
    rows = official(
        [box(0, 0, 100, 100), box(50, 0, 150, 100), box(150, 0, 200, 100)], ["1000", "1000", "1001"]
    )
    found = one(box(0, 0, 150, 100), rows)
    assert found["iou"].to_dict() == {("s0", "1000"): 1}
    assert overlay.outside(found, sketches([box(0, 0, 150, 100)])).to_list() == [0]


def test_ground_in_two_areas_is_told() -> None:
    assert overlay.doubled_m2(THREE) == 0
    assert overlay.doubled_m2(official([box(0, 0, 10, 10), box(8, 0, 20, 10)])) == 20


def test_tables_must_keep_their_promise() -> None:
    with pytest.raises(FrameNotPlanar):
        overlay.pairs(sketches([ROW[0]]).to_crs(4326), THREE)
    with pytest.raises(FrameColumnsMissing):
        overlay.pairs(sketches([ROW[0]]), THREE.drop(columns="name"))


# --- Best area and best set -----------------------------------------------------------------------


def test_best_and_main_area_differ_when_sizes_do() -> None:
    """A small area that the drawing fills has the better IoU; a large one holds more of the drawing."""
    areas = official([box(0, 0, 100, 100), box(100, 0, 1100, 1000)], ["small", "large"])
    found = overlay.best(one(box(0, 0, 220, 100), areas)).loc["s0"]
    assert (found["code"], found["main_code"]) == ("small", "large")
    assert found["iou"] == pytest.approx(10_000 / 22_000)
    assert found["main_share"] == pytest.approx(12 / 22)


@pytest.mark.parametrize("codes", [["a", "b"], ["b", "a"]])
def test_equals_are_decided_by_code(codes) -> None:
    areas = official([box(0, 0, 100, 100), box(100, 0, 200, 100)], codes)
    found = overlay.best(one(box(50, 0, 150, 100), areas)).loc["s0"]
    assert (found["code"], found["main_code"]) == ("a", "a")


def test_best_set_by_head() -> None:
    """Shares of the areas 1, 0.6 and 0: the first two, 4,000 m² differ, IoU 0.8; the first alone 0.625."""
    found = overlay.best_set(one(box(0, 0, 160, 100))).loc["s0"]
    assert found["codes"] == ("1", "2")
    assert (found["n"], found["iou"], found["difference_m2"]) == (2, pytest.approx(0.8), pytest.approx(4_000))


def test_best_set_may_be_empty() -> None:
    """A drawing in a corner of one area resembles nothing more than it resembles the area."""
    found = overlay.best_set(one(box(0, 0, 50, 50))).loc["s0"]
    assert (found["codes"], found["n"], found["iou"], found["difference_m2"]) == ((), 0, 0, 2_500)


# --- Fragmentation --------------------------------------------------------------------------------


def test_half_and_two_quarters_by_head() -> None:
    """p = 1/2, 1/4, 1/4: 1.5 bit, 2 sqrt 2 areas, 8/3, 5/8, 1/2, all three touched."""
    drawn = shapely.union_all([box(0, 0, 100, 100), box(100, 0, 150, 100), box(200, 0, 250, 100)])
    found = overlay.fragmentation(one(drawn)).loc["s0"]
    assert found["entropy"] == pytest.approx(1.039721, abs=1e-6)
    assert found["effective_areas"] == pytest.approx(2.828427, abs=1e-6)
    assert found["hill2"] == pytest.approx(2.666667, abs=1e-6)
    assert found["gini_simpson"] == pytest.approx(0.625)
    assert found["split_share"] == pytest.approx(0.5)
    assert found["touched"] == 3


def test_one_area_is_not_fragmented() -> None:
    found = overlay.fragmentation(one(box(-50, 0, 50, 50))).loc["s0"]
    assert found.to_list() == [0, 1, 1, 0, 0, 1]


def test_an_area_with_under_a_twentieth_was_hardly_touched() -> None:
    assert overlay.fragmentation(one(box(0, 0, 104, 100)))["touched"].to_list() == [1]
    assert overlay.fragmentation(one(box(5, 0, 105, 100)))["touched"].to_list() == [2]


# --- Verdicts -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("drawn", "said", "code", "n"),
    [
        (box(0, 0, 100, 95), Verdict.COINCIDES, "1", 1),
        (box(10, 10, 40, 40), Verdict.PART_OF, "1", 1),
        (box(50, 0, 103, 100), Verdict.PART_OF, "1", 1),
        (box(0, 0, 200, 100), Verdict.CONTAINS, "1", 2),
        (box(0, -30, 100, 130), Verdict.PART_OF, "1", 1),
        (box(40, 0, 140, 100), Verdict.SHIFTED, "1", 1),
        (box(60, 0, 240, 40), Verdict.DIVIDED_OVER, "2", 3),
        (box(50, 0, 150, 100), Verdict.DIVIDED_OVER, "1", 2),
        (box(-300, 0, 50, 100), Verdict.ELSEWHERE, "1", 0),
        (box(900, 0, 910, 10), Verdict.ELSEWHERE, None, 0),
    ],
)
def test_one_word_for_each_relation(drawn, said, code, n) -> None:
    found = verdict(drawn)
    assert (found["verdict"], found["code"], found["n"]) == (said, code, n)


def test_facts_of_a_verdict_are_of_its_area() -> None:
    """Part of the first area: 90 % of the drawing lies there, of the area 50 %."""
    found = verdict(box(50, 0, 103, 100))
    assert found["share_of_sketch"] == pytest.approx(50 / 53)
    assert found["share_of_area"] == pytest.approx(0.5)
    assert found["iou"] == pytest.approx(5_000 / 10_300)
    assert verdict(box(900, 0, 910, 10))[["iou", "share_of_sketch", "share_of_area"]].to_list() == [0, 0, 0]


def test_verdicts_keep_every_drawing_in_order() -> None:
    drawn = sketches([box(900, 0, 910, 10), ROW[2], ROW[0]])
    found = overlay.verdicts(overlay.pairs(drawn, THREE), drawn)
    assert found.index.equals(drawn.index)
    assert found["verdict"].to_list() == ["elsewhere", "coincides", "coincides"]
    assert found["outside"].to_list() == [1, 0, 0]


# --- Divisions ------------------------------------------------------------------------------------


def test_divisions_are_ranked_by_how_well_they_fit() -> None:
    """Two draw the whole row: the row as one area fits, its thirds cut it."""
    drawn = sketches([box(0, 0, 300, 100), box(0, 0, 300, 90)])
    tables = {
        "buurt": overlay.pairs(drawn, THREE),
        "wijk": overlay.pairs(drawn, official([box(0, 0, 300, 100)], ["W"])),
    }
    found = overlay.rank_divisions(overlay.compare_divisions(tables, drawn))
    assert found["rank"].to_dict() == {"wijk": 1, "buurt": 2}
    assert found.loc["wijk", ["n", "mean_iou", "reached", "split_index"]].to_list() == pytest.approx(
        [2, 0.95, 1, 0]
    )
    assert found.loc["buurt", "split_index"] == pytest.approx(2 / 3)


def test_divisions_are_ranked_over_the_same_drawings() -> None:
    """One division has no areas in the west, where it would fit badly; that drawing counts for neither."""
    drawn = sketches([box(0, 0, 100, 100), box(900, 0, 930, 10)])
    east = official([box(900, 0, 930, 10)], ["E"])
    both = official([box(0, 0, 300, 300), box(900, 0, 930, 20)], ["W", "E"])
    tables = {"both": overlay.pairs(drawn, both), "east": overlay.pairs(drawn, east)}
    found = overlay.rank_divisions(overlay.compare_divisions(tables, drawn))
    assert found["n"].to_list() == [1, 1]
    assert found["mean_iou"].to_dict() == {"east": 1, "both": pytest.approx(0.5)}


def one_division(gini: list[float], *, covered: bool = True) -> pd.DataFrame:
    names = [f"s{number:03}" for number in range(len(gini))]
    keys = pd.MultiIndex.from_product([["buurt"], names], names=["division", "sketch_id"])
    return pd.DataFrame({"gini_simpson": gini, "covered": covered}, index=keys)


def test_split_index_by_head() -> None:
    """A hundred residents, half 1/2 and half 0: mean 1/4, standard error 1/4 over the root of 100."""
    found = overlay.split_index(one_division([0.5, 0.0] * 50), seed=3).loc["buurt"]
    assert (found["n"], found["split_index"]) == (100, 0.25)
    assert found["low"] == pytest.approx(0.25 - 1.96 * 0.025, abs=0.008)
    assert found["high"] == pytest.approx(0.25 + 1.96 * 0.025, abs=0.008)


def test_residents_who_all_split_alike_leave_no_doubt() -> None:
    """Each drew two halves and a quarter pair (1/2, 1/4, 1/4): 0.625 whoever is drawn."""
    found = overlay.split_index(one_division([0.625] * 7), seed=1).loc["buurt"]
    assert found.to_list() == pytest.approx([7, 0.625, 0.625, 0.625])


def test_four_residents_give_no_interval_and_none_no_index() -> None:
    found = overlay.split_index(one_division([0.5, 0, 0, 0]), seed=1).loc["buurt"]
    assert found["split_index"] == 0.125
    assert found[["low", "high"]].isna().all()
    nobody = overlay.split_index(one_division([0.5] * 6, covered=False), seed=1).loc["buurt"]
    assert nobody["n"] == 0
    assert np.isnan(nobody["split_index"])


def test_interval_of_the_split_index_is_that_of_scipy() -> None:
    """Percentile bootstrap of a mean, by another hand and other chance."""
    gini = np.random.default_rng(8).beta(1, 3, 60)
    found = overlay.split_index(one_division(gini.tolist()), seed=5, n_replicates=9_999).loc["buurt"]
    other = stats.bootstrap((gini,), np.mean, method="percentile", rng=np.random.default_rng(6))
    assert found["low"] == pytest.approx(other.confidence_interval.low, abs=0.003)
    assert found["high"] == pytest.approx(other.confidence_interval.high, abs=0.003)


def test_split_index_is_that_of_the_ranking() -> None:
    """The same drawings count in both: one in no wijk counts in neither division."""
    drawn = sketches([box(0, 0, 200, 100), box(0, 0, 90, 100), box(250, 0, 400, 100), box(500, 0, 600, 100)])
    tables = {
        "buurt": overlay.pairs(drawn, THREE),
        "wijk": overlay.pairs(drawn, official([box(0, 0, 300, 100), box(300, 0, 700, 100)])),
    }
    compared = overlay.compare_divisions(tables, drawn)
    index, ranked = overlay.split_index(compared, seed=1), overlay.rank_divisions(compared)
    assert index.loc["buurt", "split_index"] == pytest.approx(0.25)
    for column in ("n", "split_index"):
        pd.testing.assert_series_equal(index[column], ranked[column].reindex(index.index))


def test_split_drawings_of_the_residents_of_each_area_by_head() -> None:
    """In the first area live three: 0.5 in another area is split, exactly 0.2 and nothing are not.

    The one in the third area drew nothing there; of one nobody knows where the home is.
    """
    drawn = sketches([box(50, 0, 150, 100), box(20, 0, 120, 100), *ROW, box(900, 0, 910, 10)])
    home = pd.Series(["1", "1", "1", "3", None, "2"], index=drawn.index)
    found = overlay.split_by_area(overlay.pairs(drawn, THREE), home, least=3)
    assert found["n"].to_dict() == {"1": 3, "3": 1}
    assert found["n_split"].to_dict() == {"1": 1, "3": 0}
    assert found.loc["1", "share"] == pytest.approx(1 / 3)
    assert np.isnan(found.loc["3", "share"])
    assert overlay.split_by_area(overlay.pairs(drawn, THREE), home)["share"].isna().all()


def test_core_is_parted_from_a_tenth_on() -> None:
    """Of 100 m, 10 m in the second area is a part; 9 m is not; outside all areas is no part."""
    cores = sketches([box(10, 0, 110, 100), box(9, 0, 109, 100), box(-50, 0, 50, 100), box(50, 0, 250, 100)])
    found = overlay.parted_cores(overlay.pairs(cores, THREE))
    assert found["parts"].to_list() == [2, 1, 1, 3]
    assert found["parted"].to_list() == [True, False, False, True]


# --- Nothing --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("drawn", "areas"),
    [(sketches([]), THREE), (sketches(list(ROW)), official([])), (sketches([]), official([]))],
)
def test_nothing_in_is_nothing_out(drawn, areas) -> None:
    found = overlay.pairs(drawn, areas)
    assert found.empty
    assert found.index.names == ["sketch_id", "code"]
    nothing = (overlay.covered, overlay.best, overlay.best_set, overlay.fragmentation, overlay.parted_cores)
    for answer in nothing:
        assert len(answer(found)) == 0
    assert overlay.split_by_area(found, pd.Series("1", index=drawn.index)).empty
    assert overlay.outside(found, drawn).to_list() == [1.0] * len(drawn)
    assert (overlay.verdicts(found, drawn)["verdict"] == Verdict.ELSEWHERE).all()
    ranked = overlay.rank_divisions(overlay.compare_divisions({"wijk": found}, drawn))
    assert drawn.empty or ranked.loc["wijk", "n"] == 0


# --- Laws -----------------------------------------------------------------------------------------

drawn_lists = st.lists(strategies.areas(), min_size=1, max_size=6)


@given(drawn_lists, strategies.coverages())
def test_pairs_are_what_two_shapes_at_a_time_say(shapes, areas) -> None:
    drawn = sketches(shapes)
    found = overlay.pairs(drawn, areas)
    s, u = (found.index.get_level_values(level) for level in (0, 1))
    ones, others = drawn.geometry.loc[s].to_numpy(), areas.geometry.loc[u].to_numpy()
    assert found["iou"].to_numpy() == pytest.approx(agreement.iou(ones, others), nan_ok=True)
    assert found["share_of_sketch"].to_numpy() == pytest.approx(agreement.share_inside(ones, others))
    assert found["share_of_area"].to_numpy() == pytest.approx(agreement.share_inside(others, ones))
    everyone = agreement.iou(*np.meshgrid(drawn.geometry.to_numpy(), areas.geometry.to_numpy()))
    assert (everyone > 0).sum() == len(found)


@given(drawn_lists, strategies.coverages())
def test_shares_add_up_with_what_lies_outside(shapes, areas) -> None:
    drawn = sketches(shapes)
    found = overlay.pairs(drawn, areas)
    assert (found > 0).all(axis=None)
    assert (found[["share_of_sketch", "share_of_area", "iou"]] <= 1).all(axis=None)
    inside = found["share_of_sketch"].groupby(level=0).sum().reindex(drawn.index, fill_value=0)
    assert (inside + overlay.outside(found, drawn)).to_numpy() == pytest.approx(np.ones(len(drawn)))


@settings(max_examples=30)
@given(drawn_lists, strategies.coverages(), st.randoms())
def test_order_changes_nothing(shapes, areas, random) -> None:
    drawn = sketches(shapes)
    order, codes = list(drawn.index), list(areas.index)
    random.shuffle(order)
    random.shuffle(codes)
    first, second = overlay.pairs(drawn, areas), overlay.pairs(drawn.loc[order], areas.loc[codes])
    pd.testing.assert_frame_equal(first.sort_index(), second.sort_index())
    for answer in (overlay.best, overlay.best_set, overlay.fragmentation):
        pd.testing.assert_frame_equal(answer(first).sort_index(), answer(second).sort_index())
    said = overlay.verdicts(second, drawn.loc[order]).loc[drawn.index]
    pd.testing.assert_frame_equal(overlay.verdicts(first, drawn), said)


@settings(max_examples=30)
@given(drawn_lists, strategies.coverages())
def test_bounds_of_fragmentation(shapes, areas) -> None:
    found = overlay.pairs(sketches(shapes), areas)
    cut = overlay.fragmentation(found)
    n = found.groupby(level=0, sort=False).size()
    assert cut["entropy"].between(0, np.log(n) + 1e-9).all()
    assert (cut["hill2"] <= cut["effective_areas"] + 1e-9).all()
    assert cut["effective_areas"].between(1 - 1e-9, n + 1e-9).all()
    assert (cut["gini_simpson"] <= 1 - 1 / n + 1e-9).all()
    assert (cut["split_share"] <= cut["gini_simpson"] + 1e-9).all()


@settings(max_examples=30)
@given(st.lists(strategies.areas(), min_size=5, max_size=8), strategies.coverages(), st.randoms())
def test_split_figures_keep_their_bounds_in_any_order(shapes, areas, random) -> None:
    drawn = sketches(shapes)
    table = overlay.pairs(drawn, areas)
    home = overlay.best(table)["main_code"]
    compared = overlay.compare_divisions({"buurt": table}, drawn)
    order = list(compared.index)
    random.shuffle(order)
    index = overlay.split_index(compared, seed=4)
    pd.testing.assert_frame_equal(index, overlay.split_index(compared.loc[order], seed=4))
    of = compared["gini_simpson"]
    assert index["low"].dropna().between(of.min() - 1e-9, of.max() + 1e-9).all()
    assert (index["low"].dropna() <= index["high"].dropna()).all()
    found = overlay.split_by_area(table, home, least=1)
    assert found["share"].between(0, 1).all()
    assert found["n"].sum() == len(home)
    parted = overlay.parted_cores(table)
    assert (parted["parts"] <= np.minimum(table.groupby(level=0).size(), 10)).all()


@settings(max_examples=40)
@given(strategies.areas(), strategies.coverages())
def test_no_set_of_areas_differs_less_than_the_best_set(shape, areas) -> None:
    found = overlay.pairs(sketches([shape]), areas)
    if found.empty:
        return
    best = overlay.best_set(found).iloc[0]
    near = found.index.get_level_values("code")[:7]
    for choice in range(2 ** len(near)):
        chosen = areas.geometry.loc[[code for i, code in enumerate(near) if choice >> i & 1]]
        differs = agreement.symmetric_difference_m2(shape, chosen.union_all()) or shape.area
        assert best["difference_m2"] <= differs + 1e-3
    whole = areas.geometry.loc[list(best["codes"])].union_all()
    assert best["iou"] == pytest.approx(agreement.iou(shape, whole) or 0.0, abs=1e-9)


@settings(max_examples=30)
@given(drawn_lists, strategies.coverages())
def test_verdicts_agree_with_their_facts(shapes, areas) -> None:
    drawn = sketches(shapes)
    found = overlay.verdicts(overlay.pairs(drawn, areas), drawn)
    assert found.index.equals(drawn.index)
    for row in found.itertuples():
        if row.verdict == Verdict.COINCIDES:
            assert row.iou >= overlay.REACHED_IOU - 1e-9
        elif row.verdict == Verdict.SHIFTED:
            assert min(row.share_of_sketch, row.share_of_area) > 0.5
        elif row.verdict == Verdict.DIVIDED_OVER:
            assert row.n >= 2
        assert (row.outside >= 0.5) == (row.verdict == Verdict.ELSEWHERE)


# --- Real drawings --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def new_york(shared) -> gpd.GeoDataFrame:
    given_ = gpd.read_file(shared("sketches/new_york_dnainfo_2015.gpkg"))
    west, south, east, north = given_.total_bounds
    plane = CRS.from_epsg(32618)
    limits = replace(sketch.limits_for((west, south, east, north)), crs=plane)
    found = sketch.clean_many(given_.to_crs(plane).geometry, limits=limits)
    kept = ~shapely.is_missing(found.geometry)
    ids = pd.Index(given_["source_file"].to_numpy()[kept], name="sketch_id")
    assert ids.is_unique
    return gpd.GeoDataFrame(geometry=list(found.geometry[kept]), index=ids, crs=plane)


def test_official_areas_of_six_neighbourhoods(shared) -> None:
    stored = json.loads(shared("sketches/reference_results.json").read_text())["new york (EPSG:32618)"]
    areas = (
        gpd.read_file(shared("boundaries/new_york_neighbourhoods.geojson")).to_crs(32618).set_index("name")
    )
    for place, reference in stored.items():
        if "official_area_km2" in reference:
            assert areas.geometry[place].area / 1e6 == pytest.approx(reference["official_area_km2"], rel=0.01)
