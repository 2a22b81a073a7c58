"""Floors of branch coverage: what is counted, and what makes `make coverage` fail."""

import json
from pathlib import Path

import pytest

from tools import coverage_floors
from tools.coverage_floors import Floor, shares

STORE, REST = Floor("store", ("store",), 95), Floor("geo", ("geo",), 80)
ROOT = Path(__file__).resolve().parents[2]


def counts(lines: int, branches: int, of_branches: int = 10) -> dict[str, int]:
    """Return the counts of a file of ninety statements."""
    return {
        "covered_lines": lines,
        "num_statements": 90,
        "covered_branches": branches,
        "num_branches": of_branches,
    }


def test_statements_and_branches_count_alike() -> None:
    """By hand: 90 of 90 statements and 5 of 10 branches are 95 of 100; two files are added up."""
    (share,) = shares({"store/facade.py": counts(90, 5)}, [STORE])
    assert (share.run, share.whole, share.percent, share.is_met) == (95, 100, 95.0, True)
    (share,) = shares({"store/a.py": counts(90, 5), "store/b.py": counts(90, 4)}, [STORE])
    assert (share.percent, share.is_met) == (94.5, False)


def test_the_first_floor_that_holds_a_file_counts() -> None:
    inner = Floor("disclosure", ("geo/release", "geo/disclosure_control.py"), 95)
    files = {
        "geo/release/ledger.py": counts(90, 10),
        "geo/disclosure_control.py": counts(90, 10),
        "geo/crs.py": counts(45, 5),
    }
    assert [share.percent for share in shares(files, [inner, REST])] == [100.0, 50.0]


def test_no_file_and_no_floor_is_forgotten() -> None:
    with pytest.raises(ValueError, match=r"ui/routes\.py is under no floor"):
        shares({"ui/routes.py": counts(90, 10)}, [STORE])
    with pytest.raises(ValueError, match="floors without a file: store"):
        shares({"geo/crs.py": counts(90, 10)}, [REST, STORE])


@pytest.mark.parametrize(("branches", "code"), [(5, 0), (4, 1)])
def test_a_share_below_its_floor_fails(
    branches: int,
    code: int,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    report = tmp_path / "coverage.json"
    report.write_text(
        json.dumps({"files": {"store/facade.py": {"summary": counts(90, branches)}}}), encoding="utf-8"
    )
    floors = tmp_path / "floors.toml"
    floors.write_text('[[floor]]\nname = "store"\npaths = ["store"]\npercent = 95\n', encoding="utf-8")
    assert coverage_floors.main([str(report), str(floors)]) == code
    assert ("BELOW" in capsys.readouterr().out) == bool(code)


def test_without_a_report_it_fails(tmp_path: Path) -> None:
    assert coverage_floors.main([str(tmp_path / "absent.json")]) == 1


def test_every_file_of_the_program_has_a_floor() -> None:
    """Of what is measured (pyproject.toml) nothing is left out, and the three that guard people are at 95 %."""
    floors = coverage_floors.read_floors(coverage_floors.FLOORS)
    packages = ("geo", "i18n", "layers", "store", "study", "maps", "ui", "cli")
    files = [file.relative_to(ROOT).as_posix() for name in packages for file in (ROOT / name).rglob("*.py")]
    assert len(shares({name: counts(90, 10) for name in files}, floors)) == len(floors)
    guards = {
        floor.name: floor.percent for floor in floors if floor.name in {"store", "disclosure", "publishing"}
    }
    assert len(guards) == 3
    assert min(guards.values()) >= 95
