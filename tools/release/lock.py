"""`requirements.txt`: every Python package the app runs on, at one version, with the hashes it may have.

`constraints.txt` holds the versions of everything, test tools included; this file is the part of it that is
installed to run the app, for every operating system, and pip refuses any file whose hash is not in it.
"""

import re
import subprocess
import sys
from pathlib import Path

from packaging.requirements import Requirement

from tools.release import ROOT

LOCK = ROOT / "requirements.txt"
HEADER = """\
# The packages the app runs on, with the hashes their files may have: pip refuses every other file.
# Written by `python -m tools.release lock` from pyproject.toml and constraints.txt; not by hand.
"""


def main(_arguments: list[str]) -> int:
    """Write the lock anew; keep hashes that did not change."""
    target = LOCK.with_suffix(".new")
    target.write_text(LOCK.read_text(encoding="utf-8") if LOCK.exists() else "", encoding="utf-8")
    command = [sys.executable, "-m", "uv", "pip", "compile", "pyproject.toml", "--extra=build"]
    command += ["--constraints=constraints.txt", "--universal", "--python-version=3.11", "--generate-hashes"]
    command += ["--no-header", "--no-annotate", "--quiet", f"--output-file={target.name}"]
    try:
        subprocess.run(command, cwd=ROOT, check=True)
        LOCK.write_text(HEADER + target.read_text(encoding="utf-8"), encoding="utf-8")
    finally:
        target.unlink()
    return 0


def locked(path: Path = LOCK) -> dict[str, str]:
    """Return the version per normalised name of the packages that are installed on a system like this one.

    Examples
    --------
    >>> locked()["streamlit"].split(".")[0]
    '1'
    """
    lines = re.findall(r"^([^\s#-][^\\\n]*?)\s*\\?$", path.read_text(encoding="utf-8"), re.MULTILINE)
    pins = [Requirement(line) for line in lines]
    return {
        normalised(pin.name): str(pin.specifier).removeprefix("==")
        for pin in pins
        if pin.marker is None or pin.marker.evaluate()
    }


def normalised(name: str) -> str:
    """Return a package name in the form in which two names of one package are equal.

    Examples
    --------
    >>> normalised("typing_extensions")
    'typing-extensions'
    """
    return re.sub(r"[-_.]+", "-", name).lower()
