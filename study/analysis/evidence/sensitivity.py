"""What the outcome hangs on: the same study with other choices of ours, always all of them in one table."""

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.consensus import clustering
from geo.consensus.surface import consensus_surface
from geo.grids.outlining import trace_outline
from geo.overlay.best_match import best_match
from geo.overlay.pairs import overlap_pairs
from geo.privacy_limits import MIN_PEOPLE
from geo.schemas import SKETCHES
from geo.statistics.rand_index import adjusted_rand_index
from study.analysis import comparison
from study.analysis.evidence.bands import CORE_PERCENT, MIN_CORE_DRAWERS
from study.analysis.home_areas import home_area_of_sketch
from study.context import Study, read_sketches
from study.jobs import heavy_answer

LARGEST = 5
"""Neighbourhoods whose cores are compared."""

MAX_DRAWINGS = 2_000
"""With more drawings than this, grouping them six times takes too long for an edition."""

COLUMNS = ["n", "neighbourhoods", "within", "same_groups", "area_ha", "same_area"]


@heavy_answer
def sensitivity(study: Study, division: str) -> pd.DataFrame:
    """Repeat the study with another cut, with smaller cells, and without drawings that may be doubted.

    Returns
    -------
    DataFrame
        Index ``setting``: "usual", "cut_75", "cut_85", "cell_10", "unflagged", "known_homes". ``n``: drawings;
        ``neighbourhoods`` of five drawers and more; ``within``: part of the drawers in one of those;
        ``same_groups``: adjusted Rand index against the usual grouping, of the drawings in both; ``area_ha``: of
        the cores (50 %) of the five largest together; ``same_area``: how many of the usual five resemble the same
        official area most (missing without a division). A setting that leaves out one to four drawings is not
        made: the difference would be theirs. Empty with too many drawings.
    """
    drawn = read_sketches(study)
    if not MIN_PEOPLE <= len(drawn) <= MAX_DRAWINGS:
        return pd.DataFrame(columns=COLUMNS)
    usual = comparison.cluster_of_sketch(study)
    units = comparison.division_areas(study, division) if division else None
    first = _cores(drawn, usual, units, 25.0)
    rows = {"usual": _row(drawn, usual, usual, first, first)}
    for setting, (some, cut, cell_m) in _settings(study, division).items():
        if 0 < len(drawn) - len(some) < MIN_PEOPLE or len(some) < MIN_PEOPLE:
            continue
        same = len(some) == len(drawn) and cut == clustering.CUT
        groups = usual if same else clustering.cluster_sketches(some, cut=cut)
        rows[setting] = _row(some, groups, usual, _cores(some, groups, units, cell_m), first)
    return pd.DataFrame.from_dict(rows, orient="index", columns=COLUMNS).rename_axis("setting")


def _settings(study: Study, division: str) -> dict[str, tuple[gpd.GeoDataFrame, float, float]]:
    """Return the drawings, the cut and the side of a cell of every setting but the usual one."""
    drawn, usual = read_sketches(study), clustering.CUT
    found = {"cut_75": (drawn, 0.75, 25.0), "cut_85": (drawn, 0.85, 25.0), "cell_10": (drawn, usual, 10.0)}
    plain = drawn[[not reasons for reasons in drawn["flagged_for"]]]
    if len(plain) < len(drawn):
        found["unflagged"] = (plain, usual, 25.0)
    if division:
        at_home = drawn[(home_area_of_sketch(study, division)["basis"] == "home").reindex(drawn.index)]
        if len(at_home) < len(drawn):
            found["known_homes"] = (at_home, usual, 25.0)
    return found


def _cores(
    drawn: gpd.GeoDataFrame, groups: "pd.Series[int]", units: gpd.GeoDataFrame | None, cell_m: float
) -> pd.DataFrame:
    """Return of the largest groups their drawers, the area of their core and the official area most like it."""
    n = groups.value_counts().sort_index().sort_values(ascending=False, kind="stable")
    rows = []
    for number in n.index[n >= MIN_CORE_DRAWERS][:LARGEST]:
        members = drawn[(groups.reindex(drawn.index) == number).to_numpy()]
        base = consensus_surface(members, cell_m=cell_m)
        inside = base.at_least(CORE_PERCENT)
        code = None
        if units is not None and inside.any():
            core = gpd.GeoDataFrame(geometry=[trace_outline(inside, base.grid)], crs=drawn.crs)
            best = best_match(overlap_pairs(core.rename_axis(SKETCHES.index), units))
            code = best["code"].iloc[0] if len(best) else None
        rows.append((set(members.index), float(inside.sum() * base.cell_m2 / 1e4), code))
    return pd.DataFrame(rows, columns=["members", "area_ha", "code"])


def _row(
    drawn: gpd.GeoDataFrame,
    groups: "pd.Series[int]",
    usual: "pd.Series[int]",
    found: pd.DataFrame,
    first: pd.DataFrame,
) -> dict[str, object]:
    n = groups.value_counts()
    both = groups.index.intersection(usual.index)
    same = 0
    for members, code in zip(first["members"], first["code"], strict=True):
        shared = [len(members & others) for others in found["members"]]
        # The group that most of its drawers are in now.
        same += bool(shared) and max(shared) > 0 and found["code"].iloc[int(np.argmax(shared))] == code
    return {
        "n": len(drawn),
        "neighbourhoods": int((n >= MIN_PEOPLE).sum()),
        "within": float(n[n >= MIN_PEOPLE].sum() / len(drawn)),
        "same_groups": adjusted_rand_index(groups[both], usual[both]),
        "area_ha": float(found["area_ha"].sum()) if len(found) else np.nan,
        "same_area": int(same) if first["code"].notna().any() else None,
    }
