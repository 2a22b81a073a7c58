"""Files of strangers through the whole intake: the README's counts come out, or a reasoned refusal."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
import shapely
from typer.testing import CliRunner

import cli.data
from geo.crs import RD, WGS84, convert
from geo.errors import FileOnlyPoints
from layers import own
from study import intake, projects
from tests.layers.test_files_shared import AREAS_OF, Shared, worked
from tests.stores import own_data, own_store

FACILITIES_OF = {
    "facilities/ermelo_region_bgt_straatmeubilair_2022.gpkg": 7_063,
    "facilities/harderwijk_bgt_functioneelgebied_2022.gpkg": 606,
    "facilities/amsterdam_noord_osm_amenities_2018.geojson": 257,
    "facilities/deventer_voorstad_locaties_initiatieven_2024.geojson": 239,
}
SESSIONS = (
    "sketches/amsterdam_tekensessies_2015.geojson",
    "sketches/amsterdam_tekensessies_2015_raw.geojson",
)
MOST_CPU_S = 40.0
"""For all files but the largest together, of this process and the guarded child."""
MOST_CPU_LARGEST_S = 60.0
"""For 42,035 drawings, on a machine that does other work too."""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Give an empty store and a data folder of its own, as `buurt import` finds them in its settings."""
    folder = tmp_path_factory.mktemp("house")
    with own_store(folder, BUURT_DATA=str(own_data(folder))):
        yield folder


@pytest.fixture(scope="module", autouse=True)
def budget(house: Path) -> Iterator[list[float]]:
    """Hold the imports of this module together to their budget; gives where to set apart what has its own."""
    projects.opened()  # the made-up town settles first; it is no import
    before, apart = worked(), list[float]()
    yield apart
    assert worked() - before - sum(apart) < MOST_CPU_S


class Told(NamedTuple):
    """What `buurt import` said."""

    n_in: int
    n_taken: int
    n_repaired: int
    n_refused: int
    kept_as: str
    text: str


def brought(path: Path, *words: str) -> Told:
    """Call `buurt import` in this process; an error of ours comes through."""
    done = CliRunner().invoke(cli.app, ["import", str(path), "--yes", *words])
    if done.exception is not None:
        raise done.exception
    said = " ".join(done.output.split())
    counts = re.search(
        r"([\d.]+) gelezen, ([\d.]+) overgenomen.*?([\d.]+) hersteld.*?([\d.]+) geweigerd", said
    )
    kept = re.search(r"Bewaard als (\S+)\.", said)
    assert counts is not None, said
    assert kept is not None, said
    n_in, n_taken, n_repaired, n_refused = (int(n.replace(".", "")) for n in counts.groups())
    return Told(n_in, n_taken, n_repaired, n_refused, kept[1], said)


def ring(lon: float, lat: float, half_m: float = 400.0) -> list[list[float]]:
    """Give a square round a place, in degrees."""
    d = half_m / 111_000
    return [
        [lon - d, lat - d],
        [lon + d, lat - d],
        [lon + d, lat + d],
        [lon - d, lat + d],
        [lon - d, lat - d],
    ]


def collection(*rings: list[list[float]]) -> bytes:
    """Write rings as a GeoJSON in degrees."""
    features = [
        {
            "type": "Feature",
            "properties": {"sketch_id": f"s{i}"},
            "geometry": {"type": "Polygon", "coordinates": [r]},
        }
        for i, r in enumerate(rings)
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


@pytest.mark.parametrize("name", AREAS_OF)
def test_areas_become_an_own_layer(name: str, house: Path, shared: Shared) -> None:
    """Rows of one code are one area; the only reason to refuse one is that it has no shape."""
    n, _division, invalid = AREAS_OF[name]
    found = brought(shared(name))
    assert (found.n_in, found.n_repaired) == (n, invalid)
    assert found.n_in == found.n_taken + found.n_refused
    assert found.text.count("heeft geen vorm") == min(found.n_refused, 10)
    assert 0 < len(own.read(found.kept_as)) <= found.n_taken


@pytest.mark.parametrize("name", FACILITIES_OF)
def test_facilities_become_an_own_layer(name: str, house: Path, shared: Shared) -> None:
    found = brought(shared(name))
    assert found.n_in == FACILITIES_OF[name] == found.n_taken + found.n_refused
    assert found.text.count("is geen plek van een van onze vier thema") == min(found.n_refused, 10)
    assert len(own.read(found.kept_as)) == found.n_taken > 0


@pytest.mark.parametrize("name", SESSIONS)
def test_lines_of_a_drawing_session_that_go_round_become_a_project(
    name: str, house: Path, shared: Shared
) -> None:
    found = brought(shared(name))
    assert found.n_in == 394 == found.n_taken + found.n_refused
    assert found.text.count("is een lijn") == 10
    kept = projects.opened().sketches(found.kept_as)
    assert len(kept) == found.n_taken > 0
    assert kept.crs == RD


def test_names_of_homes_are_refused_with_a_reason(house: Path, shared: Shared) -> None:
    with pytest.raises(FileOnlyPoints) as refused:
        brought(shared("sketches/edinburgh_named_home_points_2013.geojson"), "--as", "sketches")
    assert refused.value.facts["n"] == 2_347
    assert not any("edinburgh" in project.id for project in projects.projects())


def test_42_035_drawings_become_one_project(house: Path, shared: Shared, budget: list[float]) -> None:
    """41,583 of New York in the plane of the README, and one speck more or less in another plane."""
    before = worked()
    found = brought(shared("sketches/new_york_dnainfo_2015.gpkg"))
    spent = worked() - before
    assert spent < MOST_CPU_LARGEST_S
    budget.append(spent)
    assert found.n_in == 42_035 == found.n_taken + found.n_refused
    assert found.n_taken == pytest.approx(41_583, abs=2)
    assert projects.opened().counts(found.kept_as) == {"": found.n_taken}


def test_every_file_of_these_folders_is_brought_here(shared: Shared) -> None:
    """A new file in the shared folder needs a line here."""
    tried = {*AREAS_OF, *FACILITIES_OF, *SESSIONS} | {
        "sketches/edinburgh_named_home_points_2013.geojson",
        "sketches/new_york_dnainfo_2015.gpkg",
    }
    there = {
        f"{folder}/{path.name}"
        for folder in ("boundaries", "facilities", "messy", "sketches")
        for path in shared(folder).iterdir()
        if ".g" in path.name
    }
    assert there == tried


def test_by_hand_the_command_counts_and_keeps_once(house: Path) -> None:
    """Two squares and one of 40 m: all three are drawings; brought twice they are kept once."""
    path = house / "Drie buurten.geojson"
    path.write_bytes(collection(ring(5.2, 52.5), ring(5.21, 52.5), ring(5.22, 52.5, 20)))
    for _ in range(2):
        found = brought(path, "--as", "sketches")
        assert found[:5] == (3, 3, 0, 0, "drie-buurten")
    assert len(projects.opened().sketches("drie-buurten")) == 3


def test_stray_drawings_far_away_neither_move_the_plane_nor_are_refused(house: Path) -> None:
    """Nineteen in New York, one in Amsterdam, one in Tokyo: the plane is that of New York, all are kept."""
    rings = [ring(-74.0 + 0.01 * i, 40.7) for i in range(19)] + [ring(4.9, 52.37), ring(139.7, 35.7)]
    found = intake.take(collection(*rings), name="ver weg.geojson", role="sketches")
    assert (found.n_taken, found.n_refused) == (21, 0)
    table = projects.opened().sketches(str(found.kept_as))
    middle = convert(shapely.Point(0, 0), table.crs, WGS84)
    assert (round(middle.x), round(middle.y)) == (-74, 41)
    assert table.area.to_numpy() == pytest.approx(640_000 * 0.76, rel=0.3)


def test_stray_drawing_of_a_dutch_file_is_refused_by_name_and_the_others_stay_in_rd(house: Path) -> None:
    rings = [*(ring(5.2 + 0.01 * i, 52.5) for i in range(5)), ring(2.35, 48.85)]
    found = intake.take(collection(*rings), name="met Parijs.geojson", role="sketches")
    assert [(one.number, one.feature, one.reason) for one in found.refusals] == [(6, "s5", "DrawingOutside")]
    assert projects.opened().sketches(str(found.kept_as)).crs == RD


def test_file_never_changes_a_project_of_another_name(house: Path) -> None:
    """A file called demo.geojson is a project of its own; the made-up town stays made up."""
    found = intake.take(collection(ring(5.2, 52.5)), name="demo.geojson", role="sketches")
    assert str(found.kept_as).startswith("demo-")
    assert projects.project("demo").is_made_up


def test_bytes_and_file_are_one_and_the_same_import(house: Path) -> None:
    path = house / "twee wegen.geojson"
    path.write_bytes(collection(ring(5.2, 52.5), ring(5.21, 52.5)))
    one = intake.take(path, role="sketches")
    other = intake.take(path.read_bytes(), name=path.name, role="sketches")
    assert one == other
    assert len(projects.opened().sketches(str(one.kept_as))) == 2


def test_drawing_with_more_points_than_the_store_takes_is_refused_by_name(house: Path) -> None:
    many = shapely.get_coordinates(shapely.Point(5.2, 52.5).buffer(0.003, quad_segs=5_100)).tolist()
    found = intake.take(collection(ring(5.2, 52.5), many), name="punten.geojson", role="sketches")
    assert [(one.number, one.reason) for one in found.refusals] == [(2, "DrawingTooManyPoints")]


def test_limits_elsewhere_hold_every_drawing(house: Path) -> None:
    found = intake.take(
        collection(ring(-74.0, 40.7), ring(150.0, -33.0)), name="x.geojson", role="sketches", keep=False
    )
    assert found.n_refused == 0
