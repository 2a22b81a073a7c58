"""GeoPackage tables around ours, so that any GIS opens the file of the store.

After OGC 12-128r18 (GeoPackage 1.3). There is no R-tree: its triggers call functions that only
spatial programs have, so that a write by any other tool would fail, and the store reads by project,
never by location. Extents stay empty, which the standard allows; a program then computes its own.
"""

import sqlite3
import struct
from datetime import UTC, datetime
from typing import Any

import shapely
from pyproj.enums import WktVersion
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from geo.crs import RD, WGS84
from store.engines import schema

RD_SRS = 28992
ELSEWHERE = -1
"""The "undefined Cartesian" of the standard: metres in the plane that the project of the row names."""

KINDS = {
    "key": "INTEGER PRIMARY KEY NOT NULL",
    "double": "DOUBLE",
    "area": "GEOMETRY NOT NULL",
    "point": "POINT NOT NULL",
    "area_elsewhere": "GEOMETRY NOT NULL",
    "point_elsewhere": "POINT NOT NULL",
    "join_texts": "group_concat",
}
_TYPES = {"area": "GEOMETRY", "point": "POINT"}
_LITTLE_ENDIAN, _XY_ENVELOPE = 1, 2


def create_statements() -> list[str]:
    """Return the statements that make an empty file a GeoPackage."""
    rd = RD.to_wkt(WktVersion.WKT1_GDAL).replace("'", "''")
    degrees = WGS84.to_wkt(WktVersion.WKT1_GDAL).replace("'", "''")
    return [
        "PRAGMA application_id = 1196444487",  # "GPKG"
        "PRAGMA user_version = 10300",
        """CREATE TABLE gpkg_spatial_ref_sys (
            srs_name TEXT NOT NULL, srs_id INTEGER NOT NULL PRIMARY KEY, organization TEXT NOT NULL,
            organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL, description TEXT)""",
        f"""INSERT INTO gpkg_spatial_ref_sys VALUES
            ('Undefined Cartesian', -1, 'NONE', -1, 'undefined', 'plane of the project'),
            ('Undefined geographic', 0, 'NONE', 0, 'undefined', 'not used'),
            ('WGS 84', 4326, 'EPSG', 4326, '{degrees}', 'longitude, latitude'),
            ('Amersfoort / RD New', 28992, 'EPSG', 28992, '{rd}', 'metres')""",
        """CREATE TABLE gpkg_contents (
            table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL, identifier TEXT UNIQUE,
            description TEXT DEFAULT '',
            last_change DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')),
            min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE, srs_id INTEGER,
            CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id))""",
        """CREATE TABLE gpkg_geometry_columns (
            table_name TEXT NOT NULL, column_name TEXT NOT NULL, geometry_type_name TEXT NOT NULL,
            srs_id INTEGER NOT NULL, z TINYINT NOT NULL, m TINYINT NOT NULL,
            CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name),
            CONSTRAINT uk_gc_table_name UNIQUE (table_name),
            CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name),
            CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id))""",
    ]


def register_tables(connection: sqlite3.Connection) -> None:
    """Write the tables to the list of contents, except those with secrets."""
    for table in schema.TABLES:
        if table.secret:
            continue
        srs = (ELSEWHERE if table.elsewhere else RD_SRS) if table.geometry else None
        kind = "features" if table.geometry else "attributes"
        connection.execute(
            "INSERT OR IGNORE INTO gpkg_contents (table_name, data_type, identifier, description, srs_id)"
            " VALUES (?, ?, ?, ?, ?)",
            (table.name, kind, table.name, table.description, srs),
        )
        if table.geometry:
            connection.execute(
                "INSERT OR IGNORE INTO gpkg_geometry_columns VALUES (?, 'geom', ?, ?, 0, 0)",
                (table.name, _TYPES[table.geometry], srs),
            )


def write_extents(
    connection: sqlite3.Connection, layers: dict[str, tuple[float, float, float, float]]
) -> None:
    """Write extents and the time of writing, in a file for export."""
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    connection.execute("UPDATE gpkg_contents SET last_change = ?", (now,))
    for name, box in layers.items():
        connection.execute(
            "UPDATE gpkg_contents SET min_x = ?, min_y = ?, max_x = ?, max_y = ? WHERE table_name = ?",
            (*box, name),
        )


def encode_blob(geometry: BaseGeometry, srs: int) -> bytes:
    """Return the geometry blob of the standard: header, envelope (for areas), WKB.

    Examples
    --------
    >>> encode_blob(shapely.Point(1, 2), 28992)[:8].hex(" ")
    '47 50 00 01 40 71 00 00'
    >>> len(encode_blob(shapely.box(0, 0, 1, 1), 28992)) - len(shapely.to_wkb(shapely.box(0, 0, 1, 1)))
    40
    """
    body: bytes = shapely.to_wkb(geometry, byte_order=1, include_srid=False)
    if isinstance(geometry, Polygon | MultiPolygon):
        west, south, east, north = geometry.bounds
        flags = _LITTLE_ENDIAN | _XY_ENVELOPE
        return struct.pack("<2sBBi4d", b"GP", 0, flags, srs, west, east, south, north) + body
    return struct.pack("<2sBBi", b"GP", 0, _LITTLE_ENDIAN, srs) + body


def decode_blob(value: Any) -> bytes:
    """Return the WKB in a geometry blob.

    Examples
    --------
    >>> decode_blob(encode_blob(shapely.Point(1, 2), 28992)) == shapely.to_wkb(shapely.Point(1, 2), byte_order=1)
    True
    """
    envelope = (value[3] >> 1) & 0b111
    return bytes(value[8 + (0, 32, 48, 48, 64)[envelope] :])


def register_layer(connection: sqlite3.Connection, name: str, srs: int, description: str) -> None:
    """Write a further layer to the list of contents."""
    connection.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id)"
        " VALUES (?, 'features', ?, ?, ?)",
        (name, name, description, srs),
    )
    connection.execute(
        "INSERT INTO gpkg_geometry_columns VALUES (?, 'geom', 'GEOMETRY', ?, 0, 0)", (name, srs)
    )
