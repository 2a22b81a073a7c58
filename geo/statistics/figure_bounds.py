"""What may be said of a figure where part of the ground has none: the figure, its bounds, or nothing.

Ground may lie outside every official area (beyond the municipality), or in areas whose figure is not published.
Neither is ever counted as nobody. Up to :data:`NEGLIGIBLE` of a target outside is digitising; with more a count
is "at least", and from :data:`MAX_OUTSIDE` on a mean is missing. Up to :data:`MAX_UNKNOWN` of it unknown a
figure is told with the range it could have; up to :data:`MAX_RANGE` the range alone; beyond that nothing.
"""

from typing import Literal

import pandas as pd

NEGLIGIBLE = 0.01
"""Share of a target outside every area that changes nothing."""

MAX_OUTSIDE = 0.2
"""Share outside above which the mean of the rest is no mean of the target."""

MAX_UNKNOWN = 0.05
"""Share without a figure up to which the figure of the rest is told, with its range."""

MAX_RANGE = 0.2
"""Share without a figure above which not even the range is told."""

Telling = Literal["known", "with_range", "range_only", "at_least", "inside_only", "missing"]
"""How a figure may be told: as it is, with a range, as a range, as a lower bound, of the part inside, or not."""


def bound_counts(
    carried: pd.DataFrame, most: "pd.Series[float]", outside: "pd.Series[float]"
) -> pd.DataFrame:
    """Return how counts may be told.

    Parameters
    ----------
    carried
        Result of :func:`geo.crosswalk.interpolate_counts`.
    most
        Count of each target if all of it were as dense as the densest area with a figure: the unknown part lies
        between empty and that.
    outside
        Share of each target in no area, see :func:`geo.crosswalk.share_without_source`.

    Returns
    -------
    DataFrame
        Index as `carried`; ``value`` (missing where only a range, or nothing, may be told; a lower bound where
        ``telling`` is "at_least"), ``low`` and ``high`` (the range; missing where there is none), ``telling``.

    Examples
    --------
    Fifty people on 5,000 m2, beside 200 m2 of which the figure is unknown: 50, or as dense as the rest, 52.

    >>> carried = pd.DataFrame({"value": [float("nan")], "at_least": [50.0], "unknown": [2 / 52]}, index=["core"])
    >>> most, outside = pd.Series({"core": 5200 * 0.01}), pd.Series({"core": 0.0})
    >>> found = bound_counts(carried, most, outside).loc["core"]
    >>> float(found["value"]), round(float(found["high"]), 3), found["telling"]
    (50.0, 52.0, 'with_range')
    """
    least, u = carried["at_least"], carried["unknown"].fillna(1.0)
    high = least + u * most.reindex(carried.index)
    return _stated(carried, least, least, high, outside, sums=True)


def bound_means(
    carried: pd.DataFrame, values: "pd.Series[float]", outside: "pd.Series[float]"
) -> pd.DataFrame:
    """Return how means and shares may be told.

    Parameters
    ----------
    carried
        Result of :func:`geo.crosswalk.interpolate_rates` or :func:`geo.crosswalk.intensive_by_area`.
    values
        The figure of every area; missing where not published.
    outside
        Share of each target in no area.

    Returns
    -------
    DataFrame
        As :func:`bound_counts`; ``telling`` "inside_only" instead of "at_least".

    Examples
    --------
    Forty of what is known, a twenty-fifth unknown, areas from 10 to 60.

    >>> carried = pd.DataFrame({"value": [float("nan")], "known": [40.0], "unknown": [0.04]}, index=["core"])
    >>> found = bound_means(carried, pd.Series([10.0, 60.0, float("nan")]), pd.Series({"core": 0.0})).loc["core"]
    >>> [round(float(found[column]), 1) for column in ("value", "low", "high")]
    [40.0, 38.8, 40.8]
    """
    known, u = carried["known"], carried["unknown"].fillna(1.0)
    low, high = ((1 - u) * known + u * float(end) for end in (values.min(), values.max()))
    return _stated(carried, known, low, high, outside, sums=False)


def _stated(
    carried: pd.DataFrame,
    known: "pd.Series[float]",
    low: "pd.Series[float]",
    high: "pd.Series[float]",
    outside: "pd.Series[float]",
    *,
    sums: bool,
) -> pd.DataFrame:
    whole, u = carried["value"].notna(), carried["unknown"].fillna(1.0)
    o = outside.reindex(carried.index).fillna(1.0)
    telling = pd.Series("range_only", carried.index, dtype=object)
    # The later of these rules wins.
    telling[u <= MAX_UNKNOWN] = "with_range"
    telling[whole] = "known"
    telling[o > NEGLIGIBLE] = "at_least" if sums else "inside_only"
    telling[known.isna() | (~whole & (u > MAX_RANGE))] = "missing"
    if not sums:
        telling[o > MAX_OUTSIDE] = "missing"
    found = pd.DataFrame({"value": known, "low": low, "high": high, "telling": telling}, index=carried.index)
    ranged = ~whole & found["telling"].isin(["with_range", "range_only", "inside_only"])
    found["low"], found["high"] = found["low"].where(ranged), found["high"].where(ranged)
    few = (found["telling"] == "inside_only") & ~whole & (u > MAX_UNKNOWN)
    alone = (found["telling"] == "range_only") | few
    found["value"] = found["value"].mask(alone | (found["telling"] == "missing"))
    return found
