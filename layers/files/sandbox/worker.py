"""The only place where foreign libraries touch a stranger's file: a process that reads one thing and ends.

Run by path (``python -I worker.py ORDER``), so it imports nothing of ours. What it finds goes to one file of
JSON lines. ``task`` of the order says what: ``layers`` writes their names; ``features`` first the facts of one
layer, then two lines a feature, its columns and its shape; ``cells`` for each sheet its name, then its rows.
"""

import contextlib
import itertools
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

DRIVERS = ("GPKG", "ESRI Shapefile", "CSV", "FlatGeobuf", "GML", "TopoJSON")
OPTIONS = {
    "CSV": {"GEOM_POSSIBLE_NAMES": "shape", "KEEP_GEOM_COLUMNS": "NO"},
    "GML": {"DOWNLOAD_SCHEMA": "NO"},
}
"""Shapes as text, curves included, are read from a table of our own making."""
BATCH = 1_000
MAX_LAYERS = 50
MAX_SHEETS = 20
MAX_COLUMNS = 1_000


def limit_resources(cpu_seconds: int, memory_bytes: int, written_bytes: int) -> None:
    """Set the limits of this process; where the system cannot, the parent's clock does."""
    try:
        import resource  # noqa: PLC0415  # absent on Windows
    except ImportError:
        return
    for kind, most in (
        (resource.RLIMIT_CPU, cpu_seconds),
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_FSIZE, written_bytes),
        (resource.RLIMIT_CORE, 0),
    ):
        with contextlib.suppress(ValueError, OSError):  # a system that keeps its own, lower limit
            resource.setrlimit(kind, (most, most))


def json_value(value: object) -> object:
    """Return what JSON can say: a date as its text, bytes not at all."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return None if isinstance(value, bytes | bytearray) else str(value)


def geometry_json(shape: Any) -> dict[str, Any]:
    """Write a geometry down with its type first."""
    if shape.type == "GeometryCollection":
        return {"type": shape.type, "geometries": [geometry_json(part) for part in shape.geometries]}
    return {"type": shape.type, "coordinates": shape.coordinates}


def write_layers(order: dict[str, Any], answer: TextIO) -> None:
    """Write down which layers a file has."""
    import fiona  # noqa: PLC0415  # after the limits

    _driver(order)
    # The parent has read what it is; none of the drivers that are left opens anything but this file.
    for name in fiona.listlayers(order["path"], **OPTIONS.get(order["driver"], {}))[:MAX_LAYERS]:
        answer.write(json.dumps(name) + "\n")


def _driver(order: dict[str, Any]) -> str:
    if order["driver"] not in DRIVERS:
        raise ValueError(order["driver"])
    return str(order["driver"])


def write_features(order: dict[str, Any], answer: TextIO) -> None:
    """Write down the features of one layer of one file."""
    import fiona  # noqa: PLC0415  # after the limits

    options: dict[str, Any] = {"enabled_drivers": [_driver(order)], **OPTIONS.get(order["driver"], {})}
    if order["driver"] in ("GPKG", "GML", "TopoJSON"):
        options["layer"] = order["layer"]
    if order["encoding"]:
        options["encoding"] = order["encoding"]
    with fiona.open(order["path"], **options) as features:
        code = None
        with contextlib.suppress(Exception):  # a CRS without a code is judged by the parent
            code = features.crs.to_epsg(confidence_threshold=70)
        facts = {"epsg": code, "wkt": features.crs.to_wkt() if features.crs else "", "n": len(features)}
        answer.write(json.dumps(facts) + "\n")
        for feature in itertools.islice(features, order["most"]):
            shape = feature.geometry
            properties = {name: json_value(value) for name, value in feature.properties.items()}
            # two lines: the shapes are parsed all together
            answer.write(json.dumps(properties) + "\n")
            answer.write(json.dumps(None if shape is None else geometry_json(shape)) + "\n")


def write_parquet(order: dict[str, Any], answer: TextIO) -> None:
    """Write down the rows of a GeoParquet file; its system by its code only, a description is not followed."""
    import pyarrow.parquet as pq  # noqa: PLC0415  # after the limits
    import shapely  # noqa: PLC0415

    with pq.ParquetFile(order["path"]) as table:
        about = json.loads((table.schema_arrow.metadata or {})[b"geo"])
        primary = about["primary_column"]
        system = about["columns"][primary].get("crs", {"id": {"authority": "EPSG", "code": 4326}})
        named = system.get("id", {}) if isinstance(system, dict) else {}
        code = named.get("code") if named.get("authority") in ("EPSG", "OGC") else None
        facts = {"epsg": 4326 if code == "CRS84" else code, "wkt": "", "n": table.metadata.num_rows}
        answer.write(json.dumps(facts) + "\n")
        left = order["most"]
        for batch in table.iter_batches(batch_size=BATCH):
            rows = batch.slice(0, max(left, 0)).to_pylist()
            shapes = shapely.from_wkb([row.pop(primary) for row in rows], on_invalid="ignore")
            for row, text in zip(rows, shapely.to_geojson(shapes), strict=True):
                properties = {
                    name: json_value(value) for name, value in row.items() if name not in about["columns"]
                }
                answer.write(json.dumps(properties) + "\n")
                answer.write((text or "null") + "\n")
            left -= len(rows)
            if left <= 0:
                return


def write_cells(order: dict[str, Any], answer: TextIO) -> None:
    """Write down the sheets of an old Excel or OpenDocument file: for each its name, then its rows, then null."""
    import python_calamine  # noqa: PLC0415  # after the limits

    book = python_calamine.CalamineWorkbook.from_path(order["path"])
    for name in book.sheet_names[:MAX_SHEETS]:
        answer.write(json.dumps(name) + "\n")
        for row in cells(book.get_sheet_by_name(name), order["most"]):
            answer.write(json.dumps(row) + "\n")
        answer.write("null\n")


def cells(sheet: Any, most: int) -> Iterator[list[object]]:
    """Return the rows of a sheet from its first cell on."""
    for row in itertools.islice(sheet.to_python(skip_empty_area=False), most):
        yield [None if value == "" else json_value(value) for value in row[:MAX_COLUMNS]]


TASKS = {
    "layers": write_layers,
    "features": write_features,
    "parquet": write_parquet,
    "cells": write_cells,
}


def main(order: dict[str, Any]) -> None:
    """Do the one task of an order."""
    limit_resources(order["cpu_seconds"], order["memory_bytes"], order["written_bytes"])
    with Path(order["answer"]).open("w", encoding="utf-8") as answer:
        TASKS[order["task"]](order, answer)


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
