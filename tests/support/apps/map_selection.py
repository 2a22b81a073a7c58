"""A page to test maps with: two layers to choose from, and what was clicked."""

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

import i18n
from maps.interactive.leaflet_layers import AreaLayer, BasemapLayer
from ui import canvas
from ui.server.endpoints import ROUTES
from ui.server.lifespan import MIDDLEWARE, lifespan

TOWN = "geo/GM9901"


def page() -> None:
    """Show a map of wijken or buurten, and say which one was clicked."""
    division = st.radio("Laag", ["wijk", "buurt"])
    chosen = canvas.map_view(
        [
            BasemapLayer(f"{TOWN}/basemap.topojson"),
            AreaLayer(f"{TOWN}/{division}-2025.topojson", division, select=True),
        ],
        "looking",
        words=i18n.get_translator("nl"),
        bounds=(5.19, 52.56, 5.23, 52.59),
    )
    st.text(f"gekozen: {chosen.layer} {chosen.code}" if chosen else "niets gekozen")


if get_script_run_ctx(suppress_warning=True) is None:
    app = st.App(__file__, routes=ROUTES, middleware=MIDDLEWARE, lifespan=lifespan)
else:
    page()
