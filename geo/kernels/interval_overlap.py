"""How much every two of many sets of stretches of one line have in common."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from geo.kernels.predicates import compiled

WIDTH = 256
"""Length of a block of the line; a stretch is compared with all others in its blocks."""

PORTION = 512
"""Owners compared between two reports of progress."""


@compiled
def _count_blocks(first: Any, past: Any, block_at: Any) -> None:
    for i in range(len(first)):
        for block in range(first[i] // WIDTH, (past[i] - 1) // WIDTH + 1):
            block_at[block + 2] += 1


@compiled
def _fill_blocks(first: Any, past: Any, owner: Any, block_at: Any, entry: Any) -> None:
    """Sort stretches into the blocks that they touch, by owner within each."""
    for i in range(len(first)):
        for block in range(first[i] // WIDTH, (past[i] - 1) // WIDTH + 1):
            k = block_at[block + 1]
            entry[k, 0] = first[i]
            entry[k, 1] = past[i]
            entry[k, 2] = owner[i]
            block_at[block + 1] += 1


@compiled
def _add_common(
    first: Any, past: Any, begin: int, end: int, block_at: Any, entry: Any, owner: int, total: Any
) -> None:
    """Add up per other owner what the stretches of one have in common with those of later owners."""
    for i in range(begin, end):
        for block in range(first[i] // WIDTH, (past[i] - 1) // WIDTH + 1):
            low = max(first[i], block * WIDTH)
            high = min(past[i], (block + 1) * WIDTH)
            k = block_at[block]
            past_k = block_at[block + 1]
            while k < past_k:  # the first entry of this owner or a later one
                middle = (k + past_k) // 2
                if entry[middle, 2] < owner:
                    k = middle + 1
                else:
                    past_k = middle
            for at in range(k, block_at[block + 1]):
                total[entry[at, 2]] += max(0, min(high, entry[at, 1]) - max(low, entry[at, 0]))


@compiled
def _compare(
    first: Any, past: Any, owner_at: Any, block_at: Any, entry: Any, begin: int, end: int, total: Any,
    partners: Any, column: Any, length: Any,
) -> Any:  # fmt: skip
    """Return, of owners begin to end with themselves and later ones, the columns and lengths that are not 0."""
    n = len(total)
    at = 0
    for a in range(begin, end):
        _add_common(first, past, owner_at[a], owner_at[a + 1], block_at, entry, a, total)
        row = at
        for b in range(a, n):
            if total[b] > 0:
                if at == len(column):
                    column = np.append(column, np.empty(len(column), np.int32))
                    length = np.append(length, np.empty(len(length), np.int32))
                column[at] = b
                length[at] = total[b]
                total[b] = 0
                at += 1
        partners[a] = at - row
    return column[:at].copy(), length[:at].copy()


@compiled
def _mirror(
    begin: int, partners: Any, column: Any, length: Any, next_at: Any, columns: Any, lengths: Any
) -> None:
    """Write a portion of the upper half into both halves."""
    k = 0
    for a in range(begin, begin + len(partners)):
        for _ in range(partners[a - begin]):
            b = column[k]
            columns[next_at[a]] = b
            lengths[next_at[a]] = length[k]
            next_at[a] += 1
            if b != a:
                columns[next_at[b]] = a
                lengths[next_at[b]] = length[k]
                next_at[b] += 1
            k += 1


def shared(
    first: NDArray[np.int64],
    past: NDArray[np.int64],
    owner: NDArray[np.int64],
    n: int,
    *,
    progress: Callable[[float], None] = lambda _part: None,
) -> sparse.csr_array:
    """Compute the length that every two owners share.

    Memory grows with the pairs that share something, 24 bytes each, not with all pairs.

    Parameters
    ----------
    first, past
        Start and end of each interval, whole numbers from 0; those of one owner do not overlap.
    owner
        Number of the interval's owner, 0 to n - 1, in rising order.
    n
        Number of owners.
    progress
        Called with the finished part, 0 to 1; an exception that it raises ends the work.

    Returns
    -------
    csr_array
        Int32, symmetric, n x n, with each owner's own length on the diagonal; pairs without a common length
        are not stored.

    Examples
    --------
    One holds 0 to 10, the other 4 to 6 and 8 to 20.

    >>> shared(np.array([0, 4, 8]), np.array([10, 6, 20]), np.array([0, 1, 1]), 2).toarray().tolist()
    [[10, 4], [4, 14]]
    """
    first, past = first.astype(np.int32), past.astype(np.int32)
    block_at = np.zeros(int(past.max(initial=0)) // WIDTH + 3, np.int64)
    _count_blocks(first, past, block_at)
    np.cumsum(block_at, out=block_at)
    entry = np.empty((int(block_at[-1]), 3), np.int32)
    _fill_blocks(first, past, owner, block_at, entry)
    owner_at = np.searchsorted(owner, np.arange(n + 1))
    total, partners = np.zeros(n, np.int32), np.zeros(n, np.int32)
    upper = []
    for begin in range(0, n, PORTION):
        progress(begin / n)
        room = np.empty(1 << 16, np.int32), np.empty(1 << 16, np.int32)
        end = min(begin + PORTION, n)
        upper.append(_compare(first, past, owner_at, block_at, entry, begin, end, total, partners, *room))
    del entry
    both = partners.astype(np.int64)
    for column, _ in upper:
        both += np.bincount(column, minlength=n)
    both -= np.asarray(partners > 0)  # with itself an owner is stored once
    row_at = np.concatenate([[0], np.cumsum(both)])
    columns, lengths = np.empty(row_at[-1], np.int32), np.empty(row_at[-1], np.int32)
    next_at = row_at[:-1].copy()
    for begin in reversed(range(0, n, PORTION)):
        column, length = upper.pop()
        _mirror(begin, partners[begin : begin + PORTION], column, length, next_at, columns, lengths)
    return sparse.csr_array((lengths, columns, row_at), shape=(n, n))
