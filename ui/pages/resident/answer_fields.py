"""Fields of a resident's steps: each is saved when it changes, and a choice can be taken back."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import streamlit as st

Option = TypeVar("Option")
KEEPERS = "resident_keepers"
"""Where the choices on the screen have what saves them, by the key of their field."""


def choose_one(
    label: str,
    options: Sequence[Option],
    *,
    key: str,
    stored: Option | None,
    keep: Callable[[], None],
    format_func: Callable[[Option], str],
    horizontal: bool = False,
) -> Option | None:
    """Return the choice of one; a second tap on it takes it back.

    Parameters
    ----------
    key
        Name of the field: it begins with "answer_", by which the browser knows it.
    stored
        What was chosen before, or None.
    keep
        Saves what the field then holds.
    """
    st.session_state.setdefault(KEEPERS, {})[key] = keep
    return st.radio(
        label,
        options,
        # A default, not a value: what the browser holds wins, as after the server was started again.
        index=None if stored is None else list(options).index(stored),
        format_func=format_func,
        horizontal=horizontal,
        key=key,
        on_change=keep,
    )


def clear_choice(key: str) -> None:
    """Clear the choice of this field, if it is one, and save that."""
    keep = st.session_state.get(KEEPERS, {}).get(key)
    if keep is not None:
        st.session_state[key] = None
        keep()


def write_line(label: str, *, key: str, stored: str, keep: Callable[[], None], **how: Any) -> str:
    """Return one line of text; its key begins with "text_", by which the browser knows it."""
    return str(st.text_input(label, value=stored, key=key, on_change=keep, autocomplete="off", **how))


def write_text(label: str, *, key: str, stored: str, keep: Callable[[], None], **how: Any) -> str:
    """Return a text of some lines; its key begins with "text_", by which the browser knows it."""
    return str(st.text_area(label, value=stored, key=key, on_change=keep, **how))
