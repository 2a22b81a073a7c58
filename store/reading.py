"""Tables for the people who compute: drawings, places, signals, answers, as they are at one moment."""

from collections.abc import Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS

from geo.errors import UnknownProject
from geo.frames import SKETCHES
from store import rows, triage
from store.contributions import RD_CODE
from store.engine import Engine, Transaction
from store.records import Filters

_COLUMNS = (
    ("session", "session"),
    ("group", "workshop_group"),
    ("mode", "mode"),
    ("practice", "practice"),
    ("created", "created"),
    ("version", "version"),
    ("name", "area_name"),
    ("edge", "edge"),
    ("repairs", "repairs"),
    ("warnings", "warnings"),
    ("answers", "answers"),
    ("language", "language"),
    ("question_version", "question_version"),
    ("start_width_m", "view_start_width_m"),
    ("first_width_m", "view_first_width_m"),
    ("width_arm", "view_width_arm"),
    ("started_from", "view_started_from"),
    ("screen", "view_screen"),
    ("input", "view_input"),
    ("duration_s", "view_duration_s"),
    ("saw_borders", "view_saw_borders"),
    ("home_inside", "home_inside"),
    ("home_unit", "home_unit"),
    ("home_cell", "home_cell"),
    ("home_to_centre_m", "home_to_centre_m"),
    ("home_to_edge_m", "home_to_edge_m"),
)
_NUMBERS = ("start_width_m", "first_width_m", "duration_s", "home_to_centre_m", "home_to_edge_m")


def moment(tx: Transaction, project: str) -> tuple[str, str]:
    """Give (crs, revision) of a project."""
    found = tx.rows("SELECT crs, revision FROM project WHERE id = ?", (project,))
    if not found:
        raise UnknownProject(project=project)
    return found[0][0], found[0][1]


def _wanted(filters: Filters) -> tuple[str, list[Any]]:
    where = ["c.project = ?"]
    values: list[Any] = []
    for column, chosen in (
        ("c.session", filters.sessions),
        ("c.workshop_group", filters.groups),
        ("c.mode", filters.modes),
    ):
        if chosen:
            where.append(f"{column} IN ({', '.join('?' * len(chosen))})")
            values.extend(chosen)
    if filters.first_day is not None:
        where.append("c.created >= ?")
        values.append(filters.first_day.isoformat())
    if filters.last_day is not None:
        where.append("c.created <= ?")
        values.append(filters.last_day.isoformat())
    if not filters.practice:
        where.append("c.practice = 0")
    if not filters.saw_borders:
        where.append("c.view_saw_borders = 0")
    return " AND ".join(where), values


def sketches(
    tx: Transaction, engine: Engine, project: str, filters: Filters, *, raw: bool
) -> gpd.GeoDataFrame:
    """Give the drawings as a table that keeps the promise `SKETCHES`, ordered by their random ids."""
    crs, revision = moment(tx, project)
    where, values = _wanted(filters)
    more = ", c.raw" if raw else ""
    found = tx.rows(
        f"SELECT c.id, s.geom, {', '.join(f'c.{column}' for _, column in _COLUMNS)}{more}"
        f" FROM contribution c JOIN sketch{'' if crs == RD_CODE else '_elsewhere'} s ON s.contribution = c.id"
        f" WHERE {where} ORDER BY c.id",
        (project, *values),
    )
    decisions = triage.standing(tx, project)
    flags = triage.reasons(tx, project)
    kept = [
        row
        for row in found
        if (filters.aside or decisions.get((row[0], "shape"), ("", None))[0] != "aside")
        and (filters.flagged or row[0] not in flags)
    ]
    names = [name for name, _ in _COLUMNS] + (["raw"] if raw else [])
    table = pd.DataFrame(
        [row[2:] for row in kept], columns=names, index=pd.Index([row[0] for row in kept], dtype=str)
    )
    shapes = engine.from_columns([row[1] for row in kept])
    _tidy(table, decisions)
    table["flagged_for"] = [flags.get(key, ()) for key in table.index]
    table["decision"] = [decisions.get((key, "shape"), ("", None))[0] for key in table.index]
    outlines = [
        decisions.get((key, "shape"), ("", None))[1] if filters.adjusted else None for key in table.index
    ]
    table["adjusted"] = [outline is not None for outline in outlines]
    for at, outline in enumerate(outlines):
        if outline is not None:
            shapes[at] = shapely.from_wkb(outline)
    framed = gpd.GeoDataFrame(table, geometry=shapes, crs=CRS.from_user_input(crs))
    framed.index.name = "sketch_id"
    framed.attrs = {"project": project, "revision": revision}
    return SKETCHES.check(framed)


def _tidy(table: pd.DataFrame, decisions: dict[tuple[str, str], tuple[str, str | None]]) -> None:
    """Turn the database's words into the reader's, in place."""
    table["session"] = table["session"].fillna("").astype(str)
    for column in ("practice", "saw_borders"):
        table[column] = table[column].astype(bool)
    table["home_inside"] = table["home_inside"].astype("boolean")
    for column in _NUMBERS:
        table[column] = table[column].astype("Int64")
    for column in ("repairs", "warnings"):
        table[column] = [rows.keys(value) for value in table[column]]
    table["answers"] = pd.Series(
        [rows.answers(value) for value in table["answers"]], table.index, dtype=object
    )
    table["created"] = pd.to_datetime(table["created"], format="%Y-%m-%d")
    hidden = [decisions.get((key, "name"), ("", None))[0] == "hide" for key in table.index]
    table["name"] = np.where(hidden, "", table["name"].astype(object))


def answers(tx: Transaction, project: str) -> pd.DataFrame:
    """Give one column a question, for every contribution of the project; absent answers are None."""
    moment(tx, project)
    found = tx.rows("SELECT id, answers FROM contribution WHERE project = ? ORDER BY id", (project,))
    told = [rows.answers(value) for _, value in found]
    columns = sorted({question for one in told for question in one})
    index = pd.Index([row[0] for row in found], dtype=str, name="sketch_id")
    return pd.DataFrame(
        {
            column: pd.Series([one.get(column) for one in told], index=index, dtype=object)
            for column in columns
        },
        index=index,
    )


def places(tx: Transaction, engine: Engine, project: str, filters: Filters) -> gpd.GeoDataFrame:
    """Give the places of the contributions that count; texts that were hidden are empty."""
    crs, revision = moment(tx, project)
    where, values = _wanted(filters)
    found = tx.rows(
        f"SELECT p.contribution, p.seq, p.kind, p.theme, p.sub, p.year, p.words, p.lost, p.geom"
        f" FROM place{'' if crs == RD_CODE else '_elsewhere'} p JOIN contribution c ON c.id = p.contribution"
        f" WHERE {where} ORDER BY p.contribution, p.seq",
        (project, *values),
    )
    decisions = triage.standing(tx, project)
    aside = {subject for (subject, aspect), (action, _) in decisions.items() if action == "aside"}
    kept = [row for row in found if filters.aside or row[0] not in aside]
    table = pd.DataFrame(
        [(row[0], row[2], row[3], row[4], row[5], row[6], row[7]) for row in kept],
        columns=["sketch_id", "kind", "theme", "sub", "year", "words", "lost"],
        index=pd.Index([f"{row[0]}.{row[1]}" for row in kept], dtype=str, name="place_id"),
    )
    table["year"] = table["year"].astype("Int64")
    for column in ("words", "lost"):
        hidden = _hidden(table["sketch_id"].tolist(), column, decisions)
        table[column] = np.where(hidden, "", table[column].astype(object))
    framed = gpd.GeoDataFrame(
        table, geometry=engine.from_columns([row[8] for row in kept]), crs=CRS.from_user_input(crs)
    )
    framed.attrs = {"project": project, "revision": revision}
    return framed


def _hidden(
    keys: Sequence[str], aspect: str, decisions: dict[tuple[str, str], tuple[str, str | None]]
) -> list[bool]:
    return [decisions.get((key, aspect), ("", None))[0] == "hide" for key in keys]


def signals(tx: Transaction, project: str, *, session: str | None, hidden: bool) -> pd.DataFrame:
    """Give signals and initiatives with their status; without those that were hidden, unless asked."""
    moment(tx, project)
    found = tx.rows(
        "SELECT id, kind, theme, words, status, session, contribution FROM signal"
        " WHERE project = ? ORDER BY id",
        (project,),
    )
    decisions = triage.standing(tx, project)
    practice = {
        row[0]
        for row in tx.rows("SELECT id FROM contribution WHERE project = ? AND practice = 1", (project,))
    }
    kept = [
        (row[0], row[1], row[2], row[3], row[4], row[5] or "", row[6] or "")
        for row in found
        if (session is None or row[5] == session)
        and row[6] not in practice
        and (hidden or decisions.get((row[0], "words"), ("", None))[0] not in {"hide", "aside"})
    ]
    return pd.DataFrame(
        kept, columns=["signal_id", "kind", "theme", "words", "status", "session", "sketch_id"]
    ).set_index("signal_id")
