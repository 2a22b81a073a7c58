"""What the maps show of a municipality: its areas, facilities and ground, and who made them.

The ground is its own shapes, or a file of tiles that somebody uploaded.

Tables are read once for every version of the official data; nobody may change them.
"""

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

import layers
from geo import crs as planes
from geo.networks.street_graph import StreetGraph, build_street_graph
from geo.road_classes import road_class
from layers import Municipality, SourceRow
from layers import custom_layers as own_layers
from layers.basemap.raster_tiles import TileFile, open_tiles
from layers.cache import BASEMAP_FILE, Manifest, municipality_folder
from layers.custom_layers import (
    CustomLayer,
    describe_custom_layer,
    find_custom_layer,
    list_custom_layers,
)
from layers.download.fetch import FetchProgress, FetchReport
from layers.download.fetch import fetch_municipality as _fetch
from layers.download.from_files import SourceFiles
from layers.layer_replacement import carried_figures, delete_layer
from layers.own_ground import is_ground, make_ground
from layers.services.addresses import contact, offline
from study.answer_cache import cached_answer

FETCHED_AS = {"streets": "roads", "railways": "rail"}
"""Parts of the ground that OpenStreetMap brings under another name."""

WALKED = ("roads", "paths")
"""Parts of the ground that people walk along."""

BARRIERS = ("water", "canals", "rail")
"""Parts of the ground that nobody crosses but where a street does."""

OWN_ROLES = ("areas", "facilities", "figures")
"""What an own layer can be."""

NO_BARRIER = ("tram", "subway")
"""Kinds of railway that lie in or under the street."""

__all__ = [
    "TileFile",
    "areas_attribution",
    "basemap",
    "basemap_attribution",
    "bounds_wgs84",
    "custom_areas",
    "custom_areas_version",
    "dataset_version",
    "divisions",
    "facilities",
    "initial_view",
    "land_areas",
    "map_areas",
    "open_tile_file",
    "street_graph",
    "streets_date",
    "tiles_cover",
]


def dataset_version(municipality: str) -> str:
    """Return a token that is another one after the municipality was fetched again; empty when it never was."""
    lock = municipality_folder(municipality) / "lock.json"
    return f"{lock.stat().st_mtime_ns:x}" if lock.is_file() else ""


def divisions(municipality: str) -> dict[str, list[int]]:
    """Return the divisions we have, each with its years, the oldest first."""
    return layers.list_divisions(municipality)


def map_areas(municipality: str, division: str, year: int) -> gpd.GeoDataFrame:
    """Return the official areas to draw, those that are all water included.

    Raises
    ------
    LayerUnknown, LayerNotFetched
    """
    return layers.read_areas(municipality, division, year, water=True)


def land_areas(municipality: str, division: str, year: int) -> gpd.GeoDataFrame:
    """Return the official areas to compare with: those with land.

    Raises
    ------
    LayerUnknown, LayerNotFetched
    """
    return _compared(municipality, division, year, dataset_version(municipality))


@cached_answer
def _compared(municipality: str, division: str, year: int, _version: str) -> gpd.GeoDataFrame:
    return layers.read_areas(municipality, division, year)


def facilities(municipality: str, theme: str) -> gpd.GeoDataFrame:
    """Return the facilities of one theme.

    Raises
    ------
    LayerUnknown, LayerNotFetched
    """
    return layers.read_facilities(municipality, theme)


def custom_areas(key: str) -> gpd.GeoDataFrame:
    """Return an own layer of areas.

    Raises
    ------
    LayerNotFetched
    """
    return own_layers.read_custom_layer(key)


def custom_areas_version(key: str) -> str:
    """Return a token of an own layer of areas, another one after it was uploaded again; empty for none."""
    return next(
        (f"{mine.date} {mine.rows}" for mine in own_layers.list_custom_layers("areas") if mine.key == key), ""
    )


def basemap(municipality: str) -> dict[str, gpd.GeoDataFrame]:
    """Return the parts of the ground that were fetched; empty when none was.

    Returns
    -------
    dict
        Streets are called ``roads`` and railways ``rail``, wherever they come from.
    """
    return {FETCHED_AS.get(name, name): table for name, table in layers.read_basemap(municipality).items()}


def street_graph(municipality: str) -> StreetGraph | None:
    """Return the streets that one may walk, as a graph; None where we hold no streets."""
    return _street_graph(municipality, dataset_version(municipality))


@cached_answer
def _street_graph(municipality: str, _version: str) -> StreetGraph | None:
    ground = basemap(municipality) if _version else {}
    walked = [_walked(ground[name]) for name in WALKED if name in ground]
    if not sum(map(len, walked)):
        return None
    streets = pd.concat(walked)
    barriers = [
        table.geometry.to_numpy()[~np.isin(table["kind"], NO_BARRIER) if "kind" in table else slice(None)]
        for table in (ground[name] for name in BARRIERS if name in ground)
    ]
    empty = np.empty(0, dtype=object)
    return build_street_graph(
        streets.geometry.to_numpy(),
        level=streets["level"].to_numpy(np.int64),
        barriers=np.concatenate([empty, *barriers]),
    )


def _walked(ways: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the ways that one may walk, each with its level; on the ground where none is known."""
    kept = np.ones(len(ways), np.bool_)
    if "kind" in ways:
        kept &= np.array([road_class(kind).is_walkable for kind in ways["kind"]], dtype=np.bool_)
    if "allowed" in ways:
        kept &= ways["allowed"].to_numpy(np.bool_)
    level = ways["level"].to_numpy(np.int64) if "level" in ways else np.zeros(len(ways), np.int64)
    return ways[["geometry"]].assign(level=level)[kept]


def streets_date(municipality: str) -> str:
    """Return the day our streets hold for; empty where we have none."""
    kept = Manifest.read(municipality).layers if dataset_version(municipality) else {}
    return next((kept[name].date for name in ("roads", "streets") if name in kept), "")


@lru_cache(maxsize=4)
def open_tile_file(path: str) -> TileFile:
    """Return a base map of pictures in a file, opened once: an open file, not an answer.

    Raises
    ------
    FileAbsent, FileBroken, TilesAreVector, TilesUnknown
    """
    return open_tiles(Path(path))


def tiles_cover(municipality: str, found: TileFile) -> bool:
    """Return whether a base map in a file touches a municipality.

    Raises
    ------
    LayerUnknown, LayerNotFetched
    """
    return bool(shapely.box(*found.bounds_wgs84).intersects(shapely.box(*bounds_wgs84(municipality))))


def bounds_wgs84(municipality: str) -> tuple[float, float, float, float]:
    """Return the box around a municipality: west, south, east, north in degrees.

    Raises
    ------
    LayerUnknown, LayerNotFetched
    """
    return _bounds(municipality, dataset_version(municipality))


@cached_answer
def _bounds(municipality: str, _version: str) -> tuple[float, float, float, float]:
    ground = layers.read_areas(municipality, "gemeente", water=True).geometry.array
    west, south, east, north = shapely.total_bounds(planes.to_wgs84(ground)).tolist()
    return west, south, east, north


def initial_view(municipality: str) -> tuple[float, float]:
    """Return the longitude and latitude of a first view: in the densest buurt, or the middle without figures.

    Raises
    ------
    LayerUnknown, LayerNotFetched
    """
    return _heart(municipality, dataset_version(municipality))


@cached_answer
def _heart(municipality: str, _version: str) -> tuple[float, float]:
    if "buurt" in layers.list_divisions(municipality):
        buurten = layers.read_areas(municipality, "buurt")
        density = buurten.get("omgevingsadressendichtheid")
        if density is not None and density.notna().any():
            spot = planes.to_wgs84(shapely.point_on_surface(buurten.geometry[density.idxmax()]))
            return float(spot.x), float(spot.y)
    west, south, east, north = bounds_wgs84(municipality)
    return (west + east) / 2, (south + north) / 2


def areas_attribution(municipality: str) -> str:
    """Return the attribution of the newest areas of a municipality.

    Raises
    ------
    LayerUnknown, LayerNotFetched
    """
    return _credit(municipality, dataset_version(municipality))


@cached_answer
def _credit(municipality: str, _version: str) -> str:
    found = layers.read_areas(municipality, next(iter(layers.list_divisions(municipality))), water=True)
    return str(found.attrs["credit"])


def basemap_attribution(municipality: str) -> str:
    """Return the attribution of our own base map of a municipality; empty in the demo or without one."""
    return _ground_credit(municipality, dataset_version(municipality))


@cached_answer
def _ground_credit(municipality: str, _version: str) -> str:
    if not _version:
        return ""
    lock = Manifest.read(municipality)
    if lock.made_up:
        return ""
    said = [entry.attribution for entry in lock.layers.values() if entry.file == BASEMAP_FILE]
    return " ".join(filter(None, dict.fromkeys(said)))


__all__ = [
    "OWN_ROLES",
    "CustomLayer",
    "FetchProgress",
    "FetchReport",
    "Municipality",
    "SourceFiles",
    "SourceRow",
    "all_municipalities",
    "carried_figures",
    "contact",
    "delete_layer",
    "describe_custom_layer",
    "fetch",
    "find_custom_layer",
    "is_ground",
    "list_custom_layers",
    "make_ground",
    "municipalities",
    "offline",
    "sources",
]


def municipalities() -> list[Municipality]:
    """Return the municipalities whose layers we have, by name; the made-up town among them."""
    return layers.municipalities()


def all_municipalities() -> list[Municipality]:
    """Return every Dutch municipality, by name; empty until their list came with a fetch."""
    return layers.listed_municipalities()


def fetch(
    name_or_code: str,
    *,
    year: int | None = None,
    dry_run: bool = False,
    again: bool = False,
    progress: Callable[[FetchProgress], None] = lambda _step: None,
    cancel: Callable[[], bool] = lambda: False,
    files: SourceFiles | None = None,
) -> FetchReport:
    """Fetch what we lack of a municipality; see `layers.download.fetch.fetch_municipality`."""
    return _fetch(
        name_or_code, year=year, dry_run=dry_run, again=again, progress=progress, cancel=cancel, files=files
    )


def sources() -> list[SourceRow]:
    """Return every layer we have: whose it is, from where, when, how old, under which licence."""
    return layers.list_sources()
