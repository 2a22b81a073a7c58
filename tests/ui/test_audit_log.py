"""The page of the audit log: every action that is written down has words, and refusals and failures are in it."""

import ast
import re
from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import product
from pathlib import Path

import pytest

import i18n
import store
from geo.errors import AccessDenied, BackupBroken
from store import ACTIONS, AGENDA_OUTCOMES, PLAN_STATUSES, RANKED_ROLES, SIGNAL_STATUSES, Actor
from study import administration, context, permissions
from tests.support.browser import ROOT
from ui.pages.audit_log import key_of

WRITES = {"append", "append_audit", "_logged", "_move", "remove"}
"""Functions that are given what is written down."""

ACTORS = {"by", "actor", "pending.actor", "self"}
FILLED_IN: dict[str, Sequence[str]] = {
    "action": ACTIONS,
    "status": SIGNAL_STATUSES,
    "set a plan: status": PLAN_STATUSES,
    "what": ("drawings", "places", "words"),
    "role": administration.ACCOUNT_ROLES,
    "made.outcome": AGENDA_OUTCOMES[1:],
}
IN_A_VARIABLE = {
    "erase a project past its date",
    "release drawings",
    "hold drawings",
    "release a name",
    "hold back a name",
    "release words",
    "hold back words",
    "join cards",
    "undo joining cards",
    "type a paper ballot",
    "correct a paper ballot",
    *(f"see pages for the {role}" for role in RANKED_ROLES[1:]),
}
"""Actions that have a name before they are written down."""

STAFF = Actor("planner", account="a", origin="3fa1b2c4")


def spelled(node: ast.expr) -> list[str]:
    """Return every text that a literal may be."""
    if isinstance(node, ast.Constant):
        return [str(node.value)]
    if not isinstance(node, ast.JoinedStr):
        return []
    parts = [
        [str(part.value)]
        if isinstance(part, ast.Constant)
        else list(values_of(ast.unparse(part.value), node))
        for part in node.values
        if isinstance(part, ast.Constant | ast.FormattedValue)
    ]
    return ["".join(chosen) for chosen in product(*parts)]


def values_of(name: str, node: ast.JoinedStr) -> Sequence[str]:
    """Return what may be filled in; the same name stands for other values after some words."""
    begin = node.values[0]
    words = str(begin.value) if isinstance(begin, ast.Constant) else ""
    return FILLED_IN.get(f"{words}{name}", FILLED_IN.get(name, ()))


def actions_of(source: str) -> set[str]:
    """Return what stands in the calls of a module that write in the log."""
    found = set()
    for call in ast.walk(ast.parse(source)):
        if isinstance(call, ast.Call) and ast.unparse(call.func).rpartition(".")[2] in WRITES:
            given = [*call.args, *(one.value for one in call.keywords)]
            if ACTORS & {ast.unparse(one) for one in given}:
                named = [*call.args, *(one.value for one in call.keywords if one.arg == "action")]
                found |= {text for one in named for text in spelled(one) if " " in text}
    return found


def every_action() -> set[str]:
    """Return every action that is written down."""
    files = [*(ROOT / "store").rglob("*.py"), *(ROOT / "study").rglob("*.py")]
    return IN_A_VARIABLE.union(*(actions_of(file.read_text(encoding="utf-8")) for file in files))


@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_action_has_words(language: str) -> None:
    """And no words are left of an action that is gone."""
    words = i18n.get_translator(language).section("log_actions")
    assert {key_of(action) for action in every_action()} == set(words)


def test_the_list_of_actions_is_whole() -> None:
    """By hand."""
    assert {"sign in", "decide: hide", "write a backup", "reset a second factor"} <= every_action()


@pytest.fixture
def private_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[store.Store]:
    """Return the store that answers use, empty."""
    with closing(store.open_store(f"sqlite:///{tmp_path}/buurt.gpkg")) as private_store:
        monkeypatch.setattr(context, "get_store", lambda: private_store)
        yield private_store


def test_who_is_refused_is_in_the_log_once_a_day(private_store: store.Store) -> None:
    """Asking whether something may be shown is no try; who has no origin did not sign in."""
    assert not permissions.has_role("administrator", None, STAFF)
    for by in (None, Actor("planner", account="demo"), STAFF, STAFF):
        with pytest.raises(AccessDenied):
            permissions.require_role("administrator", None, by)
    (row,) = private_store.accounts.list_audit()
    assert (row.account, row.action, row.result) == ("a", "see pages for the administrator", "refused")


def test_what_fails_is_in_the_log(private_store: store.Store, tmp_path: Path) -> None:
    (tmp_path / "broken.gpkg").write_bytes(b"no store")
    with pytest.raises(BackupBroken):
        administration.merge_from(tmp_path / "broken.gpkg", by=administration.OPERATOR)
    (row,) = private_store.accounts.list_audit()
    assert (row.action, row.result, row.origin) == ("merge a store", "failed", "command line")
    assert row.moment is not None


def test_the_file_has_all_of_it_and_no_formula(private_store: store.Store) -> None:
    made = private_store.accounts.create("beheer", "administrator", "een lange zin van vier")
    by = Actor("administrator", account=made.id, origin="3fa1b2c4")
    private_store.accounts.append_audit(by, "save a project", project="=1+1", n=1)
    head, export, saved = administration.export_audit(by=by).splitlines()
    assert head == "day;moment;role;account;label;action;project;n;result;origin"
    day, moment, *rest = saved.split(";")
    assert re.fullmatch(rf"{day}T\d\d:\d\d:\d\d\+00:00", moment)
    assert rest == ["administrator", made.id, "beheer", "save a project", "'=1+1", "1", "done", "3fa1b2c4"]
    assert ";export the log;" in export
