"""Visits: how many at once, and whose; the id of a visit alone opens nothing.

Streamlit hands a visit, with all that is in it, to whichever socket names its id, and the id stands in addresses
of uploads and so in logs. Here it belongs to the browser that holds the cookies of its last run.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping
from http.cookies import CookieError, SimpleCookie
from threading import Lock

import streamlit as st
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.web.server.starlette.starlette_app_utils import decode_xsrf_token_string

from ui.plain_page import plain_page
from ui.session import left_visits, login_sessions

BROWSER_COOKIE = "_streamlit_xsrf"
MAX_KNOWN = 20_000
SOCKET = "/_stcore/stream"
RETRY_S = 10

_lock = Lock()
_owners: OrderedDict[str, tuple[str, str]] = OrderedDict()
"""Visit -> keys of its browser and of its sign-in; "" for what it does not have."""


def bind_visit() -> None:
    """Note whose this visit is, at every run of its page."""
    running = get_script_run_ctx()
    if running is None:
        return
    owner = (_browser(st.context.cookies), login_sessions.reader_of_visit())
    with _lock:
        _owners[running.session_id] = owner
        _owners.move_to_end(running.session_id)
        while len(_owners) > MAX_KNOWN:
            _owners.popitem(last=False)


def may_resume(visit: str, cookies: Mapping[str, str]) -> bool:
    """Return whether a browser with these cookies may go on with a visit; one that never ran holds nothing."""
    with _lock:
        owner = _owners.get(visit)
    if owner is None:
        return True
    browser, reader = owner
    return _browser(cookies) == browser and reader in ("", login_sessions.reader_of(cookies))


def _browser(cookies: Mapping[str, str]) -> str:
    """Return a key of the browser: a hash of the token in Streamlit's own cookie, whose text changes."""
    token, _ = decode_xsrf_token_string(cookies.get(BROWSER_COOKIE, ""))
    return hashlib.sha256(token).hexdigest() if token else ""


class VisitCheck:
    """Begin a new visit where a socket names that of another browser; above the limit a page asks to wait.

    Parameters
    ----------
    pages
        Addresses at which a visit begins.
    has_room
        Returns whether one more may come in, besides as many as are open.
    """

    def __init__(self, app: ASGIApp, *, pages: Collection[str], has_room: Callable[[int], bool]) -> None:
        self.app, self.pages, self.has_room = app, pages, has_room
        self.n_open = 0
        _full_page()  # reads its words now: where files are short no file can be read

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Judge one request or socket."""
        if scope["type"] == "http" and scope["path"] in self.pages and not self.has_room(self.n_open):
            await _full_page()(scope, receive, send)
        elif scope["type"] == "websocket" and scope["path"] == SOCKET:
            await self._socket(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = dict(scope["headers"])
        entries = headers.get(b"sec-websocket-protocol", b"").decode("latin-1").split(",")
        visit = entries[2].strip() if len(entries) > 2 else ""
        cookies = _cookies(headers.get(b"cookie", b"").decode("latin-1"))
        if visit and not await run_in_threadpool(may_resume, visit, cookies):
            visit, named = "", ",".join(entries[:2]).encode("latin-1")
            kept = [(name, value) for name, value in scope["headers"] if name != b"sec-websocket-protocol"]
            scope = {**scope, "headers": [*kept, (b"sec-websocket-protocol", named)]}
        if not (visit and left_visits.is_held(visit)) and not self.has_room(self.n_open):
            await receive()
            await send({"type": "websocket.close", "code": 1013})
            return
        self.n_open += 1
        try:
            await self.app(scope, receive, send)
        finally:
            self.n_open -= 1


def _cookies(header: str) -> dict[str, str]:
    try:
        return {name: one.value for name, one in SimpleCookie(header).items()}
    except CookieError:
        return {}


def _full_page() -> HTMLResponse:
    """Return a page that says that it is full, and tries again by itself."""
    return plain_page(
        lambda say: f"<p>{say('waiting.full', wait_s=RETRY_S)}</p>",
        title="Beleefde Buurt",
        status=503,
        head=f'<meta http-equiv="refresh" content="{RETRY_S}">',
        headers={"Retry-After": str(RETRY_S)},
    )
