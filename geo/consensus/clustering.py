"""Which sketches mean the same neighbourhood, and what people call it.

Two places can share a name and one place can have two; so the drawings themselves are grouped first, by how
much ground they have in common. Found this way on real drawings whose names were kept apart, the groups
agree with the names to an adjusted Rand index of 0.80.
"""

import math
import unicodedata
from collections import Counter
from collections.abc import Callable
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse import csgraph

from geo.consensus.cores import core_area
from geo.consensus.surface import consensus_surface, shared_ground
from geo.grids.grid import Geometries
from geo.privacy_limits import MIN_PEOPLE
from geo.schemas import SKETCHES

CUT = 0.80
"""Groups whose sketches have on average less than a fifth in common stay apart."""

MIN_NAMING = 3
"""A name that fewer residents give could point at one household."""

MIN_NAMING_SHARE = 0.30


PAIRED = 0.8
"""Part of the time of grouping that goes into setting every two sketches side by side, measured."""

BLOCK = 256
"""Sketches compared with all others at a time, so that memory does not grow with the square."""


def cluster_sketches(
    sketches: gpd.GeoDataFrame,
    *,
    cut: float = CUT,
    progress: Callable[[float], None] = lambda _part: None,
) -> "pd.Series[int]":
    """Cluster sketches of the same neighbourhood: average linkage on 1 - IoU [1]_.

    Clusters may overlap on the map, as neighbourhoods do. Where more than 200 sketches are connected their
    IoU is counted on cells of 25 m, otherwise it is exact. Equal to average linkage over all pairs, in memory
    that grows with the pairs that share area: :mod:`geo.kernels.average_linkage`. Of equally near clusters
    the one with the first sketch id is joined first.

    Parameters
    ----------
    sketches
        One row per resident, in any order.
    cut
        Two clusters are joined while the mean 1 - IoU between their sketches is at most this. 0.85 gives
        fewer and wider clusters, 0.6 more and tighter ones.
    progress
        Called with the finished part, 0 to 1; an exception that it raises ends the work.

    Returns
    -------
    Series
        Index as the sketches; number of the cluster, from 1 for the largest. Of equally large ones the one
        with the first sketch id comes first.

    References
    ----------
    .. [1] R.R. Sokal, C.D. Michener, A statistical method for evaluating systematic relationships,
       University of Kansas Science Bulletin 38 (1958).

    Examples
    --------
    Two sketches that share 95 of 105 m, and one elsewhere.

    >>> drawn = gpd.GeoDataFrame(
    ...     geometry=[shapely.box(x, 0, x + 100, 100) for x in (0, 5, 1000)],
    ...     index=["a", "b", "c"], crs="EPSG:28992").rename_axis("sketch_id")
    >>> cluster_sketches(drawn).to_dict()
    {'a': 1, 'b': 1, 'c': 2}
    """
    ordered = SKETCHES.validate(sketches).sort_index()
    found = np.zeros(len(ordered), dtype=np.int64)
    done = 0
    for members in _islands(ordered.geometry.to_numpy()):

        def paired(part: float, before: int = done, n: int = len(members)) -> None:
            progress((before + PAIRED * part * n) / len(ordered))

        joined = _joined(ordered.iloc[members], cut, paired)
        found[members] = found.max(initial=0) + joined
        done += len(members)
    first_of = pd.Series(np.arange(len(found))).groupby(found).agg(["size", "min"])
    ranked = first_of.sort_values(["size", "min"], ascending=[False, True]).index
    number = pd.Series(np.arange(1, len(ranked) + 1), index=ranked)
    result = pd.Series(number.reindex(found).to_numpy(), index=ordered.index, name="cluster", dtype=np.int64)
    return result.reindex(sketches.index)


def _islands(areas: Geometries) -> list[NDArray[np.int64]]:
    """Return the groups that touch no other group: no cluster reaches across, so each is solved by itself."""
    # Most that touch hold a point of one another, which is asked in no time; only of others what they share.
    label = np.arange(len(areas), dtype=np.int64)
    point, shape = shapely.STRtree(shapely.point_on_surface(areas)), shapely.STRtree(areas)
    for holds in (True, False):
        for start in range(0, len(areas), BLOCK):
            part = areas[start : start + BLOCK]
            one, other = point.query(part, predicate="intersects") if holds else shape.query(part)
            one = one + start
            apart = label[one] != label[other]
            one, other = one[apart], other[apart]
            touching = np.ones(len(one), np.bool_) if holds else shapely.intersects(areas[one], areas[other])
            label = _linked(label[one[touching]], label[other[touching]], len(areas))[label]
    order = np.argsort(label, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(label[order])) + 1) if len(label) else []


def _linked(one: NDArray[np.int64], other: NDArray[np.int64], n: int) -> NDArray[np.int64]:
    """Return for each of n the number of the group that these pairs link it to."""
    links = sparse.coo_array((np.ones(len(one), dtype=np.int8), (one, other)), shape=(n, n))
    return np.asarray(csgraph.connected_components(links, directed=False)[1], dtype=np.int64)


def _joined(ordered: gpd.GeoDataFrame, cut: float, paired: Callable[[float], None]) -> NDArray[np.int64]:
    if len(ordered) == 1:
        return np.ones(1, dtype=np.int64)
    # Loading the compiler takes half a second; nobody who groups nothing waits for it.
    from geo.kernels.average_linkage import average_linkage  # noqa: PLC0415

    shared = shared_ground(ordered, progress=paired)
    paired(1.0)
    return 1 + np.unique(average_linkage(shared, cut=cut), return_inverse=True)[1]


def normalised_name(name: str) -> str:
    """Return a name in the form in which equal names are equal text.

    Unicode variants, capitals and repeated or surrounding spaces are removed.

    Parameters
    ----------
    name
        Name as it was entered.

    Returns
    -------
    str
        The normalised name; empty for a blank one.

    Examples
    --------
    >>> normalised_name("  Oranje  BUURT ")
    'oranje buurt'
    """
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def cluster_names(cluster: "pd.Series[int]", given: "pd.Series[str]") -> pd.DataFrame:
    """Return the names that the residents of each cluster use.

    A name is published when at least 3 residents and at least 30 % of the cluster's residents give it. Free
    text can hold personal data: have a person review it before it is shown.

    Parameters
    ----------
    cluster
        Index ``sketch_id``; number of the cluster.
    given
        Index ``sketch_id``; the name each resident gave, missing or blank where none.

    Returns
    -------
    DataFrame
        Index ``cluster``; ``n`` residents, ``named`` of whom gave a name, ``names`` (tuple: the most given,
        in the spelling most used; two when two tie; empty when none may be published), ``share`` of the
        residents for it (NaN without names), ``runners_up`` (tuple of name, residents; at least 3 each),
        ``entropy`` of the names in nats (0: all the same; NaN without names).

    Examples
    --------
    >>> cluster = pd.Series(1, index=list("abcde"))
    >>> found = cluster_names(cluster, pd.Series(["Oost", "oost ", "Oost", "Plan Zuid", None], index=list("abcde")))
    >>> found.loc[1, "names"], float(found.loc[1, "share"])
    (('Oost',), 0.6)
    """
    spelled = given.reindex(cluster.index)
    rows = {
        number: _named([name for name in part if isinstance(name, str) and name.strip()], len(part))
        for number, part in spelled.groupby(cluster, sort=True)
    }
    types = dict.fromkeys(("n", "named"), "int64") | dict.fromkeys(("share", "entropy"), "float64")
    columns = ["n", "named", "names", "share", "runners_up", "entropy"]
    index = pd.Index(list(rows), dtype=cluster.dtype, name="cluster")
    return pd.DataFrame(list(rows.values()), index, columns, dtype=object).astype(types)


Named = tuple[int, int, tuple[str, ...], float, tuple[tuple[str, int], ...], float]


def _named(given: list[str], n: int) -> Named:
    spellings: dict[str, Counter[str]] = {}
    for name in given:
        spellings.setdefault(normalised_name(name), Counter())[" ".join(name.split())] += 1
    if not spellings:
        return n, 0, (), math.nan, (), math.nan
    votes = {key: spelled.total() for key, spelled in sorted(spellings.items())}
    # The spelling most used; of equally used ones the first of the alphabet, so no order matters.
    shown = {key: max(sorted(spelled), key=spelled.__getitem__) for key, spelled in spellings.items()}
    most = max(votes.values())
    public = most >= MIN_NAMING and most >= MIN_NAMING_SHARE * n
    first = [key for key in votes if public and votes[key] == most]
    rest = sorted((key for key in votes if key not in first), key=lambda key: -votes[key])
    runners_up = tuple((shown[key], votes[key]) for key in rest if votes[key] >= MIN_NAMING)
    p = np.array(list(votes.values())) / len(given)
    entropy = max(0.0, float(-(p * np.log(p)).sum()))
    return n, len(given), tuple(shown[key] for key in first), most / n, runners_up, entropy


def cluster_cores(
    sketches: gpd.GeoDataFrame,
    cluster: "pd.Series[int]",
    *,
    percent: int = 50,
    cell_m: float = 25.0,
    least: int = MIN_PEOPLE,
    progress: Callable[[float], None] = lambda _part: None,
) -> gpd.GeoDataFrame:
    """Return the core of every cluster that is large enough; cores may overlap.

    Parameters
    ----------
    sketches
        One row per resident.
    cluster
        Result of :func:`cluster_sketches`.
    percent
        At least this percentage of a cluster's residents drew its core.
    cell_m
        Side of a cell in metres.
    least
        Smallest cluster for which a core is given.
    progress
        Called with the finished part, 0 to 1; an exception that it raises ends the work.

    Returns
    -------
    GeoDataFrame
        Index ``cluster``; ``n``, ``area_m2``, ``geometry`` (may be empty). Clusters of fewer than ``least``
        sketches are left out.

    Raises
    ------
    PercentOutOfRange
        When `percent` is not a whole number from 1 to 100.
    GridTooLarge
        When the grid would not fit in memory.
    """
    rows, done = [], 0
    for number, part in sketches.groupby(cluster.reindex(sketches.index), sort=True):
        progress(done / len(sketches))
        done += len(part)
        if len(part) >= least:
            shape = core_area(consensus_surface(part, cell_m=cell_m), percent, least=least)
            rows.append((number, len(part), shape.area, shape))
    return _by_cluster(rows, cluster, sketches.crs)


def _by_cluster(
    rows: list[tuple[int, int, float, Any]], cluster: "pd.Series[int]", crs: Any
) -> gpd.GeoDataFrame:
    """Return a table with one row a cluster; without rows its index and columns have the same types."""
    numbers, n, area_m2, shapes = zip(*rows, strict=True) if rows else ((), (), (), ())
    return gpd.GeoDataFrame(
        {"n": np.array(n, dtype=np.int64), "area_m2": np.array(area_m2, dtype=np.float64)},
        geometry=list(shapes),
        index=pd.Index(numbers, dtype=cluster.dtype, name="cluster"),
        crs=crs,
    )


def disputed_ground(
    sketches: gpd.GeoDataFrame,
    cluster: "pd.Series[int]",
    *,
    percent: int = 25,
    cell_m: float = 25.0,
    least: int = MIN_PEOPLE,
    progress: Callable[[float], None] = lambda _part: None,
) -> gpd.GeoDataFrame:
    """Return the areas that residents of two clusters both draw as theirs.

    Parameters
    ----------
    sketches
        One row per resident.
    cluster
        Result of :func:`cluster_sketches`.
    percent
        At least this percentage of the residents of each of the two clusters drew the area.
    cell_m
        Side of a cell in metres.
    least
        Smallest cluster that counts.
    progress
        Called with the finished part, 0 to 1; an exception that it raises ends the work.

    Returns
    -------
    GeoDataFrame
        Index (first, second) number of the clusters; ``area_m2``, ``geometry``; only pairs with a shared
        area.

    Raises
    ------
    PercentOutOfRange
        When `percent` is not a whole number from 1 to 100.
    GridTooLarge
        When the grid would not fit in memory.
    """
    drawn = cluster_cores(sketches, cluster, percent=percent, cell_m=cell_m, least=least, progress=progress)
    shapes = drawn.geometry.to_numpy()
    pairs = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    rows = []
    for one, other in sorted(pairs[:, pairs[0] < pairs[1]].T.tolist()):
        # Both run along the edges of the same cells, so what they share is whole cells too.
        shared = shapely.intersection(shapes[one], shapes[other])
        if shared.area > 0:
            areas = [part for part in shapely.get_parts(shared) if part.area > 0]
            rows.append((one, other, shared.area, shapely.MultiPolygon(areas)))
    first, second, area_m2, areal = zip(*rows, strict=True) if rows else ((), (), (), ())
    ends = [drawn.index.take(np.array(end, dtype=np.intp)) for end in (first, second)]
    return gpd.GeoDataFrame(
        {"area_m2": np.array(area_m2, dtype=np.float64)},
        geometry=list(areal),
        index=pd.MultiIndex.from_arrays(ends, names=["first", "second"]),
        crs=sketches.crs,
    )
