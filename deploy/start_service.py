"""Prepare the state folder and become the server: the entry point of the image and of the systemd unit.

The folders are created, and the demo municipality is copied to where official data are kept, unless it is there.
Then this process turns into the server itself, so that it gets the signals of whoever stops it.
"""

import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SHIPPED = ROOT / "data" / "boundaries"
DEMO = "GM9901"


def main() -> None:
    """Prepare and start; the address and port come from BUURT_LISTEN (0.0.0.0:8501 when unset)."""
    own = settings_from_files(os.environ)
    host, _, port = os.environ.pop("BUURT_LISTEN", "0.0.0.0:8501").rpartition(":")
    for name in own:
        del os.environ[f"{name}_FILE"]  # the program refuses settings it does not know
    os.environ.update(own)
    prepare(Path(os.environ.get("BUURT_DATA") or SHIPPED), os.environ.get("BUURT_STORE", ""))
    os.chdir(ROOT)
    command = [sys.executable, "-m", "cli", "serve", "--address", host, "--port", port]
    os.execv(sys.executable, command)  # noqa: S606  # our own words, no shell


def settings_from_files(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the settings whose value is in a file, as secrets are given: BUURT_STORE_FILE holds BUURT_STORE.

    Raises
    ------
    SystemExit
        A setting is given twice, or its file cannot be read.
    """
    found = {}
    for name, path in environment.items():
        setting = name.removesuffix("_FILE")
        if not name.startswith("BUURT_") or setting == name:
            continue
        if setting in environment:
            raise SystemExit(f"both {setting} and {name} are set: leave one out")
        try:
            found[setting] = Path(path).read_text(encoding="utf-8").strip()
        except OSError as problem:
            raise SystemExit(f"{name}: {problem}") from problem
    return found


def prepare(data: Path, store: str) -> None:
    """Create the folders of the store and of official data, and copy the demo municipality when it is absent."""
    if store.startswith("sqlite:///"):
        Path(store.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not (data / DEMO).exists():
        shutil.copytree(SHIPPED / DEMO, data / DEMO)


if __name__ == "__main__":
    main()
