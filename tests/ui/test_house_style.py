"""The pages in the colours of a municipality: as a resident sees them, readable, and maps as they always were."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from maps import house_style
from maps.house_style.design_tokens import read_tokens
from tests.support import token_sets
from tests.support.browser import App, serious
from tests.ui.test_resident import Visiting


def computed(page: Page, place: str, name: str) -> str:
    """Return a colour of an element as the browser computed it, as `#rrggbb`."""
    text = page.locator(place).first.evaluate("(e, name) => getComputedStyle(e)[name]", name)
    return "#" + "".join(f"{int(part):02x}" for part in text.strip("rgba()").split(",")[:3])


@pytest.mark.parametrize("name", ["nested", "faint"])
def test_pages_wear_the_house_and_can_be_read(
    start_app: Callable[..., App], visiting: Visiting, tmp_path: Path, name: str
) -> None:
    file = token_sets.write(tmp_path, name)
    house, moved = house_style.fit(read_tokens(file))
    app = start_app(BUURT_THEME=str(file))
    log = app.log.read_text(encoding="utf-8")
    assert log.count("BUURT_THEME: kleur") == len(moved)
    assert all(one.asked in log and one.used in log for one in moved)
    with visiting(app) as visit:
        page = visit.page
        page.goto(app.url)
        expect(page.get_by_test_id("stMain").get_by_role("heading", level=1)).to_be_visible()
        assert computed(page, '[data-testid="stApp"]', "backgroundColor") == house.paper
        first = '[data-testid="stBaseButton-primary"]'
        assert computed(page, first, "backgroundColor") == house.action
        assert computed(page, f"{first} p", "color") == house.action_text
        assert page.locator('meta[name="theme-color"]').get_attribute("content") == house.action
        assert serious(page) == []
        visit.open()
        assert computed(page, ".canvas .hint", "backgroundColor") == house.ink
        assert serious(page) == []
        page.goto(f"{app.url}/bord?project=demo")
        expect(page.locator(".board-list, [data-testid=stAlert]").first).to_be_visible(timeout=60_000)
        assert serious(page) == []
        page.goto(f"{app.url}/vergelijk")
        page.locator(".st-key-deel").wait_for(timeout=60_000)
        page.locator(".canvas[data-arrived~=ground]").wait_for(timeout=60_000)
        assert serious(page) == []
