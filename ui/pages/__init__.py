"""The list of pages."""

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from geo.errors import BuurtError
from study import access, projects
from ui.pages import (
    accessibility,
    footer,
    intake,
    manage,
    paper,
    planner,
    privacy,
    resident,
    sign_in,
    sources,
    workshop,
)
from ui.visitor import actor_of_visitor, project_of_visitor, words_of_visitor

BEFORE_A_ROOM = ("scherm", "verhaal", "samen")
"""Pages on a beamer: nothing at their foot."""

WIDE = ("vergelijk",)
"""Pages with a map and a table side by side."""


def show() -> None:
    """Show the page that the address asks for."""
    say = words_of_visitor()
    foot = [
        st.Page(privacy.page, title=say("foot.privacy"), url_path="privacy"),
        st.Page(sources.page, title=say("foot.sources"), url_path="bronnen"),
        st.Page(accessibility.page, title=say("foot.accessibility"), url_path="toegankelijkheid"),
        st.Page(sign_in.page, title=say("foot.signin"), url_path="inloggen"),
    ]
    work = [
        st.Page(planner.page, title=say("planner.menu"), url_path="vergelijk"),
        st.Page(workshop.prepare, title=say("workshop.title"), url_path="avond"),
        st.Page(paper.page, title=say("paper.title"), url_path="papier"),
        st.Page(intake.page, title=say("intake.menu"), url_path="inlezen"),
        st.Page(manage.page, title=say("foot.manage"), url_path="beheer"),
    ]
    chosen = st.navigation(
        [
            st.Page(resident.page, title=say("draw.title"), url_path="teken", default=True),
            st.Page(workshop.screen, title=say("workshop.page_scherm"), url_path="scherm"),
            st.Page(workshop.reveal, title=say("workshop.page_verhaal"), url_path="verhaal"),
            st.Page(workshop.agree, title=say("workshop.page_samen"), url_path="samen"),
            st.Page(workshop.join, title=say("join.title"), url_path="mee"),
            st.Page(workshop.vote, title=say("agree.vote_title"), url_path="stem"),
            st.Page(workshop.thanks, title=say("join.thanks"), url_path="dank"),
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


def _open_to_visitor(pages: list[StreamlitPage]) -> list[StreamlitPage]:
    """Give the pages that the visitor may see; in the made-up town everybody may look at most."""
    try:
        project = projects.project(project_of_visitor())
    except BuurtError:
        project = None
    actor = actor_of_visitor()
    return [page for page in pages if access.may(access.least(page.url_path), project, actor)]
