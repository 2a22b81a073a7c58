"""Do groups draw differently."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from shapely import box

from geo.errors import GroupsTooFew, GroupTooSmall
from geo.statistics import group_comparison
from tests.geo.consensus.test_consensus import sketches

SIX = np.array([0, 0, 0, 1, 1, 1])


def difference_of_means(values):
    def apart(labels):
        first, second = (np.array([values[row == side].mean() for row in labels]) for side in (0, 1))
        return np.abs(second - first)

    return apart


def test_two_of_twenty_divisions_differ_by_three() -> None:
    """1, 2, 3 against 4, 5, 6: exact two-sided p = 2/20."""
    found = group_comparison.permutation_test(difference_of_means(np.arange(1, 7)), SIX, seed=0)
    assert (found.observed, found.p, found.exact) == (3, pytest.approx(0.1), True)


@given(st.lists(st.integers(0, 40), min_size=6, max_size=6))
def test_exact_p_is_that_of_scipy(values) -> None:
    values = np.array(values, dtype=float)
    found = group_comparison.permutation_test(difference_of_means(values), SIX, seed=0)
    oracle = stats.permutation_test(
        (values[:3], values[3:]), lambda x, y: abs(np.mean(x) - np.mean(y)), alternative="greater"
    )
    assert found.p == pytest.approx(oracle.pvalue)


def test_four_sketches_can_never_be_significant() -> None:
    """0.2 apart within and 0.8 between: F = 31 and still p = 1/3."""
    apart = np.array([[0, 0.2, 0.8, 0.8], [0.2, 0, 0.8, 0.8], [0.8, 0.8, 0, 0.2], [0.8, 0.8, 0.2, 0]])
    found = group_comparison.permutation_test(
        group_comparison.pseudo_f(apart), np.array([0, 0, 1, 1]), seed=0
    )
    assert found.observed == pytest.approx(31)
    assert found.p == pytest.approx(1 / 3)


def test_distance_on_a_line_gives_the_f_of_analysis_of_variance() -> None:
    """With plain distances between numbers PERMANOVA is the classic F."""
    values = np.random.default_rng(3).normal(size=30)
    labels = np.repeat([0, 1, 2], [8, 10, 12])
    apart = np.abs(values[:, None] - values[None, :])
    found = group_comparison.pseudo_f(apart)(labels[None, :])[0]
    oracle = stats.f_oneway(*[values[labels == group] for group in range(3)]).statistic
    assert found == pytest.approx(oracle)


def test_labels_are_shuffled_within_places_only() -> None:
    """Place decides everything: within places there is one way, so nothing is beyond chance."""
    place = np.repeat(["north", "south"], 10)
    labels = np.repeat([0, 1], 10)
    values = labels * 5.0
    assert group_comparison.permutation_test(difference_of_means(values), labels, strata=place, seed=1).p == 1
    assert group_comparison.permutation_test(difference_of_means(values), labels, seed=1).p < 0.01


@given(st.integers(0, 1000))
def test_random_shuffles_keep_every_place_as_it_is(seed) -> None:
    chance = np.random.default_rng(seed)
    place, labels = chance.integers(0, 4, 40), chance.integers(0, 3, 40)
    seen = []

    def watch(shuffles):
        seen.append(shuffles)
        return np.zeros(len(shuffles))

    group_comparison.permutation_test(watch, labels, strata=place, seed=seed, n_permutations=20)
    for shuffle in seen[-1]:
        for number in range(4):
            assert sorted(shuffle[place == number]) == sorted(labels[place == number])


def test_the_same_seed_gives_the_same_p() -> None:
    values = np.random.default_rng(1).normal(size=40)
    labels = np.repeat([0, 1], 20)
    found = {
        group_comparison.permutation_test(difference_of_means(values), labels, seed=9).p for _ in range(2)
    }
    assert len(found) == 1


def test_corrected_for_how_many_were_looked_at() -> None:
    """0.01 x 3, 0.03 x 2, and never less than the one before."""
    assert group_comparison.holm_correction([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert group_comparison.holm_correction([]).size == 0


@given(st.lists(st.floats(0, 1), min_size=1, max_size=9))
def test_correction_never_helps_and_keeps_the_order(p) -> None:
    found = group_comparison.holm_correction(p)
    assert (found >= np.array(p)).all()
    assert found.max() <= 1
    order = np.argsort(p, kind="stable")
    assert (np.diff(found[order]) >= 0).all()


def squares(sides, x=0.0):
    return [box(x, 0, x + side, side) for side in sides]


def test_one_group_draws_twice_as_long_sides() -> None:
    """Sides of about 300 against about 600 m: four times the area, everywhere, surely."""
    small, large = np.linspace(280, 320, 12), np.linspace(560, 640, 12)
    drawn = sketches(squares(small) + squares(large))
    label = pd.Series(["old"] * 12 + ["young"] * 12, index=drawn.index)
    found = group_comparison.compare_groups(drawn, label, seed=1)
    size = found.loc["old", "young", "size"]
    assert size["effect"] == pytest.approx(4)
    assert size["low"] < 4 < size["high"]
    assert (found["p"] < 0.01).all()
    assert (found["p_holm"] >= found["p"]).all()
    assert found.loc[("old", "young", "place"), "effect"] > 0.8
    surface = found.loc["old", "young", "surface"]
    assert surface["effect"] == 1
    assert surface["low"] == pytest.approx(1 - 0.2425 * 2**0.5, abs=1e-3)  # Wilson: 12 of 12 is 0.7575 to 1
    assert found[["n_first", "n_second"]].iloc[0].tolist() == [12, 12]


def test_groups_that_draw_alike_are_not_found_to_differ() -> None:
    chance = np.random.default_rng(5)
    drawn = sketches(squares(chance.uniform(200, 600, 30)))
    label = pd.Series(chance.permutation(["a"] * 15 + ["b"] * 15), index=drawn.index)
    assert (group_comparison.compare_groups(drawn, label, seed=1)["p_holm"] > 0.05).all()


def test_a_group_of_nine_is_refused() -> None:
    drawn = sketches(squares([100] * 20))
    with pytest.raises(GroupTooSmall) as caught:
        group_comparison.compare_groups(drawn, pd.Series(["a"] * 11 + ["b"] * 9, index=drawn.index), seed=1)
    assert caught.value.facts == {"group": "b", "n": 9, "least": 10}
    with pytest.raises(GroupsTooFew):
        group_comparison.compare_groups(drawn, pd.Series(["a"] * 20, index=drawn.index), seed=1)


def test_who_gave_no_group_is_left_out() -> None:
    drawn = sketches(squares([100] * 25))
    label = pd.Series(["a"] * 10 + ["b"] * 10 + [None] * 5, index=drawn.index)
    assert group_comparison.compare_groups(drawn, label, seed=1)["n_second"].unique().tolist() == [10]


def test_interval_of_two_shares() -> None:
    """Newcombe's own example: 56 of 70 against 48 of 80, difference 0.2, interval 0.0524 to 0.3339."""
    effect, low, high = group_comparison._newcombe(48, 80, 56, 70)
    assert (effect, low, high) == pytest.approx((0.2, 0.0524, 0.3339), abs=1e-4)
