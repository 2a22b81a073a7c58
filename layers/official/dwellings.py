"""What kind of homes stand in a small postcode area: when most were built, and whether they are flats."""

import re

import numpy as np
import pandas as pd

from layers.catalogue import HOMES
from layers.official.key_figures import parse_figures

BUILT, DWELLING = "built", "dwelling"
"""Columns that areas of such a division have: the period in CBS' words ("45_tot_65"), and "flat" or "house"."""

FLATS = "aantal_meergezins_woningen"
_PERIOD = re.compile(rf"{HOMES}_bouwjaar_(\w+)")


def dwelling_columns(raw: pd.DataFrame) -> pd.DataFrame:
    """Return the commonest building period and the commonest kind of home of every area.

    No count is kept: areas are so small that counts would tell about households.

    Parameters
    ----------
    raw
        Rows as CBS publishes them, with the number of homes by building period and in blocks of several homes.

    Returns
    -------
    DataFrame
        Index of `raw`; ``built`` and ``dwelling``, missing where CBS gives no number or has no such column.

    Examples
    --------
    >>> rows = pd.DataFrame({"aantal_woningen": [20, 20, -99997], "aantal_meergezins_woningen": [15, 0, -99997],
    ...     "aantal_woningen_bouwjaar_voor_1945": [15, -99997, -99997],
    ...     "aantal_woningen_bouwjaar_05_tot_15": [5, 20, -99997]})
    >>> dwelling_columns(rows).fillna("unknown").values.tolist()
    [['voor_1945', 'flat'], ['05_tot_15', 'house'], ['unknown', 'unknown']]
    """
    periods = {
        found[1]: parse_figures(raw[column])
        for column in map(str, raw.columns)
        if (found := _PERIOD.fullmatch(column))
    }
    built = pd.Series(None, raw.index, dtype=object)
    if periods:
        counted = pd.DataFrame(periods).fillna(0.0)
        some = counted.gt(0).any(axis=1)
        built[some] = counted[some].idxmax(axis=1)
    dwelling = pd.Series(None, raw.index, dtype=object)
    if HOMES in raw and FLATS in raw:
        homes, flats = parse_figures(raw[HOMES]), parse_figures(raw[FLATS])
        known = homes.gt(0) & flats.notna()
        dwelling[known] = np.where(flats[known] * 2 > homes[known], "flat", "house")
    return pd.DataFrame({BUILT: built, DWELLING: dwelling})
