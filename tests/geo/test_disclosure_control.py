"""What may be published."""

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.disclosure_control import (
    can_show_individually,
    complementary_suppression,
    rounded_percent,
    snap_to_grid,
)
from geo.errors import TooFewSketches
from tests.geo.grids.test_grid import blobs


@given(st.integers(5, 200), st.data())
def test_rounding_hides_one_person_and_stays_near(n, data) -> None:
    count = data.draw(st.integers(0, n))
    found = int(rounded_percent(count / n, n))
    step = 10 if n < 50 else 5
    assert found % step == 0
    assert abs(found - 100 * count / n) <= step / 2 + 1e-6


def test_no_share_of_four_people() -> None:
    with pytest.raises(TooFewSketches):
        rounded_percent(0.5, 4)


@given(st.lists(st.integers(0, 12), min_size=1, max_size=8))
def test_hidden_parts_cannot_be_worked_out_from_the_total(numbers) -> None:
    """What is hidden is never one part alone (unless it is the only one) and never fewer than five
    together."""
    parts = pd.Series(numbers, index=[f"p{i}" for i in range(len(numbers))])
    allowed = complementary_suppression(parts, pd.Series("all", index=parts.index))
    hidden = parts[~allowed]
    assert (parts[allowed] >= 5).all()
    if 0 < len(hidden) < len(parts):
        assert len(hidden) >= 2
        assert hidden.sum() >= 5


def test_totals_are_guarded_one_by_one() -> None:
    parts = pd.Series({"a": 3, "b": 9, "c": 20, "d": 8, "e": 7})
    total = pd.Series({"a": "west", "b": "west", "c": "west", "d": "east", "e": "east"})
    shown = complementary_suppression(parts, total)
    assert shown.to_dict() == {"a": False, "b": False, "c": True, "d": True, "e": True}


@given(blobs())
def test_snapped_shapes_are_valid_and_on_the_grid(found) -> None:
    snapped = snap_to_grid(found)
    assert shapely.is_valid(snapped).all()
    assert (shapely.get_coordinates(snapped) % 10 == 0).all()


def test_an_unknown_number_of_addresses_is_not_shown() -> None:
    assert can_show_individually([0, 19, 20, np.nan]).tolist() == [False, False, True, False]
