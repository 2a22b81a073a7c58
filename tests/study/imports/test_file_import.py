"""Files of strangers through the whole intake: the README's counts come out, or a reasoned refusal."""

import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple

import pytest
import shapely
from typer.testing import CliRunner

import cli.ingest
from geo.crs import RD, WGS84, transform
from geo.errors import FileColumnUnknown, FileOnlyPoints
from layers import custom_layers
from store import Actor, Project
from study import context
from study.analysis import groups
from study.filters import available_filters, with_filters
from study.imports.file_import import import_file
from tests.layers.files.test_shared_files import AREAS_OF, Shared, worked
from tests.support.temp_store import own_data, own_store

FACILITIES_OF = {
    "facilities/ermelo_region_bgt_straatmeubilair_2022.gpkg": 7_063,
    "facilities/harderwijk_bgt_functioneelgebied_2022.gpkg": 606,
    "facilities/amsterdam_noord_osm_amenities_2018.geojson": 257,
}
SESSIONS = (
    "sketches/amsterdam_tekensessies_2015.geojson",
    "sketches/amsterdam_tekensessies_2015_raw.geojson",
)
PLANNER = Actor("planner", account="demo")
MAX_CPU_S = 40.0
"""For all files but the largest together, of this process and the guarded child."""
MAX_CPU_LARGEST_S = 60.0
"""For 42,035 drawings, on a machine that does other work too."""


@pytest.fixture(scope="module")
def data_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return an empty store and a data folder of its own, as `buurt import` finds them in its settings."""
    folder = tmp_path_factory.mktemp("house")
    with own_store(folder, BUURT_DATA=str(own_data(folder))):
        yield folder


@pytest.fixture(scope="module", autouse=True)
def budget(data_folder: Path) -> Iterator[list[float]]:
    """Hold the imports of this module together to their budget; gives where to set apart what has its own."""
    before, apart = worked(), list[float]()
    yield apart
    assert worked() - before - sum(apart) < MAX_CPU_S


class CommandOutcome(NamedTuple):
    """What `buurt import` said."""

    n_in: int
    n_taken: int
    n_repaired: int
    n_refused: int
    kept_as: str
    text: str


def import_by_command(path: Path, *words: str) -> CommandOutcome:
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
    return CommandOutcome(n_in, n_taken, n_repaired, n_refused, kept[1], said)


def ring(lon: float, lat: float, half_m: float = 400.0) -> list[list[float]]:
    """Return a square round a place, in degrees."""
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
def test_areas_become_an_own_layer(name: str, data_folder: Path, shared: Shared) -> None:
    """Rows of one code are one area; the only reason to refuse one is that it has no shape."""
    n, _division, invalid = AREAS_OF[name]
    found = import_by_command(shared(name))
    assert (found.n_in, found.n_repaired) == (n, invalid)
    assert found.n_in == found.n_taken + found.n_refused
    assert found.text.count("heeft geen vorm") == min(found.n_refused, 10)
    assert 0 < len(custom_layers.read_custom_layer(found.kept_as)) <= found.n_taken


@pytest.mark.parametrize("name", FACILITIES_OF)
def test_facilities_become_an_own_layer(name: str, data_folder: Path, shared: Shared) -> None:
    found = import_by_command(shared(name))
    assert found.n_in == FACILITIES_OF[name] == found.n_taken + found.n_refused
    assert found.text.count("is geen plek van een van onze vier thema") == min(found.n_refused, 10)
    assert len(custom_layers.read_custom_layer(found.kept_as)) == found.n_taken > 0


@pytest.mark.parametrize("name", SESSIONS)
def test_lines_of_a_drawing_session_that_go_round_become_a_project(
    name: str, data_folder: Path, shared: Shared
) -> None:
    found = import_by_command(shared(name))
    assert found.n_in == 394 == found.n_taken + found.n_refused
    assert found.text.count("is een lijn") == 10
    kept = context.get_store().contributions.read_sketches(found.kept_as)
    assert len(kept) == found.n_taken > 0
    assert kept.crs == RD


def test_names_of_homes_are_refused_with_a_reason(data_folder: Path, shared: Shared) -> None:
    with pytest.raises(FileOnlyPoints) as refused:
        import_by_command(shared("sketches/edinburgh_named_home_points_2013.geojson"), "--as", "sketches")
    assert refused.value.facts["n"] == 2_347
    assert not any("edinburgh" in project.id for project in context.list_projects())


@pytest.mark.nightly
def test_42_035_drawings_become_one_project(data_folder: Path, shared: Shared, budget: list[float]) -> None:
    """41,583 of New York in the plane of the README, and one speck more or less in another plane."""
    before = worked()
    found = import_by_command(shared("sketches/new_york_dnainfo_2015.gpkg"))
    spent = worked() - before
    assert spent < MAX_CPU_LARGEST_S
    budget.append(spent)
    assert found.n_in == 42_035 == found.n_taken + found.n_refused
    assert found.n_taken == pytest.approx(41_583, abs=2)
    assert context.get_store().contributions.count_by_session(found.kept_as) == {"": found.n_taken}


def test_every_file_of_these_folders_is_brought_here(shared: Shared) -> None:
    """A new file in the shared folder needs a line here."""
    tried = {*AREAS_OF, *FACILITIES_OF, *SESSIONS} | {
        "sketches/edinburgh_named_home_points_2013.geojson",
        "sketches/new_york_dnainfo_2015.gpkg",
        "facilities/deventer_voorstad_locaties_initiatieven_2024.geojson",
    }
    there = {
        f"{folder}/{path.name}"
        for folder in ("boundaries", "facilities", "messy", "sketches")
        for path in shared(folder).iterdir()
        if ".g" in path.name
    }
    assert there == tried


def test_by_hand_the_command_counts_and_keeps_once(data_folder: Path) -> None:
    """Two squares and one of 40 m: all three are drawings; brought twice they are kept once."""
    path = data_folder / "Drie buurten.geojson"
    path.write_bytes(collection(ring(5.2, 52.5), ring(5.21, 52.5), ring(5.22, 52.5, 20)))
    for _ in range(2):
        found = import_by_command(path, "--as", "sketches")
        assert found[:5] == (3, 3, 0, 0, "drie-buurten")
    assert len(context.get_store().contributions.read_sketches("drie-buurten")) == 3


def test_stray_drawings_far_away_neither_move_the_plane_nor_are_refused(data_folder: Path) -> None:
    """Nineteen in New York, one in Amsterdam, one in Tokyo: the plane is that of New York, all are kept."""
    rings = [ring(-74.0 + 0.01 * i, 40.7) for i in range(19)] + [ring(4.9, 52.37), ring(139.7, 35.7)]
    found = import_file(collection(*rings), name="ver weg.geojson", role="sketches")
    assert (found.n_taken, found.n_refused) == (21, 0)
    table = context.get_store().contributions.read_sketches(str(found.kept_as))
    middle = transform(shapely.Point(0, 0), table.crs, WGS84)
    assert (round(middle.x), round(middle.y)) == (-74, 41)
    assert table.area.to_numpy() == pytest.approx(640_000 * 0.76, rel=0.3)


def test_stray_drawing_of_a_dutch_file_is_refused_by_name_and_the_others_stay_in_rd(
    data_folder: Path,
) -> None:
    rings = [*(ring(5.2 + 0.01 * i, 52.5) for i in range(5)), ring(2.35, 48.85)]
    found = import_file(collection(*rings), name="met Parijs.geojson", role="sketches")
    assert [(one.number, one.feature, one.reason) for one in found.refusals] == [(6, "s5", "DrawingOutside")]
    assert context.get_store().contributions.read_sketches(str(found.kept_as)).crs == RD


def test_file_never_changes_a_project_of_another_name(data_folder: Path) -> None:
    """A file called demo.geojson is a project of its own; the made-up town stays made up."""
    found = import_file(collection(ring(5.2, 52.5)), name="demo.geojson", role="sketches")
    assert str(found.kept_as).startswith("demo-")
    assert context.get_project("demo").is_demo


def test_bytes_and_file_are_one_and_the_same_import(data_folder: Path) -> None:
    path = data_folder / "twee wegen.geojson"
    path.write_bytes(collection(ring(5.2, 52.5), ring(5.21, 52.5)))
    one = import_file(path, role="sketches")
    other = import_file(path.read_bytes(), name=path.name, role="sketches")
    assert one == other
    assert len(context.get_store().contributions.read_sketches(str(one.kept_as))) == 2


def test_drawing_with_more_points_than_the_store_takes_is_refused_by_name(data_folder: Path) -> None:
    many = shapely.get_coordinates(shapely.Point(5.2, 52.5).buffer(0.003, quad_segs=5_100)).tolist()
    found = import_file(collection(ring(5.2, 52.5), many), name="punten.geojson", role="sketches")
    assert [(one.number, one.reason) for one in found.refusals] == [(2, "DrawingTooManyPoints")]


class Stopped(BaseException):
    """What ends a run of a page; no error, as that of Streamlit."""


def stop(_part: float) -> None:
    """Raise, as a page does that tells how far it is after its visitor pressed Stop."""
    raise Stopped


def test_an_import_that_is_stopped_keeps_nothing_and_can_be_done_again(data_folder: Path) -> None:
    """Stopped after the first thousand of 1,001: no project and no line in the log; then under the file's name."""
    many = collection(*(ring(5.2 + 0.0001 * n, 52.5, 50) for n in range(1_001)))
    handed = {"name": "gestopt.geojson", "role": "sketches"}
    private_store = context.get_store()
    before = context.list_projects(), private_store.accounts.list_audit()
    for project in ("", "nieuw"):
        with pytest.raises(Stopped):
            import_file(many, progress=stop, project=project, by=PLANNER, **handed)
    assert (context.list_projects(), private_store.accounts.list_audit()) == before
    assert import_file(many, **handed).kept_as == "gestopt"
    assert private_store.contributions.count_by_session("gestopt") == {"": 1_001}


def test_what_is_kept_can_not_be_stopped_any_more_and_stands_in_the_log(data_folder: Path) -> None:
    """Three drawings, two areas: nothing is asked of the page once they are final, so each says what it kept."""
    accounts = context.get_store().accounts
    before = len(accounts.list_audit())
    for n, role, mapping in ((3, "sketches", {}), (2, "areas", {"code": "sketch_id"})):
        rings = [ring(5.2 + 0.1 * at, 52.5) for at in range(n)]
        kept = import_file(
            collection(*rings), name=f"{role}.geojson", role=role, mapping=mapping, progress=stop, by=PLANNER
        )
        assert (kept.n_taken, kept.kept_as is None) == (n, False)
    lines = [(row.action, row.n) for row in accounts.list_audit()[before:]]
    assert lines == [("take in a file", 3), ("take in a file", 2)]


def test_an_empty_project_of_this_name_stays_of_who_made_it(data_folder: Path) -> None:
    """A planner's own project, perhaps open to residents already, has the name and the plane of the file."""
    private_store = context.get_store()
    own = Project(
        id="leeg", name="leeg", municipality="", crs=RD.to_string(), retention_until=date(2100, 1, 1)
    )
    private_store.projects.save(own)
    kept = import_file(collection(ring(5.31, 52.51)), name="leeg.geojson", role="sketches").kept_as
    assert str(kept).startswith("leeg-")
    assert private_store.contributions.count_by_session("leeg") == {}


@pytest.mark.nightly
def test_10_000_drawings_and_20_000_benches_take_less_than_half_a_minute(
    data_folder: Path, budget: list[float]
) -> None:
    """Each in one file, with answers beside the drawings; seconds of work, whatever else the machine does."""
    begun = worked()
    features = json.loads(collection(*(ring(5.2 + 0.0001 * (n % 500), 52.5) for n in range(10_000))))
    for n, feature in enumerate(features["features"]):
        feature["properties"] |= {"Thema": ("groen", "rust")[n % 2], "leeftijd": 20 + n % 60, "jaren": n % 30}
    rows = [
        "soort;x;y",
        *(f"bank;{160_000 + 10 * (n % 200)};{503_000 + 10 * (n // 200)}" for n in range(20_000)),
    ]
    for handed, name, n in (
        (json.dumps(features).encode(), "tienduizend.geojson", 10_000),
        ("\n".join(rows).encode(), "Twintigduizend banken.csv", 20_000),
    ):
        before = worked()
        assert import_file(handed, name=name, role=None if n == 20_000 else "sketches").n_taken == n
        assert worked() - before < 30
    budget.append(worked() - begun)


def test_limits_elsewhere_hold_every_drawing(data_folder: Path) -> None:
    found = import_file(
        collection(ring(-74.0, 40.7), ring(150.0, -33.0)), name="x.geojson", role="sketches", keep=False
    )
    assert found.n_refused == 0


def test_other_columns_are_kept_to_filter_and_compare_by(data_folder: Path) -> None:
    """Twenty-four drawings: a theme of two values is kept, ages 65+ fit no choice of ours, a number each is named."""
    rings = [ring(5.2 + 0.01 * n, 52.5) for n in range(24)]
    features = json.loads(collection(*rings))
    for n, feature in enumerate(features["features"]):
        feature["properties"] = {
            "Thema": ("groen", 'zegt "geluid"')[n % 2],
            "leeftijdsgroep": "65+" if n < 12 else "25-44",
            "volgnummer": n,
            "opmerking": f"Dit is een lange zin van iemand die iets wil zeggen over plek {n} en de buurt.",
        }
    found = import_file(json.dumps(features).encode(), name="kolommen.geojson", role="sketches")
    assert found.own_columns == ("Thema", "leeftijdsgroep")
    assert {"volgnummer", "opmerking"} <= set(found.not_kept)
    whole = context.current_study(str(found.kept_as))
    assert available_filters(whole).own == (
        ("own.Thema", "groen"),
        ("own.Thema", 'zegt "geluid"'),
        ("own.leeftijdsgroep", "25-44"),
        ("own.leeftijdsgroep", "65+"),
    )
    assert groups.groupings(whole)[-2:] == ("own.Thema", "own.leeftijdsgroep")
    assert groups.group_sizes(whole, "own.Thema").to_dict() == {"groen": 12, 'zegt "geluid"': 12}
    assert groups.group_sizes(whole, "age").to_dict() == {"adult": 12}
    quoted, old = ("own.Thema", 'zegt "geluid"'), ("own.leeftijdsgroep", "65+")
    for own, n in (((quoted,), 12), ((quoted, old), 6), ((quoted, ("own.Thema", "groen")), 24)):
        assert len(context.read_sketches(with_filters(whole, own=own))) == n


def test_somebody_says_which_column_answers_which_question(data_folder: Path) -> None:
    """Three drawings: a ride, a mark and a day in columns with other names; what fits no choice stays as it is."""
    features = json.loads(collection(*(ring(5.2 + 0.01 * n, 52.5) for n in range(3))))
    rows = [("Met de fiets", "7", "2-3-2024"), ("car", "11", "3-3-2024"), ("te paard", "", "")]
    for feature, (ride, mark, day) in zip(features["features"], rows, strict=True):
        feature["properties"] = {"vervoer": ride, "cijfer": mark, "wanneer": day, "leeftijd": "30"}
    asked = {"travel": "vervoer", "safe": "cijfer", "day": "wanneer", "age": ""}
    handed = json.dumps(features).encode()
    found = import_file(handed, name="vragen.geojson", role="sketches", mapping=asked)
    assert found.answered == {"day": "wanneer", "travel": "vervoer", "safe": "cijfer"}
    assert found.own_columns == ("vervoer", "cijfer", "leeftijd")
    kept = context.get_store().contributions.read_sketches(str(found.kept_as)).sort_values("created")
    assert kept["created"].astype(str).tolist()[:2] == ["2024-03-02", "2024-03-03"]
    told = [{key: one[key] for key in ("travel", "safe", "age") if key in one} for one in kept["answers"]]
    assert told == [{"travel": "bike", "safe": 7}, {"travel": "car"}, {}]
    with pytest.raises(FileColumnUnknown, match="fiets"):
        import_file(handed, name="vragen.geojson", role="sketches", mapping={"travel": "fiets"})
