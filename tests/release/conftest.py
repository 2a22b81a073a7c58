"""Release archives for the tests: built once, as `py start.py dist` builds them."""

import os
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from tools.release import ROOT


def build_release(folder: Path, **environment: str) -> Path:
    """Build the release into a folder and return it."""
    command = [sys.executable, "-m", "tools.release", "dist", str(folder)]
    subprocess.run(
        command, cwd=ROOT, env={**os.environ, **environment}, check=True, stdout=subprocess.DEVNULL
    )
    return folder


@pytest.fixture(scope="session")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with the archives, the bills of materials and their checksums."""
    return build_release(tmp_path_factory.mktemp("release") / "dist")


@pytest.fixture(scope="session")
def unpacked_release(release: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Top folder of the unpacked tar archive."""
    (archive,) = release.glob("*.tar.gz")
    folder = tmp_path_factory.mktemp("unpacked")
    with tarfile.open(archive) as tar:
        tar.extractall(folder, filter="data")
    (top,) = folder.iterdir()
    return top
