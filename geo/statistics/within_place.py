"""Differences between two groups within the same places, so that where people live does not count."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from geo.intervals import Z

MIN_OF_EACH = 5
"""People of each group that a place needs to count."""

POWER_DEVIATES = 2.8
"""A difference of 1.96 + 0.84 standard errors is found in four cases of five."""


@dataclass(frozen=True)
class WithinPlace:
    """A difference between two groups within places.

    Parameters
    ----------
    effect
        Mean over places of the shift of the second group; NaN where no place has enough of both.
    low, high
        95 % interval, from resampling people within place and group.
    n
        People in the places that count.
    places
        How many places count.
    """

    effect: float
    low: float
    high: float
    n: int
    places: int

    @property
    def smallest_visible(self) -> float:
        """Smallest difference that would have been found in four cases of five; of the sign +."""
        return POWER_DEVIATES * (self.high - self.low) / (2 * Z)


def shift(first: ArrayLike, second: ArrayLike) -> float:
    """Return how much the second group lies above the first: the median of all differences [1]_.

    Parameters
    ----------
    first, second
        Numbers of the two groups, at least one each.

    Returns
    -------
    float
        In the unit of the numbers.

    References
    ----------
    .. [1] J.L. Hodges, E.L. Lehmann, Estimates of location based on rank tests, Annals of Mathematical
       Statistics 34 (1963).

    Examples
    --------
    Differences 4, 6, 2 and 4.

    >>> shift([1, 3], [5, 7])
    4.0
    """
    one, other = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    return float(np.median(other[:, None] - one[None, :]))


def within_place_shift(
    values: NDArray[np.float64],
    labels: NDArray[np.int64],
    places: NDArray[Any] | None,
    *,
    seed: int,
    n_resamples: int = 499,
    least: int = MIN_OF_EACH,
) -> WithinPlace:
    """Return the shift of the second group within places, with its interval.

    The shifts of the places are averaged with weights n1 n2 / (n1 + n2). Places with fewer than `least` of
    either group do not count: between places people differ in more than their group.

    Parameters
    ----------
    values
        One number per person.
    labels
        0 for the first group, 1 for the second.
    places
        Place of each person; None for one place.
    seed
        Seed of the resampling; the same seed gives the same interval.
    n_resamples
        Number of resamples of people within place and group.
    least
        People of each group that a place needs.

    Returns
    -------
    WithinPlace
        The shift in the unit of the values.

    Examples
    --------
    Two places; the second draws ten more in both, and everybody in the north a hundred more.

    >>> values = np.array([0, 0, 10, 10, 100, 100, 110, 110], dtype=float)
    >>> labels, places = np.array([0, 0, 1, 1] * 2), np.array(["south"] * 4 + ["north"] * 4)
    >>> found = within_place_shift(values, labels, places, seed=1, least=2)
    >>> found.effect, found.n, found.places
    (10.0, 8, 2)
    """
    where = np.zeros(len(values), dtype=np.int64) if places is None else pd.factorize(np.asarray(places))[0]
    pairs = []
    for place in np.unique(where):
        two = [values[(where == place) & (labels == side)] for side in (0, 1)]
        if min(map(len, two)) >= least:
            pairs.append((two[0], two[1]))
    if not pairs:
        return WithinPlace(math.nan, math.nan, math.nan, 0, 0)
    weight = np.array([len(one) * len(other) / (len(one) + len(other)) for one, other in pairs])
    effect = float(np.average([shift(one, other) for one, other in pairs], weights=weight))
    chance = np.random.default_rng(seed)
    found = np.zeros(n_resamples)
    for (one, other), share in zip(pairs, weight / weight.sum(), strict=True):
        a, b = (chance.choice(some, (n_resamples, len(some))) for some in (one, other))
        apart = (b[:, :, None] - a[:, None, :]).reshape(n_resamples, -1)
        found += share * np.median(apart, axis=1)
    low, high = np.quantile(found, [0.025, 0.975])
    return WithinPlace(effect, float(low), float(high), sum(len(a) + len(b) for a, b in pairs), len(pairs))
