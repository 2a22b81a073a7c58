"""Work that takes long: the page says how far it is, and whoever waits can stop it."""

import time
from collections.abc import Callable, Hashable

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from study import progress
from words import Words

PATIENCE_S = 0.5
"""Work that is done sooner shows nothing: what flashes by is no help."""

EVERY_S = 0.2
"""Between two times that the page is told how far the work is."""

STOPPED = "waiting_stopped"
"""Key in the session's state of the work that the visitor stopped."""


def run(say: Words, name: Hashable, work: Callable[[], None]) -> None:
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
        with st.spinner(say("waiting.busy")), progress.heard(_patiently(say, line(say, name, place))):
            work()
    finally:
        place.empty()


def line(say: Words, name: Hashable, place: DeltaGenerator) -> Callable[[float, str], None]:
    """Give what shows in this place how far the work is (0 to 1, and in words), and the button that ends it."""
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


def stopped(name: Hashable) -> bool:
    """Tell once that the visitor stopped this work."""
    if st.session_state.get(STOPPED) != name:
        return False
    _leave_off(None)
    return True


def _patiently(say: Words, show: Callable[[float, str], None]) -> progress.Progress:
    next_s = time.monotonic() + PATIENCE_S

    def tell(step: str, part: float) -> None:
        nonlocal next_s
        if time.monotonic() >= next_s:
            next_s = time.monotonic() + EVERY_S
            show(part, say(f"waiting.step_{step}"))

    return tell


def _leave_off(name: Hashable) -> None:
    st.session_state[STOPPED] = name
