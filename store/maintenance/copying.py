"""Copy of all tables from one store to another."""

from collections.abc import Iterator
from typing import Any

from geo.errors import StoreDamaged, StoreNotEmpty
from store.engines import schema
from store.engines.base import Engine, Transaction
from store.maintenance.verification import verify
from store.models.reports import TransferReport
from store.row_mapping import placeholders
from store.sign_ins import PASSING

_BLOCK = 1000


def _blocks(tx: Transaction, table: schema.Table) -> Iterator[list[tuple[Any, ...]]]:
    names = ", ".join(table.names)
    if table.columns[0][0] != "fid":
        yield tx.query(f"SELECT {names} FROM {table.name}")
        return
    last = -1
    while True:
        found = tx.query(
            f"SELECT fid, {names} FROM {table.name} WHERE fid > ? ORDER BY fid LIMIT {_BLOCK}", (last,)
        )
        if not found:
            return
        last = found[-1][0]
        yield [row[1:] for row in found]


def copy_rows(source: Transaction, here: Engine, target: Transaction, there: Engine) -> int:
    """Copy all rows of all tables and return the number of contributions.

    Geometries are encoded anew without loss; counters of rate limits, who is signed in and the schema version
    stay behind.
    """
    n_contributions = 0
    for table in schema.TABLES:
        if table.name == "tries":
            continue
        marks = placeholders(len(table.names))
        for block in _blocks(source, table):
            for row in _reencoded(block, table, here, there) if table.geometry else block:
                if table.name == "setting" and row[0].startswith(("schema", *PASSING)):
                    continue
                target.execute(f"INSERT INTO {table.name} ({', '.join(table.names)}) VALUES ({marks})", row)
            n_contributions += len(block) if table.name == "contribution" else 0
    return n_contributions


def _reencoded(
    block: list[tuple[Any, ...]], table: schema.Table, here: Engine, there: Engine
) -> Iterator[tuple[Any, ...]]:
    shapes = here.decode_geometries([row[-1] for row in block])
    for row, shape in zip(block, shapes, strict=True):
        yield (*row[:-1], there.encode_geometry(shape, elsewhere=table.elsewhere))


def empty_tables(tx: Transaction) -> None:
    """Delete all rows of all tables, except the schema version."""
    for table in reversed(schema.TABLES):
        tx.execute(
            f"DELETE FROM {table.name}" + (" WHERE key <> 'schema'" if table.name == "setting" else "")
        )


def copy_store(source: Engine, target: Engine) -> TransferReport:
    """Copy a whole store to an empty one and verify the copy.

    Raises
    ------
    StoreNotEmpty
        When the target has contributions; nothing was copied.
    StoreDamaged
        When the copy differs from the source.
    """
    with source.read() as old, target.write() as new:
        n = new.query("SELECT count(*) FROM contribution")[0][0]
        if n:
            raise StoreNotEmpty(where=target.label, n=n)
        empty_tables(new)
        n_contributions = copy_rows(old, source, new, target)
    found = verify(target)
    if found.contributions != n_contributions or found.altered:
        raise StoreDamaged(where=target.label, why="copy differs")
    return TransferReport(n_contributions)
