"""Addresses of our own scripts and style sheets."""

import hashlib
from functools import cache
from pathlib import Path

from ui.routes import ASSETS, relative

ROOT = Path(__file__).resolve().parent.parent
ASSET_FOLDERS = (
    "ui/canvas",
    "ui/canvas/src",
    "ui/canvas/src/tools",
    "ui/canvas/src/workbench",
    "ui/browser",
    "maps/interactive/leaflet",
)
"""Folders whose scripts and style sheets are served. The address of each is its path in the repository, so that
an import means the same file to a browser, to the type checker and to Node.js."""


@cache
def files() -> dict[str, Path]:
    """Return every script and style sheet that is served, by its path in the repository."""
    found = sorted(
        file for room in ASSET_FOLDERS for kind in ("*.js", "*.css") for file in (ROOT / room).glob(kind)
    )
    return {file.relative_to(ROOT).as_posix(): file for file in found}


@cache
def asset_version() -> str:
    """Name the browser's side of this release by its contents."""
    return hashlib.sha256(b"".join(file.read_bytes() for file in files().values())).hexdigest()[:12]


def asset_url(file: str) -> str:
    """Return the address of a script or sheet of ours; it carries the version, so that a browser keeps it."""
    return f"{relative(ASSETS)}/{asset_version()}/{file}"
