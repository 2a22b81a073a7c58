"""Official figures carried over to an experienced neighbourhood, and how much they hang on the borders."""

from functools import lru_cache
from typing import Literal

import geopandas as gpd
import numpy as np
import pandas as pd

import layers
from geo import clusters, crosswalk
from layers import own
from study import comparison, overview
from study.projects import Study, project

Kind = Literal["count", "of_people", "of_households", "of_homes", "of_ground"]

FIGURES: dict[str, Kind] = {
    "aantal_inwoners": "count",
    "aantal_huishoudens": "count",
    "woningvoorraad": "count",
    "percentage_personen_0_tot_15_jaar": "of_people",
    "percentage_personen_15_tot_25_jaar": "of_people",
    "percentage_personen_25_tot_45_jaar": "of_people",
    "percentage_personen_45_tot_65_jaar": "of_people",
    "percentage_personen_65_jaar_en_ouder": "of_people",
    "percentage_eenpersoonshuishoudens": "of_households",
    "percentage_huishoudens_met_kinderen": "of_households",
    "gemiddelde_huishoudsgrootte": "of_households",
    "gemiddelde_woningwaarde": "of_homes",
    "percentage_koopwoningen": "of_homes",
    "percentage_huurwoningen": "of_homes",
    "bevolkingsdichtheid_inwoners_per_km2": "of_ground",
    "omgevingsadressendichtheid": "of_ground",
    "huisartsenpraktijk_gemiddelde_afstand_in_km": "of_people",
    "grote_supermarkt_gemiddelde_afstand_in_km": "of_people",
    "basisonderwijs_gemiddelde_afstand_in_km": "of_people",
}
"""Figures that are carried over, and what each is a mean of: that is what it is weighed by."""

WEIGHED_BY: dict[Kind, str] = {
    "of_people": "aantal_inwoners",
    "of_households": "aantal_huishoudens",
    "of_homes": "woningvoorraad",
}

OFFICIAL = ("buurt", "wijk", "pc4")
"""Divisions whose figure for the same place is set beside the core's."""


@lru_cache(maxsize=32)
def weights(study: Study, division: str, cluster: int, cut: float = clusters.CUT) -> pd.DataFrame:
    """Give the share of every official area that lies in each core of a neighbourhood.

    Returns
    -------
    DataFrame
        Index (source, target): code of the area, and 25, 50 or 75; ``weight`` 0 to 1, ``area_m2`` shared
        ground, ``basis``: "addresses" where the dwellings are known, else "area".

    Raises
    ------
    TooFewSketches
    """
    bands = comparison.bands(study, cluster, cut)
    targets = bands[~bands.is_empty]
    return crosswalk.weights(comparison.areas(study, division), targets, _addresses(study))


@lru_cache(maxsize=32)
def carried(study: Study, division: str, cluster: int, cut: float = clusters.CUT) -> pd.DataFrame:
    """Carry the key figures over to the cores of a neighbourhood, beside those of the official areas.

    Returns
    -------
    DataFrame
        Index figure. ``core_25``, ``core_50``, ``core_75``: in each core; ``buurt``, ``wijk``, ``pc4``: of the
        area that the core (50 %) resembles most. Missing when unknown, never 0. ``low``, ``high``, ``lowest``,
        ``highest``: the range over all of these, and which gives it; ``known``: over how many; ``year`` of the
        figure; ``unknown``: part of the core's ground (50 %) without a figure. Empty without figures.

    Raises
    ------
    TooFewSketches
    """
    values = overview.figures(study, division)
    table = weights(study, division, cluster, cut)
    official = {
        key: area
        for key in OFFICIAL
        if key in comparison.divisions(study) and (area := _best(study, cluster, key, cut)) is not None
    }
    rows = {}
    for figure, kind in FIGURES.items():
        if figure not in values or values[figure].isna().all():
            continue
        core = _carry(values, figure, kind, table)
        ways: dict[str, float | None] = {f"core_{p}": _number(core["value"].get(p)) for p in comparison.BANDS}
        for key, code in official.items():
            ways[key] = _number(overview.figures(study, key).get(figure, pd.Series(dtype=float)).get(code))
        spread = crosswalk.maup_range(ways)
        rows[figure] = {
            **ways,
            "low": None if spread is None else spread.low,
            "high": None if spread is None else spread.high,
            "lowest": "" if spread is None else spread.lowest,
            "highest": "" if spread is None else spread.highest,
            "known": 0 if spread is None else spread.known,
            "year": values.attrs.get("years", {}).get(figure),
            "unknown": _number(core["unknown"].get(50)),
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("figure")


def _carry(values: pd.DataFrame, figure: str, kind: Kind, table: pd.DataFrame) -> pd.DataFrame:
    if kind == "count":
        return crosswalk.extensive(values[figure], table)
    by = WEIGHED_BY.get(kind)
    if by is None or by not in values:
        return crosswalk.intensive_by_area(values[figure], table)
    return crosswalk.intensive(values[figure], table, values[by])


def inhabitants(study: Study, division: str, ground: gpd.GeoDataFrame) -> "pd.Series[float]":
    """Estimate how many people live in each piece of ground; missing where the figures do not tell."""
    people = overview.inhabitants(study, division)
    if people.isna().all():
        return pd.Series(np.nan, ground.index)
    table = crosswalk.weights(comparison.areas(study, division), ground, _addresses(study))
    return crosswalk.extensive(people, table)["value"].reindex(ground.index)


def dwellings(study: Study) -> gpd.GeoDataFrame | None:
    """Give the places with dwellings (``count`` at each); None where they were not fetched."""
    town = project(study.project).municipality
    return layers.basemap(town).get("addresses") if town else None


@lru_cache(maxsize=4)
def _addresses(study: Study) -> "np.ndarray[tuple[int], np.dtype[np.object_]] | None":
    found = dwellings(study)
    if found is None:
        return None
    counts = found["count"].to_numpy() if "count" in found else np.ones(len(found), dtype=int)
    return np.repeat(found.geometry.to_numpy(), counts)


def _best(study: Study, cluster: int, division: str, cut: float) -> str | None:
    fit = comparison.core_fit(study, cluster, division, cut)
    return None if fit.empty or division.startswith(own.PREFIX) else str(fit.index[0])


def _number(value: object) -> float | None:
    return None if value is None or pd.isna(value) else float(value)  # type: ignore[arg-type, call-overload]
