"""The list of pages."""

import streamlit as st

from ui.pages import planner, resident
from ui.visitor import words_of_visitor


def show() -> None:
    """Show the page that the address asks for."""
    say = words_of_visitor()
    st.set_page_config(page_title=say("canvas.product"), layout="centered", initial_sidebar_state="collapsed")
    chosen = st.navigation(
        [
            st.Page(resident.page, title=say("draw.title"), url_path="teken", default=True),
            st.Page(planner.page, title=say("planner.menu"), url_path="vergelijk"),
        ],
        position="hidden",
    )
    chosen.run()
