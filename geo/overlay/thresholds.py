"""Thresholds of the comparison of sketches with official areas, and the sums they share."""

import pandas as pd

from geo.schemas import SKETCHES

TOUCHED_SHARE = 0.05
"""An area that holds less than this of the drawing was hardly touched."""
REACHED_IOU = 0.8
"""From here on a drawing and an area are the same place for all purposes."""
WITHIN_SHARE = 0.9
"""From here on one lies within the other; the rest is the width of the pencil."""
HALF = 0.5
BLOCK = 65_536
"""Pairs whose shared ground is held in memory as geometry at one time."""
MANY = 40_000
"""From so many pairs whose boxes meet the compiled kernel is sooner done, its loading and preparing included.

Measured on the shipped town: loading takes 1.2 s of processor once a process, 27 s where nothing is compiled yet;
GEOS 0.03 to 0.08 ms a pair. Its 150 drawings have 11,620 pairs with postcodes: the first screen must not compile.
"""
ROUNDING = 1e-12
"""Shares nearer than this are equal: the order of a sum must not decide."""


# --- Per drawing ----------------------------------------------------------------------------------


def sum_per_sketch(table: pd.DataFrame, column: str) -> pd.Series:
    """Return the sum of a column per sketch.

    Parameters
    ----------
    table
        Rows with index (sketch_id, code), as from `overlap_pairs`.
    column
        Name of the numeric column to add up.

    Returns
    -------
    Series
        The sums, index sketch_id; sketches without a row are absent.
    """
    return table[column].groupby(level=SKETCHES.index, sort=False).sum()


def count_needed_areas(table: pd.DataFrame) -> pd.Series:
    """Return the fewest areas that hold 0.9 of a sketch's part in the layer.

    Parameters
    ----------
    table
        Result of `overlap_pairs`.

    Returns
    -------
    Series
        Number of areas, from 1, index sketch_id.
    """
    shared = table["area_m2"].sort_values(ascending=False, kind="stable")
    held = shared.groupby(level=SKETCHES.index, sort=False)
    before = (held.cumsum() - shared) / held.transform("sum")
    needed: pd.Series = (before < WITHIN_SHARE - ROUNDING).groupby(level=SKETCHES.index, sort=False).sum()
    return needed


def covered_by_all(compared: pd.DataFrame) -> pd.DataFrame:
    """Return the sketches of which every division covers more than half.

    Parameters
    ----------
    compared
        Result of `compare_divisions`.

    Returns
    -------
    DataFrame
        The rows of those sketches, for every division.
    """
    return compared[compared["covered"].groupby(level=SKETCHES.index).transform("all")]
