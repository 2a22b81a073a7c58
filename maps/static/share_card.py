"""A picture of one's own neighbourhood to keep or share: the drawing, the official area, streets; no home."""

from dataclasses import dataclass
from io import BytesIO
from typing import Any

import shapely
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from shapely import Geometry

from maps import style

SIZE_INCH = (6.0, 7.5)
DPI = 180
FRAME = (0.06, 0.20, 0.88, 0.68)
AIR = 0.12
"""Ground around the drawing, as a share of its width."""

SNAP_M = 10.0
"""A picture that goes round is no more exact than what is published."""


@dataclass(frozen=True)
class CardTexts:
    """What stands on the picture."""

    title: str
    own: str
    official: str
    credit: str


def render_card(
    drawn: Geometry, official: Geometry | None, streets: Geometry, water: Geometry, texts: CardTexts
) -> bytes:
    """Draw the picture; all geometry in metres.

    Parameters
    ----------
    official
        Outline of the official area that is most like it; may be None.
    streets, water
        Lines and areas of the background.

    Returns
    -------
    bytes
        A PNG without any metadata of its maker.

    Examples
    --------
    >>> texts = CardTexts("Vogelbuurt", "Mijn buurt", "", "")
    >>> render_card(shapely.box(0, 0, 900, 600), None, shapely.LineString(), shapely.Polygon(), texts)[:4]
    b'\\x89PNG'
    """
    rough = shapely.make_valid(shapely.set_precision(drawn, SNAP_M))
    shape = rough if rough.area > 0 else drawn
    figure = Figure(figsize=SIZE_INCH, dpi=DPI, facecolor=style.PAPER)
    FigureCanvasAgg(figure)
    ax = figure.add_axes(FRAME)
    ax.set_facecolor(style.GROUND["land"])
    west, south, east, north = shapely.bounds(shape).tolist()
    # The map fills its frame: what is asked for in metres has the frame's own form.
    wide, high = FRAME[2] * SIZE_INCH[0], FRAME[3] * SIZE_INCH[1]
    half = (0.5 + AIR) * max((east - west) / wide, (north - south) / high)
    ax.set_xlim((west + east) / 2 - half * wide, (west + east) / 2 + half * wide)
    ax.set_ylim((south + north) / 2 - half * high, (south + north) / 2 + half * high)
    ax.set_aspect("equal")
    ax.set_xticks([])
    ax.set_yticks([])
    for side in ax.spines.values():
        side.set_visible(False)
    _area(ax, water, facecolor=style.GROUND["water"], edgecolor="none", zorder=0)
    for line in _lines(streets):
        ax.plot(line[:, 0], line[:, 1], color=style.GROUND["road_edge"], linewidth=1.2, zorder=1)
    _area(ax, shape, facecolor=style.DRAWN, alpha=0.22, zorder=2)
    if official is not None and texts.official:
        line = style.DIVISIONS["buurt"]
        _area(ax, official, fill=False, edgecolor=line.color, linewidth=2.2, linestyle=(0, (5, 3)), zorder=3)
    _area(ax, shape, fill=False, edgecolor=style.DRAWN, linewidth=4, zorder=4)
    plain: dict[str, Any] = {"color": style.INK, "parse_math": False, "fontsize": 13, "va": "center"}
    figure.text(0.06, 0.935, texts.title, **{**plain, "fontsize": 24, "fontweight": "bold"})
    _legend(figure, 0.145, texts.own, color=style.DRAWN, dash="solid", plain=plain)
    if official is not None and texts.official:
        color = style.DIVISIONS["buurt"].color
        _legend(figure, 0.095, texts.official, color=color, dash=(0, (5, 3)), plain=plain)
    figure.text(0.06, 0.035, texts.credit, **{**plain, "fontsize": 9})
    out = BytesIO()
    figure.savefig(out, format="png", metadata={"Software": None})
    return out.getvalue()


def _legend(figure: Figure, y: float, text: str, *, color: str, dash: Any, plain: dict[str, Any]) -> None:
    ax = figure.add_axes((0.06, y - 0.01, 0.09, 0.02))
    ax.axhline(0.5, color=color, linewidth=4 if dash == "solid" else 2.2, linestyle=dash)
    ax.axis("off")
    figure.text(0.17, y, text, **plain)


def _lines(streets: Geometry) -> list[Any]:
    return [shapely.get_coordinates(piece) for piece in shapely.get_parts(streets) if not piece.is_empty]


def _area(ax: Any, shape: Geometry, **look: Any) -> None:
    rings = [
        ring
        for face in shapely.get_parts(shape)
        if face.geom_type == "Polygon"
        for ring in (face.exterior, *face.interiors)
    ]
    if rings:
        outline = Path.make_compound_path(
            *(Path(shapely.get_coordinates(ring), closed=True) for ring in rings)
        )
        ax.add_patch(PathPatch(outline, joinstyle="round", **look))
