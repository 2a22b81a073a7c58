"""Files in, an answer out."""

import json
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from geo.errors import FileAbsent, FileColumnUnknown
from study import batch

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
    found = batch.compare(file_of(tmp_path / "s.geojson", half, "who"), [areas], tmp_path / "out.gpkg")
    assert (found.n_in, found.n_kept, found.n_refused) == (1, 1, 0)
    assert found.areas[0].median_best_iou == pytest.approx(1 / 3, abs=1e-4)
    pairs = gpd.read_file(tmp_path / "out.gpkg", layer="pairs_areas")
    assert sorted(pairs["share_of_sketch"]) == pytest.approx([0.5, 0.5], abs=1e-3)


def test_a_line_is_refused_and_counted(tmp_path: Path, areas: Path) -> None:
    drawn = {"line": shapely.LineString([(155_100, 463_100), (155_200, 463_100)]), "good": SQUARES["west"]}
    found = batch.compare(file_of(tmp_path / "s.geojson", drawn, "who"), [areas], tmp_path / "out.gpkg")
    assert (found.n_in, found.n_kept, found.n_refused) == (2, 1, 1)
    assert sum(found.refused.values()) == 1


def test_two_files_of_one_name_both_come_out(tmp_path: Path, areas: Path) -> None:
    (tmp_path / "b").mkdir()
    other = file_of(tmp_path / "b" / "areas.geojson", SQUARES, "code")
    drawn = file_of(tmp_path / "s.geojson", {"s": SQUARES["west"]}, "who")
    found = batch.compare(drawn, [areas, other], tmp_path / "out.gpkg")
    assert [row.median_best_iou for row in found.areas] == [pytest.approx(1.0, abs=1e-6)] * 2


def test_a_missing_file_leaves_nothing_behind(tmp_path: Path, areas: Path) -> None:
    with pytest.raises(FileAbsent):
        batch.compare(tmp_path / "absent.geojson", [areas], tmp_path / "out.gpkg")
    assert not (tmp_path / "out.gpkg").exists()


def test_new_york_gives_what_plain_shapely_gives(tmp_path: Path, shared: Callable[[str], Path]) -> None:
    """Figures computed apart in UTM; there one drawing of almost 100 km2 is just larger."""
    found = batch.compare(
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


def test_five_who_draw_the_same_agree_and_four_are_not_shown(tmp_path: Path, areas: Path) -> None:
    square = SQUARES["west"]
    drawn = gpd.GeoDataFrame({"group": ["a"] * 5 + ["b"] * 4}, geometry=[square] * 9, crs=28992)
    drawn.to_file(tmp_path / "s.gpkg")
    found = batch.agree(tmp_path / "s.gpkg", "group", tmp_path / "o.gpkg", areas=[areas])
    a, b = found.groups
    assert (a.n, a.level, a.median_pairwise_iou) == (5, "first_impression", pytest.approx(1.0))
    assert a.area_km2 == {"25": 1.0, "50": 1.0, "75": 1.0, "90": 1.0}
    assert a.best_iou["areas"] == pytest.approx(1.0, abs=1e-3)
    assert (b.n, b.level, b.area_km2) == (4, "none", None)
    assert set(gpd.read_file(tmp_path / "o.gpkg", layer="cores")["group"]) == {"a"}


def test_an_unknown_column_is_named(tmp_path: Path, areas: Path) -> None:
    with pytest.raises(FileColumnUnknown):
        batch.agree(
            file_of(tmp_path / "s.geojson", SQUARES, "who"), "nope", tmp_path / "o.gpkg", areas=[areas]
        )


def test_new_york_agrees_as_published(tmp_path: Path, shared: Callable[[str], Path]) -> None:
    """Six neighbourhoods, figures computed apart (reference_results.json): within 1 %, or a cell or two."""
    published = json.loads(shared("sketches/reference_results.json").read_text())["new york (EPSG:32618)"]
    whole = gpd.read_file(shared("sketches/new_york_dnainfo_2015.gpkg"))
    whole[whole["neighborhoodLive"].isin(published)].to_file(tmp_path / "six.gpkg")
    official = shared("boundaries/new_york_neighbourhoods.geojson")
    found = batch.agree(tmp_path / "six.gpkg", "neighborhoodLive", tmp_path / "o.gpkg", areas=[official])
    assert {row.group for row in found.groups} == set(published)
    for row in found.groups:
        told = published[row.group]
        assert row.n == told["n_used"]
        assert row.median_pairwise_iou == pytest.approx(told["median_pairwise_iou"], rel=0.01)
        for percent, km2 in (row.area_km2 or {}).items():
            assert km2 == pytest.approx(told[f"area_km2_agreed_by_{percent}pct"], rel=0.01, abs=0.002)
