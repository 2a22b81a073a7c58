"""Many drawings against many official areas."""

import json

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import box

from geo.errors import FrameColumnsMissing, FrameNotPlanar
from geo.measures import similarity
from geo.overlay.best_match import best_area_set, best_match, fragmentation
from geo.overlay.divisions import compare_divisions, rank_divisions
from geo.overlay.pairs import double_counted_m2, mostly_inside, overlap_pairs, share_outside
from geo.overlay.thresholds import REACHED_IOU
from geo.overlay.verdicts import Verdict, verdicts
from geo.sample_geometries import ROW
from tests.support import strategies
from tests.support.laws import examples
from tests.support.strategies import official, sketches

THREE = official(list(ROW), ["1", "2", "3"])


def one(shape: shapely.Geometry, areas: gpd.GeoDataFrame = THREE) -> pd.DataFrame:
    return overlap_pairs(sketches([shape]), areas)


def verdict(shape: shapely.Geometry, areas: gpd.GeoDataFrame = THREE) -> pd.Series:
    return verdicts(one(shape, areas), sketches([shape])).loc["s0"]


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
    assert share_outside(found, sketches([box(-100, 0, 100, 100)])).to_dict() == {"s0": 0.5}


def test_neighbours_that_only_touch_are_no_pair() -> None:
    assert one(box(0, 100, 100, 200)).empty


def test_drawing_in_no_area_lies_wholly_outside() -> None:
    drawn = sketches([box(0, 0, 10, 10), box(900, 0, 910, 10)])
    found = overlap_pairs(drawn, THREE)
    assert share_outside(found, drawn).to_dict() == {"s0": 0, "s1": 1}
    assert mostly_inside(found).to_dict() == {"s0": True}


def test_exactly_half_is_not_more_than_half() -> None:
    assert not mostly_inside(one(box(-50, 0, 50, 100))).any()


def test_rows_of_one_code_are_one_area() -> None:
    """A postcode of two rows that lie over each other for 50 m is 150 m wide."""
    rows = official(
        [box(0, 0, 100, 100), box(50, 0, 150, 100), box(150, 0, 200, 100)], ["1000", "1000", "1001"]
    )
    found = one(box(0, 0, 150, 100), rows)
    assert found["iou"].to_dict() == {("s0", "1000"): 1}
    assert share_outside(found, sketches([box(0, 0, 150, 100)])).to_list() == [0]


def test_ground_in_two_areas_is_told() -> None:
    assert double_counted_m2(THREE) == 0
    assert double_counted_m2(official([box(0, 0, 10, 10), box(8, 0, 20, 10)])) == 20


def test_tables_must_keep_their_promise() -> None:
    with pytest.raises(FrameNotPlanar):
        overlap_pairs(sketches([ROW[0]]).to_crs(4326), THREE)
    with pytest.raises(FrameColumnsMissing):
        overlap_pairs(sketches([ROW[0]]), THREE.drop(columns="name"))


# --- Best area and best set -----------------------------------------------------------------------


def test_best_and_main_area_differ_when_sizes_do() -> None:
    """A small area that the drawing fills has the better IoU; a large one holds more of the drawing."""
    areas = official([box(0, 0, 100, 100), box(100, 0, 1100, 1000)], ["small", "large"])
    found = best_match(one(box(0, 0, 220, 100), areas)).loc["s0"]
    assert (found["code"], found["main_code"]) == ("small", "large")
    assert found["iou"] == pytest.approx(10_000 / 22_000)
    assert found["main_share"] == pytest.approx(12 / 22)


@pytest.mark.parametrize("codes", [["a", "b"], ["b", "a"]])
def test_equals_are_decided_by_code(codes) -> None:
    areas = official([box(0, 0, 100, 100), box(100, 0, 200, 100)], codes)
    found = best_match(one(box(50, 0, 150, 100), areas)).loc["s0"]
    assert (found["code"], found["main_code"]) == ("a", "a")


def test_best_set_by_head() -> None:
    """Shares of the areas 1, 0.6 and 0: the first two, 4,000 m² differ, IoU 0.8; the first alone 0.625."""
    found = best_area_set(one(box(0, 0, 160, 100))).loc["s0"]
    assert found["codes"] == ("1", "2")
    assert (found["n"], found["iou"], found["difference_m2"]) == (2, pytest.approx(0.8), pytest.approx(4_000))


def test_best_set_is_by_iou_and_not_by_differing_ground() -> None:
    """10,000 m² over two areas of 10,000 m² with 4,500 and 4,000 in it: 8,500 / 21,500, one alone 0.29.

    Half of neither lies in the drawing, so no area at all would differ least, and resemble nothing.
    """
    rows = pd.DataFrame(
        {"area_m2": [4_500.0, 4_000.0], "share_of_sketch": [0.45, 0.40], "share_of_area": [0.45, 0.40]},
        index=pd.MultiIndex.from_tuples([("s", "1"), ("s", "2")], names=["sketch_id", "code"]),
    )
    found = best_area_set(rows).loc["s"]
    assert (found["codes"], found["n"]) == (("1", "2"), 2)
    assert found["iou"] == pytest.approx(8_500 / 21_500)


def test_best_set_of_a_corner_is_the_area_round_it() -> None:
    """A quarter of one area of 10,000 m² resembles that area for a quarter."""
    found = best_area_set(one(box(0, 0, 50, 50))).loc["s0"]
    assert (found["n"], found["iou"], found["difference_m2"]) == (
        1,
        pytest.approx(0.25),
        pytest.approx(7_500),
    )


# --- Fragmentation --------------------------------------------------------------------------------


def test_half_and_two_quarters_by_head() -> None:
    """p = 1/2, 1/4, 1/4: 1.5 bit, 2 sqrt 2 areas, 8/3, 5/8, 1/2, all three touched."""
    drawn = shapely.union_all([box(0, 0, 100, 100), box(100, 0, 150, 100), box(200, 0, 250, 100)])
    found = fragmentation(one(drawn)).loc["s0"]
    assert found["entropy"] == pytest.approx(1.039721, abs=1e-6)
    assert found["effective_areas"] == pytest.approx(2.828427, abs=1e-6)
    assert found["hill2"] == pytest.approx(2.666667, abs=1e-6)
    assert found["gini_simpson"] == pytest.approx(0.625)
    assert found["split_share"] == pytest.approx(0.5)
    assert found["touched"] == 3


def test_one_area_is_not_fragmented() -> None:
    found = fragmentation(one(box(-50, 0, 50, 50))).loc["s0"]
    assert found.to_list() == [0, 1, 1, 0, 0, 1]


def test_an_area_with_under_a_twentieth_was_hardly_touched() -> None:
    assert fragmentation(one(box(0, 0, 104, 100)))["touched"].to_list() == [1]
    assert fragmentation(one(box(5, 0, 105, 100)))["touched"].to_list() == [2]


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
    found = verdicts(overlap_pairs(drawn, THREE), drawn)
    assert found.index.equals(drawn.index)
    assert found["verdict"].to_list() == ["elsewhere", "coincides", "coincides"]
    assert found["outside"].to_list() == [1, 0, 0]


# --- Divisions ------------------------------------------------------------------------------------


def test_divisions_are_ranked_by_how_well_they_fit() -> None:
    """Two draw the whole row: the row as one area fits, its thirds cut it."""
    drawn = sketches([box(0, 0, 300, 100), box(0, 0, 300, 90)])
    tables = {
        "buurt": overlap_pairs(drawn, THREE),
        "wijk": overlap_pairs(drawn, official([box(0, 0, 300, 100)], ["W"])),
    }
    found = rank_divisions(compare_divisions(tables, drawn))
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
    tables = {"both": overlap_pairs(drawn, both), "east": overlap_pairs(drawn, east)}
    found = rank_divisions(compare_divisions(tables, drawn))
    assert found["n"].to_list() == [1, 1]
    assert found["mean_iou"].to_dict() == {"east": 1, "both": pytest.approx(0.5)}


# --- Nothing --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("drawn", "areas"),
    [(sketches([]), THREE), (sketches(list(ROW)), official([])), (sketches([]), official([]))],
)
def test_nothing_in_is_nothing_out(drawn, areas) -> None:
    found = overlap_pairs(drawn, areas)
    assert found.empty
    assert found.index.names == ["sketch_id", "code"]
    nothing = (mostly_inside, best_match, best_area_set, fragmentation)
    for answer in nothing:
        assert len(answer(found)) == 0
    assert share_outside(found, drawn).to_list() == [1.0] * len(drawn)
    assert (verdicts(found, drawn)["verdict"] == Verdict.ELSEWHERE).all()
    ranked = rank_divisions(compare_divisions({"wijk": found}, drawn))
    assert drawn.empty or ranked.loc["wijk", "n"] == 0


# --- Laws -----------------------------------------------------------------------------------------

drawn_lists = st.lists(strategies.areas(), min_size=1, max_size=6)


@given(drawn_lists, strategies.coverages())
def test_pairs_are_what_two_shapes_at_a_time_say(shapes, areas) -> None:
    drawn = sketches(shapes)
    found = overlap_pairs(drawn, areas)
    s, u = (found.index.get_level_values(level) for level in (0, 1))
    ones, others = drawn.geometry.loc[s].to_numpy(), areas.geometry.loc[u].to_numpy()
    assert found["iou"].to_numpy() == pytest.approx(similarity.iou(ones, others), nan_ok=True)
    shared = shapely.area(shapely.intersection(ones, others))
    assert found["share_of_sketch"].to_numpy() == pytest.approx(shared / shapely.area(ones))
    assert found["share_of_area"].to_numpy() == pytest.approx(shared / shapely.area(others))
    everyone = similarity.iou(*np.meshgrid(drawn.geometry.to_numpy(), areas.geometry.to_numpy()))
    assert (everyone > 0).sum() == len(found)


@given(drawn_lists, strategies.coverages())
def test_shares_add_up_with_what_lies_outside(shapes, areas) -> None:
    drawn = sketches(shapes)
    found = overlap_pairs(drawn, areas)
    assert (found > 0).all(axis=None)
    assert (found[["share_of_sketch", "share_of_area", "iou"]] <= 1).all(axis=None)
    inside = found["share_of_sketch"].groupby(level=0).sum().reindex(drawn.index, fill_value=0)
    assert (inside + share_outside(found, drawn)).to_numpy() == pytest.approx(np.ones(len(drawn)))


@examples(30)
@given(drawn_lists, strategies.coverages(), st.randoms())
def test_order_changes_nothing(shapes, areas, random) -> None:
    drawn = sketches(shapes)
    order, codes = list(drawn.index), list(areas.index)
    random.shuffle(order)
    random.shuffle(codes)
    first, second = overlap_pairs(drawn, areas), overlap_pairs(drawn.loc[order], areas.loc[codes])
    pd.testing.assert_frame_equal(first.sort_index(), second.sort_index())
    for answer in (best_match, best_area_set, fragmentation):
        pd.testing.assert_frame_equal(answer(first).sort_index(), answer(second).sort_index())
    said = verdicts(second, drawn.loc[order]).loc[drawn.index]
    pd.testing.assert_frame_equal(verdicts(first, drawn), said)


@examples(30)
@given(drawn_lists, strategies.coverages())
def test_bounds_of_fragmentation(shapes, areas) -> None:
    found = overlap_pairs(sketches(shapes), areas)
    cut = fragmentation(found)
    n = found.groupby(level=0, sort=False).size()
    assert cut["entropy"].between(0, np.log(n) + 1e-9).all()
    assert (cut["hill2"] <= cut["effective_areas"] + 1e-9).all()
    assert cut["effective_areas"].between(1 - 1e-9, n + 1e-9).all()
    assert (cut["gini_simpson"] <= 1 - 1 / n + 1e-9).all()
    assert (cut["split_share"] <= cut["gini_simpson"] + 1e-9).all()


@examples(40)
@given(strategies.areas(), strategies.coverages())
def test_no_set_of_areas_resembles_a_drawing_more_than_the_best_set(shape, areas) -> None:
    found = overlap_pairs(sketches([shape]), areas)
    if found.empty:
        return
    best = best_area_set(found).iloc[0]
    near = found.index.get_level_values("code")[:7]
    for choice in range(2 ** len(near)):
        chosen = areas.geometry.loc[[code for i, code in enumerate(near) if choice >> i & 1]]
        assert best["iou"] >= (similarity.iou(shape, chosen.union_all()) or 0.0) - 1e-9
    whole = areas.geometry.loc[list(best["codes"])].union_all()
    assert best["iou"] == pytest.approx(similarity.iou(shape, whole) or 0.0, abs=1e-9)


@examples(30)
@given(drawn_lists, strategies.coverages())
def test_verdicts_agree_with_their_facts(shapes, areas) -> None:
    drawn = sketches(shapes)
    found = verdicts(overlap_pairs(drawn, areas), drawn)
    assert found.index.equals(drawn.index)
    for row in found.itertuples():
        if row.verdict == Verdict.COINCIDES:
            assert row.iou >= REACHED_IOU - 1e-9
        elif row.verdict == Verdict.SHIFTED:
            assert min(row.share_of_sketch, row.share_of_area) > 0.5
        elif row.verdict == Verdict.DIVIDED_OVER:
            assert row.n >= 2
        assert (row.outside >= 0.5) == (row.verdict == Verdict.ELSEWHERE)


# --- Real drawings --------------------------------------------------------------------------------


def test_official_areas_of_six_neighbourhoods(shared) -> None:
    stored = json.loads(shared("sketches/reference_results.json").read_text())["new york (EPSG:32618)"]
    areas = (
        gpd.read_file(shared("boundaries/new_york_neighbourhoods.geojson")).to_crs(32618).set_index("name")
    )
    for place, reference in stored.items():
        if "official_area_km2" in reference:
            assert areas.geometry[place].area / 1e6 == pytest.approx(reference["official_area_km2"], rel=0.01)
