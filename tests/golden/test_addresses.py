"""Addresses in links and on paper, names in browsers, and settings: others wrote them down."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.golden import HERE, expected
from ui.server.endpoints import ROUTES

ROOT = HERE.parent.parent
PACKAGES = ("geo", "layers", "store", "study", "maps", "ui", "cli", "words", "i18n", "settings")


def sources(*kinds: str) -> Iterator[Path]:
    """Return the files of the program, whatever its packages are called."""
    for package in PACKAGES:
        for kind in kinds:
            yield from (ROOT / package).rglob(f"*.{kind}")
    yield from (file for kind in kinds for file in ROOT.glob(f"*.{kind}"))


def literals(package: str) -> set[str]:
    """Return every string that stands whole in the code of a package."""
    trees = (ast.parse(file.read_text(encoding="utf-8")) for file in (ROOT / package).rglob("*.py"))
    return {
        node.value
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


@pytest.mark.parametrize("kind", ["pages", "keys"])
def test_addresses_of_pages_and_their_keys(kind: str) -> None:
    assert set(expected("addresses")[kind]) <= literals("ui")


def test_routes() -> None:
    assert set(expected("addresses")["routes"]) <= {getattr(route, "path", "") for route in ROUTES}


def test_names_in_browsers() -> None:
    """A draft that was begun before an update is found after it, and a voter stays the same voter."""
    texts = [file.read_text(encoding="utf-8") for file in sources("js")]
    kept = {name for text in texts for name in re.findall(r'[`"](buurt:(?:draft|key|link|dots):?)', text)}
    assert set(expected("addresses")["browser"]) <= kept
    assert "buurt_sessie" in literals("ui")


def test_settings() -> None:
    """A unit file or a kit sets these; one may be added."""
    texts = [file.read_text(encoding="utf-8") for file in sources("py", "toml")]
    found = {name for text in texts for name in re.findall(r"BUURT_[A-Z]+(?:_[A-Z]+)*", text)}
    assert set(expected("addresses")["settings"]) - found == set()
