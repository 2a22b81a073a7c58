"""What a browser holds for when there is no network: the script that decides it, and the page that says so."""

import hashlib
import html
from functools import cache

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

import i18n
from i18n.negotiation import DEFAULT
from maps import house_style
from ui.assets import asset_version, files
from ui.routes import AWAY, WORKER, Query, relative
from ui.server.static_files.packed_files import STATIC

STYLE = """body{margin:0;background:var(--paper);color:var(--ink);font:18px/1.45 "Source Sans",system-ui,sans-serif}
main{box-sizing:border-box;max-width:736px;margin:0 auto;padding:45px 16px}
h1{font-size:min(38px,max(23px,9.6vw));line-height:1.2}
a{display:block;padding:14px;border-radius:12px;background:var(--action);color:var(--action-text);font-weight:600;text-align:center;
text-decoration:none}
a:focus-visible{outline:3px solid var(--focus);outline-offset:2px}"""

UNHELD = {"Cache-Control": "no-cache"}


@cache
def away_page(language: str) -> str:
    """Return the page that a browser shows in place of ours when it has no connection: a sentence and a button."""
    say = i18n.get_translator(language)
    title, direction = html.escape(say("away.title")), i18n.LANGUAGES[language].html_direction
    return (
        f'<!doctype html><html lang="{language}"{direction}><head><meta charset="utf-8"><title>{title}</title>'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<style>{house_style.current().as_css()}{STYLE}</style></head><body><main><h1>{title}</h1><p>{html.escape(say('away.text'))}</p>"
        f'<a href="">{html.escape(say("away.again"))}</a></main></body></html>'
    )


@cache
def worker_url() -> str:
    """Return the address at which a browser registers the script: another one for every release.

    It changes with each of our scripts and sheets, with Streamlit's page, which names its own, and with the words.
    """
    parts = [asset_version(), (STATIC / "index.html").read_text("utf-8"), *map(away_page, i18n.LANGUAGES)]
    release = hashlib.sha256("\0".join(parts).encode()).hexdigest()[:12]
    return f"{relative(WORKER)}?release={release}&languages={','.join(i18n.LANGUAGES)}"


async def serve_worker(_request: Request) -> Response:
    """Return the script; it is asked for anew at every visit, so that none outlives its release."""
    text = files()["ui/browser/service_worker.js"].read_text(encoding="utf-8")
    return Response(text, media_type="text/javascript", headers=UNHELD)


async def serve_away_page(request: Request) -> Response:
    """Return the page that says that there is no connection, for the browser to hold."""
    language = request.query_params.get(Query.LANGUAGE, "")
    return Response(
        away_page(language if language in i18n.LANGUAGES else DEFAULT), media_type="text/html", headers=UNHELD
    )


ROUTES: list[BaseRoute] = [Route(WORKER, serve_worker), Route(AWAY, serve_away_page)]
