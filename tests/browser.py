"""The real app in a real browser: start it with a store of its own, visit it, draw with a finger or a mouse.

Every visit ends with two checks that need no asking: the browser spoke to nobody but us, and the content
security policy had nothing to stop.
"""

import math
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    CDPSession,
    Page,
    ViewportSize,
    expect,
    sync_playwright,
)

from start import BROWSERS

ROOT = Path(__file__).resolve().parent.parent
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
PHONE = ViewportSize(width=390, height=844)
DESK = ViewportSize(width=1366, height=768)
Point = tuple[float, float]

expect.set_options(timeout=30_000)  # a busy machine is no fault


@dataclass
class App:
    """The app in a process of its own, on a free port."""

    store: Path
    port: int
    log: Path
    settings: dict[str, str] = field(default_factory=dict)
    script: str = "app.py"
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://localhost:{self.port}"

    def start(self) -> None:
        """Start it and wait until it answers."""
        command = [sys.executable, "-m", "streamlit", "run", self.script, f"--server.port={self.port}"]
        settings = {**os.environ, "BUURT_STORE": f"sqlite:///{self.store}", **self.settings}
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=settings, stdout=log, stderr=log, start_new_session=True
            )
        deadline = time.monotonic() + 90
        while not self.answers():
            assert self.process.poll() is None, self.log.read_text(encoding="utf-8")
            assert time.monotonic() < deadline, self.log.read_text(encoding="utf-8")
            time.sleep(0.1)  # between two knocks on the door

    def answers(self) -> bool:
        """Tell whether it is up."""
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=5) as answer:
                return bool(answer.status == 200)
        except (URLError, OSError):
            return False

    def kill(self) -> None:
        """End it as a power cut would."""
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
            self.process = None


@dataclass
class Visit:
    """One visitor: a page, and what it asked for and complained about."""

    app: App
    page: Page
    context: BrowserContext
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    @property
    def foreign(self) -> set[str]:
        """Hosts that are not ours."""
        hosts = {urlsplit(url).hostname for url in self.asked if not url.startswith(("data:", "blob:"))}
        return {str(host) for host in hosts - {"localhost"}}

    def open(self, path: str = "/?stap=teken", state: str = "ready") -> None:
        """Go to a page and wait until its canvas is in this state and its ground is drawn."""
        self.page.goto(self.app.url + path)
        self.wait(state)
        self.page.wait_for_selector(".canvas[data-arrived~=ground]")

    def wait(self, state: str) -> None:
        """Wait until the canvas is in this state."""
        self.page.wait_for_selector(f".canvas[data-state={state}]", timeout=30_000)

    def press(self, act: str) -> None:
        """Press a button of the canvas."""
        self.page.locator(f"[data-act={act}]").click()

    def middle(self) -> Point:
        """Give the middle of the map in pixels of the page."""
        box = self.page.locator(".canvas .map").bounding_box()
        assert box is not None
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def loop(
        self, radius: float = 100.0, turn: float = 0.97, n: int = 48, squeeze: float = 0.8
    ) -> list[Point]:
        """Give the points of a loop round the middle of the map."""
        x, y = self.middle()
        angles = (2 * math.pi * turn * i / (n - 1) for i in range(n))
        return [(x + radius * math.cos(a), y + radius * squeeze * math.sin(a)) for a in angles]

    def mouse(self, points: Sequence[Point]) -> None:
        """Draw one stroke with the mouse."""
        self.page.mouse.move(*points[0])
        self.page.mouse.down()
        for point in points[1:]:
            self.page.mouse.move(*point)
        self.page.mouse.up()

    def finger(self) -> "Hand":
        """Give a hand that touches the screen."""
        return Hand(self.context.new_cdp_session(self.page))


@dataclass
class Hand:
    """Fingers on the screen, through the browser's own door."""

    session: CDPSession

    def touch(self, kind: str, *fingers: Point) -> None:
        """Put fingers down ("touchStart"), move them ("touchMove") or lift them ("touchEnd")."""
        points = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(fingers)]
        self.session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    def stroke(self, points: Sequence[Point]) -> None:
        """Draw one stroke with one finger."""
        self.touch("touchStart", points[0])
        for point in points[1:]:
            self.touch("touchMove", point)
        self.touch("touchEnd")


def serious(page: Page) -> list[tuple[str, list[str]]]:
    """Give what axe finds serious on the page: the rule, and the pieces of the page that break it."""
    if not page.evaluate("typeof axe === 'object'"):
        # Through the browser's own door: the page's policy lets no script in that we did not serve.
        page.evaluate(AXE.read_text(encoding="utf-8"))
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
    told = page.evaluate("tags => axe.run({runOnly: tags, resultTypes: ['violations']})", tags)
    return [
        (found["id"], [node["html"][:160] for node in found["nodes"]])
        for found in told["violations"]
        if found["impact"] in {"serious", "critical"}
    ]


def find_chromium() -> str:
    """Give the browser to test with; there must be one."""
    found = os.environ.get("BUURT_CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        pytest.fail("no Chromium found: install it or set BUURT_CHROMIUM")
    return found


def free_port() -> int:
    """Give a port that nobody listens on."""
    with socket.socket() as asked:
        asked.bind(("localhost", 0))
        return int(asked.getsockname()[1])


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Give one browser for the whole run; each visit has its own profile in it."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def start_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., App]]:
    """Give a function that starts the app with a store of its own; all are ended afterwards."""
    started: list[App] = []

    def start(script: str = "app.py", **settings: str) -> App:
        folder = tmp_path_factory.mktemp("app")
        app = App(folder / "store.gpkg", free_port(), folder / "log.txt", settings, script)
        app.start()
        started.append(app)
        return app

    yield start
    for app in started:
        app.kill()


@pytest.fixture(scope="session")
def app(start_app: Callable[..., App]) -> App:
    """Give the app that most tests share."""
    return start_app()


@pytest.fixture(scope="session")
def profiles() -> dict[bool, list[BrowserContext]]:
    """Give the profiles that wait for a visit, by touch: what a page is made of is in their cache."""
    return {True: [], False: []}


@pytest.fixture
def visiting(
    chromium: Browser, profiles: dict[bool, list[BrowserContext]]
) -> Callable[..., AbstractContextManager[Visit]]:
    """Give a function that visits an app and checks afterwards what the browser did.

    Every visit finds an empty storage. With `altered`, for who changes the profile itself, it is thrown away.
    """

    def profile(touch: bool) -> BrowserContext:
        if profiles[touch]:
            return profiles[touch].pop()
        size = PHONE if touch else DESK
        return chromium.new_context(
            viewport=size, has_touch=touch, is_mobile=touch, locale="nl-NL", reduced_motion="reduce"
        )

    def leave(visit: Visit) -> None:
        """Go away first: a page that is left writes down its draft."""
        visit.page.goto("about:blank")
        storage = {"origin": visit.app.url, "storageTypes": "local_storage,indexeddb,cache_storage,cookies"}
        visit.context.new_cdp_session(visit.page).send("Storage.clearDataForOrigin", storage)
        for page in visit.context.pages:
            page.close()

    @contextmanager
    def visit(
        app: App, *, touch: bool = False, forgiving: bool = False, altered: bool = False
    ) -> Iterator[Visit]:
        context = profile(touch)
        visit = Visit(app, context.new_page(), context)
        visit.page.on("request", lambda request: visit.asked.append(request.url))
        visit.page.on("websocket", lambda socket: visit.asked.append(socket.url))
        visit.page.on("pageerror", lambda error: visit.complaints.append(str(error)))
        visit.page.on(
            "console",
            # Below the root Streamlit first looks for its own server there: two expected misses.
            lambda said: (
                visit.complaints.append(said.text)
                if said.type == "error" and "/_stcore/" not in said.location["url"]
                else None
            ),
        )
        try:
            yield visit
        except BaseException:
            context.close()
            raise
        if altered:
            context.close()
        else:
            leave(visit)
            profiles[touch].append(context)
        assert visit.foreign == set()
        assert forgiving or visit.complaints == []
        assert not [said for said in visit.complaints if "Content Security Policy" in said]

    return visit
