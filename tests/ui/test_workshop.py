"""An evening in a real browser: joined by code, grown without a flash, told by keys, read without internet."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

import store
import words
from maps.presentation import Slide
from maps.presentation import page as presentation
from store import Actor, Store, WorkshopSession
from tests.browser import App, serious

pytestmark = pytest.mark.browser
Visiting = Callable[..., Any]
PLANNER = Actor("planner", account="demo")


@pytest.fixture(scope="module")
def bank(app: App) -> Iterator[Store]:
    """Give the store of the app, from another process."""
    with store.open(f"sqlite:///{app.store}") as opened:
        yield opened


@pytest.fixture
def evening(bank: Store) -> WorkshopSession:
    """Give an open evening with two tables."""
    wanted = WorkshopSession("demo", "Buurthuis", date.today(), groups=("a", "b"), questions=("name",))
    return bank.add_session(wanted, by=PLANNER)[0]


def test_the_code_lands_in_drawing_for_this_evening(
    app: App, visiting: Visiting, bank: Store, evening: WorkshopSession
) -> None:
    """Typed as people type; a table is chosen; what is drawn is of this evening and this table."""
    with visiting(app, touch=True) as visit:
        visit.page.goto(f"{app.url}/mee")
        visit.page.get_by_label("De code van zes tekens").fill(
            f"{evening.code[:3]} {evening.code[3:].lower()}"
        )
        visit.page.get_by_role("button", name="Doe mee").tap()
        visit.page.get_by_text("b", exact=True).tap()
        visit.page.get_by_role("link", name="Teken mijn buurt").tap()
        visit.page.get_by_role("button", name="Ik doe mee").tap()
        visit.page.locator(".st-key-skip_home button").tap()
        visit.wait("ready")
        visit.finger().stroke(visit.loop())
        visit.press("right")
        visit.page.locator("[class*=st-key-next_teken] button").wait_for()
    drawn = bank.sketches("demo")
    mine = drawn[drawn["session"] == evening.id]
    assert mine["group"].tolist() == ["b"]


def test_the_beamer_counts_and_grows_on_one_map(
    app: App, visiting: Visiting, evening: WorkshopSession
) -> None:
    """Invented residents draw while it is watched: the numbers follow, and the map is never made anew."""
    with visiting(app) as watching, visiting(app) as asking:
        watching.page.goto(f"{app.url}/scherm?avond={evening.id}")
        watching.page.wait_for_selector(".canvas[data-arrived~=ground]", timeout=60_000)
        asking.page.goto(f"{app.url}/avond?avond={evening.id}")
        asking.page.locator(".st-key-fill button").click(timeout=60_000)
        watching.page.locator(".beamer-count b", has_text="10").wait_for(timeout=60_000)
        watching.page.wait_for_selector(".canvas[data-arrived~=bands]", timeout=60_000)
        assert watching.page.locator(".canvas").get_attribute("data-opened") == "1"
        assert watching.page.locator(".beamer-code").inner_text() == evening.code
        watching.page.keyboard.press("h")
        watching.page.get_by_text(words.of("nl")("live.hidden")).wait_for()


PAGES = {
    "avond": ".st-key-pack",
    "scherm": ".canvas[data-arrived~=bands]",
    "verhaal": ".canvas[data-arrived~=story-wide]",
    "samen": ".st-key-outcome",
    "papier": "[data-testid=stForm]",
}
"""The facilitator's pages, and what stands on each when it is there."""


def test_a_clicker_moves_the_story_and_no_page_has_a_barrier(
    app: App, visiting: Visiting, evening: WorkshopSession
) -> None:
    """Axe finds nothing serious, and on a small beamer nothing runs off the side."""
    found = {}
    with visiting(app) as visit:
        page = visit.page
        page.set_viewport_size({"width": 1024, "height": 768})
        page.goto(f"{app.url}/avond?avond={evening.id}")
        page.locator(".st-key-fill button").click(timeout=60_000)
        page.get_by_text("Er zijn nu 10 tekeningen.").wait_for(timeout=60_000)
        for name, there in PAGES.items():
            page.goto(f"{app.url}/{name}?avond={evening.id}")
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
    assert {name: told for name, told in found.items() if told} == {}


def test_a_real_evening_opens_with_the_secret_only(app: App, visiting: Visiting, bank: Store) -> None:
    """The secret leaves the address at once, and stands in no line of the log."""
    real = store.Project("echt", "Echt", "GM9901", date(2099, 1, 1))
    bank.save_project(real)
    made, secret = bank.add_session(WorkshopSession("echt", "Zaal", date.today()), by=PLANNER)
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
    made = presentation(words.of("nl"), title="Avond", subtitle="", slides=slides, closing="Dank")
    (tmp_path / "verhaal.html").write_text(made, encoding="utf-8")
    context = chromium.new_context(offline=True)
    page = context.new_page()
    page.goto((tmp_path / "verhaal.html").as_uri())
    assert page.locator(".slide.on h2").inner_text() == "Een"
    page.keyboard.press("ArrowRight")
    assert page.locator(".slide.on .added").inner_text() == "Erbij"
    context.close()
