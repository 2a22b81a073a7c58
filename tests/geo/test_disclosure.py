"""What may be published."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import box

from geo import consensus, disclosure
from geo.errors import TooFewSketches
from tests.geo.test_consensus import A, B, sketches
from tests.geo.test_grid import blobs


def test_what_four_people_drew_is_not_shown() -> None:
    """Six hold A, four of them go on to 150: with 5 the eastern half column goes, with 10 nobody may be
    shown."""
    base = consensus.surface(sketches([A] * 6 + [B] * 4), cell_m=50.0)
    assert disclosure.shown(base).counts[0].tolist() == [6, 10, 0]
    assert disclosure.shown(base, least=10).counts[0].tolist() == [0, 10, 0]
    with pytest.raises(TooFewSketches):
        disclosure.shown(base, least=11)


def test_a_core_of_a_quarter_never_shows_fewer_than_five() -> None:
    """A quarter of ten is three people, which is too few to show: the core is that of five."""
    base = consensus.surface(sketches([A] * 6 + [B] * 4), cell_m=50.0)
    assert consensus.core(disclosure.shown(base), 25).equals(box(0, 0, 100, 100))


@given(blobs(), st.integers(1, 6))
def test_nothing_below_the_limit_remains_and_nothing_above_is_lost(found, least) -> None:
    base = consensus.surface(sketches(found))
    if base.n < least:
        return
    counts = disclosure.shown(base, least=least).counts
    assert np.array_equal(counts, base.counts * (base.counts >= least))


def test_faces_of_few_disappear_and_pieces_of_few_go_blank() -> None:
    faces = gpd.GeoDataFrame({"count": [4, 5]}, geometry=[A, B])
    assert disclosure.shown_faces(faces)["count"].tolist() == [5]
    pieces = pd.DataFrame({"permeability": [0.2, 0.4], "n": [4, 5], "length_m": [10.0, 20.0]})
    found = disclosure.blanked(pieces, ["permeability"], people="n")
    assert found["permeability"].isna().tolist() == found["n"].isna().tolist() == [True, False]
    assert found["length_m"].tolist() == [10.0, 20.0]


@given(st.integers(5, 200), st.data())
def test_rounding_hides_one_person_and_stays_near(n, data) -> None:
    count = data.draw(st.integers(0, n))
    found = int(disclosure.rounded_percent(count / n, n))
    step = 10 if n < 50 else 5
    assert found % step == 0
    assert abs(found - 100 * count / n) <= step / 2 + 1e-6


def test_no_share_of_four_people() -> None:
    with pytest.raises(TooFewSketches):
        disclosure.rounded_percent(0.5, 4)


@given(st.lists(st.integers(0, 12), min_size=1, max_size=8))
def test_hidden_parts_cannot_be_worked_out_from_the_total(numbers) -> None:
    """What is hidden is never one part alone (unless it is the only one) and never fewer than five
    together."""
    parts = pd.Series(numbers, index=[f"p{i}" for i in range(len(numbers))])
    allowed = disclosure.secondary(parts, pd.Series("all", index=parts.index))
    hidden = parts[~allowed]
    assert (parts[allowed] >= 5).all()
    if 0 < len(hidden) < len(parts):
        assert len(hidden) >= 2
        assert hidden.sum() >= 5


def test_totals_are_guarded_one_by_one() -> None:
    parts = pd.Series({"a": 3, "b": 9, "c": 20, "d": 8, "e": 7})
    total = pd.Series({"a": "west", "b": "west", "c": "west", "d": "east", "e": "east"})
    shown = disclosure.secondary(parts, total)
    assert shown.to_dict() == {"a": False, "b": False, "c": True, "d": True, "e": True}


def test_editions_come_in_batches() -> None:
    """Nothing yet: five sketches make the first. Then five new, or five withdrawn; one alone waits."""
    assert disclosure.edition([], range(4)).wait_for == 1
    assert disclosure.edition([], range(5)).due
    assert not disclosure.edition(range(10), range(9)).due
    assert disclosure.edition(range(10), range(5)).due
    assert not disclosure.edition(range(10), range(10)).due
    assert not disclosure.edition(range(6), range(1)).due
    assert disclosure.edition(range(10), range(1, 15)) == disclosure.Edition(5, 1, True, 0)


@given(st.sets(st.integers(0, 30)), st.sets(st.integers(0, 30)))
def test_two_aggregates_are_safe_or_not_in_either_order(first, second) -> None:
    assert disclosure.safe_together(first, second) == disclosure.safe_together(second, first)


@given(blobs())
def test_snapped_shapes_are_valid_and_on_the_grid(found) -> None:
    snapped = disclosure.snapped(found)
    assert shapely.is_valid(snapped).all()
    assert (shapely.get_coordinates(snapped) % 10 == 0).all()


def test_radius_that_hides_among_twenty_addresses() -> None:
    """2,000 addresses per km2: 56.4 m for 20, 28.2 m for 5; three times the area gives 97.7 m."""
    assert disclosure.least_shift_m(2000) == pytest.approx(56.4, abs=0.05)
    assert disclosure.least_shift_m(2000, k=5) == pytest.approx(28.2, abs=0.05)
    assert disclosure.least_shift_m(2000, uneven=True) == pytest.approx(97.7, abs=0.05)


def test_masked_points_lie_evenly_in_the_ring() -> None:
    """Half of the ring's area lies within sqrt((56.4^2 + 97.7^2) / 2) = 79.8 m."""
    homes = shapely.points(np.full((4000, 2), 1000.0))
    moved = disclosure.donut(homes, inner_m=56.4, outer_m=97.7, seed=3)
    reach = shapely.distance(homes, moved)
    assert reach.min() >= 56.4
    assert reach.max() <= 97.7
    assert (reach < 79.76).mean() == pytest.approx(0.5, abs=0.03)
    assert shapely.get_coordinates(moved).mean(axis=0) == pytest.approx([1000, 1000], abs=4)
    again = disclosure.donut(homes, inner_m=56.4, outer_m=97.7, seed=3)
    assert shapely.equals(moved, again).all()


def test_an_unknown_number_of_addresses_is_not_shown() -> None:
    assert disclosure.may_stand_alone([0, 19, 20, np.nan]).tolist() == [False, False, True, False]
