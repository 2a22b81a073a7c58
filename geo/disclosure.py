"""What may be published: the smallest group, rounding, editions, and points that must not be found back.

A raw drawing is personal data, since the home lies inside it as a rule. What is published is a frozen
aggregate that passed these rules. Differential privacy is no way out here: one drawing touches some two
hundred hectares, so the noise it asks for (a scale of 200 on counts of 5 to 50) leaves nothing to see.
"""

import math
from collections.abc import Collection, Hashable
from dataclasses import dataclass, replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import ArrayLike, NDArray

from geo.consensus import Surface
from geo.errors import TooFewSketches
from geo.grid import Geometries

LEAST_PEOPLE = 5
"""People behind every cell, face and border piece, as CBS asks for 100 m squares and postcode areas."""

LEAST_SUBGROUP = 10
"""The same for maps of a subgroup."""

LEAST_ADDRESSES = 20
"""A drawing round fewer addresses points at a few doors."""

EDITION_BATCH = 5
"""Changes that must come together: the difference between n and n + 1 drawings *is* one drawing."""

SNAP_M = 10.0


def shown(base: Surface, *, least: int = LEAST_PEOPLE) -> Surface:
    """Take off the surface what fewer than ``least`` residents drew.

    With 5 this takes about half of the fringe and, from 10 residents on, nothing of the majority's core.

    Returns
    -------
    Surface
        The same residents; cells below the limit say 0, which here means "not shown".

    Raises
    ------
    TooFewSketches
        Fewer residents than the limit in all.

    Examples
    --------
    >>> from geo.grid import Grid
    >>> base = Surface(np.array([[9, 5, 4]], dtype=np.int32), 9, Grid(0, 0, 3, 1, 25.0), "EPSG:28992")
    >>> shown(base).counts.tolist()
    [[9, 5, 0]]
    """
    if base.n < least:
        raise TooFewSketches(n=base.n, least=least)
    enough = base.counts >= least
    weighted = None if base.weighted is None else np.where(enough, base.weighted, 0.0)
    return replace(base, counts=np.where(enough, base.counts, 0).astype(np.int32), weighted=weighted)


def shown_faces(
    faces: gpd.GeoDataFrame, *, people: str = "count", least: int = LEAST_PEOPLE
) -> gpd.GeoDataFrame:
    """Keep the faces that at least ``least`` residents share; the shape of a smaller one tells who drew it.

    Parameters
    ----------
    faces
        Pieces of ground with the column ``people``: how many residents drew each.
    """
    return faces[faces[people] >= least]


def blanked(
    table: pd.DataFrame, values: Collection[str], *, people: str, least: int = LEAST_PEOPLE
) -> pd.DataFrame:
    """Blank the figures of rows that rest on fewer than ``least`` residents; the rows stay.

    For border pieces and areas, whose shapes are public anyway. The number of residents is blanked with them.

    Examples
    --------
    >>> pieces = pd.DataFrame({"permeability": [0.5, 0.9], "touching": [8, 3]}, index=["p1", "p2"])
    >>> blanked(pieces, ["permeability"], people="touching")["permeability"].tolist()
    [0.5, nan]
    """
    small = ~(table[people] >= least)
    columns = [*values, people]
    return table.assign(**{column: table[column].mask(small) for column in columns})


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
    if n < LEAST_PEOPLE:
        raise TooFewSketches(n=n, least=LEAST_PEOPLE)
    step = 10 if n < 50 else 5
    # A share is a whole number of people over n: the speck keeps 13 of 20 from falling below its half.
    steps = np.floor(np.asarray(share, dtype=np.float64) * 100 / step + 0.5 + 1e-9)
    return np.asarray(steps * step, dtype=np.int64)


def secondary(
    people: "pd.Series[int]", total: "pd.Series[Any]", *, least: int = LEAST_PEOPLE
) -> "pd.Series[bool]":
    """Tell which parts of a total may be shown when the total is shown too.

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
    >>> secondary(parts, pd.Series("all", index=parts.index)).to_dict()
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


def safe_together(
    first: Collection[Hashable], second: Collection[Hashable], *, least: int = LEAST_PEOPLE
) -> bool:
    """Tell whether two aggregates may both be shown: neither may hold just a few people more than the other.

    Parameters
    ----------
    first, second
        Who is in each, for instance the sketches behind two overlapping areas.

    Examples
    --------
    >>> safe_together(range(20), range(17)), safe_together(range(20), range(15)), safe_together("abc", "abc")
    (False, True, True)
    """
    one, other = set(first), set(second)
    return all(not more or len(more) >= least for more in (one - other, other - one))


@dataclass(frozen=True)
class Edition:
    """What would change with a next edition, and whether it may be made.

    Parameters
    ----------
    new, withdrawn
        Sketches added and taken away since the last edition.
    due
        There is no edition yet and there are enough sketches, or enough changes come together.
    wait_for
        How many more changes (or sketches, for the first edition) it takes; 0 when due.
    """

    new: int
    withdrawn: int
    due: bool
    wait_for: int


def edition(
    published: Collection[Hashable], current: Collection[Hashable], *, batch: int = EDITION_BATCH
) -> Edition:
    """Tell whether the sketches of now may replace the published ones.

    At least ``batch`` new sketches or ``batch`` withdrawn ones must come together. A single withdrawal thus
    leaves with the next batch of new ones, hidden among them. What is published must itself hold at least
    five sketches.

    Parameters
    ----------
    published
        Ids in the last edition; none when there is none.
    current
        Ids now.

    Examples
    --------
    >>> edition(range(10), range(12))
    Edition(new=2, withdrawn=0, due=False, wait_for=3)
    >>> edition(range(10), range(1, 15)).due
    True
    """
    before, now = set(published), set(current)
    new, withdrawn = len(now - before), len(before - now)
    wait_for = max(batch - max(new, withdrawn), LEAST_PEOPLE - len(now), 0)
    return Edition(new, withdrawn, wait_for == 0, wait_for)


def snapped(shapes: ArrayLike, *, grid_m: float = SNAP_M) -> Geometries:
    """Move every vertex to a multiple of ``grid_m``, so that no hand is recognised; the result is valid.

    What is thinner than the grid disappears.

    Examples
    --------
    >>> str(snapped(shapely.Polygon([(1, 2), (103, 4), (96, 98)])).item())
    'POLYGON ((100 100, 100 0, 0 0, 100 100))'
    """
    return np.asarray(shapely.set_precision(np.asarray(shapes, dtype=object), grid_m))


def may_stand_alone(addresses: ArrayLike, *, least: int = LEAST_ADDRESSES) -> NDArray[np.bool_]:
    """Tell which single sketches may be seen by anyone but their maker: those round at least 20 addresses.

    Parameters
    ----------
    addresses
        Number of addresses inside each sketch; NaN where it is not known, and then it is not shown.

    Examples
    --------
    >>> may_stand_alone([19, 20, np.nan]).tolist()
    [False, True, False]
    """
    return np.asarray(np.asarray(addresses, dtype=np.float64) >= least)


def least_shift_m(addresses_per_km2: float, *, k: int = 20, uneven: bool = False) -> float:
    """Give the radius round a point within which ``k`` addresses lie: it must move at least that far.

    Parameters
    ----------
    addresses_per_km2
        Density on the spot, above 0.
    k
        Among how many addresses the point must hide.
    uneven
        Where density differs much within reach, triple the least area [2]_.

    Returns
    -------
    float
        sqrt(k / (pi density)) in metres.

    References
    ----------
    .. [1] K.H. Hampton et al., Mapping health data: improved privacy protection with donut method
       geomasking, American Journal of Epidemiology 172 (2010), doi 10.1093/aje/kwq248.
    .. [2] W.B. Allshouse et al., Geomasking sensitive health data and privacy protection, Geocarto
       International 25 (2010), doi 10.1080/10106049.2010.496496.

    Examples
    --------
    >>> round(least_shift_m(2000), 1), round(least_shift_m(2000, uneven=True), 1)
    (56.4, 97.7)
    """
    return 1000 * math.sqrt((3 if uneven else 1) * k / (math.pi * addresses_per_km2))


def donut(points: Geometries, *, inner_m: float, outer_m: float, seed: int) -> Geometries:
    """Move every point in a random direction, between ``inner_m`` and ``outer_m`` far, evenly over that ring.

    Parameters
    ----------
    points
        Points in metres.
    inner_m, outer_m
        ``inner_m`` from :func:`least_shift_m`.
    seed
        Keep it secret and never use it twice for the same points: the mean of two maskings is nearer home.

    Returns
    -------
    array of Point

    Examples
    --------
    >>> home = np.array([shapely.Point(0, 0)])
    >>> 56.4 <= donut(home, inner_m=56.4, outer_m=100.0, seed=1)[0].distance(home[0]) <= 100.0
    True
    """
    chance = np.random.default_rng(seed)
    direction = chance.uniform(0, 2 * np.pi, len(points))
    # Evenly by area, not by distance: otherwise the points crowd at the inner rim.
    reach = np.sqrt(inner_m**2 + chance.uniform(0, 1, len(points)) * (outer_m**2 - inner_m**2))
    shift = np.column_stack([reach * np.cos(direction), reach * np.sin(direction)])
    return np.asarray(shapely.points(shapely.get_coordinates(points) + shift))
