"""Who may enter: an account of ours with a password, or somebody the municipality vouches for.

An account of ours may ask a second factor beside the password: the code of an app on a phone.
"""

import hashlib
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from threading import BoundedSemaphore
from typing import Any

from geo.errors import AccessDenied, SignInRefused, SignInTooSoon
from store import Actor, Role, authenticator
from study import context

Secrets = Mapping[str, Mapping[str, Any]]
"""The tables ``[auth]`` and ``[roles]`` of the operator's secrets; empty where there are none."""

GRANTABLE_ROLES: tuple[Role, ...] = ("administrator", "planner")
"""Roles that can be given from outside, the greater first."""


MAX_HASHES_AT_ONCE = 2
"""A hash takes 64 MiB and a tenth of a second, on purpose."""
MAX_DELAY_S = 60.0

_hashing = BoundedSemaphore(MAX_HASHES_AT_ONCE)
_LOG = logging.getLogger("buurt")


ISSUER = "Beleefde Buurt"
"""What an authenticator app shows above a code."""

THIS_MACHINE = "this machine"
"""Where somebody acts from whose browser runs on the server itself."""

PENDING_S = 300.0
"""How long somebody has between the password and the code."""


@dataclass(frozen=True)
class PendingSignIn:
    """Somebody whose password was right, and whose account asks a code as well.

    Attributes
    ----------
    actor
        Who it will be.
    account
        What was typed as the account.
    version
        Token of what the account signs in with: once that is another one, the password counts no more.
    until_s
        When it is over, seconds since 1970.
    """

    actor: Actor
    account: str
    version: str
    until_s: float


def check_delay(account: str, address: str) -> None:
    """Refuse a try that comes too soon after wrong ones, without looking at its password: 1, 2, 4 ... 60 s.

    Counted for an account and an address together, so that no stranger can shut its owner out, and in the store,
    so that all processes count alike.

    Raises
    ------
    SignInTooSoon
    """
    n, at_s = context.get_store().sign_ins.wrong_tries(account, address)
    if n:
        longest_s = min(MAX_DELAY_S, 2.0 ** (n - 1))
        # A clock that was set back makes nobody wait longer.
        wait_s = min(longest_s, at_s + longest_s - context.get_store().sign_ins.now_s())
        if wait_s > 0:
            raise SignInTooSoon(wait_s=ceil(wait_s))


def sign_in(label: str, password: str, *, address: str = "", origin: str = "") -> Actor | PendingSignIn:
    """Sign in a planner or administrator with a password.

    Parameters
    ----------
    address
        Where it comes from: tries are counted per account and address, never per account alone, so that nobody
        can shut somebody else out.
    origin
        What the audit log says of that: `origin_of`.

    Returns
    -------
    Actor | PendingSignIn
        The latter where the account has a second factor: `finish_sign_in` takes its code.

    Raises
    ------
    SignInRefused, SignInTooSoon, TooManyTries
    """
    account = label.strip().lower()[:64]
    check_delay(account, address)
    private_store = context.get_store()
    try:
        with _hashing:
            actor = private_store.accounts.authenticate(
                label.strip(), password, device=_device(account, address), origin=origin
            )
    except SignInRefused:
        private_store.sign_ins.count_try(account, address, is_right=False)
        known = any(one.label.lower() == account for one in private_store.accounts.list_all())
        _LOG.warning("sign-in refused: %s", f"account {account}" if known else "no such account")
        raise
    if private_store.second_factors.is_active(actor.account):
        # Wrong tries before it stay counted: who has the password must not begin anew for every wrong code.
        until_s = private_store.sign_ins.now_s() + PENDING_S
        return PendingSignIn(actor, account, password_version(actor), until_s)
    private_store.sign_ins.count_try(account, address, is_right=True)
    return actor


def finish_sign_in(pending: PendingSignIn, code: str, *, address: str = "") -> Actor:
    """Sign in somebody whose password was right, with a code of the app or a recovery code.

    A wrong code makes wait as a wrong password does.

    Parameters
    ----------
    pending
        What `sign_in` returned.
    code
        As typed.
    address
        As in `sign_in`.

    Returns
    -------
    Actor
        Who is signed in; that is in the audit log.

    Raises
    ------
    CodeRefused, SignInTooSoon, TooManyTries
    SignInRefused
        When it took too long, or the account has another password or second factor meanwhile.
    """
    check_delay(pending.account, address)
    private_store = context.get_store()
    if not is_pending(pending) or not is_active(pending.actor, pending.version):
        raise SignInRefused()
    try:
        private_store.second_factors.redeem(pending.actor, code)
    except SignInRefused:
        private_store.sign_ins.count_try(pending.account, address, is_right=False)
        _LOG.warning("sign-in refused: code of account %s", pending.account)
        raise
    private_store.accounts.record_sign_in(pending.actor, device=_device(pending.account, address))
    private_store.sign_ins.count_try(pending.account, address, is_right=True)
    return pending.actor


def record_municipal_sign_in(actor: Actor) -> None:
    """Write in the audit log that somebody the municipality vouches for signed in."""
    context.get_store().accounts.append_audit(actor, "sign in")


def record_sign_out(actor: Actor) -> None:
    """Write in the audit log that somebody signed out."""
    context.get_store().accounts.append_audit(actor, "sign out")


def origin_of(network: str) -> str:
    """Return what the audit log says of where staff act from: a pseudonym of their network, never the address.

    Parameters
    ----------
    network
        As `ui.session.address_limits.known_network` says; "" on this machine itself.
    """
    return context.get_store().accounts.pseudonym_of(network) if network else THIS_MACHINE


def is_pending(pending: PendingSignIn) -> bool:
    """Return whether the code may still come."""
    return pending.until_s > context.get_store().sign_ins.now_s()


def _device(account: str, address: str) -> str:
    return f"account {account} {address}"


def password_version(actor: Actor) -> str:
    """Return a token of the password that somebody signed in with; "" for who comes from elsewhere."""
    if not actor.account or actor.account.startswith("oidc:"):
        return ""
    return context.get_store().accounts.password_version(actor.account)


def is_active(actor: Actor, version: str) -> bool:
    """Return whether an account of ours is still there in this role with this password; others come and go elsewhere.

    Examples
    --------
    >>> is_active(Actor("planner", account="oidc:0123"), "")
    True
    """
    if not actor.account or actor.account.startswith("oidc:"):
        return True
    return password_version(actor) == version and any(
        (one.id, one.role) == (actor.account, actor.role) for one in context.get_store().accounts.list_all()
    )


@dataclass(frozen=True)
class SecondFactor:
    """What somebody may know of the second factor of their own account.

    Attributes
    ----------
    label
        The account.
    is_active
        Whether there is one.
    n_recovery_codes
        How many recovery codes are left.
    """

    label: str
    is_active: bool
    n_recovery_codes: int


def second_factor(actor: Actor) -> SecondFactor | None:
    """Return the second factor of who acts; None for who signs in elsewhere, where that is asked."""
    private_store = context.get_store()
    label = next((one.label for one in private_store.accounts.list_all() if one.id == actor.account), None)
    if label is None:
        return None
    n_codes = private_store.second_factors.count_recovery_codes(actor.account)
    return SecondFactor(label, private_store.second_factors.is_active(actor.account), n_codes)


def new_factor_secret() -> str:
    """Create the secret that an app and the account will share; it is stored once the app shows that it has it."""
    return authenticator.new_secret()


def enrolment_address(label: str, secret: str) -> str:
    """Return the address for a QR code that an authenticator app reads."""
    return authenticator.enrolment_address(secret, label=label, issuer=ISSUER)


def turn_on_second_factor(
    actor: Actor, secret: str, code: str, password: str, *, address: str = ""
) -> tuple[str, ...]:
    """Add a second factor to one's own account and return the recovery codes; whoever else is signed in with it is out.

    It asks the password, or who sits down at an open screen could shut the owner out. A wrong one makes wait as in
    `sign_in`.

    Raises
    ------
    AccessDenied
        For who has no account of ours.
    CodeRefused, InputRefused, PasswordRefused, SignInTooSoon, TooManyTries
    """
    found = second_factor(actor)
    if found is None:
        raise AccessDenied(role=actor.role, action="turn on a second factor")
    account = found.label.lower()
    check_delay(account, address)
    private_store = context.get_store()
    try:
        with _hashing:
            private_store.accounts.verify_password(actor, password, device=_device(account, address))
    except SignInRefused:
        private_store.sign_ins.count_try(account, address, is_right=False)
        raise
    return private_store.second_factors.activate(actor, secret, code)


def turn_off_second_factor(actor: Actor, code: str, *, address: str = "") -> None:
    """Delete the second factor of one's own account, with a code: who sits down at an open screen cannot.

    Raises
    ------
    AccessDenied
        For who has no account of ours, or no second factor.
    CodeRefused, SignInTooSoon, TooManyTries
    """
    found = second_factor(actor)
    if found is None or not found.is_active:
        raise AccessDenied(role=actor.role, action="turn off a second factor")
    account = found.label.lower()
    check_delay(account, address)
    private_store = context.get_store()
    try:
        private_store.second_factors.redeem(actor, code)
    except SignInRefused:
        private_store.sign_ins.count_try(account, address, is_right=False)
        raise
    private_store.second_factors.remove(actor.account, by=actor, action="turn off a second factor")


def is_oidc_configured(secrets: Secrets) -> bool:
    """Return whether signing in through the municipality is set up: where to ask, and who has which role.

    Examples
    --------
    >>> roles = {"claim": "groups", "planner": ["p"]}
    >>> is_oidc_configured({}), is_oidc_configured({"auth": {"client_id": "x"}, "roles": roles})
    (False, True)
    """
    return bool(secrets.get("auth")) and bool(secrets.get("roles"))


def vouched_at(claims: Mapping[str, Any]) -> float:
    """Return when the municipality said who somebody is, in seconds since 1970; 0 where it did not say when.

    Claims are kept by the browser for a month, and a role that was taken away since is still in them: so they count
    for as long as somebody stays signed in, and then the municipality is asked again.

    Examples
    --------
    >>> vouched_at({"iat": 1_777_896_000}), vouched_at({}), vouched_at({"iat": "now"})
    (1777896000.0, 0.0, 0.0)
    """
    said = claims.get("iat")
    return float(said) if isinstance(said, int | float) else 0.0


def role_from_claims(claims: Mapping[str, Any], secrets: Secrets) -> Actor | None:
    """Return the role of somebody the municipality vouches for; None when it gave them none.

    Who it is, is kept as a hash of issuer and number: no name and no address of theirs comes in.

    Parameters
    ----------
    claims
        The claims that came with them.
    secrets
        ``[roles]``: ``claim`` names the claim that is looked at ("groups" unless said); ``planner`` and
        ``administrator`` list what must be in it.

    Examples
    --------
    >>> rules = {"roles": {"claim": "groups", "planner": ["buurt-planner"]}}
    >>> found = role_from_claims({"iss": "https://id.example", "sub": "7", "groups": ["buurt-planner"]}, rules)
    >>> found.role, found.account
    ('planner', 'oidc:3148fa9c6003')
    >>> role_from_claims({"iss": "https://id.example", "sub": "7", "groups": []}, rules) is None
    True
    """
    rules = secrets.get("roles", {})
    claim = claims.get(str(rules.get("claim", "groups")), ())
    held = {claim} if isinstance(claim, str) else {one for one in claim if isinstance(one, str)}
    # A claim of e-mail addresses counts only where the municipality says it checked the address.
    if rules.get("claim") == "email" and claims.get("email_verified") is not True:
        return None
    if not claims.get("sub"):
        return None
    who = hashlib.sha256(f"{claims.get('iss', '')}\0{claims['sub']}".encode()).hexdigest()[:12]
    for role in GRANTABLE_ROLES:
        if held & set(rules.get(role, ())):
            return Actor(role, account=f"oidc:{who}")
    return None
