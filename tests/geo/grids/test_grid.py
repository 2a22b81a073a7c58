"""The grid: a cell belongs to an area when its centre lies inside."""

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import affinity, box

from geo.errors import GridTooLarge
from geo.grids.cell_counts import count_cells, sum_weights
from geo.grids.grid import Grid, choose_extent
from geo.grids.outlining import trace_outline, trim
from geo.grids.runs import Runs

DONUT = box(0, 0, 100, 100).difference(box(25, 25, 75, 75))


def areas(*shapes):
    return np.array(shapes, dtype=object)


@st.composite
def blobs(draw, most=12):
    """Stars with up to a dozen corners, some with a hole, some in two parts, anywhere on a km."""
    found = []
    for _ in range(draw(st.integers(1, most))):
        seed = draw(st.integers(0, 2**32 - 1))
        chance = np.random.default_rng(seed)
        corners = chance.integers(3, 13)
        angle = np.sort(chance.uniform(0, 2 * np.pi, corners))
        reach = chance.uniform(20, 400, corners)
        x, y = chance.uniform(0, 1000, 2)
        shape = shapely.Polygon(np.column_stack([x + reach * np.cos(angle), y + reach * np.sin(angle)]))
        shape = shapely.make_valid(shape, method="structure", keep_collapsed=False)
        if seed % 3 == 0:
            shape = shape.difference(shape.buffer(-30))
        if seed % 5 == 0:
            shape = shape.union(affinity.translate(shape, 500, 0))
        if shape.area > 0:
            found.append(shape)
    return areas(*found) if found else areas(box(0, 0, 100, 100))


def test_a_cell_counts_when_its_centre_is_inside() -> None:
    """Cells of 100 m, an area up to x = 149: the second centre, at 150, is out; up to 151 it is in."""
    grid = Grid(0, 0, 3, 1, 100.0)
    assert count_cells(areas(box(0, 0, 149, 100)), grid).tolist() == [[1, 0, 0]]
    assert count_cells(areas(box(0, 0, 151, 100)), grid).tolist() == [[1, 1, 0]]


def test_a_centre_on_a_shared_border_belongs_to_one_neighbour_only() -> None:
    """The border runs through the centres of the middle column: it goes to the eastern area."""
    grid = Grid(0, 0, 3, 3, 10.0)
    west, east = count_cells(areas(box(0, 0, 15, 30)), grid), count_cells(areas(box(15, 0, 30, 30)), grid)
    assert west[0].tolist() == [1, 0, 0]
    assert (west + east == 1).all()


def test_a_hole_is_not_counted() -> None:
    """A donut of 4 x 4 cells with a hole of 2 x 2."""
    assert count_cells(areas(DONUT), Grid.covering(areas(DONUT), 25.0)).sum() == 12


def test_the_grid_is_aligned_to_the_plane() -> None:
    """Two neighbourhoods always share cells, wherever their sketches begin."""
    grid = Grid.covering(areas(box(93_011, 446_003, 93_060, 446_040)), 25.0)
    assert (grid.west_m % 25, grid.south_m % 25) == (0, 0)
    assert (grid.columns, grid.rows) == (3, 2)


def test_a_stray_sketch_does_not_cost_a_gigabyte() -> None:
    """Eight people in one street and one on another continent: cut to what two share, nothing shared is
    lost."""
    grid, held_by = choose_extent(areas(*[box(0, 0, 100, 100)] * 8, box(5e6, 5e6, 5.1e6, 5.1e6)), 25.0)
    assert (grid.cells, held_by) == (16, 2)


def test_too_many_cells_is_refused_before_memory_is_asked() -> None:
    far = areas(box(0, 0, 1, 1), box(1e7, 1e7, 1e7 + 1, 1e7 + 1))
    with pytest.raises(GridTooLarge):
        count_cells(far, Grid.covering(far, 1.0))


@given(blobs())
def test_counts_equal_asking_every_centre(found) -> None:
    """The oracle is shapely's own point in polygon, cell by cell."""
    grid = Grid.covering(found, 25.0)
    x, y = np.meshgrid(*grid.centres())
    asked = sum(shapely.contains_xy(shape, x, y).astype(int) for shape in found)
    assert np.array_equal(count_cells(found, grid), asked)


@given(blobs(), st.integers(0, 30), st.integers(0, 30))
def test_a_window_is_a_cut_of_the_whole(found, column, row) -> None:
    grid = Grid.covering(found, 25.0)
    part = Grid(grid.column + column, grid.row + row, 9, 7, 25.0).intersection(grid)
    assert np.array_equal(count_cells(found, part), count_cells(found, grid)[grid.window(part)])


@given(blobs())
def test_weights_of_one_give_the_counts(found) -> None:
    grid = Grid.covering(found, 25.0)
    assert np.array_equal(sum_weights(found, np.ones(len(found)), grid), count_cells(found, grid))


@given(blobs())
def test_runs_give_the_same_surface(found) -> None:
    grid = Grid.covering(found, 25.0)
    runs = Runs.from_areas(found, grid)
    sums = runs.sums(np.ones((1, len(found)), dtype=np.int32))[0]
    counts = count_cells(found, grid)
    assert np.array_equal(runs.to_cells(sums), counts)
    assert (sums * runs.cells).sum() == counts.sum()


@given(st.integers(0, 2**32 - 1), st.integers(1, 9), st.integers(1, 9))
def test_the_outline_of_any_cells_is_valid_and_exact(seed, rows, columns) -> None:
    """Corners that touch, holes in holes: the area is the cells' and the cells come back."""
    inside = np.random.default_rng(seed).random((rows, columns)) < 0.5
    grid = Grid(-3, 5, columns, rows, 25.0)
    shape = trace_outline(inside, grid)
    assert shape.is_valid
    assert shape.area == inside.sum() * 625
    assert np.array_equal(count_cells(areas(shape), grid) > 0, inside)


@given(st.integers(0, 2**32 - 1))
def test_cropping_loses_nothing(seed) -> None:
    inside = np.random.default_rng(seed).random((6, 8)) < 0.1
    inside[2, 3] = True
    grid = Grid(4, 4, 8, 6, 25.0)
    small, part = trim(inside, grid)
    assert small.sum() == inside.sum()
    assert np.array_equal(inside[grid.window(part)], small)
