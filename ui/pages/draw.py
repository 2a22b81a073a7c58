"""The resident's page: draw your neighbourhood, give it a name, save it, and see it beside the official areas."""

import streamlit as st

from maps.layers import Ground
from ui import canvas
from ui.visitor import words_of_visitor


def page() -> None:
    """Ask, keep, show."""
    say = words_of_visitor()
    st.title(say("canvas.product"))
    drawing = canvas.draw("own", layers=[Ground("geo/GM9901/basemap.topojson")], start=canvas.Start(5.2107, 52.5718, 1800), words=say, credit=say("demo.label"))
    st.text(str(drawing)[:300] if drawing else "-")
