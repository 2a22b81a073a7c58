"""Rounds of a workshop session: one is open at a time, a voter is a ticket or a device, and closing freezes all of it.

What somebody gave is stored under a hash for that round only, so that no two rounds and no drawing can be tied to it.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Literal

from geo.errors import (
    AnotherRoundOpen,
    DecidedMeanwhile,
    InputRefused,
    RoundNotClosed,
    RoundNotOpen,
    SessionClosed,
    TicketUnknown,
    TooManyDots,
    UnknownSubject,
)
from store import credentials, row_mapping, text_cleaning
from store.engines.base import Transaction
from store.models.accounts import Actor
from store.models.values import VOTE_KINDS, VoteKind
from store.models.workshop_sessions import VoteRound, WorkshopSession
from store.repositories.accounts import require_session_role
from store.repositories.audit_log import append
from store.repositories.projects import lock_open_project, lock_project
from store.repositories.rate_limits import device_hash
from store.repositories.workshop_sessions import get_session
from store.repository import Repository
from store.tickets import find_ticket, ticketed_sessions

MAX_ROUNDS = 60
MAX_REASON = 200
GUESS_STEP = 5
"""Guesses are whole steps of so many per cent."""


class RoundRepository(Repository):
    """Rounds of dots and guesses."""

    # --- What the facilitator does

    def create(
        self,
        session: str,
        kind: VoteKind,
        *,
        subjects: Sequence[str] = (),
        question: str = "",
        edition: str = "",
        is_open: bool = False,
        by: Actor,
    ) -> VoteRound:
        """Create a round that waits to be opened, or is open at once.

        Parameters
        ----------
        subjects
            What dots may be given to.
        question, edition
            What is guessed, and the edition that answers it.
        by
            A planner, or the facilitator of the session.

        Raises
        ------
        AccessDenied
            When `by` is neither.
        AnotherRoundOpen
            When it would be open beside another one.
        InputRefused
            When there is no such kind, nothing to choose from, or the session has `MAX_ROUNDS`.
        UnknownSession, ProjectClosed
            When there is no such session, or its project is past its last day.
        """
        require_session_role(by, session, "lead a round")
        if kind not in VOTE_KINDS:
            raise InputRefused(field="kind", reason="unknown_choice")
        if (kind == "guess") != bool(question and edition) or (kind == "guess") == bool(subjects):
            raise InputRefused(field="subjects", reason="missing")
        with self._engine.write() as tx:
            about = get_session(tx, session)
            lock_open_project(tx, about.project, self._today())
            number = len(list_rounds(tx, session)) + 1
            if is_open:
                _require_none_open(tx, session)
            if number > MAX_ROUNDS:
                raise InputRefused(field="rounds", reason="too_many")
            dots = 0 if kind == "guess" else about.dots
            made = VoteRound(
                session, kind, tuple(dict.fromkeys(subjects)), question, edition, number, dots,
                id=credentials.new_id(),
            )  # fmt: skip
            made = _opened(tx, about, made) if is_open else made
            row_mapping.insert_row(tx, "vote_round", row_mapping.VOTE_ROUND.encode_columns(made))
            append(tx, by, f"make a round: {kind}", project=about.project, now_s=self._clock())
        return made

    def open(self, round_id: str, *, by: Actor) -> VoteRound:
        """Open a round that waits; the same again changes nothing.

        Raises
        ------
        AccessDenied
            When `by` does not lead its session.
        AnotherRoundOpen
            When the room has another one to do.
        DecidedMeanwhile
            When it was closed: what is frozen is begun anew with a reason only.
        UnknownSubject, ProjectClosed
            When there is no such round, or its project is past its last day.
        """
        with self._engine.write() as tx:
            found = _led_by(tx, round_id, by, "open a round")
            lock_open_project(tx, get_session(tx, found.session).project, self._today())
            if found.state == "open":
                return found
            if found.state == "closed":
                raise DecidedMeanwhile(status=found.state, was="waiting")
            _require_none_open(tx, found.session)
            opened = _opened(tx, get_session(tx, found.session), found)
            return self._write(tx, found, opened, by=by, action="open a round")

    def close(self, round_id: str, *, answer: int | None = None, by: Actor) -> VoteRound:
        """Close an open round: nothing that was given in it changes any more.

        Parameters
        ----------
        answer
            Percentage that answers a round of guesses.

        Raises
        ------
        AccessDenied
            When `by` does not lead its session.
        DecidedMeanwhile
            When it waits to be opened.
        UnknownSubject
            When there is no such round.
        """
        with self._engine.write() as tx:
            found = _led_by(tx, round_id, by, "close a round")
            if found.state == "waiting":
                raise DecidedMeanwhile(status=found.state, was="open")
            if found.state == "closed":
                return found
            closed = replace(found, state="closed", answer=answer if found.kind == "guess" else None)
            return self._write(tx, found, closed, by=by, action="close a round")

    def reset(self, round_id: str, reason: str, *, by: Actor) -> VoteRound:
        """Erase what was given in a round, so that it waits to be opened again.

        Parameters
        ----------
        reason
            Why, for the room and the log; it must say something.

        Raises
        ------
        AccessDenied
            When `by` does not lead its session.
        InputRefused, InputTooLarge
            When there is no reason, or it is too long.
        UnknownSubject, ProjectClosed
            When there is no such round, or its project is past its last day.
        """
        why = text_cleaning.clean_text(reason, field="reason", most=MAX_REASON)
        text_cleaning.require_filled(why, field="reason")
        with self._engine.write() as tx:
            found = _led_by(tx, round_id, by, "begin a round anew")
            lock_open_project(tx, get_session(tx, found.session).project, self._today())
            for table in ("round_dot", "guess"):
                tx.execute(f"DELETE FROM {table} WHERE round = ?", (round_id,))
            fresh = replace(found, state="waiting", answer=None, reason=why)
            return self._write(tx, found, fresh, by=by, action="begin a round anew")

    def _write(self, tx: Transaction, was: VoteRound, to: VoteRound, *, by: Actor, action: str) -> VoteRound:
        if was != to:
            tx.execute(
                "UPDATE vote_round SET state = ?, answer = ?, reason = ?, by_ticket = ? WHERE id = ?",
                (to.state, to.answer, to.reason, int(to.by_ticket), to.id),
            )
            project = get_session(tx, to.session).project
            append(tx, by, action, project=project, n=to.number, now_s=self._clock())
        return to

    # --- What voters do

    def change_vote(
        self, round_id: str, subject: str, change: Literal[1, -1], *, device: str, ticket: str = ""
    ) -> None:
        """Add a dot of a voter in an open round, or remove one; there are never fewer than none.

        Parameters
        ----------
        subject
            One of the round.
        change
            One more (1) or one less (-1).
        device
            Device token: the voter, where no tickets were made.
        ticket
            Code of a ticket: the voter, where some were made before the round opened.

        Raises
        ------
        InputRefused
            When the change is another number.
        RoundNotOpen, ProjectClosed
            When it waits or is closed, or the project is past its last day.
        SessionClosed
            When the session is over, also where a round of it was left open.
        TicketUnknown
            When a ticket is asked for and this is none.
        TooManyDots
            When the voter has none left.
        UnknownSubject
            When the round, or the subject in it, does not exist.
        """
        if change not in (1, -1):
            raise InputRefused(field="dots", reason="number_out_of_range")
        with self._engine.write() as tx:
            found, voter = _open_to(tx, round_id, device, ticket, today=self._today())
            if subject not in found.subjects:
                raise UnknownSubject(subject=subject)
            given = _given(tx, round_id, voter)
            if change > 0 and sum(given.values()) >= found.dots:
                raise TooManyDots(given=sum(given.values()) + 1, most=found.dots)
            n = given.get(subject, 0) + change
            if n < 0:
                return
            key = (round_id, voter, subject)
            tx.execute("DELETE FROM round_dot WHERE round = ? AND voter = ? AND subject = ?", key)
            if n:
                tx.execute("INSERT INTO round_dot VALUES (?, ?, ?, ?)", (*key, n))

    def save_guess(
        self, round_id: str, percent: int, *, group: str = "", device: str, ticket: str = ""
    ) -> None:
        """Save the guess of a voter in an open round; another one replaces it.

        Parameters
        ----------
        percent
            From 0 to 100 in steps of `GUESS_STEP`.
        group
            Table of the session where the voter sits; another text is no table.

        Raises
        ------
        InputRefused
            When it is no such number, or the round is one of dots.
        RoundNotOpen, ProjectClosed, SessionClosed, TicketUnknown, UnknownSubject
        """
        if not isinstance(percent, int) or not 0 <= percent <= 100 or percent % GUESS_STEP:
            raise InputRefused(field="guess", reason="number_out_of_range")
        with self._engine.write() as tx:
            found, voter = _open_to(tx, round_id, device, ticket, today=self._today())
            if found.kind != "guess":
                raise InputRefused(field="guess", reason="unknown_choice")
            table = group if group in get_session(tx, found.session).groups else ""
            tx.execute("DELETE FROM guess WHERE round = ? AND voter = ?", (round_id, voter))
            tx.execute("INSERT INTO guess VALUES (?, ?, ?, ?)", (round_id, voter, table, percent))

    def votes_of(self, round_id: str, *, device: str, ticket: str = "") -> dict[str, int]:
        """Return the dots of one voter per subject, without those that got none.

        Raises
        ------
        TicketUnknown, UnknownSubject
        """
        with self._engine.write() as tx:  # a new store makes its salt
            return _given(tx, round_id, _voter(tx, get_round(tx, round_id), device, ticket))

    def guess_of(self, round_id: str, *, device: str, ticket: str = "") -> int | None:
        """Return the guess of one voter; None before there is one.

        Raises
        ------
        TicketUnknown, UnknownSubject
        """
        with self._engine.write() as tx:
            voter = _voter(tx, get_round(tx, round_id), device, ticket)
            found = tx.query("SELECT percent FROM guess WHERE round = ? AND voter = ?", (round_id, voter))
        return int(found[0][0]) if found else None

    # --- What the room sees

    def list_all(self, session: str) -> list[VoteRound]:
        """Return the rounds of a session, the first first."""
        with self._engine.read() as tx:
            return list_rounds(tx, session)

    def count_voters(self, round_id: str) -> int:
        """Return how many tickets or devices gave something; what they gave is told once it is closed."""
        with self._engine.read() as tx:
            found = tx.query(
                "SELECT (SELECT count(DISTINCT voter) FROM round_dot WHERE round = ?)"
                " + (SELECT count(*) FROM guess WHERE round = ?)",
                (round_id, round_id),
            )
        return int(found[0][0])

    def tally(self, round_id: str) -> dict[str, int]:
        """Return the dots of all voters per subject of a closed round; 0 for one that got none.

        Raises
        ------
        RoundNotClosed, UnknownSubject
        """
        with self._engine.read() as tx:
            closed = _closed(tx, round_id)
            found = tx.query(
                "SELECT subject, sum(dots) FROM round_dot WHERE round = ? GROUP BY subject", (round_id,)
            )
        return dict.fromkeys(closed.subjects, 0) | {subject: int(n) for subject, n in found}

    def guesses(self, round_id: str) -> list[tuple[str, int]]:
        """Return the guesses of a closed round, each with the table of who made it.

        Raises
        ------
        RoundNotClosed, UnknownSubject
        """
        with self._engine.read() as tx:
            _closed(tx, round_id)
            found = tx.query(
                "SELECT workshop_group, percent FROM guess WHERE round = ? ORDER BY percent, workshop_group",
                (round_id,),
            )
        return [(str(group), int(percent)) for group, percent in found]


def list_rounds(tx: Transaction, session: str) -> list[VoteRound]:
    """Return the rounds of a session, the first first."""
    found = tx.query(
        f"SELECT {row_mapping.VOTE_ROUND.select()} FROM vote_round WHERE session = ? ORDER BY number",
        (session,),
    )
    return [row_mapping.VOTE_ROUND.decode(row) for row in found]


def get_round(tx: Transaction, round_id: str) -> VoteRound:
    """Return one round.

    Raises
    ------
    UnknownSubject
        When there is none with this id.
    """
    found = tx.query(f"SELECT {row_mapping.VOTE_ROUND.select()} FROM vote_round WHERE id = ?", (round_id,))
    if not found:
        raise UnknownSubject(subject=round_id)
    return row_mapping.VOTE_ROUND.decode(found[0])


def _opened(tx: Transaction, about: WorkshopSession, one: VoteRound) -> VoteRound:
    """Return a round as it opens: by ticket where some were made, and so until its end, or people would vote twice."""
    is_ticketed = not ticketed_sessions(tx, about.project).isdisjoint({"", about.id})
    return replace(one, state="open", by_ticket=is_ticketed)


def _require_none_open(tx: Transaction, session: str) -> None:
    """Raise `AnotherRoundOpen` where a room has a round to do already."""
    for other in list_rounds(tx, session):
        if other.state == "open":
            raise AnotherRoundOpen(number=other.number)


def _led_by(tx: Transaction, round_id: str, by: Actor, action: str) -> VoteRound:
    """Return a round, under a lock, to who leads its session."""
    about = get_session(tx, get_round(tx, round_id).session)
    require_session_role(by, about.id, action)
    lock_project(tx, about.project)
    return get_round(tx, round_id)


def _open_to(
    tx: Transaction, round_id: str, device: str, ticket: str, *, today: date
) -> tuple[VoteRound, str]:
    """Return an open round of a session that is going on, under a lock, and the voter in it."""
    about = get_session(tx, get_round(tx, round_id).session)
    lock_open_project(tx, about.project, today)
    if not get_session(tx, about.id).is_open:
        raise SessionClosed(session=about.code)
    found = get_round(tx, round_id)
    if found.state != "open":
        raise RoundNotOpen(state=found.state)
    return found, _voter(tx, found, device, ticket)


def _voter(tx: Transaction, found: VoteRound, device: str, ticket: str) -> str:
    """Return the hash of who votes in one round: of a ticket where it was opened so, else of a device."""
    who: str | None = f"device {device}"
    if found.by_ticket:
        about = get_session(tx, found.session)
        who = find_ticket(tx, about.project, about.id, ticket) if ticket else None
    if who is None:
        raise TicketUnknown()
    return device_hash(tx, f"{found.id} {who}")


def _given(tx: Transaction, round_id: str, voter: str) -> dict[str, int]:
    found = tx.query("SELECT subject, dots FROM round_dot WHERE round = ? AND voter = ?", (round_id, voter))
    return {subject: int(n) for subject, n in found}


def _closed(tx: Transaction, round_id: str) -> VoteRound:
    found = get_round(tx, round_id)
    if found.state != "closed":
        raise RoundNotClosed(number=found.number, state=found.state)
    return found
