"""Where the numbers of a file lie: what it says, what the numbers prove, and what nobody may guess."""

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from pyproj.exceptions import CRSError

from geo.crs import NETHERLANDS_WGS84, RD, WGS84, Bounds, convert, planar

RD_BOX = (0.0, 300_000.0, 300_000.0, 625_000.0)
"""West, south, east, north of the Netherlands in RD New, in metres."""
WORLD_BOX = (-180.0, -90.0, 180.0, 90.0)
WEB_MERCATOR = CRS.from_epsg(3857)
MERCATOR_BOX = (350_000.0, 6_560_000.0, 820_000.0, 7_120_000.0)
"""The Netherlands in web mercator, in its metres."""
NEAR_DEGREES = 4.0
"""Shapes farther than this from the middle of all have no say in the choice of the plane."""

CODE = re.compile(
    r"^(?:urn:(?:ogc|x-ogc):def:crs:EPSG:[\d.]*:|https?://www\.opengis\.net/def/crs/EPSG/[\d.]+/|"
    r"https?://www\.opengis\.net/gml/srs/epsg\.xml#|EPSG:)?(\d{4,6})$",
    re.IGNORECASE,
)
CRS84 = re.compile(
    r"^(?:urn:ogc:def:crs:OGC:[\d.]*:|https?://www\.opengis\.net/def/crs/OGC/[\d.]+/|OGC:)CRS84h?$", re.I
)


@dataclass(frozen=True)
class Place:
    """The reference system of a layer, by which proof, and whether the axes seem swapped.

    ``proof`` is a key: ``stated`` (the file says so), ``asked`` (the caller says so), ``format`` (the format
    means degrees), ``range_rd``, ``range_degrees``, ``range_mercator`` (the numbers fit nowhere else),
    ``looks_like_rd`` (the file describes RD New in words of its own, which shift it by 100 m), or ``none``.
    """

    crs: CRS | None
    proof: str
    swapped: bool = False


def by_name(name: Any) -> CRS | None:
    """Read the name of a reference system: an EPSG code or CRS84 in any of their spellings, nothing else.

    Free descriptions are not followed: they can name files of this computer as grids.

    Examples
    --------
    >>> by_name("urn:ogc:def:crs:EPSG::28992").to_epsg(), by_name(28992).to_epsg()
    (28992, 28992)
    >>> by_name("urn:ogc:def:crs:OGC:1.3:CRS84").to_epsg()
    4326
    >>> by_name("+proj=longlat +nadgrids=/etc/passwd") is None
    True
    """
    text = str(name).strip()
    if CRS84.match(text):
        return WGS84
    code = CODE.match(text)
    if not code:
        return None
    try:
        return CRS.from_epsg(int(code.group(1)))
    except CRSError:
        return None


def declared(epsg: int | None, wkt: str) -> tuple[CRS | None, str]:
    """Choose the system that GDAL read from a file: by its code, else by its description.

    A description that means RD New is RD New, whatever shift it lacks; one that names grid files is not
    followed.
    """
    if epsg is not None:
        return by_name(epsg), "stated"
    if means_rd(wkt):
        return RD, "looks_like_rd"
    if not wkt or re.search(r"grid|PROJ4", wkt, re.IGNORECASE):
        return None, "none"
    try:
        crs = CRS.from_wkt(wkt)
        known = crs.to_epsg(min_confidence=70)
    except CRSError:
        return None, "none"
    return (crs if known is None else by_name(known)), "stated"


def means_rd(wkt: str) -> bool:
    """Tell whether a description is RD New in other words: its false origin has no equal.

    Examples
    --------
    >>> means_rd('PROJCS["RD",PARAMETER["False_Easting",155000.0],PARAMETER["False_Northing",463000.0]]')
    True
    """
    return bool(re.search(r"\b155000\b", wkt) and re.search(r"\b463000\b", wkt))


def within(bounds: Bounds, box: Bounds) -> bool:
    """Tell whether all bounds lie in a box.

    Examples
    --------
    >>> within((92_000, 446_000, 93_000, 447_000), RD_BOX)
    True
    """
    return bounds[0] >= box[0] and bounds[1] >= box[1] and bounds[2] <= box[2] and bounds[3] <= box[3]


def turned(bounds: Bounds) -> Bounds:
    """Exchange x and y of bounds."""
    return bounds[1], bounds[0], bounds[3], bounds[2]


def find(
    shapes: list[Any],
    stated: CRS | None,
    asked: CRS | None,
    *,
    degrees_unless_said: bool,
    stated_how: str = "stated",
) -> Place:
    """Find out where shapes lie, and by what proof.

    Parameters
    ----------
    shapes
        As found in the file; ``None`` where there is no shape.
    stated
        What the file says of itself.
    asked
        What the caller says; it wins.
    degrees_unless_said
        The format means WGS 84 when it is silent.
    stated_how
        The proof to give for `stated`.

    Returns
    -------
    Place
        Axes are called swapped only on proof: the bounds lie outside the Netherlands one way and inside the
        other.

    Examples
    --------
    RD coordinates in a GeoJSON that says nothing, and latitude before longitude.

    >>> find([shapely.Point(92_300, 446_100)], None, None, degrees_unless_said=True).proof
    'range_rd'
    >>> find([shapely.Point(52.0, 4.5)], None, None, degrees_unless_said=True).swapped
    True
    """
    there = [shape for shape in shapes if shape is not None and not shape.is_empty]
    west, south, east, north = shapely.total_bounds(there) if there else np.zeros(4)
    bounds: Bounds = (float(west), float(south), float(east), float(north))
    if asked is not None:
        return Place(asked, "asked", _is_swapped(bounds, asked))
    crs, proof = stated, stated_how
    if crs is not None and crs.is_geographic and not within(bounds, WORLD_BOX):
        crs = None  # it says degrees and cannot be
    if crs is not None and crs.is_projected and _at_home_in_degrees(bounds):
        crs = None  # it says metres and cannot be
    if crs is None:
        crs, proof = _by_range(bounds, degrees_unless_said=degrees_unless_said and stated is None)
    return Place(crs, proof, crs is not None and _is_swapped(bounds, crs))


def _by_range(bounds: Bounds, *, degrees_unless_said: bool) -> tuple[CRS | None, str]:
    if within(bounds, WORLD_BOX) or within(turned(bounds), WORLD_BOX):
        if degrees_unless_said:
            return WGS84, "format"
        if _at_home_in_degrees(bounds):
            return WGS84, "range_degrees"
        return None, "none"
    if within(bounds, RD_BOX) or within(turned(bounds), RD_BOX):
        return RD, "range_rd"
    if within(bounds, MERCATOR_BOX):
        return WEB_MERCATOR, "range_mercator"
    return None, "none"


def _at_home_in_degrees(bounds: Bounds) -> bool:
    return within(bounds, NETHERLANDS_WGS84) or within(turned(bounds), NETHERLANDS_WGS84)


def _is_swapped(bounds: Bounds, crs: CRS) -> bool:
    if not crs.is_geographic and crs != RD:
        return False
    box = NETHERLANDS_WGS84 if crs.is_geographic else RD_BOX
    return not within(bounds, box) and within(turned(bounds), box)


def turn(shapes: NDArray[Any]) -> NDArray[Any]:
    """Exchange x and y of shapes.

    Examples
    --------
    >>> turn(np.array([shapely.Point(52, 4)]))[0].wkt
    'POINT (4 52)'
    """
    turned_shapes: NDArray[Any] = shapely.transform(shapes, lambda corners: corners[:, ::-1])
    return turned_shapes


def to_metres(
    shapes: NDArray[Any], crs: CRS, plane: CRS | None
) -> tuple[NDArray[Any], CRS, NDArray[np.bool_]]:
    """Carry shapes to the plane of their town.

    Parameters
    ----------
    shapes
        In `crs`, x east; none absent.
    crs
        What they are in.
    plane
        The metre plane to carry them to; RD New or a local one by where most of them lie when ``None``.

    Returns
    -------
    array, CRS, array of bool
        The shapes in metres, their plane, and which have no place in it: theirs is not on earth.
    """
    west, south, east, north = shapely.bounds(shapes).T
    middle = shapely.points((west + east) / 2, (south + north) / 2)
    lonlat = shapely.get_coordinates(convert(middle, crs, WGS84))
    sane = np.isfinite(lonlat).all(axis=1)
    if plane is None:
        plane = _plane(lonlat[sane])
    moved = shapes if crs == plane else convert(shapes, crs, plane)
    corners, of = shapely.get_coordinates(moved, return_index=True)
    nowhere = np.bincount(of, ~np.isfinite(corners).all(axis=1), len(moved)) > 0
    return moved, plane, nowhere


def _plane(lonlat: NDArray[np.float64]) -> CRS:
    west, south, east, north = NETHERLANDS_WGS84
    at_home = (
        (lonlat[:, 0] >= west) & (lonlat[:, 0] <= east) & (lonlat[:, 1] >= south) & (lonlat[:, 1] <= north)
    )
    if len(lonlat) == 0 or at_home.mean() > 0.5:
        return RD
    # The one nearest to the middle of all: between two far apart there is nobody.
    apart = np.abs(lonlat - np.median(lonlat, axis=0)).sum(axis=1)
    near = lonlat[(np.abs(lonlat - lonlat[apart.argmin()]) < NEAR_DEGREES).all(axis=1)]
    lowest, highest = near.min(axis=0), near.max(axis=0)
    return planar((float(lowest[0]), float(lowest[1]), float(highest[0]), float(highest[1])))


def fits(shapes: list[Any], crs: CRS) -> bool:
    """Tell whether numbers can be in a system at all: degrees are small, RD lies in its box.

    Examples
    --------
    >>> fits([shapely.Point(4.5, 52.0)], RD), fits([shapely.Point(92_300, 446_100)], WGS84)
    (False, False)
    """
    middles = shapely.get_coordinates(shapely.centroid(shapely.envelope(np.array(shapes, dtype=object))))
    x, y = np.median(middles, axis=0)
    box = WORLD_BOX if crs.is_geographic else RD_BOX if crs == RD else None
    spot: Bounds = (float(x), float(y), float(x), float(y))
    return box is None or within(spot, box) or within(turned(spot), box)
