"""The house: who may pass from one room to another (docs/decisions/0001-rooms.md)."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.source_files import ROOT, parsed

MAY_IMPORT = {
    "i18n": set(),
    "geo": set(),
    "layers": {"geo"},
    "store": {"geo"},
    "maps": {"geo", "i18n"},
    "study": {"layers", "store", "geo", "i18n"},
    "ui": {"study", "maps", "geo", "i18n"},
    "cli": {"study", "maps", "geo", "i18n"},
    "app.py": {"ui"},
}
MAY_ALSO = {
    "cli/export.py": {"ui.routes"},
    "cli/offline_kit.py": {"ui.routes"},
    "cli/tickets.py": {"ui.routes"},
}
"""A command that prints the ways in reads them from the table of addresses, which imports nothing of ours."""

ONLY_IN = {
    "streamlit": ("ui/", "app.py"),
    "folium": ("maps/", "ui/canvas/"),
    "branca": ("maps/", "ui/canvas/"),
    "httpx": ("layers/services/",),
    "sqlite3": ("store/", "layers/files", "layers/basemap", "study/publishing/files/geopackage_schema.py"),
    "psycopg": ("store/",),
    "typer": ("cli/",),
    "dask": ("study/jobs/",),
    "distributed": ("study/jobs/",),
}
INNER = {
    "geo/errors/": ("geo.", "!geo.errors"),
    "geo/kernels/": ("geo.", "!geo.kernels", "!geo.errors"),
    "geo/grids/": ("geo.", "!geo.grids", "!geo.kernels", "!geo.errors"),
    "geo/measures/": ("geo.", "!geo.measures", "!geo.kernels", "!geo.errors", "!geo.schemas"),
    "geo/consensus/": ("geo.metric_registry", "geo.disclosure_control"),
    "geo/statistics/": ("geo.metric_registry", "geo.disclosure_control"),
    "geo/overlay/": ("geo.metric_registry", "geo.disclosure_control"),
    "geo/borders/": ("geo.metric_registry", "geo.disclosure_control"),
    "layers/services/": ("layers.", "!layers.services", "!layers.catalogue", "!layers.contracts"),
    "layers/official/": (
        "layers.",
        "!layers.official",
        "!layers.services",
        "!layers.catalogue",
        "!layers.contracts",
        "!layers.cache",
    ),
    "layers/themes/": ("layers.", "!layers.themes", "!layers.services", "!layers.catalogue", "!layers.cache"),
    "layers/files/": ("layers.", "!layers.files", "!layers.catalogue"),
    "layers/search/": ("layers.download",),
    "layers/basemap/": ("layers.download",),
    "store/models/": ("store.", "!store.models"),
    "store/engines/": ("store.repositories", "store.maintenance", "store.facade"),
    "store/repositories/": ("store.facade", "store.maintenance"),
    "study/context.py": ("study.", "!study.progress", "!study.answer_cache"),
    "study/progress.py": ("study.",),
    "study/answer_cache.py": ("study.",),
    "study/analysis/": (
        "study.workshop",
        "study.publishing",
        "study.contributions",
        "study.paper",
        "study.imports",
    ),
    "study/contributions/": ("study.analysis",),
    "maps/static/": ("maps.interactive", "maps.documents"),
    "ui/routes.py": ("ui.", "study.", "maps.", "geo.", "i18n."),
    "ui/components/": ("ui.pages", "ui.server"),
    "ui/server/": ("ui.pages",),
    "ui/pages/": ("ui.server",),
    "ui/pages/workshop/": ("ui.pages.planner",),
}
"""Rules inside a package: files -> what they never import; a module after ! they may."""

BOUNDED = {"ui/server/security.py:content_security_policy", "study/datasets.py:open_tile_file"}
"""Functions whose `lru_cache` holds no answers: the policy for a host, as whoever asks may name any, and open files."""

NEVER = {"pickle", "marshal", "shelve"}
IMPURE = {"os", "io", "pathlib", "random", "time", "httpx", "socket", "sqlite3", "tempfile", "subprocess"}

FILES = sorted(
    file.relative_to(ROOT).as_posix()
    for room in MAY_IMPORT
    for file in ([ROOT / room] if room.endswith(".py") else (ROOT / room).rglob("*.py"))
)


def imports(name: str) -> Iterator[str]:
    """Return every module a file imports, wherever in the file."""
    for node in ast.walk(parsed(name)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name}: say where it comes from, no relative import"
            yield str(node.module)
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def is_allowed_also(name: str, module: str) -> bool:
    """Return whether a file has an exception of its own for a module."""
    return any(f"{module}.".startswith(f"{other}.") for other in MAY_ALSO.get(name, ()))


@pytest.mark.parametrize("name", FILES)
def test_imports_run_one_way(name: str) -> None:
    room = name.split("/", maxsplit=1)[0]
    for module in imports(name):
        package = module.split(".")[0]
        if package in MAY_IMPORT and package != room and not is_allowed_also(name, module):
            assert package in MAY_IMPORT[room], f"{name} imports {module}"
        assert package not in NEVER, f"{name} imports {module}"
        assert any(name.startswith(place) for place in ONLY_IN.get(package, (name,))), f"{name}: {module}"


@pytest.mark.parametrize("start", INNER)
def test_inner_rules(start: str) -> None:
    rules = INNER[start]
    allowed = tuple(rule[1:] for rule in rules if rule.startswith("!"))
    banned = tuple(rule for rule in rules if not rule.startswith("!"))
    for name in FILES:
        if name.startswith(start):
            for module in imports(name):
                is_banned = f"{module}.".startswith(
                    tuple(rule if rule.endswith(".") else f"{rule}." for rule in banned)
                )
                is_allowed = (
                    f"{module}.".startswith(tuple(f"{rule}." for rule in allowed)) if allowed else False
                )
                assert not is_banned or is_allowed, f"{name} imports {module}"


@pytest.mark.parametrize("name", [name for name in FILES if name.startswith("geo/")])
def test_geo_touches_no_file_clock_chance_or_network(name: str) -> None:
    assert not {module.split(".")[0] for module in imports(name)} & IMPURE


BENCHMARKS = sorted(file.relative_to(ROOT).as_posix() for file in (ROOT / "benchmarks").rglob("*.py"))


@pytest.mark.parametrize("name", [*FILES, *BENCHMARKS])
def test_environment_is_read_in_settings_only(name: str) -> None:
    """One module knows every variable, so that a wrong one is refused at the start (`settings.py`)."""
    for node in ast.walk(parsed(name)):
        if isinstance(node, ast.Attribute):
            assert node.attr not in {"environ", "getenv"}, f"{name}:{node.lineno}"


@pytest.mark.parametrize("name", [name for name in FILES if name.startswith(("study/", "ui/"))])
def test_answers_are_kept_in_the_answer_cache(name: str) -> None:
    """A cache of its own forgets an input, or grows beyond any budget; `cache` without arguments holds constants."""
    for node in ast.walk(parsed(name)):
        if isinstance(node, ast.FunctionDef):
            named = {
                getattr(one.func if isinstance(one, ast.Call) else one, "id", "")
                for one in node.decorator_list
            }
            assert "lru_cache" not in named or f"{name}:{node.name}" in BOUNDED, f"{name}: {node.name}"


@pytest.mark.parametrize("name", FILES)
def test_no_room_for_odds_and_ends(name: str) -> None:
    assert Path(name).stem not in {"utils", "helpers", "common", "misc"}


@pytest.mark.parametrize("name", FILES)
def test_no_eval_and_no_zero_buffer(name: str) -> None:
    """`eval` runs what visitors type; `buffer(0)` loses half of every bow-tie."""
    for node in ast.walk(parsed(name)):
        if isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            first = node.args[0].value if node.args and isinstance(node.args[0], ast.Constant) else None
            assert called not in {"eval", "exec"}, f"{name}:{node.lineno}"
            assert not (called == "buffer" and first == 0), f"{name}:{node.lineno}"


@pytest.mark.parametrize("name", [name for name in FILES if name.startswith("ui/")])
def test_an_explanation_is_not_hidden_behind_a_question_mark(name: str) -> None:
    """Streamlit calls that sign "Help for" in English, to readers of screens only."""
    for node in ast.walk(parsed(name)):
        if isinstance(node, ast.Call):
            assert "help" not in {word.arg for word in node.keywords}, f"{name}:{node.lineno}"
