"""Which functions of `geo` a page, report, file or command comes to, read from the syntax trees."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OUTSIDE = ("study", "maps", "ui", "cli", "layers", "store")
"""Rooms through which a number reaches somebody."""

Name = tuple[str, str]
"""Module and function."""


@cache
def modules(room: str) -> dict[str, ast.Module]:
    """Return the syntax tree of every module of a room."""
    found = {}
    for path in sorted((ROOT / room).rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        found[name] = ast.parse(path.read_text(encoding="utf-8"))
    return found


def imported(tree: ast.AST) -> dict[str, Name]:
    """Return what each imported name of a module stands for: a function of `geo`, or a module ("" as function)."""
    known = modules("geo")
    found: dict[str, Name] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "geo":
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                name = (whole, "") if whole in known else (str(node.module), alias.name)
                found[alias.asname or alias.name] = name
    return found


def used(node: ast.AST, names: dict[str, Name]) -> Iterator[Name]:
    """Yield the functions of `geo` that a piece of code names."""
    for part in ast.walk(node):
        if isinstance(part, ast.Name) and part.id in names and names[part.id][1]:
            yield names[part.id]
        elif isinstance(part, ast.Attribute) and isinstance(part.value, ast.Name) and part.value.id in names:
            module, function = names[part.value.id]
            if not function:
                yield module, part.attr


@cache
def direct() -> frozenset[Name]:
    """Return the functions of `geo` that the other rooms name themselves."""
    return frozenset(
        name for room in OUTSIDE for tree in modules(room).values() for name in used(tree, imported(tree))
    )


@cache
def reached() -> frozenset[Name]:
    """Return the functions of `geo` that the other rooms come to, also through other functions of `geo`."""
    calls: dict[Name, set[Name]] = {}
    for module, tree in modules("geo").items():
        if module == "geo.metric_registry":
            continue
        names = {**imported(tree), **{node.name: (module, node.name) for node in tree.body if named(node)}}
        for node in tree.body:
            if named(node):
                calls[module, node.name] = set(used(node, names))
            else:  # what a module computes when it is read
                calls.setdefault((module, "<module>"), set()).update(used(node, names))
    found: set[Name] = set()
    waiting = list(direct())
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += [*calls.get(name, ()), (name[0], "<module>")]
    return frozenset(found)


def named(node: ast.stmt) -> bool:
    """Return whether a statement of a module defines a function or a class."""
    return isinstance(node, ast.FunctionDef | ast.ClassDef)
