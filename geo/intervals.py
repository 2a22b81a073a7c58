"""Confidence intervals of proportions and means."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtrit

Z = 1.959963984540054
"""Standard normal deviate of a two-sided 95 % interval."""


def wilson(count: ArrayLike, n: float | NDArray[Any]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the 95 % Wilson interval of a share of people [1]_.

    Parameters
    ----------
    count
        Number of people with the property, any shape.
    n
        Number of people in all, above 0; need not be whole when weighted.

    Returns
    -------
    low
        Lower bound, from 0 to 1, of the shape of ``count``.
    high
        Upper bound, from 0 to 1, of the shape of ``count``.

    References
    ----------
    .. [1] E.B. Wilson, Probable inference, the law of succession, and statistical inference, Journal of the
       American Statistical Association 22 (1927).

    Examples
    --------
    >>> [round(float(bound), 5) for bound in wilson(15, 20)]
    [0.5313, 0.88814]
    """
    p = np.asarray(count, dtype=np.float64) / n
    centre = (p + Z**2 / (2 * n)) / (1 + Z**2 / n)
    half = Z / (1 + Z**2 / n) * np.sqrt(p * (1 - p) / n + Z**2 / (4 * n**2))
    return centre - half, centre + half


def t_quantile(degrees: int) -> float:
    """Return the deviate of a two-sided 95 % interval of Student's t [1]_.

    Parameters
    ----------
    degrees
        Degrees of freedom, from 1: for a mean of n numbers n - 1.

    Returns
    -------
    float
        Above the 1.96 of the normal distribution, nearer to it the more degrees.

    References
    ----------
    .. [1] Student, The probable error of a mean, Biometrika 6 (1908).

    Examples
    --------
    Ten numbers with a standard deviation of 1: half the interval is 2.262 / √10 = 0.715.

    >>> round(t_quantile(9) / 10**0.5, 3)
    0.715
    """
    return float(stdtrit(degrees, 0.975))
