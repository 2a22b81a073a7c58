"""The residents' pages within a page of the municipality: only where the operator names that site."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from playwright.sync_api import Browser, expect

import settings
from geo.errors import SettingRefused
from tests.support.browser import DESK, STAND_STILL, App
from tests.ui.test_resident import drawings


class Site(BaseHTTPRequestHandler):
    """A page of another site with one frame, whose address stands behind the question mark."""

    def do_GET(self) -> None:
        """Answer with the page."""
        body = f'<title>Gemeente</title><iframe width="1200" height="720" src="{self.path[2:]}"></iframe>'
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_said: object) -> None:
        """Write nothing to the output of the tests."""


@contextmanager
def other_site() -> Iterator[str]:
    """Serve the page on a port of its own; to a browser another host is another site."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def headers(app: App, path: str) -> dict[str, str]:
    connection = HTTPConnection("127.0.0.1", app.port, timeout=30)
    connection.request("GET", path, headers={"Accept": "text/html"})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return {name.lower(): text for name, text in answer.getheaders()}


def test_drawing_is_kept_from_within_the_page_of_a_site_that_was_named(
    start_app: Callable[..., App], chromium: Browser
) -> None:
    """A browser gives no cookie of ours to a frame in another site, and the drawing arrives all the same."""
    with other_site() as site:
        app = start_app(BUURT_EMBED_IN=f"https://www.gemeente.example, {site}")
        before = len(drawings(app))
        page = chromium.new_context(viewport=DESK, locale="nl-NL", reduced_motion="reduce").new_page()
        page.goto(f"{site}/?{app.url}/?stap=teken")
        frame = page.frame_locator("iframe")
        canvas = frame.locator("body:not(.buurt-gate) .canvas[data-state=ready][data-arrived~=ground]")
        canvas.wait_for(timeout=60_000)
        ground = frame.locator(".canvas .map")
        ground.evaluate(STAND_STILL)
        box = ground.bounding_box()
        assert box is not None
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        page.mouse.move(x - 90, y - 70)
        page.mouse.down()
        for corner in ((x + 90, y - 70), (x + 90, y + 70), (x - 90, y + 70), (x - 90, y - 60)):
            page.mouse.move(*corner, steps=8)
        page.mouse.up()
        frame.locator(".canvas[data-state=drawn]").wait_for()
        frame.locator("[data-act=right]").click()
        expect(frame.get_by_text("Uw tekening is bewaard.")).to_be_visible()
        assert len(drawings(app)) == before + 1
        page.context.close()
        assert "x-frame-options" not in headers(app, "/privacy")
        assert headers(app, "/vergelijk")["x-frame-options"] == "SAMEORIGIN"  # staff pages stay our own


def test_no_other_site_shows_a_page(app: App, chromium: Browser) -> None:
    """Nobody was named: the browser leaves the frame empty."""
    with other_site() as site:
        page = chromium.new_context(viewport=DESK).new_page()
        with page.expect_console_message(lambda said: "frame-ancestors" in said.text):
            page.goto(f"{site}/?{app.url}/")
        expect(page.frame_locator("iframe").locator("#buurt-first, .stApp")).to_have_count(0)
        page.context.close()


@pytest.mark.parametrize("text", ["*", "http://gemeente.example", "gemeente.example", "https://a.example/x"])
def test_what_is_no_site_is_refused(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("BUURT_EMBED_IN", text)
    with pytest.raises(SettingRefused):
        settings.current()
