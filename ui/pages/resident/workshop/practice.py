"""Practice at a workshop session: one line that is thrown away, then drawing for real."""

import html
from urllib.parse import urlencode

import streamlit as st

from i18n import Translator
from ui import canvas, workers
from ui.components import basemap
from ui.pages.big_link import big_link
from ui.pages.resident.visit_state import ResidentVisit, credit, official
from ui.routes import Query

CANVAS = "practice"


def title(say: Translator) -> str:
    """Return the title."""
    return say("practice.title")


def show(say: Translator, visit: ResidentVisit) -> None:
    """Show a canvas that nothing is saved from; once a line is accepted, the way to the real one."""
    town = visit.project.municipality
    st.title(title(say), anchor=False)
    above, the_map = st.container(), st.container()
    with the_map:
        drawn = canvas.draw_area(
            CANVAS,
            layers=[*basemap.basemap_layers(town), *official(town, visit.project.show_while_drawing)],
            start=canvas.InitialView(*workers.run_in_worker(visit.middle), visit.width_m),
            words=say,
            credit=credit(say, visit),
        )
    with above:
        st.html(f'<p class="buurt-lead">{html.escape(say("practice.done" if drawn else "practice.how"))}</p>')
        if drawn:
            big_link(say("practice.real"), real_address(st.query_params.to_dict()), main=True)


def real_address(query: dict[str, str]) -> str:
    """Return where somebody who practised draws for real: the same address, from the start.

    Examples
    --------
    >>> real_address({"code": "ABC234", "oefenen": "1", "stap": "teken", "groep": "a"})
    './?code=ABC234&groep=a'
    """
    left = {key: value for key, value in query.items() if key not in {Query.PRACTICE, Query.STEP}}
    return f"./?{urlencode(left)}"
