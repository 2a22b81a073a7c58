"""Official area, or set of areas, that fits a sketch best."""

import numpy as np
import pandas as pd

from geo.overlay.thresholds import ROUNDING, TOUCHED_SHARE
from geo.schemas import AREAS, SKETCHES


def best_match(table: pd.DataFrame) -> pd.DataFrame:
    """Return the best fitting official area per sketch, and the one holding most of it.

    Parameters
    ----------
    table
        Result of `overlap_pairs`.

    Returns
    -------
    DataFrame
        Index sketch_id, one row per sketch in the table. ``code``: the area with the highest IoU; of equal
        ones the first code. ``iou``, ``share_of_sketch``, ``share_of_area``: of that area. ``main_code``,
        ``main_share``: the area with the largest share of the sketch; it differs from ``code`` when a large
        area holds most of a sketch that resembles a small one.
    """
    fits = first_per_sketch(table, "iou")
    holds = first_per_sketch(table, "share_of_sketch")
    found = fits.reset_index(AREAS.index)[["code", "iou", "share_of_sketch", "share_of_area"]]
    found["main_code"] = holds.index.get_level_values(AREAS.index)
    found["main_share"] = holds["share_of_sketch"].to_numpy()
    return found


def first_per_sketch(table: pd.DataFrame, column: str) -> pd.DataFrame:
    """Return for each sketch the row with the highest value; of equals the first code.

    Parameters
    ----------
    table
        Rows with index (sketch_id, code), as from `overlap_pairs`.
    column
        Name of the numeric column to maximise.

    Returns
    -------
    DataFrame
        The chosen rows, one per sketch, with the index and columns of `table`.
    """
    sketch = pd.factorize(table.index.get_level_values(SKETCHES.index))[0]
    rank = pd.factorize(table.index.get_level_values(AREAS.index), sort=True)[0]
    order = np.lexsort((rank, -np.round(table[column].to_numpy(), 12), sketch))
    lead = np.ones(len(order), dtype=bool)
    lead[1:] = sketch[order][1:] != sketch[order][:-1]
    return table.iloc[order[lead]]


def best_area_set(table: pd.DataFrame) -> pd.DataFrame:
    """Return the set of areas that together resemble each sketch most: the highest IoU of any set.

    The answer is exact, not a search. With a the ground an area shares with the sketch and b the area's own,
    the IoU of a set is sum of a / (sketch + sum of b - sum of a), a ratio of linear functions; at its highest
    value J an area belongs to the set exactly if a / b is above J / (1 + J) [1]_. So the best set is the first
    so many areas in the order of a / b, the largest share first.

    Parameters
    ----------
    table
        Result of `overlap_pairs` of areas that do not overlap.

    Returns
    -------
    DataFrame
        Index sketch_id. ``codes``: tuple of codes in order, at least one. ``n``: number of codes. ``iou``: of
        the sketch and the set, above 0 to 1. ``difference_m2``: area in one and not in the other.

    References
    ----------
    .. [1] W. Dinkelbach, On nonlinear fractional programming, Management Science 13 (1967).

    Examples
    --------
    Three squares in a row and a drawing over the first 1.6 of them: the first two fit best, 16,000 of 20,000
    m².

    >>> from geo.overlay.pairs import overlap_pairs
    >>> import geopandas as gpd
    >>> from shapely import box
    >>> row = gpd.GeoDataFrame(
    ...     {"name": ["1", "2", "3"]},
    ...     geometry=[box(x, 0, x + 100, 100) for x in (0, 100, 200)],
    ...     index=pd.Index(["1", "2", "3"], name="code"),
    ...     crs=28992,
    ... )
    >>> drawn = gpd.GeoDataFrame(
    ...     geometry=[box(0, 0, 160, 100)], index=pd.Index(["s"], name="sketch_id"), crs=28992
    ... )
    >>> found = best_area_set(overlap_pairs(drawn, row)).loc["s"]
    >>> found.codes, f"{found.iou:.2f}", round(found.difference_m2)
    (('1', '2'), '0.80', 4000)
    """
    order = table.assign(
        whole=table["area_m2"] / table["share_of_area"],
        drawn=table["area_m2"] / table["share_of_sketch"],
        # Rounded, so that equal shares are in the order of their codes.
        share=-table["share_of_area"].round(12),
    ).sort_values(["share", AREAS.index], kind="stable")
    by = order.groupby(level=SKETCHES.index, sort=False)
    inside, whole = by["area_m2"].cumsum(), by["whole"].cumsum()
    either = order["drawn"] + whole - inside
    order = order.assign(iou=inside / either, difference=either - inside, place=by.cumcount())
    sketches = pd.Index(table.index.get_level_values(SKETCHES.index).unique(), name=SKETCHES.index)
    last = first_per_sketch(order, "iou")
    n = (last["place"] + 1).droplevel(AREAS.index).reindex(sketches)
    held = order[order["place"] < n.reindex(order.index.get_level_values(SKETCHES.index)).to_numpy()]
    listed: dict[object, tuple[str, ...]] = {}
    for sketch, code in sorted(held.index):
        listed[sketch] = (*listed.get(sketch, ()), code)
    best = last.droplevel(AREAS.index).reindex(sketches)
    return pd.DataFrame(
        {
            "codes": pd.Series([listed[sketch] for sketch in sketches], index=sketches, dtype=object),
            "n": n.astype(np.int64),
            "iou": best["iou"],
            "difference_m2": best["difference"],
        },
        index=sketches,
    )


def fragmentation(table: pd.DataFrame) -> pd.DataFrame:
    """Compute how a division splits each sketch.

    In the columns below p is the share of each area in the part of the sketch that lies in the layer (the
    shares add up to 1).

    Parameters
    ----------
    table
        Result of `overlap_pairs`.

    Returns
    -------
    DataFrame
        Index sketch_id. ``entropy``: -sum p ln p, in nats, 0 for one area. ``effective_areas``: exp(entropy),
        the number of equal areas that would split it as much [1]_. ``hill2``: 1 / sum p². ``gini_simpson``: 1
        - sum p², the chance that two random places in the sketch lie in different areas. ``split_share``: 1 -
        max p, the share outside the main area. ``touched``: number of areas that hold at least 5 %.

    References
    ----------
    .. [1] M. O. Hill, Diversity and evenness: a unifying notation and its consequences, Ecology 54 (1973).
    """
    sketch = pd.Index(table.index.get_level_values(SKETCHES.index).unique(), name=SKETCHES.index)
    shared = table["area_m2"]
    p = shared / shared.groupby(level=SKETCHES.index, sort=False).transform("sum")
    terms = pd.DataFrame(
        {"entropy": -p * np.log(p), "squares": p**2, "touched": p >= TOUCHED_SHARE - ROUNDING},
        index=table.index,
    )
    summed = terms.groupby(level=SKETCHES.index, sort=False).sum().reindex(sketch)
    largest = p.groupby(level=SKETCHES.index, sort=False).max().reindex(sketch)
    entropy = summed["entropy"].clip(lower=0.0) + 0.0  # never -0.0
    return pd.DataFrame(
        {
            "entropy": entropy,
            "effective_areas": np.exp(entropy),
            "hill2": 1.0 / summed["squares"],
            "gini_simpson": (1.0 - summed["squares"]).clip(lower=0.0),
            "split_share": (1.0 - largest).clip(lower=0.0),
            "touched": summed["touched"].astype(np.int64),
        },
        index=sketch,
    )
