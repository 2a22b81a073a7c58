"""Sheets to draw on with a pen: a quiet map of the municipality's own ground, made to be read back.

The map is one vector picture, made once for a whole pack; only number and QR differ from sheet to sheet. The
same picture in pixels is what a photo is compared with, so that print and pen are told apart.
"""

import hashlib
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import matplotlib as mpl
import numpy as np
import segno
import shapely
import typst
from geopandas import GeoDataFrame
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import PathPatch
from matplotlib.path import Path as Outline
from matplotlib.textpath import TextPath
from matplotlib.transforms import Affine2D
from numpy.typing import NDArray

from geo import sheet as sheets
from geo.sheet import Sheet
from maps import style
from words import Words

Shape = Any
"""A shapely geometry; which kind it is, its table knows."""
Tables = Mapping[str, GeoDataFrame]
Picture = NDArray[np.uint8]

DICTIONARY = cv2.aruco.DICT_4X4_50
"""Of the families tried, the coarsest survives blur best, and six numbers are all we need."""

MOST_SHEETS = 300
PENS = ("red", "blue", "green", "purple", "black", "any")
"""Pens a sheet can ask for."""

POINT_MM = 25.4 / 72

ROADS: dict[str, tuple[int, float, str]] = {
    "motorway": (5, 1.9, "motorway"),
    "trunk": (5, 1.9, "motorway"),
    "primary": (4, 1.6, "main"),
    "secondary": (4, 1.5, "main"),
    "tertiary": (3, 1.3, "collector"),
    "service": (1, 0.5, "road"),
    "cycleway": (0, 0.3, "path"),
    "footway": (0, 0.3, "path"),
    "path": (0, 0.3, "path"),
    "track": (0, 0.3, "path"),
    "steps": (0, 0.3, "path"),
    "pedestrian": (2, 0.9, "road"),
}
"""Per kind: how important, how wide on the A4 sheet in mm, and its colour. All others are streets."""
STREET = (2, 0.9, "road")
GREENS = {"forest": "wood", "wood": "wood", "meadow": "field", "field": "field", "farmland": "field"}


def version(ground: Tables, sheet_ground: Shape) -> str:
    """Name the edition of the map of some ground: another one when anything printed there changed.

    Examples
    --------
    >>> version({}, shapely.box(0, 0, 1, 1))
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


def printed(sheet: Sheet, ground: Tables, *, px_per_mm: float) -> Picture:
    """Give the map of a sheet as it is printed, in pixels: shape (height, width, 3), RGB.

    Parameters
    ----------
    px_per_mm
        Pixels to one millimetre of the A4 sheet.
    """
    figure = _map(sheet, ground)
    figure.set_dpi(px_per_mm * 25.4)
    canvas: Any = FigureCanvasAgg(figure)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[:, :, :3].copy()


def _map(sheet: Sheet, ground: Tables) -> Figure:
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
        area(shapes, colors[GREENS.get(kind, "green")])
    area(_parts(seen, ("water",), 2), colors["water"], colors["shore"], 0.12)
    line(_parts(seen, ("canals", "water"), 1), colors["water"], 0.4)
    area(_parts(seen, ("buildings",), 2), colors["building"], colors["building_edge"], 0.08)
    roads = [(ROADS.get(kind, STREET), shapes) for kind, shapes in _by_kind(seen, "roads", 1)]
    roads += [(ROADS.get(kind, STREET), shapes) for kind, shapes in _by_kind(seen, "streets", 1)]
    roads.sort(key=lambda road: road[0])
    grow = float(np.clip(10_000 / sheet.m_per_mm / 1000, 0.55, 1.8))
    for (_, width, color), shapes in roads:
        if f"{color}_edge" in colors:
            line(shapes, colors[f"{color}_edge"], width * grow + 0.22)
    for (_, width, color), shapes in roads:
        line(shapes, colors[color], width * grow)
    rail = _parts(seen, ("rail", "railways"), 1)
    line(rail, colors["rail"], 0.6)
    line(rail, colors["road"], 0.3, (0, (6, 6)))  # type: ignore[arg-type]  # matplotlib's own form of a dash
    for text, x, y, angle, size, color in _labels(seen):
        written = _written(text, size).transformed(_place(x, y, angle))
        halo = {"facecolor": "none", "edgecolor": colors["halo"], "lw": 1.6, "joinstyle": "round"}
        ax.add_artist(PathPatch(written, zorder=next(order), **halo))
        ax.add_artist(PathPatch(written, facecolor=colors[color], edgecolor="none", zorder=next(order)))
    return figure


def _on_page(sheet: Sheet, table: GeoDataFrame) -> GeoDataFrame:
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


# --- Names ----------------------------------------------------------------------------------------

Label = tuple[str, float, float, float, float, str]
"""Text, x and y of its middle (mm), angle (degrees, clockwise), size (pt), colour."""

FONT = FontProperties(family="DejaVu Sans")
STREET_PT, MAIN_PT, PLACE_PT = 6.6, 7.4, 8.0


def _labels(seen: Tables) -> Iterator[Label]:
    """Give the names that have room, the ones people steer by first."""
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
            if isinstance(text, str) and text and not shape.is_empty and shape.area >= least_mm2:
                spot = shapely.point_on_surface(shape)
                yield text, spot.x, spot.y, 0.0, PLACE_PT, color


def _streets(seen: Tables) -> Iterator[Label]:
    tables = [seen[name] for name in ("roads", "streets") if name in seen and "name" in seen[name].columns]
    found: list[tuple[int, float, str, Shape]] = []
    for table in tables:
        # Of no rows pandas would take the answers for names of columns.
        named = table[table["name"].map(lambda text: isinstance(text, str) and bool(text)).astype(bool)]
        kinds = named["kind"] if "kind" in named.columns else named["name"]
        for (kind, text), rows in named.groupby([kinds, named["name"]], sort=True):
            rank = ROADS.get(str(kind), STREET)[0]
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


def _lead(length: float, wide: float) -> float:
    """Where the first name stands, so that names sit in the middle of short streets."""
    return min(max((length - wide * 1.1) / 2, 0.0), 35.0)


def _straight(line: Shape, middle: float, wide: float) -> tuple[float, float, float] | None:
    """Give the middle and angle of a stretch that is straight enough to write along; None when it is not."""
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
def _written(text: str, size: float) -> Outline:
    """Give the outline of a text, its middle at the origin, y down, mm."""
    path = TextPath((0, 0), text, size=size, prop=FONT)
    box = path.get_extents()
    middle = ((box.x0 + box.x1) / 2, size * 0.36)
    return Affine2D().translate(-middle[0], -middle[1]).scale(POINT_MM, -POINT_MM).transform_path(path)


@cache
def _wide(text: str, size: float) -> float:
    return float(_written(text, size).get_extents().width)


def _place(x: float, y: float, angle: float) -> Affine2D:
    return Affine2D().rotate_deg(angle).translate(x, y)


# --- The page -------------------------------------------------------------------------------------


def pdf(pack: Sequence[Sheet], ground: Tables, say: Words, *, pen: str, credit: str, made_up: bool) -> bytes:
    """Make a pack of sheets of the same ground as one PDF, a page each.

    Parameters
    ----------
    pack
        Sheets that differ in their number only.
    pen
        One of `PENS`: which pen the instruction asks for.
    credit
        Who made the map.
    """
    return _compiled(pack, ground, say, pen=pen, credit=credit, made_up=made_up, form="pdf")


def png(
    sheet: Sheet, ground: Tables, say: Words, *, pen: str, credit: str, made_up: bool, px_per_mm: float
) -> bytes:
    """Give one sheet as a picture, `px_per_mm` pixels to a millimetre of the A4 sheet."""
    ppi = px_per_mm * 25.4 / sheets.SIZES[sheet.size]
    return _compiled([sheet], ground, say, pen=pen, credit=credit, made_up=made_up, form="png", ppi=ppi)


def _compiled(
    pack: Sequence[Sheet],
    ground: Tables,
    say: Words,
    *,
    pen: str,
    credit: str,
    made_up: bool,
    form: str,
    ppi: float | None = None,
) -> bytes:
    first = pack[0]
    drawn = io.BytesIO()
    with mpl.rc_context({"svg.hashsalt": first.text}):
        _map(first, ground).savefig(drawn, format="svg", metadata={"Date": None, "Creator": None})
    files: dict[str, bytes] = {"main.typ": PAGE.encode(), "map.svg": drawn.getvalue()}
    for number in range(len(sheets.MARKS)):
        files[f"mark{number}.svg"] = _mark(number)
    for sheet in pack:
        files[f"qr{sheet.number}.svg"] = _qr(sheet)
    facts = {
        "factor": sheets.SIZES[first.size],
        "frame": sheets.FRAME,
        "panel": sheets.PANEL,
        "qr": sheets.QR,
        "mark_mm": sheets.MARK_MM,
        "marks": sheets.MARKS,
        "language": say.language,
        "numbers": [sheet.number for sheet in pack],
        "labels": [say("paper.sheet_number", number=sheet.number) for sheet in pack],
        "title": say("paper.sheet_title"),
        "steps": [say("paper.sheet_round", pen=say(f"paper.pen_{pen}")), say("paper.sheet_close")],
        "kind": say("paper.sheet_kind"),
        "free": say("paper.sheet_free"),
        "north": say("paper.sheet_north"),
        "alt": say("paper.sheet_alt"),
        "qr_alt": say("paper.sheet_qr"),
        "made_up": say("demo.label") if made_up else "",
        "credit": credit,
        "bar": _bar(first, say),
        "ink": style.INK,
        "accent": style.DRAWN,
    }
    compile_page: Any = typst.compile  # its types do not know that several files may be handed over
    made = compile_page(
        files,
        format=form,
        ppi=ppi,
        font_paths=[str(Path(mpl.get_data_path()) / "fonts" / "ttf")],
        ignore_system_fonts=True,
        sys_inputs={"facts": json.dumps(facts)},
    )
    return bytes(made)


def _mark(number: int) -> bytes:
    """Draw a mark in vectors: a black square with the bits of its number in white."""
    cells = cv2.aruco.generateImageMarker(cv2.aruco.getPredefinedDictionary(DICTIONARY), number, 6)
    white = "".join(f"M{x} {y}h1v1h-1z" for y, x in np.argwhere(cells > 127).tolist())
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 6 6" shape-rendering="crispEdges">'
        f'<path d="M0 0h6v6h-6z"/><path fill="#fff" d="{white}"/></svg>'
    ).encode()


def _qr(sheet: Sheet) -> bytes:
    drawn = io.BytesIO()
    segno.make(sheet.text, error="m", micro=False).save(drawn, kind="svg", border=0, omitsize=True)
    return drawn.getvalue()


def _bar(sheet: Sheet, say: Words) -> dict[str, object]:
    """Choose a round length for the scale bar that fits the panel."""
    room_m = (sheets.PANEL[2] - sheets.PANEL[0] - 10) * sheet.m_per_mm
    length_m = max(m for m in (25, 50, 100, 200, 250, 500, 1000, 2000, 5000, 10_000, 20_000) if m <= room_m)
    return {"mm": length_m / sheet.m_per_mm, "text": say("paper.sheet_bar", length_m=length_m)}


PAGE = """
#let f = json(bytes(sys.inputs.facts))
#let k = f.factor
#let mm(n) = n * k * 1mm
#let ink = rgb(f.ink)
#set document(title: f.title)
#set page(width: mm(297), height: mm(210), margin: 0mm, fill: white)
#set text(font: "DejaVu Sans", lang: f.language, size: k * 12.5pt, fill: ink, hyphenate: false)
#set par(leading: 0.5em, spacing: 0.5em)
#let at(box, body) = place(top + left, dx: mm(box.at(0)), dy: mm(box.at(1)), body)
#let width(box) = mm(box.at(2) - box.at(0))
#let height(box) = mm(box.at(3) - box.at(1))
#for (place-in-pack, number) in f.numbers.enumerate() [
  #if place-in-pack > 0 { pagebreak() }
  #at(f.frame, image("map.svg", width: width(f.frame), height: height(f.frame), alt: f.alt))
  #at(f.frame, rect(width: width(f.frame), height: height(f.frame), stroke: 0.3mm + ink))
  #for (index, corner) in f.marks.enumerate() {
    at(corner, image("mark" + str(index) + ".svg", width: mm(f.mark_mm), height: mm(f.mark_mm), alt: ""))
  }
  #at(f.panel, block(width: width(f.panel), height: height(f.panel))[
    #text(size: k * 24pt, weight: "bold", f.title)
    #v(mm(2))
    #for (index, step) in f.steps.enumerate() {
      grid(
        columns: (mm(8), 1fr),
        text(size: k * 18pt, weight: "bold", fill: rgb(f.accent), str(index + 1)),
        pad(top: k * 2pt, step),
      )
      v(mm(2))
    }
    #text(weight: "bold", f.kind)
    #v(mm(1))
    #text(size: k * 11pt, f.free)
    #v(mm(3))
    #grid(
      columns: (auto, auto), align: horizon, column-gutter: mm(2),
      polygon(fill: ink, (0mm, mm(8)), (mm(3), 0mm), (mm(6), mm(8)), (mm(3), mm(6))),
      text(size: k * 10.5pt, f.north),
    )
    #v(mm(2))
    #stack(
      spacing: mm(1),
      rect(width: mm(f.bar.mm), height: mm(1.6), fill: ink),
      text(size: k * 10.5pt, f.bar.text),
    )
  ])
  #at((f.panel.at(0), f.qr.at(1) - 18, f.panel.at(2), f.qr.at(1)), block(width: width(f.panel))[
    #text(size: k * 20pt, weight: "bold", f.labels.at(place-in-pack))
    #if f.made_up != "" {
      linebreak()
      text(size: k * 10pt, weight: "bold", fill: rgb(f.accent), f.made_up)
    }
  ])
  #at(f.qr, image("qr" + str(number) + ".svg", width: width(f.qr), height: height(f.qr), alt: f.qr_alt))
  #place(
    top + left, dx: mm(f.panel.at(0)), dy: mm(f.qr.at(3) + 4),
    block(width: width(f.panel), text(size: k * 6.5pt, f.credit)),
  )
]
"""
