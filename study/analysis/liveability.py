"""How people live together, per experienced and per official area side by side, and what they propose."""

from typing import Any

import pandas as pd

from geo.consensus import clustering
from geo.release.words import is_marked
from geo.statistics import survey_scores
from store import Actor, SignalStatus
from study.analysis import comparison, neighbourhoods
from study.analysis.comparison import THEMES
from study.analysis.home_areas import home_area_of_sketch
from study.answer_cache import cached_answer
from study.context import Study, get_store, read_sketches

__all__ = [
    "MARKS",
    "SCORES",
    "THEMES",
    "SignalStatus",
    "list_signals",
    "release_words",
    "released_signals",
    "resident_scores",
    "scores_by_area",
    "scores_by_neighbourhood",
    "scores_side_by_side",
    "select_score",
    "set_signal_status",
]

SCORES = (
    "living_together", "clean", "intact", "safe", "bonding", "bridging", "security", "inclusion", "cohesion",
    "empowerment",
)  # fmt: skip
"""Living together (0 to 10), marks for clean, intact and safe (1 to 10), contact with people alike and
different (0 to 4), and the four conditions of social quality (0 to 10)."""

MARKS = ("clean", "intact", "safe", "bonding", "bridging")


@cached_answer
def resident_scores(study: Study) -> pd.DataFrame:
    """Return every resident's scores: index sketch_id, columns `SCORES`, missing where not answered."""
    answers = pd.DataFrame(list(read_sketches(study)["answers"]), index=read_sketches(study).index)
    asked = {question.key for questions in survey_scores.CONDITIONS.values() for question in questions}
    numbers = answers.reindex(columns=sorted(asked)).apply(pd.to_numeric, errors="coerce")
    made = survey_scores.condition_scores(numbers)
    made["living_together"] = survey_scores.cohesion_score(numbers)
    made[list(MARKS)] = numbers[list(MARKS)]
    return made[list(SCORES)]


@cached_answer
def scores_by_area(study: Study, division: str) -> pd.DataFrame:
    """Return the mean scores of each official area for those who live there.

    Returns
    -------
    DataFrame
        Index (area, score): ``n`` who answered, ``mean``, ``low`` and ``high`` of its 95 % interval, missing
        below ten.
    """
    return _means(study, home_area_of_sketch(study, division)["code"])


@cached_answer
def scores_by_neighbourhood(study: Study, cut: float = clustering.CUT) -> pd.DataFrame:
    """Return the mean scores of each experienced neighbourhood; as `by_area`, index (cluster, score)."""
    return _means(study, comparison.cluster_of_sketch(study, cut))


def scores_side_by_side(study: Study, division: str, score: str, cut: float = clustering.CUT) -> pd.DataFrame:
    """Set the score of each experienced neighbourhood beside that of the area its core resembles most.

    Returns
    -------
    DataFrame
        Index cluster; ``names``, ``n``, ``mean``, ``low``, ``high`` of the experienced neighbourhood;
        ``official``, ``official_n``, ``official_mean``, ``official_low``, ``official_high``. Means are missing
        below ten. ``shrunk``, ``own``, ``shrunk_low``, ``shrunk_high`` (and with ``official_``): drawn towards
        the mean of all, from five on; see `geo.statistics.survey_scores.mean_score_by_area`.
    """
    table = neighbourhoods.neighbourhood_table(study, division, cut)
    mine = select_score(scores_by_neighbourhood(study, cut), score).reindex(table.index)
    theirs = select_score(scores_by_area(study, division), score).reindex(table["code"]).set_axis(table.index)
    return pd.concat(
        [table[["names"]], mine, table["official"], theirs.add_prefix("official_")], axis="columns"
    ).rename_axis("cluster")


def list_signals(study: Study) -> pd.DataFrame:
    """Return the signals and initiatives of the drawings looked at, and those written down for a room.

    Returns
    -------
    DataFrame
        Index signal_id: ``kind``, ``theme``, ``words``, ``status``, ``session``; ``is_released``: somebody read
        the words and let them go; ``is_marked``: they may hold an address or a name. New ones first.
    """
    found = get_store().contributions.read_signals(study.project)
    mine = found["sketch_id"].isin(read_sketches(study).index) | (found["sketch_id"] == "")
    table = found[mine].drop(columns="sketch_id")
    released = get_store().moderation.released_words(study.project)
    table["is_released"] = [str(key) in released for key in table.index]
    table["is_marked"] = [is_marked(str(words)) for words in table["words"]]
    return table.sort_values(
        ["status", "kind", "theme"], key=lambda c: c.replace("new", "") if c.name == "status" else c
    )


def released_signals(study: Study) -> pd.DataFrame:
    """Return the signals and initiatives whose words somebody read and let go; as `list_signals`."""
    found = list_signals(study)
    return found[found["is_released"].to_numpy(dtype=bool)]


def set_signal_status(signal: str, status: SignalStatus, *, was: SignalStatus, by: Actor) -> None:
    """Set the status of a signal, as seen by who saw that it `was` something else.

    Raises
    ------
    AccessDenied, UnknownSubject, DecidedMeanwhile
    """
    get_store().sessions.set_signal_status(signal, status, was=was, by=by)


def release_words(signal: str, *, released: bool, by: Actor) -> None:
    """Release the words of a signal for lists and screens, or hold them back; it is logged.

    Raises
    ------
    AccessDenied, UnknownSubject
    """
    get_store().moderation.release_words(signal, released=released, by=by)


def _means(study: Study, area: "pd.Series[Any]") -> pd.DataFrame:
    made = {
        score: survey_scores.mean_score_by_area(column.dropna(), area)
        for score, column in resident_scores(study).items()
    }
    return pd.concat(made, names=["score"]).swaplevel().rename_axis(["area", "score"])


def select_score(means: pd.DataFrame, score: str) -> pd.DataFrame:
    """Return the means of one score: index area; empty when nobody answered."""
    if score not in means.index.get_level_values("score"):
        return pd.DataFrame(
            columns=["n", "mean", "low", "high", "shrunk", "own", "shrunk_low", "shrunk_high"]
        )
    return pd.DataFrame(means.xs(score, level="score"))
