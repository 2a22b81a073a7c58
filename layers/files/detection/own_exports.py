"""Tables of our own editions: known by their columns, so that each comes back in as what it was."""

import json
from dataclasses import dataclass

from layers.files.models import RawLayer
from layers.files.survey_tools import OWN_DRAWINGS


@dataclass(frozen=True)
class OwnTable:
    """One table of an edition with shapes.

    ``needs`` must all be there. ``parts`` are the columns whose values together are the key of a row, where no
    single column is; ``role`` is empty for what is an answer and no ground for a new one.
    """

    key: str
    needs: frozenset[str]
    role: str
    fields: tuple[tuple[str, str], ...] = ()
    parts: tuple[str, ...] = ()


CODE = "code"
ANSWER = "answers."
"""Begins the column of an answer to one of our questions."""
MAX_TEXT, MAX_ANSWERS = 20_000, 80
TABLES = (
    OwnTable(
        "cores",
        frozenset({"neighbourhood", "percent", "people"}),
        "areas",
        (("code", CODE), ("name", "name")),
        ("neighbourhood", "percent"),
    ),
    OwnTable(
        "disputed",
        frozenset({"first", "second", "first_name", "second_name"}),
        "areas",
        (("code", CODE),),
        ("first", "second"),
    ),
    # Here the column ``code`` is that of the official area a neighbourhood resembles: two may resemble one.
    OwnTable(
        "neighbourhoods",
        frozenset({"neighbourhood", "official", "core_inside"}),
        "areas",
        (("code", "neighbourhood"), ("name", "name")),
    ),
    OwnTable(
        "areas",
        frozenset({"code", "verdict", "core_inside", "split"}),
        "areas",
        (("code", "code"), ("name", "name")),
    ),
    OwnTable("borders", frozenset({"left", "right", "hardness", "length_m"}), ""),
)


def _answers(text: object) -> dict[str, str]:
    """Return answers that were written as one text, each under its own column; nothing for any other text."""
    try:
        given = json.loads(text) if isinstance(text, str) and len(text) <= MAX_TEXT else None
    except (ValueError, RecursionError):
        given = None
    if not isinstance(given, dict):
        return {}
    return {
        f"{ANSWER}{key}": ", ".join(map(str, value)) if isinstance(value, list) else str(value)
        for key, value in list(given.items())[:MAX_ANSWERS]
    }


def own_table(layer: RawLayer) -> OwnTable | None:
    """Return which table of an export a layer is; None for any other file.

    Examples
    --------
    >>> layer = RawLayer("x", rows=[{"neighbourhood": 1, "percent": 50, "people": 5}])
    >>> own_table(layer).role
    'areas'
    """
    there = set(layer.columns())
    return next((table for table in TABLES if table.needs <= there), None)


def prepare(layer: RawLayer) -> RawLayer:
    """Return a layer of ours with what only we know of its columns.

    A code in each row where several columns together are the key; of drawings each answer as a column of its own,
    for they are written as one text. Any other layer is returned as it is.
    """
    if layer.tool == OWN_DRAWINGS:
        for row in layer.rows:
            row.update(_answers(row.pop("answers", None)))
        return layer
    table = own_table(layer)
    if table is not None and table.parts:
        for row in layer.rows:
            row[CODE] = "-".join(str(row.get(part)) for part in table.parts)
    return layer
