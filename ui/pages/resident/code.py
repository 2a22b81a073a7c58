"""With the code: see what was told, change it, or erase it."""

import streamlit as st

from geo.errors import BuurtError
from maps.layers import Drawing
from study import contributing
from study.contributing import Mine
from ui import canvas, ground, worker
from ui.pages.resident.draw import box, in_degrees
from ui.pages.resident.visit import Visit, credit, go, heading
from words import Words


def title(say: Words, _visit: Visit) -> str:
    """Give the title."""
    return say("withdraw.title")


def show(say: Words, visit: Visit) -> None:
    """Ask for the code; show what belongs to it; let it be changed or erased."""
    heading(say, visit, title(say, visit), counted=False)
    if st.session_state.get("erased"):
        _erased(say, int(st.session_state["erased"]))
        return
    if visit.mine is None:
        _ask(say, visit)
        return
    _told(say, visit, visit.mine)
    if st.button(say("withdraw.redraw"), key="redraw", type="primary", width="stretch"):
        go("teken")
    if st.button(say("withdraw.places"), key="code_places", width="stretch"):
        go("plekken")
    with st.expander(say("withdraw.erase")):
        st.write(_what_happens(say, visit.mine.told.in_edition))
        sure = st.checkbox(say("withdraw.sure"), key="sure")
        if st.button(say("withdraw.erase_now"), key="erase", width="stretch", disabled=not sure):
            _erase(say, visit, visit.mine)


def _ask(say: Words, visit: Visit) -> None:
    st.write(say("withdraw.ask"))
    with st.form("code", border=False):
        typed = st.text_input(say("withdraw.code"), max_chars=20, autocomplete="off", key="code_typed")
        pressed = st.form_submit_button(say("withdraw.show"), type="primary", width="stretch")
    if pressed and typed:
        try:
            visit.mine = worker.run(contributing.found, typed, device=visit.device)
        except BuurtError as problem:
            st.error(say.error(problem))
        else:
            visit.browser_id, visit.taken, visit.done = "", None, False
            st.rerun()
    if st.button(say("steps.back"), key="back_code", width="stretch"):
        go("begin")


def _told(say: Words, visit: Visit, mine: Mine) -> None:
    told = mine.told.contribution
    drawn = in_degrees(mine.geometry)
    canvas.show(
        [*ground.layers(visit.project.municipality), Drawing("own", drawn)],
        "code_map",
        words=say,
        bounds=box(drawn),
        credit=credit(say, visit),
    )
    st.text(
        say(
            "withdraw.summary",
            name=told.name or say("withdraw.nameless"),
            area_km2=mine.geometry.area / 1e6,
            answers=len(told.answers),
            places=len(mine.told.places),
            day=told.created,
        )
    )


def _what_happens(say: Words, in_edition: int | None) -> str:
    if in_edition is None:
        return say("withdraw.unpublished")
    return say("withdraw.published", edition=in_edition)


def _erase(say: Words, visit: Visit, mine: Mine) -> None:
    try:
        done = worker.run(contributing.withdraw, mine.code, device=visit.device)
    except BuurtError as problem:
        st.error(say.error(problem))
        return
    visit.mine, visit.browser_id, visit.taken, visit.done = None, "", None, True
    st.session_state["erased"] = done.in_edition or -1
    st.rerun()


def _erased(say: Words, edition: int) -> None:
    st.success(say("withdraw.erased"))
    if edition > 0:
        st.write(say("withdraw.published_stays", edition=edition))
    if st.button(say("withdraw.to_start"), key="to_start", type="primary", width="stretch"):
        del st.session_state["erased"]
        go("begin")
