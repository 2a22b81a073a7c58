"""Facilities in and around a neighbourhood: what the figures miss, how near it is, what is gone."""

from dataclasses import dataclass
from functools import lru_cache

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

import layers
from geo import access, clusters, disclosure
from geo.errors import LayerError
from layers import catalogue, own
from study import comparison, figures
from study.projects import Study, drawn, opened, project

THEMES = comparison.THEMES
PLACES = ("met", "missing", "vanished")
KINDS = frozenset(kind.key for theme in catalogue.THEMES.values() for kind in theme.kinds)


@dataclass(frozen=True)
class Norm:
    """How far somebody should have to walk, m in a straight line, and who says so."""

    theme: str
    reach_m: float
    source: str


NORMS = {
    norm.theme: norm
    for norm in (
        Norm("meeting_place", 500.0, "Kenniscentrum Sport & Bewegen"),
        Norm("bench", 125.0, "Kenniscentrum Sport & Bewegen"),
        Norm("play_area", 400.0, "Beleidsplan Spelen Midden-Drenthe 2011-2020"),
        Norm("social_infrastructure", 500.0, "Kenniscentrum Sport & Bewegen"),
    )
}
"""Norms to begin with; none has the force of law, and a planner may change each."""

BENCH_NORM_M = 125.0
"""A bench every so many metres along a route (Kenniscentrum Sport & Bewegen: 100 to 125)."""

LEAST_ROUTE_M = 200.0
"""A shorter street needs no bench of its own."""


@dataclass(frozen=True)
class Ground:
    """The two grounds compared: the core (50 %) of the drawers, and the official area it resembles."""

    core: BaseGeometry
    official: BaseGeometry
    code: str
    area: str
    n: int


def ground(study: Study, cluster: int, division: str, cut: float = clusters.CUT) -> Ground:
    """Give the core of a neighbourhood and the official area that fits it best.

    Raises
    ------
    TooFewSketches
    """
    core = comparison.bands(study, cluster, cut).geometry[50]
    n = len(comparison.members(study, cluster, cut))
    fit = comparison.core_fit(study, cluster, division, cut) if not core.is_empty else pd.DataFrame()
    if fit.empty:
        return Ground(core, shapely.Polygon(), "", "", n)
    code = str(fit.index[0])
    units = comparison.areas(study, division)
    return Ground(
        core, shapely.union_all(units.geometry[[code]].to_numpy()), code, str(fit["name"].iloc[0]), n
    )


@lru_cache(maxsize=64)
def facilities(study: Study, theme: str) -> gpd.GeoDataFrame:
    """Give the facilities of a theme in the plane of the drawings; own lists count too; maybe none.

    Returns
    -------
    FACILITIES
        ``attrs["covered"]``: whether we have a list of this theme; only without one "none" means "unknown".
    """
    town, plane = project(study.project).municipality, drawn(study).crs
    parts = []
    if town:
        try:
            parts.append(layers.facilities(town, theme).to_crs(plane))
        except LayerError:
            parts = []
    for mine in own.near("facilities", comparison.extent(study)):
        table = own.read(mine.key).to_crs(plane)
        parts.append(table[table["theme"] == theme])
    if not parts:
        columns: dict[str, list[str]] = {column: [] for column in ("theme", "kind", "name", "source", "date")}
        table = gpd.GeoDataFrame(columns, geometry=[], crs=plane).rename_axis("facility_id")
    else:
        table = pd.concat(parts)
        table.attrs = dict(parts[0].attrs)
    # A list of somebody's own says something about the themes it names, and about no other.
    table.attrs["covered"] = any(part.attrs.get("covered", False) or len(part) > 0 for part in parts)
    return table


@lru_cache(maxsize=128)
def listed(
    study: Study, cluster: int, division: str, theme: str, cut: float = clusters.CUT
) -> gpd.GeoDataFrame:
    """List the facilities of a theme in the core, in the official area, or in both.

    Returns
    -------
    GeoDataFrame
        Index facility_id: ``where`` ("core_only", "official_only", "both"), ``kind``, ``name``, ``source``,
        ``date``, geometry.

    Raises
    ------
    TooFewSketches
    """
    both, table = ground(study, cluster, division, cut), facilities(study, theme)
    where = access.experienced_supply(both.core, both.official, table)
    found = table.loc[where.index, ["kind", "name", "source", "date", "geometry"]]
    found.insert(0, "where", where)
    return found.sort_values(["where", "kind", "name"])


@lru_cache(maxsize=128)
def summary(study: Study, cluster: int, division: str, cut: float = clusters.CUT) -> pd.DataFrame:
    """Count each theme in the core and in the official area, with what only one of them has.

    Returns
    -------
    DataFrame
        Index theme: ``in_core``, ``in_area``, ``only_core``, ``only_area``; ``core_per_1000`` and
        ``area_per_1000`` inhabitants (missing below 50 or unknown); ``source``, ``date``; ``known``: whether
        we have a list of this theme at all (without one, 0 says nothing).

    Raises
    ------
    TooFewSketches
    """
    both = ground(study, cluster, division, cut)
    shapes = gpd.GeoDataFrame(
        geometry=[both.core, both.official], index=["core", "area"], crs=drawn(study).crs
    )
    people = figures.inhabitants(study, division, shapes[~shapes.is_empty]).reindex(shapes.index)
    rows = {}
    for theme in THEMES:
        table = facilities(study, theme)
        where = listed(study, cluster, division, theme, cut)["where"].value_counts()
        shared, mine, theirs = (int(where.get(key, 0)) for key in ("both", "core_only", "official_only"))
        counted = pd.Series({"core": shared + mine, "area": shared + theirs})
        per = (counted * 1000 / people).where(people >= access.LEAST_INHABITANTS)
        rows[theme] = {
            "in_core": shared + mine,
            "in_area": shared + theirs,
            "only_core": mine,
            "only_area": theirs,
            "core_per_1000": per["core"],
            "area_per_1000": per["area"],
            "source": str(table.attrs.get("source") or ", ".join(sorted(set(table["source"].astype(str))))),
            "date": str(table.attrs.get("date") or ", ".join(sorted(set(table["date"].astype(str)))[-1:])),
            "known": table.attrs["covered"],
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("theme")


@dataclass(frozen=True)
class Reach:
    """How near a theme is for the people of a ground, in a straight line.

    Attributes
    ----------
    reach_m
        The norm.
    covered
        Part of the ground within the norm of a facility, also of one outside the ground; None without ground,
        and where we have no list of the theme: that says nothing about what there is.
    homes
        Dwellings counted; 0 where they are not known, and then the next three are None.
    within
        Part of the dwellings within the norm.
    median_m, p90_m
        Half, and nine tenths, of the dwellings have at most this far.
    gap
        The ground farther than the norm from every facility.
    """

    reach_m: float
    covered: float | None
    homes: int
    within: float | None
    median_m: float | None
    p90_m: float | None
    gap: shapely.Geometry


@lru_cache(maxsize=128)
def reach(study: Study, cluster: int, theme: str, reach_m: float, cut: float = clusters.CUT) -> Reach:
    """Measure how near a theme is to those who live in the core of a neighbourhood.

    Raises
    ------
    TooFewSketches
    """
    core, table = comparison.bands(study, cluster, cut).geometry[50], facilities(study, theme)
    if not table.attrs["covered"]:
        return Reach(reach_m, None, 0, None, None, None, shapely.Polygon())
    covered = access.covered(core, table, reach_m=reach_m)
    gap = access.gap(core, table, reach_m=reach_m)
    homes = figures.dwellings(study)
    inside = None if homes is None else homes[shapely.intersects(homes.geometry.to_numpy(), core)]
    if inside is None or inside.empty:
        return Reach(reach_m, covered, 0, None, None, None, gap)
    people = inside["count"].to_numpy(dtype=float) if "count" in inside else np.ones(len(inside))
    near = access.nearness(access.nearest_m(inside.geometry.to_numpy(), table), people, reach_m=reach_m)
    if near is None:
        return Reach(reach_m, covered, 0, None, None, None, gap)
    return Reach(reach_m, covered, int(people.sum()), near.within, near.median_m, near.p90_m, gap)


@lru_cache(maxsize=64)
def benches_along(
    study: Study, cluster: int, norm_m: float = BENCH_NORM_M, cut: float = clusters.CUT
) -> pd.DataFrame:
    """Ask of every street in the core where one can sit down along it.

    Returns
    -------
    DataFrame
        Index street, the longest stretch without a bench first: ``length_m`` in the core, ``benches`` along
        it, ``longest_m`` without a bench, ``served``: part within half the norm of a bench. Empty where the
        streets are not known.

    Raises
    ------
    TooFewSketches
    """
    columns = ["length_m", "benches", "longest_m", "served"]
    town = project(study.project).municipality
    roads = layers.basemap(town).get("roads") if town else None
    core, benches = comparison.bands(study, cluster, cut).geometry[50], facilities(study, "bench")
    if roads is None or benches.empty or core.is_empty:
        return pd.DataFrame(columns=columns)
    near = roads[(roads["name"] != "") & shapely.intersects(roads.geometry.to_numpy(), core)]
    rows = {}
    for name, parts in near.groupby("name"):
        inside = shapely.intersection(shapely.union_all(parts.geometry.to_numpy()), core)
        lines = [
            part for part in shapely.get_parts(shapely.line_merge(inside)) if part.geom_type == "LineString"
        ]
        found = [
            (line.length, spacing)
            for line in lines
            if (spacing := access.bench_spacing(line, benches, norm_m=norm_m)) is not None
        ]
        length = sum(metres for metres, _ in found)
        if length < LEAST_ROUTE_M:
            continue
        rows[str(name)] = {
            "length_m": length,
            "benches": sum(len(spacing.gaps_m) - 1 for _, spacing in found),
            "longest_m": max(spacing.longest_m for _, spacing in found),
            "served": sum(metres * spacing.served for metres, spacing in found) / length,
        }
    table = pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("street")
    return table.sort_values("longest_m", ascending=False)


@lru_cache(maxsize=16)
def _all_places(study: Study) -> gpd.GeoDataFrame:
    return opened().places(study.project, filters=study.filters).to_crs(drawn(study).crs)


def places(study: Study, cluster: int, division: str, cut: float = clusters.CUT) -> gpd.GeoDataFrame:
    """Give residents' own places in the core or in the official area: met, missing here, vanished here.

    Returns
    -------
    GeoDataFrame
        As `store.Store.places`, without whose they are; points to the nearest 10 m.

    Raises
    ------
    TooFewSketches
    """
    both = ground(study, cluster, division, cut)
    found = _all_places(study)
    here = shapely.intersects(found.geometry.to_numpy(), shapely.union(both.core, both.official))
    shown = found[here].drop(columns="sketch_id").reset_index(drop=True)
    return shown.set_geometry(
        gpd.GeoSeries(disclosure.snapped(shown.geometry.to_numpy()), index=shown.index, crs=shown.crs)
    )


def places_counted(study: Study, cluster: int, division: str, cut: float = clusters.CUT) -> pd.DataFrame:
    """Count residents' own places per theme and kind: index theme, columns "met", "missing", "vanished"."""
    found = places(study, cluster, division, cut)
    table = pd.crosstab(found["theme"], found["kind"]) if len(found) else pd.DataFrame()
    return table.reindex(index=list(THEMES), columns=list(PLACES), fill_value=0).rename_axis("theme")
