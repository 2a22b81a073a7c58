"""How people live together, per experienced and per official area side by side, and what they propose."""

from functools import lru_cache
from typing import Any

import pandas as pd

from geo import clusters, cohesion
from store import Actor, SignalStatus
from study import comparison, neighbourhoods
from study.comparison import THEMES
from study.homes import homes
from study.projects import Study, drawn, opened

__all__ = [
    "MARKS",
    "SCORES",
    "THEMES",
    "SignalStatus",
    "by_area",
    "by_neighbourhood",
    "one_score",
    "scores",
    "set_status",
    "side_by_side",
    "signals",
]

SCORES = (
    "living_together", "clean", "intact", "safe", "bonding", "bridging", "security", "inclusion", "cohesion",
    "empowerment",
)  # fmt: skip
"""Living together (0 to 10), marks for clean, intact and safe (1 to 10), contact with people alike and
different (0 to 4), and the four conditions of social quality (0 to 10)."""

MARKS = ("clean", "intact", "safe", "bonding", "bridging")


@lru_cache(maxsize=16)
def scores(study: Study) -> pd.DataFrame:
    """Give every resident's scores: index sketch_id, columns `SCORES`, missing where not answered."""
    answers = pd.DataFrame(list(drawn(study)["answers"]), index=drawn(study).index)
    asked = {question.key for questions in cohesion.CONDITIONS.values() for question in questions}
    numbers = answers.reindex(columns=sorted(asked)).apply(pd.to_numeric, errors="coerce")
    made = cohesion.conditions(numbers)
    made["living_together"] = cohesion.cohesion(numbers)
    made[list(MARKS)] = numbers[list(MARKS)]
    return made[list(SCORES)]


@lru_cache(maxsize=32)
def by_area(study: Study, division: str) -> pd.DataFrame:
    """Give the mean scores of each official area for those who live there.

    Returns
    -------
    DataFrame
        Index (area, score): ``n`` who answered, ``mean``, ``low`` and ``high`` of its 95 % interval, missing
        below ten.
    """
    return _means(study, homes(study, division)["code"])


@lru_cache(maxsize=32)
def by_neighbourhood(study: Study, cut: float = clusters.CUT) -> pd.DataFrame:
    """Give the mean scores of each experienced neighbourhood; as `by_area`, index (cluster, score)."""
    return _means(study, comparison.membership(study, cut))


def side_by_side(study: Study, division: str, score: str, cut: float = clusters.CUT) -> pd.DataFrame:
    """Set the score of each experienced neighbourhood beside that of the area its core resembles most.

    Returns
    -------
    DataFrame
        Index cluster; ``names``, ``n``, ``mean``, ``low``, ``high`` of the experienced neighbourhood;
        ``official``, ``official_n``, ``official_mean``, ``official_low``, ``official_high``. Means are missing
        below ten.
    """
    table = neighbourhoods.table(study, division, cut)
    mine = one_score(by_neighbourhood(study, cut), score).reindex(table.index)
    theirs = one_score(by_area(study, division), score).reindex(table["code"]).set_axis(table.index)
    return pd.concat(
        [table[["names"]], mine, table["official"], theirs.add_prefix("official_")], axis="columns"
    ).rename_axis("cluster")


def signals(study: Study) -> pd.DataFrame:
    """Give the signals and initiatives of the drawings looked at, and those written down for a room.

    Returns
    -------
    DataFrame
        Index signal_id: ``kind``, ``theme``, ``words``, ``status``, ``session``. New ones first.
    """
    found = opened().signals(study.project)
    mine = found["sketch_id"].isin(drawn(study).index) | (found["sketch_id"] == "")
    table = found[mine].drop(columns="sketch_id")
    return table.sort_values(
        ["status", "kind", "theme"], key=lambda c: c.replace("new", "") if c.name == "status" else c
    )


def set_status(signal: str, status: SignalStatus, *, by: Actor) -> None:
    """Say what becomes of a signal.

    Raises
    ------
    AccessDenied, UnknownSubject
    """
    opened().set_signal_status(signal, status, by=by)


def _means(study: Study, area: "pd.Series[Any]") -> pd.DataFrame:
    made = {score: cohesion.by_area(column.dropna(), area) for score, column in scores(study).items()}
    return pd.concat(made, names=["score"]).swaplevel().rename_axis(["area", "score"])


def one_score(means: pd.DataFrame, score: str) -> pd.DataFrame:
    """Give the means of one score: index area; empty when nobody answered."""
    if score not in means.index.get_level_values("score"):
        return pd.DataFrame(columns=["n", "mean", "low", "high"])
    return pd.DataFrame(means.xs(score, level="score"))
