"""The audit log in both engines: of staff who signed in the moment, of everybody else the day."""

from datetime import UTC, datetime

import pytest

from geo import errors as E
from store import Actor, AuditResult, Store
from tests.support.store_factories import NOON_S, TODAY, Clock

WORDS = "een lange zin als wachtwoord"


def test_of_staff_the_moment_and_of_others_the_day(private_store: Store, clock: Clock) -> None:
    """By hand: noon of 4 May 2026 and 12.6 seconds, to the second."""
    clock.now_s = NOON_S + 12.6
    accounts = private_store.accounts
    accounts.append_audit(Actor("planner", account="a", origin="3fa1b2c4"), "publish an edition", n=3)
    accounts.append_audit(Actor("facilitator", session="s"), "open a workshop")
    accounts.append_audit(Actor("planner", account="demo"), "look at single drawings", result="refused")
    rows = accounts.list_audit()
    assert [(row.moment, row.origin, row.result) for row in rows] == [
        (datetime(2026, 5, 4, 12, 0, 12, tzinfo=UTC), "3fa1b2c4", "done"),
        (None, "", "done"),
        (None, "", "refused"),
    ]
    assert {row.day for row in rows} == {TODAY}


def test_a_wrong_password_of_an_account_is_in_it_and_a_guessed_name_is_not(private_store: Store) -> None:
    made = private_store.accounts.create("planner-wonen", "planner", WORDS)
    for label, password in (("planner-wonen", "een andere zin"), ("nobody", WORDS)):
        with pytest.raises(E.SignInRefused):
            private_store.accounts.authenticate(label, password, device="laptop", origin="3fa1b2c4")
    private_store.accounts.authenticate("planner-wonen", WORDS, device="laptop", origin="3fa1b2c4")
    rows = private_store.accounts.list_audit()
    assert [(row.account, row.action, row.result, row.origin) for row in rows] == [
        (made.id, "sign in", "refused", "3fa1b2c4"),
        (made.id, "sign in", "done", "3fa1b2c4"),
    ]


def test_a_pseudonym_is_the_same_in_one_store_and_no_address(private_store: Store) -> None:
    found = {private_store.accounts.pseudonym_of("192.0.2.7") for _ in range(2)}
    assert len(found) == 1
    assert found.isdisjoint({private_store.accounts.pseudonym_of("192.0.2.8"), "192.0.2.7"})
    assert all(len(one) == 8 for one in found)


@pytest.mark.parametrize("result", ["done", "refused"])
def test_once_a_day_is_once_a_day_and_result(private_store: Store, clock: Clock, result: AuditResult) -> None:
    by = Actor("planner", account="a", origin="3fa1b2c4")
    for _ in range(2):
        private_store.accounts.append_audit(by, "read the log", once_a_day=True)
        private_store.accounts.append_audit(by, "read the log", once_a_day=True, result=result)
    n_kinds = len({"done", result})
    assert len(private_store.accounts.list_audit()) == n_kinds
    clock.now_s += 86_400
    private_store.accounts.append_audit(by, "read the log", once_a_day=True)
    assert len(private_store.accounts.list_audit()) == n_kinds + 1
