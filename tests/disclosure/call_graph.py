"""Which function of ours may call which, read from the syntax trees: enough to see who can reach a drawing.

A name that a function mentions counts as a call, so what is found is never too little: a function that is
handed on, stored in a table or used as a decorator is followed like one that is called.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("geo", "layers", "store", "study", "maps", "i18n", "ui", "cli")

READS_DRAWINGS = {
    "contributions": {"read_sketches", "read_places", "read_signals", "read_answers", "find_by_code"},
    "board": {"list_cards", "cards_of", "released_cards", "count_reactions", "list_events"},
    "maintenance": {"export_raw", "write_backup", "write_nightly_backup"},
}
"""Methods of the store by which something that one resident left comes out of it."""

DRAWINGS = "drawings"
"""Node of the graph: what single residents left."""


def modules() -> dict[str, Path]:
    """Return every module of ours by its dotted name."""
    found = {}
    for package in PACKAGES:
        for file in (ROOT / package).rglob("*.py"):
            dotted = ".".join(file.relative_to(ROOT).with_suffix("").parts)
            found[dotted.removesuffix(".__init__")] = file
    return found


class CallGraph:
    """Nodes are "module:name" of a function, class or table at the top of a module."""

    def __init__(self) -> None:
        self.trees = {name: ast.parse(file.read_text(encoding="utf-8")) for name, file in modules().items()}
        self.defined = {name: dict(_definitions(tree)) for name, tree in self.trees.items()}
        self.aliases = {name: self._aliases(tree) for name, tree in self.trees.items()}
        self.edges = {
            f"{module}:{name}": set(self._mentioned(module, node))
            for module, nodes in self.defined.items()
            for name, node in nodes.items()
        }

    def _aliases(self, tree: ast.Module) -> dict[str, tuple[str, str]]:
        """Return local name to (module, name in it); the name is empty for a module."""
        found: dict[str, tuple[str, str]] = {}
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                for one in node.names:
                    found[one.asname or one.name.partition(".")[0]] = (
                        one.name if one.asname else one.name.partition(".")[0],
                        "",
                    )
            elif isinstance(node, ast.ImportFrom):
                for one in node.names:
                    whole = f"{node.module}.{one.name}"
                    is_module = whole in self.trees
                    found[one.asname or one.name] = (whole, "") if is_module else (str(node.module), one.name)
        return found

    def _mentioned(self, module: str, node: ast.AST) -> Iterator[str]:
        for each in ast.walk(node):
            if isinstance(each, ast.Attribute):
                parent = each.value
                owner = parent.attr if isinstance(parent, ast.Attribute) else getattr(parent, "id", "")
                if each.attr in READS_DRAWINGS.get(owner, ()):
                    yield DRAWINGS
                chain = _chain(each)
                if chain:
                    yield from self._resolved(module, chain)
            elif isinstance(each, ast.Name) and isinstance(each.ctx, ast.Load):
                yield from self._resolved(module, [each.id])

    def _resolved(self, module: str, chain: list[str]) -> Iterator[str]:
        first, *rest = chain
        if first in self.defined[module]:
            yield f"{module}:{first}"
            return
        if first not in self.aliases[module]:
            return
        target, name = self.aliases[module][first]
        while not name and rest and f"{target}.{rest[0]}" in self.trees:
            target, rest = f"{target}.{rest[0]}", rest[1:]
        if not name and rest:
            name = rest[0]
        yield from self._followed(target, name)

    def _followed(self, module: str, name: str) -> Iterator[str]:
        """Return the node of a name, through a module that only passes it on."""
        if module not in self.trees or not name:
            return
        if name in self.defined[module]:
            yield f"{module}:{name}"
        elif name in self.aliases[module]:
            yield from self._followed(*self.aliases[module][name])

    def reach(self, start: str, *, stop: frozenset[str] = frozenset()) -> list[str]:
        """Return a way from a node to the drawings; empty where there is none.

        Parameters
        ----------
        stop
            Modules and single nodes that are not entered.
        """
        ways = {start: [start]}
        waiting = [start]
        while waiting:
            at = waiting.pop(0)
            for other in sorted(self.edges.get(at, ())):
                if other == DRAWINGS:
                    return [*ways[at], DRAWINGS]
                if other not in ways and not {other, other.partition(":")[0]} & stop:
                    ways[other] = [*ways[at], other]
                    waiting.append(other)
        return []


def _definitions(tree: ast.Module) -> Iterator[tuple[str, ast.AST]]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name, node
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Name):
                    yield target.id, node.value
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value:
            yield node.target.id, node.value


def _chain(node: ast.Attribute) -> list[str]:
    """Return the names of ``a.b.c``; empty where it begins with something else than a name."""
    names: list[str] = []
    each: ast.expr = node
    while isinstance(each, ast.Attribute):
        names.append(each.attr)
        each = each.value
    return [each.id, *reversed(names)] if isinstance(each, ast.Name) else []
