"""Records: published editions."""

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from geo.privacy_limits import MIN_PEOPLE
from geo.release.ledger import Candidate, ReleasedSet

SELECTION = "selection-"
"""Begins the scope of an edition of a selection: filters, by their digest."""


@dataclass(frozen=True)
class Edition:
    """A frozen published batch: finished aggregates, never drawings.

    Attributes
    ----------
    session
        Scope: empty for the whole project, else a workshop session or, after `SELECTION`, a digest of filters.
    number
        1, 2, 3 ... within the project, session or selection.
    n
        Residents counted.
    added, withdrawn, changed
        Against the edition before.
    parts
        Name to text, such as "cores.geojson": what `geo.disclosure_control` let through.
    """

    id: str
    project: str
    session: str
    number: int
    day: date
    n: int
    added: int
    withdrawn: int
    changed: int
    method: str
    parts: Mapping[str, str]


@dataclass(frozen=True)
class ReleaseCell:
    """A cell that an edition publishes anew: one statement about a set of people.

    Attributes
    ----------
    table, key
        Which cell; all cells of one table are compared with each other.
    members
        Contribution to what the cell rests on, such as a digest of the outline; "" where only being in it
        counts.
    min_people
        Fewest people that may stand behind it.
    """

    table: str
    key: str
    members: Mapping[str, str]
    min_people: int = MIN_PEOPLE


@dataclass(frozen=True)
class ReleaseLedger:
    """What was released of a project, and the means to set new cells beside it.

    Attributes
    ----------
    released
        Table to every set of people that was released for it, as tokens.
    """

    released: Mapping[str, Sequence[ReleasedSet]]
    secret: bytes = field(repr=False)
    person: Mapping[str, str] = field(repr=False)

    def candidate(self, cell: ReleaseCell) -> Candidate:
        """Return a cell with its people as tokens, and of each what the cell rests on."""
        members: dict[str, str] = {}
        for contribution, version in sorted(cell.members.items()):
            person = token(self.secret, "person", self.person[contribution])
            rests_on = token(self.secret, "contribution", contribution)
            if version:
                rests_on += token(self.secret, "version", version)
            members[person] = members.get(person, "") + rests_on
        return Candidate(cell.key, members, cell.min_people)


def token(secret: bytes, kind: str, value: str) -> str:
    """Return the token of a value: eight bytes that say nothing without the secret."""
    return hmac.digest(secret, f"{kind}\0{value}".encode(), "sha256")[:8].hex()
