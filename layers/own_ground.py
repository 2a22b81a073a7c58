"""Own areas as the ground of projects: kept like a municipality, so that nothing need be fetched."""

import geopandas as gpd
import pandas as pd
import shapely

from geo.crs import in_netherlands
from geo.errors import GroundElsewhere
from layers.cache import AREAS_FILE, municipality_folder, write_layer
from layers.custom_figures import figures_in_areas
from layers.custom_layers import find_custom_layer, read_custom_layer


def make_ground(key: str) -> str:
    """Save own areas as a municipality under their own key, and return that key.

    The whole is their union; they themselves take the place of the official buurten. What is deleted or replaced
    as an own layer later stays in the projects that stand on it.

    Raises
    ------
    LayerNotFetched
        There are no own areas of this key.
    GroundElsewhere
        They do not lie in the Netherlands.
    """
    own = find_custom_layer(key)
    if not in_netherlands(own.bounds_wgs84):
        raise GroundElsewhere(name=own.shown_name)
    areas = read_custom_layer(key)
    figures = figures_in_areas(areas)
    areas[list(figures)] = figures
    areas["water"] = False
    whole = gpd.GeoDataFrame(
        {"name": [own.shown_name], "water": [False]},
        geometry=[shapely.union_all(areas.geometry.to_numpy())],
        crs=areas.crs,
        index=pd.Index([key], name="code"),
    )
    year = own.year or int(own.date[:4])
    for division, table in (("gemeente", whole), ("buurt", areas)):
        write_layer(
            table,
            code=key,
            municipality=own.shown_name,
            layer=f"{division}_{year}",
            file=AREAS_FILE,
            key=division,
            source=own.source or own.shown_name,
            licence=own.licence,
            date=own.date,
            fetched=f"{own.date}T00:00:00+00:00",
            year=year,
            attribution=own.source or own.shown_name,
        )
    return key


def is_ground(key: str) -> bool:
    """Return whether own areas were made the ground of projects."""
    return (municipality_folder(key) / AREAS_FILE).is_file()
