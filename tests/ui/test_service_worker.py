"""What a browser holds for a second visit and for no network; never anything of a visit, never an old release."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.support.browser import PHONE, App, serious, until
from tests.support.releases import copied_release
from tests.ui.test_resident import at

pytestmark = pytest.mark.browser
START = "Welke buurt is van u?"
HELD = """async () => {
  const found = [];
  for (const name of await caches.keys())
    for (const asked of await (await caches.open(name)).keys()) found.push(asked.url);
  return found;
}"""


@contextmanager
def profile(chromium: Browser) -> Iterator[BrowserContext]:
    """Return a browser that may hold what it likes, as that of a resident."""
    context = chromium.new_context(
        viewport=PHONE, has_touch=True, is_mobile=True, locale="nl-NL", reduced_motion="reduce"
    )
    yield context
    context.close()


def hold(page: Page, app: App) -> None:
    """Visit the start and go on to the map, until the browser holds what it can."""
    page.goto(app.url)
    at(page, START)
    until(page, "navigator.serviceWorker.controller !== null")
    page.get_by_role("button", name="Ik doe mee").click()
    page.wait_for_selector(".canvas[data-arrived~=ground]")
    until(page, f"({HELD})().then((held) => held.some((one) => one.endsWith('/basemap.topojson')))")
    until(page, f"({HELD})().then((held) => held.filter((one) => one.includes('/static/js/')).length > 50)")


@pytest.fixture(scope="module")
def known(app: App, chromium: Browser) -> Iterator[Page]:
    """Return the page of somebody who was here before."""
    with profile(chromium) as context:
        page = context.new_page()
        hold(page, app)
        yield page


def test_scripts_and_ground_are_held_and_nothing_else(app: App, known: Page) -> None:
    known.goto(f"{app.url}/privacy")
    at(known, "Uw privacy")
    held = {urlsplit(address).path for address in known.evaluate(HELD)}
    pages = {path for path in held if path.endswith(".html")}
    assert pages == {"/away.html"}
    grounds = {path for path in held if path.startswith("/geo/")}
    assert {path.rpartition("/")[2] for path in grounds} <= {"basemap.topojson", "names.json"}
    rest = held - pages - grounds
    assert all(path.endswith((".js", ".css")) for path in rest)
    assert all(path.startswith(("/static/js/", "/static/css/", "/assets/")) for path in rest)


def test_a_page_loaded_without_network_says_so_and_comes_back(app: App, known: Page) -> None:
    known.goto(app.url)
    known.context.set_offline(True)
    known.reload()
    expect(known.get_by_role("heading", level=1)).to_have_text("Er is nu geen verbinding")
    assert serious(known) == []
    known.goto(f"{app.url}/?taal=en")
    expect(known.get_by_role("heading", level=1)).to_have_text("There is no connection now")
    known.context.set_offline(False)
    known.get_by_role("link", name="Try again").click()
    at(known, "Which neighbourhood is yours?")


def test_a_second_visit_takes_little_though_the_browser_emptied_its_cache(
    app: App, chromium: Browser, known: Page
) -> None:
    """A phone throws away what it cached of a site that was not seen for some days; what is held stays."""

    def bytes_of(page: Page) -> float:
        line = page.context.new_cdp_session(page)
        line.send("Network.enable")
        line.send("Network.clearBrowserCache")
        taken: list[float] = []
        line.on("Network.loadingFinished", lambda done: taken.append(done["encodedDataLength"]))
        page.goto(app.url)
        at(page, START)
        return sum(taken)

    with_held = bytes_of(known)
    with profile(chromium) as context:
        first = bytes_of(context.new_page())
    assert first > 400_000
    assert with_held < 0.3 * first


def test_after_an_upgrade_nobody_sees_the_old_app(
    tmp_path: Path, start_app: Callable[..., App], chromium: Browser
) -> None:
    """The next release answers at the same address: its page, its scripts; what the last one left is deleted."""
    app = start_app()
    with profile(chromium) as context:
        page = context.new_page()
        hold(page, app)
        old = page.evaluate("document.querySelector('script[src*=\"/assets/\"]').src.split('/')[4]")
        app.kill()
        app.root = upgraded(tmp_path)
        app.start()
        page.goto(app.url)
        at(page, "Een nieuwe versie")
        new = page.evaluate("document.querySelector('script[src*=\"/assets/\"]').src.split('/')[4]")
        assert new != old
        gone = f"({HELD})().then((held) => held.length > 0 && !held.some((one) => one.includes('{old}')))"
        until(page, gone, timeout_s=120)
        context.set_offline(True)
        page.goto(app.url)
        expect(page.get_by_role("heading", level=1)).to_have_text("Nu is er geen verbinding")


def upgraded(folder: Path) -> Path:
    """Return the root of a next release: another script, another title, another page without network."""
    root = copied_release(folder)
    with (root / "ui/browser/shell.js").open("a", encoding="utf-8") as script:
        script.write("// another release\n")
    words = root / "i18n/nl.toml"
    said = words.read_text(encoding="utf-8")
    said = said.replace(START, "Een nieuwe versie").replace(
        "Er is nu geen verbinding", "Nu is er geen verbinding"
    )
    words.write_text(said, encoding="utf-8")
    return root


def test_scripts_that_do_not_arrive_leave_a_sentence_and_a_button(app: App, chromium: Browser) -> None:
    with profile(chromium) as context:
        page = context.new_page()
        page.route("**/*.js", lambda route: route.abort())
        moves = context.new_cdp_session(page)
        moves.send("Animation.enable")
        for path in ("/", "/?stap=teken"):
            page.goto(app.url + path)
            expect(page.locator("#buurt-stuck")).not_to_be_visible()
            moves.send("Animation.setPlaybackRate", {"playbackRate": 100})
            expect(page.locator("#buurt-stuck")).to_be_visible()
            moves.send("Animation.setPlaybackRate", {"playbackRate": 1})
        page.unroute("**/*.js")
        page.get_by_role("link", name="Probeer opnieuw").click()
        page.wait_for_selector(".canvas[data-state=ready]")
        moves.send("Animation.setPlaybackRate", {"playbackRate": 100})
        page.wait_for_timeout(500)
        expect(page.locator("#buurt-stuck")).not_to_be_visible()
