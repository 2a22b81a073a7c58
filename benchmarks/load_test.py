"""A hall full of phones: whether every drawing arrives once, and how long residents wait for the receipt.

``python -m benchmarks.load_test --sessions 200 --browsers 10 --staff backup --nofile 1024 --processes 1 --json OUT``

The real app is started in one process, or in several on one PostgreSQL. Most sessions are phones without a screen
(`benchmarks.streamlit_client`), each with a loopback address of its own; some are pages of a real Chromium that draw
with the mouse. They arrive spread over some minutes, look around for a while, draw, wait until the page says that the
drawing is kept, and leave a minute later. With several processes a phone looks at one and saves at the next. With
``--staff`` an administrator does one action again and again meanwhile (`benchmarks.staff`), on a store that holds
20,000 drawings already.

Afterwards each receipt is looked up in the store. Keys of the result: ``submitted``, ``receipts``, ``stored``,
``lost``, ``double``, ``p50_s``, ``p95_s`` (from the first try of a save to its receipt), ``mb_per_session``, ``staff``,
``commits``, ``open_files`` (of the server that had most), and ``server_cpu_s``: processor time of the servers
themselves, which other work on the machine hardly changes. ``told_to_wait`` counts visits that found the server full
and tried again. The browsers share the machine with the server, so what they wait is told apart (``browser_p95_s``);
``load_per_core`` tells how busy the machine was meanwhile, over 1 with other work than this too.
"""

import argparse
import asyncio
import json
import math
import random
import statistics
import tempfile
import time
import urllib.request
import uuid
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, ExitStack, suppress
from dataclasses import dataclass, field
from datetime import date
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil
from playwright.async_api import Browser, async_playwright
from websockets.exceptions import InvalidStatus, WebSocketException

import i18n
import store
from benchmarks.staff import ACTIONS, LABEL, PASSWORD, TOWN, Staff, fill
from benchmarks.streamlit_client import Phone, Silent
from store import Filters, Project
from study.contributions.save_request import contribution_address
from tests.support.browser import App, find_chromium, free_port
from tests.support.postgres_cluster import Cluster
from ui.routes import READY, SAVE

SESSIONS, BROWSERS, SPREAD_S = 100, 10, 150.0
DRAWINGS = 20_000
"""In the store before a hall with staff begins."""

STAY_S = 60.0
"""How long a phone stays after its receipt."""

PATIENCE_S = 300.0
"""How long a phone goes on trying to come in, or to save, before it is written down as one that failed."""

FULL_S = 10.0
"""Between two tries of a visit that found the server full, as its page says."""

ADDRESSES = 250
"""Loopback addresses that phones come from: the budgets of one address hold as in the open."""

MAX_SAVING = 256
"""Phones that may be in the middle of a save at once: none waits for a thread of ours."""

W = i18n.get_translator("nl")
SAVED_TEXT = W("draw.kept")
MAX_OF_A_BROWSER_S = 240.0
"""A page that did not get its receipt by then is written down as one that failed."""

Loop = list[tuple[float, float]]


def put_drawing(url: str, key: str, body: bytes, source: str = "") -> tuple[int, dict[str, Any]]:
    """Save a drawing as a browser does; return the status and what was said."""
    where = urlsplit(url)
    connection = HTTPConnection(
        str(where.hostname), where.port, timeout=90, source_address=(source, 0) if source else None
    )
    try:
        path = f"{SAVE}/{contribution_address(key)}"
        connection.request("PUT", path, body, {"Content-Type": "application/json", "X-Buurt": "1"})
        answer = connection.getresponse()
        text = answer.read()
        is_ours = answer.headers.get_content_type() == "application/json"
        return answer.status, json.loads(text) if is_ours else {"error": text[:80].decode(errors="replace")}
    finally:
        connection.close()


@dataclass
class Hall:
    """One session: where it is, and what came of it.

    Attributes
    ----------
    urls
        Of every process of the app.
    waits_s
        Seconds from saying "that is right" to reading that it is kept; phones without a screen.
    browser_waits_s
        The same for the pages of a real browser.
    receipts
        Ids that browsers made up, of drawings that were said to be kept.
    told_to_wait
        Visits that found the server full and tried again.
    later
        Answers to saves that were tried again: status and error to how often.
    """

    urls: Sequence[str]
    project: str
    chance: random.Random
    spread_s: float
    submitted: int = 0
    told_to_wait: int = 0
    later: Counter[str] = field(default_factory=Counter)
    waits_s: list[float] = field(default_factory=list)
    browser_waits_s: list[float] = field(default_factory=list)
    receipts: set[str] = field(default_factory=set)
    browser_receipts: int = 0
    failures: list[str] = field(default_factory=list)

    def loop(self) -> Loop:
        """Return a wobbly loop somewhere in the town, degrees."""
        x = TOWN[0] + self.chance.uniform(-0.012, 0.012)
        y = TOWN[1] + self.chance.uniform(-0.006, 0.006)
        wide = self.chance.uniform(0.002, 0.007)
        points = [
            (
                x + wide * (1 + self.chance.uniform(-0.1, 0.1)) * math.cos(2 * math.pi * n / 40),
                y + 0.6 * wide * (1 + self.chance.uniform(-0.1, 0.1)) * math.sin(2 * math.pi * n / 40),
            )
            for n in range(40)
        ]
        return [*points, points[0]]

    async def phone(self, number: int) -> None:
        """Come in, look around, draw, wait for the receipt, and stay for a while."""
        phone = Phone(self.urls[number % len(self.urls)])
        await asyncio.sleep(self.chance.uniform(0, self.spread_s))
        try:
            await self._come_in(phone)
            await phone.open(f"/?project={self.project}")
            await asyncio.sleep(self.chance.uniform(0.5, 3))
            await phone.press("join")
            await asyncio.sleep(self.chance.uniform(0.5, 3))
            await asyncio.sleep(self.chance.uniform(5, 25))
            await self._draw(phone, number)
            await asyncio.sleep(STAY_S)
        except (Silent, OSError, TimeoutError, EOFError, HTTPException, WebSocketException) as problem:
            self.failures.append(f"{type(problem).__name__}: {problem}"[:300])
        finally:
            if phone.is_connected:
                await phone.close()

    async def _come_in(self, phone: Phone) -> None:
        """Connect; who finds the server full waits as the page says, and tries again."""
        last_s = time.monotonic() + PATIENCE_S
        while True:
            try:
                return await phone.connect()
            except InvalidStatus as refused:
                if refused.response.status_code != 403 or time.monotonic() > last_s:
                    raise
            self.told_to_wait += 1
            await asyncio.sleep(FULL_S)

    async def _draw(self, phone: Phone, number: int) -> None:
        made, loop = str(uuid.UUID(int=self.chance.getrandbits(128), version=4)), self.loop()
        drawing = {
            "version": 1,
            "key": made,
            "geometry": {"type": "Polygon", "coordinates": [loop]},
            "strokes": [{"tool": "lasso", "points": [[x, y, 16 * n] for n, (x, y) in enumerate(loop)]}],
            "tool": "lasso",
            "seconds": 20,
            "first_width_m": 2000,
            "start_width_m": 2000,
            "screen": "phone",
            "input": "touch",
            "shown": [],
        }
        self.submitted += 1
        started = time.perf_counter()
        body = json.dumps({**drawing, **phone.data("buurt_canvas")["save"]["facts"]}).encode()
        await self._save(made, body, number)
        took = time.perf_counter() - started
        await phone.send("buurt_canvas", "own", {"drawing": {"id": made, "turn": 1}})
        if SAVED_TEXT not in phone.text():
            raise Silent(f"no receipt: {phone.text()[:200]}")
        self.waits_s.append(took)
        self.receipts.add(made)

    async def _save(self, key: str, body: bytes, number: int) -> None:
        """Send a drawing until it is kept, as the canvas does: the same bytes again where it is told "later"."""
        url = self.urls[(number + 1) % len(self.urls)]  # not where the page is from, where there are several
        source = f"127.0.2.{1 + number % ADDRESSES}"
        last_s, wait_s = time.monotonic() + PATIENCE_S, 1.0
        while True:
            status, answer = await asyncio.to_thread(put_drawing, url, key, body, source)
            if status in {200, 201}:
                return
            if (status != 429 and status < 500) or time.monotonic() > last_s:
                raise Silent(f"not saved: {status} {answer}")
            self.later[f"{status} {answer.get('error', '')}".strip()] += 1
            await asyncio.sleep(wait_s * self.chance.uniform(0.5, 1.5))
            wait_s = min(30.0, 2 * wait_s)

    async def visitor(self, browser: Browser, number: int) -> None:
        """Do the same with the mouse, in a page of a real browser."""
        await asyncio.sleep(self.chance.uniform(0, self.spread_s))
        try:
            async with asyncio.timeout(MAX_OF_A_BROWSER_S):
                await self._with_the_mouse(browser, self.urls[number % len(self.urls)])
        except Exception as problem:  # noqa: BLE001  # whatever goes wrong in a browser is a result, not a crash
            self.failures.append(f"browser: {type(problem).__name__}: {problem}"[:300])

    async def _with_the_mouse(self, browser: Browser, url: str) -> None:
        context = await browser.new_context(viewport={"width": 800, "height": 900}, locale="nl-NL")
        try:
            page = await context.new_page()
            page.set_default_timeout(90_000)
            await page.goto(f"{url}/?project={self.project}")
            await page.get_by_role("button", name=W("start.join"), exact=True).click()
            await page.wait_for_selector(".canvas[data-state=ready][data-arrived~=ground]")
            box = await page.locator(".canvas .map").bounding_box()
            assert box is not None
            x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
            radius = self.chance.uniform(50, 120)
            await page.mouse.move(x + radius, y)
            await page.mouse.down()
            for n in range(1, 40):
                angle = 2 * math.pi * n / 41
                await page.mouse.move(x + radius * math.cos(angle), y + radius * math.sin(angle))
            await page.mouse.up()
            await page.wait_for_selector(".canvas[data-state=drawn]")
            self.submitted += 1
            started = time.perf_counter()
            await page.locator("[data-act=right]").click()
            await page.get_by_text(SAVED_TEXT).wait_for()
            self.browser_waits_s.append(time.perf_counter() - started)
            self.browser_receipts += 1
        finally:
            await context.close()


def memory_mb(apps: Sequence[App]) -> float:
    """Return the memory that is the servers' alone, MB: the pages of libraries come and go with the system."""
    running = [psutil.Process(app.process.pid) for app in apps if app.process is not None]
    return sum(float(one.memory_full_info().uss) for one in running) / 1e6


def cpu_s(apps: Sequence[App]) -> float:
    """Return the processor time that the servers took since they started, s; jobs in processes of their own apart."""
    times = [psutil.Process(app.process.pid).cpu_times() for app in apps if app.process is not None]
    return float(sum(one.user + one.system for one in times))


@dataclass
class Watch:
    """What the servers had at most, looked at every two seconds.

    Attributes
    ----------
    memory_mb
        Of all of them together.
    open_files
        Of the one that had most.
    """

    memory_mb: float = 0.0
    open_files: int = 0

    async def look(self, apps: Sequence[App]) -> None:
        """Look until cancelled."""
        while True:
            running = [psutil.Process(app.process.pid) for app in apps if app.process is not None]
            self.memory_mb = max(self.memory_mb, memory_mb(apps))
            self.open_files = max(self.open_files, *(one.num_fds() for one in running))
            await asyncio.sleep(2)


async def hold(hall: Hall, apps: Sequence[App], staff: Staff | None, sessions: int, browsers: int) -> Watch:
    """Let everybody in, staff first; return what the servers had at most."""
    watch = Watch()
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(MAX_SAVING))
    async with AsyncExitStack() as stack:
        browser: Browser | None = None
        if browsers:
            playwright = await stack.enter_async_context(async_playwright())
            browser = await playwright.chromium.launch(executable_path=find_chromium(), args=["--no-sandbox"])
            stack.push_async_callback(browser.close)
        meanwhile = [asyncio.create_task(watch.look(apps))]
        if staff is not None:
            began = asyncio.Event()
            meanwhile.append(asyncio.create_task(staff.work(began)))
            await began.wait()
        visitors = [hall.phone(number) for number in range(sessions)]
        visitors += [hall.visitor(browser, number) for number in range(browsers) if browser is not None]
        await asyncio.gather(*visitors)
        for task in meanwhile:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
    return watch


def counted(hall: Hall, url: str, n_before: int) -> dict[str, int]:
    """Look up every receipt in the store, which held `n_before` drawings before the hall."""
    with store.open_store(url) as private_store:
        filed = list(
            private_store.contributions.read_sketches(
                hall.project, filters=Filters(include_practice=True, include_saw_borders=True)
            ).index
        )
        known = {made: private_store.contributions.get_receipt(made) for made in hall.receipts}
        sound = private_store.maintenance.verify()
    promised = {receipt.id for receipt in known.values() if receipt is not None}
    lost = sum(receipt is None or receipt.id not in filed for receipt in known.values())
    stored = len(filed) - n_before
    # A browser makes its id up by itself, so its drawings are counted.
    others = len(set(filed)) - n_before - len(promised)
    return {
        "stored": stored,
        "lost": lost + max(0, hall.browser_receipts - others),
        "double": len(filed) - len(set(filed)) + max(0, stored - hall.submitted),
        "altered": len(sound.altered),
    }


def commits(apps: Sequence[App]) -> tuple[int, int]:
    """Return how often the servers wrote to the disk since they started, and how many writes went together at most."""
    answers = []
    for app in apps:
        with urllib.request.urlopen(f"{app.url}{READY}", timeout=60) as answer:
            answers.append(json.loads(answer.read()))
    return sum(one["commits"] for one in answers), max(one["largest_batch"] for one in answers)


def percentile(waits_s: list[float], share: float) -> float | None:
    """Return the wait that this share did not exceed, s; None for nobody."""
    if not waits_s:
        return None
    return round(sorted(waits_s)[min(len(waits_s) - 1, math.ceil(share * len(waits_s)) - 1)], 3)


def arguments() -> argparse.Namespace:
    """Return what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--sessions", type=int, default=SESSIONS, help="visitors, phones and browsers together"
    )
    parser.add_argument("--browsers", type=int, default=BROWSERS, help="pages of a real Chromium among them")
    parser.add_argument("--staff", choices=["none", *ACTIONS], default="none", help="what staff do meanwhile")
    parser.add_argument("--nofile", type=int, default=0, help="open files of each server, as by ulimit -n")
    parser.add_argument("--processes", type=int, default=1, help="processes of the app, on one PostgreSQL")
    parser.add_argument("--store", help="address; by default a new file, or a new PostgreSQL for processes")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--drawings", type=int, help="in the store before; 20,000 with staff")
    parser.add_argument("--spread", type=float, default=SPREAD_S, help="seconds over which people arrive")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    if chosen.processes > 1 and (chosen.store or "").startswith("sqlite:"):
        parser.error("several processes need a store of PostgreSQL")
    if chosen.drawings is None:
        chosen.drawings = 0 if chosen.staff == "none" else DRAWINGS
    return chosen


def main() -> None:
    """Hold the session and write the counts."""
    chosen = arguments()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="buurt-hall-")))
        url = chosen.store or f"sqlite:///{folder}/buurt.gpkg"
        if chosen.processes > 1 and not chosen.store:
            url = stack.enter_context(Cluster.started(durable=True)).database()
        project = f"hall-{uuid.uuid4().hex[:8]}"
        with store.open_store(url) as private_store:
            private_store.projects.save(Project(project, "Hall", "GM9901", date(2099, 12, 31)))
            fill(private_store, project, chosen.drawings)
            if chosen.staff != "none" and not private_store.accounts.list_all():
                private_store.accounts.create(LABEL, "administrator", PASSWORD)
        settings = {"BUURT_STORE": url, "BUURT_BACKUPS": str(folder / "backups")}
        apps = [
            App(folder / "none", free_port(), folder / f"log-{n}.txt", settings, nofile=chosen.nofile)
            for n in range(chosen.processes)
        ]
        for app in apps:  # one after the other: the first loads the example
            stack.callback(app.kill)
            app.start()
        result = _held(chosen, apps, project, url)
    print(json.dumps(result, indent=1))
    if chosen.json:
        chosen.json.write_text(json.dumps(result, indent=1) + "\n")
    raise SystemExit(1 if result["lost"] or result["double"] or result["n_failures"] else 0)


def _held(chosen: argparse.Namespace, apps: Sequence[App], project: str, url: str) -> dict[str, Any]:
    """Hold the session at servers that are there; return the counts."""
    hall = Hall([app.url for app in apps], project, random.Random(chosen.seed), chosen.spread)
    staff = None if chosen.staff == "none" else Staff(apps[0].url, project, chosen.staff)
    phones = max(0, chosen.sessions - chosen.browsers)
    before_mb, before_s, (commits_before, _) = memory_mb(apps), cpu_s(apps), commits(apps)
    started = time.perf_counter()
    watch = asyncio.run(hold(hall, apps, staff, phones, chosen.browsers))
    seconds = time.perf_counter() - started
    commits_after, largest = commits(apps)
    took_s = [] if staff is None else staff.took_s
    return {
        "submitted": hall.submitted,
        "receipts": len(hall.receipts) + hall.browser_receipts,
        **counted(hall, url, chosen.drawings),
        "p50_s": percentile(hall.waits_s, 0.5),
        "p95_s": percentile(hall.waits_s, 0.95),
        "longest_s": percentile(hall.waits_s, 1.0),
        "mean_s": round(statistics.fmean(hall.waits_s), 3) if hall.waits_s else None,
        "browser_p50_s": percentile(hall.browser_waits_s, 0.5),
        "browser_p95_s": percentile(hall.browser_waits_s, 0.95),
        "mb_per_session": round((watch.memory_mb - before_mb) / max(1, chosen.sessions), 2),
        "server_mb": round(watch.memory_mb),
        "server_cpu_s": round(cpu_s(apps) - before_s, 1),
        "open_files": watch.open_files,
        "staff": chosen.staff,
        "staff_done": len(took_s),
        "staff_p50_s": percentile(took_s, 0.5),
        "staff_refused": [] if staff is None else staff.refused,
        "commits": commits_after - commits_before,
        "largest_batch": largest,
        "told_to_wait": hall.told_to_wait,
        "tried_again": hall.later.total(),
        "later": dict(hall.later),
        "sessions": chosen.sessions,
        "browsers": chosen.browsers,
        "processes": chosen.processes,
        "nofile": chosen.nofile,
        "store": url.partition(":")[0],
        "drawings": chosen.drawings,
        "spread_s": chosen.spread,
        "seconds": round(seconds),
        "load_per_core": round(psutil.getloadavg()[1] / psutil.cpu_count(), 1),
        "failures": hall.failures[:10],
        "n_failures": len(hall.failures),
    }


if __name__ == "__main__":
    main()
