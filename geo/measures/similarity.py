"""How far two areas agree: a drawing and an official area, two drawings, or a core and an official area.

Every measure takes two shapes and gives a float or None, or takes arrays and gives float64 with NaN where a
shape is absent or has no ground; see `geo.measures.vectorised`. One shape against an array meets each of it. Shapes are
sound areas in one plane in metres.

No number says it all: IoU falls with any difference in size, so show it beside the shares inside, both ways.
"""

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Geometry

from geo.measures.vectorised import Numbers, Shapes, area_or_nan_m2, divide_or_nan, pair_measure

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
    smaller = np.minimum(area_or_nan_m2(one), area_or_nan_m2(other))
    found = np.full(one.shape, np.nan)
    both = ~np.isnan(smaller)
    found[both] = shapely.area(shapely.intersection(one[both], other[both]))
    capped: Numbers = np.minimum(found, smaller)  # rounding must not make a share of more than 1
    return capped


# --- Ground ---------------------------------------------------------------------------------------


@pair_measure
def iou(one: Shapes, other: Shapes) -> Numbers:
    """Return the intersection over the union (Jaccard 1901) [1]_.

    Parameters
    ----------
    one
        One area or an array of areas, in metres.
    other
        The area or areas to compare it with.

    Returns
    -------
    float
        From 0 (no area shared) to 1 (equal). None (NaN in an array) where either is absent or without area.

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
    return divide_or_nan(shared, area_or_nan_m2(one) + area_or_nan_m2(other) - shared)


@pair_measure
def dice(one: Shapes, other: Shapes) -> Numbers:
    """Return twice the shared area over the sum of both areas (Dice 1945) [1]_.

    Equal to 2 J / (1 + J), with J the intersection over the union.

    Parameters
    ----------
    one
        One area or an array of areas, in metres.
    other
        The area or areas to compare it with.

    Returns
    -------
    float
        From 0 (no area shared) to 1 (equal). None (NaN in an array) where either is absent or without area.

    References
    ----------
    .. [1] L. R. Dice, Measures of the amount of ecologic association between species, Ecology 26 (1945).

    Examples
    --------
    >>> dice(shapely.box(0, 0, 2, 2), shapely.box(1, 0, 3, 2))
    0.5
    """
    return divide_or_nan(2 * _shared_m2(one, other), area_or_nan_m2(one) + area_or_nan_m2(other))


@pair_measure
def overlap_coefficient(one: Shapes, other: Shapes) -> Numbers:
    """Return the shared area over the smaller area (Szymkiewicz-Simpson).

    Parameters
    ----------
    one
        One area or an array of areas, in metres.
    other
        The area or areas to compare it with.

    Returns
    -------
    float
        From 0 (no area shared) to 1 (one lies within the other). None (NaN in an array) where either is
        absent or without area.

    Examples
    --------
    >>> overlap_coefficient(shapely.box(0, 0, 4, 4), shapely.box(1, 1, 2, 2))
    1.0
    """
    return divide_or_nan(_shared_m2(one, other), np.minimum(area_or_nan_m2(one), area_or_nan_m2(other)))


@pair_measure
def symmetric_difference_m2(one: Shapes, other: Shapes) -> Numbers:
    """Return the area that belongs to only one of the two.

    Parameters
    ----------
    one
        One area or an array of areas, in metres.
    other
        The area or areas to compare it with.

    Returns
    -------
    float
        Square metres, 0 or more. None (NaN in an array) where either is absent or without area.

    Examples
    --------
    >>> symmetric_difference_m2(shapely.box(0, 0, 2, 2), shapely.box(1, 0, 3, 2))
    4.0
    """
    return np.maximum(area_or_nan_m2(one) + area_or_nan_m2(other) - 2 * _shared_m2(one, other), 0.0)


@pair_measure
def size_ratio(one: Shapes, other: Shapes) -> Numbers:
    """Return the area of the first over that of the second.

    Average its logarithm, as 2 and 1/2 are equally far from 1.

    Parameters
    ----------
    one
        One area or an array of areas, in metres.
    other
        The area or areas to divide by.

    Returns
    -------
    float
        Without unit, above 0. None (NaN in an array) where either is absent or without area.

    Examples
    --------
    >>> size_ratio(shapely.box(0, 0, 2, 2), shapely.box(0, 0, 1, 2))
    2.0
    """
    return divide_or_nan(area_or_nan_m2(one), area_or_nan_m2(other))


# --- Outlines -------------------------------------------------------------------------------------


def _outlines(shapes: Shapes) -> Shapes:
    """Outlines of what has ground, lines as they are, otherwise None."""
    lineal = (shapely.get_dimensions(shapes) == 1) & ~shapely.is_empty(shapes)
    areal = shapely.area(shapes) > 0
    found: Shapes = np.full(shapes.shape, None, dtype=object)
    found[lineal] = shapes[lineal]
    found[areal] = shapely.boundary(shapes[areal])
    return found


@pair_measure
def hausdorff_m(one: Shapes, other: Shapes) -> Numbers:
    """Return the Hausdorff distance between two outlines.

    The largest distance from any place on either outline to the other outline, so one stray corner determines
    it. Places are a hundredth of an edge apart; the answer is at most that much too small.

    Parameters
    ----------
    one
        One area or line, or an array of them, in metres.
    other
        The shape or shapes to compare it with.

    Returns
    -------
    float
        Metres, 0 or more. None (NaN in an array) where either is absent or has no outline.

    Examples
    --------
    >>> round(hausdorff_m(shapely.box(0, 0, 100, 100), shapely.box(25, 25, 75, 75)), 3)
    35.355
    """
    return np.asarray(shapely.hausdorff_distance(_outlines(one), _outlines(other), densify=DENSIFY))


@pair_measure
def frechet_m(one: Shapes, other: Shapes) -> Numbers:
    """Return the discrete Fréchet distance between two outlines.

    The shortest leash for two walkers, one on each outline, who never turn back. They stop at corners and at
    places at most 1/32 of their own outline apart, where the continuous distance would let them stop
    anywhere. They walk in the same direction and the best pair of starting places is used, so that the answer
    does not depend on where a ring begins. Only the outer ring of the largest part is used. The work grows
    with the third power of the number of corners: suitable for a few pairs, not for a table.

    Parameters
    ----------
    one
        One area or an array of areas, in metres.
    other
        The area or areas to compare it with.

    Returns
    -------
    float
        Metres, 0 or more. None (NaN in an array) where either is absent or without area.

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


@pair_measure
def mean_boundary_distance_m(one: Shapes, other: Shapes) -> Numbers:
    """Return the mean distance from the first outline to the second.

    The mean is taken over the whole length of the first outline. It is not symmetric: a small area in a large
    one is near to it, while the large one is far from the small one.

    Parameters
    ----------
    one
        One area or line, or an array of them, in metres: where distances are measured from.
    other
        The shape or shapes whose outline they are measured to.

    Returns
    -------
    float
        Metres, 0 or more. None (NaN in an array) where either is absent or has no outline.

    Examples
    --------
    >>> round(mean_boundary_distance_m(shapely.box(50, 0, 150, 100), shapely.box(0, 0, 100, 100)), 6)
    25.0
    """
    away, length, of = _along(one, other)
    total = np.bincount(of, length, one.size)
    return divide_or_nan(np.bincount(of, length * away, one.size), total).reshape(one.shape)


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


@pair_measure
def boundary_coincidence(drawn: Shapes, official: Shapes, *, width_m: float) -> Numbers:
    """Return the share of an outline within `width_m` of another [1]_.

    The measure of Goodchild and Hunter. Lines may be passed instead of areas: part of an outline, or one
    border. With the arguments swapped it is the share of the official outline that was drawn.

    Parameters
    ----------
    drawn
        Sketched area or line, or an array of them, in metres.
    official
        Official area or line, or an array of them.
    width_m
        Largest distance in metres at which two outlines count as coinciding.

    Returns
    -------
    float
        From 0 to 1. None (NaN in an array) where either is absent or has no outline.

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
    return divide_or_nan(shapely.length(shapely.intersection(lines, strips)), shapely.length(lines))


@pair_measure
def boundary_tolerance_m(drawn: Shapes, official: Shapes, *, share: float = 0.95) -> Numbers:
    """Return the width within which `share` of the drawn outline lies.

    The inverse of `boundary_coincidence`: "95 % of the sketch lies within 40 m of the border". Evaluated at places
    at most 1/128 of the outline apart.

    Parameters
    ----------
    drawn
        Sketched area or line, or an array of them, in metres.
    official
        Official area or line, or an array of them.
    share
        Share of the drawn outline that must lie within the width, above 0, at most 1.

    Returns
    -------
    float
        Metres, 0 or more. None (NaN in an array) where either is absent or has no outline.

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
