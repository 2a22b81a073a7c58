"""What the documentation says about the code is true: paths, links, rooms, decisions."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import settings
from tests.test_architecture import MAY_IMPORT
from tools.site import SITE, command_reference
from tools.site import main as build_site
from ui.routes import Page

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])


def page_id(page: Path) -> str:
    """Return the page's path within the repository."""
    return page.relative_to(ROOT).as_posix()


@pytest.mark.parametrize(
    "name",
    [
        "architecture.md",
        "where.md",
        "glossary.md",
        "bio2.nl.md",
        "standards.md",
        "install.md",
    ],
)
def test_named_paths_exist(name: str) -> None:
    text = (DOCS / name).read_text(encoding="utf-8")
    paths = re.findall(r"`([a-z0-9_]+/[^`\s*]*)`", text)
    assert paths
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_quiz_has_twenty_wishes_each_with_a_file_of_its_own() -> None:
    rows = re.findall(
        r"^\| (.+?) \| `(.+?)` \|$", (DOCS / "where.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert len(rows) == 20
    assert len({path for _, path in rows}) == 20
    assert all((ROOT / path).is_file() for _, path in rows)


def test_drawing_of_the_rooms_is_what_may_be_imported() -> None:
    text = (DOCS / "architecture.md").read_text(encoding="utf-8")
    drawn = set(re.findall(r"^    ([\w.]+) --> (\w+)$", text, re.MULTILINE))
    assert drawn == {(room, other) for room, others in MAY_IMPORT.items() for other in others}


@pytest.mark.parametrize("page", PAGES, ids=page_id)
def test_links_within_the_repository_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\((?!https?:|mailto:|#)([^)#\s]+)", page.read_text(encoding="utf-8"))
    generated = {"reference/commands.md"}
    assert [target for target in targets if not (page.parent / target).exists()] == [
        target for target in targets if target in generated
    ]


@pytest.mark.parametrize("page", sorted((DOCS / "decisions").glob("*.md")), ids=page_id)
def test_decision_has_a_date_and_a_status(page: Path) -> None:
    """A decision is never deleted: it is accepted, or a later one supersedes or amends it."""
    head = page.read_text(encoding="utf-8")[:400]
    assert re.search(r"^Date: \d{4}-\d\d-\d\d\b", head, re.MULTILINE)
    assert re.search(r"\bStatus: (accepted|(superseded|amended) by \[\d{4}\]\(\d{4}-[\w-]+\.md\))", head)


def test_settings_page_holds_the_table_of_the_code() -> None:
    assert settings.table() in (DOCS / "settings.md").read_text(encoding="utf-8")


def test_upgrade_notes_name_settings_commands_and_addresses_that_exist() -> None:
    """What the notes of the newest release tell an administrator to set, to run or to let through is there."""
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    notes = text.partition("### Upgrading")[2].partition("\n### ")[0]
    known = {settings.PREFIX + name.upper() for name in settings.Settings.__dataclass_fields__}
    named = set(re.findall(r"BUURT_[A-Z_]*[A-Z]", notes))
    assert len(named) > 10
    assert named - known == set()
    reference = command_reference()
    commands = re.findall(r"`buurt ([a-z]+(?: [a-z]+)?)", notes)
    assert commands
    assert [one for one in commands if f"## buurt {one}\n" not in reference] == []
    addresses = re.findall(r"`/([a-z]+)`", notes)
    assert [one for one in addresses if one not in {*Page, "metrics"}] == []


def test_commands_in_the_guides_exist() -> None:
    """Every `buurt COMMAND --option` that stands as code in the documentation is one the command line knows."""
    reference = command_reference()
    for page in [ROOT / "README.md", *DOCS.glob("*.md")]:
        text = page.read_text(encoding="utf-8")
        for first, rest in re.findall(r"(?:`|^    )buurt ([a-z]+)([^`\n]*)", text, re.MULTILINE):
            within = f"{first} {rest.split()[0]}" if rest.split() else first
            command = within if f"## buurt {within}\n" in reference else first
            assert f"## buurt {command}\n" in reference, f"{page.name}: buurt {command}"
            section = reference.partition(f"## buurt {command}\n")[2].partition("\n## ")[0]
            for option in re.findall(r"(?<=\s)--[a-z-]+", rest):
                assert option in section, f"{page.name}: buurt {command} {option}"


def test_tutorial_names_buttons_and_sections_as_the_pages_do() -> None:
    """Words in italics are labels: each stands in the Dutch texts, letter for letter."""
    shown = set(texts_in(tomllib.loads((ROOT / "i18n" / "nl.toml").read_text(encoding="utf-8"))))
    named = re.findall(r"(?<!\*)\*([^*\n]+)\*(?!\*)", (DOCS / "tutorial.nl.md").read_text(encoding="utf-8"))
    assert named
    assert [label for label in named if label not in shown] == []


def texts_in(table: dict[str, Any]) -> Iterator[str]:
    """Return every text of a table and of the tables in it."""
    for value in table.values():
        if isinstance(value, dict):
            yield from texts_in(value)
        elif isinstance(value, str):
            yield value


def test_site_builds_and_loads_nothing_from_another_host() -> None:
    """Links that lead nowhere fail the build; scripts, sheets, fonts and pictures are all our own."""
    assert build_site() == 0
    pages = list(SITE.rglob("*.html"))
    assert len(pages) > 20
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert not re.search(r'<(?:script|img|iframe)[^>]+src="?(?:https?:)?//', text), page.name
        assert not re.search(r'<link[^>]+rel="?(?:stylesheet|preconnect)[^>]+href="?(?:https?:)?//', text), (
            page.name
        )
