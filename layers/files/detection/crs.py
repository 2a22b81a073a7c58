"""Where the numbers of a file lie: what it says, what the numbers prove, and what nobody may guess."""

import re
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from pyproj.exceptions import CRSError

from geo.crs import NETHERLANDS_WGS84, RD, WGS84, Bounds, planar, transform

RD_BOX = (-7_000.0, 289_000.0, 300_000.0, 629_000.0)
"""West, south, east, north of where RD New is valid, the coastal sea included, in metres."""
MAJORITY = 0.5
"""The system of a file is that of more than this share of its rows; no single row decides."""
MAX_DEGREES = 5.0
"""Shapes wider than this are hardly degrees of one town."""
MIN_DECIMALS = 4
"""Degrees of a town have this many decimals; numbers with fewer may be anything."""
WORLD_BOX = (-180.0, -90.0, 180.0, 90.0)
WEB_MERCATOR = CRS.from_epsg(3857)
MERCATOR_BOX = (350_000.0, 6_560_000.0, 820_000.0, 7_120_000.0)
"""The Netherlands in web mercator, in its metres."""
MAX_DISTANCE_DEGREES = 4.0
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
class CrsGuess:
    """The reference system of a layer, by which proof, and whether the axes seem swapped.

    ``proof`` is a key: ``stated`` (the file says so), ``asked`` (the caller says so), ``format`` (the format
    means degrees), ``range_rd``, ``range_degrees``, ``range_mercator`` (the numbers fit nowhere else),
    ``looks_like_rd`` (the file describes RD New in words of its own, which shift it by 100 m),
    ``looks_like_degrees`` (small shapes with many decimals), or ``none``.
    """

    crs: CRS | None
    proof: str
    swapped: bool = False
    odd: dict[int, str] = field(default_factory=dict, compare=False)
    """Row -> why it lies elsewhere than the others: ``placeholder`` (no real place), ``axes_swapped`` (it fits
    when turned), ``other_system``, ``elsewhere``."""


def parse_crs_name(name: Any) -> CRS | None:
    """Read the name of a reference system: an EPSG code or CRS84 in any of their spellings, nothing else.

    Free descriptions are not followed: they can name files of this computer as grids.

    Examples
    --------
    >>> parse_crs_name("urn:ogc:def:crs:EPSG::28992").to_epsg(), parse_crs_name(28992).to_epsg()
    (28992, 28992)
    >>> parse_crs_name("urn:ogc:def:crs:OGC:1.3:CRS84").to_epsg()
    4326
    >>> parse_crs_name("+proj=longlat +nadgrids=/etc/passwd") is None
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
        return parse_crs_name(epsg), "stated"
    if means_rd(wkt):
        return RD, "looks_like_rd"
    if not wkt or re.search(r"grid|PROJ4", wkt, re.IGNORECASE):
        return None, "none"
    try:
        crs = CRS.from_wkt(wkt)
        known = crs.to_epsg(min_confidence=70)
    except CRSError:
        return None, "none"
    return (crs if known is None else parse_crs_name(known)), "stated"


def means_rd(wkt: str) -> bool:
    """Return whether a description is RD New in other words: its false origin has no equal.

    Examples
    --------
    >>> means_rd('PROJCS["RD",PARAMETER["False_Easting",155000.0],PARAMETER["False_Northing",463000.0]]')
    True
    """
    return bool(re.search(r"\b155000\b", wkt) and re.search(r"\b463000\b", wkt))


def within(bounds: Bounds, box: Bounds) -> bool:
    """Return whether all bounds lie in a box.

    Examples
    --------
    >>> within((92_000, 446_000, 93_000, 447_000), RD_BOX)
    True
    """
    return bounds[0] >= box[0] and bounds[1] >= box[1] and bounds[2] <= box[2] and bounds[3] <= box[3]


def swapped_bounds(bounds: Bounds) -> Bounds:
    """Exchange x and y of bounds."""
    return bounds[1], bounds[0], bounds[3], bounds[2]


def detect_crs(
    shapes: list[Any],
    stated: CRS | None,
    asked: CRS | None,
    *,
    degrees_unless_said: bool,
    stated_how: str = "stated",
) -> CrsGuess:
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
    CrsGuess
        Axes are called swapped only on proof: most rows lie outside the Netherlands one way and inside the
        other. Rows that lie elsewhere than most are named, and change nothing for the others.

    Examples
    --------
    RD coordinates in a GeoJSON that says nothing, and latitude before longitude.

    >>> detect_crs([shapely.Point(92_300, 446_100)], None, None, degrees_unless_said=True).proof
    'range_rd'
    >>> detect_crs([shapely.Point(52.0, 4.5)], None, None, degrees_unless_said=True).swapped
    True
    """
    places = [n for n, shape in enumerate(shapes) if shape is not None and not shape.is_empty]
    boxes = shapely.bounds(np.array([shapes[n] for n in places], dtype=object)).reshape(-1, 4)
    nowhere = is_placeholder(boxes)
    real = boxes if nowhere.all() else boxes[~nowhere]
    crs, proof = (stated, stated_how) if asked is None else (asked, "asked")
    if asked is None:
        if crs is not None and crs.is_geographic and not _mostly(real, WORLD_BOX):
            crs = None  # it says degrees and cannot be
        if crs is not None and crs.is_projected and _mostly_at_home(real, NETHERLANDS_WGS84):
            crs = None  # it says metres and cannot be
        if crs is None:
            crs, proof = _by_range(real, degrees_unless_said=degrees_unless_said and stated is None)
    if crs is None:
        return CrsGuess(None, proof)
    swapped = _is_swapped(real, crs)
    odd = {places[n]: why for n, why in odd_rows(boxes, crs, swapped=swapped).items()}
    odd |= {places[n]: "placeholder" for n in np.flatnonzero(nowhere).tolist()}
    return CrsGuess(crs, proof, swapped, odd)


def is_placeholder(boxes: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return which bounds are one spot that stands for "not known": 0, -1, nines, or x and y alike.

    Examples
    --------
    >>> is_placeholder(np.array([[0, 0, 0, 0], [92_310, 446_120, 92_310, 446_120], [-1, -1, -1, -1]])).tolist()
    [True, False, True]
    """
    west, south, east, north = boxes.T
    spot = (west == east) & (south == north)
    found: NDArray[np.bool_] = spot & ((west == south) | (_is_filler(west) & _is_filler(south)))
    return found


def _is_filler(numbers: NDArray[np.float64]) -> NDArray[np.bool_]:
    nines = [sign * (10.0**digits - 1) for digits in range(3, 10) for sign in (1, -1)]
    return np.isin(numbers, [0.0, -1.0, *nines])


def odd_rows(boxes: NDArray[np.float64], crs: CRS, *, swapped: bool) -> dict[int, str]:
    """Return the rows that do not lie where most do, with a key why.

    Where most rows are at home, a row that is at home only when turned has its axes swapped; one that is at
    home in another system is in that. In RD New a row outside its box lies nowhere.
    """
    if not crs.is_geographic and crs != RD:
        return {}
    home, other = (NETHERLANDS_WGS84, RD_BOX) if crs.is_geographic else (RD_BOX, NETHERLANDS_WGS84)
    turned = boxes[:, [1, 0, 3, 2]]
    straight, flipped = _within(boxes, home), _within(turned, home)
    at_home = flipped if swapped else straight
    if len(boxes) and at_home.mean() <= MAJORITY:
        return {}
    found: dict[int, str] = {}
    for n in np.flatnonzero(~at_home).tolist():
        if (straight if swapped else flipped)[n]:
            found[n] = "axes_swapped"
        elif _within(boxes[[n]], other)[0] or _within(turned[[n]], other)[0]:
            found[n] = "other_system"
        elif crs == RD or not _within(boxes[[n]], WORLD_BOX)[0]:
            found[n] = "elsewhere"
    return found


def _within(boxes: NDArray[np.float64], box: Bounds) -> NDArray[np.bool_]:
    west, south, east, north = boxes.T
    found: NDArray[np.bool_] = (west >= box[0]) & (south >= box[1]) & (east <= box[2]) & (north <= box[3])
    return found


def _mostly(boxes: NDArray[np.float64], box: Bounds) -> bool:
    return bool(len(boxes) and _within(boxes, box).mean() > MAJORITY)


def _mostly_at_home(boxes: NDArray[np.float64], box: Bounds) -> bool:
    """Return whether most rows lie in a box, straight or turned."""
    turned = boxes[:, [1, 0, 3, 2]]
    return bool(len(boxes) and (_within(boxes, box) | _within(turned, box)).mean() > MAJORITY)


def _by_range(boxes: NDArray[np.float64], *, degrees_unless_said: bool) -> tuple[CRS | None, str]:
    if _mostly_at_home(boxes, WORLD_BOX):
        if degrees_unless_said:
            return WGS84, "format"
        if _mostly_at_home(boxes, NETHERLANDS_WGS84):
            return WGS84, "range_degrees"
        return (WGS84, "looks_like_degrees") if _look_like_degrees(boxes) else (None, "none")
    if _mostly_at_home(boxes, RD_BOX):
        return RD, "range_rd"
    if _mostly(boxes, MERCATOR_BOX):
        return WEB_MERCATOR, "range_mercator"
    return None, "none"


def _look_like_degrees(boxes: NDArray[np.float64]) -> bool:
    """Return whether numbers abroad can hardly be anything but degrees: many decimals, small shapes."""
    small = (boxes[:, 2] - boxes[:, 0] < MAX_DEGREES) & (boxes[:, 3] - boxes[:, 1] < MAX_DEGREES)
    scaled = boxes * 10 ** (MIN_DECIMALS - 1)
    fine = (np.abs(scaled - np.round(scaled)) > 1e-6).any(axis=1)
    return bool((small & fine & _within(boxes, WORLD_BOX)).mean() > MAJORITY)


def _is_swapped(boxes: NDArray[np.float64], crs: CRS) -> bool:
    if not crs.is_geographic and crs != RD:
        return False
    box = NETHERLANDS_WGS84 if crs.is_geographic else RD_BOX
    return not _mostly(boxes, box) and _mostly(boxes[:, [1, 0, 3, 2]], box)


def swap_axes(shapes: NDArray[Any]) -> NDArray[Any]:
    """Exchange x and y of shapes.

    Examples
    --------
    >>> swap_axes(np.array([shapely.Point(52, 4)]))[0].wkt
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
    lonlat = shapely.get_coordinates(transform(middle, crs, WGS84))
    sane = np.isfinite(lonlat).all(axis=1)
    if plane is None:
        plane = _plane(lonlat[sane])
    moved = shapes if crs == plane else transform(shapes, crs, plane)
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
    near = lonlat[(np.abs(lonlat - lonlat[apart.argmin()]) < MAX_DISTANCE_DEGREES).all(axis=1)]
    lowest, highest = near.min(axis=0), near.max(axis=0)
    return planar((float(lowest[0]), float(lowest[1]), float(highest[0]), float(highest[1])))


def is_plausible(shapes: list[Any], crs: CRS) -> bool:
    """Return whether numbers can be in a system at all: degrees are small, RD lies in its box.

    Examples
    --------
    >>> is_plausible([shapely.Point(4.5, 52.0)], RD), is_plausible([shapely.Point(92_300, 446_100)], WGS84)
    (False, False)
    """
    middles = shapely.get_coordinates(shapely.centroid(shapely.envelope(np.array(shapes, dtype=object))))
    x, y = np.median(middles, axis=0)
    box = WORLD_BOX if crs.is_geographic else RD_BOX if crs == RD else None
    spot: Bounds = (float(x), float(y), float(x), float(y))
    return box is None or within(spot, box) or within(swapped_bounds(spot), box)
