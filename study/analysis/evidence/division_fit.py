"""Which division fits best beyond chance, and whether any of them beats a walk round the home."""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely import Point

from geo.grids.census_grid import grid_cell_centre
from geo.networks.walk_zone import WALK_M_PER_MIN, walk_zone
from geo.overlay.beyond_chance import best_iou, fit_beyond_chance, moved_sketches, paired_iou
from geo.overlay.thresholds import covered_by_all
from study import datasets, progress
from study.analysis import comparison
from study.analysis.evidence.certainty import SEED
from study.answer_cache import cached_answer
from study.context import Study, get_project, read_sketches

WALKS = (5, 10)
"""Minutes round the home, as rival divisions."""

MIN_WALK_DRAWERS = 20
"""Drawers with a known home from which walks are ranked."""

MAX_WALK_SQUARES = 150
"""Squares with homes from which a walk is drawn; of more every second, third and so on."""

WALK_PREFIX = "walk_"

MIN_FIT = 0.02
"""Below this a division fits no better than any other of that grain."""

SURE_FIRST = 0.95
"""Share of the resamples in which a division must come first to be called the best."""


@cached_answer
def division_fit(
    study: Study, offered: tuple[str, ...] = comparison.OFFICIAL_DIVISIONS, *, walks: bool = False
) -> pd.DataFrame:
    """Rank divisions by how much better they fit than moved and turned drawings would.

    Only drawings that every division covers for more than half count. Walks round the home are ranked beside
    them where twenty of these have a known home and we hold the streets; all are then ranked on those alone.

    Parameters
    ----------
    offered
        Divisions to rank, with those that people brought.
    walks
        Rank walks round the home too, where that can be done.

    Returns
    -------
    DataFrame
        Index division, best first; a walk is "walk_5" or "walk_10". ``n``: drawings counted, ``median_iou``,
        ``reached``, ``split_index`` as `geo.overlay.divisions.rank_divisions` (missing for walks); ``rank``,
        ``mean_iou``, ``chance``, ``fit``, ``low``, ``high``, ``first`` as
        `geo.overlay.beyond_chance.fit_beyond_chance`.
    """
    ranked = comparison.division_ranking(study, offered)
    counted = _counted(study, tuple(ranked.index))
    if counted.empty:
        return ranked.drop(columns=["rank", "mean_iou"]).join(
            fit_beyond_chance({}, {}, np.array([]), seed=SEED)
        )
    zones = _walks(study, counted) if walks else {}
    if zones:
        counted = counted[[cell in zones for cell in counted["home_cell"]]]
    moved = moved_sketches(counted, seed=SEED)
    observed, by_chance, tell = {}, {}, progress.reporter("comparing")
    for done, division in enumerate(ranked.index):
        tell(done / len(ranked))
        areas = comparison.division_areas(study, str(division))
        observed[str(division)] = best_iou(counted, areas)
        by_chance[str(division)] = best_iou(moved.shapes, areas)
    for at, minutes in enumerate(WALKS if zones else ()):
        mine = np.array([zones[cell][at] for cell in counted["home_cell"]], dtype=object)
        observed[f"{WALK_PREFIX}{minutes}"] = paired_iou(counted.geometry.to_numpy(), mine)
        by_chance[f"{WALK_PREFIX}{minutes}"] = paired_iou(moved.shapes.geometry.to_numpy(), mine[moved.host])
    found = fit_beyond_chance(observed, by_chance, moved.origin, seed=SEED)
    facts = ranked[["median_iou", "reached", "split_index"]].reindex(found.index)
    return found.assign(n=len(counted)).join(facts)


def _counted(study: Study, divisions: tuple[str, ...]) -> gpd.GeoDataFrame:
    """Return the drawings that every one of these divisions covers for more than half."""
    sketches = read_sketches(study)
    if not divisions:
        return sketches.iloc[:0]
    compared = comparison.divisions_compared(study, divisions)
    kept = covered_by_all(compared).index.unique("sketch_id")
    return sketches[sketches.index.isin(kept)]


def _walks(study: Study, counted: gpd.GeoDataFrame) -> dict[str, tuple[shapely.Geometry, ...]]:
    """Return the walks round each 100 m square that somebody lives in; empty with too few homes, or no streets."""
    if "home_cell" not in counted:
        return {}
    homes = {str(cell): grid_cell_centre(str(cell)) for cell in counted["home_cell"].unique()}
    known = {cell: middle for cell, middle in sorted(homes.items()) if middle is not None}
    # Each walk takes some thirty milliseconds; a spread of squares says as much as all of them.
    step = -(-len(known) // MAX_WALK_SQUARES) or 1
    known = dict(list(known.items())[::step])
    town = get_project(study.project).municipality
    if int(counted["home_cell"].isin(list(known)).sum()) < MIN_WALK_DRAWERS or not town:
        return {}
    graph = datasets.street_graph(town)
    if graph is None:
        return {}

    def round_home(middle: Point) -> tuple[shapely.Geometry | None, ...]:
        return tuple(walk_zone(graph, middle, minutes * WALK_M_PER_MIN) for minutes in WALKS)

    found = {cell: round_home(middle) for cell, middle in known.items()}
    whole = {cell: zones for cell, zones in found.items() if all(zone is not None for zone in zones)}
    held = int(counted["home_cell"].isin(list(whole)).sum())
    return whole if held >= MIN_WALK_DRAWERS else {}  # type: ignore[return-value]


def is_sure_best(table: pd.DataFrame) -> bool:
    """Return whether the first of the ranking may be called the best: ahead in 95 % of the resamples."""
    return len(table) > 1 and float(table["first"].iloc[0]) >= SURE_FIRST


def is_beyond_chance(fit: float) -> bool:
    """Return whether a division fits better than an arbitrary one of that grain.

    Examples
    --------
    >>> is_beyond_chance(0.13), is_beyond_chance(0.01)
    (True, False)
    """
    return fit >= MIN_FIT
