"""Where on earth: RD New and WGS 84. The only place that names a coordinate reference system."""

from functools import lru_cache
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Transformer
from pyproj.network import set_network_enabled  # type: ignore[attr-defined]  # documented, not typed

# With the network on and the grid server out of reach, PROJ gives `inf` without a word.
set_network_enabled(active=False)

RD = CRS.from_epsg(28992)
WGS84 = CRS.from_epsg(4326)

NETHERLANDS_WGS84 = (3.2, 50.7, 7.3, 53.7)
"""The land and the Wadden: west, south, east, north in degrees."""

Bounds = tuple[float, float, float, float]


def in_netherlands(bounds_wgs84: Bounds) -> bool:
    """Return whether a box in degrees lies within the Netherlands' box.

    Parameters
    ----------
    bounds_wgs84
        West, south, east, north in degrees.

    Returns
    -------
    bool
        True when the whole box lies inside; the edge counts as inside.

    Examples
    --------
    >>> in_netherlands((4.4, 51.9, 4.5, 52.0)), in_netherlands((-74.1, 40.6, -73.8, 40.9))
    (True, False)
    """
    west, south, east, north = bounds_wgs84
    box = NETHERLANDS_WGS84
    return west >= box[0] and south >= box[1] and east <= box[2] and north <= box[3]


def planar(bounds_wgs84: Bounds) -> CRS:
    """Return the plane in metres to compute in for a box in degrees.

    Parameters
    ----------
    bounds_wgs84
        West, south, east, north in degrees.

    Returns
    -------
    CRS
        EPSG:28992 (RD New) in the Netherlands, otherwise a Lambert azimuthal equal-area plane centred on the
        box (to a whole degree, so that two files of one city get the same plane).

    Examples
    --------
    >>> planar((4.4, 51.9, 4.5, 52.0)).to_epsg()
    28992
    >>> planar((-74.1, 40.6, -73.8, 40.9)).coordinate_operation.method_name
    'Lambert Azimuthal Equal Area'
    """
    if in_netherlands(bounds_wgs84):
        return RD
    west, south, east, north = bounds_wgs84
    return _equal_area(round((west + east) / 2), round((south + north) / 2))


@lru_cache(maxsize=64)
def _equal_area(lon: int, lat: int) -> CRS:
    return CRS.from_dict({"proj": "laea", "lon_0": lon, "lat_0": lat, "datum": "WGS84", "units": "m"})


@lru_cache(maxsize=64)
def _transformer(source: CRS, target: CRS) -> Transformer:
    return Transformer.from_crs(source, target, always_xy=True)


def transform(geometry: Any, source: CRS, target: CRS) -> Any:
    """Return a geometry, or an array of them, transformed to another CRS.

    Parameters
    ----------
    geometry
        Geometry or array of geometries; x is east, y is north.
    source
        CRS of the geometry.
    target
        CRS of the result.

    Returns
    -------
    Geometry or array
        As `geometry`. Coordinates outside the validity of the CRS become infinite.

    Examples
    --------
    The tower of Amersfoort, the origin of RD, to the metre.

    >>> spot = transform(shapely.Point(5.38720621, 52.15517440), WGS84, RD)
    >>> round(spot.x), round(spot.y)
    (155000, 463000)
    """
    carry = _transformer(source, target)

    def moved(coordinates: NDArray[np.float64]) -> NDArray[np.float64]:
        x, y = carry.transform(coordinates[:, 0], coordinates[:, 1])
        return np.column_stack([x, y])

    return shapely.transform(geometry, moved)


def to_planar(geometry: Any, crs: CRS = RD) -> Any:
    """Return a geometry in degrees (longitude, latitude) transformed to metres.

    Parameters
    ----------
    geometry
        Geometry or array of geometries in degrees.
    crs
        Plane of the result.

    Returns
    -------
    Geometry or array
        In metres.
    """
    return transform(geometry, WGS84, crs)


def to_wgs84(geometry: Any, crs: CRS = RD) -> Any:
    """Return a geometry in metres transformed to degrees (longitude, latitude).

    Parameters
    ----------
    geometry
        Geometry or array of geometries in metres.
    crs
        Plane of the geometry.

    Returns
    -------
    Geometry or array
        In degrees.
    """
    return transform(geometry, crs, WGS84)
