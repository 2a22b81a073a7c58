"""How far people walk to the nearest facility, along streets.

The way is the leg from the door to the street, the way along streets, and the leg to the facility; both
directions of every street may be walked. One pass over the streets serves all facilities of a theme.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.networks.street_graph import Attachments, Geometries, StreetGraph, attach


@dataclass(frozen=True, eq=False)
class WalkingDistance:
    """How far it is from each place to the nearest facility.

    Parameters
    ----------
    metres
        Along streets; inf where no way leads to any.
    nearest
        Number of that facility, -1 where no way leads to any.
    """

    metres: NDArray[np.float64]
    nearest: NDArray[np.int64]


def nearest_by_street(
    graph: StreetGraph, homes: Attachments, n_homes: int, facilities: Geometries
) -> WalkingDistance:
    """Compute the distance from each home to the nearest facility along the streets.

    Parameters
    ----------
    graph
        Result of :func:`geo.networks.street_graph.build_street_graph`.
    homes
        Where homes join the streets, from :func:`geo.networks.street_graph.attach`; one set of homes serves
        every theme.
    n_homes
        Number of homes, including those that join no street.
    facilities
        Points, lines or areas in metres; an area is reached by every street that meets it.

    Returns
    -------
    WalkingDistance
        Metres and number of the facility per home; infinite and -1 where none can be reached.

    Examples
    --------
    Along an L of 100 and 50 m, with doors 10 m from the street, it is 10 + 100 + 50 + 10 m.

    >>> import shapely
    >>> from geo.networks.street_graph import build_street_graph
    >>> street = build_street_graph(shapely.linestrings([[(0, 0), (100, 0), (100, 50)]]))
    >>> homes = attach(street, np.array([shapely.Point(0, 10)]))
    >>> nearest_by_street(street, homes, 1, np.array([shapely.Point(110, 50)])).metres.tolist()
    [170.0]
    """
    # Loading the compiler takes half a second; nobody without streets waits for it.
    from geo.kernels.street_distances import arrive, spread  # noqa: PLC0415

    if not len(homes.place):
        return WalkingDistance(np.full(n_homes, np.inf), np.full(n_homes, -1))
    goal = attach(graph, facilities)
    seed = np.concatenate([graph.start[goal.edge], graph.end[goal.edge]])
    behind = graph.length_m[goal.edge] - goal.to_m
    seed_m = np.concatenate([goal.leg_m + goal.from_m, goal.leg_m + behind])
    distance, nearest = spread(*graph.adjacency, seed, seed_m, np.tile(goal.place, 2))
    here = np.argsort(goal.edge, kind="stable")
    here_at = np.concatenate([[0], np.cumsum(np.bincount(goal.edge, minlength=len(graph.lines)))])
    metres, by = arrive(
        homes.edge, homes.from_m, homes.leg_m, graph.start, graph.end, graph.length_m, distance, nearest,
        here_at, here, goal.from_m, goal.to_m, goal.leg_m, goal.place,
    )  # fmt: skip
    # A home with several ways to the street takes the shortest.
    order = np.lexsort((metres, homes.place))
    first = order[np.unique(homes.place[order], return_index=True)[1]]
    found, who = np.full(n_homes, np.inf), np.full(n_homes, -1)
    found[homes.place[first]], who[homes.place[first]] = metres[first], by[first]
    return WalkingDistance(found, who)


def distances_from_node(graph: StreetGraph, node: int) -> NDArray[np.float64]:
    """Compute the distance from one node to every node along the streets.

    Parameters
    ----------
    graph
        Result of :func:`geo.networks.street_graph.build_street_graph`.
    node
        Number of the node to start from.

    Returns
    -------
    array
        Metres, one per node; infinite where a node cannot be reached.

    Examples
    --------
    >>> import shapely
    >>> from geo.networks.street_graph import build_street_graph
    >>> street = build_street_graph(shapely.linestrings([[(0, 0), (100, 0)], [(100, 0), (100, 50)]]))
    >>> distances_from_node(street, 0).tolist()
    [0.0, 100.0, 150.0]
    """
    # Loading the compiler takes half a second; nobody without streets waits for it.
    from geo.kernels.street_distances import spread  # noqa: PLC0415

    zero = np.zeros(1, np.int64)
    distance: NDArray[np.float64] = spread(*graph.adjacency, np.array([node]), np.zeros(1), zero)[0]
    return distance
