"""Editions: frozen batches of finished aggregates, so far apart that no single drawing shows."""

from collections.abc import Mapping
from datetime import date

from geo.errors import EditionTooSoon, UnknownSubject
from store import secret, workshops
from store.contributions import locked
from store.engine import Row, Transaction
from store.records import Edition

_COLUMNS = "id, project, session, number, day, n, added, withdrawn, changed, method"


def _difference(tx: Transaction, project: str, session: str, now: Mapping[str, int]) -> tuple[int, int, int]:
    """Count what was added, withdrawn and changed since the last edition."""
    last = tx.rows(
        "SELECT id FROM edition WHERE project = ? AND session = ? ORDER BY number DESC LIMIT 1",
        (project, session),
    )
    before: dict[str, int] = {}
    if last:
        before = _pairs(tx, "SELECT contribution, version FROM edition_member WHERE edition = ?", last[0][0])
    added = sum(member not in before for member in now)
    withdrawn = sum(member not in now for member in before)
    changed = sum(member in before and before[member] != version for member, version in now.items())
    return added, withdrawn, changed


def _pairs(tx: Transaction, sql: str, value: str) -> dict[str, int]:
    return {str(key): int(version) for key, version in tx.rows(sql, (value,))}


def versions(tx: Transaction, project: str, members: list[str]) -> dict[str, int]:
    """Give the version of each member, all of which must be in the store."""
    known = _pairs(tx, "SELECT id, version FROM contribution WHERE project = ?", project)
    for member in members:
        if member not in known:
            raise UnknownSubject(subject=member)
    return {member: known[member] for member in members}


def waiting(tx: Transaction, project: str, session: str, members: list[str]) -> int:
    """Count the drawings that would be new, gone or different in the next edition."""
    return sum(_difference(tx, project, session, versions(tx, project, members)))


def publish(
    tx: Transaction,
    project: str,
    *,
    session: str,
    members: list[str],
    parts: Mapping[str, str],
    method: str,
    today: date,
) -> Edition:
    """Freeze an edition.

    Raises
    ------
    EditionTooSoon
        With fewer than the project's `least` residents, or fewer than `batch` of them new,
        withdrawn or changed: the difference of two editions would be somebody's drawing.
    """
    locked(tx, project)
    if session:
        workshops.one(tx, session)
    least, batch = tx.rows("SELECT least, batch FROM project WHERE id = ?", (project,))[0]
    now = versions(tx, project, members)
    added, withdrawn, changed = _difference(tx, project, session, now)
    moved = added + withdrawn + changed
    if moved < batch or len(now) < least:
        raise EditionTooSoon(
            changed=moved, n=len(now), least=max(batch, least) if len(now) < least else batch
        )
    number = tx.rows(
        "SELECT coalesce(max(number), 0) + 1 FROM edition WHERE project = ? AND session = ?",
        (project, session),
    )[0][0]
    made = Edition(
        secret.random_id(),
        project,
        session,
        number,
        today,
        len(now),
        added,
        withdrawn,
        changed,
        method,
        dict(parts),
    )
    tx.run(
        f"INSERT INTO edition ({_COLUMNS}) VALUES ({', '.join('?' * 10)})",
        (
            made.id,
            project,
            session,
            number,
            today.isoformat(),
            made.n,
            added,
            withdrawn,
            changed,
            method,
        ),
    )
    for name, contents in parts.items():
        tx.run(
            "INSERT INTO edition_part (edition, name, contents) VALUES (?, ?, ?)", (made.id, name, contents)
        )
    # Who was in older editions is of no further use: only the difference with the last one counts.
    tx.run(
        "DELETE FROM edition_member WHERE edition IN"
        " (SELECT id FROM edition WHERE project = ? AND session = ? AND number < ?)",
        (project, session, number),
    )
    for member, version in now.items():
        tx.run("INSERT INTO edition_member VALUES (?, ?, ?)", (made.id, member, version))
    return made


def editions(tx: Transaction, project: str, session: str) -> list[Edition]:
    """Give the editions of a project or a session, the latest first."""
    found = tx.rows(
        f"SELECT {_COLUMNS} FROM edition WHERE project = ? AND session = ? ORDER BY number DESC",
        (project, session),
    )
    return [_edition(tx, row) for row in found]


def _edition(tx: Transaction, row: Row) -> Edition:
    edition, project, session, number, day, n, added, withdrawn, changed, method = row
    parts = tx.rows("SELECT name, contents FROM edition_part WHERE edition = ? ORDER BY name", (edition,))
    return Edition(
        id=edition,
        project=project,
        session=session,
        number=number,
        day=date.fromisoformat(day),
        n=n,
        added=added,
        withdrawn=withdrawn,
        changed=changed,
        method=method,
        parts={name: contents for name, contents in parts},  # noqa: C416  # a row is of unknown length
    )


def members(tx: Transaction, edition: str) -> tuple[str, ...]:
    """Give the ids counted in an edition, as far as they are not withdrawn since."""
    return tuple(
        row[0]
        for row in tx.rows(
            "SELECT m.contribution FROM edition_member m JOIN contribution c ON c.id = m.contribution"
            " WHERE m.edition = ? ORDER BY m.contribution",
            (edition,),
        )
    )
