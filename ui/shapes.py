"""Shapes for the maps, by address: packed once, kept, and the same bytes for everybody."""

import re
from functools import lru_cache

from geopandas import GeoDataFrame

from geo.errors import ShapesAbsent
from maps import basemap, style
from maps.topology import Answer, pack, topology
from study import atlas

TOLERANCE_M = {"gemeente": 4.0, "wijk": 3.0, "buurt": 2.0, "pc4": 3.0, "pc5": 2.0, "pc6": 1.0}
"""How far a border on the screen may lie from the true one: less than its own width at street level."""

SHOWN = ("name", "kind")
"""What of an area or a facility goes to a browser, beside its code and shape."""


def answer(municipality: str, name: str) -> Answer:
    """Give the shapes of an address ``/geo/{municipality}/{name}``.

    Raises
    ------
    ShapesAbsent
        The address is none of ours.
    LayerUnknown, LayerNotFetched
        We do not have this layer of this municipality.
    """
    if not re.fullmatch(r"GM\d{4}", municipality):
        raise ShapesAbsent(municipality=municipality, name=name)
    return _answer(municipality, name, atlas.edition(municipality))


@lru_cache(maxsize=64)
def _answer(municipality: str, name: str, _edition: str) -> Answer:
    stem = name.removesuffix(".topojson")
    area = re.fullmatch(r"([a-z0-9]+)-(\d{4})", stem)
    theme = re.fullmatch(r"facilities-([a-z_]+)", stem)
    if stem == name:
        raise ShapesAbsent(municipality=municipality, name=name)
    if stem == "basemap":
        return pack(basemap.ground(atlas.basemap(municipality)))
    if area and area[1] in TOLERANCE_M:
        areas = atlas.areas(municipality, area[1], int(area[2]))
        return pack(topology({"areas": _shown(areas)}, tolerance_m=TOLERANCE_M[area[1]]))
    if theme and theme[1] in style.THEMES:
        return pack(topology({"facilities": _shown(atlas.facilities(municipality, theme[1]))}))
    raise ShapesAbsent(municipality=municipality, name=name)


def _shown(table: GeoDataFrame) -> GeoDataFrame:
    return table[[column for column in SHOWN if column in table.columns] + [table.geometry.name]]
