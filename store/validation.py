"""Validation and cleaning of every field, before a transaction starts.

What is not valid is refused with a reason; nothing is truncated or guessed.
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

from geo.errors import HomeTooExact, InputRefused, InputTooLarge, PageAddressRefused
from geo.grids.census_grid import is_grid_cell
from geo.privacy_limits import MAX_FIRST_EDITION, MIN_FIRST_EDITION, MIN_PEOPLE, MIN_SUBGROUP
from geo.schemas import THEMES
from geo.sketches.limits import MAX_STORED_POINTS
from store import text_cleaning
from store.models.board import Card
from store.models.contributions import Contribution, HomeFacts, Place, Signal, ViewFacts
from store.models.panel import AgendaItem, Meeting
from store.models.projects import Project
from store.models.values import (
    AGENDA_OUTCOMES,
    AGENDA_WAYS,
    CARD_OWNERS,
    MODES,
    PLACE_KINDS,
    SIGNAL_KINDS,
    SIGNAL_STATUSES,
)
from store.models.workshop_sessions import WorkshopSession
from store.own_questions import validate_own_questions

MAX_RAW_BYTES = 2_000_000
MAX_PLACES = 50
MAX_SIGNALS = 20
MAX_ANSWERS = 80
MAX_CHOSEN = 40
MAX_NAME = 40
MAX_INITIALS = 12
MAX_WORDS = 280
MAX_SIGNAL = 500
MAX_ANSWER = 500
MAX_TITLE = 120
MAX_ADDRESS = 300
_PAGE_ADDRESS = re.compile(r"https://[\w.-]+(:\d+)?(/[^\s\"'<>]*)?", re.ASCII)
MAX_WIDTH_M = 1_000_000
MAX_PRESENT = 500
MAX_MEETING_PLACE = 80
_EARLIEST = date(1990, 1, 1)
_HOME_STEP_M = 25
CARD_SQUARE_M = 100
"""Side of the squares in which cards say where they are about: never a home."""


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


def _page_address(value: str) -> str:
    """Return the address of a page of who asks; only https, as residents press it."""
    address = text_cleaning.clean_text(value, field="privacy_url", most=MAX_ADDRESS)
    if address and not _PAGE_ADDRESS.fullmatch(address):
        raise PageAddressRefused(field="privacy_url", reason="not_a_page")
    return address


def _yes_or_no(value: object, field: str) -> bool:
    if not isinstance(value, bool):
        raise InputRefused(field=field, reason="not_yes_or_no")
    return value


def _day(value: object, field: str) -> date:
    if type(value) is not date or value < _EARLIEST:
        raise InputRefused(field=field, reason="day_out_of_range")
    return value


def _believable(value: object, today: date) -> date:
    """Return the day, or today for an impossible one: a wrong clock must not cost a contribution."""
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
    return tuple(text_cleaning.validate_key(item, field=field) for item in _sequence(value, field, most))


def _raw(value: object) -> str:
    if not isinstance(value, str):
        raise InputRefused(field="raw", reason="not_text")
    try:
        size = len(value.encode())
    except UnicodeEncodeError:
        raise InputRefused(field="raw", reason="not_text") from None
    if size > MAX_RAW_BYTES:
        raise InputTooLarge(field="raw", size=size, most=MAX_RAW_BYTES)
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
    if corners > MAX_STORED_POINTS:
        raise InputTooLarge(field=field, size=corners, most=MAX_STORED_POINTS)
    flat = shapely.force_2d(value)
    if not all(map(math.isfinite, flat.bounds)) or not flat.is_valid or not flat.area > 0:
        raise InputRefused(field=field, reason="not_an_area")
    _planar(flat.bounds, field)
    return flat


def validate_adjusted_outline(value: object) -> Polygon | MultiPolygon:
    """Return the adjusted outline of a planner, without heights.

    Raises
    ------
    InputRefused
        When it is not a valid area in metres.
    InputTooLarge
        When it has too many corners.
    """
    return _area(value)


def _planar(bounds: tuple[float, ...], field: str) -> None:
    """Raise for degrees instead of metres: they all lie within 180 m of the origin."""
    if max(map(abs, bounds)) <= 180 or max(map(abs, bounds)) > 2e7:
        raise InputRefused(field=field, reason="not_in_metres")


def _answers(value: object) -> dict[str, str | int | float | tuple[str, ...]]:
    if not isinstance(value, Mapping):
        raise InputRefused(field="answers", reason="not_a_table")
    if len(value) > MAX_ANSWERS:
        raise InputTooLarge(field="answers", size=len(value), most=MAX_ANSWERS)
    return {
        text_cleaning.validate_key(question, field="answers"): _answer(answer)
        for question, answer in value.items()
    }


def _answer(value: object) -> str | int | float | tuple[str, ...]:
    if isinstance(value, bool | int):
        return int(_whole(int(value), "answers", -(10**9), 10**9))
    if isinstance(value, float):
        if not math.isfinite(value):
            raise InputRefused(field="answers", reason="number_out_of_range")
        return value
    if isinstance(value, list | tuple):
        return tuple(
            text_cleaning.clean_text(item, field="answers", most=MAX_ANSWER)
            for item in _sequence(value, "answers", MAX_CHOSEN)
        )
    return text_cleaning.clean_text(value, field="answers", most=MAX_ANSWER, lines=True)


def _view(value: object) -> ViewFacts:
    if not isinstance(value, ViewFacts):
        raise InputRefused(field="view", reason="not_a_record")
    return ViewFacts(
        start_width_m=_maybe_whole(value.start_width_m, "start_width_m", 1, MAX_WIDTH_M),
        first_width_m=_maybe_whole(value.first_width_m, "first_width_m", 1, 100 * MAX_WIDTH_M),
        width_arm=text_cleaning.validate_key(value.width_arm, field="width_arm"),
        started_from=text_cleaning.validate_key(value.started_from, field="started_from"),
        screen=text_cleaning.validate_key(value.screen, field="screen"),
        input=text_cleaning.validate_key(value.input, field="input"),
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
    cell = text_cleaning.validate_key(value.cell, field="home")
    if cell and not is_grid_cell(cell):
        raise HomeTooExact()
    return HomeFacts(
        inside=None if value.inside is None else _yes_or_no(value.inside, "home"),
        unit=text_cleaning.validate_key(value.unit, field="home", most=16),
        cell=cell,
        to_centre_m=steps[0],
        to_edge_m=steps[1],
    )


def validate_contribution(contribution: Contribution, *, today: date) -> Contribution:
    """Return the contribution with every field validated and its free text cleaned.

    Raises
    ------
    InputRefused
        When a field is not valid.
    InputTooLarge
        When a text, list or outline is too long.
    HomeTooExact
        When the facts about the home would single out an address.
    """
    return replace(
        contribution,
        project=text_cleaning.validate_key(contribution.project, field="project"),
        raw_geojson=_raw(contribution.raw_geojson),
        geometry=_area(contribution.geometry),
        created=_believable(contribution.created, today),
        session=text_cleaning.validate_key(contribution.session, field="session"),
        group=text_cleaning.clean_text(contribution.group, field="group", most=MAX_NAME),
        repairs=_keys(contribution.repairs, "repairs", 20),
        warnings=_keys(contribution.warnings, "warnings", 20),
        mode=_one_of(contribution.mode, MODES, "mode"),
        view=_view(contribution.view),
        home=_home(contribution.home),
        answers=_answers(contribution.answers),
        name=text_cleaning.clean_text(contribution.name, field="name", most=MAX_NAME),
        edge_certainty=text_cleaning.validate_key(contribution.edge_certainty, field="edge"),
        is_practice=_yes_or_no(contribution.is_practice, "practice"),
        helped_by=text_cleaning.clean_text(contribution.helped_by, field="helped_by", most=MAX_INITIALS),
        language=text_cleaning.validate_key(contribution.language, field="language", most=12),
        question_version=text_cleaning.validate_key(contribution.question_version, field="question_version"),
    )


def validate_places(places: object, *, today: date) -> tuple[Place, ...]:
    """Return the places of a contribution, validated and cleaned.

    Raises
    ------
    InputRefused, InputTooLarge
        When a place is not valid, or there are too many.
    """
    return tuple(_place(place, today) for place in _sequence(places, "places", MAX_PLACES))


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
        subtype=text_cleaning.validate_key(place.subtype, field="places"),
        year=_maybe_whole(place.year, "year", 1800, today.year + 1),
        note=text_cleaning.clean_text(place.note, field="words", most=MAX_WORDS, lines=True),
        what_was_lost=text_cleaning.clean_text(
            place.what_was_lost, field="words", most=MAX_WORDS, lines=True
        ),
    )


def validate_signals(signals: object) -> tuple[Signal, ...]:
    """Return the signals of a contribution, validated and cleaned.

    Raises
    ------
    InputRefused, InputTooLarge
        When a signal is not valid, or there are too many.
    """
    return tuple(validate_signal(signal) for signal in _sequence(signals, "signals", MAX_SIGNALS))


def validate_signal(signal: object) -> Signal:
    """Return one signal, validated and cleaned.

    Raises
    ------
    InputRefused, InputTooLarge
        When it is empty, too long or not valid.
    """
    if not isinstance(signal, Signal):
        raise InputRefused(field="signals", reason="not_a_record")
    words = text_cleaning.clean_text(signal.text, field="signals", most=MAX_SIGNAL, lines=True)
    text_cleaning.require_filled(words, field="signals")
    return Signal(
        kind=_one_of(signal.kind, SIGNAL_KINDS, "signals"),
        text=words,
        theme=text_cleaning.validate_key(signal.theme, field="theme"),
    )


def validate_card(card: object) -> Card:
    """Return a card as a resident may send it, cleaned; its place becomes the centre of its square.

    Raises
    ------
    InputRefused, InputTooLarge
        When it is empty, too long or not valid.
    """
    if not isinstance(card, Card):
        raise InputRefused(field="card", reason="not_a_record")
    place = (card.x, card.y)
    if any(m is not None and not (isinstance(m, int | float) and math.isfinite(m)) for m in place):
        raise InputRefused(field="places", reason="not_a_place")
    if (card.x is None) != (card.y is None):
        raise InputRefused(field="places", reason="not_a_place")
    if card.x is not None and card.y is not None:
        _planar((card.x, card.y, card.x, card.y), "places")
    if card.theme:
        _one_of(card.theme, THEMES, "theme")
    return Card(
        project=text_cleaning.validate_key(card.project, field="project"),
        kind=_one_of(card.kind, SIGNAL_KINDS, "kind"),
        text=text_cleaning.require_filled(
            text_cleaning.clean_text(card.text, field="words", most=MAX_WORDS), field="words"
        ),
        theme=card.theme,
        x=_square_centre(card.x),
        y=_square_centre(card.y),
    )


def _square_centre(m: float | None) -> float | None:
    return None if m is None else (m // CARD_SQUARE_M + 0.5) * CARD_SQUARE_M


def validate_card_status(status: object, owner: object, why: object) -> str:
    """Return the sentence on a status, cleaned; whatever is no longer new has an owner or a reason.

    Raises
    ------
    InputRefused, InputTooLarge
    """
    _one_of(status, SIGNAL_STATUSES, "status")
    if owner:
        _one_of(owner, CARD_OWNERS, "owner")
    sentence = text_cleaning.clean_text(why, field="why", most=MAX_WORDS)
    if status != "new" and not owner and not sentence:
        raise InputRefused(field="why", reason="empty")
    return sentence


def validate_meeting(meeting: Meeting) -> Meeting:
    """Return a meeting with its text cleaned; who was there is chosen from a list, so that no name is typed there.

    Raises
    ------
    InputRefused, InputTooLarge
    """
    _day(meeting.day, "day")
    _whole(meeting.n_present, "n_present", 0, MAX_PRESENT)
    for one in meeting.organisations:
        _one_of(one, CARD_OWNERS, "organisations")
    place = text_cleaning.clean_text(meeting.place, field="place", most=MAX_MEETING_PLACE)
    return replace(meeting, place=text_cleaning.require_filled(place, field="place"))


def validate_agenda_item(item: AgendaItem) -> AgendaItem:
    """Return what a meeting decided, with its reason cleaned.

    Raises
    ------
    InputRefused, InputTooLarge
        Among others when a card that is returned does not stay with the panel, or has no reason.
    """
    if not item.outcome or not item.way:
        raise InputRefused(field="outcome", reason="empty")
    _one_of(item.outcome, AGENDA_OUTCOMES, "outcome")
    _one_of(item.way, AGENDA_WAYS, "way")
    votes = (item.n_for, item.n_against)
    for n in votes:
        _whole(n, "votes", 0, MAX_PRESENT)
    if item.way == "consent" and any(votes):
        raise InputRefused(field="votes", reason="not_empty")
    reason = validate_card_status(item.status, item.owner, item.reason)
    if item.outcome != "adopted" or item.status == "declined":
        text_cleaning.require_filled(reason, field="why")
    if (item.outcome == "returned") != (item.status == "wijkpanel") or item.status == "new":
        raise InputRefused(field="status", reason="unknown_choice")
    return replace(item, reason=reason)


def validate_project(project: Project) -> Project:
    """Return the project with every field validated and its texts cleaned.

    Raises
    ------
    InputRefused, InputTooLarge
        When a field is not valid, or too long.
    """
    try:
        plane = CRS.from_user_input(project.crs)
    except CRSError:
        raise InputRefused(field="crs", reason="not_in_metres") from None
    if not isinstance(project.crs, str) or not plane.is_projected:
        raise InputRefused(field="crs", reason="not_in_metres")
    return replace(
        project,
        id=text_cleaning.require_filled(
            text_cleaning.validate_key(project.id, field="project"), field="project"
        ),
        name=text_cleaning.require_filled(
            text_cleaning.clean_text(project.name, field="name", most=MAX_TITLE), field="name"
        ),
        municipality=text_cleaning.clean_text(project.municipality, field="municipality", most=MAX_TITLE),
        retention_until=_day(project.retention_until, "retention_until"),
        language=text_cleaning.validate_key(project.language, field="language", most=12),
        asked_by=text_cleaning.clean_text(project.asked_by, field="asked_by", most=MAX_TITLE),
        question_version=text_cleaning.validate_key(project.question_version, field="question_version"),
        questions=_keys(project.questions, "questions", MAX_ANSWERS),
        show_while_drawing=_keys(project.show_while_drawing, "show_while_drawing", 20),
        start_width_m=_whole(project.start_width_m, "start_width_m", 100, MAX_WIDTH_M),
        width_experiment=_yes_or_no(project.width_experiment, "width_experiment"),
        min_group_size=_whole(project.min_group_size, "least", MIN_PEOPLE, 1000),
        min_subgroup_size=_whole(project.min_subgroup_size, "least_group", MIN_SUBGROUP, 1000),
        min_edition_changes=_whole(project.min_edition_changes, "batch", MIN_PEOPLE, 1000),
        min_first_edition=_whole(
            project.min_first_edition, "first_edition", MIN_FIRST_EDITION, MAX_FIRST_EDITION
        ),
        publish_nightly=bool(project.publish_nightly),
        own_questions=validate_own_questions(project.own_questions),
        contact=text_cleaning.clean_text(project.contact, field="contact", most=MAX_TITLE),
        privacy_url=_page_address(project.privacy_url),
        is_demo=_yes_or_no(project.is_demo, "is_made_up"),
    )


def validate_session(session: WorkshopSession) -> WorkshopSession:
    """Return the session with every field validated and its texts cleaned.

    Raises
    ------
    InputRefused, InputTooLarge
        When a field is not valid, or too long.
    """
    start = (session.start_x, session.start_y)
    if any(m is not None and not (isinstance(m, int | float) and math.isfinite(m)) for m in start):
        raise InputRefused(field="start", reason="number_out_of_range")
    if (start[0] is None) != (start[1] is None):
        raise InputRefused(field="start", reason="number_out_of_range")
    return replace(
        session,
        project=text_cleaning.validate_key(session.project, field="project"),
        place=text_cleaning.clean_text(session.place, field="place", most=MAX_TITLE),
        day=_day(session.day, "day"),
        groups=tuple(
            text_cleaning.require_filled(
                text_cleaning.clean_text(group, field="group", most=MAX_NAME), field="group"
            )
            for group in _sequence(session.groups, "groups", 40)
        ),
        start_width_m=_maybe_whole(session.start_width_m, "start_width_m", 100, MAX_WIDTH_M),
        questions=None if session.questions is None else _keys(session.questions, "questions", MAX_ANSWERS),
        language=text_cleaning.validate_key(session.language, field="language", most=12),
        dots=_whole(session.dots, "dots", 0, 100),
        is_open=_yes_or_no(session.is_open, "is_open"),
    )
