"""What these figures do not say: the page to read before one of them is used."""

import streamlit as st

from study.limits import list_limits
from ui.pages.planner.section import PlannerContext


def show(view: PlannerContext) -> None:
    """Show the list."""
    say = view.say
    with st.container(key="limits"):
        st.subheader(say("limits.title"))
        st.markdown(say("limits.intro"))
        st.markdown("\n".join(f"- {point}" for point in list_limits(say)))
