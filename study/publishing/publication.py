"""A publication: one edition of a project, read back as the tables that may be handed out.

It knows no drawing: it is made of the parts that the store froze and of what institutions publish. Everything
that leaves, a file, a picture or a report, is made of it and of nothing else.
"""

import base64
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from types import MappingProxyType
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

import layers
from geo.consensus.clustering import normalised_name
from geo.disclosure_control import snap_to_grid
from geo.errors import DivisionNotPublished, EditionAbsent
from geo.metric_registry import METHOD
from store import SELECTION, Edition, Project
from study.answer_cache import ANSWERS
from study.context import get_project, get_store

SUFFIX = ".parquet"
"""Ends the name of a table in an edition: GeoParquet as text, so that types, planes and shapes come back."""

PREFERRED = ("buurt", "wijk", "pc4")
"""What is compared with, where nobody chose and no division fits better than another."""

FACTS = "publication.json"
"""Part of an edition with its numbers and the provenance of its tables."""

NAMED = {"cores", "neighbourhoods"}
"""Tables that say how residents call their neighbourhood."""

SMOOTH_M = 12.5


@dataclass(frozen=True)
class Provenance:
    """Where a table comes from.

    Attributes
    ----------
    table
        Its name; a slash and a theme for a part of the facilities.
    drawn
        Whether it rests on what residents drew, also where official borders come into it.
    source
        Who published it, or the name of the project where only drawings come into it.
    n
        Residents it rests on, in fives; None where it rests on none.
    """

    table: str
    drawn: bool
    source: str
    year: str
    licence: str
    n: int | None
    method: str = METHOD


@dataclass(frozen=True, eq=False)
class Publication:
    """One edition as it may be handed out.

    Attributes
    ----------
    project
        Whose edition; its name and municipality.
    number, day
        Of the edition.
    n
        People whose drawings count, in fives.
    least
        People behind anything that is shown.
    division
        Kind of official area it is compared with; empty when there is none.
    median_ha
        Size of the middle drawing in steps of 5 ha; None where it may not be stated.
    largest_session
        Part of the drawings from the largest workshop session, rounded; None where it may not be stated.
    tables
        By name; nobody may change them. With a geometry: ``cores`` (neighbourhood, percent), ``disputed``,
        ``areas``, ``borders``, ``facilities``, and further divisions by their own key. Without:
        ``neighbourhoods``, ``divisions``, ``supply``, ``ages``. Column ``as_of``: the day a figure was made;
        a figure that stayed as it was is at most four people behind.
    origins
        One a table.
    ground
        The base map in the same plane; empty where there is none.
    credit
        What must stand beside every picture.
    absent
        Keys of what could not be shown because it was never fetched: themes of facilities.
    selection
        Which drawings, where not all: ``sessions`` and ``groups`` by name, ``first_day`` and ``last_day`` as ISO
        text, ``without_flagged``; empty for the edition of everybody.
    years
        In which enough people drew: "2025-2026"; empty where it may not be stated.
    """

    project: Project
    number: int
    day: date
    n: int
    least: int
    division: str
    median_ha: int | None
    largest_session: float | None
    tables: Mapping[str, Any]
    origins: tuple[Provenance, ...]
    ground: Mapping[str, gpd.GeoDataFrame]
    credit: str
    absent: tuple[str, ...]
    selection: Mapping[str, Any]
    years: str

    @cached_property
    def pictured(self) -> dict[str, gpd.GeoDataFrame]:
        """The same for pictures: the outlines of the cores rounded off for the eye."""
        cores = self.tables.get("cores")
        if cores is None:
            return self.spatial
        wide = shapely.buffer(cores.geometry.to_numpy(), SMOOTH_M)
        smooth = snap_to_grid(shapely.buffer(shapely.buffer(wide, -2 * SMOOTH_M), SMOOTH_M))
        shapes = [
            shapely.MultiPolygon([part for part in shapely.get_parts(shape) if part.area > 0])
            for shape in smooth
        ]
        return {**self.spatial, "cores": cores.set_geometry(shapes, crs=cores.crs)}

    @property
    def spatial(self) -> dict[str, gpd.GeoDataFrame]:
        """The tables that stand on a map."""
        return {name: table for name, table in self.tables.items() if isinstance(table, gpd.GeoDataFrame)}


def latest_publication(project: str, division: str | None = None, *, scope: str = "") -> Publication:
    """Return the latest edition of a project, to hand out.

    Parameters
    ----------
    division
        Kind of official area that the reader asks for; that of the edition when None.
    scope
        As in `find_publication`.

    Raises
    ------
    UnknownProject
    DivisionNotPublished
        The editions of the project compare with another division: two of them together would tell who lives
        in the slivers between them.
    EditionAbsent
        There is none yet, or it was taken down.
    """
    found = find_publication(project, scope=scope)
    if found is None:
        raise EditionAbsent(project=project)
    if division not in (None, found.division):
        raise DivisionNotPublished(asked=division, known=found.division)
    return found


def find_publication(project: str, *, scope: str = "") -> Publication | None:
    """Return the latest edition of a project; None before the first, and where it was taken down.

    Parameters
    ----------
    scope
        Empty for the edition of all who drew, else that of a selection; none is made of it anew by itself, so
        it is gone once somebody in it withdrew.
    """
    asked, editions = get_project(project), get_store().editions
    edition = editions.latest(project, session=scope)
    if edition is None or (scope and len(editions.members(edition.id)) < edition.n):
        return None
    # The id stands for the parts; the base map beside them is of the official data.
    key = ("publication", edition.id, asked, layers.data_version(asked.municipality))
    return ANSWERS.get(key, lambda: _read(edition, asked))


def list_publications(project: str) -> dict[str, Publication]:
    """Return every edition of a project that may still be handed out, by scope and number.

    Returns
    -------
    dict of str to Publication
        Editions of everybody as ``1``, ``2``, … and after them the latest of each selection by its scope. Nothing once
        they were taken down. A name of a neighbourhood that somebody held back since is in none of them.

    Raises
    ------
    UnknownProject
    """
    asked, editions = get_project(project), get_store().editions
    found: dict[str, Publication] = {}
    if find_publication(project) is not None:
        frozen = [one for one in editions.list_all(project)[::-1] if FACTS in one.parts]
        found |= {str(one.number): _read(one, asked) for one in frozen}
    scopes = {scope for scope, _ in editions.numbers(project).values() if scope.startswith(SELECTION)}
    for scope in sorted(scopes):
        selected = find_publication(project, scope=scope)
        if selected is not None:
            found[scope] = selected
    names = _public_names(project)
    return {key: _with_names(one, names) for key, one in found.items()}


def _public_names(project: str) -> frozenset[str]:
    """Return the names, normalised, that the latest edition says and that nobody held back since."""
    latest, store = find_publication(project), get_store()
    said = {
        normalised_name(str(name))
        for table in NAMED
        if latest is not None and table in latest.tables
        for name in latest.tables[table]["name"].dropna()
    }
    released = store.editions.released_names(project)
    # Past its date the list of released names is erased with the drawings; the edition is what is left of it.
    is_erased = not released and "retention" in store.maintenance.erasure_log(project).reasons
    return frozenset(said) if is_erased else frozenset(said & released)


def _with_names(made: Publication, names: frozenset[str]) -> Publication:
    tables = dict(made.tables)
    for name in NAMED & set(tables):
        given = tables[name]["name"]
        is_public = [normalised_name(str(one)) in names for one in given]
        tables[name] = tables[name].assign(name=given.where(is_public, ""))
    return replace(made, tables=MappingProxyType(tables))


def _read(edition: Edition, project: Project) -> Publication:
    facts = json.loads(edition.parts[FACTS])
    tables = {
        name.removesuffix(SUFFIX): decode_table(text)
        for name, text in edition.parts.items()
        if name.endswith(SUFFIX)
    }
    town = project.municipality
    ordered = {name: tables[name] for name in facts["tables"] if name in tables}
    return Publication(
        project=project,
        number=edition.number,
        day=edition.day,
        n=facts["n"],
        least=facts["least"],
        division=facts["division"],
        median_ha=facts["median_ha"],
        largest_session=facts["largest_session"],
        tables=MappingProxyType(ordered),
        origins=tuple(Provenance(**one) for one in facts["origins"]),
        ground=layers.read_basemap(town) if town else {},
        credit=facts["credit"],
        absent=tuple(facts["absent"]),
        selection=MappingProxyType(facts.get("selection", {})),
        years=facts.get("years", ""),
    )


def encode_table(table: pd.DataFrame) -> str:
    """Return a table as text; with a geometry it is GeoParquet, without one Parquet.

    Examples
    --------
    >>> decode_table(encode_table(pd.DataFrame({"n": [5, 10]}))).n.tolist()
    [5, 10]
    """
    held = io.BytesIO()
    plain = table.copy()
    plain.attrs = {}
    plain.to_parquet(held, compression="zstd")
    return base64.b64encode(held.getvalue()).decode("ascii")


def decode_table(text: str) -> pd.DataFrame:
    """Return the table of a text that `encode_table` made."""
    held = io.BytesIO(base64.b64decode(text))
    try:
        table: pd.DataFrame = gpd.read_parquet(held)
    except ValueError:  # no shapes in it
        held.seek(0)
        table = pd.read_parquet(held)
    return table
