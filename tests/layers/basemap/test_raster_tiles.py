"""A base map that somebody hands us: read as its makers wrote it, and refused where it means harm."""

import gzip
import io
import json
import sqlite3
import struct
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from PIL import Image
from pmtiles.tile import Entry, TileType, serialize_directory

from geo.errors import FileAbsent, FileBroken, FileRefused, TilesAreVector, TilesUnknown
from layers.basemap import raster_tiles
from layers.basemap.raster_tiles import open_tiles
from maps import style
from tests.support.tile_files import mbtiles, picture, pmtiles

WORLD = (-180.0, -85.0, 180.0, 85.0)
NORTH_WEST, SOUTH_WEST, NORTH_EAST = (picture(color) for color in ("red", "blue", "green"))
FOUR = {(1, 0, 0): NORTH_WEST, (1, 0, 1): SOUTH_WEST, (1, 1, 0): NORTH_EAST}
"""The world at level 1, without its south-eastern quarter."""


def by_hand(
    root: bytes, data: bytes, *, metadata: bytes = b"", kind: int = 2, leaves: bytes = b"", packing: int = 2
) -> bytes:
    """Write a PMTiles file byte by byte, as its specification says."""
    starts, at = [], 127
    for part in (root, metadata, leaves, data):
        starts += [at, len(part)]
        at += len(part)
    header = b"PMTiles\x03" + struct.pack("<8Q", *starts) + struct.pack("<3Q", 3, 3, 3)
    header += bytes([1, packing, 1, kind, 1, 1])
    header += struct.pack("<4i", -1_800_000_000, -850_000_000, 1_800_000_000, 850_000_000)
    header += struct.pack("<B2i", 1, 0, 0)
    return header + root + metadata + leaves + data


def written(path: Path, body: bytes) -> Path:
    path.write_bytes(body)
    return path


@pytest.fixture
def made(tmp_path: Path) -> Callable[[str], Path]:
    """Create the same three tiles in either format."""

    def make(kind: str) -> Path:
        path = tmp_path / "handed"
        if kind == "MBTiles":
            return mbtiles(path, FOUR, bounds="-180,-85,180,85", attribution="&copy; <b>Makers</b>")
        return pmtiles(path, FOUR, WORLD, credit="&copy; <b>Makers</b>")

    return make


@pytest.mark.parametrize("kind", ["MBTiles", "PMTiles"])
def test_tile_is_where_its_makers_put_it(made: Callable[[str], Path], kind: str) -> None:
    """Red in the north-west, blue in the south-west, green in the north-east, nothing in the south-east."""
    found = open_tiles(made(kind))
    assert (found.format, found.zooms, found.bounds_wgs84) == (kind, (1, 1), WORLD)
    assert found.credit == "© Makers"
    pictures = {(x, y): found.picture(1, x, y) for x in (0, 1) for y in (0, 1)}
    bodies = {place: one and one.body for place, one in pictures.items()}
    assert bodies == {(0, 0): NORTH_WEST, (0, 1): SOUTH_WEST, (1, 0): NORTH_EAST, (1, 1): None}
    assert {one.kind for one in pictures.values() if one} == {"image/png"}
    assert [found.picture(*place) for place in ((0, 0, 0), (2, 0, 0), (1, 2, 0), (1, 0, -1))] == [None] * 4


def test_four_tiles_written_by_hand(tmp_path: Path) -> None:
    """On Hilbert's curve the quarters of level 1 are tiles 1 to 4: north-west, south-west, south-east, north-east."""
    sizes = [len(one) for one in (NORTH_WEST, SOUTH_WEST, NORTH_EAST)]
    entries = [
        Entry(1, 0, sizes[0], 1),
        Entry(2, sizes[0], sizes[1], 2),
        Entry(4, sum(sizes[:2]), sizes[2], 1),
    ]
    body = by_hand(serialize_directory(entries), NORTH_WEST + SOUTH_WEST + NORTH_EAST)
    found = open_tiles(written(tmp_path / "x", body))
    places = ((0, 0), (0, 1), (1, 1), (1, 0))
    bodies = [one.body for x, y in places if (one := found.picture(1, x, y))]
    assert bodies == [NORTH_WEST, SOUTH_WEST, SOUTH_WEST, NORTH_EAST]


def test_tiles_of_a_view_are_found_and_bounds_follow_from_the_tiles(tmp_path: Path) -> None:
    """Many programs keep equal pictures once, behind a view; level 1 without its east ends at Greenwich."""
    path = mbtiles(tmp_path / "x", {})
    with closing(sqlite3.connect(path)) as base:
        base.executescript(
            "DROP TABLE tiles; CREATE TABLE map (zoom_level, tile_column, tile_row, tile_id);"
            "CREATE TABLE images (tile_id, tile_data);"
            "CREATE VIEW tiles AS SELECT zoom_level, tile_column, tile_row, tile_data "
            "FROM map JOIN images USING (tile_id);"
            "INSERT INTO map VALUES (1, 0, 0, 7), (1, 0, 1, 7);"
        )
        base.execute("INSERT INTO images VALUES (7, ?)", (SOUTH_WEST,))
        base.commit()
    found = open_tiles(path)
    assert found.bounds_wgs84 == pytest.approx((-180, -85.0511, 0, 85.0511), abs=1e-4)
    tile = found.picture(1, 0, 1)
    assert tile is not None
    assert tile.body == SOUTH_WEST


@pytest.mark.parametrize("kind", ["JPEG", "WEBP"])
def test_a_tile_is_what_its_own_bytes_say(tmp_path: Path, kind: str) -> None:
    """The file says png; a browser must be told the truth."""
    found = open_tiles(mbtiles(tmp_path / "x", {(0, 0, 0): picture("red", kind)}, bounds="-180,-85,180,85"))
    tile = found.picture(0, 0, 0)
    assert tile is not None
    assert tile.kind == f"image/{kind.lower()}"


def refused(path: Path) -> type[FileRefused]:
    """Return how a file is refused, in under 2 s of work."""
    start = time.process_time()
    with pytest.raises(FileRefused) as caught:
        open_tiles(path)
    assert time.process_time() - start < 2
    return type(caught.value)


def test_what_is_no_base_map_of_pictures_is_refused(tmp_path: Path) -> None:
    pbf = gzip.compress(b"\x1a\x00")
    script = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"
    assert refused(tmp_path / "absent") is FileAbsent
    assert refused(tmp_path) is FileAbsent
    assert refused(written(tmp_path / "a.pmtiles", b"")) is TilesUnknown
    assert refused(written(tmp_path / "b.pmtiles", b"GIF89a" * 99)) is TilesUnknown
    assert refused(mbtiles(tmp_path / "c", {(0, 0, 0): pbf}, format="pbf")) is TilesAreVector
    assert refused(mbtiles(tmp_path / "d", {(0, 0, 0): pbf}, format="png")) is TilesAreVector
    assert refused(pmtiles(tmp_path / "e", {(0, 0, 0): pbf}, WORLD, kind=TileType.MVT)) is TilesAreVector
    assert refused(mbtiles(tmp_path / "f", {(0, 0, 0): script})) is TilesUnknown
    assert refused(pmtiles(tmp_path / "g", {(0, 0, 0): script}, WORLD)) is TilesUnknown
    several = io.BytesIO()  # pictures behind each other, the first of which is a JPEG
    one = Image.new("RGB", (256, 256))
    one.save(several, "MPO", save_all=True, append_images=[one])
    assert refused(mbtiles(tmp_path / "i", {(0, 0, 0): several.getvalue()})) is TilesUnknown
    giant = picture("red", side=1_100)
    assert refused(mbtiles(tmp_path / "h", {(0, 0, 0): giant})) is TilesUnknown


def test_a_broken_file_is_said_to_be_broken(made: Callable[[str], Path], tmp_path: Path) -> None:
    """Cut off here and there, and with a byte turned over: a refusal or a map, never a crash."""
    for kind in ("MBTiles", "PMTiles"):
        whole = made(kind).read_bytes()
        path = tmp_path / "broken"
        for at in range(8, min(len(whole), 1_500), 29):
            for body in (whole[:at], whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :]):
                try:
                    found = open_tiles(written(path, body))
                    found.picture(1, 0, 0)
                except FileRefused:
                    continue
        (tmp_path / "handed").unlink()
    assert refused(mbtiles(tmp_path / "empty", {})) is FileBroken
    one = {(0, 0, 0): SOUTH_WEST}
    assert refused(mbtiles(tmp_path / "bounds", one, bounds="5,52,4,53")) is FileBroken
    assert refused(mbtiles(tmp_path / "nan", one, bounds="nan,nan,nan,nan")) is FileBroken


def test_what_a_file_tells_of_itself_may_be_unpacked(tmp_path: Path) -> None:
    """One entry: tile 0, once, as long as the picture, at the beginning."""
    root = gzip.decompress(serialize_directory([Entry(0, 0, len(NORTH_WEST), 1)]))
    metadata = json.dumps({"attribution": "Makers"}).encode()
    found = open_tiles(written(tmp_path / "x", by_hand(root, NORTH_WEST, metadata=metadata, packing=1)))
    shown = found.picture(0, 0, 0)
    assert shown is not None
    assert (shown.body, found.credit) == (NORTH_WEST, "Makers")
    for harm in (b"\x01" + b"\xff" * 900_000, b"\xff\xff\xff\xff\x0f", b"\x00"):
        assert refused(written(tmp_path / "x", by_hand(harm, NORTH_WEST, packing=1))) is FileBroken


def test_a_directory_that_means_harm_is_refused(tmp_path: Path) -> None:
    """Small when packed and endless when not; in two parts; numbers without end; a leaf that is its own leaf."""
    picked = serialize_directory([Entry(0, 0, len(NORTH_WEST), 1)])
    bomb = gzip.compress(b"\x01" + bytes(20_000_000))
    for name, root in {
        "bomb": bomb,
        "second part": picked + bomb,
        "number": gzip.compress(b"\x01" + b"\xff" * 900_000),
        "count": gzip.compress(b"\xff\xff\xff\xff\x0f"),
        "none": gzip.compress(b"\x00"),
        "no gzip": b"\x01\x00\x01\x05\x01",
    }.items():
        assert refused(written(tmp_path / "x", by_hand(root, NORTH_WEST))) is FileBroken, name
    turn = serialize_directory([Entry(0, 0, 64, 0)])
    assert (
        refused(written(tmp_path / "x", by_hand(turn, NORTH_WEST, leaves=turn.ljust(64, b"\0"))))
        is FileBroken
    )
    leaf = serialize_directory([Entry(0, 0, len(turn), 0)])
    assert refused(written(tmp_path / "x", by_hand(leaf, NORTH_WEST, leaves=leaf))) is FileBroken
    far = serialize_directory([Entry(0, 2**60, len(NORTH_WEST), 1)])
    assert refused(written(tmp_path / "x", by_hand(far, NORTH_WEST))) is FileBroken
    large = serialize_directory([Entry(0, 0, raster_tiles.MAX_TILE + 1, 1)])
    assert refused(written(tmp_path / "x", by_hand(large, bytes(raster_tiles.MAX_TILE + 1)))) is FileBroken
    deep = gzip.compress(b"[" * 500_000)
    assert refused(written(tmp_path / "x", by_hand(picked, NORTH_WEST, metadata=deep))) is FileBroken


def test_a_database_that_means_harm_is_refused(tmp_path: Path) -> None:
    """A view without end, a value of a gigabyte, and a name that would reach another file."""
    views = {
        "endless": "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT 0 AS zoom_level, "
        "x AS tile_column, x AS tile_row, x AS tile_data FROM n WHERE x < 0",
        "giant": "SELECT 0 AS zoom_level, 0 AS tile_column, 0 AS tile_row, zeroblob(1000000000) AS tile_data",
    }
    for name, view in views.items():
        path = mbtiles(tmp_path / name, {})
        with closing(sqlite3.connect(path)) as base:
            base.executescript(f"DROP TABLE tiles; CREATE VIEW tiles AS {view};")
        assert refused(path) is FileBroken, name
    good = mbtiles(tmp_path / "good", FOUR)
    odd = written(tmp_path / "a b?mode=rwc&immutable=0#%00x", good.read_bytes())
    assert open_tiles(odd).zooms == (1, 1)


def test_lines_stand_out_on_a_base_map_of_any_colour() -> None:
    """Seen for 55 % over our land: black becomes #6e6d69, and grey #6b6b6b becomes #a9a8a4."""

    def seen(grey: int) -> str:
        land = [int(style.GROUND["land"][at : at + 2], 16) for at in (1, 3, 5)]
        return "#" + "".join(f"{round(style.QUIET * grey + (1 - style.QUIET) * part):02x}" for part in land)

    assert (seen(0), seen(0x6B)) == ("#6e6d69", "#a9a8a4")
    assert style.contrast(seen(0), style.GROUND["land"]) >= 4.5
    assert style.contrast(seen(0x6B), style.DRAWN) >= 3
