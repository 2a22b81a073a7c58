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

from geo import accessibility
from geo.crs import RD


def facilities(*shapes, kind="bench"):
    return gpd.GeoDataFrame(
        {"theme": "bench", "kind": kind, "name": "", "source": "made up", "date": "2024-01-01"},
        geometry=list(shapes),
        crs=RD,
        index=pd.Index([f"f{number}" for number in range(len(shapes))], name="facility_id", dtype=object),
    )


WEST, EAST = box(0, 0, 1000, 500), box(1000, 0, 2000, 500)
NOWHERE = facilities()


def test_two_of_five_have_a_bench_within_reach() -> None:
    """120 of 300 people."""
    found = accessibility.nearness([100, 400, 900], [20, 100, 180])
    assert found.within == pytest.approx(0.4)
    assert (found.median_m, found.p90_m) == (900, 900)
    assert accessibility.nearness([100], [0]) is None
    assert accessibility.nearness([], []) is None


def test_nearest_is_the_least_of_all_distances() -> None:
    origins = shapely.points([(0, 0), (700, 20), (30, 40)])
    benches = facilities(Point(0, 50), box(600, 0, 800, 100))
    assert accessibility.nearest_m(origins, benches).tolist() == [50, 0, pytest.approx(np.hypot(30, 10))]
    assert (
        accessibility.distance_matrix_m(origins, benches).min(axis=1).tolist()
        == accessibility.nearest_m(origins, benches).tolist()
    )


def test_ground_without_a_bench() -> None:
    """One bench in the middle of a km2 with a reach of 400 m: a circle of 0.5027 km2 is served."""
    ground = box(0, 0, 1000, 1000)
    assert accessibility.covered_share(ground, facilities(Point(500, 500)), reach_m=400) == pytest.approx(
        math.pi * 0.16, rel=2e-4
    )
    assert accessibility.covered_share(shapely.Polygon(), facilities(Point(0, 0))) is None


def test_benches_along_500_metres() -> None:
    """At 100, 150 and 400 m: gaps 100, 50, 250, 100; with 125 m as norm 60 % of the way is served."""
    route = LineString([(0, 0), (500, 0)])
    found = accessibility.bench_spacing(route, facilities(Point(100, 0), Point(150, 0), Point(400, 0)))
    assert found.gaps_m == (100, 50, 250, 100)
    assert (found.longest_m, found.served) == (250, pytest.approx(0.6))
    bare = accessibility.bench_spacing(route, NOWHERE)
    assert (bare.gaps_m, bare.served) == ((500,), 0)
    assert accessibility.bench_spacing(LineString([(0, 0), (0, 0)]), NOWHERE) is None


@given(st.lists(st.integers(0, 500), min_size=1, max_size=8), st.integers(10, 400))
def test_served_share_equals_the_length_within_half_the_norm(stops, norm) -> None:
    """On a straight route the share can be measured by buffers; more benches never serve less."""
    route = LineString([(0, 0), (500, 0)])
    found = accessibility.bench_spacing(route, facilities(*[Point(x, 0) for x in stops]), norm_m=norm)
    spans = shapely.union_all([LineString([(x - norm / 2, 0), (x + norm / 2, 0)]) for x in stops])
    assert found.served == pytest.approx(shapely.intersection(spans, route).length / 500)
    assert sum(found.gaps_m) == pytest.approx(500)
    more = accessibility.bench_spacing(route, facilities(*[Point(x, 0) for x in [*stops, 250]]), norm_m=norm)
    assert more.served >= found.served - 1e-9


def test_supply_that_the_figures_do_not_count() -> None:
    """The core reaches into the east: its bench there is used and not counted."""
    core = box(500, 0, 1500, 500)
    benches = facilities(Point(100, 1), Point(700, 1), Point(1200, 1), Point(1900, 1))
    found = accessibility.experienced_supply(core, WEST, benches)
    assert found.to_dict() == {"f0": "official_only", "f1": "both", "f2": "core_only"}
