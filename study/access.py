"""Who may see what: the one place that lets a visitor into a page for planners or facilitators."""

from geo.errors import AccessDenied
from store import Actor, Project, Role


def require(role: Role, project: Project, actor: Actor | None) -> None:
    """Let through whoever reaches this role; everybody, where the project is made up.

    Raises
    ------
    AccessDenied

    Examples
    --------
    >>> from datetime import date
    >>> made_up = Project("demo", "Zuiderwaard", "GM9901", date(2099, 1, 1), is_made_up=True)
    >>> require("planner", made_up, None)
    """
    if project.is_made_up:
        return
    if actor is None or not actor.may(role):
        raise AccessDenied(role="resident" if actor is None else actor.role, action=f"see pages for the {role}")
