"""A workshop session with residents: prepare it, find it by its code, let its facilitator in, and agree on things."""

import secrets
from dataclasses import dataclass, replace

from shapely import Point

from geo import crs as planes
from geo.errors import SessionClosed, UnknownSession
from geo.release.words import is_marked
from layers.search.name_matching import slugify
from store import Actor, Project, Proposal, Signal, SignalKind, SignalStatus, Stage, WorkshopSession
from study import context, datasets

__all__ = [
    "Actor",
    "Participant",
    "Project",
    "Proposal",
    "Signal",
    "SignalKind",
    "SignalStatus",
    "Stage",
    "Votable",
    "WorkshopSession",
]

TO_WIJKPANEL: SignalStatus = "wijkpanel"

DECIDED = (TO_WIJKPANEL, "budget", "planned", "done")
"""Statuses that somebody gave after reading the words, to do something with them."""


@dataclass(frozen=True)
class Participant:
    """Somebody who joined a workshop session, as the address of their page says it.

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
    turn
        Whose turn it is with who helps: one device may draw for many people, and each is somebody else.
    """

    session: WorkshopSession
    group: str = ""
    practice: bool = False
    helped_by: str = ""
    kiosk: bool = False
    turn: str = ""


@dataclass(frozen=True)
class Votable:
    """Something dots can be given to: a name that was proposed, or a signal or initiative.

    ``kind`` is "name", "signal" or "initiative"; ``status`` is empty for a name. ``is_released``: somebody
    read the words and let them go to screens and files. ``is_marked``: they may hold an address or a
    person's name. ``round`` is the number of the last closed round that it was in, with its ``dots`` there.
    """

    id: str
    kind: str
    words: str
    dots: int
    status: str = ""
    is_released: bool = False
    is_marked: bool = False
    round: int = 0


def create_session(workshop_session: WorkshopSession, *, by: Actor) -> tuple[WorkshopSession, str]:
    """Open a workshop session: gives it with its id and code, and the secret of the facilitator's link, shown once.

    Raises
    ------
    AccessDenied, InputRefused
    """
    return context.get_store().sessions.create(workshop_session, by=by)


def update_session(workshop_session: WorkshopSession, *, by: Actor) -> WorkshopSession:
    """Change a workshop session; its code stays.

    Raises
    ------
    AccessDenied, InputRefused
    """
    return context.get_store().sessions.update(workshop_session, by=by)


def set_open(session: str, *, by: Actor, is_open: bool = False) -> WorkshopSession:
    """Close a workshop session for new guests, or open it again."""
    return update_session(replace(get_session(session), is_open=is_open), by=by)


def get_stage(session: str) -> Stage:
    """Return what the screens of a workshop session may show."""
    return context.get_store().stage.get(session)


def shows_border(session: str) -> bool:
    """Return whether phones show the official border: it was set free, or the session is over."""
    return not get_session(session).is_open or get_stage(session).border_free


def hide_map(session: str, hidden: bool, *, by: Actor) -> Stage:
    """Hide the map from the room, or show it.

    Raises
    ------
    AccessDenied, UnknownSession
    """
    return context.get_store().stage.set_map_hidden(session, hidden, by=by)


def free_border(session: str, free: bool = True, *, by: Actor) -> Stage:
    """Set the official border free for phones, or have it wait for the room.

    Raises
    ------
    AccessDenied, UnknownSession
    """
    return context.get_store().stage.set_border_free(session, free, by=by)


def rotate_link(session: str, *, by: Actor) -> str:
    """Create a new secret for a facilitator's link that was lost; the old one no longer works."""
    return context.get_store().sessions.rotate_link(session, by=by)


def list_sessions(project: str) -> list[WorkshopSession]:
    """Return the sessions of a project, the last first."""
    return context.get_store().sessions.list_all(project)


def get_session(session: str) -> WorkshopSession:
    """Return a workshop session by its id.

    Raises
    ------
    UnknownSession
    """
    return context.get_store().sessions.get(session)


def find_open_session(code: str, *, device: str) -> WorkshopSession:
    """Find the session of six characters, as somebody types them.

    Raises
    ------
    UnknownSession, SessionClosed, TooManyTries
    """
    return context.get_store().sessions.find_by_code(code, device=device)


def find_session(project: str, code: str) -> WorkshopSession:
    """Find a workshop session of a project by its code, closed or not: for who is at it already.

    Raises
    ------
    UnknownSession
    """
    letters = "".join(c for c in code.upper() if c.isalnum())
    found = next((one for one in list_sessions(project) if one.code == letters), None)
    if found is None:
        raise UnknownSession(session="")
    return found


def find_session_any_state(code: str, *, device: str) -> WorkshopSession:
    """Find the session of six characters for who wants to see what came of it: closed or not.

    Raises
    ------
    UnknownSession, TooManyTries
    """
    try:
        return find_open_session(code, device=device)
    except SessionClosed as closed:
        letters = closed.facts["session"]
    return next(
        one for each in context.list_projects() for one in list_sessions(each.id) if one.code == letters
    )


def authenticate_facilitator(session: str, link: str, *, device: str) -> Actor:
    """Authenticate a facilitator by the secret of the link.

    Raises
    ------
    SignInRefused, TooManyTries
    """
    return context.get_store().sessions.authenticate_facilitator(session, link, device=device)


def is_link_current(session: str, link: str) -> bool:
    """Return whether a facilitator's link was not replaced by another since it let somebody in."""
    return context.get_store().sessions.is_link_current(session, link)


def new_device_token() -> str:
    """Create up a token for a device that has none."""
    return secrets.token_hex(16)


def initial_view(workshop_session: WorkshopSession) -> tuple[float, float, float]:
    """Return the first view of a workshop session: longitude, latitude, metres of ground across."""
    asked = context.get_project(workshop_session.project)
    width = float(workshop_session.start_width_m or asked.start_width_m)
    if workshop_session.start_x is None or workshop_session.start_y is None:
        return *datasets.initial_view(asked.municipality), width
    spot = planes.to_wgs84(
        Point(workshop_session.start_x, workshop_session.start_y), context.project_crs(asked.id)
    )
    return float(spot.x), float(spot.y), width


def file_stem(workshop_session: WorkshopSession) -> str:
    """Return how files of a session are called: its place and day.

    Examples
    --------
    >>> from datetime import date
    >>> file_stem(WorkshopSession("demo", "Café De Linde", date(2026, 5, 4)))
    'cafe-de-linde-2026-05-04'
    """
    return f"{slugify(workshop_session.place) or 'avond'}-{workshop_session.day:%Y-%m-%d}"


def start_point(project: str, longitude: float, latitude: float) -> tuple[float, float]:
    """Return a point in degrees in the plane of a project, m: the middle of a workshop session's first view."""
    spot = planes.to_planar(Point(longitude, latitude), context.project_crs(project))
    return float(spot.x), float(spot.y)


def with_session_settings(project: Project, workshop_session: WorkshopSession) -> Project:
    """Return a project as it is asked at a workshop session: with the session's questions and first view.

    Examples
    --------
    >>> from datetime import date
    >>> town = Project("demo", "Zuiderwaard", "GM9901", date(2099, 1, 1), questions=("name", "age"))
    >>> session = WorkshopSession("demo", "Buurthuis", date(2026, 1, 5), questions=("name",))
    >>> with_session_settings(town, session).questions
    ('name',)
    """
    return replace(
        project,
        questions=project.questions if workshop_session.questions is None else workshop_session.questions,
        start_width_m=workshop_session.start_width_m or project.start_width_m,
    )


# --- Agreeing -------------------------------------------------------------------------------------


def propose_name(session: str, words: str, *, device: str, by: Actor | None = None) -> Proposal:
    """Add a proposed name for the neighbourhood; the same name twice is one proposal.

    Parameters
    ----------
    by
        Who leads the evening and typed it: then it is released at once. None for a phone.

    Raises
    ------
    InputRefused, TooManyTries
    """
    made = context.get_store().sessions.propose_name(session, words, device=device)
    if by is not None:
        release_words(made.id, by=by)
    return made


def add_signal(session: str, kind: SignalKind, words: str, *, by: Actor) -> Signal:
    """Write down a signal or initiative for the room; who writes it has read it.

    Raises
    ------
    AccessDenied, InputRefused
    """
    project = get_session(session).project
    made = context.get_store().sessions.add_signal(project, Signal(kind, words), session=session, by=by)
    release_words(made.id, by=by)
    return made


def release_words(subject: str, *, released: bool = True, by: Actor) -> None:
    """Release the words of a name or signal for screens and files, or hold them back; it is logged.

    Raises
    ------
    AccessDenied, UnknownSubject
    """
    context.get_store().moderation.release_words(subject, released=released, by=by)


def list_votables(session: str) -> list[Votable]:
    """Return every name and signal of a workshop session, also those that wait for somebody to read them."""
    private_store, project = context.get_store(), get_session(session).project
    counted, released = _counted(session), private_store.moderation.released_words(project)

    def votable(key: str, kind: str, words: str, status: str) -> Votable:
        number, dots = counted.get(key, (0, 0))
        is_released = key in released or status in DECIDED
        return Votable(key, kind, words, dots, status, is_released, is_marked(words), number)

    found = [votable(p.id, "name", p.name, "") for p in private_store.sessions.list_proposals(session)]
    signals = private_store.contributions.read_signals(project, session=session)
    found += [
        votable(str(key), str(row["kind"]), str(row["words"]), str(row["status"]))
        for key, row in signals.iterrows()
    ]
    return sorted(found, key=lambda one: (-one.round, -one.dots, one.words.casefold()))


def _counted(session: str) -> dict[str, tuple[int, int]]:
    """Return of every subject the number of the last closed round that it was in, and its dots there."""
    rounds, found = context.get_store().rounds, dict[str, tuple[int, int]]()
    for one in rounds.list_all(session):
        if one.state == "closed" and one.kind != "guess":
            found |= {subject: (one.number, dots) for subject, dots in rounds.tally(one.id).items()}
    return found


def released_votables(session: str) -> list[Votable]:
    """Return what somebody read and released; first what was in the last round, and of that the most dots."""
    return [one for one in list_votables(session) if one.is_released]


def count_waiting(session: str) -> int:
    """Return how many names and signals wait for somebody to read them."""
    return sum(not one.is_released for one in list_votables(session))


def set_signal_status(signal: str, status: SignalStatus, *, was: SignalStatus, by: Actor) -> None:
    """Set the status of a signal, as seen by who saw that it `was` something else.

    Raises
    ------
    AccessDenied, UnknownSubject, DecidedMeanwhile
    """
    context.get_store().sessions.set_signal_status(signal, status, was=was, by=by)
