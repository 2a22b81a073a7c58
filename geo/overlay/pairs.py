"""Many drawings against many official areas: who shares ground with whom, what fits best, how to say it.

Everything starts from one table, the pairs; the rest is arithmetic on that table and makes no geometry.
"""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.overlay.thresholds import BLOCK, HALF, MANY, sum_per_sketch
from geo.schemas import AREAS, SKETCHES

Shapes = NDArray[np.object_]
Places = NDArray[np.intp]
Numbers = NDArray[np.float64]


# --- The table of pairs ---------------------------------------------------------------------------


def overlap_pairs(sketches: gpd.GeoDataFrame, areas: gpd.GeoDataFrame) -> pd.DataFrame:
    """Compute the shared area of each sketch and each official area that overlap.

    Parameters
    ----------
    sketches
        SKETCHES: valid areas in metres, one row per resident.
    areas
        AREAS in the same plane. Rows with the same code are parts of one area and are joined first.

    Returns
    -------
    DataFrame
        Index (sketch_id, code), in the order of the sketches and then of the areas; only pairs that share
        more than 0 m². ``area_m2``: shared area. ``share_of_sketch``: as a share of the whole sketch.
        ``share_of_area``: as a share of the whole official area. ``iou``: as a share of the union. The shares
        are above 0, at most 1.

    Raises
    ------
    FrameColumnsMissing
        When a table lacks a column of its schema.
    FrameNotPlanar
        When a table is not in a plane in metres.

    Examples
    --------
    A drawing of 400 x 100 m, 100 m west and 300 m east of the border: 1/4 and 3/4.

    >>> from shapely import box
    >>> drawn = gpd.GeoDataFrame(
    ...     geometry=[box(900, 0, 1300, 100)], index=pd.Index(["s0"], name="sketch_id"), crs=28992
    ... )
    >>> official = gpd.GeoDataFrame(
    ...     {"name": ["West", "East"]},
    ...     geometry=[box(0, 0, 1000, 1000), box(1000, 0, 2000, 1000)],
    ...     index=pd.Index(["w", "e"], name="code"),
    ...     crs=28992,
    ... )
    >>> overlap_pairs(drawn, official).share_of_sketch.to_dict()
    {('s0', 'w'): 0.25, ('s0', 'e'): 0.75}
    """
    drawn = SKETCHES.validate(sketches).geometry.to_numpy()
    official = areas_by_code(AREAS.validate(areas))
    sketch, unit, shared = _shared(drawn, official)
    ground, whole = shapely.area(drawn)[sketch], shapely.area(official.to_numpy()[unit])
    shared = np.minimum(shared, np.minimum(ground, whole))  # rounding must not make a share of more than 1
    index = pd.MultiIndex.from_arrays(
        [sketches.index.take(sketch), official.index.take(unit)], names=[SKETCHES.index, AREAS.index]
    )
    return pd.DataFrame(
        {
            "area_m2": shared,
            "share_of_sketch": shared / ground,
            "share_of_area": shared / whole,
            "iou": shared / (ground + whole - shared),
        },
        index=index,
    )


def areas_by_code(areas: gpd.GeoDataFrame) -> gpd.GeoSeries:
    """Return one shape a code; a postcode of several rows is one postcode.

    Parameters
    ----------
    areas
        AREAS: one layer, in metres.

    Returns
    -------
    GeoSeries
        Index code, each once.
    """
    if areas.index.is_unique:
        return areas.geometry
    joined = areas.geometry.groupby(level=0, sort=False).agg(lambda rows: shapely.union_all(rows.to_numpy()))
    return gpd.GeoSeries(joined, crs=areas.crs)


def _shared(drawn: Shapes, official: gpd.GeoSeries) -> tuple[Places, Places, Numbers]:
    """Return the positions of drawing and area, and the m² they share, wherever these are more than 0."""
    if official.sindex.query(drawn).shape[1] < MANY or not official.is_valid.all():
        return _intersected(drawn, official)
    # For fewer pairs loading the compiler costs more than it saves, so it stays out.
    from geo.kernels import area_index, polygon_overlap  # noqa: PLC0415

    found = polygon_overlap.overlaps(drawn, area_index.prepare(official.to_numpy()))
    return found.sketch, found.unit.astype(np.intp), found.area_m2


def _intersected(drawn: Shapes, official: gpd.GeoSeries) -> tuple[Places, Places, Numbers]:
    """Return the same with GEOS, by making the shared ground of each pair: the plain form."""
    # geopandas keeps the tree with the table; for one drawing, building it would take most of the time.
    sketch, unit = official.sindex.query(drawn, predicate="intersects", sort=True)
    units = official.to_numpy()
    area = np.empty(len(sketch))
    for start in range(0, len(sketch), BLOCK):
        block = slice(start, start + BLOCK)
        area[block] = shapely.area(shapely.intersection(drawn[sketch[block]], units[unit[block]]))
    # Neighbours that only touch along a line intersect but share no ground.
    real = area > 0
    return sketch[real], unit[real], area[real]


def double_counted_m2(areas: gpd.GeoDataFrame) -> float:
    """Return the area that lies in more than one official area of a layer.

    It is counted once per pair of areas. Official layers should give 0. Where they do not, the shares of a
    sketch can add up to more than 1, and ``outside`` and ``covered`` are too favourable to the same extent.

    Parameters
    ----------
    areas
        AREAS: one layer, in metres. Rows with the same code are parts of one area.

    Returns
    -------
    float
        Square metres, 0 or more.

    Raises
    ------
    FrameColumnsMissing
        When the table lacks a column of the schema.
    FrameNotPlanar
        When the table is not in a plane in metres.

    Examples
    --------
    >>> from shapely import box
    >>> rows = gpd.GeoDataFrame(
    ...     {"name": ["one", "two"]},
    ...     geometry=[box(0, 0, 100, 100), box(90, 0, 200, 100)],
    ...     index=pd.Index(["1", "2"], name="code"),
    ...     crs=28992,
    ... )
    >>> double_counted_m2(rows)
    1000.0
    """
    official = areas_by_code(AREAS.validate(areas))
    one, other, area = _intersected(official.to_numpy(), official)
    return float(area[one < other].sum())


def share_outside(table: pd.DataFrame, sketches: gpd.GeoDataFrame) -> pd.Series:
    """Return for every sketch the share that lies in no area at all.

    Parameters
    ----------
    table
        Result of `overlap_pairs`.
    sketches
        All sketches; those in no pair lie wholly outside.

    Returns
    -------
    Series
        From 0 to 1, on the index of `sketches`. Where areas overlap each other it is a lower bound; see
        `double_counted_m2`.
    """
    inside = sum_per_sketch(table, "share_of_sketch").reindex(sketches.index, fill_value=0.0)
    return (1.0 - inside).clip(0.0, 1.0).rename("outside")


def mostly_inside(table: pd.DataFrame) -> pd.Series:
    """Return per sketch whether more than half of it lies in the areas together.

    Parameters
    ----------
    table
        Result of `overlap_pairs`.

    Returns
    -------
    Series
        True or False, index sketch_id. Sketches in no pair are absent: nothing of them is covered.
    """
    return (sum_per_sketch(table, "share_of_sketch") > HALF).rename("covered")
