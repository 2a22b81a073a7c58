"""Drawings, read, repaired or refused."""

import json
from collections import Counter
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import CRS
from shapely import MultiPolygon, Polygon
from shapely.geometry import mapping

import geo.errors as problems
from geo import crs
from geo.sample_geometries import (
    BOW_TIE,
    EMPTY,
    LOOP,
    SPIKE,
    SPOT,
    THERE_AND_BACK,
    TWO,
    A,
    B,
    O,
    in_netherlands,
)
from geo.sketches.cleaning import (
    REPEAT_M,
    SLIVERS_TOGETHER,
    CleanedSketch,
    Repair,
    clean_sketch,
    clean_sketches,
)
from geo.sketches.limits import NETHERLANDS, limits_for
from geo.sketches.outliers import STRAY_IOU, _stray, far_away, flag_outliers
from geo.sketches.parsing import parse_sketch
from tests.support import strategies
from tests.support.laws import examples


def kinds(found: CleanedSketch) -> list[str]:
    return [repair.kind for repair in found.repairs]


def sent(shape) -> dict:
    """What the drawing page sends: degrees."""
    return {"type": "Feature", "properties": {}, "geometry": mapping(crs.to_wgs84(in_netherlands(shape)))}


# --- By head --------------------------------------------------------------------------------------


def test_bow_tie_keeps_both_halves() -> None:
    """0 m² as drawn, for the halves cancel; two triangles of 2,500 m². A zero-width buffer keeps one."""
    found = clean_sketch(in_netherlands(BOW_TIE))
    assert found.geometry.area == pytest.approx(5_000)
    assert (found.raw_area_m2, found.n_parts) == (0, 2)
    assert found.repairs == (Repair("untangled", 0.0, pytest.approx(5_000)),)
    assert "several_parts" in found.warnings


def test_speck_at_the_closing_point_is_a_slip_of_the_hand() -> None:
    """4,090.9 + 5,000 + 90.9 m²: the speck is under 1 % of the whole."""
    found = clean_sketch(in_netherlands(LOOP))
    assert kinds(found) == ["untangled", "slivers"]
    assert found.repairs[0].area_after_m2 == pytest.approx(9_181.818, abs=1e-3)
    assert found.geometry.area == pytest.approx(9_090.909, abs=1e-3)
    assert found.n_parts == 2


def test_many_specks_together_are_what_was_drawn() -> None:
    """A zigzag there and back makes 200 lozenges of half a percent each: dropping all would leave nothing."""
    x = np.arange(201.0)
    up = np.where(x % 2 == 0, 3.0, -3.0)
    zigzag = Polygon([*zip(x, up, strict=True), *zip(x[::-1], -up[::-1], strict=True)])
    found = clean_sketch(in_netherlands(zigzag))
    assert found.n_parts > 100
    assert "slivers" not in kinds(found)


def test_sound_drawing_stays_as_it_is() -> None:
    found = clean_sketch(in_netherlands(A))
    assert found.repairs == found.warnings == ()
    assert found.geometry.equals(in_netherlands(A))


def test_parts_and_holes_stay() -> None:
    parts, hole = clean_sketch(in_netherlands(TWO)), clean_sketch(in_netherlands(O))
    assert (parts.n_parts, parts.n_holes, parts.geometry.area) == (2, 0, 10_000)
    assert (hole.n_parts, hole.n_holes, hole.geometry.area) == (1, 1, 7_500)


def test_part_drawn_on_purpose_is_no_sliver_however_small() -> None:
    """A playground of 25 m² beside a hectare."""
    found = clean_sketch(in_netherlands(MultiPolygon([A, shapely.box(200, 0, 205, 5)])))
    assert (found.n_parts, kinds(found)) == (2, [])


def test_parts_over_each_other_become_one() -> None:
    """A and B are 2 ha together and 1.5 ha of ground."""
    found = clean_sketch(in_netherlands(MultiPolygon([A, B])))
    assert found.repairs == (Repair("merged", 20_000, 15_000),)
    assert found.n_parts == 1


def test_walk_there_and_back_is_left_out() -> None:
    found = clean_sketch(in_netherlands(SPIKE))
    assert (found.geometry.area, kinds(found)) == (10_000, ["untangled"])


def test_points_on_top_of_each_other_become_one() -> None:
    shaky = Polygon([(0, 0), (0.1, 0), (100, 0), (100, 0), (100, 100), (100, 100.2), (0, 100)])
    found = clean_sketch(in_netherlands(shaky))
    assert kinds(found) == ["repeated_points"]
    assert shapely.get_num_coordinates(found.geometry) == 5


def test_drawing_smaller_than_the_tremor_is_not_lost() -> None:
    """Three points within half a metre: a speck, but with ground."""
    found = clean_sketch(in_netherlands(Polygon([(0, 0), (0.3, 0), (0, 0.3)])))
    assert found.geometry.area == pytest.approx(0.045)
    assert set(found.warnings) == {"small", "three_points"}


def test_stroke_is_closed_by_us() -> None:
    """Three sides of A: the fourth is drawn for them, and said."""
    stroke = shapely.LineString([(0, 0), (100, 0), (100, 100), (0, 100)])
    found = clean_sketch(in_netherlands(stroke))
    assert found.geometry.equals(in_netherlands(A))
    assert found.repairs == (Repair("closed", 0, 10_000),)


def test_strokes_that_continue_each_other_are_one_stroke() -> None:
    """Closed one by one they would be two triangles."""
    strokes = shapely.MultiLineString([[(0, 0), (100, 0), (100, 100)], [(100, 100), (0, 100), (0, 0)]])
    assert clean_sketch(in_netherlands(strokes)).geometry.equals(in_netherlands(A))


def test_closed_stroke_needs_no_closing() -> None:
    assert kinds(clean_sketch(in_netherlands(A.exterior))) == []


def test_loose_points_beside_the_area_are_left_out_and_named() -> None:
    mixed = shapely.GeometryCollection([A, shapely.Point(5, 5), shapely.LineString([(0, 0), (9, 9)])])
    found = clean_sketch(in_netherlands(mixed))
    assert (found.geometry.area, kinds(found)) == (10_000, ["not_areas"])


def test_height_is_left_out() -> None:
    assert not clean_sketch(in_netherlands(shapely.force_3d(A, 7.0))).geometry.has_z


# --- Refusals -------------------------------------------------------------------------------------


@pytest.mark.parametrize("nothing", [None, *EMPTY])
def test_nothing_drawn(nothing) -> None:
    with pytest.raises(problems.DrawingEmpty):
        clean_sketch(nothing)


@pytest.mark.parametrize(
    ("drawn", "refusal"),
    [
        (SPOT, problems.DrawingIsPoint),
        (shapely.Point(3, 3), problems.DrawingIsPoint),
        (THERE_AND_BACK, problems.DrawingIsLine),
        (shapely.LineString([(0, 0), (9, 9)]), problems.DrawingIsLine),
        (Polygon([(0, 0), (50, 50), (100, 100)]), problems.DrawingIsLine),
        (shapely.box(0, 0, 10_001, 10_000), problems.SketchTooLarge),
        (Polygon([(0, 0), (np.inf, 0), (0, 9)]), problems.DrawingNotFinite),
    ],
)
def test_what_cannot_be_a_neighbourhood_is_refused_by_name(drawn, refusal) -> None:
    with pytest.raises(refusal):
        clean_sketch(in_netherlands(drawn))


def test_hundred_square_kilometres_is_still_taken() -> None:
    assert clean_sketch(in_netherlands(shapely.box(0, 0, 10_000, 10_000))).warnings == ("large",)


@pytest.mark.parametrize(
    ("side_m", "warning"), [(99.9, ("small",)), (100, ()), (3_162, ()), (3_163, ("large",))]
)
def test_one_hectare_and_ten_square_kilometres_warn(side_m, warning) -> None:
    assert clean_sketch(in_netherlands(shapely.box(0, 0, side_m, side_m))).warnings == warning


def test_smallest_size_can_be_set() -> None:
    with pytest.raises(problems.SketchTooSmall) as caught:
        clean_sketch(in_netherlands(A), limits=replace(NETHERLANDS, min_area_m2=10_000))
    assert caught.value.facts == {"area_m2": 10_000, "least_m2": 10_000}


def test_point_outside_is_refused_with_its_place() -> None:
    with pytest.raises(problems.DrawingOutside) as caught:
        clean_sketch(A)  # the origin of RD's false coordinates lies in France
    assert caught.value.facts["lat"] < 50


def test_too_many_points_are_refused_before_they_cost_time() -> None:
    angle = np.linspace(0, 2 * np.pi, 100_001)
    round_ = Polygon(500 * np.stack([np.cos(angle), np.sin(angle)], axis=1))
    assert shapely.get_num_coordinates(round_) > 100_000
    with pytest.raises(problems.DrawingTooManyPoints):
        clean_sketch(in_netherlands(round_))
    with pytest.raises(problems.DrawingTooManyPoints):
        parse_sketch(sent(round_))


# --- GeoJSON --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrap",
    [
        lambda feature: feature,
        json.dumps,
        lambda feature: json.dumps(feature).encode(),
        lambda feature: feature["geometry"],
        lambda feature: {"type": "FeatureCollection", "features": [feature]},
        lambda feature: {"type": "GeometryCollection", "geometries": [feature["geometry"]]},
        lambda feature: {"type": "MultiPolygon", "coordinates": [feature["geometry"]["coordinates"]]},
        lambda feature: {"type": "LineString", "coordinates": feature["geometry"]["coordinates"][0]},
    ],
)
def test_every_wrapping_of_one_drawing_is_that_drawing(wrap) -> None:
    found = parse_sketch(wrap(sent(A)))
    assert found.geometry.area == pytest.approx(10_000, rel=1e-6)
    assert shapely.hausdorff_distance(found.geometry, in_netherlands(A)) < 0.01


def test_ring_left_open_is_closed_and_said() -> None:
    geometry = sent(A)["geometry"]
    open_ring = {"type": "Polygon", "coordinates": [geometry["coordinates"][0][:-1]]}
    assert kinds(parse_sketch(open_ring)) == ["closed"]
    assert parse_sketch(open_ring).geometry.equals(parse_sketch(geometry).geometry)


def test_features_are_parts_of_one_neighbourhood() -> None:
    several = {"type": "FeatureCollection", "features": [sent(part) for part in TWO.geoms]}
    assert parse_sketch(several).n_parts == 2


def test_hole_that_is_a_line_is_named() -> None:
    feature = sent(A)
    feature["geometry"]["coordinates"] = [
        feature["geometry"]["coordinates"][0],
        [[5.39, 52.16], [5.391, 52.16]],
    ]
    assert kinds(parse_sketch(feature)) == ["not_areas"]


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("", problems.BrokenGeoJSON),
        ("[1, 2]", problems.BrokenGeoJSON),
        ("{}", problems.BrokenGeoJSON),
        ("[" * 100_000, problems.BrokenGeoJSON),
        ('{"type": "Circle", "coordinates": [5, 52]}', problems.BrokenGeoJSON),
        ('{"type": "Polygon"}', problems.BrokenGeoJSON),
        ('{"type": "Polygon", "coordinates": [[["5", "52"]]]}', problems.BrokenGeoJSON),
        ('{"type": "Polygon", "coordinates": [[[5]]]}', problems.BrokenGeoJSON),
        ('{"type": "FeatureCollection", "features": [7]}', problems.BrokenGeoJSON),
        ('{"type": "Polygon", "coordinates": [[[NaN, 52], [5, 52], [5, 53]]]}', problems.DrawingNotFinite),
        ('{"type": "Polygon", "coordinates": []}', problems.DrawingEmpty),
        ('{"type": "Feature", "geometry": null}', problems.DrawingEmpty),
        ('{"type": "FeatureCollection", "features": []}', problems.DrawingEmpty),
        (
            '{"type": "Polygon", "coordinates": [[[5, 52], [5, 52], [5, 52], [5, 52]]]}',
            problems.DrawingIsPoint,
        ),
        ('{"type": "Polygon", "coordinates": [[[5, 52], [5.1, 52], [5, 52]]]}', problems.DrawingIsLine),
        ('{"type": "Polygon", "coordinates": [[[5, 52], [5.1, 52]]]}', problems.DrawingIsLine),
        ('{"type": "Point", "coordinates": [5, 52]}', problems.DrawingIsPoint),
        ('{"type": "LineString", "coordinates": [[5, 52], [5.1, 52]]}', problems.DrawingIsLine),
        ('{"type": "Polygon", "coordinates": [[[52, 5], [52, 5.1], [52.1, 5]]]}', problems.DrawingOutside),
        ('{"type": "Polygon", "coordinates": [[[110188, 485672], [2, 2], [3, 3]]]}', problems.DrawingOutside),
    ],
)
def test_what_was_sent_is_refused_by_name(text, refusal) -> None:
    with pytest.raises(refusal):
        parse_sketch(text)


def test_collections_in_collections_end_somewhere() -> None:
    deep: dict = {"type": "GeometryCollection", "geometries": []}
    for _ in range(50):
        deep = {"type": "GeometryCollection", "geometries": [deep]}
    with pytest.raises(problems.BrokenGeoJSON):
        parse_sketch(deep)


def test_elsewhere_in_the_world_has_its_own_box_and_plane() -> None:
    limits = limits_for((-74.3, 40.4, -73.6, 41.0))
    block = {
        "type": "Polygon",
        "coordinates": [[[-74.0, 40.7], [-73.99, 40.7], [-73.99, 40.71], [-74.0, 40.71]]],
    }
    assert parse_sketch(block, limits=limits).geometry.area == pytest.approx(845.3 * 1110.4, rel=0.002)
    with pytest.raises(problems.DrawingOutside):
        parse_sketch(sent(A), limits=limits)
    with pytest.raises(problems.DrawingOutside):
        parse_sketch(block)


# --- Many -----------------------------------------------------------------------------------------


def test_many_in_is_kept_and_refused() -> None:
    given_ = [A, None, BOW_TIE, SPOT, TWO]
    found = clean_sketches([None if shape is None else in_netherlands(shape) for shape in given_])
    assert (found.n_in, found.n_kept, found.n_refused) == (5, 3, 2)
    assert found.refused.tolist() == [None, "DrawingEmpty", None, "DrawingIsPoint", None]
    assert found.n_parts.tolist() == [1, 0, 2, 0, 2]
    assert found.repairs["position"].tolist() == [2]
    assert found.raw_area_m2.tolist() == [10_000, 0, 0, 0, 10_000]


def test_none_is_many_too() -> None:
    found = clean_sketches([])
    assert (found.n_in, found.n_kept, found.n_refused) == (0, 0, 0)
    assert found.repairs.empty
    assert found.warnings.empty


@given(st.lists(strategies.drawings(), max_size=6))
def test_any_scribble_is_made_sound_or_refused_by_name(drawn) -> None:
    found = clean_sketches(drawn)
    assert found.n_in == len(drawn) == found.n_kept + found.n_refused
    kept = ~shapely.is_missing(found.geometry)
    assert [name is None for name in found.refused] == kept.tolist()
    assert shapely.is_valid(found.geometry[kept]).all()
    assert np.isin(shapely.get_type_id(found.geometry[kept]), (3, 6)).all()
    assert (shapely.area(found.geometry[kept]) > 0).all()
    assert (found.n_parts[kept] >= 1).all()
    assert all(issubclass(getattr(problems, name), problems.SketchError) for name in found.refused[~kept])


@pytest.mark.parametrize("size_m", [0.001, 1.0, 100.0])
def test_lobes_on_both_sides_of_one_edge_become_one(size_m: float) -> None:
    """The stroke goes along the edge between both lobes three times; half a square each side, touching all along."""
    x, y = 155_000.0, 463_000.0
    turns = [(0, 1), (0, 0), (1, 0), (0, -1), (0, 0), (1, 0), (0, 1)]
    stroke = shapely.Polygon([(x + size_m * dx, y + size_m * dy) for dx, dy in turns])
    found = clean_sketches([stroke]).geometry[0]
    assert found.is_valid
    assert found.geom_type == "Polygon"
    assert found.area == pytest.approx(size_m**2, rel=1e-4)


@examples(40)
@given(st.lists(strategies.drawings(), min_size=1, max_size=4))
def test_one_and_many_are_the_same(drawn) -> None:
    found = clean_sketches(drawn)
    for i, shape in enumerate(drawn):
        if found.refused[i]:
            with pytest.raises(getattr(problems, found.refused[i])):
                clean_sketch(shape)
            continue
        single = clean_sketch(shape)
        assert single.geometry == found.geometry[i]
        assert kinds(single) == found.repairs.query("position == @i")["kind"].tolist()
        assert list(single.warnings) == found.warnings.query("position == @i")["kind"].tolist()


@given(strategies.drawings())
def test_cleaning_twice_changes_nothing_more(drawn) -> None:
    try:
        once = clean_sketch(drawn).geometry
    except problems.SketchError:
        return
    assert clean_sketch(once).geometry.symmetric_difference(once).area <= 1e-6 * once.area + 0.5 * once.length


@given(strategies.areas())
def test_sound_areas_keep_their_ground(drawn) -> None:
    found = clean_sketch(drawn)
    assert found.geometry.symmetric_difference(drawn).area <= REPEAT_M * drawn.length
    assert not {"untangled", "slivers", "merged"} & set(kinds(found))


@given(strategies.drawings())
def test_what_is_sent_is_what_is_drawn(drawn) -> None:
    """Through degrees and back a drawing is the same, or refused for the same reason."""
    try:
        direct = clean_sketch(drawn)
    except problems.SketchError:
        return
    read = parse_sketch({"type": "Feature", "geometry": mapping(crs.to_wgs84(drawn))})
    assert read.geometry.area == pytest.approx(direct.geometry.area, rel=0.02, abs=1.0)


# --- Flags ----------------------------------------------------------------------------------------


def moved(east_m: float, side_m: float = 100.0) -> Polygon:
    return shapely.box(east_m, 0, east_m + side_m, side_m)


def test_size_is_unusual_against_the_spread_of_the_group() -> None:
    """Sides 96 to 104 m, and one of 500 m."""
    drawn = strategies.sketches([moved(0, side) for side in (96, 98, 100, 102, 104, 500)])
    found = flag_outliers(drawn, pd.Series("centre", index=drawn.index))
    assert found["unusual_size"].tolist() == [False] * 5 + [True]
    assert found["flagged"].tolist() == [False] * 5 + [True]


def test_elsewhere_is_sharing_under_a_twentieth_with_everyone_in_the_group() -> None:
    drawn = strategies.sketches([moved(0), moved(10), moved(20), moved(119), moved(500), moved(500)])
    group = pd.Series(["a", "a", "a", "a", "a", "b"], index=drawn.index)
    found = flag_outliers(drawn, group)
    assert found["elsewhere"].tolist() == [False, False, False, True, True, False]


def test_of_two_nobody_strays_and_without_spread_nobody_is_unusual() -> None:
    drawn = strategies.sketches([moved(0), moved(900), moved(5_000), moved(5_000), moved(5_000, 400)])
    found = flag_outliers(drawn, pd.Series(["a", "a", "b", "b", "b"], index=drawn.index))
    assert not found.loc[["s0", "s1"]].to_numpy().any()
    assert not found["unusual_size"].any()


def test_who_has_no_group_is_not_flagged() -> None:
    drawn = strategies.sketches([moved(0), moved(0), moved(0), moved(9_000)])
    group = pd.Series(["a", "a", "a", None], index=drawn.index)
    assert not flag_outliers(drawn, group)["flagged"].any()


def test_nobody_to_flag() -> None:
    drawn = strategies.sketches([])
    assert flag_outliers(drawn, pd.Series(dtype=object)).empty


@pytest.mark.parametrize("n_far", [0, 7, 50])
def test_what_lies_far_away_is_found_however_many_at_one_place(n_far: int) -> None:
    """5,000 along 20 km, and up to one in a hundred of them on another continent, all at the same spot."""
    town = [moved(4.0 * at, 300) for at in range(5_000 - n_far)]
    drawn = strategies.sketches([*town, *[moved(9_000_000)] * n_far])
    assert far_away(drawn).tolist() == [False] * len(town) + [True] * n_far


def test_a_second_village_is_no_stray_nor_are_a_few_far_apart() -> None:
    """Of 20, two lie 50 km off: that is a tenth. Of three, each at another place, none is the place of all."""
    town = [moved(100.0 * at) for at in range(18)]
    assert not far_away(strategies.sketches([*town, moved(50_000), moved(50_000)])).any()
    assert not far_away(strategies.sketches([moved(0), moved(50_000), moved(900_000)])).any()
    assert far_away(strategies.sketches([])).empty


@given(st.lists(strategies.areas(), min_size=3, max_size=14))
def test_stray_is_what_all_pairs_say(drawn) -> None:
    shapes = np.array(drawn, dtype=object)
    one, other = np.meshgrid(shapes, shapes)
    alike = shapely.area(shapely.intersection(one, other)) / shapely.area(shapely.union(one, other))
    np.fill_diagonal(alike, 0)
    assert (_stray(shapes) == (alike.max(axis=1) < STRAY_IOU)).all()


# --- Real drawings --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def new_york(shared):
    drawn = gpd.read_file(shared("sketches/new_york_dnainfo_2015.gpkg"))
    west, south, east, north = drawn.total_bounds
    limits = replace(limits_for((west, south, east, north)), crs=CRS.from_epsg(32618))
    return drawn.to_crs(limits.crs), limits


@pytest.fixture(scope="module")
def all_cleaned(new_york):
    drawn, limits = new_york
    return clean_sketches(drawn.geometry, limits=limits)


def test_every_new_york_drawing_is_kept_or_refused(new_york, all_cleaned) -> None:
    """Plain shapely keeps 41,583 of positive area to 100 km²: 430 enclose nothing, 22 are larger."""
    drawn, found = new_york[0], all_cleaned
    assert (found.n_in, found.n_kept, found.n_refused) == (42_035, 41_583, 452)
    assert Counter(filter(None, found.refused)) == {"DrawingIsLine": 430, "SketchTooLarge": 22}
    plain = shapely.make_valid(drawn.geometry.to_numpy(), method="structure", keep_collapsed=False)
    kept = ~shapely.is_missing(found.geometry)
    change = np.abs(shapely.area(found.geometry[kept]) / shapely.area(plain[kept]) - 1)
    assert np.quantile(change, 0.99) < 0.01
    assert change.max() < SLIVERS_TOGETHER + 0.02


@pytest.mark.parametrize(
    "place", ["Bay Ridge", "Gowanus", "Tottenville", "Red Hook", "Chinatown", "Cobble Hill"]
)
def test_areas_of_six_new_york_neighbourhoods(shared, new_york, place) -> None:
    """Counts exactly; areas within 1 % although we leave out slivers."""
    stored = json.loads(shared("sketches/reference_results.json").read_text())
    reference = stored["new york (EPSG:32618)"][place]
    drawn, limits = new_york
    found = clean_sketches(drawn.geometry[drawn["neighborhoodLive"] == place], limits=limits)
    km2 = shapely.area(found.geometry[~shapely.is_missing(found.geometry)]) / 1e6
    used = km2[(km2 >= 0.02) & (km2 <= 25)]
    assert found.n_in == reference["n_raw"]
    assert len(used) == reference["n_used"]
    quantiles = np.quantile(used, [0.1, 0.5, 0.9])
    assert quantiles == pytest.approx(
        [reference[f"{q}_area_km2"] for q in ("p10", "median", "p90")], rel=0.01
    )


@pytest.mark.parametrize("n", [12, pytest.param(46, marks=pytest.mark.nightly)])
def test_flags_on_new_york_are_few(new_york, all_cleaned, n) -> None:
    """The rule flags the size of about 4 % on average over the neighbourhoods of 250 drawings and more.

    On every run over the twelve smallest of the 46: what a large one costs grows with its square.
    """
    (drawn, limits), found = new_york, all_cleaned
    kept = ~shapely.is_missing(found.geometry)
    sound = strategies.sketches(list(found.geometry[kept])).set_crs(limits.crs, allow_override=True)
    group = pd.Series(drawn["neighborhoodLive"].to_numpy()[kept], index=sound.index)
    large = group[group != "Other"].value_counts().loc[lambda n: n >= 250].index
    assert len(large) == 46
    some = group[group.isin(large[-n:])]
    flags = flag_outliers(sound.loc[some.index], some)
    assert 0.02 < flags["unusual_size"].groupby(some).mean().mean() < 0.06


def test_amsterdam_strokes_are_closed_or_refused_by_name(shared) -> None:
    """Lines and loops drawn by residents of Amsterdam; every one has an answer."""
    strokes = gpd.read_file(shared("sketches/amsterdam_tekensessies_2015.geojson"))
    found = clean_sketches(strokes.geometry.to_crs(crs.RD))
    assert found.n_in == found.n_kept + found.n_refused == 394
    assert {name for name in found.refused if name} <= {"DrawingIsLine", "DrawingIsPoint"}
    assert found.n_kept > 150
