"""Another release of the app, to be changed by a test and started beside the one that is tested."""

import shutil
from pathlib import Path

from tests.support.browser import ROOT

CHANGED = ("ui", "i18n")
"""Folders that a test may change; everything else is that of this release."""


def copied_release(folder: Path) -> Path:
    """Return the root of a release that is this one until it is changed."""
    root = folder / "release"
    root.mkdir()
    for found in ROOT.iterdir():
        if found.name in CHANGED:
            shutil.copytree(found, root / found.name, ignore=shutil.ignore_patterns("__pycache__"))
        elif found.name not in {".git", "tests"}:
            (root / found.name).symlink_to(found.resolve())
    return root
