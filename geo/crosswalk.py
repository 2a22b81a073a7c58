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

from geo.frames import AREAS
from geo.grid import Geometries

SLIVER_M2 = 1.0
"""Shared ground below this is a difference in digitising, not ground."""


def weights(
    sources: gpd.GeoDataFrame, targets: gpd.GeoDataFrame, addresses: Geometries | None = None
) -> pd.DataFrame:
    """Give the share of every source that lies in every target: the table that carries any number over.

    Parameters
    ----------
    sources
        Official areas with known numbers, see :data:`geo.frames.AREAS`.
    targets
        Cores, sketches or other areas, any index.
    addresses
        Points of dwellings. Then shares are of addresses (dasymetric); a source without addresses, or whose
        addresses are unknown, is shared by ground. One exactly on the border of two targets counts for each.

    Returns
    -------
    DataFrame
        Index (source, target); ``weight`` 0 to 1, ``area_m2`` of the shared ground, ``basis`` "area" or
        "addresses". Only pairs that share ground. Over targets that do not overlap the weights of a source
        add up to at most 1.

    Examples
    --------
    >>> from geo.crs import RD
    >>> sources = gpd.GeoDataFrame({"name": ["1", "2"]}, crs=RD, index=pd.Index(["s1", "s2"], name="code"),
    ...     geometry=[shapely.box(0, 0, 100, 100), shapely.box(100, 0, 200, 100)])
    >>> target = gpd.GeoDataFrame(geometry=[shapely.box(50, 0, 150, 100)], crs=RD, index=["core"])
    >>> weights(sources, target)["weight"].to_dict()
    {('s1', 'core'): 0.5, ('s2', 'core'): 0.5}
    """
    source: Geometries = AREAS.check(sources).geometry.to_numpy()
    target: Geometries = targets.geometry.to_numpy()
    t, s = shapely.STRtree(source).query(target, predicate="intersects")
    order = np.lexsort((t, s))
    t, s = t[order], s[order]
    area = shapely.area(shapely.intersection(source[s], target[t]))
    kept = area >= np.minimum(SLIVER_M2, shapely.area(source[s]) / 1000)
    t, s, area = t[kept], s[kept], area[kept]
    weight = np.minimum(area / shapely.area(source[s]), 1)
    basis = np.full(len(s), "area", dtype=object)
    if addresses is not None:
        within = shapely.STRtree(addresses)
        homes = _sets(within, source)
        here = _sets(within, target)
        known = np.array([len(homes[i]) > 0 for i in s], dtype=bool)
        shared = np.array([len(np.intersect1d(homes[i], here[j])) for i, j in zip(s, t, strict=True)])
        total = np.array([max(len(homes[i]), 1) for i in s])
        weight = np.where(known, shared / total, weight)
        basis[known] = "addresses"
    index = pd.MultiIndex.from_arrays([sources.index[s], targets.index[t]], names=["source", "target"])
    return pd.DataFrame({"weight": weight, "area_m2": area, "basis": basis}, index=index)


def _sets(points: shapely.STRtree, areas: Geometries) -> list[NDArray[np.int64]]:
    area, point = points.query(areas, predicate="intersects")
    order = np.argsort(area, kind="stable")
    return np.split(point[order], np.searchsorted(area[order], np.arange(1, len(areas))))


def extensive(values: "pd.Series[float]", table: pd.DataFrame) -> pd.DataFrame:
    """Carry counts over: inhabitants, dwellings, benches.

    Parameters
    ----------
    values
        Count per source, missing where not published.
    table
        From :func:`weights`.

    Returns
    -------
    DataFrame
        Index ``target``; ``value`` = sum of count times weight (missing when a source with a weight is
        unknown), ``at_least`` (the sum over what is known) and ``unknown`` (share of the target's ground
        within sources whose count is unknown, 0 to 1).

    Examples
    --------
    >>> table = pd.DataFrame({"weight": [0.5, 0.5], "area_m2": [5000.0, 5000.0]},
    ...     index=pd.MultiIndex.from_tuples([("s1", "B"), ("s2", "B")], names=["source", "target"]))
    >>> float(extensive(pd.Series({"s1": 100, "s2": 300}), table).loc["B", "value"])
    200.0
    >>> extensive(pd.Series({"s1": 100, "s2": None}), table).loc["B"].tolist()
    [nan, 50.0, 0.5]
    """
    part = _parts(values, table)
    part["share"] = part["value"] * part["weight"]
    # A source of which no address lies in the target is unknown at no cost.
    part["missing"] = part["value"].isna() & (part["weight"] > 0)
    return _summed(part)


def intensive(
    values: "pd.Series[float]", table: pd.DataFrame, inhabitants: "pd.Series[float]"
) -> pd.DataFrame:
    """Carry shares and means over: per cent of people over 65, mean income.

    A mean is weighed by the people it is of. Give the inhabitants of each source; without them weigh by
    ground with :func:`intensive_by_area`.

    Parameters
    ----------
    values
        Mean or share per source, missing where not published.
    table
        From :func:`weights`.
    inhabitants
        Per source, what the mean is of.

    Returns
    -------
    DataFrame
        Index ``target``; ``value`` (missing when a source with inhabitants in the target is unknown),
        ``known`` (the mean over what is known; missing when nothing is) and ``unknown`` (share of the
        target's ground within sources that are unknown).
    """
    part = _parts(values, table)
    part["load"] = inhabitants.reindex(part["source"]).to_numpy() * part["weight"]
    part["missing"] = (part["value"].isna() | part["load"].isna()) & ~(part["load"] == 0)
    return _averaged(part)


def intensive_by_area(values: "pd.Series[float]", table: pd.DataFrame) -> pd.DataFrame:
    """Carry a density or a share of ground over, weighed by shared ground; as :func:`intensive`.

    Examples
    --------
    >>> table = pd.DataFrame({"weight": [0.5, 0.5], "area_m2": [5000.0, 5000.0]},
    ...     index=pd.MultiIndex.from_tuples([("s1", "B"), ("s2", "B")], names=["source", "target"]))
    >>> intensive_by_area(pd.Series({"s1": 100, "s2": 300}), table).loc["B"].tolist()
    [200.0, 200.0, 0.0]
    """
    part = _parts(values, table)
    part["load"] = part["area_m2"]
    part["missing"] = part["value"].isna()
    return _averaged(part)


def _parts(values: "pd.Series[float]", table: pd.DataFrame) -> pd.DataFrame:
    part = table.reset_index()
    part["value"] = pd.to_numeric(values).reindex(part["source"]).to_numpy(dtype=np.float64)
    return part


def _unknown(part: pd.DataFrame) -> "pd.Series[float]":
    total = part.groupby("target", sort=False)["area_m2"].sum()
    missing = part["area_m2"].where(part["missing"], 0.0).groupby(part["target"], sort=False).sum()
    return missing / total


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


def outside(sources: gpd.GeoDataFrame, targets: gpd.GeoDataFrame) -> "pd.Series[float]":
    """Give the share of each target, 0 to 1, that lies in no source: water, abroad, a hole in the layer."""
    all_sources = shapely.union_all(AREAS.check(sources).geometry.to_numpy())
    target: Geometries = targets.geometry.to_numpy()
    left = shapely.area(shapely.difference(target, all_sources))
    return pd.Series(left / shapely.area(target), index=targets.index, name="outside")


@dataclass(frozen=True)
class Range:
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


def maup_range(values: Mapping[str, float | None]) -> Range | None:
    """Give the range of one indicator for the same place over several ways to draw it.

    Parameters
    ----------
    values
        Per division or core ("buurt", "wijk", "pc4", "core_50" ...), None or NaN where unknown.

    Returns
    -------
    Range or None
        None when it is known for none.

    Examples
    --------
    >>> maup_range({"buurt": 21.0, "wijk": 17.5, "pc4": None, "core_50": 26.0})
    Range(low=17.5, high=26.0, lowest='wijk', highest='core_50', known=3)
    """
    known = {key: value for key, value in values.items() if value is not None and not math.isnan(value)}
    if not known:
        return None
    lowest, highest = min(known, key=known.__getitem__), max(known, key=known.__getitem__)
    return Range(known[lowest], known[highest], lowest, highest, len(known))
