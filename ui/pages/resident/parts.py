"""Without pointing: an area of walks, streets, postcodes and blocks, read out in a sentence."""

import html
import uuid
from typing import Any

import streamlit as st
from shapely import Point

from geo.errors import LayerError
from maps.layers import Drawing
from study import reach, where
from study.contributing import Sent
from study.reach import Described, Part, Step
from ui import canvas, ground, worker
from ui.pages.resident.draw import ask_name, box, in_degrees
from ui.pages.resident.visit import Visit, credit, go, heading, keep
from words import Words

STEPS, ID = "parts_steps", "parts_id"
TOLD = ("education", "play_area", "meeting_place", "bench")


def title(say: Words, _visit: Visit) -> str:
    """Give the title."""
    return say("parts.title")


def show(say: Words, visit: Visit) -> None:
    """Choose parts, hear the result, keep it."""
    heading(say, visit, title(say, visit))
    start = _start(say, visit)
    if start is None:
        if st.button(say("parts.draw"), key="back_parts", width="stretch"):
            go("teken")
        return
    town = visit.project.municipality
    chosen: list[Step] = st.session_state.setdefault(STEPS, [])
    _choose(say, town, start, chosen)
    area = worker.run(reach.built, town, start, tuple(chosen))
    _list(say, chosen)
    sentence = (
        say("parts.nothing") if area.is_empty else read_out(say, worker.run(reach.described, town, area))
    )
    st.html(f'<p class="buurt-read-out" role="status">{html.escape(sentence)}</p>')
    if area.is_empty:
        if st.button(say("parts.draw"), key="back_parts", width="stretch"):
            go("teken")
        return
    degrees = in_degrees(area)
    canvas.show(
        [*ground.layers(town), Drawing("parts", degrees)],
        "parts_map",
        words=say,
        bounds=box(degrees),
        credit=credit(say, visit),
    )
    with st.container(horizontal=True):
        if st.button(say("parts.draw"), key="back_parts", width="stretch"):
            go("teken")
        pressed = st.button(say("parts.right"), key="parts_right", type="primary", width="stretch")
    if pressed:
        _take(say, visit, degrees, chosen)
    if visit.mine is not None and visit.taken == ("parts", tuple(chosen)):
        st.success(say("draw.kept"))
        ask_name(say, visit, edges=("sure", "vague"))


def _start(say: Words, visit: Visit) -> Point | None:
    """Ask near which street the area lies, unless that is known."""
    if visit.start is not None:
        return visit.start
    st.write(say("parts.ask_start"))
    with st.form("parts_search", border=False):
        typed = st.text_input(say("home.search"), max_chars=80, autocomplete="off", key="parts_typed")
        st.form_submit_button(say("home.find"), type="primary", width="stretch")
    if not typed or len(typed.strip()) < 2:
        return None
    try:
        found = where.search(visit.project.municipality, typed.strip())
    except LayerError as problem:
        st.error(say.error(problem))
        return None
    if not found:
        st.info(say("home.none"))
        return None
    for number, place in enumerate(found[:4]):
        if st.button(place.label, key=f"parts_place_{number}", width="stretch"):
            visit.start = where.point(place)
            st.rerun()
    return None


def _choose(say: Words, town: str, start: Point, chosen: list[Step]) -> None:
    kind = st.radio(
        say("parts.kind"), reach.KINDS, format_func=lambda key: say(f"parts.kind_{key}"), key="parts_kind"
    )
    parts = worker.run(reach.offered, town, start, kind)
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
            chosen.append(Step(part))
        if st.button(say("parts.cut"), key="parts_cut", width="stretch", disabled=not chosen):
            chosen.append(Step(part, added=False))


def _list(say: Words, chosen: list[Step]) -> None:
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


def name(say: Words, part: Part) -> str:
    """Say what a part is called."""
    if part.kind == "walk":
        return say("parts.walk", minutes=int(part.key))
    if part.kind == "block":
        return say("parts.block", streets=", ".join(part.names))
    return " - ".join(part.names)


def read_out(say: Words, told: Described) -> str:
    """Say an area in one sentence: how large, between what, and what is in it."""
    sentence = [say("parts.area", area_km2=told.area_m2 / 1e6)]
    if told.parts > 1:
        sentence.append(say("parts.loose", parts=told.parts))
    if len(told.between) == 2:
        sentence.append(say("parts.between", one=told.between[0], other=told.between[1]))
    counted = [
        say(f"parts.{'one' if told.inside[key] == 1 else 'many'}_{key}", n=told.inside[key])
        for key in TOLD
        if told.inside.get(key)
    ]
    if counted:
        joined = (
            counted[0]
            if len(counted) == 1
            else say("parts.and", first=", ".join(counted[:-1]), last=counted[-1])
        )
        sentence.append(say("parts.with", places=joined))
    return ", ".join(sentence) + "."


def _take(say: Words, visit: Visit, degrees: dict[str, Any], chosen: list[Step]) -> None:
    """Keep the area as a drawing, made from the keyboard."""
    sent = Sent(
        id=visit.browser_id or str(st.session_state.setdefault(ID, str(uuid.uuid4()))),
        geometry=degrees,
        tool="parts",
        input="keyboard",
        started_from="home" if visit.start else visit.begun_at,
        **visit.at_evening,
        parts=[{"kind": s.part.kind, "key": s.part.key, "added": s.added} for s in chosen],
    )
    keep(say, visit, sent, ("parts", tuple(chosen)))
