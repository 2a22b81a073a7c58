"""Comparison and ranking of divisions."""

from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.overlay.best_match import best_match, fragmentation
from geo.overlay.pairs import mostly_inside
from geo.overlay.thresholds import REACHED_IOU, ROUNDING, covered_by_all
from geo.overlay.verdicts import verdicts
from geo.schemas import SKETCHES

# --- Per division ---------------------------------------------------------------------------------


def compare_divisions(tables: Mapping[str, pd.DataFrame], sketches: gpd.GeoDataFrame) -> pd.DataFrame:
    """Compare the same sketches with several divisions (wijk, buurt, postcode).

    Parameters
    ----------
    tables
        For each division the result of `overlap_pairs`.
    sketches
        All sketches.

    Returns
    -------
    DataFrame
        Index (division, sketch_id). ``verdict``, ``code``, ``iou``, ``outside`` as in `verdicts` (``iou`` is
        0 and ``code`` missing for a sketch in no area); ``gini_simpson``, ``split_share``,
        ``effective_areas`` as in `fragmentation`, NaN for a sketch in no area; ``covered``: whether more than
        half lies in the areas.
    """
    found = {}
    for division, table in tables.items():
        fits = best_match(table)[["code", "iou"]].reindex(sketches.index)
        cut = fragmentation(table)[["gini_simpson", "split_share", "effective_areas"]].reindex(sketches.index)
        said = verdicts(table, sketches)[["verdict", "outside"]]
        inside = mostly_inside(table).reindex(sketches.index, fill_value=False)
        found[division] = pd.concat([fits.fillna({"iou": 0.0}), cut, said, inside], axis=1)
    return pd.concat(found, names=["division", SKETCHES.index])


def rank_divisions(compared: pd.DataFrame) -> pd.DataFrame:
    """Rank divisions by how well their areas resemble what residents draw.

    Only sketches that every division covers for more than half count, so that no division gains or loses by
    the places where it has no areas.

    Parameters
    ----------
    compared
        Result of `compare_divisions`.

    Returns
    -------
    DataFrame
        Index division, best first (equal means: by name). ``rank`` from 1. ``n``: sketches counted.
        ``mean_iou`` and ``median_iou`` of the best fitting areas. ``reached``: share of sketches with an IoU
        of at least 0.8. ``split_index``: mean gini_simpson, the chance that the division separates two random
        places in one resident's sketch. All but ``rank`` and ``n`` are NaN where n is 0.
    """
    common = covered_by_all(compared)
    rows = common.assign(reached=common["iou"] >= REACHED_IOU - ROUNDING).groupby(level="division")
    names = compared.index.unique("division")
    found = pd.DataFrame(
        {
            "n": rows.size(),
            "mean_iou": rows["iou"].mean(),
            "median_iou": rows["iou"].median(),
            "reached": rows["reached"].mean(),
            "split_index": rows["gini_simpson"].mean(),
        }
    ).reindex(names)
    found["n"] = found["n"].fillna(0).astype(np.int64)
    found = found.sort_index().sort_values("mean_iou", ascending=False, kind="stable")
    found.insert(0, "rank", np.arange(1, len(found) + 1))
    return found
