"""A base map of pictures that somebody hands us, one tile at a time: MBTiles [1]_ or PMTiles [2]_.

What a file says of itself is checked against what is in it: its kind by its first bytes, its zoom levels by the
tiles it has, every tile by its own first bytes. Nothing of the file is larger in memory than a limit here.

References
----------
.. [1] MBTiles Specification 1.3 (2018), github.com/mapbox/mbtiles-spec
.. [2] PMTiles Version 3 Specification (2022), github.com/protomaps/PMTiles
"""

import gzip
import html
import io
import json
import math
import re
import sqlite3
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from PIL import Image
from pmtiles import tile as pmtiles

from geo.errors import FileAbsent, FileBroken, TilesAreVector, TilesUnknown
from layers.files.readers.geopackage import is_geopackage, looking
from layers.files.text_cleaning import clean_text

MAX_TILE = 2_000_000
"""Bytes of one tile, packed; honest ones of 512 pixels stay under one."""
MAX_SIDE_PX = 1_024
MAX_DIRECTORY = 1_000_000
"""Bytes of one directory of a PMTiles file, unpacked; those of a country are under half of that."""
MAX_CREDIT = 120
MAX_ZOOM = 24
"""Deepest zoom level we look for: a tile of two metres."""

DEPTH = 4
"""Directories between the root and a tile; the format allows three."""
ENDLESS_NUMBER = re.compile(rb"[\x80-\xff]{10}")
"""A number of 64 bits takes ten bytes at most; one that goes on costs more time the longer it is."""

KINDS = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp"}
Read = Callable[[int, int, int], bytes | None]


@dataclass(frozen=True)
class TileImage:
    """One tile, ready to send."""

    body: bytes
    kind: str


@dataclass(frozen=True)
class TileFile:
    """A base map in a file.

    Attributes
    ----------
    zooms
        The coarsest and the finest level.
    bounds_wgs84
        West, south, east, north, degrees.
    credit
        Who made it, as plain text; empty when the file does not say.
    edition
        A token that is another one when the file is.
    """

    path: Path
    format: Literal["MBTiles", "PMTiles"]
    zooms: tuple[int, int]
    bounds_wgs84: tuple[float, float, float, float]
    credit: str
    edition: str
    read: Read = field(repr=False, compare=False)

    def picture(self, zoom: int, column: int, row: int) -> TileImage | None:
        """Return a tile, row 0 in the north; None where the file has none, or none that is a picture.

        Raises
        ------
        FileBroken
        """
        least, most = self.zooms
        if not (least <= zoom <= most and 0 <= column < 1 << zoom and 0 <= row < 1 << zoom):
            return None
        body = self.read(zoom, column, row)
        kind = picture_kind(body) if body else None
        return TileImage(body, kind) if body and kind else None


def open_tiles(path: Path) -> TileFile:
    """Open a base map of pictures and look whether it is one.

    Raises
    ------
    FileAbsent
        There is no such file.
    TilesUnknown
        It is neither MBTiles nor PMTiles, or its tiles are no pictures of png, jpg or webp.
    TilesAreVector
        Its tiles are shapes, for a program that draws them.
    FileBroken
    """
    name = str(clean_text(path.name))[:80]
    try:
        with path.open("rb") as file:
            head = file.read(127)
        facts = path.stat()
    except OSError as problem:
        raise FileAbsent(name=name) from problem
    edition = f"{facts.st_mtime_ns:x}-{facts.st_size:x}"
    if head.startswith(b"SQLite format 3\x00") and not is_geopackage(head):
        return _mbtiles(path, name, edition)
    if head.startswith(b"PMTiles"):
        return _pmtiles(path, name, edition, head)
    raise TilesUnknown(name=name)


def picture_kind(body: bytes) -> str | None:
    """Return what picture this is, by its own first bytes; None for anything else and for a giant.

    Examples
    --------
    >>> made = io.BytesIO()
    >>> Image.new("RGB", (256, 256)).save(made, "PNG")
    >>> picture_kind(made.getvalue()), picture_kind(b"<svg onload='alert(1)'/>")
    ('image/png', None)
    """
    if len(body) > MAX_TILE:
        return None
    try:
        with Image.open(io.BytesIO(body), formats=tuple(KINDS)) as found:
            return KINDS.get(str(found.format)) if max(found.size) <= MAX_SIDE_PX else None
    except (OSError, ValueError, Image.DecompressionBombError):
        return None


def plain_credit(text: object) -> str:
    """Return who made a map as plain text: files write it with links.

    Examples
    --------
    >>> plain_credit('&copy; <a href="https://example.org/">Makers &amp; co</a>')
    '© Makers & co'
    """
    if not isinstance(text, str):
        return ""
    bare = html.unescape(re.sub(r"<[^<>]*>", " ", text[:2_000]))
    return " ".join(str(clean_text(bare)).split())[:MAX_CREDIT]


def _sound_bounds(
    found: tuple[float, ...], name: str, kind: Literal["MBTiles", "PMTiles"]
) -> tuple[float, float, float, float]:
    if len(found) == 4:
        west, south, east, north = found
        if -180 <= west < east <= 180 and -90 <= south < north <= 90:
            return west, south, east, north
    raise FileBroken(name=name, format=kind)


# --- MBTiles: a SQLite file -----------------------------------------------------------------------


def _mbtiles(path: Path, name: str, edition: str) -> TileFile:
    with looking(path, name, kind="MBTiles", longest=MAX_TILE) as base:
        metadata = dict(
            base.execute(
                "SELECT name, value FROM metadata WHERE name IN ('format', 'bounds', 'attribution') LIMIT 9"
            ).fetchall()
        )
        if str(metadata.get("format")).lower() in {"pbf", "mvt", "mlt"}:
            raise TilesAreVector(name=name)
        first = "SELECT tile_data FROM tiles WHERE zoom_level = ? LIMIT 1"
        found = {zoom: base.execute(first, (zoom,)).fetchone() for zoom in range(MAX_ZOOM + 1)}
        there = {zoom: row[0] for zoom, row in found.items() if row is not None}
        if not there:
            raise FileBroken(name=name, format="MBTiles")
        bounds = _stated_bounds(metadata.get("bounds")) or _covered(base, min(there))
    for body in there.values():
        if not isinstance(body, bytes) or picture_kind(body) is None:
            # Vector tiles are packed by gzip.
            vector = isinstance(body, bytes) and body.startswith(b"\x1f\x8b")
            raise TilesAreVector(name=name) if vector else TilesUnknown(name=name)

    def read(zoom: int, column: int, row: int) -> bytes | None:
        with looking(path, name, kind="MBTiles", longest=MAX_TILE) as base:
            # The format counts rows from the south.
            one = base.execute(
                "SELECT tile_data FROM tiles WHERE zoom_level = ? AND tile_column = ? AND tile_row = ? LIMIT 1",
                (zoom, column, (1 << zoom) - 1 - row),
            ).fetchone()
        return one[0] if one and isinstance(one[0], bytes) else None

    return TileFile(
        path,
        "MBTiles",
        (min(there), max(there)),
        _sound_bounds(bounds, name, "MBTiles"),
        plain_credit(metadata.get("attribution")),
        edition,
        read,
    )


def _stated_bounds(text: object) -> tuple[float, ...]:
    try:
        return tuple(float(edge) for edge in str(text).split(","))
    except ValueError:
        return ()


def _covered(base: sqlite3.Connection, zoom: int) -> tuple[float, ...]:
    """Return the bounds of the tiles of a level: a file need not tell its own."""
    edges = base.execute(
        "SELECT min(tile_column), 1 + max(tile_column), min(tile_row), 1 + max(tile_row) "
        "FROM tiles WHERE zoom_level = ?",
        (zoom,),
    ).fetchone()
    round_the_world = 1 << zoom
    if not all(isinstance(edge, int) and 0 <= edge <= round_the_world for edge in edges):
        return ()
    west, east, south, north = edges
    longitudes = (360 * column / round_the_world - 180 for column in (west, east))
    latitudes = (
        math.degrees(math.atan(math.sinh(math.pi * (2 * row / round_the_world - 1))))
        for row in (south, north)
    )
    return tuple(edge for corner in zip(longitudes, latitudes, strict=True) for edge in corner)


# --- PMTiles: directories of numbers, and the tiles behind them -----------------------------------


class _Archive:
    """A PMTiles file: what stands where."""

    def __init__(self, path: Path, name: str, head: bytes) -> None:
        self.path = path
        self.name = name
        try:
            self.header = pmtiles.deserialize_header(head)
        except (pmtiles.SpecVersionUnsupported, ValueError, IndexError) as problem:
            raise self.broken() from problem
        self.directory = lru_cache(maxsize=16)(self._directory)

    def broken(self) -> FileBroken:
        return FileBroken(name=self.name, format="PMTiles")

    def part(self, offset: int, length: int, most: int) -> bytes:
        """Read a stretch of the file."""
        if offset < 0 or not 0 < length <= most:
            raise self.broken()
        try:
            with self.path.open("rb") as file:
                file.seek(offset)
                found = file.read(length)
        except (OSError, OverflowError) as problem:
            raise self.broken() from problem
        if len(found) < length:
            raise self.broken()
        return found

    def plain(self, packed: bytes) -> bytes:
        """Unpack what the file tells of itself, never to more than a directory may be."""
        if self.header["internal_compression"] is pmtiles.Compression.NONE:
            return packed
        unpacker = zlib.decompressobj(wbits=31)
        try:
            plain = unpacker.decompress(packed, MAX_DIRECTORY)
        except zlib.error as problem:
            raise self.broken() from problem
        # What is left over would be unpacked without a limit by whoever reads on.
        if not unpacker.eof or unpacker.unused_data:
            raise self.broken()
        return plain

    def _directory(self, offset: int, length: int) -> list[pmtiles.Entry]:
        plain = self.plain(self.part(offset, length, MAX_DIRECTORY))
        if ENDLESS_NUMBER.search(plain):
            raise self.broken()
        try:
            found = pmtiles.deserialize_directory(gzip.compress(plain, compresslevel=0))
        except (EOFError, ValueError) as problem:
            raise self.broken() from problem
        if not found:
            raise self.broken()
        return found

    def walk(self, choose: Callable[[list[pmtiles.Entry]], pmtiles.Entry | None]) -> pmtiles.Entry | None:
        """Go from the root to a tile, taking the entry that is chosen in every directory."""
        offset, length = self.header["root_offset"], self.header["root_length"]
        for _ in range(DEPTH):
            found = choose(self.directory(offset, length))
            if found is None or found.run_length > 0:
                return found
            offset, length = self.header["leaf_directory_offset"] + found.offset, found.length
        raise self.broken()

    def tile(self, entry: pmtiles.Entry) -> bytes:
        """Return the tile of an entry."""
        return self.part(self.header["tile_data_offset"] + entry.offset, entry.length, MAX_TILE)

    def read(self, zoom: int, column: int, row: int) -> bytes | None:
        """Return a tile, or None where there is none."""
        wanted = pmtiles.zxy_to_tileid(zoom, column, row)
        found = self.walk(lambda entries: pmtiles.find_tile(entries, wanted))
        return None if found is None else self.tile(found)

    def ends(self) -> tuple[pmtiles.Entry, pmtiles.Entry]:
        """Return the first and the last entry: tiles are numbered from the coarsest level to the finest."""
        first, last = self.walk(lambda entries: entries[0]), self.walk(lambda entries: entries[-1])
        if first is None or last is None:
            raise self.broken()
        return first, last

    def metadata(self) -> dict[str, Any]:
        """Return what the file says of itself."""
        if self.header["metadata_length"] == 0:
            return {}
        packed = self.part(self.header["metadata_offset"], self.header["metadata_length"], MAX_DIRECTORY)
        try:
            stated = json.loads(self.plain(packed))
        except (ValueError, RecursionError) as problem:
            raise self.broken() from problem
        return stated if isinstance(stated, dict) else {}


VECTOR = {pmtiles.TileType.MVT, pmtiles.TileType.MLT}


def _pmtiles(path: Path, name: str, edition: str, head: bytes) -> TileFile:
    archive = _Archive(path, name, head)
    if archive.header["tile_type"] in VECTOR:
        raise TilesAreVector(name=name)
    first, last = archive.ends()
    if picture_kind(archive.tile(first)) is None or picture_kind(archive.tile(last)) is None:
        raise TilesUnknown(name=name)
    try:
        least, most = (
            pmtiles.tileid_to_zxy(number)[0] for number in (first.tile_id, last.tile_id + last.run_length - 1)
        )
    except OverflowError as problem:
        raise archive.broken() from problem
    edges = ("min_lon_e7", "min_lat_e7", "max_lon_e7", "max_lat_e7")
    bounds = tuple(archive.header[edge] / 1e7 for edge in edges)  # type: ignore[literal-required]
    return TileFile(
        path,
        "PMTiles",
        (least, most),
        _sound_bounds(bounds, name, "PMTiles"),
        plain_credit(archive.metadata().get("attribution")),
        edition,
        archive.read,
    )
