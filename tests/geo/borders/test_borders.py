"""Official borders under many drawings."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import box

from geo import crs
from geo.borders.followers import count_followers, follow_share, followed_share
from geo.borders.lines import near_borders, shared_borders
from geo.borders.permeability import permeability, summarise_borders
from geo.borders.pieces import PIECE_M, cut_borders
from geo.sample_geometries import CORNER, ROW
from tests.support import strategies
from tests.support.laws import examples
from tests.support.strategies import official, sketches

WEST_EAST = official([box(0, 0, 100, 100), box(100, 0, 200, 100)], ["west", "east"])
FOUR = sketches([box(0, 0, 200, 100), box(0, 0, 100, 100), box(100, 0, 200, 100), box(0, 0, 150, 50)])


def measured(drawn: gpd.GeoDataFrame, areas: gpd.GeoDataFrame = WEST_EAST, **settings) -> gpd.GeoDataFrame:
    return permeability(cut_borders(shared_borders(areas), drawn), drawn, **settings)


# --- Borders --------------------------------------------------------------------------------------


def test_neighbours_share_a_border_and_others_do_not() -> None:
    found = shared_borders(official(list(ROW)))
    assert found["length_m"].to_dict() == {("u0", "u1"): 100, ("u1", "u2"): 100}


def test_areas_that_touch_in_a_corner_share_no_border() -> None:
    assert shared_borders(official([box(0, 0, 1, 1), box(1, 1, 2, 2)])).empty


@pytest.mark.parametrize("turn", [False, True])
def test_left_lies_on_the_left(turn) -> None:
    """With the west on its left hand the border runs north, with the east on it south."""
    west, east = box(0, 0, 100, 100), box(100, 0, 200, 100)
    line = shared_borders(official([east, west] if turn else [west, east])).geometry.iloc[0]
    assert (line.coords[-1][1] > line.coords[0][1]) == (not turn)


def test_enclave_has_its_whole_outline_as_border() -> None:
    found = shared_borders(official([box(0, 0, 300, 300) - box(100, 100, 200, 200), box(100, 100, 200, 200)]))
    assert found["length_m"].to_list() == [400]


def test_border_in_two_stretches_is_one_border() -> None:
    """A third area lies between two neighbours for a while."""
    west = box(0, 0, 100, 300) - box(90, 100, 100, 200)
    east = box(100, 0, 200, 300) - box(100, 100, 110, 200)
    found = shared_borders(official([west, east, box(90, 100, 110, 200)]))
    assert found.loc[("u0", "u1"), "length_m"] == 200
    assert found.geometry.loc[("u0", "u1")].geom_type == "MultiLineString"


def test_a_sliver_between_neighbours_is_no_end_of_the_border() -> None:
    """A ditch of 2 m; across 6 m they are no neighbours. The line is the edge of the first, not moved."""
    apart = official([box(0, 0, 100, 100), box(102, 0, 200, 100)])
    found = near_borders(apart, tolerance_m=5)
    assert found[["length_m", "apart_m"]].to_numpy().tolist() == [[100, 2]]
    assert found.geometry.iloc[0].bounds == (100, 0, 100, 100)
    assert near_borders(apart, tolerance_m=1).empty
    assert shared_borders(apart).empty


def test_neighbours_over_each_other_have_a_border() -> None:
    """The first reaches 2 m into the second; its edge there is the border."""
    found = near_borders(official([box(0, 0, 102, 100), box(100, 0, 200, 100)]), tolerance_m=5)
    assert found[["length_m", "apart_m"]].to_numpy().tolist() == [[100, 2]]


def test_of_two_across_a_sliver_the_nearest_is_the_neighbour() -> None:
    """South of y = 50 the second lies 1 m away, north of it the third 2 m; each gets its own side."""
    three = official([box(0, 0, 100, 100), box(101, 0, 200, 50), box(102, 50, 200, 100)])
    found = near_borders(three, tolerance_m=5)
    assert found["length_m"].loc[[("u0", "u1"), ("u0", "u2")]].to_list() == [50, 50]
    assert found["apart_m"].loc[[("u0", "u1"), ("u0", "u2")]].to_list() == [1, 2]


# --- Permeability ---------------------------------------------------------------------------------


def test_four_drawings_by_head() -> None:
    """Both sides, only west, only east, and both in the lower half: 2/4 below, 1/3 above, 150/350 in all."""
    found = measured(FOUR, least=1)
    assert found["length_m"].to_list() == [25, 25, 25, 25]
    assert found["permeability"].to_list() == pytest.approx([0.5, 0.5, 1 / 3, 1 / 3])
    assert found[["n_left", "n_right", "n_both", "n_either"]].iloc[0].to_list() == [3, 3, 2, 4]
    whole = summarise_borders(found, least=1).loc[("west", "east")]
    assert (whole["crossed_m"], whole["visited_m"], whole["n"]) == (150, 350, 4)
    assert whole["permeability"] == pytest.approx(0.428571, abs=1e-6)
    assert whole["hardness"] == pytest.approx(1 - 0.428571, abs=1e-6)


def test_pieces_end_where_an_outline_crosses() -> None:
    found = measured(sketches([box(0, 0, 150, 40)]), least=1)
    assert found["length_m"].to_list() == [20, 20, 20, 20, 20]
    assert found["n_both"].to_list() == [1, 1, 0, 0, 0]


def test_fewer_than_five_say_nothing() -> None:
    assert measured(FOUR)["permeability"].isna().all()
    assert summarise_borders(measured(FOUR))["hardness"].isna().all()
    assert (measured(FOUR)["n_either"] > 0).all()


def test_residents_of_a_border_count_once_however_many_pieces_they_come_to() -> None:
    """Three at the lower half, three others at the upper: nowhere five, six at the border."""
    drawn = sketches([box(0, 0, 150, 45)] * 3 + [box(0, 55, 100, 100)] * 3)
    found = summarise_borders(measured(drawn)).loc[("west", "east")]
    assert (found["n"], found["residents"]) == (3, 6)
    assert found["permeability"] == pytest.approx(45 / 90)
    assert measured(drawn)["permeability"].isna().all()


def test_crossing_is_counted_per_side_of_home() -> None:
    """Of two who live west one draws on into the east; the one in the east does not draw into the west."""
    home = pd.Series(["west", "west", "east", None], index=FOUR.index)
    found = measured(FOUR, least=1, home=home).iloc[-1]
    assert (found["n_home_left"], found["crosses_from_left"]) == (2, 0.5)
    assert (found["n_home_right"], found["crosses_from_right"]) == (1, 0)
    hidden = measured(FOUR, least=2, home=home).iloc[-1]
    assert np.isnan(hidden["crosses_from_right"])


def test_nobody_drew() -> None:
    found = measured(sketches([]))
    assert (found["n_either"] == 0).all()
    assert found["permeability"].isna().all()
    assert followed_share(shared_borders(WEST_EAST), sketches([])).empty


def test_no_borders() -> None:
    alone = official([box(0, 0, 100, 100)])
    found = measured(FOUR, alone)
    assert found.empty
    assert summarise_borders(found).empty


# --- Following ------------------------------------------------------------------------------------


def test_follow_share_of_an_edge_by_head() -> None:
    """60 m beside the border and 10 m of the turn, of 115 m; of the border 60 m and 15 m beside the turn."""
    edge, border = [shapely.LineString(c) for c in ([(105, 0), (105, 60), (160, 60)], [(100, 0), (100, 100)])]
    edges, lines = np.array([edge]), np.array([border])
    assert follow_share(edges, lines)[0] == pytest.approx(70 / 115, abs=1e-6)
    assert follow_share(lines, edges)[0] == pytest.approx(0.75, abs=0.01)


def test_drawing_that_ends_at_the_border_follows_it() -> None:
    """One of its four sides lies on the border, and 15 m of two more in its strip."""
    found = followed_share(shared_borders(WEST_EAST), FOUR)
    assert found.loc[("s1", "west", "east"), "of_outline"] == pytest.approx(130 / 400)
    assert found.loc[("s1", "west", "east"), "of_border"] == pytest.approx(1)


def test_who_follows_half_a_border_follows_it() -> None:
    """Two end at the border; one draws half of it and one only crosses it."""
    drawn = sketches([box(0, 0, 100, 100), box(100, 0, 200, 100), box(0, 0, 105, 50), box(0, -50, 200, 50)])
    assert count_followers(shared_borders(WEST_EAST), drawn).to_dict() == {("west", "east"): 3}
    assert count_followers(shared_borders(WEST_EAST), sketches([])).to_dict() == {("west", "east"): 0}


def test_drawing_far_away_follows_nothing() -> None:
    assert followed_share(shared_borders(WEST_EAST), sketches([box(500, 500, 600, 600)])).empty


# --- Laws -----------------------------------------------------------------------------------------


@given(strategies.coverages())
def test_borders_are_what_the_areas_share(areas) -> None:
    found = shared_borders(areas)
    rims = areas.geometry.length.sum() - shapely.length(areas.union_all())
    assert found["length_m"].sum() == pytest.approx(rims / 2, rel=1e-6)


@examples(15)
@given(strategies.coverages())
def test_borders_of_areas_that_match_are_the_same_with_a_tolerance(areas) -> None:
    exact, near = shared_borders(areas), near_borders(areas, tolerance_m=25)
    assert near["apart_m"].between(0, 25).all()
    # At a corner between three areas, and where a border ends halfway a side, it is right to the tolerance.
    both = exact.index.intersection(near.index)
    assert near.loc[both, "length_m"].to_numpy() == pytest.approx(
        exact.loc[both, "length_m"].to_numpy(), abs=60
    )
    assert (exact.drop(both)["length_m"] <= 60).all()
    assert (near.drop(both)["length_m"] <= 60).all()
    left = areas.geometry.boundary.loc[near.index.get_level_values("left")].to_numpy()
    strips = shapely.buffer(left, 1e-3)
    assert shapely.covers(strips, near.geometry.to_numpy()).all()


@examples(25)
@given(strategies.coverages(), st.lists(strategies.areas(), max_size=6))
def test_pieces_make_up_the_border_and_shares_are_shares(areas, drawn) -> None:
    table = sketches(drawn)
    lines = shared_borders(areas)
    found = permeability(cut_borders(lines, table), table, least=1)
    summed = found["length_m"].groupby(level=["left", "right"]).sum()
    assert summed.reindex(lines.index).to_numpy() == pytest.approx(lines["length_m"].to_numpy())
    assert (found["length_m"] <= PIECE_M + 1e-6).all()
    known = found["permeability"].dropna()
    assert known.between(0, 1).all()
    assert (found["n_both"] <= found[["n_left", "n_right"]].min(axis=1)).all()
    assert (found["n_either"] == found["n_left"] + found["n_right"] - found["n_both"]).all()
    assert (found["n_border"] >= found["n_either"]).all()
    assert (found["n_border"] <= len(table)).all()
    assert count_followers(lines, table).between(0, len(table)).all()
    follow = followed_share(lines, table)
    assert ((follow >= 0) & (follow <= 1 + 1e-9)).all(axis=None)


@examples(25)
@given(st.lists(strategies.areas(), min_size=1, max_size=5), st.randoms())
def test_order_of_drawings_changes_nothing(drawn, random) -> None:
    areas = official(
        [shapely.transform(box(x, -2000, x + 500, 2000), lambda c: c + CORNER) for x in (-500, 0)]
    )
    table = sketches(drawn)
    order = list(range(len(drawn)))
    random.shuffle(order)
    one, other = (summarise_borders(measured(t, areas, least=1), least=1) for t in (table, table.iloc[order]))
    pd.testing.assert_frame_equal(one, other)


@examples(25)
@given(strategies.areas())
def test_who_draws_one_side_only_makes_the_border_harder(drawn) -> None:
    areas = official(
        [shapely.transform(box(x, -2000, x + 500, 2000), lambda c: c + CORNER) for x in (-500, 0)]
    )
    stops = shapely.transform(box(-400, -1900, 0, 1900), lambda c: c + CORNER)
    before = summarise_borders(measured(sketches([drawn]), areas, least=1), least=1)["permeability"].iloc[0]
    after = summarise_borders(measured(sketches([drawn, stops]), areas, least=1), least=1)[
        "permeability"
    ].iloc[0]
    assert np.isnan(before) or after <= before + 1e-9


# --- Real areas -----------------------------------------------------------------------------------


def test_amsterdam_has_borders_on_which_its_areas_agree(shared) -> None:
    """At full detail the 518 buurten of one register lie against each other."""
    areas = gpd.read_file(shared("boundaries/amsterdam_buurten_2022.geojson")).to_crs(crs.RD)
    areas = areas.set_index(areas["cbsCode"].rename("code")).assign(name=areas["naam"].to_numpy())
    assert len(shared_borders(areas)) > 1_000


def test_generalised_neighbours_that_do_not_match_have_borders(shared) -> None:
    """In the generalised layer neighbours lie a few metres apart or over each other."""
    areas = gpd.read_file(shared("boundaries/lansingerland_buurten_2024_generalised.geojson")).to_crs(crs.RD)
    areas["geometry"] = shapely.make_valid(areas.geometry.to_numpy(), method="structure")
    areas = areas.set_index(areas["buurtcode"].rename("code")).assign(name=areas["buurtnaam"].to_numpy())
    exact, near = shared_borders(areas), near_borders(areas, tolerance_m=20)
    assert near["length_m"].sum() > exact["length_m"].sum()
    assert near["apart_m"].between(0, 20).all()
    before = areas.geometry.to_wkb()
    near_borders(areas, tolerance_m=20)
    assert areas.geometry.to_wkb().equals(before)
