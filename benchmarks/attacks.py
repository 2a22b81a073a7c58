"""What one stranger costs everybody else: each attack on the real server, while honest phones save.

``python -m benchmarks.attacks --json OUT [--only NAME ...] [--nofile 1024]``

The attacker comes from 127.0.0.9, the honest phones from 127.0.0.11 and up. Keys per attack: ``honest_p95_s``
(from sending an honest drawing to its receipt), ``honest_lost``, ``server_mb`` (the most that the server took),
``answers`` (how the attack was answered) and ``verdict`` ("held": under one second and 1,500 MB, nothing lost, and
no answer that begins with "OPENED": what an attacker got and may not have).
"""

import argparse
import asyncio
import base64
import json
import os
import socket
import struct
import tempfile
import threading
import time
import uuid
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import numpy as np
import psutil

import i18n
import store
from benchmarks.load_test import put_drawing
from benchmarks.staff import LABEL, PASSWORD, TOWN, sign_in
from benchmarks.streamlit_client import Phone, Silent
from store import Project
from tests.support.browser import App, free_port

ATTACKER, OWNER = "127.0.0.9", "127.0.0.10"
PROJECT = "hall"
HONEST = 40
MAX_HONEST_S = 1.0
MAX_SERVER_MB = 1500
MAX_OWNER_S = 2.0
W = i18n.get_translator("nl")


def body(ring: list[list[float]], key: str, project: str = PROJECT) -> bytes:
    """Return the body of a save."""
    payload = {
        "version": 1,
        "key": key,
        "project": project,
        "geometry": {"type": "Polygon", "coordinates": [[*ring, ring[0]]]},
        "strokes": [],
        "tool": "lasso",
        "device": key,
        "width_arm": "",
        "started_from": "project",
        "screen": "phone",
        "input": "touch",
        "shown": [],
    }
    return json.dumps(payload, separators=(",", ":")).encode()


def circle(chance: np.random.Generator) -> list[list[float]]:
    """Return an honest outline."""
    turn = np.linspace(0, 2 * np.pi, 60, endpoint=False)
    x, y = TOWN[0] + chance.uniform(-5e-3, 5e-3), TOWN[1] + chance.uniform(-3e-3, 3e-3)
    return np.column_stack([x + 4e-3 * np.cos(turn), y + 2.5e-3 * np.sin(turn)]).tolist()


def scribble(n: int) -> list[list[float]]:
    """Return n random points."""
    chance = np.random.default_rng(7)
    return np.column_stack(
        [TOWN[0] + chance.uniform(-0.01, 0.01, n), TOWN[1] + chance.uniform(-0.006, 0.006, n)]
    ).tolist()


def comb(n: int) -> list[list[float]]:
    """Return a zigzag over a zigzag."""
    step = np.arange(n // 2)
    across, along = np.where(step % 2, 1.0, -1.0), step / (n / 2)
    lon = np.concatenate([TOWN[0] + 0.01 * along, TOWN[0] + 0.005 + 0.005 * across])
    return np.column_stack([lon, np.concatenate([TOWN[1] + 3e-3 * across, 52.575 + 6e-3 * along])]).tolist()


# --- Attacks: each takes the app and returns how it was answered ------------------------------------


def send(app: App, ring: list[list[float]], times: int = 8) -> Counter[str]:
    """Send an outline, several times at once."""

    def one(_: int) -> str:
        key = str(uuid.uuid4())
        status, answer = put_drawing(app.url, key, body(ring, key), ATTACKER)
        return f"{status} {answer.get('error', '')}".strip()

    with ThreadPoolExecutor(times) as many:
        return Counter(many.map(one, range(times)))


def half_open(app: App) -> Counter[str]:
    """Open 1,100 connections that begin a request and say no more; count those that are closed in 20 s."""
    held: list[socket.socket] = []
    for _ in range(1100):
        try:
            line = socket.create_connection(("127.0.0.1", app.port), 5, source_address=(ATTACKER, 0))
            line.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n")
            held.append(line)
        except OSError:
            continue
    time.sleep(20)  # what is measured is what is still held after it
    ended = Counter("closed" if _is_closed(line) else "held" for line in held)
    for line in held:
        line.close()
    return ended


def _is_closed(line: socket.socket) -> bool:
    line.setblocking(False)
    try:
        return line.recv(1) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True


def request(app: App, method: str, path: str, content: bytes | None, headers: dict[str, str]) -> str:
    """Send one request as the attacker; return the status."""
    line = HTTPConnection("127.0.0.1", app.port, timeout=60, source_address=(ATTACKER, 0))
    try:
        line.request(method, path, content, headers)
        return str(line.getresponse().status)
    except (HTTPException, OSError) as problem:
        return type(problem).__name__
    finally:
        line.close()


def foreign_sockets(app: App) -> Counter[str]:
    """Begin 300 websockets from a page of somebody else."""
    upgrade = {
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Protocol": "streamlit",
        "Origin": "http://evil.example",
    }
    with ThreadPoolExecutor(30) as many:
        return Counter(many.map(lambda _: request(app, "GET", "/_stcore/stream", None, upgrade), range(300)))


def uploads(app: App) -> Counter[str]:
    """Hand in eight files of 49 MB where no page asked for one."""
    path = f"/_stcore/upload_file/{uuid.uuid4()}/{uuid.uuid4()}"
    contents = bytes(49_000_000)
    return Counter(request(app, "PUT", path, contents, {"Host": "localhost"}) for _ in range(8))


def unpacking_frame(app: App) -> Counter[str]:
    """Send one frame of 185 kB that unpacks to 190 MB, three times, whether compression was agreed on or not."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = (packer.compress(bytes(190_000_000)) + packer.flush(zlib.Z_SYNC_FLUSH))[:-4]
    # Binary, compressed, masked with zeros: the payload stays as it is.
    frame = struct.pack(">BBQ4s", 0b11000010, 0x80 | 127, len(packed), bytes(4)) + packed
    return Counter(_answer_to_frame(app, frame) for _ in range(3))


def _answer_to_frame(app: App, frame: bytes) -> str:
    asked = [
        "GET /_stcore/stream HTTP/1.1",
        f"Host: localhost:{app.port}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Version: 13",
        f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}",
        "Sec-WebSocket-Protocol: streamlit",
        "Sec-WebSocket-Extensions: permessage-deflate",
    ]
    with socket.create_connection(("127.0.0.1", app.port), 60, source_address=(ATTACKER, 0)) as line:
        line.sendall("\r\n".join([*asked, "", ""]).encode())
        head = line.recv(4096).decode("latin-1").lower()
        agreed = "compressed" if "permessage-deflate" in head else "not compressed"
        try:
            line.sendall(frame)
            heard = bytearray(head.partition("\r\n\r\n")[2].encode("latin-1"))
            while piece := line.recv(65536):
                heard += piece
        except OSError as problem:
            return f"{agreed}, {type(problem).__name__}"
        close = heard.rfind(b"\x88")
        code = int.from_bytes(heard[close + 2 : close + 4], "big") if close >= 0 else 0
        return f"{agreed}, closed {code}"


def flood(app: App) -> Counter[str]:
    """Send new drawings at the pace of 48,000 an hour for half a minute, each from a device of its own."""
    chance, answers, begun_s = np.random.default_rng(1), Counter[str](), time.monotonic()
    for n in range(100):
        answers += send(app, circle(chance), 4)
        time.sleep(max(0.0, begun_s + (n + 1) * 4 * 3600 / 48_000 - time.monotonic()))
    return answers


def wrong_passwords(app: App) -> Counter[str]:
    """Try ten wrong passwords for somebody else's account; its owner signs in right after it."""

    async def guess() -> Counter[str]:
        answers = Counter[str]()
        async with Phone(app.url, source=ATTACKER) as attacker:
            for _ in range(10):
                try:
                    await sign_in(attacker, LABEL, f"{PASSWORD} of niet")
                except Silent:
                    answers["refused"] += 1
                else:
                    answers["OPENED with a wrong password"] += 1
        async with Phone(app.url, source=OWNER) as owner:
            begun_s = time.monotonic()
            try:
                await sign_in(owner, LABEL, PASSWORD)
            except Silent:
                answers["OPENED: the owner is shut out"] += 1
            else:
                late = time.monotonic() - begun_s > MAX_OWNER_S
                answers["the owner came in late" if late else "the owner came in at once"] += 1
        return answers

    return asyncio.run(guess())


def planted_sessions(app: App) -> Counter[str]:
    """Go on with the visit of an administrator by its id alone or with a cookie of one's own, and plant made-up ids."""
    other = "_streamlit_xsrf=2|01020304|0600070d|1700000000; buurt_sessie=planted"

    async def take_over(session: str, cookie: str) -> str:
        async with Phone(app.url, cookie=cookie, session=session, source=ATTACKER) as attacker:
            attacker.session = ""
            await attacker.open("/beheer")
            opened = W("manage.backup_intro", nights=14)[:20] in attacker.text()
            return "OPENED somebody else's visit" if opened else "a new, empty visit"

    async def plant() -> Counter[str]:
        answers = Counter[str]()
        cookie = "_streamlit_xsrf=2|01020304|0500070d|1700000000"
        async with Phone(app.url, cookie=cookie, source=OWNER) as owner:
            await sign_in(owner, LABEL, PASSWORD)
            await owner.open("/beheer")
            if W("manage.backup_intro", nights=14)[:20] not in owner.text():
                raise Silent("the administrator does not see the page")
            for session in [owner.session] * 5 + [str(uuid.uuid4()) for _ in range(5)]:
                for held in ("", other):
                    answers[await take_over(session, held)] += 1
        for held in ("", other):  # the visit is kept for a while after its page was closed
            answers[await take_over(owner.session, held)] += 1
        return answers

    return asyncio.run(plant())


ATTACKS: dict[str, Callable[[App], Counter[str]]] = {
    "scribble of 2,000 points": lambda app: send(app, scribble(2000)),
    "scribble of 6,000 points": lambda app: send(app, scribble(6000)),
    "comb": lambda app: send(app, comb(4900)),
    "1,100 half-open requests": half_open,
    "300 sockets with a foreign Origin": foreign_sockets,
    "8 uploads of 49 MB": uploads,
    "one frame that unpacks to 190 MB": unpacking_frame,
    "48,000 drawings an hour": flood,
    "10 wrong passwords for somebody else": wrong_passwords,
    "planted sessions": planted_sessions,
}


# --- Honest phones meanwhile -------------------------------------------------------------------------


def measure(app: App, attack: Callable[[App], Counter[str]]) -> dict[str, object]:
    """Carry out an attack; half a second later honest phones save, one after another until it ends."""
    assert app.process is not None
    server = psutil.Process(app.process.pid)
    answered: list[Counter[str]] = []
    attacker = threading.Thread(target=lambda: answered.append(attack(app)))
    chance = np.random.default_rng(5)
    waits_s: list[float] = []
    lost, n = 0, 0
    with _highest_memory(server) as seen_mb:
        attacker.start()
        time.sleep(0.5)  # the attack comes first
        while attacker.is_alive() or n < HONEST:
            key = str(uuid.uuid4())
            begun_s = time.perf_counter()
            status, _ = put_drawing(app.url, key, body(circle(chance), key), f"127.0.0.{11 + n % 200}")
            waits_s.append(time.perf_counter() - begun_s)
            lost += status not in {200, 201}
            n += 1
            time.sleep(0.1)  # residents do not press all at once
        attacker.join()
    answers = answered[0] if answered else Counter({"OPENED? the attack itself failed": 1})
    p95_s = float(np.quantile(waits_s, 0.95))
    opened = any(answer.startswith("OPENED") for answer in answers)
    held = p95_s < MAX_HONEST_S and max(seen_mb) < MAX_SERVER_MB and not lost and not opened
    return {
        "honest_p95_s": round(p95_s, 3),
        "honest_lost": lost,
        "n_honest": n,
        "server_mb": round(max(seen_mb)),
        "answers": dict(answers),
        "verdict": "held" if held else "not held",
    }


@contextmanager
def _highest_memory(server: psutil.Process) -> Iterator[list[float]]:
    """Yield a list that fills with what a process has in memory, MB, fifty times a second."""
    seen_mb, ended = [server.memory_info().rss / 1e6], threading.Event()

    def watch() -> None:
        while not ended.wait(0.02):
            seen_mb.append(server.memory_info().rss / 1e6)

    watching = threading.Thread(target=watch)
    watching.start()
    try:
        yield seen_mb
    finally:
        ended.set()
        watching.join()


def main() -> None:
    """Carry out every attack and write what it did."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--json", type=Path)
    asked.add_argument("--only", nargs="*", default=[])
    asked.add_argument("--nofile", type=int, default=0)
    options = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        app = App(
            Path(folder) / "store.gpkg",
            free_port(),
            Path(folder) / "log.txt",
            {"BUURT_BACKUPS": f"{folder}/backups"},
            nofile=options.nofile,
        )
        with store.open_store(f"sqlite:///{app.store}") as private_store:
            private_store.projects.save(Project(PROJECT, "Hall", "GM9901", date(2099, 12, 31)))
            private_store.accounts.create(LABEL, "administrator", PASSWORD)
        app.start()
        try:
            found = {
                name: measure(app, attack)
                for name, attack in ATTACKS.items()
                if not options.only or name in options.only
            }
        finally:
            app.kill()
    result = {
        "attacks": found,
        "nofile": options.nofile,
        "load_per_core": round(os.getloadavg()[0] / (os.cpu_count() or 1), 1),
    }
    text = json.dumps(result, indent=1)
    print(text)
    if options.json:
        options.json.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
