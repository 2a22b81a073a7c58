"""Draw: one line round the neighbourhood. What is accepted is kept at once; then its name is asked."""

import json
from collections.abc import Sequence
from typing import Any

import shapely
import streamlit as st
from shapely import Geometry
from shapely.geometry import shape

from geo import crs as planes
from study import contributing, where
from study.contributing import Mine, Sent
from ui import canvas, ground, worker
from ui.pages.resident.visit import Visit, credit, go, heading, keep, official, onward
from words import Words

CANVAS = "own"
SAID = ("several_parts", "untangled", "merged", "slivers", "three_points", "large", "small")
"""What was repaired or remarked, the most important first: a resident is told one thing."""

EDGES = ("sure", "partly", "vague")


def title(say: Words, _visit: Visit) -> str:
    """Give the title."""
    return say("draw.title")


def show(say: Words, visit: Visit) -> None:
    """Let them draw; keep what they accept; ask how they call it."""
    heading(say, visit, title(say, visit))
    the_map, below = st.container(), st.container()  # what is said of a drawing stands by its buttons
    drawing = canvas.accepted(CANVAS)
    if drawing is not None and visit.taken != _mark(drawing):
        with below:
            _take(say, visit, drawing)
        if visit.taken == _mark(drawing):
            # The tab gets the key to it before the canvas drops the draft: a page that is loaded again in
            # between would know of neither, and its drawing would be made a second time.
            st.rerun()
    town = visit.project.municipality
    middle = where.in_degrees(visit.start) if visit.start else worker.run(visit.middle)
    with the_map:
        given = canvas.draw(
            CANVAS,
            layers=[*ground.layers(town), *official(town, visit.project.show_while_drawing)],
            start=canvas.Start(*middle, visit.width_m),
            words=say,
            initial=drawing or _of(visit),
            draft=visit.name,
            stored=_name_in_browser(visit, drawing),
            marking=visit.mine is not None and _edge(visit.mine) == "partly",
            credit=credit(say, visit),
        )
    if given is not None and drawing is None:
        # A server that was started again hears of the drawing only now.
        st.rerun()
    settled = drawing is None or visit.taken == _mark(drawing)
    if visit.mine is None or canvas.is_changing(CANVAS) or not settled:
        _otherwise(say, visit)
        return
    told = visit.mine.told.contribution
    st.success(say("draw.kept"))
    for remark in [key for key in SAID if key in (*told.warnings, *told.repairs)][:1]:
        st.info(say(f"draw.said_{remark}", parts=len(shapely.get_parts(told.geometry))))
    ask_name(say, visit, edges=EDGES)


def _edge(mine: Mine) -> str:
    """Give how sure the edge is said to be, on the screen or before."""
    return str(st.session_state.get("edge") or mine.told.contribution.edge)


def ask_name(say: Words, visit: Visit, *, edges: Sequence[str]) -> None:
    """Ask how the resident calls the neighbourhood and how sure its edge is, and go on.

    Parameters
    ----------
    edges
        What can be said of the edge: where it is vague "partly" can be told with a pointer only.
    """
    assert visit.mine is not None  # the step is shown to who has a drawing
    told = visit.mine.told.contribution
    name = told.name
    if "name" in visit.project.questions and not visit.children:
        name = st.text_input(
            say("draw.name"), value=told.name, max_chars=40, placeholder=say("draw.name_example"), key="name"
        )
    edge = st.radio(
        say("draw.edge"),
        edges,
        index=edges.index(told.edge) if told.edge in edges else None,
        format_func=lambda key: say(f"draw.edge_{key}"),
        key="edge",
    )
    where_vague = st.empty()  # a fixed slot: the buttons below it stay the same buttons
    if edge == "partly":
        where_vague.info(say("draw.edge_where"))

    def done() -> None:
        assert visit.mine is not None
        visit.mine = worker.run(
            contributing.answer, visit.mine, name=name, edge=edge or "", device=visit.device
        )
        # From here on nobody needs to know any more where somebody lives.
        visit.home = None

    onward(say, visit, done=done)


def _otherwise(say: Words, visit: Visit) -> None:
    with st.container(horizontal=True):
        if st.button(say("steps.back"), key="back_draw", width="stretch"):
            go(visit.before())
        if st.button(say("draw.without"), key="without", width="stretch"):
            go("samenstellen")


def _take(say: Words, visit: Visit, drawing: canvas.Drawing) -> None:
    sent = Sent(
        id=drawing.id,
        geometry=drawing.geometry,
        strokes=drawing.strokes,
        tool=drawing.tool,
        start_width_m=drawing.start_width_m or visit.width_m,
        first_width_m=drawing.first_width_m,
        seconds=drawing.seconds,
        screen=drawing.screen,
        input=drawing.input,
        saw_borders=any(key.startswith("areas-") for key in drawing.shown),
        width_arm=visit.arm,
        started_from="home" if visit.start else visit.begun_at,
        **visit.at_evening,
    )
    keep(say, visit, sent, _mark(drawing))


def _of(visit: Visit) -> canvas.Drawing | None:
    """Give what is in the store as a drawing to go on with."""
    if visit.mine is None:
        return None
    told = visit.mine.told.contribution
    return canvas.Drawing(
        id=visit.browser_id or told.id,
        geometry=in_degrees(told.geometry),
        strokes=visit.mine.strokes,
        tool=visit.mine.tool,
    )


def _mark(drawing: canvas.Drawing) -> object:
    """Give what tells a drawing from the one before: its area, and where its edge was called vague."""
    return drawing.id, drawing.geometry, [s for s in drawing.strokes if s.get("tool") == "vague"]


def in_degrees(drawn: Geometry) -> dict[str, Any]:
    """Give a drawing of the store as a browser takes it."""
    degrees = worker.run(planes.to_wgs84, drawn)
    return dict(json.loads(str(shapely.to_geojson(degrees))))


def _name_in_browser(visit: Visit, drawing: canvas.Drawing | None) -> str:
    if visit.mine is None:
        return ""
    if drawing is None:
        return visit.browser_id or visit.mine.told.contribution.id
    return drawing.id if visit.taken == _mark(drawing) else ""


def box(degrees: dict[str, Any]) -> tuple[float, float, float, float]:
    """Give west, south, east and north of a geometry in degrees."""
    west, south, east, north = shape(degrees).bounds
    return west, south, east, north
