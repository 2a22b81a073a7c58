"""Rounds of a wijkbudget: what they do to cards of the board, and how a paper ballot is typed."""

import re

from geo.errors import InputRefused, UnknownSubject
from store import (
    BALLOT_RULES,
    COUNTING_METHODS,
    PLAN_STATUSES,
    Actor,
    Ballot,
    BudgetPlan,
    BudgetRound,
    PlanStatus,
    SignalStatus,
    Way,
    check_choices,
)
from study import context
from study.board.cards import standing_for

__all__ = [
    "BALLOT_RULES",
    "COUNTING_METHODS",
    "PLAN_STATUSES",
    "Actor",
    "Ballot",
    "BudgetPlan",
    "BudgetRound",
    "PlanStatus",
    "Way",
    "check_choices",
]

CARD_STATUS: dict[PlanStatus, SignalStatus] = {
    "waiting": "planned",
    "started": "planned",
    "done": "done",
    "cancelled": "declined",
}
"""What the card of a chosen plan becomes on the board of the neighbourhood."""

INVALID = "x"
"""What is typed behind a code for a paper ballot that cannot be counted."""

_CODE = re.compile(r"\s*([0-9A-Za-z]{5})[-\s]?([0-9A-Za-z]{5})(?![0-9A-Za-z])(.*)")


def released_cards(project: str) -> dict[str, str]:
    """Return the cards of the board that a plan can be made from: id to words, the last one first."""
    return {card.id: card.text for card in context.get_store().board.released_cards(project)}


def update_card(plan: BudgetPlan, status: SignalStatus, why: str, *, by: Actor) -> bool:
    """Set what became of the card that a plan was made from, so that its sender reads it; True when it was.

    Where that card was joined into another one since, this is about the one that stands for it.

    Parameters
    ----------
    why
        One sentence. Who has the card in hand stays.

    Returns
    -------
    bool
        False without a card, and for one that its sender has withdrawn since.

    Raises
    ------
    AccessDenied, DecidedMeanwhile, InputTooLarge
    """
    board, found = context.get_store().board, context.get_store().budget.get_round(plan.round)
    known = {one.id: one for one in board.list_cards(found.project)}
    if plan.card not in known:
        return False
    card = standing_for(known[plan.card], known)
    try:
        board.decide(card, status, owner=card.owner, why=why, by=by)
    except UnknownSubject:  # withdrawn this very moment
        return False
    return True


def reset_cards(round_id: str, why: str, *, by: Actor) -> None:
    """Set the cards of plans that say "budget" to what they said before: the round is a draft again.

    Raises
    ------
    AccessDenied, DecidedMeanwhile, InputTooLarge
    """
    store = context.get_store()
    project = store.budget.get_round(round_id).project
    known = {card.id: card for card in store.board.list_cards(project)}
    before: dict[str, SignalStatus] = {}
    for event in store.board.list_events(project):
        if event.status != "budget":
            before[event.card] = event.status
    for card, plan in {plan.card: plan for plan in store.budget.list_plans(round_id)}.items():
        standing = standing_for(known[card], known) if card in known else None
        if standing is not None and standing.status == "budget":
            update_card(plan, before.get(standing.id, "new"), why, by=by)


def parse_paper_line(line: str) -> tuple[str, tuple[int, ...] | None]:
    """Read a paper ballot as it is typed in one line: the code of the ticket, then the numbers of the plans.

    Parameters
    ----------
    line
        The ten characters, with or without a dash, then numbers with spaces or commas between; nothing for a
        blank ballot, ``x`` for one that is not valid.

    Returns
    -------
    tuple of (str, tuple or None)
        The code, and the numbers; None for a ballot that is not valid.

    Raises
    ------
    InputRefused
        When it is something else.

    Examples
    --------
    >>> parse_paper_line("abcde-23456 2 5,7"), parse_paper_line("ABCDE23456"), parse_paper_line("ABCDE-23456 x")
    (('ABCDE-23456', (2, 5, 7)), ('ABCDE-23456', ()), ('ABCDE-23456', None))
    """
    found = _CODE.fullmatch(line)
    if found is None:
        raise InputRefused(field="paper", reason="not_a_line")
    code, rest = f"{found[1]}-{found[2]}".upper(), found[3].replace(",", " ").split()
    if [word.lower() for word in rest] == [INVALID]:
        return code, None
    if not all(word.isdecimal() and len(word) < 4 for word in rest):
        raise InputRefused(field="paper", reason="not_a_line")
    return code, tuple(int(word) for word in rest)
