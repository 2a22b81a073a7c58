"""What may be published: the smallest group, rounding, and points that must not be found back.

A raw drawing is personal data, since the home lies inside it as a rule. What is published is a frozen
aggregate that passed these rules. Differential privacy is no way out here: one drawing touches some two
hundred hectares, so the noise it asks for (a scale of 200 on counts of 5 to 50) leaves nothing to see.
"""

from typing import Any, Literal

import numpy as np
import pandas as pd
import shapely
from numpy.typing import ArrayLike, NDArray

from geo.errors import TooFewSketches
from geo.grids.grid import Geometries
from geo.privacy_limits import MIN_ADDRESSES, MIN_PEOPLE, SNAP_M


def rounded_percent(share: ArrayLike, n: int) -> NDArray[np.int64]:
    """Round shares of people so that one person cannot be read off: to 10 % below 50 residents, else to 5 %.

    Parameters
    ----------
    share
        0 to 1, any shape.
    n
        Residents the share is of.

    Returns
    -------
    array of int64
        Whole percentages; a half goes up.

    Raises
    ------
    TooFewSketches
        Below 5 residents no share is shown.

    Examples
    --------
    >>> rounded_percent([0.62, 0.65, 1.0], 20).tolist(), rounded_percent([0.62, 0.63], 50).tolist()
    ([60, 70, 100], [60, 65])
    """
    if n < MIN_PEOPLE:
        raise TooFewSketches(n=n, least=MIN_PEOPLE)
    step = 10 if n < 50 else 5
    # A share is a whole number of people over n: the speck keeps 13 of 20 from falling below its half.
    steps = np.floor(np.asarray(share, dtype=np.float64) * 100 / step + 0.5 + 1e-9)
    return np.asarray(steps * step, dtype=np.int64)


ShownCount = int | Literal["few", "nearly_all"]
"""A count of people as it is told: the number, or a word where it would single out fewer than five."""


def bounded_count(n: int, total: int | None = None, *, least: int = MIN_PEOPLE) -> ShownCount:
    """Return a count of people as it may be told: no number below ``least``, nor one that leaves fewer out.

    Parameters
    ----------
    n
        People, such as those who voted for a plan.
    total
        Of how many; None where nobody knows the others, so that leaving a few out tells nothing.

    Returns
    -------
    int or str
        The number itself, "few" below ``least``, "nearly_all" where fewer than ``least`` are left.

    Examples
    --------
    >>> [bounded_count(n, 20) for n in (0, 4, 5, 15, 16, 20)], bounded_count(20)
    (['few', 'few', 5, 15, 'nearly_all', 'nearly_all'], 20)
    """
    if n < least:
        return "few"
    return "nearly_all" if total is not None and total - n < least else n


def complementary_suppression(
    people: "pd.Series[int]", total: "pd.Series[Any]", *, least: int = MIN_PEOPLE
) -> "pd.Series[bool]":
    """Return which parts of a total may be shown when the total is shown too.

    If one part is hidden, total minus the others gives it away. So the smallest other parts are hidden with
    it, until the hidden ones are at least two and together at least ``least`` people.

    Parameters
    ----------
    people
        Number of people per part (subgroup, buurt).
    total
        For the same parts: the total each belongs to (project, wijk).

    Returns
    -------
    Series of bool
        True where the part may be shown.

    Examples
    --------
    Of 30 people 4 are young: the old are hidden with them, else 30 - 14 - 12 gives the young away.

    >>> parts = pd.Series({"young": 4, "middle": 14, "old": 12})
    >>> complementary_suppression(parts, pd.Series("all", index=parts.index)).to_dict()
    {'young': False, 'middle': True, 'old': False}
    """
    allowed = pd.Series(data=True, index=people.index)
    for _, part in people.groupby(total.reindex(people.index), sort=True):
        # Ties are broken by name, so that the same table always hides the same parts.
        order = part.sort_index(kind="stable").sort_values(kind="stable")
        hidden = int((order < least).sum())
        if hidden:
            while hidden < len(order) and (hidden < 2 or int(order.iloc[:hidden].sum()) < least):
                hidden += 1
            allowed[order.index[:hidden]] = False
    return allowed


def snap_to_grid(shapes: ArrayLike, *, grid_m: float = SNAP_M) -> Geometries:
    """Move every vertex to a multiple of ``grid_m``, so that no hand is recognised; the result is valid.

    What is thinner than the grid disappears.

    Examples
    --------
    >>> str(snap_to_grid(shapely.Polygon([(1, 2), (103, 4), (96, 98)])).item())
    'POLYGON ((100 100, 100 0, 0 0, 100 100))'
    """
    return np.asarray(shapely.set_precision(np.asarray(shapes, dtype=object), grid_m))


def can_show_individually(addresses: ArrayLike, *, least: int = MIN_ADDRESSES) -> NDArray[np.bool_]:
    """Return which single sketches may be seen by anyone but their maker: those round at least 20 addresses.

    Parameters
    ----------
    addresses
        Number of addresses inside each sketch; NaN where it is not known, and then it is not shown.

    Examples
    --------
    >>> can_show_individually([19, 20, np.nan]).tolist()
    [False, True, False]
    """
    return np.asarray(np.asarray(addresses, dtype=np.float64) >= least)
