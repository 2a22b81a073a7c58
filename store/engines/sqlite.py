"""Embedded engine: one SQLite file that is itself a GeoPackage.

GDAL does not write it, because its commits are forty times slower and it fails when two processes
write (docs/decisions/0005-store-engines.md).
"""

import errno
import os
import sqlite3
import struct
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, LifoQueue
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo.errors import (
    InputRefused,
    StoreBusy,
    StoreDamaged,
    StoreError,
    StoreFailed,
    StoreFull,
    StoreReadOnly,
    StoreTooNew,
)
from store.credentials import new_salt
from store.engines import geopackage, migrations, schema
from store.engines.base import Row
from store.engines.disk_reserve import DiskReserve

_FULL = {sqlite3.SQLITE_FULL}
_READ_ONLY = {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH}
_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_OUT_OF_FILES = {errno.EMFILE, errno.ENFILE}
_READERS = 8
_MAX_TOGETHER = 64
_RETRY_S = 0.008
"""SQLite divides this into waits of 1, 2 and 5 milliseconds."""


WAL_RESET_FAULT = ((3, 7, 0), (3, 51, 3))
"""From which version of SQLite, and before which, a commit beside a second checkpoint can damage the file
(sqlite.org/wal.html#walresetbug)."""


def _is_out_of_files() -> bool:
    """Return whether this process may not open one more file now: that passes, a folder that is shut does not."""
    try:
        os.close(os.open(os.devnull, os.O_RDONLY))
    except OSError as error:
        return error.errno in _OUT_OF_FILES
    return False


def has_wal_reset_fault(version: tuple[int, ...]) -> bool:
    """Return whether a version of SQLite has that fault, unless whoever packaged it repaired it.

    Examples
    --------
    >>> has_wal_reset_fault((3, 40, 1)), has_wal_reset_fault((3, 51, 2)), has_wal_reset_fault((3, 51, 3))
    (True, True, False)
    """
    first, repaired = WAL_RESET_FAULT
    return first <= version < repaired


class SqliteTransaction:
    """One transaction on one connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def execute(self, sql: str, values: Sequence[Any] = ()) -> int:
        """Execute a statement and return the number of affected rows."""
        return self._connection.execute(sql, values).rowcount

    def query(self, sql: str, values: Sequence[Any] = ()) -> list[Row]:
        """Execute a query and return all rows."""
        return self._connection.execute(sql, values).fetchall()

    def lock_project(self, project: str) -> Row | None:
        """Return (crs, retention_until) or None; BEGIN IMMEDIATE has locked out other writers already."""
        found = self.query("SELECT crs, retention_until FROM project WHERE id = ?", (project,))
        return found[0] if found else None


class _Batch:
    """Writes of several threads that reach the disk together."""

    def __init__(self) -> None:
        self.size = 0
        self.ended = threading.Event()
        self.error: sqlite3.Error | None = None


class SqliteEngine:
    """One file, many readers, one writer at a time.

    Parameters
    ----------
    path
        The file; it is created when it does not exist.
    patience_s
        How long a write waits for another process, s.
    read_only
        Whether to open the file, such as a backup, without altering a byte of it.

    Raises
    ------
    StoreDamaged
        When the file is not a store.
    StoreTooNew
        When a newer version of the program wrote it.
    StoreReadOnly, StoreFull, StoreBusy
        When it cannot be opened or created.
    """

    is_shared = False

    def __init__(self, path: Path, *, patience_s: float, read_only: bool = False) -> None:
        self._path = path
        self.label = path.name
        self._patience_s = patience_s
        self._read_only = read_only
        self._must_fold_log = False
        self._reserve = DiskReserve(path)
        # A queue for the writers of this process, because SQLite's own polling is unfair.
        self._turn = threading.Lock()
        self._counting = threading.Lock()
        self._waiting = 0
        self._batch: _Batch | None = None
        self.n_commits = 0
        self.largest_batch = 0
        self._idle: LifoQueue[sqlite3.Connection] = LifoQueue(_READERS)
        with self._translated_errors():
            self._writer = self._open_read_only() if read_only else self._open_or_create()

    # --- opening

    def _open_read_only(self) -> sqlite3.Connection:
        connection = self._connect()
        try:
            self._supported_version(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _supported_version(self, connection: sqlite3.Connection) -> int:
        found = self._version(connection)
        if found is None:
            raise StoreDamaged(where=self.label, why="not_a_store")
        if found > schema.VERSION:
            raise StoreTooNew(where=self.label, found=found, known=schema.VERSION)
        return found

    def _open_or_create(self) -> sqlite3.Connection:
        if not self._path.parent.is_dir():
            self._path.parent.mkdir(parents=True, mode=0o700)
        # Only the owner of this process may read the contributions.
        if not self._path.exists():
            os.close(os.open(self._path, os.O_CREAT | os.O_RDWR, 0o600))
        connection = self._connect()
        try:
            if self._version(connection) is None:
                connection.execute("PRAGMA journal_mode = WAL")
                self._create(connection)
                # Other programs look for the name "GPKG" in the file itself, not in the log beside it.
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            found = self._supported_version(connection)
            connection.execute("PRAGMA journal_mode = WAL")
            if found < schema.VERSION:
                connection.execute(
                    "VACUUM INTO ?", (str(self._path.with_suffix(f".schema{found}.{time.time_ns()}.gpkg")),)
                )
                self._migrate(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _connect(self) -> sqlite3.Connection:
        mode = "ro" if self._read_only else "rw"
        connection = sqlite3.connect(
            f"{self._path.resolve().as_uri()}?mode={mode}",
            timeout=self._patience_s,
            isolation_level=None,
            check_same_thread=False,
            uri=True,
        )
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA secure_delete = ON")
        connection.execute("PRAGMA trusted_schema = OFF")
        return connection

    def _version(self, connection: sqlite3.Connection) -> int | None:
        if not connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone():
            return None
        if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'setting'").fetchone():
            raise StoreDamaged(where=self.label, why="not_a_store")
        found = connection.execute("SELECT value FROM setting WHERE key = 'schema'").fetchone()
        if found is None:
            raise StoreDamaged(where=self.label, why="not_a_store")
        return int(found[0])

    def _create(self, connection: sqlite3.Connection) -> None:
        with _immediate(connection):
            if self._version(connection) is not None:
                return  # Another process created it first.
            for statement in geopackage.create_statements():
                connection.execute(statement)
            for statement in schema.statements(geopackage.KINDS):
                connection.execute(statement)
            geopackage.register_tables(connection)
            connection.execute("INSERT INTO setting VALUES ('schema', ?)", (str(schema.VERSION),))
            connection.execute("INSERT INTO setting VALUES ('salt', ?)", (new_salt(),))

    def _migrate(self, connection: sqlite3.Connection) -> None:
        with _immediate(connection):
            found = self._version(connection)
            for statement in migrations.statements(found or 0, geopackage.KINDS):
                connection.execute(statement)
            geopackage.register_tables(connection)
            connection.execute("UPDATE setting SET value = ? WHERE key = 'schema'", (str(schema.VERSION),))

    # --- transactions

    @contextmanager
    def write(self) -> Iterator[SqliteTransaction]:
        """Yield a writing transaction, in the order in which threads of this process asked for one.

        Group commit: writers that wait in the queue join the same transaction, each in its own savepoint,
        and all return when it is on disk, so that they share one wait for the disk.
        """
        with self._translated_errors():
            with self._in_turn():
                batch = self._join_batch()
                try:
                    self._writer.execute("SAVEPOINT one")
                    yield SqliteTransaction(self._writer)
                    self._writer.execute("RELEASE one")
                except BaseException as error:
                    self._roll_back(batch, error)
                    raise
                finally:
                    if batch.error is not None or not self._waiting or batch.size >= _MAX_TOGETHER:
                        self._end(batch)
            batch.ended.wait()
            if batch.error is not None:
                raise batch.error

    @contextmanager
    def _in_turn(self) -> Iterator[None]:
        with self._counting:
            self._waiting += 1
        try:
            self._turn.acquire()
        finally:
            with self._counting:
                self._waiting -= 1
        try:
            yield
        finally:
            self._turn.release()

    def _join_batch(self) -> _Batch:
        if self._batch is None:
            self._begin()
            self._batch = _Batch()
        self._batch.size += 1
        return self._batch

    def _begin(self) -> None:
        """Start the transaction, which makes this process the only writer of the file.

        SQLite itself waits for another process in steps that grow to a tenth of a second, while a writer
        is done in a hundredth of that, so that a long sleeper never gets its turn. Hence short retries.
        """
        give_up_s = time.monotonic() + self._patience_s
        self._wait_at_most(_RETRY_S)
        try:
            while not self._writer.in_transaction:
                try:
                    self._writer.execute("BEGIN IMMEDIATE")
                except sqlite3.OperationalError as error:
                    if error.sqlite_errorcode & 0xFF not in _BUSY or time.monotonic() >= give_up_s:
                        raise
        finally:
            self._wait_at_most(self._patience_s)

    def _wait_at_most(self, wait_s: float) -> None:
        """Set how long a statement of the writer may wait for another process."""
        self._writer.execute(f"PRAGMA busy_timeout = {round(1000 * wait_s)}")

    def _roll_back(self, batch: _Batch, error: BaseException) -> None:
        """Roll back this write alone; if SQLite rolled back the whole batch, the error is that of all."""
        try:
            self._writer.execute("ROLLBACK TO one")
            self._writer.execute("RELEASE one")
        except sqlite3.Error as gone:
            batch.error = error if isinstance(error, sqlite3.Error) else gone

    def _end(self, batch: _Batch) -> None:
        """Commit the batch and release the threads that wait for it."""
        self._batch = None
        try:
            if batch.error is None:
                self._writer.execute("COMMIT")
                self.n_commits += 1
                self.largest_batch = max(self.largest_batch, batch.size)
        except sqlite3.Error as error:
            batch.error = error
        if self._writer.in_transaction:
            self._writer.execute("ROLLBACK")
        batch.ended.set()
        if self._must_fold_log and batch.error is None:
            self._fold_log()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Yield when no transaction of this process is open."""
        with self._turn:
            if self._batch is not None:
                self._end(self._batch)
            yield

    @contextmanager
    def read(self) -> Iterator[SqliteTransaction]:
        """Yield a reading transaction that sees one state; writers need not wait for it."""
        with self._translated_errors():
            try:
                connection = self._idle.get_nowait()
            except Empty:
                connection = self._connect()
            try:
                connection.execute("BEGIN")
                yield SqliteTransaction(connection)
            finally:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                if self._idle.full():
                    connection.close()
                else:
                    self._idle.put_nowait(connection)

    @contextmanager
    def _translated_errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise self._store_error(error) from error
        except UnicodeEncodeError as error:
            raise InputRefused(field="text", reason="not_text") from error
        except OSError as error:
            if error.errno in _OUT_OF_FILES:
                raise StoreBusy(where=self.label, waited_s=0.0) from error
            raise StoreReadOnly(where=self.label) from error

    def _store_error(self, error: sqlite3.Error) -> StoreError:
        code = getattr(error, "sqlite_errorcode", 0) or 0
        if code == sqlite3.SQLITE_IOERR_WRITE or code & 0xFF in _FULL:
            return StoreFull(where=self.label)
        if code & 0xFF == sqlite3.SQLITE_CANTOPEN and _is_out_of_files():
            return StoreBusy(where=self.label, waited_s=0.0)
        if code & 0xFF in _READ_ONLY:
            return StoreReadOnly(where=self.label)
        if code & 0xFF in _BUSY:
            return StoreBusy(where=self.label, waited_s=self._patience_s)
        if code & 0xFF in _DAMAGED:
            return StoreDamaged(where=self.label, why=getattr(error, "sqlite_errorname", "unreadable"))
        return StoreFailed(where=self.label, why=getattr(error, "sqlite_errorname", type(error).__name__))

    # --- geometries

    def encode_geometry(self, geometry: BaseGeometry, *, elsewhere: bool) -> bytes:
        """Return a GeoPackage blob."""
        return geopackage.encode_blob(geometry, geopackage.ELSEWHERE if elsewhere else geopackage.RD_SRS)

    def decode_geometries(self, values: Sequence[Any]) -> Any:
        """Return an array of the geometries in GeoPackage blobs."""
        return shapely.from_wkb(np.array([geopackage.decode_blob(value) for value in values], dtype=object))

    # --- maintenance

    def purge_deleted(self, *, thoroughly: bool) -> None:
        """Empty the write-ahead log, where deleted rows would linger.

        While a reader holds the log it cannot be emptied; then every write tries again.

        Parameters
        ----------
        thoroughly
            Whether to rewrite the file as well.
        """
        with self._translated_errors(), self._alone():
            if thoroughly:
                self._writer.execute("VACUUM")
            self._fold_log()

    def purge_due(self) -> None:
        """Empty the write-ahead log, where a reader held it when it should have been emptied."""
        if self._must_fold_log:
            self.purge_deleted(thoroughly=False)

    def keep_reserve(self) -> None:
        """Set room on the disk aside for erasing."""
        self._reserve.keep()

    def give_up_reserve(self) -> bool:
        """Release that room and return whether there was any."""
        return self._reserve.give_up()

    def risky_version(self) -> str:
        """Return the version of SQLite where it can lose a commit during a checkpoint, or ""."""
        return sqlite3.sqlite_version if has_wal_reset_fault(sqlite3.sqlite_version_info) else ""

    def _fold_log(self) -> None:
        """Move the log into the file and truncate it, unless that takes more than 0.2 s of waiting."""
        self._wait_at_most(0.2)
        try:
            busy = self._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        finally:
            self._wait_at_most(self._patience_s)
        self._must_fold_log = bool(busy)

    def disable_wal(self) -> None:
        """Merge the log into the file, so that the file alone is the whole store."""
        with self._translated_errors(), self._alone():
            self._writer.execute("PRAGMA journal_mode = DELETE")

    def write_snapshot(self, path: Path) -> bool:
        """Write the state of this moment to a new file, while others go on writing; return True."""
        with self._translated_errors():
            connection = self._connect()
            try:
                connection.execute("VACUUM INTO ?", (str(path),))
            finally:
                connection.close()
        return True

    def integrity_errors(self) -> str:
        """Return what SQLite finds wrong with any page or reference, or ""."""
        with self.read() as look:
            found = [str(row[0]) for row in look.query("PRAGMA integrity_check")]
            loose = look.query("PRAGMA foreign_key_check")
        if found != ["ok"]:
            return "; ".join(found[:3])
        return f"{len(loose)} loose rows" if loose else ""

    def close(self) -> None:
        """Close all connections; the last process to do so merges the log into the file."""
        with self._alone():
            while not self._idle.empty():
                self._idle.get_nowait().close()
            self._writer.close()


@contextmanager
def _immediate(connection: sqlite3.Connection) -> Iterator[None]:
    """Yield inside a writing transaction; commit it, or roll it back after an exception."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        connection.rollback()
        raise


def header_is_sound(path: Path) -> bool:
    """Return whether a file is as long as its SQLite header says; a half-written copy is shorter."""
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(100)
    if len(head) < 100 or head[:16] != b"SQLite format 3\0":
        return False
    page, pages = struct.unpack(">H", head[16:18])[0], struct.unpack(">I", head[28:32])[0]
    return bool(size == (65536 if page == 1 else page) * pages)
