"""Official numbers carried over to experienced neighbourhoods."""

import math
import warnings

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from shapely import box
from tobler.area_weighted import area_interpolate

from geo import crosswalk
from geo.crs import RD
from tests.geo.grids.test_grid import blobs

B = box(50, 0, 150, 100)


def official(*shapes):
    index = pd.Index([f"s{number + 1}" for number in range(len(shapes))], name="code")
    return gpd.GeoDataFrame({"name": index}, geometry=list(shapes), crs=RD, index=index)


def targets(**shapes):
    return gpd.GeoDataFrame(geometry=list(shapes.values()), crs=RD, index=list(shapes))


TWO = official(box(0, 0, 100, 100), box(100, 0, 200, 100))
COUNT = pd.Series({"s1": 100.0, "s2": 300.0})


def oracle(**arguments):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return area_interpolate(**arguments)


def test_half_of_both_is_two_hundred_not_four_hundred() -> None:
    """100 and 300 people, half of either area: 200. tobler's default forces everybody in and says 400."""
    table = crosswalk.crosswalk_weights(TWO, targets(core=B))
    assert crosswalk.interpolate_counts(COUNT, table).loc["core"].tolist() == [200, 200, 0]
    known = TWO.assign(people=COUNT)
    arguments = {"source_df": known, "target_df": targets(core=B), "extensive_variables": ["people"]}
    assert oracle(**arguments, allocate_total=False)["people"].tolist() == [pytest.approx(200)]
    assert oracle(**arguments)["people"].tolist() == [pytest.approx(400)]


def test_a_density_is_averaged_by_ground() -> None:
    table = crosswalk.crosswalk_weights(TWO, targets(core=B))
    assert crosswalk.intensive_by_area(COUNT, table)["value"].to_dict() == {"core": 200}
    known = TWO.assign(density=COUNT)
    found = oracle(source_df=known, target_df=targets(core=B), intensive_variables=["density"])
    assert found["density"].tolist() == [pytest.approx(200)]


def test_people_live_where_the_addresses_are() -> None:
    """All addresses of the first area lie in its eastern half, so all its 100 people count: 100 + 150."""
    addresses = shapely.points([(60, 10), (70, 90), (110, 50), (190, 50)])
    table = crosswalk.crosswalk_weights(TWO, targets(core=B), addresses)
    assert crosswalk.interpolate_counts(COUNT, table)["value"].to_dict() == {"core": 250}
    assert table["basis"].tolist() == ["addresses", "addresses"]


def test_an_area_without_addresses_is_shared_by_ground_and_says_so() -> None:
    table = crosswalk.crosswalk_weights(TWO, targets(core=B), shapely.points([(60, 10)]))
    assert table["basis"].to_dict() == {("s1", "core"): "addresses", ("s2", "core"): "area"}
    assert table["weight"].to_dict() == {("s1", "core"): 1, ("s2", "core"): 0.5}


def test_a_mean_is_weighed_by_the_people_it_is_of() -> None:
    """20 % of 100 and 40 % of 300 people, half of each area: (10 + 60) / 200 = 35 %."""
    table = crosswalk.crosswalk_weights(TWO, targets(core=B))
    found = crosswalk.interpolate_rates(pd.Series({"s1": 20.0, "s2": 40.0}), table, COUNT)
    assert found.loc["core"].tolist() == [35, 35, 0]


def test_unknown_stays_unknown() -> None:
    """What is not published is not 0: no value, at least what is known, and how much ground is not known."""
    table = crosswalk.crosswalk_weights(TWO, targets(core=B, west=box(0, 0, 50, 50)))
    part = pd.Series({"s1": 100.0, "s2": np.nan})
    found = crosswalk.interpolate_counts(part, table)
    assert math.isnan(found.loc["core", "value"])
    assert found.loc["core", ["at_least", "unknown"]].tolist() == [50, 0.5]
    assert found.loc["west"].tolist() == [25, 25, 0]
    mean = crosswalk.interpolate_rates(part, table, COUNT)
    assert math.isnan(mean.loc["core", "value"])
    assert mean.loc["core", ["known", "unknown"]].tolist() == [100, 0.5]
    nothing = crosswalk.intensive_by_area(pd.Series({"s1": np.nan, "s2": np.nan}), table)
    assert nothing[["value", "known"]].isna().all(axis=None)


def test_a_source_that_is_not_in_the_figures_at_all_is_unknown() -> None:
    found = crosswalk.interpolate_counts(
        pd.Series({"s1": 100.0}), crosswalk.crosswalk_weights(TWO, targets(core=B))
    )
    assert math.isnan(found.loc["core", "value"])


def test_an_empty_meadow_may_be_unknown_at_no_cost() -> None:
    """The mean age of an area without people in it is not published and not missed."""
    table = crosswalk.crosswalk_weights(TWO, targets(core=B))
    found = crosswalk.interpolate_rates(
        pd.Series({"s1": np.nan, "s2": 40.0}), table, pd.Series({"s1": 0.0, "s2": 300.0})
    )
    assert found.loc["core", "value"] == 40


def test_ground_outside_every_source_is_reported() -> None:
    found = crosswalk.share_without_source(TWO, targets(core=B, sea=box(150, 0, 250, 100)))
    assert found.to_dict() == {"core": 0, "sea": 0.5}


def test_areas_that_only_touch_share_nothing() -> None:
    assert crosswalk.crosswalk_weights(TWO, targets(next_door=box(200, 0, 300, 100))).empty


@given(blobs(most=6))
def test_weights_of_a_division_add_up_to_the_part_inside(found) -> None:
    """Over the cells of a grid the weights of a sketch add up to one, and back again people are kept."""
    squares = official(
        *[box(x, y, x + 500, y + 500) for x in range(-1000, 3000, 500) for y in range(-1000, 3000, 500)]
    )
    drawn = official(*found)
    table = crosswalk.crosswalk_weights(drawn, squares)
    total = table["weight"].groupby("source").sum()
    assert total.to_numpy() == pytest.approx(1, abs=1e-3)
    people = pd.Series(100.0, index=drawn.index)
    assert crosswalk.interpolate_counts(people, table)["value"].sum() == pytest.approx(
        100 * len(found), rel=1e-3
    )
    assert ((table["weight"] >= 0) & (table["weight"] <= 1)).all()


@given(blobs(most=6))
def test_a_constant_stays_that_constant(found) -> None:
    table = crosswalk.crosswalk_weights(official(*found), targets(core=box(0, 0, 1000, 1000)))
    same = pd.Series(7.0, index=[f"s{number + 1}" for number in range(len(found))])
    for carried in (crosswalk.intensive_by_area(same, table), crosswalk.interpolate_rates(same, table, same)):
        assert carried["value"].to_numpy() == pytest.approx(7)


def test_the_same_place_drawn_in_other_ways() -> None:
    found = crosswalk.maup_range(
        {"buurt": 21.0, "wijk": 17.5, "pc4": None, "core_75": math.nan, "core_50": 26.0}
    )
    assert (found.low, found.high, found.lowest, found.highest, found.known) == (
        17.5,
        26,
        "wijk",
        "core_50",
        3,
    )
    assert crosswalk.maup_range({"buurt": None}) is None
    assert crosswalk.maup_range({}) is None


def test_inhabitants_of_the_netherlands_survive_the_way_to_postcodes(shared) -> None:
    """Inhabitants of the wijken of Lansingerland, carried to its postcodes: within a tenth of those counted
    there."""
    wijken = gpd.read_file(shared("boundaries/lansingerland_wijken_2022.geojson")).to_crs(RD)
    pc4 = gpd.read_file(shared("boundaries/lansingerland_pc4_2020.geojson")).to_crs(RD).set_index("pc4")
    wijken = wijken.set_index("code")
    found = crosswalk.interpolate_counts(wijken["population"], crosswalk.crosswalk_weights(wijken, pc4))
    assert found["at_least"].sum() == pytest.approx(wijken["population"].sum(), rel=0.02)
    assert found["at_least"].sum() == pytest.approx(pc4["inwoners"].sum(), rel=0.1)
