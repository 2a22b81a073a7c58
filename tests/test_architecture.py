"""The house: who may pass from one room to another (docs/decisions/0001-rooms.md)."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MAY_IMPORT = {
    "words": set(),
    "geo": set(),
    "layers": {"geo"},
    "store": {"geo"},
    "maps": {"geo", "words"},
    "study": {"layers", "store", "geo", "words"},
    "ui": {"study", "maps", "geo", "words"},
    "cli": {"study", "maps", "geo", "words"},
    "app.py": {"ui"},
}
ONLY_IN = {
    "streamlit": ("ui/", "app.py"),
    "folium": ("maps/", "ui/canvas/"),
    "branca": ("maps/", "ui/canvas/"),
    "httpx": ("layers/",),
    "sqlite3": ("store/", "layers/files"),
    "psycopg": ("store/",),
    "typer": ("cli/",),
}
NEVER = {"pickle", "marshal", "shelve"}
IMPURE = {"os", "io", "pathlib", "random", "time", "httpx", "socket", "sqlite3", "tempfile", "subprocess"}

FILES = sorted(
    file.relative_to(ROOT).as_posix()
    for room in MAY_IMPORT
    for file in ([ROOT / room] if room.endswith(".py") else (ROOT / room).rglob("*.py"))
)


def imports(name: str) -> Iterator[str]:
    """Give every module a file imports, wherever in the file."""
    for node in ast.walk(ast.parse((ROOT / name).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name}: say where it comes from, no relative import"
            yield str(node.module)


@pytest.mark.parametrize("name", FILES)
def test_imports_run_one_way(name: str) -> None:
    room = name.split("/", maxsplit=1)[0]
    for module in imports(name):
        package = module.split(".")[0]
        if package in MAY_IMPORT and package != room:
            assert package in MAY_IMPORT[room], f"{name} imports {module}"
        assert package not in NEVER, f"{name} imports {module}"
        assert any(name.startswith(place) for place in ONLY_IN.get(package, (name,))), f"{name}: {module}"


@pytest.mark.parametrize("name", [name for name in FILES if name.startswith("geo/")])
def test_geo_touches_no_file_clock_chance_or_network(name: str) -> None:
    assert not {module.split(".")[0] for module in imports(name)} & IMPURE


@pytest.mark.parametrize("name", FILES)
def test_no_room_for_odds_and_ends(name: str) -> None:
    assert Path(name).stem not in {"utils", "helpers", "common", "misc"}


@pytest.mark.parametrize("name", FILES)
def test_no_eval_and_no_zero_buffer(name: str) -> None:
    """`eval` runs what visitors type; `buffer(0)` loses half of every bow-tie."""
    for node in ast.walk(ast.parse((ROOT / name).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            first = node.args[0].value if node.args and isinstance(node.args[0], ast.Constant) else None
            assert called not in {"eval", "exec"}, f"{name}:{node.lineno}"
            assert not (called == "buffer" and first == 0), f"{name}:{node.lineno}"


@pytest.mark.parametrize("name", [name for name in FILES if name.startswith("ui/")])
def test_an_explanation_is_not_hidden_behind_a_question_mark(name: str) -> None:
    """Streamlit calls that sign "Help for" in English, to readers of screens only."""
    for node in ast.walk(ast.parse((ROOT / name).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            assert "help" not in {word.arg for word in node.keywords}, f"{name}:{node.lineno}"
