"""An evening on the phones: practice, a guess and rounds of dots, with the facilitator's screen beside it."""

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
import shapely

import i18n
from geo import crs
from store import ALL, Actor, Contribution, Store, WorkshopSession
from study.workshop import rounds
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
    """Return an open session with two tables, where four names were read and released."""
    made, _ = private_store.sessions.create(
        WorkshopSession("demo", "Wijkhuis", date(2026, 3, 4), groups=("a", "b"), dots=2), by=PLANNER
    )
    for name in ("Dijk", "Brug", "Polder", "Kade"):
        proposed = private_store.sessions.propose_name(made.id, name, device=name)
        private_store.moderation.release_words(proposed.id, by=PLANNER)
    return made


def left(page: Any, n: int) -> None:
    page.get_by_text(W("agree.left", n=n)).wait_for(timeout=WAIT_MS)


def test_a_round_from_open_to_a_second_one(
    app: App, visiting: Visiting, private_store: Store, workshop_session: WorkshopSession
) -> None:
    """Hidden while open, kept over a reload, told when closed, begun anew with a reason, and once more with three.

    Two phones and nobody who drew: the room reads that there are more phones than people.
    """
    with visiting(app) as room, visiting(app, touch=True) as phone:
        beamer, page = room.page, phone.page
        page.goto(f"{app.url}/stem?code={workshop_session.code}")
        controls.said(page, "rounds.look")
        beamer.goto(f"{app.url}/samen?avond={workshop_session.id}")
        controls.press(beamer, "rounds.start_name")
        page.get_by_text(W("rounds.title_name", number=1)).wait_for(timeout=WAIT_MS)
        kade = next(
            p.id for p in private_store.sessions.list_proposals(workshop_session.id) if p.name == "Kade"
        )
        controls.press(page, "agree.more", key=f"more_{kade}")
        left(page, 1)
        controls.press(page, "agree.less", key=f"less_{kade}")
        left(page, 2)
        controls.press(page, "agree.more", key=f"more_{kade}")
        left(page, 1)
        page.reload()
        left(page, 1)
        beamer.get_by_text(W("rounds.open_one")).wait_for(timeout=WAIT_MS)
        (one,) = private_store.rounds.list_all(workshop_session.id)
        private_store.rounds.change_vote(one.id, kade, 1, device="another phone")
        beamer.get_by_text(W("rounds.open", n=2)).wait_for(timeout=WAIT_MS)
        assert beamer.get_by_text("●").count() == 0, "nobody follows the others"
        controls.press(beamer, "rounds.close")
        for screen in (beamer, page):
            screen.get_by_text("●● 2 stippen").wait_for(timeout=WAIT_MS)
        told = f"{W('rounds.from_phones', n=2)} {W('rounds.more_phones', n=2, drawn=0)}"
        beamer.get_by_text(told).wait_for(timeout=WAIT_MS)
        assert controls.find(page, "agree.more").count() == 0
        controls.press(beamer, "rounds.reset")
        controls.said(beamer, "rounds.no_reason")
        controls.fill(beamer, "rounds.reason", "Tafel b was er nog niet")
        controls.press(beamer, "rounds.reset")
        beamer.get_by_text(W("rounds.again", reason="Tafel b was er nog niet")).wait_for(timeout=WAIT_MS)
        controls.said(page, "rounds.look")
        controls.press(beamer, "rounds.open_it")
        left(page, 2)
        controls.press(page, "agree.more", key=f"more_{kade}")
        left(page, 1)
        controls.press(beamer, "rounds.close")
        controls.press(beamer, "rounds.second")
        controls.press(beamer, "rounds.open_it")
        page.get_by_text(W("rounds.title_name", number=2)).wait_for(timeout=WAIT_MS)
        left(page, 2)
        assert page.get_by_text("Kade").count() == 1
        assert page.get_by_text("Dijk").count() == 0
        controls.press(beamer, "rounds.close")
        controls.press(beamer, "rounds.start_theme")
        page.get_by_text(W("rounds.theme_bench")).wait_for(timeout=WAIT_MS)
    assert [one.kind for one in private_store.rounds.list_all(workshop_session.id)] == [
        "name",
        "name",
        "theme",
    ]


def test_a_card_has_one_set_of_dots(
    app: App, visiting: Visiting, private_store: Store, workshop_session: WorkshopSession
) -> None:
    """Where there are cards a phone asks for one; another phone with the same card has what is left of it."""
    (card,) = private_store.tickets.create("demo", 1, session=workshop_session.id, by=PLANNER)
    rounds_made = private_store.rounds.create(
        workshop_session.id, "theme", subjects=rounds.THEMES, is_open=True, by=PLANNER
    )
    with visiting(app, touch=True) as first, visiting(app, touch=True) as second:
        page = first.page
        page.goto(f"{app.url}/stem?code={workshop_session.code}")
        controls.said(page, "rounds.ticket")
        controls.fill(page, "ticket.type", card)
        left(page, 2)
        controls.press(page, "agree.more", key="more_bench")
        left(page, 1)
        other = second.page
        other.goto(f"{app.url}/stem?code={workshop_session.code}&kaart={card}")
        left(other, 1)
    assert private_store.rounds.count_voters(rounds_made.id) == 1


def sketched(private_store: Store, session: WorkshopSession, n: int) -> None:
    """Store the squares of so many people, which stick out of their official area."""
    for nth in range(n):
        drawn = shapely.box(142_600 + nth, 510_300, 143_200 + nth, 510_900)
        raw = str(shapely.to_geojson(crs.to_wgs84(drawn)))
        mine = Contribution(str(uuid.UUID(int=5000 + nth)), "demo", raw, drawn, session.day)
        private_store.contributions.submit(replace(mine, session=session.id, group="ab"[nth % 2]))


def test_one_phone_draws_guesses_gives_dots_and_sees_the_outcome(
    app: App, visiting: Visiting, private_store: Store, workshop_session: WorkshopSession
) -> None:
    """Nothing is typed on the phone; no byte to it or to the wall holds the answer before the round is closed."""
    sketched(private_store, workshop_session, 29)
    frames: list[bytes] = []

    def received(frame: str | bytes) -> None:
        frames.append(frame if isinstance(frame, bytes) else frame.encode())

    with visiting(app) as room, visiting(app, touch=True) as phone:
        beamer, page = room.page, phone.page
        for screen in (beamer, page):
            screen.on("websocket", lambda socket: socket.on("framereceived", received))
        beamer.goto(f"{app.url}/scherm?avond={workshop_session.id}")
        beamer.locator(".beamer-count b", has_text="29").wait_for(timeout=WAIT_MS)
        page.goto(f"{app.url}/mee?code={workshop_session.code}&groep=a")
        page.get_by_role("link", name=W("join.draw")).tap()
        controls.press(page, "start.join")
        phone.wait("ready")
        accept(phone)
        controls.press(page, "steps.stop")
        controls.said(page, "join.look_up")
        controls.said(page, "join.border_waits")
        assert page.get_by_role("button", name=W("reveal.finish"), exact=True).count() == 0
        assert page.locator(".canvas[data-arrived~=areas-buurt]").count() == 0
        page.get_by_role("link", name=W("join.go_on")).tap()
        controls.said(page, "rounds.look")
        beamer.goto(f"{app.url}/samen?avond={workshop_session.id}")
        controls.choose(beamer, "guess.which", "buiten")
        controls.press(beamer, "guess.start")
        controls.slide(page, "guess.slide", 2)
        controls.press(page, "guess.give")
        page.get_by_text(W("guess.mine", percent=60)).wait_for(timeout=WAIT_MS)
        (one,) = private_store.rounds.list_all(workshop_session.id)
        for percent in (10, 20, 60, 90):
            private_store.rounds.save_guess(one.id, percent, group="b", device=f"phone {percent}")
        beamer.get_by_text(W("guess.open", n=5)).wait_for(timeout=WAIT_MS)
        answer = W("guess.answer", percent=0).split("0")[0].encode()
        assert frames
        assert not any(answer in frame for frame in frames)
        controls.press(beamer, "guess.close")
        beamer.locator("ul.guesses li.right").wait_for(timeout=WAIT_MS)
        beamer.locator(".canvas[data-arrived~=story-official]").wait_for(timeout=WAIT_MS)
        (one,) = private_store.rounds.list_all(workshop_session.id)
        assert one.answer is not None
        for screen in (beamer, page):
            screen.get_by_text(W("guess.answer", percent=one.answer)).first.wait_for(timeout=WAIT_MS)
        assert any(answer in frame for frame in frames)
        page.get_by_text(W("guess.mine_was", percent=60)).wait_for(timeout=WAIT_MS)
        controls.fill(beamer, "rounds.reason", "Tafel b was er nog niet")
        controls.press(beamer, "rounds.reset_guess")
        controls.said(page, "rounds.look")
        controls.press(beamer, "rounds.start_theme")
        page.get_by_text(W("rounds.title_theme", number=1)).wait_for(timeout=WAIT_MS)
        controls.press(page, "agree.more", key="more_bench")
        left(page, 1)
        controls.press(beamer, "rounds.close")
        page.get_by_text("● 1 stip").wait_for(timeout=WAIT_MS)
        private_store.sessions.update(replace(workshop_session, is_open=False), by=PLANNER)
        controls.said(page, "join.over")
        page.get_by_text(W("rounds.theme_bench")).wait_for(timeout=WAIT_MS)


def test_practice_is_one_line_and_leaves_nothing(
    app: App, visiting: Visiting, private_store: Store, workshop_session: WorkshopSession
) -> None:
    """Three taps from practice to real: practise, right, for real; nothing is sent or kept of the line."""
    sent: list[str] = []
    with visiting(app, touch=True) as phone:
        page = phone.page
        page.on("request", lambda request: sent.append(request.method))
        page.goto(f"{app.url}/mee?code={workshop_session.code}&groep=b")
        page.get_by_role("link", name=W("join.practise")).tap()
        phone.wait("ready")
        page.get_by_role("heading", name=W("practice.title")).wait_for()
        phone.finger().stroke(phone.loop())
        phone.wait("drawn")
        phone.press("right")
        controls.said(page, "practice.done")
        page.get_by_role("link", name=W("practice.real")).tap()
        at(page, W("start.title"))
        assert "groep=b" in page.url
        assert "oefenen" not in page.url
        controls.press(page, "start.join")
        phone.wait("ready")
        assert page.locator(".canvas[data-state=ready]").count() == 1, "an empty canvas"
        assert set(sent) == {"GET"}
    sketches = private_store.contributions.read_sketches("demo", filters=ALL)
    assert not (sketches["session"] == workshop_session.id).any()
