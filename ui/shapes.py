"""Shapes for the maps, by address: packed once, kept, and the same bytes for everybody."""

import re
from collections import OrderedDict
from collections.abc import Mapping
from functools import lru_cache
from threading import Lock

import numpy as np
import shapely
from geopandas import GeoDataFrame

from geo.errors import ShapesAbsent
from maps import basemap, style
from maps.topology import Answer, pack, topology
from study import atlas

TOLERANCE_M = {"gemeente": 4.0, "wijk": 3.0, "buurt": 2.0, "pc4": 3.0, "pc5": 2.0, "pc6": 1.0}
"""How far a border on the screen may lie from the true one: less than its own width at street level."""

SHOWN = ("name", "kind")
"""What of an area or a facility goes to a browser, beside its code and shape."""


OWN, MADE = "own", "made"
"""What stands in an address where others have a municipality: layers people brought, answers of a page."""

OWN_TOLERANCE_M = 4.0
MADE_KEPT = 256

_made: OrderedDict[str, Answer] = OrderedDict()
_making = Lock()


def packed(tables: Mapping[str, GeoDataFrame], *, loose_m: float = 0.0) -> Answer:
    """Pack the shapes of an answer; a page keeps them under what the answer is of.

    Parameters
    ----------
    tables
        Name of the object to its table in metres; columns travel as properties.
    loose_m
        How far an outline may be simplified, m.
    """
    drawn = {name: table[~table.is_empty & table.geometry.notna()] for name, table in tables.items()}
    if loose_m:
        drawn = {name: table.set_geometry(table.simplify(loose_m)) for name, table in drawn.items()}
    return pack(topology(drawn))


def address(found: Answer) -> str:
    """Give the address of packed shapes; the page itself then holds no coordinates.

    The address is a digest of the contents, so it cannot be guessed without knowing them, and equal answers
    have one address. The last few hundred are kept.
    """
    key = found.etag.strip('"')
    with _making:
        _made[key] = found
        _made.move_to_end(key)
        while len(_made) > MADE_KEPT:
            _made.popitem(last=False)
    return f"geo/{MADE}/{key}.topojson"


def own_address(key: str) -> str:
    """Give the address of a layer that people brought."""
    return f"geo/{OWN}/{key}.topojson"


@lru_cache(maxsize=16)
def _own(key: str, _edition: str) -> Answer:
    table = _shown(atlas.own(key))
    shapes = np.asarray(table.geometry.array)
    # Areas that overlap, or all but meet, have no shared borders to keep; each is simplified by itself.
    if shapely.coverage_is_valid(shapes):
        return pack(topology({"areas": table}, tolerance_m=OWN_TOLERANCE_M))
    return pack(topology({"areas": table.set_geometry(table.simplify(OWN_TOLERANCE_M))}))


def answer(municipality: str, name: str) -> Answer:
    """Give the shapes of an address ``/geo/{municipality}/{name}``.

    Raises
    ------
    ShapesAbsent
        The address is none of ours.
    LayerUnknown, LayerNotFetched
        We do not have this layer of this municipality.
    """
    stem = name.removesuffix(".topojson")
    if municipality == MADE and stem in _made:
        return _made[stem]
    if municipality == OWN and re.fullmatch(r"own_[a-z0-9_]{0,48}", stem) and atlas.own_edition(stem):
        return _own(stem, atlas.own_edition(stem))
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
