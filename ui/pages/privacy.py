"""Privacy in plain words: what is kept, who sees it, until when, and what a resident can do."""

import html

import streamlit as st

from geo.errors import BuurtError
from study import administration, context
from ui.components.first_screen import sender_lines
from ui.session.request_context import current_project, current_translator

PARTS = ("kept", "why", "who", "board", "until", "code", "erase", "technical", "questions")


def page() -> None:
    """Show the privacy statement of the project in the address."""
    say = current_translator()
    st.title(say("privacy.title"), anchor=False)
    try:
        project = context.get_project(current_project())
    except BuurtError as problem:
        st.info(say.explain(problem))
        return
    if project.is_demo:
        st.badge(say("demo.label"), color="gray")
    facts = {
        "asked_by": project.asked_by or project.name,
        "until": project.retention_until,
        "nights": administration.NIGHTS,
        "least": project.min_group_size,
    }
    for part in PARTS:
        made_up = "_demo" if part == "until" and project.is_demo else ""
        st.subheader(say(f"privacy.{part}_title"), anchor=False)
        st.html(f"<p>{html.escape(say(f'privacy.{part}{made_up}', **facts))}</p>")
    if sender := sender_lines(say, project):
        st.html(sender)
