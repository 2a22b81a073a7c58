"""The embedded engine: one SQLite file that is itself a GeoPackage.

Why not GDAL for writing: it is forty times slower a commit, and dies when two processes write
(docs/decisions/0005-store-engines.md).
"""

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
from store import geopackage, migrations, schema
from store.engine import Row

_FULL = {sqlite3.SQLITE_FULL}
_READ_ONLY = {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH}
_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_READERS = 8
_MOST_TOGETHER = 64
_KNOCK_S = 0.008
"""SQLite divides this in waits of 1, 2 and 5 milliseconds."""


class SqliteTransaction:
    """One transaction on one connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def run(self, sql: str, values: Sequence[Any] = ()) -> int:
        """Do it; give the number of rows it touched."""
        return self._connection.execute(sql, values).rowcount

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[Row]:
        """Ask; give all rows."""
        return self._connection.execute(sql, values).fetchall()

    def lock_project(self, project: str) -> Row | None:
        """Give (crs, retention_until); BEGIN IMMEDIATE already made this the only writer."""
        found = self.rows("SELECT crs, retention_until FROM project WHERE id = ?", (project,))
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
        Where the file is, or will be.
    patience_s
        How long a write waits for another process's write.
    read_only
        Look at a file, such as a backup, without altering a byte of it.
    """

    def __init__(self, path: Path, *, patience_s: float, read_only: bool = False) -> None:
        self._path = path
        self.where = path.name
        self._patience_s = patience_s
        self._read_only = read_only
        self._unscrubbed = False
        self._turn = threading.Lock()  # a queue for this process's writers: SQLite's own polling is unfair
        self._counting = threading.Lock()
        self._waiting = 0
        self._batch: _Batch | None = None
        self._idle: LifoQueue[sqlite3.Connection] = LifoQueue(_READERS)
        with self._explained():
            self._writer = self._looked_at() if read_only else self._prepared()

    # --- opening

    def _looked_at(self) -> sqlite3.Connection:
        connection = self._connected()
        try:
            self._known_version(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _known_version(self, connection: sqlite3.Connection) -> int:
        found = self._version(connection)
        if found is None:
            raise StoreDamaged(where=self.where, why="not_a_store")
        if found > schema.VERSION:
            raise StoreTooNew(where=self.where, found=found, known=schema.VERSION)
        return found

    def _prepared(self) -> sqlite3.Connection:
        if not self._path.parent.is_dir():
            self._path.parent.mkdir(parents=True, mode=0o700)
        if not self._path.exists():  # the drawings are for the owner of this process alone
            os.close(os.open(self._path, os.O_CREAT | os.O_RDWR, 0o600))
        connection = self._connected()
        try:
            if self._version(connection) is None:
                connection.execute("PRAGMA journal_mode = WAL")
                self._create(connection)
                # Other programs look for the name "GPKG" in the file itself, not in the log beside it.
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            found = self._known_version(connection)
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

    def _connected(self) -> sqlite3.Connection:
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
            raise StoreDamaged(where=self.where, why="not_a_store")
        found = connection.execute("SELECT value FROM setting WHERE key = 'schema'").fetchone()
        if found is None:
            raise StoreDamaged(where=self.where, why="not_a_store")
        return int(found[0])

    def _create(self, connection: sqlite3.Connection) -> None:
        connection.execute("BEGIN IMMEDIATE")
        try:
            if self._version(connection) is None:  # another process may have been first
                for statement in geopackage.statements():
                    connection.execute(statement)
                for statement in schema.statements(geopackage.KINDS):
                    connection.execute(statement)
                geopackage.register(connection)
                connection.execute("INSERT INTO setting VALUES ('schema', ?)", (str(schema.VERSION),))
            connection.execute("COMMIT")
        except BaseException:
            connection.rollback()
            raise

    def _migrate(self, connection: sqlite3.Connection) -> None:
        connection.execute("BEGIN IMMEDIATE")
        try:
            found = self._version(connection)
            for statement in migrations.statements(found or 0, geopackage.KINDS):
                connection.execute(statement)
            geopackage.register(connection)
            connection.execute("UPDATE setting SET value = ? WHERE key = 'schema'", (str(schema.VERSION),))
            connection.execute("COMMIT")
        except BaseException:
            connection.rollback()
            raise

    # --- transactions

    @contextmanager
    def write(self) -> Iterator[SqliteTransaction]:
        """Begin to write, after those of this process who came earlier.

        Whoever waits in the queue joins the same transaction, each behind a savepoint of its own, and
        all leave together when it is on disk: a hall of phones shares one wait for the disk.
        """
        with self._explained():
            with self._in_turn():
                batch = self._joined()
                try:
                    self._writer.execute("SAVEPOINT one")
                    yield SqliteTransaction(self._writer)
                    self._writer.execute("RELEASE one")
                except BaseException as error:
                    self._take_back(batch, error)
                    raise
                finally:
                    if batch.error is not None or not self._waiting or batch.size >= _MOST_TOGETHER:
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

    def _joined(self) -> _Batch:
        if self._batch is None:
            self._begin()
            self._batch = _Batch()
        self._batch.size += 1
        return self._batch

    def _begin(self) -> None:
        """Become the one writer of the file.

        SQLite itself waits for another process in steps that grow to a tenth of a second, and a writer
        is done in a hundredth of that: whoever sleeps long is passed by everybody. So it is asked again soon.
        """
        give_up_s = time.monotonic() + self._patience_s
        self._wait_at_most(_KNOCK_S)
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
        """Tell SQLite how long a statement of the writer may wait for another process."""
        self._writer.execute(f"PRAGMA busy_timeout = {round(1000 * wait_s)}")

    def _take_back(self, batch: _Batch, error: BaseException) -> None:
        """Undo this write alone; where SQLite undid the whole transaction, all who shared it must know."""
        try:
            self._writer.execute("ROLLBACK TO one")
            self._writer.execute("RELEASE one")
        except sqlite3.Error as gone:
            batch.error = error if isinstance(error, sqlite3.Error) else gone

    def _end(self, batch: _Batch) -> None:
        """Bring the transaction to disk, and let all go who wait for that."""
        self._batch = None
        try:
            if batch.error is None:
                self._writer.execute("COMMIT")
        except sqlite3.Error as error:
            batch.error = error
        if self._writer.in_transaction:
            self._writer.execute("ROLLBACK")
        batch.ended.set()
        if self._unscrubbed and batch.error is None:
            self._fold_log()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Take the turn outside any transaction."""
        with self._turn:
            if self._batch is not None:
                self._end(self._batch)
            yield

    @contextmanager
    def read(self) -> Iterator[SqliteTransaction]:
        """Read one moment of the store; writers are not held up."""
        with self._explained():
            try:
                connection = self._idle.get_nowait()
            except Empty:
                connection = self._connected()
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
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise self._named(error) from error
        except UnicodeEncodeError as error:
            raise InputRefused(field="text", reason="not_text") from error
        except OSError as error:
            raise StoreReadOnly(where=self.where) from error

    def _named(self, error: sqlite3.Error) -> StoreError:
        code = getattr(error, "sqlite_errorcode", 0) or 0
        if code == sqlite3.SQLITE_IOERR_WRITE or code & 0xFF in _FULL:
            return StoreFull(where=self.where)
        if code & 0xFF in _READ_ONLY:
            return StoreReadOnly(where=self.where)
        if code & 0xFF in _BUSY:
            return StoreBusy(where=self.where, waited_s=self._patience_s)
        if code & 0xFF in _DAMAGED:
            return StoreDamaged(where=self.where, why=getattr(error, "sqlite_errorname", "unreadable"))
        return StoreFailed(where=self.where, why=getattr(error, "sqlite_errorname", type(error).__name__))

    # --- shapes

    def to_column(self, geometry: BaseGeometry, *, elsewhere: bool) -> bytes:
        """Make a GeoPackage blob."""
        return geopackage.blob(geometry, geopackage.ELSEWHERE if elsewhere else geopackage.RD_SRS)

    def from_columns(self, values: Sequence[Any]) -> Any:
        """Read GeoPackage blobs."""
        return shapely.from_wkb(np.array([geopackage.wkb(value) for value in values], dtype=object))

    # --- keeping

    def scrub(self, *, thoroughly: bool) -> None:
        """Empty the write-ahead log, where deleted rows would linger; thoroughly: rewrite the file.

        While somebody reads, the log cannot be emptied; then it is tried again after every write.
        """
        with self._explained(), self._alone():
            if thoroughly:
                self._writer.execute("VACUUM")
            self._fold_log()

    def _fold_log(self) -> None:
        """Write the log into the file and cut it to nothing, unless that would mean waiting."""
        self._wait_at_most(0.2)
        try:
            busy = self._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        finally:
            self._wait_at_most(self._patience_s)
        self._unscrubbed = bool(busy)

    def fold(self) -> None:
        """Make the file one whole that can be handed out: no log beside it."""
        with self._explained(), self._alone():
            self._writer.execute("PRAGMA journal_mode = DELETE")

    def snapshot(self, path: Path) -> bool:
        """Write one moment of the store to a new file while others go on writing."""
        with self._explained():
            connection = self._connected()
            try:
                connection.execute("VACUUM INTO ?", (str(path),))
            finally:
                connection.close()
        return True

    def check(self) -> str:
        """Let SQLite look at every page and every reference."""
        with self.read() as look:
            found = [str(row[0]) for row in look.rows("PRAGMA integrity_check")]
            loose = look.rows("PRAGMA foreign_key_check")
        if found != ["ok"]:
            return "; ".join(found[:3])
        return f"{len(loose)} loose rows" if loose else ""

    def close(self) -> None:
        """Let go; the last one to leave folds the write-ahead log into the file."""
        with self._alone():
            while not self._idle.empty():
                self._idle.get_nowait().close()
            self._writer.close()


def header_is_sound(path: Path) -> bool:
    """Tell whether a file begins and ends as a whole SQLite file does.

    A half-written copy is shorter than the page count in its header says.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(100)
    if len(head) < 100 or head[:16] != b"SQLite format 3\0":
        return False
    page, pages = struct.unpack(">H", head[16:18])[0], struct.unpack(">I", head[28:32])[0]
    return bool(size == (65536 if page == 1 else page) * pages)
