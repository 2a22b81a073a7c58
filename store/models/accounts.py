"""Records: actors, accounts and audit rows."""

from dataclasses import dataclass, field
from datetime import date, datetime

from store.models.values import ROLES, AuditResult, Role


@dataclass(frozen=True)
class Actor:
    """Who acts: a role, and a random account id or session id; never a name.

    Attributes
    ----------
    origin
        Where somebody who signed in acts from: a pseudonym of a network, or a part of this program. It is "" for who
        did not sign in, such as residents and facilitators, and says nothing of who it is.

    Examples
    --------
    >>> Actor("planner").has_role("facilitator"), Actor("planner").has_role("administrator")
    (True, False)
    """

    role: Role
    account: str = ""
    session: str = ""
    origin: str = field(default="", compare=False)

    def has_role(self, least: Role) -> bool:
        """Return whether this role reaches `least`."""
        return ROLES.index(self.role) >= ROLES.index(least)


@dataclass(frozen=True)
class Account:
    """A planner or administrator who signs in with a password; `label` is a function, not a person."""

    id: str
    label: str
    role: Role


@dataclass(frozen=True)
class SignIn:
    """Somebody who proved who they are.

    Attributes
    ----------
    version
        Token of the password that was signed in with; "" for who comes from elsewhere.
    until_s
        When it is over, seconds since 1970.
    """

    actor: Actor
    version: str
    until_s: float


@dataclass(frozen=True)
class AuditRow:
    """Who did what, by role and account id; nothing about a resident.

    Attributes
    ----------
    moment
        In UTC, of who has an origin; None for all others, of whom the day is enough.
    result
        Whether it was done, refused or failed.
    origin
        As in `Actor`.
    """

    day: date
    role: Role
    account: str
    action: str
    project: str
    n: int
    moment: datetime | None = None
    result: AuditResult = "done"
    origin: str = ""
