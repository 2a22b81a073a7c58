"""Long work in a real browser: it can be stopped, really ends, and leaves nothing half shown."""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.support import controls
from tests.support.browser import App, Visit

pytestmark = pytest.mark.browser


def arrived(file: Path) -> None:
    """Wait until the file is there: the page is the visitor's again a moment before the work has ended."""
    deadline = time.monotonic() + 30
    while not file.exists():
        assert time.monotonic() < deadline


def test_long_work_is_stopped_by_its_button_and_begun_again(
    start_app: Callable[..., App], visiting: Callable[..., AbstractContextManager[Visit]], tmp_path: Path
) -> None:
    """Work that never ends by itself: the button ends it, the page says so; another choice ends it too."""
    ended = tmp_path / "ended"
    with visiting(start_app("tests/support/apps/long_task.py", ENDED=str(ended))) as visit:
        page = visit.page
        page.goto(visit.app.url)
        page.get_by_text("Kernen tekenen").wait_for()
        assert not ended.exists()
        controls.press(page, "waiting.stop")
        page.get_by_text("U hebt het rekenen gestopt.").wait_for()
        expect(page.get_by_text("half")).to_have_count(0)
        arrived(ended)
        ended.unlink()
        controls.press(page, "waiting.again")
        page.get_by_text("Kernen tekenen").wait_for()
        page.get_by_text("kort", exact=True).click()
        page.get_by_text("klaar met het korte werk").wait_for()
        expect(page.get_by_role("button", name="Stoppen")).to_have_count(0)
        arrived(ended)
