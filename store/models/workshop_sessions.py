"""Records: workshop sessions and proposed names."""

from dataclasses import dataclass
from datetime import date

from store.models.values import VoteKind, VoteState


@dataclass(frozen=True)
class WorkshopSession:
    """One workshop session with one facilitator.

    Attributes
    ----------
    id, code
        Set by the store; `code` is the join code: six characters that cannot be mistaken for one
        another.
    start_x, start_y, start_width_m
        First view, m in the plane of the project; None for that of the project.
    questions
        Keys of the questions; None for those of the project.
    dots
        Votes of one device.
    """

    project: str
    place: str
    day: date
    groups: tuple[str, ...] = ()
    start_x: float | None = None
    start_y: float | None = None
    start_width_m: int | None = None
    questions: tuple[str, ...] | None = None
    language: str = "nl"
    dots: int = 3
    is_open: bool = True
    id: str = ""
    code: str = ""


@dataclass(frozen=True)
class Proposal:
    """A name proposed in a workshop session."""

    id: str
    session: str
    name: str


@dataclass(frozen=True)
class Stage:
    """What the screens of a session may show.

    Attributes
    ----------
    map_hidden
        Whether the map of what is shared is hidden from the room: who sees it draws otherwise.
    border_free
        Whether phones show the official border; before that it waits for the room.
    """

    map_hidden: bool = True
    border_free: bool = False


@dataclass(frozen=True)
class VoteRound:
    """One round of dots, or of guesses, in a workshop session.

    Attributes
    ----------
    number
        From 1, in the order in which the rounds of a session were made.
    dots
        What one voter may give; 0 in a round of guesses.
    state
        Set by the store: "waiting" until the facilitator opens it, "closed" once it is frozen.
    subjects
        What dots may be given to: ids of proposals or signals, or keys of themes.
    question, edition
        What is guessed, and the edition that answers it; empty for dots.
    answer
        Percentage that was the answer; None until a round of guesses is closed.
    reason
        Why it was begun anew; empty if it was not.
    by_ticket
        Set by the store when it is opened: whether a voter is a ticket, and so a person.
    """

    session: str
    kind: VoteKind
    subjects: tuple[str, ...] = ()
    question: str = ""
    edition: str = ""
    number: int = 1
    dots: int = 0
    state: VoteState = "waiting"
    answer: int | None = None
    reason: str = ""
    by_ticket: bool = False
    id: str = ""
