"""What every screen of a child has: pictures for what is chosen, and a button that reads aloud."""

import streamlit as st

from i18n import Translator
from ui.assets import files
from ui.components.browser_component import run_component


def show_pictures() -> None:
    """Add the sheet with the pictures to the page: only a child's screens carry it."""
    st.html(files()["ui/browser/children.css"])


def read_aloud(say: Translator, *sentences: str) -> None:
    """Show the button that has a voice of the device read these sentences; it never begins by itself.

    A voice that works over the network is never used, as it would be sent the sentences. Where the device has no voice
    of its own in this language there is no button.
    """
    data = {
        "sentences": list(sentences),
        "language": say.language,
        "words": {"read": say("children.read"), "quiet": say("children.quiet")},
    }
    with st.container(key="read_aloud"):
        run_component("ui/browser/read_aloud.js", key="reader", data=data, heard={}, isolate_styles=False)
