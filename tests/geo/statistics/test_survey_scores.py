"""Answers to scores."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.statistics import survey_scores

answer = st.one_of(st.integers(1, 5).map(float), st.just(math.nan))
FOUR = [question.key for question in survey_scores.COHESION]


def test_a_mean_of_four_is_seven_and_a_half() -> None:
    """4, 4, 3, 5, 4 after turning: mean 4, score 7.5."""
    assert survey_scores.scale_score([4, 4, 3, 5, 4]).tolist() == [7.5]


def test_the_reversed_statement_is_turned() -> None:
    """Agreeing fully that people know each other little is the worst answer."""
    answers = pd.DataFrame([[5, 1, 1, 1], [1, 5, 5, 5]], columns=FOUR)
    assert survey_scores.cohesion_score(answers).tolist() == [0, 10]


def test_three_of_four_are_enough_two_are_not() -> None:
    answers = pd.DataFrame([[np.nan, 4, 4, 4], [np.nan, np.nan, 4, 4]], columns=FOUR, index=["a", "b"])
    found = survey_scores.cohesion_score(answers)
    assert found["a"] == 7.5
    assert math.isnan(found["b"])


@given(st.lists(st.tuples(answer, answer, answer, answer), min_size=1, max_size=8))
def test_scores_stay_on_their_scale(rows) -> None:
    found = survey_scores.cohesion_score(pd.DataFrame(rows, columns=FOUR))
    answered = pd.DataFrame(rows).notna().sum(axis=1)
    assert found.isna().tolist() == (answered < 3).tolist()
    assert found.dropna().between(0, 10).all()


@given(st.tuples(answer, answer, answer, answer), st.integers(0, 3))
def test_a_better_answer_never_lowers_the_score(row, place) -> None:
    before = pd.DataFrame([row], columns=FOUR)
    after = before.copy()
    key, bad = FOUR[place], survey_scores.COHESION[place].reverse
    after[key] = np.clip(after[key] + (-1 if bad else 1), 1, 5)
    one, other = survey_scores.cohesion_score(before).iloc[0], survey_scores.cohesion_score(after).iloc[0]
    assert (math.isnan(one) and math.isnan(other)) or other >= one - 1e-9


def test_four_conditions_on_their_own_scales() -> None:
    """Marks of 10, contact 2 of 4, best answers but one, influence 3 of 5."""
    given_answers = pd.DataFrame(
        {
            "clean": [10],
            "intact": [10],
            "safe": [np.nan],
            "bonding": [2],
            "bridging": [2],
            "know_little": [1],
            "get_along": [5],
            "help": [5],
            "at_home": [5],
            "control": [1],
            "influence": [3],
        }
    )
    found = survey_scores.condition_scores(given_answers).iloc[0]
    assert found.to_dict() == {"security": 10, "inclusion": 5, "cohesion": 8, "empowerment": 5}


def test_a_condition_that_was_not_asked_is_missing() -> None:
    found = survey_scores.condition_scores(pd.DataFrame({"clean": [5.5], "intact": [5.5]}, index=["a"]))
    assert found["security"].tolist() == [5]
    assert found[["inclusion", "cohesion", "empowerment"]].isna().all(axis=None)


def test_text_from_a_form_with_gaps() -> None:
    """Columns with pandas' own missing value come out of a store."""
    answers = pd.DataFrame([[2, 4, 4, None]], columns=FOUR, dtype="Int64")
    assert survey_scores.cohesion_score(answers).tolist() == [7.5]


def test_nine_people_have_no_mean() -> None:
    scores = pd.Series([6.0, 8.0] * 5 + [9.0] * 9 + [np.nan], index=range(20))
    area = pd.Series(["west"] * 10 + ["east"] * 10, index=range(20))
    found = survey_scores.mean_score_by_area(scores, area)
    assert found["n"].to_dict() == {"east": 9, "west": 10}
    assert math.isnan(found.loc["east", "mean"])
    half = 2.262157 * np.std([6, 8] * 5, ddof=1) / np.sqrt(10)
    assert found.loc["west", ["mean", "low", "high"]].tolist() == pytest.approx([7, 7 - half, 7 + half])


def test_nobody_answered() -> None:
    nobody = pd.Series([], dtype=float)
    assert survey_scores.mean_score_by_area(nobody, pd.Series([], dtype=object)).empty
