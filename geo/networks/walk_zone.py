"""The ground within a walk along the streets."""

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Geometry, Point, Polygon
from shapely.ops import substring

from geo.networks.street_graph import StreetGraph
from geo.networks.walking_distance import distances_from_node

WALK_M_PER_MIN = 75.0
"""4.5 km an hour: an easy pace."""

STREET_M = 40.0
"""Half the width of a street with the houses along it."""

GAP_M = 60.0
"""Ground between two streets of a walk, as wide as this, belongs to it."""


def walk_zone(graph: StreetGraph, start: Point, reach_m: float) -> Geometry | None:
    """Return the ground along the streets within reach of a point, with the ground between them.

    Parameters
    ----------
    graph
        The streets.
    start
        Where the walk begins, or rather at the crossing nearest to it: the middle of the area must not point
        at the door of a home.
    reach_m
        Metres along the streets.

    Returns
    -------
    geometry or None
        Polygon or multipolygon without holes; None where no street begins within reach.
    """
    edges = streets_near(graph, start, reach_m)
    if not len(edges):
        return None
    crossings = np.unique(np.concatenate([graph.start[edges], graph.end[edges]]))
    crossing = crossings[np.hypot(*(graph.nodes[crossings] - [start.x, start.y]).T).argmin()]
    left_m = reach_m - distances_from_node(graph, int(crossing))
    ways = _walked(
        graph.lines[edges], left_m[graph.start[edges]], left_m[graph.end[edges]], graph.length_m[edges]
    )
    broad = shapely.union_all(shapely.buffer(ways, STREET_M + GAP_M, quad_segs=3))
    ground = shapely.buffer(broad, -GAP_M, quad_segs=3)
    outer = [Polygon(face.exterior) for face in shapely.get_parts(ground) if isinstance(face, Polygon)]
    return shapely.simplify(shapely.union_all(outer), 2.0)


def streets_near(graph: StreetGraph, start: Point, reach_m: float) -> NDArray[np.int64]:
    """Return which streets begin within reach of a point, in their order.

    Parameters
    ----------
    graph
        The streets.
    start
        The point.
    reach_m
        Metres in a straight line.

    Returns
    -------
    array
        Positions of edges.
    """
    return np.sort(graph.tree.query(start, predicate="dwithin", distance=reach_m))


def _walked(
    lines: NDArray[np.object_], from_a: NDArray[np.float64], from_b: NDArray[np.float64], length: Any
) -> NDArray[np.object_]:
    """Return of every street what is reached from its two ends."""
    whole = (from_a > 0) & (from_b > 0) & (from_a + from_b >= length)
    found: list[Geometry] = lines[whole].tolist()
    for at in np.flatnonzero(~whole & ((from_a > 0) | (from_b > 0))).tolist():
        line, one, other, metres = lines[at], float(from_a[at]), float(from_b[at]), float(length[at])
        if one > 0:
            found.append(substring(line, 0, min(one, metres)))
        if other > 0:
            found.append(substring(line, max(0.0, metres - other), metres))
    return np.asarray(found, dtype=object)
