"""The list of pages."""

import streamlit as st

from study import access
from ui.pages import accessibility, footer, manage, planner, privacy, resident, sign_in, sources
from ui.visitor import actor_of_visitor, words_of_visitor


def show() -> None:
    """Show the page that the address asks for."""
    say = words_of_visitor()
    st.set_page_config(page_title=say("canvas.product"), layout="centered", initial_sidebar_state="collapsed")
    foot = [
        st.Page(privacy.page, title=say("foot.privacy"), url_path="privacy"),
        st.Page(sources.page, title=say("foot.sources"), url_path="bronnen"),
        st.Page(accessibility.page, title=say("foot.accessibility"), url_path="toegankelijkheid"),
        st.Page(sign_in.page, title=say("foot.signin"), url_path="inloggen"),
    ]
    management = st.Page(manage.page, title=say("foot.manage"), url_path="beheer")
    chosen = st.navigation(
        [
            st.Page(resident.page, title=say("draw.title"), url_path="teken", default=True),
            st.Page(planner.page, title=say("planner.menu"), url_path="vergelijk"),
            *foot,
            management,
        ],
        position="hidden",
    )
    chosen.run()
    looks_after = access.may(access.least("beheer"), None, actor_of_visitor())
    footer.show([*foot, management] if looks_after else foot)
