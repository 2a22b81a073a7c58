"""Which bands of a consensus may be shown: one rule for page, report, export and workshop session.

A band of p % is told only where it rests on at least five people: 75 % from 6 drawers, 50 % (the core) from 9,
25 % from 17. Below that the ground of at least five of them would be another share than its name says.
"""

import geopandas as gpd
import numpy as np
import shapely

from geo.release.give_away import PERCENTS, true_bands

CORE_PERCENT = 50


def min_drawers(percent: int) -> int:
    """Return from how many drawers on a band is told.

    Examples
    --------
    >>> [min_drawers(percent) for percent in (75, 50, 25)]
    [6, 9, 17]
    """
    return next(n for n in range(1, 1_000) if any(band.percent == percent for band in true_bands(n)))


MIN_CORE_DRAWERS = min_drawers(CORE_PERCENT)
"""Drawers from which there is a core: half of nine is five."""


def mask_small_bands(bands: gpd.GeoDataFrame, n: int) -> gpd.GeoDataFrame:
    """Return the bands of ``n`` drawers with those that may not be told without ground.

    Parameters
    ----------
    bands
        Index percent, as of `geo.consensus.cores.contours`.

    Returns
    -------
    GeoDataFrame
        The same rows; an empty geometry and no ``area_m2`` where the band is not told.
    """
    shown = {band.percent for band in true_bands(n)}
    hidden = np.array([percent in PERCENTS and percent not in shown for percent in bands.index])
    found = bands.copy()
    found.loc[hidden, "area_m2"] = np.nan
    found.geometry = found.geometry.where(~hidden, shapely.MultiPolygon())
    return found
