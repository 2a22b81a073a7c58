"""How far two ways to group the same people are the same."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike


def adjusted_rand_index(one: ArrayLike, other: ArrayLike) -> float:
    """Return how far two groupings agree on which pairs of people belong together, corrected for chance [1]_.

    Parameters
    ----------
    one, other
        Group of each person, the same people in the same order; any labels.

    Returns
    -------
    float
        1 where both are the same but for their labels, 0 on average for groupings at random; may be negative.

    References
    ----------
    .. [1] L. Hubert, P. Arabie, Comparing partitions, Journal of Classification 2 (1985).

    Examples
    --------
    >>> adjusted_rand_index([0, 0, 1, 1], ["b", "b", "a", "a"])
    1.0
    >>> round(adjusted_rand_index([0, 0, 1, 1], [0, 0, 1, 2]), 4)
    0.5714
    """
    table = pd.crosstab(pd.factorize(np.asarray(one))[0], pd.factorize(np.asarray(other))[0]).to_numpy()
    pairs = [float((n * (n - 1) / 2).sum()) for n in (table, table.sum(axis=1), table.sum(axis=0))]
    n = float(table.sum())
    together, in_one, in_other = pairs
    every = n * (n - 1) / 2
    by_chance = in_one * in_other / every if every else 0.0
    most = (in_one + in_other) / 2
    return 1.0 if most == by_chance else (together - by_chance) / (most - by_chance)
