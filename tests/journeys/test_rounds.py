"""Rounds of an evening, from the facilitator's screen and from a phone on which nobody types anything."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

import i18n
from store import Actor, Store, WorkshopSession
from study.workshop import rounds
from tests.support import controls
from tests.support.browser import App

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
