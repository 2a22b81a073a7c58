"""How far people walk: known answers, and networkx beside the compiled pass."""

import json

import networkx
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString, Point, box

from geo.networks.street_graph import attach, build_street_graph
from geo.networks.walking_distance import nearest_by_street


def lines(*coordinates):
    return np.array([LineString(one) for one in coordinates], dtype=object)


def metres(graph, homes, facilities):
    places = np.array(homes, dtype=object)
    goals = np.array(facilities, dtype=object)
    return nearest_by_street(graph, attach(graph, places), len(places), goals).metres


def grid(n, step_m):
    """Return n x n crossings of streets `step_m` apart."""
    far = (n - 1) * step_m
    at = np.arange(n) * step_m
    return lines(*[[(x, 0), (x, far)] for x in at], *[[(0, y), (far, y)] for y in at])


def test_mean_detour_on_a_grid_is_four_over_pi() -> None:
    """Over all directions |dx| + |dy| is 4 / pi times the straight line."""
    graph = build_street_graph(grid(61, 25.0))
    crossing = np.array([Point(25.0 * i, 25.0 * j) for i in range(61) for j in range(61)])
    middle = Point(750, 750)
    walked = metres(graph, crossing, [middle])
    straight = shapely.distance(crossing, middle)
    ring = (straight >= 400) & (straight <= 750)
    assert walked[ring].sum() / straight[ring].sum() == pytest.approx(4 / np.pi, rel=0.005)


def test_along_one_street_it_is_the_straight_line() -> None:
    graph = build_street_graph(lines([(0, 0), (1000, 0)]))
    assert metres(graph, [Point(100, 0), Point(900, 0)], [Point(400, 0)]).tolist() == [300.0, 500.0]


def test_two_sides_of_a_river_with_one_bridge() -> None:
    """The bridge lies b = 300 m along, the river is 50 m wide: 2 b + 50."""
    graph = build_street_graph(
        lines([(0, 0), (600, 0)], [(0, 50), (600, 50)], [(300, 0), (300, 50)]),
        barriers=np.array([box(-100, 10, 700, 40)], dtype=object),
    )
    assert metres(graph, [Point(0, 0)], [Point(0, 50)]).tolist() == [650.0]


def test_leg_does_not_cross_water_or_railway() -> None:
    """The street over the water is 30 m off, one's own 50 m: one goes by one's own, 50 + 100 m."""
    streets = lines([(0, 30), (500, 30)], [(0, -50), (100, -50)])
    home, goal = [Point(0, 0)], [Point(100, -50)]
    water = np.array([box(-100, 10, 600, 20)], dtype=object)
    railway = lines([(-100, 15), (600, 15)])
    for barrier in (water, railway):
        assert metres(build_street_graph(streets, barriers=barrier), home, goal).tolist() == [150.0]
    assert metres(build_street_graph(streets), home, goal).tolist() == [np.inf], "that street leads nowhere"


def test_home_on_an_island_takes_the_nearest_street_all_the_same() -> None:
    moat = np.array([box(-20, -20, 20, 20).difference(box(-10, -10, 10, 10))], dtype=object)
    graph = build_street_graph(lines([(-100, 30), (100, 30)]), barriers=moat)
    assert metres(graph, [Point(0, 0)], [Point(50, 30)]).tolist() == [80.0]


def test_bridge_is_no_crossing() -> None:
    """A street over another one does not meet it; on the ground it does."""
    streets = lines([(0, 0), (200, 0)], [(100, -100), (100, 100)])
    home, goal = [Point(0, 0)], [Point(100, 100)]
    assert metres(build_street_graph(streets), home, goal).tolist() == [200.0]
    assert metres(build_street_graph(streets, level=np.array([0, 1])), home, goal).tolist() == [np.inf]


def test_bridge_meets_the_streets_at_its_ends() -> None:
    streets = lines([(0, 0), (100, 0)], [(100, 0), (200, 0)], [(200, 0), (300, 0)])
    graph = build_street_graph(streets, level=np.array([0, 1, 0]))
    assert metres(graph, [Point(0, 0)], [Point(300, 0)]).tolist() == [300.0]


def test_street_that_ends_just_beside_another_joins_it() -> None:
    """1 m short of the other: 99 + 1 + 50 m. 2 m short is too far."""
    near = build_street_graph(lines([(0, 0), (99, 0)], [(100, -50), (100, 50)]))
    assert metres(near, [Point(0, 0)], [Point(100, 50)]).tolist() == pytest.approx([150.0])
    apart = build_street_graph(lines([(0, 0), (98, 0)], [(100, -50), (100, 50)]))
    assert metres(apart, [Point(0, 0)], [Point(100, 50)]).tolist() == [np.inf]


def test_surface_is_entered_from_every_street_that_meets_it() -> None:
    """A park between two streets: from either it is 40 m, and only the leg from a door within."""
    graph = build_street_graph(lines([(0, 0), (100, 0)], [(0, 60), (100, 60)], [(0, 0), (0, 60)]))
    park = box(40, -5, 80, 65)
    homes = [Point(0, 0), Point(0, 60), Point(60, 60), Point(50, 4), Point(100, 60)]
    assert metres(graph, homes, [park]).tolist() == [40.0, 40.0, 0.0, 4.0, 20.0]


def test_nearest_is_told_and_of_equal_ones_the_first() -> None:
    graph = build_street_graph(lines([(0, 0), (100, 0)]))
    homes = np.array([Point(10, 0), Point(50, 0), Point(90, 0)], dtype=object)
    found = nearest_by_street(graph, attach(graph, homes), 3, np.array([Point(100, 0), Point(0, 0)]))
    assert found.nearest.tolist() == [1, 0, 0]


def test_no_streets_or_no_facilities_is_no_way() -> None:
    nothing = np.empty(0, dtype=object)
    assert metres(build_street_graph(nothing), [Point(0, 0)], [Point(1, 1)]).tolist() == [np.inf]
    street = build_street_graph(lines([(0, 0), (10, 0)]))
    assert metres(street, [Point(0, 0)], []).tolist() == [np.inf]
    assert metres(street, [], [Point(1, 1)]).tolist() == []


def by_networkx(graph, homes, goals):
    """Return the metres of each home, with every place a node of its own joined where it meets the street."""
    net = networkx.Graph()
    stops = {}
    for kind, found in (("home", attach(graph, homes)), ("goal", attach(graph, goals))):
        for place, edge, along, leg in zip(
            found.place.tolist(),
            found.edge.tolist(),
            found.from_m.tolist(),
            found.leg_m.tolist(),
            strict=True,
        ):
            stops.setdefault(edge, []).append((along, (kind, place), leg))
    for edge, (start, end) in enumerate(zip(graph.start.tolist(), graph.end.tolist(), strict=True)):
        before, at = start, 0.0
        for step, (along, place, leg) in enumerate(sorted(stops.get(edge, []))):
            _shorten(net, before, (edge, step), along - at)
            _shorten(net, (edge, step), place, leg)
            before, at = (edge, step), along
        _shorten(net, before, end, float(graph.length_m[edge]) - at)
    found = networkx.multi_source_dijkstra_path_length(net, {("goal", k) for k in range(len(goals))})
    return [found.get(("home", k), np.inf) for k in range(len(homes))]


def _shorten(net, one, other, metres):
    if not net.has_edge(one, other) or net[one][other]["weight"] > metres:
        net.add_edge(one, other, weight=metres)


@given(st.integers(0, 10_000))
def test_equal_to_networkx_on_streets_at_random(seed) -> None:
    chance = np.random.default_rng(seed)
    streets = shapely.linestrings(chance.uniform(0, 1000, (25, 2, 2)))
    homes, goals = (shapely.points(chance.uniform(0, 1000, (n, 2))) for n in (30, 4))
    graph = build_street_graph(streets)
    assert metres(graph, homes, goals) == pytest.approx(by_networkx(graph, homes, goals))


def test_equal_to_networkx_in_a_real_district(shared) -> None:
    """Streets of Utrecht Rivierenwijk from OpenStreetMap, doors and six facilities at random."""
    found = json.loads(shared("recorded/overpass_utrecht_rivierenwijk_2026-05-23.json").read_text("utf-8"))
    node = {
        one["id"]: (one["lon"] * 68_500, one["lat"] * 111_200) for one in found["elements"] if "lon" in one
    }
    ways = [
        [node[k] for k in one["nodes"]]
        for one in found["elements"]
        if one["type"] == "way" and "highway" in one.get("tags", {})
    ]
    graph = build_street_graph(lines(*ways))
    assert len(ways) == 34
    west, south, east, north = shapely.total_bounds(graph.lines)
    chance = np.random.default_rng(1)
    homes, goals = (shapely.points(chance.uniform((west, south), (east, north), (n, 2))) for n in (200, 6))
    walked = metres(graph, homes, goals)
    assert walked == pytest.approx(by_networkx(graph, homes, goals))
    assert (walked >= shapely.distance(homes[:, None], goals[None, :]).min(axis=1) - 1e-6).all()
