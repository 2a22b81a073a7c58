"""Borders beside a line that nobody heeds."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import Point, box

from geo.borders.beyond_chance import border_hardness, chance_hardness, swept_ground_m2
from geo.borders.lines import shared_borders
from geo.borders.pieces import cut_borders
from geo.overlay.beyond_chance import moved_sketches


def sketches(shapes):
    index = pd.Index([f"s{number:04}" for number in range(len(shapes))], name="sketch_id")
    return gpd.GeoDataFrame(geometry=list(shapes), index=index, crs=28992)


def lens_hardness(area_m2, width_m=15.0):
    """Return 1 minus the ground two equal discs share over what they cover, 2 w apart: exact for a disc."""
    radius, apart = np.sqrt(area_m2 / np.pi), 2 * width_m
    lens = 2 * radius**2 * np.arccos(apart / (2 * radius)) - apart / 2 * np.sqrt(4 * radius**2 - apart**2)
    return 1 - lens / (2 * area_m2 - lens)


@pytest.mark.parametrize(("hectares", "exact"), [(1, 0.5013), (5, 0.2624), (20, 0.1407), (450, 0.0314)])
def test_a_disc_has_the_chance_of_its_lens(hectares, exact) -> None:
    """From 5 ha the formula is within 1 % of the lens of two discs."""
    area = np.array([hectares * 1e4])
    found = chance_hardness(area, swept_ground_m2(area, 2 * np.sqrt(np.pi * area)))[0]
    assert lens_hardness(area[0]) == pytest.approx(exact, abs=5e-5)
    assert found == pytest.approx(exact, rel=0.01)


def two_halves():
    """West and east of x = 0, 4 km long."""
    shapes = [box(-2_000, -2_000, 0, 2_000), box(0, -2_000, 2_000, 2_000)]
    index = pd.Index(["w", "e"], name="code")
    return cut_borders(
        shared_borders(gpd.GeoDataFrame({"name": index}, geometry=shapes, index=index, crs=28992)), None
    )


def test_a_line_that_everybody_heeds_is_hard() -> None:
    """All forty stop at it: hardness 1, also beyond chance; moved, some two in ten do not cross."""
    west = [box(-300 - at, -200 + at, 0, 200 + at) for at in range(20)]
    east = [box(0, -200 + at, 300 + at, 200 + at) for at in range(20)]
    drawn = sketches(west + east)
    row = border_hardness(two_halves(), drawn, moved_sketches(drawn, seed=1).shapes, seed=1).iloc[0]
    assert (row["n"], row["hardness"], row["hardness_people"], row["kind"]) == (40, 1.0, 1.0, "hard")
    assert 0.02 < row["chance_people"] < 0.35


def test_a_line_that_nobody_heeds_is_hardly_ever_hard() -> None:
    """Forty discs anywhere, sixty times: beyond chance is 0 on average, and never called hard."""
    beyond, kinds = [], []
    for seed in range(60):
        spots = np.random.default_rng(seed).uniform(-300, 300, (40, 2))
        drawn = sketches([Point(spot).buffer(250, quad_segs=8) for spot in spots])
        row = border_hardness(two_halves(), drawn, drawn, seed=seed).iloc[0]
        beyond.append(row["beyond"])
        kinds.append(row["kind"])
    assert abs(np.mean(beyond)) < 0.02
    assert kinds.count("hard") / len(kinds) < 0.05


def test_nine_people_do_not_decide_a_border() -> None:
    drawn = sketches([box(-300, -200, 0, 200)] * 9)
    row = border_hardness(two_halves(), drawn, drawn, seed=1).iloc[0]
    assert (row["n"], row["hardness"], row["kind"]) == (9, 1.0, "unknown")
    few = border_hardness(two_halves(), drawn.iloc[:4], drawn, seed=1).iloc[0]
    assert (few["n"], np.isnan(few["hardness"])) == (4, True)
