"""Graph of ink pieces: loops and the ends that belong together."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

from study.paper.ink_detection import Mask, Places, Shape

MAX_PIECES = 7
"""Ends of more pieces than this are not matched; the longest are."""
GRAPH_PX_PER_MM = 2.0


# --- From ink to outline --------------------------------------------------------------------------


@dataclass
class InkPiece:
    """One connected piece of line: its pixels, and the two ends that lie farthest apart along it."""

    mask: Mask
    ends: Places
    directions: Places
    length: float
    enclosed: float
    """Pixels the piece goes round by itself."""

    if_bridged: float
    """Pixels it would go round were its ends joined."""

    @property
    def is_closed(self) -> bool:
        """Whether the piece encloses ground by itself."""
        return self.enclosed > 0.5 * self.if_bridged


@dataclass(frozen=True)
class InkLoop:
    """Pieces of ink that together enclose ground, and the bridges between them."""

    mask: Mask
    gap_share: float
    bridges: tuple[Shape, ...] = ()


def build_graph(number: NDArray[np.int_]) -> Any:
    """Create the graph of neighbouring pixels, diagonal ones included."""
    starts, ends, lengths = [], [], []
    height, width = number.shape
    for down, right in ((0, 1), (1, 0), (1, 1), (1, -1)):
        one = number[: height - down, max(-right, 0) : width - max(right, 0)]
        two = number[down:, max(right, 0) : width - max(-right, 0)]
        both = (one >= 0) & (two >= 0)
        starts.append(one[both])
        ends.append(two[both])
        lengths.append(np.full(int(both.sum()), np.hypot(down, right)))
    n = int(number.max()) + 1
    places = (np.concatenate(starts), np.concatenate(ends))
    return coo_array((np.concatenate(lengths), places), shape=(n, n)).tocsr()


def follow_piece(graph: Any, start: int) -> Places:
    """Return how far every pixel lies from one, along the line; -1 where the line does not go."""
    away: Places = dijkstra(graph, directed=False, indices=start)
    away[~np.isfinite(away)] = -1
    return away


def farthest_point(away: Places) -> tuple[int, float]:
    """Return the index of the farthest pixel and its distance."""
    found = int(np.argmax(away))
    return found, float(away[found])


def match_ends(ends: Places) -> list[tuple[int, int]]:
    """Pair all ends so that the lines between pairs are together the shortest.

    Examples
    --------
    Two half circles whose ends nearly meet are joined crosswise, not each with itself.

    >>> match_ends(np.array([[0.0, 0], [0, 10], [1, 0], [1, 10]]))
    [(0, 2), (1, 3)]
    """
    n = len(ends)
    away = np.hypot(*(ends[:, None] - ends[None]).transpose(2, 0, 1))
    best: dict[int, tuple[float, tuple[tuple[int, int], ...]]] = {0: (0.0, ())}
    for used in range(1 << n):
        if used not in best:
            continue
        cost, pairs = best[used]
        free = next((place for place in range(n) if not used >> place & 1), None)
        if free is None:
            continue
        for other in range(free + 1, n):
            if not used >> other & 1:
                now = used | 1 << free | 1 << other
                total = cost + float(away[free, other])
                if now not in best or total < best[now][0]:
                    best[now] = (total, (*pairs, (free, other)))
    return list(best[(1 << n) - 1][1])
