"""Official numbers carried over to experienced neighbourhoods, and back.

Nobody counts inhabitants inside a drawing. What is known of official areas is divided over the ground, or
better over the addresses, and added up again. A number that is not published stays unknown all the way; it
never becomes 0.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.grids.grid import Geometries
from geo.schemas import AREAS

SLIVER_M2 = 1.0
"""Shared ground below this is a difference in digitising, not ground."""


def crosswalk_weights(
    sources: gpd.GeoDataFrame, targets: gpd.GeoDataFrame, addresses: Geometries | None = None
) -> pd.DataFrame:
    """Return the share of every source that lies in every target.

    Parameters
    ----------
    sources
        Official areas with known figures, see :data:`geo.schemas.AREAS`.
    targets
        Cores, sketches or other areas, any index.
    addresses
        Points of dwellings. Shares are then of addresses (dasymetric); a source without addresses is divided
        by area. An address exactly on the border of two targets counts for each. None: by area.

    Returns
    -------
    DataFrame
        Index (source, target); ``weight`` from 0 to 1, ``area_m2`` of the overlap, ``homes`` in the overlap
        (0 for a source without addresses; missing without any addresses), ``basis`` "area" or "addresses".
        Only pairs that overlap. Over targets that do not overlap the weights of a source add up to at most 1.

    Raises
    ------
    FrameColumnsMissing
        When `sources` lacks a column of the schema.
    FrameNotPlanar
        When `sources` is not in a plane in metres.

    Examples
    --------
    >>> from geo.crs import RD
    >>> sources = gpd.GeoDataFrame({"name": ["1", "2"]}, crs=RD, index=pd.Index(["s1", "s2"], name="code"),
    ...     geometry=[shapely.box(0, 0, 100, 100), shapely.box(100, 0, 200, 100)])
    >>> target = gpd.GeoDataFrame(geometry=[shapely.box(50, 0, 150, 100)], crs=RD, index=["core"])
    >>> crosswalk_weights(sources, target)["weight"].to_dict()
    {('s1', 'core'): 0.5, ('s2', 'core'): 0.5}
    """
    source: Geometries = AREAS.validate(sources).geometry.to_numpy()
    target: Geometries = targets.geometry.to_numpy()
    t, s = shapely.STRtree(source).query(target, predicate="intersects")
    order = np.lexsort((t, s))
    t, s = t[order], s[order]
    area = shapely.area(shapely.intersection(source[s], target[t]))
    kept = area >= np.minimum(SLIVER_M2, shapely.area(source[s]) / 1000)
    t, s, area = t[kept], s[kept], area[kept]
    weight = np.minimum(area / shapely.area(source[s]), 1)
    basis, dwellings = np.full(len(s), "area", dtype=object), np.full(len(s), np.nan)
    if addresses is not None:
        within = shapely.STRtree(addresses)
        homes = _sets(within, source)
        here = _sets(within, target)
        known = np.array([len(homes[i]) > 0 for i in s], dtype=bool)
        shared = np.array([len(np.intersect1d(homes[i], here[j])) for i, j in zip(s, t, strict=True)])
        total = np.array([max(len(homes[i]), 1) for i in s])
        weight = np.where(known, shared / total, weight)
        basis[known], dwellings = "addresses", shared.astype(np.float64)
    index = pd.MultiIndex.from_arrays([sources.index[s], targets.index[t]], names=["source", "target"])
    return pd.DataFrame({"weight": weight, "area_m2": area, "homes": dwellings, "basis": basis}, index=index)


def _sets(points: shapely.STRtree, areas: Geometries) -> list[NDArray[np.int64]]:
    area, point = points.query(areas, predicate="intersects")
    order = np.argsort(area, kind="stable")
    return np.split(point[order], np.searchsorted(area[order], np.arange(1, len(areas))))


def interpolate_counts(values: "pd.Series[float]", table: pd.DataFrame) -> pd.DataFrame:
    """Return counts (inhabitants, dwellings, benches) estimated for the targets.

    Parameters
    ----------
    values
        Count per source, missing where not published.
    table
        Result of :func:`crosswalk_weights`.

    Returns
    -------
    DataFrame
        Index ``target``; ``value`` = sum of count times weight (NaN when a source with a weight is unknown),
        ``at_least`` (the sum over what is known) and ``unknown`` (share of the target within sources whose
        count is unknown, 0 to 1: of its dwellings where these are known, else of its area).

    Examples
    --------
    >>> table = pd.DataFrame({"weight": [0.5, 0.5], "area_m2": [5000.0, 5000.0], "homes": math.nan},
    ...     index=pd.MultiIndex.from_tuples([("s1", "B"), ("s2", "B")], names=["source", "target"]))
    >>> float(interpolate_counts(pd.Series({"s1": 100, "s2": 300}), table).loc["B", "value"])
    200.0
    >>> interpolate_counts(pd.Series({"s1": 100, "s2": None}), table).loc["B"].tolist()
    [nan, 50.0, 0.5]
    """
    part = _parts(values, table)
    part["share"] = part["value"] * part["weight"]
    # A source of which no address lies in the target is unknown at no cost.
    part["missing"] = part["value"].isna() & (part["weight"] > 0)
    return _summed(part)


def interpolate_rates(
    values: "pd.Series[float]", table: pd.DataFrame, inhabitants: "pd.Series[float]"
) -> pd.DataFrame:
    """Return shares and means (percentage over 65, mean income) for the targets.

    A mean is weighted by the number of people it describes. Without that number use
    :func:`intensive_by_area`, which weights by area.

    Parameters
    ----------
    values
        Mean or share per source, missing where not published.
    table
        Result of :func:`crosswalk_weights`.
    inhabitants
        Number of people per source that the mean describes.

    Returns
    -------
    DataFrame
        Index ``target``; ``value`` (NaN when a source with inhabitants in the target is unknown), ``known``
        (the mean over what is known; NaN when nothing is) and ``unknown`` (share of the target within sources
        that are unknown, 0 to 1: of its dwellings where these are known, else of its area).
    """
    part = _parts(values, table)
    part["load"] = inhabitants.reindex(part["source"]).to_numpy() * part["weight"]
    part["missing"] = (part["value"].isna() | part["load"].isna()) & ~(part["load"] == 0)
    return _averaged(part)


def intensive_by_area(values: "pd.Series[float]", table: pd.DataFrame) -> pd.DataFrame:
    """Return a density or a share of area for the targets, weighted by overlap.

    Parameters
    ----------
    values
        Density or share per source, missing where not published.
    table
        Result of :func:`crosswalk_weights`.

    Returns
    -------
    DataFrame
        As :func:`interpolate_rates`; ``value`` is NaN when any source in the target is unknown.

    Examples
    --------
    >>> table = pd.DataFrame({"weight": [0.5, 0.5], "area_m2": [5000.0, 5000.0], "homes": math.nan},
    ...     index=pd.MultiIndex.from_tuples([("s1", "B"), ("s2", "B")], names=["source", "target"]))
    >>> intensive_by_area(pd.Series({"s1": 100, "s2": 300}), table).loc["B"].tolist()
    [200.0, 200.0, 0.0]
    """
    part = _parts(values, table.assign(homes=np.nan))
    part["load"] = part["area_m2"]
    part["missing"] = part["value"].isna()
    return _averaged(part)


def _parts(values: "pd.Series[float]", table: pd.DataFrame) -> pd.DataFrame:
    part = table.reset_index()
    part["value"] = pd.to_numeric(values).reindex(part["source"]).to_numpy(dtype=np.float64)
    return part


def target_sizes(table: pd.DataFrame) -> pd.DataFrame:
    """Return what the parts of each target are weighed by: dwellings where these are known, else ground.

    Parameters
    ----------
    table
        Result of :func:`crosswalk_weights`.

    Returns
    -------
    DataFrame
        Index ``target``; ``size`` in dwellings or m2, ``basis`` "addresses" or "area".
    """
    found = table.groupby(level="target", sort=False)[["area_m2", "homes"]].sum()
    with_homes = found["homes"] > 0
    basis = np.where(with_homes, "addresses", "area")
    return pd.DataFrame({"size": found["homes"].where(with_homes, found["area_m2"]), "basis": basis})


def _unknown(part: pd.DataFrame) -> "pd.Series[float]":
    sizes = target_sizes(part.set_index(["source", "target"]))
    by_homes = part["target"].map(sizes["basis"]) == "addresses"
    size = part["homes"].where(by_homes, part["area_m2"])
    missing = size.where(part["missing"], 0.0).groupby(part["target"], sort=False).sum()
    return missing / sizes["size"]


def _summed(part: pd.DataFrame) -> pd.DataFrame:
    known = part["share"].fillna(0.0).groupby(part["target"], sort=False).sum()
    holed = part.groupby("target", sort=False)["missing"].any()
    return pd.DataFrame({"value": known.mask(holed), "at_least": known, "unknown": _unknown(part)})


def _averaged(part: pd.DataFrame) -> pd.DataFrame:
    usable = ~part["missing"] & part["value"].notna()
    load = part["load"].where(usable, 0.0)
    total = load.groupby(part["target"], sort=False).sum()
    mean = (part["value"].fillna(0.0) * load).groupby(part["target"], sort=False).sum() / total.where(
        total > 0
    )
    holed = part.groupby("target", sort=False)["missing"].any()
    return pd.DataFrame({"value": mean.mask(holed), "known": mean, "unknown": _unknown(part)})


def share_without_source(sources: gpd.GeoDataFrame, targets: gpd.GeoDataFrame) -> "pd.Series[float]":
    """Return the share of each target in no source: water, abroad or a gap.

    Parameters
    ----------
    sources
        Official areas, see :data:`geo.schemas.AREAS`.
    targets
        Cores, sketches or other areas, any index.

    Returns
    -------
    Series
        From 0 to 1, on the index of `targets`; NaN for a target without area.

    Raises
    ------
    FrameColumnsMissing
        When `sources` lacks a column of the schema.
    FrameNotPlanar
        When `sources` is not in a plane in metres.
    """
    all_sources = shapely.union_all(AREAS.validate(sources).geometry.to_numpy())
    target: Geometries = targets.geometry.to_numpy()
    left = shapely.area(shapely.difference(target, all_sources))
    return pd.Series(left / shapely.area(target), index=targets.index, name="outside")


@dataclass(frozen=True)
class IndicatorRange:
    """How much an indicator depends on where the borders are drawn (the modifiable areal unit problem).

    Parameters
    ----------
    low, high
        Lowest and highest value over the divisions and cores where it is known.
    lowest, highest
        Key of the division or core that gives it.
    known
        Over how many it is known.
    """

    low: float
    high: float
    lowest: str
    highest: str
    known: int


def maup_range(values: Mapping[str, float | None]) -> IndicatorRange | None:
    """Return the range of one indicator for one place over several divisions.

    Parameters
    ----------
    values
        Value per division or core ("buurt", "wijk", "pc4", "core_50" ...), None or NaN where unknown.

    Returns
    -------
    IndicatorRange or None
        In the unit of the values; None when no value is known.

    Examples
    --------
    >>> maup_range({"buurt": 21.0, "wijk": 17.5, "pc4": None, "core_50": 26.0})
    IndicatorRange(low=17.5, high=26.0, lowest='wijk', highest='core_50', known=3)
    """
    known = {key: value for key, value in values.items() if value is not None and not math.isnan(value)}
    if not known:
        return None
    lowest, highest = min(known, key=known.__getitem__), max(known, key=known.__getitem__)
    return IndicatorRange(known[lowest], known[highest], lowest, highest, len(known))
