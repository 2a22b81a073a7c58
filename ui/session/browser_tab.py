"""The tab of the browser: it keeps the key to a drawing until all is saved, and shows steps from their top."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import streamlit as st

from ui.components.browser_component import run_component


@dataclass(frozen=True)
class RememberedCode:
    """A code that a phone remembers because its owner chose so, when the drawing was made, and whether by a child."""

    code: str
    day: date
    children: bool = False


@dataclass(frozen=True)
class TabState:
    """What a tab remembers.

    Attributes
    ----------
    key
        The key to a drawing that is in the store; "" for none.
    children
        Whether a child made that drawing.
    drafted
        Whether there is a drawing that is not in the store yet.
    unsaved
        Places that were not complete: kind of place -> what was chosen for it.
    remembered
        The code of an earlier visit; None without one.
    """

    key: str
    children: bool
    drafted: bool
    unsaved: dict[str, dict[str, Any]] = field(default_factory=dict)
    remembered: RememberedCode | None = None


def sync_tab(
    project: str,
    *,
    key: str | None,
    children: bool,
    step: str,
    title: str,
    stored: Mapping[str, str],
    unsaved: Mapping[str, Mapping[str, Any]],
    forget: bool,
    on_clear: Callable[[str], None],
) -> TabState | None:
    """Store a key in the tab, remove it (""), or leave it (None); return what it held.

    Gives None until the browser answered.

    Parameters
    ----------
    children
        Whether the drawing of this key was made by a child.
    stored
        The texts that are in the store, by the key of their field: the tab keeps those no longer.
    unsaved
        Places that are not complete yet, for the tab to keep.
    forget
        Whether the code that the phone remembers opens nothing any more.
    on_clear
        Called with the key of a question whose answer is taken back.
    """
    data = {
        "project": project,
        "key": key,
        "children": children,
        "step": step,
        "title": title,
        "stored": dict(stored),
        "forget": forget,
        "unsaved": {kind: dict(begun) for kind, begun in unsaved.items()},
    }

    def clear() -> None:
        sent = (st.session_state.get("tab") or {}).get("cleared") or {}
        on_clear(str(sent.get("key", "")))

    heard = {"kept": None, "cleared": clear}
    found = run_component("ui/browser/tab.js", key="tab", data=data, heard=heard).get("kept")
    if found is None:
        return None
    return TabState(
        str(found.get("key", "")),
        bool(found.get("children")),
        bool(found.get("drafted")),
        _unsaved(found.get("unsaved")),
        _remembered(found.get("remembered")),
    )


def _remembered(sent: object) -> RememberedCode | None:
    """Return the code that a phone remembers; None where what it sent is none."""
    if not isinstance(sent, Mapping):
        return None
    try:
        return RememberedCode(
            str(sent["code"])[:20], date.fromisoformat(str(sent["day"])), sent.get("children") is True
        )
    except (KeyError, ValueError):
        return None


def _unsaved(sent: object) -> dict[str, dict[str, Any]]:
    """Return the incomplete places that a tab sent; what is none is left out."""
    if not isinstance(sent, Mapping):
        return {}
    return {str(kind): dict(begun) for kind, begun in sent.items() if isinstance(begun, Mapping)}
