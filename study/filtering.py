"""Which drawings of a project are looked at, and what there is to choose from."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from store import Filters
from study import projects
from study.projects import Study


@dataclass(frozen=True)
class Choices:
    """What a project's drawings can be narrowed down by.

    Attributes
    ----------
    sessions
        Id of each evening to where and when it was.
    groups
        Tables and classes at those evenings.
    first_day, last_day
        Of the drawings; None without any.
    """

    sessions: dict[str, str]
    groups: tuple[str, ...]
    first_day: date | None
    last_day: date | None


@lru_cache(maxsize=32)
def choices(whole: Study) -> Choices:
    """Give what can be chosen, of a study without filters."""
    drawn = projects.drawn(whole)
    held = projects.opened().sessions(whole.project)
    used = set(drawn["session"])
    days = drawn["created"]
    return Choices(
        sessions={one.id: f"{one.place} ({one.day:%d-%m-%Y})" for one in held if one.id in used},
        groups=tuple(sorted(set(drawn["group"].dropna()) - {""})),
        first_day=None if drawn.empty else days.min().date(),
        last_day=None if drawn.empty else days.max().date(),
    )


def narrowed(
    whole: Study,
    *,
    sessions: tuple[str, ...] = (),
    groups: tuple[str, ...] = (),
    first_day: date | None = None,
    last_day: date | None = None,
    flagged: bool = True,
) -> Study:
    """Give the same study through these filters; what filters nothing changes nothing."""
    known = choices(whole)
    return Study(
        whole.project,
        whole.revision,
        Filters(
            sessions=tuple(sorted(sessions)),
            groups=tuple(sorted(groups)),
            first_day=None if first_day == known.first_day else first_day,
            last_day=None if last_day == known.last_day else last_day,
            flagged=flagged,
        ),
    )
