"""Ledger and tree together."""

import numpy as np
import pytest

from geo.release.ledger import Candidate, ReleasedSet
from geo.release.partitions import Partition, decide_partitions
from tests.support.laws import seeds


def cell(key, people):
    return Candidate(key, dict.fromkeys(map(str, people), ""))


def test_a_buurt_the_ledger_hides_takes_another_with_it():
    """B grew by one since it was published and lost one: hidden; its sum with A must not tell it.

    A = 0..9, B = 10..19 of now; released were 10..18 with one more who left. C is the smallest after B, so
    C (9 people) is hidden too, else total less A less C is B.
    """
    left = {**dict.fromkeys(map(str, range(10, 19)), ""), "gone": "withdrawn"}
    cells = [
        cell("total", range(29)),
        cell("A", range(10)),
        cell("B", range(10, 20)),
        cell("C", range(20, 29)),
    ]
    found = decide_partitions(cells, [ReleasedSet("B", 1, left)], [Partition(("A", "B", "C"))])
    assert {key: one.verdict for key, one in found.items()} == {
        "total": "new",
        "A": "new",
        "B": "hidden",
        "C": "hidden",
    }


def test_nobody_stays_nobody_until_five_came():
    """An area was said as 0; one came: still 0, else the area would be the newcomer's. At five it is 5."""
    before = [ReleasedSet("C", 1, {})]
    for came, verdict in ((1, "kept"), (4, "kept"), (5, "new")):
        cells = [cell("A", range(10)), cell("B", range(10, 20)), cell("C", range(20, 20 + came))]
        found = decide_partitions(cells, before, [Partition(("A", "B", "C"))])
        assert found["C"].verdict == verdict


def test_people_in_no_cell_are_a_hidden_part():
    """Of 22 people 20 are in two areas and two in none: the smaller area is hidden with the two."""
    cells = [cell("total", range(22)), cell("A", range(12)), cell("B", range(12, 20))]
    found = decide_partitions(cells, [], [Partition(("A", "B"), unpublished=2)])
    assert [found[key].verdict for key in ("total", "A", "B")] == ["new", "new", "hidden"]


@pytest.mark.parametrize("seed", seeds(6, 20))
def test_what_is_published_never_stands_a_few_people_from_anything_published(seed):
    """Areas and ages over ten releases of a growing and shrinking project."""
    chance = np.random.default_rng(seed)
    released, present, area, age = [], set(), chance.integers(0, 5, 300), chance.integers(0, 4, 300)
    for release in range(10):
        present |= set(chance.choice(300, size=12).tolist())
        gone = {who for who in present if chance.random() < 0.02}
        present -= gone
        released = [
            ReleasedSet(
                one.key,
                one.release,
                {
                    (f"x{release}{who}" if int(who) in gone else who) if who.isdecimal() else who: (
                        "withdrawn" if who.isdecimal() and int(who) in gone else version
                    )
                    for who, version in one.members.items()
                },
            )
            for one in released
        ]
        groups = {"total": present}
        groups |= {f"area{n}": {who for who in present if area[who] == n} for n in range(5)}
        groups |= {f"age{n}": {who for who in present if age[who] == n} for n in range(3)}
        rest = sum(age[who] == 3 for who in present)
        cells = [cell(key, some) for key, some in groups.items()]
        found = decide_partitions(
            cells,
            released,
            [Partition(tuple(f"area{n}" for n in range(5))), Partition(("age0", "age1", "age2"), int(rest))],
        )
        released += [
            ReleasedSet(one.key, release, one.members) for one in cells if found[one.key].verdict == "new"
        ]
        for one in cells:
            if found[one.key].verdict == "kept":
                assert "withdrawn" not in found[one.key].source.members.values()
    sets = [frozenset(one.members) for one in released]
    assert len(sets) > 10
    assert all(len(first ^ second) == 0 or len(first ^ second) >= 5 for first in sets for second in sets)
