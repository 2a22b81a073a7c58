"""Our own scripts in the page: where they lie, which release they are of, and how a page opens one."""

import hashlib
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

HERE = Path(__file__).parent
ROOMS = {"canvas": HERE / "canvas", "maps": HERE.parent / "maps" / "browser", "shell": HERE / "shell"}
"""First part of an address -> the folder it is in."""

LOADER = """
export default async function (component) {
  const { open } = await import(new URL(component.data.script, document.baseURI).href);
  return open(component);
}
"""


@cache
def version() -> str:
    """Name the browser's side of this release by its contents."""
    files = sorted(file for room in ROOMS.values() for kind in ("*.js", "*.css") for file in room.glob(kind))
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:12]


def address(file: str) -> str:
    """Give the address of a script or sheet of ours; it carries the version, so that a browser keeps it."""
    return f"assets/{version()}/{file}"


def run(
    file: str,
    *,
    key: str,
    data: Mapping[str, Any],
    heard: Mapping[str, Callable[[], None] | None],
    isolate_styles: bool = True,
) -> Any:
    """Let a script of ours run in the page, and give what it told.

    Parameters
    ----------
    file
        Its room and name; the function ``open`` in it gets the component.
    heard
        What it may tell -> whom to call when that changes; None where nobody needs a call.
    isolate_styles
        Whether the page's own sheets stay out of it.
    """
    # A component keeps what it tells only where somebody listens.
    listeners = {f"on_{name}_change": listener or _nothing for name, listener in heard.items()}
    component = _component(f"buurt_{Path(file).stem}", isolate_styles=isolate_styles)
    return component(key=key, data={"script": address(file), **data}, **listeners)


@cache
def _component(name: str, *, isolate_styles: bool) -> Any:
    return st.components.v2.component(name, js=LOADER, isolate_styles=isolate_styles)


def _nothing() -> None:
    """Listen."""
