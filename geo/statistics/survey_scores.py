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

from geo.intervals import t_quantile
from geo.privacy_limits import MIN_PEOPLE, MIN_SUBGROUP
from geo.statistics.shrinkage import shrink_means

MIN_ANSWERS = 3
"""Of the four statements on living together."""


@dataclass(frozen=True)
class ScaleQuestion:
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
    ScaleQuestion("know_little", 1, 5, reverse=True),
    ScaleQuestion("get_along", 1, 5),
    ScaleQuestion("help", 1, 5),
    ScaleQuestion("at_home", 1, 5),
)
"""Four statements, from "agree not at all" to "agree fully"."""

CONDITIONS: dict[str, tuple[ScaleQuestion, ...]] = {
    "security": (ScaleQuestion("clean", 1, 10), ScaleQuestion("intact", 1, 10), ScaleQuestion("safe", 1, 10)),
    "inclusion": (ScaleQuestion("bonding", 0, 4), ScaleQuestion("bridging", 0, 4)),
    "cohesion": (*COHESION, ScaleQuestion("control", 1, 5)),
    "empowerment": (ScaleQuestion("influence", 1, 5),),
}
"""The four conditions of social quality and the questions that speak of them."""


def scale_score(
    answers: ArrayLike, *, low: int = 1, high: int = 5, least: int = MIN_ANSWERS
) -> NDArray[np.float64]:
    """Return each person's mean answer on a scale of 0 to 10.

    With answers of 1 to 5 this is (mean - 1) x 2.5. It is not the score of the Veiligheidsmonitor, which uses
    other statements; do not compare the two.

    Parameters
    ----------
    answers
        People x questions, reversed ones already turned; NaN where not answered.
    low
        Lowest answer on the scale.
    high
        Highest answer on the scale.
    least
        Answers a person must have given.

    Returns
    -------
    array
        One number per person, 0 to 10; NaN with too few answers.

    Examples
    --------
    >>> scale_score([[4, 4, 3, 5, 4], [4, 4, 5, np.nan, np.nan], [5, 5, np.nan, np.nan, np.nan]]).round(2).tolist()
    [7.5, 8.33, nan]
    """
    given = np.atleast_2d(np.asarray(answers, dtype=np.float64))
    number = (~np.isnan(given)).sum(axis=1)
    mean = np.nansum(given, axis=1) / np.maximum(number, 1)
    return np.where(number >= least, (mean - low) * 10 / (high - low), np.nan)


def cohesion_score(answers: pd.DataFrame) -> "pd.Series[float]":
    """Return each resident's social cohesion score.

    Parameters
    ----------
    answers
        Index ``sketch_id``; the columns of :data:`COHESION`, 1 to 5, missing where not answered.

    Returns
    -------
    Series
        From 0 to 10; NaN where fewer than 3 of the 4 are answered.

    Examples
    --------
    "Know each other little" is turned: 2 becomes 4.

    >>> cohesion_score(pd.DataFrame({"know_little": [2], "get_along": [4], "help": [3], "at_home": [5]})).tolist()
    [7.5]
    """
    return pd.Series(scale_score(_turned(answers, COHESION) * 4 + 1), index=answers.index, name="cohesion")


def condition_scores(answers: pd.DataFrame) -> pd.DataFrame:
    """Return each resident's score on the four conditions of social quality.

    Every question is rescaled to 0 to 10 by the ends of its own scale. A condition needs at least half of its
    questions answered.

    Parameters
    ----------
    answers
        Index ``sketch_id``; columns of :data:`CONDITIONS`. A question that was not asked may be absent.

    Returns
    -------
    DataFrame
        Index as ``answers``; columns "security", "inclusion", "cohesion", "empowerment", from 0 to 10; NaN
        with too few answers.
    """
    found = {}
    for name, questions in CONDITIONS.items():
        turned = _turned(answers, questions)
        found[name] = scale_score(turned, low=0, high=1, least=-(-len(questions) // 2))
    return pd.DataFrame(found, index=answers.index)


def _turned(answers: pd.DataFrame, questions: tuple[ScaleQuestion, ...]) -> NDArray[np.float64]:
    """Return every answer on a scale of 0 to 1, where 1 is good; people x questions."""
    columns = []
    for question in questions:
        if question.key in answers:
            given = answers[question.key].to_numpy(dtype=np.float64, na_value=np.nan)
        else:
            given = np.full(len(answers), np.nan)
        share = (given - question.low) / (question.high - question.low)
        columns.append(1 - share if question.reverse else share)
    return np.column_stack(columns)


def mean_score_by_area(
    scores: "pd.Series[float]", area: "pd.Series[Any]", *, least: int = MIN_SUBGROUP
) -> pd.DataFrame:
    """Return the mean score of each area, for areas with enough people.

    Parameters
    ----------
    scores
        Index ``sketch_id``, NaN where a resident has no score.
    area
        Index ``sketch_id``; the official area of each resident, or the experienced one (cluster).
    least
        Number of people with a score that an area needs.

    Returns
    -------
    DataFrame
        Index ``area``; ``n`` people with a score, ``mean`` with ``low`` and ``high`` of its 95 % interval
        (Student's t), from 0 to 10 (NaN below ``least``). ``shrunk`` with ``shrunk_low`` and ``shrunk_high``,
        and ``own``: the mean drawn towards that of all areas, and how much of it is the area's own, from five
        people on (NaN below, and where only one area has five); see `geo.statistics.shrinkage`.

    Examples
    --------
    >>> found = mean_score_by_area(pd.Series([6.0, 8.0] * 5 + [9.0]), pd.Series(["west"] * 10 + ["east"]))
    >>> found["mean"].to_dict(), found["n"].to_dict()
    ({'east': nan, 'west': 7.0}, {'east': 1, 'west': 10})
    """
    rows, spread = {}, {}
    for name, given in scores.groupby(area.reindex(scores.index), sort=True):
        n = int(given.notna().sum())
        if n >= MIN_PEOPLE:
            spread[name] = (n, float(given.mean()), float(given.var(ddof=1)))
        if n < least:
            rows[name] = (n, math.nan, math.nan, math.nan)
            continue
        mean, half = float(given.mean()), t_quantile(n - 1) * float(given.std(ddof=1)) / math.sqrt(n)
        rows[name] = (n, mean, max(mean - half, 0.0), min(mean + half, 10.0))
    found = pd.DataFrame.from_dict(rows, orient="index", columns=["n", "mean", "low", "high"])
    shrunk = pd.DataFrame(columns=["mean", "own", "low", "high"], dtype=np.float64)
    if len(spread) > 1:
        shrunk = shrink_means(*zip(*spread.values(), strict=True)).set_axis(list(spread))
        shrunk[["low", "high"]] = shrunk[["low", "high"]].clip(0.0, 10.0)
    names = {"mean": "shrunk", "low": "shrunk_low", "high": "shrunk_high"}
    return found.join(shrunk.rename(columns=names)).rename_axis("area")
