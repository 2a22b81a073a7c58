"""What a stranger may reach of Streamlit's own addresses, and which addresses there are at all."""

from datetime import UTC, datetime, timedelta

from starlette.concurrency import run_in_threadpool
from starlette.requests import cookie_parser
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

import i18n
import settings
from i18n import Translator
from ui.plain_page import plain_page
from ui.routes import API, ASSETS, AWAY, HEALTH, METRICS, READY, SHAPES, WORKER, Page, Query
from ui.session import uploads

PAGES = {"/", *(f"/{page}" for page in Page)}
FILES = {"/favicon.png", "/manifest.json", WORKER, AWAY}
OURS = (HEALTH, READY, METRICS, f"{SHAPES}/", f"{ASSETS}/", f"{API}/")
OF_STREAMLIT = ("/static/", "/media/", "/component/", "/_stcore/bidi-components/")
OPEN_CORE = {"/_stcore/health", "/_stcore/stream", "/_stcore/host-config"}
SIGN_IN = ("/auth/", "/oauth2callback")
UPLOAD = "/_stcore/upload_file/"

HOST_CONFIG = {
    "allowedOrigins": [],
    "useExternalAuthToken": False,
    "enableCustomParentMessages": False,
    "enforceDownloadInNewTab": False,
    "metricsUrl": "",
    "blockErrorDialogs": False,
    "resourceCrossOriginMode": None,
}
"""What Streamlit's page asks for at its start: nobody else may embed it or speak to it."""

YEAR = timedelta(days=360)


class ClosedRoutes:
    """Answer 404 to every address that is none of ours, and uploads only where a page asked for a file."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 404 for closed addresses; pass on all others."""
        answer = None
        if scope["type"] == "http":
            answer = await _refused_upload(scope) or _answer(scope)
        await (answer or self.app)(scope, receive, send)


async def _refused_upload(scope: Scope) -> Response | None:
    """Return the refusal of a file that no page of this visitor asked for; None for everything else."""
    path = scope["path"]
    if not path.startswith(UPLOAD) or scope["method"] not in {"PUT", "POST"}:
        return None
    headers = dict(scope["headers"])
    size = int(headers.get(b"content-length", b"0") or 0)
    cookies = cookie_parser(headers.get(b"cookie", b"").decode("latin-1"))
    visit = path.removeprefix(UPLOAD).partition("/")[0]
    if await run_in_threadpool(uploads.is_allowed, visit, size, cookies):
        return None
    return PlainTextResponse("no file was asked for\n", status_code=403)


def _answer(scope: Scope) -> Response | None:
    path = scope["path"]
    if path == "/_stcore/host-config":
        return JSONResponse(HOST_CONFIG, headers={"Cache-Control": "no-cache"})
    if path.startswith(UPLOAD):
        return None
    if path == "/.well-known/security.txt":
        return _security_text()
    if path == "/robots.txt":
        return PlainTextResponse("User-agent: *\nDisallow: /\n")
    return None if is_known(path) else _absent()


def is_known(path: str) -> bool:
    """Return whether there is something at an address.

    Examples
    --------
    >>> is_known("/"), is_known("/beheer"), is_known("/wp-login.php"), is_known("/_stcore/metrics")
    (True, True, False, False)
    """
    if path in PAGES or path in FILES or path in OPEN_CORE:
        return True
    return path.startswith((*OURS, *OF_STREAMLIT, *SIGN_IN))


def _security_text() -> Response:
    """Return the file of RFC 9116; without a contact there is none."""
    contact = settings.current().contact
    if not contact:
        return _absent()
    until = (datetime.now(UTC) + YEAR).replace(microsecond=0).isoformat().replace("+00:00", "Z")
    return PlainTextResponse(f"Contact: {contact}\nExpires: {until}\nPreferred-Languages: nl, en\n")


def _absent() -> Response:
    return plain_page(_way_back, title=i18n.get_translator("nl")("absent.title"), status=404)


def _way_back(say: Translator) -> str:
    link = f'<a href="/?{Query.LANGUAGE}={say.language}">{say("absent.to_start")}</a>'
    return f"<h1>{say('absent.title')}</h1><p>{link}</p>"
