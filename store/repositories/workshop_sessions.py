"""Workshop sessions: join codes, facilitator links, proposed names and signals."""

from dataclasses import replace

from geo.errors import InputRefused, SessionClosed, SignInRefused, UnknownSession
from store import credentials, row_mapping, text_cleaning, validation
from store.engines.base import Transaction
from store.models.accounts import Actor
from store.models.contributions import Signal
from store.models.values import SIGNAL_STATUSES, SignalStatus
from store.models.workshop_sessions import Proposal, WorkshopSession
from store.repositories import rate_limits, voting
from store.repositories.accounts import require_role, require_session_role
from store.repositories.audit_log import append
from store.repositories.projects import bump_revision, lock_project
from store.repository import Repository

_MAX_CODE_CHARACTERS = 16


class SessionRepository(Repository):
    """Workshop sessions: join codes, facilitator links, proposed names and signals."""

    def create(self, session: WorkshopSession, *, by: Actor) -> tuple[WorkshopSession, str]:
        """Create a workshop session.

        Parameters
        ----------
        session
            Its `id` and `code` are ignored.
        by
            A planner.

        Returns
        -------
        tuple of (WorkshopSession, str)
            The session with its new id and join code, on disk, and the secret of the facilitator link:
            only its hash is stored, so it cannot be had again.

        Raises
        ------
        AccessDenied
            When `by` is less than a planner.
        InputRefused, InputTooLarge
            When a field is not valid.
        UnknownProject
            When its project does not exist.
        """
        require_role(by, "planner", "open a workshop")
        checked = validation.validate_session(session)
        with self._engine.write() as tx:
            lock_project(tx, checked.project)
            made = replace(checked, id=credentials.new_id(), code=unused_join_code(tx))
            link = credentials.new_link_secret()
            row_mapping.insert_row(tx, "session", row_mapping.SESSION.encode_columns(made))
            tx.execute(
                "INSERT INTO session_link VALUES (?, ?)", (made.id, credentials.hash_link_secret(link))
            )
            bump_revision(tx, made.project)
            append(tx, by, "open a workshop", project=session.project, now_s=self._clock())
        return made, link

    def update(self, session: WorkshopSession, *, by: Actor) -> WorkshopSession:
        """Update a workshop session; its project and join code stay.

        Parameters
        ----------
        session
            The new contents, with the id of the session.
        by
            A planner, or the facilitator of this session.

        Returns
        -------
        WorkshopSession
            As it is on disk.

        Raises
        ------
        AccessDenied
            When `by` is neither.
        InputRefused, InputTooLarge
            When a field is not valid.
        UnknownSession
            When there is no such session.
        """
        require_session_role(by, session.id, "change a workshop")
        checked = validation.validate_session(session)
        with self._engine.write() as tx:
            stored = get_session(tx, checked.id)
            changed = replace(checked, project=stored.project, code=stored.code)
            lock_project(tx, changed.project)
            write_session(tx, changed)
            bump_revision(tx, changed.project)
        return changed

    def list_all(self, project: str) -> list[WorkshopSession]:
        """Return the workshop sessions of a project, the last day first."""
        with self._engine.read() as tx:
            found = tx.query(
                f"SELECT {row_mapping.SESSION.select()} FROM session WHERE project = ?"
                " ORDER BY day DESC, code",
                (project,),
            )
        return [row_mapping.SESSION.decode(row) for row in found]

    def get(self, session: str) -> WorkshopSession:
        """Return one workshop session, by its id.

        Raises
        ------
        UnknownSession
            When there is no such session.
        """
        with self._engine.read() as tx:
            return get_session(tx, session)

    def find_by_code(self, code: str, *, device: str) -> WorkshopSession:
        """Return the open workshop session with this join code.

        Parameters
        ----------
        code
            As typed, in any case and spacing.
        device
            Device token, for the rate limit.

        Raises
        ------
        UnknownSession
            When no session has this code.
        TooManyTries
            When the device has typed thirty wrong codes in an hour.
        SessionClosed
            When it is closed to new participants; what was begun before is still accepted.
        """
        with self._engine.read() as tx:
            found = _find_by_code(tx, code) if isinstance(code, str) else None
        if found is None:
            with self._engine.write() as tx:
                rate_limits.consume(
                    tx, "join", device, most=3 * rate_limits.MAX_WRONG_CODES, now_s=self._now_s()
                )
            raise UnknownSession(session="")
        if not found.is_open:
            raise SessionClosed(session=found.code)
        return found

    def authenticate_facilitator(self, session: str, link: str, *, device: str) -> Actor:
        """Return the facilitator of a session, by the secret of the facilitator link.

        Parameters
        ----------
        session
            Id of the session.
        link
            The secret.
        device
            Device token, for the rate limit.

        Raises
        ------
        SignInRefused
            When the secret is not that of this session, or there is no such session.
        TooManyTries
            When the device has tried ten wrong secrets in an hour.
        """
        if not text_cleaning.is_key(session):
            raise SignInRefused()
        with self._engine.write() as tx:
            rate_limits.consume(tx, "link", device, most=rate_limits.MAX_WRONG_PASSWORDS, now_s=self._now_s())
        # A transaction of its own: when the secret is wrong, the try stays counted.
        with self._engine.write() as tx:
            found = tx.query("SELECT secret_hash FROM session_link WHERE session = ?", (session,))
            expected = found[0][0] if found else credentials.hash_link_secret("")
            is_equal = credentials.constant_time_equal(expected, credentials.hash_link_secret(link))
            if not is_equal or not found:
                raise SignInRefused()
            rate_limits.refund(tx, "link", device)
        return Actor("facilitator", session=session)

    def is_link_current(self, session: str, link: str) -> bool:
        """Return whether this is still the secret of the facilitator's link; nothing is counted or written."""
        with self._engine.read() as tx:
            found = tx.query("SELECT secret_hash FROM session_link WHERE session = ?", (session,))
        return bool(found) and credentials.constant_time_equal(
            found[0][0], credentials.hash_link_secret(link)
        )

    def rotate_link(self, session: str, *, by: Actor) -> str:
        """Create a new facilitator link and return its secret; the old link no longer works.

        Raises
        ------
        AccessDenied
            When `by` is less than a planner.
        UnknownSession
            When there is no such session.
        """
        require_role(by, "planner", "make a facilitator link")
        link = credentials.new_link_secret()
        with self._engine.write() as tx:
            get_session(tx, session)
            tx.execute(
                "UPDATE session_link SET secret_hash = ? WHERE session = ?",
                (credentials.hash_link_secret(link), session),
            )
        return link

    def propose_name(self, session: str, name: str, *, device: str) -> Proposal:
        """Save a name that a participant proposes; the same name twice is one proposal.

        Parameters
        ----------
        session
            Id of the session.
        name
            Any spelling: upper and lower case are the same name.
        device
            Device token, for the rate limit.

        Raises
        ------
        InputRefused, InputTooLarge
            When the name is empty or too long, or the session has 500 of them.
        UnknownSession, ProjectClosed
            When there is no such session, or its project is past its last day.
        TooManyTries
            When the device has proposed too many in an hour.
        """
        checked = text_cleaning.clean_text(name, field="proposal", most=validation.MAX_NAME)
        text_cleaning.require_filled(checked, field="proposal")
        with self._engine.write() as tx:
            rate_limits.consume(tx, "propose", device, most=rate_limits.MAX_FROM_DEVICE, now_s=self._now_s())
            return voting.propose_name(tx, get_session(tx, session), checked, today=self._today())

    def list_proposals(self, session: str) -> list[Proposal]:
        """Return the names proposed in a session, by name, without those hidden in moderation."""
        with self._engine.read() as tx:
            return voting.list_proposals(tx, session)

    def add_signal(self, project: str, signal: Signal, *, session: str = "", by: Actor) -> Signal:
        """Save a signal that a facilitator or planner notes for the participants.

        Parameters
        ----------
        signal
            Its `id`, `status` and `session` are ignored.
        session
            Id of the session in which it was noted; empty for none.
        by
            A planner, or the facilitator of the session.

        Returns
        -------
        Signal
            As it is on disk.

        Raises
        ------
        AccessDenied
            When `by` is neither.
        InputRefused, InputTooLarge
            When it is empty or too long.
        UnknownProject, UnknownSession, ProjectClosed
            When the project does not exist or is past its last day, or the session is not one of it.
        """
        require_session_role(by, session, "add a signal")
        checked = validation.validate_signal(signal)
        with self._engine.write() as tx:
            return voting.add_signal(
                tx, project, get_session(tx, session) if session else None, checked, today=self._today()
            )

    def set_signal_status(self, signal: str, status: SignalStatus, *, was: SignalStatus, by: Actor) -> None:
        """Update the status of a signal and log the decision.

        Parameters
        ----------
        was
            The status on the screen of who decides.
        by
            A planner, or the facilitator of the session it belongs to, who moves it between "new" and
            "wijkpanel" only.

        Raises
        ------
        AccessDenied
            When `by` may not decide this.
        DecidedMeanwhile
            When somebody else decided otherwise after this was seen.
        InputRefused
            When there is no such status.
        UnknownSubject
            When there is no such signal.
        """
        if not {status, was} <= set(SIGNAL_STATUSES):
            raise InputRefused(field="status", reason="unknown_choice")
        with self._engine.write() as tx:
            voting.set_signal_status(tx, signal, status, was, by, now_s=self._clock())


def get_session(tx: Transaction, session: str) -> WorkshopSession:
    """Return one workshop session, by its id.

    Raises
    ------
    UnknownSession
        When there is no such session.
    """
    found = tx.query(f"SELECT {row_mapping.SESSION.select()} FROM session WHERE id = ?", (session,))
    if not found:
        raise UnknownSession(session=session)
    return row_mapping.SESSION.decode(found[0])


def insert_past_session(tx: Transaction, session: WorkshopSession) -> None:
    """Insert a session that was held without this program, under its own id; one that is there stays as it is.

    Nobody knows its facilitator link: a planner can make a new one.

    Raises
    ------
    InputRefused, InputTooLarge
        When a field is not valid.
    """
    checked = validation.validate_session(session)
    stored_id = text_cleaning.validate_key(session.id, field="session")
    if tx.query("SELECT 1 FROM session WHERE id = ?", (stored_id,)):
        return
    made = replace(checked, id=stored_id, code=unused_join_code(tx), is_open=False)
    row_mapping.insert_row(tx, "session", row_mapping.SESSION.encode_columns(made))
    secret = credentials.hash_link_secret(credentials.new_link_secret())
    tx.execute("INSERT INTO session_link VALUES (?, ?)", (stored_id, secret))
    bump_revision(tx, made.project)


def write_session(tx: Transaction, session: WorkshopSession) -> None:
    """Update the row of a workshop session."""
    assignments = ", ".join(f"{column} = ?" for column in row_mapping.SESSION.columns)
    tx.execute(
        f"UPDATE session SET {assignments} WHERE id = ?", (*row_mapping.SESSION.encode(session), session.id)
    )


def unused_join_code(tx: Transaction) -> str:
    """Return a random join code that no session has."""
    code = credentials.new_join_code()
    while _find_by_code(tx, code):
        code = credentials.new_join_code()
    return code


def _find_by_code(tx: Transaction, typed: str) -> WorkshopSession | None:
    code = "".join(c for c in typed.upper() if c.isalnum())[:_MAX_CODE_CHARACTERS]
    found = tx.query(f"SELECT {row_mapping.SESSION.select()} FROM session WHERE code = ?", (code,))
    return row_mapping.SESSION.decode(found[0]) if found else None
