"""A hall full of phones: whether every drawing arrives once, and how long residents wait for the receipt.

``python -m benchmarks.hall --sessions 100 --browsers 10 --json OUT [--store URL]``

The real app is started in a process of its own. Most sessions are phones without a screen
(`benchmarks.phone`); some are pages of a real Chromium that draw with the mouse. They arrive spread over
some minutes, look around for a while, draw, and wait until the page says that the drawing is kept.
Afterwards each receipt is looked up in the store. Keys of the result: ``submitted``, ``receipts``,
``stored``, ``lost``, ``double``, ``p50_s``, ``p95_s``, ``mb_per_session``. The browsers share the machine
with the server, so what they wait is told apart (``browser_p95_s``); ``load_per_core`` tells how busy the
machine was meanwhile, over 1 with other work than this too.
"""

import argparse
import asyncio
import json
import math
import random
import statistics
import tempfile
import time
import uuid
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import psutil
from playwright.async_api import Browser, async_playwright
from websockets.exceptions import WebSocketException

import store
import words
from benchmarks.phone import Phone, Silent
from store import Filters, Project
from tests.browser import App, find_chromium, free_port

SESSIONS, BROWSERS, SPREAD_S = 100, 10, 150.0
W = words.of("nl")
KEPT = W("draw.kept")
TOWN = (5.20, 52.578)
"""About the middle of the made-up town, degrees."""

MOST_OF_A_BROWSER_S = 240.0
"""A page that did not get its receipt by then is written down as one that failed."""

Loop = list[tuple[float, float]]


@dataclass
class Hall:
    """One evening: where it is, and what came of it.

    Attributes
    ----------
    waits_s
        Seconds from saying "that is right" to reading that it is kept; phones without a screen.
    browser_waits_s
        The same for the pages of a real browser.
    receipts
        Ids that browsers made up, of drawings that were said to be kept.
    """

    url: str
    project: str
    chance: random.Random
    spread_s: float
    submitted: int = 0
    waits_s: list[float] = field(default_factory=list)
    browser_waits_s: list[float] = field(default_factory=list)
    receipts: set[str] = field(default_factory=set)
    browser_receipts: int = 0
    failures: list[str] = field(default_factory=list)

    def loop(self) -> Loop:
        """Give a wobbly loop somewhere in the town, degrees."""
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

    async def phone(self, phone: Phone) -> None:
        """Come in, look around, draw, and wait for the receipt. The connection stays open."""
        await asyncio.sleep(self.chance.uniform(0, self.spread_s))
        try:
            await phone.connect()
            await phone.open(f"/?project={self.project}")
            await asyncio.sleep(self.chance.uniform(0.5, 3))
            await phone.press("join")
            await asyncio.sleep(self.chance.uniform(0.5, 3))
            await phone.press("skip_home")
            await asyncio.sleep(self.chance.uniform(5, 25))
            await self._draw(phone)
        except (Silent, OSError, TimeoutError, EOFError, WebSocketException) as problem:
            self.failures.append(f"{type(problem).__name__}: {problem}"[:300])

    async def _draw(self, phone: Phone) -> None:
        made, loop = str(uuid.UUID(int=self.chance.getrandbits(128), version=4)), self.loop()
        drawing = {
            "id": made,
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
        await phone.send("buurt_canvas", "own", {"drawing": drawing})
        took = time.perf_counter() - started
        if KEPT not in phone.text():
            raise Silent(f"no receipt: {phone.text()[:200]}")
        self.waits_s.append(took)
        self.receipts.add(made)

    async def visitor(self, browser: Browser) -> None:
        """Do the same with the mouse, in a page of a real browser."""
        await asyncio.sleep(self.chance.uniform(0, self.spread_s))
        try:
            async with asyncio.timeout(MOST_OF_A_BROWSER_S):
                await self._with_the_mouse(browser)
        except Exception as problem:  # noqa: BLE001  # whatever goes wrong in a browser is a result, not a crash
            self.failures.append(f"browser: {type(problem).__name__}: {problem}"[:300])

    async def _with_the_mouse(self, browser: Browser) -> None:
        context = await browser.new_context(viewport={"width": 800, "height": 900}, locale="nl-NL")
        try:
            page = await context.new_page()
            page.set_default_timeout(90_000)
            await page.goto(f"{self.url}/?project={self.project}")
            await page.get_by_role("button", name=W("start.join"), exact=True).click()
            await page.get_by_role("button", name=W("home.skip"), exact=True).click()
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
            await page.get_by_text(KEPT).wait_for()
            self.browser_waits_s.append(time.perf_counter() - started)
            self.browser_receipts += 1
        finally:
            await context.close()


def memory_mb(app: App) -> float:
    """Give the memory that is the server's alone, MB: the pages of its libraries come and go with the system."""
    assert app.process is not None
    return float(psutil.Process(app.process.pid).memory_full_info().uss) / 1e6


async def evening(hall: Hall, app: App, sessions: int, browsers: int) -> tuple[float, float]:
    """Let everybody in; give how many MB the server grew for each while all were there, and what it had then.

    What all share (modules, caches) is in it, so it is the most that a session can take: how much of the
    memory is one session's alone can't be told from outside.
    """
    before = memory_mb(app)
    async with AsyncExitStack() as stack:
        playwright = await stack.enter_async_context(async_playwright())
        browser = await playwright.chromium.launch(executable_path=find_chromium(), args=["--no-sandbox"])
        phones = [Phone(hall.url) for _ in range(sessions)]
        await asyncio.gather(
            *(hall.phone(phone) for phone in phones), *(hall.visitor(browser) for _ in range(browsers))
        )
        after = memory_mb(app)
        await browser.close()
        await asyncio.gather(*(phone.close() for phone in phones if phone.is_connected))
    return (after - before) / max(1, sessions + browsers), after


def counted(hall: Hall, url: str) -> dict[str, int]:
    """Look up every receipt in the store."""
    with store.open(url) as door:
        filed = list(door.sketches(hall.project, filters=Filters(practice=True, saw_borders=True)).index)
        known = {made: door.receipt(made) for made in hall.receipts}
        sound = door.verify()
    promised = {receipt.id for receipt in known.values() if receipt is not None}
    lost = sum(receipt is None or receipt.id not in filed for receipt in known.values())
    # A browser makes its id up by itself, so its drawings are counted.
    others = len(set(filed) - promised)
    return {
        "stored": len(filed),
        "lost": lost + max(0, hall.browser_receipts - others),
        "double": len(filed) - len(set(filed)) + max(0, len(filed) - hall.submitted),
        "altered": len(sound.altered),
    }


def percentile(waits_s: list[float], share: float) -> float | None:
    """Give the wait that this share did not exceed, s; None for nobody."""
    if not waits_s:
        return None
    return round(sorted(waits_s)[min(len(waits_s) - 1, math.ceil(share * len(waits_s)) - 1)], 3)


def main() -> None:
    """Hold the evening and write the counts."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sessions", type=int, default=SESSIONS, help="phones without a screen")
    parser.add_argument("--browsers", type=int, default=BROWSERS, help="pages of a real Chromium among them")
    parser.add_argument("--spread", type=float, default=SPREAD_S, help="seconds over which people arrive")
    parser.add_argument("--store", help="address; by default a file in a temporary folder")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="buurt-hall-") as folder:
        url = chosen.store or f"sqlite:///{folder}/buurt.gpkg"
        project = f"hall-{uuid.uuid4().hex[:8]}"
        app = App(Path(folder) / "buurt.gpkg", free_port(), Path(folder) / "log.txt", {"BUURT_STORE": url})
        with store.open(url) as door:
            door.save_project(Project(project, "Hall", "GM9901", date(2099, 12, 31)))
        app.start()
        hall = Hall(app.url, project, random.Random(chosen.seed), chosen.spread)
        started = time.perf_counter()
        phones = max(0, chosen.sessions - chosen.browsers)
        try:
            mb, whole_mb = asyncio.run(evening(hall, app, phones, chosen.browsers))
        finally:
            app.kill()
        found = counted(hall, url)
    result: dict[str, Any] = {
        "submitted": hall.submitted,
        "receipts": len(hall.receipts) + hall.browser_receipts,
        **found,
        "p50_s": percentile(hall.waits_s, 0.5),
        "p95_s": percentile(hall.waits_s, 0.95),
        "mean_s": round(statistics.fmean(hall.waits_s), 3) if hall.waits_s else None,
        "browser_p50_s": percentile(hall.browser_waits_s, 0.5),
        "browser_p95_s": percentile(hall.browser_waits_s, 0.95),
        "mb_per_session": round(mb, 2),
        "server_mb": round(whole_mb),
        "sessions": chosen.sessions,
        "browsers": chosen.browsers,
        "spread_s": chosen.spread,
        "seconds": round(time.perf_counter() - started),
        "load_per_core": round(psutil.getloadavg()[1] / psutil.cpu_count(), 1),
        "failures": hall.failures[:10],
        "n_failures": len(hall.failures),
    }
    print(json.dumps(result, indent=1))
    if chosen.json:
        chosen.json.write_text(json.dumps(result, indent=1) + "\n")
    raise SystemExit(1 if found["lost"] or found["double"] or hall.failures else 0)


if __name__ == "__main__":
    main()
