"""The parent's side of the guard: start the child bare, give it a clock, believe only its JSON."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import settings
from geo.errors import FileBroken, FileReadTooLong, FileTooManyFeatures
from layers.files.detection.crs import declared
from layers.files.geometry_parsing import many_from_geojson
from layers.files.models import RawLayer, UploadedFile

CHILD = Path(__file__).with_name("worker.py")
MEMORY_BYTES = 3_000_000_000
"""Address space, of which GDAL and numpy reserve far more than they use."""
WRITTEN_PER_READ = 40
"""JSON of packed whole numbers is longer than the numbers; more than this is a bomb."""

ENVIRONMENT = {
    "GDAL_SKIP": "OGR_VRT,VRT,GDALG,WFS,OAPIF,HTTP,CSW,OGCAPI",
    "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": "{none}",
    "GDAL_HTTP_TIMEOUT": "1",
    "PROJ_NETWORK": "OFF",
    "OPENBLAS_NUM_THREADS": "1",
    "OGR_ARC_STEPSIZE": "1",
    "SHAPE_RESTORE_SHX": "YES",
    "GML_SKIP_RESOLVE_ELEMS": "ALL",
    "GML_READ_MODE": "STANDARD",
}
"""Closes the drivers and file systems that open other files or the network (sources.md 9.2, rule 4); a curve
becomes edges of one degree, and an index that lacks is made of its Shapefile."""

INHERITED = ("SYSTEMROOT", "PATH", "LD_LIBRARY_PATH", "TMPDIR", "TEMP", "TMP")


def read_in_sandbox(
    source: UploadedFile,
    path: Path,
    *,
    driver: str,
    layer: str,
    most: int | None,
    encoding: str = "",
    task: str = "features",
) -> RawLayer:
    """Read one layer of a file in the sandboxed child process.

    Parameters
    ----------
    source
        What was handed over, for its name and limits.
    path
        Our own copy of it.
    driver
        The only driver of GDAL that is enabled.
    layer
        Name of the layer.
    most
        Read no more features than this; all when ``None``.
    encoding
        Of the texts of a Shapefile without one.
    task
        ``"features"``, or ``"parquet"`` where GDAL cannot read the format.

    Raises
    ------
    FileReadTooLong
        The clock or the processor's limit ended the child.
    FileBroken
        The file could not be read.
    FileTooManyFeatures
    """
    # one more than allowed, so that too many is seen and not cut off in silence
    limit = source.limits.most_features + 1 if most is None else most
    order = {"task": task, "driver": driver, "layer": layer, "most": limit, "encoding": encoding}
    return _layer(_answer(source, path, order), source, layer)


def list_layers(source: UploadedFile, *, driver: str) -> tuple[str, ...]:
    """List the layers of a file, read in the sandboxed child process.

    Raises
    ------
    FileReadTooLong, FileBroken
    """
    return tuple(_answer(source, source.path, {"task": "layers", "driver": driver}))


def read_cells(source: UploadedFile, kind: str, most: int) -> list[tuple[str, list[list[Any]]]]:
    """Return each sheet of a workbook with its rows, read in the sandboxed child process.

    Raises
    ------
    FileReadTooLong, FileBroken
    """
    sheets: list[tuple[str, list[list[Any]]]] = []
    for line in _answer(source, source.path, {"task": "cells", "driver": kind, "most": most}):
        if isinstance(line, str):
            sheets.append((line, []))
        elif line is not None:
            sheets[-1][1].append(line)
    return sheets


def _answer(source: UploadedFile, path: Path, order: dict[str, Any]) -> list[Any]:
    """Start the child with an order and return the lines of its answer, of features their texts."""
    seconds = source.limits.seconds
    with tempfile.TemporaryDirectory(prefix="buurt-") as folder:
        answer = Path(folder) / "answer.jsonl"
        whole = order | {
            "path": str(path),
            "answer": str(answer),
            "cpu_seconds": max(1, round(seconds)),
            "memory_bytes": MEMORY_BYTES,
            "written_bytes": max(50_000_000, WRITTEN_PER_READ * path.stat().st_size),
        }
        environment = settings.child_environment(ENVIRONMENT, only=INHERITED)
        try:
            done = subprocess.run(  # noqa: S603  # our own file, no shell
                [sys.executable, "-I", str(CHILD), json.dumps(whole)],
                env=environment,
                cwd=folder,
                timeout=seconds * 2,
                capture_output=True,
                check=False,
            )
        except subprocess.TimeoutExpired as problem:
            raise FileReadTooLong(name=source.name, seconds=seconds * 2) from problem
        if done.returncode < 0:
            raise FileReadTooLong(name=source.name, seconds=seconds)
        if done.returncode or not answer.exists():
            raise FileBroken(name=source.name, format=order["driver"])
        lines = answer.read_text(encoding="utf-8").splitlines()
    return lines if order["task"] in ("features", "parquet") else [json.loads(line) for line in lines]


def _layer(lines: list[str], source: UploadedFile, name: str) -> RawLayer:
    layer = RawLayer(name)
    facts: dict[str, Any] = json.loads(lines[0])
    layer.crs, layer.crs_proof = declared(facts["epsg"], facts["wkt"])
    layer.rows_in_all = facts["n"]
    features = lines[1:]
    if len(features) > 2 * source.limits.most_features:
        raise FileTooManyFeatures(name=source.name, most=source.limits.most_features)
    rows = json.loads(f"[{','.join(features[::2])}]")
    for row, made in zip(rows, many_from_geojson(features[1::2]), strict=True):
        layer.add(made, row)
    return layer
