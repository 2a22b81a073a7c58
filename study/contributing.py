"""Taking in what a resident drew, and showing it beside the official areas."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Literal, cast

import geopandas as gpd
import pandas as pd
import shapely
from shapely import Geometry, Point
from shapely.geometry import MultiPolygon, Polygon, box

from geo import crs as planes
from geo import overlay, sketch
from geo.errors import CodeUnknown, InputRefused
from geo.frames import SKETCHES
from store import (
    Contribution,
    HomeFacts,
    Place,
    PlaceKind,
    Project,
    Receipt,
    Signal,
    SignalKind,
    Theme,
    Told,
    ViewFacts,
    Withdrawal,
)
from study import atlas, projects, questions, where

__all__ = [
    "Beside",
    "Facility",
    "Mine",
    "Place",
    "PlaceKind",
    "Project",
    "Sent",
    "SignalKind",
    "Taken",
    "Theme",
]

MODES: dict[str, Literal["freehand", "points", "keyboard"]] = {
    "lasso": "freehand",
    "corners": "points",
    "parts": "keyboard",
}
"""How the store calls a neighbourhood that was drawn with a tool."""

TOOLS: dict[str, str] = {mode: tool for tool, mode in MODES.items()}

SAME_M = 1.0
"""Nearer than this two outlines are one: to degrees and back, and mended again, moves a point by less."""

DRAWN_HERE = replace(sketch.NETHERLANDS, least_m2=100.0)
"""Less ground than a small garden is a slip of the finger; drawings in files are kept at any size."""

NUMBERED = re.compile(r"^Wijk \d+ ")
"""CBS numbers wijken in their names; a sentence that says "de wijk" does not say it again."""

REVEALED = ("wijk", "buurt", "pc4")
"""Official divisions a resident sees beside the own drawing."""


@dataclass(frozen=True)
class Sent:
    """A drawing as a browser sends it: a geometry in degrees, every raw stroke, and how it was made.

    Widths are metres of ground across the map; where the map stood is not told.

    Attributes
    ----------
    tool
        "lasso", "corners", or "parts" for an area that was put together without pointing.
    parts
        What such an area was made of; never where its maker lives.
    session, group
        The evening and the table where it was drawn; empty for none.
    practice, helped_by
        As in `store.Contribution`.
    """

    id: str
    geometry: Mapping[str, Any]
    strokes: Sequence[Mapping[str, Any]] = ()
    tool: str = "lasso"
    start_width_m: int | None = None
    first_width_m: int | None = None
    seconds: int | None = None
    screen: str = ""
    input: str = ""
    saw_borders: bool = False
    parts: Sequence[Mapping[str, Any]] = ()
    width_arm: str = ""
    started_from: str = "project"
    session: str = ""
    group: str = ""
    practice: bool = False
    helped_by: str = ""


@dataclass(frozen=True)
class Mine:
    """What one resident told so far, as it is in the store, and the code to it."""

    code: str
    told: Told

    @property
    def geometry(self) -> Polygon | MultiPolygon:
        """The drawing, in the plane of the project."""
        return self.told.contribution.geometry

    @property
    def strokes(self) -> tuple[dict[str, Any], ...]:
        """Every raw stroke, as the browser sent it."""
        found = _properties(json.loads(self.told.contribution.raw)).get("strokes")
        return tuple(found) if isinstance(found, list) else ()

    @property
    def tool(self) -> str:
        """What it was drawn with, as in `Sent`; "lasso" where no screen was drawn on."""
        return TOOLS.get(self.told.contribution.mode, "lasso")


@dataclass(frozen=True)
class Taken:
    """What was kept: the receipt, and the drawing after repair with what was repaired."""

    receipt: Receipt
    cleaned: sketch.Cleaned


@dataclass(frozen=True)
class Beside:
    """One official area beside a drawing.

    Attributes
    ----------
    division, year, code, name
        Which area: the one that holds most of the drawing.
    share
        Part of the drawing that lies in it, from 0 to 1.
    others
        How many more areas of the division the drawing touches with at least 5 % of itself.
    """

    division: str
    year: int
    code: str
    name: str
    share: float
    others: int


def read(sent: Sent) -> sketch.Cleaned:
    """Make a drawing sound, or refuse it.

    Raises
    ------
    SketchError
    """
    return sketch.read(dict(sent.geometry), limits=DRAWN_HERE)


def contribute(
    project: str,
    sent: Sent,
    *,
    name: str = "",
    language: str = "nl",
    home: Point | None = None,
    device: str = "",
) -> Taken:
    """Keep a drawing; when this returns it is on disk, and sent again it is kept once.

    Parameters
    ----------
    home
        In RD; the facts that may be kept are taken from it, and it is forgotten.

    Raises
    ------
    SketchError
        The drawing is none; nothing was kept.
    StoreError
        It could not be kept, or it is not known whether it was: send it again.
    """
    cleaned = read(sent)
    told = _contribution(project, sent, cleaned, home, language)
    return Taken(projects.opened().submit(replace(told, name=name), device=device), cleaned)


def _contribution(
    project: str, sent: Sent, cleaned: sketch.Cleaned, home: Point | None, language: str
) -> Contribution:
    raw = {"type": "Feature", "properties": _made_of(sent), "geometry": dict(sent.geometry)}
    drawn = cast("Polygon | MultiPolygon", cleaned.geometry)  # that is what sound means
    return Contribution(
        id=sent.id,
        project=project,
        raw=json.dumps(raw, separators=(",", ":")),
        geometry=drawn,
        created=datetime.now(UTC).date(),
        repairs=tuple(repair.kind for repair in cleaned.repairs),
        warnings=cleaned.warnings,
        session=sent.session,
        group=sent.group,
        practice=sent.practice,
        helped_by=sent.helped_by,
        mode="helped" if sent.helped_by else MODES.get(sent.tool, "freehand"),
        view=ViewFacts(
            start_width_m=sent.start_width_m,
            first_width_m=sent.first_width_m,
            width_arm=sent.width_arm,
            started_from=sent.started_from,
            screen=sent.screen,
            input=sent.input,
            duration_s=sent.seconds,
            saw_borders=sent.saw_borders,
        ),
        home=where.facts(projects.project(project).municipality, home, drawn),
        language=language,
        question_version=questions.version(),
    )


def _made_of(sent: Sent) -> dict[str, Any]:
    return {"strokes": list(sent.strokes)} | ({"parts": list(sent.parts)} if sent.parts else {})


def _properties(feature: Mapping[str, Any]) -> dict[str, Any]:
    found = feature.get("properties")  # what a file brought may be a bare geometry
    return found if isinstance(found, dict) else {}


def keep(
    project: str,
    sent: Sent,
    *,
    mine: Mine | None,
    home: Point | None = None,
    language: str = "nl",
    device: str = "",
) -> Mine:
    """Keep a drawing the moment it is accepted; a later one of the same resident takes its place.

    However often it is sent, by two taps or two tabs, there is one drawing, and it is the last one.

    Parameters
    ----------
    mine
        What this resident told before; its name, answers, places and signals stay.

    Raises
    ------
    SketchError, StoreError
        As `contribute`.
    """
    cleaned = read(sent)
    told = _contribution(project, sent, cleaned, home, language)
    door = projects.opened()
    if mine is None:
        there = door.receipt(sent.id)
        if there is None or there.code is None:
            code = door.submit(told, device=device).code
            return found(str(code), device=device)
        mine = found(there.code, device=device)
    before = mine.told.contribution
    if told.raw == before.raw:
        return mine
    if _alike(told.geometry, before.geometry):
        marked = replace(
            before,
            raw=_remade(before.raw, _made_of(sent)),
            home=told.home if home is not None else before.home,
        )
        return _changed(mine, marked, mine.told.places, mine.told.signals, device=device)
    # A page that was loaded again knows no longer how the drawing was made.
    again = told.view.first_width_m is None and told.mode == before.mode
    view = before.view if again else told.view
    known = told.home if home is not None else HomeFacts(unit=before.home.unit, cell=before.home.cell)
    return _changed(
        mine,
        replace(
            told, home=known, view=view, name=before.name, edge=before.edge, answers=before.answers,
            session=before.session, group=before.group, created=before.created,
            practice=before.practice, helped_by=before.helped_by,
        ),
        mine.told.places, mine.told.signals, device=device,
    )  # fmt: skip


def _alike(one: Geometry, other: Geometry) -> bool:
    edges = shapely.boundary([one, other])
    shapely.prepare(edges)
    corners = [shapely.points(shapely.get_coordinates(edge)) for edge in edges]
    return all(
        bool(shapely.dwithin(edge, there, SAME_M).all())
        for edge, there in zip(edges, reversed(corners), strict=True)
    )


def _remade(raw: str, made_of: Mapping[str, Any]) -> str:
    """Put other strokes into a raw drawing; its outline and all else that it tells stay."""
    drawn = json.loads(raw)
    feature = drawn if drawn["type"] == "Feature" else {"type": "Feature", "geometry": drawn}
    return json.dumps(feature | {"properties": {**_properties(feature), **made_of}}, separators=(",", ":"))


def found(code: str, *, device: str) -> Mine:
    """Give what somebody told, by the code of the receipt.

    Raises
    ------
    CodeUnknown, TooManyTries
    """
    return Mine(code, projects.opened().find(code, device=device))


def resumed(key: str, *, device: str) -> Mine:
    """Give what somebody told, by the name their browser gave the drawing or by the code.

    Raises
    ------
    CodeUnknown, TooManyTries
    """
    try:
        there = projects.opened().receipt(key)
    except InputRefused:  # no name from a browser, so it is a code
        return found(key, device=device)
    if there is None or there.code is None:
        raise CodeUnknown
    return found(there.code, device=device)


def answer(
    mine: Mine,
    *,
    answers: Mapping[str, str | int | float | tuple[str, ...] | None] | None = None,
    name: str | None = None,
    edge: str | None = None,
    device: str,
) -> Mine:
    """Keep answers beside those that were given before; None takes one away.

    Raises
    ------
    StoreError
    """
    before = mine.told.contribution
    merged = {**before.answers, **(answers or {})}
    told = replace(
        before,
        answers={key: value for key, value in merged.items() if value is not None},
        name=before.name if name is None else name,
        edge=before.edge if edge is None else edge,
    )
    return _changed(mine, told, mine.told.places, mine.told.signals, device=device)


def tell_places(mine: Mine, places: Sequence[Place], *, device: str) -> Mine:
    """Keep these places, in the place of those before.

    Raises
    ------
    StoreError
    """
    return _changed(mine, mine.told.contribution, places, mine.told.signals, device=device)


def tell_signals(mine: Mine, signals: Mapping[SignalKind, str], *, device: str) -> Mine:
    """Keep one signal of each kind; an empty one is taken away.

    Raises
    ------
    StoreError
    """
    kept = [signal for signal in mine.told.signals if signal.kind not in signals]
    fresh = [Signal(kind, words) for kind, words in signals.items() if words.strip()]
    return _changed(mine, mine.told.contribution, mine.told.places, [*kept, *fresh], device=device)


def _changed(
    mine: Mine, told: Contribution, places: Sequence[Place], signals: Sequence[Signal], *, device: str
) -> Mine:
    if (told, tuple(places), tuple(signals)) == (
        mine.told.contribution, mine.told.places, mine.told.signals,
    ):  # fmt: skip
        return mine
    # The store reads the code; the id is a UUID only because it asks for one.
    projects.opened().change(
        mine.code, replace(told, id=mine.told.contribution.id), places, signals, device=device
    )
    return found(mine.code, device=device)


def withdraw(code: str, *, device: str) -> Withdrawal:
    """Erase what somebody told; tells in which edition it was counted.

    Raises
    ------
    CodeUnknown, TooManyTries
    """
    return projects.opened().withdraw(code, device=device)


def receipt(sent_id: str) -> Receipt | None:
    """Give the receipt of a drawing that is in the store, by the name the browser gave it."""
    return projects.opened().receipt(sent_id)


def beside(project: str, drawn: Polygon | MultiPolygon) -> list[Beside]:
    """Compare one drawing with the official areas of its municipality, one line a division we have.

    A division in which no area shares ground with the drawing is left out.
    """
    municipality = projects.project(project).municipality
    own = gpd.GeoDataFrame(geometry=[drawn], index=pd.Index(["own"], name=SKETCHES.index), crs=planes.RD)
    there = atlas.divisions(municipality)
    newest = {division: there[division][-1] for division in REVEALED if division in there}
    lines = (_beside(own, atlas.compared(municipality, division, year)) for division, year in newest.items())
    return [line for line in lines if line is not None]


def _beside(own: gpd.GeoDataFrame, areas: gpd.GeoDataFrame) -> Beside | None:
    table = overlay.pairs(own, areas)
    if table.empty:
        return None
    shares = table["share_of_sketch"].droplevel(SKETCHES.index)
    code = str(overlay.best(table).loc["own", "main_code"])
    return Beside(
        division=str(areas.attrs["division"]),
        year=int(areas.attrs["year"]),
        code=code,
        name=NUMBERED.sub("", str(areas.loc[code, "name"])) or code,
        share=float(shares[code]),
        others=int((shares.drop(code) >= overlay.TOUCHED_SHARE).sum()),
    )


SNAP_M = 25.0
"""A tap this near to a facility that is shown means that facility."""


@dataclass(frozen=True)
class Facility:
    """A facility that was pointed at."""

    theme: Theme
    kind: str
    point: Point


def facility_at(municipality: str, themes: Sequence[Theme], spot: Point) -> Facility | None:
    """Give the facility of these themes that was meant by a tap; None when none is near."""
    nearest: tuple[float, Facility] | None = None
    for theme in themes:
        table = atlas.facilities(municipality, theme)
        away = table.distance(spot)
        if table.empty or (nearest is not None and away.min() >= nearest[0]):
            continue
        row = table.loc[away.idxmin()]
        there = row.geometry.representative_point()
        nearest = float(away.min()), Facility(theme, str(row["kind"]), there)
    return nearest[1] if nearest is not None and nearest[0] <= SNAP_M else None


def official_shape(project: str, line: Beside) -> Polygon | MultiPolygon:
    """Give the outline of an official area beside a drawing, in RD."""
    areas = atlas.compared(projects.project(project).municipality, line.division, line.year)
    shape: Polygon | MultiPolygon = areas.geometry[line.code]
    return shape


AROUND_M = 1000.0
"""Ground round a drawing that may be in its picture."""


def background(municipality: str, drawn: Polygon | MultiPolygon) -> tuple[Geometry, Geometry]:
    """Give the streets and the water in and round a drawing, for a picture."""
    west, south, east, north = drawn.bounds
    frame = box(west - AROUND_M, south - AROUND_M, east + AROUND_M, north + AROUND_M)
    ground = atlas.basemap(municipality)
    return _within(ground.get("roads"), frame), _within(ground.get("water"), frame)


def _within(table: gpd.GeoDataFrame | None, frame: Geometry) -> Geometry:
    if table is None:
        return shapely.GeometryCollection()
    shapes = table.geometry.to_numpy()[table.intersects(frame).to_numpy()]
    return shapely.GeometryCollection(list(shapely.get_parts(shapely.intersection(shapes, frame))))
