"""What is true of a small evening, before five people share anything: who drew, and what was said and chosen."""

import html

import streamlit as st

from i18n import Translator
from study.workshop import rounds, sessions
from study.workshop.live_editions import session_counters
from ui import canvas, workers
from ui.components import basemap
from ui.pages.workshop import round_view
from ui.pages.workshop.session_page import WorkshopContext

TALL = "calc(100dvh - 16rem)"


def show(room: WorkshopContext) -> None:
    """Show the street map of a workshop session beside what there is to tell; empty parts are left out."""
    left, right = st.columns([3, 2], gap="large")
    with left:
        longitude, latitude, width = workers.run_in_worker(sessions.initial_view, room.workshop_session)
        canvas.map_view(
            basemap.basemap_layers(room.project.municipality),
            "small_map",
            words=room.say,
            start=canvas.InitialView(longitude, latitude, width),
            credit=room.credit,
            tall=TALL,
        )
    with right:
        drawn = workers.run_in_worker(session_counters, room.workshop_session.id).drawn
        st.html(f'<p class="story-said">{html.escape(drawn_sentence(room.say, drawn))}</p>')
        decided(room.say, room.workshop_session.id)


def drawn_sentence(say: Translator, drawn: int) -> str:
    """Return how many drew, and from how many on there is a map of what they share."""
    return say("small.drawn_one" if drawn == 1 else "small.drawn", n=drawn)


def decided(say: Translator, session: str) -> None:
    """Show the rounds that are closed, what else was said, and what goes on; empty parts are left out."""
    closed = workers.run_in_worker(rounds.closed_rounds, session)
    for view in closed:
        st.subheader(round_view.title(say, view), anchor=False)
        round_view.result(say, view)
    counted = {line.subject for view in closed for line in view.lines}
    released = workers.run_in_worker(sessions.released_votables, session)
    _list(say("agree.panel"), [one.words for one in released if one.status == sessions.TO_WIJKPANEL])
    _list(
        say("small.said"),
        [one.words for one in released if one.id not in counted and one.status != sessions.TO_WIJKPANEL],
    )


def _list(title: str, lines: list[str]) -> None:
    if lines:
        st.subheader(title, anchor=False)
        st.html("".join(round_view.line_html(words) for words in lines))
