"""One outline as small as a stamp: the path of an SVG, without a ground or a name."""

from typing import Any

import numpy as np
import shapely

SIDE = 100
"""Width and height of the stamp, in its own units; the outline lies a margin of 4 within."""

MARGIN = 4


def outline_paths(outlines: list[Any]) -> list[str]:
    """Return the paths of outlines on one stamp: the first fills it, and the others lie where they belong beside it.

    Parameters
    ----------
    outlines
        Polygons or multipolygons in metres.

    Returns
    -------
    list of str
        For the attribute ``d`` of a path within ``viewBox="0 0 100 100"``.

    Examples
    --------
    >>> outline_paths([shapely.box(0, 0, 10, 10)])
    ['M96,96L96,4L4,4L4,96Z']
    """
    west, south, east, north = outlines[0].bounds
    per_m = (SIDE - 2 * MARGIN) / max(east - west, north - south, 1e-9)
    middle = np.array([(west + east) / 2, (south + north) / 2])
    return [_path(one.simplify(0.5 / per_m), middle, per_m) for one in outlines]


def _path(outline: Any, middle: Any, per_m: float) -> str:
    parts = []
    for piece in shapely.get_parts(outline):
        for ring in (piece.exterior, *piece.interiors):
            offsets = (shapely.get_coordinates(ring)[:-1] - middle) * per_m * (1, -1) + SIDE / 2
            parts.append("M" + "L".join(f"{x},{y}" for x, y in np.rint(offsets).astype(int).tolist()) + "Z")
    return "".join(parts)
