"""A link that looks like the button it is for whoever presses it: the one thing to do on a phone."""

import html

import streamlit as st

_SHEET = (
    "body a.big{display:flex;align-items:center;justify-content:center;min-height:60px;padding:0.4rem 1rem;"
    "border:2px solid var(--edge);border-radius:14px;font-size:1.15rem;font-weight:600;"
    "color:var(--ink);text-decoration:none}"
    "body a.big.main{background:var(--action);border-color:var(--action);color:var(--action-text)}"
    "body .st-key-group [data-testid=stRadioGroup]{width:100%}"
    "body .st-key-group [data-testid=stRadioOption]{width:100%}"
    "body a.big:focus-visible{outline:3px solid #a3195b;outline-offset:2px}"
)


def big_link(label: str, target: str, *, main: bool) -> None:
    """Show a link as a large button.

    Parameters
    ----------
    main
        Whether it is the way on.
    """
    kind = "big main" if main else "big"
    st.html(
        f'<style>{_SHEET}</style><a class="{kind}" target="_self" href="{html.escape(target)}">'
        f"{html.escape(label)}</a>"
    )
