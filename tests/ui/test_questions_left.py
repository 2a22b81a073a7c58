"""Which questions are offered with a code: never those to adults for a drawing of a child, nor the other way round."""

import pytest
from streamlit.testing.v1 import AppTest

SCRIPT = """
from types import SimpleNamespace
import i18n
import streamlit as st
from study.contributions.questionnaire import list_screens
from ui.pages.resident.manage_contribution import _questions_left
children = st.session_state["children"]
visit = SimpleNamespace(children=children, screens=list_screens({"age", "certainty"}, children=children))
contribution = SimpleNamespace(answers=st.session_state["answers"])
mine = SimpleNamespace(details=SimpleNamespace(contribution=contribution, signals=()))
_questions_left(i18n.get_translator("nl"), visit, mine)
"""


@pytest.mark.parametrize(
    ("children", "answers", "offered"),
    [
        (False, {"child_fun": 3}, False),
        (True, {"age": "25-44"}, False),
        (True, {"child_fun": 3}, True),
        (False, {"age": "25-44"}, True),
        (False, {}, True),
    ],
)
def test_who_drew_is_read_from_the_answers(children: bool, answers: dict[str, object], offered: bool) -> None:
    page = AppTest.from_string(SCRIPT, default_timeout=30)
    page.session_state["children"], page.session_state["answers"] = children, answers
    page.run()
    assert not page.exception
    assert bool(page.button) is offered
