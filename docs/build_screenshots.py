"""Pictures of the app for the README and the guide, taken from the app itself: `python docs/build_screenshots.py`.

A phone that walks the resident's way, a desk that opens the planner's sections, and a workshop session with invented
residents, all in the shipped town.
"""

import io
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from urllib.parse import quote

from PIL import Image
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import store  # noqa: E402  # after the path is known
from store import Actor, WorkshopSession  # noqa: E402
from tests.support.browser import PHONE, App, Visit, find_chromium, free_port  # noqa: E402

OUT = ROOT / "docs" / "img"
DESK = ViewportSize(width=1280, height=1150)
BEAMER = ViewportSize(width=1366, height=768)
QUESTIONS = (
    "Waarom is dit uw buurt?", "Samen leven", "Contact", "Uw rapportcijfers", "Over u", "Uw ideeën",
)  # fmt: skip
"""Titles of the screens that are passed over."""

SECTIONS = {
    "Beleefd en officieel": "compare",
    "Grenzen": "borders",
    "Beleefde buurten": "neighbourhoods",
    "Voorzieningen": "facilities",
}
"""Section of the planner's page -> name of its picture."""


def keep(page: Page, name: str) -> None:
    """Keep what is on the screen, in as few bytes as it takes."""
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]", timeout=60_000)
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    picture.quantize(128, dither=Image.Dither.NONE).save(OUT / f"{name}.png", optimize=True)


@contextmanager
def visit(browser: Browser, app: App, size: ViewportSize, *, touch: bool) -> Iterator[Visit]:
    """Return a page of this size."""
    context = browser.new_context(
        viewport=size, has_touch=touch, is_mobile=touch, locale="nl-NL", reduced_motion="reduce"
    )
    yield Visit(app, context.new_page(), context)
    context.close()


def resident(on: Visit) -> None:
    """Draw a neighbourhood with a finger, and see it beside the official one."""
    page = on.page
    page.goto(on.app.url)
    page.get_by_role("button", name="Ik doe mee").wait_for()
    keep(page, "start")
    page.get_by_role("button", name="Ik doe mee").tap()
    on.wait("ready")
    page.wait_for_selector(".canvas[data-arrived~=ground]")
    on.finger().stroke(on.loop(110))
    on.wait("drawn")
    keep(page, "draw")
    on.press("right")
    page.locator("[class*=st-key-next_teken] button").tap()
    page.get_by_role("button", name="Hier mis ik iets").wait_for()
    keep(page, "places")
    page.get_by_role("button", name="Sla dit over").tap()
    for title in QUESTIONS:
        page.get_by_role("heading", level=1, name=title).wait_for()
        page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
        page.get_by_role("button", name="Verder").tap()
    page.wait_for_selector(".canvas[data-arrived~=areas-wijk]", timeout=60_000)
    keep(page, "reveal")


def planner(on: Visit) -> None:
    """Open the sections of the planner's page."""
    for section, name in SECTIONS.items():
        on.page.goto(f"{on.app.url}/vergelijk?deel={quote(section)}")
        on.page.wait_for_selector(".canvas[data-arrived~=ground]", timeout=60_000)
        keep(on.page, name)


def workshop_session(on: Visit, wide: Visit, phone: Visit) -> None:
    """Prepare a workshop session, fill it with invented residents, and show it."""
    with store.open_store(f"sqlite:///{on.app.store}") as private_store:
        wanted = WorkshopSession("demo", "Buurthuis De Plas", date.today(), groups=("Tafel 1", "Tafel 2"))
        held, _ = private_store.sessions.create(wanted, by=Actor("planner", account="demo"))
    on.page.goto(f"{on.app.url}/avond?avond={held.id}")
    on.page.locator(".st-key-fill button").click()
    on.page.get_by_text("Er zijn nu 10 tekeningen.").wait_for(timeout=60_000)
    keep(on.page, "workshop-voorbereiden")
    phone.page.goto(f"{on.app.url}/mee?code={held.code}")
    phone.page.get_by_text("Tafel 1").wait_for()
    keep(phone.page, "workshop-meedoen")
    wide.page.goto(f"{on.app.url}/scherm?avond={held.id}")
    wide.page.wait_for_selector(".canvas[data-arrived~=bands]", timeout=60_000)
    keep(wide.page, "workshop-beamer")
    wide.page.goto(f"{on.app.url}/verhaal?avond={held.id}")
    wide.page.get_by_role("heading", name="Onze tekeningen").wait_for(timeout=60_000)
    wide.page.keyboard.press("PageDown")
    wide.page.get_by_role("heading", name="Wat wij delen").wait_for(timeout=60_000)
    wide.page.wait_for_selector(".canvas[data-arrived~=ground]")
    keep(wide.page, "workshop-verhaal")


def main() -> None:
    """Start the app with a store of its own and take the pictures."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        app = App(Path(folder) / "store.gpkg", free_port(), Path(folder) / "log.txt")
        app.start()
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=["--no-sandbox"])
        try:
            with visit(browser, app, PHONE, touch=True) as phone:
                resident(phone)
            with visit(browser, app, DESK, touch=False) as desk:
                planner(desk)
            with (
                visit(browser, app, DESK, touch=False) as desk,
                visit(browser, app, BEAMER, touch=False) as beamer,
                visit(browser, app, PHONE, touch=True) as phone,
            ):
                workshop_session(desk, beamer, phone)
        finally:
            browser.close()
            app.kill()


if __name__ == "__main__":
    main()
