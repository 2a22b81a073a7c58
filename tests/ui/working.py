"""A page to test long work with: it never ends by itself, and leaves a file when it was ended."""

import hashlib
import os
from pathlib import Path

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

import words
from study import progress
from ui import server, waiting


def work() -> None:
    """Work until stopped."""
    st.write("half")
    tell = progress.of("cores")
    try:
        while True:
            hashlib.sha256(bytes(10_000_000))  # other threads run on meanwhile, as they do beside our kernels
            tell(0.5)
    finally:
        Path(os.environ["ENDED"]).touch()


def page() -> None:
    """Work long, or when that was stopped say so."""
    chosen = st.radio("Onderdeel", ["lang", "kort"])
    waiting.run(
        words.of("nl"), chosen, work if chosen == "lang" else lambda: st.write("klaar met het korte werk")
    )


if get_script_run_ctx(suppress_warning=True) is None:
    app = st.App(__file__, routes=server.ROUTES, middleware=server.MIDDLEWARE, lifespan=server.life)
else:
    page()
