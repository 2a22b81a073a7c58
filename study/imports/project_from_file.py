"""A project and its contributions made from an uploaded file."""

import uuid
from collections.abc import Iterator
from datetime import date, timedelta

import geopandas as gpd
import shapely

from geo import crs
from geo.sketches.cleaning import CleanedSketches
from layers.search.name_matching import slugify
from store import Contribution, Project, Store, WorkshopSession
from study import demo_project
from study.imports.answers_from_columns import (
    ColumnMeaning,
    own_values,
    read_answers,
    read_day,
    session_names,
)

MAX_LOOKED_UP = 50
"""Sketches of a file by which it is known again."""

PAST_SESSIONS = uuid.UUID("6f1d2c1e-5d0b-4c58-9a53-9d9e4f3c0a11")
"""Names the ids of sessions that were held without this program."""

RETENTION_DAYS = 365
"""Drawings of an imported project are kept for a year, as those of any other."""


def project_of_file(
    private_store: Store, stem: str, table: gpd.GeoDataFrame, digest: bytes
) -> tuple[Project, bool]:
    """Return the project of a file, and whether it is still to be made: no other project is ever its own."""
    known = {project.id: project for project in private_store.projects.list_all()}
    key = slugify(stem) or "import"
    own = f"{key[:33]}-{digest.hex()[:6]}"
    if own in known:
        return known[own], False
    if key not in known:
        return _new_project(key, stem, table), True
    there = known[key]
    same = (there.name, there.municipality, there.crs) == (stem, "", table.crs.to_string())
    if same and _holds(private_store, table, digest):
        return there, False
    return _new_project(own, stem, table), True


def project_by_id(private_store: Store, key: str, table: gpd.GeoDataFrame) -> tuple[Project, bool]:
    """Return a project, and whether it is still to be made: in the plane of the file where none has this id.

    A new one is called what the person calls it, not after the file.
    """
    there = {project.id: project for project in private_store.projects.list_all()}.get(key)
    return (_new_project(key, key, table), True) if there is None else (there, False)


def _new_project(key: str, name: str, table: gpd.GeoDataFrame) -> Project:
    return Project(
        id=key,
        name=name,
        municipality="",
        retention_until=date.today() + timedelta(days=RETENTION_DAYS),  # the day here, as the store keeps it
        crs=table.crs.to_string(),
    )


def _holds(private_store: Store, table: gpd.GeoDataFrame, digest: bytes) -> bool:
    """Return whether sketches of this very file are stored; another file of the same name is another project."""
    source = uuid.UUID(bytes=digest[:16])
    return any(
        private_store.contributions.get_receipt(str(uuid.uuid5(source, str(key)))) is not None
        for key in table.index[:MAX_LOOKED_UP]
    )


def session_id(project: str, place: str) -> str:
    """Return the id of a session that a file tells of: the same for every file that tells of it."""
    return str(uuid.uuid5(PAST_SESSIONS, f"{project}\n{place}"))


def past_sessions(project: str, table: gpd.GeoDataFrame, meaning: ColumnMeaning) -> list[WorkshopSession]:
    """Return the sessions at which the drawings of a file were made, each on the first day of its drawings."""
    if meaning.session is None:
        return []
    today = date.today()
    days = [None] * len(table) if meaning.date is None else [read_day(value) for value in table[meaning.date]]
    first: dict[str, date] = {}
    for place, day in zip(session_names(table[meaning.session]), days, strict=True):
        if place:
            first[place] = min(first.get(place, today), day or today)
    return [
        WorkshopSession(project, place, day, is_open=False, id=session_id(project, place))
        for place, day in first.items()
    ]


def build_contributions(
    project: str,
    source: uuid.UUID,
    table: gpd.GeoDataFrame,
    cleaned: CleanedSketches,
    places: list[int],
    *,
    meaning: ColumnMeaning,
) -> Iterator[Contribution]:
    """Yield the contributions of an imported file."""
    repairs, warnings = (
        demo_project.kinds_by_position(cleaned.repairs),
        demo_project.kinds_by_position(cleaned.warnings),
    )
    degrees = shapely.to_geojson(crs.to_wgs84(table.geometry.to_numpy(), table.crs))
    names = table["name"].fillna("").astype(str).to_numpy()
    today = date.today()
    days = [None] * len(table) if meaning.date is None else table[meaning.date].tolist()
    answers = {key: read_answers(key, table[column]) for key, column in meaning.answers.items()}
    held = [""] * len(table) if meaning.session is None else session_names(table[meaning.session])
    own = {key: table[column].tolist() for key, column in meaning.own.items()}
    for place in places:
        day = read_day(days[place])
        yield Contribution(
            id=str(uuid.uuid5(source, str(table.index[place]))),
            project=project,
            raw_geojson=str(degrees[place]),
            geometry=cleaned.geometry[place],
            created=today if day is None else min(day, today),
            answers={
                **own_values({key: column[place] for key, column in own.items()}),
                **{key: column[place] for key, column in answers.items() if column[place] != ""},
            },
            mode="import",
            session=session_id(project, held[place]) if held[place] else "",
            repairs=repairs.get(place, ()),
            warnings=warnings.get(place, ()),
            name=names[place][:40],
        )
