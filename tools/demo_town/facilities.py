"""Places of the four themes: where the town's people meet, sit, play and are helped."""

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely import Point, Polygon

from geo.crs import RD
from tools.demo_town import master_plan
from tools.demo_town.buildings import Built
from tools.demo_town.street_network import Network

DATE = "2025-06-01"

_LANDMARKS = {
    "worship": (("meeting_place", "worship"),),
    "community_centre": (
        ("meeting_place", "community_centre"),
        ("social_infrastructure", "community_centre"),
    ),
    "education": (("social_infrastructure", "education"),),
    "townhall": (("meeting_place", "culture_market"),),
    "culture": (("meeting_place", "culture_market"),),
    "library": (("meeting_place", "library"),),
    "shopping": (("social_infrastructure", "daily_life"),),
    "care": (("social_infrastructure", "care"),),
}

_BY_STREET = (
    ("meeting_place", "hospitality", "Café De Kade", "Havenkade"),
    ("meeting_place", "hospitality", "Eetcafé Het Anker", "Havenkade"),
    ("meeting_place", "hospitality", "IJssalon De Breestraat", "Breestraat"),
    ("meeting_place", "hospitality", "Koffiehuis Markt", "Marktstraat"),
    ("meeting_place", "hospitality", "Stationscafé", "Stationslaan"),
    ("meeting_place", "restaurant", "Visrestaurant De Pier", "Havenkade"),
    ("meeting_place", "culture_market", "Weekmarkt Vismarkt", "Vismarkt"),
    ("meeting_place", "library", "Boekenkast Kerkstraat", "Kerkstraat"),
    ("meeting_place", "library", "Boekenkast Scheepslaan", "Scheepslaan"),
    ("meeting_place", "social_centre", "Inloophuis De Luwte", "Parklaan"),
    ("social_infrastructure", "care", "Huisartsenpraktijk Oude Haven", "Hoofdstraat"),
    ("social_infrastructure", "care", "Huisartsenpraktijk Scheepslaan", "Scheepslaan"),
    ("social_infrastructure", "care", "Apotheek Stationslaan", "Stationslaan"),
    ("social_infrastructure", "care", "Tandarts Parklaan", "Parklaan"),
    ("social_infrastructure", "association", "Harmonie Zuiderwaard", "Nieuwstraat"),
    ("social_infrastructure", "association", "Watersportvereniging Oude Haven", "Havenkade"),
    ("social_infrastructure", "association", "Scouting Waardgroep", "Molenweg"),
    ("social_infrastructure", "association", "Historische kring Zuiderwaard", "Kerkstraat"),
    ("social_infrastructure", "association", "Buurtvereniging Oosterspoor", "Spoorstraat"),
    ("social_infrastructure", "education", "Kinderdagverblijf De Meeuw", "Werfweg"),
    ("social_infrastructure", "education", "Kinderdagverblijf Het Zeiltje", "Scheepslaan"),
    ("social_infrastructure", "education", "Kinderdagverblijf Spoorkids", "Spoorstraat"),
    ("social_infrastructure", "education", "Kinderdagverblijf De Zuiderzon", "Zuiderlaan"),
    ("social_infrastructure", "education", "Muziekschool Zuiderwaard", "Parklaan"),
    ("social_infrastructure", "daily_life", "Bakkerij Havenstraat", "Havenstraat"),
    ("social_infrastructure", "daily_life", "Supermarkt Hoofdstraat", "Hoofdstraat"),
    ("social_infrastructure", "daily_life", "Groenteboer Breestraat", "Breestraat"),
    ("social_infrastructure", "sport_play", "Sportschool Stationslaan", "Stationslaan"),
)

_BY_PLACE = (
    ("meeting_place", "outdoors", "Volkstuinen Het Groene Land", (1180, 3600)),
    ("meeting_place", "outdoors", "Hondenveld Plaspark", (1760, 2560)),
    ("meeting_place", "outdoors", "Buurttuin Vaartpark", (3120, 1480)),
    ("social_infrastructure", "sport_play", "Voetbalvereniging De Waard", (4950, 4050)),
    ("social_infrastructure", "sport_play", "Tennisvereniging De Waard", (5180, 3880)),
    ("social_infrastructure", "sport_play", "Hockeyclub Zuiderwaard", (4760, 4180)),
    ("social_infrastructure", "sport_play", "Zwembad De Plas", (1800, 2960)),
    ("social_infrastructure", "sport_play", "Sporthal Oosterpark", (4620, 3700)),
    ("social_infrastructure", "association", "Tuindersvereniging Het Groene Land", (1200, 3560)),
)

_PLAY_NAMES = ("Speelplek", "Speelveld", "Speeltuin", "Trapveld")


def facilities(town: Built, network: Network, seed: int) -> dict[str, gpd.GeoDataFrame]:
    """Return FACILITIES by theme, in RD.

    Returns
    -------
    dict of GeoDataFrame
        Index ``facility_id``; the columns FACILITIES promises and the details of benches and play areas.
    """
    rng = np.random.default_rng(seed)
    rows: list[dict[str, Any]] = []
    for number, (use, name, shape) in enumerate(town.landmarks):
        for home, kind in _LANDMARKS.get(use, ()):
            rows.append(
                {
                    "id": f"verzonnen:gebouw-{number + 1}",
                    "theme": home,
                    "kind": kind,
                    "name": name,
                    "geometry": shapely.centroid(shape),
                }
            )
    for number, (theme, kind, name, street) in enumerate(_BY_STREET):
        rows.append(
            {
                "id": f"verzonnen:straat-{number + 1}",
                "theme": theme,
                "kind": kind,
                "name": name,
                "geometry": _address_point(town, network, street, rng),
            }
        )
    for number, (theme, kind, name, spot) in enumerate(_BY_PLACE):
        rows.append(
            {
                "id": f"verzonnen:plek-{number + 1}",
                "theme": theme,
                "kind": kind,
                "name": name,
                "geometry": Point(master_plan.at(spot)[0]),
            }
        )
    rows += _benches(town, network, rng)
    rows += _play(town, network, rng)
    table = pd.DataFrame(rows)
    found = {}
    for key, rows_of_theme in table.groupby("theme", sort=False):
        known = rows_of_theme.dropna(axis="columns", how="all").rename(columns={"id": "facility_id"})
        spots = master_plan.place(known["geometry"].to_numpy())
        facts = (
            known.drop(columns="geometry")
            .assign(source=master_plan.SOURCE, date=DATE)
            .set_index("facility_id")
        )
        first = ["theme", "kind", "name", "source", "date"]
        facts = facts[[*first, *(c for c in facts.columns if c not in first)]]
        found[str(key)] = gpd.GeoDataFrame(facts, geometry=spots, crs=RD)
    return found


def _address_point(town: Built, network: Network, street: str, rng: np.random.Generator) -> Point:
    """Return a front door in a street."""
    pieces = [s.line for s in network.pieces if s.name == street]
    spot = shapely.line_interpolate_point(pieces[int(rng.integers(len(pieces)))], 0.5, normalized=True)
    homes = [b.shape for b in town.buildings if b.kind in ("row", "flat")]
    return shapely.centroid(homes[int(shapely.STRtree(homes).nearest(spot))])


def _bank(shape: Any, inward_m: float, count: int, rng: np.random.Generator) -> list[Point]:
    """Return points along the edge of an area or along a line."""
    edge = shapely.buffer(shape, -inward_m).boundary if isinstance(shape, Polygon) else shape
    places = (np.arange(count) + rng.uniform(0.2, 0.8, count)) / count
    return [edge.interpolate(p, normalized=True) for p in places]


def _benches(town: Built, network: Network, rng: np.random.Generator) -> list[dict[str, Any]]:
    blocked = shapely.union_all(
        [
            *(b.shape for b in town.buildings),
            *(s for _, _, s in town.landmarks),
            *(a for _, _, a in master_plan.waters()),
            *network.singels,
        ]
    )
    shapely.prepare(blocked)
    parks = {name: shape for name, kind, shape in master_plan.PARKS if kind in ("park", "cemetery")}
    spots = [
        spot
        for name, shape in parks.items()
        for spot in _bank(shape, 9.0, {"Plaspark": 22, "Surfstrand": 5}.get(name, 8), rng)
    ]
    spots += [p for green in town.greens for p in _bank(green, 4.0, 1, rng)]
    spots += _bank(master_plan.HAVEN, -14.0, 9, rng)
    vaart = shapely.intersection(
        master_plan.VAART.parallel_offset(19, "left"), shapely.box(0, 700, 6000, 3300)
    )
    spots += _bank(vaart, 0.0, 14, rng)
    dike = shapely.intersection(
        master_plan.DIKE.parallel_offset(32, "right"), shapely.box(900, 0, 3300, 5000)
    )
    spots += _bank(dike, 0.0, 9, rng)
    busy = [s.line for s in network.pieces if s.kind == "shopping" and s.line.length > 40]
    spots += [
        busy[int(k)].parallel_offset(4.5, "left").interpolate(0.5, normalized=True)
        for k in rng.choice(len(busy), 22, replace=False)
    ]
    spots = [p for p in spots if not blocked.intersects(p)][:128]
    stops = [s.line for s in network.pieces if s.kind == "main" and s.line.length > 60]
    rows = [("bench", p) for p in spots]
    rows += [
        ("stop_seat", stops[int(k)].parallel_offset(6.5, "left").interpolate(0.5, normalized=True))
        for k in rng.choice(len(stops), 12, replace=False)
    ]
    rows += [
        ("picnic_table", p)
        for p in _bank(parks["Plaspark"], 22.0, 5, rng) + _bank(parks["Vaartpark"], 16.0, 3, rng)
        if not blocked.intersects(p)
    ]
    return [
        {
            "id": f"verzonnen:bank-{number + 1}",
            "theme": "bench",
            "kind": kind,
            "name": "",
            "backrest": "yes" if rng.random() < 0.72 else "no",
            "armrest": "yes" if rng.random() < 0.31 else "no",
            "seats": str(rng.choice([2, 3, 3, 3, 4])),
            "material": str(rng.choice(["wood", "wood", "metal", "plastic"])),
            "geometry": point,
        }
        for number, (kind, point) in enumerate(rows)
    ]


def _play(town: Built, network: Network, rng: np.random.Generator) -> list[dict[str, Any]]:
    blocked = shapely.union_all(
        [
            *(b.shape for b in town.buildings),
            *(s for _, _, s in town.landmarks),
            *(a for _, _, a in master_plan.waters()),
            *network.singels,
        ]
    )
    shapely.prepare(blocked)
    spots = [shapely.point_on_surface(green) for green in town.greens]
    spots += [
        shapely.point_on_surface(shapely.buffer(shape, -25))
        for name, kind, shape in master_plan.PARKS
        if kind == "park" and name not in ("Plaspark", "Surfstrand")
    ]
    spots += _bank(next(shape for name, _, shape in master_plan.PARKS if name == "Plaspark"), 24.0, 3, rng)
    yards = [
        s
        for s, code in zip(network.pieces, network.quarters, strict=True)
        if s.kind == "woonerf" and s.line.length > 30
    ]
    for k in rng.permutation(len(yards)):
        point = yards[int(k)].line.interpolate(0.6, normalized=True)
        point = (
            yards[int(k)].line.parallel_offset(16, "left").interpolate(0.5, normalized=True)
            if yards[int(k)].line.length > 35
            else point
        )
        if len(spots) >= 48:
            break
        if all(point.distance(other) > 120 for other in spots) and blocked.distance(point) > 6:
            spots.append(point)
    spots = [p for p in spots if not blocked.intersects(p)]
    rows = []
    for number, point in enumerate(spots):
        young, old = [(0, 6), (0, 12), (4, 12), (6, 14), (12, 18)][
            int(rng.choice(5, p=[0.26, 0.34, 0.2, 0.12, 0.08]))
        ]
        kind = (
            "pitch"
            if young >= 6
            else str(rng.choice(["playground", "playground", "playground", "equipment"]))
        )
        rows.append(
            {
                "id": f"verzonnen:spelen-{number + 1}",
                "theme": "play_area",
                "kind": kind,
                "name": f"{'Trapveld' if kind == 'pitch' else 'Speelplek'} {number + 1}",
                "min_age": str(young),
                "max_age": str(old),
                "wheelchair": "yes" if rng.random() < 0.18 else "no",
                "geometry": point,
            }
        )
    return rows


def for_distances(town: Built, network: Network) -> dict[str, list[Point]]:
    """Return, in the plan's metres, what key figures measure distances to."""
    doctors = [
        shapely.centroid(s) for theme, name, s in town.landmarks if theme == "care" and "Gezondheid" in name
    ]
    rng = np.random.default_rng(0)
    shops = [shapely.centroid(s) for theme, _, s in town.landmarks if theme == "shopping"]
    schools = [
        shapely.centroid(s)
        for theme, name, s in town.landmarks
        if theme == "education" and "College" not in name
    ]
    return {
        "huisartsenpraktijk": [
            *doctors,
            _address_point(town, network, "Hoofdstraat", rng),
            _address_point(town, network, "Scheepslaan", rng),
        ],
        "grote_supermarkt": shops,
        "kinderdagverblijf": [
            _address_point(town, network, street, rng) for street in ("Werfweg", "Scheepslaan", "Spoorstraat")
        ]
        + schools[-2:],
        "basisonderwijs": schools,
        "treinstation": [shapely.centroid(s) for theme, _, s in town.landmarks if theme == "station"],
    }
