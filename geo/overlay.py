"""Many drawings against many official areas: who shares ground with whom, what fits best, how to say it.

Everything starts from one table, the pairs; the rest is arithmetic on that table and makes no geometry.
"""

from collections.abc import Mapping
from enum import StrEnum

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.disclosure import LEAST_PEOPLE
from geo.frames import AREAS, SKETCHES
from geo.grid import portions
from geo.measure import quotient

Shapes = NDArray[np.object_]
Places = NDArray[np.intp]
Numbers = NDArray[np.float64]

TOUCHED_SHARE = 0.05
"""An area that holds less than this of the drawing was hardly touched."""
SPLIT_SHARE = 0.2
"""With more than this outside its main area a drawing counts as split."""
PART_SHARE = 0.1
"""An area that holds at least this of a core holds a part of it that counts."""
REACHED_IOU = 0.8
"""From here on a drawing and an area are the same place for all purposes."""
WITHIN_SHARE = 0.9
"""From here on one lies within the other; the rest is the width of the pencil."""
HALF = 0.5
BLOCK = 65_536
"""Pairs whose shared ground is held in memory as geometry at one time."""
MANY = 40_000
"""From so many pairs whose boxes meet the compiled kernel is sooner done, its loading and preparing included."""
ROUNDING = 1e-12
"""Shares nearer than this are equal: the order of a sum must not decide."""


class Verdict(StrEnum):
    """What a drawing is, compared with the official areas; the order is the order in which they are tried."""

    ELSEWHERE = "elsewhere"
    """Less than half of the drawing lies in any area of the layer."""
    COINCIDES = "coincides"
    """IoU with one area is at least 0.8."""
    PART_OF = "part_of"
    """At least 0.9 of what lies in the layer lies in one area."""
    CONTAINS = "contains"
    """Areas that lie for at least 0.9 in the drawing fill at least half of it."""
    SHIFTED = "shifted"
    """More than half of the drawing lies in one area, and more than half of that area in the drawing."""
    DIVIDED_OVER = "divided_over"
    """None of these: it takes several areas to hold the drawing."""


# --- The table of pairs ---------------------------------------------------------------------------


def pairs(sketches: gpd.GeoDataFrame, areas: gpd.GeoDataFrame) -> pd.DataFrame:
    """Compute for each drawing and each area that share ground how much they share.

    Parameters
    ----------
    sketches
        SKETCHES: sound areas in metres, one row a resident.
    areas
        AREAS in the same plane. Several rows of one code are pieces of one area and are joined first.

    Returns
    -------
    DataFrame
        Index (sketch_id, code), in the order of the drawings and then of the areas; only pairs that share
        more than 0 m². ``area_m2``: shared ground. ``share_of_sketch``: shared ground as a part of the whole
        drawing. ``share_of_area``: as a part of the whole area. ``iou``: as a part of the ground in either.

    Raises
    ------
    FrameColumnsMissing, FrameNotPlanar

    Examples
    --------
    A drawing of 400 x 100 m, 100 m west and 300 m east of the border: 1/4 and 3/4.

    >>> from shapely import box
    >>> drawn = gpd.GeoDataFrame(
    ...     geometry=[box(900, 0, 1300, 100)], index=pd.Index(["s0"], name="sketch_id"), crs=28992
    ... )
    >>> official = gpd.GeoDataFrame(
    ...     {"name": ["West", "East"]},
    ...     geometry=[box(0, 0, 1000, 1000), box(1000, 0, 2000, 1000)],
    ...     index=pd.Index(["w", "e"], name="code"),
    ...     crs=28992,
    ... )
    >>> pairs(drawn, official).share_of_sketch.to_dict()
    {('s0', 'w'): 0.25, ('s0', 'e'): 0.75}
    """
    drawn = SKETCHES.check(sketches).geometry.to_numpy()
    official = _by_code(AREAS.check(areas))
    sketch, unit, shared = _shared(drawn, official)
    ground, whole = shapely.area(drawn)[sketch], shapely.area(official.to_numpy()[unit])
    shared = np.minimum(shared, np.minimum(ground, whole))  # rounding must not make a share of more than 1
    index = pd.MultiIndex.from_arrays(
        [sketches.index.take(sketch), official.index.take(unit)], names=[SKETCHES.index, AREAS.index]
    )
    return pd.DataFrame(
        {
            "area_m2": shared,
            "share_of_sketch": shared / ground,
            "share_of_area": shared / whole,
            "iou": shared / (ground + whole - shared),
        },
        index=index,
    )


def _by_code(areas: gpd.GeoDataFrame) -> gpd.GeoSeries:
    """Give one shape a code; a postcode of several rows is one postcode."""
    if areas.index.is_unique:
        return areas.geometry
    joined = areas.geometry.groupby(level=0, sort=False).agg(lambda rows: shapely.union_all(rows.to_numpy()))
    return gpd.GeoSeries(joined, crs=areas.crs)


def _shared(drawn: Shapes, official: gpd.GeoSeries) -> tuple[Places, Places, Numbers]:
    """Give the positions of drawing and area, and the m² they share, wherever these are more than 0."""
    if official.sindex.query(drawn).shape[1] < MANY or not official.is_valid.all():
        return _intersected(drawn, official)
    # For fewer pairs loading the compiler costs more than it saves, so it stays out.
    from geo.kernels import overlap, units  # noqa: PLC0415

    found = overlap.overlaps(drawn, units.prepare(official.to_numpy()))
    return found.sketch, found.unit.astype(np.intp), found.area_m2


def _intersected(drawn: Shapes, official: gpd.GeoSeries) -> tuple[Places, Places, Numbers]:
    """Give the same with GEOS, by making the shared ground of each pair: the plain form."""
    # geopandas keeps the tree with the table; for one drawing, building it would take most of the time.
    sketch, unit = official.sindex.query(drawn, predicate="intersects", sort=True)
    units = official.to_numpy()
    area = np.empty(len(sketch))
    for start in range(0, len(sketch), BLOCK):
        block = slice(start, start + BLOCK)
        area[block] = shapely.area(shapely.intersection(drawn[sketch[block]], units[unit[block]]))
    # Neighbours that only touch along a line intersect but share no ground.
    real = area > 0
    return sketch[real], unit[real], area[real]


def doubled_m2(areas: gpd.GeoDataFrame) -> float:
    """Give the ground that lies in more than one area of a layer, counted once a pair of areas.

    Official layers should give 0. Where they do not, the shares of a drawing can add up to more than 1, and
    `outside` and `covered` are as much too favourable.

    Examples
    --------
    >>> from shapely import box
    >>> rows = gpd.GeoDataFrame(
    ...     {"name": ["one", "two"]},
    ...     geometry=[box(0, 0, 100, 100), box(90, 0, 200, 100)],
    ...     index=pd.Index(["1", "2"], name="code"),
    ...     crs=28992,
    ... )
    >>> doubled_m2(rows)
    1000.0
    """
    official = _by_code(AREAS.check(areas))
    one, other, area = _intersected(official.to_numpy(), official)
    return float(area[one < other].sum())


# --- Per drawing ----------------------------------------------------------------------------------


def _together(table: pd.DataFrame, column: str) -> pd.Series:
    return table[column].groupby(level=SKETCHES.index, sort=False).sum()


def outside(table: pd.DataFrame, sketches: gpd.GeoDataFrame) -> pd.Series:
    """Give for every drawing the share that lies in no area at all.

    Parameters
    ----------
    table
        What `pairs` gave.
    sketches
        All drawings; those in no pair lie wholly outside.

    Returns
    -------
    Series
        0 to 1, on the index of `sketches`. Where areas lie over each other it is a lower bound; see
        `doubled_m2`.
    """
    inside = _together(table, "share_of_sketch").reindex(sketches.index, fill_value=0.0)
    return (1.0 - inside).clip(0.0, 1.0).rename("outside")


def covered(table: pd.DataFrame) -> pd.Series:
    """Tell for each drawing in the table whether more than half of it lies in the areas together.

    Drawings that are in no pair are not in the answer: nothing of them is covered.
    """
    return (_together(table, "share_of_sketch") > HALF).rename("covered")


def best(table: pd.DataFrame) -> pd.DataFrame:
    """Give the official area that fits each drawing best, and the one that holds most of it.

    Returns
    -------
    DataFrame
        Index sketch_id, one row a drawing in the table. ``code``: the area with the highest IoU, of equals
        the first code. ``iou``, ``share_of_sketch``, ``share_of_area``: of that area. ``main_code``,
        ``main_share``: the area with the largest share of the drawing; not the same when a large area holds
        most of a drawing that resembles a small one.
    """
    fits = _first(table, "iou")
    holds = _first(table, "share_of_sketch")
    found = fits.reset_index(AREAS.index)[["code", "iou", "share_of_sketch", "share_of_area"]]
    found["main_code"] = holds.index.get_level_values(AREAS.index)
    found["main_share"] = holds["share_of_sketch"].to_numpy()
    return found


def _first(table: pd.DataFrame, column: str) -> pd.DataFrame:
    """Give for each drawing the row with the highest value; of equals the first code."""
    sketch = pd.factorize(table.index.get_level_values(SKETCHES.index))[0]
    rank = pd.factorize(table.index.get_level_values(AREAS.index), sort=True)[0]
    order = np.lexsort((rank, -np.round(table[column].to_numpy(), 12), sketch))
    lead = np.ones(len(order), dtype=bool)
    lead[1:] = sketch[order][1:] != sketch[order][:-1]
    return table.iloc[order[lead]]


def best_set(table: pd.DataFrame) -> pd.DataFrame:
    """Give the set of areas that together resemble each drawing most. Exact, not a search.

    An area belongs to the set if more than half of it lies in the drawing. As areas do not lie over each
    other, each adds either its part outside or its part inside to the ground that differs, independently of
    the others.

    Returns
    -------
    DataFrame
        Index sketch_id. ``codes``: tuple of codes in order; empty where no area lies for more than half in
        the drawing. ``n``: how many. ``iou``: of the drawing and the set; 0 for an empty one.
        ``difference_m2``: ground in one and not in the other.

    Examples
    --------
    Three squares in a row and a drawing over the first 1.6 of them: the first two fit best, 16,000 of 20,000
    m².

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
    >>> found = best_set(pairs(drawn, row)).loc["s"]
    >>> found.codes, f"{found.iou:.2f}", round(found.difference_m2)
    (('1', '2'), '0.80', 4000)
    """
    chosen = table[table["share_of_area"] > HALF + ROUNDING]
    ground = _first(table, "iou")
    size = (ground["area_m2"] / ground["share_of_sketch"]).droplevel(AREAS.index)
    inside = _together(chosen, "area_m2").reindex(size.index, fill_value=0.0)
    whole = (chosen["area_m2"] / chosen["share_of_area"]).groupby(level=SKETCHES.index, sort=False).sum()
    either = size + whole.reindex(size.index, fill_value=0.0) - inside
    listed: dict[object, tuple[str, ...]] = {}
    for sketch, code in sorted(chosen.index):
        listed[sketch] = (*listed.get(sketch, ()), code)
    codes = [listed.get(sketch, ()) for sketch in size.index]
    return pd.DataFrame(
        {
            "codes": pd.Series(codes, index=size.index, dtype=object),
            "n": np.array([len(found) for found in codes], dtype=np.int64),
            "iou": inside / either,
            "difference_m2": either - inside,
        },
        index=size.index,
    )


def fragmentation(table: pd.DataFrame) -> pd.DataFrame:
    """Measure how a division cuts each drawing to pieces.

    With p the share of each area in what of the drawing lies in the layer (the shares add up to 1):

    Returns
    -------
    DataFrame
        Index sketch_id. ``entropy``: -sum p ln p, in nats, 0 for one area. ``effective_areas``: exp(entropy),
        the number of equal areas that would cut it as much. ``hill2``: 1 / sum p². ``gini_simpson``: 1 - sum
        p², the chance that two random places in the drawing lie in different areas. ``split_share``: 1 - max
        p, what lies outside the main area. ``touched``: how many areas hold at least 5 %.

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


def verdicts(table: pd.DataFrame, sketches: gpd.GeoDataFrame) -> pd.DataFrame:
    """Say in one word per drawing how it relates to the official areas, with the facts for one sentence.

    Returns
    -------
    DataFrame
        Index of `sketches`. ``verdict``: a `Verdict`; its docstrings hold the thresholds. ``code``: the area
        the verdict is about (the best fitting one; for part_of the one that holds it), None for elsewhere
        without any. ``iou``, ``share_of_sketch``, ``share_of_area``: of that area, 0 where there is none.
        ``n``: how many areas the verdict speaks of: contained ones for contains, for divided_over the fewest
        that together hold 0.9 of what lies in the layer, otherwise 1, or 0 for elsewhere. ``outside``: share
        in no area.
    """
    fits = best(table).reindex(sketches.index)
    holds = _first(table, "share_of_sketch").reset_index(AREAS.index).reindex(sketches.index)
    off = outside(table, sketches)
    inside = _together(table, "share_of_sketch").reindex(sketches.index)
    whole = table[table["share_of_area"] >= WITHIN_SHARE - ROUNDING]
    filled = _together(whole, "share_of_sketch").reindex(sketches.index, fill_value=0.0)
    held = whole.groupby(level=SKETCHES.index, sort=False).size().reindex(sketches.index, fill_value=0)
    half = HALF + ROUNDING
    tried = {
        Verdict.ELSEWHERE: ~(off <= half),
        Verdict.COINCIDES: fits["iou"] >= REACHED_IOU - ROUNDING,
        Verdict.PART_OF: holds["share_of_sketch"] / inside >= WITHIN_SHARE - ROUNDING,
        Verdict.CONTAINS: (filled >= HALF - ROUNDING) & (held > 0),
        Verdict.SHIFTED: (fits["share_of_sketch"] > half) & (fits["share_of_area"] > half),
    }
    verdict = np.select(
        [true.to_numpy(dtype=bool) for true in tried.values()],
        [found.value for found in tried],
        default=Verdict.DIVIDED_OVER.value,
    ).astype(object)
    n = np.select(
        [verdict == Verdict.ELSEWHERE, verdict == Verdict.CONTAINS, verdict == Verdict.DIVIDED_OVER],
        [np.zeros(len(verdict)), held, _needed(table).reindex(sketches.index, fill_value=0)],
        default=1,
    )
    facts = fits[["code", "iou", "share_of_sketch", "share_of_area"]].copy()
    part_of = verdict == Verdict.PART_OF
    facts[part_of] = holds[facts.columns][part_of]
    facts["code"] = facts["code"].astype(object).where(facts["code"].notna(), None)
    facts = facts.fillna({"iou": 0.0, "share_of_sketch": 0.0, "share_of_area": 0.0})
    facts.insert(0, "verdict", verdict)
    return facts.assign(n=n.astype(np.int64), outside=off)


def _needed(table: pd.DataFrame) -> pd.Series:
    """Give the fewest areas that together hold 0.9 of what lies in the layer."""
    shared = table["area_m2"].sort_values(ascending=False, kind="stable")
    held = shared.groupby(level=SKETCHES.index, sort=False)
    before = (held.cumsum() - shared) / held.transform("sum")
    needed: pd.Series = (before < WITHIN_SHARE - ROUNDING).groupby(level=SKETCHES.index, sort=False).sum()
    return needed


# --- Per division ---------------------------------------------------------------------------------


def compare_divisions(tables: Mapping[str, pd.DataFrame], sketches: gpd.GeoDataFrame) -> pd.DataFrame:
    """Set the same drawings against several divisions (wijk, buurt, postcode) at once.

    Parameters
    ----------
    tables
        For each division what `pairs` gave for it.
    sketches
        All drawings.

    Returns
    -------
    DataFrame
        Index (division, sketch_id). ``verdict``, ``code``, ``iou``, ``outside`` as in `verdicts` and `best`;
        ``gini_simpson``, ``split_share``, ``effective_areas`` as in `fragmentation`; ``covered``.
    """
    found = {}
    for division, table in tables.items():
        fits = best(table)[["code", "iou"]].reindex(sketches.index)
        cut = fragmentation(table)[["gini_simpson", "split_share", "effective_areas"]].reindex(sketches.index)
        said = verdicts(table, sketches)[["verdict", "outside"]]
        inside = covered(table).reindex(sketches.index, fill_value=False)
        found[division] = pd.concat([fits.fillna({"iou": 0.0}), cut, said, inside], axis=1)
    return pd.concat(found, names=["division", SKETCHES.index])


def rank_divisions(compared: pd.DataFrame) -> pd.DataFrame:
    """Rank divisions by how well their areas resemble what residents draw.

    Only drawings that every division covers for more than half count, so that a division is not blamed, nor
    praised, for where it has no areas.

    Parameters
    ----------
    compared
        What `compare_divisions` gave.

    Returns
    -------
    DataFrame
        Index division, best first (equal means: by name). ``rank`` from 1. ``n``: drawings counted.
        ``mean_iou`` and ``median_iou`` of the best fitting areas. ``reached``: share of drawings with IoU of
        at least 0.8. ``split_index``: mean gini_simpson, the chance that the division parts two places one
        resident holds together. Numbers are NaN where n is 0.
    """
    common = _in_all(compared)
    rows = common.assign(reached=common["iou"] >= REACHED_IOU - ROUNDING).groupby(level="division")
    names = compared.index.unique("division")
    found = pd.DataFrame(
        {
            "n": rows.size(),
            "mean_iou": rows["iou"].mean(),
            "median_iou": rows["iou"].median(),
            "reached": rows["reached"].mean(),
            "split_index": rows["gini_simpson"].mean(),
        }
    ).reindex(names)
    found["n"] = found["n"].fillna(0).astype(np.int64)
    found = found.sort_index().sort_values("mean_iou", ascending=False, kind="stable")
    found.insert(0, "rank", np.arange(1, len(found) + 1))
    return found


def _in_all(compared: pd.DataFrame) -> pd.DataFrame:
    """Keep the drawings that every division covers for more than half."""
    return compared[compared["covered"].groupby(level=SKETCHES.index).transform("all")]


def split_index(
    compared: pd.DataFrame, *, seed: int, n_replicates: int = 1000, least: int = LEAST_PEOPLE
) -> pd.DataFrame:
    """Say how much each division cuts up what residents hold together, and how sure that is.

    The split index is the mean over residents of the chance that two random places in the drawing of one
    resident lie in different areas (Gini-Simpson). The interval comes from drawing other residents from these
    [1]_; in each draw all divisions get the same residents, so that a division is not worse by chance alone.
    Small areas split more than large ones whatever their borders, so compare divisions of about one size, or
    read it beside the size.

    Parameters
    ----------
    compared
        What `compare_divisions` gave. The same drawings count as in `rank_divisions`.
    seed
        The same seed gives the same interval.
    n_replicates
        How many groups of residents are drawn.
    least
        With fewer drawings there is no interval.

    Returns
    -------
    DataFrame
        Index division. ``n``: drawings counted. ``split_index``: 0 to 1, NaN where n is 0. ``low`` and
        ``high``: the middle 95 % of the replicates, NaN below `least`.

    References
    ----------
    .. [1] B. Efron, Bootstrap methods: another look at the jackknife, The Annals of Statistics 7 (1979).

    Examples
    --------
    Six residents; half of them hold two halves together, half of them one area: mean of 1/2 and 0.

    >>> keys = pd.MultiIndex.from_product([["buurt"], list("abcdef")], names=["division", "sketch_id"])
    >>> compared = pd.DataFrame({"gini_simpson": [0.5, 0.0] * 3, "covered": True}, index=keys)
    >>> found = split_index(compared, seed=1).loc["buurt"]
    >>> found[["n", "split_index"]].to_list(), bool(found["low"] < 0.25 < found["high"])
    ([6.0, 0.25], True)
    """
    # In order of name, so that the order of rows does not decide who is drawn.
    names = compared.index.unique("division")
    values = _in_all(compared).pivot_table("gini_simpson", SKETCHES.index, "division").reindex(columns=names)
    n = len(values)
    low = high = np.full(len(names), np.nan)
    if n >= least:
        chance = np.random.default_rng(seed)
        means = [
            chance.multinomial(n, np.full(n, 1 / n), size=times) @ values.to_numpy() / n
            for times in portions(n_replicates, n)
        ]
        low, high = np.quantile(np.concatenate(means), [0.025, 0.975], axis=0)
    return pd.DataFrame({"n": n, "split_index": values.mean(), "low": low, "high": high}, index=names)


# --- Per official area ----------------------------------------------------------------------------


def split_by_area(table: pd.DataFrame, home: pd.Series, *, least: int = LEAST_PEOPLE) -> pd.DataFrame:
    """Say for each official area how many of its own residents drew across its borders for real.

    A drawing is split when more than 0.2 of what of it lies in the layer lies outside its main area; less is
    the width of the pencil. The main area need not be the one the resident lives in.

    Parameters
    ----------
    table
        What `pairs` gave.
    home
        Code of the area where the maker of each drawing lives, per sketch_id; missing where not known.
    least
        With fewer drawings of residents the share is unknown.

    Returns
    -------
    DataFrame
        Index code, of every area with a resident who drew, in order of code. ``n``: drawings of its residents
        that lie in the layer. ``n_split``: those that are split. ``share``: n_split / n, NaN below `least`.

    Examples
    --------
    Of two residents one drew 0.3 of the drawing outside its main area.

    >>> keys = [("a", "u1"), ("a", "u2"), ("b", "u1")]
    >>> table = pd.DataFrame(
    ...     {"area_m2": [7.0, 3.0, 5.0]}, index=pd.MultiIndex.from_tuples(keys, names=["sketch_id", "code"])
    ... )
    >>> split_by_area(table, pd.Series({"a": "u1", "b": "u1"}), least=2).loc["u1"].to_list()
    [2.0, 1.0, 0.5]
    """
    split = fragmentation(table)["split_share"] > SPLIT_SHARE + ROUNDING
    of = split.groupby(home.reindex(split.index).rename(AREAS.index).astype(object), sort=True)
    found = pd.DataFrame({"n": of.size(), "n_split": of.sum().astype(np.int64)})
    share = quotient(found["n_split"].to_numpy(), found["n"].to_numpy())
    found["share"] = np.where(found["n"] >= least, share, np.nan)
    return found


def parted_cores(table: pd.DataFrame) -> pd.DataFrame:
    """Tell whether the ground that residents share lies in one official area or is parted over several.

    Parameters
    ----------
    table
        What `pairs` gave for cores (SKETCHES of which each row is a core) instead of drawings.

    Returns
    -------
    DataFrame
        Index sketch_id. ``parts``: areas that hold at least 0.1 of the core. ``parted``: whether these are
        two or more.

    Examples
    --------
    A core of 0.85, 0.1 and 0.05 in three areas is parted over two.

    >>> keys = pd.MultiIndex.from_product([["core"], ["u1", "u2", "u3"]], names=["sketch_id", "code"])
    >>> parted_cores(pd.DataFrame({"share_of_sketch": [0.85, 0.1, 0.05]}, index=keys)).loc["core"].to_dict()
    {'parts': 2, 'parted': True}
    """
    parts = (table["share_of_sketch"] >= PART_SHARE - ROUNDING).groupby(level=SKETCHES.index, sort=False)
    found = parts.sum().astype(np.int64).to_frame("parts")
    return found.assign(parted=found["parts"] >= 2)
