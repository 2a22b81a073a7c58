"""Guess first: the known answer of five guesses, and what is told of few."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from study.workshop.guesses import GuessResult, summarise
from tests.support.laws import examples

PERCENT = st.integers(0, 20).map(lambda step: 5 * step)


def test_known_answer() -> None:
    """Guesses 10, 20, 60, 60 and 90 of 21: nearest is 20. Middle of a 20, off by 1; middle of b 60, off by 39."""
    found = summarise(21, [("a", 10), ("a", 20), ("a", 60), ("b", 60), ("b", 90), ("b", 60)])
    assert summarise(21, [("", one) for one in (10, 20, 60, 60, 90)]) == GuessResult(
        21, 5, (0, 1, 1, 0, 0, 0, 2, 0, 0, 1), (20,), ()
    )
    assert (found.nearest, found.tables) == ((20,), ("a",))


def test_few_guesses_tell_nothing_of_anybody() -> None:
    """Four guesses: no bins and no nearest. A table of two is not told; of three it is. 100 is in the last bin."""
    four = [("a", 20), ("a", 25), ("b", 90), ("", 100)]
    assert summarise(21, four) == GuessResult(21, 4, None, (), ())
    assert summarise(21, [*four[:3], ("a", 80)]).tables == ("a",)
    assert summarise(95, [*four, ("", 100)]).bins == (0, 0, 2, 0, 0, 0, 0, 0, 0, 3)
    assert summarise(95, [*four, ("", 100)]).nearest == (90, 100)


@examples(100)
@given(answer=st.integers(0, 100), guesses=st.lists(st.tuples(st.sampled_from(("", "a", "b")), PERCENT)))
def test_every_guess_is_in_one_bin_in_any_order(answer: int, guesses: list[tuple[str, int]]) -> None:
    found = summarise(answer, guesses)
    assert found.n == len(guesses)
    assert sum(found.bins or ()) == (found.n if found.n >= 5 else 0)
    again = summarise(answer, guesses[::-1])
    assert replace(again, tables=()) == replace(found, tables=())
    assert sorted(again.tables) == sorted(found.tables)
    for one in found.nearest:
        assert min(abs(percent - answer) for _, percent in guesses) == abs(one - answer)
