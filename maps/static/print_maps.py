"""Maps for paper: the shared neighbourhoods, the borders and the facilities, with all that a map must say.

Drawn with matplotlib's own objects and no global state, so that many may draw at once. Every picture carries
its sources, a scale bar, north, and, where it is made up, that it is. Shades run from light to dark, lines
differ in width and dash and marks in shape, so a map printed in grey says the same. No text is ever read as a
formula.
"""

import io
import warnings
from typing import Any

import shapely
from matplotlib import rcParams
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from maps import style
from maps.class_styles import BORDERS
from maps.static.print_map_parts import (
    GROUND_DPI,
    HATCHES,
    MARKS,
    PNG_DPI,
    Look,
    MapContent,
    begin_figure,
    draw_areas,
    draw_names,
    draw_official_areas,
    finish_figure,
    inner_points,
    named_cores,
)


def all_maps(sheet: MapContent) -> dict[str, Figure]:
    """Draw every picture there is something to show on: ``consensus``, ``borders``, ``facilities``."""
    found = {}
    if len(sheet.tables.get("cores", ())):
        found["consensus"] = consensus(sheet)
    if len(sheet.tables.get("borders", ())):
        found["borders"] = borders(sheet)
    if len(sheet.tables.get("facilities", ())):
        found["facilities"] = facilities(sheet)
    return found


def consensus(sheet: MapContent) -> Figure:
    """Draw what a quarter, half and three quarters of the drawers of each neighbourhood share."""
    figure, axes = begin_figure(sheet)
    cores = sheet.tables["cores"]
    legend: list[Any] = []
    for percent in sorted(style.CORES):
        band = cores[cores.index.get_level_values("percent") == percent]
        facts: Look = {
            "facecolor": style.CORES[percent],
            "edgecolor": style.CORES[75],
            "hatch": HATCHES[percent],
        }
        draw_areas(axes, band.geometry, alpha=0.55, linewidth=0.5, zorder=5, **facts)
        label = sheet.say("figure.band", percent=percent)
        legend.append(Patch(label=label, alpha=0.75, linewidth=0.5, **facts))
    legend += draw_official_areas(sheet, axes)
    shapes, names = named_cores(cores)
    # Neighbourhoods are numbered from the most drawn on.
    draw_names(axes, inner_points(shapes), names, range(len(names), 0, -1))
    return finish_figure(sheet, figure, axes, legend)


def borders(sheet: MapContent) -> Figure:
    """Draw the official borders, the wider and darker the more residents stop there."""
    figure, axes = begin_figure(sheet)
    table = sheet.tables["borders"]
    legend: list[Any] = []
    for order, (kind, look) in enumerate(reversed(BORDERS.items())):
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
        draw_names(axes, inner_points(seen.geometry.to_numpy()), seen["name"].tolist(), seen.area.tolist())
    return finish_figure(sheet, figure, axes, legend)


def facilities(sheet: MapContent) -> Figure:
    """Draw the facilities of the four themes over the cores."""
    figure, axes = begin_figure(sheet)
    cores = sheet.tables.get("cores")
    legend: list[Any] = []
    if cores is not None and len(cores):
        half = cores[cores.index.get_level_values("percent") == 50]
        look: Look = {"facecolor": style.CORES[25], "edgecolor": style.CORES[75]}
        draw_areas(axes, half.geometry, alpha=0.45, linewidth=0.8, zorder=4, **look)
        legend.append(Patch(label=sheet.say("figure.core"), alpha=0.6, linewidth=0.8, **look))
    legend += draw_official_areas(sheet, axes)
    table = sheet.tables["facilities"]
    for theme, mark in style.THEMES.items():
        places = table.geometry[table["theme"] == theme].to_numpy()
        if len(places):
            x, y = shapely.get_coordinates(shapely.centroid(places)).T
            look = {"marker": MARKS[mark.shape], "color": mark.color, "markeredgecolor": style.PAPER}
            label = sheet.say(f"export.theme_{theme}")
            axes.plot(x, y, linestyle="none", markersize=5.2, markeredgewidth=0.6, zorder=9, **look)
            legend.append(Line2D([], [], linestyle="none", markersize=6, label=label, **look))
    return finish_figure(sheet, figure, axes, legend)


def png(figure: Figure, *, dpi: int = PNG_DPI) -> bytes:
    """Return a picture as PNG, so many dots an inch."""
    FigureCanvasAgg(figure)
    return _saved(figure, "png", dpi=dpi)


def svg(figure: Figure) -> bytes:
    """Return a picture as SVG: lines and letters sharp at any size, the base map as pixels.

    The same figure gives the same bytes.
    """
    FigureCanvasSVG(figure)
    return _saved(figure, "svg", dpi=GROUND_DPI, metadata={"Date": None})


# Names of clips and marks within a picture are made with it; without one they are of chance.
rcParams["svg.hashsalt"] = "beleefde-buurt"


def _saved(figure: Figure, form: str, **options: Any) -> bytes:
    out = io.BytesIO()
    with warnings.catch_warnings():
        # A sign that no letter of ours has is shown as a box; that is no reason to make no map.
        warnings.filterwarnings("ignore", message=r"Glyph .* missing from font")
        figure.savefig(out, format=form, facecolor="white", **options)
    return out.getvalue()
