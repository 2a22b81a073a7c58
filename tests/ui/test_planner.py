"""The planner's page in a real browser: every section, a click that chooses, an address that opens it again."""

from collections.abc import Callable
from urllib.parse import quote

import pytest

from tests.browser import App

SECTIONS = (
    "Overzicht", "Beleefd en officieel", "Grenzen", "Beleefde buurten", "Voorzieningen", "Cijfers", "Groepen",
    "Leefbaarheid", "Te beoordelen",
)  # fmt: skip
WITH_MAP = tuple(name for name in SECTIONS if name != "Groepen")


def settled(visit, section: str, more: str = "") -> None:  # type: ignore[no-untyped-def]  # a Visit
    """Open a section and wait until it is computed and its map is there."""
    visit.page.goto(f"{visit.app.url}/vergelijk?deel={quote(section)}{more}")
    visit.page.wait_for_selector("h1")
    if section in WITH_MAP:
        visit.page.wait_for_selector(".canvas[data-arrived~=ground]", timeout=60_000)
    visit.page.wait_for_selector("[data-testid=stSpinner]", state="detached", timeout=60_000)


@pytest.mark.parametrize("section", SECTIONS)
def test_every_section_opens_by_its_address(section: str, app: App, visiting: Callable) -> None:  # type: ignore[type-arg]
    with visiting(app, forgiving=True) as visit:
        settled(visit, section)
        assert visit.page.get_by_text("verzonnen voorbeeld").count() > 0
        assert visit.page.locator("[data-testid=stDataFrame]").count() > 0
        assert visit.page.locator("[data-testid=stException], [data-testid=stAlertContentError]").count() == 0


def test_a_click_on_the_map_chooses_and_the_address_keeps_it(app: App, visiting: Callable) -> None:  # type: ignore[type-arg]
    with visiting(app, forgiving=True) as visit:
        settled(visit, "Beleefd en officieel")
        visit.page.wait_for_selector(".canvas[data-arrived~=areas-buurt]")
        visit.page.mouse.click(*visit.middle())
        visit.page.wait_for_selector(".canvas[data-arrived~=chosen]")
        visit.page.wait_for_url("**gebied=**")
        address = visit.page.url
        told = visit.page.get_by_text("Van de grond in kern of gebied").inner_text()
    with visiting(app, forgiving=True) as other:
        other.page.goto(address)
        other.page.wait_for_selector(".canvas[data-arrived~=chosen]", timeout=60_000)
        assert other.page.get_by_text("Van de grond in kern of gebied").inner_text() == told


def test_filters_come_from_the_address(app: App, visiting: Callable) -> None:  # type: ignore[type-arg]
    with visiting(app, forgiving=True) as visit:
        settled(visit, "Overzicht", "&groep=tafel+1")
        assert visit.page.get_by_text("U kijkt naar 25 van de 150 tekeningen").count() == 1
