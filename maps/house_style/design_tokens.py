"""Design tokens as municipalities publish them: nested JSON of Style Dictionary, or custom properties of CSS.

A name is that of the custom property without its dashes and without the first word, which is the municipality or
the system: ``--utrecht-link-color`` and ``{"utrecht": {"link": {"color": …}}}`` are both ``link-color``.
"""

import colorsys
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from geo.errors import ThemeUnreadable

MAX_BYTES = 4_000_000
"""The largest sets that are published have a megabyte."""

MAX_DEPTH = 32
"""How many references may follow one another, and how deep a group may stand in another."""

PROPERTY = re.compile(r"--([a-zA-Z][\w-]*)\s*:\s*([^;{}]+)")
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
REFERENCE = re.compile(r"\{([\w.\s-]+)\}|var\(\s*--([\w-]+)\s*(?:,\s*(.+))?\)")
HEX = re.compile(r"#(?:[0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})")
FUNCTION = re.compile(r"(rgb|hsl)a?\(([^()]*)\)")
NAMED = {"white": "#ffffff", "black": "#000000"}


def read_tokens(path: Path) -> dict[str, str]:
    """Return the colours of a file of design tokens, by name without its first word.

    Parameters
    ----------
    path
        A ``.json`` or ``.css`` file.

    Returns
    -------
    dict of str to str
        Colours as ``#rrggbb``; tokens that are no colour are left out.

    Raises
    ------
    ThemeUnreadable

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "stad.css"
    ...     _ = path.write_text(":root { --stad-blauw: #036; --stad-link-color: var(--stad-blauw); }")
    ...     read_tokens(path)
    {'blauw': '#003366', 'link-color': '#003366'}
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise ThemeUnreadable(file=path.name, reason="too large")
        text = path.read_text(encoding="utf-8-sig")
        if path.suffix.lower() == ".css":
            found = {name.lower(): value.strip() for name, value in PROPERTY.findall(COMMENT.sub("", text))}
        else:
            found = dict(_flat(json.loads(text), ()))
    except (OSError, ValueError, RecursionError) as problem:
        raise ThemeUnreadable(file=path.name, reason=type(problem).__name__) from problem
    colors = {name: color for name, text in found.items() if (color := _color(_resolved(text, found)))}
    if not colors:
        raise ThemeUnreadable(file=path.name, reason="no colours")
    return {_without_first_word(name): color for name, color in colors.items()}


def _without_first_word(name: str) -> str:
    return name.partition("-")[2] or name


def _flat(part: Any, path: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Return every token of nested groups by the name of its custom property; the key ``default`` is none in CSS."""
    if len(path) > MAX_DEPTH:
        raise ValueError
    if not isinstance(part, dict):
        if path and isinstance(part, str):  # a flat file: a name and its value
            yield _name(path), part
        return
    value = part.get("$value", part.get("value"))
    if value is not None and not (isinstance(value, dict) and _is_group(value)):
        written = _written(value)
        yield _name(path), written
        return
    for key, inner in part.items():
        if not key.startswith("$"):
            yield from _flat(inner, (*path, key))


def _is_group(value: dict[str, Any]) -> bool:
    """Return whether a key ``value`` holds tokens instead of being one."""
    return any(isinstance(inner, dict) for inner in value.values())


def _written(value: Any) -> str:
    """Return a value as text; a colour of the newest format of the W3C is an object."""
    if isinstance(value, dict):
        if isinstance(value.get("hex"), str):
            return str(value["hex"])
        parts = value.get("components")
        if value.get("colorSpace") == "srgb" and isinstance(parts, list) and len(parts) == 3:
            return "rgb(" + ",".join(str(float(one) * 255) for one in parts) + ")"
    return str(value)


def _name(path: tuple[str, ...]) -> str:
    kept = path[:-1] if len(path) > 1 and path[-1] == "default" else path
    return "-".join(re.sub(r"[\s._]+", "-", one.strip().lstrip("-")) for one in kept).lower()


def _resolved(text: str, known: dict[str, str]) -> str:
    """Return a value with what it refers to in its place; one that goes round is empty."""
    for _ in range(MAX_DEPTH):
        refers = REFERENCE.fullmatch(text.strip())
        if refers is None:
            return text
        braces, custom, otherwise = refers.groups()
        if braces:
            path = tuple(braces.removesuffix(".value").split("."))
            text = known.get(_name(path), "")
        else:
            text = known.get(custom.lower(), otherwise or "")
    return ""


def _color(text: str) -> str:
    """Return a colour as ``#rrggbb``; empty when it is none, or is seen through.

    Examples
    --------
    >>> _color("#abc"), _color("rgb(0 102 204)"), _color("hsl(210, 100%, 40%)"), _color("#00000080")
    ('#aabbcc', '#0066cc', '#0066cc', '')
    """
    text = text.strip().lower().removesuffix("!important").strip()
    text = NAMED.get(text, text)
    if HEX.fullmatch(text):
        digits = text[1:] if len(text) > 5 else "".join(one * 2 for one in text[1:])
        return f"#{digits[:6]}" if digits[6:] in {"", "ff"} else ""
    written = FUNCTION.fullmatch(text)
    if written is None:
        return ""
    parts = re.split(r"[\s,/]+", written[2].strip())
    try:
        if len(parts) not in {3, 4} or (len(parts) == 4 and _number(parts[3], 1.0) < 1):
            return ""
        if written[1] == "rgb":
            rgb = [_number(one, 255) / 255 for one in parts[:3]]
        else:
            hue, strength, light = float(parts[0].removesuffix("deg")), *(_number(p, 1) for p in parts[1:3])
            rgb = list(colorsys.hls_to_rgb(hue / 360 % 1, light, strength))
    except ValueError:
        return ""
    return as_hex(rgb)


def _number(text: str, whole: float) -> float:
    """Return a number, of which a percentage is a part of the whole."""
    return float(text[:-1]) / 100 * whole if text.endswith("%") else float(text)


def as_hex(rgb: list[float] | tuple[float, ...]) -> str:
    """Return a colour of three parts from 0 to 1 as ``#rrggbb``.

    Examples
    --------
    >>> as_hex((1.0, 0.5, 0.0))
    '#ff8000'
    """
    return "#" + "".join(f"{round(min(1.0, max(0.0, part)) * 255):02x}" for part in rgb)
