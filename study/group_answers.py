"""Do groups of residents draw differently: effect and interval first, then how likely chance alone is."""

from functools import lru_cache

import numpy as np
import pandas as pd

from geo import groups
from study import overview  # noqa: F401  # the doctest looks at its classes
from study.homes import homes
from study.neighbourhoods import SEED
from study.projects import Study, drawn, opened

BY = ("age", "years", "travel", "session", "screen", "width")
"""What residents can be grouped by: three answers, the evening, the screen and the start width of the map."""

MOST = 400
"""More drawings than this are compared by a sample: every pair of them is looked at, hundreds of times."""

WIDE_M = 2500
"""A map that shows at least so many metres across at the first stroke is a wide one."""

AGES = {"0-15": "young", "16-24": "young", "25-44": "adult", "45-64": "middle", "65-79": "old", "80+": "old"}

YEARS = {"<2": "short", "2-10": "middle", ">10": "long"}


def grouped(study: Study, by: str) -> "pd.Series[str]":
    """Give the group of each drawing; missing where it is not known.

    Examples
    --------
    Ages are joined to the classes of `study.overview.AGES`, since small classes cannot be compared.

    >>> sorted(set(AGES.values())) == sorted(overview.AGES)
    True
    """
    sketches = drawn(study)
    if by in {"age", "years", "travel"}:
        given = pd.Series([row.get(by) for row in sketches["answers"]], sketches.index, dtype=object)
        classes = {"age": AGES, "years": YEARS}.get(by)
        return pd.Series(given if classes is None else given.map(classes))
    if by == "session":
        names = {session.id: session.place for session in opened().sessions(study.project)}
        return pd.Series(sketches["session"].map(names).fillna("home"))
    if by == "screen":
        return pd.Series(sketches["screen"].where(sketches["screen"] != ""))
    width = sketches["first_width_m"]
    wide = np.where(width >= WIDE_M, "wide", "narrow")
    return pd.Series(wide, sketches.index, dtype=object).where(width.notna())


@lru_cache(maxsize=32)
def sizes(study: Study, by: str) -> "pd.Series[int]":
    """Give how many drew in each group, the largest first."""
    return grouped(study, by).value_counts()


@lru_cache(maxsize=32)
def compare(study: Study, by: str, division: str) -> pd.DataFrame:
    """Compare the groups that are large enough; labels are shuffled within official areas.

    Returns
    -------
    DataFrame
        As `geo.groups.compare`. ``attrs``: ``refused``: groups of fewer than ten, which are left out;
        ``sampled``: drawings looked at when it was not all.

    Raises
    ------
    GroupsTooFew
        No two groups of ten.
    """
    group, counted = grouped(study, by), sizes(study, by)
    large = counted[counted >= groups.LEAST].index
    kept = group[group.isin(large)].dropna()
    sampled = len(kept) > MOST
    if sampled:
        kept = kept.sample(MOST, random_state=SEED).sort_index()
        left = kept.value_counts()
        kept = kept[kept.isin(left[left >= groups.LEAST].index)]
    strata = homes(study, division)["code"].reindex(kept.index).fillna("")
    table = groups.compare(drawn(study).loc[kept.index], kept, seed=SEED, strata=strata)
    table.attrs = {
        "refused": [str(name) for name in counted.index if counted[name] < groups.LEAST],
        "sampled": len(kept) if sampled else 0,
    }
    return table
