"""Means of small areas drawn towards the mean of all: less noise, and honest about how much is their own."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from geo.intervals import t_quantile


def shrink_means(n: ArrayLike, mean: ArrayLike, variance: ArrayLike) -> pd.DataFrame:
    """Return the means of areas shrunk towards the mean of all (empirical Bayes) [1]_ [2]_.

    m = B x + (1 - B) mu with B = tau² / (tau² + s² / n): s² is the variance within areas, pooled; tau² that
    between the true means, by DerSimonian and Laird; mu the mean of all, weighted by 1 / (tau² + s² / n).

    Parameters
    ----------
    n
        People of each area, at least 2.
    mean
        Their mean.
    variance
        Their variance (with n - 1).

    Returns
    -------
    DataFrame
        In the order given. ``mean``: shrunk; ``own``: B, what the area itself says, from 0 (all of it is the
        mean of all) to 1; ``low`` and ``high``: mean ± t √(B s² / n), the 95 % interval.

    References
    ----------
    .. [1] R. DerSimonian, N. Laird, Meta-analysis in clinical trials, Controlled Clinical Trials 7 (1986).
    .. [2] R.E. Fay, R.A. Herriot, Estimates of income for small places, Journal of the American Statistical
       Association 74 (1979).

    Examples
    --------
    Areas that differ no more than chance makes them: all get the mean of all.

    >>> shrink_means([10, 10], [6.0, 6.2], [4.0, 4.0])[["mean", "own"]].round(2).to_numpy().tolist()
    [[6.1, 0.0], [6.1, 0.0]]
    """
    people, x, within = (np.asarray(values, dtype=np.float64) for values in (n, mean, variance))
    pooled = float(((people - 1) * within).sum() / (people - 1).sum())
    error = pooled / people
    between = _variance_between(x, error)
    weight = np.divide(1.0, between + error, out=np.ones_like(x), where=between + error > 0)
    mu = float((weight * x).sum() / weight.sum())
    own = np.divide(between, between + error, out=np.ones_like(x), where=between + error > 0)
    shrunk = own * x + (1 - own) * mu
    half = t_quantile(int((people - 1).sum())) * np.sqrt(own * error)
    return pd.DataFrame({"mean": shrunk, "own": own, "low": shrunk - half, "high": shrunk + half})


def _variance_between(x: NDArray[np.float64], error: NDArray[np.float64]) -> float:
    """Return the variance between true means by DerSimonian and Laird, 0 or more."""
    if len(x) < 2 or not (error > 0).all():
        return float(np.var(x, ddof=1)) if len(x) > 1 else 0.0
    w = 1 / error
    middle = (w * x).sum() / w.sum()
    q = (w * (x - middle) ** 2).sum()
    return max(0.0, float((q - (len(x) - 1)) / (w.sum() - (w**2).sum() / w.sum())))
