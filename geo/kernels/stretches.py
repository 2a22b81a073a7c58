"""How much every two of many sets of stretches of one line have in common."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo.kernels.predicates import compiled


@compiled
def _shared(first: Any, past: Any, owner: Any, found: Any) -> None:
    for i in range(len(first)):
        for j in range(i, len(first)):
            if first[j] >= past[i]:
                break
            found[owner[i], owner[j]] += min(past[i], past[j]) - first[j]


def shared(
    first: NDArray[np.int64], past: NDArray[np.int64], owner: NDArray[np.int64], n: int
) -> NDArray[np.float64]:
    """Give the length that every two owners share; the own length on the diagonal.

    Parameters
    ----------
    first, past
        Where each stretch begins and ends, in any order; those of one owner do not overlap.
    owner
        Whose it is, 0 to n - 1.

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
    _shared(first[order], past[order], owner[order], found)
    # Of two owners either may begin first; with itself an owner is counted once.
    both = (found + found.T).astype(np.float64)
    np.fill_diagonal(both, found.diagonal())
    return both
