"""What somebody sees of their second factor is theirs: whoever signs in after them in the same tab sees none of it."""

from collections.abc import Iterator

import pytest
from streamlit.testing.v1 import AppTest

from geo.errors import OwnSecondFactor, UnknownSubject
from store import Actor
from study import administration, context
from tests.support.temp_store import own_store
from ui.session.login_sessions import FACTOR_CODES, FACTOR_SECRET

PASSWORD = "een heel lang geheim"
SHOW = """
import i18n
import streamlit as st
from store import Actor
from ui.pages import second_factor
second_factor.show(i18n.get_translator("nl"), Actor("planner", account=st.session_state["who"]))
"""
SIGN_IN = """
import streamlit as st
from store import Actor
from ui.session import login_sessions
login_sessions.sign_in(Actor("planner", account=st.session_state["who"]))
"""
SIGN_OUT = "from ui.session import login_sessions; login_sessions.sign_out()"
WAIT_S = 30


@pytest.fixture(scope="module")
def accounts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    with own_store(tmp_path_factory.mktemp("store")):
        made = context.get_store().accounts
        yield made.create("eerste", "planner", PASSWORD).id, made.create("tweede", "planner", PASSWORD).id


def test_the_next_account_sees_no_secret_and_no_codes(accounts: tuple[str, str]) -> None:
    first, second = accounts
    page = AppTest.from_string(SHOW, default_timeout=WAIT_S)
    page.session_state["who"] = first
    page.run()
    page.button(key="factor_begin").click().run()
    assert len(page.code) == 1
    page.session_state["who"] = second
    page.run()
    assert not page.code
    assert FACTOR_SECRET not in page.session_state
    page.session_state[FACTOR_CODES] = (first, "ABCD-EFGH")
    page.run()
    assert not page.code
    assert FACTOR_CODES not in page.session_state


@pytest.mark.parametrize("script", [SIGN_IN, SIGN_OUT])
def test_nothing_stays_in_the_tab(accounts: tuple[str, str], script: str) -> None:
    page = AppTest.from_string(script, default_timeout=WAIT_S)
    page.session_state["who"] = accounts[0]
    for key in (FACTOR_SECRET, FACTOR_CODES):
        page.session_state[key] = (accounts[0], "text")
    page.run()
    assert not page.exception
    assert FACTOR_SECRET not in page.session_state
    assert FACTOR_CODES not in page.session_state


def test_nobody_resets_their_own(accounts: tuple[str, str]) -> None:
    """Of another account it is looked up, and this one has none."""
    by = Actor("administrator", account=accounts[0])
    with pytest.raises(OwnSecondFactor):
        administration.reset_second_factor(accounts[0], by=by)
    with pytest.raises(UnknownSubject):
        administration.reset_second_factor(accounts[1], by=by)
