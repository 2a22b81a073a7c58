"""Numbers that leave the house cannot be undone."""

from collections import defaultdict

import pytest

from geo.release.rounding import (
    is_open_ended,
    rounded_mean,
    rounded_people,
    rounded_share,
    share_word,
)


def rounded(count, n):
    return int(rounded_people(n)), rounded_share(count, n), share_word(count, n) if n < 20 else None


def test_no_count_can_be_worked_out():
    """Every publication fits at least two counts, so no count follows (T8)."""
    fits = defaultdict(set)
    for n in range(5, 131):
        for count in range(n + 1):
            fits[rounded(count, n)].add(count)
    for n in range(5, 121):
        for count in range(n + 1):
            assert len(fits[rounded(count, n)]) >= 2, (count, n)


def test_no_number_of_people_can_be_worked_out():
    """Every publication fits at least two numbers of people."""
    fits = defaultdict(set)
    for n in range(5, 131):
        for count in range(n + 1):
            fits[rounded(count, n)].add(n)
    assert min(len(fits[rounded(count, n)]) for n in range(5, 121) for count in range(n + 1)) >= 2


@pytest.mark.parametrize("n", [20, 33, 49, 50, 77, 1000])
def test_no_share_says_nobody_or_everybody(n):
    """Nought and all are stated as less than the first step and more than the last."""
    shares = [rounded_share(count, n) for count in range(n + 1)]
    assert shares == sorted(shares)
    assert 0 < shares[0] < shares[-1] < 1
    assert is_open_ended(shares[0], n)
    assert is_open_ended(shares[-1], n)


@pytest.mark.parametrize(
    ("count", "n", "share"),
    [
        (2, 20, 0.1),
        (1, 20, 0.05),
        (3, 20, 0.2),
        (18, 20, 0.9),
        (19, 20, 0.95),
        (5, 100, 0.05),
        (4, 100, 0.025),
    ],
)
def test_shares_by_hand(count, n, share):
    """10 % of 20 is the first step, 5 % less than it, 15 % goes up to 20 %; of a hundred in steps of five."""
    assert rounded_share(count, n) == share


def test_people_to_the_nearest_five():
    """2 of 5 up, 2 of 5 down; nobody is nobody, and no group is stated as nought."""
    assert rounded_people([0, 1, 5, 7, 8, 17, 18, 22, 23]).tolist() == [0, 5, 5, 5, 10, 15, 20, 20, 25]


def test_words_only_with_five_people_on_both_sides():
    """Of nine people there are never five on both sides; of ten only half and half."""
    assert {share_word(count, 9) for count in range(10)} == {None}
    assert {count: word for count in range(11) if (word := share_word(count, 10))} == {5: "half"}


def test_means_of_few_answers_are_coarser():
    """7.74 of 19 answers is 7.5, of 20 it is 7.7."""
    assert (rounded_mean(7.74, 19), rounded_mean(7.74, 20)) == (7.5, 7.7)
