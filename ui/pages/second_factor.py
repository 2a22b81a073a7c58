"""The second factor of one's own account: a code of an app on a phone, beside the password."""

import base64
import html

import streamlit as st

from geo.errors import BuurtError
from i18n import Translator
from maps.static import qr
from study import authentication
from study.permissions import Actor
from ui.session import login_sessions
from ui.session.login_sessions import FACTOR_CODES, FACTOR_SECRET


def show(say: Translator, actor: Actor) -> None:
    """Show whether the account of who is signed in asks a code, and turn that on or off.

    Nothing for who signs in with the municipality.
    """
    found = authentication.second_factor(actor)
    if found is None:
        return
    st.subheader(say("factor.title"), anchor=False)
    codes, secret = _own(FACTOR_CODES, actor), _own(FACTOR_SECRET, actor)
    if codes:
        _codes(say, codes)
    elif found.is_active:
        _active(say, actor, found)
    elif secret:
        _enrol(say, actor, found.label, secret)
    else:
        st.write(say("factor.why"))
        if st.button(say("factor.begin"), key="factor_begin", width="stretch"):
            st.session_state[FACTOR_SECRET] = (actor.account, authentication.new_factor_secret())
            st.rerun()


def _own(key: str, actor: Actor) -> str:
    """Return what the session's state has for the account of who is signed in now; that of another is forgotten."""
    account, text = st.session_state.get(key, ("", ""))
    if account == actor.account:
        return str(text)
    st.session_state.pop(key, None)
    return ""


def _enrol(say: Translator, actor: Actor, label: str, secret: str) -> None:
    """Show the secret to an app, and ask the code that it shows then, and the password: a screen may stand open."""
    st.markdown(say("factor.step_app"))
    st.markdown(say("factor.step_scan"))
    picture = base64.b64encode(qr.svg(authentication.enrolment_address(label, secret)).encode()).decode()
    st.html(
        f'<img class="factor-qr" width="220" height="220" alt="{html.escape(say("factor.qr"))}"'
        f' src="data:image/svg+xml;base64,{picture}">'
    )
    st.write(say("factor.by_hand"))
    st.code(" ".join(secret[at : at + 4] for at in range(0, len(secret), 4)), language=None, wrap_lines=True)
    st.markdown(say("factor.step_code"))
    with st.form("factor_on", border=False):
        code = st.text_input(
            say("factor.code"), max_chars=10, autocomplete="one-time-code", key="factor_code"
        )
        password = st.text_input(
            say("factor.password"),
            type="password",
            max_chars=1000,
            autocomplete="current-password",
            key="factor_password",
        )
        pressed = st.form_submit_button(say("factor.turn_on"), type="primary", width="stretch")
    if st.button(say("factor.not_now"), key="factor_not_now", width="stretch"):
        del st.session_state[FACTOR_SECRET]
        st.rerun()
    if not pressed:
        return
    try:
        codes = authentication.turn_on_second_factor(
            actor, secret, code, password, address=login_sessions.counted_address()
        )
    except BuurtError as problem:
        st.error(say.explain(problem))
        return
    # Whoever was signed in with the password alone is out: this visit goes on with a sign-in of its own.
    login_sessions.sign_in(actor)
    st.session_state[FACTOR_CODES] = (actor.account, "\n".join(codes))
    st.rerun()


def _codes(say: Translator, codes: str) -> None:
    """Show the recovery codes, which nobody can look up afterwards."""
    st.success(say("factor.is_on"))
    st.write(say("factor.codes_intro"))
    st.code(codes, language=None)
    st.download_button(
        say("factor.codes_file"), codes, "herstelcodes.txt", "text/plain", key="factor_file", width="stretch"
    )
    if st.button(say("factor.kept"), key="factor_kept", type="primary", width="stretch"):
        del st.session_state[FACTOR_CODES]
        st.rerun()


def _active(say: Translator, actor: Actor, found: authentication.SecondFactor) -> None:
    """Show that it is on, and turn it off with a code."""
    st.write(say("factor.active", n=found.n_recovery_codes))
    if not found.n_recovery_codes:
        st.warning(say("factor.no_codes"))
    with st.expander(say("factor.other_phone")), st.form("factor_off", border=False, clear_on_submit=True):
        st.write(say("factor.off_intro"))
        code = st.text_input(say("signin.code"), max_chars=20, autocomplete="one-time-code", key="off_code")
        if not st.form_submit_button(say("factor.turn_off"), width="stretch"):
            return
        try:
            authentication.turn_off_second_factor(actor, code, address=login_sessions.counted_address())
        except BuurtError as problem:
            st.error(say.explain(problem))
            return
        login_sessions.sign_in(actor)
        st.rerun()
