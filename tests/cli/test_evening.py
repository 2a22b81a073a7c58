"""`buurt evening`: the session that was prepared goes out in a folder, and comes home."""

import json
import os
import re
import stat
from datetime import date
from pathlib import Path

import pytest

import start
import store
from store import Actor, WorkshopSession
from tests.cli.conftest import buurt
from tests.support.cli_runner import Buurt

__all__ = ["buurt"]


SENDER = {"contact": "Sam de Boer", "privacy_url": "https://echt.example/privacy"}


@pytest.fixture
def code(tmp_path: Path, buurt: Buurt) -> str:
    """Return the code of a session in the office's store."""
    assert buurt("projects").returncode == 0
    with store.open_store(f"sqlite:///{tmp_path}/store.gpkg") as office:
        office.projects.save(store.Project("echt", "Echt", "GM9901", date(2099, 1, 1), **SENDER))
        made, _ = office.sessions.create(
            WorkshopSession("echt", "Buurthuis [De Brug]", date(2026, 3, 4)), by=Actor("planner", account="p")
        )
    return made.code


def test_pack_and_home(buurt: Buurt, tmp_path: Path, code: str) -> None:
    """What is in the folder is counted and said; home says what came, and a second time the same."""
    folder = tmp_path / "avond op de brug"
    packed = buurt("evening", "pack", code, folder)
    assert packed.returncode == 0, packed.stderr
    assert f"Ingepakt: Buurthuis [De Brug], code {code}." in packed.stdout
    assert re.search(r"Straten: [1-9]\d*; gebieden: [1-9]\d*; voorzieningen: [1-9]\d*\.", packed.stdout)
    facts = json.loads((folder / "doos.json").read_text(encoding="utf-8"))
    assert facts["link"] not in packed.stdout
    kept = folder / "avond.gpkg"
    with store.open_store(f"sqlite:///{kept}") as hall:
        (carried,) = [one for one in hall.projects.list_all() if one.id == "echt"]
        assert (carried.contact, carried.privacy_url) == tuple(SENDER.values())
    for name in ("Start avond.bat", "Start avond.command"):
        text = (folder / name).read_text(encoding="utf-8")
        assert f'"{start.ROOT / "start.py"}" evening' in text
        assert os.name == "nt" or stat.S_IMODE((folder / name).stat().st_mode) == 0o700
    for _ in range(2):
        came = buurt("evening", "home", folder)
        assert came.returncode == 0, came.stderr
        assert came.stdout.startswith("Buurthuis [De Brug]: 0 tekeningen zijn thuisgebracht, 0 waren er al")


def test_what_cannot_be_packed_or_opened_is_said(buurt: Buurt, tmp_path: Path, code: str) -> None:
    assert buurt("evening", "pack", "ABCDEF", tmp_path / "map").returncode == 2
    assert buurt("evening", "pack", code, tmp_path / "map").returncode == 0
    again = buurt("evening", "pack", code, tmp_path / "map")
    assert (again.returncode, again.stderr.strip()) == (
        2,
        "In de map map staat al een avond. Open die, of kies een andere map.",
    )
    for action in ("open", "home"):
        missing = buurt("evening", action, tmp_path / "nergens")
        assert missing.returncode == 2
        assert "geen ingepakte bijeenkomst" in " ".join(missing.stderr.replace("│", " ").split())
