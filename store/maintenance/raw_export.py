"""Export of raw sketches, for planners only."""

import sqlite3
from pathlib import Path

import shapely

from store.engines import geopackage, schema
from store.engines.base import Engine
from store.maintenance.backup import create_file, open_checked, write_by_row
from store.models.reports import VerificationReport

_DRAWING_VIEW = """CREATE VIEW drawing{tail} AS SELECT s.fid AS fid, s.geom AS geom, c.id AS sketch_id,
    c.project, c.session, c.workshop_group, c.mode, c.practice, c.created, c.area_name, c.edge, c.answers,
    c.view_start_width_m, c.view_screen, c.view_input, c.view_duration_s, c.view_saw_borders
    FROM sketch{tail} s JOIN contribution c ON c.id = s.contribution"""


def export_raw(engine: Engine, path: Path) -> VerificationReport:
    """Write a GeoPackage of all tables without secrets, with extents and a view of sketches with answers.

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
                connection.execute(_DRAWING_VIEW.format(tail=tail))
                geopackage.register_view(connection, f"drawing{tail}", srs, "Drawings with what was answered")
            geopackage.write_extents(connection, _extents(connection))
            connection.execute("VACUUM")
        finally:
            connection.close()
    return found


def _extents(connection: sqlite3.Connection) -> dict[str, tuple[float, float, float, float]]:
    found = {}
    for (name,) in connection.execute("SELECT table_name FROM gpkg_geometry_columns").fetchall():
        blobs = [geopackage.decode_blob(row[0]) for row in connection.execute(f"SELECT geom FROM {name}")]
        if blobs:
            west, south, east, north = shapely.total_bounds(shapely.from_wkb(blobs)).tolist()
            found[name] = (west, south, east, north)
    return found
