"""Rows of houses along the streets, flats, halls, farms and a few big buildings."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from shapely import LineString, Point, Polygon
from shapely.ops import substring

from tools.demo_town import master_plan
from tools.demo_town.master_plan import Floats, Street
from tools.demo_town.street_network import Network


@dataclass(frozen=True)
class Style:
    """How a kind of neighbourhood is built along its streets (metres)."""

    setback: tuple[float, float]
    depth: tuple[float, float]
    house: float
    """Front of one home."""
    run: tuple[int, int]
    """Homes in one row."""
    gap: tuple[float, float]
    corner: float
    storeys: tuple[int, ...] = (1,)
    """Homes above each other, drawn by chance from these."""


STYLES = {
    "kern": Style((4.5, 5.5), (10, 12), 6.6, (8, 15), (0.5, 16.0), 7.0),
    "centre": Style((6.5, 8.5), (12, 16), 8.4, (5, 9), (4, 16), 9.0, (1, 1, 2)),
    "woonerf": Style((6, 11), (8.5, 9.5), 5.9, (5, 9), (8, 17), 9.0),
    "stamps": Style((9, 11), (9, 10), 6.0, (8, 12), (9, 17), 13.0),
    "grid": Style((8.5, 10.5), (9, 10), 5.9, (6, 11), (8, 13), 12.0),
    "canals": Style((8, 10), (9.5, 11), 6.5, (5, 9), (7, 12), 11.0),
    "industry": Style((14, 26), (28, 55), 16.0, (2, 5), (10, 26), 16.0, (0,)),
    "rural": Style((26, 45), (18, 28), 22.0, (1, 1), (110, 330), 60.0),
}

PUBLIC = (
    ("worship", "Havenkerk", "BU99010101", 42, 17),
    ("community_centre", "Dorpshuis De Botter", "BU99010101", 30, 18),
    ("education", "Basisschool De Vuurtoren", "BU99010101", 46, 22),
    ("townhall", "Gemeentehuis", "BU99010102", 55, 28),
    ("culture", "Theater De Sluis", "BU99010102", 48, 30),
    ("library", "Bibliotheek Zuiderwaard", "BU99010102", 40, 24),
    ("shopping", "Winkelcentrum Het Plein", "BU99010102", 70, 36),
    ("education", "Basisschool Het Kompas", "BU99010103", 48, 22),
    ("care", "Gezondheidscentrum Spoorzicht", "BU99010103", 44, 22),
    ("education", "Basisschool De Windroos", "BU99010201", 48, 22),
    ("community_centre", "Buurthuis De Schans", "BU99010201", 28, 18),
    ("education", "Basisschool De Regenboog", "BU99010202", 48, 22),
    ("community_centre", "Wijkcentrum Westerwaard", "BU99010203", 42, 24),
    ("shopping", "Winkelcentrum De Loods", "BU99010203", 56, 30),
    ("education", "Openbare school De Tuigerij", "BU99010203", 46, 22),
    ("care", "Woonzorgcentrum Plaszicht", "BU99010204", 62, 20),
    ("education", "Basisschool De Nachtegaal", "BU99010301", 48, 22),
    ("worship", "Oosterkerk", "BU99010301", 34, 18),
    ("community_centre", "Buurthuis Het Nest", "BU99010301", 28, 18),
    ("education", "Zuiderwaard College", "BU99010302", 84, 40),
    ("care", "Woonzorgcentrum De Linde", "BU99010302", 62, 20),
    ("education", "Basisschool De Tulp", "BU99010303", 46, 22),
    ("shopping", "Supermarkt De Halte", "BU99010303", 44, 28),
    ("education", "Brede school Waterlelie", "BU99010401", 60, 30),
    ("community_centre", "Buurthuis De Lelie", "BU99010401", 28, 18),
    ("shopping", "Winkelcentrum Zuiderhof", "BU99010402", 60, 32),
    ("education", "Brede school Het Riet", "BU99010402", 58, 28),
    ("care", "Gezondheidscentrum Zuid", "BU99010402", 40, 20),
    ("education", "Basisschool De Singel", "BU99010403", 48, 22),
    ("community_centre", "Wijkcentrum Zuidlanden", "BU99010404", 36, 22),
    ("education", "Basisschool De Libel", "BU99010404", 48, 22),
)
"""What everybody knows: theme, name, buurt, length and depth in metres."""

GREENS = {
    "BU99010101": 2, "BU99010102": 2, "BU99010103": 3, "BU99010301": 3, "BU99010302": 2, "BU99010303": 4,
    "BU99010401": 4, "BU99010402": 5, "BU99010403": 4, "BU99010404": 4,
}  # fmt: skip
"""Blocks a buurt left open as a square or a lawn."""

FLATS = {
    "BU99010102": 8,
    "BU99010103": 12,
    "BU99010301": 10,
    "BU99010302": 8,
    "BU99010303": 3,
    "BU99010402": 6,
}
"""Blocks of flats a buurt, set among the green."""


@dataclass(frozen=True)
class Building:
    """One row, block, hall or farm."""

    shape: Polygon
    kind: str
    """``row``, ``flat``, ``hall``, ``farm`` or ``public``."""
    quarter: str
    street: int
    """Number of the street piece it fronts."""
    side: int
    """1 left of the piece as it is drawn, -1 right."""
    along_m: float
    homes: int


def oblong(middle: Floats, along: Floats, length: float, depth: float) -> Polygon:
    """Return a rectangle round a point; `along` is the direction of its length."""
    across = np.array([-along[1], along[0]])
    a, b = along * length / 2, across * depth / 2
    return Polygon([middle - a - b, middle + a - b, middle + a + b, middle - a + b])


class Site:
    """What is built so far, so that nothing stands in a road, in water or in something else."""

    def __init__(self, network: Network, shut: Any) -> None:
        kerbs = [
            shapely.buffer(s.line, master_plan.WIDTHS_M[s.kind] / 2 + 1.5, cap_style="flat")
            for s in network.pieces
        ]
        self._kerbs = shapely.STRtree(kerbs)
        self._shut = shut
        shapely.prepare(self._shut)
        self._cells: defaultdict[tuple[int, int], list[Polygon]] = defaultdict(list)

    def free(self, shape: Polygon, apart_m: float = 2.5) -> bool:
        """Return whether a building fits here."""
        if self._shut.intersects(shape) or len(self._kerbs.query(shape, predicate="intersects")):
            return False
        room = shapely.buffer(shape, apart_m, join_style="mitre")
        return not any(room.intersects(other) for cell in self._around(room) for other in self._cells[cell])

    def put(self, shape: Polygon) -> None:
        """Claim the ground."""
        for cell in self._around(shape):
            self._cells[cell].append(shape)

    @staticmethod
    def _around(shape: Polygon) -> Iterator[tuple[int, int]]:
        west, south, east, north = (int(v // 60) for v in shape.bounds)
        return ((x, y) for x in range(west, east + 1) for y in range(south, north + 1))


def _chord(line: LineString, start: float, end: float, side: int) -> tuple[Floats, Floats, Floats]:
    """Return the middle, direction and outward normal of a stretch of street."""
    one, other = (np.asarray(line.interpolate(s).coords[0]) for s in (start, end))
    along = (other - one) / max(np.hypot(*(other - one)), 1e-9)
    return (one + other) / 2, along, side * np.array([-along[1], along[0]])


@dataclass(frozen=True)
class Built:
    """What stands in the town, and what was left open."""

    buildings: tuple[Building, ...]
    landmarks: tuple[tuple[str, str, Polygon], ...]
    """Theme, name and building of what everybody knows."""
    greens: tuple[Polygon, ...]
    """Squares and lawns between the houses."""


def built(network: Network, seed: int) -> Built:
    """Build the town along its streets."""
    rng = np.random.default_rng(seed)
    pattern = {q.code: q.pattern for q in master_plan.QUARTERS}
    grounds = master_plan.faces()
    codes = list(grounds)
    tree = shapely.STRtree([grounds[c] for c in codes])
    wet = shapely.union_all([*(area for _, _, area in master_plan.waters()), *network.singels])
    outside = shapely.difference(
        shapely.box(-4000, -2000, 9500, 7600), shapely.buffer(master_plan.ground(), -12)
    )
    shut = shapely.union_all(
        [
            shapely.buffer(wet, 6.0),
            shapely.buffer(master_plan.RAIL, 18.0),
            *(area for _, _, area in master_plan.PARKS),
            outside,
        ]
    )
    site = Site(network, shut)
    found: list[Building] = []
    landmarks = _landmarks(network, site, grounds, rng)
    greens = _greens(network, site, grounds, rng)
    found += _flats(network, site, grounds, rng)
    for number, street in enumerate(network.pieces):
        for side in (1, -1):
            length = street.line.length
            if street.kind in ("provincial", "cycle") or length < 24:
                continue
            probe, _, outward = _chord(street.line, length * 0.4, length * 0.6, side)
            hits = tree.query(Point(probe + outward * 15), predicate="within")
            if not len(hits):
                continue
            code = codes[hits[0]]
            if pattern[code] == "rural" and street.kind != "rural":
                continue
            if street.kind == "main" and pattern[code] not in ("kern", "centre", "stamps"):
                continue
            found += _front(Frontage(number, street, side, code, pattern[code]), site, rng)
    return Built(tuple(found), tuple(landmarks), tuple(greens))


def fixed() -> list[tuple[str, str, Polygon]]:
    """Return the buildings whose place the plan prescribes: at the railway and where the canal ends."""
    spot = master_plan.RAIL.project(Point(master_plan.at((3225, 2540))[0]))
    middle, along, outward = _chord(master_plan.RAIL, spot - 20, spot + 20, 1)
    return [
        ("station", "Station Zuiderwaard", oblong(middle + outward * 24, along, 46, 12)),
        ("platform", "", oblong(middle + outward * 8, along, 190, 6)),
        ("platform", "", oblong(middle - outward * 8, along, 190, 6)),
        (
            "pumping_station",
            "Gemaal De Waard",
            oblong(np.array(master_plan.at((2915, -120))[0]), np.array([0.0, 1.0]), 26, 15),
        ),
    ]


def _landmarks(
    network: Network, site: Site, grounds: dict[str, Any], rng: np.random.Generator
) -> list[tuple[str, str, Polygon]]:
    """Set the public buildings along their neighbourhood's streets, with open ground round them."""
    found = fixed()
    for _, _, shape in found:
        site.put(shape)
    for theme, name, code, length, depth in PUBLIC:
        heart = grounds[code].representative_point()
        near = [
            k
            for k, s in enumerate(network.pieces)
            if s.kind != "main" and grounds[code].contains(s.line.centroid)
        ]
        order = sorted(near, key=lambda k: network.pieces[k].line.distance(heart) * rng.uniform(0.6, 1.6))
        others = shapely.union_all([shape for _, _, shape in found])
        yards = _yards([network.pieces[k] for k in order], length, depth)
        shape = next(
            shape
            for shape, yard in yards
            if grounds[code].contains(shape) and site.free(shape, 7) and yard.distance(others) >= 60
        )
        found.append((theme, name, shape))
        site.put(shapely.buffer(shape, 9, join_style="mitre"))
    return found


def _yards(streets: list[Street], length: float, depth: float) -> Iterator[tuple[Polygon, Polygon]]:
    """Return places for a public building along streets, each with the ground round it."""
    for street in streets:
        run = street.line.length
        for side in (1, -1) if run >= 30 else ():
            middle, along, outward = _chord(street.line, run * 0.3, run * 0.7, side)
            away = master_plan.WIDTHS_M[street.kind] / 2 + 7 + depth / 2
            shape = oblong(middle + outward * away, along, length, depth)
            yield shape, shapely.buffer(shape, 9, join_style="mitre")


def _greens(network: Network, site: Site, grounds: dict[str, Any], rng: np.random.Generator) -> list[Polygon]:
    """Leave some blocks open."""
    enclosed = shapely.get_parts(shapely.polygonize([s.line for s in network.pieces]))
    blocks = [shapely.buffer(b, -6.5, join_style="mitre") for b in enclosed if 2500 < b.area < 11_000]
    found: list[Polygon] = []
    for code, wanted in GREENS.items():
        inside = [b for b in blocks if isinstance(b, Polygon) and grounds[code].contains(b)]
        left = wanted
        for k in rng.permutation(len(inside)):
            if left and site.free(inside[k], 0) and all(inside[k].distance(g) > 110 for g in found):
                found.append(inside[k])
                site.put(inside[k])
                left -= 1
    return found


@dataclass(frozen=True)
class Frontage:
    """One side of a street piece: its number in the network, which side, and what is built there."""

    number: int
    street: Street
    side: int
    code: str
    pattern: str


def _front(front: Frontage, site: Site, rng: np.random.Generator) -> list[Building]:
    """Fill one side of a street piece with rows."""
    found = []
    number, side, code, pattern, line = front.number, front.side, front.code, front.pattern, front.street.line
    style = STYLES[pattern]
    extra = 5.0 if front.street.kind == "main" else 0.0
    s = style.corner + rng.uniform(0, style.gap[1]) * (pattern == "rural")
    setback, depth = rng.uniform(*style.setback) + extra, rng.uniform(*style.depth)
    while s < line.length - style.corner - style.house * style.run[0]:
        count = int(rng.integers(style.run[0], style.run[1] + 1))
        count = min(count, int((line.length - style.corner - s) // style.house))
        run = count * style.house
        bow = (
            shapely.hausdorff_distance(
                substring(line, s, s + run),
                LineString([line.interpolate(s), line.interpolate(s + run)]),
            )
            if run > 20 and len(line.coords) > 2
            else 0.0
        )
        if bow > 2.5 and count > 3:
            count = max(2, count // 2)
            run = count * style.house
        middle, along, outward = _chord(line, s, s + run, side)
        if pattern in ("woonerf", "industry", "rural"):
            setback, depth = rng.uniform(*style.setback) + extra, rng.uniform(*style.depth)
        placed = False
        for step in (0.0, 2.5):
            shape = oblong(middle + outward * (setback + step + depth / 2), along, run - 0.4, depth)
            if site.free(shape, 1.0 if pattern == "kern" else 2.5):
                storeys = int(rng.choice(style.storeys))
                homes = count * storeys
                use = {"industry": "hall", "rural": "farm"}.get(pattern, "row")
                found.append(Building(shape, use, code, number, side, s + run / 2, homes))
                site.put(shape)
                placed = True
                if use == "farm":
                    barn = oblong(
                        middle + outward * (setback + depth + 24) + along * rng.uniform(-14, 14),
                        along,
                        20,
                        34,
                    )
                    if site.free(barn):
                        found.append(Building(barn, "farm", code, number, side, s + run / 2, 0))
                        site.put(barn)
                break
        s += run + rng.uniform(*style.gap) if placed else 7.0
    return found


def _flats(network: Network, site: Site, grounds: dict[str, Any], rng: np.random.Generator) -> list[Building]:
    """Set blocks of flats along a few collectors and main roads."""
    found: list[Building] = []
    for code, wanted in FLATS.items():
        near = [
            k
            for k, s in enumerate(network.pieces)
            if s.line.length > 70
            and s.kind in ("main", "collector", "residential", "shopping")
            and grounds[code].contains(s.line.centroid.buffer(1))
        ]
        left = wanted
        for k in rng.permutation(near):
            if not left:
                break
            line, side = network.pieces[k].line, int(rng.choice((1, -1)))
            length, storeys = float(rng.uniform(46, 66)), int(rng.choice((4, 4, 5, 8)))
            middle, along, outward = _chord(
                line, line.length / 2 - length / 2, line.length / 2 + length / 2, side
            )
            shape = oblong(middle + outward * 20, along, length, 12)
            if grounds[code].contains(shape) and site.free(shape, 12):
                found.append(
                    Building(shape, "flat", code, int(k), side, line.length / 2, int(length // 8) * storeys)
                )
                site.put(shapely.buffer(shape, 8, join_style="mitre"))
                left -= 1
    return found
