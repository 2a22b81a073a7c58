"""Whether the inclusion model finds the effects that simulated people have."""

from typing import Any

import numpy as np

from geo.borders.inclusion_model import DISTANCE, inclusion_model, seeming_distance
from tests.geo.borders.test_inclusion_model import SIGMA, TRUE, simulated

SEEDS = 12
LEVEL = 0.90


def run() -> dict[str, Any]:
    """Return the mean of each effect over twelve towns of 80 people, and how often its interval holds the truth."""
    found: dict[str, list[float]] = {name: [] for name in (*TRUE, "sigma")}
    held: dict[str, list[bool]] = {name: [] for name in ("rail", "water")}
    for seed in range(SEEDS):
        table = simulated(seed)
        model = inclusion_model(
            table["left_out"].to_numpy(),
            table[["rail", "water"]],
            table[DISTANCE].to_numpy(),
            table["person"].to_numpy(),
        )
        for name in TRUE:
            found[name].append(float(model.coefficients[name]))
        found["sigma"].append(model.sigma)
        for name, holds in held.items():
            _, low, high = seeming_distance(model, name, level=LEVEL)
            holds.append(low <= np.exp(TRUE[name] / TRUE[DISTANCE]) <= high)
    rows = {
        name: {"true": (TRUE | {"sigma": SIGMA})[name], "mean": round(float(np.mean(some)), 3)}
        for name, some in found.items()
    }
    held_share = {name: round(float(np.mean(some)), 3) for name, some in held.items()}
    print(rows, held_share, flush=True)
    return {"towns": SEEDS, "effects": rows, "held_90": held_share}
