"""Rounds of a wijkbudget in the store, on both engines: who may what, one ballot a ticket, frozen when closed."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

import store
from geo.errors import (
    AccessDenied,
    BallotTooDear,
    BudgetRoundFrozen,
    BudgetRoundIncomplete,
    DecidedMeanwhile,
    InputRefused,
    PlansChanged,
    TicketUnknown,
    TooManyPlansChosen,
    TooManyTries,
    VotedOnPaper,
    VotedOnPhone,
    VotingNotClosed,
    VotingNotOpen,
)
from store import ROLES, Actor, Ballot, BudgetPlan, BudgetRound, Role, Store
from store.repositories.rate_limits import MAX_WRONG_CODES
from tests.support.store_factories import TODAY, Clock, contribution

PLANNER = Actor("planner", account="test")
ROUND = BudgetRound("demo", "Buurtbudget", 1000, TODAY, TODAY + timedelta(days=7))
A_DAY_S = 86_400


def opened(private_store: Store, *costs: int, n_tickets: int = 3, **rules: object) -> tuple[str, list[str]]:
    """Return an open round with plans of these costs, and the codes of its own tickets."""
    made = private_store.budget.save_round(replace(ROUND, **rules), by=PLANNER)  # type: ignore[arg-type]
    for number, cost in enumerate(costs or (600, 500, 400), start=1):
        private_store.budget.save_plan(BudgetPlan(made.id, f"Plan {number}", cost), by=PLANNER)
    codes = private_store.budget.create_tickets(made.id, n_tickets, by=PLANNER)
    private_store.budget.open_round(made.id, by=PLANNER)
    return made.id, list(codes)


def by_cost(private_store: Store, made: str) -> dict[int, int]:
    """Return the number of the plan of each cost."""
    return {plan.cost_eur: plan.number for plan in private_store.budget.list_plans(made)}


def test_a_draft_changes_and_an_open_round_does_not(private_store: Store) -> None:
    budget = private_store.budget
    made = budget.save_round(ROUND, by=PLANNER)
    assert budget.save_round(replace(made, title="  Ons   budget "), by=PLANNER).title == "Ons budget"
    with pytest.raises(BudgetRoundIncomplete):
        budget.open_round(made.id, by=PLANNER)
    plans = [budget.save_plan(BudgetPlan(made.id, f"Plan {n}", 100 * n), by=PLANNER) for n in (1, 2, 3)]
    assert [plan.number for plan in plans] == [1, 2, 3]
    budget.delete_plan(plans[0].id, by=PLANNER)
    budget.save_plan(replace(plans[1], place="Dorpsplein", cost_source="Beheer"), by=PLANNER)
    assert [(p.number, p.title, p.place) for p in budget.list_plans(made.id)] == [
        (1, "Plan 2", "Dorpsplein"),
        (2, "Plan 3", ""),
    ]
    assert budget.open_round(made.id, by=PLANNER).state == "open"
    assert sorted(p.number for p in budget.list_plans(made.id)) == [1, 2]
    acts: list[Callable[[], object]] = [
        lambda: budget.save_round(made, by=PLANNER),
        lambda: budget.save_plan(plans[1], by=PLANNER),
        lambda: budget.delete_plan(plans[1].id, by=PLANNER),
        lambda: budget.open_round(made.id, by=PLANNER),
        lambda: budget.create_tickets(made.id, 5, by=PLANNER),
    ]
    for act in acts:
        with pytest.raises(BudgetRoundFrozen):
            act()
    assert budget.reopen_draft(made.id, by=PLANNER).state == "draft"
    assert budget.list_rounds("demo") == [budget.get_round(made.id)]


@pytest.mark.parametrize(
    "wrong",
    [{"title": " "}, {"amount_eur": 0}, {"closes": date(2026, 5, 1)}, {"method": "lot"}, {"most_choices": 0}],
    ids=str,
)
def test_what_is_not_valid_is_refused(private_store: Store, wrong: dict[str, object]) -> None:
    with pytest.raises(InputRefused):
        private_store.budget.save_round(replace(ROUND, **wrong), by=PLANNER)  # type: ignore[arg-type]
    assert private_store.budget.list_rounds("demo") == []


def test_one_ballot_a_ticket_and_the_last_one_counts(private_store: Store, url: str, clock: Clock) -> None:
    budget = private_store.budget
    made, (first, second, _) = opened(private_store)
    at = by_cost(private_store, made)
    assert budget.find_way(made, first, device="phone") is None
    budget.vote(made, first, (at[600],), device="phone")
    # Another window, typed otherwise: the same person.
    budget.vote(made, first.lower().replace("-", " "), (at[400], at[500]), device="another phone")
    budget.vote(made, second, (at[400],), device="phone")
    assert budget.count_ballots(made) == store.BallotCounts(2, 0, 0, 0, 3)
    with store.open_store(url, patience_s=5, clock=clock) as again:  # as after a restart
        # Who made the tickets knows each code: it leads to that there is a ballot, never to what it chooses.
        assert again.budget.find_way(made, first, device="phone") == "phone"
    with pytest.raises(VotingNotClosed):
        budget.list_ballots(made)
    budget.close_round(made, by=PLANNER)
    changed = tuple(sorted((at[400], at[500])))
    assert sorted(one.choices for one in budget.list_ballots(made)) == sorted([changed, (at[400],)])


def test_the_rule_of_the_ballot(private_store: Store) -> None:
    budget = private_store.budget
    made, (code, *_) = opened(private_store)
    at = by_cost(private_store, made)
    for choices, refusal in (
        ((at[600], at[500]), BallotTooDear),
        ((99,), InputRefused),
        ((), InputRefused),
    ):
        with pytest.raises(refusal):
            budget.vote(made, code, choices, device="phone")
    counted, (other, *_) = opened(private_store, ballot_rule="number", most_choices=2)
    with pytest.raises(TooManyPlansChosen):
        budget.vote(counted, other, (1, 2, 3), device="phone")
    assert budget.vote(counted, other, (1, 2, 2), device="phone").choices == (1, 2)
    assert budget.count_ballots(made).total == 0


def test_paper_and_phone_do_not_take_each_others_place(private_store: Store) -> None:
    budget = private_store.budget
    made, (phone, paper, spoilt) = opened(private_store)
    budget.vote(made, phone, (1,), device="phone")
    with pytest.raises(VotedOnPhone):
        budget.enter_paper(made, phone, (2,), by=PLANNER)
    assert budget.enter_paper(made, paper, (2,), by=PLANNER) == (Ballot((2,), "paper"), False)
    assert budget.enter_paper(made, paper, (), by=PLANNER) == (Ballot((), "paper"), True)
    with pytest.raises(VotedOnPaper):
        budget.vote(made, paper, (1,), device="phone")
    budget.enter_paper(made, spoilt, None, by=PLANNER)
    with pytest.raises(TicketUnknown):
        budget.enter_paper(made, "AAAAA-AAAAA", (1,), by=PLANNER)
    assert budget.count_ballots(made) == store.BallotCounts(phone=1, paper=2, blank=1, invalid=1, tickets=3)
    actions = [row.action for row in private_store.accounts.list_audit()]
    assert (actions.count("type a paper ballot"), actions.count("correct a paper ballot")) == (2, 1)


def test_nobody_votes_before_after_or_when_it_is_closed(private_store: Store, clock: Clock) -> None:
    budget, today_s = private_store.budget, clock.now_s
    made, (code, other, third) = opened(private_store)
    for days, is_open in ((-1, False), (0, True), (7, True), (8, False)):
        clock.now_s = today_s + days * A_DAY_S
        if is_open:
            assert budget.vote(made, code, (1,), device="phone").choices == (1,)
        else:
            with pytest.raises(VotingNotOpen):
                budget.vote(made, code, (2,), device="phone")
    budget.enter_paper(made, other, (2,), by=PLANNER)  # handed in on the last day, typed the day after
    before = budget.close_round(made, by=PLANNER)
    assert before.state == "closed"
    clock.now_s = today_s
    for act in (
        lambda: budget.vote(made, third, (1,), device="phone"),
        lambda: budget.find_way(made, code, device="phone"),
        lambda: budget.enter_paper(made, third, (1,), by=PLANNER),
    ):
        with pytest.raises(VotingNotOpen):
            act()
    with pytest.raises(BudgetRoundFrozen):
        budget.close_round(made, by=PLANNER)
    assert sorted(one.choices for one in budget.list_ballots(made)) == [(1,), (2,)]


def test_a_day_of_voting_begins_at_midnight_in_the_netherlands(private_store: Store, clock: Clock) -> None:
    """In summer at 22:00 UTC of the day before; the last day ends at 22:00 UTC too."""
    made, (code, *_) = opened(private_store)
    first_s = int(
        datetime(TODAY.year, TODAY.month, TODAY.day, tzinfo=ZoneInfo("Europe/Amsterdam")).timestamp()
    )
    for at_s, is_open in ((-60, False), (60, True), (8 * A_DAY_S - 60, True), (8 * A_DAY_S + 60, False)):
        clock.now_s = first_s + at_s
        if is_open:
            private_store.budget.vote(made, code, (1,), device="phone")
        else:
            with pytest.raises(VotingNotOpen):
                private_store.budget.vote(made, code, (1,), device="phone")


def test_closing_erases_what_ties_a_ballot_to_a_ticket(private_store: Store) -> None:
    """While it is open two rounds hold different tokens of one ticket; afterwards none that a code leads to."""
    budget = private_store.budget
    codes = private_store.tickets.create("demo", 2, by=PLANNER)
    voters = []
    for title in ("Een", "Twee"):
        made = budget.save_round(replace(ROUND, title=title), by=PLANNER)
        for cost in (100, 200):
            budget.save_plan(BudgetPlan(made.id, "Plan", cost), by=PLANNER)
        budget.open_round(made.id, by=PLANNER)
        budget.vote(made.id, codes[0], (1,), device="phone")
        with private_store._engine.read() as tx:
            voters += [row[0] for row in tx.query("SELECT voter FROM ballot WHERE round = ?", (made.id,))]
            tickets = {row[0] for row in tx.query("SELECT token FROM ticket")}
    assert len(set(voters)) == 2
    assert not set(voters) & tickets
    budget.close_round(made.id, by=PLANNER)
    with private_store._engine.read() as tx:
        after = [row[0] for row in tx.query("SELECT voter FROM ballot WHERE round = ?", (made.id,))]
    assert len(after) == 1
    assert not set(after) & {*voters, *tickets}


def test_a_plan_keeps_the_number_that_was_drawn(private_store: Store) -> None:
    """Through draft and open again; a new plan comes after, also after the number of one that was deleted."""
    budget = private_store.budget
    made, (code, *_) = opened(private_store, 1, 2, 3, 4, 5, 6, 7, 8)
    drawn = budget.list_plans(made)
    for _ in range(3):
        budget.reopen_draft(made, by=PLANNER)
        budget.open_round(made, by=PLANNER)
        assert budget.list_plans(made) == drawn
    budget.reopen_draft(made, by=PLANNER)
    budget.delete_plan(drawn[-1].id, by=PLANNER)
    budget.delete_plan(drawn[0].id, by=PLANNER)
    budget.save_plan(replace(drawn[1], title="Anders"), by=PLANNER)
    assert budget.save_plan(BudgetPlan(made, "Nieuw", 9), by=PLANNER).number == 9
    budget.open_round(made, by=PLANNER)
    assert [plan.number for plan in budget.list_plans(made)] == [2, 3, 4, 5, 6, 7, 9]
    with pytest.raises(PlansChanged):
        budget.vote(made, code, (2,), device="phone", shown=(drawn[1],))
    assert budget.count_ballots(made).total == 0
    budget.vote(made, code, (3,), device="phone", shown=(drawn[2],))


def test_no_file_holds_the_tie_after_closing(private_store: Store, url: str) -> None:
    """Of 20 ballots: neither the database nor its write-ahead log has a token that a code leads to."""
    if not url.startswith("sqlite"):
        pytest.skip("one machine's files only")
    made, codes = opened(private_store, n_tickets=20)
    for code in codes:
        private_store.budget.vote(made, code, (1,), device=code)
    with private_store._engine.read() as tx:
        voters = [row[0].encode() for row in tx.query("SELECT voter FROM ballot WHERE round = ?", (made,))]
    path = Path(url.removeprefix("sqlite:///"))

    def held() -> int:
        found = b"".join(one.read_bytes() for one in path.parent.glob(f"{path.name}*"))
        return sum(voter in found for voter in voters)

    assert held() == 20
    private_store.budget.close_round(made, by=PLANNER)
    assert held() == 0


def test_tickets_of_a_round_are_for_that_round_alone(private_store: Store) -> None:
    """They ask nobody who draws for a ticket, and those of the project are no good where a round has its own."""
    of_project = private_store.tickets.create("demo", 1, by=PLANNER)[0]
    made, (own, *_) = opened(private_store)
    with pytest.raises(TicketUnknown):
        private_store.budget.vote(made, of_project, (1,), device="phone")
    assert not private_store.tickets.is_valid("demo", own)
    assert private_store.budget.has_own_tickets(made)
    assert len(private_store.budget.create_tickets(made, 2, by=PLANNER)) == 2
    assert private_store.budget.count_ballots(made).tickets == 5


def test_tickets_of_a_round_leave_drawings_as_they_are(private_store: Store) -> None:
    private_store.contributions.submit(contribution(), device="phone")
    opened(private_store)
    assert not private_store.tickets.is_needed("demo")
    assert len(private_store.contributions.read_sketches("demo")) == 1


def test_guessing_codes_ends(private_store: Store) -> None:
    made, (code, *_) = opened(private_store)
    for _ in range(MAX_WRONG_CODES):
        with pytest.raises(TicketUnknown):
            private_store.budget.vote(made, "AAAAA-AAAAA", (1,), device="phone")
    with pytest.raises(TooManyTries):
        private_store.budget.vote(made, code, (1,), device="phone")
    private_store.budget.vote(made, code, (1,), device="another phone")


def test_what_became_of_a_plan(private_store: Store) -> None:
    budget = private_store.budget
    made, _ = opened(private_store)
    plan = budget.list_plans(made)[0]
    with pytest.raises(BudgetRoundFrozen):
        budget.set_plan_status(plan.id, "done", was="waiting", by=PLANNER)
    budget.close_round(made, by=PLANNER)
    budget.set_plan_status(plan.id, "started", was="waiting", note="In mei", by=PLANNER)
    with pytest.raises(DecidedMeanwhile):
        budget.set_plan_status(plan.id, "done", was="waiting", by=PLANNER)
    done = budget.set_plan_status(plan.id, "done", was="started", paid_eur=590, by=PLANNER)
    assert (done.status, done.paid_eur, done.status_day) == ("done", 590, TODAY)
    assert budget.list_plans(made)[0] == done


ACTS: dict[str, Callable[[Store, str, str, Actor], object]] = {
    "save a round": lambda s, _made, _code, by: s.budget.save_round(ROUND, by=by),
    "save a plan": lambda s, made, _, by: s.budget.save_plan(BudgetPlan(made, "Plan", 5), by=by),
    "delete a plan": lambda s, made, _, by: s.budget.delete_plan(s.budget.list_plans(made)[0].id, by=by),
    "make tickets": lambda s, made, _, by: s.budget.create_tickets(made, 1, by=by),
    "open": lambda s, made, _, by: s.budget.open_round(made, by=by),
    "make a draft": lambda s, made, _, by: s.budget.reopen_draft(made, by=by),
    "close": lambda s, made, _, by: s.budget.close_round(made, by=by),
    "type paper": lambda s, made, code, by: s.budget.enter_paper(made, code, (1,), by=by),
    "set a status": lambda s, made, _, by: s.budget.set_plan_status(
        s.budget.list_plans(made)[0].id, "done", was="waiting", by=by
    ),
}
STATE = {"type paper": "open", "make a draft": "open", "close": "open", "set a status": "closed"}


@pytest.mark.parametrize("act", ACTS)
def test_every_act_of_staff_in_every_role(private_store: Store, act: str) -> None:
    """Planner and administrator may; a resident and the facilitator of an evening change nothing."""
    made, (code, *_) = opened(private_store)
    if STATE.get(act, "draft") == "draft":
        private_store.budget.reopen_draft(made, by=PLANNER)
    if STATE.get(act) == "closed":
        private_store.budget.close_round(made, by=PLANNER)
    before = (private_store.budget.list_rounds("demo"), private_store.budget.list_plans(made))
    allowed: list[Role] = ["planner", "administrator"]
    for role in ROLES:
        if role not in allowed:
            with pytest.raises(AccessDenied):
                ACTS[act](private_store, made, code, Actor(role, account="test", session="s"))
    assert (private_store.budget.list_rounds("demo"), private_store.budget.list_plans(made)) == before
    assert private_store.budget.count_ballots(made).total == 0
    ACTS[act](private_store, made, code, PLANNER)


def test_past_its_date_a_budget_goes_too(private_store: Store, clock: Clock) -> None:
    made, (code, *_) = opened(private_store)
    private_store.budget.vote(made, code, (1,), device="phone")
    clock.now_s += 400 * A_DAY_S
    assert private_store.maintenance.erase_expired().projects == ("demo",)
    assert private_store.budget.list_rounds("demo") == []
    with private_store._engine.read() as tx:
        assert [tx.query(f"SELECT count(*) FROM {t}")[0][0] for t in ("ballot", "budget_plan")] == [0, 0]
