"""How sure the fit of a core and an official area is: what other residents of the same kind would give."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit, logit

from geo.consensus.surface import count_inside, require_enough
from geo.consensus.uncertainty import core_runs, resampled_cores
from geo.grids.grid import Geometries, choose_extent
from geo.grids.runs import Runs
from geo.intervals import t_quantile
from geo.overlay.pairs import areas_by_code
from geo.overlay.verdicts import verdicts
from geo.privacy_limits import MIN_PEOPLE
from geo.schemas import AREAS, SKETCHES

N_REPLICATES = 200
"""Bootstrap samples: enough for two digits."""

LEAST_SHARE = 1e-3
"""Nearest that an IoU comes to 0 or 1 on the logit scale, where both are without end."""


@dataclass(frozen=True)
class ResampledFit:
    """The core of some residents beside one official area, and how both would be with other residents.

    Parameters
    ----------
    repeatability
        Mean IoU of the core of a bootstrap sample with the core, 0 to 1.
    iou
        Of the core and the area, counted on cells.
    low, high
        95 % interval of it, see `iou_interval`.
    verdicts
        Share of the samples that gave each verdict on the division, the likeliest first; samples without a
        core give none.
    """

    repeatability: float
    iou: float
    low: float
    high: float
    verdicts: tuple[tuple[str, float], ...]


def resampled_fit(
    sketches: gpd.GeoDataFrame,
    areas: gpd.GeoDataFrame,
    code: object,
    *,
    seed: int,
    percent: int = 50,
    n_replicates: int = N_REPLICATES,
    cell_m: float = 25.0,
    least: int = MIN_PEOPLE,
) -> ResampledFit | None:
    """Return how sure the fit of a core with an official area is.

    The residents are drawn again, with replacement; each sample has a core, and each core an IoU with the
    area and a verdict on the areas together.

    Parameters
    ----------
    sketches
        One row per resident.
    areas
        AREAS of one division in the same plane.
    code
        The area whose IoU is asked for.
    seed
        Seed of the bootstrap; the same seed gives the same result.
    percent
        Percentage of the core, 1 to 100.
    n_replicates
        Number of bootstrap samples.
    cell_m
        Side of a cell in metres.
    least
        Smallest number of residents for which a result is given.

    Returns
    -------
    ResampledFit or None
        None when there is no core.

    Raises
    ------
    TooFewSketches
        When there are fewer than `least` sketches.

    Examples
    --------
    Ten who draw the area itself: whoever is drawn again, the core is the area.

    >>> from shapely import box
    >>> drawn = gpd.GeoDataFrame(geometry=[box(0, 0, 200, 200)] * 10,
    ...     index=pd.Index(map(str, range(10)), name="sketch_id"), crs=28992)
    >>> official = gpd.GeoDataFrame({"name": ["West", "East"]},
    ...     geometry=[box(0, 0, 200, 200), box(200, 0, 400, 200)],
    ...     index=pd.Index(["w", "e"], name="code"), crs=28992)
    >>> found = resampled_fit(drawn, official, "w", seed=1)
    >>> found.repeatability, found.low, found.high, found.verdicts
    (1.0, 1.0, 1.0, (('coincides', 1.0),))
    """
    found = resample_cores(
        sketches,
        {"": areas},
        seed=seed,
        percent=percent,
        n_replicates=n_replicates,
        cell_m=cell_m,
        least=least,
    )
    return None if found is None else found.fit("", code)


@dataclass(frozen=True, eq=False)
class ResampledCores:
    """The core of some residents, and the cores of the same residents drawn again, beside official areas.

    Parameters
    ----------
    n
        Number of residents.
    repeatability
        Mean IoU of the core of a bootstrap sample with the core, 0 to 1.
    n_replicates
        Number of bootstrap samples.
    cores
        Numbers of those that have a core: 0 is that of everybody, the samples are numbered from 1.
    pairs
        Per division, the pairs of these cores and its areas, as from `geo.overlay.pairs.overlap_pairs`.
    """

    n: int
    repeatability: float
    n_replicates: int
    cores: NDArray[np.int64]
    pairs: Mapping[str, pd.DataFrame]

    def interval(self, division: str, code: object) -> tuple[float, float, float]:
        """Return how well the core fits an area.

        Parameters
        ----------
        division
            Key of `pairs`.
        code
            The area.

        Returns
        -------
        float
            IoU of the core of everybody and the area.
        float
            Lower bound of its 95 % interval, see `iou_interval`.
        float
            Upper bound.
        """
        table = self.pairs[division]
        iou = np.zeros(self.n_replicates + 1)
        mine = table[table.index.get_level_values(AREAS.index) == code]
        iou[mine.index.get_level_values(SKETCHES.index)] = mine["iou"]
        return (float(iou[0]), *iou_interval(float(iou[0]), iou[1:], self.n))

    def fit(self, division: str, code: object) -> ResampledFit:
        """Return the fit with one area, and the verdicts on its division.

        Parameters
        ----------
        division
            Key of `pairs`.
        code
            The area.

        Returns
        -------
        ResampledFit
            As of `resampled_fit`.
        """
        frame = gpd.GeoDataFrame(index=pd.Index(self.cores, name=SKETCHES.index))
        said = verdicts(self.pairs[division], frame)["verdict"].iloc[1:].value_counts() / self.n_replicates
        shares = ((str(key), float(share)) for key, share in said.items())
        likeliest = tuple(sorted(shares, key=lambda one: (-one[1], one[0])))
        return ResampledFit(self.repeatability, *self.interval(division, code), likeliest)


def resample_cores(
    sketches: gpd.GeoDataFrame,
    divisions: Mapping[str, gpd.GeoDataFrame],
    *,
    seed: int,
    percent: int = 50,
    n_replicates: int = N_REPLICATES,
    cell_m: float = 25.0,
    least: int = MIN_PEOPLE,
) -> ResampledCores | None:
    """Draw the residents again, once for all divisions, and set their cores beside the official areas.

    Parameters
    ----------
    sketches
        One row per resident.
    divisions
        AREAS in the same plane, by name.
    seed
        Seed of the bootstrap; the same seed gives the same result.
    percent
        Percentage of the core, 1 to 100.
    n_replicates
        Number of bootstrap samples.
    cell_m
        Side of a cell in metres.
    least
        Smallest number of residents for which a result is given.

    Returns
    -------
    ResampledCores or None
        None when there is no core.

    Raises
    ------
    TooFewSketches
        When there are fewer than `least` sketches.

    Examples
    --------
    Ten who draw the same square beside two divisions: itself, and itself with its neighbour.

    >>> from shapely import box
    >>> drawn = gpd.GeoDataFrame(geometry=[box(0, 0, 200, 200)] * 10,
    ...     index=pd.Index(map(str, range(10)), name="sketch_id"), crs=28992)
    >>> one, two = (gpd.GeoDataFrame({"name": ["A"]}, geometry=[box(0, 0, right, 200)],
    ...     index=pd.Index(["a"], name="code"), crs=28992) for right in (200, 400))
    >>> found = resample_cores(drawn, {"one": one, "two": two}, seed=1)
    >>> found.repeatability, found.interval("one", "a"), found.interval("two", "a")
    (1.0, (1.0, 1.0, 1.0), (0.5, 0.5, 0.5))
    """
    require_enough(len(sketches), least)
    drawn: Geometries = SKETCHES.validate(sketches).geometry.to_numpy()
    grid, _ = choose_extent(drawn, cell_m)
    near = {}
    for name, areas in divisions.items():
        units = areas_by_code(AREAS.validate(areas))
        near[name] = units.iloc[np.unique(units.sindex.query(drawn, predicate="intersects")[1])]
    every = Runs.from_areas(np.concatenate([drawn, *(units.to_numpy() for units in near.values())]), grid)
    runs = replace(every, steps=every.steps[: len(drawn)])
    whole = core_runs(runs, percent)
    if not count_inside(whole, runs.cells)[0]:
        return None
    beside, start = {}, len(drawn)
    for name, units in near.items():
        steps = every.steps[start : start + len(units)]
        held = replace(every, steps=steps).sums(np.eye(len(units), dtype=np.int32)) > 0
        beside[name], start = _Beside(units, held, cell_m), start + len(units)
    samples = resampled_cores(runs, percent, seed=seed, n_replicates=n_replicates)
    # Everything that is counted of a core is a sum over its runs: of all of them, of those of the core of
    # everybody, and of those of each area. One product gives all.
    counted = np.vstack([np.ones_like(whole), whole, *(areas.held for areas in beside.values())]) * runs.cells
    found = np.concatenate([_sums(one, counted) for one in (whole, *samples)])
    size, same, at = found[:, 0], found[:, 1], 2
    tables = {}
    for name, areas in beside.items():
        tables[name] = areas.pairs(size, found[:, at : at + len(areas.units)])
        at += len(areas.units)
    return ResampledCores(
        n=len(drawn),
        repeatability=float((same / (size + size[0] - same))[1:].mean()),
        n_replicates=n_replicates,
        cores=np.flatnonzero(size > 0),
        pairs=tables,
    )


def _sums(cores: NDArray[np.bool_], counted: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return for each core the sums of several counts over its runs, exact whole numbers."""
    return np.asarray(cores.astype(np.float64) @ counted.T.astype(np.float64))


@dataclass(frozen=True, eq=False)
class _Beside:
    """Official areas on the runs of a grid."""

    units: gpd.GeoSeries
    held: NDArray[np.bool_]
    cell_m: float

    def pairs(self, cells: NDArray[np.float64], common: NDArray[np.float64]) -> pd.DataFrame:
        """Return the pairs of cores and areas, as `overlap_pairs` does, from cells of each core and in common."""
        whole = self.units.area.to_numpy()
        size, shared = cells * self.cell_m**2, common * self.cell_m**2
        core, unit = np.nonzero(shared)
        # On cells an area may seem larger than it is.
        ground = np.minimum(shared[core, unit], whole[unit])
        index = pd.MultiIndex.from_arrays(
            [core, self.units.index.take(unit)], names=[SKETCHES.index, AREAS.index]
        )
        return pd.DataFrame(
            {
                "area_m2": ground,
                "share_of_sketch": ground / size[core],
                "share_of_area": ground / whole[unit],
                "iou": ground / (size[core] + whole[unit] - ground),
            },
            index=index,
        )


def iou_interval(value: float, replicates: NDArray[np.float64], n: int) -> tuple[float, float]:
    """Return the 95 % interval of an IoU by a bootstrap: Student's t on the logit scale [1]_.

    On the scale of log(IoU / (1 - IoU)) the samples lie evenly round the truth, which they do not between 0 and
    1. The standard error is the root of the mean squared distance of the samples to the value, so that it holds
    their bias too, times n / (n - 1): samples of few residents are too much alike [2]_. No bound lies beyond what any
    sample gave. Percentile intervals are too narrow for ten to twenty residents, also when corrected for bias.

    Parameters
    ----------
    value
        The IoU of everybody, 0 to 1.
    replicates
        That of each bootstrap sample.
    n
        Number of residents, at least 2.

    Returns
    -------
    float
        Lower bound.
    float
        Upper bound; the value lies between both.

    References
    ----------
    .. [1] B. Efron and R.J. Tibshirani, An introduction to the bootstrap, Chapman & Hall (1993), chapter 12.
    .. [2] T.C. Hesterberg, What teachers should know about the bootstrap, The American Statistician 69 (2015).

    Examples
    --------
    The fewer residents, the wider, though the samples are the same.

    >>> samples = np.linspace(0.3, 0.7, 9).repeat([1, 1, 4, 20, 40, 20, 4, 1, 1])
    >>> [round(bound, 2) for n in (10, 50) for bound in iou_interval(0.5, samples, n)]
    [0.36, 0.64, 0.38, 0.62]
    """
    far = _logit(replicates) - _logit(np.array(value))
    spread = float(np.sqrt(np.mean(far**2) * n / (n - 1)))
    if spread == 0:
        return value, value
    middle = float(_logit(np.array(value)))
    low, high = expit(middle + t_quantile(n - 1) * spread * np.array([-1, 1]))
    # Between what the samples gave, and round the value also where that is 0 or 1.
    low, high = max(low, replicates.min()), min(high, replicates.max())
    return min(float(low), value), max(float(high), value)


def _logit(share: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return log-odds; 0 and 1 count as a thousandth from the end."""
    return np.asarray(logit(np.clip(share, LEAST_SHARE, 1 - LEAST_SHARE)))
