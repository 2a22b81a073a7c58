"""Facilities in and around a neighbourhood: what the figures miss, how near it is, what is gone."""

from dataclasses import dataclass
from typing import Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

import layers
from geo import accessibility
from geo.consensus import clustering
from geo.disclosure_control import snap_to_grid
from geo.errors import LayerError
from geo.networks.street_graph import Attachments, StreetGraph, attach, build_street_graph
from geo.networks.walking_distance import nearest_by_street
from layers import catalogue, custom_layers
from study import datasets
from study.analysis import comparison, key_figures
from study.answer_cache import cached_answer
from study.context import Study, get_project, get_store, read_sketches
from study.jobs import heavy_answer

THEMES = comparison.THEMES
PLACE_KINDS = ("met", "missing", "vanished")
KINDS = frozenset(kind.key for theme in catalogue.THEMES.values() for kind in theme.kinds)


SAME_PLACE_M = 10.0
"""A place of an own list this near to one of the same kind is that place."""


@dataclass(frozen=True)
class Norm:
    """How far somebody should have to walk, m along streets, and who says so."""

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

Basis = Literal["streets", "straight"]

HOME_SQUARE_M = 100.0
"""Side of the squares in which homes that are too far are drawn."""

GROUND_SQUARE_M = 50.0
"""Side of the squares of which the middle is asked how far it is, where homes are not known."""

BENCH_NORM_M = 125.0
"""A bench every so many metres along a route (Kenniscentrum Sport & Bewegen: 100 to 125)."""

MIN_ROUTE_M = 200.0
"""A shorter street needs no bench of its own."""


@dataclass(frozen=True)
class ComparedAreas:
    """The two grounds compared: the core (50 %) of the drawers, and the official area it resembles."""

    core: BaseGeometry
    official: BaseGeometry
    code: str
    area: str
    n: int


def compared_areas(study: Study, cluster: int, division: str, cut: float = clustering.CUT) -> ComparedAreas:
    """Return the core of a neighbourhood and the official area that fits it best.

    Raises
    ------
    TooFewSketches
    """
    core = comparison.contours(study, cluster, cut).geometry[50]
    n = len(comparison.cluster_members(study, cluster, cut))
    fit = comparison.core_fit(study, cluster, division, cut) if not core.is_empty else pd.DataFrame()
    if fit.empty:
        return ComparedAreas(core, shapely.Polygon(), "", "", n)
    code = str(fit.index[0])
    units = comparison.division_areas(study, division)
    return ComparedAreas(
        core, shapely.union_all(units.geometry[[code]].to_numpy()), code, str(fit["name"].iloc[0]), n
    )


@cached_answer
def facilities_of_theme(study: Study, theme: str) -> gpd.GeoDataFrame:
    """Return the facilities of a theme in the plane of the drawings, each once, own lists included; maybe none.

    Returns
    -------
    FACILITIES
        ``attrs["covered"]``: whether we have a list of this theme; only without one "none" means "unknown".
    """
    town, plane = get_project(study.project).municipality, read_sketches(study).crs
    parts = []
    if town:
        try:
            parts.append(layers.read_facilities(town, theme).to_crs(plane))
        except LayerError:
            parts = []
    for mine in custom_layers.custom_layers_near("facilities", comparison.bounds_wgs84(study), study.project):
        table = custom_layers.read_custom_layer(mine.key).to_crs(plane)
        parts = _with_own_list(parts, table[table["theme"] == theme], replaces=mine.replaces)
    if not parts:
        columns: dict[str, list[str]] = {column: [] for column in ("theme", "kind", "name", "source", "date")}
        table = gpd.GeoDataFrame(columns, geometry=[], crs=plane).rename_axis("facility_id")
    else:
        table = pd.concat(parts)
        table.attrs = dict(parts[0].attrs)
    # A list of somebody's own says something about the themes it names, and about no other.
    table.attrs["covered"] = any(part.attrs.get("covered", False) or len(part) > 0 for part in parts)
    return table


def _with_own_list(
    parts: list[gpd.GeoDataFrame], own: gpd.GeoDataFrame, *, replaces: bool
) -> list[gpd.GeoDataFrame]:
    """Return what is there with an own list beside it, or instead of the kinds that the list names.

    A place of the list within `SAME_PLACE_M` of one that is there, of the same kind, is that very place.
    """
    if replaces:
        return [*(part[~part["kind"].isin(own["kind"])] for part in parts), own]
    double = np.zeros(len(own), dtype=bool)
    for part in parts:
        rows, there = shapely.STRtree(part.geometry.to_numpy()).query(
            own.geometry.to_numpy(), predicate="dwithin", distance=SAME_PLACE_M
        )
        double[rows[own["kind"].to_numpy()[rows] == part["kind"].to_numpy()[there]]] = True
    return [*parts, own[~double]]


@heavy_answer
def list_facilities(
    study: Study, cluster: int, division: str, theme: str, cut: float = clustering.CUT
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
    both, table = compared_areas(study, cluster, division, cut), facilities_of_theme(study, theme)
    where = accessibility.experienced_supply(both.core, both.official, table)
    found = table.loc[where.index, ["kind", "name", "source", "date", "geometry"]]
    found.insert(0, "where", where)
    return found.sort_values(["where", "kind", "name"])


def facility_counts(study: Study, cluster: int, division: str, cut: float = clustering.CUT) -> pd.DataFrame:
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
    return _facility_counts(study, cluster, division, cut, study.neighbours)


@heavy_answer
def _facility_counts(study: Study, cluster: int, division: str, cut: float, _neighbours: str) -> pd.DataFrame:
    both = compared_areas(study, cluster, division, cut)
    shapes = gpd.GeoDataFrame(
        geometry=[both.core, both.official], index=["core", "area"], crs=read_sketches(study).crs
    )
    people = key_figures.estimate_inhabitants(study, division, shapes[~shapes.is_empty]).reindex(shapes.index)
    rows = {}
    for theme in THEMES:
        table = facilities_of_theme(study, theme)
        where = list_facilities(study, cluster, division, theme, cut)["where"].value_counts()
        shared, mine, theirs = (int(where.get(key, 0)) for key in ("both", "core_only", "official_only"))
        counted = pd.Series({"core": shared + mine, "area": shared + theirs})
        per = (counted * 1000 / people).where(people >= accessibility.MIN_INHABITANTS)
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
class CoreAccessibility:
    """How near a theme is for the people of a core.

    Attributes
    ----------
    reach_m
        The norm.
    basis
        "streets": walked along the streets, with the leg from door to street; "straight": in a straight line,
        where we hold no streets.
    streets_date
        Day the streets hold for; empty for straight lines.
    covered
        Part of the ground within the norm of a facility, also of one outside the ground; None without ground,
        and where we have no list of the theme: that says nothing about what there is.
    homes
        Dwellings counted; 0 where they are not known, and then the next four are None.
    within
        Part of the dwellings within the norm.
    median_m, p90_m
        Half, and nine tenths, of the dwellings have at most this far; inf where no way leads to any.
    cut_off
        Part of the dwellings from which no street leads to any facility; they are not within the norm.
    gap
        Where it is farther than the norm to every facility: along streets the 100 m squares with such homes,
        or the 50 m squares of such ground where homes are not known; else the ground itself.
    """

    reach_m: float
    basis: Basis
    streets_date: str
    covered: float | None
    homes: int
    within: float | None
    median_m: float | None
    p90_m: float | None
    cut_off: float | None
    gap: shapely.Geometry


@heavy_answer
def core_accessibility(
    study: Study, cluster: int, theme: str, reach_m: float, cut: float = clustering.CUT
) -> CoreAccessibility:
    """Measure how near a theme is to those who live in the core of a neighbourhood.

    Along the streets where we hold them, else in a straight line.

    Raises
    ------
    TooFewSketches
    """
    core, table = comparison.contours(study, cluster, cut).geometry[50], facilities_of_theme(study, theme)
    town = get_project(study.project).municipality
    graph = datasets.street_graph(town) if town else None
    basis: Basis = "straight" if graph is None else "streets"
    date = "" if graph is None else datasets.streets_date(town)
    if not table.attrs["covered"]:
        return CoreAccessibility(reach_m, basis, date, None, 0, None, None, None, None, shapely.Polygon())
    if graph is None:
        covered = accessibility.covered_share(core, table, reach_m=reach_m)
        gap = accessibility.uncovered_area(core, table, reach_m=reach_m)
    else:
        covered, gap = _ground_along_streets(graph, core, table, reach_m)
    without = CoreAccessibility(reach_m, basis, date, covered, 0, None, None, None, None, gap)
    homes = key_figures.dwelling_points(study)
    if homes is None:
        return without
    held = shapely.intersects(homes.geometry.to_numpy(), core)
    doors, people = homes.geometry.to_numpy()[held], _homes_at(homes)[held]
    metres = accessibility.nearest_m(doors, table) if graph is None else home_distances(study, theme)[held]
    near = accessibility.nearness(metres, people, reach_m=reach_m)
    if near is None:
        return without
    if graph is not None:
        far = np.floor(shapely.get_coordinates(doors[metres > reach_m]) / HOME_SQUARE_M)
        gap = _squares(far, HOME_SQUARE_M, core)
    cut_off = float(people[np.isinf(metres)].sum() / people.sum()) if len(table) else None
    return CoreAccessibility(
        reach_m, basis, date, covered, int(people.sum()), near.within, near.median_m, near.p90_m, cut_off, gap
    )


def _homes_at(points: gpd.GeoDataFrame) -> NDArray[np.float64]:
    """Return how many dwellings there are at each point."""
    return points["count"].to_numpy(dtype=float) if "count" in points else np.ones(len(points))


@heavy_answer
def home_distances(study: Study, theme: str) -> NDArray[np.float64]:
    """Measure how far every home of the municipality is from the nearest facility of a theme.

    Returns
    -------
    array of float64
        Metres along the streets, in the order of :func:`study.analysis.key_figures.dwelling_points`; inf where
        no way leads to any. Empty where we hold no streets or no homes.
    """
    town = get_project(study.project).municipality
    graph, homes = datasets.street_graph(town) if town else None, key_figures.dwelling_points(study)
    if graph is None or homes is None:
        return np.empty(0)
    goals = facilities_of_theme(study, theme).geometry.to_numpy()
    joined = _homes_on_streets(town, datasets.dataset_version(town))
    return nearest_by_street(graph, joined, len(homes), goals).metres


@cached_answer
def _homes_on_streets(town: str, _version: str) -> Attachments:
    """Return where the homes of a municipality join its streets: the same for every theme."""
    graph, homes = datasets.street_graph(town), datasets.basemap(town).get("addresses")
    nothing = np.empty(0, dtype=object)
    return attach(
        graph or build_street_graph(nothing), nothing if homes is None else homes.geometry.to_numpy()
    )


def _ground_along_streets(
    graph: StreetGraph, core: BaseGeometry, table: gpd.GeoDataFrame, reach_m: float
) -> tuple[float | None, BaseGeometry]:
    """Return the share of the ground within the norm, and the squares that are not."""
    if core.is_empty:
        return None, shapely.Polygon()
    west, south, east, north = np.floor(np.array(core.bounds) / GROUND_SQUARE_M)
    column, row = np.meshgrid(np.arange(west, east + 1), np.arange(south, north + 1))
    squares = np.stack([column.ravel(), row.ravel()], axis=1)
    middle = np.asarray(shapely.points((squares + 0.5) * GROUND_SQUARE_M), dtype=object)
    inside = shapely.intersects(core, middle)
    if not inside.any():  # a core smaller than a square
        inside = shapely.intersects(core, shapely.buffer(middle, GROUND_SQUARE_M, cap_style="square"))
    squares, middle = squares[inside], middle[inside]
    goals = table.geometry.to_numpy()
    metres = nearest_by_street(graph, attach(graph, middle), len(middle), goals).metres
    return float(np.mean(metres <= reach_m)), _squares(squares[metres > reach_m], GROUND_SQUARE_M, core)


def _squares(corners: NDArray[np.float64], side_m: float, core: BaseGeometry) -> BaseGeometry:
    """Return the part of a core in these squares, given by column and row."""
    west, south = (np.unique(corners, axis=0) * side_m).reshape(-1, 2).T
    boxes = shapely.box(west, south, west + side_m, south + side_m)
    return shapely.intersection(shapely.union_all(boxes), core)


@heavy_answer
def bench_spacing(
    study: Study, cluster: int, norm_m: float = BENCH_NORM_M, cut: float = clustering.CUT
) -> pd.DataFrame:
    """Return per street in the core where one can sit down along it.

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
    town = get_project(study.project).municipality
    roads = datasets.basemap(town).get("roads") if town else None
    core, benches = comparison.contours(study, cluster, cut).geometry[50], facilities_of_theme(study, "bench")
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
            if (spacing := accessibility.bench_spacing(line, benches, norm_m=norm_m)) is not None
        ]
        length = sum(metres for metres, _ in found)
        if length < MIN_ROUTE_M:
            continue
        rows[str(name)] = {
            "length_m": length,
            "benches": sum(len(spacing.gaps_m) - 1 for _, spacing in found),
            "longest_m": max(spacing.longest_m for _, spacing in found),
            "served": sum(metres * spacing.served for metres, spacing in found) / length,
        }
    table = pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("street")
    return table.sort_values("longest_m", ascending=False)


@cached_answer
def _all_places(study: Study) -> gpd.GeoDataFrame:
    return (
        get_store()
        .contributions.read_places(study.project, filters=study.filters)
        .to_crs(read_sketches(study).crs)
    )


def resident_places(
    study: Study, cluster: int, division: str, cut: float = clustering.CUT
) -> gpd.GeoDataFrame:
    """Return residents' own places in the core or in the official area: met, missing here, vanished here.

    Returns
    -------
    GeoDataFrame
        As `ContributionRepository.read_places`, without whose they are; points to the nearest 10 m.

    Raises
    ------
    TooFewSketches
    """
    found = _places_here(study, cluster, division, cut)
    shown = found.drop(columns="sketch_id").reset_index(drop=True)
    return shown.set_geometry(
        gpd.GeoSeries(snap_to_grid(shown.geometry.to_numpy()), index=shown.index, crs=shown.crs)
    )


def _places_here(study: Study, cluster: int, division: str, cut: float) -> gpd.GeoDataFrame:
    both = compared_areas(study, cluster, division, cut)
    found = _all_places(study)
    return found[shapely.intersects(found.geometry.to_numpy(), shapely.union(both.core, both.official))]


def count_resident_places(
    study: Study, cluster: int, division: str, cut: float = clustering.CUT
) -> pd.DataFrame:
    """Count the people who told of places, per theme and kind; each person once.

    Returns
    -------
    DataFrame
        Index theme, columns "met", "missing", "vanished": whole numbers, not yet rounded or hidden.
    """
    found = _places_here(study, cluster, division, cut)
    people = found.drop_duplicates(["theme", "kind", "sketch_id"])
    table = pd.crosstab(people["theme"], people["kind"]) if len(people) else pd.DataFrame()
    return table.reindex(index=list(THEMES), columns=list(PLACE_KINDS), fill_value=0).rename_axis("theme")
