"""Attacks over the wire: T13, T16, T17, T19 and T20 against the running server, as a phone and a reader have it."""

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date
from typing import Any

import pytest
import shapely

import i18n
import store
from geo.crs import to_wgs84
from settings import BUDGETS
from store import Project, Store, WorkshopSession
from store.repositories.rate_limits import MAX_FROM_SESSION
from tests.disclosure.residents import DAY, NARROW, PLANNER, WIDE
from tests.study.contributions.test_save_request import body
from tests.support import controls
from tests.support.browser import App, Visit
from tests.support.cli_runner import call
from tests.ui.test_resident import accept, button, still
from tests.ui.test_save_route import put

pytestmark = pytest.mark.browser
Visiting = Callable[..., AbstractContextManager[Visit]]
W = i18n.get_translator("nl")
WAIT_MS = 60_000


@pytest.fixture(scope="module")
def private_store(app: App) -> Iterator[Store]:
    with store.open_store(f"sqlite:///{app.store}") as opened:
        opened.projects.save(Project("echt", "Echt", "GM9901", date(2099, 1, 1), questions=()))
        yield opened


def send(app: App, shape: shapely.Polygon, **more: object) -> str:
    """Let one phone send one drawing; return its withdrawal code."""
    geometry = shapely.geometry.mapping(to_wgs84(shape))
    sent, address = body(project="echt", geometry=json.loads(json.dumps(geometry)), **more)
    status, _, answer = put(app, sent, address)
    assert status == 201, answer
    return str(answer["code"])


def test_who_closes_the_page_can_withdraw(app: App, private_store: Store) -> None:
    """T20: the code is in the answer that says the drawing is stored, and nothing else is needed."""
    code = send(app, NARROW)
    before = len(private_store.contributions.read_sketches("echt"))
    private_store.contributions.withdraw(code, device="another phone")
    assert len(private_store.contributions.read_sketches("echt")) == before - 1


def test_four_planted_phones_see_nothing(app: App, visiting: Visiting, private_store: Store) -> None:
    """T13: nine discs and one resident at a session; an anonymous visitor reads the page of thanks."""
    session = private_store.sessions.create(WorkshopSession("echt", "Zaal", DAY), by=PLANNER)[0]
    for _ in range(9):
        send(app, WIDE, session=session.id)
    send(app, NARROW, session=session.id)
    private_store.stage.set_map_hidden(session.id, False, by=PLANNER)
    with visiting(app) as visit:
        visit.page.goto(f"{app.url}/dank?code={session.code}")
        controls.said(visit.page, "small.drawn")
        assert not [url for url in visit.asked if "/geo/edition/" in url or "/geo/made/" in url]
    assert private_store.editions.latest("echt", session=session.id) is None


def test_one_client_does_not_shut_a_hall(private_store: Store) -> None:
    """T17: all that one address may send in an hour leaves room for more than three such addresses."""
    assert 3 * (BUDGETS.session_hour + BUDGETS.session_burst) < MAX_FROM_SESSION
    session = private_store.sessions.create(WorkshopSession("echt", "Hal", DAY), by=PLANNER)[0]
    made = private_store.sessions.propose_name(session.id, "Een lelijk woord", device="phone")
    assert made.id not in private_store.moderation.released_words("echt")


def test_the_tenth_resident_sees_what_neighbours_share(
    app: App, visiting: Visiting, private_store: Store, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """T19: who draws as the ninth sees nothing of the others; the tenth sees the shared core on the last screen.

    So does the ninth from then on, on the page of the code, and everybody on the public page of the project.
    """
    folder = tmp_path_factory.mktemp("publish")
    settings = {"BUURT_STORE": f"sqlite:///{app.store}"}
    private_store.projects.save(Project("tien", "Tien", "GM9901", date(2099, 1, 1), questions=()))

    def draw(radius: float, *, is_published: bool) -> str:
        """Draw in a browser, and go on to the last screen; return the code that stands there."""
        with visiting(app) as visit:
            visit.open("/?project=tien&stap=teken")
            accept(visit, radius=radius)
            assert (call(folder, settings, "publish", "--project", "tien").returncode == 0) is is_published
            still(visit.page)
            controls.press(visit.page, "steps.next")
            button(visit.page, W("places.none")).click()
            controls.said(visit.page, "reveal.shared" if is_published else "reveal.no_edition")
            return str(visit.page.locator(".buurt-code").inner_text())

    def send_like(shape: Any, number: int) -> None:
        """Let another phone send much the same: no two people draw one outline."""
        width = shape.bounds[2] - shape.bounds[0]
        moved = shapely.affinity.translate(shape, 0.1 * width * (number % 4), 0.1 * width * (number // 4))
        geometry = json.loads(json.dumps(shapely.geometry.mapping(to_wgs84(moved))))
        assert put(app, *body(project="tien", geometry=geometry))[0] == 201

    def open_board(*, is_published: bool) -> None:
        """Open the public page as anybody: with the shared core on its map, or without a map."""
        with visiting(app) as visit:
            visit.page.goto(f"{app.url}/bord?project=tien")
            controls.said(visit.page, "board.nothing")
            if is_published:
                controls.said(visit.page, "board.sign_shared")
                visit.page.locator(".canvas[data-arrived~=shared]").wait_for(timeout=WAIT_MS)
            else:
                still(visit.page)
            assert visit.page.get_by_text(W("board.sign_shared")).count() == is_published

    first = draw(90, is_published=False)
    shape = private_store.contributions.find_by_code(first, device="test").contribution.geometry
    for number in range(1, 8):
        send_like(shape, number)
    ninth = draw(75, is_published=False)
    open_board(is_published=False)
    draw(105, is_published=True)
    open_board(is_published=True)
    with visiting(app) as visit:
        visit.page.goto(f"{app.url}/?project=tien&stap=code")
        visit.page.get_by_label(W("withdraw.code")).fill(ninth)
        controls.press(visit.page, "withdraw.show")
        controls.said(visit.page, "reveal.shared")
