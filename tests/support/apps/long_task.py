"""A page to test long work with: it never ends by itself, and leaves a file when it was ended."""

import hashlib
import os
from pathlib import Path

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

import i18n
from study import progress
from ui.components.progress import run_with_progress
from ui.server.endpoints import ROUTES
from ui.server.lifespan import MIDDLEWARE, lifespan


def work() -> None:
    """Work until stopped."""
    st.write("half")
    tell = progress.reporter("cores")
    try:
        while True:
            hashlib.sha256(bytes(10_000_000))  # other threads run on meanwhile, as they do beside our kernels
            tell(0.5)
    finally:
        Path(os.environ["ENDED"]).touch()


def page() -> None:
    """Work long, or when that was stopped say so."""
    chosen = st.radio("Onderdeel", ["lang", "kort"])
    run_with_progress(
        i18n.get_translator("nl"),
        chosen,
        work if chosen == "lang" else lambda: st.write("klaar met het korte werk"),
    )


if get_script_run_ctx(suppress_warning=True) is None:
    app = st.App(__file__, routes=ROUTES, middleware=MIDDLEWARE, lifespan=lifespan)
else:
    page()
