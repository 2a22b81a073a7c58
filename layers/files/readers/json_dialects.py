"""JSON in another wrapping: one feature a line, behind ``var x =``, within brackets, with a comma too many."""

import json
import re
from typing import Any

_ASSIGNED = re.compile(
    r"^\s*(?:(?:export\s+default|var|let|const)\s+)?(?:[A-Za-z_$][\w$.]*)?\s*(?:=|\()?\s*(?=[\[{])"
)
_AFTER = re.compile(r"[\s;)]*$")
_COMMA = re.compile(r'("(?:\\.|[^"\\])*")|,(?=\s*[\]}])')
STARTS = re.compile(rb"^(?:\x1e\s*\{|(?:(?:export default|var|let|const) )?[A-Za-z_$][\w$.]*\s*[=(]\s*[\[{])")
"""First bytes of what is JSON in a wrapping."""
LEAST_SHARE = 0.5
"""A file is one of lines when at least this share of its lines can be read."""


def parse(text: str) -> Any:
    """Return what a text means, in the first wrapping that fits.

    Raises
    ------
    ValueError, RecursionError
        It is JSON in none of the wrappings.

    Examples
    --------
    >>> parse('var json_buurten_1 = {"a": [1, 2,]};'), parse('callback({"a": 1})')
    ({'a': [1, 2]}, {'a': 1})
    >>> parse('{"type": "Feature", "id": 1}\\n{"type": "Feature", "id": 2}')["features"][1]["id"]
    2
    """
    try:
        return json.loads(text)
    except ValueError:
        lines = _of_lines(text)
        if lines is not None:
            return lines
        bare = _AFTER.sub("", text[_start(text) :])
        without = _COMMA.sub(lambda found: found.group(1) or "", bare)
        if without == text:
            raise
        return json.loads(without)


def _start(text: str) -> int:
    found = _ASSIGNED.match(text)
    return found.end() if found else 0


def _of_lines(text: str) -> dict[str, Any] | None:
    """Return the features that stand one a line; a line that cannot be read is a feature without a shape."""
    lines = [line.strip() for line in text.replace("\x1e", "\n").split("\n") if line.strip()]
    features: list[dict[str, Any]] = []
    n_sound = 0
    for line in lines:
        try:
            found = json.loads(line)
        except ValueError:
            found = None
        sound = isinstance(found, dict) and found.get("type") == "Feature"
        if not features and not sound:
            return None
        n_sound += sound
        features.append(found if sound else {"type": "Feature", "properties": {}, "geometry": line[:40]})
    if len(lines) < 2 or n_sound < LEAST_SHARE * len(lines):
        return None
    return {"type": "FeatureCollection", "features": features}
