"""Outlines of grid cells as polygons."""

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import MultiPolygon

from geo.grids.grid import Geometries, Grid


def trace_outline(inside: NDArray[np.bool_], grid: Grid) -> MultiPolygon:
    """Return the outline of the marked cells: exact, valid, without redundant points.

    Cells that touch at a corner only become two parts.

    Parameters
    ----------
    inside
        Rows x columns, first row most southern.
    grid
        Grid of these cells.

    Returns
    -------
    MultiPolygon
        In metres, along cell edges; empty when no cell is marked.

    Examples
    --------
    >>> trace_outline(np.array([[True, True, False]]), Grid(0, 0, 3, 1, 25.0)).wkt
    'MULTIPOLYGON (((0 0, 50 0, 50 25, 0 25, 0 0)))'
    """
    if not inside.any():
        return MultiPolygon()
    inside, grid = trim(inside, grid)
    padded = np.pad(inside, 1).astype(np.int8)
    across = np.diff(padded, axis=0)[:, 1:-1]
    along = np.diff(padded, axis=1)[1:-1, :]
    level, west, east = _straights(across)
    column, south, north = _straights(along.T)
    ends = np.concatenate(
        [np.stack([west, level, east, level], axis=1), np.stack([column, south, column, north], axis=1)]
    ).astype(np.float64)
    corners = ends.reshape(-1, 2, 2) + np.array([grid.column, grid.row])
    lines: Geometries = np.asarray(shapely.linestrings(corners * grid.cell_m))
    faces: Geometries = np.asarray(shapely.get_parts(shapely.polygonize(lines)))
    # Every line parts inside from outside, so a face is all one or all the other: ask one point of each.
    point = shapely.get_coordinates(shapely.point_on_surface(faces)) / grid.cell_m
    column, row = (np.floor(point) - (grid.column, grid.row)).astype(np.int64).T
    return MultiPolygon(shapely.orient_polygons(shapely.normalize(faces[inside[row, column]])).tolist())


def trim(values: NDArray[Any], grid: Grid) -> tuple[NDArray[Any], Grid]:
    """Return the array and its grid without empty rows and columns at the edges.

    Parameters
    ----------
    values
        Rows x columns; at least one value must not be 0.
    grid
        Grid of these values.

    Returns
    -------
    values
        The part with values.
    grid
        Grid of that part.
    """
    rows, columns = np.flatnonzero(values.any(axis=1)), np.flatnonzero(values.any(axis=0))
    south, north, west, east = rows[0], rows[-1] + 1, columns[0], columns[-1] + 1
    part = Grid(
        grid.column + int(west), grid.row + int(south), int(east - west), int(north - south), grid.cell_m
    )
    return values[south:north, west:east], part


def _straights(edge: NDArray[np.int8]) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return line number, begin and end of each straight piece whose inside lies on one side all along."""
    change = np.diff(edge, axis=1, prepend=0, append=0)
    before = np.pad(edge, ((0, 0), (1, 0)))
    after = np.pad(edge, ((0, 0), (0, 1)))
    begin = np.nonzero((change != 0) & (after != 0))
    end = np.nonzero((change != 0) & (before != 0))
    return begin[0], begin[1], end[1]
