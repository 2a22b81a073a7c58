"""`buurt compare` as somebody calls it."""

import json
from pathlib import Path

from tests.study.analysis.test_batch import SQUARES, file_of
from tests.support.cli_runner import Buurt


def test_compare_writes_a_summary(buurt: Buurt, tmp_path: Path) -> None:
    areas = file_of(tmp_path / "areas.geojson", SQUARES, "code")
    drawn = file_of(tmp_path / "s.geojson", {"s": SQUARES["west"]}, "who")
    summary = tmp_path / "s.json"
    done = buurt(
        "compare", "--sketches", drawn, "--areas", areas, "--out", tmp_path / "o.gpkg", "--summary", summary
    )
    assert done.returncode == 0, done.stderr
    summary_read = json.loads(summary.read_text())
    assert (
        summary_read["n_in"],
        summary_read["n_kept"],
        summary_read["n_repaired"],
        summary_read["n_refused"],
    ) == (1, 1, 0, 0)
    assert summary_read["areas"][0]["n_covered"] == 1
    assert "1 tekeningen gelezen" in done.stdout


def test_a_problem_is_one_sentence_on_stderr(buurt: Buurt, tmp_path: Path) -> None:
    areas = file_of(tmp_path / "areas.geojson", SQUARES, "code")
    done = buurt(
        "compare", "--sketches", tmp_path / "no.geojson", "--areas", areas, "--out", tmp_path / "o.gpkg"
    )
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert done.stderr.count("\n") == 1
