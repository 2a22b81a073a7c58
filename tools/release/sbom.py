"""CycloneDX bills of materials: one of the Python packages, one of the JavaScript packages.

Both name what a release runs on, nothing else: no test tool, no package that happens to be installed as well.
The Python one is of the platform it is built on; a package for Windows alone is in `requirements.txt` only.
"""

import json
import subprocess
import sys
import tempfile
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tools.release import ROOT
from tools.release.lock import locked, normalised

LICENCES = tomllib.loads(Path(__file__).with_name("licences.toml").read_text(encoding="utf-8"))
"""Licences that a package states in its text only, read by a person, per ecosystem and name."""


def python_sbom(epoch: int) -> dict[str, Any]:
    """Return the bill of materials of the installed Python packages that the app runs on.

    Raises
    ------
    ValueError
        A package is installed at another version than the locked one.
    """
    command = [sys.executable, "-m", "cyclonedx_py", "environment", "--output-reproducible", "--no-validate"]
    command += ["--pyproject", "pyproject.toml", "--output-format", "JSON", sys.executable]
    answer = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, encoding="utf-8")
    found = json.loads(answer.stdout)
    versions = locked()
    components = [part for part in found["components"] if normalised(part["name"]) in versions]
    for part in components:
        if part["version"] != versions[normalised(part["name"])]:
            raise ValueError(f"{part['name']} {part['version']} is installed, not the locked version")
        _complete(part, LICENCES["python"])
    found["components"] = components
    kept = {part["bom-ref"] for part in components} | {found["metadata"]["component"]["bom-ref"]}
    found["dependencies"] = [
        {**row, "dependsOn": [ref for ref in row.get("dependsOn", []) if ref in kept]}
        for row in found["dependencies"]
        if row["ref"] in kept
    ]
    found["metadata"]["timestamp"] = _timestamp(epoch)
    return dict(found)


def npm_sbom(version: str, epoch: int) -> dict[str, Any]:
    """Return the bill of materials of the JavaScript that a browser gets, from the lock file."""
    with tempfile.TemporaryDirectory() as folder:
        for name in ("package.json", "package-lock.json"):
            content = json.loads((ROOT / name).read_text(encoding="utf-8"))
            content["version"] = version  # npm refuses a package without one; pyproject.toml is its one place
            if "packages" in content:
                content["packages"][""]["version"] = version
            (Path(folder) / name).write_text(json.dumps(content), encoding="utf-8")
        command = ["npm", "sbom", "--sbom-format=cyclonedx", "--omit=dev", "--package-lock-only"]
        answer = subprocess.run(command, cwd=folder, check=True, capture_output=True, encoding="utf-8")
    found = json.loads(answer.stdout)
    del found["serialNumber"]  # drawn by chance at every run
    found["metadata"]["timestamp"] = _timestamp(epoch)
    found["metadata"]["component"]["name"] = "beleefde-buurt"
    for part in found["components"]:
        _complete(part, LICENCES["npm"])
    return dict(found)


def licence_of(part: dict[str, Any]) -> str:
    """Return the licence of a component as one expression.

    Examples
    --------
    >>> licence_of({"licenses": [{"license": {"id": "MIT"}}, {"license": {"id": "BSD-3-Clause"}}]})
    'MIT AND BSD-3-Clause'
    """
    found = [
        one.get("expression") or one["license"].get("id") or one["license"]["name"]
        for one in part["licenses"]
    ]
    return " AND ".join(dict.fromkeys(found))


def _complete(part: dict[str, Any], known: dict[str, str]) -> None:
    """Fill in the licence of a component that a person read; raise where nobody did."""
    stated = known.get(normalised(part["name"]))
    if stated is not None:
        part["licenses"] = [{"expression": stated}]
    if not part.get("licenses"):
        raise ValueError(f"no licence is known of {part['name']}: read it and add it to licences.toml")


def _timestamp(epoch: int) -> str:
    return datetime.fromtimestamp(epoch, UTC).isoformat().replace("+00:00", "Z")
