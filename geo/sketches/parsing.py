"""Parse a sketch from GeoJSON."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import shapely
from shapely import Geometry

from geo import crs as planes
from geo.errors import (
    BrokenGeoJSON,
    DrawingEmpty,
    DrawingNotFinite,
    DrawingTooManyParts,
    DrawingTooManyPoints,
)
from geo.sketches.cleaning import MAX_LEVELS, CleanedSketch, Numbers, Repair, clean_sketch
from geo.sketches.limits import NETHERLANDS, Limits, outside_error

MAX_POSITIONS = NETHERLANDS.max_points
"""No line of any drawing, drawn or from a file, has more positions."""

# --- One drawing ----------------------------------------------------------------------------------


def parse_sketch(feature: str | bytes | dict[str, Any], *, limits: Limits = NETHERLANDS) -> CleanedSketch:
    """Return one sketch, as sent by a browser, as a valid area in metres.

    Parameters
    ----------
    feature
        GeoJSON in degrees (longitude, latitude), as text or as a dict: a Feature, FeatureCollection, Polygon,
        MultiPolygon or GeometryCollection. Several areas are one neighbourhood. A LineString is a stroke
        round the neighbourhood and is closed automatically.
    limits
        Where, in which plane, and how large.

    Returns
    -------
    CleanedSketch
        The area with the list of repairs and warnings.

    Raises
    ------
    BrokenGeoJSON
        When the text is not JSON, or not a known GeoJSON object, or nests too deeply.
    DrawingEmpty
        When there is no geometry.
    DrawingNotFinite
        When a coordinate is NaN or infinite.
    DrawingTooManyPoints
        When there are more than ``limits.max_points`` points.
    DrawingTooManyParts
        When there are more than ``limits.max_parts`` areas, holes and strokes.
    DrawingOutside
        When a point lies outside ``limits.box_wgs84``.
    DrawingTooManyCrossings
        When the outline crosses itself too often to be repaired.
    DrawingIsPoint
        When all points lie at one place.
    DrawingIsLine
        When the line encloses no area.
    SketchTooSmall
        When the area is not above ``limits.min_area_m2``.
    SketchTooLarge
        When the area exceeds ``limits.max_area_m2``.

    Examples
    --------
    A bow-tie: drawn it counts nothing, because its halves cancel; untangled it is two triangles.

    >>> bow_tie = [[4.40, 52.00], [4.41, 52.01], [4.41, 52.00], [4.40, 52.01]]
    >>> found = parse_sketch({"type": "Polygon", "coordinates": [bow_tie]})
    >>> [repair.kind for repair in found.repairs], found.n_parts, found.warnings
    (['closed', 'untangled'], 2, ('several_parts',))
    """
    drawn: list[Geometry] = []
    left_open = 0
    n_points = n_parts = 0
    for piece, closed in _strokes(_parsed(feature), 0):
        drawn.append(piece)
        left_open += not closed
        n_points += int(shapely.get_num_coordinates(piece))
        if n_points > limits.max_points:
            raise DrawingTooManyPoints(n_points=n_points, most_points=limits.max_points)
        n_parts += 1 + int(shapely.get_num_interior_rings(piece))
        if n_parts > limits.max_parts:
            raise DrawingTooManyParts(n_parts=n_parts, most_parts=limits.max_parts)
    shape = shapely.geometrycollections(drawn)
    if shape.is_empty:
        raise DrawingEmpty
    west, south, east, north = limits.box_wgs84
    for lon, lat in shapely.get_coordinates(shape):
        if not (west <= lon <= east and south <= lat <= north):
            raise outside_error(float(lon), float(lat), limits)
    found = clean_sketch(planes.to_planar(shape, limits.crs), limits=limits)
    if not left_open:
        return found
    area = float(found.raw_area_m2)
    return replace(found, repairs=(Repair("closed", area, area), *found.repairs))


def _parsed(feature: str | bytes | dict[str, Any]) -> dict[str, Any]:
    if isinstance(feature, dict):
        return feature
    try:
        node = json.loads(feature)
    except (ValueError, RecursionError) as broken:
        raise BrokenGeoJSON(reason="it is not JSON") from broken
    if not isinstance(node, dict):
        raise BrokenGeoJSON(reason="it is not an object")
    return node


def _strokes(node: Any, level: int) -> Iterator[tuple[Geometry, bool]]:
    """Return the points, lines and polygons of a GeoJSON object, and whether their rings were closed."""
    if level > MAX_LEVELS:
        raise BrokenGeoJSON(reason="it nests too deep")
    if not isinstance(node, dict):
        raise BrokenGeoJSON(reason="a part is not an object")
    kind = str(node.get("type"))
    if kind in COLLECTIONS:
        for member in _listed(node.get(COLLECTIONS[kind])):
            yield from _strokes(member, level + 1)
    elif kind == "Feature":
        if node.get("geometry") is not None:
            yield from _strokes(node["geometry"], level + 1)
    elif kind in SINGLE:
        yield from SINGLE[kind](node.get("coordinates"))
    elif kind in SEVERAL:
        for part in _listed(node.get("coordinates")):
            yield from SEVERAL[kind](part)
    else:
        raise BrokenGeoJSON(reason=f"type {kind[:40]!r} is unknown")


def _listed(value: Any) -> Sequence[Any]:
    if not isinstance(value, list | tuple):
        raise BrokenGeoJSON(reason="a list is absent")
    return value


def _positions(raw: Any) -> Numbers:
    """Return the (n, 2) longitudes and latitudes; a height is left out."""
    numbers = []
    if len(_listed(raw)) > MAX_POSITIONS:  # before each of them is looked at
        raise DrawingTooManyPoints(n_points=len(raw), most_points=MAX_POSITIONS)
    for position in raw:
        pair = _listed(position)[:2]
        if len(pair) < 2 or not all(isinstance(x, int | float) and not isinstance(x, bool) for x in pair):
            raise BrokenGeoJSON(reason="a point is not two numbers")
        numbers.append(pair)
    found = np.array(numbers, dtype=np.float64).reshape(-1, 2)
    if not np.isfinite(found).all():
        raise DrawingNotFinite
    return found


def _point(raw: Any) -> Iterator[tuple[Geometry, bool]]:
    yield from _line([raw])


def _line(raw: Any) -> Iterator[tuple[Geometry, bool]]:
    """Return a stroke; one that holds a single place is a point. Its closing is seen to in metres."""
    points = _positions(raw)
    if len(points):
        single = len(np.unique(points, axis=0)) == 1
        yield (shapely.Point(points[0]) if single else shapely.LineString(points)), True


def _polygon(raw: Any) -> Iterator[tuple[Geometry, bool]]:
    """Return an area; a ring with fewer than three different places is given as the point or line it is."""
    rings: list[Numbers] = []
    for ring in _listed(raw):
        points = _positions(ring)
        if len(np.unique(points, axis=0)) >= 3:
            rings.append(points)
            continue
        # Shapely pads such a ring until it looks like an area, so it is told apart here.
        yield from _line(ring)
        if not rings:
            return
    if rings:
        closed = all((points[0] == points[-1]).all() for points in rings)
        yield shapely.Polygon(rings[0], rings[1:]), closed


COLLECTIONS = {"FeatureCollection": "features", "GeometryCollection": "geometries"}
SINGLE = {"Point": _point, "LineString": _line, "MultiPoint": _line, "Polygon": _polygon}
SEVERAL = {"MultiLineString": _line, "MultiPolygon": _polygon}
