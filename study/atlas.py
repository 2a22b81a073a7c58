"""What the maps show of a municipality: its areas, facilities and ground, and who made them.

The ground is its own shapes, or a file of tiles that somebody brought.

Tables are read once and kept until the municipality is fetched again; nobody may change them.
"""

from functools import lru_cache
from pathlib import Path

import geopandas as gpd
import shapely

import layers
from geo import crs as planes
from layers import own as own_layers
from layers.cache import BASEMAP_FILE, Lock, folder
from layers.files.tiles import TileFile, open_tiles

__all__ = [
    "TileFile",
    "areas",
    "basemap",
    "bounds",
    "compared",
    "credit",
    "divisions",
    "edition",
    "facilities",
    "ground_credit",
    "heart",
    "is_touched",
    "own",
    "own_edition",
    "tiles",
]


def edition(municipality: str) -> str:
    """Give a token that is another one after the municipality was fetched again; empty when it never was."""
    lock = folder(municipality) / "lock.json"
    return f"{lock.stat().st_mtime_ns:x}" if lock.is_file() else ""


def divisions(municipality: str) -> dict[str, list[int]]:
    """Give the divisions we have, each with its years, the oldest first."""
    return layers.divisions(municipality)


def areas(municipality: str, division: str, year: int) -> gpd.GeoDataFrame:
    """Give the official areas to draw, those that are all water included.

    Raises
    ------
    LayerUnknown, LayerNotFetched
    """
    return layers.areas(municipality, division, year, water=True)


def compared(municipality: str, division: str, year: int) -> gpd.GeoDataFrame:
    """Give the official areas to compare with: those with land.

    Raises
    ------
    LayerUnknown, LayerNotFetched
    """
    return _compared(municipality, division, year, edition(municipality))


@lru_cache(maxsize=32)
def _compared(municipality: str, division: str, year: int, _edition: str) -> gpd.GeoDataFrame:
    return layers.areas(municipality, division, year)


def facilities(municipality: str, theme: str) -> gpd.GeoDataFrame:
    """Give the facilities of one theme.

    Raises
    ------
    LayerUnknown, LayerNotFetched
    """
    return layers.facilities(municipality, theme)


def own(key: str) -> gpd.GeoDataFrame:
    """Give an own layer of areas.

    Raises
    ------
    LayerNotFetched
    """
    return own_layers.read(key)


def own_edition(key: str) -> str:
    """Give a token of an own layer of areas, another one after it was brought again; empty for none."""
    return next((f"{mine.date} {mine.rows}" for mine in own_layers.layers("areas") if mine.key == key), "")


def basemap(municipality: str) -> dict[str, gpd.GeoDataFrame]:
    """Give the parts of the ground that were fetched; empty when none was."""
    return layers.basemap(municipality)


@lru_cache(maxsize=4)
def tiles(path: str) -> TileFile:
    """Give a base map of pictures in a file, opened once.

    Raises
    ------
    FileAbsent, FileBroken, TilesAreVector, TilesUnknown
    """
    return open_tiles(Path(path))


def is_touched(municipality: str, found: TileFile) -> bool:
    """Tell whether a base map in a file touches a municipality.

    Raises
    ------
    LayerUnknown, LayerNotFetched
    """
    return bool(shapely.box(*found.bounds_wgs84).intersects(shapely.box(*bounds(municipality))))


def bounds(municipality: str) -> tuple[float, float, float, float]:
    """Give the box around a municipality: west, south, east, north in degrees.

    Raises
    ------
    LayerUnknown, LayerNotFetched
    """
    return _bounds(municipality, edition(municipality))


@lru_cache(maxsize=32)
def _bounds(municipality: str, _edition: str) -> tuple[float, float, float, float]:
    ground = layers.areas(municipality, "gemeente", water=True).geometry.array
    west, south, east, north = shapely.total_bounds(planes.to_wgs84(ground)).tolist()
    return west, south, east, north


def heart(municipality: str) -> tuple[float, float]:
    """Give the longitude and latitude of a first view: in the densest buurt, or the middle without figures.

    Raises
    ------
    LayerUnknown, LayerNotFetched
    """
    return _heart(municipality, edition(municipality))


@lru_cache(maxsize=32)
def _heart(municipality: str, _edition: str) -> tuple[float, float]:
    if "buurt" in layers.divisions(municipality):
        buurten = layers.areas(municipality, "buurt")
        density = buurten.get("omgevingsadressendichtheid")
        if density is not None and density.notna().any():
            spot = planes.to_wgs84(shapely.point_on_surface(buurten.geometry[density.idxmax()]))
            return float(spot.x), float(spot.y)
    west, south, east, north = bounds(municipality)
    return (west + east) / 2, (south + north) / 2


def credit(municipality: str) -> str:
    """Say who made the newest areas of a municipality.

    Raises
    ------
    LayerUnknown, LayerNotFetched
    """
    return _credit(municipality, edition(municipality))


@lru_cache(maxsize=32)
def _credit(municipality: str, _edition: str) -> str:
    found = layers.areas(municipality, next(iter(layers.divisions(municipality))), water=True)
    return str(found.attrs["credit"])


def ground_credit(municipality: str) -> str:
    """Say who made our own base map of a municipality; empty where it is made up, or there is none."""
    return _ground_credit(municipality, edition(municipality))


@lru_cache(maxsize=32)
def _ground_credit(municipality: str, _edition: str) -> str:
    if not _edition:
        return ""
    lock = Lock.read(municipality)
    if lock.made_up:
        return ""
    said = [entry.attribution for entry in lock.layers.values() if entry.file == BASEMAP_FILE]
    return " ".join(filter(None, dict.fromkeys(said)))
