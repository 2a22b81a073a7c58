"""The canvas as pages see it: `draw` gives what a resident drew, `show` what a planner chose."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any, Literal

import folium
import streamlit as st

from maps import folium_safe, style
from ui import scripts, vendor
from words import Words

SCRIPT = "canvas/canvas.js"

TALL = {
    "draw": "clamp(270px, 54dvh, 720px)",
    "pick": "clamp(270px, 44dvh, 560px)",
    "show": "clamp(340px, 66dvh, 780px)",
}


@dataclass(frozen=True)
class Start:
    """What everyone sees first: a point in degrees and how many metres of ground lie across the map.

    The same width for everyone, since the first view steers how large people draw.
    """

    longitude: float
    latitude: float
    width_m: float = 1500.0


@dataclass(frozen=True)
class Drawing:
    """What a resident drew and accepted.

    Attributes
    ----------
    id
        Name of this contribution, made in the browser; sending twice is saving once.
    geometry
        GeoJSON Polygon or MultiPolygon in degrees, as drawn: it may cross itself.
    strokes
        Every raw stroke: ``{"tool": "lasso" | "add" | "cut" | "corners", "points": [[lon, lat, ms], ...]}``;
        of the tool "vague", with "reach_m": the edge within so many metres of it is vague.
    tool
        Tool of the first stroke.
    seconds
        From the first touch to accepting, or None where the browser does not know.
    first_width_m
        Metres of ground across the map when the first stroke ended. Where the map stood is not kept.
    start_width_m
        Metres of ground across the map at the first view.
    screen, input
        Class of screen (phone, tablet, laptop, large) and pointer (touch, mouse, pen).
    shown
        Keys of the layers that were to be seen while drawing.
    turn
        Number of this sending, told back to the browser so that it knows it was heard.
    """

    id: str
    geometry: dict[str, Any]
    strokes: tuple[dict[str, Any], ...] = ()
    tool: str = "lasso"
    seconds: int | None = None
    first_width_m: int | None = None
    start_width_m: int | None = None
    screen: str = ""
    input: str = ""
    shown: tuple[str, ...] = ()
    turn: int = 0


@dataclass(frozen=True)
class Spot:
    """A point on the map in degrees; numbered when it was told before."""

    longitude: float
    latitude: float
    text: str = ""
    kind: str = "met"


@dataclass(frozen=True)
class Selection:
    """What was clicked: the layer's key and the code of the area."""

    layer: str
    code: str


def draw(
    key: str,
    *,
    layers: Iterable[folium.map.Layer],
    start: Start,
    words: Words,
    initial: Drawing | None = None,
    draft: str | None = None,
    stored: str = "",
    saved: bool = False,
    marking: bool = False,
    own: bool = True,
    bounds: tuple[float, float, float, float] | None = None,
    credit: str = "",
) -> Drawing | None:
    """Let a resident draw; gives the drawing once they accept it, and causes no rerun before that.

    Parameters
    ----------
    key
        Name of this canvas on the page; the same name keeps map and drawing through every rerun.
    layers
        Folium layers, the base map first. Changing them never touches the drawing.
    start
        The first view.
    words
        The visitor's language.
    initial
        A drawing to begin with, such as one that was accepted before.
    draft
        Name under which the browser keeps the draft; None keeps none, as where somebody else's drawing is
        mended.
    stored
        Id of the drawing that is in the store: its draft is dropped, and it can still be changed.
    saved
        Whether the drawing is in the store: the draft is dropped and the tools go away.
    marking
        Whether strokes over the edge of an accepted drawing tell where that edge is vague.
    own
        Whether the one at the screen draws the own neighbourhood, and does not mend what another one drew.
    bounds
        West, south, east, north in degrees to show instead of `start`, such as those of a reveal.
    credit
        Who made the map, in the corner.
    """
    data = _data("draw", layers, words, credit) | {
        "start": {"longitude": start.longitude, "latitude": start.latitude, "width_m": start.width_m},
        "bounds": _corners(bounds),
        "initial": None
        if initial is None
        else {
            "id": initial.id,
            "geometry": initial.geometry,
            "strokes": list(initial.strokes),
            "tool": initial.tool,
        },
        "stored": stored,
        "heard": heard.turn if (heard := accepted(key)) else None,
        "draft": draft,
        "saved": saved,
        "marking": marking,
        "own": own,
    }
    if not own:
        data["words"] |= words.section("canvas_other")
    found = scripts.run(SCRIPT, key=key, data=data, heard={"drawing": None})
    return _drawing(found.get("drawing")) or (initial if saved else None)


def accepted(key: str) -> Drawing | None:
    """Give the drawing that was accepted on the canvas of this name, before that canvas is shown."""
    return _drawing((st.session_state.get(key) or {}).get("drawing"))


def is_changing(key: str) -> bool:
    """Tell whether a drawing that was accepted is being changed on the canvas of this name."""
    sent = (st.session_state.get(key) or {}).get("drawing")
    return sent is not None and "id" not in sent


def point(
    key: str,
    *,
    layers: Iterable[folium.map.Layer],
    start: Start,
    words: Words,
    turn: int = 0,
    spot: Spot | None = None,
    spots: Iterable[Spot] = (),
    bounds: tuple[float, float, float, float] | None = None,
    credit: str = "",
) -> Spot | None:
    """Let somebody point at one spot, with a finger or from the keyboard; gives it when they did.

    Parameters
    ----------
    turn
        Number of the question: a spot that answered an earlier one is not given again.
    spot
        The spot that is chosen already, by search for instance.
    spots
        Those told before.
    """
    data = _data("pick", layers, words, credit) | {
        "start": {"longitude": start.longitude, "latitude": start.latitude, "width_m": start.width_m},
        "bounds": _corners(bounds),
        "turn": turn,
        "spots": [asdict(known) for known in spots],
    }
    chosen = (st.session_state.get(key) or {}).get("point") or {}
    fresh = Spot(chosen["longitude"], chosen["latitude"]) if chosen.get("turn") == turn else spot
    data["point"] = None if fresh is None else asdict(fresh)
    scripts.run(SCRIPT, key=key, data=data, heard={"point": None})
    return fresh


def show(
    layers: folium.Map | Iterable[folium.map.Layer],
    key: str,
    *,
    words: Words,
    start: Start | None = None,
    bounds: tuple[float, float, float, float] | None = None,
    credit: str = "",
    tall: str = "",
    on_select: Callable[[], None] | None = None,
) -> Selection | None:
    """Show a map; gives the area that was clicked last, of a layer that lets itself be chosen.

    Parameters
    ----------
    layers
        A folium map, or its layers. Each layer is swapped by itself when it changes.
    key
        Name of this map on the page.
    words
        The visitor's language.
    start, bounds
        The first view, or the box to show (west, south, east, north in degrees).
    credit
        Who made the map, in the corner.
    tall
        Height of the map as CSS writes it; the usual one unless given.
    on_select
        Called before the rerun that a click causes.
    """
    view = start or Start(5.3, 52.2, 250_000.0)
    data = _data("show", layers, words, credit) | {
        "start": {"longitude": view.longitude, "latitude": view.latitude, "width_m": view.width_m},
        "bounds": _corners(bounds),
    }
    data["look"] |= {"tall": tall} if tall else {}
    found = scripts.run(SCRIPT, key=key, data=data, heard={"selected": on_select})
    chosen = found.get("selected")
    return Selection(layer=str(chosen["layer"]), code=str(chosen["code"])) if chosen else None


def _data(
    kind: Literal["draw", "pick", "show"],
    layers: folium.Map | Iterable[folium.map.Layer],
    words: Words,
    credit: str,
) -> dict[str, Any]:
    if isinstance(layers, folium.Map):
        drawn = layers
    else:
        drawn = folium.Map(tiles=None)
        for layer in layers:
            layer.add_to(drawn)
    taken = folium_safe.pieces(drawn)
    return {
        "kind": kind,
        "language": words.language,
        "words": words.section("canvas") | _kinds(words),
        "credit": credit,
        "color": style.DRAWN,
        "look": {
            "ink": style.INK,
            "action": style.ACTION,
            "action-deep": style.ACTION_DEEP,
            "land": style.GROUND["land"],
            "tall": TALL[kind],
        },
        "pieces": [{"key": p.key, "digest": p.digest, "code": p.code} for p in taken.pieces],
        "shown": list(taken.keys),
        **_assets(),
    }


@cache
def _kinds(words: Words) -> dict[str, str]:
    """Give what kinds of facilities are called: many have no name of their own to show under the pointer."""
    return {key: said for key, said in words.section("export").items() if key.startswith("kind_")}


@cache
def _assets() -> dict[str, Any]:
    """Give the addresses of the sheets and of the scripts that others wrote."""
    return {
        "sheets": [
            *(f"assets/vendor/{file}" for file in vendor.SHEETS),
            scripts.address("canvas/canvas.css"),
        ],
        "vendor": [{"url": f"assets/vendor/{file}", "integrity": d} for file, d in vendor.SCRIPTS.items()],
    }


def _drawing(sent: Mapping[str, Any] | None) -> Drawing | None:
    if not sent or "id" not in sent:
        return None
    return Drawing(
        id=str(sent["id"]),
        geometry=dict(sent["geometry"]),
        strokes=tuple(sent.get("strokes") or ()),
        tool=str(sent.get("tool") or "lasso"),
        seconds=sent.get("seconds"),
        first_width_m=sent.get("first_width_m"),
        start_width_m=sent.get("start_width_m"),
        screen=str(sent.get("screen") or ""),
        input=str(sent.get("input") or ""),
        shown=tuple(sent.get("shown") or ()),
        turn=int(sent.get("turn") or 0),
    )


def _corners(bounds: tuple[float, float, float, float] | None) -> list[list[float]] | None:
    if bounds is None:
        return None
    west, south, east, north = bounds
    return [[south, west], [north, east]]
