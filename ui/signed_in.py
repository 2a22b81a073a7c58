"""Who is signed in: kept by the server, behind a token that no script in the browser can read.

Signing in makes a token. This visit holds it at once; the browser gets it as a cookie, in exchange for a
ticket that works once, so that a page that is loaded again is still signed in. Signing out, or taking the
account away, ends it here, whatever a browser still holds.
"""

import hashlib
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Lock

import streamlit as st
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from study import signing
from study.access import Actor
from ui import scripts

COOKIE = "buurt_sessie"
ADDRESS = "api/sessie"
KEPT_S = 8 * 3600
"""How long somebody stays signed in: a working day."""

TICKET_S = 60
MOST_TICKET_BYTES = 200
IN_VISIT = "signed_in_token"


@dataclass(frozen=True)
class _Entry:
    actor: Actor
    until_s: float


class Register:
    """Everybody who is signed in, by a hash of their token: what is in memory opens nothing.

    Parameters
    ----------
    clock
        Seconds that only go forward.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = Lock()
        self._entries: dict[str, _Entry] = {}
        self._tickets: dict[str, tuple[str, float]] = {}

    def begin(self, actor: Actor) -> str:
        """Give a token for somebody who proved who they are."""
        token = secrets.token_urlsafe(32)
        now = self._clock()
        with self._lock:
            self._entries = {key: one for key, one in self._entries.items() if one.until_s > now}
            self._entries[_hash(token)] = _Entry(actor, now + KEPT_S)
        return token

    def actor(self, token: str) -> Actor | None:
        """Give who holds this token; None when nobody does any more."""
        with self._lock:
            found = self._entries.get(_hash(token))
        return found.actor if found is not None and found.until_s > self._clock() else None

    def end(self, token: str) -> None:
        """Sign out."""
        with self._lock:
            self._entries.pop(_hash(token), None)

    def ticket(self, token: str) -> str:
        """Give a ticket for which the browser gets its cookie, once, within a minute."""
        made = secrets.token_urlsafe(16)
        now = self._clock()
        with self._lock:
            self._tickets = {key: one for key, one in self._tickets.items() if one[1] > now}
            self._tickets[_hash(made)] = (token, now + TICKET_S)
        return made

    def redeem(self, ticket: str) -> str | None:
        """Give the token of a ticket ("" to take the cookie away), once; None for a ticket that is none."""
        with self._lock:
            found = self._tickets.pop(_hash(ticket), None)
        return found[0] if found is not None and found[1] > self._clock() else None


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


REGISTER = Register()


# --- For pages ------------------------------------------------------------------------------------


def actor() -> Actor | None:
    """Give the role of this visitor; None for a resident."""
    found = REGISTER.actor(_token())
    if found is None or not signing.stands(found):
        return None
    return found


def begin(who: Actor) -> None:
    """Sign somebody in for this visit; `settle` gives the browser its cookie."""
    st.session_state[IN_VISIT] = REGISTER.begin(who)


def end() -> None:
    """Sign out, here and wherever else the same token is held."""
    REGISTER.end(_token())
    st.session_state[IN_VISIT] = ""


def settle() -> bool:
    """Let the browser take its cookie, or lose it; tells when that is done."""
    token = str(st.session_state.get(IN_VISIT, ""))
    key = f"ticket_{_hash(token)[:12]}"
    if key not in st.session_state:
        st.session_state[key] = REGISTER.ticket(token)
    data = {"address": ADDRESS, "ticket": st.session_state[key]}
    told = scripts.run("shell/session.js", key=f"cookie_{key}", data=data, heard={"settled": None})
    return bool(told.get("settled"))


def _token() -> str:
    """Give the token of this visit; a visit that neither signed in nor out has that of the cookie."""
    held = st.session_state.get(IN_VISIT)
    return str(_cookies().get(COOKIE, "")) if held is None else str(held)


def _cookies() -> Mapping[str, str]:
    return st.context.cookies


# --- For the server -------------------------------------------------------------------------------


async def cookie(request: Request) -> Response:
    """Exchange a ticket for the cookie. The ticket travels in the body: addresses end up in logs."""
    ticket = b""
    async for piece in request.stream():
        ticket += piece
        if len(ticket) > MOST_TICKET_BYTES:
            return JSONResponse({"status": "refused"}, status_code=413)
    token = REGISTER.redeem(ticket.decode("ascii", "replace"))
    if token is None:
        return JSONResponse({"status": "refused"}, status_code=403)
    answer = JSONResponse({"status": "ok"}, headers={"Cache-Control": "no-store"})
    secure = (request.headers.get("x-forwarded-proto") or request.url.scheme) == "https"
    answer.set_cookie(
        COOKIE,
        token,
        max_age=KEPT_S if token else 0,
        path="/",
        httponly=True,
        secure=secure,
        samesite="strict",
    )
    return answer
