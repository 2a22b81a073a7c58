"""`buurt import` as somebody calls it: 0 and a count, or 2 and one sentence."""

from pathlib import Path

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
