"""A page to test maps with: two layers to choose from, and what was clicked."""

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

import words
from maps.layers import Areas, Ground
from ui import canvas, server

TOWN = "geo/GM9901"


def page() -> None:
    """Show a map of wijken or buurten, and say which one was clicked."""
    division = st.radio("Laag", ["wijk", "buurt"])
    chosen = canvas.show(
        [
            Ground(f"{TOWN}/basemap.topojson"),
            Areas(f"{TOWN}/{division}-2025.topojson", division, select=True),
        ],
        "looking",
        words=words.of("nl"),
        bounds=(5.19, 52.56, 5.23, 52.59),
    )
    st.text(f"gekozen: {chosen.layer} {chosen.code}" if chosen else "niets gekozen")


if get_script_run_ctx(suppress_warning=True) is None:
    app = st.App(__file__, routes=server.ROUTES, middleware=server.MIDDLEWARE, lifespan=server.life)
else:
    page()
