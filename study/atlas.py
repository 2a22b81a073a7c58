"""What the maps show of a municipality: its areas, facilities and ground, and who made them."""

from functools import lru_cache

import geopandas as gpd
import shapely

import layers
from geo import crs as planes


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


def facilities(municipality: str, theme: str) -> gpd.GeoDataFrame:
    """Give the facilities of one theme.

    Raises
    ------
    LayerUnknown, LayerNotFetched
    """
    return layers.facilities(municipality, theme)


def basemap(municipality: str) -> dict[str, gpd.GeoDataFrame]:
    """Give the parts of the ground that were fetched; empty when none was."""
    return layers.basemap(municipality)


@lru_cache(maxsize=32)
def bounds(municipality: str) -> tuple[float, float, float, float]:
    """Give the box around a municipality: west, south, east, north in degrees.

    Raises
    ------
    LayerUnknown, LayerNotFetched
    """
    ground = layers.areas(municipality, "gemeente", water=True).geometry.array
    west, south, east, north = shapely.total_bounds(planes.to_wgs84(ground)).tolist()
    return west, south, east, north


@lru_cache(maxsize=32)
def heart(municipality: str) -> tuple[float, float]:
    """Give the longitude and latitude where most addresses are: the first view of a map.

    The buurt with the most addresses a hectare; the middle of the municipality where figures are absent.
    """
    for division in ("buurt", "wijk", "gemeente"):
        if division not in layers.divisions(municipality):
            continue
        table = layers.areas(municipality, division)
        density = table.get("omgevingsadressendichtheid")
        middle = (
            table.geometry.iloc[0]
            if density is None or density.isna().all()
            else table.geometry[density.idxmax()]
        )
        spot = planes.to_wgs84(shapely.point_on_surface(middle))
        return float(spot.x), float(spot.y)
    west, south, east, north = bounds(municipality)
    return (west + east) / 2, (south + north) / 2


def credit(municipality: str) -> str:
    """Say who made the newest areas of a municipality."""
    found = layers.areas(municipality, next(iter(layers.divisions(municipality))), water=True)
    return str(found.attrs["credit"])
