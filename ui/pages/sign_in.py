"""Signing in: with an account of this installation, or with that of the municipality where it is set up."""

import streamlit as st

from geo.errors import BuurtError
from study import signing
from study.access import Actor
from ui import signed_in
from ui.visitor import actor_of_visitor, words_of_visitor
from words import Words

LEAVING = "leaving"


def page() -> None:
    """Let somebody in, or out."""
    say = words_of_visitor()
    st.title(say("signin.title"), anchor=False)
    if st.session_state.get(LEAVING):
        _leaving(say)
        return
    actor = actor_of_visitor() or _by_municipality(say)
    if actor is not None:
        _inside(say, actor)
        return
    st.write(say("signin.who"))
    if signing.offered(_secrets()) and st.button(
        say("signin.with_municipality"), key="oidc", type="primary", width="stretch"
    ):
        st.login()
    _by_password(say)


def _by_password(say: Words) -> None:
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
        signed_in.begin(signing.sign_in(label, password))
    except BuurtError as problem:
        st.error(say.error(problem))
        return
    st.rerun()


def _by_municipality(say: Words) -> Actor | None:
    """Give the role of who came back from the municipality's own sign-in, and keep it for this visit."""
    if not signing.offered(_secrets()) or not st.user.is_logged_in:
        return None
    found = signing.role_of(st.user.to_dict(), _secrets())
    if found is None:
        st.info(say("signin.no_role"))
        if st.button(say("signin.leave"), key="leave_oidc"):
            st.logout()
        return None
    signed_in.begin(found)
    return found


def _inside(say: Words, actor: Actor) -> None:
    st.success(say(f"signin.as_{actor.role}"))
    signed_in.settle()
    if st.button(say("signin.leave"), key="leave", width="stretch"):
        signed_in.end()
        st.session_state[LEAVING] = True
        st.rerun()


def _leaving(say: Words) -> None:
    """Take the cookie away, and say so; the token opens nothing any more in any case."""
    if signed_in.settle():
        del st.session_state[LEAVING]
        if signing.offered(_secrets()) and st.user.is_logged_in:
            st.logout()
        st.rerun()
    st.write(say("signin.left"))


def _secrets() -> signing.Secrets:
    """Give what the operator wrote about signing in; most installations have none of it."""
    if not st.secrets.load_if_toml_exists():
        return {}
    return {name: st.secrets[name].to_dict() for name in ("auth", "roles") if name in st.secrets}
