"""How sure a core is: level, repeatability and drawings still needed, by one rule wherever a core is shown."""

from collections.abc import Mapping
from dataclasses import dataclass

import geopandas as gpd
import pandas as pd

from geo.consensus.evidence import MIN_INDICATIVE, evidence_level, more_needed
from geo.consensus.uncertainty import repeatability
from geo.overlay.resampled_fit import ResampledCores, ResampledFit, resample_cores, resampled_fit

SEED = 20250401
"""Of every chance in an answer, so that the same study gives the same numbers."""

REPLICATES = 200
"""Groups drawn for an interval: enough for two digits."""

MIN_INTERVAL_PEOPLE = MIN_INDICATIVE
"""Below ten people no interval holds what it promises, and no verdict is given."""

LIKELY_VERDICT = 0.8
"""Share of the resampled cores that must give a verdict before it is told as a fact."""

LEVEL_ORDER = ("none", "first_impression", "indicative", "usable", "solid")


@dataclass(frozen=True)
class Certainty:
    """How sure the core (50 %) of some drawings is.

    Attributes
    ----------
    n
        People it rests on.
    repeatability
        Mean overlap (IoU) with the core of other drawers of the same kind; None without a core.
    level, needed
        Keys, see `geo.consensus.evidence`.
    """

    n: int
    repeatability: float | None
    level: str
    needed: str


def core_certainty(members: gpd.GeoDataFrame, *, cell_m: float = 25.0) -> Certainty:
    """Return how sure the core of these drawings is, one row a person."""
    n = len(members)
    if evidence_level(n) == "none":
        return Certainty(n, None, "none", more_needed(n, None))
    return _certainty(n, repeatability(members, seed=SEED, n_replicates=REPLICATES, cell_m=cell_m))


def _certainty(n: int, firm: float | None) -> Certainty:
    return Certainty(n, firm, evidence_level(n, firm), more_needed(n, firm))


def core_and_fits(
    members: gpd.GeoDataFrame, divisions: Mapping[str, gpd.GeoDataFrame]
) -> tuple[Certainty, ResampledCores | None]:
    """Return how sure their core is, and its resamples beside divisions; None below ten people or without a core.

    The numbers are those of `core_certainty` and `fit_certainty`: people are drawn again once for all of them.
    """
    if len(members) < MIN_INTERVAL_PEOPLE:
        return core_certainty(members), None
    again = resample_cores(members, divisions, seed=SEED, n_replicates=REPLICATES)
    return _certainty(len(members), None if again is None else again.repeatability), again


def fit_certainty(members: gpd.GeoDataFrame, units: gpd.GeoDataFrame, code: str) -> ResampledFit | None:
    """Return how sure the fit of their core with an official area is; None below ten people or without a core."""
    if len(members) < MIN_INTERVAL_PEOPLE:
        return None
    return resampled_fit(members, units, code, seed=SEED, n_replicates=REPLICATES)


def lower_level(level: str, cap: str) -> str:
    """Return the lower of two levels.

    Examples
    --------
    >>> lower_level("solid", "indicative"), lower_level("first_impression", "indicative")
    ('indicative', 'first_impression')
    """
    return min(level, cap, key=LEVEL_ORDER.index)


def fit_columns(found: "ResampledFit | None", n: int) -> dict[str, object]:
    """Return what a table of areas says of the certainty of one fit.

    Returns
    -------
    dict
        ``level``, ``needed``; ``repeatability``, ``iou_low``, ``iou_high``; ``verdict_first`` and
        ``verdict_second`` with their shares ``share_first`` and ``share_second``. Missing below ten people.
    """
    columns: dict[str, object] = {
        "repeatability": None if found is None else found.repeatability,
        "iou_low": None if found is None else found.low,
        "iou_high": None if found is None else found.high,
    }
    firm = None if found is None else found.repeatability
    level = evidence_level(n, firm)
    likely = () if found is None else found.verdicts
    if not likely or likely[0][1] < LIKELY_VERDICT:
        level = lower_level(level, "indicative")
    for place, at in (("first", 0), ("second", 1)):
        verdict, share = likely[at] if len(likely) > at else (None, None)
        columns |= {f"verdict_{place}": verdict, f"share_{place}": share}
    return {**columns, "level": level, "needed": more_needed(n, firm)}


def certainty_table(members: "dict[int, gpd.GeoDataFrame]") -> pd.DataFrame:
    """Return the certainty of several neighbourhoods; index their numbers, columns as `Certainty`."""
    found = {number: core_certainty(some) for number, some in members.items()}
    rows = [(one.n, one.repeatability, one.level, one.needed) for one in found.values()]
    table = pd.DataFrame(rows, index=list(found), columns=["n", "repeatability", "level", "needed"])
    return table.astype({"repeatability": float})
