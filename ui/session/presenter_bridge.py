"""What a browser does for a workshop session: keep a secret out of the address, hear a clicker, forget on a tablet."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

import streamlit as st

from ui.components.browser_component import run_component

Act = Literal["next", "back", "first", "last", "freeze", "hide"]


@dataclass(frozen=True)
class BrowserState:
    """What the browser told.

    Attributes
    ----------
    link
        The secret of a facilitator's link; None until the browser answered, "" without one.
    device
        A token of this browser for the dots of a workshop session; "" until it answered.
    idle
        Whether nobody touched the screen for a while.
    """

    link: str | None = None
    device: str = ""
    idle: bool = False


def listen_to_browser(
    *,
    workshop_session: str = "",
    device: bool = False,
    keys: Sequence[Act] = (),
    carry_out: Callable[[Act], None] | None = None,
    idle_s: int = 0,
    idle_words: Mapping[str, str] | None = None,
    forget: bool = False,
    map_hidden: bool = False,
) -> BrowserState:
    """Listen to the browser.

    Parameters
    ----------
    workshop_session
        Id of the session whose secret is asked for.
    device
        Whether the device's token is asked for.
    keys
        Acts that a key of the keyboard or clicker may ask for.
    carry_out
        What does such an act: once for every key pressed, before the page is made.
    idle_s
        Seconds without a touch after which the screen is idle; 0 never.
    idle_words
        What is said while the last seconds are counted down.
    forget
        Take drafts and keys of the person before out of the browser.
    map_hidden
        Whether what is shared is hidden on the map; the key for it turns that in the browser at once.
    """
    data = {
        "workshop_session": workshop_session,
        "device": device,
        "keys": list(keys),
        "done_ms": st.session_state.get("stage_done_ms", 0),
        "session": st.session_state.setdefault("stage_session", secrets.token_hex(8)),
        "idle_s": idle_s,
        "idle_words": dict(idle_words or {}),
        "forget": forget,
        "map_hidden": map_hidden,
    }
    pressed = partial(_pressed, keys, carry_out) if carry_out else None
    heard = {"link": None, "device": None, "idle": None, "pressed": pressed}
    found = run_component("ui/browser/presenter_bridge.js", key="stage", data=data, heard=heard)
    idle = found.get("idle")
    rested = idle is not None and idle != st.session_state.get("stage_idle")
    st.session_state["stage_idle"] = idle
    link = found.get("link")
    return BrowserState(
        link=None if link is None else str(link),
        device=str(found.get("device") or ""),
        idle=rested,
    )


def _pressed(keys: Sequence[Act], carry_out: Callable[[Act], None]) -> None:
    """Carry out a key, once."""
    pressed = (st.session_state.get("stage") or {}).get("pressed") or {}
    if pressed.get("at_ms", 0) > st.session_state.get("stage_done_ms", 0):
        # Also one that does nothing here any more: those after it wait for it.
        st.session_state["stage_done_ms"] = pressed["at_ms"]
        if pressed["act"] in keys:
            carry_out(pressed["act"])
