"""How hard a border is beyond chance: against a line that nobody heeds, in metres and in people."""

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.borders.permeability import WIDTH_M, distinct, side_visits
from geo.privacy_limits import MIN_PEOPLE
from geo.schemas import SKETCHES

Numbers = NDArray[np.float64]

HARD_BEYOND, CLEARLY_ABOVE = 0.4, 0.2
"""A border is hard from the first on, if its interval lies above the second."""

MIN_CLASS_RESIDENTS = 10
"""Fewer residents than this do not decide whether a border is hard."""

MIN_MOVED_VISITS = 30
"""Moved drawings that must come to a border before its level of chance is given."""

N_RESAMPLES = 400


def chance_hardness(area_m2: Numbers, swept_m2: Numbers) -> Numbers:
    """Return the hardness that a line at random has under drawings, by the ground they cover and sweep [1]_.

    A drawing moved by 2 w sweeps t = 2 w P / pi on average (Cauchy and Crofton), see :func:`swept_ground_m2`. A
    line at random then has A - t of it on both sides and A + t on either: 1 - (A - t) / (A + t) = 2 t / (A + t).
    Of several drawings A and t are their sums.

    Parameters
    ----------
    area_m2
        Ground of a drawing, or of several together.
    swept_m2
        Ground that they sweep, at most their own.

    Returns
    -------
    array
        From 0 (a huge drawing) to 1.

    References
    ----------
    .. [1] L.A. Santalo, Integral Geometry and Geometric Probability (1976).

    Examples
    --------
    Discs of 5 and 20 ha; by the overlap of two discs it is 0.2624 and 0.1407.

    >>> area = np.array([50_000.0, 200_000.0])
    >>> chance_hardness(area, swept_ground_m2(area, 2 * np.sqrt(np.pi * area))).round(4).tolist()
    [0.263, 0.1407]
    """
    return np.asarray(2 * swept_m2 / (area_m2 + swept_m2))


def border_hardness(
    cut: gpd.GeoDataFrame,
    sketches: gpd.GeoDataFrame,
    moved: gpd.GeoDataFrame,
    *,
    seed: int,
    width_m: float = WIDTH_M,
    least: int = MIN_PEOPLE,
) -> pd.DataFrame:
    """Return per border how hard it is in metres and in people, beside the level of chance of each.

    In metres: 1 minus the metres that residents draw on both sides over those they draw on either. In people:
    the share of those who come to the border who nowhere cross it. Both have a level of chance, since every
    outline ends somewhere: of metres in closed form (:func:`chance_hardness`), of people from drawings that were
    moved and turned.

    Parameters
    ----------
    cut
        Result of `cut_borders`.
    sketches
        SKETCHES in the same plane.
    moved
        The same drawings moved and turned, as of `geo.overlay.beyond_chance.moved_sketches`.
    seed
        Seed of the resampling of residents; the same seed gives the same intervals.
    width_m
        Largest distance in metres between a sketched edge and the border it represents.
    least
        With fewer residents at a border nothing is computed.

    Returns
    -------
    DataFrame
        Index (left, right). ``n``: residents who come to the border; ``hardness`` and ``hardness_people``, 0 to
        1; ``chance`` and ``chance_people``: what a line has that nobody heeds (that of people NaN where fewer
        than 30 moved drawings come); ``beyond``: (hardness - chance) / (1 - chance), with its 95 % interval
        ``low`` to ``high`` over residents; ``kind``: "hard" (beyond at least 0.4, and the interval above 0.2),
        "soft" (the interval holds 0 or lies below: no harder than a line that nobody heeds), "between", or
        "unknown" below ten residents. Numbers are NaN below `least`.

    Examples
    --------
    The border x = 100; two draw both sides, one of them only the south of it; one draws the west, one the east.

    >>> from geo.borders.lines import shared_borders
    >>> from geo.borders.pieces import cut_borders
    >>> from shapely import box
    >>> official = gpd.GeoDataFrame({"name": ["West", "East"]},
    ...     geometry=[box(0, 0, 100, 100), box(100, 0, 200, 100)],
    ...     index=pd.Index(["w", "e"], name="code"), crs=28992)
    >>> shapes = [box(0, 0, 200, 100), box(0, 0, 100, 100), box(100, 0, 200, 100), box(0, 0, 150, 50)]
    >>> drawn = gpd.GeoDataFrame(geometry=shapes, index=pd.Index(list("abcd"), name="sketch_id"), crs=28992)
    >>> cut = cut_borders(shared_borders(official), drawn)
    >>> found = border_hardness(cut, drawn, drawn, seed=1, least=1)
    >>> found["hardness"].round(4).to_list(), found["hardness_people"].to_list()
    ([0.5714], [0.5])
    """
    shapes = SKETCHES.validate(sketches).geometry.to_numpy()
    borders = pd.MultiIndex.from_frame(
        cut.index.droplevel("piece").to_frame(index=False).drop_duplicates(ignore_index=True)
    )
    visits = _visits(cut, shapes, width_m)
    area, rim = shapely.area(shapes), shapely.length(shapely.simplify(shapes, width_m))
    swept = swept_ground_m2(area, rim, width_m=width_m)
    strangers = _visits(cut, SKETCHES.validate(moved).geometry.to_numpy(), width_m)
    by_chance = {
        at: (len(part), 1 - float(part["crosses"].mean())) for at, part in strangers.groupby("border")
    }
    chance = np.random.default_rng(seed)
    rows: dict[int, tuple[Any, ...]] = {}
    for at, part in visits.groupby("border"):
        if len(part) < least:
            continue
        who = part["sketch"].to_numpy()
        sums = np.column_stack([part["both_m"], part["either_m"], area[who], swept[who]]).astype(np.float64)
        hardness, level, beyond = _beyond(sums.sum(axis=0))
        n = len(part)
        votes = chance.multinomial(n, np.full(n, 1 / n), size=N_RESAMPLES)
        low, high = np.quantile(_beyond((votes @ sums).T)[2], [0.025, 0.975])
        many, level_people = by_chance.get(at, (0, np.nan))
        people = 1 - float(part["crosses"].mean())
        shown = level_people if many >= MIN_MOVED_VISITS else np.nan
        kind = border_kind(n, float(beyond), float(low))
        rows[int(str(at))] = (n, hardness, people, level, shown, beyond, low, high, kind)
    columns = ["n", "hardness", "hardness_people", "chance", "chance_people", "beyond", "low", "high", "kind"]
    found = pd.DataFrame.from_dict(rows, orient="index", columns=columns).reindex(range(len(borders)))
    found["n"] = visits.groupby("border").size().reindex(found.index, fill_value=0)
    return found.fillna({"kind": "unknown"}).set_axis(borders)


def border_kind(n: int, beyond: float, low: float) -> str:
    """Return the class of a border from its hardness beyond chance.

    Parameters
    ----------
    n
        Residents who come to the border.
    beyond
        Hardness beyond chance.
    low
        Lower end of its 95 % interval.

    Returns
    -------
    str
        "hard", "between", "soft" or "unknown"; see :func:`border_hardness`.

    Examples
    --------
    >>> border_kind(20, 0.6, 0.4), border_kind(20, 0.6, 0.1), border_kind(20, 0.1, -0.1)
    ('hard', 'between', 'soft')
    """
    if n < MIN_CLASS_RESIDENTS or np.isnan(beyond):
        return "unknown"
    if beyond >= HARD_BEYOND and low > CLEARLY_ABOVE:
        return "hard"
    return "soft" if low <= 0 else "between"


def swept_ground_m2(area_m2: Numbers, perimeter_m: Numbers, *, width_m: float = WIDTH_M) -> Numbers:
    """Return the ground t that a drawing moved by 2 w sweeps on average; at most all of its own.

    Parameters
    ----------
    area_m2
        Ground of each drawing.
    perimeter_m
        Length of its outline, without details smaller than 2 w.
    width_m
        Distance w from a line at which the sides are taken.

    Returns
    -------
    array
        Square metres.

    Examples
    --------
    >>> float(swept_ground_m2(np.array(10_000.0), np.array(400.0)).round(1))
    3819.7
    """
    return np.asarray(np.minimum(2 * width_m * perimeter_m / np.pi, area_m2))


def _beyond(sums: Numbers) -> tuple[Any, Any, Any]:
    """Return hardness, its chance and what is beyond, from sums of both, either, ground and ground swept."""
    both, either, area, swept = sums
    hardness, level = 1 - both / either, chance_hardness(area, swept)
    return hardness, level, (hardness - level) / np.maximum(1 - level, 1e-9)


def _visits(cut: gpd.GeoDataFrame, shapes: NDArray[np.object_], width_m: float) -> pd.DataFrame:
    """Return who comes to which border: border, sketch, metres on both sides and on either, crosses."""
    border = cut.index.droplevel("piece").factorize()[0]
    metres = cut["length_m"].to_numpy()
    left, right = side_visits(cut, shapes, width_m)
    both = np.intersect1d(left, right, assume_unique=True)
    either = distinct(np.concatenate([left, right]))
    many = max(len(shapes), 1)
    table = pd.DataFrame(
        {
            "border": border[either // many],
            "sketch": either % many,
            "either_m": metres[either // many],
            "crosses": np.isin(either, both),
        }
    )
    table["both_m"] = table["either_m"].where(table["crosses"], 0.0)
    by = table.groupby(["border", "sketch"], sort=True)
    return by.agg(
        either_m=("either_m", "sum"), both_m=("both_m", "sum"), crosses=("crosses", "any")
    ).reset_index()
