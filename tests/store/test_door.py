"""What goes in at the door comes out of it: once, unaltered, and gone when it is withdrawn."""

from dataclasses import replace

import pytest
import shapely

import geo.errors as E
from geo.frames import SKETCHES
from store import Store
from tests.store.examples import PLACES, SIGNALS, contribution


def test_sent_twice_it_is_kept_once(bank: Store) -> None:
    """The same id twice: one drawing, the same receipt, the same code."""
    told = contribution()
    first, again = bank.submit(told, PLACES, SIGNALS), bank.submit(told, PLACES, SIGNALS)
    assert (first.id, first.code) == (again.id, again.code)
    assert (first.is_replay, again.is_replay) == (False, True)
    assert len(bank.sketches("demo")) == 1
    assert len(bank.places("demo")) == len(bank.signals("demo")) == 2


def test_it_comes_back_as_it_went_in(bank: Store) -> None:
    told = contribution(name="Über-Ⅳ ‘buurt’ 🌳")
    code = bank.submit(told, PLACES, SIGNALS).code
    assert code is not None
    found = bank.find(code, device="phone")
    assert replace(found.contribution, id=told.id) == replace(told, name="Über-IV ‘buurt’ 🌳")
    assert found.places == PLACES
    assert [(s.kind, s.words) for s in found.signals] == [(s.kind, s.words) for s in SIGNALS]
    table = SKETCHES.admit(bank.sketches("demo"))
    assert table.crs.to_epsg() == 28992
    assert shapely.equals_exact(table.geometry.iloc[0], told.geometry, tolerance=0)


def test_withdrawn_is_gone_and_a_late_retry_does_not_revive_it(bank: Store) -> None:
    told = contribution()
    code = bank.submit(told, PLACES, SIGNALS).code
    assert code is not None
    assert bank.withdraw(code.lower().replace("-", " "), device="phone").in_edition is None
    assert bank.sketches("demo").empty
    assert bank.places("demo").empty
    assert bank.signals("demo").empty
    with pytest.raises(E.ContributionWithdrawn):
        bank.submit(told)
    with pytest.raises(E.CodeUnknown):
        bank.find(code, device="phone")
