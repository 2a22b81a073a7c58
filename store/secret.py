"""Codes, links and passwords: made here, and kept only as hashes."""

import hashlib
import hmac
import secrets
import uuid

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from geo.errors import InputRefused, PasswordTooWeak

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""32 characters that cannot be mistaken for one another: no 0 or O, no 1 or I."""

LEAST_PASSWORD = 12
_ROUNDS = 2000
_HASHER = PasswordHasher()


def client_id(value: object) -> uuid.UUID:
    """Read the id that a phone made up.

    Raises
    ------
    InputRefused
        When it is not a UUID.
    """
    if not isinstance(value, str) or len(value) > 45:
        raise InputRefused(field="id", reason="not_a_uuid")
    try:
        return uuid.UUID(value)
    except ValueError:
        raise InputRefused(field="id", reason="not_a_uuid") from None


def filed(client: uuid.UUID) -> str:
    """Give the key under which a contribution is filed: a hash of the phone's secret id.

    Examples
    --------
    >>> filed(uuid.UUID(int=1))
    'b311cf21-8f84-4887-854a-13e40f76a970'
    """
    digest = hashlib.sha256(b"beleefde buurt: filed under\0" + client.bytes).digest()
    return str(uuid.UUID(bytes=digest[:16], version=4))  # version 4: it says no more than chance would


def code(client: uuid.UUID) -> str:
    """Derive the code to change or withdraw: the same on every retry, from nothing that is stored.

    Twelve characters of 32: 60 bits.

    Examples
    --------
    >>> len(code(uuid.UUID(int=1))), code(uuid.UUID(int=1)) == code(uuid.UUID(int=1))
    (14, True)
    """
    digest = hashlib.sha256(b"beleefde buurt: withdrawal code\0" + client.bytes).digest()
    letters = "".join(ALPHABET[byte % 32] for byte in digest[:12])
    return "-".join(letters[at : at + 4] for at in (0, 4, 8))


def code_hash(typed: object) -> str:
    """Hash a withdrawal code as it was typed; wrong codes cost the same time as right ones.

    Examples
    --------
    >>> code_hash("abcd efgh-2345") == code_hash("ABCD-EFGH-2345")
    True
    """
    letters = "".join(c for c in typed.upper() if c.isalnum())[:64] if isinstance(typed, str) else ""
    return hashlib.pbkdf2_hmac(
        "sha256", letters.encode("utf-8", "replace"), b"beleefde buurt: code hash", _ROUNDS
    ).hex()


def join_code() -> str:
    """Make a session code of six friendly characters."""
    return "".join(secrets.choice(ALPHABET) for _ in range(6))


def random_id() -> str:
    """Make an id that tells nothing about when or how many."""
    return str(uuid.uuid4())


def link_secret() -> str:
    """Make the secret in a facilitator's link: 256 bits."""
    return secrets.token_urlsafe(32)


def link_hash(secret: object) -> str:
    """Hash a facilitator's secret; it is random, so one round is enough."""
    text = secret if isinstance(secret, str) else ""
    return hashlib.sha256(b"beleefde buurt: link\0" + text.encode("utf-8", "replace")).hexdigest()


def same(left: str, right: str) -> bool:
    """Compare two hashes in a time that does not depend on where they differ."""
    return hmac.compare_digest(left.encode(), right.encode())


def device_hash(salt: str, device: object) -> str:
    """Hash a device token with the salt of the store: enough to count by, useless to follow by."""
    text = device if isinstance(device, str) else ""
    return hmac.new(salt.encode(), text.encode("utf-8", "replace"), "sha256").hexdigest()


def password_hash(password: str) -> str:
    """Hash a password with argon2id.

    Raises
    ------
    PasswordTooWeak
        When it is shorter than `LEAST_PASSWORD`.
    """
    if len(password) < LEAST_PASSWORD:
        raise PasswordTooWeak(least=LEAST_PASSWORD)
    return _HASHER.hash(password)


_NOBODY = _HASHER.hash(secrets.token_urlsafe(16))


def password_fits(stored: str | None, password: object) -> bool:
    """Check a password; an unknown account costs the same time as a wrong password."""
    try:
        return _HASHER.verify(stored or _NOBODY, password if isinstance(password, str) else "") and bool(
            stored
        )
    except (VerificationError, InvalidHashError):
        return False
