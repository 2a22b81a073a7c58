"""Facilities: how many, how near, for how many people, and where they are missing."""

import math

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString, Point, box

from geo import access
from geo.crs import RD


def facilities(*shapes, kind="bench"):
    return gpd.GeoDataFrame(
        {"theme": "bench", "kind": kind, "name": "", "source": "made up", "date": "2024-01-01"},
        geometry=list(shapes),
        crs=RD,
        index=pd.Index([f"f{number}" for number in range(len(shapes))], name="facility_id", dtype=object),
    )


def areas(**shapes):
    return gpd.GeoDataFrame(
        {"name": list(shapes)},
        geometry=list(shapes.values()),
        crs=RD,
        index=pd.Index(list(shapes), name="code"),
    )


WEST, EAST = box(0, 0, 1000, 500), box(1000, 0, 2000, 500)
NOWHERE = facilities()


def test_three_for_1500_inhabitants() -> None:
    """3 in 1,500 is 2.0 per 1,000; a border bench serves both areas; 49 inhabitants are too few for a
    rate."""
    benches = facilities(Point(1, 1), Point(2, 2), Point(1000, 250))
    people = pd.Series({"west": 1500.0, "east": 49.0})
    found = access.counts(areas(west=WEST, east=EAST), benches, inhabitants=people)
    assert found.loc["west"].tolist() == [3, 6, 2]
    assert found.loc["east"].tolist()[:2] == [1, 2]
    assert math.isnan(found.loc["east", "per_1000"])


def test_unknown_inhabitants_give_no_rate() -> None:
    for people in (None, pd.Series({"west": np.nan})):
        found = access.counts(areas(west=WEST), facilities(Point(1, 1)), inhabitants=people)
        assert found["count"].tolist() == [1]
        assert found["per_1000"].isna().all()


def test_a_play_area_over_the_border_counts_once() -> None:
    """Nine tenths lie in the east, and so does its middle."""
    found = access.counts(areas(west=WEST, east=EAST), facilities(box(990, 0, 1090, 50)))
    assert found["count"].to_dict() == {"west": 0, "east": 1}


def test_no_facilities() -> None:
    assert access.counts(areas(west=WEST), NOWHERE)["count"].tolist() == [0]
    assert access.nearest_m(shapely.points([(0, 0)]), NOWHERE).tolist() == [math.inf]
    assert access.gap(WEST, NOWHERE).equals(WEST)
    assert access.covered(WEST, NOWHERE) == 0
    assert access.experienced_supply(WEST, EAST, NOWHERE).empty


def test_two_of_five_have_a_bench_within_reach() -> None:
    """120 of 300 people."""
    found = access.nearness([100, 400, 900], [20, 100, 180])
    assert found.within == pytest.approx(0.4)
    assert (found.median_m, found.p90_m) == (900, 900)
    assert access.nearness([100], [0]) is None
    assert access.nearness([], []) is None


def test_nearest_is_the_least_of_all_distances() -> None:
    origins = shapely.points([(0, 0), (700, 20), (30, 40)])
    benches = facilities(Point(0, 50), box(600, 0, 800, 100))
    assert access.nearest_m(origins, benches).tolist() == [50, 0, pytest.approx(np.hypot(30, 10))]
    assert (
        access.straight_m(origins, benches).min(axis=1).tolist()
        == access.nearest_m(origins, benches).tolist()
    )


def test_ground_without_a_bench() -> None:
    """One bench in the middle of a km2 with a reach of 400 m: a circle of 0.5027 km2 is served."""
    ground = box(0, 0, 1000, 1000)
    assert access.covered(ground, facilities(Point(500, 500)), reach_m=400) == pytest.approx(
        math.pi * 0.16, rel=2e-4
    )
    assert access.covered(shapely.Polygon(), facilities(Point(0, 0))) is None


PEOPLE, OFFERED = [100, 300], [4, 2]


def test_two_steps() -> None:
    """The first reaches both places, the second the last only: R = 0.01 and 2/300."""
    found = access.two_step([[100, 900], [300, 200]], PEOPLE, OFFERED, reach_m=400)
    assert found.per_facility == pytest.approx([0.01, 2 / 300])
    assert found.per_place == pytest.approx([0.01, 0.01 + 2 / 300])
    assert found.per_place @ PEOPLE == pytest.approx(6)


def test_two_steps_with_less_weight_farther_off() -> None:
    """Weight one half for the second place at the first facility: R = 0.016, A = 0.016 and 0.014667."""
    found = access.enhanced_two_step([[100, 900], [300, 200]], PEOPLE, OFFERED, zones=((200, 1), (400, 0.5)))
    assert found.per_facility == pytest.approx([0.016, 2 / 300])
    assert found.per_place == pytest.approx([0.016, 0.014667], abs=1e-6)
    assert found.per_place @ PEOPLE == pytest.approx(6)


@given(st.integers(0, 2**32 - 1), st.integers(1, 12), st.integers(1, 6))
def test_what_is_reached_adds_up_to_what_is_offered(seed, places, offers) -> None:
    chance = np.random.default_rng(seed)
    distance, people = chance.uniform(0, 1000, (places, offers)), chance.integers(0, 50, places)
    offered = chance.uniform(0, 9, offers)
    for found, near in (
        (access.two_step(distance, people, offered), distance <= 400),
        (access.enhanced_two_step(distance, people, offered, zones=((300, 1), (600, 0.3))), distance <= 600),
    ):
        reached = (people @ near) > 0
        assert found.per_place @ people == pytest.approx(offered[reached].sum())
        assert (found.per_facility[~reached] == 0).all()


def test_one_zone_is_the_plain_form() -> None:
    distance = [[100, 400], [401, 0]]
    plain = access.two_step(distance, PEOPLE, OFFERED, reach_m=400)
    zoned = access.enhanced_two_step(distance, PEOPLE, OFFERED, zones=((400, 1.0),))
    assert plain.per_place == pytest.approx(zoned.per_place)


def test_variety() -> None:
    """2, 1 and 1 of three kinds: 1.039721 nats, 0.946395 of the most."""
    found = access.diversity([2, 1, 1])
    assert (found.entropy, found.evenness) == pytest.approx((1.039721, 0.946395), abs=1e-6)
    assert access.diversity([5]) == access.Diversity(0.0, None)
    assert access.diversity([0, 0]) is None
    assert access.diversity([3, 3]).evenness == pytest.approx(1)


def test_benches_along_500_metres() -> None:
    """At 100, 150 and 400 m: gaps 100, 50, 250, 100; with 125 m as norm 60 % of the way is served."""
    route = LineString([(0, 0), (500, 0)])
    found = access.bench_spacing(route, facilities(Point(100, 0), Point(150, 0), Point(400, 0)))
    assert found.gaps_m == (100, 50, 250, 100)
    assert (found.longest_m, found.served) == (250, pytest.approx(0.6))
    bare = access.bench_spacing(route, NOWHERE)
    assert (bare.gaps_m, bare.served) == ((500,), 0)
    assert access.bench_spacing(LineString([(0, 0), (0, 0)]), NOWHERE) is None


@given(st.lists(st.integers(0, 500), min_size=1, max_size=8), st.integers(10, 400))
def test_served_share_equals_the_length_within_half_the_norm(stops, norm) -> None:
    """On a straight route the share can be measured by buffers; more benches never serve less."""
    route = LineString([(0, 0), (500, 0)])
    found = access.bench_spacing(route, facilities(*[Point(x, 0) for x in stops]), norm_m=norm)
    spans = shapely.union_all([LineString([(x - norm / 2, 0), (x + norm / 2, 0)]) for x in stops])
    assert found.served == pytest.approx(shapely.intersection(spans, route).length / 500)
    assert sum(found.gaps_m) == pytest.approx(500)
    more = access.bench_spacing(route, facilities(*[Point(x, 0) for x in [*stops, 250]]), norm_m=norm)
    assert more.served >= found.served - 1e-9


def test_supply_that_the_figures_do_not_count() -> None:
    """The core reaches into the east: its bench there is used and not counted."""
    core = box(500, 0, 1500, 500)
    benches = facilities(Point(100, 1), Point(700, 1), Point(1200, 1), Point(1900, 1))
    found = access.experienced_supply(core, WEST, benches)
    assert found.to_dict() == {"f0": "official_only", "f1": "both", "f2": "core_only"}
