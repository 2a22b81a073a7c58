"""Records: workshop sessions and proposed names."""

from dataclasses import dataclass
from datetime import date


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
