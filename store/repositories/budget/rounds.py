"""Repository of budget rounds: planners make them, who has a ticket votes once, and closing freezes the outcome.

A ballot is stored under a token of its ticket for this round only, so that it is found again by who holds the
ticket. Only the secret of the project ties that token to the ticket's own. When the round is closed it goes.
"""

import secrets
from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from geo.errors import (
    BudgetRoundFrozen,
    BudgetRoundIncomplete,
    DecidedMeanwhile,
    InputRefused,
    PlansChanged,
    TicketUnknown,
    VotedOnPaper,
    VotedOnPhone,
    VotingNotClosed,
    VotingNotOpen,
)
from store import credentials, row_mapping, text_cleaning
from store.engines.base import Transaction
from store.models.accounts import Actor
from store.models.budget import (
    PLAN_STATUSES,
    Ballot,
    BallotCounts,
    BudgetPlan,
    BudgetRound,
    PlanStatus,
    RoundState,
    Way,
    check_choices,
)
from store.repositories import rate_limits
from store.repositories.accounts import require_role
from store.repositories.audit_log import append
from store.repositories.budget import rows
from store.repositories.projects import lock_project
from store.repository import Repository
from store.tickets import insert_tickets, new_codes

MIN_PLANS = 2
"""Fewer plans are no choice."""

VOTING_ZONE = ZoneInfo("Europe/Amsterdam")
"""Where the first and last day of voting begin and end at midnight."""


class BudgetRepository(Repository):
    """Rounds of a wijkbudget."""

    # --- Making a round

    def save_round(self, made: BudgetRound, *, by: Actor) -> BudgetRound:
        """Create a round, or update one that is a draft still.

        Parameters
        ----------
        made
            Without an `id` it is a new one; its `state` is ignored.
        by
            A planner.

        Returns
        -------
        BudgetRound
            As it is on disk.

        Raises
        ------
        AccessDenied
            When `by` is less than a planner.
        InputRefused, InputTooLarge
            When a field is not valid.
        BudgetRoundFrozen
            When it was opened.
        UnknownProject, UnknownBudgetRound
        """
        require_role(by, "planner", "make a budget round")
        checked = rows.validate_round(made)
        with self._engine.write() as tx:
            lock_project(tx, checked.project)
            if checked.id:
                stored = rows.get_round(tx, checked.id)
                rows.require_state(stored, "draft")
                checked = replace(checked, project=stored.project, state="draft")
                rows.write_round(tx, checked)
            else:
                checked = replace(checked, id=credentials.new_id(), state="draft")
                row_mapping.insert_row(tx, "budget_round", row_mapping.BUDGET_ROUND.encode_columns(checked))
                append(tx, by, "make a budget round", project=checked.project, now_s=self._clock())
        return checked

    def list_rounds(self, project: str) -> list[BudgetRound]:
        """Return the rounds of a project, the last day first."""
        with self._engine.read() as tx:
            found = tx.query(
                f"SELECT {row_mapping.BUDGET_ROUND.select()} FROM budget_round WHERE project = ?"
                " ORDER BY closes DESC, title, id",
                (project,),
            )
        return [row_mapping.BUDGET_ROUND.decode(row) for row in found]

    def get_round(self, round_id: str) -> BudgetRound:
        """Return one round.

        Raises
        ------
        UnknownBudgetRound
        """
        with self._engine.read() as tx:
            return rows.get_round(tx, round_id)

    def save_plan(self, made: BudgetPlan, *, by: Actor) -> BudgetPlan:
        """Create a plan in a draft round, or update one.

        Parameters
        ----------
        made
            Without an `id` it is a new one. Its `number` and what became of it are ignored.
        by
            A planner.

        Raises
        ------
        AccessDenied
            When `by` is less than a planner.
        InputRefused, InputTooLarge
            When a field is not valid, or the round is full.
        BudgetRoundFrozen
            When the round was opened.
        UnknownBudgetRound, UnknownSubject
        """
        require_role(by, "planner", "make plans of a budget")
        checked = rows.validate_plan(made)
        with self._engine.write() as tx:
            self._lock(tx, checked.round, "draft")
            plans = rows.list_plans(tx, checked.round)
            known = {plan.id: at for at, plan in enumerate(plans)}
            fresh = replace(checked, status="waiting", note="", status_day=None, paid_eur=None)
            if checked.id:
                stored = rows.get_plan(tx, checked.id)
                if stored.id not in known:
                    raise InputRefused(field="round", reason="another_round")
                plans[known[stored.id]] = replace(fresh, number=stored.number)
            elif len(plans) >= rows.MAX_PLANS:
                raise InputRefused(field="plans", reason="too_many")
            else:
                fresh = replace(fresh, id=credentials.new_id(), number=0)
                plans.append(fresh)
            rows.number_plans(tx, checked.round, plans)
            return rows.get_plan(tx, fresh.id)

    def delete_plan(self, plan_id: str, *, by: Actor) -> None:
        """Delete a plan of a draft round.

        Raises
        ------
        AccessDenied, BudgetRoundFrozen, UnknownSubject
        """
        require_role(by, "planner", "make plans of a budget")
        with self._engine.write() as tx:
            gone = rows.get_plan(tx, plan_id)
            self._lock(tx, gone.round, "draft")
            left = [plan for plan in rows.list_plans(tx, gone.round) if plan.id != plan_id]
            rows.number_plans(tx, gone.round, left)

    def list_plans(self, round_id: str) -> list[BudgetPlan]:
        """Return the plans of a round, by number."""
        with self._engine.read() as tx:
            return rows.list_plans(tx, round_id)

    # --- Opening and closing

    def open_round(self, round_id: str, *, by: Actor) -> BudgetRound:
        """Open a round: rules and plans stand, and the plans get their numbers by lot.

        A plan keeps its number when a round is opened again, since it may be on paper; new ones come after.

        Raises
        ------
        AccessDenied
            When `by` is less than a planner.
        BudgetRoundIncomplete
            When it has fewer than two plans.
        BudgetRoundFrozen, UnknownBudgetRound
        """
        require_role(by, "planner", "open a budget round")
        with self._engine.write() as tx:
            found = self._lock(tx, round_id, "draft")
            plans = rows.list_plans(tx, round_id)
            if len(plans) < MIN_PLANS:
                raise BudgetRoundIncomplete(n=len(plans), least=MIN_PLANS)
            if not rows.highest_number(tx, round_id):
                secrets.SystemRandom().shuffle(plans)
                rows.number_plans(tx, round_id, plans)
            rows.fix_numbers(tx, round_id)
            return self._move(tx, replace(found, state="open"), "open a budget round", by)

    def reopen_draft(self, round_id: str, *, by: Actor) -> BudgetRound:
        """Turn an open round into a draft again, as long as nobody voted.

        Raises
        ------
        AccessDenied, UnknownBudgetRound
        BudgetRoundFrozen
            When there is a ballot, or the round is not open.
        """
        require_role(by, "planner", "open a budget round")
        with self._engine.write() as tx:
            found = self._lock(tx, round_id, "open")
            if rows.list_ballots(tx, round_id):
                raise BudgetRoundFrozen(state=found.state)
            rows.fix_numbers(tx, round_id)  # also of a round opened by an older version
            return self._move(tx, replace(found, state="draft"), "change a budget round", by)

    def close_round(self, round_id: str, *, by: Actor) -> BudgetRound:
        """Close a round for ever: what tied ballots to tickets is erased, and they can be counted.

        Raises
        ------
        AccessDenied
            When `by` is less than a planner.
        BudgetRoundFrozen, UnknownBudgetRound
        """
        require_role(by, "planner", "close a budget round")
        with self._engine.write() as tx:
            found = self._lock(tx, round_id, "open")
            ballots = {credentials.new_id(): ballot for ballot in rows.list_ballots(tx, round_id)}
            tx.execute("DELETE FROM ballot WHERE round = ?", (round_id,))
            for voter in sorted(ballots):  # also in another order: who came first is nobody's news
                rows.write_ballot(tx, round_id, voter, ballots[voter])
            closed = replace(found, state="closed")
            self._move(tx, closed, "close a budget round", by, n=len(ballots))
        self._engine.purge_deleted(thoroughly=False)  # else the log of the database holds the ties still
        return closed

    def _lock(self, tx: Transaction, round_id: str, *states: RoundState) -> BudgetRound:
        """Return a round in one of these states, its project locked for other writers."""
        lock_project(tx, rows.get_round(tx, round_id).project)
        found = rows.get_round(tx, round_id)
        rows.require_state(found, *states)
        return found

    def _move(self, tx: Transaction, made: BudgetRound, action: str, by: Actor, *, n: int = 0) -> BudgetRound:
        rows.write_round(tx, made)
        append(tx, by, action, project=made.project, n=n, now_s=self._clock())
        return made

    # --- Tickets

    def create_tickets(self, round_id: str, n: int, *, by: Actor) -> tuple[str, ...]:
        """Create tickets for this round alone, and return their codes: this once, for the store keeps none.

        With the first of them only those of the round count in it, so they are made before it opens; more
        may be made later.

        Raises
        ------
        AccessDenied, InputRefused, UnknownBudgetRound
        BudgetRoundFrozen
            When the round is closed, or is open with the tickets of the project.
        """
        require_role(by, "planner", "make tickets")
        codes = new_codes(n)
        with self._engine.write() as tx:
            found = self._lock(tx, round_id, "draft", "open")
            if found.state == "open" and not rows.has_own_tickets(tx, found):
                raise BudgetRoundFrozen(state=found.state)
            insert_tickets(tx, found.project, codes, of=round_id)
            append(tx, by, "make tickets", project=found.project, n=n, now_s=self._clock())
        return codes

    def has_own_tickets(self, round_id: str) -> bool:
        """Return whether tickets were made for this round alone; else those of the project are good for it."""
        with self._engine.read() as tx:
            return rows.has_own_tickets(tx, rows.get_round(tx, round_id))

    # --- Voting

    def voting_day(self) -> date:
        """Return the day it is where people vote, which begins an hour or two before that of UTC."""
        return datetime.fromtimestamp(self._clock(), VOTING_ZONE).date()

    def find_way(self, round_id: str, code: str, *, device: str) -> Way | None:
        """Return how this ticket voted, never what it chose: codes pass through more hands. None before it did.

        Parameters
        ----------
        device
            Device token, for the rate limit of wrong codes.

        Raises
        ------
        TicketUnknown
            When no ticket of this round has this code.
        TooManyTries
            When the device tried too many wrong codes in an hour.
        UnknownBudgetRound
        VotingNotOpen
            When nobody can vote today.
        """
        voter = self._authenticate(round_id, code, device)
        with self._engine.read() as tx:
            found = rows.find_ballot(tx, round_id, voter)
        return None if found is None else found.way

    def vote(
        self,
        round_id: str,
        code: str,
        choices: tuple[int, ...],
        *,
        device: str,
        shown: tuple[BudgetPlan, ...] = (),
    ) -> Ballot:
        """Write the ballot of who has this ticket, over the one they gave before; on disk when this returns.

        Parameters
        ----------
        shown
            The chosen plans as they stood on the screen of who votes.

        Raises
        ------
        InputRefused, BallotTooDear, TooManyPlansChosen
            When the ballot is blank or not as the rule of the round wants it.
        PlansChanged
            When a plan that was shown is no longer as it was; nothing is stored.
        VotedOnPaper
            When the ballot of this ticket came in on paper.
        TicketUnknown, TooManyTries, UnknownBudgetRound, VotingNotOpen
        """
        voter = self._authenticate(round_id, code, device)
        with self._engine.write() as tx:
            found = self._voting(tx, round_id)
            if not set(shown) <= set(rows.list_plans(tx, round_id)):
                raise PlansChanged()
            numbers = self._checked(tx, found, choices)
            if not numbers:
                raise InputRefused(field="choices", reason="empty")
            before = rows.find_ballot(tx, round_id, voter)
            if before is not None and before.way == "paper":
                raise VotedOnPaper()
            ballot = Ballot(numbers)
            rows.write_ballot(tx, round_id, voter, ballot)
        return ballot

    def enter_paper(
        self, round_id: str, code: str, choices: tuple[int, ...] | None, *, by: Actor
    ) -> tuple[Ballot, bool]:
        """Write a ballot that came in on paper, also after the last day of voting, until the round is closed.

        Parameters
        ----------
        choices
            Numbers of plans, empty for a blank ballot; None for one that is not valid.
        by
            A planner.

        Returns
        -------
        tuple of (Ballot, bool)
            What is stored, and whether it replaces a paper ballot of the same ticket.

        Raises
        ------
        AccessDenied
            When `by` is less than a planner.
        InputRefused, BallotTooDear, TooManyPlansChosen
            When the ballot is not as the rule of the round wants it; nothing is stored.
        VotedOnPhone
            When the ticket voted on a phone: only the voter changes that.
        TicketUnknown, UnknownBudgetRound, VotingNotOpen
        """
        require_role(by, "planner", "type a paper ballot")
        with self._engine.write() as tx:
            found = self._voting(tx, round_id, paper=True)
            voter = rows.find_voter(tx, found, code)
            numbers = self._checked(tx, found, choices or ())
            before = rows.find_ballot(tx, round_id, voter)
            if before is not None and before.way == "phone":
                raise VotedOnPhone()
            ballot = Ballot(numbers, way="paper", is_valid=choices is not None)
            rows.write_ballot(tx, round_id, voter, ballot)
            action = "type a paper ballot" if before is None else "correct a paper ballot"
            append(tx, by, action, project=found.project, n=1, now_s=self._clock())
        return ballot, before is not None

    def _authenticate(self, round_id: str, code: str, device: str) -> str:
        """Return the voter of a code; a wrong one is counted also when it raises."""
        with self._engine.write() as tx:
            found = self._voting(tx, round_id)
            rate_limits.consume(
                tx, "budget ticket", device, most=rate_limits.MAX_WRONG_CODES, now_s=self._now_s()
            )
            try:
                voter = rows.find_voter(tx, found, code)
            except TicketUnknown:
                voter = ""
            else:
                rate_limits.refund(tx, "budget ticket", device)
        if not voter:
            raise TicketUnknown()
        return voter

    def _voting(self, tx: Transaction, round_id: str, *, paper: bool = False) -> BudgetRound:
        """Return a round in which votes are accepted today, its project locked for other writers."""
        lock_project(tx, rows.get_round(tx, round_id).project)
        found, today = rows.get_round(tx, round_id), self.voting_day()
        is_late = today > found.closes and not paper
        if found.state != "open" or today < found.opens or is_late:
            raise VotingNotOpen(opens=found.opens, closes=found.closes)
        return found

    def _checked(self, tx: Transaction, found: BudgetRound, choices: tuple[int, ...]) -> tuple[int, ...]:
        costs = {plan.number: plan.cost_eur for plan in rows.list_plans(tx, found.id)}
        return check_choices(found, costs, choices)

    # --- Counting, and what becomes of the plans

    def count_ballots(self, round_id: str) -> BallotCounts:
        """Return how many ballots there are, and how many tickets; never what they choose."""
        with self._engine.read() as tx:
            found, ballots = rows.get_round(tx, round_id), rows.list_ballots(tx, round_id)
            scope = round_id if rows.has_own_tickets(tx, found) else ""
            ((n_tickets,),) = tx.query(
                "SELECT count(*) FROM ticket WHERE project = ? AND session = ?", (found.project, scope)
            )
        return BallotCounts(
            phone=sum(one.way == "phone" for one in ballots),
            paper=sum(one.way == "paper" for one in ballots),
            blank=sum(one.is_valid and not one.choices for one in ballots),
            invalid=sum(not one.is_valid for one in ballots),
            tickets=int(n_tickets),
        )

    def list_ballots(self, round_id: str) -> list[Ballot]:
        """Return the ballots of a closed round, to count them.

        Raises
        ------
        UnknownBudgetRound
        VotingNotClosed
            When the round is not closed: nobody sees who is ahead.
        """
        with self._engine.read() as tx:
            if rows.get_round(tx, round_id).state != "closed":
                raise VotingNotClosed(round=round_id)
            return rows.list_ballots(tx, round_id)

    def set_plan_status(
        self,
        plan_id: str,
        status: PlanStatus,
        *,
        was: PlanStatus,
        note: str = "",
        paid_eur: int | None = None,
        by: Actor,
    ) -> BudgetPlan:
        """Set what became of a plan of a closed round, with a sentence about it and what it cost in the end.

        Raises
        ------
        AccessDenied
            When `by` is less than a planner.
        BudgetRoundFrozen
            When the round is not closed.
        DecidedMeanwhile
            When the status is no longer what it `was` on the screen of who decides.
        InputRefused, InputTooLarge, UnknownSubject
        """
        require_role(by, "planner", "set the status of a plan")
        if status not in PLAN_STATUSES or (paid_eur is not None and not 0 <= paid_eur <= rows.MAX_EUR):
            raise InputRefused(field="status", reason="unknown_choice")
        words = text_cleaning.clean_text(note, field="note", most=rows.MAX_SENTENCE)
        with self._engine.write() as tx:
            found = self._lock(tx, rows.get_plan(tx, plan_id).round, "closed")
            stored = rows.get_plan(tx, plan_id)
            if stored.status != was:
                raise DecidedMeanwhile(status=stored.status, was=was)
            made = replace(stored, status=status, note=words, paid_eur=paid_eur, status_day=self._today())
            rows.write_plan(tx, made)
            append(tx, by, f"set a plan: {status}", project=found.project, n=1, now_s=self._clock())
        return made
