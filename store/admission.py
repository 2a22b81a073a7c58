"""The door sill: every field is checked and cleaned here, before a transaction begins.

What does not fit is refused with a reason; nothing is cut off or guessed.
"""

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError
from shapely.geometry import MultiPolygon, Point, Polygon

from geo.errors import HomeTooExact, InputRefused, InputTooLarge
from store import text
from store.records import (
    MODES,
    PLACE_KINDS,
    SIGNAL_KINDS,
    THEMES,
    Contribution,
    HomeFacts,
    Place,
    Project,
    Signal,
    ViewFacts,
    WorkshopSession,
)

MOST_RAW_BYTES = 2_000_000
MOST_CORNERS = 20_000
MOST_PLACES = 50
MOST_SIGNALS = 20
MOST_ANSWERS = 80
MOST_CHOSEN = 40
MOST_NAME = 40
MOST_INITIALS = 12
MOST_WORDS = 280
MOST_SIGNAL = 500
MOST_ANSWER = 500
MOST_TITLE = 120
MOST_WIDTH_M = 1_000_000
_EARLIEST = date(1990, 1, 1)
_HOME_STEP_M = 25
_CELL = re.compile(r"E\d{4}N\d{4}")


def _one_of(value: Any, known: tuple[str, ...], field: str) -> Any:
    if not isinstance(value, str) or value not in known:
        raise InputRefused(field=field, reason="unknown_choice")
    return value


def _whole(value: object, field: str, least: int, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise InputRefused(field=field, reason="number_out_of_range")
    return value


def _maybe_whole(value: object, field: str, least: int, most: int) -> int | None:
    return None if value is None else _whole(value, field, least, most)


def _yes_or_no(value: object, field: str) -> bool:
    if not isinstance(value, bool):
        raise InputRefused(field=field, reason="not_yes_or_no")
    return value


def _day(value: object, field: str) -> date:
    if type(value) is not date or value < _EARLIEST:
        raise InputRefused(field=field, reason="day_out_of_range")
    return value


def _believable(value: object, today: date) -> date:
    """Take today for a day that has not come or is long past: a wrong clock must not cost a drawing."""
    if type(value) is not date:
        raise InputRefused(field="created", reason="day_out_of_range")
    return value if _EARLIEST <= value <= today else today


def _sequence(value: object, field: str, most: int) -> Sequence[Any]:
    if not isinstance(value, list | tuple):
        raise InputRefused(field=field, reason="not_a_list")
    if len(value) > most:
        raise InputTooLarge(field=field, size=len(value), most=most)
    return value


def _keys(value: object, field: str, most: int) -> tuple[str, ...]:
    return tuple(text.key(item, field=field) for item in _sequence(value, field, most))


def _raw(value: object) -> str:
    if not isinstance(value, str):
        raise InputRefused(field="raw", reason="not_text")
    try:
        size = len(value.encode())
    except UnicodeEncodeError:
        raise InputRefused(field="raw", reason="not_text") from None
    if size > MOST_RAW_BYTES:
        raise InputTooLarge(field="raw", size=size, most=MOST_RAW_BYTES)
    try:
        found = json.loads(value, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise InputRefused(field="raw", reason="not_geojson") from None
    if not isinstance(found, dict) or not isinstance(found.get("type"), str):
        raise InputRefused(field="raw", reason="not_geojson")
    return value


def _no_constant(name: str) -> float:
    raise ValueError(name)


def _area(value: object, field: str = "geometry") -> Polygon | MultiPolygon:
    if not isinstance(value, Polygon | MultiPolygon) or value.is_empty:
        raise InputRefused(field=field, reason="not_an_area")
    corners = int(shapely.get_num_coordinates(value))
    if corners > MOST_CORNERS:
        raise InputTooLarge(field=field, size=corners, most=MOST_CORNERS)
    flat = shapely.force_2d(value)
    if not all(map(math.isfinite, flat.bounds)) or not flat.is_valid or not flat.area > 0:
        raise InputRefused(field=field, reason="not_an_area")
    _planar(flat.bounds, field)
    return flat


def adjusted_area(value: object) -> Polygon | MultiPolygon:
    """Check the outline that a planner puts in the place of a resident's."""
    return _area(value)


def _planar(bounds: tuple[float, ...], field: str) -> None:
    """Refuse degrees that were meant to be metres: they all lie within 180 m of the origin."""
    if max(map(abs, bounds)) <= 180 or max(map(abs, bounds)) > 2e7:
        raise InputRefused(field=field, reason="not_in_metres")


def _answers(value: object) -> dict[str, str | int | float | tuple[str, ...]]:
    if not isinstance(value, Mapping):
        raise InputRefused(field="answers", reason="not_a_table")
    if len(value) > MOST_ANSWERS:
        raise InputTooLarge(field="answers", size=len(value), most=MOST_ANSWERS)
    return {text.key(question, field="answers"): _answer(answer) for question, answer in value.items()}


def _answer(value: object) -> str | int | float | tuple[str, ...]:
    if isinstance(value, bool | int):
        return int(_whole(int(value), "answers", -(10**9), 10**9))
    if isinstance(value, float):
        if not math.isfinite(value):
            raise InputRefused(field="answers", reason="number_out_of_range")
        return value
    if isinstance(value, list | tuple):
        return tuple(
            text.clean(item, field="answers", most=MOST_ANSWER)
            for item in _sequence(value, "answers", MOST_CHOSEN)
        )
    return text.clean(value, field="answers", most=MOST_ANSWER, lines=True)


def _view(value: object) -> ViewFacts:
    if not isinstance(value, ViewFacts):
        raise InputRefused(field="view", reason="not_a_record")
    return ViewFacts(
        start_width_m=_maybe_whole(value.start_width_m, "start_width_m", 1, MOST_WIDTH_M),
        first_width_m=_maybe_whole(value.first_width_m, "first_width_m", 1, 100 * MOST_WIDTH_M),
        width_arm=text.key(value.width_arm, field="width_arm"),
        started_from=text.key(value.started_from, field="started_from"),
        screen=text.key(value.screen, field="screen"),
        input=text.key(value.input, field="input"),
        duration_s=_maybe_whole(value.duration_s, "duration_s", 0, 10**7),
        saw_borders=_yes_or_no(value.saw_borders, "saw_borders"),
    )


def _home(value: object) -> HomeFacts:
    if not isinstance(value, HomeFacts):
        raise InputRefused(field="home", reason="not_a_record")
    steps = [_maybe_whole(m, "home", 0, 10**6) for m in (value.to_centre_m, value.to_edge_m)]
    if any(m is not None and m % _HOME_STEP_M for m in steps):
        raise HomeTooExact()
    if value.cell and any(m is not None for m in steps):
        raise HomeTooExact()
    cell = text.key(value.cell, field="home")
    if cell and not _CELL.fullmatch(cell):
        raise HomeTooExact()
    return HomeFacts(
        inside=None if value.inside is None else _yes_or_no(value.inside, "home"),
        unit=text.key(value.unit, field="home", most=16),
        cell=cell,
        to_centre_m=steps[0],
        to_edge_m=steps[1],
    )


def contribution(told: Contribution, *, today: date) -> Contribution:
    """Give the contribution with every field checked and its free text cleaned.

    Raises
    ------
    InputRefused, InputTooLarge, HomeTooExact
    """
    return replace(
        told,
        project=text.key(told.project, field="project"),
        raw=_raw(told.raw),
        geometry=_area(told.geometry),
        created=_believable(told.created, today),
        session=text.key(told.session, field="session"),
        group=text.clean(told.group, field="group", most=MOST_NAME),
        repairs=_keys(told.repairs, "repairs", 20),
        warnings=_keys(told.warnings, "warnings", 20),
        mode=_one_of(told.mode, MODES, "mode"),
        view=_view(told.view),
        home=_home(told.home),
        answers=_answers(told.answers),
        name=text.clean(told.name, field="name", most=MOST_NAME),
        edge=text.key(told.edge, field="edge"),
        practice=_yes_or_no(told.practice, "practice"),
        helped_by=text.clean(told.helped_by, field="helped_by", most=MOST_INITIALS),
        language=text.key(told.language, field="language", most=12),
        question_version=text.key(told.question_version, field="question_version"),
    )


def places(told: object, *, today: date) -> tuple[Place, ...]:
    """Check and clean the places that came with a contribution."""
    return tuple(_place(place, today) for place in _sequence(told, "places", MOST_PLACES))


def _place(place: object, today: date) -> Place:
    if not isinstance(place, Place) or not isinstance(place.point, Point) or place.point.is_empty:
        raise InputRefused(field="places", reason="not_a_place")
    point = shapely.force_2d(place.point)
    if not (math.isfinite(point.x) and math.isfinite(point.y)):
        raise InputRefused(field="places", reason="not_a_place")
    _planar(point.bounds, "places")
    return Place(
        kind=_one_of(place.kind, PLACE_KINDS, "places"),
        theme=_one_of(place.theme, THEMES, "places"),
        point=point,
        sub=text.key(place.sub, field="places"),
        year=_maybe_whole(place.year, "year", 1800, today.year + 1),
        words=text.clean(place.words, field="words", most=MOST_WORDS, lines=True),
        lost=text.clean(place.lost, field="words", most=MOST_WORDS, lines=True),
    )


def signals(told: object) -> tuple[Signal, ...]:
    """Check and clean the signals and initiatives that came with a contribution."""
    return tuple(signal(one) for one in _sequence(told, "signals", MOST_SIGNALS))


def signal(told: object) -> Signal:
    """Check and clean one signal; it must say something."""
    if not isinstance(told, Signal):
        raise InputRefused(field="signals", reason="not_a_record")
    words = text.clean(told.words, field="signals", most=MOST_SIGNAL, lines=True)
    if not words:
        raise InputRefused(field="signals", reason="empty")
    return Signal(
        kind=_one_of(told.kind, SIGNAL_KINDS, "signals"),
        words=words,
        theme=text.key(told.theme, field="theme"),
    )


def project(told: Project) -> Project:
    """Check and clean a project."""
    try:
        plane = CRS.from_user_input(told.crs)
    except CRSError:
        raise InputRefused(field="crs", reason="not_in_metres") from None
    if not isinstance(told.crs, str) or not plane.is_projected:
        raise InputRefused(field="crs", reason="not_in_metres")
    return replace(
        told,
        id=_filled(text.key(told.id, field="project"), "project"),
        name=_filled(text.clean(told.name, field="name", most=MOST_TITLE), "name"),
        municipality=text.clean(told.municipality, field="municipality", most=MOST_TITLE),
        retention_until=_day(told.retention_until, "retention_until"),
        language=text.key(told.language, field="language", most=12),
        asked_by=text.clean(told.asked_by, field="asked_by", most=MOST_TITLE),
        question_version=text.key(told.question_version, field="question_version"),
        questions=_keys(told.questions, "questions", MOST_ANSWERS),
        show_while_drawing=_keys(told.show_while_drawing, "show_while_drawing", 20),
        start_width_m=_whole(told.start_width_m, "start_width_m", 100, MOST_WIDTH_M),
        width_experiment=_yes_or_no(told.width_experiment, "width_experiment"),
        least=_whole(told.least, "least", 5, 1000),
        least_group=_whole(told.least_group, "least_group", 10, 1000),
        batch=_whole(told.batch, "batch", 5, 1000),
        is_made_up=_yes_or_no(told.is_made_up, "is_made_up"),
    )


def session(told: WorkshopSession) -> WorkshopSession:
    """Check and clean a workshop session."""
    start = (told.start_x, told.start_y)
    if any(m is not None and not (isinstance(m, int | float) and math.isfinite(m)) for m in start):
        raise InputRefused(field="start", reason="number_out_of_range")
    if (start[0] is None) != (start[1] is None):
        raise InputRefused(field="start", reason="number_out_of_range")
    return replace(
        told,
        project=text.key(told.project, field="project"),
        place=text.clean(told.place, field="place", most=MOST_TITLE),
        day=_day(told.day, "day"),
        groups=tuple(
            _filled(text.clean(group, field="group", most=MOST_NAME), "group")
            for group in _sequence(told.groups, "groups", 40)
        ),
        start_width_m=_maybe_whole(told.start_width_m, "start_width_m", 100, MOST_WIDTH_M),
        questions=None if told.questions is None else _keys(told.questions, "questions", MOST_ANSWERS),
        language=text.key(told.language, field="language", most=12),
        dots=_whole(told.dots, "dots", 0, 100),
        is_open=_yes_or_no(told.is_open, "is_open"),
    )


def _filled(value: str, field: str) -> str:
    if not value:
        raise InputRefused(field=field, reason="empty")
    return value
