"""The neighbourhoods residents experience: what they share, how much they agree, how firm that is."""

from dataclasses import dataclass
from functools import lru_cache

import geopandas as gpd
import pandas as pd

from geo import clusters, consensus, disclosure, overlay
from geo.frames import AREAS, SKETCHES
from study import comparison, progress
from study.projects import Study, drawn

SEED = 20250401
"""Of every chance in an answer, so that the same study gives the same numbers."""

REPLICATES = 200
"""Groups drawn for an interval: enough for two digits."""


@dataclass(frozen=True)
class Firmness:
    """How much the drawers of a neighbourhood agree, and whether others would say the same.

    Attributes
    ----------
    agreement, low, high
        Mean IoU of two drawers, with its 95 % interval.
    kind
        "low", "typical" or "high", beside 68 American neighbourhoods.
    area_ha, area_low_ha, area_high_ha
        Area of the core (50 %), with its 95 % interval.
    halves
        Mean IoU of the cores of two random halves of the drawers; None when there is none.
    largest_pull
        Largest part by which the core changes when one drawing is left out; above 0.2 one drawing makes the
        map. None without a core.
    """

    agreement: float
    low: float
    high: float
    kind: str
    area_ha: float
    area_low_ha: float
    area_high_ha: float
    halves: float | None
    largest_pull: float | None


@dataclass(frozen=True)
class Edge:
    """How sure the drawers of a neighbourhood are of where its edge runs.

    Attributes
    ----------
    n
        Drawers who told it.
    vague_percent, partly_percent
        Of them: who called the whole edge vague, and who called a part of it so; rounded as
        `geo.disclosure.rounded_percent` does, together at most 100.
    """

    n: int
    vague_percent: int
    partly_percent: int


@lru_cache(maxsize=16)
def cores(study: Study, cut: float = clusters.CUT) -> gpd.GeoDataFrame:
    """Draw the core (50 %) of every experienced neighbourhood that five or more residents drew."""
    member = comparison.membership(study, cut)
    return clusters.cores(drawn(study), member, progress=progress.of("cores"))


@lru_cache(maxsize=16)
def disputed(study: Study, cut: float = clusters.CUT) -> gpd.GeoDataFrame:
    """Draw the ground that two neighbourhoods both hold to be theirs; see `geo.clusters.disputed`."""
    member = comparison.membership(study, cut)
    return clusters.disputed(drawn(study), member, progress=progress.of("cores"))


@lru_cache(maxsize=16)
def table(study: Study, division: str, cut: float = clusters.CUT) -> pd.DataFrame:
    """List the experienced neighbourhoods beside the official area each resembles most.

    Returns
    -------
    DataFrame
        Index cluster, the largest first; only those of five or more drawers. ``names`` (tuple, empty when
        residents do not agree on one), ``n``, ``level``, ``share`` of the drawers for the name, ``area_ha`` of
        the core, ``code``, ``official`` name and ``iou`` of the area it resembles most (missing when the core
        lies in none), ``same_name``: whether any area of the division is called the same.
    """
    found = comparison.neighbourhoods(study, cut)
    found = found[found["n"] >= disclosure.LEAST_PEOPLE]
    made = cores(study, cut).reindex(found.index)
    shapes = made[~made.is_empty & made.geometry.notna()]
    keyed = gpd.GeoDataFrame(geometry=shapes.geometry, crs=drawn(study).crs).rename_axis(SKETCHES.index)
    units = comparison.areas(study, division)
    best = overlay.best(overlay.pairs(keyed, units)).reindex(found.index)
    official = units["name"].groupby(level=AREAS.index).first()
    called = {clusters.normal(str(name)) for name in units["name"]}
    return pd.DataFrame(
        {
            "names": found["names"],
            "n": found["n"],
            "level": found["level"],
            "share": found["share"],
            "area_ha": made["area_m2"] / 1e4,
            "code": best["code"],
            "official": best["code"].map(official),
            "iou": best["iou"],
            "same_name": [any(clusters.normal(name) in called for name in names) for names in found["names"]],
        },
        index=found.index,
    )


@lru_cache(maxsize=64)
def firmness(study: Study, cluster: int, cut: float = clusters.CUT) -> Firmness:
    """Measure how much the drawers of one neighbourhood agree.

    Raises
    ------
    TooFewSketches
    """
    mine = comparison.members(study, cluster, cut)
    alike = consensus.agreement(mine, seed=SEED, n_replicates=REPLICATES)
    drawn_again = consensus.bootstrap(mine, percent=50, seed=SEED, n_replicates=REPLICATES)
    without = consensus.leave_one_out(mine, percent=50)["area_change"].abs().max()
    return Firmness(
        agreement=alike.mean,
        low=alike.low,
        high=alike.high,
        kind=alike.label,
        area_ha=drawn_again.area_m2 / 1e4,
        area_low_ha=drawn_again.low_m2 / 1e4,
        area_high_ha=drawn_again.high_m2 / 1e4,
        halves=consensus.split_half(mine, percent=50, seed=SEED, n_splits=50),
        largest_pull=None if pd.isna(without) else float(without),
    )


@lru_cache(maxsize=64)
def edge(study: Study, cluster: int, cut: float = clusters.CUT) -> Edge | None:
    """Tell how many drawers of one neighbourhood called its edge vague; None when fewer than five told it."""
    told = comparison.members(study, cluster, cut)["edge"]
    told = told[told != ""]
    if len(told) < disclosure.LEAST_PEOPLE:
        return None
    shares = [(told == kind).mean() for kind in ("vague", "partly")]
    vague, partly = disclosure.rounded_percent(shares, len(told)).tolist()
    # Of 8 two and six would be 30 % and 80 %: more than there are.
    return Edge(len(told), vague, min(partly, 100 - vague))
