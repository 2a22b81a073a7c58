"""Work that takes long: the page says how far it is, and whoever waits can stop it."""

import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from i18n import Translator
from study import progress

PATIENCE_S = 0.5
"""Work that is done sooner shows nothing: what flashes by is no help."""

EVERY_S = 0.2
"""Between two times that the page hears how far the work is."""

STOPPED = "waiting_stopped"
"""Key in the session's state of the work that the visitor stopped."""


@dataclass
class Attempt:
    """Work whose outcome stays, even where the visitor stops it when it is as good as done.

    A page asked for anything else begins a new run at once, beside the one that works until that shows something.
    Attributes of this are set without showing anything, so no stop comes between the work and its outcome.
    """

    of: Hashable
    outcome: Any = None
    """What came of it; None when nothing did."""

    ended: threading.Event = field(default_factory=threading.Event)


def run_with_progress(say: Translator, name: Hashable, work: Callable[[], None]) -> None:
    """Do the work, unless the visitor stopped it.

    The button needs to do nothing but be pressed: telling how far the work is goes through Streamlit, which
    ends the run of a page there as soon as the visitor asks for anything else. So does another section.

    Parameters
    ----------
    name
        What is worked at. Once stopped, only that stays stopped, until the visitor asks for it again.
    work
        Tells of its steps through `study.progress`; what it showed is taken away when it is stopped.
    """
    if st.session_state.get(STOPPED) == name:
        st.info(say("waiting.stopped"))
        st.button(say("waiting.again"), key="waiting_again", on_click=_leave_off, args=(None,))
        return
    place = st.empty()
    try:
        with (
            st.spinner(say("waiting.busy")),
            progress.listen(_patiently(say, progress_line(say, name, place))),
        ):
            work()
    finally:
        place.empty()


def progress_line(say: Translator, name: Hashable, place: DeltaGenerator) -> Callable[[float, str], None]:
    """Return what shows in this place how far the work is (0 to 1, and in words), and the button that ends it."""
    bar: DeltaGenerator | None = None

    def show(part: float, text: str) -> None:
        nonlocal bar
        if bar is None:
            row = place.container(horizontal=True, vertical_alignment="bottom")
            bar = row.empty()
            row.button(
                say("waiting.stop"),
                key="waiting_stop",
                icon=":material/stop_circle:",
                on_click=_leave_off,
                args=(name,),
            )
        bar.progress(min(part, 1.0), text)

    return show


def last_attempt(name: str, of: Hashable, text: str) -> Attempt | None:
    """Return the visitor's last attempt at this work, once it has ended; None where that was of anything else."""
    last: Attempt | None = st.session_state.get(f"{name}_attempt")
    if last is not None and not last.ended.is_set():
        with st.spinner(text):
            last.ended.wait()
    return last if last is not None and last.of == of else None


def new_attempt(
    say: Translator, name: str, of: Hashable, text: str, work: Callable[[Callable[[float], None]], Any]
) -> Attempt:
    """Do the work with a bar and a button that ends it, and return the attempt with its outcome.

    Parameters
    ----------
    name, of
        What is worked at, and for what; the outcome of an earlier attempt for the same stays until there is a new one.
    text
        What stands on the bar.
    work
        Gets what it calls with the part that is done (0 to 1); that may raise to end it.
    """
    last = last_attempt(name, of, text)
    place = st.empty()
    show = progress_line(say, name, place)
    now = Attempt(of, None if last is None else last.outcome)
    st.session_state[f"{name}_attempt"] = now
    try:
        show(0.0, text)
        now.outcome = work(lambda part: show(part, text))
    finally:
        now.ended.set()
        place.empty()
    return now


def was_stopped(name: Hashable) -> bool:
    """Return once whether the visitor stopped this work."""
    if st.session_state.get(STOPPED) != name:
        return False
    _leave_off(None)
    return True


def _patiently(say: Translator, show: Callable[[float, str], None]) -> progress.ProgressListener:
    next_s = time.monotonic() + PATIENCE_S

    def report(step: str, part: float) -> None:
        nonlocal next_s
        if time.monotonic() >= next_s:
            next_s = time.monotonic() + EVERY_S
            show(part, say(f"waiting.step_{step}"))

    return report


def _leave_off(name: Hashable) -> None:
    st.session_state[STOPPED] = name
