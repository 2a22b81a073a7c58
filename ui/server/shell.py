"""The HTML page around the app, in the visitor's language."""

import html
import posixpath
import re
from functools import cache

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

import i18n
from geo.errors import BuurtError
from i18n.negotiation import DEFAULT, preferred_language
from maps import house_style
from study import context
from study.contributions.tickets import is_ticket_needed, is_ticket_valid
from ui.assets import asset_url, files
from ui.components.first_screen import STYLE, FirstScreen, first_screen, is_start
from ui.routes import ASSETS, Page, Query
from ui.server.endpoints import NO_PAGES, absent, file_answer, packed_answer
from ui.server.static_files.packed_files import STATIC, PackedFile, pack_text, script_closure
from ui.server.static_files.without_network import worker_url
from ui.vendored import SCRIPTS


class LocalisedShell:
    """Serve Streamlit's page in the visitor's language and its files compressed, from memory."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer for the page and its files; leave the rest to Streamlit."""
        is_asked = scope["type"] == "http" and scope["method"] in {"GET", "HEAD"}
        answered = await _shell_answer(Request(scope)) if is_asked else None
        await (answered or self.app)(scope, receive, send)


async def _shell_answer(request: Request) -> Response | None:
    path = request.url.path
    if path.startswith("/static/"):
        file = (STATIC / path.removeprefix("/")).resolve()
        # Streamlit would answer with its page.
        if not file.is_relative_to(STATIC / "static") or not file.is_file():
            return absent(request)
        return await run_in_threadpool(file_answer, request, file)
    # Whoever makes a preview of a link asks for anything at all.
    accepts = request.headers.get("accept", "*/*")
    is_page = "." not in path and not path.startswith(NO_PAGES)
    if is_page and ("text/html" in accepts or "*/*" in accepts):
        query = dict(request.query_params)
        language = query.get(Query.LANGUAGE, "")
        is_residents = path.strip("/") in {"", Page.DRAW}
        if language not in i18n.LANGUAGES:
            language = (
                preferred_language(request.headers.get("accept-language", "")) if is_residents else DEFAULT
            )
        first = None
        if is_start(path, query):
            first = await run_in_threadpool(_first_screen, language, query)
        headers = {"Cache-Control": "no-cache", "Vary": "Accept-Encoding, Accept-Language"}
        made = await run_in_threadpool(page, language, first, is_residents=is_residents)
        return packed_answer(request, made, "text/html", headers)
    return None


def _first_screen(language: str, query: dict[str, str]) -> FirstScreen | None:
    """Return the first screen of the project of the address; None where there is none to show."""
    kept = {
        str(name): query[name][:80] for name in (Query.PROJECT, Query.LANGUAGE, Query.TICKET) if name in query
    }
    try:
        project = context.get_project(kept.get(Query.PROJECT) or context.default_project())
        code = kept.get(Query.TICKET, "")
        if is_ticket_needed(project.id) and not is_ticket_valid(project.id, code):
            return None  # the code of a letter is asked before the button is pressed
    except BuurtError:  # the page itself says what is wrong
        return None
    return first_screen(project, language, kept)


@cache
def shipped_page() -> str:
    """Return the page as Streamlit ships it."""
    return (STATIC / "index.html").read_text(encoding="utf-8")


ASKED_FIRST = "".join(
    f'<link rel="preload" as="fetch" crossorigin="anonymous" href="./{path}">'
    for path in ("_stcore/health", "_stcore/host-config")
)
"""What Streamlit's script asks before it connects: on its way while the script itself still is."""

FIRST_FIELDS = ("BidiComponent", "Button", "Html", "PageLink")
"""Kinds of what the first screen shows, whose scripts Streamlit would ask for one after the other."""

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
def _modules(entry: str = "ui/canvas/src/canvas.js") -> tuple[str, ...]:
    """Return the modules of a map: the entry and all it imports, directly or not."""
    found: set[str] = set()
    wanted = [entry]
    while wanted:
        name = wanted.pop()
        if name not in found:
            found.add(name)
            imported = re.findall(r'from "(\.[^"]+)"', files()[name].read_text(encoding="utf-8"))
            wanted += [posixpath.normpath(posixpath.join(posixpath.dirname(name), path)) for path in imported]
    return tuple(sorted(found))


@cache
def _first_links() -> tuple[str, ...]:
    """Return the links by which the scripts of the first screen travel beside Streamlit's own."""
    known = set(script_closure("index"))
    fields = [file.name for file in script_closure(*FIRST_FIELDS) if file not in known]
    addresses = [f"static/js/{name}" for name in fields] + [
        asset_url(one) for one in _modules("ui/browser/tab.js")
    ]
    return tuple(f'<link rel="modulepreload" crossorigin href="./{address}">' for address in addresses)


@cache
def _map_links() -> tuple[str, ...]:
    """Return the links by which a map's scripts travel while Streamlit starts, not after it."""
    modules = [f'<link rel="modulepreload" href="./{asset_url(module)}">' for module in _modules()]
    vendor = [
        f'<link rel="preload" as="script" href=".{ASSETS}/vendor/{file}" integrity="{SCRIPTS[file]}">'
        for file in list(SCRIPTS)[:2]
    ]
    return (*modules, *vendor)


STUCK_STYLE = """
#buurt-stuck{position:fixed;z-index:1000;left:0;right:0;bottom:0;visibility:hidden;padding:14px 16px;
background:var(--ink);color:#fff;font:600 18px/1.4 "Source Sans",system-ui,sans-serif;text-align:center;
animation:buurt-stuck 0s 25s forwards}
#buurt-stuck a{display:inline-block;margin:8px 0 0;padding:12px 24px;border-radius:12px;background:var(--paper);
color:var(--ink)}
#buurt-stuck p{margin:0}@keyframes buurt-stuck{to{visibility:visible}}
body:has([data-testid="stMain"] :is(h1,[data-testid="stAlert"],[data-testid="stButton"])) #buurt-stuck{display:none}
"""
"""When the page is not there after so long, the sentence below is shown: by the sheet alone, as scripts may be what
did not come."""


def _stuck(say: i18n.Translator) -> str:
    """Return what is said when scripts do not arrive: a sentence, and a button that works without them."""
    return (
        f'<div id="buurt-stuck" role="status"><p>{html.escape(say("away.stuck"))}</p>'
        f'<a href="">{html.escape(say("away.again"))}</a></div>'
    )


def page(language: str, first: FirstScreen | None = None, *, is_residents: bool = False) -> PackedFile:
    """Return Streamlit's page in a language, with our own words for what Streamlit says in English.

    Parameters
    ----------
    first
        The screen that is there before any script; then the scripts of later screens wait until it can be used.
    is_residents
        Whether it is the residents' page: of that a browser holds what it can for a visit without network.
    """
    say, locale = i18n.get_translator(language), i18n.LANGUAGES[language]
    house = house_style.current()
    early = [f"<style>{house.as_css()}</style>", *(_first_links() if first else _map_links())]
    # Fetched at leisure, once the first screen can be used: by then the network may be away.
    later = [f"./static/js/{file.name}" for file in script_closure(*FIELDS)]
    if first:
        later += [f"./{asset_url(module)}" for module in _modules()]
        # In the page itself: a sheet on its way would keep the first text waiting.
        sheet = files()["ui/browser/shell.css"].read_text(encoding="utf-8")
        early += [f"<style>{STYLE}{sheet}</style>"]
    else:
        early += [f'<link rel="stylesheet" href="./{asset_url("ui/browser/shell.css")}">']
    if is_residents:
        early += [
            f"<style>{STUCK_STYLE}</style>",
            f'<meta name="buurt-worker" content="{html.escape(worker_url())}">',
        ]
    title = first.title if first else say("canvas.product")
    described = first.description if first else say("canvas.product")
    early += [
        ASKED_FIRST,
        f'<meta name="buurt-later" content="{html.escape(" ".join(later))}">',
        f'<meta name="description" content="{html.escape(described)}">',
        f'<meta property="og:title" content="{html.escape(title)}">',
        f'<meta property="og:description" content="{html.escape(described)}">',
        f'<meta property="og:site_name" content="{html.escape(say("canvas.product"))}">',
        f'<meta property="og:locale" content="{locale.territory}">',
        '<meta property="og:type" content="website">',
        f'<meta name="theme-color" content="{house.action}">',
    ]
    script = asset_url("ui/browser/shell.js")
    head = "".join(early) + (
        f'<meta name="buurt-away" content="{html.escape(say("canvas.away"))}">'
        f'<meta name="buurt-away_bare" content="{html.escape(say("canvas.away_bare"))}">'
        f'<meta name="buurt-back" content="{html.escape(say("canvas.back"))}">'
        f'<meta name="buurt-nothing" content="{html.escape(say("canvas.nothing"))}">'
        f'<meta name="buurt-skip" content="{html.escape(say("canvas.skip"))}">'
        f'<script defer src="./{script}"></script></head>'
    )
    noscript = f"<noscript><p>{html.escape(say('canvas.noscript'))}</p></noscript>"
    text = shipped_page().replace('<html lang="en">', f'<html lang="{language}"{locale.html_direction}>')
    text = re.sub(r"<title>.*?</title>", f"<title>{html.escape(say('canvas.product'))}</title>", text)
    text = re.sub(r'<link rel="service-desc".*?>', "", text)
    text = re.sub(r"<noscript>.*?</noscript>", lambda _: noscript, text, flags=re.DOTALL)
    text = text.replace("</head>", head, 1)
    stuck = _stuck(say) if is_residents else ""
    if first or stuck:
        text = text.replace("<body>", f"<body>{first.body if first else ''}{stuck}", 1)
    return pack_text(text)
