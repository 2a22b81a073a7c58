"""Runs of grid cells: areas as half-open intervals per row."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from geo.grids.cell_counts import running_total
from geo.grids.grid import Geometries, Grid, row_steps

PORTION = 16_000_000
"""Numbers handled at a time where a table of sketches by runs would be too large."""


@dataclass(frozen=True)
class Runs:
    """The same grid cut into runs of cells between two steps, within which nothing changes for anyone.

    A resampled surface costs one product over the steps instead of one pass over all cells of all sketches.

    Parameters
    ----------
    steps
        Sparse, areas x runs: the step each area makes at the start of each run.
    cells
        How many cells each run is long.
    at
        Place of each run's first cell in a ``rows`` x ``columns + 1`` array.
    grid
        The grid that is cut.
    """

    steps: sparse.csr_array
    cells: NDArray[np.int64]
    at: NDArray[np.int64]
    grid: Grid

    @classmethod
    def from_areas(cls, areas: Geometries, grid: Grid) -> Self:
        """Create the runs of a grid by cutting it at every step of every area.

        Parameters
        ----------
        areas
            Valid polygons and multipolygons, in metres.
        grid
            What lies outside is left out.

        Returns
        -------
        Runs
            The same grid as runs.
        """
        met = row_steps(areas, grid)
        at, run = np.unique(met.at, return_inverse=True)
        table = sparse.csr_array((met.step, (met.area, run)), shape=(len(areas), len(at)), dtype=np.int32)
        table.sum_duplicates()
        cells = np.diff(at, append=at[-1:])
        # The last step in a row closes everything: no run starts there.
        cells[np.diff(at // (grid.columns + 1), append=-1) != 0] = 0
        return cls(table, cells, at, grid)

    def sums(self, votes: NDArray[np.int32]) -> NDArray[np.int32]:
        """Sum votes per run.

        Parameters
        ----------
        votes
            Replicates x areas: how often each area counts.

        Returns
        -------
        array
            Int32, replicates x runs.
        """
        return np.cumsum((self.steps.T @ votes.T).T, axis=1, dtype=np.int32)

    def to_cells(self, values: NDArray[np.int32]) -> NDArray[np.int32]:
        """Return one value per run as an array of cells.

        Parameters
        ----------
        values
            One whole number per run.

        Returns
        -------
        array
            Int32, rows x columns; the first row is the most southern.

        Raises
        ------
        GridTooLarge
            When the array would not fit in memory.
        """
        difference = self.grid.zeros(np.int32, past=1).ravel()
        # Where a row ends no run starts and the value is 0, so one row never leaks into the next.
        difference[self.at] = np.diff(np.where(self.cells > 0, values, 0), prepend=0)
        return running_total(difference, self.grid)


def row_chunks(total: int, width: int) -> list[int]:
    """Return the sizes of the portions in which rows fit in memory.

    Parameters
    ----------
    total
        Number of rows.
    width
        Numbers in one row.

    Returns
    -------
    list
        Rows in each portion, at least 1; the sum is `total`.

    Examples
    --------
    >>> row_chunks(5, PORTION // 2)
    [2, 2, 1]
    """
    size = max(1, PORTION // max(width, 1))
    return [min(size, total - start) for start in range(0, total, size)]
