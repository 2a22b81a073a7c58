"""Which drawings of a project are looked at, and what there is to choose from."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from store import Filters
from study import context
from study.answer_cache import cached_answer
from study.context import Study


@dataclass(frozen=True)
class AvailableFilters:
    """What a project's drawings can be narrowed down by.

    Attributes
    ----------
    sessions
        Id of each session to where and when it was.
    groups
        Tables and classes at those sessions.
    first_day, last_day
        Of the drawings; None without any.
    own
        Key and value of the columns that imported drawings keep.
    """

    sessions: dict[str, str]
    groups: tuple[str, ...]
    first_day: date | None
    last_day: date | None
    own: tuple[tuple[str, str], ...] = ()


@cached_answer
def available_filters(whole: Study) -> AvailableFilters:
    """Return what can be chosen, of a study without filters."""
    drawn = context.read_sketches(whole)
    held = context.get_store().sessions.list_all(whole.project)
    used = set(drawn["session"])
    days = drawn["created"]
    return AvailableFilters(
        sessions={one.id: f"{one.place} ({one.day:%d-%m-%Y})" for one in held if one.id in used},
        groups=tuple(sorted(set(drawn["group"].dropna()) - {""})),
        first_day=None if drawn.empty else days.min().date(),
        last_day=None if drawn.empty else days.max().date(),
        own=tuple(sorted({pair for given in drawn["answers"] for pair in _own_pairs(given)})),
    )


OWN_COLUMN = "own."
"""Begins the key of an answer that is a column of a file, so that it is never taken for a question of ours."""


def own_column_key(column: str) -> str:
    """Return the key under which a column of a file is kept.

    Examples
    --------
    >>> own_column_key("Welk thema?")
    'own.Welk_thema'
    """
    plain = unicodedata.normalize("NFKD", column).encode("ascii", "ignore").decode()
    return OWN_COLUMN + re.sub(r"[^A-Za-z0-9]+", "_", plain).strip("_")[:50]


def own_column_name(key: str) -> str:
    """Return how a kept column is called.

    Examples
    --------
    >>> own_column_name("own.Welk_thema")
    'Welk thema'
    """
    return key.removeprefix(OWN_COLUMN).replace("_", " ")


def own_columns(whole: Study) -> tuple[str, ...]:
    """Return the keys of the columns that imported drawings of a study keep."""
    return tuple(dict.fromkeys(key for key, _ in available_filters(whole).own))


def _own_pairs(answers: Mapping[str, object]) -> list[tuple[str, str]]:
    return [(key, str(value)) for key, value in answers.items() if key.startswith(OWN_COLUMN)]


def with_filters(
    whole: Study,
    *,
    sessions: tuple[str, ...] = (),
    groups: tuple[str, ...] = (),
    first_day: date | None = None,
    last_day: date | None = None,
    flagged: bool = True,
    own: tuple[tuple[str, str], ...] = (),
) -> Study:
    """Return the same study through these filters; what filters nothing changes nothing."""
    known = available_filters(whole)
    filters = Filters(
        sessions=tuple(sorted(sessions)),
        groups=tuple(sorted(groups)),
        first_day=None if first_day == known.first_day else first_day,
        last_day=None if last_day == known.last_day else last_day,
        include_flagged=flagged,
        answers=tuple(sorted(own)),
    )
    return replace(whole, filters=filters)
