"""Records to rows and back, and the digest by which a silent change would be noticed."""

import hashlib
import json
from collections.abc import Sequence
from datetime import date
from typing import Any

import shapely

from store.engine import Row
from store.records import Contribution, HomeFacts, Place, Project, Signal, ViewFacts, WorkshopSession

PROJECT = (
    "id, name, municipality, retention_until, language, asked_by, question_version, questions,"
    " show_while_drawing, start_width_m, width_experiment, least, least_group, batch, crs, is_made_up"
)
SESSION = (
    "id, project, code, place, day, groups, start_x, start_y, start_width_m, questions, language, dots,"
    " is_open"
)
CONTRIBUTION = (
    "project, session, workshop_group, mode, practice, created, area_name, edge, repairs, warnings, answers,"
    " helped_by, language, question_version, view_start_width_m, view_first_width_m, view_width_arm,"
    " view_started_from, view_screen, view_input, view_duration_s, view_saw_borders, home_inside,"
    " home_unit, home_cell, home_to_centre_m, home_to_edge_m, raw"
)
PLACE = "kind, theme, sub, year, words, lost"


def packed(value: Any) -> str:
    """Write a list or table as JSON, always the same way.

    Examples
    --------
    >>> packed({"b": ("x",), "a": 1})
    '{"a":1,"b":["x"]}'
    """
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def keys(value: str) -> tuple[str, ...]:
    """Read a list of keys."""
    return tuple(json.loads(value))


def project_values(project: Project) -> tuple[Any, ...]:
    """Give the values of `PROJECT`."""
    return (
        project.id,
        project.name,
        project.municipality,
        project.retention_until.isoformat(),
        project.language,
        project.asked_by,
        project.question_version,
        packed(project.questions),
        packed(project.show_while_drawing),
        project.start_width_m,
        int(project.width_experiment),
        project.least,
        project.least_group,
        project.batch,
        project.crs,
        int(project.is_made_up),
    )


def project(row: Row) -> Project:
    """Read a row of `PROJECT`."""
    return Project(
        id=row[0],
        name=row[1],
        municipality=row[2],
        retention_until=date.fromisoformat(row[3]),
        language=row[4],
        asked_by=row[5],
        question_version=row[6],
        questions=keys(row[7]),
        show_while_drawing=keys(row[8]),
        start_width_m=row[9],
        width_experiment=bool(row[10]),
        least=row[11],
        least_group=row[12],
        batch=row[13],
        crs=row[14],
        is_made_up=bool(row[15]),
    )


def session_values(session: WorkshopSession) -> tuple[Any, ...]:
    """Give the values of `SESSION`."""
    return (
        session.id,
        session.project,
        session.code,
        session.place,
        session.day.isoformat(),
        packed(session.groups),
        session.start_x,
        session.start_y,
        session.start_width_m,
        None if session.questions is None else packed(session.questions),
        session.language,
        session.dots,
        int(session.is_open),
    )


def session(row: Row) -> WorkshopSession:
    """Read a row of `SESSION`."""
    return WorkshopSession(
        id=row[0],
        project=row[1],
        code=row[2],
        place=row[3],
        day=date.fromisoformat(row[4]),
        groups=keys(row[5]),
        start_x=row[6],
        start_y=row[7],
        start_width_m=row[8],
        questions=None if row[9] is None else keys(row[9]),
        language=row[10],
        dots=row[11],
        is_open=bool(row[12]),
    )


def contribution_values(told: Contribution) -> tuple[Any, ...]:
    """Give the values of `CONTRIBUTION`."""
    view, home = told.view, told.home
    return (
        told.project,
        told.session or None,
        told.group,
        told.mode,
        int(told.practice),
        told.created.isoformat(),
        told.name,
        told.edge,
        packed(told.repairs),
        packed(told.warnings),
        packed(dict(told.answers)),
        told.helped_by,
        told.language,
        told.question_version,
        view.start_width_m,
        view.first_width_m,
        view.width_arm,
        view.started_from,
        view.screen,
        view.input,
        view.duration_s,
        int(view.saw_borders),
        None if home.inside is None else int(home.inside),
        home.unit,
        home.cell,
        home.to_centre_m,
        home.to_edge_m,
        told.raw,
    )


def answers(value: str) -> dict[str, Any]:
    """Read the answers of one resident."""
    found: dict[str, Any] = json.loads(value)
    return {key: tuple(answer) if isinstance(answer, list) else answer for key, answer in found.items()}


def contribution(filed: str, row: Row, geometry: Any) -> Contribution:
    """Read a row of `CONTRIBUTION`."""
    return Contribution(
        id=filed,
        project=row[0],
        session=row[1] or "",
        group=row[2],
        mode=row[3],
        practice=bool(row[4]),
        created=date.fromisoformat(row[5]),
        name=row[6],
        edge=row[7],
        repairs=keys(row[8]),
        warnings=keys(row[9]),
        answers=answers(row[10]),
        helped_by=row[11],
        language=row[12],
        question_version=row[13],
        view=ViewFacts(row[14], row[15], row[16], row[17], row[18], row[19], row[20], bool(row[21])),
        home=HomeFacts(None if row[22] is None else bool(row[22]), row[23], row[24], row[25], row[26]),
        raw=row[27],
        geometry=geometry,
    )


def place(row: Row, point: Any) -> Place:
    """Read a row of `PLACE`."""
    return Place(row[0], row[1], point, row[2], row[3], row[4], row[5])


def digest(told: Contribution, places: Sequence[Place], signals: Sequence[Signal]) -> str:
    """Give the SHA-256 of all that a resident told, down to the last bit of every coordinate.

    The day is left out, so that a retry after midnight is still a retry.
    """
    values = list(contribution_values(told))
    values[5] = ""
    whole = [
        values,
        shapely.to_wkb(told.geometry, hex=True, byte_order=1),
        [
            [p.kind, p.theme, p.sub, p.year, p.words, p.lost, shapely.to_wkb(p.point, hex=True, byte_order=1)]
            for p in places
        ],
        [[s.kind, s.theme, s.words] for s in signals],
    ]
    return hashlib.sha256(packed(whole).encode()).hexdigest()
