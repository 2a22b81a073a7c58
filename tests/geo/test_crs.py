"""RD and degrees: known answers, the certified transformation as oracle, no network and no `inf`."""

from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyproj
import pyproj.network
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyrdnap import RDNAP2018v1

from geo.crs import RD, WGS84, in_netherlands, planar, to_planar, to_wgs84, transform

OFFICIAL = {
    "30010000": (51.728601274, 4.712120126, 108360.8790, 415757.2745),
    "30010002": (53.001308983, 3.360296728, 18940.4448, 559061.2153),
    "30010004": (53.558631914, 6.829370962, 250569.5957, 620134.9245),
    "30010021": (52.763874938, 4.069800843, 66080.2628, 531539.0239),
    "Friesland": (53.199392335, 6.05939747, 199920.0426, 579403.4233),
    "EPSG v12.054": (53.148288321, 7.180899528, 275000.000, 575000.000),
}
"""Latitude, longitude (ETRS89), x, y (RD): the self-validation of RDNAPTRANS 2018, published examples."""

TOLERANCE_M = 0.25
"""PROJ without its grid is off by 0.07 m on average and 0.23 m at most: far below what a hand can draw."""


@pytest.mark.parametrize("name", OFFICIAL)
def test_degrees_become_rd(name: str) -> None:
    lat, lon, x, y = OFFICIAL[name]
    found = to_planar(shapely.Point(lon, lat))
    assert found.distance(shapely.Point(x, y)) < TOLERANCE_M


@pytest.mark.parametrize("name", OFFICIAL)
def test_rd_becomes_degrees(name: str) -> None:
    """A millionth of a degree is 0.11 m to the north and 0.07 m to the east."""
    lat, lon, x, y = OFFICIAL[name]
    found = to_wgs84(shapely.Point(x, y))
    assert found.x == pytest.approx(lon, abs=4e-6)
    assert found.y == pytest.approx(lat, abs=2.5e-6)


def test_the_answer_without_grids_is_pinned() -> None:
    """Another PROJ, or a grid somebody installed, would move every boundary against every drawing."""
    found = to_planar(shapely.Point(4.712120126, 51.728601274))
    assert found.x == pytest.approx(108360.8523, abs=0.001)
    assert found.y == pytest.approx(415757.3075, abs=0.001)


@pytest.mark.parametrize("name", OFFICIAL)
def test_the_oracle_knows_the_official_answers(name: str) -> None:
    lat, lon, x, y = OFFICIAL[name]
    found = RDNAP2018v1().forward(lat, lon)
    assert (found.RDx, found.RDy) == (pytest.approx(x, abs=0.001), pytest.approx(y, abs=0.001))


def test_all_over_the_country_proj_is_near_the_oracle() -> None:
    """A net of 200 spots over the land."""
    oracle = RDNAP2018v1()
    lon, lat = (axis.ravel() for axis in np.meshgrid(np.linspace(3.6, 7.1, 20), np.linspace(51.0, 53.4, 10)))
    ours = to_planar(shapely.points(lon, lat))
    truth = [oracle.forward(float(a), float(o)) for a, o in zip(lat, lon, strict=True)]
    theirs = shapely.points([[spot.RDx, spot.RDy] for spot in truth])
    assert shapely.distance(ours, theirs).max() < TOLERANCE_M


@given(st.floats(10_000, 280_000), st.floats(306_000, 619_000))
def test_there_and_back_is_the_same_spot(x: float, y: float) -> None:
    """To a millimetre, and never `inf`."""
    degrees = to_wgs84(shapely.Point(x, y))
    assert np.isfinite(shapely.get_coordinates(degrees)).all()
    assert to_planar(degrees).distance(shapely.Point(x, y)) < 0.001


def test_proj_never_goes_to_the_network() -> None:
    assert not pyproj.network.is_network_enabled()


def test_east_comes_first_whatever_the_authority_says() -> None:
    """EPSG:4326 says latitude first; we never do."""
    found = transform(shapely.Point(155_000, 463_000), RD, WGS84)
    assert (round(found.x), round(found.y)) == (5, 52)


def test_an_array_and_an_empty_shape_are_carried_too() -> None:
    found = to_planar(np.array([shapely.Point(4.5, 52.0), shapely.Polygon()]))
    assert found[0].distance(to_planar(shapely.Point(4.5, 52.0))) == 0
    assert found[1].is_empty


def test_a_city_elsewhere_gets_a_plane_of_its_own_that_keeps_areas() -> None:
    """A square kilometre at New York's latitude stays one, to a thousandth."""
    plane = planar((-74.3, 40.5, -73.7, 40.9))
    assert plane != RD
    assert plane == planar((-74.2, 40.6, -73.8, 40.8))
    geod = pyproj.Geod(ellps="WGS84")
    north = geod.fwd(-74.0, 40.7, 0, 1000)[1]
    east = geod.fwd(-74.0, 40.7, 90, 1000)[0]
    square = to_planar(shapely.box(-74.0, 40.7, east, north), plane)
    assert square.area == pytest.approx(1_000_000, rel=1e-3)


@pytest.mark.parametrize(
    ("bounds", "expected"),
    [
        ((3.3, 50.8, 7.2, 53.6), True),
        ((4.4, 51.9, 7.4, 52.0), False),
        ((51.9, 4.4, 52.0, 4.5), False),
    ],
)
def test_the_netherlands_is_known_by_its_box(bounds: tuple[float, ...], expected: bool) -> None:
    assert in_netherlands(bounds) is expected


def test_real_buurten_in_degrees_land_on_their_wijken_in_rd(shared: Callable[[str], Path]) -> None:
    """Amsterdam's buurten (CRS84) lie on Amsterdam's wijken (RD), but for the coarseness of the latter."""
    buurten = gpd.read_file(shared("boundaries/amsterdam_buurten_2022.geojson"))
    wijken = gpd.read_file(shared("boundaries/nl_wijken_2022.gpkg"), layer="wijken")
    city = shapely.union_all(wijken.geometry[wijken["code"].str.startswith("WK0363")].to_numpy())
    ours = shapely.union_all(shapely.make_valid(to_planar(buurten.geometry.to_numpy())))
    assert shapely.intersection(ours, city).area / city.area > 0.98
