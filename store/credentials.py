"""Ids, codes, links and passwords; only hashes of them are stored."""

import hashlib
import hmac
import secrets
import uuid

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from geo.errors import InputRefused, PasswordTooWeak

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""32 characters that cannot be mistaken for one another: no 0 or O, no 1 or I."""

MIN_PASSWORD = 12
_ROUNDS = 2000
_HASHER = PasswordHasher()


def parse_client_id(value: object) -> uuid.UUID:
    """Parse the id that a browser made.

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


def contribution_id(client: uuid.UUID) -> str:
    """Return the id under which a contribution is stored: a hash of the secret id of the browser.

    Examples
    --------
    >>> contribution_id(uuid.UUID(int=1))
    'b311cf21-8f84-4887-854a-13e40f76a970'
    """
    digest = hashlib.sha256(b"beleefde buurt: filed under\0" + client.bytes).digest()
    # Version 4 is that of random ids: it gives nothing away.
    return str(uuid.UUID(bytes=digest[:16], version=4))


def withdrawal_code(client: uuid.UUID) -> str:
    """Return the withdrawal code: the same on every retry, derived from nothing that is stored.

    Twelve characters of 32: 60 bits.

    Examples
    --------
    >>> len(withdrawal_code(uuid.UUID(int=1))), withdrawal_code(uuid.UUID(int=1)) == withdrawal_code(uuid.UUID(int=1))
    (14, True)
    """
    digest = hashlib.sha256(b"beleefde buurt: withdrawal code\0" + client.bytes).digest()
    letters = "".join(ALPHABET[byte % 32] for byte in digest[:12])
    return "-".join(letters[at : at + 4] for at in (0, 4, 8))


def hash_withdrawal_code(typed: object) -> str:
    """Return the hash of a withdrawal code as typed; a wrong code takes as long as a right one.

    Examples
    --------
    >>> hash_withdrawal_code("abcd efgh-2345") == hash_withdrawal_code("ABCD-EFGH-2345")
    True
    """
    letters = "".join(c for c in typed.upper() if c.isalnum())[:64] if isinstance(typed, str) else ""
    return hashlib.pbkdf2_hmac(
        "sha256", letters.encode("utf-8", "replace"), b"beleefde buurt: code hash", _ROUNDS
    ).hex()


def new_join_code() -> str:
    """Create a join code of six characters of `ALPHABET`."""
    return "".join(secrets.choice(ALPHABET) for _ in range(6))


def new_ticket() -> str:
    """Create the code of a ticket: ten characters of `ALPHABET` in two groups, 50 bits."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(10))
    return f"{letters[:5]}-{letters[5:]}"


def new_board_code() -> str:
    """Create the code of somebody without a drawing, in the form of a withdrawal code: 60 bits."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(3))


def new_id() -> str:
    """Create a random id, which says nothing about time or number."""
    return str(uuid.uuid4())


def new_link_secret() -> str:
    """Create the secret of a facilitator link: 256 bits."""
    return secrets.token_urlsafe(32)


def hash_link_secret(secret: object) -> str:
    """Return the hash of a facilitator secret; it is random, so one round is enough."""
    text = secret if isinstance(secret, str) else ""
    return hashlib.sha256(b"beleefde buurt: link\0" + text.encode("utf-8", "replace")).hexdigest()


def constant_time_equal(left: str, right: str) -> bool:
    """Return whether two hashes are equal, in a time that does not depend on where they differ."""
    return hmac.compare_digest(left.encode(), right.encode())


def new_salt() -> str:
    """Create the salt of a store; it has one from its first day and never another, so that a device counts once."""
    return secrets.token_hex(16)


def hash_device_token(salt: str, device: object) -> str:
    """Return the salted hash of a device token: enough to count by, useless to follow by."""
    text = device if isinstance(device, str) else ""
    return hmac.new(salt.encode(), text.encode("utf-8", "replace"), "sha256").hexdigest()


def new_recovery_code() -> str:
    """Create a recovery code: ten characters of `ALPHABET` in two groups, 50 bits."""
    return new_ticket()


def hash_recovery_code(account: str, typed: str) -> str:
    """Return the hash of a recovery code as typed, which no other account has.

    Examples
    --------
    >>> hash_recovery_code("a", "abcde 23456") == hash_recovery_code("a", "ABCDE-23456")
    True
    >>> hash_recovery_code("a", "ABCDE-23456") == hash_recovery_code("b", "ABCDE-23456")
    False
    """
    letters = "".join(c for c in typed.upper() if c.isalnum())[:64]
    salt = b"beleefde buurt: recovery code\0" + account.encode()
    return hashlib.pbkdf2_hmac("sha256", letters.encode("utf-8", "replace"), salt, _ROUNDS).hex()


def hash_password(password: str) -> str:
    """Return the argon2id hash of a password.

    Raises
    ------
    PasswordTooWeak
        When it is shorter than `MIN_PASSWORD`.
    """
    if len(password) < MIN_PASSWORD:
        raise PasswordTooWeak(least=MIN_PASSWORD)
    return _HASHER.hash(password)


_NOBODY = _HASHER.hash(secrets.token_urlsafe(16))


def verify_password(stored: str | None, password: object) -> bool:
    """Return whether a password is right; an unknown account takes as long as a wrong password."""
    try:
        return _HASHER.verify(stored or _NOBODY, password if isinstance(password, str) else "") and bool(
            stored
        )
    except (VerificationError, InvalidHashError):
        return False
