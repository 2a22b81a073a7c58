"""A receipt that gets lost, a full disk, an edge vague in part, the first view by lot: in a real browser."""

import resource
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date

import pytest
from playwright.sync_api import Page, Route, WebSocketRoute, expect

import store
from store import Actor, Project
from study.demo_project import MUNICIPALITY
from tests.support import controls
from tests.support.browser import App, until
from tests.ui.test_resident import DRAFT, Visiting, accept, at, button, drawings, still

pytestmark = pytest.mark.browser


def arrived(app: App, page: Page, n: int) -> None:
    """Wait until so many drawings are in the store, while the page goes on."""
    deadline = time.monotonic() + 30
    while len(drawings(app)) < n:
        assert time.monotonic() < deadline, "no drawing arrived in half a minute"
        page.wait_for_timeout(100)  # between two looks in the store


def test_receipt_that_is_lost_on_the_way(app: App, visiting: Visiting) -> None:
    """The server keeps the drawing, but its answer never arrives: sent again by itself, kept once."""
    before = set(drawings(app).index)
    lines: list[WebSocketRoute] = []
    silent: list[bool] = []

    def through(line: WebSocketRoute) -> None:
        server = line.connect_to_server()
        lines.append(line)
        line.on_message(server.send)
        server.on_message(lambda said: None if silent else line.send(said))

    with visiting(app, forgiving=True) as visit:
        visit.page.route_web_socket("**/_stcore/stream", through)
        visit.open()
        visit.mouse(visit.loop())
        visit.wait("drawn")
        silent.append(True)
        visit.press("right")
        arrived(app, visit.page, len(before) + 1)
        visit.page.get_by_text("Uw tekening staat in de opslag. Uw code is").wait_for()
        expect(visit.page.get_by_text("Uw tekening is bewaard.")).to_have_count(0)
        silent.clear()
        lines[-1].close(code=1001)
        visit.page.get_by_text("Uw tekening is bewaard.").wait_for(timeout=30_000)
    after = drawings(app)
    (own,) = after[~after.index.isin(before)].itertuples()
    assert own.version == 1


def test_answer_to_a_save_that_is_lost(app: App, visiting: Visiting) -> None:
    """The server keeps the drawing, the phone hears nothing: it sends the same again, and there is one."""
    before = set(drawings(app).index)
    lost: list[int] = []

    def lose_the_first(route: Route) -> None:
        answer = route.fetch()
        lost.append(answer.status)
        if len(lost) == 1:
            route.abort()
        else:
            route.fulfill(response=answer)

    with visiting(app, forgiving=True) as visit:
        visit.page.route("**/api/contributions/*", lose_the_first)
        visit.open()
        accept(visit)
        visit.page.unroute_all(behavior="wait")
    assert lost == [201, 200]
    after = drawings(app)
    (own,) = after[~after.index.isin(before)].itertuples()
    assert own.version == 1


def test_page_that_is_left_in_the_middle_of_a_save(app: App, visiting: Visiting) -> None:
    """The save outlives its page; the draft is on the device, and said again it is the same drawing."""
    before = len(drawings(app))
    with visiting(app, forgiving=True) as visit:
        page = visit.page
        visit.open()
        visit.mouse(visit.loop())
        visit.wait("drawn")
        with closing(sqlite3.connect(app.store, isolation_level=None)) as other:
            other.execute(
                "BEGIN IMMEDIATE"
            )  # the save waits, so that no answer comes before the page is left
            with page.expect_request("**/api/contributions/*") as sent:
                visit.press("right")
            assert sent.value.header_value("x-buurt") == "1"
            page.goto("about:blank")
            other.execute("ROLLBACK")
        arrived(app, page, before + 1)
        page.goto(app.url + "/?stap=teken")
        visit.wait("drawn")
        visit.press("right")
        page.get_by_text("Uw tekening is bewaard.").wait_for()
    assert len(drawings(app)) == before + 1


@contextmanager
def no_room(app: App) -> Iterator[None]:
    """Let the app write not one byte more in any file, as on a full disk."""
    assert app.process is not None
    before = resource.prlimit(app.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(app.process.pid, resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        yield
    finally:
        resource.prlimit(app.process.pid, resource.RLIMIT_FSIZE, before)


def test_full_disk_is_said_and_the_drawing_waits(app: App, visiting: Visiting) -> None:
    """One sentence, the drawing on the screen and on the device; sent again when there is room, kept once."""
    before = len(drawings(app))
    full = "De opslag is vol. Laat deze pagina open en waarschuw de beheerder. Wat al bewaard was, is veilig."
    with visiting(app, forgiving=True) as visit:
        page = visit.page
        visit.open()
        visit.mouse(visit.loop())
        visit.wait("drawn")
        with no_room(app):
            visit.press("right")
            expect(page.get_by_text(full)).to_be_in_viewport()
            still(page)
            expect(page.get_by_role("alert")).to_have_text([full])
            expect(page.get_by_text("Uw tekening is bewaard.")).to_have_count(0)
            assert page.locator(".canvas").get_attribute("data-parts") == "1"
            assert page.evaluate(f"localStorage.getItem('{DRAFT}')") is not None
        assert len(drawings(app)) == before
        page.get_by_text("Uw tekening is bewaard.").wait_for()
        expect(page.get_by_text(full)).to_have_count(0)
        until(page, f"localStorage.getItem('{DRAFT}') === null")
        with no_room(app):
            page.get_by_label("Hoe noemt u deze buurt?").fill("Net op tijd")
            button(page, "Verder").click()
            page.get_by_text(full).wait_for()
            still(page)  # leaving the field and the press are two changes; both must have met the full disk
        button(page, "Verder").click()
        at(page, "Plekken in uw buurt")
    after = drawings(app)
    assert len(after) == before + 1
    assert (after["name"] == "Net op tijd").sum() == 1


def test_full_disk_keeps_an_area_of_parts_until_it_is_saved_again(app: App, visiting: Visiting) -> None:
    """Without drawing too: one sentence, the parts stay, and the button under it saves them, once."""
    before = len(drawings(app))
    with visiting(app) as visit:
        page = visit.page
        page.goto(f"{app.url}/?stap=samenstellen")
        page.get_by_label("Straat of postcode").fill("Kerkstraat")
        controls.press(page, "home.find", key="find_parts")
        controls.press(page, key="parts_place_0")
        controls.press(page, "parts.add")
        expect(page.locator(".buurt-read-out")).to_contain_text("km²")
        with no_room(app):
            controls.press(page, "parts.right")
            page.get_by_text("De opslag is vol.").wait_for()
            still(page)
        assert len(drawings(app)) == before
        controls.press(page, "steps.again")
        controls.said(page, "draw.kept")
    assert len(drawings(app)) == before + 1


def test_edge_that_is_vague_in_part(app: App, visiting: Visiting) -> None:
    """A swipe over the line marks it, one beside it says why not; the area stays, also when loaded again."""
    with visiting(app) as visit:
        page = visit.page
        visit.open()
        accept(visit)
        page.get_by_text("Op sommige stukken niet").click()
        page.get_by_text("Veeg over de rand waar die vaag is").wait_for()
        still(page)
        x, y = visit.middle()
        visit.mouse([(x + step, y) for step in range(-12, 13, 4)])
        page.get_by_text("Daar loopt de rand niet.").wait_for()
        outline = page.locator(".leaflet-own-pane path[fill-opacity='0.2']").bounding_box()
        assert outline is not None
        top = outline["y"] + 2
        visit.mouse([(x + step, top) for step in range(-30, 31, 6)])
        page.wait_for_selector(".canvas[data-vague='1']")
        expect(page.locator("[data-act=unmark]")).to_be_enabled()
        still(page)
        page.reload()
        visit.wait("accepted")
        page.wait_for_selector(
            ".canvas[data-vague='1']"
        )  # the answer was kept, so the marks are there at once
        page.get_by_label("Hoe noemt u deze buurt?").fill("Half vaag")
        button(page, "Verder").click()
        at(page, "Plekken in uw buurt")
    with store.open_store(f"sqlite:///{app.store}") as private_store:
        kept = private_store.contributions.read_sketches("demo", raw=True, by=Actor("planner"))
    (own,) = kept[kept["name"] == "Half vaag"].itertuples()
    assert own.edge == "partly"
    assert '"tool":"vague"' in own.raw
    assert own.first_width_m > 0


def test_first_view_by_lot_is_told_with_the_drawing(app: App, visiting: Visiting) -> None:
    """Where the project measures what the map does, one of two widths is shown, and kept with the drawing."""
    with store.open_store(f"sqlite:///{app.store}") as private_store:
        private_store.projects.save(
            Project("lot", "Loting", MUNICIPALITY, date(2099, 12, 31), width_experiment=True, is_demo=True)
        )
    with visiting(app) as visit:
        visit.open("/?project=lot&stap=teken")
        accept(visit)
    with store.open_store(f"sqlite:///{app.store}") as private_store:
        (row,) = private_store.contributions.read_sketches("lot").itertuples()
    assert (row.width_arm, row.start_width_m) in {("narrow", 1500), ("wide", 3000)}


def test_scripts_that_do_not_come_leave_a_sentence_and_a_way_on(app: App, visiting: Visiting) -> None:
    """Without the map, and without what makes an area of a line: said where the map would be, and loaded again."""
    with visiting(app, forgiving=True, altered=True) as visit:
        page = visit.page
        for script in ("leaflet/dist/leaflet.js", "clipper-lib/clipper.js"):
            page.route(f"**/assets/vendor/{script}", lambda asked: asked.abort())
            page.goto(f"{app.url}/?stap=teken")
            expect(page.get_by_role("alert")).to_contain_text("De kaart komt niet.")
            expect(button(page, "Laad opnieuw")).to_be_in_viewport()
            page.unroute_all()
            button(page, "Laad opnieuw").click()
            visit.wait("ready")
        accept(visit)
