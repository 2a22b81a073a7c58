"""Names and docstrings follow the style sheet (docs/decisions/0009-names.md)."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.source_files import ROOT, parsed

PACKAGES = ("geo", "layers", "store", "study", "maps", "ui", "i18n", "cli", "tools")
FILES = [
    *sorted(file.relative_to(ROOT).as_posix() for name in PACKAGES for file in (ROOT / name).rglob("*.py")),
    "app.py",
    "start.py",
]
BANNED_FIRST_WORDS = {"Give", "Tell", "Say", "Let", "Take", "Put", "Keep", "Ask", "Bring", "Lay"}
BANNED_NAMES = {"one", "every", "of", "over", "take", "keep", "found", "known", "utils", "helpers"}
OLD_WORDS = {"told", "evening", "door", "mended", "brought", "sill", "parcel", "slip"}
"""Words of before the glossary (docs/glossary.md): no name of ours has one; strings that are stored keep theirs."""

MAX_LINES = 500
MAX_FUNCTION_LINES = 60
MAX_MODULES = 12

Documented = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Module


def nodes(name: str) -> Iterator[ast.AST]:
    """Return every node of a file."""
    yield from ast.walk(parsed(name))


@pytest.mark.parametrize("name", FILES)
def test_docstring_begins_with_what_it_does_or_returns(name: str) -> None:
    for node in nodes(name):
        if isinstance(node, Documented) and (text := ast.get_docstring(node)):
            first = text.split(maxsplit=1)[0].strip(",.;:")
            assert first not in BANNED_FIRST_WORDS, f"{name}: {text.splitlines()[0]}"


def words(name: str) -> set[str]:
    """Return the words of a name.

    Examples
    --------
    >>> sorted(words("MAX_TOLD")), sorted(words("ToldWords"))
    (['max', 'told'], ['told', 'words'])
    """
    return set(re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower().split("_"))


@pytest.mark.parametrize("name", FILES)
def test_names_are_words_of_the_glossary(name: str) -> None:
    """No public function has a function word for a name, and nothing a word of before the glossary."""
    tree = parsed(name)
    named = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    assert not named & BANNED_NAMES, f"{name}: {named & BANNED_NAMES}"
    for node in ast.walk(tree):
        given = getattr(node, "name", None) or getattr(node, "arg", None)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            given = node.id
        assert not words(str(given or "")) & OLD_WORDS, f"{name}: {given}"


@pytest.mark.parametrize("name", [name for name in FILES if not name.startswith("geo/kernels/")])
def test_module_and_functions_are_short(name: str) -> None:
    assert len((ROOT / name).read_text(encoding="utf-8").splitlines()) <= MAX_LINES, name
    for node in nodes(name):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno is not None:
            body = node.body[1:] if ast.get_docstring(node) else node.body
            lines = node.end_lineno - body[0].lineno + 1 if body else 0
            assert lines <= MAX_FUNCTION_LINES, f"{name}: {node.name} has {lines} lines"


@pytest.mark.parametrize("folder", sorted({Path(name).parent.as_posix() for name in FILES}))
def test_folder_has_at_most_twelve_modules(folder: str) -> None:
    modules = [file.stem for file in (ROOT / folder).glob("*.py") if file.stem != "__init__"]
    assert len(modules) <= MAX_MODULES, f"{folder}: {sorted(modules)}"
