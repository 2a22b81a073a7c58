"""Install what is needed, then run or test Beleefde Buurt: `python start.py [run|test|check|bench|install]`.

Needs Python 3.11 or newer and nothing else; uses the standard library only, so that it also works on a
Windows laptop (`py start.py`). What was installed before is not installed again.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "chrome", "msedge")
"""Best first: the same browser without a window of its own takes a third less of the processor."""

SPREAD = ["-n", "3", "--dist", "loadfile", "--no-loadscope-reorder"]
"""Three workers on two cores, as a browser often waits; files in the order of tests/conftest.py."""

COMPILED = "tests/geo/test_kernels.py"
"""The tests that use every compiled kernel; those after them find all of it on disk."""

POSTGRES_FOLDER = Path("/usr/lib/postgresql")


def main(arguments: list[str]) -> int:
    """Do what is asked and give the exit code of it."""
    if sys.version_info < (3, 11):  # noqa: UP036  # an older Python gets a sentence, not a traceback
        return complain("Python 3.11 or newer is needed; this is " + sys.version.split()[0])
    tasks = {"run": run, "test": test, "check": check, "bench": bench, "install": install_app}
    task = tasks.get(arguments[0] if arguments else "run")
    if task is None:
        return complain(f"say one of: {', '.join(tasks)}")
    try:
        return task(arguments[1:])
    except subprocess.CalledProcessError as failure:
        return complain(f"this did not work: {' '.join(map(str, failure.cmd))}")
    except KeyboardInterrupt:
        return 0


def run(arguments: list[str]) -> int:
    """Start the app with what is in data/boundaries, the shipped town included."""
    install_app([])
    return call(PYTHON, "-m", "cli", "serve", *arguments)


def test(arguments: list[str]) -> int:
    """Run all tests, the real browser and the real database included."""
    install("test")
    need_browser()
    need_postgres()
    if arguments:
        return check([]) or call(PYTHON, "-m", "pytest", *arguments)
    # What compiles at first use takes one core a minute and a half; the other looks at the types meanwhile.
    compiling = subprocess.Popen([str(PYTHON), "-m", "pytest", COMPILED], cwd=ROOT)
    checked = check([])
    return compiling.wait() or checked or call(PYTHON, "-m", "pytest", f"--ignore={COMPILED}", *SPREAD)


def check(_arguments: list[str]) -> int:
    """Check style and types."""
    install("test")
    return (
        call(PYTHON, "-m", "ruff", "check", ".")
        or call(PYTHON, "-m", "ruff", "format", "--check", ".")
        or call(PYTHON, "-m", "mypy")
    )


def bench(arguments: list[str]) -> int:
    """Measure the kernels against their peers: `bench N=1e4 ONLY=overlay`."""
    install("test,bench")
    return call(PYTHON, "-m", "benchmarks", *arguments)


def install_app(_arguments: list[str]) -> int:
    """Install what the app needs."""
    install("")
    return 0


def install(extras: str) -> None:
    """Fill the virtual environment and node_modules, unless they are as they should be."""
    if not PYTHON.exists():
        say("making a virtual environment in .venv")
        venv.create(VENV, with_pip=True)
    once("python", extras, [ROOT / "pyproject.toml", ROOT / "constraints.txt"], install_python)
    once("node", "", [ROOT / "package.json", ROOT / "package-lock.json"], install_node)


def install_python(extras: str) -> None:
    """Install the Python packages at the pinned versions."""
    say("installing Python packages (a few minutes the first time)")
    target = f".[{extras}]" if extras else "."
    pip = (PYTHON, "-m", "pip", "install", "-q", "--disable-pip-version-check")
    command(*pip, "-c", "constraints.txt", "-e", target)


def install_node(_extras: str) -> None:
    """Install the map's JavaScript; npm checks every package by its integrity hash."""
    say("installing the map's JavaScript")
    npm = shutil.which("npm")
    if npm is None:
        command(PYTHON, "-m", "pip", "install", "-q", "-c", "constraints.txt", ".[node]")
        npm = shutil.which("npm", path=str(BIN))
    if npm is None:
        raise subprocess.CalledProcessError(1, ["npm"])
    command(npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")


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


def call(*words: str | Path) -> int:
    """Run a command and give its exit code."""
    return subprocess.run([str(word) for word in words], cwd=ROOT, check=False).returncode


def say(text: str) -> None:
    """Tell what is going on."""
    print(f"== {text}", flush=True)


def complain(text: str) -> int:
    """Say what went wrong and give the exit code for it."""
    print(f"start.py: {text}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
