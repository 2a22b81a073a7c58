"""The whole application in one file: the server, and the list of pages.

Started as ``streamlit run app.py`` this file is read twice: once by the server, where it makes the
application with its routes, and once for every visitor, where it shows the page they asked for. A process for
heavy work begins with it too, as ``__mp_main__``, and needs nothing of it.
"""

if __name__ != "__mp_main__":
    import streamlit as st
    from streamlit.runtime.scriptrunner import get_script_run_ctx

    from ui.pages.page_list import show
    from ui.server.endpoints import ROUTES
    from ui.server.lifespan import MIDDLEWARE, lifespan, on_error

    if get_script_run_ctx(suppress_warning=True) is None:
        app = st.App(
            __file__,
            routes=ROUTES,
            middleware=MIDDLEWARE,
            lifespan=lifespan,
            on_script_error=on_error,
        )
    else:
        show()
