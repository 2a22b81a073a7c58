"""Public API of the store: one repository per subject."""

import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

from store.engines.base import Engine
from store.maintenance.tasks import MaintenanceTasks
from store.repositories.accounts import AccountRepository
from store.repositories.board.cards import BoardRepository
from store.repositories.board.meetings import MeetingRepository
from store.repositories.budget.rounds import BudgetRepository
from store.repositories.contributions import ContributionRepository
from store.repositories.editions import EditionRepository
from store.repositories.moderation import ModerationRepository
from store.repositories.projects import ProjectRepository
from store.repositories.rate_limits import LimitRepository
from store.repositories.workshop.rounds import RoundRepository
from store.repositories.workshop.stage import StageRepository
from store.repositories.workshop_sessions import SessionRepository
from store.second_factors import SecondFactorRepository
from store.sign_ins import SignInRepository
from store.tickets import TicketRepository


class Store:
    """An open store, created by `store.open_store`.

    Every method of a repository is one transaction: all of it is on disk when the method returns, or
    nothing is. Any thread may call.

    Parameters
    ----------
    engine
        The database.
    clock
        Seconds since 1970, UTC: the time of the server, never that of a phone.

    Attributes
    ----------
    projects
        Projects and their revision tokens.
    contributions
        What residents submit, and the tables for analysis made of it.
    sessions
        Workshop sessions: codes, links, proposed names and signals.
    rounds
        Rounds of dots and guesses in a workshop session.
    stage
        What the screens of a workshop session may show.
    moderation
        Flags, and the decisions on them.
    board
        Cards on the board of a neighbourhood, and reactions to them.
    meetings
        Meetings of the panel of a neighbourhood, and what they made of cards.
    editions
        Published editions.
    tickets
        One-time codes, so that people are counted and not devices.
    budget
        Rounds of a wijkbudget: plans, ballots and what became of the plans.
    accounts
        Accounts with a password, and the audit log.
    second_factors
        What accounts show beside their password.
    limits
        What one address may do in an hour, where several processes count it.
    sign_ins
        Who is signed in, in whichever process.
    maintenance
        Work on the whole store: verification, backup, retention, merge.
    """

    def __init__(self, engine: Engine, clock: Callable[[], float] = time.time) -> None:
        self._engine = engine
        self.projects = ProjectRepository(engine, clock)
        self.contributions = ContributionRepository(engine, clock)
        self.sessions = SessionRepository(engine, clock)
        self.rounds = RoundRepository(engine, clock)
        self.stage = StageRepository(engine, clock)
        self.moderation = ModerationRepository(engine, clock)
        self.board = BoardRepository(engine, clock)
        self.meetings = MeetingRepository(engine, clock)
        self.editions = EditionRepository(engine, clock)
        self.tickets = TicketRepository(engine, clock)
        self.budget = BudgetRepository(engine, clock)
        self.accounts = AccountRepository(engine, clock)
        self.second_factors = SecondFactorRepository(engine, clock)
        self.limits = LimitRepository(engine, clock)
        self.sign_ins = SignInRepository(engine, clock)
        self.maintenance = MaintenanceTasks(engine, clock)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close all files and connections."""
        self._engine.close()
