"""What a child takes home: a page to colour, with their own neighbourhood on it."""

from functools import partial

import streamlit as st

from i18n import Translator
from maps.interactive.leaflet_layers import DrawingLayer
from study.contributions.official_comparison import picture_background
from ui import canvas, workers
from ui.components import basemap
from ui.pages.resident.drawing import box, in_degrees
from ui.pages.resident.visit_state import ResidentVisit, credit


def show_card(say: Translator, visit: ResidentVisit) -> None:
    """Show the drawing, and give it as a page to colour."""
    assert visit.mine is not None  # the step is shown to who has a drawing
    st.write(say("reveal.kept"))
    st.download_button(
        say("children.card"),
        partial(_draw, say, visit),  # drawn when it is asked for
        file_name="kleurplaat.pdf",
        mime="application/pdf",
        key="colouring_page",
        type="primary",
        width="stretch",
        on_click="ignore",
    )
    st.write(say("children.card_why"))
    drawn = in_degrees(visit.mine.geometry)
    canvas.map_view(
        [*basemap.basemap_layers(visit.project.municipality), DrawingLayer("own", drawn)],
        "reveal",
        words=say,
        bounds=box(drawn),
        credit=credit(say, visit),
    )


def _draw(say: Translator, visit: ResidentVisit) -> bytes:
    from maps.static import colouring_page  # noqa: PLC0415  # what draws pictures takes half a second to load

    mine = visit.mine
    assert mine is not None
    streets, water = workers.run_in_worker(picture_background, visit.project.municipality, mine.geometry)
    return workers.run_in_worker(
        colouring_page.render_colouring_page,
        mine.geometry,
        streets,
        water,
        say("children.card_title"),
        say("children.cut", code=mine.code),
    )
