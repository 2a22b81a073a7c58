"""How well drawings fit official areas beyond chance: against the same drawings moved and turned."""

from collections.abc import Mapping
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.overlay.best_match import best_match
from geo.overlay.pairs import overlap_pairs
from geo.schemas import SKETCHES

JITTER_M = 150.0
"""Standard deviation of where a moved drawing lands round the middle of another."""

MIN_MOVED = 4_000
"""Drawings to move in all: the level of chance is then known to a third of a percent."""

N_RESAMPLES = 1_000


@dataclass(frozen=True, eq=False)
class Moved:
    """Drawings that were moved and turned.

    Parameters
    ----------
    shapes
        The moved drawings.
    origin
        Position of the drawing each was.
    host
        Position of the drawing in whose middle it was put.
    """

    shapes: gpd.GeoDataFrame
    origin: NDArray[np.int64]
    host: NDArray[np.int64]


def moved_sketches(
    sketches: gpd.GeoDataFrame,
    *,
    seed: int,
    min_moved: int = MIN_MOVED,
    jitter_m: float = JITTER_M,
) -> Moved:
    """Return the sketches moved to the middle of another one, give or take, and turned by any angle.

    They keep size and shape, and lie where people live; what they no longer do is heed a border.

    Parameters
    ----------
    sketches
        One row per resident.
    seed
        Seed of the moves; the same seed gives the same ones.
    min_moved
        Each sketch is moved equally often, so that there are at least so many.
    jitter_m
        Standard deviation of the displacement from that middle, in metres in either direction.

    Returns
    -------
    Moved
        Moved drawings, valid, with a fresh index.

    Examples
    --------
    >>> drawn = gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 10, 20)] * 3,
    ...     index=pd.Index(list("abc"), name="sketch_id"), crs=28992)
    >>> found = moved_sketches(drawn, seed=1, min_moved=6)
    >>> len(found.shapes), found.origin.tolist(), found.shapes.area.round(6).unique().tolist()
    (6, [0, 1, 2, 0, 1, 2], [200.0])
    """
    shapes = SKETCHES.validate(sketches).geometry.to_numpy()
    n = len(shapes)
    times = -(-min_moved // n) if n else 0
    chance = np.random.default_rng(seed)
    origin = np.tile(np.arange(n), times)
    host = chance.integers(0, max(n, 1), len(origin))
    middle = shapely.get_coordinates(shapely.centroid(shapes)).reshape(n, 2)
    turn = chance.uniform(0.0, 2 * np.pi, len(origin))
    goal = middle[host] + chance.normal(0.0, jitter_m, (len(origin), 2))
    points, of = shapely.get_coordinates(shapes[origin], return_index=True)
    x, y = (points - middle[origin[of]]).T
    cos, sin = np.cos(turn[of]), np.sin(turn[of])
    placed = np.column_stack([x * cos - y * sin, x * sin + y * cos]) + goal[of]
    found = shapely.set_coordinates(shapes[origin].copy(), placed)
    # Turning rounds the corners to the last bit; a sliver may then cross itself.
    broken = ~shapely.is_valid(found)
    found[broken] = shapely.make_valid(found[broken], method="structure", keep_collapsed=False)
    index = pd.RangeIndex(len(found), name=SKETCHES.index)
    return Moved(gpd.GeoDataFrame(geometry=found, index=index, crs=sketches.crs), origin, host)


def best_iou(sketches: gpd.GeoDataFrame, areas: gpd.GeoDataFrame) -> NDArray[np.float64]:
    """Return the IoU of each sketch with the area it resembles most.

    Parameters
    ----------
    sketches
        One row per resident.
    areas
        AREAS in the same plane.

    Returns
    -------
    array
        From 0 (in no area) to 1.
    """
    found = best_match(overlap_pairs(sketches, areas))["iou"]
    return found.reindex(sketches.index, fill_value=0.0).to_numpy(dtype=np.float64)


def paired_iou(one: NDArray[np.object_], other: NDArray[np.object_]) -> NDArray[np.float64]:
    """Return the IoU of each sketch with the one area that belongs to it.

    Parameters
    ----------
    one, other
        Valid areas, equally many.

    Returns
    -------
    array
        From 0 to 1.
    """
    shared = shapely.area(shapely.intersection(one, other))
    either = shapely.area(one) + shapely.area(other) - shared
    return np.asarray(np.divide(shared, either, out=np.zeros_like(shared), where=either > 0))


def fit_beyond_chance(
    observed: Mapping[str, NDArray[np.float64]],
    moved: Mapping[str, NDArray[np.float64]],
    origin: NDArray[np.int64],
    *,
    seed: int,
    n_resamples: int = N_RESAMPLES,
) -> pd.DataFrame:
    """Return how far divisions fit better than moved and turned drawings would: (IoU - E) / (1 - E).

    A division of large areas fits large drawings whatever its borders. E, the mean best IoU of the drawings
    moved, is what size and shape alone give; what is above it is that borders are heeded.

    Parameters
    ----------
    observed
        For each division the best IoU of every sketch.
    moved
        For each division the best IoU of every moved sketch.
    origin
        Position of the sketch that each moved one was.
    seed
        Seed of the resampling of residents; each resample takes the same residents for all divisions.
    n_resamples
        Number of resamples.

    Returns
    -------
    DataFrame
        Index division, the highest ``fit`` first. ``rank``, from 1; ``mean_iou``; ``chance``: E; ``fit``: 1
        where every drawing is an area, 0 where borders are not heeded, below 0 where they are crossed on
        purpose, with its 95 % interval ``low`` to ``high``; ``first``: share of the resamples in which this
        division has the highest fit. NaN without sketches.

    Examples
    --------
    Two drawings that are areas; moved they reach a half. (1 - 0.5) / (1 - 0.5) = 1; 0.6 would be 0.2.

    >>> found = fit_beyond_chance({"a": np.ones(2), "b": np.full(2, 0.6)},
    ...     {"a": np.full(4, 0.5), "b": np.full(4, 0.5)}, np.array([0, 1, 0, 1]), seed=1)
    >>> found["fit"].round(2).to_dict(), found["first"].to_dict()
    ({'a': 1.0, 'b': 0.2}, {'a': 1.0, 'b': 0.0})
    """
    names = list(observed)
    n = len(next(iter(observed.values()))) if names else 0
    columns = ["mean_iou", "chance", "fit", "low", "high", "first"]
    if not n:
        found = pd.DataFrame(np.nan, index=pd.Index(names, name="division"), columns=columns)
    else:
        real = np.stack([observed[name] for name in names])
        times = np.bincount(origin, minlength=n)
        by_chance = np.stack([np.bincount(origin, moved[name], minlength=n) / times for name in names])
        votes = np.random.default_rng(seed).multinomial(n, np.full(n, 1 / n), size=n_resamples) / n
        fits = _fit(real @ votes.T, by_chance @ votes.T)
        mean, level = real.mean(axis=1), by_chance.mean(axis=1)
        low, high = np.quantile(fits, [0.025, 0.975], axis=1)
        first = np.bincount(fits.argmax(axis=0), minlength=len(names)) / n_resamples
        table = np.column_stack([mean, level, _fit(mean, level), low, high, first])
        found = pd.DataFrame(table, index=pd.Index(names, name="division"), columns=columns)
    found = found.sort_index().sort_values("fit", ascending=False, kind="stable")
    found.insert(0, "rank", np.arange(1, len(found) + 1))
    return found


def _fit(iou: NDArray[np.float64], chance: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the part of what chance leaves that is reached; 0 where chance reaches all."""
    room = 1.0 - chance
    return np.asarray(np.divide(iou - chance, room, out=np.zeros_like(iou), where=room > 0))
