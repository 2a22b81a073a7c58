"""Every official area beside what its own residents drew: how many, what they share, how well it fits."""

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.consensus import clustering
from geo.consensus.cores import contours
from geo.consensus.surface import consensus_surface
from geo.intervals import wilson
from geo.overlay import pairs
from geo.overlay.best_match import best_match, fragmentation
from geo.overlay.verdicts import verdicts
from geo.privacy_limits import MIN_PEOPLE
from geo.schemas import AREAS, SKETCHES
from study import progress
from study.analysis.comparison import CONTOUR_PERCENTS, division_areas, overlap_pairs
from study.analysis.evidence import certainty
from study.analysis.evidence.bands import MIN_CORE_DRAWERS, mask_small_bands
from study.analysis.home_areas import home_area_of_sketch
from study.answer_cache import cached_answer
from study.context import Study, read_sketches
from study.jobs import heavy_answer


@cached_answer
def area_of_resident(study: Study, division: str) -> "pd.Series[int]":
    """Return for each drawing the place, in the table of areas, of the area its maker belongs to."""
    places = pd.Series(range(len(division_areas(study, division))), division_areas(study, division).index)
    return home_area_of_sketch(study, division)["code"].map(places).dropna().astype(int)


def residents_of(study: Study, division: str, code: str) -> gpd.GeoDataFrame:
    """Return the drawings of those who belong to one official area."""
    lived = home_area_of_sketch(study, division)["code"]
    return read_sketches(study)[(lived == code).to_numpy()]


@heavy_answer
def area_cores(study: Study, division: str) -> gpd.GeoDataFrame:
    """Draw what at least half of the residents of each official area share.

    Returns
    -------
    GeoDataFrame
        Index code, only areas of which nine or more residents drew: ``n``, ``area_m2``, geometry (may be
        empty).
    """
    lived, units = area_of_resident(study, division), division_areas(study, division)
    found = clustering.cluster_cores(
        read_sketches(study).loc[lived.index],
        lived,
        least=MIN_CORE_DRAWERS,
        progress=progress.reporter("cores"),
    )
    return found.set_index(pd.Index(units.index[found.index], name=AREAS.index))


@heavy_answer
def fit_certainty(study: Study, division: str) -> pd.DataFrame:
    """Return how sure the fit of every official area is: what other drawers of the same kind would give.

    Returns
    -------
    DataFrame
        Index code, in the order of the areas; columns as `study.analysis.evidence.certainty.fit_columns`.
    """
    units, lived = division_areas(study, division), area_of_resident(study, division)
    drawn, tell = read_sketches(study).loc[lived.index], progress.reporter("cores")
    members = {int(str(place)): some for place, some in drawn.groupby(lived)}
    rows = {}
    for done, (place, some) in enumerate(members.items()):
        tell(done / len(members))
        found = certainty.fit_certainty(some, units, str(units.index[place]))
        rows[units.index[place]] = certainty.fit_columns(found, len(some))
    columns = list(certainty.fit_columns(None, 0))
    table = pd.DataFrame.from_dict(rows, orient="index", columns=columns).reindex(units.index)
    numbers = ["repeatability", "iou_low", "iou_high", "share_first", "share_second"]
    return table.astype(dict.fromkeys(numbers, float)).fillna({"level": "none", "needed": "over_30"})


@heavy_answer
def area_fit(study: Study, division: str) -> pd.DataFrame:
    """Set every official area beside what its own residents drew.

    Returns
    -------
    DataFrame
        Index code, in the order of the areas. ``name``. ``n``: residents of the area who drew (missing
        below five, see `geo.disclosure_control`). Of the core (50 %) of their
        drawings: ``iou`` with the area, ``core_inside``: part of the core in the area, ``area_inside``: part
        of the area in the core, ``split``: part of the core outside the official area that holds most of
        it, ``verdict``: as `geo.overlay.pairs.verdicts`, where other drawers would give the same in four of
        five cases. ``n_home``: how many of ``n`` are known to live there; ``own``: share of those whose
        drawing resembles this area more than any other, with its 95 % interval ``low`` to ``high``, from ten
        on. The columns of `fit_certainty`: ``level``, ``needed``, ``repeatability``, the 95 % interval
        ``iou_low`` to ``iou_high``, and the likeliest verdicts with their shares. Missing where fewer than
        nine residents drew or nothing is shared by half of them.
    """
    units, made = division_areas(study, division), area_cores(study, division)
    shapes = made[~made.is_empty].rename_axis(SKETCHES.index)
    against = pairs.overlap_pairs(shapes, units)
    verdict = verdicts(against, shapes)
    split = fragmentation(against)["split_share"]
    of, to = (against.index.get_level_values(level) for level in (0, 1))
    own_pair = against[np.asarray(of) == np.asarray(to)].droplevel(1)
    lived = home_area_of_sketch(study, division)["code"]
    nearest = best_match(overlap_pairs(study, division))["code"].reindex(lived.index)
    at_home = home_area_of_sketch(study, division)["basis"] == "home"
    n, n_home = lived.value_counts(), lived[at_home].value_counts()
    same = lived[at_home & (lived == nearest)].value_counts()
    table = pd.DataFrame({"name": units["name"], "n": n.reindex(units.index, fill_value=0)})
    few = table["n"] < MIN_PEOPLE
    inside = own_pair.reindex(units.index)
    has_core = pd.Series(units.index.isin(shapes.index), units.index)
    for column, source in (
        ("iou", "iou"),
        ("core_inside", "share_of_sketch"),
        ("area_inside", "share_of_area"),
    ):
        table[column] = inside[source].fillna(0.0).where(has_core)
    table["split"] = split.reindex(units.index)
    sure = fit_certainty(study, division)
    likely = sure["share_first"] >= certainty.LIKELY_VERDICT
    said = verdict["verdict"].map(str).reindex(units.index)
    table["verdict"] = said.where(likely & (said == sure["verdict_first"]))
    counted, homes = (one.reindex(units.index, fill_value=0) for one in (same, n_home))
    low, high = wilson(counted.to_numpy(), np.maximum(homes.to_numpy(), 1))
    enough = homes >= certainty.MIN_INTERVAL_PEOPLE
    table["n_home"] = homes.where(~few)
    table["own"] = (counted / homes).where(enough)
    table["low"], table["high"] = (pd.Series(end, units.index).where(enough) for end in (low, high))
    table["n"] = table["n"].where(~few)
    return table.join(sure)


@heavy_answer
def area_contours(study: Study, division: str, code: str, *, smooth: bool = False) -> gpd.GeoDataFrame:
    """Draw what 25, 50 and 75 % of the residents of an official area share, where five or more share it.

    Raises
    ------
    TooFewSketches
    """
    mine = residents_of(study, division, code)
    return mask_small_bands(contours(consensus_surface(mine), CONTOUR_PERCENTS, smooth=smooth), len(mine))
