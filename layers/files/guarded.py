"""The parent's side of the guard: start the child bare, give it a clock, believe only its JSON."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from geo.errors import FileBroken, FileReadTooLong, FileTooManyFeatures
from layers.files.place import declared
from layers.files.raw import Layer, Source
from layers.files.shapes import many_from_geojson

CHILD = Path(__file__).with_name("child.py")
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
}
"""Closes the drivers and file systems that open other files or the network (sources.md 9.2, rule 4)."""

INHERITED = ("SYSTEMROOT", "PATH", "LD_LIBRARY_PATH", "TMPDIR", "TEMP", "TMP")


def read(
    source: Source, path: Path, *, driver: str, layer: str, most: int | None, encoding: str = ""
) -> Layer:
    """Let the child read one layer of a file that lies in a folder of ours.

    Parameters
    ----------
    source
        What was handed over, for its name and limits.
    path
        Our own copy of it.
    driver
        ``"GPKG"`` or ``"ESRI Shapefile"``; no other is enabled.
    layer
        Name of the layer.
    most
        Read no more features than this; all when ``None``.
    encoding
        Of the texts of a Shapefile without one.

    Raises
    ------
    FileReadTooLong
        The clock or the processor's limit ended the child.
    FileBroken
        GDAL could not read the file.
    FileTooManyFeatures
    """
    seconds = source.limits.seconds
    with tempfile.TemporaryDirectory(prefix="buurt-") as folder:
        answer = Path(folder) / "answer.jsonl"
        order = {
            "path": str(path),
            "driver": driver,
            "layer": layer,
            # one more than allowed, so that too many is seen and not cut off in silence
            "most": source.limits.most_features + 1 if most is None else most,
            "encoding": encoding,
            "answer": str(answer),
            "cpu_seconds": max(1, round(seconds)),
            "memory_bytes": MEMORY_BYTES,
            "written_bytes": max(50_000_000, WRITTEN_PER_READ * path.stat().st_size),
        }
        environment = {key: os.environ[key] for key in INHERITED if key in os.environ} | ENVIRONMENT
        try:
            done = subprocess.run(  # noqa: S603  # our own file, no shell
                [sys.executable, "-I", str(CHILD), json.dumps(order)],
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
            raise FileBroken(name=source.name, format=driver)
        return _layer(answer, source, layer)


def _layer(answer: Path, source: Source, name: str) -> Layer:
    layer = Layer(name)
    with answer.open(encoding="utf-8") as lines:
        facts: dict[str, Any] = json.loads(next(lines))
        layer.crs, layer.crs_proof = declared(facts["epsg"], facts["wkt"])
        layer.rows_in_all = facts["n"]
        told = list(lines)
    if len(told) > 2 * source.limits.most_features:
        raise FileTooManyFeatures(name=source.name, most=source.limits.most_features)
    rows = json.loads(f"[{','.join(told[::2])}]")
    for row, made in zip(rows, many_from_geojson(told[1::2]), strict=True):
        layer.add(made, row)
    return layer
