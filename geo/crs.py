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
    """Tell whether a box in degrees lies within the Netherlands' box.

    Examples
    --------
    >>> in_netherlands((4.4, 51.9, 4.5, 52.0)), in_netherlands((-74.1, 40.6, -73.8, 40.9))
    (True, False)
    """
    west, south, east, north = bounds_wgs84
    box = NETHERLANDS_WGS84
    return west >= box[0] and south >= box[1] and east <= box[2] and north <= box[3]


def planar(bounds_wgs84: Bounds) -> CRS:
    """Choose the metre plane to compute in: RD New in the Netherlands, else a local equal-area one.

    Parameters
    ----------
    bounds_wgs84
        West, south, east, north in degrees.

    Returns
    -------
    CRS
        EPSG:28992, or a Lambert azimuthal equal-area plane centred on the box (to a whole
        degree, so that two files of one city get the same plane).

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


def convert(geometry: Any, source: CRS, target: CRS) -> Any:
    """Carry a geometry, or an array of them, from one CRS to another; x is east, y is north.

    Examples
    --------
    The tower of Amersfoort, the origin of RD, to the metre.

    >>> spot = convert(shapely.Point(5.38720621, 52.15517440), WGS84, RD)
    >>> round(spot.x), round(spot.y)
    (155000, 463000)
    """
    carry = _transformer(source, target)

    def moved(coordinates: NDArray[np.float64]) -> NDArray[np.float64]:
        x, y = carry.transform(coordinates[:, 0], coordinates[:, 1])
        return np.column_stack([x, y])

    return shapely.transform(geometry, moved)


def to_planar(geometry: Any, crs: CRS = RD) -> Any:
    """Carry degrees (longitude, latitude) to metres."""
    return convert(geometry, WGS84, crs)


def to_wgs84(geometry: Any, crs: CRS = RD) -> Any:
    """Carry metres to degrees (longitude, latitude)."""
    return convert(geometry, crs, WGS84)
