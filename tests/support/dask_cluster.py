"""A cluster of dask.distributed on the loopback address: a scheduler and two workers, each a process."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from distributed import Client

from tests.support.browser import ROOT

WAIT_S = 90


@contextmanager
def started(folder: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """Start it, and give its address and the workers; all of it ends afterwards."""
    file = folder / "scheduler.json"
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "DASK_DISTRIBUTED__SCHEDULER__HTTP__ROUTES": "[]"}
    quiet = ["--host=127.0.0.1", "--no-dashboard"]

    def start(module: str, *options: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", f"distributed.cli.{module}", *quiet, *options]
        return subprocess.Popen(
            command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    ended = [start("dask_scheduler", "--port=0", f"--scheduler-file={file}")]
    try:
        last_s = time.monotonic() + WAIT_S
        while not file.exists() or not file.read_text().strip().endswith("}"):
            assert time.monotonic() < last_s
            time.sleep(0.05)
        address = json.loads(file.read_text())["address"]
        workers = [
            start("dask_worker", address, "--no-nanny", "--nthreads=1", f"--local-directory={folder}")
            for _ in range(2)
        ]
        ended += workers
        with Client(address, set_as_default=False, timeout=WAIT_S) as client:
            client.wait_for_workers(2, timeout=WAIT_S)
        yield address, workers
    finally:
        for process in ended:
            process.kill()
            process.wait()
