"""All layers of the town, in memory: made from one seed, so that they can be made again."""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from shapely import MultiPolygon, Point

from geo.crs import RD
from layers.catalogue import DIVISIONS
from layers.town import areas, buildings, facilities, plan, residents, streets
from layers.town.buildings import Built
from layers.town.streets import Network

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
    """Make the whole town."""
    network = streets.network(seed)
    town = buildings.built(network, seed + 1)
    homes = areas.people(town, network, seed + 2)
    found = facilities.facilities(town, network, seed + 3)
    official = areas.tables(homes, town, network, facilities.for_distances(found, town, network))
    year = plan.YEAR
    made = [Made(f"{d}_{year}", "areas.gpkg", d, table, f"{year}-01-01", year) for d, table in official.items() if d in DIVISIONS]
    made += [Made(theme, "facilities.gpkg", theme, table, facilities.DATE) for theme, table in found.items()]
    made += [Made(name, "basemap.gpkg", key, table, facilities.DATE) for name, key, table in _ground(town, network, homes)]
    drawn = residents.drawings(homes, seed + 4)
    made += [Made(name, "sketches.gpkg", name, table, facilities.DATE) for name, table in drawn.items()]
    return made


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
    return gpd.GeoDataFrame(rows, geometry=plan.place(np.asarray(shapes, dtype=object)), crs=RD)


def _ground(town: Built, network: Network, homes: gpd.GeoDataFrame) -> list[tuple[str, str, gpd.GeoDataFrame]]:
    """Give the base map: layer, key in the catalogue of backdrops, table."""
    waters = [*plan.waters(), *(("", "canal", s) for s in network.singels)]
    greens = [*plan.PARKS, *(("", "grass", g) for g in town.greens)]
    water = _table({"name": [w[0] for w in waters], "kind": [w[1] for w in waters]}, [shapely.simplify(w[2], 0.5) for w in waters])
    green = _table({"name": [g[0] for g in greens], "kind": [g[1] for g in greens]}, [g[2] for g in greens])
    named: dict[tuple[str, str], list[object]] = {}
    for street in network.pieces:
        named.setdefault((street.name, _HIGHWAY[street.kind]), []).append(street.line)
    roads = _table(
        {"name": [n for n, _ in named], "kind": [k for _, k in named]},
        [shapely.line_merge(shapely.union_all(lines)) for lines in named.values()],
    )
    blocks: dict[tuple[str, str], list[object]] = {}
    for building in town.buildings:
        blocks.setdefault((building.kind, network.pieces[building.street].name), []).append(building.shape)
    kinds = [kind for kind, _ in blocks] + ["public"] * len(town.landmarks)
    shapes = [MultiPolygon(parts) for parts in blocks.values()] + [MultiPolygon([s]) for _, _, s in town.landmarks]
    built = shapely.buffer(shapely.buffer(shapely.union_all([b.shape for b in town.buildings if b.kind not in ("farm",)]), 38, quad_segs=2), -22, quad_segs=2)
    settled = [p for p in shapely.get_parts(shapely.simplify(built, 6)) if p.area > 20_000]
    places = [(name, theme, shapely.centroid(shape)) for theme, name, shape in town.landmarks if theme in ("worship", "townhall", "culture", "shopping")]
    places += [("Station Zuiderwaard", "station", facilities.STATION), ("Gemaal De Waard", "pumping_station", Point(plan.at((2950, -140))[0]))]
    addresses = homes.groupby("pc6").agg({"addresses": "sum", "inhabitants": "sum"}).reset_index()
    centres = [shapely.centroid(shapely.union_all(g.to_numpy())) for _, g in homes.groupby("pc6")["geometry"]]
    return [
        ("water", "water", water),
        ("green", "green", green),
        ("built", "built", _table({"kind": ["residential"] * len(settled)}, settled)),
        ("buildings", "buildings", _table({"kind": kinds}, shapes)),
        ("roads", "streets", roads),
        ("rail", "railways", _table({"kind": ["rail"]}, [plan.RAIL])),
        ("places", "places", _table({"name": [p[0] for p in places], "kind": [p[1] for p in places]}, [p[2] for p in places])),
        ("addresses", "addresses", _table({"pc6": list(addresses["pc6"]), "count": list(addresses["addresses"])}, centres)),
    ]
