"""Taking in what a resident drew, and showing it beside the official areas."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Literal, cast

import shapely
from shapely import Geometry, Point
from shapely.geometry import MultiPolygon, Polygon

from geo.errors import CodeUnknown, ContributionDiffers, InputRefused
from geo.sketches.cleaning import CleanedSketch
from geo.sketches.limits import HAND_DRAWN_LIMITS, NETHERLANDS
from geo.sketches.parsing import parse_sketch
from store import (
    Contribution,
    ContributionWithDetails,
    HomeFacts,
    Place,
    PlaceKind,
    Project,
    Receipt,
    Signal,
    SignalKind,
    Theme,
    ViewFacts,
    Withdrawal,
)
from study import context
from study.contributions import home_location, questionnaire

__all__ = [
    "HAND_DRAWN_LIMITS",
    "MODES",
    "SAME_OUTLINE_TOLERANCE_M",
    "TOOLS",
    "DrawingSubmission",
    "Place",
    "PlaceKind",
    "Project",
    "SavedContribution",
    "SignalKind",
    "SubmissionResult",
    "Theme",
    "clean_submission",
    "find_by_code",
    "get_receipt",
    "resume",
    "save_answers",
    "save_drawing",
    "save_places",
    "save_signals",
    "submit_drawing",
    "withdraw",
]

MODES: dict[str, Literal["freehand", "points", "keyboard"]] = {
    "lasso": "freehand",
    "corners": "points",
    "parts": "keyboard",
}
"""How the store calls a neighbourhood that was drawn with a tool."""

TOOLS: dict[str, str] = {mode: tool for tool, mode in MODES.items()}

SAME_OUTLINE_TOLERANCE_M = 1.0
"""Nearer than this two outlines are one: to degrees and back, and repaired again, moves a point by less."""

ASSEMBLED_LIMITS = replace(NETHERLANDS, min_area_m2=HAND_DRAWN_LIMITS.min_area_m2)
"""The limits for an area that was put together from official outlines: those have more points than a hand makes."""


@dataclass(frozen=True)
class DrawingSubmission:
    """A drawing as a browser sends it: a geometry in degrees, every raw stroke, and how it was made.

    Widths are metres of ground across the map; where the map stood is not told.

    Attributes
    ----------
    tool
        "lasso", "corners", or "parts" for an area that was put together without pointing.
    parts
        What such an area was made of; never where its maker lives.
    session, group
        The session and the table where it was drawn; empty for none.
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
class SavedContribution:
    """What one resident contributed so far, as it is in the store, and the code to it."""

    code: str
    details: ContributionWithDetails

    @property
    def geometry(self) -> Polygon | MultiPolygon:
        """The drawing, in the plane of the project."""
        return self.details.contribution.geometry

    @property
    def strokes(self) -> tuple[dict[str, Any], ...]:
        """Every raw stroke, as the browser sent it."""
        found = _properties(json.loads(self.details.contribution.raw_geojson)).get("strokes")
        return tuple(found) if isinstance(found, list) else ()

    @property
    def tool(self) -> str:
        """What it was drawn with, as in `Sent`; "lasso" where no screen was drawn on."""
        return TOOLS.get(self.details.contribution.mode, "lasso")


@dataclass(frozen=True)
class SubmissionResult:
    """What was kept: the receipt, and the drawing after repair with what was repaired."""

    receipt: Receipt
    cleaned: CleanedSketch


def clean_submission(sent: DrawingSubmission) -> CleanedSketch:
    """Create a drawing sound, or refuse it.

    Raises
    ------
    SketchError
    """
    limits = ASSEMBLED_LIMITS if sent.tool == "parts" else HAND_DRAWN_LIMITS
    return parse_sketch(dict(sent.geometry), limits=limits)


def submit_drawing(
    project: str,
    sent: DrawingSubmission,
    *,
    name: str = "",
    language: str = "nl",
    home: Point | None = None,
    device: str = "",
) -> SubmissionResult:
    """Store a drawing once, even when it is sent again; it is on disk on return.

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
    cleaned = clean_submission(sent)
    contribution = _contribution(project, sent, cleaned, home, language)
    return SubmissionResult(
        context.get_store().contributions.submit(replace(contribution, name=name), device=device), cleaned
    )


def _contribution(
    project: str, sent: DrawingSubmission, cleaned: CleanedSketch, home: Point | None, language: str
) -> Contribution:
    raw = {"type": "Feature", "properties": _made_of(sent), "geometry": dict(sent.geometry)}
    drawn = cast("Polygon | MultiPolygon", cleaned.geometry)  # that is what sound means
    return Contribution(
        id=sent.id,
        project=project,
        raw_geojson=json.dumps(raw, separators=(",", ":")),
        geometry=drawn,
        created=datetime.now(UTC).date(),
        repairs=tuple(repair.kind for repair in cleaned.repairs),
        warnings=cleaned.warnings,
        session=sent.session,
        group=sent.group,
        is_practice=sent.practice,
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
        home=home_location.home_facts(context.get_project(project).municipality, home, drawn),
        language=language,
        question_version=questionnaire.question_set_version(),
    )


def _made_of(sent: DrawingSubmission) -> dict[str, Any]:
    return {"strokes": list(sent.strokes)} | ({"parts": list(sent.parts)} if sent.parts else {})


def _properties(feature: Mapping[str, Any]) -> dict[str, Any]:
    found = feature.get("properties")  # what a file holds may be a bare geometry
    return found if isinstance(found, dict) else {}


def save_drawing(
    project: str,
    sent: DrawingSubmission,
    *,
    mine: SavedContribution | None,
    home: Point | None = None,
    language: str = "nl",
    device: str = "",
    address: str | None = None,
    ticket: str = "",
) -> SavedContribution:
    """Save a drawing once it is accepted; a later one of the same resident replaces it.

    However often it is sent, by two taps or two tabs, there is one drawing, and it is the last one.

    Parameters
    ----------
    mine
        What this resident contributed before; its name, answers, places and signals stay.
    address, ticket
        As in `ContributionRepository.submit`.

    Raises
    ------
    SketchError, StoreError
        As `contribute`.
    """
    cleaned = clean_submission(sent)
    contribution = _contribution(project, sent, cleaned, home, language)
    private_store = context.get_store()
    if mine is None:
        there = private_store.contributions.get_receipt(sent.id)
        if there is None or there.code is None:
            code = private_store.contributions.submit(
                contribution, device=device, address=address, ticket=ticket
            ).code
            return find_by_code(str(code), device=device)
        mine = find_by_code(there.code, device=device)
    before = mine.details.contribution
    if contribution.raw_geojson == before.raw_geojson:
        return _changed(mine, before, mine.details.places, mine.details.signals, device=device, ticket=ticket)
    if _alike(contribution.geometry, before.geometry):
        marked = replace(
            before,
            raw_geojson=_remade(before.raw_geojson, _made_of(sent)),
            home=contribution.home if home is not None else before.home,
        )
        return _changed(mine, marked, mine.details.places, mine.details.signals, device=device, ticket=ticket)
    # A page that was loaded again knows no longer how the drawing was made.
    again = contribution.view.first_width_m is None and contribution.mode == before.mode
    view = before.view if again else contribution.view
    known = contribution.home if home is not None else HomeFacts(unit=before.home.unit, cell=before.home.cell)
    return _changed(
        mine,
        replace(
            contribution, home=known, view=view, name=before.name, edge_certainty=before.edge_certainty,
            answers=before.answers, session=before.session, group=before.group, created=before.created,
            is_practice=before.is_practice, helped_by=before.helped_by,
        ),
        mine.details.places, mine.details.signals, device=device, ticket=ticket,
    )  # fmt: skip


@dataclass(frozen=True)
class SaveOutcome:
    """What became of a drawing that was sent: it is on disk, under this code.

    Attributes
    ----------
    version
        1 for a new drawing, one more for every change.
    repairs, warnings
        As in `geo.sketches.cleaning.CleanedSketch`.
    """

    code: str
    receipt: str
    version: int
    is_new: bool
    repairs: tuple[str, ...]
    warnings: tuple[str, ...]


def save_sent_drawing(
    project: str,
    sent: DrawingSubmission,
    *,
    code: str,
    home: Point | None,
    language: str,
    device: str,
    address: str | None = None,
    ticket: str = "",
) -> SaveOutcome:
    """Save a drawing that a browser sent: a new one in one transaction, a later one in the place of the first.

    Parameters
    ----------
    code
        For who came by the code of the receipt; "" where the key that the phone made says which drawing it is.
    address, ticket
        As in `ContributionRepository.submit`.

    Raises
    ------
    SketchError, StoreError
        As `submit_drawing`.
    """
    private_store = context.get_store()
    if not code:
        there = private_store.contributions.get_receipt(sent.id)
        if there is None:
            cleaned = clean_submission(sent)
            contribution = _contribution(project, sent, cleaned, home, language)
            try:
                there = private_store.contributions.submit(
                    contribution, device=device, address=address, ticket=ticket
                )
            except ContributionDiffers:  # two tabs at once: the other one was first, and this one changes it
                there = private_store.contributions.get_receipt(sent.id)
            if there is not None and not there.is_replay:
                return SaveOutcome(
                    str(there.code), there.id, 1, True, contribution.repairs, contribution.warnings
                )
        if there is None or there.code is None:
            raise CodeUnknown
        code = there.code
    mine = find_by_code(code, device=device)
    if mine.details.contribution.project != project:
        raise CodeUnknown
    mine = save_drawing(project, sent, mine=mine, home=home, language=language, device=device, ticket=ticket)
    kept = mine.details.contribution
    return SaveOutcome(code, kept.id, mine.details.version, False, kept.repairs, kept.warnings)


def _alike(one: Geometry, other: Geometry) -> bool:
    edges = shapely.boundary([one, other])
    shapely.prepare(edges)
    corners = [shapely.points(shapely.get_coordinates(edge)) for edge in edges]
    return all(
        bool(shapely.dwithin(edge, there, SAME_OUTLINE_TOLERANCE_M).all())
        for edge, there in zip(edges, reversed(corners), strict=True)
    )


def _remade(raw: str, made_of: Mapping[str, Any]) -> str:
    """Return a raw drawing with other strokes; its outline and all else stay."""
    drawn = json.loads(raw)
    feature = drawn if drawn["type"] == "Feature" else {"type": "Feature", "geometry": drawn}
    return json.dumps(feature | {"properties": {**_properties(feature), **made_of}}, separators=(",", ":"))


def find_by_code(code: str, *, device: str) -> SavedContribution:
    """Return what somebody contributed, by the code of the receipt.

    Raises
    ------
    CodeUnknown, TooManyTries
    """
    return SavedContribution(code, context.get_store().contributions.find_by_code(code, device=device))


def resume(key: str, *, device: str) -> SavedContribution:
    """Return what somebody contributed, by the name their browser gave the drawing or by the code.

    Raises
    ------
    CodeUnknown, TooManyTries
    """
    try:
        there = context.get_store().contributions.get_receipt(key)
    except InputRefused:  # no name from a browser, so it is a code
        return find_by_code(key, device=device)
    if there is None or there.code is None:
        raise CodeUnknown
    return find_by_code(there.code, device=device)


def save_answers(
    mine: SavedContribution,
    *,
    answers: Mapping[str, str | int | float | tuple[str, ...] | None] | None = None,
    name: str | None = None,
    edge: str | None = None,
    device: str,
) -> SavedContribution:
    """Save answers beside earlier ones; None removes one.

    Raises
    ------
    StoreError
    """
    before = mine.details.contribution
    merged = {**before.answers, **(answers or {})}
    changed = replace(
        before,
        answers={key: value for key, value in merged.items() if value is not None},
        name=before.name if name is None else name,
        edge_certainty=before.edge_certainty if edge is None else edge,
    )
    return _changed(mine, changed, mine.details.places, mine.details.signals, device=device)


def save_places(mine: SavedContribution, places: Sequence[Place], *, device: str) -> SavedContribution:
    """Save these places instead of those before.

    Raises
    ------
    StoreError
    """
    return _changed(mine, mine.details.contribution, places, mine.details.signals, device=device)


def save_signals(
    mine: SavedContribution, signals: Mapping[SignalKind, str], *, device: str
) -> SavedContribution:
    """Save one signal of each kind; an empty one is removed.

    Raises
    ------
    StoreError
    """
    kept = [signal for signal in mine.details.signals if signal.kind not in signals]
    fresh = [Signal(kind, words) for kind, words in signals.items() if words.strip()]
    return _changed(mine, mine.details.contribution, mine.details.places, [*kept, *fresh], device=device)


def _changed(
    mine: SavedContribution,
    contribution: Contribution,
    places: Sequence[Place],
    signals: Sequence[Signal],
    *,
    device: str,
    ticket: str = "",
) -> SavedContribution:
    if not ticket and (contribution, tuple(places), tuple(signals)) == (
        mine.details.contribution, mine.details.places, mine.details.signals,
    ):  # fmt: skip
        return mine
    # The store reads the code; the id is a UUID only because it asks for one.
    named = replace(contribution, id=mine.details.contribution.id)
    context.get_store().contributions.replace(mine.code, named, places, signals, device=device, ticket=ticket)
    return find_by_code(mine.code, device=device)


def withdraw(code: str, *, device: str) -> Withdrawal:
    """Erase what somebody contributed; returns in which edition it was counted.

    Raises
    ------
    CodeUnknown, TooManyTries
    """
    return context.get_store().contributions.withdraw(code, device=device)


def is_saved(sent_id: str) -> bool:
    """Return whether a drawing is in the store under the key that a browser made."""
    return get_receipt(sent_id) is not None


def is_open_session(session: str) -> bool:
    """Return whether a workshop session takes new participants."""
    return context.get_store().sessions.get(session).is_open


def get_receipt(sent_id: str) -> Receipt | None:
    """Return the receipt of a drawing that is in the store, by the name the browser gave it."""
    return context.get_store().contributions.get_receipt(sent_id)
