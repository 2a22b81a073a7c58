"""Preview of an uploaded file before it is imported."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

import i18n
from geo.crs import WGS84
from geo.errors import FileRefused, LayerError
from layers import catalogue, files, world
from layers.download import municipalities
from layers.files import TRUSTED, UNTOLD, UPLOAD, Inspection, TableHints
from layers.search.name_matching import slugify
from store import Actor, Project
from study import context, datasets, permissions
from study.imports.answers_from_columns import CHOSEN, DAY, SESSION, match_columns

__all__ = [
    "CHOSEN",
    "DAY",
    "FIELDS",
    "KINDS",
    "SESSION",
    "SHOWN",
    "SHOWN_STEPS",
    "TRUSTED",
    "UNTOLD",
    "UPLOAD",
    "Inspection",
    "PreviewGround",
    "TableHints",
    "can_import",
    "is_own_table",
    "preview_file",
    "preview_ground",
    "preview_shapes",
    "propose_answers",
    "table_columns",
]

SHOWN = 300
"""Shapes on the map that is looked at before anything is kept."""

SHOWN_STEPS = 1_500
"""How many steps of simplifying lie across that map."""

FIELDS: dict[str, tuple[str, ...]] = {
    "sketches": ("sketch_id", "name"),
    "areas": ("code", "name"),
    "facilities": ("kind", "name", "date", "facility_id"),
    "figures": (),
}
"""Our columns of each role, for which a column of the file can be chosen."""

KINDS: tuple[str, ...] = tuple(dict.fromkeys(one.key for t in catalogue.THEMES.values() for one in t.kinds))
"""What a facility can be."""


def propose_answers(found: Inspection) -> dict[str, str]:
    """Return which columns of drawings seem to answer what, by their names and first rows.

    Returns
    -------
    dict
        A key of `answers_from_columns.CHOSEN` -> the column.
    """
    first = pd.DataFrame({name: pd.Series(values, dtype=object) for name, values in found.preview.items()})
    first = first[[column for column in first.columns if column not in found.personal]]
    meaning = match_columns(first, found.mapping.values())
    return {**({} if meaning.date is None else {DAY: meaning.date}), **meaning.answers}


def preview_file(
    handed: Path | bytes,
    *,
    name: str | None = None,
    layer: str | None = None,
    crs_name: str | None = None,
    role: str | None = None,
    hints: TableHints = UNTOLD,
    most: files.FileLimits = UPLOAD,
) -> Inspection:
    """Look at a file before anything is taken in: what it seems to be, where it lies and by what proof.

    Raises
    ------
    FileRefused
    """
    return files.inspect_file(
        handed, name=name, layer=layer, crs=crs_name, role=role, hints=hints, limits=most
    )


def can_import(project: Project, actor: Actor | None, *, only_here: bool) -> bool:
    """Return whether somebody may keep what a file holds; everybody may look.

    Parameters
    ----------
    only_here
        The app listens to this computer only. While it has no accounts either, its only visitor is the one
        who started it, and the made-up town is theirs to try.
    """
    if permissions.has_role("planner", None, actor):
        return True
    return only_here and project.is_demo and not context.get_store().accounts.list_all()


def preview_shapes(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return some of the shapes, spread over the file, simple enough for a first look."""
    places = np.unique(np.linspace(0, max(len(table) - 1, 0), min(SHOWN, len(table))).astype(np.intp))
    some = table.iloc[places]
    west, south, east, north = shapely.total_bounds(some.geometry.to_numpy())
    step_m = max(east - west, north - south) / SHOWN_STEPS
    found = gpd.GeoDataFrame(
        {"theme": some["theme"].to_numpy()} if "theme" in some.columns else {},
        geometry=shapely.simplify(some.geometry.to_numpy(), step_m),
        crs=table.crs,
    )
    return found.set_index(found.index.astype(str))


def table_columns(
    handed: Path | bytes, *, name: str, most: files.FileLimits = UPLOAD
) -> dict[str, tuple[str, ...]]:
    """Return the columns of each table of a file that does not say where its rows lie; none for other files."""
    try:
        _, tables = files.read_table_rows(
            handed, name=name, layer=None, hints=TableHints(placeless=True), limits=most
        )
    except FileRefused:
        return {}
    return {
        title: tuple(dict.fromkeys(column for row in rows[:SHOWN] for column in row))
        for title, rows in tables.items()
    }


def is_own_table(handed: Path | bytes, *, name: str, layer: str | None, most: files.FileLimits) -> bool:
    """Return whether a table without places is one of our own editions, by the heads we write in either language."""
    for title, columns in table_columns(handed, name=name, most=most).items():
        heads = [
            {
                text
                for key, text in i18n.get_translator(one).section("export").items()
                if key.startswith("head_")
            }
            for one in i18n.LANGUAGES
        ]
        if layer in (None, title) and len(columns) > 1 and any(set(columns) <= head for head in heads):
            return True
    return False


# --- Where it lies ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class PreviewGround:
    """What a preview is drawn on, so that somebody can see whether the place is right.

    Attributes
    ----------
    municipality
        A fetched one that has a base map here; empty for none.
    borders
        Of municipalities or, until their list came with a fetch, of countries: name and shape, in metres where
        it can be.
    bounds_wgs84
        What must be in sight to recognise the place.
    places
        How many of the shapes lie where, the most first: a municipality or a country, or "" for neither.
    """

    municipality: str
    borders: gpd.GeoDataFrame
    bounds_wgs84: tuple[float, float, float, float]
    places: tuple[tuple[str, int], ...]
    of_countries: bool = False
    """Whether the places are countries, by the key of their name."""


def preview_ground(shown: gpd.GeoDataFrame) -> PreviewGround:
    """Return a recognisable ground for the shapes of a file."""
    spots = gpd.GeoDataFrame(geometry=shown.representative_point(), crs=shown.crs).to_crs(WGS84)
    west, south, east, north = (float(edge) for edge in shown.to_crs(WGS84).total_bounds)
    box = shapely.box(west, south, east, north)
    town, borders = _fetched_town(box), municipalities.cached_borders()
    places, of_countries = () if borders is None else _places(spots, borders), False
    if borders is None or not places[0][0]:  # most lie in no municipality
        borders = world.countries()
        places = _places(spots, borders)
        of_countries = True
    near = borders[borders["name"].isin([place for place, _ in places])]
    around = near if len(near) else borders.iloc[:0]
    if not town and len(near):
        west, south, east, north = (
            float(edge) for edge in gpd.GeoSeries([box, *near.to_crs(WGS84).geometry]).total_bounds
        )
    if of_countries:
        places = tuple((slugify(place, "_"), n) for place, n in places)
    return PreviewGround(town, around, (west, south, east, north), places, of_countries)


def _fetched_town(box: shapely.Polygon) -> str:
    """Return a municipality whose layers we have and that the shapes touch; empty for none."""
    for town in datasets.municipalities():
        try:
            if shapely.intersects(box, shapely.box(*datasets.bounds_wgs84(town.code))):
                return town.code
        except LayerError:
            continue
    return ""


def _places(spots: gpd.GeoDataFrame, borders: gpd.GeoDataFrame) -> tuple[tuple[str, int], ...]:
    at = spots.to_crs(borders.crs).geometry.to_numpy()
    spot, area = shapely.STRtree(borders.geometry.to_numpy()).query(at, predicate="intersects")
    names = dict(zip(spot.tolist(), borders["name"].to_numpy()[area].tolist(), strict=True))
    return tuple(Counter(names.get(number, "") for number in range(len(at))).most_common())
