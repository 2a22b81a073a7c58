"""Which hosts and origins this server answers: judged here, for every request and socket, before Streamlit sees it.

Streamlit judges a foreign origin by asking a third party for our own address, twice and inside the event loop: ten
sockets with a foreign origin made the server stand still for twenty seconds, and told somebody of us.
"""

import ipaddress
import socket
from collections.abc import Iterable
from functools import cache
from urllib.parse import urlsplit

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit import net_util

import settings
from ui.routes import HEALTH, READY
from ui.server import log_redaction

OPEN_TO_PROBES = (HEALTH, READY)
"""A load balancer asks these under a name of its own."""

UNKNOWN_HOST = (
    "Dit adres kent deze server niet. Beheerder: zet de naam in BUURT_ADDRESS of BUURT_HOSTS, of laat de proxy "
    "de kop Host doorgeven.\n\nThis server does not know this host. Operator: add its name to BUURT_ADDRESS or "
    "BUURT_HOSTS, or let the proxy pass the Host header on.\n"
)
FOREIGN_ORIGIN = "This page may not speak to this server.\n"
NOWHERE = "0.0.0.0"  # noqa: S104  # nobody's address


class OriginCheck:
    """Refuse hosts that are not ours (421) and origins that are not ours (403)."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        # Second line of defence: what is known already is not asked of a third party.
        net_util._external_ip = NOWHERE  # noqa: SLF001  # it has no setting for it

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Judge one request or socket."""
        if scope["type"] not in {"http", "websocket"}:
            await self.app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        host = headers.get(b"host", b"").decode("latin-1")
        origin = headers.get(b"origin", b"").decode("latin-1")
        if not is_own_host(host) and scope["path"] not in OPEN_TO_PROBES:
            _log_once("Host")
            await _refuse(scope, receive, send, status=421, text=UNKNOWN_HOST)
        elif origin and not is_own_origin(origin, host):
            _log_once("Origin")
            await _refuse(scope, receive, send, status=403, text=FOREIGN_ORIGIN)
        else:
            await self.app(_as_same_origin(scope, origin, host), receive, send)


async def _refuse(scope: Scope, receive: Receive, send: Send, *, status: int, text: str) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1008})  # before it was accepted: 403
        return
    answer = PlainTextResponse(text, status_code=status, headers={"Cache-Control": "no-store"})
    await answer(scope, receive, send)


@cache
def _log_once(header: str) -> None:
    log_redaction.OURS.warning(
        "refused a request whose %s is not ours; see BUURT_ADDRESS, BUURT_HOSTS", header
    )


def is_own_host(host: str) -> bool:
    """Return whether a Host header names this server; a bare address cannot be made to point elsewhere.

    Examples
    --------
    >>> [is_own_host(host) for host in ("localhost:8501", "192.0.2.7", "[::1]:80", "evil.example", "", "a@b")]
    [True, True, True, False, False, False]
    """
    name = _hostname(f"//{host}")
    if not name or "@" in host or "/" in host:
        return False
    return _is_address(name) or name in _own_names()


def is_own_origin(origin: str, host: str) -> bool:
    """Return whether an Origin header names a page of this server, as asked for under this host.

    Examples
    --------
    >>> is_own_origin("http://localhost:8501", "localhost:8501"), is_own_origin("http://evil.example", "localhost")
    (True, False)
    """
    return urlsplit(origin).netloc == host or _hostname(origin) in _configured_names()


def _as_same_origin(scope: Scope, origin: str, host: str) -> Scope:
    """Return the scope with the host of its origin: a proxy that does not pass the host on is no other page."""
    netloc = urlsplit(origin).netloc
    if not origin or netloc == host:
        return scope
    kept = [(name, value) for name, value in scope["headers"] if name != b"host"]
    return {**scope, "headers": [*kept, (b"host", netloc.encode("latin-1"))]}


def _hostname(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return ""


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _configured_names() -> frozenset[str]:
    chosen = settings.current()
    return frozenset(filter(None, [_hostname(chosen.address), *_lower(chosen.hosts)]))


@cache
def _machine_names() -> frozenset[str]:
    name = socket.gethostname().lower()
    return frozenset(["localhost", name, f"{name}.local"])


def _own_names() -> frozenset[str]:
    return _machine_names() | _configured_names()


def _lower(names: Iterable[str]) -> list[str]:
    return [name.lower().rstrip(".") for name in names]
