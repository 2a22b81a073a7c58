"""Dispersion of sketches: fuzziness of the edge and spread of the centres."""

import math
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely

from geo.consensus.surface import Surface, require_enough
from geo.grids.grid import Geometries
from geo.privacy_limits import MIN_PEOPLE
from geo.schemas import SKETCHES

# --- Sizes ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Fuzziness:
    """How blurred the neighbourhood is.

    Parameters
    ----------
    area_m2
        Sum of cell area times share: the mean area of the sketches.
    fuzziness
        0 when everybody drew the same, 1 when half of the people hold every cell: mean of 1 - abs(2p - 1)
        over the ground that anybody drew.
    zone_m
        Width of the border zone: difference of the radii of circles as large as the 25 % and 75 % cores.
    """

    area_m2: float
    fuzziness: float
    zone_m: float


def fuzziness(base: Surface, *, least: int = MIN_PEOPLE) -> Fuzziness:
    """Compute how fuzzy the neighbourhood's border is.

    Parameters
    ----------
    base
        Surface of the residents.
    least
        Smallest number of residents for which a result is given.

    Returns
    -------
    Fuzziness
        Mean area in m², fuzziness from 0 to 1 (0 also when no cell was drawn) and the width of the border
        zone in metres.

    Raises
    ------
    TooFewSketches
        When the surface has fewer than `least` residents.

    Examples
    --------
    Columns of 5,000 m2 held by 2/3, 2/3 and 1/3: 8,333 m2 on average, each cell a third away from one half.

    >>> from geo.grids.grid import Grid
    >>> base = Surface(np.array([[2, 2, 1]] * 2, dtype=np.int32), 3, Grid(0, 0, 3, 2, 50.0), "EPSG:28992")
    >>> found = fuzziness(base, least=3)
    >>> round(found.area_m2), round(found.fuzziness, 3)
    (8333, 0.667)
    """
    require_enough(base.n, least)
    share = base.share[base.counts > 0]
    wide, narrow = (base.at_least(percent).sum() * base.cell_m2 for percent in (25, 75))
    return Fuzziness(
        area_m2=float(share.sum() * base.cell_m2),
        fuzziness=float((1 - np.abs(2 * share - 1)).mean()) if len(share) else 0.0,
        zone_m=math.sqrt(wide / math.pi) - math.sqrt(narrow / math.pi),
    )


@dataclass(frozen=True)
class CentreDispersion:
    """How far apart the middles of the sketches lie.

    Parameters
    ----------
    distance_m
        Standard distance: root of the mean squared distance to their mean.
    major_m, minor_m
        Half axes of the standard ellipse: roots of the eigenvalues of the covariance. Other programs print
        them sqrt(2) as long.
    bearing_deg
        Direction of the long axis, clockwise from north, 0 to 180.
    """

    distance_m: float
    major_m: float
    minor_m: float
    bearing_deg: float


def centre_dispersion(sketches: gpd.GeoDataFrame) -> CentreDispersion | None:
    """Compute how far apart the centroids of the sketches lie.

    Parameters
    ----------
    sketches
        One row per resident.

    Returns
    -------
    CentreDispersion or None
        Distances in metres, 0 or more, and a direction in degrees; None without sketches.

    Examples
    --------
    Middles at two metres west and east and one metre south and north.

    >>> middles = shapely.points([(2, 0), (-2, 0), (0, 1), (0, -1)])
    >>> drawn = gpd.GeoDataFrame(geometry=shapely.buffer(middles, 1), crs="EPSG:28992",
    ...     index=list("abcd")).rename_axis("sketch_id")
    >>> found = centre_dispersion(drawn)
    >>> [round(x, 6) for x in (found.distance_m, found.major_m, found.minor_m, found.bearing_deg)]
    [1.581139, 1.414214, 0.707107, 90.0]
    """
    areas: Geometries = SKETCHES.validate(sketches).geometry.to_numpy()
    if not len(areas):
        return None
    middles = shapely.get_coordinates(shapely.centroid(areas))
    off = middles - middles.mean(axis=0)
    values, axes = np.linalg.eigh(off.T @ off / len(off))
    minor, major = np.sqrt(np.maximum(values, 0))
    east, north = axes[:, 1]
    bearing = math.degrees(math.atan2(east, north)) % 180
    return CentreDispersion(math.sqrt(float((off**2).sum()) / len(off)), float(major), float(minor), bearing)
