"""Work that jobs of the tests do, in a module, so that a worker finds it by name."""

import os
import threading
import time
from pathlib import Path

import numpy as np

from study import progress


def process() -> int:
    """Return which process does it."""
    return os.getpid()


def hold(n_bytes: int) -> int:
    """Hold so much memory, 20 MB at a time."""
    held = []
    for _ in range(n_bytes // 20_000_000):
        held.append(np.ones(2_500_000))
        time.sleep(0.01)
    return len(held)


def write_line(file: Path, go_on: Path) -> str:
    """Write a line, and wait until somebody says to go on."""
    with file.open("a") as lines:
        lines.write(f"{os.getpid()}\n")
    tell = progress.reporter("cores")
    while not go_on.exists():
        tell(0.5)
        time.sleep(0.02)
    return "answer"


def never_tell(file: Path) -> None:
    """Work for a minute without a word."""
    file.write_text(str(os.getpid()))
    threading.Event().wait(60)


def refuse() -> None:
    """Fail, as work does whose input is wrong."""
    raise ValueError("no")
