"""The JavaScript of others that we serve ourselves: which files, and the digest each must have.

``npm ci`` checks every package against the lock file; the digests in ``vendored.json`` are of the single files
that reach a browser, which checks them once more. After an upgrade: ``python -m ui.vendored`` writes them anew.
"""

import base64
import hashlib
import json
from functools import cache
from pathlib import Path

from geo.errors import AssetsAltered

FOLDER = Path(__file__).resolve().parent.parent / "node_modules"
TABLE = Path(__file__).with_name("vendored.json")

_KNOWN: dict[str, dict[str, str]] = json.loads(TABLE.read_text(encoding="utf-8"))

SCRIPTS = _KNOWN["scripts"]
"""Scripts in the order they are loaded; a map to look at needs the first two only."""

SHEETS = _KNOWN["sheets"]


def digest(file: str) -> str:
    """Return the digest of a file in node_modules, as browsers write it."""
    return "sha384-" + base64.b64encode(hashlib.sha384((FOLDER / file).read_bytes()).digest()).decode()


@cache
def check() -> None:
    """See that every file is there and is what it was.

    Raises
    ------
    AssetsAltered
        A file is absent or differs.
    """
    for file, known in (SCRIPTS | SHEETS).items():
        if not (FOLDER / file).is_file() or digest(file) != known:
            raise AssetsAltered(file=file)


if __name__ == "__main__":
    written = {kind: {file: digest(file) for file in files} for kind, files in _KNOWN.items()}
    TABLE.write_text(json.dumps(written, indent=2) + "\n", encoding="utf-8")
