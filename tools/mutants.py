"""Change the program in small ways and list the changes that no test notices.

    python tools/mutants.py hand [WORD ...]              the faults of hand_mutations.toml, or those named with a word
    python tools/mutants.py [--minutes N] [FILE ...]     cosmic-ray over store, disclosure control and publishing

Works in a copy, so that nobody meets a broken program. The second writes `build/mutants.txt`: how many changes were
tried per file, and each that survived. Over everything it takes nights; with `--minutes` it tries as many as fit, drawn
by lot, each file its share by length. Exit code 1 when a fault by hand survives or is not found in its file.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FAULTS = ROOT / "tools" / "hand_mutations.toml"
SURVIVORS = ROOT / "build" / "mutants.txt"
PATIENCE_S = 600
LINKED = (".venv", "node_modules", "data")
"""Folders that no mutation touches: linked into the copy."""

PYTEST = (sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-k", "not postgresql")
"""One engine suffices: both run the statements that are changed here."""

TARGETS: dict[str, tuple[str, ...]] = {
    "geo/release/*.py": ("tests/geo/release", "geo/release"),
    "geo/disclosure_control.py": ("tests/geo/test_disclosure_control.py", "geo/disclosure_control.py"),
    "study/publishing/*.py": ("tests/study/publishing", "tests/disclosure", "study/publishing"),
    "study/publishing/sessions/editions.py": ("tests/study/workshop/test_sessions.py",),
    "store/*.py": ("store", "tests/store/test_validation.py", "tests/store/repositories", "tests/golden"),
    "store/models/*.py": ("store", "tests/store/test_validation.py", "tests/store/repositories"),
    "store/repositories/*.py": ("tests/store/repositories", "store/repositories", "tests/golden"),
    "store/maintenance/*.py": ("tests/store/maintenance",),
    "store/engines/*.py": (
        "tests/store/maintenance",
        "tests/store/repositories",
        "tests/store/test_faults.py",
    ),
}
"""Files that cosmic-ray changes, and the tests that must notice, the quickest first."""


@dataclass(frozen=True)
class Fault:
    """One fault by hand: `old` stands `count` times in the file and becomes `new`."""

    name: str
    file: str
    old: str
    new: str
    tests: list[str]
    count: int = 1


def main(arguments: list[str]) -> int:
    """Run the faults by hand or the tool; return the exit code."""
    if arguments[:1] == ["hand"]:
        return run_faults(arguments[1:])
    return run_tool(arguments)


def read_faults(path: Path) -> list[Fault]:
    """Return the faults by hand of a file."""
    return [Fault(**entry) for entry in tomllib.loads(path.read_text(encoding="utf-8"))["mutation"]]


def run_faults(wanted: list[str]) -> int:
    """Run every fault whose name has one of the words; all without words."""
    chosen = [
        fault for fault in read_faults(FAULTS) if not wanted or any(word in fault.name for word in wanted)
    ]
    with copied() as copy:
        results = [run_fault(fault, copy) for fault in chosen]
    print(f"{results.count('killed')} of {len(results)} killed")
    return 0 if set(results) <= {"killed"} and results else 1


def run_fault(fault: Fault, copy: Path) -> str:
    """Create one fault, run its tests, undo it; return "killed", "SURVIVED" or "NOT FOUND"."""
    path = copy / fault.file
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    result = "NOT FOUND"
    if text.count(fault.old) == fault.count:
        path.write_text(text.replace(fault.old, fault.new), encoding="utf-8")
        done = subprocess.run([*PYTEST, *fault.tests], cwd=copy, check=False, capture_output=True, text=True)
        path.write_text(text, encoding="utf-8")
        # 1: a test failed. Anything else but 0 is no answer: no tests, a wrong argument, an interruption.
        result = {0: "SURVIVED", 1: "killed"}.get(done.returncode, f"NO ANSWER ({done.returncode})")
    print(f"{result}: {fault.name} ({fault.file})", flush=True)
    return result


@dataclass(frozen=True)
class Tried:
    """What cosmic-ray found out about one file: how many changes there are and were tried, and which survived."""

    file: str
    n_changes: int
    n_tried: int
    survivors: tuple[str, ...]


def run_tool(arguments: list[str]) -> int:
    """Run cosmic-ray on the target files, or those named; write what it found to `SURVIVORS`."""
    minutes = float(arguments[1]) if arguments[:1] == ["--minutes"] else None
    files = {Path(name).as_posix() for name in arguments[2 if minutes is not None else 0 :]}
    found: list[Tried] = []
    with copied() as copy:
        chosen = [(name, tests) for name, tests in targets(copy) if not files or name in files]
        lengths = {name: len((copy / name).read_bytes()) for name, _ in chosen}
        until = None if minutes is None else time.monotonic() + minutes * 60
        sound = {tests: passes(tests, copy) for tests in {tests for _, tests in chosen}}
        if not all(sound.values()):
            print(f"fail without any change: {[tests for tests, is_sound in sound.items() if not is_sound]}")
            return 1
        for name, tests in chosen:
            share = lengths.pop(name) / (sum(lengths.values()) + len((copy / name).read_bytes()))
            patience_s = None if until is None else max(until - time.monotonic(), 0) * share
            found.append(mutate(name, tests, copy, patience_s))
            print(summary(found[-1]), flush=True)
            write_report(found)
    print(f"{sum(len(one.survivors) for one in found)} survivors in {SURVIVORS.relative_to(ROOT)}")
    return 0 if found else 1


def passes(tests: tuple[str, ...], copy: Path) -> bool:
    """Return whether tests pass as the program is: what fails anyway notices nothing."""
    return subprocess.run([*PYTEST, *tests], cwd=copy, check=False, stdout=subprocess.DEVNULL).returncode == 0


def targets(copy: Path) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Return the files to change, by their name in the copy, with the tests that must notice."""
    for pattern, tests in TARGETS.items():
        for path in sorted(copy.glob(pattern)):
            if path.name != "__init__.py":
                yield path.relative_to(copy).as_posix(), tests


def summary(tried: Tried) -> str:
    """Return one line about a file."""
    return (
        f"{tried.file}: {tried.n_tried} of {tried.n_changes} changes tried, {len(tried.survivors)} survived"
    )


def write_report(found: list[Tried]) -> None:
    """Write a line per file, and then every change that survived, to `SURVIVORS`."""
    lines = [*map(summary, found), "", *(change for tried in found for change in tried.survivors)]
    SURVIVORS.parent.mkdir(exist_ok=True)
    SURVIVORS.write_text("\n".join(lines) + "\n", encoding="utf-8")


def mutate(file: str, tests: tuple[str, ...], copy: Path, patience_s: float | None) -> Tried:
    """Run cosmic-ray over one file, for so many seconds at most; what it tries comes in random order."""
    path, config = copy / file, copy / "cosmic-ray.toml"
    session = copy / f"{file.replace('/', '-')}.sqlite"
    text = path.read_text(encoding="utf-8")
    command = " ".join([*PYTEST[:-2], "-k", "'not postgresql'", *tests])
    config.write_text(
        f'[cosmic-ray]\nmodule-path = "{file}"\ntimeout = {PATIENCE_S}.0\nexcluded-modules = []\n'
        f'test-command = "{command}"\n[cosmic-ray.distributor]\nname = "local"\n',
        encoding="utf-8",
    )
    cosmic = Path(sys.executable).with_name("cosmic-ray")
    subprocess.run([cosmic, "init", config, session], cwd=copy, check=True)
    running = subprocess.Popen([cosmic, "exec", config, session], cwd=copy, start_new_session=True)
    try:
        running.wait(patience_s)
    except subprocess.TimeoutExpired:
        os.killpg(running.pid, signal.SIGKILL)  # its tests as well
        running.wait()
    path.write_text(text, encoding="utf-8")
    dump = subprocess.run([cosmic, "dump", session], cwd=copy, check=True, capture_output=True, text=True)
    jobs = [json.loads(line) for line in dump.stdout.splitlines()]
    done = [(job, result) for job, result in jobs if result is not None]
    lived = [(job["mutations"][0], result) for job, result in done if result["test_outcome"] == "survived"]
    return Tried(
        file,
        len(jobs),
        len(done),
        tuple(
            f"{file}:{at['start_pos'][0]} {at['operator_name']}\n{mutation['diff']}" for at, mutation in lived
        ),
    )


@contextmanager
def copied() -> Iterator[Path]:
    """Copy the files under version control to a folder of their own; remove it afterwards."""
    with tempfile.TemporaryDirectory(prefix="buurt-mutants-") as folder:
        copy = Path(folder)
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT, check=True, capture_output=True, text=True,
        ).stdout  # fmt: skip
        for name in filter(None, listed.split("\0")):
            if (ROOT / name).is_file() and Path(name).parts[0] not in LINKED:
                (copy / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, copy / name)
        for name in LINKED:
            if (ROOT / name).exists():
                (copy / name).symlink_to((ROOT / name).resolve(), target_is_directory=True)
        os.environ["PYTHONDONTWRITEBYTECODE"] = "1"  # a file changed twice a second must be read twice
        yield copy


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
