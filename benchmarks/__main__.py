"""Measure the compiled kernels against what one would otherwise use; print one table and keep it.

    python -m benchmarks                       everything, some 20 minutes; writes RESULTS.md and results.json
    python -m benchmarks N=1e4 ONLY=overlay    a part: one size, one task; prints only

Needs the extras `test` and `bench` (rasterio is one of the peers): pip install -e '.[test,bench]'.
"""

import argparse
import json
import os
import platform
import sys
import time
from importlib.metadata import version
from pathlib import Path

from benchmarks.tasks import TASKS
from benchmarks.timing import Row

HERE = Path(__file__).parent
HEAD = ("task", "input", "n", "engine", "turns", "CPU s", "wall s", "peak MB", "CPU x", "wall x", "note")


def main(arguments: list[str]) -> int:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("settings", nargs="*", metavar="N=... | ONLY=...")
    given = dict(word.split("=", 1) for word in parser.parse_args(arguments).settings if "=" in word)
    unknown = set(given) - {"N", "ONLY"}
    if unknown or given.get("ONLY", "overlay") not in TASKS:
        parser.error(f"ONLY is one of {', '.join(TASKS)}; N is a number")
    names = [given["ONLY"]] if "ONLY" in given else list(TASKS)
    found: list[Row] = []
    print(line(HEAD))
    print(line(("---",) * len(HEAD)))
    for name in names:
        run, sizes = TASKS[name]
        for row in run([int(float(given["N"]))] if "N" in given else sizes):
            found.append(row)
            print(line(cells(row)), flush=True)
        if not given:
            keep(found)  # after every task: what was measured stays, whatever happens next
    return 0


def cells(row: Row) -> tuple[str, ...]:
    """Return one row as words: medians, and the best where it differs."""

    def seconds(middle: float, best: float) -> str:
        return f"{middle:.3g}" if row.turns == 1 else f"{middle:.3g} ({best:.3g})"

    def times(ratio: float | None) -> str:
        return "" if ratio is None else f"{ratio:.3g}"

    return (
        row.task,
        row.input,
        f"{row.n:,}",
        row.engine,
        str(row.turns),
        seconds(row.cpu_median_s, row.cpu_best_s),
        seconds(row.wall_median_s, row.wall_best_s),
        f"{row.peak_mb:,.0f}",
        times(row.cpu_ratio),
        times(row.wall_ratio),
        row.note,
    )


def line(words: tuple[str, ...]) -> str:
    """Return a line of a Markdown table."""
    return f"| {' | '.join(words)} |"


def machine() -> dict[str, str | int]:
    """Say on what and with what it was measured."""
    libraries = ("numpy", "shapely", "geopandas", "numba", "rasterio")
    return {
        "cores": os.cpu_count() or 0,
        "processor": platform.machine(),
        "system": platform.system(),
        "load": " ".join(f"{value:.1f}" for value in os.getloadavg()) if hasattr(os, "getloadavg") else "",
        "python": platform.python_version(),
        "libraries": ", ".join(f"{name} {version(name)}" for name in libraries),
        "date": time.strftime("%Y-%m-%d"),
    }


def keep(found: list[Row]) -> None:
    """Write the table beside this file; what people say about it stays as it is."""
    about = machine()
    table = "\n".join([line(HEAD), line(("---",) * len(HEAD)), *(line(cells(row)) for row in found)])
    facts = "\n".join(f"- {key}: {value}" for key, value in about.items())
    (HERE / "results.json").write_text(
        json.dumps({"machine": about, "rows": [row.as_dict() for row in found]}, indent=1) + "\n"
    )
    results = HERE / "RESULTS.md"
    comment = results.read_text().split("## The table")[0] if results.exists() else "# How fast, measured\n\n"
    results.write_text(f"{comment}## The table\n\n{facts}\n\n{table}\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
