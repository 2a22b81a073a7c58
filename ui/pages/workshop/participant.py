"""Pages for who takes part, on their own phone: join by code, and see what came of it."""

import html
import re
from collections.abc import Mapping
from urllib.parse import urlencode

import streamlit as st

from geo.errors import BuurtError
from i18n import Translator
from study import context
from study.publishing.sessions.editions import latest_edition
from study.workshop import guesses, sessions, story
from study.workshop.live_editions import session_counters
from study.workshop.sessions import WorkshopSession
from ui import canvas, workers
from ui.components import basemap
from ui.pages.big_link import big_link
from ui.pages.workshop import session_page, small_view
from ui.pages.workshop.session_page import WorkshopContext
from ui.routes import Page, Query, page_path
from ui.session.request_context import current_translator, site_address

CODE_LENGTH = 6


def _workshop_session(say: Translator, *, closed: bool = False) -> WorkshopSession | None:
    """Return the session of the code in the address, or ask for a code."""
    code, refused = st.query_params.get(Query.CODE, ""), ""
    if code:
        try:
            find = sessions.find_session_any_state if closed else sessions.find_open_session
            return workers.run_in_worker(find, code, device=_device())
        except BuurtError as problem:
            refused = say.explain(problem)
    st.html('<span class="buurt-resident"></span>')
    st.title(say("join.title"), anchor=False)
    if refused:
        st.error(refused)
    with st.form("code", border=False):
        typed = st.text_input(say("join.code"), max_chars=12, autocomplete="off", key="typed_code")
        pressed = st.form_submit_button(say("join.find"), type="primary", width="stretch")
    if pressed and typed:
        st.query_params[Query.CODE] = re.sub(r"[^0-9A-Za-z]", "", typed).upper()[:CODE_LENGTH]
        st.rerun()
    return None


def _device() -> str:
    return str(st.session_state.setdefault("device", sessions.new_device_token()))


def open_page(title: str, *, closed: bool = False) -> tuple[Translator, WorkshopSession] | None:
    """Head a page of the session in the address, in its words; ask for a code where there is none.

    Parameters
    ----------
    title
        Key of the title.
    closed
        Whether a session that was closed has this page too.
    """
    workshop_session = _workshop_session(current_translator(), closed=closed)
    if workshop_session is None:
        return None
    say = session_page.words_in(workshop_session)
    _head(say, workshop_session, say(title))
    return say, workshop_session


def _head(say: Translator, workshop_session: WorkshopSession, title: str) -> None:
    about = context.get_project(workshop_session.project)
    st.html('<span class="buurt-resident"></span>')
    st.title(title, anchor=False)
    st.html(f'<p class="session">{html.escape(workshop_session.place)} · {workshop_session.day:%d-%m-%Y}</p>')
    if about.is_demo:
        st.badge(say("demo.label"), color="gray")


def join() -> None:
    """Join: choose a table, then draw, or try it out first."""
    opened = open_page("join.welcome", closed=True)
    if opened is None:
        return
    say, workshop_session = opened
    if not workshop_session.is_open:  # the poster hangs for weeks
        show_outcome(say, workshop_session)
        return
    group = ""
    if workshop_session.groups:
        asked = st.query_params.get(Query.GROUP, "")
        found = st.radio(
            say("join.group"),
            workshop_session.groups,
            index=workshop_session.groups.index(asked) if asked in workshop_session.groups else None,
            key="group",
        )
        group = found or ""
    placed = bool(group) or not workshop_session.groups
    kept: dict[str, str] = {Query.KIOSK: "1"} if st.query_params.get(Query.KIOSK) == "1" else {}
    initials = str(st.session_state.get("initials") or "").strip()
    if not placed:
        st.write(say("join.choose_group"))
    elif initials:  # the one big button is for who is helped: another would draw as the helper
        big_link(
            say("join.help_go"),
            _draw(workshop_session, group, {Query.HELPER: initials.upper(), **kept}),
            main=True,
        )
    else:
        big_link(say("join.draw"), _draw(workshop_session, group, kept), main=True)
        big_link(
            say("join.practise"), _draw(workshop_session, group, {Query.PRACTICE: "1", **kept}), main=False
        )
    with st.expander(say("join.help"), expanded=bool(initials), key="helping"):
        st.write(say("join.help_how"))
        st.text_input(say("join.initials"), max_chars=4, autocomplete="off", key="initials")
    big_link(say("join.vote"), page_path(Page.VOTE, {Query.CODE: workshop_session.code}), main=False)


def _draw(workshop_session: WorkshopSession, group: str, more: Mapping[str, str]) -> str:
    """Return the address of the drawing page for this session."""
    asked: dict[str, str] = {
        Query.PROJECT: workshop_session.project,
        Query.CODE: workshop_session.code,
        **({Query.GROUP: group} if group else {}),
        **more,
    }
    language = st.query_params.get(Query.LANGUAGE, workshop_session.language)
    if language != "nl":
        asked[Query.LANGUAGE] = language
    return f"./?{urlencode(asked)}"


# --- Afterwards -----------------------------------------------------------------------------------


def thanks() -> None:
    """Show who took part what came of it: the latest edition, never a drawing."""
    opened = open_page("join.thanks", closed=True)
    if opened is not None:
        show_outcome(*opened)


def show_outcome(say: Translator, workshop_session: WorkshopSession) -> None:
    """Show what came of a workshop session: what is shared, chosen and sent on; empty parts are left out."""
    if not workshop_session.is_open:
        st.write(say("join.over"))
    stage = workers.run_in_worker(sessions.get_stage, workshop_session.id)
    if workshop_session.is_open and stage.map_hidden:  # who sees it draws otherwise
        st.write(say("live.hidden"))
    elif not _shared(say, workshop_session):
        drawn = workers.run_in_worker(session_counters, workshop_session.id).drawn
        st.write(small_view.drawn_sentence(say, drawn))
    small_view.decided(say, workshop_session.id)


def _shared(say: Translator, workshop_session: WorkshopSession) -> bool:
    """Show of the latest edition what phones may read now; return whether there is one."""
    about = context.get_project(workshop_session.project)
    shown = workers.run_in_worker(latest_edition, workshop_session.id)
    if shown is None or not shown.facts.neighbourhoods:
        return False
    steps = workers.run_in_worker(guesses.steps_on_phones, workshop_session.id)
    names = story.LAYERS_OF_STEP["outside" if "outside" in steps else "core"]
    room = WorkshopContext(say, workshop_session, about, site_address())
    number = shown.facts.neighbourhoods[0].number
    canvas.map_view(
        [
            *basemap.basemap_layers(about.municipality),
            *session_page.layers(shown, number, names),
        ],
        "thanks_map",
        words=say,
        bounds=workers.run_in_worker(shown.bounds, number),
        credit=room.credit,
        tall="min(52dvh, 34rem)",
    )
    session_page.sheet()
    session_page.legend(room, session_page.map_legend(room, shown, number, names))
    for step in story.build_steps(say, shown, number, steps):
        st.html(
            f'<p class="line"><strong>{html.escape(step.title)}.</strong> {html.escape(step.sentence)}</p>'
        )
    st.write(say("workshop.file_footer", n=shown.facts.n, edition=shown.number))
    return True
