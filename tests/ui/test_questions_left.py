"""Who drew, a child or an adult, is known on every way into the questions; where it is not, it can be told."""

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from ui.pages.resident.visit_state import ResidentVisit
from ui.session.browser_tab import _remembered

SCRIPT = """
from types import SimpleNamespace
import i18n
import streamlit as st
from study.contributions.questionnaire import list_screens
from ui.pages.resident.manage_contribution import _questions_left
children = st.session_state["children"]
visit = SimpleNamespace(
    children=children,
    screens=list_screens({"age", "certainty"}, children=children),
    drawn_by_child=st.session_state["drawn_by_child"],
)
mine = SimpleNamespace(details=SimpleNamespace(contribution=SimpleNamespace(answers={}), signals=()))
_questions_left(i18n.get_translator("nl"), visit, mine)
"""


@pytest.mark.parametrize(
    ("children", "drawn_by_child", "buttons"),
    [
        (False, False, ["questions_left"]),
        (True, True, ["questions_left"]),
        (False, None, ["questions_left", "drawn_by"]),
        (True, None, ["questions_left", "drawn_by"]),
    ],
)
def test_who_has_only_a_code_can_tell_who_drew(
    children: bool, drawn_by_child: bool | None, buttons: list[str]
) -> None:
    page = AppTest.from_string(SCRIPT, default_timeout=30)
    page.session_state["children"], page.session_state["drawn_by_child"] = children, drawn_by_child
    page.run()
    assert not page.exception
    assert [found.key for found in page.button] == buttons
    explained = [text.value for text in page.markdown if "tekening" in text.value]
    assert len(explained) == (drawn_by_child is None), "what the button does stands above it"


def mine(**facts: Any) -> SimpleNamespace:
    known = {"answers": {}, "name": "", "edge_certainty": "", "from": "project", **facts}
    own = SimpleNamespace(
        answers=known["answers"],
        name=known["name"],
        edge_certainty=known["edge_certainty"],
        view=SimpleNamespace(started_from=known["from"]),
    )
    signals = [SimpleNamespace(kind=kind) for kind in known.get("signals", ())]
    return SimpleNamespace(details=SimpleNamespace(contribution=own, signals=signals))


@pytest.mark.parametrize(
    ("facts", "told", "expected"),
    [
        ({"answers": {"child_fun": 3}}, False, True),
        ({"answers": {"age": "25-44"}}, True, False),
        ({"signals": ["signal"]}, None, False),
        ({"name": "Vogelbuurt"}, True, False),
        ({"edge_certainty": "sure"}, True, False),
        ({"from": "home"}, True, False),
        ({}, True, True),
        ({}, None, None),
    ],
)
def test_who_drew_is_read_from_what_is_stored_before_what_is_told(
    facts: dict[str, Any], told: bool | None, expected: bool | None
) -> None:
    visit: Any = SimpleNamespace(mine=mine(**facts), stated_child=told)
    assert ResidentVisit.drawn_by_child.fget(visit) is expected  # type: ignore[attr-defined]


def test_a_phone_remembers_who_drew() -> None:
    for sent, expected in (({}, False), ({"children": True}, True), ({"children": "yes"}, False)):
        found = _remembered({"code": "ABCD", "day": "2026-03-01", **sent})
        assert found is not None
        assert (found.children, found.day) == (expected, date(2026, 3, 1))
