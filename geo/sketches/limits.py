"""Limits of a sketch: size, number of points and where it may lie."""

from dataclasses import dataclass, replace
from typing import Any

import geopandas as gpd
import shapely
from pyproj import CRS

from geo import crs as planes
from geo.errors import DrawingOutside
from geo.sketches.crossings import MAX_CROSSINGS, MAX_PAIRS

MAX_POINTS, MAX_STORED_POINTS = 100_000, 20_000
"""Points of a drawing in a file that is only computed with, and of one that is stored."""

MARGIN_DEGREES = 0.01
"""Room around sketches from elsewhere, so that rounding puts none of them outside."""


@dataclass(frozen=True)
class Limits:
    """What can still be a neighbourhood, and where.

    Attributes
    ----------
    box_wgs84
        West, south, east, north in degrees; a drawing with a point outside is refused.
    crs
        The plane in metres in which the drawing is kept.
    min_area_m2
        A drawing of this area or less is refused; 0 refuses only what encloses no ground.
    warn_small_m2, warn_large_m2
        Smaller or larger than this gets a warning, never a refusal.
    max_area_m2
        A drawing larger than this is refused.
    max_points
        A drawing with more points than this is refused before it costs time.
    max_parts
        A drawing of more areas, holes and strokes than this is refused.
    max_crossings, max_segment_pairs
        An outline that crosses itself more often, or has more pairs of segments to look at, is refused unrepaired.
    """

    box_wgs84: planes.Bounds = planes.NETHERLANDS_WGS84
    crs: CRS = planes.RD
    min_area_m2: float = 0.0
    warn_small_m2: float = 10_000.0
    warn_large_m2: float = 10e6
    max_area_m2: float = 100e6
    max_points: int = MAX_POINTS
    max_parts: int = 10_000
    max_crossings: int = MAX_CROSSINGS
    max_segment_pairs: int = MAX_PAIRS


NETHERLANDS = Limits()
"""The limits for drawings in the Netherlands, kept in RD New."""

HAND_DRAWN_LIMITS = replace(NETHERLANDS, min_area_m2=100.0, max_points=5_000, max_parts=40)
"""The limits for what anybody may send: less ground than a small garden is a slip of the finger, and no finger draws
more points or parts. Drawings in files are kept at any size."""


def limits_for(bounds_wgs84: planes.Bounds) -> Limits:
    """Return the limits for another part of the world.

    The sizes are those of the Netherlands; the box and the equal-area plane are its own.

    Parameters
    ----------
    bounds_wgs84
        West, south, east, north in degrees.

    Returns
    -------
    Limits
        With this box and the plane that suits it.

    Examples
    --------
    >>> limits_for((-74.3, 40.4, -73.6, 41.0)).max_area_m2
    100000000.0
    """
    return Limits(box_wgs84=bounds_wgs84, crs=planes.planar(bounds_wgs84))


def limits_of_table(table: gpd.GeoDataFrame) -> Limits:
    """Return the limits for the sketches of a table.

    They are those of the Netherlands, or the same sizes elsewhere. The plane is the table's own, chosen where
    most sketches lie; a stray sketch far away neither moves it nor is refused, since sizes are true all over
    an equal-area plane.

    Parameters
    ----------
    table
        Sketches in a plane in metres.

    Returns
    -------
    Limits
        `NETHERLANDS` for a table in RD New, otherwise limits whose box contains every sketch.

    Examples
    --------
    >>> limits_of_table(gpd.GeoDataFrame(geometry=[], crs="EPSG:28992")) == NETHERLANDS
    True
    """
    return limits_around(planes.to_wgs84(table.geometry.to_numpy(), table.crs), table.crs)


def limits_around(shapes_wgs84: Any, plane: CRS, *, base: Limits = NETHERLANDS) -> Limits:
    """Return the limits for shapes that are kept in a plane.

    Parameters
    ----------
    shapes_wgs84
        One shape or an array of them, in degrees.
    plane
        The plane in metres in which they are kept.
    base
        Limits in the Netherlands; elsewhere their sizes hold.

    Returns
    -------
    Limits
        `base` itself in RD New, otherwise with this plane and a box around the shapes.

    Examples
    --------
    >>> limits_around(shapely.Point(-74.0, 40.5), CRS.from_epsg(32618)).box_wgs84
    (-74.01, 40.49, -73.99, 40.51)
    """
    if plane == planes.RD:
        return base
    west, south, east, north = (float(edge) for edge in shapely.total_bounds(shapes_wgs84))
    west, east = west - MARGIN_DEGREES, east + MARGIN_DEGREES
    box = (west, max(south - MARGIN_DEGREES, -90.0), east, min(north + MARGIN_DEGREES, 90.0))
    return replace(base, box_wgs84=box, crs=plane)


def outside_error(lon: float, lat: float, limits: Limits) -> DrawingOutside:
    """Return the error for a position outside the limits.

    Parameters
    ----------
    lon
        Longitude of the position, in degrees.
    lat
        Latitude of the position, in degrees.
    limits
        The limits it does not meet.

    Returns
    -------
    DrawingOutside
        The error, not raised.
    """
    west, south, east, north = limits.box_wgs84
    return DrawingOutside(lon=lon, lat=lat, west=west, south=south, east=east, north=north)
