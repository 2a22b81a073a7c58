"""Who may enter: an account of ours with a password, or somebody the municipality vouches for."""

import hashlib
from collections.abc import Mapping
from typing import Any

from store import Actor, Role
from study import projects

Secrets = Mapping[str, Mapping[str, Any]]
"""The tables ``[auth]`` and ``[roles]`` of the operator's secrets; empty where there are none."""

GIVEN: tuple[Role, ...] = ("administrator", "planner")
"""Roles that can be given from outside, the greater first."""


def sign_in(label: str, password: str) -> Actor:
    """Let a planner or administrator in.

    The tries are counted per account, not per device: a device is whatever somebody says it is, and an
    account is what must be guarded.

    Raises
    ------
    SignInRefused, TooManyTries
    """
    return projects.opened().sign_in(label.strip(), password, device=f"account {label.strip().lower()[:64]}")


def stands(actor: Actor) -> bool:
    """Tell whether an account of ours is still there in this role; others come and go elsewhere.

    Examples
    --------
    >>> stands(Actor("planner", account="oidc:0123"))
    True
    """
    if not actor.account or actor.account.startswith("oidc:"):
        return True
    return any((one.id, one.role) == (actor.account, actor.role) for one in projects.opened().accounts())


def offered(secrets: Secrets) -> bool:
    """Tell whether signing in through the municipality is set up: where to ask, and who has which role.

    Examples
    --------
    >>> offered({}), offered({"auth": {"client_id": "x"}, "roles": {"claim": "groups", "planner": ["p"]}})
    (False, True)
    """
    return bool(secrets.get("auth")) and bool(secrets.get("roles"))


def role_of(told: Mapping[str, Any], secrets: Secrets) -> Actor | None:
    """Give the role of somebody the municipality vouches for; None when it gave them none.

    Who it is, is kept as a hash of issuer and number: no name and no address of theirs comes in.

    Parameters
    ----------
    told
        The claims that came with them.
    secrets
        ``[roles]``: ``claim`` names the claim that is looked at ("groups" unless said); ``planner`` and
        ``administrator`` list what must be in it.

    Examples
    --------
    >>> rules = {"roles": {"claim": "groups", "planner": ["buurt-planner"]}}
    >>> found = role_of({"iss": "https://id.example", "sub": "7", "groups": ["buurt-planner"]}, rules)
    >>> found.role, found.account
    ('planner', 'oidc:3148fa9c6003')
    >>> role_of({"iss": "https://id.example", "sub": "7", "groups": []}, rules) is None
    True
    """
    rules = secrets.get("roles", {})
    claim = told.get(str(rules.get("claim", "groups")), ())
    held = {claim} if isinstance(claim, str) else {one for one in claim if isinstance(one, str)}
    # A claim of e-mail addresses counts only where the municipality says it checked the address.
    if rules.get("claim") == "email" and told.get("email_verified") is not True:
        return None
    if not told.get("sub"):
        return None
    who = hashlib.sha256(f"{told.get('iss', '')}\0{told['sub']}".encode()).hexdigest()[:12]
    for role in GIVEN:
        if held & set(rules.get(role, ())):
            return Actor(role, account=f"oidc:{who}")
    return None
