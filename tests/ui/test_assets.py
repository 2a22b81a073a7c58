"""The JavaScript that is served: found by its path, small modules, and typed all over."""

import posixpath
import re

import pytest

from ui import assets
from ui.server.shell import _modules

SCRIPTS = sorted(name for name in assets.files() if name.endswith(".js"))
MAX_LINES = 300
VAGUE = re.compile(r"/\*\*\s*\*?\s*((?:Give|Tell|Say|Let|Take|Put|Keep|Ask|Bring|Lay)s?\b.*)")
ANY = re.compile(r"[{<(|,:]\s*any\s*[}>)|,\[]")


def text_of(name: str) -> str:
    return assets.files()[name].read_text(encoding="utf-8")


@pytest.mark.parametrize("name", SCRIPTS)
def test_every_import_is_a_file_that_is_served(name: str) -> None:
    for path in re.findall(r'from "([^"]+)"', text_of(name)):
        assert posixpath.normpath(posixpath.join(posixpath.dirname(name), path)) in assets.files()


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_module_is_small_and_no_type_is_any(name: str) -> None:
    assert len(text_of(name).splitlines()) <= MAX_LINES
    assert not ANY.search(text_of(name))


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_comment_on_a_function_begins_with_what_it_does(name: str) -> None:
    """As docstrings do: Return, Compute, Show; none of the verbs that say nothing."""
    assert not VAGUE.findall(text_of(name))


def test_the_check_for_any_finds_it() -> None:
    for comment in ("@param {any} a", "Record<string, any>", "{any[]}", "(a: any, b)", "string | any}"):
        assert ANY.search(comment), comment
    assert not ANY.search("(if any) of them, any more")


def test_file_names_are_unique_as_they_name_components() -> None:
    stems = [posixpath.basename(name) for name in SCRIPTS]
    assert len(stems) == len(set(stems))


def test_the_page_fetches_early_what_a_map_needs_and_nothing_of_a_report() -> None:
    early = _modules()
    assert set(early) <= set(SCRIPTS)
    assert "maps/interactive/leaflet/base_map.js" in early
    assert "ui/canvas/src/tools/geometry.js" in early
    assert "maps/interactive/leaflet/report.js" not in early
    assert not [name for name in early if name.startswith("ui/browser/")]


def test_what_is_served_is_a_closed_list() -> None:
    folders = {posixpath.dirname(name) for name in assets.files()}
    assert folders == set(assets.ASSET_FOLDERS)
    assert all(name.endswith((".js", ".css")) for name in assets.files())
