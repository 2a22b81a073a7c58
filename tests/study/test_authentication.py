"""Signing in: nobody is shut out by a stranger, and what was ended is ended."""

from collections.abc import Iterator
from functools import partial

import pytest

import store
from geo.errors import (
    AccessDenied,
    CodeRefused,
    PasswordRefused,
    SignInRefused,
    SignInTooSoon,
    TooManyTries,
)
from store import Actor, authenticator
from store.sign_ins import WRONG
from study import authentication, context
from study.authentication import (
    PendingSignIn,
    check_delay,
    finish_sign_in,
    is_active,
    password_version,
    sign_in,
)
from tests.support.store_factories import Clock
from tests.support.temp_store import own_store

PASSWORD = "een heel lang geheim"


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with own_store(tmp_path_factory.mktemp("store")):
        yield context.get_store().accounts.create("ruimte", "planner", PASSWORD).id


@pytest.fixture
def clock(account: str, monkeypatch: pytest.MonkeyPatch) -> Clock:
    """A clock of the store that is set by hand; it lies before no try of another test."""
    clock = Clock()
    opened = context.get_store()
    for repository in (opened.sign_ins, opened.accounts, opened.second_factors):
        monkeypatch.setattr(repository, "_clock", clock)
    return clock


def test_stranger_cannot_shut_the_owner_out(account: str, clock: Clock) -> None:
    for _ in range(10):
        with pytest.raises(SignInRefused):
            sign_in("ruimte", "wrong", address="192.0.2.1")
        clock.now_s += 60
    assert sign_in("ruimte", PASSWORD, address="192.0.2.2") == Actor("planner", account=account)


def test_waits_double_up_to_a_minute_and_no_password_is_looked_at_meanwhile(clock: Clock) -> None:
    tries = context.get_store().sign_ins
    waits = []
    for _ in range(8):
        tries.count_try("ruimte", "192.0.2.3", is_right=False)
        with pytest.raises(SignInTooSoon) as refused:
            check_delay("ruimte", "192.0.2.3")
        waits.append(refused.value.facts["wait_s"])
        check_delay("ruimte", "192.0.2.4")
        check_delay("welzijn", "192.0.2.3")
        clock.now_s += waits[-1]
        check_delay("ruimte", "192.0.2.3")
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60]
    clock.now_s -= 7200
    with pytest.raises(SignInTooSoon) as refused:
        check_delay("ruimte", "192.0.2.3")
    assert refused.value.facts["wait_s"] == 60
    clock.now_s += 7200
    tries.count_try("ruimte", "192.0.2.3", is_right=True)
    check_delay("ruimte", "192.0.2.3")


def wrong_passwords() -> dict[str, str]:
    with context.get_store().sign_ins._engine.read() as tx:
        rows = tx.query("SELECT key, value FROM setting WHERE key LIKE ?", (f"{WRONG}%",))
    return {str(key): str(value) for key, value in rows}


def test_another_process_makes_wait_as_well_and_an_hour_later_nothing_is_known(clock: Clock) -> None:
    """What one process counted another knows; of the address a hash is kept, for an hour."""
    before = wrong_passwords()
    with pytest.raises(SignInRefused):
        sign_in("ruimte", "wrong", address="192.0.2.9")
    (mine,) = wrong_passwords().items() - before.items()
    assert "192.0.2.9" not in str(mine)
    with store.open_store(store.store_url(), clock=clock) as another:
        assert another.sign_ins.wrong_tries("ruimte", "192.0.2.9") == (1, clock.now_s)
        clock.now_s += 3601
        assert another.sign_ins.wrong_tries("ruimte", "192.0.2.9") == (0, 0.0)
        another.sign_ins.count_try("ruimte", "192.0.2.10", is_right=False)
    assert mine not in wrong_passwords().items()


def test_failed_try_is_logged_without_the_password(clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    for label in ("ruimte", "mijn eigen geheim"):
        with caplog.at_level("WARNING", "buurt"), pytest.raises(SignInRefused):
            sign_in(label, "geheim dat fout is", address="192.0.2.5")
    logged = [record.getMessage() for record in caplog.records]
    assert logged == ["sign-in refused: account ruimte", "sign-in refused: no such account"]


def test_another_password_ends_who_is_in(account: str) -> None:
    actor = Actor("planner", account=account)
    version = password_version(actor)
    assert is_active(actor, version)
    assert not is_active(Actor("administrator", account=account), version)
    context.get_store().accounts.set_password(account, "een ander lang geheim")
    assert not is_active(actor, version)
    assert is_active(actor, authentication.password_version(actor))
    context.get_store().accounts.delete(account)
    assert not is_active(actor, version)


# --- A code beside the password -------------------------------------------------------------------


@pytest.fixture
def guarded(clock: Clock) -> tuple[Actor, str]:
    """Return the actor of an account with a second factor, and the secret of its app."""
    accounts = context.get_store().accounts
    for one in accounts.list_all():
        if one.label == "welzijn":
            accounts.delete(one.id)
    actor = Actor("planner", account=accounts.create("welzijn", "planner", PASSWORD).id)
    secret = authentication.new_factor_secret()
    authentication.turn_on_second_factor(actor, secret, authenticator.code_at(secret, clock()), PASSWORD)
    clock.now_s += 600
    return actor, secret


def test_an_open_screen_is_not_enough_to_turn_it_on(account: str, clock: Clock) -> None:
    """The password is asked, and a wrong one makes wait as when signing in."""
    actor = Actor("planner", account=context.get_store().accounts.create("open", "planner", PASSWORD).id)
    secret = authentication.new_factor_secret()
    code, address = authenticator.code_at(secret, clock()), "192.0.2.24"
    for wrong in ("", "een ander lang geheim"):
        with pytest.raises(PasswordRefused):
            authentication.turn_on_second_factor(actor, secret, code, wrong, address=address)
        with pytest.raises(SignInTooSoon):
            sign_in("open", PASSWORD, address=address)
        clock.now_s += 4
    assert not context.get_store().second_factors.is_active(actor.account)
    code = authenticator.code_at(secret, clock())
    assert authentication.turn_on_second_factor(actor, secret, code, PASSWORD, address=address)
    context.get_store().accounts.delete(actor.account)


def pending(address: str = "192.0.2.20") -> PendingSignIn:
    found = sign_in("welzijn", PASSWORD, address=address)
    assert isinstance(found, PendingSignIn), "the password alone opens nothing"
    return found


def test_the_password_alone_opens_nothing(guarded: tuple[Actor, str], clock: Clock) -> None:
    actor, secret = guarded
    half = pending()
    assert finish_sign_in(half, authenticator.code_at(secret, clock()), address="192.0.2.20") == actor
    with pytest.raises(CodeRefused):
        finish_sign_in(half, authenticator.code_at(secret, clock()), address="192.0.2.20")


def test_wrong_codes_wait_as_wrong_passwords_do_and_the_password_does_not_wash_them_away(
    guarded: tuple[Actor, str], clock: Clock
) -> None:
    """By hand: one wrong password and two wrong codes are three, so the wait is four seconds."""
    address = "192.0.2.21"
    with pytest.raises(SignInRefused):
        sign_in("welzijn", "wrong", address=address)
    clock.now_s += 1
    for wait_s in (2, 4):
        half = pending(address)
        with pytest.raises(CodeRefused):
            finish_sign_in(half, "000 00", address=address)
        for tried in (partial(finish_sign_in, half, "0"), partial(sign_in, "welzijn", PASSWORD)):
            with pytest.raises(SignInTooSoon) as refused:
                tried(address=address)
            assert refused.value.facts["wait_s"] == wait_s
        clock.now_s += wait_s
    assert (
        finish_sign_in(pending(address), authenticator.code_at(guarded[1], clock()), address=address)
        == guarded[0]
    )
    check_delay("welzijn", address)


def test_who_takes_too_long_or_whose_password_changed_begins_anew(
    guarded: tuple[Actor, str], clock: Clock
) -> None:
    actor, secret = guarded
    late = pending("192.0.2.23")
    clock.now_s += authentication.PENDING_S
    with pytest.raises(SignInRefused):
        finish_sign_in(late, authenticator.code_at(secret, clock()), address="192.0.2.23")
    changed = pending("192.0.2.23")
    context.get_store().accounts.set_password(actor.account, "een ander lang geheim")
    with pytest.raises(SignInRefused):
        finish_sign_in(changed, authenticator.code_at(secret, clock()), address="192.0.2.23")


def test_it_is_turned_off_with_a_code_and_by_nobody_else(guarded: tuple[Actor, str], clock: Clock) -> None:
    actor, secret = guarded
    for _ in range(10):
        with pytest.raises(CodeRefused):
            authentication.turn_off_second_factor(actor, "000 00", address="192.0.2.22")
        clock.now_s += 60
    with pytest.raises(TooManyTries):
        authentication.turn_off_second_factor(actor, "000 00", address="192.0.2.22")
    clock.now_s += 3600
    authentication.turn_off_second_factor(actor, authenticator.code_at(secret, clock()), address="192.0.2.22")
    assert sign_in("welzijn", PASSWORD, address="192.0.2.22") == actor
    with pytest.raises(AccessDenied):
        authentication.turn_off_second_factor(actor, "0", address="192.0.2.22")


def test_who_signs_in_elsewhere_has_none_here() -> None:
    elsewhere = Actor("planner", account="oidc:0123")
    assert authentication.second_factor(elsewhere) is None
    with pytest.raises(AccessDenied):
        authentication.turn_on_second_factor(
            elsewhere, authentication.new_factor_secret(), "000000", PASSWORD
        )
