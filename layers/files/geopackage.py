"""GeoPackage: looked at with SQLite, read by the guarded child, never written to."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote

from geo.errors import FileBroken, FileLayerNotTable, FileUnsafe, FileWithoutShapes
from layers.files import guarded
from layers.files.raw import Layer, Opened, Source
from layers.files.rivals import recognise

APPLICATIONS = (b"GPKG", b"GP10", b"GP11")
STEPS = 2_000_000
"""Steps of SQLite's machine that looking at the list of layers may take; honest files need some thousands."""
STANDARD_TRIGGER = re.compile(r"^(rtree_|gpkg_|trigger_(insert|delete)_feature_count_)")


def is_geopackage(head: bytes) -> bool:
    """Tell a GeoPackage by its first 72 bytes.

    Examples
    --------
    >>> is_geopackage(b"SQLite format 3" + bytes(53) + b"GPKG")
    True
    """
    return head.startswith(b"SQLite format 3\x00") and head[68:72] in APPLICATIONS


@contextmanager
def looking(
    path: Path, name: str, *, kind: str = "GeoPackage", longest: int | None = None
) -> Iterator[sqlite3.Connection]:
    """Open our copy for looking only: no writing, no trusting, no endless statement.

    Parameters
    ----------
    kind
        What the file should be, for the sentence when it is not.
    longest
        Bytes of one value; a longer one breaks off the reading. No other limit than SQLite's own without.
    """
    left = [STEPS // 1_000]

    def spent() -> bool:
        left[0] -= 1
        return left[0] < 0

    try:
        # A name may hold signs that mean something in an address.
        address = f"file:{quote(path.as_posix(), safe='/:')}?mode=ro&immutable=1"
        with closing(sqlite3.connect(address, uri=True)) as base:
            base.execute("PRAGMA trusted_schema=OFF")
            base.execute("PRAGMA cell_size_check=ON")
            base.set_progress_handler(spent, 1_000)
            if longest is not None:
                base.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, longest)
            yield base
    except sqlite3.Error as problem:
        raise FileBroken(name=name, format=kind) from problem


def check(path: Path, name: str) -> tuple[str, ...]:
    """Give the feature layers of a GeoPackage that holds nothing but tables.

    Raises
    ------
    FileLayerNotTable
        A layer or a table of the format itself is a view.
    FileUnsafe
        A trigger that is not one of the format's own.
    FileBroken, FileWithoutShapes
    """
    with looking(path, name) as base:
        things = base.execute("SELECT type, name, sql FROM sqlite_master").fetchall()
        tables = {str(thing[1]).lower() for thing in things if thing[0] == "table"}
        for kind, thing, _ in things:
            if kind == "view":
                raise FileLayerNotTable(name=name, layer=thing)
            if kind == "trigger" and not STANDARD_TRIGGER.match(thing):
                raise FileUnsafe(name=name, part=f"trigger {thing}")
        virtual = {
            str(t[1]).lower() for t in things if re.match(r"\s*CREATE\s+VIRTUAL", t[2] or "", re.IGNORECASE)
        }
        if not {"gpkg_contents", "gpkg_geometry_columns", "gpkg_spatial_ref_sys"} <= tables - virtual:
            raise FileBroken(name=name, format="GeoPackage")
        listed = base.execute(
            "SELECT c.table_name FROM gpkg_contents c JOIN gpkg_geometry_columns g USING (table_name) "
            "WHERE c.data_type = 'features' ORDER BY c.rowid LIMIT 200"
        ).fetchall()
        layers = tuple(str(row[0]) for row in listed)
        for layer in layers:
            if layer.lower() not in tables or layer.lower() in virtual:
                raise FileLayerNotTable(name=name, layer=layer)
    if not layers:
        raise FileWithoutShapes(name=name)
    return layers


def open_geopackage(source: Source) -> Opened:
    """Open a GeoPackage after looking whether it is only tables.

    Raises
    ------
    FileLayerNotTable, FileUnsafe, FileBroken, FileWithoutShapes
    """
    layers = check(source.path, source.name)

    def read(layer_name: str, most: int | None) -> Layer:
        layer = guarded.read(source, source.path, driver="GPKG", layer=layer_name, most=most)
        layer.tool = recognise(layer.columns())
        return layer

    return Opened("geopackage", layers, read)
