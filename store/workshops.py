"""Evenings: their codes and links, names that are proposed, dots that are given."""

from collections.abc import Mapping
from dataclasses import replace

from geo.errors import InputRefused, SignInRefused, TooManyDots, UnknownSession, UnknownSubject
from store import people, rows, secret, tries
from store.contributions import locked, touch
from store.engine import Transaction
from store.records import Actor, Proposal, Signal, SignalStatus, WorkshopSession

MOST_PROPOSALS = 500


def add(tx: Transaction, session: WorkshopSession) -> tuple[WorkshopSession, str]:
    """Open an evening; give it with its code, and the secret of the facilitator's link (shown once)."""
    locked(tx, session.project)
    code = secret.join_code()
    while tx.rows("SELECT 1 FROM session WHERE code = ?", (code,)):
        code = secret.join_code()
    made = replace(session, id=secret.random_id(), code=code)
    link = secret.link_secret()
    tx.run(f"INSERT INTO session ({rows.SESSION}) VALUES ({', '.join('?' * 13)})", rows.session_values(made))
    tx.run("INSERT INTO session_link VALUES (?, ?)", (made.id, secret.link_hash(link)))
    touch(tx, made.project)
    return made, link


def update(tx: Transaction, session: WorkshopSession) -> WorkshopSession:
    """Change an evening; its project and code stay."""
    here = one(tx, session.id)
    kept = replace(session, project=here.project, code=here.code)
    locked(tx, kept.project)
    names = rows.SESSION.split(", ")[1:]
    tx.run(
        f"UPDATE session SET {', '.join(f'{name} = ?' for name in names)} WHERE id = ?",
        (*rows.session_values(kept)[1:], kept.id),
    )
    touch(tx, kept.project)
    return kept


def one(tx: Transaction, session: str) -> WorkshopSession:
    """Give an evening by its id."""
    found = tx.rows(f"SELECT {rows.SESSION} FROM session WHERE id = ?", (session,))
    if not found:
        raise UnknownSession(session=session)
    return rows.session(found[0])


def every(tx: Transaction, project: str) -> list[WorkshopSession]:
    """Give the evenings of a project, the last first."""
    found = tx.rows(
        f"SELECT {rows.SESSION} FROM session WHERE project = ? ORDER BY day DESC, code", (project,)
    )
    return [rows.session(row) for row in found]


def by_code(tx: Transaction, typed: str) -> WorkshopSession | None:
    """Find an evening by its six characters as somebody types them."""
    letters = "".join(c for c in typed.upper() if c.isalnum())[:16]
    found = tx.rows(f"SELECT {rows.SESSION} FROM session WHERE code = ?", (letters,))
    return rows.session(found[0]) if found else None


def facilitator(tx: Transaction, session: str, link: str) -> Actor:
    """Let a facilitator in by the secret of the link."""
    found = tx.rows("SELECT secret_hash FROM session_link WHERE session = ?", (session,))
    if not secret.same(found[0][0] if found else secret.link_hash(""), secret.link_hash(link)) or not found:
        raise SignInRefused()
    return Actor("facilitator", session=session)


def new_link(tx: Transaction, session: str) -> str:
    """Make a new secret link; the old one no longer works."""
    one(tx, session)
    link = secret.link_secret()
    tx.run("UPDATE session_link SET secret_hash = ? WHERE session = ?", (secret.link_hash(link), session))
    return link


def propose(tx: Transaction, session: str, words: str) -> Proposal:
    """Take in a name for the neighbourhood; the same name twice is one proposal."""
    where = one(tx, session)
    locked(tx, where.project)
    here = proposals(tx, session)
    for proposal in here:
        if proposal.words.casefold() == words.casefold():
            return proposal
    if len(here) >= MOST_PROPOSALS:
        raise InputRefused(field="proposal", reason="too_many")
    made = Proposal(secret.random_id(), session, words)
    tx.run("INSERT INTO proposal (id, session, words) VALUES (?, ?, ?)", (made.id, session, words))
    touch(tx, where.project)
    return made


def proposals(tx: Transaction, session: str) -> list[Proposal]:
    """Give the names proposed at an evening, without those that were hidden."""
    return [
        Proposal(*row)
        for row in tx.rows(
            "SELECT id, session, words FROM proposal WHERE session = ? AND id NOT IN"
            " (SELECT subject FROM decision WHERE undone = 0 AND action = 'hide') ORDER BY words, id",
            (session,),
        )
    ]


def add_signal(tx: Transaction, project: str, session: str, signal: Signal) -> Signal:
    """Take in a signal that the facilitator writes down for the room."""
    locked(tx, project)
    if session and one(tx, session).project != project:
        raise UnknownSession(session=session)
    made = replace(signal, id=secret.random_id(), session=session)
    tx.run(
        "INSERT INTO signal (id, project, contribution, session, seq, kind, theme, words, status)"
        " VALUES (?, ?, NULL, ?, 0, ?, ?, ?, ?)",
        (made.id, project, session or None, made.kind, made.theme, made.words, made.status),
    )
    touch(tx, project)
    return made


def vote(tx: Transaction, session: str, device: str, dots: Mapping[str, int]) -> None:
    """Write down how one device divides its dots; what it said before is replaced."""
    where = one(tx, session)
    locked(tx, where.project)
    given = {subject: n for subject, n in dots.items() if n}
    if sum(given.values()) > where.dots:
        raise TooManyDots(given=sum(given.values()), most=where.dots)
    for subject in given:
        asked = (
            "SELECT 1 FROM proposal WHERE id = ? AND session = ?",
            "SELECT 1 FROM signal WHERE id = ? AND session = ?",
        )
        if not any(tx.rows(sql, (subject, session)) for sql in asked):
            raise UnknownSubject(subject=subject)
    key = tries.device(tx, f"{session} {device}")
    tx.run("DELETE FROM dot WHERE session = ? AND device_hash = ?", (session, key))
    for subject, n in given.items():
        tx.run("INSERT INTO dot VALUES (?, ?, ?, ?)", (session, key, subject, n))
    touch(tx, where.project)


def votes(tx: Transaction, session: str) -> dict[str, int]:
    """Give the dots of all devices together."""
    found = tx.rows("SELECT subject, sum(dots) FROM dot WHERE session = ? GROUP BY subject", (session,))
    return {subject: int(n) for subject, n in found}


def set_status(tx: Transaction, signal: str, status: SignalStatus, by: Actor) -> None:
    """Say what becomes of a signal; a facilitator may say it of those of their own evening."""
    found = tx.rows("SELECT project, session FROM signal WHERE id = ?", (signal,))
    if not found:
        raise UnknownSubject(subject=signal)
    project, session = found[0]
    if by.role != "facilitator" or not session or by.session != session:
        people.require(by, "planner", "decide about signals")
    locked(tx, project)
    tx.run("UPDATE signal SET status = ? WHERE id = ?", (status, signal))
    touch(tx, project)
