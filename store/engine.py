"""What the rest of the store asks of a database: transactions, rows, shapes. Two engines give it."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol

from shapely.geometry.base import BaseGeometry

Row = tuple[Any, ...]


class Transaction(Protocol):
    """Everything or nothing. Statements are in the SQL both engines share, with ``?`` for values."""

    def run(self, sql: str, values: Sequence[Any] = ()) -> int:
        """Do it; give the number of rows it touched."""
        ...

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[Row]:
        """Ask; give all rows."""
        ...

    def lock_project(self, project: str) -> Row | None:
        """Give (crs, retention_until) of a project and let nobody else write in it; None if unknown."""
        ...


class Engine(Protocol):
    """One database behind the door."""

    where: str
    """What to call it in a message: never with a password in it."""

    def write(self) -> AbstractContextManager[Transaction]:
        """Begin to write. On leaving, all of it is on disk; on an error, none of it."""
        ...

    def read(self) -> AbstractContextManager[Transaction]:
        """Begin to read one moment of the store, however many statements follow."""
        ...

    def to_column(self, geometry: BaseGeometry, *, elsewhere: bool) -> Any:
        """Turn a shape into what a geometry column takes."""
        ...

    def from_columns(self, values: Sequence[Any]) -> Any:
        """Turn what a geometry column gives into an array of shapes."""
        ...

    def scrub(self, *, thoroughly: bool) -> None:
        """See to it that what was deleted is gone from the files as well."""
        ...

    def snapshot(self, path: Path) -> bool:
        """Write a file that is this store at one moment, if the engine can; tell whether it could."""
        ...

    def check(self) -> str:
        """Look at the whole file; give "" or what is wrong with it."""
        ...

    def close(self) -> None:
        """Let go of the files."""
        ...
