"""Deletion of what is past its retention date."""

from datetime import date, timedelta

from store.engines.base import Engine, Transaction
from store.models.accounts import Actor
from store.models.reports import ErasureLog, RetentionReport
from store.repositories.audit_log import append, list_entries
from store.repositories.board.rows import erase_of_project
from store.repositories.budget.rows import erase_rounds
from store.repositories.projects import bump_revision, lock_project
from store.repositories.release_ledger import erase_ledger

_AUDIT_RETENTION = timedelta(days=730)
_OF_PROJECT = (
    "contribution", "signal", "card", "card_code", "meeting", "budget_round", "flag", "decision",
    "released_name", "ticket", "release_set",
)  # fmt: skip
_OF_SESSION = ("proposal", "vote_round")
"""With `_OF_PROJECT` what people gave or decided: any of it alone is enough to have a project erased."""


ERASED = "erase a project past its date"
"""In the audit log, once for every project that is erased and in the same transaction."""

BY_ITSELF = Actor("administrator", account="retention", origin="server")
"""The program erases, whoever started it."""


def erase_expired(engine: Engine, today: date, now_s: float) -> RetentionReport:
    """Delete what people gave and decided in projects past their date, and audit entries of two years ago.

    Editions stay: they show nobody.
    """
    of_project = [f"EXISTS (SELECT 1 FROM {table} t WHERE t.project = p.id)" for table in _OF_PROJECT]
    of_session = [
        f"EXISTS (SELECT 1 FROM {table} t JOIN session s ON s.id = t.session WHERE s.project = p.id)"
        for table in _OF_SESSION
    ]
    with engine.write() as tx:
        past = [
            row[0]
            for row in tx.query(
                "SELECT p.id FROM project p WHERE p.retention_until < ?"
                f" AND ({' OR '.join(of_project + of_session)}) ORDER BY p.id",
                (today.isoformat(),),
            )
        ]
        counts = [_erase_project(tx, project) for project in past]
        for project, (n, _, _) in zip(past, counts, strict=True):
            append(tx, BY_ITSELF, ERASED, project=project, n=n, now_s=now_s)
        tx.execute("DELETE FROM audit WHERE day < ?", ((today - _AUDIT_RETENTION).isoformat(),))
    return RetentionReport(
        tuple(past), sum(c[0] for c in counts), sum(c[1] for c in counts), sum(c[2] for c in counts)
    )


def erasure_log(tx: Transaction, project: str) -> ErasureLog:
    """Return what was erased of a project."""
    rows = tx.query("SELECT reason, count(*) FROM erased WHERE project = ? GROUP BY reason", (project,))
    past = [(row.day, row.n) for row in list_entries(tx) if (row.action, row.project) == (ERASED, project)]
    return ErasureLog(tuple(past), {str(reason): int(n) for reason, n in sorted(rows)})


def _erase_project(tx: Transaction, project: str) -> tuple[int, int, int]:
    lock_project(tx, project)
    mine = "contribution IN (SELECT id FROM contribution WHERE project = ?)"
    places = sum(
        tx.execute(f"DELETE FROM {t} WHERE {mine}", (project,)) for t in ("place", "place_elsewhere")
    )
    for table in ("sketch", "sketch_elsewhere", "withdrawal_code"):
        tx.execute(f"DELETE FROM {table} WHERE {mine}", (project,))
    signals = tx.execute("DELETE FROM signal WHERE project = ?", (project,))
    for table in ("flag", "decision"):
        tx.execute(f"DELETE FROM {table} WHERE project = ?", (project,))
    # The dots and guesses of a round go with it.
    for table in _OF_SESSION:
        tx.execute(
            f"DELETE FROM {table} WHERE session IN (SELECT id FROM session WHERE project = ?)", (project,)
        )
    tx.execute(
        "DELETE FROM edition_member WHERE edition IN (SELECT id FROM edition WHERE project = ?)", (project,)
    )
    erase_of_project(tx, project)
    erase_rounds(tx, project)
    erase_ledger(tx, project)
    for table in ("released_name", "ticket"):
        tx.execute(f"DELETE FROM {table} WHERE project = ?", (project,))
    tx.execute(
        "INSERT INTO erased SELECT id, project, 'retention' FROM contribution WHERE project = ?"
        " ON CONFLICT DO NOTHING",
        (project,),
    )
    n = tx.execute("DELETE FROM contribution WHERE project = ?", (project,))
    bump_revision(tx, project)
    return n, places, signals
