"""Thank-you: the own neighbourhood beside the official one and the neighbours', a picture, and the code."""

import html
from functools import partial

import streamlit as st

from i18n import Translator
from maps import style
from maps.interactive.leaflet_layers import DrawingLayer
from maps.interactive.workshop_layers import SwipeControl
from study.contributions.official_comparison import (
    COMPARED_DIVISIONS,
    LEAST_SHARE,
    OfficialOverlap,
    compare_with_official_areas,
    official_outline,
    picture_background,
)
from study.contributions.submission import SavedContribution
from study.publishing import shared_area
from ui import canvas, workers
from ui.components import basemap
from ui.components.first_screen import sender_lines
from ui.pages.resident import children
from ui.pages.resident.children.card import show_card
from ui.pages.resident.drawing import box, in_degrees
from ui.pages.resident.visit_state import ResidentVisit, credit, go_to_step, official, step_header
from ui.pages.resident.workshop import next_step
from ui.routes import Query, Step

WHOLE = 0.995
"""Of a drawing: more than this is all of it, in whole percents."""

MUCH = 1.1
"""So many times larger is worth a word; less is as large."""


def title(say: Translator, _visit: ResidentVisit) -> str:
    """Return the title."""
    return say("draw.thanks")


def show(say: Translator, visit: ResidentVisit) -> None:
    """Show, in one sentence each; give the picture and the code."""
    mine = visit.mine
    assert mine is not None  # the step is shown to who has a drawing
    visit.forget_home()
    step_header(say, visit, title(say, visit), counted=False)
    waits = next_step.is_border_waiting(visit.guest)
    next_step.show(say, visit, waits=waits)
    if visit.children:
        children.show_pictures()
        children.read_aloud(say, title(say, visit), say("reveal.kept"), say("children.card_why"))
        show_card(say, visit)
    else:
        _comparison(say, visit, mine, waits=waits)
    st.subheader(say("draw.your_code"), anchor=False)
    st.html(f'<p class="buurt-code">{html.escape(mine.code)}</p>')
    st.write(say("draw.code"))
    if sender := sender_lines(say, visit.project):
        st.html(sender)
    with st.container(horizontal=True):
        if st.button(say("reveal.change"), key="reveal_change", width="stretch"):
            go_to_step(Step.CODE)
        # A phone in the room goes on with the others: the start would be another drawing.
        if visit.guest is None or visit.is_on_shared_screen:
            label = say("reveal.next_person" if visit.is_on_shared_screen else "reveal.finish")
            if st.button(label, key="reveal_finish", type="primary", width="stretch"):
                finish()


def _comparison(say: Translator, visit: ResidentVisit, mine: SavedContribution, *, waits: bool) -> None:
    """Show the drawing beside the official areas and what neighbours share; those areas may wait for the room."""
    project = visit.project
    lines = [] if waits else workers.run_in_worker(compare_with_official_areas, project.id, mine.geometry)
    for line in lines:
        if line.division == "buurt":
            st.html(f'<p class="buurt-told">{html.escape(_size(say, line))}</p>')
    st.write(say("reveal.kept"))
    drawn = in_degrees(mine.geometry)
    shared = workers.run_in_worker(shared_area.find_shared_area, project.id, mine.geometry)
    west, south, east, north = box(drawn)
    layers = basemap.basemap_layers(project.municipality)
    if shared:
        layers.append(DrawingLayer("shared", in_degrees(shared.area), color=style.CORES[50], filled=0.3))
    divisions = () if waits else COMPARED_DIVISIONS
    layers += [*official(project.municipality, divisions), DrawingLayer("own", drawn)]
    if lines:
        layers.append(SwipeControl(say("reveal.swipe")))
    canvas.map_view(layers, "reveal", words=say, bounds=(west, south, east, north), credit=credit(say, visit))
    if waits:
        st.write(say("join.border_waits"))
    _sentences(say, lines, shared)
    _picture(say, visit, lines)


def finish() -> None:
    """Forget this visit, and show the start to the next person at this screen."""
    forget_visit(st.session_state["visit"])
    go_to_step(Step.START)


def forget_visit(visit: ResidentVisit) -> ResidentVisit:
    """Forget a visit, so that the next person at this screen begins anew; return theirs."""
    if visit.is_on_shared_screen:  # a ticket is one person: the next one has another, or none
        st.query_params.pop(Query.TICKET, None)
    fresh = ResidentVisit(visit.project, visit.guest, arm=visit.arm, done=True)
    for key in list(st.session_state.keys()):
        if key != "tab":
            del st.session_state[key]
    st.session_state["visit"] = fresh
    return fresh


def _sentences(say: Translator, lines: list[OfficialOverlap], shared: shared_area.SharedArea | None) -> None:
    rows = [_row(f"4px solid {style.DRAWN}", say("reveal.own"))]
    rows += [_row(_dash(line.division), _sentence(say, line)) for line in lines]
    rows.append(_row(f"4px solid {style.CORES[50]}" if shared else "", shared_sentence(say, shared)))
    st.html(f'<ul class="buurt-legend">{"".join(rows)}</ul>')


def shared_sentence(say: Translator, shared: shared_area.SharedArea | None) -> str:
    """Return in words what neighbours share, or that it is not there yet; no number of drawings is told."""
    if shared is None:
        return say("reveal.no_edition")
    return say("reveal.shared", edition=shared.edition, percent=shared.percent, overlap=shared.overlap)


def _row(border: str, text: str) -> str:
    line = f'<span class="buurt-line" style="border-top: {border}"></span>' if border else ""
    return f"<li>{line}<span>{html.escape(text)}</span></li>"


def _dash(division: str) -> str:
    line = style.DIVISIONS[division]
    return f"{max(3.0, line.weight)}px {line.border} {line.color}"


def _sentence(say: Translator, line: OfficialOverlap) -> str:
    """Return in words where the drawing lies; the parts that are told add up to all of it."""
    if line.share > WHOLE:
        return say(f"draw.whole_{line.division}", name=line.name)
    parts = [say(f"draw.share_{line.division}", share=line.share, name=line.name)]
    if line.second is not None:
        parts.append(say(f"draw.share_second_{line.division}", name=line.second[0], share=line.second[1]))
    if line.rest >= LEAST_SHARE:
        parts.append(say(f"draw.share_rest_{line.division}", share=line.rest))
    ends = say("draw.outside", share=line.outside) if line.outside >= LEAST_SHARE else ""
    return f"{', '.join(parts)}. {ends}".rstrip()


def _size(say: Translator, line: OfficialOverlap) -> str:
    """Return in words how large the drawing is beside the official area that holds most of it."""
    kind = "larger" if line.times > MUCH else "smaller" if line.times < 1 / MUCH else "alike"
    return say(f"reveal.{kind}", name=line.name)


def _picture(say: Translator, visit: ResidentVisit, lines: list[OfficialOverlap]) -> None:
    st.download_button(
        say("reveal.picture"),
        # Drawn when it is asked for: half a second of a processor is much with fifty phones in one room.
        partial(_draw, say, visit, lines),
        file_name="mijn-buurt.png",
        mime="image/png",
        key="picture",
        width="stretch",
        on_click="ignore",
    )
    st.caption(say("reveal.no_home"))


def _draw(say: Translator, visit: ResidentVisit, lines: list[OfficialOverlap]) -> bytes:
    from maps.static import share_card  # noqa: PLC0415  # what draws pictures takes half a second to load

    mine = visit.mine
    assert mine is not None
    found = next((line for line in lines if line.division == "buurt"), lines[0] if lines else None)
    beside = None if found is None else workers.run_in_worker(official_outline, visit.project.id, found)
    texts = share_card.CardTexts(
        title=mine.details.contribution.name or say("reveal.card_title"),
        own=say("reveal.own"),
        official="" if found is None else say("reveal.card_official", name=found.name),
        credit=basemap.file_attribution(say, visit.project),
    )
    streets, water = workers.run_in_worker(picture_background, visit.project.municipality, mine.geometry)
    return workers.run_in_worker(share_card.render_card, mine.geometry, beside, streets, water, texts)
