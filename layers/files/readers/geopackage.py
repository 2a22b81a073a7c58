"""GeoPackage: made bare with SQLite, read by the guarded child; only its plain tables are ever read."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from geo.errors import FileBroken, FileLayerNotTable, FileWithoutShapes
from layers.files.models import DetectedFile, RawLayer, UploadedFile
from layers.files.sandbox.runner import read_in_sandbox
from layers.files.survey_tools import detect_tool

APPLICATIONS = (b"GPKG", b"GP10", b"GP11")
STEPS = 2_000_000
"""Steps of SQLite's machine that looking at the list of layers may take; honest files need some thousands."""
WITH_JOURNAL = b"\x02\x02"
"""Bytes 18 and 19 of a file whose newest rows may stand in a journal beside it."""
LISTED = (
    "SELECT c.table_name, c.data_type, g.table_name IS NOT NULL FROM gpkg_contents c "
    "LEFT JOIN gpkg_geometry_columns g USING (table_name) ORDER BY c.rowid LIMIT 200"
)


@dataclass(frozen=True)
class Contents:
    """What a GeoPackage holds: its layers of plain tables, and by name what is not read and why (a key)."""

    layers: tuple[str, ...]
    not_read: dict[str, str]
    may_lack_newest: bool


def is_geopackage(head: bytes) -> bool:
    """Return whether the first 72 bytes are those of a GeoPackage.

    Examples
    --------
    >>> is_geopackage(b"SQLite format 3" + bytes(53) + b"GPKG")
    True
    """
    return head.startswith(b"SQLite format 3\x00") and head[68:72] in APPLICATIONS


@contextmanager
def looking(
    path: Path, name: str, *, kind: str = "GeoPackage", longest: int | None = None, bare: bool = False
) -> Iterator[sqlite3.Connection]:
    """Open our copy: no trusting, no endless statement, and no writing unless it is to be made bare.

    Parameters
    ----------
    kind
        What the file should be, for the sentence when it is not.
    longest
        Bytes of one value; a longer one breaks off the reading. No other limit than SQLite's own without.
    bare
        Open for taking out what is no table; a journal beside the file is read then.
    """
    left = [STEPS // 1_000]

    def spent() -> bool:
        left[0] -= 1
        return left[0] < 0

    try:
        # A name may hold signs that mean something in an address.
        how = "mode=rw" if bare else "mode=ro&immutable=1"
        address = f"file:{quote(path.as_posix(), safe='/:')}?{how}"
        with closing(sqlite3.connect(address, uri=True)) as base:
            base.execute("PRAGMA trusted_schema=OFF")
            base.execute("PRAGMA cell_size_check=ON")
            base.set_progress_handler(spent, 1_000)
            if longest is not None:
                base.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, longest)
            yield base
    except sqlite3.Error as problem:
        raise FileBroken(name=name, format=kind) from problem


def make_bare(path: Path, name: str) -> Contents:
    """Drop views and triggers from our copy and list what is left; none of them ever runs.

    Raises
    ------
    FileLayerNotTable
        Its only layers are views or computed tables, or the list of layers itself is one.
    FileBroken, FileWithoutShapes
    """
    with path.open("rb") as file:
        with_journal = file.read(20)[18:20] == WITH_JOURNAL
    may_lack_newest = with_journal and not path.with_name(f"{path.name}-wal").exists()
    with looking(path, name, bare=True) as base:
        plain, views = _take_out(base, name)
        listed = base.execute(LISTED).fetchall()
        layers, not_read = [], dict.fromkeys(views, "view")
        for table, kind, has_shapes in listed:
            if kind == "tiles":
                not_read[str(table)] = "tiles"
            elif kind == "features" and has_shapes and str(table).lower() in plain:
                layers.append(str(table))
            elif kind == "features" and has_shapes:
                not_read[str(table)] = "view"
                base.execute("DELETE FROM gpkg_geometry_columns WHERE table_name = ?", (table,))
                base.execute("DELETE FROM gpkg_contents WHERE table_name = ?", (table,))
        base.commit()
        base.execute("PRAGMA journal_mode=DELETE")
    if not layers and "view" in not_read.values():
        raise FileLayerNotTable(name=name, layer=next(iter(not_read)))
    if not layers:
        raise FileWithoutShapes(name=name)
    return Contents(tuple(layers), not_read, may_lack_newest)


def _take_out(base: sqlite3.Connection, name: str) -> tuple[set[str], list[str]]:
    """Drop triggers and views; return the plain tables, in lower case, and the views there were."""
    things = base.execute("SELECT type, name, sql FROM sqlite_master").fetchall()
    tables = {str(thing[1]).lower() for thing in things if thing[0] == "table"}
    computed = {
        str(thing[1]).lower()
        for thing in things
        if re.match(r"\s*CREATE\s+VIRTUAL", thing[2] or "", re.IGNORECASE)
    }
    views = [str(thing[1]) for thing in things if thing[0] == "view"]
    if not tables - computed >= {"gpkg_contents", "gpkg_geometry_columns", "gpkg_spatial_ref_sys"}:
        if any(view.lower().startswith("gpkg_") for view in views):
            raise FileLayerNotTable(name=name, layer=views[0])
        raise FileBroken(name=name, format="GeoPackage")
    for kind in ("trigger", "view"):
        for thing in things:
            if thing[0] == kind:
                base.execute(f"DROP {kind.upper()} {_quoted(thing[1])}")
    return tables - computed, views


def _quoted(name: object) -> str:
    return '"' + str(name).replace('"', '""') + '"'


def open_geopackage(source: UploadedFile) -> DetectedFile:
    """Open a GeoPackage after all but its tables was taken out of our copy.

    Raises
    ------
    FileLayerNotTable, FileBroken, FileWithoutShapes
    """
    contents = make_bare(source.path, source.name)

    def read(layer_name: str, most: int | None) -> RawLayer:
        layer = read_in_sandbox(source, source.path, driver="GPKG", layer=layer_name, most=most)
        layer.tool = detect_tool(layer.columns())
        return layer

    warnings = ("may_lack_newest",) if contents.may_lack_newest else ()
    return DetectedFile("geopackage", contents.layers, read, contents.not_read, warnings)
