"""Accounts with a password, and the log of what people in a role did. Residents have no account."""

from datetime import date

from geo.errors import AccessDenied, AccountExists, SignInRefused, UnknownSubject
from store import secret
from store.engine import Transaction
from store.records import Account, Actor, AuditRow, Role


def require(actor: Actor | None, least: Role, action: str) -> Actor:
    """Give the actor back when the role reaches `least`.

    Raises
    ------
    AccessDenied
    """
    if actor is None or not actor.may(least):
        raise AccessDenied(role="resident" if actor is None else actor.role, action=action)
    return actor


def add(tx: Transaction, label: str, role: Role, password_hash: str) -> Account:
    """Make an account; nobody has one by default."""
    made = Account(secret.random_id(), label, role)
    if tx.rows("SELECT 1 FROM account WHERE label = ?", (label,)):
        raise AccountExists(label=label)
    tx.run("INSERT INTO account VALUES (?, ?, ?, ?)", (made.id, label, role, password_hash))
    return made


def every(tx: Transaction) -> list[Account]:
    """Give all accounts."""
    return [Account(*row) for row in tx.rows("SELECT id, label, role FROM account ORDER BY label")]


def stored_hash(tx: Transaction, label: str) -> tuple[str, Role, str] | None:
    """Give (id, role, password hash) of an account."""
    found = tx.rows("SELECT id, role, password_hash FROM account WHERE label = ?", (label,))
    return (found[0][0], found[0][1], found[0][2]) if found else None


def actor(found: tuple[str, Role, str] | None, password: str) -> Actor:
    """Let somebody in, or not; both take as long."""
    fits = secret.password_fits(found[2] if found else None, password)
    if not fits or found is None:
        raise SignInRefused()
    return Actor(found[1], account=found[0])


def change_password(tx: Transaction, account: str, password_hash: str) -> None:
    """Give an account another password."""
    if not tx.run("UPDATE account SET password_hash = ? WHERE id = ?", (password_hash, account)):
        raise UnknownSubject(subject=account)


def remove(tx: Transaction, account: str) -> None:
    """Take an account away; what it did stays in the log under its random id."""
    if not tx.run("DELETE FROM account WHERE id = ?", (account,)):
        raise UnknownSubject(subject=account)


def log(tx: Transaction, by: Actor, action: str, *, project: str = "", n: int = 0, today: date) -> None:
    """Write down what somebody in a role did, and to how many rows."""
    tx.run(
        "INSERT INTO audit (id, day, role, account, action, project, n) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (secret.random_id(), today.isoformat(), by.role, by.account or by.session, action, project, n),
    )


def audit(tx: Transaction) -> list[AuditRow]:
    """Give the log, the oldest first."""
    found = tx.rows("SELECT day, role, account, action, project, n FROM audit ORDER BY fid")
    return [AuditRow(date.fromisoformat(row[0]), *row[1:]) for row in found]
