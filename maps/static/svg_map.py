"""A map as one SVG: for a file that opens without internet, for paper and for a newsletter."""

import hashlib
import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from geopandas import GeoDataFrame, GeoSeries

from maps import style
from maps.class_styles import ClassStyle

WIDTH = 1200
AIR = 0.12
"""Ground around what is shown, as a share of its size."""

RATIO = 0.62
SCALES_M = (50, 100, 200, 500, 1000, 2000, 5000)
FILLED = {"green": "green", "built": "built", "water": "water", "buildings": "building"}
LINED: dict[str, tuple[str, float]] = {
    "canals": ("shore", 1.0),
    "roads": ("road_edge", 2.4),
    "rail": ("rail", 2.0),
}
GROUPS = ("#a3195b", "#0b5c7a", "#7a5200", "#3d4f0b")
MARKS = {"met": "●", "missing": "+", "vanished": "×"}


@dataclass(frozen=True, eq=False)
class SvgLayer:
    """Shapes in metres with a ``class`` and a ``name``, and the look of each class."""

    table: GeoDataFrame
    looks: Mapping[str, ClassStyle]
    labels: bool = False


LOOKS: dict[str, dict[str, ClassStyle]] = {
    "wide": {
        "25": ClassStyle(style.CORES[25], 0.4, line=style.CORES[25], weight=1.5),
        "50": ClassStyle(style.CORES[50], 0.5, line=style.CORES[50], weight=2.5),
        "75": ClassStyle(style.CORES[75], 0.6, line=style.CORES[75], weight=2.0),
    },
    "core": {
        key: ClassStyle(style.CORES[50], 0.5, line=style.CORES[75], weight=4.0) for key in ("25", "50", "75")
    },
    "official": {"official": ClassStyle(line=style.DIVISIONS["wijk"].color, weight=5.0, dash="14 8")},
    "outside": {"outside": ClassStyle("#b45f06", 0.85, "stripes", line="#8a3b00", weight=2.0)},
    "groups": {str(at): ClassStyle(color, 0.22, line=color, weight=4.0) for at, color in enumerate(GROUPS)},
}
"""How the shapes of a story look, on a screen and on paper."""


def render_svg(
    layers: Sequence[SvgLayer],
    *,
    around: GeoDataFrame | GeoSeries,
    ground: Mapping[str, GeoDataFrame],
    title: str,
    credit: str,
    spots: GeoDataFrame | None = None,
) -> str:
    """Draw a map.

    Parameters
    ----------
    around
        What must be seen, in metres.
    ground
        The base map, any of `FILLED` and `LINED`; may be empty.
    title
        What it shows, for who cannot see it.
    spots
        Points with a ``class`` "kind-theme".

    Returns
    -------
    str
        Coordinates in steps of a pixel, which is a metre or more: no hand is recognised in them. Its pattern has
        an id of its own: several pictures stand in one file, and a browser takes the first of two with one id.
    """
    west, south, east, north = around.total_bounds
    if not np.isfinite([west, south, east, north]).all():
        west, south, east, north = 0.0, 0.0, 1000.0, 1000.0 * RATIO
    across = max(east - west, (north - south) / RATIO) * (1 + 2 * AIR)
    view = _View((west + east) / 2, (south + north) / 2, max(across, 200.0) / WIDTH)
    height = round(WIDTH * RATIO)
    inside = [f'<rect width="{WIDTH}" height="{height}" fill="{style.GROUND["land"]}"/>']
    for name, key in FILLED.items():
        inside.append(_ground(ground.get(name), view, f'fill="{style.GROUND[key]}"'))
    for name, (key, width) in LINED.items():
        look = f'fill="none" stroke="{style.GROUND[key]}" stroke-width="{width}"'
        inside.append(_ground(ground.get(name), view, look))
    inside += [_layer(layer, view) for layer in layers]
    if spots is not None:
        inside += [_spot(view, row["geometry"], str(row["class"])) for _, row in spots.iterrows()]
    inside.append(_scale(view, height))
    inside.append(_text(WIDTH - 12, height - 12, credit, size=18, anchor="end"))
    drawn = "".join(inside)
    own = f"{STRIPES}-{hashlib.sha256((title + drawn).encode()).hexdigest()[:12]}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img"'
        f' aria-label="{html.escape(title)}" font-family="Source Sans 3, DejaVu Sans, sans-serif">'
        f"{_PATTERN.format(id=own)}{drawn.replace(f'url(#{STRIPES})', f'url(#{own})')}</svg>"
    )


STRIPES = "stripes"
_PATTERN = (
    '<defs><pattern id="{id}" width="12" height="12" patternUnits="userSpaceOnUse">'
    '<rect width="12" height="12" fill="#b45f06" fill-opacity="0.3"/>'
    '<path d="M-3,15L15,-3M-3,3L3,-3M9,15L15,9" stroke="#8a3b00" stroke-width="3"/></pattern></defs>'
)


@dataclass(frozen=True)
class _View:
    """The middle of the picture, m, and metres a pixel."""

    x: float
    y: float
    m: float

    def at(self, x: float, y: float) -> tuple[int, int]:
        return round((x - self.x) / self.m + WIDTH / 2), round((self.y - y) / self.m + WIDTH * RATIO / 2)

    @property
    def frame(self) -> shapely.Polygon:
        wide, tall = self.m * WIDTH / 2 + 40, self.m * WIDTH * RATIO / 2 + 40
        return shapely.box(self.x - wide, self.y - tall, self.x + wide, self.y + tall)


def _ground(table: GeoDataFrame | None, view: _View, look: str) -> str:
    if table is None or table.empty:
        return ""
    near = table.geometry[table.intersects(view.frame)].to_numpy()
    path = "".join(_path(shape, view) for shape in shapely.intersection(near, view.frame))
    return f'<path d="{path}" {look}/>' if path else ""


def _layer(layer: SvgLayer, view: _View) -> str:
    drawn, named = [], []
    for _, row in layer.table.iterrows():
        look = layer.looks[str(row["class"])]
        fill = f"url(#{STRIPES})" if look.pattern else look.fill or "none"
        strong = (
            f' stroke="{look.line}" stroke-width="{look.weight}" stroke-linejoin="round"' if look.line else ""
        )
        dash = f' stroke-dasharray="{look.dash}"' if look.dash else ""
        path = _path(row["geometry"], view)
        if look.line and not look.fill:
            drawn.append(f'<path d="{path}" fill="none" stroke="#fffdf8" stroke-width="{look.weight + 4}"/>')
        drawn.append(
            f'<path d="{path}" fill="{fill}" fill-opacity="{look.opacity}" fill-rule="evenodd"'
            f"{strong}{dash}/>"
        )
        if layer.labels and row["name"]:
            spot = row["geometry"].representative_point()
            named.append(_text(*view.at(spot.x, spot.y), str(row["name"]), size=30, bold=True))
    return "".join(drawn + named)


def _path(shape: Any, view: _View) -> str:
    parts = []
    for piece in shapely.get_parts(shape):
        rings = [piece.exterior, *piece.interiors] if piece.geom_type == "Polygon" else [piece]
        for ring in rings:
            if ring.geom_type not in {"LinearRing", "LineString"}:
                continue
            points = [view.at(x, y) for x, y in shapely.get_coordinates(ring)]
            kept = [point for at, point in enumerate(points) if at == 0 or point != points[at - 1]]
            closed = "Z" if piece.geom_type == "Polygon" else ""
            parts.append("M" + "L".join(f"{x},{y}" for x, y in kept) + closed)
    return "".join(parts)


def _spot(view: _View, spot: Any, kind: str) -> str:
    what, theme = kind.split("-", 1)
    x, y = view.at(spot.x, spot.y)
    color = style.THEMES[theme].color
    fill, ink = (color, "#ffffff") if what == "met" else ("#fffdf8", color)
    sign = "" if what == "met" else MARKS[what]
    return (
        f'<circle cx="{x}" cy="{y}" r="17" fill="{fill}" stroke="{color}" stroke-width="4"/>'
        f'<text x="{x}" y="{y + 10}" font-size="30" font-weight="700" text-anchor="middle"'
        f' fill="{ink}">{sign}</text>'
    )


def _text(x: float, y: float, text: str, *, size: int, anchor: str = "middle", bold: bool = False) -> str:
    halo = 'paint-order="stroke" stroke="#fffdf8" stroke-width="5" stroke-linejoin="round"'
    weight = ' font-weight="700"' if bold else ""
    return (
        f'<text x="{x}" y="{y}" font-size="{size}"{weight} text-anchor="{anchor}" fill="{style.INK}" {halo}>'
        f"{html.escape(text)}</text>"
    )


def _scale(view: _View, height: int) -> str:
    length = max((m for m in SCALES_M if m / view.m <= WIDTH / 5), default=SCALES_M[0])
    wide = length / view.m
    named = f"{length} m" if length < 1000 else f"{length // 1000} km"
    line = (
        f'<path d="M20,{height - 30}v10h{wide:.0f}v-10" fill="none" stroke="{style.INK}" stroke-width="3"/>'
    )
    return line + _text(20 + wide / 2, height - 34, named, size=18)
