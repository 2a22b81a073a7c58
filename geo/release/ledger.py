"""The ledger of releases: which people stand behind each published cell, and whether a new set may join.

A cell is one published statement about a set of people, such as the number of drawers of a buurt. Two sets
that differ by a few people give those few away to anybody who holds both releases, whatever their numbers
say: four who leave and four who join are eight people and no difference at all. So each new set is compared
with every set ever released for the same table, by who is in it.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy import sparse

from geo.privacy_limits import MIN_PEOPLE

WITHDRAWN = "withdrawn"
"""Version of somebody who withdrew since; the ledger knows that there was a person, not who."""

MIN_SAME = 0.3
"""Two sets mean one cell when at least this part of all their people is in both."""

Members = Mapping[str, str]
"""Person to version of what the cell rests on: the outline for a surface, "" where only being in it counts."""

Verdict = Literal["new", "kept", "hidden"]


@dataclass(frozen=True)
class Candidate:
    """A cell that would be published now.

    Parameters
    ----------
    key
        Key of the cell within its table.
    members
        People behind it.
    min_people
        Fewest people that may stand behind this cell.
    """

    key: str
    members: Members
    min_people: int = MIN_PEOPLE


@dataclass(frozen=True)
class ReleasedSet:
    """People behind a cell that was published before.

    Parameters
    ----------
    key
        Key of the cell within its table.
    release
        Order of the release, the first the lowest.
    members
        People behind it, with `WITHDRAWN` for who withdrew since.
    edition
        Id of the edition that holds what was published; "" where there is none.
    """

    key: str
    release: int
    members: Members
    edition: str = ""


@dataclass(frozen=True)
class Decision:
    """What happens to a cell in the next release.

    Parameters
    ----------
    verdict
        "new": the value of now. "kept": the earlier value once more. "hidden": nothing.
    source
        The set whose value is repeated; None unless it is kept.
    wait_for
        How many more people it takes at least until the value of now may be published; 0 when it is new.
    """

    verdict: Verdict
    source: ReleasedSet | None = None
    wait_for: int = 0


def outline_version(outline: shapely.Geometry) -> str:
    """Return the version of a cell's member whose outline it rests on: another outline is another version.

    Examples
    --------
    A ring that begins elsewhere is the same outline.

    >>> outline_version(shapely.box(0, 0, 2, 1)) == outline_version(shapely.box(0, 0, 2, 1, ccw=False))
    True
    >>> outline_version(shapely.box(0, 0, 2, 1)) == outline_version(shapely.box(0, 0, 2, 2))
    False
    """
    return hashlib.sha256(shapely.to_wkb(shapely.normalize(outline))).hexdigest()[:16]


def people_apart(first: Members, second: Members) -> int:
    """Count the people who stand in one of two sets only, or in both with something else behind them.

    Parameters
    ----------
    first, second
        Person to version.

    Returns
    -------
    int
        Joined, left and changed together.

    Examples
    --------
    Four leave a group of ten, four others join, a ninth draws anew.

    >>> before = {str(n): "v1" for n in range(10)}
    >>> after = {str(n): "v1" for n in range(4, 14)} | {"9": "v2"}
    >>> people_apart(before, after)
    9
    """
    return sum(first.get(person) != second.get(person) for person in first.keys() | second.keys())


def can_stand_beside(first: Members, second: Members, *, min_people: int = MIN_PEOPLE) -> bool:
    """Return whether two sets may both be published.

    They may when they differ by nobody or by at least ``min_people``, counted by who is in them *and* counted
    by what they rest on: four new outlines do not hide one newcomer.

    Parameters
    ----------
    first, second
        Person to version.
    min_people
        Fewest people in a difference.

    Examples
    --------
    >>> ten = dict.fromkeys("abcdefghij", "")
    >>> can_stand_beside(ten, ten), can_stand_beside(ten, dict.fromkeys("abcdefg", ""))
    (True, False)
    >>> can_stand_beside(ten, dict.fromkeys("abcde", ""))
    True
    """
    apart = len(first.keys() ^ second.keys()), people_apart(first, second)
    return all(n == 0 or n >= min_people for n in apart)


def decide_cells(
    candidates: Sequence[Candidate], released: Sequence[ReleasedSet], *, min_people: int = MIN_PEOPLE
) -> dict[str, Decision]:
    """Decide for every cell of one table whether it is published anew, repeated or hidden.

    Parameters
    ----------
    candidates
        Cells of now, the most wanted first: each is also compared with those before it that are published.
    released
        Every set that was released for this table before, under any key, filter, scope or division.
    min_people
        Fewest people in a difference.

    Returns
    -------
    dict
        Key of each candidate to its decision.

    Examples
    --------
    One newcomer waits for four others.

    >>> before = [ReleasedSet("BU01", 1, dict.fromkeys("abcdef", ""))]
    >>> decide_cells([Candidate("BU01", dict.fromkeys("abcdefg", ""))], before)["BU01"].verdict
    'kept'

    Somebody left: the earlier value may not be repeated.

    >>> decide_cells([Candidate("BU01", dict.fromkeys("abcde", ""))], before)["BU01"].verdict
    'hidden'
    """
    sets = _distinct(released)
    members = [candidate.members for candidate in candidates]
    before = _shortfall(members, [one.members for one in sets], min_people)
    beside = _shortfall(members, members, min_people)
    last = _latest(released)
    decisions: dict[str, Decision] = {}
    published: list[int] = []
    for at, candidate in enumerate(candidates):
        wait_for = max(candidate.min_people - len(candidate.members), 0)
        if len(sets):
            wait_for = max(wait_for, int(before[at].max()))
        if published:
            wait_for = max(wait_for, int(beside[at, published].max()))
        decisions[candidate.key] = _decision(candidate, wait_for, last.get(candidate.key))
        if wait_for == 0:
            published.append(at)
    return decisions


def await_total(
    candidates: Sequence[Candidate],
    released: Sequence[ReleasedSet],
    decided: Mapping[str, Decision],
    total: Decision,
) -> dict[str, Decision]:
    """Decide for the cells of one table while everybody together may not be published anew.

    A cell that appears with the fifth behind it tells of whoever came since the last release, and that may be one
    person whom the reader knows. So nothing appears before enough people came; what was released stays.

    Parameters
    ----------
    candidates, released
        As `decide_cells`.
    decided
        What was decided on each candidate by itself.
    total
        The decision on everybody: "kept" where people only came, "hidden" where somebody left.

    Returns
    -------
    dict
        Key of each candidate to its decision.

    Examples
    --------
    A fifth joins four; the seven beside them stay seven.

    >>> cells = [Candidate("BU01", dict.fromkeys("abcde", "")), Candidate("BU02", dict.fromkeys("uvwxyzq", ""))]
    >>> before = [ReleasedSet("BU02", 1, cells[1].members)]
    >>> found = await_total(cells, before, decide_cells(cells, before), Decision("kept", None, 4))
    >>> [(key, one.verdict, one.wait_for) for key, one in found.items()]
    [('BU01', 'hidden', 4), ('BU02', 'kept', 4)]
    """
    last = _latest(released)
    found: dict[str, Decision] = {}
    for candidate in candidates:
        earlier, one = last.get(candidate.key), decided[candidate.key]
        if earlier is None:
            found[candidate.key] = Decision("hidden", None, total.wait_for)
        elif total.verdict == "kept" and can_be_repeated(earlier, candidate.members):
            found[candidate.key] = Decision("kept", earlier, total.wait_for)
        elif one.verdict == "new" and earlier.members != candidate.members:
            found[candidate.key] = Decision("hidden", None, total.wait_for)
        else:
            found[candidate.key] = one
    return found


def can_be_repeated(earlier: ReleasedSet, now: Members) -> bool:
    """Return whether an earlier value may be published once more: nobody of it has left.

    Parameters
    ----------
    earlier
        The set that was released.
    now
        People behind the same cell now.
    """
    return all(person in now and version != WITHDRAWN for person, version in earlier.members.items())


def match_keys(members: Sequence[Members], released: Sequence[ReleasedSet], *, prefix: str) -> list[str]:
    """Return a key for each set of people: that of the cell it was in an earlier release, or a new one.

    Parameters
    ----------
    members
        Sets of now, such as the people of each neighbourhood; the most wanted first.
    released
        Every set that was released for the table.
    prefix
        Begins every key of this scope; a number follows.

    Returns
    -------
    list of str
        No key twice. An earlier key goes to the set that has most people in common with it.

    Examples
    --------
    >>> before = [ReleasedSet("project/1", 1, dict.fromkeys("abcdef", ""))]
    >>> match_keys([dict.fromkeys("uvwxyz", ""), dict.fromkeys("bcdefgh", "")], before, prefix="project/")
    ['project/2', 'project/1']
    """
    last = {key: one for key, one in _latest(released).items() if key.startswith(prefix)}
    common = _common(members, [one.members for one in last.values()], by_version=False)
    pairs = sorted(
        (-shared / (len(now) + len(one.members) - shared), at, one.key)
        for at, now in enumerate(members)
        for one, shared in zip(last.values(), common[at].tolist(), strict=True)
        if shared
    )
    keys: dict[int, str] = {}
    for alike, at, key in pairs:
        if -alike >= MIN_SAME and at not in keys and key not in keys.values():
            keys[at] = key
    used = max((int(key.removeprefix(prefix)) for key in last), default=0)
    fresh = iter(range(used + 1, used + 1 + len(members)))
    return [keys.get(at) or f"{prefix}{next(fresh)}" for at in range(len(members))]


def is_same_cell(first: Members, second: Members) -> bool:
    """Return whether two sets of people are one cell, under whatever key: enough of them are in both.

    Examples
    --------
    >>> is_same_cell(dict.fromkeys("abcdef", ""), dict.fromkeys("bcdefgh", ""))
    True
    >>> is_same_cell(dict.fromkeys("abcdef", ""), dict.fromkeys("fghijk", ""))
    False
    """
    return len(first.keys() & second.keys()) >= MIN_SAME * len(first.keys() | second.keys())


def _decision(candidate: Candidate, wait_for: int, earlier: ReleasedSet | None) -> Decision:
    if wait_for == 0:
        return Decision("new")
    # "Nobody" stays as it was until enough people came: gone, it would tell that somebody did.
    enough = len(candidate.members) >= candidate.min_people or (earlier is not None and not earlier.members)
    if enough and earlier is not None and can_be_repeated(earlier, candidate.members):
        return Decision("kept", earlier, wait_for)
    return Decision("hidden", None, wait_for)


def _distinct(released: Sequence[ReleasedSet]) -> list[ReleasedSet]:
    return list({frozenset(one.members.items()): one for one in released}.values())


def _latest(released: Sequence[ReleasedSet]) -> dict[str, ReleasedSet]:
    return {one.key: one for one in sorted(released, key=lambda one: one.release)}


def _shortfall(first: Sequence[Members], second: Sequence[Members], min_people: int) -> NDArray[np.int64]:
    """Return how many people each pair of sets lacks to differ enough; 0 where they may stand together."""
    people, outlines = _common(first, second, by_version=False), _common(first, second, by_version=True)
    both = np.add.outer([len(one) for one in first], [len(one) for one in second]).astype(np.int64)
    found = np.zeros_like(both)
    for apart in (both - 2 * people, both - people - outlines):
        found = np.maximum(found, np.where((apart > 0) & (apart < min_people), min_people - apart, 0))
    return found


def _common(first: Sequence[Members], second: Sequence[Members], *, by_version: bool) -> NDArray[np.int64]:
    """Count the people that each pair of sets has in common, with the same version where that is asked."""
    known: dict[object, int] = {}
    tables = [_table(sets, known, by_version=by_version) for sets in (first, second)]
    for table in tables:
        table.resize((table.shape[0], len(known)))
    return np.asarray((tables[0] @ tables[1].T).toarray(), dtype=np.int64)


def _table(sets: Sequence[Members], known: dict[object, int], *, by_version: bool) -> sparse.csr_array:
    columns = [
        known.setdefault(pair if by_version else pair[0], len(known)) for one in sets for pair in one.items()
    ]
    starts = np.concatenate([[0], np.cumsum([len(one) for one in sets], dtype=np.int64)]).astype(np.int64)
    return sparse.csr_array(
        (np.ones(len(columns), dtype=np.int64), np.array(columns, dtype=np.int64), starts),
        shape=(len(sets), len(known)),
    )
