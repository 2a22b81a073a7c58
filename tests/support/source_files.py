"""Our own files as Python reads them, for the tests that look at how they are written."""

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@cache
def parsed(name: str) -> ast.Module:
    """Return a file as a tree, read once however many rules ask for it."""
    return ast.parse((ROOT / name).read_text(encoding="utf-8"))
