"""Street and place names on a paper sheet."""

import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import numpy as np
import shapely
from geopandas import GeoDataFrame
from matplotlib.font_manager import FontProperties
from matplotlib.path import Path as Outline
from matplotlib.textpath import TextPath
from matplotlib.transforms import Affine2D

from geo import paper_sheet as sheets
from geo.road_classes import road_class

Shape = Any
"""A shapely geometry; which kind it is, its table knows."""
Tables = Mapping[str, GeoDataFrame]
PENS = ("red", "blue", "green", "purple", "black", "any")
"""Pens a sheet can ask for."""

POINT_MM = 25.4 / 72

BLANK_SIGNS = "\N{BRAILLE PATTERN BLANK}\N{OBJECT REPLACEMENT CHARACTER}"
"""Signs that count as printable, of which the font has a letter without an outline."""


# --- Names ----------------------------------------------------------------------------------------

Label = tuple[str, float, float, float, float, str]
"""Text, x and y of its middle (mm), angle (degrees, clockwise), size (pt), colour."""

FONT = FontProperties(family="DejaVu Sans")
STREET_PT, MAIN_PT, PLACE_PT = 6.6, 7.4, 8.0


def place_labels(seen: Tables) -> Iterator[Label]:
    """Return the names that have room, the ones people steer by first."""
    taken: list[Shape] = []
    frame = shapely.box(*sheets.FRAME).buffer(-1.5)
    for label in [*_places(seen), *_streets(seen)]:
        text, x, y, angle, size, _ = label
        half, high = _wide(text, size) / 2 + 0.8, size * POINT_MM * 0.75
        box = shapely.affinity.rotate(shapely.box(x - half, y - high, x + half, y + high), angle, (x, y))
        if frame.contains(box) and not any(box.intersects(other) for other in taken):
            taken.append(box)
            yield label


def _places(seen: Tables) -> Iterator[Label]:
    for name, least_mm2, color in (
        ("landmarks", 0.0, "label"),
        ("water", 150.0, "label_water"),
        ("green", 150.0, "label_green"),
    ):
        if name not in seen or "name" not in seen[name].columns:
            continue
        for text, shape in zip(seen[name]["name"], seen[name].geometry, strict=True):
            if _is_name(text) and not shape.is_empty and shape.area >= least_mm2:
                spot = shapely.point_on_surface(shape)
                yield text, spot.x, spot.y, 0.0, PLACE_PT, color


def _streets(seen: Tables) -> Iterator[Label]:
    tables = [seen[name] for name in ("roads", "streets") if name in seen and "name" in seen[name].columns]
    found: list[tuple[int, float, str, Shape]] = []
    for table in tables:
        # Of no rows pandas would take the answers for names of columns.
        named = table[table["name"].map(_is_name).astype(bool)]
        kinds = named["kind"] if "kind" in named.columns else named["name"]
        for (kind, text), rows in named.groupby([kinds, named["name"]], sort=True):
            rank = road_class(kind).rank
            line = shapely.line_merge(shapely.union_all(rows.geometry.to_numpy()))
            found += [(rank, part.length, str(text), part) for part in shapely.get_parts(line)]
    found.sort(key=lambda road: (-road[0], -road[1], road[2]))
    for rank, _, text, line in found:
        size = MAIN_PT if rank >= 4 else STREET_PT
        wide = _wide(text, size)
        for middle in np.arange(wide * 0.55, line.length - wide * 0.55, 70.0) + _lead(line.length, wide):
            spot = _straight(line, float(middle), wide)
            if spot is not None:
                yield text, *spot, size, "label"


def _is_name(text: object) -> bool:
    r"""Return whether there is something to write: of spaces and signs nobody sees no outline can be made.

    Examples
    --------
    >>> _is_name("Straße"), _is_name(" \N{ZERO WIDTH SPACE}")
    (True, False)
    """
    return isinstance(text, str) and any(map(_is_seen, text))


def _is_seen(letter: str) -> bool:
    """Return whether a letter by itself leaves ink; marks on other letters do not, nor do the two blank signs."""
    is_mark = unicodedata.category(letter).startswith("M")
    return letter.isprintable() and not letter.isspace() and not is_mark and letter not in BLANK_SIGNS


def _lead(length: float, wide: float) -> float:
    """Where the first name stands, so that names sit in the middle of short streets."""
    return min(max((length - wide * 1.1) / 2, 0.0), 35.0)


def _straight(line: Shape, middle: float, wide: float) -> tuple[float, float, float] | None:
    """Return the middle and angle of a stretch that is straight enough to write along; None when it is not."""
    where = np.linspace(middle - wide / 2, middle + wide / 2, 5)
    if where[0] < 0 or where[-1] > line.length:
        return None
    points = shapely.get_coordinates(shapely.line_interpolate_point(line, where))
    start, end = points[0], points[-1]
    chord = end - start
    if np.hypot(*chord) < 0.97 * wide:
        return None
    x, y = points.mean(axis=0)
    angle = float(np.degrees(np.arctan2(chord[1], chord[0])))
    return float(x), float(y), (angle + 90) % 180 - 90


@cache
def label_text(text: str, size: float) -> Outline:
    """Return the outline of a text, its middle at the origin, y down, mm."""
    path = TextPath((0, 0), text, size=size, prop=FONT)
    middle = (sum(_reach(path)) / 2, size * 0.36)
    return Affine2D().translate(-middle[0], -middle[1]).scale(POINT_MM, -POINT_MM).transform_path(path)


@cache
def _wide(text: str, size: float) -> float:
    left, right = _reach(label_text(text, size))
    return right - left


def _reach(outline: Outline) -> tuple[float, float]:
    """Return the least and largest x of letters made of lines and parabolas, as TrueType has them.

    What matplotlib offers looks at each of thousands of curves by itself: seconds for the names of one sheet.
    """
    vertices, codes = np.asarray(outline.vertices), np.asarray(outline.codes)
    x = vertices[:, 0]
    control = np.flatnonzero(codes == Outline.CURVE3)[::2]
    start, pull, end = x[control - 1], x[control], x[control + 1]
    bend = start - 2 * pull + end
    at = np.divide(start - pull, bend, out=np.zeros_like(bend), where=bend != 0).clip(0, 1)
    turns = (1 - at) ** 2 * start + 2 * at * (1 - at) * pull + at**2 * end
    is_on_outline = codes != Outline.CLOSEPOLY
    is_on_outline[control] = False
    reached = np.concatenate([x[is_on_outline], turns])
    return float(reached.min()), float(reached.max())


def label_transform(x: float, y: float, angle: float) -> Affine2D:
    """Return the transform that rotates a label and moves it to its place."""
    return Affine2D().rotate_deg(angle).translate(x, y)
