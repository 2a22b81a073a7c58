"""Protocol of a database engine: transactions, rows and geometries. Two engines implement it."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol

from shapely.geometry.base import BaseGeometry

Row = tuple[Any, ...]


class Transaction(Protocol):
    """An open transaction. Statements are in the SQL both engines share, with ``?`` for values."""

    def execute(self, sql: str, values: Sequence[Any] = ()) -> int:
        """Execute a statement and return the number of affected rows."""
        ...

    def query(self, sql: str, values: Sequence[Any] = ()) -> list[Row]:
        """Execute a query and return all rows."""
        ...

    def lock_project(self, project: str) -> Row | None:
        """Return (crs, retention_until) of a project, after locking it for other writers.

        Returns
        -------
        Row or None
            None when there is no such project.
        """
        ...


class Engine(Protocol):
    """One database."""

    label: str
    """Name for messages, without a password."""

    is_shared: bool
    """Whether several processes of the app may use it at once."""

    n_commits: int
    """How often this process wrote to the disk."""

    largest_batch: int
    """How many writes reached the disk together, at the most."""

    def write(self) -> AbstractContextManager[Transaction]:
        """Yield a writing transaction.

        On leaving, all of it is on disk; after an exception, none of it.

        Raises
        ------
        StoreBusy
            When another writer did not finish in time.
        StoreFull, StoreReadOnly, StoreUnreachable, StoreDamaged, StoreFailed
            When the database cannot be written.
        """
        ...

    def read(self) -> AbstractContextManager[Transaction]:
        """Yield a reading transaction: all its statements see the same state."""
        ...

    def encode_geometry(self, geometry: BaseGeometry, *, elsewhere: bool) -> Any:
        """Return the value of a geometry column; no coordinate changes."""
        ...

    def decode_geometries(self, values: Sequence[Any]) -> Any:
        """Return an array of the geometries in values of a geometry column."""
        ...

    def purge_deleted(self, *, thoroughly: bool) -> None:
        """Purge deleted rows from disk.

        Parameters
        ----------
        thoroughly
            Whether to rewrite the files, instead of only emptying the log of writes.
        """
        ...

    def purge_due(self) -> None:
        """Do what `purge_deleted` put off, so that nobody's request waits for it; nothing where nothing is due."""
        ...

    def keep_reserve(self) -> None:
        """Set room on the disk aside for erasing, where the disk is ours to watch."""
        ...

    def give_up_reserve(self) -> bool:
        """Release that room and return whether there was any."""
        ...

    def risky_version(self) -> str:
        """Return the version of the database library where it has a fault that can damage a store, or ""."""
        ...

    def write_snapshot(self, path: Path) -> bool:
        """Write the state of this moment to a SQLite file; return False, and do nothing, if the engine cannot."""
        ...

    def integrity_errors(self) -> str:
        """Return what is wrong with the files, or ""."""
        ...

    def close(self) -> None:
        """Close all files and connections."""
        ...
