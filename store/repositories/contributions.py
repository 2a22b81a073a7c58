"""Contributions: submission, change, withdrawal, and the tables for analysis."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

import geopandas as gpd
import pandas as pd

from geo.errors import CodeUnknown, StoreFull
from geo.release.persons import NEAR_COPY
from store import arrivals, credentials
from store.engines.base import Transaction
from store.models.accounts import Actor
from store.models.contributions import (
    Contribution,
    ContributionWithDetails,
    Place,
    Receipt,
    Signal,
    Withdrawal,
)
from store.models.projects import COUNTED, Filters, Project
from store.models.workshop_sessions import WorkshopSession
from store.repositories import moderation, queries, rate_limits
from store.repositories.accounts import require_role
from store.repositories.audit_log import append
from store.repositories.contribution_rows import (
    ContributionBundle,
    derive_keys,
    insert_once,
    read_contribution,
    replace_contents,
    validate_bundle,
    withdraw,
)
from store.repositories.projects import crs_and_revision, insert_project
from store.repositories.release_ledger import set_person
from store.repositories.workshop_sessions import insert_past_session
from store.repository import Repository
from store.tickets import has_ticket, redeem

_PROGRESS_STEP = 1000

OWN_DEVICE = ("freehand", "points", "keyboard")
"""Modes in which residents draw for themselves, so that one device is one person."""


class ContributionRepository(Repository):
    """Contributions: submission, change, withdrawal, and the tables for analysis."""

    def submit(
        self,
        contribution: Contribution,
        places: Sequence[Place] = (),
        signals: Sequence[Signal] = (),
        *,
        device: str = "",
        address: str | None = None,
        ticket: str = "",
    ) -> Receipt:
        """Save a contribution once, however often it is sent.

        Parameters
        ----------
        contribution
            Its `id` is the UUID that the browser made.
        places, signals
            What belongs to it.
        device
            Device token, for the rate limits; empty for a batch.
        address
            Network address it came from, "" where that says nothing; None for what no stranger sent. A copy of
            what just arrived, and a crowd from one address, wait for a person before they count.
        ticket
            Code of the resident's ticket, as typed; then they are that person, and nothing waits.

        Returns
        -------
        Receipt
            The contribution is on disk. Sent again, the same id and code, with `is_replay`.

        Raises
        ------
        InputRefused, InputTooLarge, HomeTooExact
            When a field is not valid; nothing is saved, and the error names the field.
        UnknownProject, UnknownSession
            When its project or workshop session does not exist.
        ProjectClosed
            When the project takes no contributions any more.
        TooManyTries
            When the device or the session has sent too many in an hour.
        ContributionWithdrawn
            When it was erased before: a late retry must not restore it.
        ContributionDiffers
            When another contribution is stored under this id.
        StoreFull, StoreReadOnly, StoreBusy, StoreUnreachable, StoreDamaged
            When nothing was saved, or when that is unknown: send it again.
        """
        today = self._today()
        client = credentials.parse_client_id(contribution.id)
        bundle = validate_bundle(ContributionBundle(contribution, places, signals), today)
        keys = derive_keys(client, bundle.contribution)
        with self._engine.write() as tx:
            receipt = insert_once(tx, self._engine, keys, bundle, today=today)
            if not receipt.is_replay:
                self._count_submission(tx, bundle.contribution, receipt.id, device)
            redeem(tx, receipt.id, bundle.contribution, ticket, is_new=not receipt.is_replay)
            if not receipt.is_replay and not has_ticket(tx, receipt.id):
                if address is not None:
                    self._hold_doubtful(tx, bundle.contribution, receipt.id, address)
                if device and bundle.contribution.mode in OWN_DEVICE:
                    set_person(tx, receipt.id, bundle.contribution.project, device)
        return receipt

    def _count_submission(
        self, tx: Transaction, contribution: Contribution, contribution_id: str, device: str
    ) -> None:
        now_s, most = self._now_s(), rate_limits.MAX_FROM_SESSION
        if contribution.session:
            rate_limits.consume(tx, "session", contribution.session, most=most, now_s=now_s)
        if device:
            n = rate_limits.consume(tx, "submit", device, most=rate_limits.MAX_FROM_DEVICE, now_s=now_s)
            if n > rate_limits.UNREMARKABLE_FROM_DEVICE and not contribution.session:
                project, today = contribution.project, self._today()
                moderation.add_flag(
                    tx, project, contribution_id, "shape", "many_from_one_device", today=today
                )

    def _hold_doubtful(
        self, tx: Transaction, contribution: Contribution, contribution_id: str, address: str
    ) -> None:
        for reason in arrivals.reasons_to_wait(
            tx, self._engine, contribution_id, contribution, address=address, now_s=self._now_s()
        ):
            moderation.add_flag(
                tx, contribution.project, contribution_id, "shape", reason, today=self._today()
            )

    def import_many(
        self,
        contributions: Iterable[Contribution],
        *,
        details: Mapping[str, tuple[Sequence[Place], Sequence[Signal]]] | None = None,
        people: Mapping[str, str] | None = None,
        project: Project | None = None,
        sessions: Sequence[WorkshopSession] = (),
        progress: Callable[[int], None] = lambda _done: None,
    ) -> tuple[Receipt, ...]:
        """Save all contributions of a file, or none.

        Parameters
        ----------
        contributions
            Each with a UUID as its `id`; those that are stored already stay as they are.
        details
            Places and signals by the id of their contribution.
        people
            Who made a contribution, by its id; those of one person count as one. Only a token is stored.
        project
            A new project of theirs, which is made with them or not at all.
        sessions
            At which they were made, each with an id; those that are not stored yet are, and are over.
        progress
            Called with the number saved so far, after every thousand; nothing is saved of them when it raises.

        Returns
        -------
        tuple of Receipt
            One per contribution, in order; all are on disk.

        Raises
        ------
        InputRefused, InputTooLarge, HomeTooExact
            When a field of a contribution or of the new project is not valid, or its id is taken.
        UnknownProject, UnknownSession, ProjectClosed
            When the project or session does not exist, or takes no contributions any more.
        ContributionWithdrawn, ContributionDiffers
            When one was erased before, or another contribution has its id.
        """
        today = self._today()
        receipts: list[Receipt] = []
        with self._engine.write() as tx:
            if project is not None:
                insert_project(tx, project)
            for session in sessions:
                insert_past_session(tx, session)
            for contribution in contributions:
                places, signals = (details or {}).get(contribution.id, ((), ()))
                bundle = validate_bundle(ContributionBundle(contribution, places, signals), today)
                keys = derive_keys(credentials.parse_client_id(contribution.id), bundle.contribution)
                receipts.append(insert_once(tx, self._engine, keys, bundle, today=today))
                if person := (people or {}).get(contribution.id):
                    set_person(tx, keys.id, bundle.contribution.project, f"row {person}")
                if len(receipts) % _PROGRESS_STEP == 0:
                    progress(len(receipts))
        return tuple(receipts)

    def get_receipt(self, contribution_id: str) -> Receipt | None:
        """Return the receipt again, to the browser that knows the secret id it made.

        Parameters
        ----------
        contribution_id
            The UUID that the browser made.

        Returns
        -------
        Receipt or None
            None when nothing is stored under this id.

        Raises
        ------
        InputRefused
            When the id is not a UUID.
        """
        client = credentials.parse_client_id(contribution_id)
        stored_id = credentials.contribution_id(client)
        with self._engine.read() as tx:
            found = tx.query("SELECT stored_on, version, mode FROM contribution WHERE id = ?", (stored_id,))
        if not found:
            return None
        stored_on, version, mode = found[0]
        code = None if mode == "import" else credentials.withdrawal_code(client)
        return Receipt(stored_id, code, date.fromisoformat(stored_on), version, is_replay=True)

    def find_by_code(self, code: str, *, device: str) -> ContributionWithDetails:
        """Return the contribution with this withdrawal code.

        Parameters
        ----------
        code
            As typed, in any case and spacing.
        device
            Device token, for the rate limit.

        Raises
        ------
        CodeUnknown
            When no contribution has this code.
        TooManyTries
            When the device has typed ten wrong codes in an hour.
        """
        stored_id, _ = self._find_id(code, device)
        with self._engine.read() as tx:
            return read_contribution(tx, self._engine, stored_id)

    def _find_id(self, code: str, device: str) -> tuple[str, str]:
        # The hash is slow on purpose, so it is computed before the transaction.
        code_hash = credentials.hash_withdrawal_code(code)
        most, now_s = rate_limits.MAX_WRONG_CODES, self._now_s()
        # A right code writes nothing, so that it works on a full disk.
        with self._engine.read() as tx:
            rate_limits.check(tx, "code", device, most=most, now_s=now_s)
            found = _find_id_by_code(tx, code_hash)
        if found is None:
            with self._engine.write() as tx:
                rate_limits.consume(tx, "code", device, most=most, now_s=now_s)
            raise CodeUnknown()
        return found

    def replace(
        self,
        code: str,
        contribution: Contribution,
        places: Sequence[Place] = (),
        signals: Sequence[Signal] = (),
        *,
        device: str,
        ticket: str = "",
    ) -> Receipt:
        """Update the contribution with this withdrawal code, with its places and signals.

        Parameters
        ----------
        code
            Says which one: `contribution.id` and `contribution.project` are ignored.
        contribution, places, signals
            The new contents, all of them.
        device
            Device token, for the rate limit.
        ticket
            As in `submit`; also when the contents are the same.

        Returns
        -------
        Receipt
            The new version is on disk, and the old one is gone from the files. With `is_replay` when
            the contents are the same.

        Raises
        ------
        CodeUnknown, TooManyTries
            As `find_by_code`.
        ProjectClosed
            When the project takes no contributions any more.
        InputRefused, InputTooLarge, HomeTooExact
            When a field is not valid.
        """
        today = self._today()
        bundle = validate_bundle(ContributionBundle(contribution, places, signals), today)
        stored_id, project = self._find_id(code, device)
        with self._engine.write() as tx:
            receipt, is_other_outline = replace_contents(
                tx, self._engine, stored_id, project, bundle, code=code, today=today
            )
            made = replace(bundle.contribution, project=project)
            redeem(tx, stored_id, made, ticket, is_new=False)
            if (
                is_other_outline
                and not has_ticket(tx, stored_id)
                and arrivals.arrives_as_copy(tx, self._engine, stored_id, made, now_s=self._now_s())
            ):
                moderation.add_flag(tx, project, stored_id, "shape", NEAR_COPY, today=today)
        self._engine.purge_deleted(thoroughly=False)
        return receipt

    def withdraw(self, code: str, *, device: str) -> Withdrawal:
        """Delete the contribution with this withdrawal code, from the files as well.

        Parameters
        ----------
        code
            As typed, in any case and spacing.
        device
            Device token, for the rate limit.

        Returns
        -------
        Withdrawal
            Published editions that count it stay until the next one.

        Raises
        ------
        CodeUnknown, TooManyTries
            As `find_by_code`.
        """
        stored_id, project = self._find_id(code, device)
        try:
            return self._erase(stored_id, project)
        except StoreFull:
            if not self._engine.give_up_reserve():
                raise
        return self._erase(stored_id, project)

    def _erase(self, stored_id: str, project: str) -> Withdrawal:
        with self._engine.write() as tx:
            done = withdraw(tx, stored_id, project)
        self._engine.purge_deleted(thoroughly=False)
        return done

    def read_sketches(
        self,
        project: str,
        *,
        filters: Filters = COUNTED,
        raw: bool = False,
        by: Actor | None = None,
    ) -> gpd.GeoDataFrame:
        """Return the sketches of a project, one row per resident.

        Parameters
        ----------
        filters
            Which sketches; by default those that count.
        raw
            Whether to add the strokes as drawn, as column "raw": for planners only, and logged.
        by
            Who reads; needed for `raw`.

        Returns
        -------
        GeoDataFrame
            Satisfies `geo.schemas.SKETCHES`. Index ``sketch_id`` (random), geometry in the plane of
            the project, `attrs` with project and revision. ``answers`` holds a dict per row.

        Raises
        ------
        UnknownProject
            When there is no such project.
        AccessDenied
            When `raw` is asked by less than a planner.
        """
        if raw:
            actor = require_role(by, "planner", "read raw drawings")
            with self._engine.write() as tx:
                append(tx, actor, "read raw drawings", project=project, now_s=self._clock())
        with self._engine.read() as tx:
            return queries.read_sketches(tx, self._engine, project, filters, raw=raw)

    def read_answers(self, project: str) -> pd.DataFrame:
        """Return all answers of a project, one column per question.

        Returns
        -------
        DataFrame
            Index ``sketch_id``; None where a question was not answered.

        Raises
        ------
        UnknownProject
            When there is no such project.
        """
        with self._engine.read() as tx:
            return queries.read_answers(tx, project)

    def read_places(self, project: str, *, filters: Filters = COUNTED) -> gpd.GeoDataFrame:
        """Return the resident places of a project: met, missing and vanished.

        Returns
        -------
        GeoDataFrame
            Index ``place_id``; kind, theme, sub, year, words, lost, sketch_id, and a point in the
            plane of the project. Texts hidden in moderation are empty.

        Raises
        ------
        UnknownProject
            When there is no such project.
        """
        with self._engine.read() as tx:
            return queries.read_places(tx, self._engine, project, filters)

    def read_signals(self, project: str, *, session: str | None = None, hidden: bool = False) -> pd.DataFrame:
        """Return the signals and initiatives of a project with their status.

        Parameters
        ----------
        session
            Only those of this workshop session.
        hidden
            Whether to include those hidden in moderation.

        Returns
        -------
        DataFrame
            Index ``signal_id``; kind, theme, words, status, session, sketch_id.

        Raises
        ------
        UnknownProject
            When there is no such project.
        """
        with self._engine.read() as tx:
            return queries.read_signals(tx, project, session=session, hidden=hidden)

    def count_by_session(self, project: str) -> dict[str, int]:
        """Return how many contributions count per session id, "" for none; for a live screen.

        Raises
        ------
        UnknownProject
            When there is no such project.
        """
        with self._engine.read() as tx:
            crs_and_revision(tx, project)
            found = tx.query(
                "SELECT coalesce(session, ''), count(*) FROM contribution"
                " WHERE project = ? AND practice = 0 GROUP BY coalesce(session, '')",
                (project,),
            )
        return {session: int(n) for session, n in found}


def _find_id_by_code(tx: Transaction, code_hash: str) -> tuple[str, str] | None:
    """Return (id, project) of the contribution whose withdrawal code has this hash, or None."""
    found = tx.query(
        "SELECT c.id, c.project, w.code_hash FROM withdrawal_code w"
        " JOIN contribution c ON c.id = w.contribution WHERE w.code_hash = ?",
        (code_hash,),
    )
    if not found or not credentials.constant_time_equal(found[0][2], code_hash):
        return None
    return found[0][0], found[0][1]
