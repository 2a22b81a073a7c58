"""Shapes for the maps, by address: packed once, kept, and the same bytes for everybody."""

import hashlib
import re
from collections import OrderedDict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from threading import Lock

import numpy as np
import shapely
from geopandas import GeoDataFrame

from geo.errors import ShapesAbsent
from maps import style
from maps.interactive import basemap_shapes
from maps.interactive.topojson import EncodedTopology, build_topology, encode
from study import context, datasets
from study.answer_cache import cached_answer
from study.contributions import home_location
from ui.routes import SHAPES, relative
from ui.session import login_sessions
from ui.session.request_context import current_project

TOLERANCE_M = {"gemeente": 4.0, "wijk": 3.0, "buurt": 2.0, "pc4": 3.0, "pc5": 2.0, "pc6": 1.0}
"""How far a border on the screen may lie from the true one: less than its own width at street level."""

SHOWN = ("name", "kind")
"""What of an area or a facility goes to a browser, beside its code and shape."""


OWN, MADE = "own", "made"
"""What stands in an address where others have a municipality: layers people uploaded, answers of a page."""

NAMES = "names.json"
"""Names of streets, buurten and postcodes with a point of each: what is suggested while somebody types."""

OWN_TOLERANCE_M = 4.0
MAX_CACHED_LAYERS = 256


@dataclass(frozen=True)
class MadeShapes:
    """Shapes of one answer, and who may fetch them.

    Attributes
    ----------
    reader
        Key of the sign-in that they were made for; "" where nobody had signed in.
    n_erased
        Contributions of the project that were erased by then: after the next withdrawal the shapes are gone.
    """

    topology: EncodedTopology
    reader: str
    project: str
    n_erased: int


_made: OrderedDict[tuple[str, str, str], MadeShapes] = OrderedDict()
_making = Lock()


def encode_shapes(tables: Mapping[str, GeoDataFrame], *, loose_m: float = 0.0) -> EncodedTopology:
    """Pack the shapes of an answer; a page keeps them under what the answer is of.

    Parameters
    ----------
    tables
        Name of the object to its table in metres; columns travel as properties.
    loose_m
        How far an outline may be simplified, m.
    """
    drawn = {
        name: table[~(table.is_empty | shapely.is_missing(table.geometry.to_numpy()))]
        for name, table in tables.items()
    }
    if loose_m:
        drawn = {name: table.set_geometry(table.simplify(loose_m)) for name, table in drawn.items()}
    return encode(build_topology(drawn))


def register_shapes(found: EncodedTopology) -> str:
    """Return the address of packed shapes; the page itself then holds no coordinates.

    Only the browser of the sign-in that they were made for gets them. The address is a digest of the contents and
    the project, so it cannot be guessed without knowing them. The last few hundred are kept.
    """
    # The reader first: a sign-in that turns out to have ended meanwhile makes shapes for nobody, never for everybody.
    reader, project = login_sessions.reader_of_visit(), current_project()
    made = MadeShapes(found, reader, project, _count_erased(project))
    stem = hashlib.sha256(f"{found.etag}\0{project}".encode()).hexdigest()[:32]
    key = (stem, project, reader)
    with _making:
        _made[key] = made
        _made.move_to_end(key)
        while len(_made) > MAX_CACHED_LAYERS:
            _made.popitem(last=False)
    return f"geo/{MADE}/{stem}.topojson"


def made_shapes(name: str, *, reader: str) -> EncodedTopology:
    """Return the shapes of an address that `register_shapes` gave.

    Parameters
    ----------
    reader
        Key of the sign-in whose cookie the browser sent; "" without one.

    Raises
    ------
    ShapesAbsent
        Nobody made them, they were made for another sign-in, or a contribution was withdrawn since.
    """
    stem = name.removesuffix(".topojson")
    with _making:
        found = next(
            (one for key, one in _made.items() if key[0] == stem and one.reader in ("", reader)), None
        )
    if found is None or found.n_erased != _count_erased(found.project):
        raise ShapesAbsent(municipality=MADE, name=name)
    return found.topology


def forget_shapes(projects: Collection[str]) -> None:
    """Forget the shapes that were made of these projects."""
    with _making:
        for key in [key for key in _made if key[1] in projects]:
            del _made[key]


def _count_erased(project: str) -> int:
    return context.get_store().projects.count_erased(project)


def names_url(municipality: str) -> str:
    """Return the address of the names that are suggested while somebody types; "" without data of our own."""
    if not datasets.dataset_version(municipality):
        return ""
    return f"{relative(SHAPES)}/{municipality}/{NAMES}"


def custom_layer_url(key: str) -> str:
    """Return the address of a layer that people uploaded."""
    return f"{relative(SHAPES)}/{OWN}/{key}.topojson"


@cached_answer
def _own(key: str, _edition: str) -> EncodedTopology:
    table = _shown(datasets.custom_areas(key))
    shapes = np.asarray(table.geometry.array)
    # Areas that overlap, or all but meet, have no shared borders to keep; each is simplified by itself.
    if shapely.coverage_is_valid(shapes):
        return encode(build_topology({"areas": table}, tolerance_m=OWN_TOLERANCE_M))
    return encode(build_topology({"areas": table.set_geometry(table.simplify(OWN_TOLERANCE_M))}))


def shapes_response(municipality: str, name: str) -> EncodedTopology:
    """Return the shapes of an address ``/geo/{municipality}/{name}``.

    Raises
    ------
    ShapesAbsent
        The address is none of ours.
    LayerUnknown, LayerNotFetched
        We do not have this layer of this municipality.
    """
    stem = name.removesuffix(".topojson")
    if (
        municipality == OWN
        and re.fullmatch(r"own_[a-z0-9_]{0,48}", stem)
        and datasets.custom_areas_version(stem)
    ):
        return _own(stem, datasets.custom_areas_version(stem))
    if not re.fullmatch(r"GM\d{4}|own_[a-z0-9_]{1,48}", municipality):
        raise ShapesAbsent(municipality=municipality, name=name)
    return _answer(municipality, name, datasets.dataset_version(municipality))


@cached_answer
def _answer(municipality: str, name: str, _edition: str) -> EncodedTopology:
    stem = name.removesuffix(".topojson")
    area = re.fullmatch(r"([a-z0-9]+)-(\d{4})", stem)
    theme = re.fullmatch(r"facilities-([a-z_]+)", stem)
    if name == NAMES:
        return encode({"places": home_location.list_places(municipality)})
    if stem == name:
        raise ShapesAbsent(municipality=municipality, name=name)
    if stem == "basemap":
        return encode(basemap_shapes.basemap_topology(datasets.basemap(municipality)))
    if area and area[1] in TOLERANCE_M:
        areas = datasets.map_areas(municipality, area[1], int(area[2]))
        return encode(build_topology({"areas": _shown(areas)}, tolerance_m=TOLERANCE_M[area[1]]))
    if theme and theme[1] in style.THEMES:
        return encode(build_topology({"facilities": _shown(datasets.facilities(municipality, theme[1]))}))
    raise ShapesAbsent(municipality=municipality, name=name)


def _shown(table: GeoDataFrame) -> GeoDataFrame:
    return table[[column for column in SHOWN if column in table.columns] + [table.geometry.name]]
