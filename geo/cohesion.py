"""Answers to scores: how people live together, per experienced and per official neighbourhood side by side.

A question about "your neighbourhood" is answered about the one the resident drew, which is often smaller
than the area the figures are published for. So every score is given for both.
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from geo.consensus import Z

LEAST_ANSWERS = 3
"""Of the four statements on living together."""

LEAST_PEOPLE = 10
"""Below this no score of an area is given."""


@dataclass(frozen=True)
class Question:
    """A question with a scale.

    Parameters
    ----------
    key
        Column in the table of answers.
    low, high
        Ends of the scale.
    reverse
        A high answer is bad for the neighbourhood.
    """

    key: str
    low: int
    high: int
    reverse: bool = False


COHESION = (
    Question("know_little", 1, 5, reverse=True),
    Question("get_along", 1, 5),
    Question("help", 1, 5),
    Question("at_home", 1, 5),
)
"""Four statements, from "agree not at all" to "agree fully"."""

CONDITIONS: dict[str, tuple[Question, ...]] = {
    "security": (Question("clean", 1, 10), Question("intact", 1, 10), Question("safe", 1, 10)),
    "inclusion": (Question("bonding", 0, 4), Question("bridging", 0, 4)),
    "cohesion": (*COHESION, Question("control", 1, 5)),
    "empowerment": (Question("influence", 1, 5),),
}
"""The four conditions of social quality and the questions that speak of them."""


def score(
    answers: ArrayLike, *, low: int = 1, high: int = 5, least: int = LEAST_ANSWERS
) -> NDArray[np.float64]:
    """Give each person's mean answer on a scale of 0 to 10.

    With answers of 1 to 5 this is (mean - 1) x 2.5. It is not the score of the Veiligheidsmonitor, which
    asks other statements; do not compare the two.

    Parameters
    ----------
    answers
        People x questions, reversed ones already turned; NaN where not answered.
    low, high
        Ends of the scale.
    least
        Answers a person must have given.

    Returns
    -------
    array of float64
        One a person; NaN with too few answers.

    Examples
    --------
    >>> score([[4, 4, 3, 5, 4], [4, 4, 5, np.nan, np.nan], [5, 5, np.nan, np.nan, np.nan]]).round(2).tolist()
    [7.5, 8.33, nan]
    """
    given = np.atleast_2d(np.asarray(answers, dtype=np.float64))
    number = (~np.isnan(given)).sum(axis=1)
    mean = np.nansum(given, axis=1) / np.maximum(number, 1)
    return np.where(number >= least, (mean - low) * 10 / (high - low), np.nan)


def cohesion(answers: pd.DataFrame) -> "pd.Series[float]":
    """Give each resident's score for living together, 0 to 10.

    Parameters
    ----------
    answers
        Index ``sketch_id``; the columns of :data:`COHESION`, 1 to 5, missing where not answered.

    Returns
    -------
    Series
        NaN where fewer than 3 of the 4 are answered.

    Examples
    --------
    "Know each other little" is turned: 2 becomes 4.

    >>> cohesion(pd.DataFrame({"know_little": [2], "get_along": [4], "help": [3], "at_home": [5]})).tolist()
    [7.5]
    """
    return pd.Series(score(_turned(answers, COHESION) * 4 + 1), index=answers.index, name="cohesion")


def conditions(answers: pd.DataFrame) -> pd.DataFrame:
    """Give each resident's score on the four conditions of social quality, 0 to 10.

    Every question is brought to 0 to 10 by the ends of its own scale. A condition needs at least half of its
    questions answered.

    Parameters
    ----------
    answers
        Index ``sketch_id``; columns of :data:`CONDITIONS`. A question that was not asked may be absent.

    Returns
    -------
    DataFrame
        Index as ``answers``; columns "security", "inclusion", "cohesion", "empowerment".
    """
    found = {}
    for name, questions in CONDITIONS.items():
        turned = _turned(answers, questions)
        found[name] = score(turned, low=0, high=1, least=-(-len(questions) // 2))
    return pd.DataFrame(found, index=answers.index)


def _turned(answers: pd.DataFrame, questions: tuple[Question, ...]) -> NDArray[np.float64]:
    """Bring every answer to 0 to 1, where 1 is good; people x questions."""
    columns = []
    for question in questions:
        if question.key in answers:
            given = answers[question.key].to_numpy(dtype=np.float64, na_value=np.nan)
        else:
            given = np.full(len(answers), np.nan)
        share = (given - question.low) / (question.high - question.low)
        columns.append(1 - share if question.reverse else share)
    return np.column_stack(columns)


def by_area(scores: "pd.Series[float]", area: "pd.Series[Any]", *, least: int = LEAST_PEOPLE) -> pd.DataFrame:
    """Give the mean score of each area, for areas with enough people.

    Parameters
    ----------
    scores
        Index ``sketch_id``, NaN where a resident has no score.
    area
        Index ``sketch_id``; the official area of each resident, or the experienced one (cluster).
    least
        People with a score that an area needs.

    Returns
    -------
    DataFrame
        Index ``area``; ``n`` people with a score, ``mean`` with ``low`` and ``high`` of its 95 % interval
        (missing below ``least``).

    Examples
    --------
    >>> found = by_area(pd.Series([6.0, 8.0] * 5 + [9.0]), pd.Series(["west"] * 10 + ["east"]))
    >>> found["mean"].to_dict(), found["n"].to_dict()
    ({'east': nan, 'west': 7.0}, {'east': 1, 'west': 10})
    """
    rows = {}
    for name, given in scores.groupby(area.reindex(scores.index), sort=True):
        n = int(given.notna().sum())
        if n < least:
            rows[name] = (n, math.nan, math.nan, math.nan)
            continue
        mean, half = float(given.mean()), Z * float(given.std(ddof=1)) / math.sqrt(n)
        rows[name] = (n, mean, max(mean - half, 0.0), min(mean + half, 10.0))
    found = pd.DataFrame.from_dict(rows, orient="index", columns=["n", "mean", "low", "high"])
    return found.rename_axis("area")
