"""Streets of every neighbourhood: old village, woonerven, stamps of the sixties, canals of the nineties."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from shapely import LineString, Point, Polygon

from tools.demo_town import master_plan
from tools.demo_town.master_plan import Floats, Quarter, Street
from tools.demo_town.street_names import names

BRIDGES = ("provincial", "main", "collector", "rural", "cycle")
"""Roads that cross water and rail; the others stop in front of it."""


@dataclass(frozen=True)
class Network:
    """The roads of the town, cut at every junction, and the canals that came with the streets."""

    pieces: tuple[Street, ...]
    quarters: tuple[str, ...]
    """Code of the buurt whose pattern made each piece; '' for the main roads."""
    singels: tuple[Polygon, ...]


def _parts(shape: Any) -> list[Polygon]:
    return [p for p in shapely.get_parts(shape) if isinstance(p, Polygon) and p.area > 400]


def _inset(ground: Any, by_m: float) -> list[Polygon]:
    """Shrink and round an area; small leftovers go."""
    rounded = shapely.buffer(shapely.buffer(ground, -by_m - 14), 14, quad_segs=4)
    return [shapely.simplify(p, 1.5) for p in _parts(rounded) if p.area > 6000]


def _walk(line: LineString, step_m: float) -> Iterator[tuple[float, Floats, Floats]]:
    """Return distance, point and left-hand normal along a line."""
    for s in np.arange(step_m / 2, line.length, step_m):
        here = np.asarray(line.interpolate(s).coords[0])
        ahead = np.asarray(line.interpolate(min(s + 1.0, line.length)).coords[0])
        behind = np.asarray(line.interpolate(max(s - 1.0, 0.0)).coords[0])
        along = (ahead - behind) / max(np.hypot(*(ahead - behind)), 1e-9)
        yield s, here, np.array([-along[1], along[0]])


def _gates(rings: list[LineString], roads: list[LineString], barred: Any, apart_m: float) -> list[LineString]:
    """Connect a ring street to the roads round it, at most once every `apart_m`."""
    near = shapely.union_all(roads)
    found: list[LineString] = []
    for ring in rings:
        for _, here, _ in _walk(ring, 12.0):
            spot = Point(here)
            gate = shapely.shortest_line(spot, near)
            if gate.length > 95 or gate.length < 5 or gate.intersects(barred):
                continue
            if any(gate.distance(other) < apart_m for other in found):
                continue
            if gate.crosses(ring.buffer(-0.1)) or gate.intersection(ring).length > 2:
                continue
            found.append(master_plan.lengthened(gate, 1.5))
    return found


def _grid(
    area: Polygon, quarter: Quarter, rows_m: tuple[float, ...], block_m: float, rng: np.random.Generator
) -> tuple[list[LineString], list[LineString], list[LineString]]:
    """Create rows of streets and cross streets over an area; return rows, crosses and wide strips' middle lines.

    A strip wider than 70 m gets a canal in its middle.
    """
    middle = np.asarray(area.centroid.coords[0])
    reach = float(np.hypot(*np.ptp(np.asarray(area.exterior.coords), axis=0)))
    turn = np.radians(quarter.angle)
    axes = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])

    def bend(u: Floats, v: Floats) -> LineString:
        if quarter.bend_m:
            radius = quarter.bend_m
            u, v = (radius + v) * np.sin(u / radius), (radius + v) * np.cos(u / radius) - radius
        return LineString(np.column_stack([u, v]) @ axes + middle)

    along = np.arange(-reach / 2 - 60, reach / 2 + 60, 20.0)
    heights = [-reach / 2]
    while heights[-1] < reach / 2:
        heights.append(heights[-1] + rows_m[len(heights) % len(rows_m)])
    rows, crosses, middles = [], [], []
    for low, high in pairwise(heights):
        rows.append(bend(along, np.full_like(along, low)))
        wide = high - low > 70
        if wide:
            middles.append(bend(along, np.full_like(along, (low + high) / 2)))
        u = -reach / 2 + rng.uniform(0, block_m)
        while u < reach / 2:
            crosses.append(bend(np.full(2, u), np.array([low, high])))
            u += block_m * rng.uniform(0.8, 1.25) * (1.7 if wide else 1.0)
    clip = [
        [
            line
            for shape in lines
            for line in master_plan.lines_of(shapely.intersection(shape, area))
            if line.length > 25
        ]
        for lines in (rows, crosses, middles)
    ]
    simple = [[shapely.simplify(line, 0.6) for line in lines] for lines in clip]
    return simple[0], simple[1], simple[2]


def _branch(
    start: Floats,
    heading: Floats,
    parent: LineString,
    taken: list[LineString],
    *,
    length_m: float,
    apart_m: float,
    area: Any,
    rng: np.random.Generator,
) -> LineString | None:
    """Grow one dead-end yard from a street, until it comes too near another or leaves the area."""
    path, angle = [start], float(np.arctan2(heading[1], heading[0]))
    curve = rng.normal(0, 0.05)
    others = shapely.union_all([t for t in taken if t is not parent]) if len(taken) > 1 else LineString()
    for step in range(int(length_m // 14)):
        angle += curve + rng.normal(0, 0.07)
        spot = path[-1] + 14 * np.array([np.cos(angle), np.sin(angle)])
        point = Point(spot)
        if not area.contains(point) or point.distance(others) < apart_m:
            break
        if step > 1 and point.distance(parent) < apart_m * 0.85:
            break
        path.append(spot)
    if len(path) < 4:
        return None
    return master_plan.bent([(float(x), float(y)) for x, y in path], step_m=14)


def _woonerven(area: Polygon, ring: LineString, rng: np.random.Generator) -> list[tuple[str, LineString]]:
    """Grow a "cauliflower": a winding loop with yards, which have yards."""
    inside = shapely.buffer(area, -16)
    taken, kin = [ring], 0
    found: list[tuple[str, LineString]] = []
    generation: list[tuple[str, LineString]] = [("", ring)]
    for length_m, step_m, apart_m in ((230.0, 78.0, 33.0), (110.0, 60.0, 30.0), (75.0, 50.0, 28.0)):
        following: list[tuple[str, LineString]] = []
        for family, parent in generation:
            side = 1.0
            for _, here, normal in _walk(parent, step_m):
                for sign in (side, -side):
                    reach_m = length_m * rng.uniform(0.7, 1.15)
                    grown = _branch(
                        here, sign * normal, parent, taken,
                        length_m=reach_m, apart_m=apart_m, area=inside, rng=rng,
                    )  # fmt: skip
                    if grown is not None:
                        if not family:
                            kin += 1
                        name = family or f"yard {kin}"
                        taken.append(grown)
                        following.append((name, grown))
                        found.append((name, grown))
                side = -side
        generation = following
    return found


def _wiggled(ring: LineString, rng: np.random.Generator, swing_m: float, step_m: float) -> LineString:
    knots = [here + normal * rng.normal(0, swing_m) for _, here, normal in _walk(ring, step_m)]
    return master_plan.bent([(float(x), float(y)) for x, y in [*knots, knots[0]]], step_m=18)


_INSETS_M = {
    "woonerf": 66.0,
    "grid": 30.0,
    "canals": 36.0,
    "stamps": 32.0,
    "centre": 28.0,
    "industry": 45.0,
}
"""Distance from the edge of a neighbourhood to its ring street, per pattern."""

_BLOCKS_M: dict[str, tuple[tuple[float, ...], float]] = {
    "grid": ((58.0, 54.0), 130.0),
    "canals": ((56.0, 54.0, 86.0), 125.0),
    "stamps": ((74.0, 64.0), 150.0),
    "centre": ((74.0, 62.0, 80.0), 95.0),
    "industry": ((170.0, 150.0), 260.0),
}
"""Distances between rows of streets, and the length of a block, per pattern."""


def _quarter(
    quarter: Quarter, ground: Any, main: list[LineString], barred: Any, rng: np.random.Generator
) -> tuple[list[Street], list[Polygon]]:
    """Draw the streets of one neighbourhood inside its ground."""
    fresh = names(quarter.theme)
    streets: list[Street] = []
    singels: list[Polygon] = []
    for area in _inset(ground, _INSETS_M[quarter.pattern]):
        ring = LineString(area.exterior.coords)
        if quarter.pattern == "woonerf":
            ring = _wiggled(ring, rng, 9.0, 75.0)
            streets.append(Street(next(fresh), "collector", ring))
            whole = next(iter(sorted(_parts(ground), key=lambda p: p.distance(area))))
            yards = _woonerven(whole, ring, rng)
            called: dict[str, str] = {}
            for family, line in yards:
                called.setdefault(family, next(fresh))
                streets.append(Street(called[family], "woonerf", line))
            gates = _gates([ring], main, shapely.union_all([barred, *(line for _, line in yards)]), 210.0)
            streets += [Street(streets[0].name, "collector", gate) for gate in gates]
            continue
        rows_m, block_m = _BLOCKS_M[quarter.pattern]
        rows, crosses, middles = _grid(area, quarter, rows_m, block_m, rng)
        kind = {"industry": "industrial", "centre": "shopping"}.get(quarter.pattern, "residential")
        streets.append(Street(next(fresh), "collector" if quarter.pattern != "industry" else kind, ring))
        streets += [Street(next(fresh), kind, master_plan.lengthened(row, 1.0)) for row in rows]
        for cross in crosses:
            reuse = rng.random() < 0.45 and rows
            name = (
                min(streets, key=lambda s: s.line.distance(cross)).name
                if reuse
                else next(fresh, streets[-1].name)
            )
            streets.append(Street(name, kind, master_plan.lengthened(cross, 1.0)))
        gates = _gates([ring], main, barred, 180.0)
        streets += [Street(streets[-1].name, kind, gate) for gate in gates]
        if quarter.pattern == "canals":
            singels += [
                shapely.buffer(
                    shapely.intersection(middle, shapely.buffer(area, -32)),
                    7.0,
                    cap_style="round",
                    quad_segs=3,
                )
                for middle in middles
            ]
    return streets, [p for s in singels for p in _parts(s)]


def network(seed: int) -> Network:
    """Draw all roads: the main ones of the plan, the streets of every neighbourhood, cut where they meet.

    What hangs loose after water, rail and parks cut it off, is taken out: every piece left can be
    reached from every other.
    """
    rng = np.random.default_rng(seed)
    grounds = master_plan.faces()
    main = [s.line for s in master_plan.SKELETON]
    wet = shapely.union_all([area for _, _, area in master_plan.waters()])
    greens = shapely.union_all([area for _, _, area in master_plan.PARKS])
    shut = shapely.union_all([shapely.buffer(wet, 9), shapely.buffer(master_plan.RAIL, 22), greens])
    drawn: list[tuple[str, Street]] = [("", s) for s in master_plan.SKELETON]
    drawn += [
        ("BU99010101", Street(name, kind, master_plan.bent(master_plan.at(*points))))
        for name, kind, points in master_plan.KERN
    ]
    singels: list[Polygon] = []
    for quarter in master_plan.QUARTERS:
        if quarter.pattern in ("kern", "rural"):
            continue
        free = shapely.difference(
            shapely.difference(grounds[quarter.code], shut), shapely.buffer(shapely.union_all(main), 3)
        )
        streets, canals = _quarter(quarter, free, main, shut, rng)
        drawn += [(quarter.code, s) for s in streets]
        singels += canals
    drawn += [("", path) for path in master_plan.PATHS]
    cut = []
    for code, street in drawn:
        kept = (
            street.line
            if street.kind in BRIDGES and not code
            else shapely.difference(street.line, shapely.buffer(wet, 3) if code == "BU99010101" else shut)
        )
        cut += [
            (code, Street(street.name, street.kind, line))
            for line in master_plan.lines_of(kept)
            if line.length > 8
        ]
    return _joined(cut, tuple(singels))


def _joined(drawn: list[tuple[str, Street]], singels: tuple[Polygon, ...]) -> Network:
    """Cut lines where they meet, take out loose ends and what cannot be reached."""
    lines = np.array([s.line for _, s in drawn], dtype=object)
    pieces = shapely.get_parts(shapely.unary_union(lines, grid_size=0.1))
    for _ in range(3):
        pieces = shapely.get_parts(shapely.line_merge(shapely.union_all(pieces)))
        pieces = shapely.get_parts(shapely.unary_union(pieces))
        ends = np.array([[p.coords[0], p.coords[-1]] for p in pieces])
        _, place, count = np.unique(
            np.round(ends.reshape(-1, 2), 1), axis=0, return_inverse=True, return_counts=True
        )
        loose = (count[place].reshape(-1, 2) == 1).any(axis=1) & (shapely.length(pieces) < 30)
        pieces = pieces[~loose]
    pieces = shapely.get_parts(shapely.unary_union(np.concatenate([pieces, []]), grid_size=0.1))
    pieces = _largest(pieces)
    tree = shapely.STRtree(lines)
    middles = shapely.line_interpolate_point(pieces, 0.5, normalized=True)
    source = tree.nearest(middles)
    return Network(
        tuple(
            Street(drawn[k][1].name, drawn[k][1].kind, piece) for k, piece in zip(source, pieces, strict=True)
        ),
        tuple(drawn[k][0] for k in source),
        singels,
    )


def _largest(pieces: Any) -> Any:
    """Return the pieces that are connected."""
    ends = np.round(np.array([[p.coords[0], p.coords[-1]] for p in pieces]).reshape(-1, 2), 1)
    _, node = np.unique(ends, axis=0, return_inverse=True)
    one, other = node.reshape(-1, 2).T
    size = int(node.max()) + 1
    _, group = connected_components(
        coo_array((np.ones(len(one)), (one, other)), shape=(size, size)), directed=False
    )
    return pieces[group[one] == np.bincount(group[one]).argmax()]
