"""Real official areas that somebody brings: they load as own layers, and they show."""

import gzip
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import shapely

from geo.crs import RD
from geo.errors import ShapesAbsent
from layers import custom_layers
from study.imports.file_import import import_file
from tests.support.browser import App
from tests.support.temp_store import own_data
from ui import map_data

Shared = Callable[[str], Path]

REAL = {
    "lansingerland_wijken_2022.geojson": 16,
    "lansingerland_pc4_2020.geojson": 5,
    "amsterdam_buurten_2022.geojson": 518,
    "ermelo_buurten_2021.gpkg": 17,
}
"""File -> areas, from the README beside the data."""


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return a data folder of its own."""
    folder = own_data(tmp_path_factory.mktemp("house"))
    with pytest.MonkeyPatch.context() as settings:
        settings.setenv("BUURT_DATA", str(folder))
        yield folder


def ground(topology: dict[str, Any], name: str) -> dict[str, shapely.Geometry]:
    """Read a TopoJSON back, as its specification says: steps on a grid, borders kept once."""
    (kx, ky), (x0, y0) = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = []
    for arc in topology["arcs"]:
        x = y = 0
        line = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            line.append((x * kx + x0, y * ky + y0))
        arcs.append(line)

    def ring(numbers: list[int]) -> list[tuple[float, float]]:
        found: list[tuple[float, float]] = []
        for number in numbers:
            line = arcs[number] if number >= 0 else arcs[~number][::-1]
            found += line[1 if found else 0 :]
        return found

    made: dict[str, shapely.Geometry] = {}
    for one in topology["objects"][name]["geometries"]:
        parts = one["arcs"] if one["type"] == "MultiPolygon" else [one["arcs"]]
        rings = [[ring(r) for r in part] for part in parts]
        made[str(one["id"])] = shapely.make_valid(
            shapely.MultiPolygon([shapely.Polygon(part[0], part[1:]) for part in rings])
        )
    return made


@pytest.mark.parametrize("name", REAL)
def test_real_areas_load_and_their_shapes_are_theirs(name: str, data: Path, shared: Shared) -> None:
    """Every area is there under its code; on the screen its ground differs by less than 2 %."""
    kept = import_file(shared(f"boundaries/{name}"))
    table = custom_layers.read_custom_layer(str(kept.kept_as))
    assert (len(table), table.crs) == (REAL[name], RD)
    stem = map_data.custom_layer_url(str(kept.kept_as)).rsplit("/", 1)[1]
    packed = map_data.shapes_response(map_data.OWN, stem)
    shown = ground(json.loads(gzip.decompress(packed.body)), "areas")
    assert set(shown) == set(table.index)
    drawn = gpd.GeoSeries(shown, crs=4326).to_crs(RD).reindex(table.index)
    apart = shapely.area(
        shapely.symmetric_difference(drawn.to_numpy(), shapely.make_valid(table.geometry.to_numpy()))
    )
    assert (apart / table.area < 0.02).mean() > 0.97
    assert apart.sum() / table.area.sum() < 0.005
    assert len(packed.body) < 600_000


def test_an_own_layer_that_is_not_there_has_no_shapes(data: Path) -> None:
    with pytest.raises(ShapesAbsent):
        map_data.shapes_response(map_data.OWN, "own_nowhere.topojson")


@pytest.mark.browser
def test_wijken_of_lansingerland_show_in_the_app(
    app: App, visiting: Callable[..., Any], shared: Shared
) -> None:
    """Bring the file on the page: sixteen wijken, their proof, and their lines on the map."""
    with visiting(app) as visit:
        page = visit.page
        page.goto(app.url + "/inlezen")
        page.locator("input[type=file]").set_input_files(
            shared("boundaries/lansingerland_wijken_2022.geojson")
        )
        page.get_by_text("Van de 16 regels kunnen wij er").wait_for(timeout=60_000)
        page.wait_for_selector(".canvas[data-arrived~=areas-brought]", timeout=60_000)
        lines = page.locator(".canvas .leaflet-lines-pane path")
        assert lines.count() >= 1
        box = lines.last.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) > 150
