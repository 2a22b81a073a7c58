"""Codes of an authenticator app on a phone: TOTP of RFC 6238, as every such app computes it."""

import base64
import secrets
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from store.credentials import constant_time_equal

STEP_S = 30
DIGITS = 6
SECRET_BYTES = 20
"""As long as the hash of the standard."""

MAX_DRIFT = 1
"""How many steps the clock of a phone may be ahead or behind."""


def new_secret() -> str:
    """Create a secret of 160 bits in base 32, as it is typed into an app."""
    return base64.b32encode(secrets.token_bytes(SECRET_BYTES)).decode()


def code_at(secret: str, at_s: float) -> str:
    """Return the code of a moment.

    Parameters
    ----------
    secret
        In base 32.
    at_s
        Seconds since 1970.

    Returns
    -------
    str
        Six digits.

    Examples
    --------
    The last six digits of the first row of RFC 6238, appendix B, whose secret is "12345678901234567890".

    >>> code_at("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", 59)
    '287082'
    """
    return _totp(secret).generate(int(at_s)).decode()


def matching_step(secret: str, typed: str, *, now_s: float) -> int | None:
    """Return the step of time whose code was typed; None for none of now, of half a minute ago or ahead.

    Parameters
    ----------
    secret
        In base 32.
    typed
        With or without spaces.
    now_s
        Seconds since 1970.

    Returns
    -------
    int | None
        Steps of half a minute since 1970.

    Examples
    --------
    Second 59 is in step 1; in second 120 that is three steps ago.

    >>> secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    >>> [matching_step(secret, "287 082", now_s=now_s) for now_s in (29, 59, 89, 120)]
    [1, 1, 1, None]
    """
    digits, now = "".join(typed.split()), int(now_s) // STEP_S
    near = range(max(0, now - MAX_DRIFT), now + MAX_DRIFT + 1)
    return next(
        (step for step in near if constant_time_equal(code_at(secret, step * STEP_S), digits)),
        None,
    )


def enrolment_address(secret: str, *, label: str, issuer: str) -> str:
    """Return the address that an app reads from a QR code.

    Parameters
    ----------
    secret
        In base 32.
    label, issuer
        Account and program, as the app shows them.

    Returns
    -------
    str
        An ``otpauth:`` address.

    Examples
    --------
    >>> enrolment_address("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", label="ruimte", issuer="Beleefde Buurt")[:61]
    'otpauth://totp/Beleefde%20Buurt:ruimte?digits=6&secret=GEZDGN'
    """
    address = urlsplit(_totp(secret).get_provisioning_uri(label, issuer))
    # Some apps show a plus sign as it is.
    return address._replace(query=address.query.replace("+", "%20")).geturl()


def _totp(secret: str) -> TOTP:
    # SHA-1 within an HMAC is sound, and the one hash that every app computes.
    return TOTP(base64.b32decode(secret), DIGITS, SHA1(), STEP_S)  # noqa: S303
