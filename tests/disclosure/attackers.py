"""What an attacker can do with published numbers: a linear programme over all of them at once.

Kept apart from the rules on purpose: nothing here may import `geo.release`.
"""

import numpy as np
import pandas as pd
from scipy.optimize import linprog


def bounds_of_hidden(people, parents, shown):
    """Return the lowest and highest value of every hidden number that fits all shown ones and the total.

    Unknown are the leaves: at least 0, at least 1 where hidden (a hidden number is never 0).
    """
    inner = set(parents.values())
    leaves = [key for key in people.index if key not in inner]
    below = {
        key: [leaf for leaf in leaves if leaf == key or _is_below(leaf, key, parents)] for key in people.index
    }
    known = [(below[key], people[key]) for key in people.index if shown[key]]
    known.append((leaves, sum(people[leaf] for leaf in leaves)))
    rows = np.array([[float(leaf in some) for leaf in leaves] for some, _ in known])
    values = np.array([value for _, value in known], dtype=float)
    least = [(0.0 if shown[leaf] else 1.0, None) for leaf in leaves]
    found = {}
    for key in people.index[~shown.to_numpy()]:
        cost = np.array([float(leaf in below[key]) for leaf in leaves])
        ends = [linprog(sign * cost, A_eq=rows, b_eq=values, bounds=least) for sign in (1, -1)]
        assert all(end.success for end in ends)
        found[key] = (ends[0].fun, -ends[1].fun)
    return found


def _is_below(leaf, key, parents):
    while leaf in parents:
        leaf = parents[leaf]
        if leaf == key:
            return True
    return False


def iou(first, second):
    """Return shared cells over all cells of two masks."""
    either = np.logical_or(first, second).sum()
    return float(np.logical_and(first, second).sum() / either) if either else 0.0


def pairs_a_few_apart(sets):
    """Return the pairs of published sets of people of which one holds the other and one to four more."""
    listed = list(sets.items())
    found = []
    for at, (one, first) in enumerate(listed):
        for other, second in listed[at + 1 :]:
            few = first - second or second - first
            if (first <= second or second <= first) and 1 <= len(few) <= 4:
                found.append((one, other, len(few)))
    return pd.DataFrame(found, columns=["one", "other", "people"])
