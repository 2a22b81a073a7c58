"""The adjusted Rand index against scikit-learn."""

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from geo.statistics.rand_index import adjusted_rand_index


def test_as_scikit_learn() -> None:
    chance = np.random.default_rng(3)
    for _ in range(50):
        one, other = chance.integers(0, 6, (2, 40))
        assert adjusted_rand_index(one, other) == pytest.approx(adjusted_rand_score(one, other))


def test_one_group_each_is_the_same() -> None:
    assert adjusted_rand_index([1] * 4, ["a"] * 4) == adjusted_rand_index([1, 2, 3], [4, 5, 6]) == 1.0
