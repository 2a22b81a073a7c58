"""Prepare an evening in five minutes: who, where, when; then code, secret link, check list and print pack."""

import html
from datetime import date

import streamlit as st

from geo.errors import BuurtError
from maps import handout, qr
from maps.handout import Pack
from study import access, atlas, live, projects, questions, trying, workshop
from study.workshop import Actor, Project, WorkshopSession
from ui import canvas, ground, worker
from ui.pages.workshop import frame
from ui.pages.workshop.frame import Room
from ui.visitor import actor_of_visitor, project_of_visitor, words_of_visitor
from words import LANGUAGES, Words

CHECKS = ("laptop", "wifi", "sound", "tablet", "paper", "story", "practise")
STEPS = ("scan", "table", "draw", "answer", "code")
MOST_TABLES = 8
MADE_UP_RESIDENTS = 10


def page() -> None:
    """Show the evenings, one of them, or a form for a new one."""
    frame.sheet()
    say, key = words_of_visitor(), project_of_visitor()
    if "avond" not in st.query_params:
        _overview(say, key)
        return
    room = frame.enter()
    if room is not None:
        _evening(room)


def _overview(say: Words, key: str) -> None:
    about, actor = projects.project(key), actor_of_visitor()
    try:
        access.require("planner", about, actor)
    except BuurtError as problem:
        st.error(say.error(problem))
        return
    st.title(say("workshop.title"), anchor=False)
    if about.is_made_up:
        st.badge(say("demo.label"), color="gray")
    known = workshop.evenings(key)
    rows = "".join(
        f'<li><a target="_self" href="avond?avond={one.id}&amp;project={html.escape(key)}">'
        f"{html.escape(one.place)} · {one.day:%d-%m-%Y}</a></li>"
        for one in known
    )
    if rows:
        st.html(f'<ul class="told">{rows}</ul>')
    _new(say, about, actor or frame.PLANNER)


def _new(say: Words, about: Project, actor: Actor) -> None:
    st.subheader(say("workshop.new"), anchor=False)
    longitude, latitude = worker.run(atlas.heart, about.municipality)
    with st.expander(say("workshop.start")):
        spot = canvas.point(
            "start_map",
            layers=ground.layers(about.municipality),
            start=canvas.Start(longitude, latitude, 4000.0),
            words=say,
            credit=ground.credit(about.municipality, ground.areas_credit(say, about)),
        )
    with st.form("new", border=True):
        place = st.text_input(say("workshop.place"), max_chars=60, placeholder=say("workshop.place_hint"))
        day = st.date_input(say("workshop.day"), value=date.today(), format="DD-MM-YYYY")
        tables = st.slider(say("workshop.tables"), 0, MOST_TABLES, 4)
        named = st.text_input(
            say("workshop.table_names"), max_chars=200, placeholder=say("workshop.table_names_hint")
        )
        dots = st.slider(say("workshop.dots"), 1, 10, 3)
        language = st.radio(
            say("workshop.language"),
            list(LANGUAGES),
            format_func=lambda one: say(f"workshop.language_{one}"),
            horizontal=True,
        )
        st.write(say("workshop.questions"))
        asked = [
            screen
            for screen in questions.screens(questions.keys())
            if st.checkbox(
                say(f"workshop.screen_{screen.key}"), value=screen.key in {"name", "you", "wishes"}
            )
        ]
        pressed = st.form_submit_button(say("workshop.make"), type="primary", width="stretch")
    if not pressed:
        return
    start = None if spot is None else worker.run(workshop.start, about.id, spot.longitude, spot.latitude)
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
    try:
        made, link = worker.run(workshop.prepare, wanted, by=actor)
    except BuurtError as problem:
        st.error(say.error(problem))
        return
    st.session_state["new_link"] = (made.id, link)
    st.query_params["avond"] = made.id
    st.rerun()


# --- One evening ----------------------------------------------------------------------------------


def _evening(room: Room) -> None:
    say, evening = room.say, room.evening
    frame.heading(room, say("workshop.ready"))
    frame.ways(room, "avond")
    _fresh_link(room)
    left, right = st.columns([1, 2], gap="large")
    with left:
        st.html(f"{frame.code_picture(room.join, say('live.qr'))}<p class='code'>{evening.code}</p>")
        st.write(room.join)
        if frame.only_here():
            st.warning(say("workshop.only_here"))
    with right:
        _checks(room)
        st.download_button(
            say("workshop.pack"), lambda: pack_file(room), file_name="bijeenkomst.pdf", mime="application/pdf",
            key="pack", on_click="ignore", type="primary",
        )  # fmt: skip
        tablet = f"{room.join}&kiosk=1"
        st.html(f'<p class="told">{html.escape(say("workshop.tablet"))} <b>{html.escape(tablet)}</b></p>')
    _practise(room)
    _close(room)
    _another_link(room)


def _fresh_link(room: Room) -> None:
    """Show the secret link, once: the store keeps its hash only."""
    fresh = st.session_state.get("new_link")
    if isinstance(fresh, tuple) and fresh[0] == room.evening.id:
        st.success(room.say("workshop.link_once"))
        st.code(f"{frame.address()}/{frame.way(room, 'scherm')}#{fresh[1]}", language=None, wrap_lines=True)


def _another_link(room: Room) -> None:
    """Replace a link that was lost; last on the page, for it ends the old one."""
    if room.actor.may("planner") and st.button(room.say("workshop.new_link"), key="another_link"):
        link = worker.run(workshop.new_link, room.evening.id, by=room.actor)
        st.session_state["new_link"] = (room.evening.id, link)
        st.rerun()


def _checks(room: Room) -> None:
    say = room.say
    st.subheader(say("workshop.checks"), anchor=False)
    for key in CHECKS:
        st.checkbox(say(f"workshop.check_{key}"), key=f"check_{key}")


def _practise(room: Room) -> None:
    """In a made-up town: let invented residents draw, to see the screens at work."""
    if not room.project.is_made_up:
        return
    say = room.say
    st.subheader(say("workshop.try"), anchor=False)
    st.write(say("workshop.try_how"))
    if st.button(say("workshop.try_fill", n=MADE_UP_RESIDENTS), key="fill"):
        worker.run(trying.fill, room.evening.id, MADE_UP_RESIDENTS)
        worker.run(live.grow, room.evening.id, by=room.actor)
        st.rerun()
    st.write(say("workshop.try_now", n=worker.run(live.counters, room.evening.id).drawn))


def _close(room: Room) -> None:
    say, evening = room.say, room.evening
    label = say("workshop.close" if evening.is_open else "workshop.open")
    if st.button(label, key="close"):
        worker.run(workshop.close, evening.id, by=room.actor, is_open=not evening.is_open)
        st.rerun()


def pack_file(room: Room) -> bytes:
    """Set the print pack."""
    say, evening = room.say, room.evening
    made_up = say("demo.label") if room.project.is_made_up else ""
    pack = Pack(
        language=say.language,
        title=evening.place,
        subtitle=f"{evening.day:%d-%m-%Y}",
        join=say("workshop.pack_join"),
        code=evening.code,
        address=f"{room.base}/mee",
        tables=evening.groups,
        steps_title=say("workshop.pack_steps"),
        steps=tuple(say(f"workshop.step_{key}") for key in STEPS),
        check_title=say("workshop.checks"),
        check=tuple(say(f"workshop.check_{key}") for key in CHECKS),
        footer=made_up,
    )
    return worker.run(handout.pack_pdf, pack, qr=qr.svg(room.join))
