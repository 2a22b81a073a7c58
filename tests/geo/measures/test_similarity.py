"""Two areas."""

from itertools import pairwise

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.measures import similarity
from geo.sample_geometries import EMPTY, A, B, D, E, O
from tests.support import strategies
from tests.support.laws import examples

PAIRS = ([A, A, A, B], [B, D, E, E])
SHARES = (similarity.iou, similarity.dice, similarity.overlap_coefficient)
OUTLINES = (similarity.hausdorff_m, similarity.frechet_m, similarity.mean_boundary_distance_m)
SYMMETRIC = (
    similarity.iou,
    similarity.dice,
    similarity.overlap_coefficient,
    similarity.symmetric_difference_m2,
    similarity.hausdorff_m,
    similarity.frechet_m,
)


@pytest.mark.parametrize(
    ("measure", "answers"),
    [
        (similarity.iou, (1 / 3, 0.25, 0.5, 0)),
        (similarity.dice, (0.5, 0.4, 2 / 3, 0)),
        (similarity.overlap_coefficient, (0.5, 1, 1, 0)),
        (similarity.symmetric_difference_m2, (10_000, 7_500, 5_000, 15_000)),
        (similarity.size_ratio, (1, 4, 2, 2)),
    ],
)
def test_ground_by_head(measure, answers) -> None:
    """(A, B) share half of each; D and E lie in A; B and E only touch."""
    assert measure(*PAIRS) == pytest.approx(answers, abs=1e-9)


def test_hausdorff_by_head() -> None:
    """B is A moved by 50 m; the corner of A is sqrt(25² + 25²) from that of D."""
    assert similarity.hausdorff_m([A, A], [B, D]) == pytest.approx([50, np.sqrt(1250)])


def test_hausdorff_looks_between_the_corners() -> None:
    """The notch is nearest to the edge's middle, where neither has a corner."""
    tooth = shapely.Polygon([(0, 0), (1000, 0), (1000, 10), (0, 10)])
    bitten = shapely.Polygon([(0, 0), (500, 9), (1000, 0), (1000, 10), (0, 10)])
    assert similarity.hausdorff_m(tooth, bitten) == pytest.approx(9, abs=0.01)


@pytest.mark.parametrize("start", range(4))
@pytest.mark.parametrize("reverse", [False, True])
def test_frechet_does_not_depend_on_where_or_which_way_the_ring_begins(start, reverse) -> None:
    """Unaligned, a ring that starts one corner later gives 111.8 instead of 50."""
    corners = np.roll(shapely.get_coordinates(B)[:-1], start, axis=0)
    ring = shapely.Polygon(corners[::-1] if reverse else corners)
    assert similarity.frechet_m(A, ring) == pytest.approx(50)
    assert similarity.frechet_m(ring, A) == pytest.approx(50)


def test_unaligned_frechet_is_the_trap() -> None:
    later = shapely.Polygon(np.roll(shapely.get_coordinates(B)[:-1], -1, axis=0))
    found = {
        round(shapely.frechet_distance(A.exterior, ring), 6)
        for ring in (later.exterior, later.exterior.reverse())
    }
    assert found & {111.803399}


def test_mean_boundary_distance_by_head() -> None:
    """A to B 25 both ways; D to A 25; A to D 25 beside D and slanted past its corners, 26.84742."""
    slanted = (25 * np.sqrt(1250) + 625 * np.arcsinh(1)) / 2  # integral of sqrt(25² + t²) over t from 0 to 25
    one, other = [A, B, A, D], [B, A, D, A]
    assert similarity.mean_boundary_distance_m(one, other) == pytest.approx(
        [25, 25, (1250 + 2 * slanted) / 100, 25], abs=1e-8
    )


def test_boundary_coincidence_by_head() -> None:
    """Of B's 400 m, 2 x 50 lie on A's outline, 2 x 10 beside its corners and 2 x 10 run into it."""
    assert similarity.boundary_coincidence(B, A, width_m=10) == pytest.approx(0.35)


def test_follow_share_of_a_drawn_edge_and_of_the_border() -> None:
    """Lines are taken as they are: 60 + 10 of 115 m lie within 15 m of the border."""
    edge = shapely.LineString([(105, 0), (105, 60), (160, 60)])
    border = shapely.LineString([(100, 0), (100, 100)])
    assert similarity.boundary_coincidence(edge, border, width_m=15) == pytest.approx(70 / 115, abs=1e-6)


def test_tolerance_inverts_the_curve() -> None:
    """Within 10 m lies 0.35 of B's outline."""
    assert similarity.boundary_tolerance_m(B, A, share=0.35) == pytest.approx(10, abs=400 / 128)
    assert similarity.boundary_tolerance_m(A, A) == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("nothing", [None, *EMPTY])
@pytest.mark.parametrize(
    "measure",
    [
        *SHARES,
        *OUTLINES,
        similarity.symmetric_difference_m2,
        similarity.size_ratio,
        similarity.boundary_tolerance_m,
    ],
)
def test_nothing_has_no_agreement(measure, nothing) -> None:
    """Nothing and something do not agree for 0: the question has no answer."""
    assert measure(nothing, A) is None
    assert measure(A, nothing) is None
    assert measure(nothing, nothing) is None
    assert np.isnan(measure([A, nothing], A)).tolist() == [False, True]


def test_one_against_many_and_an_empty_array() -> None:
    assert similarity.iou(A, [A, B, None]) == pytest.approx([1, 1 / 3, np.nan], nan_ok=True)
    for measure in (*SHARES, *OUTLINES):
        assert measure(np.empty(0, dtype=object), A).shape == (0,)


@given(strategies.areas(), strategies.areas())
def test_bounds_and_order_of_the_shares(one, other) -> None:
    iou, dice, smaller = (measure(one, other) for measure in SHARES)
    assert 0 <= iou <= dice + 1e-12 <= smaller + 2e-12 <= 1 + 3e-12
    assert dice == pytest.approx(2 * iou / (1 + iou), abs=1e-9)
    relative = similarity.symmetric_difference_m2(one, other) / one.union(other).area
    assert relative == pytest.approx(1 - iou, abs=1e-6)


@examples(15)
@given(strategies.areas())
def test_the_same_ground_agrees_wholly(drawn) -> None:
    for measure in SHARES:
        assert measure(drawn, drawn) == pytest.approx(1)
    for measure in OUTLINES:
        assert measure(drawn, drawn) == pytest.approx(0, abs=1e-6)
    assert similarity.symmetric_difference_m2(drawn, drawn) == pytest.approx(0, abs=1e-6)


@examples(15)
@given(strategies.areas(), strategies.areas())
def test_symmetry(one, other) -> None:
    for measure in SYMMETRIC:
        assert measure(one, other) == pytest.approx(measure(other, one), rel=1e-9, abs=1e-6)
    assert similarity.size_ratio(one, other) * similarity.size_ratio(other, one) == pytest.approx(1)


@examples(15)
@given(strategies.areas(), strategies.areas(), st.floats(-1e4, 1e4), st.floats(-1e4, 1e4))
def test_moving_both_changes_nothing(one, other, east, north) -> None:
    moved = [shapely.transform(shape, lambda c: c + np.array([east, north])) for shape in (one, other)]
    for measure in (*SHARES, *OUTLINES, similarity.size_ratio):
        assert measure(*moved) == pytest.approx(measure(one, other), rel=1e-4, abs=1e-4)


@examples(15)
@given(strategies.areas(), strategies.areas())
def test_order_of_the_distances(one, other) -> None:
    """The mean is at most the largest distance, and no leash is shorter than that of the outer rings."""
    farthest = similarity.hausdorff_m(one, other)
    assert similarity.mean_boundary_distance_m(one, other) <= farthest * 1.02 + 0.5
    rings = [
        shapely.Polygon(max(shapely.get_parts(shape), key=shapely.area).exterior) for shape in (one, other)
    ]
    step = max(ring.length for ring in rings) / similarity.STEPS
    assert similarity.frechet_m(one, other) >= similarity.hausdorff_m(*rings) - 2 * step - 0.5


@given(strategies.areas(), strategies.areas())
def test_coincidence_grows_with_the_width_and_the_tolerance_reads_it_back(one, other) -> None:
    widths_m = (0.0, 5.0, 15.0, 50.0, 500.0, 9_000.0)
    shares = [similarity.boundary_coincidence(one, other, width_m=width_m) for width_m in widths_m]
    assert all(low <= high + 1e-9 for low, high in pairwise(shares))
    assert shares[-1] == pytest.approx(1)
    width_m = similarity.boundary_tolerance_m(one, other, share=0.5)
    step = one.length / similarity.PIECES
    assert similarity.boundary_coincidence(one, other, width_m=width_m * 1.01 + step) >= 0.5 - 0.03


@given(st.lists(st.tuples(strategies.areas(), strategies.areas()), min_size=1, max_size=5))
def test_many_is_each(pairs) -> None:
    one, other = (np.array(side, dtype=object) for side in zip(*pairs, strict=True))
    for measure in (similarity.iou, similarity.hausdorff_m, similarity.mean_boundary_distance_m):
        assert measure(one, other) == pytest.approx([measure(*pair) for pair in pairs])
    found = similarity.boundary_tolerance_m(one, other)
    assert found == pytest.approx([similarity.boundary_tolerance_m(*pair) for pair in pairs])


def test_a_hole_counts() -> None:
    """O is A without its middle: three quarters in common, and its hole is an outline too."""
    assert similarity.iou(A, O) == pytest.approx(0.75)
    assert similarity.hausdorff_m(A, O) == pytest.approx(25, abs=1)
