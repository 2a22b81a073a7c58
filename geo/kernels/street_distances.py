"""Shortest ways along streets from many sources at once: one pass for all facilities of a theme."""

from typing import Any

import numpy as np

from geo.kernels.predicates import compiled


@compiled
def _push(heap: Any, keys: Any, size: int, item: int, key: float) -> int:
    """Add an item to a binary heap; return its new size."""
    at = size
    while at > 0:
        above = (at - 1) // 2
        if keys[above] <= key:
            break
        keys[at] = keys[above]
        heap[at] = heap[above]
        at = above
    keys[at] = key
    heap[at] = item
    return size + 1


@compiled
def _pop(heap: Any, keys: Any, size: int) -> int:
    """Remove the least item from a binary heap, which is at its top; return the new size."""
    size -= 1
    key = keys[size]
    item = heap[size]
    at = 0
    while 2 * at + 1 < size:
        below = 2 * at + 1
        if below + 1 < size and keys[below + 1] < keys[below]:
            below += 1
        if keys[below] >= key:
            break
        keys[at] = keys[below]
        heap[at] = heap[below]
        at = below
    keys[at] = key
    heap[at] = item
    return size


@compiled
def spread(row_at: Any, neighbour: Any, weight: Any, seed: Any, seed_m: Any, source: Any) -> Any:
    """Compute the distance of each node to the nearest of many sources.

    This is Dijkstra's algorithm in one pass.

    Parameters
    ----------
    row_at, neighbour, weight
        The graph: of node k the neighbours `row_at[k]` to `row_at[k + 1]` and the metres to each.
    seed, seed_m, source
        Where the ways begin: node, metres already walked there, and number of the source.

    Returns
    -------
    distance : float64 per node
        In metres; inf where no source comes.
    nearest : int64 per node
        Number of the source, -1 where none comes; of equally near ones the lowest.

    Examples
    --------
    A street of three nodes, 10 and 20 m apart, with one source 5 m from the first.

    >>> street = np.array([0, 1, 3, 4]), np.array([1, 0, 2, 1]), np.array([10.0, 10.0, 20.0, 20.0])
    >>> spread(*street, np.array([0]), np.array([5.0]), np.array([7]))[0].tolist()
    [5.0, 15.0, 35.0]
    """
    n = len(row_at) - 1
    distance = np.full(n, np.inf)
    nearest = np.full(n, -1)
    heap = np.empty(len(neighbour) + len(seed) + 1, np.int64)
    keys = np.empty(len(heap))
    size = 0
    for k in range(len(seed)):
        node = seed[k]
        if seed_m[k] < distance[node] or (seed_m[k] == distance[node] and source[k] < nearest[node]):
            distance[node] = seed_m[k]
            nearest[node] = source[k]
            size = _push(heap, keys, size, node, seed_m[k])
    while size > 0:
        node = heap[0]
        metres = keys[0]
        size = _pop(heap, keys, size)
        if metres > distance[node]:
            continue
        for k in range(row_at[node], row_at[node + 1]):
            other = neighbour[k]
            new = metres + weight[k]
            if new < distance[other]:
                distance[other] = new
                nearest[other] = nearest[node]
                size = _push(heap, keys, size, other, new)
            elif new == distance[other] and nearest[node] < nearest[other]:
                nearest[other] = nearest[node]
                size = _push(heap, keys, size, other, new)
    return distance, nearest


@compiled
def arrive(
    edge: Any, along_m: Any, leg_m: Any, start: Any, end: Any, length: Any, distance: Any, nearest: Any,
    here_at: Any, here: Any, from_m: Any, to_m: Any, source_leg_m: Any, source: Any,
) -> Any:  # fmt: skip
    """Compute the whole distance from places beside streets to the nearest source.

    The way leads by either end of the place's street, or along it.

    Parameters
    ----------
    edge, along_m, leg_m
        Of each place its street, where along it, and the metres from the door; street -1: none.
    start, end, length
        Of each street its two nodes and its metres.
    distance, nearest
        Per node, from `spread`.
    here_at, here
        Which sources are on a street: `here[here_at[k] : here_at[k + 1]]`.
    from_m, to_m, source_leg_m, source
        Of each source the stretch of its street that it takes up, its leg, and its number.

    Returns
    -------
    metres : float64 per place
        inf where no source comes.
    by : int64 per place
        Number of the nearest source, or -1.
    """
    metres = np.full(len(edge), np.inf)
    by = np.full(len(edge), -1)
    for p in range(len(edge)):
        e = edge[p]
        if e < 0:
            continue
        best = distance[start[e]] + along_m[p]
        who = nearest[start[e]]
        other = distance[end[e]] + (length[e] - along_m[p])
        if other < best or (other == best and nearest[end[e]] < who):
            best = other
            who = nearest[end[e]]
        for k in range(here_at[e], here_at[e + 1]):
            s = here[k]
            direct = max(0.0, from_m[s] - along_m[p], along_m[p] - to_m[s]) + source_leg_m[s]
            if direct < best or (direct == best and source[s] < who):
                best = direct
                who = source[s]
        metres[p] = best + leg_m[p]
        if best < np.inf:
            by[p] = who
    return metres, by
