"""A study of a whole country: `buurt compare` in one process, and the same on a cluster of two workers.

``python -m benchmarks.national --n 1000000 --json OUT``

Real outlines of New York are laid over all buurten of the Netherlands (made-up ones where those data are absent) and
written as a folder of GeoParquet. Both runs are the command itself in a process of its own, on the same cores, one
after the other. Keys: ``seconds`` and ``peak_mb`` of the command in either run (a worker's memory is its own),
``later_s`` (how much longer the cluster took), and ``equal``: whether both came to the same summary, counts to the
last digit and shares to 1e-9.
"""

import argparse
import json
import math
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import psutil
import shapely
from numpy.typing import NDArray

from benchmarks import datasets
from tests.support import dask_cluster

LAYER = "nl_buurten_2024_generalised.gpkg"
N, PART = 1_000_000, 16_384
CRS = 28992
MADE_UP_AT = (50_000.0, 340_000.0)
"""Where the made-up country lies, so that it is in the plane of the Netherlands."""

APART = {"seconds", "peak_mb"}


def write_files(folder: Path, n: int) -> tuple[Path, Path, int]:
    """Write drawings as a folder of parts and the areas as a file; return both, and how many areas there are."""
    given = datasets.real(LAYER, 0)
    official = datasets.areas() if given is None else given[1]
    made_up, real = datasets.stream(n, "freehand", PART), datasets.real_stream(LAYER, n, PART)
    move = MADE_UP_AT if given is None else (0.0, 0.0)
    drawn, areas = folder / "drawn", folder / "areas.gpkg"
    drawn.mkdir()
    for first, shapes in made_up if given is None else real:
        table = gpd.GeoDataFrame(
            {"id": np.arange(first, first + len(shapes))}, geometry=_moved(shapes, move), crs=CRS
        )
        table.to_parquet(drawn / f"part-{first:08d}.parquet")
    codes = [f"BU{number:08d}" for number in range(len(official))]
    gpd.GeoDataFrame({"code": codes, "name": codes}, geometry=_moved(official, move), crs=CRS).to_file(areas)
    return drawn, areas, len(official)


def _moved(shapes: NDArray[np.object_], by: tuple[float, float]) -> Any:
    return shapely.transform(shapes, lambda xy: xy + by)


def compare(drawn: Path, areas: Path, out: Path, *options: str) -> dict[str, Any]:
    """Run the command and return its summary."""
    command = [
        sys.executable,
        "-m",
        "cli",
        "compare",
        "--sketches",
        str(drawn),
        "--areas",
        str(areas),
        "--out",
        str(out),
    ]
    summary = out.with_suffix(".json")
    subprocess.run([*command, "--summary", str(summary), *options], check=True)
    found: dict[str, Any] = json.loads(summary.read_text(encoding="utf-8"))
    return found


def is_equal(one: Any, other: Any) -> bool:
    """Return whether two summaries say the same, but for what they took.

    Examples
    --------
    >>> is_equal({"n": 2, "share": 0.5, "seconds": 1.0}, {"n": 2, "share": 0.5 + 1e-12, "seconds": 9.0})
    True
    >>> is_equal({"n": 2}, {"n": 3})
    False
    """
    if isinstance(one, dict) and isinstance(other, dict):
        keys = (one.keys() | other.keys()) - APART
        return all(is_equal(one.get(key), other.get(key)) for key in keys)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(is_equal, one, other))
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-9)
    return bool(one == other)


def run(n: int) -> dict[str, Any]:
    """Compare both ways and return what it took."""
    with tempfile.TemporaryDirectory(prefix="buurt-country-") as name:
        folder = Path(name)
        drawn, areas, n_areas = write_files(folder, n)
        begun = time.perf_counter()
        here = compare(drawn, areas, folder / "here.gpkg")
        one_s = time.perf_counter() - begun
        with dask_cluster.started(folder) as (address, _):
            begun = time.perf_counter()
            there = compare(drawn, areas, folder / "there.gpkg", "--dask", address)
            cluster_s = time.perf_counter() - begun
    return {
        "n": n,
        "areas": n_areas,
        "kept": here["n_kept"],
        "one_s": round(one_s, 1),
        "one_mb": here["peak_mb"],
        "cluster_s": round(cluster_s, 1),
        "cluster_mb": there["peak_mb"],
        "later_s": round(cluster_s - one_s, 1),
        "equal": is_equal(here, there),
        "load_per_core": round(psutil.getloadavg()[1] / psutil.cpu_count(), 1),
    }


def main() -> None:
    """Run what was asked for and write the result."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--n", type=int, default=N, help="drawings")
    parser.add_argument("--json", type=Path)
    chosen = parser.parse_args()
    result = run(chosen.n)
    print(json.dumps(result))
    if chosen.json:
        chosen.json.write_text(json.dumps(result) + "\n")
    raise SystemExit(not result["equal"])


if __name__ == "__main__":
    main()
