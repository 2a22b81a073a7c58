"""Numbers of people as they may leave the house: in fives, and shares in steps that end before the ends.

A share beside an exact number of people gives the count away: of 7 people 43 % are three. "Nobody" and
"everybody" are statements about every single person. So numbers are stated in fives, shares of fewer than
twenty people in words only, and no share is ever 0 or 100 %.
"""

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

MIN_SHARE_PEOPLE = 20
"""Below this many people a share is stated in words, and only if enough people stand on both sides."""

MIN_SIDE_PEOPLE = 5
"""People on either side of a share that is stated in words."""

ShareWord = Literal["most", "half", "some"]


def rounded_people(n: ArrayLike) -> NDArray[np.int64]:
    """Return numbers of people to the nearest five.

    Parameters
    ----------
    n
        Whole numbers of people. From 5 on: what rests on fewer is not shown at all, and 0 is nobody.

    Returns
    -------
    array of int64
        Multiples of five; at least 5 where there is anybody.

    Examples
    --------
    >>> rounded_people([0, 5, 7, 8, 12, 13]).tolist()
    [0, 5, 5, 10, 10, 15]
    """
    people = np.asarray(n, dtype=np.int64)
    return np.asarray(np.where(people > 0, np.maximum(5, (people + 2) // 5 * 5), 0), dtype=np.int64)


def share_step(n: int) -> float:
    """Return the step in which shares of ``n`` people are stated: 0.10 below 50 people, 0.05 from there on."""
    return 0.10 if n < 50 else 0.05


def rounded_share(count: int, n: int) -> float | None:
    """Return the share of ``count`` out of ``n`` people as it may be stated.

    Parameters
    ----------
    count
        People of whom something holds.
    n
        People in all.

    Returns
    -------
    float or None
        A multiple of the step. Half a step where the share is below one step ("less than 10 %"), half a step
        from 1 where it is above the last ("more than 90 %"). None below `MIN_SHARE_PEOPLE`.

    Examples
    --------
    >>> rounded_share(13, 20), rounded_share(0, 20), rounded_share(20, 20), rounded_share(9, 15)
    (0.7, 0.05, 0.95, None)
    """
    return _rounded(count, n, n)


def rounded_fraction(share: float, n: int) -> float | None:
    """Return a share of ``n`` people that is no whole number of them, rounded as :func:`rounded_share` does.

    Examples
    --------
    >>> rounded_fraction(0.631, 30), rounded_fraction(0.631, 60), rounded_fraction(0.98, 60)
    (0.6, 0.65, 0.975)
    """
    return _rounded(round(share * 1_000_000), 1_000_000, n)


def _rounded(part: int, whole: int, n: int) -> float | None:
    if n < MIN_SHARE_PEOPLE:
        return None
    percent = 10 if n < 50 else 5
    if 100 * part < percent * whole:
        return percent / 200
    if 100 * part > (100 - percent) * whole:
        return 1 - percent / 200
    # A half goes up, in whole numbers.
    steps = (200 * part + percent * whole) // (2 * percent * whole)
    return steps * percent / 100


def is_open_ended(share: float, n: int) -> bool:
    """Return whether a rounded share means "less than one step" or "more than the last step".

    Examples
    --------
    >>> is_open_ended(0.05, 20), is_open_ended(0.05, 60), is_open_ended(0.975, 60)
    (True, False, True)
    """
    step = share_step(n)
    return share < step or share > 1 - step + 1e-9


def share_word(count: int, n: int) -> ShareWord | None:
    """Return the word for a share of fewer than twenty people; None where it would say too much.

    Parameters
    ----------
    count, n
        As for :func:`rounded_share`.

    Returns
    -------
    str or None
        "most" from six tenths on, "some" below four tenths, else "half"; None where fewer than five people
        stand on one of the sides.

    Examples
    --------
    >>> share_word(10, 15), share_word(6, 12), share_word(5, 14), share_word(9, 12)
    ('most', 'half', 'some', None)
    """
    if count < MIN_SIDE_PEOPLE or n - count < MIN_SIDE_PEOPLE:
        return None
    if 10 * count >= 6 * n:
        return "most"
    return "some" if 10 * count < 4 * n else "half"


def rounded_mean(mean: float, n: int) -> float:
    """Return a mean of scores to 0.5 below twenty answers and to 0.1 from there on.

    Examples
    --------
    >>> rounded_mean(6.62, 12), rounded_mean(6.62, 40)
    (6.5, 6.6)
    """
    step = 2 if n < MIN_SHARE_PEOPLE else 10
    return float(np.floor(mean * step + 0.5) / step)
