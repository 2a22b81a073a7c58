"""Read an edition of a workshop session back from the store."""

import json
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

import layers
from geo import crs as planes
from store import Edition
from study import context
from study.analysis import comparison
from study.answer_cache import ANSWERS
from study.publishing.sessions.parts import (
    BANDS,
    FACTS,
    GROUPS,
    SPOTS,
    EditionFacts,
    EditionView,
    MentionShare,
    Neighbourhood,
)


def read_edition(edition: Edition, project: str) -> EditionView:
    """Read an edition of a workshop session."""
    version = layers.data_version(context.get_project(project).municipality)
    # The id stands for the parts; the official areas beside them are of the official data.
    return ANSWERS.get(("edition", edition.id, project, version), lambda: _read(edition, project, version))


def _read(edition: Edition, project: str, version: str) -> EditionView:
    plane = context.project_crs(project)
    raw = json.loads(edition.parts[FACTS])
    areas = tuple(
        Neighbourhood(**{**one, "groups": tuple((group, n) for group, n in one["groups"])})
        for one in raw["neighbourhoods"]
    )
    facts = EditionFacts(raw["n"], raw["median_ha"], tuple(MentionShare(**one) for one in raw["told"]), areas)
    return EditionView(
        id=f"{edition.id} {version}",
        number=edition.number,
        day=edition.day.isoformat(),
        facts=facts,
        bands=read_table(edition.parts[BANDS], ["neighbourhood", "percent"], ["name", "n", "level"], plane),
        groups=read_table(edition.parts[GROUPS], ["neighbourhood", "group"], ["n"], plane),
        spots=read_table(edition.parts[SPOTS], ["index"], ["kind", "theme"], plane),
        official=_official_areas(project, areas, plane),
    )


def _official_areas(project: str, neighbourhoods: tuple[Neighbourhood, ...], plane: Any) -> gpd.GeoDataFrame:
    rows: list[tuple[int, str, Any]] = []
    for one in neighbourhoods:
        if one.code:
            units = comparison.division_areas(context.current_study(project), one.division, one.year or None)
            rows.append((one.number, one.official, shapely.union_all(units.geometry[[one.code]].to_numpy())))
    table = pd.DataFrame(rows, columns=["neighbourhood", "name", "geometry"]).set_index("neighbourhood")
    return gpd.GeoDataFrame(table, geometry="geometry", crs=plane)


def read_table(text: str, index: list[str], columns: list[str], plane: Any) -> gpd.GeoDataFrame:
    """Return a table of an edition of a session in the plane of the project."""
    features = json.loads(text)["features"]
    shapes = shapely.from_geojson([json.dumps(feature["geometry"]) for feature in features])
    facts = [feature["properties"] for feature in features]
    rows = pd.DataFrame(facts, columns=[*index, *columns]).set_index(index)
    metres = planes.to_planar(np.asarray(shapes, dtype=object), plane) if features else []
    return gpd.GeoDataFrame(rows, geometry=list(metres), crs=plane)
