"""The base map of a municipality from its own shapes, so that nothing is fetched to see where you are."""

from collections.abc import Mapping
from typing import Any

import shapely
from geopandas import GeoDataFrame

from maps.topology import topology

PAINTED = ("water", "green", "built", "buildings", "roads", "rail")
"""What is painted, the lowest first."""

KEPT = ("kind", "class", "name")


def ground(tables: Mapping[str, GeoDataFrame]) -> dict[str, Any]:
    """Make one topology of all that is painted; streets are joined so that their names find room.

    Parameters
    ----------
    tables
        Any of `PAINTED`, in a metre plane, with ``kind`` or ``class`` and ``name`` where they have them.

    Examples
    --------
    A street in two stretches becomes one line.

    >>> from geopandas import GeoDataFrame
    >>> lines = [shapely.LineString([(150_000, 480_000), (150_100, 480_000)]),
    ...          shapely.LineString([(150_100, 480_000), (150_200, 480_020)])]
    >>> roads = GeoDataFrame({"kind": "street", "name": "Dorpsstraat"}, geometry=lines, crs=28992, index=[0, 1])
    >>> len(ground({"roads": roads})["objects"]["roads"]["geometries"])
    1
    """
    found = {name: tables[name] for name in PAINTED if name in tables and len(tables[name])}
    if "roads" in found:
        found["roads"] = _joined(found["roads"])
    kept = {name: table[[c for c in table.columns if c in KEPT] + [table.geometry.name]] for name, table in found.items()}
    return topology(kept, step_m=0.25)


def _joined(roads: GeoDataFrame) -> GeoDataFrame:
    facts = [column for column in KEPT if column in roads.columns]
    if not facts:
        return roads
    grouped = roads.dissolve(by=facts, dropna=False, as_index=False)
    grouped.geometry = shapely.line_merge(grouped.geometry.array)
    return grouped
