"""Facilities seen from where people live: how many, how near, for how many, and where none are.

Distances are straight lines here. Where streets are known, :mod:`geo.networks.walking_distance` computes
those that people walk, for the functions that take distances; the answer must say which of the two it is. No
factor turns one into the other: on real streets the detour is 1.6 at 100 m and 1.35 at 400 m.
"""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import ArrayLike, NDArray
from shapely import Geometry, LineString

from geo.grids.grid import Geometries
from geo.schemas import FACILITIES

MIN_INHABITANTS = 50
"""Below this a number per 1,000 inhabitants says nothing."""

REACH_M = 400.0
"""Five minutes' walk; an editable default."""


def _middles(facilities: gpd.GeoDataFrame) -> Geometries:
    shapes: Geometries = facilities.geometry.to_numpy()
    return np.asarray(
        np.where(shapely.get_type_id(shapes) == 0, shapes, shapely.point_on_surface(shapes)), dtype=object
    )


def nearest_m(origins: Geometries, facilities: gpd.GeoDataFrame) -> NDArray[np.float64]:
    """Return the straight-line distance from each place to the nearest facility.

    Parameters
    ----------
    origins
        Points, for instance addresses or the centres of 100 m squares.
    facilities
        See :data:`geo.schemas.FACILITIES`.

    Returns
    -------
    array
        Metres, one per place; measured to the edge of a facility that is an area, 0 within it. Infinite when
        there are no facilities.

    Raises
    ------
    FrameColumnsMissing
        When `facilities` lacks a column of the schema.
    FrameNotPlanar
        When `facilities` is not in a plane in metres.
    """
    shapes: Geometries = FACILITIES.validate(facilities).geometry.to_numpy()
    if not len(shapes):
        return np.full(len(origins), np.inf)
    place, distance = shapely.STRtree(shapes).query_nearest(origins, return_distance=True, all_matches=False)
    found = np.full(len(origins), np.inf)
    found[place[0]] = distance
    return found


def distance_matrix_m(origins: Geometries, facilities: gpd.GeoDataFrame) -> NDArray[np.float64]:
    """Return the straight-line distance from every place to every facility.

    Parameters
    ----------
    origins
        Points, for instance addresses or the centres of 100 m squares.
    facilities
        See :data:`geo.schemas.FACILITIES`.

    Returns
    -------
    array
        Metres, origins x facilities; 0 within a facility that is an area.

    Raises
    ------
    FrameColumnsMissing
        When `facilities` lacks a column of the schema.
    FrameNotPlanar
        When `facilities` is not in a plane in metres.
    """
    shapes: Geometries = FACILITIES.validate(facilities).geometry.to_numpy()
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
    """Return how near the nearest facility is for the people of an area.

    Parameters
    ----------
    distance_m
        Metres to the nearest facility, per place; straight or along a network, infinite where there is none.
    people
        Number of people at each place.
    reach_m
        Distance in metres; a place exactly this far is within reach.

    Returns
    -------
    Nearness or None
        Distances in metres (infinite where there is no facility) and a share from 0 to 1; None when nobody
        lives there.

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


def uncovered_area(ground: Geometry, facilities: gpd.GeoDataFrame, *, reach_m: float = REACH_M) -> Geometry:
    """Return the part of an area farther than ``reach_m`` from every facility.

    Distances are straight lines. Arcs have 64 segments per quarter circle, which keeps the area within 0.01 %
    of the true circle.

    Parameters
    ----------
    ground
        Area in metres.
    facilities
        See :data:`geo.schemas.FACILITIES`.
    reach_m
        Largest straight-line distance in metres that counts as covered.

    Returns
    -------
    Geometry
        In metres; empty when everything is covered.

    Raises
    ------
    FrameColumnsMissing
        When `facilities` lacks a column of the schema.
    FrameNotPlanar
        When `facilities` is not in a plane in metres.

    Examples
    --------
    >>> from geo.crs import RD
    >>> nothing = gpd.GeoDataFrame({"theme": [], "kind": [], "name": [], "source": [], "date": []},
    ...     geometry=[], crs=RD, index=pd.Index([], name="facility_id"))
    >>> uncovered_area(shapely.box(0, 0, 100, 100), nothing).area
    10000.0
    """
    near = FACILITIES.validate(facilities).geometry.to_numpy()
    within = near[shapely.dwithin(near, ground, reach_m)] if len(near) else near
    return shapely.difference(ground, shapely.union_all(shapely.buffer(within, reach_m, quad_segs=64)))


def covered_share(
    ground: Geometry, facilities: gpd.GeoDataFrame, *, reach_m: float = REACH_M
) -> float | None:
    """Return the share of an area within ``reach_m`` of a facility.

    Area is not people: a meadow counts as much as a street. Where people are known use :func:`nearness`.

    Parameters
    ----------
    ground
        Area in metres.
    facilities
        See :data:`geo.schemas.FACILITIES`.
    reach_m
        Largest straight-line distance in metres that counts as covered.

    Returns
    -------
    float or None
        From 0 to 1; None for a shape without area.

    Raises
    ------
    FrameColumnsMissing
        When `facilities` lacks a column of the schema.
    FrameNotPlanar
        When `facilities` is not in a plane in metres.
    """
    size = shapely.area(ground)
    return (
        float(1 - shapely.area(uncovered_area(ground, facilities, reach_m=reach_m)) / size)
        if size > 0
        else None
    )


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
    """Return the gaps between benches along a route.

    Parameters
    ----------
    route
        Line in metres, in the order it is walked.
    benches
        See :data:`geo.schemas.FACILITIES`.
    norm_m
        Recommended distance between benches in metres: 100 to 125 on routes to important places
        (Kenniscentrum Sport & Bewegen).
    aside_m
        A bench at most this many metres from the route belongs to it.

    Returns
    -------
    Spacing or None
        Lengths in metres and a share from 0 to 1; None when the route has no length.

    Raises
    ------
    FrameColumnsMissing
        When `benches` lacks a column of the schema.
    FrameNotPlanar
        When `benches` is not in a plane in metres.

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
    places = _middles(FACILITIES.validate(benches))
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
    """Return per facility whether it lies in the core, the official area or both.

    Parameters
    ----------
    core
        Area that residents drew as theirs.
    official
        Area for which figures are published.
    facilities
        See :data:`geo.schemas.FACILITIES`.

    Returns
    -------
    Series
        Index ``facility_id``: "core_only" (residents use it, no figure of this area counts it),
        "official_only" or "both"; facilities in neither are left out.

    Raises
    ------
    FrameColumnsMissing
        When `facilities` lacks a column of the schema.
    FrameNotPlanar
        When `facilities` is not in a plane in metres.
    """
    places = _middles(FACILITIES.validate(facilities))
    inside, counted = shapely.intersects(core, places), shapely.intersects(official, places)
    where = np.select([inside & counted, inside, counted], ["both", "core_only", "official_only"], "")
    found = pd.Series(where, index=facilities.index, name="supply")
    return found[found != ""]
