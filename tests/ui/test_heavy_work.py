"""Heavy work, pressed on a real page of a large project: it runs elsewhere, can be stopped, and ends in words."""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from urllib.parse import quote

import psutil
import pytest

import i18n
import store
from benchmarks.staff import fill
from store import Project
from tests.journeys.conftest import PASSWORD
from tests.journeys.test_administrator import sign_in
from tests.study.contributions.test_save_request import body
from tests.support import controls
from tests.support.browser import App, Visit
from tests.ui.test_save_route import put

pytestmark = pytest.mark.nightly
Visiting = Callable[..., AbstractContextManager[Visit]]
W = i18n.get_translator("nl")
MEMORY_MB, DRAWINGS, SPREAD_M = 700, 6_000, 300
"""Nearly all pairs overlap, which is far more than the memory that a job has."""


@pytest.fixture(scope="module")
def large(start_app: Callable[..., App]) -> App:
    """An app with a project of 6,000 drawings on one square kilometre, and an administrator."""
    app = start_app(BUURT_JOBS="1", BUURT_JOB_MEMORY=str(MEMORY_MB))
    with store.open_store(f"sqlite:///{app.store}") as private_store:
        private_store.projects.save(Project("dicht", "Dicht", "GM9901", date(2099, 1, 1)))
        fill(private_store, "dicht", DRAWINGS, spread_m=SPREAD_M)
        private_store.accounts.create("beheer", "administrator", PASSWORD)
    return app


def workers(app: App) -> list[int]:
    """Return the processes that the server started, for work that is not a resident's."""
    assert app.process is not None
    return [child.pid for child in psutil.Process(app.process.pid).children(recursive=True)]


def section_url(app: App, project: str, section: str) -> str:
    """Return the address of a section of a project."""
    return f"{app.url}/vergelijk?project={project}&deel={quote(W(f'planner.section_{section}'))}"


def test_too_large_a_question_is_stopped_by_its_button_and_ends_in_a_sentence(
    large: App, visiting: Visiting
) -> None:
    assert large.process is not None
    with visiting(large) as visit:
        page = visit.page
        sign_in(page, large, "beheer")
        page.goto(section_url(large, "dicht", "neighbourhoods"))
        controls.press(page, "waiting.stop", key="waiting_stop")
        controls.said(page, "waiting.stopped")
        assert workers(large)
        controls.press(page, "waiting.again", key="waiting_again")
        page.get_by_role("button", name=W("waiting.stop")).wait_for(timeout=60_000)
        waits_s = []
        refused = page.get_by_text(W.section("errors")["JobTooLarge"])
        while not refused.count():
            begun_s = time.monotonic()
            assert put(large, *body())[0] == 201
            waits_s.append(time.monotonic() - begun_s)
            page.wait_for_timeout(200)
            assert len(waits_s) < 600
        assert max(waits_s) < 5, "no resident waits for it; an upper bound on a busy machine"
    assert large.process.poll() is None
    assert large.answers()
