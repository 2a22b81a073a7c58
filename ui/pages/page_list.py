"""The list of pages."""

import importlib

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from geo.errors import BuurtError
from i18n import Translator
from study import context, permissions
from ui.pages import footer, resident
from ui.pages.resident.workshop import banner
from ui.routes import Page, Query, Step
from ui.session import visits
from ui.session.request_context import (
    current_actor,
    current_project,
    current_translator,
    resident_translator,
)

BEFORE_A_ROOM = (Page.LIVE_SCREEN, Page.STORY, Page.VOTING)
"""Pages on a beamer: nothing at their foot."""

WIDE = (Page.COMPARE, Page.OWN_QUESTIONS)
"""Pages with two things side by side, as a map and a table."""

FOOT = (
    (Page.BOARD, "foot.board", "board.public"),
    (Page.PRIVACY, "foot.privacy", "privacy"),
    (Page.SOURCES, "foot.sources", "sources"),
    (Page.ACCESSIBILITY, "foot.accessibility", "accessibility"),
    (Page.SIGN_IN, "foot.signin", "sign_in"),
)
RESIDENTS_FOOT = ("foot.board", "foot.privacy", "foot.accessibility")
"""What of it stands below a resident's steps; the way in for professionals stands below the first one only."""

WITH_BOARD = (Step.START, Step.THANKS, Step.CODE)
"""Steps with the board at their foot: before and after drawing, when it leads nobody away from it."""

WORK = (
    (Page.COMPARE, "planner.menu", "planner.page"),
    (Page.PREPARE, "workshop.title", "workshop.prepare"),
    (Page.PANEL, "desk.menu", "board.desk"),
    (Page.MEETING, "meeting.menu", "panel.meeting"),
    (Page.PARTNER, "partner.menu", "panel.partner"),
    (Page.PAPER, "paper.title", "paper"),
    (Page.OWN_QUESTIONS, "own_questions.title", "planner.workbench.own_questions"),
    (Page.BUDGET_DESK, "budget.menu", "budget.desk"),
    (Page.IMPORT_FILE, "intake.menu", "import_file"),
    (Page.ADMINISTRATION, "foot.manage", "administration"),
)
"""Pages with a link at the foot: address, key of the title, and module."""


def show() -> None:
    """Show the page that the address asks for."""
    say = current_translator()
    foot = {title: _page(say, path, title, module) for path, title, module in FOOT}
    work = {title: _page(say, path, title, module) for path, title, module in WORK}
    residents = st.Page(resident.page, title=say("draw.title"), url_path=Page.DRAW, default=True)
    chosen = st.navigation(
        [
            residents,
            _page(say, Page.LIVE_SCREEN, "workshop.page_scherm", "workshop.live_screen"),
            _page(say, Page.STORY, "workshop.page_verhaal", "workshop.story"),
            _page(say, Page.VOTING, "workshop.page_samen", "workshop.voting"),
            _page(say, Page.JOIN, "join.title", "workshop.participant", "join"),
            _page(say, Page.VOTE, "agree.vote_title", "workshop.phone", "vote"),
            _page(say, Page.THANKS, "join.thanks", "workshop.participant", "thanks"),
            _page(say, Page.BUDGET, "budget.title", "budget.public"),
            *foot.values(),
            *work.values(),
        ],
        position="hidden",
    )
    visits.bind_visit()
    if not chosen.url_path:  # the first page, a resident's
        say = resident_translator()
    # Once a run: a page that asked for another width afterwards would be seen to jump.
    st.set_page_config(
        page_title=say("canvas.product"),
        layout="wide" if chosen.url_path in WIDE else "centered",
        initial_sidebar_state="collapsed",
    )
    try:
        chosen.run()
    except BuurtError as problem:  # a page that had no better place to say it
        st.error(say.explain(problem))
    if not chosen.url_path:
        step = st.query_params.get(Query.STEP, Step.START)
        shown = [title for title in RESIDENTS_FOOT if title != "foot.board" or step in WITH_BOARD]
        shown += ["foot.signin"] if step == Step.START else []
        footer.show_to_resident(say, {title: foot[title] for title in shown})
    elif chosen.url_path not in BEFORE_A_ROOM:
        footer.show(say, _open_to_visitor(work) | foot, way_back=residents)
        if chosen in foot.values():
            banner.watch_page_beside(say, residents)


def _page(say: Translator, path: Page, title: str, module: str, function: str = "page") -> StreamlitPage:
    """Return a page whose module is loaded when somebody first asks for it: all of them together take seconds."""

    def run() -> None:
        getattr(importlib.import_module(f"ui.pages.{module}"), function)()

    return st.Page(run, title=say(title), url_path=path)


def _open_to_visitor(pages: dict[str, StreamlitPage]) -> dict[str, StreamlitPage]:
    """Return the pages that the visitor may see; in the made-up town everybody may look at most."""
    try:
        project = context.get_project(current_project())
    except BuurtError:
        project = None
    actor = current_actor()
    return {
        title: page
        for title, page in pages.items()
        if permissions.has_permission(Page(page.url_path).key, "see", project, actor)
    }
