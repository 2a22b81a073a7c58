"""Who may see and do what: one table of pages, actions and roles, and the one function that holds to it."""

from contextlib import suppress
from dataclasses import dataclass

from geo.errors import AccessDenied, StoreError, UnknownSession
from store import PARTNERS, SCOPED_ROLES, Account, Actor, AuditRow, Project, Role, SignIn
from study import context

__all__ = [
    "PARTNERS",
    "PERMISSIONS",
    "SCOPED_ROLES",
    "Account",
    "Actor",
    "AuditRow",
    "Permission",
    "Project",
    "Role",
    "SignIn",
    "has_permission",
    "has_role",
    "minimum_role",
    "permission",
    "require_permission",
    "require_role",
]


@dataclass(frozen=True)
class Permission:
    """One thing that can be done on one page, and the least role that may.

    Attributes
    ----------
    page
        Key of the page; `ui.routes.Page` has its address.
    action
        "see", or what is done there.
    least
        The least role; "resident" is everybody.
    also
        Roles beside that order that may do it in the project they are of, and in no other.
    """

    page: str
    action: str
    least: Role
    also: tuple[Role, ...] = ()


PERMISSIONS: tuple[Permission, ...] = (
    Permission("draw", "see", "resident"),
    Permission("draw", "draw", "resident"),
    Permission("draw", "withdraw by code", "resident"),
    Permission("compare", "see", "planner"),
    Permission("compare", "decide", "planner"),
    Permission("prepare", "see", "facilitator"),
    Permission("prepare", "prepare", "planner"),
    Permission("live_screen", "see", "facilitator"),
    Permission("story", "see", "facilitator"),
    Permission("voting", "see", "facilitator"),
    Permission("paper", "see", "facilitator"),
    Permission("join", "see", "resident"),
    Permission("vote", "see", "resident"),
    Permission("thanks", "see", "resident"),
    Permission("board", "see", "resident"),
    Permission("board", "send by code", "resident"),
    Permission("panel", "see", "planner", ("panel",)),
    Permission("panel", "moderate", "planner", ("panel",)),
    Permission("panel", "decide", "planner", ("panel",)),
    Permission("panel", "join cards", "planner", ("panel",)),
    Permission("meeting", "see", "planner", ("panel",)),
    Permission("meeting", "hold", "planner", ("panel",)),
    Permission("partner", "see", "planner", ("partner",)),
    Permission("partner", "answer", "planner", ("partner",)),
    Permission("privacy", "see", "resident"),
    Permission("sources", "see", "resident"),
    Permission("sources", "fetch", "planner"),
    Permission("import_file", "see", "planner"),
    Permission("import_file", "keep", "planner"),
    Permission("accessibility", "see", "resident"),
    Permission("sign_in", "see", "resident"),
    Permission("administration", "see", "administrator"),
    Permission("administration", "save project", "administrator"),
    Permission("administration", "accounts", "administrator"),
    Permission("administration", "audit", "administrator"),
    Permission("administration", "retention", "administrator"),
    Permission("administration", "backup", "administrator"),
    Permission("own_questions", "see", "planner"),
    Permission("own_questions", "change", "planner"),
    Permission("budget", "see", "resident"),
    Permission("budget", "vote by ticket", "resident"),
    Permission("budget_desk", "see", "planner"),
    Permission("budget_desk", "make a round", "planner"),
    Permission("budget_desk", "open and close", "planner"),
    Permission("budget_desk", "type paper ballots", "planner"),
    Permission("budget_desk", "set the status of a plan", "planner"),
)
"""Every page and what can be done there. Tests try all of it, in every role."""

OPEN_IN_DEMO: tuple[Role, ...] = ("resident", "facilitator", "planner")
"""Roles that everybody has in a made-up project. Looking after the house is never among them."""


def minimum_role(page: str, action: str = "see") -> Role:
    """Return the least role that may do something on a page.

    Examples
    --------
    >>> minimum_role("administration"), minimum_role("sources"), minimum_role("sources", "fetch")
    ('administrator', 'resident', 'planner')
    """
    return permission(page, action).least


def permission(page: str, action: str = "see") -> Permission:
    """Return the row of the table for something that is done on a page.

    Examples
    --------
    >>> permission("panel", "moderate").also, permission("administration").least
    (('panel',), 'administrator')
    """
    return next(right for right in PERMISSIONS if (right.page, right.action) == (page, action))


def has_permission(page: str, action: str, project: Project | None, actor: Actor | None) -> bool:
    """Return whether somebody may do something on a page of a project; nothing is written down.

    Examples
    --------
    >>> from datetime import date
    >>> noord = Project("noord", "Noord", "GM9901", date(2099, 1, 1))
    >>> panel = Actor("panel", project="noord")
    >>> [has_permission(page, "see", noord, panel) for page in ("board", "panel", "partner", "compare")]
    [True, True, False, False]
    """
    right = permission(page, action)
    if actor is not None and actor.role in right.also:
        return project is not None and actor.project == project.id
    return has_role(right.least, project, actor)


def require_permission(page: str, action: str, project: Project | None, actor: Actor | None) -> None:
    """Raise `AccessDenied` unless somebody may do this on a page; a refusal is in the audit log as that of a role.

    Raises
    ------
    AccessDenied
    """
    if not has_permission(page, action, project, actor):
        require_role(permission(page, action).least, project, actor)


def require_role(role: Role, project: Project | None, actor: Actor | None, *, session: str = "") -> None:
    """Raise `AccessDenied` below this role; in the demo everybody may look.

    That somebody who signed in was refused stands in the audit log, once a day.

    Parameters
    ----------
    project
        What is looked at; None for what belongs to no project, such as the accounts.
    actor
        Who asks; None for a resident.
    session
        The session that is looked at. A facilitator has one session, and reaches its project only.

    Raises
    ------
    AccessDenied

    Examples
    --------
    >>> from datetime import date
    >>> made_up = Project("demo", "Zuiderwaard", "GM9901", date(2099, 1, 1), is_demo=True)
    >>> require_role("planner", made_up, None)
    >>> require_role("administrator", made_up, None)
    Traceback (most recent call last):
    geo.errors.access.AccessDenied: role 'resident' may not 'see pages for the administrator'; ...
    """
    if _reaches(role, project, actor, session):
        return
    action = f"see pages for the {role}"
    if actor is not None and actor.origin:
        with suppress(StoreError):  # what cannot be written down is refused all the same
            context.get_store().accounts.append_audit(
                actor,
                action,
                project="" if project is None else project.id,
                once_a_day=True,
                result="refused",
            )
    raise AccessDenied(role="resident" if actor is None else actor.role, action=action)


def has_role(role: Role, project: Project | None, actor: Actor | None, *, session: str = "") -> bool:
    """Return whether `require_role` lets through; nothing is written down, for nobody asked for anything.

    Examples
    --------
    >>> has_role("planner", None, None), has_role("planner", None, Actor("administrator"))
    (False, True)
    """
    return _reaches(role, project, actor, session)


def _reaches(role: Role, project: Project | None, actor: Actor | None, session: str) -> bool:
    if role == "resident" or (project is not None and project.is_demo and role in OPEN_IN_DEMO):
        return True
    return actor is not None and actor.has_role(role) and _is_at_home(actor, project, session)


def _is_at_home(actor: Actor, project: Project | None, session: str) -> bool:
    """Return whether a facilitator is in the project, and at the session, that the secret link was for."""
    if actor.role != "facilitator":
        return True
    if not actor.session or project is None or session not in {"", actor.session}:
        return False
    try:
        return context.get_store().sessions.get(actor.session).project == project.id
    except UnknownSession:
        return False
