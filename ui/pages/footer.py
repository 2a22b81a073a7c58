"""At the foot of every page: the few quiet links that are always there."""

from collections.abc import Mapping

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from i18n import Translator
from i18n.negotiation import DEFAULT
from ui.components.first_screen import language_links
from ui.routes import Query, Step

FORWARDED_KEYS = (Query.PROJECT, Query.LANGUAGE)
"""What stays in the address when somebody follows a link at the foot of a work page."""


def show(say: Translator, pages: Mapping[str, StreamlitPage], *, way_back: StreamlitPage) -> None:
    """Show the links in one quiet line; the project and the language go along.

    Whoever comes from a resident's step takes the whole address along, with a link back to that step.

    Parameters
    ----------
    pages
        By the key of their title.
    way_back
        The residents' page.
    """
    came_from_step = Query.STEP in st.query_params
    kept: dict[str, str] = {
        key: value
        for key, value in st.query_params.to_dict().items()
        if came_from_step or key in FORWARDED_KEYS
    }
    if say.language != DEFAULT:  # also where only a browser asked for it
        kept[Query.LANGUAGE] = say.language
    if came_from_step:
        with st.container(key="buurt_return"):
            st.page_link(way_back, label=say("foot.return"), query_params=kept)
    _links(say, pages, kept)


def show_to_resident(say: Translator, pages: Mapping[str, StreamlitPage]) -> None:
    """Show what a resident needs at every step: the other languages, and links that lead back to this step."""
    step = st.query_params.get(Query.STEP, Step.START)
    kept: dict[str, str] = {**st.query_params.to_dict(), Query.STEP: step}
    if say.language != DEFAULT:
        kept[Query.LANGUAGE] = say.language
    _links(say, pages, kept, has_languages=step != Step.START)  # there they stand at the top


def _links(
    say: Translator, pages: Mapping[str, StreamlitPage], kept: dict[str, str], *, has_languages: bool = False
) -> None:
    with st.container(key="buurt_foot", horizontal=True, horizontal_alignment="center", gap="small"):
        if has_languages:
            st.html(f'<p class="buurt-languages">{language_links(say, st.query_params.to_dict())}</p>')
        for title, page in pages.items():
            st.page_link(page, label=say(title), query_params=kept)
