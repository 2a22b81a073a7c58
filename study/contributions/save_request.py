"""One request to save a drawing, as a browser sends it: every field is checked before any of it costs something."""

import hashlib
import json
import math
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shapely import Point

from geo.errors import InputRefused, InputTooLarge, UnknownSession
from study import context
from study.contributions.submission import DrawingSubmission

MAX_BODY_BYTES = 300_000
MAX_STROKE_BYTES = 200_000
MAX_STROKES = 200
MAX_STROKE_POINTS = 20_000
MAX_TEXT = 80

ADDRESS_LABEL = "beleefde buurt: address of a contribution\0"
"""In front of the key that a phone made: the address tells nothing of it, nor of the id and the code made of it."""

TOOLS = ("lasso", "corners", "parts")
"""What an outline was made with first; one that was put together from the keyboard may be changed by hand."""
STROKE_TOOLS = ("lasso", "corners", "add", "cut", "vague")


@dataclass(frozen=True)
class SaveRequest:
    """What a browser asks to save.

    Attributes
    ----------
    sent
        The drawing; its id is the key that the phone made.
    code
        For who came by the code of the receipt: their drawing was named by another browser.
    home
        In RD; the facts that may be kept are taken from it, and it is forgotten.
    ticket
        Code of a ticket, where the resident has one.
    """

    project: str
    sent: DrawingSubmission
    code: str = ""
    device: str = ""
    language: str = "nl"
    home: Point | None = None
    ticket: str = ""


def contribution_address(key: str) -> str:
    """Return the id in the address of a contribution: a one-way hash of the key that a phone made.

    Examples
    --------
    >>> contribution_address("6f1c8b1e-0000-4000-8000-000000000001")
    'd8a63a30-f056-93d9-17e1-3afb3d726cd4'
    """
    digest = hashlib.sha256((ADDRESS_LABEL + key).encode("utf-8", "replace")).digest()
    return str(uuid.UUID(bytes=digest[:16]))


def parse_save_request(body: bytes, address: str) -> SaveRequest:
    """Read a request, or refuse it with the field that does not fit.

    Parameters
    ----------
    address
        The id in the address; it must be that of the key.

    Raises
    ------
    InputRefused, InputTooLarge, UnknownProject, UnknownSession
    """
    if len(body) > MAX_BODY_BYTES:
        raise InputTooLarge(field="drawing", size=len(body), most=MAX_BODY_BYTES)
    request = _parsed(body)
    key = _text(request, "key")
    if request.get("version") != 1 or contribution_address(key) != address:
        raise InputRefused(field="key", reason="unknown_choice")
    project = context.get_project(_text(request, "project")).id
    session, group = _session(request, project)
    geometry = request.get("geometry")
    if not isinstance(geometry, dict):
        raise InputRefused(field="geometry", reason="not_geojson")
    shown = request.get("shown")
    sent = DrawingSubmission(
        id=key,
        geometry=geometry,
        strokes=_strokes(request.get("strokes")),
        tool=_chosen(request, "tool", TOOLS),
        start_width_m=_fact(request, "start_width_m"),
        first_width_m=_fact(request, "first_width_m"),
        seconds=_fact(request, "seconds"),
        screen=_text(request, "screen"),
        input=_text(request, "input"),
        saw_borders=isinstance(shown, list) and any(str(name).startswith("areas-") for name in shown),
        width_arm=_chosen(request, "width_arm", ("", "narrow", "wide")),
        started_from=_chosen(request, "started_from", ("project", "home", "session")),
        session=session,
        group=group,
        practice=request.get("practice") is True,
        helped_by=_text(request, "helped_by"),
    )
    return SaveRequest(
        project,
        sent,
        _text(request, "code"),
        _text(request, "device"),
        _text(request, "language") or "nl",
        _home(request),
        _text(request, "ticket"),
    )


def _parsed(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise InputRefused(field="drawing", reason="not_geojson") from None
    if not isinstance(found, dict):
        raise InputRefused(field="drawing", reason="not_a_record")
    return found


def _no_constant(name: str) -> float:
    raise ValueError(name)


def _text(request: Mapping[str, Any], field: str) -> str:
    found = request.get(field) or ""
    if not isinstance(found, str):
        raise InputRefused(field=field, reason="not_text")
    if len(found) > MAX_TEXT:
        raise InputTooLarge(field=field, size=len(found), most=MAX_TEXT)
    return found


def _chosen(request: Mapping[str, Any], field: str, known: tuple[str, ...]) -> str:
    found = _text(request, field) or known[0]
    if found not in known:
        raise InputRefused(field=field, reason="unknown_choice")
    return found


def _fact(request: Mapping[str, Any], field: str) -> int | None:
    """Return a fact of how it was drawn; a drawing is never lost to a clock or a map that measured nonsense."""
    found = request.get(field)
    if isinstance(found, bool) or not isinstance(found, int | float) or not 0 <= found <= 1e7:
        return None
    return round(found) or None


def _session(request: Mapping[str, Any], project: str) -> tuple[str, str]:
    """Return the session and the group that are named, if the session is one of this project."""
    session, group = _text(request, "session"), _text(request, "group")
    if not session:
        return "", ""
    workshop_session = context.get_store().sessions.get(session)
    if workshop_session.project != project:
        raise UnknownSession(session="")
    return session, group if group in workshop_session.groups else ""


def _strokes(value: object) -> tuple[dict[str, Any], ...]:
    if not isinstance(value, list):
        raise InputRefused(field="strokes", reason="not_a_list")
    if len(value) > MAX_STROKES:
        raise InputTooLarge(field="strokes", size=len(value), most=MAX_STROKES)
    found = tuple(_stroke(stroke) for stroke in value)
    n_points = sum(len(stroke["points"]) for stroke in found)
    if n_points > MAX_STROKE_POINTS:
        raise InputTooLarge(field="strokes", size=n_points, most=MAX_STROKE_POINTS)
    size = len(json.dumps(found, separators=(",", ":")))
    if size > MAX_STROKE_BYTES:
        raise InputTooLarge(field="strokes", size=size, most=MAX_STROKE_BYTES)
    return found


def _stroke(value: object) -> dict[str, Any]:
    if not isinstance(value, dict) or value.get("tool") not in STROKE_TOOLS:
        raise InputRefused(field="strokes", reason="unknown_choice")
    points, reach_m = value.get("points"), value.get("reach_m")
    if not isinstance(points, list) or not all(_is_position(point) for point in points):
        raise InputRefused(field="strokes", reason="not_a_list")
    if reach_m is not None and not _is_number(reach_m):
        raise InputRefused(field="strokes", reason="number_out_of_range")
    stroke = {"tool": value["tool"], "points": points}
    return stroke if reach_m is None else stroke | {"reach_m": reach_m}


def _is_position(value: object) -> bool:
    return isinstance(value, list) and len(value) == 3 and all(map(_is_number, value))


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _home(request: Mapping[str, Any]) -> Point | None:
    found = request.get("home")
    if found is None:
        return None
    if not isinstance(found, list) or len(found) != 2 or not all(map(_is_number, found)):
        raise InputRefused(field="home", reason="number_out_of_range")
    return Point(found)
