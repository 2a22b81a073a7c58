"""Editions: frozen batches of finished aggregates, so far apart that no single drawing shows."""

from collections.abc import Mapping, Sequence
from datetime import date

from geo.errors import EditionTooSoon, InputRefused, UnknownSubject
from store import credentials, text_cleaning
from store.engines.base import Row, Transaction
from store.models.accounts import Actor
from store.models.editions import SELECTION, Edition, ReleaseCell, ReleaseLedger
from store.repositories.accounts import require_role, require_session_role
from store.repositories.audit_log import append
from store.repositories.projects import bump_revision, lock_project
from store.repositories.release_ledger import read_ledger, record_cells
from store.repositories.workshop_sessions import get_session
from store.repository import Repository
from store.row_mapping import placeholders
from store.validation import MAX_NAME

MAX_PART_BYTES = 20_000_000
_COLUMNS = "id, project, session, number, day, n, added, withdrawn, changed, method"


def _changes(tx: Transaction, project: str, session: str, now: Mapping[str, int]) -> tuple[int, int, int]:
    """Count what was added, withdrawn and changed since the last edition."""
    last = tx.query(
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
    return {str(key): int(version) for key, version in tx.query(sql, (value,))}


def member_versions(tx: Transaction, project: str, members: list[str]) -> dict[str, int]:
    """Return the version of each member, all of which must be in the store."""
    known = _pairs(tx, "SELECT id, version FROM contribution WHERE project = ?", project)
    for member in members:
        if member not in known:
            raise UnknownSubject(subject=member)
    return {member: known[member] for member in members}


def create_edition(
    tx: Transaction,
    project: str,
    *,
    session: str,
    members: list[str],
    parts: Mapping[str, str],
    cells: Sequence[ReleaseCell],
    method: str,
    today: date,
) -> Edition:
    """Freeze an edition.

    Raises
    ------
    EditionTooSoon
        With fewer than the project's `least` residents behind anything that is shown, or when a cell differs
        by a few people from what was released before: the difference would be somebody's drawing.
    """
    lock_project(tx, project)
    if session and not session.startswith(SELECTION):
        get_session(tx, session)
    least, batch = tx.query("SELECT least, batch FROM project WHERE id = ?", (project,))[0]
    now = member_versions(tx, project, members)
    if parts and len(now) < least:
        raise EditionTooSoon(changed=0, n=len(now), least=least)
    added, withdrawn, changed = _changes(tx, project, session, now)
    number = tx.query(
        "SELECT coalesce(max(number), 0) + 1 FROM edition WHERE project = ? AND session = ?",
        (project, session),
    )[0][0]
    made = Edition(
        credentials.new_id(),
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
    tx.execute(
        f"INSERT INTO edition ({_COLUMNS}) VALUES ({placeholders(len(_COLUMNS.split(',')))})",
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
    record_cells(tx, project, made.id, cells, min_people=batch)
    for name, contents in parts.items():
        tx.execute(
            "INSERT INTO edition_part (edition, name, contents) VALUES (?, ?, ?)", (made.id, name, contents)
        )
    # Who was in older editions is of no further use: only the difference with the last one counts.
    tx.execute(
        "DELETE FROM edition_member WHERE edition IN"
        " (SELECT id FROM edition WHERE project = ? AND session = ? AND number < ?)",
        (project, session, number),
    )
    for member, version in now.items():
        tx.execute("INSERT INTO edition_member VALUES (?, ?, ?)", (made.id, member, version))
    return made


def list_editions(tx: Transaction, project: str, session: str) -> list[Edition]:
    """Return the editions of a project or a session, the latest first."""
    found = tx.query(
        f"SELECT {_COLUMNS} FROM edition WHERE project = ? AND session = ? ORDER BY number DESC",
        (project, session),
    )
    return [_edition(tx, row) for row in found]


def latest_edition(tx: Transaction, project: str, session: str) -> Edition | None:
    """Return the latest edition; None before the first, and where the latest was taken down."""
    found = tx.query(
        f"SELECT {_COLUMNS} FROM edition WHERE project = ? AND session = ? ORDER BY number DESC LIMIT 1",
        (project, session),
    )
    if not found:
        return None
    edition = _edition(tx, found[0])
    return edition if edition.parts else None


def take_down_small(tx: Transaction, project: str) -> None:
    """Empty the editions of a scope of whose latest too few people are left."""
    least = tx.query("SELECT least FROM project WHERE id = ?", (project,))[0][0]
    for (session,) in tx.query("SELECT DISTINCT session FROM edition WHERE project = ?", (project,)):
        left = tx.query(
            "SELECT count(DISTINCT CASE WHEN c.drawer = '' THEN c.id ELSE c.drawer END)"
            " FROM edition e JOIN edition_member m ON m.edition = e.id"
            " JOIN contribution c ON c.id = m.contribution WHERE e.project = ? AND e.session = ?"
            " AND e.number = (SELECT max(number) FROM edition WHERE project = ? AND session = ?)",
            (project, session, project, session),
        )[0][0]
        if left < least:
            tx.execute(
                "DELETE FROM edition_part WHERE edition IN"
                " (SELECT id FROM edition WHERE project = ? AND session = ?)",
                (project, session),
            )


def _edition(tx: Transaction, row: Row) -> Edition:
    edition, project, session, number, day, n, added, withdrawn, changed, method = row
    parts = tx.query("SELECT name, contents FROM edition_part WHERE edition = ? ORDER BY name", (edition,))
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


def edition_members(tx: Transaction, edition: str) -> tuple[str, ...]:
    """Return the ids counted in an edition, as far as they are not withdrawn since."""
    return tuple(
        row[0]
        for row in tx.query(
            "SELECT m.contribution FROM edition_member m JOIN contribution c ON c.id = m.contribution"
            " WHERE m.edition = ? ORDER BY m.contribution",
            (edition,),
        )
    )


class EditionRepository(Repository):
    """Published editions."""

    def read_ledger(self, project: str) -> ReleaseLedger:
        """Return what was released of a project, and the means to set new cells beside it."""
        with self._engine.write() as tx:  # the secret of the project is made when it is first asked for
            return read_ledger(tx, project)

    def released_names(self, project: str) -> frozenset[str]:
        """Return the names, normalised, that somebody looked at and released."""
        with self._engine.read() as tx:
            return frozenset(
                row[0] for row in tx.query("SELECT name FROM released_name WHERE project = ?", (project,))
            )

    def release_name(self, project: str, name: str, *, released: bool = True, by: Actor) -> None:
        """Release a name of a neighbourhood for editions, or take that back; it is logged.

        Raises
        ------
        AccessDenied, InputRefused
        """
        require_role(by, "planner", "release a name")
        checked = text_cleaning.clean_text(name, field="name", most=MAX_NAME)
        with self._engine.write() as tx:
            tx.execute("DELETE FROM released_name WHERE project = ? AND name = ?", (project, checked))
            if released:
                tx.execute(
                    "INSERT INTO released_name VALUES (?, ?, ?, ?)",
                    (project, checked, by.role, self._today().isoformat()),
                )
            bump_revision(tx, project)
            action = "release a name" if released else "hold back a name"
            append(tx, by, action, project=project, n=1, now_s=self._clock())

    def publish(
        self,
        project: str,
        members: Sequence[str],
        parts: Mapping[str, str],
        cells: Sequence[ReleaseCell],
        *,
        method: str,
        session: str = "",
        by: Actor,
    ) -> Edition:
        """Freeze an edition of finished aggregates.

        Parameters
        ----------
        members
            sketch_ids counted in it.
        parts
            Name to text, after `geo.release`; without any, nothing of this scope is shown any more.
        cells
            What is published anew, with the people behind it: held against all that was released before.
        method
            Names the formulas in force.

        Raises
        ------
        AccessDenied
        EditionTooSoon
            Too few residents, or a cell that differs by a few of them from what was released before.
        """
        require_session_role(by, session, "publish an edition")
        for name, contents in parts.items():
            text_cleaning.validate_key(name, field="parts")
            size = len(contents.encode())
            if size > MAX_PART_BYTES or "\0" in contents:
                raise InputRefused(field="parts", reason="too_large")
        with self._engine.write() as tx:
            made = create_edition(
                tx,
                project,
                session=session,
                members=list(members),
                parts=parts,
                cells=list(cells),
                method=method,
                today=self._today(),
            )
            append(tx, by, "publish an edition", project=project, n=made.n, now_s=self._clock())
        return made

    def list_all(self, project: str, *, session: str = "") -> list[Edition]:
        """Return the editions, the latest first: all that public pages may show."""
        with self._engine.read() as tx:
            return list_editions(tx, project, session)

    def latest(self, project: str, *, session: str = "") -> Edition | None:
        """Return the latest edition; None before the first, and where the latest was taken down."""
        with self._engine.read() as tx:
            return latest_edition(tx, project, session)

    def numbers(self, project: str) -> dict[str, tuple[str, int]]:
        """Return the scope and number of all editions by id: of a project, its sessions and selections.

        Those that were taken down are among them.
        """
        with self._engine.read() as tx:
            found = tx.query("SELECT id, session, number FROM edition WHERE project = ?", (project,))
        return {str(edition): (str(session), int(number)) for edition, session, number in found}

    def read_part(self, edition: str, name: str) -> str | None:
        """Return one part of any edition, also an earlier one; None where it has none, or was taken down."""
        with self._engine.read() as tx:
            found = tx.query(
                "SELECT contents FROM edition_part WHERE edition = ? AND name = ?", (edition, name)
            )
        return found[0][0] if found else None

    def members(self, edition: str) -> tuple[str, ...]:
        """Return the sketch_ids of the latest edition that are still in the store."""
        with self._engine.read() as tx:
            return edition_members(tx, edition)
