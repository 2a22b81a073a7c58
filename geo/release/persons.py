"""Who counts: people, never rows.

A drawing costs nothing to make, so a number of drawings says nothing about a number of people. One device
or one ticket is one person within a project or a workshop session; several drawings of one person count once, and
the last one counts. Copies, and a crowd from one address, count once somebody looked at them.
"""

from collections.abc import Collection, Sequence

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.grids.grid import Geometries
from geo.measures.similarity import iou
from geo.privacy_limits import MIN_PEOPLE

MIN_NEAR_COPY_IOU = 0.9
"""Outlines at least this much alike are copies of each other."""

NEAR_COPY_S = 600
"""Copies that arrive within this time of each other wait for somebody to look at them."""

MOST_FROM_ADDRESS = MIN_PEOPLE - 1
"""Drawings that one address may send in an hour before they wait, where most come from it."""

NEAR_COPY, FROM_ONE_ADDRESS = "near_copy", "many_from_one_address"
HELD_FOR = frozenset({NEAR_COPY, FROM_ONE_ADDRESS})
"""Reasons for which a drawing counts for nobody until a person released it."""

RELEASES = frozenset({"accept", "adjust"})
"""Decisions by which a person released it."""


def counted_drawings(person: "pd.Series[str]", order: Sequence[object]) -> NDArray[np.bool_]:
    """Return which drawings count: of every person the last one.

    Parameters
    ----------
    person
        Who made each drawing; missing or empty where nothing is known, and then the drawing is a person.
    order
        What came first to what came last, such as the day of storing with the row number.

    Returns
    -------
    array of bool
        In the order of ``person``.

    Examples
    --------
    >>> counted_drawings(pd.Series(["a", "b", "a", "", ""]), [1, 2, 3, 4, 5]).tolist()
    [False, True, True, True, True]
    """
    known = person.fillna("").astype(str)
    table = pd.DataFrame({"person": known.to_numpy(), "order": list(order)})
    alone = table["person"] == ""
    last = ~table.sort_values("order", kind="stable").duplicated("person", keep="last").sort_index()
    return np.asarray(last | alone, dtype=bool)


def is_near_copy(area: shapely.Geometry, others: Geometries) -> bool:
    """Return whether an outline is a copy of any of the others, or nearly so.

    Parameters
    ----------
    area
        Outline that arrives, in metres.
    others
        Outlines that arrived in the same session or project within `NEAR_COPY_S`.

    Examples
    --------
    >>> import shapely
    >>> before = np.array([shapely.box(0, 0, 100, 100), shapely.box(500, 0, 600, 100)])
    >>> is_near_copy(shapely.box(0, 0, 99, 100), before), is_near_copy(shapely.box(0, 0, 80, 100), before)
    (True, False)
    """
    size, sizes = float(shapely.area(area)), shapely.area(others)
    # Two outlines of which one is much larger cannot be alike; it saves most of the work.
    near = others[
        (np.minimum(sizes, size) >= MIN_NEAR_COPY_IOU * np.maximum(sizes, size))
        & shapely.intersects(area, others)
    ]
    return bool(len(near) and (iou(np.full(len(near), area), near) >= MIN_NEAR_COPY_IOU).any())


def is_mostly_one_address(n: int, whole: int) -> bool:
    """Return whether too many drawings of a session or project came from one address in an hour.

    Parameters
    ----------
    n, whole
        Drawings from the address, and all that arrived, in this hour.

    Examples
    --------
    A household of four draws; a fifth drawing waits, unless most come from elsewhere.

    >>> is_mostly_one_address(4, 4), is_mostly_one_address(5, 9), is_mostly_one_address(5, 10)
    (False, True, False)
    """
    return n > MOST_FROM_ADDRESS and 2 * n > whole


def is_held(reasons: Collection[str], decision: str) -> bool:
    """Return whether a drawing counts for nobody yet.

    Parameters
    ----------
    reasons
        Why it is to be looked at.
    decision
        What was decided; "" while nobody did.

    Examples
    --------
    >>> is_held(("near_copy",), ""), is_held(("near_copy",), "accept"), is_held(("unusual_size",), "")
    (True, False, False)
    """
    return not HELD_FOR.isdisjoint(reasons) and decision not in RELEASES
