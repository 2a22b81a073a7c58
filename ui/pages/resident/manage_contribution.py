"""With the code: see what was contributed, change it, or erase it."""

import html

import streamlit as st

from geo.errors import BuurtError
from i18n import Translator
from maps import style
from maps.interactive.leaflet_layers import DrawingLayer
from study.contributions.submission import SavedContribution, find_by_code, withdraw
from study.publishing import shared_area
from ui import canvas, workers
from ui.components import basemap
from ui.pages.board import own_cards
from ui.pages.resident.drawing import box, in_degrees
from ui.pages.resident.thank_you import shared_sentence
from ui.pages.resident.visit_state import (
    ResidentVisit,
    choose_audience,
    credit,
    go_to_step,
    step_header,
)
from ui.routes import Step


def title(say: Translator, _visit: ResidentVisit) -> str:
    """Return the title."""
    return say("withdraw.title")


def show(say: Translator, visit: ResidentVisit) -> None:
    """Show what belongs to a withdrawal code, to change or erase it."""
    step_header(say, visit, title(say, visit), counted=False)
    if st.session_state.get("erased"):
        _erased(say, int(st.session_state["erased"]))
        return
    if visit.mine is None:
        _ask(say, visit)
        return
    _summary(say, visit, visit.mine)
    _questions_left(say, visit, visit.mine)
    if st.button(say("withdraw.redraw"), key="redraw", width="stretch"):
        go_to_step(Step.DRAW)
    if st.button(say("withdraw.places"), key="code_places", width="stretch"):
        go_to_step(Step.PLACES)
    own_cards.show(say, visit.project.id, visit.mine.code, device=visit.device)
    with st.expander(say("withdraw.erase")):
        st.write(_what_happens(say, visit.mine.details.in_edition))
        sure = st.checkbox(say("withdraw.sure"), key="sure")
        if st.button(say("withdraw.erase_now"), key="erase", width="stretch", disabled=not sure):
            _erase(say, visit, visit.mine)


def _ask(say: Translator, visit: ResidentVisit) -> None:
    st.write(say("withdraw.ask"))
    with st.form("code", border=False):
        typed = st.text_input(say("withdraw.code"), max_chars=20, autocomplete="off", key="code_typed")
        pressed = st.form_submit_button(say("withdraw.show"), type="primary", width="stretch")
    if pressed and typed:
        try:
            visit.mine = workers.run_in_worker(find_by_code, typed, device=visit.device)
        except BuurtError as problem:
            st.error(say.explain(problem))
        else:
            visit.browser_id, visit.taken, visit.done, visit.stated_child = "", None, False, None
            st.rerun()
    if st.button(say("steps.back"), key="back_code", width="stretch"):
        go_to_step(Step.START)


def _summary(say: Translator, visit: ResidentVisit, mine: SavedContribution) -> None:
    contribution = mine.details.contribution
    drawn = in_degrees(mine.geometry)
    shared = workers.run_in_worker(shared_area.find_shared_area, visit.project.id, mine.geometry)
    layers = basemap.basemap_layers(visit.project.municipality)
    if shared:
        layers.append(DrawingLayer("shared", in_degrees(shared.area), color=style.CORES[50], filled=0.3))
    canvas.map_view(
        [*layers, DrawingLayer("own", drawn)],
        "code_map",
        words=say,
        bounds=box(drawn),
        credit=credit(say, visit),
    )
    st.text(
        say(
            "withdraw.summary",
            name=contribution.name or say("withdraw.nameless"),
            area_km2=mine.geometry.area / 1e6,
            answers=len(contribution.answers),
            places=len(mine.details.places),
            day=contribution.created,
        )
    )
    st.write(shared_sentence(say, shared))


def _questions_left(say: Translator, visit: ResidentVisit, mine: SavedContribution) -> None:
    """Offer the questions that have no answer yet, from the first of them on; or say that there are none.

    Where nothing tells whether a child made the drawing, whoever has the code can say so.
    """
    given = {*mine.details.contribution.answers, *(signal.kind for signal in mine.details.signals)}
    left = [
        (number, question)
        for number, screen in enumerate(visit.screens, start=1)
        for question in screen.questions
        if question.key not in given
    ]
    if not visit.screens:
        return
    if not left:
        st.html(f'<p class="buurt-kept">{html.escape(say("withdraw.answered"))}</p>')
        return
    text = say("withdraw.left_one") if len(left) == 1 else say("withdraw.left_many", n=len(left))
    if st.button(text, key="questions_left", type="primary", width="stretch"):
        go_to_step(f"{Step.QUESTIONS}-{left[0][0]}")
    if visit.drawn_by_child is None:
        other = not visit.children
        st.write(say("withdraw.by_child_how" if other else "withdraw.by_adult_how"))
        if st.button(
            say("withdraw.by_child" if other else "withdraw.by_adult"), key="drawn_by", width="stretch"
        ):
            choose_audience(visit, children=other)


def _what_happens(say: Translator, in_edition: int | None) -> str:
    if in_edition is None:
        return say("withdraw.unpublished")
    return say("withdraw.published", edition=in_edition)


def _erase(say: Translator, visit: ResidentVisit, mine: SavedContribution) -> None:
    try:
        done = workers.run_in_worker(withdraw, mine.code, device=visit.device)
    except BuurtError as problem:
        st.error(say.explain(problem))
        return
    visit.mine, visit.browser_id, visit.taken, visit.done = None, "", None, True
    st.session_state["erased"] = done.in_edition or -1
    st.rerun()


def _erased(say: Translator, edition: int) -> None:
    st.success(say("withdraw.erased"))
    if edition > 0:
        st.write(say("withdraw.published_stays", edition=edition))
    if st.button(say("withdraw.to_start"), key="to_start", type="primary", width="stretch"):
        del st.session_state["erased"]
        go_to_step(Step.START)
