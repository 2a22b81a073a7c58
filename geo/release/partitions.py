"""Decisions for tables whose cells add up: the ledger and the suppression over the tree together.

What the ledger hides opens an equation of the tree, and what the tree hides is nothing the ledger may compare
with. So both are asked in turn until neither hides more.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import pandas as pd

from geo.privacy_limits import MIN_PEOPLE
from geo.release.ledger import Candidate, Decision, ReleasedSet, decide_cells
from geo.release.tree_suppression import suppress_tree


@dataclass(frozen=True)
class Partition:
    """Cells that together are the total, such as all areas of a division or all age classes.

    Parameters
    ----------
    keys
        Keys of the cells.
    unpublished
        People of the total who are in none of them, such as those who gave no age.
    parents
        Key of a cell to the key of the cell it is part of, where there are sums between it and the total.
    """

    keys: tuple[str, ...]
    unpublished: int = 0
    parents: Mapping[str, str] = field(default_factory=dict)


REST = "\0rest"
"""Key of those in no cell; never published."""


def decide_partitions(
    candidates: Sequence[Candidate],
    released: Sequence[ReleasedSet],
    partitions: Sequence[Partition] = (),
    *,
    min_people: int = MIN_PEOPLE,
) -> dict[str, Decision]:
    """Decide for every cell of one table, some of which add up to a total that is published too.

    Parameters
    ----------
    candidates
        Cells of now, the most wanted first; sums before their parts.
    released
        Every set that was released for this table before.
    partitions
        Which of the cells add up.
    min_people
        Fewest people in a difference.

    Returns
    -------
    dict
        Key of each candidate to its decision.

    Examples
    --------
    Three of thirty gave the first age class: the next smallest class goes with it.

    >>> people = [str(n) for n in range(30)]
    >>> cells = [Candidate("young", dict.fromkeys(people[:3], "")), Candidate("old", dict.fromkeys(people[3:15],
    ...     "")), Candidate("middle", dict.fromkeys(people[15:], ""))]
    >>> found = decide_partitions(cells, [], [Partition(("young", "middle", "old"))])
    >>> [found[key].verdict for key in ("young", "old", "middle")]
    ['hidden', 'hidden', 'new']
    """
    size = {candidate.key: len(candidate.members) for candidate in candidates}
    last = {one.key: one for one in sorted(released, key=lambda one: one.release)}
    # Told as nobody before, and as nobody still: who came since is in no cell that is stated.
    unseen = {key for key, n in size.items() if 0 < n < min_people and key in last and not last[key].members}
    partitions = [
        replace(
            one,
            keys=tuple(key for key in one.keys if key not in unseen),
            unpublished=one.unpublished + sum(size[key] for key in one.keys if key in unseen),
        )
        for one in partitions
    ]
    hidden: set[str] = set()
    while True:
        allowed = {key for key in size if key not in hidden}
        for one in partitions:
            shown = _shown(one, size, hidden, min_people)
            allowed -= set(shown.index[~shown.to_numpy()])
        decided = decide_cells(
            [each for each in candidates if each.key in allowed], released, min_people=min_people
        )
        more = {key for key, one in decided.items() if one.verdict == "hidden"}
        if not more:
            break
        hidden |= more
    waits = decided
    if len(decided) < len(size):
        waits = decide_cells(candidates, released, min_people=min_people)
    return {key: decided.get(key, Decision("hidden", None, waits[key].wait_for)) for key in size}


def _shown(
    partition: Partition, size: Mapping[str, int], hidden: set[str], min_people: int
) -> "pd.Series[bool]":
    keys = [key for key in partition.keys if key in size]
    people = pd.Series([*(size[key] for key in keys), partition.unpublished], index=[*keys, REST], dtype=int)
    shut = hidden | ({REST} if partition.unpublished else set())
    return suppress_tree(people, partition.parents, hidden=shut, min_people=min_people).drop(REST)
