"""Drawings made with other tools: known by their columns, never by the name of the file.

What each writes was re-created by hand from its documents; no file of theirs is copied.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Row = Mapping[str, Any]


def _never(_: Row) -> bool:
    return False


def _practice(row: Row) -> bool:
    return str(row.get("is_practice")).strip().lower() in {"true", "1", "t", "yes"}


@dataclass(frozen=True)
class SurveyTool:
    """One tool: how its columns betray it, and what they mean.

    ``needs`` must all be there. ``sketch_id`` and ``place`` name the columns of the key and of what the
    resident calls the neighbourhood, ``personal`` those that say who it is, ``practice`` tells rows that do
    not count, ``set_aside`` those that a person left out, ``repeats`` is the column by which one drawing is
    known that stands in several rows, ``only`` that there are no other columns than ``needs``.
    """

    key: str
    needs: frozenset[str]
    sketch_id: str | None = None
    place: str | None = None
    personal: tuple[str, ...] = ()
    practice: Callable[[Row], bool] = _never
    set_aside: Callable[[Row], bool] = _never
    repeats: str | None = None
    only: bool = False


OWN_DRAWINGS = "beleefde_buurt"
"""The raw drawings of this program."""


def _is_set_aside(row: Row) -> bool:
    return str(row.get("decision")).strip().lower() in {"aside", "hide"}


def _practised(row: Row) -> bool:
    return str(row.get("practice")).strip().lower() in {"true", "1"}


TOOLS = (
    SurveyTool(
        OWN_DRAWINGS,
        frozenset({"sketch_id", "practice", "answers"}),
        sketch_id="sketch_id",
        practice=_practised,
        set_aside=_is_set_aside,
    ),
    SurveyTool(
        "representable",
        frozenset({"entry_name", "entry_ID"}),
        sketch_id="entry_ID",
        place="entry_name",
        personal=("author_name", "address"),
    ),
    SurveyTool(
        "dnainfo",
        frozenset({"shapeID", "neighborhoodLive"}),
        sketch_id="shapeID",
        place="neighborhoodLive",
    ),
    SurveyTool("sketch_map_tool", frozenset({"name", "color"}), only=True),
    SurveyTool("go_vocal", frozenset({"id", "published_at"}), sketch_id="id"),
    SurveyTool("seasketch", frozenset({"survey_id", "response_id"}), practice=_practice),
    SurveyTool(
        "cityme",
        frozenset({"answer_id", "survey_id", "geometry_id"}),
        sketch_id="geometry_id",
        repeats="geometry_id",
    ),
    SurveyTool("felt", frozenset({"felt:id"}), sketch_id="felt:id", place="name"),
    SurveyTool("kobo", frozenset({"_id", "_uuid"}), sketch_id="_uuid", personal=("_submitted_by",)),
    SurveyTool(
        "survey123",
        frozenset({"globalid", "creationdate"}),
        sketch_id="globalid",
        personal=("Creator", "Editor"),
    ),
    SurveyTool("districtr", frozenset({"zone"}), sketch_id="zone"),
    SurveyTool("mapsurvey", frozenset({"session"})),
    SurveyTool("mggg", frozenset({"plan_id"})),
)
"""From the surest sign to the weakest; the first that fits counts."""

UMAP = SurveyTool("umap", frozenset(), place="name")
"""Known by the document around the layers."""

JOINS = (("session", "session"), ("id", "response_id"))
"""Column of the list of answers -> column of the shapes: Mapsurvey, SeaSketch."""

BY_KEY = {tool.key: tool for tool in (*TOOLS, UMAP)}


def detect_tool(columns: tuple[str, ...]) -> str | None:
    """Name the tool that writes these columns.

    Examples
    --------
    >>> detect_tool(("shapeID", "neighborhoodLive", "yearsLived"))
    'dnainfo'
    >>> detect_tool(("name", "color")), detect_tool(("name", "color", "height"))
    ('sketch_map_tool', None)
    """
    there = set(columns)
    lower = {column.lower() for column in columns}
    for tool in TOOLS:
        if tool.key == "survey123":
            fits = tool.needs <= lower
        else:
            fits = tool.needs <= there and (not tool.only or tool.needs == there)
        if fits:
            return tool.key
    return None


MAX_TEXT = 2_000_000
"""Characters of one shape written as text."""


def parse_corner_list(text: str) -> dict[str, Any] | None:
    """Read a shape that a survey tool wrote as a row of numbers, as GeoJSON; ``None`` when it is none.

    KoBo and ODK write ``lat lon alt acc;...`` (latitude first), Survey Solutions ``lon,lat;lon,lat``, the
    Qualtrics map question ``lon lat,lon lat;...`` with a ``;`` between areas that do not close.

    Examples
    --------
    >>> parse_corner_list("52 4 0 0;52 5 0 0;53 5 0 0;52 4 0 0")["coordinates"][0][1]
    [5.0, 52.0]
    >>> parse_corner_list("4,52;5,52;5,53")["coordinates"][0][1]
    [5.0, 52.0]
    >>> parse_corner_list("4 52,5 52,5 53;6 52,7 52,7 53")["type"]
    'MultiPolygon'
    """
    if len(text) > MAX_TEXT or text.lstrip()[:1] not in set("-0123456789"):
        return None
    parts = [[place.split() for place in part.split(",")] for part in text.strip().rstrip(";").split(";")]
    widths = {len(place) for part in parts for place in part}
    places_a_part = {len(part) for part in parts}
    try:
        numbers = [[[float(number) for number in place] for place in part] for part in parts]
    except ValueError:
        return None
    if places_a_part == {1} and widths <= {2, 3, 4}:
        return _area([[part[0][1], part[0][0]] for part in numbers])
    if places_a_part == {2} and widths == {1} and len(parts) > 1:
        return _area([[part[0][0], part[1][0]] for part in numbers])
    if widths == {2}:
        areas = [[place[:2] for place in part] for part in numbers]
        return (
            _area(areas[0])
            if len(areas) == 1
            else {"type": "MultiPolygon", "coordinates": [[a] for a in areas]}
        )
    return None


def _area(places: list[list[float]]) -> dict[str, Any]:
    if len(places) == 1:
        return {"type": "Point", "coordinates": places[0]}
    return {"type": "Polygon", "coordinates": [places]}
