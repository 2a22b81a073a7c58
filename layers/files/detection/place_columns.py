"""Which columns of a table say where its rows lie, and what the numbers in them mean.

Names are taken apart, so that ``POINT_X``, ``X-coördinaat`` and ``_plek_longitude`` are all found; where no
name tells, the values may propose, and somebody must agree.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo.crs import NETHERLANDS_WGS84
from layers.files.detection.crs import RD_BOX
from layers.files.geometry_parsing import from_geojson
from layers.files.models import ParsedGeometry

Row = Mapping[str, Any]

LOOKED_AT = 200
MIN_SHARE = 0.5
"""A column is one of numbers when at least this share of what is in it can be read as one."""
SHARE_OF_PAIRS = 0.8
SHARE_AT_HOME = 0.9
"""Numbers that are proposed without a name, or repaired, must lie in the Netherlands for this share."""

LON = frozenset({"lon", "lng", "long", "longitude", "lengtegraad", "ol"})
LAT = frozenset({"lat", "latitude", "breedtegraad", "nb"})
EAST = frozenset({"x", "rdx", "xrd", "easting", "east", "oost", "pointx", "geox", "shapex", "coordx"})
NORTH = frozenset({"y", "rdy", "yrd", "northing", "north", "noord", "pointy", "geoy", "shapey", "coordy"})
_LONG_EAST = re.compile(r"^x(?:c|co|coo|cor|cord|coord|coords|coordinaat|coordinate)$")
_LONG_NORTH = re.compile(r"^y(?:c|co|coo|cor|cord|coord|coords|coordinaat|coordinate)$")
BOTH = frozenset(
    {"geopoint", "location", "locatie", "coordinaten", "coordinates", "latlng", "latlong", "latlon", "lonlat",
     "lnglat", "centroid", "plek", "gps", "point"}
)  # fmt: skip
_NUMBER = r"[-+]?\d+(?:[.,]\d+)?"
_PAIR = re.compile(rf"^[\[(]?\s*({_NUMBER})\s*(?:[,;]\s*|\s+)({_NUMBER})(?:\s+[-+.\d]+){{0,2}}\s*[\])]?$")
_SIGN = re.compile(r"(?<![A-Za-z])(N|S|O|E|W|Z|NB|ZB|OL|WL)(?![A-Za-z])", re.IGNORECASE)
_NEGATIVE = {"S", "Z", "W", "ZB", "WL"}
_GROUPED = re.compile(r"(?<=\d)[\s'\u2019](?=\d{3}(?!\d))")
"""What stands between thousands and can be nothing else: a space of any width, or the apostrophe of the Swiss."""
_DEGREES = re.compile(
    r"^(\d+(?:\.\d+)?)\s*[°º]\s*(?:(\d+(?:\.\d+)?)\s*['′]\s*)?(?:(\d+(?:\.\d+)?)\s*(?:\"|″|'')\s*)?$"
)


@dataclass(frozen=True)
class PlaceColumns:
    """The columns that hold the place of a row, and how to read it.

    ``only_values`` tells that no name spoke for them; ``changed`` is an example, as read and as meant, where a
    spreadsheet lost the decimal point. Both are asked about.
    """

    columns: tuple[str, ...]
    read: Callable[[Row], ParsedGeometry]
    degrees: bool = False
    only_values: bool = False
    changed: tuple[str, str] | None = None


def words_of_name(name: str) -> tuple[str, ...]:
    """Return the words of a column's name: no accents, capitals, or what stands between brackets.

    Examples
    --------
    >>> words_of_name("Latitude (WGS84)"), words_of_name("X-coördinaat"), words_of_name("geo.lonDeg")
    (('latitude',), ('x', 'coordinaat'), ('geo', 'lon', 'deg'))
    """
    plain = unicodedata.normalize("NFKD", re.sub(r"[(\[].*?[)\]]", " ", name))
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign))
    plain = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", plain)
    return tuple(re.findall(r"[a-z]+", plain.lower()))


def axis(name: str) -> str | None:
    """Return which axis a column is named after: ``lon``, ``lat``, ``x``, ``y``, or ``None``.

    Examples
    --------
    >>> axis("POINT_X"), axis("_plek_latitude"), axis("XCOORD"), axis("relatief"), axis("lengte_m")
    ('x', 'lat', 'x', None, None)
    """
    words = set(words_of_name(name))
    for found, known, long in (
        ("lon", LON, None), ("lat", LAT, None), ("x", EAST, _LONG_EAST), ("y", NORTH, _LONG_NORTH)
    ):  # fmt: skip
        if words & known or (long and any(long.match(word) for word in words)):
            return found
    return None


def named_columns(rows: Sequence[Row]) -> PlaceColumns | None:
    """Return the columns whose names say that they hold the place, when their values can."""
    names = list(rows[0]) if rows else []
    axes = {name: axis(name) for name in names}
    for first, second, degrees in (("lon", "lat", True), ("x", "y", False)):
        for x in (name for name in names if axes[name] == first and _is_numeric(rows, name)):
            others = [name for name in names if axes[name] == second and _is_numeric(rows, name)]
            twin = _rest(x)
            others.sort(key=lambda name: _rest(name) != twin)
            if others:
                return two_columns(rows, x, others[0], degrees=degrees)
    for name in names:
        words = words_of_name(name)
        if (set(words) & BOTH or "".join(words) in BOTH or words[:2] == ("geo", "point")) and _is_pair(
            rows, name
        ):
            return one_column(rows, name)
    return None


def proposed_columns(rows: Sequence[Row]) -> PlaceColumns | None:
    """Return columns that only their values propose: two of numbers, or one of pairs, in the Netherlands."""
    names = list(rows[0]) if rows else []
    for name in names:
        if _is_pair(rows, name):
            pairs = np.array([pair for row in rows[:LOOKED_AT] if (pair := _pair(row.get(name)))])
            if _at_home(pairs[:, 0], pairs[:, 1]) or _at_home(pairs[:, 1], pairs[:, 0]):
                found = one_column(rows, name)
                return PlaceColumns(found.columns, found.read, found.degrees, only_values=True)
    numeric = [name for name in names if _is_numeric(rows, name)]
    for x in numeric:
        for y in numeric:
            if x != y and _at_home(_numbers(rows, x), _numbers(rows, y)):
                found = two_columns(rows, x, y, degrees=False)
                return PlaceColumns(found.columns, found.read, found.degrees, only_values=True)
    return None


def two_columns(rows: Sequence[Row], x: str, y: str, *, degrees: bool) -> PlaceColumns:
    """Return how to read the place from two columns, mending what a spreadsheet did to their numbers."""
    read = partial(_point, x=x, y=y, repair_x=number, repair_y=number)
    xs, ys = _numbers(rows, x), _numbers(rows, y)
    both = np.isfinite(xs) & np.isfinite(ys)
    if not both.any() or _plausible(xs[both], ys[both]):
        return PlaceColumns((x, y), read, degrees)
    for repair_x, repair_y in ((_point_behind(1), _point_behind(2)), (_thousands, _thousands)):
        repaired_x = np.array([repair_x(row.get(x)) for row in rows[:LOOKED_AT]])
        repaired_y = np.array([repair_y(row.get(y)) for row in rows[:LOOKED_AT]])
        if _at_home(repaired_x[both], repaired_y[both]):
            first = int(np.flatnonzero(both)[0])
            example = (str(rows[first][y]), f"{repaired_y[first]:.10g}")
            read = partial(_point, x=x, y=y, repair_x=repair_x, repair_y=repair_y)
            return PlaceColumns((x, y), read, degrees, changed=example)
    return PlaceColumns((x, y), read, degrees)


def one_column(rows: Sequence[Row], name: str) -> PlaceColumns:
    """Return how to read the place from one column of pairs; the values prove which number is first."""
    pairs = np.array([pair for row in rows[:LOOKED_AT] if (pair := _pair(row.get(name)))])
    small = bool(len(pairs)) and bool((np.abs(np.median(pairs, axis=0)) <= 180).all())
    words = "".join(words_of_name(name))
    north_first = small and not words.startswith(("lon", "lng"))
    if small and _at_home(pairs[:, 0], pairs[:, 1]):
        north_first = False
    return PlaceColumns((name,), partial(_point_of_pair, name=name, north_first=north_first), small)


def number(value: Any) -> float:
    """Read a number as people write it: a point or a comma, a compass letter, degrees; NaN when it is none.

    Examples
    --------
    >>> number("92.300,5"), number("4,48"), number("92,300.5"), number(" 12 "), number("x")
    (92300.5, 4.48, 92300.5, 12.0, nan)
    >>> number("92'310"), number("92\u202f310,5")
    (92310.0, 92310.5)
    >>> number("52.0 N"), number("5,12 OL"), number("52°00'36\\"N"), number("4.5 W")
    (52.0, 5.12, 52.01, -4.5)
    """
    if isinstance(value, int | float):
        return float(value)
    text = str(value).strip().replace("\u00a0", " ")
    sign = 1.0
    letter = _SIGN.search(text)
    if letter:
        sign = -1.0 if letter.group(1).upper() in _NEGATIVE else 1.0
        text = (text[: letter.start()] + text[letter.end() :]).strip()
    parts = _DEGREES.match(text.replace(",", "."))
    if parts:
        degrees, minutes, seconds = (float(part or 0) for part in parts.groups())
        return sign * (degrees + minutes / 60 + seconds / 3600)
    text = _GROUPED.sub("", text).replace(" ", "")
    if "," in text and "." in text:
        thousands, decimal = (".", ",") if text.rfind(",") > text.rfind(".") else (",", ".")
        text = text.replace(thousands, "").replace(decimal, ".")
    elif text.count(".") > 1:
        text = text.replace(".", "")
    try:
        return sign * float(text.replace(",", "."))
    except ValueError:
        return float("nan")


def _point_behind(digits: int) -> Callable[[Any], float]:
    """Return a reader that puts the lost decimal point behind so many digits."""

    def read(value: Any) -> float:
        text = f"{value:.0f}" if isinstance(value, float) else str(value)
        found = re.sub(r"\D", "", text)
        return float(f"{found[:digits]}.{found[digits:]}") if len(found) > digits else float("nan")

    return read


def _thousands(value: Any) -> float:
    """Read ``92.310`` as ninety-two thousand: the point parts the thousands."""
    found = number(value)
    return round(found * 1_000, 3) if abs(found) < 1_000 else found


def _point(
    row: Row, *, x: str, y: str, repair_x: Callable[[Any], float], repair_y: Callable[[Any], float]
) -> ParsedGeometry:
    if row.get(x) in (None, "") or row.get(y) in (None, ""):
        return ParsedGeometry(None, "no_geometry")
    place = [repair_x(row[x]), repair_y(row[y])]
    if not np.isfinite(place).all():
        return ParsedGeometry(None, "coordinates_broken")
    return from_geojson({"type": "Point", "coordinates": place})


def _point_of_pair(row: Row, *, name: str, north_first: bool) -> ParsedGeometry:
    if row.get(name) in (None, ""):
        return ParsedGeometry(None, "no_geometry")
    pair = _pair(row[name])
    if pair is None:
        return ParsedGeometry(None, "coordinates_broken")
    return from_geojson({"type": "Point", "coordinates": pair[::-1] if north_first else pair})


def _pair(value: Any) -> tuple[float, float] | None:
    match = _PAIR.match(value.strip()) if isinstance(value, str) else None
    return (number(match.group(1)), number(match.group(2))) if match else None


def _is_pair(rows: Sequence[Row], name: str) -> bool:
    values = [row[name] for row in rows[:LOOKED_AT] if row.get(name) not in (None, "")]
    return bool(values) and sum(_pair(value) is not None for value in values) >= SHARE_OF_PAIRS * len(values)


def _numbers(rows: Sequence[Row], name: str) -> NDArray[np.float64]:
    return np.array(
        [number(row[name]) if row.get(name) not in (None, "") else np.nan for row in rows[:LOOKED_AT]]
    )


def _is_numeric(rows: Sequence[Row], name: str) -> bool:
    values = [row[name] for row in rows[:LOOKED_AT] if row.get(name) not in (None, "")]
    return bool(values) and sum(np.isfinite(number(value)) for value in values) >= MIN_SHARE * len(values)


def _rest(name: str) -> tuple[str, ...]:
    """Return the words of a name beside those of its axis: ``start`` of ``start_lng``."""
    known = LON | LAT | EAST | NORTH
    return tuple(
        word
        for word in words_of_name(name)
        if word not in known and not _LONG_EAST.match(word) and not _LONG_NORTH.match(word)
    )


def _plausible(xs: NDArray[np.float64], ys: NDArray[np.float64]) -> bool:
    """Return whether most numbers can be somewhere as they are: degrees, RD or web mercator."""
    degrees = (np.abs(xs) <= 180) & (np.abs(ys) <= 180) & ((np.abs(xs) <= 90) | (np.abs(ys) <= 90))
    west, south, east, north = RD_BOX
    straight = (xs >= west) & (xs <= east) & (ys >= south) & (ys <= north)
    turned = (ys >= west) & (ys <= east) & (xs >= south) & (xs <= north)
    mercator = (np.abs(xs) >= 10_000) & (np.abs(xs) <= 20_037_509) & (np.abs(ys) <= 20_048_967)
    return bool((degrees | straight | turned | mercator).mean() > 0.5)


def _at_home(xs: NDArray[np.float64], ys: NDArray[np.float64]) -> bool:
    """Return whether numbers lie in the Netherlands, as degrees or as RD."""
    if not len(xs):
        return False
    for west, south, east, north in (NETHERLANDS_WGS84, RD_BOX):
        inside = (xs >= west) & (xs <= east) & (ys >= south) & (ys <= north)
        if inside.mean() >= SHARE_AT_HOME:
            return True
    return False
