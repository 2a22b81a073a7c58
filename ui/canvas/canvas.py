"""The canvas as pages see it: `draw` gives what a resident drew, `show` what a planner chose."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any, Literal

import folium
import streamlit as st

from geo.sketches.limits import HAND_DRAWN_LIMITS
from i18n import Translator
from maps import house_style, style
from maps.interactive import folium_safety
from ui import vendored
from ui.assets import asset_url
from ui.canvas.workbench import Workbench, sheet_url
from ui.components.browser_component import run_component

SCRIPT = "ui/canvas/src/canvas.js"

TALL = {
    "draw": "clamp(270px, 54dvh, 720px)",
    "pick": "clamp(270px, 44dvh, 560px)",
    "show": "clamp(340px, 66dvh, 780px)",
}


@dataclass(frozen=True)
class InitialView:
    """What everyone sees first: a point in degrees and how many metres of ground lie across the map.

    The same width for everyone, since the first view steers how large people draw.
    """

    longitude: float
    latitude: float
    width_m: float = 1500.0


@dataclass(frozen=True)
class CanvasDrawing:
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
        Number of this sending, sent back to the browser so that it knows it was heard.
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
class SaveTarget:
    """Where a resident's drawings go, by plain HTTP, and what goes with each of them.

    Attributes
    ----------
    address
        Of the server, without the id.
    facts
        What the page knows of the visit: fields of `study.contributions.save_request`.
    """

    address: str
    facts: dict[str, Any]


@dataclass(frozen=True)
class PlaceRequest:
    """What somebody told in the search field on the map.

    Attributes
    ----------
    turn
        Number of this request, sent back with its answer.
    text
        What is searched for, where no name of our own is like it; "" when a place was chosen.
    chosen
        Number of the place among those that the last answer found; None for one of our own names.
    spot
        Longitude and latitude of the chosen place of our own names.
    kind
        What that place is: a street, a postcode, a buurt.
    """

    turn: int
    text: str = ""
    chosen: int | None = None
    spot: tuple[float, float] | None = None
    kind: str = ""


@dataclass(frozen=True)
class PlaceSearch:
    """The search field on the map: where its names are, and the answer to the last request.

    Attributes
    ----------
    names
        Address of the names that are suggested while somebody types; "" where there are none.
    turn
        Number of the request that is answered; 0 before the first.
    found
        Names of the places that were found.
    problem
        Why the search failed, in a sentence.
    home
        Longitude and latitude of the place that was chosen.
    label
        Its name.
    has_field
        Whether a place can be typed; otherwise there is only the button to where the device is.
    has_tiles
        Whether the base map is fetched in pictures, so that moving it tells where it is looked at.
    """

    names: str = ""
    turn: int = 0
    found: tuple[str, ...] = ()
    problem: str = ""
    home: tuple[float, float] | None = None
    label: str = ""
    has_field: bool = True
    has_tiles: bool = False


@dataclass(frozen=True)
class SaveNotice:
    """What the canvas tells of a save: the key of the drawing, and why it is not in the store ("": it is).

    ``turn`` is the number of this sending, sent back to the browser so that it knows it was heard.
    """

    id: str
    turn: int
    problem: str = ""


@dataclass(frozen=True)
class CanvasPoint:
    """A point on the map in degrees; numbered when it was saved before."""

    longitude: float
    latitude: float
    text: str = ""
    kind: str = "met"


@dataclass(frozen=True)
class Selection:
    """What was clicked: the layer's key and the code of the area."""

    layer: str
    code: str


def draw_area(
    key: str,
    *,
    layers: Iterable[folium.map.Layer],
    start: InitialView,
    words: Translator,
    initial: CanvasDrawing | None = None,
    draft: str | None = None,
    stored: str = "",
    saved: bool = False,
    save: SaveTarget | None = None,
    search: PlaceSearch | None = None,
    marking: bool = False,
    own: bool = True,
    fills: bool = False,
    bounds: tuple[float, float, float, float] | None = None,
    credit: str = "",
) -> CanvasDrawing | None:
    """Return the drawing once a resident accepts it; no rerun happens before that.

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
        repaired.
    stored
        Id of the drawing that is in the store: its draft is dropped, and it can still be changed.
    saved
        Whether the drawing is in the store: the draft is dropped and the tools go away.
    save
        Where the canvas itself saves what is accepted; then `save_notice` tells of it, and no drawing is returned.
    search
        The search field on the map; None where nothing is searched for.
    marking
        Whether strokes over the edge of an accepted drawing tell where that edge is vague.
    own
        Whether the one at the screen draws the own neighbourhood, and does not mend what another one drew.
    fills
        Whether the map is the whole screen, with its buttons at the bottom or beside it.
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
        "heard": _heard(key, stored),
        "save": None if save is None else asdict(save),
        "search": None if search is None else asdict(search),
        "draft": draft,
        "saved": saved,
        "marking": marking,
        "limits": {
            "min_area_m2": HAND_DRAWN_LIMITS.min_area_m2,
            "max_area_m2": HAND_DRAWN_LIMITS.max_area_m2,
        },
        "own": own,
        "fills": fills,
    }
    if not own:
        data["words"] |= words.section("canvas_other")
    found = run_component(SCRIPT, key=key, data=data, heard={"drawing": None, "sought": None})
    return _drawing(found.get("drawing")) or (initial if saved else None)


def accepted_drawing(key: str) -> CanvasDrawing | None:
    """Return the drawing that was accepted on the canvas of this name, before that canvas is shown."""
    return _drawing((st.session_state.get(key) or {}).get("drawing"))


def save_notice(key: str) -> SaveNotice | None:
    """Return what the canvas of this name told last of a save, before that canvas is shown."""
    sent = (st.session_state.get(key) or {}).get("drawing")
    if not sent or "id" not in sent or "geometry" in sent:
        return None
    return SaveNotice(str(sent["id"]), int(sent.get("turn") or 0), str(sent.get("problem") or "")[:400])


def place_request(key: str) -> PlaceRequest | None:
    """Return what was told last in the search field of the canvas of this name, before that canvas is shown."""
    sent = (st.session_state.get(key) or {}).get("sought")
    if not sent:
        return None
    spot = sent.get("spot")
    return PlaceRequest(
        turn=int(sent["turn"]),
        text=str(sent.get("text") or "")[:80],
        chosen=None if sent.get("chosen") is None else int(sent["chosen"]),
        spot=None if spot is None else (float(spot[0]), float(spot[1])),
        kind=str(sent.get("kind") or ""),
    )


def _heard(key: str, stored: str) -> int | None:
    """Return the turn that need not be told again; of a save only when the page has it from the store."""
    drawing, notice = accepted_drawing(key), save_notice(key)
    if drawing is not None:
        return drawing.turn
    return notice.turn if notice is not None and (notice.problem or notice.id == stored) else None


def is_changing(key: str) -> bool:
    """Return whether a drawing that was accepted is being changed on the canvas of this name."""
    sent = (st.session_state.get(key) or {}).get("drawing")
    return sent is not None and "id" not in sent


def pick_point(
    key: str,
    *,
    layers: Iterable[folium.map.Layer],
    start: InitialView,
    words: Translator,
    turn: int = 0,
    spot: CanvasPoint | None = None,
    spots: Iterable[CanvasPoint] = (),
    bounds: tuple[float, float, float, float] | None = None,
    credit: str = "",
    on_pick: Callable[[], None] | None = None,
) -> CanvasPoint | None:
    """Return the spot that somebody picked, with a finger or from the keyboard.

    Parameters
    ----------
    turn
        Number of the question: a spot that answered an earlier one is not given again.
    spot
        The spot that is chosen already, by search for instance.
    spots
        Those saved before.
    on_pick
        Called before the rerun that a picked spot causes.
    """
    data = _data("pick", layers, words, credit) | {
        "start": {"longitude": start.longitude, "latitude": start.latitude, "width_m": start.width_m},
        "bounds": _corners(bounds),
        "turn": turn,
        "spots": [asdict(known) for known in spots],
    }
    fresh = picked_point(key, turn) or spot
    data["point"] = None if fresh is None else asdict(fresh)
    run_component(SCRIPT, key=key, data=data, heard={"point": on_pick})
    return fresh


def picked_point(key: str, turn: int) -> CanvasPoint | None:
    """Return the spot that was picked on the canvas of this name in this turn, before that canvas is shown."""
    chosen = (st.session_state.get(key) or {}).get("point") or {}
    return CanvasPoint(chosen["longitude"], chosen["latitude"]) if chosen.get("turn") == turn else None


def map_view(
    layers: folium.Map | Iterable[folium.map.Layer],
    key: str,
    *,
    words: Translator,
    start: InitialView | None = None,
    bounds: tuple[float, float, float, float] | None = None,
    credit: str = "",
    tall: str = "",
    workbench: Workbench | None = None,
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
    workbench
        What a planner's map has around it, the ground too; other maps have none.
    on_select
        Called before the rerun that a click causes.
    """
    view = start or InitialView(5.3, 52.2, 250_000.0)
    data = _data("show", layers, words, credit) | {
        "start": {"longitude": view.longitude, "latitude": view.latitude, "width_m": view.width_m},
        "bounds": _corners(bounds),
    }
    data["look"] |= {"tall": tall} if tall else {}
    if workbench is not None:
        data["workbench"] = workbench.as_options(words, credit)
        data["sheets"] = [*data["sheets"], sheet_url()]
    found = run_component(SCRIPT, key=key, data=data, heard={"selected": on_select})
    chosen = found.get("selected")
    return Selection(layer=str(chosen["layer"]), code=str(chosen["code"])) if chosen else None


def _data(
    kind: Literal["draw", "pick", "show"],
    layers: folium.Map | Iterable[folium.map.Layer],
    words: Translator,
    credit: str,
) -> dict[str, Any]:
    if isinstance(layers, folium.Map):
        drawn = layers
    else:
        drawn = folium.Map(tiles=None)
        for layer in layers:
            layer.add_to(drawn)
    taken = folium_safety.split_map(drawn)
    return {
        "kind": kind,
        "language": words.language,
        "words": words.section("canvas") | _kinds(words),
        "credit": credit,
        "color": style.DRAWN,
        "look": {
            **house_style.current().as_properties(),
            "land": style.GROUND["land"],
            "tall": TALL[kind],
        },
        "pieces": [{"key": p.key, "digest": p.digest, "code": p.code} for p in taken.pieces],
        "shown": list(taken.keys),
        **_assets(),
    }


@cache
def _kinds(words: Translator) -> dict[str, str]:
    """Return what kinds of facilities are called: many have no name of their own to show under the pointer."""
    return {key: said for key, said in words.section("export").items() if key.startswith("kind_")}


@cache
def _assets() -> dict[str, Any]:
    """Return the addresses of the sheets and of the scripts that others wrote."""
    return {
        "sheets": [
            *(f"assets/vendor/{file}" for file in vendored.SHEETS),
            asset_url("ui/canvas/canvas.css"),
        ],
        "vendor": [{"url": f"assets/vendor/{file}", "integrity": d} for file, d in vendored.SCRIPTS.items()],
    }


def _drawing(sent: Mapping[str, Any] | None) -> CanvasDrawing | None:
    if not sent or "geometry" not in sent:
        return None
    return CanvasDrawing(
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
