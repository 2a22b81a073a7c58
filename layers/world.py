"""The borders of countries, coarse: a ground that needs no network, to see whether a file lies where it should.

`countries.geojson` is Natural Earth (public domain), version 4.1: the Netherlands at 1:10 million, its neighbours at
1:50 million, the rest at 1:110 million.
"""

from functools import cache
from pathlib import Path

import geopandas as gpd
import pyogrio
import shapely

from geo.crs import WGS84

FILE = Path(__file__).with_name("countries.geojson")
CREDIT = "Natural Earth"


@cache
def countries() -> gpd.GeoDataFrame:
    """Return the countries with their English names, in degrees."""
    found = pyogrio.read_dataframe(FILE)
    whole = found.set_geometry(shapely.make_valid(found.geometry.to_numpy()))
    return whole.set_crs(WGS84, allow_override=True)
