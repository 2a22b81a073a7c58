"""The server around the pages: shapes and assets by address, and what every answer must say to a browser.

Routes: ``/healthz``, ``/geo/...`` (shapes, and tiles that somebody brought), ``/assets/...`` (scripts and sheets,
ours and others').
Around everything: a content security policy that lets a page talk to this server only, the page in Dutch, and
Streamlit's own files compressed once instead of not at all.
"""

import asyncio
import base64
import gc
import gzip
import hashlib
import html
import mimetypes
import os
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import streamlit as st
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

import words
from geo.errors import BuurtError
from maps.layers import National
from study import projects
from ui import daily, ground, logs, scripts, shapes, signed_in, vendor, worker

HOUR = "public, max-age=3600"
YEAR = "public, max-age=31536000, immutable"
STATIC = Path(st.__file__).parent / "static"


# --- Routes ---------------------------------------------------------------------------------------


async def healthz(_request: Request) -> Response:
    """Say that the server is there; the page asks when a connection seems lost."""
    return JSONResponse({"status": "ok"}, headers={"Cache-Control": "no-store"})


async def geo(request: Request) -> Response:
    """Give shapes as gzipped TopoJSON, or nothing when the browser has them."""
    municipality, name = request.path_params["municipality"], request.path_params["name"]
    try:
        found = await run_in_threadpool(shapes.answer, municipality, name)
    except BuurtError:
        return absent(request)
    headers = {"ETag": found.etag, "Cache-Control": HOUR, "Vary": "Accept-Encoding"}
    if _is_known(request, found.etag):
        return Response(status_code=304, headers=headers)
    return _packed(request, found.body, "application/json", headers)


async def tile(request: Request) -> Response:
    """Give one picture of a base map that somebody brought; 204 where the file has none."""
    place = [request.path_params[part] for part in ("zoom", "column", "row")]
    if not all(re.fullmatch(r"[0-9]{1,9}", number) for number in place):
        return absent(request)
    try:
        file = ground.brought()  # opened when the server started
        if file is None:
            return absent(request)
        found = await run_in_threadpool(file.picture, *map(int, place))
    except BuurtError:
        return absent(request)
    if found is None:
        return Response(status_code=204, headers={"Cache-Control": HOUR})
    headers = {"ETag": f'"{hashlib.sha256(found.body).hexdigest()[:20]}"', "Cache-Control": HOUR}
    if _is_known(request, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    return Response(found.body, media_type=found.kind, headers=headers)


def asset(request: Request) -> Response:
    """Give a script or sheet of ours; the version in the address makes it safe to keep for ever."""
    folder = scripts.ROOMS.get(request.path_params["room"])
    name = request.path_params["file"]
    if folder is None or not re.fullmatch(r"[a-z_]+\.(js|css)", name) or not (folder / name).is_file():
        return absent(request)
    return _file(request, folder / name)


def vendored(request: Request) -> Response:
    """Give a script or sheet of others: one of the table, nothing else of node_modules."""
    name = request.path_params["file"]
    if name not in vendor.SCRIPTS | vendor.SHEETS:
        return absent(request)
    return _file(request, vendor.FOLDER / name)


def absent(_request: Request) -> Response:
    """Say that there is nothing here; without this Streamlit answers every address with a page."""
    return JSONResponse({"status": "absent"}, status_code=404, headers={"Cache-Control": "no-store"})


NO_PAGES = ("/_stcore/", "/media/", "/component/", "/geo/", "/assets/", "/api/", "/healthz", "/oauth2")
"""Addresses that are answered by something else than a page."""

ROUTES: list[BaseRoute] = [
    Route("/healthz", healthz),
    Route("/geo/{municipality}/{name}", geo),
    Route("/assets/vendor/{file:path}", vendored),
    Route("/assets/{version}/{room}/{file}", asset),
    Route(f"/{ground.ADDRESS}/{{zoom}}/{{column}}/{{row}}", tile),
    Route("/geo/{rest:path}", absent),
    Route("/assets/{rest:path}", absent),
    Route(f"/{signed_in.ADDRESS}", signed_in.cookie, methods=["POST"]),
    Route("/api/{rest:path}", absent),
]


def _is_known(request: Request, etag: str) -> bool:
    """Tell whether the browser has this already."""
    told = request.headers.get("if-none-match", "").split(",")
    return etag in [tag.strip().removeprefix("W/") for tag in told]


def _file(request: Request, path: Path) -> Response:
    body, etag = _squeezed(path)
    headers = {"ETag": etag, "Cache-Control": YEAR, "Vary": "Accept-Encoding"}
    return _packed(request, body, mimetypes.guess_type(path.name)[0] or "application/octet-stream", headers)


def _packed(request: Request, body: bytes, kind: str, headers: dict[str, str]) -> Response:
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(body, media_type=kind, headers={**headers, "Content-Encoding": "gzip"})
    return Response(gzip.decompress(body), media_type=kind, headers=headers)


@cache
def _squeezed(path: Path) -> tuple[bytes, str]:
    plain = path.read_bytes()
    return gzip.compress(plain, compresslevel=9, mtime=0), f'"{hashlib.sha256(plain).hexdigest()[:20]}"'


# --- Around every answer --------------------------------------------------------------------------


class Guard:
    """Say to every browser what a page of ours may do: talk to this server, and nothing else."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Add the headers to the answer."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        host = dict(scope["headers"]).get(b"host", b"").decode("latin-1")

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                names = {name.lower() for name, _ in message["headers"]}
                extra = [(k, v) for k, v in _headers(host) if k not in names]
                message["headers"] = [*message["headers"], *extra]
            await send(message)

        await self.app(scope, receive, guarded)


def _headers(host: str) -> list[tuple[bytes, bytes]]:
    return [
        (b"content-security-policy", policy(host).encode()),
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"no-referrer"),
        (b"permissions-policy", b"camera=(), microphone=(), payment=(), usb=(), browsing-topics=()"),
        (b"cross-origin-opener-policy", b"same-origin"),
    ]


@lru_cache(maxsize=64)  # whoever asks may name any host
def policy(host: str) -> str:
    """Give the content security policy: no inline script, no eval, no other host.

    `blob:` is there since Streamlit makes a module of every component's script; the digest is of the one
    inline script in its page.

    Examples
    --------
    >>> "unsafe-eval" in policy("localhost:8501"), "https:" in policy("localhost:8501")
    (False, False)
    """
    # A host that is no host gets no say in the policy.
    sockets = (
        f" ws://{host} wss://{host}"
        if re.fullmatch(r"[\w.\-]+(:\d+)?|\[[0-9a-fA-F:]+\](:\d+)?", host)
        else ""
    )
    tiles = f" {National.host}" if ground.is_national() else ""
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
        "frame-ancestors": "'self'",
    }
    return "; ".join(f"{name} {value}".strip() for name, value in rules.items())


@cache
def _inline_digests() -> tuple[str, ...]:
    found = re.findall(r"<script>(.*?)</script>", _page_as_shipped(), re.DOTALL)
    return tuple(
        f"'sha256-{base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()}'" for code in found
    )


class Shell:
    """Serve Streamlit's page in the visitor's language and its files compressed, from memory."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer for the page and its files; leave the rest to Streamlit."""
        answered = (
            _shell_answer(Request(scope)) if scope["type"] == "http" and scope["method"] == "GET" else None
        )
        await (answered or self.app)(scope, receive, send)


def _shell_answer(request: Request) -> Response | None:
    path = request.url.path
    if path.startswith("/static/"):
        file = (STATIC / path.removeprefix("/")).resolve()
        # Streamlit itself says what is absent or not allowed.
        if not file.is_relative_to(STATIC / "static") or not file.is_file():
            return None
        return _file(request, file)
    if "text/html" in request.headers.get("accept", "") and "." not in path and not path.startswith(NO_PAGES):
        body = page("en" if request.query_params.get("taal") == "en" else "nl")
        return _packed(request, body, "text/html", {"Cache-Control": "no-cache", "Vary": "Accept-Encoding"})
    return None


@cache
def _page_as_shipped() -> str:
    return (STATIC / "index.html").read_text(encoding="utf-8")


FIELDS = (
    "TextInput",
    "TextArea",
    "Radio",
    "Checkbox",
    "Selectbox",
    "ButtonGroup",
    "Button",
    "DownloadButton",
    "Html",
)
"""Kinds of fields that a resident meets after the map."""


@cache
def _fields() -> tuple[str, ...]:
    """Name Streamlit's scripts for these fields, with all they import."""
    folder = STATIC / "static" / "js"
    found: set[str] = set()
    wanted = [file.name for kind in FIELDS for file in folder.glob(f"{kind}.*.js")]
    while wanted:
        name = wanted.pop()
        if name not in found and (folder / name).is_file():
            found.add(name)
            wanted += re.findall(
                r'(?:from|import)"\./([\w.-]+\.js)"', (folder / name).read_text(encoding="utf-8")
            )
    return tuple(sorted(found))


@cache
def page(language: str) -> bytes:
    """Give Streamlit's page in a language, with our own words for what Streamlit says in English, gzipped."""
    say = words.of(language)
    # The map's scripts travel while Streamlit starts, not after it.
    modules = [f"canvas/{file.name}" for file in scripts.ROOMS["canvas"].glob("*.js")] + ["maps/layers.js"]
    early = [f'<link rel="modulepreload" href="./{scripts.address(module)}">' for module in sorted(modules)]
    early += [
        f'<link rel="preload" as="script" href="./assets/vendor/{file}" integrity="{vendor.SCRIPTS[file]}">'
        for file in list(vendor.SCRIPTS)[:2]
    ]
    # The fields of later steps are fetched at leisure: by then the network may be away.
    early += [f'<link rel="prefetch" as="script" href="./static/js/{file}">' for file in _fields()]
    style, script = scripts.address("shell/shell.css"), scripts.address("shell/shell.js")
    head = "".join(early) + (
        f'<meta name="buurt-away" content="{html.escape(say("canvas.away"))}">'
        f'<meta name="buurt-back" content="{html.escape(say("canvas.back"))}">'
        f'<meta name="buurt-nothing" content="{html.escape(say("canvas.nothing"))}">'
        f'<meta name="buurt-skip" content="{html.escape(say("canvas.skip"))}">'
        f'<link rel="stylesheet" href="./{style}">'
        f'<script defer src="./{script}"></script></head>'
    )
    noscript = f"<noscript><p>{html.escape(say('canvas.noscript'))}</p></noscript>"
    text = _page_as_shipped().replace('<html lang="en">', f'<html lang="{language}">')
    text = re.sub(r"<title>.*?</title>", f"<title>{html.escape(say('canvas.product'))}</title>", text)
    text = re.sub(r'<link rel="service-desc".*?>', "", text)
    text = re.sub(r"<noscript>.*?</noscript>", lambda _: noscript, text, flags=re.DOTALL)
    return gzip.compress(text.replace("</head>", head, 1).encode(), compresslevel=9, mtime=0)


# --- When something goes wrong --------------------------------------------------------------------


def apologise(problem: Exception) -> bool:
    """Say in the visitor's language that something went wrong, instead of Streamlit's English box."""
    st.error(words.of(st.query_params.get("taal", "nl")).error(problem))
    return True


# --- The application ------------------------------------------------------------------------------


MIDDLEWARE = [Middleware(Guard), Middleware(Shell)]


def _settle() -> None:
    vendor.check()
    ground.brought()
    worker.run(projects.opened)
    worker.run(daily.once)
    for project in projects.projects():
        if project.is_made_up and project.municipality:
            shapes.answer(project.municipality, "basemap.topojson")


@asynccontextmanager
async def life(_app: Any) -> AsyncIterator[None]:
    """Check the assets, open the store, do the daily work, pack the base map; settle the memory."""
    logs.quieten()
    try:
        _settle()
    except BuurtError as problem:
        # The server would tell it in forty lines, as a fault of the program.
        print(words.of(os.environ.get("BUURT_LANGUAGE", "nl")).error(problem), file=sys.stderr, flush=True)  # noqa: T201
        os._exit(2)
    # What is loaded now stays; a collection need not look at it after every rerun.
    gc.collect()
    gc.freeze()
    days = asyncio.create_task(daily.every_day())
    yield
    days.cancel()
    with suppress(asyncio.CancelledError):
        await days
