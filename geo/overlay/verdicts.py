"""Verdicts on official areas: fits, split, part of a larger whole."""

from enum import StrEnum

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.overlay.best_match import best_match, first_per_sketch
from geo.overlay.pairs import share_outside
from geo.overlay.thresholds import (
    HALF,
    REACHED_IOU,
    ROUNDING,
    WITHIN_SHARE,
    count_needed_areas,
    sum_per_sketch,
)
from geo.schemas import AREAS, SKETCHES


class Verdict(StrEnum):
    """What a drawing is, compared with the official areas; the order is the order in which they are tried."""

    ELSEWHERE = "elsewhere"
    """Less than half of the drawing lies in any area of the layer."""
    COINCIDES = "coincides"
    """IoU with one area is at least 0.8."""
    PART_OF = "part_of"
    """At least 0.9 of what lies in the layer lies in one area."""
    CONTAINS = "contains"
    """Areas that lie for at least 0.9 in the drawing fill at least half of it."""
    SHIFTED = "shifted"
    """More than half of the drawing lies in one area, and more than half of that area in the drawing."""
    DIVIDED_OVER = "divided_over"
    """None of these: it takes several areas to hold the drawing."""


def verdicts(table: pd.DataFrame, sketches: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return per sketch one verdict on the official areas and the facts behind it.

    Parameters
    ----------
    table
        Result of `overlap_pairs`.
    sketches
        All sketches, including those in no pair.

    Returns
    -------
    DataFrame
        Index of `sketches`. ``verdict``: a `Verdict`; its docstrings hold the thresholds. ``code``: the area
        the verdict is about (the best fitting one; for part_of the one that holds it), None where there is
        none. ``iou``, ``share_of_sketch``, ``share_of_area``: of that area, 0 where there is none. ``n``:
        number of areas the verdict is about: contained ones for contains, for divided_over the fewest that
        together hold 0.9 of what lies in the layer, otherwise 1, or 0 for elsewhere. ``outside``: share in no
        area.
    """
    fits = best_match(table).reindex(sketches.index)
    holds = first_per_sketch(table, "share_of_sketch").reset_index(AREAS.index).reindex(sketches.index)
    off = share_outside(table, sketches)
    inside = sum_per_sketch(table, "share_of_sketch").reindex(sketches.index)
    whole = table[table["share_of_area"] >= WITHIN_SHARE - ROUNDING]
    filled = sum_per_sketch(whole, "share_of_sketch").reindex(sketches.index, fill_value=0.0)
    held = whole.groupby(level=SKETCHES.index, sort=False).size().reindex(sketches.index, fill_value=0)
    half = HALF + ROUNDING
    tried = {
        Verdict.ELSEWHERE: ~(off <= half),
        Verdict.COINCIDES: fits["iou"] >= REACHED_IOU - ROUNDING,
        Verdict.PART_OF: holds["share_of_sketch"] / inside >= WITHIN_SHARE - ROUNDING,
        Verdict.CONTAINS: (filled >= HALF - ROUNDING) & (held > 0),
        Verdict.SHIFTED: (fits["share_of_sketch"] > half) & (fits["share_of_area"] > half),
    }
    verdict = np.select(
        [true.to_numpy(dtype=bool) for true in tried.values()],
        [found.value for found in tried],
        default=Verdict.DIVIDED_OVER.value,
    ).astype(object)
    n = np.select(
        [verdict == Verdict.ELSEWHERE, verdict == Verdict.CONTAINS, verdict == Verdict.DIVIDED_OVER],
        [np.zeros(len(verdict)), held, count_needed_areas(table).reindex(sketches.index, fill_value=0)],
        default=1,
    )
    facts = fits[["code", "iou", "share_of_sketch", "share_of_area"]].copy()
    part_of = verdict == Verdict.PART_OF
    facts[part_of] = holds[facts.columns][part_of]
    facts["code"] = facts["code"].astype(object).where(facts["code"].notna(), None)
    facts = facts.fillna({"iou": 0.0, "share_of_sketch": 0.0, "share_of_area": 0.0})
    facts.insert(0, "verdict", verdict)
    return facts.assign(n=n.astype(np.int64), outside=off)


# --- Per official area ----------------------------------------------------------------------------
