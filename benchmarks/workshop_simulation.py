"""A whole session: fifty phones draw and answer, the network fails for half a minute, the server is killed once.

``python -m benchmarks.workshop_simulation --json OUT [--phones 50]``

Every phone is a real Chromium page with touch. It joins by the code, chooses a table, draws with a finger the shape
of a real drawing, names it, answers, and goes on until it has its code. All reach the server through a line of our
own, which is cut for 30 seconds; later the server is killed (signal 9) and started again. Meanwhile the live
screen runs. Afterwards every code must open the drawing that was made. Keys of the result: ``phones``,
``finished``, ``stored``, ``lost``, ``double``, ``live_at_end``, ``latency_s``, ``memory_mb`` ...
"""

import argparse
import asyncio
import contextlib
import json
import math
import os
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import psutil
import shapely
from playwright.async_api import Browser, Page, ViewportSize, async_playwright
from playwright.async_api import Error as BrowserError

import settings
import store
from store import Actor, WorkshopSession
from tests.support.browser import find_chromium, free_port

ROOT = Path(__file__).resolve().parent.parent
SHARED = settings.shared_data()
SKETCHES = SHARED / "sketches" / "amsterdam_tekensessies_2015.geojson"
PHONE = ViewportSize(width=390, height=844)
BEAMER = ViewportSize(width=1920, height=1080)
CUT_S, ARRIVE_S, PATIENCE_S = 30.0, 2.0, 1500.0
MIN_ROUND = 0.05
"""What encloses less of the box round it is a street: the page refuses it, and the person would draw again."""

TABLES = ("tafel 1", "tafel 2", "tafel 3", "tafel 4", "tafel 5")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


# --- The line, which can be cut, and the server, which can be killed ------------------------------


@dataclass
class Line:
    """Carries bytes between the phones and the server, until it is cut."""

    to: int
    port: int = 0
    is_cut: bool = False
    writers: set[asyncio.StreamWriter] = field(default_factory=set)

    async def open(self) -> None:
        """Begin to carry."""
        server = await asyncio.start_server(self._carry, "127.0.0.1", 0)
        self.port = int(server.sockets[0].getsockname()[1])

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.is_cut:
            writer.transport.abort()
            return
        try:
            beyond_reader, beyond = await asyncio.open_connection("127.0.0.1", self.to)
        except OSError:
            writer.transport.abort()
            return
        self.writers |= {writer, beyond}
        await asyncio.gather(self._pour(reader, beyond), self._pour(beyond_reader, writer))

    async def _pour(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while piece := await reader.read(65536):
                writer.write(piece)
                await writer.drain()
        writer.close()
        self.writers.discard(writer)

    async def cut(self, seconds: float) -> None:
        """Break every connection and take no new one for a while."""
        self.is_cut = True
        for writer in list(self.writers):
            writer.transport.abort()
        await asyncio.sleep(seconds)
        self.is_cut = False


@dataclass
class Server:
    """The app in a process of its own."""

    folder: Path
    port: int
    address: str = ""
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it; `up` tells when it answers."""
        command = [sys.executable, "-m", "ui.server", f"--server.port={self.port}"]
        environment = settings.child_environment({"BUURT_STORE": self.url, "BUURT_ADDRESS": self.address})
        with (self.folder / "log.txt").open("ab") as log:
            self.process = subprocess.Popen(  # our own words, no shell
                command, cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True
            )

    @property
    def url(self) -> str:
        """The store."""
        return f"sqlite:///{self.folder / 'store.gpkg'}"

    async def up(self) -> float:
        """Wait until it answers; tells how long that took, s."""
        began = time.monotonic()
        while not await asyncio.to_thread(self._answers):
            await asyncio.sleep(0.2)
        return time.monotonic() - began

    def _answers(self) -> bool:
        with contextlib.suppress(OSError):
            address = f"http://127.0.0.1:{self.port}/healthz"
            with urllib.request.urlopen(address, timeout=3) as answer:  # this machine
                return bool(answer.status == 200)
        return False

    def kill(self) -> None:
        """End it as a power cut would."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()

    def memory_mb(self) -> float:
        """Return what it holds in memory; 0 while it is away."""
        with contextlib.suppress(psutil.Error):
            if self.process is not None:
                return float(psutil.Process(self.process.pid).memory_info().rss) / 1e6
        return 0.0


# --- Phones ---------------------------------------------------------------------------------------


@dataclass
class Phone:
    """One participant and what came of it."""

    number: int
    code: str = ""
    steps: int = 0
    reloads: int = 0
    saved_s: list[float] = field(default_factory=list)
    trouble: str = ""


def shapes() -> list[list[tuple[float, float]]]:
    """Return real drawings as outlines between -1 and 1; circles where the real ones are absent."""
    if not SKETCHES.is_file():
        circle = [(math.cos(a / 8), math.sin(a / 8)) for a in range(48)]
        return [circle]
    found = []
    for feature in json.loads(SKETCHES.read_text(encoding="utf-8"))["features"]:
        # Some of them were kept as the line that was drawn; what counts here is where the finger went.
        xy = shapely.get_coordinates(shapely.geometry.shape(feature["geometry"]))
        if (
            len(xy) < 4
            or shapely.make_valid(shapely.Polygon(xy)).area < MIN_ROUND * shapely.MultiPoint(xy).envelope.area
        ):
            continue
        line = shapely.LineString([*xy, xy[0]])
        west, south, east, north = line.bounds
        x, y, size = (west + east) / 2, (south + north) / 2, max(east - west, north - south) / 2
        outline = shapely.segmentize(line, size / 8).simplify(size / 40)
        ring = [((px - x) / size, (y - py) / size) for px, py in outline.coords][:-1][:150]
        # Begun at its top: below are the buttons that lie over the map.
        top = min(range(len(ring)), key=lambda at: ring[at][1])
        found.append([*ring[top:], *ring[:top]])
    return found


async def visit(browser: Browser, phone: Phone, address: str, outline: list[tuple[float, float]]) -> None:
    """Take part from the QR code to the code on the last screen; loads the page again when it is stuck."""
    context = await browser.new_context(
        viewport=PHONE, has_touch=True, is_mobile=True, locale="nl-NL", reduced_motion="reduce"
    )
    page = await context.new_page()
    deadline = time.monotonic() + PATIENCE_S
    try:
        await _open(page, address, deadline)
        while not phone.code and time.monotonic() < deadline:
            before = phone.steps
            try:
                await _step(page, phone, outline)
            except BrowserError as problem:
                phone.trouble = str(problem).splitlines()[0][:120]
            if phone.steps == before:
                await _again(page, phone)
    finally:
        await context.close()


async def _open(page: Page, address: str, deadline: float) -> None:
    while time.monotonic() < deadline:
        with contextlib.suppress(BrowserError):
            await page.goto(address, timeout=60_000)
            return
        await asyncio.sleep(1.0)


async def _again(page: Page, phone: Phone) -> None:
    """Wait as a person does while the page says there is no connection; then load it again."""
    for _ in range(40):
        away = False
        with contextlib.suppress(BrowserError):
            away = await page.evaluate("document.body.classList.contains('buurt-away')")
        if not away:
            break
        await asyncio.sleep(1.0)
    phone.reloads += 1
    with contextlib.suppress(BrowserError):
        await page.reload(timeout=60_000)


WAYS = (
    ".st-key-group label", "a.big.main", ".st-key-join button",
    ".canvas[data-state=ready]", "[data-act=right]", "[class*=st-key-next_] button:enabled", ".buurt-code",
)  # fmt: skip

SETTLED = "[data-testid=stApp][data-test-script-state=notRunning]"


async def _step(page: Page, phone: Phone, outline: list[tuple[float, float]]) -> None:
    """Do the one next thing this screen asks for."""
    await page.wait_for_selector(", ".join(WAYS), timeout=45_000)
    # What is left of the screen before goes when the server is done; a tap on it would begin the screen anew.
    await page.wait_for_selector(SETTLED, timeout=45_000)
    where = await page.evaluate("location.href")
    if await page.locator(".buurt-code").count():
        phone.code = (await page.locator(".buurt-code").first.inner_text()).strip()
    elif await page.locator("[data-act=right]").count():
        began = time.monotonic()
        await page.locator("[data-act=right]").tap(timeout=20_000)
        await page.wait_for_selector("[class*=st-key-next_teken] button", timeout=45_000)
        phone.saved_s.append(time.monotonic() - began)
    elif await page.locator(".canvas[data-state=ready]").count():
        await _draw(page, outline)
    elif await page.locator("[class*=st-key-next_] button:enabled").count():
        await _answer(page)
        await page.locator("[class*=st-key-next_] button:enabled").first.tap(timeout=20_000)
        await page.wait_for_function("before => location.href !== before", arg=where, timeout=30_000)
    elif await page.locator(".st-key-join button").count():
        await page.locator(".st-key-join button").tap(timeout=20_000)
        await page.wait_for_selector(".canvas[data-state=ready]", timeout=60_000)
    elif await page.locator("a.big.main").count():
        await page.locator("a.big.main").tap(timeout=20_000)
        await page.wait_for_selector(".st-key-join button", timeout=60_000)
    else:
        table = page.locator(".st-key-group label").nth(1 + phone.number % len(TABLES))
        await table.tap(timeout=20_000)
        await page.wait_for_selector("a.big.main", timeout=30_000)
    phone.steps += 1


async def _draw(page: Page, outline: list[tuple[float, float]]) -> None:
    """Draw the outline with a finger round the middle of the map."""
    await page.wait_for_selector(".canvas[data-arrived~=ground]", timeout=60_000)
    await page.locator(".canvas .map").scroll_into_view_if_needed(timeout=20_000)
    box = await page.locator(".canvas .map").bounding_box()
    if box is None:
        return
    x, y, reach = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, 0.3 * box["width"]
    touch = await page.context.new_cdp_session(page)
    points = [{"x": x + reach * px, "y": y + reach * py, "id": 0} for px, py in outline]
    await touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": points[:1]})
    for point in points[1:]:
        await touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [point]})
    await touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    await page.wait_for_selector("[data-act=right]", timeout=15_000)


async def _answer(page: Page) -> None:
    """Return every question of this screen its second answer, as far as there are any."""
    for group in await page.locator("[role=radiogroup]").all():
        with contextlib.suppress(BrowserError):
            await group.locator("label").nth(1).tap(timeout=5_000)


# --- The live screen ------------------------------------------------------------------------------


@dataclass
class Watch:
    """What was seen of the live screen, and what was in the store, every quarter of a second."""

    reached: dict[int, float] = field(default_factory=dict)
    seen: dict[int, float] = field(default_factory=dict)
    memory_mb: list[float] = field(default_factory=list)
    mounts: set[str] = field(default_factory=set)
    said_away: bool = False
    blank: int = 0
    looks: int = 0
    done: bool = False


async def watch(page: Page, server: Server, workshop_session: str, found: Watch) -> None:
    """Look at the store and at the screen until told to stop."""
    path = server.folder / "store.gpkg"
    while not found.done:
        n = await asyncio.to_thread(_stored, path, workshop_session)
        for reached in range(1, n + 1):
            found.reached.setdefault(reached, time.monotonic())
        found.memory_mb.append(server.memory_mb())
        with contextlib.suppress(BrowserError):
            state = await page.evaluate(LOOK)
            found.looks += 1
            for seen in range(1, state["n"] + 1):
                found.seen.setdefault(seen, time.monotonic())
            found.mounts.add(str(state["opened"]))
            found.said_away |= bool(state["away"])
            found.blank += int(not state["opened"] and bool(found.seen))
        await asyncio.sleep(0.25)


LOOK = """() => {
  const canvas = [...document.querySelectorAll('*')].map((e) => e.shadowRoot?.querySelector('.canvas')).find(Boolean);
  const count = document.querySelector('.beamer-count b');
  return { n: Number((count?.textContent ?? '0').replace(/\\\\D/g, '')), opened: canvas?.dataset.opened ?? '',
    away: document.body.classList.contains('buurt-away') };
}""".replace("\\\\", "\\")


def _stored(path: Path, workshop_session: str) -> int:
    with (
        contextlib.suppress(sqlite3.Error),
        contextlib.closing(sqlite3.connect(path, timeout=1)) as private_store,
    ):
        asked = "SELECT count(*) FROM contribution WHERE session = ? AND practice = 0"
        return int(private_store.execute(asked, (workshop_session,)).fetchone()[0])
    return 0


# --- The session ----------------------------------------------------------------------------------


async def rehearse(phones: int, folder: Path) -> dict[str, Any]:
    """Hold the session and count."""
    line = Line(free_port())
    await line.open()
    server = Server(folder, line.to, f"http://localhost:{line.port}")
    server.start()
    try:
        return await _workshop_session(phones, line, server)
    finally:
        server.kill()


async def _workshop_session(phones: int, line: Line, server: Server) -> dict[str, Any]:
    await server.up()
    private_store = store.open_store(server.url)
    wanted = WorkshopSession(
        "demo", "Generale repetitie", date.today(), groups=TABLES, questions=("name", "certainty", "reasons")
    )
    workshop_session, _ = private_store.sessions.create(wanted, by=Actor("planner", account="demo"))
    everybody = [Phone(number) for number in range(phones)]
    outlines, found, began = shapes(), Watch(), time.monotonic()
    join = f"http://localhost:{line.port}/mee?code={workshop_session.code}"
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS)
        beamer = await (await browser.new_context(viewport=BEAMER, locale="nl-NL")).new_page()
        await beamer.goto(f"http://localhost:{line.port}/scherm?avond={workshop_session.id}")
        await beamer.wait_for_selector(".beamer-count b", timeout=90_000)
        watching = asyncio.create_task(watch(beamer, server, workshop_session.id, found))

        async def arrive(phone: Phone) -> None:
            await asyncio.sleep(ARRIVE_S * phone.number)
            await visit(browser, phone, join, outlines[phone.number % len(outlines)])

        people = [asyncio.create_task(arrive(phone)) for phone in everybody]
        away = await _faults(line, server, found, people, phones)
        await asyncio.gather(*people)
        await asyncio.sleep(6)  # three looks of the live screen
        live_at_end = (await beamer.evaluate(LOOK))["n"]
        found.done = True
        await watching
        await browser.close()
    counts = _counted(private_store, workshop_session.id, everybody)
    late = [
        found.seen[n] - at for n, at in found.reached.items() if n in found.seen and not _during(at, away)
    ]
    saved = [seconds for phone in everybody for seconds in phone.saved_s]
    return {
        "phones": phones,
        **counts,
        "live_at_end": live_at_end,
        "live_right": live_at_end == counts["stored"],
        "live_said_connection_lost": found.said_away,
        "live_maps_made": sorted(found.mounts - {""}),
        "live_looks": found.looks,
        "live_looks_without_map": found.blank,
        "latency_s": {"median": _middle(late), "most": round(max(late, default=0.0), 2), "n": len(late)},
        "save_s": {"median": _middle(saved), "p95": _late(saved), "n": len(saved)},
        "reloads": sum(phone.reloads for phone in everybody),
        "troubles": sorted({phone.trouble for phone in everybody if phone.trouble})[:5],
        "memory_mb": {
            "begin": round(next((m for m in found.memory_mb if m), 0.0)), "most": round(max(found.memory_mb)),
        },
        "cut_s": CUT_S,
        "restart_s": round(away[1][1] - away[1][0], 1) if len(away) > 1 else None,
        "took_s": round(time.monotonic() - began),
        "real_drawings": SKETCHES.is_file(),
        "load": [round(one, 1) for one in os.getloadavg()],
    }  # fmt: skip


async def _faults(
    line: Line, server: Server, found: Watch, people: list[asyncio.Task[None]], phones: int
) -> list[tuple[float, float]]:
    """Cut the line when a third has drawn, and kill the server when two thirds have; tells when it was away."""
    away = []
    for share, fault in ((1 / 3, "cut"), (2 / 3, "kill")):
        while len(found.reached) < share * phones and not all(one.done() for one in people):
            await asyncio.sleep(0.25)
        began = time.monotonic()
        if fault == "cut":
            await line.cut(CUT_S)
        else:
            server.kill()
            server.start()
            await server.up()
        # Everybody finds the server back within a few seconds; what was late until then is the fault's.
        away.append((began - 3.0, time.monotonic() + 12.0))
    return away


def _during(at: float, away: list[tuple[float, float]]) -> bool:
    return any(first <= at <= last for first, last in away)


def _middle(seconds: list[float]) -> float:
    return round(statistics.median(seconds), 2) if seconds else 0.0


def _late(seconds: list[float]) -> float:
    return round(sorted(seconds)[int(0.95 * (len(seconds) - 1))], 2) if seconds else 0.0


def _counted(private_store: store.Store, workshop_session: str, everybody: list[Phone]) -> dict[str, int]:
    """Look up every code a phone was given; count what is there twice or without a phone that finished."""
    stored = private_store.contributions.count_by_session("demo").get(workshop_session, 0)
    opened = set()
    for phone in everybody:
        if phone.code:
            with contextlib.suppress(Exception):
                opened.add(
                    private_store.contributions.find_by_code(
                        phone.code, device=f"rehearsal {phone.number}"
                    ).contribution.id
                )
    finished = sum(bool(phone.code) for phone in everybody)
    return {
        "finished": finished,
        "stored": stored,
        "lost": finished - len(opened),
        "double": max(0, stored - len(everybody)),
        "altered": len(private_store.maintenance.verify().altered),
    }


def main() -> None:
    """Hold the session and write down what came of it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--phones", type=int, default=50)
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="buurt-rehearsal-") as folder:
        result = asyncio.run(rehearse(asked.phones, Path(folder)))
    text = json.dumps(result, indent=2)
    if asked.json:
        asked.json.write_text(text + "\n", encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
