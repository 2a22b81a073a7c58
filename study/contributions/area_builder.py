"""An area without pointing: put together from streets, postcodes, blocks and what lies within a walk.

Every part has a key and a shape; parts are added and taken away in the order they were chosen, and the
result is as good an area as one that was drawn.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Geometry, Point
from shapely.geometry import MultiPolygon, Polygon

from geo.errors import LayerError
from geo.grids.census_grid import centre_of_cell_around
from geo.networks.walk_zone import STREET_M, WALK_M_PER_MIN, streets_near, walk_zone
from study import datasets
from study.answer_cache import cached_answer

Kind = Literal["walk", "street", "pc6", "block"]
KINDS: tuple[Kind, ...] = ("walk", "street", "pc6", "block")

MINUTES = (3, 5, 10, 15)
OFFER_RADIUS_M = 900.0
"""How far from the start parts are offered."""

MAX_OFFERED = 60
MIN_BLOCK_M2 = 1_000.0
EDGE_M = 35.0
"""A street or water this near to the outline may name it."""


@dataclass(frozen=True)
class AreaPart:
    """Something to add or take away.

    Attributes
    ----------
    kind, key
        What it is and which one: ``("street", "Kerkstraat")``, ``("walk", "10")``.
    names
        Names to call it by: of the street, of the postcode, of the streets round a block.
    along_streets
        Whether a walk follows streets; else it is a circle, as the crow flies.
    """

    kind: Kind
    key: str
    names: tuple[str, ...]
    along_streets: bool = True


@dataclass(frozen=True)
class PartChange:
    """A part that was added, or taken away."""

    part: AreaPart
    added: bool = True


@dataclass(frozen=True)
class AreaDescription:
    """What can be said of an area to somebody who does not see it.

    Attributes
    ----------
    area_m2, parts
        Size, and of how many loose parts it is.
    between
        The two named streets or waters that follow the outline farthest apart; fewer when there are none.
    inside
        How many places of a kind lie in it, such as ``{"education": 2}``.
    """

    area_m2: float
    parts: int
    between: tuple[str, ...]
    inside: dict[str, int]


def available_parts(municipality: str, start: Point, kind: Kind) -> list[AreaPart]:
    """Return the parts of a kind near a point in RD, the nearest first."""
    if kind == "walk":
        return [
            AreaPart("walk", str(minutes), (), _has_streets(municipality, start, minutes))
            for minutes in MINUTES
        ]
    table = _pieces(municipality, kind, datasets.dataset_version(municipality))
    away = table.distance(start)
    near = table[away <= OFFER_RADIUS_M].iloc[
        np.argsort(away[away <= OFFER_RADIUS_M].to_numpy(), kind="stable")
    ]
    return [AreaPart(kind, str(key), tuple(row)) for key, row in near["names"].head(MAX_OFFERED).items()]


def all_streets(municipality: str) -> list[AreaPart]:
    """Return every street with a name, by the alphabet: for who is not asked where they live."""
    table = _pieces(municipality, "street", datasets.dataset_version(municipality))
    return [AreaPart("street", str(key), tuple(table["names"][key])) for key in sorted(table.index)]


def combine_parts(municipality: str, start: Point, steps: Sequence[PartChange]) -> Polygon | MultiPolygon:
    """Join the parts in the order they were chosen; empty when nothing is left.

    Parameters
    ----------
    start
        Where walks begin, in RD.
    """
    whole: Geometry = Polygon()
    for step in steps:
        shape = _shape(municipality, start, step.part)
        whole = shapely.union(whole, shape) if step.added else shapely.difference(whole, shape)
    faces = [face for face in shapely.get_parts(whole) if isinstance(face, Polygon) and face.area > 1.0]
    if len(faces) == 1:
        return faces[0]
    return MultiPolygon(faces)


def describe_area(municipality: str, area: Polygon | MultiPolygon) -> AreaDescription:
    """Describe an area: its size, the streets or waters around it, and what is in it."""
    inside: dict[str, int] = {}
    for theme in ("social_infrastructure", "play_area", "meeting_place", "bench"):
        for key, n in _counted(municipality, theme, area).items():
            inside.setdefault(key, n)
    return AreaDescription(area.area, len(shapely.get_parts(area)), _between(municipality, area), inside)


def _counted(municipality: str, theme: str, area: Geometry) -> dict[str, int]:
    try:
        table = datasets.facilities(municipality, theme)
    except LayerError:  # nobody fetched it: that is unknown, and nothing is said of it
        return {}
    within = table[shapely.intersects(shapely.centroid(table.geometry.to_numpy()), area)]
    if theme == "social_infrastructure":
        return {"education": int((within["kind"] == "education").sum())}
    return {theme: len(within)}


# --- Shapes of parts ------------------------------------------------------------------------------


def _shape(municipality: str, start: Point, part: AreaPart) -> Geometry:
    if part.kind == "walk":
        return walking_area(municipality, start, int(part.key))
    shapes = _pieces(municipality, part.kind, datasets.dataset_version(municipality)).geometry
    chosen: Geometry = shapes[part.key]
    return chosen


@cached_answer
def _pieces(municipality: str, kind: Kind, _version: str) -> gpd.GeoDataFrame:
    """Return every part of a kind: index key, ``names`` and the shape."""
    if kind == "street":
        streets = _named_lines(municipality, "roads")
        shape = shapely.buffer(streets.geometry.to_numpy(), STREET_M, quad_segs=4)
        return _table(streets.index, [(name,) for name in streets.index], shape)
    if kind == "pc6":
        years = datasets.divisions(municipality).get("pc6")
        if not years:
            return _table([], [], [])
        areas = datasets.land_areas(municipality, "pc6", years[-1])
        streets_of = areas["straten"] if "straten" in areas else [None] * len(areas)
        names = [
            (
                f"{code[:4]} {code[4:]}",
                *([street_names] if isinstance(street_names, str) and street_names else []),
            )
            for code, street_names in zip(areas.index.astype(str), streets_of, strict=True)
        ]
        return _table(areas.index, names, areas.geometry.to_numpy())
    return _blocks(municipality)


def _table(keys: Iterable[Any], names: Sequence[tuple[str, ...]], shapes: Any) -> gpd.GeoDataFrame:
    column = np.empty(len(names), dtype=object)
    column[:] = names
    return gpd.GeoDataFrame({"names": column}, geometry=list(shapes), index=[str(key) for key in keys])


def _blocks(municipality: str) -> gpd.GeoDataFrame:
    """Create a block of the ground between streets; it is called by the streets around it."""
    roads = datasets.basemap(municipality).get("roads")
    if roads is None or roads.empty:
        return _table([], [], [])
    lines = shapely.get_parts(roads.geometry.to_numpy())
    faces = shapely.get_parts(shapely.polygonize([shapely.union_all(lines)]))
    faces = faces[shapely.area(faces) >= MIN_BLOCK_M2]
    named = _named_lines(municipality, "roads")
    tree = shapely.STRtree(named.geometry.to_numpy())
    face, road = tree.query(faces, predicate="dwithin", distance=1.0)
    along = shapely.length(
        shapely.intersection(
            shapely.buffer(named.geometry.to_numpy()[road], 1.0, quad_segs=2), shapely.boundary(faces[face])
        )
    )
    around: dict[int, list[tuple[float, str]]] = {}
    for position, street, metres in zip(face.tolist(), named.index[road], along.tolist(), strict=True):
        if metres > 10.0:
            around.setdefault(position, []).append((-metres, str(street)))
    kept = sorted(around)
    names = [tuple(name for _, name in sorted(around[position])[:3]) for position in kept]
    # A block has no name of its own: it is called after a point in it, the same on every day.
    inner: Any = shapely.point_on_surface(faces[kept]) if kept else []
    keys = [f"{spot.x:.0f}-{spot.y:.0f}" for spot in inner]
    return _table(keys, names, faces[kept] if kept else [])


def walking_area(municipality: str, start: Point, minutes: int) -> Geometry:
    """Return the ground within so many minutes' walk along the streets; a circle where there are none.

    Parameters
    ----------
    start
        In RD; the walk begins at the crossing nearest to it.
    """
    graph, reach_m = datasets.street_graph(municipality), minutes * WALK_M_PER_MIN
    zone = None if graph is None else walk_zone(graph, start, reach_m)
    # Around the middle of a square, for a circle must not point at a door either.
    # Streets turn: as the crow flies one comes some three quarters of the way.
    return shapely.buffer(centre_of_cell_around(start), 0.75 * reach_m) if zone is None else zone


def _has_streets(municipality: str, start: Point, minutes: int) -> bool:
    graph = datasets.street_graph(municipality)
    return graph is not None and len(streets_near(graph, start, minutes * WALK_M_PER_MIN)) > 0


# --- What an area lies between --------------------------------------------------------------------


def _named_lines(municipality: str, part: str) -> gpd.GeoDataFrame:
    """Return the lines of a part of the base map by their name, each name once."""
    table = datasets.basemap(municipality).get(part)
    if table is None or "name" not in table:
        return gpd.GeoDataFrame(geometry=[], index=[])
    named = table[table["name"].fillna("").ne("")]
    lines = named.geometry.to_numpy()
    outlined = np.where(shapely.get_dimensions(lines) == 2, shapely.boundary(lines), lines)
    return gpd.GeoDataFrame({"name": named["name"].to_numpy()}, geometry=outlined).dissolve("name")


@cached_answer
def _edges(municipality: str, _version: str) -> tuple[NDArray[np.object_], NDArray[np.object_]]:
    tables = [_named_lines(municipality, part) for part in ("roads", "water")]
    names = np.concatenate([table.index.to_numpy(dtype=object) for table in tables])
    shapes = np.concatenate([table.geometry.to_numpy() for table in tables])
    return names, np.asarray(shapes, dtype=object)


def _between(municipality: str, area: Geometry) -> tuple[str, ...]:
    """Name the two streets or waters along the outline that lie farthest from each other."""
    names, shapes = _edges(municipality, datasets.dataset_version(municipality))
    outline = shapely.boundary(area)
    if not len(shapes):
        return ()
    beside_it = shapely.buffer(shapely.simplify(outline, 5.0), EDGE_M, quad_segs=2)
    near = np.asarray(shapely.STRtree(shapes).query(beside_it, predicate="intersects"), dtype=np.int64)
    beside = shapely.intersection(shapes[near], beside_it)
    metres = shapely.length(beside)
    least = min(120.0, 0.05 * outline.length)
    kept = [
        (str(name), shapely.centroid(piece), float(m))
        for name, piece, m in zip(names[near], beside, metres, strict=True)
        if m >= least
    ]
    if len(kept) < 2:
        return tuple(name for name, _, _ in kept)
    pairs = [
        (one[1].distance(other[1]) * min(one[2], other[2]) ** 0.5, one[0], other[0])
        for i, one in enumerate(kept)
        for other in kept[i + 1 :]
    ]
    _, first, second = max(pairs)
    return first, second
