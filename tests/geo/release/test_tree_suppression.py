"""Suppression over a tree, against an attacker with a linear programme."""

import numpy as np
import pandas as pd
import pytest

from geo.release.tree_suppression import suppress_tree
from tests.disclosure.attackers import bounds_of_hidden
from tests.support.laws import seeds


def town(seed):
    """Five wijken of four buurten, with skew numbers of drawers, mean 9."""
    chance = np.random.default_rng(seed)
    buurten = {
        f"W{w}B{b}": int(chance.negative_binomial(1.2, 1.2 / 10.2)) for w in range(5) for b in range(4)
    }
    wijken = {f"W{w}": sum(buurten[f"W{w}B{b}"] for b in range(4)) for w in range(5)}
    return pd.Series({**wijken, **buurten}), {key: key[:2] for key in buurten}


@pytest.mark.parametrize("seed", seeds(15, 400))
def test_a_linear_programme_finds_no_hidden_number(seed):
    """T9: no hidden buurt or wijk exactly, none in an interval narrower than four steps."""
    people, parents = town(seed)
    shown = suppress_tree(people, parents)
    assert not shown[(people > 0) & (people < 5)].any()
    assert shown[people == 0].all()
    for key, (low, high) in bounds_of_hidden(people, parents, shown).items():
        assert high - low >= 4 - 1e-6, (key, low, high)


def test_the_attacker_finds_what_one_table_at_a_time_leaves():
    """The same attacker is right about towns where only numbers below five are hidden."""
    exact = 0
    for seed in range(20):
        people, parents = town(seed)
        shown = (people == 0) | (people >= 5)
        found = bounds_of_hidden(people, parents, shown)
        exact += sum(high - low < 1e-6 for low, high in found.values())
    assert exact > 20


def test_two_hidden_buurten_need_room():
    """1 + 4 = 5 people in two hidden buurten leaves each 1 to 4; with the next one it is 1 to 14."""
    people = pd.Series({"W": 40, "A": 1, "B": 4, "C": 10, "D": 25})
    shown = suppress_tree(people, dict.fromkeys("ABCD", "W"))
    assert shown.to_dict() == {"W": True, "A": False, "B": False, "C": False, "D": True}


def test_a_hidden_wijk_has_a_hidden_buurt():
    """W1 is hidden by the ledger; were its buurten both shown, they would add up to it."""
    people = pd.Series({"W1": 30, "A": 12, "B": 18, "W2": 50, "C": 20, "D": 30})
    parents = {"A": "W1", "B": "W1", "C": "W2", "D": "W2"}
    shown = suppress_tree(people, parents, hidden={"W1"})
    assert not shown["A"]
    assert not shown["B"] or not shown[["C", "D"]].all()
    assert all(high - low >= 4 for low, high in bounds_of_hidden(people, parents, shown).values())


def test_nothing_is_hidden_where_everybody_is_many():
    """All at least five: the whole tree stays."""
    people = pd.Series({"W": 20, "A": 9, "B": 11, "Z": 0})
    assert suppress_tree(people, {"A": "W", "B": "W"}).all()


def test_one_wijk_of_few_parts_goes_itself():
    """W = A + B with A = 2: B is hidden too; 2 + 3 = 5 is too little room, so W goes, and V with it."""
    people = pd.Series({"W": 5, "A": 2, "B": 3, "V": 12, "C": 12, "U": 30, "D": 30})
    shown = suppress_tree(people, {"A": "W", "B": "W", "C": "V", "D": "U"})
    assert not shown[["W", "A", "B"]].any()
    assert shown["U"]
    assert all(
        high - low >= 4
        for low, high in bounds_of_hidden(people, {"A": "W", "B": "W", "C": "V", "D": "U"}, shown).values()
    )
