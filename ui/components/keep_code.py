"""A withdrawal code, large, with what somebody can do to have it later."""

import html
from datetime import date

import streamlit as st

from i18n import Translator
from ui.components.browser_component import run_component
from ui.routes import Query, Step


def show(
    say: Translator,
    code: str,
    *,
    key: str,
    visit: str,
    project: str,
    day: date,
    is_shared: bool,
    children: bool = False,
) -> None:
    """Show a code, and the ways to copy, send or remember it; all of them stay on the phone.

    Parameters
    ----------
    visit
        Under which this browser keeps the visit apart from others.
    day
        When the drawing was made.
    is_shared
        Whether others use this screen after this resident: then nothing is remembered.
    children
        Whether the way back leads to children's mode.
    """
    st.html(
        f'<div class="buurt-code-card"><p>{html.escape(say("draw.your_code"))}</p>'
        f'<p class="buurt-code">{html.escape(code)}</p></div>'
    )
    data = {
        "code": code,
        "day": day.isoformat(),
        "children": children,
        "link": f"?{Query.PROJECT}={project}&{Query.STEP}={Step.CODE}"
        + (f"&{Query.CHILDREN}=1" if children else ""),
        "visit": visit,
        "canRemember": not is_shared,
        "words": say.section("keep_code"),
    }
    run_component("ui/browser/keep_code.js", key=key, data=data, heard={}, isolate_styles=False)
    st.caption(say("draw.code"))
