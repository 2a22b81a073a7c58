"""Signing in: with an account of this installation, or with that of the municipality where it is set up."""

import time

import streamlit as st

from geo.errors import BuurtError
from i18n import Translator
from study import authentication
from study.permissions import Actor
from ui.pages import second_factor
from ui.session import login_sessions
from ui.session.request_context import current_actor, current_translator

LEAVING, LEFT = "leaving", "left"


def page() -> None:
    """Show the form to sign in or out."""
    say = current_translator()
    st.title(say("signin.title"), anchor=False)
    if st.session_state.get(LEAVING):
        _leaving(say)
        return
    actor = current_actor() or _by_municipality(say)
    if actor is not None:
        st.session_state.pop(LEFT, None)
        _inside(say, actor)
        return
    if st.session_state.get(LEFT):
        st.success(say("signin.left"))
    if login_sessions.pending_sign_in() is not None:
        _by_code(say)
        return
    st.write(say("signin.who"))
    if authentication.is_oidc_configured(_secrets()) and st.button(
        say("signin.with_municipality"), key="oidc", type="primary", width="stretch"
    ):
        st.login()
    _by_password(say)


def _by_password(say: Translator) -> None:
    with st.form("signin", border=False):
        label = st.text_input(say("signin.label"), max_chars=64, autocomplete="username", key="label")
        password = st.text_input(
            say("signin.password"),
            type="password",
            max_chars=1000,
            autocomplete="current-password",
            key="password",
        )
        pressed = st.form_submit_button(say("signin.enter"), type="primary", width="stretch")
    if not pressed:
        return
    try:
        found = login_sessions.authenticate(label, password)
    except BuurtError as problem:
        st.error(say.explain(problem))
        return
    if found is not None:
        login_sessions.sign_in(found)
    st.rerun()


def _by_code(say: Translator) -> None:
    """Show the field for the code of who gave the right password."""
    st.write(say("signin.code_intro"))
    with st.form("signin_code", border=False, clear_on_submit=True):
        code = st.text_input(say("signin.code"), max_chars=20, autocomplete="one-time-code", key="code")
        pressed = st.form_submit_button(say("signin.confirm"), type="primary", width="stretch")
    problem_place = st.empty()
    st.caption(say("signin.code_help"))
    pending = login_sessions.pending_sign_in()
    if st.button(say("signin.again"), key="again", width="stretch") or pending is None:
        login_sessions.forget_pending()
        st.rerun()
    if not pressed:
        return
    try:
        login_sessions.sign_in(login_sessions.authenticate_code(pending, code))
    except BuurtError as problem:
        problem_place.error(say.explain(problem))
        return
    st.rerun()


def _by_municipality(say: Translator) -> Actor | None:
    """Return the role of who came back from the municipality's own sign-in, and keep it for this visit."""
    if not authentication.is_oidc_configured(_secrets()) or not st.user.is_logged_in:
        return None
    claims = st.user.to_dict()
    since_s = authentication.vouched_at(claims)
    if since_s + login_sessions.retention_s() <= time.time():
        return None  # it is asked again: a role may have been taken away since
    found = authentication.role_from_claims(claims, _secrets())
    if found is None:
        st.info(say("signin.no_role"))
        if st.button(say("signin.leave"), key="leave_oidc"):
            st.logout()
        return None
    login_sessions.sign_in(found, since_s=since_s)
    return found


def _inside(say: Translator, actor: Actor) -> None:
    st.success(say(f"signin.as_{actor.role}"))
    login_sessions.sync_cookie()
    if st.button(say("signin.leave"), key="leave", width="stretch"):
        login_sessions.sign_out()
        st.session_state[LEAVING] = True
        st.rerun()
    second_factor.show(say, actor)


def _leaving(say: Translator) -> None:
    """Remove the cookie and say so; the token opens nothing any more in any case."""
    if login_sessions.sync_cookie():
        del st.session_state[LEAVING]
        st.session_state[LEFT] = True
        if authentication.is_oidc_configured(_secrets()) and st.user.is_logged_in:
            st.logout()
        st.rerun()
    st.write(say("signin.left"))


def _secrets() -> authentication.Secrets:
    """Return what the operator wrote about signing in; most installations have none of it."""
    if not st.secrets.load_if_toml_exists():
        return {}
    return {name: st.secrets[name].to_dict() for name in ("auth", "roles") if name in st.secrets}
