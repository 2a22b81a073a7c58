"""Privacy in plain words: what is kept, who sees it, until when, and what a resident can do."""

import html

import streamlit as st

from geo.errors import BuurtError
from study import managing, projects
from ui.visitor import project_of_visitor, words_of_visitor

PARTS = ("kept", "why", "who", "until", "code", "erase", "technical", "questions")


def page() -> None:
    """Tell it, for the project of the address."""
    say = words_of_visitor()
    st.title(say("privacy.title"), anchor=False)
    try:
        project = projects.project(project_of_visitor())
    except BuurtError as problem:
        st.info(say.error(problem))
        return
    if project.is_made_up:
        st.badge(say("demo.label"), color="gray")
    facts = {
        "asked_by": project.asked_by or project.name,
        "until": project.retention_until,
        "nights": managing.NIGHTS,
        "least": project.least,
    }
    for part in PARTS:
        made_up = "_demo" if part == "until" and project.is_made_up else ""
        st.subheader(say(f"privacy.{part}_title"), anchor=False)
        st.html(f"<p>{html.escape(say(f'privacy.{part}{made_up}', **facts))}</p>")
