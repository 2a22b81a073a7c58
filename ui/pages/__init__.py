"""The list of pages."""

import importlib

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from geo.errors import BuurtError
from study import access, projects
from ui.pages import footer, resident
from ui.visitor import actor_of_visitor, project_of_visitor, words_of_visitor
from words import Words

BEFORE_A_ROOM = ("scherm", "verhaal", "samen")
"""Pages on a beamer: nothing at their foot."""

WIDE = ("vergelijk",)
"""Pages with a map and a table side by side."""


def show() -> None:
    """Show the page that the address asks for."""
    say = words_of_visitor()
    foot = [
        _page(say, "privacy", "foot.privacy", "privacy"),
        _page(say, "bronnen", "foot.sources", "sources"),
        _page(say, "toegankelijkheid", "foot.accessibility", "accessibility"),
        _page(say, "inloggen", "foot.signin", "sign_in"),
    ]
    work = [
        _page(say, "vergelijk", "planner.menu", "planner"),
        _page(say, "avond", "workshop.title", "workshop.prepare"),
        _page(say, "papier", "paper.title", "paper"),
        _page(say, "inlezen", "intake.menu", "intake"),
        _page(say, "beheer", "foot.manage", "manage"),
    ]
    chosen = st.navigation(
        [
            st.Page(resident.page, title=say("draw.title"), url_path="teken", default=True),
            _page(say, "scherm", "workshop.page_scherm", "workshop.screen"),
            _page(say, "verhaal", "workshop.page_verhaal", "workshop.reveal"),
            _page(say, "samen", "workshop.page_samen", "workshop.agree"),
            _page(say, "mee", "join.title", "workshop.guest", "join"),
            _page(say, "stem", "agree.vote_title", "workshop.guest", "vote"),
            _page(say, "dank", "join.thanks", "workshop.guest", "thanks"),
            *foot,
            *work,
        ],
        position="hidden",
    )
    # Once a run: a page that asked for another width afterwards would be seen to jump.
    st.set_page_config(
        page_title=say("canvas.product"),
        layout="wide" if chosen.url_path in WIDE else "centered",
        initial_sidebar_state="collapsed",
    )
    try:
        chosen.run()
    except BuurtError as problem:  # a page that had no better place to say it
        st.error(say.error(problem))
    if chosen.url_path not in BEFORE_A_ROOM:
        footer.show([*_open_to_visitor(work), *foot])


def _page(say: Words, path: str, title: str, module: str, function: str = "page") -> StreamlitPage:
    """Give a page whose module is loaded when somebody first asks for it: all of them together take seconds."""

    def run() -> None:
        getattr(importlib.import_module(f"ui.pages.{module}"), function)()

    return st.Page(run, title=say(title), url_path=path)


def _open_to_visitor(pages: list[StreamlitPage]) -> list[StreamlitPage]:
    """Give the pages that the visitor may see; in the made-up town everybody may look at most."""
    try:
        project = projects.project(project_of_visitor())
    except BuurtError:
        project = None
    actor = actor_of_visitor()
    return [page for page in pages if access.may(access.least(page.url_path), project, actor)]
