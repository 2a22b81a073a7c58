"""Maps for paper: the shared neighbourhoods, the borders and the facilities, with all that a map must say.

Drawn with matplotlib's own objects and no global state, so that many may draw at once. Every picture carries
its sources, a scale bar, north, and, where it is made up, that it is. Shades run from light to dark, lines
differ in width and dash and marks in shape, so a map printed in grey says the same. No text is ever read as a
formula.
"""

import io
import math
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from matplotlib import patheffects
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, PathPatch, Rectangle
from matplotlib.path import Path
from matplotlib.text import Text
from numpy.typing import NDArray

from maps import planner, style
from words import Words

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

ROADS = {
    "motorway": ("motorway", 2.6), "trunk": ("motorway", 2.4), "primary": ("main", 2.2),
    "main": ("main", 2.2), "secondary": ("main", 1.8), "distributor": ("main", 1.8),
    "tertiary": ("collector", 1.4), "collector": ("collector", 1.4), "path": ("path", 0.35),
    "footway": ("path", 0.35), "cycleway": ("path", 0.35),
}  # fmt: skip
"""Colour in `maps.style.GROUND` and width (points) by kind of road; others are streets."""

Look = dict[str, Any]
"""Properties as matplotlib calls them."""

STREET = ("road", 0.9)
GREENS = {"wood": "wood", "forest": "wood", "field": "field", "farmland": "field", "meadow": "field"}


@dataclass(frozen=True, eq=False)
class Sheet:
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
    say: Words

    @property
    def extent(self) -> tuple[float, float, float, float]:
        """West, south, east and north of what the pictures are about, m."""
        shown = [self.tables[name] for name in ("cores", "areas") if len(self.tables.get(name, ()))]
        # Far countryside that nobody drew would make the rest too small to read.
        about = shown[0] if shown else self.tables["facilities"]
        west, south, east, north = about.total_bounds.tolist()
        room = MARGIN * max(east - west, north - south)
        return west - room, south - room, east + room, north + room


def pictures(sheet: Sheet) -> dict[str, Figure]:
    """Draw every picture there is something to show on: ``consensus``, ``borders``, ``facilities``."""
    found = {}
    if len(sheet.tables.get("cores", ())):
        found["consensus"] = consensus(sheet)
    if len(sheet.tables.get("borders", ())):
        found["borders"] = borders(sheet)
    if len(sheet.tables.get("facilities", ())):
        found["facilities"] = facilities(sheet)
    return found


def consensus(sheet: Sheet) -> Figure:
    """Draw what a quarter, half and three quarters of the drawers of each neighbourhood share."""
    figure, axes = _begin(sheet)
    cores = sheet.tables["cores"]
    legend: list[Any] = []
    for percent in sorted(style.CORES):
        band = cores[cores.index.get_level_values("percent") == percent]
        facts: Look = {
            "facecolor": style.CORES[percent],
            "edgecolor": style.CORES[75],
            "hatch": HATCHES[percent],
        }
        _areas(axes, band.geometry, alpha=0.55, linewidth=0.5, zorder=5, **facts)
        label = sheet.say("figure.band", percent=percent)
        legend.append(Patch(label=label, alpha=0.75, linewidth=0.5, **facts))
    legend += _official(sheet, axes)
    shapes, names = named_cores(cores)
    # Neighbourhoods are numbered from the most drawn on.
    _names(axes, _spots(shapes), names, range(len(names), 0, -1))
    return _finish(sheet, figure, axes, legend)


def borders(sheet: Sheet) -> Figure:
    """Draw the official borders, the wider and darker the more residents stop there."""
    figure, axes = _begin(sheet)
    table = sheet.tables["borders"]
    legend: list[Any] = []
    for order, (kind, look) in enumerate(reversed(planner.BORDERS.items())):
        # In one go from fork to fork: a dash that starts anew at every corner is no dash.
        parts = shapely.get_parts(table.geometry[table["kind"] == kind].to_numpy())
        whole = shapely.line_merge(shapely.multilinestrings(parts))
        lines = [shapely.get_coordinates(part) for part in shapely.get_parts(whole)]
        width = max(1.1, look.weight * 0.62)
        dash: Any = (0, [float(step) * 0.5 for step in look.dash.split()]) if look.dash else "solid"
        casing = LineCollection(lines, colors=style.PAPER, linewidths=width + 1.6, zorder=5, alpha=0.9)
        axes.add_collection(casing)
        drawn = LineCollection(
            lines, colors=look.line, linewidths=width, linestyles=[dash], zorder=6 + order, capstyle="butt"
        )
        axes.add_collection(drawn)
        handle = Line2D([], [], color=look.line, linewidth=width, linestyle=dash)
        handle.set_label(sheet.say(f"figure.border_{kind}"))
        legend.insert(0, handle)
    areas = sheet.tables.get("areas")
    if areas is not None:
        seen = areas[areas.intersects(shapely.box(*sheet.extent))]
        _names(axes, _spots(seen.geometry.to_numpy()), seen["name"].tolist(), seen.area.tolist())
    return _finish(sheet, figure, axes, legend)


def facilities(sheet: Sheet) -> Figure:
    """Draw the facilities of the four themes over the cores."""
    figure, axes = _begin(sheet)
    cores = sheet.tables.get("cores")
    legend: list[Any] = []
    if cores is not None and len(cores):
        half = cores[cores.index.get_level_values("percent") == 50]
        look: Look = {"facecolor": style.CORES[25], "edgecolor": style.CORES[75]}
        _areas(axes, half.geometry, alpha=0.45, linewidth=0.8, zorder=4, **look)
        legend.append(Patch(label=sheet.say("figure.core"), alpha=0.6, linewidth=0.8, **look))
    legend += _official(sheet, axes)
    table = sheet.tables["facilities"]
    for theme, mark in style.THEMES.items():
        places = table.geometry[table["theme"] == theme].to_numpy()
        if len(places):
            x, y = shapely.get_coordinates(shapely.centroid(places)).T
            look = {"marker": MARKS[mark.shape], "color": mark.color, "markeredgecolor": style.PAPER}
            label = sheet.say(f"export.theme_{theme}")
            axes.plot(x, y, linestyle="none", markersize=5.2, markeredgewidth=0.6, zorder=9, **look)
            legend.append(Line2D([], [], linestyle="none", markersize=6, label=label, **look))
    return _finish(sheet, figure, axes, legend)


def png(figure: Figure, *, dpi: int = PNG_DPI) -> bytes:
    """Give a picture as PNG, so many dots an inch."""
    FigureCanvasAgg(figure)
    return _saved(figure, "png", dpi=dpi)


def svg(figure: Figure) -> bytes:
    """Give a picture as SVG: lines and letters sharp at any size, the base map as pixels.

    The same figure gives the same bytes.
    """
    FigureCanvasSVG(figure)
    return _saved(figure, "svg", dpi=GROUND_DPI, metadata={"Date": None})


def _saved(figure: Figure, form: str, **options: Any) -> bytes:
    out = io.BytesIO()
    with warnings.catch_warnings():
        # A sign that no letter of ours has is shown as a box; that is no reason to make no map.
        warnings.filterwarnings("ignore", message=r"Glyph .* missing from font")
        figure.savefig(out, format=form, facecolor="white", **options)
    return out.getvalue()


# --- Parts of a map -------------------------------------------------------------------------------


def _begin(sheet: Sheet) -> tuple[Figure, Axes]:
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


def _ground(sheet: Sheet, axes: Axes) -> None:
    (west, east), (south, north) = axes.get_xlim(), axes.get_ylim()
    parts, paint = sheet.ground, style.GROUND
    seen = {
        name: table.cx[west:east, south:north]
        for name, table in parts.items()
        if name in ("built", "green", "water", "canals", "buildings", "roads", "streets", "rail", "railways")
    }
    if "built" in seen:
        _areas(axes, seen["built"].geometry, facecolor=paint["built"], zorder=1, rasterized=True)
    if "green" in seen:
        kinds = seen["green"]["kind"].map(GREENS).fillna("green")
        for kind, some in seen["green"].groupby(kinds):
            _areas(axes, some.geometry, facecolor=paint[str(kind)], zorder=1.1, rasterized=True)
    if "water" in seen:
        _areas(axes, seen["water"].geometry, facecolor=paint["water"], zorder=1.2, rasterized=True)
    for name, color, width, order in (("canals", "water", 0.8, 1.2), ("rail", "rail", 1.1, 2.5)):
        if name in seen:
            _lines(axes, seen[name].geometry, paint[color], width, order)
    if "buildings" in seen:
        _areas(axes, seen["buildings"].geometry, facecolor=paint["building"], zorder=1.4, rasterized=True)
    for name in ("roads", "streets"):
        if name in seen:
            _roads(axes, seen[name], (east - west))


def _roads(axes: Axes, roads: gpd.GeoDataFrame, wide_m: float) -> None:
    # Streets get thinner as more ground is shown.
    grow = min(1.6, max(0.35, 4000 / wide_m))
    looks = roads["kind"].map(lambda kind: ROADS.get(kind, STREET))
    for (color, width), some in sorted(roads.groupby(looks), key=lambda one: one[0][1]):
        if color != "path":
            _lines(axes, some.geometry, style.GROUND[f"{_edge(color)}_edge"], width * grow + 0.7, 2.0)
        _lines(axes, some.geometry, style.GROUND[color], width * grow, 2.1)


def _edge(color: str) -> str:
    return "main" if color == "motorway" else color


def _lines(axes: Axes, shapes: gpd.GeoSeries, color: str, width: float, order: float) -> None:
    parts = shapely.get_parts(shapes.to_numpy())
    areal = shapely.get_dimensions(parts) == 2
    parts = shapely.get_parts(np.where(areal, shapely.boundary(parts), parts))
    lines = [shapely.get_coordinates(part) for part in parts]
    axes.add_collection(
        LineCollection(lines, colors=color, linewidths=width, zorder=order, rasterized=True, capstyle="round")
    )


def _areas(axes: Axes, shapes: gpd.GeoSeries, **look: Any) -> None:
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
    """Give an area with its holes as one path."""
    rings = [shapely.get_coordinates(ring) for ring in shapely.get_rings(area)]
    codes = [np.array([Path.MOVETO, *[Path.LINETO] * (len(ring) - 2), Path.CLOSEPOLY]) for ring in rings]
    return Path(np.vstack(rings), np.concatenate(codes).astype(np.uint8))


def _official(sheet: Sheet, axes: Axes) -> list[Any]:
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


def official_label(sheet: Sheet) -> str:
    """Say what the official lines are."""
    told = sheet.say.section("export").get(f"division_{sheet.division}", sheet.say("export.division_own"))
    return sheet.say("figure.official", division=told)


def named_cores(cores: gpd.GeoDataFrame) -> tuple[Any, list[str]]:
    """Give for every neighbourhood the darkest band it has, to write in, and its name or number."""
    inner = cores.sort_index(level="percent").groupby(level="neighbourhood").last()
    names = [name or str(number) for number, name in inner["name"].items()]
    return inner["geometry"].to_numpy(), names


def _spots(shapes: Any) -> NDArray[np.float64]:
    return shapely.get_coordinates(shapely.point_on_surface(shapes))


def _names(axes: Axes, spots: NDArray[np.float64], names: Sequence[str], weights: Sequence[float]) -> None:
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


def _finish(sheet: Sheet, figure: Figure, axes: Axes, legend: Sequence[Any]) -> Figure:
    """Add scale bar, north, credit and, under the map, the legend."""
    _scale(sheet, axes)
    north = {"transform": axes.transAxes, "ha": "center", "va": "center", "zorder": 20}
    _written(axes, 0.968, 0.935, sheet.say("figure.north"), fontsize=9, fontweight="bold", **north)
    arrow = {"arrowstyle": "-|>", "color": style.INK, "linewidth": 1.4}
    ends: Look = {"xy": (0.968, 0.917), "xytext": (0.968, 0.865)}
    axes.annotate("", **ends, xycoords="axes fraction", arrowprops=arrow, zorder=20)
    told = (
        " · ".join(text for text in (sheet.note, sheet.credit) if text and text != sheet.note) or sheet.note
    )
    told = told if sheet.note in told else f"{sheet.note} · {told}"
    right = {"transform": axes.transAxes, "ha": "right", "va": "bottom", "zorder": 20}
    _written(axes, 0.992, 0.012, told, fontsize=6.5, **right)
    return _with_legend(figure, axes, legend)


def _with_legend(figure: Figure, axes: Axes, legend: Sequence[Any]) -> Figure:
    """Make room under the map for the legend."""
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


def _scale(sheet: Sheet, axes: Axes) -> None:
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
