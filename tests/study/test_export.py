"""What leaves the house: nothing of fewer than five people, in files that open right elsewhere."""

import csv
import dataclasses
import io
import json
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from xml.etree import ElementTree

import fiona
import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pyogrio
import pytest
import shapely

import words
from geo.errors import AccessDenied, ExportKindUnknown, SelectionGivesAway, TooFewSketches
from geo.metrics import METHOD
from maps import qgis
from store import Actor, Filters
from study import export, intake, projects, publication
from study.projects import Study
from study.publication import Publication
from tests.stores import own_store

W = words.of("nl")
EVIL = (
    "=1+1",
    '=HYPERLINK("http://x.example","klik")',
    "+31",
    "-1",
    "@x",
    "\tx",
    "{{7*7}}",
    "<script>alert(1)</script>",
)


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Study]:
    """The made-up town in a store of its own."""
    with own_store(tmp_path_factory.mktemp("store")):
        yield projects.now()


@pytest.fixture(scope="module")
def made(study: Study) -> Publication:
    return publication.publication(study)


@pytest.fixture(scope="module")
def package(made: Publication, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("out") / "demo.gpkg"
    export.write(made, path, W, qgis.styles(list(made.spatial), made.division, W))
    return path


def planted(made: Publication) -> Publication:
    """The same, with names as somebody with bad intentions types them."""
    table = made.tables["neighbourhoods"].copy()
    table["name"] = [EVIL[at % len(EVIL)] for at in range(len(table))]
    return dataclasses.replace(made, tables={**made.tables, "neighbourhoods": table})


def test_nothing_of_fewer_than_five_people_is_published(made: Publication) -> None:
    cores, areas, borders = (made.tables[name] for name in ("cores", "areas", "borders"))
    assert cores["people"].min() >= 5
    assert made.tables["neighbourhoods"]["n"].min() >= 5
    assert not ((areas["n"] > 0) & (areas["n"] < 5)).any()
    assert areas.loc[areas["n"].isna(), ["iou", "own", "core_inside"]].isna().all(axis=None)
    assert borders.loc[borders["n"].isna(), "hardness"].isna().all()


def test_a_hidden_area_cannot_be_worked_out_from_the_others(made: Publication) -> None:
    """The total is told; so either no area is hidden, or two at least that hold five together."""
    n = made.tables["areas"]["n"]
    hidden = made.n - int(n.sum())
    assert hidden == 0 or (n.isna().sum() >= 2 and hidden >= 5)


def test_every_cell_of_a_core_was_drawn_by_the_people_it_says(study: Study, made: Publication) -> None:
    """Counted anew: a spot in a band lies in at least so many drawings."""
    sketches = projects.drawn(study).geometry.to_numpy()
    for _, row in made.tables["cores"].iterrows():
        spot = shapely.point_on_surface(row["geometry"])
        east, north = (np.floor(side / 25) * 25 + 12.5 for side in (spot.x, spot.y))
        assert shapely.covers(sketches, shapely.Point(east, north)).sum() >= row["people"]


def test_outlines_follow_cells_and_nobodys_hand(made: Publication) -> None:
    corners = shapely.get_coordinates(made.tables["cores"].geometry.to_numpy())
    assert (corners % 25 == 0).all()
    rounded = shapely.get_coordinates(made.pictured["cores"].geometry.to_numpy())
    assert (rounded % 10 == 0).all()


def test_shares_of_people_are_in_steps_of_ten_percent(made: Publication) -> None:
    for table, column in (("areas", "own"), ("borders", "hardness")):
        shares = made.tables[table].loc[lambda t: t["n"] < 50, column].dropna().to_numpy(dtype=float)
        assert len(shares)
        assert np.allclose(shares * 10, np.round(shares * 10))


def test_a_selection_that_leaves_one_out_is_refused(study: Study) -> None:
    """The whole minus the selection would be that one drawing."""
    one = str(projects.drawn(study).index[0])
    assert projects.opened().flag(study.project, one, aspect="shape", reason="very_small")
    with pytest.raises(SelectionGivesAway):
        publication.publication(projects.now(study.project, Filters(flagged=False)))


def test_of_nothing_nothing_is_published(study: Study) -> None:
    with pytest.raises((TooFewSketches, SelectionGivesAway)):
        publication.publication(dataclasses.replace(study, filters=Filters(sessions=("nowhere",))))


# --- GeoPackage


def test_every_layer_is_valid_and_in_rd(package: Path) -> None:
    layers = fiona.listlayers(package)
    assert {"cores", "areas", "borders", "facilities", "dictionary", "provenance", "layer_styles"} <= set(
        layers
    )
    for name, kind in pyogrio.list_layers(package):
        if kind is not None:
            table = gpd.read_file(package, layer=name)
            assert table.crs.to_epsg() == 28992, name
            assert len(table), name
            assert table.is_valid.all(), name
            assert not table.is_empty.any(), name
            assert len(set(table.geom_type)) == 1, name


def test_ogrinfo_reads_every_layer(package: Path) -> None:
    done = subprocess.run(
        ["ogrinfo", "-ro", "-al", "-so", str(package)], capture_output=True, text=True, check=True
    )
    assert "ERROR" not in done.stdout + done.stderr
    assert "Warning" not in done.stderr
    assert done.stdout.count("Layer name:") == len(fiona.listlayers(package))


def test_every_map_layer_has_its_style_for_qgis(package: Path, made: Publication) -> None:
    with sqlite3.connect(package) as connection:
        rows = connection.execute(
            "SELECT f_table_name, f_geometry_column, styleQML, useAsDefault FROM layer_styles"
        ).fetchall()
        geometry = dict(connection.execute("SELECT table_name, column_name FROM gpkg_geometry_columns"))
    connection.close()
    assert {row[0] for row in rows} == set(made.spatial)
    for table, column, style, default in rows:
        assert column == geometry[table]
        assert default == 1
        root = ElementTree.fromstring(style)
        symbols = {one.get("name") for one in root.iter("symbol")}
        used = {
            one.get("symbol") for one in (*root.iter("category"), *root.iter("rule")) if one.get("symbol")
        }
        assert used <= symbols, table


def test_every_column_has_a_meaning_and_every_table_an_origin(package: Path, made: Publication) -> None:
    told = pyogrio.read_dataframe(package, layer="dictionary")
    for name in made.tables:
        columns = [c for c in pyogrio.read_info(package, layer=name)["fields"] if c != "fid"]
        assert set(columns) == set(told.loc[told["table"] == name, "column"]), name
    origin = pyogrio.read_dataframe(package, layer="provenance")
    assert {name.split("/")[0] for name in origin["table"]} == set(made.tables)
    assert (origin["method"] == METHOD).all()
    assert (origin["source"] != "").all()
    assert (origin["year"] != "").all()
    assert (origin.loc[origin["table"] == "cores", "n"] == made.n).all()


# --- GeoJSON


def test_geojson_is_of_rfc_7946(made: Publication) -> None:
    found = json.loads(export.geojson(made, W))
    assert found["type"] == "FeatureCollection"
    assert "crs" not in found
    assert len(found["features"]) == sum(len(table) for table in made.spatial.values())
    west, south, east, north = found["bbox"]
    assert 3 < west < east < 8
    assert 50 < south < north < 54
    for feature in found["features"]:
        shape = shapely.geometry.shape(feature["geometry"])
        assert shape.is_valid
        for ring in (p.exterior for p in shapely.get_parts(shape) if p.geom_type == "Polygon"):
            assert shapely.is_ccw(ring)


# --- Spreadsheets


def test_dutch_excel_opens_the_csv_right(made: Publication) -> None:
    found = export.comma_separated(made, W)
    assert found.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(found.decode("utf-8-sig"), newline=""), delimiter=";"))
    assert rows[0][:3] == ["Code", "Naam", "Tekenaars"]
    assert len({len(row) for row in rows}) == 1
    assert "0,79" in rows[1]


def test_english_csv_has_commas_and_points(made: Publication) -> None:
    found = export.comma_separated(made, words.of("en")).decode("utf-8-sig")
    assert found.splitlines()[0].startswith("Code,Name,Drawers")
    assert "0.79" in found


def test_no_cell_is_ever_a_formula(made: Publication) -> None:
    found = export.comma_separated(planted(made), W, "neighbourhoods").decode("utf-8-sig")
    for row in csv.reader(io.StringIO(found, newline=""), delimiter=";"):
        assert not any(cell[:1] in "=+-@\t\r" for cell in row if cell), row
    book = openpyxl.load_workbook(io.BytesIO(export.workbook(planted(made), W)))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert not [cell.coordinate for cell in cells if cell.data_type == "f"]
    assert EVIL[0] in {cell.value for cell in cells}


def test_the_workbook_holds_real_numbers(made: Publication) -> None:
    book = openpyxl.load_workbook(io.BytesIO(export.workbook(made, W)))
    sheet = book[W("export.table_neighbourhoods")]
    heads = [cell.value for cell in sheet[1]]
    first = dict(zip(heads, (cell for cell in sheet[2]), strict=True))
    table = made.tables["neighbourhoods"]
    assert first["Tekenaars"].value == table["n"].iloc[0]
    assert first["Overlap"].value == pytest.approx(table["iou"].iloc[0])
    assert first["Overlap"].number_format == "0%"
    assert "verzonnen voorbeeld" in str(book.worksheets[0]["A1"].value).lower()


def test_what_we_do_not_make_is_refused(made: Publication, tmp_path: Path) -> None:
    with pytest.raises(ExportKindUnknown):
        export.write(made, tmp_path / "x.docx", W, {})
    with pytest.raises(ExportKindUnknown):
        export.write(made, tmp_path / "x.csv", W, {}, table="sketches")
    assert not list(tmp_path.iterdir())


def test_no_drawing_and_no_answer_is_in_any_table(made: Publication) -> None:
    for name, table in made.tables.items():
        columns = {*table.columns, *table.index.names}
        assert not columns & {"sketch_id", "raw", "answers", "words", "home_cell", "home_unit", "session"}, (
            name
        )


def test_raw_drawings_are_for_planners_and_are_logged(study: Study, tmp_path: Path) -> None:
    with pytest.raises(AccessDenied):
        export.raw(study, None)
    path = tmp_path / "raw.gpkg"
    path.write_bytes(export.raw(study, Actor("planner", account="test")))
    assert len(pyogrio.read_dataframe(path)) == len(projects.drawn(study))
    assert any(row.action == "read raw drawings" for row in projects.opened().audit())


def test_the_project_of_a_file_without_a_municipality(
    study: Study, shared: Callable[[str], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Real drawings of Amsterdam: no official areas, no facilities, and still a whole package."""
    monkeypatch.setenv("BUURT_DATA", str(tmp_path))
    key = intake.take(shared("sketches/amsterdam_tekensessies_2015.geojson"), role="sketches").kept_as
    found = publication.publication(projects.now(str(key)))
    assert found.division == ""
    assert "areas" not in found.tables
    path = tmp_path / "a.gpkg"
    export.write(found, path, W, qgis.styles(list(found.spatial), "", W))
    assert gpd.read_file(path, layer="cores").is_valid.all()
    assert json.loads(export.geojson(found, W))["features"]
    assert isinstance(found.tables["neighbourhoods"], pd.DataFrame)
