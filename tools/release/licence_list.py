"""The licences of everything a release runs on: a table, and the texts as the packages carry them."""

import re
from importlib import metadata
from pathlib import Path
from typing import Any

from tools.release import ROOT
from tools.release.sbom import LICENCES, licence_of

TEXTS = Path(__file__).with_name("licence_texts")
TEXT_NAMES = re.compile(r"licen[cs]e|copying|notice|copyright", re.IGNORECASE)
ALLOWED = frozenset(LICENCES["allowed"]["licences"])


def licence_files(python: dict[str, Any], npm: dict[str, Any]) -> dict[str, bytes]:
    """Return path -> content of the table and of every licence text.

    Parameters
    ----------
    python, npm
        The two bills of materials.

    Raises
    ------
    ValueError
        A licence is not among those allowed, or a package without a text has a licence whose text is not here.
    """
    files: dict[str, bytes] = {}
    rows = [
        "# Licences of what this release runs on",
        "",
        "| package | version | licence | text |",
        "|---|---|---|---|",
    ]
    for ecosystem, parts in (("python", python["components"]), ("npm", npm["components"])):
        for part in sorted(parts, key=lambda one: str(one["name"]).lower()):
            name, licence = str(part["name"]), licence_of(part)
            check_allowed(name, licence)
            own = _python_texts(name) if ecosystem == "python" else _npm_texts(name)
            if not own:
                own = [(f"{licence}.txt", (TEXTS / f"{licence}.txt").read_bytes())]
            folder = f"licences/{ecosystem}/{name}"
            files |= {f"{folder}/{file}": content for file, content in own}
            rows.append(f"| {name} | {part['version']} | {licence} | `{folder}/` |")
    files["licences/README.md"] = ("\n".join(rows) + "\n").encode()
    return files


def check_allowed(name: str, expression: str) -> None:
    """Raise ValueError where an expression offers no choice of licences that are allowed.

    Examples
    --------
    >>> check_allowed("some", "GPL-2.0-only OR MIT")
    >>> check_allowed("some", "AGPL-3.0-only")
    Traceback (most recent call last):
    ValueError: some is under AGPL-3.0-only, which is not allowed: see licences.toml
    """
    choices = [
        {word for word in re.split(r"\s+AND\s+|\s+WITH\s+", choice) if word}
        for choice in re.split(r"\s+OR\s+", expression.replace("(", "").replace(")", ""))
    ]
    if not any(choice <= ALLOWED for choice in choices):
        raise ValueError(f"{name} is under {expression}, which is not allowed: see licences.toml")


def _python_texts(name: str) -> list[tuple[str, bytes]]:
    """Return the licence texts in a package's own metadata folder, by file name."""
    files = [
        file
        for file in metadata.distribution(name).files or []
        if ".dist-info" in file.parts[0]
        # What lies in the folder for them is one, under whatever name.
        and (TEXT_NAMES.search(file.name) or "licenses" in file.parts[1:-1])
    ]
    return [
        ("-".join(file.parts[1:]).removeprefix("licenses-"), Path(file.locate()).read_bytes())
        for file in files
    ]


def _npm_texts(name: str) -> list[tuple[str, bytes]]:
    folder = ROOT / "node_modules" / name
    return [
        (file.name, file.read_bytes()) for file in sorted(folder.iterdir()) if TEXT_NAMES.search(file.name)
    ]
