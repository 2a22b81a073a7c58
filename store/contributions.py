"""Taking in, finding, changing and erasing what one resident told."""

import secrets
import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from geo.errors import (
    CodeUnknown,
    ContributionDiffers,
    ContributionWithdrawn,
    ProjectClosed,
    UnknownProject,
    UnknownSession,
)
from store import rows, secret
from store.engine import Engine, Transaction
from store.records import Contribution, Place, Receipt, Signal, Told, Withdrawal

RD_CODE = "EPSG:28992"


class Parcel(NamedTuple):
    """A contribution with all that belongs to it, checked and cleaned."""

    told: Contribution
    places: Sequence[Place]
    signals: Sequence[Signal]

    @property
    def digest(self) -> str:
        """SHA-256 of the whole."""
        return rows.digest(self.told, self.places, self.signals)


class Slip(NamedTuple):
    """Where a contribution is filed, and the code to it.

    Made before anybody is kept waiting: the hash of a code is slow on purpose.
    """

    filed: str
    code: str | None
    code_hash: str | None


def slip(client: uuid.UUID, told: Contribution) -> Slip:
    """Derive both from the id that the phone made up; what a file brings has no code."""
    code = None if told.mode == "import" else secret.code(client)
    return Slip(secret.filed(client), code, None if code is None else secret.code_hash(code))


def touch(tx: Transaction, project: str) -> None:
    """Give the project a new revision: a random one, so that no restored past can look like the present."""
    tx.run("UPDATE project SET revision = ? WHERE id = ?", (secrets.token_hex(8), project))


def locked(tx: Transaction, project: str) -> tuple[bool, date]:
    """Let nobody else write in this project; give (lies elsewhere, kept until).

    Every change of a project begins here, so that two changes of one contribution follow each other.
    """
    found = tx.lock_project(project)
    if found is None:
        raise UnknownProject(project=project)
    return found[0] != RD_CODE, date.fromisoformat(found[1])


def submit(tx: Transaction, engine: Engine, slip: Slip, parcel: Parcel, *, today: date) -> Receipt:
    """Store once, however often it is sent.

    Raises
    ------
    UnknownProject, UnknownSession, ProjectClosed
    ContributionWithdrawn
        When it was erased before: a late retry must not bring it back.
    ContributionDiffers
        When another drawing is filed under this id.
    """
    told = parcel.told
    filed, code, code_hash = slip
    elsewhere, until = locked(tx, told.project)
    if tx.rows("SELECT 1 FROM erased WHERE contribution = ?", (filed,)):
        raise ContributionWithdrawn(id=filed)
    here = tx.rows("SELECT digest, stored_on, version FROM contribution WHERE id = ?", (filed,))
    if here:
        if here[0][0] != parcel.digest:
            raise ContributionDiffers(id=filed)
        return Receipt(filed, code, date.fromisoformat(here[0][1]), here[0][2], is_replay=True)
    if today > until:
        raise ProjectClosed(project=told.project, until=until)
    write(tx, engine, filed, parcel, elsewhere=elsewhere, stored_on=today, version=1)
    if code_hash is not None:
        tx.run("INSERT INTO withdrawal_code VALUES (?, ?)", (filed, code_hash))
    touch(tx, told.project)
    return Receipt(filed, code, today, 1, is_replay=False)


def write(
    tx: Transaction,
    engine: Engine,
    filed: str,
    parcel: Parcel,
    *,
    elsewhere: bool,
    stored_on: date,
    version: int,
) -> None:
    """Put a parcel in its tables."""
    told = parcel.told
    if told.session and not tx.rows(
        "SELECT 1 FROM session WHERE id = ? AND project = ?", (told.session, told.project)
    ):
        raise UnknownSession(session=told.session)
    values = rows.contribution_values(told)
    tx.run(
        f"INSERT INTO contribution (id, stored_on, version, digest, {rows.CONTRIBUTION})"
        f" VALUES (?, ?, ?, ?, {_marks(len(values))})",
        (filed, stored_on.isoformat(), version, parcel.digest, *values),
    )
    _write_rest(tx, engine, filed, parcel, elsewhere=elsewhere)


def _write_rest(tx: Transaction, engine: Engine, filed: str, parcel: Parcel, *, elsewhere: bool) -> None:
    tail = "_elsewhere" if elsewhere else ""
    tx.run(
        f"INSERT INTO sketch{tail} (contribution, geom) VALUES (?, ?)",
        (filed, engine.to_column(parcel.told.geometry, elsewhere=elsewhere)),
    )
    for seq, place in enumerate(parcel.places):
        tx.run(
            f"INSERT INTO place{tail} (contribution, seq, {rows.PLACE}, geom) VALUES ({_marks(9)})",
            (
                filed,
                seq,
                place.kind,
                place.theme,
                place.sub,
                place.year,
                place.words,
                place.lost,
                engine.to_column(place.point, elsewhere=elsewhere),
            ),
        )
    for seq, signal in enumerate(parcel.signals):
        tx.run(
            "INSERT INTO signal (id, project, contribution, session, seq, kind, theme, words, status)"
            f" VALUES ({_marks(9)})",
            (
                secret.random_id(),
                parcel.told.project,
                filed,
                parcel.told.session or None,
                seq,
                signal.kind,
                signal.theme,
                signal.words,
                signal.status,
            ),
        )


def _marks(n: int) -> str:
    return ", ".join("?" * n)


def filed_under(tx: Transaction, code_hash: str) -> tuple[str, str] | None:
    """Give (id, project) of the contribution whose withdrawal code has this hash; None if there is none."""
    found = tx.rows(
        "SELECT c.id, c.project, w.code_hash FROM withdrawal_code w"
        " JOIN contribution c ON c.id = w.contribution WHERE w.code_hash = ?",
        (code_hash,),
    )
    if not found or not secret.same(found[0][2], code_hash):
        return None
    return found[0][0], found[0][1]


def told(tx: Transaction, engine: Engine, filed: str) -> Told:
    """Read everything that one resident told."""
    row = tx.rows(
        f"SELECT {rows.CONTRIBUTION}, version, p.crs FROM contribution c"
        " JOIN (SELECT id AS project_id, crs FROM project) p ON p.project_id = c.project WHERE c.id = ?",
        (filed,),
    )[0]
    tail = "" if row[-1] == RD_CODE else "_elsewhere"
    shape = tx.rows(f"SELECT geom FROM sketch{tail} WHERE contribution = ?", (filed,))
    spots = tx.rows(
        f"SELECT {rows.PLACE}, geom FROM place{tail} WHERE contribution = ? ORDER BY seq", (filed,)
    )
    points = engine.from_columns([spot[-1] for spot in spots])
    return Told(
        contribution=rows.contribution(filed, row, engine.from_columns([shape[0][0]])[0]),
        places=tuple(rows.place(spot, point) for spot, point in zip(spots, points, strict=True)),
        signals=tuple(
            Signal(kind=k, words=w, theme=t, id=i, status=s, session=e or "")
            for k, w, t, i, s, e in tx.rows(
                "SELECT kind, words, theme, id, status, session FROM signal"
                " WHERE contribution = ? ORDER BY seq",
                (filed,),
            )
        ),
        version=row[-2],
        in_edition=last_edition(tx, filed),
    )


def last_edition(tx: Transaction, filed: str) -> int | None:
    """Give the number of the last edition that counts this contribution."""
    found = tx.rows(
        "SELECT max(e.number) FROM edition_member m JOIN edition e ON e.id = m.edition"
        " WHERE m.contribution = ? AND e.session = ''",
        (filed,),
    )[0][0]
    return None if found is None else int(found)


def change(
    tx: Transaction, engine: Engine, filed: str, project: str, parcel: Parcel, *, code: str, today: date
) -> Receipt:
    """Put a new drawing in the place of the old one; the code stays the same."""
    elsewhere, until = locked(tx, project)
    if today > until:
        raise ProjectClosed(project=project, until=until)
    here = tx.rows("SELECT digest, stored_on, version FROM contribution WHERE id = ?", (filed,))
    if not here:
        raise CodeUnknown()
    was, stored_on, version = here[0]
    first = date.fromisoformat(stored_on)
    parcel = parcel._replace(told=replace(parcel.told, project=project))
    if was == parcel.digest:
        return Receipt(filed, code, first, version, is_replay=True)
    replaced(tx, engine, filed, parcel, elsewhere=elsewhere, version=version + 1)
    touch(tx, project)
    return Receipt(filed, code, first, version + 1, is_replay=False)


def replaced(
    tx: Transaction, engine: Engine, filed: str, parcel: Parcel, *, elsewhere: bool, version: int
) -> None:
    """Overwrite a contribution in place, so that its code and its flags stay."""
    values = rows.contribution_values(parcel.told)
    assignments = ", ".join(f"{name.strip()} = ?" for name in rows.CONTRIBUTION.split(","))
    tx.run(
        f"UPDATE contribution SET version = ?, digest = ?, {assignments} WHERE id = ?",
        (version, parcel.digest, *values, filed),
    )
    known = {
        (kind, words): (signal, status)
        for kind, words, signal, status in tx.rows(
            "SELECT kind, words, id, status FROM signal WHERE contribution = ?", (filed,)
        )
    }
    _forget(tx, filed)  # what was decided about the old outline does not hold for the new one
    _clear_rest(tx, filed)
    _write_rest(tx, engine, filed, parcel, elsewhere=elsewhere)
    for (kind, words), (signal, status) in known.items():
        if not tx.run(  # an unaltered signal keeps its place in the queue and its dots
            "UPDATE signal SET id = ?, status = ? WHERE contribution = ? AND kind = ? AND words = ?"
            " AND seq = (SELECT min(seq) FROM signal s"
            " WHERE s.contribution = ? AND s.kind = ? AND s.words = ?)",
            (signal, status, filed, kind, words, filed, kind, words),
        ):
            _forget(tx, signal)


def _clear_rest(tx: Transaction, filed: str) -> None:
    for table in ("sketch", "sketch_elsewhere", "place", "place_elsewhere", "signal"):
        tx.run(f"DELETE FROM {table} WHERE contribution = ?", (filed,))


def erase(tx: Transaction, filed: str, project: str, *, reason: str) -> None:
    """Remove a contribution and all that hangs on it; keep its random id, so that no retry revives it."""
    for signal in tx.rows("SELECT id FROM signal WHERE contribution = ?", (filed,)):
        _forget(tx, signal[0])
    _forget(tx, filed)
    _clear_rest(tx, filed)
    tx.run("DELETE FROM withdrawal_code WHERE contribution = ?", (filed,))
    tx.run("DELETE FROM contribution WHERE id = ?", (filed,))
    tx.run("INSERT INTO erased VALUES (?, ?, ?) ON CONFLICT DO NOTHING", (filed, project, reason))


def _forget(tx: Transaction, subject: str) -> None:
    for table in ("flag", "decision", "dot"):
        tx.run(f"DELETE FROM {table} WHERE subject = ?", (subject,))


def withdraw(tx: Transaction, filed: str, project: str) -> Withdrawal:
    """Erase at a resident's wish."""
    locked(tx, project)
    if not tx.rows("SELECT 1 FROM contribution WHERE id = ?", (filed,)):
        raise CodeUnknown()
    edition = last_edition(tx, filed)
    erase(tx, filed, project, reason="withdrawn")
    touch(tx, project)
    return Withdrawal(filed, edition)
