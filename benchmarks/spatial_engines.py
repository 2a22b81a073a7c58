"""Engines of others that join drawings with areas: SedonaDB in this process, PostGIS in one of its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import psutil
import psycopg
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from tests.support.postgres_cluster import Cluster

Shapes = NDArray[np.object_]
Shared = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]
"""Drawing, area, and the ground they share, m2: a row for each pair."""

_PAIRS = (
    "SELECT d.n AS sketch, a.n AS unit, ST_Area(ST_Intersection(d.shape, a.shape)) AS shared"
    " FROM drawn d JOIN official a ON ST_Intersects(d.shape, a.shape)"
)


class SedonaDB:
    """Drawings and areas as views of SedonaDB, which works with as many threads as there are cores.

    Parameters
    ----------
    official
        The areas, metres.
    """

    def __init__(self, official: Shapes) -> None:
        import sedonadb  # noqa: PLC0415  # of the extra "bench", which other benchmarks do without

        self._database = sedonadb.connect()
        self._view("official", official)

    def _view(self, name: str, shapes: Shapes) -> None:
        table = pa.table({"n": np.arange(len(shapes)), "wkb": pa.array(shapely.to_wkb(shapes), pa.binary())})
        self._database.create_data_frame(table).to_view("raw", overwrite=True)
        made = self._database.sql("SELECT n, ST_GeomFromWKB(wkb) AS shape FROM raw")
        made.to_memtable().to_view(name, overwrite=True)

    def draw(self, drawn: Shapes) -> None:
        """Make these the drawings that `pairs` is about."""
        self._view("drawn", drawn)

    def pairs(self) -> Shared:
        """Return the pairs that share ground or touch."""
        found = self._database.sql(_PAIRS).to_arrow_table()
        return (
            found["sketch"].to_numpy(),
            found["unit"].to_numpy(),
            found["shared"].to_numpy(),
        )


class PostGIS:
    """Drawings and areas as tables of a database with an index, asked by one connection without parallel workers."""

    def __init__(self, connection: psycopg.Connection[Any], official: Shapes) -> None:
        self._connection = connection
        self._backend = psutil.Process(connection.info.backend_pid)
        self._connection.execute("SET max_parallel_workers_per_gather = 0")
        self._table("official", official)

    @classmethod
    @contextmanager
    def started(cls, official: Shapes) -> Iterator["PostGIS"]:
        """Start a server as the tests do, and throw it away afterwards."""
        with (
            Cluster.started() as cluster,
            psycopg.connect(cluster.database(), autocommit=True) as connection,
        ):
            yield cls(connection, official)

    def _table(self, name: str, shapes: Shapes) -> None:
        self._connection.execute(f"DROP TABLE IF EXISTS {name}")
        self._connection.execute(f"CREATE TABLE {name} (n integer, shape geometry)")
        with self._connection.cursor() as cursor, cursor.copy(f"COPY {name} FROM STDIN") as rows:
            for n, shape in enumerate(shapely.to_wkb(shapes, hex=True)):
                rows.write_row((n, shape))
        self._connection.execute(f"CREATE INDEX ON {name} USING gist (shape)")
        self._connection.execute(f"ANALYZE {name}")

    def draw(self, drawn: Shapes) -> None:
        """Make these the drawings that `pairs` is about."""
        self._table("drawn", drawn)

    def pairs(self) -> Shared:
        """Return the pairs that share ground or touch."""
        found = self._connection.execute(_PAIRS).fetchall()
        sketch, unit, shared = zip(*found, strict=True) if found else ((), (), ())
        return np.array(sketch, np.int64), np.array(unit, np.int64), np.array(shared, np.float64)

    def cpu_s(self) -> float:
        """Return the processor time that its process took so far, s."""
        spent = self._backend.cpu_times()
        return spent.user + spent.system
