"""Streets of one name in one municipality: each a place of its own, and none of a neighbour's."""

import geopandas as gpd
import shapely

import layers
from geo.crs import RD
from layers.search.local_streets import _inside, _label_apart, _streets
from layers.services.locatieserver import AddressMatch
from tests.support.fake_services import CODE, Netherlands


def dorpsstraat(*lines: str) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {"name": ["Dorpsstraat"] * len(lines)}, geometry=gpd.GeoSeries.from_wkt(lines), crs=RD
    )


def test_streets_of_one_name_in_two_villages_are_two_places() -> None:
    """Pieces with a gap of 400 m are one street; 3 km farther is another one, and neither is half-way."""
    streets = dorpsstraat(
        "LINESTRING (0 0, 600 0)", "LINESTRING (1000 0, 1400 0)", "LINESTRING (4400 0, 4600 0)"
    )
    assert sorted(place.x for place in _streets(streets) if place.x is not None) == [600, 4500]


def test_street_across_the_border_counts_as_far_as_it_lies_inside() -> None:
    streets = dorpsstraat("LINESTRING (0 50, 300 50)", "LINESTRING (2000 50, 2300 50)")
    (place,) = _streets(_inside(streets, shapely.box(0, 0, 100, 100)))
    assert (place.x, place.y) == (50, 50)


def test_places_of_one_name_are_labelled_by_what_lies_around_them(testdam: Netherlands) -> None:
    """The name that only one has stays as it is; outside every buurt there is nothing to add."""
    buurten = layers.read_areas(CODE, "buurt").iloc[:2]
    (one, other), nowhere = buurten.representative_point(), shapely.Point(0, 0)
    spots = [("Dorpsstraat", one), ("Dorpsstraat", other), ("Dorpsstraat", nowhere), ("Kerkpad", one)]
    places = [AddressMatch(name, "street", name, spot.x, spot.y) for name, spot in spots]
    expected = [*(f"Dorpsstraat ({name})" for name in buurten["name"]), "Dorpsstraat", "Kerkpad"]
    assert [place.label for place in _label_apart(places, CODE)] == expected
