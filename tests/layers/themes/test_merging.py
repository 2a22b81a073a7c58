"""The four themes: each place in its kind, each counted once, and "nobody mapped" is not "none"."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.crs import RD
from layers.catalogue import THEMES
from layers.download.theme_tables import build_themes
from layers.services import bgt, overpass
from layers.themes.merging import SourceData, group_touching, match_pairs
from tests.support import fake_services

DATE = "2026-11-21T09:58:00Z"


def on_osm(*elements: dict[str, Any]) -> overpass.OsmObjects:
    harvest = {f"{e['type']}/{e['id']}": e for e in elements}
    return overpass._table(overpass._Harvest(None, "", [], None, harvest, [DATE]))  # type: ignore[arg-type]


def on_bgt(*things: dict[str, Any]) -> bgt.BgtObjects:
    rows = [{"lokaal_id": f"B{n}", "status": "bestaand", **thing} for n, thing in enumerate(things)]
    columns = ["lokaal_id", "status", "plus_type", "geometry"]
    return bgt.normalise(gpd.GeoDataFrame(rows, columns=columns, geometry="geometry", crs=RD))


def at(x: float, y: float) -> shapely.Point:
    return shapely.Point(fake_services.WEST + x, fake_services.SOUTH + y)


def themes(on_the_map: overpass.OsmObjects, official: bgt.BgtObjects | None = None) -> dict[str, Any]:
    ground = fake_services.box(0, 0, 2000, 1000)
    return build_themes(SourceData(ground, on_the_map, official or on_bgt()))


SORTED = {
    "community_centre": ("meeting_place", {"amenity": "community_centre"}),
    "social_centre": ("meeting_place", {"amenity": "social_facility", "social_facility": "food_bank"}),
    "library": ("meeting_place", {"amenity": "public_bookcase"}),
    "hospitality": ("meeting_place", {"amenity": "pub"}),
    "restaurant": ("meeting_place", {"amenity": "fast_food"}),
    "worship": ("meeting_place", {"amenity": "place_of_worship", "religion": "muslim"}),
    "culture_market": ("meeting_place", {"leisure": "bandstand"}),
    "outdoors": ("meeting_place", {"garden:type": "community"}),
    "bench": ("bench", {"amenity": "lounger"}),
    "picnic_table": ("bench", {"leisure": "picnic_table"}),
    "stop_seat": ("bench", {"public_transport": "platform", "bench": "yes"}),
    "playground": ("play_area", {"leisure": "schoolyard"}),
    "pitch": ("play_area", {"leisure": "fitness_station"}),
    "equipment": ("play_area", {"playground": "springy"}),
    "education": ("social_infrastructure", {"amenity": "childcare"}),
    "association": ("social_infrastructure", {"club": "scout"}),
    "sport_play": ("social_infrastructure", {"leisure": "swimming_pool", "access": "yes"}),
    "care": ("social_infrastructure", {"amenity": "social_facility", "social_facility": "group_home"}),
    "shelter": ("social_infrastructure", {"amenity": "social_facility", "social_facility": "shelter"}),
    "daily_life": ("social_infrastructure", {"highway": "bus_stop"}),
}


@pytest.mark.parametrize("kind", SORTED)
def test_every_kind_takes_what_is_meant_for_it(kind: str) -> None:
    theme, tags = SORTED[kind]
    found = themes(on_osm({**fake_services.node(1, 500, 500), "tags": tags}))[theme].table
    assert found["kind"].tolist() == [kind]


def test_every_kind_of_the_catalogue_is_tried_above() -> None:
    assert {kind.key for theme in THEMES.values() for kind in theme.kinds} == set(SORTED)


NOWHERE = {
    "a private bench": {"amenity": "bench", "access": "private"},
    "a bench of the terrace": {"amenity": "bench", "access": "customers"},
    "a bench that was": {"was:amenity": "bench", "removed:amenity": "bench"},
    "a private pool": {"leisure": "swimming_pool", "access": "private"},
    "a pool of nobody knows": {"leisure": "swimming_pool"},
    "a members' field": {"leisure": "pitch", "access": "members"},
    "a shelter against rain": {"amenity": "shelter", "shelter_type": "public_transport"},
    "a stop without a seat": {"highway": "platform", "bench": "no"},
}


@pytest.mark.parametrize("tags", NOWHERE.values(), ids=NOWHERE)
def test_what_is_not_for_all_or_not_there_is_left_out(tags: dict[str, str]) -> None:
    found = themes(on_osm({**fake_services.node(1, 500, 500), "tags": tags}))
    assert all(gathered.table.empty for gathered in found.values())


def test_a_bench_on_both_maps_is_one_with_both_ids() -> None:
    """3 m apart: one bench, where it was measured, with the back somebody saw."""
    found = themes(
        on_osm(fake_services.node(1, 103, 100, amenity="bench", backrest="yes", seats="3")),
        on_bgt({"plus_type": "niet-bgt:bank", "geometry": at(100, 100)}),
    )["bench"]
    row = found.table.loc["bgt:B0"]
    assert len(found.table) == 1
    assert (row["ids"], row["source"]) == ("bgt:B0 osm:node/1", "BGT, OpenStreetMap")
    assert (row["backrest"], row["seats"]) == ("yes", "3")
    assert row.geometry == at(100, 100)
    assert found.notes["in_both"] == 1


def test_two_benches_side_by_side_stay_two_on_both_maps() -> None:
    found = themes(
        on_osm(
            fake_services.node(1, 101, 100, amenity="bench"), fake_services.node(2, 103, 100, amenity="bench")
        ),
        on_bgt(
            {"plus_type": "bank", "geometry": at(100, 100)}, {"plus_type": "bank", "geometry": at(102, 100)}
        ),
    )["bench"]
    assert len(found.table) == 2
    assert found.notes["in_both"] == 2


def test_a_picnic_table_is_not_a_bench_at_the_same_spot() -> None:
    found = themes(
        on_osm(fake_services.node(1, 100, 100, leisure="picnic_table")),
        on_bgt({"plus_type": "bank", "geometry": at(100, 100)}),
    )["bench"]
    assert sorted(found.table["kind"]) == ["bench", "picnic_table"]


def test_a_shelter_has_a_presumed_seat_until_somebody_says_so() -> None:
    shelter = on_bgt({"plus_type": "abri", "geometry": at(100, 100)})
    alone = themes(on_osm(), shelter)["bench"]
    assert alone.table["presumed"].tolist() == [True]
    assert alone.coverage == {"OpenStreetMap": False, "BGT": False}
    seen = themes(on_osm(fake_services.node(1, 101, 100, highway="bus_stop", bench="yes")), shelter)["bench"]
    assert seen.table["presumed"].tolist() == [False]


def test_swings_are_counted_at_their_playground() -> None:
    """A playground on both maps, three swings of which two are one; and two swings alone, 10 m apart."""
    found = themes(
        on_osm(
            fake_services.way(1, fake_services.box(100, 100, 40, 40), leisure="playground", name="Klimrek"),
            fake_services.node(2, 112, 112, playground="swing"),
            fake_services.node(3, 130, 130, playground="slide"),
        ),
        on_bgt(
            {"plus_type": "recreatie: speeltuin", "geometry": fake_services.box(90, 100, 40, 40)},
            {"plus_type": "speelvoorziening", "geometry": at(110, 112)},
            {"plus_type": "speelvoorziening", "geometry": at(800, 500)},
            {"plus_type": "speelvoorziening", "geometry": at(810, 500)},
        ),
    )["play_area"]
    places = found.table[["kind", "name", "equipment"]].to_dict("records")
    assert places == [
        {"kind": "playground", "name": "Klimrek", "equipment": 2},
        {"kind": "equipment", "name": "", "equipment": 2},
    ]
    assert found.table["area_m2"].iloc[0] == pytest.approx(50 * 40, rel=1e-3)
    assert found.table["ids"].iloc[0] == "bgt:B0 osm:way/1"


def test_the_fields_of_a_club_are_sport_not_play() -> None:
    found = themes(
        on_osm(
            fake_services.way(1, fake_services.box(0, 0, 200, 200), leisure="sports_centre"),
            fake_services.way(2, fake_services.box(10, 10, 90, 60), leisure="pitch"),
            fake_services.way(3, fake_services.box(300, 10, 30, 20), leisure="pitch"),
        )
    )
    assert found["play_area"].table.index.tolist() == ["osm:way/3"]
    assert sorted(found["social_infrastructure"].table.index) == ["osm:way/1", "osm:way/3"]


def test_a_place_of_two_themes_has_one_id() -> None:
    found = themes(on_osm(fake_services.node(1, 500, 500, amenity="community_centre", name="Huis")))
    assert found["meeting_place"].table.index.tolist() == ["osm:node/1"]
    assert found["social_infrastructure"].table.index.tolist() == ["osm:node/1"]


def test_a_point_in_its_own_building_is_one_place() -> None:
    named = {"amenity": "community_centre", "name": "Huis"}
    building = fake_services.way(2, fake_services.box(490, 490, 20, 20), **named)
    assert len(themes(on_osm(fake_services.node(1, 500, 500, **named), building))["meeting_place"].table) == 1
    other = fake_services.node(1, 500, 500, **{**named, "name": "Soos"})
    assert len(themes(on_osm(other, building))["meeting_place"].table) == 2


def test_a_place_across_the_border_is_of_elsewhere() -> None:
    found = themes(
        on_osm(
            fake_services.node(1, 2001, 500, amenity="bench"),
            fake_services.node(2, 1999, 500, amenity="bench"),
        )
    )
    assert found["bench"].table.index.tolist() == ["osm:node/2"]


def test_where_nobody_mapped_nothing_follows() -> None:
    """Not one bench in either source: the table is empty, and says that it is not covered."""
    found = themes(on_osm(fake_services.node(1, 500, 500, shop="bakery")))["bench"]
    assert found.table.empty
    assert not any(found.coverage.values())


def test_names_are_cut_to_size() -> None:
    found = themes(on_osm(fake_services.node(1, 500, 500, amenity="cafe", name="x" * 500)))
    assert len(found["meeting_place"].table["name"].iloc[0]) == 80


def test_retired_and_planned_objects_are_counted_and_left_out() -> None:
    official = on_bgt(
        {"plus_type": "bank", "geometry": at(100, 100), "status": "plan"},
        {"plus_type": "bank", "geometry": at(200, 100)},
    )
    assert (len(official.table), official.planned) == (1, 1)
    rows = {"plus_type": ["bank"], "lokaal_id": ["B1"], "eind_registratie": ["2025-01-01T00:00:00Z"]}
    gone = bgt.normalise(gpd.GeoDataFrame(rows, geometry=[at(1, 1)], crs=RD))
    assert (len(gone.table), gone.retired) == (0, 1)


def _line(xs: list[float]) -> gpd.GeoDataFrame:
    spots = [shapely.Point(x, 0) for x in xs]
    return gpd.GeoDataFrame({"kind": ["bench"] * len(xs)}, geometry=spots, crs=RD)


spots = st.lists(st.integers(0, 60).map(float), max_size=12)


@given(spots, spots)
def test_each_is_matched_at_most_once_and_never_too_far(ours: list[float], theirs: list[float]) -> None:
    found = match_pairs(_line(ours), _line(theirs), within_m=5)
    assert len({a for a, _ in found}) == len({b for _, b in found}) == len(found)
    assert all(abs(ours[a] - theirs[b]) <= 5 for a, b in found)
    swapped = match_pairs(_line(theirs), _line(ours), within_m=5)
    assert sum(abs(ours[a] - theirs[b]) for a, b in found) == sum(
        abs(theirs[a] - ours[b]) for a, b in swapped
    )


@given(spots)
def test_every_shape_is_in_one_group_with_all_its_neighbours(xs: list[float]) -> None:
    shapes = np.array([shapely.Point(x, 0) for x in xs], dtype=object)
    numbers = group_touching(shapes, within_m=5)
    assert len(numbers) == len(xs)
    for i, x in enumerate(xs):
        assert all(numbers[i] == numbers[j] for j, y in enumerate(xs) if abs(x - y) <= 5)


# --- Real data --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def furniture(shared: Callable[[str], Path]) -> gpd.GeoDataFrame:
    return gpd.read_file(shared("facilities/ermelo_region_bgt_straatmeubilair_2022.gpkg"))


def test_real_street_furniture_is_counted(furniture: gpd.GeoDataFrame) -> None:
    """1,427 benches, 138 picnic tables and 2,615 pieces to play on, 17 of which are only planned."""
    found = bgt.normalise(furniture)
    counts = found.table["plus"].value_counts()
    assert (counts["bank"], counts["picknicktafel"]) == (1427, 138)
    assert counts["speelvoorziening"] + found.planned == 2615
    assert found.planned == 17
    assert found.others["fietsenrek"] == 1094


def test_real_ermelo_has_361_benches_and_398_things_to_play_on(
    furniture: gpd.GeoDataFrame, shared: Callable[[str], Path]
) -> None:
    """The 398 stand in far fewer places: a swing is not a place."""
    ermelo = gpd.read_file(shared("boundaries/ermelo_buurten_2021.gpkg"))
    ground = shapely.union_all(shapely.make_valid(ermelo.geometry.to_numpy()))
    found = build_themes(SourceData(ground, on_osm(), bgt.normalise(furniture)))
    benches = found["bench"]
    assert (benches.table["kind"] == "bench").sum() == 361
    assert benches.coverage == {"OpenStreetMap": False, "BGT": True}
    play = found["play_area"]
    assert play.table["equipment"].sum() == 398
    assert 50 < len(play.table) < 150


def test_real_functional_areas_of_harderwijk_are_counted(shared: Callable[[str], Path]) -> None:
    """219 play areas, 37 sports grounds, 9 allotments, 295 dog fields; their areas are computed in RD."""
    raw = gpd.read_file(shared("facilities/harderwijk_bgt_functioneelgebied_2022.gpkg"))
    found = bgt.normalise(raw)
    assert found.table["plus"].value_counts().to_dict() == {
        "hondenuitlaatplaats": 295,
        "speeltuin": 219,
        "sportterrein": 37,
        "volkstuin": 9,
    }
    ground = shapely.box(*found.table.total_bounds).buffer(10)
    themes_ = build_themes(SourceData(ground, on_osm(), found))
    grounds = themes_["play_area"]
    assert len(grounds.table) + grounds.notes["joined"] == 219
    assert grounds.table["area_m2"].sum() < raw["Shape__Area"].sum() / 2
    assert (themes_["meeting_place"].table["kind"] == "outdoors").sum() == 295 + 9


def test_real_amenities_of_amsterdam_noord_are_sorted(shared: Callable[[str], Path]) -> None:
    """19 schools, 12 places of worship and 2 community centres; the same rules as for Overpass."""
    raw = gpd.read_file(shared("facilities/amsterdam_noord_osm_amenities_2018.geojson")).to_crs(RD)
    table = gpd.GeoDataFrame(
        {"tags": [{"amenity": word} for word in raw["osm_keyword"]]},
        geometry=raw.geometry.to_numpy(),
        crs=RD,
        index=pd.Index([f"node/{n}" for n in range(len(raw))], name="ident"),
    )
    ground = shapely.box(*table.total_bounds).buffer(10)
    found = build_themes(SourceData(ground, overpass.OsmObjects(table, DATE, 0), on_bgt()))
    meeting = found["meeting_place"].table["kind"].value_counts()
    assert (meeting["worship"], meeting["community_centre"]) == (12, 2)
    schools = raw["osm_keyword"].isin(["school", "kindergarten", "childcare", "music_school"]).sum()
    assert found["social_infrastructure"].table["kind"].value_counts()["education"] == schools
    assert (raw["osm_keyword"] == "school").sum() == 19
