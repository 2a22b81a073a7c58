"""Made-up country, drawings and facilities of realistic size, the same at every run.

Sizes follow real ones: drawings have a log-normal area with a median of 0.3 km2; "freehand" ones have 30 to
400 corners (the stress load), "click" ones 3 to 20 as most residents make (the likely load).
"""

from collections.abc import Iterator
from functools import cache
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

import settings

AREAS = 14_672  # as many as the Netherlands had buurten
WIDE_M, HIGH_M = 200_000.0, 250_000.0
SHARED = settings.shared_data()


@cache
def homes() -> NDArray[np.float64]:
    """Return places where people live: three in four in one of 500 towns."""
    chance = np.random.default_rng(20260101)
    towns = chance.uniform((0.0, 0.0), (WIDE_M, HIGH_M), (500, 2))
    people = chance.lognormal(0, 1.2, 500)
    town = chance.choice(500, 150_000, p=people / people.sum())
    spread = 900.0 * np.sqrt(people[town])[:, None]
    built = towns[town] + spread * chance.standard_normal((150_000, 2))
    rural = chance.uniform((0.0, 0.0), (WIDE_M, HIGH_M), (50_000, 2))
    both = np.concatenate([built, rural])
    both = both[(both > 0).all(axis=1) & (both < (WIDE_M, HIGH_M)).all(axis=1)]
    return chance.permutation(both)


@cache
def areas() -> NDArray[np.object_]:
    """Return a country of 14,672 areas with borders as winding as official ones, a corner every 25 m."""
    frame = shapely.box(0, 0, WIDE_M, HIGH_M)
    cells = shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(homes()[:AREAS]), extend_to=frame))
    cells = shapely.segmentize(shapely.intersection(cells, frame), 25.0)

    def winding(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        x, y = xy.T
        moved = [x + 25 * np.sin(y / 90) + 8 * np.sin(x / 31), y + 25 * np.sin(x / 110) + 8 * np.sin(y / 37)]
        # Whole millimetres, so that both neighbours have the same corner.
        return np.round(np.stack(moved, axis=1), 3)

    found = shapely.transform(cells, winding)
    return np.asarray(shapely.make_valid(found, method="structure", keep_collapsed=False), dtype=object)


def drawings(first: int, count: int, kind: str) -> NDArray[np.object_]:
    """Return drawings number `first` and on, "freehand" or "click"; valid, where people live."""
    chance = np.random.default_rng([first, count, len(kind)])
    home = homes()[chance.integers(len(homes()), size=count)] + chance.normal(0, 150, (count, 2))
    area = np.clip(chance.lognormal(np.log(0.3e6), 0.9, count), 0.05e6, 2e6)
    if kind == "freehand":
        corners = np.clip(chance.lognormal(np.log(125), 0.55, count), 30, 400).astype(int)
    else:
        corners = np.clip(chance.lognormal(np.log(6.5), 0.45, count), 3, 20).astype(int)
    of = np.repeat(np.arange(count), corners)
    place = np.arange(len(of)) - np.repeat(np.cumsum(corners) - corners, corners)
    angle = 2 * np.pi * (place + chance.uniform(-0.3, 0.3, len(of))) / corners[of]
    wave = 1 + 0.18 * np.sin(2 * angle + chance.uniform(0, 6.28, count)[of])
    wave += 0.1 * np.sin(5 * angle + chance.uniform(0, 6.28, count)[of])
    reach = np.sqrt(area / np.pi)[of] * wave * (1 + 0.01 * chance.standard_normal(len(of)))
    xy = home[of] + reach[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return np.asarray(shapely.polygons(shapely.linearrings(xy, indices=of)), dtype=object)


def stream(count: int, kind: str, size: int = 8192) -> Iterator[tuple[int, NDArray[np.object_]]]:
    """Return drawings a chunk at a time, made when asked for, so that a million never lie in memory."""
    for first in range(0, count, size):
        yield first, drawings(first, min(size, count - first), kind)


def town_drawings(count: int, kind: str) -> NDArray[np.object_]:
    """Return drawings within one town of 10 x 10 km, as for a consensus surface."""
    chance = np.random.default_rng(count)
    drawn = drawings(0, count, kind)
    middle = shapely.get_coordinates(shapely.centroid(drawn))
    centre = 5000 + np.clip(chance.normal(0, 1500, (count, 2)), -3500, 3500)
    xy, of = shapely.get_coordinates(drawn, return_index=True)
    return np.asarray(shapely.set_coordinates(drawn, xy + (centre - middle)[of]), dtype=object)


def facilities(count: int = 200_000) -> NDArray[np.float64]:
    """Return facilities where people live, to the centimetre."""
    chance = np.random.default_rng(7)
    return np.round(homes()[chance.integers(len(homes()), size=count)] + chance.normal(0, 250, (count, 2)), 2)


def real(layer: str, count: int) -> tuple[NDArray[np.object_], NDArray[np.object_]] | None:
    """Return real drawings of New York laid over real Dutch areas, and those; None where data is absent."""
    given = _real(layer)
    if given is None:
        return None
    return _laid(*given, count, np.random.default_rng(11)), given[1]


def laid(layer: str, count: int, *, least_m2: float, most_m2: float, seed: int) -> NDArray[np.object_]:
    """Return real drawings of such a size laid over a layer; raises FileNotFoundError where data is absent."""
    given = _real(layer)
    if given is None:
        raise FileNotFoundError(f"real data absent: {layer} or the drawings of New York (set BUURT_SHARED)")
    drawn, official = given
    size = shapely.area(drawn)
    return _laid(drawn[(size >= least_m2) & (size <= most_m2)], official, count, np.random.default_rng(seed))


def real_stream(layer: str, count: int, size: int = 8192) -> Iterator[tuple[int, NDArray[np.object_]]]:
    """Return such drawings a chunk at a time, so that a million never lie in memory; nothing where absent."""
    given = _real(layer)
    if given is not None:
        for first in range(0, count, size):
            yield first, _laid(*given, min(size, count - first), np.random.default_rng([11, first]))


@cache
def _real(layer: str) -> tuple[NDArray[np.object_], NDArray[np.object_]] | None:
    files = SHARED / "sketches" / "new_york_dnainfo_2015.gpkg", SHARED / "boundaries" / layer
    if not all(file.exists() for file in files):
        return None
    drawn, official = (_sound(gpd.read_file(f), crs) for f, crs in zip(files, (32618, 28992), strict=True))
    return drawn[shapely.area(drawn) < 1e8], official


def _laid(
    drawn: NDArray[np.object_], official: NDArray[np.object_], count: int, chance: np.random.Generator
) -> NDArray[np.object_]:
    """Move drawings, some of them several times, onto areas, some of them several times."""
    own = drawn[chance.integers(len(drawn), size=count)]
    at = shapely.get_coordinates(
        shapely.point_on_surface(official[chance.integers(len(official), size=count)])
    )
    xy, of = shapely.get_coordinates(own, return_index=True)
    move = at - shapely.get_coordinates(shapely.centroid(own))
    return np.asarray(shapely.set_coordinates(own.copy(), xy + move[of]), dtype=object)


def _sound(table: gpd.GeoDataFrame, crs: int) -> Any:
    if table.crs.is_geographic:
        table = table.to_crs(crs)
    shapes = shapely.make_valid(table.geometry.to_numpy(), method="structure", keep_collapsed=False)
    return shapes[shapely.area(shapes) > 0]
