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
from tests.support.temp_store import demo_store

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
PHONE = ViewportSize(width=390, height=844)
DESK = ViewportSize(width=1366, height=768)
Point = tuple[float, float]

STAND_STILL = """(element) => new Promise((resolve) => {
  let place = "", frames = 0;
  const look = () => {
    const { x, y, width, height } = element.getBoundingClientRect();
    const now = [x, y, width, height].join();
    frames = now === place ? frames + 1 : 0;
    place = now;
    frames < 15 ? requestAnimationFrame(look) : resolve();
  };
  look();
})"""
"""Wait until an element has had one place and size for a quarter of a second: nobody aims at what moves."""

MESSAGES = """(() => {
  const messages = { answered: true }, heard = new WeakSet(), send = WebSocket.prototype.send;
  Object.defineProperty(window, "messages", { value: messages });
  WebSocket.prototype.send = function (message) {
    for (const kind of heard.has(this) ? [] : ["message", "close"])
      this.addEventListener(kind, () => { messages.answered = true; });
    heard.add(this);
    messages.answered = false;
    return send.call(this, message);
  };
})()"""
"""Remember whether the server has said something since the page last sent it a message."""

expect.set_options(timeout=30_000)  # a busy machine is no fault


@dataclass
class App:
    """The app in a process of its own, on a free port.

    Attributes
    ----------
    nofile
        How many files it may have open, as by ``ulimit -n``; 0 leaves the limit as it is.
    root
        Where the release lies that is started.
    """

    store: Path
    port: int
    log: Path
    settings: dict[str, str] = field(default_factory=dict)
    script: str = "app.py"
    nofile: int = 0
    root: Path = ROOT
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://localhost:{self.port}"

    def start(self) -> None:
        """Start it and wait until it answers."""
        run = ["ui.server"] if self.script == "app.py" else ["streamlit", "run", self.script]
        command = [sys.executable, "-m", *run, f"--server.port={self.port}"]
        if self.nofile:
            command = ["sh", "-c", f'ulimit -n {self.nofile:d} && exec "$@"', "sh", *command]
        settings = {**os.environ, "BUURT_STORE": f"sqlite:///{self.store}", **self.settings}
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command, cwd=self.root, env=settings, stdout=log, stderr=log, start_new_session=True
            )
        deadline = time.monotonic() + 90
        while not self.answers():
            assert self.process.poll() is None, self.log.read_text(encoding="utf-8")
            assert time.monotonic() < deadline, self.log.read_text(encoding="utf-8")
            time.sleep(0.1)  # between two knocks on the door

    def answers(self) -> bool:
        """Return whether it is up."""
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
        self.page.wait_for_selector(f"body:not(.buurt-gate) .canvas[data-state={state}]", timeout=30_000)

    def press(self, act: str) -> None:
        """Press a button of the canvas."""
        self.page.locator(f"[data-act={act}]").click()

    def middle(self) -> Point:
        """Return the middle of the map in pixels of the page, once the map stands still."""
        ground = self.page.locator(".canvas .map")
        ground.evaluate(STAND_STILL)
        box = ground.bounding_box()
        assert box is not None
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def loop(
        self, radius: float = 100.0, turn: float = 0.97, n: int = 48, squeeze: float = 0.8
    ) -> list[Point]:
        """Return the points of a loop round the middle of the map."""
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
        """Return a hand that touches the screen."""
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


def until(page: Page, condition: str, *, timeout_s: float = 30.0) -> None:
    """Wait until a condition holds in the page.

    What the browser offers for that evaluates the text in the page again and again, which its policy forbids from
    the second time on: a test that had to wait failed by it.
    """
    deadline = time.monotonic() + timeout_s
    while not page.evaluate(condition):
        assert time.monotonic() < deadline, condition
        page.wait_for_timeout(50)  # between two looks


def serious(page: Page) -> list[tuple[str, list[str]]]:
    """Return what axe finds serious on the page: the rule, and the pieces of the page that break it."""
    if not page.evaluate("typeof axe === 'object'"):
        # Through the browser's own door: the page's policy lets no script in that we did not serve.
        page.evaluate(AXE.read_text(encoding="utf-8"))
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
    outcome = page.evaluate("tags => axe.run({runOnly: tags, resultTypes: ['violations']})", tags)
    return [
        (found["id"], [node["html"][:160] for node in found["nodes"]])
        for found in outcome["violations"]
        if found["impact"] in {"serious", "critical"}
    ]


def find_chromium() -> str:
    """Return the browser to test with; there must be one."""
    found = os.environ.get("BUURT_CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        pytest.fail("no Chromium found: install it or set BUURT_CHROMIUM")
    return found


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as asked:
        asked.bind(("localhost", 0))
        return int(asked.getsockname()[1])


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Return one browser for the whole run; each visit has its own profile in it."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=["--no-sandbox"])
        yield browser
        browser.close()


@contextmanager
def starting_apps(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., App]]:
    """Yield a function that starts the app with a store of its own; all are ended afterwards."""
    started: list[App] = []

    def start(script: str = "app.py", **settings: str) -> App:
        folder = tmp_path_factory.mktemp("app")
        settings = {"BUURT_EXAMPLE": "on", **settings}
        app = App(folder / "store.gpkg", free_port(), folder / "log.txt", settings, script)
        if (
            script == "app.py" and "BUURT_DATA" not in settings
        ):  # else the app loads the demo project by itself
            shutil.copyfile(demo_store(), app.store)
        app.start()
        started.append(app)
        return app

    try:
        yield start
    finally:
        for app in started:
            app.kill()


@pytest.fixture(scope="module")
def start_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., App]]:
    """Return a function that starts an app for the tests of one module: it ends with them, and is in nobody's way."""
    with starting_apps(tmp_path_factory) as start:
        yield start


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """Return the app that most tests share."""
    with starting_apps(tmp_path_factory) as start:
        yield start()


@pytest.fixture(scope="session")
def profiles() -> dict[bool, list[BrowserContext]]:
    """Return the profiles that wait for a visit, by touch: what a page is made of is in their cache."""
    return {True: [], False: []}


@pytest.fixture
def visiting(
    chromium: Browser, profiles: dict[bool, list[BrowserContext]]
) -> Callable[..., AbstractContextManager[Visit]]:
    """Return a function that visits an app and checks afterwards what the browser did.

    Every visit finds an empty storage. With `altered`, for who changes the profile itself, it is thrown away.
    """

    def profile(touch: bool) -> BrowserContext:
        if profiles[touch]:
            return profiles[touch].pop()
        size = PHONE if touch else DESK
        made = chromium.new_context(
            viewport=size, has_touch=touch, is_mobile=touch, locale="nl-NL", reduced_motion="reduce",
            service_workers="block",  # what a browser holds has tests of its own; a profile serves many visits
        )  # fmt: skip
        made.add_init_script(MESSAGES)
        return made

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
