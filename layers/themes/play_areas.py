"""Places to play: a swing is not a place, the playground round it is."""

from collections import Counter

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from layers.catalogue import BGT_SOURCE, OSM_SOURCE, SHELTERED
from layers.themes.merging import (
    SourceData,
    ThemeTable,
    concat,
    coverage,
    from_bgt,
    from_osm,
    group_touching,
    merge_sources,
    to_facilities,
)

SAME_GROUND_TOLERANCE_M = 10.0
"""Two playgrounds nearer than this are one, drawn on two maps or in two parts."""

SAME_SWING_TOLERANCE_M = 5.0
AT_PLAYGROUND_M = 10.0
"""A swing this near to a playground belongs to it."""

ONE_SPOT_M = 25.0
"""Swings without a playground that stand this near to each other are one small place to play."""


def gather(finds: SourceData) -> ThemeTable:
    """Return playgrounds, pitches for all, and small spots of a few swings; ``equipment`` counts the swings."""
    ours, official = from_osm(finds, "play_area"), from_bgt(finds, "play_area")
    swings, both = merge_sources(
        _of(ours, "equipment"), _of(official, "equipment"), within_m=SAME_SWING_TOLERANCE_M
    )
    grounds, joined = _one_each(concat([_of(ours, "playground"), _of(official, "playground")]))
    grounds, left = _with_swings(grounds, swings)
    pitches, club = _open_to_all(_of(ours, "pitch"), finds)
    table = concat([grounds, _spots(left), pitches.assign(equipment=0)])
    covered = coverage(concat([ours, official]), "play_area")
    notes = Counter(
        in_both=both,
        joined=joined,
        equipment=len(swings),
        in_playgrounds=len(swings) - len(left),
        club_pitches=club,
    )
    return ThemeTable(to_facilities(table), covered, notes)


def _of(table: gpd.GeoDataFrame, kind: str) -> gpd.GeoDataFrame:
    return table[table["kind"].eq(kind)].reset_index(drop=True)


def _one_each(grounds: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, int]:
    """Join what touches: the parts of one playground, and one playground on two maps."""
    if grounds.empty:
        return grounds, 0
    numbers = group_touching(grounds.geometry.to_numpy(), within_m=SAME_GROUND_TOLERANCE_M)
    return _joined(grounds, numbers), len(grounds) - len(np.unique(numbers))


def _joined(table: gpd.GeoDataFrame, numbers: NDArray[np.int64]) -> gpd.GeoDataFrame:
    """Create one row of each group: all ids, the first name and details there are, the whole shape."""
    table = table.sort_values("ids", kind="stable")
    numbers = numbers[table.index.to_numpy()]
    by = table.replace({"name": {"": None}}).groupby(numbers)
    first = by.first()
    first["name"] = first["name"].fillna("")
    first["ids"] = by["ids"].agg(" ".join)
    first["date"] = by["date"].max()
    sources = by["source"].agg(set)
    both = f"{BGT_SOURCE}, {OSM_SOURCE}"
    first["source"] = [both if len(names) > 1 else next(iter(names)) for names in sources]
    shapes = by["geometry"].agg(lambda parts: shapely.union_all(parts.to_numpy()))
    whole = gpd.GeoDataFrame(first.drop(columns="geometry"), geometry=shapes.to_list(), crs=table.crs)
    area = whole.area.to_numpy()
    whole["area_m2"] = np.where(area > 0, area, np.nan)
    return whole.reset_index(drop=True)


def _with_swings(
    grounds: gpd.GeoDataFrame, swings: gpd.GeoDataFrame
) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Count each swing at the nearest playground, and give back those that have none."""
    count = np.zeros(len(grounds), dtype=int)
    if grounds.empty or swings.empty:
        return grounds.assign(equipment=count), swings
    tree = shapely.STRtree(grounds.geometry.to_numpy())
    swing, ground = tree.query_nearest(
        swings.geometry.to_numpy(), max_distance=AT_PLAYGROUND_M, all_matches=False
    )
    np.add.at(count, ground, 1)
    return grounds.assign(equipment=count), swings.drop(index=swings.index[swing]).reset_index(drop=True)


def _spots(swings: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Create one small place of swings that stand together."""
    if swings.empty:
        return swings.assign(equipment=0)
    numbers = group_touching(swings.geometry.to_numpy(), within_m=ONE_SPOT_M)
    return _joined(swings, numbers).assign(equipment=np.bincount(numbers))


def _open_to_all(pitches: gpd.GeoDataFrame, finds: SourceData) -> tuple[gpd.GeoDataFrame, int]:
    """Leave out the fields of clubs: those that lie in a sports ground."""
    table = finds.osm.table
    sheltered = np.array([SHELTERED.matches(tags) for tags in table["tags"]], dtype=bool)
    club = table.geometry[sheltered].to_numpy()
    club = club[shapely.get_dimensions(club) == 2]
    middles = shapely.point_on_surface(pitches.geometry.to_numpy())
    within = pd.Index(np.unique(shapely.STRtree(club).query(middles, predicate="intersects")[0]))
    return pitches.drop(index=pitches.index[within]).reset_index(drop=True), len(within)
