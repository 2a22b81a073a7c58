"""How much every two of many sets of stretches of one line have in common."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo.kernels.predicates import compiled

PORTION = 8_192
"""Stretches looked at between two times that progress is told."""


@compiled
def _shared(first: Any, past: Any, owner: Any, found: Any, begin: int, end: int) -> None:
    for i in range(begin, end):
        for j in range(i, len(first)):
            if first[j] >= past[i]:
                break
            found[owner[i], owner[j]] += min(past[i], past[j]) - first[j]


def shared(
    first: NDArray[np.int64],
    past: NDArray[np.int64],
    owner: NDArray[np.int64],
    n: int,
    *,
    progress: Callable[[float], None] = lambda _part: None,
) -> NDArray[np.float64]:
    """Give the length that every two owners share; the own length on the diagonal.

    Parameters
    ----------
    first, past
        Where each stretch begins and ends, in any order; those of one owner do not overlap.
    owner
        Whose it is, 0 to n - 1.
    progress
        Told which part is done, 0 to 1; what it raises ends the work.

    Returns
    -------
    array of float64, n x n

    Examples
    --------
    One holds 0 to 10, the other 4 to 6 and 8 to 20.

    >>> shared(np.array([0, 4, 8]), np.array([10, 6, 20]), np.array([0, 1, 1]), 2).tolist()
    [[10.0, 4.0], [4.0, 14.0]]
    """
    found = np.zeros((n, n), np.int32)
    order = np.argsort(first, kind="stable")
    ordered = first[order], past[order], owner[order]
    for begin in range(0, len(order), PORTION):
        progress(begin / len(order))
        _shared(*ordered, found, begin, min(begin + PORTION, len(order)))
    # Of two owners either may begin first; with itself an owner is counted once.
    both = (found + found.T).astype(np.float64)
    np.fill_diagonal(both, found.diagonal())
    return both
