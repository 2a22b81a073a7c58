"""Average linkage without an n x n matrix, beside scipy's with one."""

import numpy as np
import pyogrio
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse
from scipy.cluster import hierarchy
from scipy.spatial.distance import squareform

from geo import crs
from geo.grids.grid import choose_extent, shared_cells
from geo.kernels.average_linkage import average_linkage


def by_scipy(shared, cut):
    """Return the lowest item of each item's group, from the full distance matrix."""
    common = shared.toarray().astype(float)
    own = np.diag(common)
    apart = 1 - common / (own[:, None] + own[None, :] - common)
    np.fill_diagonal(apart, 0)
    tree = hierarchy.linkage(squareform(apart, checks=False), method="average")
    number = hierarchy.fcluster(tree, t=cut, criterion="distance")
    _, first, inverse = np.unique(number, return_index=True, return_inverse=True)
    return first[inverse]


def discs(n, seed, reach_m=3000.0):
    """Return discs of many sizes, thrown at random: no two pairs are equally alike."""
    chance = np.random.default_rng(seed)
    middle = shapely.points(chance.uniform(0, reach_m, (n, 2)))
    return shapely.buffer(middle, chance.uniform(60, 700, n))


@pytest.mark.parametrize("cut", [0.6, 0.8, 0.9])
@pytest.mark.parametrize(("n", "reach_m"), [(2, 500.0), (60, 2000.0), (400, 3000.0), (400, 12_000.0)])
def test_equal_to_scipy_on_random_discs(n, reach_m, cut) -> None:
    for seed in range(3):
        drawn = discs(n, seed, reach_m)
        shared = shared_cells(drawn, choose_extent(drawn, 10.0)[0])
        assert average_linkage(shared, cut=cut).tolist() == by_scipy(shared, cut).tolist()


@pytest.fixture(scope="module")
def new_york(shared):
    """Return the drawings of New York that count: of positive area and at most 100 km2."""
    table = pyogrio.read_dataframe(shared("sketches/new_york_dnainfo_2015.gpkg"))
    shapes = crs.to_planar(table.geometry.to_numpy(), crs.planar(tuple(table.total_bounds)))
    shapes = shapely.make_valid(shapes, method="structure", keep_collapsed=False)
    area = shapely.area(shapes)
    return shapes[(area > 0) & (area <= 1e8)]


@pytest.mark.parametrize(("n", "seed"), [(300, 1), (1000, 2), (2000, 3)])
def test_equal_to_scipy_on_drawings_of_new_york(new_york, n, seed) -> None:
    drawn = np.random.default_rng(seed).permutation(new_york)[:n]
    counted = shared_cells(drawn, choose_extent(drawn, 25.0)[0])
    some = counted.diagonal() > 0
    counted = counted[some][:, some]
    assert average_linkage(counted, cut=0.8).tolist() == by_scipy(counted, 0.8).tolist()


def test_equally_near_groups_join_by_the_lowest_item() -> None:
    """0-1, 1-2 and 2-3 are equally alike: 1 goes to 0, then 2 to 3; the pairs have a mean IoU of 1/12."""
    alike = sparse.csr_array(np.array([[3, 1.5, 0, 0], [1.5, 3, 1.5, 0], [0, 1.5, 3, 1.5], [0, 0, 1.5, 3]]))
    assert average_linkage(alike, cut=0.8).tolist() == [0, 0, 2, 2]
    assert average_linkage(alike, cut=11 / 12).tolist() == [0, 0, 0, 0]
    assert average_linkage(alike, cut=0.91).tolist() == [0, 0, 2, 2]


@given(st.integers(0, 10_000), st.sampled_from([0.5, 0.75, 0.8]))
def test_ties_without_end_come_to_an_end_and_to_the_same(seed, cut) -> None:
    """Squares on a lattice: many pairs are equally alike. Groups found keep the promise of the cut."""
    corner = np.random.default_rng(seed).integers(0, 6, (40, 2)) * 10.0
    drawn = shapely.box(corner[:, 0], corner[:, 1], corner[:, 0] + 30, corner[:, 1] + 30)
    shared = shared_cells(drawn, choose_extent(drawn, 10.0)[0])
    found = average_linkage(shared, cut=cut)
    assert found.tolist() == average_linkage(shared, cut=cut).tolist()
    common = shared.toarray().astype(float)
    alike = common / (18 - common)
    groups = np.unique(found)
    member = (found[:, None] == groups[None, :]).astype(float)
    mean = (member.T @ alike @ member) / np.outer(member.sum(axis=0), member.sum(axis=0))
    np.fill_diagonal(mean, 0)
    assert (mean < 1 - cut + 1e-9).all(), "no two groups are left that are within the cut"


def test_rows_that_are_not_sorted_or_hold_zeros() -> None:
    full = sparse.csr_array(
        (np.array([95, 100, 0, 100, 95, 100]), np.array([1, 0, 2, 1, 0, 2]), np.array([0, 3, 5, 6])),
        shape=(3, 3),
    )
    assert average_linkage(full, cut=0.8).tolist() == [0, 0, 2]


def test_shared_cells_are_the_cells_that_both_hold() -> None:
    """The oracle is a table of cells per drawing, multiplied."""
    drawn = discs(80, 7)
    grid, _ = choose_extent(drawn, 50.0)
    x, y = np.meshgrid(*grid.centres())
    inside = np.array([shapely.contains_xy(shape, x.ravel(), y.ravel()) for shape in drawn]).astype(int)
    assert (shared_cells(drawn, grid).toarray() == inside @ inside.T).all()


def test_no_areas_share_no_cells() -> None:
    nothing = np.empty(0, dtype=object)
    assert shared_cells(nothing, choose_extent(nothing, 25.0)[0]).shape == (0, 0)
