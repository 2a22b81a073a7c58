"""Accounts with a password, their roles, and the audit log. Residents have no account."""

import hashlib
from typing import Literal

from geo.errors import (
    AccessDenied,
    AccountExists,
    InputRefused,
    PasswordRefused,
    SignInRefused,
    UnknownSubject,
)
from store import credentials, row_mapping, text_cleaning
from store.models.accounts import Account, Actor, AuditRow
from store.models.values import PARTNERS, RANKED_ROLES, SCOPED_ROLES, AuditResult, CardOwner, Role
from store.repositories import rate_limits
from store.repositories.audit_log import append, has_entry, list_entries
from store.repositories.projects import lock_project
from store.repository import Repository
from store.second_factors import has_second_factor
from store.sign_ins import end_sign_ins

_ROLES_WITH_ACCOUNT = (*RANKED_ROLES[2:], *SCOPED_ROLES)
_MAX_LABEL = 40
_MAX_PASSWORD = 1000
_MAX_ACTION = 80


def require_role(actor: Actor | None, least: Role, action: str) -> Actor:
    """Return the actor, whose role reaches `least`.

    Raises
    ------
    AccessDenied
        When there is no actor, or the role is lower.
    """
    if actor is None or not actor.has_role(least):
        raise AccessDenied(role="resident" if actor is None else actor.role, action=action)
    return actor


def require_session_role(by: Actor, session: str, action: str) -> None:
    """Raise unless the actor is a planner or the facilitator of this session.

    Raises
    ------
    AccessDenied
        When the actor is neither; a facilitator is never that of no session.
    """
    if by.role != "facilitator" or not session or by.session != session:
        require_role(by, "planner", action)


def require_board_role(by: Actor, project: str, action: str) -> None:
    """Raise unless the actor is a planner or the panel of this project.

    Raises
    ------
    AccessDenied
        When the actor is neither; a panel is never that of another project.
    """
    if not by.is_panel_of(project):
        require_role(by, "planner", action)


class AccountRepository(Repository):
    """Accounts with a password, and the audit log."""

    def create(
        self, label: str, role: Role, password: str, *, project: str = "", owner: CardOwner | str = ""
    ) -> Account:
        """Create an account for staff, a panel or a partner.

        Parameters
        ----------
        label
            Names a function, not a person.
        project
            Scope of a panel or partner; "" for all others.
        owner
            Kind of organisation of a partner; "" for all others.

        Returns
        -------
        Account
            With its new id, on disk; of the password only a hash is stored.

        Raises
        ------
        InputRefused
            When the role, its scope or the label is not valid.
        UnknownProject
            When a panel or partner is for a project that is not there.
        PasswordTooWeak
            When the password is too short.
        AccountExists
            When another account has this label.
        """
        if role not in _ROLES_WITH_ACCOUNT:
            raise InputRefused(field="role", reason="unknown_choice")
        if (role in SCOPED_ROLES) != bool(project) or (role == "partner") != bool(owner):
            raise InputRefused(field="project", reason="unknown_choice")
        if owner and owner not in PARTNERS:
            raise InputRefused(field="owner", reason="unknown_choice")
        checked = text_cleaning.validate_key(label, field="label", most=_MAX_LABEL)
        text_cleaning.require_filled(checked, field="label")
        hashed = credentials.hash_password(password)
        made = Account(credentials.new_id(), checked, role, project, owner)
        with self._engine.write() as tx:
            if project:
                lock_project(tx, project)
            if tx.query("SELECT 1 FROM account WHERE label = ?", (checked,)):
                raise AccountExists(label=checked)
            row_mapping.insert_row(
                tx, "account", row_mapping.ACCOUNT.encode_columns(made) | {"password_hash": hashed}
            )
        return made

    def list_all(self) -> list[Account]:
        """Return all accounts, by label, without their hashes."""
        with self._engine.read() as tx:
            found = tx.query(f"SELECT {row_mapping.ACCOUNT.select()} FROM account ORDER BY label")
        return [row_mapping.ACCOUNT.decode(row) for row in found]

    def password_version(self, account: str) -> str:
        """Return a token that is another one after every change of what an account signs in with.

        That is its password, and its second factor where it has one; "" without the account.
        """
        with self._engine.read() as tx:
            found = tx.query(
                "SELECT password_hash, secret FROM account"
                " LEFT JOIN second_factor ON second_factor.account = account.id WHERE account.id = ?",
                (account,),
            )
        text = "".join(part for part in found[0] if part) if found else ""
        return hashlib.sha256(text.encode()).hexdigest()[:16] if found else ""

    def set_password(self, account: str, password: str) -> None:
        """Update the password of an account; who is signed in with the old one is out.

        Raises
        ------
        PasswordTooWeak
            When the password is too short.
        UnknownSubject
            When there is no such account.
        """
        hashed = credentials.hash_password(password)
        with self._engine.write() as tx:
            if not tx.execute("UPDATE account SET password_hash = ? WHERE id = ?", (hashed, account)):
                raise UnknownSubject(subject=account)
            end_sign_ins(tx, account)

    def delete(self, account: str) -> None:
        """Delete an account; what it did stays in the audit log under its random id.

        Raises
        ------
        UnknownSubject
            When there is no such account.
        """
        with self._engine.write() as tx:
            if not tx.execute("DELETE FROM account WHERE id = ?", (account,)):
                raise UnknownSubject(subject=account)
            end_sign_ins(tx, account)

    def authenticate(self, label: str, password: str, *, device: str, origin: str = "") -> Actor:
        """Return the actor of an account, after verifying the password in constant time.

        Parameters
        ----------
        device
            Device token, for the rate limit.
        origin
            Where it comes from, as `pseudonym_of` returns it.

        Returns
        -------
        Actor
            The sign-in is in the audit log, unless the account has a second factor: then this is half of it, and
            `record_sign_in` ends it.

        Raises
        ------
        SignInRefused
            When there is no such account, or the password is another; both take as long. The latter is in the audit
            log.
        TooManyTries
            When the device has tried ten wrong passwords in an hour.
        """
        if not text_cleaning.is_key(label) or not isinstance(password, str) or len(password) > _MAX_PASSWORD:
            raise SignInRefused()
        found, is_right = self._try_password("label", label, password, device=device)
        if found is None:
            raise SignInRefused()
        actor = Actor(found.role, found.id, origin=origin, project=found.project, owner=found.owner)
        if not is_right:
            self.append_audit(actor, "sign in", result="refused")
            raise SignInRefused()
        with self._engine.read() as tx:
            is_half = has_second_factor(tx, actor.account)
        if not is_half:
            self.record_sign_in(actor, device=device)
        return actor

    def verify_password(self, actor: Actor, password: str, *, device: str) -> None:
        """Check that who is signed in knows the password of their account: an open screen proves nothing.

        Parameters
        ----------
        device
            Device token, for the rate limit: the same as of signing in.

        Raises
        ------
        PasswordRefused
            When it is another; that is in the audit log.
        TooManyTries
            When the device has tried ten wrong passwords in an hour.
        """
        if not isinstance(password, str) or len(password) > _MAX_PASSWORD:
            raise PasswordRefused()
        _, is_right = self._try_password("id", actor.account, password, device=device)
        if not is_right:
            self.append_audit(actor, "turn on a second factor", result="refused")
            raise PasswordRefused()
        with self._engine.write() as tx:
            rate_limits.refund(tx, "sign in", device)

    def _try_password(
        self, column: Literal["label", "id"], key: str, password: str, *, device: str
    ) -> tuple[Account | None, bool]:
        """Count one try, and return the account and whether this is its password.

        A password is as slow to verify where there is no such account, and it happens outside the transaction.

        Raises
        ------
        TooManyTries
            When the device has tried ten wrong passwords in an hour.
        """
        with self._engine.write() as tx:
            rate_limits.consume(
                tx, "sign in", device, most=rate_limits.MAX_WRONG_PASSWORDS, now_s=self._now_s()
            )
            columns = row_mapping.ACCOUNT.select()
            found = tx.query(f"SELECT {columns}, password_hash FROM account WHERE {column} = ?", (key,))
        *row, stored_hash = found[0] if found else (None,)
        is_right = credentials.verify_password(stored_hash, password)
        return (row_mapping.ACCOUNT.decode(tuple(row)) if found else None), is_right

    def record_sign_in(self, actor: Actor, *, device: str) -> None:
        """Write a sign-in that is whole in the audit log, and refund its try.

        Parameters
        ----------
        actor
            Who proved who they are.
        device
            Device token, as `authenticate` was given it.
        """
        with self._engine.write() as tx:
            rate_limits.refund(tx, "sign in", device)
            append(tx, actor, "sign in", now_s=self._clock())

    def append_audit(
        self,
        by: Actor,
        action: str,
        *,
        project: str = "",
        n: int = 0,
        once_a_day: bool = False,
        result: AuditResult = "done",
    ) -> None:
        """Write an entry in the audit log about what was done outside the store, such as an export.

        Parameters
        ----------
        action
            At most 80 characters.
        n
            How many rows it concerned.
        once_a_day
            Whether the same act of the same actor with the same result on one day is one entry.
        result
            How it ended.

        Raises
        ------
        InputTooLarge
            When the action is longer.
        """
        checked = text_cleaning.clean_text(action, field="action", most=_MAX_ACTION)
        with self._engine.write() as tx:
            if once_a_day and has_entry(tx, by, checked, project=project, day=self._today(), result=result):
                return
            append(tx, by, checked, project=project, n=n, now_s=self._clock(), result=result)

    def pseudonym_of(self, network: str) -> str:
        """Return the pseudonym of a network that somebody signs in from: one and the same in this store, no address.

        Who holds the store and guesses an address can check the guess, so it is a pseudonym and no more.
        """
        with self._engine.read() as tx:
            known = tx.query("SELECT value FROM setting WHERE key = 'salt'")
        if not known:
            with self._engine.write() as tx:
                rate_limits.salt(tx)
            return self.pseudonym_of(network)
        return credentials.hash_device_token(str(known[0][0]), f"origin\0{network}")[:8]

    def list_audit(self) -> list[AuditRow]:
        """Return the audit log, the oldest entry first."""
        with self._engine.read() as tx:
            return list_entries(tx)
