"""Compare what a release runs on with a list of known vulnerabilities, given as a file.

The list is in the OSV format, as published per ecosystem in one zip of JSON files: nothing is fetched here, so that
the comparison also runs where there is no network. `python -m tools.release audit FILE...` exits 1 when a locked
package is affected, and 2 when the list cannot be read.
"""

import json
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packaging.version import InvalidVersion, Version

from tools.release import ROOT
from tools.release.lock import locked, normalised


@dataclass(frozen=True, order=True)
class Finding:
    """A locked package that an advisory names."""

    ecosystem: str
    package: str
    version: str
    advisory: str
    summary: str


def main(arguments: list[str]) -> int:
    """Print every finding of the lists that are named; return the exit code."""
    if not arguments:
        print("name one or more files of vulnerabilities in OSV format (.json or .zip)", file=sys.stderr)
        return 2
    packages = locked_packages()
    try:
        advisories = [record for name in arguments for record in read_advisories(Path(name))]
    except (OSError, ValueError, zipfile.BadZipFile) as problem:
        print(f"cannot read the list: {problem}", file=sys.stderr)
        return 2
    found = sorted({finding for record in advisories for finding in findings(record, packages)})
    for finding in found:
        print(
            f"{finding.package} {finding.version} ({finding.ecosystem}): {finding.advisory} {finding.summary}"
        )
    print(f"{len(packages)} packages, {len(advisories)} advisories, {len(found)} findings")
    return 1 if found else 0


def locked_packages() -> dict[tuple[str, str], str]:
    """Return the version per (ecosystem, package) of everything a release runs on."""
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    npm = {
        ("npm", name.rpartition("node_modules/")[2]): str(entry["version"])
        for name, entry in lock.items()
        if name and not entry.get("dev")
    }
    return {("PyPI", name): version for name, version in locked().items()} | npm


def read_advisories(path: Path) -> Iterator[dict[str, Any]]:
    """Return the records of a zip of JSON files, or of a JSON file with one record or a list of them."""
    if path.suffix == ".zip":
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                yield json.loads(archive.read(name))
        return
    content = json.loads(path.read_text(encoding="utf-8"))
    yield from content if isinstance(content, list) else [content]


def findings(record: dict[str, Any], packages: dict[tuple[str, str], str]) -> Iterator[Finding]:
    """Return the locked packages that a record says are affected; a withdrawn record affects none."""
    if "withdrawn" in record:
        return
    for affected in record.get("affected", []):
        ecosystem = str(affected["package"]["ecosystem"])
        name = str(affected["package"]["name"])
        name = normalised(name) if ecosystem == "PyPI" else name
        version = packages.get((ecosystem, name))
        if version is not None and is_affected(version, affected):
            yield Finding(ecosystem, name, version, str(record["id"]), str(record.get("summary", "")))


def is_affected(version: str, affected: dict[str, Any]) -> bool:
    """Return whether a version is listed or within a range; one that cannot be compared counts as affected.

    Examples
    --------
    >>> span = {"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "2.0"}]}
    >>> is_affected("1.9", {"ranges": [span]}), is_affected("2.0", {"ranges": [span]})
    (True, False)
    >>> is_affected("1.9", {"versions": ["1.8", "1.9"]})
    True
    """
    if version in affected.get("versions", []):
        return True
    spans = [span for span in affected.get("ranges", []) if span["type"] in {"ECOSYSTEM", "SEMVER"}]
    try:
        return any(_is_within(Version(version), span["events"]) for span in spans)
    except InvalidVersion:
        return True


def _is_within(version: Version, events: list[dict[str, str]]) -> bool:
    """Walk the events of a range in order of version: each starts or ends being affected."""
    inside = False
    for event in sorted(events, key=lambda one: _position(next(iter(one.values())))):
        ((kind, stated),) = event.items()
        position = _position(stated)
        begins = kind == "introduced" and position <= version
        ends = (kind == "fixed" and position <= version) or (kind == "last_affected" and position < version)
        inside = (inside or begins) and not ends
    return inside


def _position(stated: str) -> Version:
    return Version("0.dev0") if stated == "0" else Version(stated)
