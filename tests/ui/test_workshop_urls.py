"""What the address of a workshop session says is what stands there; the pages run for real, without a browser."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import numpy as np
import pypdfium2
import pytest
from streamlit.testing.v1 import AppTest

import i18n
from settings import BUDGETS
from store import Actor, Project, VoteRound, WorkshopSession
from study import context
from study.demo_project import PROJECT
from study.publishing.sessions.editions import publish_if_due
from study.workshop import practice_data, rounds, sessions
from tests.support.temp_store import own_store
from ui.pages.board import joining
from ui.pages.workshop import downloads, phone, round_view
from ui.pages.workshop.session_page import WorkshopContext
from ui.session import address_limits, request_context

PLANNER = Actor("planner", account="p1")
W = i18n.get_translator("nl")
WAIT_S = 60
PHONES = [("participant", "join"), ("phone", "vote"), ("participant", "thanks")]
"""Pages on the phones of who takes part."""


@pytest.fixture(scope="module")
def workshop_session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WorkshopSession]:
    """Return a workshop session with two tables, in a store of our own."""
    with own_store(tmp_path_factory.mktemp("store")):
        asked = WorkshopSession(PROJECT, "Buurthuis", date(2026, 3, 4), groups=("a", "b"))
        yield sessions.create_session(asked, by=PLANNER)[0]


def opened(module: str, page: str = "page", **address: str) -> AppTest:
    """Open a page of `ui.pages.workshop` at an address."""
    script = f"from ui.pages.workshop import {module}; {module}.{page}()"
    page = AppTest.from_string(script, default_timeout=WAIT_S)
    for key, value in address.items():
        page.query_params[key] = value
    return page.run()


def read(page: AppTest) -> str:
    """Return the page's own HTML: its links are in it."""
    return " ".join(str(piece.value) for piece in page.get("html"))


def test_vote_and_help_wait_for_no_table(workshop_session: WorkshopSession) -> None:
    page = opened("participant", "join", code=workshop_session.code)
    assert W("join.vote") in read(page)
    assert W("join.draw") not in read(page)
    assert [box.label for box in page.expander] == [W("join.help")]
    page.text_input(key="initials").input("ab").run()
    assert W("join.help_go") not in read(page)
    page.radio(key="group").set_value("b").run()
    assert "groep=b&amp;hulp=AB" in read(page)
    # Who it is for was said: no button on this page would draw as the helper.
    assert W("join.draw") not in read(page)
    page.text_input(key="initials").input("").run()
    assert W("join.draw") in read(page)


def test_browser_in_english_turns_no_dutch_session(
    workshop_session: WorkshopSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A session has its own language, and staff read Dutch; the browser's language is for a resident's own page."""
    monkeypatch.setattr(request_context, "preferred_language", lambda _header: "en")
    code = workshop_session.code
    assert W("join.vote") in read(opened("participant", "join", code=code))
    assert i18n.get_translator("en")("join.vote") in read(opened("participant", "join", code=code, taal="en"))
    script = (
        "import streamlit as st; from ui.session import request_context as asked;"
        "st.text(asked.current_translator().language); st.text(asked.resident_translator().language)"
    )
    assert [piece.value for piece in AppTest.from_string(script).run().text] == ["nl", "en"]


@pytest.mark.parametrize(("module", "page"), PHONES)
def test_a_code_that_leads_nowhere_is_asked_again_under_a_title(
    workshop_session: WorkshopSession, module: str, page: str
) -> None:
    asked = opened(module, page, code="ZZZZZZ")
    assert [title.value for title in asked.title] == [W("join.title")]
    assert [said.value for said in asked.error] == [W("errors.UnknownSession")]
    assert asked.text_input(key="typed_code").label == W("join.code")


def test_back_button_is_not_undone(workshop_session: WorkshopSession) -> None:
    """Back changes the address and nothing else: the widgets follow it, whatever they said last."""
    practice_data.add_practice_drawings(workshop_session.id, 30)
    publish_if_due(workshop_session.id, by=PLANNER)
    page = opened("story", avond=workshop_session.id)
    page.get("button_group")[0].set_value("text").run()
    assert page.query_params["vorm"] == "text"
    page.checkbox(key="tell_core").uncheck().run()
    assert "core" not in page.query_params["stappen"].split(",")
    page.text_input(key="text_places").input("Eigen tekst").run()
    assert "Eigen tekst" in read(page)
    for name in ("vorm", "stappen", "tekst"):
        del page.query_params[name]
    page.run()
    assert set(page.query_params) == {"avond"}
    assert page.get("button_group")[0].value == "story"
    assert page.checkbox(key="tell_core").value
    assert not page.text_input(key="text_places").value


@pytest.mark.parametrize(("module", "page"), PHONES)
def test_the_code_of_a_closed_session_shows_what_came_of_it(
    workshop_session: WorkshopSession, module: str, page: str
) -> None:
    """Nobody drew: the name that was chosen stands there, and no hole for a map."""
    made, _ = sessions.create_session(WorkshopSession(PROJECT, "Zaal", date(2026, 3, 4)), by=PLANNER)
    name = sessions.propose_name(made.id, "Vogelbuurt", device="d", by=PLANNER)
    asked = rounds.start_round(made.id, "name", by=PLANNER)
    rounds.change_vote(asked.id, name.id, 1, device="d")
    rounds.close_round(asked.id, by=PLANNER)
    sessions.set_open(made.id, by=PLANNER)
    shown = opened(module, page, code=made.code)
    assert "Vogelbuurt" in read(shown)
    assert W("join.over") in [piece.value for piece in shown.markdown]
    assert (list(shown.error), list(shown.info)) == ([], [])


def test_the_outcome_waits_for_the_room_while_a_session_is_open(workshop_session: WorkshopSession) -> None:
    """Hidden there, hidden here; then what is shared; then, once the room saw it, the official border."""
    made, _ = sessions.create_session(WorkshopSession(PROJECT, "Zaal", date(2026, 3, 4)), by=PLANNER)
    practice_data.add_practice_drawings(made.id, 30)
    publish_if_due(made.id, by=PLANNER)
    titles = [W(f"reveal_story.title_{key}") for key in ("core", "official", "outside")]

    def seen() -> list[bool]:
        shown = read(opened("participant", "thanks", code=made.code))
        return [title in shown for title in titles]

    assert seen() == [False, False, False]
    sessions.hide_map(made.id, False, by=PLANNER)
    assert seen() == [True, False, False]
    sessions.free_border(made.id, by=PLANNER)
    assert seen() == [True, True, True]
    sessions.hide_map(made.id, True, by=PLANNER)
    sessions.free_border(made.id, False, by=PLANNER)
    assert seen() == [False, False, False]
    sessions.set_open(made.id, by=PLANNER)
    assert seen() == [True, True, True]


@pytest.mark.parametrize("n", [0, 1, 3])
def test_a_small_session_shows_what_is_true(workshop_session: WorkshopSession, n: int) -> None:
    """How many drew, the street map, the name that was chosen and an idea; on story, outcome page and PDF."""
    made, _ = sessions.create_session(WorkshopSession(PROJECT, "Zaal", date(2026, 3, 4)), by=PLANNER)
    practice_data.add_practice_drawings(made.id, n)
    name = sessions.propose_name(made.id, "Vogelbuurt", device="d", by=PLANNER)
    sessions.add_signal(made.id, "initiative", "Samen een moestuin", by=PLANNER)
    sessions.propose_name(made.id, "Niet gelezen", device="d")
    asked = rounds.start_round(made.id, "name", by=PLANNER)
    rounds.change_vote(asked.id, name.id, 1, device="d")
    rounds.close_round(asked.id, by=PLANNER)
    drawn = W("small.drawn_one") if n == 1 else W("small.drawn", n=n)
    told = opened("story", avond=made.id)
    assert drawn in read(told)
    sessions.set_open(made.id, by=PLANNER)
    outcome = opened("participant", "thanks", code=made.code)
    assert drawn in [piece.value for piece in outcome.markdown]
    for page in (told, outcome):
        assert not page.info
        assert all(words in read(page) for words in ("Vogelbuurt", "Samen een moestuin"))
        assert "Niet gelezen" not in read(page)
        assert W("agree.panel") not in [piece.value for piece in page.subheader], "an empty part is left out"
    room = WorkshopContext(W, made, context.get_project(PROJECT), "http://localhost")
    (page,) = pypdfium2.PdfDocument(downloads.outcome_file(room, None, 1))
    text = " ".join(page.get_textpage().get_text_range().split())
    assert drawn in text
    assert W("agree.panel") not in text
    assert all(words in text for words in ("Vogelbuurt", "Samen een moestuin", W("agree.names")))
    picture = np.asarray(page.render().to_pil().convert("RGB"))
    assert len(np.unique(picture.reshape(-1, 3), axis=0)) > 50, "streets are drawn where there was a hole"


@pytest.mark.parametrize("key", ["round_theme", "panel_{signal}"])
def test_renewed_link_ends_what_stands_open(tmp_path_factory: pytest.TempPathFactory, key: str) -> None:
    """Who holds the old link presses a button of a page that was made before: nothing is done any more."""
    with own_store(tmp_path_factory.mktemp("renewed")):
        private_store = context.get_store()
        private_store.projects.save(Project("echt", "Echt", "GM9901", date(2099, 1, 1)))
        made, link = sessions.create_session(
            WorkshopSession("echt", "Buurthuis", date(2026, 3, 4)), by=PLANNER
        )
        signal = sessions.add_signal(made.id, "signal", "Het is donker bij de brug", by=PLANNER)
        page = AppTest.from_string(
            "from ui.pages.workshop import voting; voting.page()", default_timeout=WAIT_S
        )
        page.query_params["project"], page.query_params["avond"] = "echt", made.id
        page.session_state["facilitator"] = Actor("facilitator", session=made.id)
        page.session_state["link"] = link
        page.run()
        sessions.rotate_link(made.id, by=PLANNER)
        page.button(key=key.format(signal=signal.id)).click().run()
        assert not page.exception
        assert private_store.rounds.list_all(made.id) == []
        assert {one.status for one in sessions.list_votables(made.id)} == {"new"}
        assert not page.button, "nothing of the session stands there any more"


def test_one_address_votes_within_its_budget_and_guesses_name_the_phones(
    workshop_session: WorkshopSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Above the budget the next dot is refused. Six phones of four people are warned of."""
    monkeypatch.setattr(joining, "address", lambda: "192.0.2.9")
    monkeypatch.setattr(phone, "BUDGETS", replace(BUDGETS, votes_burst=1, votes_hour=1))
    one = rounds.start_round(workshop_session.id, "theme", by=PLANNER)
    script = (
        "import streamlit as st; from ui.pages.workshop import phone; from study.workshop import rounds, sessions;"
        "import i18n; say = i18n.get_translator('nl'); session = sessions.get_session(st.query_params['avond']);"
        "phone._now(say, session, 'd1')"
    )
    page = AppTest.from_string(script, default_timeout=WAIT_S)
    page.query_params["avond"] = workshop_session.id
    page.run()
    for _ in range(2):
        page.button(key=f"more_{one.subjects[0]}").click().run()
    assert [piece.value for piece in page.error] == [W("rounds.busy", wait_s=3600)]
    assert rounds.votes_of(one.id, device="d1") == {one.subjects[0]: 1}
    rounds.close_round(one.id, by=PLANNER)
    address_limits.LIMITS = address_limits.AddressLimits()
    guessed = VoteRound(workshop_session.id, "guess", state="closed")
    assert round_view.from_whom(W, guessed, 6, 4) == " ".join(
        (W("guess.from_phones", n=6), W("rounds.more_phones", n=6, drawn=4))
    )
    by_ticket = VoteRound(workshop_session.id, "guess", state="closed", by_ticket=True)
    assert round_view.from_whom(W, by_ticket, 6, 4) == W("guess.from_tickets", n=6)
