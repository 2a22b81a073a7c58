"""Private storage for contributions: durable, auditable, erasable on request.

`open_store` returns a `Store`; its records are in `store.models`.

>>> import tempfile
>>> import pathlib
>>> from datetime import date
>>> folder = pathlib.Path(tempfile.mkdtemp())
>>> with open_store(f"sqlite:///{folder}/buurt.gpkg") as store:
...     made = store.projects.save(Project("demo", "Zuiderwaard", "Zuiderwaard", date(2099, 1, 1)))
...     len(store.contributions.read_sketches("demo"))
0
"""

import time
from collections.abc import Callable
from pathlib import Path

import settings
from geo.errors import StoreAddressUnknown, StoreDamaged
from geo.schemas import THEMES, Theme
from store.engines.base import Engine
from store.engines.sqlite import SqliteEngine
from store.facade import Store
from store.maintenance import backup, copying
from store.models.accounts import Account, Actor, AuditRow, SignIn
from store.models.board import Card, CardEvent
from store.models.budget import (
    BALLOT_RULES,
    COUNTING_METHODS,
    PLAN_STATUSES,
    Ballot,
    BallotCounts,
    BallotRule,
    BudgetPlan,
    BudgetRound,
    CountingMethod,
    PlanStatus,
    Way,
    check_choices,
)
from store.models.contributions import (
    Contribution,
    ContributionWithDetails,
    Flag,
    HomeFacts,
    Place,
    Receipt,
    Signal,
    ViewFacts,
    Withdrawal,
)
from store.models.editions import SELECTION, Edition, ReleaseCell, ReleaseLedger
from store.models.panel import AgendaItem, Meeting
from store.models.projects import ALL, Filters, OwnQuestion, Project
from store.models.reports import ErasureLog, RetentionReport, TransferReport, VerificationReport
from store.models.values import (
    ACTIONS,
    AGENDA_OUTCOMES,
    AGENDA_WAYS,
    AUDIT_RESULTS,
    CARD_OWNERS,
    MODES,
    PARTNERS,
    PLACE_KINDS,
    RANKED_ROLES,
    REACTION_KINDS,
    ROLES,
    SCOPED_ROLES,
    SIGNAL_KINDS,
    SIGNAL_STATUSES,
    Action,
    AgendaOutcome,
    AgendaWay,
    AuditResult,
    CardOwner,
    Mode,
    PlaceKind,
    ReactionKind,
    Role,
    SignalKind,
    SignalStatus,
    VoteKind,
)
from store.models.workshop_sessions import Proposal, Stage, VoteRound, WorkshopSession

__all__ = [
    "ACTIONS",
    "AGENDA_OUTCOMES",
    "AGENDA_WAYS",
    "ALL",
    "AUDIT_RESULTS",
    "BALLOT_RULES",
    "CARD_OWNERS",
    "COUNTING_METHODS",
    "MODES",
    "PARTNERS",
    "PLACE_KINDS",
    "PLAN_STATUSES",
    "RANKED_ROLES",
    "REACTION_KINDS",
    "ROLES",
    "SCOPED_ROLES",
    "SELECTION",
    "SIGNAL_KINDS",
    "SIGNAL_STATUSES",
    "THEMES",
    "Account",
    "Action",
    "Actor",
    "AgendaItem",
    "AgendaOutcome",
    "AgendaWay",
    "AuditResult",
    "AuditRow",
    "Ballot",
    "BallotCounts",
    "BallotRule",
    "BudgetPlan",
    "BudgetRound",
    "Card",
    "CardEvent",
    "CardOwner",
    "Contribution",
    "ContributionWithDetails",
    "CountingMethod",
    "Edition",
    "ErasureLog",
    "Filters",
    "Flag",
    "HomeFacts",
    "Meeting",
    "Mode",
    "OwnQuestion",
    "Place",
    "PlaceKind",
    "PlanStatus",
    "Project",
    "Proposal",
    "ReactionKind",
    "Receipt",
    "ReleaseCell",
    "ReleaseLedger",
    "RetentionReport",
    "Role",
    "SignIn",
    "Signal",
    "SignalKind",
    "SignalStatus",
    "Stage",
    "Store",
    "Theme",
    "TransferReport",
    "VerificationReport",
    "ViewFacts",
    "VoteKind",
    "VoteRound",
    "Way",
    "Withdrawal",
    "WorkshopSession",
    "check_choices",
    "copy_store",
    "open_store",
    "restore_backup",
]

SETTING = "BUURT_STORE"
PATIENCE_S = 30.0


def store_url() -> str:
    """Return the URL of the store: the setting ``BUURT_STORE``, else a file in ``data/store``."""
    return settings.store_url()


def open_store(
    url: str | None = None,
    *,
    patience_s: float = PATIENCE_S,
    clock: Callable[[], float] = time.time,
) -> Store:
    """Open a store, and return it; a file that does not exist is created.

    Parameters
    ----------
    url
        ``sqlite:///relative/buurt.gpkg``, ``sqlite:////absolute/buurt.gpkg`` or
        ``postgresql://user@host/database``; by default `store_url`.
    patience_s
        How long a write waits for another one, s.
    clock
        Seconds since 1970.

    Raises
    ------
    StoreAddressUnknown
        When the URL is of no known kind.
    StoreUnreachable, StoreReadOnly, StoreFull, StoreBusy
        When it cannot be opened or created.
    StoreDamaged, StoreTooNew
        When it is not a whole store, or a newer version of the program wrote it.
    """
    return Store(_engine(url or store_url(), patience_s), clock)


def _engine(url: str, patience_s: float = PATIENCE_S) -> Engine:
    scheme, _, rest = url.partition("://")
    if scheme == "sqlite" and rest.startswith("/"):
        return SqliteEngine(Path(rest[1:]), patience_s=patience_s)
    if scheme in {"postgresql", "postgres"}:
        # Importing the driver takes a quarter of a second, so only who needs it does.
        from store.engines.postgres import PostgresEngine  # noqa: PLC0415

        return PostgresEngine(url, patience_s=patience_s)
    raise StoreAddressUnknown(scheme=scheme[:20])


def copy_store(from_url: str, to_url: str) -> TransferReport:
    """Copy a whole store to an empty one, verify the copy, and return what was copied.

    Raises
    ------
    StoreNotEmpty
        When the target has contributions; nothing was copied.
    StoreDamaged
        When the copy differs from the source.
    """
    source, target = _engine(from_url), _engine(to_url)
    try:
        return copying.copy_store(source, target)
    finally:
        source.close()
        target.close()


def restore_backup(path: str | Path, url: str | None = None, *, replace: bool = False) -> TransferReport:
    """Replace a store by a backup; what was deleted since the backup stays deleted.

    Raises
    ------
    BackupBroken
        When the backup is not whole; nothing was done.
    StoreNotEmpty
        When the store has contributions, and `replace` is not set.
    StoreDamaged
        When the store itself is damaged, and `replace` is not set; if it is, the file is renamed.
    """
    at = url or store_url()
    try:
        return _restore(Path(path), at, replace=replace)
    except StoreDamaged:
        if not replace or not at.startswith("sqlite:///"):
            raise
    _rename_damaged(Path(at.removeprefix("sqlite:///")))
    return _restore(Path(path), at, replace=replace)


def _restore(path: Path, url: str, *, replace: bool) -> TransferReport:
    target = _engine(url)
    try:
        return backup.restore_backup(path, target, replace=replace)
    finally:
        target.close()


def _rename_damaged(damaged: Path) -> None:
    """Rename a damaged file; it is never deleted."""
    now = time.time_ns()
    for rest in ("", "-wal", "-shm"):
        part = damaged.with_name(damaged.name + rest)
        if part.exists():
            part.rename(damaged.with_name(f"{damaged.name}.damaged-{now}{rest}"))
