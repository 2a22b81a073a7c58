"""The resident's page: draw your neighbourhood, name it, save it, and see it beside the official areas."""

import html

import streamlit as st

from geo.errors import BuurtError, SketchError
from maps import style
from maps.layers import Areas, Ground, Shapes, Tiles
from study import atlas, contributing, projects
from study.contributing import Beside, Sent
from ui import canvas, worker
from ui.server import national_tiles
from ui.visitor import project_of_visitor, words_of_visitor
from words import Words

CANVAS = "own"
SAID = ("several_parts", "untangled", "merged", "slivers", "three_points", "large", "small")
"""What was repaired or remarked, the most important first: a resident is told one thing."""


def page() -> None:
    """Let a resident draw; keep it; show it beside the official areas."""
    say = words_of_visitor()
    project = projects.project(project_of_visitor())
    drawing = canvas.accepted(CANVAS)
    kept = worker.run(contributing.receipt, drawing.id) if drawing else None
    st.title(say("draw.thanks") if kept else say("draw.title"))
    start = canvas.Start(*worker.run(atlas.heart, project.municipality), project.start_width_m)
    drawing = canvas.draw(
        CANVAS,
        layers=[_ground(project.municipality), *(_official(project.municipality) if kept else ())],
        start=start,
        words=say,
        initial=drawing,
        draft=project.id,
        saved=kept is not None,
        credit=say("demo.label") if project.is_made_up else atlas.credit(project.municipality),
    )
    if drawing is None:
        return
    sent = _sent(drawing, project.start_width_m)
    try:
        cleaned = worker.run(contributing.read, sent)
    except SketchError as refused:
        st.error(say.error(refused))
        return
    if kept:
        st.write(say("draw.kept"))
        _reveal(say, worker.run(contributing.beside, project.id, cleaned))
        _code(say, kept.code)
        return
    told = [*cleaned.warnings, *(repair.kind for repair in cleaned.repairs)]
    for remark in [key for key in SAID if key in told][:1]:
        st.info(say(f"draw.said_{remark}", parts=cleaned.n_parts))
    _save(say, project.id, sent)


def _save(say: Words, project: str, sent: Sent) -> None:
    with st.form("save", border=False):
        name = st.text_input(say("draw.name"), max_chars=40, help=None, placeholder=say("draw.name_example"))
        pressed = st.form_submit_button(say("draw.save"), type="primary", width="stretch")
    if not pressed:
        return
    try:
        worker.run(contributing.contribute, project, sent, name=name, language=say.language)
    except BuurtError as problem:
        st.error(say.error(problem))
    else:
        st.rerun()


def _code(say: Words, code: str | None) -> None:
    if code:
        st.subheader(say("draw.your_code"))
        st.html(f'<p class="buurt-code">{html.escape(code)}</p>')
        st.write(say("draw.code"))


def _reveal(say: Words, lines: list[Beside]) -> None:
    if not lines:
        return
    st.subheader(say("draw.beside"))
    rows = "".join(
        f"<li>{_dash(line.division)}<span>{html.escape(_sentence(say, line))}</span></li>" for line in lines
    )
    st.html(f'<ul class="buurt-legend">{rows}</ul>')


def _sentence(say: Words, line: Beside) -> str:
    if line.share > 0.995:
        return say(f"draw.whole_{line.division}", name=line.name)
    others = (
        say("draw.others", n=line.others) if line.others > 1 else say("draw.other") if line.others else ""
    )
    return say(f"draw.share_{line.division}", share=line.share, name=line.name) + others


def _dash(division: str) -> str:
    line = style.DIVISIONS[division]
    border = f"{max(3.0, line.weight)}px {line.border} {line.color}"
    return f'<span class="buurt-line" style="border-top: {border}"></span>'


def _ground(municipality: str) -> Shapes | Tiles:
    return Tiles() if national_tiles() else Ground(f"geo/{municipality}/basemap.topojson")


def _official(municipality: str) -> list[Areas]:
    years = atlas.divisions(municipality)
    return [
        Areas(f"geo/{municipality}/{division}-{years[division][-1]}.topojson", division)
        for division in reversed(contributing.REVEALED)
        if division in years
    ]


def _sent(drawing: canvas.Drawing, start_width_m: int) -> Sent:
    return Sent(
        id=drawing.id,
        geometry=drawing.geometry,
        strokes=drawing.strokes,
        tool=drawing.tool,
        start_width_m=start_width_m,
        first_width_m=drawing.first_width_m,
        seconds=drawing.seconds,
        screen=drawing.screen,
        input=drawing.input,
        saw_borders=any(key.startswith("areas-") for key in drawing.shown),
    )
