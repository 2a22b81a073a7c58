"""Rows of budget rounds, their plans and ballots, and the validation of what staff type."""

from dataclasses import replace
from datetime import date

from geo.errors import BudgetRoundFrozen, InputRefused, TicketUnknown, UnknownBudgetRound, UnknownSubject
from store import row_mapping, text_cleaning
from store.engines.base import Transaction
from store.models.budget import (
    BALLOT_RULES,
    COUNTING_METHODS,
    Ballot,
    BudgetPlan,
    BudgetRound,
    RoundState,
)
from store.models.editions import token
from store.repositories.release_ledger import project_secret
from store.tickets import ticket_token

MAX_EUR = 10_000_000
MAX_PLANS = 60
MAX_TITLE = 80
MAX_SENTENCE = 160
MAX_TEXT = 1000


def validate_round(made: BudgetRound) -> BudgetRound:
    """Return a round with its texts cleaned.

    Raises
    ------
    InputRefused, InputTooLarge
    """
    title = text_cleaning.clean_text(made.title, field="title", most=MAX_TITLE)
    text_cleaning.require_filled(title, field="title")
    _check_euros(made.amount_eur, "amount")
    if made.method not in COUNTING_METHODS or made.ballot_rule not in BALLOT_RULES:
        raise InputRefused(field="rules", reason="unknown_choice")
    if not 1 <= made.most_choices <= MAX_PLANS:
        raise InputRefused(field="most_choices", reason="number_out_of_range")
    if type(made.opens) is not date or type(made.closes) is not date or made.closes < made.opens:
        raise InputRefused(field="closes", reason="day_out_of_range")
    about = text_cleaning.clean_text(made.about, field="about", most=MAX_TEXT, lines=True)
    return replace(made, title=title, about=about)


def validate_plan(made: BudgetPlan) -> BudgetPlan:
    """Return a plan with its texts cleaned.

    Raises
    ------
    InputRefused, InputTooLarge
    """
    title = text_cleaning.clean_text(made.title, field="title", most=MAX_TITLE)
    text_cleaning.require_filled(title, field="title")
    _check_euros(made.cost_eur, "cost")
    return replace(
        made,
        title=title,
        cost_source=text_cleaning.clean_text(made.cost_source, field="cost_source", most=MAX_SENTENCE),
        place=text_cleaning.clean_text(made.place, field="place", most=MAX_SENTENCE),
        text=text_cleaning.clean_text(made.text, field="text", most=MAX_TEXT, lines=True),
        card=text_cleaning.validate_key(made.card, field="card"),
    )


def _check_euros(value: object, field: str) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= MAX_EUR:
        raise InputRefused(field=field, reason="number_out_of_range")


def get_round(tx: Transaction, round_id: str) -> BudgetRound:
    """Return one round.

    Raises
    ------
    UnknownBudgetRound
    """
    found = tx.query(
        f"SELECT {row_mapping.BUDGET_ROUND.select()} FROM budget_round WHERE id = ?", (round_id,)
    )
    if not found:
        raise UnknownBudgetRound(round=round_id)
    return row_mapping.BUDGET_ROUND.decode(found[0])


def require_state(found: BudgetRound, *states: RoundState) -> None:
    """Raise `BudgetRoundFrozen` unless a round is in one of these states."""
    if found.state not in states:
        raise BudgetRoundFrozen(state=found.state)


def write_round(tx: Transaction, made: BudgetRound) -> None:
    """Update the row of a round."""
    assignments = ", ".join(f"{column} = ?" for column in row_mapping.BUDGET_ROUND.columns)
    values = row_mapping.BUDGET_ROUND.encode(made)
    tx.execute(f"UPDATE budget_round SET {assignments} WHERE id = ?", (*values, made.id))


def list_plans(tx: Transaction, round_id: str) -> list[BudgetPlan]:
    """Return the plans of a round, by number."""
    found = tx.query(
        f"SELECT {row_mapping.BUDGET_PLAN.select()} FROM budget_plan WHERE round = ? ORDER BY number",
        (round_id,),
    )
    return [row_mapping.BUDGET_PLAN.decode(row) for row in found]


def get_plan(tx: Transaction, plan_id: str) -> BudgetPlan:
    """Return one plan.

    Raises
    ------
    UnknownSubject
    """
    found = tx.query(f"SELECT {row_mapping.BUDGET_PLAN.select()} FROM budget_plan WHERE id = ?", (plan_id,))
    if not found:
        raise UnknownSubject(subject=plan_id)
    return row_mapping.BUDGET_PLAN.decode(found[0])


def highest_number(tx: Transaction, round_id: str) -> int:
    """Return the highest number that a plan of a round ever had on a ballot; 0 before numbers were drawn."""
    ((found,),) = tx.query("SELECT highest_number FROM budget_round WHERE id = ?", (round_id,))
    return int(found)


def fix_numbers(tx: Transaction, round_id: str) -> None:
    """Record which numbers were on a ballot: they stay with their plans, and go to no other plan."""
    most = max([highest_number(tx, round_id), *(plan.number for plan in list_plans(tx, round_id))])
    tx.execute("UPDATE budget_round SET highest_number = ? WHERE id = ?", (most, round_id))


def number_plans(tx: Transaction, round_id: str, plans: list[BudgetPlan]) -> None:
    """Write the plans of a round anew: numbered from 1 in this order, or after the numbers that were drawn."""
    drawn = highest_number(tx, round_id)
    old = [plan for plan in plans if 0 < plan.number <= drawn]
    new = [plan for plan in plans if plan not in old]
    numbered = [replace(plan, number=number) for number, plan in enumerate(new, start=drawn + 1)]
    replace_plans(tx, round_id, [*old, *numbered])


def replace_plans(tx: Transaction, round_id: str, plans: list[BudgetPlan]) -> None:
    """Write the plans of a round anew."""
    tx.execute("DELETE FROM budget_plan WHERE round = ?", (round_id,))
    for plan in plans:
        row_mapping.insert_row(tx, "budget_plan", row_mapping.BUDGET_PLAN.encode_columns(plan))


def write_plan(tx: Transaction, made: BudgetPlan) -> None:
    """Update the row of a plan."""
    assignments = ", ".join(f"{column} = ?" for column in row_mapping.BUDGET_PLAN.columns)
    values = row_mapping.BUDGET_PLAN.encode(made)
    tx.execute(f"UPDATE budget_plan SET {assignments} WHERE id = ?", (*values, made.id))


def find_ballot(tx: Transaction, round_id: str, voter: str) -> Ballot | None:
    """Return the ballot of a voter; None without one."""
    found = tx.query(
        f"SELECT {row_mapping.BALLOT.select()} FROM ballot WHERE round = ? AND voter = ?", (round_id, voter)
    )
    return row_mapping.BALLOT.decode(found[0]) if found else None


def write_ballot(tx: Transaction, round_id: str, voter: str, ballot: Ballot) -> None:
    """Write the ballot of a voter over the one that there may be."""
    tx.execute("DELETE FROM ballot WHERE round = ? AND voter = ?", (round_id, voter))
    row_mapping.insert_row(
        tx, "ballot", {"round": round_id, "voter": voter} | row_mapping.BALLOT.encode_columns(ballot)
    )


def list_ballots(tx: Transaction, round_id: str) -> list[Ballot]:
    """Return all ballots of a round, in no order that says anything."""
    found = tx.query(
        f"SELECT {row_mapping.BALLOT.select()} FROM ballot WHERE round = ? ORDER BY voter", (round_id,)
    )
    return [row_mapping.BALLOT.decode(row) for row in found]


def erase_rounds(tx: Transaction, project: str) -> None:
    """Delete the rounds of a project with their plans and ballots."""
    mine = "round IN (SELECT id FROM budget_round WHERE project = ?)"
    for table in ("ballot", "budget_plan"):
        tx.execute(f"DELETE FROM {table} WHERE {mine}", (project,))
    tx.execute("DELETE FROM budget_round WHERE project = ?", (project,))


def has_own_tickets(tx: Transaction, found: BudgetRound) -> bool:
    """Return whether tickets were made for this round alone."""
    return bool(
        tx.query("SELECT 1 FROM ticket WHERE project = ? AND session = ? LIMIT 1", (found.project, found.id))
    )


def find_voter(tx: Transaction, found: BudgetRound, code: str) -> str:
    """Return the token of a ticket for one round, which alone ties no two rounds and no drawing.

    Who holds the store with the secret of the project can compute it from the token of the ticket, and with
    tickets of the project that one stands at a drawing too. So a tie can be made until the round is closed.

    Raises
    ------
    TicketUnknown
    """
    secret, scope = project_secret(tx, found.project), found.id if has_own_tickets(tx, found) else ""
    asked = ticket_token(secret, code)
    if not tx.query(
        "SELECT 1 FROM ticket WHERE project = ? AND token = ? AND session = ?", (found.project, asked, scope)
    ):
        raise TicketUnknown()
    return token(secret, "ballot", f"{found.id} {asked}")
