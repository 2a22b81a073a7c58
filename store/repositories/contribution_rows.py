"""Rows of a contribution and its details in the database."""

import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from shapely.geometry import MultiPolygon, Polygon

from geo.errors import CodeUnknown, ContributionDiffers, ContributionWithdrawn, ProjectClosed, UnknownSession
from geo.release.persons import HELD_FOR
from store import credentials, row_mapping, validation
from store.engines.base import Engine, Transaction
from store.models.contributions import (
    Contribution,
    ContributionWithDetails,
    Place,
    Receipt,
    Signal,
    Withdrawal,
)
from store.repositories.board.rows import erase_of_contribution
from store.repositories.editions import take_down_small
from store.repositories.projects import bump_revision, lock_project
from store.repositories.release_ledger import forget_contribution
from store.row_mapping import RD_CODE


class ContributionBundle(NamedTuple):
    """A contribution with its places and signals, validated."""

    contribution: Contribution
    places: Sequence[Place]
    signals: Sequence[Signal]

    @property
    def digest(self) -> str:
        """SHA-256 of the whole bundle."""
        return row_mapping.contribution_digest(self.contribution, self.places, self.signals)


def validate_bundle(bundle: ContributionBundle, today: date) -> ContributionBundle:
    """Return a contribution with its places and signals, every field validated and its texts cleaned.

    Raises
    ------
    InputRefused, InputTooLarge, HomeTooExact
        When a field is not valid.
    """
    return ContributionBundle(
        validation.validate_contribution(bundle.contribution, today=today),
        validation.validate_places(bundle.places, today=today),
        validation.validate_signals(bundle.signals),
    )


class ContributionKeys(NamedTuple):
    """Id under which a contribution is stored, and its withdrawal code.

    Derived before a transaction starts, because the hash of a code is slow on purpose.
    """

    id: str
    code: str | None
    code_hash: str | None


def derive_keys(client: uuid.UUID, contribution: Contribution) -> ContributionKeys:
    """Return id and withdrawal code, derived from the secret id of the browser.

    Returns
    -------
    ContributionKeys
        The same on every call; without a code when the contribution comes from a file.
    """
    code = None if contribution.mode == "import" else credentials.withdrawal_code(client)
    return ContributionKeys(
        credentials.contribution_id(client),
        code,
        None if code is None else credentials.hash_withdrawal_code(code),
    )


def insert(
    tx: Transaction,
    engine: Engine,
    contribution_id: str,
    bundle: ContributionBundle,
    *,
    elsewhere: bool,
    stored_on: date,
    version: int,
) -> None:
    """Insert the rows of a bundle.

    Parameters
    ----------
    elsewhere
        Whether the geometries lie in a plane other than RD New, and so in tables of their own.

    Raises
    ------
    UnknownSession
        When its workshop session is not one of its project.
    """
    contribution = bundle.contribution
    if contribution.session and not tx.query(
        "SELECT 1 FROM session WHERE id = ? AND project = ?", (contribution.session, contribution.project)
    ):
        raise UnknownSession(session=contribution.session)
    row_mapping.insert_row(
        tx,
        "contribution",
        {
            "id": contribution_id,
            "stored_on": stored_on.isoformat(),
            "version": version,
            "digest": bundle.digest,
        }
        | row_mapping.CONTRIBUTION.encode_columns(contribution),
    )
    _insert_details(tx, engine, contribution_id, bundle, elsewhere=elsewhere)


def _insert_details(
    tx: Transaction, engine: Engine, contribution_id: str, bundle: ContributionBundle, *, elsewhere: bool
) -> None:
    tail = "_elsewhere" if elsewhere else ""
    owner = {"contribution": contribution_id}
    outline = engine.encode_geometry(bundle.contribution.geometry, elsewhere=elsewhere)
    row_mapping.insert_row(tx, f"sketch{tail}", owner | {"geom": outline})
    for seq, place in enumerate(bundle.places):
        row_mapping.insert_row(
            tx,
            f"place{tail}",
            owner
            | {"seq": seq}
            | row_mapping.PLACE.encode_columns(place)
            | {"geom": engine.encode_geometry(place.point, elsewhere=elsewhere)},
        )
    for seq, signal in enumerate(bundle.signals):
        row_mapping.insert_row(
            tx,
            "signal",
            row_mapping.SIGNAL.encode_columns(signal)
            | owner
            | {
                "id": credentials.new_id(),
                "project": bundle.contribution.project,
                "session": bundle.contribution.session or None,
                "seq": seq,
            },
        )


def overwrite(
    tx: Transaction,
    engine: Engine,
    contribution_id: str,
    bundle: ContributionBundle,
    *,
    elsewhere: bool,
    version: int,
) -> bool:
    """Update a contribution in place; its withdrawal code stays, and so do unaltered signals.

    Parameters
    ----------
    elsewhere
        Whether the geometries lie in a plane other than RD New.

    Returns
    -------
    bool
        Whether the outline is another one.
    """
    is_other = not _outline(tx, engine, contribution_id, elsewhere=elsewhere).equals_exact(
        bundle.contribution.geometry, 0
    )
    assignments = ", ".join(f"{column} = ?" for column in row_mapping.CONTRIBUTION.columns)
    tx.execute(
        f"UPDATE contribution SET version = ?, digest = ?, {assignments} WHERE id = ?",
        (version, bundle.digest, *row_mapping.CONTRIBUTION.encode(bundle.contribution), contribution_id),
    )
    old_signals = {
        (kind, words): (signal, status)
        for kind, words, signal, status in tx.query(
            "SELECT kind, words, id, status FROM signal WHERE contribution = ?", (contribution_id,)
        )
    }
    # What was decided about the old outline does not hold for the new one, but what waits goes on waiting.
    _delete_outdated(tx, contribution_id, is_other_outline=is_other)
    delete_details(tx, contribution_id)
    _insert_details(tx, engine, contribution_id, bundle, elsewhere=elsewhere)
    for (kind, words), (signal, status) in old_signals.items():
        # An unaltered signal keeps its id, and with it its place in the queue and its votes.
        if not tx.execute(
            "UPDATE signal SET id = ?, status = ? WHERE contribution = ? AND kind = ? AND words = ?"
            " AND seq = (SELECT min(seq) FROM signal s"
            " WHERE s.contribution = ? AND s.kind = ? AND s.words = ?)",
            (signal, status, contribution_id, kind, words, contribution_id, kind, words),
        ):
            delete_traces(tx, signal)
    return is_other


def _outline(
    tx: Transaction, engine: Engine, contribution_id: str, *, elsewhere: bool
) -> Polygon | MultiPolygon:
    tail = "_elsewhere" if elsewhere else ""
    found = tx.query(f"SELECT geom FROM sketch{tail} WHERE contribution = ?", (contribution_id,))
    outline: Polygon | MultiPolygon = engine.decode_geometries([found[0][0]])[0]
    return outline


def _delete_outdated(tx: Transaction, contribution_id: str, *, is_other_outline: bool) -> None:
    """Delete the flags and decisions that a change of a contribution makes void."""
    held = tuple(sorted(HELD_FOR))
    if is_other_outline:
        tx.execute(
            f"DELETE FROM flag WHERE subject = ? AND reason NOT IN ({row_mapping.placeholders(len(held))})",
            (contribution_id, *held),
        )
        tx.execute("DELETE FROM decision WHERE subject = ?", (contribution_id,))
    else:
        for table in ("flag", "decision"):
            tx.execute(f"DELETE FROM {table} WHERE subject = ? AND aspect <> 'shape'", (contribution_id,))


def delete_details(tx: Transaction, contribution_id: str) -> None:
    """Delete the sketch, places and signals of a contribution."""
    for table in ("sketch", "sketch_elsewhere", "place", "place_elsewhere", "signal"):
        tx.execute(f"DELETE FROM {table} WHERE contribution = ?", (contribution_id,))


def delete_traces(tx: Transaction, subject: str) -> None:
    """Delete the flags, decisions and votes on a subject."""
    for table in ("flag", "decision", "round_dot"):
        tx.execute(f"DELETE FROM {table} WHERE subject = ?", (subject,))


def erase(tx: Transaction, contribution_id: str, project: str, *, reason: str) -> None:
    """Delete a contribution and its details; its random id is kept, so that no retry restores it."""
    forget_contribution(tx, contribution_id, project)
    erase_of_contribution(tx, contribution_id, project)
    for signal in tx.query("SELECT id FROM signal WHERE contribution = ?", (contribution_id,)):
        delete_traces(tx, signal[0])
    delete_traces(tx, contribution_id)
    delete_details(tx, contribution_id)
    tx.execute("DELETE FROM withdrawal_code WHERE contribution = ?", (contribution_id,))
    tx.execute("DELETE FROM contribution WHERE id = ?", (contribution_id,))
    row_mapping.insert_row(
        tx,
        "erased",
        {"contribution": contribution_id, "project": project, "reason": reason},
        skip_existing=True,
    )


def read_contribution(tx: Transaction, engine: Engine, contribution_id: str) -> ContributionWithDetails:
    """Return a stored contribution with its places and signals."""
    row = tx.query(
        f"SELECT {row_mapping.CONTRIBUTION.select('c')}, c.version, p.crs FROM contribution c"
        " JOIN project p ON p.id = c.project WHERE c.id = ?",
        (contribution_id,),
    )[0]
    *_, version, crs = row
    tail = "" if crs == RD_CODE else "_elsewhere"
    place_rows = tx.query(
        f"SELECT {row_mapping.PLACE.select()}, geom FROM place{tail} WHERE contribution = ? ORDER BY seq",
        (contribution_id,),
    )
    signal_rows = tx.query(
        f"SELECT {row_mapping.SIGNAL.select()} FROM signal WHERE contribution = ? ORDER BY seq",
        (contribution_id,),
    )
    geometry = _outline(tx, engine, contribution_id, elsewhere=crs != RD_CODE)
    points = engine.decode_geometries([place_row[-1] for place_row in place_rows])
    return ContributionWithDetails(
        contribution=row_mapping.CONTRIBUTION.decode(row, id=contribution_id, geometry=geometry),
        places=tuple(
            row_mapping.PLACE.decode(place_row, point=point)
            for place_row, point in zip(place_rows, points, strict=True)
        ),
        signals=tuple(row_mapping.SIGNAL.decode(signal_row) for signal_row in signal_rows),
        version=version,
        in_edition=last_edition_number(tx, contribution_id),
    )


def last_edition_number(tx: Transaction, contribution_id: str) -> int | None:
    """Return the number of the last edition that counts this contribution, or None."""
    found = tx.query(
        "SELECT max(e.number) FROM edition_member m JOIN edition e ON e.id = m.edition"
        " WHERE m.contribution = ? AND e.session = ''",
        (contribution_id,),
    )[0][0]
    return None if found is None else int(found)


def insert_once(
    tx: Transaction, engine: Engine, keys: ContributionKeys, bundle: ContributionBundle, *, today: date
) -> Receipt:
    """Insert a contribution, or return the receipt of the same one again.

    Raises
    ------
    UnknownProject, UnknownSession, ProjectClosed
        When its project or session does not exist, or the project takes none any more.
    ContributionWithdrawn, ContributionDiffers
        When it was erased before, or another contribution has its id.
    """
    project = bundle.contribution.project
    elsewhere, until = lock_project(tx, project)
    if tx.query("SELECT 1 FROM erased WHERE contribution = ?", (keys.id,)):
        raise ContributionWithdrawn(id=keys.id)
    stored = tx.query("SELECT digest, stored_on, version FROM contribution WHERE id = ?", (keys.id,))
    if stored:
        digest, stored_on, version = stored[0]
        if digest != bundle.digest:
            raise ContributionDiffers(id=keys.id)
        return Receipt(keys.id, keys.code, date.fromisoformat(stored_on), version, is_replay=True)
    if today > until:
        raise ProjectClosed(project=project, until=until)
    insert(tx, engine, keys.id, bundle, elsewhere=elsewhere, stored_on=today, version=1)
    if keys.code_hash is not None:
        tx.execute("INSERT INTO withdrawal_code VALUES (?, ?)", (keys.id, keys.code_hash))
    bump_revision(tx, project)
    return Receipt(keys.id, keys.code, today, 1, is_replay=False)


def replace_contents(
    tx: Transaction,
    engine: Engine,
    contribution_id: str,
    project: str,
    bundle: ContributionBundle,
    *,
    code: str,
    today: date,
) -> tuple[Receipt, bool]:
    """Change a contribution; return the receipt, and whether the outline is another one.

    Raises
    ------
    ProjectClosed, CodeUnknown
    """
    elsewhere, until = lock_project(tx, project)
    stored = tx.query("SELECT digest, stored_on, version FROM contribution WHERE id = ?", (contribution_id,))
    if not stored:
        raise CodeUnknown()
    digest, stored_on, version = stored[0]
    first_day = date.fromisoformat(stored_on)
    bundle = bundle._replace(contribution=replace(bundle.contribution, project=project))
    if digest == bundle.digest:
        return Receipt(contribution_id, code, first_day, version, is_replay=True), False
    if today > until:
        raise ProjectClosed(project=project, until=until)
    is_other = overwrite(tx, engine, contribution_id, bundle, elsewhere=elsewhere, version=version + 1)
    bump_revision(tx, project)
    return Receipt(contribution_id, code, first_day, version + 1, is_replay=False), is_other


def withdraw(tx: Transaction, contribution_id: str, project: str) -> Withdrawal:
    """Erase a contribution, and take down what too few people are left of.

    Raises
    ------
    CodeUnknown
    """
    lock_project(tx, project)
    if not tx.query("SELECT 1 FROM contribution WHERE id = ?", (contribution_id,)):
        raise CodeUnknown()
    edition = last_edition_number(tx, contribution_id)
    erase(tx, contribution_id, project, reason="withdrawn")
    take_down_small(tx, project)
    bump_revision(tx, project)
    return Withdrawal(contribution_id, edition)
