"""Areas for the screen: the same ground in fewer bytes, without a gap between neighbours."""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import shape

from geo import crs
from maps.interactive.topojson import build_topology, encode
from tests.support.laws import examples

AT = (150_000, 480_000)


def table(*shapes: shapely.Geometry) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(geometry=list(shapes), index=[f"a{n}" for n in range(len(shapes))], crs=crs.RD)


def square(x: float, y: float, side: float = 100) -> shapely.Geometry:
    return shapely.box(AT[0] + x, AT[1] + y, AT[0] + x + side, AT[1] + y + side)


def read(made: dict[str, Any], name: str = "areas") -> list[shapely.Geometry]:
    """Read a topology back, as topojson-client does, into metres."""
    scale, origin = np.array(made["transform"]["scale"]), np.array(made["transform"]["translate"])
    arcs = [np.cumsum(np.array(arc), axis=0) * scale + origin for arc in made["arcs"]]

    def line(numbers: list[int]) -> list[list[float]]:
        points: list[list[float]] = []
        for number in numbers:
            arc = arcs[number] if number >= 0 else arcs[~number][::-1]
            points += arc[1 if points else 0 :].tolist()
        return points

    found = []
    for thing in made["objects"][name]["geometries"]:
        kind, arc_lists = thing["type"], thing.get("arcs")
        if kind == "Point":
            coordinates: Any = (np.array(thing["coordinates"]) * scale + origin).tolist()
        elif kind == "Polygon":
            coordinates = [line(ring) for ring in arc_lists]
        elif kind == "MultiPolygon":
            coordinates = [[line(ring) for ring in part] for part in arc_lists]
        else:
            coordinates = [line(part) for part in arc_lists]
        found.append(crs.to_planar(shape({"type": kind, "coordinates": coordinates})))
    return found


def test_shared_side_is_written_once() -> None:
    """Two squares side by side have 3 arcs: the side they share, and the rest of each."""
    made = build_topology({"areas": table(square(0, 0), square(100, 0))})
    assert len(made["arcs"]) == 3


def test_island_and_the_hole_it_fills_are_one_arc() -> None:
    around = shapely.difference(square(0, 0, 300), square(100, 100))
    made = build_topology({"areas": table(around, square(100, 100))})
    assert len(made["arcs"]) == 2


def test_four_squares_round_a_point() -> None:
    """Four squares in a window: 4 inner sides and 4 outer corners."""
    made = build_topology({"areas": table(square(0, 0), square(100, 0), square(0, 100), square(100, 100))})
    assert len(made["arcs"]) == 8
    for found, drawn in zip(read(made), (square(0, 0), square(100, 0)), strict=False):
        assert shapely.hausdorff_distance(found, drawn) < 1


def test_lines_and_points_travel_too() -> None:
    line = shapely.LineString([(AT[0], AT[1]), (AT[0] + 100, AT[1] + 40)])
    spot = shapely.Point(AT[0] + 50, AT[1] + 50)
    made = build_topology({"roads": table(line), "spots": table(spot)})
    assert shapely.hausdorff_distance(read(made, "roads")[0], line) < 1
    assert shapely.distance(read(made, "spots")[0], spot) < 1


def test_nothing_is_an_empty_topology() -> None:
    assert build_topology({"areas": table()})["arcs"] == []


def test_equal_contents_are_equal_bytes() -> None:
    one, two = (encode(build_topology({"areas": table(square(0, 0))})) for _ in range(2))
    assert one == two


@examples(40)
@given(
    cuts=st.lists(st.integers(1, 19), min_size=1, max_size=6, unique=True),
    rows=st.lists(st.integers(1, 19), min_size=1, max_size=6, unique=True),
)
def test_any_coverage_comes_back_as_it_was(cuts: list[int], rows: list[int]) -> None:
    """A window of rectangles: every pane comes back within the grid's step, and none overlaps another."""
    xs, ys = [0, *sorted(cuts), 20], [0, *sorted(rows), 20]
    panes = [
        shapely.box(AT[0] + 50 * a, AT[1] + 50 * c, AT[0] + 50 * b, AT[1] + 50 * d)
        for a, b in pairwise(xs)
        for c, d in pairwise(ys)
    ]
    found = read(build_topology({"areas": table(*panes)}, step_m=0.5))
    for pane, back in zip(panes, found, strict=True):
        assert shapely.hausdorff_distance(pane, back) < 1
    assert shapely.coverage_is_valid(found)


@pytest.mark.parametrize("name", ["amsterdam_buurten_2022.geojson", "lansingerland_wijken_2022.geojson"])
def test_real_areas_keep_their_ground(shared: Callable[[str], Path], name: str) -> None:
    """Simplified by 3 m, every official area keeps 98 % of its ground and the whole stays a coverage."""
    official = gpd.read_file(shared(f"boundaries/{name}")).to_crs(crs.RD)[["geometry"]]
    made = build_topology({"areas": official}, tolerance_m=3.0)
    found = np.array(read(made))
    drawn = official.geometry.to_numpy()
    together = shapely.area(shapely.intersection(shapely.make_valid(found), drawn))
    assert (together / shapely.area(shapely.union(shapely.make_valid(found), drawn)) > 0.98).all()
    assert len(encode(made).body) < 100_000
