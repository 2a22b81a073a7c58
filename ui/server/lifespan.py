"""The server around the pages: shapes and assets by address, and what every answer must say to a browser.

Routes: ``/healthz``, ``/geo/...`` (shapes, and tiles that somebody uploaded), ``/assets/...`` (scripts and sheets,
ours and others').
Around everything: a content security policy that lets a page talk to this server only, the page in Dutch, and
Streamlit's own files compressed once instead of not at all.
"""

import asyncio
import gc
import os
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import streamlit as st
from starlette.middleware import Middleware
from streamlit import config

import i18n
import settings
from geo.errors import BuurtError
from maps import house_style
from study import administration, context, demo_project, jobs
from ui import map_data, workers
from ui.components import basemap
from ui.server import daily_jobs, log_redaction
from ui.server.closed_routes import PAGES, ClosedRoutes
from ui.server.monitoring import readiness
from ui.server.origin_check import OriginCheck
from ui.server.security import SecurityHeaders, SignInReturn
from ui.server.shell import LocalisedShell
from ui.server.static_files import packed_files
from ui.session.request_context import current_translator
from ui.session.visits import VisitCheck
from ui.vendored import check

# --- When something goes wrong --------------------------------------------------------------------


def on_error(problem: Exception) -> bool:
    """Show in the visitor's language that something went wrong, instead of Streamlit's English box."""
    st.error(current_translator().explain(problem))
    return True


# --- The application ------------------------------------------------------------------------------


MIDDLEWARE = [
    Middleware(SecurityHeaders),
    Middleware(OriginCheck),
    Middleware(ClosedRoutes),
    Middleware(VisitCheck, pages=PAGES, has_room=readiness.has_room_for_visit),
    Middleware(SignInReturn),
    Middleware(LocalisedShell),
]


def _settle() -> None:
    _dress()
    check()
    basemap.tile_file()
    workers.run_in_worker(demo_project.load_open_demo)
    workers.warm_saves()
    for project in context.list_projects():
        if project.is_demo and project.municipality:
            map_data.shapes_response(project.municipality, "basemap.topojson")


def _dress() -> None:
    """Have Streamlit colour its own fields as the house does, and log which colours of the house could not be read."""
    house = house_style.current()
    colors = {
        "primaryColor": house.action,
        "backgroundColor": house.paper,
        "secondaryBackgroundColor": house.paper_deep,
        "textColor": house.ink,
        "linkColor": house.link,
        "borderColor": house.hair,
    }
    for name, color in colors.items():
        config.set_option(f"theme.{name}", color)
    for one in house_style.adjustments():
        log_redaction.OURS.warning("%s", i18n.get_translator("nl")("cli.theme_adjusted", **one.facts()))


@asynccontextmanager
async def lifespan(_app: Any) -> AsyncIterator[None]:
    """Check settings and assets, open the store, pack the base map; the daily work begins when it listens."""
    log_redaction.redact_logs()
    settings.prepare_process()
    try:
        settings.current()
        _settle()
        threading.Thread(target=packed_files.pack_first, daemon=True).start()
        jobs.begin_serving()
    except BuurtError as problem:
        # The server would tell it in forty lines, as a fault of the program.
        print(  # noqa: T201
            i18n.get_translator("nl").explain(problem),
            file=sys.stderr,
            flush=True,
        )
        os._exit(2)
    # What is loaded now stays; a collection need not look at it after every rerun.
    gc.collect()
    gc.freeze()
    if readiness.most_visits() < settings.current().visits:
        log_redaction.OURS.warning("open files allow %d visits at once", readiness.most_visits())
    if risky := administration.risky_database_version():
        log_redaction.OURS.warning("SQLite %s can damage a store in use; 3.51.3 or later cannot", risky)
    tasks = [
        asyncio.create_task(work())
        for work in (daily_jobs.run_every_day, daily_jobs.forget_every_half_minute)
    ]
    yield
    for task in tasks:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
    jobs.close()
    with suppress(BuurtError):
        context.get_store().close()
