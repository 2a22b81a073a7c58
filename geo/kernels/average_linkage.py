"""Average linkage on a sparse similarity, up to a cut: groups without an n x n matrix.

Average linkage needs sums only: pairs without anything in common add nothing to the mean similarity of two
groups, so they need not be stored. The nearest-neighbour chain [1]_ merges in the order of the plain
algorithm; since average linkage is reducible, a group whose nearest neighbour is beyond the cut is final, so
no chain goes on beyond it.

Similarities are added up as whole numbers: a sum is the same in any order, and equally near is equally near
seen from either side.

References
----------
.. [1] D. Müllner, Modern hierarchical, agglomerative clustering algorithms, arXiv:1109.2378 (2011).
"""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from geo.kernels.predicates import compiled

SUMMED = 8
"""From so many members on a group keeps its own row of sums; below, its members' rows are added each time."""


@compiled
def _find(parent: Any, item: int) -> int:
    """Return the lowest member of the group of an item."""
    while parent[item] != item:
        parent[item] = parent[parent[item]]
        item = parent[item]
    return item


@compiled
def _gather(
    group: int, parent: Any, following: Any, begin: Any, end: Any, label: Any, sums: Any,
    row_at: Any, column: Any, shared: Any, own: Any, scale: float, total: Any, touched: Any,
) -> int:  # fmt: skip
    """Add up the similarities of a group with each other group: into `total`, for those in `touched`."""
    many = 0
    if begin[group] >= 0:
        for k in range(begin[group], end[group]):
            other = _find(parent, label[k])
            if other != group:
                if total[other] == 0:
                    touched[many] = other
                    many += 1
                total[other] += sums[k]
        return many
    member = group
    while member >= 0:
        for k in range(row_at[member], row_at[member + 1]):
            other = _find(parent, column[k])
            if other != group and shared[k] > 0:
                alike = shared[k] / (own[member] + own[column[k]] - shared[k])
                whole = max(1, round(min(alike, 1.0) * scale))
                if total[other] == 0:
                    touched[many] = other
                    many += 1
                total[other] += whole
        member = following[member]
    return many


@compiled
def _compact(begin: Any, end: Any, label: Any, sums: Any, more: int) -> Any:
    """Move the rows in use to the front, into larger arrays where that leaves too little room."""
    used = 0
    for group in range(len(begin)):
        if begin[group] >= 0:
            used += end[group] - begin[group]
    room = max(len(label), 2 * (used + more))
    new_label = np.empty(room, np.int32)
    new_sums = np.empty(room, np.int64)
    at = 0
    for group in range(len(begin)):
        if begin[group] >= 0:
            size = end[group] - begin[group]
            new_label[at : at + size] = label[begin[group] : end[group]]
            new_sums[at : at + size] = sums[begin[group] : end[group]]
            begin[group] = at
            end[group] = at + size
            at += size
    return new_label, new_sums, at


@compiled
def _link(row_at: Any, column: Any, shared: Any, own: Any, least: float, scale: float) -> Any:
    n = len(own)
    parent = np.arange(n)
    size = np.ones(n, np.int64)
    following = np.full(n, -1, np.int64)  # the next member of the same group
    last = np.arange(n)
    begin = np.full(n, -1, np.int64)  # where a group's row of sums is, if it keeps one
    end = np.zeros(n, np.int64)
    label = np.empty(1 << 16, np.int32)
    sums = np.empty(1 << 16, np.int64)
    used = 0
    total = np.zeros(n, np.int64)
    touched = np.empty(n, np.int64)
    final = np.zeros(n, np.bool_)
    chain = np.empty(n, np.int64)
    for start in range(n):
        links = 0
        while parent[start] == start and not final[start]:
            if links == 0:
                chain[0] = start
                links = 1
            group = chain[links - 1]
            many = _gather(
                group, parent, following, begin, end, label, sums,
                row_at, column, shared, own, scale, total, touched,
            )  # fmt: skip
            before = chain[links - 2] if links > 1 else -1
            nearest = -1
            best = 0.0
            for t in range(many):
                other = touched[t]
                mean = total[other] / (size[group] * size[other])
                total[other] = 0
                # Of equally near ones the group before in the chain, else the one with the lowest member.
                if mean > best or (
                    mean == best and nearest != before and (other == before or other < nearest)
                ):
                    best = mean
                    nearest = other
            if nearest < 0 or best < least * scale - 1.0:
                # Similarity only grows along a chain, so nothing in it has anyone within the cut.
                for k in range(links):
                    final[chain[k]] = True
                links = 0
            elif nearest != before:
                chain[links] = nearest
                links += 1
            else:
                links -= 2
                one = min(group, nearest)
                other = max(group, nearest)
                many = 0
                if size[one] + size[other] >= SUMMED:
                    for part in (one, other):
                        # The second adds to the same totals; `touched` runs on behind the first.
                        many += _gather(
                            part, parent, following, begin, end, label, sums,
                            row_at, column, shared, own, scale, total, touched[many:],
                        )  # fmt: skip
                    if used + many > len(label):
                        label, sums, used = _compact(begin, end, label, sums, many)
                    begin[one] = used
                    for t in range(many):
                        item = touched[t]
                        if item not in (one, other):
                            label[used] = item
                            sums[used] = total[item]
                            used += 1
                        total[item] = 0
                    end[one] = used
                    begin[other] = -1
                parent[other] = one
                size[one] += size[other]
                following[last[one]] = other
                last[one] = last[other]
    for item in range(n):
        parent[item] = _find(parent, item)
    return parent


def average_linkage(shared: sparse.csr_array, *, cut: float) -> NDArray[np.int64]:
    """Return clusters of items by average linkage on 1 - IoU, up to a cut.

    Equal to scipy's `linkage(method="average")` and `fcluster` at distance `cut`, where no two clusters are
    equally near. Of equally near clusters the one with the lowest item is joined first, and a mean distance
    of exactly `cut` joins.

    Parameters
    ----------
    shared
        Items x items, symmetric: what each two share, with each item's own size on the diagonal; pairs that
        are not stored share nothing.
    cut
        Two clusters are joined while the mean 1 - IoU of their items is at most this, below 1.

    Returns
    -------
    array
        Int64: for each item the lowest item of its cluster.

    Examples
    --------
    The first two share 95 of 105, the third nothing with anybody.

    >>> both = sparse.csr_array(np.array([[100, 95, 0], [95, 100, 0], [0, 0, 100]]))
    >>> average_linkage(both, cut=0.8).tolist()
    [0, 0, 2]
    """
    own = shared.diagonal().astype(np.float64)
    n = len(own)
    # The largest sum is n / 2 x n / 2 times the similarity 1: it fits in 63 bits.
    scale = 2.0 ** min(52, 62 - math.ceil(2 * math.log2(max(n, 2) / 2)))
    found: NDArray[np.int64] = _link(shared.indptr, shared.indices, shared.data, own, 1 - cut, scale)
    return found
