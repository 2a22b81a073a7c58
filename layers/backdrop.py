"""A map to draw on that works without internet: water, green, railways and streets, from OpenStreetMap."""

from collections.abc import Iterable

import geopandas as gpd
import numpy as np
import shapely

from geo.errors import AnswerIncomplete
from layers import osm
from layers.cache import BASEMAP_FILE, Lock, read_layer
from layers.catalogue import BACKDROPS, Backdrop
from layers.transport import Session

FINEST_M = 1.0
"""Bends smaller than this are not drawn on a screen."""


def fetch(session: Session, ground: shapely.Geometry) -> dict[str, tuple[gpd.GeoDataFrame, str]]:
    """Ask for every part of the base map, cut to the municipality's box.

    Returns
    -------
    dict
        Per part a table with ``name``, ``kind`` and ``geometry`` in RD, and the date of the map.
    """
    box = shapely.bounds(ground)
    rules = [rule for part in BACKDROPS.values() for rule in part.rules]
    found = osm.objects(session, rules, (box[0], box[1], box[2], box[3]))
    frame = shapely.box(*box)
    parts = {part.key: cut(found.table, part, frame) for part in BACKDROPS.values()}
    if parts["streets"].empty:
        raise AnswerIncomplete(service=osm.SERVICE, reason="not a single street in the whole municipality")
    return {key: (table, found.date[:10]) for key, table in parts.items()}


def cut(table: gpd.GeoDataFrame, part: Backdrop, frame: shapely.Geometry) -> gpd.GeoDataFrame:
    """Take one part of the base map out of what was found."""
    fits = np.array([any(rule.matches(tags) for rule in part.rules) for tags in table["tags"]], dtype=bool)
    wanted = 2 if part.form == "area" else 1
    shapes = table.geometry.to_numpy()
    chosen = table[fits & (shapely.get_dimensions(shapes) == wanted)]
    shapes = shapely.simplify(shapely.intersection(chosen.geometry.to_numpy(), frame), FINEST_M)
    drawn = gpd.GeoDataFrame(
        {
            "name": [str(tags.get("name", ""))[:80] for tags in chosen["tags"]],
            "kind": [_kind(part, tags) for tags in chosen["tags"]],
        },
        geometry=shapes,
        crs=table.crs,
    )
    return drawn[~shapely.is_empty(shapes)].reset_index(drop=True)


def _kind(part: Backdrop, tags: dict[str, str]) -> str:
    """Give the value that made an object part of the base map: a park, a river, a residential street."""
    return next(tags[rule.conditions[0][0]] for rule in part.rules if rule.matches(tags))


def read(code: str) -> dict[str, gpd.GeoDataFrame]:
    """Give the base map of a municipality, each part by its key, in the order they are drawn.

    Returns
    -------
    dict
        Empty when no base map was fetched: then a map is drawn on white.
    """
    lock = Lock.read(code)
    there = [entry.layer for entry in lock.layers.values() if entry.file == BASEMAP_FILE]
    return {layer: read_layer(code, layer) for layer in _in_order(there)}


def _in_order(keys: Iterable[str]) -> list[str]:
    order = list(BACKDROPS)
    return sorted(keys, key=lambda key: (order.index(key) if key in order else len(order), key))
