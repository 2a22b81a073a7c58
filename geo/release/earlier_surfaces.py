"""What a surface gives away beside those that were released before: files that left stay where they are.

Two surfaces of one neighbourhood tell more than either. Where ground goes from a band because somebody left, it
was that person's; and where one person decided a piece alone in each of several releases, the pieces together
become the drawing. So the bands of now are held against the bands of every earlier release.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy import special

from geo.grids.cell_counts import count_cells
from geo.grids.grid import Geometries, Grid, Steps, choose_extent, row_steps

MAX_FREED = 1 / 10
"""Part of the drawing of somebody who left that may go from the bands of as many people, or of fewer."""

_SPECK = 1e-6

MAX_EVER = 3 / 4
"""Part of anybody's own drawing that all releases together may have left to that person alone."""


@dataclass(frozen=True, eq=False)
class EarlierSurface:
    """Bands that were released before, with the drawings behind them as far as they are still there.

    Parameters
    ----------
    areas
        Outlines of those drawings, in metres.
    position
        For each of them its place among the drawings of now; -1 for who left, or drew anew.
    n_erased
        People behind the bands whose drawing is no longer there.
    shown
        The bands: fewest people behind the ground, and the ground.
    is_same_cell
        Whether it is the same neighbourhood; else it only has people in common, and ground that is missing now says
        nothing.
    """

    areas: Geometries
    position: NDArray[np.int64]
    n_erased: int
    shown: tuple[tuple[int, shapely.Geometry], ...]
    is_same_cell: bool = True


class EarlierGround:
    """The ground of earlier bands on one grid with the drawings of now.

    Parameters
    ----------
    areas
        The drawings of now, one a person, in metres.
    earlier
        What was released before of any of the people.
    cell_m
        Side of the cells.
    """

    def __init__(self, areas: Geometries, earlier: Sequence[EarlierSurface], cell_m: float) -> None:
        grid, _ = choose_extent(areas, cell_m)
        for one in earlier:
            grid = grid.union(Grid.covering(np.array([shape for _, shape in one.shown], object), cell_m))
        self._areas, self._earlier, self._grid = areas, earlier, grid
        self._count = count_cells(areas, grid)
        self._steps = row_steps(areas, grid)
        self._own = _whole_cells(areas, cell_m)
        self._shown = [
            [(people, count_cells(np.array([shape], object), grid) > 0) for people, shape in one.shown]
            for one in earlier
        ]
        self._alone = [self._once_alone(at) for at in range(len(earlier))]
        self._was_in = np.zeros((len(areas), len(earlier)), dtype=bool)
        for at, one in enumerate(earlier):
            self._was_in[one.position[one.position >= 0], at] = True

    def largest_part_freed(self, people: int) -> float:
        """Return the largest part of a drawing that shows by what is gone from earlier bands.

        A drawing that was erased cannot be measured: it counts for as small as the smallest that is there.

        Parameters
        ----------
        people
            Fewest people behind the band of now; earlier bands of fewer people say nothing beside it.

        Returns
        -------
        float
            Of everybody who left or drew anew; above `MAX_FREED` the band waits.

        Examples
        --------
        Somebody with a strip of 1000 m left, and 300 m of it are no longer in the band.

        >>> strip = shapely.box(0, 0, 700, 100)
        >>> was = EarlierSurface(np.array([shapely.box(0, 0, 1000, 100)]), np.array([-1]), 0,
        ...     ((5, shapely.box(0, 0, 1000, 100)),))
        >>> EarlierGround(np.array([strip] * 5), [was], 25.0).largest_part_freed(5)
        0.3
        """
        missing, worst = self._count < people, 0.0
        for one, shown in zip(self._earlier, self._shown, strict=True):
            gone = np.zeros_like(missing)
            for before, ground in shown:
                if one.is_same_cell and before >= people:
                    gone |= ground & missing
            left = one.areas[one.position < 0]
            if len(left):
                lost = _cells_within(gone, self._grid, row_steps(left, self._grid), len(left))
                worst = max(worst, float((lost / _whole_cells(left, self._grid.cell_m)).max()))
            if one.n_erased:
                smallest = min(self._own.min(), _whole_cells(left, self._grid.cell_m).min(initial=np.inf))
                worst = max(worst, float(gone.sum() / smallest))
        return worst

    def gives_too_much(self, people: Sequence[int]) -> bool:
        """Return whether bands of now would leave anybody more of their drawing to decide alone than `MAX_EVER`.

        What somebody decided alone in any earlier release counts as well. Where drawings behind an earlier band are
        gone, ground counts for as much as it is likely that those who are there decided it alone.

        Parameters
        ----------
        people
            Fewest people behind each band of now.
        """
        now = np.isin(self._count, people)
        for pattern in np.unique(self._was_in, axis=0):
            rows = (self._was_in == pattern).all(axis=1)
            never = np.where(now, 0.0, 1.0)
            for at in np.flatnonzero(pattern):
                never *= 1.0 - self._alone[at]
            alone, together = (
                _cells_within(ground, self._grid, self._steps, len(self._areas))[rows]
                for ground in (now, 1.0 - never)
            )
            if ((together > MAX_EVER * self._own[rows] + _SPECK) & (alone > 0)).any():
                return True
        return False

    def _once_alone(self, at: int) -> NDArray[np.float64]:
        """Return for each cell how likely it is that its drawers decided it alone in an earlier release: 0 to 1."""
        earlier = self._earlier[at]
        count = count_cells(earlier.areas, self._grid)
        found = np.zeros(count.shape)
        for people, ground in self._shown[at]:
            chance = _chance_alone(people, len(earlier.areas), earlier.n_erased)
            found[ground] = np.maximum(found[ground], chance[np.minimum(count[ground], people + 1)])
        return found


def _chance_alone(people: int, n_there: int, n_erased: int) -> NDArray[np.float64]:
    """Return how likely a cell of a band had no more than its ``people``, by how many of them are still there.

    The rest were erased. That the cell was in the band says that at least so many of them drew it; for each the
    chance to have done so is the part of those who are there who did.

    Returns
    -------
    array
        For 0 to ``people`` drawers who are there, and 0 for more.

    Examples
    --------
    Nobody was erased: five of five. One was, so that four who are there were five.

    >>> _chance_alone(5, 10, 0).tolist()[4:], _chance_alone(5, 9, 1).round(2).tolist()[4:]
    ([1.0, 1.0, 0.0], [1.0, 0.45, 0.0])
    """
    there = np.arange(people + 1)
    missing, chance = people - there, (there + 0.5) / (n_there + 1)
    with np.errstate(invalid="ignore", divide="ignore"):
        exactly = special.comb(n_erased, missing) * chance**missing * (1 - chance) ** (n_erased - missing)
        found = exactly / special.bdtrc(missing - 1, n_erased, chance)
    return np.append(np.where(missing > n_erased, 1.0, np.clip(found, 0.0, 1.0)), 0.0)


def _whole_cells(areas: Geometries, cell_m: float) -> NDArray[np.float64]:
    """Return how many cells each area is large; at least one."""
    return np.maximum(np.asarray(shapely.area(areas)) / cell_m**2, 1.0)


def _cells_within(ground: NDArray[Any], grid: Grid, steps: Steps, n: int) -> NDArray[np.float64]:
    """Count the cells of a ground within each of ``n`` areas, from the steps that their outlines make."""
    before = np.zeros((grid.rows, grid.columns + 1))
    np.cumsum(ground, axis=1, out=before[:, 1:])
    entered = np.bincount(steps.area, weights=steps.step * before.ravel()[steps.at], minlength=n)
    return np.asarray(-entered, dtype=np.float64)
