"""The base map of a municipality from its own shapes, so that nothing is fetched to see where you are."""

from collections.abc import Mapping
from typing import Any

import shapely
from geopandas import GeoDataFrame

from maps.interactive.topojson import build_topology

PAINTED = {
    "green": "green",
    "water": "water",
    "canals": "canals",
    "built": "built",
    "buildings": "buildings",
    "roads": "roads",
    "streets": "roads",
    "rail": "rail",
    "railways": "rail",
}
"""What is painted, by the name a layer has where it comes from."""

KEPT_COLUMNS = ("kind", "name")


def basemap_topology(tables: Mapping[str, GeoDataFrame]) -> dict[str, Any]:
    """Create one topology of all that is painted; streets are joined so that their names find room.

    Parameters
    ----------
    tables
        Any of `PAINTED`, in a metre plane, with ``kind`` and ``name`` where they have them.

    Examples
    --------
    A street in two stretches becomes one line.

    >>> from geopandas import GeoDataFrame
    >>> lines = [shapely.LineString([(150_000, 480_000), (150_100, 480_000)]),
    ...          shapely.LineString([(150_100, 480_000), (150_200, 480_020)])]
    >>> facts = {"kind": ["street"] * 2, "name": ["Dorpsstraat"] * 2}
    >>> roads = GeoDataFrame(facts, geometry=lines, crs=28992)
    >>> len(basemap_topology({"roads": roads})["objects"]["roads"]["geometries"])
    1
    """
    found = {PAINTED[name]: _kept(table) for name, table in tables.items() if name in PAINTED and len(table)}
    if "roads" in found:
        found["roads"] = _joined(found["roads"])
    return build_topology(found, step_m=0.25)


def _kept(table: GeoDataFrame) -> GeoDataFrame:
    return table[[column for column in KEPT_COLUMNS if column in table.columns] + [table.geometry.name]]


def _joined(roads: GeoDataFrame) -> GeoDataFrame:
    facts = [column for column in KEPT_COLUMNS if column in roads.columns]
    if not facts:
        return roads
    grouped = roads.dissolve(by=facts, dropna=False, as_index=False)
    grouped.geometry = shapely.line_merge(grouped.geometry.array)
    return grouped
