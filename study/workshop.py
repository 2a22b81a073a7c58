"""An evening with residents: prepare it, find it by its code, let its facilitator in, and agree on things."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace

from pyproj import CRS
from shapely import Point

from geo import crs as planes
from geo.errors import SessionClosed, UnknownSession
from store import Actor, Project, Proposal, Signal, SignalKind, SignalStatus, WorkshopSession
from study import atlas, projects

__all__ = [
    "Actor",
    "Guest",
    "Project",
    "Proposal",
    "Signal",
    "SignalKind",
    "SignalStatus",
    "Subject",
    "WorkshopSession",
]

TO_WIJKPANEL: SignalStatus = "wijkpanel"


@dataclass(frozen=True)
class Guest:
    """Somebody who joined an evening, as the address of their page says it.

    Attributes
    ----------
    group
        The group or table they sit at; empty for none.
    practice
        Tried out: kept out of every result.
    helped_by
        Initials of the facilitator who draws for somebody else; empty when residents draw themselves.
    kiosk
        A shared tablet: it forgets everything for the next person.
    """

    session: WorkshopSession
    group: str = ""
    practice: bool = False
    helped_by: str = ""
    kiosk: bool = False


@dataclass(frozen=True)
class Subject:
    """Something dots can be given to: a name that was proposed, or a signal or initiative.

    ``kind`` is "name", "signal" or "initiative"; ``status`` is empty for a name.
    """

    id: str
    kind: str
    words: str
    dots: int
    status: str = ""


def prepare(evening: WorkshopSession, *, by: Actor) -> tuple[WorkshopSession, str]:
    """Open an evening: gives it with its id and code, and the secret of the facilitator's link, shown once.

    Raises
    ------
    AccessDenied, InputRefused
    """
    return projects.opened().add_session(evening, by=by)


def change(evening: WorkshopSession, *, by: Actor) -> WorkshopSession:
    """Change an evening; its code stays.

    Raises
    ------
    AccessDenied, InputRefused
    """
    return projects.opened().save_session(evening, by=by)


def close(session: str, *, by: Actor, is_open: bool = False) -> WorkshopSession:
    """Close an evening for new guests, or open it again."""
    return change(replace(evening(session), is_open=is_open), by=by)


def new_link(session: str, *, by: Actor) -> str:
    """Make a new secret for a facilitator's link that was lost; the old one no longer works."""
    return projects.opened().new_link(session, by=by)


def evenings(project: str) -> list[WorkshopSession]:
    """Give the evenings of a project, the last first."""
    return projects.opened().sessions(project)


def evening(session: str) -> WorkshopSession:
    """Give an evening by its id.

    Raises
    ------
    UnknownSession
    """
    return projects.opened().session(session)


def joined(code: str, *, device: str) -> WorkshopSession:
    """Find the evening of six characters, as somebody types them.

    Raises
    ------
    UnknownSession, SessionClosed, TooManyTries
    """
    return projects.opened().join(code, device=device)


def known(project: str, code: str) -> WorkshopSession:
    """Find an evening of a project by its code, closed or not: for who is at it already.

    Raises
    ------
    UnknownSession
    """
    letters = "".join(c for c in code.upper() if c.isalnum())
    found = next((one for one in evenings(project) if one.code == letters), None)
    if found is None:
        raise UnknownSession(session="")
    return found


def after(code: str, *, device: str) -> WorkshopSession:
    """Find the evening of six characters for who wants to see what came of it: closed or not.

    Raises
    ------
    UnknownSession, TooManyTries
    """
    try:
        return joined(code, device=device)
    except SessionClosed as closed:
        letters = closed.facts["session"]
    return next(one for each in projects.projects() for one in evenings(each.id) if one.code == letters)


def let_in(session: str, link: str, *, device: str) -> Actor:
    """Let a facilitator in by the secret of the link.

    Raises
    ------
    SignInRefused, TooManyTries
    """
    return projects.opened().facilitator(session, link, device=device)


def device() -> str:
    """Make up a token for a device that has none."""
    return secrets.token_hex(16)


def plane(project: str) -> CRS:
    """Give the metre plane of a project's geometries."""
    return CRS.from_user_input(projects.project(project).crs)


def view(evening: WorkshopSession) -> tuple[float, float, float]:
    """Give the first view of an evening: longitude, latitude, metres of ground across."""
    asked = projects.project(evening.project)
    width = float(evening.start_width_m or asked.start_width_m)
    if evening.start_x is None or evening.start_y is None:
        return *atlas.heart(asked.municipality), width
    spot = planes.to_wgs84(Point(evening.start_x, evening.start_y), plane(asked.id))
    return float(spot.x), float(spot.y), width


def start(project: str, longitude: float, latitude: float) -> tuple[float, float]:
    """Give a point in degrees in the plane of a project, m: the middle of an evening's first view."""
    spot = planes.to_planar(Point(longitude, latitude), plane(project))
    return float(spot.x), float(spot.y)


def asked(project: Project, evening: WorkshopSession) -> Project:
    """Give a project as it is asked at an evening: with the evening's questions and first view.

    Examples
    --------
    >>> from datetime import date
    >>> town = Project("demo", "Zuiderwaard", "GM9901", date(2099, 1, 1), questions=("name", "age"))
    >>> asked(town, WorkshopSession("demo", "Buurthuis", date(2026, 1, 5), questions=("name",))).questions
    ('name',)
    """
    return replace(
        project,
        questions=project.questions if evening.questions is None else evening.questions,
        start_width_m=evening.start_width_m or project.start_width_m,
    )


# --- Agreeing -------------------------------------------------------------------------------------


def propose(session: str, words: str, *, device: str) -> Proposal:
    """Take in a name for the neighbourhood; the same name twice is one proposal.

    Raises
    ------
    InputRefused, TooManyTries
    """
    return projects.opened().propose(session, words, device=device)


def note(session: str, kind: SignalKind, words: str, *, by: Actor) -> Signal:
    """Write down a signal or initiative for the room.

    Raises
    ------
    AccessDenied, InputRefused
    """
    project = evening(session).project
    return projects.opened().add_signal(project, Signal(kind, words), session=session, by=by)


def subjects(session: str) -> list[Subject]:
    """Give everything that dots can be given to, the most dots first."""
    door = projects.opened()
    dots = door.votes(session)
    found = [Subject(p.id, "name", p.words, dots.get(p.id, 0)) for p in door.proposals(session)]
    told = door.signals(evening(session).project, session=session)
    for key, row in told.iterrows():
        found.append(
            Subject(str(key), str(row["kind"]), str(row["words"]), dots.get(str(key), 0), str(row["status"]))
        )
    return sorted(found, key=lambda one: (-one.dots, one.words.casefold()))


def vote(session: str, dots: Mapping[str, int], *, device: str) -> None:
    """Divide a device's dots; what it divided before is replaced.

    Raises
    ------
    TooManyDots, UnknownSubject
    """
    projects.opened().vote(session, dots, device=device)


def decide(signal: str, status: SignalStatus, *, by: Actor) -> None:
    """Say what becomes of a signal.

    Raises
    ------
    AccessDenied, UnknownSubject
    """
    projects.opened().set_signal_status(signal, status, by=by)
