"""Our JavaScript modules joined into one script for a page that loads nothing."""

import base64
import hashlib
import re
from functools import cache
from pathlib import Path

from geo.errors import AssetsAltered

SCRIPTS = ("leaflet/dist/leaflet.js", "topojson-client/dist/topojson-client.min.js")

JOINED = ("method", "limits")
"""Chapters that go on where the one before ends."""

IMPORT = re.compile(r'^import \{([\w,\s]+)\} from "(\./[\w.-]+)";$', re.MULTILINE)
EXPORT = re.compile(r"^export (?=(?:async )?(?:function\*?|const|class) (\w+))", re.MULTILINE)


# --- What the page holds --------------------------------------------------------------------------


@cache
def read_script(path: Path) -> str:
    """Read a script or sheet; one that would end the element it stands in is none of ours.

    Raises
    ------
    AssetsAltered
    """
    if not path.is_file():
        raise AssetsAltered(file=path.name)
    text = path.read_text(encoding="utf-8")
    if "</script" in text.lower() or "</style" in text.lower():
        raise AssetsAltered(file=path.name)
    # A map of sources is a request to another file.
    return "\n".join(line for line in text.splitlines() if "sourceMappingURL" not in line)


def bundle_script(entry: Path) -> str:
    """Return one module that does what `entry` and all it imports do: a page that asks nothing has one module.

    Every module is in it once, however many import it, after all that it imports, and keeps its names to itself.

    Raises
    ------
    AssetsAltered
        A module is absent, imports or exports in a way that is not understood, or imports in a circle.
    """
    done: dict[Path, str] = {}
    _join(entry, done, ())
    return "\n".join(done.values())


def _join(path: Path, done: dict[Path, str], above: tuple[Path, ...]) -> None:
    if path in done:
        return
    if path in above:
        raise AssetsAltered(file=path.name)
    text = read_script(path)
    for _, other in IMPORT.findall(text):
        _join(path.parent / other, done, (*above, path))
    body = IMPORT.sub(lambda found: f"const {{{found[1]}}} = {_variable(path.parent / found[2])};", text)
    names = ", ".join(EXPORT.findall(body))
    body = EXPORT.sub("", body)
    if re.search(r"^\s*(import|export)\b(?! *\()", body, re.MULTILINE):
        raise AssetsAltered(file=path.name)
    done[path] = f"const {_variable(path)} = (() => {{\n{body}\nreturn {{ {names} }};\n}})();"


def _variable(path: Path) -> str:
    return f"module_{path.stem}"


def script_digest(script: str) -> str:
    """Return the SHA-256 digest of a script, as a content security policy writes it."""
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
