"""Words within a GeoPackage: the tables of its schema and metadata extensions, which GDAL, QGIS and ArcGIS read.

References
----------
.. [1] OGC 12-128r18, GeoPackage 1.3, annexes F.8 (metadata) and F.9 (schema)
"""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import date
from pathlib import Path

from i18n.package import PackageWords

SCHEMA_TABLES = (
    """CREATE TABLE gpkg_data_columns (
        table_name TEXT NOT NULL, column_name TEXT NOT NULL, name TEXT, title TEXT, description TEXT,
        mime_type TEXT, constraint_name TEXT,
        CONSTRAINT pk_gdc PRIMARY KEY (table_name, column_name),
        CONSTRAINT gdc_tn UNIQUE (table_name, name))""",
    """CREATE TABLE gpkg_data_column_constraints (
        constraint_name TEXT NOT NULL, constraint_type TEXT NOT NULL, value TEXT, min NUMERIC,
        min_is_inclusive BOOLEAN, max NUMERIC, max_is_inclusive BOOLEAN, description TEXT,
        CONSTRAINT gdcc_ntv UNIQUE (constraint_name, constraint_type, value))""",
)
METADATA_TABLES = (
    """CREATE TABLE gpkg_metadata (
        id INTEGER CONSTRAINT m_pk PRIMARY KEY ASC NOT NULL, md_scope TEXT NOT NULL DEFAULT 'dataset',
        md_standard_uri TEXT NOT NULL, mime_type TEXT NOT NULL DEFAULT 'text/xml',
        metadata TEXT NOT NULL DEFAULT '')""",
    """CREATE TABLE gpkg_metadata_reference (
        reference_scope TEXT NOT NULL, table_name TEXT, column_name TEXT, row_id_value INTEGER,
        timestamp DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')), md_file_id INTEGER NOT NULL,
        md_parent_id INTEGER,
        CONSTRAINT crmr_mfi_fk FOREIGN KEY (md_file_id) REFERENCES gpkg_metadata(id),
        CONSTRAINT crmr_mpi_fk FOREIGN KEY (md_parent_id) REFERENCES gpkg_metadata(id))""",
)
EXTENSIONS = """CREATE TABLE IF NOT EXISTS gpkg_extensions (
    table_name TEXT, column_name TEXT, extension_name TEXT NOT NULL, definition TEXT NOT NULL, scope TEXT NOT NULL,
    CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name))"""
USED = {
    "gpkg_schema": (
        "http://www.geopackage.org/spec121/#extension_schema",
        ("gpkg_data_columns", "gpkg_data_column_constraints"),
    ),
    "gpkg_metadata": (
        "http://www.geopackage.org/spec121/#extension_metadata",
        ("gpkg_metadata", "gpkg_metadata_reference"),
    ),
}


def write_words(path: Path, words: PackageWords, metadata: Mapping[str, str]) -> None:
    """Write what columns and keys are called, and the metadata, into a GeoPackage.

    Parameters
    ----------
    path
        A GeoPackage with the layers of `words`.
    words
        Columns become rows of ``gpkg_data_columns``, keys enumerations of ``gpkg_data_column_constraints``.
    metadata
        Address of its standard to a document about the whole file.
    """
    with closing(sqlite3.connect(path)) as connection, connection:
        for statement in (*SCHEMA_TABLES, *METADATA_TABLES, EXTENSIONS):
            connection.execute(statement)
        connection.executemany(
            "INSERT INTO gpkg_extensions VALUES (?, NULL, ?, ?, 'read-write')",
            [(table, name, address) for name, (address, tables) in USED.items() for table in tables],
        )
        connection.executemany(
            "INSERT INTO gpkg_data_columns VALUES (?, ?, ?, ?, ?, NULL, ?)", _columns(words)
        )
        connection.executemany(
            "INSERT INTO gpkg_data_column_constraints (constraint_name, constraint_type, value, description)"
            " VALUES (?, 'enum', ?, ?)",
            _keys(words),
        )
        for number, (address, text) in enumerate(metadata.items(), start=1):
            connection.execute(
                "INSERT INTO gpkg_metadata VALUES (?, 'dataset', ?, ?, ?)",
                (number, address, "text/xml" if text.startswith("<") else "application/ld+json", text),
            )
            connection.execute(
                "INSERT INTO gpkg_metadata_reference (reference_scope, md_file_id) VALUES ('geopackage', ?)",
                (number,),
            )


def set_times(path: Path, day: date) -> None:
    """Set every time in a GeoPackage to the start of one day, so that the same facts are the same bytes.

    Parameters
    ----------
    path
        A GeoPackage that nobody has open.
    day
        Of what is in it, such as that of an edition.
    """
    moment = f"{day.isoformat()}T00:00:00.000Z"
    with closing(sqlite3.connect(path)) as connection:
        with connection:
            connection.execute("UPDATE gpkg_contents SET last_change = ?", (moment,))
            known = connection.execute(
                "SELECT 1 FROM sqlite_master WHERE name = 'gpkg_metadata_reference'"
            ).fetchone()
            if known:
                connection.execute("UPDATE gpkg_metadata_reference SET timestamp = ?", (moment,))
        # A new file: what stood there before is on no page of it, and it counts its changes anew.
        fresh = path.with_name(f"{path.name}.fresh")
        connection.execute("VACUUM INTO ?", (str(fresh),))
    fresh.replace(path)


def _columns(words: PackageWords) -> Iterator[tuple[str | None, ...]]:
    for layer in words.layers:
        for field in layer.fields:
            domain = f"{layer.name}_{field.name}" if field.values else None
            # GDAL, and so QGIS, reads the short name as the alias; no two of a table may be the same.
            alone = sum(other.title == field.title for other in layer.fields) == 1
            alias = field.title if alone else f"{field.title} ({field.name})"
            yield layer.name, field.name, alias, field.title, field.meaning, domain


def _keys(words: PackageWords) -> Iterator[tuple[str, str, str]]:
    for layer in words.layers:
        for field in layer.fields:
            for key, word in field.values:
                yield f"{layer.name}_{field.name}", key, word
