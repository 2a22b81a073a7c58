"""`buurt import` as somebody calls it: 0 and a count, or 2 and one sentence."""

from pathlib import Path

import geopandas as gpd
import shapely

from tests.study.analysis.test_batch import SQUARES, file_of
from tests.support.cli_runner import Buurt


def test_drawings_become_a_project_once(buurt: Buurt, tmp_path: Path) -> None:
    drawn = file_of(
        tmp_path / "Mijn wijk.geojson",
        {"a": SQUARES["west"], "b": shapely.LineString([(155_100, 463_100), (155_900, 463_100)])},
        "who",
    )
    done = buurt("import", drawn, "--as", "sketches", "--yes")
    assert done.returncode == 0, done.stderr
    assert "2 gelezen, 1 overgenomen" in done.stdout
    again = buurt("import", drawn, "--as", "sketches", "--yes")
    assert again.returncode == 0, again.stderr
    assert "mijn-wijk  Mijn wijk" in buurt("projects").stdout


def test_without_yes_nothing_is_kept(buurt: Buurt, tmp_path: Path) -> None:
    done = buurt("import", file_of(tmp_path / "s.geojson", SQUARES, "who"), "--as", "sketches")
    assert done.returncode == 0
    assert "niets bewaard" in done.stdout
    assert [line.split()[0] for line in buurt("projects").stdout.splitlines()] == ["demo"]


def test_a_file_that_is_none_is_refused_in_one_sentence(buurt: Buurt, tmp_path: Path) -> None:
    (tmp_path / "broken.geojson").write_text('{"type": "FeatureCollection", "features": [')
    done = buurt("import", tmp_path / "broken.geojson", "--yes")
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "Traceback" not in done.stderr


def test_a_question_names_the_options_of_its_own_command(buurt: Buurt, tmp_path: Path) -> None:
    """`import` has one file; `compare` has two, and says which option is of which."""
    path = tmp_path / "twee.gpkg"
    for layer in ("een", "twee"):
        gpd.GeoDataFrame(
            {"code": ["A"]}, geometry=[shapely.box(92_000, 446_000, 92_600, 446_400)], crs=28992
        ).to_file(path, layer=layer)
    asked = buurt("import", path).stderr
    assert "--layer" in asked
    assert "--areas-layer" not in asked
    asked = buurt("compare", "--sketches", path, "--areas", path, "--out", tmp_path / "uit.gpkg").stderr
    assert "--areas-layer" in asked


def test_a_row_with_its_axes_swapped_is_refused_with_the_way_on(buurt: Buurt, tmp_path: Path) -> None:
    path = tmp_path / "banken.csv"
    rows = [f"bank;{4.47 + n / 1000};{51.99 + n / 1000}" for n in range(6)]
    path.write_text("\n".join(["soort;lon;lat", *rows, "bank;51.995;4.475"]))
    said = buurt("import", path, "--yes").stdout
    assert "noord en oost verwisseld" in said
    assert "--swap" in said
    assert "--swap" not in buurt("import", path, "--yes", "--swap").stdout
