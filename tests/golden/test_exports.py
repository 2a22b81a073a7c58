"""Layers, columns and headings of every export, and the parts of an edition: spreadsheets are built on them."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import openpyxl
import pyogrio
import pytest

import i18n
from maps.qgis.project import qgis_files
from store import Actor, WorkshopSession
from study import context
from study.publishing.formats import write_publication
from study.publishing.publication import Publication
from study.publishing.sessions.editions import publish_if_due
from study.workshop import practice_data, sessions
from tests.golden import as_json, expected
from tests.support.editions import published
from tests.support.temp_store import own_store

W = i18n.get_translator("nl")
PLANNER = Actor("planner", account="a1")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Publication]:
    """Return what may be handed out of the made-up town."""
    with own_store(tmp_path_factory.mktemp("store")):
        yield published()


def written(made: Publication, folder: Path, kind: str) -> Path:
    path = folder / f"demo{kind}"
    write_publication(made, path, W, partial(qgis_files, say=W))
    return path


def geopackage(path: Path) -> dict[str, Any]:
    return {
        str(name): list(pyogrio.read_info(path, layer=name)["fields"])
        for name, _ in pyogrio.list_layers(path)
    }


def workbook(path: Path) -> dict[str, Any]:
    book = openpyxl.load_workbook(path)
    return {sheet.title: [cell.value for cell in sheet[1]] for sheet in book.worksheets[1:]}


def geojson(path: Path) -> dict[str, Any]:
    found = json.loads(path.read_text(encoding="utf-8"))
    tables: dict[str, set[str]] = {}
    for feature in found["features"]:
        tables.setdefault(str(feature["properties"].get("layer", "")), set()).update(feature["properties"])
    return {"members": sorted(found), "tables": {name: sorted(keys) for name, keys in tables.items()}}


def comma_separated(path: Path) -> list[str]:
    return next(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig")), delimiter=";"))


READERS = {".gpkg": geopackage, ".xlsx": workbook, ".geojson": geojson, ".csv": comma_separated}


@pytest.mark.parametrize("kind", sorted(READERS))
def test_layers_and_columns_of_an_export(made: Publication, tmp_path: Path, kind: str) -> None:
    assert as_json(READERS[kind](written(made, tmp_path, kind))) == expected("exports")[kind]


def shape(value: Any) -> Any:
    """Return the names in JSON, without the values; of a list its first element stands for all."""
    if isinstance(value, dict):
        return {key: shape(each) for key, each in value.items() if key != "coordinates"}
    if isinstance(value, list):
        return [shape(each) for each in value[:1]]
    return type(value).__name__


def test_parts_of_an_edition(made: Publication) -> None:
    """An edition is never written again: pages of later releases read it as it was frozen."""
    workshop_session, _ = sessions.create_session(
        WorkshopSession(made.project.id, "Buurthuis", date(2026, 5, 4), groups=("Tafel 1", "Tafel 2")),
        by=PLANNER,
    )
    practice_data.add_practice_drawings(workshop_session.id, 30)
    assert publish_if_due(workshop_session.id, by=PLANNER)
    latest = context.get_store().editions.latest(made.project.id, session=workshop_session.id)
    assert latest is not None
    assert {name: shape(json.loads(text)) for name, text in latest.parts.items()} == expected("editions")
