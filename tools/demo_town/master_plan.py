"""The master plan, drawn by hand as polder planners did: dike, canals, railway, roads, what each face is for.

The plan has its own axes (metres, the dike roughly along the top); `place` turns it into RD New,
on the bed of the Markermeer where the Markerwaard was never made.
"""

# ruff: noqa: E501  # tables read best with one thing a line

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LineString, MultiLineString, Polygon

Floats = NDArray[np.float64]
Points = Sequence[tuple[float, float]]

MUNICIPALITY = ("GM9901", "Zuiderwaard")
YEAR = 2025
LICENCE = "CC0 1.0"
SOURCE = "verzonnen voorbeeld"
"""What every layer, table and map of the town says of itself."""

SCALE = 0.68
_TURN = np.radians(17.0)
_CENTRE_PLAN = np.array([2100.0, 1900.0])
_CENTRE_RD = np.array([143_000.0, 509_600.0])


def place(shapes: Any, decimals: int = 1) -> Any:
    """Turn and move plan geometry to RD New, rounded to `decimals` of a metre.

    Examples
    --------
    >>> place(shapely.Point(2100, 1900)).wkt
    'POINT (143000 509600)'
    """
    turn = np.array([[np.cos(_TURN), np.sin(_TURN)], [-np.sin(_TURN), np.cos(_TURN)]])
    return shapely.transform(shapes, lambda xy: np.round((xy - _CENTRE_PLAN) @ turn + _CENTRE_RD, decimals))


def at(*points: tuple[float, float]) -> list[tuple[float, float]]:
    """Scale hand-drawn points to the plan."""
    return [(x * SCALE, y * SCALE) for x, y in points]


def bent(points: Points, step_m: float = 30.0) -> LineString:
    """Draw a smooth line through points (centripetal enough for roads: a uniform Catmull-Rom spline)."""
    knots = np.asarray(points, dtype=float)
    if len(knots) < 3:
        return LineString(knots)
    padded = np.vstack([2 * knots[0] - knots[1], knots, 2 * knots[-1] - knots[-2]])
    found = []
    for before, start, end, after in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        count = max(2, int(np.hypot(*(end - start)) / step_m))
        t = np.linspace(0, 1, count, endpoint=False)[:, None]
        found.append(
            0.5
            * (
                2 * start
                + (end - before) * t
                + (2 * before - 5 * start + 4 * end - after) * t**2
                + (3 * start - before - 3 * end + after) * t**3
            )
        )
    line = LineString(np.vstack([*found, knots[-1:]]))
    return shapely.simplify(line, 0.7)


@dataclass(frozen=True)
class Street:
    """A stretch of road: what it is called, what it is for, where it runs."""

    name: str
    kind: str
    line: Any


WIDTHS_M = {
    "provincial": 10.0,
    "main": 8.0,
    "collector": 7.0,
    "residential": 5.5,
    "woonerf": 5.0,
    "shopping": 7.0,
    "industrial": 7.0,
    "rural": 5.0,
    "cycle": 2.5,
}
"""Kerb to kerb, per kind of road."""

DIKE = bent(
    at(
        (-9000, 2600), (-5500, 3800), (-3600, 4350), (-2600, 4600), (-1200, 4960), (0, 5330), (900, 5520), (1800, 5625), (2600, 5590), (3080, 5545), (3400, 5545),
        (4300, 5610), (5300, 5480), (6400, 5150), (7600, 4700), (8800, 4400), (9800, 4250), (12000, 4100), (16000, 4300),
    )
)  # fmt: skip
RINGVAART = bent(
    at((-5600, 420), (-3600, 320), (-2000, 160), (0, -90), (1300, -160), (2500, -190), (4200, -120), (6400, 120), (8000, 330), (9800, 500), (12000, 700))
)  # fmt: skip
WEST = LineString(at((-1350, -900), (-1350, 6000)))
EAST = LineString(at((7500, -900), (7500, 6000)))
RAIL = bent(at((-3600, 1150), (-1600, 1520), (-200, 1850), (1200, 2110), (2500, 2400), (3500, 2560), (4600, 2640), (6600, 2600), (9800, 2380)))  # fmt: skip
VAART = bent(
    at(
        (3225, 5160), (3205, 5020), (3120, 4830), (2985, 4560), (2950, 4200), (2945, 3580), (2985, 2480), (2960, 1700),
        (2955, 1040), (2950, 300), (2950, -195),
    )
)  # fmt: skip
TOCHT_WEST = LineString(at((360, -120), (385, 5430)))
TOCHT_EAST = LineString(at((5480, 10), (5510, 5440)))

SKELETON = (
    Street("Markerwaardweg", "provincial", bent(at((-3600, 640), (-2000, 800), (-200, 990), (1400, 1060), (3000, 1010), (4700, 1060), (6600, 960), (9800, 700)))),
    Street("Dijkweg", "rural", DIKE.parallel_offset(24, "right")),
    Street("Westerdreef", "main", bent(at((1790, 1058), (1720, 1600), (1590, 2190), (1400, 3200), (1430, 4200), (1530, 4800), (1700, 5614)))),
    Street("Oosterdreef", "main", bent(at((4780, 1056), (4700, 1690), (4590, 2640), (4620, 3400), (4500, 4450), (4230, 5608)))),
    Street("Middenlaan", "main", bent(at((1400, 3430), (1800, 3570), (2250, 3640), (2945, 3600), (3420, 3560), (3870, 3540), (4630, 3420)))),
    Street("Noorderdreef", "main", bent(at((1440, 4380), (1800, 4500), (2250, 4550), (2990, 4570), (3420, 4545), (3850, 4500), (4520, 4350)))),
    Street("Stationslaan", "main", bent(at((3430, 2550), (3440, 3060), (3410, 3560), (3440, 4080), (3405, 4545)))),
    Street("Zuiderlaan", "main", bent(at((1705, 1640), (2300, 1770), (2960, 1730), (3640, 1740), (4200, 1820), (4690, 1740)))),
    Street("Viaductweg", "main", bent(at((3430, 2550), (3500, 2220), (3640, 1740), (3820, 1040)))),
    Street("Molenweg", "collector", bent(at((2450, 5595), (2440, 5150), (2420, 4800), (2390, 4560)))),
    Street("Werfweg", "collector", bent(at((3830, 5575), (3850, 5150), (3830, 4800), (3850, 4500)))),
    Street("Scheepslaan", "collector", bent(at((2250, 3640), (2290, 3900), (2230, 4250), (2250, 4550)))),
    Street("Parklaan", "collector", bent(at((3870, 3540), (3830, 3900), (3870, 4250), (3850, 4500)))),
    Street("Spoorstraat", "collector", bent(at((3860, 2590), (3880, 2900), (3850, 3250), (3870, 3540)))),
    Street("Oosterweg", "rural", bent(at((4620, 3420), (5500, 3640), (6600, 3560), (8300, 3380)))),
    Street("Waardweg", "rural", bent(at((-2100, 3300), (0, 3330), (780, 3300), (1405, 3200)))),
    Street("Zuiderringweg", "rural", bent(at((-2100, 330), (0, 260), (1500, 230), (2955, 210), (4500, 270), (7000, 480), (8300, 600)))),
    Street("Tochtweg", "rural", LineString(at((5535, 340), (5540, 1010), (5545, 2400), (5548, 3640), (5552, 5440)))),
    Street("Weidepad", "rural", LineString(at((325, 240), (330, 1025), (335, 2160), (340, 3320), (350, 5420)))),
    Street("Westerkavelweg", "rural", LineString(at((-700, 4980), (-705, 3325), (-710, 940), (-715, 310)))),
    Street("Oosterkavelweg", "rural", LineString(at((6640, 5060), (6640, 3565), (6635, 950), (6630, 430)))),
    Street("Zuidertochtpad", "rural", LineString(at((2240, 1050), (2235, 215)))),
)  # fmt: skip

KERN = (
    (
        "Havenkade",
        "shopping",
        ((3090, 5520), (3088, 5160), (3150, 5075), (3260, 5065), (3345, 5075), (3362, 5170), (3365, 5520)),
    ),
    ("Vaartkade", "residential", ((3150, 5075), (3110, 4930), (3020, 4760), (2925, 4568))),
    ("Sluiskade", "residential", ((3260, 5065), (3200, 4880), (3110, 4720), (3045, 4568))),
    ("Kerkstraat", "residential", ((2985, 5530), (2980, 5150), (2945, 4950), (2850, 4566))),
    ("Achterom", "residential", ((2905, 5535), (2903, 5160), (2860, 4930), (2770, 4567))),
    ("Smidsgang", "residential", ((2820, 5545), (2822, 5165), (2780, 4920), (2690, 4566))),
    ("Nieuwstraat", "residential", ((2735, 5550), (2740, 5170), (2700, 4910), (2610, 4566))),
    ("Touwbaan", "residential", ((2640, 5560), (2650, 5180), (2610, 4900), (2525, 4564))),
    ("Lijnbaan", "residential", ((2545, 5570), (2550, 5190), (2510, 4860))),
    ("Hoofdstraat", "shopping", ((3405, 4545), (3420, 4760), (3445, 4930), (3450, 5100), (3462, 5530))),
    ("Zeilmakersstraat", "residential", ((3545, 5535), (3535, 5110), (3510, 4860), (3500, 4540))),
    ("Oosterstraat", "residential", ((3630, 5545), (3625, 5110), (3600, 4860), (3590, 4538))),
    ("Visserslaan", "residential", ((3735, 5560), (3740, 5110), (3715, 4860), (3720, 4535))),
    ("Havenstraat", "residential", ((2445, 5370), (2740, 5360), (2985, 5345), (3090, 5340))),
    ("Breestraat", "shopping", ((2440, 5160), (2650, 5175), (2820, 5165), (2980, 5150), (3088, 5160))),
    ("Wagenweg", "residential", ((2425, 4900), (2610, 4900), (2780, 4920), (2945, 4950), (3110, 4930))),
    ("Kuipersgang", "residential", ((2415, 4740), (2565, 4735), (2735, 4740), (2900, 4760), (3020, 4760))),
    ("Vismarkt", "shopping", ((3362, 5330), (3460, 5340), (3545, 5345), (3740, 5350), (3845, 5345))),
    ("Marktstraat", "shopping", ((3345, 5075), (3450, 5100), (3535, 5110), (3740, 5110), (3848, 5100))),
    (
        "Doelenstraat",
        "residential",
        ((3200, 4880), (3320, 4860), (3436, 4860), (3510, 4860), (3715, 4860), (3832, 4850)),
    ),
    (
        "Bleekersgang",
        "residential",
        ((3110, 4720), (3260, 4690), (3415, 4690), (3505, 4690), (3717, 4690), (3838, 4690)),
    ),
)
"""The old village round its haven: grown, so drawn by hand."""

HAVEN = Polygon(
    at(
        (3160, 5575),
        (3140, 5490),
        (3138, 5200),
        (3180, 5130),
        (3290, 5130),
        (3322, 5200),
        (3325, 5490),
        (3300, 5575),
    )
)
PIERS = tuple(
    shapely.buffer(bent(at(*points)), 9, cap_style="flat")
    for points in (
        ((3130, 5550), (3080, 5680), (3130, 5800), (3190, 5850)),
        ((3330, 5550), (3400, 5660), (3390, 5800), (3300, 5900)),
    )
)


def blob(x: float, y: float, across: float, up: float, bumps: Sequence[float]) -> Any:
    """Draw a rounded shape round (x, y) of the unscaled plan; `bumps` stretch its radius, going round."""
    count = len(bumps)
    angles = np.linspace(0, 2 * np.pi, count, endpoint=False)
    knots = np.column_stack([x + across * np.cos(angles) * bumps, y + up * np.sin(angles) * bumps])
    closed = bent(at(*(tuple(k) for k in np.vstack([knots, knots[:3]]))), step_m=25)
    ring = np.asarray(closed.coords)
    start = int(np.argmin(np.hypot(*(ring - np.asarray(at(tuple(knots[1]))[0])).T)[: len(ring) // 2]))
    last = start + 1 + int(np.argmin(np.hypot(*(ring[start + 1 :] - ring[start]).T)))
    return shapely.make_valid(Polygon(ring[start:last]))


PLAS = blob(2170, 2750, 390, 215, (1.0, 1.12, 0.9, 1.05, 1.15, 0.85, 1.0, 0.92, 1.08))
PONDS = (
    blob(4180, 4080, 75, 45, (1.0, 1.2, 0.8, 1.1, 0.95)),
    blob(3250, 1330, 120, 60, (1.0, 1.1, 0.85, 1.2, 0.9, 1.05)),
    blob(2010, 5260, 70, 40, (1.0, 1.15, 0.8, 1.1, 0.9)),
)

PARKS = (
    ("Plaspark", "park", blob(2190, 2740, 520, 300, (1.0, 1.0, 1.05, 1.0, 0.95, 1.05, 1.0, 0.95))),
    ("Stadspark", "park", blob(3640, 3300, 150, 210, (1.0, 1.05, 0.9, 1.1, 0.95, 1.0))),
    ("Oosterpark", "park", blob(4180, 4060, 210, 150, (1.0, 1.1, 0.95, 1.05, 0.9, 1.0))),
    ("Sportpark De Waard", "sport", Polygon(at((4680, 3600), (5340, 3700), (5325, 4330), (4580, 4300)))),
    ("Vaartpark", "park", blob(3250, 1370, 260, 230, (1.0, 0.95, 1.1, 1.0, 0.9, 1.05))),
    ("Molenpark", "park", blob(2010, 5250, 170, 100, (1.0, 1.1, 0.9, 1.05, 0.95, 1.1))),
    ("Zuiderbos", "forest", Polygon(at((1750, 640), (2180, 690), (2560, 620), (2900, 560), (2900, 970), (2300, 1005), (1750, 1010)))),
    ("Zuiderbos", "forest", Polygon(at((3010, 600), (3500, 520), (4100, 640), (4450, 700), (4600, 1010), (3800, 985), (3010, 960)))),
    ("Begraafplaats Rustoord", "cemetery", Polygon(at((4590, 4420), (4990, 4450), (4970, 4780), (4520, 4750)))),
    ("Volkstuinen Het Groene Land", "allotments", Polygon(at((990, 3380), (1360, 3310), (1370, 3800), (990, 3820)))),
    ("Surfstrand", "park", Polygon(at((1740, 5545), (1735, 5480), (2380, 5470), (2380, 5525)))),
)  # fmt: skip


PATHS = (
    Street("Vaartpad", "cycle", shapely.intersection(VAART.parallel_offset(21, "left"), shapely.box(0, 1000 * SCALE, 9000, 4600 * SCALE))),
    Street("Plaspad", "cycle", LineString(shapely.simplify(shapely.buffer(PLAS, 26), 2).exterior.coords)),
    Street("Plaspad", "cycle", bent(at((1500, 2760), (1700, 2740), (1790, 2760)))),
    Street("Plaspad", "cycle", bent(at((2570, 2800), (2750, 2850), (2968, 2860)))),
    Street("Oosterparkpad", "cycle", bent(at((3850, 4180), (4050, 4190), (4200, 4170), (4560, 4000)))),
    Street("Oosterparkpad", "cycle", bent(at((4200, 4170), (4330, 4040), (4280, 3480)))),
    Street("Vaartparkpad", "cycle", bent(at((2960, 1500), (3120, 1440), (3280, 1450), (3740, 1400)))),
    Street("Molenpad", "cycle", bent(at((1560, 5000), (1850, 5160), (2080, 5150), (2440, 5260)))),
    Street("Bospad", "cycle", bent(at((2238, 800), (2500, 760), (2900, 820), (3300, 760), (3800, 840), (3700, 1030)))),
)  # fmt: skip
"""Foot and cycle paths through parks and along the canal."""


@dataclass(frozen=True)
class Quarter:
    """One official buurt: its code, name, a point inside each of its faces, and how it was built."""

    code: str
    name: str
    seeds: tuple[tuple[float, float], ...]
    pattern: str
    theme: str = ""
    angle: float = 0.0
    bend_m: float = 0.0
    """Radius of the bend of a grid, 0 for straight."""


WIJKEN = {
    "WK990101": "Wijk 01 Havenstad",
    "WK990102": "Wijk 02 Westerwaard",
    "WK990103": "Wijk 03 Oosterkwartier",
    "WK990104": "Wijk 04 Waterland-Zuid",
    "WK990105": "Wijk 05 Buitengebied",
}

QUARTERS = (
    Quarter("BU99010101", "Oude Haven", ((2600, 5300),), "kern"),
    Quarter("BU99010102", "Centrum", ((3200, 4000), (3700, 4000)), "centre", "crafts", 3.0),
    Quarter("BU99010103", "Stationskwartier", ((3200, 3000), (3700, 3000)), "stamps", "rail", 2.0),
    Quarter("BU99010201", "Noorderschans", ((2000, 5000),), "woonerf", "ships"),
    Quarter("BU99010202", "Schippersbuurt", ((1900, 4000),), "woonerf", "winds"),
    Quarter("BU99010203", "Tuigerij", ((2600, 4000),), "woonerf", "sails"),
    Quarter("BU99010204", "Plasoever", ((2200, 3300),), "woonerf", "fish"),
    Quarter("BU99010301", "Vogelkwartier", ((4200, 5000),), "stamps", "birds", -4.0),
    Quarter("BU99010302", "Parkbuurt", ((4200, 3900),), "stamps", "trees", 2.0),
    Quarter("BU99010303", "Oosterspoor", ((4200, 3000),), "grid", "flowers", -3.0),
    Quarter("BU99010304", "Bedrijvenpark De Kavels", ((5000, 3000),), "industry", "works", -4.0),
    Quarter("BU99010401", "Waterlelie", ((2200, 2000),), "canals", "reeds", 4.0, 900.0),
    Quarter("BU99010402", "Rietkraag", ((3300, 2100), (4100, 2100)), "canals", "isles", -2.0),
    Quarter("BU99010403", "Singelrijk", ((2200, 1400),), "canals", "herbs", 3.0),
    Quarter("BU99010404", "Zuidlanden", ((3300, 1400), (4200, 1400)), "canals", "insects", -6.0, -800.0),
    Quarter("BU99010501", "Verspreide huizen West", ((400, 4000), (1100, 1400)), "rural"),
    Quarter("BU99010502", "Verspreide huizen Zuid", ((400, 600), (4200, 400), (6000, 600)), "rural"),
    Quarter("BU99010503", "Verspreide huizen Oost", ((5000, 4600), (6000, 4500), (5000, 1700), (6000, 2900), (6000, 1500)), "rural"),
)  # fmt: skip


def ground() -> Any:
    """Return the municipality: from ring canal to dike, between the border ditches."""
    faces = shapely.polygonize([shapely.unary_union([DIKE, RINGVAART, WEST, EAST], grid_size=0.1)])
    middle = shapely.Point(*at((3200, 3000))[0])
    return next(face for face in faces.geoms if face.contains(middle))


def lake() -> Polygon:
    """Return the Markermeer as far as the map shows it."""
    edge = np.asarray(DIKE.coords)
    return Polygon([*edge, (edge[-1, 0] + 4000, 16_000.0), (edge[0, 0] - 4000, 16_000.0)])


def faces() -> dict[str, Any]:
    """Return the ground of every buurt: what roads, rail and water enclose round its seeds.

    Returns
    -------
    dict of Polygon
        By buurt code; together they are `ground()`.
    """
    roads = [s.line for s in SKELETON if s.kind != "rural" or s.name == "Oosterweg"]
    bounds = [lengthened(line, 70.0) for line in (*roads, RAIL, VAART, TOCHT_EAST)]
    lines = shapely.unary_union([*bounds, ground().exterior], grid_size=0.1)
    pieces = [p for p in shapely.polygonize([lines]).geoms if ground().buffer(1).covers(p)]
    seeds = [(q.code, shapely.Point(*at(s)[0])) for q in QUARTERS for s in q.seeds]
    found: dict[str, list[Any]] = {q.code: [] for q in QUARTERS}
    for piece in pieces:
        code = min(seeds, key=lambda seed: (not piece.contains(seed[1]), piece.distance(seed[1])))[0]
        found[code].append(piece)
    return {code: shapely.coverage_union_all(parts) for code, parts in found.items()}


def lengthened(line: LineString, by_m: float) -> LineString:
    """Return a line extended straight at both ends.

    Examples
    --------
    >>> lengthened(LineString([(0, 0), (10, 0)]), 5.0).wkt
    'LINESTRING (-5 0, 0 0, 10 0, 15 0)'
    """
    xy = np.asarray(line.coords)
    first, last = xy[0] - xy[1], xy[-1] - xy[-2]
    start = xy[0] + first / np.hypot(*first) * by_m
    return LineString(np.vstack([start, xy, xy[-1] + last / np.hypot(*last) * by_m]))


def waters() -> list[tuple[str, str, Any]]:
    """Return the open water of the plan: name, kind, area."""
    return [
        ("Markermeer", "lake", shapely.difference(shapely.union(lake(), HAVEN), shapely.union_all(PIERS))),
        ("Waardplas", "lake", PLAS),
        *(("", "pond", pond) for pond in PONDS),
        ("Hoofdvaart", "canal", shapely.difference(shapely.buffer(VAART, 13, cap_style="flat"), HAVEN)),
        ("Ringvaart", "canal", shapely.buffer(RINGVAART, 15, cap_style="flat")),
        ("Westertocht", "canal", shapely.buffer(TOCHT_WEST, 6, cap_style="flat")),
        ("Oostertocht", "canal", shapely.buffer(TOCHT_EAST, 6, cap_style="flat")),
        (
            "Grenstocht",
            "canal",
            shapely.intersection(shapely.buffer(WEST, 5, cap_style="flat"), shapely.buffer(ground(), 5)),
        ),
        (
            "Grenstocht",
            "canal",
            shapely.intersection(shapely.buffer(EAST, 5, cap_style="flat"), shapely.buffer(ground(), 5)),
        ),
    ]


def plots() -> tuple[list[tuple[str, Polygon]], list[LineString]]:
    """Return the farmland: long plots square to the polder roads, and the ditches between them.

    Returns
    -------
    list of (kind, area), list of lines
        ``field`` is ploughed, ``meadow`` is grass.
    """
    roads = [s.line for s in SKELETON if s.kind in ("rural", "provincial")]
    grounds = faces()
    busy = [
        shapely.buffer(line, 14, cap_style="flat")
        for line in (*roads, RAIL, *(s.line for s in SKELETON if s.kind == "main"))
    ]
    busy += [shapely.buffer(area, 5) for _, _, area in waters()] + [
        shapely.buffer(area, 8) for _, _, area in PARKS
    ]
    shut = shapely.union_all([*busy, *(grounds[q.code] for q in QUARTERS if q.pattern != "rural")])
    open_land = shapely.difference(ground(), shut)
    west, south, east, north = ground().bounds
    areas: list[tuple[str, Polygon]] = []
    ditches: list[LineString] = []
    for column, left in enumerate(np.arange(west, east, 292.0)):
        for row, low in enumerate(np.arange(south - 400 + 310 * (column % 2), north, 820.0)):
            cell = shapely.intersection(shapely.box(left + 2, low + 2, left + 290, low + 818), open_land)
            kind = "meadow" if (7 * column + 3 * row + column * row) % 5 < 2 else "field"
            areas += [(kind, shapely.simplify(p, 1.5)) for p in shapely.get_parts(cell) if p.area > 9000]
            side = LineString([(left, low), (left, low + 820)])
            end = LineString([(left, low), (left + 292, low)])
            for ditch in (side, end):
                ditches += [d for d in lines_of(shapely.intersection(ditch, open_land)) if d.length > 60]
    return areas, ditches


def lines_of(shape: Any) -> list[LineString]:
    """Return the lines of any geometry that has some."""
    if isinstance(shape, LineString):
        return [] if shape.is_empty else [shape]
    if isinstance(shape, MultiLineString) or hasattr(shape, "geoms"):
        return [line for part in shape.geoms for line in lines_of(part)]
    return []
