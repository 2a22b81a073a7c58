"""Weights, shrinkage and differences within places: answers known beforehand."""

import numpy as np
import pandas as pd
import pytest

from geo.consensus.agreement import effective_n
from geo.statistics.shrinkage import shrink_means
from geo.statistics.weighting import MAX_WEIGHT, join_small_classes, rake
from geo.statistics.within_place import within_place_shift


def people(counts):
    """One row a person, from the number in each (age, area)."""
    rows = [(age, area) for (age, area), n in counts.items() for _ in range(n)]
    return pd.DataFrame(rows, columns=["age", "area"])


def test_raking_two_margins_keeps_the_odds() -> None:
    """Drawers 10, 20, 30, 40 and margins 60, 40 and 50, 50: what ipfn and R's survey give; the odds stay 2/3."""
    drawn = people({("a", "x"): 10, ("a", "y"): 20, ("b", "x"): 30, ("b", "y"): 40})
    margins = {"age": pd.Series({"a": 60.0, "b": 40.0}), "area": pd.Series({"x": 50.0, "y": 50.0})}
    weight = rake(drawn, margins)
    cells = drawn.assign(w=weight).groupby(["age", "area"])["w"].sum().to_numpy()
    assert cells == pytest.approx([27.576507, 32.423493, 22.423493, 17.576507], abs=1e-6)
    assert cells[0] * cells[3] / (cells[1] * cells[2]) == pytest.approx(2 / 3)
    assert effective_n(weight) == pytest.approx(65.32, abs=0.005)


def test_nobody_speaks_for_more_than_five() -> None:
    """Two of a hundred are half of the town: 25 each without a limit, 5 with it; the rest share the rest."""
    drawn = people({("a", "x"): 2, ("b", "x"): 98})
    weight = rake(drawn, {"age": pd.Series({"a": 50.0, "b": 50.0})})
    assert weight.max() == MAX_WEIGHT
    assert weight[2:] == pytest.approx(50 / 98)
    assert rake(drawn, {"age": pd.Series({"a": 50.0, "b": 50.0})}, max_weight=100).max() == pytest.approx(25)


def test_small_classes_join_the_next() -> None:
    assert join_small_classes([1, 1, 8, 9, 2]).tolist() == [0, 0, 0, 1, 1]
    assert join_small_classes([0, 6]).tolist() == [0, 0]
    assert join_small_classes([]).tolist() == []


def test_shrinking_halves_the_error() -> None:
    """Twenty areas of 5 to 20 people, true means 6.4 give or take 0.4, people 1.6: 0.242 raw, 0.109 shrunk."""
    chance = np.random.default_rng(2)
    raw, shrunk, runs = 0.0, 0.0, 300
    for _ in range(runs):
        n, true = chance.integers(5, 21, 20), chance.normal(6.4, 0.4, 20)
        drawn = [chance.normal(mean, 1.6, size) for mean, size in zip(true, n, strict=True)]
        mean = np.array([some.mean() for some in drawn])
        found = shrink_means(n, mean, [some.var(ddof=1) for some in drawn])
        raw += float(((mean - true) ** 2).mean()) / runs
        shrunk += float(((found["mean"] - true) ** 2).mean()) / runs
    assert raw == pytest.approx(0.242, abs=0.02)
    assert shrunk == pytest.approx(0.109, abs=0.015)


def test_one_place_is_the_median_of_all_differences() -> None:
    first, second = np.array([1.0, 2, 4, 7, 11]), np.array([3.0, 5, 8, 9, 20])
    values, labels = np.concatenate([first, second]), np.repeat([0, 1], 5)
    found = within_place_shift(values, labels, None, seed=1)
    assert found.effect == np.median(second[:, None] - first[None, :])
    assert found.low <= found.effect <= found.high


def test_places_of_other_sizes_are_no_difference_between_groups() -> None:
    """Sizes 1 : 4 and no effect; the first group lives in the one, the second in the other: 0 is held.

    In 200 seeds the interval holds 0 in 92 to 98 %; a comparison across places never does.
    """
    held = 0
    for seed in range(200):
        chance = np.random.default_rng(seed)
        places = np.repeat(["small", "large"], 30)
        labels = np.concatenate([np.repeat([0, 1], [24, 6]), np.repeat([0, 1], [6, 24])])
        values = np.where(places == "large", np.log(4.0), 0.0) + chance.normal(0, 0.6, 60)
        found = within_place_shift(values, labels, places, seed=seed, n_resamples=199)
        held += found.low <= 0 <= found.high
    assert 0.90 * 200 <= held <= 0.98 * 200


def test_no_place_with_both_is_no_answer() -> None:
    values, labels = np.arange(20.0), np.repeat([0, 1], 10)
    found = within_place_shift(values, labels, np.repeat(["a", "b"], 10), seed=1)
    assert np.isnan(found.effect)
    assert (found.n, found.places) == (0, 0)
