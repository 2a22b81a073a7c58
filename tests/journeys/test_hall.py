"""A hall beside staff or at two processes, and strangers: the benchmarks, small, with no figure but what was lost."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from benchmarks.staff import ACTIONS
from tests.support.browser import ROOT

pytestmark = pytest.mark.nightly


def result(module: str, out: Path, *options: str) -> dict[str, Any]:
    """Run a benchmark as one types it, and return what it wrote."""
    command = [sys.executable, "-m", f"benchmarks.{module}", "--nofile", "1024", "--json", str(out), *options]
    finished = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert out.exists(), finished.stderr
    found: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
    return found


HALL = ("--sessions", "20", "--browsers", "0", "--spread", "20")


def assert_nothing_lost(found: dict[str, Any]) -> None:
    assert found["failures"] == []
    assert found["stored"] == found["receipts"] == found["submitted"] == 20
    assert (found["lost"], found["double"], found["altered"]) == (0, 0, 0)
    assert found["open_files"] < 1024


@pytest.mark.parametrize("staff", ACTIONS)
def test_staff_loses_nobody_a_drawing(staff: str, tmp_path: Path) -> None:
    """Each action once at least, on more drawings than a server answers by itself."""
    found = result("load_test", tmp_path / "out.json", *HALL, "--staff", staff, "--drawings", "1200")
    assert_nothing_lost(found)
    assert found["staff_refused"] == []
    assert found["staff_done"] >= 1


def test_two_processes_lose_nobody_a_drawing(tmp_path: Path) -> None:
    """Each phone looks at one process and saves at the other, on one PostgreSQL."""
    assert_nothing_lost(result("load_test", tmp_path / "out.json", *HALL, "--processes", "2"))


def test_strangers_cost_no_honest_phone_its_drawing(tmp_path: Path) -> None:
    """All attacks one after the other in one server: half-open requests, bombs, floods and the rest."""
    found = result("attacks", tmp_path / "out.json")["attacks"]
    assert len(found) >= 10
    for name, one in found.items():
        assert one["honest_lost"] == 0, name
        assert one["server_mb"] < 1500, name
        assert not any(answer.startswith("OPENED") for answer in one["answers"]), name
