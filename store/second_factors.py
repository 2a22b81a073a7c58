"""Second factors of accounts: a secret shared with an app on a phone, and recovery codes for who lost the phone."""

from geo.errors import CodeRefused, InputRefused, UnknownSubject
from store import authenticator, credentials
from store.engines.base import Transaction
from store.models.accounts import Actor
from store.repositories import rate_limits
from store.repositories.audit_log import append
from store.repository import Repository

N_RECOVERY_CODES = 8
MAX_CODE = 64
LIMIT = "second factor"


class SecondFactorRepository(Repository):
    """Second factors of accounts; the secret of an app is stored as it is, of recovery codes only a hash."""

    def list_accounts(self) -> set[str]:
        """Return the ids of the accounts that have one."""
        with self._engine.read() as tx:
            return {str(account) for (account,) in tx.query("SELECT account FROM second_factor")}

    def is_active(self, account: str) -> bool:
        """Return whether an account has one."""
        with self._engine.read() as tx:
            return has_second_factor(tx, account)

    def count_recovery_codes(self, account: str) -> int:
        """Return how many recovery codes an account has left."""
        with self._engine.read() as tx:
            return int(tx.query("SELECT count(*) FROM recovery_code WHERE account = ?", (account,))[0][0])

    def activate(self, actor: Actor, secret: str, code: str) -> tuple[str, ...]:
        """Add a second factor to the account of who acts, once its app shows that it has the secret.

        Parameters
        ----------
        actor
            Whose account it is.
        secret
            As `store.authenticator.new_secret` made it.
        code
            What the app shows now; it opens nothing afterwards.

        Returns
        -------
        tuple of str
            Recovery codes, each of which counts once in place of a code of the app. Only hashes are stored.

        Raises
        ------
        CodeRefused
            When the code is not that of the secret.
        InputRefused
            When the account has a second factor.
        UnknownSubject
            When there is no such account.
        """
        step = authenticator.matching_step(secret, code[:MAX_CODE], now_s=self._clock())
        if step is None:
            raise CodeRefused()
        codes = tuple(credentials.new_recovery_code() for _ in range(N_RECOVERY_CODES))
        hashes = [credentials.hash_recovery_code(actor.account, one) for one in codes]
        with self._engine.write() as tx:
            if not tx.query("SELECT 1 FROM account WHERE id = ?", (actor.account,)):
                raise UnknownSubject(subject=actor.account)
            if not tx.execute(
                "INSERT INTO second_factor VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                (actor.account, secret, step),
            ):
                raise InputRefused(field="second factor", reason="taken")
            for one in hashes:
                tx.execute("INSERT INTO recovery_code VALUES (?, ?)", (actor.account, one))
            append(tx, actor, "turn on a second factor", now_s=self._clock())
        return codes

    def redeem(self, actor: Actor, code: str) -> None:
        """Accept a code of the app, or a recovery code, of the account of who acts: each counts once.

        Parameters
        ----------
        actor
            Who gave the right password.
        code
            As typed.

        Raises
        ------
        CodeRefused
            When it is neither, or was used before.
        TooManyTries
            When ten codes of this account were wrong in an hour, from wherever.
        """
        with self._engine.write() as tx:
            rate_limits.consume(
                tx, LIMIT, actor.account, most=rate_limits.MAX_WRONG_FACTOR_CODES, now_s=self._now_s()
            )
            is_right = self._redeem(tx, actor, code[:MAX_CODE])
            if is_right:
                rate_limits.refund(tx, LIMIT, actor.account)
            else:
                append(tx, actor, "use an extra code", now_s=self._clock(), result="refused")
        # Outside the transaction: a wrong try stays counted.
        if not is_right:
            raise CodeRefused()

    def remove(self, account: str, *, by: Actor, action: str) -> None:
        """Delete the second factor of an account with its recovery codes; who is signed in with it is out.

        Parameters
        ----------
        account
            Its id.
        by
            Who acts.
        action
            What the audit log says.

        Raises
        ------
        UnknownSubject
            When the account has none.
        """
        with self._engine.write() as tx:
            if not tx.execute("DELETE FROM second_factor WHERE account = ?", (account,)):
                raise UnknownSubject(subject=account)
            tx.execute("DELETE FROM recovery_code WHERE account = ?", (account,))
            append(tx, by, action, now_s=self._clock())

    def _redeem(self, tx: Transaction, actor: Actor, code: str) -> bool:
        found = tx.query("SELECT secret FROM second_factor WHERE account = ?", (actor.account,))
        if not found:
            return False
        step = authenticator.matching_step(found[0][0], code, now_s=self._clock())
        if step is not None:
            # Of two who send the same code at once the one that moves the step has it.
            return bool(
                tx.execute(
                    "UPDATE second_factor SET last_step = ? WHERE account = ? AND last_step < ?",
                    (step, actor.account, step),
                )
            )
        hashed = credentials.hash_recovery_code(actor.account, code)
        if not tx.execute(
            "DELETE FROM recovery_code WHERE account = ? AND code_hash = ?", (actor.account, hashed)
        ):
            return False
        append(tx, actor, "use a recovery code", now_s=self._clock())
        return True


def has_second_factor(tx: Transaction, account: str) -> bool:
    """Return whether an account has a second factor."""
    return bool(tx.query("SELECT 1 FROM second_factor WHERE account = ?", (account,)))
