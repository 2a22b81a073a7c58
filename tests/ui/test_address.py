"""What the address of an evening's page says is what stands there; the pages run for real, without a browser."""

from collections.abc import Iterator
from datetime import date

import pytest
from streamlit.testing.v1 import AppTest

import words
from store import Actor, WorkshopSession
from study import live, trying, workshop
from study.demo import PROJECT
from tests.stores import own_store

PLANNER = Actor("planner", account="p1")
W = words.of("nl")
WAIT_S = 60


@pytest.fixture(scope="module")
def evening(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WorkshopSession]:
    """Give an evening with two tables, in a store of our own."""
    with own_store(tmp_path_factory.mktemp("store")):
        asked = WorkshopSession(PROJECT, "Buurthuis", date(2026, 3, 4), groups=("a", "b"))
        yield workshop.prepare(asked, by=PLANNER)[0]


def opened(module: str, page: str = "page", **address: str) -> AppTest:
    """Open a page of `ui.pages.workshop` at an address."""
    script = f"from ui.pages.workshop import {module}; {module}.{page}()"
    page = AppTest.from_string(script, default_timeout=WAIT_S)
    for key, value in address.items():
        page.query_params[key] = value
    return page.run()


def read(page: AppTest) -> str:
    """Give the page's own HTML: its links are in it."""
    return " ".join(str(piece.value) for piece in page.get("html"))


def test_vote_and_help_wait_for_no_table(evening: WorkshopSession) -> None:
    page = opened("guest", "join", code=evening.code)
    assert W("join.vote") in read(page)
    assert W("join.draw") not in read(page)
    assert [box.label for box in page.expander] == [W("join.help")]
    page.text_input(key="initials").input("ab").run()
    assert W("join.help_go") not in read(page)
    page.radio(key="group").set_value("b").run()
    assert W("join.draw") in read(page)
    assert "groep=b&amp;hulp=AB" in read(page)


@pytest.mark.parametrize("page", ["join", "vote", "thanks"])
def test_a_code_that_leads_nowhere_is_asked_again_under_a_title(evening: WorkshopSession, page: str) -> None:
    asked = opened("guest", page, code="ZZZZZZ")
    assert [title.value for title in asked.title] == [W("join.title")]
    assert [said.value for said in asked.error] == [W("errors.UnknownSession")]
    assert asked.text_input(key="typed_code").label == W("join.code")


def test_back_button_is_not_undone(evening: WorkshopSession) -> None:
    """Back changes the address and nothing else: the widgets follow it, whatever they said last."""
    trying.fill(evening.id, 30)
    live.grow(evening.id, by=PLANNER)
    page = opened("reveal", avond=evening.id)
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
