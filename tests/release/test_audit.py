"""The comparison with a list of vulnerabilities, and what each file of the repository is licensed under."""

import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tools.release import ROOT, audit
from tools.release.lock import locked


def advisory(ecosystem: str, name: str, **affected: Any) -> dict[str, Any]:
    """Return an advisory on one package in OSV format."""
    package = {"ecosystem": ecosystem, "name": name}
    return {"id": "TEST-1", "summary": "a fault", "affected": [{"package": package, **affected}]}


def until_fixed(version: str) -> dict[str, Any]:
    """Return the range of all versions before the one with the fix."""
    return {"ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": version}]}]}


def test_affected_python_package_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Names are compared in their normal form: the list may write them with capitals and underscores."""
    (tmp_path / "list.json").write_text(
        json.dumps([advisory("PyPI", "Typing_Extensions", **until_fixed("99"))])
    )
    assert audit.main([str(tmp_path / "list.json")]) == 1
    printed = capsys.readouterr().out
    assert f"typing-extensions {locked()['typing-extensions']} (PyPI): TEST-1 a fault" in printed


def test_affected_javascript_is_named_from_a_zip(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.writestr("one.json", json.dumps(advisory("npm", "leaflet", versions=["1.9.4"])))
        archive.writestr("two.json", json.dumps(advisory("npm", "axe-core", **until_fixed("99"))))
    assert audit.main([str(tmp_path / "all.zip")]) == 1
    printed = capsys.readouterr().out
    assert "leaflet 1.9.4" in printed
    assert "axe-core" not in printed, "a tool for tests is not part of a release"


def test_mended_withdrawn_and_foreign_advisories_find_nothing(tmp_path: Path) -> None:
    records = [
        advisory("PyPI", "streamlit", **until_fixed("0.1")),
        {**advisory("PyPI", "streamlit", **until_fixed("99")), "withdrawn": "2026-01-01T00:00:00Z"},
        advisory("PyPI", "somebody-elses", **until_fixed("99")),
        advisory("crates.io", "streamlit", **until_fixed("99")),
    ]
    (tmp_path / "list.json").write_text(json.dumps(records))
    assert audit.main([str(tmp_path / "list.json")]) == 0


def test_fault_that_came_back_is_found_in_its_second_range() -> None:
    """Affected from 1 to 2 and from 3 to 4: 1.5 yes, 2.5 no, 3.5 yes, 4 no."""
    events = [{"introduced": "3"}, {"fixed": "4"}, {"introduced": "1"}, {"fixed": "2"}]
    spans = {"ranges": [{"type": "SEMVER", "events": events}]}
    assert [audit.is_affected(version, spans) for version in ("1.5", "2.5", "3.5", "4")] == [
        True,
        False,
        True,
        False,
    ]


@pytest.mark.parametrize("content", ["", "{", "[1"])
def test_unreadable_list_is_no_clean_bill(tmp_path: Path, content: str) -> None:
    (tmp_path / "list.json").write_text(content)
    assert audit.main([str(tmp_path / "list.json")]) == 2
    assert audit.main([str(tmp_path / "absent.json")]) == 2
    assert audit.main([]) == 2


def test_every_file_states_its_licence() -> None:
    """REUSE 3.3: each file has a copyright holder and a licence whose text is in LICENSES/."""
    command = [Path(sys.executable).parent / "reuse", "lint", "--quiet"]
    assert subprocess.run(command, cwd=ROOT, check=False).returncode == 0
    assert (ROOT / "LICENSES" / "EUPL-1.2.txt").read_bytes() == (ROOT / "LICENSE").read_bytes()


def test_renovate_configuration_is_json() -> None:
    assert json.loads((ROOT / "renovate.json").read_text(encoding="utf-8"))["packageRules"]
