"""The examination of the services: what it says in each state, with which exit code, and nothing personal."""

import json
from pathlib import Path
from typing import Any

import pytest

from layers import doctor
from layers.contracts import CONTRACTS
from layers.services.http import HttpClient
from tests.support.fake_services import CODE, Fault, Netherlands

BUURTEN = "/buurten/items"


def examine(**more: Any) -> dict[str, doctor.CheckResult]:
    session = HttpClient(budget_s=5.0, waits_s=(0.01,))
    return {result.line: result for result in doctor.diagnose(CODE, session=session, **more).results}


def exit_code(found: dict[str, doctor.CheckResult]) -> int:
    return doctor.Diagnosis("", list(found.values())).exit_code


@pytest.fixture
def settled(folder: Path, netherlands: Netherlands, monkeypatch: pytest.MonkeyPatch) -> Netherlands:
    """Return the services, with a contact set and as much room on disk as is wanted."""
    monkeypatch.setattr(doctor, "LEAST_FREE_BYTES", 1)
    return netherlands


def features(change: Any) -> Any:
    def changed(body: dict[str, Any]) -> dict[str, Any]:
        for feature in body["features"]:
            change(feature["properties"])
        return body

    return changed


def test_the_map_of_a_year_has_all_we_count_on(settled: Netherlands) -> None:
    """Testdam's services lack many wished columns of real ones, and not one that is needed."""
    found = examine()
    assert {line for line, result in found.items() if result.severity == 2} == set()
    assert {result.state for result in found.values()} <= {"ok", "columns", "filter", "used"}
    assert exit_code(found) == 3
    assert len(CONTRACTS) <= len(settled.asked) <= 25


STATES = {
    "service gone": (Fault(BUURTEN, status=503), "buurt", "unreachable", 2),
    "path gone": (Fault(BUURTEN, status=404), "buurt", "refused", 2),
    "web page": (Fault(BUURTEN, kind="text/html", raw=b"<p>"), "buurt", "unreadable", 2),
    "needed column": (
        Fault(BUURTEN, body=features(lambda row: row.pop("buurtcode"))), "buurt", "columns", 2,
    ),
    "wished column": (Fault(BUURTEN, body=features(lambda row: row.pop("water"))), "buurt", "columns", 3),
    "no features": (Fault(BUURTEN, body=lambda b: {**b, "features": []}), "buurt", "empty", 2),
    "no filter": (Fault("gemeentecode=", status=400), "gemeente", "columns", 3),
    "optional gone": (Fault("/index.json", status=404), "index", "refused", 3),
    "no figures": (Fault("/Observations", body=lambda b: {**b, "value": []}), "observations", "empty", 2),
    "overpass full": (Fault("/interpreter", status=429), "interpreter", "unreachable", 2),
    "no status page": (Fault("/overpass/api/status", status=404), "slots", "unreachable", 3),
}  # fmt: skip


@pytest.mark.parametrize(("fault", "line", "state", "severity"), STATES.values(), ids=STATES)
def test_every_state_is_told(
    settled: Netherlands, fault: Fault, line: str, state: str, severity: int
) -> None:
    settled.faults.append(fault)
    found = examine()
    assert (found[line].state, found[line].severity) == (state, severity)
    assert exit_code(found) == (2 if severity == 2 else 3)


def test_a_newer_year_is_told(settled: Netherlands) -> None:
    collections = settled.land.collections
    for path in [path for path in collections if "buurten-2025" in path]:
        collections[path.replace("2025", "2026")] = collections[path]
    assert examine()["index"].newer == 2026


def test_offline_nobody_is_asked(settled: Netherlands, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUURT_OFFLINE", "1")
    found = examine()
    assert {found[line].state for line in CONTRACTS if line != "slots"} == {"offline"}
    assert exit_code(found) == 3
    assert settled.asked == []


def test_this_machine_is_looked_at(
    settled: Netherlands, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No contact; a data folder that is a file; a disk without room; a clock that is a day behind."""
    monkeypatch.delenv("BUURT_CONTACT")
    assert examine()["contact"].state == "lacks"
    monkeypatch.setattr(doctor, "LEAST_FREE_BYTES", 10**18)
    assert examine()["disk"].severity == 3
    (folder / "file").write_text("")
    monkeypatch.setenv("BUURT_DATA", str(folder / "file"))
    assert examine()["folder"].severity == 2
    late = HttpClient(budget_s=5.0, waits_s=(0.01,), now=lambda: 1_000_000.0)
    assert doctor.diagnose(CODE, session=late).results[-1] == doctor.CheckResult("clock", "here", "lacks", 3)


def test_answers_are_recorded_and_the_last_outcome_is_kept(settled: Netherlands, folder: Path) -> None:
    settled.faults.append(Fault("/index.json", status=404, raw=b'{"detail": "gone"}'))
    found = examine(record=folder / "recorded")
    assert {path.stem for path in (folder / "recorded").iterdir()} == set(CONTRACTS)
    page = json.loads((folder / "recorded" / "buurt.json").read_text(encoding="utf-8"))
    assert page["headers"]["content-crs"] == "<http://www.opengis.net/def/crs/EPSG/0/28992>"
    assert len(page["body"]["features"]) == 1
    assert json.loads((folder / "recorded" / "index.json").read_text(encoding="utf-8"))["status"] == 404
    assert {result.line: result for result in doctor.last_diagnosis().results} == found
    outcome = (folder / doctor.OUTCOME).read_text(encoding="utf-8")
    assert "127.0.0.1" not in outcome
    assert "voorbeeld.nl" not in outcome
