"""Tables for analysis: sketches, resident places, signals and answers, at one revision."""

from collections.abc import Callable, Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS

from geo.release.persons import counted_drawings, is_held
from geo.schemas import SKETCHES
from store import row_mapping
from store.engines.base import Engine, Transaction
from store.models.projects import Filters
from store.repositories import moderation
from store.repositories.moderation import ActiveDecisions
from store.repositories.projects import crs_and_revision
from store.row_mapping import RD_CODE, Codec
from store.tickets import without_ticket

_FIELDS = [field for field in row_mapping.CONTRIBUTION.fields if field.analysis]
_SERIES: dict[Codec, Callable[["pd.Series[Any]"], "pd.Series[Any]"]] = {
    row_mapping.PLAIN: lambda column: column,
    row_mapping.TEXT_OR_NULL: lambda column: column.fillna("").astype(str),
    row_mapping.FLAG: lambda column: column.astype(bool),
    row_mapping.FLAG_OR_NONE: lambda column: column.astype("boolean"),
    row_mapping.WHOLE_OR_NONE: lambda column: column.astype("Int64"),
    row_mapping.DAY: lambda column: pd.to_datetime(column, format="%Y-%m-%d"),
    row_mapping.KEYS: lambda column: _decoded(column, row_mapping.from_json_list),
    row_mapping.ANSWERS: lambda column: _decoded(column, row_mapping.answers_from_json),
}
"""A column as it is stored, to the column for analysis."""


def _decoded(column: "pd.Series[Any]", decode: Callable[[str], Any]) -> "pd.Series[Any]":
    return pd.Series([decode(value) for value in column], column.index, dtype=object)


def _conditions(filters: Filters) -> tuple[str, list[Any]]:
    where = ["c.project = ?"]
    values: list[Any] = []
    for column, chosen in (
        ("c.session", filters.sessions),
        ("c.workshop_group", filters.groups),
        ("c.mode", filters.modes),
    ):
        if chosen:
            where.append(f"{column} IN ({row_mapping.placeholders(len(chosen))})")
            values.extend(chosen)
    for question in dict.fromkeys(key for key, _ in filters.answers):
        # Answers are stored in one canonical form: a quote within a text is escaped, so no text can hold this.
        written = [
            row_mapping.to_json({question: text})[1:-1] for key, text in filters.answers if key == question
        ]
        where.append(f"({' OR '.join(['replace(c.answers, ?, ?) <> c.answers'] * len(written))})")
        values.extend(part for text in written for part in (text, ""))
    if filters.first_day is not None:
        where.append("c.created >= ?")
        values.append(filters.first_day.isoformat())
    if filters.last_day is not None:
        where.append("c.created <= ?")
        values.append(filters.last_day.isoformat())
    if not filters.include_practice:
        where.append("c.practice = 0")
    if not filters.include_saw_borders:
        where.append("c.view_saw_borders = 0")
    return " AND ".join(where), values


def read_sketches(
    tx: Transaction, engine: Engine, project: str, filters: Filters, *, raw: bool
) -> gpd.GeoDataFrame:
    """Return the sketches of a project, ordered by their random ids.

    Returns
    -------
    GeoDataFrame
        Satisfies `geo.schemas.SKETCHES`.

    Raises
    ------
    UnknownProject
        When there is no such project.
    """
    crs, revision = crs_and_revision(tx, project)
    where, values = _conditions(filters)
    columns = ["c.version", *(f"c.{field.stored_as}" for field in _FIELDS)] + (["c.raw"] if raw else [])
    found = tx.query(
        f"SELECT c.id, s.geom, {', '.join(columns)}, c.drawer, c.stored_on, c.fid"
        f" FROM contribution c JOIN sketch{'' if crs == RD_CODE else '_elsewhere'} s ON s.contribution = c.id"
        f" WHERE {where} ORDER BY c.id",
        (project, *values),
    )
    decisions = moderation.active_decisions(tx, project)
    flags = moderation.flag_reasons(tx, project)
    included = [
        row
        for row in found
        if (filters.include_excluded or _action(decisions, row[0], "shape") != "aside")
        and (filters.include_flagged or row[0] not in flags)
    ]
    if filters.one_per_person:
        missing = without_ticket(tx, project)
        included = [
            row
            for row in included
            if row[0] not in missing
            and not is_held(flags.get(row[0], ()), _action(decisions, row[0], "shape"))
        ]
        counts = counted_drawings(
            pd.Series([row[-3] for row in included], dtype=object), [row[-2:] for row in included]
        )
        included = [row for row, is_counted in zip(included, counts, strict=True) if is_counted]
    table = _analysis_table([(row[0], *row[2:-3]) for row in included], raw=raw)
    hidden = [_action(decisions, key, "name") == "hide" for key in table.index]
    table["name"] = np.where(hidden, "", table["name"].astype(object))
    table["flagged_for"] = [flags.get(key, ()) for key in table.index]
    table["decision"] = [_action(decisions, key, "shape") for key in table.index]
    outlines = [
        decisions.get((key, "shape"), ("", None))[1] if filters.use_adjusted else None for key in table.index
    ]
    table["adjusted"] = [outline is not None for outline in outlines]
    geometries = engine.decode_geometries([row[1] for row in included])
    for position, outline in enumerate(outlines):
        if outline is not None:
            geometries[position] = shapely.from_wkb(outline)
    sketches = gpd.GeoDataFrame(table, geometry=geometries, crs=CRS.from_user_input(crs))
    sketches.index.name = "sketch_id"
    sketches.attrs = {"project": project, "revision": revision}
    return SKETCHES.validate(sketches)


def _analysis_table(rows: Sequence[tuple[Any, ...]], *, raw: bool) -> pd.DataFrame:
    names = ["version", *(field.analysis for field in _FIELDS)] + (["raw"] if raw else [])
    index = pd.Index([row[0] for row in rows], dtype=str)
    table = pd.DataFrame([row[1:] for row in rows], columns=names, index=index)
    for field in _FIELDS:
        table[field.analysis] = _SERIES[field.codec](table[field.analysis])
    return table


def _action(decisions: ActiveDecisions, subject: str, aspect: str) -> str:
    return decisions.get((subject, aspect), ("", None))[0]


def read_answers(tx: Transaction, project: str) -> pd.DataFrame:
    """Return the answers of a project, one column per question, None where it was not answered.

    Raises
    ------
    UnknownProject
        When there is no such project.
    """
    crs_and_revision(tx, project)
    found = tx.query("SELECT id, answers FROM contribution WHERE project = ? ORDER BY id", (project,))
    answers = [row_mapping.answers_from_json(value) for _, value in found]
    questions = sorted({question for given in answers for question in given})
    index = pd.Index([row[0] for row in found], dtype=str, name="sketch_id")
    return pd.DataFrame(
        {
            question: pd.Series([given.get(question) for given in answers], index=index, dtype=object)
            for question in questions
        },
        index=index,
    )


def read_places(tx: Transaction, engine: Engine, project: str, filters: Filters) -> gpd.GeoDataFrame:
    """Return the resident places of the filtered contributions; hidden texts are empty.

    Raises
    ------
    UnknownProject
        When there is no such project.
    """
    crs, revision = crs_and_revision(tx, project)
    where, values = _conditions(filters)
    found = tx.query(
        f"SELECT p.contribution, p.seq, p.geom, {row_mapping.PLACE.select('p')}"
        f" FROM place{'' if crs == RD_CODE else '_elsewhere'} p JOIN contribution c ON c.id = p.contribution"
        f" WHERE {where} ORDER BY p.contribution, p.seq",
        (project, *values),
    )
    decisions = moderation.active_decisions(tx, project)
    excluded = {subject for (subject, _), (action, _) in decisions.items() if action == "aside"}
    included = [row for row in found if filters.include_excluded or row[0] not in excluded]
    table = pd.DataFrame(
        [(row[0], *row[3:]) for row in included],
        columns=["sketch_id", *row_mapping.PLACE.columns],
        index=pd.Index([f"{row[0]}.{row[1]}" for row in included], dtype=str, name="place_id"),
    )
    table["year"] = table["year"].astype("Int64")
    for column in ("words", "lost"):
        hidden = [_action(decisions, key, column) == "hide" for key in table["sketch_id"]]
        table[column] = np.where(hidden, "", table[column].astype(object))
    places = gpd.GeoDataFrame(
        table, geometry=engine.decode_geometries([row[2] for row in included]), crs=CRS.from_user_input(crs)
    )
    places.attrs = {"project": project, "revision": revision}
    return places


def read_signals(tx: Transaction, project: str, *, session: str | None, hidden: bool) -> pd.DataFrame:
    """Return signals and initiatives with their status, without those of practice contributions.

    Raises
    ------
    UnknownProject
        When there is no such project.
    """
    crs_and_revision(tx, project)
    found = tx.query(
        "SELECT s.id, s.kind, s.theme, s.words, s.status, coalesce(s.session, ''),"
        " coalesce(s.contribution, '') FROM signal s LEFT JOIN contribution c ON c.id = s.contribution"
        " WHERE s.project = ? AND coalesce(c.practice, 0) = 0 ORDER BY s.id",
        (project,),
    )
    columns = ["signal_id", "kind", "theme", "words", "status", "session", "sketch_id"]
    table = pd.DataFrame(found, columns=columns).set_index("signal_id")
    decisions = moderation.active_decisions(tx, project)
    is_shown = [
        (session is None or of_session == session)
        and (hidden or _action(decisions, signal, "words") not in {"hide", "aside"})
        for signal, of_session in zip(table.index, table["session"], strict=True)
    ]
    return table[np.array(is_shown, dtype=bool)]
