"""A workshop session in a real browser: joined by code, grown without a flash, told by keys, read without internet."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, WebSocketRoute, expect
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

import i18n
import store
from maps.documents.slideshow import Slide
from maps.documents.slideshow import render_slideshow as presentation
from store import Actor, Store, WorkshopSession
from tests.support import controls
from tests.support.browser import App, serious

pytestmark = pytest.mark.browser
Visiting = Callable[..., Any]
PLANNER = Actor("planner", account="demo")


@pytest.fixture(scope="module")
def private_store(app: App) -> Iterator[Store]:
    """Return the store of the app, from another process."""
    with store.open_store(f"sqlite:///{app.store}") as opened:
        yield opened


@pytest.fixture
def workshop_session(private_store: Store) -> WorkshopSession:
    """Return an open session with two tables."""
    wanted = WorkshopSession("demo", "Buurthuis", date.today(), groups=("a", "b"), questions=("name",))
    return private_store.sessions.create(wanted, by=PLANNER)[0]


def test_the_code_lands_in_drawing_for_this_session(
    app: App, visiting: Visiting, private_store: Store, workshop_session: WorkshopSession
) -> None:
    """Typed as people type; a table is chosen; what is drawn is of this session and this table."""
    with visiting(app, touch=True) as visit:
        visit.page.goto(f"{app.url}/mee")
        visit.page.get_by_label("De code van zes tekens").fill(
            f"{workshop_session.code[:3]} {workshop_session.code[3:].lower()}"
        )
        visit.page.get_by_role("button", name="Doe mee").tap()
        controls.pick(visit.page, "join.group", "b")
        visit.page.get_by_role("link", name="Teken mijn buurt").tap()
        visit.page.get_by_role("button", name="Ik doe mee").tap()
        visit.wait("ready")
        visit.finger().stroke(visit.loop())
        visit.press("right")
        visit.page.locator("[class*=st-key-next_teken] button").wait_for()
    drawn = private_store.contributions.read_sketches("demo")
    mine = drawn[drawn["session"] == workshop_session.id]
    assert mine["group"].tolist() == ["b"]


PRESS_H = """pane => {
  window.dispatchEvent(new KeyboardEvent("keydown", { key: "h" }));
  return getComputedStyle(pane).visibility;
}"""
"""Press the key and look at once: no answer of a server can have come in between."""


def test_the_beamer_counts_and_grows_on_one_map(
    app: App, visiting: Visiting, workshop_session: WorkshopSession
) -> None:
    """Invented residents draw while it is watched: the numbers follow, and the map is never made anew."""
    with visiting(app) as watching, visiting(app) as asking:
        watching.page.goto(f"{app.url}/scherm?avond={workshop_session.id}")
        watching.page.wait_for_selector(".canvas[data-arrived~=ground]", timeout=60_000)
        asking.page.goto(f"{app.url}/avond?avond={workshop_session.id}")
        asking.page.locator(".st-key-fill button").wait_for(timeout=60_000)
        controls.rest(asking.page)  # else the press may fall on a page that is made anew
        asking.page.locator(".st-key-fill button").click()
        watching.page.locator(".beamer-count b", has_text="10").wait_for(timeout=60_000)
        page, hidden = watching.page, i18n.get_translator("nl")("live.hidden")
        page.get_by_text(hidden).wait_for()
        assert page.locator(".canvas[data-arrived~=bands]").count() == 0, "nothing appears by itself"
        page.keyboard.press("h")
        page.wait_for_selector(".canvas[data-arrived~=bands]", timeout=60_000)
        assert page.locator(".canvas").get_attribute("data-opened") == "1"
        assert page.locator(".beamer-code").inner_text() == workshop_session.code
        page.get_by_text(hidden).wait_for(state="detached")
        pane = page.locator(".leaflet-cores-pane")
        assert pane.evaluate("pane => getComputedStyle(pane).visibility") == "visible"
        assert pane.evaluate(PRESS_H) == "hidden"
        page.get_by_text(hidden).wait_for()
        assert (
            page.locator(".leaflet-cores-pane").evaluate("pane => getComputedStyle(pane).visibility")
            == "hidden"
        )


@pytest.mark.parametrize("n", [2, 4, 8, 12])
def test_many_tables_stand_on_the_beamer_whole(
    app: App, visiting: Visiting, private_store: Store, n: int
) -> None:
    """Names of thirty letters fit every beamer, an equal count is an equal length, and typing is read from afar."""
    names = tuple(f"jongeren met een lange naam {nth:02d}" for nth in range(1, n + 1))
    made, _ = private_store.sessions.create(
        WorkshopSession("demo", "Zaal", date.today(), groups=names), by=PLANNER
    )
    with visiting(app) as visit:
        page = visit.page
        page.goto(f"{app.url}/scherm?avond={made.id}")
        page.locator(".beamer-groups li").nth(n - 1).wait_for(timeout=60_000)
        assert f"localhost:{app.port}/mee en typ" in page.locator(".beamer-type").inner_text()
        for width, height in ((1920, 1080), (1366, 768), (1280, 720), (1024, 768)):
            page.set_viewport_size({"width": width, "height": height})
            lowest, right = page.evaluate(
                "(({ bottom, right }) => [bottom, right])"
                "(document.querySelector('.beamer-side').getBoundingClientRect())"
            )
            assert lowest <= height, (width, height)
            assert right <= width, (width, height)
            bars = page.evaluate(
                "[...document.querySelectorAll('.beamer-groups .bar')].map((bar) => bar.getBoundingClientRect())"
                ".map(({ left, width }) => [Math.round(left), Math.round(width)].join())"
            )
            assert len(set(bars)) == 1
            assert int(bars[0].partition(",")[2]) >= 40
            letters = [
                float(page.locator(name).evaluate("one => parseFloat(getComputedStyle(one).fontSize)"))
                for name in (".beamer-type", ".beamer-code")
            ]
            assert min(letters) >= 48 * width / 1920, (width, letters)


PAGES = {
    "avond": ".st-key-pack",
    "scherm": ".canvas[data-arrived~=bands]",
    "verhaal": ".canvas[data-arrived~=story-wide]",
    "samen": ".st-key-outcome",
    "papier": "[data-testid=stForm]",
}
"""The facilitator's pages, and what stands on each when it is there."""


def test_a_clicker_moves_the_story_and_no_page_has_a_barrier(
    app: App, visiting: Visiting, private_store: Store, workshop_session: WorkshopSession
) -> None:
    """Axe finds nothing serious, and on a small beamer nothing runs off the side."""
    found = {}
    private_store.stage.set_map_hidden(workshop_session.id, False, by=PLANNER)
    with visiting(app) as visit:
        page = visit.page
        page.set_viewport_size({"width": 1024, "height": 768})
        page.goto(f"{app.url}/avond?avond={workshop_session.id}")
        page.locator(".st-key-fill button").click(timeout=60_000)
        page.get_by_text("Er zijn nu 10 tekeningen.").wait_for(timeout=60_000)
        for name, there in PAGES.items():
            page.goto(f"{app.url}/{name}?avond={workshop_session.id}")
            page.locator(there).wait_for(timeout=60_000)
            wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            found[name] = serious(page) + ([("wide", wide)] if wide > 0 else [])
            if name == "verhaal":
                # A clicker is quicker than a page: every press counts.
                page.keyboard.press("PageDown")
                page.keyboard.press("PageDown")
                page.locator(".story-head", has_text=" 3 / ").wait_for()
                page.keyboard.press("PageUp")
                page.locator(".story-head", has_text=" 2 / ").wait_for()
    assert {name: barriers for name, barriers in found.items() if barriers} == {}


def test_a_real_session_opens_with_the_secret_only(
    app: App, visiting: Visiting, private_store: Store
) -> None:
    """The secret leaves the address at once, and stands in no line of the log."""
    real = store.Project("echt", "Echt", "GM9901", date(2099, 1, 1))
    private_store.projects.save(real)
    made, secret = private_store.sessions.create(WorkshopSession("echt", "Zaal", date.today()), by=PLANNER)
    at = f"{app.url}/scherm?avond={made.id}&project=echt"
    with visiting(app) as stranger:
        stranger.page.goto(at)
        stranger.page.locator("[data-testid=stAlert]").wait_for(timeout=60_000)
    with visiting(app) as facilitator:
        facilitator.page.goto(f"{at}#{secret}")
        facilitator.page.locator(".beamer-code").wait_for(timeout=60_000)
        assert secret not in facilitator.page.url
        assert not any(secret in asked.split("#", maxsplit=1)[0] for asked in facilitator.asked)
    assert secret not in app.log.read_text(encoding="utf-8")


def test_the_story_opens_without_internet(chromium: Browser, tmp_path: Path) -> None:
    slides = [Slide("Een", "Eerste zin.", "", "<svg/>"), Slide("Twee", "Tweede zin.", "Erbij", "<svg/>")]
    made = presentation(i18n.get_translator("nl"), title="Avond", subtitle="", slides=slides, closing="Dank")
    (tmp_path / "verhaal.html").write_text(made, encoding="utf-8")
    context = chromium.new_context(offline=True)
    page = context.new_page()
    page.goto((tmp_path / "verhaal.html").as_uri())
    assert page.locator(".slide.on h2").inner_text() == "Een"
    page.keyboard.press("ArrowRight")
    assert page.locator(".slide.on .added").inner_text() == "Erbij"
    context.close()


def test_shared_tablet_left_at_the_privacy_page_starts_anew(
    app: App, visiting: Visiting, workshop_session: WorkshopSession
) -> None:
    """Somebody drew, read about privacy and walked away: the next person finds the start, and no drawing."""
    with visiting(app, altered=True) as visit:
        page = visit.page
        page.clock.install()
        page.goto(f"{app.url}/?project=demo&code={workshop_session.code}&groep=a&kiosk=1&stap=teken")
        visit.wait("ready")
        visit.mouse(visit.loop())
        visit.wait("drawn")
        page.get_by_role("link", name="Privacy").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Uw privacy")
        asked = page.get_by_role("alert").filter(has_text="Bent u er nog?")
        for _ in range(60):
            page.clock.fast_forward(5_000)
            page.wait_for_timeout(20)  # for the page to look at its clock
            if asked.count():
                break
        expect(asked).to_be_visible()
        page.clock.fast_forward(16_000)
        expect(page.get_by_role("heading", level=1)).to_have_text("Welke buurt is van u?")
        assert "kiosk=1" in page.url
        assert page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('buurt:draft'))") == []


def test_shared_tablet_counts_down_before_it_starts_anew(
    app: App, visiting: Visiting, workshop_session: WorkshopSession
) -> None:
    """Nobody touched it for nearly three minutes: it asks, a touch is an answer, and silence too."""
    with visiting(app, altered=True) as visit:
        page = visit.page
        page.clock.install()
        page.goto(f"{app.url}/?project=demo&code={workshop_session.code}&groep=a&kiosk=1&stap=teken")
        visit.wait("ready")
        asked = page.get_by_role("alert").filter(has_text="Bent u er nog?")

        def rest() -> None:
            """Let time pass in steps shorter than the countdown, until it is there."""
            for _ in range(60):
                if asked.count():
                    return
                page.clock.fast_forward(5_000)
                page.wait_for_timeout(20)  # for the page to look at its clock
            pytest.fail("no countdown in five minutes")

        rest()
        page.get_by_role("button", name="Ik ben er nog").click()
        expect(asked).to_have_count(0)
        rest()
        page.clock.fast_forward(16_000)
        expect(page.get_by_role("heading", level=1)).to_have_text("Welke buurt is van u?")


def test_a_story_of_which_the_browser_lost_a_part_keeps_its_steps(
    app: App, visiting: Visiting, workshop_session: WorkshopSession
) -> None:
    """A run that is interrupted never sends the rest of the page: no box then switches off a step by itself."""
    lost: list[str] = []

    def between(browser: WebSocketRoute) -> None:
        server = browser.connect_to_server()

        def pass_on(told: str | bytes) -> None:
            sent = ForwardMsg()
            sent.ParseFromString(told if isinstance(told, bytes) else told.encode())
            box = sent.delta.new_element.checkbox
            if box.set_value and len(set(lost)) < 6 and box.id not in lost:
                lost.append(box.id)
            else:
                browser.send(told)

        server.on_message(pass_on)

    with visiting(app) as visit:
        page = visit.page
        page.goto(f"{app.url}/avond?avond={workshop_session.id}")
        controls.press(page, "workshop.try_fill")
        page.get_by_text("Er zijn nu 10 tekeningen.").wait_for(timeout=60_000)
        page.route_web_socket("**/_stcore/stream", between)
        page.goto(f"{app.url}/verhaal?avond={workshop_session.id}")
        head = page.locator(".story-head")
        for step in ("2 / 6", "3 / 6"):
            controls.press(page, "reveal_story.next")
            expect(head).to_contain_text(step)
        page.get_by_text(controls.text_of("reveal_story.change")).click()
        expect(controls.find(page, "reveal_story.title_official")).to_be_checked()
    assert len(lost) == 6
