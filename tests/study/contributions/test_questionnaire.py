"""The question set is data, and every question of it can be asked and said."""

import pytest

import i18n
from geo.statistics.survey_scores import COHESION, CONDITIONS
from study.contributions import questionnaire


def test_order_is_the_one_of_the_method() -> None:
    """Name, reasons, certainty, living together, contact, control, marks, influence, classes, initiative."""
    assert questionnaire.question_keys() == (
        "name", "reasons", "certainty", "know_little", "get_along", "help", "at_home", "bonding", "bridging",
        "control", "clean", "intact", "safe", "influence", "age", "years", "travel", "initiative", "signal",
    )  # fmt: skip


def test_no_screen_asks_more_than_five() -> None:
    for screen in questionnaire.list_screens(questionnaire.question_keys()):
        assert 1 <= len(screen.questions) <= questionnaire.MAX_ON_A_SCREEN


def test_scales_are_those_of_the_scores() -> None:
    """A score is computed on the scale that was asked."""
    for scored in [*COHESION, *(q for condition in CONDITIONS.values() for q in condition)]:
        asked = questionnaire.get_question(scored.key)
        assert (asked.low, asked.high) == (scored.low, scored.high)


def test_project_leaves_questions_out() -> None:
    left = questionnaire.list_screens(("certainty", "age", "unknown"))
    assert [[q.key for q in screen.questions] for screen in left] == [["certainty"], ["age"]]
    assert questionnaire.list_screens(()) == ()


def test_children_have_questions_of_their_own() -> None:
    """None of the adults' questions, so that no answer of a child is ever added to those of adults; none to write."""
    asked = [
        q
        for screen in questionnaire.list_screens(questionnaire.question_keys(), children=True)
        for q in screen.questions
    ]
    assert [q.key for q in asked] == ["child_fun", "child_safe", "child_friends", "child_age"]
    assert not {q.key for q in asked} & set(questionnaire.question_keys())
    assert not [q.key for q in asked if q.kind in questionnaire.FREE_TEXT]
    assert questionnaire.list_screens((), children=True) == ()


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_every_question_has_words(language: str) -> None:
    said = i18n.get_translator(language).section("questions")
    own = [q.key for q in questionnaire.list_screens(("age",), children=True)[0].questions]
    for key in (*questionnaire.question_keys(), *own):
        found = questionnaire.get_question(key)
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
    assert questionnaire.get_question(key).accepts(good)
    assert not questionnaire.get_question(key).accepts(bad)
