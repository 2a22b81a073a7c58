"""What a closed round decided, as it is shown and handed out: counts, turnout, and why each plan is paid for."""

import io
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from geo.disclosure_control import ShownCount, bounded_count
from geo.errors import InputRefused
from geo.privacy_limits import MIN_PEOPLE
from i18n import Translator
from store import BallotCounts, BudgetPlan, BudgetRound
from study import context
from study.budget.allocation import METHODS, Allocation, Decision, PlanCost
from study.publishing.cell_values import escape_formula
from study.publishing.xlsx import list_to_xlsx

COLUMNS = ("number", "plan", "place", "cost", "votes", "outcome", "why", "status", "note", "paid")


@dataclass(frozen=True)
class RoundResult:
    """The outcome of one round; the ballots themselves are not in it.

    Attributes
    ----------
    n_counted
        Ballots that choose at least one plan.
    """

    round: BudgetRound
    plans: tuple[BudgetPlan, ...]
    counts: BallotCounts
    n_counted: int
    allocation: Allocation

    def plan(self, number: int) -> BudgetPlan:
        """Return the plan with a number."""
        return next(one for one in self.plans if one.number == number)

    def votes(self, decision: Decision) -> ShownCount | Literal["enough"]:
        """Return the votes of a plan as far as they are told.

        Where each ballot chose one plan, all votes less the others would give the one that is a word away. So the
        smallest of the others is a word then too.
        """
        shown = {one.number: bounded_count(one.votes, self.n_counted) for one in self.allocation.decisions}
        numbers = [one for one in self.allocation.decisions if not isinstance(shown[one.number], str)]
        is_single = sum(one.votes for one in self.allocation.decisions) == self.n_counted
        if is_single and numbers and len(shown) - len(numbers) == 1:
            smallest = min(numbers, key=lambda one: (one.votes, one.number))
            if decision.number == smallest.number:
                return "enough"
        return shown[decision.number]


def count_round(round_id: str) -> RoundResult:
    """Count a closed round by its own rule; the same ballots always give the same outcome.

    Raises
    ------
    UnknownBudgetRound
    VotingNotClosed
        When votes may still come in.
    """
    budget = context.get_store().budget
    found, plans = budget.get_round(round_id), budget.list_plans(round_id)
    ballots = [one.choices for one in budget.list_ballots(round_id) if one.is_valid and one.choices]
    costs = [PlanCost(plan.number, plan.cost_eur) for plan in plans]
    made = METHODS[found.method](found.amount_eur, costs, ballots)
    return RoundResult(found, tuple(plans), budget.count_ballots(round_id), len(ballots), made)


def decided_cards(result: RoundResult) -> list[tuple[BudgetPlan, bool]]:
    """Return a plan for each card that plans were made from, and whether any plan of that card is chosen."""
    found: dict[str, tuple[BudgetPlan, bool]] = {}
    for one in result.allocation.decisions:
        plan = result.plan(one.number)
        if plan.card and (one.is_chosen or plan.card not in found):
            found[plan.card] = (plan, one.is_chosen)
    return list(found.values())


def chosen_plan(result: RoundResult, plan: str) -> BudgetPlan:
    """Return a plan by its id, which must be one that is paid for.

    Raises
    ------
    InputRefused
        When the plan was not chosen: nothing becomes of it.
    """
    found = [one for one in result.plans if one.id == plan and one.number in result.allocation.chosen]
    if not found:
        raise InputRefused(field="plan", reason="not_chosen")
    return found[0]


def count_in_words(say: Translator, shown: ShownCount | Literal["enough"]) -> str:
    """Return a count as it is told, such as "minder dan vijf".

    Examples
    --------
    >>> import i18n
    >>> [count_in_words(i18n.get_translator("nl"), bounded_count(n, 40)) for n in (3, 12)]
    ['minder dan vijf', '12']
    """
    return say(f"budget.count_{shown}") if isinstance(shown, str) else say.number(shown)


def reason_in_words(say: Translator, decision: Decision) -> str:
    """Return one sentence: why a plan is paid for, or is not."""
    return say(f"budget.why_{decision.reason}", cost=decision.cost_eur, left=decision.left_eur)


def turnout_in_words(say: Translator, counts: BallotCounts) -> tuple[str, ...]:
    """Return how many took part, in sentences; a number that would single out a few people is not told.

    How many of the ballots came in on paper, or were blank, is told where each of both parts is none or five.
    """
    facts = {"n": count_in_words(say, bounded_count(counts.total)), "tickets": counts.tickets}
    lines = [say("budget.turnout", **facts)]
    if counts.total >= MIN_PEOPLE and counts.tickets:
        lines[0] += " " + say("budget.turnout_share", percent=round(100 * counts.total / counts.tickets))
    spoilt = counts.blank + counts.invalid
    for key, part in (("paper", counts.paper), ("spoilt", spoilt)):
        is_shown = all(n == 0 or n >= MIN_PEOPLE for n in (part, counts.total - part))
        lines.append(say(f"budget.{key}_count" if is_shown else f"budget.{key}_few", n=part))
    return tuple(lines)


def result_table(result: RoundResult, say: Translator) -> pd.DataFrame:
    """Return the outcome as it is shown and handed out: a row a plan, in the order of the decisions, in words.

    Returns
    -------
    DataFrame
        `COLUMNS`, under their headings in the language of `say`.
    """
    rows = []
    for one in result.allocation.decisions:
        plan = result.plan(one.number)
        paid = None if plan.paid_eur is None or not one.is_chosen else plan.paid_eur
        values = (
            plan.number,
            plan.title,
            plan.place,
            plan.cost_eur,
            count_in_words(say, result.votes(one)),
            say("budget.chosen" if one.is_chosen else "budget.not_chosen"),
            reason_in_words(say, one),
            say(f"budget.status_{plan.status}") if one.is_chosen else "",
            plan.note if one.is_chosen else "",
            paid,
        )
        rows.append(values)
    table = pd.DataFrame(rows, columns=[say(f"budget.col_{name}") for name in COLUMNS])
    return table.astype({say("budget.col_paid"): "Int64"})


def to_csv(result: RoundResult, say: Translator) -> bytes:
    """Write the outcome so that the visitor's spreadsheet opens it right; no text becomes a formula."""
    table = result_table(result, say)
    texts = ("plan", "place", "note")  # what somebody typed
    safe = {say(f"budget.col_{name}"): table[say(f"budget.col_{name}")].map(escape_formula) for name in texts}
    table = table.assign(**safe)
    out = io.StringIO(newline="")
    table.to_csv(
        out, sep=";" if say.number(0.5, ".1f")[1] == "," else ",", index=False, lineterminator="\r\n"
    )
    return out.getvalue().encode("utf-8-sig")


def to_xlsx(result: RoundResult, say: Translator) -> bytes:
    """Write the outcome as a workbook."""
    return list_to_xlsx(result_table(result, say), say("budget.result"))
