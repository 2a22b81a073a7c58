"""Second factors in both engines: a code counts once, a phone's clock may be off a little, guessing ends."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from geo import errors as E
from store import Actor, Store, authenticator
from store.second_factors import N_RECOVERY_CODES
from tests.support.store_factories import Clock

WORDS = "een lange zin als wachtwoord"
STEP_S = authenticator.STEP_S


@pytest.fixture
def secret() -> str:
    return authenticator.new_secret()


@pytest.fixture
def actor(private_store: Store) -> Actor:
    return Actor("planner", account=private_store.accounts.create("planner-wonen", "planner", WORDS).id)


def test_a_code_counts_once_and_only_around_its_moment(
    private_store: Store, clock: Clock, secret: str, actor: Actor
) -> None:
    """By hand: the code of enrolment is used; the next one opens once; a phone one step ahead or behind is let in."""
    factors = private_store.second_factors
    with pytest.raises(E.CodeRefused):
        factors.activate(
            actor, secret, "000000" if authenticator.code_at(secret, clock()) != "000000" else "1"
        )
    assert not factors.is_active(actor.account)
    first = authenticator.code_at(secret, clock())
    factors.activate(actor, secret, f" {first[:3]} {first[3:]} ")
    assert factors.is_active(actor.account)
    assert factors.list_accounts() == {actor.account}
    with pytest.raises(E.CodeRefused):
        factors.redeem(actor, first)
    clock.now_s += 10 * STEP_S
    ahead, now, behind = (authenticator.code_at(secret, clock() + by * STEP_S) for by in (2, 0, -2))
    for wrong in (ahead, behind, "", "abcdef", "٣٣٣٣٣٣"):
        with pytest.raises(E.CodeRefused):
            factors.redeem(actor, wrong)
    factors.redeem(actor, now)
    with pytest.raises(E.CodeRefused):
        factors.redeem(actor, now)
    with pytest.raises(E.CodeRefused):  # once a later step counted, an earlier one is past
        factors.redeem(actor, authenticator.code_at(secret, clock() - STEP_S))
    factors.redeem(actor, authenticator.code_at(secret, clock() + STEP_S))


def test_of_two_who_send_one_code_at_once_one_is_in(
    private_store: Store, clock: Clock, secret: str, actor: Actor
) -> None:
    private_store.second_factors.activate(actor, secret, authenticator.code_at(secret, clock()))
    clock.now_s += 10 * STEP_S
    code = authenticator.code_at(secret, clock())

    def is_in(_: int) -> bool:
        try:
            private_store.second_factors.redeem(actor, code)
        except E.CodeRefused:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(is_in, range(4))) == [False, False, False, True]


def test_a_recovery_code_counts_once_and_is_stored_as_a_hash(
    private_store: Store, clock: Clock, secret: str, actor: Actor
) -> None:
    codes = private_store.second_factors.activate(actor, secret, authenticator.code_at(secret, clock()))
    assert len(set(codes)) == N_RECOVERY_CODES
    with private_store.second_factors._engine.read() as tx:
        stored = {row[0] for row in tx.query("SELECT code_hash FROM recovery_code")}
    assert len(stored) == N_RECOVERY_CODES
    assert not any(code in one or code.replace("-", "") in one for code in codes for one in stored)
    private_store.second_factors.redeem(actor, codes[0].lower().replace("-", " "))
    assert private_store.second_factors.count_recovery_codes(actor.account) == N_RECOVERY_CODES - 1
    with pytest.raises(E.CodeRefused):
        private_store.second_factors.redeem(actor, codes[0])
    other = private_store.accounts.create("planner-zuid", "planner", WORDS).id
    with pytest.raises(E.CodeRefused):
        private_store.second_factors.redeem(Actor("planner", account=other), codes[1])


def test_guessing_codes_ends_after_ten_from_wherever(
    private_store: Store, clock: Clock, secret: str, actor: Actor
) -> None:
    """An hour later the owner is in, and right codes use nothing up."""
    codes = private_store.second_factors.activate(actor, secret, authenticator.code_at(secret, clock()))
    for code in codes:
        private_store.second_factors.redeem(actor, code)
    for _ in range(10):
        with pytest.raises(E.CodeRefused):
            private_store.second_factors.redeem(actor, "nonsense")
    clock.now_s += 60
    with pytest.raises(E.TooManyTries):
        private_store.second_factors.redeem(actor, authenticator.code_at(secret, clock()))
    clock.now_s += 3600
    private_store.second_factors.redeem(actor, authenticator.code_at(secret, clock()))


def test_what_was_signed_in_with_changes_and_goes_with_the_account(
    private_store: Store, clock: Clock, secret: str, actor: Actor
) -> None:
    accounts, factors = private_store.accounts, private_store.second_factors
    before = accounts.password_version(actor.account)
    factors.activate(actor, secret, authenticator.code_at(secret, clock()))
    assert accounts.password_version(actor.account) != before
    with pytest.raises(E.InputRefused):
        factors.activate(actor, secret, authenticator.code_at(secret, clock()))
    factors.remove(actor.account, by=Actor("administrator", account="a"), action="reset a second factor")
    assert accounts.password_version(actor.account) == before
    assert factors.count_recovery_codes(actor.account) == 0
    with pytest.raises(E.UnknownSubject):
        factors.remove(actor.account, by=actor, action="reset a second factor")
    factors.activate(actor, secret, authenticator.code_at(secret, clock()))
    accounts.delete(actor.account)
    assert factors.list_accounts() == set()
    assert factors.count_recovery_codes(actor.account) == 0
    with pytest.raises(E.UnknownSubject):
        factors.activate(actor, secret, authenticator.code_at(secret, clock()))
    assert [row.action for row in accounts.list_audit()] == [
        "turn on a second factor",
        "reset a second factor",
        "turn on a second factor",
    ]


def test_half_a_sign_in_is_not_in_the_log_and_refunds_nothing(
    private_store: Store, clock: Clock, secret: str, actor: Actor
) -> None:
    private_store.second_factors.activate(actor, secret, authenticator.code_at(secret, clock()))
    for _ in range(10):
        assert private_store.accounts.authenticate("planner-wonen", WORDS, device="laptop") == actor
    assert "sign in" not in [row.action for row in private_store.accounts.list_audit()]
    with pytest.raises(E.TooManyTries):
        private_store.accounts.authenticate("planner-wonen", WORDS, device="laptop")
    private_store.accounts.record_sign_in(actor, device="laptop")
    assert [row.action for row in private_store.accounts.list_audit()][-1] == "sign in"
    assert private_store.accounts.authenticate("planner-wonen", WORDS, device="laptop") == actor
