"""The consensus surface: how many residents hold each spot to be theirs."""

import itertools
import json

import geopandas as gpd
import krippendorff
import numpy as np
import pyogrio
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import box

from geo import crs
from geo.consensus.agreement import (
    agreement,
    effective_n,
    krippendorff_alpha,
    mean_interval_half_width,
    pairwise_iou,
)
from geo.consensus.cores import contours, core_area
from geo.consensus.dispersion import centre_dispersion, fuzziness
from geo.consensus.evidence import evidence_level, more_needed
from geo.consensus.surface import Surface, add_sketch, consensus_surface, merge_surfaces, remove_sketch
from geo.consensus.uncertainty import (
    bootstrap,
    leave_one_out,
    repeatability,
)
from geo.errors import PercentOutOfRange, SketchNotCounted, SurfacesDiffer, TooFewSketches
from geo.grids.grid import Grid
from geo.intervals import wilson
from tests.geo.grids.test_grid import blobs

A, B, E = box(0, 0, 100, 100), box(50, 0, 150, 100), box(0, 0, 50, 100)
SIX = ("Bay Ridge", "Gowanus", "Tottenville", "Red Hook", "Chinatown", "Cobble Hill")


def sketches(shapes):
    index = [f"s{number:04}" for number in range(len(shapes))]
    return gpd.GeoDataFrame(geometry=list(shapes), index=index, crs=crs.RD).rename_axis("sketch_id")


@pytest.fixture(scope="module")
def readers(shared):
    """Return the cleaned sketches of one neighbourhood of New York as reference_results.json describes them."""
    everyone = pyogrio.read_dataframe(shared("sketches/new_york_dnainfo_2015.gpkg"))

    def of(name):
        drawn = everyone[everyone["neighborhoodLive"] == name].geometry.to_numpy()
        plane = crs.planar(tuple(shapely.total_bounds(everyone.geometry.to_numpy()[:100])))
        shapes = shapely.make_valid(crs.to_planar(drawn, plane), method="structure", keep_collapsed=False)
        km2 = shapely.area(shapes) / 1e6
        found = sketches(shapes[(km2 >= 0.02) & (km2 <= 25)])
        return found.set_crs(plane, allow_override=True)

    return of


@pytest.fixture(scope="module")
def reference(shared):
    text = shared("sketches/reference_results.json").read_text(encoding="utf-8")
    return json.loads(text)["new york (EPSG:32618)"]


def test_three_sketches_over_three_columns() -> None:
    """Columns of 50 m under A, B and E are held by 2, 2 and 1 of 3; half of them agree on the first two."""
    found = consensus_surface(sketches([A, B, E]), cell_m=50.0)
    assert found.counts.tolist() == [[2, 2, 1], [2, 2, 1]]
    assert found.share[0] == pytest.approx([2 / 3, 2 / 3, 1 / 3])
    cores = {percent: core_area(found, percent, least=3) for percent in (25, 50, 75)}
    assert cores[50].equals(box(0, 0, 100, 100))
    assert cores[25].equals(box(0, 0, 150, 100))
    assert cores[75].is_empty


def test_people_are_compared_as_whole_numbers() -> None:
    """55 % of 20 is 11 people, though 0.55 * 20 is a hair more than 11 in floating point."""
    found = consensus_surface(sketches([A] * 11 + [box(1000, 0, 1100, 100)] * 9))
    assert core_area(found, 55).equals(A)
    assert core_area(found, 56).is_empty


def test_fewer_than_five_are_not_shown() -> None:
    found = consensus_surface(sketches([A] * 4))
    for show in (
        lambda: core_area(found, 50),
        lambda: contours(found),
    ):
        with pytest.raises(TooFewSketches) as caught:
            show()
        assert caught.value.facts == {"n": 4, "least": 5}


@pytest.mark.parametrize("percent", [0, 101, 12.5])
def test_a_percentage_is_a_whole_number_from_1_to_100(percent) -> None:
    with pytest.raises(PercentOutOfRange):
        core_area(consensus_surface(sketches([A] * 5)), percent)


def test_nobody_drew_anything() -> None:
    found = consensus_surface(sketches([]))
    assert (found.n, found.counts.size) == (0, 0)
    assert merge_surfaces([found, consensus_surface(sketches([A]))]).counts.sum() == 16


def test_the_least_count_that_is_surely_inside() -> None:
    """Wilson at 95 %: 9 of 10, 12 of 15, 15 of 20, 21 of 30, 32 of 50."""
    for n, least in ((10, 9), (15, 12), (20, 15), (30, 21), (50, 32)):
        low, _ = wilson(np.arange(n + 1), n)
        assert int(np.argmax(low > 0.5)) == least


def test_wilson_intervals() -> None:
    """2 of 3, 5 of 10 and 15 of 20 people."""
    found = [
        (round(float(low), 5), round(float(high), 5))
        for low, high in (wilson(2, 3), wilson(5, 10), wilson(15, 20))
    ]
    assert found == [(0.20766, 0.93851), (0.23659, 0.76341), (0.5313, 0.88814)]


def test_weights_shift_the_majority() -> None:
    """One person for A with the weight of three against two for E's east: A's share is 3/5, n_eff 25/11."""
    found = consensus_surface(sketches([A, B, B]), cell_m=50.0, weights=[3, 1, 1])
    assert found.share[0].tolist() == pytest.approx([0.6, 1.0, 0.4])
    assert found.effective_n == pytest.approx(25 / 11)
    assert core_area(found, 60, least=1).equals(box(0, 0, 100, 100))


def test_surfaces_that_do_not_fit_are_not_added() -> None:
    coarse, fine = (consensus_surface(sketches([A]), cell_m=cell) for cell in (50.0, 25.0))
    with pytest.raises(SurfacesDiffer):
        merge_surfaces([coarse, fine])
    with pytest.raises(SurfacesDiffer):
        merge_surfaces([fine, consensus_surface(sketches([A]), weights=[2])])


def test_only_who_was_counted_can_be_removed() -> None:
    found = consensus_surface(sketches([A, E]))
    with pytest.raises(SketchNotCounted):
        remove_sketch(found, box(1000, 0, 1100, 100))
    with pytest.raises(SketchNotCounted):
        remove_sketch(
            remove_sketch(found, E),
            box(0, 0, 100, 100).difference(E).union(box(0, 0, 10, 10)).envelope.buffer(-1).union(B),
        )


@given(blobs())
def test_contours_are_valid_and_nested(found) -> None:
    base = consensus_surface(sketches(found))
    for smooth in (False, True):
        drawn = contours(base, (10, 25, 50, 75, 100), smooth=smooth, least=1)
        assert drawn.is_valid.all()
        shapes = [shape for shape in drawn.geometry if not shape.is_empty]
        assert all(outer.covers(inner) for outer, inner in itertools.pairwise(shapes))
    exact = contours(base, least=1)
    assert exact.area.tolist() == pytest.approx(exact["area_m2"].tolist())


@given(blobs(), st.randoms(use_true_random=False))
def test_chunks_merge_to_the_whole_in_any_order(found, chance) -> None:
    whole = consensus_surface(sketches(found))
    cuts = [[], [], []]
    for shape in found:
        chance.choice(cuts).append(shape)
    parts = [consensus_surface(sketches(cut), grid=whole.grid) for cut in cuts]
    chance.shuffle(parts)
    one = merge_surfaces([merge_surfaces(parts[:2]), parts[2]])
    assert np.array_equal(one.counts, whole.counts)
    assert one.n == whole.n


@given(blobs())
def test_adding_one_by_one_and_removing_again(found) -> None:
    base = consensus_surface(sketches(found[:0]))
    for shape in found:
        base = add_sketch(base, shape)
    whole = consensus_surface(sketches(found))
    assert np.array_equal(base.counts, whole.counts)
    assert base.grid == whole.grid
    for shape in found[1:]:
        base = remove_sketch(base, shape)
    alone = consensus_surface(sketches(found[:1]), grid=base.grid)
    assert np.array_equal(base.counts, alone.counts)
    assert base.n == 1


@given(blobs(), st.integers(-40, 40), st.integers(-40, 40))
def test_moving_everyone_by_whole_cells_moves_the_core(found, east, north) -> None:
    base = consensus_surface(sketches(found))
    moved = consensus_surface(
        sketches(shapely.transform(found, lambda p: p + np.array([east * 25.0, north * 25.0])))
    )
    assert base.counts.sum() == pytest.approx(moved.counts.sum(), abs=2)


@pytest.mark.parametrize("name", SIX)
def test_agreed_areas_of_new_york(name, readers, reference) -> None:
    """Areas agreed by 25, 50, 75 and 90 % within 1 % of an independent count.

    The reference used 25 m cells in UTM, printed to 0.001 km2. By the chance of where the cells lie, that is
    a few percent of a core of some hectares; 5 m cells take the chance on our side away.
    """
    found, expected = readers(name), reference[name]
    assert len(found) == expected["n_used"]
    base = consensus_surface(found, grid=Grid.covering(found.geometry.to_numpy(), 5.0, held_by=10))
    for percent in (25, 50, 75, 90):
        agreed = base.at_least(percent).sum() * base.cell_m2 / 1e6
        assert agreed == pytest.approx(expected[f"area_km2_agreed_by_{percent}pct"], rel=0.01, abs=0.0006)


@pytest.mark.parametrize("name", SIX)
def test_agreement_of_new_york(name, readers, reference) -> None:
    """Mean and median IoU over all pairs within 1 % of an independent computation."""
    found = agreement(readers(name))
    assert found.mean == pytest.approx(reference[name]["mean_pairwise_iou"], rel=0.01)
    assert found.median == pytest.approx(reference[name]["median_pairwise_iou"], rel=0.01)


def test_agreement_of_three() -> None:
    """(1/3 + 1/2 + 0) / 3."""
    found = agreement(sketches([A, B, E]), least=3)
    assert found.mean == pytest.approx(0.277778, abs=1e-6)
    assert (found.low, found.high) == (None, None)
    with pytest.raises(TooFewSketches):
        agreement(sketches([A, B, E]))


def test_agreement_of_the_same_drawing_is_full_and_certain() -> None:
    found = agreement(sketches([A] * 10))
    assert (found.mean, found.low, found.high) == pytest.approx((1, 1, 1))


def test_the_jackknife_of_all_pairs_by_hand() -> None:
    """Pairs 0.2, 0.4 and 0.9 of three people: without one of them 0.9, 0.4 or 0.2 is left.

    Their mean is 0.5, the variance 2/3 x (0.4² + 0.1² + 0.3²) = 0.1733; t of 2 degrees is 4.3027.
    """
    alike = np.array([[1, 0.2, 0.4], [0.2, 1, 0.9], [0.4, 0.9, 1]])
    assert mean_interval_half_width(alike) == pytest.approx(4.302653 * np.sqrt(2 / 3 * 0.26), rel=1e-6)


def test_thirty_of_one_mind_are_solid_and_two_camps_are_not() -> None:
    """Fifteen on A, fifteen on a square apart: the core is both.

    A resample has both with a chance of C(30, 15) / 2^30 = 0.1445, else one, with an IoU of a half: 0.5722.
    """
    assert repeatability(sketches([A] * 30), seed=1) == 1
    camps = sketches([A] * 15 + [box(1000, 0, 1100, 100)] * 15)
    found = repeatability(camps, seed=1, n_replicates=4_000)
    assert found == pytest.approx(0.5722, abs=0.01)
    assert bootstrap(camps, percent=50, seed=1, n_replicates=4_000).repeatability == found
    assert (evidence_level(30, 1.0), evidence_level(30, found)) == ("solid", "indicative")


def test_nobody_is_solid_without_a_core() -> None:
    """Forty who share nothing have no core of half of them: heads alone carry no further than indicative."""
    apart = sketches([box(x, 0, x + 100, 100) for x in range(0, 40_000, 1000)])
    assert repeatability(apart, seed=1) is None
    assert evidence_level(40, None) == "indicative"
    assert more_needed(40, None) == "no_help"


def test_identical_sketches_leave_nothing_to_doubt() -> None:
    """The bootstrap interval has no width, no sketch matters."""
    same = sketches([A] * 8)
    found = bootstrap(same, percent=50, seed=1)
    assert (found.area_m2, found.low_m2, found.high_m2) == (10_000, 10_000, 10_000)
    assert core_area(found.replicates, 100).equals(A)
    without = leave_one_out(same, percent=50)
    assert (without["area_change"] == 0).all()
    assert (without["iou"] == 1).all()


def test_one_sketch_decides_the_map() -> None:
    """Three of six hold A, three hold A with its eastern neighbour C: without one of the latter C falls."""
    wide = box(0, 0, 200, 100)
    found = leave_one_out(sketches([A] * 3 + [wide] * 3), percent=50)
    assert found["area_change"].tolist() == [0, 0, 0, -0.5, -0.5, -0.5]
    assert found["iou"].tolist() == [1, 1, 1, 0.5, 0.5, 0.5]


def test_resampling_sessions_is_wider_than_resampling_people() -> None:
    """Two sessions that each agree among themselves: two opinions, not twenty."""
    drawn = sketches([A] * 11 + [box(0, 0, 300, 100)] * 9)
    people = bootstrap(drawn, percent=40, seed=4)
    sessions = bootstrap(drawn, percent=40, seed=4, groups=["x"] * 11 + ["y"] * 9)
    assert (sessions.low_m2, sessions.high_m2) == (10_000, 30_000)
    assert people.replicates.share.min() > 0
    one_session = bootstrap(drawn, percent=40, seed=4, groups=["x"] * 20)
    assert one_session.low_m2 == one_session.high_m2 == one_session.area_m2


@given(blobs(), st.integers(0, 100), st.sampled_from([25, 50, 75]))
def test_resampled_cores_are_those_of_the_surface(found, seed, percent) -> None:
    """The runs give the same areas as building a surface for every replicate anew."""
    drawn = sketches(found)
    boot = bootstrap(drawn, percent=percent, seed=seed, n_replicates=7, least=1)
    chance = np.random.default_rng(seed)
    votes = chance.multinomial(len(found), np.full(len(found), 1 / len(found)), size=7)
    grid = boot.replicates.grid
    inside = [
        consensus_surface(sketches(np.repeat(found, times)), grid=grid).at_least(percent) for times in votes
    ]
    assert np.array_equal(boot.replicates.counts, np.sum(inside, axis=0))
    assert boot.area_m2 == consensus_surface(drawn).at_least(percent).sum() * 625


@given(blobs(), st.sampled_from([25, 50, 75]))
def test_leaving_out_equals_removing(found, percent) -> None:
    drawn = sketches(found)
    if len(found) < 2:
        return
    without = leave_one_out(drawn, percent=percent, least=1)
    base = consensus_surface(drawn)
    area = base.at_least(percent).sum()
    for number, shape in enumerate(found):
        rest = remove_sketch(base, shape).at_least(percent)
        if area:
            assert without["area_change"].iloc[number] == pytest.approx(rest.sum() / area - 1)
        either = (rest | base.at_least(percent)).sum()
        expected = (rest & base.at_least(percent)).sum() / either if either else np.nan
        assert without["iou"].iloc[number] == pytest.approx(expected, nan_ok=True)


def test_no_core_no_reliability() -> None:
    """Six people who share no ground: no half has a core of 75 %."""
    apart = sketches([box(x, 0, x + 100, 100) for x in range(0, 6000, 1000)])
    assert leave_one_out(apart, percent=75)["area_change"].isna().all()


@given(blobs())
def test_fuzzy_area_is_the_mean_area(found) -> None:
    """An identity: adding up cells times share adds up the sketches and divides by n."""
    base = consensus_surface(sketches(found))
    one_by_one = [consensus_surface(sketches([shape])).counts.sum() * 625 for shape in found]
    assert fuzziness(base, least=1).area_m2 == pytest.approx(np.mean(one_by_one))


def test_fuzziness_of_two_halves() -> None:
    """Everybody draws the same: 0. Half draw A, half its neighbour: every cell is at one half: 1."""
    assert fuzziness(consensus_surface(sketches([A] * 6))).fuzziness == 0
    halves = consensus_surface(sketches([A] * 3 + [box(100, 0, 200, 100)] * 3))
    assert fuzziness(halves).fuzziness == 1
    assert fuzziness(halves).zone_m == pytest.approx(np.sqrt(20_000 / np.pi))


def _judgements(base, empty_cells):
    """Return residents x cells, 0 or 1, with these counts; who said it does not matter."""
    counts = np.concatenate([base.counts[base.counts > 0], np.zeros(empty_cells, dtype=int)])
    return (np.arange(base.n)[:, None] < counts[None, :]).astype(int)


@given(blobs(), st.integers(0, 20))
def test_alpha_agrees_with_others(found, empty) -> None:
    base = consensus_surface(sketches(found), cell_m=50.0)
    alpha = krippendorff_alpha(base, empty_cells=empty)
    judged = _judgements(base, empty)
    if base.n < 2 or len(np.unique(judged)) < 2:
        assert alpha is None
        return
    oracle = krippendorff.alpha(reliability_data=judged, level_of_measurement="nominal", value_domain=[0, 1])
    assert alpha == pytest.approx(oracle)


def test_alpha_moves_with_the_map() -> None:
    """Three empty cells, and -0.2 becomes +0.215385."""
    base = consensus_surface(sketches([A, B, E]), cell_m=100.0 / 2)
    row = Surface(base.counts[:1], 3, Grid(0, 0, 3, 1, 50.0), base.crs)
    assert krippendorff_alpha(row) == pytest.approx(-0.2)
    assert krippendorff_alpha(row, empty_cells=3) == pytest.approx(0.215385, abs=1e-6)


def test_spread_of_middles() -> None:
    """Middles at (+-2, 0) and (0, +-1): 1.581139, axes 1.414214 and 0.707107."""
    middles = shapely.points([(2, 0), (-2, 0), (0, 1), (0, -1)])
    found = centre_dispersion(sketches(shapely.buffer(middles, 0.5)))
    assert (found.distance_m, found.major_m, found.minor_m) == pytest.approx(
        (1.581139, 1.414214, 0.707107), abs=1e-6
    )
    assert centre_dispersion(sketches([])) is None


@given(blobs())
def test_pairwise_iou_has_its_laws(found) -> None:
    alike = pairwise_iou(sketches(found))
    assert np.array_equal(alike, alike.T)
    assert (np.diag(alike) == 1).all()
    assert alike.min() >= 0
    assert alike.max() <= 1
    turned = pairwise_iou(sketches(found[::-1]))
    assert turned == pytest.approx(alike[::-1, ::-1])


@given(blobs())
def test_counted_iou_comes_near_the_exact_one(found) -> None:
    """Cells of 5 m: two sketches of some hectares agree to a few hundredths."""
    drawn = sketches([shape for shape in found if shape.area > 20_000] or [A])
    counted = pairwise_iou(drawn, cell_m=5.0)
    assert counted == pytest.approx(pairwise_iou(drawn), abs=0.1)
    assert np.array_equal(counted, counted.T)


def test_pairs_counted_on_cells_are_the_exact_ones_where_cells_fit() -> None:
    """Edges on the cells' edges, holes and parts too: counting is exact there."""
    ring = box(0, 0, 200, 200) - box(50, 50, 150, 150)
    drawn = sketches([A, B, E, ring, shapely.MultiPolygon([box(0, 0, 20, 20), box(500, 500, 900, 700)])])
    assert pairwise_iou(drawn, cell_m=10.0) == pytest.approx(pairwise_iou(drawn))


def test_weights_worth() -> None:
    assert effective_n([1, 1, 2]) == pytest.approx(8 / 3)
    assert effective_n([5, 5, 5]) == 3


@given(blobs(), st.integers(0, 99))
def test_weighted_surfaces_add_merge_and_remove(found, seed) -> None:
    """One by one, in two chunks or at once: the same weights per cell."""
    weights = np.random.default_rng(seed).uniform(0.2, 3, len(found))
    drawn = sketches(found)
    whole = consensus_surface(drawn, weights=weights)
    half = len(found) // 2
    parts = [
        consensus_surface(drawn[cut], weights=weights[cut], grid=whole.grid)
        for cut in (slice(half), slice(half, None))
    ]
    grown = consensus_surface(drawn[:0], weights=[])
    for shape, weight in zip(found, weights, strict=True):
        grown = add_sketch(grown, shape, weight=weight)
    for other in (merge_surfaces(parts), grown):
        assert other.weighted == pytest.approx(whole.weighted, abs=1e-9)
        assert other.effective_n == pytest.approx(whole.effective_n)
    less = remove_sketch(grown, found[0], weight=weights[0])
    rest = consensus_surface(drawn[1:], weights=weights[1:], grid=whole.grid)
    assert less.weighted == pytest.approx(rest.weighted, abs=1e-9)
    assert less.total_weight == pytest.approx(rest.total_weight)


def test_a_stray_addition_counts_but_does_not_stretch_the_grid() -> None:
    """Six in one street, then one on another continent: seven people, the same cells."""
    base = consensus_surface(sketches([A] * 6))
    found = add_sketch(base, box(5e6, 5e6, 5.1e6, 5.1e6))
    assert (found.n, found.held_by, found.grid) == (7, 2, base.grid)
    assert remove_sketch(found, box(5e6, 5e6, 5.1e6, 5.1e6)).n == 6


def test_equal_weights_change_nothing() -> None:
    shapes = [A] * 3 + [B] * 4
    plain, weighted = (
        consensus_surface(sketches(shapes)),
        consensus_surface(sketches(shapes), weights=[2.0] * 7),
    )
    for percent in (25, 50, 57, 58, 75):
        assert np.array_equal(plain.at_least(percent), weighted.at_least(percent))
    smooth = [contours(base, smooth=True).area.tolist() for base in (plain, weighted)]
    assert len(smooth[0]) == len(smooth[1]) == 3


@pytest.mark.nightly
def test_no_neighbourhood_of_new_york_fails(shared) -> None:
    """Every group of the 42,000 sketches, also the one whose members live all over the world; six on every run."""
    everyone = pyogrio.read_dataframe(shared("sketches/new_york_dnainfo_2015.gpkg"))
    plane = crs.planar((-74.3, 40.5, -73.7, 40.95))
    shapes = shapely.make_valid(
        crs.to_planar(everyone.geometry.to_numpy(), plane), method="structure", keep_collapsed=False
    )
    kept = (shapely.area(shapes) > 0) & (shapely.area(shapes) <= 100e6)
    assert kept.sum() == pytest.approx(41_583, abs=3)
    drawn = sketches(shapes[kept]).set_crs(plane, allow_override=True)
    for _, group in drawn.groupby(everyone["neighborhoodLive"].to_numpy()[kept]):
        base = consensus_surface(group)
        assert base.n == len(group)
        if base.n >= 5:
            assert core_area(base, 25).area == base.at_least(25).sum() * 625
