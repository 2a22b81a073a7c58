"""The comparisons: each kernel against what one would otherwise use, on one input, with one answer."""

import time
from collections.abc import Callable, Iterator
from statistics import median
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import psutil
import shapely
from numpy.typing import NDArray
from rasterio.enums import MergeAlg
from rasterio.features import rasterize
from rasterio.transform import from_origin

from benchmarks import datasets
from benchmarks.spatial_engines import PostGIS, SedonaDB
from benchmarks.timing import Row, Timing, race, rows
from benchmarks.walking import walking
from geo.grids.grid import BLOCK, Grid, row_steps
from geo.kernels import (
    area_index,
    border_coincidence,
    facilities_within,
    hausdorff,
    polygon_overlap,
    rasterise,
)
from geo.kernels.geometry_arrays import Outlines, chunks

Shapes = NDArray[np.object_]
CRS = "EPSG:28992"
KINDS = ("freehand", "click")


class Differs(AssertionError):
    """Two engines gave different answers; their times mean nothing."""


def agree(name: str, one: Any, other: Any, *, rtol: float = 0.0, atol: float = 0.0) -> None:
    """Refuse to print a time for a wrong answer."""
    if not np.allclose(one, other, rtol=rtol, atol=atol):
        raise Differs(f"{name}: {one} is not {other}")


def turns(n: int) -> int:
    """Return more turns where they are cheap."""
    return 5 if n <= 1_000 else 2 if n <= 10_000 else 1


# --- A: shared ground, shares, IoU, best match ----------------------------------------------------


def _finish(sketch: Any, unit: Any, shared: Any, ground: Any, whole: Any) -> tuple[float, int, float]:
    """Shares, IoU and best match, the same arithmetic for every engine; give sums to compare."""
    iou = shared / (ground[sketch] + whole[unit] - shared)
    order = np.lexsort((unit, -iou, sketch))
    first = np.ones(len(order), bool)
    first[1:] = sketch[order][1:] != sketch[order][:-1]
    return float(shared.sum()), int((shared > 1.0).sum()), float(iou[order][first].sum())


def _overlay(drawn: Shapes, official: Shapes) -> tuple[float, int, float]:
    one = gpd.GeoDataFrame({"sketch": np.arange(len(drawn))}, geometry=drawn, crs=CRS)
    two = gpd.GeoDataFrame({"unit": np.arange(len(official))}, geometry=official, crs=CRS)
    both = gpd.overlay(one, two, how="intersection", keep_geom_type=False)
    return _finish(
        both["sketch"].to_numpy(), both["unit"].to_numpy(), both.area.to_numpy(),
        shapely.area(drawn), shapely.area(official),
    )  # fmt: skip


def _tree(drawn: Shapes, tree: shapely.STRtree, whole: NDArray[np.float64]) -> tuple[float, int, float]:
    sketch, unit = tree.query(drawn, predicate="intersects")
    shared = shapely.area(shapely.intersection(drawn[sketch], tree.geometries[unit]))
    some = shared > 0
    return _finish(sketch[some], unit[some], shared[some], shapely.area(drawn), whole)


def _kernel(drawn: Shapes, index: area_index.UnitIndex, threads: int) -> tuple[float, int, float]:
    found = polygon_overlap.overlaps(drawn, index, threads=threads)
    return _finish(found.sketch, found.unit, found.area_m2, shapely.area(drawn), index.area_m2)


def _engine(
    engine: SedonaDB | PostGIS, drawn: Shapes, whole: NDArray[np.float64]
) -> tuple[float, int, float]:
    sketch, unit, shared = engine.pairs()
    some = shared > 0
    return _finish(sketch[some], unit[some], shared[some], shapely.area(drawn), whole)


def _beside(timings: dict[str, Timing], peer: str) -> dict[str, str]:
    """Return for each kernel how many times as fast as one peer it was, processor and wall."""
    cpu, wall = median(timings[peer].cpu), median(timings[peer].wall)
    return {
        name: f"{cpu / median(one.cpu):.3g} x (CPU) and {wall / median(one.wall):.3g} x (wall) {peer}"
        for name, one in timings.items()
        if name.startswith("kernel")
    }


def overlay(sizes: list[int]) -> Iterator[Row]:
    """Many drawings on all areas; the index is built before, its cost is a row of its own."""
    official = datasets.areas()
    yield from _overlay_rows(
        official,
        f"{len(official):,} made-up areas",
        lambda n, kind: datasets.drawings(0, n, kind),
        KINDS,
        sizes,
    )
    for layer in ("nl_pc4_2020.gpkg", "nl_buurten_2024_generalised.gpkg"):
        real_sizes = [n for n in sizes if n <= 10_000]
        given = datasets.real(layer, max(real_sizes)) if real_sizes else None
        if given is not None:
            drawn, official = given
            yield from _overlay_rows(
                official,
                layer.removesuffix(".gpkg"),
                lambda n, _, drawn=drawn: drawn[:n],
                ("New York",),
                real_sizes,
            )


def _overlay_rows(
    official: Shapes, name: str, make: Callable[..., Shapes], kinds: tuple[str, ...], sizes: list[int]
) -> Iterator[Row]:
    with PostGIS.started(official) as postgis:
        area_index.prepare(official[:10])  # compile
        built, answers = race({"prepare the areas": lambda: area_index.prepare(official)}, 2)
        yield from rows("overlay", name, len(official), built)
        index, sedona = answers["prepare the areas"], SedonaDB(official)
        polygon_overlap.overlap(make(16, kinds[0])[:16], index)
        for n in sizes:
            for kind in kinds:
                timings = _race_of_engines(make(n, kind), official, index, postgis, sedona)
                yield from rows("overlay", f"{kind} on {name}", n, timings, _beside(timings, "SedonaDB"))


def _race_of_engines(
    drawn: Shapes, official: Shapes, index: area_index.UnitIndex, postgis: PostGIS, sedona: SedonaDB
) -> dict[str, Timing]:
    tree, whole, n = shapely.STRtree(official), shapely.area(official), len(drawn)
    engines: dict[str, Callable[[], Any]] = {}
    if n <= 100_000:
        engines["geopandas.overlay"] = lambda: _overlay(drawn, official)
    if n <= 10_000:
        engines["shapely STRtree + intersection"] = lambda: _tree(drawn, tree, whole)
        postgis.draw(drawn)
        engines["PostGIS"] = lambda: _engine(postgis, drawn, whole)
    sedona.draw(drawn)
    engines["SedonaDB"] = lambda: _engine(sedona, drawn, whole)
    engines["kernel, 1 thread"] = lambda: _kernel(drawn, index, 1)
    engines["kernel, 2 threads"] = lambda: _kernel(drawn, index, 2)
    timings, answers = race(engines, turns(n), clocks={"PostGIS": postgis.cpu_s})
    first, *others = answers.values()
    for other in others:
        # A pair within a hair of 1 m2 may fall on either side of it.
        agree("overlay", first[0], other[0], rtol=1e-9)
        agree("overlay pairs", first[1], other[1], atol=1)
        agree("overlay best", first[2], other[2], rtol=1e-9)
    return timings


def million(sizes: list[int]) -> Iterator[Row]:
    """Stream drawings over all areas; the most memory the whole process ever had is in the note.

    Over the real areas first, in a process that has not yet held anything else.
    """
    given = datasets.real("nl_buurten_2024_generalised.gpkg", 0)
    if given is not None:
        index = area_index.prepare(given[1])
        for n in sizes:
            drawn = datasets.real_stream("nl_buurten_2024_generalised.gpkg", n)
            yield _streamed(
                f"New York stream on nl_buurten_2024_generalised ({len(index):,})", n, drawn, index
            )
        del given, index
    index = area_index.prepare(datasets.areas())
    for n in sizes:
        for kind in KINDS:
            name = f"{kind} stream on {len(index):,} made-up areas"
            yield _streamed(name, n, datasets.stream(n, kind), index)


def _streamed(name: str, n: int, stream: Iterator[tuple[int, Shapes]], index: area_index.UnitIndex) -> Row:
    spent = 0.0
    pairs = 0
    fell_back = 0
    largest = 0
    process = psutil.Process()
    begun = time.perf_counter()
    for first, drawn in stream:
        start = time.process_time()
        found = polygon_overlap.overlap(drawn, index, first=first)
        spent += time.process_time() - start
        pairs += len(found.sketch)
        fell_back += found.fell_back
        largest = max(largest, process.memory_info().rss)
    wall = time.perf_counter() - begun
    note = (
        f"{pairs:,} pairs, {fell_back} by GEOS, whole process at most {largest / 1e6:,.0f} MB; "
        "wall time includes making the drawings"
    )
    return Row(
        "million", name, n, "kernel, 1 thread", 1, spent, spent, wall, wall, largest / 1e6, note=note
    )  # fmt: skip


# --- A, one drawing on a page ---------------------------------------------------------------------


def single(_sizes: list[int]) -> Iterator[Row]:
    """One drawing while somebody waits: there the plain shapely form is the fast one."""
    official = datasets.areas()
    tree, whole = shapely.STRtree(official), shapely.area(official)
    drawn = datasets.drawings(0, 5, "freehand")
    engines = {
        "geopandas.overlay": lambda: [_overlay(drawn[i : i + 1], official) for i in range(5)],
        "shapely STRtree + intersection": lambda: [_tree(drawn[i : i + 1], tree, whole) for i in range(5)],
    }
    timings, _ = race(engines, 5)
    yield from rows("single", "5 freehand drawings, one by one", 5, timings)


# --- B: counts per cell ---------------------------------------------------------------------------

_TOWN = Grid(0, 0, 1000, 1000, 10.0)


def _tally(drawn: Shapes) -> Any:
    steps = np.zeros((_TOWN.rows, _TOWN.columns + 1), np.int32)
    for _, part in chunks(drawn):
        rasterise.steps(
            Outlines.of(part), np.ones(len(part), np.int32), column=_TOWN.column, row=_TOWN.row,
            columns=_TOWN.columns, rows=_TOWN.rows, cell_m=_TOWN.cell_m, onto=steps,
        )  # fmt: skip
    return np.cumsum(steps, axis=1, out=steps)[:, :-1]


def _numpy_tally(drawn: Shapes) -> Any:
    difference = np.zeros(_TOWN.rows * (_TOWN.columns + 1), np.int32)
    for _, part in chunks(drawn, BLOCK):
        met = row_steps(part, _TOWN)
        np.add.at(difference, met.at, met.step)
    return np.cumsum(difference.reshape(_TOWN.rows, -1), axis=1)[:, :-1]


def _rasterize(drawn: Shapes) -> Any:
    found = rasterize(
        [(shape, 1) for shape in drawn], out_shape=(_TOWN.rows, _TOWN.columns), dtype="int32",
        transform=from_origin(0, _TOWN.rows * _TOWN.cell_m, _TOWN.cell_m, _TOWN.cell_m),
        merge_alg=MergeAlg.add,
    )  # fmt: skip
    return found[::-1]


def _rasterize_windows(drawn: Shapes) -> Any:
    found = np.zeros((_TOWN.rows, _TOWN.columns), np.int32)
    bounds = shapely.bounds(drawn) / _TOWN.cell_m
    low, high = np.floor(bounds[:, :2]).astype(int), np.ceil(bounds[:, 2:]).astype(int)
    for shape, (left, bottom), (right, top) in zip(drawn, low, high, strict=True):
        window = rasterize(
            [(shape, 1)], out_shape=(top - bottom, right - left), dtype="uint8",
            transform=from_origin(left * _TOWN.cell_m, top * _TOWN.cell_m, _TOWN.cell_m, _TOWN.cell_m),
        )  # fmt: skip
        found[bottom:top, left:right] += window[::-1]
    return found


def consensus(sizes: list[int]) -> Iterator[Row]:
    """Count in 1000 x 1000 cells of 10 m; every engine gives the same cells."""
    _tally(datasets.town_drawings(16, "click"))
    for n in sizes:
        for kind in KINDS:
            drawn = datasets.town_drawings(n, kind)
            engines: dict[str, Callable[[], Any]] = {}
            if n <= 10_000:
                engines["rasterio, own window each"] = lambda drawn=drawn: _rasterize_windows(drawn)
            if n <= 100_000:
                engines["rasterio, merge_alg=add"] = lambda drawn=drawn: _rasterize(drawn)
                engines["numpy steps (geo.grid)"] = lambda drawn=drawn: _numpy_tally(drawn)
            engines["kernel"] = lambda drawn=drawn: _tally(drawn)
            timings, answers = race(engines, turns(n))
            notes = {}
            for name, answer in answers.items():
                differing = int((answer != answers["kernel"]).sum())
                if differing:
                    notes[name] = f"{differing} cells of {answer.size:,} differ"
            yield from rows("consensus", f"{kind}, 10 x 10 km, 10 m", n, timings, notes)


# --- D: facilities within reach -------------------------------------------------------------------

_REACH = (0.0, 400.0, 800.0)


def _sjoin(drawn: Shapes, points: gpd.GeoDataFrame) -> Any:
    sketches = gpd.GeoDataFrame(geometry=drawn, crs=CRS)
    found = [
        pd.Index(gpd.sjoin(sketches, points, predicate="dwithin", distance=reach).index) for reach in _REACH
    ]
    return np.stack([np.bincount(index, minlength=len(drawn)) for index in found], axis=1)


def _buffers(drawn: Shapes, points: gpd.GeoDataFrame) -> Any:
    found = []
    for reach in _REACH:
        near = gpd.GeoDataFrame(geometry=shapely.buffer(drawn, reach) if reach else drawn, crs=CRS)
        found.append(np.bincount(gpd.sjoin(near, points, predicate="intersects").index, minlength=len(drawn)))
    return np.stack(found, axis=1)


def facilities(sizes: list[int]) -> Iterator[Row]:
    """200,000 points: inside, within 400 m, within 800 m."""
    xy = datasets.facilities()
    points = gpd.GeoDataFrame(geometry=shapely.points(xy), crs=CRS)
    index = facilities_within.prepare(xy)
    facilities_within.counts(datasets.drawings(0, 16, "click"), index, _REACH)
    for n in sizes:
        for kind in KINDS:
            drawn = datasets.drawings(0, n, kind)
            engines: dict[str, Callable[[], Any]] = {}
            if n <= 10_000 or (n <= 100_000 and kind == "click"):
                engines["geopandas.sjoin dwithin"] = lambda drawn=drawn: _sjoin(drawn, points)
            if n <= 1_000:
                engines["buffer + sjoin"] = lambda drawn=drawn: _buffers(drawn, points)
            for threads, name in ((1, "kernel, 1 thread"), (2, "kernel, 2 threads")):
                engines[name] = lambda drawn=drawn, threads=threads: facilities_within.all_counts(
                    drawn, index, _REACH, threads=threads
                )
            timings, answers = race(engines, turns(n))
            exact = answers["kernel, 1 thread"]
            notes = {
                name: f"counts {answer.sum() / exact.sum() - 1:+.3%}"
                for name, answer in answers.items()
                if (answer != exact).any()
            }
            yield from rows("facilities", f"{kind}, 200,000 points", n, timings, notes)


# --- E: outlines along borders --------------------------------------------------------------------


def _clip_and_buffer(drawn: Shapes, borders: Shapes, tree: shapely.STRtree, within_m: float) -> Any:
    found = np.zeros(len(drawn))
    bounds = shapely.bounds(drawn) + np.array([-1, -1, 1, 1]) * (within_m + 1)
    for i, (shape, box) in enumerate(zip(drawn, bounds, strict=True)):
        near = tree.query(shapely.box(*box))
        if len(near):
            pieces = shapely.union_all(shapely.clip_by_rect(borders[near], *box))
            found[i] = shape.boundary.intersection(pieces.buffer(within_m)).length
    return found


def coincidences(sizes: list[int]) -> Iterator[Row]:
    """Measure the length of each outline within 25 m of a border."""
    official = datasets.areas()
    borders = np.asarray(shapely.boundary(official), dtype=object)
    tree = shapely.STRtree(borders)
    index = area_index.prepare(official)
    border_coincidence.followed(datasets.drawings(0, 16, "click"), index, within_m=25.0)
    for n in sizes:
        for kind in KINDS:
            drawn = datasets.drawings(0, n, kind)
            engines: dict[str, Callable[[], Any]] = {}
            if n <= 1_000:
                engines["clip, buffer, intersect"] = lambda drawn=drawn: _clip_and_buffer(
                    drawn, borders, tree, 25.0
                )
            engines["kernel, 1 thread"] = lambda drawn=drawn: border_coincidence.all_followed(
                drawn, index, within_m=25.0
            )
            timings, answers = race(engines, min(turns(n), 3))
            notes = {}
            if n <= 1_000:
                one, two = answers.values()
                agree("length along borders", one.sum(), two.sum(), rtol=1e-3)
                notes["clip, buffer, intersect"] = (
                    f"sum {one.sum() / two.sum() - 1:+.5%}, one at most {np.abs(one - two).max():.2f} m"
                )
            yield from rows("borders", f"{kind}, within 25 m", n, timings, notes)


# --- Hausdorff ------------------------------------------------------------------------------------


def hausdorffs(sizes: list[int]) -> Iterator[Row]:
    """Each drawing against the area it shares most ground with."""
    official = datasets.areas()
    index = area_index.prepare(official)
    borders = np.asarray(shapely.boundary(official), dtype=object)
    for n in sizes:
        if n > 100_000:
            continue
        for kind in KINDS:
            drawn = datasets.drawings(0, n, kind)
            found = polygon_overlap.overlaps(drawn, index)
            order = np.lexsort((-found.area_m2, found.sketch))
            sketch, first = np.unique(found.sketch[order], return_index=True)
            unit = found.unit[order][first]
            hausdorff.distances(Outlines.of(drawn[:1]), index.outlines, np.zeros(1, np.int64), unit[:1])
            outlines = np.asarray(shapely.boundary(drawn), dtype=object)
            engines: dict[str, Callable[[], Any]] = {}
            if n <= 10_000:
                engines["shapely.hausdorff_distance"] = lambda o=outlines, s=sketch, u=unit: (
                    shapely.hausdorff_distance(o[s], borders[u])
                )
            engines["kernel"] = lambda d=drawn, s=sketch, u=unit: hausdorff.distances(
                Outlines.of(d), index.outlines, s, u
            )
            timings, answers = race(engines, min(turns(n), 3))
            if len(answers) > 1:
                agree("Hausdorff", *answers.values(), rtol=1e-9)
            yield from rows("hausdorff", f"{kind}, largest shared area", n, timings)


TASKS: dict[str, tuple[Callable[[list[int]], Iterator[Row]], list[int]]] = {
    "single": (single, [1]),
    "overlay": (overlay, [1_000, 10_000, 100_000]),
    "million": (million, [1_000_000]),
    "consensus": (consensus, [1_000, 10_000, 100_000]),
    "facilities": (facilities, [1_000, 10_000, 100_000]),
    "borders": (coincidences, [1_000, 10_000, 100_000]),
    "walking": (walking, [100_000]),
    "hausdorff": (hausdorffs, [1_000, 10_000, 100_000]),
}
