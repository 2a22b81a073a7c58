"""`buurt fetch` and `buurt doctor` before services on this machine: what lacks is told, and the exit code says it."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import fake_services
from tests.support.cli_runner import Buurt
from tests.support.fake_services import CODE, Fault, Netherlands


@pytest.fixture
def netherlands() -> Iterator[Netherlands]:
    """Run the services with Testdam on them."""
    with fake_services.serving(fake_services.town()) as server:
        yield server


def test_a_fetch_tells_what_lacks_and_ends_with_three(
    buurt: Buurt, netherlands: Netherlands, tmp_path: Path
) -> None:
    here = {**netherlands.settings(), "BUURT_DATA": str(tmp_path / "data"), "BUURT_OFFLINE": "0"}
    netherlands.faults.append(Fault("/interpreter", status=406, kind="text/html", raw=b"<html>"))
    done = buurt("fetch", CODE, "--year", "2025", **here)
    assert done.returncode == 3
    assert "Banken" in done.stdout
    assert "Van OpenStreetMap hebben we nog niets" in done.stdout
    assert "niet gekregen" in done.stdout
    assert "buurt fetch Testdam" in done.stdout
    netherlands.faults.clear()
    assert buurt("fetch", CODE, "--year", "2025", **here).returncode == 0


def test_an_examination_ends_with_two_where_something_needed_lacks(
    buurt: Buurt, netherlands: Netherlands, tmp_path: Path
) -> None:
    here = {**netherlands.settings(), "BUURT_OFFLINE": "0"}
    netherlands.faults.append(Fault("/buurten/items", status=404))
    done = buurt(
        "doctor", "--code", CODE, "--json", tmp_path / "out.json", "--record", tmp_path / "said", **here
    )
    assert done.returncode == 2
    assert "buurten" in done.stdout
    outcome = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    assert outcome["exit_code"] == 2
    assert [row["line"] for row in outcome["results"] if row["severity"] == 2] == ["buurt"]
    assert (tmp_path / "said" / "buurt.json").exists()


def test_offline_the_examination_asks_nobody(buurt: Buurt, tmp_path: Path) -> None:
    done = buurt("doctor", BUURT_OFFLINE="1")
    assert done.returncode == 3
    assert "zonder internet" in done.stdout


def test_files_beside_a_map_need_the_map(buurt: Buurt, tmp_path: Path) -> None:
    done = buurt("fetch", "Testdam", "--osm", tmp_path / "x.osm.pbf")
    assert done.returncode == 2
    assert "--from" in done.stderr
