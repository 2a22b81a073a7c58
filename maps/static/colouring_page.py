"""A page to colour for a child: the own neighbourhood in lines, on A4; the code stands on a strip to cut off."""

from collections.abc import Iterable
from io import BytesIO
from typing import Any

import numpy as np
import shapely
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import Circle, PathPatch, Polygon
from matplotlib.path import Path
from matplotlib.textpath import TextPath
from shapely import Geometry

SIZE_INCH = (8.27, 11.69)
FRAME = (0.08, 0.20, 0.84, 0.62)
AIR = 0.08
"""Ground around the drawing, as a share of its width."""

SNAP_M = 10.0
"""A page that hangs on a wall is no more exact than what is published."""

LINE = {"facecolor": "white", "edgecolor": "black", "linewidth": 1.8, "joinstyle": "round"}


def render_colouring_page(drawn: Geometry, streets: Geometry, water: Geometry, title: str, cut: str) -> bytes:
    """Draw the page; all geometry in metres.

    Parameters
    ----------
    streets, water
        Lines and areas of the background.
    title
        Stands above in hollow letters.
    cut
        Stands on the strip below the line with scissors.

    Returns
    -------
    bytes
        A PDF of one page, without any metadata of its maker.

    Examples
    --------
    >>> page = render_colouring_page(shapely.box(0, 0, 900, 600), shapely.LineString(), shapely.Polygon(), "A", "B")
    >>> page[:4]
    b'%PDF'
    """
    rough = shapely.make_valid(shapely.set_precision(drawn, SNAP_M))
    shape = rough if rough.area > 0 else drawn
    figure = Figure(figsize=SIZE_INCH, facecolor="white")
    FigureCanvasAgg(figure)
    _map(figure, shape, streets, water)
    sheet = figure.add_axes((0, 0, 1, 1))
    sheet.set_xlim(0, 827)
    sheet.set_ylim(0, 1169)
    sheet.axis("off")
    _title(sheet, title)
    for draw, x, y in ((_sun, 735, 1060), (_tree, 120, 225), (_house, 640, 215), (_child, 250, 210)):
        draw(sheet, x, y)
    sheet.plot([40, 787], [95, 95], color="black", linewidth=1.2, linestyle=(0, (6, 5)))
    figure.text(0.5, 0.045, cut, ha="center", va="center", fontsize=15, parse_math=False)
    out = BytesIO()
    figure.savefig(out, format="pdf", metadata={"CreationDate": None, "Creator": None, "Producer": None})
    return out.getvalue()


def _map(figure: Figure, shape: Geometry, streets: Geometry, water: Geometry) -> None:
    """Draw the neighbourhood: streets as white ribbons with two edges, the own line thick round it."""
    ax = figure.add_axes(FRAME)
    ax.set_aspect("equal")
    ax.set_xticks([])
    ax.set_yticks([])
    west, south, east, north = shapely.bounds(shape).tolist()
    wide, high = FRAME[2] * SIZE_INCH[0], FRAME[3] * SIZE_INCH[1]
    half = (0.5 + AIR) * max((east - west) / wide, (north - south) / high)
    ax.set_xlim((west + east) / 2 - half * wide, (west + east) / 2 + half * wide)
    ax.set_ylim((south + north) / 2 - half * high, (south + north) / 2 + half * high)
    for ring in _rings(water):
        ax.add_patch(
            Polygon(ring, closed=True, facecolor="white", edgecolor="black", hatch="--", linewidth=1.2)
        )
    lines = [shapely.get_coordinates(piece) for piece in shapely.get_parts(streets) if not piece.is_empty]
    for color, width in (("#444444", 5.0), ("white", 3.6)):
        for line in lines:
            ax.plot(line[:, 0], line[:, 1], color=color, linewidth=width, solid_capstyle="round")
    for ring in _rings(shape):
        ax.add_patch(
            Polygon(
                ring, closed=True, fill=False, edgecolor="black", linewidth=5, joinstyle="round", zorder=5
            )
        )


def _rings(shape: Geometry) -> list[Any]:
    return [
        shapely.get_coordinates(ring)
        for face in shapely.get_parts(shape)
        if face.geom_type == "Polygon"
        for ring in (face.exterior, *face.interiors)
    ]


def _title(sheet: Axes, title: str) -> None:
    """Write the title in hollow letters, as wide as the page allows."""
    letters = TextPath((0, 0), title, size=100, prop=FontProperties(weight="bold"))
    box = letters.get_extents()
    scale = min(600 / max(box.width, 1.0), 80 / max(box.height, 1.0))
    points = (letters.vertices - [box.x0, box.y0]) * scale + [66, 1040]
    sheet.add_patch(PathPatch(Path(points, letters.codes), **LINE))


# --- Small drawings, each about 100 units wide; x and y are the middle of its foot -----------------


def _add(sheet: Axes, x: float, y: float, *shapes: Iterable[tuple[float, float]]) -> None:
    for shape in shapes:
        sheet.add_patch(Polygon(np.add(list(shape), (x, y)), closed=True, zorder=6, **LINE))


def _sun(sheet: Axes, x: float, y: float) -> None:
    for turn in np.linspace(0, 2 * np.pi, 12, endpoint=False):
        way = np.array([np.cos(turn), np.sin(turn)])
        ray = np.array([x, y]) + np.outer([40, 56], way)
        sheet.plot(ray[:, 0], ray[:, 1], color="black", linewidth=1.8, solid_capstyle="round")
    sheet.add_patch(Circle((x, y), 32, zorder=6, **LINE))


def _tree(sheet: Axes, x: float, y: float) -> None:
    _add(sheet, x, y, [(-9, -90), (9, -90), (7, -10), (-7, -10)])
    for dx, dy, radius in ((-26, 8, 30), (26, 8, 30), (0, 34, 34)):
        sheet.add_patch(Circle((x + dx, y + dy), radius, zorder=6, **LINE))


def _house(sheet: Axes, x: float, y: float) -> None:
    _add(
        sheet, x, y,
        [(-60, -80), (60, -80), (60, 10), (-60, 10)], [(-72, 10), (72, 10), (0, 66)],
        [(-12, -80), (16, -80), (16, -28), (-12, -28)], [(-48, -36), (-24, -36), (-24, -12), (-48, -12)],
        [(28, -36), (50, -36), (50, -12), (28, -12)],
    )  # fmt: skip


def _child(sheet: Axes, x: float, y: float) -> None:
    _add(
        sheet, x, y, [(-16, -8), (16, -8), (28, -52), (-28, -52)],
        [(-16, -52), (-4, -52), (-6, -88), (-18, -88)], [(4, -52), (16, -52), (18, -88), (6, -88)],
        [(-15, -10), (-44, 16), (-38, 23), (-10, 0)], [(15, -10), (44, 16), (38, 23), (10, 0)],
    )  # fmt: skip
    sheet.add_patch(Circle((x, y + 18), 26, zorder=6, **LINE))
    for side in (-9, 9):
        sheet.add_patch(Circle((x + side, y + 24), 2.5, zorder=7, facecolor="black"))
    smile = np.linspace(-0.8 * np.pi, -0.2 * np.pi, 12)
    sheet.plot(x + 12 * np.cos(smile), y + 18 + 12 * np.sin(smile), color="black", linewidth=1.8, zorder=7)
