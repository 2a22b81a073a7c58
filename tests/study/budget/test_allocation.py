"""What is paid for under a fixed amount: known answers by hand, and laws that hold for any ballots."""

import random
from collections.abc import Callable
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import InputRefused
from study.budget.allocation import (
    METHODS,
    Allocation,
    Ballots,
    Method,
    PlanCost,
    allocate_by_votes,
    allocate_equal_shares,
    count_approvals,
)

Round = tuple[int, list[PlanCost], list[frozenset[int]]]


def plans_of(*costs: int) -> list[PlanCost]:
    """Return plans with these costs, numbered from 1."""
    return [PlanCost(number, cost) for number, cost in enumerate(costs, start=1)]


def approvals(**groups: int) -> list[set[int]]:
    """Return ballots: ``_12=6`` is six ballots for plans 1 and 2."""
    return [{int(c) for c in name[1:]} for name, n in groups.items() for _ in range(n)]


def reasons(made: Allocation) -> dict[int, str]:
    return {one.number: one.reason for one in made.decisions}


# --- By hand --------------------------------------------------------------------------------------


def test_most_votes_first_and_what_no_longer_fits_is_passed_over() -> None:
    made = allocate_by_votes(10_000, plans_of(6000, 5000, 4000), approvals(_1=40, _2=35, _3=30))
    assert (made.chosen, made.spent_eur, made.left_eur) == ((1, 3), 10_000, 0)
    assert reasons(made) == {1: "votes", 2: "does_not_fit", 3: "votes"}
    assert [one.left_eur for one in made.decisions] == [10_000, 4000, 4000]


def test_a_tie_goes_to_the_cheaper_then_to_the_lower_number() -> None:
    """1 of 500, 2 and 3 of 400, five votes each: 2, then 3, and 200 is too little for 1."""
    made = allocate_by_votes(1000, plans_of(500, 400, 400), approvals(_123=5))
    assert (made.chosen, made.left_eur) == ((2, 3), 200)


def test_nobody_pays_for_what_nobody_wants() -> None:
    for method in METHODS.values():
        made = method(1000, plans_of(300, 100), [*approvals(_1=2), set()])
        assert reasons(made)[2] == "no_votes"
        assert made.chosen == (1,)
        assert method(1000, plans_of(300), []).chosen == ()


def test_a_majority_decides_about_its_own_part_only() -> None:
    """Six of ten want 1 (60) and 2 (40), four want 3 (40), of 100 euros. By votes the six decide about all.

    With shares of 10 euros: 1 asks 10 of each of six, 10/60 of its cost; 2 asks 6.67, also a sixth, and is cheaper.
    Then the six have 20 together, too little for 1; the four pay all of 3, a quarter of its cost each.
    """
    plans, ballots = plans_of(60, 40, 40), approvals(_12=6, _3=4)
    assert allocate_by_votes(100, plans, ballots).chosen == (2, 1)
    made = allocate_equal_shares(100, plans, ballots)
    assert (made.chosen, made.left_eur) == ((2, 3), 20)
    assert reasons(made) == {2: "shares", 3: "shares", 1: "does_not_fit"}
    assert [one.share_eur for one in made.decisions] == [Fraction(20, 3), Fraction(10), 0]


def test_who_has_too_little_left_pays_what_there_is() -> None:
    """90 euros, three voters of 30. 1 (60) is paid by all: 20 each. 2 (25) by two: 10 each are there, so not.

    The 30 that are left go to 2 as the plan with most votes that fits: completed, not paid from shares.
    """
    made = allocate_equal_shares(90, plans_of(60, 25), approvals(_12=2, _1=1))
    assert reasons(made) == {1: "shares", 2: "remainder"}
    assert (made.decisions[0].share_eur, made.left_eur) == (20, 5)


def test_supporters_pay_as_much_as_each_other_as_far_as_they_can() -> None:
    """120 euros, four voters of 30. 1 (40): a and b, 20 each, half the cost. 2 (60): b, c and d, 20 each, a third.

    2 goes first. b has 10 left, c and d 10. Then 1: a and b have 30 and 10, so b pays 10 and a pays 30: all is spent
    but what c and d have, 20.
    """
    made = allocate_equal_shares(120, plans_of(40, 60), [{1}, {1, 2}, {2}, {2}])
    assert [(one.number, one.share_eur) for one in made.decisions] == [(2, 20), (1, 30)]
    assert made.left_eur == 20


def test_who_paid_all_there_was_owes_nothing() -> None:
    """200 euros, five voters of 40. 1 (90) is paid by three, 30 each, so the first has 10 left.

    2 (30): that 10, and 20 of the fourth. 3 (36): the first has nothing any more, and the fifth pays it all.
    """
    made = allocate_equal_shares(200, plans_of(90, 30, 36), [{1, 2, 3}, {1}, {1}, {2}, {3}])
    assert [(one.number, one.reason, one.share_eur) for one in made.decisions] == [
        (1, "shares", 30),
        (2, "shares", 20),
        (3, "shares", 36),
    ]


def test_a_blank_ballot_has_no_part() -> None:
    """Two of four are blank: the two others have 50 each, and pay 100."""
    made = allocate_equal_shares(100, plans_of(100), [{1}, {1}, set(), set()])
    assert (reasons(made), made.decisions[0].share_eur) == ({1: "shares"}, 50)


def test_wrong_input_is_refused() -> None:
    wrong: list[tuple[int, list[PlanCost], Ballots]] = [
        (0, plans_of(5), []),
        (10, plans_of(0), []),
        (10, [PlanCost(1, 5), PlanCost(1, 6)], []),
        (10, plans_of(5), [{2}]),
    ]
    for method in METHODS.values():
        for amount, plans, ballots in wrong:
            with pytest.raises(InputRefused):
                method(amount, plans, ballots)


# --- Laws -----------------------------------------------------------------------------------------


@st.composite
def rounds(draw: st.DrawFn) -> Round:
    """Return any small round: an amount, plans and ballots."""
    costs = draw(st.lists(st.integers(1, 40), min_size=1, max_size=6))
    numbers = st.frozensets(st.integers(1, len(costs)))
    return draw(st.integers(1, 100)), plans_of(*costs), draw(st.lists(numbers, max_size=12))


METHOD = pytest.mark.parametrize("method", METHODS.values(), ids=METHODS)


@METHOD
@given(made=rounds())
def test_never_above_the_amount_and_every_plan_is_told_of(
    method: Callable[..., Allocation], made: Round
) -> None:
    amount, plans, ballots = made
    found = method(amount, plans, ballots)
    assert found.spent_eur <= amount
    assert found.left_eur == amount - sum(one.cost_eur for one in plans if one.number in found.chosen)
    assert sorted(one.number for one in found.decisions) == [one.number for one in plans]
    votes = count_approvals(plans, ballots)
    assert all(one.votes == votes[one.number] > 0 for one in found.decisions if one.is_chosen)
    # Nothing that was wanted and fits is left lying.
    assert not [
        one for one in found.decisions if one.reason == "does_not_fit" and one.cost_eur <= found.left_eur
    ]


@METHOD
@given(made=rounds(), seed=st.integers(0, 2**32))
def test_order_and_repetition_change_nothing(
    method: Callable[..., Allocation], made: Round, seed: int
) -> None:
    amount, plans, ballots = made
    chance = random.Random(seed)
    shuffled = method(amount, chance.sample(plans, len(plans)), chance.sample(ballots, len(ballots)))
    assert shuffled == method(amount, plans, ballots) == method(amount, plans, ballots)


@given(made=rounds(), data=st.data())
def test_a_vote_more_never_takes_a_chosen_plan_away(made: Round, data: st.DataObject) -> None:
    amount, plans, ballots = made
    for number in allocate_by_votes(amount, plans, ballots).chosen:
        at = data.draw(st.integers(0, len(ballots)))
        more = [ballot | {number} if place == at else ballot for place, ballot in enumerate(ballots)]
        more += [frozenset({number})] if at == len(ballots) else []
        assert number in allocate_by_votes(amount, plans, more).chosen


@given(made=rounds(), n=st.integers(1, 6), cost=st.integers(1, 60))
def test_a_group_that_is_large_enough_has_the_plan_it_wants(made: Round, n: int, cost: int) -> None:
    """Voters who want one plan have it where their part of the amount pays it, whatever the others do."""
    amount, plans, ballots = made
    own = PlanCost(len(plans) + 1, cost)
    every = [*ballots, *[frozenset({own.number})] * n]
    n_voters = sum(1 for ballot in every if ballot)
    found = allocate_equal_shares(amount, [*plans, own], every)
    if cost * n_voters <= amount * n:
        assert own.number in found.chosen


@given(made=rounds())
def test_shares_are_paid_by_who_has_them(made: Round) -> None:
    """Played back voter by voter: nobody pays more than a part, and what is paid is what the plans cost."""
    amount, plans, ballots = made
    found = allocate_equal_shares(amount, plans, ballots)
    voters = [ballot for ballot in ballots if ballot]
    purses = [Fraction(amount, len(voters)) for _ in voters]
    for one in found.decisions:
        if one.reason == "shares":
            paid = [
                min(purse, one.share_eur) if one.number in ballot else Fraction(0)
                for purse, ballot in zip(purses, voters, strict=True)
            ]
            assert sum(paid) == one.cost_eur
            purses = [purse - part for purse, part in zip(purses, paid, strict=True)]
    assert all(purse >= 0 for purse in purses)


@pytest.mark.parametrize("method", ["votes", "equal_shares"])
def test_the_rules_have_the_names_that_are_stored(method: Method) -> None:
    assert set(METHODS) == {"votes", "equal_shares"}
    assert METHODS[method](1, plans_of(1), [{1}]).chosen == (1,)
