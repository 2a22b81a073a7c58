"""What is painted is what is kept: odd strokes on the canvas, in a real browser."""

import math

import pytest
from playwright.sync_api import expect

from tests.support.browser import App, Point, Visit, until
from tests.ui.test_resident import Visiting, drawings

pytestmark = pytest.mark.browser


def arc(visit: Visit, start: float, end: float, *, radius: float = 90.0, drift: float = 0.0) -> list[Point]:
    """Return points round the middle of the map, from one share of a turn to another."""
    x, y = visit.middle()
    shares = [start + (end - start) * i / 59 for i in range(60)]
    radii = [radius + drift * i / 59 for i in range(60)]
    return [
        (x + r * math.cos(2 * math.pi * s), y + r * math.sin(2 * math.pi * s))
        for s, r in zip(shares, radii, strict=True)
    ]


def said(visit: Visit) -> str:
    return visit.page.locator(".message").inner_text()


def test_swipe_is_answered_before_anything_is_drawn(app: App, visiting: Visiting) -> None:
    """One finger down the map: a sentence, an empty map, and the next loop draws."""
    with visiting(app, touch=True) as visit:
        visit.open()
        x, y = visit.middle()
        hand = visit.finger()
        hand.stroke([(x, y - 100 + 10 * n) for n in range(20)])
        visit.page.get_by_text("Dit is een lijn.").wait_for()
        assert visit.page.locator(".canvas").get_attribute("data-state") == "ready"
        expect(visit.page.locator("[data-act=right]")).to_have_count(0)
        hand.stroke(visit.loop(80))
        visit.wait("drawn")


def test_circle_drawn_twice_is_painted_and_kept_as_a_disc(app: App, visiting: Visiting) -> None:
    """Twice round with 14 px of drift: no hole on the screen, none in the store, and the same area."""
    before = set(drawings(app).index)
    with visiting(app) as visit:
        visit.open()
        visit.mouse(arc(visit, 0, 1.98, drift=14))
        visit.wait("drawn")
        path = visit.page.locator(".leaflet-own-pane path[fill]:not([fill=none])").first
        assert (path.get_attribute("d") or "").upper().count("M") <= 1
        visit.press("right")
        visit.page.get_by_text("Uw tekening is bewaard.").wait_for()
    after = drawings(app)
    (own,) = after[~after.index.isin(before)].geometry
    assert own.geom_type == "Polygon"
    assert len(own.interiors) == 0


def test_outline_in_two_strokes_with_undo_and_put_back(app: App, visiting: Visiting) -> None:
    """Two thirds, then the rest from its end; undone, redone, begun anew and put back."""
    with visiting(app) as visit:
        visit.open()
        visit.mouse(arc(visit, 0, 0.6))
        visit.wait("drawn")
        part = said(visit)
        assert "recht gesloten" in part
        visit.mouse(arc(visit, 0.6, 0.99))
        expect(visit.page.locator(".message")).not_to_contain_text("recht gesloten")
        whole = said(visit)
        visit.page.locator(".canvas .map").focus()
        visit.page.keyboard.press("Control+z")
        expect(visit.page.locator(".message")).not_to_have_text(whole)
        visit.page.keyboard.press("Control+Shift+z")
        expect(visit.page.locator(".message")).to_have_text(whole)
        visit.press("again")
        visit.wait("ready")
        visit.press("put_back")
        visit.wait("drawn")
        expect(visit.page.locator(".message")).to_have_text(whole)


def test_map_that_shrinks_during_a_stroke_moves_nothing(app: App, visiting: Visiting) -> None:
    """An address bar that comes up half-way: the loop is as large as without it, within two in a hundred."""
    sizes = []
    for resized in (False, True):
        with visiting(app, altered=True) as visit:
            page = visit.page
            visit.open()
            points = arc(visit, 0, 0.98, radius=60)
            page.mouse.move(*points[0])
            page.mouse.down()
            for point in points[1:30]:
                page.mouse.move(*point)
            top = visit.middle()
            if resized:
                page.set_viewport_size({"width": 1366, "height": 668})
                until(page, "document.documentElement.clientHeight === 668")
                page.wait_for_timeout(300)  # until the map has its new size
            moved = visit.middle()[1] - top[1]
            for x, y in points[30:]:
                page.mouse.move(x, y + moved)
            page.mouse.up()
            visit.wait("drawn")
            number = said(visit).split(" is ")[-1].split(" ")[0]
            sizes.append(float(number.replace(",", ".")))
    assert sizes[1] == pytest.approx(sizes[0], rel=0.02)
