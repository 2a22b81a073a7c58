"""Do groups draw differently: the young and the old, newcomers and those who stayed.

Place drives both who lives somewhere and how large neighbourhoods are drawn there, so labels are shuffled
within places. An effect and its interval come before a p-value. A group of fewer than ten is refused: four
sketches can never be significant, whatever they show.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations, product
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import ArrayLike, NDArray

from geo.consensus.agreement import pairwise_iou
from geo.consensus.surface import MAX_EXACT
from geo.errors import GroupsTooFew, GroupTooSmall
from geo.grids.grid import choose_extent
from geo.grids.runs import Runs, row_chunks
from geo.intervals import wilson
from geo.privacy_limits import MIN_SUBGROUP
from geo.schemas import SKETCHES
from geo.statistics.within_place import within_place_shift

N_PERMUTATIONS = 999

Labels = NDArray[np.int64]
Statistic = Callable[[Labels], NDArray[np.float64]]


@dataclass(frozen=True)
class PermutationResult:
    """What shuffling the labels says.

    Parameters
    ----------
    observed
        The statistic as it is.
    p
        Share of shuffles that give at least as much, the real labels among them.
    exact
        Every distinct shuffle was tried; else a random choice of them.
    """

    observed: float
    p: float
    exact: bool


def permutation_test(
    statistic: Statistic,
    labels: Labels,
    *,
    seed: int,
    strata: ArrayLike | None = None,
    n_permutations: int = N_PERMUTATIONS,
) -> PermutationResult:
    """Compute how often permuted labels give at least the observed statistic.

    Parameters
    ----------
    statistic
        Function of permutations x people of labels that returns one number per permutation; larger is more
        different.
    labels
        Group of each person, whole numbers.
    seed
        Seed of the permutations; the same seed gives the same ones.
    strata
        Place of each person; labels are permuted within a place only. None: everywhere.
    n_permutations
        Number of random permutations m; p = (b + 1) / (m + 1). When there are no more distinct ones than
        that, all are used.

    Returns
    -------
    PermutationResult
        The observed statistic, its p-value (above 0, at most 1) and whether the test was exact.

    Examples
    --------
    Means of 1, 2, 3 and of 4, 5, 6: two of the twenty ways to divide them differ by 3.

    >>> values = np.array([1, 2, 3, 4, 5, 6])
    >>> def apart(labels):
    ...     return np.abs((labels * values).sum(axis=1) / 3 - ((1 - labels) * values).sum(axis=1) / 3)
    >>> permutation_test(apart, np.array([0, 0, 0, 1, 1, 1]), seed=1)
    PermutationResult(observed=3.0, p=0.1, exact=True)
    """
    place = np.zeros(len(labels), dtype=np.int64) if strata is None else pd.factorize(np.asarray(strata))[0]
    observed = float(statistic(labels[None, :])[0])
    # A shuffle that gives the same up to the last bits gives the same.
    enough = observed - 1e-9 * abs(observed)
    ways = _ways(labels, place)
    if ways <= n_permutations + 1:
        shuffles = np.array(list(_every(labels, place)), dtype=np.int64)
        return PermutationResult(observed, float((statistic(shuffles) >= enough).mean()), exact=True)
    chance = np.random.default_rng(seed)
    # Sorting random numbers within each place shuffles all places of all repeats at once.
    order = np.argsort(place[None, :] + chance.random((n_permutations, len(labels))), axis=1)
    shuffles = np.empty((n_permutations, len(labels)), dtype=np.int64)
    shuffles[:, np.argsort(place, kind="stable")] = labels[order]
    beyond = int((statistic(shuffles) >= enough).sum())
    return PermutationResult(observed, (beyond + 1) / (n_permutations + 1), exact=False)


def _ways(labels: Labels, place: Labels) -> int:
    ways = 1
    for number in np.unique(place):
        counts = np.unique(labels[place == number], return_counts=True)[1].tolist()
        ways *= math.factorial(sum(counts)) // math.prod(math.factorial(count) for count in counts)
    return ways


def _every(labels: Labels, place: Labels) -> Iterator[Labels]:
    """Return every distinct shuffle within places."""
    members = [np.flatnonzero(place == number) for number in np.unique(place)]
    for choice in product(*[list(_arrangements(labels[member])) for member in members]):
        shuffle = labels.copy()
        for member, arranged in zip(members, choice, strict=True):
            shuffle[member] = arranged
        yield shuffle


def _arrangements(labels: Labels) -> Iterator[Labels]:
    """Return every distinct order of labels, placing one label after the other."""
    if not len(labels):
        yield labels
        return
    first = labels.min()
    rest = labels[labels != first]
    for spots in combinations(range(len(labels)), int((labels == first).sum())):
        taken = np.zeros(len(labels), dtype=bool)
        taken[list(spots)] = True
        for others in _arrangements(rest):
            arranged = np.full(len(labels), first)
            arranged[~taken] = others
            yield arranged


def pseudo_f(apart: NDArray[np.float64]) -> Statistic:
    """Return the statistic of PERMANOVA for a matrix of distances [1]_.

    F = [(SST - SSW) / (a - 1)] / [SSW / (N - a)], where SST is the sum of squared distances of all pairs
    over N and SSW that of the pairs within each of the a groups over its size.

    Parameters
    ----------
    apart
        Distances, people x people, for instance 1 - IoU.

    Returns
    -------
    callable
        Function of permutations x people of labels that returns one F per permutation, 0 or more; infinite
        when there is no variation within the groups.

    References
    ----------
    .. [1] M.J. Anderson, A new method for non-parametric multivariate analysis of variance, Austral Ecology
       26 (2001).

    Examples
    --------
    Two pairs, 0.2 apart within and 0.8 between.

    >>> apart = np.array([[0, .2, .8, .8], [.2, 0, .8, .8], [.8, .8, 0, .2], [.8, .8, .2, 0]])
    >>> round(float(pseudo_f(apart)(np.array([[0, 0, 1, 1]]))[0]), 6)
    31.0
    """
    squared = apart**2
    total = squared.sum() / 2 / len(apart)

    def f(labels: Labels) -> NDArray[np.float64]:
        groups = np.unique(labels)
        within = np.zeros(len(labels))
        for group in groups:
            member = (labels == group).astype(np.float64)
            within += ((member @ squared) * member).sum(axis=1) / 2 / member.sum(axis=1)
        between = (total - within) / (len(groups) - 1)
        spread = within / (len(apart) - len(groups))
        return np.asarray(np.divide(between, spread, out=np.full(len(labels), np.inf), where=spread > 0))

    return f


def holm_correction(p: ArrayLike) -> NDArray[np.float64]:
    """Return p-values corrected for the number of tests (Holm 1979) [1]_.

    Parameters
    ----------
    p
        The uncorrected p-values.

    Returns
    -------
    array
        In the same order, from 0 to 1, never below the uncorrected ones.

    References
    ----------
    .. [1] S. Holm, A simple sequentially rejective multiple test procedure, Scandinavian Journal of
       Statistics 6 (1979).

    Examples
    --------
    >>> holm_correction([0.01, 0.04, 0.03]).round(2).tolist()
    [0.03, 0.06, 0.06]
    """
    raw = np.asarray(p, dtype=np.float64)
    order = np.argsort(raw, kind="stable")
    stepped = np.maximum.accumulate(raw[order] * np.arange(len(raw), 0, -1))
    found = np.empty_like(raw)
    found[order] = np.minimum(stepped, 1)
    return found


def compare_groups(
    sketches: gpd.GeoDataFrame,
    group: "pd.Series[Any]",
    *,
    seed: int,
    strata: "pd.Series[Any] | None" = None,
    n_permutations: int = N_PERMUTATIONS,
    cell_m: float = 25.0,
    least: int = MIN_SUBGROUP,
) -> pd.DataFrame:
    """Compare the sketches of every two groups: size, place and surface.

    Parameters
    ----------
    sketches
        One row per resident.
    group
        Group of each sketch; sketches without one are left out.
    seed
        Seed of permutations and bootstrap; the same seed gives the same table.
    strata
        Official area of each sketch, within which labels are permuted.
    n_permutations
        Number of permutations per test.
    cell_m
        Side of a cell, in metres, for the difference of the surfaces.
    least
        Smallest group that is accepted.

    Returns
    -------
    DataFrame
        Index (first, second, measure), three measures a pair:

        size
            How many times as large the second group draws within the same places: exp of the Hodges-Lehmann
            shift of ln(area) in each place with five of both, averaged, with its bootstrap interval (see
            `geo.statistics.within_place`); NaN where no place has five of both.
        place
            Share of the variation of 1 - IoU that the groups explain (PERMANOVA), 0 to 1, without interval:
            drawing people twice makes pairs at distance 0.
        surface
            Largest difference of the shares of the two groups at one spot, with Newcombe's interval there.
            The spot is chosen for it, so the interval flatters.

        Columns ``n_first``, ``n_second``, ``effect``, ``low``, ``high``, ``p``, ``n_within`` and ``smallest``
        (of size only: the drawers in the places that count, and the smallest ratio that would have been found
        in four cases of five), ``p_holm`` (corrected over the whole table).

    Raises
    ------
    GroupTooSmall
        When a group has fewer than `least` sketches.
    GroupsTooFew
        When there are fewer than two groups.
    """
    label = group.reindex(SKETCHES.validate(sketches).index)
    kept = label.notna().to_numpy()
    drawn, label = sketches[kept], label[kept]
    sizes = label.value_counts().sort_index()
    for name, n in sizes.items():
        if n < least:
            raise GroupTooSmall(group=str(name), n=int(n), least=least)
    if len(sizes) < 2:
        raise GroupsTooFew(n=len(sizes))
    place = None if strata is None else strata.reindex(drawn.index)
    rows = {}
    for first, second in combinations(sizes.index, 2):
        pair = label.isin([first, second]).to_numpy()
        where = None if place is None else place[pair].to_numpy()
        two = _Two(
            drawn[pair], (label[pair] == second).to_numpy().astype(np.int64), where, seed, n_permutations
        )
        rows[first, second, "size"] = two.size()
        rows[first, second, "place"] = two.place()
        rows[first, second, "surface"] = two.surface(cell_m)
    columns = ["n_first", "n_second", "effect", "low", "high", "p", "n_within", "smallest"]
    index = pd.MultiIndex.from_tuples(list(rows), names=["first", "second", "measure"])
    found = pd.DataFrame(list(rows.values()), index=index, columns=columns)
    found["p_holm"] = holm_correction(found["p"])
    return found


Row = tuple[int, int, float, float, float, float, float, float]


@dataclass(frozen=True, eq=False)
class _Two:
    """Two groups side by side; label 1 is the second."""

    sketches: gpd.GeoDataFrame
    labels: Labels
    strata: NDArray[Any] | None
    seed: int
    n_permutations: int

    def _test(self, statistic: Statistic) -> PermutationResult:
        return permutation_test(
            statistic, self.labels, seed=self.seed, strata=self.strata, n_permutations=self.n_permutations
        )

    def _row(
        self,
        effect: float,
        low: float,
        high: float,
        p: float,
        *,
        n_within: float = math.nan,
        smallest: float = math.nan,
    ) -> Row:
        second = int(self.labels.sum())
        return len(self.labels) - second, second, effect, low, high, p, n_within, smallest

    def size(self) -> Row:
        value = np.log(shapely.area(self.sketches.geometry.to_numpy()))

        def apart(labels: Labels) -> NDArray[np.float64]:
            everyone = np.broadcast_to(value, labels.shape)
            medians = [
                np.median(everyone[labels == side].reshape(len(labels), -1), axis=1) for side in (0, 1)
            ]
            return np.asarray(np.abs(medians[1] - medians[0]))

        found = within_place_shift(value, self.labels, self.strata, seed=self.seed)
        effect, low, high, smallest = np.exp([found.effect, found.low, found.high, found.smallest_visible])
        p = self._test(apart).p
        return self._row(
            float(effect), float(low), float(high), p, n_within=found.n, smallest=float(smallest)
        )

    def place(self) -> Row:
        n = len(self.labels)
        apart = 1 - pairwise_iou(self.sketches, cell_m=None if n <= MAX_EXACT else 25.0)
        test = self._test(pseudo_f(apart))
        # F = R2 (N - a) / (1 - R2) for two groups, solved for R2.
        explained = 1.0 if math.isinf(test.observed) else test.observed / (test.observed + n - 2)
        return self._row(explained, math.nan, math.nan, test.p)

    def surface(self, cell_m: float) -> Row:
        areas = self.sketches.geometry.to_numpy()
        runs = Runs.from_areas(areas, choose_extent(areas, cell_m)[0])
        everyone = runs.sums(np.ones((1, len(areas)), dtype=np.int32))[0]
        n_second = int(self.labels.sum())
        n_first = len(self.labels) - n_second

        def gaps(labels: Labels) -> NDArray[np.float64]:
            second = runs.sums(labels.astype(np.int32))
            return np.asarray(np.abs(second / n_second - (everyone - second) / n_first))

        def most(labels: Labels) -> NDArray[np.float64]:
            ends = np.cumsum(row_chunks(len(labels), len(everyone)))[:-1]
            return np.concatenate([gaps(part).max(axis=1) for part in np.split(labels, ends)])

        spot = int(np.argmax(gaps(self.labels[None, :])[0]))
        second = int(runs.sums(self.labels[None, :].astype(np.int32))[0, spot])
        effect, low, high = _newcombe(int(everyone[spot]) - second, n_first, second, n_second)
        return self._row(effect, low, high, self._test(most).p)


def _newcombe(first: int, n_first: int, second: int, n_second: int) -> tuple[float, float, float]:
    """Return the difference of two shares and its 95 % interval (R.G. Newcombe 1998, method 10)."""
    p1, p2 = first / n_first, second / n_second
    (low1, high1), (low2, high2) = wilson(first, n_first), wilson(second, n_second)
    low = p2 - p1 - math.hypot(p2 - float(low2), float(high1) - p1)
    high = p2 - p1 + math.hypot(float(high2) - p2, p1 - float(low1))
    return p2 - p1, low, high
