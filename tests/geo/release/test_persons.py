"""Several drawings of one person count once."""

import pandas as pd
import shapely

from geo.release.persons import counted_drawings, is_near_copy


def test_the_last_drawing_of_each_person_counts():
    """Phone a drew on the third and the first day: the drawing of the third day counts."""
    person = pd.Series(["a", "b", "a", None, ""], index=list("vwxyz"))
    assert counted_drawings(person, [3, 1, 1, 2, 2]).tolist() == [True, True, False, True, True]


def test_nobody_is_counted_as_nobody():
    """An empty table has no drawings that count."""
    assert counted_drawings(pd.Series([], dtype=object), []).tolist() == []


def test_a_copy_shifted_a_little_is_a_copy():
    """Shifted 4 m of 100: IoU 96/104 = 0.92, a copy; shifted 8 m: 92/108 = 0.85, none; nothing is alike nothing."""
    others = pd.Series([shapely.box(8, 0, 108, 100), shapely.box(400, 0, 500, 100)]).to_numpy(dtype=object)
    assert is_near_copy(shapely.box(4, 0, 104, 100), others)
    assert not is_near_copy(shapely.box(0, 0, 100, 100), others)
    assert not is_near_copy(shapely.box(4, 0, 104, 100), others[:0])
