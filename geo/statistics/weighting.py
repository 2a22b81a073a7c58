"""Weights that make those who drew resemble those who live there (post-stratification by raking)."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

MAX_WEIGHT = 5.0
"""Nobody speaks for more than five others, nor for less than a fifth of one."""

MIN_CLASS = 5
"""A class of fewer people is joined with the next one before weighing."""

_CONVERGED = 1e-8
_MAX_ROUNDS, _MAX_TRIMS = 1_000, 10


def rake(
    classes: pd.DataFrame, totals: "dict[str, pd.Series[float]]", *, max_weight: float = MAX_WEIGHT
) -> NDArray[np.float64]:
    """Return a weight for each person, so that the classes add up to their known totals (raking) [1]_.

    In turn the weights of every class are multiplied so that they add up to the total of that class, until
    nothing changes. Weights above `max_weight` or below 1 / `max_weight` are cut off there, and the rest is
    raked again, at most ten times.

    Parameters
    ----------
    classes
        One row per person, one column per way of dividing them, such as age and area.
    totals
        For each column the total of every class that occurs; only its proportions count.
    max_weight
        Largest weight.

    Returns
    -------
    array
        One weight per person, from 1 / `max_weight` to `max_weight`, 1 on average.

    References
    ----------
    .. [1] W.E. Deming, F.F. Stephan, On a least squares adjustment of a sampled frequency table, Annals of
       Mathematical Statistics 11 (1940).

    Examples
    --------
    Three young and one old, where half are young: the old one counts for two.

    >>> people = pd.DataFrame({"age": ["young", "young", "young", "old"]})
    >>> rake(people, {"age": pd.Series({"young": 50.0, "old": 50.0})}).round(3).tolist()
    [0.667, 0.667, 0.667, 2.0]
    """
    n = len(classes)
    at = {column: pd.factorize(classes[column])[0] for column in totals}
    goals = {}
    for column, known in totals.items():
        target = known.reindex(pd.unique(classes[column])).to_numpy(dtype=np.float64)
        goals[column] = target / target.sum() * n
    weight, cut = np.ones(n), np.zeros(n, dtype=bool)
    for _ in range(_MAX_TRIMS):
        weight = _raked(weight, cut, at, goals)
        over = (weight > max_weight * (1 + 1e-9)) | (weight < (1 - 1e-9) / max_weight)
        if not over.any():
            break
        cut |= over
        weight = np.clip(weight, 1 / max_weight, max_weight)
    return np.clip(weight, 1 / max_weight, max_weight)


def _raked(
    weight: NDArray[np.float64],
    cut: NDArray[np.bool_],
    at: dict[str, NDArray[np.intp]],
    goals: dict[str, NDArray[np.float64]],
) -> NDArray[np.float64]:
    """Rake the weights that were not cut off; what the others hold is taken from the totals."""
    found = weight.copy()
    for _ in range(_MAX_ROUNDS):
        before = found.copy()
        for column, place in at.items():
            size = len(goals[column])
            free = np.bincount(place, np.where(cut, 0.0, found), minlength=size)
            held = np.bincount(place, np.where(cut, found, 0.0), minlength=size)
            room = np.maximum(goals[column] - held, 0.0)
            factor = np.divide(room, free, out=np.ones(size), where=free > 0)
            found = np.where(cut, found, found * factor[place])
        if np.abs(found - before).max(initial=0.0) < _CONVERGED:
            break
    return found


def join_small_classes(n: ArrayLike, *, least: int = MIN_CLASS) -> NDArray[np.int64]:
    """Return which group each class of an ordered list belongs to, so that every group is large enough.

    Parameters
    ----------
    n
        People in each class, in their order, such as from young to old.
    least
        People that a group needs.

    Returns
    -------
    array
        Number of the group of each class, from 0; what is too small at the end joins the group before it.

    Examples
    --------
    >>> join_small_classes([2, 9, 7, 1]).tolist(), join_small_classes([3, 1]).tolist()
    ([0, 0, 1, 1], [0, 0])
    """
    people = np.asarray(n, dtype=np.int64)
    found = np.zeros(len(people), dtype=np.int64)
    group, held = 0, 0
    for place, count in enumerate(people):
        found[place] = group
        held += int(count)
        if held >= least:
            group, held = group + 1, 0
    # The last group was never filled: it joins the one before.
    if held and group:
        found[found == group] = group - 1
    elif len(found):
        found = np.minimum(found, max(group - 1, 0))
    return found
