"""Accessibility in plain words: how to take part without pointing, what was tested, whom to tell."""

import html

import streamlit as st

from ui.visitor import words_of_visitor

PARTS = ("ways", "tested", "limits", "tell")


def page() -> None:
    """Tell it."""
    say = words_of_visitor()
    st.title(say("accessibility.title"), anchor=False)
    for part in PARTS:
        st.subheader(say(f"accessibility.{part}_title"), anchor=False)
        st.html(f"<p>{html.escape(say(f'accessibility.{part}'))}</p>")
