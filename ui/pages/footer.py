"""At the foot of every page: the few quiet links that are always there."""

from collections.abc import Sequence

import streamlit as st
from streamlit.navigation.page import StreamlitPage

KEPT = ("project", "taal")
"""What stays in the address when somebody follows a link at the foot."""


def show(pages: Sequence[StreamlitPage]) -> None:
    """Show the links in one quiet line."""
    kept = {key: st.query_params[key] for key in KEPT if key in st.query_params}
    with st.container(key="buurt_foot", horizontal=True, horizontal_alignment="center", gap="small"):
        for page in pages:
            st.page_link(page, query_params=kept)
