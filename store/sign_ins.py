"""Who is signed in, for every process of the app at once: hashes of tokens and tickets, which open nothing themselves.

So are the wrong passwords that make the next try wait. All are rows of the table of settings, for hours and minutes;
a store that is copied or restored begins without them.
"""

import json

from store.credentials import hash_device_token
from store.engines.base import Transaction
from store.models.accounts import Actor, SignIn
from store.repositories import rate_limits
from store.repository import Repository

SIGN_IN, TICKET, WRONG = "sign-in:", "ticket:", "wrong-password:"
PASSING = (SIGN_IN, TICKET, WRONG)
"""How the keys begin of what is not copied to another store."""

MAX_WRONG = 10_000
"""Accounts and addresses of which wrong passwords are remembered; beyond that those of longest ago go."""


class SignInRepository(Repository):
    """Who is signed in, and tickets that are exchanged for a cookie once."""

    def begin(self, token_hash: str, made: SignIn) -> None:
        """Save a sign-in, and delete those that are over."""
        value = json.dumps(
            {
                "role": made.actor.role,
                "account": made.actor.account,
                "project": made.actor.project,
                "owner": made.actor.owner,
                "version": made.version,
                "until": made.until_s,
            }
        )
        with self._engine.write() as tx:
            self._delete_past(tx)
            tx.execute("INSERT INTO setting VALUES (?, ?)", (SIGN_IN + token_hash, value))

    def get(self, token_hash: str) -> SignIn | None:
        """Return a sign-in; None where there is none, or it is over."""
        with self._engine.read() as tx:
            found = tx.query("SELECT value FROM setting WHERE key = ?", (SIGN_IN + token_hash,))
        made = _sign_in(found[0][0]) if found else None
        return made if made is not None and made.until_s > self._clock() else None

    def end(self, token_hash: str) -> None:
        """Delete a sign-in, in every process."""
        with self._engine.write() as tx:
            tx.execute("DELETE FROM setting WHERE key = ?", (SIGN_IN + token_hash,))

    def save_ticket(self, ticket_hash: str, sealed: str, *, until_s: float) -> None:
        """Save what a ticket is exchanged for, sealed with the ticket itself."""
        value = json.dumps({"sealed": sealed, "until": until_s})
        with self._engine.write() as tx:
            self._delete_past(tx)
            tx.execute("INSERT INTO setting VALUES (?, ?)", (TICKET + ticket_hash, value))

    def redeem_ticket(self, ticket_hash: str) -> str | None:
        """Return once what a ticket is exchanged for; None for one that is none, was used or is over."""
        key = TICKET + ticket_hash
        with self._engine.read() as tx:
            found = tx.query("SELECT value FROM setting WHERE key = ?", (key,))
        if not found:
            return None
        with self._engine.write() as tx:
            # Of two who come at once the one that deletes it has it.
            is_first = bool(tx.execute("DELETE FROM setting WHERE key = ?", (key,)))
        ticket = json.loads(found[0][0])
        return str(ticket["sealed"]) if is_first and ticket["until"] > self._clock() else None

    def now_s(self) -> float:
        """Return what time it is, seconds since 1970, by the clock that sign-ins and tries are kept by."""
        return self._clock()

    def wrong_tries(self, label: str, address: str) -> tuple[int, float]:
        """Return how many passwords in a row were wrong for an account from an address, and when the last one was."""
        with self._engine.read() as tx:
            known = tx.query("SELECT value FROM setting WHERE key = 'salt'")
            return self._wrong(tx, _wrong_key(str(known[0][0]) if known else "", label, address))

    def count_try(self, label: str, address: str, *, is_right: bool) -> None:
        """Count a wrong password, for an hour; a right one forgets those before it. An address is kept as a hash."""
        if is_right and not self.wrong_tries(label, address)[0]:
            return
        with self._engine.write() as tx:
            key = _wrong_key(rate_limits.salt(tx), label, address)
            self._delete_past(tx)
            if is_right:
                tx.execute("DELETE FROM setting WHERE key = ?", (key,))
                return
            # As it is, where it is there: from here on no other process changes it until this transaction ends.
            tx.execute(
                "INSERT INTO setting VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = setting.value",
                (key, self._counted(0)),
            )
            tx.execute(
                "UPDATE setting SET value = ? WHERE key = ?",
                (self._counted(self._wrong(tx, key)[0] + 1), key),
            )

    def delete_past(self) -> None:
        """Delete what is over, also where nobody signs in any more; nothing is written where there is nothing."""
        with self._engine.read() as tx:
            has_past = bool(self._past(tx))
        if has_past:
            with self._engine.write() as tx:
                self._delete_past(tx)

    def _counted(self, n: int) -> str:
        at_s = self._clock()
        return json.dumps({"n": n, "at": at_s, "until": at_s + rate_limits.WINDOW_S})

    def _wrong(self, tx: Transaction, key: str) -> tuple[int, float]:
        found = tx.query("SELECT value FROM setting WHERE key = ?", (key,))
        held = json.loads(found[0][0]) if found else {"until": 0.0}
        return (int(held["n"]), float(held["at"])) if held["until"] > self._clock() else (0, 0.0)

    def _delete_past(self, tx: Transaction) -> None:
        # As it was read, for another process may count on meanwhile.
        for row in self._past(tx):
            tx.execute("DELETE FROM setting WHERE key = ? AND value = ?", row)

    def _past(self, tx: Transaction) -> list[tuple[str, str]]:
        """Return the rows that are over or too many, in one order for all processes, so that none waits for another."""
        found: list[tuple[str, str]] = []
        for begins in PASSING:
            rows = tx.query("SELECT key, value FROM setting WHERE key LIKE ?", (f"{begins}%",))
            by_end = sorted((float(json.loads(value)["until"]), str(key), str(value)) for key, value in rows)
            n_over = sum(until_s <= self._clock() for until_s, _, _ in by_end)
            if begins == WRONG:
                n_over = max(n_over, len(by_end) - MAX_WRONG)
            found += [(key, value) for _, key, value in by_end[:n_over]]
        return sorted(found)


def end_sign_ins(tx: Transaction, account: str) -> None:
    """Delete every sign-in of an account, in the transaction that ends or changes it."""
    for key, value in tx.query("SELECT key, value FROM setting WHERE key LIKE ?", (f"{SIGN_IN}%",)):
        if _sign_in(value).actor.account == account:
            tx.execute("DELETE FROM setting WHERE key = ?", (key,))


def _wrong_key(salt: str, label: str, address: str) -> str:
    return WRONG + hash_device_token(salt, f"{label}\0{address}")


def _sign_in(value: str) -> SignIn:
    held = json.loads(value)
    # A sign-in of before there were panels has no scope.
    scope = {name: str(held.get(name, "")) for name in ("project", "owner")}
    return SignIn(Actor(held["role"], account=held["account"], **scope), held["version"], held["until"])
