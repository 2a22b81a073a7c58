"""Streets as a graph: where they meet, how long they are, and how one gets from a door to a street."""

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LineString
from shapely.ops import substring

Geometries = NDArray[np.object_]

JOIN_M = 1.5
"""A street that ends this near to another one joins it: bends under 1 m are not kept in a base map."""

LEGS_M = (25.0, 75.0, 300.0)
"""So far a street is looked for on one's own side of water and railway, in rising steps."""

WADED_M = 1.0
"""A leg may run over the edge of water by this much: outlines of water and streets are not that exact."""


@dataclass(frozen=True, eq=False)
class Attachments:
    """Where places join the streets; a place may join several, or none.

    Parameters
    ----------
    place
        Number of the place.
    edge
        Number of the street piece.
    from_m, to_m
        Where on that piece, from its start: one spot, or a stretch that lies within the place.
    leg_m
        Straight distance from the place to there.
    """

    place: NDArray[np.int64]
    edge: NDArray[np.int64]
    from_m: NDArray[np.float64]
    to_m: NDArray[np.float64]
    leg_m: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class StreetGraph:
    """Streets cut where they meet, and what nobody walks across.

    Parameters
    ----------
    lines
        The pieces, in metres.
    start, end
        Number of the node at either end of each piece.
    nodes
        Where they are: nodes x 2, in metres.
    barriers
        Water and railways: a leg from a door to a street does not cross them.
    """

    lines: Geometries
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    nodes: NDArray[np.float64]
    barriers: Geometries

    @cached_property
    def length_m(self) -> NDArray[np.float64]:
        """Metres of each piece."""
        return np.asarray(shapely.length(self.lines), dtype=np.float64)

    @cached_property
    def tree(self) -> shapely.STRtree:
        """The pieces, to find the nearest."""
        return shapely.STRtree(self.lines)

    @cached_property
    def barrier_tree(self) -> shapely.STRtree:
        """The barriers, to find those that a leg meets."""
        return shapely.STRtree(self.barriers)

    @cached_property
    def adjacency(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
        """Offsets per node, neighbours and metres, each piece in both directions."""
        one, other = np.concatenate([self.start, self.end]), np.concatenate([self.end, self.start])
        order = np.argsort(one, kind="stable")
        row_at = np.concatenate([[0], np.cumsum(np.bincount(one, minlength=len(self.nodes)))])
        return row_at, other[order], np.tile(self.length_m, 2)[order]


def build_street_graph(
    streets: Geometries, *, level: NDArray[np.int64] | None = None, barriers: Geometries | None = None
) -> StreetGraph:
    """Create a graph of the streets that may be walked.

    Parameters
    ----------
    streets
        Lines in metres, cut where they meet or not.
    level
        Level per street: 0 on the ground, above it on a bridge, below it in a tunnel. Streets of different
        levels meet where they end, nowhere else. None: all on the ground.
    barriers
        Water and railways, lines or areas.

    Returns
    -------
    StreetGraph
        Pieces between the nodes; loose ends within 1.5 m of another street are joined to it.

    Examples
    --------
    Two streets that cross make four pieces and five nodes; with a bridge they are two pieces.

    >>> cross = shapely.linestrings([[(0, 0), (10, 0)], [(5, -5), (5, 5)]])
    >>> len(build_street_graph(cross).lines), len(build_street_graph(cross).nodes)
    (4, 5)
    >>> len(build_street_graph(cross, level=np.array([0, 1])).lines)
    2
    """
    levels = np.zeros(len(streets), np.int64) if level is None else level
    pieces = [shapely.get_parts(shapely.union_all(streets[levels == height])) for height in np.unique(levels)]
    lines: Geometries = np.concatenate([np.empty(0, dtype=object), *pieces])
    lines = _with_ends_joined(lines[shapely.length(lines) > 0])
    ends = (
        shapely.get_coordinates(shapely.get_point(lines, 0)),
        shapely.get_coordinates(shapely.get_point(lines, -1)),
    )
    # To the millimetre: where pieces meet, union has put the same point on both.
    spots, number = np.unique(np.concatenate(ends).round(3), axis=0, return_inverse=True)
    start, end = number.reshape(2, -1).astype(np.int64)
    empty: Geometries = np.empty(0, dtype=object)
    return StreetGraph(lines, start, end, spots, empty if barriers is None else barriers)


def _with_ends_joined(lines: Geometries) -> Geometries:
    """Add a short piece where a street ends just beside another one, and cut the other there."""
    if not len(lines):
        return lines
    tips = np.concatenate([shapely.get_point(lines, 0), shapely.get_point(lines, -1)])
    _, number, times = np.unique(
        shapely.get_coordinates(tips).round(3), axis=0, return_inverse=True, return_counts=True
    )
    loose = np.flatnonzero(times[number.ravel()] == 1)
    tip, line = shapely.STRtree(lines).query(tips[loose], predicate="dwithin", distance=JOIN_M)
    other = line != loose[tip] % len(lines)
    tip, line = loose[tip[other]], line[other]
    along = shapely.line_locate_point(lines[line], tips[tip])
    joints = shapely.line_interpolate_point(lines[line], along)
    pieces = [np.delete(lines, np.unique(line))]
    pieces += [_cut_at(lines[one], along[line == one]) for one in np.unique(line)]
    gap = np.stack([shapely.get_coordinates(tips[tip]), shapely.get_coordinates(joints)], axis=1)
    joins = shapely.linestrings(gap[np.hypot(*(gap[:, 1] - gap[:, 0]).T) > 0])
    return np.concatenate([*pieces, np.atleast_1d(joins)])


def _cut_at(line: LineString, along_m: NDArray[np.float64]) -> Geometries:
    """Return the pieces of a line cut at these distances from its start."""
    stops = np.unique(np.concatenate([[0.0], along_m, [line.length]]))
    found: Geometries = np.array(
        [substring(line, one, other) for one, other in pairwise(stops.tolist())], dtype=object
    )
    return found


def attach(graph: StreetGraph, places: Geometries) -> Attachments:
    """Find for each place the nearest street without crossing water or railway.

    A place that is an area joins every street that meets it, from anywhere inside. Where no street within 300
    m can be reached without crossing, the nearest one is used.

    Parameters
    ----------
    graph
        Result of :func:`build_street_graph`.
    places
        Points, lines or areas in metres.

    Returns
    -------
    Attachments
        Ordered by place; empty when there are no streets.

    Examples
    --------
    >>> street = build_street_graph(shapely.linestrings([[(0, 0), (100, 0)]]))
    >>> found = attach(street, np.array([shapely.Point(30, 40)]))
    >>> found.from_m.tolist(), found.leg_m.tolist()
    ([30.0], [40.0])
    """
    if not len(graph.lines) or not len(places):
        nothing = np.empty(0, np.int64)
        return Attachments(nothing, nothing, np.empty(0), np.empty(0), np.empty(0))
    edge = np.full(len(places), -1, np.int64)
    for reach_m in LEGS_M:
        left = np.flatnonzero(edge < 0)
        edge[left] = _nearest_dry(graph, places[left], reach_m)
    left = np.flatnonzero(edge < 0)
    row, nearest = graph.tree.query_nearest(places[left], all_matches=False)
    edge[left[row]] = nearest
    place = np.flatnonzero(edge >= 0)
    edge = edge[place]
    legs = shapely.shortest_line(places[place], graph.lines[edge])
    along = shapely.line_locate_point(graph.lines[edge], shapely.get_point(legs, -1))
    spots = Attachments(place, edge, along, along, shapely.length(legs))
    wide = np.flatnonzero(shapely.get_dimensions(places) == 2)
    return _with_stretches(graph, spots, places, wide) if len(wide) else spots


def _nearest_dry(graph: StreetGraph, places: Geometries, reach_m: float) -> NDArray[np.int64]:
    """Return for each place the nearest street within reach that no barrier parts from it, or -1."""
    found = np.full(len(places), -1, np.int64)
    row, near = graph.tree.query(places, predicate="dwithin", distance=reach_m)
    order = np.lexsort((near, shapely.distance(places[row], graph.lines[near]), row))
    row, near = row[order], near[order]
    first = np.unique(row, return_index=True)[1]
    wet = _crosses(graph, places[row[first]], graph.lines[near[first]])
    found[row[first[~wet]]] = near[first[~wet]]
    # The others try every street within reach, the nearest first.
    others = np.isin(row, row[first[wet]])
    row, near = row[others], near[others]
    dry = ~_crosses(graph, places[row], graph.lines[near])
    row, near = row[dry], near[dry]
    first = np.unique(row, return_index=True)[1]
    found[row[first]] = near[first]
    return found


def _with_stretches(
    graph: StreetGraph, spots: Attachments, places: Geometries, wide: NDArray[np.int64]
) -> Attachments:
    """Add, for places that are surfaces, the stretches of street within them."""
    row, met = graph.tree.query(places[wide], predicate="intersects")
    inside, at = shapely.get_parts(
        shapely.intersection(graph.lines[met], places[wide[row]]), return_index=True
    )
    edge = met[at]
    line = shapely.get_type_id(inside) == 1
    ends = [np.where(line, shapely.get_point(inside, k), inside) for k in (0, -1)]
    along = np.sort([shapely.line_locate_point(graph.lines[edge], end) for end in ends], axis=0)
    # Where streets run through it, the spot that was nearest is one of many.
    kept = ~np.isin(spots.place, wide[row])
    return Attachments(
        np.concatenate([spots.place[kept], wide[row][at]]),
        np.concatenate([spots.edge[kept], edge]),
        np.concatenate([spots.from_m[kept], along[0]]),
        np.concatenate([spots.to_m[kept], along[1]]),
        np.concatenate([spots.leg_m[kept], np.zeros(len(edge))]),
    )


def _crosses(graph: StreetGraph, places: Geometries, lines: Geometries) -> NDArray[np.bool_]:
    """Return from which places the leg to a street runs over water or a railway.

    Water that the place itself lies in, as a houseboat does, is not run over.
    """
    found = np.zeros(len(places), np.bool_)
    if len(graph.barriers) and len(places):
        legs = shapely.shortest_line(places, lines)
        leg, barrier = graph.barrier_tree.query(legs, predicate="intersects")
        shapes = graph.barriers[barrier]
        over = ~shapely.intersects(shapes, places[leg])
        wet = np.flatnonzero(over & (shapely.get_dimensions(shapes) == 2))
        over[wet] = shapely.length(shapely.intersection(legs[leg[wet]], shapes[wet])) > WADED_M
        found[leg[over]] = True
    return found
