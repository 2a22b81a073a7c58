"""Size and form of one drawing, and where its maker's home lies in it.

Every measure takes one shape and gives a float or None, or takes an array and gives float64 with NaN; see
`geo.measure`. Shapes are sound areas in metres.
"""

import numpy as np
import shapely

from geo.measure import Numbers, Shapes, ground_m2, of_one, of_two, quotient

RAYS = 16
"""Boyce and Clark leave the number of rays open and the index depends on it, so it is fixed."""


@of_one
def area_m2(shapes: Shapes) -> Numbers:
    """Ground covered, in m²; holes do not count.

    Examples
    --------
    >>> area_m2(shapely.box(0, 0, 100, 100))
    10000.0
    """
    return ground_m2(shapes)


@of_one
def perimeter_m(shapes: Shapes) -> Numbers:
    """Length of the whole outline in metres, that of holes included.

    Examples
    --------
    >>> perimeter_m(shapely.box(0, 0, 100, 100))
    400.0
    """
    return np.where(shapely.area(shapes) > 0, shapely.length(shapes), np.nan)


@of_one
def equal_area_radius_m(shapes: Shapes) -> Numbers:
    """Radius in metres of the circle of the same area, sqrt(A / pi): how far one walks from the middle.

    Examples
    --------
    >>> round(equal_area_radius_m(shapely.box(0, 0, 100, 100)), 3)
    56.419
    """
    return np.sqrt(ground_m2(shapes) / np.pi)


@of_one
def polsby_popper(shapes: Shapes) -> Numbers:
    """Area over that of the circle of the same outline, 4 pi A / P² (Polsby and Popper 1991) [1]_.

    Holes are filled first: they say nothing about the outer form. Parts count together, so a drawing in two
    pieces scores low however round the pieces are.

    Returns
    -------
    float
        Above 0 up to 1 for a circle; a square has 0.785.

    References
    ----------
    .. [1] D. D. Polsby and R. D. Popper, The third criterion: compactness as a procedural safeguard against
       partisan gerrymandering, Yale Law & Policy Review 9 (1991).

    Examples
    --------
    >>> round(polsby_popper(shapely.box(0, 0, 100, 100)), 3)
    0.785
    """
    whole = _filled(shapes)
    return quotient(4 * np.pi * ground_m2(whole), shapely.length(whole) ** 2)


@of_one
def reock(shapes: Shapes) -> Numbers:
    """Area over that of the smallest circle round it (Reock 1961) [1]_; 1 for a circle.

    References
    ----------
    .. [1] E. C. Reock, A note: measuring compactness as a requirement of legislative apportionment, Midwest
       Journal of Political Science 5 (1961).

    Examples
    --------
    >>> round(reock(shapely.box(0, 0, 100, 100)), 3)
    0.637
    """
    return quotient(ground_m2(shapes), np.pi * shapely.minimum_bounding_radius(shapes) ** 2)


@of_one
def hull_ratio(shapes: Shapes) -> Numbers:
    """Area over that of the convex hull: 1 for a drawing without dents, holes or gaps.

    Examples
    --------
    >>> hull_ratio(shapely.box(0, 0, 100, 100))
    1.0
    """
    return quotient(ground_m2(shapes), shapely.area(shapely.convex_hull(shapes)))


@of_one
def boyce_clark(shapes: Shapes) -> Numbers:
    """Sum over 16 rays of |100 r / sum r - 100 / 16|: how unequal the outline's distances to the middle are.

    r is the distance from the centroid to the farthest crossing with the outline; the first ray points east.

    Returns
    -------
    float
        0 for a circle, below 200. None where the centroid lies outside the shape, for then no ray says
        anything.

    References
    ----------
    .. [1] R. R. Boyce and W. A. V. Clark, The concept of shape in geography, Geographical Review 54 (1964).

    Examples
    --------
    >>> round(boyce_clark(shapely.box(0, 0, 100, 100)), 3)
    11.77
    """
    return _radial(shapes, RAYS)


def _radial(shapes: Shapes, rays: int) -> Numbers:
    centres = shapely.centroid(shapes)
    sound = (shapely.area(shapes) > 0) & shapely.covers(shapes, centres)
    found = np.full(shapes.shape, np.nan)
    if not sound.any():
        return found
    middle = shapely.get_coordinates(centres[sound])
    # No outline reaches farther than the diagonal of its box.
    west, south, east, north = shapely.bounds(shapes[sound]).T
    reach = np.hypot(east - west, north - south)
    angle = 2 * np.pi * np.arange(rays) / rays
    tips = middle[:, None] + reach[:, None, None] * np.stack([np.cos(angle), np.sin(angle)], axis=-1)
    starts = np.broadcast_to(middle[:, None], tips.shape)
    lines = np.asarray(shapely.linestrings(np.stack([starts, tips], axis=2)))
    met, of = shapely.get_coordinates(
        shapely.intersection(lines, shapely.boundary(shapes[sound])[:, None]).ravel(), return_index=True
    )
    away = np.hypot(*(met - middle[of // rays]).T)
    farthest = np.zeros(lines.size)
    np.maximum.at(farthest, of, away)
    radius = farthest.reshape(-1, rays)
    share = quotient(100 * radius, radius.sum(axis=1, keepdims=True))
    found[sound] = np.abs(share - 100 / rays).sum(axis=1)
    return found


def _filled(shapes: Shapes) -> Shapes:
    """Give the shapes without their holes."""
    parts, of = shapely.get_parts(shapes.ravel(), return_index=True)
    areal = shapely.get_type_id(parts) == 3
    shells = shapely.polygons(shapely.get_exterior_ring(parts[areal]))
    whole: Shapes = np.full(shapes.size, None, dtype=object)
    shapely.multipolygons(shells, indices=of[areal], out=whole)
    single = shapely.get_num_geometries(whole) > 1
    # A part may lie in the hole of another; filled they are one.
    whole[single] = shapely.union_all(whole[single][:, None], axis=1)
    return whole.reshape(shapes.shape)


# --- Home -----------------------------------------------------------------------------------------


@of_two
def home_distance_m(shapes: Shapes, homes: Shapes) -> Numbers:
    """Distance in metres from home to the middle (centroid) of the drawing; None without a home.

    Examples
    --------
    >>> home_distance_m(shapely.box(0, 0, 100, 100), shapely.Point(25, 50))
    25.0
    """
    return np.where(shapely.area(shapes) > 0, shapely.distance(homes, shapely.centroid(shapes)), np.nan)


@of_two
def home_bearing_deg(shapes: Shapes, homes: Shapes) -> Numbers:
    """Direction from home to the middle of the drawing, in degrees clockwise from north, 0 up to 360.

    None without a home, and where home is the middle.

    Examples
    --------
    >>> home_bearing_deg(shapely.box(0, 0, 100, 100), shapely.Point(25, 50))
    90.0
    """
    found = np.full(shapes.shape, np.nan)
    known = (shapely.area(shapes) > 0) & ~shapely.is_missing(homes) & ~shapely.is_empty(homes)
    middle, home = shapely.centroid(shapes[known]), homes[known]
    east = shapely.get_x(middle) - shapely.get_x(home)
    north = shapely.get_y(middle) - shapely.get_y(home)
    bearing = np.degrees(np.arctan2(east, north)) % 360
    found[known] = np.where((east != 0) | (north != 0), bearing, np.nan)
    return found


@of_two
def home_edge_distance_m(shapes: Shapes, homes: Shapes) -> Numbers:
    """Distance in metres from home to the outline: positive inside the drawing, negative outside, 0 on it.

    Examples
    --------
    >>> square = shapely.box(0, 0, 100, 100)
    >>> home_edge_distance_m(square, [shapely.Point(25, 50), shapely.Point(-10, 50)]).tolist()
    [25.0, -10.0]
    """
    away = shapely.distance(homes, shapely.boundary(shapes))
    signed = np.where(shapely.covers(shapes, homes), away, -away)
    return np.where(shapely.area(shapes) > 0, signed, np.nan)


@of_two
def home_eccentricity(shapes: Shapes, homes: Shapes) -> Numbers:
    """Distance from home to the middle over the equal-area radius: 0 in the middle, 1 and more far out.

    A measure of our own, without unit.

    Examples
    --------
    >>> round(home_eccentricity(shapely.box(0, 0, 100, 100), shapely.Point(25, 50)), 3)
    0.443
    """
    away = shapely.distance(homes, shapely.centroid(shapes))
    return away / np.sqrt(ground_m2(shapes) / np.pi)


@of_two
def home_inside(shapes: Shapes, homes: Shapes) -> Numbers:
    """1 where home lies in the drawing or on its outline, 0 where it does not; the mean is the share inside.

    Examples
    --------
    >>> home_inside(shapely.box(0, 0, 100, 100), shapely.Point(100, 50))
    1.0
    """
    known = (shapely.area(shapes) > 0) & ~shapely.is_missing(homes) & ~shapely.is_empty(homes)
    return np.where(known, shapely.covers(shapes, homes), np.nan)
