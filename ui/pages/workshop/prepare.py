"""Prepare a workshop session in five minutes: who, where, when; then code, secret link, check list and print pack."""

import html
from datetime import date

import streamlit as st

from geo.errors import BuurtError
from i18n import LANGUAGES, Translator
from maps.documents import workshop_handouts
from maps.documents.workshop_handouts import PrintPack
from maps.static import qr
from study import context, datasets, jobs, permissions
from study.contributions import questionnaire
from study.publishing.sessions.editions import publish_if_due
from study.review_queue import held_drawings, release_held
from study.workshop import practice_data, sessions
from study.workshop.live_editions import session_counters
from study.workshop.sessions import Actor, Project, Votable, WorkshopSession
from ui import canvas, workers
from ui.components import basemap, tickets
from ui.components.markdown_escape import escape_markdown
from ui.pages.workshop import session_page, small_view
from ui.pages.workshop.session_page import WorkshopContext
from ui.routes import Page, Query
from ui.session.request_context import (
    current_actor,
    current_project,
    current_translator,
    only_here,
    site_address,
)

CHECKS = ("laptop", "wifi", "sound", "tablet", "paper", "story", "practise")
STEPS = ("scan", "table", "draw", "answer", "code")
MAX_TABLES = 8
MADE_UP_RESIDENTS = 10


def page() -> None:
    """Show the sessions, one of them, or a form for a new one."""
    session_page.sheet()
    say, key = current_translator(), current_project()
    if Query.SESSION not in st.query_params:
        _overview(say, key)
        return
    room = session_page.open_context()
    if room is not None:
        _workshop_session(room)


def _overview(say: Translator, key: str) -> None:
    about, actor = context.get_project(key), current_actor()
    try:
        permissions.require_role("planner", about, actor)
    except BuurtError as problem:
        st.error(say.explain(problem))
        return
    st.title(say("workshop.title"), anchor=False)
    if about.is_demo:
        st.badge(say("demo.label"), color="gray")
    known = sessions.list_sessions(key)
    rows = "".join(
        f'<li><a target="_self" href="avond?avond={one.id}&amp;project={html.escape(key)}">'
        f"{html.escape(one.place)} · {one.day:%d-%m-%Y}</a></li>"
        for one in known
    )
    if rows:
        st.html(f'<ul class="line">{rows}</ul>')
    _new(say, about, actor or session_page.PLANNER)


def _new(say: Translator, about: Project, actor: Actor) -> None:
    st.subheader(say("workshop.new"), anchor=False)
    longitude, latitude = workers.run_in_worker(datasets.initial_view, about.municipality)
    with st.expander(say("workshop.start")):
        spot = canvas.pick_point(
            "start_map",
            layers=basemap.basemap_layers(about.municipality),
            start=canvas.InitialView(longitude, latitude, 4000.0),
            words=say,
            credit=basemap.map_attribution(about.municipality, basemap.areas_credit(say, about)),
        )
    with st.form("new", border=True):
        place = st.text_input(say("workshop.place"), max_chars=60, placeholder=say("workshop.place_hint"))
        day = st.date_input(say("workshop.day"), value=date.today(), format="DD-MM-YYYY")
        tables = st.slider(say("workshop.tables"), 0, MAX_TABLES, 4)
        named = st.text_input(
            say("workshop.table_names"), max_chars=200, placeholder=say("workshop.table_names_hint")
        )
        dots = st.slider(say("workshop.dots"), 1, 10, 3)
        language = st.radio(
            say("workshop.language"),
            list(LANGUAGES),
            format_func=lambda one: LANGUAGES[one].name,
            horizontal=True,
        )
        st.write(say("workshop.questions"))
        asked = [
            screen
            for screen in questionnaire.list_screens(questionnaire.question_keys())
            if st.checkbox(
                say(f"workshop.screen_{screen.key}"), value=screen.key in {"name", "you", "wishes"}
            )
        ]
        pressed = st.form_submit_button(say("workshop.make"), type="primary", width="stretch")
    if not pressed:
        return
    start = (
        None
        if spot is None
        else workers.run_in_worker(sessions.start_point, about.id, spot.longitude, spot.latitude)
    )
    groups = [one.strip()[:30] for one in (named or "").split(",") if one.strip()]
    groups = groups or [say("workshop.table", n=n) for n in range(1, tables + 1)]
    wanted = WorkshopSession(
        about.id,
        (place or "").strip(),
        day if isinstance(day, date) else date.today(),
        groups=tuple(groups),
        start_x=None if start is None else round(start[0]),
        start_y=None if start is None else round(start[1]),
        questions=tuple(one.key for screen in asked for one in screen.questions),
        language=language or say.language,
        dots=dots,
    )
    if not wanted.place:
        st.error(say("workshop.no_place"))
        return
    _create(wanted, say, actor)


def _create(wanted: WorkshopSession, say: Translator, actor: Actor) -> None:
    """Create the session and open its page; what prevents it is explained."""
    try:
        made, link = workers.run_in_worker(sessions.create_session, wanted, by=actor)
    except BuurtError as problem:
        st.error(say.explain(problem))
        return
    st.session_state["new_link"] = (made.id, link)
    st.query_params[Query.SESSION] = made.id
    st.rerun()


# --- One session ----------------------------------------------------------------------------------


def _workshop_session(room: WorkshopContext) -> None:
    say, workshop_session = room.say, room.workshop_session
    session_page.heading(room, say("workshop.ready" if workshop_session.is_open else "workshop.closed"))
    session_page.page_links(room, Page.PREPARE)
    _fresh_link(room)
    if workshop_session.is_open:
        _invite(room)
        _border(room)
    else:
        small_view.decided(say, workshop_session.id)
        link = f'<a href="{html.escape(room.after)}">{html.escape(say("workshop.to_outcome"))}</a>'
        st.html(f'<p class="line">{link}</p>')
    _held(room)
    if workshop_session.is_open:
        tickets.offer(say, room.project, room.base, by=room.acting(), at=workshop_session)
    _words(room)
    if workshop_session.is_open:
        _practise(room)
    _close(room)
    _another_link(room)


def _invite(room: WorkshopContext) -> None:
    """Show how people join, and what is to be ready before they do."""
    say, workshop_session = room.say, room.workshop_session
    left, right = st.columns([1, 2], gap="large")
    with left:
        st.html(
            f"{session_page.code_picture(room.join, say('live.qr'))}<p class='code'>{workshop_session.code}</p>"
        )
        st.write(room.join)
        if only_here():
            st.warning(say("workshop.only_here"))
    with right:
        _checks(room)
        _pack(room)
        tablet = f"{room.join}&kiosk=1"
        st.html(f'<p class="line">{html.escape(say("workshop.tablet"))} <b>{html.escape(tablet)}</b></p>')


def _fresh_link(room: WorkshopContext) -> None:
    """Show the secret link, once: the store keeps its hash only."""
    fresh = st.session_state.get("new_link")
    if isinstance(fresh, tuple) and fresh[0] == room.workshop_session.id:
        st.success(room.say("workshop.link_once"))
        st.code(
            f"{site_address()}/{session_page.page_url(room, Page.LIVE_SCREEN)}#{fresh[1]}",
            language=None,
            wrap_lines=True,
        )


def _another_link(room: WorkshopContext) -> None:
    """Replace a link that was lost; last on the page, for it ends the old one."""
    if room.acting().has_role("planner") and st.button(room.say("workshop.new_link"), key="another_link"):
        link = workers.run_in_worker(sessions.rotate_link, room.workshop_session.id, by=room.acting())
        st.session_state["new_link"] = (room.workshop_session.id, link)
        st.rerun()


def _checks(room: WorkshopContext) -> None:
    say = room.say
    st.subheader(say("workshop.checks"), anchor=False)
    for key in CHECKS:
        st.checkbox(say(f"workshop.check_{key}"), key=f"check_{key}")


def _words(room: WorkshopContext) -> None:
    """Offer what phones sent in to read, here and not before the room; only what is released goes there."""
    say, found = room.say, workers.run_in_worker(sessions.list_votables, room.workshop_session.id)
    st.subheader(say("agree.read_first"), anchor=False)
    st.write(say("agree.read_first_how") if found else say("agree.nothing_to_read"))
    for one in found:
        key = f"release_{one.id}"
        # What the store says, whatever this page showed before: another screen may have decided.
        st.session_state[key] = one.is_released
        st.checkbox(
            escape_markdown(one.words),
            key=key,
            disabled=one.status in sessions.DECIDED,
            on_change=_release,
            args=(room, one),
        )
        if one.is_marked:
            st.caption(say("publish.marked"))


def _border(room: WorkshopContext) -> None:
    """Show whether phones wait with the official border, and change it."""
    say, session = room.say, room.workshop_session.id
    is_free = workers.run_in_worker(sessions.get_stage, session).border_free
    st.html(
        f'<p class="line">{html.escape(say("workshop.border_free" if is_free else "workshop.border_waits"))}</p>'
    )
    st.button(
        say("workshop.hold_border" if is_free else "workshop.free_border"), key="border",
        on_click=_set_border, args=(room, not is_free),
    )  # fmt: skip


def _set_border(room: WorkshopContext, free: bool) -> None:
    workers.run_in_worker(sessions.free_border, room.workshop_session.id, free, by=room.acting())


def _held(room: WorkshopContext) -> None:
    """Show how many drawings count for nobody yet, and why; who sees the people in the room lets them count."""
    say, session = room.say, room.workshop_session
    found = workers.run_in_worker(held_drawings, room.project.id, session=session.id)
    if not (found.waiting or found.released):
        return
    st.subheader(say("held.title"), anchor=False)
    if found.waiting:
        counts = {"copies": found.copies, "address": found.from_one_address}
        st.write(say("held.waiting", n=len(found.waiting), **counts))
        st.button(
            say("held.release"), key="release_held", type="primary", on_click=_release_held, args=(room, True)
        )
    if found.released:
        st.write(say("held.released", n=len(found.released)))
        st.button(say("held.undo"), key="hold_again", on_click=_release_held, args=(room, False))


def _release_held(room: WorkshopContext, released: bool) -> None:
    workers.run_in_worker(
        release_held, room.project.id, room.workshop_session.id, released=released, by=room.acting()
    )


def _release(room: WorkshopContext, one: Votable) -> None:
    """Release a text or hold it back, from what this screen showed."""
    workers.run_in_worker(sessions.release_words, one.id, released=not one.is_released, by=room.acting())


def _practise(room: WorkshopContext) -> None:
    """In a made-up town: let invented residents draw, to see the screens at work."""
    if not room.project.is_demo:
        return
    say = room.say
    st.subheader(say("workshop.try"), anchor=False)
    st.write(say("workshop.try_how"))
    if st.button(say("workshop.try_fill", n=MADE_UP_RESIDENTS), key="fill"):
        workers.run_in_worker(
            practice_data.add_practice_drawings, room.workshop_session.id, MADE_UP_RESIDENTS
        )
        workers.run_in_worker(publish_if_due, room.workshop_session.id, by=room.acting())
        st.rerun()
    st.write(
        say("workshop.try_now", n=workers.run_in_worker(session_counters, room.workshop_session.id).drawn)
    )


def _close(room: WorkshopContext) -> None:
    say, workshop_session = room.say, room.workshop_session
    label = say("workshop.close" if workshop_session.is_open else "workshop.open")
    if st.button(label, key="close"):
        workers.run_in_worker(
            sessions.set_open, workshop_session.id, by=room.acting(), is_open=not workshop_session.is_open
        )
        st.rerun()


def _pack(room: WorkshopContext) -> None:
    st.download_button(
        room.say("workshop.pack"), lambda: pack_file(room), file_name="bijeenkomst.pdf",
        mime="application/pdf", key="pack", on_click="ignore", type="primary",
    )  # fmt: skip


def pack_file(room: WorkshopContext) -> bytes:
    """Set the print pack."""
    say, workshop_session = room.say, room.workshop_session
    made_up = say("demo.label") if room.project.is_demo else ""
    pack = PrintPack(
        language=say.language,
        title=workshop_session.place,
        subtitle=f"{workshop_session.day:%d-%m-%Y}",
        join=say("workshop.pack_join"),
        code=workshop_session.code,
        address=f"{room.base}/{Page.JOIN}",
        tables=workshop_session.groups,
        steps_title=say("workshop.pack_steps"),
        steps=tuple(say(f"workshop.step_{key}") for key in STEPS),
        check_title=say("workshop.checks"),
        check=tuple(say(f"workshop.check_{key}") for key in CHECKS),
        footer=made_up,
    )
    return jobs.run(
        jobs.DOCUMENT, ("print pack", pack), workshop_handouts.pack_pdf, pack, qr=qr.svg(room.join)
    )
