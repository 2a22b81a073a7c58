"""Suppression of small numbers over a whole tree of areas at once.

Where buurten, wijken and the total are published together, each shown number is an equation. A hidden buurt
stands in exactly one of them: that of the nearest shown area it lies in, less whatever is shown inside.
So it is enough to look at those equations: two or more unknowns, and room between them.

References
----------
.. [1] A. Hundepool et al., Statistical Disclosure Control, Wiley 2012, chapter 4 (cell suppression).
"""

from collections.abc import Collection, Mapping

import pandas as pd

from geo.privacy_limits import MIN_PEOPLE

ROOT = ""
"""Key of the total."""

NARROWEST = 4
"""A hidden number may be nowhere bounded to fewer than this many steps."""


def suppress_tree(
    people: "pd.Series[int]",
    parents: Mapping[str, str],
    *,
    hidden: Collection[str] = (),
    min_people: int = MIN_PEOPLE,
) -> "pd.Series[bool]":
    """Return which numbers of a tree may be published together with the total.

    Parameters
    ----------
    people
        Number of people by key, of leaves and of what they add up to. The total itself is not in it.
    parents
        Key to the key it is part of; what is not in it is part of the total.
    hidden
        Keys that are not published whatever their number, for instance because the ledger hides them.
    min_people
        Numbers from 1 up to this one are hidden. 0 stays: an area without drawers.

    Returns
    -------
    Series of bool
        True where the number may be shown; same index.

    Examples
    --------
    One buurt has three drawers: the next smallest goes with it, else the wijk less the others tells the
    three.

    >>> n = pd.Series({"W": 40, "A": 3, "B": 10, "C": 27})
    >>> suppress_tree(n, {"A": "W", "B": "W", "C": "W"}).to_dict()
    {'W': True, 'A': False, 'B': False, 'C': True}
    """
    tree = _Tree(people, parents)
    shut = {str(key) for key in hidden} | {key for key, n in tree.n.items() if 0 < n < min_people}
    while (more := tree.next_to_hide(shut)) is not None:
        shut.add(more)
    return pd.Series([str(key) not in shut for key in people.index], index=people.index, dtype=bool)


class _Tree:
    """Numbers of people and how they add up."""

    def __init__(self, people: "pd.Series[int]", parents: Mapping[str, str]) -> None:
        self.n = {str(key): int(n) for key, n in people.items()}
        self.children: dict[str, list[str]] = {ROOT: []}
        for key in sorted(self.n):
            self.children.setdefault(key, [])
        for key in sorted(self.n):
            parent = parents.get(key, ROOT)
            self.children[parent if parent in self.n else ROOT].append(key)

    def next_to_hide(self, shut: set[str]) -> str | None:
        """Return the one cell that must go next; None when all is well."""
        for key in [ROOT, *sorted(self.n)]:
            if key in shut:
                continue
            unknown, known = self._equation(key, shut)
            if not unknown:
                if inner := self._hidden_sums(key, shut):
                    return self._smallest(self.children[inner[0]], shut) or key
                continue
            left = sum(self.n[leaf] for leaf in unknown)
            if len(unknown) < 2 or left < len(unknown) + NARROWEST:
                return self._smallest(known, shut) or self._give_up(key, shut)
            for inner_key in self._hidden_sums(key, shut):
                inside, shown_inside = self._equation(inner_key, shut)
                if not inside:
                    return self._smallest(shown_inside, shut) or self._give_up(key, shut)
                if len(inside) == len(unknown):
                    outside = [one for one in known if one not in shown_inside]
                    return self._smallest(outside, shut) or self._give_up(key, shut)
        return None

    def _equation(self, key: str, shut: set[str]) -> tuple[list[str], list[str]]:
        """Return the hidden leaves whose sum follows from a number, and the shown ones beside them."""
        unknown: list[str] = []
        known: list[str] = []
        for child in self.children[key]:
            if child not in shut:
                known.append(child)
            elif self.children[child]:
                inner_unknown, inner_known = self._equation(child, shut)
                unknown += inner_unknown
                known += inner_known
            else:
                unknown.append(child)
        return unknown, known

    def _hidden_sums(self, key: str, shut: set[str]) -> list[str]:
        """Return the hidden sums that stand between a shown number and its hidden leaves."""
        found = []
        for child in self.children[key]:
            if child in shut and self.children[child]:
                found += [child, *self._hidden_sums(child, shut)]
        return found

    def _smallest(self, keys: Collection[str], shut: set[str]) -> str | None:
        """Return the smallest shown number that is not nought; ties by key."""
        some = [(self.n[key], key) for key in keys if key not in shut and self.n[key] > 0]
        return min(some)[1] if some else None

    def _give_up(self, key: str, shut: set[str]) -> str | None:
        """Return the number itself where no part of it is left to hide; the total always stays."""
        return None if key == ROOT or key in shut else key
