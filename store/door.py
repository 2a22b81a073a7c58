"""The door: everything the rest of the program may ask of the store."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

import geopandas as gpd
import pandas as pd
from shapely.geometry import MultiPolygon, Polygon

from geo.errors import (
    CodeUnknown,
    InputRefused,
    SessionClosed,
    SignInRefused,
    UnknownProject,
    UnknownSession,
)
from store import (
    admission,
    contributions,
    keeping,
    people,
    publishing,
    reading,
    rows,
    secret,
    text,
    triage,
    tries,
    workshops,
)
from store.contributions import Parcel
from store.engine import Engine, Transaction
from store.records import (
    ACTIONS,
    ROLES,
    SIGNAL_STATUSES,
    Account,
    Action,
    Actor,
    AuditRow,
    Contribution,
    Edition,
    Erased,
    Filters,
    Flag,
    Moved,
    Place,
    Project,
    Proposal,
    Receipt,
    Role,
    Signal,
    SignalStatus,
    Soundness,
    Told,
    Withdrawal,
    WorkshopSession,
)

MOST_PART_BYTES = 20_000_000
ALL = Filters(practice=True, saw_borders=True, aside=True)
"""Every drawing there is."""

COUNTED = Filters()
"""The drawings that count."""


class Store:
    """All that residents told, behind one door; made by `store.open`.

    Every method is one transaction: it happens wholly, on disk, or not at all. Any thread may call.

    Parameters
    ----------
    engine
        The database.
    clock
        Seconds since 1970, UTC; the time of the server, never that of a phone.
    """

    def __init__(self, engine: Engine, clock: Callable[[], float] = time.time) -> None:
        self._engine = engine
        self._clock = clock

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the files or connections."""
        self._engine.close()

    def _today(self) -> date:
        return datetime.fromtimestamp(self._clock(), UTC).date()

    def _now_s(self) -> int:
        return int(self._clock())

    # --- projects

    def projects(self) -> list[Project]:
        """Give all projects, by name."""
        with self._engine.read() as tx:
            found = tx.rows(f"SELECT {rows.PROJECT} FROM project ORDER BY name, id")
        return [rows.project(row) for row in found]

    def project(self, project: str) -> Project:
        """Give one project.

        Raises
        ------
        UnknownProject
        """
        with self._engine.read() as tx:
            found = tx.rows(f"SELECT {rows.PROJECT} FROM project WHERE id = ?", (project,))
        if not found:
            raise UnknownProject(project=project)
        return rows.project(found[0])

    def save_project(self, project: Project) -> Project:
        """Make or change a project; saved as it is already, nothing changes.

        Raises
        ------
        InputRefused
            Among others when the plane (`crs`) is another than that of the drawings it has.
        """
        checked = admission.project(project)
        values = rows.project_values(checked)
        fresh = ", ".join(f"{name} = excluded.{name}" for name in rows.PROJECT.split(", ")[1:])
        with self._engine.write() as tx:
            here = tx.lock_project(checked.id)
            if here is not None and here[0] != checked.crs:
                raise InputRefused(field="crs", reason="planes_differ")
            if tx.rows(f"SELECT {rows.PROJECT} FROM project WHERE id = ?", (checked.id,)) != [values]:
                tx.run(
                    f"INSERT INTO project ({rows.PROJECT}, revision) VALUES ({', '.join('?' * 17)})"
                    f" ON CONFLICT (id) DO UPDATE SET {fresh}",
                    (*values, ""),
                )
                contributions.touch(tx, checked.id)
        return self.project(checked.id)

    def revision(self, project: str) -> str:
        """Give a token that is another one after every change of this project, and only then."""
        with self._engine.read() as tx:
            return reading.moment(tx, project)[1]

    # --- what residents do

    def submit(
        self,
        contribution: Contribution,
        places: Sequence[Place] = (),
        signals: Sequence[Signal] = (),
        *,
        device: str = "",
    ) -> Receipt:
        """Keep what a resident told. When this returns, it is on disk; sent again, it is kept once.

        Parameters
        ----------
        contribution
            With the UUID that the phone made up as its `id`.
        device
            A random token of the phone, to limit how much one phone can send; "" for a batch.

        Raises
        ------
        InputRefused, InputTooLarge, HomeTooExact
            Nothing was kept; the field is named.
        UnknownProject, UnknownSession, ProjectClosed, TooManyTries
        ContributionWithdrawn, ContributionDiffers
        StoreFull, StoreReadOnly, StoreBusy, StoreUnreachable, StoreDamaged
            Nothing was kept, or it is not known whether it was: send it again.
        """
        today = self._today()
        client = secret.client_id(contribution.id)
        parcel = Parcel(
            admission.contribution(contribution, today=today),
            admission.places(places, today=today),
            admission.signals(signals),
        )
        slip = contributions.slip(client, parcel.told)
        with self._engine.write() as tx:
            receipt = contributions.submit(tx, self._engine, slip, parcel, today=today)
            if not receipt.is_replay:
                self._count_submission(tx, parcel.told, receipt.id, device)
        return receipt

    def _count_submission(self, tx: Transaction, told: Contribution, filed: str, device: str) -> None:
        if told.session:
            tries.count(tx, "session", told.session, most=tries.MOST_FROM_SESSION, now_s=self._now_s())
        if device:
            n = tries.count(tx, "submit", device, most=tries.MOST_FROM_DEVICE, now_s=self._now_s())
            if n > tries.UNREMARKABLE_FROM_DEVICE and not told.session:
                triage.raise_flag(
                    tx, told.project, filed, "shape", "many_from_one_device", today=self._today()
                )

    def submit_all(
        self,
        told: Iterable[Contribution],
        *,
        progress: Callable[[int], None] = lambda _done: None,
    ) -> tuple[Receipt, ...]:
        """Keep a file full of contributions, all or none: one transaction, some thousands a second.

        Parameters
        ----------
        progress
            Called with the number done so far, every thousand.

        Raises
        ------
        Everything that `submit` raises, for the first one that does not fit.
        """
        today = self._today()
        receipts: list[Receipt] = []
        with self._engine.write() as tx:
            for one in told:
                parcel = Parcel(admission.contribution(one, today=today), (), ())
                slip = contributions.slip(secret.client_id(one.id), parcel.told)
                receipts.append(contributions.submit(tx, self._engine, slip, parcel, today=today))
                if len(receipts) % 1000 == 0:
                    progress(len(receipts))
        return tuple(receipts)

    def receipt(self, contribution_id: str) -> Receipt | None:
        """Give the receipt again to the phone that knows the id it made up; None if nothing is filed."""
        client = secret.client_id(contribution_id)
        filed = secret.filed(client)
        with self._engine.read() as tx:
            found = tx.rows("SELECT stored_on, version, mode FROM contribution WHERE id = ?", (filed,))
        if not found:
            return None
        stored_on, version, mode = found[0]
        code = None if mode == "import" else secret.code(client)
        return Receipt(filed, code, date.fromisoformat(stored_on), version, is_replay=True)

    def find(self, code: str, *, device: str) -> Told:
        """Give back what somebody told, by the code of the receipt.

        Raises
        ------
        CodeUnknown
        TooManyTries
            After ten wrong codes in an hour from one device.
        """
        filed, _ = self._filed_under(code, device)
        with self._engine.read() as tx:
            return contributions.told(tx, self._engine, filed)

    def _filed_under(self, code: str, device: str) -> tuple[str, str]:
        code_hash = secret.code_hash(code)  # slow on purpose, so not while others wait to write
        with self._engine.write() as tx:
            tries.count(tx, "code", device, most=tries.MOST_WRONG_CODES, now_s=self._now_s())
            found = contributions.filed_under(tx, code_hash)
            if found is not None:
                tries.forgive(tx, "code", device)
        if found is None:  # only now, so that the wrong try is counted
            raise CodeUnknown()
        return found

    def change(
        self,
        code: str,
        contribution: Contribution,
        places: Sequence[Place] = (),
        signals: Sequence[Signal] = (),
        *,
        device: str,
    ) -> Receipt:
        """Put a new drawing with its places and signals in the place of the old ones.

        The code says which one, so `contribution.id` and `contribution.project` are not looked at.

        Raises
        ------
        CodeUnknown, TooManyTries, ProjectClosed
        InputRefused, InputTooLarge, HomeTooExact
        """
        today = self._today()
        parcel = Parcel(
            admission.contribution(contribution, today=today),
            admission.places(places, today=today),
            admission.signals(signals),
        )
        filed, project = self._filed_under(code, device)
        with self._engine.write() as tx:
            receipt = contributions.change(tx, self._engine, filed, project, parcel, code=code, today=today)
        self._engine.scrub(thoroughly=False)
        return receipt

    def withdraw(self, code: str, *, device: str) -> Withdrawal:
        """Erase what somebody told, from the files too. Published editions stay until the next one.

        Raises
        ------
        CodeUnknown, TooManyTries
        """
        filed, project = self._filed_under(code, device)
        with self._engine.write() as tx:
            done = contributions.withdraw(tx, filed, project)
        self._engine.scrub(thoroughly=False)
        return done

    # --- what planners read

    def sketches(
        self,
        project: str,
        *,
        filters: Filters = COUNTED,
        raw: bool = False,
        by: Actor | None = None,
    ) -> gpd.GeoDataFrame:
        """Give the drawings of a project: `geo.frames.SKETCHES`, one row a resident.

        Parameters
        ----------
        raw
            Add the strokes exactly as drawn (column "raw"): for planners only, and it is logged.
        by
            Who asks; needed for `raw`.

        Returns
        -------
        GeoDataFrame
            Index ``sketch_id`` (random), geometry in the plane of the project, `attrs` with project
            and revision. ``answers`` holds a dict a row.

        Raises
        ------
        UnknownProject, AccessDenied
        """
        if raw:
            actor = people.require(by, "planner", "read raw drawings")
            with self._engine.write() as tx:
                people.log(tx, actor, "read raw drawings", project=project, today=self._today())
        with self._engine.read() as tx:
            return reading.sketches(tx, self._engine, project, filters, raw=raw)

    def answers(self, project: str) -> pd.DataFrame:
        """Give the answers, one row a sketch_id and one column a question."""
        with self._engine.read() as tx:
            return reading.answers(tx, project)

    def places(self, project: str, *, filters: Filters = COUNTED) -> gpd.GeoDataFrame:
        """Give places met, missing and vanished: kind, theme, sub, year, words, lost, sketch_id, point."""
        with self._engine.read() as tx:
            return reading.places(tx, self._engine, project, filters)

    def signals(self, project: str, *, session: str | None = None, hidden: bool = False) -> pd.DataFrame:
        """Give signals and initiatives with their status; those hidden in moderation only when asked."""
        with self._engine.read() as tx:
            return reading.signals(tx, project, session=session, hidden=hidden)

    def set_signal_status(self, signal: str, status: SignalStatus, *, by: Actor) -> None:
        """Say what becomes of a signal.

        Raises
        ------
        AccessDenied, UnknownSubject
        """
        if status not in SIGNAL_STATUSES:
            raise InputRefused(field="status", reason="unknown_choice")
        with self._engine.write() as tx:
            workshops.set_status(tx, signal, status, by)

    def counts(self, project: str) -> dict[str, int]:
        """Give how many contributions count per session id ("" for none): for a live screen."""
        with self._engine.read() as tx:
            reading.moment(tx, project)
            found = tx.rows(
                "SELECT coalesce(session, ''), count(*) FROM contribution"
                " WHERE project = ? AND practice = 0 GROUP BY coalesce(session, '')",
                (project,),
            )
        return {session: int(n) for session, n in found}

    # --- workshops

    def add_session(self, session: WorkshopSession, *, by: Actor) -> tuple[WorkshopSession, str]:
        """Open an evening; give it with its id and code, and the secret of the facilitator's link.

        The secret is shown once; only its hash is kept.
        """
        people.require(by, "planner", "open a workshop")
        checked = admission.session(session)
        with self._engine.write() as tx:
            made = workshops.add(tx, checked)
            people.log(tx, by, "open a workshop", project=session.project, today=self._today())
        return made

    def save_session(self, session: WorkshopSession, *, by: Actor) -> WorkshopSession:
        """Change an evening that exists; its code and project stay. A facilitator may change their own."""
        self._require_session(by, session.id, "change a workshop")
        checked = admission.session(session)
        with self._engine.write() as tx:
            return workshops.update(tx, checked)

    def _require_session(self, by: Actor, session: str, action: str) -> None:
        if by.role != "facilitator" or by.session != session:
            people.require(by, "planner", action)

    def sessions(self, project: str) -> list[WorkshopSession]:
        """Give the evenings of a project, the last first."""
        with self._engine.read() as tx:
            return workshops.every(tx, project)

    def session(self, session: str) -> WorkshopSession:
        """Give an evening by its id."""
        with self._engine.read() as tx:
            return workshops.one(tx, session)

    def join(self, code: str, *, device: str) -> WorkshopSession:
        """Find the evening with these six characters, typed in any case and spacing.

        Raises
        ------
        UnknownSession, TooManyTries
        SessionClosed
            For new guests only: a drawing that was begun before is still taken in.
        """
        with self._engine.read() as tx:
            found = workshops.by_code(tx, code) if isinstance(code, str) else None
        if found is None:
            with self._engine.write() as tx:
                tries.count(tx, "join", device, most=3 * tries.MOST_WRONG_CODES, now_s=self._now_s())
            raise UnknownSession(session="")
        if not found.is_open:
            raise SessionClosed(session=found.code)
        return found

    def facilitator(self, session: str, link: str, *, device: str) -> Actor:
        """Let a facilitator in by the secret of the link.

        Raises
        ------
        SignInRefused, TooManyTries
        """
        if not text.is_key(session):
            raise SignInRefused()
        with self._engine.write() as tx:
            tries.count(tx, "link", device, most=tries.MOST_WRONG_PASSWORDS, now_s=self._now_s())
        with self._engine.write() as tx:
            actor = workshops.facilitator(tx, session, link)
            tries.forgive(tx, "link", device)
        return actor

    def new_link(self, session: str, *, by: Actor) -> str:
        """Make a new facilitator's link for a lost one; the old one no longer works."""
        people.require(by, "planner", "make a facilitator link")
        with self._engine.write() as tx:
            return workshops.new_link(tx, session)

    def propose(self, session: str, words: str, *, device: str) -> Proposal:
        """Take in a name that somebody proposes at an evening; the same name twice is one proposal."""
        checked = text.clean(words, field="proposal", most=admission.MOST_NAME)
        if not checked:
            raise InputRefused(field="proposal", reason="empty")
        with self._engine.write() as tx:
            tries.count(tx, "propose", device, most=tries.MOST_FROM_DEVICE, now_s=self._now_s())
            return workshops.propose(tx, session, checked)

    def proposals(self, session: str) -> list[Proposal]:
        """Give the names proposed at an evening."""
        with self._engine.read() as tx:
            return workshops.proposals(tx, session)

    def add_signal(self, project: str, signal: Signal, *, session: str = "", by: Actor) -> Signal:
        """Take in a signal that a facilitator or planner writes down for the room."""
        self._require_session(by, session, "add a signal")
        checked = admission.signal(signal)
        with self._engine.write() as tx:
            return workshops.add_signal(tx, project, session, checked)

    def vote(self, session: str, dots: Mapping[str, int], *, device: str) -> None:
        """Divide a device's dots over proposals and signals; what it divided before is replaced.

        Raises
        ------
        TooManyDots, UnknownSubject, UnknownSession
        """
        if not isinstance(dots, Mapping) or not all(
            isinstance(n, int) and not isinstance(n, bool) and 0 <= n <= 100 for n in dots.values()
        ):
            raise InputRefused(field="dots", reason="number_out_of_range")
        with self._engine.write() as tx:
            workshops.vote(tx, session, device, dots)

    def votes(self, session: str) -> dict[str, int]:
        """Give the dots all devices gave, per proposal or signal."""
        with self._engine.read() as tx:
            return workshops.votes(tx, session)

    # --- looking after what came in

    def flag(self, project: str, subject: str, *, aspect: str, reason: str) -> bool:
        """Put a shape or a text in the queue; tell whether it was not there yet."""
        with self._engine.write() as tx:
            return triage.raise_flag(
                tx,
                project,
                text.key(subject, field="subject"),
                text.key(aspect, field="aspect"),
                text.key(reason, field="reason"),
                today=self._today(),
            )

    def flags(self, project: str) -> list[Flag]:
        """Give the queue: every flag with the decision that stands, open ones first."""
        with self._engine.read() as tx:
            return triage.queue(tx, project)

    def decide(
        self,
        project: str,
        subject: str,
        action: Action,
        *,
        aspect: str = "shape",
        adjusted: Polygon | MultiPolygon | None = None,
        by: Actor,
    ) -> None:
        """Accept, set aside, adjust or hide. What the resident gave stays as it is underneath.

        Raises
        ------
        AccessDenied, UnknownSubject, InputRefused
        """
        people.require(by, "planner", "decide about drawings")
        if action not in ACTIONS or (action == "adjust") != (adjusted is not None):
            raise InputRefused(field="action", reason="unknown_choice")
        outline = None if adjusted is None else admission.adjusted_area(adjusted)
        with self._engine.write() as tx:
            triage.decide(
                tx,
                project,
                subject=subject,
                aspect=text.key(aspect, field="aspect"),
                action=action,
                adjusted=outline,
                by=by,
                today=self._today(),
            )
            people.log(tx, by, f"decide: {action}", project=project, n=1, today=self._today())

    def undo(self, project: str, subject: str, *, aspect: str = "shape", by: Actor) -> None:
        """Take back the last decision; the one before it stands again.

        Raises
        ------
        AccessDenied, NothingToUndo
        """
        people.require(by, "planner", "undo a decision")
        with self._engine.write() as tx:
            triage.undo(tx, project, subject, aspect)
            people.log(tx, by, "undo a decision", project=project, n=1, today=self._today())

    # --- publishing

    def waiting(self, project: str, members: Sequence[str], *, session: str = "") -> int:
        """Count the drawings that would be new, gone or different in an edition of these members."""
        with self._engine.read() as tx:
            return publishing.waiting(tx, project, session, list(members))

    def publish(
        self,
        project: str,
        members: Sequence[str],
        parts: Mapping[str, str],
        *,
        method: str,
        session: str = "",
        by: Actor,
    ) -> Edition:
        """Freeze an edition of finished aggregates.

        Parameters
        ----------
        members
            sketch_ids counted in it.
        parts
            Name to text, after `geo.disclosure`; kept as they are, whatever is withdrawn later.
        method
            Names the formulas in force.

        Raises
        ------
        AccessDenied
        EditionTooSoon
            Too few residents, or too few of them new, gone or changed since the last one.
        """
        self._require_session(by, session, "publish an edition")
        for name, contents in parts.items():
            text.key(name, field="parts")
            size = len(contents.encode())
            if size > MOST_PART_BYTES or "\0" in contents:
                raise InputRefused(field="parts", reason="too_large")
        with self._engine.write() as tx:
            made = publishing.publish(
                tx,
                project,
                session=session,
                members=list(members),
                parts=parts,
                method=method,
                today=self._today(),
            )
            people.log(tx, by, "publish an edition", project=project, n=made.n, today=self._today())
        return made

    def editions(self, project: str, *, session: str = "") -> list[Edition]:
        """Give the editions, the latest first: all that public pages may show."""
        with self._engine.read() as tx:
            return publishing.editions(tx, project, session)

    def latest(self, project: str, *, session: str = "") -> Edition | None:
        """Give the latest edition, or None before the first."""
        return next(iter(self.editions(project, session=session)), None)

    def members(self, edition: str) -> tuple[str, ...]:
        """Give the sketch_ids of the latest edition that are still in the store."""
        with self._engine.read() as tx:
            return publishing.members(tx, edition)

    # --- roles

    def add_account(self, label: str, role: Role, password: str) -> Account:
        """Make an account for a planner or administrator; `label` is a function, not a person's name.

        Raises
        ------
        PasswordTooWeak, AccountExists, InputRefused
        """
        if role not in ROLES[2:]:
            raise InputRefused(field="role", reason="unknown_choice")
        checked = text.key(label, field="label", most=40)
        if not checked:
            raise InputRefused(field="label", reason="empty")
        hashed = secret.password_hash(password)
        with self._engine.write() as tx:
            return people.add(tx, checked, role, hashed)

    def accounts(self) -> list[Account]:
        """Give all accounts, without their hashes."""
        with self._engine.read() as tx:
            return people.every(tx)

    def set_password(self, account: str, password: str) -> None:
        """Give an account another password."""
        hashed = secret.password_hash(password)
        with self._engine.write() as tx:
            people.change_password(tx, account, hashed)

    def remove_account(self, account: str) -> None:
        """Take an account away."""
        with self._engine.write() as tx:
            people.remove(tx, account)

    def sign_in(self, label: str, password: str, *, device: str) -> Actor:
        """Let a planner or administrator in.

        Raises
        ------
        SignInRefused, TooManyTries
        """
        if not text.is_key(label) or not isinstance(password, str) or len(password) > 1000:
            raise SignInRefused()
        with self._engine.write() as tx:
            tries.count(tx, "sign in", device, most=tries.MOST_WRONG_PASSWORDS, now_s=self._now_s())
            found = people.stored_hash(tx, label)
        actor = people.actor(found, password)  # slow on purpose, so not while others wait to write
        with self._engine.write() as tx:
            tries.forgive(tx, "sign in", device)
            people.log(tx, actor, "sign in", today=self._today())
        return actor

    def log(self, by: Actor, action: str, *, project: str = "", n: int = 0) -> None:
        """Write down what somebody in a role did elsewhere, such as an export."""
        checked = text.clean(action, field="action", most=80)
        with self._engine.write() as tx:
            people.log(tx, by, checked, project=project, n=n, today=self._today())

    def audit(self) -> list[AuditRow]:
        """Give the log of what was done in a role, the oldest first."""
        with self._engine.read() as tx:
            return people.audit(tx)

    # --- keeping

    def verify(self) -> Soundness:
        """Look at every page and every row, and compare each contribution with its digest.

        Raises
        ------
        StoreDamaged
        """
        return keeping.verify(self._engine)

    def retention(self) -> Erased:
        """Erase the drawings, places and signals of projects past their date. Editions stay."""
        done = keeping.retention(self._engine, self._today())
        self._engine.scrub(thoroughly=bool(done.projects))
        return done

    def backup(self, path: str | Path) -> Soundness:
        """Write the whole store to a new file while others go on writing; open it and check every row.

        Raises
        ------
        StoreNotEmpty
            When there is a file of this name.
        StoreFull, StoreReadOnly, BackupBroken
        """
        return keeping.backup(self._engine, Path(path))

    def nightly(self, folder: str | Path, *, keep: int = 14) -> Path:
        """Write today's backup in a folder and remove those beyond the last `keep`."""
        return keeping.nightly(self._engine, Path(folder), self._today(), keep)

    def export_raw(self, path: str | Path, *, by: Actor) -> Soundness:
        """Write a GeoPackage of everything but secrets, consistent while people write; it is logged.

        Raises
        ------
        AccessDenied
        """
        actor = people.require(by, "planner", "export raw drawings")
        with self._engine.write() as tx:
            people.log(tx, actor, "export raw drawings", today=self._today())
        return keeping.export_raw(self._engine, Path(path))

    def merge(self, path: str | Path) -> Moved:
        """Take in the store of a workshop box; what is here already stays single.

        Sent twice, nothing is doubled. What was erased on either side stays erased.
        """
        return keeping.merge(self._engine, Path(path))
