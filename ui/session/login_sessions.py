"""Who is signed in: kept in the store, behind a token that no script in the browser can read.

Signing in makes a token. This visit holds it at once; the browser gets it as a cookie, in exchange for a
ticket that works once, so that a page that is loaded again is still signed in, in whichever process of the app.
Signing out, or taking the account away, ends it in the store, whatever a browser still holds.
"""

import hashlib
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from math import ceil

import streamlit as st
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

import settings
from geo.errors import TooManyTries
from settings import BUDGETS
from study import authentication, context
from study.permissions import Actor, SignIn
from ui.components.browser_component import run_component
from ui.routes import TICKET, relative
from ui.session import address_limits

COOKIE = "buurt_sessie"
TICKET_S = 60
MAX_TICKET_BYTES = 200
IN_VISIT = "signed_in_token"
PENDING = "pending_sign_in"
ORIGIN = "origin"
"""Keys in the session's state."""
FACTOR_SECRET, FACTOR_CODES = "factor_secret", "factor_codes"
"""Keys there of an account and what only its owner may see: the secret being set up, or the recovery codes."""


class LoginSessions:
    """Everybody who is signed in, by a hash of their token: what is in the store opens nothing.

    Parameters
    ----------
    clock
        Seconds since 1970.
    """

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock

    def begin(self, actor: Actor, *, version: str = "", since_s: float | None = None) -> str:
        """Return a token for somebody who proved who they are.

        Parameters
        ----------
        version
            Of the password that was signed in with.
        since_s
            When they proved it, where that was elsewhere and earlier.
        """
        token = secrets.token_urlsafe(32)
        until_s = (self._clock() if since_s is None else since_s) + retention_s()
        context.get_store().sign_ins.begin(_hash(token), SignIn(actor, version, until_s))
        return token

    def find(self, token: str) -> SignIn | None:
        """Return the sign-in of this token; None when there is none any more."""
        found = context.get_store().sign_ins.get(_hash(token)) if token else None
        return found if found is not None and found.until_s > self._clock() else None

    def end(self, token: str) -> None:
        """Sign out."""
        context.get_store().sign_ins.end(_hash(token))

    def ticket(self, token: str) -> str:
        """Return a ticket for which the browser gets its cookie, once, within a minute."""
        made = secrets.token_urlsafe(16)
        sealed = _sealed(token.encode(), made).hex()
        context.get_store().sign_ins.save_ticket(_hash(made), sealed, until_s=self._clock() + TICKET_S)
        return made

    def redeem(self, ticket: str) -> str | None:
        """Return the token of a ticket ("" to take the cookie away), once; None for a ticket that is none."""
        sealed = context.get_store().sign_ins.redeem_ticket(_hash(ticket))
        return None if sealed is None else _sealed(bytes.fromhex(sealed), ticket).decode()


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def _sealed(text: bytes, ticket: str) -> bytes:
    """Return a text that only the ticket opens, or opened by it: the store holds no more than the ticket's hash."""
    pad = hashlib.shake_256(b"ticket " + ticket.encode("utf-8", "replace")).digest(len(text))
    return bytes(one ^ other for one, other in zip(text, pad, strict=True))


REGISTER = LoginSessions()


def retention_s() -> float:
    """Return how long somebody stays signed in: a working day, unless the operator chose otherwise."""
    return 3600.0 * settings.current().session_hours


# --- For pages ------------------------------------------------------------------------------------


def logged_in_actor() -> Actor | None:
    """Return the role of this visitor; None for a resident."""
    token = _token()
    found = REGISTER.find(token)
    if found is None:
        return None
    if not authentication.is_active(found.actor, found.version):
        REGISTER.end(token)
        return None
    return replace(found.actor, origin=_origin())


def _origin() -> str:
    """Return what the audit log says of where this visit comes from; it is the same for all of the visit."""
    if ORIGIN not in st.session_state:
        network = address_limits.known_network(st.context.ip_address or "")
        st.session_state[ORIGIN] = authentication.origin_of(network)
    return str(st.session_state[ORIGIN])


def reader_of_visit() -> str:
    """Return the key of the sign-in of this visit; "" where nobody signed in."""
    token = _token()
    return _hash(token) if REGISTER.find(token) is not None else ""


def reader_of(cookies: Mapping[str, str]) -> str:
    """Return the key of the sign-in whose cookie a browser sent, as `reader_of_visit`."""
    token = cookies.get(COOKIE, "")
    return _hash(token) if REGISTER.find(token) is not None else ""


def authenticate(label: str, password: str) -> Actor | None:
    """Return the actor of an account; None where it asks a code as well, which `authenticate_code` takes.

    Raises
    ------
    SignInRefused, SignInTooSoon, TooManyTries
    """
    found = authentication.sign_in(label, password, address=counted_address(), origin=_origin())
    if isinstance(found, Actor):
        return found
    st.session_state[PENDING] = found
    return None


def authenticate_code(pending: authentication.PendingSignIn, code: str) -> Actor:
    """Return the actor of an account that asked a code.

    Raises
    ------
    CodeRefused, SignInRefused, SignInTooSoon, TooManyTries
    """
    found = authentication.finish_sign_in(pending, code, address=counted_address())
    forget_pending()
    return found


def pending_sign_in() -> authentication.PendingSignIn | None:
    """Return whose password was right in this visit, while a code may still come."""
    found: authentication.PendingSignIn | None = st.session_state.get(PENDING)
    return found if found is not None and authentication.is_pending(found) else None


def forget_pending() -> None:
    """Begin anew."""
    st.session_state.pop(PENDING, None)


def counted_address() -> str:
    """Return the address this visit comes from, and count a try from there.

    Raises
    ------
    TooManyTries
        When its budget is used up.
    """
    address = st.context.ip_address or ""
    wait_s, _ = address_limits.consume("sign in", address, burst=BUDGETS.sign_ins, hour=6 * BUDGETS.sign_ins)
    if wait_s:
        raise TooManyTries(wait_min=ceil(wait_s / 60))
    return address


def sign_in(who: Actor, *, since_s: float | None = None) -> None:
    """Sign somebody in for this visit; `sync_cookie` gives the browser its cookie.

    Parameters
    ----------
    since_s
        When they proved who they are, where that was elsewhere and earlier.
    """
    _forget_factor()
    who = replace(who, origin=_origin())
    if since_s is not None:
        authentication.record_municipal_sign_in(who)
    version = authentication.password_version(who)
    st.session_state[IN_VISIT] = REGISTER.begin(who, version=version, since_s=since_s)


def sign_out() -> None:
    """Sign out, here and wherever else the same token is held."""
    actor = logged_in_actor()
    if actor is not None:
        authentication.record_sign_out(actor)
    REGISTER.end(_token())
    st.session_state[IN_VISIT] = ""
    _forget_factor()


def _forget_factor() -> None:
    """Forget what whoever was signed in before saw of their second factor."""
    for key in (FACTOR_SECRET, FACTOR_CODES):
        st.session_state.pop(key, None)


def sync_cookie() -> bool:
    """Set or remove the browser's cookie; return whether that is done."""
    token = str(st.session_state.get(IN_VISIT, ""))
    key = f"ticket_{_hash(token)[:12]}"
    if key not in st.session_state:
        st.session_state[key] = REGISTER.ticket(token)
    data = {"address": relative(TICKET), "ticket": st.session_state[key]}
    state = run_component("ui/browser/session.js", key=f"cookie_{key}", data=data, heard={"settled": None})
    return bool(state.get("settled"))


def _token() -> str:
    """Return the token of this visit; a visit that neither signed in nor out has that of the cookie."""
    held = st.session_state.get(IN_VISIT)
    return str(_cookies().get(COOKIE, "")) if held is None else str(held)


def _cookies() -> Mapping[str, str]:
    return st.context.cookies


# --- For the server -------------------------------------------------------------------------------


async def exchange_ticket(request: Request) -> Response:
    """Exchange a ticket for the cookie. The ticket travels in the body: addresses end up in logs."""
    ticket = b""
    async for piece in request.stream():
        ticket += piece
        if len(ticket) > MAX_TICKET_BYTES:
            return JSONResponse({"status": "refused"}, status_code=413)
    token = await run_in_threadpool(REGISTER.redeem, ticket.decode("ascii", "replace"))
    if token is None:
        return JSONResponse({"status": "refused"}, status_code=403)
    answer = JSONResponse({"status": "ok"}, headers={"Cache-Control": "no-store"})
    secure = (request.headers.get("x-forwarded-proto") or request.url.scheme) == "https"
    answer.set_cookie(
        COOKIE,
        token,
        max_age=int(retention_s()) if token else 0,
        path="/",
        httponly=True,
        secure=secure,
        samesite="strict",
    )
    return answer
