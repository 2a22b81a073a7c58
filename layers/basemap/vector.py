"""A map to draw on that works without internet: water, green, railways and streets, from OpenStreetMap."""

from collections.abc import Callable, Iterable

import geopandas as gpd
import numpy as np
import shapely

from geo.errors import AnswerIncomplete
from layers.cache import BASEMAP_FILE, Manifest, read_layer
from layers.catalogue import BACKDROPS, Backdrop, Rule
from layers.services import overpass

MIN_BEND_M = 1.0
"""Bends smaller than this are not drawn on a screen."""

WALKED = ("streets", "paths")
"""Parts of the base map that people walk along."""


def fetch_basemap(
    objects: Callable[[Iterable[Rule], tuple[float, float, float, float]], overpass.OsmObjects],
    ground: shapely.Geometry,
) -> dict[str, tuple[gpd.GeoDataFrame, str]]:
    """Fetch every part of the base map, clipped to the municipality's box.

    Parameters
    ----------
    objects
        Gives the objects of OpenStreetMap under some rules that touch a box in RD metres.

    Returns
    -------
    dict
        Per part a table with ``name``, ``kind`` and ``geometry`` in RD, and the date of the map. Streets and
        paths also say at what ``level`` they lie (0 on the ground, above it on a bridge, below it in a
        tunnel) and whether one is ``allowed`` to walk them.
    """
    box = shapely.bounds(ground)
    rules = [rule for part in BACKDROPS.values() for rule in part.rules]
    found = objects(rules, (box[0], box[1], box[2], box[3]))
    frame = shapely.box(*box)
    parts = {part.key: clip_layer(found.table, part, frame) for part in BACKDROPS.values()}
    if parts["streets"].empty:
        raise AnswerIncomplete(
            service=overpass.SERVICE, reason="not a single street in the whole municipality"
        )
    return {key: (table, found.date[:10]) for key, table in parts.items()}


def clip_layer(table: gpd.GeoDataFrame, part: Backdrop, frame: shapely.Geometry) -> gpd.GeoDataFrame:
    """Return one part of the base map, clipped to the frame."""
    fits = np.array([any(rule.matches(tags) for rule in part.rules) for tags in table["tags"]], dtype=bool)
    wanted = 2 if part.form == "area" else 1
    shapes = table.geometry.to_numpy()
    chosen = table[fits & (shapely.get_dimensions(shapes) == wanted)]
    shapes = shapely.simplify(shapely.intersection(chosen.geometry.to_numpy(), frame), MIN_BEND_M)
    drawn = gpd.GeoDataFrame(
        {
            "name": [str(tags.get("name", ""))[:80] for tags in chosen["tags"]],
            "kind": [_kind(part, tags) for tags in chosen["tags"]],
        },
        geometry=shapes,
        crs=table.crs,
    )
    if part.key in WALKED:
        drawn["level"] = np.array([_level(tags) for tags in chosen["tags"]], dtype=np.int64)
        drawn["allowed"] = np.array([_is_allowed(tags) for tags in chosen["tags"]], dtype=bool)
    return drawn[~shapely.is_empty(shapes)].reset_index(drop=True)


def _level(tags: dict[str, str]) -> int:
    """Return at what level a way lies: 0 on the ground, above it on a bridge, below it in a tunnel.

    Examples
    --------
    >>> _level({"bridge": "yes"}), _level({"tunnel": "yes", "layer": "-2"}), _level({"layer": "1"})
    (1, -2, 0)
    """
    stated = tags.get("layer", "")
    height = int(stated) if stated.lstrip("-").isdecimal() else 0
    if tags.get("bridge", "no") != "no":
        return max(height, 1)
    return min(height, -1) if tags.get("tunnel", "no") != "no" else 0


def _is_allowed(tags: dict[str, str]) -> bool:
    """Return whether one may walk along a way."""
    foot = tags.get("foot", "")
    return foot != "no" and (bool(foot) or tags.get("access", "") not in ("no", "private"))


def _kind(part: Backdrop, tags: dict[str, str]) -> str:
    """Return the value that made an object part of the base map: a park, a river, a residential street."""
    return next(tags[rule.conditions[0][0]] for rule in part.rules if rule.matches(tags))


def read_basemap(code: str) -> dict[str, gpd.GeoDataFrame]:
    """Return the base map of a municipality, each part by its key, in the order they are drawn.

    Returns
    -------
    dict
        Empty when no base map was fetched: then a map is drawn on white.
    """
    lock = Manifest.read(code)
    there = [entry.layer for entry in lock.layers.values() if entry.file == BASEMAP_FILE]
    return {layer: read_layer(code, layer) for layer in _in_order(there)}


def _in_order(keys: Iterable[str]) -> list[str]:
    order = list(BACKDROPS)
    return sorted(keys, key=lambda key: (order.index(key) if key in order else len(order), key))
