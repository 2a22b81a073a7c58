"""Files in, an answer out."""

import json
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from geo.errors import FileAbsent
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
    """Figures computed apart, with plain shapely in UTM; one drawing of almost 100 km2 falls on the other side."""
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
