"""Do groups of residents draw differently: effect and interval first, then how likely chance alone is."""

from dataclasses import replace

import numpy as np
import pandas as pd

from geo.privacy_limits import MIN_SUBGROUP
from geo.statistics import group_comparison
from store import Filters
from study.analysis import overview  # noqa: F401  # the doctest looks at its classes
from study.analysis.evidence.certainty import SEED
from study.analysis.home_areas import home_area_of_sketch
from study.answer_cache import cached_answer
from study.context import Study, get_store, read_sketches
from study.filters import OWN_COLUMN, own_columns
from study.jobs import heavy_answer

GROUPINGS = ("age", "years", "travel", "session", "screen", "width")
"""What residents can be grouped by: three answers, the session, the screen and the start width of the map."""

MAX_SKETCHES = 400
"""More drawings than this are compared by a sample: every pair of them is looked at, hundreds of times."""

WIDE_M = 2500
"""A map that shows at least so many metres across at the first stroke is a wide one."""

AGES = {"0-15": "young", "16-24": "young", "25-44": "adult", "45-64": "middle", "65-79": "old", "80+": "old"}

YEARS = {"<2": "short", "2-10": "middle", ">10": "long"}


def groupings(study: Study) -> tuple[str, ...]:
    """Return what the residents of a study can be grouped by: ours, and the columns that its files brought along."""
    return (*GROUPINGS, *own_columns(replace(study, filters=Filters())))


def group_of_sketch(study: Study, by: str) -> "pd.Series[str]":
    """Return the group of each drawing; missing where it is not known.

    Examples
    --------
    Ages are joined to the classes of `study.analysis.overview.AGES`, since small classes cannot be compared.

    >>> sorted(set(AGES.values())) == sorted(overview.AGES)
    True
    """
    sketches = read_sketches(study)
    if by in {"age", "years", "travel"} or by.startswith(OWN_COLUMN):
        given = pd.Series([row.get(by) for row in sketches["answers"]], sketches.index, dtype=object)
        classes = {"age": AGES, "years": YEARS}.get(by)
        return pd.Series(given if classes is None else given.map(classes))
    if by == "session":
        names = {session.id: session.place for session in get_store().sessions.list_all(study.project)}
        groups = [names.get(session, "home") for session in sketches["session"]]
        return pd.Series(groups, sketches.index, dtype=object)
    if by == "screen":
        return pd.Series(sketches["screen"].where(sketches["screen"] != ""))
    width = sketches["first_width_m"].astype(float)
    wide = np.where(width >= WIDE_M, "wide", "narrow")
    return pd.Series(wide, sketches.index, dtype=object).where(width.notna())


@cached_answer
def group_sizes(study: Study, by: str) -> "pd.Series[int]":
    """Return how many drew in each group, the largest first."""
    return group_of_sketch(study, by).value_counts()


@heavy_answer
def compare_groups(study: Study, by: str, division: str) -> pd.DataFrame:
    """Compare the groups that are large enough; labels are shuffled within official areas.

    Returns
    -------
    DataFrame
        As `geo.statistics.group_comparison.compare`. ``attrs``: ``refused``: groups of fewer than ten, left out;
        ``sampled``: drawings looked at when it was not all.

    Raises
    ------
    GroupsTooFew
        No two groups of ten.
    """
    group, counted = group_of_sketch(study, by), group_sizes(study, by)
    large = counted[counted >= MIN_SUBGROUP].index
    kept = group[group.isin(large)].dropna()
    sampled = len(kept) > MAX_SKETCHES
    if sampled:
        kept = kept.sample(MAX_SKETCHES, random_state=SEED).sort_index()
        left = kept.value_counts()
        kept = kept[kept.isin(left[left >= MIN_SUBGROUP].index)]
    strata = home_area_of_sketch(study, division)["code"].reindex(kept.index).fillna("")
    table = group_comparison.compare_groups(
        read_sketches(study).loc[kept.index], kept, seed=SEED, strata=strata
    )
    table.attrs = {
        "refused": [str(name) for name in counted.index if counted[name] < MIN_SUBGROUP],
        "sampled": len(kept) if sampled else 0,
    }
    return table
