"""The ground under every map: the town's own shapes, the national tiles, or a file of tiles that was brought.

The operator chooses by ``BUURT_TILES``: nothing, ``brt``, or the path of an MBTiles or PMTiles file.
"""

import os

from geo.errors import LayerError
from maps.layers import Ground, National, Shapes, Tiles
from study import atlas
from study.access import Project
from study.atlas import TileFile
from words import Words

SETTING = "BUURT_TILES"
NATIONAL = "brt"
ADDRESS = "geo/tiles"


def is_national() -> bool:
    """Tell whether the operator chose the national base map."""
    return os.environ.get(SETTING, "") == NATIONAL


def brought() -> TileFile | None:
    """Give the file of tiles that the operator chose, if any.

    Raises
    ------
    FileAbsent, FileBroken, TilesAreVector, TilesUnknown
    """
    chosen = os.environ.get(SETTING, "")
    return None if chosen in {"", NATIONAL} else atlas.tiles(chosen)


def layers(municipality: str) -> list[Shapes]:
    """Give the base map of a municipality; none for one that was never fetched."""
    if not atlas.edition(municipality):
        return []
    if is_national():
        return [National()]
    found = _brought_for(municipality)
    if found is None:
        return [Ground(f"geo/{municipality}/basemap.topojson")]
    # Another file is another address: a browser keeps what it has.
    address = f"{ADDRESS}/{{z}}/{{x}}/{{y}}?{found.edition}"
    return [Tiles(address, zooms=found.zooms, bounds_wgs84=found.bounds_wgs84, quiet=True)]


def areas_credit(say: Words, project: Project) -> str:
    """Say who made the areas of a town, in the visitor's language."""
    return say("demo.label") if project.is_made_up else atlas.credit(project.municipality)


def own_credit(say: Words, project: Project) -> str:
    """Say who made what is in a file: areas on our own ground, whatever lies under them on the screen."""
    return _both(areas_credit(say, project), atlas.ground_credit(project.municipality))


def credit(municipality: str, text: str) -> str:
    """Say who made what is on a map: `text`, and who made the ground. A place without a municipality has none."""
    if not municipality:
        return text
    if is_national():
        return _both(text, National.credit)
    found = _brought_for(municipality)
    return _both(text, found.credit if found else atlas.ground_credit(municipality))


def _both(text: str, made: str) -> str:
    return " · ".join(filter(None, dict.fromkeys((text, made))))


def _brought_for(municipality: str) -> TileFile | None:
    found = brought()
    try:
        return found if found and atlas.is_touched(municipality, found) else None
    except LayerError:  # we do not know where it lies
        return None
