"""`buurt import` as somebody calls it: 0 and a count, or 2 and one sentence."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import shapely

from tests.cli.test_compare import ROOT
from tests.study.test_batch import SQUARES, file_of


@pytest.fixture
def buurt(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Call `buurt` with a store and a data folder of its own (the made-up town is always there)."""
    data = tmp_path / "data"
    data.mkdir()
    (data / "GM9901").symlink_to(ROOT / "data" / "boundaries" / "GM9901")
    settings = {"BUURT_STORE": f"sqlite:///{tmp_path}/store.gpkg", "BUURT_DATA": str(data)}

    def call(*words: str | Path, **more: str) -> subprocess.CompletedProcess[str]:
        command, env = [sys.executable, "-m", "cli", *map(str, words)], {**os.environ, **settings, **more}
        return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)

    return call


def test_drawings_become_a_project_once(
    buurt: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
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


def test_without_yes_nothing_is_kept(
    buurt: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    done = buurt("import", file_of(tmp_path / "s.geojson", SQUARES, "who"), "--as", "sketches")
    assert done.returncode == 0
    assert "niets bewaard" in done.stdout
    assert [line.split()[0] for line in buurt("projects").stdout.splitlines()] == ["demo"]


def test_a_file_that_is_none_is_refused_in_one_sentence(
    buurt: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    (tmp_path / "broken.geojson").write_text('{"type": "FeatureCollection", "features": [')
    done = buurt("import", tmp_path / "broken.geojson", "--yes")
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "Traceback" not in done.stderr
