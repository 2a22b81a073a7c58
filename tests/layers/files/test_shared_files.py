"""Real files of strangers: each comes in, or its refusals name the feature; the README's counts come out."""

import os
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from geo.crs import RD
from geo.errors import FileRefused, FileThemeUnknown
from geo.schemas import AREAS, FACILITIES, SKETCHES
from layers import files
from layers.files.detection.crs import RD_BOX, within

Shared = Callable[[str], Path]

AREAS_OF = {
    "boundaries/nl_wijken_2022.gpkg": (3_340, "wijk", 0),
    "boundaries/nl_pc4_2020.gpkg": (4_068, "pc4", 0),
    "boundaries/nl_buurten_2024_generalised.gpkg": (14_566, "buurt", 85),
    "boundaries/nl_gemeenten_2024.gpkg": (343, "gemeente", 7),
    "boundaries/amsterdam_buurten_2022.geojson": (518, "buurt", 0),
    "boundaries/ermelo_buurten_2021.gpkg": (17, "buurt", 0),
    "boundaries/lansingerland_buurten_2024_generalised.geojson": (61, "buurt", 0),
    "boundaries/lansingerland_wijken_2022.geojson": (16, "wijk", 0),
    "boundaries/lansingerland_pc4_2020.geojson": (5, "pc4", 0),
    "boundaries/new_york_neighbourhoods.geojson": (153, None, 0),
    "boundaries/new_york_zipcodes.geojson": (262, None, 0),
    "messy/amsterdam_wijken_rd_coordinates_no_crs.geojson": (20, "wijk", 0),
    "messy/den_haag_wijken_2013_selfintersections.geojson": (44, None, 3),
}
"""File -> features, division, invalid ones to repair, from the README beside the data."""


def worked() -> float:
    """Seconds of processor time, of this process and of the guarded child."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


@pytest.mark.parametrize("name", AREAS_OF)
def test_official_areas_come_in(name: str, shared: Shared) -> None:
    n, division, invalid = AREAS_OF[name]
    found = files.import_layer(shared(name), limits=files.TRUSTED)
    assert (found.role, found.n_in, found.n_repaired) == ("areas", n, invalid)
    assert found.n_in == found.n_taken + found.n_refused
    assert all(note.feature and note.reason == "no_geometry" for note in found.refusals)
    assert found.frame.attrs["division"] == division
    AREAS.validate_strict(found.frame)
    if not name.split("/")[1].startswith("new_york"):
        assert found.frame.crs == RD
        assert within(tuple(found.frame.total_bounds), RD_BOX)


def test_the_one_area_without_a_shape_is_named(shared: Shared) -> None:
    found = files.import_layer(shared("boundaries/nl_pc4_2020.gpkg"), limits=files.TRUSTED)
    assert [note.reason for note in found.refusals] == ["no_geometry"]
    assert found.refusals[0].feature.isdigit()


def test_postcodes_in_several_rows_become_one_area(shared: Shared) -> None:
    found = files.import_layer(shared("boundaries/new_york_zipcodes.geojson"))
    assert (found.n_taken, "parts_merged" in found.warnings) == (262, True)
    assert found.frame.index.is_unique


def test_rd_without_a_crs_lands_in_amsterdam(shared: Shared) -> None:
    """The Haarlemmerbuurt lies round (121 500, 488 900)."""
    found = files.import_layer(shared("messy/amsterdam_wijken_rd_coordinates_no_crs.geojson"))
    assert found.place.proof == "range_rd"
    spot = found.frame.loc["WK0363AA"].geometry.centroid
    assert abs(spot.x - 121_500) < 1_000
    assert abs(spot.y - 488_900) < 1_000


def test_street_furniture_comes_in_by_kind(shared: Shared) -> None:
    found = files.import_layer(
        shared("facilities/ermelo_region_bgt_straatmeubilair_2022.gpkg"), limits=files.TRUSTED
    )
    assert found.n_in == 7_063
    kinds = Counter(found.frame["kind"])
    assert (kinds["bench"], kinds["picnic_table"], kinds["equipment"]) == (1_427, 138, 2_598)
    assert Counter(note.reason for note in found.refusals)["not_there"] == 17
    FACILITIES.validate_strict(found.frame)


@pytest.mark.parametrize(
    ("name", "n", "kinds"),
    [
        ("harderwijk_bgt_functioneelgebied_2022.gpkg", 606, {"playground": 219, "sport_play": 37}),
        (
            "amsterdam_noord_osm_amenities_2018.geojson",
            257,
            {"education": 19, "worship": 12, "community_centre": 2},
        ),
    ],
)
def test_facilities_come_in_by_kind(name: str, n: int, kinds: dict[str, int], shared: Shared) -> None:
    found = files.import_layer(shared(f"facilities/{name}"), limits=files.TRUSTED)
    assert (found.role, found.n_in, found.n_taken + found.n_refused) == ("facilities", n, n)
    counted = Counter(found.frame["kind"])
    assert {kind: counted[kind] for kind in kinds} == kinds
    assert found.n_taken > 0
    assert all(note.feature for note in found.refusals)


def test_categories_that_are_no_kinds_are_listed_with_their_counts(shared: Shared) -> None:
    path = shared("facilities/deventer_voorstad_locaties_initiatieven_2024.geojson")
    with pytest.raises(FileThemeUnknown) as refused:
        files.import_layer(path)
    assert refused.value.facts["feature"] == (
        "bewonersinitiatieven (141), locaties (65), activiteiten (27), themas (6)"
    )


def test_a_bank_for_money_is_no_bench(shared: Shared) -> None:
    found = files.import_layer(shared("facilities/amsterdam_noord_osm_amenities_2018.geojson"))
    assert Counter(found.frame["kind"])["bench"] == 0


def test_42_035_drawings_of_new_york_come_in_raw(shared: Shared) -> None:
    """All of them, in seconds of work; 2,365 cross themselves in degrees, a few fewer in metres."""
    before = worked()
    found = files.import_layer(shared("sketches/new_york_dnainfo_2015.gpkg"), limits=files.TRUSTED)
    assert worked() - before < 20
    assert (found.role, found.tool, found.n_in, found.n_taken) == ("sketches", "dnainfo", 42_035, 42_035)
    assert int((~found.frame.is_valid).sum()) == pytest.approx(2_365, abs=5)
    assert found.frame.index.is_unique
    SKETCHES.validate(found.frame)


@pytest.mark.parametrize("name", ["amsterdam_tekensessies_2015", "amsterdam_tekensessies_2015_raw"])
def test_drawing_sessions_give_the_lines_that_go_round(name: str, shared: Shared) -> None:
    """35 lines are closed, 23 nearly and 2 with a pause; the other drawings are routes and spots, refused one by one.

    GDAL reads nothing of the raw file: six of its lines have one point.
    """
    found = files.import_layer(shared(f"sketches/{name}.geojson"))
    loops = found.frame.geometry.apply(lambda shape: len(getattr(shape, "geoms", [shape]))).sum()
    assert (found.role, found.n_in, loops) == ("sketches", 394, 35 + 23 + 2)
    assert Counter(note.reason for note in found.repairs)["parts_joined"] == 2
    assert found.n_in == found.n_taken + found.n_refused
    assert {note.reason for note in found.refusals} <= {"line_not_closed", "line_of_one_point"}
    assert found.refusals[0].feature


def test_names_of_homes_are_no_drawings_and_no_facilities(shared: Shared) -> None:
    path = shared("sketches/edinburgh_named_home_points_2013.geojson")
    with pytest.raises(FileThemeUnknown):
        files.import_layer(path)
    with pytest.raises(FileRefused, match="2,347 points"):
        files.import_layer(path, role="sketches")


def test_the_time_of_14_566_buurten(shared: Shared) -> None:
    before = worked()
    files.import_layer(shared("boundaries/nl_buurten_2024_generalised.gpkg"), limits=files.TRUSTED)
    assert worked() - before < 10


def test_every_file_of_these_folders_was_tried(shared: Shared) -> None:
    """A new file in the shared folder needs a line here."""
    tried = set(AREAS_OF) | {
        "facilities/ermelo_region_bgt_straatmeubilair_2022.gpkg",
        "facilities/harderwijk_bgt_functioneelgebied_2022.gpkg",
        "facilities/amsterdam_noord_osm_amenities_2018.geojson",
        "facilities/deventer_voorstad_locaties_initiatieven_2024.geojson",
        "sketches/new_york_dnainfo_2015.gpkg",
        "sketches/amsterdam_tekensessies_2015.geojson",
        "sketches/amsterdam_tekensessies_2015_raw.geojson",
        "sketches/edinburgh_named_home_points_2013.geojson",
    }
    folders = ("boundaries", "facilities", "messy", "sketches")
    there = {
        f"{folder}/{path.name}"
        for folder in folders
        for path in shared(folder).iterdir()
        if ".g" in path.name
    }
    assert there == tried
