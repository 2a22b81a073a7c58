"""Print the branch coverage of each package, and fail where one is below its floor.

    python -m tools.coverage_floors [REPORT [FLOORS]]

REPORT is what `coverage json` wrote (build/coverage.json without one), FLOORS a table like coverage_floors.toml.
"""

import json
import sys
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FLOORS = ROOT / "tools" / "coverage_floors.toml"
REPORT = ROOT / "build" / "coverage.json"


@dataclass(frozen=True)
class Floor:
    """Least share of the statements and branches in some folders and files that tests run, in percent."""

    name: str
    paths: tuple[str, ...]
    percent: float

    def holds(self, file: str) -> bool:
        """Return whether a file is one of these, or in one of these folders.

        Examples
        --------
        >>> Floor("store", ("store",), 95).holds("store/facade.py")
        True
        >>> Floor("store", ("store",), 95).holds("storeroom.py")
        False
        """
        return any(file == path or file.startswith(f"{path}/") for path in self.paths)


@dataclass(frozen=True)
class Share:
    """What tests ran of the files of one floor."""

    floor: Floor
    run: int
    whole: int

    @property
    def percent(self) -> float:
        """Share of statements and branches that were run; 100 where there are none."""
        return 100 * self.run / self.whole if self.whole else 100.0

    @property
    def is_met(self) -> bool:
        """Whether the share is not below the floor."""
        return self.percent >= self.floor.percent


def read_floors(path: Path) -> list[Floor]:
    """Return the floors in their order."""
    table = tomllib.loads(path.read_text(encoding="utf-8"))["floor"]
    return [Floor(entry["name"], tuple(entry["paths"]), entry["percent"]) for entry in table]


def shares(files: Mapping[str, Mapping[str, int]], floors: Iterable[Floor]) -> list[Share]:
    """Return the share of each floor.

    Parameters
    ----------
    files
        Per file what `coverage json` counts: `covered_lines`, `covered_branches`, `num_statements`, `num_branches`.
    floors
        In the order in which a file looks for its own.

    Raises
    ------
    ValueError
        When a file is under no floor, or a floor holds no file.

    Examples
    --------
    >>> counts = {"covered_lines": 8, "num_statements": 8, "covered_branches": 1, "num_branches": 2}
    >>> [share] = shares({"store/facade.py": counts}, [Floor("store", ("store",), 95)])
    >>> share.percent, share.is_met
    (90.0, False)
    """
    counted = {floor: [0, 0, 0] for floor in floors}
    for file, counts in files.items():
        count = next((count for floor, count in counted.items() if floor.holds(file)), None)
        if count is None:
            raise ValueError(f"{file} is under no floor")
        count[0] += counts["covered_lines"] + counts["covered_branches"]
        count[1] += counts["num_statements"] + counts["num_branches"]
        count[2] += 1
    without = [floor.name for floor, count in counted.items() if not count[2]]
    if without:
        raise ValueError(f"floors without a file: {', '.join(without)}")
    return [Share(floor, run, whole) for floor, (run, whole, _) in counted.items()]


def main(arguments: list[str]) -> int:
    """Print a line per floor; return 1 where one is not met, or where there is no report."""
    path, floors = [*map(Path, arguments), *(REPORT, FLOORS)[len(arguments) :]]
    if not path.exists():
        print(f"no report at {path}: it is written by `make coverage`", file=sys.stderr)
        return 1
    report = json.loads(path.read_text(encoding="utf-8"))["files"]
    files = {Path(name).as_posix(): entry["summary"] for name, entry in report.items()}
    try:
        found = shares(files, read_floors(floors))
    except ValueError as problem:
        print(problem, file=sys.stderr)
        return 1
    print(f"{'branch coverage':<16}{'run':>8}{'of':>8}{'%':>8}{'floor':>8}")
    for share in found:
        end = "" if share.is_met else "  BELOW"
        print(
            f"{share.floor.name:<16}{share.run:>8}{share.whole:>8}"
            f"{share.percent:>8.1f}{share.floor.percent:>8g}{end}"
        )
    return 0 if all(share.is_met for share in found) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
