"""Security headers and the content security policy."""

import base64
import hashlib
import re
from functools import cache, lru_cache

from starlette.types import ASGIApp, Message, Receive, Scope, Send

import settings
from maps.interactive.leaflet_layers import NationalBasemap
from ui.components import basemap
from ui.routes import FOR_RESIDENTS, Page
from ui.server.shell import shipped_page

# --- Around every answer --------------------------------------------------------------------------


class SecurityHeaders:
    """Middleware that limits what a page of ours may do to talking to this server."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Add the headers to the answer."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        host = dict(scope["headers"]).get(b"host", b"").decode("latin-1")
        sites = settings.current().embed_in if scope["path"].strip("/") in FOR_RESIDENTS else ()

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                names = {name.lower() for name, _ in message["headers"]}
                extra = [(k, v) for k, v in _headers(host, sites) if k not in names]
                message["headers"] = [*message["headers"], *extra]
            await send(message)

        await self.app(scope, receive, guarded)


COMES_BACK = ("/oauth2callback", "/auth/logout")
"""Where Streamlit sends the browser on to the first page, which is the residents' own."""


class SignInReturn:
    """Send who comes back from the municipality's sign-in to the page where they went from."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Change the address in the answer."""
        if scope["type"] != "http" or not scope["path"].endswith(COMES_BACK):
            await self.app(scope, receive, send)
            return

        async def returned(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [
                    (name, value + Page.SIGN_IN.encode())
                    if name.lower() == b"location" and value.endswith(b"/") and b"://" not in value
                    else (name, value)
                    for name, value in message["headers"]
                ]
            await send(message)

        await self.app(scope, receive, returned)


def _headers(host: str, sites: tuple[str, ...]) -> list[tuple[bytes, bytes]]:
    # The older header knows no list: where sites may embed a page, the policy alone says which.
    frames = [] if sites else [(b"x-frame-options", b"SAMEORIGIN")]
    return [
        (b"content-security-policy", content_security_policy(host, sites).encode()),
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"no-referrer"),
        (b"permissions-policy", b"camera=(), microphone=(), payment=(), usb=(), browsing-topics=()"),
        (b"cross-origin-opener-policy", b"same-origin"),
        (b"cross-origin-resource-policy", b"same-origin"),
        *frames,
    ]


@lru_cache(maxsize=64)  # whoever asks may name any host
def content_security_policy(host: str, sites: tuple[str, ...] = ()) -> str:
    """Return the content security policy: no inline script, no eval, no other host.

    `blob:` is there since Streamlit makes a module of every component's script; the digest is of the one
    inline script in its page.

    Parameters
    ----------
    host
        Host and port of the request.
    sites
        Other sites that may show the page within theirs.

    Examples
    --------
    >>> policy = content_security_policy("localhost:8501")
    >>> "unsafe-eval" in policy, "https:" in policy
    (False, False)
    """
    # A host that is no host gets no say in the policy.
    sockets = (
        f" ws://{host} wss://{host}"
        if re.fullmatch(r"[\w.\-]+(:\d+)?|\[[0-9a-fA-F:]+\](:\d+)?", host)
        else ""
    )
    tiles = f" {NationalBasemap.host}" if basemap.online_maps() else ""
    rules = {
        "default-src": "'self'",
        "script-src": f"'self' blob: {' '.join(_inline_digests())}",
        "style-src": "'self' 'unsafe-inline'",
        "img-src": f"'self' data: blob:{tiles}",
        "font-src": "'self' data:",
        "connect-src": f"'self'{sockets}",
        "worker-src": "'self' blob:",
        "frame-src": "'self' blob: data:",
        "object-src": "'none'",
        "base-uri": "'self'",
        "form-action": "'self'",
        "frame-ancestors": " ".join(["'self'", *sites]),
    }
    return "; ".join(f"{name} {value}".strip() for name, value in rules.items())


@cache
def _inline_digests() -> tuple[str, ...]:
    found = re.findall(r"<script>(.*?)</script>", shipped_page(), re.DOTALL)
    return tuple(
        f"'sha256-{base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()}'" for code in found
    )
