"""The neighbourhoods residents experience, had the drawers been a fair part of the inhabitants."""

from dataclasses import replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.consensus import clustering, cores
from geo.consensus.agreement import effective_n
from geo.consensus.evidence import evidence_level
from geo.consensus.surface import Surface, consensus_surface
from geo.consensus.uncertainty import repeatability
from geo.privacy_limits import MIN_PEOPLE
from study import progress
from study.analysis import comparison
from study.analysis.evidence.bands import CORE_PERCENT, MIN_CORE_DRAWERS, mask_small_bands
from study.analysis.evidence.certainty import REPLICATES, SEED
from study.analysis.evidence.weights import drawer_weights, largest_shift
from study.answer_cache import cached_answer
from study.context import Study, read_sketches
from study.jobs import heavy_answer

ALIKE = 0.9
"""Overlap (IoU) of the cores with and without weights from which weighing makes no difference."""

COLUMNS = ["n", "effective_n", "area_ha", "weighted_ha", "alike", "level", "by", "key"]


def weighted_surface(members: gpd.GeoDataFrame, weights: "pd.Series[float]") -> Surface:
    """Return the surface of some drawers by weight, without ground that fewer than five of them drew."""
    base = consensus_surface(members, weights=weights[members.index])
    if base.weighted is None:
        return base
    return replace(base, weighted=np.where(base.counts >= MIN_PEOPLE, base.weighted, 0.0))


@cached_answer
def weighted_contours(
    study: Study, cluster: int, cut: float = clustering.CUT, *, smooth: bool = False
) -> gpd.GeoDataFrame | None:
    """Draw what 25, 50 and 75 % of the drawers of a neighbourhood share, by weight; None without weights.

    A band is drawn where the effective number of drawers allows it, and where five or more of them share it.

    Raises
    ------
    TooFewSketches
        Fewer than five drew it.
    """
    found = drawer_weights(study)
    if found is None:
        return None
    members = comparison.cluster_members(study, cluster, cut)
    base = weighted_surface(members, found.weights)
    bands = cores.contours(base, comparison.CONTOUR_PERCENTS, smooth=smooth)
    return mask_small_bands(bands, int(base.effective_n))


@heavy_answer
def weighted_neighbourhoods(study: Study, cut: float = clustering.CUT) -> pd.DataFrame:
    """Set the cores (50 %) with weights beside those without.

    Returns
    -------
    DataFrame
        Index cluster, of five or more drawers; ``n``, ``effective_n``, ``area_ha`` and ``weighted_ha`` of the two
        cores (missing below nine drawers, by effective number for the second), ``alike``: their IoU, ``level``: of
        the weighted core, by effective number; ``by`` and ``key``: the class of drawers whose part changes most,
        where the cores differ (``alike`` below 0.9). Empty without weights.
    """
    found = drawer_weights(study)
    if found is None:
        return pd.DataFrame(columns=COLUMNS)
    numbers, drawn = comparison.neighbourhoods(study, cut), read_sketches(study)
    shown = numbers.index[numbers["n"] >= MIN_PEOPLE]
    grouped = dict(list(drawn.groupby(comparison.cluster_of_sketch(study, cut).reindex(drawn.index))))
    rows: dict[Any, dict[str, Any]] = {}
    tell = progress.reporter("cores")
    for done, number in enumerate(shown):
        tell(done / len(shown))
        members = grouped[number]
        rows[number] = compare_cores(members, found.weights)
        rows[number]["level"] = _level(members, found.weights[members.index])
        shift = largest_shift(found, study, members.index) if rows[number]["alike"] < ALIKE else None
        rows[number] |= {"by": shift[0] if shift else "", "key": shift[1] if shift else ""}
    return pd.DataFrame.from_dict(rows, orient="index", columns=COLUMNS).rename_axis("cluster")


def compare_cores(members: gpd.GeoDataFrame, weights: "pd.Series[float]") -> dict[str, Any]:
    """Set the core (50 %) of some drawers with weights beside that without.

    Returns
    -------
    dict
        ``n``, ``effective_n``, ``area_ha``, ``weighted_ha`` and ``alike`` as `weighted_neighbourhoods`.
    """
    base, n = weighted_surface(members, weights), len(members)
    mine = weights[members.index]
    worth = int(effective_n(mine))
    plain = base.counts * 100 >= CORE_PERCENT * n
    weighed = base.at_least(CORE_PERCENT)
    has_plain, has_weighed = (
        n >= MIN_CORE_DRAWERS and plain.any(),
        worth >= MIN_CORE_DRAWERS and weighed.any(),
    )
    either = int((plain | weighed).sum())
    both = has_plain and has_weighed
    return {
        "n": n,
        "effective_n": effective_n(mine),
        "area_ha": plain.sum() * base.cell_m2 / 1e4 if has_plain else np.nan,
        "weighted_ha": weighed.sum() * base.cell_m2 / 1e4 if has_weighed else np.nan,
        "alike": float((plain & weighed).sum() / either) if both else np.nan,
    }


def _level(members: gpd.GeoDataFrame, mine: "pd.Series[float]") -> str:
    worth = int(effective_n(mine))
    if worth < MIN_CORE_DRAWERS:
        return evidence_level(worth)
    firm = repeatability(members, seed=SEED, n_replicates=REPLICATES, weights=mine)
    return evidence_level(worth, firm)
