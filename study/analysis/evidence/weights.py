"""Weights that make the drawers of a study resemble its inhabitants, by age and by where they live."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from geo.consensus.agreement import effective_n
from geo.statistics.weighting import join_small_classes, rake
from study.analysis import comparison, overview
from study.analysis.home_areas import home_area_of_sketch
from study.answer_cache import cached_answer
from study.context import Study, read_sketches

MIN_WEIGHED = 10
"""Drawers of a known class below whom nothing is weighed."""

HOME_DIVISION = "buurt"
"""Official areas by which homes are weighed."""

UNKNOWN = ""
"""Class of those who did not say, or of whom no home is known: together they keep the part they have."""


@dataclass(frozen=True, eq=False)
class DrawerWeights:
    """A weight for every drawer.

    Attributes
    ----------
    weights
        By sketch_id; 1 on average, from a fifth to five.
    classes
        Index (by, key): ``by`` is "age" or "area", ``key`` the classes that are joined, with "+" between them,
        or "" for unknown. ``n``: drawers, ``share``: their part, ``weighted``: their part by weight,
        ``inhabitants``: the part they should have.
    n, n_age, n_home
        Drawers, those who told their age, those of whom a home is known.
    effective_n
        How many equal drawers the weighted ones are worth.
    """

    weights: "pd.Series[float]"
    classes: pd.DataFrame
    n: int
    n_age: int
    n_home: int
    effective_n: float


@cached_answer
def drawer_weights(study: Study) -> DrawerWeights | None:
    """Return the weights by age and by buurt; None without figures, or where hardly anything is known of drawers.

    Ages that too few told are joined with the next class, and so are buurten, in the order of their codes, which
    keeps those of one wijk together. Buurten where nobody drew have nobody to speak for them and do not count.
    A home that is guessed from a drawing does not count as known.
    """
    drawn = read_sketches(study)
    margins = {"age": _ages(study), "area": _homes(study)}
    kept = {by: found for by, found in margins.items() if found is not None}
    if not kept:
        return None
    classes = pd.DataFrame({by: of_drawer for by, (of_drawer, _) in kept.items()})
    weights = pd.Series(rake(classes, {by: goal for by, (_, goal) in kept.items()}), drawn.index)
    rows = {}
    for by, (of_drawer, goal) in kept.items():
        for key, share in goal.items():
            mine = weights[of_drawer == key]
            row = {"n": len(mine), "share": len(mine) / len(drawn), "weighted": mine.sum() / weights.sum()}
            rows[by, str(key)] = {**row, "inhabitants": float(share)}
    table = pd.DataFrame.from_dict(rows, orient="index")
    table.index = pd.MultiIndex.from_tuples(list(rows), names=["by", "key"])
    return DrawerWeights(
        weights=weights,
        classes=table,
        n=len(drawn),
        n_age=int((age_class(study) != UNKNOWN).sum()),
        n_home=int((home_area(study) != UNKNOWN).sum()),
        effective_n=effective_n(weights),
    )


def age_class(study: Study) -> "pd.Series[str]":
    """Return the age class of every drawer, see `study.analysis.overview.AGES`; "" where it was not told."""
    drawn = read_sketches(study)
    named = {answer: key for key, (answers, _) in overview.AGES.items() for answer in answers}
    stated = [named.get(str(answer.get("age")), UNKNOWN) for answer in drawn["answers"]]
    return pd.Series(stated, drawn.index, dtype=object)


def home_area(study: Study) -> "pd.Series[str]":
    """Return the buurt where every drawer lives; "" where no home is known."""
    drawn = read_sketches(study)
    if HOME_DIVISION not in comparison.divisions(study):
        return pd.Series(UNKNOWN, drawn.index, dtype=object)
    lived = home_area_of_sketch(study, HOME_DIVISION)
    return lived["code"].where(lived["basis"] == "home", UNKNOWN).fillna(UNKNOWN).astype(object)


Margin = tuple["pd.Series[str]", "pd.Series[float]"]


def _ages(study: Study) -> Margin | None:
    found = overview.age_distribution(study)
    if found.empty or found["inhabitants"].isna().any():
        return None
    return _margin(age_class(study), found["inhabitants"].astype(float))


def _homes(study: Study) -> Margin | None:
    homes = home_area(study)
    lived = homes[homes != UNKNOWN].unique()
    if not len(lived):
        return None
    people = overview.inhabitants(study, HOME_DIVISION).reindex(sorted(lived)).astype(float)
    # Of a buurt without a figure, or without people, nobody knows how many its drawers should be.
    people = people[people > 0]
    return _margin(homes.where(homes.isin(people.index), UNKNOWN), people)


def _margin(of_drawer: "pd.Series[str]", people: "pd.Series[float]") -> Margin | None:
    """Return the joined class of every drawer, and the part that each class should have; None for one class."""
    n = of_drawer.value_counts()
    groups = join_small_classes(n.reindex(people.index, fill_value=0).to_numpy())
    names: Mapping[str, str] = {
        str(key): "+".join(str(one) for one in people.index[groups == group])
        for key, group in zip(people.index, groups, strict=True)
    }
    joined = of_drawer.map(lambda key: names.get(key, UNKNOWN))
    known = int((joined != UNKNOWN).sum())
    if known < MIN_WEIGHED or len(set(names.values())) < 2:
        return None
    goal = people.groupby(people.index.map(names.__getitem__)).sum()
    goal = goal / goal.sum() * known / len(joined)
    if known < len(joined):
        goal[UNKNOWN] = 1 - known / len(joined)
    return joined, goal[goal.index.isin(joined)]


def largest_shift(weights: DrawerWeights, study: Study, members: pd.Index) -> tuple[str, str] | None:
    """Return the class, (by, key), whose part of some drawers changes most by weighing; None without classes.

    Parameters
    ----------
    members
        The drawers, such as those of one neighbourhood.
    """
    found: dict[tuple[str, str], float] = {}
    of_drawer = {"age": age_class(study), "area": home_area(study)}
    mine = weights.weights[members]
    for by, key in weights.classes.index:
        if key != UNKNOWN:
            here = of_drawer[by][members].isin(str(key).split("+")).to_numpy()
            found[by, key] = abs(float(mine[here].sum() / mine.sum() - np.mean(here)))
    return max(found, key=found.__getitem__) if found else None
