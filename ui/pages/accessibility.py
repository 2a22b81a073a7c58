"""Accessibility in plain words: how to take part without pointing, what was tested, whom to tell."""

import html

import streamlit as st

from ui.session.request_context import current_translator

PARTS = ("ways", "tested", "limits", "tell")


def page() -> None:
    """Show the accessibility statement."""
    say = current_translator()
    st.title(say("accessibility.title"), anchor=False)
    for part in PARTS:
        st.subheader(say(f"accessibility.{part}_title"), anchor=False)
        st.html(f"<p>{html.escape(say(f'accessibility.{part}'))}</p>")
