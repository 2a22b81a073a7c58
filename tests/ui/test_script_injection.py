"""Scripts, templates, tricks with direction and far-away pictures, planted in every text field there is.

None runs, none is evaluated, and nobody else is asked for anything, in a real browser on every page that shows
what people wrote, on the maps, and in what leaves the house.
"""

import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import shapely

import i18n
import store
from geo.crs import to_planar, to_wgs84
from store import Actor, Contribution, Place, Signal, WorkshopSession
from study.demo_project import PROJECT
from tests.support import controls
from tests.support.browser import App, Visit
from ui.pages.planner.page import SECTIONS

pytestmark = pytest.mark.browser
W = i18n.get_translator("nl")
Visiting = Callable[..., Any]

SHORT = (
    "<img src=x onerror=planted=1>",
    "<script>planted=1</script>",
    "{{7*1337}}{% raw %}${7*1337}",
    "![p](https://planted.example/p.png)",
    "[l](javascript:planted=1)",
    "\u202eegdirb `${planted=1}`",
    ":red[x] $$\\href{//planted.example}{x}$$",
    '"><svg onload=planted=1>',
)
"""Each fits in the smallest field: 40 characters."""

LONG = " ".join(SHORT)
EVALUATED = str(7 * 1337)
MAKER = Actor("administrator", account="test")
N_RESIDENTS = 8
"""Residents who tell it, each the same: enough to be counted together and to be shown by name."""

PLACE = (5.2065, 52.5815)
TEXTS = {"note": LONG[:150], "what_was_lost": LONG[:150]}


@dataclass(frozen=True)
class Planted:
    """An app whose store is full of it; the code of one resident, and of the session."""

    app: App
    code: str
    workshop_session: str
    join: str
    link: str


def planted_store(path: Path) -> tuple[str, WorkshopSession, str]:
    """Plant everything in the made-up town, whose pages everybody may see."""
    x, y = to_planar(shapely.Point(*PLACE)).coords[0]
    with store.open_store(f"sqlite:///{path}") as private_store:
        workshop_session, link = private_store.sessions.create(
            WorkshopSession(PROJECT, SHORT[0], date(2026, 5, 1), groups=SHORT[:3]), by=MAKER
        )
        codes = []
        for number, name in enumerate(one for one in SHORT for _ in range(N_RESIDENTS)):
            area = shapely.box(x - 200 + number, y - 200, x + 200 + number, y + 200)
            raw = {"type": "Feature", "properties": {"name": LONG}, "geometry": {}}
            raw["geometry"] = shapely.geometry.mapping(to_wgs84(area))
            sent = Contribution(
                str(uuid.uuid4()),
                PROJECT,
                json.dumps(raw),
                area,
                date.today(),
                session=workshop_session.id,
                group=workshop_session.groups[number % 3],
                name=name,
                answers={"signal": LONG[:280], "initiative": LONG[:280]},
                helped_by="<b>",
            )
            places = (
                Place("met", "meeting_place", shapely.Point(x, y), **TEXTS),
                Place("vanished", "bench", shapely.Point(x + 20, y), year=2019, **TEXTS),
            )
            signals = (Signal("signal", LONG[:280]), Signal("initiative", LONG[:280]))
            receipt = private_store.contributions.submit(sent, places, signals)
            private_store.moderation.add_flag(PROJECT, receipt.id, aspect="name", reason="outlier")
            codes.append(str(receipt.code))
        for text in SHORT:
            private_store.sessions.propose_name(workshop_session.id, text, device=text)
    return codes[0], workshop_session, link


@pytest.fixture(scope="module")
def planted(start_app: Callable[..., App]) -> Planted:
    app = start_app()
    code, workshop_session, link = planted_store(app.store)
    return Planted(app, code, workshop_session.id, workshop_session.code, link)


def harmless(visit: Visit) -> None:
    """Look through the page as it is now, shadow roots of maps too."""
    found = visit.page.evaluate(
        """() => {
            const all = (root) => [...root.querySelectorAll('*')].flatMap(
                (one) => [one, ...(one.shadowRoot ? all(one.shadowRoot) : [])]);
            const here = all(document);
            return {
                ran: typeof window.planted !== 'undefined',
                made: here.filter((one) => one.matches(
                    "img[src='x'], img[src*='planted.example'], svg[onload], [onerror]")
                    // A link of our own may carry the address it stands on.
                    || one.matches("a[href*='planted']") && one.origin !== location.origin).map((one) => one.outerHTML),
                said: here.map((one) => one.shadowRoot ? one.shadowRoot.textContent : '').join(' ')
                    + document.body.innerText,
            };
        }"""
    )
    assert not found["ran"]
    assert found["made"] == []
    assert EVALUATED not in found["said"]
    assert "\u202e" not in found["said"], "what turns text round was taken out on its way in"


PLANNER = {
    "overview": ".st-key-overview_map",
    "fit": ".st-key-fit_map",
    "borders": ".st-key-borders_map",
    "neighbourhoods": ".st-key-neighbourhoods_map",
    "facilities": ".st-key-facilities_map",
    "figures": ".st-key-figures_map",
    "groups": ".st-key-naar",
    "liveability": ".st-key-scores_map",
    "triage": ".st-key-triage_map",
    "take": "[class*=st-key-take-]",
    "limits": ".st-key-limits",
}
"""Every section for planners, and what stands in it and in no other."""

PAGES = {
    "session": "/avond?avond={workshop_session}#{link}",
    "screen": "/scherm?avond={workshop_session}#{link}",
    "reveal": "/verhaal?avond={workshop_session}#{link}",
    "agree": "/samen?avond={workshop_session}#{link}",
    "join": "/mee?code={join}",
    "vote": "/stem?code={join}",
    "thanks": "/dank?code={join}",
    "privacy": "/privacy",
    "sources": "/bronnen",
    "draw in that session": "/?code={join}&stap=teken",
    "planted in the address": "/?project=%3Cimg%20src%3Dx%20onerror%3Dplanted%3D1%3E&groep=%7B%7B7*1337%7D%7D",
}


def looked_at(visit: Visit) -> None:
    """Look through the page, and again at what its map says when it is pointed at and when it is chosen."""
    controls.rest(visit.page)
    harmless(visit)
    for map_box in visit.page.locator(".canvas .map").all():
        box = map_box.bounding_box()
        if box is not None:
            visit.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
            visit.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
            controls.rest(visit.page)
            harmless(visit)


@pytest.mark.parametrize("name", PAGES)
def test_nothing_planted_runs(planted: Planted, visiting: Visiting, name: str) -> None:
    address = PAGES[name].format(
        workshop_session=planted.workshop_session, link=planted.link, join=planted.join
    )
    with visiting(planted.app, forgiving=True) as visit:
        visit.page.on("dialog", lambda dialog: pytest.fail(f"a script ran: {dialog.message}"))
        visit.page.goto(planted.app.url + address)
        looked_at(visit)


def test_nothing_planted_runs_before_a_planner(planted: Planted, visiting: Visiting) -> None:
    """One visit walks all sections: what one leaves behind is there for the next."""
    with visiting(planted.app, forgiving=True) as visit:
        page = visit.page
        page.on("dialog", lambda dialog: pytest.fail(f"a script ran: {dialog.message}"))
        page.goto(f"{planted.app.url}/vergelijk")
        for key, there in PLANNER.items():
            section = W(f"planner.section_{key}")
            controls.pick(page, "planner.sections", section)
            if key == "facilities":  # what single residents wrote stands behind one switch
                controls.press(page, "planner.single_show")
            if key == "take":  # files are those of an edition
                controls.unfold(page, "publish.title")
                controls.press(page, "publish.look")
                controls.press(page, "publish.now")
            page.locator(there).first.wait_for(timeout=90_000)
            looked_at(visit)


def test_who_told_it_reads_it_as_typed(planted: Planted, visiting: Visiting) -> None:
    """By the code: the name stands there letter for letter, and is no picture."""
    with visiting(planted.app, forgiving=True) as visit:
        visit.page.goto(f"{planted.app.url}/?stap=code")
        visit.page.locator("input[type=text]").first.fill(planted.code)
        visit.page.keyboard.press("Enter")
        visit.page.get_by_text(SHORT[0]).first.wait_for(timeout=60_000)
        controls.rest(visit.page)
        harmless(visit)


def test_every_section_for_planners_is_looked_at() -> None:
    assert set(PLANNER) == set(SECTIONS)
