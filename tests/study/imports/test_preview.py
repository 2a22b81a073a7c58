"""A preview lies on a ground that can be recognised, and says in words where it is."""

from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from geo.crs import RD, WGS84
from layers.download import municipalities
from study.imports import preview
from tests.conftest import ROOT


def spots(*places: tuple[float, float]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(geometry=shapely.points(places), crs=WGS84)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("BUURT_DATA", str(tmp_path))
    return tmp_path


def test_without_any_fetch_the_borders_of_the_country_are_the_ground() -> None:
    """Two places in Gouda and one in the sea off Africa."""
    found = preview.preview_ground(spots((4.71, 52.01), (4.72, 52.02), (0.0, 0.0)).to_crs(RD))
    assert found.places == (("netherlands", 2), ("", 1))
    assert found.municipality == ""
    assert found.borders["name"].tolist() == ["Netherlands"]
    land = found.borders.to_crs(RD).area.sum() / 1e6
    assert land == pytest.approx(41_500 - 2_500, rel=0.1)  # CBS: land, without the large waters


@pytest.mark.parametrize(
    ("place", "country"), [((-73.99, 40.73), "united_states_of_america"), ((4.4, 50.85), "belgium")]
)
def test_elsewhere_the_country_is_named(place: tuple[float, float], country: str) -> None:
    found = preview.preview_ground(spots(place))
    assert found.places == ((country, 1),)
    west, south, east, north = found.bounds_wgs84
    assert west < place[0] < east
    assert south < place[1] < north


def test_after_a_fetch_municipalities_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    west, east = shapely.box(92_000, 446_000, 93_000, 447_000), shapely.box(93_000, 446_000, 94_000, 447_000)
    borders = gpd.GeoDataFrame({"name": ["West", "Oost"]}, geometry=[west, east], crs=RD)
    monkeypatch.setattr(municipalities, "cached_borders", lambda: borders)
    points = gpd.GeoDataFrame(geometry=shapely.points([(92_500, 446_500), (92_600, 446_500)]), crs=RD)
    found = preview.preview_ground(points)
    assert found.places == (("West", 2),)
    assert found.borders["name"].tolist() == ["West"]


def test_in_a_fetched_town_its_base_map_is_the_ground(folder: Path) -> None:
    (folder / "GM9901").symlink_to(ROOT / "data" / "boundaries" / "GM9901")
    shown = gpd.GeoDataFrame(geometry=[shapely.box(143_000, 509_000, 143_400, 509_400)], crs=RD)
    assert preview.preview_ground(shown).municipality == "GM9901"


def test_columns_of_a_table_without_a_place_are_named() -> None:
    columns = preview.table_columns(b"a;b;c\n1;2;3\n", name="t.csv")
    assert columns == {"t": ("a", "b", "c")}
    assert preview.table_columns(b"{}", name="t.geojson") == {}
