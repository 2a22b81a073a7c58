"""Rate limits per device, per workshop session and per address, in windows of one hour.

A device is known by a hash of its token, salted by this store, for that hour only.
"""

from geo.errors import TooManyTries
from store import credentials
from store.engines.base import Transaction
from store.repository import Repository

WINDOW_S = 3600
MAX_WRONG_CODES = 10
MAX_WRONG_PASSWORDS = 10
MAX_WRONG_FACTOR_CODES = 10
"""Of an account, from wherever: only who knows its password gets to try a code."""
MAX_FROM_DEVICE = 60
MAX_FROM_SESSION = 6000
"""Of a workshop session: more than any one address may send in an hour, so that none shuts out a hall."""
UNREMARKABLE_FROM_DEVICE = 3
"""More contributions than this from one device in an hour are accepted, and flagged for review."""


def consume(tx: Transaction, what: str, who: str, *, most: int, now_s: int) -> int:
    """Count one try and return how many there were in this window.

    A clock that was set back starts a new window, so that nobody is shut out until it catches up.

    Parameters
    ----------
    what
        Key of the limit.
    who
        Device token, or id of a workshop session.
    most
        Tries allowed in a window.

    Raises
    ------
    TooManyTries
        When there were `most` already.
    """
    key = credentials.hash_device_token(salt(tx), who)
    found = tx.query("SELECT started_s, n FROM tries WHERE what = ? AND who = ?", (what, key))
    started, n = found[0] if found else (now_s, 0)
    if not 0 <= now_s - started < WINDOW_S:
        started, n = now_s, 0
    if n >= most:
        raise TooManyTries(wait_min=max(1, round((started + WINDOW_S - now_s) / 60)))
    tx.execute("DELETE FROM tries WHERE started_s <= ? OR started_s > ?", (now_s - WINDOW_S, now_s))
    tx.execute(
        "INSERT INTO tries VALUES (?, ?, ?, ?) ON CONFLICT (what, who)"
        " DO UPDATE SET started_s = excluded.started_s, n = excluded.n",
        (what, key, started, n + 1),
    )
    return int(n) + 1


def check(tx: Transaction, what: str, who: str, *, most: int, now_s: int) -> None:
    """Raise when the limit is reached; nothing is counted, so nothing is written.

    Raises
    ------
    TooManyTries
        When there were `most` tries in this window.
    """
    known = tx.query("SELECT value FROM setting WHERE key = 'salt'")
    if not known:
        return
    key = credentials.hash_device_token(str(known[0][0]), who)
    found = tx.query("SELECT started_s, n FROM tries WHERE what = ? AND who = ?", (what, key))
    if found and 0 <= now_s - found[0][0] < WINDOW_S and found[0][1] >= most:
        raise TooManyTries(wait_min=max(1, round((found[0][0] + WINDOW_S - now_s) / 60)))


def refund(tx: Transaction, what: str, who: str) -> None:
    """Refund one try after a success."""
    key = credentials.hash_device_token(salt(tx), who)
    tx.execute("UPDATE tries SET n = n - 1 WHERE what = ? AND who = ? AND n > 0", (what, key))


def consume_bucket(
    tx: Transaction, kind: str, who: str, *, burst: int, hour: int, now_s: int
) -> tuple[float, int]:
    """Consume one from a bucket that fills up slowly; return the wait in seconds (0: go on) and the count of this hour.

    Parameters
    ----------
    kind
        Key of the limit.
    who
        What is counted, such as an address; only a hash of it is stored, for an hour.
    burst, hour
        How many the bucket holds, and how many it is filled up with in an hour.
    """
    key, per_s = credentials.hash_device_token(salt(tx), who), hour / WINDOW_S
    left_key, hour_key = f"{kind} left", f"{kind} hour"
    for what, n in ((left_key, 1000 * burst), (hour_key, 0)):
        # As it is, where it is there: from here on no other process changes it until this transaction ends.
        tx.execute(
            "INSERT INTO tries VALUES (?, ?, ?, ?) ON CONFLICT (what, who) DO UPDATE SET n = tries.n",
            (what, key, now_s, n),
        )
    rows = tx.query("SELECT what, started_s, n FROM tries WHERE who = ?", (key,))
    held = {what: (at_s, n) for what, at_s, n in rows}
    at_s, thousandths = held[left_key]
    left = min(float(burst), thousandths / 1000 + max(0, now_s - at_s) * per_s)
    since_s, n = held[hour_key]
    if not 0 <= now_s - since_s < WINDOW_S:
        since_s, n = now_s, 0
    is_allowed = left >= 1.0
    for what, started_s, value in (
        (left_key, now_s, int(1000 * (left - is_allowed))),
        (hour_key, since_s, n + is_allowed),
    ):
        tx.execute(
            "UPDATE tries SET started_s = ?, n = ? WHERE what = ? AND who = ?", (started_s, value, what, key)
        )
    return (0.0 if is_allowed else (1.0 - left) / per_s), n + is_allowed


class LimitRepository(Repository):
    """Limits that all processes of the app share."""

    @property
    def is_shared(self) -> bool:
        """Whether several processes may use this store; where it is one, its memory does."""
        return self._engine.is_shared

    def consume(self, kind: str, who: str, *, burst: int, hour: int) -> tuple[float, int]:
        """Consume one from a bucket; return the wait in seconds (0: go on) and the count of this hour."""
        with self._engine.write() as tx:
            return consume_bucket(tx, kind, who, burst=burst, hour=hour, now_s=self._now_s())


def salt(tx: Transaction) -> str:
    """Return the salt of this store."""
    found = tx.query("SELECT value FROM setting WHERE key = 'salt'")
    if not found:
        tx.execute("INSERT INTO setting VALUES ('salt', ?) ON CONFLICT DO NOTHING", (credentials.new_salt(),))
        found = tx.query("SELECT value FROM setting WHERE key = 'salt'")
    return str(found[0][0])


def device_hash(tx: Transaction, token: str) -> str:
    """Return the hash that tells the votes of devices apart."""
    return credentials.hash_device_token(salt(tx), token)
