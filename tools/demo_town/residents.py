"""A hundred and fifty residents who do not exist: what they drew, what they call it, what they answered."""

# ruff: noqa: E501  # tables read best with one thing a line

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely import LineString, Point, Polygon

from geo.crs import RD, to_planar, to_wgs84
from tools.demo_town import master_plan
from tools.demo_town.master_plan import Floats

COUNT = 150
LN_AREA_SD = 0.64
"""Spread of the areas that residents of one neighbourhood drew, measured over 59,094 public drawings."""


@dataclass(frozen=True)
class Lived:
    """A neighbourhood as residents live it: what they call it, its outline, how many drew it."""

    key: str
    names: tuple[tuple[str, int], ...]
    outline: tuple[tuple[float, float], ...]
    """Corners on the unscaled plan, along what holds people back: water, rail, main roads."""
    drawn: int


LIVED = (
    Lived(
        "kern",
        (("Oude Haven", 6), ("Het oude dorp", 4), ("Bij de haven", 2)),
        ((2420, 5560), (3830, 5570), (3830, 4530), (3400, 4560), (2400, 4570)),
        14,
    ),
    Lived(
        "centrum",
        (("Centrum", 6), ("De Markt", 2)),
        ((3010, 4540), (3850, 4500), (3850, 3570), (2975, 3610)),
        10,
    ),
    Lived(
        "station",
        (("Stationsbuurt", 5), ("De Spoorkant", 2)),
        ((2990, 3570), (3860, 3530), (3860, 2610), (2990, 2520)),
        8,
    ),
    # One official buurt, two in experience: the park along the dike keeps them apart.
    Lived(
        "schans",
        (("De Schans", 5), ("Noorderschans", 2)),
        ((1480, 4480), (2380, 4560), (2420, 5080), (1580, 5060)),
        9,
    ),
    Lived(
        "molen",
        (("De Molenhoek", 4), ("Aan de dijk", 3)),
        ((1580, 5060), (2420, 5080), (2440, 5570), (1690, 5580)),
        8,
    ),
    Lived(
        "schippers",
        (("Schippersbuurt", 6), ("De Winden", 2)),
        ((1440, 4360), (2240, 4530), (2250, 3660), (1430, 3480)),
        10,
    ),
    Lived(
        "tuig",
        (("Tuigerij", 4), ("Het Tuig", 4)),
        ((2260, 4530), (2930, 4550), (2930, 3640), (2260, 3660)),
        8,
    ),
    Lived(
        "plas",
        (("Plasoever", 5), ("Aan de plas", 3)),
        ((1410, 3400), (2250, 3610), (2920, 3560), (2900, 3050), (2200, 3060), (1480, 2960)),
        9,
    ),
    Lived(
        "vogels",
        (("Vogelbuurt", 6), ("Vogelkwartier", 2)),
        ((3850, 5560), (4220, 5580), (4500, 4370), (3860, 4520)),
        9,
    ),
    Lived(
        "park",
        (("Parkbuurt", 4), ("Bomenbuurt", 3)),
        ((3870, 4480), (4490, 4330), (4600, 3440), (3880, 3560)),
        8,
    ),
    Lived(
        "bloemen",
        (("Bloemenbuurt", 6), ("Oosterspoor", 3)),
        ((3880, 3520), (4600, 3410), (4580, 2660), (3870, 2610)),
        9,
    ),
    Lived("lelie", (("Waterlelie", 7),), ((1600, 2200), (2930, 2460), (2930, 1750), (1720, 1660)), 10),
    Lived(
        "riet",
        (("Rietkraag", 6), ("Het Riet", 2)),
        ((3000, 2480), (4570, 2600), (4680, 1760), (3640, 1760), (3000, 1750)),
        10,
    ),
    Lived(
        "singels",
        (("Singelrijk", 5), ("Kruidenbuurt", 3)),
        ((1720, 1620), (2930, 1710), (2930, 1030), (1790, 1080)),
        8,
    ),
    Lived(
        "zuid",
        (("Zuidlanden", 5), ("Vlinderbuurt", 3)),
        ((3000, 1700), (4670, 1720), (4750, 1080), (3000, 1040)),
        8,
    ),
    # Experienced by those who live round the bridge, unknown to any official map.
    Lived(
        "vaart",
        (("De Vaartkant", 7), ("Bij de brug", 2)),
        ((2640, 3950), (3300, 3930), (3290, 3180), (2640, 3200)),
        12,
    ),
)

REASONS = ("people", "shops_school", "green", "edge", "houses", "name", "safe", "other")
AGES = ("0-15", "16-24", "25-44", "45-64", "65-79", "80+")
YEARS = ("<2", "2-10", ">10")
TRAVEL = ("walk", "bike", "car", "transit", "aid")

_WORDS = {
    ("met", "meeting_place"): ("Hier drink ik koffie met de buren", "Elke week met mijn wandelclub", "We spreken hier altijd af", "Koor op donderdag"),
    ("met", "bench"): ("Op dit bankje kom ik altijd iemand tegen", "Bankje aan het water", "Even zitten na de boodschappen"),
    ("met", "play_area"): ("Met de kinderen na school", "Ouders praten hier bij", "Hier leerde ik mijn buren kennen"),
    ("met", "social_infrastructure"): ("Bij het schoolplein", "In de rij bij de bakker", "Na de training in de kantine"),
    ("missing", "bench"): ("Een bankje halverwege de winkels", "Ik kan niet meer zo ver lopen zonder zitten", "Bankje met leuning graag"),
    ("missing", "play_area"): ("Niets voor kinderen boven de tien", "Een speelplek met schaduw", "Trapveldje voor de jeugd"),
    ("missing", "meeting_place"): ("Een plek om binnen te zitten zonder iets te kopen", "Buurtkamer gemist", "Hier is nergens iets te doen"),
    ("missing", "social_infrastructure"): ("De huisarts is te ver weg", "Een pinautomaat en een brievenbus", "Sportplek voor ouderen"),
    ("vanished", "bench"): ("Het bankje bij de kade is weggehaald", "Drie bankjes weg na de herinrichting", "Bank weg na klachten"),
    ("vanished", "play_area"): ("De wipkip en de glijbaan zijn weg", "Speeltuintje werd parkeerplaats"),
    ("vanished", "meeting_place"): ("Het buurthuis is gesloten", "Het dorpscafé is er niet meer", "De kerkzaal is verkocht"),
    ("vanished", "social_infrastructure"): ("De bibliotheekbus komt niet meer", "De school is gefuseerd", "Het postkantoor is dicht"),
}  # fmt: skip

_SIGNALS = (
    ("signal", "bench", "Zet de bankjes langs de vaart terug."),
    ("signal", "play_area", "De speelplek staat onder water na regen."),
    ("signal", "social_infrastructure", "De oversteek bij school is niet veilig."),
    ("signal", "", "Het fietspad onder het spoor is donker."),
    ("signal", "", "Er ligt veel zwerfvuil bij de containers."),
    ("initiative", "meeting_place", "Ik wil één keer per week koken voor de buurt."),
    ("initiative", "meeting_place", "Samen een buurttuin beginnen op het veldje."),
    ("initiative", "bench", "Wij onderhouden zelf een bank bij de sluis."),
    ("initiative", "play_area", "Met ouders een natuurspeelplek maken."),
    ("initiative", "social_infrastructure", "Een klusclub voor ouderen in onze straat."),
    ("initiative", "", "Een buurtapp met nette afspraken."),
    ("initiative", "meeting_place", "Elke maand een straatdiner in de zomer."),
)


_ODD = ("speck", "speck", "whole", "whole", "elsewhere", "square")
"""Kinds of odd drawings, one each."""


def drawings(homes: gpd.GeoDataFrame, seed: int) -> dict[str, gpd.GeoDataFrame]:
    """Draw and answer as the invented residents do.

    Parameters
    ----------
    homes
        Addresses in the plan's metres, with ``inhabitants``.

    Returns
    -------
    dict of GeoDataFrame
        ``sketches`` (geometry as drawn, crossings included; ``raw`` is the GeoJSON text in degrees),
        ``places`` and ``signals``, both with the ``sketch_id`` they belong to.
    """
    rng = np.random.default_rng(seed)
    outlines = {lived.key: Polygon(master_plan.at(*lived.outline)) for lived in LIVED}
    spots = shapely.get_coordinates(homes.geometry.to_numpy())
    who = [lived for lived in LIVED for _ in range(lived.drawn)]
    assert len(who) == COUNT
    odd = dict(zip(rng.choice(COUNT, 6, replace=False).tolist(), _ODD, strict=True))
    crossing = set(rng.choice([k for k in range(COUNT) if k not in odd], 8, replace=False).tolist())
    order = rng.permutation(COUNT)
    rows: list[dict[str, Any]] = []
    places: list[dict[str, Any]] = []
    signals: list[dict[str, Any]] = []
    for number, k in enumerate(order.tolist()):
        lived, outline = who[k], outlines[who[k].key]
        inside = np.flatnonzero(shapely.contains_xy(outline, spots))
        weights = homes["inhabitants"].to_numpy()[inside].astype(float)
        home = spots[int(rng.choice(inside, p=weights / weights.sum()))] + rng.normal(0, 6, 2)
        freehand = bool(rng.random() < 0.42)
        least = 5 if k in crossing else 3
        ring = _ring(outline, home, rng, freehand=freehand, odd=odd.get(k, ""), least=least)
        if k in crossing:
            ring = _crossed(ring, rng)
        raw = _raw(ring)
        shape = Polygon(np.round(shapely.get_coordinates(to_planar(_polygon(raw))), 2))
        name = "" if rng.random() < 0.05 else str(rng.choice([n for n, w in lived.names for _ in range(w)]))
        sketch_id = f"demo-{number + 1:03d}"
        session, group = _workshop_session(rng)
        rows.append(
            {
                "sketch_id": sketch_id,
                "name": name,
                "mode": "freehand" if freehand else "points",
                "session": session,
                "group": group,
                "edge": str(rng.choice(["sure", "vague"], p=[0.6, 0.4])),
                "home_cell": _cell(home),
                "home_inside": bool(shapely.make_valid(shape).contains(master_plan.place(Point(home)))),
                **_view(freehand, session, rng),
                **_answers(lived.key, rng),
                "lived": lived.key,
                "raw": raw,
                "geometry": shape,
            }
        )
        places += _places(sketch_id, outline, home, rng)
        if rng.random() < 0.28:
            kind, theme, words = _SIGNALS[int(rng.integers(len(_SIGNALS)))]
            signals.append(
                {"sketch_id": sketch_id, "kind": kind, "theme": theme, "words": words, "geometry": None}
            )
    sketches = gpd.GeoDataFrame(pd.DataFrame(rows), geometry="geometry", crs=RD).set_index("sketch_id")
    return {
        "sketches": sketches,
        "places": gpd.GeoDataFrame(pd.DataFrame(places), geometry="geometry", crs=RD),
        "signals": gpd.GeoDataFrame(pd.DataFrame(signals), geometry="geometry", crs=RD),
    }


def _ring(
    outline: Polygon, home: Floats, rng: np.random.Generator, *, freehand: bool, odd: str, least: int
) -> Floats:
    """Draw one outline round a home, in the plan's metres.

    Most people stop at what bounds the outline; who draws larger first leans against it, then goes over.
    """
    centre = np.asarray(outline.centroid.coords[0])
    middle = centre + rng.uniform(0.1, 0.55) * (home - centre)
    target = outline.area * float(np.exp(rng.normal(0.08, LN_AREA_SD)))
    if odd == "speck":
        middle, target = home, float(rng.uniform(1500, 6000))
    if odd == "whole":
        middle, target = np.array(master_plan.at((3050, 3300))[0]), float(rng.uniform(6.5e6, 9e6))
    if odd == "elsewhere":
        middle = np.array(master_plan.at((6200, 2000))[0])
    count = int(np.clip(round(np.exp(rng.normal(np.log(6.4), 0.42))), least, 24))
    if freehand:
        count = int(rng.integers(20, 38))
    angles = np.sort(
        (np.arange(count) + rng.uniform(-0.32, 0.32, count)) * 2 * np.pi / count + rng.uniform(0, 2 * np.pi)
    )
    if odd == "square":
        angles, freehand = np.pi / 4 + np.arange(4) * np.pi / 2, False
    reach = np.array([_edge(outline, middle, a) for a in angles])
    if odd:
        reach = np.full(len(angles), np.sqrt(outline.area / np.pi))
    grip = 0.4 if rng.random() < 0.78 else 0.0
    noise = np.exp(_smooth(rng.normal(0, 0.16, len(angles)), 5 if freehand else 1))
    own = np.exp(0.22 * np.cos(angles - np.arctan2(*(home - middle)[::-1])))

    def drawn(radius: float) -> Floats:
        share = radius * noise * own / reach
        held = np.where(share < 1, share, np.where(share < 1 + grip, 1.0, share - grip))
        ways = np.column_stack([np.cos(angles), np.sin(angles)])
        return np.asarray(middle + (held * reach)[:, None] * ways, dtype=float)

    low, high = 1.0, 9000.0
    for _ in range(50):
        radius = (low + high) / 2
        low, high = (radius, high) if Polygon(drawn(radius)).area < target else (low, radius)
    ring = drawn(high) + rng.normal(0, 4.0 if freehand else 9.0, (len(angles), 2)) * min(
        1.0, float(np.sqrt(target)) / 300
    )
    if not odd:
        ring = _ashore(ring)
    return np.asarray(ring, dtype=float)


def _edge(outline: Polygon, middle: Floats, angle: float) -> float:
    """Distance from a point to the far edge of the outline in one direction."""
    ray = LineString([middle, middle + 6000 * np.array([np.cos(angle), np.sin(angle)])])
    cut = shapely.intersection(ray, outline)
    if cut.is_empty:
        return 120.0
    return max(float(np.hypot(*(shapely.get_coordinates(cut) - middle).T).max()), 60.0)


def _ashore(ring: Floats) -> Floats:
    """Nobody draws far into the lake: points beyond the dike come back to the shore."""
    lake = master_plan.lake()
    moved = ring.copy()
    for k, point in enumerate(map(Point, ring)):
        if lake.contains(point) and master_plan.DIKE.distance(point) > 25:
            moved[k] = np.asarray(master_plan.DIKE.interpolate(master_plan.DIKE.project(point)).coords[0])
    return moved


def _smooth(values: Floats, width: int) -> Floats:
    if width == 1:
        return values
    window = np.ones(width) / np.sqrt(width)
    return np.convolve(np.concatenate([values[-width:], values, values[:width]]), window, "same")[
        width:-width
    ]


def _crossed(ring: Floats, rng: np.random.Generator) -> Floats:
    """Return a line with a slip of the hand: two corners swapped, or a closing loop."""
    k = int(rng.integers(1, len(ring) - 2))
    if len(ring) < 20:
        ring = ring.copy()
        ring[[k, k + 1]] = ring[[k + 1, k]]
        return ring
    overshoot = ring[:3] + (ring[:3].mean(axis=0) - ring.mean(axis=0)) * 0.12
    return np.vstack([ring, overshoot[:2], ring[:1] + (ring.mean(axis=0) - ring[:1]) * 0.1])


def _raw(ring: Floats) -> str:
    """Return the drawing as a phone sends it: GeoJSON in degrees, six decimals."""
    degrees = np.round(shapely.get_coordinates(to_wgs84(master_plan.place(shapely.points(ring), 3))), 6)
    closed = [[float(x), float(y)] for x, y in [*degrees, degrees[0]]]
    feature = {"type": "Feature", "properties": {}, "geometry": {"type": "Polygon", "coordinates": [closed]}}
    return json.dumps(feature, separators=(",", ":"))


def _polygon(raw: str) -> Polygon:
    return Polygon(json.loads(raw)["geometry"]["coordinates"][0])


def _workshop_session(rng: np.random.Generator) -> tuple[str, str]:
    """Return workshop and group; half of the residents drew at home."""
    if rng.random() < 0.5:
        return "", ""
    session = str(
        rng.choice(["dorpshuis-2025-03", "wijkcentrum-2025-04", "school-2025-05"], p=[0.4, 0.36, 0.24])
    )
    return session, str(
        rng.choice({"d": ["tafel 1", "tafel 2"], "w": ["tafel 1", "tafel 2"], "s": ["groep 8"]}[session[0]])
    )


def _cell(home: Floats) -> str:
    """Return the 100 m square of CBS a home lies in."""
    x, y = master_plan.place(Point(home)).coords[0]
    return f"E{int(x // 100):04d}N{int(y // 100):04d}"


def _view(freehand: bool, session: str, rng: np.random.Generator) -> dict[str, Any]:
    phone = rng.random() < (0.35 if session else 0.62)
    return {
        "start_width_m": 2000,
        "first_width_m": int(round(2000 * float(np.exp(rng.normal(0, 0.35))), -1)),
        "screen": "phone" if phone else str(rng.choice(["tablet", "laptop", "large"])),
        "input": "touch" if phone or (freehand and rng.random() < 0.3) else "mouse",
        "duration_s": int(np.exp(rng.normal(np.log(48 if freehand else 62), 0.5))),
    }


def _likert(mean: float, rng: np.random.Generator) -> int:
    return int(np.clip(round(rng.normal(mean, 0.9)), 1, 5))


def _answers(key: str, rng: np.random.Generator) -> dict[str, Any]:
    """Answer the short questionnaire; some neighbourhoods are closer than others."""
    warmth = {"kern": 4.1, "vaart": 4.0, "molen": 3.9, "vogels": 3.0, "station": 2.9, "centrum": 3.1}.get(
        key, 3.5
    )
    own = warmth + rng.normal(0, 0.5)
    age = "0-15" if rng.random() < 0.04 else str(rng.choice(AGES[1:], p=[0.1, 0.3, 0.33, 0.2, 0.07]))
    reasons = rng.choice(
        REASONS,
        size=int(rng.integers(1, 4)),
        replace=False,
        p=[0.22, 0.16, 0.15, 0.17, 0.09, 0.11, 0.07, 0.03],
    )
    return {
        "reasons": ",".join(sorted(reasons)),
        "certainty": _likert(3.5, rng),
        "know_little": 6 - _likert(own - 0.2, rng),
        "get_along": _likert(own + 0.2, rng),
        "help": _likert(own, rng),
        "at_home": _likert(own + 0.3, rng),
        "bonding": int(np.clip(round(rng.normal(2.6 + (own - 3.5) * 0.6, 1)), 0, 4)),
        "bridging": int(np.clip(round(rng.normal(1.8, 1)), 0, 4)),
        "control": _likert(own - 0.1, rng),
        "clean": int(np.clip(round(rng.normal(6.7, 1.1)), 1, 10)),
        "intact": int(np.clip(round(rng.normal(6.9, 1.0)), 1, 10)),
        "safe": int(np.clip(round(rng.normal(7.0 + (own - 3.5) * 0.4, 1.1)), 1, 10)),
        "influence": _likert(2.9, rng),
        "age": age,
        "years": str(rng.choice(YEARS, p=[0.14, 0.36, 0.5])),
        "travel": str(rng.choice(TRAVEL, p=[0.3, 0.38, 0.24, 0.05, 0.03])),
    }


def _places(
    sketch_id: str, outline: Polygon, home: Floats, rng: np.random.Generator
) -> Iterable[dict[str, Any]]:
    """Name some spots: where people meet, what is missing, what has gone."""
    dry = shapely.intersection(outline, shapely.buffer(master_plan.ground(), -25))
    for kind, share in (("met", 0.62), ("missing", 0.38), ("vanished", 0.2)):
        if rng.random() > share:
            continue
        theme = str(
            rng.choice(
                ["meeting_place", "bench", "play_area", "social_infrastructure"], p=[0.34, 0.3, 0.2, 0.16]
            )
        )
        spot = home + rng.normal(0, 160, 2)
        if not dry.contains(Point(spot)):
            spot = np.asarray(shapely.shortest_line(dry, Point(spot)).coords[0])
        words = _WORDS[kind, theme]
        yield {
            "sketch_id": sketch_id,
            "kind": kind,
            "theme": theme,
            "year": int(rng.integers(2009, 2025)) if kind == "vanished" else None,
            "words": words[int(rng.integers(len(words)))] if rng.random() < 0.7 else "",
            "geometry": master_plan.place(Point(spot)),
        }
