"""Facilities seen from where people live: how many, how near, for how many, and where none are.

Distances are straight lines here. Whoever has a network passes its distances to the functions that take
them; say in the answer which of the two it is. As a rule of thumb 400 m along streets is some 300 m in a
straight line.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import ArrayLike, NDArray
from shapely import Geometry, LineString

from geo.frames import FACILITIES
from geo.grid import Geometries

LEAST_INHABITANTS = 50
"""Below this a number per 1,000 inhabitants says nothing."""

REACH_M = 400.0
"""Five minutes' walk; an editable default."""


def counts(
    areas: gpd.GeoDataFrame, facilities: gpd.GeoDataFrame, *, inhabitants: "pd.Series[float] | None" = None
) -> pd.DataFrame:
    """Count the facilities in each area, per 1,000 inhabitants and per km2.

    A facility exactly on the edge of two areas serves both and counts in both. One drawn as a surface, such
    as a play area, counts where its middle lies.

    Parameters
    ----------
    areas
        Official areas, cores or sketches, in metres.
    facilities
        See :data:`geo.frames.FACILITIES`.
    inhabitants
        Per area, may be missing for some.

    Returns
    -------
    DataFrame
        Index as the areas; ``count``, ``per_km2``, ``per_1000`` (missing below 50 or unknown inhabitants).

    Examples
    --------
    >>> from geo.crs import RD
    >>> areas = gpd.GeoDataFrame({"name": ["Noord"]}, geometry=[shapely.box(0, 0, 1000, 500)], crs=RD,
    ...     index=pd.Index(["BU1"], name="code"))
    >>> benches = gpd.GeoDataFrame({"theme": "bench", "kind": "bench", "name": "", "source": "", "date": ""},
    ...     geometry=shapely.points([(1, 1), (2, 2), (3, 3)]), crs=RD,
    ...     index=pd.Index(list("abc"), name="facility_id"))
    >>> counts(areas, benches, inhabitants=pd.Series({"BU1": 1500})).loc["BU1"].to_dict()
    {'count': 3.0, 'per_km2': 6.0, 'per_1000': 2.0}
    """
    places = _middles(FACILITIES.check(facilities))
    shapes: Geometries = areas.geometry.to_numpy()
    area, _ = shapely.STRtree(places).query(shapes, predicate="intersects")
    count = np.bincount(area, minlength=len(shapes))
    found = pd.DataFrame({"count": count, "per_km2": count / (shapely.area(shapes) / 1e6)}, index=areas.index)
    people = (
        np.full(len(shapes), np.nan) if inhabitants is None else inhabitants.reindex(areas.index).to_numpy()
    )
    found["per_1000"] = np.where(people >= LEAST_INHABITANTS, count * 1000 / np.maximum(people, 1), np.nan)
    return found


def _middles(facilities: gpd.GeoDataFrame) -> Geometries:
    shapes: Geometries = facilities.geometry.to_numpy()
    return np.asarray(
        np.where(shapely.get_type_id(shapes) == 0, shapes, shapely.point_on_surface(shapes)), dtype=object
    )


def nearest_m(origins: Geometries, facilities: gpd.GeoDataFrame) -> NDArray[np.float64]:
    """Give the straight-line distance in metres from each place to the nearest facility.

    To the edge of a facility that is a surface, 0 within it; inf when there are no facilities.

    Parameters
    ----------
    origins
        Points, for instance addresses or the middles of 100 m squares.
    """
    shapes: Geometries = FACILITIES.check(facilities).geometry.to_numpy()
    if not len(shapes):
        return np.full(len(origins), np.inf)
    place, distance = shapely.STRtree(shapes).query_nearest(origins, return_distance=True, all_matches=False)
    found = np.full(len(origins), np.inf)
    found[place[0]] = distance
    return found


def straight_m(origins: Geometries, facilities: gpd.GeoDataFrame) -> NDArray[np.float64]:
    """Give the straight-line distance in metres from every place to every facility: origins x facilities."""
    shapes: Geometries = FACILITIES.check(facilities).geometry.to_numpy()
    return np.asarray(shapely.distance(origins[:, None], shapes[None, :]), dtype=np.float64)


@dataclass(frozen=True)
class Nearness:
    """How near the nearest facility is.

    Parameters
    ----------
    median_m, p90_m
        Half, and nine tenths, of the people have at most this far.
    within
        Share of the people within reach.
    """

    median_m: float
    p90_m: float
    within: float


def nearness(distance_m: ArrayLike, people: ArrayLike, *, reach_m: float = REACH_M) -> Nearness | None:
    """Sum up how near the nearest facility is for the people of an area.

    Parameters
    ----------
    distance_m
        To the nearest facility, per place; straight or along a network. inf where there is none.
    people
        Living at each place.
    reach_m
        A place exactly this far is within reach.

    Returns
    -------
    Nearness or None
        None when nobody lives there.

    Examples
    --------
    Of 300 people 120 have at most 400 m to go.

    >>> nearness([100, 400, 900], [20, 100, 180])
    Nearness(median_m=900.0, p90_m=900.0, within=0.4)
    """
    distance, living = np.asarray(distance_m, dtype=np.float64), np.asarray(people, dtype=np.float64)
    total = living.sum()
    if not total > 0:
        return None
    order = np.argsort(distance, kind="stable")
    reached = np.cumsum(living[order]) / total
    median, p90 = (float(distance[order][np.searchsorted(reached, share - 1e-12)]) for share in (0.5, 0.9))
    return Nearness(median, p90, float(living[distance <= reach_m].sum() / total))


def gap(ground: Geometry, facilities: gpd.GeoDataFrame, *, reach_m: float = REACH_M) -> Geometry:
    """Give the part of the ground that lies farther than ``reach_m`` from every facility, in a straight line.

    Arcs are drawn with 64 pieces a quarter, which keeps the area within 0.01 % of the true circle.

    Examples
    --------
    >>> from geo.crs import RD
    >>> nothing = gpd.GeoDataFrame({"theme": [], "kind": [], "name": [], "source": [], "date": []},
    ...     geometry=[], crs=RD, index=pd.Index([], name="facility_id"))
    >>> gap(shapely.box(0, 0, 100, 100), nothing).area
    10000.0
    """
    near = FACILITIES.check(facilities).geometry.to_numpy()
    within = near[shapely.dwithin(near, ground, reach_m)] if len(near) else near
    return shapely.difference(ground, shapely.union_all(shapely.buffer(within, reach_m, quad_segs=64)))


def covered(ground: Geometry, facilities: gpd.GeoDataFrame, *, reach_m: float = REACH_M) -> float | None:
    """Give the share of the ground within ``reach_m`` of a facility, 0 to 1; None for no ground.

    Ground is not people: a meadow counts as much as a street. Where people are known use :func:`nearness`.
    """
    size = shapely.area(ground)
    return float(1 - shapely.area(gap(ground, facilities, reach_m=reach_m)) / size) if size > 0 else None


@dataclass(frozen=True, eq=False)
class Supply:
    """Supply and demand weighed against each other.

    Parameters
    ----------
    per_facility
        What each facility has to offer per person who can reach it; 0 where nobody can.
    per_place
        What the people of each place can reach together of that.
    """

    per_facility: NDArray[np.float64]
    per_place: NDArray[np.float64]


def two_step(
    distance_m: ArrayLike, people: ArrayLike, offered: ArrayLike, *, reach_m: float = REACH_M
) -> Supply:
    """Weigh what facilities offer against how many people share it (two-step floating catchment area) [1]_.

    First each facility divides what it offers over all people within reach; then each place adds up what it
    can reach. People times what they can reach adds up to what the reached facilities offer.

    Parameters
    ----------
    distance_m
        Places x facilities; straight or along a network.
    people
        At each place.
    offered
        By each facility: seats, square metres, or 1.
    reach_m
        Catchment; a distance of exactly this is within.

    References
    ----------
    .. [1] W. Luo, F. Wang, Measures of spatial accessibility to health care in a GIS environment,
       Environment and Planning B 30 (2003), doi 10.1068/b29120.

    Examples
    --------
    The first facility reaches both places, the second only the last.

    >>> found = two_step([[100, 900], [300, 200]], people=[100, 300], offered=[4, 2], reach_m=400)
    >>> found.per_facility.round(4).tolist(), found.per_place.round(4).tolist()
    ([0.01, 0.0067], [0.01, 0.0167])
    """
    return _floating((np.asarray(distance_m) <= reach_m).astype(np.float64), people, offered)


def enhanced_two_step(
    distance_m: ArrayLike, people: ArrayLike, offered: ArrayLike, *, zones: Sequence[tuple[float, float]]
) -> Supply:
    """Weigh supply against demand with less weight farther off (enhanced two-step catchment) [1]_.

    Parameters
    ----------
    distance_m, people, offered
        As in :func:`two_step`.
    zones
        Pairs of distance in metres and weight, from near to far; beyond the last the weight is 0.

    References
    ----------
    .. [1] W. Luo, Y. Qi, An enhanced two-step floating catchment area (E2SFCA) method for measuring spatial
       accessibility to primary care physicians, Health & Place 15 (2009).

    Examples
    --------
    The second place is farther from the first facility and counts half there.

    >>> found = enhanced_two_step([[100, 900], [300, 200]], people=[100, 300], offered=[4, 2],
    ...     zones=((200, 1.0), (400, 0.5)))
    >>> found.per_facility.round(4).tolist(), found.per_place.round(4).tolist()
    ([0.016, 0.0067], [0.016, 0.0147])
    """
    edges, weights = (np.array(values, dtype=np.float64) for values in zip(*zones, strict=True))
    zone = np.searchsorted(edges, np.asarray(distance_m, dtype=np.float64), side="left")
    return _floating(np.append(weights, 0.0)[zone], people, offered)


def _floating(weight: NDArray[np.float64], people: ArrayLike, offered: ArrayLike) -> Supply:
    demand = np.asarray(people, dtype=np.float64) @ weight
    offer = np.asarray(offered, dtype=np.float64)
    share = np.divide(offer, demand, out=np.zeros_like(offer), where=demand > 0)
    return Supply(share, weight @ share)


@dataclass(frozen=True)
class Diversity:
    """How varied the facilities are.

    Parameters
    ----------
    entropy
        Of the kinds, in nats; 0 with one kind.
    evenness
        Entropy over its most for this number of kinds, 0 to 1; None with one kind.
    """

    entropy: float
    evenness: float | None


def diversity(numbers: ArrayLike) -> Diversity | None:
    """Measure how varied the facilities are (Shannon); None when there are none.

    Parameters
    ----------
    numbers
        How many of each kind; kinds without any may be among them.

    Examples
    --------
    >>> found = diversity([2, 1, 1, 0])
    >>> round(found.entropy, 6), round(found.evenness, 6)
    (1.039721, 0.946395)
    """
    count = np.asarray(numbers, dtype=np.float64)
    present = count[count > 0]
    if not len(present):
        return None
    p = present / present.sum()
    entropy = max(0.0, float(-(p * np.log(p)).sum()))
    return Diversity(entropy, entropy / math.log(len(present)) if len(present) > 1 else None)


@dataclass(frozen=True)
class Spacing:
    """Where one can sit down along a route.

    Parameters
    ----------
    gaps_m
        Lengths without a bench, in the direction of the route, both ends included.
    longest_m
        The longest of these.
    served
        Share of the route within half the norm of a bench, measured along the route.
    """

    gaps_m: tuple[float, ...]
    longest_m: float
    served: float


def bench_spacing(
    route: LineString, benches: gpd.GeoDataFrame, *, norm_m: float = 125.0, aside_m: float = 15.0
) -> Spacing | None:
    """See where one can sit down along a route; None when the route has no length.

    Parameters
    ----------
    route
        Line in metres, in the order it is walked.
    benches
        See :data:`geo.frames.FACILITIES`.
    norm_m
        A bench every so many metres: 100 to 125 on routes to important places (Kenniscentrum Sport &
        Bewegen).
    aside_m
        A bench at most this far from the route belongs to it.

    Examples
    --------
    500 m with benches at 100, 150 and 400 m and a norm of 125 m.

    >>> from geo.crs import RD
    >>> benches = gpd.GeoDataFrame({"theme": "bench", "kind": "bench", "name": "", "source": "", "date": ""},
    ...     geometry=shapely.points([(100, 5), (150, 0), (400, 0), (300, 99)]), crs=RD,
    ...     index=pd.Index(list("abcd"), name="facility_id"))
    >>> bench_spacing(LineString([(0, 0), (500, 0)]), benches)
    Spacing(gaps_m=(100.0, 50.0, 250.0, 100.0), longest_m=250.0, served=0.6)
    """
    if not route.length > 0:
        return None
    places = _middles(FACILITIES.check(benches))
    near = places[shapely.dwithin(places, route, aside_m)] if len(places) else places
    at = np.sort(shapely.line_locate_point(route, near))
    stops = np.concatenate([[0.0], at, [route.length]])
    gaps = np.diff(stops)
    half = norm_m / 2
    # Between two benches both serve; before the first and past the last only one does.
    ways = np.full(len(gaps), float(norm_m))
    ways[[0, -1]] = half
    served = np.minimum(gaps, ways).sum() if len(at) else 0.0
    return Spacing(tuple(map(float, gaps)), float(gaps.max()), float(served / route.length))


def experienced_supply(core: Geometry, official: Geometry, facilities: gpd.GeoDataFrame) -> "pd.Series[str]":
    """Tell for each facility whether it counts for residents, for the figures, or for both.

    Parameters
    ----------
    core
        Ground that residents hold to be theirs.
    official
        Area for which figures are published.

    Returns
    -------
    Series
        Index ``facility_id``: "core_only" (residents use it, no figure of this area counts it),
        "official_only" or "both"; facilities in neither are left out.
    """
    places = _middles(FACILITIES.check(facilities))
    inside, counted = shapely.intersects(core, places), shapely.intersects(official, places)
    where = np.select([inside & counted, inside, counted], ["both", "core_only", "official_only"], "")
    found = pd.Series(where, index=facilities.index, name="supply")
    return found[found != ""]
