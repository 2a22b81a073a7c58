"""Official figures carried over to an experienced neighbourhood, and how much they hang on the borders."""

from dataclasses import asdict
from typing import Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

import layers
from geo import crosswalk
from geo.consensus import clustering
from geo.schemas import AREAS
from geo.statistics import figure_bounds
from layers import custom_layers
from study.analysis import comparison, overview
from study.answer_cache import cached_answer
from study.context import Study, get_project
from study.jobs import heavy_answer

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

FIRM = ("known", "with_range")
"""How a figure is told that stands for the whole ground, see `geo.statistics.figure_bounds`."""

OFFICIAL = ("buurt", "wijk", "pc4")
"""Divisions whose figure for the same place is set beside the core's."""


@heavy_answer
def crosswalk_weights(study: Study, division: str, cluster: int, cut: float = clustering.CUT) -> pd.DataFrame:
    """Return the share of every official area that lies in each core of a neighbourhood.

    Returns
    -------
    DataFrame
        Index (source, target): code of the area, and 25, 50 or 75; ``weight`` 0 to 1, ``area_m2`` shared
        ground, ``basis``: "addresses" where the dwellings are known, else "area".

    Raises
    ------
    TooFewSketches
    """
    bands = comparison.contours(study, cluster, cut)
    targets = bands[~bands.is_empty]
    return crosswalk.crosswalk_weights(comparison.division_areas(study, division), targets, _addresses(study))


def interpolated_figures(
    study: Study, division: str, cluster: int, cut: float = clustering.CUT
) -> pd.DataFrame:
    """Carry the key figures over to the cores of a neighbourhood, beside those of the official areas.

    Returns
    -------
    DataFrame
        Index figure. ``core_25``, ``core_50``, ``core_75``: in each core, and of each ``_low``, ``_high`` and
        ``_telling``, see `geo.statistics.figure_bounds`; ``buurt``, ``wijk``, ``pc4``: of the area that the core (50 %)
        resembles most. Missing when unknown, never 0. ``low``, ``high``, ``lowest``, ``highest``: the range
        over all of these that are known, and which gives it; ``known``: over how many; ``year`` of the figure;
        ``unknown``: part of the core (50 %) without a figure. Empty without figures. ``attrs``: ``outside``,
        part of the core (50 %) in no official area and not in water; ``basis`` that the unknown part is weighed
        by, "addresses" or "area".

    Raises
    ------
    TooFewSketches
    """
    return _interpolated_figures(study, division, cluster, cut, study.neighbours)


@heavy_answer
def _interpolated_figures(
    study: Study, division: str, cluster: int, cut: float, _neighbours: str
) -> pd.DataFrame:
    bands = comparison.contours(study, cluster, cut)
    carried = carried_figures(study, division, bands[~bands.is_empty])
    official = {
        key: area
        for key in OFFICIAL
        if key in comparison.divisions(study) and (area := _best(study, cluster, key, cut)) is not None
    }
    rows = {}
    for figure, part in carried.groupby(level="figure", sort=False):
        core = part.droplevel("figure")
        beside = {
            key: _number(overview.key_figures(study, key).get(figure, pd.Series(dtype=float)).get(code))
            for key, code in official.items()
        }
        rows[str(figure)] = {
            **_core_columns(core),
            **beside,
            **_range_over({**_whole_values(core), **beside}),
            "year": core["year"].iloc[0],
            "unknown": _number(core["unknown"].get(50)),
        }
    found = pd.DataFrame.from_dict(rows, orient="index").rename_axis("figure")
    neighbours = carried.attrs.pop("neighbours", ())
    found.attrs = {key: some.get(50) for key, some in carried.attrs.items()} | {"neighbours": neighbours}
    return found


def carried_figures(study: Study, division: str, ground: gpd.GeoDataFrame) -> pd.DataFrame:
    """Carry the key figures over to pieces of ground, with what may be said of each.

    Returns
    -------
    DataFrame
        Index (figure, target), of the figures that are known at all; ``value``, ``low``, ``high``, ``telling``
        (see `geo.statistics.figure_bounds`), ``unknown`` (part of the piece without the figure) and ``year``.
        ``attrs``: ``outside`` and ``basis``, each a Series on the index of `ground`: the part in no official area
        and not in water, and what the unknown part is weighed by; ``neighbours``: names of the other
        municipalities whose areas count, since the ground goes on there and we hold them.
    """
    values = overview.key_figures(study, division)
    years, own = values.attrs.get("years", {}), comparison.division_areas(study, division)
    beside = _neighbouring_areas(study, division, ground, values)
    if len(beside):
        values = pd.concat([values, beside[[key for key in values if key in beside]]])
    table = crosswalk.crosswalk_weights(_joined(own, beside), ground, _addresses(study))
    outside = _share_outside(study, division, ground, beside)
    parts = {
        figure: _carry(study, division, values, figure, table=table, outside=outside).assign(
            year=years.get(figure)
        )
        for figure in FIGURES
        if len(table) and figure in values and values[figure].notna().any()
    }
    columns = ["value", "low", "high", "telling", "unknown", "year"]
    if not parts:
        index = pd.MultiIndex.from_arrays([[], []], names=["figure", "target"])
        # Of ground that lies in no area at all there is no figure, not even a bound.
        return pd.DataFrame(index=index, columns=columns)
    found = pd.concat(parts, names=["figure", "target"])[columns]
    counting = table.index.unique("source")
    found.attrs = {
        "outside": outside,
        "basis": crosswalk.target_sizes(table)["basis"],
        "neighbours": tuple(sorted(set(beside["municipality"][beside.index.isin(counting)]))),
    }
    return found


def _neighbouring_areas(
    study: Study, division: str, ground: gpd.GeoDataFrame, values: pd.DataFrame
) -> gpd.GeoDataFrame:
    """Return the areas of other municipalities under the ground, those of which every figure of ours is known.

    One without a figure stays ground outside: so figures are bounds there, as where nothing is held.
    """
    own = comparison.division_areas(study, division)
    none = own[["name", "geometry"]].iloc[:0].assign(municipality="")
    town = get_project(study.project).municipality
    if not town.startswith("GM") or division.startswith(custom_layers.PREFIX) or ground.empty:
        return none
    west, south, east, north = ground.to_crs(own.crs).total_bounds.tolist()
    found = layers.read_neighbouring_areas(town, division, (west, south, east, north))
    wanted = [key for key in FIGURES if key in values and values[key].notna().any()]
    if any(key not in found for key in wanted):
        return none
    return found[found[wanted].notna().all(axis=1)].to_crs(own.crs)


def _core_columns(core: pd.DataFrame) -> dict[str, object]:
    columns: dict[str, object] = {}
    for percent in comparison.CONTOUR_PERCENTS:
        has_core = percent in core.index
        for end, column in (("", "value"), ("_low", "low"), ("_high", "high")):
            columns[f"core_{percent}{end}"] = _number(core[column][percent]) if has_core else None
        columns[f"core_{percent}_telling"] = core["telling"][percent] if has_core else "missing"
    return columns


def _whole_values(core: pd.DataFrame) -> dict[str, float | None]:
    """Return the values of the cores that are no bound and stand for the whole core."""
    stated = core["value"].where(core["telling"].isin(FIRM))
    return {f"core_{percent}": _number(stated.get(percent)) for percent in comparison.CONTOUR_PERCENTS}


def _range_over(ways: dict[str, float | None]) -> dict[str, object]:
    spread = crosswalk.maup_range(ways)
    if spread is None:
        return {"low": None, "high": None, "lowest": "", "highest": "", "known": 0}
    return asdict(spread)


def _carry(
    study: Study,
    division: str,
    values: pd.DataFrame,
    figure: str,
    *,
    table: pd.DataFrame,
    outside: "pd.Series[float]",
) -> pd.DataFrame:
    """Carry one figure over, with what may be said of it where part of the ground has none."""
    kind = FIGURES[figure]
    if kind == "count":
        carried = crosswalk.interpolate_counts(values[figure], table)
        sizes = crosswalk.target_sizes(table)
        per = {
            basis: (values[figure] / _area_sizes(study, division, basis)).max()
            for basis in ("addresses", "area")
        }
        densest = sizes["basis"].map(per).astype(float)  # of no core at all it would be a column of texts
        return figure_bounds.bound_counts(carried, sizes["size"] * densest, outside).join(carried["unknown"])
    by = WEIGHED_BY.get(kind)
    if by is None or by not in values:
        carried = crosswalk.intensive_by_area(values[figure], table)
    else:
        carried = crosswalk.interpolate_rates(values[figure], table, values[by])
    return figure_bounds.bound_means(carried, values[figure], outside).join(carried["unknown"])


@cached_answer
def _area_sizes(study: Study, division: str, basis: str) -> "pd.Series[float]":
    """Return the dwellings, or the m2, of every area of a division; missing where there are none."""
    areas, homes = comparison.division_areas(study, division), _addresses(study)
    if basis == "area" or homes is None:
        ground: pd.Series[float] = areas.area
        return ground
    at, _ = shapely.STRtree(homes).query(areas.geometry.to_numpy(), predicate="intersects")
    counted = pd.Series(np.bincount(at, minlength=len(areas)).astype(float), areas.index)
    return counted.where(counted > 0)


def _share_outside(
    study: Study, division: str, ground: gpd.GeoDataFrame, beside: gpd.GeoDataFrame
) -> "pd.Series[float]":
    """Return the share of each piece of ground in no official area, where the base map does not say water."""
    town, areas = get_project(study.project).municipality, comparison.division_areas(study, division)
    if town and not division.startswith(custom_layers.PREFIX):
        areas = layers.read_areas(town, division, water=True)
        water = layers.read_basemap(town).get("water")
        if water is not None and len(water):
            wet = water[["geometry"]].to_crs(areas.crs)
            wet = wet[wet.geom_type.isin(["Polygon", "MultiPolygon"])]
            wet = wet.set_index(pd.Index([f"water-{at}" for at in range(len(wet))], name=AREAS.index))
            areas = gpd.GeoDataFrame(
                pd.concat([areas[["name", "geometry"]], wet.assign(name="")]), crs=areas.crs
            )
    return crosswalk.share_without_source(_joined(areas, beside), ground)


def _joined(areas: gpd.GeoDataFrame, beside: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return areas and those of the neighbours as one table."""
    tables = [table[["name", "geometry"]] for table in (areas, beside) if len(table)]
    return gpd.GeoDataFrame(pd.concat(tables), crs=areas.crs) if tables else areas


def estimate_inhabitants(study: Study, division: str, ground: gpd.GeoDataFrame) -> "pd.Series[float]":
    """Estimate how many people live in each piece of ground; missing where the figures give a bound or nothing."""
    found = carried_figures(study, division, ground)
    if overview.INHABITANTS not in found.index.unique("figure"):
        return pd.Series(np.nan, ground.index)
    people = found.xs(overview.INHABITANTS, level="figure")
    return people["value"].where(people["telling"].isin(FIRM)).reindex(ground.index).astype(float)


def dwelling_points(study: Study) -> gpd.GeoDataFrame | None:
    """Return the places with dwellings (``count`` at each); None where they were not fetched."""
    town = get_project(study.project).municipality
    return layers.read_basemap(town).get("addresses") if town else None


@cached_answer
def _addresses(study: Study) -> "np.ndarray[tuple[int], np.dtype[np.object_]] | None":
    found = dwelling_points(study)
    if found is None:
        return None
    counts = found["count"].to_numpy() if "count" in found else np.ones(len(found), dtype=int)
    return np.repeat(found.geometry.to_numpy(), counts)


def _best(study: Study, cluster: int, division: str, cut: float) -> str | None:
    fit = comparison.core_fit(study, cluster, division, cut)
    return None if fit.empty or division.startswith(custom_layers.PREFIX) else str(fit.index[0])


def _number(value: object) -> float | None:
    return None if value is None or pd.isna(value) else float(value)  # type: ignore[arg-type, call-overload]
