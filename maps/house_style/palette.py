"""The few colours of the house: taken from design tokens, and moved where a reader could not tell them apart.

Colours that carry a meaning on a map or in a chart are not among them: they are chosen so that colour-blind readers
tell them apart (`maps.style`). The ground of the pages must carry those too.
"""

import colorsys
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import settings
from maps import style
from maps.house_style.design_tokens import as_hex, read_tokens

TEXT, CONTROL = 4.5, 3.0
"""Least contrast of words, and of large words and what is pressed (WCAG 2.2, 1.4.3 and 1.4.11)."""

STEPS = 400


@dataclass(frozen=True)
class Palette:
    """Colours of pages and documents; a field ``action_deep`` is the custom property ``--action-deep``.

    Attributes
    ----------
    ink, quiet
        Words, and words that matter less.
    paper, paper_deep
        The ground of a page, and of what lies under a pointer.
    action, action_deep, action_pale
        What is pressed, the same under a pointer (and the front of a report), and the ground of what is chosen.
    action_text
        Words on the colour of action.
    link, focus
        A link, and the line around what the keyboard is at.
    edge, hair, hair_pale
        The edge of a field, and lines that only part two things.
    """

    ink: str = style.INK
    quiet: str = "#4a5560"
    paper: str = style.PAPER
    paper_deep: str = "#f3efe7"
    action: str = style.ACTION
    action_deep: str = style.ACTION_DEEP
    action_pale: str = "#e3eef2"
    action_text: str = "#ffffff"
    link: str = style.ACTION
    focus: str = style.ACTION
    edge: str = "#8d867a"
    hair: str = "#c9c2b4"
    hair_pale: str = "#e3ddd0"

    def as_properties(self) -> dict[str, str]:
        """Return the colours by the name of their custom property, without its dashes.

        Examples
        --------
        >>> OURS.as_properties()["action-deep"]
        '#084459'
        """
        return {one.name.replace("_", "-"): getattr(self, one.name) for one in fields(self)}

    def as_css(self) -> str:
        """Return the rule that every sheet of ours counts on.

        Examples
        --------
        >>> OURS.as_css()[:20]
        ':root{--ink:#1b2733;'
        """
        return ":root{" + "".join(f"--{name}:{color};" for name, color in self.as_properties().items()) + "}"


OURS = Palette()


@dataclass(frozen=True)
class Adjustment:
    """A colour of the tokens that could not be read, and what stands in its place."""

    place: str
    asked: str
    used: str
    against: str
    ratio: float
    least: float

    def facts(self) -> dict[str, Any]:
        """Return what the sentence about it needs.

        Examples
        --------
        >>> Adjustment("link", "#ffcc00", "#857000", "#fffdf9", 1.49, 4.5).facts()["ratio"]
        '1.5'
        """
        return asdict(self) | {"ratio": f"{self.ratio:.1f}", "least": f"{self.least:g}"}


PLACES: dict[str, tuple[str, ...]] = {
    "ink": ("document-color", "basis-color-default-color-document", "color-default-color-document",
            "color-text", "paragraph-color"),
    "paper": ("document-background-color", "basis-color-default-bg-document", "color-default-bg-document",
              "page-body-background-color", "page-background-color", "color-background"),
    "action": ("button-primary-action-background-color", "button-primary-background-color",
               "action-button-background-color", "button-background-color", "color-action-1-bg-default",
               "color-interactive"),
    "action_text": ("button-primary-action-color", "button-primary-color", "action-button-color",
                    "button-color", "color-action-1-color-default", "color-text-inverse"),
    "link": ("link-color", "links-color", "color-interactive"),
    "focus": ("focus-outline-color", "focus-border-color", "focus-background-color", "focus-color"),
}  # fmt: skip
"""Which token fills a place: the first that the file has."""

READ_ON_PAPER = (style.DRAWN, "#7a3f00", *(mark.color for mark in style.THEMES.values()))
"""Colours with a meaning in which words and signs stand on the ground of a page."""


def fit(tokens: Mapping[str, str]) -> tuple[Palette, list[Adjustment]]:
    """Return the palette of a set of tokens, and what was moved so that it can be read.

    Parameters
    ----------
    tokens
        Colours by name, see `read_tokens`.

    Returns
    -------
    palette : Palette
        What the tokens do not name is ours.
    adjustments : list of Adjustment
        Empty when every pair of theirs can be read.

    Examples
    --------
    >>> house, moved = fit({"link-color": "#ffcc00"})
    >>> house.link, [(one.place, round(one.ratio, 1)) for one in moved]
    ('#826800', [('link', 1.3)])
    """
    asked = {
        place: tokens[next(name for name in names if name in tokens)]
        for place, names in PLACES.items()
        if any(name in tokens for name in names)
    }
    house = replace(OURS, **asked)
    if "action" in asked:
        house = replace(house, action_deep=_mixed(house.action, "#000000", 0.25))
        house = replace(house, focus=asked.get("focus", house.action))
    moved: list[Adjustment] = []

    def check(place: str, others: tuple[str, ...], least: float) -> None:
        nonlocal house
        is_asked = place in asked
        color = getattr(house, place)
        if all(style.contrast(color, other) >= least for other in others):
            return
        used = _nearest(color, others, least)
        worst = min(others, key=lambda other: style.contrast(color, other))
        house = replace(house, **{place: used})
        if is_asked:
            moved.append(Adjustment(place, color, used, worst, style.contrast(color, worst), least))

    check("paper", READ_ON_PAPER, TEXT)
    if asked:
        house = replace(house, **_derived(house))
    grounds = (house.paper, house.paper_deep, house.action_pale)
    for place in ("ink", "quiet", "link"):
        check(place, grounds, TEXT)
    check("action", grounds, TEXT)  # what is chosen is written in it as well
    if "action" in asked:
        house = replace(house, action_deep=_mixed(house.action, "#000000", 0.25))
    check("action_text", (house.action,), TEXT)
    # Under a pointer, and on the front of a report, the same words stand on a deeper ground.
    check("action_deep", (house.action_text, "#ffffff"), TEXT)
    check("focus", grounds, CONTROL)
    check("edge", (house.paper,), CONTROL)
    return house, moved


def _derived(house: Palette) -> dict[str, str]:
    """Return the colours that follow from the ground and the action of a house."""
    found = {}
    if house.paper != OURS.paper:
        found = {
            "paper_deep": _mixed(house.paper, house.ink, 0.06),
            "edge": _mixed(house.paper, house.ink, 0.5),
            "hair": _mixed(house.paper, house.ink, 0.22),
            "hair_pale": _mixed(house.paper, house.ink, 0.12),
        }
    if (house.action, house.paper) != (OURS.action, OURS.paper):
        found["action_pale"] = _mixed(house.paper, house.action, 0.1)
    return found


def _mixed(ground: str, over: str, part: float) -> str:
    return as_hex([low + (high - low) * part for low, high in zip(_parts(ground), _parts(over), strict=True)])


def _parts(color: str) -> tuple[float, float, float]:
    red, green, blue = (int(color[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue


def _nearest(color: str, others: tuple[str, ...], least: float) -> str:
    """Return the darker or lighter colour of the same hue, nearest first, that stands out against all others."""
    hue, light, strength = colorsys.rgb_to_hls(*_parts(color))
    for step in range(STEPS + 1):
        for tried in (light - step / STEPS, light + step / STEPS):
            moved = as_hex(colorsys.hls_to_rgb(hue, min(1.0, max(0.0, tried)), strength))
            if all(style.contrast(moved, other) >= least for other in others):
                return moved
    # Between two grounds no colour may pass: then the better of the two ends.
    return max(("#000000", "#ffffff"), key=lambda end: min(style.contrast(end, other) for other in others))


def current() -> Palette:
    """Return the palette of this process: that of `BUURT_THEME`, or our own.

    Raises
    ------
    ThemeUnreadable

    Examples
    --------
    >>> current() == OURS
    True
    """
    return _of(settings.current().theme)[0]


def adjustments() -> list[Adjustment]:
    """Return the colours of `BUURT_THEME` that were moved, for the log and for `buurt verify`.

    Raises
    ------
    ThemeUnreadable

    Examples
    --------
    >>> adjustments()
    []
    """
    return _of(settings.current().theme)[1]


@lru_cache(maxsize=8)
def _of(file: str) -> tuple[Palette, list[Adjustment]]:
    return fit(read_tokens(Path(file))) if file else (OURS, [])
