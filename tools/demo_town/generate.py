"""All layers of the town, in memory: made from one seed, so that they can be made again."""

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from shapely import MultiPolygon, Polygon

from geo.crs import RD
from layers.catalogue import DIVISIONS
from tools.demo_town import areas, buildings, facilities, master_plan, residents, street_network
from tools.demo_town.buildings import Built
from tools.demo_town.street_network import Network

SEED = 1957
"""The year the dike round the Markerwaard was begun."""

MADE_ON = "2025-06-01T00:00:00.000Z"


@dataclass(frozen=True)
class Made:
    """One layer: its table and where it is kept."""

    name: str
    file: str
    key: str
    table: gpd.GeoDataFrame
    date: str
    year: int | None = None


def layers(seed: int = SEED) -> list[Made]:
    """Create the whole town."""
    network = street_network.network(seed)
    town = buildings.built(network, seed + 1)
    homes = areas.people(town, network, seed + 2)
    found = facilities.facilities(town, network, seed + 3)
    official = areas.tables(homes, town, facilities.for_distances(town, network))
    year = master_plan.YEAR
    made = [
        Made(f"{d}_{year}", "areas.gpkg", d, table, f"{year}-01-01", year)
        for d, table in official.items()
        if d in DIVISIONS
    ]
    made += [Made(theme, "facilities.gpkg", theme, table, facilities.DATE) for theme, table in found.items()]
    made += [
        Made(name, "basemap.gpkg", key, table, facilities.DATE)
        for name, key, table in _ground(town, network, homes)
    ]
    drawn = residents.drawings(homes, seed + 4)
    made += [Made(name, "sketches.gpkg", name, table, facilities.DATE) for name, table in drawn.items()]
    return made


LABELLED = ("worship", "townhall", "culture", "shopping", "station", "pumping_station")
"""Landmarks that carry their name on the map; the name of a wijk or buurt never stands there."""

_HIGHWAY = {
    "provincial": "primary",
    "main": "secondary",
    "collector": "tertiary",
    "residential": "residential",
    "woonerf": "living_street",
    "shopping": "residential",
    "industrial": "unclassified",
    "rural": "unclassified",
    "cycle": "cycleway",
}


def _table(rows: dict[str, object], shapes: object) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(rows, geometry=master_plan.place(np.asarray(shapes, dtype=object)), crs=RD)


def _settled(town: Built) -> list[Polygon]:
    """Return the ground between the houses."""
    homes = shapely.union_all(
        [b.shape for b in town.buildings if b.kind != "farm"]
        + [s for theme, _, s in town.landmarks if theme != "platform"]
    )
    whole = shapely.buffer(shapely.buffer(homes, 30, quad_segs=2), -18, quad_segs=2)
    return [p for p in shapely.get_parts(shapely.simplify(whole, 9)) if p.area > 20_000]


def _lawns(settled: list[Polygon], waters: list[tuple[str, str, Any]]) -> list[Polygon]:
    """Return the green that was never planned: verges, banks and what lies between the yards."""
    grounds = master_plan.faces()
    town = shapely.union_all(
        [grounds[q.code] for q in master_plan.QUARTERS if q.pattern not in ("rural", "industry")]
    )
    taken = [*settled, *(shape for _, _, shape in waters), *(shape for _, _, shape in master_plan.PARKS)]
    taken += [shapely.buffer(s.line, 8) for s in master_plan.SKELETON] + [shapely.buffer(master_plan.RAIL, 9)]
    open_land = shapely.difference(town, shapely.union_all(taken))
    opened = shapely.buffer(shapely.buffer(open_land, -7, quad_segs=2), 7, quad_segs=2)
    return [p for p in shapely.get_parts(shapely.simplify(opened, 6)) if p.area > 1800]


def _ground(
    town: Built, network: Network, homes: gpd.GeoDataFrame
) -> list[tuple[str, str, gpd.GeoDataFrame]]:
    """Return the base map: layer, key in the catalogue of backdrops, table."""
    settled = _settled(town)
    fields, ditches = master_plan.plots()
    waters = [*master_plan.waters(), *(("", "canal", s) for s in network.singels)]
    lawns = _lawns(settled, waters)
    greens = [
        *(("", *f) for f in fields),
        *(("", "grass", g) for g in (*lawns, *town.greens)),
        *master_plan.PARKS,
    ]
    water = _table(
        {"name": [w[0] for w in waters], "kind": [w[1] for w in waters]},
        [shapely.simplify(w[2], 0.5) for w in waters],
    )
    green = _table({"name": [g[0] for g in greens], "kind": [g[1] for g in greens]}, [g[2] for g in greens])
    named: dict[tuple[str, str], list[Any]] = {}
    for street in network.pieces:
        named.setdefault((street.name, _HIGHWAY[street.kind]), []).append(street.line)
    roads = _table(
        {"name": [n for n, _ in named], "kind": [k for _, k in named]},
        [shapely.line_merge(shapely.union_all(lines)) for lines in named.values()],
    )
    blocks: dict[tuple[str, str], list[Any]] = {}
    for building in town.buildings:
        blocks.setdefault((building.kind, network.pieces[building.street].name), []).append(building.shape)
    kinds = [kind for kind, _ in blocks] + ["public"] * len(town.landmarks)
    shapes = [MultiPolygon(parts) for parts in blocks.values()] + [
        MultiPolygon([s]) for _, _, s in town.landmarks
    ]
    places = [
        (name, theme, shapely.centroid(shape)) for theme, name, shape in town.landmarks if theme in LABELLED
    ]
    addresses = homes.groupby("pc6").agg({"addresses": "sum", "inhabitants": "sum"}).reset_index()
    centres = [shapely.centroid(shapely.union_all(g.to_numpy())) for _, g in homes.groupby("pc6")["geometry"]]
    return [
        ("water", "water", water),
        ("canals", "canals", _table({"kind": ["ditch"] * len(ditches)}, ditches)),
        ("green", "green", green),
        ("built", "built", _table({"kind": ["residential"] * len(settled)}, settled)),
        ("buildings", "buildings", _table({"kind": kinds}, shapes)),
        ("roads", "streets", roads),
        ("rail", "railways", _table({"kind": ["rail"]}, [master_plan.RAIL])),
        (
            "landmarks",
            "landmarks",
            _table({"name": [p[0] for p in places], "kind": [p[1] for p in places]}, [p[2] for p in places]),
        ),
        (
            "addresses",
            "addresses",
            _table({"pc6": list(addresses["pc6"]), "count": list(addresses["addresses"])}, centres),
        ),
    ]
