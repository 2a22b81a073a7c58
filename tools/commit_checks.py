"""Refuse what should not enter the repository: large files, and data of real places or people.

`python -m tools.commit_checks FILE...` is called by pre-commit with the files of a commit.
"""

import sys
from pathlib import Path

MAX_BYTES = 1_000_000
DATA_ALLOWED = ("data/boundaries/GM9901/", "data/boundaries/README.md")
DATA_SUFFIXES = {".gpkg", ".mbtiles", ".pmtiles", ".sqlite", ".parquet"}


def problems(name: str, size_bytes: int) -> list[str]:
    """Return what is wrong with a file of a commit, one sentence each.

    Examples
    --------
    >>> problems("geo/crs.py", 5_000)
    []
    >>> problems("data/boundaries/GM0363/buurten.geojson", 5_000)
    ['data/boundaries/GM0363/buurten.geojson: only the demo municipality is kept below data/']
    """
    found = []
    if size_bytes > MAX_BYTES:
        found.append(f"{name}: larger than 1 MB")
    if name.startswith("data/") and not name.startswith(DATA_ALLOWED):
        found.append(f"{name}: only the demo municipality is kept below data/")
    if Path(name).suffix in DATA_SUFFIXES and not name.startswith(("data/boundaries/GM9901/", "tests/")):
        found.append(f"{name}: may hold what residents told")
    return found


def main(names: list[str]) -> int:
    """Print every problem and return 1 where there is one."""
    found = [text for name in names for text in problems(name, Path(name).stat().st_size)]
    print("\n".join(found), end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
