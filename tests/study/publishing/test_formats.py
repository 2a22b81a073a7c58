"""What leaves the house: nothing of fewer than five people, in files that open right elsewhere."""

import csv
import dataclasses
import io
import json
import re
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
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

import i18n
from geo.errors import (
    AccessDenied,
    DivisionNotPublished,
    EditionAbsent,
    ExportKindUnknown,
    TooFewSketches,
)
from geo.metric_registry import METHOD
from maps.qgis.project import qgis_files
from store import Actor, Project
from study import context
from study.analysis import key_figures
from study.context import Study
from study.imports.file_import import import_file
from study.publishing import editions
from study.publishing.formats import raw_drawings, to_csv, to_geojson, write_publication
from study.publishing.public_tables import band
from study.publishing.publication import Publication, latest_publication
from study.publishing.report_text import build_report
from study.publishing.shared_area import find_shared_area
from study.publishing.xlsx import list_to_xlsx, to_xlsx
from tests.support.editions import published
from tests.support.temp_store import own_store

W = i18n.get_translator("nl")
LOOK = partial(qgis_files, say=W)
CHAPTERS = [
    "summary",
    "neighbourhoods",
    "official",
    "borders",
    "facilities",
    "figures",
    "who",
    "method",
    "sources",
    "limits",
    "sensitivity",
]
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
        yield context.current_study()


@pytest.fixture(scope="module")
def made(study: Study) -> Publication:
    return published(study.project)


@pytest.fixture(scope="module")
def package(made: Publication, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("out") / "demo.gpkg"
    write_publication(made, path, W, LOOK)
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


def test_every_cell_of_a_core_was_drawn_by_the_people_it_says(study: Study, made: Publication) -> None:
    """Counted anew: a spot in a band lies in at least so many drawings."""
    sketches = context.read_sketches(study).geometry.to_numpy()
    for _, row in made.tables["cores"].iterrows():
        spot = shapely.point_on_surface(row["geometry"])
        east, north = (np.floor(side / 25) * 25 + 12.5 for side in (spot.x, spot.y))
        assert shapely.covers(sketches, shapely.Point(east, north)).sum() >= row["people"]


def test_outlines_follow_cells_and_nobodys_hand(made: Publication) -> None:
    corners = shapely.get_coordinates(made.tables["cores"].geometry.to_numpy())
    assert (corners % 25 == 0).all()
    rounded = shapely.get_coordinates(made.pictured["cores"].geometry.to_numpy())
    assert (rounded % 10 == 0).all()


def test_numbers_of_people_are_in_fives_and_shares_have_no_ends(made: Publication) -> None:
    """Shares only from twenty people on, in tenths or twentieths, never nobody and never everybody."""
    for name in ("areas", "borders", "ages", "neighbourhoods", "cores"):
        assert (made.tables[name]["n"].dropna() % 5 == 0).all()
    borders = made.tables["borders"]
    stated = borders.dropna(subset=["hardness"])
    assert len(stated)
    assert (stated["n"] >= 20).all()
    assert stated["hardness"].between(0.025, 0.975).all()
    tenths = stated.loc[stated["n"] < 45, "hardness"].to_numpy(dtype=float) * 20
    assert np.allclose(tenths, np.round(tenths))


def test_without_an_edition_there_is_nothing_to_hand_out(study: Study) -> None:
    context.get_store().projects.save(
        dataclasses.replace(context.get_project(study.project), id="nieuw", is_demo=False)
    )
    with pytest.raises(EditionAbsent):
        latest_publication("nieuw")
    with pytest.raises(TooFewSketches):
        published("nieuw")


def test_another_division_than_that_of_the_editions_is_refused(made: Publication) -> None:
    """Two divisions of one ground tell who lives in the slivers between them."""
    assert made.division == "buurt"
    with pytest.raises(DivisionNotPublished):
        latest_publication(made.project.id, "pc4")


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
            # A neighbourhood without a core (50 %) has no shape.
            shapes = table.geometry.dropna() if name == "neighbourhoods" else table.geometry
            assert shapes.is_valid.all(), name
            assert not shapes.is_empty.any(), name
            assert len(set(shapes.geom_type)) == 1, name


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
    assert {row[0] for row in rows} == {*made.spatial, "cores_smooth", "neighbourhoods"}
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
    dictionary = pyogrio.read_dataframe(package, layer="dictionary")
    for name in made.tables:
        columns = [c for c in pyogrio.read_info(package, layer=name)["fields"] if c != "fid"]
        assert set(columns) == set(dictionary.loc[dictionary["table"] == name, "column"]), name
    origin = pyogrio.read_dataframe(package, layer="provenance")
    assert {name.split("/")[0] for name in origin["table"]} == {*made.tables, "cores_smooth"}
    assert (origin["method"] == METHOD).all()
    assert (origin["source"] != "").all()
    assert (origin["year"] != "").all()
    assert (origin.loc[origin["table"] == "cores", "n"] == made.n).all()


def test_figures_are_carried_over_to_what_is_shown(study: Study, made: Publication) -> None:
    """What leaves of a core is made of its published ground and of CBS alone, and never of nothing."""
    found, half = made.tables["figures"], band(made.tables["cores"], 50)
    assert set(found.index.unique("neighbourhood")) == set(half.index)
    exact = key_figures.carried_figures(study, made.division, half).swaplevel().reindex(found.index)
    assert (found["telling"] == exact["telling"]).all()
    told = found["telling"].isin(["known", "with_range"])
    assert np.allclose(found["value"][told], exact["value"][told].astype(float), atol=0.05)
    assert found["value"][found["telling"] == "missing"].isna().all()
    assert told.any()


def test_divisions_stand_beside_chance_and_cores_beside_weights(made: Publication) -> None:
    ranked = made.tables["divisions"]
    beyond = (ranked["mean_iou"] - ranked["chance"]) / (1 - ranked["chance"])
    assert np.allclose(ranked["fit"], beyond, atol=0.02)
    assert ranked["fit"].is_monotonic_decreasing
    weighed = made.tables["neighbourhoods"]
    assert weighed["weighted_ha"].notna().any()
    assert (weighed["effective_n"].dropna() % 5 == 0).all()
    assert (weighed["effective_n"] <= weighed["n"] + 2).all()
    assert set(made.tables["areas"]["basis"].dropna()) <= {"home", "drawing", "mixed"}
    repeated = made.tables["sensitivity"]
    assert (repeated["n"] % 5 == 0).all()
    # Who has a known home, and whose drawing has no remark, are other people: no edition speaks of those.
    assert set(repeated.index) == {"usual", "cut_75", "cut_85", "cell_10"}


# --- GeoJSON


def test_geojson_is_of_rfc_7946(made: Publication) -> None:
    found = json.loads(to_geojson(made, W))
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
    found = to_csv(made, W)
    assert found.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(found.decode("utf-8-sig"), newline=""), delimiter=";"))
    assert rows[0][:3] == ["Code", "Naam", "Tekenaars"]
    assert len({len(row) for row in rows}) == 1
    assert "0,79" in rows[1]


def test_english_csv_has_commas_and_points(made: Publication) -> None:
    found = to_csv(made, i18n.get_translator("en")).decode("utf-8-sig")
    assert found.splitlines()[0].startswith("Code,Name,Drawers")
    assert "0.79" in found


def test_no_cell_is_ever_a_formula(made: Publication) -> None:
    found = to_csv(planted(made), W, "neighbourhoods").decode("utf-8-sig")
    for row in csv.reader(io.StringIO(found, newline=""), delimiter=";"):
        assert not any(cell[:1] in "=+-@\t\r" for cell in row if cell), row
    book = openpyxl.load_workbook(io.BytesIO(to_xlsx(planted(made), W)))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert not [cell.coordinate for cell in cells if cell.data_type == "f"]
    assert EVIL[0] in {cell.value for cell in cells}


def test_the_workbook_holds_real_numbers(made: Publication) -> None:
    book = openpyxl.load_workbook(io.BytesIO(to_xlsx(made, W)))
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
        write_publication(made, tmp_path / "x.docx", W, LOOK)
    with pytest.raises(ExportKindUnknown):
        write_publication(made, tmp_path / "x.csv", W, LOOK, table="sketches")
    assert not list(tmp_path.iterdir())


def test_no_drawing_and_no_answer_is_in_any_table(made: Publication) -> None:
    for name, table in made.tables.items():
        columns = {*table.columns, *table.index.names}
        assert not columns & {"sketch_id", "raw", "answers", "words", "home_cell", "home_unit", "session"}, (
            name
        )


def test_raw_drawings_are_for_planners_and_are_logged(study: Study, tmp_path: Path) -> None:
    with pytest.raises(AccessDenied):
        raw_drawings(study, None)
    path = tmp_path / "raw.gpkg"
    path.write_bytes(raw_drawings(study, Actor("planner", account="test")))
    assert len(pyogrio.read_dataframe(path)) == len(context.read_sketches(study))
    assert any(row.action == "read raw drawings" for row in context.get_store().accounts.list_audit())


def test_the_project_of_a_file_without_a_municipality(
    study: Study, shared: Callable[[str], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Real drawings of Amsterdam: no official areas, no facilities, and still a whole package.

    The loops are a few to each place, so no band may be drawn.
    """
    monkeypatch.setenv("BUURT_DATA", str(tmp_path))
    key = import_file(shared("sketches/amsterdam_tekensessies_2015.geojson"), role="sketches").kept_as
    found = published(str(key))
    assert found.division == ""
    assert "areas" not in found.tables
    path = tmp_path / "a.gpkg"
    write_publication(found, path, W, LOOK)
    assert set(fiona.listlayers(path)) >= {"neighbourhoods", "provenance"}
    assert json.loads(to_geojson(found, W))["type"] == "FeatureCollection"
    assert isinstance(found.tables["neighbourhoods"], pd.DataFrame)


# --- Report, lists and shared areas ---------------------------------------------------------------


@pytest.mark.parametrize("language", ["nl", "en"])
def test_a_report_is_told_whole_in_either_language(made: Publication, language: str) -> None:
    """Every chapter has something to say, the front has the numbers of the tables, and no placeholder is left."""
    say = i18n.get_translator(language)
    report = build_report(made, say, date(2026, 3, 4))
    assert [chapter.key for chapter in report.chapters] == CHAPTERS
    assert report.facts[:2] == (
        (say.number(made.n), say("report.fact_drawers")),
        (say.number(len(made.tables["neighbourhoods"])), say("report.fact_neighbourhoods")),
    )
    assert report.label == say("demo.label")
    assert not re.search(r"\{\w*\}|\bnan\b", repr(report.chapters))


def test_charts_show_the_numbers_of_the_tables(made: Publication) -> None:
    """Each dot is a value of the edition, and the sentence for who sees no dots names both ends."""
    chapters = {chapter.key: chapter for chapter in build_report(made, W, date(2026, 3, 4)).chapters}
    assert {key for key, chapter in chapters.items() if chapter.charts} == {"official", "borders", "who"}
    (areas,), (borders,), (ages,) = (chapters[key].charts for key in ("official", "borders", "who"))
    stated = made.tables["areas"].set_index("name")["iou"].dropna()
    assert {row.name: row.value for row in areas.rows} == stated.to_dict()
    assert [row.value for row in areas.rows] == sorted(stated, reverse=True)
    assert areas.rows[0].name in areas.alt
    assert areas.rows[-1].name in areas.alt
    hard = made.tables["borders"]["hardness"].dropna().sort_values(ascending=False)
    assert [row.value for row in borders.rows] == hard.head(20).tolist()
    table = made.tables["ages"]
    assert [(row.value, row.tick) for row in ages.rows] == list(
        zip(table["share"], table["inhabitants"], strict=True)
    )
    assert "{" not in areas.alt + borders.alt + ages.alt


def test_a_report_without_neighbourhoods_says_so(made: Publication) -> None:
    bare = dataclasses.replace(made, tables={}, median_ha=None)
    report = build_report(bare, W, date(2026, 3, 4))
    assert report.chapters[0].paragraphs == (W("report.summary_one", n=made.n, least=made.least),)
    assert len(report.facts) == 2


def test_a_report_announces_no_table_or_map_that_does_not_follow(made: Publication) -> None:
    """Where too few drew to say anything of an area or border, one sentence says so and nothing empty follows."""
    areas = made.tables["areas"].assign(iou=float("nan"))
    borders = made.tables["borders"].assign(hardness=float("nan"))
    nothing = dataclasses.replace(made, tables={**made.tables, "areas": areas, "borders": borders})
    chapters = {one.key: one for one in build_report(nothing, W, date(2026, 3, 4)).chapters}
    assert chapters["official"].paragraphs == (W("report.official_none"),)
    assert chapters["borders"].paragraphs == (W("report.borders_none", whole=len(borders)),)
    assert (chapters["borders"].picture, chapters["borders"].tables) == (None, ())


def test_a_list_keeps_what_somebody_typed_as_text() -> None:
    sheet = openpyxl.load_workbook(
        io.BytesIO(list_to_xlsx(pd.DataFrame({"woorden": EVIL[:2], "n": [1, 2]}), "Lijst"))
    )["Lijst"]
    cells = [cell for row in sheet.iter_rows(min_row=2, max_col=1) for cell in row]
    assert {cell.data_type for cell in cells} == {"s"}
    assert all(str(cell.value).endswith(typed) for cell, typed in zip(cells, EVIL, strict=False))


def test_the_area_that_neighbours_share_is_the_published_one_most_alike(made: Publication) -> None:
    """A drawing equal to a core has all of it; far away nothing is shared; without an edition neither."""
    cores = made.tables["cores"]
    core = cores[cores.index.get_level_values("percent") == 50].geometry.iloc[0]
    found = find_shared_area(made.project.id, core)
    assert found is not None
    assert (found.edition, found.percent, found.overlap) == (made.number, 50, pytest.approx(1.0))
    assert find_shared_area(made.project.id, shapely.box(0, 300_000, 500, 300_500)) is None
    context.get_store().projects.save(Project("kaal", "Kaal", "GM9901", date(2099, 1, 1)))
    assert find_shared_area("kaal", core) is None


def test_what_has_been_published_is_not_new(made: Publication) -> None:
    """The same drawings again: a preview finds nothing new, nothing is published, and no name is asked twice."""
    looked = editions.preview(made.project.id)
    assert not looked.is_new
    assert editions.publish(made.project.id, by=Actor("planner", account="demo")) is None
    names = [name.name.casefold() for name in editions.names_of_project(made.project.id)]
    assert len(set(names)) == len(names) > 0
