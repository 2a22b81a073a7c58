"""Walking distances of a whole municipality: one pass for all facilities of a theme, beside a pass for each."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse import csgraph

from benchmarks.timing import Row, race, rows
from geo.networks.street_graph import Attachments, StreetGraph, attach, build_street_graph
from geo.networks.walking_distance import nearest_by_street

STEP_M = 70.0
CROSSINGS = 160
"""160 x 160 crossings 70 m apart: 11 x 11 km, some 40,000 pieces of street."""

THEMES = {"meeting_place": 60, "play_area": 250, "social_infrastructure": 150, "bench": 900}
"""Facilities of each theme, as in a municipality of 250,000 inhabitants."""

Shapes = NDArray[np.object_]


def streets() -> tuple[Shapes, Shapes]:
    """Return the streets of a made-up town, a fifth of the pieces left out, and the waters between them."""
    chance = np.random.default_rng(20260102)
    at = np.arange(CROSSINGS)
    spot = np.stack(np.meshgrid(at, at, indexing="ij"), axis=2) * STEP_M
    spot = spot + chance.normal(0, 8, spot.shape)
    along = np.stack([spot[:-1], spot[1:]], axis=2).reshape(-1, 2, 2)
    across = np.stack([spot[:, :-1], spot[:, 1:]], axis=2).reshape(-1, 2, 2)
    lines: Shapes = shapely.linestrings(np.concatenate([along, across]))
    middle = (at[10::20] + 0.5) * STEP_M
    far = CROSSINGS * STEP_M
    water: Shapes = shapely.box(middle - 12, -50, middle + 12, far)
    return lines[chance.random(len(lines)) > 0.2], water


def _by_scipy(graph: StreetGraph, homes: Attachments, goals: Attachments, n: int) -> NDArray[np.float64]:
    """Compute the distances with scipy's Dijkstra from each facility, and take the least."""
    row_at, neighbour, weight = graph.adjacency
    nodes = len(graph.nodes)
    # Each facility is a node of its own, joined to both ends of its street.
    ends = np.concatenate([graph.start[goals.edge], graph.end[goals.edge]])
    legs = np.concatenate(
        [goals.leg_m + goals.from_m, goals.leg_m + graph.length_m[goals.edge] - goals.from_m]
    )
    one = np.concatenate([np.repeat(np.arange(nodes), np.diff(row_at)), np.tile(nodes + goals.place, 2)])
    other, metres = np.concatenate([neighbour, ends]), np.concatenate([weight, legs])
    size = nodes + len(goals.place)
    # Of two pieces between the same nodes the shorter; a table of scipy would add them up.
    order = np.lexsort((metres, other, one))
    first = order[np.unique(np.stack([one[order], other[order]]), axis=1, return_index=True)[1]]
    net = sparse.csr_array((metres[first], (one[first], other[first])), shape=(size, size))
    found = np.full(n, np.inf)
    for place, edge, along, leg in zip(goals.place, goals.edge, goals.from_m, goals.leg_m, strict=True):
        away = csgraph.dijkstra(net, indices=nodes + place)
        by_end = away[graph.start[homes.edge]] + homes.from_m
        by_other = away[graph.end[homes.edge]] + graph.length_m[homes.edge] - homes.from_m
        direct = np.where(homes.edge == edge, np.abs(homes.from_m - along) + leg, np.inf)
        found = np.minimum(found, np.minimum(np.minimum(by_end, by_other), direct) + homes.leg_m)
    return found


def walking(sizes: list[int]) -> Iterator[Row]:
    """Homes x 4 themes: the streets made ready and the doors joined are rows of their own."""
    lines, water = streets()
    chance = np.random.default_rng(20260103)
    side = CROSSINGS * STEP_M
    goals = {name: shapely.points(chance.uniform(0, side, (count, 2))) for name, count in THEMES.items()}
    small = build_street_graph(lines[:50])
    nearest_by_street(small, attach(small, goals["bench"][:2]), 2, goals["bench"][:1])  # compile
    made, answers = race({"kernel: streets to a graph": lambda: build_street_graph(lines, barriers=water)}, 1)
    graph = answers["kernel: streets to a graph"]
    yield from rows("walking", f"{len(lines):,} pieces of street", len(lines), made)
    for n in sizes:
        # Homes stand 5 to 25 m beside a street, a few of them over the water.
        spot = shapely.line_interpolate_point(
            lines[chance.integers(len(lines), size=n)], chance.uniform(0, STEP_M, n)
        )
        turn, away = chance.uniform(0, 2 * np.pi, n), chance.uniform(5, 25, n)
        aside = np.stack([away * np.cos(turn), away * np.sin(turn)], axis=1)
        doors = shapely.points(shapely.get_coordinates(spot) + aside)
        given = f"{len(lines):,} pieces of street, 4 themes, {sum(THEMES.values()):,} facilities"
        made, answers = race({"kernel: doors to streets": lambda doors=doors: attach(graph, doors)}, 1)
        homes = answers["kernel: doors to streets"]
        yield from rows("walking", given, n, made)
        yield from _raced(graph, homes, goals, given, n)


def _raced(
    graph: StreetGraph, homes: Attachments, goals: dict[str, Shapes], given: str, n: int
) -> Iterator[Row]:
    engines: dict[str, Callable[[], Any]] = {
        "scipy Dijkstra per facility": lambda: [
            _by_scipy(graph, homes, attach(graph, places), n) for places in goals.values()
        ],
        "one pass per theme": lambda: [
            nearest_by_street(graph, homes, n, places).metres for places in goals.values()
        ],
    }
    timings, answers = race(engines, 1)
    peer, ours = answers.values()
    for one, other in zip(peer, ours, strict=True):
        np.testing.assert_allclose(other, one, rtol=0, atol=1e-6)
    shares = ", ".join(f"{np.mean(metres <= 400):.0%}" for metres in ours)
    yield from rows("walking", given, n, timings, {"one pass per theme": f"within 400 m: {shares}"})
