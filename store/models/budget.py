"""Records: rounds of a wijkbudget, their plans and the ballots."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from geo.errors import BallotTooDear, InputRefused, TooManyPlansChosen

RoundState = Literal["draft", "open", "closed"]
CountingMethod = Literal["votes", "equal_shares"]
COUNTING_METHODS: tuple[CountingMethod, ...] = ("votes", "equal_shares")
BallotRule = Literal["amount", "number"]
BALLOT_RULES: tuple[BallotRule, ...] = ("amount", "number")
"""What one ballot may choose: plans that the amount pays together, or a number of plans."""

PlanStatus = Literal["waiting", "started", "done", "cancelled"]
PLAN_STATUSES: tuple[PlanStatus, ...] = ("waiting", "started", "done", "cancelled")
"""What became of a chosen plan; until the round is closed every plan is waiting."""

Way = Literal["phone", "paper"]


@dataclass(frozen=True)
class BudgetRound:
    """One round: an amount, the rules, and the days on which people may vote.

    Attributes
    ----------
    about
        A few sentences for who votes.
    amount_eur
        Whole euros.
    opens, closes
        First and last day of voting.
    method
        How ballots are counted; `study.budget.allocation` has the rules.
    ballot_rule, most_choices
        What one ballot may choose; the number is used by the rule "number" only.
    state
        Set by the store: "draft" until it is opened, "closed" once it may be counted.
    id
        Set by the store.
    """

    project: str
    title: str
    amount_eur: int
    opens: date
    closes: date
    about: str = ""
    method: CountingMethod = "votes"
    ballot_rule: BallotRule = "amount"
    most_choices: int = 3
    state: RoundState = "draft"
    id: str = ""


@dataclass(frozen=True)
class BudgetPlan:
    """One plan of a round.

    Attributes
    ----------
    number
        On the ballot. Set by the store: in the order of making, and by lot when the round opens.
    cost_source
        Who says what it costs, such as the municipality's upkeep; an organisation, not a person.
    place
        A street, square or facility, never a home.
    card
        Id of the card of the board that it came from; empty for none.
    status, note, status_day
        What became of a chosen plan, a sentence about it, and since when.
    paid_eur
        What it cost in the end; None until that is known.
    """

    round: str
    title: str
    cost_eur: int
    cost_source: str = ""
    place: str = ""
    text: str = ""
    card: str = ""
    number: int = 0
    status: PlanStatus = "waiting"
    note: str = ""
    status_day: date | None = None
    paid_eur: int | None = None
    id: str = ""


@dataclass(frozen=True)
class Ballot:
    """What one ticket chose.

    Attributes
    ----------
    choices
        Numbers of plans; none for a blank one.
    is_valid
        Whether it can be counted: a paper one may be filled in wrongly.
    """

    choices: tuple[int, ...]
    way: Way = "phone"
    is_valid: bool = True


@dataclass(frozen=True)
class BallotCounts:
    """How many ballots there are, of each kind, and how many tickets were handed out.

    Attributes
    ----------
    blank, invalid
        Among those on phone and paper.
    """

    phone: int
    paper: int
    blank: int
    invalid: int
    tickets: int

    @property
    def total(self) -> int:
        """Ballots of any kind."""
        return self.phone + self.paper


def check_choices(rule: BudgetRound, costs: Mapping[int, int], choices: Collection[int]) -> tuple[int, ...]:
    """Return the numbers on a ballot, each once and in order, after checking them by the rule of the round.

    Parameters
    ----------
    costs
        Number of each plan to its cost, euros.

    Raises
    ------
    InputRefused
        When there is no plan of a number.
    BallotTooDear, TooManyPlansChosen
        When the ballot chooses more than the rule allows.

    Examples
    --------
    >>> made = BudgetRound("noord", "Noord", 1000, date(2026, 5, 1), date(2026, 5, 9))
    >>> check_choices(made, {1: 600, 2: 400, 3: 700}, [2, 1, 2])
    (1, 2)
    """
    numbers = tuple(sorted(set(choices)))
    if not set(numbers) <= costs.keys():
        raise InputRefused(field="choices", reason="unknown_plan")
    cost = sum(costs[number] for number in numbers)
    if rule.ballot_rule == "amount" and cost > rule.amount_eur:
        raise BallotTooDear(cost_eur=cost, amount_eur=rule.amount_eur)
    if rule.ballot_rule == "number" and len(numbers) > rule.most_choices:
        raise TooManyPlansChosen(given=len(numbers), most=rule.most_choices)
    return numbers
