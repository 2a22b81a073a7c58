"""A facilitator's preparation and evening: everything that is pressed does what it was pressed for."""

import io
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any
from urllib.parse import parse_qs, urlsplit

import cv2
import numpy as np
import pypdfium2
import pytest
import shapely
from playwright.sync_api import expect

import i18n
from geo import crs
from store import Actor, Contribution, Filters, Store, WorkshopSession
from study.workshop.sessions import TO_WIJKPANEL
from tests.support import controls
from tests.support.browser import App
from tests.ui.test_resident import accept, at

pytestmark = pytest.mark.browser
Visiting = Callable[..., Any]
W = i18n.get_translator("nl")
PLANNER = Actor("planner", account="demo")
WAIT_MS = 60_000


@pytest.fixture
def workshop_session(private_store: Store) -> WorkshopSession:
    """Return an open session with two tables."""
    return private_store.sessions.create(
        WorkshopSession("demo", "Wijkhuis", date(2026, 3, 4), groups=("a", "b")), by=PLANNER
    )[0]


def photographed(pdf: bytes, *loops: tuple[float, float]) -> list[bytes]:
    """Return a photo of each page, with a loop of these radii (shares of the width) drawn on it in red."""
    photos = []
    for page, (across, down) in zip(pypdfium2.PdfDocument(io.BytesIO(pdf)), loops, strict=True):
        picture = np.ascontiguousarray(page.render(scale=200 / 72).to_numpy()[:, :, :3])
        height, width = picture.shape[:2]
        middle, radii = (width // 2, int(height * 0.45)), (int(width * across), int(width * down))
        cv2.ellipse(picture, middle, radii, 0, 0, 360, (30, 30, 200), 8, cv2.LINE_AA)
        photos.append(cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 90])[1].tobytes())
    return photos


def with_blue_loop(photo: bytes) -> bytes:
    """Return a photo of a sheet on which somebody else drew a loop beside the first, in blue."""
    picture: Any = cv2.imdecode(np.frombuffer(photo, np.uint8), cv2.IMREAD_COLOR)
    height, width = picture.shape[:2]
    cv2.ellipse(picture, (width // 5, height // 5), (width // 12, height // 9), 0, 0, 360, (190, 70, 20), 8)
    return cv2.imencode(".jpg", picture)[1].tobytes()


def on_one_photo(*photos: bytes) -> bytes:
    """Return the sheets of several photos below each other in one."""
    pictures: list[Any] = [cv2.imdecode(np.frombuffer(raw, np.uint8), cv2.IMREAD_COLOR) for raw in photos]
    return cv2.imencode(".jpg", np.vstack(pictures))[1].tobytes()


def test_sheets_are_made_drawn_on_and_taken_back(
    app: App, visiting: Visiting, private_store: Store, workshop_session: WorkshopSession
) -> None:
    """Three sheets: kept as read, repaired, of two people; a copy with another line is another; the rest is let go."""

    def drawn() -> list[str]:
        kept = private_store.contributions.read_sketches("demo")
        return list(kept[kept["session"] == workshop_session.id]["mode"])

    with visiting(app) as visit:
        page = visit.page
        page.goto(f"{app.url}/papier?avond={workshop_session.id}")
        controls.choose(page, "paper.area", "Rietkraag")
        controls.pick(page, "paper.size", "A4")
        controls.choose(page, "paper.pen", W("paper.pen_red"))
        controls.fill(page, "paper.how_many", "3")
        controls.press(page, "paper.make")
        pdf = controls.download(page, "paper.download")
        assert len(pypdfium2.PdfDocument(io.BytesIO(pdf))) == 3
        assert controls.download(page, "paper.download") == pdf, "on offer until others are made"
        first, second, third = photographed(pdf, (0.22, 0.18), (0.15, 0.2), (0.14, 0.14))
        other, *_ = photographed(pdf, (0.1, 0.1), (0.1, 0.1), (0.1, 0.1))
        page.get_by_role("tab", name=W("paper.tab_read")).click()
        controls.choose(page, "paper.pen_used", W("paper.pen_red"))
        blank = cv2.imencode(".jpg", np.full((900, 700, 3), 255, np.uint8))[1].tobytes()
        controls.upload(page, "paper.photos", ("wit.jpg", blank), ("een.jpg", first))
        controls.press(page, "paper.read")
        page.get_by_text(W("paper.looked", n=2, n_read=1, n_refused=1)).wait_for(timeout=WAIT_MS)
        expect(page.get_by_text(W("paper.counted", pages=2, n=2, n_read=1, n_refused=1))).to_be_visible()
        controls.press(page, "paper.dismiss")
        expect(page.get_by_text("wit.jpg")).to_have_count(0)
        controls.press(page, "paper.keep")
        controls.said(page, "paper.kept")
        assert drawn() == ["paper"]
        controls.upload(page, "paper.photos", ("nog een.jpg", other), ("twee.jpg", second))
        controls.press(page, "paper.read")
        controls.press(page, "paper.keep")
        controls.said(page, "paper.differs")
        controls.press(page, "paper.keep_another")
        expect(page.get_by_text(W("paper.differs", number=1))).to_have_count(0)
        assert drawn() == ["paper"] * 2
        controls.press(page, "paper.mend")
        visit.wait("accepted")
        visit.press("adjust")
        visit.press("cut")
        x, y = visit.middle()
        visit.mouse([(x - 150, y), (x, y - 10), (x + 150, y)])
        visit.press("ready")
        visit.press("right")
        expect(page.locator(".canvas")).to_have_count(0)
        assert drawn() == ["paper"] * 3
        controls.choose(page, "paper.pen_used", W("paper.pen_various"))
        again, *_ = photographed(pdf, (0.2, 0.2), (0.1, 0.1), (0.1, 0.1))
        controls.upload(page, "paper.photos", ("tafel.jpg", on_one_photo(again, with_blue_loop(third))))
        controls.press(page, "paper.read")
        page.get_by_text(W("paper.counted", pages=1, n=2, n_read=2, n_refused=0)).wait_for(timeout=WAIT_MS)
        controls.said(page, "paper.doubt_two_pens")
        expect(page.get_by_text(W("paper.part", letter="B"))).to_be_visible()
        for answer in ("paper.part_not", "paper.part_counts"):  # of A, the larger; B is of another pen
            controls.pick(page, "paper.part", W(answer))
        controls.press(page, "paper.keep_parts")
        expect(page.get_by_text(W("paper.doubt_two_pens"))).to_have_count(0)
        controls.rest(page)
        assert drawn() == ["paper"] * 5
        controls.press(page, "paper.drop")
        expect(page.get_by_text(W("paper.drop"))).to_have_count(0)
    assert drawn() == ["paper"] * 5


def test_a_session_is_prepared(app: App, visiting: Visiting, private_store: Store) -> None:
    """Made with one question more, printed, filled with invented residents, closed and opened, its link replaced."""
    day = date(date.today().year + 3, 3, 4)
    with visiting(app) as visit:
        page = visit.page
        page.goto(f"{app.url}/avond?project=demo")
        controls.fill(page, "workshop.place", "De Brug")
        controls.date(page, "workshop.day", day)
        controls.slide(page, "workshop.tables", 1)
        controls.fill(page, "workshop.table_names", "rood, blauw")
        controls.slide(page, "workshop.dots", 2)
        for language in ("en", "nl"):
            controls.pick(page, "workshop.language", i18n.LANGUAGES[language].name)
        controls.press(page, "workshop.screen_marks")
        controls.press(page, "workshop.make")
        controls.said(page, "workshop.link_once")
        first = page.locator("[data-testid=stCode]").inner_text().strip()
        (made,) = [one for one in private_store.sessions.list_all("demo") if one.place == "De Brug"]
        assert (made.day, made.groups, made.dots, made.language) == (day, ("rood", "blauw"), 5, "nl")
        for key in ("laptop", "wifi", "sound", "tablet", "paper", "story", "practise"):
            controls.press(page, f"workshop.check_{key}")
        assert controls.download(page, "workshop.pack").startswith(b"%PDF")
        controls.press(page, "workshop.try_fill")
        page.get_by_text(W("workshop.try_now", n=10)).wait_for(timeout=WAIT_MS)
        controls.press(page, "workshop.free_border")
        controls.said(page, "workshop.border_free")
        assert private_store.stage.get(made.id).border_free
        controls.press(page, "workshop.hold_border")
        controls.said(page, "workshop.border_waits")
        assert not private_store.stage.get(made.id).border_free
        controls.press(page, "workshop.close")
        controls.said(page, "workshop.open")
        controls.said(page, "workshop.closed")
        expect(page.get_by_role("link", name=W("workshop.to_outcome"))).to_be_visible()
        expect(page.get_by_text(W("workshop.checks"))).to_have_count(0)
        assert not private_store.sessions.get(made.id).is_open
        controls.press(page, "workshop.open")
        controls.said(page, "workshop.close")
        assert private_store.sessions.get(made.id).is_open
        controls.press(page, "workshop.new_link")
        code = page.locator("[data-testid=stCode]")
        expect(code).not_to_have_text(first)
        assert code.inner_text().strip().partition("#")[0] == first.partition("#")[0]


def test_the_screens_of_a_session_obey(
    app: App, visiting: Visiting, private_store: Store, workshop_session: WorkshopSession
) -> None:
    """The beamer stops and hides and goes on; the story steps, loses a part, changes its order, and is taken along."""
    with visiting(app) as visit:
        page = visit.page
        page.goto(f"{app.url}/avond?avond={workshop_session.id}")
        for n in (10, 20):
            controls.press(page, "workshop.try_fill")
            page.get_by_text(W("workshop.try_now", n=n)).wait_for(timeout=WAIT_MS)
        page.goto(f"{app.url}/scherm?avond={workshop_session.id}")
        controls.press(page, "live.freeze")
        controls.said(page, "live.frozen")
        controls.press(page, "live.thaw")
        expect(page.get_by_text(W("live.frozen"))).to_have_count(0)
        controls.said(page, "live.hidden")
        controls.press(page, "live.unhide")
        expect(page.get_by_text(W("live.hidden"))).to_have_count(0)
        controls.press(page, "live.hide")
        controls.said(page, "live.hidden")
        page.goto(f"{app.url}/verhaal?avond={workshop_session.id}")
        head = page.locator(".story-head")
        controls.press(page, "reveal_story.next")
        expect(head).to_contain_text("2 / 6")
        assert not private_store.stage.get(workshop_session.id).border_free
        page.keyboard.press("PageDown")
        expect(head).to_contain_text("3 / 6")
        assert private_store.stage.get(workshop_session.id).border_free, "the room has seen it"
        controls.press(page, "reveal_story.back")
        expect(head).to_contain_text("2 / 6")
        controls.press(page, "reveal_story.back")
        expect(head).to_contain_text("1 / 6")
        page.get_by_text(W("reveal_story.change")).click()
        controls.fill(page, "reveal_story.text_of", "Let op de spoordijk.", key="text_core")
        controls.press(page, "reveal_story.title_official")
        expect(head).to_contain_text("1 / 5")
        controls.press(page, "reveal_story.later", key="down_drawings")
        page.wait_for_url("**stappen=core%2Cdrawings%2C**")
        controls.press(page, "reveal_story.earlier", key="up_places")
        page.wait_for_url("**stappen=core%2Cdrawings%2Cplaces%2Coutside%2Cgroups**")
        slideshow = controls.download(page, "workshop.file_story").decode()
        assert W("reveal_story.title_outside") in slideshow
        assert "Let op de spoordijk." in slideshow
        assert W("reveal_story.title_official") not in slideshow
        assert controls.download(page, "workshop.file_outcome", key="file_outcome").startswith(b"%PDF")
        assert controls.download(page, "workshop.file_picture").startswith(b"\x89PNG")


def test_drawings_that_wait_are_counted(
    app: App, visiting: Visiting, private_store: Store, workshop_session: WorkshopSession
) -> None:
    """Two phones send the same outline: the beamer tells it, one press counts it, and another takes that back."""
    drawn = shapely.box(142_600, 510_300, 143_200, 510_900)
    told = str(shapely.to_geojson(crs.to_wgs84(drawn)))
    for n in range(2):
        mine = Contribution(str(uuid.UUID(int=800 + n)), "demo", told, drawn, workshop_session.day)
        private_store.contributions.submit(
            replace(mine, session=workshop_session.id), device=f"phone {n}", address=""
        )
    with visiting(app) as visit:
        page = visit.page
        page.goto(f"{app.url}/scherm?avond={workshop_session.id}")
        controls.said(page, "live.held")
        page.goto(f"{app.url}/avond?avond={workshop_session.id}")
        page.get_by_text(W("held.waiting", n=1, copies=1, address=0)).wait_for(timeout=WAIT_MS)
        controls.press(page, "held.release")
        page.get_by_text(W("workshop.try_now", n=2)).wait_for(timeout=WAIT_MS)
        controls.press(page, "held.undo")
        page.get_by_text(W("workshop.try_now", n=1)).wait_for(timeout=WAIT_MS)


def test_cards_for_the_tables(
    app: App, visiting: Visiting, private_store: Store, workshop_session: WorkshopSession
) -> None:
    """Cards are made and printed; who types a code that is none is told, and who scans a card counts."""
    with visiting(app) as desk, visiting(app, touch=True) as phone:
        page = desk.page
        page.goto(f"{app.url}/avond?avond={workshop_session.id}")
        controls.fill(page, "ticket.how_many", "3")
        controls.press(page, "ticket.sure")
        controls.press(page, "ticket.make")
        cards = controls.download(page, "ticket.cards").decode()
        listed = controls.download(page, "ticket.list").decode().splitlines()[1:]
        assert len(listed) == cards.count("<li>") == 3
        code, address = listed[0].split(";")
        page = phone.page
        page.goto(address.replace(code, ""))
        controls.said(page, "ticket.asked")
        controls.fill(page, "ticket.type", "ABCDE-ABCDE")
        controls.said(page, "ticket.unknown")
        page.goto(address)
        controls.said(page, "ticket.known")
        controls.press(page, "start.join")
        phone.wait("ready")
        accept(phone)
    counted = Filters(sessions=(workshop_session.id,), one_per_person=True)
    assert len(private_store.contributions.read_sketches("demo", filters=counted)) == 1


def test_two_groups_beside_each_other(
    app: App, visiting: Visiting, private_store: Store, workshop_session: WorkshopSession
) -> None:
    """Thirty people of two groups here and thirty there: which place is told, and which group stands left."""
    for n in range(60):
        west = 142_600 if n < 30 else 144_600
        drawn = shapely.box(west, 510_300, west + 600, 510_900)
        raw = str(shapely.to_geojson(crs.to_wgs84(drawn)))
        mine = Contribution(str(uuid.UUID(int=900 + n)), "demo", raw, drawn, workshop_session.day)
        private_store.contributions.submit(replace(mine, session=workshop_session.id, group="ab"[n % 2]))
    with visiting(app) as visit:
        page = visit.page
        page.goto(f"{app.url}/scherm?avond={workshop_session.id}")
        controls.press(page, "live.unhide")
        page.locator(".canvas[data-arrived~=bands]").wait_for(timeout=WAIT_MS)
        page.goto(f"{app.url}/verhaal?avond={workshop_session.id}")
        page.get_by_text(W("reveal_story.change")).click()
        controls.choose(page, "reveal_story.which", "buurt 2")
        page.wait_for_url("**buurt=2**")
        controls.pick(page, "reveal_story.forms", W("reveal_story.form_groups"))
        page.wait_for_url("**vorm=groups**")
        controls.choose(page, "reveal_story.group", "b", key="group_0")
        page.locator(".st-key-group_map_1 .canvas").wait_for(timeout=WAIT_MS)


def test_a_room_agrees(
    app: App, visiting: Visiting, private_store: Store, workshop_session: WorkshopSession
) -> None:
    """A name from a phone and a signal from the room; a round of names; a signal goes to the panel, back, and there."""

    def named(words: str) -> None:
        made = private_store.sessions.propose_name(workshop_session.id, words, device="another phone")
        private_store.moderation.release_words(made.id, by=PLANNER)

    with visiting(app) as room, visiting(app, touch=True) as phone:
        beamer, page = room.page, phone.page
        beamer.goto(f"{app.url}/samen?avond={workshop_session.id}")
        controls.press(beamer, "rounds.start_signal")
        controls.said(beamer, "rounds.nothing")
        controls.pick(beamer, "agree.kind", W("agree.kind_signal"))
        controls.fill(beamer, "agree.words", "Te donker bij de brug")
        controls.press(beamer, "agree.add", key="write_add")
        beamer.get_by_text("Te donker bij de brug").wait_for(timeout=WAIT_MS)
        page.goto(f"{app.url}/stem")
        controls.fill(page, "join.code", workshop_session.code)
        controls.press(page, "join.find")
        controls.said(page, "rounds.look")
        controls.fill(page, "agree.propose", "De Wending")
        controls.press(page, "agree.add", key="propose_add")
        controls.said(page, "agree.proposed")
        controls.said(beamer, "agree.waiting")
        assert page.get_by_text("De Wending").count() == beamer.get_by_text("De Wending").count() == 0
        desk = room.context.new_page()
        desk.goto(f"{app.url}/avond?avond={workshop_session.id}")
        desk.get_by_text("De Wending").click(timeout=WAIT_MS)
        beamer.get_by_text("De Wending").wait_for(timeout=WAIT_MS)
        assert page.get_by_text("De Wending").count() == 0, "no round is open"
        other = room.context.new_page()
        other.goto(f"{app.url}/samen?avond={workshop_session.id}")
        for screen in (other, beamer):
            controls.find(screen, "agree.to_panel").wait_for(timeout=WAIT_MS)
        controls.press(beamer, "agree.to_panel")
        controls.press(other, "agree.not_to_panel")
        controls.find(beamer, "agree.to_panel").wait_for(timeout=WAIT_MS)
        controls.press(beamer, "agree.to_panel")
        for name in ("De Derde", "De Vierde"):  # either screen has looked anew since, and once more
            named(name)
            for screen in (other, beamer):
                screen.get_by_text(name).wait_for(timeout=WAIT_MS)
                controls.find(screen, "agree.not_to_panel").wait_for(timeout=WAIT_MS)
        assert controls.download(beamer, "workshop.file_outcome", key="outcome").startswith(b"%PDF")
    assert private_store.contributions.read_signals("demo", session=workshop_session.id)[
        "status"
    ].tolist() == [TO_WIJKPANEL]
    decided = [row.action for row in private_store.accounts.list_audit() if "decide" in row.action]
    assert decided == [f"decide about a signal: {to}" for to in (TO_WIJKPANEL, "new", TO_WIJKPANEL)]


def test_each_who_is_helped_is_somebody_else(
    app: App, visiting: Visiting, private_store: Store, workshop_session: WorkshopSession
) -> None:
    """One helper, one tab: by the link, by an address typed again, and by the button for the next person."""

    def drawn() -> list[tuple[str, int]]:
        kept = private_store.contributions.read_sketches("demo")
        mine = kept[kept["session"] == workshop_session.id]
        return list(zip(mine["mode"], mine["version"], strict=True))

    with visiting(app) as visit:
        page = visit.page
        page.goto(f"{app.url}/mee?code={workshop_session.code}")
        page.get_by_text(W("join.help"), exact=True).click(timeout=WAIT_MS)
        controls.fill(page, "join.initials", "jv")
        controls.pick(page, "join.group", "a")
        page.get_by_role("link", name=W("join.help_go")).click()
        controls.press(page, "start.join")
        visit.wait("ready")
        accept(visit)
        page.reload()
        visit.wait("accepted")
        assert drawn() == [("helped", 1)]

        # As when the browser asks for the page before it has heard of the turn: it is the same person's.
        here = page.url
        page.evaluate("history.replaceState(null, '', location.href.replace(/&beurt=[^&]*/, ''))")
        assert page.url != here
        controls.press(page, "steps.next")
        at(page, W("places.title"))
        assert parse_qs(urlsplit(page.url).query)["beurt"] == parse_qs(urlsplit(here).query)["beurt"]

        page.goto(
            f"{app.url}/?project=demo&code={workshop_session.code}&groep=a&hulp=JV&stap=teken&kaart=ABCDE-ABCDE"
        )
        visit.wait("ready")
        accept(visit)
        assert drawn() == [("helped", 1)] * 2

        controls.press(page, "steps.next")
        at(page, W("places.title"))
        page.goto(page.url.replace("stap=plekken", "stap=klaar"))
        assert "kaart=ABCDE-ABCDE" in page.url
        controls.press(page, "reveal.next_person")
        at(page, W("start.title"))
        controls.press(page, "start.join")
        visit.wait("ready")
        assert "kaart=" not in page.url, "the next person has another card, or none"
        accept(visit)
    assert drawn() == [("helped", 1)] * 3
