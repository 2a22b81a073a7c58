"""What this program wrote comes back in: each table as what it was, with its codes, names and counts."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

import i18n
from geo.errors import FileLayerChoice, FileOwnBorders, FileOwnTable
from layers import custom_layers, files
from layers.catalogue import THEMES
from layers.files.detection.facility_kinds import kind_of_type
from maps.qgis.project import qgis_files
from store import Actor
from study import context
from study.analysis.batch import FileOptions, compare_files, group_consensus, read_sketches
from study.imports.file_import import ImportResult, import_file
from study.publishing.formats import raw_drawings, to_csv, write_publication
from study.publishing.publication import Publication
from tests.support.editions import published
from tests.support.temp_store import own_data, own_store

W = i18n.get_translator("nl")
PLANNER = Actor("planner", account="test")
BENCHES, PLACES, TWICE = 128, 241, 6
"""Of the made-up town; six community centres are in the list of two themes."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Publication]:
    """The first edition of the made-up town, in a store and a data folder of its own."""
    folder = tmp_path_factory.mktemp("own")
    with own_store(folder, BUURT_DATA=str(own_data(folder))):
        yield published("demo")


@pytest.fixture(scope="module")
def room(made: Publication, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the edition as GeoPackage, GeoJSON and xlsx."""
    folder = tmp_path_factory.mktemp("room")
    for kind in ("gpkg", "geojson", "xlsx"):
        write_publication(made, folder / f"uitgave.{kind}", W, partial(qgis_files, say=W))
    return folder


def taken(path: Path, layer: str | None = None, **more: object) -> ImportResult:
    return import_file(path, layer=layer, keep=False, **more)


@pytest.mark.parametrize("kind", ["gpkg", "geojson"])
def test_each_table_is_what_it_was(made: Publication, room: Path, kind: str) -> None:
    """As many areas as were written, under the codes they had; 128 of the 241 places are benches."""
    path = room / f"uitgave.{kind}"
    with pytest.raises(FileLayerChoice, match=r"cores.*areas.*facilities"):
        taken(path)
    for layer in ("cores", "areas", "wijk", "pc4", "disputed"):
        found = taken(path, layer)
        assert (found.role, found.n_taken, found.stripped) == ("areas", len(made.tables[layer]), ()), layer
    areas = files.import_layer(path, layer="areas").frame
    assert dict(areas["name"]) == dict(made.tables["areas"]["name"])
    places = taken(path, "facilities")
    assert (places.role, places.n_taken, places.kinds["bench"]) == ("facilities", PLACES, BENCHES)
    with pytest.raises(FileOwnBorders):
        taken(path, "borders")
    with pytest.raises(FileOwnBorders):
        taken(path, "borders", role="areas")


def test_a_neighbourhood_keeps_its_own_number(made: Publication, room: Path) -> None:
    """Its column `code` is that of the official area it resembles, which two may share; a core is one row a percent."""
    found = files.import_layer(room / "uitgave.gpkg", layer="neighbourhoods")
    drawn = made.tables["cores"].xs(50, level="percent")
    assert found.role == "areas"
    assert sorted(found.frame.index, key=int) == sorted(map(str, drawn.index), key=int)
    assert found.n_refused == len(made.tables["neighbourhoods"]) - len(drawn)
    cores = files.import_layer(room / "uitgave.gpkg", layer="cores").frame
    assert set(cores.index) == {f"{number}-{percent}" for number, percent in made.tables["cores"].index}
    assert cores.area.sum() == pytest.approx(made.tables["cores"].area.sum(), rel=1e-6)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_spreadsheet_of_places_says_where_they_lie(made: Publication, room: Path, kind: str) -> None:
    """Kinds come back from the words they were written in; no place moves by more than a hand."""
    path = room / f"uitgave.{kind}"
    if kind == "csv":
        path.write_bytes(to_csv(made, W, "facilities"))
    found = files.import_layer(path)
    there = made.tables["facilities"]
    there = there[~there.index.duplicated()]
    assert (found.role, found.n_taken, found.n_refused) == ("facilities", PLACES, TWICE)
    assert dict(found.frame["kind"]) == dict(there["kind"])
    assert set(found.frame["date"]) == set(there["date"])
    moved = found.frame.geometry.to_crs(28992).distance(
        there.geometry.to_crs(28992).reindex(found.frame.index)
    )
    assert moved.max() < 0.1


@pytest.mark.parametrize("table", ["areas", "neighbourhoods", "borders", "figures"])
@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_a_table_without_shapes_says_where_they_are(
    made: Publication, tmp_path: Path, table: str, language: str
) -> None:
    path = tmp_path / f"{table}.csv"
    path.write_bytes(to_csv(made, i18n.get_translator(language), table))
    with pytest.raises(FileOwnTable):
        taken(path)


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_every_word_for_a_kind_is_that_kind(language: str) -> None:
    say = i18n.get_translator(language)
    kinds = {one.key for theme in THEMES.values() for one in theme.kinds}
    assert {kind: kind_of_type(say(f"export.kind_{kind}")) for kind in kinds} == {
        kind: kind for kind in kinds
    }


def test_raw_drawings_come_back_with_their_answers(made: Publication, tmp_path: Path) -> None:
    """The whole store as one file, and the drawings of one project: what was answered is answered again."""
    before = context.get_store().contributions.read_sketches("demo", raw=True, by=PLANNER)
    whole, one = tmp_path / "alles.gpkg", tmp_path / "tekeningen.gpkg"
    context.get_store().maintenance.export_raw(whole, by=PLANNER)
    one.write_bytes(raw_drawings(context.current_study("demo"), PLANNER))
    for path, layer in ((whole, "drawing"), (one, None)):
        found = import_file(path, layer=layer)
        assert (found.role, found.n_taken) == ("sketches", len(before))
        assert found.answered["age"] == "answers.age"
        after = context.read_sketches(context.current_study(found.kept_as))
        for key in ("age", "years", "safe"):
            counted = [sorted(str(given.get(key)) for given in table["answers"]) for table in (before, after)]
            assert counted[0] == counted[1]
        assert sorted(after["name"]) == sorted(before["name"])
        assert after["created"].min() == before["created"].min()
        assert after.area.sum() == pytest.approx(before.area.sum(), rel=1e-6)


def test_what_a_planner_set_aside_does_not_count_again(made: Publication, tmp_path: Path) -> None:
    """One of all drawings is set aside, the whole store written and read: that one is refused, for that reason."""
    private_store = context.get_store()
    drawn = private_store.contributions.read_sketches("demo", raw=True, by=PLANNER)
    key, path = str(drawn.index[0]), tmp_path / "alles.gpkg"
    private_store.moderation.record_decision("demo", key, "aside", by=PLANNER)
    try:
        private_store.maintenance.export_raw(path, by=PLANNER)
    finally:
        private_store.moderation.undo_decisions("demo", [key], by=PLANNER)
    found = files.import_layer(path, layer="drawing")
    assert len(found.frame) >= len(drawn) - 1
    assert key not in found.frame.index
    assert [one.reason for one in found.refusals] == ["set_aside"]


def test_practice_drawings_do_not_become_real_ones(tmp_path: Path) -> None:
    path = tmp_path / "raw.gpkg"
    table = gpd.GeoDataFrame(
        {"sketch_id": ["a", "b"], "practice": [0, 1], "answers": ['{"age": "25-44"}', "{"]},
        geometry=[shapely.box(92_000, 446_000, 92_600, 446_400)] * 2,
        crs=28992,
    )
    table.to_file(path, layer="drawing")
    found = files.import_layer(path)
    assert found.frame["answers.age"].tolist() == ["25-44"]
    assert [(one.feature, one.reason) for one in found.refusals] == [("b", "practice")]


def test_drawings_are_compared_with_areas_of_an_edition(
    made: Publication, room: Path, tmp_path: Path
) -> None:
    """Both commands read what we wrote: 150 drawings, 18 buurten or 5 wijken, grouped by an answer."""
    drawn = tmp_path / "tekeningen.gpkg"
    drawn.write_bytes(raw_drawings(context.current_study("demo"), PLANNER))
    for kind in ("gpkg", "geojson"):
        found = compare_files(
            drawn, [room / f"uitgave.{kind}:areas", room / f"uitgave.{kind}:wijk"], tmp_path / f"{kind}.gpkg"
        )
        assert (found.n_kept, [row.n_areas for row in found.areas]) == (150, [18, 5])
    areas = FileOptions(layer="wijk")
    out = tmp_path / "c.gpkg"
    groups = group_consensus(
        drawn, "answers.age", out, areas=[room / "uitgave.gpkg"], areas_options=areas
    ).groups
    ages = read_sketches(drawn).sketches["answers.age"].value_counts()
    assert {row.group: row.n + row.n_set_aside for row in groups} == ages.to_dict()


def test_an_edition_that_is_kept_is_a_division(made: Publication, room: Path) -> None:
    kept = import_file(room / "uitgave.geojson", layer="wijk").kept_as
    assert kept is not None
    assert custom_layers.find_custom_layer(kept).rows == len(made.tables["wijk"])
