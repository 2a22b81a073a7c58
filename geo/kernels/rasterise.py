"""How many drawings hold each cell, for very many drawings: one step for each row an outline crosses."""

from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from geo.kernels.geometry_arrays import Outlines
from geo.kernels.predicates import compiled

_Number = TypeVar("_Number", np.int32, np.float64)


@compiled
def _steps(
    xy: Any,
    ring_at: Any,
    shape_at: Any,
    hole: Any,
    weight: Any,
    column: int,
    row: int,
    cell_m: float,
    out: Any,
) -> None:
    rows, columns = out.shape
    columns -= 1
    for s in range(len(shape_at) - 1):
        for ring in range(shape_at[s], shape_at[s + 1]):
            begin = ring_at[ring]
            end = ring_at[ring + 1] - 1
            twice = 0.0
            for i in range(begin, end):
                twice += (xy[i, 0] - xy[begin, 0]) * (xy[i + 1, 1] - xy[begin, 1])
                twice -= (xy[i + 1, 0] - xy[begin, 0]) * (xy[i, 1] - xy[begin, 1])
            # With its own ground on the left of every edge, an edge that goes down begins the ground.
            begins = weight[s] if (twice > 0) != hole[ring] else -weight[s]
            for i in range(begin, end):
                step = begins
                low_x = xy[i, 0] / cell_m
                low_y = xy[i, 1] / cell_m
                high_x = xy[i + 1, 0] / cell_m
                high_y = xy[i + 1, 1] / cell_m
                if low_y <= high_y:
                    step = -begins
                else:
                    # Always upwards: neighbours must meet a row at the same x to the last bit.
                    low_x, high_x = high_x, low_x
                    low_y, high_y = high_y, low_y
                first = max(np.ceil(low_y - 0.5), float(row))
                past = min(np.ceil(high_y - 0.5), float(row + rows))
                at = first
                while at < past:
                    rise = (at + 0.5 - low_y) / (high_y - low_y)
                    where = np.ceil(low_x + rise * (high_x - low_x) - 0.5) - column
                    out[int(at) - row, int(min(max(where, 0.0), float(columns)))] += step
                    at += 1.0


def steps(
    outlines: Outlines,
    weight: NDArray[_Number],
    *,
    column: int,
    row: int,
    columns: int,
    rows: int,
    cell_m: float,
    onto: NDArray[_Number] | None = None,
) -> NDArray[_Number]:
    """Return the difference array of a chunk; its running sum per row is the count.

    Parameters
    ----------
    outlines
        One chunk of valid sketches, in metres.
    weight
        Weight of each sketch, of shape (sketches,): int32 1, or -1 to subtract one, or float64 weights.
    column, row, columns, rows, cell_m
        The cells, as in `geo.grids.grid.Grid`.
    onto
        Array to add to instead of a new one, so that a stream of chunks needs only one.

    Returns
    -------
    array
        Of shape (rows, columns + 1). Parts of chunks are merged by adding them. The steps are those of
        `geo.grids.grid.row_steps` to the last bit.

    Examples
    --------
    >>> import shapely
    >>> square = Outlines.of(np.array([shapely.box(0, 0, 50, 25)]))
    >>> found = steps(square, np.ones(1, np.int32), column=0, row=0, columns=3, rows=1, cell_m=25.0)
    >>> found.tolist(), found.cumsum(axis=1)[:, :-1].tolist()
    ([[1, 0, -1, 0]], [[1, 1, 0]])
    """
    part = np.zeros((rows, columns + 1), weight.dtype) if onto is None else onto
    _steps(
        outlines.xy, outlines.ring_at, outlines.shape_at, outlines.hole, weight, column, row, cell_m, part
    )  # fmt: skip
    return part
