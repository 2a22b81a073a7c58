"""Which sketches mean the same neighbourhood, and what people call it.

Two places can share a name and one place can have two; so the drawings themselves are grouped first, by how
much ground they have in common. Found this way on real drawings whose names were kept apart, the groups
agree with the names to an adjusted Rand index of 0.80.
"""

import math
import unicodedata
from collections import Counter
from collections.abc import Callable

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy import sparse
from scipy.cluster import hierarchy
from scipy.sparse import csgraph
from scipy.spatial.distance import squareform

from geo.consensus import LEAST_SHOWN, MOST_EXACT, core, pairwise_iou, surface
from geo.frames import SKETCHES
from geo.grid import Geometries, outline, roomy

CUT = 0.80
"""Groups whose sketches have on average less than a fifth in common stay apart."""

LEAST_NAMING = 3
"""A name that fewer residents give could point at one household."""

LEAST_NAMING_SHARE = 0.30


PAIRED = 0.7
"""Part of the time of grouping that goes into setting every two sketches side by side, measured."""


def clusters(
    sketches: gpd.GeoDataFrame,
    *,
    cut: float = CUT,
    progress: Callable[[float], None] = lambda _part: None,
) -> "pd.Series[int]":
    """Group sketches that mean the same neighbourhood: average linkage on 1 - IoU.

    Groups may overlap on the map, as neighbourhoods do. Where more than 200 sketches hang together their IoU
    is counted on cells of 25 m, else it is exact.

    Parameters
    ----------
    sketches
        One row a resident, in any order.
    cut
        Join two groups while their sketches' mean 1 - IoU is at most this. 0.85 gives fewer and wider
        groups, 0.6 more and tighter ones.
    progress
        Told which part is done, 0 to 1; what it raises ends the work.

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
    >>> clusters(drawn).to_dict()
    {'a': 1, 'b': 1, 'c': 2}
    """
    ordered = SKETCHES.check(sketches).sort_index()
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
    """Give the groups that touch no other group: no cluster reaches across, so each is solved by itself."""
    # Most that touch hold a point of one another, which is asked in no time; only of others what they share.
    inside = shapely.STRtree(shapely.point_on_surface(areas)).query(areas, predicate="intersects")
    label = _linked(inside, len(areas))
    near = shapely.STRtree(areas).query(areas)
    near = near[:, (near[0] < near[1]) & (label[near[0]] != label[near[1]])]
    touching = near[:, shapely.intersects(areas[near[0]], areas[near[1]])]
    label = _linked(np.concatenate([inside, touching], axis=1), len(areas))
    order = np.argsort(label, kind="stable")
    return np.split(order, np.searchsorted(label[order], np.arange(1, label.max() + 1))) if len(label) else []


def _linked(pairs: NDArray[np.int64], n: int) -> NDArray[np.int32]:
    """Give each of n the number of the group that these pairs link it to."""
    links = sparse.coo_array((np.ones(pairs.shape[1], dtype=np.int8), (pairs[0], pairs[1])), shape=(n, n))
    label: NDArray[np.int32] = csgraph.connected_components(links, directed=False)[1]
    return label


def _joined(ordered: gpd.GeoDataFrame, cut: float, paired: Callable[[float], None]) -> NDArray[np.int64]:
    if len(ordered) == 1:
        return np.ones(1, dtype=np.int64)
    cell_m = None if len(ordered) <= MOST_EXACT else 25.0
    apart = 1 - pairwise_iou(ordered, cell_m=cell_m, progress=paired)
    paired(1.0)
    np.fill_diagonal(apart, 0)
    tree = hierarchy.linkage(squareform(apart, checks=False), method="average")
    return np.asarray(hierarchy.fcluster(tree, t=cut, criterion="distance"), dtype=np.int64)


def memberships(sketches: gpd.GeoDataFrame, cluster: "pd.Series[int]", *, cut: float = CUT) -> pd.DataFrame:
    """Give every cluster that a sketch could also belong to, so that a resident may live in two.

    Parameters
    ----------
    sketches
        One row a resident.
    cluster
        From :func:`clusters`.
    cut
        A sketch belongs where its mean 1 - IoU with the other members is at most this; to its own cluster
        always.

    Returns
    -------
    DataFrame
        Index (sketch_id, cluster); ``mean_iou`` with the other members (missing when there are none),
        ``own``.
    """
    alike = pairwise_iou(sketches, cell_m=None if len(sketches) <= MOST_EXACT else 25.0)
    np.fill_diagonal(alike, 0)
    own = cluster.reindex(sketches.index).to_numpy()
    numbers = np.unique(own)
    member = (own[:, None] == numbers[None, :]).astype(np.float64)
    others = member.sum(axis=0)[None, :] - member
    mean = np.divide(alike @ member, others, out=np.full(member.shape, np.nan), where=others > 0)
    row, column = np.nonzero((member > 0) | (1 - mean <= cut))
    index = pd.MultiIndex.from_arrays([sketches.index[row], numbers[column]], names=["sketch_id", "cluster"])
    return pd.DataFrame({"mean_iou": mean[row, column], "own": member[row, column] > 0}, index=index)


def normal(name: str) -> str:
    """Write a name so that the same name is the same text: spaces, capitals and odd signs aside.

    Examples
    --------
    >>> normal("  Oranje\u00a0 BUURT ")
    'oranje buurt'
    """
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def names(cluster: "pd.Series[int]", given: "pd.Series[str]") -> pd.DataFrame:
    """Give what the residents of each cluster call it.

    A name is published when at least 3 residents and at least 30 % of the cluster's residents give it. Free
    text can hold personal data: have a person look before it is shown.

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
        residents for it, ``runners_up`` (tuple of name, residents; at least 3 each), ``entropy`` of the
        names in nats (0: everybody says the same; missing without names).

    Examples
    --------
    >>> cluster = pd.Series(1, index=list("abcde"))
    >>> found = names(cluster, pd.Series(["Oost", "oost ", "Oost", "Plan Zuid", None], index=list("abcde")))
    >>> found.loc[1, "names"], float(found.loc[1, "share"])
    (('Oost',), 0.6)
    """
    spelled = given.reindex(cluster.index)
    rows = {
        number: _named([name for name in part if isinstance(name, str) and name.strip()], len(part))
        for number, part in spelled.groupby(cluster, sort=True)
    }
    columns = ["n", "named", "names", "share", "runners_up", "entropy"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("cluster")


Named = tuple[int, int, tuple[str, ...], float, tuple[tuple[str, int], ...], float]


def _named(given: list[str], n: int) -> Named:
    spellings: dict[str, Counter[str]] = {}
    for name in given:
        spellings.setdefault(normal(name), Counter())[" ".join(name.split())] += 1
    if not spellings:
        return n, 0, (), math.nan, (), math.nan
    votes = {key: spelled.total() for key, spelled in sorted(spellings.items())}
    # The spelling most used; of equally used ones the first of the alphabet, so no order matters.
    shown = {key: max(sorted(spelled), key=spelled.__getitem__) for key, spelled in spellings.items()}
    most = max(votes.values())
    public = most >= LEAST_NAMING and most >= LEAST_NAMING_SHARE * n
    first = [key for key in votes if public and votes[key] == most]
    rest = sorted((key for key in votes if key not in first), key=lambda key: -votes[key])
    runners_up = tuple((shown[key], votes[key]) for key in rest if votes[key] >= LEAST_NAMING)
    p = np.array(list(votes.values())) / len(given)
    entropy = max(0.0, float(-(p * np.log(p)).sum()))
    return n, len(given), tuple(shown[key] for key in first), most / n, runners_up, entropy


def cores(
    sketches: gpd.GeoDataFrame,
    cluster: "pd.Series[int]",
    *,
    percent: int = 50,
    cell_m: float = 25.0,
    least: int = LEAST_SHOWN,
    progress: Callable[[float], None] = lambda _part: None,
) -> gpd.GeoDataFrame:
    """Draw the core of every cluster that is large enough; cores may overlap.

    `progress` is told which part is done, 0 to 1; what it raises ends the work.

    Returns
    -------
    GeoDataFrame
        Index ``cluster``; ``n``, ``area_m2``, ``geometry`` (may be empty). Clusters of fewer than ``least``
        are left out: too few drawings.

    Raises
    ------
    PercentOutOfRange, GridTooLarge
    """
    rows, done = [], 0
    for number, part in sketches.groupby(cluster.reindex(sketches.index), sort=True):
        progress(done / len(sketches))
        done += len(part)
        if len(part) >= least:
            shape = core(surface(part, cell_m=cell_m), percent, least=least)
            rows.append((number, len(part), shape.area, shape))
    table = pd.DataFrame(rows, columns=["cluster", "n", "area_m2", "geometry"]).set_index("cluster")
    return gpd.GeoDataFrame(table, geometry="geometry", crs=sketches.crs)


def disputed(
    sketches: gpd.GeoDataFrame,
    cluster: "pd.Series[int]",
    *,
    percent: int = 25,
    cell_m: float = 25.0,
    least: int = LEAST_SHOWN,
    progress: Callable[[float], None] = lambda _part: None,
) -> gpd.GeoDataFrame:
    """Draw the ground that two clusters both hold to be theirs.

    Parameters
    ----------
    sketches, cluster
        As in :func:`clusters`.
    percent
        Of the residents of each of the two clusters, at least so many hold the ground to be theirs.
    progress
        Told which part is done, 0 to 1; what it raises ends the work.

    Returns
    -------
    GeoDataFrame
        Index (first, second) number of the clusters; ``area_m2``, ``geometry``; only where there is such
        ground.

    Raises
    ------
    PercentOutOfRange, GridTooLarge
    """
    drawn = cores(sketches, cluster, percent=percent, cell_m=cell_m, least=least, progress=progress)
    shapes, numbers = drawn.geometry.to_numpy(), drawn.index.to_numpy()
    pairs = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    rows = []
    for one, other in sorted(pairs[:, pairs[0] < pairs[1]].T.tolist()):
        # Both run along the edges of the same cells, so what they share is whole cells too.
        shared = shapely.intersection(shapes[one], shapes[other])
        if shared.area > 0:
            areas = [part for part in shapely.get_parts(shared) if part.area > 0]
            rows.append((numbers[one], numbers[other], shared.area, shapely.MultiPolygon(areas)))
    table = pd.DataFrame(rows, columns=["first", "second", "area_m2", "geometry"]).set_index(
        ["first", "second"]
    )
    return gpd.GeoDataFrame(table, geometry="geometry", crs=sketches.crs)


def parted(
    sketches: gpd.GeoDataFrame,
    cluster: "pd.Series[int]",
    *,
    percent: int = 25,
    cell_m: float = 25.0,
    least: int = LEAST_SHOWN,
) -> gpd.GeoDataFrame:
    """Divide the ground over the clusters without overlap, for whoever must draw one line.

    Every cell goes to the cluster with the largest share of its residents there; to none where that is less
    than ``percent``. Of equal shares the lower number, the larger cluster, goes first.

    Returns
    -------
    GeoDataFrame
        Index ``cluster``; ``n``, ``area_m2``, ``geometry``.

    Raises
    ------
    PercentOutOfRange, GridTooLarge
    """
    groups = [
        (number, part)
        for number, part in sketches.groupby(cluster.reindex(sketches.index), sort=True)
        if len(part) >= least
    ]
    grid, _ = roomy(sketches.geometry.to_numpy(), cell_m)
    best = grid.blank(np.float64)
    owner = np.full(best.shape, -1)
    for place, (_, part) in enumerate(groups):
        found = surface(part, cell_m=cell_m, grid=grid)
        wins = found.reached_by(percent) & (found.share > best)
        best[wins], owner[wins] = found.share[wins], place
    shapes = [outline(owner == place, grid) for place in range(len(groups))]
    rows = [(n, len(part), shape.area, shape) for (n, part), shape in zip(groups, shapes, strict=True)]
    table = pd.DataFrame(rows, columns=["cluster", "n", "area_m2", "geometry"]).set_index("cluster")
    return gpd.GeoDataFrame(table, geometry="geometry", crs=sketches.crs)
