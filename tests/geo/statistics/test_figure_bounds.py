"""What may be said of a figure where part of the ground has none: known answers."""

import math

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from shapely import box

from geo import crosswalk
from geo.statistics.figure_bounds import bound_counts, bound_means
from tests.geo.test_crosswalk import official, oracle, targets

PEOPLE = pd.Series({"s1": 100.0, "s2": np.nan})
TWO = official(box(0, 0, 100, 100), box(100, 0, 200, 100))


def counts(target, people=PEOPLE, addresses=None):
    """Return what may be told of the people of one target."""
    table = crosswalk.crosswalk_weights(TWO, target, addresses)
    size = crosswalk.target_sizes(table)["size"]
    densest = (people / TWO.area).max() if addresses is None else people.max() / 10
    outside = crosswalk.share_without_source(TWO, target)
    return bound_counts(crosswalk.interpolate_counts(people, table), size * densest, outside).loc["core"]


def test_a_sliver_of_unknown_ground_gives_the_figure_with_its_range() -> None:
    """2 of 52 m are unknown, 3.8 %: 50 of what is known; as dense as the other area it would be 52."""
    found = counts(targets(core=box(50, 0, 102, 100)))
    assert found["telling"] == "with_range"
    assert [found[end] for end in ("value", "low", "high")] == pytest.approx([50, 50, 52])


def test_more_unknown_ground_gives_the_range_alone_and_much_gives_nothing() -> None:
    """10 of 60 m, 16.7 %: 50 to 60. Half of the ground: nothing."""
    found = counts(targets(core=box(50, 0, 110, 100)))
    assert (found["telling"], found["low"], found["high"]) == ("range_only", 50, pytest.approx(60))
    assert math.isnan(found["value"])
    found = counts(targets(core=box(50, 0, 150, 100)))
    assert found["telling"] == "missing"
    assert found[["value", "low", "high"]].isna().all()


def test_ground_outside_is_at_least_for_people_and_missing_for_means() -> None:
    """Half lies outside: at least 50 people; of a mean nothing can be said."""
    target = targets(core=box(-50, 0, 50, 100))
    found = counts(target)
    assert (found["telling"], found["value"]) == ("at_least", 50)
    table = crosswalk.crosswalk_weights(TWO, target)
    inside = targets(core=box(0, 0, 50, 100))
    there = oracle(
        source_df=TWO.assign(people=PEOPLE.fillna(0)),
        target_df=inside,
        extensive_variables=["people"],
        allocate_total=False,
    )
    assert there["people"].tolist() == pytest.approx([50], abs=1e-2)
    outside = crosswalk.share_without_source(TWO, target)
    values = pd.Series({"s1": 20.0, "s2": 40.0})
    mean = crosswalk.interpolate_rates(values, table, pd.Series({"s1": 100.0, "s2": 100.0}))
    found = bound_means(mean, values, outside).loc["core"]
    assert (found["telling"], math.isnan(found["value"])) == ("missing", True)


@pytest.mark.parametrize(
    ("west", "telling"), [(0, "known"), (-0.5, "known"), (-5, "inside_only"), (-30, "missing")]
)
def test_a_mean_of_the_part_inside_says_so(west: float, telling: str) -> None:
    """Of 100 m up to 1 m outside is digitising; up to a fifth the mean is of the rest, and marked."""
    target, values = targets(core=box(west, 0, 100, 100)), pd.Series({"s1": 20.0, "s2": 40.0})
    table = crosswalk.crosswalk_weights(TWO, target)
    mean = crosswalk.interpolate_rates(values, table, pd.Series({"s1": 100.0, "s2": 100.0}))
    found = bound_means(mean, values, crosswalk.share_without_source(TWO, target)).loc["core"]
    assert found["telling"] == telling
    assert math.isnan(found["value"]) if telling == "missing" else found["value"] == 20


def test_a_mean_is_bounded_by_the_lowest_and_highest_area() -> None:
    """Half of a twentieth unknown: 40 of the rest, between 0.975 x 40 + 0.025 x 10 and 0.975 x 40 + 0.025 x 60."""
    carried = pd.DataFrame({"value": [np.nan], "known": [40.0], "unknown": [0.025]}, index=["core"])
    found = bound_means(carried, pd.Series([10.0, 60.0]), pd.Series({"core": 0.0})).loc["core"]
    assert [found[end] for end in ("value", "low", "high")] == pytest.approx([40, 39.25, 40.5])


def test_the_unknown_part_is_weighed_by_dwellings_where_these_are_known() -> None:
    """By ground a third is unknown; by dwellings one in 21: ten a in the west, one in the east."""
    homes = shapely.points([*((60 + x, 50) for x in range(20)), (120, 50), (190, 50)])
    target = targets(core=box(50, 0, 125, 100))
    table = crosswalk.crosswalk_weights(TWO, target, homes)
    found = crosswalk.interpolate_counts(PEOPLE, table).loc["core"]
    assert found["unknown"] == pytest.approx(1 / 21)
    assert crosswalk.target_sizes(table).loc["core"].tolist() == [21, "addresses"]
    assert counts(target, addresses=homes)["telling"] == "with_range"
    assert counts(target)["telling"] == "missing"


def test_nothing_is_ever_told_as_less_than_the_truth_without_saying_so() -> None:
    """Cores anywhere over a grid of areas of which some are unknown and some ground is none: told or bounded."""
    chance = np.random.default_rng(5)
    squares = [box(x, y, x + 100, y + 100) for x in range(0, 1000, 100) for y in range(0, 1000, 100)]
    areas = official(*squares)
    true = pd.Series(chance.integers(20, 400, len(areas)).astype(float), areas.index)
    known = true.mask(chance.random(len(areas)) < 0.1)
    shapes = [
        shapely.Point(*chance.uniform(-150, 1150, 2)).buffer(chance.uniform(60, 250)) for _ in range(300)
    ]
    cores = gpd.GeoDataFrame(geometry=shapes, crs=areas.crs)
    table = crosswalk.crosswalk_weights(areas, cores)
    carried = crosswalk.interpolate_counts(known, table)
    whole = crosswalk.interpolate_counts(true, table)["value"]
    most = crosswalk.target_sizes(table)["size"] * (known / areas.area).max()
    outside = crosswalk.share_without_source(areas, cores)
    found = bound_counts(carried, most, outside).assign(true=whole, outside=outside)
    plain = found[found["telling"] == "known"]
    assert (plain["value"] / plain["true"]).between(0.99, 1.01).all()
    assert (plain["outside"] <= 0.01).all()
    ranged = found[found["telling"].isin(["with_range", "range_only"])]
    assert ((ranged["low"] <= ranged["true"] + 1e-6) & (ranged["true"] <= ranged["high"] + 40)).all()
    least = found[found["telling"] == "at_least"]
    assert (least["value"] <= least["true"] + 1e-6).all()
    assert set(found["telling"]) == {"known", "with_range", "range_only", "at_least", "missing"}
