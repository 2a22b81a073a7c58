"""Thank-you: the own neighbourhood beside the official one and the neighbours', a picture, and the code."""

import html
from functools import partial

import streamlit as st

from maps import style
from maps.layers import Drawing
from study import contributing, neighbours
from study.contributing import Beside
from ui import canvas, ground, worker
from ui.pages.resident.draw import box, in_degrees
from ui.pages.resident.visit import Visit, credit, go, heading, official
from words import Words


def title(say: Words, _visit: Visit) -> str:
    """Give the title."""
    return say("draw.thanks")


def show(say: Words, visit: Visit) -> None:
    """Show, in one sentence each; give the picture and the code."""
    mine, project = visit.mine, visit.project
    assert mine is not None  # the step is shown to who has a drawing
    visit.home = None
    heading(say, visit, title(say, visit), counted=False)
    st.write(say("reveal.kept"))
    drawn = in_degrees(mine.geometry)
    shared = worker.run(neighbours.shared, project.id, mine.geometry)
    lines = worker.run(contributing.beside, project.id, mine.geometry)
    west, south, east, north = box(drawn)
    layers = ground.layers(project.municipality)
    if shared:
        layers.append(Drawing("shared", in_degrees(shared.area), color=style.CORES[50], filled=0.3))
    layers += [*official(project.municipality, contributing.REVEALED), Drawing("own", drawn)]
    canvas.show(layers, "reveal", words=say, bounds=(west, south, east, north), credit=credit(say, visit))
    _sentences(say, lines, shared)
    _picture(say, visit, lines)
    st.subheader(say("draw.your_code"), anchor=False)
    st.html(f'<p class="buurt-code">{html.escape(mine.code)}</p>')
    st.write(say("draw.code"))
    with st.container(horizontal=True):
        if st.button(say("reveal.change"), key="reveal_change", width="stretch"):
            go("code")
        if st.button(say("reveal.finish"), key="reveal_finish", type="primary", width="stretch"):
            finish()


def finish() -> None:
    """Forget this visit, so that the next person at this screen begins anew."""
    visit: Visit = st.session_state["visit"]
    fresh = Visit(visit.project, visit.guest, arm=visit.arm, done=True)
    for key in list(st.session_state.keys()):
        if key != "tab":
            del st.session_state[key]
    st.session_state["visit"] = fresh
    go("begin")


def _sentences(say: Words, lines: list[Beside], shared: neighbours.Shared | None) -> None:
    rows = [_row(f"4px solid {style.DRAWN}", say("reveal.own"))]
    rows += [_row(_dash(line.division), _sentence(say, line)) for line in lines]
    if shared is None:
        rows.append(_row("", say("reveal.no_edition")))
    else:
        told = say("reveal.shared", edition=shared.edition, percent=shared.percent, overlap=shared.overlap)
        rows.append(_row(f"4px solid {style.CORES[50]}", told))
    st.html(f'<ul class="buurt-legend">{"".join(rows)}</ul>')


def _row(border: str, text: str) -> str:
    line = f'<span class="buurt-line" style="border-top: {border}"></span>' if border else ""
    return f"<li>{line}<span>{html.escape(text)}</span></li>"


def _dash(division: str) -> str:
    line = style.DIVISIONS[division]
    return f"{max(3.0, line.weight)}px {line.border} {line.color}"


def _sentence(say: Words, line: Beside) -> str:
    if line.share > 0.995:
        return say(f"draw.whole_{line.division}", name=line.name)
    others = (
        say("draw.others", n=line.others) if line.others > 1 else say("draw.other") if line.others else ""
    )
    return say(f"draw.share_{line.division}", share=line.share, name=line.name) + (others or ".")


def _picture(say: Words, visit: Visit, lines: list[Beside]) -> None:
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


def _draw(say: Words, visit: Visit, lines: list[Beside]) -> bytes:
    from maps import card  # noqa: PLC0415  # what draws pictures takes half a second to load

    mine = visit.mine
    assert mine is not None
    found = next((line for line in lines if line.division == "buurt"), lines[0] if lines else None)
    beside = None if found is None else worker.run(contributing.official_shape, visit.project.id, found)
    texts = card.Texts(
        title=mine.told.contribution.name or say("reveal.card_title"),
        own=say("reveal.own"),
        official="" if found is None else say("reveal.card_official", name=found.name),
        credit=ground.own_credit(say, visit.project),
    )
    streets, water = worker.run(contributing.background, visit.project.municipality, mine.geometry)
    return worker.run(card.png, mine.geometry, beside, streets, water, texts)
