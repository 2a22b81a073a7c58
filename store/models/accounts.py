"""Records: actors, accounts and audit rows."""

from dataclasses import dataclass, field
from datetime import date, datetime

from store.models.values import RANKED_ROLES, AuditResult, CardOwner, Role


@dataclass(frozen=True)
class Actor:
    """Who acts: a role, and a random account id or session id; never a name.

    Attributes
    ----------
    origin
        Where somebody who signed in acts from: a pseudonym of a network, or a part of this program. It is "" for who
        did not sign in, such as residents and facilitators, and says nothing of who it is.
    project, owner
        Scope of a panel or partner: its one project, and of a partner the kind of organisation; "" for all others.

    Examples
    --------
    >>> Actor("planner").has_role("facilitator"), Actor("planner").has_role("administrator")
    (True, False)
    >>> panel = Actor("panel", project="noord")
    >>> panel.has_role("resident"), panel.has_role("facilitator"), Actor("administrator").has_role("panel")
    (True, False, False)
    """

    role: Role
    account: str = ""
    session: str = ""
    origin: str = field(default="", compare=False)
    project: str = ""
    owner: CardOwner | str = ""

    def has_role(self, least: Role) -> bool:
        """Return whether this role reaches `least`; a role in the scope of a project reaches no other."""
        if self.role in RANKED_ROLES and least in RANKED_ROLES:
            return RANKED_ROLES.index(self.role) >= RANKED_ROLES.index(least)
        return least in {"resident", self.role}

    def is_panel_of(self, project: str) -> bool:
        """Return whether this is the panel of a project.

        Examples
        --------
        >>> Actor("panel", project="noord").is_panel_of("noord"), Actor("panel").is_panel_of("")
        (True, False)
        """
        return self.role == "panel" and project != "" and self.project == project


@dataclass(frozen=True)
class Account:
    """Staff, a panel or a partner that signs in with a password; `label` is a function, not a person.

    Attributes
    ----------
    project, owner
        Scope of a panel or partner, as in `Actor`.
    """

    id: str
    label: str
    role: Role
    project: str = ""
    owner: CardOwner | str = ""


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
