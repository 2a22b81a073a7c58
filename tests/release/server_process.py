"""Waiting for a server that a test started: no fixed pause, an end to the patience, its log when it fails."""

import socket
import subprocess
import time
import urllib.request
from pathlib import Path
from urllib.error import URLError


def wait_until_alive(
    process: "subprocess.Popen[bytes]", url: str, log: Path, patience_s: float = 120
) -> None:
    """Return as soon as the address answers 200; fail with the log when the process ends or time is up."""
    deadline = time.monotonic() + patience_s
    while not _answers(url):
        assert process.poll() is None, log.read_text(encoding="utf-8")
        assert time.monotonic() < deadline, log.read_text(encoding="utf-8")
        time.sleep(0.1)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


def wait_until_listening(
    process: "subprocess.Popen[bytes]", port: int, log: Path, patience_s: float = 60
) -> None:
    """Return as soon as something accepts connections at a port; fail with the log when the process ends."""
    deadline = time.monotonic() + patience_s
    while True:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        assert process.poll() is None, log.read_text(encoding="utf-8")
        assert time.monotonic() < deadline, log.read_text(encoding="utf-8")
        time.sleep(0.05)
