"""How often a device or an evening may try something in an hour.

A device is known by a hash of its random token, with the salt of this store, and only for that hour.
"""

import secrets

from geo.errors import TooManyTries
from store import secret
from store.engine import Transaction

WINDOW_S = 3600
MOST_WRONG_CODES = 10
MOST_WRONG_PASSWORDS = 10
MOST_FROM_DEVICE = 60
MOST_FROM_SESSION = 1200
UNREMARKABLE_FROM_DEVICE = 3
"""More drawings than this from one device in an hour are taken in, and put in the queue to look at."""


def count(tx: Transaction, what: str, who: str, *, most: int, now_s: int) -> int:
    """Count a try; give how many there were in this window.

    A clock that was set back starts a new window, instead of shutting people out until it catches up.

    Raises
    ------
    TooManyTries
    """
    key = secret.device_hash(_salt(tx), who)
    found = tx.rows("SELECT started_s, n FROM tries WHERE what = ? AND who = ?", (what, key))
    started, n = found[0] if found else (now_s, 0)
    if not 0 <= now_s - started < WINDOW_S:
        started, n = now_s, 0
    if n >= most:
        raise TooManyTries(wait_min=max(1, round((started + WINDOW_S - now_s) / 60)))
    tx.run("DELETE FROM tries WHERE started_s <= ? OR started_s > ?", (now_s - WINDOW_S, now_s))
    tx.run(
        "INSERT INTO tries VALUES (?, ?, ?, ?) ON CONFLICT (what, who)"
        " DO UPDATE SET started_s = excluded.started_s, n = excluded.n",
        (what, key, started, n + 1),
    )
    return int(n) + 1


def forgive(tx: Transaction, what: str, who: str) -> None:
    """Take back one try: it was a right one after all."""
    key = secret.device_hash(_salt(tx), who)
    tx.run("UPDATE tries SET n = n - 1 WHERE what = ? AND who = ? AND n > 0", (what, key))


def _salt(tx: Transaction) -> str:
    found = tx.rows("SELECT value FROM setting WHERE key = 'salt'")
    if not found:
        tx.run("INSERT INTO setting VALUES ('salt', ?) ON CONFLICT DO NOTHING", (secrets.token_hex(16),))
        found = tx.rows("SELECT value FROM setting WHERE key = 'salt'")
    return str(found[0][0])


def device(tx: Transaction, token: str) -> str:
    """Give the hash by which a device's dots are kept apart."""
    return secret.device_hash(_salt(tx), token)
