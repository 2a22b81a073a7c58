"""The neighbourhoods residents experience: what they share, how much they agree, how firm that is."""

from dataclasses import asdict, dataclass
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from geo.consensus import agreement as agreement_module
from geo.consensus import clustering
from geo.consensus.evidence import more_needed
from geo.consensus.uncertainty import bootstrap, leave_one_out
from geo.disclosure_control import rounded_percent
from geo.intervals import wilson
from geo.measures.similarity import mean_boundary_distance_m
from geo.overlay.best_match import best_area_set, best_match
from geo.overlay.pairs import overlap_pairs
from geo.privacy_limits import MIN_PEOPLE
from geo.schemas import AREAS, SKETCHES
from study import progress
from study.analysis import comparison
from study.analysis.evidence.bands import MIN_CORE_DRAWERS, min_drawers
from study.analysis.evidence.certainty import (
    MIN_INTERVAL_PEOPLE,
    REPLICATES,
    SEED,
    core_certainty,
    fit_certainty,
)
from study.answer_cache import cached_answer
from study.context import Study, read_sketches
from study.jobs import heavy_answer

CLEARLY_MORE = 0.05
"""Overlap (IoU) that several areas together must gain over one to be named."""


@dataclass(frozen=True)
class Stability:
    """How much the drawers of a neighbourhood agree, and whether others would say the same.

    Attributes
    ----------
    agreement, low, high
        Mean IoU of two drawers, with its 95 % interval (None below ten drawers).
    area_ha, area_low_ha, area_high_ha
        Area of the core (50 %), with its 95 % interval; None below nine drawers or without a core, the interval
        below ten.
    repeatability
        Mean IoU of the core with that of other drawers of the same kind; None below ten or without a core.
    needed
        Key of how many more drawers the core needs.
    iou_low, iou_high
        95 % interval of the overlap with the official area it resembles most; None where there is none.
    largest_pull
        Largest part by which the core changes when one drawing is left out; above 0.2 one drawing makes the
        map. None without a core.
    edge_m
        Mean distance of the edge of the core from that of the official area, m; None where there is none.
    together, together_iou
        Codes of the official areas that together resemble the core most, and their IoU with it, where they do so
        clearly more than one alone; else empty.
    """

    agreement: float
    low: float | None
    high: float | None
    area_ha: float | None
    area_low_ha: float | None
    area_high_ha: float | None
    repeatability: float | None
    needed: str
    iou_low: float | None
    iou_high: float | None
    largest_pull: float | None
    edge_m: float | None = None
    together: tuple[str, ...] = ()
    together_iou: float | None = None


@dataclass(frozen=True)
class EdgeCertainty:
    """How sure the drawers of a neighbourhood are of where its edge runs.

    Attributes
    ----------
    n
        Drawers who answered.
    vague_percent, partly_percent
        Of them: who called the whole edge vague, and who called a part of it so; rounded as
        `geo.disclosure_control.rounded_percent` does, together at most 100.
    """

    n: int
    vague_percent: int
    partly_percent: int


@heavy_answer
def neighbourhood_cores(study: Study, cut: float = clustering.CUT) -> gpd.GeoDataFrame:
    """Draw the core (50 %) of every experienced neighbourhood that nine or more residents drew."""
    member = comparison.cluster_of_sketch(study, cut)
    return clustering.cluster_cores(
        read_sketches(study), member, least=MIN_CORE_DRAWERS, progress=progress.reporter("cores")
    )


@heavy_answer
def disputed_ground(study: Study, cut: float = clustering.CUT) -> gpd.GeoDataFrame:
    """Draw the ground that two neighbourhoods both hold to be theirs; see `geo.consensus.clustering.disputed`."""
    member = comparison.cluster_of_sketch(study, cut)
    return clustering.disputed_ground(
        read_sketches(study), member, least=min_drawers(25), progress=progress.reporter("cores")
    )


@heavy_answer
def neighbourhood_certainty(study: Study, cut: float = clustering.CUT) -> pd.DataFrame:
    """Return how sure the core of every neighbourhood of five or more drawers is.

    Returns
    -------
    DataFrame
        Index cluster; ``n``, ``repeatability``, ``level``, ``needed`` as
        `study.analysis.evidence.certainty.Certainty`.
    """
    found, member = comparison.neighbourhoods(study, cut), comparison.cluster_of_sketch(study, cut)
    shown = found.index[found["n"] >= MIN_PEOPLE]
    drawn, tell = read_sketches(study), progress.reporter("cores")
    grouped = dict(list(drawn.groupby(member.reindex(drawn.index))))
    rows = {}
    for done, number in enumerate(shown):
        tell(done / len(shown))
        rows[number] = asdict(core_certainty(grouped[number]))
    table = pd.DataFrame.from_dict(rows, orient="index", columns=["n", "repeatability", "level", "needed"])
    return table.astype({"repeatability": float}).rename_axis("cluster")


@heavy_answer
def neighbourhood_table(study: Study, division: str, cut: float = clustering.CUT) -> pd.DataFrame:
    """List the experienced neighbourhoods beside the official area each resembles most.

    Returns
    -------
    DataFrame
        Index cluster, the largest first; only those of five or more drawers. ``names`` (tuple, empty when
        residents do not agree on one), ``n``, ``level``, ``repeatability`` (missing below ten drawers),
        ``needed``, ``share`` of the drawers for the name with its 95 % interval ``share_low`` to
        ``share_high``, ``area_ha`` of the core (missing below nine drawers), ``code``, ``official`` name and
        ``iou`` of the area it resembles most (missing when the core
        lies in none), ``same_name``: whether any area of the division is called the same.
    """
    found = comparison.neighbourhoods(study, cut)
    found = found[found["n"] >= MIN_PEOPLE]
    made = neighbourhood_cores(study, cut).reindex(found.index)
    shapes = made[~(made.is_empty | shapely.is_missing(made.geometry.to_numpy()))]
    keyed = gpd.GeoDataFrame(geometry=shapes.geometry, crs=read_sketches(study).crs).rename_axis(
        SKETCHES.index
    )
    units, sure = comparison.division_areas(study, division), neighbourhood_certainty(study, cut)
    best = best_match(overlap_pairs(keyed, units)).reindex(found.index)
    official = units["name"].groupby(level=AREAS.index).first()
    called = {clustering.normalised_name(str(name)) for name in units["name"]}
    people = found["n"].to_numpy(dtype=float)
    low, high = wilson(found["share"].to_numpy(dtype=float) * people, people)
    return pd.DataFrame(
        {
            "names": found["names"],
            "n": found["n"],
            "level": sure["level"],
            "repeatability": sure["repeatability"].where(found["n"] >= MIN_INTERVAL_PEOPLE),
            "needed": sure["needed"],
            "share": found["share"],
            "share_low": low,
            "share_high": high,
            "area_ha": made["area_m2"] / 1e4,
            "code": best["code"],
            "official": best["code"].map(official),
            "iou": best["iou"],
            "same_name": [
                any(clustering.normalised_name(name) in called for name in names) for names in found["names"]
            ],
        },
        index=found.index,
    )


@heavy_answer
def stability(study: Study, cluster: int, division: str, cut: float = clustering.CUT) -> Stability:
    """Measure how much the drawers of one neighbourhood agree, and how sure its core is.

    Raises
    ------
    TooFewSketches
    """
    mine = comparison.cluster_members(study, cluster, cut)
    n = len(mine)
    alike = agreement_module.agreement(mine)
    drawn_again = bootstrap(mine, percent=50, seed=SEED, n_replicates=REPLICATES)
    without = leave_one_out(mine, percent=50)["area_change"].abs().max()
    has_core = n >= MIN_CORE_DRAWERS and drawn_again.area_m2 > 0
    certain = has_core and n >= MIN_INTERVAL_PEOPLE
    fit = comparison.core_fit(study, cluster, division, cut) if certain else pd.DataFrame()
    sure, beside = None, dict[str, Any]()
    if len(fit):
        units, best = comparison.division_areas(study, division), str(fit.index[0])
        sure = fit_certainty(mine, units, best)
        beside = _beside(comparison.contours(study, cluster, cut).loc[[50]], units, best)
    return Stability(
        agreement=alike.mean,
        low=alike.low,
        high=alike.high,
        area_ha=drawn_again.area_m2 / 1e4 if has_core else None,
        area_low_ha=drawn_again.low_m2 / 1e4 if certain else None,
        area_high_ha=drawn_again.high_m2 / 1e4 if certain else None,
        repeatability=drawn_again.repeatability if certain else None,
        needed=more_needed(n, drawn_again.repeatability),
        iou_low=None if sure is None else sure.low,
        iou_high=None if sure is None else sure.high,
        largest_pull=None if pd.isna(without) or not has_core else float(without),
        **beside,
    )


def _beside(core: gpd.GeoDataFrame, units: gpd.GeoDataFrame, best: str) -> dict[str, Any]:
    """Return how far the edge of a core lies from that of an area, and the areas that resemble it together."""
    edge = mean_boundary_distance_m(
        core.geometry.iloc[0], shapely.union_all(units.loc[[best]].geometry.array)
    )
    pairs = overlap_pairs(core[["geometry"]].rename_axis(SKETCHES.index), units)
    found, alone = best_area_set(pairs).iloc[0], float(pairs["iou"].max())
    more = found["n"] > 1 and found["iou"] - alone >= CLEARLY_MORE
    return {
        "edge_m": float(edge),
        "together": found["codes"] if more else (),
        "together_iou": float(found["iou"]) if more else None,
    }


@cached_answer
def edge_certainty(study: Study, cluster: int, cut: float = clustering.CUT) -> EdgeCertainty | None:
    """Return how many drawers of one neighbourhood called its edge vague; None when fewer than five told it."""
    edges = comparison.cluster_members(study, cluster, cut)["edge"]
    edges = edges[edges != ""]
    if len(edges) < MIN_PEOPLE:
        return None
    shares = [(edges == kind).mean() for kind in ("vague", "partly")]
    vague, partly = rounded_percent(shares, len(edges)).tolist()
    # Of 8 two and six would be 30 % and 80 %: more than there are.
    return EdgeCertainty(len(edges), vague, min(partly, 100 - vague))
