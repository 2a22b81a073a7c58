"""Experienced beside official: how drawings, and the neighbourhoods they share, fit wijk, buurt and postcode.

Every function takes plain keys (a `Study`, a division, the number of a neighbourhood) and keeps its answer
under them; nobody may change a table it gives. Shares of people are always of one neighbourhood's drawers,
never of all who drew in town.
"""

from functools import lru_cache

import geopandas as gpd
import pandas as pd
import shapely

import layers
from geo import clusters, consensus, crs, overlay
from geo.frames import AREAS, SKETCHES
from layers import own
from study import progress
from study.projects import Study, drawn, project

COMPARED = ("wijk", "buurt", "pc4")
"""Divisions a planner is offered first."""

THEMES = ("meeting_place", "bench", "play_area", "social_infrastructure")

BANDS = (25, 50, 75)


def extent(study: Study) -> tuple[float, float, float, float]:
    """Give the box around all drawings: west, south, east, north in degrees."""
    west, south, east, north = crs.to_wgs84(shapely.box(*drawn(study).total_bounds), drawn(study).crs).bounds
    return west, south, east, north


@lru_cache(maxsize=64)
def divisions(study: Study) -> list[str]:
    """Give the divisions this study can be compared with: official ones first, then layers people brought."""
    town = project(study.project).municipality
    official = [key for key in layers.divisions(town) if key != "gemeente"] if town else []
    if drawn(study).empty:
        return official
    return official + [mine.key for mine in own.near("areas", extent(study))]


def own_name(division: str) -> str:
    """Name a division that people brought, after its file; empty for an official one."""
    if not division.startswith(own.PREFIX):
        return ""
    return next((mine.name for mine in own.layers("areas") if mine.key == division), division)


@lru_cache(maxsize=64)
def areas(study: Study, division: str, year: int | None = None) -> gpd.GeoDataFrame:
    """Give the areas of a division in the plane of the drawings.

    Raises
    ------
    LayerUnknown, LayerNotFetched
    """
    if division.startswith(own.PREFIX):
        return own.read(division).to_crs(drawn(study).crs)
    return layers.areas(project(study.project).municipality, division, year)


def credit(study: Study, division: str) -> str:
    """Say who made the areas of a division; empty when nobody said so."""
    attrs = areas(study, division).attrs
    return str(attrs.get("credit") or attrs.get("source") or "")


@lru_cache(maxsize=16)
def doubled_m2(study: Study, division: str) -> float:
    """Give the ground that lies in more than one area of a division, m²; official layers should give 0."""
    return overlay.doubled_m2(areas(study, division))


@lru_cache(maxsize=16)
def all_alike(study: Study) -> bool:
    """Tell whether there are several drawings and all are the same shape."""
    shapes = shapely.normalize(drawn(study).geometry.to_numpy())
    return len(shapes) > 1 and len(set(shapely.to_wkb(shapes))) == 1


@lru_cache(maxsize=32)
def pairs(study: Study, division: str) -> pd.DataFrame:
    """Give every drawing and area that share ground; see `geo.overlay.pairs`."""
    return overlay.pairs(drawn(study), areas(study, division))


@lru_cache(maxsize=32)
def verdicts(study: Study, division: str) -> pd.DataFrame:
    """Say per drawing how it relates to the areas of a division; see `geo.overlay.verdicts`."""
    return overlay.verdicts(pairs(study, division), drawn(study))


@lru_cache(maxsize=16)
def ranking(study: Study, offered: tuple[str, ...] = COMPARED) -> pd.DataFrame:
    """Rank divisions by how well their areas resemble what residents drew; see `geo.overlay`."""
    known = [division for division in divisions(study) if division in offered or own_name(division)]
    tables = {division: pairs(study, division) for division in known}
    return overlay.rank_divisions(overlay.compare_divisions(tables, drawn(study)))


@lru_cache(maxsize=32)
def membership(study: Study, cut: float = clusters.CUT) -> "pd.Series[int]":
    """Give for each drawing the number of the experienced neighbourhood it means."""
    return clusters.clusters(drawn(study), cut=cut, progress=progress.of("grouping"))


@lru_cache(maxsize=32)
def neighbourhoods(study: Study, cut: float = clusters.CUT) -> pd.DataFrame:
    """Give the experienced neighbourhoods: what residents call them, how many drew them, how firm that is.

    Returns
    -------
    DataFrame
        Index cluster, the largest first; as `geo.clusters.names`, and ``level`` (key of how firm, "none"
        below five drawers).
    """
    found = clusters.names(membership(study, cut), drawn(study)["name"])
    return found.assign(level=[consensus.level(int(n)) for n in found["n"]])


def members(study: Study, cluster: int, cut: float = clusters.CUT) -> gpd.GeoDataFrame:
    """Give the drawings of one experienced neighbourhood."""
    found = drawn(study)
    return found[membership(study, cut).reindex(found.index) == cluster]


@lru_cache(maxsize=128)
def bands(study: Study, cluster: int, cut: float = clusters.CUT, *, smooth: bool = False) -> gpd.GeoDataFrame:
    """Draw what 25, 50 and 75 % of the drawers of a neighbourhood share.

    Raises
    ------
    TooFewSketches
        Fewer than five drew it.
    """
    return consensus.contours(consensus.surface(members(study, cluster, cut)), BANDS, smooth=smooth)


@lru_cache(maxsize=256)
def core_fit(study: Study, cluster: int, division: str, cut: float = clusters.CUT) -> pd.DataFrame:
    """Set the core (50 %) of a neighbourhood against the areas of a division.

    Returns
    -------
    DataFrame
        Index code, best fit first: name, area_m2 shared, ``share_of_core``, ``share_of_area``, ``iou``.

    Raises
    ------
    TooFewSketches
    """
    core = bands(study, cluster, cut).loc[[50]]
    units = areas(study, division)
    one = core.set_index(pd.Index(["core"], name=SKETCHES.index))
    table = overlay.pairs(one[~one.is_empty], units).droplevel(SKETCHES.index)
    table = table.rename(columns={"share_of_sketch": "share_of_core"})
    table.insert(0, "name", units["name"].groupby(level=AREAS.index).first().reindex(table.index))
    return table.sort_values(["iou", "name"], ascending=[False, True])
