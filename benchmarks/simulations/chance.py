"""What chance gives: discs dropped anywhere fit no division, and lines drawn anywhere are no borders."""

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from benchmarks.simulations.populations import areas, drawings, neighbourhoods
from geo.borders.beyond_chance import border_hardness
from geo.borders.lines import shared_borders
from geo.borders.pieces import cut_borders
from geo.overlay.beyond_chance import best_iou, fit_beyond_chance, moved_sketches
from geo.overlay.pairs import mostly_inside, overlap_pairs
from geo.schemas import SKETCHES

SEEDS, DISCS, SQUARE_M, TOWN_M = 20, 150, 500.0, 5_000.0
COVERED = 4_000


def run() -> dict[str, Any]:
    """Return the fit beyond chance of discs at random and of New York, and how many random lines seem hard."""
    fits = [fit_of_discs(seed) for seed in range(SEEDS)]
    kinds = pd.Series(np.concatenate([kinds_of_lines(seed) for seed in range(SEEDS)]))
    known = kinds[kinds != "unknown"]
    found = {
        "discs": {
            "mean_fit": round(float(np.mean(fits)), 4),
            "largest": round(float(np.abs(fits).max()), 4),
            "seeds": SEEDS,
        },
        "lines": {"borders": len(known), "hard": round(float((known == "hard").mean()), 4)},
        "new_york": new_york(),
    }
    print(found, flush=True)
    return found


def squares() -> gpd.GeoDataFrame:
    """Return a town of squares as official areas."""
    at = np.arange(0, TOWN_M, SQUARE_M)
    x, y = (part.ravel() for part in np.meshgrid(at, at))
    codes = pd.Index([f"s{number}" for number in range(len(x))], name="code")
    shapes = shapely.box(x, y, x + SQUARE_M, y + SQUARE_M)
    return gpd.GeoDataFrame({"name": codes}, geometry=shapes, index=codes, crs=28992)


def discs(seed: int) -> gpd.GeoDataFrame:
    """Return drawings of people who heed no border: discs anywhere."""
    chance = np.random.default_rng(seed)
    at = shapely.points(chance.uniform(SQUARE_M, TOWN_M - SQUARE_M, (DISCS, 2)))
    shapes = shapely.buffer(at, chance.uniform(150, 400, DISCS))
    index = pd.Index([str(number) for number in range(DISCS)], name=SKETCHES.index)
    return gpd.GeoDataFrame(geometry=shapes, index=index, crs=28992)


def fit_of_discs(seed: int) -> float:
    """Return the fit beyond chance of a town of squares with discs at random."""
    drawn, town = discs(seed), squares()
    moved = moved_sketches(drawn, seed=seed)
    observed, by_chance = {"squares": best_iou(drawn, town)}, {"squares": best_iou(moved.shapes, town)}
    return float(fit_beyond_chance(observed, by_chance, moved.origin, seed=seed)["fit"].iloc[0])


def kinds_of_lines(seed: int) -> "np.ndarray[Any, np.dtype[np.object_]]":
    """Return the kind of each border of a town of squares with discs at random."""
    drawn = discs(seed)
    cut = cut_borders(shared_borders(squares()), None)
    found = border_hardness(cut, drawn, moved_sketches(drawn, seed=seed).shapes, seed=seed)
    return found["kind"].astype(object).fillna("unknown").to_numpy()


def new_york() -> dict[str, Any]:
    """Return the fit beyond chance of neighbourhoods and postcodes with drawings that both cover."""
    divisions = {
        "neighbourhoods": neighbourhoods(),
        "postcodes": areas("new_york_zipcodes.geojson", "postalCode"),
    }
    drawn = drawings().sample(2 * COVERED, random_state=1)[["geometry"]]
    for units in divisions.values():
        covered = mostly_inside(overlap_pairs(drawn, units))
        drawn = drawn[covered.reindex(drawn.index, fill_value=False)]
    drawn = drawn.iloc[:COVERED]
    moved = moved_sketches(drawn, seed=1)
    observed = {name: best_iou(drawn, units) for name, units in divisions.items()}
    by_chance = {name: best_iou(moved.shapes, units) for name, units in divisions.items()}
    table = fit_beyond_chance(observed, by_chance, moved.origin, seed=1)
    columns = ["mean_iou", "chance", "fit"]
    return {"drawings": len(drawn), **table[columns].round(3).to_dict(orient="index")}
