"""Drawings as residents make them, for Hypothesis: crossings, folds, specks, parts and holes included."""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from hypothesis import strategies as st
from shapely import Geometry, Polygon

from geo.sample_geometries import CORNER

# A millimetre is finer than any pointer and keeps examples readable.
offsets = st.integers(-1_500_000, 1_500_000).map(lambda mm: mm / 1000)
seeds = st.integers(0, 2**32 - 1)


@st.composite
def strokes(draw: st.DrawFn, least: int = 1, most: int = 14) -> list[tuple[float, float]]:
    """Places a pointer visited: some twice, some a hair apart, some on one line."""
    places: list[tuple[float, float]] = []
    for _ in range(draw(st.integers(least, most))):
        habit = draw(st.sampled_from(["anywhere", "anywhere", "anywhere", "again", "trembling", "along"]))
        if habit == "anywhere" or not places:
            place = (draw(offsets), draw(offsets))
        elif habit == "again":
            place = draw(st.sampled_from(places))
        elif habit == "trembling":
            place = (places[-1][0] + 0.05, places[-1][1] - 0.03)
        else:
            place = (places[-1][0] + draw(offsets) / 10, places[-1][1])
        places.append(place)
    return places


@st.composite
def drawings(draw: st.DrawFn) -> Geometry:
    """Anything a drawing page can send, in metres round Amersfoort; not sound, not even an area."""
    kind = draw(st.sampled_from(["area", "area", "area", "parts", "hole", "stroke", "mix", "speck"]))
    if kind == "stroke":
        shape: Geometry = shapely.LineString(draw(strokes(least=2)))
    elif kind == "parts":
        shape = shapely.MultiPolygon([_ring(draw(strokes())) for _ in range(draw(st.integers(1, 3)))])
    elif kind == "hole":
        shape = Polygon(_ring(draw(strokes())).exterior, [_ring(draw(strokes())).exterior])
    elif kind == "mix":
        shape = shapely.GeometryCollection(
            [
                _ring(draw(strokes())),
                shapely.LineString(draw(strokes(least=2))),
                shapely.Point(draw(offsets), 0),
            ]
        )
    else:
        shape = _ring(draw(strokes()))
    scale = 1e-4 if kind == "speck" else 1.0
    return shapely.transform(shape, lambda c: c * scale + CORNER)


def _ring(places: list[tuple[float, float]]) -> Polygon:
    """Return a ring, padded the way a careless program pads it."""
    return Polygon([*places, *places[:1] * max(0, 4 - len(places))] if len(places) < 4 else places)


@st.composite
def areas(draw: st.DrawFn) -> Geometry:
    """A sound area as a resident would mean it: lobed, perhaps with a hole or a second part."""
    rng = np.random.default_rng(draw(seeds))
    shape = _blob(rng, rng.uniform(-600, 600, 2), rng.uniform(80, 900))
    extra = draw(st.sampled_from(["none", "none", "hole", "part"]))
    if extra == "hole":
        inside = shape.representative_point()
        shape = shape.difference(_blob(rng, np.array([inside.x, inside.y]), rng.uniform(20, 200)))
    elif extra == "part":
        shape = shape.union(_blob(rng, rng.uniform(-1500, 1500, 2), rng.uniform(40, 400)))
    if shape.area < 1:
        shape = _blob(rng, np.zeros(2), 100.0)
    # Whole millimetres; the move also takes away the grid that GEOS would go on rounding to.
    return shapely.transform(shapely.set_precision(shape, 0.001), lambda c: c + CORNER)


def _blob(rng: np.random.Generator, middle: np.ndarray, radius: float) -> Polygon:
    """A star round a middle; star-shaped outlines cannot cross themselves."""
    n = int(rng.integers(3, 24))
    angle = (np.arange(n) + rng.uniform(0, 0.9, n)) * 2 * np.pi / n
    reach = radius * rng.lognormal(0, 0.35, n)
    return Polygon(middle + reach[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1))


def sketches(shapes: list[Geometry], names: list[str] | None = None) -> gpd.GeoDataFrame:
    """Create a SKETCHES table."""
    ids = names or [f"s{i}" for i in range(len(shapes))]
    return gpd.GeoDataFrame(
        geometry=list(shapes), index=pd.Index(ids, name="sketch_id", dtype=object), crs=28992
    )


def official(shapes: list[Geometry], codes: list[str] | None = None) -> gpd.GeoDataFrame:
    """Create an AREAS table."""
    names = codes or [f"u{i}" for i in range(len(shapes))]
    return gpd.GeoDataFrame(
        {"name": names},
        geometry=list(shapes),
        index=pd.Index(names, name="code", dtype=object),
        crs=28992,
    )


@st.composite
def coverages(draw: st.DrawFn) -> gpd.GeoDataFrame:
    """Official areas that lie against each other: the cells round some points within a square of 4 km."""
    rng = np.random.default_rng(draw(seeds))
    points = shapely.MultiPoint(
        np.unique(rng.uniform(-1900, 1900, (int(rng.integers(2, 12)), 2)).round(0), axis=0)
    )
    square = shapely.box(-2000, -2000, 2000, 2000)
    cells = shapely.get_parts(shapely.voronoi_polygons(points, extend_to=square))
    cells = shapely.intersection(cells, square)
    return official(list(shapely.transform(cells, lambda c: c + CORNER)))
