"""What residents tell: private, kept as a bank keeps money, and erased when they ask.

One small door. `open` gives a `Store`; its records are in `store.records`.

>>> import tempfile, pathlib
>>> from datetime import date
>>> folder = pathlib.Path(tempfile.mkdtemp())
>>> with open(f"sqlite:///{folder}/buurt.gpkg") as store:
...     made = store.save_project(Project("demo", "Zuiderwaard", "Zuiderwaard", date(2099, 1, 1)))
...     len(store.sketches("demo"))
0
"""

import os
import time
from collections.abc import Callable
from pathlib import Path

from geo.errors import StoreAddressUnknown, StoreDamaged
from store import keeping
from store.door import ALL, Store
from store.engine import Engine
from store.records import (
    ACTIONS,
    MODES,
    PLACE_KINDS,
    ROLES,
    SIGNAL_KINDS,
    SIGNAL_STATUSES,
    THEMES,
    Account,
    Action,
    Actor,
    AuditRow,
    Contribution,
    Edition,
    Erased,
    Filters,
    Flag,
    HomeFacts,
    Mode,
    Moved,
    Place,
    PlaceKind,
    Project,
    Proposal,
    Receipt,
    Role,
    Signal,
    SignalKind,
    SignalStatus,
    Soundness,
    Theme,
    Told,
    ViewFacts,
    Withdrawal,
    WorkshopSession,
)
from store.sqlite import SqliteEngine

__all__ = [
    "ACTIONS",
    "ALL",
    "MODES",
    "PLACE_KINDS",
    "ROLES",
    "SIGNAL_KINDS",
    "SIGNAL_STATUSES",
    "THEMES",
    "Account",
    "Action",
    "Actor",
    "AuditRow",
    "Contribution",
    "Edition",
    "Erased",
    "Filters",
    "Flag",
    "HomeFacts",
    "Mode",
    "Moved",
    "Place",
    "PlaceKind",
    "Project",
    "Proposal",
    "Receipt",
    "Role",
    "Signal",
    "SignalKind",
    "SignalStatus",
    "Soundness",
    "Store",
    "Theme",
    "Told",
    "ViewFacts",
    "Withdrawal",
    "WorkshopSession",
    "copy",
    "open",
    "restore",
]

SETTING = "BUURT_STORE"
PATIENCE_S = 30.0


def address() -> str:
    """Give the address of the store: the setting ``BUURT_STORE``, else a file in ``data/store``."""
    here = Path(__file__).resolve().parent.parent / "data" / "store" / "buurt.gpkg"
    return os.environ.get(SETTING) or f"sqlite:///{here}"


def open(  # noqa: A001  # reads as `store.open(...)`
    url: str | None = None,
    *,
    patience_s: float = PATIENCE_S,
    clock: Callable[[], float] = time.time,
) -> Store:
    """Open a store; a file that does not exist is made.

    Parameters
    ----------
    url
        ``sqlite:///relative/buurt.gpkg``, ``sqlite:////absolute/buurt.gpkg`` or
        ``postgresql://user@host/database``; by default `address`.
    patience_s
        How long a write waits for another one, s.
    clock
        Seconds since 1970.

    Raises
    ------
    StoreAddressUnknown, StoreUnreachable, StoreReadOnly, StoreFull, StoreBusy, StoreDamaged, StoreTooNew
    """
    return Store(_engine(url or address(), patience_s), clock)


def _engine(url: str, patience_s: float = PATIENCE_S) -> Engine:
    scheme, _, rest = url.partition("://")
    if scheme == "sqlite" and rest.startswith("/"):
        return SqliteEngine(Path(rest[1:]), patience_s=patience_s)
    if scheme in {"postgresql", "postgres"}:
        from store.postgres import PostgresEngine  # noqa: PLC0415  # a quarter of a second, only where it is chosen

        return PostgresEngine(url, patience_s=patience_s)
    raise StoreAddressUnknown(scheme=scheme[:20])


def copy(from_url: str, to_url: str) -> Moved:
    """Move everything of one store into another, empty one.

    Raises
    ------
    StoreNotEmpty
        There are contributions in the other one; nothing was done.
    """
    source, target = _engine(from_url), _engine(to_url)
    try:
        return keeping.copy(source, target)
    finally:
        source.close()
        target.close()


def restore(path: str | Path, url: str | None = None, *, replace: bool = False) -> Moved:
    """Put a backup back. What was erased since the backup stays erased.

    Raises
    ------
    BackupBroken
        The backup is not whole; nothing was done.
    StoreNotEmpty
        There are drawings in the store, and `replace` is not set.
    StoreDamaged
        The store itself is damaged, and `replace` is not set; when it is, the file is put aside.
    """
    at = url or address()
    try:
        return _restored(Path(path), at, replace=replace)
    except StoreDamaged:
        if not replace or not at.startswith("sqlite:///"):
            raise
    _put_aside(Path(at.removeprefix("sqlite:///")))
    return _restored(Path(path), at, replace=replace)


def _restored(path: Path, url: str, *, replace: bool) -> Moved:
    target = _engine(url)
    try:
        return keeping.restore(path, target, replace=replace)
    finally:
        target.close()


def _put_aside(damaged: Path) -> None:
    """Give a damaged file another name; it is never removed."""
    now = time.time_ns()
    for rest in ("", "-wal", "-shm"):
        part = damaged.with_name(damaged.name + rest)
        if part.exists():
            part.rename(damaged.with_name(f"{damaged.name}.damaged-{now}{rest}"))
