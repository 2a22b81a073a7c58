"""The map on a paper sheet."""

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from geopandas import GeoDataFrame
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path as Outline
from numpy.typing import NDArray

from geo import paper_sheet as sheets
from geo.paper_sheet import PaperSheet
from geo.road_classes import road_class
from maps import style
from maps.documents.paper_sheet_labels import (
    POINT_MM,
    Shape,
    Tables,
    label_text,
    label_transform,
    place_labels,
)

Picture = NDArray[np.uint8]


def map_version(ground: Tables, sheet_ground: Shape) -> str:
    """Name the edition of the map of some ground: another one when anything printed there changed.

    Examples
    --------
    >>> map_version({}, shapely.box(0, 0, 1, 1))
    'e3b0c442'
    """
    digest = hashlib.sha256()
    for name in sorted(ground):
        shapes = ground[name].geometry.to_numpy()
        seen = shapes[shapely.intersects(shapes, sheet_ground)]
        for written in sorted(shapely.to_wkb(seen).tolist()):
            digest.update(written)
    return digest.hexdigest()[:8]


# --- The map --------------------------------------------------------------------------------------


def render_map(sheet: PaperSheet, ground: Tables, *, px_per_mm: float) -> Picture:
    """Return the map of a sheet as it is printed, in pixels: shape (height, width, 3), RGB.

    Parameters
    ----------
    px_per_mm
        Pixels to one millimetre of the A4 sheet.
    """
    figure = build_map(sheet, ground)
    figure.set_dpi(px_per_mm * 25.4)
    canvas: Any = FigureCanvasAgg(figure)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[:, :, :3].copy()


def build_map(sheet: PaperSheet, ground: Tables) -> Figure:
    """Draw the map at the size of the A4 sheet; axes are millimetres of the page."""
    left, top, right, bottom = sheets.FRAME
    figure = Figure(figsize=((right - left) / 25.4, (bottom - top) / 25.4), facecolor=style.GROUND["land"])
    ax = figure.add_axes((0, 0, 1, 1), xlim=(left, right), ylim=(bottom, top))
    ax.set_axis_off()
    order = iter(range(1, 10_000))

    def area(shapes: Sequence[Shape], face: str, edge: str = "none", width_mm: float = 0.0) -> None:
        if len(shapes):
            path = Outline.make_compound_path(*map(_outline, shapes))
            width = width_mm / POINT_MM
            ax.add_artist(PathPatch(path, facecolor=face, edgecolor=edge, lw=width, zorder=next(order)))

    def line(shapes: Sequence[Shape], color: str, width_mm: float, dash: str = "solid") -> None:
        if len(shapes):
            path = Outline.make_compound_path(*map(_stroke, shapes))
            ax.add_artist(
                PathPatch(
                    path, facecolor="none", edgecolor=color, lw=width_mm / POINT_MM, ls=dash,
                    capstyle="round" if dash == "solid" else "butt", joinstyle="round", zorder=next(order),
                )
            )  # fmt: skip

    colors = style.GROUND
    seen = {name: _on_page(sheet, table) for name, table in ground.items()}
    area(_parts(seen, ("built",), 2), colors["built"])
    for kind, shapes in _by_kind(seen, "green", 2):
        area(shapes, colors[style.GREENS.get(kind, "green")])
    area(_parts(seen, ("water",), 2), colors["water"], colors["shore"], 0.12)
    line(_parts(seen, ("canals", "water"), 1), colors["water"], 0.4)
    area(_parts(seen, ("buildings",), 2), colors["building"], colors["building_edge"], 0.08)
    lines = [*_by_kind(seen, "roads", 1), *_by_kind(seen, "streets", 1)]
    roads = [(road_class(kind), style.ROADS[road_class(kind).name], shapes) for kind, shapes in lines]
    roads.sort(key=lambda road: (road[0].rank, road[1].sheet_mm))
    grow = float(np.clip(10_000 / sheet.m_per_mm / 1000, 0.55, 1.8))
    for _, road, shapes in roads:
        if f"{road.color}_edge" in colors:
            line(shapes, colors[f"{road.color}_edge"], road.sheet_mm * grow + 0.22)
    for _, road, shapes in roads:
        line(shapes, colors[road.color], road.sheet_mm * grow)
    rail = _parts(seen, ("rail", "railways"), 1)
    line(rail, colors["rail"], 0.6)
    line(rail, colors["road"], 0.3, (0, (6, 6)))  # type: ignore[arg-type]  # matplotlib's own form of a dash
    for text, x, y, angle, size, color in place_labels(seen):
        written = label_text(text, size).transformed(label_transform(x, y, angle))
        halo = {"facecolor": "none", "edgecolor": colors["halo"], "lw": 1.6, "joinstyle": "round"}
        ax.add_artist(PathPatch(written, zorder=next(order), **halo))
        ax.add_artist(PathPatch(written, facecolor=colors[color], edgecolor="none", zorder=next(order)))
    return figure


def _on_page(sheet: PaperSheet, table: GeoDataFrame) -> GeoDataFrame:
    """Cut a table to the map and carry it to the page, mm."""
    near = table[shapely.intersects(table.geometry.to_numpy(), sheet.ground)].copy()
    around = shapely.buffer(sheet.ground, 5 * sheet.m_per_mm, join_style="mitre")
    cut = shapely.intersection(near.geometry.to_numpy(), around)
    near["geometry"] = shapely.transform(cut, sheet.to_page)
    return near.set_crs(None, allow_override=True)


def _parts(seen: Tables, names: Sequence[str], dimension: int) -> list[Shape]:
    found: list[Shape] = []
    for name in names:
        if name in seen:
            parts = shapely.get_parts(seen[name].geometry.to_numpy())
            found += parts[shapely.get_dimensions(parts) == dimension].tolist()
    return found


def _by_kind(seen: Tables, name: str, dimension: int) -> list[tuple[str, list[Shape]]]:
    if name not in seen or "kind" not in seen[name].columns:
        return [("", _parts(seen, (name,), dimension))]
    groups = seen[name].groupby("kind", sort=True)
    return [(str(kind), _parts({name: rows}, (name,), dimension)) for kind, rows in groups]


def _outline(shape: Shape) -> Outline:
    rings = [ring for part in shapely.get_parts(shape) for ring in shapely.get_rings(part)]
    return Outline.make_compound_path(
        *(Outline(shapely.get_coordinates(ring), closed=True) for ring in rings)
    )


def _stroke(shape: Shape) -> Outline:
    return Outline(shapely.get_coordinates(shape))
