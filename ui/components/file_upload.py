"""The box to put a file in, in the visitor's language: Streamlit's own words in it are English."""

import json

import streamlit as st

_EMPTY = '[data-testid="stFileUploaderDropzone"]:not(:has([data-testid^="stFileChip"]))'


def translate_uploader(text: str) -> None:
    """Set the words on the button of the empty upload boxes of this page."""
    quoted = json.dumps(text, ensure_ascii=False).replace("<", "\\3c ")
    st.html(
        f"<style>{_EMPTY} button, {_EMPTY} button * {{ font-size: 0; gap: 0; }}"
        f"{_EMPTY} button [data-testid=stIconMaterial] {{ display: none; }}"
        f"{_EMPTY} button::after {{ font-size: 1rem; content: {quoted}; }}"
        '[data-testid="stFileUploaderDropzoneInstructions"] { display: none; }</style>'
    )
