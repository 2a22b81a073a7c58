"""Experienced beside official: how drawings, and the neighbourhoods they share, fit wijk, buurt and postcode.

Every function takes plain keys (a `Study`, a division, the number of a neighbourhood) and keeps its answer
under them; nobody may change a table it gives. Shares of people are always of one neighbourhood's drawers,
never of all who drew in town.
"""

import geopandas as gpd
import pandas as pd
import shapely

import layers
import store
from geo import crs
from geo.consensus import clustering, cores
from geo.consensus.surface import consensus_surface
from geo.overlay import pairs
from geo.overlay import verdicts as verdicts_module
from geo.overlay.divisions import compare_divisions, rank_divisions
from geo.overlay.pairs import double_counted_m2
from geo.schemas import AREAS, SKETCHES
from geo.sketches.outliers import far_away
from layers import custom_layers
from study import progress
from study.analysis.evidence.bands import mask_small_bands
from study.answer_cache import cached_answer
from study.context import Study, get_project, read_sketches
from study.jobs import heavy_answer

OFFICIAL_DIVISIONS = ("wijk", "buurt", "pc4")
"""Divisions a planner is offered first."""

THEMES: tuple[str, ...] = store.THEMES
CONTOUR_PERCENTS = (25, 50, 75)


@cached_answer
def is_far(study: Study) -> "pd.Series[bool]":
    """Return for each drawing whether it lies far from nearly all; see `geo.sketches.outliers.far_away`."""
    return far_away(read_sketches(study))


def bounds_wgs84(study: Study, *, with_far: bool = False) -> tuple[float, float, float, float]:
    """Return the box around the drawings, as west, south, east, north in degrees.

    Parameters
    ----------
    with_far
        Whether the drawings that lie far from nearly all are in it. One of them on another continent would
        leave of all others no more than a dot.
    """
    sketches, far = read_sketches(study), is_far(study)
    near = crs.to_wgs84(shapely.box(*sketches[~far].total_bounds), sketches.crs)
    # A corner between far places may lie where the plane of the drawings has no degrees: each by itself.
    far_shapes = sketches[far].geometry if with_far else []
    more = [shapely.box(*crs.to_wgs84(shape, sketches.crs).bounds) for shape in far_shapes]
    west, south, east, north = shapely.total_bounds([near, *more]).tolist()
    return west, south, east, north


@cached_answer
def divisions(study: Study) -> list[str]:
    """Return the divisions this study can be compared with: official ones first, then layers people uploaded."""
    town = get_project(study.project).municipality
    official = [key for key in layers.list_divisions(town) if key != "gemeente"] if town else []
    if read_sketches(study).empty:
        return official
    near = custom_layers.custom_layers_near("areas", bounds_wgs84(study), study.project)
    return official + [mine.key for mine in near if mine.key != town]


def custom_division_name(division: str) -> str:
    """Return how a division that people uploaded is called; empty for an official one."""
    if not division.startswith(custom_layers.PREFIX):
        return ""
    return next(
        (own.shown_name for own in custom_layers.list_custom_layers("areas") if own.key == division), division
    )


def division_areas(study: Study, division: str, year: int | None = None) -> gpd.GeoDataFrame:
    """Return the areas of a division in the plane of the drawings.

    Raises
    ------
    LayerUnknown, LayerNotFetched
    """
    return _division_areas(study.official, division, year)


@cached_answer
def _division_areas(study: Study, division: str, year: int | None) -> gpd.GeoDataFrame:
    if division.startswith(custom_layers.PREFIX):
        return custom_layers.read_custom_layer(division).to_crs(get_project(study.project).crs)
    return layers.read_areas(get_project(study.project).municipality, division, year)


def division_attribution(study: Study, division: str) -> str:
    """Return the attribution of a division's areas; empty when unknown."""
    attrs = division_areas(study, division).attrs
    return str(attrs.get("credit") or attrs.get("source") or "")


def overlap_area_m2(study: Study, division: str) -> float:
    """Return the ground that lies in more than one area of a division, m²; official layers should give 0."""
    return _overlap_area_m2(study.official, division)


@cached_answer
def _overlap_area_m2(study: Study, division: str) -> float:
    return double_counted_m2(division_areas(study, division))


@cached_answer
def has_only_duplicates(study: Study) -> bool:
    """Return whether there are several drawings and all are the same shape."""
    shapes = shapely.normalize(read_sketches(study).geometry.to_numpy())
    return len(shapes) > 1 and len(set(shapely.to_wkb(shapes))) == 1


@heavy_answer
def overlap_pairs(study: Study, division: str) -> pd.DataFrame:
    """Return every drawing and area that share ground; see `geo.overlay.pairs.pairs`."""
    return pairs.overlap_pairs(read_sketches(study), division_areas(study, division))


@heavy_answer
def verdicts(study: Study, division: str) -> pd.DataFrame:
    """Return per sketch its verdict on the areas of a division."""
    return verdicts_module.verdicts(overlap_pairs(study, division), read_sketches(study))


@cached_answer
def division_ranking(study: Study, offered: tuple[str, ...] = OFFICIAL_DIVISIONS) -> pd.DataFrame:
    """Rank divisions by how well their areas resemble what residents drew; see `geo.overlay.pairs`."""
    known = [
        division for division in divisions(study) if division in offered or custom_division_name(division)
    ]
    return rank_divisions(divisions_compared(study, tuple(known)))


@cached_answer
def divisions_compared(study: Study, known: tuple[str, ...]) -> pd.DataFrame:
    """Return every drawing beside every one of these divisions; see `geo.overlay.divisions`."""
    tables = {division: overlap_pairs(study, division) for division in known}
    return compare_divisions(tables, read_sketches(study))


@heavy_answer
def cluster_of_sketch(study: Study, cut: float = clustering.CUT) -> "pd.Series[int]":
    """Return for each drawing the number of the experienced neighbourhood it means."""
    return clustering.cluster_sketches(read_sketches(study), cut=cut, progress=progress.reporter("grouping"))


@cached_answer
def neighbourhoods(study: Study, cut: float = clustering.CUT) -> pd.DataFrame:
    """Return the experienced neighbourhoods: what residents call them and how many drew them.

    Returns
    -------
    DataFrame
        Index cluster, the largest first; as `geo.consensus.clustering.names`.
    """
    return clustering.cluster_names(cluster_of_sketch(study, cut), read_sketches(study)["name"])


def cluster_members(study: Study, cluster: int, cut: float = clustering.CUT) -> gpd.GeoDataFrame:
    """Return the drawings of one experienced neighbourhood."""
    found = read_sketches(study)
    return found[cluster_of_sketch(study, cut).reindex(found.index) == cluster]


@heavy_answer
def contours(
    study: Study, cluster: int, cut: float = clustering.CUT, *, smooth: bool = False
) -> gpd.GeoDataFrame:
    """Draw what 25, 50 and 75 % of the drawers of a neighbourhood share, where five or more share it.

    Raises
    ------
    TooFewSketches
        Fewer than five drew it.
    """
    members = cluster_members(study, cluster, cut)
    bands = cores.contours(consensus_surface(members), CONTOUR_PERCENTS, smooth=smooth)
    return mask_small_bands(bands, len(members))


@heavy_answer
def core_fit(study: Study, cluster: int, division: str, cut: float = clustering.CUT) -> pd.DataFrame:
    """Set the core (50 %) of a neighbourhood against the areas of a division.

    Returns
    -------
    DataFrame
        Index code, best fit first: name, area_m2 shared, ``share_of_core``, ``share_of_area``, ``iou``.

    Raises
    ------
    TooFewSketches
    """
    core = contours(study, cluster, cut).loc[[50]]
    units = division_areas(study, division)
    one = core.set_index(pd.Index(["core"], name=SKETCHES.index))
    table = pairs.overlap_pairs(one[~one.is_empty], units).droplevel(SKETCHES.index)
    table = table.rename(columns={"share_of_sketch": "share_of_core"})
    table.insert(0, "name", units["name"].groupby(level=AREAS.index).first().reindex(table.index))
    return table.sort_values(["iou", "name"], ascending=[False, True])
