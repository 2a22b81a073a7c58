"""The first seconds on a poor phone: what the first screen weighs, and when it can be read, used and drawn on.

``python -m benchmarks.first_visit --json OUT [--profile fast3g]``

The real app in a real Chromium, with an empty cache, a line of so many bits a second and a processor so many times
slower. Keys for each profile: ``bytes_first`` and ``requests_first`` until the first screen can be used,
``first_text_s`` (the question can be read), ``usable_s`` (the app's own button is there and its script at rest),
``map_s`` (the map can be drawn on, straight from a link to it), ``repeat_s`` (usable, with everything in the cache).
``load_per_core`` tells how busy the machine was meanwhile: over 1 the seconds are too many.
"""

import argparse
import json
import os
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, sync_playwright

from tests.support.browser import App, find_chromium, free_port

JOIN = ".st-key-join button"
AT_REST = "[data-testid=stApp][data-test-script-state=notRunning]"
MAP = ".canvas[data-state=ready][data-arrived~=ground]"
PATIENCE_MS = 120_000


@dataclass(frozen=True)
class Profile:
    """A line and a processor: bits a second, milliseconds of delay, and how many times slower."""

    bits_s: float
    delay_ms: int
    slower: int


PROFILES = {
    "4g": Profile(9e6, 170, 4),
    "fast3g": Profile(1.6e6, 150, 4),
    "slow3g": Profile(400e3, 400, 6),
}


@dataclass
class Line:
    """What came over the line of one page."""

    n_bytes: float = 0.0
    n_requests: int = 0

    def listen(self, session: CDPSession) -> None:
        """Count what arrives from now on."""
        session.on("Network.requestWillBeSent", lambda _: self._count(0.0, 1))
        session.on("Network.loadingFinished", lambda told: self._count(told["encodedDataLength"], 0))

    def _count(self, n_bytes: float, n_requests: int) -> None:
        self.n_bytes += n_bytes
        self.n_requests += n_requests


def slow_page(context: BrowserContext, profile: Profile) -> tuple[Page, Line]:
    """Return a page on such a line and processor, and what will come over the line."""
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    speed = profile.bits_s / 8
    told = {
        "offline": False,
        "latency": profile.delay_ms,
        "downloadThroughput": speed,
        "uploadThroughput": speed,
    }
    session.send("Network.emulateNetworkConditions", told)
    session.send("Emulation.setCPUThrottlingRate", {"rate": profile.slower})
    line = Line()
    line.listen(session)
    return page, line


def usable(page: Page, url: str) -> tuple[float, float]:
    """Visit the start; return the seconds until its question can be read, and until it can be used."""
    since = time.perf_counter()
    page.goto(url, wait_until="commit", timeout=PATIENCE_MS)
    page.wait_for_selector("h1", timeout=PATIENCE_MS)
    read_s = time.perf_counter() - since
    page.wait_for_selector(JOIN, timeout=PATIENCE_MS)
    page.wait_for_selector(AT_REST, timeout=PATIENCE_MS)
    return read_s, time.perf_counter() - since


def measure(browser: Browser, url: str, profile: Profile) -> dict[str, float]:
    """Measure one profile."""
    phone: dict[str, Any] = {
        "viewport": {"width": 360, "height": 640},
        "is_mobile": True,
        "has_touch": True,
        "locale": "nl-NL",
    }
    context = browser.new_context(**phone)
    page, line = slow_page(context, profile)
    read_s, usable_s = usable(page, url)
    n_bytes, n_requests = line.n_bytes, line.n_requests
    page.wait_for_load_state("networkidle", timeout=PATIENCE_MS)
    page.close()
    page, _ = slow_page(context, profile)
    _, repeat_s = usable(page, url)
    context.close()
    context = browser.new_context(**phone)
    page, _ = slow_page(context, profile)
    since = time.perf_counter()
    page.goto(f"{url}/?stap=teken", wait_until="commit", timeout=PATIENCE_MS)
    page.wait_for_selector(MAP, timeout=PATIENCE_MS)
    map_s = time.perf_counter() - since
    context.close()
    return {
        "bytes_first": round(n_bytes),
        "requests_first": n_requests,
        "first_text_s": round(read_s, 2),
        "usable_s": round(usable_s, 2),
        "map_s": round(map_s, 2),
        "repeat_s": round(repeat_s, 2),
        "load_per_core": round(os.getloadavg()[0] / (os.cpu_count() or 1), 2),
    }


def main() -> None:
    """Measure the profiles and write down what was found."""
    parser = argparse.ArgumentParser(description="The first seconds on a poor phone.")
    parser.add_argument("--json", type=Path, required=True)
    parser.add_argument("--profile", choices=list(PROFILES), action="append")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        app = App(Path(folder) / "store.gpkg", free_port(), Path(folder) / "log.txt")
        app.start()
        try:
            browser = playwright.chromium.launch(executable_path=find_chromium(), args=["--no-sandbox"])
            found = {
                name: measure(browser, app.url, PROFILES[name]) for name in asked.profile or list(PROFILES)
            }
            browser.close()
        finally:
            app.kill()
    asked.json.write_text(json.dumps({"profiles": found}, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(found, indent=2))  # what was measured is what it is for


if __name__ == "__main__":
    main()
