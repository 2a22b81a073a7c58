"""An area without pointing: put together from streets, postcodes, blocks and what lies within a walk.

Every part has a key and a shape; parts are added and taken away in the order they were chosen, and the
result is as good an area as one that was drawn.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra
from shapely import Geometry, Point
from shapely.geometry import MultiPolygon, Polygon
from shapely.ops import substring

from geo.errors import LayerError
from study import atlas, where

Kind = Literal["walk", "street", "pc6", "block"]
KINDS: tuple[Kind, ...] = ("walk", "street", "pc6", "block")

MINUTES = (3, 5, 10, 15)
WALK_M_PER_MIN = 75.0
"""4.5 km an hour: an easy pace."""

STREET_M = 40.0
"""Half the width of a street with the houses along it."""

NEAR_M = 900.0
"""How far from the start parts are offered."""

MOST_OFFERED = 60
LEAST_BLOCK_M2 = 1_000.0
NO_WALKING = ("motorway", "rail")
GAP_M = 60.0
"""Ground between two streets of a walk, as wide as this, belongs to it."""

EDGE_M = 35.0
"""A street or water this near to the outline may name it."""


@dataclass(frozen=True)
class Part:
    """Something to add or take away.

    Attributes
    ----------
    kind, key
        What it is and which one: ``("street", "Kerkstraat")``, ``("walk", "10")``.
    names
        Names to call it by: of the street, of the postcode, of the streets round a block.
    """

    kind: Kind
    key: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class Step:
    """A part that was added, or taken away."""

    part: Part
    added: bool = True


@dataclass(frozen=True)
class Described:
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


def offered(municipality: str, start: Point, kind: Kind) -> list[Part]:
    """Give the parts of a kind near a point in RD, the nearest first."""
    if kind == "walk":
        return [Part("walk", str(minutes), ()) for minutes in MINUTES]
    table = _pieces(municipality, kind, atlas.edition(municipality))
    away = table.distance(start)
    near = table[away <= NEAR_M].iloc[np.argsort(away[away <= NEAR_M].to_numpy(), kind="stable")]
    return [Part(kind, str(key), tuple(row)) for key, row in near["names"].head(MOST_OFFERED).items()]


def built(municipality: str, start: Point, steps: Sequence[Step]) -> Polygon | MultiPolygon:
    """Put the parts together in the order they were chosen; empty when nothing is left.

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


def described(municipality: str, area: Polygon | MultiPolygon) -> Described:
    """Say how large an area is, between which streets or waters it lies, and what is in it."""
    inside: dict[str, int] = {}
    for theme in ("social_infrastructure", "play_area", "meeting_place", "bench"):
        for key, n in _counted(municipality, theme, area).items():
            inside.setdefault(key, n)
    return Described(area.area, len(shapely.get_parts(area)), _between(municipality, area), inside)


def _counted(municipality: str, theme: str, area: Geometry) -> dict[str, int]:
    try:
        table = atlas.facilities(municipality, theme)
    except LayerError:  # nobody fetched it: that is unknown, and nothing is said of it
        return {}
    within = table[shapely.intersects(shapely.centroid(table.geometry.to_numpy()), area)]
    if theme == "social_infrastructure":
        return {"education": int((within["kind"] == "education").sum())}
    return {theme: len(within)}


# --- Shapes of parts ------------------------------------------------------------------------------


def _shape(municipality: str, start: Point, part: Part) -> Geometry:
    if part.kind == "walk":
        return walk(municipality, start, int(part.key))
    shapes = _pieces(municipality, part.kind, atlas.edition(municipality)).geometry
    chosen: Geometry = shapes[part.key]
    return chosen


@lru_cache(maxsize=16)
def _pieces(municipality: str, kind: Kind, _edition: str) -> gpd.GeoDataFrame:
    """Give every part of a kind: index key, ``names`` and the shape."""
    if kind == "street":
        streets = _named_lines(municipality, "roads")
        shape = shapely.buffer(streets.geometry.to_numpy(), STREET_M, quad_segs=4)
        return _table(streets.index, [(name,) for name in streets.index], shape)
    if kind == "pc6":
        years = atlas.divisions(municipality).get("pc6")
        if not years:
            return _table([], [], [])
        areas = atlas.compared(municipality, "pc6", years[-1])
        streets_of = areas["straten"] if "straten" in areas else [None] * len(areas)
        names = [
            (f"{code[:4]} {code[4:]}", *([told] if isinstance(told, str) and told else []))
            for code, told in zip(areas.index.astype(str), streets_of, strict=True)
        ]
        return _table(areas.index, names, areas.geometry.to_numpy())
    return _blocks(municipality)


def _table(keys: Iterable[Any], names: Sequence[tuple[str, ...]], shapes: Any) -> gpd.GeoDataFrame:
    column = np.empty(len(names), dtype=object)
    column[:] = names
    return gpd.GeoDataFrame({"names": column}, geometry=list(shapes), index=[str(key) for key in keys])


def _blocks(municipality: str) -> gpd.GeoDataFrame:
    """Make a block of the ground between streets; it is called by the streets around it."""
    roads = atlas.basemap(municipality).get("roads")
    if roads is None or roads.empty:
        return _table([], [], [])
    lines = shapely.get_parts(roads.geometry.to_numpy())
    faces = shapely.get_parts(shapely.polygonize([shapely.union_all(lines)]))
    faces = faces[shapely.area(faces) >= LEAST_BLOCK_M2]
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


def walk(municipality: str, start: Point, minutes: int) -> Geometry:
    """Give the ground within so many minutes' walk along the streets; a circle where there are none.

    Parameters
    ----------
    start
        In RD; the walk begins at the crossing nearest to it.
    """
    reach_m = minutes * WALK_M_PER_MIN
    lines = _walkable(municipality, atlas.edition(municipality))
    near = lines[shapely.dwithin(lines, start, reach_m)]
    if not len(near):
        # Streets turn: as the crow flies one comes some three quarters of the way.
        return shapely.buffer(_middle_of_square(start), 0.75 * reach_m)
    ends = shapely.get_coordinates(shapely.get_point(near, [[0], [-1]]).ravel())
    spots, number = np.unique(ends.round(1), axis=0, return_inverse=True)
    a, b = number.ravel()[: len(near)], number.ravel()[len(near) :]
    length = shapely.length(near)
    graph = coo_array((np.maximum(length, 0.1), (a, b)), shape=(len(spots),) * 2).tocsr()
    # From the nearest crossing: the middle of the area must not point at the door of a home.
    crossing = int(np.hypot(*(spots - [start.x, start.y]).T).argmin())
    away = dijkstra(graph, directed=False, indices=crossing)
    ways = _walked(near, reach_m - away[a], reach_m - away[b], length)
    broad = shapely.union_all(shapely.buffer(ways, STREET_M + GAP_M, quad_segs=3))
    ground = shapely.buffer(broad, -GAP_M, quad_segs=3)
    outer = [Polygon(face.exterior) for face in shapely.get_parts(ground) if isinstance(face, Polygon)]
    return shapely.simplify(shapely.union_all(outer), 2.0)


def _middle_of_square(spot: Point) -> Point:
    """Give the middle of the 100 m square around a point: a circle must not point at a door either."""
    corner = np.floor(shapely.get_coordinates(spot)[0] / where.CELL_M) * where.CELL_M
    return Point(corner + where.CELL_M / 2)


def _walked(
    lines: NDArray[np.object_], from_a: NDArray[np.float64], from_b: NDArray[np.float64], length: Any
) -> NDArray[np.object_]:
    """Give of every street what is reached from its two ends."""
    whole = (from_a > 0) & (from_b > 0) & (from_a + from_b >= length)
    found: list[Geometry] = lines[whole].tolist()
    for at in np.flatnonzero(~whole & ((from_a > 0) | (from_b > 0))).tolist():
        line, one, other, metres = lines[at], float(from_a[at]), float(from_b[at]), float(length[at])
        if one > 0:
            found.append(substring(line, 0, min(one, metres)))
        if other > 0:
            found.append(substring(line, max(0.0, metres - other), metres))
    return np.asarray(found, dtype=object)


@lru_cache(maxsize=8)
def _walkable(municipality: str, _edition: str) -> NDArray[np.object_]:
    """Give the streets one may walk, cut where they meet."""
    roads = atlas.basemap(municipality).get("roads")
    if roads is None or roads.empty:
        return np.empty(0, dtype=object)
    kept = roads[~roads["kind"].isin(NO_WALKING)] if "kind" in roads else roads
    return np.asarray(shapely.get_parts(shapely.union_all(kept.geometry.to_numpy())), dtype=object)


# --- What an area lies between --------------------------------------------------------------------


def _named_lines(municipality: str, part: str) -> gpd.GeoDataFrame:
    """Give the lines of a part of the base map by their name, each name once."""
    table = atlas.basemap(municipality).get(part)
    if table is None or "name" not in table:
        return gpd.GeoDataFrame(geometry=[], index=[])
    named = table[table["name"].fillna("").ne("")]
    lines = named.geometry.to_numpy()
    outlined = np.where(shapely.get_dimensions(lines) == 2, shapely.boundary(lines), lines)
    return gpd.GeoDataFrame({"name": named["name"].to_numpy()}, geometry=outlined).dissolve("name")


@lru_cache(maxsize=8)
def _edges(municipality: str, _edition: str) -> tuple[NDArray[np.object_], NDArray[np.object_]]:
    tables = [_named_lines(municipality, part) for part in ("roads", "water")]
    names = np.concatenate([table.index.to_numpy(dtype=object) for table in tables])
    shapes = np.concatenate([table.geometry.to_numpy() for table in tables])
    return names, np.asarray(shapes, dtype=object)


def _between(municipality: str, area: Geometry) -> tuple[str, ...]:
    """Name the two streets or waters along the outline that lie farthest from each other."""
    names, shapes = _edges(municipality, atlas.edition(municipality))
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
