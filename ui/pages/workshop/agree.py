"""Agreeing: names and signals on the beamer with their dots, and what goes to the wijkpanel."""

import html

import streamlit as st

from geo.errors import BuurtError
from study import live, workshop
from study.workshop import SignalKind, Subject
from ui import worker
from ui.pages.workshop import files, frame
from ui.pages.workshop.frame import Room

KINDS: tuple[SignalKind, ...] = ("signal", "initiative")
EVERY_S = 3


def page() -> None:
    """Propose, count dots, decide."""
    frame.sheet()
    room = frame.enter()
    if room is None:
        return
    say = room.say
    frame.heading(room, say("agree.title"))
    left, right = st.columns([3, 1], gap="large")
    with left:
        _lists(room)
    with right:
        target = f"{frame.address()}/stem?code={room.evening.code}"
        st.html(f"{frame.code_picture(target, say('agree.qr'))}<p class='code'>{room.evening.code}</p>")
        st.write(say("agree.how", dots=room.evening.dots))
        _write(room)
        st.download_button(
            say("workshop.file_outcome"), lambda: _paper(room), file_name="uitkomst.pdf",
            mime="application/pdf", key="outcome", on_click="ignore", width="stretch", type="primary",
        )  # fmt: skip
    frame.ways(room, "samen")


def _paper(room: Room) -> bytes:
    shown = worker.run(live.shown, room.evening.id)
    number = shown.facts.neighbourhoods[0].number if shown and shown.facts.neighbourhoods else 1
    return files.outcome_file(room, shown, number)


@st.fragment(run_every=EVERY_S)
def _lists(room: Room) -> None:
    say, found = room.say, worker.run(workshop.subjects, room.evening.id)
    st.subheader(say("agree.names"), anchor=False)
    names = [one for one in found if one.kind == "name"]
    st.html(_lines(room, names) if names else f"<p>{html.escape(say('agree.no_names'))}</p>")
    st.subheader(say("agree.signals"), anchor=False)
    signals = [one for one in found if one.kind != "name"]
    if not signals:
        st.html(f"<p>{html.escape(say('agree.no_signals'))}</p>")
    for one in signals:
        told, chosen = st.columns([4, 1.4], vertical_alignment="center")
        with told:
            st.html(_line(room, one))
        with chosen:
            on = one.status == workshop.TO_WIJKPANEL
            if st.toggle(say("agree.to_panel"), value=on, key=f"panel_{one.id}") != on:
                worker.run(workshop.decide, one.id, "new" if on else workshop.TO_WIJKPANEL, by=room.actor)
                st.rerun(scope="fragment")


def _lines(room: Room, subjects: list[Subject]) -> str:
    return "".join(_line(room, one) for one in subjects)


def _line(room: Room, one: Subject) -> str:
    told = room.say("agree.dot" if one.dots == 1 else "agree.dots", n=one.dots)
    dots = f"{'●' * min(one.dots, 20)} {told}"
    return f'<p class="told">{html.escape(one.words)} <span class="dots">{html.escape(dots)}</span></p>'


def _write(room: Room) -> None:
    say = room.say
    with st.form("write", border=False, clear_on_submit=True):
        kind = st.radio(
            say("agree.kind"), ("name", *KINDS), format_func=lambda key: say(f"agree.kind_{key}"), key="kind"
        )
        words = st.text_input(say("agree.words"), max_chars=300, key="words")
        pressed = st.form_submit_button(say("agree.add"), width="stretch")
    if not pressed or not words:
        return
    try:
        if kind == "name":
            worker.run(workshop.propose, room.evening.id, words, device=f"room {room.evening.id}")
        elif kind in KINDS:
            worker.run(workshop.note, room.evening.id, kind, words, by=room.actor)
    except BuurtError as problem:
        st.error(say.error(problem))
        return
    st.rerun()
