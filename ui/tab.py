"""The tab of the browser: it keeps the key to a drawing until all is told, and shows steps from their top."""

from dataclasses import dataclass
from functools import cache
from typing import Any

import streamlit as st

from ui.canvas import canvas

LOADER = """
export default async function (component) {
  const { open } = await import(new URL(component.data.script, document.baseURI).href);
  return open(component);
}
"""


@dataclass(frozen=True)
class Kept:
    """What a tab remembers: the key to a drawing that is in the store, and whether there is a draft."""

    key: str
    drafted: bool


def remember(project: str, *, key: str | None, step: str, title: str) -> Kept | None:
    """Let the tab remember a key, or forget it (""), or leave it (None); give what it remembered.

    Gives None until the browser answered.
    """
    data = {
        "script": f"assets/{canvas.version()}/shell/tab.js",
        "project": project,
        "key": key,
        "step": step,
        "title": title,
    }
    found: Any = _component()(key="tab", data=data, on_kept_change=_nothing).get("kept")
    return None if found is None else Kept(str(found.get("key", "")), bool(found.get("drafted")))


@cache
def _component() -> Any:
    return st.components.v2.component("buurt_tab", js=LOADER)


def _nothing() -> None:
    """Listen to a component: it keeps its state only when somebody does."""
