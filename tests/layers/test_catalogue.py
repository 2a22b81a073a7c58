"""The catalogue and the documentation tell of the same layers."""

import re
from pathlib import Path

import pytest

from layers.catalogue import BACKDROPS, DERIVED, DIVISIONS, FIGURES, THEMES
from layers.contracts import CONTRACTS, SERVICE_TERMS, STATLINE_TABLES, table_of_contracts
from layers.services.addresses import SERVICES

ROOT = Path(__file__).resolve().parents[2]
DOCS = (ROOT / "docs" / "sources.md").read_text(encoding="utf-8")


def section(key: str) -> str:
    """Return the text under ``### key``, to the next heading."""
    found = re.search(rf"^### {key}$(.*?)(?=^##)", DOCS, re.MULTILINE | re.DOTALL)
    assert found, f"docs/sources.md has no heading '### {key}'"
    return found[1]


def test_every_layer_has_a_heading_and_every_heading_a_layer() -> None:
    wanted = {*DIVISIONS, *DERIVED, *THEMES, *BACKDROPS}
    assert set(re.findall(r"^### (\w+)$", DOCS, re.MULTILINE)) == wanted


@pytest.mark.parametrize("division", DIVISIONS.values(), ids=lambda d: d.key)
def test_a_division_is_described_with_its_year_and_licence(division: object) -> None:
    text = section(division.key)
    assert str(division.year) in text
    assert division.licence in text
    assert division.year in division.years


@pytest.mark.parametrize("theme", THEMES.values(), ids=lambda t: t.key)
def test_a_theme_is_described_with_its_kinds_reach_and_plus_types(theme: object) -> None:
    text = section(theme.key)
    assert re.findall(r"^- `(\w+)`:", text, re.MULTILINE) == [kind.key for kind in theme.kinds]
    assert f"Default reach {theme.reach_m:.0f} m." in text
    for kind in theme.kinds:
        own = re.search(rf"^- `{kind.key}`:(.*?)(?=^- |^$|\Z)", text, re.MULTILINE | re.DOTALL)[1]
        assert all(plus in own for plus in kind.bgt)
        assert ("Off by default" in own) is not kind.shown


@pytest.mark.parametrize("theme", THEMES.values(), ids=lambda t: t.key)
def test_a_theme_has_a_norm_with_a_source_and_kinds_that_exist(theme: object) -> None:
    assert theme.norms
    assert theme.norm_source
    for kind in theme.kinds:
        assert kind.icon
        assert kind.rules or kind.also
        for other, key in kind.also:
            assert THEMES[other].kind(key)


def test_no_plus_type_has_two_homes() -> None:
    found = [plus for theme in THEMES.values() for kind in theme.kinds for plus in kind.bgt]
    assert len(found) == len(set(found))


def test_every_setting_is_documented(monkeypatch: pytest.MonkeyPatch) -> None:
    for service in SERVICES:
        monkeypatch.delenv(service.setting, raising=False)
    for service in SERVICES:
        assert f"`{service.setting}`" in DOCS
        assert all(f"`{address}`" in DOCS for address in service.addresses())


def test_figures_have_a_unit_and_a_measure_at_most_once() -> None:
    measures = [(row.measure, row.share_of) for row in FIGURES.values() if row.measure]
    measures.remove(("1050010_2", ""))  # "households" of the areas and "part_huishoudens" of the postcodes
    assert len(measures) == len(set(measures))
    assert all(figure.unit for figure in FIGURES.values())


def test_the_year_that_is_fetched_has_a_table_of_figures() -> None:
    assert DIVISIONS["buurt"].year in STATLINE_TABLES


def test_the_table_of_contracts_is_that_of_the_file() -> None:
    written = DOCS.partition("<!-- contracts -->\n")[2].partition("<!-- end -->")[0]
    assert written == table_of_contracts(), "run: python docs/build_contracts.py"


def test_no_path_or_host_of_a_service_stands_outside_the_file() -> None:
    """Nor a column that only the services have."""
    words = {row.path.split("{")[0].rstrip("-") for row in CONTRACTS.values() if row.service == "pdok"}
    words |= {terms.path for terms in SERVICE_TERMS.values() if terms.path.count("/") > 1}
    words |= set(STATLINE_TABLES.values()) | {"gemeente_gegeneraliseerd"}
    for file in sorted((ROOT / "layers").rglob("*.py")):
        code = re.sub(r'"""(.*?)"""', "", file.read_text(encoding="utf-8"), flags=re.DOTALL)
        assert not [word for word in words if f'"{word}' in code], file.name
