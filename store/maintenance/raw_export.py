"""Export of raw sketches, for planners only."""

import sqlite3
from pathlib import Path

import shapely

from store.engines import geopackage, schema
from store.engines.base import Engine
from store.maintenance.backup import create_file, open_checked, write_by_row
from store.models.reports import VerificationReport

_DECISION = (
    "(SELECT d.action FROM decision d WHERE d.subject = c.id AND d.aspect = 'shape' AND d.undone = 0"
    " ORDER BY d.seq DESC LIMIT 1)"
)
"""What a planner decided of the drawing and is in force: who counts the layer must know what was set aside."""

_ANSWERED = (
    "project", "session", "workshop_group", "mode", "practice", "created", "area_name", "edge", "answers",
    "view_start_width_m", "view_screen", "view_input", "view_duration_s", "view_saw_borders",
)  # fmt: skip
"""Columns of a contribution that stand beside its drawing."""


def export_raw(engine: Engine, path: Path) -> VerificationReport:
    """Write a GeoPackage of all tables without secrets, with extents and a layer of sketches with answers.

    Raises
    ------
    StoreNotEmpty
        When there is a file of this name.
    StoreFull, StoreReadOnly
        When the file cannot be written.
    BackupBroken
        When what was written is not a whole store.
    """
    with create_file(path) as partial:
        if not engine.write_snapshot(partial):
            write_by_row(engine, partial)
        found = open_checked(partial)
        connection = sqlite3.connect(partial, isolation_level=None)
        try:
            connection.execute("PRAGMA foreign_keys = OFF")
            for table in reversed(schema.TABLES):
                if table.secret:
                    connection.execute(f"DROP TABLE {table.name}")
            for tail, srs in (("", geopackage.RD_SRS), ("_elsewhere", geopackage.ELSEWHERE)):
                _write_drawings(connection, tail, srs)
            geopackage.write_extents(connection, _extents(connection))
            connection.execute("VACUUM")
        finally:
            connection.close()
    return found


def _write_drawings(connection: sqlite3.Connection, tail: str, srs: int) -> None:
    """Write the sketches with what was answered as one layer, where there are any.

    A table and not a view: other programs read it faster, and an import of ours runs no view of any file.
    """
    if connection.execute(f"SELECT count(*) FROM sketch{tail}").fetchone() == (0,):
        return
    kinds = {row[1]: row[2] for row in connection.execute("PRAGMA table_info(contribution)")}
    columns = ", ".join(f"{name} {kinds[name]}" for name in _ANSWERED)
    connection.execute(
        f"CREATE TABLE drawing{tail} (fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, geom GEOMETRY NOT NULL, "
        f"sketch_id TEXT NOT NULL, {columns}, decision TEXT)"
    )
    connection.execute(
        f"INSERT INTO drawing{tail} "
        f"SELECT s.fid, s.geom, c.id, {', '.join(f'c.{name}' for name in _ANSWERED)}, {_DECISION} "
        f"FROM sketch{tail} s JOIN contribution c ON c.id = s.contribution"
    )
    geopackage.register_layer(connection, f"drawing{tail}", srs, "Drawings with what was answered")


def _extents(connection: sqlite3.Connection) -> dict[str, tuple[float, float, float, float]]:
    found = {}
    for (name,) in connection.execute("SELECT table_name FROM gpkg_geometry_columns").fetchall():
        blobs = [geopackage.decode_blob(row[0]) for row in connection.execute(f"SELECT geom FROM {name}")]
        if blobs:
            west, south, east, north = shapely.total_bounds(shapely.from_wkb(blobs)).tolist()
            found[name] = (west, south, east, north)
    return found
