"""Start: what this is for, who asks, what is kept and until when; and whether somebody wants to take part."""

import html
from urllib.parse import urlencode

import streamlit as st

from ui.pages.resident.visit import Visit, go, heading
from words import LANGUAGES, Words


def title(say: Words, _visit: Visit) -> str:
    """Give the title."""
    return say("start.title")


def show(say: Words, visit: Visit) -> None:
    """Tell, and ask."""
    project = visit.project
    _languages(say)
    heading(say, visit, title(say, visit), counted=False)
    if project.is_made_up:
        st.badge(say("demo.label"), color="gray")
    asked_by = project.asked_by or project.name
    kept = "start.kept_demo" if project.is_made_up else "start.kept"
    sentences = (
        say("start.why", asked_by=asked_by),
        say("start.how"),
        say(kept, until=project.retention_until),
        say("start.code"),
    )
    st.html(f'<div class="buurt-lead">{"".join(f"<p>{html.escape(line)}</p>" for line in sentences)}</div>')
    if visit.drafted:
        st.info(say("start.draft"))
    st.write(say("start.consent", button=say("start.join")))
    if st.button(say("start.join"), key="join", type="primary", width="stretch"):
        visit.done = False
        go("teken" if visit.children or visit.drafted else "wonen")
    with st.container(horizontal=True):
        if st.button(say("start.have_code"), key="have_code", width="stretch"):
            go("code")
        other = "0" if visit.children else "1"
        if st.button(
            say("start.adults" if visit.children else "start.children"), key="kids", width="stretch"
        ):
            st.query_params["kinderen"] = other
            st.rerun()


def _languages(say: Words) -> None:
    """Offer the other languages as plain links: the whole page is loaded in that language."""
    others = []
    for key in LANGUAGES:
        if key != say.language:
            address = urlencode({**st.query_params.to_dict(), "taal": key})
            name = html.escape(say(f"start.language_{key}"))
            others.append(f'<a target="_self" lang="{key}" hreflang="{key}" href="?{address}">{name}</a>')
    st.html(f'<p class="buurt-languages">{" ".join(others)}</p>')
