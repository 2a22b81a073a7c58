"""The compiled kernels say what plain shapely says: on answers by head, on scribbles, on real data."""

import pickle
import subprocess
import sys

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from shapely import MultiPolygon, Polygon, box

from geo.errors import FrameGeometryUnsound
from geo.grids.cell_counts import count_cells
from geo.grids.grid import Grid, row_steps
from geo.kernels import (
    area_index,
    border_coincidence,
    facilities_within,
    hausdorff,
    polygon_overlap,
    rasterise,
)
from geo.kernels.geometry_arrays import Outlines
from geo.overlay.pairs import overlap_pairs
from tests.support.laws import examples

MIN_M2 = 1e-4  # 1 cm2


def sound(shapes):
    """Repair as the program does; leave out what has no area."""
    shapes = shapely.make_valid(np.asarray(shapes, object), method="structure", keep_collapsed=False)
    return shapes[shapely.area(shapes) > 0]


def by_shapely(sketches, areas):
    """Every pair with shared ground, the plain way."""
    row, unit = shapely.STRtree(areas).query(sketches, predicate="intersects")
    area = shapely.area(shapely.intersection(sketches[row], areas[unit]))
    return {(s, u): a for s, u, a in zip(row.tolist(), unit.tolist(), area.tolist(), strict=True) if a > 0}


def assert_same_areas(found, sketches, areas):
    """To a millionth of each area, and to 1 cm2 for slivers."""
    expected = by_shapely(sketches, areas)
    got = dict(
        zip(zip(found.sketch.tolist(), found.unit.tolist(), strict=True), found.area_m2.tolist(), strict=True)
    )
    keys = sorted(set(expected) | set(got))
    assert_allclose(
        [got.get(key, 0.0) for key in keys],
        [expected.get(key, 0.0) for key in keys],
        rtol=1e-6,
        atol=MIN_M2,
    )


def stars(seed, centres, *, corners, radius_m=300.0):
    """Round drawings with a trembling hand, as residents make them."""
    chance = np.random.default_rng(seed)
    angle = np.linspace(0, 2 * np.pi, corners, endpoint=False)
    size = radius_m * chance.lognormal(0, 0.4, (len(centres), 1))
    wave = 1 + 0.25 * np.sin(3 * angle + chance.uniform(0, 6.28, (len(centres), 1)))
    reach = size * wave * (1 + 0.02 * chance.standard_normal((len(centres), corners)))
    x = centres[:, :1] + reach * np.cos(angle)
    y = centres[:, 1:] + reach * np.sin(angle)
    return sound(shapely.polygons(np.stack([x, y], axis=-1)))


def with_holes_and_parts(shapes):
    """Cut a hole in every second shape and lay a second part beside every third."""
    middle = shapely.centroid(shapes)
    size = np.sqrt(shapely.area(shapes))
    made = shapes.copy()
    made[::2] = shapely.difference(made[::2], shapely.buffer(middle[::2], 0.2 * size[::2], quad_segs=3))
    far = np.array(
        [
            shapely.transform(s, lambda xy, d=d: xy * 0.4 + d)
            for s, d in zip(
                shapes[::3], 0.6 * shapely.get_coordinates(middle[::3]) + 1.7 * size[::3, None], strict=True
            )
        ],
        object,
    )
    made[::3] = shapely.union(made[::3], far)
    return sound(made)


def scribbles(coordinates):
    """Outlines as they come from a hand: crossings, folds, specks, holes and parts after repair."""
    ring = st.lists(st.tuples(coordinates, coordinates), min_size=3, max_size=9)
    shape = st.lists(ring, min_size=1, max_size=2).map(
        lambda rings: MultiPolygon([Polygon(r) for r in rings])
    )
    return st.lists(shape, min_size=1, max_size=4).map(sound).filter(len)


# On whole metres nearly everything touches; anywhere else nearly nothing does.
WHOLE = st.integers(0, 8).map(float)
ANYWHERE = st.integers(0, 10**9).map(lambda n: n / 1_999_999.3)
EITHER = st.one_of(
    st.tuples(scribbles(WHOLE), scribbles(WHOLE)), st.tuples(scribbles(ANYWHERE), scribbles(ANYWHERE))
)


# --- Shared ground --------------------------------------------------------------------------------


def test_sketch_over_a_border_is_split_by_area():
    """A 400 x 100 m sketch, 100 m west and 300 m east of the border: 10,000 and 30,000 m2."""
    index = area_index.prepare(
        np.array([box(92_000, 446_000, 93_000, 447_000), box(93_000, 446_000, 94_000, 447_000)])
    )
    found = polygon_overlap.overlap(np.array([box(92_900, 446_300, 93_300, 446_400)]), index)
    assert found.sketch.tolist() == [0, 0]
    assert found.unit.tolist() == [0, 1]
    assert found.area_m2.tolist() == pytest.approx([10_000, 30_000])
    assert found.fell_back == 0


def test_unit_inside_a_sketch_and_sketch_inside_a_unit():
    """No outline crosses another: the whole unit of 100 m2, and the whole sketch of 4 m2."""
    index = area_index.prepare(np.array([box(0, 0, 10, 10)]))
    assert polygon_overlap.overlap(np.array([box(-5, -6, 17, 18)]), index).area_m2.tolist() == [100]
    assert polygon_overlap.overlap(np.array([box(3, 3, 5, 5)]), index).area_m2.tolist() == [4]


def test_sketch_in_the_hole_of_a_unit_shares_nothing():
    """A lake that is no part of the unit; and a sketch with that lake as its hole takes the unit whole."""
    lake = box(2, 2, 8, 8)
    index = area_index.prepare(np.array([box(0, 0, 10, 10).difference(lake)]))
    assert polygon_overlap.overlap(np.array([box(3, 3, 5, 5)]), index).area_m2.tolist() == []
    around = box(-1, -1, 11, 11).difference(box(3, 3, 7, 7))
    assert polygon_overlap.overlap(np.array([around]), index).area_m2.tolist() == pytest.approx([64])


def test_sketch_of_two_parts_counts_both():
    """Two parts of 4 m2, one half over the edge: 4 + 2."""
    index = area_index.prepare(np.array([box(0, 0, 10, 10)]))
    parts = MultiPolygon([box(1, 1, 3, 3), box(9, 5, 11, 7)])
    assert polygon_overlap.overlap(np.array([parts]), index).area_m2.tolist() == pytest.approx([6])


def test_units_that_overlap_each_get_their_ground():
    """The same ground may be in two units: 12 and 8 of a sketch of 16 m2."""
    index = area_index.prepare(np.array([box(0, 0, 10, 10), box(5, 0, 20, 10)]))
    found = polygon_overlap.overlap(np.array([box(3, 3, 7, 7)]), index)
    assert found.area_m2.tolist() == pytest.approx([16, 8])


def test_copy_of_an_official_area_goes_to_geos():
    """A resident who clicks exactly the official corners gets exactly that area, and no neighbour."""
    areas = np.array([box(0, 0, 10, 10), box(10, 0, 20, 10)])
    found = polygon_overlap.overlap(areas.copy(), area_index.prepare(areas))
    assert found.fell_back == 2
    assert found.unit.tolist() == [0, 1]
    assert found.area_m2.tolist() == [100, 100]


def test_ring_direction_does_not_matter():
    """Drawn clockwise or not: the same ground."""
    index = area_index.prepare(np.array([box(0, 0, 10, 10).reverse(), box(4.5, 4.5, 30, 30)]))
    sketch = box(2, 2, 7, 8).difference(box(3, 3, 4, 4))
    for drawn in (sketch, sketch.reverse(), shapely.orient_polygons(sketch, exterior_cw=True)):
        found = polygon_overlap.overlap(np.array([drawn]), index)
        assert found.area_m2.tolist() == pytest.approx([29, 8.75])


def test_nothing_drawn_and_nothing_official():
    """Empty in, empty out."""
    nothing = np.empty(0, object)
    index = area_index.prepare(np.array([box(0, 0, 1, 1)]))
    assert len(polygon_overlap.overlap(nothing, index).sketch) == 0
    assert len(polygon_overlap.overlaps(nothing, index).sketch) == 0
    assert len(polygon_overlap.overlap(np.array([Polygon(), box(5, 5, 6, 6)]), index).sketch) == 0
    assert len(polygon_overlap.overlap(np.array([box(0, 0, 1, 1)]), area_index.prepare(nothing)).sketch) == 0
    assert (
        len(
            polygon_overlap.overlap(
                np.array([box(0, 0, 1, 1)]), area_index.prepare(np.array([Polygon()]))
            ).sketch
        )
        == 0
    )


def test_invalid_area_is_refused():
    """A bow tie has no honest area."""
    with pytest.raises(FrameGeometryUnsound, match="Self-intersection"):
        area_index.prepare(np.array([box(0, 0, 1, 1), Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])]))


@given(EITHER)
def test_scribbles_on_scribbles_share_what_shapely_says(both):
    """Overlapping units with holes and parts, and drawings that touch them anyhow."""
    sketches, areas = both
    assert_same_areas(polygon_overlap.overlap(sketches, area_index.prepare(areas)), sketches, areas)


@given(
    scribbles(ANYWHERE),
    st.tuples(st.floats(-1, 1), st.floats(-1, 1)).map(lambda m: np.array(m) * 1e5),
    st.floats(0.1, 30),
)
def test_moving_and_scaling_everything_changes_no_share(shapes, move, scale):
    """A share of ground is the same elsewhere, to what the larger coordinates can hold."""
    areas = shapely.box([0, 200, 100], [0, 0, 150], [250, 500, 400], [300, 400, 501])
    there = [shapely.transform(s, lambda xy: xy * scale + move) for s in (shapes, areas)]
    if not shapely.is_valid(there[0]).all():
        return  # moved, a sliver may fold over
    here = polygon_overlap.overlap(shapes, area_index.prepare(areas))
    away = polygon_overlap.overlap(there[0], area_index.prepare(there[1]))
    one, two = np.zeros((2, len(shapes), 3))
    one[here.sketch, here.unit] = here.area_m2
    two[away.sketch, away.unit] = away.area_m2
    assert_allclose(two, one * scale**2, rtol=1e-6, atol=1e-4 * scale)


@given(scribbles(ANYWHERE), st.integers(1, 5), st.integers(1, 3))
def test_chunks_and_threads_change_nothing(shapes, size, threads):
    """Chunk in, part out: any size, any number at a time, merged in any grouping."""
    index = area_index.prepare(shapely.box([0, 240], [0, 0], [240, 500], [300, 400]))
    whole = polygon_overlap.overlap(shapes, index)
    parts = [polygon_overlap.overlap(shapes[i : i + 1], index, first=i) for i in range(len(shapes))]
    merge = polygon_overlap.Overlaps.merge
    for other in (
        polygon_overlap.overlaps(shapes, index, threads=threads, size=size),
        merge(parts),
        merge([merge(parts[:2]), merge(parts[2:])]),
    ):
        assert_array_equal(other.sketch, whole.sketch)
        assert_array_equal(other.unit, whole.unit)
        assert_array_equal(other.area_m2, whole.area_m2)


def test_many_units_under_one_sketch_fill_the_output_more_than_once():
    """2,000 drawings over 100 units each make far more pairs than there is room for at first."""
    x, y = np.meshgrid(np.arange(10) * 10.0, np.arange(10) * 10.0)
    index = area_index.prepare(shapely.box(x.ravel(), y.ravel(), x.ravel() + 10, y.ravel() + 10))
    drawn = shapely.box(
        *(np.linspace(0.1, 0.3, 2000) * s + o for s, o in ((1, 0), (1, 0), (-1, 100), (-1, 100)))
    )
    found = polygon_overlap.overlap(drawn, index)
    assert len(found.sketch) == 200_000
    assert found.fell_back == 0
    assert_allclose(np.bincount(found.sketch, found.area_m2), shapely.area(drawn), rtol=1e-12)


def test_index_travels_in_a_pickle():
    """A layer is made ready once and kept."""
    areas = stars(1, np.random.default_rng(2).uniform(0, 3000, (30, 2)), corners=30)
    index = area_index.prepare(areas)
    assert len(index.tree) == 30
    again = pickle.loads(pickle.dumps(index))
    sketches = stars(3, np.random.default_rng(4).uniform(0, 3000, (50, 2)), corners=12)
    assert_array_equal(
        polygon_overlap.overlap(sketches, again).area_m2, polygon_overlap.overlap(sketches, index).area_m2
    )


@pytest.mark.parametrize("corners", [6, 60])
def test_round_drawings_with_holes_and_parts_on_overlapping_units(corners):
    """A few thousand of them, nearly none in need of GEOS."""
    chance = np.random.default_rng(5)
    areas = with_holes_and_parts(
        stars(6, np.array([80_000, 440_000]) + chance.uniform(0, 12_000, (150, 2)), corners=40, radius_m=800)
    )
    sketches = with_holes_and_parts(
        stars(7, np.array([80_000, 440_000]) + chance.uniform(0, 12_000, (2000, 2)), corners=corners)
    )
    found = polygon_overlap.overlaps(sketches, area_index.prepare(areas), threads=2, size=512)
    assert found.fell_back <= 2
    assert_same_areas(found, sketches, areas)


def test_pairs_are_the_same_with_and_without_the_kernel(monkeypatch):
    """`geo.overlay.pairs.pairs` takes the kernel from `MANY` pairs on; nobody can tell from the answer."""
    chance = np.random.default_rng(17)
    plane = {"crs": "EPSG:28992"}
    drawn = with_holes_and_parts(stars(18, chance.uniform(0, 5000, (80, 2)), corners=25))
    drawn = gpd.GeoDataFrame(geometry=drawn, **plane).rename(str).rename_axis("sketch_id")
    areas = stars(19, chance.uniform(0, 5000, (30, 2)), corners=40, radius_m=700)
    areas = (
        gpd.GeoDataFrame({"name": "x"}, index=range(30), geometry=areas, **plane)
        .rename(str)
        .rename_axis("code")
    )
    plain = overlap_pairs(drawn, areas)
    monkeypatch.setattr("geo.overlay.pairs.MANY", 1)
    pd.testing.assert_frame_equal(overlap_pairs(drawn, areas), plain, rtol=1e-6, atol=1e-9)


# --- Cells ----------------------------------------------------------------------------------------


def counted(shapes, on, weight=None):
    """Counts by the compiled steps."""
    weight = np.ones(len(shapes), np.int32) if weight is None else weight
    found = rasterise.steps(
        Outlines.of(shapes),
        weight,
        column=on.column,
        row=on.row,
        columns=on.columns,
        rows=on.rows,
        cell_m=on.cell_m,
    )
    return found.cumsum(axis=1)[:, :-1]


def by_steps(shapes, on):
    """Counts by the plain array form of `geo.grids.grid`."""
    met = row_steps(shapes, on)
    found = np.zeros(on.rows * (on.columns + 1), np.int32)
    np.add.at(found, met.at, met.step)
    return found.reshape(on.rows, -1).cumsum(axis=1)[:, :-1]


def test_three_drawings_in_columns():
    """Squares A, B, E of the method: 2, 2 and 1 of three people per column of 50 m."""
    drawn = np.array([box(0, 0, 100, 100), box(50, 0, 150, 100), box(0, 0, 50, 100)])
    assert counted(drawn, Grid(0, 0, 3, 2, 50.0)).tolist() == [[2, 2, 1], [2, 2, 1]]


def test_taking_one_away_leaves_the_others():
    """A weight of -1 undoes a weight of 1."""
    drawn = stars(8, np.full((6, 2), 500.0), corners=20)
    on = Grid.covering(drawn, 25.0)
    twice = np.concatenate([drawn, drawn[:2]])
    weight = np.array([1] * 6 + [-1] * 2, np.int32)
    assert_array_equal(counted(twice, on, weight), by_steps(drawn[2:], on))


@given(st.one_of(scribbles(WHOLE), scribbles(ANYWHERE)), st.sampled_from([0.5, 1.0, 2.0, 7.3, 50.0]))
def test_cells_are_those_of_the_plain_form(shapes, cell_m):
    """The same cells to the last one, also where outlines run through centres or off the grid."""
    whole = Grid.covering(shapes, cell_m)
    for on in (whole, Grid(whole.column + 2, whole.row + 1, 4, 3, cell_m)):
        assert_array_equal(counted(shapes, on), by_steps(shapes, on))


def test_chunks_of_cells_add_up():
    """Parts are merged by adding; one array may take a stream of chunks."""
    drawn = stars(9, np.random.default_rng(1).uniform(0, 4000, (200, 2)), corners=30)
    on = Grid.covering(drawn, 25.0)
    place = {"column": on.column, "row": on.row, "columns": on.columns, "rows": on.rows, "cell_m": on.cell_m}
    ones = np.ones(200, np.int32)
    parts = [rasterise.steps(Outlines.of(drawn[i : i + 50]), ones[:50], **place) for i in range(0, 200, 50)]
    onto = None
    for i in range(0, 200, 50):
        onto = rasterise.steps(Outlines.of(drawn[i : i + 50]), ones[:50], **place, onto=onto)
    assert_array_equal(sum(parts), onto)
    inside = shapely.contains_xy(drawn[:, None, None], *np.meshgrid(*on.centres())).sum(axis=0)
    assert_array_equal(onto.cumsum(axis=1)[:, :-1], inside)


@pytest.mark.parametrize("many", [1, 1000])
def test_surface_is_the_same_with_and_without_the_kernel(monkeypatch, many):
    """`geo.grids.grid.tally` takes the kernel from `MANY` areas on; nobody can tell from the answer."""
    monkeypatch.setattr("geo.grids.cell_counts.MANY", many)
    drawn = with_holes_and_parts(stars(16, np.random.default_rng(2).uniform(0, 3000, (60, 2)), corners=25))
    on = Grid.covering(drawn, 25.0)
    assert_array_equal(count_cells(drawn, on), by_steps(drawn, on))


# --- Facilities -----------------------------------------------------------------------------------


def within(shapes, points, reach):
    """Counts by shapely."""
    tree = shapely.STRtree(shapely.points(points))
    return np.array([[len(tree.query(s, predicate="dwithin", distance=r)) for r in reach] for s in shapes])


def test_bench_on_the_outline_and_at_the_very_distance_count():
    """On the line is inside; 5 m (3 east, 4 north of the corner) is within 5 m."""
    benches = facilities_within.prepare(np.array([[10.0, 5.0], [13.0, 14.0], [0.0, 0.0]]))
    assert facilities_within.counts(np.array([box(0, 0, 10, 10)]), benches, (0.0, 5.0)).tolist() == [[2, 3]]


def test_bench_in_the_hole_is_outside_but_near():
    """The hole of 20 x 20 m is not part of the drawing; its middle is 10 m from it."""
    drawn = np.array([box(-30, -30, 30, 30).difference(box(-10, -10, 10, 10))])
    assert facilities_within.counts(
        drawn, facilities_within.prepare(np.zeros((1, 2))), (0.0, 9.0, 10.0)
    ).tolist() == [[0, 0, 1]]


def test_no_benches_and_no_drawings():
    """Nothing to count is zero, not an error."""
    none = facilities_within.prepare(np.empty((0, 2)))
    assert facilities_within.counts(np.array([box(0, 0, 1, 1), Polygon()]), none, (0.0, 400.0)).tolist() == [
        [0, 0],
        [0, 0],
    ]
    assert facilities_within.all_counts(np.empty(0, object), none, (400.0,)).shape == (0, 1)


@given(
    st.one_of(
        st.tuples(scribbles(WHOLE), st.lists(st.tuples(WHOLE, WHOLE), min_size=1, max_size=20)),
        st.tuples(scribbles(ANYWHERE), st.lists(st.tuples(ANYWHERE, ANYWHERE), min_size=1, max_size=20)),
    ),
    st.sampled_from([(0.0,), (0.0, 1.0, 2.0), (1.0, 5.0), (40.0,), (0.0, 90.0, 500.0)]),
)
def test_counts_are_those_of_shapely(both, reach):
    """Also at whole metres, where points lie on outlines and at the very distance."""
    shapes, points = both[0], np.array(both[1])
    assert_array_equal(
        facilities_within.counts(shapes, facilities_within.prepare(points), reach),
        within(shapes, points, reach),
    )


def test_counts_of_many_drawings_with_holes_and_parts():
    """Chunks and threads change nothing."""
    chance = np.random.default_rng(10)
    drawn = with_holes_and_parts(stars(11, chance.uniform(0, 9000, (400, 2)), corners=60))
    points = chance.uniform(0, 9000, (3000, 2)).round(2)
    found = facilities_within.all_counts(
        drawn, facilities_within.prepare(points), (0.0, 400.0, 800.0), threads=2, size=64
    )
    assert_array_equal(found, within(drawn, points, (0.0, 400.0, 800.0)))


# --- Borders --------------------------------------------------------------------------------------


def test_plot_beside_a_border():
    """5 m aside for 40 m, within 10 m of the border; the 20 m ends count for their first 5 m: 40 + 2 x 5."""
    index = area_index.prepare(np.array([box(-500, -500, 0, 500)]))
    found = border_coincidence.followed(np.array([box(5, 0, 25, 40)]), index, within_m=10.0)
    assert found.tolist() == pytest.approx([50.0])


@examples(5)  # round buffers are slow
@given(
    st.one_of(
        st.tuples(scribbles(ANYWHERE), scribbles(ANYWHERE), st.just(25.0)),
        st.tuples(scribbles(WHOLE), scribbles(WHOLE), st.just(1.0)),
    )
)
def test_length_along_borders_is_that_of_round_buffers(case):
    """Between a buffer a hair smaller and one a hair larger.

    Where an outline slides along the rim, a hair's breadth decides about a long piece. A buffer of 8 chords a
    quarter lies within the round one, at most 0.5 % of its reach.
    """
    shapes, areas, reach = case
    found = border_coincidence.followed(shapes, area_index.prepare(areas), within_m=reach)
    outline, borders = shapely.boundary(shapes), shapely.union_all(shapely.boundary(areas))
    low, high = (
        shapely.length(shapely.intersection(outline, borders.buffer(reach * hair, quad_segs=8)))
        for hair in (0.9999, 1.006)
    )
    assert (found >= low * (1 - 1e-9) - 1e-6).all()
    assert (found <= high * (1 + 1e-9) + 1e-6).all()


def test_length_along_borders_of_many_drawings():
    """Against buffers: the sum to 0.01 %, each drawing to 0.1 m; chunks and threads change nothing."""
    chance = np.random.default_rng(12)
    areas = stars(13, chance.uniform(0, 6000, (20, 2)), corners=30, radius_m=600)
    drawn = with_holes_and_parts(stars(14, chance.uniform(0, 6000, (200, 2)), corners=40))
    found = border_coincidence.all_followed(
        drawn, area_index.prepare(areas), within_m=25.0, threads=2, size=64
    )
    near = shapely.union_all(shapely.boundary(areas)).buffer(25.0, quad_segs=32)
    expected = shapely.length(shapely.intersection(shapely.boundary(drawn), near))
    assert found.sum() == pytest.approx(expected.sum(), rel=1e-4)
    assert_allclose(found, expected, atol=0.1)


# --- Hausdorff ------------------------------------------------------------------------------------


@given(EITHER)
def test_hausdorff_is_that_of_geos(both):
    """Corners of both outlines, holes and parts included."""
    one, two = both
    i, j = (part.ravel() for part in np.meshgrid(np.arange(len(one)), np.arange(len(two))))
    found = hausdorff.distances(Outlines.of(one), Outlines.of(two), i, j.astype(np.int32))
    expected = shapely.hausdorff_distance(shapely.boundary(one)[i], shapely.boundary(two)[j])
    assert_allclose(found, expected, rtol=1e-9, atol=1e-9)


def test_hausdorff_of_nothing_is_unknown():
    """No outline, no distance."""
    found = hausdorff.distances(
        Outlines.of(np.array([Polygon(), box(0, 0, 1, 1)])),
        Outlines.of(np.array([box(0, 0, 1, 1)])),
        np.array([0, 1]),
        np.array([0, 0], np.int32),
    )
    assert np.isnan(found[0])
    assert found[1] == 0


# --- The house ------------------------------------------------------------------------------------


def test_lines_are_no_areas():
    """Refused, not counted as nothing."""
    with pytest.raises(ValueError, match="polygons"):
        Outlines.of(np.array([shapely.LineString([(0, 0), (1, 1)])]))


def test_geo_alone_does_not_wait_for_a_compiler():
    """The plain forms import no numba; one drawing on a page needs none."""
    code = "import sys, geo.overlay, geo.consensus, geo.kernels; sys.exit('numba' in sys.modules)"
    assert subprocess.run([sys.executable, "-W", "ignore", "-c", code], check=False).returncode == 0


# --- Real data ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def new_york(shared):
    """Real drawings, repaired, without specks and shapes of a whole city; on a plane in metres."""
    drawn = gpd.read_file(shared("sketches/new_york_dnainfo_2015.gpkg"), rows=slice(0, 12_000))
    shapes = sound(drawn.geometry.to_crs(32618).to_numpy())
    return shapes[shapely.area(shapes) < 1e8]


def test_new_york_sketches_on_neighbourhoods(shared, new_york):
    """12,000 real drawings on real neighbourhoods."""
    areas = (
        gpd.read_file(shared("boundaries/new_york_neighbourhoods.geojson")).to_crs(32618).geometry.to_numpy()
    )
    areas = sound(areas)
    found = polygon_overlap.overlaps(new_york, area_index.prepare(areas))
    assert found.fell_back < 0.01 * len(new_york)
    assert_same_areas(found, new_york, areas)


def over_the_netherlands(shapes, areas, number):
    """Real drawings laid over random Dutch areas."""
    chance = np.random.default_rng(15)
    at = shapely.get_coordinates(shapely.point_on_surface(areas[chance.integers(len(areas), size=number)]))
    own = shapes[chance.integers(len(shapes), size=number)]
    move = at - shapely.get_coordinates(shapely.centroid(own))
    points, of = shapely.get_coordinates(own, return_index=True)
    return shapely.set_coordinates(own.copy(), points + move[of])


@pytest.mark.parametrize(
    "layer", ["boundaries/nl_pc4_2020.gpkg", "boundaries/nl_buurten_2024_generalised.gpkg"]
)
def test_real_drawings_on_dutch_areas(shared, new_york, layer):
    """3,000 of them on layers with gaps, overlaps, holes and parts."""
    areas = gpd.read_file(shared(layer)).geometry.to_numpy()
    areas = sound(areas[~shapely.is_empty(areas)])
    shapes = over_the_netherlands(new_york, areas, 3000)
    found = polygon_overlap.overlaps(shapes, area_index.prepare(areas))
    assert found.fell_back < 30
    assert_same_areas(found, shapes, areas)


def test_official_areas_as_drawings(shared):
    """Every wijk on every wijk: all of them run over official borders, so GEOS says it all."""
    areas = gpd.read_file(shared("boundaries/nl_wijken_2022.gpkg"), rows=400).geometry.to_numpy()
    found = polygon_overlap.overlaps(areas.copy(), area_index.prepare(areas))
    assert found.fell_back == 400
    assert_same_areas(found, areas, areas)


def test_real_drawings_in_cells(new_york):
    """The cells of 2,000 real drawings, 25 m."""
    drawn = new_york[:2000]
    on = Grid.covering(drawn, 25.0, held_by=5)
    assert_array_equal(counted(drawn, on), by_steps(drawn, on))
