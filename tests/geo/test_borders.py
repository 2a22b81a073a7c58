"""Official borders under many drawings."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import box

from geo import borders, crs
from geo.examples import CORNER, ROW
from tests import strategies
from tests.strategies import official, sketches

WEST_EAST = official([box(0, 0, 100, 100), box(100, 0, 200, 100)], ["west", "east"])
FOUR = sketches([box(0, 0, 200, 100), box(0, 0, 100, 100), box(100, 0, 200, 100), box(0, 0, 150, 50)])


def measured(drawn: gpd.GeoDataFrame, areas: gpd.GeoDataFrame = WEST_EAST, **settings) -> gpd.GeoDataFrame:
    return borders.permeability(borders.pieces(borders.borders(areas), drawn), drawn, **settings)


# --- Borders --------------------------------------------------------------------------------------


def test_neighbours_share_a_border_and_others_do_not() -> None:
    found = borders.borders(official(list(ROW)))
    assert found["length_m"].to_dict() == {("u0", "u1"): 100, ("u1", "u2"): 100}


def test_areas_that_touch_in_a_corner_share_no_border() -> None:
    assert borders.borders(official([box(0, 0, 1, 1), box(1, 1, 2, 2)])).empty


@pytest.mark.parametrize("turn", [False, True])
def test_left_lies_on_the_left(turn) -> None:
    """With the west on its left hand the border runs north, with the east on it south."""
    west, east = box(0, 0, 100, 100), box(100, 0, 200, 100)
    line = borders.borders(official([east, west] if turn else [west, east])).geometry.iloc[0]
    assert (line.coords[-1][1] > line.coords[0][1]) == (not turn)


def test_enclave_has_its_whole_outline_as_border() -> None:
    found = borders.borders(
        official([box(0, 0, 300, 300) - box(100, 100, 200, 200), box(100, 100, 200, 200)])
    )
    assert found["length_m"].to_list() == [400]


def test_border_in_two_stretches_is_one_border() -> None:
    """A third area lies between two neighbours for a while."""
    west = box(0, 0, 100, 300) - box(90, 100, 100, 200)
    east = box(100, 0, 200, 300) - box(100, 100, 110, 200)
    found = borders.borders(official([west, east, box(90, 100, 110, 200)]))
    assert found.loc[("u0", "u1"), "length_m"] == 200
    assert found.geometry.loc[("u0", "u1")].geom_type == "MultiLineString"


# --- Permeability ---------------------------------------------------------------------------------


def test_four_drawings_by_head() -> None:
    """Both sides, only west, only east, and both in the lower half: 2/4 below, 1/3 above, 150/350 in all."""
    found = measured(FOUR, least=1)
    assert found["length_m"].to_list() == [25, 25, 25, 25]
    assert found["permeability"].to_list() == pytest.approx([0.5, 0.5, 1 / 3, 1 / 3])
    assert found[["n_left", "n_right", "n_both", "n_either"]].iloc[0].to_list() == [3, 3, 2, 4]
    whole = borders.by_border(found, least=1).loc[("west", "east")]
    assert (whole["crossed_m"], whole["visited_m"], whole["n"]) == (150, 350, 4)
    assert whole["permeability"] == pytest.approx(0.428571, abs=1e-6)
    assert whole["hardness"] == pytest.approx(1 - 0.428571, abs=1e-6)


def test_pieces_end_where_an_outline_crosses() -> None:
    found = measured(sketches([box(0, 0, 150, 40)]), least=1)
    assert found["length_m"].to_list() == [20, 20, 20, 20, 20]
    assert found["n_both"].to_list() == [1, 1, 0, 0, 0]


def test_fewer_than_five_say_nothing() -> None:
    assert measured(FOUR)["permeability"].isna().all()
    assert borders.by_border(measured(FOUR))["hardness"].isna().all()
    assert (measured(FOUR)["n_either"] > 0).all()


def test_edge_within_the_width_follows_the_border() -> None:
    """Drawn 10 m too far east, or 10 m short: both stop at the border. 20 m too far crosses it."""
    drawn = sketches([box(0, 0, 110, 100), box(0, 0, 90, 100), box(0, 0, 120, 100)])
    assert measured(drawn, least=1)[["n_left", "n_right", "n_both"]].iloc[0].to_list() == [3, 1, 1]


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
    assert borders.followed(borders.borders(WEST_EAST), sketches([])).empty


def test_no_borders() -> None:
    alone = official([box(0, 0, 100, 100)])
    found = measured(FOUR, alone)
    assert found.empty
    assert borders.by_border(found).empty


# --- Following ------------------------------------------------------------------------------------


def test_follow_share_of_an_edge_by_head() -> None:
    """60 m beside the border and 10 m of the turn, of 115 m; of the border 60 m and 15 m beside the turn."""
    edge, border = [shapely.LineString(c) for c in ([(105, 0), (105, 60), (160, 60)], [(100, 0), (100, 100)])]
    edges, lines = np.array([edge]), np.array([border])
    assert borders.follow_share(edges, lines)[0] == pytest.approx(70 / 115, abs=1e-6)
    assert borders.follow_share(lines, edges)[0] == pytest.approx(0.75, abs=0.01)


def test_drawing_that_ends_at_the_border_follows_it() -> None:
    """One of its four sides lies on the border, and 15 m of two more in its strip."""
    found = borders.followed(borders.borders(WEST_EAST), FOUR)
    assert found.loc[("s1", "west", "east"), "of_outline"] == pytest.approx(130 / 400)
    assert found.loc[("s1", "west", "east"), "of_border"] == pytest.approx(1)


def test_drawing_far_away_follows_nothing() -> None:
    assert borders.followed(borders.borders(WEST_EAST), sketches([box(500, 500, 600, 600)])).empty


# --- Laws -----------------------------------------------------------------------------------------


@given(strategies.coverages())
def test_borders_are_what_the_areas_share(areas) -> None:
    found = borders.borders(areas)
    rims = areas.geometry.length.sum() - shapely.length(areas.union_all())
    assert found["length_m"].sum() == pytest.approx(rims / 2, rel=1e-6)


@settings(max_examples=25)
@given(strategies.coverages(), st.lists(strategies.areas(), max_size=6))
def test_pieces_make_up_the_border_and_shares_are_shares(areas, drawn) -> None:
    table = sketches(drawn)
    lines = borders.borders(areas)
    found = borders.permeability(borders.pieces(lines, table), table, least=1)
    summed = found["length_m"].groupby(level=["left", "right"]).sum()
    assert summed.reindex(lines.index).to_numpy() == pytest.approx(lines["length_m"].to_numpy())
    assert (found["length_m"] <= borders.PIECE_M + 1e-6).all()
    known = found["permeability"].dropna()
    assert known.between(0, 1).all()
    assert (found["n_both"] <= found[["n_left", "n_right"]].min(axis=1)).all()
    assert (found["n_either"] == found["n_left"] + found["n_right"] - found["n_both"]).all()
    follow = borders.followed(lines, table)
    assert ((follow >= 0) & (follow <= 1 + 1e-9)).all(axis=None)


@settings(max_examples=25)
@given(st.lists(strategies.areas(), min_size=1, max_size=5), st.randoms())
def test_order_of_drawings_changes_nothing(drawn, random) -> None:
    areas = official(
        [shapely.transform(box(x, -2000, x + 500, 2000), lambda c: c + CORNER) for x in (-500, 0)]
    )
    table = sketches(drawn)
    order = list(range(len(drawn)))
    random.shuffle(order)
    one, other = (borders.by_border(measured(t, areas, least=1), least=1) for t in (table, table.iloc[order]))
    pd.testing.assert_frame_equal(one, other)


@settings(max_examples=25)
@given(strategies.areas())
def test_who_draws_one_side_only_makes_the_border_harder(drawn) -> None:
    areas = official(
        [shapely.transform(box(x, -2000, x + 500, 2000), lambda c: c + CORNER) for x in (-500, 0)]
    )
    stops = shapely.transform(box(-400, -1900, 0, 1900), lambda c: c + CORNER)
    before = borders.by_border(measured(sketches([drawn]), areas, least=1), least=1)["permeability"].iloc[0]
    after = borders.by_border(measured(sketches([drawn, stops]), areas, least=1), least=1)[
        "permeability"
    ].iloc[0]
    assert np.isnan(before) or after <= before + 1e-9


# --- Real areas -----------------------------------------------------------------------------------


def test_amsterdam_has_borders_on_which_its_areas_agree(shared) -> None:
    """At full detail the 518 buurten of one register lie against each other."""
    areas = gpd.read_file(shared("boundaries/amsterdam_buurten_2022.geojson")).to_crs(crs.RD)
    areas = areas.set_index(areas["cbsCode"].rename("code")).assign(name=areas["naam"].to_numpy())
    assert len(borders.borders(areas)) > 1_000
