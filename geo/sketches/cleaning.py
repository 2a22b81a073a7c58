"""One drawing, or tens of thousands: read, repaired where the hand slipped, refused where it is none.

Nothing is dropped in silence. Every change is a `Repair` with the area before and after, every refusal is an
error with facts, and in bulk ``n_in == n_kept + n_refused``.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from shapely import Geometry

from geo import crs as planes
from geo.errors import (
    DrawingEmpty,
    DrawingIsLine,
    DrawingIsPoint,
    DrawingNotFinite,
    DrawingTooManyCrossings,
    DrawingTooManyPoints,
    SketchError,
    SketchTooLarge,
    SketchTooSmall,
)
from geo.sketches.crossings import exceeds_crossings
from geo.sketches.limits import NETHERLANDS, Limits, outside_error

Shapes = NDArray[np.object_]
Numbers = NDArray[np.float64]
Places = NDArray[np.intp]

REPEAT_M = 0.5
"""Points of one stroke nearer than this are one point: no hand is that precise on a map."""
SLIVER_SHARE = 0.01
"""A part that untangling made, smaller than this share of the shape, is a slip of the hand."""
SLIVERS_TOGETHER = 0.05
"""More than this in slivers together is no slip but what was drawn: nothing is dropped then."""
WHOLE_SHARE = 0.95
"""Below this share in the largest part we ask: did you mean this?"""
MAX_LEVELS = 8
"""GeoJSON collections may lie inside each other this deep."""


@dataclass(frozen=True)
class Repair:
    """One change made to a drawing, with the area of the parts concerned before and after.

    ``kind`` is one of

    - ``closed``: an open stroke or ring was closed;
    - ``repeated_points``: points on top of each other became one;
    - ``not_areas``: loose points and lines beside the area were left out;
    - ``untangled``: the outline crossed itself;
    - ``slivers``: specks that untangling made were left out;
    - ``merged``: parts over each other became one.
    """

    kind: str
    area_before_m2: float
    area_after_m2: float


@dataclass(frozen=True)
class CleanedSketch:
    """A sound drawing, and all that was done to make it so.

    ``warnings`` are keys: ``small``, ``large``, ``three_points`` (a triangle), ``several_parts`` (the outline
    crossed itself and the largest part is under 95 %: ask the resident whether this is what they meant).
    """

    geometry: Geometry
    repairs: tuple[Repair, ...]
    warnings: tuple[str, ...]
    raw_area_m2: float
    n_parts: int
    n_holes: int


@dataclass(frozen=True)
class CleanedSketches:
    """Many drawings, cleaned; every field is in the order of what came in.

    Attributes
    ----------
    geometry
        Sound Polygon or MultiPolygon, None where refused.
    refused
        Name of the error class where refused, else None.
    refusals
        The errors themselves by position, with their facts.
    repairs
        Columns position, kind, area_before_m2, area_after_m2; of the kept drawings.
    warnings
        Columns position, kind.
    raw_area_m2
        Area as drawn, before any repair; parts of a crossing outline cancel each other.
    n_parts, n_holes
        Of the sound drawing; 0 where refused.
    """

    geometry: Shapes
    refused: Shapes
    refusals: dict[int, SketchError]
    repairs: pd.DataFrame
    warnings: pd.DataFrame
    raw_area_m2: Numbers
    n_parts: NDArray[np.int64]
    n_holes: NDArray[np.int64]

    @property
    def n_in(self) -> int:
        """How many came in."""
        return len(self.geometry)

    @property
    def n_refused(self) -> int:
        """How many were refused."""
        return len(self.refusals)

    @property
    def n_kept(self) -> int:
        """How many are sound, counted on the result itself."""
        return int((~shapely.is_missing(self.geometry)).sum())


def clean_sketch(geometry: Geometry | None, *, limits: Limits = NETHERLANDS) -> CleanedSketch:
    """Return one sketch in metres as a valid area, or raise why it is refused.

    It calls `clean_sketches` with one sketch, so the two cannot differ.

    Parameters
    ----------
    geometry
        Sketch in the plane of ``limits.crs``: Polygon, MultiPolygon, GeometryCollection or LineString.
    limits
        Where and how large.

    Returns
    -------
    CleanedSketch
        The valid area with the list of repairs and warnings.

    Raises
    ------
    DrawingEmpty
        When there is no geometry.
    DrawingNotFinite
        When a coordinate is NaN or infinite.
    DrawingTooManyPoints
        When there are more than ``limits.max_points`` points.
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
    >>> square = shapely.box(155_000, 463_000, 155_100, 463_100)
    >>> clean_sketch(square).geometry.area, clean_sketch(square).repairs
    (10000.0, ())
    """
    found = clean_sketches([geometry], limits=limits)
    for refusal in found.refusals.values():
        raise refusal
    return CleanedSketch(
        geometry=found.geometry[0],
        repairs=tuple(Repair(*row[1:]) for row in found.repairs.itertuples(index=False, name=None)),
        warnings=tuple(found.warnings["kind"]),
        raw_area_m2=float(found.raw_area_m2[0]),
        n_parts=int(found.n_parts[0]),
        n_holes=int(found.n_holes[0]),
    )


# --- Many drawings --------------------------------------------------------------------------------


class _Log:
    """What was done to which drawing, kept as arrays."""

    def __init__(self) -> None:
        self._rows: list[pd.DataFrame] = [
            pd.DataFrame(
                {
                    "position": np.empty(0, np.intp),
                    "kind": np.empty(0, object),
                    "area_before_m2": np.empty(0),
                    "area_after_m2": np.empty(0),
                }
            )
        ]

    def add(self, kind: str, position: Places, before_m2: Numbers, after_m2: Numbers) -> None:
        if len(position):
            self._rows.append(
                pd.DataFrame(
                    {
                        "position": position,
                        "kind": kind,
                        "area_before_m2": before_m2,
                        "area_after_m2": after_m2,
                    }
                )
            )

    def table(self, kept: NDArray[np.bool_]) -> pd.DataFrame:
        rows = [row for row in self._rows if len(row)] or self._rows
        found = pd.concat(rows, ignore_index=True)
        found = found[kept[found["position"].to_numpy()]]
        # One record a kind, in the order in which they were done.
        summed: pd.DataFrame = found.groupby(["position", "kind"], sort=False, as_index=False).sum()
        return summed.sort_values("position", kind="stable", ignore_index=True)


def clean_sketches(geometries: Any, *, limits: Limits = NETHERLANDS) -> CleanedSketches:
    """Return many sketches in metres as valid areas, in one operation.

    Parameters
    ----------
    geometries
        Array, list or GeoSeries in the plane of ``limits.crs``: Polygon, MultiPolygon, GeometryCollection, or
        LineString (a stroke, closed automatically). None and empty ones are refused like any other.
    limits
        Where and how large.

    Returns
    -------
    CleanedSketches
        One element per sketch, in the same order; None where refused, with the error.

    Notes
    -----
    Outlines that cross themselves are repaired by the structure of their rings, which keeps every lobe. The
    well-known zero-width buffer loses half of a bow-tie.

    Examples
    --------
    >>> field = shapely.box(155_000, 463_000, 155_100, 463_100)
    >>> found = clean_sketches([field, None, shapely.Point(155_000, 463_000)])
    >>> found.n_in, found.n_kept, found.refused.tolist()
    (3, 1, [None, 'DrawingEmpty', 'DrawingIsPoint'])
    """
    given: Shapes = np.empty(len(geometries), dtype=object)
    given[:] = list(geometries)
    refusals = _refused_unseen(given, limits)
    live = np.setdiff1d(np.arange(len(given)), np.fromiter(refusals, np.intp, len(refusals)))
    log = _Log()
    pieces, owner = _areas(given, live, log)
    pieces = _without_repeats(pieces, owner, log)
    pieces, owner = _within_crossings(pieces, owner, refusals, limits)
    pieces, split = _untangled(pieces, owner, log)
    sound: Shapes = np.full(len(given), None, dtype=object)
    _gather(sound, pieces, owner, log)

    area = np.nan_to_num(shapely.area(sound))
    for i in live[area[live] <= limits.min_area_m2]:
        refusals.setdefault(int(i), _without_ground(given[i], float(area[i]), limits))
    for i in np.flatnonzero(area > limits.max_area_m2):
        refusals[int(i)] = SketchTooLarge(area_km2=float(area[i]) / 1e6, most_km2=limits.max_area_m2 / 1e6)
    refused: Shapes = np.full(len(given), None, dtype=object)
    for i, refusal in refusals.items():
        sound[i] = None
        refused[i] = type(refusal).__name__
    kept = ~shapely.is_missing(sound)
    raw_m2 = np.nan_to_num(shapely.area(given))
    return CleanedSketches(
        geometry=sound,
        refused=refused,
        refusals=dict(sorted(refusals.items())),
        repairs=log.table(kept),
        warnings=_warnings(sound, np.unique(owner[split]), limits),
        raw_area_m2=raw_m2,
        n_parts=np.where(kept, shapely.get_num_geometries(sound), 0).astype(np.int64),
        n_holes=_hole_counts(sound),
    )


@lru_cache(maxsize=64)
def _planar_box(limits: Limits) -> tuple[float, float, float, float]:
    # A straight line in degrees is bent in metres: many points make the box enclose it.
    box = planes.to_planar(shapely.segmentize(shapely.box(*limits.box_wgs84), 0.05), limits.crs)
    west, south, east, north = box.bounds
    return west, south, east, north


def _refused_unseen(given: Shapes, limits: Limits) -> dict[int, SketchError]:
    """Refuse what need not be repaired to know that it cannot be a neighbourhood."""
    refusals: dict[int, SketchError] = {}
    absent = shapely.is_missing(given) | shapely.is_empty(given)
    for i in np.flatnonzero(absent):
        refusals[int(i)] = DrawingEmpty()
    n_points = shapely.get_num_coordinates(given)
    for i in np.flatnonzero(n_points > limits.max_points):
        refusals[int(i)] = DrawingTooManyPoints(n_points=int(n_points[i]), most_points=limits.max_points)
    coordinates, of = shapely.get_coordinates(given, return_index=True)
    for i in np.unique(of[~np.isfinite(coordinates).all(axis=1)]):
        refusals[int(i)] = DrawingNotFinite()
    west, south, east, north = _planar_box(limits)
    x, y = coordinates.T
    out = np.isfinite(coordinates).all(axis=1) & ((x < west) | (x > east) | (y < south) | (y > north))
    rows, first = np.unique(of[out], return_index=True)
    for i, spot in zip(rows, coordinates[out][first], strict=True):
        lon, lat = shapely.get_coordinates(planes.to_wgs84(shapely.points(spot), limits.crs))[0]
        refusals.setdefault(int(i), outside_error(float(lon), float(lat), limits))
    return refusals


def _areas(given: Shapes, live: Places, log: _Log) -> tuple[Shapes, Places]:
    """Return sketches as single polygons; strokes are closed, loose points and lines left out."""
    pieces, owner = shapely.force_2d(given[live]), live
    while np.isin(shapely.get_type_id(pieces), (4, 5, 6, 7)).any():
        pieces, of = shapely.get_parts(pieces, return_index=True)
        owner = owner[of]
    areal = shapely.get_type_id(pieces) == 3
    if areal.all():
        return pieces, owner
    polygons, owners = [pieces[areal]], [owner[areal]]
    loose = [owner[shapely.get_type_id(pieces) == 0]]
    lineal = shapely.get_dimensions(pieces) == 1
    for i in np.unique(owner[lineal]):
        # Strokes that continue each other are one stroke before it is closed.
        strokes = shapely.get_parts(
            shapely.line_merge(shapely.multilinestrings(pieces[lineal & (owner == i)]))
        )
        for stroke in strokes:
            points = shapely.get_coordinates(stroke)
            if len(np.unique(points, axis=0)) < 3:
                loose.append(np.array([i]))
                continue
            ring = shapely.polygons(shapely.linearrings(points))
            if not shapely.is_closed(stroke):
                log.add("closed", np.array([i]), np.zeros(1), shapely.area(np.array([ring])))
            polygons.append(np.array([ring], dtype=object))
            owners.append(np.array([i]))
    left_out = np.unique(np.concatenate(loose))
    log.add("not_areas", left_out, np.zeros(len(left_out)), np.zeros(len(left_out)))
    owner = np.concatenate(owners)
    order = np.argsort(owner, kind="stable")
    return np.concatenate(polygons)[order], owner[order]


def _without_repeats(pieces: Shapes, owner: Places, log: _Log) -> Shapes:
    """Drop points nearer than `REPEAT_M` to the one before; a ring that would vanish stays as it is."""
    coordinates, of = shapely.get_coordinates(pieces, return_index=True)
    near = (np.hypot(*np.diff(coordinates, axis=0).T) < REPEAT_M) & (of[1:] == of[:-1])
    thinned = pieces.copy()
    for i in np.unique(of[1:][near]):
        rings: list[Numbers] = []
        for ring in shapely.get_rings(pieces[i]):
            line = shapely.remove_repeated_points(shapely.LineString(ring.coords), REPEAT_M)
            few = len(line.coords) < 4
            rings.append(shapely.get_coordinates(ring if few else line))
        thinned[i] = shapely.Polygon(rings[0], rings[1:])
    changed = np.flatnonzero(shapely.get_num_coordinates(thinned) != shapely.get_num_coordinates(pieces))
    log.add("repeated_points", owner[changed], shapely.area(pieces[changed]), shapely.area(thinned[changed]))
    return thinned


def _within_crossings(
    pieces: Shapes, owner: Places, refusals: dict[int, SketchError], limits: Limits
) -> tuple[Shapes, Places]:
    """Leave out the drawings that cross themselves, or their own parts, too often to be repaired."""
    several = np.flatnonzero(np.bincount(owner) > 1)
    doubtful = np.union1d(owner[~shapely.is_valid(pieces)], several)
    tangled = [
        i
        for i in doubtful
        if exceeds_crossings(
            pieces[owner == i], max_crossings=limits.max_crossings, max_pairs=limits.max_segment_pairs
        )
    ]
    for i in tangled:
        refusals[int(i)] = DrawingTooManyCrossings(most_crossings=limits.max_crossings)
    kept = ~np.isin(owner, tangled)
    return pieces[kept], owner[kept]


def _untangled(pieces: Shapes, owner: Places, log: _Log) -> tuple[Shapes, NDArray[np.bool_]]:
    """Repair outlines that cross themselves; tell which fell into parts of which none is nearly all."""
    split = np.zeros(len(pieces), dtype=bool)
    crossed = np.flatnonzero(~shapely.is_valid(pieces))
    if not len(crossed):
        return pieces, split
    sound = shapely.make_valid(pieces[crossed], method="structure", keep_collapsed=False)
    for i in np.flatnonzero(~shapely.is_valid(sound)):  # two lobes beside one edge come back apart
        sound[i] = shapely.union_all(shapely.get_parts(sound[i]))
    total = shapely.area(sound)
    log.add("untangled", owner[crossed], shapely.area(pieces[crossed]), total)
    parts, of = shapely.get_parts(sound, return_index=True)
    share = shapely.area(parts) / np.where(total > 0, total, 1.0)[of]
    sliver = share < SLIVER_SHARE
    together = np.bincount(of, share * sliver, len(sound))
    sliver &= (together <= SLIVERS_TOGETHER)[of]
    for i in np.unique(of[sliver]):
        sound[i] = shapely.multipolygons(parts[(of == i) & ~sliver])
    trimmed = np.unique(of[sliver])
    log.add("slivers", owner[crossed[trimmed]], total[trimmed], shapely.area(sound[trimmed]))
    largest = np.zeros(len(sound))
    np.maximum.at(largest, of, share)
    split[crossed] = (largest > 0) & (largest < WHOLE_SHARE)
    pieces = pieces.copy()
    pieces[crossed] = sound
    return pieces, split


def _gather(sound: Shapes, pieces: Shapes, owner: Places, log: _Log) -> None:
    """Return the pieces of each sketch joined in `sound`; overlapping pieces become one."""
    rows, first, n = np.unique(owner, return_index=True, return_counts=True)
    sound[rows] = pieces[first]
    for i, start, count in zip(rows[n > 1], first[n > 1], n[n > 1], strict=True):
        own = pieces[start : start + count]
        sound[i] = shapely.union_all(own)
        apart = float(shapely.area(own).sum())
        together = float(sound[i].area)
        if together < apart * (1 - 1e-9):
            log.add("merged", np.array([i]), np.array([apart]), np.array([together]))
    single = (shapely.get_type_id(sound) == 6) & (shapely.get_num_geometries(sound) == 1)
    sound[single] = shapely.get_geometry(sound[single], 0)


def _without_ground(drawn: Geometry, area_m2: float, limits: Limits) -> SketchError:
    if area_m2 > 0:
        return SketchTooSmall(area_m2=area_m2, least_m2=limits.min_area_m2)
    n_distinct = len(np.unique(shapely.get_coordinates(drawn), axis=0))
    return DrawingIsPoint() if n_distinct < 2 else DrawingIsLine(n_points=n_distinct)


def _hole_counts(sound: Shapes) -> NDArray[np.int64]:
    parts, of = shapely.get_parts(sound, return_index=True)
    holes = np.bincount(of, shapely.get_num_interior_rings(parts), len(sound))
    return holes.astype(np.int64)


def _warnings(sound: Shapes, split: Places, limits: Limits) -> pd.DataFrame:
    area = shapely.area(sound)
    kept = ~shapely.is_missing(sound)
    triangle = kept & (shapely.get_num_coordinates(sound) == 4)
    found = {
        "small": np.flatnonzero(area < limits.warn_small_m2),
        "large": np.flatnonzero(area > limits.warn_large_m2),
        "three_points": np.flatnonzero(triangle),
        "several_parts": split[kept[split]],
    }
    table = pd.DataFrame(
        {
            "position": np.concatenate(list(found.values())).astype(np.intp),
            "kind": np.repeat(np.array(list(found), dtype=object), [len(rows) for rows in found.values()]),
        }
    )
    return table.sort_values("position", kind="stable", ignore_index=True)
