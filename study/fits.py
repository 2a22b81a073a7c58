"""Every official area beside what its own residents drew: how many, what they share, how well it fits."""

from functools import lru_cache

import geopandas as gpd
import numpy as np
import pandas as pd

from geo import clusters, consensus, disclosure, overlay
from geo.frames import AREAS, SKETCHES
from study import progress
from study.comparison import BANDS, areas, pairs
from study.homes import homes
from study.projects import Study, drawn


@lru_cache(maxsize=32)
def residents(study: Study, division: str) -> "pd.Series[int]":
    """Give for each drawing the place, in the table of areas, of the area its maker belongs to."""
    places = pd.Series(range(len(areas(study, division))), areas(study, division).index)
    return homes(study, division)["code"].map(places).dropna().astype(int)


def residents_of(study: Study, division: str, code: str) -> gpd.GeoDataFrame:
    """Give the drawings of those who belong to one official area."""
    lived = homes(study, division)["code"]
    return drawn(study)[(lived == code).to_numpy()]


@lru_cache(maxsize=16)
def cores(study: Study, division: str) -> gpd.GeoDataFrame:
    """Draw what at least half of the residents of each official area share.

    Returns
    -------
    GeoDataFrame
        Index code, only areas of which five or more residents drew: ``n``, ``area_m2``, geometry (may be
        empty).
    """
    lived, units = residents(study, division), areas(study, division)
    found = clusters.cores(drawn(study).loc[lived.index], lived, progress=progress.of("cores"))
    return found.set_index(pd.Index(units.index[found.index], name=AREAS.index))


@lru_cache(maxsize=16)
def fits(study: Study, division: str) -> pd.DataFrame:
    """Set every official area beside what its own residents drew.

    Returns
    -------
    DataFrame
        Index code, in the order of the areas. ``name``. ``n``: residents of the area who drew (missing
        below five, see `geo.disclosure`). ``level``: how far that carries. Of the core (50 %) of their
        drawings: ``iou`` with the area, ``core_inside``: part of the core in the area, ``area_inside``: part
        of the area in the core, ``split``: part of the core outside the official area that holds most of
        it, ``verdict`` and ``others``: as `geo.overlay.verdicts`. ``own``: share of these residents whose
        drawing resembles this area more than any other, with its 95 % interval ``low`` to ``high``. Missing
        where fewer than five residents drew or nothing is shared by half of them.
    """
    units, made = areas(study, division), cores(study, division)
    shapes = made[~made.is_empty].rename_axis(SKETCHES.index)
    against = overlay.pairs(shapes, units)
    verdict = overlay.verdicts(against, shapes)
    split = overlay.fragmentation(against)["split_share"]
    of, to = (against.index.get_level_values(level) for level in (0, 1))
    own_pair = against[np.asarray(of) == np.asarray(to)].droplevel(1)
    lived = homes(study, division)["code"]
    nearest = overlay.best(pairs(study, division))["code"].reindex(lived.index)
    n, same = lived.value_counts(), lived[lived == nearest].value_counts()
    table = pd.DataFrame({"name": units["name"], "n": n.reindex(units.index, fill_value=0)})
    few = table["n"] < disclosure.LEAST_PEOPLE
    table["level"] = [consensus.level(int(one)) for one in table["n"]]
    inside = own_pair.reindex(units.index)
    has_core = pd.Series(units.index.isin(shapes.index), units.index)
    for column, source in (
        ("iou", "iou"),
        ("core_inside", "share_of_sketch"),
        ("area_inside", "share_of_area"),
    ):
        table[column] = inside[source].fillna(0.0).where(has_core)
    table["split"] = split.reindex(units.index)
    table["verdict"] = verdict["verdict"].map(str).reindex(units.index)
    table["others"] = verdict["n"].reindex(units.index)
    counted = same.reindex(units.index, fill_value=0)
    low, high = consensus.wilson(counted.to_numpy(), np.maximum(table["n"].to_numpy(), 1))
    table["own"] = (counted / table["n"]).where(~few)
    table["low"], table["high"] = (
        pd.Series(low, units.index).where(~few),
        pd.Series(high, units.index).where(~few),
    )
    table["n"] = table["n"].where(~few)
    return table


@lru_cache(maxsize=128)
def area_bands(study: Study, division: str, code: str, *, smooth: bool = False) -> gpd.GeoDataFrame:
    """Draw what 25, 50 and 75 % of the residents of an official area share.

    Raises
    ------
    TooFewSketches
    """
    mine = residents_of(study, division, code)
    return consensus.contours(consensus.surface(mine), BANDS, smooth=smooth)
