"""Who may see and do what: one table of pages, actions and roles, and the one function that holds to it."""

from dataclasses import dataclass

from geo.errors import AccessDenied, UnknownSession
from store import Actor, Project, Role
from study import projects

__all__ = ["TABLE", "Actor", "Project", "Right", "Role", "least", "may", "require"]


@dataclass(frozen=True)
class Right:
    """One thing that can be done on one page, and the least role that may.

    Attributes
    ----------
    page
        The address of the page.
    action
        "see", or what is done there.
    least
        The least role; "resident" is everybody.
    """

    page: str
    action: str
    least: Role


TABLE: tuple[Right, ...] = (
    Right("teken", "see", "resident"),
    Right("teken", "draw", "resident"),
    Right("teken", "withdraw by code", "resident"),
    Right("vergelijk", "see", "planner"),
    Right("vergelijk", "decide", "planner"),
    Right("avond", "see", "facilitator"),
    Right("avond", "prepare", "planner"),
    Right("scherm", "see", "facilitator"),
    Right("verhaal", "see", "facilitator"),
    Right("samen", "see", "facilitator"),
    Right("papier", "see", "facilitator"),
    Right("mee", "see", "resident"),
    Right("stem", "see", "resident"),
    Right("dank", "see", "resident"),
    Right("privacy", "see", "resident"),
    Right("bronnen", "see", "resident"),
    Right("bronnen", "fetch", "planner"),
    Right("inlezen", "see", "planner"),
    Right("inlezen", "keep", "planner"),
    Right("toegankelijkheid", "see", "resident"),
    Right("inloggen", "see", "resident"),
    Right("beheer", "see", "administrator"),
    Right("beheer", "save project", "administrator"),
    Right("beheer", "accounts", "administrator"),
    Right("beheer", "audit", "administrator"),
    Right("beheer", "retention", "administrator"),
    Right("beheer", "backup", "administrator"),
)
"""Every page and what can be done there. Tests try all of it, in every role."""

OPEN_WHEN_MADE_UP: tuple[Role, ...] = ("resident", "facilitator", "planner")
"""Roles that everybody has in a made-up project. Looking after the house is never among them."""


def least(page: str, action: str = "see") -> Role:
    """Give the least role that may do something on a page.

    Examples
    --------
    >>> least("beheer"), least("bronnen"), least("bronnen", "fetch")
    ('administrator', 'resident', 'planner')
    """
    return next(right.least for right in TABLE if (right.page, right.action) == (page, action))


def require(role: Role, project: Project | None, actor: Actor | None, *, session: str = "") -> None:
    """Let through whoever reaches this role; everybody, where the project is made up.

    Parameters
    ----------
    project
        What is looked at; None for what belongs to no project, such as the accounts.
    actor
        Who asks; None for a resident.
    session
        The evening that is looked at. A facilitator has one evening, and reaches its project only.

    Raises
    ------
    AccessDenied

    Examples
    --------
    >>> from datetime import date
    >>> made_up = Project("demo", "Zuiderwaard", "GM9901", date(2099, 1, 1), is_made_up=True)
    >>> require("planner", made_up, None)
    >>> require("administrator", made_up, None)
    Traceback (most recent call last):
    geo.errors.AccessDenied: role 'resident' may not 'see pages for the administrator'; ...
    """
    if project is not None and project.is_made_up and role in OPEN_WHEN_MADE_UP:
        return
    if role == "resident":
        return
    if actor is None or not actor.may(role) or not _is_at_home(actor, project, session):
        raise AccessDenied(
            role="resident" if actor is None else actor.role, action=f"see pages for the {role}"
        )


def may(role: Role, project: Project | None, actor: Actor | None, *, session: str = "") -> bool:
    """Tell whether `require` lets through.

    Examples
    --------
    >>> may("planner", None, None), may("planner", None, Actor("administrator"))
    (False, True)
    """
    try:
        require(role, project, actor, session=session)
    except AccessDenied:
        return False
    return True


def _is_at_home(actor: Actor, project: Project | None, session: str) -> bool:
    """Tell whether a facilitator is in the project, and at the evening, that the secret link was for."""
    if actor.role != "facilitator":
        return True
    if not actor.session or project is None or session not in {"", actor.session}:
        return False
    try:
        return projects.opened().session(actor.session).project == project.id
    except UnknownSession:
        return False
