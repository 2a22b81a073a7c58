"""The release archives: complete, reproducible, and startable from where they are unpacked."""

import hashlib
import json
import os
import re
import subprocess
import sys
import tarfile
import tomllib
import urllib.request
import zipfile
from pathlib import Path

from packaging.requirements import Requirement

from tests.release.conftest import build_release
from tests.release.server_process import wait_until_alive
from tests.support.browser import free_port
from tools.release import ROOT
from tools.release.archive import read_version
from tools.release.licence_list import check_allowed
from tools.release.lock import LOCK, locked, normalised
from tools.release.sbom import licence_of


def test_two_builds_are_equal_byte_for_byte(release: Path, tmp_path: Path) -> None:
    """Another time zone, another seed for hashes and another place change nothing."""
    other = build_release(tmp_path / "other" / "place", TZ="Pacific/Auckland", PYTHONHASHSEED="7", LC_ALL="C")
    assert (release / "SHA256SUMS").read_text() == (other / "SHA256SUMS").read_text()


def test_checksums_are_those_of_the_files(release: Path, unpacked_release: Path) -> None:
    for folder in (release, unpacked_release):
        lines = (folder / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
        stated = {name: digest for digest, name in (line.split("  ", 1) for line in lines)}
        present = {file.relative_to(folder).as_posix(): file for file in folder.rglob("*") if file.is_file()}
        assert stated == {
            name: hashlib.sha256(file.read_bytes()).hexdigest()
            for name, file in present.items()
            if name != "SHA256SUMS"
        }


def test_tar_and_zip_hold_the_same(release: Path) -> None:
    (tar_path,), (zip_path,) = release.glob("*.tar.gz"), release.glob("*.zip")
    with tarfile.open(tar_path) as tar, zipfile.ZipFile(zip_path) as archive:
        assert sorted(tar.getnames()) == sorted(archive.namelist())
        some = next(name for name in tar.getnames() if name.endswith("/app.py"))
        in_tar = tar.extractfile(some)
        assert in_tar is not None
        assert in_tar.read() == archive.read(some)


def test_archive_holds_the_program_the_demo_municipality_and_the_javascript(unpacked_release: Path) -> None:
    assert unpacked_release.name == f"beleefde-buurt-{read_version()}"
    table = json.loads((ROOT / "ui" / "vendored.json").read_text(encoding="utf-8"))
    served = [f"node_modules/{name}" for kind in table.values() for name in kind]
    for name in [
        "app.py",
        "start.py",
        "LICENSE",
        "requirements.txt",
        "data/boundaries/GM9901/lock.json",
        *served,
    ]:
        assert (unpacked_release / name).is_file(), name
    assert not (unpacked_release / "node_modules" / "axe-core").exists(), "a tool for tests only"
    assert not (unpacked_release / ".git").exists()


def test_bill_of_materials_lists_every_locked_package_with_an_allowed_licence(unpacked_release: Path) -> None:
    python = json.loads((unpacked_release / "sbom" / "python.cdx.json").read_text(encoding="utf-8"))[
        "components"
    ]
    assert {normalised(part["name"]): part["version"] for part in python} == locked()
    npm = json.loads((unpacked_release / "sbom" / "npm.cdx.json").read_text(encoding="utf-8"))["components"]
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    assert {part["name"]: part["version"] for part in npm} == {
        name.removeprefix("node_modules/"): entry["version"]
        for name, entry in lock.items()
        if name and not entry.get("dev")
    }
    for part in [*python, *npm]:
        check_allowed(part["name"], licence_of(part))


def test_every_package_comes_with_the_text_of_its_licence(unpacked_release: Path) -> None:
    table = (unpacked_release / "licences" / "README.md").read_text(encoding="utf-8")
    folders = re.findall(r"`(licences/[^`]+)/`", table)
    assert len(folders) > len(locked()) - 3
    for folder in folders:
        assert any(file.stat().st_size > 100 for file in (unpacked_release / folder).iterdir()), folder


def test_lock_and_constraints_agree() -> None:
    """Both name one version per package; every package of the lock has a hash."""
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").split()
    stated = {normalised(name): version for name, version in (line.split("==") for line in lines)}
    for name, version in locked().items():
        assert stated.get(name, version) == version, name
    for block in re.split(r"\n(?=\S)", LOCK.read_text(encoding="utf-8")):
        assert block.startswith("#") or "--hash=sha256:" in block, block.splitlines()[0]


def test_lock_holds_every_dependency_of_the_project() -> None:
    """A dependency that is not locked would be missing from every release: `python -m tools.release lock`."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    versions = locked()
    for stated in map(Requirement, project["dependencies"]):
        version = versions.get(normalised(stated.name))
        assert version is not None, f"{stated.name}: run python -m tools.release lock"
        assert stated.specifier.contains(version), f"{stated} but {version} is locked"


def test_unpacked_release_starts_and_answers(unpacked_release: Path, tmp_path: Path) -> None:
    """The server, a page, and a script of others come from where the archive was unpacked."""
    port = free_port()
    command = [sys.executable, "-m", "ui.server", f"--server.port={port}"]
    settings = {**os.environ, "BUURT_STORE": f"sqlite:///{tmp_path}/buurt.gpkg"}
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=unpacked_release, env=settings, stdout=log, stderr=log)
    try:
        wait_until_alive(process, f"http://localhost:{port}/healthz", tmp_path / "log")
        page = urllib.request.Request(f"http://localhost:{port}/", headers={"Accept": "text/html"})
        with urllib.request.urlopen(page, timeout=30) as answer:
            assert b"Beleefde Buurt" in answer.read()
        leaflet = unpacked_release / "node_modules" / "leaflet" / "dist" / "leaflet.js"
        address = f"http://localhost:{port}/assets/vendor/leaflet/dist/leaflet.js"
        with urllib.request.urlopen(address, timeout=30) as answer:
            assert answer.read() == leaflet.read_bytes()
    finally:
        process.terminate()
        process.wait(timeout=30)
