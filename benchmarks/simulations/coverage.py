"""Do the 95 % intervals hold the truth: of agreement, of the overlap with an official area, of mean scores."""

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from benchmarks.simulations.populations import neighbourhoods, populations
from geo.consensus.agreement import mean_interval_half_width, pairwise_iou
from geo.consensus.cores import core_area
from geo.consensus.surface import consensus_surface
from geo.overlay.best_match import best_match
from geo.overlay.pairs import overlap_pairs
from geo.overlay.resampled_fit import resampled_fit
from geo.schemas import SKETCHES
from geo.statistics.survey_scores import mean_score_by_area

SIZES = (10, 20, 50)
CELL_M = 50.0
AGREEMENT_SAMPLES, FIT_SAMPLES, MEAN_SAMPLES = 250, 40, 4_000
"""Samples of each size: of each population for the first two, in all for the last."""


def run() -> dict[str, Any]:
    """Return the coverage of each interval by the number of drawers, with its standard error."""
    found, areas = populations(), neighbourhoods()
    rows: dict[str, Any] = {"populations": len(found), "agreement": {}, "iou": {}, "means": {}}
    for n in SIZES:
        rows["agreement"][str(n)] = share(np.concatenate([agreement_held(one, n) for one in found]))
        rows["iou"][str(n)] = share(np.concatenate([fit_held(one, areas, n) for one in found]))
        rows["means"][str(n)] = share(means_held(n))
        print(n, rows["agreement"][str(n)], rows["iou"][str(n)], rows["means"][str(n)], flush=True)
    return rows


def share(held: "np.ndarray[Any, np.dtype[np.bool_]]") -> dict[str, float | int]:
    """Return the part that held, its standard error and the number of samples."""
    p = float(held.mean())
    error = float(np.sqrt(p * (1 - p) / len(held)))
    return {"coverage": round(p, 3), "error": round(error, 3), "samples": len(held)}


def agreement_held(population: gpd.GeoDataFrame, n: int) -> "np.ndarray[Any, np.dtype[np.bool_]]":
    """Return for each sample whether the interval of the mean overlap of two drawers holds that of all."""
    alike = pairwise_iou(population, cell_m=CELL_M)
    truth = alike[np.triu_indices(len(alike), 1)].mean()
    chance = np.random.default_rng(n)
    held = []
    for _ in range(AGREEMENT_SAMPLES):
        some = chance.choice(len(alike), n, replace=False)
        part = alike[np.ix_(some, some)]
        mean = part[np.triu_indices(n, 1)].mean()
        held.append(abs(mean - truth) <= mean_interval_half_width(part))
    return np.array(held)


def fit_held(
    population: gpd.GeoDataFrame, areas: gpd.GeoDataFrame, n: int
) -> "np.ndarray[Any, np.dtype[np.bool_]]":
    """Return for each sample whether the interval of the overlap with the official area holds that of all."""
    shape = core_area(consensus_surface(population, cell_m=CELL_M), 50)
    core = gpd.GeoDataFrame(geometry=[shape], crs=population.crs).rename_axis(SKETCHES.index)
    code = str(best_match(overlap_pairs(core, areas))["code"].iloc[0])
    near = areas[areas.intersects(population.union_all().buffer(1_000))]
    whole = resampled_fit(population, near, code, seed=1, n_replicates=2, cell_m=CELL_M)
    chance = np.random.default_rng(100 + n)
    held = []
    for number in range(FIT_SAMPLES):
        some = population.iloc[chance.choice(len(population), n, replace=False)]
        found = resampled_fit(some, near, code, seed=number, cell_m=CELL_M)
        held.append(whole is not None and found is not None and found.low <= whole.iou <= found.high)
    return np.array(held)


def means_held(n: int) -> "np.ndarray[Any, np.dtype[np.bool_]]":
    """Return for each sample whether the interval of a mean score holds the true mean.

    Scores are means of five answers of 1 to 5, on 0 to 10, of people who differ; skewed, as such scores are.
    """
    chance = np.random.default_rng(200 + n)

    def drawn(count: int) -> "np.ndarray[Any, np.dtype[np.float64]]":
        of_person = chance.beta(4, 2, count)[:, None]
        return np.asarray(chance.binomial(4, of_person, (count, 5)).mean(axis=1) * 2.5)

    truth = 10 * 4 / 6
    scores = pd.Series(drawn(n * MEAN_SAMPLES))
    area = pd.Series(np.repeat(np.arange(MEAN_SAMPLES), n))
    found = mean_score_by_area(scores, area)
    return ((found["low"] <= truth) & (truth <= found["high"])).to_numpy()
