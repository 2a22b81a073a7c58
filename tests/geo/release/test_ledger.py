"""The ledger: who stands behind a set decides, never how many."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.release.ledger import (
    WITHDRAWN,
    Candidate,
    Decision,
    ReleasedSet,
    await_total,
    can_stand_beside,
    decide_cells,
    match_keys,
    people_apart,
)

PEOPLE = [f"p{n}" for n in range(14)]


def members(some, version=""):
    return dict.fromkeys(some, version)


def decide(now, before, **rule):
    return decide_cells([Candidate("a", now, **rule)], before)["a"]


def test_people_apart_counts_joined_left_and_changed():
    """Two left (p0, p1), one joined (p9), one drew anew (p2): four people; the numbers say one fewer."""
    before = members(PEOPLE[:6], "v1")
    after = members(PEOPLE[3:6], "v1") | {"p2": "v2", "p9": "v1"}
    assert people_apart(before, after) == 4


def test_four_out_and_four_in_are_eight_people():
    """The numbers of people are both ten."""
    before, after = members(PEOPLE[:10]), members(PEOPLE[4:14])
    assert people_apart(before, after) == 8
    assert can_stand_beside(before, after)


@pytest.mark.parametrize(("joined", "verdict"), [(0, "new"), (1, "kept"), (4, "kept"), (5, "new")])
def test_a_growing_cell_waits_for_five(joined, verdict):
    """Six people, then 6 + joined: 1 to 4 more would be told by the difference."""
    found = decide(members(PEOPLE[: 6 + joined]), [ReleasedSet("a", 1, members(PEOPLE[:6]))])
    assert found.verdict == verdict
    assert found.wait_for == (0 if verdict == "new" else 5 - joined)


def test_four_new_outlines_do_not_hide_one_newcomer():
    """Five people differ by outline, one of them by being there: whoever reads n sees one."""
    before = members(PEOPLE[:8], "v1")
    now = before | members(PEOPLE[:4], "v2") | {"p8": "v1"}
    assert people_apart(before, now) == 5
    assert decide(now, [ReleasedSet("a", 1, before)]).verdict == "kept"


def test_an_earlier_value_with_somebody_who_left_is_hidden():
    """Ten people, one withdrew: no new value (one apart), and the old one holds a withdrawn drawing."""
    before = members(PEOPLE[:9]) | {"unknown": WITHDRAWN}
    assert decide(members(PEOPLE[:9]), [ReleasedSet("a", 1, before)]) == Decision("hidden", None, 4)


def test_somebody_whose_second_drawing_counts_after_withdrawing_the_first_hides_the_cell():
    """The person is still there; the earlier value rests on the drawing that was withdrawn."""
    before = members(PEOPLE[:9], "v1") | {"p0": WITHDRAWN}
    assert decide(members(PEOPLE[:9], "v1"), [ReleasedSet("a", 1, before)]).verdict == "hidden"


def test_every_earlier_release_counts_not_only_the_last():
    """Release 1 had p0..p7, release 2 fifteen others beside; now p0..p8 is one person from release 1."""
    many = members([f"q{n}" for n in range(15)])
    before = [ReleasedSet("a", 1, members(PEOPLE[:8])), ReleasedSet("a", 2, members(PEOPLE[:8]) | many)]
    assert decide(members(PEOPLE[:9]), before).verdict == "hidden"


def test_every_key_of_a_table_counts():
    """A neighbourhood changed its number: the same people but one under another key."""
    before = [ReleasedSet("neighbourhood 2", 1, members(PEOPLE[:8]))]
    assert decide(members(PEOPLE[:9]), before) == Decision("hidden", None, 4)


def test_two_cells_of_one_release_may_not_be_a_few_people_apart():
    """A postcode area holds one buurt plus four people."""
    cells = [Candidate("buurt", members(PEOPLE[:8])), Candidate("pc5", members(PEOPLE[:12]))]
    found = decide_cells(cells, [])
    assert [found[key].verdict for key in ("buurt", "pc5")] == ["new", "hidden"]


def test_a_hidden_cell_hides_no_other():
    """What is not published is no set to compare with: three people are hidden, the ten stay."""
    cells = [Candidate("few", members(PEOPLE[:3])), Candidate("ten", members(PEOPLE[:10]))]
    assert [one.verdict for one in decide_cells(cells, []).values()] == ["hidden", "new"]


def test_fewer_than_asked_are_hidden_even_when_nothing_changed():
    """Nine of a part of the drawers, where ten are asked; the same nine stood in an earlier release."""
    nine = members(PEOPLE[:9])
    assert decide(nine, [ReleasedSet("a", 1, nine)], min_people=10) == Decision("hidden", None, 1)


sets = st.dictionaries(st.sampled_from(PEOPLE), st.sampled_from(["v1", "v2"]), max_size=14)


@given(st.lists(sets, min_size=1, max_size=8))
def test_whatever_is_released_differs_by_nobody_or_by_five(rows):
    """A row of releases of one cell: any two released sets stand at least five people apart."""
    released = []
    for number, now in enumerate(rows):
        if decide(now, released).verdict == "new":
            released.append(ReleasedSet("a", number, now))
    for first in released:
        assert len(first.members) >= 5
        for second in released:
            assert people_apart(first.members, second.members) in {0, *range(5, 30)}
            assert len(first.members.keys() ^ second.members.keys()) in {0, *range(5, 30)}


@given(sets, sets)
def test_the_table_of_pairs_agrees_with_the_plain_rule(first, second):
    """Two ways to the same answer: matrices for many sets, Python for two."""
    cells = [Candidate("a", first, 0), Candidate("b", second, 0)]
    assert (decide_cells(cells, [])["b"].verdict == "new") == can_stand_beside(first, second)


def test_every_new_set_gets_a_number_after_the_last():
    """By hand: four keys were used, so three sets of other people get the fifth to the seventh."""
    before = [ReleasedSet(f"project/{n}", n, members(f"{n}{one}" for one in range(6))) for n in (1, 2, 3, 4)]
    now = [members(f"new {n}{one}" for one in range(6)) for n in range(3)]
    assert match_keys(now, before, prefix="project/") == ["project/5", "project/6", "project/7"]


# --- While everybody together waits


def awaited(verdict, cells, before):
    decided = decide_cells(cells, before)
    return {key: one.verdict for key, one in await_total(cells, before, decided, Decision(verdict)).items()}


def test_nothing_appears_while_a_few_came():
    """One newcomer makes five of four, seven of six, and leaves six others as they were: none of it is told."""
    cells = [
        Candidate("appears", members(PEOPLE[:5])),
        Candidate("grows", members(PEOPLE[5:12])),
        Candidate("stays", members(f"q{n}" for n in range(6))),
    ]
    before = [ReleasedSet("grows", 1, members(PEOPLE[5:11])), ReleasedSet("stays", 1, cells[2].members)]
    assert decide_cells(cells, before)["appears"].verdict == "new"
    assert awaited("kept", cells, before) == {"appears": "hidden", "grows": "kept", "stays": "kept"}


def test_what_five_came_to_waits_where_others_left_the_whole():
    """Five joined a cell and nine left elsewhere, of whom the whole lies two from an earlier one: it waits as well."""
    cells = [
        Candidate("grew", members(PEOPLE[:12])),
        Candidate("same", members(f"q{n}" for n in range(6))),
    ]
    before = [ReleasedSet("grew", 1, members(PEOPLE[:7])), ReleasedSet("same", 1, cells[1].members)]
    assert decide_cells(cells, before)["grew"].verdict == "new"
    assert awaited("hidden", cells, before) == {"grew": "hidden", "same": "new"}


def test_who_left_is_not_repeated_whatever_the_whole_does():
    before = [ReleasedSet("a", 1, members(PEOPLE[:6]) | {"p0": WITHDRAWN})]
    assert awaited("kept", [Candidate("a", members(PEOPLE[1:6]))], before) == {"a": "hidden"}
