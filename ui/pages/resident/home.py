"""Where do you live: found by street or postcode, tapped on the map, or passed over. It is not kept."""

import streamlit as st
from shapely import Point

from geo.errors import LayerError
from study import atlas, where
from study.where import Found
from ui import canvas, ground, worker
from ui.pages.resident.visit import Visit, credit, go, heading
from words import Words


def title(say: Words, _visit: Visit) -> str:
    """Give the title."""
    return say("home.title")


def show(say: Words, visit: Visit) -> None:
    """Ask, and say that the answer is forgotten."""
    heading(say, visit, title(say, visit))
    st.write(say("home.not_kept"))
    _search(say, visit)
    town = visit.project.municipality
    with st.expander(say("home.on_map")):
        spot = canvas.point(
            "home_map",
            layers=ground.layers(town),
            start=canvas.Start(*worker.run(atlas.heart, town), 4000.0),
            words=say,
            credit=credit(say, visit),
        )
        if spot and st.button(say("home.take_spot"), key="take_spot", type="primary", width="stretch"):
            _lives(visit, worker.run(where.from_degrees, spot.longitude, spot.latitude))
    with st.container(horizontal=True):
        if st.button(say("steps.back"), key="back_home", width="stretch"):
            go("begin")
        if st.button(say("home.skip"), key="skip_home", width="stretch"):
            visit.home = visit.start = None
            go("teken")


def _search(say: Words, visit: Visit) -> None:
    with st.form("search", border=False):
        typed = st.text_input(
            say("home.search"), max_chars=80, placeholder=say("home.example"), autocomplete="off", key="typed"
        )
        st.form_submit_button(say("home.find"), type="primary", width="stretch")
    if not typed or len(typed.strip()) < 2:
        return
    try:
        found = where.search(visit.project.municipality, typed.strip())
    except LayerError as problem:
        st.error(say.error(problem))
        return
    if not found:
        st.info(say("home.none"))
        return
    st.write(say("home.choose"))
    for number, place in enumerate(found[:4]):
        if st.button(place.label, key=f"place_{number}", width="stretch"):
            _take(say, visit, place)


def _take(say: Words, visit: Visit, found: Found) -> None:
    try:
        spot = where.point(found)
    except LayerError as problem:
        st.error(say.error(problem))
        return
    if spot is None:
        st.info(say("home.none"))
        return
    _lives(visit, spot)


def _lives(visit: Visit, spot: Point) -> None:
    visit.home = visit.start = spot
    go("teken")
