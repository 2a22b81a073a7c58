"""The ground under every map: the town's own shapes, the national tiles, or a file of tiles that was uploaded.

The operator chooses by ``BUURT_TILES``: nothing, ``brt``, or the path of an MBTiles or PMTiles file. A planner may
lay another one under the planner's maps: what there is here, and online what ``BUURT_BASEMAPS`` names.
"""

import shapely

import settings
from geo.errors import LayerError
from i18n import Translator
from maps.interactive.leaflet_layers import (
    ONLINE_MAPS,
    BasemapLayer,
    BrowserLayer,
    NationalBasemap,
    TileLayer,
)
from study import datasets, demo_project
from study.datasets import TileFile
from study.permissions import Project
from ui.canvas import Basemap
from ui.routes import TILES, relative

NATIONAL = "brt"


def is_national() -> bool:
    """Return whether the operator chose the national base map, and may be online."""
    chosen = settings.current()
    return chosen.tiles == NATIONAL and not chosen.offline


def online_maps() -> tuple[str, ...]:
    """Return the keys of the online maps that a browser may fetch; none offline."""
    chosen = settings.current()
    if chosen.offline:
        return ()
    named = {*chosen.basemaps, *(("grey",) if chosen.tiles == NATIONAL else ())}
    return tuple(key for key in ONLINE_MAPS if key in named)


def tile_file() -> TileFile | None:
    """Return the file of tiles that the operator chose, if any.

    Raises
    ------
    FileAbsent, FileBroken, TilesAreVector, TilesUnknown
    """
    chosen = settings.current().tiles
    return None if chosen in {"", NATIONAL} else datasets.open_tile_file(chosen)


def basemap_layers(municipality: str) -> list[BrowserLayer]:
    """Return the base map of a municipality; none for one that was never fetched."""
    if not datasets.dataset_version(municipality):
        return []
    if is_national():
        return [NationalBasemap()]
    found = _tile_file_of(municipality)
    if found is None:
        return [BasemapLayer(f"geo/{municipality}/basemap.topojson")]
    return [_tile_layer(found)]


def _tile_layer(found: TileFile) -> TileLayer:
    # Another file is another address: a browser keeps what it has.
    address = f"{relative(TILES)}/{{z}}/{{x}}/{{y}}?{found.edition}"
    return TileLayer(address, zooms=found.zooms, bounds_wgs84=found.bounds_wgs84, quiet=True)


def planner_basemaps(
    say: Translator, municipality: str, middle: tuple[float, float], land: BrowserLayer | None
) -> list[Basemap]:
    """Return the grounds that a planner may choose from, that of the residents' maps first.

    Parameters
    ----------
    municipality
        Of the project; "" where it has none: then the fetched one that the drawings lie in.
    middle
        Longitude and latitude of the middle of the drawings.
    land
        The areas that people brought, for where we have no other shapes.
    """
    town = municipality or _town_at(middle)
    shapes = BasemapLayer(f"geo/{town}/basemap.topojson") if datasets.dataset_version(town) else land
    found = []
    tiles = tile_file()
    if tiles is not None and _is_over(tiles, middle):
        found.append(Basemap("file", say("planner.basemap_file"), _tile_layer(tiles), tiles.credit))
    if shapes is not None:
        credit = datasets.basemap_attribution(town) if town else ""
        found.append(Basemap("own", say("planner.basemap_own"), shapes, credit))
    online = [
        Basemap(key, say(f"planner.basemap_{key}"), NationalBasemap(key), ONLINE_MAPS[key].credit)
        for key in online_maps()
    ]
    found = [*online, *found] if is_national() else [*found, *online]
    return [*found, Basemap("none", say("planner.basemap_none"), None)]


def _town_at(middle: tuple[float, float]) -> str:
    """Return the municipality that we have of this place; "" for none, and never the made-up one."""
    spot = shapely.Point(middle)
    for town in datasets.municipalities():
        if town.code == demo_project.MUNICIPALITY:
            continue
        try:
            if shapely.box(*datasets.bounds_wgs84(town.code)).contains(spot):
                return town.code
        except LayerError:  # not fetched whole
            continue
    return ""


def _is_over(found: TileFile, middle: tuple[float, float]) -> bool:
    return bool(shapely.box(*found.bounds_wgs84).contains(shapely.Point(middle)))


def has_tiles(municipality: str) -> bool:
    """Return whether the base map is fetched in pictures of the part that is looked at."""
    return is_national() or _tile_file_of(municipality) is not None


def areas_credit(say: Translator, project: Project) -> str:
    """Return the attribution of a municipality's areas, in the visitor's language; "" without a municipality."""
    if project.is_demo:
        return say("demo.label")
    return datasets.areas_attribution(project.municipality) if project.municipality else ""


def file_attribution(say: Translator, project: Project) -> str:
    """Return the attribution of a file: areas on our own base map, whatever the screen shows."""
    return _both(areas_credit(say, project), datasets.basemap_attribution(project.municipality))


def map_attribution(municipality: str, text: str) -> str:
    """Return `text` and the attribution of the base map; a place without a municipality has none."""
    if not municipality:
        return text
    if is_national():
        return _both(text, NationalBasemap.credit)
    found = _tile_file_of(municipality)
    return _both(text, found.credit if found else datasets.basemap_attribution(municipality))


def _both(text: str, made: str) -> str:
    return " · ".join(filter(None, dict.fromkeys((text, made))))


def _tile_file_of(municipality: str) -> TileFile | None:
    found = tile_file()
    try:
        return found if found and datasets.tiles_cover(municipality, found) else None
    except LayerError:  # we do not know where it lies
        return None
