"""Audit log: what people did in a role, and of staff who signed in also when and from where."""

from datetime import UTC, date, datetime

from store import credentials, row_mapping
from store.engines.base import Transaction
from store.models.accounts import Actor, AuditRow
from store.models.values import AuditResult


def append(
    tx: Transaction,
    by: Actor,
    action: str,
    *,
    project: str = "",
    n: int = 0,
    now_s: float,
    result: AuditResult = "done",
) -> None:
    """Insert an entry: who did what, to how many rows.

    The moment is stored of who has an origin only: of residents and facilitators the day is enough.
    """
    moment = datetime.fromtimestamp(int(now_s), UTC)
    entry = AuditRow(
        moment.date(),
        by.role,
        by.account or by.session,
        action,
        project,
        n,
        moment if by.origin else None,
        result,
        by.origin,
    )
    row_mapping.insert_row(
        tx, "audit", {"id": credentials.new_id()} | row_mapping.AUDIT.encode_columns(entry)
    )


def list_entries(tx: Transaction) -> list[AuditRow]:
    """Return all entries, the oldest first."""
    found = tx.query(f"SELECT {row_mapping.AUDIT.select()} FROM audit ORDER BY fid")
    return [row_mapping.AUDIT.decode(row) for row in found]


def has_entry(
    tx: Transaction, by: Actor, action: str, *, project: str, day: date, result: AuditResult
) -> bool:
    """Return whether this was written down before on this day, of the same actor."""
    return bool(
        tx.query(
            "SELECT 1 FROM audit WHERE day = ? AND role = ? AND account = ? AND action = ? AND project = ?"
            " AND result = ?",
            (day.isoformat(), by.role, by.account or by.session, action, project, result),
        )
    )
