"""Install what is needed, then run or test the app: `python start.py [run|evening|test|clock|check|bench|...]`.

Needs Python 3.11 or newer and nothing else; uses the standard library only, so that it also works on a
Windows laptop (`py start.py`). What was installed before is not installed again.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import venv
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "chrome", "msedge")
"""Best first: the same browser without a window of its own takes a third less of the processor."""

SPREAD = ["-n", "3", "--dist", "loadfile", "--no-loadscope-reorder"]
"""Three workers on two cores, as a browser often waits, and a fourth makes all slower; files in the order of
tests/conftest.py."""

MEASURED = ["--cov", "--cov-report=", "--cov-report=json"]
"""Count which statements and branches the tests run; the report is made once, at the end."""

PAGES = ("tests/ui/", "tests/journeys/")
MOST_AGAIN = 3
"""So many failed tests of pages are tried once more, alone (docs/decisions/0011-second-try.md)."""

TIMED = ("tests/study/imports/test_file_import.py", "tests/geo/kernels/test_kernels.py")
"""Tests with a limit of processor time, and those of compiled code, in which nothing is counted."""

COMPILED = "tests/geo/kernels/test_kernels.py"
"""The tests that use every compiled kernel; those after them find all of it on disk."""

MOMENTS = {
    "400 days on": None,
    "29 February": datetime(2028, 2, 29, 12, tzinfo=UTC),
    "the last half minute of a year": datetime(2027, 12, 31, 22, 59, 30, tzinfo=UTC),
}
"""Days on which code that reckons with dates goes wrong; the last is 23:59:30 in the Netherlands."""

DATED = (
    "tests/layers/services/test_overpass.py",
    "tests/layers/test_public_api.py",
    "tests/store/maintenance",
    "tests/cli/test_admin.py",
)
"""The tests of what reckons with dates: the age of a map, retention, days of drawing."""

ONE_ENGINE = ("-k", "not postgresql")
"""A day is a text to either engine of the store: in SQLite it is the same day, without a server to start."""

DOCUMENTED = ("geo", "layers", "store", "study")
"""Packages whose public functions are held to numpydoc (the checks are in pyproject.toml)."""

POSTGRES_FOLDER = Path("/usr/lib/postgresql")
MEMORY_FOLDER = Path("/dev/shm")
ROOMY_BYTES = 8 * 2**30
"""So much must be free in the folder of memory before tests put their files there; they need a quarter of it."""


def main(arguments: list[str]) -> int:
    """Do what is asked and give the exit code of it."""
    if sys.version_info < (3, 11):  # noqa: UP036  # an older Python gets a sentence, not a traceback
        return complain("Python 3.11 or newer is needed; this is " + sys.version.split()[0])
    tasks = {
        "run": run,
        "evening": open_session,
        "test": test,
        "clock": clock,
        "coverage": coverage,
        "check": check,
        "bench": bench,
        "nightly": nightly,
        "mutants": mutants,
        "install": install_app,
        "dist": dist,
        "audit": audit,
        "docs": docs,
    }
    task = tasks.get(arguments[0] if arguments else "run")
    if task is None:
        return complain(f"say one of: {', '.join(tasks)}")
    if task in (test, clock, coverage, nightly):
        # Tests start the program a hundred times, which would compile all its modules anew each time.
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    try:
        with files_in_memory() if task in (test, clock, coverage) else nullcontext():
            return task(arguments[1:])
    except subprocess.CalledProcessError as failure:
        return complain(f"this did not work: {' '.join(map(str, failure.cmd))}")
    except KeyboardInterrupt:
        return 0


def run(arguments: list[str]) -> int:
    """Start the app with what is in data/boundaries, the shipped town included."""
    install_app([])
    return call(PYTHON, "-m", "cli", "serve", *arguments)


def open_session(arguments: list[str]) -> int:
    """Start the session of a folder that was packed: `evening FOLDER`."""
    install_app([])
    return call(PYTHON, "-m", "cli", "evening", "open", *arguments)


def test(arguments: list[str]) -> int:
    """Run all tests, the real browser and the real database included."""
    install("test,release")
    need_browser()
    need_postgres()
    need_programs()
    if os.environ.get("CI"):  # elsewhere they would start as services; the tests skip, naming them
        need_proxies()
    if arguments:
        return check([]) or call(PYTHON, "-m", "pytest", *arguments)
    # What compiles at first use takes one core two minutes; the other checks, and tries other days, meanwhile.
    compiling = subprocess.Popen([str(PYTHON), "-m", "pytest", COMPILED], cwd=ROOT)
    checked = check([]) or clock([])
    return compiling.wait() or checked or test_whole()


def test_whole() -> int:
    """Run every test but those of compiled code; a few failed tests of pages once more, by themselves."""
    with tempfile.TemporaryDirectory() as cache:
        whole = (PYTHON, "-m", "pytest", f"--ignore={COMPILED}", "-o", f"cache_dir={cache}", *SPREAD)
        code = call(*whole)
        listed = Path(cache) / "v" / "cache" / "lastfailed"
        failed = sorted(json.loads(listed.read_text(encoding="utf-8"))) if listed.exists() else []
    of_pages = [name for name in failed if name.startswith(PAGES) and "::" in name]
    if code != 1 or of_pages != failed or not 0 < len(failed) <= MOST_AGAIN:
        return code
    say(f"failed beside other tests, tried once more alone: {', '.join(failed)}")
    return call(PYTHON, "-m", "pytest", *failed)


def coverage(_arguments: list[str]) -> int:
    """Count the statements and branches that the tests without a browser run; fail below the floors."""
    install("test,release")
    need_postgres()
    # What counts seconds of the processor would count the counting too.
    tests = ("-m", "not nightly and not browser", *(f"--ignore={name}" for name in TIMED), *SPREAD)
    measured = call(PYTHON, "-m", "pytest", *tests, *MEASURED)
    return measured or call(PYTHON, "-m", "tools.coverage_floors")


def clock(arguments: list[str]) -> int:
    """Run the tests of dates on other days than today: `clock`, or `clock all` for all without a browser."""
    install("test")
    need_postgres()
    tests = (
        ["-m", "not browser", *SPREAD] if arguments == ["all"] else [*(arguments or (*DATED, *ONE_ENGINE))]
    )
    # Few tests wait for each other more than for the processor: all days at once, told one after another.
    with ThreadPoolExecutor(1 if arguments == ["all"] else len(MOMENTS)) as days:
        return max(days.map(lambda moment: test_on(moment, tests), MOMENTS))


def test_on(moment: str, tests: list[str]) -> int:
    """Run tests on one of `MOMENTS`, print what they said and return the exit code."""
    day = MOMENTS[moment] or datetime.now(UTC) + timedelta(days=400)
    words = [str(PYTHON), "-m", "pytest", "-p", "no:cacheprovider", *tests]
    moved = {**os.environ, "TEST_CLOCK": day.isoformat(), "TZ": "Europe/Amsterdam"}
    done = subprocess.run(
        words, cwd=ROOT, check=False, env=moved, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    say(f"tested on another day: {moment}\n{done.stdout}")
    return done.returncode


@contextmanager
def files_in_memory() -> Iterator[None]:
    """Have what is started put its temporary files in memory, where there is a roomy folder for it.

    The stores of the tests flush each commit: on a disk thousands of these wait, and prove nothing by it.
    """
    if not MEMORY_FOLDER.is_dir() or shutil.disk_usage(MEMORY_FOLDER).free < ROOMY_BYTES:
        yield
        return
    with tempfile.TemporaryDirectory(
        prefix="buurt-tests-", dir=MEMORY_FOLDER, ignore_cleanup_errors=True
    ) as folder:
        Path(folder).chmod(0o755)  # PostgreSQL runs as another user
        usual = dict(os.environ)
        os.environ["TMPDIR"] = folder
        try:
            yield
        finally:
            os.environ.clear()
            os.environ.update(usual)


def nightly(arguments: list[str]) -> int:
    """Run the tests that take minutes each: the image in a root of its own, and what else is marked nightly."""
    install("test,release")
    need_browser()
    need_postgres()
    need_programs()
    need_proxies()
    need_qgis()
    # What is marked nightly, and the laws on many more examples; then everything without a browser on other days.
    more = {**os.environ, "TEST_EXAMPLES": "20"}
    whole = (PYTHON, "-m", "pytest", "-m", "nightly or hypothesis", *SPREAD, *arguments)
    return max(call(*whole, env=more), clock(["all"]), coverage([]))


def check(_arguments: list[str]) -> int:
    """Check style, docstrings and types, and run the unit tests of the JavaScript."""
    install("test")
    documented = [file for package in DOCUMENTED for file in sorted((ROOT / package).rglob("*.py"))]
    # The types take one core a minute where nothing is known of them yet; the other does the rest meanwhile.
    typed = subprocess.Popen([str(PYTHON), "-m", "mypy"], cwd=ROOT)
    checked = (
        call(PYTHON, "-m", "ruff", "check", ".")
        or call(PYTHON, "-m", "ruff", "format", "--check", ".")
        or call(PYTHON, "-m", "numpydoc", "lint", *documented)
        or check_javascript()
    )
    return typed.wait() or checked


def check_javascript() -> int:
    """Check style and types of the JavaScript and run its unit tests."""
    node, packages = find_node(), Path("node_modules")
    return (
        call(node, packages / "@biomejs" / "biome" / "bin" / "biome", "check", "--error-on-warnings")
        or call(node, packages / "typescript" / "bin" / "tsc", "--project", "tsconfig.json")
        or call(node, "--test", "--test-reporter=spec", *sorted(Path("tests/js").glob("*.test.js")))
    )


def bench(arguments: list[str]) -> int:
    """Measure the kernels against their peers: `bench N=1e4 ONLY=overlay`."""
    install("test,bench")
    return call(PYTHON, "-m", "benchmarks", *arguments)


def dist(_arguments: list[str]) -> int:
    """Build the release archives in dist/, with bills of materials, licences and checksums."""
    install("release")
    return call(PYTHON, "-m", "tools.release", "dist")


def mutants(arguments: list[str]) -> int:
    """List changes of the program that no test notices: `mutants hand`, or `mutants FILE`."""
    install("test,mutants")
    return call(PYTHON, "tools/mutants.py", *arguments)


def audit(arguments: list[str]) -> int:
    """Compare the locked packages with lists of vulnerabilities: `audit FILE...`, in OSV format."""
    install("release")
    return call(PYTHON, "-m", "tools.release", "audit", *arguments)


def docs(_arguments: list[str]) -> int:
    """Build the documentation site in build/site; a link that leads nowhere fails."""
    install("release")
    return call(PYTHON, "-m", "tools.site")


def install_app(_arguments: list[str]) -> int:
    """Install what the app needs."""
    install("")
    return 0


def install(extras: str) -> None:
    """Fill the virtual environment and node_modules, unless they are as they should be."""
    if not PYTHON.exists():
        say("making a virtual environment in .venv")
        venv.create(VENV, with_pip=True)
    pinned = [ROOT / name for name in ("pyproject.toml", "constraints.txt", "requirements.txt")]
    once("python", extras, pinned, install_python)
    once("node", extras, [ROOT / "package.json", ROOT / "package-lock.json"], install_node)


def install_python(extras: str) -> None:
    """Install the Python packages at the pinned versions; pip refuses a file of the app with another hash."""
    say("installing Python packages (a few minutes the first time)")
    pip = (PYTHON, "-m", "pip", "install", "-q", "--disable-pip-version-check")
    command(*pip, "--require-hashes", "-r", "requirements.txt")
    command(*pip, "--no-build-isolation", "--no-deps", "-e", ".")
    if extras:  # some of them come as source only, each with a build tool of its own
        command(*pip, "-c", "constraints.txt", "-e", f".[{extras}]")


def install_node(extras: str) -> None:
    """Install the map's JavaScript, unless it came with the release; npm checks every integrity hash."""
    if has_javascript(with_tests="test" in extras.split(",")):
        return
    say("installing the map's JavaScript")
    npm = shutil.which("npm")
    if npm is None:
        command(PYTHON, "-m", "pip", "install", "-q", "-c", "constraints.txt", ".[node]")
        npm = shutil.which("npm", path=str(BIN))
    if npm is None:
        raise subprocess.CalledProcessError(1, ["npm"])
    command(npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")


def has_javascript(*, with_tests: bool) -> bool:
    """Return whether node_modules holds every package of the lock file at its version."""
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
    wanted = {name: entry for name, entry in lock["packages"].items() if name}
    return all(
        (ROOT / name / "package.json").is_file()
        and json.loads((ROOT / name / "package.json").read_text(encoding="utf-8"))["version"]
        == entry["version"]
        for name, entry in wanted.items()
        if (with_tests or not entry.get("dev")) and not entry.get("optional")
    )


def find_node() -> str:
    """Return the Node.js of the system, or the one that was installed with npm."""
    return shutil.which("node") or shutil.which("node", path=str(BIN)) or "node"


def once(name: str, extras: str, files: list[Path], work: Callable[[str], None]) -> None:
    """Do the work unless it was done for these same files and (at least) these extras."""
    fingerprint = hashlib.sha256(
        b"".join(file.read_bytes() for file in files) + sys.version.encode()
    ).hexdigest()
    stamp = VENV / f"{name}.installed"
    done, _, had = stamp.read_text().partition(" ") if stamp.exists() else ("", "", "")
    wanted = {extra for extra in extras.split(",") if extra}
    if done == fingerprint and wanted <= set(had.split(",")):
        return
    together = ",".join(sorted(wanted | ({e for e in had.split(",") if e} if done == fingerprint else set())))
    work(together)
    stamp.write_text(f"{fingerprint} {together}")


def need_browser() -> None:
    """Find Chromium or install it with the system's package manager; the tests need a real browser."""
    found = os.environ.get("BUURT_CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    for package in BROWSERS[:2]:
        if found is None:
            with suppress(subprocess.CalledProcessError):  # not every system has both
                install_system(package)
            found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        raise subprocess.CalledProcessError(1, ["find", "chromium", "(or set BUURT_CHROMIUM)"])
    os.environ["BUURT_CHROMIUM"] = found


def need_postgres() -> None:
    """Find PostgreSQL with PostGIS or install it; the store is tested on both its engines."""
    if not any(POSTGRES_FOLDER.glob("*/bin/initdb")) or not any(
        Path("/usr/share/postgresql").glob("*/extension/postgis.control")
    ):
        install_system("postgresql-15-postgis-3")


def need_programs() -> None:
    """Install the programs that tests read our files with: GDAL's own, and a reader of PDF files."""
    for program, package in {"ogrinfo": "gdal-bin", "pdftotext": "poppler-utils"}.items():
        if shutil.which(program) is None:
            install_system(package)


def need_proxies() -> None:
    """Find nginx and Caddy or install them; the recipes in deploy/ are run in front of the app."""
    for program, package in {"nginx": "nginx-light", "caddy": "caddy"}.items():
        if shutil.which(program, path=os.environ.get("PATH", "") + os.pathsep + "/usr/sbin") is None:
            install_system(package)


def need_qgis() -> None:
    """Find QGIS or install it, a gigabyte: it opens the project that lies beside a GeoPackage."""
    if shutil.which("qgis") is None:
        install_system("qgis")


def install_system(package: str) -> None:
    """Install a package of the operating system, or fail loudly."""
    say(f"installing {package} with the system's package manager")
    as_root = [] if os.name == "nt" or os.geteuid() == 0 else ["sudo"]
    if shutil.which("apt-get"):
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        command(*as_root, "apt-get", "update", "-qq", env=environment)
        command(*as_root, "apt-get", "install", "-y", "-qq", package, env=environment)
    elif shutil.which("dnf"):
        command(*as_root, "dnf", "install", "-y", package)
    elif shutil.which("brew"):
        command("brew", "install", package)
    else:
        raise subprocess.CalledProcessError(1, ["install", package, "(please install it yourself)"])


def command(*words: str | Path, env: dict[str, str] | None = None) -> None:
    """Run a command; stop when it fails."""
    subprocess.run([str(word) for word in words], cwd=ROOT, check=True, env=env)


def call(*words: str | Path, env: dict[str, str] | None = None) -> int:
    """Run a command and return its exit code."""
    return subprocess.run([str(word) for word in words], cwd=ROOT, check=False, env=env).returncode


def say(text: str) -> None:
    """Print what is going on."""
    print(f"== {text}", flush=True)


def complain(text: str) -> int:
    """Print what went wrong and return its exit code."""
    print(f"start.py: {text}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
