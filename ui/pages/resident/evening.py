"""What a resident sees of the evening they take part in, and the shared tablet that forgets for the next person."""

import html

import streamlit as st

from study.workshop import Guest
from ui import stage
from ui.pages.resident.reveal import finish
from ui.pages.resident.visit import Visit
from words import Words

IDLE_S, IDLE_AT_END_S = 180, 45
"""Seconds without a touch after which a shared tablet starts anew."""


def show(say: Words, visit: Visit, guest: Guest) -> None:
    """Say which evening this is, and that trying out does not count; let a tablet forget."""
    lines = [say("join.at", place=guest.session.place)]
    if guest.practice:
        lines.append(say("join.practising"))
    if guest.helped_by:
        lines.append(say("join.helping", initials=guest.helped_by))
    st.html(f'<p class="buurt-evening">{html.escape(" ".join(lines))}</p>')
    if not guest.kiosk:
        return
    at_start = visit.step == "begin" and visit.mine is None
    waits = IDLE_AT_END_S if visit.step == "klaar" else IDLE_S
    if stage.listen(idle_s=0 if at_start else waits, forget=at_start).idle:
        finish()
