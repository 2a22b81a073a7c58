"""Parts of a printed map: base map, areas, names, legend and scale bar."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from matplotlib import patheffects
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path
from matplotlib.text import Text
from numpy.typing import NDArray

from geo.road_classes import road_class
from i18n import Translator
from maps import style

WIDTH_IN = 6.7
"""Width of a picture: that of the text on A4."""

HEIGHT_IN = (3.4, 6.9)
"""Least and most height."""

PNG_DPI = 200
GROUND_DPI = 180
"""Of the base map, which is a picture of pixels in an SVG too: its many shapes would make it slow."""

MARGIN = 0.05
"""Ground shown around what the map is about, as part of its width."""

MARKS = {"circle": "o", "square": "s", "triangle": "^", "diamond": "D"}
HATCHES = {25: "", 50: "", 75: "////"}

Look = dict[str, Any]
"""Properties as matplotlib calls them."""


@dataclass(frozen=True, eq=False)
class MapContent:
    """What every picture of one study shares.

    Attributes
    ----------
    tables
        Those of a publication that stand on a map: ``cores`` (index neighbourhood, percent), ``areas``,
        ``borders``, ``facilities``; any may be absent. All in one metre plane.
    division
        Kind of official area; empty without.
    ground
        Parts of the base map in the same plane; may be empty.
    credit
        Who made what the picture shows; on every picture.
    note
        Said on every picture too, such as that all is made up; may be empty.
    """

    tables: Mapping[str, gpd.GeoDataFrame]
    division: str
    ground: Mapping[str, gpd.GeoDataFrame]
    credit: str
    note: str
    say: Translator

    @property
    def is_empty(self) -> bool:
        """Whether no table has anything on a map: drawings that share no ground, where we have no areas."""
        return not any(len(table) for table in self.tables.values())

    @property
    def extent(self) -> tuple[float, float, float, float]:
        """West, south, east and north of what the pictures are about, m; only where something is on a map."""
        # Far countryside that nobody drew would make the rest too small to read.
        first_to_last = ("cores", "areas", "facilities", "borders")
        about = next(self.tables[name] for name in first_to_last if len(self.tables.get(name, ())))
        west, south, east, north = about.total_bounds.tolist()
        room = MARGIN * max(east - west, north - south)
        return west - room, south - room, east + room, north + room


# --- Parts of a map -------------------------------------------------------------------------------


def begin_figure(sheet: MapContent) -> tuple[Figure, Axes]:
    """Create the figure and axes of a map, with its base map drawn."""
    west, south, east, north = sheet.extent
    low, high = HEIGHT_IN
    tall = min(high, max(low, WIDTH_IN * (north - south) / (east - west)))
    figure = Figure(figsize=(WIDTH_IN, tall))
    axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    # The ground fills the picture: what the shape of the paper leaves over is shown as ground too.
    wide = max(east - west, (north - south) * WIDTH_IN / tall)
    high_m = wide * tall / WIDTH_IN
    middle = (west + east) / 2, (south + north) / 2
    axes.set_xlim(middle[0] - wide / 2, middle[0] + wide / 2)
    axes.set_ylim(middle[1] - high_m / 2, middle[1] + high_m / 2)
    axes.set_aspect("equal")
    axes.set_axis_off()
    figure.patch.set_facecolor("white")
    axes.add_patch(Rectangle((0, 0), 1, 1, transform=axes.transAxes, color=style.GROUND["land"], zorder=0))
    _ground(sheet, axes)
    return figure, axes


def _ground(sheet: MapContent, axes: Axes) -> None:
    (west, east), (south, north) = axes.get_xlim(), axes.get_ylim()
    parts, paint = sheet.ground, style.GROUND
    seen = {
        name: table.cx[west:east, south:north]
        for name, table in parts.items()
        if name in ("built", "green", "water", "canals", "buildings", "roads", "streets", "rail", "railways")
    }
    if "built" in seen:
        draw_areas(axes, seen["built"].geometry, facecolor=paint["built"], zorder=1, rasterized=True)
    if "green" in seen:
        kinds = seen["green"]["kind"].map(style.GREENS).fillna("green")
        for kind, some in seen["green"].groupby(kinds):
            draw_areas(axes, some.geometry, facecolor=paint[str(kind)], zorder=1.1, rasterized=True)
    if "water" in seen:
        draw_areas(axes, seen["water"].geometry, facecolor=paint["water"], zorder=1.2, rasterized=True)
    for name, color, width, order in (("canals", "water", 0.8, 1.2), ("rail", "rail", 1.1, 2.5)):
        if name in seen:
            _lines(axes, seen[name].geometry, paint[color], width, order)
    if "buildings" in seen:
        draw_areas(axes, seen["buildings"].geometry, facecolor=paint["building"], zorder=1.4, rasterized=True)
    for name in ("roads", "streets"):
        if name in seen:
            _roads(axes, seen[name], (east - west))


def _roads(axes: Axes, roads: gpd.GeoDataFrame, wide_m: float) -> None:
    # Streets get thinner as more ground is shown.
    grow = min(1.6, max(0.35, 4000 / wide_m))
    classes = roads["kind"].map(lambda kind: road_class(kind).name)
    for name, some in sorted(roads.groupby(classes), key=lambda one: style.ROADS[str(one[0])].figure_pt):
        road = style.ROADS[str(name)]
        if road.edge is not None:
            _lines(axes, some.geometry, style.GROUND[road.edge], road.figure_pt * grow + 0.7, 2.0)
        _lines(axes, some.geometry, style.GROUND[road.color], road.figure_pt * grow, 2.1)


def _lines(axes: Axes, shapes: gpd.GeoSeries, color: str, width: float, order: float) -> None:
    parts = shapely.get_parts(shapes.to_numpy())
    areal = shapely.get_dimensions(parts) == 2
    parts = shapely.get_parts(np.where(areal, shapely.boundary(parts), parts))
    lines = [shapely.get_coordinates(part) for part in parts]
    axes.add_collection(
        LineCollection(lines, colors=color, linewidths=width, zorder=order, rasterized=True, capstyle="round")
    )


def draw_areas(axes: Axes, shapes: gpd.GeoSeries, **look: Any) -> None:
    """Draw areas with their holes."""
    paths = [_path(shape) for shape in shapely.get_parts(shapes.to_numpy()) if shape.geom_type == "Polygon"]
    look.setdefault("linewidth", 0.0)
    if look.get("hatch"):
        # A collection draws its pattern only where the pattern has a colour of its own. As a patch of the
        # axes each would move their limits, which stand already: seconds for two hundred neighbourhoods.
        for path in paths:
            axes.add_artist(PathPatch(path, **look))
        return
    look.pop("hatch", None)
    axes.add_collection(PathCollection(paths, **look))


def _path(area: shapely.Polygon) -> Path:
    """Return an area with its holes as one path."""
    rings = [shapely.get_coordinates(ring) for ring in shapely.get_rings(area)]
    codes = [np.array([Path.MOVETO, *[Path.LINETO] * (len(ring) - 2), Path.CLOSEPOLY]) for ring in rings]
    return Path(np.vstack(rings), np.concatenate(codes).astype(np.uint8))


def draw_official_areas(sheet: MapContent, axes: Axes) -> list[Any]:
    """Draw the official lines and give their line in the legend."""
    areas = sheet.tables.get("areas")
    if areas is None or areas.empty:
        return []
    look = style.DIVISIONS.get(sheet.division, style.OWN)
    dash: Any = (0, [float(step) * 0.6 for step in look.dash.split()]) if look.dash else "solid"
    # Each shared border once: drawn twice, the dashes of two neighbours fill each other's gaps.
    shared = shapely.line_merge(shapely.union_all(shapely.boundary(areas.geometry.to_numpy())))
    lines = [shapely.get_coordinates(part) for part in shapely.get_parts(shared)]
    width = look.weight * 0.62
    axes.add_collection(
        LineCollection(lines, colors=style.PAPER, linewidths=width + 1.4, zorder=6, alpha=0.8)
    )
    axes.add_collection(
        LineCollection(lines, colors=look.color, linewidths=width, linestyles=[dash], zorder=7)
    )
    label = official_label(sheet)
    return [Line2D([], [], color=look.color, linewidth=width, linestyle=dash, label=label)]


def official_label(sheet: MapContent) -> str:
    """Return the label of the official lines."""
    division = sheet.say.section("export").get(f"division_{sheet.division}", sheet.say("export.division_own"))
    return sheet.say("figure.official", division=division)


def named_cores(cores: gpd.GeoDataFrame) -> tuple[Any, list[str]]:
    """Return for every neighbourhood the darkest band it has, to write in, and its name or number."""
    inner = cores.sort_index(level="percent").groupby(level="neighbourhood").last()
    names = [name or str(number) for number, name in inner["name"].items()]
    return inner["geometry"].to_numpy(), names


def inner_points(shapes: Any) -> NDArray[np.float64]:
    """Return the coordinates of a point inside every shape."""
    return shapely.get_coordinates(shapely.point_on_surface(shapes))


def draw_names(
    axes: Axes, spots: NDArray[np.float64], names: Sequence[str], weights: Sequence[float]
) -> None:
    """Write names where there is room, the weightiest first; none over another."""
    taken: list[tuple[float, float, float, float]] = []
    (west, east), (south, north) = axes.get_xlim(), axes.get_ylim()
    points_m = (east - west) / (WIDTH_IN * 72)
    for at in sorted(range(len(names)), key=lambda each: -weights[each]):
        name = names[at] if len(names[at]) <= 30 else names[at][:29] + "…"
        x, y = spots[at]
        # Letters of 7.5 points are some 4.6 points wide.
        half = (len(name) * 2.4 + 3) * points_m, 5.5 * points_m
        box = (x - half[0], y - half[1], x + half[0], y + half[1])
        inside = box[0] > west and box[2] < east and box[1] > south + 16 * points_m and box[3] < north
        if inside and not any(_touch(box, other) for other in taken):
            taken.append(box)
            _written(axes, x, y, name, fontsize=7.5, ha="center", va="center", fontweight="bold", zorder=12)


def _touch(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _written(axes: Axes, x: float, y: float, text: str, **look: Any) -> Text:
    halo = [patheffects.withStroke(linewidth=2.4, foreground=style.GROUND["halo"])]
    # A dollar sign in a name must stay one.
    return axes.text(x, y, text, parse_math=False, path_effects=halo, color=style.INK, **look)


def finish_figure(sheet: MapContent, figure: Figure, axes: Axes, legend: Sequence[Any]) -> Figure:
    """Add scale bar, north, credit and, under the map, the legend."""
    _scale(sheet, axes)
    north = {"transform": axes.transAxes, "ha": "center", "va": "center", "zorder": 20}
    _written(axes, 0.968, 0.935, sheet.say("figure.north"), fontsize=9, fontweight="bold", **north)
    arrow = {"arrowstyle": "-|>", "color": style.INK, "linewidth": 1.4}
    ends: Look = {"xy": (0.968, 0.917), "xytext": (0.968, 0.865)}
    axes.annotate("", **ends, xycoords="axes fraction", arrowprops=arrow, zorder=20)
    attribution = (
        " · ".join(text for text in (sheet.note, sheet.credit) if text and text != sheet.note) or sheet.note
    )
    attribution = attribution if sheet.note in attribution else f"{sheet.note} · {attribution}"
    right = {"transform": axes.transAxes, "ha": "right", "va": "bottom", "zorder": 20}
    _written(axes, 0.992, 0.012, attribution, fontsize=6.5, **right)
    return _with_legend(figure, axes, legend)


def _with_legend(figure: Figure, axes: Axes, legend: Sequence[Any]) -> Figure:
    """Create room under the map for the legend."""
    rows = math.ceil(len(legend) / 2)
    room = 0.12 + 0.19 * rows
    wide, tall = figure.get_size_inches()
    figure.set_size_inches(wide, tall + room)
    axes.set_position((0.0, room / (tall + room), 1.0, tall / (tall + room)))
    box = figure.legend(
        handles=list(legend),
        loc="lower left",
        bbox_to_anchor=(0.0, 0.0),
        ncols=2,
        fontsize=8,
        frameon=False,
        borderaxespad=0.1,
        handlelength=2.6,
        columnspacing=2.0,
    )
    for text in box.get_texts():
        text.set_parse_math(False)
        text.set_color(style.INK)
    return figure


def _scale(sheet: MapContent, axes: Axes) -> None:
    (west, east), south = axes.get_xlim(), axes.get_ylim()[0]
    wide = east - west
    length = scale_m(wide)
    x, y = west + 0.02 * wide, south + 0.022 * wide
    for start, color in ((0.0, style.INK), (0.5, style.PAPER)):
        axes.add_patch(
            Rectangle(
                (x + start * length, y),
                length / 2,
                0.006 * wide,
                facecolor=color,
                edgecolor=style.INK,
                linewidth=0.7,
                zorder=20,
            )
        )
    if length >= 1000:
        text = sheet.say("figure.kilometres", n=round(length / 1000))
    else:
        text = sheet.say("figure.metres", n=round(length))
    _written(axes, x + length + 0.008 * wide, y + 0.003 * wide, text, fontsize=7.5, va="center", zorder=20)


def scale_m(wide_m: float) -> float:
    """Choose the length of a scale bar: 1, 2 or 5 with zeros, at most a quarter of the map.

    Examples
    --------
    >>> scale_m(3_400), scale_m(60_000)
    (500.0, 10000.0)
    """
    most = wide_m / 4
    power = 10.0 ** math.floor(math.log10(most))
    return max(step * power for step in (1, 2, 5) if step * power <= most)
