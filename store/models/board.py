"""Records: cards on the board of a neighbourhood, and what was decided about them."""

from dataclasses import dataclass
from datetime import date

from store.models.values import CardOwner, Role, SignalKind, SignalStatus


@dataclass(frozen=True)
class Card:
    """A signal or initiative that somebody wants on the board; nobody's name is in it.

    Attributes
    ----------
    x, y
        Centre of the square of 100 m it is about, m in the plane of the project; None for no place.
    owner
        Who has it in hand: a role or kind of organisation, never a person; empty while nobody has.
    why
        One sentence on the status.
    added, changed
        Day it came in, and day of the last decision.
    due
        Day by which who has it in hand promised to be done; None without a promise.
    joined_into
        Id of the card that says the same, of which this is a source now; "" for one that stands by itself.
    is_released, is_hidden
        What a moderator decided about its words; neither while it waits.
    """

    project: str
    kind: SignalKind
    text: str
    theme: str = ""
    x: float | None = None
    y: float | None = None
    id: str = ""
    status: SignalStatus = "new"
    owner: CardOwner | str = ""
    why: str = ""
    added: date = date.min
    changed: date = date.min
    due: date | None = None
    joined_into: str = ""
    is_released: bool = False
    is_hidden: bool = False

    @property
    def can_be_answered(self) -> bool:
        """Whether the organisation that has it in hand may answer: the panel opens again what was closed."""
        return self.status in ("wijkpanel", "planned")

    @property
    def is_in_hand(self) -> bool:
        """Whether somebody promised something, or an organisation is asked to: joined, it leaves their list."""
        asked = self.status == "wijkpanel" and self.owner not in ("", "panel")
        return asked or self.status in ("planned", "budget")


@dataclass(frozen=True)
class CardEvent:
    """One decision about a card; none is ever changed."""

    card: str
    day: date
    role: Role
    status: SignalStatus
    owner: CardOwner | str
    why: str
    due: date | None = None
