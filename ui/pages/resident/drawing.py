"""Draw: one line round the neighbourhood. The canvas saves what is accepted; then its name is asked."""

import html
from collections.abc import Sequence
from functools import partial
from typing import Any

import shapely
import streamlit as st
from shapely import Geometry
from shapely.geometry import shape

from geo import crs as planes
from geo import geojson
from i18n import Translator
from study.contributions import home_location
from study.contributions.submission import SavedContribution, save_answers
from ui import canvas, workers
from ui.components import basemap, keep_code
from ui.pages.resident import answer_fields, children, place_search
from ui.pages.resident.visit_state import (
    ResidentVisit,
    credit,
    go_to_step,
    official,
    save_or_explain,
    step_buttons,
    step_header,
)
from ui.routes import SAVE, Step, relative

CANVAS = "own"
SAID = ("several_parts", "untangled", "merged", "slivers", "three_points", "large", "small")
"""What was repaired or remarked, the most important first: a resident is shown one thing."""

EDGES = ("sure", "partly", "vague")


def title(say: Translator, visit: ResidentVisit) -> str:
    """Return the title: another one once the drawing is saved, until it is changed."""
    return say("draw.title" if visit.mine is None or canvas.is_changing(CANVAS) else "draw.saved_title")


def show(say: Translator, visit: ResidentVisit) -> None:
    """Show the canvas, save what is accepted, and ask for its name."""
    notice = canvas.save_notice(CANVAS)
    settled = notice is None or (visit.taken == notice and not notice.problem)
    # Until the drawing is in the store the map is the whole screen.
    is_drawing = visit.mine is None or canvas.is_changing(CANVAS) or not settled
    step_header(say, visit, title(say, visit), fills=is_drawing)
    # Fixed slots: the map stays the same map, whatever comes above it. What is said of it stands by its buttons.
    above, the_map, below = st.container(), st.container(), st.container()
    if notice is not None and visit.taken != notice:
        with below:
            _take(say, visit, notice)
        if visit.taken == notice and not notice.problem:
            # The tab gets the key to it before the canvas drops the draft: a page that is loaded again in
            # between would know of neither, and its drawing would be made a second time.
            st.rerun()
    town = visit.project.municipality
    search = place_search.search_field(say, visit, CANVAS)
    middle = home_location.in_degrees(visit.start) if visit.start else workers.run_in_worker(visit.middle)
    with the_map:
        canvas.draw_area(
            CANVAS,
            layers=[*basemap.basemap_layers(town), *official(town, visit.project.show_while_drawing)],
            start=canvas.InitialView(*middle, visit.width_m),
            words=say,
            initial=_of(visit),
            draft=visit.name,
            stored=_name_in_browser(visit, notice),
            save=canvas.SaveTarget(relative(SAVE), visit.save_facts(say.language)),
            search=search,
            fills=is_drawing,
            marking=visit.mine is not None and _edge(visit.mine) == "partly",
            credit=credit(say, visit),
        )
    if canvas.save_notice(CANVAS) != notice:
        # A server that was started again hears of the drawing only now.
        st.rerun()
    if notice is not None and notice.problem:
        below.error(notice.problem)
    if is_drawing or visit.mine is None:
        _otherwise(say, visit)
        return
    contribution = visit.mine.details.contribution
    with above:
        if visit.children:
            children.show_pictures()
            children.read_aloud(say, say("draw.kept"), say("draw.code"))
        show_code(say, visit)
    for remark in [key for key in SAID if key in (*contribution.warnings, *contribution.repairs)][:1]:
        st.info(say(f"draw.said_{remark}", parts=len(shapely.get_parts(contribution.geometry))))
    ask_name(say, visit, edges=EDGES)


def _edge(mine: SavedContribution) -> str:
    """Return how sure the edge is said to be, on the screen or before."""
    return str(st.session_state.get("answer_edge") or mine.details.contribution.edge_certainty)


def show_code(say: Translator, visit: ResidentVisit) -> None:
    """Show that the drawing is saved, and the code to it: whoever stops here has both."""
    assert visit.mine is not None
    st.html(f'<p class="buurt-kept" role="status">{html.escape(say("draw.kept"))}</p>')
    keep_code.show(
        say,
        visit.mine.code,
        key="keep_code",
        visit=visit.name,
        project=visit.project.id,
        day=visit.mine.details.contribution.created,
        is_shared=visit.is_on_shared_screen,
        children=visit.children,
    )


def ask_name(say: Translator, visit: ResidentVisit, *, edges: Sequence[str]) -> None:
    """Show the questions about the neighbourhood's name and edge, and go on.

    Parameters
    ----------
    edges
        What can be said of the edge: where it is vague "partly" can be stated with a pointer only.
    """
    assert visit.mine is not None  # the step is shown to who has a drawing
    contribution = visit.mine.details.contribution

    def save() -> None:
        assert visit.mine is not None
        visit.mine = workers.run_in_worker(
            save_answers,
            visit.mine,
            name=st.session_state.get("text_name"),
            edge=st.session_state.get("answer_edge") or "",
            device=visit.device,
        )

    keep = partial(visit.keep, save)
    if "name" in visit.project.questions and not visit.children:
        st.caption(say("draw.name_shown"))
        answer_fields.write_line(
            say("draw.name"),
            key="text_name",
            stored=contribution.name,
            keep=keep,
            max_chars=40,
            placeholder=say("draw.name_example"),
        )
    if visit.children:
        step_buttons(say, visit, done=visit.forget_home, may_stop=True)
        return
    edge = answer_fields.choose_one(
        say("draw.edge"),
        edges,
        key="answer_edge",
        stored=contribution.edge_certainty if contribution.edge_certainty in edges else None,
        keep=keep,
        format_func=lambda key: say(f"draw.edge_{key}"),
    )
    where_vague = st.empty()  # a fixed slot: the buttons below it stay the same buttons
    if edge == "partly":
        where_vague.info(say("draw.edge_where"))

    def done() -> None:
        save()
        visit.forget_home()

    step_buttons(say, visit, done=done, may_stop=True)


def _otherwise(say: Translator, visit: ResidentVisit) -> None:
    with st.container(horizontal=True, key="draw_ways"):
        if st.button(say("steps.back"), key="back_draw", width="stretch"):
            go_to_step(visit.before())
        if st.button(say("draw.without"), key="without", width="stretch"):
            go_to_step(Step.PARTS)
        if visit.children:
            children.show_pictures()
            children.read_aloud(say, say("canvas.hint_ready_touch"), say("canvas.tell_touch"))


def _take(say: Translator, visit: ResidentVisit, notice: canvas.SaveNotice) -> None:
    """Restore what the canvas says it saved, as the store has it."""
    if not notice.problem and not save_or_explain(say, partial(visit.look_up, notice.id)):
        return
    visit.taken = notice


def _of(visit: ResidentVisit) -> canvas.CanvasDrawing | None:
    """Return what is in the store as a drawing to go on with."""
    if visit.mine is None:
        return None
    contribution = visit.mine.details.contribution
    return canvas.CanvasDrawing(
        id=visit.browser_id or contribution.id,
        geometry=in_degrees(contribution.geometry),
        strokes=visit.mine.strokes,
        tool=visit.mine.tool,
    )


def in_degrees(drawn: Geometry) -> dict[str, Any]:
    """Return a drawing of the store as a browser takes it."""
    degrees = workers.run_in_worker(planes.to_wgs84, drawn)
    return geojson.geometry(degrees)


def _name_in_browser(visit: ResidentVisit, notice: canvas.SaveNotice | None) -> str:
    """Return the key of the drawing on the canvas once it is in the store; "" before that."""
    if visit.mine is None or (notice is not None and (visit.taken != notice or notice.problem)):
        return ""
    return notice.id if notice is not None else visit.browser_id or visit.mine.details.contribution.id


def box(degrees: dict[str, Any]) -> tuple[float, float, float, float]:
    """Return west, south, east and north of a geometry in degrees."""
    west, south, east, north = shape(degrees).bounds
    return west, south, east, north
