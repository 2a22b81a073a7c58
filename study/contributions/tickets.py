"""Tickets of a project or workshop session: a letter or a table card with a code for one person."""

from store import Actor
from store.tickets import MAX_TICKETS

__all__ = ["MAX_TICKETS", "count_without_ticket", "create_tickets", "is_ticket_needed", "is_ticket_valid"]
from study import context


def create_tickets(project: str, n: int, *, session: str = "", by: Actor) -> tuple[str, ...]:
    """Create tickets and return their codes, this once; from now on only who has one counts.

    Raises
    ------
    AccessDenied, InputRefused, UnknownProject, UnknownSession
    """
    return context.get_store().tickets.create(project, n, session=session, by=by)


def is_ticket_needed(project: str, *, session: str = "") -> bool:
    """Return whether a drawing counts with a ticket only."""
    return context.get_store().tickets.is_needed(project, session=session)


def count_without_ticket(project: str, *, session: str = "") -> int:
    """Return how many drawings stop counting when the first tickets of a project or session are made."""
    return context.get_store().tickets.count_without(project, session=session)


def is_ticket_valid(project: str, code: str, *, session: str = "") -> bool:
    """Return whether a code, as typed, is that of a ticket for a project or session."""
    return context.get_store().tickets.is_valid(project, code, session=session)
