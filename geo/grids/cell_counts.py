"""Count, per grid cell, the areas that cover its centre."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo.grids.grid import Geometries, Grid, _blocks, row_steps

MANY = 30_000
"""From so many areas on the compiled kernel is sooner done, counting the time to load it."""


def count_cells(areas: Geometries, grid: Grid) -> NDArray[np.int32]:
    """Count for every cell how many areas contain its centre.

    Parameters
    ----------
    areas
        Valid polygons and multipolygons, in metres.
    grid
        What lies outside is left out.

    Returns
    -------
    array
        Int32, rows x columns; the first row is the most southern.

    Raises
    ------
    GridTooLarge
        When the counts would not fit in memory.

    Examples
    --------
    >>> import shapely
    >>> areas = np.array([shapely.box(0, 0, 50, 25), shapely.box(25, 0, 75, 25)])
    >>> count_cells(areas, Grid(0, 0, 3, 1, 25.0)).tolist()
    [[1, 2, 1]]
    """
    difference = grid.zeros(np.int32, past=1).ravel()
    if len(areas) >= MANY:
        _add_compiled(areas, grid, difference)
        return running_total(difference, grid)
    for block in _blocks(areas):
        met = row_steps(areas[block], grid)
        np.add.at(difference, met.at, met.step)
    return running_total(difference, grid)


def _add_compiled(areas: Geometries, grid: Grid, difference: NDArray[np.int32]) -> None:
    """Add the same steps, to the last one, with the compiled kernel."""
    # Loading the compiler costs more than it saves for fewer, so it is not loaded for them.
    from geo.kernels import rasterise as kernel  # noqa: PLC0415
    from geo.kernels.geometry_arrays import Outlines  # noqa: PLC0415

    table = difference.reshape(grid.rows, grid.columns + 1)
    for block in _blocks(areas):
        kernel.steps(
            Outlines.of(areas[block]),
            np.ones(len(areas[block]), np.int32),
            column=grid.column,
            row=grid.row,
            columns=grid.columns,
            rows=grid.rows,
            cell_m=grid.cell_m,
            onto=table,
        )


def sum_weights(areas: Geometries, weights: NDArray[np.float64], grid: Grid) -> NDArray[np.float64]:
    """Sum for every cell the weights of the areas that contain its centre.

    Sums of fractions leave errors of 1e-16 where nobody drew; compare with a tolerance.

    Parameters
    ----------
    areas
        Valid polygons and multipolygons, in metres.
    weights
        One weight per area.
    grid
        What lies outside is left out.

    Returns
    -------
    array
        Float64, rows x columns; the first row is the most southern.

    Raises
    ------
    GridTooLarge
        When the sums would not fit in memory.
    """
    difference = grid.zeros(np.float64, past=1).ravel()
    for block in _blocks(areas):
        met = row_steps(areas[block], grid)
        np.add.at(difference, met.at, met.step * weights[block][met.area])
    return running_total(difference, grid)


def running_total(difference: NDArray[Any], grid: Grid) -> NDArray[Any]:
    """Return the counts per cell from the differences at the edges of runs.

    Parameters
    ----------
    difference
        Flat array of rows x (columns + 1) steps; it is overwritten.
    grid
        The grid of the steps.

    Returns
    -------
    array
        Rows x columns, of the type of `difference`.
    """
    table = difference.reshape(grid.rows, grid.columns + 1)
    np.cumsum(table, axis=1, out=table)
    return table[:, :-1].copy()
