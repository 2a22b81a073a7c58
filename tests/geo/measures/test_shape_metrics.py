"""Size and form of one drawing."""

import esda.shape
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.measures import shape_metrics
from geo.sample_geometries import EMPTY, A, L, O
from tests.support import strategies

FORM = (shape_metrics.polsby_popper, shape_metrics.reock, shape_metrics.hull_ratio)
ALL = (
    shape_metrics.area_m2,
    shape_metrics.perimeter_m,
    shape_metrics.equal_area_radius_m,
    *FORM,
)


@pytest.mark.parametrize(
    ("measure", "answers"),
    [
        (shape_metrics.area_m2, (10_000, 7_500, 7_500)),
        (shape_metrics.perimeter_m, (400, 400, 600)),
        (shape_metrics.polsby_popper, (np.pi / 4, 0.589049, np.pi / 4)),
        (shape_metrics.reock, (2 / np.pi, 1.5 / np.pi, 1.5 / np.pi)),
        (shape_metrics.hull_ratio, (1, 6 / 7, 0.75)),
    ],
)
def test_square_corner_and_ring_by_head(measure, answers) -> None:
    """A is 1 ha; L lacks a quarter; O has a quarter as a hole, which its outer form does not show."""
    assert measure([A, L, O]) == pytest.approx(answers, abs=1e-6)


def test_radius_of_the_circle_of_the_same_area() -> None:
    assert shape_metrics.equal_area_radius_m(A) == pytest.approx(56.4190, abs=1e-4)


@pytest.mark.parametrize("nothing", [None, *EMPTY])
@pytest.mark.parametrize("measure", ALL)
def test_nothing_drawn_has_no_shape(measure, nothing) -> None:
    assert measure(nothing) is None
    assert np.isnan(measure([nothing, A])).tolist() == [True, False]


def test_an_empty_array_has_an_empty_answer() -> None:
    for measure in ALL:
        assert measure(np.empty(0, dtype=object)).shape == (0,)


@given(strategies.areas())
def test_bounds(drawn) -> None:
    for measure in FORM:
        assert 0 < measure(drawn) <= 1 + 1e-9


@given(strategies.areas(), st.floats(-1e5, 1e5), st.floats(-1e5, 1e5), st.floats(0.5, 20))
def test_moving_changes_nothing_and_growing_only_size(drawn, east, north, factor) -> None:
    moved = shapely.transform(drawn, lambda c: c + np.array([east, north]))
    grown = shapely.transform(drawn, lambda c: (c - c.mean(axis=0)) * factor)
    for measure in FORM:
        answer = measure(drawn)
        assert measure(moved) == (answer if answer is None else pytest.approx(answer, rel=1e-5))
        assert measure(grown) == (answer if answer is None else pytest.approx(answer, rel=1e-5))
    assert shape_metrics.area_m2(grown) == pytest.approx(shape_metrics.area_m2(drawn) * factor**2, rel=1e-6)
    assert shape_metrics.perimeter_m(grown) == pytest.approx(
        shape_metrics.perimeter_m(drawn) * factor, rel=1e-6
    )


@given(st.lists(strategies.areas(), min_size=1, max_size=5))
def test_esda_gives_the_same(drawn) -> None:
    """Without holes, for it counts their outline."""
    whole = shape_metrics._filled(np.array(drawn, dtype=object))
    assert shape_metrics.polsby_popper(whole) == pytest.approx(esda.shape.isoperimetric_quotient(whole))
    assert shape_metrics.reock(whole) == pytest.approx(esda.shape.minimum_bounding_circle_ratio(whole))
    assert shape_metrics.hull_ratio(whole) == pytest.approx(esda.shape.convex_hull_ratio(whole))
