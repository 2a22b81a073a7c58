"""Neighbourhoods of New York with hundreds of drawings, as populations of which the truth is known."""

import geopandas as gpd
import numpy as np
import shapely

from benchmarks.datasets import SHARED
from geo.schemas import SKETCHES

PLANE = 32618
MIN_M2, MAX_M2 = 2e4, 25e6
SIZE, COUNT = 400, 8


def drawings() -> gpd.GeoDataFrame:
    """Return all drawings of New York of a sensible size, with the neighbourhood where each was said to live.

    Raises
    ------
    FileNotFoundError
        The drawings of New York are not there (set BUURT_SHARED).
    """
    drawn = sound(gpd.read_file(SHARED / "sketches" / "new_york_dnainfo_2015.gpkg").to_crs(PLANE))
    drawn = drawn[drawn.area.between(MIN_M2, MAX_M2)]
    named = drawn.set_index(drawn.index.astype(str)).rename_axis(SKETCHES.index)
    return named[["neighborhoodLive", "geometry"]]


def areas(file: str, code: str) -> gpd.GeoDataFrame:
    """Return the official areas of a file, the rows of one code joined."""
    joined = sound(gpd.read_file(SHARED / "boundaries" / file).to_crs(PLANE)).dissolve(code)
    return joined.rename_axis("code").assign(name=joined.index)[["name", "geometry"]]


def neighbourhoods() -> gpd.GeoDataFrame:
    """Return the neighbourhoods of New York."""
    return areas("new_york_neighbourhoods.geojson", "name")


def populations() -> list[gpd.GeoDataFrame]:
    """Return eight neighbourhoods of 400 drawings each."""
    drawn = drawings()
    sizes = drawn["neighborhoodLive"].value_counts()
    chance, found = np.random.default_rng(15), []
    for name in sorted(sizes.index[sizes >= SIZE], key=lambda one: (-sizes[one], one))[:COUNT]:
        members = drawn[drawn["neighborhoodLive"] == name][["geometry"]]
        found.append(members.iloc[np.sort(chance.choice(len(members), SIZE, replace=False))])
    return found


def sound(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the rows with an area, repaired."""
    repaired = shapely.make_valid(table.geometry.to_numpy(), method="structure", keep_collapsed=False)
    found = table.set_geometry(gpd.GeoSeries(repaired, index=table.index, crs=table.crs))
    return found[found.area > 0]
