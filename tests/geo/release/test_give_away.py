"""No band is anybody's drawing."""

import numpy as np
import pytest
import shapely

from geo.release.give_away import Band, largest_part_alone, shown_bands, true_bands


def boxes(*spans):
    """Strips of a hundred metres, from one x to another."""
    return np.array([shapely.box(west, 0, east, 100) for west, east in spans])


@pytest.mark.parametrize(
    ("n", "bands"),
    [
        (4, []),
        (5, []),
        (6, [(75, 5)]),
        (8, [(75, 6)]),
        (9, [(50, 5), (75, 7)]),
        (16, [(50, 8), (75, 12)]),
        (17, [(25, 5), (50, 9), (75, 13)]),
    ],
)
def test_a_band_has_a_true_name(n, bands):
    """75 % from six people, 50 % from nine, 25 % from seventeen; of five there is none."""
    assert [(band.percent, band.people) for band in true_bands(n)] == bands


def test_every_name_is_true():
    """k people are at least p %, and one fewer are not."""
    for n in range(5, 300):
        for band in true_bands(n):
            assert 100 * band.people >= band.percent * n > 100 * (band.people - 1)
            assert band.people >= 5


def test_part_alone_by_hand():
    """Five hold 0..400; of them one holds 0..100 more than the four others, so four hold 100..400.

    With k = 4 the ground of exactly four, 100..400 less where all five are: none. With k = 5: 100..400,
    all five decide it alone: 300 of the drawings of 300 of the four, so the whole.
    """
    areas = boxes((0, 400), (100, 400), (100, 400), (100, 400), (100, 400))
    assert largest_part_alone(areas, 5) == 1.0
    assert largest_part_alone(areas, 4) == 0.0
    assert largest_part_alone(areas, 1) == 0.25


def test_a_band_of_many_stays():
    """Twelve people who agree: no cell has exactly six drawers."""
    areas = boxes(*[(0, 400)] * 12)
    assert shown_bands(areas, [Band(6, 50)]) == (Band(6, 50),)
    assert shown_bands(areas, [Band(12, 75)]) == ()


def test_bands_together_leave_nobody_more_than_half():
    """Each band leaves 100 of 400 m to one person (a quarter); three together three quarters.

    The highest goes first: then two quarters are left, which is not more than a half.
    """
    person = (0, 400)
    areas = boxes(person, *[(100, 400)] * 4, *[(200, 400)] * 4, *[(300, 400)] * 4)
    # Exactly 1 person on 0..100, 5 on 100..200, 9 on 200..300, 13 on 300..400.
    bands = [Band(1, 25), Band(5, 50), Band(9, 75)]
    assert shown_bands(areas, bands) == (Band(1, 25), Band(5, 50))
