"""Shapes for the maps, by address: packed once, kept, and the same bytes for everybody."""

import re
from functools import cache, lru_cache
from pathlib import Path

import geopandas
from geopandas import GeoDataFrame

from geo.errors import LayerError
from maps import basemap
from maps.topology import Answer, topology
from maps.topology import answer as packed

DIVISIONS = ("gemeente", "wijk", "buurt", "pc4", "pc5", "pc6")

TOLERANCE_M = {"gemeente": 4.0, "wijk": 3.0, "buurt": 2.0, "pc4": 3.0, "pc5": 2.0, "pc6": 1.0}
"""How far a border on the screen may lie from the true one: less than its own width at street level."""


class ShapesAbsent(LayerError):
    """A map asks for shapes that are not here."""

    message = "no shapes '{name}' of '{municipality}'; fetch the municipality first"


@lru_cache(maxsize=64)
def answer(municipality: str, name: str) -> Answer:
    """Give the shapes of an address ``/geo/{municipality}/{name}``.

    Raises
    ------
    ShapesAbsent
        There is no such municipality or no such layer of it.
    """
    area = re.fullmatch(r"([a-z0-9]+)-(\d{4})\.topojson", name)
    if not re.fullmatch(r"GM\d{4}", municipality):
        raise ShapesAbsent(municipality=municipality, name=name)
    if name == "basemap.topojson":
        return packed(basemap.ground(_ground(municipality)))
    if area and area[1] in DIVISIONS:
        areas = _areas(municipality, area[1], int(area[2]))
        return packed(topology({"areas": areas[["name", "geometry"]]}, tolerance_m=TOLERANCE_M[area[1]]))
    raise ShapesAbsent(municipality=municipality, name=name)


def _areas(municipality: str, division: str, year: int) -> GeoDataFrame:
    path = Path("data/boundaries") / municipality / "areas.gpkg"
    layer = f"{division}_{year}"
    if not path.is_file() or layer not in layers(path):
        raise ShapesAbsent(municipality=municipality, name=layer)
    return geopandas.read_file(path, layer=layer).set_index("code")


def _ground(municipality: str) -> dict[str, GeoDataFrame]:
    path = Path("data/boundaries") / municipality / "basemap.gpkg"
    if not path.is_file():
        raise ShapesAbsent(municipality=municipality, name="basemap")
    return {layer: geopandas.read_file(path, layer=layer) for layer in layers(path)}


@cache
def layers(path: Path) -> tuple[str, ...]:
    """Name the layers of a file."""
    return tuple(geopandas.list_layers(path)["name"])
