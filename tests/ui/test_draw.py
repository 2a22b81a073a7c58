"""The resident's page from link to receipt, with what may go wrong on the way."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

import store
from tests.browser import ROOT, App, Visit

pytestmark = pytest.mark.browser
Visiting = Callable[..., Any]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
SHIPPED = 150
"""Invented residents in a fresh store."""

NASTY = "{{ 42*101 }} ${alert(1)} `<img src=x onerror=alert(1)>"


def drawings(app: App) -> Any:
    """Give the drawings in the store of an app."""
    with store.open(f"sqlite:///{app.store}") as door:
        return door.sketches("demo")


def accept(visit: Visit, *, touch: bool = False, radius: float = 100.0) -> None:
    """Draw a loop and say that it is right."""
    loop = visit.loop(radius)
    (visit.finger().stroke if touch else visit.mouse)(loop)
    visit.wait("drawn")
    visit.press("right")
    visit.page.get_by_label("Hoe noemt u deze buurt?").wait_for()


def save(visit: Visit) -> None:
    """Press the button and wait for the receipt."""
    visit.page.get_by_role("button", name="Bewaar mijn buurt").click()
    visit.wait("saved")
    visit.page.get_by_text("Uw tekening is bewaard.").wait_for()


def test_from_link_to_receipt_on_a_phone(start_app: Callable[..., App], visiting: Visiting) -> None:
    """One drag and two taps; one more drawing in the store; the official areas over the own one."""
    app = start_app()
    with visiting(app, touch=True) as visit:
        visit.open()
        accept(visit, touch=True)
        visit.page.get_by_label("Hoe noemt u deze buurt?").fill("De Plas")
        assert "pc4" not in (visit.page.locator(".canvas").get_attribute("data-arrived") or "")
        save(visit)
        visit.page.wait_for_selector(".canvas[data-arrived~=areas-pc4][data-arrived~=areas-wijk]")
        expect(visit.page.locator(".buurt-legend li")).to_have_count(3)
        expect(visit.page.locator(".buurt-legend")).to_contain_text("van uw buurt ligt in de wijk")
        expect(visit.page.locator(".buurt-code")).to_have_text(re.compile(r"^\w{4}-\w{4}-\w{4}$"))
        assert visit.page.locator(".canvas").get_attribute("data-opened") == "1"
        assert visit.page.evaluate("localStorage.getItem('buurt:draft:demo')") is None
    found = drawings(app)
    assert len(found) == SHIPPED + 1
    assert "De Plas" in set(found["name"])


def test_name_is_shown_as_typed_and_never_runs(app: App, visiting: Visiting) -> None:
    with visiting(app) as visit:
        visit.page.on("dialog", lambda dialog: pytest.fail(f"a script ran: {dialog.message}"))
        visit.open()
        accept(visit)
        visit.page.get_by_label("Hoe noemt u deze buurt?").fill(NASTY[:40])
        save(visit)
        assert "4242" not in visit.page.content()
    assert NASTY[:40] in set(drawings(app)["name"])


def test_line_that_crosses_itself_is_told(app: App, visiting: Visiting) -> None:
    """A figure of eight is two areas; the resident is told so in one sentence."""
    with visiting(app) as visit:
        visit.open()
        x, y = visit.middle()
        eight = [(x - 90, y - 60), (x + 90, y + 60), (x + 90, y - 60), (x - 90, y + 60)]
        visit.mouse([between(eight, n / 40) for n in range(40)])
        visit.wait("drawn")
        visit.press("right")
        visit.page.get_by_text("Uw lijn kruist zichzelf").wait_for()
        visit.page.get_by_text("heeft uw buurt nu 2 delen").wait_for()


def between(corners: list[tuple[float, float]], share: float) -> tuple[float, float]:
    """Give the point at this share of a closed way along the corners."""
    side, along = divmod(share * len(corners), 1)
    (ax, ay), (bx, by) = corners[int(side)], corners[(int(side) + 1) % len(corners)]
    return ax + along * (bx - ax), ay + along * (by - ay)


def test_server_that_falls_over_loses_no_drawing(start_app: Callable[..., App], visiting: Visiting) -> None:
    """Killed after "Klopt", started again: our own banner meanwhile, and the drawing is kept, once."""
    app = start_app()
    with visiting(app, forgiving=True) as visit:
        visit.open()
        accept(visit)
        app.kill()
        visit.page.get_by_text("Even geen verbinding").wait_for(timeout=20_000)
        expect(visit.page.get_by_text("streamlit run")).to_be_hidden()
        assert visit.page.locator(".canvas").get_attribute("data-state") == "accepted"
        app.start()
        visit.page.get_by_text("De verbinding is terug").wait_for(timeout=30_000)
        visit.page.get_by_label("Hoe noemt u deze buurt?").wait_for(timeout=30_000)
        save(visit)
        assert visit.page.locator(".canvas").get_attribute("data-opened") == "1"
    assert len(drawings(app)) == SHIPPED + 1


def test_pressing_twice_keeps_one(start_app: Callable[..., App], visiting: Visiting) -> None:
    app = start_app()
    with visiting(app) as visit:
        visit.open()
        accept(visit)
        visit.page.get_by_role("button", name="Bewaar mijn buurt").dblclick()
        visit.wait("saved")
        visit.page.get_by_text("Uw tekening is bewaard.").wait_for()
    assert len(drawings(app)) == SHIPPED + 1


def test_again_after_accepting_takes_the_question_away(app: App, visiting: Visiting) -> None:
    with visiting(app) as visit:
        visit.open()
        accept(visit)
        visit.press("again")
        visit.wait("ready")
        expect(visit.page.get_by_label("Hoe noemt u deze buurt?")).to_have_count(0)
        accept(visit, radius=60)
        assert visit.page.locator(".canvas").get_attribute("data-opened") == "1"


def test_page_in_english(app: App, visiting: Visiting) -> None:
    with visiting(app) as visit:
        visit.open("/?taal=en")
        expect(visit.page.get_by_role("heading", level=1)).to_have_text("Draw your neighbourhood")
        assert visit.page.evaluate("document.documentElement.lang") == "en"


@pytest.mark.parametrize("state", ["ready", "drawn", "add", "accepted", "saved"])
@pytest.mark.parametrize("touch", [True, False], ids=["phone", "desk"])
def test_no_serious_barrier(app: App, visiting: Visiting, state: str, touch: bool) -> None:
    """Axe finds nothing serious in any state, and every button is at least 44 pixels each way."""
    with visiting(app, touch=touch) as visit:
        visit.open()
        if state != "ready":
            visit.mouse(visit.loop(80))
            visit.wait("drawn")
        if state == "add":
            visit.press("adjust")
        if state in {"accepted", "saved"}:
            visit.press("right")
            visit.page.get_by_label("Hoe noemt u deze buurt?").wait_for()
        if state == "saved":
            save(visit)
        visit.wait(state)
        # Through the browser's own door: the page's policy lets no script in that we did not serve.
        visit.page.evaluate(AXE.read_text(encoding="utf-8"))
        tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
        found = visit.page.evaluate("tags => axe.run({runOnly: tags})", tags)
        barriers = [
            (b["id"], [node["html"][:160] for node in b["nodes"]])
            for b in found["violations"]
            if b["impact"] in {"serious", "critical"}
        ]
        assert barriers == []
        for button in visit.page.locator(".canvas button:visible").all():
            box = button.bounding_box()
            assert box is not None
            assert min(box["width"], box["height"]) >= 44
