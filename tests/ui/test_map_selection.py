"""Maps to look at: choose an area, swap a layer, and keep the map."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.browser import App

pytestmark = pytest.mark.browser
Visiting = Callable[..., Any]


@pytest.fixture(scope="module")
def looking(start_app: Callable[..., App]) -> App:
    """Return a page with one map to look at."""
    return start_app("tests/support/apps/map_selection.py")


def test_click_gives_the_code_and_a_new_layer_keeps_the_map(looking: App, visiting: Visiting) -> None:
    """Click a wijk: its code comes back. Choose buurten: one layer is swapped, the map stays."""
    with visiting(looking) as visit:
        visit.open(state="looking")
        visit.page.wait_for_selector(".canvas[data-arrived~=areas-wijk]")
        visit.page.get_by_text("niets gekozen").wait_for()
        visit.page.mouse.click(*visit.middle())
        visit.page.get_by_text("gekozen: areas-wijk WK9901").wait_for()
        visit.page.locator(".zoom").first.click()
        visit.page.get_by_text("buurt", exact=True).click()
        visit.page.wait_for_selector(".canvas[data-arrived~=areas-buurt]")
        visit.page.mouse.click(*visit.middle())
        visit.page.get_by_text("gekozen: areas-buurt BU9901").wait_for()
        assert visit.page.locator(".canvas").get_attribute("data-opened") == "1"
        assert visit.page.locator(".canvas").get_attribute("data-layers") == "2"


def test_name_under_the_pointer_is_shown_as_text(looking: App, visiting: Visiting) -> None:
    with visiting(looking) as visit:
        visit.open(state="looking")
        visit.page.wait_for_selector(".canvas[data-arrived~=areas-wijk]")
        visit.page.mouse.move(*visit.middle())
        visit.page.mouse.move(visit.middle()[0] + 3, visit.middle()[1])
        tip = visit.page.locator(".canvas .tip")
        tip.wait_for()
        assert tip.inner_text().startswith("Wijk")
        assert tip.locator("*").count() == 0
