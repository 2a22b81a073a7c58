"""The live screen for the beamer: counters, the map that grows in batches, the groups, and the QR code."""

import html
from urllib.parse import urlsplit

import streamlit as st

from geo.errors import StoreError, UnknownSession
from study.publishing.sessions.editions import latest_edition, publish_if_due
from study.publishing.sessions.parts import EditionView
from study.workshop import sessions
from study.workshop.live_editions import SessionCounters, session_counters
from study.workshop.sessions import Actor
from ui import canvas, workers
from ui.components import basemap
from ui.pages.workshop import session_page
from ui.pages.workshop.session_page import WorkshopContext
from ui.routes import Page, Query
from ui.session.presenter_bridge import Act
from ui.session.request_context import current_project

EVERY_S = 2
ROOM = "live_room"
"""Key in the session's state of who stands before this screen, for a key that is pressed."""

TALL = "calc(100dvh - 9.7rem - 4dvh)"
MIN_WIDTH_M = 1500.0
"""Ground across the beamer's map: a whole neighbourhood and what lies around it."""


def page() -> None:
    """Show the session as it goes."""
    session_page.sheet()
    hidden = _is_hidden()
    room = session_page.open_context(keys=("freeze", "hide"), carry_out=_turn, map_hidden=hidden)
    if room is None:
        return
    st.session_state[ROOM] = room
    _head(room)
    _live(room, hidden)
    _foot(room, hidden)


def _is_hidden() -> bool:
    """Return whether the map is hidden in the session of the address; also where there is none."""
    try:
        found = session_page.chosen_session(current_project())
    except UnknownSession:
        return True
    return found is None or workers.run_in_worker(sessions.get_stage, found.id).map_hidden


def _turn(act: Act) -> None:
    """Freeze this screen or hide the map on every screen, or undo it."""
    if act == "hide":
        room = st.session_state.get(ROOM)
        if isinstance(room, WorkshopContext):  # a page that was made: only then there is something to hide
            session = room.workshop_session.id
            hidden = workers.run_in_worker(sessions.get_stage, session).map_hidden
            workers.run_in_worker(sessions.hide_map, session, not hidden, by=room.acting())
    elif _is_frozen():
        del st.query_params[Query.FROZEN]
    else:
        st.query_params[Query.FROZEN] = "1"


def _is_frozen() -> bool:
    """Return whether this screen stands still; the address remembers, so that a reload shows the same."""
    return st.query_params.get(Query.FROZEN) == "1"


def _head(room: WorkshopContext) -> None:
    label = html.escape(room.say("demo.label"))
    made_up = f'<span class="made-up">{label}</span>' if room.project.is_demo else ""
    st.html(
        f'<div class="beamer-head"><h1>{html.escape(room.say("live.title"))}</h1>'
        f"<p>{html.escape(room.workshop_session.place)} {made_up}</p></div>"
    )


@st.fragment(run_every=EVERY_S)
def _live(room: WorkshopContext, hidden: bool) -> None:
    """Look again every two seconds; what cannot be looked at now stays as it was."""
    room.require_standing()
    key = f"live {room.workshop_session.id}"
    held: tuple[SessionCounters, EditionView | None] | None = st.session_state.get(key)
    troubled = False
    if held is None or not _is_frozen():
        try:
            held = workers.run_in_worker(_look, room, room.acting())
            st.session_state[key] = held
            if _is_hidden() != hidden:  # another screen hid the map, or showed it
                st.rerun(scope="app")
        except StoreError:
            troubled = True
    left, right = st.columns([7, 3], gap="medium")
    with left:
        _map(room, None if hidden or held is None else held[1])
        if not hidden:
            session_page.legend(room, session_page.band_signs(room))
    with right:
        _side(room, held[0] if held else None, troubled=troubled, hidden=hidden)


def _look(room: WorkshopContext, by: Actor) -> tuple[SessionCounters, EditionView | None]:
    publish_if_due(room.workshop_session.id, by=by)
    return session_counters(room.workshop_session.id), latest_edition(room.workshop_session.id)


def _map(room: WorkshopContext, shown: EditionView | None) -> None:
    longitude, latitude, width = workers.run_in_worker(sessions.initial_view, room.workshop_session)
    layers = basemap.basemap_layers(room.project.municipality)
    if shown is not None:
        layers += session_page.all_bands(shown)
    canvas.map_view(
        layers,
        "live_map",
        words=room.say,
        start=canvas.InitialView(longitude, latitude, max(MIN_WIDTH_M, 1.2 * width)),
        credit=room.credit,
        tall=TALL,
    )


def _side(room: WorkshopContext, counted: SessionCounters | None, *, troubled: bool, hidden: bool) -> None:
    say = room.say
    typed_at = html.escape(
        say("live.type", address=urlsplit(room.join)._replace(scheme="", query="").geturl()[2:])
    )
    joined = (
        f'<div class="beamer-join">{session_page.code_picture(room.join, say("live.qr"))}'
        f'<p class="beamer-type">{typed_at}</p><p class="beamer-code">{room.workshop_session.code}</p></div>'
    )
    if counted is None:
        st.html(f'<div class="beamer-side">{joined}</div>')
        return
    waits = (
        say("live.hidden")
        if hidden
        else say("live.first", n=counted.wait_for)
        if counted.number == 0
        else say("live.shown", n=counted.shown)
    )
    notes = [waits]
    if counted.held:
        notes.append(say("live.held", n=counted.held))
    if _is_frozen():
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


def _groups(room: WorkshopContext, counted: SessionCounters) -> str:
    if not counted.groups:
        return ""
    most = max(1, *(n for _, n in counted.groups))
    rows = "".join(
        f'<li><span class="name">{html.escape(group)}</span><span class="bar">'
        f'<i style="width:{100 * n / most:.0f}%"></i></span><b>{room.say.number(n)}</b></li>'
        for group, n in counted.groups
    )
    return f'<ul class="beamer-groups">{rows}</ul>'


def _foot(room: WorkshopContext, hidden: bool) -> None:
    say = room.say
    with st.container(key="beamer_foot", horizontal=True, vertical_alignment="center"):
        st.button(
            say("live.thaw" if _is_frozen() else "live.freeze"),
            key="freeze",
            on_click=_turn,
            args=("freeze",),
        )
        st.button(say("live.unhide" if hidden else "live.hide"), key="hide", on_click=_turn, args=("hide",))
        session_page.page_links(room, Page.LIVE_SCREEN)
