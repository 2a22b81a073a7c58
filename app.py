"""The whole application in one file: the server, and the list of pages.

Started as ``streamlit run app.py`` this file is read twice: once by the server, where it makes the
application with its routes, and once for every visitor, where it shows the page they asked for.
"""

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from ui import pages, server

if get_script_run_ctx(suppress_warning=True) is None:
    app = st.App(
        __file__,
        routes=server.ROUTES,
        middleware=server.MIDDLEWARE,
        lifespan=server.life,
        on_script_error=server.apologise,
    )
else:
    pages.show()
