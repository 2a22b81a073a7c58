"""Without pointing: an area of walks, streets, postcodes and blocks, read out in a sentence."""

import html
import uuid
from typing import Any

import streamlit as st
from shapely import Point

from geo.errors import LayerError
from i18n import Translator
from maps.interactive.leaflet_layers import DrawingLayer
from study.contributions import area_builder, home_location
from study.contributions.area_builder import AreaDescription, AreaPart, PartChange
from study.contributions.submission import DrawingSubmission
from ui import canvas, workers
from ui.components import basemap
from ui.pages.resident import children
from ui.pages.resident.drawing import ask_name, box, in_degrees, show_code
from ui.pages.resident.visit_state import ResidentVisit, credit, go_to_step, save_drawing, step_header
from ui.routes import Step

STEPS, ID = "parts_steps", "parts_id"
COUNTED = ("education", "play_area", "meeting_place", "bench")


def title(say: Translator, _visit: ResidentVisit) -> str:
    """Return the title."""
    return say("parts.title")


def show(say: Translator, visit: ResidentVisit) -> None:
    """Choose parts, hear the result, keep it."""
    step_header(say, visit, title(say, visit))
    above = st.container()
    if visit.children:
        children.show_pictures()
        children.read_aloud(say, title(say, visit), say("children.streets"))
    start = _start(say, visit)
    if start is None:
        if st.button(say("parts.draw"), key="back_parts", width="stretch"):
            go_to_step(Step.DRAW)
        return
    town = visit.project.municipality
    chosen: list[PartChange] = st.session_state.setdefault(STEPS, [])
    _choose(say, visit, start, chosen)
    area = workers.run_in_worker(area_builder.combine_parts, town, start, tuple(chosen))
    _list(say, chosen)
    sentence = (
        say("parts.nothing")
        if area.is_empty
        else read_out(say, workers.run_in_worker(area_builder.describe_area, town, area))
    )
    st.html(f'<p class="buurt-read-out" role="status">{html.escape(sentence)}</p>')
    if area.is_empty:
        if st.button(say("parts.draw"), key="back_parts", width="stretch"):
            go_to_step(Step.DRAW)
        return
    degrees = in_degrees(area)
    canvas.map_view(
        [*basemap.basemap_layers(town), DrawingLayer("parts", degrees)],
        "parts_map",
        words=say,
        bounds=box(degrees),
        credit=credit(say, visit),
    )
    with st.container(horizontal=True):
        if st.button(say("parts.draw"), key="back_parts", width="stretch"):
            go_to_step(Step.DRAW)
        pressed = st.button(say("parts.right"), key="parts_right", type="primary", width="stretch")
    if pressed or st.session_state.get("again"):  # the button to save once more, where that did not work
        _take(say, visit, degrees, chosen)
    if visit.mine is not None and visit.taken == ("parts", tuple(chosen)):
        with above:
            show_code(say, visit)
        ask_name(say, visit, edges=("sure", "vague"))


def _start(say: Translator, visit: ResidentVisit) -> Point | None:
    """Show the search for the street near the area, unless it is known."""
    if visit.start is not None:
        return visit.start
    if visit.children:  # who is not asked where they live: the streets of the whole town are offered
        return workers.run_in_worker(home_location.point_from_degrees, *workers.run_in_worker(visit.middle))
    st.write(say("parts.ask_start"))
    with st.form("parts_search", border=False):
        typed = st.text_input(say("home.search"), max_chars=80, autocomplete="off", key="parts_typed")
        st.form_submit_button(say("home.find"), type="primary", width="stretch", key="find_parts")
    if not typed or len(typed.strip()) < 2:
        return None
    try:
        found = home_location.search_address(visit.project.municipality, typed.strip())
    except LayerError as problem:
        st.error(say.explain(problem))
        return None
    if not found:
        st.info(say("home.none"))
        return None
    for number, place in enumerate(found[:4]):
        if st.button(place.label, key=f"parts_place_{number}", width="stretch"):
            visit.start = home_location.locate(place)
            st.rerun()
    return None


def _choose(say: Translator, visit: ResidentVisit, start: Point, chosen: list[PartChange]) -> None:
    town = visit.project.municipality
    kind: area_builder.Kind = "street"
    if visit.children:
        st.write(say("children.streets"))
        parts = workers.run_in_worker(area_builder.all_streets, town)
    else:
        kind = st.radio(
            say("parts.kind"),
            area_builder.KINDS,
            format_func=lambda key: say(f"parts.kind_{key}"),
            key="parts_kind",
        )
        parts = workers.run_in_worker(area_builder.available_parts, town, start, kind)
    if not parts:
        st.info(say("parts.none"))
        return
    part = st.selectbox(
        say(f"parts.which_{kind}"),
        parts,
        format_func=lambda part: name(say, part),
        placeholder=say(f"parts.which_{kind}"),
        key=f"parts_{kind}",
    )
    with st.container(horizontal=True):
        if st.button(say("parts.add"), key="parts_add", type="primary", width="stretch"):
            chosen.append(PartChange(part))
        if st.button(say("parts.cut"), key="parts_cut", width="stretch", disabled=not chosen):
            chosen.append(PartChange(part, added=False))


def _list(say: Translator, chosen: list[PartChange]) -> None:
    if not chosen:
        return
    st.subheader(say("parts.chosen"), anchor=False)
    for number, step in enumerate(chosen):
        called = name(say, step.part)
        text, button = st.columns([3, 2], vertical_alignment="center")
        with text:
            st.text(say("parts.added" if step.added else "parts.taken_away", part=called))
        with button:
            if st.button(say("parts.remove", part=called), key=f"parts_remove_{number}", width="stretch"):
                del chosen[number]
                st.rerun()


def name(say: Translator, part: AreaPart) -> str:
    """Return the name of a part."""
    if part.kind == "walk":
        return say("parts.walk" if part.along_streets else "parts.walk_straight", minutes=int(part.key))
    if part.kind == "block":
        return say("parts.block", streets=", ".join(part.names))
    return " - ".join(part.names)


def read_out(say: Translator, description: AreaDescription) -> str:
    """Return an area in one sentence: how large, between what, and what is in it."""
    sentence = [say("parts.area", area_km2=description.area_m2 / 1e6)]
    if description.parts > 1:
        sentence.append(say("parts.loose", parts=description.parts))
    if len(description.between) == 2:
        sentence.append(say("parts.between", one=description.between[0], other=description.between[1]))
    counted = [
        say(f"parts.{'one' if description.inside[key] == 1 else 'many'}_{key}", n=description.inside[key])
        for key in COUNTED
        if description.inside.get(key)
    ]
    if counted:
        joined = (
            counted[0]
            if len(counted) == 1
            else say("parts.and", first=", ".join(counted[:-1]), last=counted[-1])
        )
        sentence.append(say("parts.with", places=joined))
    return ", ".join(sentence) + "."


def _take(say: Translator, visit: ResidentVisit, degrees: dict[str, Any], chosen: list[PartChange]) -> None:
    """Save the area as a drawing, made from the keyboard."""
    sent = DrawingSubmission(
        id=visit.browser_id or str(st.session_state.setdefault(ID, str(uuid.uuid4()))),
        geometry=degrees,
        tool="parts",
        input="keyboard",
        started_from=visit.started_from,
        **visit.workshop_fields,
        parts=[{"kind": s.part.kind, "key": s.part.key, "added": s.added} for s in chosen],
    )
    save_drawing(say, visit, sent, ("parts", tuple(chosen)))
