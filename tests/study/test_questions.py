"""The question set is data, and every question of it can be asked and said."""

import pytest

import words
from geo.cohesion import COHESION, CONDITIONS
from study import questions


def test_order_is_the_one_of_the_method() -> None:
    """Name, reasons, certainty, living together, contact, control, marks, influence, classes, initiative."""
    assert questions.keys() == (
        "name", "reasons", "certainty", "know_little", "get_along", "help", "at_home", "bonding", "bridging",
        "control", "clean", "intact", "safe", "influence", "age", "years", "travel", "initiative", "signal",
    )  # fmt: skip


def test_no_screen_asks_more_than_five() -> None:
    for screen in questions.screens(questions.keys()):
        assert 1 <= len(screen.questions) <= questions.MOST_ON_A_SCREEN


def test_scales_are_those_of_the_scores() -> None:
    """A score is computed on the scale that was asked."""
    for scored in [*COHESION, *(q for condition in CONDITIONS.values() for q in condition)]:
        asked = questions.question(scored.key)
        assert (asked.low, asked.high) == (scored.low, scored.high)


def test_project_leaves_questions_out() -> None:
    left = questions.screens(("certainty", "age", "unknown"))
    assert [[q.key for q in screen.questions] for screen in left] == [["certainty"], ["age"]]
    assert questions.screens(()) == ()


def test_children_are_asked_nothing_to_write() -> None:
    asked = [q for screen in questions.screens(questions.keys(), children=True) for q in screen.questions]
    assert asked
    assert not [q.key for q in asked if q.kind in questions.FREE_TEXT]


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_every_question_has_words(language: str) -> None:
    said = words.of(language).section("questions")
    for key in questions.keys():  # noqa: SIM118  # a function of ours, no dict
        found = questions.question(key)
        if found.kind != "name":
            assert key in said
        for choice in found.choices:
            name = choice.replace("<", "under_").replace(">", "over_").replace("+", "_plus").replace("-", "_")
            assert f"{key}_{name}" in said


@pytest.mark.parametrize(
    ("key", "good", "bad"),
    [
        ("certainty", 1, 0),
        ("bonding", 0, 5),
        ("age", "80+", "81"),
        ("reasons", ("people", "green"), ("people", "people")),
        ("reasons", ("people",), ("people", "green", "edge", "name")),
        ("initiative", "Een moestuin", "  "),
    ],
)
def test_answers_that_fit_and_that_do_not(key: str, good: object, bad: object) -> None:
    assert questions.question(key).takes(good)
    assert not questions.question(key).takes(bad)
