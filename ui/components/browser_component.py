"""Our own scripts in the page: where they lie, which release they are of, and how a page opens one."""

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

from ui.assets import asset_url

LOADER = """
export default async function (component) {
  const { open } = await import(new URL(component.data.script, document.baseURI).href);
  return open(component);
}
"""


def run_component(
    file: str,
    *,
    key: str,
    data: Mapping[str, Any],
    heard: Mapping[str, Callable[[], None] | None],
    isolate_styles: bool = True,
) -> Any:
    """Mount one of our JavaScript components and return its state.

    Parameters
    ----------
    file
        Its path in the repository; the function ``open`` in it gets the component.
    heard
        What it may tell -> whom to call when that changes; None where nobody needs a call.
    isolate_styles
        Whether the page's own sheets stay out of it.
    """
    # A component keeps what it tells only where somebody listens.
    listeners = {f"on_{name}_change": listener or _nothing for name, listener in heard.items()}
    component = _component(f"buurt_{Path(file).stem}", isolate_styles=isolate_styles)
    return component(key=key, data={"script": asset_url(file), **data}, **listeners)


@cache
def _component(name: str, *, isolate_styles: bool) -> Any:
    return st.components.v2.component(name, js=LOADER, isolate_styles=isolate_styles)


def _nothing() -> None:
    """Listen."""
