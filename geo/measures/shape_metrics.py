"""Size and form of one drawing, and where its maker's home lies in it.

Every measure takes one shape and gives a float or None, or takes an array and gives float64 with NaN; see
`geo.measures.vectorised`. Shapes are sound areas in metres.
"""

import numpy as np
import shapely

from geo.measures.vectorised import (
    Numbers,
    Shapes,
    area_or_nan_m2,
    divide_or_nan,
    shape_measure,
)


@shape_measure
def area_m2(shapes: Shapes) -> Numbers:
    """Return the area covered, without holes.

    Parameters
    ----------
    shapes
        One area or an array of areas, in metres.

    Returns
    -------
    float
        Square metres, above 0. None (NaN in an array) for a shape that is absent or without area.

    Examples
    --------
    >>> area_m2(shapely.box(0, 0, 100, 100))
    10000.0
    """
    return area_or_nan_m2(shapes)


@shape_measure
def perimeter_m(shapes: Shapes) -> Numbers:
    """Return the length of the whole outline, including that of holes.

    Parameters
    ----------
    shapes
        One area or an array of areas, in metres.

    Returns
    -------
    float
        Metres, above 0. None (NaN in an array) for a shape that is absent or without area.

    Examples
    --------
    >>> perimeter_m(shapely.box(0, 0, 100, 100))
    400.0
    """
    return np.where(shapely.area(shapes) > 0, shapely.length(shapes), np.nan)


@shape_measure
def equal_area_radius_m(shapes: Shapes) -> Numbers:
    """Return the radius of the circle with the same area, sqrt(A / pi).

    Parameters
    ----------
    shapes
        One area or an array of areas, in metres.

    Returns
    -------
    float
        Metres, above 0. None (NaN in an array) for a shape that is absent or without area.

    Examples
    --------
    >>> round(equal_area_radius_m(shapely.box(0, 0, 100, 100)), 3)
    56.419
    """
    return np.sqrt(area_or_nan_m2(shapes) / np.pi)


@shape_measure
def polsby_popper(shapes: Shapes) -> Numbers:
    """Return 4 pi A / P², the Polsby-Popper compactness (1991) [1]_.

    The area is divided by that of the circle with the same perimeter. Holes are filled first, as they do not
    affect the outer form. Parts count together, so a sketch in two pieces scores low however round the pieces
    are.

    Parameters
    ----------
    shapes
        One area or an array of areas, in metres.

    Returns
    -------
    float
        Above 0, up to 1 for a circle; a square has 0.785. None (NaN in an array) for a shape that is absent
        or without area.

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
    return divide_or_nan(4 * np.pi * area_or_nan_m2(whole), shapely.length(whole) ** 2)


@shape_measure
def reock(shapes: Shapes) -> Numbers:
    """Return the area over that of the smallest enclosing circle (Reock 1961) [1]_.

    Parameters
    ----------
    shapes
        One area or an array of areas, in metres.

    Returns
    -------
    float
        Above 0, up to 1 for a circle. None (NaN in an array) for a shape that is absent or without area.

    References
    ----------
    .. [1] E. C. Reock, A note: measuring compactness as a requirement of legislative apportionment, Midwest
       Journal of Political Science 5 (1961).

    Examples
    --------
    >>> round(reock(shapely.box(0, 0, 100, 100)), 3)
    0.637
    """
    return divide_or_nan(area_or_nan_m2(shapes), np.pi * shapely.minimum_bounding_radius(shapes) ** 2)


@shape_measure
def hull_ratio(shapes: Shapes) -> Numbers:
    """Return the area over that of the convex hull.

    Parameters
    ----------
    shapes
        One area or an array of areas, in metres.

    Returns
    -------
    float
        Above 0, up to 1 for a shape without dents, holes or gaps. None (NaN in an array) for a shape that is
        absent or without area.

    Examples
    --------
    >>> hull_ratio(shapely.box(0, 0, 100, 100))
    1.0
    """
    return divide_or_nan(area_or_nan_m2(shapes), shapely.area(shapely.convex_hull(shapes)))


def _filled(shapes: Shapes) -> Shapes:
    """Return the shapes without their holes."""
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
