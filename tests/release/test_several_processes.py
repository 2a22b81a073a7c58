"""Two processes of the app on one PostgreSQL, behind nginx with the recipe of deploy/: which one answers is all one."""

import http.client
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest

import i18n
import store
from benchmarks.streamlit_client import Phone
from store import Project
from tests.release.proxies import HOST, Proxy, running_proxy
from tests.release.server_process import wait_until_alive
from tests.study.contributions.test_save_request import body
from tests.support.browser import free_port
from tests.support.coroutines import run_coroutine
from tests.support.postgres_cluster import Cluster
from tools.release import ROOT
from ui.session.login_sessions import COOKIE

pytestmark = pytest.mark.nightly
W = i18n.get_translator("nl")
DENIED = W.section("errors")["AccessDenied"]
WORDS = "een lange zin van vier"
PROJECT = "straat"


@dataclass
class Process:
    """One process of the app, by the entry point of the image."""

    folder: Path
    environment: dict[str, str]
    port: int = field(default_factory=free_port)
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def url(self) -> str:
        """Return its own address, past the proxy."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it and wait until it answers."""
        log = self.folder / f"app-{self.port}.log"
        with log.open("ab") as stream:
            self.process = subprocess.Popen(
                [sys.executable, str(ROOT / "deploy" / "start_service.py")],
                cwd=self.folder,
                env={**self.environment, "BUURT_LISTEN": f"127.0.0.1:{self.port}"},
                stdout=stream,
                stderr=stream,
                start_new_session=True,
            )
        wait_until_alive(self.process, f"{self.url}/healthz", log)

    def stop(self) -> int:
        """Ask it to end, as whoever replaces it does; return its exit code."""
        assert self.process is not None
        self.process.terminate()
        return self.process.wait(60)

    def kill(self) -> None:
        """End it and everything it started."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


@dataclass(frozen=True)
class Town:
    """Two processes, and the address of the store that they share."""

    processes: tuple[Process, Process]
    store_url: str


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """Two processes on one PostgreSQL with a project and an administrator."""
    folder = tmp_path_factory.mktemp("several")
    with ExitStack() as stack:
        url = stack.enter_context(Cluster.started()).database()
        secret = folder / "store"
        secret.write_text(url, encoding="utf-8")
        with store.open_store(url) as private_store:
            private_store.projects.save(Project(PROJECT, "Straat", "GM9901", date(2099, 1, 1)))
            private_store.accounts.create("beheer", "administrator", WORDS)
        settings = {key: value for key, value in os.environ.items() if not key.startswith("BUURT_")}
        settings |= {"BUURT_STORE_FILE": str(secret), "BUURT_DATA": str(folder / "boundaries")}
        settings |= {"BUURT_ADDRESS": f"https://{HOST}"}
        pair = Process(folder, settings), Process(folder, settings)
        for one in pair:
            stack.callback(one.kill)
            one.start()
        yield Town(pair, url)


@pytest.fixture
def proxy(town: Town, tmp_path: Path) -> Iterator[Proxy]:
    """Debian's nginx before the two."""
    with running_proxy("nginx", [one.port for one in town.processes], tmp_path) as found:
        yield found


async def enter(phone: Phone) -> None:
    """Sign in as the administrator."""
    await phone.open("/inloggen")
    phone.fill("label", "beheer")
    phone.fill("password", WORDS)
    await phone.press(W("signin.enter"))
    assert W("signin.as_administrator") in phone.text()


def redeem(url: str, ticket: str) -> str | None:
    """Exchange a ticket for a cookie at a process; None where it is refused."""
    asked = urllib.request.Request(f"{url}/api/sessie", data=ticket.encode(), method="POST")
    try:
        with urllib.request.urlopen(asked, timeout=60) as answer:
            return str(answer.headers["set-cookie"]).split(";", maxsplit=1)[0]
    except urllib.error.HTTPError as refused:
        with refused:
            return None


def test_who_signs_in_at_one_process_goes_on_at_the_other_and_is_out_at_both(town: Town) -> None:
    one, other = (process.url for process in town.processes)

    async def walk() -> None:
        async with Phone(one) as phone:
            await enter(phone)
            ticket = str(phone.data("buurt_session")["ticket"])
            cookie = redeem(other, ticket)
            assert cookie is not None
            assert cookie.startswith(f"{COOKIE}=")
            assert redeem(one, ticket) is None, "a ticket works once, whichever process it comes to"
            async with Phone(other, cookie=cookie) as elsewhere:
                await elsewhere.open("/beheer")
                assert DENIED not in elsewhere.text()
                await phone.open("/inloggen")
                await phone.press(W("signin.leave"))
                await elsewhere.open("/beheer")
                assert DENIED in elsewhere.text(), "signed out at one is signed out at the other"

    run_coroutine(walk())


def put(
    port: int, payload: bytes, address: str, *, source: str = "", tls: Proxy | None = None
) -> tuple[int, bytes]:
    """Send a save to a process, or to the proxy over TLS."""
    headers = {"Content-Type": "application/json", "X-Buurt": "1"}
    if tls is None:
        connection = http.client.HTTPConnection(
            "127.0.0.1", port, timeout=60, source_address=(source, 0) if source else None
        )
    else:
        trust = ssl.create_default_context(cafile=str(tls.certificate))
        connection = http.client.HTTPSConnection(HOST, port, timeout=60, context=trust)
        plain = socket.create_connection(("127.0.0.1", port), timeout=60)
        connection.sock = trust.wrap_socket(plain, server_hostname=HOST)
        headers["Host"] = HOST
    with closing(connection):
        connection.request("PUT", f"/api/contributions/{address}", payload, headers)
        answer = connection.getresponse()
        return answer.status, answer.read()


def test_limit_of_an_address_counts_what_came_to_either_process(town: Town) -> None:
    ports = [process.port for process in town.processes]
    statuses = [
        put(ports[n % 2], *body(project=PROJECT, home=None), source="127.0.0.9")[0] for n in range(24)
    ]
    assert statuses[:20] == [201] * 20
    assert set(statuses[20:]) <= {429, 201}
    assert statuses.count(429) >= 2
    assert put(ports[0], *body(project=PROJECT, home=None), source="127.0.0.10")[0] == 201


def test_answer_of_a_save_does_not_depend_on_the_process(town: Town) -> None:
    payload, address = body(project=PROJECT, home=None)
    (first, said), (second, again) = (put(one.port, payload, address) for one in town.processes)
    assert (first, second) == (201, 200)
    assert [part["code"] for part in map(_parsed, (said, again))] == [_parsed(said)["code"]] * 2


def _parsed(answer: bytes) -> dict[str, object]:
    found: dict[str, object] = json.loads(answer)
    return found


def test_rolling_restart_under_load_loses_nothing(town: Town, proxy: Proxy) -> None:
    """Six phones save one after another while each process is replaced; every receipt is a drawing, once."""
    ended, receipts, answers = threading.Event(), set[str](), Counter[int]()

    def phone() -> None:
        while not ended.is_set():
            payload, address = body(project=PROJECT, home=None)
            for _ in range(120):  # as the canvas does: the same bytes again until it is kept
                with suppress(OSError, http.client.HTTPException):
                    status, said = put(proxy.https_port, payload, address, tls=proxy)
                    answers[status] += 1
                    if status in {200, 201}:
                        receipts.add(str(_parsed(said)["receipt"]))
                        break
                    assert status == 429 or status >= 500, said
                time.sleep(0.25)  # the phone's own wait
            else:
                raise AssertionError("a save was never kept")

    with store.open_store(town.store_url) as private_store:
        before = set(private_store.contributions.read_sketches(PROJECT).index)
    failed: list[BaseException] = []
    phones = [threading.Thread(target=_noting(phone, failed)) for _ in range(6)]
    for one in phones:
        one.start()
    for process in town.processes:
        assert process.stop() == 0
        process.start()
    ended.set()
    for one in phones:
        one.join()
    assert not failed
    with store.open_store(town.store_url) as private_store:
        there = list(private_store.contributions.read_sketches(PROJECT).index)
        assert private_store.maintenance.verify().altered == ()
    assert len(there) == len(set(there))
    assert set(there) - before == receipts
    assert len(receipts) > 10, answers


def _noting(work: Callable[[], None], failed: list[BaseException]) -> Callable[[], None]:
    """Return work for a thread that notes what it failed with."""

    def noting() -> None:
        try:
            work()
        except BaseException as problem:  # noqa: BLE001  # the test says it
            failed.append(problem)

    return noting
