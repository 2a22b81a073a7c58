"""From the objects of two maps to one table of places: sorted, each counted once, both ids kept."""

from collections import Counter
from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geo.crs import RD
from geo.schemas import FACILITIES
from layers.catalogue import BGT_SOURCE, OSM_SOURCE, THEMES, Kind
from layers.services import bgt, overpass

DETAILS = (
    "backrest",
    "armrest",
    "seats",
    "material",
    "colour",
    "min_age",
    "max_age",
    "wheelchair",
    "sport",
    "opening_hours",
)
"""Tags of OpenStreetMap that are kept as columns, as text, for showing only."""

MAX_TEXT = 80
COLUMNS = ("theme", "kind", "name", "source", "date", "ids", "area_m2", "presumed", *DETAILS)


@dataclass(frozen=True)
class SourceData:
    """All that the sources gave about one municipality; `ground` is its land, in RD."""

    ground: shapely.Geometry
    osm: overpass.OsmObjects
    bgt: bgt.BgtObjects


@dataclass
class ThemeTable:
    """One theme's table (FACILITIES), which source covers the municipality, and what was put together."""

    table: gpd.GeoDataFrame
    coverage: dict[str, bool]
    notes: Counter[str] = field(default_factory=Counter)


# --- Sorting ----------------------------------------------------------------------------------------


def from_osm(finds: SourceData, theme: str) -> gpd.GeoDataFrame:
    """Return the objects of OpenStreetMap that belong to a theme, each under its first fitting kind.

    Returns
    -------
    GeoDataFrame
        `COLUMNS` and the shape as drawn, in RD; see `finish`.
    """
    table = finds.osm.table[lies_inside(finds.osm.table, finds.ground)]
    kinds = [_kind(THEMES[theme].kinds, tags) for tags in table["tags"]]
    table = table[np.array([kind is not None for kind in kinds], dtype=bool)]
    tags = list(table["tags"])
    rows: dict[str, Any] = {
        "theme": theme,
        "kind": [kind for kind in kinds if kind is not None],
        "name": [_said(tag, "name") or "" for tag in tags],
        "source": OSM_SOURCE,
        "date": finds.osm.date[:10],
        "ids": [f"osm:{ident}" for ident in table.index],
        "presumed": False,
    }
    rows |= {key: [_said(tag, key) for tag in tags] for key in DETAILS}
    return _raw(rows, table)


def from_bgt(finds: SourceData, theme: str) -> gpd.GeoDataFrame:
    """Return the objects of the BGT that belong to a theme.

    A bus shelter is put down as a seat at a stop, ``presumed``: the BGT does not say whether it has one.
    """
    kinds = {plus: kind.key for kind in THEMES[theme].kinds for plus in kind.bgt}
    table = finds.bgt.table
    table = table[table["plus"].isin(list(kinds)) & lies_inside(table, finds.ground)]
    rows: dict[str, Any] = {
        "theme": theme,
        "kind": table["plus"].map(kinds).to_list(),
        "name": "",
        "source": BGT_SOURCE,
        "date": table["date"].where(table["date"].ne(""), finds.bgt.date).to_list(),
        "ids": [f"bgt:{ident}" for ident in table.index],
        "presumed": table["plus"].eq("abri").to_list(),
    }
    return _raw(rows | dict.fromkeys(DETAILS), table)


def lies_inside(table: gpd.GeoDataFrame, ground: shapely.Geometry) -> NDArray[np.bool_]:
    """Return which objects lie in the municipality: an object on its border counts where its middle is."""
    shapely.prepare(ground)
    covered: NDArray[np.bool_] = shapely.covers(ground, representative_points(table.geometry.to_numpy()))
    return covered


def representative_points(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return a point on each shape: of an L-shaped ground never one outside it, of a line half-way.

    Examples
    --------
    >>> ell = shapely.Polygon([(0, 0), (9, 0), (9, 1), (1, 1), (1, 9), (0, 9)])
    >>> bool(shapely.covers(ell, representative_points(np.array([ell])))[0])
    True
    """
    dimension = shapely.get_dimensions(shapes)
    points = np.where(dimension == 2, shapely.point_on_surface(shapes), shapely.centroid(shapes))
    lines = (dimension == 1) & (shapely.get_num_geometries(shapes) == 1)
    points[lines] = shapely.line_interpolate_point(shapes[lines], 0.5, normalized=True)
    return points


def _kind(kinds: tuple[Kind, ...], tags: dict[str, str]) -> str | None:
    return next((kind.key for kind in kinds if kind.takes(tags)), None)


def _said(tags: dict[str, str], key: str) -> str | None:
    """Return a text of others, cut to size; whoever prints it must escape it."""
    value = str(tags.get(key, "")).strip()
    return value[:MAX_TEXT] or None


def _raw(rows: dict[str, Any], table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    shapes = table.geometry.to_numpy()
    area = shapely.area(shapes)
    found = pd.DataFrame({**rows, "area_m2": np.where(area > 0, area, np.nan)}, index=range(len(table)))
    found = found[list(COLUMNS)]
    # A column of nothing but None has no type of its own, and would be lost on the way to disk.
    texts = ["name", "source", "date", "ids", *DETAILS]
    return gpd.GeoDataFrame(found.astype(dict.fromkeys(texts, "object")), geometry=shapes, crs=RD)


# --- Putting together -------------------------------------------------------------------------------


def match_pairs(one: gpd.GeoDataFrame, other: gpd.GeoDataFrame, *, within_m: float) -> list[tuple[int, int]]:
    """Match rows of one kind one to one, the nearest first: two benches side by side stay two.

    Returns
    -------
    list
        Positions in `one` and in `other`.

    Examples
    --------
    >>> def benches(*xs: float) -> gpd.GeoDataFrame:
    ...     spots = [shapely.Point(x, 0) for x in xs]
    ...     return gpd.GeoDataFrame({"kind": ["bench"] * len(xs)}, geometry=spots, crs=RD)
    >>> match_pairs(benches(0, 3), benches(1, 50), within_m=10)
    [(0, 0)]
    >>> match_pairs(benches(0, 3), benches(1, 4), within_m=10)
    [(0, 0), (1, 1)]
    """
    left, right = one.geometry.to_numpy(), other.geometry.to_numpy()
    i, j = shapely.STRtree(right).query(left, predicate="dwithin", distance=within_m)
    alike = one["kind"].to_numpy()[i] == other["kind"].to_numpy()[j]
    i, j = i[alike], j[alike]
    order = np.lexsort((j, i, shapely.distance(left[i], right[j])))
    taken: set[Hashable] = set()
    found = []
    for a, b in zip(i[order].tolist(), j[order].tolist(), strict=True):
        if ("one", a) not in taken and ("other", b) not in taken:
            taken |= {("one", a), ("other", b)}
            found.append((a, b))
    return sorted(found)


def merge_sources(
    ours: gpd.GeoDataFrame, official: gpd.GeoDataFrame, *, within_m: float
) -> tuple[gpd.GeoDataFrame, int]:
    """Merge two maps: what both have is one row, at the official spot, with the details of the other.

    Returns
    -------
    The table, and how many rows were in both.
    """
    matched = match_pairs(ours, official, within_m=within_m)
    left, right = [a for a, _ in matched], [b for _, b in matched]
    both = ours.iloc[left].copy()
    twins = official.iloc[right]
    both["ids"] = [f"{b} {a}" for a, b in zip(both["ids"], twins["ids"], strict=True)]
    both["source"] = f"{BGT_SOURCE}, {OSM_SOURCE}"
    both["date"] = [max(a, b) for a, b in zip(both["date"], twins["date"], strict=True)]
    # What somebody says on either map is no longer presumed.
    both["presumed"] = both["presumed"].to_numpy(bool) & twins["presumed"].to_numpy(bool)
    both.geometry = twins.geometry.to_numpy()
    rest = [ours.drop(index=ours.index[left]), official.drop(index=official.index[right])]
    return concat([*rest, both]), len(matched)


def concat(tables: list[gpd.GeoDataFrame]) -> gpd.GeoDataFrame:
    """Return tables of one form as one table."""
    full = [table for table in tables if len(table)]
    return pd.concat(full, ignore_index=True) if full else tables[0]


def group_touching(shapes: NDArray[np.object_], *, within_m: float) -> NDArray[np.int64]:
    """Return each shape the number of its group: shapes that hang together by steps of at most `within_m`.

    Examples
    --------
    >>> group_touching(shapely.points([(0, 0), (9, 0), (50, 0)]), within_m=10).tolist()
    [0, 0, 1]
    """
    i, j = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=within_m)
    touching = coo_array((np.ones(len(i), dtype=bool), (i, j)), shape=(len(shapes), len(shapes)))
    numbers: NDArray[np.int64] = connected_components(touching, directed=False)[1].astype(np.int64)
    return numbers


def drop_duplicates(table: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, int]:
    """Drop a point that lies in an area of the same kind and name: one place that was drawn twice.

    Returns
    -------
    The table, and how many points were dropped.
    """
    shapes = table.geometry.to_numpy()
    areal = shapely.get_dimensions(shapes) == 2
    named = table["name"].ne("").to_numpy()
    points, grounds = np.flatnonzero(~areal & named), np.flatnonzero(areal & named)
    i, j = shapely.STRtree(shapes[grounds]).query(shapes[points], predicate="intersects")
    kind, name = table["kind"].to_numpy(), table["name"].str.casefold().to_numpy()
    a, b = points[i], grounds[j]
    doubles = np.unique(a[(kind[a] == kind[b]) & (name[a] == name[b])])
    return table.drop(index=table.index[doubles]).reset_index(drop=True), len(doubles)


def to_facilities(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Create FACILITIES of it: one point a place, its id the first of its ids, in order of id."""
    table = table.copy()
    table.geometry = representative_points(table.geometry.to_numpy())
    table.index = pd.Index(table["ids"].str.split(" ").str[0], name="facility_id", dtype=object)
    return FACILITIES.validate_strict(table[~table.index.duplicated()].sort_index())


def coverage(table: gpd.GeoDataFrame, theme: str) -> dict[str, bool]:
    """Return per source whether it says anything about a theme here.

    Both sources are filled by hand, and by choice: where one has not a single object nobody mapped, and
    nothing follows from it. What is only presumed does not count as said.
    """
    said = table.loc[~table["presumed"].astype(bool), "ids"].str
    found = {OSM_SOURCE: bool(said.contains("osm:").any())}
    if any(kind.bgt for kind in THEMES[theme].kinds):
        found[BGT_SOURCE] = bool(said.contains("bgt:").any())
    return found
