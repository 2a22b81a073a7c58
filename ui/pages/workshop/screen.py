"""The live screen for the beamer: counters, the map that grows in batches, the groups, and the QR code."""

import html

import streamlit as st

from geo.errors import StoreError
from study import live, workshop
from ui import canvas, ground, worker
from ui.pages.workshop import frame
from ui.pages.workshop.frame import Room
from ui.stage import Act

EVERY_S = 2
TALL = "calc(100dvh - 9.7rem - 4dvh)"
LEAST_WIDTH_M = 1500.0
"""Ground across the beamer's map: a whole neighbourhood and what lies around it."""


def page() -> None:
    """Show the evening as it goes."""
    frame.sheet()
    room = frame.enter(keys=("freeze", "hide"), carry_out=_turn)
    if room is None:
        return
    _head(room)
    _live(room)
    _foot(room)


def _turn(act: Act) -> None:
    """Freeze or hide, or undo it; the address remembers, so that a reload shows the same."""
    key = "stil" if act == "freeze" else "dicht"
    if st.query_params.get(key) == "1":
        del st.query_params[key]
    else:
        st.query_params[key] = "1"


def _on(key: str) -> bool:
    return st.query_params.get(key) == "1"


def _head(room: Room) -> None:
    label = html.escape(room.say("demo.label"))
    made_up = f'<span class="made-up">{label}</span>' if room.project.is_made_up else ""
    st.html(
        f'<div class="beamer-head"><h1>{html.escape(room.say("live.title"))}</h1>'
        f"<p>{html.escape(room.evening.place)} {made_up}</p></div>"
    )


@st.fragment(run_every=EVERY_S)
def _live(room: Room) -> None:
    """Look again every two seconds; what cannot be looked at now stays as it was."""
    key = f"live {room.evening.id}"
    held: tuple[live.Counters, live.Shown | None] | None = st.session_state.get(key)
    troubled = False
    if held is None or not _on("stil"):
        try:
            held = worker.run(_look, room)
            st.session_state[key] = held
        except StoreError:
            troubled = True
    left, right = st.columns([7, 3], gap="medium")
    with left:
        _map(room, held[1] if held else None)
        frame.legend(room, frame.band_signs(room))
    with right:
        _side(room, held[0] if held else None, troubled)


def _look(room: Room) -> tuple[live.Counters, live.Shown | None]:
    live.grow(room.evening.id, by=room.actor)
    return live.counters(room.evening.id), live.shown(room.evening.id)


def _map(room: Room, shown: live.Shown | None) -> None:
    longitude, latitude, width = worker.run(workshop.view, room.evening)
    layers = ground.layers(room.project.municipality)
    if shown is not None and not _on("dicht"):
        layers += frame.all_bands(shown)
    canvas.show(
        layers,
        "live_map",
        words=room.say,
        start=canvas.Start(longitude, latitude, max(LEAST_WIDTH_M, 1.2 * width)),
        credit=room.credit,
        tall=TALL,
    )


def _side(room: Room, counted: live.Counters | None, troubled: bool) -> None:
    say = room.say
    joined = (
        f'<div class="beamer-join">{frame.code_picture(room.join, say("live.qr"))}'
        f'<p class="beamer-code">{room.evening.code}</p></div>'
    )
    if counted is None:
        st.html(f'<div class="beamer-side">{joined}</div>')
        return
    waits = (
        say("live.hidden")
        if _on("dicht")
        else say("live.first", n=counted.wait_for)
        if counted.number == 0
        else say("live.shown", n=counted.shown)
    )
    notes = [waits]
    if _on("stil"):
        notes.append(say("live.frozen"))
    if troubled:
        notes.append(say("live.troubled"))
    noted = "".join(f"<p>{html.escape(note)}</p>" for note in notes)
    st.html(
        f'<div class="beamer-side">{joined}'
        f'<p class="beamer-count"><b>{say.number(counted.drawn)}</b> '
        f"{html.escape(say('live.drawings' if counted.drawn != 1 else 'live.drawing'))}</p>"
        f"{_groups(room, counted)}<div class='beamer-notes' role='status'>{noted}</div></div>"
    )


def _groups(room: Room, counted: live.Counters) -> str:
    if not counted.groups:
        return ""
    most = max(1, *(n for _, n in counted.groups))
    rows = "".join(
        f'<li><span class="name">{html.escape(group)}</span><span class="bar">'
        f'<i style="width:{100 * n / most:.0f}%"></i></span><b>{room.say.number(n)}</b></li>'
        for group, n in counted.groups
    )
    return f'<ul class="beamer-groups">{rows}</ul>'


def _foot(room: Room) -> None:
    say = room.say
    with st.container(key="beamer_foot", horizontal=True, vertical_alignment="center"):
        if st.button(say("live.thaw" if _on("stil") else "live.freeze"), key="freeze"):
            _turn("freeze")
            st.rerun()
        if st.button(say("live.unhide" if _on("dicht") else "live.hide"), key="hide"):
            _turn("hide")
            st.rerun()
        frame.ways(room, "scherm")
