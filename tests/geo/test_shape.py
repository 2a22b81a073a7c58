"""Size and form of one drawing."""

import esda.shape
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo import shape
from geo.examples import EMPTY, TWO, A, L, O
from tests import strategies

FORM = (shape.polsby_popper, shape.reock, shape.hull_ratio)
ALL = (shape.area_m2, shape.perimeter_m, shape.equal_area_radius_m, *FORM, shape.boyce_clark)
HOME = (
    shape.home_distance_m,
    shape.home_bearing_deg,
    shape.home_edge_distance_m,
    shape.home_eccentricity,
    shape.home_inside,
)


@pytest.mark.parametrize(
    ("measure", "answers"),
    [
        (shape.area_m2, (10_000, 7_500, 7_500)),
        (shape.perimeter_m, (400, 400, 600)),
        (shape.polsby_popper, (np.pi / 4, 0.589049, np.pi / 4)),
        (shape.reock, (2 / np.pi, 1.5 / np.pi, 1.5 / np.pi)),
        (shape.hull_ratio, (1, 6 / 7, 0.75)),
    ],
)
def test_square_corner_and_ring_by_head(measure, answers) -> None:
    """A is 1 ha; L lacks a quarter; O has a quarter as a hole, which its outer form does not show."""
    assert measure([A, L, O]) == pytest.approx(answers, abs=1e-6)


def test_radius_of_the_circle_of_the_same_area() -> None:
    assert shape.equal_area_radius_m(A) == pytest.approx(56.4190, abs=1e-4)


@pytest.mark.parametrize(("rays", "answer"), [(4, 0.0), (8, 17.157288), (16, 11.769565), (36, 8.740012)])
def test_boyce_clark_of_a_square_depends_on_the_rays(rays, answer) -> None:
    """That is why the number is fixed."""
    found = shape._radial(np.array([A]), rays)
    assert found[0] == pytest.approx(answer, abs=1e-6)
    assert rays != shape.RAYS or shape.boyce_clark(A) == pytest.approx(answer, abs=1e-6)


def test_boyce_clark_says_nothing_where_the_middle_is_not_in_the_drawing() -> None:
    assert shape.boyce_clark(O) is None
    assert shape.boyce_clark(TWO) is None


def test_boyce_clark_of_many_is_that_of_each() -> None:
    assert shape.boyce_clark([A, None, L, O]) == pytest.approx(
        [11.769565, np.nan, shape.boyce_clark(L), np.nan], abs=1e-6, nan_ok=True
    )


def test_home_in_the_west_of_the_square() -> None:
    """Home 25 m from the western edge: the middle is 25 m to the east, the edge 25 m away."""
    home = shapely.Point(25, 50)
    assert shape.home_distance_m(A, home) == 25
    assert shape.home_bearing_deg(A, home) == 90
    assert shape.home_edge_distance_m(A, home) == 25
    assert shape.home_eccentricity(A, home) == pytest.approx(0.443113, abs=1e-6)
    assert shape.home_inside(A, home) == 1


def test_home_outside_on_the_edge_and_in_the_middle() -> None:
    homes = shapely.points([(-10, 50), (0, 50), (50, 50)])
    assert shape.home_edge_distance_m(A, homes).tolist() == [-10, 0, 50]
    assert shape.home_inside(A, homes).tolist() == [0, 1, 1]
    assert shape.home_bearing_deg(A, homes[2]) is None
    assert shape.home_distance_m(A, homes[2]) == 0


@pytest.mark.parametrize("nothing", [None, *EMPTY])
@pytest.mark.parametrize("measure", ALL)
def test_nothing_drawn_has_no_shape(measure, nothing) -> None:
    assert measure(nothing) is None
    assert np.isnan(measure([nothing, A])).tolist() == [True, False]


@pytest.mark.parametrize("measure", HOME)
def test_no_home_or_nothing_drawn_is_no_answer(measure) -> None:
    home = shapely.Point(25, 50)
    for drawn, where in ((A, None), (A, shapely.Point()), (None, home), (shapely.Polygon(), home)):
        assert measure(drawn, where) is None
    assert np.isnan(measure([A, A], [home, None])).tolist() == [False, True]


def test_an_empty_array_has_an_empty_answer() -> None:
    for measure in ALL:
        assert measure(np.empty(0, dtype=object)).shape == (0,)


@given(strategies.areas())
def test_bounds(drawn) -> None:
    for measure in FORM:
        assert 0 < measure(drawn) <= 1 + 1e-9
    radial = shape.boyce_clark(drawn)
    assert radial is None or 0 <= radial < 200


@given(strategies.areas(), st.floats(-1e5, 1e5), st.floats(-1e5, 1e5), st.floats(0.5, 20))
def test_moving_changes_nothing_and_growing_only_size(drawn, east, north, factor) -> None:
    moved = shapely.transform(drawn, lambda c: c + np.array([east, north]))
    grown = shapely.transform(drawn, lambda c: (c - c.mean(axis=0)) * factor)
    for measure in (*FORM, shape.boyce_clark):
        answer = measure(drawn)
        assert measure(moved) == (answer if answer is None else pytest.approx(answer, rel=1e-5))
        assert measure(grown) == (answer if answer is None else pytest.approx(answer, rel=1e-5))
    assert shape.area_m2(grown) == pytest.approx(shape.area_m2(drawn) * factor**2, rel=1e-6)
    assert shape.perimeter_m(grown) == pytest.approx(shape.perimeter_m(drawn) * factor, rel=1e-6)


@given(st.lists(strategies.areas(), min_size=1, max_size=5))
def test_esda_gives_the_same(drawn) -> None:
    """Without holes, for it counts their outline."""
    whole = shape._filled(np.array(drawn, dtype=object))
    assert shape.polsby_popper(whole) == pytest.approx(esda.shape.isoperimetric_quotient(whole))
    assert shape.reock(whole) == pytest.approx(esda.shape.minimum_bounding_circle_ratio(whole))
    assert shape.hull_ratio(whole) == pytest.approx(esda.shape.convex_hull_ratio(whole))


@given(strategies.areas(), st.floats(0, 360))
def test_bearing_points_at_the_middle(drawn, turn) -> None:
    middle = drawn.centroid
    angle = np.radians(turn)
    home = shapely.Point(middle.x - 500 * np.sin(angle), middle.y - 500 * np.cos(angle))
    found = shape.home_bearing_deg(drawn, home)
    assert abs((found - turn + 180) % 360 - 180) < 1e-6
    assert shape.home_distance_m(drawn, home) == pytest.approx(500)
