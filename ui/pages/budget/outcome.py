"""The result of a round, for everybody: who took part, what is chosen and why, and what became of it."""

import html
from pathlib import Path

import streamlit as st

from i18n import Translator
from study.budget.result import (
    RoundResult,
    count_in_words,
    count_round,
    reason_in_words,
    turnout_in_words,
)
from study.budget.rounds import BudgetPlan, BudgetRound
from ui import workers

SHEET = Path(__file__).with_name("budget.css")


def sheet() -> None:
    """Return the page the look of a budget."""
    st.html(SHEET)


def rules_in_words(say: Translator, made: BudgetRound) -> tuple[str, ...]:
    """Return the rules of a round in sentences, as they are told before anybody votes."""
    return (
        say("budget.rule_amount", amount=made.amount_eur),
        say(f"budget.rule_ballot_{made.ballot_rule}", most=made.most_choices),
        say(f"budget.rule_{made.method}"),
        say("budget.rule_tie"),
        say("budget.rule_once"),
    )


def facts(lines: tuple[str, ...]) -> None:
    """Show sentences, one below the other."""
    st.html(f'<ul class="budget-facts">{"".join(f"<li>{html.escape(line)}</li>" for line in lines)}</ul>')


def show(say: Translator, made: BudgetRound) -> RoundResult:
    """Show the outcome of a closed round, and return it."""
    result = workers.run_in_worker(count_round, made.id)
    st.subheader(say("budget.result"), anchor=False)
    facts(
        (
            say(
                "budget.spent",
                spent=result.allocation.spent_eur,
                amount=made.amount_eur,
                left=result.allocation.left_eur,
            ),
            *turnout_in_words(say, result.counts),
        )
    )
    for key, is_chosen in (("chosen_plans", True), ("other_plans", False)):
        rows = [_row(say, result, at) for at in _places(result, is_chosen=is_chosen)]
        if rows:
            st.subheader(say(f"budget.{key}"), anchor=False)
            st.html(f'<ol class="budget-list">{"".join(rows)}</ol>')
    with st.expander(say("budget.rules")):
        facts(rules_in_words(say, made))
    return result


def _places(result: RoundResult, *, is_chosen: bool) -> list[int]:
    decisions = result.allocation.decisions
    return [at for at, one in enumerate(decisions) if one.is_chosen == is_chosen]


def _row(say: Translator, result: RoundResult, at: int) -> str:
    one = result.allocation.decisions[at]
    plan, votes = result.plan(one.number), count_in_words(say, result.votes(one))
    status = f'<p class="status">{html.escape(_status(say, plan))}</p>' if one.is_chosen else ""
    return (
        f'<li class="{"chosen" if one.is_chosen else "other"}">{plan_head(say, plan)}'
        f"<p>{html.escape(say('budget.votes', votes=votes))} {html.escape(reason_in_words(say, one))}</p>{status}</li>"
    )


def plan_head(say: Translator, plan: BudgetPlan) -> str:
    """Return number, title, cost and place of a plan as HTML."""
    cost = say("budget.euros", n=plan.cost_eur)
    place = f"<p>{html.escape(plan.place)}</p>" if plan.place else ""
    return (
        f'<p class="head"><span>{plan.number}. {html.escape(plan.title)}</span>'
        f"<span>{html.escape(cost)}</span></p>{place}"
    )


def _status(say: Translator, plan: BudgetPlan) -> str:
    parts = [say(f"budget.status_{plan.status}")]
    if plan.status_day is not None:
        parts[0] += f" ({plan.status_day:%d-%m-%Y})"
    if plan.note:
        parts.append(plan.note)
    if plan.paid_eur is not None:
        parts.append(say("budget.paid", n=plan.paid_eur))
    return ". ".join(parts)
