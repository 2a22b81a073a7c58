"""Who opens a page of a panel or partner: in its own project, and in no made-up one."""

import html

import streamlit as st

from geo.errors import BuurtError
from i18n import Translator
from study import context, permissions
from study.permissions import Actor, Project
from ui.routes import Page
from ui.session.request_context import current_actor, current_project

PROBLEM = "panel_problem"
"""Key in the session's state of why an act was refused, for the run that shows it."""


def enter(say: Translator, page: Page, title: str) -> tuple[Project, Actor] | None:
    """Show the title of a page and return whose it is; None, and why not, for who may do nothing there."""
    try:
        project, actor = context.get_project(current_project()), current_actor()
        permissions.require_permission(page.key, "see", project, actor)
    except BuurtError as problem:
        st.error(say.explain(problem))
        return None
    st.title(say(title), anchor=False)
    st.html(f'<p class="buurt-session">{html.escape(project.name)}</p>')
    if project.is_demo or actor is None:
        st.info(say("desk.not_in_example"))
        return None
    if PROBLEM in st.session_state:
        st.error(st.session_state.pop(PROBLEM))
    return project, actor
