"""How a workshop session goes, while it grows: counters for the screen before the room."""

from dataclasses import dataclass

import geopandas as gpd

from study import context
from study.publishing.sessions.editions import draft_of_session, latest_edition, session_study
from study.review_queue import held_drawings
from study.workshop import sessions


@dataclass(frozen=True)
class SessionCounters:
    """How a workshop session goes; nothing here says where anybody drew.

    Attributes
    ----------
    drawn
        Drawings that count.
    groups
        The same per group or table, in the order they were prepared.
    number, shown
        The latest edition and the residents in it; 0 before the first.
    wait_for
        Drawings to go until the map grows again.
    votables
        Signals, initiatives and names so far.
    held
        Drawings that wait for the facilitator before they count.
    """

    drawn: int
    groups: tuple[tuple[str, int], ...]
    number: int
    shown: int
    wait_for: int
    votables: int
    held: int = 0


def session_counters(session: str) -> SessionCounters:
    """Count a workshop session; how many drew says nothing about where."""
    asked = session_study(session)
    workshop_session, drawn = sessions.get_session(session), context.read_sketches(asked)
    at = drawn["group"].value_counts()
    groups = tuple((group, int(at.get(group, 0))) for group in _tables(workshop_session.groups, drawn))
    shown = latest_edition(session)
    return SessionCounters(
        drawn=len(drawn),
        groups=groups,
        number=shown.number if shown else 0,
        shown=shown.facts.n if shown else 0,
        wait_for=draft_of_session(session).wait_for,
        votables=len(sessions.list_votables(session)),
        held=len(held_drawings(asked.project, session=session).waiting),
    )


def _tables(prepared: tuple[str, ...], drawn: gpd.GeoDataFrame) -> list[str]:
    return [*prepared, *sorted(set(drawn["group"]) - {*prepared, ""})]
