"""Addresses stand in one table: `ui.routes`."""

import ast
import re
from pathlib import Path

import pytest

from study.permissions import PERMISSIONS
from tests.test_architecture import FILES
from ui.routes import API, ASSETS, HEALTH, READY, SHAPES, Page, Query, page_path

ROOT = Path(__file__).resolve().parent.parent.parent
PATHS = "|".join([*Page, *(path.removeprefix("/") for path in (HEALTH, READY, SHAPES, ASSETS, API))])
SPELLED = re.compile(rf"(?:^|/)(?:{'|'.join(Page)})(?:[?#/]|$)|^\.?/(?:{PATHS})(?:[?#/]|$)")
NO_ADDRESS = {
    ("study/permissions.py", "privacy"),  # the key of the page
    ("ui/pages/page_list.py", "privacy"),  # the module of the page
    ("study/workshop/sessions.py", "avond"),  # name of a file where the session has no place
}


def spelled(source: str) -> set[str]:
    """Return the strings of a module, docstrings aside, in which an address stands."""
    tree = ast.parse(source)
    documented = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    return {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in documented
        and SPELLED.search(node.value)
    }


@pytest.mark.parametrize(
    "name",
    [
        name
        for name in FILES
        if name.startswith(("ui/", "cli/", "study/", "maps/")) and name != "ui/routes.py"
    ],
)
def test_no_address_is_spelled_outside_the_table(name: str) -> None:
    found = {(name, text) for text in spelled((ROOT / name).read_text(encoding="utf-8"))}
    assert found <= NO_ADDRESS


def test_an_address_is_seen_wherever_it_stands_in_a_string() -> None:
    assert spelled('a = "mee"; b = f"{base}/stem?code={code}"; c = "/healthz"; d = "./assets/x.js"') == {
        "mee",
        "/stem?code=",
        "/healthz",
        "./assets/x.js",
    }
    assert spelled('"""The page /beheer."""\na = "meer"; b = "geo/kernels"; c = "wat doe je mee"') == set()


def test_every_page_has_an_address_and_a_line_in_the_table_of_permissions() -> None:
    assert {page.key for page in Page} == {right.page for right in PERMISSIONS}


def test_what_an_address_carries_is_escaped() -> None:
    """A project is named by people: an ampersand in it begins no other key."""
    assert page_path(Page.COMPARE, {Query.PROJECT: "a&b=c d"}) == "vergelijk?project=a%26b%3Dc+d"
