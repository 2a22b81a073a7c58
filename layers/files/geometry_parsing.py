"""Numbers to shapes, as drawn: crossings stay, rings are closed, heights are dropped, nothing is guessed."""

import binascii
import json
import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from layers.files.models import ParsedGeometry

BEZIER_CORNERS = 60
MAX_COLLECTION_DEPTH = 8
"""A geometry collection in a geometry collection: real files do it once."""

WKT = re.compile(
    r"^\s*(?:SRID\s*=\s*(\d+)\s*;)?\s*"
    r"((?:MULTI)?(?:POINT|LINESTRING|POLYGON)|GEOMETRYCOLLECTION|CIRCULARSTRING|COMPOUNDCURVE|CURVEPOLYGON|"
    r"MULTICURVE|MULTISURFACE|TIN|POLYHEDRALSURFACE|TRIANGLE)\s*(?:ZM|Z|M)?\s*(?:\(|EMPTY)",
    re.IGNORECASE,
)
CURVED = re.compile(
    r"CIRCULARSTRING|COMPOUNDCURVE|CURVEPOLYGON|MULTICURVE|MULTISURFACE|TIN\b|SURFACE|TRIANGLE", re.I
)
"""Words of shapes that GEOS does not have; GDAL turns them into straight edges, in the child."""
PLAIN = re.compile(r'^\{"type": "(?:Multi)?(?:Point|LineString|Polygon)"')
"""A geometry as our own writer puts it; features and collections are read by hand."""
EWKB = re.compile(r"^0[01][0-9A-Fa-f]{16,}$")


class NoShapeError(ValueError):
    """These numbers make no shape; the text is the key of the reason."""


def positions(numbers: Any) -> NDArray[np.float64]:
    """Read a list of positions as an (n, 2) array; heights and measures are dropped.

    Raises
    ------
    NoShapeError
        A position is not two finite numbers.

    Examples
    --------
    >>> positions([[4.5, 52.0, 1.0], [4.6, 52.1]]).tolist()
    [[4.5, 52.0], [4.6, 52.1]]
    """
    try:
        pairs = [(place[0], place[1]) for place in numbers]
        # Lists in the place of numbers could make an array too, of another form.
        read = np.asarray(pairs, dtype=np.float64).reshape(len(pairs), 2)
    except (TypeError, ValueError, IndexError, KeyError, OverflowError) as problem:
        raise NoShapeError("coordinates_broken") from problem
    if not np.isfinite(read).all():
        raise NoShapeError("coordinates_broken")
    return read


def ring(numbers: Any) -> tuple[NDArray[np.float64], bool]:
    """Read a ring and close it; two corners stay two corners, going there and back.

    Returns
    -------
    array, bool
        At least four positions of which the first is the last, and whether it had to be closed.

    Examples
    --------
    >>> ring([[0, 0], [1, 1]])[0].tolist()
    [[0.0, 0.0], [1.0, 1.0], [0.0, 0.0], [0.0, 0.0]]
    """
    corners = positions(numbers)
    if not len(corners):
        raise NoShapeError("no_geometry")
    is_open = bool((corners[0] != corners[-1]).any()) or len(corners) == 1
    if is_open:
        corners = np.vstack([corners, corners[:1]])
    while len(corners) < 4:
        corners = np.vstack([corners, corners[-1:]])
    return corners, is_open


def _polygon(rings: Sequence[Any]) -> tuple[shapely.Polygon, bool]:
    if not isinstance(rings, list | tuple) or not rings:
        raise NoShapeError("no_geometry")
    read = [ring(one) for one in rings]
    return shapely.Polygon(read[0][0], [hole for hole, _ in read[1:]]), any(closed for _, closed in read)


def _lines(parts: Sequence[Any]) -> tuple[list[NDArray[np.float64]], bool]:
    read = [positions(part) for part in parts]
    long = [part for part in read if len(part) > 1]
    if not long:
        raise NoShapeError("line_of_one_point" if read else "no_geometry")
    return long, len(long) < len(read)


def from_geojson(found: Any, depth: int = 0) -> ParsedGeometry:
    """Create a shape of a GeoJSON geometry, or say why it cannot be one.

    Parameters
    ----------
    found
        A geometry object, or anything else somebody put in its place.
    depth
        How many collections this one lies in.

    Examples
    --------
    >>> from_geojson({"type": "Polygon", "coordinates": [[[0, 0], [2, 0], [2, 2]]]}).repaired
    'ring_closed'
    >>> from_geojson({"type": "Point", "coordinates": [None, 5]}).fault
    'coordinates_broken'
    """
    if found is None or found == {}:
        return ParsedGeometry(None, "no_geometry")
    try:
        return _from_geojson(found, depth)
    except NoShapeError as problem:
        return ParsedGeometry(None, str(problem))


def many_from_geojson(texts: Sequence[str]) -> list[ParsedGeometry]:
    """Create shapes of many GeoJSON geometries at once: what is in order goes together, the rest one by one.

    Parameters
    ----------
    texts
        Geometry objects as JSON, or anything else somebody put in their place, ``null`` included.

    Examples
    --------
    >>> [made.fault for made in many_from_geojson(['{"type": "Point", "coordinates": [4, 52]}', "null"])]
    [None, 'no_geometry']
    """
    plain = np.array([text if PLAIN.match(text) else None for text in texts], dtype=object)
    read = shapely.force_2d(shapely.from_geojson(plain, on_invalid="ignore"))
    sound = ~(shapely.is_missing(read) | shapely.is_empty(read))
    return [
        ParsedGeometry(shape) if is_sound else from_geojson(json.loads(text))
        for text, shape, is_sound in zip(texts, read, sound, strict=True)
    ]


def _from_geojson(found: Any, depth: int) -> ParsedGeometry:
    if not isinstance(found, dict) or depth > MAX_COLLECTION_DEPTH:
        raise NoShapeError("geometry_unknown")
    kind, numbers = found.get("type"), found.get("coordinates")
    if kind == "GeometryCollection":
        return _collection(found.get("geometries"), depth)
    if not isinstance(numbers, list | tuple) or not numbers:
        raise NoShapeError("no_geometry" if numbers in (None, [], ()) else "coordinates_broken")
    if kind not in READERS:
        raise NoShapeError("geometry_unknown")
    return READERS[kind](numbers)


def _one_area(rings: Any) -> ParsedGeometry:
    area, closed = _polygon(rings)
    return ParsedGeometry(area, repaired="ring_closed" if closed else None)


def _many_areas(parts: Any) -> ParsedGeometry:
    areas = [_polygon(part) for part in parts]
    closed = any(was_open for _, was_open in areas)
    return ParsedGeometry(
        shapely.MultiPolygon([area for area, _ in areas]), repaired="ring_closed" if closed else None
    )


def _many_lines(parts: Any) -> ParsedGeometry:
    lines, dropped = _lines(parts)
    return ParsedGeometry(shapely.MultiLineString(lines), repaired="parts_dropped" if dropped else None)


READERS: dict[str, Callable[[Any], ParsedGeometry]] = {
    "Polygon": _one_area,
    "MultiPolygon": _many_areas,
    "Point": lambda place: ParsedGeometry(shapely.Point(positions([place])[0])),
    "MultiPoint": lambda places: ParsedGeometry(shapely.MultiPoint(positions(places))),
    "LineString": lambda places: ParsedGeometry(shapely.LineString(_lines([places])[0][0])),
    "MultiLineString": _many_lines,
}


def _collection(parts: Any, depth: int) -> ParsedGeometry:
    if not isinstance(parts, list | tuple) or not parts:
        raise NoShapeError("no_geometry")
    made = [from_geojson(part, depth + 1) for part in parts]
    sound = [one.shape for one in made if one.shape is not None]
    if not sound:
        raise NoShapeError(made[0].fault or "no_geometry")
    repaired = next((one.repaired for one in made if one.repaired), None)
    return ParsedGeometry(
        shapely.GeometryCollection(sound), repaired="parts_dropped" if len(sound) < len(made) else repaired
    )


def from_esri(found: Any) -> ParsedGeometry:
    """Create a shape of an Esri JSON geometry: rings, paths, points, or x and y.

    Rings that turn clockwise are land, the others holes in the land they lie in.

    Examples
    --------
    >>> from_esri({"rings": [[[0, 0], [0, 2], [2, 2], [2, 0], [0, 0]]]}).shape.area
    4.0
    """
    if not isinstance(found, dict):
        return ParsedGeometry(None, "no_geometry")
    try:
        rings = found.get("rings") or [_straightened(one) for one in found.get("curveRings") or []]
        if rings:
            return _esri_area(rings)
        paths = found.get("paths") or [_straightened(one) for one in found.get("curvePaths") or []]
        if paths:
            return _many_lines(paths)
    except (NoShapeError, TypeError) as problem:
        return ParsedGeometry(
            None, str(problem) if isinstance(problem, NoShapeError) else "coordinates_broken"
        )
    if found.get("points"):
        return from_geojson({"type": "MultiPoint", "coordinates": found["points"]})
    return from_geojson({"type": "Point", "coordinates": [found.get("x"), found.get("y")]})


def _straightened(path: Any) -> list[Any]:
    """Return a path of Esri with its curves as edges of at most one degree.

    Raises
    ------
    NoShapeError
        It holds a curve of another kind than an arc through a point, an arc round a centre or a Bezier curve.
    """
    if not isinstance(path, list) or not path or not isinstance(path[0], list):
        raise NoShapeError("coordinates_broken")
    corners: list[Any] = [path[0]]
    for step in path[1:]:
        if not isinstance(step, dict):
            corners.append(step)
            continue
        start = positions([corners[-1]])[0]
        try:
            if "c" in step:
                end, through = positions(step["c"])
                corners += _arc(start, through, end).tolist()
            elif "b" in step:
                corners += _bezier(start, positions(step["b"])).tolist()
            elif "a" in step and len(step["a"]) <= 4:
                corners += _arc_round(start, positions(step["a"][:2]), *step["a"][2:]).tolist()
            else:
                raise NoShapeError("geometry_unknown")
        except (TypeError, ValueError) as problem:
            raise NoShapeError("coordinates_broken") from problem
    return corners


def _arc(
    start: NDArray[np.float64], through: NDArray[np.float64], end: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the corners behind `start` of the arc through three places."""
    (ax, ay), (bx, by), (cx, cy) = start, through, end
    double_area = 2 * (ax * (by - cy) + bx * (cy - ay) + cx * (ay - by))
    if double_area == 0:
        return np.array([through, end])
    a2, b2, c2 = ax**2 + ay**2, bx**2 + by**2, cx**2 + cy**2
    centre = np.array(
        [
            (a2 * (by - cy) + b2 * (cy - ay) + c2 * (ay - by)) / double_area,
            (a2 * (cx - bx) + b2 * (ax - cx) + c2 * (bx - ax)) / double_area,
        ]
    )
    turn = np.sign((bx - ax) * (cy - ay) - (by - ay) * (cx - ax))
    return _round(centre, start, end, float(turn))


def _arc_round(
    start: NDArray[np.float64], points: NDArray[np.float64], _minor: object = 1, clockwise: object = 0
) -> NDArray[np.float64]:
    """Return the corners behind `start` of a circular arc to ``points[0]`` round ``points[1]``."""
    return _round(points[1], start, points[0], -1.0 if clockwise else 1.0)


def _round(
    centre: NDArray[np.float64], start: NDArray[np.float64], end: NDArray[np.float64], turn: float
) -> NDArray[np.float64]:
    first = np.arctan2(start[1] - centre[1], start[0] - centre[0])
    last = np.arctan2(end[1] - centre[1], end[0] - centre[0])
    swept = turn * ((turn * (last - first)) % (2 * np.pi) or 2 * np.pi)
    n = max(2, int(np.ceil(np.degrees(abs(swept)))))
    angles = first + swept * np.arange(1, n + 1) / n
    reach = float(np.hypot(*(start - centre)))
    found = centre + reach * np.column_stack([np.cos(angles), np.sin(angles)])
    found[-1] = end
    return np.asarray(found, dtype=np.float64)


def _bezier(start: NDArray[np.float64], points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the corners behind `start` of the curve to ``points[0]`` with the handles ``points[1]`` and ``[2]``."""
    t = np.linspace(0, 1, BEZIER_CORNERS + 1)[1:, None]
    end, one, other = points
    found = (1 - t) ** 3 * start + 3 * (1 - t) ** 2 * t * one + 3 * (1 - t) * t**2 * other + t**3 * end
    return np.asarray(found, dtype=np.float64)


def _esri_area(rings: Any) -> ParsedGeometry:
    if not isinstance(rings, list):
        raise NoShapeError("coordinates_broken")
    read = [ring(one) for one in rings]
    closed = any(was_open for _, was_open in read)
    curves = [shapely.LinearRing(corners) for corners, _ in read]
    land = [c for c in curves if not shapely.is_ccw(c)] or curves
    holes = [c for c in curves if c not in land]
    areas = []
    for shell in land:
        around = shapely.Polygon(shell)
        inside = [
            h for h in holes if around.is_valid and around.covers(shapely.Polygon(h).representative_point())
        ]
        areas.append(shapely.Polygon(shell, inside))
        holes = [h for h in holes if h not in inside]
    shape: BaseGeometry = areas[0] if len(areas) == 1 else shapely.MultiPolygon(areas)
    return ParsedGeometry(shape, repaired="ring_closed" if closed else None)


def from_text(text: str) -> ParsedGeometry:
    """Create a shape of WKT or of hexadecimal EWKB, closing rings.

    Examples
    --------
    >>> from_text("POLYGON ((0 0, 1 0, 1 1, 0 0))").shape.area
    0.5
    >>> from_text("POLYGON ((0 0").fault
    'coordinates_broken'
    """
    try:
        if EWKB.match(text.strip()):
            shape = shapely.from_wkb(binascii.unhexlify(text.strip()), on_invalid="fix")
        else:
            shape = shapely.from_wkt(re.sub(r"^\s*SRID\s*=\s*\d+\s*;", "", text), on_invalid="fix")
    except NotImplementedError:
        return ParsedGeometry(None, "edge_curved")
    except (shapely.errors.GEOSException, ValueError):
        return ParsedGeometry(None, "edge_curved" if CURVED.match(text.strip()) else "coordinates_broken")
    if shape is None:
        return ParsedGeometry(None, "coordinates_broken")
    flat: BaseGeometry = shapely.force_2d(shapely.set_srid(shape, 0))
    if flat.is_empty:
        return ParsedGeometry(None, "no_geometry")
    if not np.isfinite(shapely.get_coordinates(flat)).all():
        return ParsedGeometry(None, "coordinates_broken")
    return ParsedGeometry(flat)
