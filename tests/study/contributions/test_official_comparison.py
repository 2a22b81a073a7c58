"""A drawing beside the official areas: what is told of it is all of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import shapely
from shapely import Polygon

from study.contributions import home_location
from study.contributions.official_comparison import OfficialOverlap, compare_with_official_areas
from study.demo_project import MUNICIPALITY, PROJECT
from tests.support.temp_store import own_store


@pytest.fixture(scope="module", autouse=True)
def kept_in(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return the file of a store of our own."""
    with own_store(tmp_path_factory.mktemp("store")) as file:
        yield file


def drawn_near(radius_m: float, *, north_m: float = 0.0) -> Polygon:
    """Return a circle round a street in the north of the demo town; farther north is the sea."""
    street = home_location.locate(home_location.search_address(MUNICIPALITY, "Kerkstraat")[0])
    assert street is not None
    return shapely.Point(street.x, street.y + north_m).buffer(radius_m)


def parts(line: OfficialOverlap) -> float:
    """Return the sum of the four parts that are told."""
    return line.share + (line.second[1] if line.second else 0.0) + line.rest + line.outside


@pytest.mark.parametrize(("radius_m", "north_m"), [(150, 0), (600, 0), (600, 700), (2500, 0)])
def test_what_is_told_adds_up_to_the_whole_drawing(radius_m: float, north_m: float) -> None:
    lines = compare_with_official_areas(PROJECT, drawn_near(radius_m, north_m=north_m))
    assert {line.division for line in lines} == {"wijk", "buurt", "pc4"}
    for line in lines:
        assert parts(line) == pytest.approx(1.0)
        assert line.second is None or line.second[1] <= line.share


def test_ground_in_the_sea_is_in_no_area() -> None:
    """Half a circle lies north of the dike: that part is told as such, not as another area."""
    (wijk,) = [
        line
        for line in compare_with_official_areas(PROJECT, drawn_near(600, north_m=700))
        if line.division == "wijk"
    ]
    assert wijk.outside > 0.3
