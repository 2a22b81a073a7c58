"""The only place where GDAL touches a stranger's file: a process that reads one layer and ends.

Run by path (``python -I child.py ORDER``), so it imports nothing of ours. What it finds goes to one file of
JSON lines: first the facts of the layer, then two lines a feature, its columns and its shape.
"""

import contextlib
import itertools
import json
import sys
from pathlib import Path
from typing import Any

DRIVERS = ("GPKG", "ESRI Shapefile")


def limit(cpu_seconds: int, memory_bytes: int, written_bytes: int) -> None:
    """Ask the system to end this process when it takes more; where it cannot, the parent's clock does."""
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


def plain(value: object) -> object:
    """Keep what JSON can say: a date as its text, bytes not at all."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return None if isinstance(value, bytes | bytearray) else str(value)


def written(shape: Any) -> dict[str, Any]:
    """Write a geometry down with its type first."""
    if shape.type == "GeometryCollection":
        return {"type": shape.type, "geometries": [written(part) for part in shape.geometries]}
    return {"type": shape.type, "coordinates": shape.coordinates}


def main(order: dict[str, Any]) -> None:
    """Write down the features of one layer of one file."""
    limit(order["cpu_seconds"], order["memory_bytes"], order["written_bytes"])
    import fiona  # noqa: PLC0415  # after the limits

    if order["driver"] not in DRIVERS:
        raise ValueError(order["driver"])
    options = {"enabled_drivers": [order["driver"]]}
    if order["driver"] == "GPKG":
        options["layer"] = order["layer"]
    if order["encoding"]:
        options["encoding"] = order["encoding"]
    with fiona.open(order["path"], **options) as features, Path(order["answer"]).open("w") as answer:
        code = None
        with contextlib.suppress(Exception):  # a CRS without a code is judged by the parent
            code = features.crs.to_epsg(confidence_threshold=70)
        facts = {"epsg": code, "wkt": features.crs.to_wkt() if features.crs else "", "n": len(features)}
        answer.write(json.dumps(facts) + "\n")
        for feature in itertools.islice(features, order["most"]):
            shape = feature.geometry
            told = {name: plain(value) for name, value in feature.properties.items()}
            # two lines: the shapes are parsed all together
            answer.write(json.dumps(told) + "\n")
            answer.write(json.dumps(None if shape is None else written(shape)) + "\n")


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
