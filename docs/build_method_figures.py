"""Pictures for docs/methods.md, each drawn from the answer of the function it explains.

The numbers in a picture are computed when it is drawn. The same code gives the same bytes: no date, and names of
parts from a fixed salt.
"""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import matplotlib as mpl
import numpy as np
import pandas as pd
import shapely
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from shapely import Geometry

from geo import accessibility, crosswalk
from geo.borders import permeability as permeability_module
from geo.borders.lines import shared_borders
from geo.borders.pieces import cut_borders
from geo.consensus import cores
from geo.consensus.surface import consensus_surface
from geo.crs import RD
from geo.measures import shape_metrics, similarity
from geo.overlay.best_match import best_area_set
from geo.overlay.pairs import overlap_pairs
from geo.sample_geometries import ROW, A, B, D, E, L
from geo.schemas import FACILITIES
from maps import style

OFFICIAL = style.DIVISIONS["wijk"].color
GREY = "#9aa3ab"
LOOK: Any = {
    "svg.hashsalt": "methods",
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.size": 9.0,
    "path.simplify": False,
}
HEIGHT_IN = 1.9


@dataclass(frozen=True)
class Picture:
    """What a picture of a metric shows, in words too, and how it is drawn."""

    words: str
    draw: Callable[[], Figure]


def svg(picture: Picture) -> bytes:
    """Draw a picture."""
    written = io.BytesIO()
    with mpl.rc_context(LOOK):
        figure = picture.draw()
        FigureCanvasSVG(figure).print_figure(written, format="svg", metadata={"Date": None, "Creator": None})
    # Matplotlib ends some lines in a space.
    return b"\n".join(line.rstrip() for line in written.getvalue().splitlines()) + b"\n"


# --- Drawing ----------------------------------------------------------------------------------------


def panels(*titles: str, wide: float = 2.1) -> tuple[Figure, list[Axes]]:
    """Create panels side by side, each with its title."""
    figure = Figure(figsize=(wide * len(titles), HEIGHT_IN), layout="constrained")
    axes = [figure.add_subplot(1, len(titles), place + 1) for place in range(len(titles))]
    for one, title in zip(axes, titles, strict=True):
        one.set_title(title, fontsize=9.0)
        one.set_axis_off()
        one.set_aspect("equal")
        one.margins(0.06)
    return figure, axes


def area(axes: Axes, ground: Geometry, *, fill: str = "none", edge: str = "none", **look: Any) -> None:
    """Draw areas with their holes."""
    for part in shapely.get_parts(ground):
        if part.geom_type != "Polygon":
            continue
        rings = [np.asarray(ring.coords) for ring in (part.exterior, *part.interiors)]
        patch = PathPatch(
            Path.make_compound_path(*(Path(ring, closed=True) for ring in rings)),
            facecolor=fill, edgecolor=edge, **{"linewidth": 1.5, **look},
        )  # fmt: skip
        axes.add_patch(patch)
    axes.autoscale_view()


def line(axes: Axes, course: Geometry, color: str, width: float = 1.5, **look: Any) -> None:
    """Draw lines."""
    for part in shapely.get_parts(course):
        x, y = shapely.get_coordinates(part).T
        axes.plot(x, y, color=color, linewidth=width, **look)


def say(axes: Axes, x: float, y: float, text: str, color: str = style.INK) -> None:
    """Write a text round a place."""
    axes.text(x, y, text, ha="center", va="center", color=color, fontsize=9.0)


def official(shapes: Sequence[Geometry]) -> gpd.GeoDataFrame:
    """Create a table of official areas, numbered from 1."""
    codes = [str(number + 1) for number in range(len(shapes))]
    return gpd.GeoDataFrame({"name": codes}, geometry=shapes, index=pd.Index(codes, name="code"), crs=RD)


def drawings(shapes: Sequence[Geometry]) -> gpd.GeoDataFrame:
    """Create a table of drawings."""
    names = [f"s{number}" for number in range(len(shapes))]
    return gpd.GeoDataFrame(geometry=shapes, index=pd.Index(names, name="sketch_id"), crs=RD)


def facilities(spots: Sequence[tuple[float, float]]) -> gpd.GeoDataFrame:
    """Create a table of benches."""
    columns = {column: "bench" for column in FACILITIES.columns if column != "geometry"}
    index = pd.Index([f"f{number}" for number in range(len(spots))], name="facility_id")
    return gpd.GeoDataFrame(columns, geometry=shapely.points(spots), index=index, crs=RD)


# --- The pictures -----------------------------------------------------------------------------------


def reock() -> Figure:
    """Draw how round areas are."""
    shapes = [A, L, shapely.box(0, 35, 160, 65)]
    figure, axes = panels(*(f"{shape_metrics.reock(one):.2f}" for one in shapes))
    for one, each in zip(axes, shapes, strict=True):
        area(one, shapely.minimum_bounding_circle(each), edge=GREY, linestyle="--")
        area(one, each, fill=style.DRAWN, alpha=0.35)
        area(one, each, edge=style.DRAWN)
    return figure


def iou() -> Figure:
    """Draw what two areas share."""
    pairs = [(A, A), (A, B), (A, D), (E, shapely.box(60, 0, 110, 100))]
    figure, axes = panels(*(f"IoU {similarity.iou(one, other):.2f}" for one, other in pairs), wide=1.7)
    for one, (drawn, area_of) in zip(axes, pairs, strict=True):
        area(one, drawn, edge=style.DRAWN)
        area(one, area_of, edge=OFFICIAL, linestyle="--")
        area(one, shapely.intersection(drawn, area_of), fill=style.DRAWN, alpha=0.35)
    return figure


def hausdorff() -> Figure:
    """Draw the largest distance between two outlines."""
    spike = shapely.Polygon([(0, 0), (100, 0), (100, 45), (180, 50), (100, 55), (100, 100), (0, 100)])
    other = shapely.box(0, 0, 100, 100)
    far, mean = similarity.hausdorff_m(spike, other), similarity.mean_boundary_distance_m(spike, other)
    figure, (axes,) = panels(f"Hausdorff {far:.0f} m, mean distance of the outlines {mean:.0f} m", wide=4.4)
    area(axes, spike, edge=style.DRAWN)
    area(axes, other, edge=OFFICIAL, linestyle="--")
    axes.annotate("", (180, 50), (100, 50), arrowprops={"arrowstyle": "<->", "color": style.INK})
    return figure


def boundary_coincidence() -> Figure:
    """Draw where an outline follows a border."""
    border, drawn, width = shapely.box(0, 0, 200, 100), shapely.box(6, 4, 150, 96), 15.0
    share = similarity.boundary_coincidence(drawn, border, width_m=width)
    figure, (axes,) = panels(f"{share:.0%} of the drawn outline runs along the border", wide=4.4)
    strip = shapely.buffer(border.exterior, width)
    area(axes, strip, fill=OFFICIAL, alpha=0.12)
    area(axes, border, edge=OFFICIAL, linestyle="--")
    line(axes, drawn.exterior, GREY)
    line(axes, shapely.line_merge(shapely.intersection(drawn.exterior, strip)), style.DRAWN, 3.0)
    return figure


def best_set() -> Figure:
    """Draw the set of areas most like a drawing."""
    drawn = shapely.box(0, 4, 160, 96)
    found = best_area_set(overlap_pairs(drawings([drawn]), official(list(ROW)))).loc["s0"]
    title = f"areas {' and '.join(found['codes'])} together: IoU {found['iou']:.2f}"
    figure, (axes,) = panels(title, wide=4.4)
    for number, one in enumerate(ROW, 1):
        chosen = str(number) in found["codes"]
        area(axes, one, fill=OFFICIAL if chosen else "none", alpha=0.2)
        area(axes, one, edge=OFFICIAL, linestyle="--")
        share = shapely.area(shapely.intersection(one, drawn)) / shapely.area(one)
        say(axes, one.centroid.x, one.centroid.y, f"{number}: {share:.0%} drawn")
    area(axes, drawn, edge=style.DRAWN, linewidth=2.0)
    return figure


def contours() -> Figure:
    """Draw ground by how many share it."""
    turn = np.linspace(0, 2 * np.pi, 8, endpoint=False)
    places = zip(155_000 + 160 * np.cos(turn), 463_000 + 110 * np.sin(turn), strict=True)
    drawn = drawings([shapely.Point(place).buffer(300) for place in places])
    bands = cores.contours(consensus_surface(drawn, cell_m=10.0))
    figure, axes = panels("eight drawings", "what 25, 50 and 75 % of them share", wide=2.9)
    for one in drawn.geometry:
        area(axes[0], one, edge=style.DRAWN, linewidth=1.0)
        area(axes[1], one, edge=GREY, linewidth=0.5)
    for percent, ground in bands.geometry.items():
        area(axes[1], ground, fill=style.CORES[int(percent)])
        _, south, _, north = ground.bounds
        say(axes[1], ground.centroid.x, south + 0.06 * (north - south), f"{percent}", style.PAPER)
    return figure


def permeability() -> Figure:
    """Draw who goes on across a border."""
    west, east = shapely.box(0, 0, 200, 160), shapely.box(200, 0, 400, 160)
    drawn = [shapely.box(20 + 4 * i, 15 + 9 * i, 190 if i < 4 else 330, 105 + 9 * i) for i in range(6)]
    cut = cut_borders(
        shared_borders(official([west, east])), drawings([shapely.box(0, 0, 9, 9)]), piece_m=1_000.0
    )
    found = permeability_module.permeability(cut, drawings(drawn)).iloc[0]
    title = f"{found['n_both']:.0f} of {found['n_either']:.0f} draw across: permeability {found['permeability']:.2f}"
    figure, (axes,) = panels(title, wide=4.6)
    for one in (west, east):
        area(axes, one, edge=OFFICIAL, linestyle="--", linewidth=1.0)
    line(axes, cut.geometry.iloc[0], OFFICIAL, 4.0)
    for one in drawn:
        area(axes, one, edge=style.DRAWN, linewidth=1.0)
    return figure


def crosswalk_weights() -> Figure:
    """Draw people carried over by ground."""
    sources, core = (
        official([shapely.box(0, 0, 100, 100), shapely.box(100, 0, 200, 100)]),
        shapely.box(50, 10, 125, 90),
    )
    target = gpd.GeoDataFrame(geometry=[core], index=["core"], crs=RD)
    weights = crosswalk.crosswalk_weights(sources, target)
    people = {"1": 400.0, "2": 200.0}
    carried = float(crosswalk.interpolate_counts(pd.Series(people), weights)["value"].iloc[0])
    figure, (axes,) = panels(f"people in the core, by ground: {carried:.0f}", wide=4.4)
    for code, one in sources.geometry.items():
        area(axes, one, edge=OFFICIAL, linestyle="--")
        share = float(weights["weight"][code, "core"])
        say(axes, 25 if code == "1" else 162, 50, f"{people[code]:.0f} people")
        part = shapely.intersection(one, core)
        say(axes, part.centroid.x, part.centroid.y, f"{share:.0%}")
    area(axes, core, fill=style.DRAWN, alpha=0.2)
    area(axes, core, edge=style.DRAWN)
    return figure


def gap() -> Figure:
    """Draw ground out of reach."""
    ground = shapely.box(0, 0, 1_400, 700)
    places = facilities([(250, 350), (700, 600)])
    share, open_ground = (
        accessibility.covered_share(ground, places),
        accessibility.uncovered_area(ground, places),
    )
    figure, (axes,) = panels(f"within 400 m: {share or 0:.0%} of the ground", wide=4.4)
    area(axes, ground, edge=style.DRAWN)
    area(axes, open_ground, fill=GREY, alpha=0.35, hatch="///")
    for spot in places.geometry:
        area(axes, shapely.buffer(spot, 400), edge=OFFICIAL, linestyle=":", linewidth=1.0)
        axes.plot(spot.x, spot.y, "o", color=OFFICIAL)
    return figure


def bench_spacing() -> Figure:
    """Draw stretches without a bench."""
    route = shapely.LineString([(0, 0), (260, 0), (420, 120)])
    spots = [(60, 8), (150, -8), (330, 60)]
    benches = facilities(spots)
    found = accessibility.bench_spacing(route, benches)
    if found is None:
        raise SystemExit("the route of the picture has no length")
    figure, (axes,) = panels(f"longest stretch without a bench: {found.longest_m:.0f} m", wide=4.4)
    line(axes, route, GREY, 3.0)
    at = 0.0
    for length in found.gaps_m:
        middle = route.interpolate(at + length / 2)
        say(
            axes,
            middle.x,
            middle.y + 22,
            f"{length:.0f} m",
            style.DRAWN if length == found.longest_m else style.INK,
        )
        at += length
    for x, y in spots:
        axes.plot(x, y, "s", color=style.THEMES["bench"].color)
    return figure


PICTURES: dict[str, Picture] = {
    "reock": Picture("A square, an angle and a strip, each in the smallest circle around it.", reock),
    "iou": Picture("The same square, half over each other, one inside the other, and apart.", iou),
    "hausdorff": Picture(
        "One thin spike makes the largest distance large and the mean hardly larger.", hausdorff
    ),
    "boundary_coincidence": Picture(
        "The part of a drawn outline within 15 m of the border.", boundary_coincidence
    ),
    "best_set": Picture(
        "A drawing over three areas: those drawn for more than half belong to the set.", best_set
    ),
    "contours": Picture("Drawings over each other, and the ground that so many of them share.", contours),
    "border_permeability": Picture("Six drawings come to a border; two go on across it.", permeability),
    "crosswalk_weights": Picture(
        "A core over parts of two areas takes that part of their people.", crosswalk_weights
    ),
    "gap": Picture("A neighbourhood, two facilities, and the ground farther than 400 m from both.", gap),
    "bench_spacing": Picture("A route with three benches and the stretches between them.", bench_spacing),
}
"""By key of the metric."""
