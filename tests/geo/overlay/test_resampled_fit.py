"""How sure a fit is, and what of it is chance."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit
from shapely import Point, box

from geo.consensus.uncertainty import repeatability
from geo.errors import TooFewSketches
from geo.overlay.beyond_chance import best_iou, fit_beyond_chance, moved_sketches, paired_iou
from geo.overlay.resampled_fit import iou_interval, resample_cores, resampled_fit


def sketches(shapes):
    index = pd.Index([f"s{number:04}" for number in range(len(shapes))], name="sketch_id")
    return gpd.GeoDataFrame(geometry=list(shapes), index=index, crs=28992)


def squares(side, many):
    """A square grid of official areas."""
    cells = [(x, y) for x in range(many) for y in range(many)]
    shapes = [box(x * side, y * side, (x + 1) * side, (y + 1) * side) for x, y in cells]
    index = pd.Index([f"{x}-{y}" for x, y in cells], name="code")
    return gpd.GeoDataFrame({"name": index}, geometry=shapes, index=index, crs=28992)


def test_two_camps_have_no_verdict() -> None:
    """Six draw the left square, six both: half of a resample draws the wide one, and the core is it or not.

    Wide needs six of twelve: with a chance of 0.5 + C(12, 6) / 2^13 = 0.6128. Then it holds two areas; else
    it is the left square.
    """
    drawn = sketches([box(0, 0, 200, 200)] * 6 + [box(0, 0, 400, 200)] * 6)
    found = resampled_fit(drawn, squares(200, 2), "0-0", seed=3, n_replicates=2_000)
    shares = dict(found.verdicts)
    assert shares["contains"] == pytest.approx(0.6128, abs=0.03)
    assert shares["coincides"] == pytest.approx(0.3872, abs=0.03)
    assert (found.iou, found.low, found.high) == pytest.approx((0.5, 0.5, 1.0), abs=1e-4)
    assert found.repeatability == pytest.approx(0.6128 + 0.3872 / 2, abs=0.02)


def test_a_core_outside_every_area_lies_elsewhere() -> None:
    drawn = sketches([box(9_000, 0, 9_200, 200)] * 10)
    found = resampled_fit(drawn, squares(200, 2), "0-0", seed=1)
    assert (found.iou, found.verdicts) == (0.0, (("elsewhere", 1.0),))


def test_one_resampling_serves_every_division() -> None:
    """Two divisions together are told what each is told alone, and the core is as firm as without either."""
    drawn = sketches([box(0, 0, 200, 200)] * 6 + [box(0, 0, 400, 200)] * 4 + [box(50, 0, 450, 300)] * 3)
    fine, coarse = squares(200, 3), squares(350, 2)
    both = resample_cores(drawn, {"fine": fine, "coarse": coarse}, seed=5)
    assert both.fit("fine", "0-0") == resampled_fit(drawn, fine, "0-0", seed=5)
    assert both.fit("coarse", "1-0") == resampled_fit(drawn, coarse, "1-0", seed=5)
    assert both.interval("fine", "0-0")[0] == 0.5  # half of the drawers drew two squares of that size
    assert both.repeatability == pytest.approx(repeatability(drawn, seed=5), abs=1e-12)


def test_no_core_no_fit_and_four_are_refused() -> None:
    apart = sketches([box(x, 0, x + 100, 100) for x in range(0, 12_000, 1000)])
    assert resampled_fit(apart, squares(200, 2), "0-0", seed=1) is None
    with pytest.raises(TooFewSketches):
        resampled_fit(apart.iloc[:4], squares(200, 2), "0-0", seed=1)


def test_the_interval_is_students_on_the_logit_scale() -> None:
    """98 samples at log-odds -1 and 1, one at -3 and one at 3: their mean square is 1.16, and n = 10.

    t is 2.2622; times the root of 1.16 * 10 / 9 it is 2.5683, and 1 / (1 + e^-2.5683) is 0.9288. Without the two
    far samples no bound may lie beyond log-odds 1, which is 0.7311.
    """
    odds = np.array([-3.0, *[-1.0, 1.0] * 49, 3.0])
    assert iou_interval(0.5, expit(odds), 10) == pytest.approx((0.0712, 0.9288), abs=1e-4)
    assert iou_interval(0.5, expit(odds[1:-1]), 10) == pytest.approx((0.2689, 0.7311), abs=1e-4)


@given(
    value=st.floats(0, 1),
    samples=st.lists(st.floats(0, 1), min_size=2, max_size=20),
    n=st.integers(10, 60),
)
def test_an_interval_holds_its_value_and_stays_between_0_and_1(
    value: float, samples: list[float], n: int
) -> None:
    low, high = iou_interval(value, np.array(samples), n)
    assert 0 <= low <= value <= high <= 1
    assert iou_interval(value, np.array([value, value]), n) == (value, value)


def test_drawings_that_are_the_areas_fit_wholly() -> None:
    """IoU 1 whatever chance gives: (1 - E) / (1 - E) = 1."""
    areas = squares(400, 4)
    drawn = sketches(areas.geometry)
    moved = moved_sketches(drawn, seed=1, min_moved=200)
    found = fit_beyond_chance(
        {"grid": best_iou(drawn, areas)}, {"grid": best_iou(moved.shapes, areas)}, moved.origin, seed=1
    )
    assert found["fit"]["grid"] == pytest.approx(1)
    assert 0.2 < found["chance"]["grid"] < 0.8


def test_discs_on_random_places_fit_by_chance_alone() -> None:
    """Over twenty seeds the mean of fit is 0, and no interval is all above what chance may do twice."""
    areas, fits = squares(400, 12), []
    for seed in range(20):
        spots = np.random.default_rng(seed).uniform(1_000, 3_800, (60, 2))
        drawn = sketches([Point(spot).buffer(250) for spot in spots])
        moved = moved_sketches(drawn, seed=seed, min_moved=600)
        found = fit_beyond_chance(
            {"grid": best_iou(drawn, areas)}, {"grid": best_iou(moved.shapes, areas)}, moved.origin, seed=1
        )
        fits.append(float(found["fit"]["grid"]))
    assert abs(np.mean(fits)) < 0.02


def test_moving_everything_together_changes_nothing() -> None:
    areas = squares(400, 4)
    drawn = sketches([box(x, 0, x + 300, 500) for x in range(0, 1200, 100)])
    moved = moved_sketches(drawn, seed=1, min_moved=100)
    far = moved_sketches(drawn.set_geometry(drawn.translate(5_000, 7_000)), seed=1, min_moved=100)
    there = areas.set_geometry(areas.translate(5_000, 7_000))
    assert best_iou(far.shapes, there) == pytest.approx(best_iou(moved.shapes, areas), abs=1e-6)


def test_a_disc_in_a_disc_is_the_square_of_their_radii() -> None:
    """A drawing of 200 m round the home, a walk of 400 m: (200 / 400)² = 0.25."""
    home = Point(0, 0)
    one, other = (np.array([home.buffer(metres, quad_segs=64)], dtype=object) for metres in (200, 400))
    assert paired_iou(one, other)[0] == pytest.approx(0.25)
