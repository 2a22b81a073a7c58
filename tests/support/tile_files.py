"""Little base maps in a file, made here: a picture a tile, of one colour or with streets on it."""

import io
import math
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw
from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import Writer

from study import datasets

Place = tuple[int, int, int]
Tiles = Mapping[Place, bytes]
Bounds = tuple[float, float, float, float]


def picture(color: str, kind: str = "PNG", side: int = 256) -> bytes:
    """Return a picture of one colour."""
    made = io.BytesIO()
    Image.new("RGB", (side, side), color).save(made, kind)
    return made.getvalue()


def streets(zoom: int) -> bytes:
    """Return a picture with a street each way, some houses and a park, and which level it is."""
    made, body = Image.new("RGB", (256, 256), "#f2efe9"), io.BytesIO()
    pen = ImageDraw.Draw(made)
    pen.rectangle((150, 20, 236, 100), fill="#add19e")
    pen.rectangle((20, 150, 100, 236), fill="#aad3df")
    for x, y in ((20, 20), (70, 30), (160, 160), (200, 190)):
        pen.rectangle((x, y, x + 26, y + 22), fill="#d9d0c9", outline="#b9aea3")
    pen.line((128, 0, 128, 256), fill="#ffffff", width=18)
    pen.line((0, 128, 256, 128), fill="#f7b267", width=18)
    pen.text((132, 4), str(zoom), fill="#000000")
    made.save(body, "PNG")
    return body.getvalue()


def over(bounds: Bounds, zooms: range) -> Iterator[Place]:
    """Return the tiles that lie over bounds, row 0 in the north."""
    west, south, east, north = bounds
    for zoom in zooms:
        n = 1 << zoom
        columns = [math.floor((edge + 180) / 360 * n) for edge in (west, east)]
        rows = [
            math.floor((1 - math.asinh(math.tan(math.radians(edge))) / math.pi) / 2 * n)
            for edge in (north, south)
        ]
        for column in range(columns[0], columns[1] + 1):
            yield from ((zoom, column, row) for row in range(rows[0], rows[1] + 1))


def over_town(municipality: str = "GM9901", zooms: range = range(13, 17)) -> dict[Place, bytes]:
    """Return streets over a whole municipality."""
    drawn = {zoom: streets(zoom) for zoom in zooms}
    return {place: drawn[place[0]] for place in over(datasets.bounds_wgs84(municipality), zooms)}


def mbtiles(path: Path, tiles: Tiles, **facts: str) -> Path:
    """Write an MBTiles file; its rows count from the south."""
    with closing(sqlite3.connect(path)) as base:
        base.execute("CREATE TABLE metadata (name text, value text)")
        base.execute("CREATE TABLE tiles (zoom_level int, tile_column int, tile_row int, tile_data blob)")
        base.execute("CREATE UNIQUE INDEX at ON tiles (zoom_level, tile_column, tile_row)")
        base.executemany("INSERT INTO metadata VALUES (?, ?)", ({"format": "png"} | facts).items())
        rows = ((z, x, (1 << z) - 1 - y, body) for (z, x, y), body in tiles.items())
        base.executemany("INSERT INTO tiles VALUES (?, ?, ?, ?)", rows)
        base.commit()
    return path


def pmtiles(
    path: Path, tiles: Tiles, bounds: Bounds, *, kind: TileType = TileType.PNG, credit: str = ""
) -> Path:
    """Write a PMTiles file."""
    metadata: dict[str, Any] = {"attribution": credit} if credit else {}
    edges = zip(("min_lon_e7", "min_lat_e7", "max_lon_e7", "max_lat_e7"), bounds, strict=True)
    header = {name: round(edge * 1e7) for name, edge in edges}
    header |= {"tile_type": kind, "tile_compression": Compression.NONE}
    with path.open("wb") as file:
        writer = Writer(file)
        for place in sorted(tiles, key=lambda place: zxy_to_tileid(*place)):
            writer.write_tile(zxy_to_tileid(*place), tiles[place])
        writer.finalize(header, metadata)
    return path
