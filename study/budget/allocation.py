"""Which plans are paid for under a fixed amount: two rules for approval ballots, exact in whole euros.

A ballot names the plans that somebody approves of. Neither rule ever spends more than the amount, and neither
depends on the order of ballots or plans. A tie goes to the plan with more votes, then to the cheaper one, then to
the lower number; numbers are drawn by lot when a round opens (`store.budget`).
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from geo.errors import InputRefused

Method = Literal["votes", "equal_shares"]
Reason = Literal["votes", "shares", "remainder", "does_not_fit", "no_votes"]
"""Why a plan is paid for ("votes", "shares", "remainder") or is not."""


@dataclass(frozen=True)
class PlanCost:
    """What counting needs to know of a plan: its number on the ballot, and its cost in whole euros."""

    number: int
    cost_eur: int


@dataclass(frozen=True)
class Decision:
    """What the rule said about one plan.

    Attributes
    ----------
    votes
        Ballots that name the plan.
    left_eur
        Euros that were left when the plan had its turn.
    share_eur
        The most that one supporter paid for it, euros; 0 unless it was paid for from equal shares.
    """

    number: int
    cost_eur: int
    votes: int
    reason: Reason
    left_eur: int
    share_eur: Fraction = Fraction(0)

    @property
    def is_chosen(self) -> bool:
        """Whether the plan is paid for."""
        return self.reason in {"votes", "shares", "remainder"}


@dataclass(frozen=True)
class Allocation:
    """The outcome of a round: every plan, in the order in which the rule decided about them."""

    amount_eur: int
    decisions: tuple[Decision, ...]

    @property
    def chosen(self) -> tuple[int, ...]:
        """Numbers of the plans that are paid for, in the order in which they were chosen."""
        return tuple(one.number for one in self.decisions if one.is_chosen)

    @property
    def spent_eur(self) -> int:
        """Sum of the costs of the chosen plans, euros."""
        return sum(one.cost_eur for one in self.decisions if one.is_chosen)

    @property
    def left_eur(self) -> int:
        """What is left of the amount, euros."""
        return self.amount_eur - self.spent_eur


Ballots = Sequence[Collection[int]]
"""The numbers of the plans on each ballot; a blank one is empty."""


def count_approvals(plans: Iterable[PlanCost], ballots: Ballots) -> dict[int, int]:
    """Count the ballots that name each plan.

    Parameters
    ----------
    plans
        The plans of the round.
    ballots
        Numbers of plans; one that stands twice on a ballot counts once.

    Returns
    -------
    dict
        Number of a plan to its votes, also where there are none.

    Raises
    ------
    InputRefused
        When a ballot names a plan that is not in the round.

    Examples
    --------
    >>> count_approvals([PlanCost(1, 500), PlanCost(2, 800)], [{1}, {1, 2}, set()])
    {1: 2, 2: 1}
    """
    votes = {plan.number: 0 for plan in plans}
    for ballot in ballots:
        for number in set(ballot):
            if number not in votes:
                raise InputRefused(field="ballot", reason="unknown_plan")
            votes[number] += 1
    return votes


def allocate_by_votes(amount_eur: int, plans: Collection[PlanCost], ballots: Ballots) -> Allocation:
    """Choose the plans with most votes first, each that still fits in what is left.

    This is what most participatory budgets do. A plan that nobody voted for is not paid for.

    Parameters
    ----------
    amount_eur
        The amount of the round, whole euros.
    plans
        The plans, each with a number of its own and a cost of at least one euro.
    ballots
        Numbers of plans on each ballot.

    Returns
    -------
    Allocation
        Plans in the order of their votes.

    Raises
    ------
    InputRefused
        When an amount or a cost is not above 0, a number stands twice, or a ballot names another plan.

    Examples
    --------
    Of 10,000 euros plan 1 takes 6,000 (40 votes); plan 2 of 5,000 (35) no longer fits, plan 3 of 4,000 (30) does.

    >>> plans = [PlanCost(1, 6000), PlanCost(2, 5000), PlanCost(3, 4000)]
    >>> made = allocate_by_votes(10_000, plans, [{1}] * 40 + [{2}] * 35 + [{3}] * 30)
    >>> made.chosen, made.left_eur
    ((1, 3), 0)
    """
    _check(amount_eur, plans)
    votes = count_approvals(plans, ballots)
    return Allocation(amount_eur, _most_votes_first(amount_eur, plans, votes, "votes"))


def allocate_equal_shares(amount_eur: int, plans: Collection[PlanCost], ballots: Ballots) -> Allocation:
    """Choose plans by the method of equal shares: every voter has an equal part of the amount to spend.

    A plan is paid for by those who voted for it, each as much as the others as far as their part reaches. The
    plan whose supporters pay the smallest part of its cost each goes first, until no supporters can pay a plan.
    So a group that is a tenth of the voters decides about a tenth of the amount. This is the rule of Peters,
    Pierczynski and Skowron [1]_ for approval ballots, where a plan is worth its cost to who approves of it. What
    no group can pay alone is then completed by votes: of the plans that remain, most votes first, each that still
    fits. Blank ballots have no part.

    Parameters
    ----------
    amount_eur
        The amount of the round, whole euros.
    plans
        The plans, each with a number of its own and a cost of at least one euro.
    ballots
        Numbers of plans on each ballot.

    Returns
    -------
    Allocation
        First the plans that were paid for from shares, then the others in the order of their votes.

    Raises
    ------
    InputRefused
        When an amount or a cost is not above 0, a number stands twice, or a ballot names another plan.

    References
    ----------
    .. [1] D. Peters, G. Pierczynski, P. Skowron, Proportional Participatory Budgeting with Additive Utilities,
       Advances in Neural Information Processing Systems 34 (2021), arXiv 2008.13276.

    Examples
    --------
    Ten voters have 10 euros each. Six want plans 1 and 2, four want plan 3. By votes the six would decide about
    all: plans 2 and 1. With equal shares they pay plan 2, have 20 euros left together, and the four pay plan 3.

    >>> plans, ballots = [PlanCost(1, 60), PlanCost(2, 40), PlanCost(3, 40)], [{1, 2}] * 6 + [{3}] * 4
    >>> allocate_by_votes(100, plans, ballots).chosen, allocate_equal_shares(100, plans, ballots).chosen
    ((2, 1), (2, 3))
    """
    _check(amount_eur, plans)
    votes = count_approvals(plans, ballots)
    groups = Counter(frozenset(ballot) for ballot in ballots if ballot)
    n_voters = sum(groups.values())
    purses = {group: Fraction(amount_eur, n_voters) for group in groups}
    waiting, made, left = {plan.number: plan for plan in plans}, list[Decision](), amount_eur
    while True:
        offers = []
        for plan in waiting.values():
            share = _least_share(
                plan, [(purses[group], n) for group, n in groups.items() if plan.number in group]
            )
            if share is not None:
                offers.append((share / plan.cost_eur, *_rank(plan, votes), share))
        if not offers:
            break
        *_, number, share = min(offers)
        plan = waiting.pop(number)
        made.append(Decision(number, plan.cost_eur, votes[number], "shares", left, share))
        left -= plan.cost_eur
        for group in groups:
            if number in group:
                purses[group] -= min(purses[group], share)
    return Allocation(amount_eur, (*made, *_most_votes_first(left, waiting.values(), votes, "remainder")))


METHODS: dict[Method, Callable[[int, Collection[PlanCost], Ballots], Allocation]] = {
    "votes": allocate_by_votes,
    "equal_shares": allocate_equal_shares,
}
"""The rules that a round can be counted by; the first is the usual one."""


def _least_share(plan: PlanCost, supporters: Iterable[tuple[Fraction, int]]) -> Fraction | None:
    """Return the least amount that pays a plan if no supporter pays more; None where they cannot pay it.

    Parameters
    ----------
    supporters
        What voters still have, and how many have that much.

    Examples
    --------
    Who has 1 euro pays it; the other two pay 4 each.

    >>> _least_share(PlanCost(1, 9), [(Fraction(1), 1), (Fraction(6), 2)])
    Fraction(4, 1)
    """
    rising = sorted(supporters)
    to_pay, n_left = Fraction(plan.cost_eur), sum(n for _, n in rising)
    for purse, n in rising:
        if purse * n_left >= to_pay:
            return to_pay / n_left
        to_pay -= purse * n
        n_left -= n
    return None


def _rank(plan: PlanCost, votes: dict[int, int]) -> tuple[int, int, int]:
    """Return what plans are ordered by: most votes, then the cheapest, then the lowest number."""
    return -votes[plan.number], plan.cost_eur, plan.number


def _most_votes_first(
    left_eur: int, plans: Iterable[PlanCost], votes: dict[int, int], reason: Reason
) -> tuple[Decision, ...]:
    """Decide about plans in the order of their votes; one that is chosen is so for this reason."""
    made = []
    for plan in sorted(plans, key=lambda one: _rank(one, votes)):
        n, fits = votes[plan.number], plan.cost_eur <= left_eur
        why: Reason = "no_votes" if n == 0 else reason if fits else "does_not_fit"
        made.append(Decision(plan.number, plan.cost_eur, n, why, left_eur))
        left_eur -= plan.cost_eur if made[-1].is_chosen else 0
    return tuple(made)


def _check(amount_eur: int, plans: Collection[PlanCost]) -> None:
    if amount_eur < 1 or any(plan.cost_eur < 1 for plan in plans):
        raise InputRefused(field="euros", reason="not_positive")
    if len({plan.number for plan in plans}) < len(plans):
        raise InputRefused(field="plans", reason="number_twice")
