"""Backups: written whole, verified and restored."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path
from typing import Any

from geo.errors import (
    BackupBroken,
    BackupExists,
    StoreDamaged,
    StoreError,
    StoreFull,
    StoreNotEmpty,
    StoreReadOnly,
)
from store.engines import schema
from store.engines.base import Engine, Transaction
from store.engines.sqlite import SqliteEngine, header_is_sound
from store.maintenance.copying import copy_rows, empty_tables
from store.maintenance.merged_ledger import MergedLedger, secret_of_file
from store.maintenance.verification import verify
from store.models.reports import TransferReport, VerificationReport
from store.repositories.contribution_rows import erase
from store.repositories.projects import bump_revision
from store.repositories.release_ledger import use_project_secret
from store.row_mapping import insert_row


def write_backup(engine: Engine, path: Path) -> VerificationReport:
    """Write the state of this moment to a new file, which gets its name when it is whole and verified.

    Raises
    ------
    BackupExists
        When there is a file of this name.
    StoreFull, StoreReadOnly
        When the file cannot be written; none is left.
    BackupBroken
        When what was written is not a whole store; it is removed.
    """
    with create_file(path) as partial:
        if not engine.write_snapshot(partial):
            write_by_row(engine, partial)
        return open_checked(partial)


@contextmanager
def create_file(path: Path) -> Iterator[Path]:
    """Yield a path to write to; the file is renamed to `path` once all of it is on disk.

    Raises
    ------
    BackupExists
        When there is a file of this name.
    StoreFull, StoreReadOnly
        When the file cannot be written.
    """
    if path.exists():
        raise BackupExists(where=path.name)
    partial = path.with_name(path.name + ".partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial.unlink(missing_ok=True)
        yield partial
        with partial.open("rb") as file:
            os.fsync(file.fileno())
        partial.chmod(0o600)
        partial.rename(path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        raise (StoreFull if error.errno in {27, 28} else StoreReadOnly)(where=path.name) from error
    finally:
        for rest in ("", "-wal", "-shm", "-journal"):
            # An error in tidying up must not hide the one that led here.
            with suppress(OSError):
                partial.with_name(partial.name + rest).unlink(missing_ok=True)


def write_by_row(engine: Engine, partial: Path) -> None:
    """Write a store to a SQLite file, row by row."""
    target = SqliteEngine(partial, patience_s=5)
    try:
        with engine.read() as old, target.write() as new:
            empty_tables(new)
            copy_rows(old, engine, new, target)
        target.disable_wal()
    finally:
        target.close()


def open_checked(path: Path) -> VerificationReport:
    """Verify a backup without writing in it, and return its counts.

    Raises
    ------
    BackupBroken
        When the file is not whole, is not a store, or has altered rows.
    """
    if not path.is_file() or not header_is_sound(path):
        raise BackupBroken(where=path.name, why="not a whole file")
    try:
        engine = SqliteEngine(path, patience_s=5, read_only=True)
        try:
            found = verify(engine)
        finally:
            engine.close()
    except StoreError as error:
        raise BackupBroken(where=path.name, why=str(error.facts.get("why", error))) from error
    if found.altered:
        raise BackupBroken(where=path.name, why="altered rows")
    return found


def write_nightly_backup(engine: Engine, folder: Path, today: date, keep: int) -> Path:
    """Write the backup of today, if it is not there yet, and delete all but the last `keep`."""
    path = folder / f"buurt-{today.isoformat()}.gpkg"
    if not path.exists():
        write_backup(engine, path)
    for old in sorted(folder.glob("buurt-????-??-??.gpkg"))[:-keep]:
        old.unlink()
    return path


def restore_backup(path: Path, engine: Engine, *, replace: bool) -> TransferReport:
    """Replace the store by a backup, in one transaction; what was deleted since stays deleted.

    What was published since stays in the ledger, with its editions: the files are out.

    Raises
    ------
    BackupBroken
        When the backup is not whole; nothing was done.
    StoreNotEmpty
        When the store has contributions, and `replace` is not set.
    """
    open_checked(path)
    with tempfile.TemporaryDirectory(prefix="buurt-restore-") as folder:
        source = open_copy(path, Path(folder))
        try:
            with source.read() as old, engine.write() as new:
                n = new.query("SELECT count(*) FROM contribution")[0][0]
                if n and not replace:
                    raise StoreNotEmpty(where=engine.label, n=n)
                gone = new.query("SELECT contribution, project, reason FROM erased")
                replaced = Path(folder) / "replaced.gpkg" if _has_later_releases(new, old) else None
                if replaced and not engine.write_snapshot(replaced):
                    write_by_row(engine, replaced)
                empty_tables(new)
                n_restored = copy_rows(old, source, new, engine)
                withdrawn = sum(erase_if_present(new, *one) for one in gone)
                if replaced:
                    _copy_releases(replaced, new)
                for (project,) in new.query("SELECT id FROM project"):
                    bump_revision(new, project)
        finally:
            source.close()
    engine.purge_deleted(thoroughly=True)
    return TransferReport(n_restored - withdrawn, withdrawn=withdrawn)


def _has_later_releases(now: Transaction, old: Transaction) -> bool:
    """Return whether anything was published that a backup does not know."""
    tables = ("release_set", "edition")
    return any(
        {row[0] for row in now.query(f"SELECT id FROM {table}")}
        - {row[0] for row in old.query(f"SELECT id FROM {table}")}
        for table in tables
    )


def _copy_releases(replaced: Path, new: Transaction) -> None:
    """Copy the editions and the ledger of the store that was replaced, as far as they are not in the backup."""
    source = SqliteEngine(replaced, patience_s=5)
    try:
        with source.read() as before:
            for (project,) in new.query("SELECT id FROM project ORDER BY id"):
                for edition in _copy_new(before, new, "edition", "project", project):
                    for name in ("edition_part", "edition_member"):
                        _copy_new(before, new, name, "edition", edition["id"])
                secret = secret_of_file(before, project)
                if secret:  # without one nothing was released; where the backup has one, that one stays
                    use_project_secret(new, project, secret)
                    MergedLedger(before, source, new, project).copy(lambda _edition, _table, key: key)
    finally:
        source.close()


def _copy_new(
    before: Transaction, new: Transaction, name: str, column: str, value: str
) -> list[dict[str, Any]]:
    """Insert the rows of a table that have a value and are not there yet, and return those."""
    names = next(table.names for table in schema.TABLES if table.name == name)
    found = before.query(f"SELECT {', '.join(names)} FROM {name} WHERE {column} = ?", (value,))
    rows = [dict(zip(names, row, strict=True)) for row in found]
    return [row for row in rows if insert_row(new, name, row, skip_existing=True)]


def open_copy(path: Path, folder: Path) -> SqliteEngine:
    """Open a copy of the file of a store, migrated to the schema of now; the file itself is not altered.

    Raises
    ------
    BackupBroken
        When it cannot be read, is not whole or is not a store.
    """
    try:
        for rest in ("", "-wal"):
            part = path.with_name(path.name + rest)
            if part.exists() or not rest:
                shutil.copyfile(part, folder / f"box.gpkg{rest}")
        if not (folder / "box.gpkg-wal").exists() and not header_is_sound(folder / "box.gpkg"):
            raise BackupBroken(where=path.name, why="not a whole file")
        return SqliteEngine(folder / "box.gpkg", patience_s=5)
    except OSError as error:
        raise BackupBroken(where=path.name, why="cannot be read") from error
    except StoreDamaged as error:
        raise BackupBroken(where=path.name, why=error.facts["why"]) from error


def erase_if_present(tx: Transaction, contribution_id: str, project: str, reason: str) -> bool:
    """Delete a contribution and return whether it was there."""
    here = bool(tx.query("SELECT 1 FROM contribution WHERE id = ?", (contribution_id,)))
    erase(tx, contribution_id, project, reason=reason)
    return here
