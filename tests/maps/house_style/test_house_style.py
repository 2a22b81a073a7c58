"""Design tokens of a municipality become the few colours of the house, each of which can be read."""

import re
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest

import settings
from geo.errors import SettingRefused, ThemeUnreadable
from maps import house_style, style
from maps.house_style import palette
from maps.house_style.design_tokens import read_tokens
from tests.support import token_sets

SHEETS = sorted(
    path for folder in ("ui", "maps/documents") for path in (settings.ROOT / folder).rglob("*.css")
)
PROPERTY = re.compile(r"var\(--([\w-]+)")
DATA_COLOURS = (".bar i", ".budget-bar", ".spot", ".swipe", ".home-sign", ".drawn-hand", ".buurt-swatch",
                ".buurt-stripes", ".buurt-review path", "SQUARES")  # fmt: skip
OWN_PROPERTIES = {"buurt-nothing", "tint", "dense", "picture", "arrows", "tall", "lift", "land", "drawn"}
"""Set by whoever draws the element; no colours of the house."""


def test_groups_of_style_dictionary_are_read_with_their_references(tmp_path: Path) -> None:
    house, moved = house_style.fit(read_tokens(token_sets.write(tmp_path, "nested")))
    assert (house.action, house.action_text, house.ink, house.focus) == (
        "#1d6b2f",
        "#ffffff",
        "#222222",
        "#000000",
    )
    assert house.paper == "#f2f8f3"  # hsl(130, 30%, 96%)
    assert house.link == house_style.OURS.link  # what refers to nothing names no colour
    assert moved == []


def test_the_newest_format_is_read_and_a_key_default_is_left_out_of_the_name(tmp_path: Path) -> None:
    house, moved = house_style.fit(read_tokens(token_sets.write(tmp_path, "newest")))
    assert (house.paper, house.ink) == ("#ffffff", "#1a1a33")
    assert house.action == house.link == "#5b2a86"
    assert house.focus == "#b00020"
    assert moved == []


def test_custom_properties_are_read_without_their_comments(tmp_path: Path) -> None:
    house, moved = house_style.fit(read_tokens(token_sets.write(tmp_path, "properties")))
    assert (house.action, house.action_text, house.link, house.ink) == (
        "#8f1d1d",
        "#ffffff",
        "#8f1d1d",
        "#111111",
    )
    assert house.paper == house_style.OURS.paper
    assert moved == []


def _readable(house: house_style.Palette) -> None:
    grounds = (house.paper, house.paper_deep, house.action_pale)
    for word, ground in product((house.ink, house.quiet, house.link, house.action), grounds):
        assert style.contrast(word, ground) >= 4.5, (word, ground)
    for ground in (house.action, house.action_deep):
        assert style.contrast(house.action_text, ground) >= 4.5
    for told in (style.DRAWN, *(mark.color for mark in style.THEMES.values())):
        assert style.contrast(told, house.paper) >= 4.5
    for line in (house.focus, house.edge):
        assert style.contrast(line, house.paper) >= 3
    assert style.contrast("#ffffff", house.action_deep) >= 4.5
    assert style.contrast("#ffffff", house.ink) >= 4.5


@pytest.mark.parametrize("name", ["nested", "newest", "properties", "faint"])
def test_every_pair_of_a_house_can_be_read(tmp_path: Path, name: str) -> None:
    _readable(house_style.fit(read_tokens(token_sets.write(tmp_path, name)))[0])


def test_our_own_colours_pass_the_check_unmoved() -> None:
    _readable(house_style.OURS)
    assert house_style.fit({}) == (house_style.OURS, [])


@pytest.mark.parametrize(
    "action", ["#000000", "#ffffff", "#808080", "#ff0000", "#00ff00", "#ffff00", "#0000ff"]
)
@pytest.mark.parametrize("words", ["#000000", "#ffffff", "#777777"])
def test_a_button_can_be_read_whatever_is_asked(action: str, words: str) -> None:
    _readable(
        house_style.fit(
            {"button-primary-action-background-color": action, "button-primary-action-color": words}
        )[0]
    )


def test_a_colour_that_fails_is_told_with_what_comes_in_its_place(tmp_path: Path) -> None:
    house, moved = house_style.fit(read_tokens(token_sets.write(tmp_path, "faint")))
    assert [one.place for one in moved] == ["paper", "ink", "link", "action", "focus"]
    link = next(one for one in moved if one.place == "link")
    assert (link.asked, link.used, link.least) == ("#ffcc00", house.link, 4.5)
    assert link.ratio < 2


def test_the_nearest_that_passes_is_taken() -> None:
    """White on #777777 is 4.48 to 1: one step darker passes, by hand 4.54 for #767676."""
    assert palette._nearest("#777777", ("#ffffff",), 4.5) == "#767676"
    assert palette._nearest("#8a8a8a", ("#000000",), 4.5) == "#8a8a8a"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.json", "{"),
        ("a.json", "[1, 2]"),
        ("a.json", '{"a": {"link": {"value": "4px"}}}'),
        ("a.css", "body { color: red }"),
        ("a.css", ":root { --a-b: var(--a-c); --a-c: var(--a-b); }"),
        ("a.json", '{"a": ' * 5_000 + "1" + "}" * 5_000),
    ],
)
def test_a_file_that_is_no_set_of_tokens_is_refused(tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ThemeUnreadable, match=name):
        read_tokens(path)


@pytest.mark.parametrize("name", ["not-there.json", "theme.txt", ""])
def test_a_setting_that_names_no_file_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    (tmp_path / "theme.txt").write_text("--a-link-color: #000", encoding="utf-8")
    monkeypatch.setenv("BUURT_THEME", str(tmp_path / name))
    with pytest.raises(SettingRefused, match="BUURT_THEME must be an existing file"):
        settings.current()


def test_the_setting_decides_and_the_colours_of_maps_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BUURT_THEME", str(token_sets.write(tmp_path, "nested")))
    assert house_style.current().action == "#1d6b2f"
    assert house_style.OURS.action == style.ACTION  # a chart's second colour


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda path: path.name)
def test_sheets_use_colours_of_the_house_that_exist(sheet: Path) -> None:
    known = set(house_style.OURS.as_properties()) | OWN_PROPERTIES
    assert set(PROPERTY.findall(sheet.read_text(encoding="utf-8"))) <= known


def test_no_page_writes_down_a_colour_of_the_house_itself() -> None:
    """A colour that stands in a sheet would stay ours in every municipality; those of maps and bars do."""
    ours = set(house_style.OURS.as_properties().values()) - {"#ffffff"}
    pages = [path for ending in ("*.css", "*.py") for path in (settings.ROOT / "ui").rglob(ending)]
    found = [
        f"{path.name}: {line.strip()}"
        for path in pages
        for line in path.read_text(encoding="utf-8").splitlines()
        if ours & set(re.findall(r"#[0-9a-f]{6}", line)) and not any(part in line for part in DATA_COLOURS)
    ]
    assert found == []


def test_a_palette_is_whole_in_its_rule() -> None:
    house = replace(house_style.OURS, action_text="#123456")
    assert "--action-text:#123456;" in house.as_css()


def test_the_guide_names_every_token_in_the_order_in_which_it_is_taken() -> None:
    text = (settings.ROOT / "docs" / "house-style.md").read_text(encoding="utf-8")
    for names in palette.PLACES.values():
        assert ", ".join(f"`{name}`" for name in names) in text
