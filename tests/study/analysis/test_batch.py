"""Files in, an answer out."""

import json
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyogrio
import pytest
import shapely

from geo.consensus.cores import contours
from geo.consensus.surface import consensus_surface
from geo.errors import FileAbsent, FileColumnUnknown
from study.analysis import batch
from study.analysis.evidence import persons

SQUARES = {
    "west": shapely.box(155_000, 463_000, 156_000, 464_000),
    "east": shapely.box(156_000, 463_000, 157_000, 464_000),
}


def file_of(path: Path, shapes: dict[str, shapely.Geometry], column: str) -> Path:
    gpd.GeoDataFrame({column: list(shapes)}, geometry=list(shapes.values()), crs=28992).to_crs(4326).to_file(
        path
    )
    return path


@pytest.fixture
def areas(tmp_path: Path) -> Path:
    return file_of(tmp_path / "areas.geojson", SQUARES, "code")


def test_a_square_over_two_squares_reaches_a_third(tmp_path: Path, areas: Path) -> None:
    """Half of it in each: intersection 1/2 of its own ground, union 3/2: IoU 1/3."""
    half = {"s": shapely.box(155_500, 463_000, 156_500, 464_000)}
    found = batch.compare_files(file_of(tmp_path / "s.geojson", half, "who"), [areas], tmp_path / "out.gpkg")
    assert (found.n_in, found.n_kept, found.n_refused) == (1, 1, 0)
    assert found.areas[0].median_best_iou == pytest.approx(1 / 3, abs=1e-4)
    pairs = gpd.read_file(tmp_path / "out.gpkg", layer="pairs_areas")
    assert sorted(pairs["share_of_sketch"]) == pytest.approx([0.5, 0.5], abs=1e-3)


def test_a_line_is_refused_and_counted(tmp_path: Path, areas: Path) -> None:
    drawn = {"line": shapely.LineString([(155_100, 463_100), (155_200, 463_100)]), "good": SQUARES["west"]}
    found = batch.compare_files(file_of(tmp_path / "s.geojson", drawn, "who"), [areas], tmp_path / "out.gpkg")
    assert (found.n_in, found.n_kept, found.n_refused) == (2, 1, 1)
    assert sum(found.refused.values()) == 1


def test_two_files_of_one_name_both_come_out(tmp_path: Path, areas: Path) -> None:
    (tmp_path / "b").mkdir()
    other = file_of(tmp_path / "b" / "areas.geojson", SQUARES, "code")
    drawn = file_of(tmp_path / "s.geojson", {"s": SQUARES["west"]}, "who")
    found = batch.compare_files(drawn, [areas, other], tmp_path / "out.gpkg")
    assert [row.median_best_iou for row in found.areas] == [pytest.approx(1.0, abs=1e-6)] * 2


def test_a_missing_file_leaves_nothing_behind(tmp_path: Path, areas: Path) -> None:
    with pytest.raises(FileAbsent):
        batch.compare_files(tmp_path / "absent.geojson", [areas], tmp_path / "out.gpkg")
    assert not (tmp_path / "out.gpkg").exists()


@pytest.mark.nightly
def test_new_york_gives_what_plain_shapely_gives(tmp_path: Path, shared: Callable[[str], Path]) -> None:
    """Figures computed apart in UTM; there one drawing of almost 100 km2 is just larger.

    On every run a quarter of these drawings is compared with shapely itself (`tests/geo/kernels/test_kernels.py`).
    """
    found = batch.compare_files(
        shared("sketches/new_york_dnainfo_2015.gpkg"),
        [
            shared("boundaries/new_york_neighbourhoods.geojson"),
            shared("boundaries/new_york_zipcodes.geojson"),
        ],
        tmp_path / "out.gpkg",
    )
    assert found.n_in == 42_035 == found.n_kept + found.n_refused
    assert abs(found.n_kept - 41_583) <= 1
    expected = ((38_122, 0.527, 0.126), (41_394, 0.310, 0.020))
    for row, (n, median, reached) in zip(found.areas, expected, strict=True):
        assert abs(row.n_covered - n) <= 1
        assert row.median_best_iou == pytest.approx(median, abs=0.005)
        assert row.share_best_iou_at_least_0_8 == pytest.approx(reached, abs=0.005)
    assert json.loads(json.dumps(found.as_json()))["n_in"] == 42_035


def test_measures_say_how_drawings_lie_beside_their_area_and_which_border_they_follow(
    tmp_path: Path, areas: Path
) -> None:
    """One draws the west itself, one half of each, one far away: 0 m and 500 m off, and nothing to compare with."""
    drawn = {
        "same": SQUARES["west"],
        "between": shapely.box(155_500, 463_000, 156_500, 464_000),
        "away": shapely.box(150_000, 463_000, 151_000, 464_000),
    }
    given, out = file_of(tmp_path / "s.geojson", drawn, "who"), tmp_path / "out.gpkg"
    batch.compare_files(given, [areas], out, columns=("who",), measures=True)
    found = pyogrio.read_dataframe(out, layer="measures_areas")
    assert found["hausdorff_m"].tolist() == pytest.approx([0, 500, np.nan], abs=1, nan_ok=True)
    assert found["frechet_m"].tolist() == pytest.approx([0, 500, np.nan], abs=1, nan_ok=True)
    assert found["dice"].tolist() == pytest.approx([1, 0.5, np.nan], abs=1e-3, nan_ok=True)
    assert found["polsby_popper"].tolist() == pytest.approx([np.pi / 4] * 3, abs=1e-3)
    borders = gpd.read_file(out, layer="borders_areas")
    assert borders["length_m"].tolist() == pytest.approx([1_000], rel=0.01)
    assert borders["n_along"].tolist() == [1]


def test_without_measures_there_are_none(tmp_path: Path, areas: Path) -> None:
    """They take long for many drawings: only who asks has them."""
    batch.compare_files(file_of(tmp_path / "s.geojson", SQUARES, "who"), [areas], tmp_path / "out.gpkg")
    layers = {name for name, _ in pyogrio.list_layers(tmp_path / "out.gpkg")}
    assert layers == {"sketches", "areas_areas", "pairs_areas"}


def test_five_who_draw_the_same_agree_and_four_are_not_shown(tmp_path: Path, areas: Path) -> None:
    square = SQUARES["west"]
    drawn = gpd.GeoDataFrame({"group": ["a"] * 5 + ["b"] * 4}, geometry=[square] * 9, crs=28992)
    drawn.to_file(tmp_path / "s.gpkg")
    found = batch.group_consensus(tmp_path / "s.gpkg", "group", tmp_path / "o.gpkg", areas=[areas])
    a, b = found.groups
    assert (a.n, a.level, a.median_pairwise_iou) == (5, "first_impression", pytest.approx(1.0))
    assert a.area_km2 == {"25": 1.0, "50": 1.0, "75": 1.0, "90": 1.0}
    assert a.best_iou["areas"] == pytest.approx(1.0, abs=1e-3)
    assert (a.fuzziness, a.edge_m, a.spread_m) == pytest.approx((0.0, 0.0, 0.0), abs=1e-6)
    assert (b.n, b.level, b.area_km2) == (4, "none", None)
    assert set(gpd.read_file(tmp_path / "o.gpkg", layer="cores")["group"]) == {"a"}


def test_an_unknown_column_is_named(tmp_path: Path, areas: Path) -> None:
    with pytest.raises(FileColumnUnknown):
        batch.group_consensus(
            file_of(tmp_path / "s.geojson", SQUARES, "who"), "nope", tmp_path / "o.gpkg", areas=[areas]
        )


def test_new_york_agrees_as_published(tmp_path: Path, shared: Callable[[str], Path]) -> None:
    """Six neighbourhoods, figures computed apart (reference_results.json): within 1 %, or a cell or two."""
    published = json.loads(shared("sketches/reference_results.json").read_text())["new york (EPSG:32618)"]
    whole = gpd.read_file(shared("sketches/new_york_dnainfo_2015.gpkg"))
    whole[whole["neighborhoodLive"].isin(published)].to_file(tmp_path / "six.gpkg")
    official = shared("boundaries/new_york_neighbourhoods.geojson")
    found = batch.group_consensus(
        tmp_path / "six.gpkg", "neighborhoodLive", tmp_path / "o.gpkg", areas=[official]
    )
    assert {row.group for row in found.groups} == set(published)
    for row in found.groups:
        as_published = published[row.group]
        assert row.n == as_published["n_used"]
        assert row.median_pairwise_iou == pytest.approx(as_published["median_pairwise_iou"], rel=0.01)
        for percent, km2 in (row.area_km2 or {}).items():
            assert km2 == pytest.approx(as_published[f"area_km2_agreed_by_{percent}pct"], rel=0.01, abs=0.002)


def three_people(folder: Path) -> Path:
    """Person 1 drew the squares A, B and C in three rows, 2 drew A and 3 drew B; 100 m a side."""
    a, b, c = (shapely.box(155_000 + x, 463_000, 155_100 + x, 463_100) for x in (0, 200, 400))
    rows = {"group": ["x"] * 5, "respondent_id": [1, 1, 1, 2, 3]}
    gpd.GeoDataFrame(rows, geometry=[a, b, c, a, b], crs=28992).to_file(folder / "persons.gpkg")
    return folder / "persons.gpkg"


def test_three_people_count_three_times_not_five(tmp_path: Path) -> None:
    """By person A and B have two of three: a core of 2 ha. By rows they have two of five: none."""
    drawn = three_people(tmp_path)
    one = batch.read_sketches(drawn).sketches
    united = persons.unite_by_person(one, "respondent_id", "group")
    core = contours(consensus_surface(united, cell_m=10.0), (25, 50), least=3)["area_m2"]
    assert core.to_dict() == pytest.approx({25: 30_000, 50: 20_000})
    assert contours(consensus_surface(one, cell_m=10.0), (50,), least=3)["area_m2"][50] == 0
    options = {"areas": [], "least_ha": 0.0}
    found = batch.group_consensus(drawn, "group", tmp_path / "o.gpkg", person="respondent_id", **options)
    assert (found.n_kept, found.n_persons, found.groups[0].n, found.repeated) == (5, 3, 3, None)


def test_an_id_that_repeats_is_told_and_not_guessed(tmp_path: Path, areas: Path) -> None:
    """Five drawings of three people: nobody said to count people, so five count, and it is said."""
    drawn = three_people(tmp_path)
    found = batch.group_consensus(drawn, "group", tmp_path / "o.gpkg", areas=[], least_ha=0.0)
    assert found.groups[0].n == 5
    assert found.repeated == persons.RepeatedPersons("respondent_id", 5, 3)
    fits = batch.compare_files(drawn, [areas], tmp_path / "c.gpkg", person="respondent_id")
    assert (fits.n_kept, fits.n_persons, fits.areas[0].n_covered) == (5, 3, 3)
    with pytest.raises(FileColumnUnknown):
        batch.compare_files(drawn, [areas], tmp_path / "c.gpkg", person="nobody")


def test_a_drawing_without_a_person_is_of_one_of_its_own_in_either_answer(
    tmp_path: Path, areas: Path
) -> None:
    """Person 1 drew twice, two others left the column empty: three people."""
    rows = {"group": ["x"] * 4, "who": ["1", "1", None, None]}
    drawn = tmp_path / "who.gpkg"
    gpd.GeoDataFrame(rows, geometry=[SQUARES["west"]] * 4, crs=28992).to_file(drawn)
    agreed = batch.group_consensus(drawn, "group", tmp_path / "o.gpkg", areas=[], person="who")
    fits = batch.compare_files(drawn, [areas], tmp_path / "c.gpkg", person="who")
    assert (agreed.n_persons, agreed.groups[0].n, fits.n_persons, fits.areas[0].n_covered) == (3, 3, 3, 3)


def test_a_group_says_how_sure_it_is(tmp_path: Path, areas: Path) -> None:
    """Thirty who draw one square: whoever drew, the core is that square, and nobody more is needed."""
    drawn = gpd.GeoDataFrame({"group": ["a"] * 30}, geometry=[SQUARES["west"]] * 30, crs=28992)
    drawn.to_file(tmp_path / "s.gpkg")
    found = batch.group_consensus(tmp_path / "s.gpkg", "group", tmp_path / "o.gpkg", areas=[areas])
    group = found.as_json()["groups"][0]
    assert (group["repeatability"], group["level"], group["needed"]) == (1.0, "solid", "enough")
    assert group["best_iou_interval"]["areas"] == pytest.approx((1.0, 1.0), abs=1e-3)
