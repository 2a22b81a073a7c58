"""Rows of proposed names and signals in a workshop session."""

from dataclasses import replace
from datetime import date

from geo.errors import DecidedMeanwhile, InputRefused, UnknownSession, UnknownSubject
from store import credentials, row_mapping
from store.engines.base import Transaction
from store.models.accounts import Actor
from store.models.contributions import Signal
from store.models.values import SignalStatus
from store.models.workshop_sessions import Proposal, WorkshopSession
from store.repositories import audit_log
from store.repositories.accounts import require_role, require_session_role
from store.repositories.projects import bump_revision, lock_open_project, lock_project

MAX_PROPOSALS = 500


def propose_name(tx: Transaction, session: WorkshopSession, name: str, *, today: date) -> Proposal:
    """Insert a proposed name, or return the proposal that has it already.

    Raises
    ------
    InputRefused
        When the session has `MAX_PROPOSALS` names.
    ProjectClosed
        When its project is past its last day.
    """
    lock_open_project(tx, session.project, today)
    proposals = list_proposals(tx, session.id)
    for proposal in proposals:
        if proposal.name.casefold() == name.casefold():
            return proposal
    if len(proposals) >= MAX_PROPOSALS:
        raise InputRefused(field="proposal", reason="too_many")
    made = Proposal(credentials.new_id(), session.id, name)
    row_mapping.insert_row(tx, "proposal", row_mapping.PROPOSAL.encode_columns(made))
    bump_revision(tx, session.project)
    return made


def list_proposals(tx: Transaction, session: str) -> list[Proposal]:
    """Return the names proposed in a session, without those hidden in moderation."""
    found = tx.query(
        f"SELECT {row_mapping.PROPOSAL.select()} FROM proposal WHERE session = ? AND id NOT IN"
        " (SELECT subject FROM decision WHERE undone = 0 AND action = 'hide') ORDER BY words, id",
        (session,),
    )
    return [row_mapping.PROPOSAL.decode(row) for row in found]


def add_signal(
    tx: Transaction, project: str, session: WorkshopSession | None, signal: Signal, *, today: date
) -> Signal:
    """Insert a signal that belongs to no contribution.

    Raises
    ------
    UnknownProject, ProjectClosed
        When there is no such project, or it is past its last day.
    UnknownSession
        When the session is not one of the project.
    """
    lock_open_project(tx, project, today)
    if session and session.project != project:
        raise UnknownSession(session=session.id)
    made = replace(signal, id=credentials.new_id(), session=session.id if session else "")
    row_mapping.insert_row(
        tx,
        "signal",
        row_mapping.SIGNAL.encode_columns(made) | {"project": project, "contribution": None, "seq": 0},
    )
    bump_revision(tx, project)
    return made


FACILITATOR_STATUSES: tuple[SignalStatus, ...] = ("new", "wijkpanel")
"""Between which a facilitator moves a signal at the session; the others are a planner's decision afterwards."""


def set_signal_status(
    tx: Transaction, signal: str, status: SignalStatus, was: SignalStatus, by: Actor, *, now_s: float
) -> None:
    """Update the status of a signal and log the decision; the same status again is no decision.

    Raises
    ------
    UnknownSubject
        When there is no such signal.
    AccessDenied
        When `by` is not a planner, nor the facilitator of its session with one of `FACILITATOR_STATUSES`.
    DecidedMeanwhile
        When the status is no longer what it `was` on the screen of who decides.
    """
    found = tx.query("SELECT project, session FROM signal WHERE id = ?", (signal,))
    if not found:
        raise UnknownSubject(subject=signal)
    project, session = found[0]
    if {status, was} <= set(FACILITATOR_STATUSES):
        require_session_role(by, session or "", "decide about signals")
    else:
        require_role(by, "planner", "decide about signals")
    lock_project(tx, project)
    ((now,),) = tx.query("SELECT status FROM signal WHERE id = ?", (signal,))
    if now == status:
        return
    if now != was:
        raise DecidedMeanwhile(status=now, was=was)
    audit_log.append(tx, by, f"decide about a signal: {status}", project=project, n=1, now_s=now_s)
    tx.execute("UPDATE signal SET status = ? WHERE id = ?", (status, signal))
    bump_revision(tx, project)
