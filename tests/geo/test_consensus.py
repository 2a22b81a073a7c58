"""The consensus surface: how many residents hold each spot to be theirs."""

import itertools
import json

import geopandas as gpd
import numpy as np
import pyogrio
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import box

from geo import consensus, crs
from geo.errors import PercentOutOfRange, SketchNotCounted, SurfacesDiffer, TooFewSketches
from tests.geo.test_grid import blobs

A, B, E = box(0, 0, 100, 100), box(50, 0, 150, 100), box(0, 0, 50, 100)
SIX = ("Bay Ridge", "Gowanus", "Tottenville", "Red Hook", "Chinatown", "Cobble Hill")


def sketches(shapes):
    index = [f"s{number:04}" for number in range(len(shapes))]
    return gpd.GeoDataFrame(geometry=list(shapes), index=index, crs=crs.RD).rename_axis("sketch_id")


@pytest.fixture(scope="module")
def readers(shared):
    """Give the cleaned sketches of one neighbourhood of New York as reference_results.json describes them."""
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
    found = consensus.surface(sketches([A, B, E]), cell_m=50.0)
    assert found.counts.tolist() == [[2, 2, 1], [2, 2, 1]]
    assert found.share[0] == pytest.approx([2 / 3, 2 / 3, 1 / 3])
    cores = {percent: consensus.core(found, percent, least=3) for percent in (25, 50, 75)}
    assert cores[50].equals(box(0, 0, 100, 100))
    assert cores[25].equals(box(0, 0, 150, 100))
    assert cores[75].is_empty


def test_people_are_compared_as_whole_numbers() -> None:
    """55 % of 20 is 11 people, though 0.55 * 20 is a hair more than 11 in floating point."""
    found = consensus.surface(sketches([A] * 11 + [box(1000, 0, 1100, 100)] * 9))
    assert consensus.core(found, 55).equals(A)
    assert consensus.core(found, 56).is_empty


def test_fewer_than_five_are_not_shown() -> None:
    found = consensus.surface(sketches([A] * 4))
    for show in (
        lambda: consensus.core(found, 50),
        lambda: consensus.contours(found),
        lambda: consensus.certainty(found),
    ):
        with pytest.raises(TooFewSketches) as caught:
            show()
        assert caught.value.facts == {"n": 4, "least": 5}


@pytest.mark.parametrize("percent", [0, 101, 12.5])
def test_a_percentage_is_a_whole_number_from_1_to_100(percent) -> None:
    with pytest.raises(PercentOutOfRange):
        consensus.core(consensus.surface(sketches([A] * 5)), percent)


def test_nobody_drew_anything() -> None:
    found = consensus.surface(sketches([]))
    assert (found.n, found.counts.size) == (0, 0)
    assert consensus.merge([found, consensus.surface(sketches([A]))]).counts.sum() == 16


def test_the_least_count_that_is_surely_inside() -> None:
    """Wilson at 95 %: 9 of 10, 12 of 15, 15 of 20, 21 of 30, 32 of 50."""
    for n, least in ((10, 9), (15, 12), (20, 15), (30, 21), (50, 32)):
        low, _ = consensus.wilson(np.arange(n + 1), n)
        assert int(np.argmax(low > 0.5)) == least


def test_wilson_intervals() -> None:
    """2 of 3, 5 of 10 and 15 of 20 people."""
    found = [
        (round(float(low), 5), round(float(high), 5))
        for low, high in (consensus.wilson(2, 3), consensus.wilson(5, 10), consensus.wilson(15, 20))
    ]
    assert found == [(0.20766, 0.93851), (0.23659, 0.76341), (0.5313, 0.88814)]


def test_certainty_divides_all_that_was_drawn() -> None:
    """20 hold A, of whom 9 go on to B's east and 1 far north: surely in, disputed, surely out."""
    north = box(0, 0, 100, 300)
    found = consensus.certainty(
        consensus.surface(sketches([A] * 10 + [box(0, 0, 150, 100)] * 9 + [north]), cell_m=50.0)
    )
    assert found["area_m2"].to_dict() == {"outside": 20_000.0, "disputed": 5_000.0, "inside": 10_000.0}


def test_weights_shift_the_majority() -> None:
    """One person for A with the weight of three against two for E's east: A's share is 3/5, n_eff 25/11."""
    found = consensus.surface(sketches([A, B, B]), cell_m=50.0, weights=[3, 1, 1])
    assert found.share[0].tolist() == pytest.approx([0.6, 1.0, 0.4])
    assert found.effective_n == pytest.approx(25 / 11)
    assert consensus.core(found, 60, least=1).equals(box(0, 0, 100, 100))


def test_surfaces_that_do_not_fit_are_not_added() -> None:
    coarse, fine = (consensus.surface(sketches([A]), cell_m=cell) for cell in (50.0, 25.0))
    with pytest.raises(SurfacesDiffer):
        consensus.merge([coarse, fine])
    with pytest.raises(SurfacesDiffer):
        consensus.merge([fine, consensus.surface(sketches([A]), weights=[2])])


def test_only_who_was_counted_can_be_removed() -> None:
    found = consensus.surface(sketches([A, E]))
    with pytest.raises(SketchNotCounted):
        consensus.remove(found, box(1000, 0, 1100, 100))
    with pytest.raises(SketchNotCounted):
        consensus.remove(
            consensus.remove(found, E),
            box(0, 0, 100, 100).difference(E).union(box(0, 0, 10, 10)).envelope.buffer(-1).union(B),
        )


@given(blobs())
def test_contours_are_valid_and_nested(found) -> None:
    base = consensus.surface(sketches(found))
    for smooth in (False, True):
        drawn = consensus.contours(base, (10, 25, 50, 75, 100), smooth=smooth, least=1)
        assert drawn.is_valid.all()
        shapes = [shape for shape in drawn.geometry if not shape.is_empty]
        assert all(outer.covers(inner) for outer, inner in itertools.pairwise(shapes))
    exact = consensus.contours(base, least=1)
    assert exact.area.tolist() == pytest.approx(exact["area_m2"].tolist())


@given(blobs(), st.randoms(use_true_random=False))
def test_chunks_merge_to_the_whole_in_any_order(found, chance) -> None:
    whole = consensus.surface(sketches(found))
    cuts = [[], [], []]
    for shape in found:
        chance.choice(cuts).append(shape)
    parts = [consensus.surface(sketches(cut), grid=whole.grid) for cut in cuts]
    chance.shuffle(parts)
    one = consensus.merge([consensus.merge(parts[:2]), parts[2]])
    assert np.array_equal(one.counts, whole.counts)
    assert one.n == whole.n


@given(blobs())
def test_adding_one_by_one_and_removing_again(found) -> None:
    base = consensus.surface(sketches(found[:0]))
    for shape in found:
        base = consensus.add(base, shape)
    whole = consensus.surface(sketches(found))
    assert np.array_equal(base.counts, whole.counts)
    assert base.grid == whole.grid
    for shape in found[1:]:
        base = consensus.remove(base, shape)
    alone = consensus.surface(sketches(found[:1]), grid=base.grid)
    assert np.array_equal(base.counts, alone.counts)
    assert base.n == 1


@given(blobs(), st.integers(-40, 40), st.integers(-40, 40))
def test_moving_everyone_by_whole_cells_moves_the_core(found, east, north) -> None:
    base = consensus.surface(sketches(found))
    moved = consensus.surface(
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
    base = consensus.surface(found, grid=consensus.Grid.over(found.geometry.to_numpy(), 5.0, held_by=10))
    for percent in (25, 50, 75, 90):
        agreed = base.reached_by(percent).sum() * base.cell_m2 / 1e6
        assert agreed == pytest.approx(expected[f"area_km2_agreed_by_{percent}pct"], rel=0.01, abs=0.0006)
