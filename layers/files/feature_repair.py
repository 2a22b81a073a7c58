"""Repair features of an uploaded file and place them in the target CRS."""

from typing import Any

import numpy as np
import shapely
from pyproj import CRS

from geo.errors import FileAxesSwapped, FileCrsUnknown, FileCrsWrong
from geo.sketches.crossings import exceeds_crossings
from layers.files.detection.crs import CrsGuess, detect_crs, is_plausible, swap_axes, to_metres
from layers.files.detection.layer_type import radius_of
from layers.files.import_state import ImportTable
from layers.files.models import RawLayer, UploadedFile

MAX_GAP_SHARE = 0.15
"""A line whose ends lie nearer than this share of its length goes round; with a longer gap it is a street."""
MAX_PAUSE_SHARE = MAX_GAP_SHARE
"""Parts of one line are joined when the ways between them are less than this share of the whole."""
CIRCLE_CORNERS = 64
"""Corners of a quarter of a circle: its area is true to 0.01 %."""
MIN_LOOP = 4
"""Corners of a line that can go round, its end included."""


# --- Shapes -----------------------------------------------------------------------------------------


def keep_parts_of_type(table: ImportTable, as_role: str) -> None:
    """Reduce each feature to areas, circles and closed lines; facilities may be of any shape."""
    if as_role == "facilities":
        return
    kinds = shapely.get_type_id(table.shapes)
    for index in np.flatnonzero(table.alive & ~np.isin(kinds, (3, 6))):
        radius_m = radius_of(table.rows[index]) if kinds[index] == 0 else None
        if radius_m is not None:
            table.shapes[index] = table.shapes[index].buffer(radius_m, quad_segs=CIRCLE_CORNERS)
            table.mend(int(index), "circle_drawn")
            continue
        shape, reason, whole = polygonal_part(table.shapes[index])
        if shape is None:
            table.refuse(int(index), reason)
        else:
            table.shapes[index] = shape
            table.mend(int(index), reason if whole else "parts_dropped")


def polygonal_part(shape: Any) -> tuple[Any, str, bool]:
    """Return the areas of a mixed shape, lines that go round included.

    Returns
    -------
    shape or None, str, bool
        The areas, raw; the reason why there are none, or what was done; whether all of it was used.

    Examples
    --------
    >>> polygonal_part(shapely.LineString([(0, 0), (10, 0), (10, 10), (0, 10), (0, 1)]))[1]
    'line_closed'
    >>> polygonal_part(shapely.Point(0, 0))[1], polygonal_part(shapely.LineString([(0, 0), (9, 0)]))[1]
    ('point_not_area', 'line_not_closed')
    """
    parts = list(shapely.get_parts(shape))
    while any(part.geom_type == "GeometryCollection" or part.geom_type.startswith("Multi") for part in parts):
        parts = list(shapely.get_parts(parts))
    areas = [part for part in parts if part.geom_type == "Polygon"]
    lines = [part for part in parts if part.geom_type in ("LineString", "LinearRing")]
    loops = [loop for line in lines if (loop := _loop(line)) is not None]
    joined = len(lines) > 1 and not loops and (whole_loop := _joined(lines)) is not None
    found = areas + ([whole_loop] if joined else loops)
    if not found:
        return None, "line_not_closed" if lines else "point_not_area", False
    whole = len(found) == len(parts) or (joined and len(areas) + len(lines) == len(parts))
    reason = "parts_joined" if joined else "line_closed" if loops else "collection_taken_apart"
    return (found[0] if len(found) == 1 else shapely.MultiPolygon(found)), reason, whole


def _joined(lines: list[Any]) -> shapely.Polygon | None:
    """Join the parts of one line, in their order, where the way between them is short: a walk with a pause."""
    pieces = [shapely.get_coordinates(line) for line in lines]
    corners = pieces[0]
    for piece in pieces[1:]:
        # A stroke may have been drawn from its other end.
        near = np.hypot(*(corners[-1] - piece[0])) <= np.hypot(*(corners[-1] - piece[-1]))
        corners = np.vstack([corners, piece if near else piece[::-1]])
    whole = shapely.LineString(corners)
    gaps = whole.length - sum(line.length for line in lines)
    return _loop(whole) if gaps < MAX_PAUSE_SHARE * whole.length else None


def _loop(line: Any) -> shapely.Polygon | None:
    corners = shapely.get_coordinates(line)
    gap = float(np.hypot(*(corners[0] - corners[-1])))
    if len(corners) < MIN_LOOP or gap >= MAX_GAP_SHARE * line.length:
        return None
    if gap:
        corners = np.vstack([corners, corners[:1]])
    return shapely.Polygon(corners)


def resolve_crs(
    layer: RawLayer, table: ImportTable, source: UploadedFile, crs: CRS | None, swap: bool | None
) -> CrsGuess:
    """Find out where a layer lies; turn the rows that somebody lets turn and refuse those that lie elsewhere."""
    live = np.flatnonzero(table.alive)
    there = list(table.shapes[live])
    place = detect_crs(
        there,
        layer.crs,
        crs,
        degrees_unless_said=layer.degrees_unless_said,
        stated_how=layer.crs_proof,
    )
    if place.crs is None:
        x, y = shapely.get_coordinates(there[0])[0]
        raise FileCrsUnknown(name=source.name, x=float(x), y=float(y))
    if not is_plausible(there, place.crs):
        raise FileCrsWrong(name=source.name, crs=place.crs.to_string())
    if place.swapped and swap is None:
        raise FileAxesSwapped(name=source.name)
    for n, reason in place.odd.items():
        index = int(live[n])
        if reason == "axes_swapped" and swap:
            if not place.swapped:
                table.shapes[index] = swap_axes(np.array([there[n]], dtype=object))[0]
                table.mend(index, "axes_turned")
        else:
            x, y = shapely.get_coordinates(there[n])[0]
            table.refuse(index, reason, {"x": float(x), "y": float(y)})
    if place.swapped and swap:
        turned = [int(index) for n, index in enumerate(live) if n not in place.odd]
        table.shapes[turned] = swap_axes(table.shapes[turned])
    return place


def transform_to_metres(table: ImportTable, place: CrsGuess, plane: CRS | None) -> CRS:
    """Carry the rows that are left to metres; one that has no place there is refused."""
    live = np.flatnonzero(table.alive)
    assert place.crs is not None
    moved, crs, nowhere = to_metres(table.shapes[live], place.crs, plane)
    table.shapes[live] = moved
    for index in live[nowhere]:
        table.refuse(int(index), "not_on_earth")
    return crs


def repair_features(table: ImportTable) -> None:
    """Create what is kept sound; a shape of which nothing is left is refused."""
    live = np.flatnonzero(table.alive)
    unsound = live[~shapely.is_valid(table.shapes[live])]
    tangled = [index for index in unsound if exceeds_crossings(table.shapes[[index]])]
    for index in tangled:
        table.refuse(int(index), "too_many_crossings")
    unsound = np.setdiff1d(unsound, tangled)
    if not len(unsound):
        return
    repaired = shapely.make_valid(table.shapes[unsound], method="structure", keep_collapsed=False)
    for index, shape in zip(unsound, repaired, strict=True):
        dimension = shapely.get_dimensions(table.shapes[index])
        if shape.is_empty or shapely.get_dimensions(shape) < dimension:
            table.refuse(int(index), "nothing_left")
        else:
            table.shapes[index] = shape
            table.repairs[int(index)] = "made_valid"
