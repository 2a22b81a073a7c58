"""How far two areas agree: a drawing and an official area, two drawings, or a core and an official area.

Every measure takes two shapes and gives a float or None, or takes arrays and gives float64 with NaN where a
shape is absent or has no ground; see `geo.measure`. One shape against an array meets each of it. Shapes are
sound areas in one plane in metres.

No number says it all: IoU falls with any difference in size, so show it beside the shares inside, both ways.
"""

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Geometry

from geo.measure import Numbers, Shapes, ground_m2, of_two, quotient

WIDTHS_M = (15.0, 30.0, 50.0)
"""Widths at which boundary coincidence is reported: a pencil, a street with its fronts, a main road."""
PIECES = 128
"""An outline is measured in at least so many pieces, at three places each (Gauss)."""
STEPS = 32
"""An outline is walked in at least so many steps when two are walked together."""
DENSIFY = 0.01
"""Part of an edge between two places at which the largest distance is looked for."""
ARC = 32
"""Pieces in a quarter circle where a line is widened to a strip."""


def _shared_m2(one: Shapes, other: Shapes) -> Numbers:
    """Ground in both, NaN where either has none."""
    smaller = np.minimum(ground_m2(one), ground_m2(other))
    found = np.full(one.shape, np.nan)
    both = ~np.isnan(smaller)
    found[both] = shapely.area(shapely.intersection(one[both], other[both]))
    capped: Numbers = np.minimum(found, smaller)  # rounding must not make a share of more than 1
    return capped


# --- Ground ---------------------------------------------------------------------------------------


@of_two
def iou(one: Shapes, other: Shapes) -> Numbers:
    """Ground in both as a part of the ground in either, intersection over union (Jaccard 1901) [1]_.

    Returns
    -------
    float
        0 if they share no ground, 1 if they are the same ground.

    References
    ----------
    .. [1] P. Jaccard, Étude comparative de la distribution florale dans une portion des Alpes et du Jura,
       Bulletin de la Société vaudoise des sciences naturelles 37 (1901).

    Examples
    --------
    Two squares that share half of each: 1/2 of 3/2.

    >>> round(iou(shapely.box(0, 0, 2, 2), shapely.box(1, 0, 3, 2)), 3)
    0.333
    """
    shared = _shared_m2(one, other)
    return quotient(shared, ground_m2(one) + ground_m2(other) - shared)


@of_two
def dice(one: Shapes, other: Shapes) -> Numbers:
    """Twice the ground in both over the sum of the two, 2 J / (1 + J) (Dice 1945) [1]_; 0 to 1.

    References
    ----------
    .. [1] L. R. Dice, Measures of the amount of ecologic association between species, Ecology 26 (1945).

    Examples
    --------
    >>> dice(shapely.box(0, 0, 2, 2), shapely.box(1, 0, 3, 2))
    0.5
    """
    return quotient(2 * _shared_m2(one, other), ground_m2(one) + ground_m2(other))


@of_two
def overlap_coefficient(one: Shapes, other: Shapes) -> Numbers:
    """Ground in both as a part of the smaller: 1 as soon as one lies in the other (Szymkiewicz-Simpson).

    Examples
    --------
    >>> overlap_coefficient(shapely.box(0, 0, 4, 4), shapely.box(1, 1, 2, 2))
    1.0
    """
    return quotient(_shared_m2(one, other), np.minimum(ground_m2(one), ground_m2(other)))


@of_two
def share_inside(one: Shapes, other: Shapes) -> Numbers:
    """Part of the first that lies in the second; turn them round for the other way.

    Examples
    --------
    >>> share_inside(shapely.box(0, 0, 4, 4), shapely.box(0, 0, 1, 4))
    0.25
    """
    return quotient(_shared_m2(one, other), ground_m2(one))


@of_two
def symmetric_difference_m2(one: Shapes, other: Shapes) -> Numbers:
    """Ground in one of the two only, in m².

    Examples
    --------
    >>> symmetric_difference_m2(shapely.box(0, 0, 2, 2), shapely.box(1, 0, 3, 2))
    4.0
    """
    return np.maximum(ground_m2(one) + ground_m2(other) - 2 * _shared_m2(one, other), 0.0)


@of_two
def size_ratio(one: Shapes, other: Shapes) -> Numbers:
    """Area of the first over that of the second; average it as ln, for 2 and 1/2 are equally far from 1.

    Examples
    --------
    >>> size_ratio(shapely.box(0, 0, 2, 2), shapely.box(0, 0, 1, 2))
    2.0
    """
    return quotient(ground_m2(one), ground_m2(other))


# --- Outlines -------------------------------------------------------------------------------------


def _outlines(shapes: Shapes) -> Shapes:
    """Outlines of what has ground, lines as they are, otherwise None."""
    lineal = (shapely.get_dimensions(shapes) == 1) & ~shapely.is_empty(shapes)
    areal = shapely.area(shapes) > 0
    found: Shapes = np.full(shapes.shape, None, dtype=object)
    found[lineal] = shapes[lineal]
    found[areal] = shapely.boundary(shapes[areal])
    return found


@of_two
def hausdorff_m(one: Shapes, other: Shapes) -> Numbers:
    """Largest distance in metres from any place on either outline to the other outline.

    One stray corner decides it. Places are a hundredth of an edge apart, so it is at most that much too
    small.

    Examples
    --------
    >>> round(hausdorff_m(shapely.box(0, 0, 100, 100), shapely.box(25, 25, 75, 75)), 3)
    35.355
    """
    return np.asarray(shapely.hausdorff_distance(_outlines(one), _outlines(other), densify=DENSIFY))


@of_two
def frechet_m(one: Shapes, other: Shapes) -> Numbers:
    """Shortest leash in metres for two walkers, one round each outline, who never turn back (Fréchet).

    Discrete: they stand on corners and on places at most 1/32 of their own outline apart, where the theory
    lets them stand anywhere. They walk the same way round, and the best pair of starting places is taken;
    left to where the ring happens to begin the answer would be arbitrary. Only the outer ring of the largest
    part is walked. The work grows with the third power of the corners: for a few pairs, not for a table.

    Examples
    --------
    >>> frechet_m(shapely.box(0, 0, 100, 100), shapely.box(50, 0, 150, 100))
    50.0
    """
    found = np.full(one.size, np.nan)
    for i, pair in enumerate(zip(one.ravel().tolist(), other.ravel().tolist(), strict=True)):
        rings = [_walk(shape) for shape in pair]
        if all(len(ring) for ring in rings):
            found[i] = _leash_m(*rings)
    return found.reshape(one.shape)


def _walk(shape: Geometry | None) -> Numbers:
    """Places along the outer ring of the largest part, anticlockwise, the first not repeated at the end."""
    parts = shapely.get_parts(shape)
    area = shapely.area(parts)
    if not (area > 0).any():
        return np.empty((0, 2))
    ring = shapely.get_exterior_ring(parts[np.argmax(area)])
    places = shapely.get_coordinates(shapely.segmentize(ring, ring.length / STEPS))
    return places if shapely.is_ccw(ring) else places[::-1]


def _leash_m(one: Numbers, other: Numbers) -> float:
    # The first place of one ring meets some place of the other, so trying all places of one ring is enough.
    fixed, turned = (one, other) if len(one) >= len(other) else (other, one)
    n = len(turned) - 1
    starts = (np.arange(n)[:, None] + np.arange(n + 1)[None, :]) % n
    return float(
        np.min(shapely.frechet_distance(shapely.linestrings(fixed), shapely.linestrings(turned[starts])))
    )


@of_two
def mean_boundary_distance_m(one: Shapes, other: Shapes) -> Numbers:
    """Mean distance in metres from the outline of the first to that of the second, over its whole length.

    Not the same both ways: a small area in a large one is near to it, the large one is far from the small
    one.

    Examples
    --------
    >>> round(mean_boundary_distance_m(shapely.box(50, 0, 150, 100), shapely.box(0, 0, 100, 100)), 6)
    25.0
    """
    away, length, of = _along(one, other)
    total = np.bincount(of, length, one.size)
    return quotient(np.bincount(of, length * away, one.size), total).reshape(one.shape)


def _along(one: Shapes, other: Shapes) -> tuple[Numbers, Numbers, NDArray[np.intp]]:
    """Measure from places along the outlines of `one` to those of `other`.

    Gives the distances, the length each stands for, and the position of its pair. Three places a piece, where
    Gauss put them: exact up to the fifth power.
    """
    lines, targets = _outlines(one).ravel(), _outlines(other).ravel()
    lines[shapely.is_missing(targets)] = None
    step = shapely.length(lines) / PIECES
    known = step > 0
    lines[known] = shapely.segmentize(lines[known], step[known])
    parts, of_part = shapely.get_parts(lines, return_index=True)
    corners, of_line = shapely.get_coordinates(parts, return_index=True)
    inner = of_line[1:] == of_line[:-1]
    start, along = corners[:-1][inner], np.diff(corners, axis=0)[inner]
    of = of_part[of_line[:-1][inner]]
    at = 0.5 + np.array([-0.5, 0.0, 0.5]) * np.sqrt(0.6)
    weight = np.array([5.0, 8.0, 5.0]) / 18.0
    places = shapely.points(start[:, None] + at[None, :, None] * along[:, None])
    shapely.prepare(targets)
    away = shapely.distance(places, targets[of][:, None])
    length = np.hypot(*along.T)[:, None] * weight
    return away.ravel(), length.ravel(), np.repeat(of, 3)


@of_two
def boundary_coincidence(drawn: Shapes, official: Shapes, *, width_m: float) -> Numbers:
    """Part of the drawn outline that runs within `width_m` of the official one (Goodchild and Hunter) [1]_.

    Lines may be given instead of areas: a part of an outline, or one border.

    Returns
    -------
    float
        0 to 1. Turned round: the part of the official outline that somebody drew.

    References
    ----------
    .. [1] M. F. Goodchild and G. J. Hunter, A simple positional accuracy measure for linear features,
       International Journal of Geographical Information Science 11 (1997).

    Examples
    --------
    Half of the right square's outline lies on or beside the left one's: 140 of 400 m within 10 m.

    >>> left, right = shapely.box(0, 0, 100, 100), shapely.box(50, 0, 150, 100)
    >>> round(boundary_coincidence(right, left, width_m=10), 3)
    0.35
    """
    lines = _outlines(drawn)
    strips = shapely.buffer(_outlines(official), width_m, quad_segs=ARC)
    return quotient(shapely.length(shapely.intersection(lines, strips)), shapely.length(lines))


def boundary_curve(
    drawn: Geometry | None, official: Geometry | None, *, widths_m: tuple[float, ...] = WIDTHS_M
) -> dict[float, float | None]:
    """Give `boundary_coincidence` at several widths; it never falls as the width grows.

    Examples
    --------
    >>> left, right = shapely.box(0, 0, 100, 100), shapely.box(50, 0, 150, 100)
    >>> [round(share, 3) for share in boundary_curve(right, left).values()]
    [0.4, 0.55, 1.0]
    """
    return {width_m: boundary_coincidence(drawn, official, width_m=width_m) for width_m in widths_m}


@of_two
def boundary_tolerance_m(drawn: Shapes, official: Shapes, *, share: float = 0.95) -> Numbers:
    """Width in metres within which `share` of the drawn outline runs beside the official one.

    The inverse of the curve: "95 % of what you drew lies within 40 m of the border". Read off at places at
    most 1/128 of the outline apart.

    Examples
    --------
    >>> left, right = shapely.box(0, 0, 100, 100), shapely.box(50, 0, 150, 100)
    >>> round(boundary_tolerance_m(right, left, share=0.35))
    10
    """
    away, length, of = _along(drawn, official)
    order = np.lexsort((away, of))
    away, length, of = away[order], length[order], of[order]
    found = np.full(drawn.size, np.nan)
    for pair, start, n in zip(*np.unique(of, return_index=True, return_counts=True), strict=True):
        reached = np.cumsum(length[start : start + n])
        found[pair] = away[start + np.searchsorted(reached, share * reached[-1] * (1 - 1e-12))]
    return found.reshape(drawn.shape)
