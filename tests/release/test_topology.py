"""The topology of deploy/compose.yaml as processes on this machine: proxy, two application processes, PostgreSQL."""

import os
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import psutil
import pytest
import websockets.sync.client as websocket

from tests.release.proxies import HOST, Proxy, running_proxy
from tests.release.server_process import wait_until_alive
from tests.release.test_proxies import ask
from tests.support.browser import free_port
from tests.support.postgres_cluster import Cluster
from tools.release import ROOT

pytestmark = pytest.mark.nightly


@pytest.fixture(scope="module")
def processes(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[list[tuple[int, "subprocess.Popen[bytes]"]]]:
    """Two application processes on one PostgreSQL, by the entry point of the image; port and process each."""
    folder = tmp_path_factory.mktemp("topology")
    with ExitStack() as stack:
        secret = folder / "store"
        secret.write_text(stack.enter_context(Cluster.started()).database(), encoding="utf-8")
        found = []
        for number in range(2):
            port = free_port()
            settings = {key: value for key, value in os.environ.items() if not key.startswith("BUURT_")}
            settings |= {"BUURT_STORE_FILE": str(secret), "BUURT_LISTEN": f"127.0.0.1:{port}"}
            settings |= {"BUURT_DATA": str(folder / "boundaries"), "BUURT_ADDRESS": f"https://{HOST}"}
            log = folder / f"app-{number}.log"
            with log.open("wb") as stream:
                process = subprocess.Popen(
                    [sys.executable, str(ROOT / "deploy" / "start_service.py")],
                    cwd=folder, env=settings, stdout=stream, stderr=stream, start_new_session=True,
                )  # fmt: skip
            stack.callback(process.wait)
            stack.callback(os.killpg, process.pid, signal.SIGKILL)
            # One after the other: the first creates the tables.
            wait_until_alive(process, f"http://127.0.0.1:{port}/healthz", log)
            found.append((port, process))
        yield found


@pytest.fixture(params=["nginx", "caddy"])
def proxy(
    request: pytest.FixtureRequest, processes: list[tuple[int, "subprocess.Popen[bytes]"]], tmp_path: Path
) -> Iterator[Proxy]:
    """A proxy before the two."""
    with running_proxy(request.param, [port for port, _ in processes], tmp_path) as found:
        yield found


def test_page_and_its_socket_reach_one_and_the_same_process(
    proxy: Proxy, processes: list[tuple[int, "subprocess.Popen[bytes]"]]
) -> None:
    """The page answers, and the socket of the same visitor is open at one process, whichever visitor asks."""
    used = set()
    for _ in range(8):
        answer, body = ask(proxy, headers={"Accept": "text/html"})
        assert answer.status == 200
        assert b"Beleefde Buurt" in body
        assert f"wss://{HOST}" in str(answer.getheader("Content-Security-Policy"))
        cookie = str(answer.getheader("Set-Cookie")).split(";")[0]
        held = {process_with_socket(proxy, processes, cookie) for _ in range(2)}
        assert len(held) == 1
        used |= held
    assert used == {port for port, _ in processes}


def process_with_socket(
    proxy: Proxy, processes: list[tuple[int, "subprocess.Popen[bytes]"]], cookie: str
) -> int:
    """Open a visitor's socket through the proxy and close it; return the port of the process that held it."""
    trust = ssl.create_default_context(cafile=str(proxy.certificate))
    with websocket.connect(
        f"wss://{HOST}/_stcore/stream",
        ssl=trust,
        sock=socket_to(proxy),
        origin=f"https://{HOST}",
        subprotocols=["streamlit"],
        additional_headers={"Cookie": cookie},
    ):
        during = {port: connections(process.pid, port) for port, process in processes}
    deadline = time.monotonic() + 30
    while True:  # the proxy keeps its other connections open; that of the socket ends with it
        ended = [port for port, process in processes if during[port] - connections(process.pid, port)]
        if ended:
            return ended[0]
        assert time.monotonic() < deadline
        time.sleep(0.05)


def socket_to(proxy: Proxy) -> socket.socket:
    """Return a plain connection to the proxy; TLS comes on top of it."""
    return socket.create_connection(("127.0.0.1", proxy.https_port), timeout=20)


def connections(pid: int, port: int) -> set[int]:
    """Return the far ports of the connections that a process and its children hold at their own port."""
    return {
        held.raddr.port
        for process in (psutil.Process(pid), *psutil.Process(pid).children(recursive=True))
        for held in process.net_connections("tcp")
        if held.status == psutil.CONN_ESTABLISHED and held.laddr.port == port
    }
